"""``parley forecast``: its text, its JSON, its tables, saved records, and what it refuses."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.files.forecasts import read_forecast, scenario_digest, scenario_files
from parley.report.schema_forecast import forecast_part_schema, forecast_schema
from parley.report.schema_score import forecast_record_schema
from tests.unit.toy_calendar import edited

from .conftest import Run

FLAGSHIP = "us-japan-2019"
FEW = ("--draws", "8")
FORECAST = '\n[forecast]\ntalks = "main"\nby = 2020-12-31\n'
TOY = ("toy-talks", "--by", "2020-12-31", *FEW)


def document(run: Run, *words: object) -> dict[str, Any]:
    outcome = run("forecast", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any], schema: dict[str, Any] | None = None) -> list[str]:
    used = forecast_schema() if schema is None else schema
    Draft202012Validator.check_schema(used)
    checker = Draft202012Validator(used, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- the flagship --------------------------------------------------------------------------------


def test_the_flagship_in_july_2019(run: Run) -> None:
    found = document(run, FLAGSHIP)
    assert faults(found) == []
    outcomes = {o["id"]: o for o in found["outcomes"]}
    assert list(outcomes) == ["mini", "all-items", "threat-carried-out", "no-deal"]
    for name in ("prior", "probability", "game"):
        assert sum(o[name] for o in found["outcomes"]) == pytest.approx(1.0, abs=1e-9)
    assert max(outcomes, key=lambda o: outcomes[o]["probability"]) == "mini"
    assert "Japanese farmers (JPN) veto it" in outcomes["all-items"]["why"]
    assert outcomes["all-items"]["game"] == 0.0
    mini = outcomes["mini"]
    assert mini["game_if_threat_sure"] > mini["game_if_threat_may_lapse"]
    assert (found["by"], found["talks"]) == ("2019-12-31", "us-japan")
    assert found["reference_class"] == "leaks before a summit"
    assert (found["sample"]["draws"], found["sample"]["seed"]) == (128, 0)
    gone = next(x for x in found["would_change"] if "'new-york' does not" in x["what"])
    assert gone["odds"]["mini"] < 0.5 * mini["probability"]
    assert "c-declined" in found["silent_claims"]


# --- text ----------------------------------------------------------------------------------------


def test_the_page_tells_what_the_document_holds(run: Run) -> None:
    outcome = run("forecast", *TOY)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    found = document(run, *TOY)
    for o in found["outcomes"]:
        assert o["id"] in text
        assert o["why"] in text
    for u in found["updates"]:
        assert u["claim"] in text
        assert u["why"] in text
    for name in found["silent_claims"]:
        assert name in text
    assert found["would_change"][0]["what"] in text
    assert "in 8 draws of weights and patience (seed 0)" in text
    assert "judgement" in text
    assert all(len(line) <= 110 for line in outcome.out.splitlines())
    assert "saved to" not in text


# --- json ----------------------------------------------------------------------------------------


def test_json_is_as_the_schema_says(run: Run) -> None:
    found = document(run, *TOY)
    assert faults(found) == []
    assert (found["kind"], found["by"]) == ("forecast", "2020-12-31")
    part = {k: v for k, v in found.items() if k in forecast_part_schema()["properties"]}
    assert faults(part, forecast_part_schema()) == []
    for x in (*found["would_change"],):
        assert sum(x["odds"].values()) == pytest.approx(1.0)
    for u in found["updates"]:
        assert sum(u["odds_after"].values()) == pytest.approx(1.0)
    assert faults(found | {"new_field": 1}) != []
    assert faults(found | {"sha256": "0" * 64}) != []  # a part of a record is none
    del found["outcomes"][0]["why"]
    assert faults(found) != []


def test_a_seed_gives_the_same_forecast(run: Run) -> None:
    words = (*TOY, "--seed")
    one, same, other = (document(run, *words, seed) for seed in (1, 1, 2))
    assert one == same
    assert one["would_change"] != other["would_change"]


def test_other_talks_have_other_odds(run: Run) -> None:
    found = document(run, FLAGSHIP, "--talks", "us-eu", *FEW)
    assert faults(found) == []
    assert [o["id"] for o in found["outcomes"]] == ["threat-carried-out", "no-deal"]
    peace = document(run, FLAGSHIP, "--talks", "us-china", *FEW)
    assert faults(peace) == []
    assert peace["threat_is_sure"] is None


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/forecast.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == forecast_schema()


# --- tables --------------------------------------------------------------------------------------


def test_csv_holds_the_figures_of_the_document(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("forecast", *TOY, "--csv", folder).code == 0
    found = document(run, *TOY)
    rows = {}
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            rows[path.stem] = list(csv.DictReader(file))
    assert set(rows) == {"forecast_odds", "forecast_updates", "forecast_would_change"}
    odds = {r["id"]: float(r["probability"]) for r in rows["forecast_odds"]}
    assert odds == {o["id"]: o["probability"] for o in found["outcomes"]}
    steps = [float(r["log_odds_step"]) for r in rows["forecast_updates"]]
    assert steps == [u["log_odds_step"] for u in found["updates"]]
    assert [r["what"] for r in rows["forecast_would_change"]] == [
        x["what"] for x in found["would_change"]
    ]
    again = run("forecast", *TOY, "--csv", folder)
    assert (again.code, again.out) == (2, "")
    assert "--force" in again.err


# --- records -------------------------------------------------------------------------------------


def test_a_saved_forecast_can_be_scored(run: Run, here: Path) -> None:
    outcome = run("forecast", FLAGSHIP, *FEW, "--save")
    assert (outcome.code, outcome.err) == (0, "")
    path = here / "us-japan-2019-2019-07-18.forecast.json"
    assert [p.name for p in here.iterdir()] == [path.name]
    record = read_forecast(path)
    assert faults(record) == []
    assert faults(record, forecast_record_schema()) == []
    assert record["scenario_sha256"] == scenario_digest(scenario_files(FLAGSHIP))
    assert f"saved to {path.name} (sha256 {record['sha256'][:16]}...)" in outcome.out
    scored = run("score", path, "--outcome", FLAGSHIP, "--json")
    assert (scored.code, scored.err) == (0, "")
    (row,) = json.loads(scored.out)["forecasts"]
    assert row["happened"]["outcome"] == "mini"
    mini = next(o for o in record["outcomes"] if o["id"] == "mini")
    assert row["scores"]["forecast"]["probability"] == pytest.approx(mini["probability"])


def test_json_of_a_saved_forecast_is_its_record(run: Run, here: Path) -> None:
    path = here / "mine.json"
    found = document(run, *TOY, "--save", "--output", path)
    assert found == read_forecast(path)
    assert faults(found) == []
    plain = document(run, *TOY)
    assert {k: found[k] for k in plain} == plain
    assert set(found) - set(plain) == {"made", "scenario_sha256", "sha256"}


def test_a_record_is_never_overwritten_unasked(run: Run, here: Path) -> None:
    path = here / "toy-talks-2020-03-01.forecast.json"
    assert run("forecast", *TOY, "--save").code == 0
    before = path.read_bytes()
    again = run("forecast", *TOY, "--save", "--seed", "7")
    assert (again.code, again.out) == (2, "")
    assert "--force" in again.err
    assert path.read_bytes() == before
    named = run("forecast", *TOY, "--save", "--output", path)
    assert (named.code, path.read_bytes()) == (2, before)
    assert run("forecast", *TOY, "--save", "--seed", "7", "--force").code == 0
    assert read_forecast(path)["sample"]["seed"] == 7
    assert [p.name for p in here.iterdir()] == [path.name]


def test_a_file_of_ones_own_is_saved_under_its_id(run: Run, here: Path) -> None:
    folder = here / "mine"
    folder.mkdir()
    (folder / "scenario.toml").write_text(edited(more=FORECAST), encoding="utf-8")
    assert run("forecast", folder, *FEW, "--save").code == 0
    record = read_forecast(here / "small-2020-01-01.forecast.json")
    assert (record["scenario"], record["talks"]) == ("small", "main")
    assert record["scenario_sha256"] == scenario_digest(scenario_files(folder))


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("toy-talks", "--by", "soon"), "'soon' is no day"),
        (("toy-talks", "--by", "2020-02-30"), "a day is written 2019-12-31"),
        (("toy-talks", "--by", "2020-02-01"), "lies before as_of, 2020-03-01"),
        ((*TOY, "--draws", "0"), "between 1 and 16384"),
        ((*TOY, "--draws", "16385"), "try 128"),
        ((*TOY, "--seed", "-1"), "a seed is zero or more"),
        ((*TOY, "--output", "x.json"), "add --save"),
        ((FLAGSHIP, "--talks", "us-japn"), "did you mean 'us-japan'?"),
        ((FLAGSHIP, "--talks", "all"), "use one of: us-japan, us-china, us-eu"),
        (("toy-takls",), "did you mean 'toy-talks'?"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_2_with_what_was_meant(
    run: Run, here: Path, words: tuple[str, ...], meant: str
) -> None:
    outcome = run("forecast", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert meant in outcome.err
    assert outcome.err.count("error") == 1
    assert list(here.iterdir()) == []


def test_nothing_is_written_where_no_day_is_known(run: Run, here: Path) -> None:
    (here / "own.toml").write_text(edited(), encoding="utf-8")
    words = ("--csv", here / "tables", "--save", "--output", here / "x.json")
    outcome = run("forecast", here / "own.toml", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "no day is named" in outcome.err
    assert "give --by" in outcome.err
    assert [p.name for p in here.iterdir()] == ["own.toml"]
