"""``parley brief``: its text, its JSON, its tables, and what it refuses."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.report.schema import report_schema

from .conftest import Run

PACKAGES = ["small-deal", "free-trade", "cars-hit", "cars-hit-food-answered"]


def said(text: str) -> str:
    """Return text on one line, so that no test depends on where lines break."""
    return " ".join(text.split())


def test_text_names_packages_model_and_residual(run: Run) -> None:
    outcome = run("brief", "toy-talks")
    assert (outcome.code, outcome.err) == (0, "")
    text = said(outcome.out)
    document: dict[str, Any] = json.loads(run("brief", "toy-talks", "--json").out)
    assert [p["id"] for p in document["packages"]] == PACKAGES
    for package in document["packages"]:
        assert package["id"] in text
        assert package["label"] in text
    model = document["model"]
    for word in (model["family"], model["closure"], model["elasticity"]["name"], "residual"):
        assert word in text
    assert re.search(r"residual[^;]*\de-\d\d", text)
    assert document["title"] in text
    assert document["as_of"] in text
    for sentence in document["left_out"]:
        assert sentence in text
    assert "nan" not in text.lower().split()


def test_json_is_as_the_schema_says(run: Run) -> None:
    outcome = run("brief", "toy-talks", "--package", "small-deal", "--json")
    document = json.loads(outcome.out)
    Draft202012Validator(report_schema()).validate(document)
    assert document["kind"] == "brief"
    assert [p["id"] for p in document["packages"]] == ["small-deal"]


def test_packages_are_shown_as_asked_and_once(run: Run) -> None:
    words = [w for p in ("cars-hit", "small-deal", "cars-hit") for w in ("--package", p)]
    document = json.loads(run("brief", "toy-talks", *words, "--json").out)
    assert [p["id"] for p in document["packages"]] == ["cars-hit", "small-deal"]


def test_figures_do_not_depend_on_what_else_is_asked(run: Run) -> None:
    full = json.loads(run("brief", "toy-talks", "--json").out)["packages"]
    one = json.loads(run("brief", "toy-talks", "--package", "free-trade", "--json").out)
    assert one["packages"] == [p for p in full if p["id"] == "free-trade"]


def test_settings_are_taken_and_shown(run: Run) -> None:
    words = ("--closure", "zero", "--elasticity", "mixed", "--package", "small-deal")
    model = json.loads(run("brief", "toy-talks", *words, "--json").out)["model"]
    assert (model["closure"], model["elasticity"]["name"]) == ("zero", "mixed")
    text = said(run("brief", "toy-talks", *words).out)
    assert "mixed" in text
    assert "zero" in text


def test_the_family_is_taken_and_shown_everywhere(run: Run, tmp_path: Path) -> None:
    words = ("--model", "ossa:one-sector", "--package", "small-deal")
    document = json.loads(run("brief", "toy-talks", *words, "--json").out)
    Draft202012Validator(report_schema()).validate(document)
    assert document["model"]["family"] == "ossa:one-sector"
    (package,) = document["packages"]
    assert {r["family"] for r in package["sensitivity"]} == {"ossa:one-sector", "caliendo-parro"}
    text = said(run("brief", "toy-talks", *words, "--csv", tmp_path).out)
    assert "model ossa:one-sector; trade deficits: world-share" in text
    for name in ("model", "sensitivity"):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.DictReader(file))["family"] == "ossa:one-sector"


def test_csv_writes_tables_and_still_prints(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    words = ("brief", "toy-talks", "--package", "small-deal")
    outcome = run(*words, "--csv", folder)
    assert outcome.code == 0
    assert outcome.out == run(*words).out
    names = {path.name for path in folder.iterdir()}
    assert {"model.csv", "regions.csv", "sectors.csv", "bilateral.csv", "terms.csv"} <= names
    document = json.loads(run(*words, "--json").out)
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["region"]: row for row in csv.DictReader(file)}
    for label, region in document["packages"][0]["regions"].items():
        assert float(rows[label]["real_income_pct"]) == region["real_income_pct"]


def test_csv_overwrites_only_by_force(run: Run, tmp_path: Path) -> None:
    words = ("brief", "toy-talks", "--package", "small-deal", "--csv", tmp_path)
    kept = tmp_path / "regions.csv"
    kept.write_text("mine\n", encoding="utf-8")
    refused = run(*words)
    assert refused.code == 2
    assert refused.out == ""
    assert str(tmp_path) in refused.err
    assert "--force" in refused.err
    assert kept.read_text(encoding="utf-8") == "mine\n"
    assert [p.name for p in tmp_path.iterdir()] == ["regions.csv"]
    assert run(*words, "--force").code == 0
    assert kept.read_text(encoding="utf-8").startswith("package,region,")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("--package", "smal-deal"), "small-deal"),
        (("--closure", "world-shar"), "world-share"),
        (("--closure", "fixed:HON"), "HOM"),
        (("--elasticity", "uniform-5"), "uniform-4"),
        (("--model", "osa"), "ossa"),
        (("--model", "ossa:one-setor"), "one-sector"),
    ],
    ids=" ".join,
)
def test_unknown_names_are_2_with_what_was_meant(
    run: Run, words: tuple[str, str], meant: str
) -> None:
    outcome = run("brief", "toy-talks", *words)
    assert outcome.code == 2
    assert outcome.out == ""
    assert f"did you mean '{meant}'?" in outcome.err
    assert words[1].rpartition(":")[2] in outcome.err
    assert outcome.err.count("error") == 1
    assert "Traceback" not in outcome.err


def test_unknown_scenario_is_2(run: Run) -> None:
    outcome = run("brief", "toy-talk")
    assert outcome.code == 2
    assert "toy-talks" in outcome.err
    assert "Traceback" not in outcome.err


def test_piped_text_is_plain() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "parley", "brief", "toy-talks", "--package", "small-deal"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""
