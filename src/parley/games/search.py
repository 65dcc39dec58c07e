r"""An independent search for a profitable deviation, by other means than the solver's.

Two kinds, neither of which uses the steps of :mod:`parley.games.steps`:

* quasi-Newton ascents (L-BFGS-B, SciPy) from far-away starts in scaled logarithms
  :math:`u = \ln(1+t)\,\sqrt{\sigma M / G}`, the scale that makes all flows count alike;
* probes that use no derivative at all: all tariffs of the player scaled up and down, those
  on one source, those on one sector, and random ones.

What is reported is the best gain found, in percentage points of the player's welfare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from parley.equilibrium.simulator import Point, Simulator
from parley.games.players import Player

__all__ = ["Deviation", "ascend", "feasible", "probe"]

Array = NDArray[np.float64]
SCALES = (0.0, 0.5, 0.9, 0.97, 1.03, 1.1, 1.5, 2.0)
FACTORS = (0.8, 1.25)
LARGEST_BLOCKS = 5
RANDOM_PROBES = 6


@dataclass(frozen=True, eq=False)
class Deviation:
    """The best alternative found: where, its gain in percentage points, and how.

    ``tried`` counts the equilibria evaluated.
    """

    point: Point
    gain_pp: float
    how: str
    tried: int


def feasible(player: Player, point: Point, base: Point) -> bool:
    """Whether a point is proven and keeps the player's floors (to 1e-7 of their level)."""
    return point.ok and all(
        f.value(point.real_income) >= (1.0 - f.may_lose - 1e-7) * f.value(base.real_income)
        for f in player.objective.floors
    )


def ascend(
    simulator: Simulator,
    player: Player,
    here: Point,
    start: Array,
    *,
    max_steps: int = 40,
) -> tuple[Point, int]:
    """Return where L-BFGS-B ends from the rates ``start``, and how many equilibria it took.

    The other players' tariffs are those of ``here``. Floors are not taken into account.
    """
    tools, objective = player.instruments, player.objective
    level = objective.value(here.real_income)
    sigma = simulator.theta[tools.cells[2]] + 1.0
    mass = np.bincount(tools.group, sigma * here.imports[tools.cells], tools.size)
    scale = np.sqrt(np.maximum(mass / level, 1e-16))
    best: list[Point] = []
    count = 0
    near = here

    def fun(u: Array) -> tuple[float, Array]:
        nonlocal count, near
        count += 1
        gross = np.exp(u / scale)
        point = simulator.at(tools.write(here.tariff, gross - 1.0), near)
        if not point.ok:
            return 1e3, np.zeros_like(u)
        near = point
        value = objective.value(point.real_income)
        if not best or value > objective.value(best[0].real_income):
            best[:] = [point]
        gradient = tools.pull(simulator.gradients(point, objective.weight[None])[0])
        return -100.0 * (value / level - 1.0), -100.0 / level * gradient * gross / scale

    begin = np.log1p(tools.clip(np.maximum(start, -0.9))) * scale
    low, high = (np.log1p(np.maximum(b, -0.99)) * scale for b in (tools.lower, tools.upper))
    minimize(
        fun,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([low, high], axis=1),
        options={"maxiter": max_steps, "maxfun": 2 * max_steps, "ftol": 1e-12, "gtol": 1e-7},
    )
    return (best[0] if best else here), count


def probe(
    simulator: Simulator, player: Player, here: Point, base: Point, seed: int = 0
) -> Deviation:
    """Return the best of the derivative-free deviations from ``here``."""
    tools, objective = player.instruments, player.objective
    rates = tools.read(here.tariff, here.imports)
    level = objective.value(here.real_income)
    best, gain, how, count = here, -np.inf, "", 0
    for name, trial in _trials(player, here, rates, seed):
        goal = tools.clip(trial)
        if np.abs(goal - rates).max() < 1e-9:
            continue
        point = simulator.at(tools.write(here.tariff, goal), here)
        count += 1
        if feasible(player, point, base):
            value = 100.0 * (objective.value(point.real_income) / level - 1.0)
            if value > gain:
                best, gain, how = point, value, name
    return Deviation(best, gain, how, count)


def _trials(player: Player, here: Point, rates: Array, seed: int) -> list[tuple[str, Array]]:
    tools = player.instruments
    found = [(f"all tariffs times {k:g}", rates * k) for k in SCALES]
    found += [(f"all tariffs plus {d:+.0%}", rates + d) for d in (-0.05, 0.05)]
    sector = np.zeros(tools.size, dtype=np.intp)
    source = np.zeros(tools.size, dtype=np.intp)
    sector[tools.group], source[tools.group] = tools.cells[2], tools.cells[1]
    mass = np.bincount(tools.group, here.imports[tools.cells], tools.size)
    kinds = [("sector", sector)] if tools.mfn else [("sector", sector), ("source", source)]
    for kind, label in kinds:
        total = np.bincount(label, mass)
        for k in np.argsort(total)[::-1][:LARGEST_BLOCKS]:
            if total[k] > 0:
                found += [
                    (f"tariffs of one {kind} times {f:g}", np.where(label == k, rates * f, rates))
                    for f in FACTORS
                ]
    rng = np.random.default_rng(seed)
    for size in (0.02, 0.1, 0.5):
        for _ in range(RANDOM_PROBES // 3):
            noise = np.exp(size * rng.standard_normal(tools.size))
            found.append(("random tariffs", (1.0 + rates) * noise - 1.0))
    return found
