"""Finite differences of real incomes in tariffs, to be compared with the simulator's gradients.

Central differences at three steps, extrapolated twice (Richardson), each equilibrium solved to
rounding error by the ordinary solver. They share the equations with the gradients, not the
differentiation.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.simulator import Point, WorldSimulator
from parley.equilibrium.solve import equilibrium_of, find

Array = NDArray[np.float64]
EXACT = 1e-14


def foreign(sim: WorldSimulator) -> Array:
    """One for international cells, zero for domestic ones, [n,i,1]."""
    return 1.0 - np.eye(len(sim.regions))[:, :, None]


def objectives(sim: WorldSimulator, seed: int) -> Array:
    """Cotangents [o,n,s]: real income of every region, then a politically weighted one."""
    n, s = len(sim.regions), len(sim.sectors)
    weight = np.zeros((n + 1, n, s))
    weight[np.arange(n), np.arange(n)] = 1.0
    weight[n, 0] = np.random.default_rng(seed).uniform(0.2, 2.0, s)
    return weight


def directions(sim: WorldSimulator, seed: int) -> list[Array]:
    """Where to move tariffs [n,i,s]: everywhere, by the first party, the second, in one cell."""
    rng = np.random.default_rng(seed)
    everywhere = foreign(sim) * rng.normal(size=sim.tariff.shape)
    own, other, cell = (np.zeros_like(everywhere) for _ in range(3))
    own[0] = foreign(sim)[0]
    other[1] = foreign(sim)[1] * rng.uniform(0.5, 1.5, sim.tariff.shape[1:])
    cell[1, 0, 0] = 1.0
    return [everywhere, own, other, cell]


def real_income(sim: WorldSimulator, tariff: Array, near: Point) -> Array:
    """Real income [region, sector] at the tariffs, solved to rounding error."""
    policy = sim.policy_at(tariff)
    start = np.asarray(near.unknowns)
    found = find(sim.base, policy, "anderson", EXACT, start)[1:]
    at = equilibrium_of(sim.base, policy, *found).require()
    return np.asarray(at.sector_income / at.consumer_price_hat[:, None])


def slopes(sim: WorldSimulator, near: Point, weight: Array, direction: Array, step: float) -> Array:
    """Derivatives of the objectives along the direction at the point's tariffs, [o]."""

    def value(size: float) -> Array:
        x = real_income(sim, near.tariff + size * direction, near)
        return np.einsum("ons,ns->o", weight, x)

    rough = [(value(h) - value(-h)) / (2 * h) for h in (step, step / 2, step / 4)]
    better = [(4 * b - a) / 3 for a, b in pairwise(rough)]
    return (16 * better[1] - better[0]) / 15


def check(sim: WorldSimulator, tariff: Array, seed: int, step: float = 0.008) -> None:
    """Assert that gradients are the finite differences, to six digits."""
    point = sim.at(tariff)
    assert point.ok
    weight = objectives(sim, seed)
    gradient = sim.gradients(point, weight)
    n = np.arange(len(sim.regions))
    assert gradient.shape == (len(weight), *tariff.shape)
    assert np.all(gradient[:, n, n] == 0.0)
    for direction in directions(sim, seed):
        exact = np.einsum("onis,nis->o", gradient, direction)
        found = slopes(sim, point, weight, direction, step)
        np.testing.assert_allclose(exact, found, rtol=1e-6, atol=2e-7 * np.abs(exact).max())
