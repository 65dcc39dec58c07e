"""A negotiation assessed: zone, frontier, bargained deals, packages, linkage, in one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.frontier import Frontier, find_frontier
from parley.bargaining.nash_in_nash import NashInNash, Pair, nash_in_nash
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.solutions import SOLUTIONS, Solution, Zone, find_zone, solve_bargain
from parley.deals.endings import Endings, endings_of
from parley.deals.linkage import Blocking, ScopeDeal, link_issues
from parley.deals.opening import Opening, openings
from parley.deals.order import LineChoice, Step, choose_lines, order_concessions
from parley.deals.places import PackagePlace, place_packages
from parley.deals.table import DealTable, packages_of, real_income
from parley.equilibrium.solve import solve
from parley.errors import InputError, NotConvergedError
from parley.policy.wedges import apply_changes
from parley.studies import STATUS_QUO

__all__ = ["POINTS", "Bargained", "DealAssessment", "assess_deal"]

Array = NDArray[np.float64]
Told = Callable[[str, int, int], None]
POINTS = 12


@dataclass(frozen=True, eq=False)
class Bargained:
    """A bargained deal in full.

    ``ev`` [party] and ``others`` (region -> US$bn a year) are equivalent variations; ``steps``
    its concessions in order; ``recomputed`` the largest difference, US$bn, to the payoffs of
    the same deal solved again as a list of duty changes by the general solver, None where it
    contains a payment that such a list cannot hold.
    """

    solution: Solution
    ev: Array
    others: dict[str, float]
    steps: tuple[Step, ...]
    recomputed: float | None


@dataclass(frozen=True, eq=False)
class DealAssessment:
    """What is known of a negotiation.

    ``main`` names the solution whose deal is told in full; ``powers`` [party] are bargaining
    powers. Parts that were not asked for are empty or None.
    """

    table: DealTable
    problem: Bargain
    endings: Endings
    zone: Zone
    main: str
    powers: Array
    deals: tuple[Bargained, ...]
    frontier: Frontier | None
    packages: tuple[PackagePlace, ...]
    lines: LineChoice | None
    openings: tuple[Opening, ...]
    scopes: tuple[ScopeDeal, ...]
    blocking: tuple[Blocking, ...]
    pairs: NashInNash | None
    solves: int

    @property
    def deal(self) -> Bargained | None:
        """The main deal, None where the zone is empty."""
        return next((d for d in self.deals if d.solution.name == self.main), None)

    @property
    def certified(self) -> bool:
        """Whether every deal, those of other scopes too, and every point of the frontier is."""
        proven = all(d.solution.certificate.ok for d in self.deals)
        drawn = self.frontier is None or self.frontier.certified
        linked = [d for s in self.scopes for d in (s.joint, s.nash) if d is not None]
        return (
            proven
            and drawn
            and all(d.certificate.ok for d in linked)
            and (self.pairs is None or self.pairs.ok)
        )


def assess_deal(
    table: DealTable,
    *,
    breakdown: str | None = None,
    ends_by: str | None = None,
    hazard: float | None = None,
    solution: str = "nash",
    solutions: Sequence[str] = SOLUTIONS,
    powers: Array | None = None,
    points: int = POINTS,
    most: int | None = None,
    lines: bool = False,
    link: bool = False,
    war: bool = False,
    pairs: bool = False,
    seed: int = 0,
    told: Told | None = None,
) -> DealAssessment:
    """Return a negotiation assessed.

    Parameters
    ----------
    table
        The table.
    breakdown, ends_by, hazard, war
        As in :func:`parley.deals.endings.endings_of`.
    solution, solutions
        The deal told in full, and all that are computed.
    powers
        Bargaining powers [party]; the scenario's if None.
    points
        Points of the frontier; none if zero.
    most, lines
        Most lines of a deal in whole concessions, and whether one is wanted.
    link
        Whether the other scopes of the talks are computed beside this one.
    pairs
        Whether the parties bargain pair by pair (Nash-in-Nash).
    seed
        Of the certificates' random moves.
    told
        Told (what, done, total) on the way.

    Raises
    ------
    InputError
        If what is asked for does not exist.
    NotConvergedError
        If an equilibrium is not proven.
    """

    def on(what: str) -> Callable[[int, int], None]:
        return lambda done, total: None if told is None else told(what, done, total)

    if pairs and len(table.parties) < 3:
        raise InputError.one(
            "two parties are one pair", "--pairs",
            "Nash-in-Nash is for several pairs that bargain at once",
            "leave --pairs out: the Nash solution is the same",
        )  # fmt: skip
    endings = endings_of(
        table, breakdown=breakdown, ends_by=ends_by, hazard=hazard, war=war,
        progress=on("trade war"),
    )  # fmt: skip
    d = endings.disagreement
    beta = _powers(table) if powers is None else powers
    whole = table.problem.modelled(on("curvature of payoffs"))
    accepted, problem = whole.against(d.at_least), whole.against(d.point)
    zone = find_zone(accepted)
    deals = []
    if zone.open:
        for done, name in enumerate(n for n in SOLUTIONS if n in (solution, *solutions)):
            found = solve_bargain(problem, name, zone, powers=beta, at_least=d.at_least, seed=seed)
            deals.append(_bargained(table, accepted, found, full=name == solution))
            on("bargained deals")(done + 1, len(solutions))
    known: tuple[str, ...] = ()
    if table.study is not None and table.talks is not None:
        known = packages_of(table.study, table.talks)
    frontier = find_frontier(accepted, points, progress=on("frontier")) if points else None
    every = [e for e in endings.all if e.found is not None]
    scopes: tuple[ScopeDeal, ...] = ()
    blocking: tuple[Blocking, ...] = ()
    if link and table.study is not None:
        scopes, blocking = link_issues(table, endings, powers=beta, progress=on("issue linkage"))
    return DealAssessment(
        table,
        problem,
        endings,
        zone,
        solution,
        beta,
        tuple(deals),
        frontier,
        place_packages(table, every, known, accepted),
        choose_lines(accepted, table.board, most=most, powers=beta) if lines else None,
        () if zone.open else openings(table, accepted, zone),
        scopes,
        blocking,
        _pairs(table, whole, beta, on("pairs")) if pairs else None,
        whole.solves,
    )


def _powers(table: DealTable) -> Array:
    if table.study is None:
        return np.ones(len(table.parties))
    given = {p.id: p.bargaining_power for p in table.study.scenario.parties}
    return np.array(
        [1.0 if given.get(p) is None else float(given[p] or 1.0) for p in table.parties]
    )


def _bargained(table: DealTable, problem: Bargain, solution: Solution, *, full: bool) -> Bargained:
    at: Outcome = table.payoffs.evaluate(solution.outcome.levers)
    income = at.state.real_income
    price, unit = table.base.consumer_price_hat, table.board.world.usd_bn
    moved = ((income - table.payoffs.base.real_income) * price[:, None]).sum(axis=1) * unit
    inside = {r for s in table.sides.sides for r in s.regions}
    others = {r: float(moved[k]) for k, r in enumerate(table.base.world.regions) if r not in inside}
    steps: tuple[Step, ...] = ()
    recomputed = None
    if full:
        steps = order_concessions(problem, table.board, table.parties, solution.outcome)
        recomputed = _recomputed(table, solution.outcome)
    return Bargained(solution, table.ev_of(income), others, steps, recomputed)


def _recomputed(table: DealTable, outcome: Outcome) -> float | None:
    """Return how far the deal's payoffs are from those of a list of duty changes, US$bn."""
    if np.any(table.board.payment(outcome.levers)):
        return None
    world, setting, study = table.arena.world, table.arena.setting, table.study
    theta = world.elasticity(setting.elasticity).theta
    changes = table.board.changes(outcome.levers)
    if study is not None:
        changes = (*study.changes(STATUS_QUO), *changes)
    partition = None if study is None else study.resolved.partition
    found = solve(
        world,
        apply_changes(world, changes, theta, partition=partition),
        elasticity=setting.elasticity,
        closure=setting.closure,
        model=setting.model,
    ).require("the bargained deal")
    again, _ = table.payoffs.of_income(real_income(found))
    return float(np.abs(again - outcome.payoffs).max())


