"""What proves a cooperative solution: equal gains, no first-order and no found improvement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from parley.equilibrium.simulator import Point
from parley.games.jointly import State, Table
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["CooperationCertificate", "ascend_together", "certify_cooperation"]

Array = NDArray[np.float64]
# Common gains below this, in percentage points, do not count as an improvement.
IMPROVEMENT_TOLERANCE = 1e-3
MOVE = 0.05
# A multiplier below this counts as zero.
NO_WEIGHT = 1e-6
SHARPNESS = 2e3
ASCENT_STEPS = 60


@dataclass(frozen=True)
class CooperationCertificate:
    """What was checked of a cooperative solution.

    Attributes
    ----------
    imbalance_pp
        Largest excess over the smallest gain among the parties with a multiplier, percentage
        points. A party without one gains more and could give nothing to the others.
    rate_gap_pp
        Largest distance of a rate to what the first-order conditions imply, points of tariff.
    first_order_gain_pp
        Common gain that moving every rate by up to 5 points within bounds would promise at
        first order (a linear programme), percentage points.
    best_improvement_pp
        Best common gain found by an independent search, percentage points.
    tried
        Equilibria evaluated in the search.
    residual
        Largest relative error of the equilibrium.
    """

    imbalance_pp: float
    rate_gap_pp: float
    first_order_gain_pp: float
    best_improvement_pp: float
    tried: int
    residual: float

    @property
    def ok(self) -> bool:
        """Whether the answer is certified."""
        return (
            self.residual <= RESIDUAL_TOLERANCE
            and self.imbalance_pp <= IMPROVEMENT_TOLERANCE
            and self.first_order_gain_pp <= IMPROVEMENT_TOLERANCE
            and self.best_improvement_pp <= IMPROVEMENT_TOLERANCE
        )

    def describe(self) -> str:
        """Return the certificate in one line."""
        return (
            f"equilibrium residual {self.residual:.0e}, gains apart by {self.imbalance_pp:.1e} pp, "
            f"common gain left at first order {self.first_order_gain_pp:+.1e} pp, best of "
            f"{self.tried} other tariffs {self.best_improvement_pp:+.1e} pp of common gain"
        )


def certify_cooperation(table: Table, best: State, seed: int) -> CooperationCertificate:
    """Return the certificate of a state of the joint problem."""
    gains = 100.0 * np.expm1(best.gains)
    low = np.maximum(table.lower - best.rates, -MOVE)
    high = np.minimum(table.upper - best.rates, MOVE)
    count = len(gains)
    # Variables: the moves, and the common gain; maximise it.
    linear = linprog(
        np.append(np.zeros(len(low)), -1.0),
        A_ub=np.hstack([-best.gradients, np.ones((count, 1))]),
        b_ub=np.zeros(count),
        bounds=[*zip(low, high, strict=True), (None, None)],
        method="highs",
    )
    promised = 100.0 * float(-linear.fun) if linear.success else float("inf")
    found, tried = _search(table, best, seed)
    return CooperationCertificate(
        imbalance_pp=float((gains - gains.min())[best.multipliers > NO_WEIGHT].max(initial=0.0)),
        rate_gap_pp=100.0 * best.gap,
        first_order_gain_pp=promised,
        best_improvement_pp=found,
        tried=tried,
        residual=best.point.residual,
    )


def _search(table: Table, best: State, seed: int) -> tuple[float, int]:
    """Return the best common gain found by other means: random moves, and ascents.

    The moves need no derivative beyond the parties' own directions; the ascents follow a
    smooth minimum of the parties' gains (L-BFGS-B) from rates moved at random.
    """
    rng = np.random.default_rng(seed)
    worst = float(best.gains.min())
    found, tried = -np.inf, 0
    for size in (1e-3, 1e-2, 0.1):
        for k in range(10):
            noise = size * rng.standard_normal(len(best.rates))
            if k < len(table.players):  # towards what one party alone would like
                noise = size * np.sign(best.gradients[k])
            trial = np.clip((1.0 + best.rates) * np.exp(noise) - 1.0, table.lower, table.upper)
            point = table.at(trial, best.point)
            tried += 1
            if point.ok:
                found = max(found, float(table.gains(point).min()) - worst)
    noise = 0.1 * rng.standard_normal(len(best.rates))
    common, count, _ = ascend_together(table, best, (1.0 + best.rates) * np.exp(noise) - 1.0)
    return 100.0 * max(found, common - worst), tried + count


def ascend_together(
    table: Table, best: State, start: Array, *, sharpness: float = SHARPNESS
) -> tuple[float, int, Point]:
    """Return the best smallest log gain on an ascent of the smooth minimum of all gains.

    Also returned are the equilibria it took and where it was. ``start`` are stacked rates;
    a larger ``sharpness`` comes closer to the true minimum and is harder to climb.
    """
    parts = [p.instruments for p in table.players]
    sigma = np.concatenate([table.simulator.theta[t.cells[2]] + 1.0 for t in parts])
    value = np.concatenate([best.point.imports[t.cells] for t in parts])
    size, offset, groups = sum(t.size for t in parts), 0, []
    for tools in parts:
        groups.append(tools.group + offset)
        offset += tools.size
    mass = np.bincount(np.concatenate(groups), sigma * value, size)
    scale = np.sqrt(np.maximum(mass / table.level.min(), 1e-12))
    found, count, near, top = -np.inf, 0, best.point, best.point

    def fun(u: Array) -> tuple[float, Array]:
        nonlocal found, count, near, top
        count += 1
        gross = np.exp(u / scale)
        point = table.at(gross - 1.0, near)
        if not point.ok:
            return 1e3, np.zeros_like(u)
        near = point
        gains = table.gains(point)
        if gains.min() > found:
            found, top = float(gains.min()), point
        pull = np.exp(-sharpness * (gains - gains.min()))
        smooth = gains.min() - np.log(pull.sum()) / sharpness
        slope = (pull / pull.sum()) @ table.gradients(point)
        return -100.0 * float(smooth), -100.0 * slope * gross / scale

    low, high = (np.log1p(np.maximum(b, -0.99)) * scale for b in (table.lower, table.upper))
    begin = np.clip(np.log1p(np.maximum(start, -0.99)) * scale, low, high)
    minimize(
        fun,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([low, high], axis=1),
        options={"maxiter": ASCENT_STEPS, "maxfun": 2 * ASCENT_STEPS},
    )
    return found, count, top
