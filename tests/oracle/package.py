"""The package's own answer in the reference's words, so that one check serves both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy import World
from parley.equilibrium import Equilibrium, solve
from parley.policy import Policy
from tests.oracle import reference

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What both implementations compute; shapes as in `reference.Equilibrium`."""

    wage_hat: Array
    price_hat: Array
    expenditure_prime: Array
    real_income_hat: Array
    iterations: int
    converged: bool


def policy_of(
    world: World,
    tariff_prime: Array | None = None,
    iceberg_hat: Array | None = None,
    export_tax_prime: Array | None = None,
) -> Policy:
    """The wedges of new tariffs, iceberg costs and export taxes, each [n,i,s]."""
    tariff = world.tariffs if tariff_prime is None else tariff_prime
    old_tax = 0.0 if world.export_tax is None else world.export_tax
    tax = old_tax if export_tax_prime is None else export_tax_prime
    iceberg = 1.0 if iceberg_hat is None else iceberg_hat
    kappa = (1 + tariff) / (1 + world.tariffs) * (1 + tax) / (1 + old_tax) * iceberg
    levied = world.export_tax if export_tax_prime is None else export_tax_prime
    return Policy(kappa, tariff, levied)


def economy_of(world: World) -> reference.Economy:
    """The reference's view of a world, from its primitives only."""
    return reference.economy_from_flows(
        world.flows,
        world.tariffs,
        world.elasticity().theta,
        world.value_added_share,
        world.input_share,
        world.export_tax,
    )


def prepared(world: World, tariff_prime: Array) -> Callable[[], Answer]:
    """A call that solves this counterfactual, for timing: the policy is built beforehand."""
    policy = policy_of(world, tariff_prime)

    def run() -> Answer:
        found = solve(world, policy)
        return Answer(
            wage_hat=found.w_hat,
            price_hat=found.price_hat,
            expenditure_prime=found.expenditure,
            real_income_hat=found.real_income_hat,
            iterations=found.report.iterations,
            converged=found.report.ok,
        )

    return run


def judge(found: Equilibrium, **shock: object) -> reference.Residuals:
    """The reference's residuals at the package's solution; `shock` as in `reference.solve`.

    The deficits are those the solution reports: whether a closure is the intended one is a
    question for a comparison of whole solutions.
    """
    return reference.residuals(
        economy_of(found.world),
        found.w_hat,
        found.price_hat,
        found.expenditure,
        deficit_prime=found.deficit,
        **shock,  # type: ignore[arg-type]
    )
