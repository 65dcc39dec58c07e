"""The entries of an outcome file: which outcome of which talks came about, and when.

One TOML file, one or several stories::

    format = 1

    [[outcome]]
    scenario = "us-japan-2019"     # id of the scenario
    talks = "us-japan"             # optional: without it, for all talks of the scenario
    happened = "mini"              # id of the outcome, or "no-deal"
    date = 2019-09-25              # the day it happened
    source = "..."                 # optional
    note = "..."                   # optional
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parley.errors import Problem
from parley.files.forecast_checks import on_day
from parley.labels import allowed_text

__all__ = ["NO_DEAL", "Outcome", "outcome_entries"]

FORMAT = 1
NO_DEAL = "no-deal"
LONGEST_TEXT = 4000
TOP = ("format", "outcome")
NEEDED = ("scenario", "happened", "date")
FIELDS = ("scenario", "talks", "happened", "date", "source", "note")
DO = {
    "scenario": 'write the id of the scenario: scenario = "us-japan-2019"',
    "happened": f'write the id of the outcome, or happened = "{NO_DEAL}"',
    "date": "write the day it happened as 2019-09-25 (year-month-day), without quotes",
}


@dataclass(frozen=True)
class Outcome:
    """One entry of an outcome file; ``where`` is its place there. Empty texts: not given."""

    scenario: str
    talks: str
    happened: str
    date: dt.date
    source: str
    note: str
    where: str


def outcome_entries(
    data: Mapping[str, Any], name: str, known_by: dt.date | None
) -> tuple[list[Outcome], list[Problem]]:
    """Return the entries of one file that are sound, and all that is wrong in it.

    Parameters
    ----------
    data
        The TOML of the file.
    name
        Its name, for messages.
    known_by
        Last day that has begun; what is dated later has not happened. None: not checked.
    """
    problems = [
        Problem(f"unknown field '{key}'", f"{name}: {key}", do=allowed_text(key, TOP))
        for key in data
        if key not in TOP
    ]
    if data.get("format") != FORMAT or isinstance(data["format"], bool):
        found = f"format = {_shown(data['format'])}" if "format" in data else "there is no format"
        why = f"this version of Parley reads format {FORMAT} of outcome files"
        problems.append(Problem(found, f"{name}: format", why, f"write format = {FORMAT}"))
    rows = data.get("outcome", [])
    if not isinstance(rows, list) or not rows:
        problems.append(
            Problem("there is no [[outcome]]", f"{name}: outcome", do="add one: what happened")
        )
        return [], problems
    entries = []
    for k, row in enumerate(rows):
        where = f"{name}: outcome[{k}]"
        wrong = _wrong(row, where, known_by)
        problems += wrong
        day = _day(row.get("date")) if isinstance(row, dict) else None
        if day is not None and not wrong:
            texts = {key: str(row.get(key, "")).strip() for key in FIELDS if key != "date"}
            entries.append(Outcome(date=day, where=where, **texts))
    return entries, problems


def _wrong(row: Any, where: str, known_by: dt.date | None) -> list[Problem]:
    if not isinstance(row, dict):
        return [Problem(f"{_shown(row)} is not a table", where, do="write it under [[outcome]]")]
    problems = [
        Problem(f"unknown field '{key}'", f"{where}.{key}", do=allowed_text(key, FIELDS))
        for key in row
        if key not in FIELDS
    ]
    for key in FIELDS:
        if key not in row:
            if key in NEEDED:
                problems.append(Problem(f"missing field '{key}'", where, do=DO[key]))
        elif key == "date":
            problems += _wrong_day(row[key], f"{where}.date", known_by)
        elif not isinstance(row[key], str) or not row[key].strip():
            do = DO.get(key, f'write {key} = "...", or leave it out')
            problems.append(
                Problem(f"{key} = {_shown(row[key])} is not a text", f"{where}.{key}", do=do)
            )
        elif len(row[key]) > LONGEST_TEXT:
            what = f"the text has {len(row[key]):,} characters"
            problems.append(Problem(what, f"{where}.{key}", f"at most {LONGEST_TEXT:,} are read"))
    return problems


def _wrong_day(value: Any, where: str, known_by: dt.date | None) -> list[Problem]:
    day = _day(value)
    if day is None:
        return [Problem(f"{_shown(value)} is not a day", where, do=DO["date"])]
    if known_by is not None and day > known_by:
        why = f"it is later than {known_by}: it has not happened"
        return [Problem(f"the day {day} is still to come", where, why, "score it afterwards")]
    return []


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return on_day(value)


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, dt.date) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
