"""Balancing: totals are met, zeros stay zero, bounds hold, and the answer is the nearest one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.economy.balancing import fit_use_matrix, ras
from parley.errors import InputError, NotConvergedError


def table(seed: int, rows: int = 5, columns: int = 4, zeros: float = 0.2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    prior = rng.lognormal(size=(rows, columns))
    prior[rng.random(prior.shape) < zeros] = 0.0
    prior[:, 0] += 0.1
    prior[0, :] += 0.1
    return prior


@given(st.integers(0, 10_000))
def test_ras_meets_both_margins_and_keeps_zeros(seed: int) -> None:
    prior = table(seed)
    rng = np.random.default_rng(seed + 1)
    target = prior * rng.lognormal(sigma=0.5, size=prior.shape)
    fit = ras(prior, target.sum(axis=1), target.sum(axis=0))
    np.testing.assert_allclose(fit.values.sum(axis=1), target.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(fit.values.sum(axis=0), target.sum(axis=0), rtol=1e-9)
    assert ((fit.values == 0) == (prior == 0)).all()
    np.testing.assert_allclose(
        fit.values, fit.row_factor[:, None] * prior * fit.column_factor, rtol=1e-12
    )


@given(st.integers(0, 10_000))
def test_ras_of_a_balanced_table_is_the_table(seed: int) -> None:
    prior = table(seed)
    fit = ras(prior, prior.sum(axis=1), prior.sum(axis=0))
    np.testing.assert_allclose(fit.values, prior, rtol=1e-12)


@given(st.integers(0, 10_000), st.floats(0.3, 3.0))
def test_ras_does_not_depend_on_the_scale_of_the_prior(seed: int, scale: float) -> None:
    prior = table(seed)
    target = table(seed, zeros=0.2) * 1.7
    rows, columns = target.sum(axis=1), target.sum(axis=0)
    a, b = ras(prior, rows, columns), ras(prior * scale, rows, columns)
    np.testing.assert_allclose(a.values, b.values, rtol=1e-8)


def test_ras_by_hand() -> None:
    """Two by two: the odds ratio of the prior is kept (Bacharach 1970)."""
    prior = np.array([[1.0, 2.0], [3.0, 4.0]])
    fit = ras(prior, np.array([4.0, 6.0]), np.array([5.0, 5.0])).values
    odds = fit[0, 0] * fit[1, 1] / (fit[0, 1] * fit[1, 0])
    assert odds == pytest.approx(prior[0, 0] * prior[1, 1] / (prior[0, 1] * prior[1, 0]))
    np.testing.assert_allclose(fit.sum(axis=1), [4.0, 6.0], rtol=1e-12)
    np.testing.assert_allclose(fit.sum(axis=0), [5.0, 5.0], rtol=1e-12)


@given(st.integers(0, 10_000))
def test_bounds_hold_and_only_bind_where_needed(seed: int) -> None:
    prior = table(seed)
    rng = np.random.default_rng(seed + 2)
    columns = prior.sum(axis=0)
    upper = prior.sum(axis=1) * rng.uniform(0.7, 1.6, size=prior.shape[0])
    upper[0] = 10.0 * columns.sum()  # always feasible
    lower = 0.5 * np.minimum(upper, prior.sum(axis=1))
    fit = fit_use_matrix(prior, columns, upper, lower)
    rows = fit.values.sum(axis=1)
    np.testing.assert_allclose(fit.values.sum(axis=0), columns, rtol=1e-9)
    assert (rows <= upper * (1 + 1e-9)).all()
    assert (rows >= lower * (1 - 1e-9)).all()
    slack = (rows < upper * (1 - 1e-6)) & (rows > lower * (1 + 1e-6))
    np.testing.assert_allclose(fit.row_factor[slack], 1.0, rtol=1e-12)
    assert (fit.row_factor[np.isclose(rows, upper, rtol=1e-9) & ~slack] <= 1 + 1e-9).all()


def test_slack_bounds_leave_the_prior_alone() -> None:
    prior = table(3)
    fit = fit_use_matrix(prior, prior.sum(axis=0), 2.0 * prior.sum(axis=1))
    np.testing.assert_allclose(fit.values, prior, rtol=1e-14)


def test_the_fit_is_nearest_among_feasible_tables() -> None:
    """Random feasible moves away from the fit raise the divergence."""
    prior = table(11, zeros=0.0)
    columns, upper = prior.sum(axis=0), 0.9 * prior.sum(axis=1)
    upper[0] *= 5.0
    fit = fit_use_matrix(prior, columns, upper).values

    def divergence(u: np.ndarray) -> float:
        return float((u * (np.log(u / prior) - 1.0)).sum())

    best = divergence(fit)
    rng = np.random.default_rng(0)
    for _ in range(200):
        i, k = rng.choice(prior.shape[0], 2, replace=False)
        s = rng.integers(prior.shape[1])
        move = np.zeros_like(prior)
        move[i, s], move[k, s] = 1e-3, -1e-3
        other = fit + move
        if (other > 0).all() and (other.sum(axis=1) <= upper + 1e-9).all():
            assert divergence(other) >= best - 1e-9


def test_empty_columns_and_rows() -> None:
    prior = np.array([[1.0, 0.0], [2.0, 0.0]])
    fit = fit_use_matrix(prior, np.array([3.0, 0.0]), np.array([0.0, 5.0]))
    np.testing.assert_allclose(fit.values, [[0.0, 0.0], [3.0, 0.0]])


@pytest.mark.parametrize(
    ("prior", "columns", "upper", "lower", "said"),
    [
        ([[1.0, -1.0]], [1.0, 1.0], [5.0], None, "negative"),
        ([[1.0, np.nan]], [1.0, 1.0], [5.0], None, "non-finite"),
        ([[1.0, 1.0]], [1.0], [5.0], None, "shape"),
        ([[1.0, 1.0]], [3.0, 3.0], [5.0], None, "at most"),
        ([[1.0, 1.0]], [1.0, 1.0], [5.0], [4.0], "at least"),
        ([[1.0, 0.0]], [1.0, 1.0], [5.0], None, "zero throughout"),
        ([[1.0], [0.0]], [1.0], [5.0, 5.0], [0.0, 1.0], "zero throughout"),
        ([[1.0]], [1.0], [5.0], [6.0], "above upper"),
    ],
)
def test_hopeless_input_is_refused(
    prior: list[list[float]],
    columns: list[float],
    upper: list[float],
    lower: list[float] | None,
    said: str,
) -> None:
    with pytest.raises(InputError, match=said):
        fit_use_matrix(
            np.array(prior),
            np.array(columns),
            np.array(upper),
            None if lower is None else np.array(lower),
        )


def test_unequal_sums_are_refused() -> None:
    with pytest.raises(InputError, match="row totals add to"):
        ras(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([1.0, 2.0]))


def test_zeros_that_exclude_every_solution_do_not_pass_for_one() -> None:
    """Row 0 can only sell to column 0, which buys less than row 0 must sell."""
    prior = np.array([[1.0, 0.0], [1.0, 1.0]])
    with pytest.raises(NotConvergedError) as caught:
        ras(prior, np.array([3.0, 1.0]), np.array([2.0, 2.0]), max_iterations=50)
    assert caught.value.residual_path[-1] > 1e-3
