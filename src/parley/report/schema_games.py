"""JSON Schema of the documents of ``parley optimum``, ``parley nash``, ``parley cooperate``."""

from __future__ import annotations

from parley.games.certificate import PartyCertificate
from parley.games.cooperation_certificate import CooperationCertificate
from parley.report.document import SCHEMA_VERSION
from parley.report.game_records import FloorRow, SectorIncome, TariffRow, TariffSummary
from parley.report.game_weights import inferred_schema
from parley.report.schema import DIALECT, head_schema
from parley.report.schema_game_texts import (
    CERTIFICATE,
    COOPERATION,
    FLOOR,
    INCOME,
    PATH,
    SUMMARY,
    TARIFF,
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
    typed,
)
from parley.report.schema_texts import REGION, SECTOR
from parley.report.weights import weights_schema
from parley.results import RegionFigures, SectorFigures

__all__ = ["games_schema"]

DOCUMENTS = {
    "optimum": "One party's optimal tariffs, all others' as they are.",
    "nash": "A trade war: tariffs from which no player would move alone.",
    "cooperate": "Cooperation: the largest gain that all players have in common.",
}
CERTIFIED = {"const": True, "description": "Uncertified answers are never shown."}


def games_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the documents of games.

    Raises
    ------
    ValueError
        If a field of a result has no description, or a description no field.
    """
    sector = record("", SectorFigures, SECTOR)["properties"]
    income = record("", SectorIncome, INCOME)["properties"]
    region = record("", RegionFigures, _without(REGION, "sectors"), ("sectors",))["properties"]
    summary = record("Several flows' tariffs.", TariffSummary, SUMMARY)
    party = text("Name of the player.")
    return {
        "$schema": DIALECT,
        "title": f"Parley games, version {SCHEMA_VERSION}",
        "description": "What `parley optimum`, `parley nash`, `parley cooperate` and `parley "
        "weights` print with --json. Names that hold _pct are in per cent, those in _pp in "
        "percentage points, those in _usd_bn in billions of the world's currency; tariffs and "
        "residuals are fractions "
        "(0.25 is 25 %). Null: there is no such figure.",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in (*DOCUMENTS, "weights")],
        "$defs": {
            **{kind: _document(kind) for kind in DOCUMENTS},
            "weights": weights_schema(),
            "region": closed_object(
                "One region, against the base.",
                region | {f"path_{k}_pct": typed(["number", "null"], v) for k, v in PATH.items()},
            ),
            "sector": closed_object(
                "One sector of one of a player's regions.",
                {"party": party, "region": text("Label of the region.")} | sector | income,
            ),
            "summary": summary,
            "tariff": record("One flow on which a player sets a tariff.", TariffRow, TARIFF),
            "by_sector": closed_object(
                "A player's tariffs in one sector.",
                {"party": party, "sector": text("Label of the sector.")}
                | summary["properties"]
                | {"trade_elasticity": typed("number", "Trade elasticity theta = sigma - 1.")},
            ),
            "by_partner": closed_object(
                "A player's tariffs on one source.",
                {"party": party, "partner": text("Label of the source.")} | summary["properties"],
            ),
            "certificate": closed_object("What proves a set of tariffs.", _certificate()),
            "war": closed_object(
                "The war that cooperation starts from.",
                _certificate()
                | {
                    "starts": listed(
                        "Where the search for wars began and ended.", reference("start")
                    ),
                    "solutions_found": _count("Number of different wars found"),
                },
            ),
            "cooperation_certificate": _cooperation_certificate(),
            "floor": record("A ratification floor.", FloorRow, FLOOR),
            "start": _start(),
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def _document(kind: str) -> Schema:
    cooperates = kind == "cooperate"
    war = {"anyOf": [reference("war"), {"type": "null"}]}
    total = {
        "real_income_pct": typed("number", "Sum of EVs over world income, per cent."),
        "ev_usd_bn": typed("number", "Sum of all regions' EVs, billions a year."),
    }
    path = {
        "status": {
            "description": "Whether the sources along the path add up to the exact change.",
            "enum": ["converged", "not converged"],
        },
        "equilibria": typed(["integer", "null"], "Number of equilibria along the path."),
    }
    return closed_object(
        DOCUMENTS[kind],
        head_schema(kind)
        | {
            "scenario": text("Id of the scenario, else its file; null for a world.", null=True),
            "title": text("Title of the scenario.", null=True),
            "as_of": text("Day on which the scenario stands.", null=True) | {"format": "date"},
            "rules": _rules(cooperates),
            "players": listed("Who sets tariffs.", _player(cooperates)) | {"minItems": 1},
            "regions": mapped("Figures by region.", reference("region")),
            "path": closed_object("How the sources along the path were found.", path),
            "world_total": closed_object("All regions together.", total),
            "sectors": listed("Sectors of the players.", reference("sector")),
            "tariffs_by_sector": listed("By player and sector.", reference("by_sector")),
            "tariffs_by_partner": listed("By player and source.", reference("by_partner")),
            "tariffs": listed("Every flow.", reference("tariff")),
            "floors": listed("Vetoes that bind or could.", reference("floor")),
            "inferred": inferred_schema(),
            "certificate": described(
                "What proves the answer.",
                reference("cooperation_certificate" if cooperates else "certificate"),
            ),
            "starts": listed("Where the search began and ended.", reference("start"))
            if not cooperates
            else {"type": "array", "maxItems": 0, "description": "None; those of its war: war."},
            "solutions_found": _count("Number of different answers found")
            if not cooperates
            else {"type": "null", "description": "Not counted; how many wars there are: war."},
            "war": described("The war that cooperation starts from; null without one.", war)
            if cooperates
            else {"type": "null", "description": "There is no war before."},
            "notes": texts("What to know when reading the figures."),
        },
    )


def _certificate() -> dict[str, Schema]:
    return {
        "certified": CERTIFIED,
        "residual": typed("number", "Largest relative error of the equilibrium."),
        "parties": listed("Every player.", record("One player.", PartyCertificate, CERTIFICATE)),
    }


def _count(what: str) -> Schema:
    return typed("integer", f"{what}; the one shown is among them.") | {"minimum": 1}


def _rules(cooperates: bool) -> Schema:
    origins = ["nash", "applied", "free-trade"] if cooperates else ["applied"]
    rules = {
        "origin": {"description": "What gains are measured from.", "enum": origins},
        "mfn": typed("boolean", "True: one rate for all sources."),
        "against": text("Whose goods may be taxed: all, players, or names with commas."),
        "weights": {
            "description": "Where political weights are from.",
            "enum": ["none", "world", "scenario", "inferred", "file"],
        },
        "objective": text("What is maximised, in words."),
        "lowest": typed("number", "Lowest tariff allowed, a fraction."),
        "highest": typed("number", "Highest tariff allowed, a fraction."),
        "floors": typed("boolean", "True: the scenario's vetoes bind."),
        "seed": typed("integer", "Seed of the independent search."),
    }
    return closed_object("How tariffs may be set, and what for.", rules)


def _player(cooperates: bool) -> Schema:
    player = {
        "party": text("Name of the player."),
        "regions": texts("Its regions."),
        "rates": typed("integer", "Number of rates that it sets."),
        "gain_pct": typed("number", "Change of what it maximises, per cent."),
        "cooperation_weight": typed(
            "number" if cooperates else "null",
            "Its weight in the joint objective; the weights add to one.",
        ),
        "tariffs": described("All its tariffs.", reference("summary")),
    }
    return closed_object("A player.", player)


def _cooperation_certificate() -> Schema:
    found = record("What proves cooperation.", CooperationCertificate, COOPERATION)
    found["properties"] = {"certified": CERTIFIED} | found["properties"]
    found["required"] = list(found["properties"])
    return found


def _start() -> Schema:
    start = {
        "start": text("Where the search began."),
        "converged": typed("boolean", "Whether it ended in a solution; for a war, certified."),
        "same": typed("boolean", "Whether that is the solution shown."),
        "gains_pct": mapped("Gain of every player there, per cent.", {"type": "number"}),
    }
    return closed_object("One start.", start)


def _without(texts_: dict[str, str], name: str) -> dict[str, str]:
    return {k: v for k, v in texts_.items() if k != name}
