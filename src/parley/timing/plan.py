"""The dates of some talks: rounds, deadlines, gates and elections still to come.

Days are counted in years (of 365.25 days) from ``as_of``. An event whose day is not known
yet is taken in the middle of its window, as far as that is still to come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypeVar

from parley.scenario.document import Scenario
from parley.scenario.events import Event
from parley.scenario.packages import Package
from parley.scenario.places import WorldLabels
from parley.scenario.pledges import Talks, Threat
from parley.scenario.promises import flat_changes
from parley.scenario.story import Story

__all__ = [
    "DAYS_PER_YEAR",
    "EXTENSION_DAYS",
    "Ahead",
    "Attendance",
    "DeadlineAhead",
    "GateAhead",
    "Plan",
    "ReweightAhead",
    "RoundAhead",
    "attendance",
    "concerns",
    "day_of",
    "plan_of",
]

Entry = TypeVar("Entry", bound="Ahead")
DAYS_PER_YEAR = 365.25
EXTENSION_DAYS = 90
"""Days by which an extendable deadline is put off where the file does not say."""


@dataclass(frozen=True)
class Ahead:
    """Something dated that is still to come; ``window`` where its day is not known."""

    id: str
    label: str
    date: dt.date
    window: tuple[dt.date, dt.date] | None


@dataclass(frozen=True)
class RoundAhead(Ahead):
    """A meeting at which something can be agreed.

    ``proposer`` where the file names one; ``present`` who meets, where not all parties do.
    """

    proposer: str | None
    present: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeadlineAhead(Ahead):
    """A deadline that ends these talks unless it is put off.

    ``threat`` is what is carried out, "" for the talks' own deadline; ``owner`` the party
    that decides, None where nobody does; ``extends_days`` and ``extensions`` by how much and
    how often it can be put off, ``together`` whether only by all; ``earliest`` the first day
    of effect.
    """

    threat: str
    owner: str | None
    extends_days: int
    extensions: int
    earliest: dt.date | None
    together: bool = False


@dataclass(frozen=True)
class GateAhead(Ahead):
    """An event before which a party concedes nothing (of a constituency's)."""

    party: str
    constituency: str | None


@dataclass(frozen=True)
class ReweightAhead(Ahead):
    """An event before which a constituency counts ``factor`` times, fading with distance."""

    constituency: str
    factor: float
    fades_per_year: float


@dataclass(frozen=True)
class Plan:
    """The dates of some talks, and what was left out or assumed."""

    as_of: dt.date
    talks: str
    rounds: tuple[RoundAhead, ...]
    deadlines: tuple[DeadlineAhead, ...]
    gates: tuple[GateAhead, ...]
    reweights: tuple[ReweightAhead, ...]
    notes: tuple[str, ...]

    def years(self, date: dt.date) -> float:
        """Return a date in years from ``as_of``."""
        return (date - self.as_of).days / DAYS_PER_YEAR

    def date(self, years: float) -> dt.date:
        """Return the date that lies so many years after ``as_of``."""
        return self.as_of + dt.timedelta(days=round(years * DAYS_PER_YEAR))

    @property
    def events(self) -> tuple[Ahead, ...]:
        """Everything that can be moved, by date, each event once."""
        found: dict[str, Ahead] = {}
        for e in (*self.rounds, *self.deadlines, *self.gates, *self.reweights):
            found.setdefault(e.id, e)
        return tuple(sorted(found.values(), key=lambda e: (e.date, e.id)))

    def without(self, event: str) -> Plan:
        """Return the plan in which an event does not take place."""
        return replace(
            self,
            rounds=tuple(e for e in self.rounds if e.id != event),
            deadlines=tuple(e for e in self.deadlines if e.id != event),
            gates=tuple(e for e in self.gates if e.id != event),
            reweights=tuple(e for e in self.reweights if e.id != event),
        )

    def moved(self, event: str, date: dt.date) -> Plan:
        """Return the plan in which an event takes place on another day, not before as_of."""
        day = max(date, self.as_of)
        return replace(
            self,
            rounds=tuple(_on(e, event, day) for e in self.rounds),
            deadlines=tuple(_on(e, event, day) for e in self.deadlines),
            gates=tuple(_on(e, event, day) for e in self.gates),
            reweights=tuple(_on(e, event, day) for e in self.reweights),
        )


def _on(entry: Entry, event: str, date: dt.date) -> Entry:
    return replace(entry, date=date, window=None) if entry.id == event else entry


def day_of(event: Event, as_of: dt.date) -> dt.date | None:
    """Return the day of an event still to come, None for one that is over or undated."""
    first, last = event.window or (event.date, event.date)
    if first is None or last is None or last < as_of or event.status == "past":
        return None
    if last == as_of and event.outcome and event.status != "future":
        return None
    first = max(first, as_of)
    return first + (last - first) // 2


def plan_of(scenario: Scenario, talks: Talks) -> Plan:
    """Return the dates of some talks that are still to come."""
    as_of = scenario.as_of
    rounds, gates, reweights = [], [], []
    notes: list[str] = []
    home = {c.id for p in scenario.parties if p.id in talks.parties for c in p.constituencies}
    for event in scenario.events:
        day = day_of(event, as_of)
        if day is None:
            continue
        name = event.label or event.id
        gate = event.gates
        if gate is not None and gate.concessions_by in talks.parties:
            gates.append(
                GateAhead(event.id, name, day, event.window, gate.concessions_by, gate.constituency)
            )
        for r in event.reweights:
            if r.constituency not in home:
                continue
            fades = r.fades_per_year or 0.0
            reweights.append(
                ReweightAhead(event.id, name, day, event.window, r.constituency, r.factor, fades)
            )
        meeting = attendance(scenario, event, talks)
        if meeting is not None and not meeting.enough:
            who = ", ".join(meeting.absent)
            notes.append(f"nothing can be agreed at '{event.id}': {who} not there")
        elif meeting is not None:
            present = meeting.present if meeting.absent else ()
            rounds.append(RoundAhead(event.id, name, day, event.window, event.proposer, present))
    deadlines = _deadlines(scenario, talks, notes)
    if not rounds:
        notes.append("no meeting of these talks is on the calendar: nothing can be agreed")
    return Plan(
        as_of,
        talks.id,
        tuple(sorted(rounds, key=lambda e: e.date)),
        tuple(sorted(deadlines, key=lambda e: e.date)),
        tuple(gates),
        tuple(reweights),
        tuple(dict.fromkeys(notes)),
    )


@dataclass(frozen=True)
class Attendance:
    """Who meets at a round of some talks, who does not, and whether they can agree at all."""

    present: tuple[str, ...]
    absent: tuple[str, ...]
    enough: bool


def attendance(scenario: Scenario, event: Event, talks: Talks) -> Attendance | None:
    """Return who meets at an event, None where it is no round of these talks.

    Those who meet are ``enough`` if all parties are there, or all whose consent some package
    of the talks needs.
    """
    if event.round is False or (event.kind != "meeting" and event.round is not True):
        return None
    if event.talks not in (None, talks.id):
        return None
    present = tuple(p for p in talks.parties if not event.parties or p in event.parties)
    absent = tuple(p for p in talks.parties if p not in present)
    if event.talks is None and (absent or not event.parties):
        return None
    mine = [p for p in scenario.packages if p.talks == talks.id or p.id in talks.agenda]
    needed = [set(p.consent or talks.parties) for p in mine if p.kind == "deal"]
    enough = not absent or any(who <= set(present) for who in needed)
    return Attendance(present, absent, enough)


def _deadlines(scenario: Scenario, talks: Talks, notes: list[str]) -> list[DeadlineAhead]:
    found = []
    for threat in scenario.threats:
        if not concerns(scenario, talks, threat):
            other = threat.when.threat if threat.when is not None else None
            if other is not None and threat.deadline and threat.by in talks.parties:
                notes.append(f"'{threat.id}' depends on '{other}': it is no move of the game")
            continue
        entry = _of_threat(scenario, talks, threat, notes)
        if entry is not None:
            found.append(entry)
    ends = [_of_event(e, talks, scenario.as_of) for e in scenario.events if e.kind == "deadline"]
    own = [e for e in ends if e is not None]
    said = talks.ends_by == "deadline" and talks.deadline is not None
    if said and talks.deadline is not None and talks.deadline not in [e.date for e in own]:
        name = f"deadline of {talks.label or talks.id}"
        own.append(
            DeadlineAhead(f"{talks.id}-deadline", name, talks.deadline, None, "", None, 0, 0, None)
        )
    found, own = _joined(scenario, found, own)
    taken = {e.date: e for e in found}
    for entry in own:
        if entry.date in taken:
            threat_id = taken[entry.date].threat
            if taken[entry.date].extensions:
                notes.append(f"the talks' own deadline is that of '{threat_id}', and moves with it")
            continue
        found.append(replace(entry, owner=_author(scenario, talks), together=True))
    return found


def _joined(
    scenario: Scenario, found: list[DeadlineAhead], own: list[DeadlineAhead]
) -> tuple[list[DeadlineAhead], list[DeadlineAhead]]:
    """Return deadlines of threats and of the talks; a threat without a day has the talks' event.

    Then it is put off as that event says: by all together.
    """
    undated = {t.id for t in scenario.threats if t.deadline is None}
    events = {e.id for e in scenario.events}
    kept: list[DeadlineAhead] = []
    gone: set[str] = set()
    for entry in found:
        event = next((e for e in own if e.date == entry.date and e.id in events), None)
        if event is None or entry.threat not in undated or entry.id in events:
            kept.append(entry)
            continue
        # Of several such threats the first bears the event's name.
        name = entry.id if event.id in gone else event.id
        gone.add(event.id)
        kept.append(
            replace(
                event,
                id=name,
                threat=entry.threat,
                owner=entry.owner,
                earliest=entry.earliest,
                together=True,
            )
        )
    return kept, [e for e in own if e.id not in gone]


def _author(scenario: Scenario, talks: Talks) -> str | None:
    """Return the one party at the table whose threats the breakdown carries out, if any."""
    package = next((p for p in scenario.packages if p.id == talks.breakdown), None)
    named = _carried_out(scenario, package)
    authors = {t.by for t in scenario.threats if t.id in named}
    only = next(iter(authors)) if len(authors) == 1 else None
    return only if only in talks.parties else None


def _carried_out(scenario: Scenario, package: Package | None) -> set[str]:
    """Return the threats that a package carries out, those of included packages too."""
    if package is None:
        return set()
    story = Story.of(scenario, scenario.labels or WorldLabels("", (), ()))  # needs no world
    return {c.threat for _, _, c in flat_changes(story, package) if c.threat}


def concerns(scenario: Scenario, talks: Talks, threat: Threat) -> bool:
    """Return whether a threat hangs over these talks."""
    if threat.when is not None and threat.when.talks == talks.id:
        return True
    if threat.when is not None and threat.when.talks is None:
        return False
    package = next((p for p in scenario.packages if p.id == talks.breakdown), None)
    if threat.id in _carried_out(scenario, package):
        return True
    if threat.when is not None or threat.by not in talks.parties:
        return False
    # A dated threat without a condition hangs over the talks of those whom it is between.
    dated = threat.deadline or any(
        e.kind == "deadline" and e.threat == threat.id for e in scenario.events
    )
    if not dated or any(threat.id in other.answered_by for other in scenario.threats):
        return False
    instrument = next((i for i in scenario.instruments if i.id == threat.instrument), None)
    on = threat.on or (instrument.on if instrument is not None else ())
    return any(p in on for p in talks.parties if p != threat.by)


def _of_threat(
    scenario: Scenario, talks: Talks, threat: Threat, notes: list[str]
) -> DeadlineAhead | None:
    said = [e for e in scenario.events if e.kind == "deadline" and e.threat == threat.id]
    event = next((e for e in said if day_of(e, scenario.as_of) is not None), None)
    date = threat.deadline
    if date is None and event is not None:
        date = day_of(event, scenario.as_of)
    if date is None and talks.ends_by == "deadline":
        date = talks.deadline
    if date is None:
        return None
    days = event.extends_days if event is not None else None
    often = 1 if event is None or event.extensions is None else event.extensions
    if days is None and threat.extendable:
        days = EXTENSION_DAYS
        notes.append(
            f"'{threat.id}' can be put off, for how long is not said: {EXTENSION_DAYS} days assumed"
        )
    owner = threat.by if threat.by in talks.parties else None
    if owner is None:
        days = 0
        notes.append(
            f"{threat.by}, who threatens '{threat.id}', is not at the table: it comes on its day"
        )
    return DeadlineAhead(
        event.id if event is not None else f"{threat.id}-deadline",
        (event.label if event is not None else None) or f"deadline of {threat.label or threat.id}",
        date,
        event.window if event is not None else None,
        threat.id,
        owner,
        days or 0,
        often if days else 0,
        threat.earliest,
    )


def _of_event(event: Event, talks: Talks, as_of: dt.date) -> DeadlineAhead | None:
    day = day_of(event, as_of)
    if event.threat is not None or event.talks != talks.id or day is None:
        return None
    if talks.ends_by == "deadline" and talks.deadline is not None and event.window:
        first, last = event.window
        day = talks.deadline if first <= talks.deadline <= last else day
    days = event.extends_days or 0
    return DeadlineAhead(
        event.id,
        event.label or event.id,
        day,
        event.window,
        "",
        None,
        days,
        (1 if event.extensions is None else event.extensions) if days else 0,
        None,
    )
