"""The figures of a game as records: tariffs before and after, by sector and partner, floors.

Duties are fractions. Means are weighted by the player's imports of the base at customs
value, before and after alike, so that they move by the rates alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from parley.arena import Arena, Rules
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.simulator import Point
from parley.equilibrium.welfare import compare
from parley.games.climb import replies
from parley.games.players import Player
from parley.results import PackageFigures

__all__ = [
    "AT_BOUND",
    "FloorRow",
    "Game",
    "Key",
    "SectorIncome",
    "TariffRow",
    "TariffSummary",
    "floor_rows",
    "labelled",
    "sector_incomes",
    "summaries",
    "tariff_rows",
]

Key = tuple[str, ...]
# Rates this near a bound, fractions, stand at it; floors this near their level bind.
AT_BOUND = 1e-9
BINDS = 1e-6


@dataclass(frozen=True, eq=False)
class Game:
    """A game that was played: where, by which rules, by whom, from and to which point.

    ``base`` is what gains are measured from, ``before`` how to call it.
    """

    arena: Arena
    rules: Rules
    players: tuple[Player, ...]
    base: Point
    point: Point
    before: str

    @cached_property
    def equilibria(self) -> tuple[Equilibrium, Equilibrium]:
        """The proven, labelled equilibria of the base and of the result."""
        return self.arena.equilibrium(self.base), self.arena.equilibrium(self.point)

    @cached_property
    def figures(self) -> PackageFigures:
        """Figures of every region, the result against the base."""
        return PackageFigures(compare(*self.equilibria))

    def gain_pct(self, player: Player) -> float:
        """Return what a player's objective gains over the base, per cent."""
        value = player.objective.value
        return 100.0 * (value(self.point.real_income) / value(self.base.real_income) - 1.0)

    def regions(self, player: Player) -> list[str]:
        """Return the labels of a player's regions."""
        return [self.arena.seen.regions[r] for r in player.objective.regions]


@dataclass(frozen=True)
class TariffRow:
    """One flow's tariff before and after, a fraction, with its imports at customs value."""

    party: str
    importer: str
    exporter: str
    sector: str
    before: float
    after: float
    at_bound: Literal["no", "lowest", "highest"]
    imports_before_usd_bn: float
    imports_after_usd_bn: float


@dataclass(frozen=True)
class TariffSummary:
    """Several flows' tariffs: import-weighted mean, simple median, range, rates at a bound."""

    flows: int
    imports_before_usd_bn: float
    imports_after_usd_bn: float
    mean_before: float
    mean_after: float
    median_before: float
    median_after: float
    lowest_after: float
    highest_after: float
    at_lowest: int
    at_highest: int


@dataclass(frozen=True)
class SectorIncome:
    """What a sector earns in a player's region, at consumer prices of the world's year."""

    weight: float
    profit_usd_bn: float
    profit_change_usd_bn: float
    real_income_usd_bn: float
    real_income_change_usd_bn: float
    real_income_pct: float | None


@dataclass(frozen=True)
class FloorRow:
    """A ratification floor: how much a constituency may lose, what it gets, what that costs."""

    party: str
    constituency: str
    may_lose_pct: float
    real_income_pct: float
    binds: bool
    multiplier: float


def tariff_rows(game: Game) -> list[TariffRow]:
    """Return every flow on which a player sets a tariff."""
    seen, unit = game.arena.seen, game.arena.seen.usd_bn
    old, new = (at.customs_value for at in game.equilibria)
    rows = []
    for player in game.players:
        tools = player.instruments
        for k, (n, i, s) in enumerate(zip(*tools.cells, strict=True)):
            g = tools.group[k]
            after = float(game.point.tariff[n, i, s])
            bound: Literal["no", "lowest", "highest"] = "no"
            if after <= tools.lower[g] + AT_BOUND:
                bound = "lowest"
            elif after >= tools.upper[g] - AT_BOUND:
                bound = "highest"
            rows.append(
                TariffRow(
                    party=player.name,
                    importer=seen.regions[n],
                    exporter=seen.regions[i],
                    sector=seen.sectors[s],
                    before=float(game.base.tariff[n, i, s]),
                    after=after,
                    at_bound=bound,
                    imports_before_usd_bn=float(old[n, i, s] * unit),
                    imports_after_usd_bn=float(new[n, i, s] * unit),
                )
            )
    return rows


def summary(rows: Sequence[TariffRow]) -> TariffSummary:
    """Return the summary of some flows; rows may not be empty."""
    before, after, imports, later = (
        np.array([getattr(r, name) for r in rows])
        for name in ("before", "after", "imports_before_usd_bn", "imports_after_usd_bn")
    )
    weight = imports if imports.sum() > 0 else np.ones_like(imports)
    return TariffSummary(
        flows=len(rows),
        imports_before_usd_bn=float(imports.sum()),
        imports_after_usd_bn=float(later.sum()),
        mean_before=float(np.average(before, weights=weight)),
        mean_after=float(np.average(after, weights=weight)),
        median_before=float(np.median(before)),
        median_after=float(np.median(after)),
        lowest_after=float(after.min()),
        highest_after=float(after.max()),
        at_lowest=sum(r.at_bound == "lowest" for r in rows),
        at_highest=sum(r.at_bound == "highest" for r in rows),
    )


def summaries(
    rows: Iterable[TariffRow], key: Callable[[TariffRow], Key]
) -> dict[Key, TariffSummary]:
    """Return summaries of the rows grouped by a key, in order of first appearance."""
    groups: dict[Key, list[TariffRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: summary(found) for name, found in groups.items()}


def sector_incomes(game: Game, player: Player, region: str) -> list[SectorIncome]:
    """Return what each sector of one of a player's regions earns, in the world's order."""
    seen = game.arena.seen
    n, unit = seen.region_index(region), seen.usd_bn
    old, new = game.equilibria
    found = []
    for s in range(len(seen.sectors)):
        before, after = (float(p.real_income[n, s]) for p in (game.base, game.point))
        found.append(
            SectorIncome(
                weight=float(player.objective.weight[n, s]),
                profit_usd_bn=float(old.profit[n, s] * unit),
                profit_change_usd_bn=float((new.profit[n, s] - old.profit[n, s]) * unit),
                real_income_usd_bn=before * unit,
                real_income_change_usd_bn=(after - before) * unit,
                real_income_pct=100.0 * (after / before - 1.0) if before > 0 else None,
            )
        )
    return found


def floor_rows(game: Game) -> list[FloorRow]:
    """Return the ratification floors of all players and their multipliers."""
    if not any(p.objective.floors for p in game.players):
        return []
    found = replies(game.arena.simulator, game.players, game.point, game.base)
    rows = []
    for player, reply in zip(game.players, found, strict=True):
        for floor, multiplier in zip(player.objective.floors, reply.floors, strict=True):
            now, then = (floor.value(p.real_income) for p in (game.point, game.base))
            rows.append(
                FloorRow(
                    party=player.name,
                    constituency=floor.id,
                    may_lose_pct=100.0 * floor.may_lose,
                    real_income_pct=100.0 * (now / then - 1.0),
                    binds=bool(now / then <= 1.0 - floor.may_lose + BINDS),
                    multiplier=float(multiplier),
                )
            )
    return rows


def labelled(keys: Sequence[str], found: Mapping[Key, TariffSummary]) -> list[dict[str, Any]]:
    """Return grouped summaries as plain rows that begin with their keys."""
    return [dict(zip(keys, name, strict=True)) | asdict(s) for name, s in found.items()]
