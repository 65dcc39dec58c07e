"""Disagreement points by their formulas, and pairs that bargain at once by hand."""

from __future__ import annotations

import numpy as np
import pytest

from parley.bargaining.disagreement import WAYS, by_deadline, by_exit, by_hazard
from parley.bargaining.nash_in_nash import Pair, nash_in_nash
from parley.bargaining.problem import Bargain
from tests.unit.bargains import Formula, close

INSIDE, BREAKDOWN = np.array([1.0, -2.0]), np.array([-3.0, 4.0])
RATES = np.array([0.05, 0.10])


# --- disagreement points


def test_hazard_is_the_average_of_talking_and_breakdown() -> None:
    found = by_hazard(INSIDE, BREAKDOWN, RATES, 0.15)
    # Weights 1/4 and 3/4 of A, 2/5 and 3/5 of B.
    close(found.point, [-2.0, 1.6], 1e-12)
    close(found.at_least, found.point, 0)
    assert found.way == "hazard"
    assert found.binding == (False, False)


def test_a_small_hazard_is_talking_for_ever_and_a_large_one_breakdown() -> None:
    close(by_hazard(INSIDE, BREAKDOWN, RATES, 1e-9).point, INSIDE, 1e-6)
    close(by_hazard(INSIDE, BREAKDOWN, RATES, 1e9).point, BREAKDOWN, 1e-6)
    # Whoever does not discount lives with the breakdown alone.
    close(by_hazard(INSIDE, BREAKDOWN, np.zeros(2), 0.01).point, BREAKDOWN, 1e-12)


def test_the_less_patient_fears_breakdown_less() -> None:
    found = by_hazard(np.zeros(2), -np.ones(2), RATES, 0.2).point
    assert found[1] > found[0]


