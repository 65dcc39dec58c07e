"""What proves a game's answer: first-order conditions, and nobody found a better move.

A certificate stands on three legs: every equilibrium residual is small; each player's
projected gradient is zero (stated as the distance to the rates its first-order conditions
imply, and as the gain that closing it would promise); and an independent search
(:mod:`parley.games.search`) finds no profitable deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, Simulator
from parley.games.climb import ENOUGH, Reply
from parley.games.players import Player
from parley.games.search import Deviation, ascend, feasible, probe
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["DEVIATION_TOLERANCE", "Certificate", "PartyCertificate", "best_deviation", "certify"]

Array = NDArray[np.float64]
# Percentage points of welfare below which a deviation does not count as profitable.
DEVIATION_TOLERANCE = 1e-4
STARTS: tuple[tuple[str, float], ...] = (("free trade", 0.0), ("tariffs of 100 %", 1.0))


@dataclass(frozen=True)
class PartyCertificate:
    """What was checked for one player.

    Attributes
    ----------
    party
        Its name.
    projected_gradient_pct
        Largest derivative of its welfare in the log of one plus a rate, per cent per log
        point, where the bounds leave the rate free to move.
    rate_gap_pp
        Largest distance of a rate to the one the first-order conditions imply, percentage
        points of tariff.
    first_order_gain_pp
        Gain that closing the gap promises, percentage points of welfare.
    best_deviation_pp
        Best gain found by the independent search, percentage points of welfare; negative
        where every deviation tried loses.
    best_deviation
        What that deviation was.
    tried
        Equilibria evaluated in the search.
    floor_shortfall
        By how much the worst ratification floor fails, a fraction of its level.
    """

    party: str
    projected_gradient_pct: float
    rate_gap_pp: float
    first_order_gain_pp: float
    best_deviation_pp: float
    best_deviation: str
    tried: int
    floor_shortfall: float

    @property
    def ok(self) -> bool:
        """Whether nothing was found that the player would rather do."""
        return (
            self.rate_gap_pp <= 100.0 * ENOUGH
            and self.best_deviation_pp <= DEVIATION_TOLERANCE
            and self.floor_shortfall <= 1e-7
        )


@dataclass(frozen=True)
class Certificate:
    """The certificates of all players, and the residual of the equilibrium itself."""

    parties: tuple[PartyCertificate, ...]
    residual: float

    @property
    def ok(self) -> bool:
        """Whether the answer is certified."""
        return self.residual <= RESIDUAL_TOLERANCE and all(p.ok for p in self.parties)

    @property
    def best_deviation_pp(self) -> float:
        """The largest gain any player could be shown to have, percentage points."""
        return max(p.best_deviation_pp for p in self.parties)

    def describe(self) -> str:
        """Return the certificate in one line."""
        gap = max(p.rate_gap_pp for p in self.parties)
        best = self.best_deviation_pp
        tried = sum(p.tried for p in self.parties)
        return (
            f"equilibrium residual {self.residual:.0e}, largest gap to a first-order rate "
            f"{gap:.1e} pp, best of {tried} deviations {best:+.1e} pp of welfare"
        )


def best_deviation(
    simulator: Simulator, player: Player, here: Point, base: Point, seed: int = 0
) -> Deviation:
    """Return the best deviation of a player that the independent search finds.

    Ascents from tariffs of 100 % and from rates a little off, and probes without
    derivatives. With floors an ascent's end counts only if it keeps them.
    """
    objective, tools = player.objective, player.instruments
    level = objective.value(here.real_income)
    best = probe(simulator, player, here, base, seed)
    tried = best.tried
    rates = tools.read(here.tariff, here.imports)
    rng = np.random.default_rng(seed + 1)
    nearby = (1.0 + rates) * np.exp(0.1 * rng.standard_normal(tools.size)) - 1.0
    far_name, far_rate = STARTS[-1]
    starts = [(far_name, np.full(tools.size, far_rate)), ("rates moved at random", nearby)]
    for name, start in starts:
        point, count = ascend(simulator, player, here, start)
        tried += count
        gain = 100.0 * (objective.value(point.real_income) / level - 1.0)
        if gain > best.gain_pp and feasible(player, point, base):
            best = Deviation(point, gain, f"ascent from {name}", tried)
    return Deviation(best.point, best.gain_pp, best.how, tried)


def certify(
    simulator: Simulator,
    players: Sequence[Player],
    here: Point,
    base: Point,
    found: Sequence[Reply],
    deviations: Sequence[Deviation],
) -> Certificate:
    """Return the certificate of a point from its replies and the deviations found."""
    parties = []
    for player, reply, deviation in zip(players, found, deviations, strict=True):
        level = player.objective.value(here.real_income)
        slope = 100.0 * reply.gradient * (1.0 + reply.rates) / level
        free = np.abs(reply.step) > 0
        inside = (reply.rates > player.instruments.lower) & (reply.rates < player.instruments.upper)
        bound = np.where(free | inside, np.abs(slope), 0.0)
        if player.objective.floors:
            bound = np.where(free, bound, 0.0)
        parties.append(
            PartyCertificate(
                party=player.name,
                projected_gradient_pct=float(bound.max()) if len(bound) else 0.0,
                rate_gap_pp=100.0 * float(np.abs(reply.step).max()) if len(bound) else 0.0,
                first_order_gain_pp=100.0 * reply.gain / level,
                best_deviation_pp=deviation.gain_pp,
                best_deviation=deviation.how,
                tried=deviation.tried,
                floor_shortfall=reply.short,
            )
        )
    return Certificate(tuple(parties), here.residual)
