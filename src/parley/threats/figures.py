"""What a threat does to everybody, in one setting and one case.

All money is at the prices of what the case is held against: the real income of sector s in
region j is :math:`y_{js} = X_{js} P^0_j / P_j`, so that the changes of all sectors add up to
the equivalent variation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.result import Equilibrium
from parley.equilibrium.welfare import compare
from parley.scenario.resolved import ResolvedConstituency

__all__ = ["ConstituencyFigures", "Outcome", "SideFigures", "constituency_figures", "outcome"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SideFigures:
    """One party: real income and political welfare (weights of mean one), changes.

    Per cent of its level and US$bn a year; the political ones are None where the scenario
    gives the party no weights.
    """

    real_income_pct: float
    ev_usd_bn: float
    political_pct: float | None
    political_usd_bn: float | None


@dataclass(frozen=True)
class ConstituencyFigures:
    """Real income of a constituency's sectors, change in per cent and US$bn a year."""

    id: str
    party: str
    label: str
    real_income_pct: float
    change_usd_bn: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """Real incomes of every sector before and after, US$bn, [region, sector]."""

    before: Array
    after: Array
    regions: tuple[str, ...]
    sectors: tuple[str, ...]

    def rows(self, regions: Sequence[str]) -> list[int]:
        """Return positions of regions."""
        return [self.regions.index(r) for r in regions]

    def columns(self, sectors: Sequence[str]) -> list[int] | None:
        """Return positions of sectors, None where the model has merged them."""
        if not set(sectors) <= set(self.sectors):
            return None
        return [self.sectors.index(s) for s in sectors]

    def income(self, regions: Sequence[str]) -> float:
        """Return real income before, US$bn."""
        return float(self.before[self.rows(regions)].sum())

    def change(self, regions: Sequence[str], sectors: Sequence[str] | None = None) -> float | None:
        """Return the change of real income, US$bn; None where sectors are merged."""
        rows = self.rows(regions)
        moved = self.after[rows] - self.before[rows]
        if sectors is None:
            return float(moved.sum())
        columns = self.columns(sectors)
        return None if columns is None else float(moved[:, columns].sum())

    def level(self, regions: Sequence[str], weights: Array) -> float:
        """Return political welfare before, US$bn; ``weights`` [region, sector]."""
        rows = self.rows(regions)
        return float((weights[rows] * self.before[rows]).sum())

    def side(self, regions: Sequence[str], weights: Array | None) -> SideFigures:
        """Return a party's figures; ``weights`` [region, sector] or None."""
        rows = self.rows(regions)
        before, after = self.before[rows], self.after[rows]
        change = float((after - before).sum())
        pct, money = None, None
        if weights is not None:
            level = self.level(regions, weights)
            money = float((weights[rows] * (after - before)).sum())
            pct = 100.0 * money / level
        return SideFigures(100.0 * change / float(before.sum()), change, pct, money)


def outcome(base: Equilibrium, new: Equilibrium) -> Outcome:
    """Return the real incomes of two proven equilibria of one baseline."""
    compare(base, new)  # refuses what is not proven, or of another baseline
    unit = base.world.usd_bn
    prices = base.consumer_price_hat / new.consumer_price_hat
    return Outcome(
        unit * base.sector_income,
        unit * new.sector_income * prices[:, None],
        base.world.regions,
        base.world.sectors,
    )


def constituency_figures(
    at: Outcome, constituencies: Sequence[ResolvedConstituency]
) -> tuple[ConstituencyFigures, ...]:
    """Return what every constituency gets; none where the model has merged the sectors."""
    found = []
    for c in constituencies:
        change, columns = at.change(c.regions, c.sectors), at.columns(c.sectors)
        if change is None or columns is None:
            continue
        level = float(at.before[np.ix_(at.rows(c.regions), columns)].sum())
        found.append(ConstituencyFigures(c.id, c.party, c.label, 100.0 * change / level, change))
    return tuple(found)


def third_parties(at: Outcome, parties: Mapping[str, Sequence[str]]) -> float:
    """Return the change of real income of all regions of no party named, US$bn."""
    inside = {r for regions in parties.values() for r in regions}
    outside = [r for r in at.regions if r not in inside]
    return at.change(outside) or 0.0 if outside else 0.0
