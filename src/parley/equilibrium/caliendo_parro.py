r"""The Caliendo-Parro equilibrium in changes, with tariffs, export taxes and iceberg costs.

Caliendo & Parro, "Estimates of the Trade and Welfare Effects of NAFTA", Review of
Economic Studies 82 (2015), in the hat algebra of Dekle, Eaton & Kortum (2008). Hats are
ratios x'/x; n importer, i exporter, s and k sectors.

============================  ===================================================
input cost                    c_n^s = w_n^{gamma} prod_k (P_n^k)^{g_n^{k,s}}
price index                   P_n^s = [sum_i pi (kappa c_i^s)^{-theta}]^{-1/theta}
cost of reaching a market     kappa = (1+tau')(1+e') / ((1+tau)(1+e)) x d
expenditure share             pi'_{ni} = pi_{ni} (kappa c_i / P_n)^{-theta}
customs value                 M'_{ni} = pi' X' / (1+tau')
sales at basic prices         F'_{ni} = M' / (1+e')
expenditure                   X'_n^k = sum_s g_n^{k,s} Y'_n^s + alpha_n^k I'_n
income                        I'_n = w_n VA_n + tariff + export-tax revenue + D'_n
labour market                 w_n VA_n = sum_s gamma_n^s Y'_n^s
============================  ===================================================

``kappa`` is given apart from ``tau'``: when a policy touches part of a flow, the wedge
that moves prices and the one that raises revenue are not the same (``policy.wedges``).
The unknowns are (log w, log P, log X'/X); the numeraire is world value added. Balanced
trade with D' is implied (Walras) and is reported as a residual that was not targeted.
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import ClosureTerms, deficit_prime

__all__ = [
    "Levels",
    "PolicyTerms",
    "initial_guess",
    "levels",
    "policy_terms",
    "residuals",
    "update",
]


class PolicyTerms(eqx.Module):
    """A policy as the kernel uses it; each [sector, importer, exporter].

    ``reach`` = pi kappa^-theta; ``customs`` = reach / (1+tau'); ``basic`` =
    customs / (1+e'), or None where no export tax exists before or after.
    """

    reach: Float[Array, "s n n"]
    customs: Float[Array, "s n n"]
    basic: Float[Array, "s n n"] | None


class Levels(NamedTuple):
    """One evaluation of the equations at given unknowns.

    ``w_hat`` [n]; ``price_hat``, ``expenditure``, ``output``, ``cost_hat`` [n, s];
    ``income``, ``tariff_revenue``, ``export_tax_revenue``, ``deficit`` [n].
    The price and expenditure here are what the equations return, not what was put in.
    """

    w_hat: Array
    price_hat: Array
    cost_hat: Array
    expenditure: Array
    output: Array
    income: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    deficit: Array
    imports: Array
    exports: Array
    labour_hat: Array


def policy_terms(
    baseline: Baseline,
    cost_hat: Float[Array, "n n s"],
    tariff_prime: Float[Array, "n n s"],
    export_tax_prime: Float[Array, "n n s"] | None,
) -> PolicyTerms:
    """Return the kernel's view of a policy given in [importer, exporter, sector].

    ``cost_hat`` is kappa; ``tariff_prime`` and ``export_tax_prime`` are the new ad
    valorem rates at which revenue is raised.
    """
    kappa = jnp.transpose(cost_hat, (2, 0, 1))
    reach = baseline.share * kappa ** (-baseline.theta[:, None, None])
    customs = reach / (1.0 + jnp.transpose(tariff_prime, (2, 0, 1)))
    basic = None
    if export_tax_prime is not None:
        basic = customs / (1.0 + jnp.transpose(export_tax_prime, (2, 0, 1)))
    return PolicyTerms(reach, customs, basic)


def initial_guess(baseline: Baseline) -> Float[Array, " unknowns"]:
    """Return the unknowns of the baseline itself: all hats one, so all logs zero."""
    n, s = baseline.final_share.shape
    return jnp.zeros(n + 2 * n * s)


def unpack(baseline: Baseline, unknowns: Array) -> tuple[Array, Array, Array]:
    """Return (w_hat [n], log price hat [n, s], expenditure [n, s]) of the unknowns."""
    n, s = baseline.final_share.shape
    log_price = unknowns[n : n + n * s].reshape(n, s)
    expenditure = baseline.expenditure * jnp.exp(unknowns[n + n * s :].reshape(n, s))
    w_hat = jnp.exp(unknowns[:n])
    w_hat = w_hat * jnp.sum(baseline.value_added) / jnp.sum(w_hat * baseline.value_added)
    return w_hat, log_price, expenditure


def levels(
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
) -> Levels:
    """Evaluate every equation once at the unknowns (see :class:`Levels`)."""
    b = baseline
    w_hat, log_price, expenditure = unpack(b, unknowns)
    log_cost = b.value_added_share * jnp.log(w_hat)[:, None]
    if b.input_share is not None:
        log_cost = log_cost + jnp.einsum("nks,nk->ns", b.input_share, log_price)
    attraction = jnp.exp(-b.theta * log_cost).T  # [s, i]
    denominator = jnp.einsum("sni,si->sn", policy.reach, attraction)
    denominator = jnp.where(b.expenditure.T > 0, denominator, 1.0)
    log_price_new = -jnp.log(denominator).T / b.theta

    spent = expenditure.T / denominator  # [s, n]
    duty_free = jnp.einsum("sni,si->sn", policy.customs, attraction)
    imports = jnp.sum(spent * duty_free, axis=0)
    tariff_revenue = jnp.sum(expenditure, axis=1) - imports
    sold = attraction * jnp.einsum("sni,sn->si", policy.customs, spent)
    if policy.basic is None:
        output = sold.T
        export_revenue = jnp.zeros_like(w_hat)
    else:
        output = (attraction * jnp.einsum("sni,sn->si", policy.basic, spent)).T
        export_revenue = jnp.sum(sold.T - output, axis=1)

    wage_bill = w_hat * b.value_added
    deficit = deficit_prime(closure, w_hat)
    income = wage_bill + tariff_revenue + export_revenue + deficit
    expenditure_new = b.final_share * income[:, None]
    if b.input_share is not None:
        expenditure_new = expenditure_new + jnp.einsum("nks,ns->nk", b.input_share, output)
    labour = jnp.sum(b.value_added_share * output, axis=1)
    return Levels(
        w_hat=w_hat,
        price_hat=jnp.exp(log_price_new),
        cost_hat=jnp.exp(log_cost),
        expenditure=expenditure_new,
        output=output,
        income=income,
        tariff_revenue=tariff_revenue,
        export_tax_revenue=export_revenue,
        deficit=deficit,
        imports=imports,
        exports=jnp.sum(sold, axis=0),
        labour_hat=labour / wage_bill,
    )


def update(
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
) -> Float[Array, " unknowns"]:
    """Return the fixed-point map whose rest point is the equilibrium.

    Prices and expenditures become what the equations say; wages move by
    ``wage_step`` times the log excess demand for labour.
    """
    at = levels(unknowns, baseline, policy, closure)
    log_wage = jnp.log(at.w_hat) + baseline.wage_step * jnp.log(at.labour_hat)
    active = baseline.expenditure > 0
    safe = jnp.where(active, baseline.expenditure, 1.0)
    log_expenditure = jnp.where(active, jnp.log(jnp.where(active, at.expenditure, 1.0) / safe), 0.0)
    return jnp.concatenate([log_wage, jnp.log(at.price_hat).ravel(), log_expenditure.ravel()])


def residuals(
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
) -> dict[str, Array]:
    """Return by how much each condition fails, the largest relative error of each.

    ``prices``: price indices against the CES of costs; ``goods``: spending on a sector
    against its final and intermediate use; ``labour``: the wage bill against value added
    paid out; ``balance``: imports less exports against the deficit, not targeted
    directly; ``budget``: final spending against income. Relative to the cell's own
    level, for the last two to the region's income.
    """
    b = baseline
    at = levels(unknowns, b, policy, closure)
    _, log_price, expenditure = unpack(b, unknowns)
    active = b.expenditure > 0
    goods = jnp.where(active, at.expenditure / jnp.where(active, expenditure, 1.0) - 1.0, 0.0)
    use = jnp.zeros_like(expenditure)
    if b.input_share is not None:
        use = jnp.einsum("nks,ns->nk", b.input_share, at.output)
    budget = jnp.sum(expenditure - use, axis=1) / at.income - 1.0
    balance = (at.imports - at.exports - at.deficit) / at.income
    return {
        "prices": jnp.max(jnp.abs(jnp.log(at.price_hat) - log_price)),
        "goods": jnp.max(jnp.abs(goods)),
        "labour": jnp.max(jnp.abs(at.labour_hat - 1.0)),
        "balance": jnp.max(jnp.abs(balance)),
        "budget": jnp.max(jnp.abs(budget)),
    }
