"""The axioms of bargaining solutions on random concave problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.bargaining.frontier import distance_to_frontier, find_frontier
from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.solutions import SOLUTIONS, Solution, find_zone, solve_bargain

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=20, deadline=None)
PARTIES = st.integers(2, 3)
CLOSE = 1e-5  # of the payoffs' scale


@dataclass(frozen=True, eq=False)
class Concave:
    """u_i = k_i (a_i . z - b_i . z^2) + c_i with b >= 0."""

    a: np.ndarray
    b: np.ndarray
    k: np.ndarray
    c: np.ndarray
    floors: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple("ABCD"[: len(self.a)])

    def evaluate(self, levers: np.ndarray, near: Outcome | None = None) -> Outcome:
        u = self.k * (self.a @ levers - self.b @ levers**2) + self.c
        return Outcome(levers, u, np.zeros(0))

    def gradients(self, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
        z = outcome.levers
        return self.k[:, None] * (self.a - 2 * self.b * z), np.zeros((0, len(z)))


def plain(a: np.ndarray, b: np.ndarray) -> Concave:
    return Concave(a, b, np.ones(len(a)), np.zeros(len(a)))


def problem_of(seed: int, parties: int = 2, curved: bool = False) -> Bargain:
    """A random problem whose zone of agreement holds a known point with room to spare."""
    rng = np.random.default_rng(seed)
    levers = int(rng.integers(2, 6))
    a = rng.normal(size=(parties, levers))
    b = rng.uniform(0.05 if curved else 0.0, 1.0, (parties, levers))
    if not curved:
        b *= rng.random((parties, levers)) < 0.8
    lower, upper = -rng.uniform(0.2, 2.0, levers), rng.uniform(0.2, 2.0, levers)
    payoffs = plain(a, b)
    problem = Bargain(payoffs, lower, upper, np.zeros(levers), np.zeros(parties))
    inside = problem.at(rng.uniform(lower, upper)).payoffs
    return problem.against(inside - rng.uniform(0.02, 0.3, parties) * problem.scale)


def solved(problem: Bargain, name: str, **options: object) -> Solution:
    return solve_bargain(problem, name, find_zone(problem), **options)  # type: ignore[arg-type]


def close(found: np.ndarray, expected: np.ndarray, scale: np.ndarray) -> None:
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", SOLUTIONS)
@FEW
@given(SEEDS, PARTIES)
def test_deals_are_rational_and_efficient(name: str, seed: int, parties: int) -> None:
    problem = problem_of(seed, parties)
    zone = find_zone(problem)
    assert zone.open
    found = solve_bargain(problem, name, zone)  # type: ignore[arg-type]
    assert (found.surplus >= -1e-7 * problem.scale).all()
    assert (found.outcome.payoffs <= zone.ideal + 1e-6 * problem.scale).all()
    assert found.certificate.ok, found.certificate
    assert np.abs(distance_to_frontier(problem, found.outcome.payoffs)[0] / problem.scale).max() < (
        CLOSE
    )


@FEW
@given(SEEDS, PARTIES)
def test_nash_against_its_dual(seed: int, parties: int) -> None:
    # ln is concave: no deal's log product is more than max_z sum_i w_i (u_i(z) - d_i) - 1
    # above ours, with w_i = beta_i / x_i. The sum is separable, so its peak is known.
    problem = problem_of(seed, parties, curved=True)
    beta = np.random.default_rng(seed).dirichlet(np.ones(parties) * 3)
    found = solved(problem, "nash", powers=beta)
    w = beta / found.surplus
    f = problem.payoffs
    assert isinstance(f, Concave)
    z = np.clip((w @ f.a) / (2 * (w @ f.b)), problem.lower, problem.upper)
    gap = w @ (f.evaluate(z).payoffs - problem.disagreement) - 1
    assert -1e-12 <= gap <= 1e-6


@FEW
@given(SEEDS)
def test_utilitarian_without_a_binding_disagreement_is_the_peak_of_the_sum(seed: int) -> None:
    problem = problem_of(seed, 3, curved=True)
    f = problem.payoffs
    assert isinstance(f, Concave)
    z = np.clip(f.a.sum(axis=0) / (2 * f.b.sum(axis=0)), problem.lower, problem.upper)
    peak = f.evaluate(z).payoffs
    easy = problem.against(peak - 0.1 * problem.scale)
    found = solved(easy, "utilitarian")
    assert abs(found.outcome.payoffs.sum() - peak.sum()) <= 1e-6 * problem.scale.sum()


@pytest.mark.parametrize("name", ["nash", "kalai-smorodinsky"])
@FEW
@given(SEEDS, PARTIES)
def test_units_do_not_matter(name: str, seed: int, parties: int) -> None:
    if name != "nash":
        parties = 2  # with three, others' payoffs off the ray are not unique
    problem = problem_of(seed, parties)
    rng = np.random.default_rng(seed + 1)
    k, c = 10 ** rng.uniform(-3, 3, parties), rng.normal(size=parties)
    c *= k  # an offset of the size of the payoffs
    f = problem.payoffs
    assert isinstance(f, Concave)
    other = Bargain(
        Concave(f.a, f.b, k, c),
        problem.lower,
        problem.upper,
        problem.start,
        k * problem.disagreement + c,
    )
    close(solved(other, name).surplus / k, solved(problem, name).surplus, problem.scale)


@pytest.mark.parametrize("name", ["nash", "kalai-smorodinsky", "egalitarian"])
@FEW
@given(SEEDS)
def test_symmetric_problems_have_equal_gains(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    half = int(rng.integers(1, 4))
    one, curve = rng.normal(size=2 * half), rng.uniform(0.0, 1.0, 2 * half)
    lower, upper = -np.tile(rng.uniform(0.2, 2, half), 2), np.tile(rng.uniform(0.2, 2, half), 2)
    payoffs = plain(np.stack([one, np.roll(one, half)]), np.stack([curve, np.roll(curve, half)]))
    problem = Bargain(payoffs, lower, upper, np.zeros(2 * half), np.zeros(2))
    inside = problem.at(np.tile(rng.uniform(lower[:half], upper[:half]), 2)).payoffs
    problem = problem.against(inside - rng.uniform(0.02, 0.3) * problem.scale)
    found = solved(problem, name)
    assert found.certificate.ok
    close(found.surplus[::-1], found.surplus, problem.scale)


@pytest.mark.parametrize("name", ["nash", "kalai-smorodinsky", "egalitarian"])
@FEW
@given(SEEDS, PARTIES)
def test_names_do_not_matter(name: str, seed: int, parties: int) -> None:
    problem = problem_of(seed, parties)
    order = np.roll(np.arange(parties), 1)
    f = problem.payoffs
    assert isinstance(f, Concave)
    other = Bargain(
        plain(f.a[order], f.b[order]),
        problem.lower,
        problem.upper,
        problem.start,
        problem.disagreement[order],
    )
    scale = problem.scale
    if name == "nash":
        beta = np.random.default_rng(seed).uniform(0.2, 1, parties)
        one = solved(problem, name, powers=beta).surplus
        two = solved(other, name, powers=beta[order]).surplus
        close(two, one[order], scale[order])
        return
    one, two = solved(problem, name).surplus, solved(other, name).surplus
    if name == "egalitarian":  # the common gain is unique, what is beyond it is not
        close(two.min(), one.min(), scale.min())
    elif parties == 2:
        close(two, one[order], scale[order])
    else:
        width = find_zone(problem).width(problem.disagreement)
        close((two / width[order]).min(), (one / width).min(), np.ones(1))


@FEW
@given(SEEDS)
def test_kalai_smorodinsky_is_monotonic(seed: int) -> None:
    # A new lever helps A and costs B, from nothing up to a bound that is then raised. At B's
    # best deal the lever is at nothing and A is above its disagreement point, so B's ideal
    # is the same in the larger problem, and A must not lose by it.
    rng = np.random.default_rng(seed)
    levers = int(rng.integers(2, 5))
    a, b = rng.normal(size=(2, levers)), rng.uniform(0.05, 1.0, (2, levers))
    a[:, -1] = rng.uniform(0.3, 2), -rng.uniform(0.05, 1)
    b[0, -1] = 0.0
    lower, upper = -rng.uniform(0.2, 2, levers), rng.uniform(0.2, 2, levers)
    lower[-1], upper[-1] = 0.0, rng.uniform(0.05, 0.5)
    small = Bargain(plain(a, b), lower, upper, np.zeros(levers), np.zeros(2))
    best = np.clip(a[1] / (2 * b[1]), lower, upper)
    at_best = small.at(best).payoffs
    small = small.against(at_best - rng.uniform(0.02, 0.5, 2) * small.scale)
    raised = upper.copy()
    raised[-1] *= rng.uniform(1.5, 4)
    large = small.within(lower, raised)
    ideals = [find_zone(p).ideal for p in (small, large)]
    close(ideals[0][1], at_best[1], small.scale[1])
    close(ideals[1][1], at_best[1], small.scale[1])
    assert ideals[1][0] >= ideals[0][0] - 1e-6 * small.scale[0]
    gains = [solved(p, "kalai-smorodinsky").surplus for p in (small, large)]
    assert gains[1][0] >= gains[0][0] - 1e-6 * small.scale[0]


@FEW
@given(SEEDS, PARTIES)
def test_a_larger_problem_hurts_nobody_with_equal_gains(seed: int, parties: int) -> None:
    problem = problem_of(seed, parties)
    large = problem.within(problem.lower * 1.5, problem.upper * 1.5)
    gains = [solved(p, "egalitarian").surplus.min() for p in (problem, large)]
    assert gains[1] >= gains[0] - 1e-6 * problem.scale.min()


@FEW
@given(SEEDS, PARTIES)
def test_nash_ignores_irrelevant_alternatives(seed: int, parties: int) -> None:
    problem = problem_of(seed, parties)
    found = solved(problem, "nash")
    rng = np.random.default_rng(seed)
    z = found.outcome.levers
    part = rng.uniform(0.05, 1, (2, len(z)))
    tight = problem.within(z - part[0] * (z - problem.lower), z + part[1] * (problem.upper - z))
    again = solved(tight, "nash")
    assert again.certificate.ok
    close(again.surplus, found.surplus, problem.scale)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_frontiers_are_certified_and_undominated(seed: int) -> None:
    problem = problem_of(seed, 2, curved=True)
    found = find_frontier(problem, 7)
    assert found.certified
    assert len(found.points) + found.left_out == 7
    payoffs = np.stack([p.outcome.payoffs for p in found.points]) / problem.scale
    assert (np.diff(payoffs[:, 0]) > 0).all()
    assert (np.diff(payoffs[:, 1]) < 1e-6).all()
