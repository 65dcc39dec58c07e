"""``parley claims``: its text, its JSON, its tables, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.report.schema_ledger import ledger_schema

from .conftest import Run

SHIPPED = ("toy-talks", "us-japan-2019")


def document(run: Run, name: str, *words: str) -> dict[str, Any]:
    outcome = run("claims", name, *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any]) -> list[str]:
    schema = ledger_schema()
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_claim_is_told(run: Run, name: str) -> None:
    outcome = run("claims", name)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    found = document(run, name)
    for claim in found["claims"]:
        assert claim["id"] in text
        assert claim["says"] in text
        assert claim["role"] in text
    for subject in found["subjects"]:
        assert f"{subject['subject']} {subject['label']}" in text
    for sentence in found["left_out"]:
        assert sentence in text
    assert all(len(line) <= 110 for line in outcome.out.splitlines())


def test_flagship_text(run: Run) -> None:
    text = " ".join(run("claims", "us-japan-2019").out.split())
    assert "threat:list-4 US$325bn Donald Trump, on record (c-325) | US$300bn the outlet's" in text
    assert "package:mini Farm access for car parts: 4 for (1 voice), 1 against" in text
    assert "contradicted by c-purchases-denied" in text
    assert "not known to be independent" in text
    no_comment = text.split("No comment (it never counts)")[1]
    assert no_comment.strip().startswith("c-declined: Japanese government official (JPN)")
    assert "cn-farm-purchases Large Chinese purchases of US farm goods (purchase, CHN to USA)" in (
        text
    )
    outcomes = text.split("What the claims speak for")[1]
    assert "against: c-all-items" in outcomes
    assert "all-items for: c-beef-pork, c-all-items" in outcomes


def test_a_class_that_stands_in_is_said(run: Run, tmp_path: Path) -> None:
    toy = tmp_path / "toy"
    assert run("scenario", "copy", "toy-talks", "--output", toy).code == 0
    script = (toy / "scenario.toml").read_text(encoding="utf-8")
    lines = [x for x in script.splitlines() if not x.startswith("reference_class")]
    (toy / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    assert "no reference class is named: 'general' stands in" in run("claims", toy).out
    assert "stands in" not in run("claims", "us-japan-2019").out
    folder = tmp_path / "mine"
    assert run("scenario", "copy", "us-japan-2019", "--output", folder).code == 0
    path = folder / "scenario.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("leaks before a summit", "leeks"), encoding="utf-8")
    assert "the class 'leeks' is not known: 'general' stands in" in run("claims", folder).out


@pytest.mark.parametrize("name", SHIPPED)
def test_json_is_as_the_schema_says(run: Run, name: str) -> None:
    found = document(run, name)
    assert faults(found) == []
    assert found["kind"] == "claims"
    assert faults(found | {"new_field": 1}) != []
    assert found["bearings"] is not None
    del found["claims"][0]["stance"]
    assert faults(found) != []


def test_only_about_one_thing(run: Run) -> None:
    found = document(run, "us-japan-2019", "--about", "threat:list-4")
    assert [c["id"] for c in found["claims"]] == ["c-325", "c-300"]
    assert found["about"] == "threat:list-4"
    assert faults(found) == []
    assert len(found["numbers"]) == 1
    text = run("claims", "us-japan-2019", "--about", "threat:list-4").out
    assert "c-325" in text
    assert "c-politico" not in text
    refused = run("claims", "us-japan-2019", "--about", "threat:list4")
    assert refused.code == 2
    assert "did you mean 'threat:list-4'?" in refused.err


def test_csv_holds_the_document(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("claims", "us-japan-2019", "--csv", folder).code == 0
    found = document(run, "us-japan-2019")
    names = {path.stem for path in folder.iterdir()}
    assert names >= {"claims", "corroborations", "contradictions", "numbers"}
    rows = {}
    for name in names:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    for name in ("claims", "corroborations", "contradictions"):
        assert len(rows[name]) == len(found[name])
    assert [float(r["value"]) for r in rows["numbers"]] == [325, 300]
    assert rows["claims"][0]["about"] == "package:mini;event:new-york"
    again = run("claims", "us-japan-2019", "--csv", folder)
    assert again.code == 2
    assert "--force" in again.err
    assert run("claims", "us-japan-2019", "--csv", folder, "--force").code == 0


def test_a_story_without_claims(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "silent.toml"
    path.write_text(
        "format = 1\ntitle = 't'\nas_of = 2020-03-01\nworld = 'toy'\n"
        "party = [{ id = 'HOM' }]\npackage = [{ id = 'p' }]\n",
        encoding="utf-8",
    )
    outcome = run("claims", path)
    assert (outcome.code, outcome.err) == (0, "")
    assert "none" in outcome.out
    assert faults(document(run, str(path))) == []
    assert "the scenario holds no claims" in run("claims", path, "--about", "package:p").err


def test_unknown_scenarios(run: Run) -> None:
    outcome = run("claims", "toy-takls")
    assert outcome.code == 2
    assert "toy-talks" in outcome.err


def test_no_claims_no_tables(run: Run, tmp_path: Path) -> None:
    """Where there is nothing to write, that is said."""
    path = tmp_path / "s.toml"
    text = f"format = 1\ntitle = 't'\nas_of = 2020-03-01\nworld = 'toy'\n{PARTIES}"
    path.write_text(text, encoding="utf-8")
    outcome = run("claims", path, "--csv", tmp_path / "out")
    assert outcome.code == 0
    assert "no claims: nothing is written" in outcome.err
    assert not (tmp_path / "out").exists()


PARTIES = "[[party]]\nid = 'HOM'\n[[party]]\nid = 'FOR'\n[[package]]\nid = 'p'\n"


ALONE = """
format = 1
title = "Claims alone"
as_of = 2020-03-01
world = "toy"

[[source]]
id = "gazette"
published = 2020-02-28

[[party]]
id = "HOM"

[[claim]]
id = "a"
speaker = { role = "minister", named = true }
source = "gazette"
about = "party:HOM"
says = "all is well"
"""


def test_a_file_of_claims_alone_has_a_ledger_and_no_brief(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "alone.toml"
    path.write_text(ALONE, encoding="utf-8")
    found = run("claims", path)
    assert (found.code, found.err) == (0, "")
    assert "1 claim on 1 thing" in found.out
    for verb in (("brief",), ("scenario", "check"), ("forecast",)):
        refused = run(*verb, path)
        assert refused.code == 2
        assert "only `parley claims` needs none" in refused.err
