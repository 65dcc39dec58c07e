"""Bargaining solutions, frontiers and certificates against textbook closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from parley.bargaining.certificate import certify_deal, dominated_by, promised_gain
from parley.bargaining.frontier import distance_to_frontier, find_frontier, references
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.solutions import SOLUTIONS, Solution, find_zone, solve_bargain

Map = Callable[[np.ndarray], np.ndarray]
CLOSE = 1e-6


@dataclass(frozen=True)
class Formula:
    """Payoffs u(z) and slack c(z) with their derivatives."""

    parties: tuple[str, ...]
    u: Map
    du: Map
    floors: tuple[str, ...] = ()
    c: Map = lambda z: np.zeros(0)
    dc: Map = lambda z: np.zeros((0, len(z)))

    def evaluate(self, levers: np.ndarray, near: Outcome | None = None) -> Outcome:
        return Outcome(levers, self.u(levers), self.c(levers))

    def gradients(self, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
        return self.du(outcome.levers), self.dc(outcome.levers)


def ball(d: tuple[float, ...], start: tuple[float, ...] | None = None) -> Bargain:
    """Everything with the sum of u_i**2 at most one: the quarter circle for two parties."""
    n = len(d)
    payoffs = Formula(
        ("A", "B", "C")[:n],
        lambda z: z.copy(),
        lambda z: np.eye(n),
        ("ball",),
        lambda z: np.array([1 - z @ z]),
        lambda z: -2 * z[None, :],
    )
    begin = np.zeros(n) if start is None else np.array(start)
    return Bargain(payoffs, np.zeros(n), np.ones(n), begin, np.array(d))


# A policy z that A wants and B does not, and a transfer to A: u_A = 4z - z^2 + t and
# u_B = -z - z^2/2 - t. The pie is largest at z = 1, where it is 3/2.
PIE = 1.5


def pie(d: tuple[float, float], **floor: object) -> Bargain:
    payoffs = Formula(
        ("A", "B"),
        lambda v: np.array([4 * v[0] - v[0] ** 2 + v[1], -v[0] - v[0] ** 2 / 2 - v[1]]),
        lambda v: np.array([[4 - 2 * v[0], 1.0], [-1 - v[0], -1.0]]),
        **floor,  # type: ignore[arg-type]
    )
    return Bargain(
        payoffs, np.array([0.0, -5.0]), np.array([2.0, 5.0]), np.zeros(2), np.array(d, dtype=float)
    )


def solved(problem: Bargain, name: str, **options: object) -> Solution:
    found = solve_bargain(problem, name, find_zone(problem), **options)  # type: ignore[arg-type]
    assert found.certificate.ok, found.certificate
    np.testing.assert_array_equal(found.surplus, found.outcome.payoffs - problem.disagreement)
    return found


def close(found: np.ndarray, expected: object, tolerance: float = CLOSE) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


# --- splitting a pie with transfers

# The status quo; below it for both; within reach on one side only; below all levers reach.
DISAGREEMENTS = [(0.0, 0.0), (-1.0, -0.5), (0.7, 0.3), (-2.0, 3.0), (-9.0, -9.0)]


@pytest.mark.parametrize("d", DISAGREEMENTS[:4])
@pytest.mark.parametrize("beta", [(1.0, 1.0), (0.2, 0.8), (3.0, 1.0)])
def test_nash_shares_are_the_bargaining_powers(
    d: tuple[float, float], beta: tuple[float, float]
) -> None:
    found = solved(pie(d), "nash", powers=np.array(beta))
    share = np.array(beta) / sum(beta)
    close(found.surplus, share * (PIE - sum(d)), 1e-5)
    close(found.outcome.levers[0], 1.0, 1e-5)


@pytest.mark.parametrize("d", DISAGREEMENTS[:4])
def test_kalai_smorodinsky_halves_a_transferable_pie(d: tuple[float, float]) -> None:
    problem = pie(d)
    zone = find_zone(problem)
    assert zone.open
    close(zone.width(problem.disagreement), [PIE - sum(d)] * 2)
    close(zone.shortfall(problem.disagreement), [0, 0], 0)
    close(solved(problem, "kalai-smorodinsky").surplus, [(PIE - sum(d)) / 2] * 2)


@pytest.mark.parametrize("d", DISAGREEMENTS[:4])
@pytest.mark.parametrize("unit", [None, (1.0, 4.0)])
def test_egalitarian_gains_are_in_proportion_to_units(
    d: tuple[float, float], unit: tuple[float, float] | None
) -> None:
    found = solved(pie(d), "egalitarian", unit=None if unit is None else np.array(unit))
    share = np.array(unit or (1.0, 1.0))
    close(found.surplus, share / share.sum() * (PIE - sum(d)))


@pytest.mark.parametrize("d", DISAGREEMENTS[:4])
def test_utilitarian_makes_the_pie_largest(d: tuple[float, float]) -> None:
    found = solved(pie(d), "utilitarian")
    close(found.outcome.payoffs.sum(), PIE)
    assert (found.surplus >= -CLOSE).all()


@pytest.mark.parametrize("d", DISAGREEMENTS[:4])
@pytest.mark.parametrize("first", [True, False])
def test_a_heavier_weight_takes_the_whole_pie(d: tuple[float, float], first: bool) -> None:
    found = solved(pie(d), "utilitarian", weights=np.array([2.0, 1.0] if first else [1.0, 2.0]))
    whole = PIE - sum(d)
    close(found.surplus, [whole, 0.0] if first else [0.0, whole], 1e-5)


def test_a_disagreement_point_that_no_levers_reach() -> None:
    # With transfers within 5 either way, A gets at most 9 and B at most 5: the ideals are
    # A: z = 2, t = 5 (B: -9 is not above -9, so d_B binds nothing else), B: z = 0, t = -5.
    problem = pie((-9.0, -9.5))
    zone = find_zone(problem)
    close(zone.ideal, [9.0, 5.0])
    nash = solved(problem, "nash")
    close(nash.surplus, [(PIE + 18.5) / 2] * 2, 1e-5)
    ks = solved(problem, "kalai-smorodinsky")
    close(ks.surplus / (zone.ideal - problem.disagreement), [ks.surplus[0] / 18.0] * 2)


# --- the quarter circle


@pytest.mark.parametrize("name", SOLUTIONS)
def test_symmetry_on_the_quarter_circle(name: str) -> None:
    found = solved(ball((0.0, 0.0)), name)
    close(found.outcome.payoffs, [0.5**0.5] * 2, 1e-5)
    close(found.outcome.slack, [0.0])


@pytest.mark.parametrize("power", [0.1, 0.3, 0.5, 0.8])
def test_nash_on_the_quarter_circle_with_powers(power: float) -> None:
    # max b ln cos + (1 - b) ln sin: tan^2 = (1 - b)/b.
    beta = np.array([power, 1 - power])
    close(solved(ball((0.0, 0.0)), "nash", powers=beta).outcome.payoffs, np.sqrt(beta), 1e-5)


def test_solutions_from_a_disagreement_point_that_favours_one() -> None:
    problem = ball((0.6, 0.0))
    zone = find_zone(problem)
    close(zone.ideal, [1.0, 0.8])
    cos = (0.6 + np.sqrt(0.36 + 8)) / 4  # 2 cos^2 - 0.6 cos - 1 = 0
    close(solved(problem, "nash").outcome.payoffs, [cos, np.sqrt(1 - cos**2)], 1e-5)
    t = (-0.48 + np.sqrt(0.48**2 + 4 * 0.8 * 0.64)) / 1.6  # |(0.6, 0) + t (0.4, 0.8)| = 1
    close(solved(problem, "kalai-smorodinsky").surplus, [0.4 * t, 0.8 * t])
    t = (-1.2 + np.sqrt(1.2**2 + 4 * 2 * 0.64)) / 4
    close(solved(problem, "egalitarian").surplus, [t, t])
    close(solved(problem, "utilitarian").outcome.payoffs, [0.5**0.5] * 2, 1e-5)


def test_the_utilitarian_sum_stops_at_the_disagreement_point() -> None:
    close(solved(ball((0.8, 0.0)), "utilitarian").outcome.payoffs, [0.8, 0.6])


def test_the_start_does_not_matter() -> None:
    for start in [(0.9, 0.1), (0.0, 1.0), (0.4, 0.4)]:
        close(solved(ball((0.0, 0.0), start), "nash").outcome.payoffs, [0.5**0.5] * 2, 1e-5)


# --- three parties


@pytest.mark.parametrize("name", SOLUTIONS)
def test_three_parties_on_a_sphere(name: str) -> None:
    close(solved(ball((0.0, 0.0, 0.0)), name).outcome.payoffs, [3**-0.5] * 3, 1e-5)


def test_three_parties_with_powers_and_a_disagreement_point() -> None:
    beta = np.array([0.5, 0.3, 0.2])
    found = solved(ball((0.0, 0.0, 0.0)), "nash", powers=beta)
    close(found.outcome.payoffs, np.sqrt(beta), 1e-5)
    problem = ball((0.6, 0.0, 0.0))
    zone = find_zone(problem)
    close(zone.ideal, [1.0, 0.8, 0.8])
    # |(0.6 + 0.4 t, 0.8 t, 0.8 t)| = 1
    t = (-0.48 + np.sqrt(0.48**2 + 4 * 1.44 * 0.64)) / 2.88
    close(solved(problem, "kalai-smorodinsky").surplus, np.array([0.4, 0.8, 0.8]) * t)


# --- no zone of agreement


def test_an_empty_zone_of_the_pie() -> None:
    problem = pie((1.0, 0.8))  # 0.3 more than the pie
    # Ranges at the status quo: 4 * 2 + 1 * 10 and 1 * 2 + 1 * 10; the miss is shared so.
    np.testing.assert_allclose(problem.scale, [18.0, 12.0])
    zone = find_zone(problem)
    assert not zone.open
    assert zone.best == ()
    close(zone.ideal, problem.disagreement, 0)
    close(zone.width(problem.disagreement), [0, 0], 0)
    close(zone.shortfall(problem.disagreement), [0.18, 0.12])
    for name in SOLUTIONS:
        with pytest.raises(ValueError, match="zone of agreement is empty"):
            solve_bargain(problem, name, zone)


def test_an_empty_zone_of_the_quarter_circle() -> None:
    problem = ball((0.9, 0.8))
    zone = find_zone(problem)
    assert not zone.open
    # |(0.9 - t, 0.8 - t)| = 1
    t = (1.7 - np.sqrt(1.7**2 - 2 * 0.45)) / 2
    close(zone.shortfall(problem.disagreement), [t, t])


def test_a_disagreement_point_on_the_frontier_leaves_no_zone() -> None:
    assert not find_zone(ball((0.6, 0.8))).open
    assert find_zone(ball((0.599, 0.8))).open


def test_the_same_problem_against_another_disagreement_point() -> None:
    problem = ball((0.9, 0.8))
    assert not find_zone(problem).open
    other = problem.against([0.6, 0.0])
    close(find_zone(other).ideal, [1.0, 0.8])
    assert other.solves >= problem.solves > 0


# --- floors


def test_a_floor_that_binds() -> None:
    # z may not exceed 1/2: the pie there is 3/2 - 1/8 * 3 = 9/8.
    problem = pie(
        (0.0, 0.0),
        floors=("z",),
        c=lambda v: np.array([0.5 - v[0]]),
        dc=lambda v: np.array([[-1.0, 0.0]]),
    )
    for name in ("nash", "kalai-smorodinsky", "egalitarian"):
        found = solved(problem, name)
        close(found.surplus, [9 / 16] * 2, 1e-5)
        close(found.outcome.slack, [0.0])


def test_the_certificate_notices_a_breach_of_a_floor() -> None:
    problem = ball((0.0, 0.0))
    found = certify_deal(problem, problem.at(np.array([0.9, 0.9])))
    close(found.breach, 0.62, 1e-12)
    assert not found.ok


def test_the_certificate_notices_a_breach_of_the_disagreement_point() -> None:
    problem = ball((0.5, 0.5))
    end = problem.at(np.array([1.0, 0.0]))
    found = certify_deal(problem, end)
    close(found.breach, 0.5, 1e-12)
    assert not found.ok
    assert certify_deal(problem, end, rational=False).ok


def test_an_unproven_equilibrium_is_not_certified() -> None:
    problem = ball((0.0, 0.0))
    best = solved(problem, "nash").outcome
    for bad in ({"residual": 1e-6}, {"ok": False}):
        made = Outcome(best.levers, best.payoffs, best.slack, **bad)  # type: ignore[arg-type]
        assert not certify_deal(problem, made).ok


# --- certificates


def test_the_certificate_flags_an_inefficient_point() -> None:
    problem = ball((0.0, 0.0))
    inside = problem.at(np.array([0.3, 0.3]))
    close(promised_gain(problem, inside), 0.05)  # a twentieth of each lever's range
    for search in (True, False):
        found = certify_deal(problem, inside, search=search)
        assert found.first_order_gain > 0
        assert not found.ok
    assert certify_deal(problem, inside).best_improvement > 0.01
    assert "first order" in found.describe()


@pytest.mark.parametrize("angle", np.linspace(0.02, np.pi / 2 - 0.02, 5))
def test_the_certificate_passes_the_frontier_and_flags_just_inside(angle: float) -> None:
    problem = ball((0.0, 0.0))
    on = np.array([np.cos(angle), np.sin(angle)])
    assert certify_deal(problem, problem.at(on)).ok
    assert not certify_deal(problem, problem.at(on * 0.9999)).ok


def test_the_search_sees_what_first_order_does_not() -> None:
    # Both payoffs are z^2 on [-1, 2]: z = -1 is only a local peak.
    payoffs = Formula(("A", "B"), lambda z: np.repeat(z**2, 2), lambda z: np.array([2 * z, 2 * z]))
    problem = Bargain(
        payoffs, np.array([-1.0]), np.array([2.0]), np.array([0.5]), np.array([0.0, 0.0])
    )
    local = problem.at(np.array([-1.0]))
    close(promised_gain(problem, local), 0.0, 1e-12)
    found = certify_deal(problem, local)
    close(found.best_improvement, 3.0 / problem.scale[0], 1e-12)
    assert not found.ok
    assert certify_deal(problem, problem.at(np.array([2.0]))).ok
    close(solved(problem, "nash").surplus, [4.0, 4.0])


def test_certificates_are_deterministic() -> None:
    found = [solved(ball((0.1, 0.0)), "nash", seed=3) for _ in range(2)]
    assert found[0].certificate == found[1].certificate
    np.testing.assert_array_equal(found[0].outcome.levers, found[1].outcome.levers)


def test_nothing_to_choose() -> None:
    payoffs = ball((0.0, 0.0)).payoffs
    z = np.array([0.2, 0.3])
    problem = Bargain(payoffs, z, z, z, np.zeros(2))
    assert not problem.free.any()
    assert promised_gain(problem, problem.at(z)) == 0.0
    zone = find_zone(problem)
    assert zone.open
    for name in SOLUTIONS:
        close(solve_bargain(problem, name, zone).surplus, z, 1e-12)


def test_a_fixed_lever_stays() -> None:
    problem = ball((0.0, 0.0)).within(np.array([0.2, 0.0]), np.array([0.2, 1.0]))
    found = solved(problem, "nash")
    close(found.outcome.payoffs, [0.2, np.sqrt(0.96)])


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
    close(gain, np.array([18.0, 12.0]) * PIE / 30)
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
