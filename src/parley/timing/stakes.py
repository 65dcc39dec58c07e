r"""What every state of the world is worth to the parties of some talks, by day and by weights.

States are the packages on the table, what holds while they talk, what each deadline brings,
breakdown, and what parties can take elsewhere. A state's flow to party i on day t is

.. math:: G_i(t) = \sum_{j \in i} \sum_s \lambda_{js}(t)\, \Delta x_{js},

the change of real income over the status quo, US$bn a year, with the political weights of
day t. A package that is phased in, or whose purchases and payments end, runs through stages k
that begin :math:`T_k` years after entry into force; to a party that counts a gain a year later
:math:`\delta_i` times it is worth the steady flow

.. math:: \sum_k (\delta_i^{T_k} - \delta_i^{T_{k+1}})\, G_i(t; k).

Before an election on day T a constituency that it concerns counts
:math:`1 + \varphi e^{-\rho (T - t)}` times its usual weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, arena_of_study
from parley.deals.endings import DISCOUNT
from parley.economy.world import World
from parley.politics.weighting import constituency_weights
from parley.scenario.pledges import Talks
from parley.scenario.promises import red_lines_crossed
from parley.scenario.resolve import begin
from parley.studies import STATUS_QUO, Study
from parley.threats.figures import Outcome, outcome
from parley.timing.plan import Plan
from parley.timing.states import States, states_of

__all__ = ["Stakes", "States", "Weights", "stakes_of"]

Array = NDArray[np.float64]
Weights = Mapping[str, float]
"""Political weight by constituency."""


@dataclass(frozen=True, eq=False)
class Stakes:
    """What the talks are about, in money.

    Attributes
    ----------
    study, talks, plan, states
        The study (with the packages that deadlines bring), the talks, their dates, states.
    rows
        Positions of each party's regions.
    stages
        Change of real income over the status quo, US$bn a year, [stage, region, sector]; the
        first stages are the states fully in force.
    courses
        Every state's stages, (years after it begins, position in ``stages``).
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
    stages: Array
    courses: tuple[tuple[tuple[float, int], ...], ...]
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

    def values(
        self, weights: Weights | None, shares: Array | None = None, *, full: bool = False
    ) -> Array:
        """Return what every state is worth, US$bn a year, [state, party].

        Parameters
        ----------
        weights
            By constituency; None for real income.
        shares
            How much every stage counts (:meth:`shares`); at the file's discounts if None.
        full
            Fully in force instead: phased in, with all purchases and payments running.
        """
        found = self.staged(weights)
        if full:
            return np.asarray(found[: len(self.courses)] + self.fixed)
        use = self.shares() if shares is None else shares
        return np.asarray(np.einsum("iks,si->ki", use, found) + self.fixed)

    def staged(self, weights: Weights | None) -> Array:
        """Return what every stage is worth while it lasts, US$bn a year, [stage, party]."""
        scaled = None if weights is None or not self.weighted else self._scaled(weights)
        every = self.stages if scaled is None else self.stages * scaled
        return np.stack([every[:, list(r), :].sum(axis=(1, 2)) for r in self.rows], axis=1)

    def shares(self, discount: Array | None = None) -> Array:
        """Return how much every stage of a state counts to a party, [party, state, stage].

        They add to one over the stages. ``discount`` per year, [party]; the file's if None.
        """
        delta = 1.0 - (self.discount if discount is None else discount)
        found = np.zeros((len(self.rows), len(self.courses), len(self.stages)))
        for state, course in enumerate(self.courses):
            for k, (since, stage) in enumerate(course):
                found[:, state, stage] += delta**since
                if k + 1 < len(course):
                    found[:, state, stage] -= delta ** course[k + 1][0]
        return found

    def income(self, weights: Weights | None) -> Array:
        """Return the objective's level in the status quo, US$bn a year, [party]."""
        scaled = self._scaled(weights) if weights is not None and self.weighted else None
        used = self.level if scaled is None else self.level * scaled
        return np.array([float(used[list(r)].sum()) for r in self.rows])

    def flows(
        self, plan: Plan, weights: Weights | None, discount: Array | None = None
    ) -> Callable[[float], Array]:
        """Return the game's flows: day (years) -> [state, party]."""
        shares = self.shares(discount)
        known: dict[tuple[float, ...], Array] = {}

        def of_day(day: float) -> Array:
            seen = None if weights is None else self.weights_on(day, plan, weights)
            key = () if seen is None else tuple(seen.values())
            if key not in known:
                known[key] = self.values(seen, shares)
            return known[key]

        return of_day

    def _scaled(self, weights: Weights) -> Array:
        shape = (self.stages.shape[1], self.stages.shape[2])
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
    study, states = states_of(study, talks, plan)
    arena = arena_of_study(study)
    base = study.equilibrium(STATUS_QUO)
    found: dict[str, Outcome] = {}
    for key in (*states.keys, *(name for course in states.courses for _, name in course)):
        if key not in found and not key.startswith("exit:"):
            found[key] = outcome(base, study.equilibrium(key))
    world = base.world
    merged = world.sectors != study.world.sectors
    places = {} if merged else _places(arena)
    regions = study.resolved.parties
    stages, courses = _courses(study, states, found, world)
    rows = tuple(tuple(world.region_index(r) for r in regions.get(p, (p,))) for p in talks.parties)
    rates = {p.id: p.discount_per_year for p in study.scenario.parties}
    given = [rates.get(p) for p in talks.parties]
    return Stakes(
        study,
        talks,
        plan,
        states,
        rows,
        stages,
        courses,
        next(iter(found.values())).before,
        _fixed(study, talks, states),
        np.array([DISCOUNT if g is None else g for g in given]),
        tuple(p for p, g in zip(talks.parties, given, strict=True) if g is None),
        _closed(study, talks, states),
        bool(places),
        places,
    )


