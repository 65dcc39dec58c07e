"""Worlds: validation says what is wrong, the accounts add up, aggregation keeps them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from parley.economy import ElasticitySet, aggregate
from parley.errors import InputError
from tests.unit.worlds import random_world, two_country


@pytest.mark.parametrize("inputs", [True, False])
def test_identities_hold_by_construction(inputs: bool) -> None:
    checks = random_world(inputs=inputs).check_identities()
    assert [c.name for c in checks] == ["goods", "expenditure", "income", "balance"]
    assert max(c.max_error for c in checks) <= 1e-13
    assert all(c.ok for c in checks)


def test_accounts_against_a_hand_computed_world() -> None:
    world = two_country([[80, 20], [10, 90]])
    tariffs = np.array([[0, 0.5], [0, 0]])[:, :, None]
    a = world.with_changes(tariffs=tariffs).accounts
    assert a.output[:, 0].tolist() == [90, 110]
    assert a.expenditure[:, 0].tolist() == [110, 100]
    assert a.tariff_revenue.tolist() == [10, 0]
    assert a.deficit.tolist() == [10, -10]
    assert a.income.tolist() == [90 + 10 + 10, 110 - 10]


def test_export_tax_revenue_goes_to_the_exporter() -> None:
    tax = np.array([[0, 0.1], [0, 0]])[:, :, None]  # B taxes its exports to A
    world = two_country([[80, 20], [20, 80]]).with_changes(export_tax=tax)
    assert world.accounts.export_tax_revenue == pytest.approx([0, 2])
    assert world.accounts.deficit == pytest.approx([2, -2])
    assert all(c.ok for c in world.check_identities())


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        random_world().flows[0, 0, 0] = 1.0


def test_hash_follows_content_not_name() -> None:
    world = random_world()
    assert world.content_hash == world.with_changes(name="other").content_hash
    assert world.content_hash != world.with_changes(tariffs=world.tariffs * 0.5).content_hash


def _broken(**changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        random_world().with_changes(**changes)
    return str(caught.value)


def _flows(value: float) -> np.ndarray:
    flows = np.array(random_world().flows)
    flows[0, 1, 2] = value
    return flows


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"flows": _flows(-1.0)}, "flows negative: R0, R1, S2 = -1"),
        ({"flows": _flows(float("nan"))}, "flows not a finite number: R0, R1, S2 = nan"),
        ({"tariffs": _flows(0.0) * 0 - 1.5}, "-100 % or lower"),
        ({"tariffs": np.full((4, 4, 3), 0.1)}, "a tariff on domestic sales"),
        ({"regions": ("R0", "R1", "R1", "R3")}, "region 'R1' appears twice"),
        ({"flows": np.ones((2, 2, 3))}, "ask for (4, 4, 3)"),
        ({"input_share": None}, "missing: input_share"),
        ({"value_added_share": np.full((4, 3), 0.9)}, "plus the input shares is not one"),
        ({"elasticities": ()}, "no trade elasticities"),
        ({"elasticities": (ElasticitySet("x", np.array([1.0, -2, 3])),)}, "theta = -2 in S1"),
        ({"unit": "dozen"}, "unknown unit 'dozen'"),
        ({"goods": ("FOOD",)}, "unknown sector 'FOOD'"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], says: str) -> None:
    assert says in _broken(**changes)


def test_negative_final_demand_names_the_cells() -> None:
    world = random_world()
    shares = np.array(world.input_share)
    shares[1, 0, :] += 0.45
    message = _broken(input_share=shares, value_added_share=1 - shares.sum(axis=1))
    assert "implied final demand is negative" in message
    assert "R1 S0" in message


def test_unknown_label_gets_the_nearest_match() -> None:
    with pytest.raises(InputError, match="did you mean 'R1'"):
        random_world().region_index("r1")


def test_aggregation_adds_up_and_keeps_revenue_from_abroad() -> None:
    world = random_world(5, 4, seed=3)
    merged = aggregate(
        world,
        {"A": ["R0"], "B": ["R1", "R2"], "C": ["R3", "R4"]},
        {"goods": ["S0", "S1"], "other": ["S2", "S3"]},
    )
    assert merged.flows.sum() == pytest.approx(world.flows.sum(), rel=1e-14)
    assert all(c.ok for c in merged.check_identities())
    a, b = world.accounts, merged.accounts
    assert b.tariff_revenue[0] == pytest.approx(a.tariff_revenue[0], rel=1e-12)
    inside = world.flows[1, 2] @ world.tariffs[1, 2] + world.flows[2, 1] @ world.tariffs[2, 1]
    assert b.tariff_revenue[1] == pytest.approx(a.tariff_revenue[1:3].sum() - inside, rel=1e-12)
    assert b.deficit[2] == pytest.approx(a.deficit[3:].sum(), rel=1e-12)


def test_aggregation_to_itself_is_the_same_world() -> None:
    world = random_world()
    same = aggregate(world)
    for name in ("flows", "tariffs", "value_added_share", "input_share"):
        np.testing.assert_allclose(getattr(same, name), getattr(world, name), rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ({"A": ["R0", "R1"], "B": ["R1", "R2", "R3"]}, "in both 'A' and 'B'"),
        ({"A": ["R0", "R1"]}, "left out: R2, R3"),
        ({"A": ["R0", "R1", "R2", "R33"]}, "did you mean 'R3'"),
    ],
)
def test_bad_groupings(groups: dict[str, list[str]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        aggregate(random_world(), groups)
