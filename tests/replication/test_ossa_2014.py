"""Ossa (American Economic Review, 2014), Table 2, with the package's own solver.

The experiment: the tariff of the USA on one sector rises by 50 points on every foreign source.
How each printed figure is defined stands in `tests.oracle.ossa`; the one that is not obvious is
the wage, which is relative to the simple mean of all seven, so that no numeraire matters.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium import solve
from tests.oracle import package
from tests.oracle.ossa import Ossa
from tests.replication import ossa2014

pytestmark = pytest.mark.sources

# Per cent: US wage, profits of the protected industry, of the other industries, US welfare.
TABLE_2 = {"crp": (1.45, 5.73, -1.40, 0.17), "wap": (0.67, 33.35, -0.97, -0.14)}
PRINTED = 0.005 + 1e-9  # half a unit of the last printed digit


@pytest.fixture(scope="module")
def world(sources: Path) -> World:
    return ossa2014.world(ossa2014.read(sources / "ossa-2014"))


def protected(world: World, sector: str) -> np.ndarray:
    """The applied tariffs [n,i,s], those of the USA on one sector 50 points higher."""
    home, at = world.region_index("USA"), world.sector_index(sector)
    tariff = world.tariffs.copy()
    tariff[home, :, at] += 0.5
    tariff[home, home, at] = 0.0
    return tariff


def test_the_base_is_exact_and_balanced(world: World) -> None:
    assert world.flows.shape == (7, 7, 33)
    assert not world.has_inputs
    accounts = world.accounts
    assert np.abs(accounts.deficit).max() < 1e-9 * accounts.income.max()
    still = solve(world, model="ossa").require()
    np.testing.assert_allclose(still.real_income_hat, 1, atol=1e-12)
    np.testing.assert_allclose(still.profit, accounts.output / (still.elasticity.theta + 1))


@pytest.mark.parametrize("closure", ["world-share", "zero"])
@pytest.mark.parametrize("sector", TABLE_2)
def test_table_2(world: World, sector: str, closure: str) -> None:
    home, at = world.region_index("USA"), world.sector_index(sector)
    policy = package.policy_of(world, protected(world, sector))
    found = solve(world, policy, closure=closure, model="ossa").require()
    before = world.accounts.output / (found.elasticity.theta + 1)
    profit = found.profit[home] / before[home] / found.w_hat[home]
    figures = (
        found.w_hat[home] / found.w_hat.mean(),
        profit[at],
        np.delete(profit, at).mean(),
        found.real_income_hat[home],
    )
    percent = 100 * (np.array(figures) - 1)
    np.testing.assert_allclose(percent, TABLE_2[sector], atol=PRINTED, rtol=0)


@pytest.mark.parametrize("sector", TABLE_2)
def test_both_implementations_agree_on_table_2(world: World, sector: str) -> None:
    tariff = protected(world, sector)
    theirs = Ossa(world).solve(tariff)
    found = solve(world, package.policy_of(world, tariff), model="ossa").require()
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-10)
    unit = found.w_hat / theirs.wage_hat
    np.testing.assert_allclose(unit, unit[0], rtol=1e-10)
