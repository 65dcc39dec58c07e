"""What happened: outcome files, for scoring forecasts afterwards and for nothing else.

What counts for a forecast: an event up to its day ``by``; after that day, no deal. Outcomes that
ship with Parley lie in a folder of their own, which nothing else reads: a scenario that stands
on a day may not know what came later.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from parley.errors import InputError, Problem
from parley.files.outcome_entries import NO_DEAL, Outcome, outcome_entries
from parley.labels import allowed_text

__all__ = ["NO_DEAL", "Happened", "Outcome", "embedded_outcomes", "read_outcomes", "what_happened"]

LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Happened:
    """What counts as having happened, for one forecast.

    Attributes
    ----------
    outcome
        Id of the outcome that counts.
    known
        Day from which that was known: the day it happened, or the last day of the forecast.
    late
        Whether something else happened, but after that last day: what counts is no deal.
    entry
        What the outcome file says.
    """

    outcome: str
    known: dt.date
    late: bool
    entry: Outcome


def embedded_outcomes() -> tuple[str, ...]:
    """Return the names of the outcome files that ship with Parley."""
    names = (entry.name for entry in _shipped().iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def read_outcomes(
    references: Iterable[str | Path], known_by: dt.date | None = None
) -> tuple[Outcome, ...]:
    """Return the entries of outcome files, in the order given.

    Parameters
    ----------
    references
        Names of shipped outcome files, or paths of TOML files. A name wins over a file of the
        same name.
    known_by
        Last day that has begun; what is dated later has not happened. None: not checked.

    Raises
    ------
    InputError
        With everything that is wrong in any of them, or if two entries are about the same talks.
    """
    found: list[Outcome] = []
    problems: list[Problem] = []
    for reference in dict.fromkeys(map(str, references)):
        try:
            entries, wrong = outcome_entries(_toml(reference), reference, known_by)
        except InputError as error:
            problems += error.problems
            continue
        found += entries
        problems += wrong
    first: dict[tuple[str, str], str] = {}
    for entry in found:
        key = (entry.scenario, entry.talks)
        if key in first:
            problems.append(
                Problem(
                    f"a second outcome of {_of(entry)}",
                    entry.where,
                    f"the first is {first[key]}; one thing happened, not two",
                    "keep one of them",
                )
            )
        first.setdefault(key, entry.where)
    if problems:
        raise InputError(problems)
    return tuple(found)


def what_happened(
    record: Mapping[str, Any], outcomes: Sequence[Outcome], name: str = "forecast"
) -> Happened:
    """Return what counts as having happened for a forecast.

    An entry for the forecast's talks wins over one for the whole scenario; entries for other
    scenarios are ignored. An event after the forecast's day ``by`` counts as no deal.

    Parameters
    ----------
    record
        A saved forecast, as :func:`parley.files.forecasts.read_forecast` returns it.
    outcomes
        What happened, as :func:`read_outcomes` returns it.
    name
        Name of the forecast's file, for messages.

    Raises
    ------
    InputError
        If no entry is about the forecast, if it happened on or before the day on which the
        story stands, if "no deal" is dated before the forecast's last day, or if the forecast
        does not list the outcome.
    """
    entry = _entry_for(record, outcomes, name)
    as_of, by = dt.date.fromisoformat(record["as_of"]), dt.date.fromisoformat(record["by"])
    if entry.date <= as_of:
        raise InputError.one(
            f"{entry.happened} is dated {entry.date}, on or before {as_of}",
            f"{entry.where}.date",
            f"on that day the story of the forecast {name} stands: it was known already",
            "score a forecast whose story stands before it happened",
        )
    if entry.happened == NO_DEAL and entry.date < by:
        raise InputError.one(
            f"no deal by {entry.date} does not decide a forecast for {by}",
            f"{entry.where}.date",
            f"until {by} the outcome of {name} is open",
            f"score it after that day, with date = {by} if there was none until then",
        )
    late = entry.date > by and entry.happened != NO_DEAL
    counts = NO_DEAL if late else entry.happened
    listed = [outcome["id"] for outcome in record["outcomes"]]
    if counts not in listed:
        why = f"it is not among the outcomes of {name}"
        if late:
            why = f"{entry.happened} came after {by}, so it counts as no deal; {why}"
        raise InputError.one(
            f"unknown outcome '{counts}'",
            f"{entry.where}.happened",
            why,
            allowed_text(counts, listed),
        )
    return Happened(counts, min(entry.date, by), late, entry)


def _entry_for(record: Mapping[str, Any], outcomes: Sequence[Outcome], name: str) -> Outcome:
    scenario, talks = record["scenario"], record["talks"]
    of_scenario = [entry for entry in outcomes if entry.scenario == scenario]
    for wanted in (talks, ""):
        for entry in of_scenario:
            if entry.talks == wanted:
                return entry
    if of_scenario:
        there = [entry.talks for entry in of_scenario]
        raise InputError.one(
            f"no outcome of the talks '{talks}' of '{scenario}'",
            name,
            f"the outcome files tell of other talks of it: {', '.join(there)}",
            "add an [[outcome]] for these talks",
        )
    there = list(dict.fromkeys(entry.scenario for entry in outcomes))
    raise InputError.one(
        f"no outcome of the scenario '{scenario}'",
        name,
        f"the outcome files tell of: {', '.join(there)}",
        "give the file that tells what came of it, with --outcome",
    )


def _shipped() -> Traversable:
    return files("parley") / "data" / "outcomes"


def _toml(reference: str) -> dict[str, Any]:
    source: Traversable = Path(reference)
    if reference in embedded_outcomes():
        source = _shipped() / f"{reference}.toml"
    elif not source.is_file():
        raise InputError.one(
            f"no such outcome file: {reference}",
            "--outcome",
            "it is neither the name of one that ships with Parley nor an existing file",
            allowed_text(reference, embedded_outcomes()) + ", or the path of a .toml file",
        )
    try:
        if isinstance(source, Path) and source.stat().st_size > LARGEST_BYTES:
            raise InputError.one(
                f"the file has {source.stat().st_size:,} bytes",
                reference,
                f"at most {LARGEST_BYTES:,} are read",
            )
        return tomllib.loads(source.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError.one(f"cannot be read: {error.strerror or error}", reference) from None
    except UnicodeDecodeError as error:
        raise InputError.one(
            f"byte {error.start} is not UTF-8 text", reference, "TOML is UTF-8 text"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError.one(f"not valid TOML: {error}", reference) from None


def _of(entry: Outcome) -> str:
    return f"'{entry.scenario}'" + (f", talks '{entry.talks}'" if entry.talks else "")
