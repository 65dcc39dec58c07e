"""The verbs of ``parley scenario`` on the shipped scenarios and on a broken one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from .conftest import Run

SHIPPED = ("toy-talks", "us-japan-2019")


def test_list(run: Run) -> None:
    listed = json.loads(run("scenario", "list", "--json").out)["scenarios"]
    assert {row["name"] for row in listed} >= set(SHIPPED)
    assert all(name in run("scenario", "list").out for name in SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_are_sound(run: Run, name: str) -> None:
    outcome = run("scenario", "check", name)
    assert (outcome.code, outcome.err) == (0, "")
    assert "no errors" in outcome.out
    assert json.loads(run("scenario", "check", name, "--json").out)["ok"] is True


@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_is_as_sound(run: Run, name: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert run("scenario", "copy", name, "--output", folder).code == 0
    assert run("scenario", "check", folder).code == 0
    refused = run("scenario", "copy", name, "--output", folder)
    assert refused.code == 2
    assert "--force" in refused.err


def test_show_prints_the_text(run: Run) -> None:
    assert "title" in tomllib.loads(run("scenario", "show", "toy-talks").out)


def test_a_broken_one_is_explained(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("format = 1\ntitel = 'x'\n", encoding="utf-8")
    outcome = run("scenario", "check", broken)
    assert outcome.code == 2
    assert "titel" in outcome.err
    assert "Traceback" not in outcome.err
    verdict = run("scenario", "check", broken, "--json")
    assert verdict.code == 2
    problems = json.loads(verdict.out)["problems"]
    assert problems
    assert all(problem["what"] and problem["where"] for problem in problems)


def test_unknown_names(run: Run) -> None:
    for verb in ("check", "show"):
        outcome = run("scenario", verb, "toy-takls")
        assert outcome.code == 2
        assert "toy-talks" in outcome.err


def test_schema_and_fields(run: Run) -> None:
    assert json.loads(run("scenario", "schema").out)["properties"]["as_of"]
    assert "as_of" in run("scenario", "fields").out
