"""``parley optimum``, ``nash``, ``cooperate``: figures that add up, certificates, refusals."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from parley import load_world
from parley.arena import Rules
from parley.cli.game_options import party_names
from parley.files.arenas import open_arena
from parley.files.tidy_write import write_tidy
from parley.report.document import SCHEMA_VERSION
from parley.report.game_csv import game_csv_tables
from parley.report.games import cooperate_document
from parley.report.schema_games import games_schema

from ..unit.test_report import properties
from .conftest import Run

Document = dict[str, Any]
TOY = ("--world", "toy", "--closure", "zero")
CASES: dict[str, tuple[str, ...]] = {
    "optimum": ("optimum", *TOY, "--party", "HOM"),
    "mfn": ("optimum", *TOY, "--party", "HOM", "--mfn"),
    "subsidies": ("optimum", *TOY, "--party", "HOM", "--bounds", "-0.5:3"),
    "weights": ("optimum", "toy-talks", "--closure", "zero", "--model", "ossa", "--party", "HOM",
                "--weights", "scenario"),
    "inferred": ("optimum", *TOY, "--party", "HOM", "--model", "ossa", "--weights", "inferred"),
    "floor": ("optimum", "toy-talks", "--closure", "zero", "--party", "FOR", "--floors"),
    "held deficits": (
        *("optimum", "--world", "toy", "--party", "HOM"),
        *("--bounds", "0:2", "--closure", "world-share"),
    ),
    "each other": ("nash", *TOY, "--parties", "HOM,FOR", "--against", "players"),
    "nash": ("nash", "toy-talks", "--closure", "zero"),
    "nash of all": ("nash", *TOY),
    "applied": ("cooperate", *TOY, "--from", "applied"),
    "from nash": ("cooperate", "toy-talks", "--closure", "zero", "--from", "nash"),
}  # fmt: skip
_known: dict[tuple[str, ...], Document] = {}


@pytest.fixture
def play(run: Run) -> Callable[[str], Document]:
    """Return the document of a case, played once for all tests."""

    def call(case: str) -> Document:
        words = CASES[case]
        if words not in _known:
            outcome = run(*words, "--json")
            assert (outcome.code, outcome.err) == (0, "")
            _known[words] = json.loads(outcome.out)
        return _known[words]

    return call


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = games_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


# --- the documents ------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_documents_are_as_the_schema_says(
    play: Callable[[str], Document], case: str, validator: Draft202012Validator
) -> None:
    document = play(case)
    faults = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(document)]
    assert faults == []
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["kind"] == CASES[case][0]
    drifts: tuple[Document, ...] = (
        {"new": 1},
        {"players": []},
        {"certificate": {"certified": False}},
    )
    for drift in drifts:
        assert not validator.is_valid(document | drift)


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/games.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == games_schema()


def test_every_field_is_described_with_its_unit() -> None:
    for name, schema in properties(games_schema()):
        said = schema.get("description", "")
        assert said or "const" in schema or "$ref" in schema, name
        for ending, unit in (("_pct", "per cent"), ("_usd_bn", "billions"), ("_pp", "points")):
            assert unit in said or not name.endswith(ending), name


@pytest.mark.parametrize("case", CASES)
def test_figures_add_up(play: Callable[[str], Document], case: str) -> None:
    document = play(case)
    regions = document["regions"]
    total = sum(r["ev_usd_bn"] for r in regions.values())
    assert document["world_total"]["ev_usd_bn"] == pytest.approx(total, rel=1e-12, abs=1e-15)
    sources = ("terms_of_trade", "volume_of_trade", "profit_shifting", "variety")
    for r in regions.values():
        ev = r["real_income_pct"] / 100 * r["income_usd_bn"]
        assert r["ev_usd_bn"] == pytest.approx(ev, rel=1e-12, abs=1e-15)
        first = sum(r[f"{k}_pct"] for k in sources) + r["deficit_term_pct"]
        rest = r["real_income_pct"] - first
        assert r["first_order_residual_pct"] == pytest.approx(rest, abs=1e-9)
        path = sum(r[f"path_{k}_pct"] for k in (*sources, "deficit"))
        assert abs(r["path_total_pct"] - path) < 2e-5
        exact = 100 * math.log1p(r["real_income_pct"] / 100)
        assert r["path_total_pct"] == pytest.approx(exact, abs=1e-9)
    for player in document["players"]:
        rows = [t for t in document["tariffs"] if t["party"] == player["party"]]
        assert player["tariffs"]["flows"] == len(rows)
        assert {r["importer"] for r in rows} == set(player["regions"])
        paid = sum(r["after"] * r["imports_before_usd_bn"] for r in rows)
        imports = sum(r["imports_before_usd_bn"] for r in rows)
        assert player["tariffs"]["mean_after"] == pytest.approx(paid / imports)
        for table in ("tariffs_by_sector", "tariffs_by_partner"):
            parts = [t for t in document[table] if t["party"] == player["party"]]
            assert sum(t["flows"] for t in parts) == len(rows)
            for name in ("imports_before_usd_bn", "imports_after_usd_bn"):
                assert sum(t[name] for t in parts) == pytest.approx(sum(r[name] for r in rows))
        own = [s for s in document["sectors"] if s["party"] == player["party"]]
        weight = [s["weight"] for s in own]
        assert sum(weight) / len(weight) == pytest.approx(1.0)
        before = sum(s["weight"] * s["real_income_usd_bn"] for s in own)
        change = sum(s["weight"] * s["real_income_change_usd_bn"] for s in own)
        assert player["gain_pct"] == pytest.approx(100 * change / before, abs=1e-9)
        low, high = document["rules"]["lowest"], document["rules"]["highest"]
        assert all(low - 1e-12 <= r["after"] <= high + 1e-12 for r in rows)
    assert max(document["residuals"].values()) <= 1e-9


def test_real_income_is_what_a_player_without_weights_gains(
    play: Callable[[str], Document],
) -> None:
    for case in ("optimum", "nash", "applied"):
        document = play(case)
        for player in document["players"]:
            region = document["regions"][player["party"]]
            assert player["gain_pct"] == pytest.approx(region["real_income_pct"], abs=1e-9)


def test_an_optimum_gains_by_the_terms_of_trade(play: Callable[[str], Document]) -> None:
    best, alike = play("optimum"), play("mfn")
    home = best["regions"]["HOM"]
    assert home["path_terms_of_trade_pct"] > home["real_income_pct"] > 0
    assert home["path_volume_of_trade_pct"] < 0
    assert best["world_total"]["ev_usd_bn"] < 0
    assert best["solutions_found"] == 1
    # One rate for all can do no better than one for each, and has one rate for each sector.
    assert alike["players"][0]["gain_pct"] <= best["players"][0]["gain_pct"]
    for sector in ("FOOD", "CARS"):
        (row,) = (t for t in alike["tariffs_by_sector"] if t["sector"] == sector)
        assert row["lowest_after"] == row["highest_after"]
    # With an elasticity of 4 and a large country, a quarter to a third.
    assert 0.2 < best["players"][0]["tariffs"]["mean_after"] < 0.4


def test_a_war_costs_the_world_and_cooperation_ends_it(play: Callable[[str], Document]) -> None:
    war, peace = play("nash"), play("from nash")
    assert [p["party"] for p in war["players"]] == ["HOM", "FOR"]
    assert war["world_total"]["ev_usd_bn"] < 0
    assert war["solutions_found"] == 1
    assert all(s["same"] for s in war["starts"])
    gains = [p["gain_pct"] for p in peace["players"]]
    assert gains[0] == pytest.approx(gains[1], abs=1e-3)
    assert gains[0] > 0
    assert sum(p["cooperation_weight"] for p in peace["players"]) == pytest.approx(1, abs=1e-6)
    assert peace["war"]["parties"] == war["certificate"]["parties"]
    for now, then in zip(peace["players"], war["players"], strict=True):
        assert now["tariffs"]["mean_before"] == pytest.approx(
            then["tariffs"]["mean_after"], rel=0.1
        )
        assert now["tariffs"]["mean_after"] < now["tariffs"]["mean_before"]
    assert "Nash tariffs" in peace["model"]["base"]


def test_solving_the_tariffs_shown_gives_the_figures_shown(
    run: Run, play: Callable[[str], Document], tmp_path: Path
) -> None:
    document = play("nash of all")
    path = tmp_path / "changes.csv"
    rows = [
        f"{t['exporter']},{t['importer']},{t['sector']},{t['after']!r}" for t in document["tariffs"]
    ]
    path.write_text("exporter,importer,sector,tariff\n" + "\n".join(rows) + "\n", encoding="utf-8")
    outcome = run("solve", *TOY, "--changes", path, "--json")
    (package,) = json.loads(outcome.out)["packages"]
    for label, solved in package["regions"].items():
        for name, value in solved.items():
            if name not in ("region", "sectors"):
                assert document["regions"][label][name] == pytest.approx(value, rel=1e-7, abs=1e-9)


def test_certificates_say_what_was_checked(play: Callable[[str], Document]) -> None:
    for case in ("optimum", "nash of all"):
        found = play(case)["certificate"]
        for party in found["parties"]:
            assert party["best_deviation_pp"] <= 1e-4
            assert party["rate_gap_pp"] <= 1e-4
            assert party["tried"] > 10


def test_floors_and_weights_are_told(play: Callable[[str], Document]) -> None:
    (floor,) = play("floor")["floors"]
    assert floor["constituency"] == "foreign-farmers"
    assert floor["real_income_pct"] >= -10.0 - 1e-5
    assert floor["multiplier"] == 0 or floor["binds"]
    document = play("weights")
    weights = {s["sector"]: s["weight"] for s in document["sectors"]}
    assert weights["FOOD"] > 1 > weights["CARS"]
    assert any(s["profit_usd_bn"] > 0 for s in document["sectors"])
    assert any("political welfare" in note for note in document["notes"])


def test_inferred_weights_say_that_they_are_a_proxy(play: Callable[[str], Document]) -> None:
    document = play("inferred")
    (found,) = document["inferred"]
    assert found["region"] == "HOM"
    used = {s["sector"]: s["weight"] for s in document["sectors"]}
    assert {s["sector"]: s["weight"] for s in found["sectors"]} == pytest.approx(used)
    assert any("proxy" in note for note in document["notes"])
    assert play("optimum")["inferred"] == []


def test_a_war_on_each_other_leaves_third_parties_alone(play: Callable[[str], Document]) -> None:
    document = play("each other")
    assert document["rules"]["against"] == "players"
    assert {(t["importer"], t["exporter"]) for t in document["tariffs"]} == {
        ("HOM", "FOR"),
        ("FOR", "HOM"),
    }


def test_a_bound_that_decides_is_told(play: Callable[[str], Document]) -> None:
    document = play("held deficits")
    assert document["players"][0]["tariffs"]["at_highest"] == 4
    said = " ".join(document["notes"])
    assert "upper bound of 200 %" in said
    assert "--closure zero" in said


def test_regions_that_import_no_goods_stay_passive(run: Run, tmp_path: Path) -> None:
    world = load_world("toy")
    flows, tariffs = np.array(world.flows), np.array(world.tariffs)
    flows[2, :2, 0] = tariffs[2, :2, 0] = 0.0
    tariffs[:, :, 1] = 0.0
    folder = tmp_path / "services"
    write_tidy(world.with_changes(flows=flows, tariffs=tariffs, goods=("FOOD",)), folder)
    document = json.loads(run("nash", "--world", folder, "--json").out)
    assert [p["party"] for p in document["players"]] == ["HOM", "FOR"]
    said = "left out as players, for they import no goods on which to set a tariff: RST"
    assert said in document["notes"]
    outcome = run("nash", "--world", folder)
    assert said in " ".join(outcome.out.split())
    refused = run("nash", "--world", folder, "--parties", "HOM,RST")
    assert refused.code == 2
    assert "--parties: 'RST' has no imports" in refused.err
    each = json.loads(run("nash", "--world", folder, "--against", "players", "--json").out)
    assert [p["party"] for p in each["players"]] == ["HOM", "FOR"]
    few = run("nash", "--world", folder, "--against", "HOM")
    assert few.code == 2
    assert "import no goods from HOM on which to set a tariff: HOM, RST" in few.err


def test_players_by_default_are_told(play: Callable[[str], Document]) -> None:
    (said,) = (n for n in play("nash")["notes"] if "by default" in n)
    assert "HOM, FOR;" in said
    assert not any("by default" in n for case in ("nash of all", "optimum")
                   for n in play(case)["notes"])  # fmt: skip
    arena = open_arena("us-japan-2019")
    _, (said, *_) = party_names(None, arena, "all", "")
    third = [p for p in arena.groups if p not in arena.table]
    assert f"not {', '.join(third)}: third parties of the scenario" in said
    assert party_names("USA,JPN", arena, "all", "") == (("USA", "JPN"), [])


def test_what_is_of_the_war_stands_in_the_war(play: Callable[[str], Document]) -> None:
    peace, applied = play("from nash"), play("applied")
    for document in (peace, applied):
        assert (document["starts"], document["solutions_found"]) == ([], None)
    assert applied["war"] is None
    assert peace["war"]["solutions_found"] == play("nash")["solutions_found"]
    assert peace["war"]["starts"] == play("nash")["starts"]
    rows = game_csv_tables(peace)["starts"]
    assert {r["of"] for r in rows} == {"war"}
    assert {r["of"] for r in game_csv_tables(play("nash"))["starts"]} == {"result"}


def test_another_war_is_told_by_cooperation() -> None:
    arena, names, rules = open_arena(world="toy"), ("HOM", "FOR"), Rules()
    war = arena.nash(names, rules)
    peace = arena.cooperate(names, rules, "nash", war=war)
    other = replace(war.wars[-1], equilibrium=2)
    several = replace(war, wars=(*war.wars, other))
    document = cooperate_document(arena, rules, peace, "nash", war=several)
    (said,) = (n for n in document["notes"] if "another war exists" in n)
    assert "reached from the tariffs in force" in said
    assert not any("different solutions" in n for n in document["notes"])
    assert document["war"]["solutions_found"] == 2


def test_starts_have_the_rates_that_bounds_leave(run: Run) -> None:
    words = ("optimum", *TOY, "--party", "HOM", "--bounds", "0.01:0.5", "--json")
    starts = [s["start"] for s in json.loads(run(*words).out)["starts"]]
    assert starts[1:3] == ["tariffs of 1 % (the lower bound)", "tariffs of 50 % (the upper bound)"]


def test_mfn_is_told_where_rates_differ(run: Run, play: Callable[[str], Document]) -> None:
    def told(document: Document) -> bool:
        return any("most-favoured-nation" in n for n in document["notes"])

    assert told(play("optimum"))
    assert not told(play("mfn"))
    # At an upper bound that decides every rate there is nothing to tell.
    words = ("optimum", *TOY, "--party", "HOM", "--bounds", "0:0.1", "--json")
    document = json.loads(run(*words).out)
    assert document["players"][0]["tariffs"]["lowest_after"] == 0.1
    assert not told(document)


# --- text and tables ----------------------------------------------------------------------


@pytest.mark.parametrize("case", ["weights", "inferred", "floor", "nash of all", "from nash"])
def test_text_says_with_what_it_was_computed(run: Run, case: str) -> None:
    outcome = run(*CASES[case])
    assert (outcome.code, outcome.err) == (0, "")
    for said in ("zero", "uniform-4", "deficits purged", "equilibrium residual", "real income %",
                 "terms of trade", "by sector", "by source", "world"):  # fmt: skip
        assert said in outcome.out
    assert "\x1b" not in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 110


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*CASES["mfn"],), "one rate for all sources (MFN), on goods from all sources, between"),
        ((*CASES["optimum"],), "rates may differ by source, on goods from all sources, between"),
        (CASES["each other"], "on goods of the other players only, between"),
        ((*CASES["optimum"], "--against", "RST"), "on goods of RST only, between"),
    ],
)
def test_text_says_whose_goods_are_taxed(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in " ".join(run(*words).out.split())


def test_rates_are_counted_and_not_flows(run: Run) -> None:
    out = run(*CASES["mfn"], "--bounds", "0:0.1").out
    rows = [line.split() for line in out.splitlines() if line.startswith(" HOM")]
    assert rows[0][-3:] == ["2", "0", "2"]
    assert "rates set" in out


def test_tables_hold_the_document_s_numbers(
    run: Run, play: Callable[[str], Document], tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    words = (*CASES["nash"], "--csv", folder)
    assert run(*words, "--json").code == 0
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    assert set(tables) == {
        "model", "players", "regions", "sectors", "tariffs", "tariffs_by_sector",
        "tariffs_by_partner", "certificate", "starts",
    }  # fmt: skip
    document = play("nash")
    for name in ("tariffs", "sectors", "tariffs_by_sector", "tariffs_by_partner"):
        assert len(tables[name]) == len(document[name])
    assert [float(r["after"]) for r in tables["tariffs"]] == [
        t["after"] for t in document["tariffs"]
    ]
    assert len(tables["regions"]) == 3
    assert len(tables["certificate"]) == 2
    refused = run(*words)
    assert refused.code == 2
    assert "--force" in refused.err


def test_weights_from_a_file_are_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("region,sector,weight\nHOM,FOOD,0.5\nHOM,CARS,1.5\n", encoding="utf-8")
    words = ("optimum", *TOY, "--party", "HOM", "--model", "ossa")
    weighed = json.loads(run(*words, "--weights", path, "--json").out)
    plain = json.loads(run(*words, "--json").out)

    def cars(document: Document) -> float:
        rows = {t["sector"]: t["mean_after"] for t in document["tariffs_by_sector"]}
        return float(rows["CARS"] - rows["FOOD"])

    assert cars(weighed) > cars(plain)
    gain = weighed["regions"]["HOM"]["real_income_pct"]
    assert gain < plain["regions"]["HOM"]["real_income_pct"]
