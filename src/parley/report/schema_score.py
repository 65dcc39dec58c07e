"""JSON Schemas of the document of ``parley score --json`` and of a saved forecast.

Probabilities and frequencies are fractions; log scores are in nats. A saved forecast may hold
further fields; a score document may not.
"""

from __future__ import annotations

from parley.report.schema import DIALECT
from parley.report.schema_parts import (
    Schema,
    closed_object,
    listed,
    reference,
    text,
    texts,
    typed,
)
from parley.report.score import SCHEMA_VERSION

__all__ = ["forecast_record_schema", "score_schema"]

DAY = {"format": "date"}
SHA256 = {"pattern": "^[0-9a-f]{64}$"}
FRACTION = {"type": "number", "minimum": 0, "maximum": 1}


def score_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document, with that of a saved forecast.

    The saved forecast is ``$defs/forecast_record``: the document of ``parley score`` does not
    hold one, it is read.
    """
    document = {
        "schema_version": text("Version of the document, major.minor.")
        | {"pattern": rf"^{SCHEMA_VERSION.split('.')[0]}\.[0-9]+$"},
        "kind": {"const": "score", "description": "Which of the documents."},
        "engine": _engine("What made the document."),
        "forecasts": listed(
            "Forecasts, in the order given.", closed_object("A forecast.", _forecast())
        )
        | {"minItems": 1},
        "together": {
            "description": "All forecasts together; null for one.",
            "anyOf": [closed_object("Several forecasts.", _together()), {"type": "null"}],
        },
        "cautions": texts("What keeps these scores from saying much, in words."),
        "left_out": texts("What is left out, in words."),
    }
    return {
        "$schema": DIALECT,
        "title": f"Parley score, version {SCHEMA_VERSION}",
        **closed_object(
            "What `parley score --json` prints. Probabilities and frequencies are fractions, log "
            "scores in nats. Null: there is no such figure.",
            document,
        ),
        "$defs": {
            "scores": closed_object("Scores of one forecaster for one forecast.", _scores()),
            "means": closed_object("Mean scores of one forecaster.", _means()),
            "forecast_record": forecast_record_schema(),
        },
    }


def forecast_record_schema() -> Schema:
    """Return the JSON Schema of a saved forecast's envelope; further fields are allowed."""
    outcome = closed_object(
        "An outcome.",
        {
            "id": text("Id of the package, or no-deal."),
            "label": text("Name to print."),
            "probability": _fraction("Probability stated; all sum to one."),
            "prior": _fraction("Probability before any claim; all sum to one."),
        },
    )
    fields = {
        "schema_version": text("Version of the record, major.minor.") | {"pattern": r"^1\.[0-9]+$"},
        "kind": {"const": "forecast", "description": "What the record is."},
        "scenario": text("Id of the scenario, else its file."),
        "title": text("Title of the scenario."),
        "as_of": text("Day on which the scenario stands.") | DAY,
        "by": text("Day by which an outcome counts; not before as_of.") | DAY,
        "made": text("Instant at which it was made, UTC; not before as_of.")
        | {"format": "date-time"},
        "engine": _opened(_engine("What made the record.")),
        "scenario_sha256": text("SHA-256 of the scenario's files.") | SHA256,
        "talks": text("Id of the talks."),
        "reference_class": text("Class of cases that gave the defaults.", null=True),
        "outcomes": listed("Outcomes, of which exactly one comes about.", _opened(outcome))
        | {"minItems": 2},
        "sha256": text(
            "SHA-256 of the canonical JSON (UTF-8, keys sorted, no spaces) of all other fields."
        )
        | SHA256,
    }
    return _opened(closed_object("A saved forecast: what every record holds.", fields))


def _opened(schema: Schema) -> Schema:
    return schema | {"additionalProperties": True}


def _engine(said: str) -> Schema:
    return closed_object(
        said, {"name": text("Name of the program."), "version": text("Version of the program.")}
    )


