"""The documents of a brief and of a counterfactual: their schema and their numbers."""

from __future__ import annotations

import copy
import csv
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import parley
from parley.cli.output import write_csv_folder
from parley.cli.render import json_text
from parley.economy.world import World
from parley.equilibrium import solve
from parley.equilibrium.welfare import compare
from parley.policy import Change, apply_changes
from parley.report.csv_tables import csv_tables
from parley.report.document import (
    SCHEMA_VERSION,
    brief_document,
    sign_flips,
    solve_document,
    terms_summary,
)
from parley.report.figures import money_of, pct
from parley.report.schema import report_schema
from parley.report.schema_parts import record
from parley.report.schema_texts import SECTOR
from parley.results import PackageFigures, SectorFigures
from parley.scenario.resolved import Concession, RivalDuty

Document = dict[str, Any]


@pytest.fixture(scope="module")
def toy() -> World:
    return parley.load_world("toy")


@pytest.fixture(scope="module")
def brief() -> Document:
    study = parley.study("toy-talks")
    return json.loads(json_text(brief_document(study, study.package_ids)))


@pytest.fixture(scope="module")
def solved(toy: World) -> Document:
    changes = [
        Change("HOM", "FOR", "CARS", "tariff", 0.25),
        Change("FOR", "HOM", "FOOD", "tariff", 0.05),
        Change("RST", "HOM", "CARS", "export-tax", 0.03),
        Change("RST", "FOR", "FOOD", "cost", 0.97),
    ]
    policy = apply_changes(toy, changes, toy.elasticity(None).theta)
    figures = PackageFigures(compare(solve(toy), solve(toy, policy)))
    return json.loads(json_text(solve_document(toy, figures)))


@pytest.fixture(params=["brief", "solved"])
def document(request: pytest.FixtureRequest) -> Document:
    found: Document = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = report_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


# --- the schema ---------------------------------------------------------------------------


def test_documents_are_as_the_schema_says(
    document: Document, validator: Draft202012Validator
) -> None:
    faults = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(document)]
    assert faults == []
    assert document["schema_version"] == SCHEMA_VERSION


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/report.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == report_schema()


def test_the_schema_catches_drift(document: Document, validator: Draft202012Validator) -> None:
    region = next(iter(document["packages"][0]["regions"]))
    places: list[tuple[Any, ...]] = [
        (),
        ("model",),
        ("packages", 0),
        ("packages", 0, "regions", region),
        ("packages", 0, "regions", region, "sectors", 0),
        ("packages", 0, "bilateral", 0),
    ]
    for place in places:
        for drift in (add_a_field, drop_a_field):
            changed = copy.deepcopy(document)
            at: Any = changed
            for step in place:
                at = at[step]
            drift(at)
            assert not validator.is_valid(changed), (place, drift.__name__)


def add_a_field(at: Document) -> None:
    at["new_field"] = 1.0


def drop_a_field(at: Document) -> None:
    at.popitem()


def test_other_majors_and_unproven_solutions_are_refused(
    solved: Document, validator: Draft202012Validator
) -> None:
    assert not validator.is_valid(solved | {"schema_version": "99.0"})
    package = solved["packages"][0] | {"status": "not-converged"}
    assert not validator.is_valid(solved | {"packages": [package]})


def test_every_field_is_described_with_its_unit() -> None:
    for name, schema in properties(report_schema()):
        said = schema.get("description", "")
        assert said or "const" in schema or "$ref" in schema, name
        if name.endswith("_pct"):
            assert "per cent" in said, name
        if name.endswith("_usd_bn"):
            assert "billions" in said, name


def properties(schema: Any) -> list[tuple[str, Document]]:
    found: list[tuple[str, Document]] = []
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            found += schema["properties"].items()
        for inner in schema.values():
            found += properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            found += properties(inner)
    return found


def test_a_field_without_description_is_an_error() -> None:
    without = {k: v for k, v in SECTOR.items() if k != "price_pct"}
    with pytest.raises(ValueError, match=r"SectorFigures.*price_pct"):
        record("", SectorFigures, without)
    with pytest.raises(ValueError, match="gone"):
        record("", SectorFigures, SECTOR | {"gone": "Not there."})


# --- the numbers --------------------------------------------------------------------------


def test_world_ev_is_the_sum_of_the_regions(document: Document) -> None:
    for package in document["packages"]:
        regions = package["regions"].values()
        total = sum(r["ev_usd_bn"] for r in regions)
        income = sum(r["income_usd_bn"] for r in regions)
        assert package["world"]["ev_usd_bn"] == pytest.approx(total, rel=1e-12)
        assert package["world"]["real_income_pct"] == pytest.approx(100 * total / income, rel=1e-12)


