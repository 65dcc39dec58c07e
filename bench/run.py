"""Time the package against a plain NumPy wage tatonnement, side by side in one process.

    python bench/run.py [--quick] [--json FILE] [--reference-seconds S] [--only TEXT]

Each world gets one counterfactual, a tariff war between its two largest importers (for the
Caliendo-Parro table, read from PARLEY_SOURCES, NAFTA's tariff cuts; where that is unset a
synthetic world of its size stands in). The package is timed warm, as the median of several
solves after a first one that compiles. The reference is the algorithm of Caliendo and Parro
(2015): "published" with the dense linear solve and prices started afresh, where that is
affordable, and "iterated", a faster arrangement of the same steps. Both answers are judged by the
same residuals, computed in NumPy: prices in logs, goods relative to a country's expenditure, the
trade balance relative to its value added. Gradients and games follow (``bench.games``).
Budgets are for two cores without a GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.replication import cp1993  # noqa: E402

from bench import engines, games, processes, worlds  # noqa: E402
from parley.economy import World  # noqa: E402

RESIDUAL_BUDGET = 1e-9
Problem = tuple[World, engines.Array]


@dataclass(frozen=True)
class Case:
    """One world, its shock and its time budget in milliseconds."""

    label: str
    make: Callable[[], Problem]
    budget_ms: float
    repeats: int


def embedded() -> Problem:
    world = processes.load_world("world-2017")
    return world, worlds.tariff_war(world, "USA", "CHN")


def caliendo_parro() -> Problem:
    folder = cp1993.folder()
    if folder is None:
        return synthetic(31, 40)()
    tables = cp1993.read(folder)
    return cp1993.exact_world(tables, "zero"), tables.nafta_tariff()


def synthetic(regions: int, sectors: int) -> Callable[[], Problem]:
    def make() -> Problem:
        world = worlds.synthetic(regions, sectors)
        return world, worlds.tariff_war(world)

    return make


CASES = (
    Case("world-2017 16x28", embedded, 3, 25),
    Case("Caliendo-Parro 31x40", caliendo_parro, 10, 25),
    Case("synthetic 81x50", synthetic(81, 50), 40, 9),
    Case("synthetic 196x133", synthetic(196, 133), 1000, 3),
)


def measure(case: Case, reference_seconds: float) -> dict[str, Any]:
    """Solve one case by every implementation and return its row."""
    try:
        world, tariffs = case.make()
    except FileNotFoundError as missing:
        return {"case": case.label, "skipped": str(missing)}
    n, s = len(world.regions), len(world.sectors)
    mine = engines.time_parley(world, tariffs, case.repeats)
    theirs = [engines.time_reference(world, tariffs, reference_seconds, published=False)]
    if n * s <= engines.DENSE_LIMIT:
        theirs.insert(0, engines.time_reference(world, tariffs, reference_seconds, published=True))
    return {
        "case": f"synthetic {n}x{s}" if world.name.startswith("synthetic") else case.label,
        "world": world.name,
        "regions": n,
        "sectors": s,
        "budget_ms": case.budget_ms,
        "within_budget": mine.seconds * 1e3 <= case.budget_ms and mine.worst <= RESIDUAL_BUDGET,
        "parley": as_row(mine),
        "references": [
            as_row(t)
            | {
                "times_slower": t.seconds / mine.seconds,
                "largest_real_income_gap": float(
                    np.abs(t.real_income_hat - mine.real_income_hat).max()
                ),
            }
            for t in theirs
        ],
    }


def as_row(timing: engines.Timing) -> dict[str, Any]:
    return {
        "method": timing.method,
        "ms": timing.seconds * 1e3,
        "first_ms": None if timing.first_seconds is None else timing.first_seconds * 1e3,
        "repeats": timing.repeats,
        "iterations": timing.iterations,
        "converged": timing.converged,
        "residual_prices": timing.prices,
        "residual_goods": timing.goods,
        "residual_balance": timing.balance,
    }


def solve_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="One counterfactual", title_justify="left")
    for column in ("world", "method"):
        table.add_column(column, no_wrap=True)
    for column in ("ms", "budget", "first", "steps", "prices", "goods", "balance", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        if "skipped" in row:
            table.add_row(row["case"], "skipped", end_section=True)
            continue
        lines = [row["parley"], *row["references"]]
        for k, line in enumerate(lines):
            first = line["first_ms"]
            table.add_row(
                row["case"] if k == 0 else "",
                line["method"] + ("" if line["converged"] else " (stopped)"),
                f"{line['ms']:,.1f}",
                f"{row['budget_ms']:,.0f}{'' if row['within_budget'] else ' !'}" if k == 0 else "",
                "" if first is None else f"{first:,.0f}",
                str(line["iterations"]),
                *(f"{line[f'residual_{r}']:.0e}" for r in ("prices", "goods", "balance")),
                "1" if k == 0 else f"{line['times_slower']:,.1f}",
                end_section=k == len(lines) - 1,
            )
    return table


def process_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Start-up and whole commands", title_justify="left")
    table.add_column("what", no_wrap=True)
    for column in ("ms", "budget"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        ms = "skipped" if "skipped" in row else f"{row['ms']:,.0f}"
        budget = row.get("budget_ms")
        over = budget is not None and row.get("ms") is not None and row["ms"] > budget
        table.add_row(
            row["what"], ms, "" if budget is None else f"{budget:,.0f}{' !' if over else ''}"
        )
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the solver against a plain reference.")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    parser.add_argument("--reference-seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--only", default="", metavar="TEXT", help="only worlds named like this")
    parser.add_argument("--quick", action="store_true", help="leave out the largest world")
    options = parser.parse_args()

    cases = [c for c in CASES if options.only.lower() in c.label.lower()]
    if options.quick:
        cases = [c for c in cases if c.budget_ms < 1000]
    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    stages: list[processes.Stage] = [] if options.only else list(processes.STAGES)
    contests = [g for g in games.GAMES if options.only.lower() in g.label.lower()]
    solves: list[dict[str, Any]] = []
    played: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []
    shown = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=shown,
        transient=True,
        disable=not shown.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(cases) + len(contests) + len(stages))
        for case in cases:
            progress.update(task, description=case.label)
            solves.append(measure(case, options.reference_seconds))
            progress.advance(task)
        for game in contests:
            progress.update(task, description=game.label)
            played.append(games.measure(game, options.reference_seconds))
            progress.advance(task)
        for stage in stages:
            progress.update(task, description=stage.what)
            commands.append(processes.measure(stage))
            progress.advance(task)
        if stages:
            commands.append(processes.measure_load("world-2017"))

    if solves:
        console.print(solve_table(solves))
        console.print("Residuals are judged in NumPy for both. '!' marks a budget that is missed.")
    if played:
        console.print(games.table(played))
        console.print("The budget of a gradient is five solves of the same model.")
    if commands:
        console.print(process_table(commands))
    for row in solves + played + commands:
        if "skipped" in row:
            console.print(f"Skipped {row.get('case', row.get('what'))}: {row['skipped']}")
    result = {
        "schema_version": "1.1",
        "machine": {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cores": os.cpu_count(),
            "numpy": np.__version__,
        },
        "residual_budget": RESIDUAL_BUDGET,
        "solves": solves,
        "games": played,
        "commands": commands,
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    partial = options.json.with_suffix(".partial")
    partial.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    partial.replace(options.json)
    console.print(f"Written to {options.json}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
