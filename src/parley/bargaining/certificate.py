r"""What proves a point of the frontier or a bargained deal.

At a point of the Pareto frontier no feasible direction makes everybody better off. To first
order that is a linear programme in moves :math:`\Delta` of the levers,

.. math:: \max_{\Delta, t} t \quad\text{s.t.}\quad \nabla u_i \cdot \Delta \ge t\, s_i, \;
          c_j + \nabla c_j \cdot \Delta \ge 0, \; |\Delta_k| \le 0.05\,(h_k - l_k), \;
          l \le z + \Delta \le h,

s the payoffs' scale: the common gain promised must be nil. An independent search then tries
other levers without any derivative: each lever alone to either end, pairs traded against each
other, and random moves of every size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from parley.bargaining.problem import Bargain, Outcome
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["DealCertificate", "certify_deal", "dominated_by", "promised_gain", "promised_objective"]

Array = NDArray[np.float64]
MOVE = 0.05
# Common gains below this part of the payoffs' scale do not count as an improvement.
IMPROVEMENT = 1e-5
IMBALANCE = 1e-4
RANDOM_MOVES = 24
SIZES = (1e-3, 1e-2, 0.1, 0.5)
ENDS = 16


@dataclass(frozen=True)
class DealCertificate:
    """What was checked of a deal; gains are parts of the payoffs' scale.

    Attributes
    ----------
    first_order_gain
        Common gain that moving every lever by up to a twentieth of its range would promise.
    best_improvement
        Largest common gain over this point that any other levers gave, those of every
        earlier search included; negative: everything tried leaves somebody worse off.
    tried
        Points compared.
    breach
        Largest breach of a floor or of the disagreement point.
    residual
        Largest relative error of the equilibrium.
    imbalance
        What such moves would promise of the bargaining solution's own objective: logs of
        the Nash product, parts of the ray's length, or of the weighted sum; zero for a point
        of the frontier, which has none.
    """

    first_order_gain: float
    best_improvement: float
    tried: int
    breach: float
    residual: float
    imbalance: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the deal is efficient, feasible and proven."""
        return (
            self.residual <= RESIDUAL_TOLERANCE
            and self.first_order_gain <= IMPROVEMENT
            and self.best_improvement <= IMPROVEMENT
            and self.breach <= IMPROVEMENT
            and self.imbalance <= IMBALANCE
        )

    def describe(self) -> str:
        """Return the certificate in one line."""
        return (
            f"equilibrium residual {self.residual:.0e}; common gain left at first order "
            f"{self.first_order_gain:+.0e} of what is at stake, best of {self.tried} other deals "
            f"{self.best_improvement:+.0e}; imbalance of the bargain {self.imbalance:.0e}"
        )


def promised_gain(problem: Bargain, outcome: Outcome) -> float:
    """Return the common gain that small feasible moves promise, a part of the scale."""
    return _promise(problem, outcome, problem.gradients(outcome)[0] / problem.scale[:, None])


def promised_objective(
    problem: Bargain, outcome: Outcome, rows: Array, ahead: Array | None = None
) -> float:
    """Return what small feasible moves promise of the smallest of several linear functions.

    ``rows`` [function, lever] are their derivatives, ``ahead`` [function] how far each is
    over the smallest now; nobody may fall below the disagreement point.
    """
    return _promise(problem, outcome, rows, ahead, rational=True)


def _promise(
    problem: Bargain,
    outcome: Outcome,
    rows: Array,
    ahead: Array | None = None,
    *,
    rational: bool = False,
) -> float:
    free = problem.free
    if not free.any():
        return 0.0
    payoffs, slack = problem.gradients(outcome)
    width = (problem.upper - problem.lower)[free]
    at = ((outcome.levers - problem.lower)[free]) / width
    blocks = [np.column_stack([-rows[:, free] * width, np.ones(len(rows))])]
    limits = [np.zeros(len(rows)) if ahead is None else ahead]
    if slack.size:
        blocks.append(np.column_stack([-slack[:, free] * width, np.zeros(len(slack))]))
        limits.append(np.maximum(outcome.slack, 0.0))
    if rational:
        own = payoffs[:, free] * width / problem.scale[:, None]
        blocks.append(np.column_stack([-own, np.zeros(len(own))]))
        limits.append(np.maximum(problem.surplus(outcome) / problem.scale, 0.0))
    low, high = np.maximum(-at, -MOVE), np.minimum(1.0 - at, MOVE)
    found = linprog(
        np.append(np.zeros(len(width)), -1.0),
        A_ub=np.concatenate(blocks),
        b_ub=np.concatenate(limits),
        bounds=[*zip(low, high, strict=True), (None, None)],
        method="highs",
    )
    return max(float(-found.fun), 0.0) if found.success else float("inf")


def certify_deal(
    problem: Bargain,
    outcome: Outcome,
    *,
    seed: int = 0,
    search: bool = True,
    rational: bool = True,
) -> DealCertificate:
    """Return the certificate of a deal or of a point of the frontier.

    Parameters
    ----------
    problem, outcome
        Where.
    seed
        Of the random moves.
    search
        Whether new levers are tried; without, only points met before are compared.
    rational
        Whether the disagreement point counts as a constraint.
    """
    if search:
        for z in _trials(problem, outcome, seed):
            problem.at(z)
    others = [o for o in problem.archive if _allowed(problem, o)]
    gain = dominated_by(problem, outcome, others)
    missed = [0.0, *(-outcome.slack)]
    if rational:
        missed += list(-problem.surplus(outcome) / problem.scale)
    return DealCertificate(
        promised_gain(problem, outcome),
        gain,
        len(others),
        float(max(missed)),
        outcome.residual if outcome.ok else float("inf"),
    )


def dominated_by(problem: Bargain, outcome: Outcome, others: Sequence[Outcome]) -> float:
    """Return the largest common gain that another point offers, a part of the scale."""
    if not others:
        return float("-inf")
    payoffs = np.stack([o.payoffs for o in others])
    different = np.array([not np.array_equal(o.levers, outcome.levers) for o in others])
    if not different.any():
        return float("-inf")
    gains = ((payoffs - outcome.payoffs) / problem.scale).min(axis=1)
    return float(gains[different].max())


def _allowed(problem: Bargain, o: Outcome) -> bool:
    inside = (o.levers >= problem.lower - 1e-12) & (o.levers <= problem.upper + 1e-12)
    return bool(o.ok and inside.all() and o.slack.min(initial=0.0) >= 0.0)


def _trials(problem: Bargain, outcome: Outcome, seed: int) -> list[Array]:
    """Return other levers: ends, trades of one lever for another, and random moves."""
    rng = np.random.default_rng(seed)
    z, width = outcome.levers, problem.upper - problem.lower
    free = np.flatnonzero(problem.free)
    found: list[Array] = []
    chosen = free if len(free) <= ENDS else rng.choice(free, ENDS, replace=False)
    for k in chosen:
        for end in (problem.lower[k], problem.upper[k]):
            trial = z.copy()
            trial[k] = end
            found.append(trial)
    for k in range(RANDOM_MOVES):
        size = SIZES[k % len(SIZES)]
        trial = z + size * width * rng.standard_normal(len(z)) * problem.free
        if len(free) > 1 and k % 2:  # two levers only
            pair = rng.choice(free, 2, replace=False)
            trial = np.where(np.isin(np.arange(len(z)), pair), trial, z)
        found.append(np.clip(trial, problem.lower, problem.upper))
    return found