def test_figures_of_a_region_agree(document: Document) -> None:
    for package in document["packages"]:
        for r in package["regions"].values():
            ev = r["real_income_pct"] / 100 * r["income_usd_bn"]
            assert r["ev_usd_bn"] == pytest.approx(ev, rel=1e-12, abs=1e-15)
            share = 100 * ev / r["gdp_usd_bn"]
            assert r["ev_pct_of_gdp"] == pytest.approx(share, rel=1e-12, abs=1e-12)
            terms = (
                "terms_of_trade",
                "volume_of_trade",
                "deficit_term",
                "profit_shifting",
                "variety",
            )
            first = sum(r[f"{name}_pct"] for name in terms)
            assert r["first_order_total_pct"] == pytest.approx(first, rel=1e-12, abs=1e-12)
            rest = r["real_income_pct"] - first
            assert r["first_order_residual_pct"] == pytest.approx(rest, rel=1e-9, abs=1e-12)
            real_wage = (1 + r["wage_pct"] / 100) / (1 + r["price_index_pct"] / 100) - 1
            assert r["real_wage_pct"] == pytest.approx(100 * real_wage, abs=1e-10)


def test_sectors_add_up_to_their_region(document: Document) -> None:
    for package in document["packages"]:
        for r in package["regions"].values():
            for name in ("exports_change_usd_bn", "imports_change_usd_bn"):
                total = sum(s[name] for s in r["sectors"])
                assert r[name] == pytest.approx(total, rel=1e-9, abs=1e-13)


def test_exports_and_imports_change_alike_over_the_world(document: Document) -> None:
    for package in document["packages"]:
        regions = package["regions"].values()
        exports = sum(r["exports_change_usd_bn"] for r in regions)
        assert exports == pytest.approx(sum(r["imports_change_usd_bn"] for r in regions), abs=1e-12)
        for k, sector in enumerate(document["world"]["sectors"]):
            cells = [r["sectors"][k] for r in regions]
            assert {c["sector"] for c in cells} == {sector}
            sold = sum(c["exports_change_usd_bn"] for c in cells)
            assert sold == pytest.approx(sum(c["imports_change_usd_bn"] for c in cells), abs=1e-12)


def test_world_value_added_is_the_numeraire(document: Document) -> None:
    for package in document["packages"]:
        cells = [s for r in package["regions"].values() for s in r["sectors"]]
        assert sum(c["value_added_change_usd_bn"] for c in cells) == pytest.approx(0, abs=1e-10)


def test_bilateral_balances_are_antisymmetric(document: Document) -> None:
    for package in document["packages"]:
        pairs = {(p["region"], p["partner"]): p for p in package["bilateral"]}
        labels = document["world"]["regions"]
        assert len(pairs) == len(labels) * (len(labels) - 1)
        for (region, partner), pair in pairs.items():
            back = pairs[partner, region]
            for name in ("goods_balance_usd_bn", "goods_balance_change_usd_bn"):
                assert pair[name] == pytest.approx(-back[name], abs=1e-12)
            balance = pair["exports_usd_bn"] - back["exports_usd_bn"]
            assert pair["goods_balance_usd_bn"] == pytest.approx(balance, abs=1e-12)
        for region in labels:
            total = sum(p["goods_balance_usd_bn"] for (r, _), p in pairs.items() if r == region)
            shown = package["regions"][region]["goods_balance_usd_bn"]
            assert shown == pytest.approx(total, abs=1e-12)


def test_main_setting_stands_in_the_sensitivity(brief: Document) -> None:
    model = brief["model"]
    main = (model["family"], model["closure"], model["elasticity"]["name"])
    for package in brief["packages"]:
        row = package["sensitivity"][0]
        assert (row["family"], row["closure"], row["elasticity"]) == main
        for region, figures in row["regions"].items():
            for name, value in figures.items():
                assert package["regions"][region][name] == pytest.approx(value, rel=1e-12)


def test_breakdown_against_itself_is_nothing(brief: Document) -> None:
    talks = {t["id"]: t["breakdown"] for t in brief["talks"]}
    for package in brief["packages"]:
        fall = package["against_breakdown"]
        assert fall["breakdown"] == talks[package["talks"]]
        if package["id"] == fall["breakdown"]:
            for figures in fall["regions"].values():
                assert all(v == pytest.approx(0, abs=1e-12) for v in figures.values())


# --- terms and sign flips by hand -----------------------------------------------------------


