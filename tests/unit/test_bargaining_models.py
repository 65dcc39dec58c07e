"""Programmes on quadratic models give the same answers; the interior-point method behind them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from parley.bargaining.frontier import find_frontier
from parley.bargaining.model import Curvature
from parley.bargaining.problem import Bargain
from parley.bargaining.solutions import SOLUTIONS, find_zone, solve_bargain
from parley.numerics.interior_point import Interior, Point, interior_point
from tests.unit.bargains import Formula, ball, close, solved

INF = np.array([np.inf, np.inf])


# --- models


def payoffs_of(v: np.ndarray) -> np.ndarray:
    x, y, z = v
    return np.array(
        [
            np.log1p(2 * x) - 0.4 * y**2 - 0.1 * x * y + 0.6 * z - 0.1 * np.exp(z),
            1 - np.exp(-1.5 * y) - 0.3 * x**2 - 0.5 * z - 0.05 * z**4,
        ]
    )


def slopes_of(v: np.ndarray) -> np.ndarray:
    x, y, z = v
    return np.array(
        [
            [2 / (1 + 2 * x) - 0.1 * y, -0.8 * y - 0.1 * x, 0.6 - 0.1 * np.exp(z)],
            [-0.6 * x, 1.5 * np.exp(-1.5 * y), -0.5 - 0.2 * z**3],
        ]
    )


def bends_of(v: np.ndarray) -> np.ndarray:
    x, y, z = v
    a = np.diag([-4 / (1 + 2 * x) ** 2, -0.8, -0.1 * np.exp(z)])
    a[0, 1] = a[1, 0] = -0.1
    return np.stack([a, np.diag([-0.6, -2.25 * np.exp(-1.5 * y), -0.6 * z**2])])


def curved(d: tuple[float, float], floor: bool = False) -> Bargain:
    """Two parties, three levers, nothing quadratic; with a floor, one that binds."""
    payoffs = Formula(
        ("A", "B"),
        payoffs_of,
        slopes_of,
        *(
            (
                ("floor",),
                lambda v: np.array([0.7 - v[0] - 0.5 * v[1] ** 2]),
                lambda v: np.array([[-1.0, -v[1], 0.0]]),
            )
            if floor
            else ()
        ),
    )
    lower, upper = np.array([0.0, 0.0, -1.0]), np.array([1.5, 1.5, 1.0])
    return Bargain(payoffs, lower, upper, np.array([0.1, 0.1, 0.0]), np.array(d))


def test_the_derivatives_used_here() -> None:
    at, h = np.array([0.4, 0.7, 0.3]), 1e-5
    for k, e in enumerate(np.eye(3) * h):
        close(slopes_of(at)[:, k], (payoffs_of(at + e) - payoffs_of(at - e)) / (2 * h), 1e-8)
        close(bends_of(at)[:, k], (slopes_of(at + e) - slopes_of(at - e)) / (2 * h), 1e-8)


@pytest.mark.parametrize("d", [(0.0, 0.0), (-0.4, 0.3)])
@pytest.mark.parametrize("floor", [False, True])
@pytest.mark.parametrize("name", SOLUTIONS)
def test_solutions_on_models_are_those_without(
    d: tuple[float, float], floor: bool, name: str
) -> None:
    plain, modelled = curved(d, floor), curved(d, floor).modelled()
    options = {"powers": np.array([0.3, 0.7])} if name == "nash" else {}
    one, other = solved(plain, name, **options), solved(modelled, name, **options)
    # Sums and products are flat at their tops: who has what is known less well than the value.
    flat = name in ("nash", "utilitarian")
    close(other.outcome.payoffs, one.outcome.payoffs, 1e-3 if flat else 2e-5)
    assert other.outcome.slack.min(initial=0.0) >= -1e-7

    def merit(x: np.ndarray, zone: np.ndarray) -> float:
        return {
            "nash": 0.3 * np.log(x[0]) + 0.7 * np.log(x[1]) if x.min() > 0 else -np.inf,
            "kalai-smorodinsky": (x / zone).min(),
            "egalitarian": x.min(),
            "utilitarian": x.sum(),
        }[name]

    width = find_zone(plain).width(plain.disagreement)
    close(find_zone(modelled).width(plain.disagreement), width)
    assert merit(other.surplus, width) >= merit(one.surplus, width) - 1e-7


def test_slopes_vanish_at_a_nash_solution_on_models() -> None:
    found = solved(curved((0.0, 0.0)).modelled(), "nash")
    z = found.outcome.levers
    inside = (z > 1e-6) & (z < np.array([1.5, 1.5, 1.0]) - 1e-6)
    assert inside.any()
    slope = (slopes_of(z) / found.surplus[:, None]).sum(axis=0)
    close(slope[inside], 0.0, 1e-4)


@pytest.mark.parametrize("floor", [False, True])
def test_frontiers_on_models_are_those_without(floor: bool) -> None:
    one = find_frontier(curved((0.0, 0.0), floor), 7)
    other = find_frontier(curved((0.0, 0.0), floor).modelled(), 7)
    assert one.certified
    assert other.certified
    assert len(other.points) == len(one.points) == 7
    for p, q in zip(one.points, other.points, strict=True):
        close(q.outcome.payoffs, p.outcome.payoffs, 2e-4)


def test_an_empty_zone_on_models() -> None:
    problem = curved((1.0, 0.7))
    one, other = find_zone(problem), find_zone(problem.modelled())
    assert not one.open
    assert not other.open
    close(other.shortfall(problem.disagreement), one.shortfall(problem.disagreement))


@pytest.mark.parametrize("name", SOLUTIONS)
def test_models_of_quadratic_payoffs_and_slack_are_exact(name: str) -> None:
    problem = ball((0.0, 0.0)).modelled()
    assert problem.curvature is not None
    close(problem.curvature.payoffs, np.zeros((2, 2, 2)), 1e-12)
    close(problem.curvature.slack, -2 * np.eye(2)[None], 1e-12)
    close(solved(problem, name).outcome.payoffs, [0.5**0.5] * 2, 1e-6)


def test_a_lever_without_a_choice_has_no_curvature() -> None:
    problem = ball((0.0, 0.0)).within(np.array([0.2, 0.0]), np.array([0.2, 1.0]))
    told: list[tuple[int, int]] = []
    modelled = problem.modelled(lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]
    assert modelled.curvature is not None
    close(modelled.curvature.slack[0, 1, 1], -2.0, 1e-12)
    close(solved(modelled, "nash").outcome.payoffs, [0.2, np.sqrt(0.96)])


def test_what_a_move_taught_is_met() -> None:
    """The corrected Hessian is symmetric and explains how gradients changed along the move."""
    rng = np.random.default_rng(0)
    before = rng.normal(size=(2, 3, 3))
    before += np.swapaxes(before, 1, 2)
    width, move = np.array([1.0, 0.01, 30.0]), np.array([0.2, -0.001, 5.0])
    bends = rng.normal(size=(2, 3))
    nothing = np.zeros((0, 3, 3))
    found = Curvature(before, nothing).learnt(move, (bends, np.zeros((0, 3))), width)
    np.testing.assert_allclose(found.payoffs @ move, bends, rtol=1e-9)
    np.testing.assert_allclose(found.payoffs, np.swapaxes(found.payoffs, 1, 2), rtol=1e-12)
    assert found.slack.shape == (0, 3, 3)
    # What is known already stays.
    again = found.learnt(move, (bends, np.zeros((0, 3))), width)
    np.testing.assert_allclose(again.payoffs, found.payoffs, rtol=1e-9)
    assert found.learnt(0 * move, (bends, np.zeros((0, 3))), width) is found


def test_models_take_far_fewer_points() -> None:
    plain, modelled = curved((0.0, 0.0)), curved((0.0, 0.0)).modelled()
    for problem in (plain, modelled):
        solve_bargain(problem, "nash", find_zone(problem))
    assert modelled.solves < plain.solves


# --- the interior-point method


def programme(
    f: tuple[np.ndarray, np.ndarray],
    rows: list[tuple[np.ndarray, np.ndarray, float]],
    start: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> Interior:
    """Maximise x.Q.x/2 + q.x with x.A.x/2 + a.x + c at least zero for every row (A, a, c)."""
    quadratic, linear = f

    def at(x: np.ndarray) -> Point:
        return Point(
            quadratic @ x + linear,
            np.array([0.5 * x @ a @ x + b @ x + c for a, b, c in rows]),
            np.array([a @ x + b for a, b, _ in rows]).reshape(len(rows), len(x)),
        )

    def bend(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return -quadratic - sum(
            (m * a for m, (a, _, _) in zip(y, rows, strict=True)), 0 * quadratic
        )

    return interior_point(at, bend, start, lower, upper)


NONE, ONE = np.zeros((2, 2)), np.eye(2)


def test_a_box() -> None:
    # (x - 2)^2 + (y + 1)^2 is smallest at the corner (1, 0); inside for (0.3, 0.4).
    for target, answer in (((2.0, -1.0), (1.0, 0.0)), ((0.3, 0.4), (0.3, 0.4))):
        found = programme(
            (-2 * ONE, 2 * np.array(target)), [], np.full(2, 0.5), np.zeros(2), np.ones(2)
        )
        assert found.ok
        close(found.x, answer, 1e-9)
        assert found.multipliers.shape == (0,)


def test_a_start_outside_the_box_and_a_bound_on_one_side() -> None:
    found = programme(
        (-2 * ONE, np.array([-2.0, 6.0])), [], np.array([9.0, -9.0]), np.zeros(2), INF
    )
    assert found.ok
    close(found.x, [0.0, 3.0], 1e-9)


def test_a_linear_constraint() -> None:
    # x^2 + y^2 with x + 2 y >= 5: the foot (1, 2), multiplier 2.
    row = (NONE, np.array([1.0, 2.0]), -5.0)
    found = programme((-2 * ONE, np.zeros(2)), [row], np.zeros(2), -INF, INF)
    assert found.ok
    close(found.x, [1.0, 2.0], 1e-9)
    close(found.multipliers, [2.0], 1e-8)


def test_a_constraint_that_does_not_bind_costs_nothing() -> None:
    row = (NONE, np.array([1.0, 1.0]), 5.0)
    found = programme((-2 * ONE, np.array([2.0, -2.0])), [row], np.zeros(2), -INF, INF)
    assert found.ok
    close(found.x, [1.0, -1.0], 1e-9)
    close(found.multipliers, [0.0], 1e-9)


@pytest.mark.parametrize("start", [(0.0, 0.0), (3.0, -2.0), (0.6, 0.8)])
def test_a_linear_objective_on_a_disc(start: tuple[float, float]) -> None:
    # 3 x + 4 y with x^2 + y^2 <= 1: (0.6, 0.8), multiplier 5 / 2.
    row = (-2 * ONE, np.zeros(2), 1.0)
    found = programme((NONE, np.array([3.0, 4.0])), [row], np.array(start), -INF, INF)
    assert found.ok
    close(found.x, [0.6, 0.8], 1e-9)
    close(found.multipliers, [2.5], 1e-8)


def test_a_disc_and_a_bound() -> None:
    # As above with x <= 0.28: y = 0.96.
    row = (-2 * ONE, np.zeros(2), 1.0)
    found = programme(
        (NONE, np.array([3.0, 4.0])),
        [row],
        np.zeros(2),
        np.array([-1.0, -1.0]),
        np.array([0.28, 1.0]),
    )
    assert found.ok
    close(found.x, [0.28, 0.96], 1e-9)


def test_a_convex_objective_ends_at_a_bound() -> None:
    found = programme((2 * ONE, np.zeros(2)), [], np.array([0.5, 0.5]), -np.ones(2), 2 * np.ones(2))
    assert found.ok
    close(found.x, [2.0, 2.0], 1e-9)


def test_what_cannot_be_met_is_not_ok() -> None:
    row = (NONE, np.array([1.0, 1.0]), -5.0)  # x + y >= 5 in the unit square
    found = programme((-ONE, np.zeros(2)), [row], np.zeros(2), np.zeros(2), np.ones(2))
    assert not found.ok
    assert found.error > 1e-3


@pytest.mark.parametrize("seed", range(5))
def test_random_programmes_against_another_method(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 6
    root = rng.normal(size=(n, n))
    quadratic, linear = -root @ root.T - 0.1 * np.eye(n), 3 * rng.normal(size=n)
    rows = [
        (-np.diag(rng.uniform(0.0, 2.0, n)), rng.normal(size=n), float(rng.uniform(0.1, 0.5)))
        for _ in range(3)
    ]
    found = programme((quadratic, linear), rows, np.zeros(n), -np.ones(n), np.ones(n))
    assert found.ok
    other = minimize(
        lambda x: -(0.5 * x @ quadratic @ x + linear @ x),
        np.zeros(n),
        jac=lambda x: -(quadratic @ x + linear),
        bounds=[(-1, 1)] * n,
        constraints=[
            {"type": "ineq", "fun": lambda x, r=r: 0.5 * x @ r[0] @ x + r[1] @ x + r[2]}
            for r in rows
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    close(found.x, other.x, 1e-5)
    value = 0.5 * found.x @ quadratic @ found.x + linear @ found.x
    assert value >= -other.fun - 1e-9
    # Complementarity: a multiplier for what binds only.
    slack = np.array([0.5 * found.x @ a @ found.x + b @ found.x + c for a, b, c in rows])
    assert (slack >= -1e-9).all()
    close(slack * found.multipliers, 0.0, 1e-9)
