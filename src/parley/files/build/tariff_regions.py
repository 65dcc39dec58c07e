"""Tariffs of regions from those of economies, and why each one moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import AuditEntry
from parley.files.build.concordance import Concordance
from parley.files.build.sources import Cube
from parley.files.build.tariff_tables import REST

__all__ = ["Tariffs", "aggregate_tariffs"]

Array = NDArray[np.float64]
LISTED_CHANGE = 5e-4  # regional rates that move by more are listed


@dataclass(frozen=True, eq=False)
class Tariffs:
    """Tariffs of the built world [importer, exporter, sector] and their audit."""

    values: Array
    audit: tuple[AuditEntry, ...]


def aggregate_tariffs(
    values: Array, cube: Cube, concordance: Concordance, audit: list[AuditEntry]
) -> Tariffs:
    """Return import-weighted means over members; trade inside a region bears no tariff.

    ``values`` [importer, exporter, sector] are the repaired rates of economies;
    ``audit`` is what was done to them, to which the moves of regional rates are added.
    """
    regions, sectors = concordance.regions, concordance.sectors
    member = np.array(
        [[float(concordance.region_of[e] == r) for e in cube.economies] for r in regions]
    )
    foreign = 1.0 - np.eye(len(cube.economies))
    weight = cube.flows * foreign[:, :, None]
    before, after = (_mean(t, weight, member, foreign) for t in (cube.tariffs, values))
    imports = np.einsum("an,bi,nis->abs", member, member, weight, optimize=True)
    goods = np.array([s in concordance.goods for s in sectors])
    for a, importer in enumerate(regions):
        inside = imports[a, a, goods].sum()
        if inside > 0:
            rate = (imports[a, a] * after[a, a])[goods].sum() / inside
            audit.append(
                AuditEntry(
                    "tariff-inside-region",
                    f"{importer} <- {importer}, goods",
                    f"{rate:.2%} on {inside:,.0f} million of trade between members",
                    "0",
                    "trade between members of a region is domestic sales, which bear no tariff",
                )
            )
        after[a, a, :] = 0.0
    audit += _cells(before, after, concordance, audit)
    return Tariffs(after, tuple(audit))


def _cells(
    before: Array, after: Array, concordance: Concordance, done: list[AuditEntry]
) -> list[AuditEntry]:
    """Return an entry for each regional goods rate that moved, the largest move first."""
    why = _Reasons(concordance, done)
    regions, sectors = concordance.regions, concordance.sectors
    goods = np.array([s in concordance.goods for s in sectors])
    change = np.abs(after - before) * goods
    change[np.arange(len(regions)), np.arange(len(regions)), :] = 0.0
    order = np.argsort(-change, axis=None, kind="stable")
    cells = [np.unravel_index(int(flat), change.shape) for flat in order]
    return [
        AuditEntry(
            "tariff-cell",
            f"{regions[int(a)]} <- {regions[int(b)]}, {sectors[int(s)]}",
            f"{before[a, b, s]:.2%}",
            f"{after[a, b, s]:.2%}",
            why.of(regions[int(a)], regions[int(b)], sectors[int(s)]),
        )
        for a, b, s in cells
        if change[a, b, s] > LISTED_CHANGE
    ]


class _Reasons:
    """Which rule made a regional rate what it is."""

    def __init__(self, concordance: Concordance, done: list[AuditEntry]) -> None:
        self.rules = concordance.tariff_rules
        self.region_of = concordance.region_of
        self.tables = {
            region: {
                concordance.tariff44_of[e]
                for e, r in concordance.region_of.items()
                if r == region and concordance.tariff44_of[e]
            }
            for region in concordance.regions
        }
        self.outliers = {
            (self.region_of[e.where.split(" ", 1)[0]], e.where.rsplit(", ", 1)[1])
            for e in done
            if e.step == "tariff-outlier"
        }

    def of(self, importer: str, exporter: str, sector: str) -> str:
        for rule in self.rules:
            if (self.region_of.get(rule.importer, rule.importer), rule.sector) == (
                importer,
                sector,
            ) and (rule.exporter == "*" or self.region_of[rule.exporter] == exporter):
                return "national schedule (see tariff-schedule)"
        if self.tables[importer] - {REST}:
            if self.tables[exporter] - {REST}:
                return "rate of this pair in the 44-sector tables"
            return "level of the 44-sector tables times the preference in the cube"
        if (importer, sector) in self.outliers:
            return "level of some importers repaired (see tariff-outlier)"
        return "terms of a customs union, or of economies without data, filled in"


def _mean(rates: Array, weight: Array, member: Array, foreign: Array) -> Array:
    """Return import-weighted means over members (simple means where nothing is traded)."""
    total = np.einsum("an,bi,nis->abs", member, member, weight, optimize=True)
    revenue = np.einsum("an,bi,nis->abs", member, member, weight * rates, optimize=True)
    count = np.einsum("an,bi,ni->ab", member, member, foreign)[:, :, None]
    simple = np.einsum("an,bi,nis->abs", member, member, rates * foreign[:, :, None], optimize=True)
    simple = simple / np.maximum(count, 1.0)
    result: Array = np.where(total > 0, revenue / np.where(total > 0, total, 1.0), simple)
    return result
