"""JSON Schema of the document of ``parley calendar --json``.

What it says of the talks (:func:`calendar_part_schema`) also stands in the brief; it refers to
no definitions of its own.
"""

from __future__ import annotations

from typing import get_args

from parley.calendar.game import EndKind, Offers
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

__all__ = ["calendar_part_schema", "calendar_schema"]

DAY = {"format": "date"}
CHANCE = {"type": "number", "minimum": 0, "maximum": 1}
COUNT = {"minimum": 0}
MOVES = ["carry out", "put off", "let lapse"]


def calendar_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the document."""
    document = head_schema("calendar") | {
        "scenario": text("Id of the scenario, else its file."),
        "title": text("Title of the scenario."),
        "as_of": text("Day on which the scenario stands.") | DAY,
        "income_usd_bn": _by_party("Real income in the status quo, billions a year, by party."),
        "calendar": calendar_part_schema(),
    }
    return {
        "$schema": DIALECT,
        "title": f"Parley calendar, version {SCHEMA_VERSION}",
        "description": "What `parley calendar --json` prints. Names that hold _usd_bn are in "
        "billions a year of the world's currency at the prices of the status quo, those in _days "
        "in days, those in _per_year in rates a year; probabilities and residuals are fractions. "
        "Null: there is no such figure.",
        **closed_object("Talks as a game over their calendar.", document),
        "$defs": {
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def calendar_part_schema() -> Schema:
    """Return the schema of a calendar without a document's head, as one closed object."""
    return closed_object(
        "Some talks as a game over their calendar.", _rules() | _dates() | _results()
    )


def _by_party(said: str, *, null: bool = False) -> Schema:
    found = mapped(said, {"type": "number"})
    return found | {"type": ["object", "null"]} if null else found


def _day(said: str, *, null: bool = False) -> Schema:
    return text(said, null=null) | DAY


def _chance(said: str) -> Schema:
    return described(said, CHANCE)


def _count(said: str) -> Schema:
    return typed("integer", said) | COUNT


def _or_null(said: str, properties: dict[str, Schema]) -> Schema:
    return closed_object(said, properties) | {"type": ["object", "null"]}


def _rules() -> dict[str, Schema]:
    rate = {
        "value": _chance("By how much less a gain counts that comes a year later, a fraction."),
        "assumed": typed("boolean", "Whether the scenario gives none and this is assumed."),
    }
    return {
        "talks": text("Id of the talks."),
        "label": text("Name to print."),
        "parties": texts("Parties at the table, in order.") | {"minItems": 2},
        "weighted": typed("boolean", "Whether political weights count; else real income does."),
        "objective": text("What governments maximise, in words."),
        "offers": {
            "description": "alternating: one proposes and the others answer, in turns; "
            "simultaneous: all bid at once.",
            "enum": list(get_args(Offers)),
        },
        "first_proposer": text("Party known to propose first; null: all alike.", null=True),
        "hazard_per_year": typed("number", "Rate of breakdown a year; 0 for none.") | COUNT,
        "ratification_days": _count("Days from agreement to entry into force."),
        "ratification_of": text("Party whose ratifier takes so long; null: not said.", null=True),
        "side_payment_usd_bn": typed(
            "number", "Most that one party may pay another, billions a year; 0 for none."
        )
        | COUNT,
        "discount_per_year": mapped("Impatience by party.", closed_object("A party.", rate)),
    }


def _ahead() -> dict[str, Schema]:
    return {
        "id": text("Id of the event."),
        "label": text("Name to print."),
        "date": _day("Day taken: the known one, else the middle of what is left of the window."),
        "window": {
            "description": "First and last day between which it falls; null: the day is known.",
            "type": ["array", "null"],
            "items": {"type": "string", "format": "date"},
            "minItems": 2,
            "maxItems": 2,
        },
    }


