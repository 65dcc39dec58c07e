"""Every model family against the plain NumPy reference of its own market structure.

Real incomes, wages, prices, profits, varieties and flows to 1e-8. The references' numeraire is
the world's wage bill, the package's world value added: nominal hats are compared per unit of the
first region's wage. On worlds with deficits the references hold D' = D, which is the closure
"world-share"; under "zero" the base is the package's own purge, an exact world by itself.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parley.economy import World
from parley.economy.aggregation import aggregate
from parley.equilibrium import Equilibrium, purge_deficits, solve
from parley.files.embedded import load_embedded
from parley.policy import Policy
from tests.oracle import closures, package, reference
from tests.oracle.ossa import Ossa, Outcome, Structure, free_entry, sector_specific
from tests.replication import ossa2014

Array = np.ndarray
CLOSE = {"rtol": 1e-8, "atol": 1e-10}
SEEDS = range(2)


@pytest.fixture(scope="module")
def seven_regions(sources: Path) -> World:
    """Ossa's data: 7 x 33, balanced."""
    return ossa2014.world(ossa2014.read(sources / "ossa-2014"))


@pytest.fixture(scope="module")
def lite() -> World:
    """An embedded world with deficits and inputs, 7 x 28."""
    return load_embedded("world-2017-lite")


def first_elasticity(world: World, name: str) -> World:
    """The world with one elasticity set only, which the references then take too."""
    return world.with_changes(elasticities=(world.elasticity(name),))


def war(world: World, seed: int) -> Array:
    """New tariffs [n,i,s] between 5 points below and 40 above the old ones."""
    n = len(world.regions)
    draw = np.random.default_rng(seed).uniform(-0.05, 0.4, world.tariffs.shape)
    return world.tariffs + np.where(np.eye(n, dtype=bool)[:, :, None], 0.0, draw)


def without_inputs(world: World) -> World:
    return world.with_changes(value_added_share=None, input_share=None)


def agrees_with_ossa(found: Equilibrium, theirs: Outcome) -> None:
    unit = found.w_hat[0] / theirs.wage_hat[0]
    np.testing.assert_allclose(found.w_hat, unit * theirs.wage_hat, **CLOSE)
    np.testing.assert_allclose(found.price_hat, unit * theirs.price_hat, **CLOSE)
    np.testing.assert_allclose(found.consumer_price_hat, unit * theirs.consumer_price_hat, **CLOSE)
    base = found.world.accounts.output / (found.elasticity.theta + 1)
    np.testing.assert_allclose(found.profit, unit * theirs.profit_hat * base, **CLOSE)
    np.testing.assert_allclose(found.income_hat, unit * theirs.income_hat, **CLOSE)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, **CLOSE)
    np.testing.assert_allclose(found.sector_income, unit * theirs.constituency_prime, **CLOSE)
    np.testing.assert_allclose(found.flows, unit * theirs.flows_prime, **CLOSE)


def agrees(found: Equilibrium, theirs: Structure) -> None:
    """For the two structures whose reference has the package's numeraire."""
    wage = found.wage_hat if theirs.wage_hat.ndim == 2 else found.w_hat
    np.testing.assert_allclose(wage, theirs.wage_hat, **CLOSE)
    made = found.world.accounts.output > 0  # where nothing is made the number of firms is moot
    np.testing.assert_allclose(found.variety_hat[made], theirs.variety_hat[made], **CLOSE)
    np.testing.assert_allclose(found.price_hat, theirs.price_hat, **CLOSE)
    np.testing.assert_allclose(found.income, theirs.income_prime, **CLOSE)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, **CLOSE)
    np.testing.assert_allclose(found.flows, theirs.flows_prime, rtol=1e-8, atol=1e-6)


# -- profits ------------------------------------------------------------------------


@pytest.mark.sources
@pytest.mark.parametrize("closure", ["world-share", "zero"])
@pytest.mark.parametrize("seed", SEEDS)
def test_ossa_on_its_own_data(seven_regions: World, seed: int, closure: str) -> None:
    tariff = war(seven_regions, seed)
    policy = package.policy_of(seven_regions, tariff)
    found = solve(seven_regions, policy, closure=closure, model="ossa").require()
    agrees_with_ossa(found, Ossa(found.world).solve(tariff))


