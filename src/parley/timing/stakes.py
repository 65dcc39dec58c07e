r"""What every state of the world is worth to the parties of some talks, by day and by weights.

States are the packages on the table, what holds while they talk, what each deadline brings,
breakdown, and what parties can take elsewhere. A state's flow to party i on day t is

.. math:: G_i(t) = \sum_{j \in i} \sum_s \lambda_{js}(t)\, \Delta x_{js},

the change of real income over the status quo, US$bn a year, with the political weights of
day t. Before an election on day T a constituency that it concerns counts
:math:`1 + \varphi e^{-\rho (T - t)}` times its usual weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import exp

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, arena_of_study
from parley.deals.endings import DISCOUNT
from parley.politics.weighting import constituency_weights
from parley.scenario.packages import Package, PackageChange
from parley.scenario.pledges import Talks
from parley.scenario.promises import red_lines_crossed
from parley.scenario.resolve import begin, resolve_package
from parley.scenario.resolved import ResolvedPackage
from parley.studies import STATUS_QUO, Study
from parley.threats.figures import Outcome, outcome
from parley.timing.plan import Plan

__all__ = ["Stakes", "States", "Weights", "stakes_of"]

Array = NDArray[np.float64]
Weights = Mapping[str, float]
"""Political weight by constituency."""


@dataclass(frozen=True)
class States:
    """States of the world by position in the game.

    ``keys`` are packages of the study, "threat:ID" or "exit:ID" for a sum from elsewhere; the
    first ``packages`` of them are on the table. ``inside`` and ``falls`` are positions: while
    they talk, and what every failure of the talks brings, which is what the file says follows
    with every dated threat that hangs over them. ``exits`` are (party, state, option, first
    day in years); who leaves for a sum leaves the others with ``falls``.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    packages: int
    inside: int
    falls: int
    exits: tuple[tuple[int, int, str, float], ...]


@dataclass(frozen=True, eq=False)
class Stakes:
    """What the talks are about, in money.

    Attributes
    ----------
    study, talks, plan, states
        The study (with the packages that deadlines bring), the talks, their dates, states.
    rows
        Positions of each party's regions.
    moved
        Change of real income over the status quo, US$bn a year, [state, region, sector].
    level
        Real income in the status quo, US$bn, [region, sector].
    fixed
        Sums from elsewhere, [state, party]; zero but for exits in money.
    discount
        Discount per year, [party]; ``assumed`` names parties for which the file gives none.
    closed
        Package -> who will not have it and why (vetoes, red lines).
    weighted
        Whether the scenario's constituencies give weights; else real income counts.
    """

    study: Study
    talks: Talks
    plan: Plan
    states: States
    rows: tuple[tuple[int, ...], ...]
    moved: Array
    level: Array
    fixed: Array
    discount: Array
    assumed: tuple[str, ...]
    closed: Mapping[str, tuple[str, ...]]
    weighted: bool
    _places: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return self.talks.parties

    @property
    def weights(self) -> dict[str, float]:
        """The scenario's weight of every constituency."""
        return {c.id: c.weight for c in self.study.resolved.constituencies}

    def weights_on(self, day: float, plan: Plan, weights: Weights) -> dict[str, float]:
        """Return the weights of a day (years), elections to come counted."""
        found = dict(weights)
        for r in plan.reweights:
            ahead = plan.years(r.date) - day
            if ahead >= 0.0 and r.constituency in found:
                found[r.constituency] *= 1.0 + (r.factor - 1.0) * exp(-r.fades_per_year * ahead)
        return found

    def values(self, weights: Weights | None) -> Array:
        """Return what every state is worth, US$bn a year, [state, party]; None for real income."""
        if weights is None or not self.weighted:
            found = [self.moved[:, list(r), :].sum(axis=(1, 2)) for r in self.rows]
            return np.stack(found, axis=1) + self.fixed
        scaled = self._scaled(weights)
        found = [
            np.einsum("krs,rs->k", self.moved[:, list(r), :], scaled[list(r)]) for r in self.rows
        ]
        return np.stack(found, axis=1) + self.fixed

    def income(self, weights: Weights | None) -> Array:
        """Return the objective's level in the status quo, US$bn a year, [party]."""
        scaled = self._scaled(weights) if weights is not None and self.weighted else None
        used = self.level if scaled is None else self.level * scaled
        return np.array([float(used[list(r)].sum()) for r in self.rows])

    def flows(self, plan: Plan, weights: Weights | None) -> Callable[[float], Array]:
        """Return the game's flows: day (years) -> [state, party]."""
        known: dict[tuple[float, ...], Array] = {}

        def of_day(day: float) -> Array:
            seen = None if weights is None else self.weights_on(day, plan, weights)
            key = () if seen is None else tuple(seen.values())
            if key not in known:
                known[key] = self.values(seen)
            return known[key]

        return of_day

    def _scaled(self, weights: Weights) -> Array:
        shape = (self.moved.shape[1], self.moved.shape[2])
        return constituency_weights(
            shape, ((*self._places[c], w) for c, w in weights.items() if c in self._places)
        )


