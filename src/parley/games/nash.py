"""Trade wars: tariffs from which no player would move alone.

From each start (tariffs in force, free trade, 100 %, and each player having moved first) all
move together until their first-order conditions hold (:mod:`parley.games.climb`), damped if
that does not settle, else they reply in turn, each to its full optimum. Then every player
looks for a profitable deviation by the independent search; if one is found it is carried
out and the war goes on. What is reported is the equilibrium reached from the tariffs in
force, its certificate, and every other equilibrium the other starts led to. There may be
more: equilibria that replies move away from are not found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from parley.games.search import Deviation

__all__ = ["Nash", "War", "nash", "same_rates"]

Array = NDArray[np.float64]
TURNS = 12
DAMPED = 0.3
ROUNDS = 6
# Two wars are one equilibrium if no rate differs by more than this.
SAME_RATE = 1e-3


@dataclass(frozen=True, eq=False)
class War:
    """Where one start led: the equilibrium (if certified) and the players' gains, per cent.

    ``equilibrium`` numbers the distinct equilibria found, from 1; 0 for none.
    """

    start: str
    point: Point
    gains_pct: tuple[float, ...]
    certificate: Certificate | None
    equilibrium: int
    path: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Nash:
    """The war reached from the tariffs in force, and what the other starts led to.

    ``gains_pct`` are the players' gains over ``base``, per cent of their objective.
    """

    players: tuple[Player, ...]
    base: Point
    point: Point
    gains_pct: tuple[float, ...]
    certificate: Certificate
    wars: tuple[War, ...]
    path: tuple[float, ...]

    @property
    def equilibria(self) -> int:
        """Number of distinct certified equilibria found."""
        return max((w.equilibrium for w in self.wars), default=0)


def nash(
    simulator: Simulator,
    players: Sequence[Player],
    base: Point,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Nash:
    """Return the war among the players, everybody else's tariffs as at ``base``.

    Parameters
    ----------
    simulator
        The model.
    players
        At least one; the others are passive.
    base
        The point of the tariffs in force; gains and floors refer to it.
    seed
        Of the search's random deviations.
    progress
        Told (done, total) as starts and checks are finished.
    """
    players = tuple(players)
    total = len(STARTS) + 1 + 2 * len(players)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    settled: list[tuple[str, Climb]] = []
    for name, start in _starts(simulator, players, base):
        settled.append((name, _settle(simulator, players, start, base)))
        step()
    if len(players) > 1:
        # Who moves first may decide where replies in turn lead; each player gets a start.
        for player in players:
            first = climb(simulator, [player], base, base)
            name = f"{player.name} moves first"
            settled.append((name, _settle(simulator, players, first.point, base)))
            step()
    distinct: list[tuple[Climb, Certificate]] = []
    wars: list[War] = []
    for name, end in settled:
        known = _known(players, end, distinct)
        if known is None and end.point.ok:
            end, proof = _defend(simulator, players, end, base, seed, step)
            known = _known(players, end, distinct)
            if known is None:
                distinct.append((end, proof))
                known = len(distinct) - 1
        shown = None if known is None else distinct[known][1]
        number = 0 if known is None or shown is None or not shown.ok else known + 1
        gains = _gains(players, end.point, base)
        wars.append(War(name, end.point, gains, shown, number, end.path))
    chosen = next((w for w in wars if w.equilibrium), wars[0])
    certificate = chosen.certificate
    if certificate is None:
        empty = [Deviation(chosen.point, float("inf"), "no equilibrium found", 0)] * len(players)
        certificate = certify(simulator, players, chosen.point, base, settled[0][1].replies, empty)
    numbered = _renumber(wars)
    gains = _gains(players, chosen.point, base)
    return Nash(players, base, chosen.point, gains, certificate, numbered, chosen.path)


def same_rates(players: Sequence[Player], one: Point, other: Point) -> bool:
    """Whether two points have the same rates for every player (to 0.1 point)."""
    return all(
        len(a) == 0 or float(np.abs(a - b).max()) <= SAME_RATE
        for player in players
        for a, b in [tuple(player.instruments.read(p.tariff, p.imports) for p in (one, other))]
    )


def _starts(
    simulator: Simulator, players: Sequence[Player], base: Point
) -> list[tuple[str, Point]]:
    found = [("applied", base)]
    for name, rate in STARTS:
        tariff = base.tariff
        for player in players:
            tools = player.instruments
            tariff = tools.write(tariff, tools.clip(np.full(tools.size, rate)))
        point = simulator.at(tariff, base)
        if point.ok:
            found.append((name, point))
    return found


def _settle(simulator: Simulator, players: Sequence[Player], start: Point, base: Point) -> Climb:
    """All together first, then damped, which keeps equals equal; then in turn."""
    end = climb(simulator, players, start, base, max_steps=150)
    if end.ok:
        return end
    damped = climb(simulator, players, start, base, max_steps=150, depth=4, stretch=DAMPED)
    if damped.ok:
        return damped
    return min((end, _in_turn(simulator, players, start, base)), key=lambda c: c.gap)


def _in_turn(simulator: Simulator, players: Sequence[Player], start: Point, base: Point) -> Climb:
    """Replies one after the other until nothing moves, then all together from there."""
    point = start
    for _ in range(TURNS):
        before = point
        for player in players:
            reply = climb(simulator, [player], point, base)
            if reply.point.ok:
                point = reply.point
        if same_rates(players, before, point):
            break
    return climb(simulator, players, point, base, max_steps=150)


def _defend(
    simulator: Simulator,
    players: Sequence[Player],
    end: Climb,
    base: Point,
    seed: int,
    step: Callable[[], None],
) -> tuple[Climb, Certificate]:
    """Let profitable deviations happen until nobody has one; return the end, certified."""
    for round_ in range(ROUNDS):
        deviations = []
        for player in players:
            deviations.append(best_deviation(simulator, player, end.point, base, seed))
            if round_ == 0:
                step()
        worst = max(deviations, key=lambda d: d.gain_pp)
        if worst.gain_pp <= DEVIATION_TOLERANCE / 2 or round_ == ROUNDS - 1:
            break
        moved = _settle(simulator, players, worst.point, base)
        if not moved.point.ok:
            break
        end = moved
    certificate = certify(simulator, players, end.point, base, end.replies, deviations)
    return end, certificate


def _known(
    players: Sequence[Player], end: Climb, distinct: Sequence[tuple[Climb, Certificate]]
) -> int | None:
    for k, (other, _) in enumerate(distinct):
        if end.ok and same_rates(players, end.point, other.point):
            return k
    return None


def _renumber(wars: Sequence[War]) -> tuple[War, ...]:
    order: dict[int, int] = {}
    for war in wars:
        if war.equilibrium:
            order.setdefault(war.equilibrium, len(order) + 1)
    return tuple(
        War(
            w.start,
            w.point,
            w.gains_pct,
            w.certificate,
            order.get(w.equilibrium, 0),
            w.path,
        )
        for w in wars
    )


def _gains(players: Sequence[Player], point: Point, base: Point) -> tuple[float, ...]:
    return tuple(
        100.0 * (p.objective.value(point.real_income) / p.objective.value(base.real_income) - 1.0)
        for p in players
    )
