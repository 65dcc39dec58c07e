"""A world in short: its regions, sectors, tariffs, identities, elasticities and repairs.

Means are trade-weighted: sum of tariff x customs value over sum of customs value,
imports from other regions only, goods only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.economy import World
from parley.files.audit import audit_summary

__all__ = ["RegionRow", "SectorRow", "WorldSummary", "audit_rows", "summarise_world"]

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class RegionRow:
    """One region: values in billions of the world's currency, tariffs in per cent.

    ``mean_tariff_pct`` is what the region charges on goods, None without goods imports;
    ``faced_tariff_pct`` is what its exports of goods are charged.
    """

    region: str
    name: str
    value_added_bn: float
    income_bn: float
    exports_bn: float
    imports_bn: float
    deficit_bn: float
    mean_tariff_pct: float | None
    faced_tariff_pct: float | None


@dataclass(frozen=True)
class SectorRow:
    """One sector: world output and trade in billions, mean tariff, elasticity by set."""

    sector: str
    name: str
    kind: str
    output_bn: float
    trade_bn: float
    mean_tariff_pct: float | None
    theta: dict[str, float]


@dataclass(frozen=True)
class WorldSummary:
    """Everything ``parley world show`` prints; :meth:`document` is its JSON."""

    world: World
    regions: tuple[RegionRow, ...]
    sectors: tuple[SectorRow, ...]
    zero_flows: int
    highest_tariff_pct: float
    highest_tariff_on: str
    repairs_by_step: dict[str, int]

    def document(self) -> dict[str, Any]:
        """Return the summary as a JSON-ready document."""
        world = self.world
        return {
            "schema_version": SCHEMA_VERSION,
            "world": world.name,
            "year": world.year,
            "currency": world.currency,
            "unit": "billion",
            "content_hash": world.content_hash,
            "has_inputs": world.has_inputs,
            "zero_flows": self.zero_flows,
            "highest_tariff": {
                "pct": self.highest_tariff_pct,
                "on": self.highest_tariff_on or None,
            },
            "regions": [vars(row) for row in self.regions],
            "sectors": [vars(row) for row in self.sectors],
            "identities": [
                {"name": c.name, "statement": c.statement, "max_error": c.max_error, "ok": c.ok}
                for c in world.check_identities()
            ],
            "elasticity_sets": [
                {"name": e.name, "default": k == 0, "source": e.source, "note": e.note}
                for k, e in enumerate(world.elasticities)
            ],
            "repairs_by_step": self.repairs_by_step,
            "sources": list(world.sources),
            "licence": world.licence,
            "notes": list(world.notes),
        }


def summarise_world(world: World) -> WorldSummary:
    """Return the summary of a world; pure, reads its accounts only."""
    bn = world.usd_bn
    accounts = world.accounts
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    trade = np.where(abroad, accounts.customs_value, 0.0)
    goods_trade = trade * world.goods_mask
    duty = goods_trade * world.tariffs
    regions = tuple(
        RegionRow(
            region=region,
            name=world.region_names.get(region, ""),
            value_added_bn=float(accounts.value_added[n]) * bn,
            income_bn=float(accounts.income[n]) * bn,
            exports_bn=float(trade[:, n].sum()) * bn,
            imports_bn=float(trade[n].sum()) * bn,
            deficit_bn=float(accounts.deficit[n]) * bn,
            mean_tariff_pct=_mean_pct(duty[n], goods_trade[n]),
            faced_tariff_pct=_mean_pct(duty[:, n], goods_trade[:, n]),
        )
        for n, region in enumerate(world.regions)
    )
    sectors = tuple(
        SectorRow(
            sector=sector,
            name=world.sector_names.get(sector, ""),
            kind="good" if world.goods_mask[s] else "service",
            output_bn=float(accounts.output[:, s].sum()) * bn,
            trade_bn=float(trade[:, :, s].sum()) * bn,
            mean_tariff_pct=_mean_pct(duty[:, :, s], goods_trade[:, :, s]),
            theta={e.name: float(e.theta[s]) for e in world.elasticities},
        )
        for s, sector in enumerate(world.sectors)
    )
    n, i, s = np.unravel_index(int(np.argmax(world.tariffs)), world.tariffs.shape)
    highest = float(world.tariffs[n, i, s])
    return WorldSummary(
        world=world,
        regions=regions,
        sectors=sectors,
        zero_flows=int((world.flows == 0).sum()),
        highest_tariff_pct=100.0 * highest,
        highest_tariff_on=(
            f"{world.regions[n]} <- {world.regions[i]}, {world.sectors[s]}" if highest > 0 else ""
        ),
        repairs_by_step={step.step: step.count for step in audit_summary(world)},
    )


def audit_rows(world: World) -> list[dict[str, str]]:
    """Return every repair made when the world was built, as records in build order."""
    return [
        {
            "step": entry.step,
            "where": entry.where,
            "found": entry.found,
            "changed_to": entry.changed_to,
            "reason": entry.reason,
        }
        for entry in world.audit
    ]


def _mean_pct(duty: NDArray[np.float64], trade: NDArray[np.float64]) -> float | None:
    total = float(trade.sum())
    return 100.0 * float(duty.sum()) / total if total > 0 else None
