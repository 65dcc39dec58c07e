"""A package in time: what of it is in force in which year after entry into force."""

from __future__ import annotations

from dataclasses import dataclass

from parley.economy.world import World
from parley.policy.change import Change
from parley.scenario.bought import ResolvedPayment, ResolvedPurchase
from parley.scenario.document import Scenario
from parley.scenario.packages import Package
from parley.scenario.places import WorldLabels
from parley.scenario.promises import flat_changes
from parley.scenario.resolve import begin
from parley.scenario.resolved import ResolvedPackage
from parley.scenario.staging import stage_years
from parley.scenario.story import Story

__all__ = ["Phase", "phases_of"]


@dataclass(frozen=True)
class Phase:
    """A stretch of time of a package: what is in force from ``since`` on.

    ``since``: years after entry into force. ``changes`` come on top of the status quo;
    ``purchases`` and ``payments`` are those that still run.
    """

    since: float
    changes: tuple[Change, ...]
    purchases: tuple[ResolvedPurchase, ...]
    payments: tuple[ResolvedPayment, ...]


def phases_of(
    scenario: Scenario, world: World, package: ResolvedPackage, given: Package | None = None
) -> tuple[Phase, ...]:
    """Return a package's stretches of time, none where it is all in force at once and for good.

    Parameters
    ----------
    scenario, world
        As the package was resolved with.
    package
        The package fully phased in.
    given
        The package as it is written; the file's own of the same id if None.
    """
    given = given or scenario.package(package.id)
    purchases, payments = package.purchases, package.payments
    ends = {x.years for x in payments} | {x.years for x in purchases if x.years is not None}
    story = Story.of(scenario, WorldLabels.of(world))
    years = stage_years([change for _, _, change in flat_changes(story, given)])
    starts = sorted({0.0, *map(float, years), *ends})
    if len(starts) == 1:
        return ()
    _, status_quo = begin(scenario, world)
    last = max(years, default=0)
    staged = [tuple(status_quo.package(given, year).changes) for year in range(last)]
    return tuple(
        Phase(
            since,
            staged[int(since)] if int(since) < last else package.changes,
            tuple(p for p in purchases if p.years is None or since < p.years),
            tuple(p for p in payments if since < p.years),
        )
        for since in starts
    )
