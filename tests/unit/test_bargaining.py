"""Bargaining solutions and certificates against textbook closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parley.bargaining import solutions
from parley.bargaining.certificate import certify_deal, promised_gain, promised_objective
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.program import Solved
from parley.bargaining.solutions import SOLUTIONS, find_zone, solve_bargain
from tests.unit.bargains import CLOSE, PIE, Formula, ball, close, pie, solved

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
    # The largest first-order ranges: 4 * 2 + 1 * 10 where z = 0, 3 * 2 + 1 * 10 where z = 2.
    np.testing.assert_allclose(problem.scale, [18.0, 16.0])
    zone = find_zone(problem)
    assert not zone.open
    assert zone.best == ()
    close(zone.ideal, problem.disagreement, 0)
    close(zone.width(problem.disagreement), [0, 0], 0)
    # The miss is the same in units of the scale.
    close(zone.shortfall(problem.disagreement), 0.3 * problem.scale / problem.scale.sum())
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


# On the quarter circle at (0.8, 0.6), of the frontier: what moves of a twentieth promise of each
# solution's own objective. B gains 0.05, which costs A 0.0375 along the circle.
PROMISES = {
    "nash": 0.5 * (0.05 / 0.6 - 0.0375 / 0.8),
    "kalai-smorodinsky": 0.05 / 0.6,
    "egalitarian": 0.05 / 0.6,
    "utilitarian": 0.5 * (0.05 - 0.0375),
}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_certificate_flags_a_point_of_the_frontier_that_is_not_the_solution(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = ball((0.0, 0.0))
    zone = find_zone(problem)
    wrong = problem.at(np.array([0.8, 0.6]))
    for programme in ("nash_product", "weighted", "along_ray"):
        monkeypatch.setattr(solutions, programme, lambda *a, **k: Solved(wrong, 0.0, 0.0))
    proof = solve_bargain(problem, name, zone).certificate  # type: ignore[arg-type]
    assert replace(proof, imbalance=0.0).ok
    close(proof.imbalance, PROMISES[name], 1e-9)
    assert not proof.ok


def test_what_moves_promise_of_an_objective() -> None:
    problem = ball((0.0, 0.0))
    wrong = problem.at(np.array([0.8, 0.6]))
    product = 0.5 / wrong.payoffs[None, :]
    close(promised_objective(problem, wrong, product), PROMISES["nash"], 1e-9)
    # It is the solution if A is the stronger by so much.
    powers = np.array([0.64, 0.36])
    close(promised_objective(problem, wrong, powers / wrong.payoffs[None, :]), 0.0, 1e-12)
    # Nobody is asked to fall below what it has without a deal.
    close(promised_objective(problem.against([0.8, 0.0]), wrong, product), 0.0, 1e-12)
    best = solved(problem, "nash").certificate
    assert best.imbalance < 1e-6
    assert "imbalance" in best.describe()


# --- a status quo that is nearly one party's optimum


@pytest.mark.parametrize("eps", [1e-6, 0.0])
@pytest.mark.parametrize("modelled", [False, True])
def test_a_status_quo_that_is_nearly_the_optimum_of_one_party(eps: float, modelled: bool) -> None:
    payoffs = Formula(
        ("A", "B"),
        lambda z: np.array(
            [
                eps * (z[0] + z[1]) - z[0] ** 2 - 0.5 * z[1] ** 2,
                z[0] + 0.5 * z[1] - 0.2 * z[0] ** 2 - 0.3 * z[1] ** 2,
            ]
        ),
        lambda z: np.array([[eps - 2 * z[0], eps - z[1]], [1 - 0.4 * z[0], 0.5 - 0.6 * z[1]]]),
    )
    problem = Bargain(payoffs, -np.ones(2), np.ones(2), np.zeros(2), np.array([-0.5, 0.0]))
    # A's range is nothing at the status quo but 2 * 2 + 1 * 2 at (1, 1); B's is 1 * 2 + 1/2 * 2.
    np.testing.assert_allclose(problem.scale, [6.0, 3.0], rtol=1e-5)
    found = solved(problem.modelled() if modelled else problem, "nash")
    close(found.surplus, [0.3454, 0.4332], 5e-5)
    # Where the slopes of ln(u_A + 1/2) + ln u_B vanish.
    x, y = found.outcome.levers
    slopes = payoffs.du(found.outcome.levers)
    close((slopes / found.surplus[:, None]).sum(axis=0), [0.0, 0.0], 1e-4)
    assert 0 < y < x < 1