def _dates() -> dict[str, Schema]:
    deadline = {
        "threat": text("Threat that is carried out; null: the talks' own deadline.", null=True),
        "owner": text("Party that decides; null: all together, or nobody.", null=True),
        "together": typed("boolean", "Whether it is put off only by all together."),
        "extends_days": _count("Days by which it can be put off; 0: it cannot."),
        "extensions": _count("How often it can be put off."),
        "earliest": _day("First day on which it can take effect; null: at once.", null=True),
        "brings": text("State that follows: an id of `states`."),
    }
    gate = {
        "concessions_by": text("Party that concedes nothing before it."),
        "constituency": text("Whose interests it spares until then; null: all.", null=True),
    }
    reweight = {
        "constituency": text("Constituency whose weight moves."),
        "factor": typed("number", "Weight on the day, relative to the usual one.") | COUNT,
        "fades_per_year": typed("number", "Rate a year at which the effect fades with distance.")
        | COUNT,
    }
    leaves = {
        "party": text("Party that may leave."),
        "state": text("State that follows: an id of `states`."),
        "option": text("Id of its outside option; null: failure of the talks.", null=True),
        "from": _day("First day on which it may."),
    }
    return {
        "rounds": listed(
            "Meetings still to come at which something can be agreed, by day.",
            closed_object(
                "A round.",
                _ahead() | {"proposer": text("Who makes the offer; null: in turns.", null=True)},
            ),
        ),
        "deadlines": listed(
            "Days that end the talks unless they are put off, by day.",
            closed_object("A deadline.", _ahead() | deadline),
        ),
        "gates": listed(
            "Events before which a party concedes nothing.",
            closed_object("A gate.", _ahead() | gate),
        ),
        "reweights": listed(
            "Events before which a constituency counts for more.",
            closed_object("A change of weight.", _ahead() | reweight),
        ),
        "exits": listed("What parties can take by leaving.", closed_object("An exit.", leaves)),
    }


def _results() -> dict[str, Schema]:
    stage = {
        "since_years": typed("number", "Years after entry into force at which it begins.") | COUNT,
        "worth_usd_bn": _by_party("Change of the objective while it lasts, billions a year."),
        "real_income_usd_bn": _by_party("The same of real income, billions a year."),
    }
    whole = {
        "worth_usd_bn": _by_party("Change of the objective with all of it in force, billions."),
        "real_income_usd_bn": _by_party("The same of real income, billions a year."),
        "stages": listed("Its stages, in time.", closed_object("A stage.", stage)),
    }
    state = {
        "id": text("Id of a package, status-quo, threat:ID (carried out) or exit:ID (a sum)."),
        "label": text("Name to print."),
        "on_the_table": typed("boolean", "Whether it can be agreed on."),
        "worth_usd_bn": _by_party(
            "Change of the objective over the status quo, weights of as_of, billions a year: the "
            "steady flow that is worth as much as its stages."
        ),
        "real_income_usd_bn": _by_party("The same of real income, billions a year."),
        "in_full": _or_null(
            "With all of it in force: phased in, with all purchases and payments running; null: "
            "it has no stages.",
            whole,
        ),
        "closed_by": texts("Vetoes and red lines that keep it from being agreed, in words."),
    }
    move = {
        "event": text("Id of the event that is moved."),
        "label": text("Name to print."),
        "how": text("How it is moved, in words."),
        "date": _day("Its other day; null: it does not take place.", null=True),
        "change_usd_bn": _by_party("What the move is worth, billions a year."),
        "likeliest": text("Likeliest end then, in words."),
        "agreement_probability": _chance("Probability that they ever agree then."),
        "changes_outcome": typed("boolean", "Whether it changes that, or the likeliest end."),
    }
    held = {
        "wants": mapped("Package that each party wants.", {"type": "string"}),
        "wins_usd_bn": _by_party("What it has by that package, billions a year."),
        "gives_in_usd_bn": _by_party("What it has by the other's, billions a year."),
        "gives_in_per_year": _by_party("Rate a year at which it gives in."),
        "mean_years": typed("number", "Mean length of the standoff, years.") | COUNT,
    }
    return {
        "states": listed(
            "States of the world in the game: the table first.", closed_object("A state.", state)
        ),
        "equilibria": listed(
            "The game, played with the threat sure and with one that may lapse; once where no "
            "party owns a threat.",
            closed_object("An equilibrium.", _equilibrium()),
        )
        | {"minItems": 1, "maxItems": 2},
        "hangs_on_belief": typed(
            "boolean", "Whether the likeliest end depends on the threat being believed."
        ),
        "spread": _or_null(
            "Ends by date under uncertain weights and patience; null: not sampled.",
            {
                "draws": typed("integer", "Number of draws.") | COUNT,
                "seed": typed("integer", "Seed of the draws."),
                "threat_is_sure": typed(
                    ["number", "null"],
                    "Probability that the threat is sure; null: no party owns a threat.",
                ),
                "ends": listed("Ends, the earliest first.", _end()),
            },
        ),
        "date_moves": listed(
            "Every event moved, in the first equilibrium.", closed_object("A move.", move)
        ),
        "holdout": _or_null(
            "Two parties that want different packages, in a war of attrition; null: they do not.",
            held,
        ),
        "notes": texts("What was assumed or left out, in words."),
    }


