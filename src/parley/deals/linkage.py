"""Issue linkage: what a small deal leaves on the table against all items, and who blocks.

Each scope of the talks (the instruments at the table, each package, everything) is a
bargaining problem of its own; beside it stands the package itself, as written. For whoever
blocks the larger package, the political weight at which it would not is found from what the
package does to each constituency (:func:`parley.threats.weights.switch`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.frontier import Frontier, find_frontier
from parley.bargaining.solutions import Solution, Zone, find_zone, solve_bargain
from parley.deals.endings import Ending, Endings
from parley.deals.places import PackagePlace, place_packages
from parley.deals.scope import ALL
from parley.deals.table import DealTable, scopes_of, table_of_study
from parley.errors import InputError
from parley.threats.figures import outcome
from parley.threats.weights import Group, Switch, switch

__all__ = ["Blocking", "ScopeDeal", "link_issues"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blocking:
    """What a constituency's weight would have to be for its party to sign a package.

    ``switch``: the weights at which the party's political welfare under the package is no
    lower than without a deal, weights of all other sectors one.
    """

    package: str
    party: str
    constituency: str
    own_weight: float
    switch: Switch


@dataclass(frozen=True, eq=False)
class ScopeDeal:
    """One scope: its zone, the largest joint surplus, the Nash deal and its frontier."""

    scope: str
    levers: int
    zone: Zone
    joint: Solution | None
    nash: Solution | None
    frontier: Frontier | None
    package: PackagePlace | None
    reason: str = ""


def link_issues(
    table: DealTable,
    endings: Endings,
    *,
    points: int = 0,
    powers: Array | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[ScopeDeal, ...], tuple[Blocking, ...]]:
    """Return every scope of the talks as a bargain, and what unblocks each package.

    ``points``: how many frontier points each scope gets; none if zero.
    """
    study, talks = table.study, table.talks
    assert study is not None
    assert talks is not None
    scopes = [s for s in scopes_of(study, talks) if s != ALL or len(scopes_of(study, talks)) > 2]
    found = []
    d = endings.disagreement
    seen: dict[tuple[str, ...], ScopeDeal] = {}
    for done, scope in enumerate(scopes, start=1):
        one = _scope(table, endings, scope, d.at_least, points, powers, seen)
        if one is not None:
            found.append(one)
        if progress is not None:
            progress(done, len(scopes))
    blocking = [
        b
        for s in found
        if s.package is not None
        for b in _blocking(table, s.package, endings.chosen)
    ]
    return tuple(found), tuple(blocking)


def _scope(
    table: DealTable,
    endings: Endings,
    scope: str,
    least: Array,
    points: int,
    powers: Array | None,
    seen: dict[tuple[str, ...], ScopeDeal],
) -> ScopeDeal | None:
    """Return one scope as a bargain; None for all of it, where a package has as many levers."""
    assert table.study is not None
    assert table.talks is not None
    place = None
    if scope in table.study.resolved.packages:
        place = place_packages(table, [endings.chosen], [scope])[0]
    try:
        other = table_of_study(
            table.arena, table.talks, table.rules, scope=scope, authority=table.authority
        )
    except InputError as error:
        empty = Zone(False, table.problem.at(table.problem.start), (), least)
        return ScopeDeal(scope, 0, empty, None, None, None, place, error.problems[0].what)
    key = tuple(sorted(v.id for v in other.board.levers))
    if key in seen:
        return None if scope == ALL else replace(seen[key], scope=scope, package=place)
    problem = other.problem.modelled().against(least)
    zone = find_zone(problem)
    made = ScopeDeal(scope, other.board.size, zone, None, None, None, place)
    if zone.open:
        made = replace(
            made,
            joint=solve_bargain(problem, "utilitarian", zone),
            nash=solve_bargain(problem, "nash", zone, powers=powers),
            frontier=find_frontier(problem, points) if points else None,
        )
    seen[key] = made
    return made


def _blocking(table: DealTable, place: PackagePlace, ending: Ending) -> list[Blocking]:
    """Return switching weights of every constituency, the package against no deal."""
    assert table.study is not None
    without = table.equilibrium(ending.package) if ending.package else table.base
    at = outcome(without, table.equilibrium(place.id))
    found = []
    for c in table.arena.constituencies:
        if c.party not in table.parties:
            continue
        group = Group(c.id, c.label, c.sectors, c.weight)
        found.append(Blocking(place.id, c.party, c.id, c.weight, switch(group, at, c.regions, 0.0)))
    return found
