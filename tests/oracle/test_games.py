"""Optimal tariffs, wars and cooperation against closed forms and independent solutions.

Two countries, one sector, competitive: Gros (1987), t = 1 / (theta lambda_jj) with
lambda_jj the partner's home share at net-of-tariff values. Ossa's data: the optimum of an
independent NumPy implementation. Certificates are re-checked by means that share nothing
with the solver: finite differences of solved equilibria and a derivative-free search.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from parley import load_world
from parley.arena import Arena, Rules, arena_of_world
from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.equilibrium import solve
from parley.policy.wedges import Policy
from parley.studies import Setting
from tests.oracle import ossa as reference
from tests.replication import ossa2014

SOURCES = os.environ.get("PARLEY_SOURCES")
needs_ossa = pytest.mark.skipif(
    not SOURCES or not (Path(SOURCES) / "ossa-2014").is_dir(),
    reason="PARLEY_SOURCES names no folder with ossa-2014",
)
SYMMETRIC = [[80.0, 20.0], [20.0, 80.0]]
UNEQUAL = [[900.0, 50.0], [50.0, 50.0]]


def two_countries(flows: list[list[float]]) -> Arena:
    """Return an arena of two countries and one sector, theta 4, no tariffs."""
    world = World(
        name="two",
        year=2000,
        regions=("A", "B"),
        sectors=("x",),
        flows=np.array(flows)[:, :, None],
        tariffs=np.zeros((2, 2, 1)),
        elasticities=(ElasticitySet("four", np.array([4.0])),),
    )
    return arena_of_world(world, Setting("zero", "four", "caliendo-parro"))


def home_share(arena: Arena, tariff: np.ndarray, country: int) -> float:
    """Return a country's home share of its spending, net of tariffs."""
    bought = arena.simulator.at(tariff).imports[country, :, 0]
    return float(bought[country] / bought.sum())


@pytest.mark.parametrize(
    ("flows", "party", "rate", "own", "other"),
    [
        (SYMMETRIC, "A", 28.603, 1.199, -2.189),
        (UNEQUAL, "A", 36.041, None, None),
        (UNEQUAL, "B", 25.949, None, None),
    ],
)
def test_unilateral_optimum_of_two_countries(
    flows: list[list[float]], party: str, rate: float, own: float | None, other: float | None
) -> None:
    arena = two_countries(flows)
    found = arena.optimum(party, Rules())
    j = "AB".index(party)
    tariff = float(found.point.tariff[j, 1 - j, 0])
    assert found.certificate.ok
    assert found.unique
    assert round(100 * tariff, 3) == rate
    assert tariff == pytest.approx(1 / (4 * home_share(arena, found.point.tariff, 1 - j)), rel=1e-8)
    change = found.point.real_income.sum(axis=1) / arena.base.real_income.sum(axis=1) - 1
    if own is not None and other is not None:
        assert round(100 * change[j], 3) == own
        assert round(100 * change[1 - j], 3) == other


@pytest.mark.parametrize(
    ("flows", "rates", "gains"),
    [
        (SYMMETRIC, (26.899, 26.899), (-1.3865, -1.3865)),
        (UNEQUAL, (30.998, 25.482), (-0.142, -5.764)),
    ],
)
def test_war_of_two_countries(
    flows: list[list[float]], rates: tuple[float, float], gains: tuple[float, float]
) -> None:
    arena = two_countries(flows)
    war = arena.nash(["A", "B"], Rules())
    assert war.certificate.ok
    assert war.equilibria == 1
    for j in (0, 1):
        tariff = float(war.point.tariff[j, 1 - j, 0])
        assert round(100 * tariff, 3) == rates[j]
        share = home_share(arena, war.point.tariff, 1 - j)
        assert tariff == pytest.approx(1 / (4 * share), rel=1e-8)
        assert war.gains_pct[j] == pytest.approx(gains[j], abs=5.1e-4 if gains[0] > -1 else 5.1e-5)


def test_free_trade_is_what_two_equal_countries_agree_on() -> None:
    arena = two_countries(SYMMETRIC)
    talks = arena.cooperate(["A", "B"], Rules(), "nash")
    assert talks.certificate.ok
    assert talks.gain_pct == pytest.approx(100 * (1 / (1 - 0.013865) - 1), abs=1e-3)
    assert np.abs(talks.point.tariff).max() < 1e-6
    assert talks.multipliers == pytest.approx((0.5, 0.5), abs=1e-6)


