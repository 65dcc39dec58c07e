"""The Pareto frontier against closed forms, and solutions against every point of a grid."""

from __future__ import annotations

import numpy as np
import pytest

from parley.bargaining.certificate import dominated_by
from parley.bargaining.frontier import distance_to_frontier, find_frontier, references
from parley.bargaining.problem import Bargain
from parley.bargaining.solutions import find_zone
from tests.unit.bargains import CLOSE, PIE, Formula, ball, close, pie, solved

# --- the frontier


@pytest.mark.parametrize("count", [2, 3, 11, 24])
def test_the_frontier_of_the_quarter_circle(count: int) -> None:
    problem = ball((0.0, 0.0))
    told: list[tuple[int, int]] = []
    found = find_frontier(problem, count, progress=lambda done, of: told.append((done, of)))
    payoffs = np.stack([p.outcome.payoffs for p in found.points])
    assert (len(found.points), found.asked, found.left_out) == (count, count, 0)
    assert told == [(k + 1, count) for k in range(count)]
    assert found.spacing < 1.5
    assert found.certified
    close(np.linalg.norm(payoffs, axis=1), np.ones(count))
    assert (np.diff(payoffs[:, 0]) > 0).all()
    assert (np.diff(payoffs[:, 1]) < 0).all()  # so no point dominates another
    close(payoffs[[0, -1]], [[0, 1], [1, 0]], 1e-5)
    # The middle of an odd number is on the ray from (1/2, 1/2) along (1, 1).
    if count % 2:
        close(payoffs[count // 2], [0.5**0.5] * 2)


def test_frontier_points_lie_on_their_rays() -> None:
    payoffs = np.stack([p.outcome.payoffs for p in find_frontier(ball((0.0, 0.0)), 9).points])
    ends = payoffs[[-1, 0]]
    start, reach = references(2, 9) @ ends, np.ptp(ends, axis=0)
    start = start[np.argsort(start[:, 0])]
    # |start + t reach| = 1
    a, b, c = reach @ reach, start @ reach, (start**2).sum(axis=1) - 1
    t = (-b + np.sqrt(b**2 - a * c)) / a
    close(payoffs, start + t[:, None] * reach)


def test_the_rational_part_of_the_frontier() -> None:
    problem = ball((0.3, 0.4))
    found = find_frontier(problem, 8, rational=True)
    payoffs = np.stack([p.outcome.payoffs for p in found.points])
    assert len(payoffs) == 8
    assert found.certified
    assert found.spacing < 1.5
    close(np.linalg.norm(payoffs, axis=1), np.ones(8))
    assert (payoffs >= problem.disagreement - CLOSE).all()
    close(payoffs[[0, -1]], [[0.3, np.sqrt(0.91)], [np.sqrt(0.84), 0.4]])


def test_the_frontier_of_the_pie_within_its_transfers() -> None:
    # Where transfers have room u_A + u_B = 3/2; beyond, one transfer is at its bound.
    problem = pie((-1.0, -1.0))
    found = find_frontier(problem, 12, rational=True)
    payoffs = np.stack([p.outcome.payoffs for p in found.points])
    assert len(payoffs) == 12
    assert found.certified
    close(payoffs.sum(axis=1), np.full(12, PIE))
    close(found.spacing, 1.0, 1e-4)
    found = find_frontier(problem, 12)
    assert len(found.points) == 12
    assert found.certified
    for p in found.points:
        (a, b), (z, t) = p.outcome.payoffs, p.outcome.levers
        if abs(t) < 5 - 1e-3:
            close(a + b, PIE)
        elif t > 0:  # more of z for A, at B's cost: z from 1 to 2
            assert 1 - 1e-3 <= z <= 2
            close(b, -z - z**2 / 2 - 5)
        else:
            assert 0 <= z <= 1 + 1e-3
            close(a, 4 * z - z**2 - 5)


@pytest.mark.parametrize("count", [3, 10, 12])
def test_the_frontier_of_three_parties(count: int) -> None:
    problem = ball((0.0, 0.0, 0.0))
    found = find_frontier(problem, count)
    payoffs = np.stack([p.outcome.payoffs for p in found.points])
    assert len(payoffs) + found.left_out >= count
    assert found.left_out == 0
    assert found.certified
    close(np.linalg.norm(payoffs, axis=1), np.ones(len(payoffs)), 2e-6)
    outcomes = [p.outcome for p in found.points]
    for o in outcomes:
        assert dominated_by(problem, o, [k for k in outcomes if k is not o]) <= CLOSE


@pytest.mark.parametrize(
    ("parties", "count", "exact"),
    [(2, 1, 2), (2, 2, 2), (2, 7, 7), (3, 3, 3), (3, 4, 6), (3, 10, 10), (4, 5, 10)],
)
def test_references_are_spread_over_the_simplex(parties: int, count: int, exact: int) -> None:
    found = references(parties, count)
    assert found.shape == (exact, parties)
    close(found.sum(axis=1), np.ones(exact), 1e-14)
    assert (found >= 0).all()
    assert len(np.unique(found, axis=0)) == exact
    assert (found.max(axis=1) == 1).sum() == parties


def test_the_distance_to_the_frontier() -> None:
    problem = ball((0.0, 0.0))
    np.testing.assert_array_equal(problem.scale, [1.0, 1.0])
    for at in [(0.6, 0.8), (0.5**0.5, 0.5**0.5), (1.0, 0.0)]:
        gain, where = distance_to_frontier(problem, np.array(at))
        close(gain, [0.0, 0.0])
        close(where.payoffs, at, 1e-5)
    for a, b in [(0.3, 0.3), (0.2, 0.5), (0.0, 0.0), (0.0, 0.9), (0.9, 0.9)]:
        # |(a + t, b + t)| = 1; negative beyond the frontier
        t = (-(a + b) + np.sqrt((a + b) ** 2 - 2 * (a * a + b * b - 1))) / 2
        gain, where = distance_to_frontier(problem, np.array([a, b]))
        close(gain, [t, t])
        close(where.payoffs, [a + t, b + t])
    assert (gain < 0).all()


def test_the_distance_is_in_the_parties_own_units() -> None:
    problem = pie((0.0, 0.0))
    gain, _ = distance_to_frontier(problem, np.array([0.0, 0.0]))
    # Both gain alike in units of the scale, and together the whole pie.
    close(gain, problem.scale / problem.scale.sum() * PIE)
    best = solved(problem, "nash").outcome.payoffs
    close(distance_to_frontier(problem, best)[0], [0.0, 0.0])


# --- a second route: every point of a fine grid


def payoffs_of(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a = np.log1p(2 * x) - 0.3 * y**2 - 0.2 * x * y + 0.05 * np.sin(3 * y)
    b = 1 - np.exp(-1.5 * y) - 0.35 * x**1.5 - 0.1 * x * y**2
    return a, b


def slopes_of(z: np.ndarray) -> np.ndarray:
    x, y = z
    return np.array(
        [
            [2 / (1 + 2 * x) - 0.2 * y, -0.6 * y - 0.2 * x + 0.15 * np.cos(3 * y)],
            [-0.525 * np.sqrt(x) - 0.1 * y**2, 1.5 * np.exp(-1.5 * y) - 0.2 * x * y],
        ]
    )


@pytest.mark.parametrize("d", [(0.0, 0.0), (0.3, -0.1), (-0.1, 0.2)])
def test_no_grid_point_beats_the_solutions(d: tuple[float, float]) -> None:
    smooth = Formula(("A", "B"), lambda z: np.array(payoffs_of(*z)), slopes_of)
    problem = Bargain(smooth, np.zeros(2), np.full(2, 1.5), np.full(2, 0.1), np.array(d))
    step = np.linspace(0, 1.5, 1501)
    a, b = payoffs_of(*np.meshgrid(step, step))
    gain = np.maximum(np.stack([a, b]) - np.array(d)[:, None, None], 0.0)

    def compare(ours: float, grid: float) -> None:
        assert grid <= ours * (1 + 1e-6)
        assert grid >= ours * (1 - 5e-3)  # the grid comes near: it is the same peak

    for beta in (0.5, 0.25):
        powers = np.array([beta, 1 - beta])
        found = solved(problem, "nash", powers=powers).surplus
        compare(np.prod(found**powers), (gain[0] ** beta * gain[1] ** (1 - beta)).max())
    zone = find_zone(problem)
    width = zone.width(problem.disagreement)
    inside = (gain > 0).all(axis=0)
    for i in range(2):
        compare(width[i], gain[i][inside].max())
    found = solved(problem, "kalai-smorodinsky").surplus
    compare((found / width).min(), (gain / width[:, None, None]).min(axis=0).max())
    found = solved(problem, "egalitarian").surplus
    compare(found.min(), gain.min(axis=0).max())
    found = solved(problem, "utilitarian").surplus
    compare(found.sum(), gain.sum(axis=0)[inside].max())
