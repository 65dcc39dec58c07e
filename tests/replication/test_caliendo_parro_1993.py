"""Caliendo and Parro (Review of Economic Studies, 2015), Table 2: NAFTA's tariff cuts, 1993-2005.

The table's figures, in per cent, with trade deficits purged; tolerance 0.01 on each, the precision
they were printed with. What they rest on:

* The base is the authors' own: domestic sales = max(output, exports) - exports; input shares =
  materials shares x (1 - value-added share); final demand the residual, its 185 negative cells
  set to zero and the rest renormalised; theta of services 8.22. As observed it is therefore not
  an equilibrium. (One negative materials share, Canada's basic metals in Other, is set to zero
  here; that moves no figure by 0.0001.)
* It becomes one by solving the model at the tariffs of 1993 with every deficit at zero. All
  shares, flows and sizes of the counterfactual's base are those of that equilibrium. (With the
  observed flows as weights Mexico's terms of trade would be -0.30, not -0.41.)
* The counterfactual changes only the tariffs among Canada, Mexico and the United States to those
  of 2005, deficits again zero. The numeraire is world value added. (Another one moves Mexico's
  first-order welfare in its third digit: with the US wage it is 1.308, not 1.312.)
* First order: E and M are flows of the purged base net of tariff, without domestic sales; tau is
  that of 1993; d is the hat minus one (with logarithms Mexico's volume of trade would be 0.95,
  not 1.72); c is the cost of the input bundle by sector; cells without trade count as zero; the
  divisor I is the purged base's final expenditure, value added plus tariff revenue (with value
  added alone the volume of trade would be 1.76).
* Welfare is the sum of the unrounded two. Real wages are w_hat / prod_s P_hat^alpha.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parley.economy import World
from parley.equilibrium import Equilibrium, purge_deficits, solve
from tests.oracle import closures, package, reference
from tests.oracle.first_order import first_order
from tests.replication import cp1993

pytestmark = pytest.mark.sources

# Per cent: terms of trade, volume of trade, welfare (first order), real wage.
TABLE_2 = {
    "Mexico": (-0.41, 1.72, 1.31, 1.72),
    "Canada": (-0.11, 0.04, -0.06, 0.32),
    "USA": (0.04, 0.04, 0.08, 0.11),
}
# Per cent: exact real income in the same run.
EXACT_REAL_INCOME = {"Mexico": 0.007, "Canada": -0.110, "USA": 0.074}


@pytest.fixture(scope="module")
def tables(sources: Path) -> cp1993.Tables:
    return cp1993.read(sources / "caliendo-parro-1993")


@pytest.fixture(scope="module")
def purged(tables: cp1993.Tables) -> World:
    """The paper's base: 1993 with balanced trade, made exact by the plain reference."""
    return cp1993.exact_world(tables, "zero")


@pytest.fixture(scope="module")
def observed(tables: cp1993.Tables) -> World:
    """1993 with the deficits of 1993, made exact by the plain reference."""
    return cp1993.exact_world(tables, "observed")


@pytest.fixture(scope="module")
def nafta(tables: cp1993.Tables, purged: World) -> Equilibrium:
    policy = package.policy_of(purged, tables.nafta_tariff())
    return solve(purged, policy).require("NAFTA's tariffs of 2005")


def test_the_base_is_the_authors(tables: cp1993.Tables) -> None:
    assert tables.clipped_cells == 185
    assert tables.negative_inputs == 1
    assert abs(tables.deficit.sum()) < 1e-9 * np.abs(tables.deficit).sum()


def test_the_purged_base_is_exact(tables: cp1993.Tables, purged: World) -> None:
    assert all(check.ok for check in purged.check_identities())
    accounts = purged.accounts
    assert np.abs(accounts.deficit / accounts.value_added).max() < 1e-12
    np.testing.assert_allclose(accounts.final_share, tables.final_share, atol=1e-13)


@pytest.mark.parametrize("country", TABLE_2)
def test_table_2(nafta: Equilibrium, country: str) -> None:
    base = nafta.world
    terms, volume = first_order(
        base.flows, nafta.flows, base.tariffs, nafta.cost_hat, base.accounts.income
    )
    at = base.region_index(country)
    found = (terms[at], volume[at], terms[at] + volume[at], nafta.real_wage_hat[at] - 1)
    np.testing.assert_allclose(100 * np.array(found), TABLE_2[country], atol=0.01)


@pytest.mark.parametrize("country", EXACT_REAL_INCOME)
def test_exact_real_income(nafta: Equilibrium, country: str) -> None:
    at = nafta.world.region_index(country)
    found = 100 * (nafta.real_income_hat[at] - 1)
    assert found == pytest.approx(EXACT_REAL_INCOME[country], abs=6e-4)


def test_the_package_purges_to_the_same_base(observed: World, purged: World) -> None:
    """The package's purge of the deficit world ends in the flows of the reference's purge."""
    found = purge_deficits(observed)
    scale = purged.flows.sum(axis=(0, 2)).min()
    np.testing.assert_allclose(found.flows, purged.flows, rtol=1e-7, atol=1e-9 * scale)


def test_table_2_through_the_zero_closure(
    tables: cp1993.Tables, observed: World, nafta: Equilibrium
) -> None:
    """Handing over the deficit world and asking for closure "zero" is the same experiment."""
    policy = package.policy_of(observed, tables.nafta_tariff())
    found = solve(observed, policy, closure="zero").require("NAFTA's tariffs of 2005")
    np.testing.assert_allclose(found.real_income_hat, nafta.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(found.real_wage_hat, nafta.real_wage_hat, rtol=1e-9)


@pytest.mark.parametrize("closure", closures.CLOSURES)
def test_with_deficits_both_implementations_agree(
    tables: cp1993.Tables, observed: World, closure: str
) -> None:
    tariff = tables.nafta_tariff()
    economy = package.economy_of(observed)
    theirs = reference.solve(
        economy,
        tariff,
        deficit_prime=closures.CLOSURES[closure](economy),
        tolerance=1e-12,
        expenditure="iterate",
    )
    assert theirs.converged
    found = solve(observed, package.policy_of(observed, tariff), closure=closure)
    found.require("NAFTA's tariffs of 2005")
    assert package.judge(found, tariff_prime=tariff).worst < 1e-9
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, rtol=1e-9)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, rtol=1e-9)


def test_no_change_on_the_observed_base(observed: World) -> None:
    found = solve(observed).require("no change")
    np.testing.assert_allclose(found.real_income_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.price_hat, 1, atol=1e-12)
