"""One party's optimal tariffs, all others' tariffs given.

The first-order conditions are solved from the tariffs in force; the independent search
then looks for something better from far away, and if it finds it the climb goes on from
there. What is returned is the best local optimum found, with its certificate and every
other local optimum met on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, Simulator
from parley.games.certificate import (
    DEVIATION_TOLERANCE,
    STARTS,
    Certificate,
    best_deviation,
    certify,
)
from parley.games.climb import Climb, climb
from parley.games.players import Player

__all__ = ["LocalOptimum", "Optimum", "optimum", "start_points"]

Array = NDArray[np.float64]
ROUNDS = 4
# Two ends are one local optimum if no traded flow's rate differs by more than this.
SAME_RATE = 1e-3


@dataclass(frozen=True)
class LocalOptimum:
    """Where the climb from one start ended: the player's gain over the base, per cent."""

    start: str
    gain_pct: float
    same_as_best: bool
    converged: bool


@dataclass(frozen=True, eq=False)
class Optimum:
    """A player's optimal tariffs.

    ``base`` and ``point`` are the equilibria before and after; ``gain_pct`` what the
    player's objective gains, per cent; ``multipliers`` those of its floors, in money of
    its objective per money of the constituency's; ``path`` the gaps on the way.
    """

    player: Player
    base: Point
    point: Point
    gain_pct: float
    certificate: Certificate
    optima: tuple[LocalOptimum, ...]
    multipliers: Array
    path: tuple[float, ...]

    @property
    def unique(self) -> bool:
        """Whether every start that converged led to the same rates."""
        return all(o.same_as_best for o in self.optima if o.converged)


def start_points(simulator: Simulator, player: Player, here: Point) -> list[tuple[str, Point]]:
    """Return the points with the player's tariffs in force, at zero and at 100 %."""
    tools = player.instruments
    found = [("applied", here)]
    for name, rate in STARTS:
        goal = tools.clip(np.full(tools.size, rate))
        found.append((name, simulator.at(tools.write(here.tariff, goal), here)))
    return found


def optimum(
    simulator: Simulator,
    player: Player,
    here: Point,
    *,
    base: Point | None = None,
    seed: int = 0,
) -> Optimum:
    """Return the best reply of a player to the others' tariffs at ``here``.

    Parameters
    ----------
    simulator
        The model.
    player
        Whose objective and instruments.
    here
        The point whose tariffs the others keep and the climb starts from.
    base
        What gains and floors are measured against; ``here`` if None.
    seed
        Of the search's random deviations.
    """
    origin = here if base is None else base
    objective = player.objective
    level = objective.value(origin.real_income)
    ends: list[tuple[str, Climb]] = []
    for name, start in start_points(simulator, player, here):
        if start.ok:
            ends.append((name, climb(simulator, [player], start, origin)))
    best = _best(player, ends)
    for _ in range(ROUNDS):
        deviation = best_deviation(simulator, player, best.point, origin, seed)
        if deviation.gain_pp <= DEVIATION_TOLERANCE / 2:
            break
        ends.append((deviation.how, climb(simulator, [player], deviation.point, origin)))
        better = _best(player, ends)
        if better is best:
            break
        best = better
    found = certify(simulator, [player], best.point, origin, best.replies, [deviation])
    gain = 100.0 * (objective.value(best.point.real_income) / level - 1.0)
    optima = tuple(
        LocalOptimum(
            name,
            100.0 * (objective.value(end.point.real_income) / level - 1.0),
            _same(player, end.point, best.point),
            end.ok,
        )
        for name, end in ends
    )
    floors = best.replies[0].floors if best.replies else np.zeros(0)
    return Optimum(player, origin, best.point, gain, found, optima, floors, best.path)


def _best(player: Player, ends: list[tuple[str, Climb]]) -> Climb:
    """Return the converged end with the highest value, or the highest if none converged."""
    proven = [c for _, c in ends if c.ok and _kept(c)] or [c for _, c in ends if c.point.ok]
    candidates = proven or [c for _, c in ends]
    return max(candidates, key=lambda c: player.objective.value(c.point.real_income))


def _kept(end: Climb) -> bool:
    return all(r.short <= 1e-7 for r in end.replies)


def _same(player: Player, one: Point, other: Point) -> bool:
    a, b = (player.instruments.read(p.tariff, p.imports) for p in (one, other))
    return len(a) == 0 or bool(np.abs(a - b).max() <= SAME_RATE)
