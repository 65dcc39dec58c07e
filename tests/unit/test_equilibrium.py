"""The equilibrium: closed forms, exactness of no change, residuals, two solvers."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import ElasticitySet, World
from parley.equilibrium import CLOSURES, Closure, purge_deficits, solve
from parley.equilibrium.welfare import bilateral_balance, compare, first_order
from parley.errors import InputError, NotConvergedError
from parley.policy import Change, Policy, apply_changes
from parley.politics import constituency_income, sector_income
from tests.unit.worlds import random_world, two_country

# Two countries, one sector, theta 4, balanced trade: (rows, tariffs of A and B, welfare %).
ORACLES = [
    ([[80, 20], [20, 80]], (0.28603, 0.0), (1.199, -2.189)),
    ([[80, 20], [20, 80]], (0.26899, 0.26899), (-1.3865, -1.3865)),
    ([[900, 50], [50, 50]], (0.30998, 0.25482), (-0.142, -5.764)),
]


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize(("rows", "tariffs", "welfare"), ORACLES)
def test_two_country_oracles(
    rows: list[list[float]],
    tariffs: tuple[float, float],
    welfare: tuple[float, float],
    closure: str,
) -> None:
    world = two_country(rows)
    changes = [
        Change("A", "B", "ALL", "tariff", tariffs[0]),
        Change("B", "A", "ALL", "tariff", tariffs[1]),
    ]
    found = solve(world, apply_changes(world, changes, np.array([4.0])), closure=closure)
    found.require()
    assert (found.real_income_hat - 1) * 100 == pytest.approx(welfare, abs=5e-4)


@pytest.mark.parametrize("closure", [*CLOSURES, "fixed:R2"])
@pytest.mark.parametrize("inputs", [True, False])
def test_no_change_is_exact(closure: str, inputs: bool) -> None:
    world = random_world(seed=2, inputs=inputs)
    found = solve(world, closure=closure).require()
    for hat in (found.w_hat, found.price_hat, found.real_income_hat):
        assert np.abs(hat - 1).max() <= 1e-12
    assert np.abs(found.flows / found.world.flows - 1).max() <= 1e-12
    assert found.report.iterations >= 1  # it was solved, not skipped


def _shock(world: World, seed: int = 0) -> Policy:
    rng = np.random.default_rng(seed)
    tariffs = rng.uniform(-0.3, 1.0, world.tariffs.shape)
    own = np.arange(len(world.regions))
    tariffs[own, own] = 0.0
    return Policy((1 + tariffs) / (1 + world.tariffs), tariffs)


@pytest.mark.parametrize("closure", CLOSURES)
def test_every_condition_holds_in_levels(closure: str) -> None:
    """Recompute the model's statements from the solution's flows, not from its kernel."""
    world = random_world(5, 4, seed=7)
    policy = _shock(world)
    found = solve(world, policy, closure=closure).require()
    base = found.world
    flows = found.flows
    output = flows.sum(axis=0)
    np.testing.assert_allclose(output, found.output, rtol=1e-9)
    spending = (flows * (1 + policy.tariff_prime)).sum(axis=1)
    np.testing.assert_allclose(spending, found.expenditure, rtol=1e-9)
    wages = found.w_hat * base.accounts.value_added
    assert base.value_added_share is not None
    assert base.input_share is not None
    np.testing.assert_allclose((base.value_added_share * output).sum(axis=1), wages, rtol=1e-9)
    revenue = (flows * policy.tariff_prime).sum(axis=(1, 2))
    deficit = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
    np.testing.assert_allclose(wages + revenue + deficit, found.income, rtol=1e-9)
    use = np.einsum("nks,ns->nk", base.input_share, output)
    final = base.accounts.final_share * found.income[:, None]
    np.testing.assert_allclose(use + final, spending, rtol=1e-8)
    assert wages.sum() == pytest.approx(base.accounts.value_added.sum(), rel=1e-12)
    assert found.deficit.sum() == pytest.approx(0, abs=1e-9 * found.income.sum())


def test_closures_do_what_they_say() -> None:
    world = random_world(4, 3, seed=4)
    policy = _shock(world, 1)
    a = world.accounts
    zero = solve(world, policy, closure="zero").require()
    assert np.abs(zero.deficit).max() < 1e-9 * zero.income.max()
    share = solve(world, policy, closure="world-share").require()
    np.testing.assert_allclose(share.deficit, a.deficit, rtol=1e-12)  # numeraire: world VA
    fixed = solve(world, policy, closure="fixed:R1").require()
    np.testing.assert_allclose(fixed.deficit, a.deficit * fixed.w_hat[1], rtol=1e-12)
    own = solve(world, policy, closure="own-share").require()
    ratio = own.deficit / (a.deficit * own.w_hat)
    assert np.ptp(ratio[a.deficit > 0]) < 1e-9
    assert np.ptp(ratio[a.deficit < 0]) < 1e-9


def test_purged_world_is_balanced_and_exact() -> None:
    world = random_world(seed=9)
    purged = purge_deficits(world)
    assert np.abs(purged.accounts.deficit).max() < 1e-11 * purged.accounts.income.max()
    assert all(c.ok for c in purged.check_identities())
    np.testing.assert_allclose(purged.accounts.final_share, world.accounts.final_share, atol=1e-10)


def test_two_solvers_agree() -> None:
    world = random_world(5, 4, seed=1)
    policy = _shock(world, 3)
    one = solve(world, policy, method="anderson").require()
    two = solve(world, policy, method="newton").require()
    assert one.report.method != two.report.method
    np.testing.assert_allclose(one.real_income_hat, two.real_income_hat, rtol=1e-9)


def test_hopeless_policy_is_refused_with_its_path() -> None:
    """Subsidising every import at 99 per cent leaves no income to pay for it."""
    world = random_world(3, 2, seed=0)
    tariffs = np.full(world.tariffs.shape, -0.99)
    own = np.arange(3)
    tariffs[own, own] = 0.0
    found = solve(world, Policy((1 + tariffs) / (1 + world.tariffs), tariffs))
    assert not found.report.ok
    assert "Newton-Krylov" in found.report.method
    assert len(found.report.path) > 1
    with pytest.raises(NotConvergedError, match="residuals:") as caught:
        found.require()
    assert caught.value.exit_code == 3


def test_export_tax_and_tariff_are_symmetric_under_balanced_trade() -> None:
    """Lerner: a uniform import tariff equals a uniform export tax when trade balances."""
    world = two_country([[80, 20], [20, 80]])
    tariff = apply_changes(world, [Change("A", "B", "ALL", "tariff", 0.3)], np.array([4.0]))
    tax = apply_changes(world, [Change("B", "A", "ALL", "export-tax", 0.3)], np.array([4.0]))
    one, two = solve(world, tariff).require(), solve(world, tax).require()
    np.testing.assert_allclose(one.real_income_hat, two.real_income_hat, rtol=1e-10)


def test_iceberg_costs_burn_income_without_revenue() -> None:
    world = two_country([[80, 20], [20, 80]])
    policy = apply_changes(world, [Change("A", "B", "ALL", "cost", 1.1)], np.array([4.0]))
    found = solve(world, policy).require()
    assert found.tariff_revenue == pytest.approx([0, 0], abs=1e-12)
    assert np.all(found.real_income_hat < 1)


def test_small_changes_match_the_first_order_indices() -> None:
    world = random_world(4, 3, seed=6)
    tariffs = np.array(world.tariffs)
    tariffs[0, 1:, :] += 1e-6
    found = solve(world, Policy((1 + tariffs) / (1 + world.tariffs), tariffs)).require()
    base = solve(world).require()
    change = compare(base, found)
    first = first_order(change)
    exact = change.real_income_hat - 1
    assert np.abs(exact).max() > 1e-8
    np.testing.assert_allclose(first.total, exact, atol=2e-3 * np.abs(exact).max())


def test_comparison_against_the_status_quo_composes() -> None:
    world = random_world(4, 3, seed=8)
    first, second = (solve(world, _shock(world, k)).require() for k in (1, 2))
    change = compare(first, second)
    np.testing.assert_allclose(
        change.real_income_hat, second.real_income_hat / first.real_income_hat
    )
    np.testing.assert_allclose(
        change.equivalent_variation, (change.real_income_hat - 1) * first.income
    )
    balance = bilateral_balance(second)
    np.testing.assert_allclose(balance, -balance.T, atol=1e-12 * np.abs(balance).max())
    np.testing.assert_allclose(balance.sum(axis=1), -second.deficit, rtol=1e-6)


def test_constituencies_share_out_the_whole_income() -> None:
    world = random_world(seed=3)
    found = solve(world, _shock(world)).require()
    np.testing.assert_allclose(sector_income(found).sum(axis=1), found.income, rtol=1e-9)
    parts = sum(constituency_income(found, 0, [s]) for s in range(3))
    assert parts == pytest.approx(found.income[0] / found.consumer_price_hat[0], rel=1e-9)


def test_unknown_settings() -> None:
    world = random_world()
    with pytest.raises(InputError, match="did you mean 'world-share'"):
        solve(world, closure="worldshare")
    with pytest.raises(InputError, match="takes no numeraire"):
        Closure.parse("zero:R1")
    with pytest.raises(InputError, match="unknown region 'XXX'"):
        solve(world, closure="fixed:XXX")
    with pytest.raises(InputError, match="elasticity set 'nobody'"):
        solve(world, elasticity="nobody")


def test_elasticity_set_given_directly() -> None:
    world = random_world()
    own = ElasticitySet("mine", np.full(3, 5.0), "assumed")
    assert solve(world, elasticity=own).elasticity.name == "mine"
