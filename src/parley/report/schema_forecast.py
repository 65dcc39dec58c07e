"""JSON Schema of the document of ``parley forecast --json``, and of the record it saves.

A record adds when it was made, the hash of the scenario's files and its own hash
(:mod:`parley.files.forecasts`). What both say of the talks (:func:`forecast_part_schema`) also
stands in the brief; it refers to no definitions of its own.
"""

from __future__ import annotations

from parley.evidence.reference_classes import NO_COMMENT, SORTS, STANCES
from parley.report.document import SCHEMA_VERSION
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_parts import (
    Schema,
    closed_object,
    described,
    listed,
    mapped,
    text,
    texts,
    typed,
)

__all__ = ["forecast_part_schema", "forecast_schema"]

DAY = {"format": "date"}
CHANCE = {"type": "number", "minimum": 0, "maximum": 1}
WEIGHT = CHANCE
SHA256 = {"pattern": "^[0-9a-f]{64}$"}
KINDS = ["deal", "threat", "other-deal", "no-deal"]
LEVERS = ["claim", "statement", "threat", "unknown", "date", "model"]


def forecast_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document and of a saved record."""
    document = closed_object(
        "Odds over how talks end.",
        head_schema("forecast")
        | {
            "scenario": text("Id of the scenario, else its file."),
            "title": text("Title of the scenario."),
            "as_of": text("Day on which the scenario stands.") | DAY,
        }
        | _part(),
    )
    record = {
        "made": text("Instant at which the record was made, UTC.") | {"format": "date-time"},
        "scenario_sha256": text("SHA-256 of the scenario's files.") | SHA256,
        "sha256": text(
            "SHA-256 of the canonical JSON (UTF-8, keys sorted, no spaces) of all other fields."
        )
        | SHA256,
    }
    document["properties"] |= record
    return {
        "$schema": DIALECT,
        "title": f"Parley forecast, version {SCHEMA_VERSION}",
        "description": "What `parley forecast --json` prints, and with `--save` writes: a record "
        "has made, scenario_sha256 and sha256 as well. Probabilities, frequencies and weights are "
        "fractions, steps of log-odds nats. Null: there is no such figure.",
        **document,
        "dependentRequired": {
            name: [other for other in record if other != name] for name in record
        },
        "$defs": {
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def forecast_part_schema() -> Schema:
    """Return the schema of a forecast without a document's head, as one closed object."""
    return closed_object("Odds over how some talks end.", _part())


def _chance(said: str) -> Schema:
    return described(said, CHANCE)


def _odds(said: str) -> Schema:
    return mapped(said, CHANCE)


def _part() -> dict[str, Schema]:
    ratios = {
        stance: described(
            "Likelihood ratio: P(said | outcome) over P(said | no deal).",
            {"const": 1} if stance == NO_COMMENT else {"type": "number", "exclusiveMinimum": 0},
        )
        for stance in STANCES
    }
    weights = {sort: described("Weight of such a source.", WEIGHT) for sort in SORTS}
    used = {
        "label": text("Name to print."),
        "named_in_file": typed("boolean", "Whether the scenario names it; else a stand-in."),
        "note": text("Why these values; they are judgement."),
        "likelihood_ratios": closed_object("By stance, with the scenario's own.", ratios),
        "reliability": closed_object("By sort of source, with the scenario's own.", weights),
        "overridden": texts("What the scenario sets itself, in words."),
    }
    sample = {
        "draws": typed("integer", "Number of draws of weights and patience.") | {"minimum": 1},
        "seed": typed("integer", "Seed of the draws.") | {"minimum": 0},
        "unknowns": texts("What is drawn, in words."),
    }
    return {
        "talks": text("Id of the talks."),
        "by": text("Day by which an outcome counts.") | DAY,
        "reference_class": text("Class of cases whose values are used."),
        "reference": closed_object("The class, and the values used.", used),
        "threat_is_sure": described(
            "Probability that a threat not put off any more is carried out even at a loss; null: "
            "no party owns a threat.",
            {**CHANCE, "type": ["number", "null"]},
        ),
        "game_share": _chance(
            "How far the prior is taken from the game; the rest is spread evenly."
        ),
        "sample": closed_object("The sample of games.", sample),
        "outcomes": listed(
            "Outcomes, of which exactly one comes about; no deal last.",
            closed_object("An outcome.", _outcome()),
        )
        | {"minItems": 2},
        "updates": listed(
            "Every step: a claim and an outcome, in the order of the file.",
            closed_object("A step.", _update()),
        ),
        "silent_claims": texts("Ids of the claims that bear on no outcome."),
        "would_change": listed(
            "What would change the odds, most first.", closed_object("One thing.", _lever())
        ),
        "notes": texts("What was assumed or left out, in words."),
    }


def _outcome() -> dict[str, Schema]:
    return {
        "id": text("Id of the package, threat:ID, other-deal or no-deal."),
        "label": text("Name to print."),
        "kind": {
            "description": "deal; threat: the talks fail and it follows; other-deal: a package "
            "that is not among the outcomes; no-deal by the date.",
            "enum": KINDS,
        },
        "game_if_threat_sure": _chance("Frequency over draws with the threat sure."),
        "game_if_threat_may_lapse": _chance("Frequency over draws with one that may lapse."),
        "game": _chance("Both, weighed by `threat_is_sure`."),
        "prior": _chance("Probability before any claim; all sum to one."),
        "probability": _chance("Probability after all claims; all sum to one."),
        "why": text("Why it is what it is, in one sentence."),
    }


def _update() -> dict[str, Schema]:
    return {
        "claim": text("Id of the claim."),
        "outcome": text("Id of the outcome it moves."),
        "direction": {
            "description": "1 if what the claim is about speaks for the outcome, -1 if against.",
            "enum": [1, -1],
        },
        "likelihood_ratio": typed("number", "Ratio of its stance; below one for a denial.")
        | {"exclusiveMinimum": 0},
        "reliability": described("Weight of its source.", WEIGHT),
        "dependence": described("Factor for claims that may be one voice.", WEIGHT),
        "weight": described("reliability x dependence.", WEIGHT),
        "log_odds_step": typed("number", "weight x direction x ln(likelihood_ratio), nats."),
        "before": _chance("Probability of the outcome before it."),
        "after": _chance("Probability of the outcome after it."),
        "odds_after": _odds("Probability of every outcome after it."),
        "why": text("The reason for the direction."),
    }


def _lever() -> dict[str, Schema]:
    return {
        "kind": {
            "description": "claim: withdrawn, or on record; statement: a new one; threat: its "
            "resolve; unknown: a weight or a discount; date: moved.",
            "enum": LEVERS,
        },
        "what": text("What is altered, in words."),
        "outcome": text("Id of the outcome that it moves most."),
        "before": _chance("Probability of that outcome as it is."),
        "after": _chance("Probability of it after."),
        "odds": _odds("Probability of every outcome after."),
    }
