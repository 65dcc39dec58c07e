r"""Bargaining solutions over continuous levers.

With d the disagreement point, U the feasible payoffs and surplus x = u - d:

==================  ==================================================================
Nash (1950)         max prod_i x_i^{beta_i}, beta the bargaining powers
Kalai-Smorodinsky   the largest x along the ray to the ideal point b - d, where b_i is
(1975)              the most that i can get while nobody falls below d
egalitarian         the largest x along the ray of equal gains (Kalai 1977), each
                    measured in its party's ``unit``
utilitarian         max sum_i w_i u_i, nobody below d
==================  ==================================================================

Nash and Kalai-Smorodinsky do not depend on the units of payoffs; the other two do, so they
state theirs. Where the zone of agreement is empty there is no solution, and none is made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.certificate import DealCertificate, certify_deal, promised_objective
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.program import Solved, along_ray, nash_product, starts_of, weighted

__all__ = ["SOLUTIONS", "Solution", "Zone", "find_zone", "solve_bargain"]

Array = NDArray[np.float64]
SolutionName = Literal["nash", "kalai-smorodinsky", "egalitarian", "utilitarian"]
SOLUTIONS: tuple[SolutionName, ...] = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
# A smallest surplus below this part of the payoffs' scale does not make a zone.
NO_SURPLUS = 1e-5


@dataclass(frozen=True, eq=False)
class Zone:
    """The zone of agreement of a problem.

    Attributes
    ----------
    open
        Whether some feasible levers give everybody more than the disagreement point.
    middle
        The levers at which the smallest surplus, in units of ``scale``, is largest: inside
        the zone where there is one, else the nearest miss.
    best
        For each party the levers that are best for it while nobody else falls below the
        disagreement point; empty if the zone is.
    ideal
        [party], payoffs at its own best; NaN-free, the disagreement point if empty.
    """

    open: bool
    middle: Outcome
    best: tuple[Outcome, ...]
    ideal: Array

    def width(self, disagreement: Array) -> Array:
        """Return how far each party's payoff can rise over disagreement in the zone, [party]."""
        found: Array = np.maximum(self.ideal - disagreement, 0.0)
        return found

    def shortfall(self, disagreement: Array) -> Array:
        """Return what each party misses at the nearest point, [party]; zeros in a zone."""
        found: Array = np.maximum(disagreement - self.middle.payoffs, 0.0)
        return found


@dataclass(frozen=True, eq=False)
class Solution:
    """A bargained deal: the solution's name, where it is, the surplus, and its proof."""

    name: SolutionName
    outcome: Outcome
    surplus: Array
    certificate: DealCertificate


def find_zone(problem: Bargain, *, starts: Sequence[Array] = ()) -> Zone:
    """Return the zone of agreement: whether it is open, and how wide."""
    d = problem.disagreement
    begin = starts_of(problem, *starts)
    nearest = along_ray(problem, d, problem.scale, starts=begin)
    if not nearest.feasible or nearest.value <= NO_SURPLUS:
        return Zone(False, nearest.outcome, (), d.copy())
    best = tuple(
        weighted(
            problem,
            np.eye(len(d))[i],
            at_least=d,
            starts=[nearest.outcome.levers],
        ).outcome
        for i in range(len(d))
    )
    ideal = np.array([o.payoffs[i] for i, o in enumerate(best)])
    return Zone(True, nearest.outcome, best, np.maximum(ideal, nearest.outcome.payoffs))


def solve_bargain(
    problem: Bargain,
    name: SolutionName,
    zone: Zone,
    *,
    powers: Array | None = None,
    weights: Array | None = None,
    unit: Array | None = None,
    at_least: Array | None = None,
    seed: int = 0,
    starts: Sequence[Array] = (),
) -> Solution:
    """Return a bargained deal with its certificate.

    Parameters
    ----------
    problem
        Payoffs, bounds, disagreement point.
    name
        One of :data:`SOLUTIONS`.
    zone
        Its zone of agreement, which must be open.
    powers
        Nash bargaining powers [party]; equal if None.
    weights
        Of the utilitarian sum [party]; one each if None.
    unit
        What counts as an equal gain [party]; one each if None.
    at_least
        Outside options [party], at or above the disagreement point: they bind only where
        the bargain would give less (Binmore, Rubinstein and Wolinsky 1986); None for none.
    seed
        Of the certificate's random moves.
    starts
        Further levers to start from.

    Raises
    ------
    ValueError
        If the zone is empty.
    """
    if not zone.open:
        raise ValueError("the zone of agreement is empty: there is no bargained deal")
    count = len(problem.parties)
    begin = [zone.middle.levers, *starts]
    d = problem.disagreement
    least = d if at_least is None else np.maximum(d, at_least)
    beta = np.ones(count) if powers is None else np.asarray(powers, dtype=np.float64)
    w = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    each = np.ones(count) if unit is None else np.asarray(unit, dtype=np.float64)
    ray = zone.width(d) if name == "kalai-smorodinsky" else each
    found: Solved
    if name == "nash":
        found = nash_product(problem, beta, inside=zone.middle, at_least=least, starts=starts)
    elif name == "utilitarian":
        found = weighted(problem, w, at_least=least, starts=begin)
    else:
        found = along_ray(problem, d, ray, at_least=least, starts=begin)
    o = found.outcome
    slopes, surplus = problem.gradients(o)[0], problem.surplus(o)
    if name == "nash":
        rows = (beta / beta.sum() / np.maximum(surplus, 1e-300))[None, :] @ slopes
        ahead = None
    elif name == "utilitarian":
        rows, ahead = (w / (w @ problem.scale))[None, :] @ slopes, None
    else:
        rows, ahead = slopes / ray[:, None], surplus / ray - (surplus / ray).min()
        length = max(float((surplus / ray).min()), 1e-300)
        rows, ahead = rows / length, ahead / length
    imbalance = promised_objective(problem.against(least), o, rows, ahead)
    proof = certify_deal(problem, o, seed=seed)
    return Solution(name, o, surplus, replace(proof, imbalance=max(imbalance, 0.0)))
