r"""Political weights from applied tariffs: which weights would make them optimal?

Applied tariffs are negotiated and far below optimal ones, so only their pattern over
sectors is used, brought to the mean of optimal ones. With :math:`\tau_s` a region's
import-weighted applied duty and m that mean, the pattern is

.. math:: t_s = \tau_s - \bar\tau + m \quad \text{(shift)} \qquad \text{or} \qquad
          t_s = m\,\tau_s / \bar\tau \quad \text{(scale)}.

The shift is Ossa's (2014): it keeps differences between sectors in points of tariff, so his
published weights follow from his target tariffs. At the pattern the government's
first-order conditions for most-favoured-nation tariffs are linear in the weights,

.. math:: \sum_k \lambda_k \frac{\partial x_k}{\partial t_s} = 0 \quad (t_s > 0), \qquad
          \le 0 \quad (t_s = 0),

so for each m the weights of mean one that come nearest, in points of tariff, solve a
bounded linear least-squares problem, and m is where they come nearest of all; several such
m are reported. Weights are a *proxy*: applied tariffs are themselves bargained, and
mean-one weights cannot turn 60 % into 5 %. They are identified only where there is a tariff:
a pattern of zero gives an upper bound, sectors without duties nothing, and where the data
are silent the weight nearest to one is taken (a small ridge).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear, minimize_scalar

from parley.equilibrium.simulator import Point, Simulator
from parley.errors import InputError
from parley.games.instruments import DEFAULT_BOUNDS, make_instruments
from parley.games.optimum import Optimum, optimum
from parley.games.players import Player
from parley.games.steps import Curvature
from parley.labels import allowed_text
from parley.politics.objective import Objective

__all__ = ["PATTERNS", "InferredWeights", "Minimum", "infer_weights"]

Array = NDArray[np.float64]
PATTERNS = ("shift", "scale")
GRID = np.geomspace(0.03, 3.0, 11)
RIDGE = 1e-4
ZERO_DUTY = 1e-6
# A minimum counts if it fits to within this multiple of the best one, or this share of m.
NEAR_BEST = 2.0
GOOD_FIT = 0.01
STATUSES = ("identified", "upper bound", "no tariff")


@dataclass(frozen=True)
class Minimum:
    """One mean rate at which the first-order conditions are met best.

    ``mean_rate`` is m, a fraction; ``misfit`` the root mean square distance of the rates
    implied to the pattern, a share of m.
    """

    mean_rate: float
    misfit: float


@dataclass(frozen=True, eq=False)
class InferredWeights:
    """Weights of one region's sectors that rationalise its pattern of tariffs: a proxy.

    Attributes
    ----------
    region
        Position of the region.
    weight
        [sector], mean one.
    status
        [sector]: "identified" from a positive rate of the pattern, "upper bound" from a
        zero rate, "no tariff" where none can be set (weight one).
    pattern
        "shift" or "scale": how applied duties are brought to the mean of optimal ones.
    applied
        [sector] import-weighted applied duty, a fraction.
    target
        [sector] the pattern at the mean where it fits best.
    optimal
        [sector] the region's optimal most-favoured-nation tariffs under the weights.
    minima
        Every mean rate that fits about as well; the first is the one used. More than one:
        the weights are not unique.
    correlation
        Of ``optimal`` with the applied pattern over identified sectors.
    misfit_pp
        Root mean square of ``optimal`` less ``target`` over them, percentage points.
    condition
        Ratio of the largest to the smallest response of the conditions to the identified
        weights, their mean kept; large values mean weakly identified.
    best
        The optimum used for the comparison, with its certificate.
    """

    region: int
    weight: Array
    status: tuple[str, ...]
    pattern: str
    applied: Array
    target: Array
    optimal: Array
    minima: tuple[Minimum, ...]
    correlation: float
    misfit_pp: float
    condition: float
    best: Optimum

    @property
    def certified(self) -> bool:
        """Whether the optimum used for the comparison is certified."""
        return self.best.certificate.ok


@dataclass(frozen=True, eq=False)
class _Fit:
    weight: Array
    misfit: float
    system: Array


class _Pattern:
    """A region's pattern of duties and the conditions that it be optimal."""

    def __init__(
        self,
        simulator: Simulator,
        base: Point,
        imports: Array,
        region: int,
        goods: NDArray[np.bool_],
        pattern: str,
        duties: Array | None,
    ) -> None:
        self.simulator, self.base, self.region = simulator, base, region
        self.pattern = pattern
        self.tools = make_instruments(
            [region], imports, goods, mfn=True, bounds=(0.0, 2 * DEFAULT_BOUNDS[1])
        )
        self.sector = np.zeros(self.tools.size, dtype=np.intp)
        self.sector[self.tools.group] = self.tools.cells[2]
        self.rates = self.tools.read(base.tariff, imports)
        if duties is not None:
            self.rates = np.asarray(duties, dtype=np.float64)[self.sector]
        self.mean = float(self.rates.mean()) if self.tools.size else 0.0
        self.count = base.real_income.shape[1]
        self._near = base

    def target(self, mean_rate: float) -> Array:
        """Return the pattern at one mean rate, [instrument], not below zero."""
        if self.pattern == "scale":
            return self.rates * (mean_rate / self.mean)
        return np.maximum(self.rates - self.mean + mean_rate, 0.0)

    def fit(self, mean_rate: float) -> _Fit:
        """Return the best weights at one mean rate."""
        rates = self.target(mean_rate)
        point = self.simulator.at(self.tools.write(self.base.tariff, rates), self._near)
        if not point.ok:
            return _Fit(np.ones(self.count), np.inf, np.zeros((self.tools.size, self.count)))
        self._near = point
        cotangents = np.zeros((self.count, *self.base.real_income.shape))
        cotangents[np.arange(self.count), self.region, np.arange(self.count)] = 1.0
        found = self.simulator.gradients(point, cotangents)
        pulled = np.stack([self.tools.pull(g) for g in found])
        curvature = Curvature(point, self.tools, self.simulator.theta)
        system = curvature.solve(pulled).T / mean_rate
        weight, misfit = _nearest(system, self.sector, rates <= ZERO_DUTY)
        return _Fit(weight, misfit, system)


