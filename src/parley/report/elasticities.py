"""How far a result rests on the trade elasticities: intervals by the delta method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parley.economy.world import World
from parley.equilibrium.elasticities import delta_interval, elasticity_gradient
from parley.policy.change import Change
from parley.report.schema_parts import Schema, closed_object, listed, text, typed

__all__ = ["interval_csv", "interval_record", "interval_schema", "interval_tables"]

LEVEL = 0.9
MOST = 5
# Effect of an elasticity that is higher by this share.
MOVE = 0.1
Table = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]
NOTE = (
    "a first-order interval: elasticities independent across sectors, model, closure and data as "
    "given; other sources of elasticities may lie outside it"
)


def interval_record(
    world: World,
    changes: tuple[Sequence[Change], Sequence[Change]],
    *,
    relative_se: float,
    regions: Sequence[str],
    elasticity: str,
    closure: str,
    model: str,
    partition: Sequence[Change] | None = None,
) -> dict[str, Any]:
    """Return the intervals of real-income changes as a JSON-ready record.

    ``changes`` are those of the base and of the policy, against the world's year;
    ``relative_se`` the standard error of every elasticity as a fraction of it.
    """
    found = elasticity_gradient(
        world,
        changes[0],
        changes[1],
        elasticity=elasticity,
        closure=closure,
        model=model,
        partition=partition,
        regions=regions,
    )
    interval = delta_interval(found, relative_se=relative_se, level=LEVEL)
    effect = 100.0 * MOVE * found.gradient * found.theta
    sectors = world.sectors if len(found.theta) == len(world.sectors) else ("ALL",)
    rows = []
    for k, region in enumerate(found.regions):
        order = np.argsort(-np.abs(effect[k]))[:MOST]
        rows.append(
            {
                "region": region,
                "real_income_pct": float(interval.percent[k]),
                "standard_error_pp": float(interval.standard_error[k]),
                "low_pct": float(interval.low[k]),
                "high_pct": float(interval.high[k]),
                "sectors": [
                    {
                        "sector": sectors[s],
                        "trade_elasticity": float(found.theta[s]),
                        "effect_pp": float(effect[k, s]),
                    }
                    for s in order
                ],
            }
        )
    return {
        "relative_se": relative_se,
        "level": LEVEL,
        "method": found.method,
        "note": NOTE,
        "regions": rows,
    }


def interval_tables(record: Mapping[str, Any]) -> list[Table]:
    """Return the tables of the text output: intervals, and what they rest on."""
    share = f"{100 * record['level']:g} %"
    title = (
        f"Real income with a standard error of {100 * record['relative_se']:g} % on every trade "
        f"elasticity: {share} interval (delta method, {record['method']}); {record['note']}"
    )
    intervals = [
        (
            r["region"],
            f"{r['real_income_pct']:+.4f}",
            f"{r['standard_error_pp']:.4f}",
            f"{r['low_pct']:+.4f}",
            f"{r['high_pct']:+.4f}",
        )
        for r in record["regions"]
    ]
    rests = [
        (r["region"], s["sector"], f"{s['trade_elasticity']:.2f}", f"{s['effect_pp']:+.5f}")
        for r in record["regions"]
        for s in r["sectors"]
    ]
    return [
        (title, ("region", "real income %", "standard error, points", "from", "to"), intervals),
        (
            "Sectors whose elasticity matters most: points of real income if it is 10 % higher",
            ("region", "sector", "elasticity", "effect, points"),
            rests,
        ),
    ]


def interval_csv(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the record as rows, one per region and sector shown."""
    return [
        {k: v for k, v in r.items() if k != "sectors"}
        | {"relative_se": record["relative_se"], "level": record["level"]}
        | dict(s)
        for r in record["regions"]
        for s in r["sectors"]
    ]


def interval_schema() -> Schema:
    """Return the JSON Schema of the record, or null where none was asked for."""
    sector = {
        "sector": text("Label of the sector."),
        "trade_elasticity": typed("number", "Trade elasticity theta."),
        "effect_pp": typed("number", "Points of real income if it is 10 % higher."),
    }
    region = {
        "region": text("Label of the region."),
        "real_income_pct": typed("number", "Change of real income, per cent."),
        "standard_error_pp": typed("number", "Its standard error, percentage points."),
        "low_pct": typed("number", "Lower end of the interval, per cent."),
        "high_pct": typed("number", "Upper end of the interval, per cent."),
        "sectors": listed(
            "The sectors whose elasticity matters most.", closed_object("A sector.", sector)
        ),
    }
    record = closed_object(
        "Intervals by the delta method.",
        {
            "relative_se": typed("number", "Standard error of an elasticity, a fraction of it."),
            "level": typed("number", "Level of the intervals, a fraction."),
            "method": text("How the derivatives were found."),
            "note": text("What the intervals leave out."),
            "regions": listed("By region.", closed_object("A region.", region)),
        },
    )
    return {
        "description": "How far real income rests on the trade elasticities; null unless asked for "
        "with --elasticity-se.",
        "anyOf": [record, {"type": "null"}],
    }
