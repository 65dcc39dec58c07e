"""Any family's solution judged in levels: every equation written out again in plain NumPy.

`errors` takes the hats and levels that a solution reports and the world it started from, and
returns the largest relative error of each condition. Unlike the references it knows export taxes,
iceberg costs and deficits for all families, but it finds no equilibrium by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium import Equilibrium
from tests.oracle import closures, package

Array = NDArray[np.float64]


def errors(found: Equilibrium, closure: str) -> dict[str, float]:
    """By how much each condition of the solution's family fails, relative to its size."""
    world, policy, theta = found.world, found.policy, found.elasticity.theta
    family = found.model.partition(":")[0].partition(" ")[0]
    n, s = found.output.shape
    va = np.ones((n, s)) if world.value_added_share is None else world.value_added_share
    use = np.zeros((n, s, s)) if world.input_share is None else world.input_share
    tax = 0.0 if world.export_tax is None else world.export_tax
    tax_prime = 0.0 if policy.export_tax_prime is None else policy.export_tax_prime
    made = world.flows.sum(axis=0)
    paid = world.flows * (1 + tax) * (1 + world.tariffs)
    spent = paid.sum(axis=1)
    final = spent - np.einsum("nks,ns->nk", use, made)
    taste = final / final.sum(axis=1, keepdims=True)

    logs = np.log(found.wage_hat), np.log(found.price_hat)
    cost = np.exp(va * logs[0] + np.einsum("nks,nk->ns", use, logs[1]))
    each = paid / spent[:, None] * (policy.cost_hat * cost) ** -theta  # what one variety attracts
    pull = each * found.variety_hat
    price = pull.sum(axis=1) ** (-1 / theta)
    bought = found.expenditure[:, None] * price[:, None] ** theta  # per unit of attraction
    customs = pull * bought / (1 + policy.tariff_prime)
    basic = customs / (1 + tax_prime)
    output = basic.sum(axis=0)
    duties = (customs * policy.tariff_prime).sum(axis=(1, 2))
    taxes = (basic * tax_prime).sum(axis=(0, 2))

    profit = output / (theta + 1) if family == "ossa" else np.zeros((n, s))
    base_profit = made / (theta + 1) if family == "ossa" else np.zeros((n, s))
    base_pay, pay = va * made - base_profit, va * output - profit
    added, base_added = (va * output).sum(axis=1), (va * made).sum(axis=1)
    money = added + duties + taxes + found.deficit
    rule = closures.CLOSURES["world-share" if closure == "zero" else closure]
    meant = rule(package.economy_of(world))(added / base_added)
    wants = np.einsum("nks,ns->nk", use, output) + taste * money[:, None]
    transfer = (duties + taxes + found.deficit)[:, None]
    if family == "specific-labour":
        share = base_pay / base_pay.sum(axis=1, keepdims=True)
        labour = pay / (found.wage_hat * base_pay) - 1
    else:
        share = pay / pay.sum(axis=1, keepdims=True)
        labour = pay.sum(axis=1) / (found.w_hat * base_pay.sum(axis=1)) - 1
    entry = np.zeros((n, s))
    if family == "krugman":
        takes = (each * bought / (1 + policy.tariff_prime) / (1 + tax_prime)).sum(axis=0)
        loss = 1 - takes / np.where(made > 0, made, np.inf) / found.wage_hat
        loss = np.where(made > 0, loss, 0)
        entry = np.minimum(found.variety_hat, loss)
        entry = np.where(found.variety_hat < 0, 1, entry)
        hired = (found.variety_hat * made).sum(axis=1) / made.sum(axis=1) - 1
        labour = np.maximum(np.abs(labour), np.abs(hired))
    size = found.income.max()
    gaps = {
        "cost": found.cost_hat / cost - 1,
        "price": found.price_hat / price - 1,
        "entry": entry,
        "labour": labour,
        "output": (found.output - output) / output.max(),
        "profit": (found.profit - profit) / output.max(),
        "value added": (found.sector_value_added - va * output) / output.max(),
        "spending": (found.expenditure - wants) / size,
        "income": found.income / money - 1,
        "duties": (found.tariff_revenue - duties) / size,
        "export taxes": (found.export_tax_revenue - taxes) / size,
        "balance": (customs.sum(axis=(1, 2)) - customs.sum(axis=(0, 2)) - found.deficit) / size,
        "closure": (found.deficit - meant) / size,
        "numeraire": added.sum() / base_added.sum() - 1,
        "flows": (found.flows - basic) / output.max(),
        "sector income": (found.sector_income - va * output - share * transfer) / size,
        "real income": found.real_income_hat * np.exp((taste * np.log(price)).sum(axis=1))
        - money / final.sum(axis=1),
    }
    return {name: float(np.abs(gap).max()) for name, gap in gaps.items()}
