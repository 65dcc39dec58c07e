"""``parley deal`` and ``parley frontier``: text, JSON, tables, page, and what they refuse."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.cli.deal import deal
from parley.report.deal_text import deal_lines
from parley.report.schema_deal import deal_schema, ground_definitions, ground_schema

from .conftest import Run
from .test_solve import one_error

WORLD = ("deal", "--world", "toy")
TWO = (*WORLD, "--parties", "HOM,FOR")
THREE = (*WORLD, "--parties", "HOM,FOR,RST")
WIDTH = 110


def checker(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert isinstance(found, Draft202012Validator)
    return found


def faults(found: dict[str, Any]) -> list[str]:
    whole = deal_schema()
    valid = checker(whole).is_valid(found)
    one = {"$schema": whole["$schema"], "$defs": whole["$defs"]}
    one["$ref"] = f"#/$defs/{found['kind']}"  # its faults are told one by one
    said = [f"{list(e.absolute_path)}: {e.message}" for e in checker(one).iter_errors(found)]
    assert valid == (not said)
    return said


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} in JSON")


def parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text, parse_constant=no_constant)
    return found


def document(run: Run, *words: object) -> dict[str, Any]:
    outcome = run(*words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return parsed(outcome.out)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One deal of the toy talks in every form: document, tables, page."""
    folder = tmp_path_factory.mktemp("deal")
    tables, page = folder / "tables", folder / "plane.html"
    with redirect_stdout(StringIO()) as out:
        deal("toy-talks", as_json=True, csv=tables, html=page)
    return SimpleNamespace(document=parsed(out.getvalue()), tables=tables, page=page)


# --- the document -------------------------------------------------------------------------


def test_a_deal_is_as_the_schema_says(full: Any) -> None:
    found = full.document
    assert faults(found) == []
    assert (found["kind"], found["certified"], found["main_deal"]) == ("deal", True, "nash")
    assert found["zone"]["open"]
    assert len(found["deals"]) == 4
    assert found["linkage"]
    assert found["blocking"]
    assert faults(found | {"new_field": 1}) != []
    without = {k: v for k, v in found.items() if k != "zone"}
    assert faults(without) != []
    bare = found | {"deals": [{k: v for k, v in found["deals"][0].items() if k != "levers"}]}
    assert faults(bare) != []


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/deal.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == deal_schema()


def test_the_ground_can_stand_in_another_schema(full: Any) -> None:
    alone = {**ground_schema(), "$defs": ground_definitions()}
    body = {k: full.document[k] for k in ground_schema()["properties"]}
    assert not list(checker(alone).iter_errors(body))


