"""How a package is phased in: the level of every change in each year after entry into force.

A change that takes N years moves in N + 1 equal steps, the first on entry into force and one at
the beginning of each year after it; where the part that comes at once is given, the rest follows
in N equal steps; where the level of each year is given, that holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parley.scenario.packages import PackageChange, Staging

__all__ = ["LONGEST", "Way", "stage_years", "way_in_year"]

LONGEST = 50
"""More years than this are taken for a slip."""


def stage_years(changes: Sequence[PackageChange]) -> tuple[int, ...]:
    """Return the years after entry into force in which some level moves, without the first."""
    found: set[int] = set()
    for change in changes:
        if change.staging is not None:
            found |= set(range(1, change.staging.years + 1))
    return tuple(sorted(found))


@dataclass(frozen=True)
class Way:
    """How far a change has come: ``part`` of the way, or to the level ``at`` where one is given."""

    part: float
    at: float | None = None

    def level(self, before: float, after: float) -> float:
        """Return the level of something on its way from one level to another.

        A level that is given for many flows never takes one of them further than it goes, nor
        the other way.
        """
        if self.at is not None:
            return min(max(self.at, min(before, after)), max(before, after))
        return after if self.part == 1.0 else before + self.part * (after - before)


def way_in_year(staging: Staging, year: int) -> Way:
    """Return how far a change has come in a year.

    Years count from 0, the one that begins with entry into force.
    """
    if year >= staging.years:
        return Way(1.0)
    if staging.steps:
        return Way(1.0, staging.steps[year])
    if staging.at_once is None:
        return Way((1.0 + year) / (1.0 + staging.years))
    return Way(staging.at_once + (1.0 - staging.at_once) * year / staging.years)
