"""``parley solve``: one counterfactual, of a scenario or of a table of changes."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from parley.report.schema import report_schema

from .conftest import Run

HEADER = "exporter,importer,sector,tariff\n"
GOOD = HEADER + "FOR,HOM,CARS,0.25\nHOM,FOR,FOOD,0.05\n"


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    path = tmp_path / "c.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_every_table_is_printed(run: Run, changes: Path) -> None:
    outcome = run("solve", "--world", "toy", "--changes", changes)
    assert (outcome.code, outcome.err) == (0, "")
    text = outcome.out
    assert "residual" in text
    for heading in ("Welfare", "First-order", "Accounts", "Sectors", "Goods trade"):
        assert heading in text
    for label in ("HOM", "FOR", "RST", "FOOD", "CARS", "world-share", "uniform-4"):
        assert label in text


def test_json_is_as_the_schema_says(run: Run, changes: Path) -> None:
    document = json.loads(run("solve", "--world", "toy", "--changes", changes, "--json").out)
    Draft202012Validator(report_schema()).validate(document)
    assert document["kind"] == "solve"
    assert document["scenario"] is None
    regions = document["packages"][0]["regions"]
    cars = regions["HOM"]["sectors"][document["world"]["sectors"].index("CARS")]
    assert cars["imports_change_usd_bn"] < 0
    assert regions["FOR"]["government_revenue_change_usd_bn"] < 0


def test_no_changes_change_nothing(run: Run) -> None:
    document = json.loads(run("solve", "--world", "toy", "--json").out)
    Draft202012Validator(report_schema()).validate(document)
    package = document["packages"][0]
    for region in package["regions"].values():
        assert region["real_income_pct"] == pytest.approx(0, abs=1e-9)
    assert package["world"]["ev_usd_bn"] == pytest.approx(0, abs=1e-9)


def test_a_package_is_the_same_in_solve_and_brief(run: Run) -> None:
    words = ("toy-talks", "--package", "small-deal", "--json")
    solved, brief = (json.loads(run(verb, *words).out) for verb in ("solve", "brief"))
    assert solved["packages"] == brief["packages"]
    Draft202012Validator(report_schema()).validate(solved)


@pytest.mark.parametrize(
    ("model", "shown", "hidden"),
    [
        ("caliendo-parro", (), ("profits", "variety")),
        ("ossa", ("profits",), ("variety",)),
        ("krugman", ("variety",), ("profits",)),
        ("specific-labour:no-inputs", (), ("profits", "variety")),
    ],
)
def test_a_family_on_a_world(
    run: Run, changes: Path, model: str, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    words = ("solve", "--world", "toy", "--changes", changes, "--model", model)
    document = json.loads(run(*words, "--json").out)
    Draft202012Validator(report_schema()).validate(document)
    assert document["model"]["family"] == model
    lines = run(*words).out.splitlines()
    assert any(line.split()[:2] == ["model", f"{model};"] for line in lines)
    start = next(k for k, line in enumerate(lines) if line.startswith("First-order"))
    heading = next(line for line in lines[start + 1 :] if "region" in line)
    assert all(word in heading for word in shown)
    assert not any(word in heading for word in hidden)


def test_one_sector_on_a_world(run: Run, changes: Path) -> None:
    words = (
        "solve",
        "--world",
        "toy",
        "--changes",
        changes,
        "--model",
        "caliendo-parro:one-sector",
    )
    document = json.loads(run(*words, "--json").out)
    Draft202012Validator(report_schema()).validate(document)
    assert document["world"]["sectors"] == ["ALL"]
    assert [s["sector"] for s in document["packages"][0]["regions"]["HOM"]["sectors"]] == ["ALL"]


def test_a_package_under_a_family_is_the_same_in_solve_and_brief(run: Run) -> None:
    words = ("toy-talks", "--package", "small-deal", "--model", "specific-labour", "--json")
    solved, brief = (json.loads(run(verb, *words).out) for verb in ("solve", "brief"))
    assert solved["model"]["family"] == "specific-labour"
    assert solved["packages"] == brief["packages"]


def test_csv_writes_tables(run: Run, changes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    words = ("solve", "--world", "toy", "--changes", changes, "--csv", folder)
    assert run(*words).code == 0
    names = {path.name for path in folder.iterdir()}
    assert names == {"model.csv", "regions.csv", "sectors.csv", "bilateral.csv"}
    refused = run(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run(*words, "--force").code == 0


def test_cost_and_export_tax_are_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(
        "exporter,importer,sector,tariff,cost,export_tax\n"
        "FOR,HOM,CARS,,0.95,\nHOM,FOR,FOOD,,,0.1\n",
        encoding="utf-8",
    )
    document = json.loads(run("solve", "--world", "toy", "--changes", path, "--json").out)
    regions = document["packages"][0]["regions"]
    assert regions["HOM"]["government_revenue_change_usd_bn"] > 0


BROKEN = {
    "empty file": ("", "empty"),
    "no instrument": ("exporter,importer,sector\nFOR,HOM,CARS\n", "tariff, cost, export_tax"),
    "unknown column": ("exporter,importer,sector,tarif\nFOR,HOM,CARS,0.1\n", "'tariff'"),
    "missing column": ("exporter,importer,tariff\nFOR,HOM,0.1\n", "sector"),
    "semicolons": ("exporter;importer;sector;tariff\nFOR;HOM;CARS;0.1\n", "semicolons"),
    "unknown region": (HEADER + "FRO,HOM,CARS,0.1\n", "did you mean 'FOR'?"),
    "unknown sector": (HEADER + "FOR,HOM,CAR,0.1\n", "did you mean 'CARS'?"),
    "home sales": (HEADER + "HOM,HOM,CARS,0.1\n", "both 'HOM'"),
    "twice": (HEADER + "FOR,HOM,CARS,0.1\nFOR,HOM,CARS,0.2\n", "line 3"),
    "per cent": (HEADER + "FOR,HOM,CARS,25%\n", "0.25"),
    "not a number": (HEADER + "FOR,HOM,CARS,nan\n", "finite"),
    "minus 100 %": (HEADER + "FOR,HOM,CARS,-1\n", "-1"),
    "cost of nothing": ("exporter,importer,sector,cost\nFOR,HOM,CARS,0\n", "iceberg"),
    "nothing in the row": (HEADER + "FOR,HOM,CARS,\n", "changes nothing"),
    "too many cells": (HEADER + 'FOR,HOM,CARS,"0.1",5\n', "5 cells"),
    "empty label": (HEADER + ",HOM,CARS,0.1\n", "exporter is empty"),
}


@pytest.mark.parametrize(("text", "hint"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_one_clear_error(run: Run, tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text, encoding="utf-8")
    one_error(run("solve", "--world", "toy", "--changes", path), str(path), hint)


def test_a_table_that_is_not_text_is_one_clear_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(GOOD.encode("utf-16"))
    one_error(run("solve", "--world", "toy", "--changes", path), str(path), "UTF-16")
    path.write_bytes(HEADER.encode() + b"F\xd6R,HOM,CARS,0.1\n")
    one_error(run("solve", "--world", "toy", "--changes", path), str(path), "UTF-8")


def test_a_table_that_is_missing_is_one_clear_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    one_error(run("solve", "--world", "toy", "--changes", path), str(path), "check the path")


def one_error(outcome: object, where: str, hint: str) -> None:
    code, out, err = (getattr(outcome, name) for name in ("code", "out", "err"))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("error") == 1
    assert where in err
    assert hint in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), "--world"),
        (("toy-talks", "--world", "toy"), "--world"),
        (("toy-talks",), "small-deal"),
        (("toy-talks", "--package", "smal-deal"), "did you mean 'small-deal'?"),
        (("toy-talks", "--package", "small-deal", "--changes", "c.csv"), "--world"),
        (("--world", "toy", "--package", "small-deal"), "--package"),
        (("--world", "toy", "--closure", "zer"), "did you mean 'zero'?"),
        (("--world", "toy", "--elasticity", "mixd"), "did you mean 'mixed'?"),
        (("--world", "toy", "--model", "krugmann"), "did you mean 'krugman'?"),
        (("--world", "toyy"), "toy"),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_clear_error(run: Run, words: tuple[str, ...], hint: str) -> None:
    one_error(run("solve", *words), "", hint)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_hopeless_policy_is_3_and_shows_no_figure(
    run: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    rows = [
        f"{exporter},{importer},{sector},-0.99\n"
        for exporter, importer in itertools.permutations(("HOM", "FOR", "RST"), 2)
        for sector in ("FOOD", "CARS")
    ]
    path, folder = tmp_path / "c.csv", tmp_path / "tables"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    outcome = run("solve", "--world", "toy", "--changes", path, "--csv", folder, *form)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("not converged: ")
    assert "residuals: " in outcome.err
    assert " -> " in outcome.err
    assert "Traceback" not in outcome.err
    assert not folder.exists()


def test_piped_text_is_plain(changes: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "parley", "solve", "--world", "toy", "--changes", str(changes)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_a_header_alone_is_the_zero_shock(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("exporter,importer,sector,tariff\n", encoding="utf-8")
    outcome = run("solve", "--world", "toy", "--changes", path, "--json")
    assert outcome.code == 0
    (package,) = json.loads(outcome.out)["packages"]
    assert package["iterations"] >= 1
    assert max(abs(r["real_income_pct"]) for r in package["regions"].values()) <= 1e-10


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("FOR,HOM,CARS,25,", "25 % is 0.25"),
        ("FOR,HOM,CARS,1e308,", "taken for a slip"),
        ("FOR,HOM,CARS,,1e-300", "an iceberg factor"),
    ],
)
def test_a_slip_of_the_unit_is_caught(run: Run, tmp_path: Path, row: str, hint: str) -> None:
    path = tmp_path / "slip.csv"
    path.write_text(f"exporter,importer,sector,tariff,cost\n{row}\n", encoding="utf-8")
    one_error(run("solve", "--world", "toy", "--changes", path), str(path), hint)


def test_a_purged_base_is_named(run: Run) -> None:
    for closure, said in (("zero", "toy, deficits purged"), ("world-share", "toy")):
        outcome = run("solve", "--world", "toy", "--closure", closure, "--json")
        assert json.loads(outcome.out)["model"]["base"] == said
