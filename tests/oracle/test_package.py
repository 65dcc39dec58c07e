"""The package's equilibrium against closed forms and against the plain reference."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium import solve
from parley.policy import Change, apply_changes
from tests.oracle import cases, closures, package, reference


def foreign(world: World) -> np.ndarray:
    """True for international cells, shape [n,i,1]."""
    return ~np.eye(len(world.regions), dtype=bool)[:, :, None]


def shock_of(world: World, seed: int) -> dict[str, np.ndarray]:
    """Random new tariffs, iceberg costs and export taxes on every international flow."""
    rng = np.random.default_rng(seed)
    shape = world.tariffs.shape
    return {
        "tariff_prime": world.tariffs + foreign(world) * rng.uniform(-0.1, 0.6, shape),
        "iceberg_hat": 1 + foreign(world) * rng.uniform(-0.1, 0.2, shape),
        "export_tax_prime": foreign(world) * rng.uniform(0, 0.2, shape),
    }


@pytest.mark.parametrize("point", cases.TARIFF_POINTS, ids=lambda p: p.label)
def test_two_countries_one_sector(point: cases.TariffPoint) -> None:
    world = cases.one_sector_world(point.flows, point.theta)
    changes = [
        Change("R0", "R1", "goods", "tariff", point.tariff[0]),
        Change("R1", "R0", "goods", "tariff", point.tariff[1]),
    ]
    found = solve(world, apply_changes(world, changes, world.elasticity().theta)).require()
    welfare = found.real_income_hat - 1
    by_bisection = cases.two_countries(point.flows, point.theta, point.tariff) - 1
    np.testing.assert_allclose(welfare, by_bisection, atol=1e-9)
    if point.welfare is not None:
        np.testing.assert_allclose(welfare, point.welfare, atol=6e-6)


@pytest.mark.parametrize("point", cases.TARIFF_POINTS, ids=lambda p: p.label)
def test_optimal_tariffs_are_where_gros_puts_them(point: cases.TariffPoint) -> None:
    """At the optimum t = 1 / (theta x partner's home share), and both neighbours are worse."""
    world = cases.one_sector_world(point.flows, point.theta)

    def at(tariff: tuple[float, float]):
        prime = np.zeros((2, 2, 1))
        prime[0, 1], prime[1, 0] = tariff
        return solve(world, package.policy_of(world, prime)).require()

    optimum = at(point.tariff)
    flows = optimum.flows[:, :, 0]
    for country in point.optimal_for:
        partner = 1 - country
        home_share = flows[partner, partner] / flows[partner].sum()
        assert point.tariff[country] == pytest.approx(1 / (point.theta * home_share), abs=1e-5)
        for step in (-0.01, 0.01):
            moved = list(point.tariff)
            moved[country] += step
            assert at(tuple(moved)).real_income_hat[country] < optimum.real_income_hat[country]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("inputs", [True, False], ids=["inputs", "no inputs"])
@pytest.mark.parametrize("closure", closures.CLOSURES)
def test_both_implementations_agree(seed: int, inputs: bool, closure: str) -> None:
    world = cases.random_world(seed, inputs=inputs)
    shock = shock_of(world, seed + 50)
    economy = package.economy_of(world)
    deficits = closures.CLOSURES[closure](economy)
    theirs = reference.solve(economy, **shock, deficit_prime=deficits, tolerance=1e-13)
    assert theirs.converged
    found = solve(world, package.policy_of(world, **shock), closure=closure).require()
    assert package.judge(found, **shock).worst < 1e-9
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, theirs.price_hat, rtol=1e-9)
    np.testing.assert_allclose(found.cost_hat, theirs.cost_hat, rtol=1e-9)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(found.real_wage_hat, theirs.real_wage_hat, rtol=1e-9)
    np.testing.assert_allclose(found.income, theirs.income_prime, rtol=1e-9)
    np.testing.assert_allclose(found.deficit, theirs.deficit_prime, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.customs_value, theirs.flows_prime, rtol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_closure_zero_is_a_purge_and_then_the_shock(seed: int) -> None:
    world = cases.random_world(seed)
    shock = shock_of(world, seed)
    purged, _ = reference.purge_deficits(package.economy_of(world), tolerance=1e-13)
    theirs = reference.solve(purged, **shock, tolerance=1e-13)
    found = solve(world, package.policy_of(world, **shock), closure="zero").require()
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, rtol=1e-9)
    np.testing.assert_allclose(found.deficit, 0, atol=1e-9 * found.income.sum())


@pytest.mark.parametrize("seed", range(3))
def test_a_world_that_already_taxes_exports(seed: int) -> None:
    """Export taxes in the base, raised, lowered and left alone."""
    world = cases.random_world(seed)
    rng = np.random.default_rng(seed)
    tax = foreign(world) * rng.uniform(0, 0.3, world.tariffs.shape)
    world = world.with_changes(export_tax=tax)
    shock = shock_of(world, seed + 9)
    still = solve(world).require()
    np.testing.assert_allclose(still.real_income_hat, 1, atol=1e-12)
    theirs = reference.solve(package.economy_of(world), **shock, tolerance=1e-13)
    found = solve(world, package.policy_of(world, **shock)).require()
    assert package.judge(found, **shock).worst < 1e-9
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-9)
    basic = theirs.flows_prime / (1 + shock["export_tax_prime"])
    np.testing.assert_allclose(found.flows, basic, rtol=1e-8)


@pytest.mark.parametrize("method", ["anderson", "newton"])
def test_each_method_alone_finds_the_same(method: str) -> None:
    world = cases.random_world(4)
    shock = shock_of(world, 4)
    theirs = reference.solve(package.economy_of(world), **shock, tolerance=1e-13)
    found = solve(world, package.policy_of(world, **shock), method=method).require()
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_extreme_tariffs(seed: int) -> None:
    """Tariffs drawn from -50 % to +500 %: proven by the package's residuals and by ours."""
    world = cases.random_world(seed % 4, 4, 3)
    rng = np.random.default_rng(seed)
    tariff = np.where(foreign(world), rng.uniform(-0.5, 5, world.tariffs.shape), 0)
    found = solve(world, package.policy_of(world, tariff))
    assert found.report.ok
    assert package.judge(found, tariff_prime=tariff).worst < 1e-9


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_a_country_without_income_is_no_solution(seed: int) -> None:
    """Subsidising imported inputs by 70 % costs more than the country earns.

    The equations still have a root, at negative income and consumption: it must be refused.
    """
    world = cases.random_world(seed)
    tariff = world.tariffs.copy()
    tariff[0, 1:] = -0.7
    theirs = reference.solve(package.economy_of(world), tariff, damping=0.1)
    assert theirs.income_prime[0] < 0
    assert not theirs.converged
    assert not solve(world, package.policy_of(world, tariff)).report.ok
