"""Dates that stand in sections other than the events: each as an entry that may find a host.

A fact's host is an entry that tells of the same thing on the same day: the event that brings a
measure into force tells its first day, the deadline of a threat that of the talks it ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from parley.report.timeline_notes import put_off
from parley.report.timeline_parties import measure_parties, promise_parties, threat_parties
from parley.scenario.document import Scenario
from parley.scenario.pledges import Talks, Threat
from parley.timing.plan import concerns

__all__ = [
    "ELECTIONS",
    "LANES",
    "LAW",
    "MEASURES",
    "MEETINGS",
    "OTHER",
    "PROMISES",
    "THREATS",
    "Entry",
    "Fact",
    "facts",
]

MEETINGS, ELECTIONS = "meetings", "elections"
THREATS, PROMISES, MEASURES = "threats and deadlines", "promises", "measures"
LAW, OTHER = "law and reports", "other"
LANES = (MEETINGS, ELECTIONS, THREATS, PROMISES, MEASURES, LAW, OTHER)
"""What a lane can be, in the order they are shown."""


@dataclass
class Entry:
    """One line of the timeline; ``things`` are what it tells of ("threat:autos")."""

    date: dt.date
    until: dt.date | None
    lane: str
    kind: str
    id: str
    label: str
    parties: tuple[str, ...]
    past: bool
    notes: list[str]
    source: str | None
    things: frozenset[str]

    def covers(self, day: dt.date) -> bool:
        """Return whether a day is the entry's, or within its window."""
        return self.date <= day <= (self.until or self.date)


@dataclass(frozen=True)
class Fact:
    """A date of a section other than events, as an entry of its own.

    ``told`` is how it is put in the note of an entry that tells of the same thing on that day,
    "" where an entry of just that day says it all; ``hosts`` are the kinds such an entry can
    have, none for any; ``alone`` marks what only an entry of its own can tell.
    """

    entry: Entry
    told: str = ""
    hosts: tuple[str, ...] = ()
    alone: bool = False

    def told_by(self, other: Entry) -> bool:
        """Return whether an entry tells of the same thing on the same day."""
        fitting = not self.hosts or other.kind in self.hosts
        return bool(fitting and self.entry.things & other.things and other.covers(self.entry.date))


def facts(scenario: Scenario) -> Iterator[Fact]:
    """Yield every date that is not an event's, in the order in which they look for a host."""
    yield from _measures(scenario)
    yield from _promises(scenario)
    for threat in scenario.threats:
        yield from _threat(threat, scenario)
    for talks in scenario.talks:
        yield from _talks(talks, scenario)
    for party in scenario.parties:
        if party.next_election is not None:
            yield Fact(
                _entry(
                    scenario, party.next_election, ELECTIONS, f"party:{party.id}.next_election",
                    f"Election: {party.label or party.id}", "election", (party.id,),
                    [], party.source, f"election:{party.id}",
                ),
                hosts=("election",),
            )  # fmt: skip
    for option in scenario.outside_options:
        if option.available_from is not None:
            yield Fact(
                _entry(
                    scenario, option.available_from, OTHER, f"outside_option:{option.id}",
                    f"Can be had from then: {option.label or option.id}", "option",
                    (option.party,), [option.note], option.source,
                )
            )  # fmt: skip
    forecast = scenario.forecast
    if forecast is not None:
        note = f"outcomes of {forecast.talks} count up to this day"
        yield Fact(
            _entry(
                scenario, forecast.by, OTHER, "forecast.by", "Day of the forecast", "forecast",
                (), [note, forecast.note], None,
            ),
            alone=True,
        )  # fmt: skip


def _entry(
    scenario: Scenario,
    day: dt.date,
    lane: str,
    name: str,
    label: str,
    kind: str,
    parties: tuple[str, ...],
    notes: list[str | None],
    source: str | None,
    *things: str,
    happened: bool = False,
) -> Entry:
    """Return an entry of one day; what ``happened`` by as_of is past on that very day too."""
    past = day < scenario.as_of or (happened and day == scenario.as_of)
    said = [n for n in notes if n]
    return Entry(day, None, lane, kind, name, label, parties, past, said, source, frozenset(things))


