"""The two implementations under the clock, each behind one call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from tests.oracle import package, reference

from parley.economy import World

Array = NDArray[np.float64]

# Up to this many unknown expenditures the published dense linear solve is affordable.
DENSE_LIMIT = 2_000


@dataclass(frozen=True)
class Timing:
    """What one implementation needed for one counterfactual, and how good its answer is."""

    seconds: float
    first_seconds: float | None  # the first call, with compilation
    repeats: int
    iterations: int
    converged: bool
    prices: float
    goods: float
    balance: float
    method: str
    real_income_hat: Array

    @property
    def worst(self) -> float:
        return max(self.prices, self.goods, self.balance)


def time_parley(world: World, tariffs: Array, repeats: int) -> Timing:
    """Median warm time of the package's solve, its answer judged by the reference's equations."""
    run: Callable[[], package.Answer] = package.prepared(world, tariffs)
    started = time.perf_counter()
    answer = run()
    first = time.perf_counter() - started
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - started)
    judged = reference.residuals(
        package.economy_of(world),
        answer.wage_hat,
        answer.price_hat,
        answer.expenditure_prime,
        tariffs,
    )
    return Timing(
        seconds=median(seconds),
        first_seconds=first,
        repeats=repeats,
        iterations=answer.iterations,
        converged=answer.converged,
        prices=judged.prices,
        goods=judged.goods,
        balance=judged.balance,
        method="parley",
        real_income_hat=answer.real_income_hat,
    )


def time_reference(
    world: World, tariffs: Array, max_seconds: float, *, published: bool, tolerance: float = 1e-9
) -> Timing:
    """One run of the wage tatonnement, stopped after `max_seconds`.

    `published` solves the dense linear system for expenditure and starts prices afresh at every
    wage guess, as the authors' programs do; otherwise both are iterated from the last guess,
    which gives the same answer sooner.
    """
    economy = package.economy_of(world)
    found = reference.solve(
        economy,
        tariffs,
        tolerance=tolerance,
        expenditure="direct" if published else "iterate",
        restart_prices=published,
        max_seconds=max_seconds,
    )
    return Timing(
        seconds=found.seconds,
        first_seconds=None,
        repeats=1,
        iterations=found.iterations,
        converged=found.converged,
        prices=found.residuals.prices,
        goods=found.residuals.goods,
        balance=found.residuals.balance,
        method="published" if published else "iterated",
        real_income_hat=found.real_income_hat,
    )
