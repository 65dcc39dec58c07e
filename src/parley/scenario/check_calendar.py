"""Checks of the calendar: what is said twice agrees, and every rule of time has its object."""

from __future__ import annotations

import datetime as dt

from parley.labels import allowed_text
from parley.scenario.events import Event
from parley.scenario.story import Story

__all__ = ["check_calendar"]


def check_calendar(story: Story) -> None:
    """Note dates told twice that differ, and rules of time that hang on nothing."""
    homes = {c.id: p.id for p in story.parties for c in p.constituencies}
    for event in story.events:
        path = f"event[{event.id}]"
        _extensions(story, event, path)
        _deadline(story, event, path)
        _election(story, event, path)
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
    if threat is not None:
        _same_day(story, event, threat.deadline, path, f"threat[{threat.id}].deadline")
    talks = next((t for t in story.talks if t.id == event.talks), None)
    if talks is not None and threat is None and talks.ends_by == "deadline":
        _same_day(story, event, talks.deadline, path, f"talks[{talks.id}].deadline")


def _election(story: Story, event: Event, path: str) -> None:
    party = next((p for p in story.parties if p.id == event.party), None)
    if event.kind != "election" or party is None or story.as_of is None:
        return
    day = event.date or (event.window[1] if event.window else None)
    if day is None or day < story.as_of or party.next_election is None:
        return
    if day < party.next_election:
        where = f"party[{party.id}].next_election"
        _same_day(story, event, party.next_election, path, where)


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
