r"""The Caliendo-Parro equilibrium in changes, with tariffs, export taxes and iceberg costs.

Caliendo & Parro, "Estimates of the Trade and Welfare Effects of NAFTA", Review of
Economic Studies 82 (2015), in the hat algebra of Dekle, Eaton & Kortum (2008). Hats are
ratios x'/x; n region, s and k sectors; prices and flows as in :mod:`parley.equilibrium.trade`.

============================  ===================================================
input cost                    c_n^s = w^{gamma} prod_k (P_n^k)^{g_n^{k,s}}
expenditure                   X'_n^k = sum_s g_n^{k,s} Y'_n^s + alpha_n^k I'_n
income                        I'_n = wage bill + tariff + export-tax revenue + D'_n
============================  ===================================================

closed by one of two labour markets:

``mobile``        one wage per region, w_n VA_n = sum_s gamma Y'_n^s (the model itself)
``specific``      employment fixed by sector, w_n^s VA_n^s = gamma Y'_n^s: the short run,
                  in which wages differ by sector (Jones 1971; Galle, Rodriguez-Clare & Yi
                  2023 nest it)

The unknowns are (log w, log P, log X'/X); the numeraire is world value added. Balanced trade
with D' is implied (Walras) and is a residual that was not targeted.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import ClosureTerms, deficit_prime
from parley.equilibrium.trade import Levels, PolicyTerms, flows, market

__all__ = ["evaluate", "initial_guess"]


def initial_guess(baseline: Baseline, specific_labour: bool) -> Float[Array, " unknowns"]:
    """Return the unknowns of the baseline itself: all hats one, so all logs zero."""
    n, s = baseline.final_share.shape
    return jnp.zeros((n * s if specific_labour else n) + 2 * n * s)


def evaluate(
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    specific_labour: bool,
) -> tuple[Float[Array, " unknowns"], Levels, dict[str, Array]]:
    """Evaluate every equation once at the unknowns.

    Returns
    -------
    tuple
        The fixed-point map, whose rest point is the equilibrium (prices and spending as
        the equations say; wages moved by a step times the log excess demand for labour);
        the levels; and by how much each condition fails, the largest relative error of
        each: ``prices``, ``goods`` (spending on a sector against its use), ``labour``,
        ``balance`` (imports less exports against the deficit, not targeted), ``budget``
        (final spending against income).
    """
    b = baseline
    n, s = b.final_share.shape
    wages = n * s if specific_labour else n
    log_price = unknowns[wages : wages + n * s].reshape(n, s)
    expenditure = b.expenditure * jnp.exp(unknowns[wages + n * s : wages + 2 * n * s].reshape(n, s))
    if specific_labour:
        wage = jnp.exp(unknowns[:wages].reshape(n, s))
        wage = wage * jnp.sum(b.value_added) / jnp.sum(wage * b.sector_value_added)
        wage_bill = jnp.sum(wage * b.sector_value_added, axis=1)
        w_hat = wage_bill / b.value_added
    else:
        w_hat = jnp.exp(unknowns[:n])
        w_hat = w_hat * jnp.sum(b.value_added) / jnp.sum(w_hat * b.value_added)
        wage_bill = w_hat * b.value_added
        wage = jnp.broadcast_to(w_hat[:, None], (n, s))

    log_cost = b.value_added_share * jnp.log(wage)
    if b.input_share is not None:
        log_cost = log_cost + jnp.einsum("nks,nk->ns", b.input_share, log_price)
    at = market(b, policy, log_cost)
    trade = flows(policy, at, expenditure)
    deficit = deficit_prime(closure, w_hat)
    transfer = trade.tariff_revenue + trade.export_tax_revenue + deficit
    income = wage_bill + transfer
    use = jnp.zeros_like(expenditure)
    if b.input_share is not None:
        use = jnp.einsum("nks,ns->nk", b.input_share, trade.output)
    spending = use + b.final_share * income[:, None]
    payroll = b.value_added_share * trade.output

    if specific_labour:
        employed = b.sector_value_added > 0
        paid = jnp.where(employed, wage * b.sector_value_added, 1.0)
        labour_hat = jnp.where(employed, payroll, 1.0) / paid
        log_wage = (jnp.log(wage) + b.wage_step * jnp.log(labour_hat)).ravel()
        sector_value_added = jnp.where(employed, paid, 0.0)
        employment = b.sector_value_added / b.value_added[:, None]
    else:
        labour_hat = jnp.sum(payroll, axis=1) / wage_bill
        log_wage = jnp.log(w_hat) + b.mean_wage_step * jnp.log(labour_hat)
        sector_value_added = payroll
        employment = payroll / jnp.sum(payroll, axis=1, keepdims=True)
    active = b.expenditure > 0
    safe = jnp.where(active, b.expenditure, 1.0)
    log_spending = jnp.where(active, jnp.log(jnp.where(active, spending, 1.0) / safe), 0.0)
    gaps = {
        "prices": jnp.max(jnp.abs(at.log_price - log_price)),
        "goods": jnp.max(
            jnp.abs(jnp.where(active, spending / jnp.where(active, expenditure, 1.0) - 1.0, 0.0))
        ),
        "labour": jnp.max(jnp.abs(labour_hat - 1.0)),
        "balance": jnp.max(jnp.abs((trade.imports - trade.exports - deficit) / income)),
        "budget": jnp.max(jnp.abs(jnp.sum(expenditure - use, axis=1) / income - 1.0)),
    }
    found = Levels(
        w_hat=w_hat,
        wage_hat=wage,
        price_hat=jnp.exp(at.log_price),
        cost_hat=jnp.exp(log_cost),
        variety_hat=jnp.ones_like(wage),
        expenditure=expenditure,
        output=trade.output,
        sector_value_added=sector_value_added,
        profit=jnp.zeros_like(wage),
        employment_share=employment,
        income=income,
        tariff_revenue=trade.tariff_revenue,
        export_tax_revenue=trade.export_tax_revenue,
        deficit=deficit,
    )
    update = jnp.concatenate([log_wage, at.log_price.ravel(), log_spending.ravel()])
    return update, found, gaps