def _fraction(said: str, *, null: bool = False) -> Schema:
    return {"description": said, **FRACTION, "type": ["number", "null"] if null else "number"}


def _forecast() -> dict[str, Schema]:
    happened = {
        "outcome": text("Id of the outcome that counts."),
        "label": text("Name to print."),
        "reported": text("Id in the outcome file; another one if it came too late."),
        "date": text("Day it happened.") | DAY,
        "late": typed("boolean", "Whether that was after `by`, so that no deal counts."),
        "source": text("Where that is known from.", null=True),
        "note": text("How near the word is to what happened, and other remarks.", null=True),
        "where": text("Place in the outcome file."),
    }
    outcome = {
        "id": text("Id of the outcome."),
        "label": text("Name to print."),
        "probability": _fraction("Probability stated."),
        "prior": _fraction("Probability before any claim."),
    }
    return {
        "file": text("File of the saved forecast."),
        "sha256": text("Its hash.") | SHA256,
        "scenario": text("Id of the scenario, else its file."),
        "scenario_sha256": text("SHA-256 of the scenario's files.") | SHA256,
        "title": text("Title of the scenario."),
        "talks": text("Id of the talks."),
        "as_of": text("Day on which the scenario stands.") | DAY,
        "by": text("Day by which an outcome counts.") | DAY,
        "made": text("Instant at which the forecast was made, UTC.") | {"format": "date-time"},
        "made_with": text("Program and version that made it."),
        "reference_class": text("Class of cases that gave the defaults.", null=True),
        "hindsight": typed("boolean", "Whether it was made when the outcome could be known."),
        "happened": closed_object("What happened.", happened),
        "outcomes": listed("Outcomes of the forecast.", closed_object("An outcome.", outcome)),
        "scores": _by_forecaster("scores"),
    }


def _by_forecaster(name: str) -> Schema:
    return closed_object(
        "The forecast, its prior (before any claim) and an even spread over its outcomes.",
        {who: reference(name) for who in ("forecast", "prior", "even")},
    )


def _scores() -> dict[str, Schema]:
    return {"probability": _fraction("Probability given to what happened."), **_means()}


def _means() -> dict[str, Schema]:
    return {
        "brier": typed("number", "Brier score: 0 sure and right, 2 sure and wrong.")
        | {"minimum": 0, "maximum": 2},
        "log": typed(
            ["number", "null"],
            "Log score, -ln of the probability given to what happened, nats; null: infinite.",
        )
        | {"minimum": 0},
        "skill_of_forecast": typed(
            ["number", "null"],
            "1 - Brier score of the forecast / this one; null for the forecast itself, and where "
            "this one is zero.",
        )
        | {"maximum": 1},
    }


def _together() -> dict[str, Schema]:
    row = {
        "low": _fraction("Lower bound of the bin."),
        "high": _fraction("Upper bound, which belongs to the next bin except in the last."),
        "count": typed("integer", "Stated probabilities in it, over all forecasts and outcomes."),
        "came_true": typed("integer", "How many of those outcomes came about."),
        "mean_stated": _fraction("Mean of the stated probabilities.", null=True),
        "observed": _fraction("Share of those outcomes that came about.", null=True),
        "interval_low": _fraction("Lower end of its interval.", null=True),
        "interval_high": _fraction("Upper end of its interval.", null=True),
    }
    calibration = {
        "confidence_pct": typed("number", "Confidence of the intervals, per cent."),
        "interval": {"const": "Wilson", "description": "Kind of interval."},
        "statements": typed("integer", "Stated probabilities in all."),
        "bins": listed("Bins of stated probability.", closed_object("A bin.", row)),
    }
    return {
        "forecasts": typed("integer", "Number of forecasts."),
        "stories": typed("integer", "Number of different scenarios and talks among them."),
        "means": _by_forecaster("means"),
        "calibration": closed_object("Calibration of the forecasts.", calibration),
    }
