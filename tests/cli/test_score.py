"""``parley score``: forecasts made by hand, a tampered one, several; its JSON and tables."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.files.forecasts import seal, write_forecast
from parley.report.schema_score import forecast_record_schema, score_schema

from .conftest import Run

SHIPPED = ("--outcome", "us-japan-2019")
HEAVY = {"jax", "equinox", "optimistix", "numpy", "scipy", "pandas", "xarray", "plotly"}


def record(
    mini: float = 0.5, scenario: str = "us-japan-2019", talks: str = "us-japan", **changed: Any
) -> dict[str, Any]:
    outcomes = [("mini", mini, 0.25), ("all-items", 0.1, 0.25), ("no-deal", 0.9 - mini, 0.5)]
    return {
        "schema_version": "1.0",
        "kind": "forecast",
        "scenario": scenario,
        "title": "Trade talks",
        "as_of": "2019-07-18",
        "by": "2019-12-31",
        "made": "2019-07-19T08:00:00Z",
        "engine": {"name": "parley", "version": "0.1.0"},
        "scenario_sha256": "0" * 64,
        "talks": talks,
        "reference_class": "leaks before a summit",
        "outcomes": [
            {"id": i, "label": i.capitalize(), "probability": p, "prior": q} for i, p, q in outcomes
        ],
        "steps": [],
        **changed,
    }


def saved(folder: Path, name: str = "forecast.json", **changed: Any) -> Path:
    write_forecast(record(**changed), folder / name)
    return folder / name


def document(run: Run, *words: object) -> dict[str, Any]:
    outcome = run("score", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


def several(folder: Path) -> list[Path]:
    """Three forecasts of three stories; the outcomes of two of them are in ``own.toml``."""
    (folder / "own.toml").write_text(
        """format = 1
[[outcome]]
scenario = "wine"
happened = "no-deal"
date = 2020-01-05

