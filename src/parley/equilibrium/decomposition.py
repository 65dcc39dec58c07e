r"""Where a change of real income comes from, integrated exactly along the path of policy.

Between two equilibria of one baseline the policy moves from t = 0 to 1, geometrically in
one plus the rates. At every t real income obeys, for all model families (n importer,
i exporter, s sector; I income, X spending, M = X / (1+tau) customs values, F sales at basic
prices, p = c (1+e) the price at the border, d iceberg costs),

.. math::
   I_n\, d\ln W_n &= \underbrace{\textstyle\sum_{m,s} M_{mn} d\ln p_{mn}
       - \sum_{i,s} M_{ni} (d\ln p_{ni} + d\ln d_{ni})}_{\text{terms of trade}} \\
     &+ \underbrace{\textstyle dT_n - \sum_{i,s} [X_{ni}\, d\ln k_{ni}
       + \tau_{ni} M_{ni} (d\ln p_{ni} + d\ln d_{ni})]
       + \sum_{m,s} e_{mn} (dF_{mn} - F_{mn}\, d\ln c_n)}_{\text{volume of trade}} \\
     &+ \underbrace{\textstyle\sum_s \Pi_n^s (d\ln \Pi_n^s - d\ln w_n)}_{\text{profits}}
      + \underbrace{\textstyle\sum_{i,s} X_{ni}\, d\ln N_i^s / \theta^s}_{\text{variety}}
      + \underbrace{dD_n}_{\text{deficit}} .

It follows from income = wages + profits + T + R + D, the price index, and Shephard's lemma
for costs; no condition of the labour market enters beyond wages paid = value added. T is
tariff revenue; k is the price wedge of the tariffs, which on a flow cut into parts is not
one plus the rate at which they raise revenue (:mod:`parley.policy.wedges`). Where the two
are one, the tariff part is the familiar :math:`\tau M (d\ln M - d\ln p - d\ln d)`.

The sum of all terms is the exact log change of real income; what is left is the error of
the quadrature, and no more of it than asked is accepted. Where sectors are merged into one,
their composition counts as a trade cost, in the terms of trade. At the first order, and with
balanced trade, these are Caliendo and Parro's (2015, equation 17) and Ossa's (2014,
equation 10) indices; with a deficit Ossa's terms of trade are :math:`D_n d\ln w_n / I_n`
larger, his deficit term that much smaller. All values are in units of world value added:
the split between terms of trade and deficit depends on that choice, their sum does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.baseline import Baseline, baseline_from_world
from parley.equilibrium.closures import Closure, ClosureTerms, closure_terms
from parley.equilibrium.kernel import Kernel, evaluate, initial_guess, kernel_of, tangent
from parley.equilibrium.models import Model
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.solve import Prepared, between, find
from parley.equilibrium.trade import Levels, policy_terms
from parley.equilibrium.welfare import Comparison, tariff_price
from parley.errors import NotConvergedError
from parley.policy.wedges import Policy

__all__ = ["NODES", "PathDecomposition", "decompose"]

Array = NDArray[np.float64]
# Nodes on each stretch of the path; a stretch that is not exact enough is cut in two.
NODES = 8
TOLERANCE = 1e-7
MAX_NODES = 200


@dataclass(frozen=True, eq=False)
class PathDecomposition:
    """Log change of real income by source, each [region], fractions (log points / 100).

    ``total`` is the exact change; ``residual`` is the total less the sum of the terms, an
    error of quadrature; ``nodes`` is how many equilibria along the path were evaluated.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    profit_shifting: Array
    variety: Array
    deficit: Array
    total: Array
    residual: Array
    nodes: int


class _Path(NamedTuple):
    """Logs of the wedges at t = 0 and their rates; each [importer, exporter, sector].

    ``kappa``, ``tariff``, ``tax`` (None without export taxes) are (start, rate);
    ``tariff_price`` and ``iceberg`` the parts of kappa's rate that are neither tax.
    """

    kappa: tuple[Array, Array]
    tariff: tuple[Array, Array]
    tax: tuple[Array, Array] | None
    tariff_price: Array
    iceberg: Array


class _Stretch(NamedTuple):
    """Part of the path: its ends, log real income there [region], integrated terms."""

    begin: float
    end: float
    log_begin: Array
    log_end: Array
    terms: Array

    @property
    def residual(self) -> Array:
        rest: Array = self.log_end - self.log_begin - self.terms.sum(axis=0)
        return rest


