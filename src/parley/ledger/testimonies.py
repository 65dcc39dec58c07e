"""From the claims of a scenario to testimony on the outcomes of its talks."""

from __future__ import annotations

from collections.abc import Sequence

from parley.evidence.testimony import Testimony
from parley.ledger.bearing import claim_bearings
from parley.ledger.sources import claim_standings
from parley.scenario import Scenario

__all__ = ["claim_testimony", "forecast_outcomes"]


def forecast_outcomes(scenario: Scenario) -> tuple[str, ...]:
    """Return the packages that are the outcomes of the forecast; none without a forecast.

    Those it names; else those on the agenda of its talks and what follows if they fail; else
    all that belong to the talks.
    """
    forecast = scenario.forecast
    if forecast is None:
        return ()
    if forecast.outcomes:
        return forecast.outcomes
    talks = next((t for t in scenario.talks if t.id == forecast.talks), None)
    if talks is not None and talks.agenda:
        falls = [] if talks.breakdown == "status-quo" else [talks.breakdown]
        return tuple(dict.fromkeys([*talks.agenda, *falls]))
    return tuple(p.id for p in scenario.packages if p.talks == forecast.talks)


def claim_testimony(
    scenario: Scenario, talks: str, outcomes: Sequence[str]
) -> tuple[Testimony, ...]:
    """Return every claim as testimony on the outcomes, in file order.

    Claims that bear on no outcome are there as well, so that a report can say so.

    Parameters
    ----------
    scenario
        The scenario, whose claims are none later than ``as_of``.
    talks
        Id of the talks whose outcome is asked for.
    outcomes
        Ids of packages.

    Raises
    ------
    InputError
        If an outcome is no package of the scenario.
    """
    standings = claim_standings(scenario)
    bearings = claim_bearings(scenario, talks, outcomes)
    made = []
    for claim in scenario.claims:
        standing = standings[claim.id]
        own = [b for b in bearings if b.claim == claim.id]
        made.append(
            Testimony(
                claim=claim.id,
                stance=claim.stance,
                sort=standing.sort,
                reliability=standing.reliability,
                group=standing.group,
                bearing={b.outcome: b.direction for b in own},
                why={b.outcome: b.why for b in own},
            )
        )
    return tuple(made)
