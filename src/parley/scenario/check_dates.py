"""Checks of time: nothing later than `as_of` enters, and dates stand in order."""

from __future__ import annotations

import datetime as dt

from parley.scenario.events import Event
from parley.scenario.story import Story

__all__ = ["check_dates"]


def check_dates(story: Story) -> None:
    """Note every date that is out of order or lies after as_of where it must not."""
    as_of = story.as_of
    _order(story)
    for event in story.events:
        _event(story, event, as_of)
    if as_of is None:
        return
    _nothing_later(story, as_of)
    _nothing_over(story, as_of)


def _later(story: Story, day: dt.date | None, path: str, thing: str, as_of: dt.date) -> None:
    if day is not None and day > as_of:
        story.add(
            f"{thing} {day}, after as_of",
            path,
            f"the scenario stands on {as_of}; nothing later may enter",
            "remove it, or move as_of",
        )


def _nothing_later(story: Story, as_of: dt.date) -> None:
    for source in story.sources:
        path = f"source[{source.id}]"
        _later(story, source.records, f"{path}.records", "the source records facts up to", as_of)
        if source.published and source.published > as_of and source.records is None:
            story.add(
                f"the source was published on {source.published}, after as_of",
                f"{path}.published",
                f"the scenario stands on {as_of}; nothing later may enter",
                "remove it; a table compiled later may say with `records` up to which day its "
                "facts run",
            )
    published = {s.id: s.published for s in story.sources}
    for claim in story.claims:
        path = f"claim[{claim.id}].date"
        _later(story, claim.date, path, "the claim was made on", as_of)
        day = published.get(claim.source)
        if claim.date and day and claim.date > day:
            story.add(
                f"the claim is dated {claim.date}, its source {day}",
                path,
                "a source cannot carry what was said after it was published",
                "correct one of the two dates",
            )
    for measure in story.measures:
        path = f"measure[{measure.id}].since"
        _later(story, measure.since, path, "the measure is in force since", as_of)
    for commitment in story.commitments:
        path = f"commitment[{commitment.id}].since"
        _later(story, commitment.since, path, "the commitment was made on", as_of)
    for threat in story.threats:
        path = f"threat[{threat.id}].announced"
        _later(story, threat.announced, path, "the threat was made on", as_of)
    for talks in story.talks:
        _later(story, talks.since, f"talks[{talks.id}].since", "the talks opened on", as_of)
    for balance in story.balances:
        if balance.year >= as_of.year:
            story.add(
                f"a figure for {balance.year}, whose year was not over on as_of",
                f"balance[{balance.id}].year",
                f"the scenario stands on {as_of}; nothing later may enter",
                f"use a year before {as_of.year}",
            )
    for party in story.parties:
        if party.ratifier:
            path = f"party[{party.id}].ratifier.measured_from"
            _later(story, party.ratifier.measured_from, path, "the base day is", as_of)


def _nothing_over(story: Story, as_of: dt.date) -> None:
    def passed(day: dt.date | None, path: str, thing: str, do: str) -> None:
        if day is not None and day < as_of:
            story.add(f"{thing} {day}, before as_of", path, f"the scenario stands on {as_of}", do)

    for measure in story.measures:
        passed(
            measure.until,
            f"measure[{measure.id}].until",
            "the measure ended on",
            "measures are what is in force on as_of; remove it",
        )
    for threat in story.threats:
        passed(
            threat.deadline,
            f"threat[{threat.id}].deadline",
            "the threat was to be decided by",
            "give the deadline that still runs, or leave it out",
        )
    for talks in story.talks:
        passed(
            talks.deadline,
            f"talks[{talks.id}].deadline",
            "the deadline was",
            "give the deadline that still runs, or leave it out",
        )
    for party in story.parties:
        passed(
            party.next_election,
            f"party[{party.id}].next_election",
            "the next election was",
            "give the election that is still to come",
        )
    forecast = story.sound.get("forecast")
    if forecast is not None:
        passed(forecast.by, "forecast.by", "the forecast runs to", "give a day after as_of")
    for package in story.packages:
        for position, change in enumerate(package.changes):
            if change.staging:
                passed(
                    change.staging.from_,
                    f"package[{package.id}].changes[{position}].staging.from",
                    "the first step was",
                    "give a day after as_of",
                )


def _order(story: Story) -> None:
    def ordered(
        first: dt.date | None, second: dt.date | None, path: str, names: tuple[str, str]
    ) -> None:
        if first is not None and second is not None and second < first:
            story.add(
                f"{names[1]} {second} comes before {names[0]} {first}",
                path,
                "the dates are out of order",
                "correct one of the two",
            )

    for measure in story.measures:
        path = f"measure[{measure.id}].until"
        ordered(measure.since, measure.until, path, ("since", "until"))
    for c in story.commitments:
        ordered(c.since, c.until, f"commitment[{c.id}].until", ("since", "until"))
    for t in story.threats:
        path = f"threat[{t.id}]"
        ordered(t.announced, t.earliest, f"{path}.earliest", ("announced", "earliest"))
        ordered(t.announced, t.deadline, f"{path}.deadline", ("announced", "deadline"))
    for talks in story.talks:
        ordered(talks.since, talks.deadline, f"talks[{talks.id}].deadline", ("since", "deadline"))


def _event(story: Story, event: Event, as_of: dt.date | None) -> None:
    path = f"event[{event.id}]"
    if event.date is None and event.window is None:
        story.add(
            "the event has no day",
            path,
            "an event is dated",
            "give date = ..., or window = [first, last] where only that is known",
        )
        return
    if event.date is not None and event.window is not None:
        story.add("the event has both a date and a window", path, "one of them is meant")
        return
    first, last = event.window or (event.date, event.date)
    if first is None or last is None:
        return
    if last < first:
        story.add(
            f"the window ends on {last}, before it begins on {first}",
            f"{path}.window",
            "the dates are out of order",
            "write [first day, last day]",
        )
        return
    if event.announced is not None and event.announced > last:
        story.add(
            f"announced on {event.announced}, after it took place",
            f"{path}.announced",
            "the dates are out of order",
        )
    if as_of is None:
        return
    _later(story, event.announced, f"{path}.announced", "the event became known on", as_of)
    if event.status == "future" and last < as_of:
        story.add(
            f"the event is marked as future, yet lies on {last}",
            f"{path}.status",
            f"the scenario stands on {as_of}",
            'write status = "past", or correct its date',
        )
    if event.status == "past" and first > as_of:
        story.add(
            f"the event is marked as past, yet lies on {first}",
            f"{path}.status",
            f"the scenario stands on {as_of}",
            'write status = "future", or correct its date',
        )
    if event.outcome is not None and last > as_of:
        story.add(
            f"an outcome is given for an event of {last}",
            f"{path}.outcome",
            f"the scenario stands on {as_of}; nothing later may enter",
            "remove the outcome, or move as_of",
        )