def concession(giver: str, receiver: str, sector: str, **more: Any) -> Concession:
    given: dict[str, Any] = {
        "importer": giver,
        "exporter": receiver,
        "part": "",
        "instrument": "duty",
        "kind": "duty",
        "before": 0.2,
        "after": 0.1,
        "trade_usd_bn": 1.0,
    }
    given |= more
    given = {"ordinary_before": given["before"], "ordinary_after": given["after"]} | given
    return Concession(giver=giver, receiver=receiver, sector=sector, **given)


def test_terms_by_hand() -> None:
    rivals = (RivalDuty("XXX", 0.10), RivalDuty("YYY", 0.20))
    rows = terms_summary(
        [
            concession("AAA", "BBB", "S1", before=0.40, after=0.10, trade_usd_bn=3.0),
            concession(
                "AAA", "BBB", "S2", before=0.20, after=0.00, trade_usd_bn=1.0, rivals=rivals
            ),
            concession(
                "AAA", "BBB", "S2", before=0.1, after=0.0, trade_usd_bn=1.0, rival_average=0.05
            ),
            concession("AAA", "BBB", "S3", before=0.0, after=0.25, trade_usd_bn=2.0),
            concession("AAA", "BBB", "S3", kind="cost", before=1.1, after=1.0),
            concession("BBB", "AAA", "S1", before=0.05, after=0.0, trade_usd_bn=0.0),
        ]
    )
    cut, rise, empty, cost = rows
    assert [row["kind"] for row in rows] == ["duty", "duty", "duty", "cost"]
    assert (cut["giver"], cut["receiver"], cut["eases"], cut["items"]) == ("AAA", "BBB", True, 3)
    assert cut["sectors"] == ["S1", "S2"]
    assert cut["instruments"] == ["duty"]
    assert cut["trade_covered_usd_bn"] == pytest.approx(5.0)
    assert cut["duty_saved_usd_bn"] == pytest.approx(3 * 0.3 + 0.2 + 0.1)
    assert cut["duty_before"] == pytest.approx((3 * 0.4 + 0.2 + 0.1) / 5)
    assert cut["duty_after"] == pytest.approx(3 * 0.1 / 5)
    # Rivals are known for two of the three: named ones count before the average.
    assert cut["margin_before"] == pytest.approx(((0.15 - 0.2) + (0.05 - 0.1)) / 2)
    assert cut["margin_after"] == pytest.approx((0.15 + 0.05) / 2)
    assert (rise["eases"], rise["items"]) == (False, 1)
    assert rise["duty_saved_usd_bn"] == pytest.approx(-0.5)
    assert rise["margin_before"] is None
    assert empty["trade_covered_usd_bn"] == 0
    assert empty["duty_before"] is None
    assert (cost["cost_before"], cost["cost_after"]) == (pytest.approx(1.1), pytest.approx(1.0))
    assert (cost["eases"], cost["duty_before"], cost["margin_before"]) == (True, None, None)
    assert cost["duty_saved_usd_bn"] == 0


@dataclass
class Hat:
    """As much of a comparison as the sensitivity reads."""

    base: Any
    real_income_hat: list[float]
    equivalent_variation: list[float]


@dataclass
class Named:
    closure: str
    elasticity: str


@dataclass
class Holder:
    world: Any
    model: str = "caliendo-parro"


@dataclass
class Table:
    table_parties: tuple[str, ...]


@dataclass
class Package:
    study: Table
    rows: list[tuple[Named, Hat]]

    def sensitivity(self) -> list[tuple[Named, Hat]]:
        return self.rows


def test_sign_flips_by_hand(toy: World) -> None:
    def row(closure: str, *changes: float, model: str = "caliendo-parro") -> tuple[Named, Hat]:
        hats = [1 + c for c in changes]
        return Named(closure, "e"), Hat(Holder(toy, model), hats, [0.0, 0.0, 0.0])

    rows = [
        row("one", 0.01, 0.02, -0.01),
        row("two", -0.02, -4e-6, 0.01),
        row("three", 0.03, 0.01, 0.0, model="ossa"),
    ]
    package: Any = Package(Table(("HOM", "FOR")), rows)
    found = sign_flips(package)
    assert [f["region"] for f in found] == ["HOM"]  # FOR stays within rounding, RST is no party
    assert found[0]["lowest_pct"] == pytest.approx(-2)
    assert found[0]["lowest_at"] == {
        "family": "caliendo-parro",
        "closure": "two",
        "elasticity": "e",
    }
    assert found[0]["highest_pct"] == pytest.approx(3)
    assert found[0]["highest_at"] == {"family": "ossa", "closure": "three", "elasticity": "e"}