def _measures(scenario: Scenario) -> Iterator[Fact]:
    for m in scenario.measures:
        name, thing = m.label or m.id, f"measure:{m.id}"
        parties = measure_parties(m)
        answer = f"answer to {m.in_response_to}" if m.in_response_to else None
        yield Fact(
            _entry(
                scenario, m.since, MEASURES, f"{thing}.since", name, "measure", parties,
                [answer, m.note], m.source, thing, happened=True,
            ),
            f"in force from then: {name}",
        )  # fmt: skip
        if m.until is not None:
            yield Fact(
                _entry(
                    scenario, m.until, MEASURES, f"{thing}.until", f"Last day of: {name}",
                    "measure-ends", parties, [], m.source, thing,
                ),
                f"last day of: {name}",
            )  # fmt: skip


def _promises(scenario: Scenario) -> Iterator[Fact]:
    for c in scenario.commitments:
        name, thing = c.label or c.id, f"commitment:{c.id}"
        parties = promise_parties(c)
        disputed = "one side says that it was promised, the other that it was not"
        if c.since is not None:
            notes = [disputed if c.disputed else None, c.note]
            yield Fact(
                _entry(
                    scenario, c.since, PROMISES, f"{thing}.since", name, "promise", parties,
                    notes, c.source, thing, happened=True,
                ),
                f"promise made: {name}",
            )  # fmt: skip
        if c.until is not None:
            yield Fact(
                _entry(
                    scenario, c.until, PROMISES, f"{thing}.until", f"Promise ends: {name}",
                    "promise-ends", parties, [], c.source, thing,
                ),
                f"promise ends: {name}",
            )  # fmt: skip


def _threat(threat: Threat, scenario: Scenario) -> Iterator[Fact]:
    name, thing = threat.label or threat.id, f"threat:{threat.id}"
    parties = threat_parties(threat, scenario)

    def fact(
        day: dt.date | None,
        field: str,
        head: str,
        kind: str,
        notes: list[str | None],
        told: str,
        hosts: tuple[str, ...] = (),
        happened: bool = False,
    ) -> Iterator[Fact]:
        if day is not None:
            entry = _entry(
                scenario, day, THREATS, f"{thing}.{field}", f"{head}: {name}", kind, parties,
                notes, threat.source, thing, happened=happened,
            )  # fmt: skip
            yield Fact(entry, told, hosts)

    answer = f"to be answered by {', '.join(threat.answered_by)}" if threat.answered_by else None
    said, first = [answer, threat.note], f"first day of effect: {name}"
    yield from fact(
        threat.announced, "announced", "Threat", "threat", said, f"threat made: {name}",
        happened=True,
    )  # fmt: skip
    yield from fact(
        threat.deadline, "deadline", "Deadline", "deadline", [put_off(threat)], "",
        ("deadline",),
    )  # fmt: skip
    yield from fact(threat.earliest, "earliest", "First day of effect", "threat-starts", [], first)


def _talks(talks: Talks, scenario: Scenario) -> Iterator[Fact]:
    name, thing = talks.label or talks.id, f"talks:{talks.id}"
    if talks.since is not None:
        entry = _entry(
            scenario, talks.since, MEETINGS, f"{thing}.since", f"Talks open: {name}", "talks",
            talks.parties, [], talks.source, thing, happened=True,
        )  # fmt: skip
        yield Fact(entry, f"talks open: {name}")
    if talks.deadline is not None:
        over = {f"threat:{t.id}" for t in scenario.threats if concerns(scenario, talks, t)}
        entry = _entry(
            scenario, talks.deadline, THREATS, f"{thing}.deadline", f"Deadline of talks: {name}",
            "deadline", talks.parties, [f"if they fail: {talks.breakdown}"], talks.source,
            thing, *over,
        )  # fmt: skip
        yield Fact(entry, f"deadline of the talks {talks.id}", ("deadline",))
