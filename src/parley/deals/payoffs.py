"""Payoffs of a deal: from levers through the equilibrium to what each government gets.

A party's payoff is its objective over the status quo, in US$bn a year at the status quo's
prices: the equivalent variation for real income, and the same with political weights of mean
one. A ratification floor's slack is what its constituency may still lose, in per cent of its
real income in the status quo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.problem import Outcome
from parley.equilibrium.policies import PolicyPoint, PolicySimulator
from parley.errors import NotConvergedError
from parley.policy.levers import LeverBoard
from parley.politics.objective import Floor

__all__ = ["DealPayoffs", "Government"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Government:
    """A party at the table: its weights [region, sector], zero outside, and its floors."""

    id: str
    weight: Array
    floors: tuple[Floor, ...] = ()


class DealPayoffs:
    """Payoffs of governments over the levers of a board (:class:`bargaining.problem.Payoffs`).

    Parameters
    ----------
    simulator
        The model.
    board
        The levers over the status quo.
    governments
        Who bargains, and what each wants.
    price_hat
        Consumer prices of the status quo against the world's year, [region]: payoffs are at
        these prices.

    Raises
    ------
    NotConvergedError
        If the status quo has no proven equilibrium.
    """

    def __init__(
        self,
        simulator: PolicySimulator,
        board: LeverBoard,
        governments: Sequence[Government],
        price_hat: Array,
    ) -> None:
        self.simulator, self.board = simulator, board
        self.governments = tuple(governments)
        self.base = simulator.at(board.base)
        if not self.base.ok:
            raise NotConvergedError(
                "no equilibrium was found for the status quo",
                (self.base.residual,),
                "try another closure, elasticity set or model",
            )
        unit = board.world.usd_bn
        self._weight = np.stack([g.weight * price_hat[:, None] * unit for g in self.governments])
        self._floors = [f for g in self.governments for f in g.floors]
        self._level: Array = np.einsum("prs,rs->p", self._weight, self.base.real_income)
        rows = [100.0 * f.members / f.value(self.base.real_income) for f in self._floors]
        self._members = np.array(rows).reshape(-1, *self.base.real_income.shape)
        self._may_lose = np.array([100.0 * f.may_lose for f in self._floors])

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return tuple(g.id for g in self.governments)

    @property
    def floors(self) -> tuple[str, ...]:
        """Names of the constituencies with a veto."""
        return tuple(f.id for f in self._floors)

    @property
    def level(self) -> Array:
        """Each party's objective in the status quo, US$bn a year, [party]."""
        return self._level

    def of_income(self, real_income: Array) -> tuple[Array, Array]:
        """Return payoffs [party] and slack [floor] of real incomes [region, sector]."""
        moved = real_income - self.base.real_income
        payoffs = np.einsum("prs,rs->p", self._weight, moved)
        slack = np.einsum("frs,rs->f", self._members, moved) + self._may_lose
        return payoffs, slack

    def evaluate(self, levers: Array, near: Outcome | None = None) -> Outcome:
        """Return where levers lead, by solving the equilibrium."""
        state = near.state if near is not None else self.base
        point = self.simulator.at(self.board.policy(levers), self.board.payment(levers), state)
        payoffs, slack = self.of_income(point.real_income)
        return Outcome(np.array(levers), payoffs, slack, point.residual, point.ok, point)

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives in the levers of payoffs and slack, [party or floor, lever]."""
        point = outcome.state
        if not isinstance(point, PolicyPoint):
            point = self.evaluate(outcome.levers).state
        cotangents = np.concatenate([self._weight, self._members])
        found = self.simulator.gradients(point, cotangents)
        rows = self.board.pull(outcome.levers, found.cost_hat, found.tariff_prime, found.payment)
        return rows[: len(self._weight)], rows[len(self._weight) :]
