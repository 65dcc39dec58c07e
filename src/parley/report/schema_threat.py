"""JSON Schema of the document of ``parley threat --json``."""

from __future__ import annotations

from parley.games.certificate import PartyCertificate
from parley.report.document import SCHEMA_VERSION
from parley.report.limits import SHOWS
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_game_texts import CERTIFICATE
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
    typed,
)
from parley.threats import ANSWERS
from parley.threats.assess import AnswerRange
from parley.threats.figures import ConstituencyFigures, SideFigures
from parley.threats.retaliation import RetaliationRate
from parley.threats.setting import AnswerWorth
from parley.threats.verdict import DIMENSIONS, Flip, Share, Verdict
from parley.threats.weights import Switch, SwitchRange

__all__ = ["threat_schema"]

CASE = {"enum": list(ANSWERS), "description": "; ".join(f"{k}: {v}" for k, v in ANSWERS.items())}
SIDE = {
    "real_income_pct": "Exact change of real income, per cent.",
    "ev_usd_bn": "Equivalent variation, billions a year.",
    "political_pct": "Change of political welfare with the scenario's weights, scaled to a mean of "
    "one, per cent; null for a party without constituencies.",
    "political_usd_bn": "The same, billions a year.",
}
CONSTITUENCY = {
    "id": "Id of the constituency.",
    "party": "Party it belongs to.",
    "label": "Name to print.",
    "real_income_pct": "Change of its sectors' real income, per cent.",
    "change_usd_bn": "The same, billions a year.",
}
SWITCH = {
    "group": "`protected` (the sectors the threat protects), or id of a constituency.",
    "direction": "Weights at which the threat is credible, all others one: from `weight` on (the "
    "group gains), up to `weight` (it loses), always, never; unknown: not proven, or sectors are "
    "merged.",
    "weight": "End of those weights; null unless from or up to.",
    "at_one": "Whether it is credible at a weight of one.",
    "own_inside": "Whether it is at the scenario's weight on the group; null without one.",
    "gain_usd_bn": "Change of the group's real income, billions a year.",
    "rest_usd_bn": "Change of the rest of the threatener's real income, billions a year.",
}
RANGE = {
    "group": SWITCH["group"],
    "label": "Name to print.",
    "sectors": "Sectors of the group.",
    "own_weight": "The weight the scenario gives it; null where its sectors differ in it.",
    "case": "Answer: a word of `settings[].cases[].case`.",
    "from_settings": "Number of settings in which it is credible from some weight on.",
    "from_lowest": "Lowest weight from which it is.",
    "from_highest": "Highest of them.",
    "up_to_settings": "Number of settings in which it is credible only up to some weight.",
    "up_to_lowest": "Lowest weight up to which it is.",
    "up_to_highest": "Highest of them.",
    "always": "Number of settings in which it is credible at every weight.",
    "never": "Number of settings in which it is at no weight.",
    "unknown": "Number of settings in which that is not known.",
    "at_one": "Number of settings in which it is credible at a weight of one.",
    "own_inside": "Number in which it is at `own_weight`; null without one.",
}
RATE = {
    "party": "Target that retaliates.",
    "importer": "Its region.",
    "exporter": "Region of the threatener.",
    "sector": "Sector.",
    "before": "Tariff in force with the threat carried out, a fraction.",
    "after": "Tariff of the best retaliation, a fraction.",
    "imports_usd_bn": "Imports before the retaliation, billions at customs value.",
}
WORTH = {
    "ev_usd_bn": "Difference of its equivalent variations, billions a year.",
    "political_usd_bn": "The same of its political welfare; null without weights.",
}
ANSWER_RANGE = {
    "case": "Answer: announced or best.",
    "party": "Target.",
    "main_usd_bn": "Difference of its equivalent variations to no answer in the main setting, "
    "billions a year.",
    "lowest_usd_bn": "Lowest over the settings.",
    "highest_usd_bn": "Highest of them.",
    "settings": "Number of settings where it is proven.",
    "costs": "Number of them in which answering costs the target more than silence.",
    "main_political_usd_bn": "Difference of its political welfare in the main setting, billions a "
    "year; null without weights.",
    "costs_political": "Number of settings in which that is negative; null without weights.",
}
VERDICT = {
    "verdict": "credible or not credible in every proven cell; else depends; unknown: none proven.",
    "cells": "Number of cells: settings times answers times kinds of weights.",
    "credible": "Number of cells in which the threat is credible.",
    "unproven": "Number of cells without a proven result, which count for neither side.",
    "about_zero_credible": "Number of credible cells whose margin is about zero.",
    "about_zero_not": "Number of other cells whose margin is about zero.",
}
SHARE = {
    "value": "Value of the dimension.",
    "credible": "Number of cells with it in which the threat is credible.",
    "cells": "Number of proven cells with it.",
}


