"""Balancing a table to known totals: RAS, and cross-entropy with bounds on the rows.

Both look for the table U nearest to a prior P in the sense of

    min  sum_ks U_ks (ln(U_ks / P_ks) - 1)        (Kullback-Leibler divergence)

so that cells that are zero stay zero and no cell changes sign.

* :func:`ras`: row and column totals are both given (Stone 1961; Bacharach 1970).
* :func:`fit_use_matrix`: column totals are given, row totals only have to lie between
  a lower and an upper bound. A sector's total purchases are known from its output and
  value added; of each product at least some must be left for final demand.

The solution of both has the form U_ks = r_k P_ks c_s. With bounds, r_k = 1 where the
row total is free, below one where the upper bound binds and above one where the lower
bound binds, which gives the exact alternating steps

    r_k = clip(1, lower_k / t_k, upper_k / t_k),  t_k = sum_s P_ks c_s
    c_s = column_s / sum_k r_k P_ks

(block-coordinate ascent on the dual; Bregman 1967, Censor and Zenios 1997, ch. 9).

Index convention: k rows (products), s columns (using sectors).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError, NotConvergedError, Problem

__all__ = ["Fit", "fit_use_matrix", "ras"]

Array = NDArray[np.float64]
WHERE = "balancing"


@dataclass(frozen=True, eq=False)
class Fit:
    """A balanced table.

    Attributes
    ----------
    values
        [row, column], in the unit of the prior.
    row_factor, column_factor
        [row], [column]; ``values = row_factor * prior * column_factor``.
    iterations
        Alternating steps taken.
    residual
        Largest miss of a total or bound, relative to the largest total.
    """

    values: Array
    row_factor: Array
    column_factor: Array
    iterations: int
    residual: float


def ras(
    prior: Array,
    row_totals: Array,
    column_totals: Array,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 20_000,
) -> Fit:
    """Return the table nearest to ``prior`` with these row and column totals.

    Parameters
    ----------
    prior
        [row, column], non-negative.
    row_totals, column_totals
        [row], [column], non-negative, with equal sums (to 1e-9).

    Raises
    ------
    InputError
        If signs, shapes or sums do not fit, or a positive total faces an empty line.
    NotConvergedError
        If the zeros of the prior leave no table with these totals.
    """
    total_rows, total_columns = float(np.sum(row_totals)), float(np.sum(column_totals))
    if abs(total_rows - total_columns) > 1e-9 * max(total_rows, total_columns, 1e-300):
        raise InputError.one(
            f"row totals add to {total_rows:.10g}, column totals to {total_columns:.10g}",
            WHERE,
            "every cell counts once in each",
            "scale one set of totals to the other",
        )
    return fit_use_matrix(
        prior,
        column_totals,
        row_totals,
        row_totals,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )


def fit_use_matrix(
    prior: Array,
    column_totals: Array,
    row_upper: Array,
    row_lower: Array | None = None,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 20_000,
) -> Fit:
    """Return the table nearest to ``prior`` with given column totals and bounded rows.

    Parameters
    ----------
    prior
        [row, column], non-negative: purchases of product k by sector s.
    column_totals
        [column]: what each sector spends on inputs in all.
    row_upper, row_lower
        [row]: most and least that all sectors together may buy of a product
        (lower bound zero if not given).

    Raises
    ------
    InputError
        If signs or shapes do not fit, or no table can meet the totals.
    NotConvergedError
        If the zeros of the prior leave no table within the bounds.
    """
    prior = np.asarray(prior, dtype=np.float64)
    columns = np.asarray(column_totals, dtype=np.float64)
    upper = np.asarray(row_upper, dtype=np.float64)
    lower = np.zeros_like(upper) if row_lower is None else np.asarray(row_lower, dtype=np.float64)
    _check(prior, columns, upper, lower)
    column_factor = np.ones_like(columns)
    row_factor = np.ones_like(upper)
    # Purchases smaller than this cannot be told from rounding of the totals.
    scale = max(float(columns.max(initial=0.0)), float(lower.max(initial=0.0)), 1e-300)
    path: list[float] = []
    for iteration in range(1, max_iterations + 1):
        row_factor = _row_step(prior @ column_factor, lower, upper)
        sums = row_factor @ prior
        column_factor = np.divide(columns, sums, out=np.zeros_like(columns), where=sums > 0)
        values = row_factor[:, None] * prior * column_factor[None, :]
        rows = values.sum(axis=1)
        miss = np.maximum(rows - upper, lower - rows).max(initial=0.0)
        miss = max(float(miss), float(np.abs(values.sum(axis=0) - columns).max(initial=0.0)))
        path.append(miss / scale)
        if path[-1] <= tolerance:
            return Fit(values, row_factor, column_factor, iteration, path[-1])
    raise NotConvergedError(
        f"no table within the bounds after {max_iterations} steps; "
        f"the largest miss is {path[-1]:.2g} of the largest total",
        path,
        "the zeros of the prior may exclude every solution: "
        "relax the bounds or give those cells a small positive prior",
    )


def _row_step(free: Array, lower: Array, upper: Array) -> Array:
    """Return the row factors: one where the bounds are slack, else onto the bound."""
    safe = np.where(free > 0, free, 1.0)
    bounded: Array = np.clip(1.0, lower / safe, upper / safe)
    return np.where(free > 0, bounded, 1.0)


def _check(prior: Array, columns: Array, upper: Array, lower: Array) -> None:
    problems: list[Problem] = []
    if prior.shape != (upper.size, columns.size) or lower.shape != upper.shape:
        raise InputError.one(
            f"the prior has shape {prior.shape}, the totals ask for {(upper.size, columns.size)}",
            WHERE,
        )
    for name, values in (
        ("prior", prior),
        ("column totals", columns),
        ("upper bounds", upper),
        ("lower bounds", lower),
    ):
        if not np.isfinite(values).all() or (values < 0).any():
            problems.append(Problem(f"the {name} hold a negative or non-finite value", WHERE))
    if problems:
        raise InputError(problems)
    slack = 1e-9 * max(float(columns.sum()), 1e-300)
    if (lower > upper).any():
        worst = int(np.argmax(lower - upper))
        problems.append(
            Problem(
                f"row {worst}: lower bound {lower[worst]:.6g} above upper {upper[worst]:.6g}", WHERE
            )
        )
    if columns.sum() > upper.sum() + slack:
        problems.append(
            Problem(
                f"columns add to {columns.sum():.6g}, rows may add to {upper.sum():.6g} at most",
                WHERE,
                "sectors cannot buy more than is spent",
                "raise the upper bounds or the value added of the using sectors",
            )
        )
    if columns.sum() < lower.sum() - slack:
        problems.append(
            Problem(
                f"columns add to {columns.sum():.6g}, rows must add to {lower.sum():.6g} at least",
                WHERE,
            )
        )
    reach = prior * (upper > 0)[:, None]
    for s in np.flatnonzero((columns > slack) & ~(reach > 0).any(axis=0)):
        problems.append(
            Problem(
                f"column {s} must add to {columns[s]:.6g} but its prior is zero throughout",
                WHERE,
                "zeros stay zero",
            )
        )
    for k in np.flatnonzero((lower > slack) & ~(prior * (columns > 0) > 0).any(axis=1)):
        problems.append(
            Problem(
                f"row {k} must add to at least {lower[k]:.6g} but its prior is zero throughout",
                WHERE,
                "zeros stay zero",
            )
        )
    if problems:
        raise InputError(problems)
