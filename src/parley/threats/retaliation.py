"""The targets' best retaliation: their optimal tariffs on the threatener's goods.

The threat stands as carried out. Each target sets one tariff per flow of the threatener's
goods, no lower than the one in force, so that a retaliation is never a concession; all
other tariffs stay. One target plays its optimum; several play a Nash equilibrium among
themselves, each to its best reply to the others'. All maximise real income.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from parley.arena import Arena
from parley.equilibrium.simulator import Point, Simulator
from parley.games.certificate import DEVIATION_TOLERANCE, Certificate, certify
from parley.games.climb import climb
from parley.games.instruments import make_instruments
from parley.games.nash import nash
from parley.games.players import Player
from parley.games.search import Deviation, ascend, feasible, probe
from parley.politics.objective import objective_of, party_regions

__all__ = ["HIGHEST", "BestRetaliation", "RetaliationRate", "best_retaliation"]

# Tariffs go no higher than this, a fraction (10 is 1,000 %).
HIGHEST = 10.0
# Where the search for something better starts from, and how far it goes. There is one
# search per player and setting, so it is kept short.
FAR = 0.4
ASCENT_STEPS = 12


@dataclass(frozen=True)
class RetaliationRate:
    """A tariff of the best retaliation, fractions; ``imports_usd_bn`` before it."""

    party: str
    importer: str
    exporter: str
    sector: str
    before: float
    after: float
    imports_usd_bn: float


@dataclass(frozen=True, eq=False)
class BestRetaliation:
    """Where the targets' best retaliation leads, and what proves it.

    ``base`` is the threat carried out and unanswered.
    """

    players: tuple[Player, ...]
    base: Point
    point: Point
    certificate: Certificate

    def rates(self, arena: Arena) -> tuple[RetaliationRate, ...]:
        """Return every tariff the targets set, none if the answer is not certified."""
        if not self.certificate.ok:
            return ()
        seen, found = arena.seen, []
        for player in self.players:
            for n, i, s in zip(*player.instruments.cells, strict=True):
                cell = (int(n), int(i), int(s))
                found.append(
                    RetaliationRate(
                        player.name,
                        seen.regions[n],
                        seen.regions[i],
                        seen.sectors[s],
                        float(self.base.tariff[cell]),
                        float(self.point.tariff[cell]),
                        float(self.base.imports[cell]) * seen.usd_bn,
                    )
                )
        return tuple(found)


def best_retaliation(
    arena: Arena, targets: Sequence[str], sources: Sequence[str], *, seed: int = 0
) -> BestRetaliation | None:
    """Return the targets' best retaliation, None if they import nothing to tax.

    Parameters
    ----------
    arena
        The threat carried out.
    targets
        Parties that retaliate.
    sources
        The threatener's regions, whose goods may be taxed.
    seed
        Of the search's random deviations.

    Raises
    ------
    NotConvergedError
        If the threat carried out has no proven equilibrium.
    """
    base = arena.base
    players = tuple(p for t in targets for p in _player(arena, t, sources))
    if not players:
        return None
    simulator = arena.simulator
    end = climb(simulator, players, base, base)
    if end.ok:
        deviations = [_deviation(simulator, p, end.point, base, seed) for p in players]
        if max(d.gain_pp for d in deviations) <= DEVIATION_TOLERANCE / 2:
            proof = certify(simulator, players, end.point, base, end.replies, deviations)
            return BestRetaliation(players, base, end.point, proof)
    war = nash(simulator, players, base, seed=seed)
    return BestRetaliation(players, base, war.point, war.certificate)


def _deviation(
    simulator: Simulator, player: Player, here: Point, base: Point, seed: int
) -> Deviation:
    """Return the best deviation found: by probes, and by an ascent from tariffs far away."""
    best = probe(simulator, player, here, base, seed)
    start = np.full(player.instruments.size, FAR)
    point, count = ascend(simulator, player, here, start, max_steps=ASCENT_STEPS)
    level = player.objective.value(here.real_income)
    gain = 100.0 * (player.objective.value(point.real_income) / level - 1.0)
    if gain > best.gain_pp and feasible(player, point, base):
        return Deviation(point, gain, f"ascent from tariffs of {FAR:.0%}", best.tried + count)
    return replace(best, tried=best.tried + count)


def _player(arena: Arena, target: str, sources: Sequence[str]) -> list[Player]:
    """Return the target as a player with its tariffs on the sources' goods, if it has any."""
    base, seen = arena.base, arena.seen
    positions = party_regions(target, seen.regions, arena.groups, "threat")
    tools = make_instruments(
        positions,
        arena.imports,
        arena.goods,
        bounds=(base.tariff, np.maximum(HIGHEST, base.tariff)),
        sources=[seen.region_index(r) for r in sources],
    )
    if tools.size == 0:
        return []
    return [Player(objective_of(target, positions, base.real_income.shape), tools)]
