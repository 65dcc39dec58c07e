r"""Cooperation as Ossa (2014) defines it: the largest gain all governments have in common.

.. math:: \max_t c \quad \text{s.t.} \quad \ln G_j(t) - \ln G_j(t_0) = c
          \quad \text{for every party } j

from Nash tariffs, tariffs in force or free trade :math:`t_0`. At the solution multipliers
:math:`\mu_j > 0`, adding to one, make :math:`\sum_j \mu_j \nabla \ln G_j = 0` where the bounds
leave a rate free: no feasible change helps everybody. Each step maximises the common gain
of the linearised objectives less the curvature of :mod:`parley.games.steps`, whose dual has
one unknown per party, and steps are mixed by Anderson's method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from parley.equilibrium.simulator import Point, Simulator
from parley.games.players import Player
from parley.games.steps import Curvature
from parley.numerics.mixing import Mixer
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["Cooperation", "CooperationCertificate", "cooperate"]

Array = NDArray[np.float64]
MAX_STEPS = 400
DEPTH = 20
TARGET = 1e-8
ENOUGH = 1e-4
STALLED_AFTER = 60
SMALLEST_MULTIPLIER = 1e-3
# Common gains below this, in percentage points, do not count as an improvement.
IMPROVEMENT_TOLERANCE = 1e-3
MOVE = 0.05
ACTIVE_SETS = 12


@dataclass(frozen=True)
class CooperationCertificate:
    """What was checked of a cooperative solution.

    Attributes
    ----------
    imbalance_pp
        Largest difference between two parties' gains, percentage points.
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


@dataclass(frozen=True, eq=False)
class Cooperation:
    """Tariffs of the largest common gain; ``gain_pct`` of every party, per cent.

    ``multipliers`` are the parties' weights in the joint objective, adding to one;
    ``base`` the point gains are measured from.
    """

    players: tuple[Player, ...]
    base: Point
    point: Point
    gain_pct: float
    multipliers: tuple[float, ...]
    certificate: CooperationCertificate
    path: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class _State:
    point: Point
    rates: Array
    gains: Array
    gradients: Array
    goal: Array
    multipliers: Array
    gap: float


class _Table:
    """The parties, their stacked instruments, and what they are compared with."""

    def __init__(self, simulator: Simulator, players: Sequence[Player], base: Point) -> None:
        self.simulator, self.players, self.base = simulator, tuple(players), base
        tools = [p.instruments for p in players]
        self.cuts = np.cumsum([t.size for t in tools])[:-1]
        self.lower = np.concatenate([t.lower for t in tools])
        self.upper = np.concatenate([t.upper for t in tools])
        self.level = np.array([p.objective.value(base.real_income) for p in players])

    def rates(self, point: Point) -> Array:
        return np.concatenate(
            [
                p.instruments.clip(p.instruments.read(point.tariff, point.imports))
                for p in self.players
            ]
        )

    def at(self, rates: Array, near: Point) -> Point:
        tariff = near.tariff
        for player, own in zip(self.players, np.split(rates, self.cuts), strict=True):
            tariff = player.instruments.write(tariff, own)
        return self.simulator.at(tariff, near)

    def gains(self, point: Point) -> Array:
        """Return log gains over the base, [party]."""
        value = np.array([p.objective.value(point.real_income) for p in self.players])
        return np.log(np.maximum(value, 1e-300) / self.level)

    def gradients(self, point: Point) -> Array:
        """Return derivatives of the log gains in all instruments, [party, instrument]."""
        value = np.array([p.objective.value(point.real_income) for p in self.players])
        found = self.simulator.gradients(
            point, np.stack([p.objective.weight for p in self.players])
        )
        rows = [np.concatenate([p.instruments.pull(g) for p in self.players]) for g in found]
        return np.stack(rows) / value[:, None]

    def state(self, rates: Array, point: Point, multipliers: Array) -> _State:
        """Evaluate a point and the step its first-order conditions imply."""
        gains, gradients = self.gains(point), self.gradients(point)
        value = np.exp(gains) * self.level
        scales = np.maximum(multipliers, SMALLEST_MULTIPLIER) / value
        curved = [
            Curvature(point, p.instruments, self.simulator.theta, scale)
            for p, scale in zip(self.players, scales, strict=True)
        ]

        def inverse(rows: Array) -> Array:
            parts = np.split(rows, self.cuts, axis=1)
            return np.concatenate(
                [c.solve(part) for c, part in zip(curved, parts, strict=True)], axis=1
            )

        free = np.ones(len(rates), dtype=bool)
        for _ in range(ACTIVE_SETS):
            held = np.where(free, gradients, 0.0)
            mu, step = _common_step(gains, held, np.where(free, inverse(held), 0.0))
            push = mu @ gradients
            stuck = ((rates <= self.lower) & (push < 0)) | ((rates >= self.upper) & (push > 0))
            if (free == ~stuck).all():
                break
            free = ~stuck
        goal = rates + step
        goal = np.clip(goal, self.lower, self.upper)
        gap = float(np.abs(goal - rates).max())
        return _State(point, rates, gains, gradients, goal, mu, gap)


