r"""Any policy in, real incomes and derivatives in both of its wedges out.

:class:`~parley.equilibrium.simulator.WorldSimulator` moves whole flows. A deal moves parts of
flows, whose two wedges (:mod:`parley.policy.wedges`) move apart, and it may come with a
payment from one government to another. A :class:`PolicySimulator` takes both and pulls an
objective's derivative in real incomes back to :math:`\hat\kappa`, :math:`\tau'` and the
payments, by the implicit function theorem as in :mod:`parley.equilibrium.simulator`.

A payment is lump-sum: it adds to the receiver's deficit D and is taken from the payer's, in
the closure's own numeraire (world value added, except under ``fixed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import ClosureTerms
from parley.equilibrium.kernel import Kernel, adjoint, evaluate, initial_guess
from parley.equilibrium.simulator import real_income_of, solve_point
from parley.equilibrium.solve import Prepared
from parley.equilibrium.trade import policy_terms
from parley.policy.wedges import Policy
from parley.solution import RESIDUAL_TOLERANCE

__all__ = ["PolicyPoint", "PolicySimulator", "WedgeGradients"]

Array = NDArray[np.float64]
BLOCK = 4
# Deals are small beside incomes: their worth needs the last digits of an equilibrium.
TOLERANCE = 2e-13


@dataclass(frozen=True, eq=False)
class PolicyPoint:
    """Where a policy leads.

    ``payment`` [region], what each receives net, million of currency; ``real_income``
    [region, sector], money of the baseline at the baseline's prices; ``imports``
    [importer, exporter, sector], customs values over the importer's price index in the same
    money; ``residual`` the largest relative error of any condition; ``ok`` whether the
    equilibrium is proven.
    """

    policy: Policy
    payment: Array
    real_income: Array
    imports: Array
    residual: float
    ok: bool
    unknowns: Any


class WedgeGradients(NamedTuple):
    """Derivatives of objectives: ``cost_hat`` and ``tariff_prime`` [objective, importer,
    exporter, sector], ``payment`` [objective, region].
    """

    cost_hat: Array
    tariff_prime: Array
    payment: Array


class PolicySimulator:
    """A model family on a world, under one closure and one set of elasticities."""

    def __init__(self, base: Prepared) -> None:
        self.base = base
        self._start = initial_guess(base.kernel, base.baseline)

    def _terms(self, payment: Array) -> ClosureTerms:
        fixed = self.base.terms.fixed + jnp.asarray(payment)
        terms: ClosureTerms = eqx.tree_at(lambda t: t.fixed, self.base.terms, fixed)
        return terms

    def at(
        self, policy: Policy, payment: Array | None = None, near: PolicyPoint | None = None
    ) -> PolicyPoint:
        """Return where a policy leads.

        Parameters
        ----------
        policy
            The wedges against the world's year.
        payment
            [region], million of currency, adding to zero; None for none.
        near
            A point the solver may start from.
        """
        b = self.base
        paid = np.zeros(len(b.world.regions)) if payment is None else payment
        tariff = policy.tariff_prime
        tax = policy.export_tax_prime
        for start in [self._start] if near is None else [near.unknowns, self._start]:
            y, (x, imports, _), residual, lowest = solve_point(
                b.kernel,
                b.baseline,
                jnp.asarray(policy.cost_hat / (1.0 + tariff)),
                None if tax is None else jnp.asarray(tax),
                self._terms(paid),
                jnp.asarray(tariff),
                start,
                TOLERANCE,
            )
            ok = float(residual) <= RESIDUAL_TOLERANCE and float(lowest) > 0
            if ok:
                break
        return PolicyPoint(policy, paid, np.asarray(x), np.asarray(imports), float(residual), ok, y)

    def gradients(self, point: PolicyPoint, cotangents: Array) -> WedgeGradients:
        """Return derivatives of objectives given by theirs in real income.

        ``cotangents`` [objective, region, sector].
        """
        b = self.base
        count = len(cotangents)
        padded = np.zeros((-(-count // BLOCK) * BLOCK, *cotangents.shape[1:]))
        padded[:count] = cotangents
        tax = point.policy.export_tax_prime
        parts = [
            _pull_wedges(
                b.kernel,
                b.baseline,
                jnp.asarray(point.policy.cost_hat),
                jnp.asarray(point.policy.tariff_prime),
                None if tax is None else jnp.asarray(tax),
                self._terms(point.payment),
                point.unknowns,
                jnp.asarray(padded[k : k + BLOCK]),
                min(BLOCK, count - k),
            )
            for k in range(0, len(padded), BLOCK)
        ]
        found = [np.concatenate([np.asarray(p[i]) for p in parts])[:count] for i in range(3)]
        return WedgeGradients(found[0], found[1], found[2])


@partial(jax.jit, static_argnums=(0, 8))
def _pull_wedges(
    kernel: Kernel,
    baseline: Baseline,
    cost_hat: Any,
    tariff: Any,
    tax: Any,
    closure: ClosureTerms,
    y: Any,
    cotangents: Any,
    count: int,
) -> Any:
    """Pull cotangents in real income back to both wedges and the payments."""

    def both(y: Any, cost_hat: Any, tariff: Any, fixed: Any) -> tuple[Any, Any]:
        paid = eqx.tree_at(lambda t: t.fixed, closure, fixed)
        terms = policy_terms(baseline, cost_hat, tariff, tax)
        new, at, _ = evaluate(kernel, y, baseline, terms, paid)
        return new, real_income_of(baseline, at)

    used = cotangents[:count]
    _, pull = jax.vjp(both, y, cost_hat, tariff, closure.fixed)
    zero = jnp.zeros_like(y)
    b = jax.lax.map(lambda c: pull((zero, c))[0], used)
    terms = policy_terms(baseline, cost_hat, tariff, tax)
    shadow = adjoint(kernel, baseline, terms, closure, y, b)
    return jax.lax.map(lambda v: pull(v)[1:], (shadow, used))
