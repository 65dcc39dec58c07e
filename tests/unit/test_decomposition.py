"""The welfare decomposition: it adds up, its signs are right, its orders are right."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from parley import load_world
from parley.economy import World
from parley.equilibrium import solve
from parley.equilibrium.decomposition import PathDecomposition, decompose
from parley.equilibrium.models import FAMILIES
from parley.equilibrium.solve import between
from parley.equilibrium.welfare import Comparison, FirstOrder, compare, first_order
from parley.errors import NotConvergedError
from parley.policy import Change, Policy, apply_changes
from parley.policy.wedges import no_change
from tests.unit.worlds import random_world

Array = NDArray[np.float64]
TERMS = ("terms_of_trade", "volume_of_trade", "profit_shifting", "variety", "deficit")


@cache
def _world(name: str) -> World:
    """A world by name; "deficits" is one of the toy's shape with deficits and tariffs.

    The small ones have export taxes of zero, so that each family is compiled once.
    """
    if name == "world-2017-lite":
        return load_world(name)
    world = random_world(3, 2, seed=5) if name == "deficits" else load_world(name)
    return world.with_changes(export_tax=np.zeros_like(world.tariffs))


def _shock(world: World, size: float, seed: int = 3) -> Policy:
    """Random duties of up to ``size`` on top of every foreign flow."""
    rng = np.random.default_rng(seed)
    tariffs = world.tariffs + size * rng.uniform(0, 1, world.tariffs.shape)
    own = np.arange(len(world.regions))
    tariffs[own, own] = 0.0
    return Policy((1 + tariffs) / (1 + world.tariffs), tariffs, world.export_tax)


def _comparison(
    world: World,
    policy: Policy,
    model: str,
    closure: str = "world-share",
    base: Policy | None = None,
) -> Comparison:
    return compare(
        solve(world, base, model=model, closure=closure),
        solve(world, policy, model=model, closure=closure),
    )


def _sum(parts: PathDecomposition | FirstOrder) -> Array:
    total: Array = sum(getattr(parts, term) for term in TERMS)
    return total


CASES = [(name, model) for name in ("toy", "deficits") for model in FAMILIES]


@pytest.mark.parametrize(
    ("name", "model"),
    [*CASES, ("world-2017-lite", "caliendo-parro"), ("world-2017-lite", "krugman")],
)
def test_terms_add_up_to_the_exact_change(name: str, model: str) -> None:
    """Half a point of duty on everything, drawn at random: no residual is left."""
    world = _world(name)
    comparison = _comparison(world, _shock(world, 0.5), model)
    found = decompose(comparison)
    exact = np.log(comparison.real_income_hat)
    np.testing.assert_array_equal(found.total, exact)
    np.testing.assert_allclose(_sum(found) + found.residual, exact, atol=1e-15)
    # Where no sector closes on the way the integrand is smooth, and eight nodes are exact.
    smooth = model != "krugman"
    assert np.abs(found.residual).max() <= (1e-6 * np.abs(exact).max() if smooth else 1e-7)
    assert found.nodes == 8 or not smooth
    assert (np.abs(found.profit_shifting).max() > 1e-8) == (model == "ossa" and name != "toy")
    assert (np.abs(found.variety).max() > 1e-8) == (model == "krugman")


@pytest.mark.parametrize("model", FAMILIES)
@pytest.mark.parametrize("closure", ["zero", "own-share"])
def test_other_closures_and_a_base_that_is_not_the_world(closure: str, model: str) -> None:
    world = _world("deficits")
    base, new = _shock(world, 0.2, seed=1), _shock(world, 0.6, seed=2)
    found = decompose(_comparison(world, new, model, closure, base))
    assert np.abs(found.residual).max() <= 1e-7
    moved = np.abs(found.deficit).max()
    assert moved > 1e-6 if closure == "own-share" else moved < 1e-12


def _rich(world: World, t: float = 1.0) -> tuple[Policy, Policy]:
    """A base and a new policy with cut flows, an own duty, export taxes and trade costs.

    ``t`` scales what is new.
    """
    r, s = world.regions, world.sectors
    theta = world.elasticities[0].theta
    cut = Change(r[0], r[1], s[0], "additional-tariff", 0.1, "x", "cut", 0.3, now=0.0)
    tax = Change(r[1], r[2], s[0], "export-tax", 0.1)
    more = [
        Change(r[0], r[1], s[0], "additional-tariff", 0.1 + 0.4 * t, "x", "cut", 0.3, now=0.0),
        Change(r[1], r[2], s[0], "export-tax", 0.1 + 0.2 * t),
        Change(r[2], r[0], s[1], "cost", 1 + 0.1 * t),
        Change(r[2], r[0], s[1], "additional-tariff", 0.4 * t),
    ]
    base = apply_changes(world, [cut, tax], theta, partition=more)
    return base, apply_changes(world, more, theta)


@pytest.mark.parametrize("model", FAMILIES)
def test_cut_flows_export_taxes_and_costs(model: str) -> None:
    world = _world("deficits")
    base, new = _rich(world)
    found = decompose(_comparison(world, new, model, base=base))
    assert np.abs(found.residual).max() <= 1e-7
    from_none = decompose(_comparison(world, new, model))
    to_none = decompose(_comparison(world, no_change(world), model, base=new))
    for term in TERMS:  # the way back is the way there
        there, back = getattr(from_none, term), getattr(to_none, term)
        np.testing.assert_allclose(there, -back, atol=1e-7)


def test_composition_of_a_cut_flow_is_no_trade_cost() -> None:
    """Duties on part of a flow move its revenue and price wedge apart, not its costs."""
    world = _world("deficits")
    r, s = world.regions, world.sectors
    change = Change(r[0], r[1], s[0], "additional-tariff", 0.6, "x", "cut", 0.5, now=0.0)
    policy = apply_changes(world, [change], world.elasticities[0].theta)
    ratio = (1 + policy.tariff_prime) / (1 + world.tariffs) / policy.cost_hat
    assert abs(ratio[0, 1, 0] - 1) > 1e-3
    index = first_order(_comparison(world, policy, "caliendo-parro"))
    comparison = _comparison(world, policy, "caliendo-parro")
    worth = index.terms_of_trade @ comparison.base.income
    assert abs(worth) <= 1e-12 * comparison.base.income.max()
    assert np.abs(decompose(comparison).residual).max() <= 1e-7


@pytest.mark.parametrize("model", FAMILIES)
def test_first_order_residual_is_of_second_order(model: str) -> None:
    world = _world("deficits")
    start, goal = no_change(world), _shock(world, 0.5)
    for rich in (False, True):
        rest = []
        for t in (2e-3, 1e-3):
            base, new = _rich(world, t) if rich else (start, between(start, goal, t))
            comparison = _comparison(world, new, model, "own-share", base)
            index, path = first_order(comparison), decompose(comparison)
            exact = comparison.real_income_hat - 1
            np.testing.assert_allclose(index.total + index.residual, exact, atol=1e-14)
            for term in TERMS:
                gap = np.abs(getattr(path, term) - getattr(index, term)).max()
                assert gap <= 20 * t**2
            rest.append(np.abs(index.residual).max())
        assert rest[0] == pytest.approx(4 * rest[1], rel=0.05)


def test_ossas_formula_at_the_first_order() -> None:
    """Theory, section 2: with balanced trade Ossa's three terms are the indices."""
    world = _world("deficits")
    goal = _shock(world, 0.5)
    policy = between(no_change(world), goal, 1e-5)
    comparison = _comparison(world, policy, "ossa", "zero")
    base, new = comparison.base, comparison.new
    index = first_order(comparison)
    wage = new.w_hat / base.w_hat - 1
    trade = base.customs_value
    volume = new.customs_value / trade - 1
    own_less_partner = wage[:, None, None] - wage[None, :, None]
    terms = (trade * own_less_partner).sum(axis=(1, 2)) / base.income
    profit = base.profit * (new.profit / base.profit - 1 - wage[:, None])
    duty = base.policy.tariff_prime * trade * (volume - wage[None, :, None])
    np.testing.assert_allclose(index.terms_of_trade, terms, atol=1e-14)
    np.testing.assert_allclose(index.profit_shifting, profit.sum(axis=1) / base.income, atol=1e-14)
    np.testing.assert_allclose(
        index.volume_of_trade, duty.sum(axis=(1, 2)) / base.income, atol=1e-14
    )