def infer_weights(
    simulator: Simulator,
    base: Point,
    imports: Array,
    region: int,
    goods: NDArray[np.bool_],
    *,
    pattern: str = "shift",
    duties: Array | None = None,
) -> InferredWeights:
    """Return the weights that rationalise a region's applied tariffs.

    Parameters
    ----------
    simulator
        The model.
    base
        The point of the applied tariffs.
    imports
        [importer, exporter, sector] imports at the base, domestic sales zero.
    region
        Position of the region.
    goods
        [sector], True where tariffs may be set.
    pattern
        "shift" or "scale".
    duties
        [sector] tariffs whose pattern to explain instead of the applied ones.

    Raises
    ------
    InputError
        If the region applies no tariff, or none that differs between sectors; if there is
        no such pattern.
    """
    if pattern not in PATTERNS:
        raise InputError.one(
            f"unknown pattern '{pattern}'",
            "--pattern",
            "it says how applied tariffs are brought to the mean of optimal ones",
            allowed_text(pattern, PATTERNS),
        )
    shape = _Pattern(simulator, base, imports, region, goods, pattern, duties)
    name = simulator.regions[region]
    if shape.tools.size < 2 or np.ptp(shape.rates) <= ZERO_DUTY:
        raise InputError.one(
            f"no weights can be inferred for {name}",
            "inferred weights",
            "its applied tariffs do not differ between sectors",
            "choose another party, or other weights: --weights none, or a CSV file",
        )
    fits = [(float(m), shape.fit(float(m))) for m in GRID]
    minima = _refine(shape, fits)
    best_mean, best = minima[0]
    good = [
        Minimum(m, f.misfit)
        for m, f in minima
        if f.misfit <= max(NEAR_BEST * best.misfit, GOOD_FIT)
    ]
    return _judge(shape, best_mean, best, tuple(good), base)


