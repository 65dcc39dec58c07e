"""``parley solve --elasticity-se``: intervals of real income from the elasticities."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from parley import load_world
from parley.economy.elasticity import ElasticitySet
from parley.equilibrium import solve
from parley.policy import Change, apply_changes
from parley.report.schema import report_schema
from tests.cli.conftest import Run


def test_interval_of_a_package(run: Run, tmp_path: Path) -> None:
    result = run(
        *("solve", "toy-talks", "--package", "cars-hit", "--elasticity-se", 0.2),
        *("--json", "--csv", tmp_path / "out"),
    )
    assert result.code == 0
    document = json.loads(result.out)
    jsonschema.validate(document, report_schema())
    record = document["elasticity_interval"]
    assert record["level"] == 0.9
    for row in record["regions"]:
        exact = document["packages"][0]["regions"][row["region"]]["real_income_pct"]
        assert row["real_income_pct"] == pytest.approx(exact, abs=1e-8)
        assert row["low_pct"] < exact < row["high_pct"]
        # Ten per cent higher is half a standard error of 20 per cent.
        effects = [2 * s["effect_pp"] for s in row["sectors"]]
        assert row["standard_error_pp"] == pytest.approx(math.hypot(*effects), rel=1e-9)
    assert (tmp_path / "out" / "elasticities.csv").exists()


def test_effect_is_that_of_solving_again(run: Run, tmp_path: Path) -> None:
    changes = tmp_path / "changes.csv"
    changes.write_text("exporter,importer,sector,tariff\nFOR,HOM,CARS,0.3\n", encoding="utf-8")
    words = ("solve", "--world", "toy", "--changes", changes, "--elasticity-se", 0.1, "--json")
    record = json.loads(run(*words).out)["elasticity_interval"]
    world = load_world("toy")
    found = []
    for factor in (1.001, 0.999):
        theta = world.elasticities[0].theta * np.array([1.0, factor])
        own = replace(world, elasticities=(ElasticitySet("moved", theta),))
        policy = apply_changes(own, [Change("HOM", "FOR", "CARS", "tariff", 0.3)], theta)
        found.append(solve(own, policy).real_income_hat / solve(own).real_income_hat)
    slope = 100 * (found[0] - found[1]) / 0.002 * 0.1
    for row in record["regions"]:
        effect = {s["sector"]: s["effect_pp"] for s in row["sectors"]}["CARS"]
        assert effect == pytest.approx(slope[world.region_index(row["region"])], rel=1e-4)


@pytest.mark.parametrize("value", ["0", "-0.1", "1.5", "nan"])
def test_wrong_standard_error(run: Run, value: str) -> None:
    result = run("solve", "toy-talks", "--package", "cars-hit", "--elasticity-se", value)
    assert result.code == 2
    assert "--elasticity-se" in result.err
