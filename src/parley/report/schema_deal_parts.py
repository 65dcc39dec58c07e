"""Parts of the JSON Schema of a negotiation: its parties, levers, zone, deals and frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_type_hints

from parley.bargaining.disagreement import WAYS
from parley.bargaining.solutions import SOLUTIONS
from parley.deals.endings import BREAKDOWNS
from parley.deals.opening import Opening
from parley.policy.levers import Lever
from parley.report.deal import MAXIMISES
from parley.report.schema_deal_texts import (
    DIRECTION,
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

__all__ = [
    "NUMBER",
    "blocking_part",
    "by_party",
    "certificate_part",
    "deal_part",
    "disagreement_part",
    "frontier_part",
    "lever_part",
    "lever_values",
    "lines_part",
    "or_null",
    "package_part",
    "pairs_part",
    "party_part",
    "scope_part",
    "zone_part",
]

NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
UNIT = type_schema(get_type_hints(Lever)["unit"])


def by_party(said: str, *, null: bool = False) -> Schema:
    """Return a reference to figures by party, or null."""
    one = reference("by_party")
    return {"description": said, "anyOf": [one, {"type": "null"}]} if null else described(said, one)


def or_null(said: str, schema: Schema) -> Schema:
    """Return a schema, or null, with a description."""
    return {"description": said, "anyOf": [schema, {"type": "null"}]}


def certificate_part() -> Schema:
    """Return a reference to a certificate."""
    return described("What proves it.", reference("deal_certificate"))


def lever_values() -> Schema:
    """Return a reference to values of levers."""
    return described(f"By id of the lever, {LEVER_VALUE}.", reference("by_lever"))


def _told(said: str, wanted: Mapping[str, str], schemas: Mapping[str, Schema]) -> Schema:
    """Return a closed object of fields with their descriptions; the two must match."""
    if list(wanted) != list(schemas):
        raise ValueError(f"{said} field and description do not match: {set(wanted) ^ set(schemas)}")
    return closed_object(said, {k: described(wanted[k], schemas[k]) for k in wanted})


def _null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def party_part() -> Schema:
    """Return the schema of a party."""
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


def lever_part() -> Schema:
    """Return the schema of a lever."""
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


def disagreement_part() -> Schema:
    """Return the schema of what follows without a deal."""
    named: dict[str, Schema] = {
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
            "point_usd_bn": by_party(
                "What the parties bargain from, by objective, billions a year over the base."
            ),
            "at_least_usd_bn": by_party(
                "What no party accepts less than, billions a year over the base."
            ),
            "outside_option_binds": mapped(
                "By party: whether its outside option is what it accepts at least.", FLAG
            ),
            "endings": listed("Every breakdown under every way in which talks end.", ending),
        },
    )


def zone_part() -> Schema:
    """Return the schema of a zone of agreement."""
    return closed_object(
        "The zone of agreement: what all prefer to no deal.",
        {
            "open": typed("boolean", "Whether there is a deal that all prefer."),
            "width_usd_bn": by_party(
                "Most that each party could get over no deal, billions a year; zero if empty."
            ),
            "ideal_usd_bn": by_party(
                "Most that each party could get in the zone, billions a year over the base; what "
                "it accepts at least if the zone is empty."
            ),
            "shortfall_usd_bn": by_party(
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


def _veto() -> Schema:
    return closed_object(
        "A constituency with a veto.",
        {
            "constituency": text("Id of the constituency."),
            "loses_pct": typed(
                "number", "What it loses of its real income, per cent; negative: a gain."
            ),
            "accepts_pct": typed("number", "What it accepts to lose, per cent."),
        },
    )


def package_part() -> Schema:
    """Return the schema of a package."""
    standing = {
        "breakdown": described(ENDING["breakdown"], {"enum": list(BREAKDOWNS)}),
        "package": text(ENDING["package"], null=True),
        "way": described(ENDING["way"], {"enum": list(WAYS)}),
        "surplus_usd_bn": by_party("Payoff over what each accepts at least, billions a year."),
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
        "vetoes": {"type": "array", "items": _veto()},
        **dict.fromkeys(("red_lines", "breaks", "needs_approval"), TEXTS),
        "still_to_gain_usd_bn": _null(party),
        "standings": {"type": "array", "items": closed_object("Against an ending.", standing)},
    }
    return _told("A package.", PACKAGE, schemas)


def deal_part() -> Schema:
    """Return the schema of a bargained deal."""
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
            "payoff_usd_bn": by_party("By objective, billions a year over the base."),
            "surplus_usd_bn": by_party(
                "Payoff over what the parties bargain from, billions a year."
            ),
            "ev_usd_bn": by_party("Equivalent variation, billions a year."),
            "others_ev_usd_bn": mapped(
                "Equivalent variation of every region that does not negotiate, billions a year.",
                NUMBER,
            ),
            "levers": lever_values(),
            "needs_approval": texts("Parties whose legislature must approve it."),
            "vetoes": listed(
                "Every constituency whose veto binds: how close the deal comes to it.", _veto()
            ),
            "concessions": listed(
                "What is conceded, the cheapest first; only for the main deal.", step
            ),
            "recomputed_difference_usd_bn": typed(
                ["number", "null"],
                "Largest difference of a payoff when the deal is solved again as a list of duties, "
                "billions a year; null for other than the main deal, and with payments.",
            ),
            "certificate": certificate_part(),
        },
    )


def frontier_part() -> Schema:
    """Return the schema of a frontier."""
    point = {
        "payoff_usd_bn": by_party("By objective, billions a year over the base."),
        "levers": lever_values(),
        "certificate": certificate_part(),
    }
    return closed_object(
        "The Pareto frontier.",
        {
            "asked": typed("integer", "Number of points asked for."),
            "left_out": typed(
                "integer", "Number of points found that equalled, or were beaten by, another."
            ),
            "spacing": typed(
                "number", "Largest distance between neighbours over the mean one, a ratio."
            ),
            "certified": typed("boolean", "Whether every point is proven."),
            "points": listed(
                "Sorted by the first party's payoff.", closed_object("A point.", point)
            ),
        },
    )


def lines_part() -> Schema:
    """Return the schema of a deal of whole lines."""
    return closed_object(
        "A deal of whole lines.",
        {
            "lines": texts("Ids of the levers that go all the way."),
            "most": typed(["integer", "null"], "Most lines allowed; null: any number."),
            "combinations": typed("integer", "Number of combinations evaluated."),
            "every_combination": typed("boolean", "True: all; false: searched."),
            "payoff_usd_bn": by_party("By objective, billions a year over the base."),
            "surplus_usd_bn": by_party("The same over no deal, billions a year."),
        },
    )


def scope_part() -> Schema:
    """Return the schema of a scope."""
    solved = reference("scope_solution")
    return closed_object(
        "A scope.",
        {
            "scope": text("table, all, or id of a deal on the table."),
            "levers": typed("integer", "Number of levers."),
            "open": typed("boolean", "Whether its zone of agreement is open."),
            "largest_joint": or_null("Largest sum of surpluses; null if not open.", solved),
            "nash": or_null("Nash deal; null if not open.", solved),
            "reason": text("Why there is nothing to negotiate; null if there is.", null=True),
        },
    )


def blocking_part() -> Schema:
    """Return the schema of a package and a constituency."""
    direction = get_type_hints(Switch)["direction"]
    return closed_object(
        "A package and a constituency.",
        {
            "package": text("Id of the package."),
            "party": text("Party of the constituency."),
            "constituency": text("Id of the constituency."),
            "own_weight": typed("number", "Weight the scenario gives it; a dollar elsewhere is 1."),
            "direction": described(DIRECTION, type_schema(direction)),
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


def pairs_part() -> Schema:
    """Return the schema of Nash-in-Nash."""
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
            "payoff_usd_bn": by_party("By objective, billions a year over the base."),
            "levers": lever_values(),
            "pairs": listed("Every pair with levers.", closed_object("A pair.", pair)),
        },
    )
