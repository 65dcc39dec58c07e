r"""The Pareto frontier over continuous levers, evenly spread, and how far points are from it.

The ends are the parties' own best points. Between them reference points p are spread evenly
over the simplex that the ends span, and from each the frontier is reached along one common
direction r, the parties' ranges over the ends (Pascoletti and Serafini 1984):

.. math:: \max_{z,t} t \quad \text{s.t.} \quad u_i(z) \ge p_i + t\, r_i .

Where the frontier is concave, as it is near enough in tariffs, points are spread nearly as
evenly as the references. A point found twice, or dominated by another, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.certificate import (
    IMPROVEMENT,
    DealCertificate,
    certify_deal,
    dominated_by,
)
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.program import along_ray, starts_of, weighted

__all__ = ["Frontier", "FrontierPoint", "distance_to_frontier", "find_frontier", "references"]

Array = NDArray[np.float64]
# Two points are one if no payoff differs by more than this part of the scale.
SAME = 1e-7
# An end is what one party likes best; this part of the others' gains breaks its ties.
TIE = 1e-6


@dataclass(frozen=True, eq=False)
class FrontierPoint:
    """A point of the frontier and its certificate."""

    outcome: Outcome
    certificate: DealCertificate


@dataclass(frozen=True, eq=False)
class Frontier:
    """Points of the frontier, sorted by the first party's payoff.

    ``asked`` is how many references were tried, ``left_out`` how many of those found were the same
    as another or dominated; ``spacing`` the largest step between neighbours over the mean
    one, in payoffs divided by the ranges (two parties; 1 is perfectly even).
    """

    points: tuple[FrontierPoint, ...]
    asked: int
    left_out: int
    spacing: float

    @property
    def certified(self) -> bool:
        """Whether every point is."""
        return all(p.certificate.ok for p in self.points)


def references(parties: int, count: int) -> Array:
    """Return at least ``count`` evenly spread weights on the simplex, [reference, party].

    For two parties exactly ``count``; for more the smallest regular lattice with as many.
    """
    steps = max(count - 1, 1)
    if parties > 2:
        steps = 1
        while len(_lattice(parties, steps)) < count:
            steps += 1
    return _lattice(parties, steps)


def _lattice(parties: int, steps: int) -> Array:
    rows = [
        np.diff([-1, *bars, steps + parties - 1]) - 1
        for bars in combinations(range(steps + parties - 1), parties - 1)
    ]
    return np.array(rows, dtype=np.float64) / steps


def find_frontier(
    problem: Bargain,
    count: int,
    *,
    rational: bool = False,
    starts: Sequence[Array] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """Return points of the frontier with their certificates.

    Parameters
    ----------
    problem
        Payoffs and bounds.
    count
        How many points are wanted, ends included.
    rational
        Whether only the part at or above the disagreement point is wanted.
    starts
        Further levers to start from.
    progress
        Told (done, total).
    """
    parties = len(problem.parties)
    at_least = problem.disagreement if rational else None
    begin = starts_of(problem, *starts)
    ends = [
        weighted(
            problem,
            np.where(np.arange(parties) == i, 1.0, TIE * problem.scale[i] / problem.scale),
            at_least=at_least,
            starts=begin,
        ).outcome
        for i in range(parties)
    ]
    corner = np.stack([o.payoffs for o in ends])  # [end, party]
    reach = corner.max(axis=0) - corner.min(axis=0)
    direction = np.where(reach > 0, reach, problem.scale)
    weights = references(parties, count)
    found = list(ends)
    near = ends[0].levers
    for done, w in enumerate(weights[::-1] if parties == 2 else weights, start=1):
        if w.max() < 1.0:  # the ends are known
            solved = along_ray(problem, w @ corner, direction, at_least=at_least, starts=[near])
            if not solved.feasible:
                solved = along_ray(problem, w @ corner, direction, at_least=at_least, starts=begin)
            near = solved.outcome.levers
            if solved.feasible:
                found.append(solved.outcome)
        if progress is not None:
            progress(done, len(weights))
    kept = _kept(problem, found)
    points = tuple(
        FrontierPoint(o, certify_deal(problem, o, search=False, rational=rational)) for o in kept
    )
    return Frontier(points, len(weights), len(found) - len(kept), _spacing(points, direction))


def _kept(problem: Bargain, found: Sequence[Outcome]) -> list[Outcome]:
    """Return the different points that no other one dominates, sorted."""
    kept: list[Outcome] = []
    for o in sorted(found, key=lambda o: (o.payoffs[0], *o.payoffs[1:])):
        apart = [np.abs((o.payoffs - k.payoffs) / problem.scale).max() for k in kept]
        if apart and min(apart) <= SAME:
            continue
        kept.append(o)
    return [
        o for o in kept if dominated_by(problem, o, [k for k in kept if k is not o]) <= IMPROVEMENT
    ]


def _spacing(points: Sequence[FrontierPoint], direction: Array) -> float:
    if len(points) < 3:
        return 1.0
    payoffs = np.stack([p.outcome.payoffs for p in points]) / direction
    steps = np.linalg.norm(np.diff(payoffs, axis=0), axis=1)
    return float(steps.max() / steps.mean())


def distance_to_frontier(
    problem: Bargain, payoffs: Array, *, starts: Sequence[Array] = ()
) -> tuple[Array, Outcome]:
    """Return what all parties could still gain over a point, and where.

    The gains are along the ray of the payoffs' scale: an efficient point has none. A point
    that no feasible levers reach has negative ones.
    """
    solved = along_ray(
        problem,
        payoffs,
        problem.scale,
        starts=starts_of(problem, *starts),
    )
    return solved.value * problem.scale, solved.outcome