def stakes_of(study: Study, talks: Talks, plan: Plan) -> Stakes:
    """Return what the talks are about; every state's equilibrium is solved and proven.

    Raises
    ------
    NotConvergedError
        If a state has no proven equilibrium.
    """
    study, states = _states(study, talks, plan)
    arena = arena_of_study(study)
    base = study.equilibrium(STATUS_QUO)
    found: dict[str, Outcome] = {}
    for key in states.keys:
        if key not in found and not key.startswith("exit:"):
            found[key] = outcome(base, study.equilibrium(key))
    level = next(iter(found.values())).before
    still = np.zeros_like(level)
    moved = np.stack(
        [found[k].after - found[k].before if k in found else still for k in states.keys]
    )
    for k, key in enumerate(states.keys):
        if key.startswith("exit:"):
            moved[k] = moved[states.falls]
    world = base.world
    merged = world.sectors != study.world.sectors
    places = {} if merged else _places(arena)
    regions = study.resolved.parties
    own = {f"exit:{o.id}": o.party for o in study.scenario.outside_options}
    for k, key in enumerate(states.keys):
        if key in own:
            for r in regions.get(own[key], (own[key],)):
                moved[k, world.region_index(r)] = 0.0
    rows = tuple(tuple(world.region_index(r) for r in regions.get(p, (p,))) for p in talks.parties)
    rates = {p.id: p.discount_per_year for p in study.scenario.parties}
    given = [rates.get(p) for p in talks.parties]
    return Stakes(
        study,
        talks,
        plan,
        states,
        rows,
        moved,
        level,
        _fixed(study, talks, states),
        np.array([DISCOUNT if g is None else g for g in given]),
        tuple(p for p, g in zip(talks.parties, given, strict=True) if g is None),
        _closed(study, talks, states),
        bool(places),
        places,
    )


def _places(arena: Arena) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    seen = arena.seen
    return {
        c.id: (
            tuple(seen.region_index(r) for r in c.regions),
            tuple(seen.sector_index(s) for s in c.sectors),
        )
        for c in arena.constituencies
    }


def _states(study: Study, talks: Talks, plan: Plan) -> tuple[Study, States]:
    packages = study.resolved.packages
    named = [p for p in talks.agenda if p in packages] or [
        p.id for p in packages.values() if p.talks == talks.id and p.kind == "deal"
    ]
    keys: list[str] = list(dict.fromkeys(named))
    table = len(keys)
    added: dict[str, ResolvedPackage] = {}

    def at(key: str) -> int:
        if key not in keys[table:]:
            keys.append(key)
        return keys.index(key, table)

    inside = at(talks.while_talking)
    fallen = packages.get(talks.breakdown)
    carried = set(fallen.threats) if fallen is not None else set()
    dated = [d.threat for d in plan.deadlines if d.threat]
    # The talks fail once: whichever deadline brings it, the same threats are carried out.
    falls = talks.breakdown
    if not set(dated) <= carried:
        rest = [t for t in dict.fromkeys(dated) if t not in carried]
        falls = "threat:" + "+".join(rest)
        package = Package(
            id="carried-out",
            kind="threat",
            include=() if fallen is None else (fallen.id,),
            changes=tuple(PackageChange(threat=t) for t in rest),
        )
        added[falls] = resolve_package(study.scenario, study.world, package)
    failed = at(falls)
    exits = []
    if talks.ends_by == "exit":
        for k, party in enumerate(talks.parties):
            own = [
                o
                for o in study.scenario.outside_options
                if o.party == party and o.talks in (None, talks.id)
            ]
            for o in own:
                since = max(0.0, plan.years(o.available_from)) if o.available_from else 0.0
                exits.append((k, at(o.package or f"exit:{o.id}"), o.id, since))
            if not own:
                exits.append((k, failed, "", 0.0))
    if added:
        resolved = replace(study.resolved, packages={**packages, **added})
        study = replace(study, resolved=resolved)
    options = {o.id: o.label or o.id for o in study.scenario.outside_options}
    threats = {t.id: t.label or t.id for t in study.scenario.threats}

    def label(key: str) -> str:
        if key == STATUS_QUO:
            return "status quo"
        kind, _, name = key.partition(":")
        if kind == "exit" and name:
            return options[name]
        if kind == "threat" and name:
            said = [threats[t] for t in name.split("+")]
            more = talks.breakdown != STATUS_QUO
            return " and ".join([*([label(talks.breakdown)] if more else []), *said])
        return study.resolved.packages[key].label

    return study, States(
        tuple(keys),
        tuple(label(k) for k in keys),
        table,
        inside,
        failed,
        tuple(exits),
    )


def _fixed(study: Study, talks: Talks, states: States) -> Array:
    found = np.zeros((len(states.keys), len(talks.parties)))
    for option in study.scenario.outside_options:
        key = f"exit:{option.id}"
        if key in states.keys and option.party in talks.parties:
            party = talks.parties.index(option.party)
            found[states.keys.index(key), party] = option.value_usd_bn or 0.0
    return found


def _closed(study: Study, talks: Talks, states: States) -> dict[str, tuple[str, ...]]:
    """Return who would never let a package on the table pass, with the reason in words."""
    found: dict[str, tuple[str, ...]] = {}
    story, _ = begin(study.scenario, study.world)
    limits = {c.id: c.veto for c in study.resolved.constituencies}
    for key in states.keys[: states.packages]:
        said = []
        for c in study.package(key).constituencies():
            if c.vetoes and c.party in talks.parties:
                most = 100.0 * (limits[c.id] or 0.0)
                loss = -c.real_income_pct
                said.append(
                    f"{c.label} ({c.party}) veto it: {loss:.2f} % lost, {most:.2f} % at most"
                )
        for line, party, why in red_lines_crossed(story, study.scenario.package(key)):
            if party in talks.parties:
                said.append(f"{party}'s red line '{line}': {why}")
        if said:
            found[key] = tuple(said)
    return found
