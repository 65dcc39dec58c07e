r"""Nash-in-Nash: several pairs bargain at once, each taking the others' deals as given.

Every pair (i, j) maximises its own Nash product over its own levers,

.. math:: \max_{z_{ij}} (u_i - d_i)^{\beta_i} (u_j - d_j)^{\beta_j},

the other pairs' levers at their solution; the pair's disagreement is its own levers falling
back, everybody else's deals standing (Horn and Wolinsky 1988; Bagwell, Staiger and Yurukoglu
2021). Where a lever falls on everybody (MFN), what one pair agrees spills over to the rest,
and no pair takes account of outsiders. The pairs answer each other in turn until none moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.solutions import find_zone, solve_bargain

__all__ = ["NashInNash", "Pair", "PairDeal", "nash_in_nash"]

Array = NDArray[np.float64]
ROUNDS = 40
# Rounds end when no lever moves by more than this part of its range.
AT_REST = 1e-5


@dataclass(frozen=True)
class Pair:
    """Two parties by position, and the levers they bargain over, by position."""

    parties: tuple[int, int]
    levers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class PairDeal:
    """A pair at the solution: surplus over its own breakdown, and the best deviation.

    ``deviation`` is what re-bargaining from the solution would move a lever by at most, a
    part of its range; ``agreed`` whether the pair has anything to agree on.
    """

    pair: Pair
    surplus: Array
    deviation: float
    agreed: bool


@dataclass(frozen=True, eq=False)
class NashInNash:
    """The solution: levers and payoffs of all, each pair's part, and whether it rests."""

    outcome: Outcome
    pairs: tuple[PairDeal, ...]
    rounds: int
    moved: float

    @property
    def ok(self) -> bool:
        """Whether the equilibrium is proven and no pair would move."""
        return self.outcome.ok and self.moved <= AT_REST


@dataclass(frozen=True, eq=False)
class _PairPayoffs:
    """The payoffs of two parties over their own levers, all others held."""

    whole: Bargain
    pair: Pair
    held: Array

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the pair."""
        i, j = self.pair.parties
        return self.whole.parties[i], self.whole.parties[j]

    @property
    def floors(self) -> tuple[str, ...]:
        """Names of the ratification floors; all must hold."""
        return self.whole.payoffs.floors

    def full(self, levers: Array) -> Array:
        """Return everybody's levers with the pair's at the values given."""
        z = self.held.copy()
        z[list(self.pair.levers)] = levers
        return z

    def evaluate(self, levers: Array, near: Outcome | None = None) -> Outcome:
        """Return the pair's payoffs."""
        o = self.whole.at(self.full(levers))
        return Outcome(
            np.array(levers), o.payoffs[list(self.pair.parties)], o.slack, o.residual, o.ok
        )

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives in the pair's levers."""
        payoffs, slack = self.whole.gradients(self.whole.at(self.full(outcome.levers)))
        own = list(self.pair.levers)
        return payoffs[list(self.pair.parties)][:, own], slack[:, own]


def nash_in_nash(
    problem: Bargain,
    pairs: Sequence[Pair],
    *,
    fallback: Array | None = None,
    powers: Array | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NashInNash:
    """Return the Nash-in-Nash solution.

    Parameters
    ----------
    problem
        Payoffs of all parties over all levers.
    pairs
        Who bargains with whom over which levers; no lever in two pairs.
    fallback
        Levers of a pair that does not agree, [lever]; the status quo if None.
    powers
        Bargaining powers [party]; equal if None.
    progress
        Told (rounds done, most rounds).

    Raises
    ------
    ValueError
        If a lever is in two pairs.
    """
    used = [k for p in pairs for k in p.levers]
    if len(set(used)) < len(used):
        raise ValueError("a lever belongs to one pair")
    back = problem.start if fallback is None else fallback
    beta = np.ones(len(problem.parties)) if powers is None else powers
    width = np.where(problem.free, problem.upper - problem.lower, 1.0)
    z, moved, rounds = problem.start.copy(), np.inf, 0
    deals: list[PairDeal] = []
    for rounds in range(1, ROUNDS + 1):
        before = z.copy()
        deals = []
        for pair in pairs:
            own = list(pair.levers)
            found, surplus, agreed = _bargain(problem, pair, z, back, beta)
            step = float(np.abs((found - z[own]) / width[own]).max(initial=0.0))
            z[own] = found
            deals.append(PairDeal(pair, surplus, step, agreed))
        moved = float(np.abs((z - before) / width).max(initial=0.0))
        if progress is not None:
            progress(rounds, ROUNDS)
        if moved <= AT_REST:
            break
    return NashInNash(problem.at(z), tuple(deals), rounds, moved)


def _bargain(
    problem: Bargain, pair: Pair, z: Array, back: Array, beta: Array
) -> tuple[Array, Array, bool]:
    """Return a pair's levers, its surplus over its breakdown, and whether it agrees."""
    own, who = list(pair.levers), list(pair.parties)
    payoffs = _PairPayoffs(problem, pair, z)
    fallen = problem.at(payoffs.full(back[own])).payoffs[who]
    local = Bargain(
        payoffs, problem.lower[own], problem.upper[own], back[own].copy(), fallen
    ).modelled()
    zone = find_zone(local, starts=[z[own]])
    if not zone.open:
        return back[own].copy(), np.zeros(2), False
    found = solve_bargain(local, "nash", zone, powers=beta[who], starts=[z[own]])
    return found.outcome.levers, found.surplus, True
