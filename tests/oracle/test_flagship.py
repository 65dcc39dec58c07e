"""The brief's own figures by a second route: the plain reference on the flagship's packages."""

from __future__ import annotations

import numpy as np
import pytest

import parley
from parley.studies import STATUS_QUO
from tests.oracle import closures, reference

PACKAGES = (
    "mini",
    "all-items",
    "threat-carried-out",
    "threat-with-retaliation",
    "us-china-truce-broken",
)


@pytest.fixture(scope="module")
def study() -> parley.Study:
    return parley.study("us-japan-2019")


def by_reference(study: parley.Study, package: str) -> np.ndarray:
    """Real income of a package against the world's year, by the reference, shape [n]."""
    world, policy = study.world, study.policy(package)
    economy = reference.economy_from_flows(
        world.flows,
        world.tariffs,
        world.elasticity(study.setting.elasticity).theta,
        world.value_added_share,
        world.input_share,
        world.export_tax,
    )
    found = reference.solve(
        economy,
        tariff_prime=policy.tariff_prime,
        iceberg_hat=policy.cost_hat * (1 + world.tariffs) / (1 + policy.tariff_prime),
        deficit_prime=closures.world_share(economy),
        expenditure="iterate",
        tolerance=1e-11,
    )
    assert found.converged
    return np.asarray(found.real_income_hat)


def test_the_scenario_has_these_packages(study: parley.Study) -> None:
    assert study.package_ids == PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_real_income_of_a_package(study: parley.Study, package: str) -> None:
    expected = by_reference(study, package) / by_reference(study, STATUS_QUO)
    found = study.compare(package).real_income_hat
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-9)


def test_no_package_is_the_status_quo(study: parley.Study) -> None:
    """The smallest effect reported is far above the solver's error."""
    for package in PACKAGES:
        assert np.abs(study.compare(package).real_income_hat - 1).max() > 1e-5
