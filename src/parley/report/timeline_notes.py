"""What the timeline says of an event: whether it is over, what came of it, what hangs on it.

Who meets, and which threats hang over which talks, is as in the calendar game
(:mod:`parley.timing.plan`).
"""

from __future__ import annotations

import datetime as dt

from parley.report.calendar_text import day_words
from parley.scenario.document import Scenario
from parley.scenario.events import Event
from parley.scenario.pledges import Threat
from parley.timing.plan import attendance

__all__ = ["event_notes", "is_past", "put_off"]


def is_past(event: Event, as_of: dt.date) -> bool:
    """Return whether an event is over on as_of: its last day is, or the file says so."""
    last = event.window[1] if event.window else event.date
    if event.status == "past" or event.outcome is not None:
        return True
    return last is not None and last < as_of


def event_notes(event: Event, scenario: Scenario) -> list[str]:
    """Return what came of a past event, or what hangs on one still to come."""
    if is_past(event, scenario.as_of):
        about = f"about {event.target}" if event.target else None
        return [n for n in (event.outcome, about, event.note) if n]
    notes: list[str] = []
    if event.gates is not None:
        whose = f" ({event.gates.constituency})" if event.gates.constituency else ""
        notes.append(f"gates {event.gates.concessions_by}'s concessions{whose}")
    notes += [f"{r.constituency} count {r.factor:g} times just before" for r in event.reweights]
    notes += _rounds(event, scenario)
    if event.proposer is not None:
        notes.append(f"{event.proposer} makes the offer")
    if event.target is not None:
        notes.append(f"{event.target} is hoped for then")
    if event.kind == "deadline":
        notes.append(_deadline(event, scenario))
    if event.announced is not None:
        notes.append(f"known since {day_words(event.announced.isoformat())}")
    if event.note:
        notes.append(event.note)
    return [n for n in notes if n]


def _rounds(event: Event, scenario: Scenario) -> list[str]:
    """Return for which talks a meeting is a round of the bargaining, or why it is none."""
    if event.round is False:
        return ["nothing can be agreed at it"]
    notes = []
    for talks in scenario.talks:
        meeting = attendance(scenario, event, talks)
        if meeting is None:
            continue
        away = f"{', '.join(meeting.absent)} not there"
        if not meeting.enough:
            notes.append(f"no round of {talks.id}: {away}")
        else:
            notes.append(f"round of {talks.id}" + (f", {away}" if meeting.absent else ""))
    return notes


def _deadline(event: Event, scenario: Scenario) -> str:
    """Return what a deadline brings: the threat it decides, else the end of its talks."""
    threat = next((t for t in scenario.threats if t.id == event.threat), None)
    if threat is not None:
        return f"{threat.label or threat.id} {put_off(threat, event)}"
    talks = next((t for t in scenario.talks if t.id == event.talks), None)
    fails = f"if the talks {talks.id} fail: {talks.breakdown}" if talks else ""
    if talks is None and event.commitment is not None:
        fails = f"decides on the promise {event.commitment}"
    days = f"can be put off {_by_days(event)}" if event.extends_days else ""
    return ", ".join(filter(None, (fails, days)))


def put_off(threat: Threat, event: Event | None = None) -> str:
    """Return how far the decision on a threat can be put off, as the event or the file says."""
    if event is not None and event.extends_days and event.extensions != 0:
        return f"unless put off ({_by_days(event)})"
    if threat.extendable and (event is None or event.extensions != 0):
        return "unless put off (for how long is not said)"
    return "unless it is called off"


def _by_days(event: Event) -> str:
    often = event.extensions or 1
    times = f", up to {often} times" if often > 1 else ""
    return f"by {event.extends_days} days{times}"