@pytest.mark.parametrize(("hazard", "rate"), [(0.0, 0.05), (-0.1, 0.05), (0.1, -0.01)])
def test_hazard_and_rates_must_be_positive(hazard: float, rate: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        by_hazard(INSIDE, BREAKDOWN, np.array([0.05, rate]), hazard)


def test_exit_keeps_the_larger_of_talking_and_the_outside_option() -> None:
    found = by_exit(INSIDE, BREAKDOWN)
    close(found.point, INSIDE, 0)
    close(found.at_least, [1.0, 4.0], 0)
    assert found.binding == (False, True)
    nothing = by_exit(INSIDE, np.full(2, -np.inf))
    close(nothing.at_least, INSIDE, 0)
    assert nothing.binding == (False, False)


def test_a_deadline_is_the_terminal_payoff() -> None:
    found = by_deadline(BREAKDOWN)
    close(found.point, BREAKDOWN, 0)
    close(found.at_least, BREAKDOWN, 0)
    assert (found.way, found.binding) == ("deadline", (False, False))
    assert set(WAYS) == {"exit", "hazard", "deadline"}


# --- pairs that bargain at once

PAIRS = [Pair((0, 1), (0, 1)), Pair((0, 2), (2, 3))]
START = np.zeros(4)


def three(inner: float = 0.0, outer: float = 0.0, start: np.ndarray = START) -> Bargain:
    """A sells a to B and b to C, each for a payment.

    u_A = 4 a - a^2 + t + 6 b - b^2 + s - inner a b
    u_B = -a - a^2/2 - t
    u_C = -2 b - s - outer a b - outer a^2
    """

    def u(v: np.ndarray) -> np.ndarray:
        a, t, b, s = v
        return np.array(
            [
                4 * a - a**2 + t + 6 * b - b**2 + s - inner * a * b,
                -a - a**2 / 2 - t,
                -2 * b - s - outer * (a * b + a**2),
            ]
        )

    def du(v: np.ndarray) -> np.ndarray:
        a, _, b, _ = v
        return np.array(
            [
                [4 - 2 * a - inner * b, 1.0, 6 - 2 * b - inner * a, 1.0],
                [-1 - a, -1.0, 0.0, 0.0],
                [-outer * (b + 2 * a), 0.0, -2 - outer * a, -1.0],
            ]
        )

    lower, upper = np.array([0.0, -9.0, 0.0, -9.0]), np.array([3.0, 9.0, 3.0, 9.0])
    return Bargain(Formula(("A", "B", "C"), u, du), lower, upper, start, np.zeros(3))


@pytest.mark.parametrize("powers", [(1.0, 1.0, 1.0), (1.0, 3.0, 0.25)])
def test_pairs_that_do_not_touch_each_reach_their_own_solution(
    powers: tuple[float, float, float],
) -> None:
    # The pies: 3 a - 3/2 a^2, 3/2 at a = 1; and 4 b - b^2, 4 at b = 2.
    told: list[tuple[int, int]] = []
    found = nash_in_nash(
        three(),
        PAIRS,
        powers=np.array(powers),
        progress=lambda done, of: told.append((done, of)),
    )
    assert found.ok
    assert found.rounds == len(told) == 2  # the second only confirms the first
    first, second = (np.array(powers)[list(p.parties)] for p in PAIRS)
    first, second = 1.5 * first / first.sum(), 4.0 * second / second.sum()
    close(found.outcome.levers[[0, 2]], [1.0, 2.0], 1e-5)
    close(found.pairs[0].surplus, first, 1e-5)
    close(found.pairs[1].surplus, second, 1e-5)
    close(found.outcome.payoffs, [first[0] + second[0], first[1], second[1]], 1e-5)
    assert all(p.agreed and p.deviation <= 1e-5 for p in found.pairs)


@pytest.mark.parametrize("inner", [0.5, -0.5])
def test_deals_that_meet_in_one_party(inner: float) -> None:
    # 3 - 3 a - inner b = 0 and 4 - 2 b - inner a = 0, each pair taking the other's as given.
    a, b = np.linalg.solve([[3.0, inner], [inner, 2.0]], [3.0, 4.0])
    first = 3 * a - 1.5 * a**2 - inner * a * b
    second = 4 * b - b**2 - inner * a * b
    found = nash_in_nash(three(inner), PAIRS)
    assert found.ok
    assert found.rounds > 2
    close(found.outcome.levers[[0, 2]], [a, b], 3e-5)
    close(found.pairs[0].surplus, [first / 2] * 2, 1e-4)
    close(found.pairs[1].surplus, [second / 2] * 2, 1e-4)
    # A has both pies but for what each pair counted twice.
    whole = 3 * a - 1.5 * a**2 + 4 * b - b**2 - inner * a * b
    close(found.outcome.payoffs, [whole - (first + second) / 2, first / 2, second / 2], 1e-4)


def test_nobody_at_a_table_asks_the_outsider() -> None:
    # A and B agree on a = 1 though C pays for it; A and C then take a = 1 as given:
    # 4 - 2 b - outer a = 0, C's breakdown being -outer a^2.
    outer = 0.4
    found = nash_in_nash(three(outer=outer), PAIRS)
    b = (4 - outer) / 2
    second = 4 * b - b**2 - outer * b
    assert found.ok
    close(found.outcome.levers[[0, 2]], [1.0, b], 3e-5)
    close(found.pairs[1].surplus, [second / 2] * 2, 1e-4)
    close(found.outcome.payoffs[2], second / 2 - outer, 1e-4)


def test_levers_fall_back_to_what_is_named() -> None:
    # If C's deal falls back to b = 1, s = -4, it has 2 already: 1 of the pie of 4 is left.
    back = np.array([0.0, 0.0, 1.0, -4.0])
    found = nash_in_nash(three(), PAIRS, fallback=back)
    assert found.ok
    close(found.outcome.levers[[0, 2]], [1.0, 2.0], 1e-5)
    close(found.pairs[1].surplus, [0.5, 0.5], 1e-5)
    close(found.outcome.payoffs[2], 2.5, 1e-5)


def test_a_pair_with_nothing_to_agree_on_stays_as_it_is() -> None:
    # At a = 1 already, B has nothing better to offer.
    start = np.array([1.0, -2.0, 0.0, 0.0])
    found = nash_in_nash(three(start=start), PAIRS)
    assert found.ok
    assert not found.pairs[0].agreed
    close(found.pairs[0].surplus, [0.0, 0.0], 0)
    close(found.outcome.levers[:2], start[:2], 0)
    assert found.pairs[1].agreed


def test_a_lever_belongs_to_one_pair() -> None:
    with pytest.raises(ValueError, match="one pair"):
        nash_in_nash(three(), [Pair((0, 1), (0, 1)), Pair((0, 2), (1, 2, 3))])
