"""Seeded samples, and the war of attrition in closed form."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from parley.calendar.attrition import standoff
from parley.sampling import log_uniform, split_uniform, unit_draws


def close(found: object, expected: object, within: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=within)


# --- the war of attrition ------------------------------------------------------------------------


def test_each_gives_in_at_the_rate_that_just_keeps_the_other_waiting() -> None:
    found = standoff((5.0, 3.0), (1.0, 2.0), (0.4, 0.3))
    close(found.gives_in, (0.3 / 1.0, 0.4 / 4.0))
    close(found.mean_years, 1 / 0.4)
    # what j gains a year by the other's giving in pays for the waiting
    close(found.gives_in[0] * (3.0 - 2.0), 0.3)
    close(found.gives_in[1] * (5.0 - 1.0), 0.4)
    assert standoff((1.0, 1.0), (0.0, 0.0), (1.0, 0.0)).gives_in == (0.0, 1.0)


def test_a_standoff_that_is_none_is_refused() -> None:
    one, none = (1.0, 1.0), (0.0, 0.0)
    for lose, cost in (((1.0, 0.0), one), ((0.0, 2.0), one), (none, none), (none, (-1.0, 1.0))):
        with pytest.raises(ValueError, match="hold"):
            standoff(one, lose, cost)


# --- samples -------------------------------------------------------------------------------------


@pytest.mark.parametrize("draws", [1, 2, 64, 99])
def test_the_same_seed_draws_the_same_even_sample(draws: int) -> None:
    unit = unit_draws(draws, 3, 5)
    assert unit.shape == (draws, 3)
    assert ((unit > 0.0) & (unit < 1.0)).all()
    assert (unit == unit_draws(draws, 3, 5)).all()
    assert (unit != unit_draws(draws, 3, 6)).all()
    # a Latin hypercube: one draw in each n-th of every unknown's range, in its own order
    assert (np.sort(np.floor(draws * unit), axis=0) == np.arange(draws)[:, None]).all()
    if draws > 2:
        assert (np.abs(np.corrcoef(unit.T) - np.eye(3)) < 0.4).all()


def test_no_unknowns_have_no_columns_and_no_draws_are_refused() -> None:
    assert unit_draws(8, 0, 1).shape == (8, 0)
    for draws in (0, -1):
        with pytest.raises(ValueError, match="at least one"):
            unit_draws(draws, 2, 1)


def test_the_middle_is_the_median_and_the_limits_hold() -> None:
    unit = unit_draws(256, 1, 3)[:, 0]
    found = split_uniform(unit, -1.0, 0.5, 8.0)
    assert (found < 0.5).sum() == 128
    assert -1.0 <= found.min() < -0.9
    assert 7.9 < found.max() <= 8.0
    points = np.array([0.0, 0.25, 0.45, 0.5, 0.75, 1.0])
    close(split_uniform(points, -1, 0.5, 8), (-1, -0.25, 0.35, 0.5, 4.25, 8))
    assert (split_uniform(unit, 2.0, 2.0, 2.0) == 2.0).all()
    logs = log_uniform(unit, 0.1, 10.0)
    assert (logs < 1.0).sum() == 128
    close(log_uniform(np.array([0.0, 0.5, 1.0]), 0.1, 10.0), (0.1, 1.0, 10.0))
    close(np.log10(logs).mean(), 0.0, 0.01)


def test_limits_out_of_order_are_refused() -> None:
    unit = np.array([0.5])
    for low, middle, high in ((1, 0, 2), (0, 3, 2), (0, nan, 2)):
        with pytest.raises(ValueError, match="order"):
            split_uniform(unit, low, middle, high)
    for low, high in ((0, 1), (-1, 1), (2, 1), (nan, 1)):
        with pytest.raises(ValueError, match="positive"):
            log_uniform(unit, low, high)
