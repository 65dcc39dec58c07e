"""An equilibrium with its levels, its residuals, and what it was computed with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.policy.wedges import Policy
from parley.solution import SolverReport

__all__ = ["Equilibrium"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A solved counterfactual; hats are ratios to ``world``, levels in its unit.

    Shapes: ``w_hat``, ``income``, ``tariff_revenue``, ``export_tax_revenue``,
    ``deficit`` [region]; ``wage_hat`` (differs by sector only with specific labour),
    ``price_hat``, ``cost_hat`` (factory gate), ``variety_hat`` (one without entry),
    ``expenditure`` (purchasers' prices), ``output`` (basic prices),
    ``sector_value_added`` (wages and profits), ``profit``, ``employment_share``
    [region, sector]. The numeraire is world value added. ``world`` is the baseline
    the hats refer to: under the closure "zero" it is the world purged of its deficits.
    """

    world: World
    policy: Policy
    model: str
    closure: str
    elasticity: ElasticitySet
    report: SolverReport
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

    def require(self, what: str = "this policy") -> Equilibrium:
        """Return the equilibrium itself, or raise NotConvergedError if it is not proven."""
        self.report.require(what)
        return self

    @cached_property
    def expenditure_share(self) -> Array:
        """Tariff-inclusive expenditure shares pi', [importer, exporter, sector]."""
        relative = self.policy.cost_hat * self.cost_hat[None, :, :] / self.price_hat[:, None, :]
        share: Array = (
            self.world.accounts.expenditure_share
            * relative ** (-self.elasticity.theta)
            * self.variety_hat[None, :, :]
        )
        return share

    @cached_property
    def customs_value(self) -> Array:
        """Flows at customs value (export tax in, tariff out), [importer, exporter, sector]."""
        value: Array = (
            self.expenditure_share * self.expenditure[:, None, :] / (1.0 + self.policy.tariff_prime)
        )
        return value

    @cached_property
    def flows(self) -> Array:
        """Flows at basic prices, [importer, exporter, sector]."""
        if self.policy.export_tax_prime is None:
            return self.customs_value
        value: Array = self.customs_value / (1.0 + self.policy.export_tax_prime)
        return value

    @cached_property
    def consumer_price_hat(self) -> Array:
        """Final-expenditure price index, prod_s P_hat^alpha, [region]."""
        share = self.world.accounts.final_share
        index: Array = np.exp((share * np.log(self.price_hat)).sum(axis=1))
        return index

    @cached_property
    def income_hat(self) -> Array:
        """Final expenditure relative to the baseline's, [region]."""
        ratio: Array = self.income / self.world.accounts.income
        return ratio

    @cached_property
    def real_income_hat(self) -> Array:
        """Exact change of real income, income over the final price index, [region]."""
        ratio: Array = self.income_hat / self.consumer_price_hat
        return ratio

    @cached_property
    def real_wage_hat(self) -> Array:
        """Wage over the final price index, [region]."""
        ratio: Array = self.w_hat / self.consumer_price_hat
        return ratio

    @property
    def transfer(self) -> Array:
        """Income that is neither wage nor profit: trade-tax revenue and the deficit, [region]."""
        total: Array = self.tariff_revenue + self.export_tax_revenue + self.deficit
        return total

    @cached_property
    def sector_income(self) -> Array:
        """Wages, profits and a share in the transfer by employment, [region, sector].

        X_js of Ossa (2014); it adds up to income.
        """
        income: Array = self.sector_value_added + self.employment_share * self.transfer[:, None]
        return income
