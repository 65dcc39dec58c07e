"""Saved forecasts held against what happened, as one JSON document and as tables.

Each forecast is scored beside two others over the same outcomes: its own prior (the odds before
any claim) and an even spread. Scores and skill as in :mod:`parley.evidence.scores`; a record's
probabilities, which sum to one within 1e-6, are divided by their sum first.

A log score is null where it is infinite: what happened had been given no chance.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from parley import __version__
from parley.evidence.scores import brier_score, log_score, skill
from parley.files.forecast_checks import made_at
from parley.files.outcomes import Happened, Outcome, what_happened
from parley.report.calibration import CONFIDENCE_PCT, calibration_rows

__all__ = ["LEFT_OUT", "SCHEMA_VERSION", "score_csv_tables", "score_document"]

Row = dict[str, Any]
Odds = dict[str, float]

SCHEMA_VERSION = "1.0"
"""Version of this document, major.minor: additions raise the minor, anything else the major."""

STATED, PRIOR, EVEN = FORECASTERS = ("forecast", "prior", "even")
FEW = 30
LEFT_OUT = (
    "an outcome file says in one word what happened; how near that word is, its note says",
    "a record's hash shows that it was not changed since, not when it was made",
)


def score_document(
    records: Mapping[str, Mapping[str, Any]], outcomes: Sequence[Outcome], bins: int = 5
) -> Row:
    """Return the scores of saved forecasts as a JSON-ready document.

    Parameters
    ----------
    records
        Name of the file -> saved forecast, one or more.
    outcomes
        What happened.
    bins
        Number of bins of the calibration table.

    Raises
    ------
    InputError
        If what happened is not known for a forecast, or does not fit it.
    """
    happened = {name: what_happened(record, outcomes, name) for name, record in records.items()}
    forecasts = [_forecast(name, records[name], found) for name, found in happened.items()]
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "score",
        "engine": {"name": "parley", "version": __version__},
        "forecasts": forecasts,
        "together": _together(records, happened, forecasts, bins) if len(records) > 1 else None,
        "cautions": _cautions(forecasts),
        "left_out": list(LEFT_OUT),
    }


def score_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows: ``scores``, ``outcomes``, and for several ``calibration``.

    ``scores`` has one row per forecast and forecaster (forecast, prior, even), ``outcomes`` one
    per forecast and outcome; rows of the means over all forecasts are in ``means``.
    """
    tables: dict[str, list[Row]] = {"scores": [], "outcomes": []}
    for f in document["forecasts"]:
        key = {k: f[k] for k in ("file", "scenario", "talks", "as_of", "by", "made", "hindsight")}
        counts = f["happened"]["outcome"]
        for name in FORECASTERS:
            tables["scores"].append(
                {**key, "happened": counts, "forecaster": name, **f["scores"][name]}
            )
        for outcome in f["outcomes"]:
            tables["outcomes"].append(
                {"file": f["file"], **outcome, "happened": outcome["id"] == counts}
            )
    together = document["together"]
    if together is not None:
        tables["means"] = [
            {"forecasts": together["forecasts"], "forecaster": name, **together["means"][name]}
            for name in FORECASTERS
        ]
        tables["calibration"] = [dict(row) for row in together["calibration"]["bins"]]
    return tables


