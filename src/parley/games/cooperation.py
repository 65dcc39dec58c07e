r"""Cooperation as Ossa (2014) defines it: the largest gain all governments have in common.

.. math:: \max_t c \quad \text{s.t.} \quad \ln G_j(t) - \ln G_j(t_0) \ge c
          \quad \text{for every party } j

from Nash tariffs, tariffs in force or free trade :math:`t_0`. Ossa writes an equality; where
bounds leave no way to hand a gain on, a party may gain more than the common gain, and is
better off for it. At the solution multipliers :math:`\mu_j \ge 0`, adding to one, make
:math:`\sum_j \mu_j \nabla \ln G_j = 0` where the bounds leave a rate free: no feasible change
helps everybody. Each step maximises the common gain of the linearised objectives less the
curvature of :mod:`parley.games.steps`, whose dual has one unknown per party, and steps are
mixed by Anderson's method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, Simulator
from parley.errors import NotConvergedError
from parley.games.cooperation_certificate import (
    CooperationCertificate,
    ascend_together,
    certify_cooperation,
)
from parley.games.jointly import State, Table
from parley.games.players import Player
from parley.numerics.mixing import Mixer

__all__ = ["Cooperation", "cooperate"]

Array = NDArray[np.float64]
MAX_STEPS = 400
DEPTH = 20
TARGET = 1e-8
STALLED_AFTER = 60
BACK_AFTER = 20
SHARPNESS = (200.0, 2000.0)
RESCUES = len(SHARPNESS)


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
    table = Table(simulator, players, base)
    attempts: list[tuple[Cooperation, State]] = []
    for begin in _starts(table, base if start is None else start):
        attempt = _attempt(table, begin, seed, progress)
        if attempt is not None:
            attempts.append(attempt)
        if attempts and attempts[-1][0].certificate.ok:
            return attempts[-1][0]
    if not attempts:
        raise NotConvergedError(
            "no equilibrium was found where cooperation starts from",
            (base.residual,),
            "try another origin, model or closure",
        )
    # A smooth ascent leads near the best point met; the iteration settles it from there.
    for k in range(RESCUES):
        best = max((a for _, a in attempts), key=lambda s: s.gains.min())
        _, _, near = ascend_together(table, best, best.rates, sharpness=SHARPNESS[k])
        attempt = _attempt(table, near, seed, progress)
        if attempt is not None:
            attempts.append(attempt)
            if attempt[0].certificate.ok:
                break
    proven = [c for c, _ in attempts if c.certificate.ok]
    return proven[0] if proven else max((c for c, _ in attempts), key=lambda c: c.gain_pct)


def _attempt(
    table: Table, begin: Point, seed: int, progress: Callable[[int, int], None] | None
) -> tuple[Cooperation, State] | None:
    """Iterate from a point and certify where it ends; None if there is no equilibrium."""
    if not begin.ok:
        return None
    best, path = _iterate(table, begin, progress)
    if best is None:
        return None
    found = Cooperation(
        table.players,
        table.base,
        best.point,
        100.0 * float(np.expm1(best.gains.min())),
        tuple(float(m) for m in best.multipliers),
        certify_cooperation(table, best, seed),
        tuple(path),
    )
    return found, best


def _starts(table: Table, begin: Point) -> Iterator[Point]:
    """Yield the point to begin from, then free trade and low uniform tariffs."""
    yield begin
    for rate in (0.0, 0.05):
        yield table.at(np.clip(np.full(len(table.lower), rate), table.lower, table.upper), begin)


def _iterate(
    table: Table, begin: Point, progress: Callable[[int, int], None] | None
) -> tuple[State | None, list[float]]:
    """Iterate the joint first-order conditions from a point; return the best state met.

    When the gap has grown for a while, the iteration goes back to the best state and
    takes shorter steps.
    """
    rates = table.rates(begin)
    multipliers = np.full(len(table.players), 1.0 / len(table.players))
    point = table.at(rates, begin)
    mixer = Mixer(DEPTH)
    path: list[float] = []
    best: State | None = None
    since, stretch = 0, 1.0
    for k in range(MAX_STEPS):
        if not point.ok:
            break
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
        if since and since % BACK_AFTER == 0:
            mixer.forget()
            stretch *= 0.5
            rates, point, now = best.rates, best.point, best
            multipliers = np.clip(best.multipliers, 0.0, 1.0)
        trial = _limited(mixer.next(rates, stretch * (now.goal - rates)), rates, table)
        moved = table.at(trial, point)
        for _ in range(8):
            if moved.ok:
                break
            mixer.forget()
            trial = 0.5 * (rates + trial)
            moved = table.at(trial, point)
        rates, point = trial, moved
    return best, path


def _limited(trial: Array, z: Array, table: Table) -> Array:
    trial = np.where(np.isfinite(trial), trial, z)
    low = np.maximum(table.lower, z - 0.3 * (1.0 + z))
    high = np.minimum(table.upper, z + 0.5 * (1.0 + z))
    return np.clip(trial, low, high)
