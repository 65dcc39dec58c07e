"""JSON Schema of what a brief tells of time and of claims."""

from __future__ import annotations

from parley.report.schema_calendar import calendar_part_schema
from parley.report.schema_commitments import commitments_schema
from parley.report.schema_forecast import forecast_part_schema
from parley.report.schema_ledger import ledger_schema
from parley.report.schema_parts import Schema, closed_object, listed, text, texts, typed
from parley.report.when import COMMITMENT_PARTS

__all__ = ["when_definitions", "when_schema"]

DAY = {"format": "date"}


def when_definitions() -> dict[str, Schema]:
    """Return the definitions that the parts refer to."""
    found = commitments_schema()["$defs"]
    return {name: schema for name, schema in found.items() if name != "residuals"}


def when_schema() -> dict[str, Schema]:
    """Return the schema of timeline, calendar, commitments, forecast and claims."""
    whole = commitments_schema()["properties"]
    commitments = closed_object(
        "As in the document of `parley commitments`.", {n: whole[n] for n in COMMITMENT_PARTS}
    )
    claims = {k: v for k, v in ledger_schema().items() if k not in ("$schema", "title", "$defs")}
    return {
        "timeline": _or_null("Everything dated; null if only some packages are told.", _timeline()),
        "calendar": _or_null(
            "The talks as a game over their calendar, as in `parley calendar`; null without talks.",
            calendar_part_schema(),
        ),
        "commitments": _or_null("Promises; null where there are none.", commitments),
        "forecast": _or_null(
            "Odds, as in `parley forecast`; null if the file has no [forecast].",
            forecast_part_schema(),
        ),
        "claims": _or_null(
            "The claims ledger, as in `parley claims`; null if there are no claims.", claims
        ),
    }


def _or_null(said: str, schema: Schema) -> Schema:
    return {"description": said, "anyOf": [schema, {"type": "null"}]}


def _timeline() -> Schema:
    entry = {
        "date": text("Day, or the first day of a window.") | DAY,
        "until": text("Last day of a window.", null=True) | DAY,
        "lane": text("Sort of entry, for drawing."),
        "kind": text("Kind of event, or what else is dated."),
        "id": text("Id of the event, threat, promise, measure, talks or party."),
        "label": text("Name to print."),
        "parties": texts("Parties that it concerns."),
        "past": typed("boolean", "Whether it lies before as_of."),
        "days": typed("integer", "Days from as_of; negative before it."),
        "note": text("What came of it, or what hangs on it; empty for nothing."),
        "source": text("Id of the source.", null=True),
    }
    return closed_object(
        "A timeline.",
        {
            "as_of": text("Day on which the scenario stands.") | DAY,
            "by": text("Day by which an outcome of the forecast counts.", null=True) | DAY,
            "entries": listed("Entries by date.", closed_object("An entry.", entry)),
        },
    )