@pytest.mark.sources
def test_political_welfare_on_ossas_data(seven_regions: World) -> None:
    """G = sum of lambda X over the price index, as the reference has it."""
    tariff = war(seven_regions, 7)
    weight = seven_regions.political_weight
    assert weight is not None
    theirs = Ossa(seven_regions, weight).solve(tariff)
    base = solve(seven_regions, model="ossa").require()
    found = solve(seven_regions, package.policy_of(seven_regions, tariff), model="ossa").require()
    before = (weight * base.sector_income).sum(axis=1) / base.consumer_price_hat
    after = (weight * found.sector_income).sum(axis=1) / found.consumer_price_hat
    np.testing.assert_allclose(after / before, theirs.government_hat, **CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_ossa_after_a_purge(lite: World, seed: int) -> None:
    """On a base with deficits closure "zero" is the purge first and then the shock."""
    tariff = war(lite, seed)
    found = solve(lite, package.policy_of(lite, tariff), closure="zero", model="ossa").require()
    assert not found.world.has_inputs
    agrees_with_ossa(found, Ossa(found.world).solve(tariff))
    purged = purge_deficits(lite, model="ossa")
    np.testing.assert_array_equal(purged.flows, found.world.flows)


# -- free entry ---------------------------------------------------------------------


@pytest.mark.sources
@pytest.mark.parametrize("seed", SEEDS)
def test_free_entry_on_ossas_data(seven_regions: World, seed: int) -> None:
    """Sectors close here: the complementarity binds."""
    tariff = war(seven_regions, seed)
    found = solve(seven_regions, package.policy_of(seven_regions, tariff), model="krugman")
    theirs = free_entry(seven_regions, tariff)
    assert theirs.residual < 1e-12
    assert (theirs.variety_hat < 1e-12).any()
    agrees(found.require(), theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_free_entry_with_deficits(lite: World, seed: int) -> None:
    tariff = war(lite, seed)
    theirs = free_entry(without_inputs(lite), tariff)
    assert theirs.residual < 1e-12
    agrees(solve(lite, package.policy_of(lite, tariff), model="krugman").require(), theirs)


@pytest.mark.parametrize("elasticity", ["uniform-4", "fontagne"])
def test_free_entry_after_a_purge(lite: World, elasticity: str) -> None:
    world = first_elasticity(lite, elasticity)
    tariff = war(world, 3)
    policy = package.policy_of(world, tariff)
    found = solve(world, policy, closure="zero", model="krugman").require()
    agrees(found, free_entry(found.world, tariff))


# -- labour specific to its sector --------------------------------------------------


@pytest.mark.parametrize("model", ["specific-labour", "specific-labour:no-inputs"])
@pytest.mark.parametrize("closure", ["world-share", "zero"])
def test_specific_labour(lite: World, model: str, closure: str) -> None:
    tariff = war(lite, 4)
    found = solve(lite, package.policy_of(lite, tariff), closure=closure, model=model).require()
    assert found.world.has_inputs == (model == "specific-labour")
    theirs = sector_specific(found.world, tariff)
    assert theirs.residual < 1e-12
    agrees(found, theirs)


# -- perfect competition without inputs, and one sector -----------------------------


@pytest.mark.parametrize("closure", [*closures.CLOSURES, "zero"])
def test_competition_without_inputs(lite: World, closure: str) -> None:
    tariff = war(lite, 5)
    policy = package.policy_of(lite, tariff)
    found = solve(lite, policy, closure=closure, model="caliendo-parro:no-inputs").require()
    bare = package.economy_of(without_inputs(lite))
    if closure == "zero":
        bare, _ = reference.purge_deficits(bare, tolerance=1e-13, expenditure="iterate")
    deficits = None if closure == "zero" else closures.CLOSURES[closure](bare)
    theirs = reference.solve(
        bare, tariff, deficit_prime=deficits, tolerance=1e-12, expenditure="iterate"
    )
    assert theirs.converged
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, **CLOSE)
    np.testing.assert_allclose(found.price_hat, theirs.price_hat, **CLOSE)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, **CLOSE)
    np.testing.assert_allclose(found.flows, theirs.flows_prime, rtol=1e-7, atol=1e-4)


def one_sector(world: World) -> World:
    """All sectors merged; the elasticity is the import-weighted mean."""
    merged = aggregate(world, sectors={"ALL": world.sectors}, name="merged")
    foreign = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    weight = (world.flows * foreign).sum(axis=(0, 1))
    theta = world.elasticity().theta @ weight / weight.sum()
    given = world.elasticities[0]
    return merged.with_changes(elasticities=(type(given)("mean", np.array([theta]), "mean"),))


def scaled(world: World, rates: Array) -> Policy:
    """One plus every duty times one plus a rate by pair [n,i], all sectors alike."""
    factor = np.broadcast_to(1 + rates[:, :, None], world.tariffs.shape)
    return package.policy_of(world, (1 + world.tariffs) * factor - 1)


@pytest.mark.parametrize("closure", ["world-share", "zero"])
def test_one_sector_with_inputs(lite: World, closure: str) -> None:
    """Duties that rise alike in all sectors mean the same before and after merging."""
    rates = war(lite, 6)[:, :, 0] - lite.tariffs[:, :, 0]
    model = "caliendo-parro:one-sector"
    found = solve(lite, scaled(lite, rates), closure=closure, model=model).require()
    merged = one_sector(lite)
    economy = package.economy_of(merged)
    if closure == "zero":
        economy, _ = reference.purge_deficits(economy, tolerance=1e-13)
    tariff = scaled(merged, rates).tariff_prime
    theirs = reference.solve(economy, tariff, tolerance=1e-13)
    assert theirs.converged
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, **CLOSE)
    np.testing.assert_allclose(found.price_hat, theirs.price_hat, **CLOSE)
    np.testing.assert_allclose(found.real_income_hat, theirs.real_income_hat, **CLOSE)


@pytest.mark.parametrize("closure", ["world-share", "own-share", "zero"])
def test_with_one_sector_the_structures_agree(lite: World, closure: str) -> None:
    """One sector without inputs: profits and varieties cannot move, so nobody's gains differ.

    Sales are a fixed multiple of the wage bill whether or not there are profits, and so is the
    number of firms (Arkolakis, Costinot and Rodriguez-Clare 2012; with tariffs too, since these
    bear on the delivered price in all of them).
    """
    policy = package.policy_of(lite, war(lite, 8))
    plain = solve(lite, policy, closure=closure, model="caliendo-parro:no-inputs,one-sector")
    for model in ("ossa:one-sector", "krugman:one-sector"):
        found = solve(lite, policy, closure=closure, model=model).require()
        np.testing.assert_allclose(found.real_income_hat, plain.require().real_income_hat, **CLOSE)
        np.testing.assert_allclose(found.w_hat, plain.w_hat, **CLOSE)
        np.testing.assert_allclose(found.variety_hat, 1, **CLOSE)
