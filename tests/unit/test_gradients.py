"""The simulator: what a point says, and its gradients against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium import CLOSURES, solve
from parley.equilibrium.simulator import WorldSimulator, simulator
from parley.files.embedded import load_embedded
from parley.policy import Change, Policy, apply_changes
from tests.unit import gradients

MODELS = ("caliendo-parro", "ossa", "krugman", "specific-labour")
EVERY = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def toy() -> World:
    return load_embedded("toy")


def cut(world: World) -> Policy:
    """A base policy in which parts of two flows bear duties of their own."""
    home, other, third = world.regions
    first, second = world.sectors
    changes = [
        Change(home, other, first, "additional-tariff", 0.15, "extra", "part", share_of_flow=0.4),
        Change(third, home, second, "tariff", 0.2, slice="some", share_of_flow=0.25),
        Change(other, home, first, "cost", 1.05),
    ]
    policy = apply_changes(world, changes, world.elasticity("mixed").theta)
    assert len(policy.slices) == 4
    return policy


def moved(sim: WorldSimulator, seed: int, most: float = 0.2) -> np.ndarray:
    """Tariffs a little above the base's on every flow."""
    draw = np.random.default_rng(seed).uniform(0, most, sim.tariff.shape)
    return sim.tariff + gradients.foreign(sim) * draw


@EVERY
@pytest.mark.parametrize("closure", [*CLOSURES, "fixed:SUD"])
def test_gradients_are_finite_differences(toy: World, model: str, closure: str) -> None:
    closure = closure.replace("SUD", toy.regions[-1])
    sim = simulator(toy, elasticity="mixed", closure=closure, model=model)
    gradients.check(sim, moved(sim, 1), seed=2)


@EVERY
def test_gradients_from_a_base_with_parts(toy: World, model: str) -> None:
    """The base is met exactly, and slopes are right at it and away from it."""
    policy = cut(toy)
    sim = simulator(toy, policy, elasticity="mixed", closure="own-share", model=model)
    np.testing.assert_array_equal(sim.tariff, policy.tariff_prime)
    base = solve(toy, policy, elasticity="mixed", closure="own-share", model=model).require()
    here = sim.at(sim.tariff)
    expected = base.sector_income / base.consumer_price_hat[:, None]
    np.testing.assert_allclose(here.real_income, expected, rtol=1e-10)
    gradients.check(sim, np.array(sim.tariff), seed=3)
    gradients.check(sim, moved(sim, 4), seed=4)


def test_all_parts_of_a_flow_move_in_proportion(toy: World) -> None:
    """Setting a cut flow's tariff is scaling one plus the duty of each of its parts."""
    home, other, _ = toy.regions
    first = toy.sectors[0]
    theta = toy.elasticity("mixed").theta
    now = toy.tariffs[0, 1, 0]
    factor = 1.3

    def parts(scale: float) -> Policy:
        part = (1 + now + 0.15) * scale - 1
        rest = (1 + now) * scale - 1
        changes = [
            Change(home, other, first, "tariff", rest),
            Change(home, other, first, "tariff", part, slice="part", share_of_flow=0.4),
        ]
        return apply_changes(toy, changes, theta)

    sim = simulator(toy, parts(1.0), elasticity="mixed")
    tariff = np.array(sim.tariff)
    tariff[0, 1, 0] = (1 + tariff[0, 1, 0]) * factor - 1
    wedges, meant = sim.policy_at(tariff), parts(factor)
    np.testing.assert_allclose(wedges.tariff_prime, meant.tariff_prime, rtol=1e-12)
    np.testing.assert_allclose(wedges.cost_hat, meant.cost_hat, rtol=1e-12)


@EVERY
def test_a_point_is_the_equilibrium(toy: World, model: str) -> None:
    sim = simulator(toy, elasticity="mixed", model=model)
    point = sim.at(moved(sim, 5))
    assert point.ok
    assert point.residual < 1e-9
    at = sim.equilibrium(point).require()
    index = at.consumer_price_hat[:, None]
    np.testing.assert_allclose(point.real_income, at.sector_income / index, rtol=1e-9)
    np.testing.assert_allclose(point.imports, at.customs_value / index[:, None], rtol=1e-9)
    np.testing.assert_allclose(point.share, at.expenditure_share, rtol=1e-9)
    again = sim.at(point.tariff, near=point)
    np.testing.assert_allclose(again.real_income, point.real_income, rtol=1e-10)


def test_gradients_add_up(toy: World) -> None:
    """They are linear in the objective: weights of one add up regions' real incomes."""
    sim = simulator(toy, elasticity="mixed")
    point = sim.at(moved(sim, 6))
    n, s = len(sim.regions), len(sim.sectors)
    each = sim.gradients(point, np.eye(n * s).reshape(n * s, n, s))
    whole = sim.gradients(point, np.ones((2, n, s)))[0]
    np.testing.assert_allclose(each.sum(axis=0), whole, rtol=1e-9, atol=1e-9)
