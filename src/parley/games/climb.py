"""Players move together to where nobody's first-order conditions call for a change.

One player: its optimal tariffs, others as they are. Several: every player makes the step
its own conditions imply at the same time; a rest point is a Nash equilibrium if each rate
is a maximum, which :mod:`parley.games.certificate` checks by other means. Steps are mixed
by Anderson's method, which finds the few directions in which wages move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, Simulator
from parley.games.players import Player
from parley.games.steps import Curvature, constrained_step
from parley.numerics.mixing import Mixer

__all__ = ["ENOUGH", "Climb", "Reply", "climb", "replies"]

Array = NDArray[np.float64]
# Largest distance to the implied rate at which the iteration stops, and that is enough.
TARGET = 1e-9
ENOUGH = 1e-6
STALLED_AFTER = 15
ACTIVE_SETS = 8


@dataclass(frozen=True, eq=False)
class Reply:
    """What a player's first-order conditions say at a point.

    ``rates`` the instruments; ``step`` to the rates they imply, within bounds;
    ``gradient`` the derivative of the objective in the instruments, in money;
    ``gain`` the gain the step promises, in money; ``floors`` the multipliers of its
    floors and ``short`` by how much the worst floor fails, as a fraction of its level.
    """

    rates: Array
    step: Array
    gradient: Array
    gain: float
    floors: Array
    short: float


@dataclass(frozen=True, eq=False)
class Climb:
    """Where the iteration ended: ``gap`` is the largest distance to an implied rate."""

    point: Point
    replies: tuple[Reply, ...]
    gap: float
    path: tuple[float, ...]

    @property
    def ok(self) -> bool:
        """Whether every player's first-order conditions hold."""
        return self.point.ok and self.gap <= ENOUGH


def replies(
    simulator: Simulator, players: Sequence[Player], point: Point, base: Point
) -> tuple[Reply, ...]:
    """Return every player's reply at a point; ``base`` sets the level of floors."""
    cotangents: list[Array] = []
    for player in players:
        cotangents.append(player.objective.weight)
        cotangents += [floor.members for floor in player.objective.floors]
    found = simulator.gradients(point, np.stack(cotangents))
    result, row = [], 0
    for player in players:
        count = 1 + len(player.objective.floors)
        result.append(_reply(player, point, base, found[row : row + count], simulator.theta))
        row += count
    return tuple(result)


def _reply(player: Player, point: Point, base: Point, found: Array, theta: Array) -> Reply:
    tools = player.instruments
    gradients = np.stack([tools.pull(g) for g in found])
    curvature = Curvature(point, tools, theta)
    floors = player.objective.floors
    rates = tools.read(point.tariff, point.imports)
    slack, short = _slack(player, point, base)
    multipliers = np.zeros(len(floors))
    for _ in range(ACTIVE_SETS):
        push = gradients[0] + multipliers @ gradients[1:]
        stuck = ((rates <= tools.lower) & (push < 0)) | ((rates >= tools.upper) & (push > 0))
        held = np.where(stuck, 0.0, gradients)
        inverse = np.where(stuck, 0.0, curvature.solve(held))
        step = inverse[0]
        if not floors:
            break
        step, again = constrained_step(step, slack, held[1:], inverse[1:])
        settled = bool(np.allclose(again, multipliers, rtol=1e-9, atol=1e-12))
        multipliers = again
        if settled:
            break
    goal = tools.clip(rates + step)
    step = goal - rates
    return Reply(rates, step, gradients[0], 0.5 * float(gradients[0] @ step), multipliers, short)


def _slack(player: Player, point: Point, base: Point) -> tuple[Array, float]:
    """Return by how much each floor holds, and the worst failure relative to its level."""
    floors = player.objective.floors
    if not floors:
        return np.zeros(0), 0.0
    level = np.array([f.value(base.real_income) for f in floors])
    now = np.array([f.value(point.real_income) for f in floors])
    slack = now - level * (1.0 - np.array([f.may_lose for f in floors]))
    return slack, float(max(0.0, (-slack / level).max()))


def climb(
    simulator: Simulator,
    players: Sequence[Player],
    start: Point,
    base: Point,
    *,
    max_steps: int = 80,
    depth: int = 8,
    stretch: float = 1.0,
) -> Climb:
    """Iterate all players' replies from ``start`` until they rest.

    Parameters
    ----------
    simulator
        The model.
    players
        Who moves; everybody else's tariffs stay as at the start.
    start
        A proven point to begin from; its tariffs are brought within bounds.
    base
        The point floors refer to.
    max_steps
        Equilibria at most.
    depth
        Depth of the mixing.
    stretch
        Share of each implied step that is taken; less than one damps the iteration.
    """
    tools = [p.instruments for p in players]
    cuts = np.cumsum([t.size for t in tools])[:-1]
    z = np.concatenate([t.clip(t.read(start.tariff, start.imports)) for t in tools])
    lower = np.concatenate([t.lower for t in tools])
    upper = np.concatenate([t.upper for t in tools])
    point = _set(simulator, players, start, z, cuts)
    mixer = Mixer(depth)
    best: Climb | None = None
    path: list[float] = []
    since = 0
    for _ in range(max_steps):
        if not point.ok:
            break
        found = replies(simulator, players, point, base)
        r = np.concatenate([f.step for f in found])
        gap = float(np.abs(r).max()) if len(r) else 0.0
        path.append(gap)
        if best is None or gap < best.gap:
            since = 0 if best is None or gap < 0.7 * best.gap else since + 1
            best = Climb(point, found, gap, ())
        else:
            since += 1
        if gap <= TARGET or since > STALLED_AFTER / stretch:
            break
        trial = _limited(mixer.next(z, stretch * r), z, lower, upper)
        moved = _set(simulator, players, point, trial, cuts)
        for _ in range(8):
            if moved.ok:
                break
            mixer.forget()
            trial = 0.5 * (z + trial)
            moved = _set(simulator, players, point, trial, cuts)
        z, point = trial, moved
    if best is None:
        return Climb(point, (), float("inf"), tuple(path))
    return Climb(best.point, best.replies, best.gap, tuple(path))


def _limited(trial: Array, z: Array, lower: Array, upper: Array) -> Array:
    """Return the trial rates within the bounds and not too far from the present ones."""
    down = np.maximum(lower, z - 0.5 * (1.0 + z))
    up = np.minimum(upper, z + 1.0 * (1.0 + z))
    trial = np.where(np.isfinite(trial), trial, z)
    return np.clip(trial, down, up)


def _set(
    simulator: Simulator, players: Sequence[Player], near: Point, z: Array, cuts: Array
) -> Point:
    tariff = near.tariff
    for player, rates in zip(players, np.split(z, cuts), strict=True):
        tariff = player.instruments.write(tariff, rates)
    return simulator.at(tariff, near)
