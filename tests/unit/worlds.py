"""Small exact worlds for tests, made from a seed; nothing here is data."""

from __future__ import annotations

import numpy as np

from parley.economy import ElasticitySet, World


def random_world(
    regions: int = 4, sectors: int = 3, seed: int = 0, *, inputs: bool = True
) -> World:
    """Return an exact world with deficits, tariffs and (by default) input-output links."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 1, regions))
    flows = np.einsum("n,i,s->nis", size, size, np.exp(rng.normal(0, 0.5, sectors)))
    flows = flows * np.exp(rng.normal(0, 1, flows.shape))
    own = np.arange(regions)
    flows[own, own] = 3.0 * flows.sum(axis=1)
    tariffs = rng.uniform(0, 0.2, flows.shape)
    tariffs[own, own] = 0.0
    value_added = shares = None
    if inputs:
        spending, output = (flows * (1 + tariffs)).sum(axis=1), flows.sum(axis=0)
        shares = rng.dirichlet(np.ones(sectors), (regions, sectors)).transpose(0, 2, 1) * 0.5
        use = np.einsum("nks,ns->nk", shares, output)
        shares = shares * np.minimum(1, 0.8 * spending / use)[:, :, None]
        value_added = 1 - shares.sum(axis=1)
    return World(
        name="random",
        year=2000,
        regions=tuple(f"R{i}" for i in range(regions)),
        sectors=tuple(f"S{i}" for i in range(sectors)),
        flows=flows,
        tariffs=tariffs,
        elasticities=(ElasticitySet("drawn", rng.uniform(2, 9, sectors), "drawn for tests"),),
        value_added_share=value_added,
        input_share=shares,
    )


def two_country(rows: list[list[float]], theta: float = 4.0) -> World:
    """Return a two-country, one-sector world without tariffs or inputs."""
    flows = np.array(rows, dtype=float)[:, :, None]
    return World(
        name="two-country",
        year=2000,
        regions=("A", "B"),
        sectors=("ALL",),
        flows=flows,
        tariffs=np.zeros_like(flows),
        elasticities=(ElasticitySet("uniform", np.array([theta]), "assumed"),),
    )
