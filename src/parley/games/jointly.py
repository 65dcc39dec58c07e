"""Parties that move together: their stacked tariffs, log gains, and common steps.

The joint problem of :mod:`parley.games.cooperation` seen from one point: every party's log
gain over the base, its derivative in all parties' tariffs, and the step and multipliers of
the quadratic model in which all gain alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, Simulator
from parley.games.players import Player
from parley.games.steps import Curvature

__all__ = ["State", "Table", "common_step"]

Array = NDArray[np.float64]
SMALLEST_MULTIPLIER = 1e-3
ACTIVE_SETS = 12


@dataclass(frozen=True, eq=False)
class State:
    """A point of the joint problem: ``goal`` are the rates its conditions imply.

    ``gains`` [party] in logs, ``gradients`` [party, instrument], ``multipliers`` [party],
    ``gap`` the largest distance of a rate to its goal.
    """

    point: Point
    rates: Array
    gains: Array
    gradients: Array
    goal: Array
    multipliers: Array
    gap: float


class Table:
    """The parties, their stacked instruments, and what they are compared with."""

    def __init__(self, simulator: Simulator, players: Sequence[Player], base: Point) -> None:
        self.simulator, self.players, self.base = simulator, tuple(players), base
        tools = [p.instruments for p in players]
        self.cuts = np.cumsum([t.size for t in tools])[:-1]
        self.lower = np.concatenate([t.lower for t in tools])
        self.upper = np.concatenate([t.upper for t in tools])
        self.level = np.array([p.objective.value(base.real_income) for p in players])

    def rates(self, point: Point) -> Array:
        """Return the stacked instruments at a point, within bounds."""
        found: Array = np.concatenate(
            [
                p.instruments.clip(p.instruments.read(point.tariff, point.imports))
                for p in self.players
            ]
        )
        return found

    def at(self, rates: Array, near: Point) -> Point:
        """Return where stacked instruments lead."""
        tariff = near.tariff
        for player, own in zip(self.players, np.split(rates, self.cuts), strict=True):
            tariff = player.instruments.write(tariff, own)
        return self.simulator.at(tariff, near)

    def gains(self, point: Point) -> Array:
        """Return log gains over the base, [party]."""
        value = np.array([p.objective.value(point.real_income) for p in self.players])
        found: Array = np.log(np.maximum(value, 1e-300) / self.level)
        return found

    def gradients(self, point: Point) -> Array:
        """Return derivatives of the log gains in all instruments, [party, instrument]."""
        value = np.array([p.objective.value(point.real_income) for p in self.players])
        found = self.simulator.gradients(
            point, np.stack([p.objective.weight for p in self.players])
        )
        rows = [np.concatenate([p.instruments.pull(g) for p in self.players]) for g in found]
        result: Array = np.stack(rows) / value[:, None]
        return result

    def state(self, rates: Array, point: Point, multipliers: Array) -> State:
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
            mu, step = common_step(gains, held, np.where(free, inverse(held), 0.0))
            push = mu @ gradients
            stuck = ((rates <= self.lower) & (push < 0)) | ((rates >= self.upper) & (push > 0))
            if (free == ~stuck).all():
                break
            free = ~stuck
        goal = rates + step
        goal = np.clip(goal, self.lower, self.upper)
        gap = float(np.abs(goal - rates).max())
        return State(point, rates, gains, gradients, goal, mu, gap)


def common_step(gains: Array, gradients: Array, inverse: Array) -> tuple[Array, Array]:
    """Return multipliers and step of the quadratic model that maximises the smallest gain.

    Parties that would gain more than the smallest have multiplier zero; the others gain
    alike. Found by an active set over the parties.
    """
    count = len(gains)
    cross = gradients @ inverse.T
    active = np.ones(count, dtype=bool)
    mu = np.full(count, 1.0 / count)
    for _ in range(4 * count):
        mu = np.zeros(count)
        found, common = _equal_gains(gains[active], cross[np.ix_(active, active)])
        mu[active] = found
        ahead = gains + cross @ mu - common
        worst = int(np.argmin(np.where(active, mu, 0.0)))
        behind = int(np.argmin(np.where(active, np.inf, ahead)))
        if mu[worst] < -1e-12 and active.sum() > 1:
            active[worst] = False
        elif not active.all() and ahead[behind] < -1e-14:
            active[behind] = True
        else:
            break
    step: Array = mu @ inverse
    return mu, step


def _equal_gains(gains: Array, cross: Array) -> tuple[Array, float]:
    """Return the multipliers, adding to one, under which all gain alike, and that gain."""
    count = len(gains)
    matrix = np.zeros((count + 1, count + 1))
    matrix[:count, :count] = cross
    matrix[:count, count] = -1.0
    matrix[count, :count] = 1.0
    found = np.linalg.lstsq(matrix, np.append(-gains, 1.0), rcond=1e-13)[0]
    return found[:count], float(found[count])
