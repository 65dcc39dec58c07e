"""Gradients in the trade elasticities against central differences; the delta interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from parley import load_world
from parley.economy import World
from parley.equilibrium import solve
from parley.equilibrium.elasticities import (
    CENTRAL_DIFFERENCES,
    IMPLICIT,
    ElasticityGradient,
    delta_interval,
    elasticity_gradient,
)
from parley.policy import Change, apply_changes
from tests.unit.worlds import random_world

Array = NDArray[np.float64]


def _drawn() -> World:
    """A world with deficits; export taxes of zero, so that each family is compiled once."""
    world = random_world(3, 2, seed=5)
    return world.with_changes(export_tax=np.zeros_like(world.tariffs))


def _toy() -> World:
    world = load_world("toy")
    return world.with_changes(export_tax=np.zeros_like(world.tariffs))


def _changes(world: World) -> tuple[list[Change], list[Change]]:
    """A base with one duty; a new policy with a cut flow, an export tax and a cost."""
    r, s = world.regions, world.sectors
    base = [Change(r[0], r[1], s[0], "tariff", 0.15)]
    new = [
        Change(r[0], r[1], s[0], "additional-tariff", 0.5, "x", "cut", 0.3),
        Change(r[0], r[2], s[1], "additional-tariff", 0.4, "x", "part", 0.6, now=0.01),
        Change(r[1], r[0], s[1], "tariff", 0.3),
        Change(r[1], r[2], s[0], "export-tax", 0.2),
        Change(r[2], r[1], s[1], "cost", 1.05),
    ]
    return base, new


def _hat(world: World, theta: Array, closure: str, model: str) -> Array:
    base, new = _changes(world)
    elasticity = replace(world.elasticities[0], theta=theta)
    income = [
        solve(
            world,
            apply_changes(world, steps, theta, partition=[*base, *new]),
            elasticity=elasticity,
            closure=closure,
            model=model,
        )
        .require()
        .real_income_hat
        for steps in (base, new)
    ]
    ratio: Array = income[1] / income[0]
    return ratio


def _differences(world: World, closure: str, model: str) -> Array:
    """Fourth-order central differences, everything solved again, [region, sector]."""
    theta = world.elasticities[0].theta
    columns = []
    for s in range(len(theta)):
        h = np.zeros_like(theta)
        h[s] = 2e-3 * theta[s]
        value = [_hat(world, theta + k * h, closure, model) for k in (-2, -1, 1, 2)]
        columns.append((value[0] - 8 * value[1] + 8 * value[2] - value[3]) / (12 * h[s]))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("model", ["caliendo-parro", "ossa", "krugman"])
@pytest.mark.parametrize("closure", ["zero", "own-share"])
def test_gradient_is_that_of_the_whole_computation(model: str, closure: str) -> None:
    world = _drawn()
    base, new = _changes(world)
    found = elasticity_gradient(world, base, new, closure=closure, model=model)
    theta = world.elasticities[0].theta
    np.testing.assert_allclose(
        found.real_income_hat, _hat(world, theta, closure, model), rtol=1e-10
    )
    expected = _differences(world, closure, model)
    assert found.method == IMPLICIT
    assert np.abs(expected).max() > 1e-4
    np.testing.assert_allclose(found.gradient, expected, atol=1e-6 * np.abs(expected).max())


def test_one_sector_models_are_differenced() -> None:
    world = _drawn()
    base, new = _changes(world)
    model = "caliendo-parro:one-sector"
    found = elasticity_gradient(world, base, new, model=model, regions=["R1"])
    assert found.method == CENTRAL_DIFFERENCES
    assert found.regions == ("R1",)
    expected = _differences(world, "world-share", model)[1:2]
    np.testing.assert_allclose(found.gradient, expected, atol=1e-6 * np.abs(expected).max())


def test_some_regions_are_rows_of_all() -> None:
    world = _toy()
    base, new = _changes(world)
    every = elasticity_gradient(world, base, new)
    some = elasticity_gradient(world, base, new, regions=[world.regions[2]])
    np.testing.assert_allclose(some.gradient, every.gradient[2:], rtol=1e-12)
    np.testing.assert_allclose(some.real_income_hat, every.real_income_hat[2:], rtol=1e-12)


def test_no_change_does_not_depend_on_elasticities() -> None:
    world = _toy()
    base, _ = _changes(world)
    found = elasticity_gradient(world, base, base)
    np.testing.assert_array_equal(found.real_income_hat, 1.0)
    np.testing.assert_allclose(found.gradient, 0.0, atol=1e-15)


def test_delta_interval_against_draws() -> None:
    world = _drawn()
    base, new = _changes(world)
    found = elasticity_gradient(world, base, new)
    interval = delta_interval(found, relative_se=0.05, level=0.9)
    rng = np.random.default_rng(0)
    theta = world.elasticities[0].theta
    draws = [
        100
        * (
            _hat(world, theta * (1 + 0.05 * rng.normal(size=2)), "world-share", "caliendo-parro")
            - 1
        )
        for _ in range(400)
    ]
    np.testing.assert_allclose(np.std(draws, axis=0), interval.standard_error, rtol=0.15)
    inside = ((draws >= interval.low) & (draws <= interval.high)).mean(axis=0)
    assert np.all((inside > 0.85) & (inside < 0.95))
    np.testing.assert_allclose(interval.percent, 100 * (found.real_income_hat - 1))


def test_delta_interval_in_closed_form_and_its_refusals() -> None:
    gradient = ElasticityGradient(
        ("A",), np.array([2.0, 4.0]), np.array([1.01]), np.array([[0.03, 0.01]]), IMPLICIT
    )
    interval = delta_interval(gradient, se=np.array([0.1, 0.4]), level=0.95)
    assert interval.standard_error[0] == pytest.approx(100 * np.hypot(0.003, 0.004))
    assert interval.high[0] - interval.percent[0] == pytest.approx(0.5 * 1.959964, rel=1e-6)
    same = delta_interval(gradient, relative_se=np.array([0.05, 0.1]), level=0.95)
    assert same.standard_error[0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="either"):
        delta_interval(gradient)
    with pytest.raises(ValueError, match="level"):
        delta_interval(gradient, relative_se=0.1, level=90)
    with pytest.raises(ValueError, match="negative"):
        delta_interval(gradient, relative_se=-0.1)