def every_object(schema: Any, where: str = "") -> Any:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield where, schema
        for key, value in schema.items():
            yield from every_object(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for k, value in enumerate(schema):
            yield from every_object(value, f"{where}/{k}")


def test_every_object_is_closed_and_every_field_described() -> None:
    for where, found in every_object(deal_schema()["$defs"]):
        assert found["additionalProperties"] is False, where
        assert found["required"] == list(found["properties"]), where
        for name, field in found["properties"].items():
            assert "description" in field or "const" in field, f"{where}: {name}"
            if name.endswith("_usd_bn") and name != "outside_option_binds":
                assert "billions" in field["description"], f"{where}: {name}"


def test_figures_hang_together(full: Any) -> None:
    found = full.document
    names = [p["id"] for p in found["parties"]]
    d = found["disagreement"]
    assert [e["in_force"] for e in d["endings"]].count(True) == 1
    for b in found["deals"]:
        assert b["certificate"]["certified"]
        assert bool(b["concessions"]) == (b["solution"] == "nash")
        for p in names:
            assert b["surplus_usd_bn"][p] == pytest.approx(
                b["payoff_usd_bn"][p] - d["point_usd_bn"][p], abs=1e-12
            )
            assert b["payoff_usd_bn"][p] >= d["at_least_usd_bn"][p] - 1e-7
            assert b["payoff_usd_bn"][p] <= found["zone"]["ideal_usd_bn"][p] + 1e-7
        for v in found["levers"]:
            assert v["low"] - 1e-12 <= b["levers"][v["id"]] <= v["high"] + 1e-12
    nash = found["deals"][0]
    assert nash["recomputed_difference_usd_bn"] < 1e-9
    for step in nash["concessions"]:
        others = sum(v for p, v in step["alone_usd_bn"].items() if p != step["giver"])
        assert step["cost_to_giver_usd_bn"] == -step["alone_usd_bn"][step["giver"]]
        assert step["gain_to_others_usd_bn"] == pytest.approx(others)
    ratios = [s["cost_per_gain"] for s in nash["concessions"] if s["cost_per_gain"] is not None]
    assert ratios == sorted(ratios)


def test_a_frontier_is_small_certified_and_sorted(run: Run) -> None:
    found = document(run, "frontier", "toy-talks", "--points", "5")
    assert faults(found) == []
    assert found["kind"] == "frontier"
    drawn = found["frontier"]
    assert drawn["asked"] == 5
    assert 2 <= len(drawn["points"]) <= 5
    assert all(p["certificate"]["certified"] for p in drawn["points"])
    home, foreign = ([p["payoff_usd_bn"][k] for p in drawn["points"]] for k in ("HOM", "FOR"))
    assert home == sorted(home)
    assert foreign == sorted(foreign, reverse=True)
    assert (found["whole_lines"], found["pairs"], found["linkage"]) == (None, None, [])


def test_a_world_alone_has_no_talks(run: Run) -> None:
    found = document(run, *TWO, "--points", "0")
    assert faults(found) == []
    assert [found[k] for k in ("scenario", "title", "as_of", "talks")] == [None] * 4
    assert (found["frontier"], found["packages"], found["linkage"]) == (None, [], [])
    assert found["objective"] == "real income"
    assert {v["giver"] for v in found["levers"]} == {"HOM", "FOR"}
    assert found["deals"]


def test_an_empty_zone_says_what_would_open_it(run: Run) -> None:
    words = ("--breakdown", "cars-hit-food-answered", "--points", "0")
    found = document(run, "deal", "toy-talks", *words)
    assert faults(found) == []
    zone = found["zone"]
    assert not zone["open"]
    assert max(zone["shortfall_usd_bn"].values()) > 0
    assert (found["deals"], found["main_deal"], zone["binding"]) == ([], None, {})
    costs = [o["cost_usd_bn"] for o in zone["openings"]]
    assert costs
    assert costs == sorted(costs)
    text = " ".join(line for _, line in deal_lines(found))
    assert "Zone of agreement: EMPTY" in text
    assert "cheapest" in text
    assert "without a zone of agreement there is no deal" in text


def test_no_breakdown_leaves_little_to_agree_on(run: Run) -> None:
    found = document(run, "deal", "toy-talks", "--breakdown", "nothing", "--points", "0")
    assert faults(found) == []
    assert found["disagreement"]["breakdown"] == "nothing"
    assert set(found["disagreement"]["point_usd_bn"].values()) == {0.0}


def test_three_bargain_pair_by_pair(run: Run) -> None:
    found = document(run, *THREE, "--pairs", "--points", "0")
    assert faults(found) == []
    pairs = found["pairs"]
    assert pairs["rests"]
    assert [p["parties"] for p in pairs["pairs"]] == [
        ["HOM", "FOR"],
        ["HOM", "RST"],
        ["FOR", "RST"],
    ]
    assert all(p["agreed"] and min(p["surplus_usd_bn"]) > 0 for p in pairs["pairs"])
    text = "\n".join(line for _, line in deal_lines(found))
    assert "Nash-in-Nash" in text
    assert "no plane" in text


# --- text, tables, page ---------------------------------------------------------------------


def test_the_text_tells_zone_deals_concessions_chart_and_linkage(run: Run, full: Any) -> None:
    outcome = run("deal", "toy-talks")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("Common ground: Home and Foreign")
    text = " ".join(outcome.out.split())
    for part in (
        "Without a deal, US$mn a year",
        "* cars-hit, by deadline",
        "Zone of agreement: open",
        "Bargained deals",
        "Nash HOM",
        "Kalai-Smorodinsky",
        "egalitarian",
        "utilitarian",
        "The Nash deal in words, cheapest concessions first",
        "Foreign's duty on Home's food: 20.0 % to",
        "Issue linkage",
        "small-deal",
        "Weights at which each party would sign",
    ):
        assert part in text
    for name in ("A small-deal", "B free-trade", "1 Nash", "HOM: political welfare"):
        assert name in text
    for sentence in full.document["left_out"]:
        assert sentence in text
    assert [x for x in lines if len(x) > WIDTH] == []
    assert "nan" not in text.lower().split()


def test_the_frontier_in_words(run: Run) -> None:
    outcome = run("frontier", "toy-talks", "--points", "5")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("Pareto frontier: Home and Foreign")
    assert "5 points: payoffs, US$mn a year" in outcome.out
    assert "every point certified" in " ".join(outcome.out.split())
    assert [x for x in lines if len(x) > WIDTH] == []


def test_csv_holds_the_figures_of_the_document(full: Any) -> None:
    names = {path.stem for path in full.tables.iterdir()}
    assert names == {
        "negotiation",
        "parties",
        "levers",
        "endings",
        "packages",
        "standings",
        "deals",
        "deal_levers",
        "concessions",
        "frontier",
        "linkage",
        "blocking",
    }  # no openings: the zone is open
    tables = {name: read(full.tables / f"{name}.csv") for name in names}
    assert all(tables.values())
    found = full.document
    point = {
        r["party"]: float(r["point_usd_bn"]) for r in tables["endings"] if r["in_force"] == "True"
    }
    assert point == found["disagreement"]["point_usd_bn"]
    told = {b["solution"]: b for b in found["deals"]}
    assert len(tables["deals"]) == 2 * len(told)
    for row in tables["deals"]:
        payoff, surplus = float(row["payoff_usd_bn"]), float(row["surplus_usd_bn"])
        assert surplus == pytest.approx(payoff - point[row["party"]], abs=1e-12)
        assert payoff == told[row["solution"]]["payoff_usd_bn"][row["party"]]
    assert len(tables["frontier"]) == 2 * len(found["frontier"]["points"])
    assert len(tables["levers"]) == len(found["levers"])
    assert [r["lever"] for r in tables["concessions"]] == [
        s["lever"] for s in told["nash"]["concessions"]
    ]
    assert tables["negotiation"][0]["talks"] == "home-foreign"


def test_the_page_stands_alone(full: Any) -> None:
    page = full.page.read_text(encoding="utf-8")
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", page, re.S)
    library = max(scripts, key=len)
    assert len(library) > 1_000_000
    assert not re.search(
        r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", page.replace(library, "")
    )
    assert not re.search(r"https?://(?!www\.w3\.org/)", page.replace(library, ""))
    text = " ".join(page.replace(library, "").split())
    for part in ("small-deal", "Kalai-Smorodinsky", "Zone of agreement", "status quo"):
        assert part in text


# --- what is refused ------------------------------------------------------------------------

WRONG: dict[str, tuple[tuple[str, ...], str, str]] = {
    "talks": (("deal", "toy-talks", "--talks", "home-foriegn"), "--talks", "'home-foreign'?"),
    "scope": (("deal", "toy-talks", "--scope", "tabel"), "--scope", "did you mean 'table'?"),
    "authority": (("deal", "toy-talks", "--authority", "alnoe"), "--authority", "'alone'?"),
    "solution": (("deal", "toy-talks", "--solution", "nsh"), "--solution", "'nash'?"),
    "breakdown": (("deal", "toy-talks", "--breakdown", "cars-hot"), "--breakdown", "'cars-hit'?"),
    "way": (("deal", "toy-talks", "--ends-by", "exti"), "--ends-by", "did you mean 'exit'?"),
    "no rate": (("deal", "toy-talks", "--ends-by", "hazard"), "--hazard", "give --hazard 0.5"),
    "power bare": (("deal", "toy-talks", "--powers", "HOM"), "--powers", "PARTY=NUMBER"),
    "power of nobody": (("deal", "toy-talks", "--powers", "HMO=2"), "--powers", "'HOM'?"),
    "power of zero": (("deal", "toy-talks", "--powers", "HOM=0"), "--powers", "above zero"),
    "power nan": (("deal", "toy-talks", "--powers", "HOM=nan"), "--powers", "above zero"),
    "parties": (("deal", "toy-talks", "--parties", "HOM,FOR"), "--parties", "--talks ID"),
    "frontier": (("frontier", "toy-talks", "--parties", "HOM,FOR"), "--parties", "--talks ID"),
    "scope of a world": ((*TWO, "--scope", "all"), "--scope", "no talks"),
    "talks of a world": ((*TWO, "--talks", "home-foreign"), "--talks", "no talks"),
    "one party": ((*WORLD, "--parties", "HOM"), "--parties", "a deal takes two"),
    "pairs of two": (("deal", "toy-talks", "--pairs"), "--pairs", "leave --pairs out"),
    "neither": (("deal",), "", "--world"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "where", "hint"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_one_clear_error(
    run: Run, words: tuple[str, ...], where: str, hint: str, tmp_path: Path
) -> None:
    outcome = run(*words, "--csv", tmp_path / "tables", "--html", tmp_path / "plane.html")
    one_error(outcome, f"error: {where}", hint)
    assert "    why: " in outcome.err
    assert "    do:  " in outcome.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["deal", "frontier"])
def test_points_are_not_negative(run: Run, verb: str, tmp_path: Path) -> None:
    outcome = run(verb, "toy-talks", "--points", "-1", "--csv", tmp_path / "tables")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--points" in outcome.err
    assert "greater than or equal to 0" in outcome.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rate", ["-1", "0", "nan"])
def test_a_rate_of_breakdown_is_above_zero(run: Run, rate: str) -> None:
    outcome = run("deal", "toy-talks", "--ends-by", "hazard", "--hazard", rate)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--hazard" in outcome.err


def test_three_have_no_plane(run: Run, tmp_path: Path) -> None:
    files_ = ("--csv", tmp_path / "tables", "--html", tmp_path / "plane.html")
    outcome = run(*THREE, "--points", "0", *files_)
    one_error(outcome, "error: --html", "leave --html out")
    assert list(tmp_path.iterdir()) == []


def edited(tmp_path: Path, change: Callable[[str], str]) -> Path:
    text = (files("parley") / "data/scenarios/toy-talks/scenario.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(change(text), encoding="utf-8")
    return path


CEILING = """
[[red_line]]
id = "food-ceiling"
party = "HOM"
not_above = { food-duty = 0.10 }
why = "its exporters say so"
source = "gazette"
"""


def test_red_lines_that_contradict_each_other_are_named(run: Run, tmp_path: Path) -> None:
    floor = "not_below = { food-duty = 0.05 }"

    def change(text: str) -> str:
        assert floor in text
        return text.replace(floor, "not_below = { food-duty = 0.15 }") + CEILING

    mine = edited(tmp_path, change)
    outcome = run("deal", mine, "--csv", tmp_path / "tables")
    one_error(outcome, "mine.toml: instrument[food-duty]", "5 points of duty")
    for line in ("red line 'food-floor' of FOR", "red line 'food-ceiling' of HOM"):
        assert line in outcome.err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.toml"]


def test_files_in_the_way_are_found_before_anything_is_computed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.files.arenas.open_arena", None)
    page = tmp_path / "plane.html"
    page.write_text("mine", encoding="utf-8")
    one_error(run("deal", "toy-talks", "--html", page), str(page), "--force")
    assert page.read_text(encoding="utf-8") == "mine"
    one_error(run("frontier", "toy-talks", "--csv", page), str(page), "    do:  ")


def test_what_is_not_certified_is_3_and_marked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "parley.bargaining.certificate.DealCertificate.ok"
    monkeypatch.setattr(name, property(lambda _: False))
    outcome = run("frontier", "toy-talks", "--points", "2")
    assert outcome.code == 3
    assert "NOT CERTIFIED" in outcome.out
    assert "not certified" in outcome.err
