"""Other market structures in plain NumPy and SciPy, sharing no code with the package's solvers.

`Ossa` and `optimal_tariff`: Ossa (American Economic Review, 2014), as below. `free_entry`: several
sectors of Krugman firms that enter freely. `sector_specific`: perfect competition, with or without
inputs, where every sector keeps its workers and pays its own wage.

Ossa's model in changes: monopolistic competition with a fixed number of firms, so sectors earn
profits; no inputs; labour moves between sectors; trade balanced.
Indices: n importer, i exporter, s sector; arrays [n,i,s] and [n,s]; F flows net of tariff.

    P_hat[n,s]^(1-sigma) = sum_i gamma[n,i,s] (w_hat[i] (1+t')/(1+t))^(1-sigma)
    F'[n,i,s] = gamma (w_hat (1+t')/(1+t) / P_hat)^(1-sigma) alpha[n,s] I'[n] / (1+t')
    w_hat[i] wL[i] = sum_s (1 - 1/sigma[s]) sum_n F'[n,i,s]                          (labour)
    I'[n] = w_hat[n] wL[n] + sum_is F'[i,n,s]/sigma[s] + sum_is t' F'[n,i,s]         (income)

The unknowns are log w_hat and log I_hat; the numeraire is the world's wage bill.

Government: G[j] = sum_s lambda[j,s] X[j,s] / P[j], X[j,s] = wL[j,s] + pi[j,s] + (L[j,s]/L[j])
x tariff revenue. Labour follows sales, wL'[j,s] = (1 - 1/sigma[s]) sales', in the last term too.

Definitions behind the printed figures (all in per cent).

Table 2. The tariff of the USA on the sector rises by 0.5 on every foreign source. "Wage" is
w_hat[USA] over the simple mean of all seven w_hat, the USA's included. "Protected" is
pi_hat/w_hat[USA] of that sector; "other" the simple mean of pi_hat/w_hat[USA] over the other 32
(wages are divided out, so they are profits at an unchanged own wage); "welfare" is I_hat/P_hat.

Table 3a. One country at a time sets a tariff on each of the 6 sources x 33 sectors so as to
maximise its real income, the others' tariffs as applied; changes are from the applied tariffs.
"Others" is the simple mean of the other six's welfare changes; the tariff is the median over the
198 cells, unweighted. At the exact optimum, the same from every start, no cell is at its bound of
zero, all welfare figures are the printed ones, and so are the medians of BRA CHN IND USA; those of
EU JPN ROW are 61.46 59.41 61.43 where 61.3 59.6 61.5 are printed. The likely reason is cells of
hardly any trade (less than a dollar in places), where an optimiser stops early: before the second
stage of `optimal_tariff` the medians here, too, are off by up to 0.1.

The authors' MFNOPTIMALTARIFFPOL (one country alone, political weights, one tariff per sector)
is reproduced to 0.01 points in most sectors of six countries, and to 1.4 in the worst. With L[j,s]
in the last term of X[j,s] held at its baseline share it would not be. Japan's has several local
maxima (rice and wheat beyond 3000 % in the best one found); the authors' is not quite at one, with
slopes left in rice and wheat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, root

from parley.economy import World

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """A counterfactual: hats are ratios to the baseline, primes are levels."""

    wage_hat: Array  # [n]
    price_hat: Array  # [n,s]
    consumer_price_hat: Array  # [n]
    profit_hat: Array  # [n,s] = sales hat
    income_hat: Array  # [n] expenditure, equal to income
    real_income_hat: Array  # [n]
    government_hat: Array  # [n] G'/G at the political weights
    constituency_prime: Array  # [n,s] X', nominal
    flows_prime: Array  # [n,i,s] net of tariff
    residual: float  # the largest, relative to income


class Ossa:
    """A base and its political weights [n,s] (default: ones, so that G is real income)."""

    def __init__(self, world: World, weight: Array | None = None) -> None:
        self.flows, self.tariff = world.flows, world.tariffs
        self.sigma = world.elasticity().theta + 1
        self.labour = 1 - 1 / self.sigma
        self.weight = np.ones(self.flows.shape[1:]) if weight is None else weight
        gross = self.flows * (1 + self.tariff)
        self.income = gross.sum(axis=(1, 2))
        self.gamma = gross / gross.sum(axis=1, keepdims=True)
        self.alpha = gross.sum(axis=1) / self.income[:, None]
        self.sales = self.flows.sum(axis=0)
        self.wage_bill = self.sales @ self.labour
        gap = self.flows.sum(axis=(0, 2)) - self.flows.sum(axis=(1, 2))
        if np.abs(gap).max() > 1e-9 * self.income.max():
            raise ValueError("trade is not balanced")

    def evaluate(self, x: Array, t: Array) -> tuple[Array, Array, Array, Array]:
        """Price hats, flows, constituencies' incomes and residuals at x = (log w, log I hats)."""
        n = len(self.income)
        wage, income = np.exp(x[:n]), np.exp(x[n:]) * self.income
        cost = (wage[None, :, None] * (1 + t) / (1 + self.tariff)) ** (1 - self.sigma)
        phi = (self.gamma * cost).sum(axis=1)
        spend = (self.alpha * income[:, None] / phi)[:, None, :]
        flows = self.gamma * cost * spend / (1 + t)
        sales = flows.sum(axis=0)
        paid, revenue = sales * self.labour, (flows * t).sum(axis=(1, 2))
        labour = (paid.sum(axis=1) - wage * self.wage_bill) / self.wage_bill
        labour[-1] = (wage @ self.wage_bill) / self.wage_bill.sum() - 1  # Walras: numeraire
        whole = wage * self.wage_bill + (sales / self.sigma).sum(axis=1) + revenue - income
        groups = sales + (paid / paid.sum(axis=1, keepdims=True)) * revenue[:, None]
        price = phi ** (1 / (1 - self.sigma))
        return price, flows, groups, np.concatenate([labour, whole / self.income])

    def objective(self, x: Array, t: Array) -> Array:
        """Log of G [n], up to a constant."""
        price, _, groups, _ = self.evaluate(x, t)
        consumer = (self.alpha * np.log(price)).sum(axis=1)
        return np.log((self.weight * groups).sum(axis=1)) - consumer

    def jacobian(self, x: Array, t: Array, j: int = 0) -> tuple[Array, Array]:
        """Derivatives of the residuals [r,x] and of log G_j [x], by complex steps (exact)."""
        columns, slope = [], []
        for k in range(len(x)):
            y = x.astype(complex)
            y[k] += 1e-30j
            columns.append(self.evaluate(y, t)[3].imag / 1e-30)
            slope.append(self.objective(y, t)[j].imag / 1e-30)
        return np.array(columns).T, np.array(slope)

    def unknowns(self, t: Array, start: Array | None = None) -> Array:
        """Solve for x by Newton's method, halving a step that does not improve."""
        x = np.zeros(2 * len(self.income)) if start is None else start
        worst = np.abs(self.evaluate(x, t)[3]).max()
        for _ in range(60):
            if worst < 1e-14:
                break
            step = np.linalg.solve(self.jacobian(x, t)[0], self.evaluate(x, t)[3])
            size = 1.0
            while (new := np.abs(self.evaluate(x - size * step, t)[3]).max()) > worst:
                size /= 2
                if size < 1e-6:  # at rounding error
                    return x
            x, worst = x - size * step, new
        return x

    def solve(self, tariff_prime: Array) -> Outcome:
        """The equilibrium at new tariffs [n,i,s], zero on the diagonal."""
        n = len(self.income)
        x = self.unknowns(tariff_prime)
        price, flows, groups, left = self.evaluate(x, tariff_prime)
        consumer = np.exp((self.alpha * np.log(price)).sum(axis=1))
        base = self.objective(np.zeros(2 * n), self.tariff)
        return Outcome(
            wage_hat=np.exp(x[:n]),
            price_hat=price,
            consumer_price_hat=consumer,
            profit_hat=flows.sum(axis=0) / self.sales,
            income_hat=np.exp(x[n:]),
            real_income_hat=np.exp(x[n:]) / consumer,
            government_hat=np.exp(self.objective(x, tariff_prime) - base),
            constituency_prime=groups,
            flows_prime=flows,
            residual=float(np.abs(left).max()),
        )

    def gradient(self, x: Array, t: Array, j: int) -> Array:
        """Slope d log G_j / d log(1 + t'[j,i,s]) [i,s] at the equilibrium x, by the adjoint."""
        n = len(self.income)
        jacobian, slope = self.jacobian(x, t, j)
        dual = -np.linalg.solve(jacobian.T, slope)
        dual[n - 1] = 0.0  # the numeraire's row holds no flow
        _, flows, groups, _ = self.evaluate(x, t)
        f, sales, tau = flows[j], flows.sum(axis=0), 1 + t[j]
        paid = sales[j] * self.labour
        revenue, total = (f * t[j]).sum(), (self.weight[j] * groups[j]).sum()
        mean = self.weight[j] @ paid / paid.sum()
        # What a unit of F'[j,i,s] is worth: to exporter i through the residuals, to G_j at home.
        worth = (dual[:n] / self.wage_bill)[:, None] * self.labour[None, :]
        worth = worth + (dual[n:] / self.income)[:, None] / self.sigma[None, :]
        tilt = (self.weight[j] - mean) * self.labour * revenue / paid.sum()
        worth[j] += (self.weight[j] + tilt) / total
        public = mean / total + dual[n + j] / self.income[j]
        worth = worth + public * t[j]
        share = f * tau / (f * tau).sum(axis=0)
        own = -self.sigma * worth * f - (1 - self.sigma) * share * (worth * f).sum(axis=0)
        return own + public * f * tau - self.alpha[j] * share