def _forecast(name: str, record: Mapping[str, Any], found: Happened) -> Row:
    odds = _odds(record)
    label = next(o["label"] for o in record["outcomes"] if o["id"] == found.outcome)
    briers = {who: brier_score(p, found.outcome) for who, p in odds.items()}
    scores = {
        who: {
            "probability": p[found.outcome],
            "brier": briers[who],
            "log": _finite(log_score(p, found.outcome)),
            "skill_of_forecast": None if who == STATED else skill(briers[STATED], briers[who]),
        }
        for who, p in odds.items()
    }
    return {
        "file": name,
        "sha256": record["sha256"],
        "scenario": record["scenario"],
        "scenario_sha256": record["scenario_sha256"],
        "title": record["title"],
        "talks": record["talks"],
        "as_of": record["as_of"],
        "by": record["by"],
        "made": record["made"],
        "made_with": f"{record['engine']['name']} {record['engine']['version']}",
        "reference_class": record["reference_class"],
        "hindsight": _hindsight(record["made"], found.known),
        "happened": {
            "outcome": found.outcome,
            "label": label,
            "reported": found.entry.happened,
            "date": found.entry.date.isoformat(),
            "late": found.late,
            "source": found.entry.source or None,
            "note": found.entry.note or None,
            "where": found.entry.where,
        },
        "outcomes": [
            {key: outcome[key] for key in ("id", "label", "probability", "prior")}
            for outcome in record["outcomes"]
        ],
        "scores": scores,
    }


def _odds(record: Mapping[str, Any]) -> dict[str, Odds]:
    """Return outcome -> probability of the forecast, of its prior and of an even spread."""
    ids = [outcome["id"] for outcome in record["outcomes"]]
    odds = {EVEN: dict.fromkeys(ids, 1.0 / len(ids))}
    for who, key in ((STATED, "probability"), (PRIOR, "prior")):
        total = math.fsum(outcome[key] for outcome in record["outcomes"])
        odds[who] = {o["id"]: o[key] / total for o in record["outcomes"]}
    return {who: odds[who] for who in FORECASTERS}


def _hindsight(made: str, known: dt.date) -> bool:
    """Return whether the record was made when the outcome could be known."""
    instant = made_at(made)
    return instant is None or instant.date() >= known


def _together(
    records: Mapping[str, Mapping[str, Any]],
    happened: Mapping[str, Happened],
    forecasts: Sequence[Row],
    bins: int,
) -> Row:
    means: dict[str, Row] = {}
    for who in FORECASTERS:
        scores = [f["scores"][who] for f in forecasts]
        logs = [s["log"] for s in scores]
        means[who] = {
            "brier": _mean([s["brier"] for s in scores]),
            "log": None if None in logs else _mean(logs),
        }
    for who in FORECASTERS:
        own, other = means[STATED]["brier"], means[who]["brier"]
        means[who]["skill_of_forecast"] = None if who == STATED else skill(own, other)
    pairs = [(_odds(records[name])[STATED], happened[name].outcome) for name in records]
    return {
        "forecasts": len(forecasts),
        "stories": _stories(forecasts),
        "means": means,
        "calibration": {
            "confidence_pct": CONFIDENCE_PCT,
            "interval": "Wilson",
            "statements": sum(len(p) for p, _ in pairs),
            "bins": calibration_rows(pairs, bins),
        },
    }


def _cautions(forecasts: Sequence[Row]) -> list[str]:
    """Return what keeps the scores from saying much, in words."""
    count = len(forecasts)
    said = []
    if count == 1:
        said.append(
            "one forecast says little: a good one can miss and a bad one can hit; "
            "only many together show how good odds are"
        )
    elif count < FEW:
        said.append(f"{count} forecasts say little: chance alone can make or spoil such a score")
    stories = _stories(forecasts)
    if stories < count:
        said.append(
            f"{count} forecasts are of {stories} {'story' if stories == 1 else 'stories'}: those "
            "of one story share its outcome and count for less than as many stories"
        )
    if count > 1:
        said.append(
            "the intervals take statements for independent; those of one forecast are not, so the "
            "true intervals are wider"
        )
    late = [f["file"] for f in forecasts if f["hindsight"]]
    if late:
        which = "the record" if count == 1 else f"of these {count}, {len(late)}"
        said.append(
            f"made when the outcome could be known: {which}; that is a test in hindsight, "
            "no forecast"
        )
    if any(f["scores"][STATED]["log"] is None for f in forecasts):
        said.append("what happened had been given no chance: the log score is infinite")
    return said


def _stories(forecasts: Sequence[Row]) -> int:
    return len({(f["scenario"], f["talks"]) for f in forecasts})


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
