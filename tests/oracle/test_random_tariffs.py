"""A thousand tariff vectors between -50 % and +500 % on the embedded world."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

import parley
from parley.equilibrium import solve
from tests.oracle import package, reference

DRAWS = 1000
SHIPPED = resources.files("parley").joinpath("data", "worlds", "world-2017.nc")


@pytest.mark.slow
@pytest.mark.skipif(not SHIPPED.is_file(), reason="the embedded world has not been built")
def test_a_thousand_random_tariff_vectors() -> None:
    """At least 99.5 % are solved to 1e-9, judged by the reference; it confirms each refusal."""
    world = parley.load_world("world-2017")
    n, _, s = world.tariffs.shape
    taxed = ~np.eye(n, dtype=bool)[:, :, None] & np.ones(s, dtype=bool)
    economy = package.economy_of(world)
    refused = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        tariff = np.where(taxed, rng.uniform(-0.5, 5, (n, n, s)), world.tariffs)
        if seed % 2:  # every other draw changes a tenth of the flows only
            tariff = np.where(rng.random((n, n, s)) < 0.1, tariff, world.tariffs)
        found = solve(world, package.policy_of(world, tariff))
        if not found.report.ok:
            assert found.report.path
            refused.append((seed, tariff))
            continue
        assert (found.income > 0).all(), f"draw {seed}: a region without income"
        if seed % 20 < 2:
            judged = package.judge(found, tariff_prime=tariff)
            assert judged.worst < 1e-9, f"draw {seed}: {judged}"
    assert len(refused) <= DRAWS * 0.005, f"refused: {[seed for seed, _ in refused]}"
    for seed, tariff in refused:
        second = reference.solve(
            economy, tariff, damping=0.1, expenditure="iterate", max_seconds=60
        )
        assert not second.converged, f"draw {seed} was refused but has a solution"
