"""JSON Schema of the documents of ``parley deal --json`` and ``parley frontier --json``.

What they say of a negotiation (:func:`ground_schema`) also stands in the brief; a schema that
uses it needs the definitions of :func:`ground_definitions`.
"""

from __future__ import annotations

from parley.bargaining.certificate import DealCertificate
from parley.bargaining.solutions import SOLUTIONS
from parley.deals.limits import AUTHORITIES
from parley.report.document import SCHEMA_VERSION
from parley.report.limits import SHOWS
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_deal_parts import (
    NUMBER,
    blocking_part,
    by_party,
    certificate_part,
    deal_part,
    disagreement_part,
    frontier_part,
    lever_part,
    lines_part,
    or_null,
    package_part,
    pairs_part,
    party_part,
    scope_part,
    zone_part,
)
from parley.report.schema_deal_texts import CERTIFICATE, LEVER_VALUE
from parley.report.schema_parts import (
    Schema,
    closed_object,
    listed,
    mapped,
    record,
    reference,
    text,
    texts,
    typed,
)

__all__ = ["deal_schema", "ground_definitions", "ground_properties", "ground_schema"]

DOCUMENTS = {
    "deal": "What parties could agree on, and the deals they would strike.",
    "frontier": "The Pareto frontier of what parties can offer each other. Only the Nash deal is "
    "computed; there are no whole lines, other scopes or pairs.",
}


def deal_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of both documents.

    Raises
    ------
    ValueError
        If a field of a result has no description, or a description no field.
    """
    return {
        "$schema": DIALECT,
        "title": f"Parley deal, version {SCHEMA_VERSION}",
        "description": "What `parley deal --json` and `parley frontier --json` print. Names that "
        "hold _pct are in per cent, those in _usd_bn in billions a year of the world's currency at "
        "the prices of the base; duties, rates and residuals are fractions. Null: there is no such "
        "figure.",
        "oneOf": [reference(kind) for kind in DOCUMENTS],
        "$defs": {
            **{kind: _document(kind) for kind in DOCUMENTS},
            **ground_definitions(),
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def ground_schema() -> Schema:
    """Return the schema of a negotiation without a document's head, as one closed object."""
    return closed_object("What the parties of some talks could agree on.", ground_properties())


def ground_definitions() -> dict[str, Schema]:
    """Return the definitions that :func:`ground_schema` refers to, for a schema's ``$defs``."""
    certificate = record("What proves a deal.", DealCertificate, CERTIFICATE)
    proven = typed("boolean", "Whether it is efficient, feasible and proven.")
    return {
        "by_party": mapped("By id of the party, billions a year.", NUMBER),
        "by_lever": mapped(f"By id of the lever, {LEVER_VALUE}.", NUMBER),
        "deal_certificate": closed_object(
            certificate["description"], {"certified": proven} | certificate["properties"]
        ),
        "scope_solution": closed_object(
            "A deal of one scope.",
            {
                "payoff_usd_bn": by_party("By objective, billions a year over the base."),
                "surplus_usd_bn": by_party("The same over no deal, billions a year."),
                "joint_surplus_usd_bn": typed("number", "Sum of the surpluses, billions a year."),
                "certificate": certificate_part(),
            },
        ),
    }


def ground_properties() -> dict[str, Schema]:
    """Return the properties of a negotiation without a document's head."""
    return {
        "talks": text("Id of the talks; null for a world alone.", null=True),
        "scope": text("What is negotiated: table, all, or id of a deal on the table."),
        "authority": {
            "description": "alone: executives stay within what they may do without their "
            "ratifiers; approved: no such limit.",
            "enum": list(AUTHORITIES),
        },
        "objective": text("What governments maximise, in words."),
        "floors": texts("Ids of the constituencies whose vetoes bind."),
        "equilibria": typed("integer", "Number of evaluations of the model for bargaining.")
        | {"minimum": 0},
        "parties": listed("Who negotiates, in order.", party_part()) | {"minItems": 2},
        "levers": listed("What may be moved.", lever_part()) | {"minItems": 1},
        "disagreement": disagreement_part(),
        "zone": zone_part(),
        "packages": listed("Packages of these talks; none for a world alone.", package_part()),
        "deals": listed("Bargained deals; none where the zone is empty.", deal_part()),
        "main_deal": {
            "description": "The deal told in full; null where the zone is empty.",
            "enum": [*SOLUTIONS, None],
        },
        "frontier": or_null("The Pareto frontier; null if none was asked for.", frontier_part()),
        "whole_lines": or_null(
            "The best deal in which every lever stays or goes all the way; null if none will do "
            "or none was asked for.",
            lines_part(),
        ),
        "linkage": listed("Every scope of the talks as a bargain of its own.", scope_part()),
        "blocking": listed(
            "Weights of constituencies at which their party would sign a package.", blocking_part()
        ),
        "pairs": or_null(
            "Nash-in-Nash: every pair bargains, the others' deals given; null if not asked for.",
            pairs_part(),
        ),
        "certified": typed("boolean", "Whether every deal, frontier point and pair is proven."),
        "notes": texts("What could not be a lever, and why; other remarks."),
    }


def _document(kind: str) -> Schema:
    return closed_object(
        DOCUMENTS[kind],
        head_schema(kind)
        | {
            "scenario": text("Id of the scenario, else its file; null for a world.", null=True),
            "title": text("Title of the scenario.", null=True),
            "as_of": text("Day on which the scenario stands.", null=True) | {"format": "date"},
        }
        | ground_properties()
        | {
            "constituencies_show": {
                "description": "What constituencies' results are, as in the brief.",
                "enum": list(dict.fromkeys(SHOWS.values())),
            },
            "left_out": texts("What is left out, in words."),
        },
    )