def test_sign_flips_of_a_study_are_its_sensitivity(brief: Document) -> None:
    parties = {r for p in brief["parties"] if not p["third_party"] for r in p["regions"]}
    seen = 0
    for package in brief["packages"]:
        flips = {f["region"]: f for f in package["sign_flips"]}
        seen += len(flips)
        for region in parties:
            values = [r["regions"][region]["real_income_pct"] for r in package["sensitivity"]]
            assert (region in flips) == (min(values) < -5e-4 and max(values) > 5e-4)
            if region in flips:
                assert flips[region]["lowest_pct"] == min(values)
                assert flips[region]["highest_pct"] == max(values)
    assert seen


# --- units in text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("income", "currency", "unit", "shown"),
    [
        (20_000.0, "USD", "US$bn", 1.0),
        (10.0, "USD", "US$bn", 1.0),
        (2.0, "USD", "US$mn", 1000.0),
        (2e-3, "USD", "US$thousand", 1e6),
        (20_000.0, "EUR", "EUR bn", 1.0),
    ],
)
def test_money_suits_the_size_of_the_world(
    income: float, currency: str, unit: str, shown: float
) -> None:
    regions = {"AAA": {"income_usd_bn": income}, "BBB": {"income_usd_bn": income / 10}}
    money = money_of({"packages": [{"regions": regions}], "world": {"currency": currency}})
    assert money.unit == unit
    assert float(money.change(1.0).replace(",", "")) == shown


def test_tiny_figures_carry_no_sign() -> None:
    assert pct(-1e-9)[0] == pct(1e-9)[0] == "0"
    assert pct(0.0044).startswith("+0.004")
    assert pct(-1.234, unit=False) == "-1.23"


# --- tables ---------------------------------------------------------------------------------

KEYS = {
    "model": (),
    "regions": ("package", "region"),
    "sectors": ("package", "region", "sector"),
    "bilateral": ("package", "region", "partner"),
    "constituencies": ("package", "id"),
    "concessions": ("package", "importer", "exporter", "sector", "part", "instrument", "kind"),
    "terms": ("package", "kind", "giver", "receiver", "eases"),
    "breakdown": ("package", "breakdown", "region"),
    "sensitivity": ("package", "family", "closure", "elasticity", "region"),
}
TEXT = {
    "scenario", "as_of", "world", "family", "closure", "numeraire", "elasticity",
    "elasticity_source", "base", "package", "region", "sector", "partner", "id", "party", "label",
    "vetoes", "giver", "receiver", "importer", "exporter", "part", "instrument", "kind", "rivals",
    "lines", "eases", "sectors", "instruments", "breakdown",
}  # fmt: skip
FRACTIONS = {
    "before", "after", "ordinary_before", "ordinary_after", "rival_average", "duty_before",
    "duty_after", "margin_before", "margin_after", "weight", "cost_before", "cost_after",
}  # fmt: skip
COUNTS = {"items", "world_year"}


def test_tables_have_one_row_per_observation(document: Document, tmp_path: Path) -> None:
    write_csv_folder(csv_tables(document), tmp_path / "out", force=False)
    tables = {}
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    n, s, p = (
        len(document["world"]["regions"]),
        len(document["world"]["sectors"]),
        len(document["packages"]),
    )
    expected = {"model": 1, "regions": p * n, "sectors": p * n * s, "bilateral": p * n * (n - 1)}
    if document["kind"] == "brief":
        settings = len(document["packages"][0]["sensitivity"])
        expected |= {"breakdown": p * n, "sensitivity": p * n * settings}
        for name in ("constituencies", "concessions", "terms"):
            expected[name] = sum(len(entry[name]) for entry in document["packages"])
    assert {name: len(rows) for name, rows in tables.items()} == expected
    for name, rows in tables.items():
        keys = [tuple(row[k] for k in KEYS[name]) for row in rows]
        assert len(set(keys)) == len(keys), name


def test_headings_carry_their_unit(document: Document) -> None:
    for name, rows in csv_tables(document).items():
        for heading in rows[0]:
            united = any(u in heading for u in ("_pct", "_usd_bn", "residual_"))
            assert united or heading in TEXT | FRACTIONS | COUNTS, (name, heading)


def test_tables_hold_the_document_s_numbers(document: Document) -> None:
    tables = csv_tables(document)
    for row in tables["regions"]:
        package = next(p for p in document["packages"] if p["id"] == row["package"])
        region = package["regions"][row["region"]]
        assert row == {"package": package["id"]} | {
            k: v for k, v in region.items() if k != "sectors"
        }
    worst = {k.removeprefix("residual_"): v for k, v in tables["model"][0].items() if "resid" in k}
    assert worst == document["residuals"]
