"""Time gradients, optimal tariffs, wars and cooperation, each with its certificate.

References, run in the same process: for a gradient, central differences over every tariff
(timed on some, scaled to all); for the optimum on Ossa's data the independent NumPy
implementation of the tests, for his war the same in turn until rates settle; for the
embedded world L-BFGS-B on differences of solved equilibria. References that reach the time
limit are marked as stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table
from scipy.optimize import minimize
from tests.oracle import ossa as oracle
from tests.replication import ossa2014

from bench import processes
from parley.arena import Arena, Rules, arena_of_world
from parley.studies import Setting

POWERS = ("USA", "JPN", "CHN", "EU27")


@dataclass(frozen=True)
class Game:
    """One thing timed: a warm call, its budget in milliseconds, and a reference."""

    label: str
    arena: Callable[[], Arena]
    run: Callable[[Arena], Any]
    certified: Callable[[Any], bool]
    budget_ms: float | None
    repeats: int
    reference: str = ""
    plain: Callable[[Arena, float], tuple[float, bool]] | None = None


def ossa_arena() -> Arena:
    folder = ossa2014.folder()
    if folder is None:
        raise FileNotFoundError("PARLEY_SOURCES names no folder with ossa-2014")
    world = ossa2014.world(ossa2014.read(folder))
    return arena_of_world(world, Setting("world-share", world.elasticities[0].name, "ossa"))


def embedded_arena() -> Arena:
    world = processes.load_world("world-2017")
    return arena_of_world(world, Setting("zero", world.elasticities[0].name))


def one_gradient(arena: Arena) -> Any:
    cotangent = np.zeros((1, *arena.base.real_income.shape))
    cotangent[0, 0] = 1.0
    return arena.simulator.gradients(arena.base, cotangent)


def differences(arena: Arena, seconds: float) -> tuple[float, bool]:
    """Return the time of central differences over all tariffs, scaled up from some."""
    count = int((arena.imports > 0).sum())
    begin, done = time.perf_counter(), 0
    rng = np.random.default_rng(0)
    cells = np.argwhere(arena.imports > 0)
    while done < min(count, 200) and time.perf_counter() - begin < seconds:
        n, i, s = cells[rng.integers(count)]
        for step in (1e-4, -1e-4):
            tariff = np.array(arena.base.tariff)
            tariff[n, i, s] += step
            arena.simulator.at(tariff)
        done += 1
    return (time.perf_counter() - begin) * count / done, True


def oracle_optimum(arena: Arena, seconds: float) -> tuple[float, bool]:
    del seconds
    begin = time.perf_counter()
    oracle.optimal_tariff(oracle.Ossa(arena.world), arena.world.regions.index("USA"))
    return time.perf_counter() - begin, True


def oracle_war(arena: Arena, seconds: float) -> tuple[float, bool]:
    model = oracle.Ossa(arena.world)
    tariff = np.array(arena.world.tariffs)
    begin, settled = time.perf_counter(), False
    while not settled and time.perf_counter() - begin < seconds:
        before = tariff
        for j in range(len(arena.world.regions)):
            tariff = oracle.optimal_tariff(model, j, others=tariff, start=0.6)
        settled = bool(np.abs(tariff - before).max() < 1e-4)
    return time.perf_counter() - begin, settled


def plain_optimum(arena: Arena, seconds: float) -> tuple[float, bool]:
    player = arena.player("USA", Rules())
    tools = player.instruments
    begin = time.perf_counter()

    class OutOfTimeError(Exception):
        pass

    def loss(rates: np.ndarray) -> float:
        if time.perf_counter() - begin > seconds:
            raise OutOfTimeError
        point = arena.simulator.at(tools.write(arena.base.tariff, rates))
        return (
            -100.0
            * player.objective.value(point.real_income)
            / player.objective.value(arena.base.real_income)
        )

    start = tools.read(arena.base.tariff, arena.imports)
    try:
        minimize(loss, start, method="L-BFGS-B", bounds=[(0, 10)] * tools.size)
    except OutOfTimeError:
        return time.perf_counter() - begin, False
    return time.perf_counter() - begin, True


GAMES = (
    Game(
        "gradient, world-2017",
        embedded_arena,
        one_gradient,
        lambda _: True,
        None,
        25,
        "central differences",
        differences,
    ),
    Game(
        "optimum USA, Ossa 7x33",
        ossa_arena,
        lambda a: a.optimum("USA", Rules()),
        lambda o: o.certificate.ok,
        100,
        9,
        "NumPy, L-BFGS-B",
        oracle_optimum,
    ),
    Game(
        "war of all, Ossa 7x33",
        ossa_arena,
        lambda a: a.nash(a.world.regions, Rules()),
        lambda o: o.certificate.ok,
        3000,
        3,
        "NumPy, replies in turn",
        oracle_war,
    ),
    Game(
        "cooperation, Ossa 7x33",
        ossa_arena,
        lambda a: a.cooperate(a.world.regions, Rules(), "applied"),
        lambda o: o.certificate.ok,
        10000,
        3,
    ),
    Game(
        "optimum USA, world-2017",
        embedded_arena,
        lambda a: a.optimum("USA", Rules()),
        lambda o: o.certificate.ok,
        2000,
        5,
        "L-BFGS-B, differences",
        plain_optimum,
    ),
    Game(
        "war USA JPN CHN EU27, world-2017",
        embedded_arena,
        lambda a: a.nash(POWERS, Rules()),
        lambda o: o.certificate.ok,
        30000,
        3,
    ),
)


def talks_arena() -> Arena:
    from parley.arena import arena_of_study
    from parley.files.studies import open_study

    return arena_of_study(open_study("us-japan-2019"))


def negotiation(arena: Arena, *, full: bool) -> Any:
    """The flagship's talks assessed: zone, deals, 12 frontier points; full: the whole search."""
    from parley.deals.assess import assess_deal
    from parley.deals.table import table_of_study, talks_of

    assert arena.study is not None
    table = table_of_study(
        arena, talks_of(arena.study, None), Rules(weights="scenario", floors=True)
    )
    return assess_deal(table, lines=full, link=full)