def _courses(
    study: Study, states: States, found: Mapping[str, Outcome], world: World
) -> tuple[Array, tuple[tuple[tuple[float, int], ...], ...]]:
    """Return stages and courses as :class:`Stakes` holds them.

    Who leaves for a sum has no change of real income; all others have what follows if the
    talks fail, stage by stage.
    """
    leaves = {f"exit:{o.id}": o.party for o in study.scenario.outside_options}

    def moved(name: str, leaver: str | None) -> Array:
        at = found[name]
        change: Array = at.after - at.before
        for r in () if leaver is None else study.resolved.parties.get(leaver, (leaver,)):
            change[world.region_index(r)] = 0.0
        return change

    falls = states.keys[states.falls]
    stages = [moved(falls if key in leaves else key, leaves.get(key)) for key in states.keys]
    courses: list[tuple[tuple[float, int], ...]] = []
    for k, key in enumerate(states.keys):
        course = []
        for since, name in states.courses[states.falls if key in leaves else k]:
            course.append((since, len(stages)))
            stages.append(moved(name, leaves.get(key)))
        courses.append(tuple(course) or ((0.0, k),))
    return np.stack(stages), tuple(courses)


def _places(arena: Arena) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    seen = arena.seen
    return {
        c.id: (
            tuple(seen.region_index(r) for r in c.regions),
            tuple(seen.sector_index(s) for s in c.sectors),
        )
        for c in arena.constituencies
    }


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
        asked = study.resolved.packages[key].consent or talks.parties
        for c in study.package(key).constituencies():
            if c.vetoes and c.party in asked:
                most = 100.0 * (limits[c.id] or 0.0)
                loss = -c.real_income_pct
                said.append(
                    f"{c.label} ({c.party}) veto it: {loss:.2f} % lost, {most:.2f} % at most"
                )
        for line, party, why in red_lines_crossed(story, study.scenario.package(key)):
            if party in asked:
                said.append(f"{party}'s red line '{line}': {why}")
        if said:
            found[key] = tuple(said)
    return found
