"""When, and who says so, as parts of a brief's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.forecasts.when import WhenAssessment
from parley.report.calendar import calendar_csv_tables, calendar_part
from parley.report.commitments import commitments_document
from parley.report.commitments_csv import commitments_csv_tables
from parley.report.forecast import forecast_csv_tables, forecast_part
from parley.report.ledger import ledger_csv_tables, ledger_document
from parley.report.timeline import timeline
from parley.scenario.document import Scenario

__all__ = ["COMMITMENT_PARTS", "when_csv_tables", "when_parts"]

COMMITMENT_PARTS = ("parties", "assumed", "commitments", "numbers", "left_out", "notes")
"""Fields of the document of ``parley commitments`` that a brief holds."""
Row = dict[str, Any]


def when_parts(scenario: Scenario, found: WhenAssessment) -> dict[str, Any]:
    """Return timeline, calendar, commitments, forecast and claims; null where there are none."""
    commitments = None
    if found.commitments is not None:
        whole = commitments_document(found.commitments)
        commitments = {name: whole[name] for name in COMMITMENT_PARTS}
    return {
        "timeline": timeline(scenario),
        "calendar": None if found.calendar is None else calendar_part(found.calendar),
        "commitments": commitments,
        "forecast": None if found.forecast is None else forecast_part(found.forecast),
        "claims": None if found.ledger is None else ledger_document(found.ledger, scenario),
    }


def when_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the tidy tables of these parts of a brief."""
    tables: dict[str, list[Row]] = {}
    if document["timeline"] is not None:
        tables["timeline"] = [
            {k: ";".join(v) if isinstance(v, list) else v for k, v in e.items()}
            for e in document["timeline"]["entries"]
        ]
    if document["calendar"] is not None:
        tables |= calendar_csv_tables(document["calendar"])
    if document["commitments"] is not None:
        found = commitments_csv_tables({**document, **document["commitments"]})
        tables |= {_named("commitments", name): rows for name, rows in found.items()}
    if document["forecast"] is not None:
        tables |= forecast_csv_tables(document["forecast"])
    if document["claims"] is not None:
        found = ledger_csv_tables(document["claims"])
        tables |= {_named("claims", name): rows for name, rows in found.items()}
    return tables


def _named(part: str, name: str) -> str:
    return name if name.startswith(part) else f"{part}_{name}"
