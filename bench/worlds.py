"""The worlds and shocks that are timed: seeded, exact by construction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.economy import ElasticitySet, World

Array = NDArray[np.float64]


def synthetic(regions: int, sectors: int, seed: int = 2015) -> World:
    """A gravity-like world: sizes, distances, tastes, tariffs and input shares are random.

    Country sizes are lognormal, bilateral trade falls with distance on a circle, a tenth of the
    foreign cells is empty, bilateral totals are balanced up to 10 %, the last quarter of the
    sectors is services (no tariff, little trade). Inputs follow the composition of a country's
    expenditure with noise, cut back wherever they would exceed 95 % of it, so that final demand
    is positive everywhere.
    """
    rng = np.random.default_rng((seed, regions, sectors))
    n, s = regions, sectors
    own = np.arange(n)
    services = np.arange(s) >= s - s // 4
    size = rng.lognormal(0, 1.5, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    gap = np.abs(np.angle(np.exp(1j * (angle[:, None] - angle[None, :]))))
    distance = 0.2 + gap / np.pi

    supply = size[:, None] * rng.lognormal(0, 0.7, (n, s))
    demand = size[:, None] * rng.lognormal(0, 0.3, (n, s))
    flows = demand[:, None, :] * supply[None, :, :] / size.sum() / distance[:, :, None]
    flows *= rng.lognormal(0, 0.6, flows.shape) * np.where(services, 0.1, 1.0)
    flows[rng.random(flows.shape) < 0.1] = 0
    flows[own, own] = 0
    total = flows.sum(axis=2)
    wedge = rng.lognormal(0, 0.1, (n, n))
    flows *= (wedge * np.sqrt(total * total.T) / np.where(total > 0, total, 1))[:, :, None]
    # Home sales: a base of a country's own, and enough for exports not to be all of output.
    flows[own, own] = supply * rng.uniform(4, 12, (n, s)) + 0.3 * flows.sum(axis=0)

    tariffs = np.minimum(rng.lognormal(-3.2, 0.9, (n, n, s)), 0.6)
    tariffs[:, :, services] = 0
    tariffs[own, own] = 0

    expenditure = (flows * (1 + tariffs)).sum(axis=1)
    output = flows.sum(axis=0)
    mix = expenditure[:, :, None] * rng.lognormal(0, 0.8, (n, s, s))
    inputs = rng.uniform(0.3, 0.65, (n, 1, s)) * mix / mix.sum(axis=1, keepdims=True)
    use = np.einsum("nks,ns->nk", inputs, output)
    inputs *= np.minimum(1, 0.95 * expenditure / use)[:, :, None]
    return World(
        name=f"synthetic-{n}x{s}",
        year=2017,
        regions=tuple(f"R{i:03d}" for i in range(n)),
        sectors=tuple(f"S{k:03d}" for k in range(s)),
        flows=flows * 1e4,
        tariffs=tariffs,
        elasticities=(ElasticitySet("drawn", rng.uniform(2.5, 12, s), "drawn, seeded"),),
        value_added_share=1 - inputs.sum(axis=1),
        input_share=inputs,
        goods=tuple(f"S{k:03d}" for k in np.flatnonzero(~services)),
    )


def tariff_war(world: World, first: str | None = None, second: str | None = None) -> Array:
    """Tariffs [n,i,s] of a tariff war: +25 points both ways between two countries on all goods.

    The first (by default the largest importer) puts another 10 points on everyone's goods.
    """
    own = np.arange(len(world.regions))
    abroad = world.flows.copy()
    abroad[own, own] = 0
    ranked = np.argsort(-abroad.sum(axis=(1, 2)))
    a = ranked[0] if first is None else world.region_index(first)
    b = ranked[1] if second is None else world.region_index(second)
    goods = world.goods_mask
    tariffs = world.tariffs.copy()
    tariffs[a][:, goods] += 0.10
    tariffs[a, b, goods] += 0.25
    tariffs[b, a, goods] += 0.25
    tariffs[own, own] = 0
    return tariffs
