"""Optimal tariffs and Nash tariffs of two countries and one sector, by the simulator's gradients.

Where the gradient of a country's real income in its own tariff vanishes, the tariff must be the
published one and Gros's (1987): t = 1 / (theta lambda), lambda the partner's home share at
net-of-tariff values. With one sector and labour only all families are the same economy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq, root

from parley.equilibrium.models import FAMILIES
from parley.equilibrium.simulator import Point, WorldSimulator, simulator
from tests.oracle import cases

Array = np.ndarray
PRINTED = 5e-6  # half a unit of the last printed digit of a tariff
WELFARE = 6e-6


def tariffs(pair: Array) -> Array:
    """Tariffs [n,i,s] of the two countries on each other."""
    return np.array([[0.0, pair[0]], [pair[1], 0.0]])[:, :, None]


def slopes(game: WorldSimulator, pair: Array) -> tuple[Point, Array]:
    """Each country's slope of real income in its own tariff, per unit of its income [2]."""
    point = game.at(tariffs(pair))
    assert point.ok
    own = game.gradients(point, np.eye(2)[:, :, None])
    return point, np.array([own[0, 0, 1, 0], own[1, 1, 0, 0]]) / point.real_income[:, 0]


def refined(game: WorldSimulator, point: cases.TariffPoint) -> Array:
    """The point's tariffs to full precision: the roots of the slopes of those who optimise."""
    printed = np.array(point.tariff)
    if len(point.optimal_for) == 2:
        found = root(lambda pair: slopes(game, pair)[1], printed + 0.03, tol=1e-13)
        assert found.success
        return np.asarray(found.x)
    chooser = point.optimal_for[0]

    def slope(rate: float) -> float:
        pair = printed.copy()
        pair[chooser] = rate
        return float(slopes(game, pair)[1][chooser])

    printed[chooser] = brentq(slope, 0.01, 2.0, xtol=1e-14)
    return printed


@pytest.fixture(scope="module")
def game() -> Callable[[cases.TariffPoint, str], WorldSimulator]:
    """A simulator of the two countries at free trade under a model family."""

    def make(point: cases.TariffPoint, model: str) -> WorldSimulator:
        world = cases.one_sector_world(point.flows, point.theta)
        return simulator(world, closure="world-share", model=model)

    return make


@pytest.mark.parametrize("model", FAMILIES)
@pytest.mark.parametrize("point", cases.TARIFF_POINTS, ids=lambda p: p.label)
def test_where_the_gradient_vanishes(
    game: Callable[[cases.TariffPoint, str], WorldSimulator], point: cases.TariffPoint, model: str
) -> None:
    play = game(point, model)
    best = refined(play, point)
    np.testing.assert_allclose(best, point.tariff, atol=PRINTED)

    at, slope = slopes(play, best)
    np.testing.assert_allclose(slope[list(point.optimal_for)], 0, atol=1e-9)
    _, printed = slopes(play, np.array(point.tariff))
    np.testing.assert_allclose(printed[list(point.optimal_for)], 0, atol=2e-6)

    net = at.share[:, :, 0] / (1 + at.tariff[:, :, 0])
    for chooser in point.optimal_for:
        partner = 1 - chooser
        home = net[partner, partner] / net[partner].sum()
        assert best[chooser] == pytest.approx(1 / (point.theta * home), abs=1e-6)

    free = play.at(tariffs(np.zeros(2)))
    welfare = at.real_income.sum(axis=1) / free.real_income.sum(axis=1) - 1
    by_bisection = cases.two_countries(point.flows, point.theta, (best[0], best[1])) - 1
    np.testing.assert_allclose(welfare, by_bisection, atol=1e-9)
    if point.welfare is not None:
        np.testing.assert_allclose(welfare, point.welfare, atol=WELFARE)


@pytest.mark.parametrize("point", cases.TARIFF_POINTS, ids=lambda p: p.label)
def test_a_foreign_tariff_hurts(
    game: Callable[[cases.TariffPoint, str], WorldSimulator], point: cases.TariffPoint
) -> None:
    """The slope in the partner's tariff is negative wherever the partner has not shut trade."""
    play = game(point, "caliendo-parro")
    at = play.at(tariffs(np.array(point.tariff)))
    slope = play.gradients(at, np.eye(2)[:, :, None])
    assert slope[0, 1, 0, 0] < 0
    assert slope[1, 0, 1, 0] < 0
