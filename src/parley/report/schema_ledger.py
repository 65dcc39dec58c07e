"""JSON Schema of the document of ``parley claims --json``."""

from __future__ import annotations

from parley.evidence.reference_classes import SORTS, STANCES
from parley.ledger.agreement import Contradiction, Corroboration, Figure, Numbers
from parley.ledger.bearing import Bearing
from parley.ledger.ledger import ClaimRecord, Disputed, Subject
from parley.report.ledger import SCHEMA_VERSION
from parley.report.schema import DIALECT
from parley.report.schema_parts import Schema, closed_object, listed, record, text, texts, typed

__all__ = ["ledger_schema"]

CLAIM = {
    "id": "Id of the claim.",
    "role": "Office or position of the speaker, in words.",
    "named": "Whether the speaker is named.",
    "name": "Name, where the file gives it.",
    "party": "Party they speak for or belong to.",
    "on_record": "Whether they may be quoted by name; null where the file does not say.",
    "source": "Id of the source.",
    "outlet": "Outlet of the source, else its title.",
    "date": "Day it was said, ISO; else the day the source was published.",
    "date_of": "Whose day that is: claim or source; null without a day.",
    "stance": "What the speaker does: supports, denies, demands, asserts, no-comment.",
    "about": "What it is about, with its kind: package:ID, threat:ID and so on.",
    "says": "The claim, in the words of the scenario.",
    "value_usd_bn": "Amount claimed, billions of US dollars.",
    "value": "Level or share claimed, a fraction.",
    "sort": "Sort of source: on-record, named, anonymous, second-hand.",
    "reliability": "Weight between 0 and 1, before dependence.",
    "reliability_from": "What sets the weight: claim, forecast or reference class.",
    "group": "Dependence group: claims in one group may be one voice.",
    "note": "Remark of the scenario.",
}
SUBJECT = {
    "subject": "The thing, with its kind.",
    "kind": "Its kind.",
    "label": "Name to print.",
    "claims": "Ids of the claims about it.",
    "claims_for": "Ids of those that are for it.",
    "claims_against": "Ids of those that are against it.",
    "groups_for": "Number of dependence groups among those for it.",
    "groups_against": "Number of dependence groups among those against it.",
}
CORROBORATION = {
    "first": "Id of the first claim.",
    "second": "Id of the second.",
    "about": "What they agree on.",
    "declared": "Whether the file says so; else it was found.",
    "independent": "Whether they come from different dependence groups.",
    "why": "What makes them agree, and why they are independent or not.",
}
CONTRADICTION = {
    "first": "Id of the first claim.",
    "second": "Id of the second.",
    "about": "What they disagree on.",
    "declared": "Whether the file says so; else it was found.",
    "kind": "stance: one is for what the other is against; figures: their figures differ; words: "
    "the file says so, and neither stance nor figures show it.",
    "why": "In words.",
}
NUMBERS = {
    "subject": "The thing, with its kind.",
    "quantity": "value_usd_bn (US$bn) or value (a fraction).",
    "lowest": "Lowest figure.",
    "highest": "Highest figure.",
}
FIGURE = {
    "claim": "Id of the claim.",
    "value": "The figure, in the unit of the quantity.",
    "speaker": "Name of the speaker, else the role.",
    "sort": "Sort of source.",
    "source": "Id of the source.",
}
DISPUTED = {
    "commitment": "Id of the promise.",
    "label": "Name to print.",
    "kind": "standstill, truce, ceiling, purchase or other.",
    "by": "Party that is said to have promised.",
    "to": "Party to which.",
    "marked": "Whether the scenario marks it as disputed; else the claims alone show it.",
    "said_by": "Ids of the claims that it was promised.",
    "denied_by": "Ids of the claims that it was not.",
}
BEARING = {
    "claim": "Id of the claim.",
    "outcome": "Id of the package.",
    "direction": "1 if what the claim is about speaks for the outcome, -1 against, 0 neither.",
    "effect": "The same for the claim itself: a denial turns the direction round.",
    "why": "The reason.",
}


def ledger_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document.

    Raises
    ------
    ValueError
        If a field of a record has no description, or a description no field.
    """
    day = {"format": "date"}
    ratio = {"type": "number", "exclusiveMinimum": 0}
    weight = {"type": "number", "minimum": 0, "maximum": 1}
    reference = {
        "asked": text("The class that the forecast names.", null=True),
        "id": text("The class whose values are used."),
        "known": typed("boolean", "Whether that is the class asked for; else a stand-in."),
        "note": text("Why these values; they are judgement."),
        "likelihood_ratios": closed_object(
            "By stance, with the scenario's own.",
            {s: {"description": f"Of a claim that '{s}'.", **ratio} for s in STANCES},
        ),
        "reliability": closed_object(
            "Weight by sort of source, with the scenario's own.",
            {s: {"description": f"Of a source that is {s}.", **weight} for s in SORTS},
        ),
    }
    numbers = record("Figures for one thing.", Numbers, NUMBERS, ("figures",))
    numbers["properties"]["figures"] = listed(
        "All figures, in file order.", record("A figure.", Figure, FIGURE)
    )
    numbers["required"] = list(numbers["properties"])
    outcome = {"id": text("Id of the package."), "label": text("Name to print.")}
    bearings = {
        "talks": text("Id of the talks of the forecast."),
        "outcomes": listed("Packages.", closed_object("An outcome.", outcome)),
        "claims": listed("Every claim with every outcome.", record("One.", Bearing, BEARING)),
    }
    document = {
        "schema_version": text("Version of the document, major.minor.")
        | {"pattern": rf"^{SCHEMA_VERSION.split('.')[0]}\.[0-9]+$"},
        "kind": {"const": "claims", "description": "Which of the documents."},
        "engine": closed_object(
            "What made the document.",
            {"name": {"const": "parley"}, "version": text("Version of the program.")},
        ),
        "scenario": text("Id of the scenario, else its file."),
        "title": text("Title of the scenario."),
        "as_of": text("Day on which the scenario stands.") | day,
        "about": text("The thing to which the document is restricted.", null=True),
        "reference_class": closed_object("Where default weights are from.", reference),
        "claims": listed("Claims, in file order.", record("A claim.", ClaimRecord, CLAIM)),
        "subjects": listed(
            "What they are about, by first mention.", record("A thing.", Subject, SUBJECT)
        ),
        "corroborations": listed(
            "Pairs of claims that agree.", record("A pair.", Corroboration, CORROBORATION)
        ),
        "contradictions": listed(
            "Pairs that cannot both be right.", record("A pair.", Contradiction, CONTRADICTION)
        ),
        "numbers": listed("Things with figures that differ.", numbers),
        "no_comments": texts("Ids of the claims in which a speaker would not comment."),
        "disputed": listed("Disputed promises.", record("A promise.", Disputed, DISPUTED)),
        "bearings": closed_object("Claims and outcomes; null without a forecast.", bearings)
        | {"type": ["object", "null"]},
        "left_out": texts("What is left out, in words."),
    }
    return {
        "$schema": DIALECT,
        "title": f"Parley claims, version {SCHEMA_VERSION}",
        **closed_object(
            "What `parley claims --json` prints. Amounts named _usd_bn are in billions of US "
            "dollars; levels, shares and weights are fractions. Null: the file does not say.",
            document,
        ),
    }