def _nearest(
    system: Array, sector: NDArray[np.intp], zero: NDArray[np.bool_]
) -> tuple[Array, float]:
    """Return weights >= 0 of mean one, and the misfit of the conditions they leave."""
    rows, count = system.shape
    slacks = np.flatnonzero(zero)
    free = np.unique(sector)
    fixed = np.setdiff1d(np.arange(count), free)
    # Unknowns: weights of sectors with a tariff, then a slack for every zero duty.
    slack = np.zeros((rows, len(slacks)))
    slack[slacks, np.arange(len(slacks))] = 1.0
    known = system[:, fixed].sum(axis=1)
    ridge = RIDGE * np.hstack([np.eye(len(free)), np.zeros((len(free), len(slacks)))])
    heavy = 1e3
    mean = heavy * np.hstack([np.full(len(free), 1.0 / count), np.zeros(len(slacks))])
    matrix = np.vstack([np.hstack([system[:, free], slack]), ridge, mean[None]])
    goal = np.concatenate([-known, np.full(len(free), RIDGE), [heavy * (1.0 - len(fixed) / count)]])
    found = lsq_linear(matrix, goal, bounds=(0.0, np.inf), method="bvls").x
    weight = np.ones(count)
    weight[free] = found[: len(free)]
    gap = system @ weight + slack @ found[len(free) :]
    return weight, float(np.sqrt(np.mean(gap**2)))


def _refine(pattern: _Pattern, fits: list[tuple[float, _Fit]]) -> list[tuple[float, _Fit]]:
    """Return every local minimum of the misfit over m, the best first."""
    misfit = [f.misfit for _, f in fits]
    found: list[tuple[float, _Fit]] = []
    for k in range(len(fits)):
        left = misfit[k - 1] if k else np.inf
        right = misfit[k + 1] if k + 1 < len(fits) else np.inf
        if not np.isfinite(misfit[k]) or misfit[k] > min(left, right):
            continue
        low = np.log(fits[max(k - 1, 0)][0])
        high = np.log(fits[min(k + 1, len(fits) - 1)][0])
        at = minimize_scalar(
            lambda u: pattern.fit(float(np.exp(u))).misfit,
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-4, "maxiter": 14},
        )
        mean = float(np.exp(at.x))
        refined = pattern.fit(mean)
        found.append((mean, refined) if refined.misfit < misfit[k] else fits[k])
    return sorted(found, key=lambda f: f[1].misfit)


def _judge(
    pattern: _Pattern, mean: float, best: _Fit, minima: tuple[Minimum, ...], base: Point
) -> InferredWeights:
    """Compare the optimum under the weights with the pattern, and count what is known."""
    count, sector = pattern.count, pattern.sector
    weight = best.weight / best.weight.mean()
    table = np.zeros(base.real_income.shape)
    table[pattern.region] = weight
    name = pattern.simulator.regions[pattern.region]
    player = Player(Objective(name, table, "inferred weights"), pattern.tools)
    found = optimum(pattern.simulator, player, base)
    rates = pattern.tools.read(found.point.tariff, found.point.imports)
    target = pattern.target(mean)
    zero = target <= ZERO_DUTY
    status = np.full(count, STATUSES[2], dtype=object)
    status[sector] = np.where(zero, STATUSES[1], STATUSES[0])
    wide = [np.full(count, np.nan) for _ in range(3)]
    for array, values in zip(wide, (pattern.rates, target, rates), strict=True):
        array[sector] = values
    inside = ~zero
    spread = np.linalg.svd(_spread(best.system[inside], sector[inside]), compute_uv=False)
    varies = inside.sum() > 2 and np.ptp(rates[inside]) > 0
    return InferredWeights(
        region=pattern.region,
        weight=weight,
        status=tuple(str(s) for s in status),
        pattern=pattern.pattern,
        applied=wide[0],
        target=wide[1],
        optimal=wide[2],
        minima=minima,
        correlation=float(np.corrcoef(rates[inside], target[inside])[0, 1])
        if varies
        else float("nan"),
        misfit_pp=100.0 * float(np.sqrt(np.mean((rates[inside] - target[inside]) ** 2))),
        condition=float(spread[0] / spread[-1]) if len(spread) and spread[-1] > 0 else np.inf,
        best=found,
    )


def _spread(system: Array, sector: NDArray[np.intp]) -> Array:
    """Return the response of the conditions to weights that keep their mean."""
    count = len(sector)
    basis = np.linalg.svd(np.full((1, count), 1.0 / count))[2][1:]
    response: Array = system[:, sector] @ basis.T
    return response
