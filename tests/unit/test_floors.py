"""Ratification floors as constraints: a constituency's real income may not fall too far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from parley import load_world
from parley.arena import Arena, Rules, arena_of_world
from parley.games.nash import nash
from parley.games.optimum import optimum
from parley.games.players import Player
from parley.games.steps import constrained_step
from parley.politics.objective import Floor
from parley.studies import Setting


@pytest.fixture(scope="module")
def arena() -> Arena:
    world = load_world("toy")
    return arena_of_world(world, Setting("zero", world.elasticities[0].name))


def with_floor(player: Player, sector: int, may_lose: float) -> Player:
    """Return the player bound to a floor on one sector of its first region."""
    members = np.zeros_like(player.objective.weight)
    members[player.objective.regions[0], sector] = 1.0
    floor = Floor("the sector", members, may_lose)
    return Player(replace(player.objective, floors=(floor,)), player.instruments)


def floor_change(player: Player, found: np.ndarray, base: np.ndarray) -> float:
    """Return the constituency's change of real income, a fraction."""
    floor = player.objective.floors[0]
    return floor.value(found) / floor.value(base) - 1.0


@pytest.mark.parametrize("sector", [0, 1])
def test_binding_floor_is_met_with_equality(arena: Arena, sector: int) -> None:
    free = arena.player("FOR", Rules())
    best = optimum(arena.simulator, free, arena.base)
    change = float(best.point.real_income[1, sector] / arena.base.real_income[1, sector] - 1.0)
    if change > 0:  # bind from above instead: this sector must win twice as much
        may_lose = -2.0 * change
    else:
        may_lose = -0.5 * change
    held = with_floor(free, sector, may_lose)
    found = optimum(arena.simulator, held, arena.base)
    assert found.certificate.ok
    assert floor_change(held, found.point.real_income, arena.base.real_income) == pytest.approx(
        -may_lose, abs=1e-8
    )
    assert found.multipliers[0] > 0
    assert found.gain_pct < best.gain_pct


def test_floor_that_does_not_bind_changes_nothing(arena: Arena) -> None:
    free = arena.player("HOM", Rules())
    best = optimum(arena.simulator, free, arena.base)
    found = optimum(arena.simulator, with_floor(free, 0, 0.9), arena.base)
    assert found.multipliers[0] == 0
    assert found.gain_pct == pytest.approx(best.gain_pct, abs=1e-10)


def test_constrained_optimum_against_slsqp(arena: Arena) -> None:
    """An independent constrained optimiser on solved equilibria finds the same tariffs."""
    player = with_floor(arena.player("HOM", Rules()), 0, -0.005)
    found = optimum(arena.simulator, player, arena.base)
    assert found.certificate.ok
    tools = player.instruments

    def incomes(rates: np.ndarray) -> np.ndarray:
        return arena.simulator.at(tools.write(arena.base.tariff, rates)).real_income

    level = player.objective.value(arena.base.real_income)
    other = minimize(
        lambda r: -100 * player.objective.value(incomes(r)) / level,
        tools.read(found.point.tariff, arena.imports) + 0.1,
        method="SLSQP",
        bounds=[(0, 10)] * tools.size,
        constraints=[
            {
                "type": "ineq",
                "fun": lambda r: (
                    100 * (floor_change(player, incomes(r), arena.base.real_income) - 0.005)
                ),
            }
        ],
        options={"ftol": 1e-12, "maxiter": 200},
    )
    gain = 100 * (player.objective.value(incomes(other.x)) / level - 1)
    assert gain == pytest.approx(found.gain_pct, abs=1e-5)
    assert other.x == pytest.approx(tools.read(found.point.tariff, arena.imports), abs=2e-3)


def test_war_with_floors(arena: Arena) -> None:
    players = [with_floor(arena.player("HOM", Rules()), 0, 0.002), arena.player("FOR", Rules())]
    war = nash(arena.simulator, players, arena.base)
    assert war.certificate.ok
    change = floor_change(players[0], war.point.real_income, arena.base.real_income)
    assert change >= -0.002 - 1e-7


def test_constrained_step_solves_its_quadratic_programme() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        root = rng.standard_normal((6, 6))
        curvature = root @ root.T + np.eye(6)
        gradient, rows = rng.standard_normal(6), rng.standard_normal((2, 6))
        slack = rng.standard_normal(2)
        step, multipliers = constrained_step(
            np.linalg.solve(curvature, gradient), slack, rows, np.linalg.solve(curvature, rows.T).T
        )
        left = slack + rows @ step
        assert (left > -1e-9).all()
        assert (multipliers >= 0).all()
        assert left @ multipliers == pytest.approx(0, abs=1e-8)
        assert curvature @ step == pytest.approx(gradient + multipliers @ rows, abs=1e-8)
