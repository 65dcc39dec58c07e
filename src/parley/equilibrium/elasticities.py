r"""How far a result hangs on the trade elasticities: its gradient in them, and an interval.

The result is a region's real income under one set of changes over that under another,
:math:`\hat W_n = x_n(p', \theta) / x_n(p, \theta)`. Its total derivative in the elasticity
of a sector has three parts, all at both policies:

1. the equilibrium's own, by the implicit function theorem, the wedges fixed
   (:meth:`parley.equilibrium.simulator.WorldSimulator.sensitivity`);
2. the wedges of flows cut into parts, which weigh the parts with theta
   (:mod:`parley.policy.wedges`): :math:`d\kappa/d\theta`, :math:`d\tau'/d\theta` by central
   differences of the closed form;
3. under the closure "zero", the purge of deficits. Hats multiply along a chain, so the
   purge cancels: both policies are solved from the world as observed, with D' = 0.

Where sectors are merged into one, all three also move through the merged elasticity and the
weights of the merge; there, and where the purge closes a sector for good (free entry), the
whole computation is differenced instead.

With independent elasticities of standard errors se the delta method gives the variance
:math:`\sum_s (\partial \hat W_n / \partial \theta_s)^2\, se_s^2`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.equilibrium.baseline import baseline_from_world
from parley.equilibrium.closures import Closure, balanced_terms
from parley.equilibrium.kernel import kernel_of
from parley.equilibrium.models import Model, adapt_world
from parley.equilibrium.simulator import WorldSimulator
from parley.equilibrium.solve import Prepared, prepare, solve
from parley.errors import NotConvergedError
from parley.policy.change import Change
from parley.policy.wedges import Policy, apply_changes

__all__ = [
    "CENTRAL_DIFFERENCES",
    "IMPLICIT",
    "DeltaInterval",
    "ElasticityGradient",
    "delta_interval",
    "elasticity_gradient",
]

Array = NDArray[np.float64]
IMPLICIT = "implicit"
CENTRAL_DIFFERENCES = "central differences"
# Relative steps in theta: of a closed form, and of whole equilibria (residuals below 1e-11).
WEDGE_STEP = 1e-5
SOLVE_STEP = 1e-3
# By how much W_hat with and without the purge may differ.
CONFIRM = 1e-8


@dataclass(frozen=True, eq=False)
class ElasticityGradient:
    """Change of real income between two policies, and its derivatives in the elasticities.

    ``real_income_hat`` [region], a ratio; ``gradient`` [region, sector], its derivative in
    ``theta`` [sector]; ``method`` is "implicit" or "central differences".
    """

    regions: tuple[str, ...]
    theta: Array
    real_income_hat: Array
    gradient: Array
    method: str


@dataclass(frozen=True, eq=False)
class DeltaInterval:
    """Change of real income in %, with its standard error and interval, each [region].

    ``percent`` = 100 (W_hat - 1); ``standard_error``, ``low``, ``high`` in percentage
    points and per cent; ``level`` is the probability of the interval.
    """

    regions: tuple[str, ...]
    percent: Array
    standard_error: Array
    low: Array
    high: Array
    level: float


@dataclass(frozen=True, eq=False)
class _Question:
    """Two sets of changes on a world, with everything they are solved with."""

    world: World
    base: tuple[Change, ...]
    new: tuple[Change, ...]
    partition: tuple[Change, ...]
    theta: ElasticitySet
    closure: Closure
    model: Model

    def policies(self, theta: Array) -> tuple[Policy, Policy]:
        """Return the wedges of both sets of changes at the elasticities [sector]."""
        found = (
            apply_changes(self.world, steps, theta, partition=self.partition)
            for steps in (self.base, self.new)
        )
        base, new = found
        return base, new

    def real_income_hat(self, theta: Array) -> Array:
        """Return the whole computation at the elasticities [sector]: W_hat [region]."""
        moved = replace(self.theta, theta=theta)
        incomes = [
            solve(self.world, policy, elasticity=moved, closure=self.closure, model=self.model)
            .require("a policy at other elasticities")
            .real_income_hat
            for policy in self.policies(theta)
        ]
        ratio: Array = incomes[1] / incomes[0]
        return ratio


def elasticity_gradient(
    world: World,
    base_changes: Iterable[Change],
    new_changes: Iterable[Change],
    *,
    elasticity: str | ElasticitySet | None = None,
    closure: str | Closure = "world-share",
    model: str | Model = "caliendo-parro",
    partition: Iterable[Change] | None = None,
    regions: Sequence[str] | None = None,
) -> ElasticityGradient:
    """Return the change of real income between two policies and its elasticity gradient.

    Parameters
    ----------
    world
        The exact baseline.
    base_changes, new_changes
        Changes against the world's year that make the two policies; each complete.
    elasticity, closure, model
        As in :func:`parley.equilibrium.solve`.
    partition
        Changes whose slices cut up the flows in both policies; default: all of both.
    regions
        Labels of the regions wanted; default all. Each costs two linear systems.

    Raises
    ------
    InputError
        Unknown labels, or changes that do not fit the world.
    NotConvergedError
        If either policy's equilibrium cannot be found.
    """
    base, new = tuple(base_changes), tuple(new_changes)
    cuts = (*base, *new) if partition is None else tuple(partition)
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    rule = closure if isinstance(closure, Closure) else Closure.parse(closure)
    kind = model if isinstance(model, Model) else Model.parse(model)
    asked = _Question(world, base, new, cuts, theta, rule, kind)
    wanted = world.regions if regions is None else tuple(regions)
    rows = [world.region_index(r) for r in wanted]
    merged = kind.one_sector and len(world.sectors) > 1
    if not merged:
        found, method = _implicit(asked, rows), IMPLICIT
    if merged or (rule.name == "zero" and not _confirmed(asked, rows, found[0])):
        found, method = _differenced(asked, rows), CENTRAL_DIFFERENCES
    return ElasticityGradient(wanted, theta.theta, *found, method)


def delta_interval(
    gradient: ElasticityGradient,
    *,
    relative_se: float | Array | None = None,
    se: Array | None = None,
    level: float = 0.9,
) -> DeltaInterval:
    """Return the interval of the % change that follows from uncertain elasticities.

    Parameters
    ----------
    gradient
        A result of :func:`elasticity_gradient`.
    relative_se, se
        Standard errors [sector], as fractions of theta (one number: of all) or in units of
        theta; exactly one of them. The elasticities are taken as independent.
    level
        Probability of the interval, which is normal and symmetric: to be trusted where
        the result is near linear in theta over the interval.

    Raises
    ------
    ValueError
        If not exactly one kind of standard error is given, one is negative or not finite,
        or the level is outside (0, 1).
    """
    if (relative_se is None) == (se is None):
        raise ValueError("give either relative_se or se")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level}")
    error = np.asarray(se) if relative_se is None else gradient.theta * relative_se
    if error.shape != gradient.theta.shape:
        raise ValueError(f"{error.shape} standard errors for {gradient.theta.shape} elasticities")
    if not np.all(np.isfinite(error) & (error >= 0)):
        raise ValueError("standard errors must be finite and not negative")
    percent = 100.0 * (gradient.real_income_hat - 1.0)
    deviation = 100.0 * np.sqrt(((gradient.gradient * error) ** 2).sum(axis=1))
    reach = float(ndtri(0.5 + 0.5 * level)) * deviation
    return DeltaInterval(
        gradient.regions, percent, deviation, percent - reach, percent + reach, level
    )


def _implicit(asked: _Question, rows: list[int]) -> tuple[Array, Array]:
    """Return W_hat [row] and its gradient [row, sector] by the implicit function theorem."""
    prepared = _prepared(asked)
    theta = asked.theta.theta
    step = WEDGE_STEP * theta
    sides = zip(
        asked.policies(theta),
        asked.policies(theta + step),
        asked.policies(theta - step),
        strict=True,
    )
    income, slope = [], []
    for policy, up, down in sides:
        simulator = WorldSimulator(prepared, policy)
        point = simulator.at(policy.tariff_prime)
        if not point.ok:
            raise NotConvergedError(
                f"no equilibrium was found for a policy (largest residual {point.residual:.1e})",
                (),
                "a smaller change, another closure, or another elasticity source",
            )
        cost = (up.cost_hat - down.cost_hat) / (2.0 * step)
        tariff = (up.tariff_prime - down.tariff_prime) / (2.0 * step)
        found = []
        for row in rows:
            cotangent = np.zeros_like(point.real_income)
            cotangent[row] = 1.0
            s = simulator.sensitivity(point, cotangent)
            wedges = s.cost_hat * cost + s.tariff_prime * tariff
            found.append(s.theta + wedges.sum(axis=(0, 1)))
        income.append(point.real_income[rows].sum(axis=1))
        slope.append(np.array(found))
    hat: Array = income[1] / income[0]
    gradient: Array = (slope[1] - hat[:, None] * slope[0]) / income[0][:, None]
    return hat, gradient


def _prepared(asked: _Question) -> Prepared:
    """Return the model on the world; under the closure "zero" from the deficits observed."""
    if asked.closure.name != "zero":
        return prepare(asked.world, asked.theta, asked.closure, asked.model)
    world = adapt_world(asked.world, asked.model)
    theta = asked.theta
    return Prepared(
        world,
        asked.model,
        theta,
        asked.closure,
        kernel_of(asked.model, world.has_inputs),
        baseline_from_world(world, theta.theta, profits=asked.model.profits),
        balanced_terms(world.accounts.value_added),
    )


def _confirmed(asked: _Question, rows: list[int], hat: Array) -> bool:
    """Whether purging deficits first gives the same: it does unless it closes a sector."""
    purged = asked.real_income_hat(asked.theta.theta)[rows]
    return bool(np.max(np.abs(purged - hat)) <= CONFIRM)


def _differenced(asked: _Question, rows: list[int]) -> tuple[Array, Array]:
    """Return W_hat [row] and its gradient [row, sector], everything solved again."""
    theta = asked.theta.theta
    columns = []
    for s, value in enumerate(theta):
        step = SOLVE_STEP * value
        unit = np.zeros_like(theta)
        unit[s] = step
        near = asked.real_income_hat(theta + unit) - asked.real_income_hat(theta - unit)
        far = asked.real_income_hat(theta + 2 * unit) - asked.real_income_hat(theta - 2 * unit)
        columns.append((8.0 * near - far) / (12.0 * step))
    return asked.real_income_hat(theta)[rows], np.stack(columns, axis=1)[rows]
