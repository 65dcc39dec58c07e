"""The scenario's packages against the zone of agreement and the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.frontier import distance_to_frontier
from parley.bargaining.problem import Bargain
from parley.deals.endings import Ending
from parley.deals.table import DealTable, real_income

__all__ = ["PackagePlace", "Standing", "place_packages"]

Array = NDArray[np.float64]
TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Standing:
    """A package against one ending: surplus [party], and whether all who must agree would.

    ``short`` are those who must agree and would not.
    """

    ending: Ending
    surplus: Array
    in_zone: bool
    short: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PackagePlace:
    """A package in the payoff plane.

    Attributes
    ----------
    id, label, kind
        Of the package.
    payoffs, ev
        [party], US$bn a year over the status quo: objective, and real income.
    vetoes
        Constituencies that would lose more than they accept, with the loss in per cent and
        what they accept.
    refused
        Red lines that name it.
    breaks
        Commitments that it breaks.
    approval
        Parties whose executive may not do its part alone.
    standings
        Against every ending.
    missed
        [party], what every party could still gain at once over the package with the levers
        in scope, along the payoffs' scale; None where no lever reaches as far.
    """

    id: str
    label: str
    kind: str
    payoffs: Array
    ev: Array
    vetoes: tuple[tuple[str, float, float], ...]
    refused: tuple[str, ...]
    breaks: tuple[str, ...]
    approval: tuple[str, ...]
    standings: tuple[Standing, ...]
    missed: Array | None

    def against(self, ending: Ending) -> Standing:
        """Return the standing against one ending."""
        return next(s for s in self.standings if s.ending is ending)

    def blockers(self, ending: Ending) -> tuple[str, ...]:
        """Return who would not have it: parties, constituencies, red lines."""
        vetoes = (name for name, _, _ in self.vetoes)
        return (*self.against(ending).short, *vetoes, *self.refused)


def place_packages(
    table: DealTable,
    endings: Sequence[Ending],
    names: Sequence[str],
    problem: Bargain | None = None,
) -> tuple[PackagePlace, ...]:
    """Return where packages stand; ``problem`` measures how far they are from efficient."""
    return tuple(_place(table, endings, name, problem) for name in names)


def _place(
    table: DealTable, endings: Sequence[Ending], name: str, problem: Bargain | None
) -> PackagePlace:
    study = table.study
    assert study is not None
    package = study.resolved_package(name)
    found = table.equilibrium(name)
    payoffs, slack = table.payoffs_of(found)
    asked = package.consent or table.parties
    standings = []
    for e in endings:
        if e.found is None:
            continue
        surplus = payoffs - e.found.at_least
        limit = TOLERANCE * table.problem.scale
        short = tuple(
            p
            for p, s, m in zip(table.parties, surplus, limit, strict=True)
            if s < -m and p in asked
        )
        standings.append(Standing(e, surplus, not short, short))
    may = {
        c.id: 100.0 * c.veto
        for c in study.resolved.constituencies
        if c.veto is not None and c.party in asked
    }
    vetoes = tuple(
        (floor, float(may[floor] - left), may[floor])
        for floor, left in zip(table.payoffs.floors, slack, strict=True)
        if left < -1e-9 and floor in may
    )
    missed = None
    if problem is not None and package.kind == "deal":
        gain, _ = distance_to_frontier(problem, payoffs)
        missed = gain if gain.min() >= -TOLERANCE * problem.scale.max() else None
    return PackagePlace(
        name,
        package.label,
        package.kind,
        payoffs,
        table.ev_of(real_income(found)),
        vetoes,
        tuple(r.id for r in study.scenario.red_lines if name in r.refuses),
        tuple(p.commitment for p in package.promises if p.verdict == "broken"),
        tuple(a.party for a in package.legal.authority if a.verdict != "alone"),
        tuple(standings),
        missed,
    )
