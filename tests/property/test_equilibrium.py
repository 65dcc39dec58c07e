"""What holds in every equilibrium, whatever the numbers: checked on random small worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.economy import World
from parley.equilibrium import Equilibrium, solve
from parley.policy import Change, apply_changes
from tests.oracle import cases, package

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25)
N, S = 3, 2


def war(world: World, seed: int) -> np.ndarray:
    """New tariffs [n,i,s] between -5 and +60 points from the old."""
    n, _, s = world.tariffs.shape
    foreign = ~np.eye(n, dtype=bool)[:, :, None]
    draw = np.random.default_rng(seed).uniform(-0.05, 0.6, (n, n, s))
    return world.tariffs + foreign * draw


def solved(world: World, *args: object, closure: str = "world-share") -> Equilibrium:
    return solve(world, package.policy_of(world, *args), closure=closure).require()  # type: ignore[arg-type]


@FEW
@given(SEEDS, st.booleans(), st.sampled_from(["zero", "fixed", "world-share", "own-share"]))
def test_no_change_changes_nothing(seed: int, inputs: bool, closure: str) -> None:
    found = solve(cases.random_world(seed, inputs=inputs), closure=closure).require()
    np.testing.assert_allclose(found.w_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.price_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.real_income_hat, 1, atol=1e-12)
    np.testing.assert_allclose(found.flows, found.world.flows, rtol=1e-11)


@FEW
@given(SEEDS, SEEDS, st.floats(1e-3, 1e4))
def test_the_unit_of_money_does_not_matter(seed: int, shock: int, factor: float) -> None:
    world = cases.random_world(seed)
    tariff = war(world, shock)
    there = solved(world.with_changes(flows=world.flows * factor), tariff)
    here = solved(world, tariff)
    np.testing.assert_allclose(there.real_income_hat, here.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(there.flows, factor * here.flows, rtol=1e-8)


@FEW
@given(SEEDS, SEEDS)
def test_the_numeraire_does_not_matter_where_trade_is_balanced(seed: int, shock: int) -> None:
    world = cases.random_world(seed, balanced=True)
    tariff = war(world, shock)
    answers = [
        solved(world, tariff, closure=closure).real_income_hat
        for closure in ("world-share", "own-share", "fixed:R0", "fixed:R2")
    ]
    for other in answers[1:]:
        np.testing.assert_allclose(other, answers[0], rtol=1e-9)


@FEW
@given(SEEDS, SEEDS, st.permutations(range(N)), st.permutations(range(S)))
def test_the_order_of_labels_does_not_matter(
    seed: int, shock: int, regions: list[int], sectors: list[int]
) -> None:
    world = cases.random_world(seed)
    tariff = war(world, shock)
    other = cases.permuted(world, np.array(regions), np.array(sectors))
    here = solved(world, tariff)
    there = solved(other, tariff[np.ix_(regions, regions, sectors)])
    np.testing.assert_allclose(there.real_income_hat, here.real_income_hat[regions], rtol=1e-9)
    np.testing.assert_allclose(there.price_hat, here.price_hat[np.ix_(regions, sectors)], rtol=1e-9)


@FEW
@given(SEEDS, SEEDS, st.integers(0, N - 1), st.floats(0.05, 0.95))
def test_cutting_a_country_in_two(seed: int, shock: int, region: int, share: float) -> None:
    """Two halves that trade freely and tax alike fare as the whole did, and so does everyone."""
    world = cases.random_world(seed)
    tariff = war(world, shock)
    whole = solved(world, tariff)
    parts = solved(cases.split(world, region, share), cases.split_tariff(tariff, region))
    expected = np.append(whole.real_income_hat, whole.real_income_hat[region])
    np.testing.assert_allclose(parts.real_income_hat, expected, rtol=1e-9)


@FEW
@given(SEEDS, st.floats(0.01, 0.8), st.booleans(), st.booleans())
def test_lerner_symmetry(seed: int, rate: float, inputs: bool, tariffs: bool) -> None:
    """A uniform tax on all imports equals the same tax on all exports if trade is balanced."""
    world = cases.random_world(seed, inputs=inputs, tariffs=tariffs, balanced=True)
    theta = world.elasticity().theta
    home, *others = world.regions
    on_imports, on_exports = [], []
    for other in others:
        for k, sector in enumerate(world.sectors):
            now = world.tariffs[0, world.region_index(other), k]
            new = (1 + now) * (1 + rate) - 1
            on_imports.append(Change(home, other, sector, "tariff", new))
            on_exports.append(Change(other, home, sector, "export-tax", rate))
    imports = solve(world, apply_changes(world, on_imports, theta)).require()
    exports = solve(world, apply_changes(world, on_exports, theta)).require()
    np.testing.assert_allclose(imports.real_income_hat, exports.real_income_hat, rtol=1e-9)
    np.testing.assert_allclose(imports.expenditure_share, exports.expenditure_share, rtol=1e-8)


@FEW
@given(SEEDS, SEEDS, st.booleans())
def test_real_wages_follow_from_domestic_shares(seed: int, shock: int, inputs: bool) -> None:
    """Arkolakis, Costinot and Rodriguez-Clare (2012), with inputs Caliendo and Parro (2015)."""
    world = cases.random_world(seed, inputs=inputs)
    found = solved(world, war(world, shock))
    own = np.arange(N)
    hat = found.expenditure_share[own, own] / world.accounts.expenditure_share[own, own]
    implied = cases.real_wage_from_domestic_shares(world, hat)
    np.testing.assert_allclose(found.real_wage_hat, implied, rtol=1e-9)


@FEW
@given(SEEDS, SEEDS)
def test_gains_without_inputs(seed: int, shock: int) -> None:
    """Without inputs real income is prod lambda_hat^(-alpha/theta) times the change of I/(wL)."""
    world = cases.random_world(seed, inputs=False)
    found = solved(world, war(world, shock))
    own = np.arange(N)
    accounts = world.accounts
    hat = found.expenditure_share[own, own] / accounts.expenditure_share[own, own]
    power = -accounts.final_share / world.elasticity().theta
    income = found.income / (found.w_hat * accounts.value_added)
    acr = (hat**power).prod(axis=1) * income / (accounts.income / accounts.value_added)
    np.testing.assert_allclose(found.real_income_hat, acr, rtol=1e-9)


@FEW
@given(SEEDS, st.booleans())
def test_autarky_limit(seed: int, inputs: bool) -> None:
    """With trade shut real income moves by the whole gains from trade."""
    world = cases.random_world(seed, inputs=inputs, tariffs=False, balanced=True)
    foreign = ~np.eye(N, dtype=bool)[:, :, None]
    found = solved(world, None, np.where(foreign, 1e6, 1.0) * np.ones_like(world.tariffs))
    own = np.arange(N)
    shares = world.accounts.expenditure_share[own, own]
    gains = cases.real_wage_from_domestic_shares(world, 1 / shares)
    np.testing.assert_allclose(found.real_income_hat, gains, rtol=1e-8)


@FEW
@given(SEEDS, st.floats(0.7, 1.5))
def test_the_same_cost_change_everywhere(seed: int, factor: float) -> None:
    """Without inputs, raising all costs alike, at home too, raises all prices and nothing else."""
    world = cases.random_world(seed, inputs=False)
    found = solved(world, None, np.full_like(world.tariffs, factor))
    np.testing.assert_allclose(found.w_hat, 1, rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, factor, rtol=1e-9)
    np.testing.assert_allclose(found.expenditure_share, world.accounts.expenditure_share, rtol=1e-9)
    np.testing.assert_allclose(found.real_income_hat, 1 / factor, rtol=1e-9)


@FEW
@given(SEEDS, st.integers(0, S - 1))
def test_the_trade_elasticity_at_the_margin(seed: int, sector: int) -> None:
    """The slope d ln pi / d ln(1 + tau) is -theta (1 - pi), the response of costs taken out."""
    world = cases.random_world(seed)
    step = 1e-5
    shares = []
    costs = []
    for sign in (-1, 1):
        tariff = world.tariffs.copy()
        tariff[0, 1, sector] = (1 + tariff[0, 1, sector]) * np.exp(sign * step) - 1
        found = solved(world, tariff)
        shares.append(np.log(found.expenditure_share[0, 1, sector]))
        costs.append(np.log(found.cost_hat[:, sector]))
    theta = world.elasticity().theta[sector]
    share = world.accounts.expenditure_share[0, :, sector]
    cost = (costs[1] - costs[0]) / (2 * step)
    slope = (shares[1] - shares[0]) / (2 * step)
    direct = slope + theta * (cost[1] - share @ cost)
    assert direct == pytest.approx(-theta * (1 - share[1]), rel=1e-4)


@FEW
@given(SEEDS, st.floats(0.02, 0.5))
def test_trade_is_diverted(seed: int, rate: float) -> None:
    """A tariff on one partner alone moves purchases from it to the other partner."""
    world = cases.random_world(seed)
    tariff = world.tariffs.copy()
    tariff[0, 1] += rate
    found = solved(world, tariff)
    assert found.flows[0, 1].sum() < world.flows[0, 1].sum()
    assert found.flows[0, 2].sum() > world.flows[0, 2].sum()
    assert (found.expenditure_share[0, 2] > world.accounts.expenditure_share[0, 2]).all()


@FEW
@given(SEEDS, SEEDS, st.booleans(), st.sampled_from(["fixed", "world-share", "own-share"]))
def test_every_solution_satisfies_the_equations(
    seed: int, shock: int, inputs: bool, closure: str
) -> None:
    """Judged by the plain reference, with one market nobody aimed at: Walras' law."""
    world = cases.random_world(seed, inputs=inputs)
    tariff = war(world, shock)
    found = solved(world, tariff, closure=closure)
    assert package.judge(found, tariff_prime=tariff).worst < 1e-9
    customs = found.customs_value
    imports, exports = customs.sum(axis=(1, 2)), customs.sum(axis=(0, 2))
    np.testing.assert_allclose(imports - exports, found.deficit, atol=1e-9 * found.income.sum())
    assert abs(found.deficit.sum()) < 1e-9 * found.income.sum()
    # Labour markets: what sectors pay out is what households earn.
    earned = found.w_hat * world.accounts.value_added
    np.testing.assert_allclose(found.sector_value_added.sum(axis=1), earned, rtol=1e-8)
