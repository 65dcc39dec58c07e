"""Inferred political weights as a document of their own, its text and its CSV tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.arena import Arena
from parley.errors import InputError, NotConvergedError
from parley.games.inferred import PATTERNS
from parley.labels import allowed_text
from parley.politics.objective import party_regions
from parley.report.document import document_head
from parley.report.figures import duty
from parley.report.game_weights import (
    PROXY,
    inferred_row,
    inferred_schema,
    inferred_table,
    inferred_warnings,
)
from parley.report.schema import head_schema
from parley.report.schema_parts import Schema, closed_object, text, texts

__all__ = ["weights_csv_tables", "weights_document", "weights_schema", "weights_tables"]

READING = (
    (
        "a weight of 1.2 means that a dollar earned in the sector counts as 1.2 dollars; weights "
        "of a region average one, and only differences between sectors mean anything"
    ),
    (
        "the pattern is the applied tariffs brought to the mean of optimal ones: weights explain "
        "how tariffs differ between sectors, not how high they are"
    ),
)
Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def weights_document(arena: Arena, party: str, pattern: str = "shift") -> dict[str, Any]:
    """Return the weights that would make a party's applied tariffs optimal, as a document.

    Raises
    ------
    InputError
        Unknown party or pattern, or tariffs that do not differ between sectors.
    NotConvergedError
        If the optimal tariffs by which the fit is judged are not certified.
    """
    if pattern not in PATTERNS:
        raise InputError.one(
            f"unknown pattern '{pattern}'",
            "--pattern",
            "it says how applied tariffs are brought to the mean of optimal ones",
            allowed_text(pattern, PATTERNS),
        )
    regions = party_regions(party, arena.seen.regions, arena.groups, "--party")
    rows = [inferred_row(arena, r, pattern) for r in regions]
    doubtful = [row["region"] for row in rows if not row["certified"]]
    if doubtful:
        raise NotConvergedError(
            f"the weights inferred for {', '.join(doubtful)} cannot be judged: the optimal tariffs "
            "under them are not certified",
            (),
            "try another --pattern, --model or set of elasticities",
        )
    base = arena.equilibrium(arena.base)
    scenario = None if arena.study is None else arena.study.scenario
    return {
        **document_head(arena.world, base, [base], arena.title, "weights"),
        "scenario": None if scenario is None else scenario.id or scenario.filename,
        "title": None if scenario is None else scenario.title,
        "as_of": None if scenario is None else scenario.as_of.isoformat(),
        "party": party,
        "pattern": pattern,
        "inferred": rows,
        "notes": [PROXY, *READING, *inferred_warnings(rows)],
    }


def weights_tables(document: Mapping[str, Any]) -> tuple[list[str], list[Table], list[str]]:
    """Return head, tables (title, headings, rows of text) and notes of the text output."""
    model = document["model"]
    moved = "moved up" if document["pattern"] == "shift" else "multiplied"
    setting = f"{model['family']}; trade deficits: {model['closure']}"
    head = [
        f"Political weights of {document['party']} inferred from applied tariffs: a proxy",
        f"  model     {setting}; elasticities: {model['elasticity']['name']}",
        f"  base      {model['base']}; world {document['world']['name']}",
        f"  pattern   {document['pattern']}: applied tariffs {moved} to the mean of optimal ones",
    ]
    tables = [inferred_table(document["inferred"])]
    columns = ("region", "sector", "applied", "pattern", "optimal", "weight", "rests on")
    for row in document["inferred"]:
        body = [
            (
                row["region"],
                s["sector"],
                *("-" if s[k] is None else duty(s[k]) for k in ("applied", "target", "optimal")),
                f"{s['weight']:.3f}",
                s["status"],
            )
            for s in row["sectors"]
        ]
        tables.append((f"{row['region']}: optimal MFN tariffs under the weights", columns, body))
    return head, tables, list(document["notes"])


def weights_csv_tables(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return table name -> rows: ``weights`` by sector, ``fit`` by region, ``minima``."""
    rows = document["inferred"]
    plain = ("region", "pattern", "certified", "correlation", "misfit_pp", "condition")
    return {
        "weights": [{"region": r["region"]} | dict(s) for r in rows for s in r["sectors"]],
        "fit": [{k: r[k] for k in plain} for r in rows],
        "minima": [{"region": r["region"]} | dict(m) for r in rows for m in r["minima"]],
    }


def weights_schema() -> Schema:
    """Return the JSON Schema of the document."""
    return closed_object(
        "Political weights inferred from applied tariffs: a proxy.",
        head_schema("weights")
        | {
            "scenario": text("Id of the scenario, else its file; null for a world.", null=True),
            "title": text("Title of the scenario.", null=True),
            "as_of": text("Day on which the scenario stands.", null=True) | {"format": "date"},
            "party": text("Name of the party."),
            "pattern": text("How applied tariffs are brought to the mean of optimal ones."),
            "inferred": inferred_schema(),
            "notes": texts("What to know when reading the figures."),
        },
    )
