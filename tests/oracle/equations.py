"""The equations of the Caliendo-Parro equilibrium in changes, in plain NumPy.

Written from Caliendo and Parro (Review of Economic Studies, 2015), section 3; the numbers of the
equations are theirs. Indices: n importer, i exporter, s and k sectors. Array axes are [importer,
exporter, sector]; `input_share` is [region, input sector k, using sector s].

    c_hat[i,s]  = w_hat[i]^va_share[i,s] * prod_k P_hat[i,k]^input_share[i,k,s]             (10)
    pi'[n,i,s]  = pi[n,i,s] (kappa[n,i,s] c_hat[i,s] / P_hat[n,s])^-theta[s]                (11)
    P_hat[n,s]  = (sum_i pi[n,i,s] (kappa[n,i,s] c_hat[i,s])^-theta[s])^(-1/theta[s])       (12)
    X'[n,k]     = sum_s input_share[n,k,s] output'[n,s] + final_share[n,k] income'[n]       (13)
    imports'[n] - exports'[n] = D'[n]                                                       (14)

An export tax e is levied on the basic price and the tariff on the price that includes it:
a purchaser pays basic price x iceberg x (1 + e)(1 + tau). The producer receives the basic value,
the exporting country the tax, the importing country the tariff, and trade is valued at customs,
that is with the export tax and without the tariff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Deficits = Callable[[Array], Array]


@dataclass(frozen=True)
class Economy:
    """A baseline: shares, wedges and sizes.

    `expenditure_share` [n,i,s] includes the tariff and sums to one over exporters;
    `tariff` and `export_tax` [n,i,s] are fractions; `value_added_share` [n,s] and `input_share`
    [n,k,s] are shares of gross output; `final_share` [n,s] sums to one over sectors;
    `value_added` [n] and `deficit` [n] (imports minus exports) are in money.
    """

    expenditure_share: Array
    tariff: Array
    trade_elasticity: Array
    value_added_share: Array
    input_share: Array
    final_share: Array
    value_added: Array
    deficit: Array
    export_tax: Array = field(default_factory=lambda: np.zeros((1, 1, 1)))

    @property
    def shape(self) -> tuple[int, int]:
        """Regions, sectors."""
        n, _, s = self.expenditure_share.shape
        return n, s


@dataclass(frozen=True)
class Residuals:
    """How far a proposed solution is from each block of equations, all relative, all maxima."""

    prices: float
    goods: float
    balance: float

    @property
    def worst(self) -> float:
        return max(self.prices, self.goods, self.balance)


@dataclass(frozen=True)
class Equilibrium:
    """A counterfactual: hats are ratios to the baseline, primes are levels."""

    wage_hat: Array  # [n]
    price_hat: Array  # [n,s]
    cost_hat: Array  # [n,s] change in the cost of the input bundle
    expenditure_prime: Array  # [n,s]
    flows_prime: Array  # [n,i,s] customs value: with export tax, net of tariff
    income_prime: Array  # [n] value added + tariff and export tax revenue + deficit
    income_base: Array  # [n]
    deficit_prime: Array  # [n]
    real_income_hat: Array  # [n]
    real_wage_hat: Array  # [n]
    residuals: Residuals
    iterations: int
    converged: bool
    seconds: float


def economy_from_flows(
    flows: Array,
    tariff: Array,
    trade_elasticity: Array,
    value_added_share: Array | None = None,
    input_share: Array | None = None,
    export_tax: Array | None = None,
) -> Economy:
    """The exact baseline behind flows at basic prices [n,i,s]; without shares, output is wages.

    Final demand is what intermediate use leaves of expenditure, so the baseline is balanced by
    construction. Raises ValueError where that residual is negative beyond rounding.
    """
    n, _, s = flows.shape
    va_share = np.ones((n, s)) if value_added_share is None else value_added_share
    inputs = np.zeros((n, s, s)) if input_share is None else input_share
    tax = np.zeros((1, 1, 1)) if export_tax is None else export_tax
    customs = flows * (1 + tax)
    gross = customs * (1 + tariff)
    expenditure = gross.sum(axis=1)
    output = flows.sum(axis=0)
    final = expenditure - np.einsum("nks,ns->nk", inputs, output)
    if final.min() < -1e-9 * expenditure.max():
        raise ValueError(f"final demand is negative: {final.min():.6g}")
    final = np.clip(final, 0, None)
    return Economy(
        expenditure_share=expenditure_shares(gross),
        tariff=tariff,
        trade_elasticity=trade_elasticity,
        value_added_share=va_share,
        input_share=inputs,
        final_share=final / final.sum(axis=1, keepdims=True),
        value_added=(va_share * output).sum(axis=1),
        deficit=customs.sum(axis=(1, 2)) - customs.sum(axis=(0, 2)),
        export_tax=tax,
    )


def expenditure_shares(gross: Array) -> Array:
    """Expenditure shares [n,i,s]; a sector nobody buys is priced by its own cost."""
    total = gross.sum(axis=1, keepdims=True)
    own = np.eye(len(gross))[:, :, None]
    return np.where(total > 0, gross / np.where(total > 0, total, 1), own)


class Problem:
    """One baseline and one shock: the equations, each as a method."""

    def __init__(
        self,
        economy: Economy,
        tariff_prime: Array | None,
        iceberg_hat: Array | None,
        export_tax_prime: Array | None,
        deficit_prime: Array | Deficits | None,
    ) -> None:
        e = economy
        self.economy = e
        self.theta = e.trade_elasticity
        self.tariff = e.tariff if tariff_prime is None else tariff_prime
        self.tax = e.export_tax if export_tax_prime is None else export_tax_prime
        iceberg = 1.0 if iceberg_hat is None else iceberg_hat
        kappa = (1 + self.tariff) / (1 + e.tariff) * (1 + self.tax) / (1 + e.export_tax) * iceberg
        # Sector first, so that a sum over exporters is one matrix product per sector.
        self.pull = np.ascontiguousarray(
            np.moveaxis(e.expenditure_share * kappa**-self.theta, 2, 0)
        )
        self.deficit_prime: Deficits
        if deficit_prime is None:
            self.deficit_prime = lambda _wage: e.deficit
        elif callable(deficit_prime):
            self.deficit_prime = deficit_prime
        else:
            fixed = np.asarray(deficit_prime)
            self.deficit_prime = lambda _wage: fixed

    # Costs and prices (equations 10 and 12).
    def costs(self, wage: Array, price: Array) -> Array:
        e = self.economy
        materials = (np.log(price)[:, None, :] @ e.input_share)[:, 0, :]
        return np.exp(e.value_added_share * np.log(wage)[:, None] + materials)

    def price_index(self, cost: Array) -> Array:
        power = (cost**-self.theta).T[:, :, None]  # [s,i,1]
        return (self.pull @ power)[:, :, 0].T ** (-1 / self.theta)

    def prices(self, wage: Array, price: Array, tolerance: float, most: int = 2000) -> Array:
        for _ in range(most):
            new = self.price_index(self.costs(wage, price))
            gap = np.abs(np.log(new / price)).max()
            price = new
            if gap < tolerance:
                break
        return price

    def shares(self, wage: Array, price: Array) -> Array:
        """Expenditure shares [s,n,i] (equation 11)."""
        power = (self.costs(wage, price) ** -self.theta).T[:, None, :]
        return self.pull * power * (price**self.theta).T[:, :, None]

    # Expenditure and income (equation 13).
    def receipts(self, share: Array) -> tuple[Array, Array, Array]:
        """Who gets a dollar that m spends on s: [s,m,i] producers, [s,m,i] i's and [s,m] m's
        treasury."""
        tariff, tax = (np.moveaxis(x, 2, 0) for x in (self.tariff, self.tax))
        customs = share / (1 + tariff)
        basic = customs / (1 + tax)
        return basic, customs - basic, (share - customs).sum(axis=2)

    def demand(self, wage: Array, receipts: tuple[Array, Array, Array], spending: Array) -> Array:
        """Right-hand side of equation 13: intermediate plus final demand [n,s]."""
        e = self.economy
        basic, tax, duty = receipts
        spent = spending.T[:, None, :]
        output = (spent @ basic)[:, 0, :].T  # [i,s]
        income = wage * e.value_added + self.deficit_prime(wage) + (duty * spending.T).sum(axis=0)
        if np.any(self.tax):
            income = income + (spent @ tax)[:, 0, :].sum(axis=0)
        materials = (e.input_share @ output[:, :, None])[:, :, 0]
        return materials + e.final_share * income[:, None]

    def expenditure_direct(self, wage: Array, share: Array) -> Array:
        e = self.economy
        n, s = e.shape
        basic, tax, duty = self.receipts(share)
        # matrix[n,k,m,s]: demand for k in n that a dollar spent by m on s gives rise to.
        matrix = e.input_share[:, :, None, :] * basic.transpose(2, 1, 0)[:, None, :, :]
        if np.any(self.tax):
            matrix += e.final_share[:, :, None, None] * tax.transpose(2, 1, 0)[:, None, :, :]
        for m in range(n):
            matrix[m, :, m, :] += e.final_share[m][:, None] * duty[:, m][None, :]
        primary = wage * e.value_added + self.deficit_prime(wage)
        rhs = (e.final_share * primary[:, None]).ravel()
        system = np.eye(n * s) - matrix.reshape(n * s, n * s)
        return np.linalg.solve(system, rhs).reshape(n, s)

    def expenditure_iterated(
        self, wage: Array, share: Array, start: Array | None, tolerance: float, most: int = 5000
    ) -> Array:
        e = self.economy
        receipts = self.receipts(share)
        spending = e.final_share * e.value_added[:, None] if start is None else start
        for _ in range(most):
            new = self.demand(wage, receipts, spending)
            gap = (np.abs(new - spending).max(axis=1) / new.sum(axis=1)).max()
            spending = new
            if gap < tolerance:
                break
        return spending

    # Trade balance (equation 14).
    def customs_flows(self, share: Array, spending: Array) -> Array:
        """Flows [n,i,s] with export tax, net of tariff."""
        flows = share * spending.T[:, :, None]
        return np.moveaxis(flows, 0, 2) / (1 + self.tariff)

    def excess(self, wage: Array, share: Array, spending: Array) -> Array:
        tariff = np.moveaxis(self.tariff, 2, 0)
        customs = (share / (1 + tariff) * spending.T[:, :, None]).sum(axis=0)
        return customs.sum(axis=0) - customs.sum(axis=1) + self.deficit_prime(wage)

    def residuals(self, wage: Array, price: Array, spending: Array) -> Residuals:
        share = self.shares(wage, price)
        index = self.price_index(self.costs(wage, price))
        demand = self.demand(wage, self.receipts(share), spending)
        total = spending.sum(axis=1, keepdims=True)
        size = wage * self.economy.value_added
        return Residuals(
            prices=float(np.abs(np.log(index / price)).max()),
            goods=float((np.abs(demand - spending) / total).max()),
            balance=float((np.abs(self.excess(wage, share, spending)) / size).max()),
        )

    def report(
        self,
        wage: Array,
        price: Array,
        spending: Array,
        iterations: int,
        converged: bool,
        seconds: float,
    ) -> Equilibrium:
        e = self.economy
        flows = self.customs_flows(self.shares(wage, price), spending)
        tariffs = (flows * self.tariff).sum(axis=(1, 2))
        taxes = (flows * self.tax / (1 + self.tax)).sum(axis=(0, 2))
        deficit = self.deficit_prime(wage)
        income = wage * e.value_added + tariffs + taxes + deficit
        consumer = np.exp((e.final_share * np.log(price)).sum(axis=1))
        return Equilibrium(
            wage_hat=wage,
            price_hat=price,
            cost_hat=self.costs(wage, price),
            expenditure_prime=spending,
            flows_prime=flows,
            income_prime=income,
            income_base=base_income(e),
            deficit_prime=deficit,
            real_income_hat=income / base_income(e) / consumer,
            real_wage_hat=wage / consumer,
            residuals=self.residuals(wage, price, spending),
            iterations=iterations,
            converged=converged and bool((income > 0).all()),
            seconds=seconds,
        )


def base_income(economy: Economy) -> Array:
    """Final expenditure [n] of the baseline: value added + tariff and export tax revenue + deficit.

    Revenue is found by the same linear system as in a counterfactual, so that a baseline whose
    parts do not add up (final demand clipped) is treated consistently.
    """
    e = economy
    problem = Problem(e, None, None, None, None)
    n, s = e.shape
    share = problem.shares(np.ones(n), np.ones((n, s)))
    if n * s <= 5000:
        spending = problem.expenditure_direct(np.ones(n), share)
    else:
        spending = problem.expenditure_iterated(np.ones(n), share, None, 1e-14)
    flows = problem.customs_flows(share, spending)
    tariffs = (flows * e.tariff).sum(axis=(1, 2))
    taxes = (flows * e.export_tax / (1 + e.export_tax)).sum(axis=(0, 2))
    return e.value_added + tariffs + taxes + e.deficit
