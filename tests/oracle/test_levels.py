"""Every equation of every family judged in levels: all instruments at once, under all closures."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium import solve
from parley.files.embedded import load_embedded
from tests.oracle import closures, levels, package

Array = np.ndarray


@pytest.fixture(scope="module")
def lite() -> World:
    """An embedded world with deficits and inputs, 7 x 28."""
    return first_elasticity(load_embedded("world-2017-lite"), "uniform-4")


@pytest.fixture(scope="module")
def toy() -> World:
    """An embedded world with deficits and inputs, 3 x 2, its elasticities mixed."""
    return first_elasticity(load_embedded("toy"), "mixed")


def first_elasticity(world: World, name: str) -> World:
    """The world with one elasticity set only."""
    return world.with_changes(elasticities=(world.elasticity(name),))


def war(world: World, seed: int) -> Array:
    """New tariffs [n,i,s] between 5 points below and 40 above the old ones."""
    n = len(world.regions)
    draw = np.random.default_rng(seed).uniform(-0.05, 0.4, world.tariffs.shape)
    return world.tariffs + np.where(np.eye(n, dtype=bool)[:, :, None], 0.0, draw)


@pytest.mark.parametrize("closure", closures.CLOSURES)
@pytest.mark.parametrize("model", ["ossa", "krugman", "specific-labour", "caliendo-parro"])
def test_every_equation_in_levels(toy: World, model: str, closure: str) -> None:
    """Tariffs, iceberg costs and export taxes at once, on a base with deficits."""
    rng = np.random.default_rng(11)
    shape = toy.tariffs.shape
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    policy = package.policy_of(
        toy,
        war(toy, 9),
        1 + foreign * rng.uniform(-0.1, 0.2, shape),
        foreign * rng.uniform(0, 0.2, shape),
    )
    found = solve(toy, policy, closure=closure, model=model).require()
    gaps = levels.errors(found, closure)
    assert max(gaps.values()) < 1e-9, gaps


@pytest.mark.parametrize("closure", [*closures.CLOSURES, "zero"])
@pytest.mark.parametrize("model", ["ossa", "krugman", "specific-labour"])
def test_tariffs_in_levels_on_the_data(lite: World, model: str, closure: str) -> None:
    policy = package.policy_of(lite, war(lite, 10))
    found = solve(lite, policy, closure=closure, model=model).require()
    gaps = levels.errors(found, closure)
    assert max(gaps.values()) < 1e-9, gaps
