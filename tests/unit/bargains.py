"""Textbook bargaining problems with closed forms, for all tests of bargaining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.solutions import Solution, find_zone, solve_bargain

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