def _pairs(
    table: DealTable, problem: Bargain, powers: Array, progress: Callable[[int, int], None]
) -> NashInNash:
    """Every two parties bargain over what they set on each other; MFN rates with the main one."""
    parties = table.parties
    owned: dict[tuple[int, int], list[int]] = {p: [] for p in combinations(range(len(parties)), 2)}
    for k, lever in enumerate(table.board.levers):
        giver = parties.index(lever.giver)
        trade: dict[int, float] = {}
        for touch in lever.touches:
            side = table.sides.of(touch.cell[1])
            if side is not None and side != lever.giver:
                n, i, s = (
                    table.board.world.region_index(touch.cell[0]),
                    table.board.world.region_index(touch.cell[1]),
                    table.board.world.sector_index(touch.cell[2]),
                )
                other = parties.index(side)
                trade[other] = trade.get(other, 0.0) + float(table.board.world.flows[n, i, s])
        if trade:
            main = max(trade, key=lambda other: trade[other])
            owned[(min(giver, main), max(giver, main))].append(k)
    pairs = [Pair(p, tuple(levers)) for p, levers in owned.items() if levers]
    found = nash_in_nash(problem, pairs, powers=powers, progress=progress)
    if not found.outcome.ok:
        raise NotConvergedError(
            "no equilibrium was found where the pairs' deals lead",
            (found.outcome.residual,),
            "try narrower bounds, another closure or model",
        )
    return found
