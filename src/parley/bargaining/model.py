r"""A quadratic model of payoffs that are dear to evaluate, exact to first order where it stands.

.. math:: u_i(z) \approx u_i(z_k) + \nabla u_i(z_k) \cdot \Delta
          + \tfrac12 \Delta^T H_i \Delta, \qquad \Delta = z - z_k

The Hessians H are differences of gradients over the levers' ranges, taken once for a problem;
value and gradient are those of the point z_k that the programme has reached. Solving the
programme on the model, moving there, and standing the model there anew, converges in a few
equilibria, and where it rests the conditions hold for the payoffs themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from parley.bargaining.problem import Bargain, Outcome

__all__ = ["Curvature", "curvature_of", "local_problem"]

Array = NDArray[np.float64]
STEP = 0.5


@dataclass(frozen=True, eq=False)
class Curvature:
    """Hessians of payoffs and slack, [party or floor, lever, lever]."""

    payoffs: Array
    slack: Array

    def learnt(self, move: Array, bends: tuple[Array, Array], width: Array) -> Curvature:
        """Return the Hessians corrected to meet how gradients changed along a move.

        ``bends`` are the changes of gradients [party or floor, lever]; the least symmetric
        correction, levers measured by their ``width`` (Powell 1970).
        """
        s = move / width
        length = float(s @ s)
        if length <= 0.0:
            return self
        found = []
        for blocks, bent in zip((self.payoffs, self.slack), bends, strict=True):
            if not len(blocks):
                found.append(blocks)
                continue
            scaled = blocks * width[:, None] * width
            rest = bent * width - scaled @ s
            along = (rest @ s) / length
            moved = rest[:, :, None] * s + s[:, None] * rest[:, None, :]
            scaled = scaled + moved / length - along[:, None, None] * np.outer(s, s) / length
            found.append(scaled / width[:, None] / width)
        return Curvature(found[0], found[1])


@dataclass(frozen=True, eq=False)
class _Local:
    """Payoffs of the model around an outcome."""

    parties: tuple[str, ...]
    floors: tuple[str, ...]
    around: Outcome
    slopes: tuple[Array, Array]
    curvature: Curvature

    def evaluate(self, levers: Array, near: Outcome | None = None) -> Outcome:
        """Return payoffs and slack of the model."""
        move = levers - self.around.levers
        bent = (self.curvature.payoffs @ move, self.curvature.slack @ move)
        payoffs = self.around.payoffs + (self.slopes[0] + 0.5 * bent[0]) @ move
        slack = self.around.slack + (self.slopes[1] + 0.5 * bent[1]) @ move
        return replace(self.around, levers=np.array(levers), payoffs=payoffs, slack=slack)

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives of the model."""
        move = outcome.levers - self.around.levers
        return (
            self.slopes[0] + self.curvature.payoffs @ move,
            self.slopes[1] + self.curvature.slack @ move,
        )


def curvature_of(problem: Bargain, progress: Callable[[int, int], None] | None = None) -> Curvature:
    """Return the Hessians of a problem: one gradient for each lever and one in the middle."""
    middle = 0.5 * (problem.lower + problem.upper)
    width = problem.upper - problem.lower
    first = problem.gradients(problem.at(middle))
    count = len(middle)
    found = [np.zeros((len(block), count, count)) for block in first]
    free = np.flatnonzero(problem.free)
    for done, k in enumerate(free, start=1):
        z = middle.copy()
        # Towards the status quo, near which most deals are.
        side = -1.0 if problem.start[k] < middle[k] else 1.0
        z[k] += side * STEP * width[k]
        moved = problem.gradients(problem.at(z))
        for block, old, new in zip(found, first, moved, strict=True):
            block[:, k, :] = (new - old) / (z[k] - middle[k])
        if progress is not None:
            progress(done, len(free))
    even = [0.5 * (block + np.swapaxes(block, 1, 2)) for block in found]
    return Curvature(even[0], even[1])


def local_problem(problem: Bargain, outcome: Outcome, curvature: Curvature) -> Bargain:
    """Return the problem with payoffs replaced by the model around an outcome."""
    local = _Local(
        problem.parties,
        problem.payoffs.floors,
        outcome,
        problem.gradients(outcome),
        curvature,
    )
    return problem.modelled_by(local)
