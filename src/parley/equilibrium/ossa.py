r"""Economies without inputs: competitive, with Ossa's profits, or with free entry.

Ossa, "Trade Wars and Trade Talks with Data", American Economic Review 104 (2014),
equations 6-9 in changes: monopolistic competition, a fixed number of firms, no inputs.
With sigma_s = theta_s + 1 the share 1/sigma_s of sales is profit, so that

============================  ===================================================
price at the factory gate     p_i^s = w_i (the mark-up is constant)
profits                       pi_i^s = Y'_i^s / sigma_s
labour market                 w_i L_i = sum_s (1 - 1/sigma_s) Y'_i^s
income                        I'_i = w_i L_i + sum_s pi_i^s + revenue + D'_i
expenditure                   X'_n^s = alpha_n^s I'_n
============================  ===================================================

Prices and flows as in :mod:`parley.equilibrium.trade`: the tariff-inclusive share has
exponent -theta, the net flow -sigma. With a profit share of zero the same lines are the
Caliendo-Parro model without inputs (Armington, Eaton & Kortum by sector). Given wages and
incomes everything else is explicit, so there are two unknowns per region, log w and I'/I.

With free entry (Krugman 1980 by sector; Costinot & Rodriguez-Clare 2014, section 3.3) there
are no profits and the number of varieties N is unknown too, :math:`y = w` with y the sales
per variety. A sector may close, so what is solved is the complementarity

.. math:: 0 \le N \perp 1 - y / w \ge 0

through the function of Fischer and Burmeister. Inputs are left out on purpose: with them
scale economies compound along the chain and the equilibrium is no longer unique.
Results are in units of world value added (wages and profits).
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import ClosureTerms, deficit_prime
from parley.equilibrium.trade import Levels, PolicyTerms, flows, market

__all__ = ["evaluate", "initial_guess"]


def initial_guess(baseline: Baseline, entry: bool) -> Float[Array, " unknowns"]:
    """Return the unknowns of the baseline itself: log wages zero, all others one."""
    n, s = baseline.final_share.shape
    return jnp.concatenate([jnp.zeros(n), jnp.ones(n + n * s if entry else n)])


def evaluate(
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    entry: bool,
) -> tuple[Float[Array, " unknowns"], Levels, dict[str, Array]]:
    """Evaluate every equation once at the unknowns.

    Returns the fixed-point map, the levels and by how much each condition fails (see
    :func:`parley.equilibrium.caliendo_parro.evaluate`; ``prices`` and ``goods`` hold by
    construction here; ``entry`` is the complementarity of varieties and losses).
    """
    b = baseline
    n, s = b.final_share.shape
    wage_income = jnp.sum((1.0 - b.profit_share) * b.sector_value_added, axis=1)
    w_hat = jnp.exp(unknowns[:n])
    w_hat = w_hat * jnp.sum(wage_income) / jnp.sum(w_hat * wage_income)
    expenditure = b.final_share * (unknowns[n : 2 * n] * b.income)[:, None]
    wage = jnp.broadcast_to(w_hat[:, None], (n, s))
    log_cost = jnp.log(wage)
    varieties = unknowns[2 * n :].reshape(n, s) if entry else jnp.ones_like(wage)
    number = jnp.maximum(varieties, 0.0)
    at = market(b, policy, log_cost, number if entry else None)
    trade = flows(policy, at, expenditure)
    profit = b.profit_share * trade.output
    payroll = (1.0 - b.profit_share) * trade.output
    wage_bill = w_hat * wage_income
    value_added = wage_bill + jnp.sum(profit, axis=1)
    deficit = deficit_prime(closure, value_added / b.value_added)
    income = value_added + trade.tariff_revenue + trade.export_tax_revenue + deficit
    labour_hat = jnp.sum(payroll, axis=1) / wage_bill
    log_wage = jnp.log(w_hat) + b.mean_wage_step * jnp.log(labour_hat)
    spent = jnp.sum(expenditure, axis=1)
    gaps = {
        "labour": jnp.max(jnp.abs(labour_hat - 1.0)),
        "balance": jnp.max(jnp.abs((trade.imports - trade.exports - deficit) / income)),
        "budget": jnp.max(jnp.abs(spent / income - 1.0)),
    }
    update = [log_wage, income / b.income]
    if entry:
        produced = b.output > 0
        sales = jnp.exp(-b.theta * log_cost) * trade.demand / jnp.where(produced, b.output, 1.0)
        loss = jnp.where(produced, 1.0 - sales / wage, 0.0)
        gap = varieties + loss - jnp.sqrt(varieties**2 + loss**2 + 1e-32)
        gap = jnp.where(produced, gap, varieties - 1.0)
        update.append((varieties - gap).ravel())
        gaps["entry"] = jnp.max(jnp.abs(gap))
    unit = jnp.sum(b.value_added) / jnp.sum(value_added)
    found = Levels(
        w_hat=unit * w_hat,
        wage_hat=unit * wage,
        price_hat=unit * jnp.exp(at.log_price),
        cost_hat=unit * wage,
        variety_hat=number,
        expenditure=unit * expenditure,
        output=unit * trade.output,
        sector_value_added=unit * trade.output,
        profit=unit * profit,
        employment_share=payroll / jnp.sum(payroll, axis=1, keepdims=True),
        income=unit * income,
        tariff_revenue=unit * trade.tariff_revenue,
        export_tax_revenue=unit * trade.export_tax_revenue,
        deficit=unit * deficit,
    )
    return jnp.concatenate(update), found, gaps
