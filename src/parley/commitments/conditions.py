"""Whether a commitment stands: its dates, and the condition under which alone it holds.

A condition is the state of one thing, ``when = { talks = "us-japan", is = "open" }``. It is
read on ``as_of`` as far as the file tells: the state of talks stands there; an event has its
date; a measure its days in force. Whether a threat was carried out or another commitment is
kept, a file seldom says: then the answer is "not known".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from parley.scenario.document import Scenario
from parley.scenario.events import Event
from parley.scenario.pledges import STATES, Commitment, Condition

__all__ = ["ConditionFound", "Holds", "Standing", "standing_of"]

Holds = Literal["holds", "does not hold", "not known"]
TALKS = {
    "open": "are open",
    "truce": "are under a truce",
    "suspended": "are suspended",
    "failed": "have failed",
    "concluded": "are concluded",
    "not-started": "have not started",
}
"""The state of talks in words."""


@dataclass(frozen=True)
class ConditionFound:
    """A condition on ``as_of``: the thing it is about, the state asked for, and what is known."""

    about: str
    thing: str
    state: str
    holds: Holds
    why: str


@dataclass(frozen=True)
class Standing:
    """Whether a commitment binds on ``as_of``, why, and its condition if it has one."""

    stands: Literal["in force", "not in force", "disputed", "not known"]
    why: str
    condition: ConditionFound | None


def standing_of(scenario: Scenario, commitment: Commitment) -> Standing:
    """Return whether a commitment of a scenario binds on its day."""
    day = scenario.as_of
    found = None if commitment.when is None else _condition(scenario, commitment.when)
    if commitment.until is not None and commitment.until < day:
        return Standing("not in force", f"it ended on {commitment.until.isoformat()}", found)
    if commitment.since is not None and commitment.since > day:
        return Standing("not in force", f"it begins on {commitment.since.isoformat()}", found)
    if commitment.disputed:
        why = "one side says that it was promised, the other that it was not"
        return Standing("disputed", why, found)
    holders = [p.id for p in scenario.packages if commitment.id in p.purchases]
    if commitment.since is None and holders:
        names = ", ".join(f"'{name}'" for name in holders)
        return Standing("not in force", f"it comes with {names}", found)
    if found is None:
        return Standing("in force", "no condition is attached", None)
    said = {"holds": "in force", "does not hold": "not in force", "not known": "not known"}
    return Standing(said[found.holds], found.why, found)  # type: ignore[arg-type]


def _condition(scenario: Scenario, when: Condition) -> ConditionFound:
    about = next(kind for kind in STATES if getattr(when, kind) is not None)
    thing = str(getattr(when, about))
    holds, why = {
        "talks": _talks,
        "event": _event,
        "measure": _measure,
        "threat": _threat,
        "commitment": _commitment,
    }[about](scenario, thing, when.is_)
    return ConditionFound(about, thing, when.is_, holds, why)


def _held(found: str, wanted: str, why: str) -> tuple[Holds, str]:
    return ("holds" if found == wanted else "does not hold"), why


def _talks(scenario: Scenario, thing: str, wanted: str) -> tuple[Holds, str]:
    state = next(t.state for t in scenario.talks if t.id == thing)
    said = TALKS[state]
    return _held(state, wanted, f"talks '{thing}' {said} on {scenario.as_of.isoformat()}")


def _event(scenario: Scenario, thing: str, wanted: str) -> tuple[Holds, str]:
    event = next(e for e in scenario.events if e.id == thing)
    past = _past(event, scenario.as_of)
    if past is None:
        return "not known", f"the file does not say whether event '{thing}' has happened"
    state = "happened" if past else "not-happened"
    return _held(state, wanted, f"event '{thing}' has {'' if past else 'not '}happened")


def _past(event: Event, day: dt.date) -> bool | None:
    if event.status is not None:
        return event.status == "past"
    first, last = event.window or (event.date, event.date)
    if first is None or last is None:
        return None
    if last < day or (last == day and event.outcome):
        return True
    return False if first > day else None


def _measure(scenario: Scenario, thing: str, wanted: str) -> tuple[Holds, str]:
    measure = scenario.measure(thing)
    day = scenario.as_of
    ended = measure.until is not None and measure.until < day
    if measure.since > day:
        return _held("not yet", wanted, f"measure '{thing}' begins on {measure.since.isoformat()}")
    said = "has ended" if ended else "is in force"
    return _held("ended" if ended else "in-force", wanted, f"measure '{thing}' {said}")


def _threat(scenario: Scenario, thing: str, wanted: str) -> tuple[Holds, str]:
    threat = scenario.threat(thing)
    first = threat.earliest
    if first is None or first <= scenario.as_of:
        return "not known", f"the file does not say what became of threat '{thing}'"
    why = f"threat '{thing}' cannot take effect before {first.isoformat()}"
    if wanted == "withdrawn":
        return "not known", why
    return _held("pending", wanted, why)


def _commitment(scenario: Scenario, thing: str, wanted: str) -> tuple[Holds, str]:
    return "not known", f"the file does not say whether commitment '{thing}' is kept"
