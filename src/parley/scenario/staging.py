"""How a package is phased in: the level of every change in each year after entry into force.

A change that takes N years moves in N + 1 equal steps, the first on entry into force and one at
the beginning of each year after it; where the part that comes at once is given, the rest follows
in N equal steps; where the level of each year is given, that holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from parley.scenario.packages import PackageChange

__all__ = ["LONGEST", "change_in_year", "stage_years"]

LONGEST = 50
"""More years than this are taken for a slip."""


def stage_years(changes: Sequence[PackageChange]) -> tuple[int, ...]:
    """Return the years after entry into force in which some level moves, without the first."""
    found: set[int] = set()
    for change in changes:
        if change.staging is not None:
            last = len(change.staging.steps) or change.staging.years
            found |= set(range(1, max(last, change.staging.years) + 1))
    return tuple(sorted(found))


def change_in_year(change: PackageChange, year: int) -> tuple[PackageChange, float]:
    """Return a change as it stands in a year, and the part of the way that it has gone.

    Years count from 0, the one that begins with entry into force.
    """
    staging = change.staging
    if staging is None:
        return change, 1.0
    if staging.steps:
        if year >= len(staging.steps):
            return change, 1.0
        word = "rate" if change.threat else "to"
        others = dict.fromkeys(("to", "add", "cut_by", "on", "rate"))
        level = staging.steps[year]
        return change.model_copy(update={**others, word: level}), 1.0
    if year >= staging.years:
        return change, 1.0
    at_once = staging.at_once
    if at_once is None:
        return change, (1.0 + year) / (1.0 + staging.years)
    return change, at_once + (1.0 - at_once) * year / staging.years