def threat_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document.

    Raises
    ------
    ValueError
        If a field of a result has no description, or a description no field.
    """
    document = closed_object("An assessed threat.", head_schema("threat") | _document())
    return {
        "$schema": DIALECT,
        "title": f"Parley threat, version {SCHEMA_VERSION}",
        "description": "What `parley threat --json` prints. Names that hold _pct are in per cent, "
        "those in _pp in percentage points, those in _usd_bn in billions a year of the world's "
        "currency at the prices of the base; tariffs and residuals are fractions. Null: there is "
        "no such figure, or it is not proven.",
        **document,
        "$defs": {
            "side": record("One party.", SideFigures, SIDE),
            "case": closed_object("One answer in one setting.", _case()),
            "certificate": closed_object(
                "What proves, or fails to prove, a best retaliation.",
                {
                    "certified": typed("boolean", "Whether it is proven."),
                    "residual": _number("Largest relative error of the equilibrium, a fraction."),
                    "parties": listed("Every target.", _nullable_figures()),
                },
            ),
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def _number(said: str) -> Schema:
    return {"description": said, "type": ["number", "null"]}


def _nullable_figures() -> Schema:
    found = record("One target.", PartyCertificate, CERTIFICATE)
    for field in found["properties"].values():
        if field["type"] == "number":
            field["type"] = ["number", "null"]
    return found


def _or_null(name: str, said: str) -> Schema:
    return {"description": said, "anyOf": [reference(name), {"type": "null"}]}


def _sides(said: str) -> Schema:
    return {
        "description": said,
        "type": ["object", "null"],
        "additionalProperties": reference("side"),
    }


def _document() -> dict[str, Schema]:
    day = {"format": "date"}
    threat = {
        "id": text("Id of the threat."),
        "label": text("Name to print."),
        "by": text("Party that threatens."),
        "targets": texts("Parties, else regions, on whose goods it falls."),
        "sectors": texts("Sectors in which it raises a duty: those it protects."),
        "trade_usd_bn": typed("number", "Trade it falls on in the world's year, billions."),
        "answered_by": texts("Threats announced in answer."),
        "announced": text("Day it was made.", null=True) | day,
        "earliest": text("First day it could take effect.", null=True) | day,
        "deadline": text("Day by which it is decided.", null=True) | day,
        "legal_ground": text("Ground it rests on.", null=True),
        "legal_basis": text("Statute or agreement.", null=True),
    }
    party = {
        "id": text("Id of the party, else the region."),
        "label": text("Name to print.", null=True),
        "regions": texts("Regions of the world it stands for."),
        "income_usd_bn": typed("number", "Income of the base, billions."),
    }
    breakdown = {
        "id": text("What follows if the talks fail: id of a package, or status-quo."),
        "is": {
            "description": "What that is, if it is the base or a case of this threat.",
            "enum": ["base", "alone", "announced", None],
        },
    }
    setting = {
        "family": text("Model family with its options."),
        "closure": text("Deficit closure."),
        "elasticity": text("Set of trade elasticities."),
        "main": typed("boolean", "Whether this is the main setting."),
        "constituencies_show": {
            "description": "What constituencies' results are, as in the brief.",
            "enum": list(dict.fromkeys(SHOWS.values())),
        },
        "cases": listed("Answers.", reference("case")),
    }
    retaliation = {
        "what": text("What best retaliation means here."),
        "rates": listed(
            "Every tariff of it in the main setting.", record("A tariff.", RetaliationRate, RATE)
        ),
    }
    note = {"text": text("What."), "where": text("Place in the scenario file.")}
    weights = record("A group and an answer.", SwitchRange, RANGE)
    return {
        "scenario": text("Id of the scenario, else its file."),
        "title": text("Title of the scenario."),
        "as_of": text("Day on which the scenario stands.") | day,
        "threat": closed_object("The threat.", threat),
        "parties": listed("The threatener, then the targets.", closed_object("A party.", party)),
        "breakdown": closed_object("Failure of the talks.", breakdown),
        "reputation_cost_pct": typed(
            "number", "What backing down costs, per cent of the threatener's real income."
        ),
        "verdict": _verdict(),
        "settings": listed(
            "Every model with every closure and elasticity set.",
            closed_object("A setting.", setting),
        ),
        "weights": listed("Switching weights over all settings.", weights),
        "answers": listed(
            "What answering is worth to each target, against no answer.",
            record("An answer and a target.", AnswerRange, ANSWER_RANGE),
        ),
        "retaliation": closed_object("The targets' best retaliation.", retaliation),
        "left_out": texts("What is left out, in words."),
        "notes": listed("What was assumed.", closed_object("A note.", note)),
    }


def _verdict() -> Schema:
    found = _judged("The verdict over all cells.")
    parts = {
        "none": _judged("Weights of one: real income."),
        "scenario": _judged("The scenario's weights; null without any.")
        | {"type": ["object", "null"]},
    }
    found["properties"] |= {
        "about_zero_pct": typed(
            "number", "A margin up to this, per cent of the objective, is about zero."
        ),
        "objectives": closed_object("The verdict by weights.", parts),
    }
    found["required"] = list(found["properties"])
    return found


def _judged(said: str) -> Schema:
    found = record(said, Verdict, VERDICT, ("flips",))
    flip = {
        "dimension": {"description": "What alone is varied.", "enum": list(DIMENSIONS)},
        "compared": typed("integer", "Groups of cells that differ in nothing else."),
        "flipped": typed("integer", "Groups among them whose cells disagree."),
        "clear": typed("integer", "Groups that do even without cells of about zero."),
        "shares": listed("By value.", record("A value.", Share, SHARE)),
    }
    assert set(flip) == set(Flip.__dataclass_fields__)
    found["properties"] |= {
        "flips": listed("Every dimension.", closed_object("A dimension.", flip)),
        "depends_on": texts("Dimensions that flip the verdict, the most frequent first."),
    }
    found["required"] = list(found["properties"])
    return found


def _case() -> dict[str, Schema]:
    flag = {"type": ["boolean", "null"]}
    mean = {
        "party": text("Target."),
        "mean_before": typed("number", "Mean tariff on the threatener's goods, a fraction."),
        "mean_after": typed("number", "The same after retaliation, same trade weights."),
        "highest_after": typed("number", "Highest tariff after retaliation, a fraction."),
        "imports_usd_bn": typed("number", "Imports that it may tax, billions."),
    }
    return {
        "case": CASE,
        "status": {
            "description": "Whether there is a proof; without one there are no figures.",
            "enum": ["proven", "not proven", "certified", "not certified"],
        },
        "reason": text("Why there is no proof, and what to try.", null=True),
        "parties": _sides("By party, against the base."),
        "third_parties_ev_usd_bn": _number("Sum of all other regions' EVs, billions a year."),
        "constituencies": listed(
            "Constituencies of the scenario; none where sectors are merged.",
            record("A constituency.", ConstituencyFigures, CONSTITUENCY),
        ),
        "against_breakdown": _sides(
            "By party, against what follows if the talks fail; null if that is the base."
        ),
        "credible": closed_object(
            "Whether the threatener would carry it out, by weights.",
            {
                "none": described("Weights of one: real income.", flag),
                "scenario": described("The scenario's weights; null without any.", flag),
            },
        ),
        "margin_pct": closed_object(
            "What it leaves the threatener with, the reputation cost added, per cent of its "
            "objective; credible from zero up.",
            {
                "none": _number("Weights of one: real income."),
                "scenario": _number("The scenario's weights."),
            },
        ),
        "against_silence": {
            "description": "By target: what the answer is worth to it, against no answer.",
            "type": ["object", "null"],
            "additionalProperties": record("A target.", AnswerWorth, WORTH),
        },
        "switch_weights": listed(
            "Weights at which it is credible.", record("A group.", Switch, SWITCH)
        ),
        "retaliation": listed("Best retaliation by target.", closed_object("A target.", mean)),
        "certificate": _or_null("certificate", "Of the best retaliation, else null."),
    }
