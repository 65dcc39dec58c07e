"""``parley weights``: inferred political weights, labelled a proxy, with their fit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest

from parley.report.schema_games import games_schema
from tests.cli.conftest import Run

TOY = ("weights", "--world", "toy", "--party", "HOM")


@pytest.mark.parametrize("pattern", ["shift", "scale"])
def test_document_follows_the_schema_and_fits(run: Run, pattern: str) -> None:
    result = run(*TOY, "--pattern", pattern, "--json")
    assert result.code == 0
    assert "NaN" not in result.out
    document = json.loads(result.out)
    jsonschema.validate(document, games_schema())
    row = document["inferred"][0]
    assert row["certified"]
    weights = [s["weight"] for s in row["sectors"]]
    assert sum(weights) / len(weights) == pytest.approx(1)
    # Home protects food more than cars: food must weigh more.
    food, cars = row["sectors"]
    assert food["applied"] > cars["applied"]
    assert food["weight"] > cars["weight"]
    assert food["optimal"] == pytest.approx(food["target"], abs=1e-3)
    assert any("proxy" in note for note in document["notes"])


def test_text_and_tables(run: Run, tmp_path: Path) -> None:
    result = run(*TOY, "--csv", str(tmp_path / "out"))
    assert result.code == 0
    assert "proxy" in result.out.splitlines()[0]
    with (tmp_path / "out" / "weights.csv").open(encoding="utf-8") as file:
        assert [r["sector"] for r in csv.DictReader(file)] == ["FOOD", "CARS"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("weights", "--world", "toy"), "no party is named"),
        (("weights", "--world", "toy", "--party", "HOME"), "unknown party 'HOME'"),
        ((*TOY, "--pattern", "stretch"), "unknown pattern 'stretch'"),
        (("weights", "--party", "HOM"), "give either a scenario or --world"),
    ],
)
def test_wrong_input_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert said in result.err
    assert not result.out