@pytest.mark.parametrize("model", FAMILIES)
def test_a_small_tariff_of_one_importer_improves_its_terms_of_trade(model: str) -> None:
    world = _world("toy")
    for n in range(3):
        tariffs = np.array(world.tariffs)
        tariffs[n] += 0.02
        tariffs[n, n] = 0.0
        policy = Policy((1 + tariffs) / (1 + world.tariffs), tariffs)
        found = decompose(_comparison(world, policy, model))
        assert found.terms_of_trade[n] > 0
        assert (np.delete(found.terms_of_trade, n) < 0).any()


def test_terms_of_trade_and_deficits_are_what_one_gains_and_another_loses() -> None:
    world = _world("deficits")
    comparison = _comparison(world, _shock(world, 0.5), "caliendo-parro", "own-share")
    index, income = first_order(comparison), comparison.base.income
    for part in (index.terms_of_trade, index.deficit):
        assert abs(part @ income) <= 1e-12 * income.max()


def test_two_parts_of_the_way_add_up_to_the_whole() -> None:
    world = _world("deficits")
    start, goal = no_change(world), _shock(world, 0.5)
    middle = between(start, goal, 0.4)
    first = decompose(_comparison(world, middle, "ossa"))
    second = decompose(_comparison(world, goal, "ossa", base=middle))
    whole = decompose(_comparison(world, goal, "ossa"))
    for term in TERMS:
        parts = getattr(first, term) + getattr(second, term)
        np.testing.assert_allclose(getattr(whole, term), parts, atol=1e-10)


def test_refusals() -> None:
    world = _world("toy")
    goal = _shock(world, 0.5)
    mixed = Comparison(solve(world), solve(world, goal, model="ossa"))
    with pytest.raises(ValueError, match="differ in model"):
        decompose(mixed)
    with pytest.raises(NotConvergedError, match="do not add up"):
        decompose(_comparison(world, goal, "caliendo-parro"), nodes=2, tolerance=1e-18)
