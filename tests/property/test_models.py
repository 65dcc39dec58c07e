"""What holds in every model family, whatever the numbers: checked on random small worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.economy import World
from parley.equilibrium import CLOSURES, Equilibrium, solve
from parley.equilibrium.closures import Closure
from parley.equilibrium.models import Model
from parley.equilibrium.solve import prepare
from parley.equilibrium.trade import market, policy_terms
from parley.policy import Change, apply_changes
from tests.oracle import cases, package

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=6)
N, S = 3, 2
MODELS = (
    "caliendo-parro",
    "caliendo-parro:no-inputs",
    "ossa",
    "krugman",
    "specific-labour",
    "specific-labour:no-inputs",
)
EVERY = pytest.mark.parametrize("model", MODELS)
OWN = np.arange(N)
FOREIGN = ~np.eye(N, dtype=bool)[:, :, None]


def war(world: World, seed: int) -> np.ndarray:
    """New tariffs [n,i,s] between -5 and +40 points from the old."""
    n, _, s = world.tariffs.shape
    foreign = ~np.eye(n, dtype=bool)[:, :, None]
    return world.tariffs + foreign * np.random.default_rng(seed).uniform(-0.05, 0.4, (n, n, s))


def solved(
    world: World, tariff: np.ndarray, model: str, closure: str = "world-share"
) -> Equilibrium:
    return solve(world, package.policy_of(world, tariff), closure=closure, model=model).require()


@EVERY
@FEW
@given(SEEDS, st.sampled_from(CLOSURES))
def test_no_change_changes_nothing(model: str, seed: int, closure: str) -> None:
    found = solve(cases.random_world(seed), closure=closure, model=model).require()
    for hat in (found.w_hat, found.wage_hat, found.price_hat, found.variety_hat):
        np.testing.assert_allclose(hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.real_income_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.flows, found.world.flows, rtol=1e-11)


@EVERY
@FEW
@given(SEEDS, SEEDS, st.floats(1e-3, 1e4), st.sampled_from(CLOSURES))
def test_the_unit_of_money_does_not_matter(
    model: str, seed: int, shock: int, factor: float, closure: str
) -> None:
    world = cases.random_world(seed)
    tariff = war(world, shock)
    here = solved(world, tariff, model, closure)
    there = solved(world.with_changes(flows=world.flows * factor), tariff, model, closure)
    np.testing.assert_allclose(there.real_income_hat, here.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(there.price_hat, here.price_hat, rtol=1e-9)
    np.testing.assert_allclose(there.profit, factor * here.profit, rtol=1e-8)
    scale = here.flows.max()
    np.testing.assert_allclose(there.flows / factor, here.flows, rtol=1e-8, atol=1e-10 * scale)


@EVERY
@FEW
@given(SEEDS, SEEDS, st.permutations(range(N)), st.permutations(range(S)))
def test_the_order_of_labels_does_not_matter(
    model: str, seed: int, shock: int, regions: list[int], sectors: list[int]
) -> None:
    world = cases.random_world(seed)
    tariff = war(world, shock)
    other = cases.permuted(world, np.array(regions), np.array(sectors))
    here = solved(world, tariff, model)
    there = solved(other, tariff[np.ix_(regions, regions, sectors)], model)
    cell = np.ix_(regions, sectors)
    np.testing.assert_allclose(there.real_income_hat, here.real_income_hat[regions], rtol=1e-9)
    np.testing.assert_allclose(there.price_hat, here.price_hat[cell], rtol=1e-9)
    np.testing.assert_allclose(there.sector_income, here.sector_income[cell], rtol=1e-8)


@EVERY
@FEW
@given(SEEDS, SEEDS, st.integers(0, N - 1))
def test_cutting_a_country_in_two(model: str, seed: int, shock: int, region: int) -> None:
    """Two halves that trade freely and tax alike fare as the whole did, and so does everyone.

    True where varieties are tied to the place (Armington, Ossa's fixed firms) or drawn per worker
    (Eaton and Kortum): each half has half of them, pays the same wage and sells in the proportions
    of the whole. Under free entry that is still an equilibrium, but with several sectors not the
    only one: firms of one sector may move to one half and those of another to the other half, at
    no cost and to no effect, since the halves trade freely. The equations are then singular, so
    free entry is tested on worlds of one sector, where labour ties firms down. (Not with the
    option one-sector, whose mean elasticity counts the trade between the halves as imports.)
    """
    world = cases.random_world(seed, sectors=1 if model == "krugman" else S)
    tariff = war(world, shock)
    whole = solved(world, tariff, model)
    parts = solved(cases.split(world, region, 0.5), cases.split_tariff(tariff, region), model)
    expected = np.append(whole.real_income_hat, whole.real_income_hat[region])
    np.testing.assert_allclose(parts.real_income_hat, expected, rtol=1e-9)
    income = whole.income.copy()
    income[region] /= 2
    np.testing.assert_allclose(parts.income, np.append(income, income[region]), rtol=1e-8)


@EVERY
@FEW
@given(SEEDS, st.floats(0.01, 0.6))
def test_lerner_symmetry(model: str, seed: int, rate: float) -> None:
    """A uniform tax on all imports equals the same tax on all exports if trade is balanced.

    It holds in every family: a country's wages, profits and prices fall alike, so its sales at
    basic prices, and with them entry and the labour of each sector, keep their proportions.
    """
    world = cases.random_world(seed, balanced=True)
    theta = world.elasticity().theta
    home, *others = world.regions
    on_imports, on_exports = [], []
    for other in others:
        for k, sector in enumerate(world.sectors):
            now = world.tariffs[0, world.region_index(other), k]
            new = (1 + now) * (1 + rate) - 1
            on_imports.append(Change(home, other, sector, "tariff", new))
            on_exports.append(Change(other, home, sector, "export-tax", rate))
    one = solve(world, apply_changes(world, on_imports, theta), model=model).require()
    two = solve(world, apply_changes(world, on_exports, theta), model=model).require()
    np.testing.assert_allclose(one.real_income_hat, two.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(one.expenditure_share, two.expenditure_share, rtol=1e-8)
    np.testing.assert_allclose(one.variety_hat, two.variety_hat, rtol=1e-8)


@EVERY
@FEW
@given(SEEDS, st.floats(0.02, 0.3))
def test_trade_is_diverted(model: str, seed: int, rate: float) -> None:
    """A tariff on one partner alone moves purchases from it to the other partner."""
    world = cases.random_world(seed)
    tariff = world.tariffs.copy()
    tariff[0, 1] += rate
    found = solved(world, tariff, model)
    share, before = found.expenditure_share, found.world.accounts.expenditure_share
    assert found.flows[0, 1].sum() < world.flows[0, 1].sum()
    assert found.flows[0, 2].sum() > world.flows[0, 2].sum()
    if model != "krugman":  # free entry moves whole sectors, so single ones may shrink
        assert (share[0, 1] < before[0, 1]).all()
        assert (share[0, 2] > before[0, 2]).all()


@EVERY
@FEW
@given(SEEDS, st.integers(0, S - 1))
def test_the_trade_elasticity_with_costs_held(model: str, seed: int, sector: int) -> None:
    """In partial equilibrium d ln pi / d ln(1 + tau) = -theta (1 - pi): wages, costs, entry fixed.

    The family's own market at unchanged costs, importers' spending not looked at.
    """
    world = cases.random_world(seed)
    kind = Model.parse(model)
    base = prepare(world, world.elasticity(), Closure("world-share"), kind).baseline
    step, logs = 1e-4, []
    for sign in (-1, 1):
        tariff = world.tariffs.copy()
        tariff[0, 1, sector] = (1 + tariff[0, 1, sector]) * np.exp(sign * step) - 1
        wedges = package.policy_of(world, tariff)
        terms = policy_terms(base, wedges.cost_hat, wedges.tariff_prime, None)
        at = market(base, terms, np.zeros((N, S)), np.ones((N, S)))
        price = np.exp(np.asarray(at.log_price))[0, sector]
        pull = float(terms.reach[sector, 0, 1] * at.attraction[sector, 1])
        logs.append(np.log(pull * price ** world.elasticity().theta[sector]))
    share = world.accounts.expenditure_share[0, 1, sector]
    slope = (logs[1] - logs[0]) / (2 * step)
    assert slope == pytest.approx(-world.elasticity().theta[sector] * (1 - share), rel=1e-6)


@EVERY
@FEW
@given(SEEDS, st.integers(0, S - 1))
def test_the_trade_elasticity_in_equilibrium(model: str, seed: int, sector: int) -> None:
    """The same slope from full solutions, once the response of costs and entry is taken out."""
    world = cases.random_world(seed)
    step, shares, pulls = 1e-4, [], []
    theta = world.elasticity().theta[sector]
    for sign in (-1, 1):
        tariff = world.tariffs.copy()
        tariff[0, 1, sector] = (1 + tariff[0, 1, sector]) * np.exp(sign * step) - 1
        found = solved(world, tariff, model)
        shares.append(np.log(found.expenditure_share[0, 1, sector]))
        variety = np.log(found.variety_hat[:, sector])
        pulls.append(variety - theta * np.log(found.cost_hat[:, sector]))
    share = world.accounts.expenditure_share[0, :, sector]
    pull = (pulls[1] - pulls[0]) / (2 * step)
    slope = (shares[1] - shares[0]) / (2 * step)
    direct = slope - (pull[1] - share @ pull)
    assert direct == pytest.approx(-theta * (1 - share[1]), rel=1e-5)


@EVERY
@FEW
@given(SEEDS, SEEDS, st.sampled_from(CLOSURES))
def test_the_world_budget_adds_up(model: str, seed: int, shock: int, closure: str) -> None:
    world = cases.random_world(seed)
    tariff = war(world, shock)
    found = solved(world, tariff, model, closure)
    scale = found.income.sum()
    assert abs(found.deficit.sum()) < 1e-9 * scale
    earned = found.sector_value_added.sum() + found.tariff_revenue.sum()
    assert found.income.sum() == pytest.approx(earned, rel=1e-9)
    np.testing.assert_allclose(found.sector_income.sum(axis=1), found.income, rtol=1e-9)
    revenue = (tariff * found.customs_value).sum(axis=(1, 2))
    np.testing.assert_allclose(found.tariff_revenue, revenue, atol=1e-9 * scale)
    customs = found.customs_value
    imports, exports = customs.sum(axis=(1, 2)), customs.sum(axis=(0, 2))
    np.testing.assert_allclose(imports - exports, found.deficit, atol=1e-9 * scale)
    before = found.world.accounts.value_added.sum()
    assert found.sector_value_added.sum() == pytest.approx(before, rel=1e-12)


@EVERY
@FEW
@given(SEEDS)
def test_autarky_limit(model: str, seed: int) -> None:
    """At very high tariffs on everything home shares approach one, and revenue vanishes.

    A foreign variety attracts a hundredth and then a ten-thousandth of what it did, wages apart:
    not so little that trade could no longer tie countries' wages to each other. Where labour is
    specific, wages fall so far in what used to be exported that some trade goes on.
    """
    world = cases.random_world(seed, balanced=True)
    before = world.accounts.expenditure_share[OWN, OWN]
    home = before
    for pull in (1e-2, 1e-4):
        tariff = np.where(FOREIGN, pull ** (-1 / world.elasticity().theta) - 1, 0.0)
        found = solved(world, tariff, model)
        last, home = home, found.expenditure_share[OWN, OWN]
        assert (home > last).all() or model == "krugman"
    left = 0.05 if model.startswith("specific") else 2e-3
    np.testing.assert_allclose(home, 1, atol=left)
    assert (found.tariff_revenue < left * found.income).all()
    if model not in ("caliendo-parro", "specific-labour"):
        # Without inputs the price index is the home variety's price and its share of the market.
        power = -1 / world.elasticity().theta
        price = found.wage_hat * (before * found.variety_hat / home) ** power
        np.testing.assert_allclose(found.price_hat, price, rtol=1e-9)
