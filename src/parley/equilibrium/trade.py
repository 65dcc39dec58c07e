r"""Prices and flows given costs: the part of the equations that every model family shares.

n importer, i exporter, s sector; hats are ratios x'/x.

============================  ===================================================
attraction of an exporter     a_i^s = N_i^s (c_i^s)^{-theta}
price index                   P_n^s = [sum_i pi kappa^{-theta} a_i^s]^{-1/theta}
cost of reaching a market     kappa = (1+tau')(1+e') / ((1+tau)(1+e)) x d
expenditure share             pi'_{ni} = pi_{ni} kappa^{-theta} a_i / P_n^{-theta}
customs value                 M'_{ni} = pi' X' / (1+tau')
sales at basic prices         F'_{ni} = M' / (1+e')
============================  ===================================================

c is the price at the factory gate (input cost times a constant mark-up, if any), N the
number of varieties, one unless firms enter. ``kappa`` is given apart from ``tau'``: when a
policy touches part of a flow, the wedge that moves prices and the one that raises revenue
are not the same (``policy.wedges``).
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from parley.equilibrium.baseline import Baseline

__all__ = ["Flows", "Levels", "Market", "PolicyTerms", "flows", "market", "policy_terms"]


class PolicyTerms(eqx.Module):
    """A policy as the kernel uses it; each [sector, importer, exporter].

    ``reach`` = pi kappa^-theta; ``customs`` = reach / (1+tau'); ``basic`` =
    customs / (1+e'), or None where no export tax exists before or after.
    """

    reach: Float[Array, "s n n"]
    customs: Float[Array, "s n n"]
    basic: Float[Array, "s n n"] | None


class Market(NamedTuple):
    """Who attracts which spending: ``attraction`` [s, i], ``denominator`` [s, n].

    ``log_price`` [n, s] is the price index they make.
    """

    attraction: Array
    denominator: Array
    log_price: Array


class Flows(NamedTuple):
    """Sales and purchases: ``output`` [n, s] at basic prices; the rest [n].

    ``imports`` and ``exports`` are at customs value and include domestic sales. ``demand``
    [n, s] is output per unit of attraction.
    """

    output: Array
    demand: Array
    imports: Array
    exports: Array
    tariff_revenue: Array
    export_tax_revenue: Array


class Levels(NamedTuple):
    """Everything an equilibrium consists of, at given unknowns.

    ``w_hat`` [n] (where wages differ by sector: of all labour); ``wage_hat``,
    ``price_hat``, ``cost_hat`` (factory gate), ``variety_hat``, ``expenditure``,
    ``output``, ``sector_value_added`` (wages and profits), ``profit``,
    ``employment_share`` [n, s]; ``income``, ``tariff_revenue``, ``export_tax_revenue``,
    ``deficit`` [n]. World value added is the numeraire.
    """

    w_hat: Array
    wage_hat: Array
    price_hat: Array
    cost_hat: Array
    variety_hat: Array
    expenditure: Array
    output: Array
    sector_value_added: Array
    profit: Array
    employment_share: Array
    income: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    deficit: Array


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


def market(
    baseline: Baseline,
    policy: PolicyTerms,
    log_cost: Float[Array, "n s"],
    variety: Float[Array, "n s"] | None = None,
) -> Market:
    """Return attraction, denominator and price index at given costs and varieties."""
    attraction = jnp.exp(-baseline.theta * log_cost).T
    if variety is not None:
        attraction = attraction * variety.T
    denominator = jnp.einsum("sni,si->sn", policy.reach, attraction)
    denominator = jnp.where(baseline.expenditure.T > 0, denominator, 1.0)
    return Market(attraction, denominator, -jnp.log(denominator).T / baseline.theta)


def flows(policy: PolicyTerms, at: Market, expenditure: Float[Array, "n s"]) -> Flows:
    """Return what given spending buys from whom, and the revenue it raises."""
    spent = expenditure.T / at.denominator  # [s, n]
    duty_free = jnp.einsum("sni,si->sn", policy.customs, at.attraction)
    imports = jnp.sum(spent * duty_free, axis=0)
    demand = jnp.einsum("sni,sn->si", policy.customs, spent)
    sold = at.attraction * demand
    exports = jnp.sum(sold, axis=0)
    tariff_revenue = jnp.sum(expenditure, axis=1) - imports
    if policy.basic is None:
        nothing = jnp.zeros_like(imports)
        return Flows(sold.T, demand.T, imports, exports, tariff_revenue, nothing)
    demand = jnp.einsum("sni,sn->si", policy.basic, spent)
    output = at.attraction * demand
    export_revenue = exports - jnp.sum(output, axis=0)
    return Flows(output.T, demand.T, imports, exports, tariff_revenue, export_revenue)
