"""Who meets where: a world with its measures in force, a model, and the parties at play.

An :class:`Arena` turns labels into what games need: the simulator of one setting, the base
point of the tariffs in force, and players with their objectives, weights, floors and
instruments. It is made from a :class:`~parley.studies.Study` or from a world alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.equilibrium.closures import Closure
from parley.equilibrium.models import Model
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.simulator import Point, WorldSimulator, simulator
from parley.errors import InputError, NotConvergedError
from parley.games.cooperation import Cooperation, cooperate
from parley.games.inferred import InferredWeights, infer_weights
from parley.games.instruments import (
    DEFAULT_BOUNDS,
    Instruments,
    check_bounds,
    make_instruments,
)
from parley.games.nash import Nash, nash
from parley.games.optimum import Optimum, optimum
from parley.games.players import Player
from parley.labels import allowed_text
from parley.policy.wedges import Policy
from parley.politics.objective import Floor, check_weights, objective_of, party_regions
from parley.politics.weighting import constituency_weights
from parley.scenario.resolved import ResolvedConstituency
from parley.studies import STATUS_QUO, Setting, Study

__all__ = ["ORIGINS", "WEIGHTS", "Arena", "Rules", "arena_of_study", "arena_of_world"]

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
# Whose weights: none (real income), the world file's, the scenario's, or inferred ones.
WEIGHTS: tuple[str, ...] = ("none", "world", "scenario", "inferred")
ORIGINS: tuple[str, ...] = ("nash", "applied", "free-trade")


@dataclass(frozen=True)
class Rules:
    """How tariffs may be set, and what governments want.

    ``mfn``: one rate for all sources. ``weights``: one of :data:`WEIGHTS`, or "file" with
    ``weight_table`` [region, sector]. ``bounds``: lowest and highest rate, fractions.
    ``floors``: whether the scenario's vetoes bind. ``against``: whose goods the players may
    tax: "all", "players" (those of the other players), or names with commas between them.
    """

    mfn: bool = False
    weights: str = "none"
    weight_table: Array | None = None
    bounds: tuple[float, float] = DEFAULT_BOUNDS
    floors: bool = False
    against: str = "all"

    def describe_weights(self) -> str:
        """Return in words what is maximised."""
        return {
            "none": "real income",
            "world": "political welfare, weights of the world file",
            "scenario": "political welfare, weights of the scenario's constituencies",
            "inferred": "political welfare, weights inferred from applied tariffs (a proxy)",
            "file": "political welfare, weights from a file",
        }[self.weights]


@dataclass(frozen=True, eq=False)
class Arena:
    """One setting in which games are played.

    Parameters
    ----------
    world
        The world as given; the model may merge its sectors or drop its inputs.
    policy
        Measures in force at the base; None for the world's own tariffs.
    setting
        Closure, elasticity set and model.
    groups
        Parties that stand for one or more regions, by id.
    constituencies
        Those of the scenario, for weights and floors.
    title
        What the base is, for print: the status quo of a scenario, or a world's year.
    study
        The scenario's study; None for a world alone.
    """

    world: World
    policy: Policy | None
    setting: Setting
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    constituencies: tuple[ResolvedConstituency, ...] = ()
    title: str = ""
    study: Study | None = None
    _inferred: dict[tuple[int, str], InferredWeights] = field(default_factory=dict, repr=False)

    @property
    def table(self) -> tuple[str, ...]:
        """Parties at the table of the scenario; for a world, all its regions."""
        if self.study is None:
            return self.world.regions
        third = {p.id for p in self.study.scenario.parties if p.third_party}
        return tuple(p for p in self.groups if p not in third)

    @cached_property
    def simulator(self) -> WorldSimulator:
        """The model on the world, the policy in force."""
        return simulator(
            self.world,
            self.policy,
            elasticity=self.setting.elasticity,
            closure=self.setting.closure,
            model=self.setting.model,
        )

    @property
    def seen(self) -> World:
        """The world as the model sees it (merged, without inputs, purged)."""
        return self.simulator.base.world

    @cached_property
    def base(self) -> Point:
        """The equilibrium of the tariffs in force.

        Raises
        ------
        NotConvergedError
            If it cannot be proven.
        """
        return self._proven(self.simulator.at(self.simulator.tariff), "the tariffs in force")

    @cached_property
    def free_trade(self) -> Point:
        """The equilibrium without any tariff on goods."""
        tariff = np.where(self.goods, 0.0, self.simulator.tariff)
        return self._proven(self.simulator.at(tariff, self.base), "free trade")

    @property
    def goods(self) -> NDArray[np.bool_]:
        """Sectors on which tariffs may be set, [sector]."""
        mask = self.seen.goods_mask
        return mask if mask.any() else np.ones_like(mask)

    @cached_property
    def imports(self) -> Array:
        """Imports of the base, [importer, exporter, sector], domestic sales zero."""
        own = np.arange(len(self.seen.regions))
        found = np.array(self.base.imports)
        found[own, own, :] = 0.0
        return found

    def equilibrium(self, point: Point) -> Equilibrium:
        """Return the labelled, proven equilibrium of a point."""
        return self.simulator.equilibrium(point).require("these tariffs")

    def inferred(self, region: int, pattern: str = "shift") -> InferredWeights:
        """Return the weights that would make a region's applied tariffs optimal: a proxy.

        ``region`` is its position; ``pattern`` as in :mod:`parley.games.inferred`.

        Raises
        ------
        InputError
            If its tariffs do not differ between sectors, or there is no such pattern.
        """
        key = (region, pattern)
        if key not in self._inferred:
            self._inferred[key] = infer_weights(
                self.simulator, self.base, self.imports, region, self.goods, pattern=pattern
            )
        return self._inferred[key]

    def weights(self, rules: Rules, positions: Sequence[int]) -> Array | None:
        """Return political weights [region, sector] of mean one, None for real income.

        ``positions`` are the regions for which weights are inferred, if they are.

        Raises
        ------
        InputError
            If the world or the scenario has none, or the table does not fit.
        """
        regions, sectors = self.seen.regions, self.seen.sectors
        if rules.weights == "none":
            return None
        if rules.weights == "file" and rules.weight_table is not None:
            return check_weights(rules.weight_table, regions, sectors, "--weights")
        if rules.weights == "world":
            if self.seen.political_weight is None:
                raise InputError.one(
                    f"world '{self.world.name}' has no political weights",
                    "--weights world",
                    "political_weight.csv is optional in a world",
                    "use --weights none, "
                    + ("scenario, " if self.constituencies else "")
                    + "inferred, or a CSV file",
                )
            return check_weights(self.seen.political_weight, regions, sectors, self.world.name)
        if rules.weights == "scenario":
            return self._scenario_weights()
        if rules.weights == "inferred":
            found = np.ones((len(regions), len(sectors)))
            for r in positions:
                found[r] = self.inferred(r).weight
            return found
        raise InputError.one(
            f"unknown weights '{rules.weights}'",
            "--weights",
            "",
            allowed_text(rules.weights, WEIGHTS) + ", or a CSV file",
        )

    def _scenario_weights(self) -> Array:
        if not self.constituencies:
            raise InputError.one(
                "there are no constituencies to take weights from",
                "--weights scenario",
                "the weights are those of the scenario's constituencies",
                "name a scenario that has some, or use --weights none",
            )
        seen = self.seen
        if self.simulator.base.model.one_sector:
            return np.ones((len(seen.regions), len(seen.sectors)))
        return constituency_weights(
            (len(seen.regions), len(seen.sectors)),
            (
                (
                    [seen.region_index(r) for r in c.regions],
                    [seen.sector_index(s) for s in c.sectors],
                    c.weight,
                )
                for c in self.constituencies
            ),
        )

    def floors(self, party: str) -> tuple[Floor, ...]:
        """Return the ratification floors of a party: its constituencies with a veto."""
        found = []
        if self.simulator.base.model.one_sector:
            return ()
        for c in self.constituencies:
            if c.party != party or c.veto is None:
                continue
            members = np.zeros(self.base.real_income.shape)
            for region in c.regions:
                for sector in c.sectors:
                    members[self.seen.region_index(region), self.seen.sector_index(sector)] = 1.0
            found.append(Floor(c.id, members, c.veto))
        return tuple(found)

    def player(
        self,
        party: str,
        rules: Rules,
        *,
        sources: Sequence[str] | None = None,
        where: str = "--party",
    ) -> Player:
        """Return a party as a player.

        Parameters
        ----------
        party
            A region of the world or a party of the scenario.
        rules
            How it may set tariffs and what it wants.
        sources
            Regions whose goods it may tax; None for all.
        where
            The option that named the party, for errors.

        Raises
        ------
        InputError
            Unknown party, bounds that exclude its tariffs, weights that do not fit.
        """
        positions = party_regions(party, self.seen.regions, self.groups, where)
        if sources is None:
            sources = self._sources(party, (), rules, where)
        floors = self.floors(party) if rules.floors else ()
        objective = objective_of(
            party,
            positions,
            self.base.real_income.shape,
            self.weights(rules, positions),
            label=rules.describe_weights(),
            floors=floors,
        )
        instruments = self._instruments(positions, rules, sources)
        if instruments.size == 0:
            if sources is not None and self._instruments(positions, rules, None).size:
                raise InputError.one(
                    f"'{party}' imports no goods from {', '.join(sources) or 'itself'}",
                    f"--against {rules.against}",
                    "tariffs are set on goods that the player imports from these sources",
                    "name other sources, or leave --against out",
                )
            raise InputError.one(
                f"'{party}' has no imports on which to set a tariff",
                where,
                "tariffs are set on goods the party imports from outside itself",
                "name another party" if where == "--party" else "leave it out: it stays passive",
            )
        labels = self.seen.regions, self.seen.sectors
        check_bounds(self.base.tariff, instruments, labels, "--bounds")
        return Player(objective, instruments)

    def _instruments(
        self, positions: Sequence[int], rules: Rules, sources: Sequence[str] | None
    ) -> Instruments:
        """Return the tariffs that regions may set on the goods of the sources (None: all)."""
        return make_instruments(
            positions,
            self.imports,
            self.goods,
            mfn=rules.mfn,
            bounds=rules.bounds,
            sources=None if sources is None else [self.seen.region_index(r) for r in sources],
        )

    def idle(self, parties: Sequence[str], rules: Rules) -> tuple[str, ...]:
        """Return the parties that import nothing on which they might set a tariff.

        Raises
        ------
        InputError
            Unknown parties or sources.
        """
        able = list(parties)
        while True:
            sources = {p: self._sources(p, able, rules, "--parties") for p in able}
            regions, groups = self.seen.regions, self.groups
            rest = [
                p
                for p in able
                if self._instruments(
                    party_regions(p, regions, groups, "--parties"), rules, sources[p]
                ).size
            ]
            # With --against players, one that is left out is a source less for the others.
            if len(rest) == len(able) or not rest:
                return tuple(p for p in parties if p not in rest)
            able = rest

    def _sources(
        self, party: str, players: Sequence[str], rules: Rules, where: str
    ) -> tuple[str, ...] | None:
        """Return the regions whose goods a party may tax under the rules, None for all."""
        if rules.against == "all":
            return None
        if rules.mfn:
            raise InputError.one(
                f"MFN rates against '{rules.against}' alone",
                "--mfn, --against",
                "a most-favoured-nation rate falls on every source",
                "leave out one of the two",
            )
        names = list(players)
        if rules.against != "players":
            names = [n.strip() for n in rules.against.split(",")]
        elif len(names) < 2:
            raise InputError.one(
                "there are no other players to tax",
                "--against players",
                "it takes at least two players",
                "name the sources instead: --against CHN,JPN",
            )
        regions = self.seen.regions
        own = set(party_regions(party, regions, self.groups, where))
        found = {
            r for n in names for r in party_regions(n, regions, self.groups, "--against")
        } - own
        return tuple(regions[r] for r in sorted(found))

    def players(self, parties: Sequence[str], rules: Rules) -> tuple[Player, ...]:
        """Return several parties as players, each once and none within another."""
        where = "--parties"
        found = [
            self.player(p, rules, sources=self._sources(p, parties, rules, where), where=where)
            for p in parties
        ]
        seen: dict[int, str] = {}
        for player in found:
            for r in player.objective.regions:
                if r in seen:
                    raise InputError.one(
                        f"{self.seen.regions[r]} belongs to both '{seen[r]}' and '{player.name}'",
                        where,
                        "a region plays for one party",
                        f"name one of '{seen[r]}' and '{player.name}'",
                    )
                seen[r] = player.name
        return tuple(found)

    def optimum(self, party: str, rules: Rules, *, seed: int = 0) -> Optimum:
        """Return the party's optimal tariffs, the others' as at the base."""
        return optimum(self.simulator, self.player(party, rules), self.base, seed=seed)

    def nash(
        self,
        parties: Sequence[str],
        rules: Rules,
        *,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Nash:
        """Return the trade war among the parties, everybody else passive."""
        players = self.players(parties, rules)
        return nash(self.simulator, players, self.base, seed=seed, progress=progress)

    def cooperate(
        self,
        parties: Sequence[str],
        rules: Rules,
        origin: str,
        *,
        seed: int = 0,
        progress: Progress | None = None,
        war: Nash | None = None,
    ) -> Cooperation:
        """Return the largest common gain of the parties from one of :data:`ORIGINS`.

        ``war`` is their trade war, if it is known already.

        Raises
        ------
        NotConvergedError
            If the war to start from is not certified.
        """
        players = self.players(parties, rules)
        start = self.base
        if origin == "free-trade":
            start = self.free_trade
        elif origin == "nash":
            war = war or nash(self.simulator, players, self.base, seed=seed)
            if not war.certificate.ok:
                raise NotConvergedError(
                    "the trade war to cooperate from is not certified: "
                    + war.certificate.describe(),
                    war.path,
                    "try --from applied, --closure zero, other bounds, or another model",
                    "largest gap to a first-order rate, a fraction, by iteration",
                )
            start = war.point
        elif origin != "applied":
            raise InputError.one(
                f"unknown origin '{origin}'", "--from", "", allowed_text(origin, ORIGINS)
            )
        return cooperate(self.simulator, players, start, seed=seed, progress=progress)

    def _proven(self, point: Point, what: str) -> Point:
        if not point.ok:
            raise NotConvergedError(
                f"no equilibrium was found for {what} (model {self.setting.model}, closure "
                f"{self.setting.closure}, elasticity {self.setting.elasticity})",
                (point.residual,),
                "try another closure, elasticity set or model",
            )
        return point


def arena_of_study(study: Study, setting: Setting | None = None) -> Arena:
    """Return the arena of a scenario: its status quo, parties and constituencies."""
    use = setting or study.setting
    return Arena(
        world=study.world,
        policy=study.policy(STATUS_QUO, use),
        setting=use,
        groups=dict(study.resolved.parties),
        constituencies=tuple(study.resolved.constituencies),
        title=f"status quo on {study.scenario.as_of.isoformat()}",
        study=study,
    )


def arena_of_world(world: World, setting: Setting) -> Arena:
    """Return the arena of a world alone: its own tariffs, every region a party."""
    Model.parse(setting.model)
    Closure.parse(setting.closure)
    return Arena(world, None, setting, title=f"{world.name} ({world.year})")