[[outcome]]
scenario = "steel"
talks = "us-eu"
happened = "all-items"
date = 2019-10-01
note = "as it was written"
""",
        encoding="utf-8",
    )
    return [
        saved(folder, "a.json"),
        saved(folder, "b.json", scenario="wine", mini=0.3),
        saved(folder, "c.json", scenario="steel", talks="us-eu", mini=0.9),
    ]


def test_a_forecast_by_hand(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path)
    found = document(run, path, *SHIPPED)
    (forecast,) = found["forecasts"]
    assert forecast["happened"]["outcome"] == "mini"
    assert forecast["hindsight"] is False
    assert found["together"] is None
    scores = forecast["scores"]
    assert scores["forecast"]["brier"] == pytest.approx(0.25 + 0.01 + 0.16)
    assert scores["forecast"]["log"] == pytest.approx(math.log(2))
    assert scores["forecast"]["skill_of_forecast"] is None
    assert scores["prior"]["brier"] == pytest.approx(0.875)
    assert scores["prior"]["log"] == pytest.approx(math.log(4))
    assert scores["prior"]["skill_of_forecast"] == pytest.approx(1 - 0.42 / 0.875)
    assert scores["even"]["brier"] == pytest.approx(2 / 3)
    assert scores["even"]["log"] == pytest.approx(math.log(3))
    assert scores["even"]["skill_of_forecast"] == pytest.approx(1 - 0.42 * 3 / 2)
    outcome = run("score", path, *SHIPPED)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    for said in (
        "Mini [mini], 2019-09-25",
        "car parts were left out",
        "the score is illustrative",
        "forecast 50 % 0.420 0.693",
        "its prior 25 % 0.875 1.386 +0.52",
        "even spread 33 % 0.667 1.099 +0.37",
        "one forecast says little",
        *found["left_out"],
    ):
        assert said in text
    assert all(len(line) <= 110 for line in outcome.out.splitlines())


def test_a_tampered_record_is_refused(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"by": "2019-12-31"', '"by": "2019-11-30"'), encoding="utf-8")
    outcome = run("score", path, *SHIPPED, "--csv", tmp_path / "tables")
    assert (outcome.code, outcome.out) == (2, "")
    assert "changed after it was made" in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "tables").exists()


def test_json_is_as_the_schema_says(run: Run, tmp_path: Path) -> None:
    paths = several(tmp_path)
    own = ("--outcome", tmp_path / "own.toml")
    one, all_three = document(run, paths[0], *SHIPPED), document(run, *paths, *SHIPPED, *own)
    for found in (one, all_three):
        assert faults(found, score_schema()) == []
        assert faults(found | {"new_field": 1}, score_schema()) != []
    del all_three["together"]["means"]["prior"]
    assert faults(all_three, score_schema()) != []


def test_the_schema_of_a_record() -> None:
    sealed = seal(record())
    assert faults(sealed, forecast_record_schema()) == []
    for field in forecast_record_schema()["required"]:
        assert faults({k: v for k, v in sealed.items() if k != field}, forecast_record_schema())


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/score.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == score_schema()


def test_several_have_means_and_a_calibration_table(run: Run, tmp_path: Path) -> None:
    paths = several(tmp_path)
    words = (*paths, *SHIPPED, "--outcome", tmp_path / "own.toml", "--bins", 2)
    found = document(run, *words)
    happened = [f["happened"]["outcome"] for f in found["forecasts"]]
    assert happened == ["mini", "no-deal", "all-items"]
    together = found["together"]
    assert (together["forecasts"], together["stories"]) == (3, 3)
    briers = [0.42, 0.09 + 0.01 + 0.16, 0.81 + 0.81]
    assert together["means"]["forecast"]["brier"] == pytest.approx(sum(briers) / 3)
    assert together["means"]["forecast"]["log"] == pytest.approx(
        -(math.log(0.5) + math.log(0.6) + math.log(0.1)) / 3
    )
    prior = together["means"]["prior"]
    assert prior["skill_of_forecast"] == pytest.approx(1 - sum(briers) / 3 / prior["brier"])
    low, high = together["calibration"]["bins"]
    assert together["calibration"]["statements"] == low["count"] + high["count"] == 9
    assert (low["count"], low["came_true"]) == (6, 1)  # 0.4, 0.1; 0.3, 0.1; 0.1, 0
    assert (high["count"], high["came_true"]) == (3, 2)
    assert high["mean_stated"] == pytest.approx((0.5 + 0.6 + 0.9) / 3)
    assert high["observed"] == pytest.approx(2 / 3)
    assert 0 < high["interval_low"] < 2 / 3 < high["interval_high"] < 1
    outcome = run("score", *words)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    assert "3 forecasts of 3 stories, mean scores" in text
    assert "50 % to 100 % 3 67 % 2 67 % 21 % to 94 %" in text
    assert "3 forecasts say little" in text
    assert "as it was written" in text


def test_tables(run: Run, tmp_path: Path) -> None:
    paths = several(tmp_path)
    tables = tmp_path / "tables"
    words = ("score", *paths, *SHIPPED, "--outcome", tmp_path / "own.toml", "--csv", tables)
    assert run(*words).code == 0
    read = {
        p.stem: list(csv.DictReader(p.open(encoding="utf-8", newline=""))) for p in tables.iterdir()
    }
    assert {name: len(rows) for name, rows in read.items()} == {
        "scores": 9,
        "outcomes": 9,
        "means": 3,
        "calibration": 5,
    }
    assert [r["forecaster"] for r in read["scores"][:3]] == ["forecast", "prior", "even"]
    assert float(read["scores"][0]["brier"]) == pytest.approx(0.42)
    assert sum(r["happened"] == "True" for r in read["outcomes"]) == 3
    again = run(*words)
    assert again.code == 2
    assert "--force" in again.err
    assert run(*words, "--force").code == 0


def test_what_came_too_late_counts_as_no_deal(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, by="2019-08-31")
    happened = document(run, path, *SHIPPED)["forecasts"][0]["happened"]
    assert (happened["outcome"], happened["reported"], happened["late"]) == (
        "no-deal",
        "mini",
        True,
    )
    text = " ".join(run("score", path, *SHIPPED).out.split())
    assert "mini came on 2019-09-25, after the day that counts" in text


def test_hindsight_is_said(run: Run, tmp_path: Path) -> None:
    told = "made when the outcome could be known"
    for made, said in (("2019-09-24T23:59:59Z", False), ("2019-09-25T00:00:00Z", True)):
        found = document(run, saved(tmp_path, made=made), *SHIPPED)
        assert found["forecasts"][0]["hindsight"] is said
        assert any(told in caution for caution in found["cautions"]) is said


def test_what_had_been_ruled_out(run: Run, tmp_path: Path) -> None:
    sure = saved(tmp_path, "sure.json", mini=0.0)
    found = document(run, sure, *SHIPPED)
    assert found["forecasts"][0]["scores"]["forecast"]["log"] is None
    assert faults(found, score_schema()) == []
    text = run("score", sure, *SHIPPED).out
    assert "infinite" in text
    both = document(run, sure, saved(tmp_path, "other.json"), *SHIPPED)
    assert both["together"]["means"]["forecast"]["log"] is None
    assert any("1 story" in caution for caution in both["cautions"])


def test_probabilities_are_shown_with_their_digits_near_the_ends(run: Run, tmp_path: Path) -> None:
    text = run("score", saved(tmp_path, mini=0.8999), *SHIPPED).out
    assert " 0.01 %" in text
    assert " 90 %" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing option '--outcome'"),
        (("--outcome", "us-japan-2018"), "did you mean 'us-japan-2019'"),
        (("--outcome", "none.toml"), "no such outcome file"),
        ((*SHIPPED, "--bins", "0"), "--bins"),
        ((*SHIPPED, "--bins", "many"), "--bins"),
    ],
)
def test_what_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    outcome = run("score", saved(tmp_path), *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_the_same_forecast_twice_is_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("score", saved(tmp_path), saved(tmp_path, "copy.json"), *SHIPPED)
    assert outcome.code == 2
    assert "the same forecast as" in outcome.err


def test_a_future_that_is_told_as_known_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "outcome.toml"
    path.write_text(
        'format = 1\n[[outcome]]\nscenario = "us-japan-2019"\nhappened = "mini"\n'
        "date = 9999-01-01\n",
        encoding="utf-8",
    )
    outcome = run("score", saved(tmp_path), "--outcome", path)
    assert outcome.code == 2
    assert "still to come" in outcome.err


def test_scoring_is_light(tmp_path: Path) -> None:
    words = ["parley", "score", str(saved(tmp_path)), *SHIPPED]
    script = f"""
import sys
sys.argv = {words!r}
from parley.cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code
heavy = {HEAVY!r} & {{name.split(".")[0] for name in sys.modules}}
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
