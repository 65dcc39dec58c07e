r"""Welfare of one equilibrium against another: exact real income, and first-order indices.

Exact: :math:`\hat W_n = \hat I_n / \prod_s (\hat P_n^s)^{\alpha_n^s}` with I final
expenditure (value added + tariff and export-tax revenue + deficit); the equivalent
variation is :math:`(\hat W_n - 1) I_n` at the comparison base's income.

First-order (Caliendo & Parro 2015, equation 17; d is hat minus one, i exporter):

.. math::
   \mathrm{ToT}_n = \tfrac{1}{I_n} \sum_{s,i} (E_{ni}^s\, dc_n^s - M_{ni}^s\, dc_i^s), \quad
   \mathrm{VoT}_n = \tfrac{1}{I_n} \sum_{s,i} \tau_{ni}^s M_{ni}^s (dM_{ni}^s - dc_i^s)

E exports of n to i and M imports of n from i at customs value, c the price at the border
(an iceberg change adds its own change to dc_i). Where deficits move, dD_n / I_n is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.result import Equilibrium

__all__ = ["Comparison", "FirstOrder", "compare", "first_order"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """First-order welfare indices, fractions of the base's income, each [region].

    ``residual`` is the exact change of real income less the sum of the three.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    deficit: Array
    residual: Array

    @property
    def total(self) -> Array:
        """Sum of the indices."""
        total: Array = self.terms_of_trade + self.volume_of_trade + self.deficit
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
        wage_bill = b.w_hat * b.world.accounts.value_added
        gdp: Array = wage_bill + b.tariff_revenue + b.export_tax_revenue
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
    own = np.eye(len(base.world.regions), dtype=bool)
    trade = np.where(own[:, :, None], 0.0, base.customs_value)
    trade_new = np.where(own[:, :, None], 0.0, new.customs_value)
    price = _border_price(new) / _border_price(base) - 1.0
    iceberg = _iceberg(new) / _iceberg(base) - 1.0
    income = base.income
    sold = np.einsum("nis,nis->i", trade, price)
    bought = np.einsum("nis,nis->n", trade, price + iceberg)
    volume_hat = np.divide(trade_new, trade, out=np.ones_like(trade), where=trade > 0)
    volume = np.einsum(
        "nis,nis->n", base.policy.tariff_prime * trade, volume_hat - 1.0 - price - iceberg
    )
    deficit = (new.deficit - base.deficit) / income
    tot = (sold - bought) / income
    vot = volume / income
    exact = comparison.real_income_hat - 1.0
    return FirstOrder(tot, vot, deficit, exact - tot - vot - deficit)


def _border_price(at: Equilibrium) -> Array:
    """Price at the border relative to the baseline, [importer, exporter, sector]."""
    price: Array = np.broadcast_to(at.cost_hat[None, :, :], at.policy.cost_hat.shape)
    after, before = at.policy.export_tax_prime, at.world.export_tax
    if after is not None:
        price = price * (1.0 + after) / (1.0 if before is None else 1.0 + before)
    return price


def _iceberg(at: Equilibrium) -> Array:
    """Cost wedge that is neither tariff nor export tax, [importer, exporter, sector]."""
    wedge = at.policy.cost_hat * (1.0 + at.world.tariffs) / (1.0 + at.policy.tariff_prime)
    after, before = at.policy.export_tax_prime, at.world.export_tax
    if after is not None:
        wedge = wedge / (1.0 + after) * (1.0 if before is None else 1.0 + before)
    result: Array = wedge
    return result
