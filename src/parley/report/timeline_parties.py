"""Whom an entry of the timeline is about: those who act, then those they act on."""

from __future__ import annotations

from collections.abc import Iterable

from parley.scenario.document import Scenario
from parley.scenario.events import Event
from parley.scenario.instruments import Measure
from parley.scenario.pledges import Commitment, Threat

__all__ = ["event_parties", "measure_parties", "promise_parties", "threat_parties"]


def event_parties(event: Event, scenario: Scenario) -> tuple[str, ...]:
    """Return those an event names, else those of what it is about."""
    own = _once([*([event.party] if event.party else []), *event.parties])
    if own:
        return own
    if event.threat is not None:
        return threat_parties(scenario.threat(event.threat), scenario)
    if event.commitment is not None:
        return promise_parties(scenario.commitment(event.commitment))
    if event.measure is not None:
        return measure_parties(scenario.measure(event.measure))
    return next((t.parties for t in scenario.talks if t.id == event.talks), ())


def measure_parties(measure: Measure) -> tuple[str, ...]:
    """Return who applies a measure, or agreed on it, and on whose goods."""
    return _once([*measure.by, *measure.between, *measure.on])


def promise_parties(commitment: Commitment) -> tuple[str, ...]:
    """Return who promised, and to whom."""
    return _once([commitment.by, *([commitment.to] if commitment.to else [])])


def threat_parties(threat: Threat, scenario: Scenario) -> tuple[str, ...]:
    """Return who threatens, and on whose goods it would fall."""
    places = threat.on
    if not places and threat.instrument is not None:
        places = scenario.instrument(threat.instrument).on
    return _once([threat.by, *places])


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without repeats and without "all", which names nobody."""
    return tuple(dict.fromkeys(n for n in names if n != "all"))
