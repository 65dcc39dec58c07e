"""The document of ``parley claims``: every claim of a scenario, and how they stand together.

``value`` is a fraction, ``value_usd_bn`` is in US$bn, weights are fractions, days are ISO dates.
Null: the file does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from parley import __version__
from parley.ledger.ledger import Ledger
from parley.ledger.sources import forecast_class, likelihood_ratios, reliabilities
from parley.scenario import Scenario

__all__ = ["LEFT_OUT", "SCHEMA_VERSION", "ledger_csv_tables", "ledger_document"]

Row = dict[str, Any]

SCHEMA_VERSION = "1.0"
"""Version of this document, major.minor: additions raise the minor, anything else the major."""

LEFT_OUT = (
    "stances and figures are compared, never the words; claims of one stance may say other things",
    "unnamed speakers of the same role, party and source are taken for one",
    "weights by sort of source are judgement, set once per reference class",
    "what the claims make of the odds is not computed here",
)


def ledger_document(ledger: Ledger, scenario: Scenario, about: str | None = None) -> Row:
    """Return a ledger of claims as a JSON-ready document.

    Parameters
    ----------
    ledger
        The ledger, or the part of it about one thing.
    scenario
        The scenario it is of.
    about
        The thing it is restricted to ("package:ID"), if any.
    """
    found, known = forecast_class(scenario)
    labels = {p.id: p.label or p.id for p in scenario.packages}
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "claims",
        "engine": {"name": "parley", "version": __version__},
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "about": about,
        "reference_class": {
            "asked": scenario.forecast.reference_class if scenario.forecast else None,
            "id": found.id,
            "known": known,
            "note": found.note,
            "likelihood_ratios": likelihood_ratios(scenario),
            "reliability": reliabilities(scenario),
        },
        "claims": [_row(c) for c in ledger.claims],
        "subjects": [_row(s) for s in ledger.subjects],
        "corroborations": [_row(c) for c in ledger.corroborations],
        "contradictions": [_row(c) for c in ledger.contradictions],
        "numbers": [_row(n) for n in ledger.numbers],
        "no_comments": list(ledger.no_comments),
        "disputed": [_row(d) for d in ledger.disputed],
        "bearings": None
        if ledger.talks is None
        else {
            "talks": ledger.talks,
            "outcomes": [{"id": o, "label": labels[o]} for o in ledger.outcomes],
            "claims": [_row(b) for b in ledger.bearings],
        },
        "left_out": list(LEFT_OUT),
    }


def _row(record: Any) -> Row:
    """Return a dataclass as a JSON object."""
    found: Row = _plain(asdict(record))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def ledger_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of a ledger's document; a table without rows is left out.

    ``claims``, ``subjects``, ``corroborations`` and ``contradictions`` (pairs of claims),
    ``numbers`` (one row per figure), ``disputed`` and ``bearings`` (claim, outcome). Lists of
    names are joined by semicolons.
    """
    bearings = document["bearings"]
    tables = {
        name: [_flat(row) for row in document[name]]
        for name in ("claims", "subjects", "corroborations", "contradictions")
    }
    tables["numbers"] = [
        {"subject": n["subject"], "quantity": n["quantity"]} | figure
        for n in document["numbers"]
        for figure in n["figures"]
    ]
    tables["disputed"] = [_flat(row) for row in document["disputed"]]
    tables["bearings"] = [] if bearings is None else [_flat(row) for row in bearings["claims"]]
    return {name: rows for name, rows in tables.items() if rows}


def _flat(row: Mapping[str, Any]) -> Row:
    return {k: ";".join(v) if isinstance(v, list) else v for k, v in row.items()}
