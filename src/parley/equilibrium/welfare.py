r"""Welfare of one equilibrium against another: exact real income, and first-order indices.

Exact: :math:`\hat W_n = \hat I_n / \prod_s (\hat P_n^s)^{\alpha_n^s}` with I final
expenditure (value added + tariff and export-tax revenue + deficit); the equivalent
variation is :math:`(\hat W_n - 1) I_n` at the comparison base's income.

First-order (Caliendo & Parro 2015, equation 17; d is hat minus one, i exporter):

.. math::
   \mathrm{ToT}_n = \tfrac{1}{I_n} \sum_{s,i} (E_{ni}^s\, dc_n^s - M_{ni}^s\, dc_i^s), \quad
   \mathrm{VoT}_n = \tfrac{1}{I_n} \sum_{s,i} \tau_{ni}^s M_{ni}^s (dM_{ni}^s - dc_i^s)

E exports of n to i and M imports of n from i at customs value, c the price at the border
(an iceberg change adds its own change to dc_i). On a flow cut into parts the volume term
also holds X times the change of one plus the revenue-raising rate less that of the price
wedge, and export taxes e on sales F add :math:`e F (dF - dc)`, c the factory gate's price,
to the exporter's. Where deficits move, dD_n / I_n is added;
with profits pi (Ossa 2014) the profit-shifting effect
:math:`\tfrac{1}{I_n} \sum_s \pi_n^s (d\pi_n^s - dw_n)`; with entry of N varieties
:math:`\tfrac{1}{I_n} \sum_{s,i} X_{ni}^s dN_i^s / \theta^s`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.result import Equilibrium
from parley.policy.wedges import SliceLevel

__all__ = ["Comparison", "FirstOrder", "compare", "first_order", "tariff_price"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """First-order welfare indices, fractions of the base's income, each [region].

    ``residual`` is the exact change of real income less the sum of the others.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    deficit: Array
    residual: Array
    profit_shifting: Array
    variety: Array

    @property
    def total(self) -> Array:
        """Sum of the indices."""
        total: Array = (
            self.terms_of_trade
            + self.volume_of_trade
            + self.deficit
            + self.profit_shifting
            + self.variety
        )
        return total


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from equilibrium ``base`` to equilibrium ``new``.

    Both must have been solved from the same baseline. Levels are in the world's unit;
    relative changes are fractions.
    """

    base: Equilibrium
    new: Equilibrium

    @cached_property
    def real_income_hat(self) -> Array:
        """Exact change of real income, [region]."""
        ratio: Array = self.new.real_income_hat / self.base.real_income_hat
        return ratio

    @cached_property
    def equivalent_variation(self) -> Array:
        """(W_hat - 1) times the base's final expenditure, [region], in the world's unit."""
        value: Array = (self.real_income_hat - 1.0) * self.base.income
        return value

    @cached_property
    def real_wage_hat(self) -> Array:
        """Change of the wage over the final price index, [region]."""
        ratio: Array = self.new.real_wage_hat / self.base.real_wage_hat
        return ratio

    @cached_property
    def gdp_base(self) -> Array:
        """Gross domestic product of the base: value added plus net taxes on trade, [region]."""
        b = self.base
        value_added = b.sector_value_added.sum(axis=1)
        gdp: Array = value_added + b.tariff_revenue + b.export_tax_revenue
        return gdp

    @cached_property
    def revenue_change(self) -> Array:
        """Change of government revenue from trade (tariffs and export taxes), [region]."""
        change: Array = (self.new.tariff_revenue + self.new.export_tax_revenue) - (
            self.base.tariff_revenue + self.base.export_tax_revenue
        )
        return change

    @cached_property
    def real_output_hat(self) -> Array:
        """Change of sector output in quantities (value over input cost), [region, sector]."""
        quantity = self.new.output / self.new.cost_hat
        before = self.base.output / self.base.cost_hat
        return np.divide(quantity, before, out=np.ones_like(before), where=before > 0)

    @cached_property
    def customs_value_change(self) -> Array:
        """Change of trade at customs value, [importer, exporter, sector]."""
        change: Array = self.new.customs_value - self.base.customs_value
        return change

    def bilateral_balance(self, which: str) -> Array:
        """Return goods-and-services exports less imports at customs value, [region, partner].

        ``which`` is "base" or "new"; the diagonal is zero.
        """
        return bilateral_balance(self.base if which == "base" else self.new)


def bilateral_balance(at: Equilibrium, mask: NDArray[np.bool_] | None = None) -> Array:
    """Return exports less imports of every pair at customs value, [region, partner].

    ``mask`` [sector] restricts it, for example to goods.
    """
    value = at.customs_value if mask is None else at.customs_value[:, :, mask]
    trade = value.sum(axis=2)
    balance: Array = trade.T - trade
    return balance


def compare(base: Equilibrium, new: Equilibrium) -> Comparison:
    """Return the comparison of two proven equilibria of the same baseline.

    Raises
    ------
    NotConvergedError
        If either is not proven.
    ValueError
        If they were solved from different baselines.
    """
    base.require("the comparison's base")
    new.require("the comparison's counterfactual")
    if base.world.content_hash != new.world.content_hash:
        raise ValueError("the two equilibria belong to different baselines")
    return Comparison(base, new)


def first_order(comparison: Comparison) -> FirstOrder:
    """Return the Caliendo-Parro first-order indices of a comparison, with their residual."""
    base, new = comparison.base, comparison.new
    income = base.income
    own = np.eye(len(base.world.regions), dtype=bool)
    trade = np.where(own[:, :, None], 0.0, base.customs_value)
    growth = _change(new.customs_value, base.customs_value)
    price = _border_price(new) / _border_price(base) - 1.0
    iceberg = _iceberg(new) / _iceberg(base) - 1.0
    sold = np.einsum("nis,nis->i", trade, price)
    bought = np.einsum("nis,nis->n", trade, price + iceberg)
    duty = base.policy.tariff_prime
    volume = np.einsum("nis,nis->n", duty * trade, growth - price - iceberg)
    # On a flow cut into parts the rate that raises revenue and the price wedge may differ.
    apart = (1.0 + new.policy.tariff_prime) / (1.0 + duty) - tariff_price(new) / tariff_price(base)
    volume = volume + np.einsum("nis,nis->n", (1.0 + duty) * trade, apart)
    if base.policy.export_tax_prime is not None:
        taxed = base.policy.export_tax_prime * base.flows
        quantity = _change(new.flows, base.flows) - (new.cost_hat / base.cost_hat - 1.0)[None]
        volume = volume + np.einsum("nis,nis->i", taxed, quantity)
    tot = (sold - bought) / income
    vot = volume / income
    deficit = (new.deficit - base.deficit) / income
    wage = new.wage_hat / base.wage_hat - 1.0
    shifting = (base.profit * (_change(new.profit, base.profit) - wage)).sum(axis=1) / income
    entry = _change(new.variety_hat, base.variety_hat) / base.elasticity.theta
    bought_all = base.expenditure_share * base.expenditure[:, None, :]
    variety = np.einsum("nis,is->n", bought_all, entry) / income
    exact = comparison.real_income_hat - 1.0
    rest = exact - tot - vot - deficit - shifting - variety
    return FirstOrder(tot, vot, deficit, rest, shifting, variety)


def _change(after: Array, before: Array) -> Array:
    """Return after / before - 1, zero where there was nothing before."""
    return np.divide(after, before, out=np.ones_like(before), where=before > 0) - 1.0


def _border_price(at: Equilibrium) -> Array:
    """Price at the border relative to the baseline, [importer, exporter, sector]."""
    price: Array = np.broadcast_to(at.cost_hat[None, :, :], at.policy.cost_hat.shape)
    after, before = at.policy.export_tax_prime, at.world.export_tax
    if after is not None:
        price = price * (1.0 + after) / (1.0 if before is None else 1.0 + before)
    return price


def _iceberg(at: Equilibrium) -> Array:
    """Cost wedge that is neither tariff nor export tax, [importer, exporter, sector]."""
    wedge = at.policy.cost_hat / tariff_price(at)
    after, before = at.policy.export_tax_prime, at.world.export_tax
    if after is not None:
        wedge = wedge / (1.0 + after) * (1.0 if before is None else 1.0 + before)
    result: Array = wedge
    return result


def tariff_price(at: Equilibrium) -> Array:
    """Return what tariffs alone do to the cost of a flow, [importer, exporter, sector].

    One plus the new rate over one plus the old; on a flow cut into parts their CES mean.
    """
    world, policy = at.world, at.policy
    wedge: Array = (1.0 + policy.tariff_prime) / (1.0 + world.tariffs)
    cells: dict[tuple[int, int, int], list[SliceLevel]] = {}
    for part in policy.slices:
        n, i = world.region_index(part.importer), world.region_index(part.exporter)
        cells.setdefault((n, i, world.sectors.index(part.sector)), []).append(part)
    for cell, parts in cells.items():
        before = np.array([1.0 + p.tariff for p in parts])
        after = np.array([1.0 + p.tariff_prime for p in parts])
        weight = np.array([p.share for p in parts]) * before
        theta = at.elasticity.theta[cell[2]]
        wedge[cell] = np.average((after / before) ** -theta, weights=weight) ** (-1.0 / theta)
    return wedge
