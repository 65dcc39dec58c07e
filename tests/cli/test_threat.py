"""``parley threat``: its text, its JSON, its tables, and what it refuses."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.report.schema_threat import threat_schema

from .conftest import Run

ONE = ("--model", "caliendo-parro", "--closure", "zero", "--elasticity", "uniform-4")


def document(run: Run, *words: str) -> dict[str, Any]:
    outcome = run("threat", "toy-talks", "levy", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any]) -> list[str]:
    schema = threat_schema()
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


def test_the_verdict_comes_first(run: Run) -> None:
    outcome = run("threat", "toy-talks", "levy")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert "[levy]" in lines[0]
    assert lines[1].split()[0] == "verdict"
    text = " ".join(outcome.out.split())
    found = document(run)
    for sentence in (*found["left_out"], found["retaliation"]["what"], found["model"]["base"]):
        assert sentence in text
    for setting in found["settings"]:
        assert f"model {setting['family']}, deficits {setting['closure']}" in text
        assert f"elasticities {setting['elasticity']}" in text
    plain, weighted = (found["verdict"]["objectives"][k] for k in ("none", "scenario"))
    assert f"in real income credible in {plain['credible']} of {plain['cells']}" in text
    assert f"political weights credible in {weighted['credible']} of {weighted['cells']}" in text
    assert "main setting: up to 1.11 (1.5 is outside)" in text
    assert "Home's farmers (HOM), activity, not wages:" in text
    assert "it costs more than silence: FOR in 18 of 18 settings" in text
    assert "~-0.01" in text
    labour = run("threat", "toy-talks", "levy", "--model", "specific-labour").out
    assert "Home's farmers (HOM), incomes of those employed there:" in " ".join(labour.split())
    assert all(len(line) <= 110 for line in lines)
    assert "nan" not in text.lower().split()


def test_json_is_as_the_schema_says(run: Run) -> None:
    found = document(run)
    assert faults(found) == []
    assert found["kind"] == "threat"
    assert len(found["settings"]) == 18
    assert [s["main"] for s in found["settings"]].count(True) == 1
    assert found["verdict"]["verdict"] == "depends"
    assert faults(found | {"new_field": 1}) != []
    del found["verdict"]["flips"]
    assert faults(found) != []


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/threat.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == threat_schema()


def test_settings_are_restricted_and_shown(run: Run) -> None:
    found = document(run, *ONE)
    assert [(s["family"], s["closure"], s["elasticity"]) for s in found["settings"]] == [
        ("caliendo-parro", "zero", "uniform-4")
    ]
    assert found["model"]["closure"] == "zero"
    assert "deficits purged" in found["model"]["base"]
    models = document(run, "--closure", "zero", "--elasticity", "mixed")["settings"]
    assert {s["family"] for s in models} >= {"caliendo-parro", "ossa", "specific-labour"}


def test_reputation_cost_is_in_per_cent(run: Run) -> None:
    found = document(run, *ONE, "--rho", "50")
    assert found["reputation_cost_pct"] == 50
    assert found["verdict"]["verdict"] == "credible"


def test_csv_holds_the_figures_of_the_document(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    outcome = run("threat", "toy-talks", "levy", *ONE, "--csv", folder)
    assert outcome.code == 0
    names = {path.stem for path in folder.iterdir()}
    assert names == {
        "threat",
        "outcomes",
        "constituencies",
        "weights",
        "weight_ranges",
        "answers",
        "flips",
        "certificates",
        "retaliation",
    }
    with (folder / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        rows = {(r["case"], r["party"]): r for r in csv.DictReader(file)}
    for c in document(run, *ONE)["settings"][0]["cases"]:
        for party, figures in c["parties"].items():
            assert float(rows[c["case"], party]["ev_usd_bn"]) == figures["ev_usd_bn"]
    again = run("threat", "toy-talks", "levy", *ONE, "--csv", folder)
    assert again.code == 2
    assert "--force" in again.err
    assert run("threat", "toy-talks", "levy", *ONE, "--csv", folder, "--force").code == 0


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("levi",), "did you mean 'levy'?"),
        (("levy", "--model", "osa"), "did you mean 'ossa'?"),
        (("levy", "--closure", "zerro"), "did you mean 'zero'?"),
        (("levy", "--elasticity", "uniform-5"), "did you mean 'uniform-4'?"),
        (("levy", "--rho", "-1"), "from 0 up"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_2_with_what_was_meant(run: Run, words: tuple[str, ...], meant: str) -> None:
    outcome = run("threat", "toy-talks", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert meant in outcome.err
    assert outcome.err.count("error") == 1


def test_what_is_not_certified_is_3_and_shows_no_figure(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.games.certificate.Certificate.ok", property(lambda _: False))
    outcome = run("threat", "toy-talks", "levy", *ONE, "--json")
    assert outcome.code == 3
    assert "not proven" in outcome.err
    found = json.loads(outcome.out)
    assert faults(found) == []
    best = found["settings"][0]["cases"][-1]
    assert best["status"] == "not certified"
    assert (best["parties"], best["third_parties_ev_usd_bn"]) == (None, None)
    assert found["retaliation"]["rates"] == []
    text = run("threat", "toy-talks", "levy", *ONE)
    assert text.code == 3
    assert "not certified" in text.out