def decompose(
    comparison: Comparison, *, nodes: int = NODES, tolerance: float = TOLERANCE
) -> PathDecomposition:
    """Return the change of real income of a comparison by source.

    Parameters
    ----------
    comparison
        Two proven equilibria of one baseline, model, closure and set of elasticities.
    nodes
        Gauss-Legendre nodes on each stretch of the path. It begins as one stretch; the
        worst is cut in two until the residuals add to no more than ``tolerance``.
    tolerance
        Largest residual accepted, in log points of real income (1e-7 = 0.00001 %).

    Raises
    ------
    ValueError
        If the two equilibria differ in more than policy.
    NotConvergedError
        If the path or the tolerance cannot be completed.
    """
    base, new = comparison.base, comparison.new
    same = (base.model, base.closure) == (new.model, new.closure)
    if not same or not np.array_equal(base.elasticity.theta, new.elasticity.theta):
        raise ValueError("the two equilibria differ in model, closure or elasticities")
    walk = _Walk(base, new)
    logs = (np.log(base.real_income_hat), np.log(new.real_income_hat))
    stretches = [walk.stretch(0.0, 1.0, *logs, nodes)]
    path: list[float] = []
    while True:
        errors = [float(np.abs(s.residual).max()) for s in stretches]
        path.append(sum(errors))
        if path[-1] <= tolerance:
            break
        if walk.count + 2 * nodes > MAX_NODES:
            raise NotConvergedError(
                f"the terms do not add up to the change of real income: off by "
                f"{path[-1]:.1e} after {walk.count} equilibria along the path",
                path,
                "a larger tolerance, or a smaller change of policy",
            )
        worst = stretches.pop(int(np.argmax(errors)))
        log_middle = walk.log_real_income(middle := 0.5 * (worst.begin + worst.end))
        stretches += [
            walk.stretch(worst.begin, middle, worst.log_begin, log_middle, nodes),
            walk.stretch(middle, worst.end, log_middle, worst.log_end, nodes),
        ]
    terms = np.sum([s.terms for s in stretches], axis=0)
    total = np.log(comparison.real_income_hat)
    tot, vot, profit, variety, deficit = terms
    rest = total - terms.sum(axis=0)
    return PathDecomposition(tot, vot, profit, variety, deficit, total, rest, walk.count)


class _Walk:
    """Solves equilibria along the path, each from the nearest known one and its slope."""

    def __init__(self, base: Equilibrium, new: Equilibrium) -> None:
        self.prepared = _prepared(base)
        self.start, self.goal = _with_taxes(base.policy, new.policy)
        self.path = _path(base, new, self.start, self.goal)
        self.known: list[tuple[float, Any, Any]] = []
        self.count = 0

    def stretch(
        self, begin: float, end: float, log_begin: Array, log_end: Array, nodes: int
    ) -> _Stretch:
        """Return the terms integrated over part of the path, [term, region]."""
        points, weights = np.polynomial.legendre.leggauss(nodes)
        width = 0.5 * (end - begin)
        terms = np.zeros((5, len(log_begin)))
        for point, weight in zip(points, weights, strict=True):
            terms += width * weight * self._slopes(begin + width * (1.0 + point))
        return _Stretch(begin, end, log_begin, log_end, terms)

    def log_real_income(self, t: float) -> Array:
        """Return the log of real income over the baseline's at t, [region]."""
        b = self.prepared.baseline
        at = self._solve(t)[1]
        index = (np.asarray(b.final_share) * np.log(np.asarray(at.price_hat))).sum(axis=1)
        value: Array = np.log(np.asarray(at.income) / np.asarray(b.income)) - index
        return value

    def _solve(self, t: float) -> tuple[Any, Levels]:
        p = self.prepared
        guess: Any = initial_guess(p.kernel, p.baseline)
        if self.known:
            near = min(self.known, key=lambda k: abs(k[0] - t))
            guess = near[1] + (t - near[0]) * near[2]
        self.count += 1
        y, at, report = find(p, between(self.start, self.goal, t), start=np.asarray(guess))
        report.require(f"the policy {t:.1%} of the way")
        return y, at

    def _slopes(self, t: float) -> Array:
        p, y = self.prepared, self._solve(t)[0]
        slope, terms = _divisia(p.kernel, p.baseline, p.terms, self.path, jnp.asarray(t), y)
        self.known.append((t, y, np.asarray(slope)))
        return np.asarray(terms)


def _prepared(at: Equilibrium) -> Prepared:
    """Return what an equilibrium was solved with; its world is already the model's own."""
    model = Model.parse(at.model.removesuffix(" without inputs"))
    closure = Closure.parse(at.closure)
    world, a = at.world, at.world.accounts
    numeraire = world.region_index(closure.numeraire) if closure.numeraire else None
    kernel = kernel_of(model, world.has_inputs)
    baseline = baseline_from_world(world, at.elasticity.theta, profits=model.profits)
    terms = closure_terms(closure, a.value_added, a.deficit, numeraire)
    return Prepared(world, model, at.elasticity, closure, kernel, baseline, terms)