def _common_step(gains: Array, gradients: Array, inverse: Array) -> tuple[Array, Array]:
    """Return multipliers and step of the quadratic model with equal gains."""
    count = len(gains)
    matrix = np.zeros((count + 1, count + 1))
    matrix[:count, :count] = gradients @ inverse.T
    matrix[:count, count] = -1.0
    matrix[count, :count] = 1.0
    goal = np.append(-gains, 1.0)
    mu = np.linalg.lstsq(matrix, goal, rcond=1e-13)[0][:count]
    return mu, mu @ inverse


def cooperate(
    simulator: Simulator,
    players: Sequence[Player],
    base: Point,
    *,
    start: Point | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Cooperation:
    """Return the tariffs of the largest common gain over ``base``.

    Parameters
    ----------
    simulator
        The model.
    players
        At least two; tariffs of others stay as at ``base``.
    base
        The point gains are measured from: Nash, applied or free trade.
    start
        Where to begin; ``base`` if None.
    seed
        Of the search's random moves.
    progress
        Told (done, total) now and then.
    """
    table = _Table(simulator, players, base)
    begin = base if start is None else start
    rates = table.rates(begin)
    multipliers = np.full(len(table.players), 1.0 / len(table.players))
    point = table.at(rates, begin)
    mixer, path = Mixer(DEPTH), []
    best: _State | None = None
    since = 0
    for k in range(MAX_STEPS):
        now = table.state(rates, point, multipliers)
        path.append(now.gap)
        if best is None or now.gap < best.gap:
            since = 0 if best is None or now.gap < 0.8 * best.gap else since + 1
            best = now
        else:
            since += 1
        if progress is not None and k % 10 == 0:
            progress(k, MAX_STEPS)
        if now.gap <= TARGET or since > STALLED_AFTER:
            break
        multipliers = 0.5 * multipliers + 0.5 * np.clip(now.multipliers, 0.0, 1.0)
        trial = _limited(mixer.next(rates, now.goal - rates), rates, table)
        moved = table.at(trial, point)
        for _ in range(8):
            if moved.ok:
                break
            mixer.forget()
            trial = 0.5 * (rates + trial)
            moved = table.at(trial, point)
        rates, point = trial, moved
    assert best is not None
    certificate = _certify(table, best, seed)
    gain = 100.0 * float(np.expm1(best.gains.min()))
    return Cooperation(
        table.players,
        base,
        best.point,
        gain,
        tuple(float(m) for m in best.multipliers),
        certificate,
        tuple(path),
    )


def _limited(trial: Array, z: Array, table: _Table) -> Array:
    trial = np.where(np.isfinite(trial), trial, z)
    low = np.maximum(table.lower, z - 0.3 * (1.0 + z))
    high = np.minimum(table.upper, z + 0.5 * (1.0 + z))
    return np.clip(trial, low, high)


def _certify(table: _Table, best: _State, seed: int) -> CooperationCertificate:
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
        imbalance_pp=float(gains.max() - gains.min()),
        rate_gap_pp=100.0 * best.gap,
        first_order_gain_pp=promised,
        best_improvement_pp=found,
        tried=tried,
        residual=best.point.residual,
    )


def _search(table: _Table, best: _State, seed: int) -> tuple[float, int]:
    """Return the best common gain of moves that use no derivative or only the gradients."""
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
    return 100.0 * found, tried
