"""Changes of instruments: the two wedges against the lines they stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parley.economy import ElasticitySet, World
from parley.equilibrium import solve
from parley.errors import InputError
from parley.files.embedded import open_world
from parley.policy import Change, apply_changes, no_change
from parley.policy.levers import Lever, LeverBoard, Touch
from parley.policy.wedges import ledger_of_changes
from tests.unit.worlds import random_world

PART = Change("R0", "R1", "S0", "tariff", 0.4, instrument="beef", share_of_flow=0.3)


def _theta(world: World) -> np.ndarray:
    return world.elasticities[0].theta


def test_no_change_is_exactly_the_world() -> None:
    world = random_world()
    policy = apply_changes(world, (), _theta(world))
    assert np.all(policy.cost_hat == 1.0)
    assert np.all(policy.tariff_prime == world.tariffs)
    np.testing.assert_array_equal(policy.cost_hat, no_change(world).cost_hat)


def test_whole_flow_needs_one_wedge() -> None:
    world = random_world()
    policy = apply_changes(world, [Change("R0", "R1", "S0", "tariff", 0.4)], _theta(world))
    assert policy.tariff_prime[0, 1, 0] == 0.4
    assert policy.cost_hat[0, 1, 0] == pytest.approx(1.4 / (1 + world.tariffs[0, 1, 0]))
    assert policy.slices == ()


def test_additional_tariffs_stack_by_instrument_and_switch_off() -> None:
    world = random_world()
    add = Change("R0", "R1", "S0", "additional-tariff", 0.25, instrument="one")
    other = replace(add, instrument="two", value=0.10)
    base = world.tariffs[0, 1, 0]
    cases = [
        ([add, other], base + 0.35),
        ([add, other, replace(add, value=0.0)], base + 0.10),
        ([add, add], base + 0.25),
        ([add, Change("R0", "R1", "S0", "tariff", 0.0)], 0.25),
    ]
    for changes, expected in cases:
        policy = apply_changes(world, changes, _theta(world))
        assert policy.tariff_prime[0, 1, 0] == pytest.approx(expected, abs=1e-15)


def test_two_wedges_equal_the_lines_as_varieties_of_one_ces() -> None:
    """A split flow solves like two exporters' varieties that share one price of costs."""
    world = random_world(3, 1, seed=5, inputs=False)
    theta = _theta(world)[0]
    change = Change("R0", "R1", "S0", "tariff", 0.6, instrument="part", share_of_flow=0.3)
    policy = apply_changes(world, [change], _theta(world))
    base = 1 + world.tariffs[0, 1, 0]
    hats = np.array([1.6 / base, 1.0])
    phi = np.array([0.3, 0.7])  # equal duties before, so value shares are the same
    pulled = phi * hats**-theta
    assert policy.cost_hat[0, 1, 0] == pytest.approx(pulled.sum() ** (-1 / theta), rel=1e-14)
    found = solve(world, policy).require()
    lines = pulled / pulled.sum() * found.expenditure_share[0, 1, 0] * found.expenditure[0, 0]
    revenue = lines @ np.array([0.6 / 1.6, 1 - 1 / base])
    other = found.customs_value[0, 2, 0] * world.tariffs[0, 2, 0]
    assert found.tariff_revenue[0] == pytest.approx(revenue + other, rel=1e-10)


def test_rest_of_the_cell_keeps_the_average_duty() -> None:
    world = random_world()
    base = float(world.tariffs[0, 1, 0])
    now = base * 1.5
    policy = apply_changes(world, [replace(PART, now=now, value=now)], _theta(world))
    beef, rest = policy.slices
    assert beef.share * beef.tariff + rest.share * rest.tariff == pytest.approx(base)
    assert policy.cost_hat[0, 1, 0] == pytest.approx(1.0, abs=1e-15)
    assert policy.tariff_prime[0, 1, 0] == pytest.approx(base, abs=1e-15)


