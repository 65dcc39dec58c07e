"""What must hold of any game on any world: gains, bounds, labels, certificates."""

from __future__ import annotations

import numpy as np
import pytest

from parley.arena import Arena, Rules, arena_of_world
from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.studies import Setting

PARTIES = ("A", "B", "C")
MODELS = ("caliendo-parro", "ossa", "specific-labour")


def random_world(seed: int, inputs: bool) -> World:
    """Return a 3 x 2 world with tariffs, elasticities from 1 to 15, mostly domestic trade."""
    rng = np.random.default_rng(seed)
    n, s = 3, 2
    own = np.arange(n)
    flows = 10 * rng.lognormal(0, 0.8, (n, n, s))
    flows[own, own] *= rng.uniform(4, 30)
    tariffs = rng.uniform(0, 0.4, (n, n, s))
    tariffs[own, own] = 0
    value_added = input_share = None
    if inputs:
        kept = rng.uniform(0.5, 0.9, (n, s))
        input_share = rng.dirichlet(np.ones(s), (n, s)).transpose(0, 2, 1) * (1 - kept)[:, None]
        value_added = 1 - input_share.sum(axis=1)
    return World(
        name=f"random {seed}",
        year=2000,
        regions=PARTIES,
        sectors=("x", "y"),
        flows=flows,
        tariffs=tariffs,
        elasticities=(ElasticitySet("random", rng.uniform(1, 15, s)),),
        value_added_share=value_added,
        input_share=input_share,
    )


def arena(seed: int, model: str) -> Arena:
    world = random_world(seed, inputs=bool(seed % 2))
    return arena_of_world(world, Setting("zero", "random", model))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5])
def test_optimum_gains_and_hurts_in_sum(seed: int, model: str) -> None:
    at = arena(seed, model)
    found = at.optimum("A", Rules())
    assert found.certificate.ok
    assert found.gain_pct >= 0
    common = at.optimum("A", Rules(mfn=True))
    assert common.certificate.ok
    tight = at.optimum("A", Rules(bounds=(0.0, 0.5)))
    assert tight.certificate.ok
    assert tight.gain_pct <= found.gain_pct + 1e-9
    assert tight.point.tariff[tight.player.instruments.cells].max() <= 0.5 + 1e-12


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_wars_and_talks_are_certified(seed: int, model: str) -> None:
    at = arena(seed, model)
    war = at.nash(PARTIES, Rules())
    assert war.certificate.ok
    talks = at.cooperate(PARTIES, Rules(), "nash")
    assert talks.certificate.ok
    assert talks.gain_pct >= 0
    gains = talks.point.real_income.sum(axis=1) / talks.base.real_income.sum(axis=1) - 1
    assert 100 * gains.min() == pytest.approx(talks.gain_pct, abs=1e-6)
    assert sum(talks.multipliers) == pytest.approx(1)


def test_labels_do_not_matter() -> None:
    at = arena(1, "caliendo-parro")
    world = at.world
    order = [2, 0, 1]
    assert world.value_added_share is not None
    assert world.input_share is not None
    moved = World(
        name="moved",
        year=2000,
        regions=tuple(world.regions[k] for k in order),
        sectors=world.sectors,
        flows=world.flows[np.ix_(order, order)],
        tariffs=world.tariffs[np.ix_(order, order)],
        elasticities=world.elasticities,
        value_added_share=world.value_added_share[order],
        input_share=world.input_share[order],
    )
    one = at.nash(PARTIES, Rules())
    other = arena_of_world(moved, at.setting).nash(PARTIES, Rules())
    assert other.gains_pct == pytest.approx(one.gains_pct, abs=1e-7)
    assert other.point.tariff == pytest.approx(one.point.tariff[np.ix_(order, order)], abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_scale_of_the_world_does_not_matter(model: str) -> None:
    at = arena(2, model)
    large = at.world.with_changes(flows=1e6 * at.world.flows)
    one, other = at.optimum("B", Rules()), arena_of_world(large, at.setting).optimum("B", Rules())
    assert other.gain_pct == pytest.approx(one.gain_pct, abs=1e-8)
    assert other.point.tariff == pytest.approx(one.point.tariff, abs=1e-6)


def test_a_region_that_trades_with_nobody_stays_out() -> None:
    flows = np.zeros((3, 3, 1))
    flows[:2, :2, 0] = [[80, 20], [20, 80]]
    flows[2, 2, 0] = 50
    world = World(
        name="autarky",
        year=2000,
        regions=PARTIES,
        sectors=("x",),
        flows=flows,
        tariffs=np.zeros((3, 3, 1)),
        elasticities=(ElasticitySet("random", np.array([4.0])),),
    )
    at = arena_of_world(world, Setting("zero", "random"))
    found = at.optimum("A", Rules())
    assert found.certificate.ok
    assert 100 * found.point.tariff[0, 1, 0] == pytest.approx(28.603, abs=5e-4)
    change = found.point.real_income.sum(axis=1) / at.base.real_income.sum(axis=1) - 1
    assert 100 * change == pytest.approx([1.199, -2.189, 0.0], abs=5e-4)


def test_who_moves_first_may_decide_and_is_told() -> None:
    """Two equals behind 100 % tariffs and close substitutes: whoever moves first wins."""
    flows = np.array([[80.0, 20.0], [20.0, 80.0]])[:, :, None]
    tariffs = np.array([[0.0, 1.0], [1.0, 0.0]])[:, :, None]
    world = World(
        name="two",
        year=2000,
        regions=("A", "B"),
        sectors=("x",),
        flows=flows,
        tariffs=tariffs,
        elasticities=(ElasticitySet("random", np.array([60.0])),),
    )
    war = arena_of_world(world, Setting("zero", "random")).nash(("A", "B"), Rules())
    assert war.certificate.ok
    assert war.equilibria == 2
    first, second = (w.gains_pct for w in war.wars if w.start.endswith("moves first"))
    assert first == pytest.approx(second[::-1], abs=1e-6)