def _equilibrium() -> dict[str, Schema]:
    order = {
        "first": text("Party that proposes first; null: all bid at once.", null=True),
        "probability": _chance("Probability of this order."),
        "worth_usd_bn": _by_party("What the talks are worth under it, billions a year."),
    }
    return {
        "threat": {
            "description": "sure: carried out unless put off; free: its owner may let it lapse; "
            "none: no party owns a threat.",
            "enum": ["sure", "free", "none"],
        },
        "worth_usd_bn": _by_party(
            "What the talks are worth on as_of, an average flow, billions a year."
        ),
        "by_first_proposer": listed("By first proposer.", closed_object("An order.", order))
        | {"minItems": 1},
        "agreement_probability": _chance("Probability that they ever agree."),
        "likeliest": text("Likeliest end, in words."),
        "ends": listed("Ends, the earliest first.", _end()) | {"minItems": 1},
        "close_calls": listed(
            "Parties that hardly mind whether a package is signed, where the outcome hangs on it.",
            closed_object(
                "A close call.",
                {
                    "party": text("Id of the party."),
                    "step": text("Id of the round."),
                    "package": text("Id of the package."),
                    "gain_usd_bn": typed(
                        "number",
                        "What it has by the package over waiting, billions a year; negative: it "
                        "refuses.",
                    ),
                },
            ),
        ),
        "steps": listed(
            "Rounds and deadlines under every order, by day.", closed_object("A step.", _step())
        ),
    }


def _end() -> Schema:
    end = {
        "kind": {
            "description": "deal; breakdown: a deadline carried out; hazard: breakdown at any "
            "time; exit: a party leaves; no-deal: they never agree.",
            "enum": list(get_args(EndKind)),
        },
        "state": text("State that then holds: an id of `states`."),
        "label": text("Its name to print."),
        "by": text("Round or deadline that brings it; null for none.", null=True),
        "date": _day("Day of it; of a hazard the first one; null: never.", null=True),
        "in_force": _day("Day from which the state holds; null: never.", null=True),
        "side_payments_usd_bn": _by_party(
            "What each party receives, billions a year; null: none.", null=True
        ),
        "probability": _chance("Probability of this end."),
    }
    return closed_object("An end.", end)


def _step() -> dict[str, Schema]:
    offer = {
        "package": text("Id of the package."),
        "worth_usd_bn": _by_party(
            "What agreeing on it that day is worth, billions a year; null: closed.", null=True
        ),
        "refused_by": texts("Parties that would rather wait."),
        "closed_by": text("Why it cannot be agreed that day; null: it can.", null=True),
    }
    choice = {
        "move": {"description": "Move.", "enum": MOVES},
        "worth_usd_bn": _by_party("What it is worth that day, billions a year."),
    }
    wait = {
        "party": text("Party that waits."),
        "for": text("What for: an event, or the likeliest end in words."),
        "gain_usd_bn": typed(
            ["number", "null"],
            "What it has by waiting over the best it could sign, billions a year; null: nothing "
            "is on offer.",
        ),
    }
    return {
        "id": text("Id of the event; `open to leave` for a day on which parties may only leave."),
        "label": text("Name to print."),
        "kind": {"description": "What happens that day.", "enum": ["round", "deadline"]},
        "date": _day("Day of it, extensions counted."),
        "first_proposer": text("Order it belongs to: who proposes first.", null=True),
        "proposer": text("Who proposes here; null: all at once, or a deadline.", null=True),
        "reached_probability": _chance("Probability that the talks get here."),
        "put_off": _count("How often deadlines that still run were put off on the way here."),
        "lapsed": _count("How many deadlines lapsed on the way here."),
        "waiting_usd_bn": _by_party(
            "What each party has if nothing is agreed; at a deadline by the move taken; billions "
            "a year."
        ),
        "agreed": text("Package signed; null: none.", null=True),
        "agreed_usd_bn": _by_party("What it is worth that day, billions a year.", null=True),
        "value_of_waiting_usd_bn": _by_party(
            "What waiting is worth over the deal signed, else over the best on offer to each "
            "party, billions a year; null: no offer to hold it against.",
            null=True,
        ),
        "offers": listed("Every package on the table.", closed_object("An offer.", offer)),
        "move": {
            "description": "Move taken at a deadline; null at a round.",
            "enum": [*MOVES, None],
        },
        "owner": text("Party that decides at a deadline; null: all together.", null=True),
        "choices": listed("Moves open at a deadline.", closed_object("A choice.", choice)),
        "exited": text("Party that leaves; null: nobody.", null=True),
        "waits": listed("Who gains by waiting.", closed_object("One.", wait)),
    }
