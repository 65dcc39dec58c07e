"""The accounts of a world: what follows from flows, tariffs and shares.

Index convention: ``[importer n, exporter i, sector s]``; inputs ``[region, input k, user s]``.

========================  ===========================================================
symbol                    meaning (million of the world's currency)
========================  ===========================================================
F[n,i,s]                  flow at basic prices: net of tariff and of export tax
M[n,i,s] = F (1 + e)      customs value; e the exporter's ad valorem export tax
X[n,s] = sum_i M (1+tau)  expenditure at purchasers' prices
Y[i,s] = sum_n F          gross output
VA[n] = sum_s gamma Y     value added; gamma the value-added share
C[n,k] = X - sum_s g Y    final demand; g[n,k,s] the share of input k in s's output
D[n]                      deficit: imports less exports, both at customs value
I[n] = VA + R + E + D     income = final expenditure; R tariff, E export-tax revenue
========================  ===========================================================

Only flows, tariffs and shares are stored, so the identities hold to rounding error
by construction; :func:`check_identities` computes each by a second route.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Accounts", "IdentityCheck", "derive_accounts", "identity_checks"]

Array = NDArray[np.float64]
IDENTITY_TOLERANCE = 1e-13


@dataclass(frozen=True, eq=False)
class Accounts:
    """Everything derived from a world's primitives; values in million of currency.

    Shapes: ``customs_value`` [n,i,s]; ``expenditure``, ``output``, ``final_demand``,
    ``final_share``, ``sector_value_added`` [region, sector]; ``value_added``,
    ``tariff_revenue``, ``export_tax_revenue``, ``deficit``, ``income`` [region];
    ``expenditure_share`` [n,i,s], tariff-inclusive, adding to one over exporters
    wherever a region spends on a sector.
    """

    customs_value: Array
    expenditure: Array
    expenditure_share: Array
    output: Array
    sector_value_added: Array
    value_added: Array
    final_demand: Array
    final_share: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    deficit: Array
    income: Array


@dataclass(frozen=True)
class IdentityCheck:
    """One accounting identity and by how much it fails.

    ``max_error`` is the largest absolute error relative to the largest term.
    """

    name: str
    statement: str
    max_error: float
    ok: bool


def derive_accounts(
    flows: Array,
    tariffs: Array,
    value_added_share: Array | None,
    input_share: Array | None,
    export_tax: Array | None,
) -> Accounts:
    """Return the accounts that follow from the primitives (see the module's table).

    Parameters
    ----------
    flows, tariffs, export_tax
        [importer, exporter, sector]; million of currency at basic prices; fractions.
    value_added_share
        [region, sector], share of gross output; None means no inputs (all ones).
    input_share
        [region, input, using sector], share of gross output; None means no inputs.
    """
    customs = flows if export_tax is None else flows * (1.0 + export_tax)
    purchases = customs * (1.0 + tariffs)
    expenditure = purchases.sum(axis=1)
    output = flows.sum(axis=0)
    if input_share is None or value_added_share is None:
        sector_va = output
        final_demand = expenditure
    else:
        sector_va = value_added_share * output
        final_demand = expenditure - np.einsum("nks,ns->nk", input_share, output)
    tariff_revenue = (customs * tariffs).sum(axis=(1, 2))
    export_revenue = (customs - flows).sum(axis=(0, 2))
    deficit = customs.sum(axis=(1, 2)) - customs.sum(axis=(0, 2))
    value_added = sector_va.sum(axis=1)
    income = value_added + tariff_revenue + export_revenue + deficit
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(expenditure[:, None, :] > 0, purchases / expenditure[:, None, :], 0.0)
        final_share = np.where(
            final_demand.sum(axis=1, keepdims=True) > 0,
            final_demand / final_demand.sum(axis=1, keepdims=True),
            0.0,
        )
    return Accounts(
        customs_value=customs,
        expenditure=expenditure,
        expenditure_share=share,
        output=output,
        sector_value_added=sector_va,
        value_added=value_added,
        final_demand=final_demand,
        final_share=final_share,
        tariff_revenue=tariff_revenue,
        export_tax_revenue=export_revenue,
        deficit=deficit,
        income=income,
    )


def identity_checks(
    flows: Array, tariffs: Array, input_share: Array | None, accounts: Accounts
) -> list[IdentityCheck]:
    """Return the identities of an exact baseline, each by a second route.

    goods: the value a sector sells equals its value added plus its inputs;
    expenditure: what a region spends on a sector is its final plus intermediate use;
    income: final expenditure equals value added + tariffs + export taxes + deficit;
    balance: the deficits of all regions add to zero.
    """
    a = accounts
    if input_share is None:
        inputs_of_user = np.zeros_like(a.output)
        use = np.zeros_like(a.output)
    else:
        inputs_of_user = input_share.sum(axis=1) * a.output
        use = (input_share * a.output[:, None, :]).sum(axis=2)
    spending = a.customs_value + tariffs * a.customs_value
    income = a.value_added + a.tariff_revenue + a.export_tax_revenue + a.deficit
    pairs = (
        (
            "goods",
            "gross output = value added + inputs",
            flows.sum(axis=0) - a.sector_value_added - inputs_of_user,
            a.output,
        ),
        (
            "expenditure",
            "spending at purchasers' prices = final + intermediate use",
            spending.sum(axis=1) - a.final_demand - use,
            a.expenditure,
        ),
        (
            "income",
            "final demand = value added + tariff and export-tax revenue + deficit",
            a.final_demand.sum(axis=1) - income,
            a.income,
        ),
        ("balance", "deficits add to zero", a.deficit.sum(), a.income.sum()),
    )
    checks = []
    for name, statement, error, scale in pairs:
        size = float(np.max(np.abs(scale))) or 1.0
        worst = float(np.max(np.abs(error))) / size
        checks.append(IdentityCheck(name, statement, worst, worst <= IDENTITY_TOLERANCE))
    return checks
