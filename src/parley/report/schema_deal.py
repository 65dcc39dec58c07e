"""JSON Schema of the documents of ``parley deal --json`` and ``parley frontier --json``.

What they say of a negotiation (:func:`ground_schema`) also stands in the brief; a schema that
uses it needs the definitions of :func:`ground_definitions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_type_hints

from parley.bargaining.certificate import DealCertificate
from parley.bargaining.disagreement import WAYS
from parley.bargaining.solutions import SOLUTIONS
from parley.deals.endings import BREAKDOWNS
from parley.deals.limits import AUTHORITIES
from parley.deals.opening import Opening
from parley.policy.levers import Lever
from parley.report.deal import MAXIMISES
from parley.report.document import SCHEMA_VERSION
from parley.report.limits import SHOWS
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_deal_texts import (
    CERTIFICATE,
    ENDING,
    LEVER,
    LEVER_VALUE,
    OPENING,
    PACKAGE,
    PARTY,
    STEP,
)
from parley.report.schema_parts import (
    Schema,
    closed_object,
    described,
    listed,
    mapped,
    record,
    reference,
    text,
    texts,
    type_schema,
    typed,
    words,
)
from parley.scenario.packages import Package
from parley.threats.weights import Switch

__all__ = ["deal_schema", "ground_definitions", "ground_properties", "ground_schema"]

DOCUMENTS = {
    "deal": "What parties could agree on, and the deals they would strike.",
    "frontier": "The Pareto frontier of what parties can offer each other. Only the Nash deal is "
    "computed; there are no whole lines, other scopes or pairs.",
}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
UNIT = type_schema(get_type_hints(Lever)["unit"])


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
                "payoff_usd_bn": _by("By objective, billions a year over the base."),
                "surplus_usd_bn": _by("The same over no deal, billions a year."),
                "joint_surplus_usd_bn": typed("number", "Sum of the surpluses, billions a year."),
                "certificate": _certificate(),
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
        "parties": listed("Who negotiates, in order.", _party()) | {"minItems": 2},
        "levers": listed("What may be moved.", _lever()) | {"minItems": 1},
        "disagreement": _disagreement(),
        "zone": _zone(),
        "packages": listed(
            "Packages of these talks; none for a world alone.", closed_object("One.", _package())
        ),
        "deals": listed("Bargained deals; none where the zone is empty.", _deal()),
        "main_deal": {
            "description": "The deal told in full; null where the zone is empty.",
            "enum": [*SOLUTIONS, None],
        },
        "frontier": _or_null("The Pareto frontier; null if none was asked for.", _frontier()),
        "whole_lines": _or_null(
            "The best deal in which every lever stays or goes all the way; null if none will do "
            "or none was asked for.",
            _lines(),
        ),
        "linkage": listed("Every scope of the talks as a bargain of its own.", _scope()),
        "blocking": listed(
            "Weights of constituencies at which their party would sign a package.", _blocking()
        ),
        "pairs": _or_null(
            "Nash-in-Nash: every pair bargains, the others' deals given; null if not asked for.",
            _pairs(),
        ),
        "certified": typed("boolean", "Whether every deal, frontier point and pair is proven."),
        "notes": texts("What could not be a lever, and why."),
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


def _by(said: str, *, null: bool = False) -> Schema:
    one = reference("by_party")
    return {"description": said, "anyOf": [one, {"type": "null"}]} if null else described(said, one)


def _or_null(said: str, schema: Schema) -> Schema:
    return {"description": said, "anyOf": [schema, {"type": "null"}]}


def _certificate() -> Schema:
    return described("What proves it.", reference("deal_certificate"))


def _levers() -> Schema:
    return described(f"By id of the lever, {LEVER_VALUE}.", reference("by_lever"))


def _told(said: str, wanted: Mapping[str, str], schemas: Mapping[str, Schema]) -> Schema:
    """Return a closed object of fields with their descriptions; the two must match."""
    if list(wanted) != list(schemas):
        raise ValueError(f"{said} field and description do not match: {set(wanted) ^ set(schemas)}")
    return closed_object(said, {k: described(wanted[k], schemas[k]) for k in wanted})


def _null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _party() -> Schema:
    positive = {"type": "number", "exclusiveMinimum": 0}
    return _told(
        "A party.",
        PARTY,
        {
            "id": TEXT,
            "label": TEXT,
            "regions": TEXTS,
            "income_usd_bn": positive,
            "objective_usd_bn": NUMBER,
            "bargaining_power": positive,
            "discount_per_year": {"type": "number", "minimum": 0},
        },
    )


def _lever() -> Schema:
    return _told(
        "A lever.",
        LEVER,
        {
            **dict.fromkeys(("id", "label", "giver", "receiver"), TEXT),
            "unit": UNIT,
            **dict.fromkeys(("now", "low", "high"), NUMBER),
            **dict.fromkeys(("low_is", "high_is"), TEXT),
            "trade_usd_bn": NUMBER,
            "sectors": TEXTS,
        },
    )


def _disagreement() -> Schema:
    named = {
        "breakdown": {"enum": list(BREAKDOWNS)},
        "package": {"type": ["string", "null"]},
        "way": {"enum": list(WAYS)},
    }
    party = reference("by_party")
    ending = _told(
        "An ending.",
        ENDING,
        {
            **named,
            "in_force": FLAG,
            "breakdown_usd_bn": party,
            "breakdown_ev_usd_bn": party,
            "point_usd_bn": _null(party),
            "at_least_usd_bn": _null(party),
            "reason": {"type": ["string", "null"]},
        },
    )
    return closed_object(
        "What each party has without a deal.",
        {k: described(ENDING[k], v) for k, v in named.items()}
        | {
            "hazard_per_year": typed(
                ["number", "null"], "Rate at which the talks break down, per year; null if unknown."
            ),
            "point_usd_bn": _by(
                "What the parties bargain from, by objective, billions a year over the base."
            ),
            "at_least_usd_bn": _by(
                "What no party accepts less than, billions a year over the base."
            ),
            "outside_option_binds": mapped(
                "By party: whether its outside option is what it accepts at least.", FLAG
            ),
            "endings": listed("Every breakdown under every way in which talks end.", ending),
        },
    )


def _zone() -> Schema:
    return closed_object(
        "The zone of agreement: what all prefer to no deal.",
        {
            "open": typed("boolean", "Whether there is a deal that all prefer."),
            "width_usd_bn": _by(
                "Most that each party could get over no deal, billions a year; zero if empty."
            ),
            "ideal_usd_bn": _by(
                "Most that each party could get, billions a year over the base; at the nearest "
                "miss if the zone is empty."
            ),
            "shortfall_usd_bn": _by(
                "What each party lacks at the nearest miss, billions a year; zero if open."
            ),
            "binding": mapped(
                "By party: what stops the deal that is best for it; nothing if empty.", TEXTS
            ),
            "openings": listed(
                "What would open an empty zone, the cheapest first.",
                record("A change.", Opening, OPENING),
            ),
        },
    )


def _package() -> dict[str, Schema]:
    veto = {
        "constituency": text("Id of the constituency."),
        "loses_pct": typed("number", "What it loses of its real income, per cent."),
        "accepts_pct": typed("number", "What it accepts to lose, per cent."),
    }
    standing = {
        "breakdown": described(ENDING["breakdown"], {"enum": list(BREAKDOWNS)}),
        "package": text(ENDING["package"], null=True),
        "way": described(ENDING["way"], {"enum": list(WAYS)}),
        "surplus_usd_bn": _by("Payoff over what each accepts at least, billions a year."),
        "all_gain": typed("boolean", "Whether no party would rather have this ending."),
        "short": texts("Parties that would."),
    }
    party = reference("by_party")
    schemas = {
        **dict.fromkeys(("id", "label"), TEXT),
        "kind": words(Package, "kind"),
        **dict.fromkeys(("payoff_usd_bn", "ev_usd_bn", "surplus_usd_bn"), party),
        "in_zone": FLAG,
        "blocked_by": TEXTS,
        "vetoes": {"type": "array", "items": closed_object("A veto.", veto)},
        **dict.fromkeys(("red_lines", "breaks", "needs_approval"), TEXTS),
        "still_to_gain_usd_bn": _null(party),
        "standings": {"type": "array", "items": closed_object("Against an ending.", standing)},
    }
    found: dict[str, Schema] = _told("A package.", PACKAGE, schemas)["properties"]
    return found


def _deal() -> Schema:
    party = reference("by_party")
    step = _told(
        "A concession.",
        STEP,
        {
            **dict.fromkeys(("lever", "label", "giver", "receiver"), TEXT),
            "unit": UNIT,
            **dict.fromkeys(("before", "after", "trade_usd_bn"), NUMBER),
            **dict.fromkeys(("alone_usd_bn", "last_usd_bn"), party),
            **dict.fromkeys(("cost_to_giver_usd_bn", "gain_to_others_usd_bn"), NUMBER),
            "cost_per_gain": {"type": ["number", "null"]},
            "held_by": {"type": ["string", "null"]},
        },
    )
    return closed_object(
        "A bargained deal.",
        {
            "solution": {"description": "Bargaining solution.", "enum": list(SOLUTIONS)},
            "maximises": {
                "description": "What it maximises, in words.",
                "enum": list(MAXIMISES.values()),
            },
            "payoff_usd_bn": _by("By objective, billions a year over the base."),
            "surplus_usd_bn": _by("Payoff over what the parties bargain from, billions a year."),
            "ev_usd_bn": _by("Equivalent variation, billions a year."),
            "others_ev_usd_bn": mapped(
                "Equivalent variation of every region that does not negotiate, billions a year.",
                NUMBER,
            ),
            "levers": _levers(),
            "concessions": listed(
                "What is conceded, the cheapest first; only for the main deal.", step
            ),
            "recomputed_difference_usd_bn": typed(
                ["number", "null"],
                "Largest difference of a payoff when the deal is solved again as a list of duties, "
                "billions a year; null for other than the main deal, and with payments.",
            ),
            "certificate": _certificate(),
        },
    )


def _frontier() -> Schema:
    point = {
        "payoff_usd_bn": _by("By objective, billions a year over the base."),
        "levers": _levers(),
        "certificate": _certificate(),
    }
    return closed_object(
        "The Pareto frontier.",
        {
            "asked": typed("integer", "Number of points asked for."),
            "left_out": typed("integer", "Number of points that another one beat."),
            "spacing": typed(
                "number", "Largest distance between neighbours over the mean, a ratio."
            ),
            "certified": typed("boolean", "Whether every point is proven."),
            "points": listed("From one party's best to the other's.", closed_object("A.", point)),
        },
    )


def _lines() -> Schema:
    return closed_object(
        "A deal of whole lines.",
        {
            "lines": texts("Ids of the levers that go all the way."),
            "most": typed(["integer", "null"], "Most lines allowed; null: any number."),
            "combinations": typed("integer", "Number of combinations evaluated."),
            "every_combination": typed("boolean", "True: all; false: searched."),
            "payoff_usd_bn": _by("By objective, billions a year over the base."),
            "surplus_usd_bn": _by("The same over no deal, billions a year."),
        },
    )


def _scope() -> Schema:
    solved = reference("scope_solution")
    return closed_object(
        "A scope.",
        {
            "scope": text("table, all, or id of a deal on the table."),
            "levers": typed("integer", "Number of levers."),
            "open": typed("boolean", "Whether its zone of agreement is open."),
            "largest_joint": _or_null("Largest sum of surpluses; null if not open.", solved),
            "nash": _or_null("Nash deal; null if not open.", solved),
            "reason": text("Why there is nothing to negotiate; null if there is.", null=True),
        },
    )


def _blocking() -> Schema:
    direction = get_type_hints(Switch)["direction"]
    return closed_object(
        "A package and a constituency.",
        {
            "package": text("Id of the package."),
            "party": text("Party of the constituency."),
            "constituency": text("Id of the constituency."),
            "own_weight": typed("number", "Weight the scenario gives it; a dollar elsewhere is 1."),
            "direction": described(
                "Weights at which the party gains by signing, all others one: from `weight` on, "
                "up to `weight`, always, never; unknown: not proven, or sectors are merged.",
                type_schema(direction),
            ),
            "weight": typed(["number", "null"], "End of those weights; null unless from or up to."),
            "signs_at_own_weight": typed(
                ["boolean", "null"], "Whether it signs at the scenario's weight; null if unknown."
            ),
            "gain_usd_bn": typed(
                ["number", "null"],
                "Change of the constituency's real income against no deal, billions a year.",
            ),
            "rest_usd_bn": typed(
                ["number", "null"],
                "Change of the rest of the party's real income, billions a year.",
            ),
        },
    )


def _pairs() -> Schema:
    two = {"minItems": 2, "maxItems": 2}
    pair = {
        "parties": texts("The two parties.") | two,
        "levers": typed("integer", "Number of levers they bargain over."),
        "agreed": typed("boolean", "Whether they have anything to agree on."),
        "surplus_usd_bn": listed(
            "What each of the two gets over the pair's own breakdown, billions a year.", NUMBER
        )
        | two,
        "deviation": typed(
            "number", "What bargaining again would move a lever by at most, a part of its range."
        ),
    }
    return closed_object(
        "Nash-in-Nash.",
        {
            "rests": typed("boolean", "Whether it is proven and no pair would move."),
            "rounds": typed("integer", "Number of rounds."),
            "moved": typed("number", "Largest move of the last round, a part of a lever's range."),
            "payoff_usd_bn": _by("By objective, billions a year over the base."),
            "levers": _levers(),
            "pairs": listed("Every pair with levers.", closed_object("A pair.", pair)),
        },
    )
