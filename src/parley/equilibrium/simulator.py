r"""What games and bargaining know of a model: tariffs in, real incomes and gradients out.

A :class:`Simulator` maps the tariffs of all regions to the real income of every sector of
every region, :math:`x_{js} = X_{js} / \hat P_j` in money of the baseline, and pulls any
objective's derivative in them back to the tariffs. Which model stands behind it, and which
closure, is not its users' business; real income of a region is the sum over its sectors,
political welfare a weighted sum.

The gradient is that of the implicit function theorem. With g the fixed-point map, y its
rest point and b the objective's derivative in y,

.. math:: \frac{df}{dt} = \frac{\partial f}{\partial t}
          + \Big[(I - \partial g/\partial y)^{-T} b\Big]^T \frac{\partial g}{\partial t},

one linear system per objective whatever the number of tariffs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import Closure, ClosureTerms
from parley.equilibrium.kernel import Kernel, adjoint, evaluate, fixed_point, initial_guess
from parley.equilibrium.models import Model, adapt_policy
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.solve import Prepared, equilibrium_of, find, prepare
from parley.equilibrium.trade import Levels, PolicyTerms, policy_terms
from parley.policy.wedges import Policy, no_change
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["Point", "Simulator", "WorldSimulator", "simulator"]

Array = NDArray[np.float64]
TOLERANCE = 1e-11
BLOCKS = (1, 8, 64)


@dataclass(frozen=True, eq=False)
class Point:
    """Where a vector of tariffs leads.

    ``tariff`` [importer, exporter, sector]; ``real_income`` [region, sector], x in money of
    the baseline; ``imports`` [importer, exporter, sector], customs values over the
    importer's price index, in the same money; ``share`` likewise, tariff-inclusive
    expenditure shares; ``residual`` the largest relative error of any condition; ``ok``
    whether the equilibrium is proven; ``unknowns`` what the solver may start from nearby.
    """

    tariff: Array
    real_income: Array
    imports: Array
    share: Array
    residual: float
    ok: bool
    unknowns: Any


class Simulator(Protocol):
    """The protocol behind which all model families stand."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Labels of the regions."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Labels of the sectors."""

    @property
    def tariff(self) -> Array:
        """Tariffs in force at the base, [importer, exporter, sector]."""

    @property
    def theta(self) -> Array:
        """Trade elasticities [sector]; games use them to scale their steps only."""

    def at(self, tariff: Array, near: Point | None = None) -> Point:
        """Return where the tariffs lead; ``near`` is a point the solver may start from.

        Without ``near`` everything is tried; with it, a point that is hard to reach may
        come back with ``ok`` false.
        """

    def gradients(self, point: Point, cotangents: Array) -> Array:
        """Return d/dtariff of objectives whose derivatives in real income are given.

        ``cotangents`` [objective, region, sector]; the result is
        [objective, importer, exporter, sector], zero on the diagonal.
        """


class Sensitivity(NamedTuple):
    """Derivatives of one objective: in kappa hat, in the revenue wedge, in theta."""

    cost_hat: Array
    tariff_prime: Array
    theta: Array


class WorldSimulator:
    """A model family on a world, under one closure and one set of elasticities.

    Tariffs are set on whole flows. Where the base policy has cut a flow into parts, one
    plus the duty of every part moves in proportion, so the base itself is met exactly.
    """

    def __init__(self, base: Prepared, policy: Policy) -> None:
        self.base = base
        self.policy = policy
        tax = policy.export_tax_prime
        self._wedges = (
            jnp.asarray(policy.cost_hat / (1.0 + policy.tariff_prime)),
            None if tax is None else jnp.asarray(tax),
        )
        self._start = initial_guess(base.kernel, base.baseline)

    @property
    def regions(self) -> tuple[str, ...]:
        """Labels of the regions."""
        return self.base.world.regions

    @property
    def sectors(self) -> tuple[str, ...]:
        """Labels of the sectors."""
        return self.base.world.sectors

    @property
    def tariff(self) -> Array:
        """Tariffs of the base policy, [importer, exporter, sector]."""
        return self.policy.tariff_prime

    @property
    def theta(self) -> Array:
        """Trade elasticities [sector]."""
        return self.base.theta.theta

    def policy_at(self, tariff: Array) -> Policy:
        """Return the wedges of the base policy with other tariffs."""
        ratio = (1.0 + tariff) / (1.0 + self.policy.tariff_prime)
        regions = {r: k for k, r in enumerate(self.regions)}
        sectors = {s: k for k, s in enumerate(self.sectors)}
        parts = tuple(
            replace(
                part,
                tariff_prime=(1.0 + part.tariff_prime)
                * float(ratio[regions[part.importer], regions[part.exporter], sectors[part.sector]])
                - 1.0,
            )
            for part in self.policy.slices
        )
        return Policy(self.policy.cost_hat * ratio, tariff, self.policy.export_tax_prime, parts)

    def at(self, tariff: Array, near: Point | None = None) -> Point:
        """Return where the tariffs lead.

        The fixed point from ``near``, then from the baseline; only without ``near`` also
        along a path, which is thorough and slow: a search that strays need not know.
        """
        b = self.base
        starts = [self._start] if near is None else [near.unknowns, self._start]
        for start in starts:
            y, (x, imports, share), residual, lowest = solve_point(
                b.kernel, b.baseline, *self._wedges, b.terms, jnp.asarray(tariff), start, TOLERANCE
            )
            worst = float(residual)
            ok = worst <= RESIDUAL_TOLERANCE and float(lowest) > 0
            if ok:
                break
        if not ok and near is None:
            unknowns, _, report = find(b, self.policy_at(tariff))
            if report.ok:
                y, ok, worst = jnp.asarray(unknowns), True, report.worst_residual
                x, imports, share = outcome_at(
                    b.kernel, b.baseline, *self._wedges, b.terms, jnp.asarray(tariff), y
                )
        arrays = [np.asarray(a) for a in (tariff, x, imports, share)]
        return Point(arrays[0], arrays[1], arrays[2], arrays[3], worst, ok, y)

    def gradients(self, point: Point, cotangents: Array) -> Array:
        """Return d/dtariff of objectives given by their derivatives in real income."""
        b = self.base
        count = len(cotangents)
        # Few shapes, so few programs: together where they share a factorisation, else singly.
        block = 1
        if b.kernel.dense(point.unknowns.size):
            block = next((k for k in BLOCKS if k >= count), BLOCKS[-1])
        padded = np.zeros((-(-count // block) * block, *cotangents.shape[1:]))
        padded[:count] = cotangents
        found = [
            np.asarray(
                _pull_tariff(
                    b.kernel,
                    b.baseline,
                    *self._wedges,
                    b.terms,
                    jnp.asarray(point.tariff),
                    point.unknowns,
                    jnp.asarray(padded[k : k + block]),
                )
            )
            for k in range(0, len(padded), block)
        ]
        result = np.concatenate(found)[:count]
        own = np.arange(len(self.regions))
        result[:, own, own, :] = 0.0
        return result

    def sensitivity(self, point: Point, cotangent: Array) -> Sensitivity:
        """Return an objective's derivatives in both wedges and in the trade elasticities.

        ``cotangent`` [region, sector]. The elasticity derivative holds the wedges and the
        baseline fixed; :mod:`parley.equilibrium.elasticities` adds what moves them.
        """
        b = self.base
        policy = self.policy_at(point.tariff)
        found = _pull_all(
            b.kernel,
            b.baseline,
            jnp.asarray(policy.cost_hat),
            jnp.asarray(policy.tariff_prime),
            self._wedges[1],
            b.terms,
            point.unknowns,
            jnp.asarray(cotangent),
        )
        return Sensitivity(*(np.asarray(f) for f in found))

    def equilibrium(self, point: Point) -> Equilibrium:
        """Return the labelled equilibrium of a point, solved and proven again from it."""
        policy = self.policy_at(point.tariff)
        found = find(self.base, policy, start=np.asarray(point.unknowns))
        if not found[2].ok:
            found = find(self.base, policy)
        return equilibrium_of(self.base, policy, *found[1:])


def simulator(
    world: World,
    policy: Policy | None = None,
    *,
    elasticity: str | ElasticitySet | None = None,
    closure: str | Closure = "world-share",
    model: str | Model = "caliendo-parro",
) -> WorldSimulator:
    """Return the simulator of a model on a world, ``policy`` being in force at the base.

    Parameters are those of :func:`parley.equilibrium.solve`.
    """
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    rule = closure if isinstance(closure, Closure) else Closure.parse(closure)
    kind = model if isinstance(model, Model) else Model.parse(model)
    base = prepare(world, theta, rule, kind)
    if policy is None:
        return WorldSimulator(base, no_change(base.world))
    return WorldSimulator(base, adapt_policy(world, policy, theta, kind))


def real_income_of(baseline: Baseline, at: Levels) -> Any:
    """Return x [region, sector]: wages, profits and transfers over the price index."""
    transfer = at.tariff_revenue + at.export_tax_revenue + at.deficit
    nominal = at.sector_value_added + at.employment_share * transfer[:, None]
    log_index = jnp.sum(baseline.final_share * jnp.log(at.price_hat), axis=1)
    return nominal * jnp.exp(-log_index)[:, None]


def _observed(
    baseline: Baseline, terms: PolicyTerms, tariff: Any, at: Levels
) -> tuple[Any, Any, Any]:
    """Return real incomes, real imports and expenditure shares at the levels."""
    attraction = at.variety_hat * at.cost_hat**-baseline.theta
    inverse_price = at.price_hat**baseline.theta
    share = terms.reach * attraction.T[:, None, :] * inverse_price.T[:, :, None]
    index = jnp.exp(jnp.sum(baseline.final_share * jnp.log(at.price_hat), axis=1))
    share = jnp.transpose(share, (1, 2, 0))
    imports = share * (at.expenditure / index[:, None])[:, None, :] / (1.0 + tariff)
    return real_income_of(baseline, at), imports, share


@partial(jax.jit, static_argnums=0)
def solve_point(
    kernel: Kernel,
    baseline: Baseline,
    cost_per_duty: Any,
    tax: Any,
    closure: ClosureTerms,
    tariff: Any,
    start: Any,
    tolerance: Any,
) -> tuple[Any, Any, Any, Any]:
    terms = policy_terms(baseline, cost_per_duty * (1.0 + tariff), tariff, tax)
    y, _, _ = fixed_point(kernel, baseline, terms, closure, start, jnp.asarray(tolerance))
    _, at, gaps = evaluate(kernel, y, baseline, terms, closure)
    worst = jnp.max(jnp.stack(list(gaps.values())))
    return y, _observed(baseline, terms, tariff, at), worst, jnp.min(at.income)


@eqx.filter_jit
def outcome_at(
    kernel: Kernel,
    baseline: Baseline,
    cost_per_duty: Any,
    tax: Any,
    closure: ClosureTerms,
    tariff: Any,
    y: Any,
) -> tuple[Any, Any, Any]:
    terms = policy_terms(baseline, cost_per_duty * (1.0 + tariff), tariff, tax)
    return _observed(baseline, terms, tariff, evaluate(kernel, y, baseline, terms, closure)[1])


@partial(jax.jit, static_argnums=0)
def _pull_tariff(
    kernel: Kernel,
    baseline: Baseline,
    cost_per_duty: Any,
    tax: Any,
    closure: ClosureTerms,
    tariff: Any,
    y: Any,
    cotangents: Any,
) -> Any:
    def both(y: Any, tariff: Any) -> tuple[Any, Any]:
        terms = policy_terms(baseline, cost_per_duty * (1.0 + tariff), tariff, tax)
        new, at, _ = evaluate(kernel, y, baseline, terms, closure)
        return new, real_income_of(baseline, at)

    _, pull = jax.vjp(both, y, tariff)
    zero = jnp.zeros_like(y)
    b = jax.lax.map(lambda c: pull((zero, c))[0], cotangents)
    terms = policy_terms(baseline, cost_per_duty * (1.0 + tariff), tariff, tax)
    shadow = adjoint(kernel, baseline, terms, closure, y, b)
    return jax.lax.map(lambda v: pull(v)[1], (shadow, cotangents))


@eqx.filter_jit
def _pull_all(
    kernel: Kernel,
    baseline: Baseline,
    cost_hat: Any,
    tariff: Any,
    tax: Any,
    closure: ClosureTerms,
    y: Any,
    cotangent: Any,
) -> tuple[Any, Any, Any]:
    def both(y: Any, cost_hat: Any, tariff: Any, theta: Any) -> tuple[Any, Any]:
        b = eqx.tree_at(lambda t: t.theta, baseline, theta)
        if kernel.explicit:  # Ossa's profit share is 1 / (theta + 1)
            share = jnp.where(b.profit_share > 0, 1.0 / (theta + 1.0), 0.0)
            b = eqx.tree_at(lambda t: t.profit_share, b, share)
        terms = policy_terms(b, cost_hat, tariff, tax)
        new, at, _ = evaluate(kernel, y, b, terms, closure)
        return new, real_income_of(b, at)

    _, pull = jax.vjp(both, y, cost_hat, tariff, baseline.theta)
    first = pull((jnp.zeros_like(y), cotangent))[0]
    terms = policy_terms(baseline, cost_hat, tariff, tax)
    shadow = adjoint(kernel, baseline, terms, closure, y, first[None, :])[0]
    _, *rest = pull((shadow, cotangent))
    return tuple(rest)