def _with_taxes(start: Policy, goal: Policy) -> tuple[Policy, Policy]:
    """Return both policies with export taxes, zero where there are none, if either has them."""
    if start.export_tax_prime is None and goal.export_tax_prime is None:
        return start, goal

    def taxed(p: Policy) -> Policy:
        tax = np.zeros_like(p.cost_hat) if p.export_tax_prime is None else p.export_tax_prime
        return Policy(p.cost_hat, p.tariff_prime, tax)

    return taxed(start), taxed(goal)


def _path(base: Equilibrium, new: Equilibrium, start: Policy, goal: Policy) -> _Path:
    """Return the logs of the wedges at the start and their rates."""

    def ends(a: Array, b: Array) -> tuple[Array, Array]:
        return np.log(a), np.log(b) - np.log(a)

    kappa = ends(start.cost_hat, goal.cost_hat)
    tariff = ends(1.0 + start.tariff_prime, 1.0 + goal.tariff_prime)
    taxes = (start.export_tax_prime, goal.export_tax_prime)
    tax = None if taxes[0] is None or taxes[1] is None else ends(1.0 + taxes[0], 1.0 + taxes[1])
    price = np.log(tariff_price(new) / tariff_price(base))
    iceberg = kappa[1] - price - (0.0 if tax is None else tax[1])
    return _Path(kappa, tariff, tax, price, iceberg)


@eqx.filter_jit
def _divisia(
    kernel: Kernel, baseline: Baseline, closure: ClosureTerms, path: _Path, t: Any, y: Any
) -> tuple[Any, Any]:
    """Return dy/dt and the rates of the five terms, [term, region], at an equilibrium."""

    def policy(t: Any) -> Any:
        tax = None if path.tax is None else jnp.expm1(path.tax[0] + t * path.tax[1])
        kappa = jnp.exp(path.kappa[0] + t * path.kappa[1])
        return policy_terms(baseline, kappa, jnp.expm1(path.tariff[0] + t * path.tariff[1]), tax)

    def levels(y: Any, t: Any) -> tuple[Levels, Any, Any]:
        """Return levels, and per variety: spending and sales, [importer, exporter, sector]."""
        terms = policy(t)
        at = evaluate(kernel, y, baseline, terms, closure)[1]
        spent = (at.expenditure * at.price_hat**baseline.theta).T[:, :, None]
        cheap = (at.cost_hat**-baseline.theta).T[:, None, :]
        spending = jnp.transpose(terms.reach * cheap * spent, (1, 2, 0))
        basic = terms.customs if terms.basic is None else terms.basic
        sales = basic * (cheap * at.variety_hat.T[:, None, :]) * spent
        return at, spending, jnp.transpose(sales, (1, 2, 0))

    one = jnp.ones_like(t)
    forcing = jax.jvp(lambda t: evaluate(kernel, y, baseline, policy(t), closure)[0], (t,), (one,))[
        1
    ]
    slope = tangent(kernel, baseline, policy(t), closure, y, forcing[None, :])[0]
    (at, per_variety, sales), (d, _, d_sales) = jax.jvp(levels, (y, t), (slope, one))

    d_cost = d.cost_hat / at.cost_hat
    tax_rate = 0.0 if path.tax is None else path.tax[1]
    d_border = d_cost[None, :, :] + tax_rate
    tariff = jnp.expm1(path.tariff[0] + t * path.tariff[1])
    spending = per_variety * at.variety_hat[None, :, :]
    customs = spending / (1.0 + tariff)
    d_landed = d_border + path.iceberg

    sold = jnp.sum(customs * d_border, axis=(0, 2))
    bought = jnp.sum(customs * d_landed, axis=(1, 2))
    wedge = spending * path.tariff_price + tariff * customs * d_landed
    volume = d.tariff_revenue - jnp.sum(wedge, axis=(1, 2))
    if path.tax is not None:
        tax = jnp.expm1(path.tax[0] + t * path.tax[1])
        volume += jnp.sum(tax * (d_sales - sales * d_cost[None, :, :]), axis=(0, 2))
    profit = jnp.sum(d.profit - at.profit * d.wage_hat / at.wage_hat, axis=1)
    entry = d.variety_hat / baseline.theta
    variety = jnp.sum(per_variety * entry[None, :, :], axis=(1, 2))
    terms = jnp.stack([sold - bought, volume, profit, variety, d.deficit])
    return slope, terms / at.income
