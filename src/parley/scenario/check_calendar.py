"""Checks of the calendar: what is said twice agrees, and every rule of time has its object."""

from __future__ import annotations

import datetime as dt

from parley.labels import allowed_text
from parley.scenario.events import Event
from parley.scenario.story import Story

__all__ = ["check_calendar"]

MOST_EXTENSIONS = 24


def check_calendar(story: Story) -> None:
    """Note dates told twice that differ, and rules of time that hang on nothing."""
    homes = {c.id: p.id for p in story.parties for c in p.constituencies}
    for event in story.events:
        path = f"event[{event.id}]"
        _extensions(story, event, path)
        _deadline(story, event, path)
        _round(story, event, path)
        gate = event.gates
        if gate is not None and gate.constituency is not None:
            home = homes.get(gate.constituency)
            if home is not None and home != gate.concessions_by:
                story.add(
                    f"'{gate.constituency}' belongs to {home}, not to {gate.concessions_by}",
                    f"{path}.gates.constituency",
                    "a party spares its own constituencies until the event",
                    allowed_text(
                        gate.constituency,
                        [c for c, p in homes.items() if p == gate.concessions_by],
                    ),
                )


def _extensions(story: Story, event: Event, path: str) -> None:
    if event.kind != "deadline" and (event.extends_days or event.extensions):
        word = "extends_days" if event.extends_days else "extensions"
        story.add(
            f"a {event.kind} that can be put off",
            f"{path}.{word}",
            "only a deadline is put off",
            'write kind = "deadline", or remove it',
        )
    elif (event.extensions or 0) > MOST_EXTENSIONS:
        story.add(
            f"a deadline put off up to {event.extensions} times",
            f"{path}.extensions",
            f"at most {MOST_EXTENSIONS} are played",
            "give a smaller number",
        )
    elif event.extensions and event.extends_days == 0:
        story.add(
            "the deadline is put off by no day",
            f"{path}.extends_days",
            "an extension has a length",
            "give a number of days above 0, or remove both",
        )
    elif event.extensions and not event.extends_days:
        threat = story.threat(event.threat)
        if threat is None or not threat.extendable:
            story.add(
                "the deadline can be put off, but by how much is not said",
                f"{path}.extensions",
                "an extension has a length",
                "add extends_days = 90",
            )


def _deadline(story: Story, event: Event, path: str) -> None:
    if event.kind != "deadline":
        return
    threat = story.threat(event.threat)
    alike = [
        e
        for e in story.events
        if e.kind == "deadline" and (e.threat, e.talks) == (event.threat, event.talks)
    ]
    if len(alike) > 1:
        return
    if threat is not None and event.extends_days:
        refused = "extendable" in threat.model_fields_set and not threat.extendable
        if refused:
            story.add(
                f"the deadline of '{threat.id}' is put off, and the threat is not extendable",
                f"{path}.extends_days",
                f"threat[{threat.id}].extendable is false",
                "leave one of the two out",
            )
    if threat is not None:
        _same_day(story, event, threat.deadline, path, f"threat[{threat.id}].deadline")


def _same_day(story: Story, event: Event, other: dt.date | None, path: str, where: str) -> None:
    first, last = event.window or (event.date, event.date)
    if other is None or first is None or last is None or first <= other <= last:
        return
    said = str(first) if first == last else f"{first} to {last}"
    story.add(
        f"the day is {said} here, and {other} in {where}",
        f"{path}.{'window' if event.window else 'date'}",
        "the same day is told twice, and differs",
        "correct one of the two, or leave one out",
    )


def _round(story: Story, event: Event, path: str) -> None:
    talks = next((t for t in story.talks if t.id == event.talks), None)
    if event.round and event.talks is None and len(event.parties) < 2:
        story.add(
            "a round of no talks",
            f"{path}.round",
            "a round belongs to some talks",
            'add talks = "..."',
        )
    if talks is not None and event.proposer is not None and event.proposer not in talks.parties:
        story.add(
            f"'{event.proposer}' is not at the table",
            f"{path}.proposer",
            f"'{talks.id}' is between {' and '.join(talks.parties)}",
            allowed_text(event.proposer, talks.parties),
        )