@needs_ossa
@pytest.mark.parametrize(("region", "mfn"), [("USA", False), ("CHN", True)])
def test_optimum_is_that_of_the_independent_implementation(region: str, mfn: bool) -> None:
    world = ossa2014.world(ossa2014.read(ossa2014.folder()))
    arena = arena_of_world(world, Setting("world-share", world.elasticities[0].name, "ossa"))
    found = arena.optimum(region, Rules(mfn=mfn))
    j = world.regions.index(region)
    other = reference.optimal_tariff(reference.Ossa(world), j, mfn=mfn)
    assert found.certificate.ok
    cells = found.player.instruments.cells
    assert np.abs(found.point.tariff[cells] - other[cells]).max() < 1e-6
    outcome = reference.Ossa(world).solve(found.point.tariff)
    change = found.point.real_income.sum(axis=1) / arena.base.real_income.sum(axis=1)
    assert change == pytest.approx(outcome.real_income_hat, abs=1e-9)


@pytest.mark.parametrize("model", ["caliendo-parro", "ossa", "specific-labour"])
def test_no_profitable_deviation_by_other_means(model: str) -> None:
    """Re-check a war's certificate through ``solve`` alone, without gradients."""
    world = load_world("toy")
    arena = arena_of_world(world, Setting("zero", world.elasticities[0].name, model))
    parties = world.regions[:2]
    war = arena.nash(parties, Rules())
    assert war.certificate.ok

    def real_income(tariff: np.ndarray, j: int) -> float:
        cost = (1 + tariff) / (1 + world.tariffs)
        policy = Policy(cost, tariff)
        found = solve(world, policy, model=model, closure="zero").require("a deviation")
        return float(found.real_income_hat[j])

    for j in range(2):
        here = real_income(war.point.tariff, j)
        cells = tuple(c for c in war.players[j].instruments.cells)

        def loss(rates: np.ndarray, cells: tuple[np.ndarray, ...] = cells, j: int = j) -> float:
            tariff = np.array(war.point.tariff)
            tariff[cells] = np.maximum(rates, 0.0)
            return -real_income(tariff, j)

        start = war.point.tariff[cells]
        # Finite differences: no first-order gain in any rate (at zero: none from raising it).
        for k in range(len(start)):
            step = np.zeros_like(start)
            step[k] = 1e-3
            if start[k] == 0:
                assert loss(start + step) > loss(start)
            else:
                slope = (loss(start + step) - loss(start - step)) / 2e-3
                assert abs(slope) < 1e-6
        found = minimize(loss, 0.5 * start, method="Nelder-Mead", options={"maxfev": 300})
        assert 100 * (-found.fun / here - 1) < 1e-4


def test_most_favoured_nation_rates_are_common_and_worth_no_more() -> None:
    world = load_world("world-2017-lite")
    arena = arena_of_world(world, Setting("world-share", world.elasticities[0].name))
    free = arena.optimum("USA", Rules())
    common = arena.optimum("USA", Rules(mfn=True))
    assert free.certificate.ok
    assert common.certificate.ok
    j = world.region_index("USA")
    tools = common.player.instruments
    for s in np.unique(tools.cells[2]):
        rates = common.point.tariff[j, tools.cells[1][tools.cells[2] == s], s]
        assert np.ptp(rates) == 0
    assert 0 < common.gain_pct <= free.gain_pct
    services = ~world.goods_mask
    assert (free.point.tariff[:, :, services] == arena.base.tariff[:, :, services]).all()


def test_binding_bounds_hold_and_are_certified() -> None:
    world = load_world("world-2017-lite")
    arena = arena_of_world(world, Setting("world-share", world.elasticities[0].name))
    top = float(world.tariffs.max())
    free = arena.optimum("JPN", Rules())
    rates = free.point.tariff[free.player.instruments.cells]
    bound = max(top, float(np.median(rates)))
    held = arena.optimum("JPN", Rules(bounds=(0.0, bound)))
    assert held.certificate.ok
    assert held.point.tariff[held.player.instruments.cells].max() <= bound + 1e-12
    assert held.gain_pct <= free.gain_pct + 1e-9