def optimal_tariff(
    model: Ossa,
    j: int,
    *,
    others: Array | None = None,
    start: float | Array = 0.6,
    mfn: bool = False,
    lower: float = 0.0,
    upper: float = 20.0,
) -> Array:
    """The tariffs [n,i,s] with which j, given the others', maximises G_j.

    `others` defaults to the applied tariffs; `start` is one rate or an array that broadcasts to
    [foreign source, s] (politics make several local maxima: try more than one); `mfn` asks for one
    tariff per sector. L-BFGS-B with the adjoint slope climbs first, in log(1+t) times the square
    root of the flow's share in imports; cells without much trade hardly count there, so that steps
    of each cell's slope over its own trade follow, to a change below 1e-10 in log(1+t) everywhere.
    """
    base = (model.tariff if others is None else others).copy()
    foreign = np.arange(len(base)) != j
    trade = model.flows[j][foreign] / model.flows[j][foreign].sum()
    scale = np.sqrt(trade.sum(axis=0, keepdims=True) if mfn else trade)
    state: list[Array | None] = [None]

    def tariffs(v: Array) -> Array:
        t = base.copy()
        t[j, foreign] = np.expm1(np.broadcast_to(v, trade.shape))
        return t

    def slope(v: Array) -> tuple[Array, Array, Array]:
        t = tariffs(v)
        state[0] = x = model.unknowns(t, state[0])
        full = model.gradient(x, t, j)[foreign]
        return x, t, full.sum(axis=0, keepdims=True) if mfn else full

    def loss(u: Array) -> tuple[float, Array]:
        x, t, rise = slope(u.reshape(scale.shape) / scale)
        return -100 * float(model.objective(x, t)[j]), -100 * (rise / scale).ravel()

    ends = np.log1p([lower, upper])
    bounds = [(ends[0] * c, ends[1] * c) for c in scale.ravel()]
    options = {"maxiter": 400, "maxfun": 800, "ftol": 0.0, "gtol": 1e-9, "maxcor": 30}
    u0 = (np.log1p(start) * scale).ravel()
    found = minimize(loss, u0, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    v = found.x.reshape(scale.shape) / scale
    for _ in range(2000):
        x, t, rise = slope(v)
        bought = (model.evaluate(x, t)[1] * (1 + t))[j][foreign]
        bought = bought.sum(axis=0, keepdims=True) if mfn else bought
        step = np.clip(rise * model.income[j] / (model.sigma * bought), -0.3, 0.3)
        new = np.clip(v + step, *ends)
        moved, v = np.abs(new - v).max(), new
        if moved < 1e-10:
            return tariffs(v)
    raise ArithmeticError(f"no optimum found: the last step moved log(1+t) by {moved:.1e}")


@dataclass(frozen=True)
class Structure:
    """A counterfactual of the two structures below; world value added is the numeraire."""

    wage_hat: Array  # [n], or [n,s] where labour is specific
    variety_hat: Array  # [n,s] number of firms; one without entry
    price_hat: Array  # [n,s]
    income_prime: Array  # [n] value added + tariff revenue + deficit
    real_income_hat: Array  # [n]
    flows_prime: Array  # [n,i,s] net of tariff
    residual: float


def _base(world: World) -> tuple[Array, ...]:
    """Shares pi [n,i,s], output, expenditure [n,s], deficit [n] and kappa's theta [s]."""
    if world.export_tax is not None:
        raise ValueError("export taxes are not modelled here")
    gross = world.flows * (1 + world.tariffs)
    spent = gross.sum(axis=1)
    own = np.eye(len(gross))[:, :, None]  # a sector nobody buys is priced by its own cost
    share = np.where(spent[:, None] > 0, gross / np.where(spent > 0, spent, 1)[:, None], own)
    deficit = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    return share, world.flows.sum(axis=0), spent, deficit, world.elasticity().theta


def free_entry(world: World, tariff_prime: Array) -> Structure:
    """Krugman with several sectors, free entry, mobile labour, no inputs; D' = D.

    Markups are constant and tariffs bear on the delivered price, so a firm's revenue is a fixed
    multiple of the wage and N_hat = Y_hat / w_hat wherever firms are left:

        P_hat[n,s]^-theta = sum_i pi[n,i,s] N_hat[i,s] (kappa[n,i,s] w_hat[i])^-theta
        0 <= N_hat[i,s]  complementary to  1 - (revenue per firm)_hat / w_hat[i] >= 0
        sum_s N_hat[i,s] Y[i,s] = sum_s Y[i,s]

    The complementarity goes through Fischer and Burmeister's function a + b - sqrt(a^2 + b^2).
    """
    if world.has_inputs:
        raise ValueError("free entry is written for a world without inputs")
    share, output, spent, deficit, theta = _base(world)
    n, s = output.shape
    labour = output.sum(axis=1)
    income = spent.sum(axis=1)
    taste = spent / income[:, None]
    pull = share * ((1 + tariff_prime) / (1 + world.tariffs)) ** -theta
    made = output > 0

    def parts(x: Array) -> tuple[Array, ...]:
        wage, firms = np.exp(x[:n]), np.where(made, x[n:].reshape(n, s), 0.0)
        each = pull * (wage[:, None] ** -theta)[None]  # what one firm of i takes in n
        phi = (each * firms).sum(axis=1)
        each = each / np.where(phi > 0, phi, 1)[:, None] / (1 + tariff_prime)
        duty = (each * firms * tariff_prime).sum(axis=1)
        money = (wage * labour + deficit) / (1 - (taste * duty).sum(axis=1))
        each = each * (taste * money[:, None])[:, None]
        return wage, firms, phi, money, each

    def system(x: Array) -> Array:
        wage, firms, _, _, each = parts(x)
        revenue = each.sum(axis=0) / np.where(made, output, 1)
        a, b = firms, 1 - revenue / wage[:, None]
        entry = np.where(made, a + b - np.sqrt(a**2 + b**2), x[n:].reshape(n, s) - 1)
        market = (firms * output).sum(axis=1) / labour - 1
        market[-1] = wage @ labour / labour.sum() - 1
        return np.concatenate([market, entry.ravel()])

    x = np.concatenate([np.zeros(n), np.ones(n * s)])
    for _ in range(3):
        x = root(system, x, method="hybr", tol=1e-14).x
    wage, firms, phi, money, each = parts(x)
    price = np.where(phi > 0, phi, 1) ** (-1 / theta)
    return Structure(
        wage_hat=wage,
        variety_hat=np.maximum(firms, 0),
        price_hat=price,
        income_prime=money,
        real_income_hat=money / income / np.exp((taste * np.log(price)).sum(axis=1)),
        flows_prime=each * firms,
        residual=float(np.abs(system(x)).max()),
    )


def sector_specific(world: World, tariff_prime: Array, most: int = 20_000) -> Structure:
    """Perfect competition with employment fixed by sector; inputs if the world has them; D' = D.

        c_hat[i,s] = w_hat[i,s]^va[i,s] prod_k P_hat[i,k]^g[i,k,s]
        P_hat[n,s]^-theta = sum_i pi[n,i,s] (kappa[n,i,s] c_hat[i,s])^-theta
        X'[n,k] = sum_s g[n,k,s] Y'[n,s] + alpha[n,k] I'[n],   Y'[i,s] = sum_n pi' X' / (1+t')
        w_hat[i,s] va[i,s] Y[i,s] = va[i,s] Y'[i,s]

    Each wage moves by its market's excess, the more slowly the larger theta is; expenditure and
    prices at given wages come from a linear system and from their fixed point.
    """
    share, output, spent, deficit, theta = _base(world)
    n, s = output.shape
    va = np.ones((n, s)) if world.value_added_share is None else world.value_added_share
    inputs = np.zeros((n, s, s)) if world.input_share is None else world.input_share
    final = np.clip(spent - np.einsum("nks,ns->nk", inputs, output), 0, None)
    income = final.sum(axis=1)
    taste = final / income[:, None]
    paid = va * output
    pull = share * ((1 + tariff_prime) / (1 + world.tariffs)) ** -theta
    index, moving = np.arange(n), paid > 0
    wage, log_p = np.ones((n, s)), np.zeros((n, s))
    for _ in range(most):
        while True:
            cost = np.exp(va * np.log(wage) + np.einsum("nk,nks->ns", log_p, inputs))
            each = pull * (cost**-theta)[None]
            new = -np.log(each.sum(axis=1)) / theta
            gap, log_p = np.abs(new - log_p).max(), new
            if gap < 1e-15:
                break
        trade = each / each.sum(axis=1, keepdims=True)
        net = trade / (1 + tariff_prime)
        matrix = np.einsum("nks,mns->nkms", inputs, net)
        matrix[index, :, index] += taste[:, :, None] * (trade - net).sum(axis=1)[:, None]
        own = taste * ((wage * paid).sum(axis=1) + deficit)[:, None]
        solved = np.linalg.solve(np.eye(n * s) - matrix.reshape(n * s, n * s), own.ravel())
        flows = net * solved.reshape(n, s)[:, None]
        ratio = np.where(moving, va * flows.sum(axis=0) / np.where(moving, wage * paid, 1), 1)
        left = float(np.abs(ratio - 1).max())
        if left < 1e-13:
            break
        wage = wage * ratio ** np.where(moving, 1 / (1 + theta), 0)
        wage = np.where(moving, wage * paid.sum() / (wage * paid).sum(), 1)
    money = (wage * paid).sum(axis=1) + deficit + (flows * tariff_prime).sum(axis=(1, 2))
    return Structure(
        wage_hat=wage,
        variety_hat=np.ones((n, s)),
        price_hat=np.exp(log_p),
        income_prime=money,
        real_income_hat=money / income / np.exp((taste * log_p).sum(axis=1)),
        flows_prime=flows,
        residual=left,
    )
