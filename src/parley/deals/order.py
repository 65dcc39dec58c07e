"""A deal in an order that a negotiator understands: what each concession costs and brings.

Each lever that a deal moves is put in alone, from the status quo, and taken out alone, from
the deal. Concessions are sorted by what they cost their giver for each dollar that their taker
gains, the cheapest first; those that even their giver likes come before all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.certificate import certify_deal
from parley.bargaining.problem import Bargain, Outcome
from parley.policy.levers import Lever, LeverBoard

__all__ = ["LineChoice", "Step", "choose_lines", "order_concessions"]

Array = NDArray[np.float64]
MOVED = 1e-6
ENUMERATED = 10
TRIED = 40


@dataclass(frozen=True, eq=False)
class Step:
    """One lever of a deal.

    ``before``, ``after`` its value, and the levels of its parts averaged by trade for a
    depth; ``alone`` [party] payoffs of this concession by itself; ``last`` [party] what the
    deal would lose without it. ``cost`` is what it costs its giver alone, ``gain`` what all
    others gain; ``ratio`` cost per unit of gain, None where nobody gains.
    """

    lever: Lever
    before: float
    after: float
    alone: Array
    last: Array
    cost: float
    gain: float
    ratio: float | None
    bound: str


@dataclass(frozen=True, eq=False)
class LineChoice:
    """The best deal of whole concessions: each line as now, or all the way.

    ``exact``: every combination was evaluated; otherwise single changes and swaps of the
    answer were, and none was better. ``combinations`` is how many were evaluated.
    """

    outcome: Outcome
    lines: tuple[str, ...]
    surplus: Array
    combinations: int
    exact: bool
    most: int | None
    common_gain_left: float


def order_concessions(
    problem: Bargain, board: LeverBoard, parties: Sequence[str], deal: Outcome
) -> tuple[Step, ...]:
    """Return a deal's concessions in order of cost for each unit of gain."""
    now = board.now
    width = np.maximum(problem.upper - problem.lower, 1e-12)
    base = problem.payoffs.evaluate(now).payoffs
    found = []
    for k, lever in enumerate(board.levers):
        if abs(deal.levers[k] - now[k]) <= MOVED * width[k]:
            continue
        alone, without = now.copy(), deal.levers.copy()
        alone[k], without[k] = deal.levers[k], now[k]
        by_itself = problem.payoffs.evaluate(alone).payoffs - base
        last = deal.payoffs - problem.payoffs.evaluate(without).payoffs
        giver = np.array([p == lever.giver for p in parties])
        cost, gain = float(-by_itself[giver].sum()), float(by_itself[~giver].sum())
        bound = ""
        for side, end in enumerate((problem.lower[k], problem.upper[k])):
            if abs(deal.levers[k] - end) <= MOVED * width[k]:
                bound = lever.limits[side]
        found.append(
            Step(
                lever, float(now[k]), float(deal.levers[k]), by_itself, last, cost, gain,
                cost / gain if gain > 0 else None, bound,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda s: np.inf if s.ratio is None else s.ratio))


def choose_lines(
    problem: Bargain, board: LeverBoard, *, most: int | None = None, powers: Array | None = None
) -> LineChoice | None:
    """Return the whole concessions of the largest Nash product, or None if none will do.

    Parameters
    ----------
    problem
        With its disagreement point.
    board
        The levers; each is left as now or goes to the end away from now.
    most
        How many lines the deal may have at most; None for any number.
    powers
        Bargaining powers [party]; equal if None.
    """
    beta = np.ones(len(problem.parties)) if powers is None else powers / powers.sum()
    now = problem.start
    far = np.where(np.abs(problem.lower - now) >= np.abs(problem.upper - now), problem.lower, problem.upper)  # fmt: skip  # noqa: E501
    free = [k for k in range(len(now)) if abs(far[k] - now[k]) > 1e-12]
    limit = len(free) if most is None else min(most, len(free))
    tried: dict[tuple[int, ...], Outcome] = {}

    def at(chosen: Sequence[int]) -> Outcome:
        key = tuple(sorted(chosen))
        if key not in tried:
            z = now.copy()
            z[list(key)] = far[list(key)]
            tried[key] = problem.at(z)
        return tried[key]

    def product(o: Outcome) -> float:
        gain = problem.surplus(o)
        if not o.ok or o.slack.min(initial=0.0) < 0 or gain.min() < 0:
            return -np.inf
        with np.errstate(divide="ignore"):
            return float(beta @ np.log(gain))

    exact = len(free) <= ENUMERATED
    if exact:
        for count in range(limit + 1):
            for chosen in combinations(free, count):
                at(chosen)
        best = max(tried, key=lambda key: product(tried[key]))
    else:
        best = _searched(problem, free, limit, at, product)
    outcome = tried[best]
    if product(outcome) == -np.inf:
        return None
    return LineChoice(
        outcome,
        tuple(board.levers[k].id for k in best),
        problem.surplus(outcome),
        len(tried),
        exact,
        most,
        certify_deal(problem, outcome, search=False).best_improvement,
    )


def _searched(
    problem: Bargain,
    free: Sequence[int],
    limit: int,
    at: Callable[[Sequence[int]], Outcome],
    product: Callable[[Outcome], float],
) -> tuple[int, ...]:
    """Best combinations by adding single effects up, then single changes and swaps."""
    base = at(()).payoffs
    effect = {k: at((k,)).payoffs - base for k in free}
    best: tuple[int, ...] = ()
    for share in np.linspace(0.0, 1.0, TRIED):
        weights = np.array([share, 1.0 - share]) if len(base) == 2 else np.ones(len(base))
        worth = {k: float((weights / problem.scale) @ effect[k]) for k in free}
        chosen = sorted((k for k in free if worth[k] > 0), key=lambda k: -worth[k])[:limit]
        key = tuple(sorted(chosen))
        if product(at(key)) > product(at(best)) or product(at(best)) == -np.inf:
            best = key
    for _ in range(2 * len(free)):
        inside = set(best)
        nearby = [inside ^ {k} for k in free]
        nearby += [(inside - {i}) | {j} for i in inside for j in free if j not in inside][:TRIED]
        options = [tuple(sorted(s)) for s in nearby if len(s) <= limit]
        top = max(options, key=lambda key: product(at(key)), default=best)
        if product(at(top)) <= product(at(best)) + 1e-12:
            break
        best = top
    return best
