"""The timeline of a scenario: everything dated that its file tells, each thing once.

Events come first. What other sections date (measures, promises, threats, talks, elections) is
an entry of its own unless an event, or another entry, tells the same thing on that day; then
it stands in that one's note.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from parley.report.calendar_text import day_words
from parley.report.timeline_facts import (
    ELECTIONS,
    LANES,
    LAW,
    MEASURES,
    MEETINGS,
    OTHER,
    PROMISES,
    THREATS,
    Entry,
    facts,
)
from parley.report.timeline_notes import event_notes, is_past
from parley.report.timeline_parties import event_parties
from parley.scenario.document import Scenario
from parley.scenario.events import Event

__all__ = ["LANES", "timeline"]

LANE_OF = {
    "meeting": MEETINGS,
    "election": ELECTIONS,
    "deadline": THREATS,
    "truce": PROMISES,
    "measure": MEASURES,
    "hearing": LAW,
    "report": LAW,
    "signature": LAW,
    "ratification": LAW,
}
"""Lane of an event by its kind; other kinds go by the thing they are about."""


def timeline(scenario: Scenario) -> dict[str, Any]:
    """Return everything dated in a scenario, by date, as a JSON-ready document.

    ``days`` count from as_of, negative before it; an event that is under way (its window holds
    as_of) has negative days and is not past. ``note`` is what came of a past event and what
    hangs on one to come; ``until`` the last day of a window.
    """
    entries = [_event(e, scenario) for e in scenario.events if e.date or e.window]
    for fact in facts(scenario):
        host = None if fact.alone else next(filter(fact.told_by, entries), None)
        if host is None:
            entries.append(fact.entry)
        elif host.until is not None:
            day = day_words(fact.entry.date.isoformat())
            host.notes.append(f"{fact.told or fact.entry.label} ({day})")
        else:
            host.notes.append(fact.told)
    entries.sort(key=lambda e: (e.date, e.until or e.date))
    forecast = scenario.forecast
    return {
        "as_of": scenario.as_of.isoformat(),
        "by": None if forecast is None else forecast.by.isoformat(),
        "entries": [_row(e, scenario.as_of) for e in entries],
    }


def _row(entry: Entry, as_of: dt.date) -> dict[str, Any]:
    return {
        "date": entry.date.isoformat(),
        "until": None if entry.until is None else entry.until.isoformat(),
        "lane": entry.lane,
        "kind": entry.kind,
        "id": entry.id,
        "label": entry.label,
        "parties": list(entry.parties),
        "past": entry.past,
        "days": (entry.date - as_of).days,
        "note": "; ".join(dict.fromkeys(filter(None, entry.notes))),
        "source": entry.source,
    }


def _event(event: Event, scenario: Scenario) -> Entry:
    first, last = event.window or (event.date, event.date)
    assert first is not None
    assert last is not None
    named = {k: getattr(event, k) for k in ("threat", "commitment", "measure", "talks")}
    things = {f"{kind}:{name}" for kind, name in named.items() if name is not None}
    parties = event_parties(event, scenario)
    if event.kind == "election":
        things |= {f"election:{p}" for p in parties}
    return Entry(
        date=first,
        until=last if last > first else None,
        lane=_lane(event),
        kind=event.kind,
        id=event.id,
        label=event.label or event.id,
        parties=parties,
        past=is_past(event, scenario.as_of),
        notes=event_notes(event, scenario),
        source=event.source,
        things=frozenset(things),
    )


def _lane(event: Event) -> str:
    if event.kind in LANE_OF:
        return LANE_OF[event.kind]
    if event.kind == "entry-into-force":
        return MEASURES if event.measure else LAW
    about = ((event.threat, THREATS), (event.commitment, PROMISES), (event.measure, MEASURES))
    return next((lane for thing, lane in about if thing), OTHER)