def test_slices_with_the_same_change_equal_the_whole() -> None:
    world = random_world()
    halves = [replace(PART, instrument=k, share_of_flow=v) for k, v in (("a", 0.5), ("b", 0.5))]
    split = apply_changes(world, halves, _theta(world))
    whole = apply_changes(world, [replace(PART, share_of_flow=1.0)], _theta(world))
    np.testing.assert_allclose(split.cost_hat, whole.cost_hat, rtol=1e-14)
    np.testing.assert_allclose(split.tariff_prime, whole.tariff_prime, rtol=1e-14)


def test_export_tax_and_cost() -> None:
    world = random_world()
    changes = [
        Change("R0", "R1", "S0", "export-tax", 0.2),
        Change("R2", "R1", "S1", "cost", 1.1),
    ]
    policy = apply_changes(world, changes, _theta(world))
    assert policy.cost_hat[0, 1, 0] == pytest.approx(1.2)
    assert policy.cost_hat[2, 1, 1] == pytest.approx(1.1)
    assert policy.export_tax_prime is not None
    assert policy.export_tax_prime.sum() == pytest.approx(0.2)
    np.testing.assert_array_equal(policy.tariff_prime, world.tariffs)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replace(PART, importer="X"), "unknown region 'X'"),
        (replace(PART, sector="X"), "unknown sector 'X'"),
        (replace(PART, exporter="R0"), "importer and exporter are the same"),
        (replace(PART, value=-1.2), "tariff of -120.0%"),
        (replace(PART, value=float("nan")), "not a finite number"),
        (replace(PART, share_of_flow=1.3), "outside (0, 1]"),
        (replace(PART, kind="cost", value=0.0), "not positive"),
        (replace(PART, now=9.0), "would leave all other goods with"),
        (replace(PART, kind="export-tax"), "an export tax on part of a flow"),
    ],
)
def test_bad_changes(change: Change, says: str) -> None:
    world = random_world()
    with pytest.raises(InputError) as caught:
        apply_changes(world, [change], _theta(world))
    assert says in str(caught.value)


def test_slices_must_fit_and_agree() -> None:
    world = random_world()
    with pytest.raises(InputError, match=r"add to 1\.1 of it"):
        apply_changes(
            world,
            [PART, replace(PART, instrument="pork", share_of_flow=0.8)],
            _theta(world),
        )
    with pytest.raises(InputError, match=r"0\.3 and 0\.2"):
        apply_changes(world, [PART, replace(PART, share_of_flow=0.2)], _theta(world))


def test_elasticity_of_the_slice_matters() -> None:
    """The higher the elasticity, the more trade leaves a taxed slice for the untaxed rest."""
    world = random_world()
    shares = []
    for theta in (2.0, 8.0):
        fixed = ElasticitySet("uniform", np.full(3, theta))
        policy = apply_changes(world, [PART], fixed.theta)
        shares.append(policy.slices[0].share_prime)
    assert 0.3 > shares[0] > shares[1]


def test_a_board_at_rest_is_the_status_quo_even_under_an_export_tax() -> None:
    world = open_world("toy")
    cell = ("FOR", "HOM", "FOOD")
    changes = (
        Change(*cell, kind="tariff", value=0.1, instrument="duty"),
        Change(*cell, kind="export-tax", value=0.08, instrument="tax"),
    )
    theta = world.elasticity("uniform-4").theta
    touch = Touch(cell, "", "tariff")
    lever = Lever("duty", "duty", "FOR", "HOM", 0.0, 0.2, 0.1, "duty", (touch,))
    board = LeverBoard(world, ledger_of_changes(world, changes), [lever], theta)
    now, policy = board.now, apply_changes(world, changes, theta)
    np.testing.assert_allclose(board.policy(now).cost_hat, policy.cost_hat, rtol=1e-14)
    np.testing.assert_allclose(board.policy(now).tariff_prime, policy.tariff_prime, rtol=1e-14)
    step = 1e-6
    slope = (board.policy(now + step).cost_hat - board.policy(now - step).cost_hat) / (2 * step)
    ones = np.ones((1, *policy.cost_hat.shape))
    payment = np.zeros((1, len(world.regions)))
    found = board.pull(now, ones, 0.0 * ones, payment)
    np.testing.assert_allclose(found[0, 0], slope.sum(), rtol=1e-8)
