"""JSON Schema of the document of ``parley commitments --json``."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from parley.commitments.answers import ANSWERS
from parley.commitments.breach import BreachCase
from parley.commitments.conditions import ConditionFound, Standing
from parley.commitments.worth import OBJECTIVES
from parley.games.self_enforcement import SelfEnforcement
from parley.purchases.amounts import Amount, Diversion
from parley.purchases.pushes import FINANCINGS
from parley.report.document import SCHEMA_VERSION
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_commitments_texts import (
    AMOUNT,
    CONDITION,
    DIVERSION,
    ENFORCEMENT,
    OUTCOME,
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
from parley.report.schema_threat import SIDE
from parley.scenario.pledges import Breach, Commitment, Purchase
from parley.threats.figures import SideFigures

__all__ = ["commitments_schema"]

DAY = {"format": "date"}
NULLABLE = ["number", "null"]
# The words that the scenario language allows there, or nothing.
TALKS: list[Any] = [
    *(w for a in get_args(Breach.model_fields["talks"].annotation) for w in get_args(a)),
    None,
]


def commitments_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document.

    Raises
    ------
    ValueError
        If a field of a result has no description, or a description no field.
    """
    document = closed_object("Assessed commitments.", head_schema("commitments") | _document())
    return {
        "$schema": DIALECT,
        "title": f"Parley commitments, version {SCHEMA_VERSION}",
        "description": "What `parley commitments --json` prints. Names that hold _pct are in per "
        "cent, those in _usd_bn in billions a year of the world's currency; duties, ratios and "
        "residuals are fractions. Worth is what a side loses by a breach: positive where it gains "
        "by the promise. Null: there is no such figure, or it is not proven.",
        **document,
        "$defs": {
            "side": record("One party.", SideFigures, SIDE),
            "case": closed_object("One way of breaking a commitment.", _case()),
            "purchase": closed_object("One side's promise to buy.", _purchase()),
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def _number(said: str) -> Schema:
    return typed(NULLABLE, said)


def _or_null(schema: Schema, said: str) -> Schema:
    return {"description": said, "anyOf": [schema, {"type": "null"}]}


def _sides(said: str) -> Schema:
    return {
        "description": said,
        "type": ["object", "null"],
        "additionalProperties": reference("side"),
    }


def _document() -> dict[str, Schema]:
    party = {
        "id": text("Id of the party, else the region."),
        "label": text("Name to print.", null=True),
        "regions": texts("Regions of the world it stands for."),
        "income_usd_bn": typed("number", "Income of the status quo, billions."),
    }
    assumed = {
        "discount_per_year": typed("number", "Discount rate of a party without one, a fraction."),
        "detection_days": typed("integer", "Days until a breach is answered, without others."),
        "illustrative_usd_bn": typed("number", "Purchase where nobody names one, billions a year."),
        "about_zero_pct": typed(
            "number", "A temptation up to this, per cent of the objective, is about zero."
        ),
    }
    note = {"text": text("What."), "where": text("Place in the scenario file.")}
    return {
        "scenario": text("Id of the scenario, else its file."),
        "title": text("Title of the scenario."),
        "as_of": text("Day on which the scenario stands.") | DAY,
        "parties": listed("Parties of the scenario and sides.", closed_object("A party.", party)),
        "assumed": closed_object("What is assumed where the file says nothing.", assumed),
        "commitments": listed(
            "Commitments, in file order.", closed_object("A commitment.", _commitment())
        ),
        "numbers": listed(
            "Threats on whose trade claims differ.", closed_object("A threat.", _numbers())
        ),
        "left_out": texts("What is left out, in words."),
        "notes": listed("What was assumed.", closed_object("A note.", note)),
    }


def _commitment() -> dict[str, Schema]:
    standing = get_type_hints(Standing)
    condition = record("The condition.", ConditionFound, CONDITION)
    breach = {
        "talks": {"description": "What becomes of the talks.", "enum": TALKS},
        "package": text("Package that comes into force.", null=True),
        "threats": texts("Threats that are then carried out."),
        "detection_days": typed(["integer", "null"], "Days until a breach is answered."),
    }
    claims = {
        "for": texts("Ids of claims that support it; of a disputed one, also that assert it."),
        "against": texts("Ids of claims that deny it."),
        "other": texts("Ids of other claims about it."),
    }
    return {
        "id": text("Id of the commitment."),
        "label": text("Name to print."),
        "by": text("Party that promised."),
        "to": text("Party it was promised to.", null=True),
        "mutual": typed("boolean", "Whether both promised the same."),
        "kind": described("Kind of promise.", words(Commitment, "kind")),
        "since": text("Day it was made.", null=True) | DAY,
        "until": text("Day it ends.", null=True) | DAY,
        "no_faster_than": text("Schedule it keeps to, in words; not computed.", null=True),
        "stated_value_usd_bn": _number(
            "Its worth as stated in the file, billions; not computed with."
        ),
        "disputed": typed("boolean", "Whether one side says that it was never promised."),
        "stands": described("Whether it binds on as_of.", type_schema(standing["stands"])),
        "why": text("Why."),
        "condition": _or_null(condition, "The condition under which it holds; null without one."),
        "claims": closed_object("What is said about it.", claims),
        "on_breach": _or_null(
            closed_object("What the file says follows.", breach), "Null if the file says nothing."
        ),
        "status": {
            "description": "Whether there are figures.",
            "enum": ["computed", "partly", "not computed"],
        },
        "reasons": texts("What is missing, and why."),
        "cases": listed("Ways of breaking it.", reference("case")),
        "purchases": listed("Promises to buy; one a side if mutual.", reference("purchase")),
    }


def _case() -> dict[str, Schema]:
    hints = get_type_hints(BreachCase)
    answers = {
        "description": "Where the answer is known from.",
        "enum": list(ANSWERS),
    }
    worth = {
        "party": text("Side: the one that promised, then the others."),
        "unanswered": reference("side"),
        "answered": _or_null(reference("side"), "Once answered; null without an answer."),
    }
    enforcement = {
        name: {"description": said, **_enforcement(name)} for name, said in ENFORCEMENT.items()
    }
    return {
        "form": described(
            "act: threats carried out, instruments raised; ceiling, floor: a limit passed; "
            "purchase: not bought.",
            type_schema(hints["form"]),
        ),
        "financing": {
            "description": "Financing of the purchase that is kept; null for other forms.",
            "enum": [*FINANCINGS, None],
        },
        "breaker": text("Party that acts against the promise."),
        "tempted": texts("Parties whose payoffs decide whether it keeps itself."),
        "comply": text("What it is held against, in words."),
        "deviate": text("The breach, in words."),
        "punished": text("The answer, in words; null where the file names none.", null=True),
        "answer": answers,
        "answer_means": text("The same in words."),
        "worth": listed("What each side loses by the breach.", closed_object("A side.", worth)),
        "third_parties_unanswered_usd_bn": typed(
            "number", "What all other regions together lose, unanswered, billions a year."
        ),
        "third_parties_answered_usd_bn": _number("The same once answered, billions a year."),
        "enforcement": listed(
            "Whether it keeps itself, by tempted party and objective.",
            closed_object("A party and an objective.", enforcement),
        ),
        "notes": texts("What is to be said of it."),
    }


def _enforcement(name: str) -> Schema:
    """Return the type of a field of a case's enforcement."""
    hints = get_type_hints(SelfEnforcement)
    if name in ("status", "bound"):
        return type_schema(hints[name])
    if name == "objective":
        return {"enum": list(OBJECTIVES)}
    if name in ("party", "verdict"):
        return {"type": "string"}
    if name in ("about_zero", "answered", "discount_assumed", "lag_assumed"):
        return {"type": "boolean"}
    return {"type": NULLABLE if name in ("ratio", "threshold", "longest_lag_days") else "number"}


def _purchase() -> dict[str, Schema]:
    figures = {
        "real_income_pct": typed("number", "Exact change of real income, per cent."),
        "ev_usd_bn": typed("number", "Equivalent variation, billions a year."),
    }
    outcome = {
        "financing": {"description": "Financing.", "enum": list(FINANCINGS)},
        "means": text("The same in words."),
        "status": {
            "description": "Without a proof there are no figures; out of reach: figures are of "
            "the largest push.",
            "enum": ["proven", "out of reach", "not proven"],
        },
        "reason": text("Why it is not proven, or falls short.", null=True),
        "binds": typed(["boolean", "null"], "Whether a push is needed at all."),
        **{name: _number(said) for name, said in OUTCOME.items()},
        "parties": _sides("By party, against the status quo."),
        "regions": {
            "description": "By region, against the status quo.",
            "type": ["object", "null"],
            "additionalProperties": closed_object("A region.", figures),
        },
        "third_parties_usd_bn": _number(
            "Sum of the EVs of all regions but buyer's and seller's, billions a year."
        ),
        "diversion": listed(
            "Trade of these goods, route by route.", record("A route.", Diversion, DIVERSION)
        ),
    }
    world = {
        "world": {"description": "Which.", "enum": ["promised", "not promised"]},
        "claims": texts("Ids of the claims on that side."),
        "financing": {"description": "Financing.", "enum": [*FINANCINGS, None]},
        "rise_usd_bn": _number("What imports from the seller rise by, billions a year."),
        "parties": _sides("By party, against the status quo."),
    }
    return {
        "buyer": text("Party that buys."),
        "seller": text("Party it buys from.", null=True),
        "sectors": texts("Goods."),
        "financing_named": described("What the file says.", words(Purchase, "financing")),
        "duty_now": _number("Mean duty on these goods in the status quo, a fraction of value."),
        "amount": _or_null(record("Amounts.", Amount, AMOUNT), "Null if nothing is computed."),
        "reason": text("Why nothing is computed.", null=True),
        "outcomes": listed("One for each financing.", closed_object("A financing.", outcome)),
        "worlds": listed(
            "For a disputed promise: the world in which it was made, and the one in which not.",
            closed_object("A world.", world),
        ),
        "notes": texts("What was assumed, and how to read it."),
    }


def _numbers() -> dict[str, Schema]:
    amount = {
        "usd_bn": typed("number", "Amount claimed, billions."),
        "claims": texts("Ids of the claims that state it."),
        "ratio": typed("number", "Its ratio to the largest, a fraction."),
        "reason": text("Why there are no figures.", null=True),
        "alone": _sides("By party, the threat carried out unanswered, against its base."),
        "answered": _sides("The same with the announced answer, itself unscaled; null without."),
    }
    return {
        "threat": text("Id of the threat."),
        "label": text("Name to print."),
        "world_usd_bn": typed("number", "Trade it falls on in the world's year, billions."),
        "world_year": typed("integer", "That year."),
        "how": text("How figures are compared."),
        "reason": text("Why its coverage cannot be scaled.", null=True),
        "amounts": listed("The largest first.", closed_object("An amount.", amount)),
    }
