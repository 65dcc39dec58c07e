"""The simulator's gradients on an embedded world of 7 regions and 28 sectors."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium.simulator import simulator
from parley.files.embedded import load_embedded
from parley.policy import Change, apply_changes
from tests.unit import gradients

THETA = "uniform-4"


@pytest.fixture(scope="module")
def lite() -> World:
    return load_embedded("world-2017-lite")


@pytest.mark.parametrize("model", ["caliendo-parro", "ossa", "krugman", "specific-labour"])
def test_gradients_are_finite_differences(lite: World, model: str) -> None:
    """Part of a flow bears an extra duty; with free entry no sector closes near the point."""
    goods = lite.sectors[5]
    extra = Change("USA", "CHN", goods, "additional-tariff", 0.05, "x", "part", share_of_flow=0.4)
    policy = apply_changes(lite, [extra], lite.elasticity(THETA).theta)
    sim = simulator(lite, policy, elasticity=THETA, model=model)
    entry = model == "krugman"
    most = 0.005 if entry else 0.02
    draw = np.random.default_rng(1).uniform(0, most, sim.tariff.shape)
    tariff = sim.tariff + gradients.foreign(sim) * draw
    if entry:
        assert sim.equilibrium(sim.at(tariff)).variety_hat.min() > 0.05
    gradients.check(sim, tariff, seed=1, step=0.001 if entry else 0.004)


@pytest.mark.parametrize("closure", ["fixed:USA", "own-share", "zero"])
@pytest.mark.parametrize("model", ["caliendo-parro", "ossa"])
def test_under_every_closure(lite: World, model: str, closure: str) -> None:
    sim = simulator(lite, elasticity=THETA, closure=closure, model=model)
    draw = np.random.default_rng(2).uniform(0, 0.1, sim.tariff.shape)
    gradients.check(sim, sim.tariff + gradients.foreign(sim) * draw, seed=2, step=0.006)
