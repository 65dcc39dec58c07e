"""The Caliendo-Parro equilibrium in plain NumPy: a second implementation to check the first.

Written from the paper (Review of Economic Studies, 2015) in the order of the authors' published
algorithm and sharing no code with the package. The equations stand in `equations`:

1.  guess wages w_hat [n];
2.  iterate prices and costs to their fixed point at those wages (equations 10 and 12);
3.  shares follow (equation 11);
4.  solve the linear system for expenditure X'[n,s]  (equation 13);
5.  excess[n] = exports - imports + D'[n]  (equation 14); stop when it vanishes, else
        w_hat[n] <- w_hat[n] (1 + damping * excess[n] / (w_hat[n] va[n]));  back to 2.

Since the excesses sum to zero, the update keeps world value added, the numeraire, unchanged.

`solve_brute` hands the same equations, all at once, to a general root finder, for tiny worlds;
`residuals` judges any proposed solution, whoever computed it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.optimize import root

from tests.oracle.equations import (
    Array,
    Deficits,
    Economy,
    Equilibrium,
    Problem,
    Residuals,
    base_income,
    economy_from_flows,
    expenditure_shares,
)

__all__ = [
    "Array",
    "Deficits",
    "Economy",
    "Equilibrium",
    "Residuals",
    "base_income",
    "economy_from_flows",
    "expenditure_shares",
    "purge_deficits",
    "rebase",
    "residuals",
    "solve",
    "solve_brute",
]


def solve(
    economy: Economy,
    tariff_prime: Array | None = None,
    *,
    iceberg_hat: Array | None = None,
    export_tax_prime: Array | None = None,
    deficit_prime: Array | Deficits | None = None,
    damping: float = 0.2,
    tolerance: float = 1e-10,
    max_iterations: int = 20_000,
    max_seconds: float = np.inf,
    expenditure: Literal["direct", "iterate"] = "direct",
    restart_prices: bool = False,
) -> Equilibrium:
    """Solve by wage tatonnement; see the module's text for the steps.

    `deficit_prime` is an array [n], a function of wage_hat, or None for the baseline's deficits
    at unchanged world value added. `damping` 0.2 is the authors'. `expenditure="iterate"`
    replaces the dense linear solve by repeated substitution, for worlds whose matrix would not
    fit into memory, and is much faster. Prices start from the previous wage guess's, or from one
    with `restart_prices`, as in the authors' programs; neither choice moves the answer. Never
    raises for want of convergence: look at `converged`, which is also false where the equations
    are solved only with a country's income negative (large import subsidies do that).
    """
    started = time.perf_counter()
    problem = Problem(economy, tariff_prime, iceberg_hat, export_tax_prime, deficit_prime)
    n, s = economy.shape
    wage = np.ones(n)
    price = np.ones((n, s))
    spending: Array | None = None
    converged = False
    iteration = 0
    while iteration < max_iterations and time.perf_counter() - started < max_seconds:
        iteration += 1
        start = np.ones((n, s)) if restart_prices else price
        price = problem.prices(wage, start, tolerance / 10)
        share = problem.shares(wage, price)
        if expenditure == "direct":
            spending = problem.expenditure_direct(wage, share)
        else:
            spending = problem.expenditure_iterated(wage, share, spending, tolerance / 10)
        excess = problem.excess(wage, share, spending) / (wage * economy.value_added)
        if np.abs(excess).max() < tolerance:
            converged = True
            break
        if not np.all(np.isfinite(excess)):
            break
        wage = wage * (1 + damping * np.clip(excess, -0.9, 0.9))
        wage = wage * economy.value_added.sum() / (wage @ economy.value_added)
    assert spending is not None
    seconds = time.perf_counter() - started
    return problem.report(wage, price, spending, iteration, converged, seconds)


def solve_brute(
    economy: Economy,
    tariff_prime: Array | None = None,
    *,
    iceberg_hat: Array | None = None,
    export_tax_prime: Array | None = None,
    deficit_prime: Array | Deficits | None = None,
) -> Equilibrium:
    """All equations at once through `scipy.optimize.root` (Powell's hybrid), for tiny worlds.

    The unknowns are log wages, log prices and expenditure relative to a start value; world value
    added unchanged replaces the last country's balance, which Walras' law makes redundant.
    """
    started = time.perf_counter()
    problem = Problem(economy, tariff_prime, iceberg_hat, export_tax_prime, deficit_prime)
    n, s = economy.shape
    ones = np.ones(n)
    start = problem.expenditure_direct(ones, problem.shares(ones, np.ones((n, s))))
    scale = np.where(np.abs(start) > 0, np.abs(start), economy.value_added.mean())

    def unpack(x: Array) -> tuple[Array, Array, Array]:
        return (
            np.exp(x[:n]),
            np.exp(x[n : n + n * s]).reshape(n, s),
            x[n + n * s :].reshape(n, s) * scale,
        )

    def system(x: Array) -> Array:
        wage, price, spending = unpack(x)
        share = problem.shares(wage, price)
        demand = problem.demand(wage, problem.receipts(share), spending)
        balance = problem.excess(wage, share, spending) / economy.value_added
        balance[-1] = wage @ economy.value_added / economy.value_added.sum() - 1
        return np.concatenate(
            [
                balance,
                np.log(problem.price_index(problem.costs(wage, price)) / price).ravel(),
                ((demand - spending) / scale).ravel(),
            ]
        )

    x0 = np.concatenate([np.zeros(n + n * s), (start / scale).ravel()])
    found = root(system, x0, method="hybr", tol=1e-13)
    wage, price, spending = unpack(found.x)
    seconds = time.perf_counter() - started
    return problem.report(wage, price, spending, int(found.nfev), bool(found.success), seconds)


def residuals(
    economy: Economy,
    wage_hat: Array,
    price_hat: Array,
    expenditure_prime: Array,
    tariff_prime: Array | None = None,
    *,
    iceberg_hat: Array | None = None,
    export_tax_prime: Array | None = None,
    deficit_prime: Array | Deficits | None = None,
) -> Residuals:
    """Judge a proposed solution: wages [n], prices [n,s] and expenditure [n,s] from anywhere.

    Prices are judged in logs, expenditure relative to the country's total, the balance relative
    to the country's value added.
    """
    problem = Problem(economy, tariff_prime, iceberg_hat, export_tax_prime, deficit_prime)
    return problem.residuals(wage_hat, price_hat, expenditure_prime)


def purge_deficits(economy: Economy, **options: object) -> tuple[Economy, Equilibrium]:
    """The same world with every deficit moved to zero at unchanged tariffs, and the move itself.

    This is also how a baseline whose final demand was clipped becomes exact: the result is an
    equilibrium of the model, with the shares and sizes that hold there.
    """
    moved = solve(economy, deficit_prime=np.zeros(economy.shape[0]), **options)  # type: ignore[arg-type]
    return rebase(economy, moved), moved


def rebase(economy: Economy, equilibrium: Equilibrium, tariff: Array | None = None) -> Economy:
    """Make an equilibrium the new baseline; `tariff` [n,i,s] is the one it was solved under."""
    new_tariff = economy.tariff if tariff is None else tariff
    gross = equilibrium.flows_prime * (1 + new_tariff)
    return replace(
        economy,
        expenditure_share=expenditure_shares(gross),
        tariff=new_tariff,
        value_added=economy.value_added * equilibrium.wage_hat,
        deficit=equilibrium.deficit_prime,
    )