def plain_frontier(arena: Arena, seconds: float) -> tuple[float, bool]:
    """SciPy's SLSQP on solved equilibria, without models: zone, deals and frontier."""
    from parley.bargaining.frontier import find_frontier
    from parley.bargaining.solutions import SOLUTIONS, find_zone, solve_bargain
    from parley.deals.endings import endings_of
    from parley.deals.table import table_of_study, talks_of

    del seconds
    assert arena.study is not None
    begin = time.perf_counter()
    table = table_of_study(
        arena, talks_of(arena.study, None), Rules(weights="scenario", floors=True)
    )
    problem = table.problem.against(endings_of(table).disagreement.point)
    zone = find_zone(problem)
    for name in SOLUTIONS:
        solve_bargain(problem, name, zone)
    find_frontier(problem, 12)
    return time.perf_counter() - begin, True


GAMES = (
    *GAMES,
    Game(
        "talks us-japan-2019, 12 points",
        talks_arena,
        lambda a: negotiation(a, full=False),
        lambda found: found.certified,
        None,
        3,
        "SLSQP, no models",
        plain_frontier,
    ),
    Game(
        "full deal search us-japan-2019",
        talks_arena,
        lambda a: negotiation(a, full=True),
        lambda found: found.certified,
        60000,
        1,
    ),
)


def certified_within(budget: float | None, seconds: float, certified: bool) -> bool:
    """Return whether a result is certified and, where there is a budget, in time."""
    return certified and (budget is None or 1e3 * seconds <= budget)


def measure(game: Game, reference_seconds: float) -> dict[str, Any]:
    """Time one game warm, then its reference once; return its row."""
    try:
        arena = game.arena()
    except FileNotFoundError as missing:
        return {"case": game.label, "skipped": str(missing)}
    begin = time.perf_counter()
    game.run(arena)
    first = time.perf_counter() - begin
    times, ok = [], True
    for _ in range(game.repeats):
        begin = time.perf_counter()
        ok = game.certified(game.run(arena)) and ok
        times.append(time.perf_counter() - begin)
    seconds = float(np.median(times))
    solve = None
    if game.run is one_gradient:
        solves = []
        for _ in range(game.repeats):
            begin = time.perf_counter()
            arena.simulator.at(arena.base.tariff * 1.1)
            solves.append(time.perf_counter() - begin)
        solve = float(np.median(solves))
    budget = 5e3 * solve if solve is not None else game.budget_ms
    within = certified_within(budget, seconds, ok)
    row: dict[str, Any] = {
        "case": game.label,
        "ms": 1e3 * seconds,
        "first_ms": 1e3 * first,
        "repeats": game.repeats,
        "certified": ok,
        "budget_ms": budget,
        "solves": None if solve is None else seconds / solve,
        "within_budget": within,
        "reference": None,
    }
    if game.plain is not None:
        took, settled = game.plain(arena, reference_seconds)
        row["reference"] = {
            "method": game.reference,
            "ms": 1e3 * took,
            "settled": settled,
            "times_slower": took / seconds,
        }
    return row


def table(rows: list[dict[str, Any]]) -> Table:
    """Return the rows as a table."""
    shown = Table(title="Gradients and games, certificates included", title_justify="left")
    for column in ("what", "method"):
        shown.add_column(column, no_wrap=True)
    for column in ("ms", "budget", "first", "certified", "ratio"):
        shown.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        if "skipped" in row:
            shown.add_row(row["case"], "skipped", end_section=True)
            continue
        other = row["reference"]
        shown.add_row(
            row["case"],
            "parley",
            f"{row['ms']:,.1f}",
            ("" if row["budget_ms"] is None else f"{row['budget_ms']:,.1f}")
            + ("" if row["within_budget"] else " !"),
            f"{row['first_ms']:,.0f}",
            "yes" if row["certified"] else "no",
            "1",
            end_section=other is None,
        )
        if other is not None:
            shown.add_row(
                "",
                other["method"] + ("" if other["settled"] else " (stopped)"),
                f"{other['ms']:,.0f}",
                "",
                "",
                "",
                f"{other['times_slower']:,.0f}",
                end_section=True,
            )
    return shown
