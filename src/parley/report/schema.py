"""JSON Schema of the documents of ``parley brief --json`` and ``parley solve --json``.

Fields that come from a dataclass are taken from it, with their types; every field needs a
description here, so a field without one, or one that is gone, is an error when the schema
is built. Fields that are not described are not allowed in a document.
"""

from __future__ import annotations

from typing import get_type_hints

from parley.purchases.made import PurchaseMade
from parley.report.document import SCHEMA_VERSION
from parley.report.elasticities import interval_schema
from parley.report.limits import SHOWS
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
from parley.report.schema_texts import (
    AUTHORITY,
    BALANCE,
    BASIS,
    CONCESSION,
    CONSTITUENCY,
    COVERAGE,
    PAIR,
    PAYMENT,
    PROMISE,
    PURCHASE,
    REGION,
    SECTOR,
    SHORT_REGION,
    TERMS,
)
from parley.results import PairFigures, RegionFigures, SectorFigures
from parley.scenario.bought import ResolvedPayment
from parley.scenario.packages import Package
from parley.scenario.pledges import Talks
from parley.scenario.promises import PromiseVerdict
from parley.scenario.resolved import Authority, Concession, Coverage, LegalFacts
from parley.studies import ConstituencyResult

__all__ = ["DIALECT", "head_schema", "report_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def report_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of both documents.

    Raises
    ------
    ValueError
        If a field of a result has no description, or a description no field.
    """
    from parley.report.schema_deal import ground_definitions  # they build on this module
    from parley.report.schema_when import when_definitions

    return {
        "$schema": DIALECT,
        "title": f"Parley report, version {SCHEMA_VERSION}",
        "description": "What `parley brief --json` and `parley solve --json` print. Names that "
        "hold _pct are in per cent, those in _usd_bn in billions of the world's currency; duties, "
        "margins and shares are fractions (0.25 is 25 %). Null: there is no such figure.",
        "oneOf": [{"$ref": "#/$defs/brief"}, {"$ref": "#/$defs/solve"}],
        "$defs": ground_definitions()
        | when_definitions()
        | {
            "brief": _brief(),
            "solve": _solve(),
            "package": closed_object("One counterfactual, against the base.", _package()),
            "scenario_package": closed_object(
                "A package of a scenario, against the status quo.",
                _package() | _scenario_package(),
            ),
            "region": _region(),
            "sector": record("One sector of one region.", SectorFigures, SECTOR),
            "pair": record("Goods trade of a region with a partner.", PairFigures, PAIR),
            "short_region": closed_object("A region in three figures.", SHORT_REGION),
            "note": closed_object(
                "Something assumed or left out.",
                {"text": text("What."), "where": text("Place in the scenario file.")},
            ),
            "residuals": mapped(
                "Largest relative error by equilibrium condition, a fraction.",
                {"type": "number", "minimum": 0},
            ),
        },
    }


def _brief() -> Schema:
    from parley.report.schema_deal import ground_schema
    from parley.report.schema_when import when_schema

    date = {"format": "date"}
    party = {
        "id": text("Id of the party."),
        "label": text("Name to print.", null=True),
        "leader": text("Who leads it.", null=True),
        "regions": texts("Regions of the world it stands for."),
        "third_party": typed("boolean", "True if it does not negotiate."),
        "next_election": text("Day of the next election.", null=True) | date,
    }
    talks = {
        "id": text("Id of the talks."),
        "label": text("Name to print.", null=True),
        "parties": texts("Ids of the parties."),
        "state": described("State on the day as_of.", words(Talks, "state")),
        "since": text("Day they began.", null=True) | date,
        "ends_by": described("How they can fail.", words(Talks, "ends_by")),
        "deadline": text("Day of the deadline.", null=True) | date,
        "breakdown": text("What follows if they fail: id of a package, or status-quo."),
    }
    measure = {
        "id": text("Id of the measure."),
        "label": text("Name to print."),
        "since": text("Day it came into force.", null=True) | date,
    }
    status_quo = {
        "against": text("What the figures are changes of: the world and its year."),
        "measures": listed(
            "Measures in force on the day as_of.", closed_object("A measure.", measure)
        ),
        "regions": mapped("What the measures did, by region.", reference("short_region")),
    }
    return closed_object(
        "Document of a scenario: the packages asked for.",
        head_schema("brief")
        | {
            "scenario": text("Id of the scenario, else its file."),
            "title": text("Title of the scenario."),
            "as_of": text("Day on which the scenario stands.") | date,
            "parties": listed("Parties.", closed_object("A party.", party)),
            "talks": listed("Talks.", closed_object("Talks.", talks)),
            "status_quo": closed_object("The base of all packages.", status_quo),
            "packages": listed("Packages, in file order.", reference("scenario_package")),
            "common_ground": {
                "description": "Null if no deal is on the table, or only some packages are told.",
                "anyOf": [ground_schema(), {"type": "null"}],
            },
            **when_schema(),
            "elasticity_interval": interval_schema(),
            "balances": listed("Bilateral figures claimed, checked.", _balance()),
            "constituencies_show": {
                "description": "What the results of constituencies are: the activity of their "
                "sectors, which labour may leave, or the incomes of those bound to them.",
                "enum": list(dict.fromkeys(SHOWS.values())),
            },
            "left_out": texts("What the model leaves out, in words."),
            "notes": listed("Notes on the scenario as a whole.", reference("note")),
        },
    )


def _solve() -> Schema:
    one = listed("The counterfactual.", reference("package")) | {"minItems": 1, "maxItems": 1}
    nothing = {
        name: {"type": "null", "description": "There is no scenario."}
        for name in ("scenario", "title", "as_of")
    }
    return closed_object(
        "Document of changes to a world, without a scenario.",
        head_schema("solve")
        | nothing
        | {"packages": one, "elasticity_interval": interval_schema()},
    )


def head_schema(kind: str) -> dict[str, Schema]:
    """Return the schema of what every document begins with."""
    world = {
        "name": text("Name of the world."),
        "year": typed("integer", "Calendar year of its data."),
        "currency": text("Currency of every amount named _usd_bn."),
        "regions": texts("Labels of the regions."),
        "sectors": texts("Labels of the sectors, as the model sees them."),
        "content_hash": text("SHA-256 of the data in the world."),
    }
    elasticity = {
        "name": text("Name of the set of trade elasticities."),
        "source": text("Where the elasticities are from."),
    }
    model = {
        "family": text("Model family with its options."),
        "closure": text("What trade deficits do: zero, fixed[:REGION], world-share, own-share."),
        "numeraire": text("What is constant by choice of units."),
        "elasticity": closed_object("Trade elasticities.", elasticity),
        "base": text("What the packages are compared with."),
    }
    engine = {"name": {"const": "parley"}, "version": text("Version of the program.")}
    major = SCHEMA_VERSION.split(".")[0]
    return {
        "schema_version": text("Version of the document, major.minor.")
        | {"pattern": rf"^{major}\.[0-9]+$"},
        "kind": {"const": kind, "description": "Which of the documents."},
        "engine": closed_object("What made the document.", engine),
        "world": closed_object("Data.", world),
        "model": closed_object("Main setting.", model),
        "residuals": described("Worst of all solutions used.", reference("residuals")),
        "solutions": typed("integer", "Number of equilibria solved.") | {"minimum": 1},
    }


def _package() -> dict[str, Schema]:
    world = {
        "real_income_pct": typed("number", "Sum of EVs over world income, per cent."),
        "ev_usd_bn": typed("number", "Sum of all regions' EVs, billions a year."),
    }
    return {
        "id": text("Id of the package; `changes` in a solve document."),
        "label": text("Name to print."),
        "status": {"const": "converged", "description": "Unproven solutions are never shown."},
        "residuals": described("Of this package's equilibrium.", reference("residuals")),
        "iterations": typed("integer", "Evaluations of the equations."),
        "regions": mapped("Figures by region.", reference("region")),
        "world": closed_object("All regions together.", world),
        "bilateral": listed("Every ordered pair of regions.", reference("pair")),
    }


def _scenario_package() -> dict[str, Schema]:
    legal = get_type_hints(LegalFacts)
    fall = {
        "breakdown": text("What follows if the talks fail: id of a package, or status-quo."),
        "regions": mapped("The package against that, by region.", reference("short_region")),
    }
    lasting = {
        "since_years": typed("number", "Years after entry into force from which on it holds."),
        "occurs_in_full": typed(
            "boolean", "Whether there is a time at which all of the package is in force."
        ),
        "world_ev_usd_bn": typed("number", "Sum of the equivalent variations, billions a year."),
        "regions": mapped("Against the status quo, by region.", reference("short_region")),
    }
    setting = {
        "family": text("Model family with its options."),
        "closure": text("Deficit closure."),
        "elasticity": text("Set of trade elasticities."),
    }
    figures = {k: v for k, v in SHORT_REGION.items() if k != "government_revenue_change_usd_bn"}
    row = setting | {"regions": mapped("By region.", closed_object("A region.", figures))}
    flip = {
        "region": text("Region of a party at the table."),
        "lowest_pct": typed("number", "Lowest change of real income, per cent."),
        "lowest_at": closed_object("Setting of the lowest.", setting),
        "highest_pct": typed("number", "Highest change of real income, per cent."),
        "highest_at": closed_object("Setting of the highest.", setting),
    }
    law = {
        "treatment": described("Whom the cuts are for.", type_schema(legal["treatment"])),
        "article_xxiv": described(
            "Whether the package could pass as a free-trade agreement (GATT Article XXIV).",
            type_schema(legal["article_xxiv"]),
        ),
        "coverage": listed(
            "Pairs of parties with a preferential cut.",
            record("A pair.", Coverage, COVERAGE),
        ),
        "authority": listed(
            "What each executive may do.", record("A party.", Authority, AUTHORITY)
        ),
        "grounds": texts("Legal grounds of threats carried out, in words."),
        "over_bound": texts("Duties above the rate bound in the WTO, in words."),
        "form": text("Legal form, as the scenario states it."),
        "gatt": text("Ground in the GATT, as the scenario states it.", null=True),
    }
    return {
        "kind": described("What the package is.", words(Package, "kind")),
        "talks": text("Id of the talks it belongs to.", null=True),
        "consent": texts("Parties that must agree."),
        "constituencies": listed(
            "Groups of sectors that the scenario watches.",
            record("A constituency.", ConstituencyResult, CONSTITUENCY),
        ),
        "terms": listed(
            "Duties, export taxes and costs moved, by giver, receiver and direction.",
            closed_object("A row.", TERMS),
        ),
        "concessions": listed("Every duty, cost or export tax moved.", _concession()),
        "legal": closed_object("What the law says.", law),
        "commitments": listed(
            "Commitments the package acts against.",
            record("A commitment.", PromiseVerdict, PROMISE),
        ),
        "purchases": listed(
            "Purchases that are part of it; none where the model merges all sectors.",
            record("A purchase as made.", PurchaseMade, PURCHASE),
        ),
        "payments": listed(
            "Payments that go with it.",
            record("A payment.", ResolvedPayment, PAYMENT, ("payers", "receivers")),
        ),
        "lasting": {
            "description": "What it comes to for good, where purchases or payments end; null: "
            "that is the package itself.",
            "anyOf": [closed_object("For good.", lasting), {"type": "null"}],
        },
        "against_breakdown": closed_object("Against failure of the talks.", fall),
        "sensitivity": listed(
            "Every closure with every elasticity set in the main family, the main setting first; "
            "then every closure in the other families.",
            closed_object("A setting.", row),
        ),
        "sign_flips": listed(
            "Regions at the table whose gain changes sign between settings; changes of less "
            "than 0.0005 % of income count as zero.",
            closed_object("A region.", flip),
        ),
        "notes": listed("Notes on this package.", reference("note")),
    }


def _region() -> Schema:
    found = record("One region, against the base.", RegionFigures, REGION)
    found["properties"]["sectors"]["items"] = reference("sector")
    return found


def _concession() -> Schema:
    found = record("One duty, cost or export tax.", Concession, CONCESSION, ("rivals",))
    rivals = mapped("Duty of named rivals on the same goods, fractions.", {"type": "number"})
    saved = typed(
        "number", "Duty saved on the trade of the world's year, billions; negative: new duty."
    )
    found["properties"] |= {"duty_saved_usd_bn": saved, "rivals": rivals}
    found["required"] = list(found["properties"])
    return found


def _balance() -> Schema:
    figure = closed_object("A figure found.", BASIS)
    nearest = {"description": "The one nearest to the claim.", "anyOf": [figure, {"type": "null"}]}
    return closed_object(
        "A claimed figure and what it is held against.",
        BALANCE | {"found": listed("Every comparable figure.", figure), "nearest": nearest},
    )
