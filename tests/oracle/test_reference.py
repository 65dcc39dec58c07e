"""The plain NumPy reference against closed forms and against a general root finder."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracle import cases, reference
from tests.oracle.package import economy_of


@pytest.mark.parametrize("point", cases.TARIFF_POINTS, ids=lambda p: p.label)
def test_two_countries_one_sector(point: cases.TariffPoint) -> None:
    economy = economy_of(cases.one_sector_world(point.flows, point.theta))
    tariff = np.zeros((2, 2, 1))
    tariff[0, 1], tariff[1, 0] = point.tariff
    found = reference.solve(economy, tariff, tolerance=1e-13)
    welfare = found.real_income_hat - 1
    assert found.converged
    by_bisection = cases.two_countries(point.flows, point.theta, point.tariff) - 1
    np.testing.assert_allclose(welfare, by_bisection, atol=1e-11)
    if point.welfare is not None:
        np.testing.assert_allclose(welfare, point.welfare, atol=6e-6)
    flows = found.flows_prime[:, :, 0]
    for country in point.optimal_for:
        partner = 1 - country
        home_share = flows[partner, partner] / flows[partner].sum()
        assert point.tariff[country] == pytest.approx(1 / (point.theta * home_share), abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("inputs", [True, False], ids=["inputs", "no inputs"])
def test_tatonnement_and_root_finder_agree(seed: int, inputs: bool) -> None:
    world = cases.random_world(seed, inputs=inputs)
    economy = economy_of(world)
    rng = np.random.default_rng(seed + 100)
    foreign = ~np.eye(3, dtype=bool)[:, :, None]
    tariff = world.tariffs + foreign * rng.uniform(-0.1, 0.5, world.tariffs.shape)
    tax = foreign * rng.uniform(0, 0.2, tariff.shape)
    shock = {
        "iceberg_hat": 1 + foreign * rng.uniform(-0.1, 0.2, tariff.shape),
        "export_tax_prime": tax,
        # Deficits in proportion to own value added, made to add to zero.
        "deficit_prime": lambda w: (
            economy.deficit * w
            - economy.value_added * w * (economy.deficit @ w) / (economy.value_added @ w)
        ),
    }
    slow = reference.solve_brute(economy, tariff, **shock)
    assert slow.converged
    assert slow.residuals.worst < 1e-12
    for way in ("direct", "iterate"):
        found = reference.solve(economy, tariff, **shock, tolerance=1e-12, expenditure=way)
        assert found.converged
        assert found.residuals.worst < 1e-11
        np.testing.assert_allclose(found.wage_hat, slow.wage_hat, rtol=1e-10)
        np.testing.assert_allclose(found.price_hat, slow.price_hat, rtol=1e-10)
        np.testing.assert_allclose(found.real_income_hat, slow.real_income_hat, rtol=1e-10)
        np.testing.assert_allclose(found.flows_prime, slow.flows_prime, rtol=1e-9)


def test_no_change_is_ones() -> None:
    economy = economy_of(cases.random_world(7))
    found = reference.solve(economy, tolerance=1e-14)
    np.testing.assert_allclose(found.wage_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.price_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.real_income_hat, 1, atol=1e-12)


def test_purging_is_path_independent() -> None:
    """Purging first and then changing tariffs ends where doing both at once ends."""
    world = cases.random_world(3)
    economy = economy_of(world)
    tariff = world.tariffs.copy()
    tariff[0, 1:] += 0.25
    purged, first = reference.purge_deficits(economy, tolerance=1e-13)
    then = reference.solve(purged, tariff, tolerance=1e-13)
    at_once = reference.solve(economy, tariff, deficit_prime=np.zeros(3), tolerance=1e-13)
    np.testing.assert_allclose(first.wage_hat * then.wage_hat, at_once.wage_hat, rtol=1e-11)
    np.testing.assert_allclose(
        first.real_income_hat * then.real_income_hat, at_once.real_income_hat, rtol=1e-11
    )


def test_real_wages_follow_from_domestic_shares() -> None:
    world = cases.random_world(11)
    economy = economy_of(world)
    tariff = world.tariffs.copy()
    tariff[1, [0, 2]] += 0.4
    found = reference.solve(economy, tariff, tolerance=1e-13)
    gross = found.flows_prime * (1 + tariff)
    share = reference.expenditure_shares(gross)
    own = np.arange(3)
    hat = share[own, own] / economy.expenditure_share[own, own]
    implied = cases.real_wage_from_domestic_shares(world, hat)
    np.testing.assert_allclose(found.real_wage_hat, implied, rtol=1e-11)


def test_a_solution_that_is_off_is_found_out() -> None:
    economy = economy_of(cases.random_world(5))
    found = reference.solve(economy, tolerance=1e-13)
    off = reference.residuals(
        economy, found.wage_hat * [1.01, 1, 1], found.price_hat, found.expenditure_prime
    )
    assert off.prices > 1e-3
    assert off.balance > 1e-3
    off = reference.residuals(
        economy, found.wage_hat, found.price_hat, found.expenditure_prime * 1.01
    )
    assert off.goods > 1e-4
