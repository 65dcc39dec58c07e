"""The programmes of bargaining on a quadratic model, by an interior-point method.

On the model everything is known to second order, so Newton's method applies; see
:mod:`parley.bargaining.model` for how the answers become those of the payoffs themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.model import Curvature, local_problem
from parley.bargaining.problem import Bargain, Outcome
from parley.numerics.interior_point import Point, interior_point

__all__ = ["Climb", "Ray", "levers_on_model"]

Array = NDArray[np.float64]


class Ray:
    """Programme along a ray: the largest t with ``u >= origin + t * direction``."""

    def __init__(self, origin: Array, direction: Array) -> None:
        self.origin, self.direction = origin, direction


class Climb:
    """Programme of an objective: its ``slope`` in payoffs, and ``bend``, its Hessian in them.

    Both are functions of an outcome: [party], and [party, party].
    """

    def __init__(self, slope: Callable[[Outcome], Array], bend: Callable[[Outcome], Array]) -> None:
        self.slope, self.bend = slope, bend


def levers_on_model(
    problem: Bargain,
    outcome: Outcome,
    curvature: Curvature,
    goal: Ray | Climb,
    at_least: Array | None,
    start: Array,
    reach: float = 1.0,
) -> Array | None:
    """Return the levers that solve a programme on the model around an outcome.

    None where the method did not settle. ``at_least`` [party] are payoffs that nobody may
    fall below, minus infinity for none; ``reach`` how far a lever may move from where the
    model stands, as a part of its range.
    """
    local = local_problem(problem, outcome, curvature)
    free = problem.free
    width = (problem.upper - problem.lower)[free]
    scale = problem.scale
    ray = isinstance(goal, Ray)
    unit = float((np.abs(goal.direction) / scale).max()) if isinstance(goal, Ray) else 1.0
    asked = np.zeros(len(scale), dtype=bool) if at_least is None else np.isfinite(at_least)
    least = scale if at_least is None else at_least

    def outcome_at(x: Array) -> Outcome:
        z = outcome.levers.copy()
        z[free] = problem.lower[free] + x[: len(width)] * width
        return local.payoffs.evaluate(z)

    def at(x: Array) -> Point:
        o = outcome_at(x)
        up, us = local.payoffs.gradients(o)
        by_payoff, by_slack = up[:, free] * width / scale[:, None], us[:, free] * width
        rows = [((o.payoffs - least) / scale)[asked], o.slack]
        blocks = [by_payoff[asked], by_slack]
        if not isinstance(goal, Ray):
            slope = goal.slope(o) @ (by_payoff * scale[:, None])
            return Point(slope, np.concatenate(rows), np.concatenate(blocks))
        reached = (o.payoffs - goal.origin - x[-1] / unit * goal.direction) / scale
        rows, blocks = [reached, *rows], [by_payoff, *blocks]
        by_t = np.zeros(sum(len(b) for b in blocks))
        by_t[: len(reached)] = -goal.direction / unit / scale
        slope = np.zeros(len(x))
        slope[-1] = 1.0
        return Point(slope, np.concatenate(rows), np.column_stack([np.concatenate(blocks), by_t]))

    square = np.outer(width, width)
    hp = curvature.payoffs[:, free][:, :, free] * square
    hs = curvature.slack[:, free][:, :, free] * square

    def bend(x: Array, y: Array) -> Array:
        found = np.zeros((len(x), len(x)))
        k = len(width)
        if isinstance(goal, Ray):
            found[:k, :k] -= np.tensordot(y[: len(scale)] / scale, hp, 1)
            y = y[len(scale) :]
        else:
            o = outcome_at(x)
            up = local.payoffs.gradients(o)[0][:, free] * width
            found[:k, :k] -= np.tensordot(goal.slope(o), hp, 1) + up.T @ goal.bend(o) @ up
        count = int(asked.sum())
        found[:k, :k] -= np.tensordot(y[:count] / scale[asked], hp[asked], 1)
        if len(hs):
            found[:k, :k] -= np.tensordot(y[count:], hs, 1)
        return found

    x = (start - problem.lower)[free] / width
    stands = (outcome.levers - problem.lower)[free] / width
    lower, upper = np.maximum(stands - reach, 0.0), np.minimum(stands + reach, 1.0)
    if isinstance(goal, Ray):
        reached = ((outcome.payoffs - goal.origin) / goal.direction).min()
        x = np.append(x, unit * reached)
    if ray:
        lower, upper = np.append(lower, -np.inf), np.append(upper, np.inf)
    found = interior_point(at, bend, x, lower, upper)
    if found.error > 1e-8:
        return None
    ends = found.x[: len(width)]
    for bound in (lower[: len(width)], upper[: len(width)]):
        ends = np.where(np.abs(ends - bound) < 1e-9, bound, ends)
    z = outcome.levers.copy()
    z[free] = problem.lower[free] + ends * width
    return z
