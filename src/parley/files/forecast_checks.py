"""What a saved forecast must hold: every fault of its envelope, none repaired.

Probabilities p_o and priors over exclusive outcomes o:

    0 <= p_o <= 1 ,   |sum_o p_o - 1| <= 1e-6 ,   as_of <= made ,   as_of <= by .

A forecast cannot be made before the day on which its story stands. Days are those of the place
where it is made, which may be 14 hours ahead of UTC.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from parley.errors import Problem
from parley.labels import duplicates

__all__ = ["KIND", "SCHEMA_VERSION", "SUM_TOLERANCE", "forecast_problems", "made_at", "on_day"]

KIND = "forecast"
SCHEMA_VERSION = "1.0"
SUM_TOLERANCE = 1e-6
HOUR_OF_NEXT_DAY = 10
"""From this hour UTC on, the next day has begun somewhere (UTC+14)."""

TEXTS = ("scenario", "title", "talks")
REQUIRED = (
    "schema_version",
    "kind",
    *TEXTS,
    "as_of",
    "by",
    "made",
    "engine",
    "scenario_sha256",
    "reference_class",
    "outcomes",
    "sha256",
)
OF_OUTCOME = ("id", "label", "probability", "prior")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MADE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def forecast_problems(document: Mapping[str, Any], name: str) -> list[Problem]:
    """Return all that is wrong with a saved forecast, its hash apart; [] if nothing is.

    A wrong kind or an unknown schema is told alone: the rest would then be noise.

    Parameters
    ----------
    document
        The record, as read from JSON.
    name
        Name of the file, for messages.
    """
    foreign = _foreign(document, name)
    if foreign:
        return foreign
    problems = [
        Problem(
            f"missing field '{key}'",
            f"{name}: {key}",
            "a saved forecast is read whole or not at all",
            "take the record as Parley wrote it",
        )
        for key in REQUIRED
        if key not in document
    ]
    at = f"{name}: "
    for key in TEXTS:
        problems += _if_there(document, key, at, _is_text, "a text")
    problems += _if_there(document, "reference_class", at, _is_text_or_null, "a text or null")
    for key in ("scenario_sha256", "sha256"):
        problems += _if_there(document, key, at, _is_sha256, "a SHA-256 of 64 hex digits")
    for key in ("as_of", "by"):
        problems += _if_there(document, key, at, on_day, "a day such as 2019-07-18")
    what = "a date and time in UTC such as 2019-07-18T09:30:00Z"
    problems += _if_there(document, "made", at, made_at, what)
    what = "an object with the texts name and version"
    problems += _if_there(document, "engine", at, _is_engine, what)
    problems += _order(document, name)
    if "outcomes" in document:
        problems += _outcomes(document["outcomes"], name)
    return problems


def on_day(value: Any) -> dt.date | None:
    """Return the day written YYYY-MM-DD, None if it is no such text or no day."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def made_at(value: Any) -> dt.datetime | None:
    """Return the instant written YYYY-MM-DDTHH:MM:SSZ, None if it is not one in UTC."""
    if not isinstance(value, str) or not _MADE.fullmatch(value):
        return None
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        return None


def _foreign(document: Mapping[str, Any], name: str) -> list[Problem]:
    """Return why the document is not a saved forecast that this version can read."""
    kind = document.get("kind", KIND)
    if kind != KIND:
        return [
            Problem(
                f"kind is {_shown(kind)}",
                f"{name}: kind",
                "this is some other document",
                f'give a saved forecast, whose kind is "{KIND}"',
            )
        ]
    version = document.get("schema_version", SCHEMA_VERSION)
    major = SCHEMA_VERSION.split(".")[0]
    if not isinstance(version, str) or not re.fullmatch(rf"{major}\.[0-9]+", version):
        return [
            Problem(
                f"schema_version is {_shown(version)}",
                f"{name}: schema_version",
                f"this version of Parley reads versions {major}.x of saved forecasts",
                "read it with the version of Parley that wrote it",
            )
        ]
    return []


def _if_there(
    document: Mapping[str, Any],
    key: str,
    at: str,
    test: Callable[[Any], object],
    rule: str,
) -> list[Problem]:
    """Return that a field is not as its rule says; one that is missing is told elsewhere."""
    if key not in document or test(document[key]):
        return []
    return [Problem(f"{_shown(document[key])} is not {rule}", at + key)]


def _order(document: Mapping[str, Any], name: str) -> list[Problem]:
    """Return what is wrong with the order of the days; days that are none are told elsewhere."""
    as_of, by = on_day(document.get("as_of")), on_day(document.get("by"))
    made = made_at(document.get("made"))
    problems = []
    if as_of and by and by < as_of:
        problems.append(
            Problem(
                f"by ({by}) is before as_of ({as_of})",
                f"{name}: by",
                "a forecast is about what comes after its story",
            )
        )
    if as_of and made:
        latest = made.toordinal() + (made.hour >= HOUR_OF_NEXT_DAY)
        if latest < as_of.toordinal():
            problems.append(
                Problem(
                    f"made ({document['made']}) is before as_of ({as_of})",
                    f"{name}: made",
                    "a forecast cannot be made before the day its story stands on",
                )
            )
    return problems


def _outcomes(found: Any, name: str) -> list[Problem]:
    if not isinstance(found, list) or len(found) < 2:
        return [
            Problem(
                "outcomes is not a list of two or more",
                f"{name}: outcomes",
                "odds are over outcomes of which exactly one comes about",
            )
        ]
    problems: list[Problem] = []
    for k, outcome in enumerate(found):
        where = f"{name}: outcomes[{k}]"
        if not isinstance(outcome, dict):
            problems.append(Problem(f"{_shown(outcome)} is not an object", where))
            continue
        problems += [
            Problem(f"missing field '{key}'", f"{where}.{key}")
            for key in OF_OUTCOME
            if key not in outcome
        ]
        for key in ("id", "label"):
            problems += _if_there(outcome, key, f"{where}.", _is_text, "a text")
        for key in ("probability", "prior"):
            problems += _if_there(
                outcome, key, f"{where}.", _is_probability, "a fraction from 0 to 1"
            )
    if problems:
        return problems
    twice = duplicates([outcome["id"] for outcome in found])
    problems += [
        Problem(
            f"outcome '{same}' appears twice", f"{name}: outcomes", "outcomes exclude one another"
        )
        for same in twice
    ]
    for key, plural in (("probability", "probabilities"), ("prior", "priors")):
        total = math.fsum(outcome[key] for outcome in found)
        if abs(total - 1.0) > SUM_TOLERANCE:
            problems.append(
                Problem(
                    f"the {plural} sum to {total:.7g}",
                    f"{name}: outcomes[].{key}",
                    "exactly one of the outcomes comes about, so they sum to one",
                )
            )
    return problems


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_text_or_null(value: Any) -> bool:
    return value is None or _is_text(value)


def _is_sha256(value: Any) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def _is_engine(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(value.get(k)) for k in ("name", "version"))


def _is_probability(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= 1


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
