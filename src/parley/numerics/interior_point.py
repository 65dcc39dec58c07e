r"""A primal-dual interior-point method for small smooth programmes with dense Hessians.

.. math:: \max_x f(x) \quad \text{s.t.} \quad g(x) \ge 0, \; l \le x \le h

Newton's method on the perturbed conditions of Karush, Kuhn and Tucker with slacks for g
(Nocedal and Wright 2006, chapter 19), the Hessian of the Lagrangian made positive definite.
Meant for a few dozen unknowns and functions that cost next to nothing, such as quadratic
models of dear ones: twenty-odd factorisations reach ten digits, where quasi-Newton methods
crawl because the objective is nearly linear and most unknowns end at their bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interior", "Point", "interior_point"]

Array = NDArray[np.float64]
STEPS = 80
TOLERANCE = 1e-10
TO_BOUNDARY = 0.995
MARGIN = 0.05
TINY = 1e-15
CENTRING = 0.2


class Point(NamedTuple):
    """The programme at x: objective slope [n], constraints [m], their slopes [m, n]."""

    slope: Array
    constraints: Array
    jacobian: Array


class Interior(NamedTuple):
    """Where the method ended, and whether the conditions hold there to the tolerance."""

    x: Array
    multipliers: Array
    error: float
    ok: bool


def interior_point(
    at: Callable[[Array], Point],
    bend: Callable[[Array, Array], Array],
    start: Array,
    lower: Array,
    upper: Array,
) -> Interior:
    """Return a point where the first-order conditions of the programme hold.

    Parameters
    ----------
    at
        The programme at a point.
    bend
        Hessian of ``-f - multipliers @ g`` at (x, multipliers), [n, n].
    start
        Where to begin, [n]; moved inside the bounds.
    lower, upper
        Bounds, infinite where there are none, lower below upper, [n].
    """
    below, above = np.isfinite(lower), np.isfinite(upper)
    width = np.where(below & above, upper - lower, 1.0)
    x = np.array(start, dtype=np.float64)
    x[below] = np.maximum(x, lower + MARGIN * width)[below]
    x[above] = np.minimum(x, upper - MARGIN * width)[above]
    now = at(x)
    s = np.maximum(now.constraints, MARGIN)
    y = np.ones(len(s))
    low, high = below.astype(np.float64), above.astype(np.float64)
    best = Interior(x, y, np.inf, False)
    mu = 0.1
    for _ in range(STEPS):
        # An iterate may round onto its bound.
        down = np.where(below, np.maximum(x - lower, TINY * width), 1.0)
        up = np.where(above, np.maximum(upper - x, TINY * width), 1.0)
        dual = -now.slope - now.jacobian.T @ y - low + high
        gap = now.constraints - s
        product = np.concatenate([s * y, (down * low)[below], (up * high)[above]])
        error = max(
            np.abs(dual).max(initial=0.0),
            np.abs(gap).max(initial=0.0),
            product.max(initial=0.0),
        )
        if not np.isfinite(error):
            break
        if error < best.error:
            best = Interior(x.copy(), y.copy(), float(error), bool(error <= TOLERANCE))
        if best.ok:
            break
        mean = float(product.mean()) if len(product) else 0.0
        mu = max(min(mu, CENTRING * mean), 1e-14)
        hold = y / s
        matrix = _positive(bend(x, y)) + np.diag(low / down + high / up)
        matrix += now.jacobian.T @ (hold[:, None] * now.jacobian)
        right = now.slope + now.jacobian.T @ (mu / s - hold * gap)
        right += np.where(below, mu / down, 0.0) - np.where(above, mu / up, 0.0)
        try:
            dx: Array = np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
        except np.linalg.LinAlgError:
            break
        ds = now.jacobian @ dx + gap
        dy = mu / s - hold * ds - y
        dlow = np.where(below, mu / down - low / down * dx - low, 0.0)
        dhigh = np.where(above, mu / up + high / up * dx - high, 0.0)
        primal = min(_reach(s, ds), _reach(down[below], dx[below]), _reach(up[above], -dx[above]))
        force = min(
            _reach(y, dy), _reach(low[below], dlow[below]), _reach(high[above], dhigh[above])
        )
        x, s = x + primal * dx, s + primal * ds
        y, low, high = y + force * dy, low + force * dlow, high + force * dhigh
        now = at(x)
    return best


def _reach(value: Array, step: Array) -> float:
    """Return the longest step, at most one, that keeps positive values positive."""
    falling = step < 0
    if not falling.any():
        return 1.0
    return float(min(1.0, TO_BOUNDARY * (value[falling] / -step[falling]).min()))


def _positive(matrix: Array) -> Array:
    """Return a symmetric matrix with its negative curvature turned positive."""
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    found: Array = (vectors * np.maximum(np.abs(values), 1e-10)) @ vectors.T
    return found
