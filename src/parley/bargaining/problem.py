r"""A bargaining problem: levers z within bounds, payoffs u(z), and what holds if talks fail.

.. math:: Z = \{z : l \le z \le h,\; c(z) \ge 0\}, \qquad U = u(Z), \qquad
          \text{zone of agreement} = \{z \in Z : u(z) \ge d\}

u are the parties' payoffs over the status quo (in any unit, one for each party), c the
ratification floors, d the disagreement point. Derivatives come from the payoffs themselves,
so that everything built on top is a smooth programme in a few dozen levers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.model import Curvature, curvature_of

__all__ = ["Bargain", "Outcome", "Payoffs"]

Array = NDArray[np.float64]
# Points kept whole, with what their derivatives need; figures and derivatives of all are kept.
WHOLE = 200


@dataclass(frozen=True, eq=False)
class Outcome:
    """Where levers lead.

    ``levers`` [lever]; ``payoffs`` [party] over the status quo; ``slack`` [floor], what is
    left before a ratification floor is broken (negative: it is), in the floor's own unit;
    ``residual`` of the equilibrium behind it; ``ok`` whether it is proven; ``state`` what
    the payoffs need to differentiate.
    """

    levers: Array
    payoffs: Array
    slack: Array
    residual: float = 0.0
    ok: bool = True
    state: Any = None


class Payoffs(Protocol):
    """From levers to payoffs, and derivatives."""

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""

    @property
    def floors(self) -> tuple[str, ...]:
        """Names of the ratification floors."""

    def evaluate(self, levers: Array, near: Outcome | None = None) -> Outcome:
        """Return where the levers lead; ``near`` may help to solve."""

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives in the levers of payoffs and slack, [party or floor, lever]."""


@dataclass(eq=False)
class Bargain:
    """Payoffs, bounds on the levers, and the disagreement point.

    Attributes
    ----------
    payoffs
        The map from levers to payoffs.
    lower, upper
        Bounds of the levers, [lever].
    start
        The levers of the status quo, within the bounds, [lever].
    disagreement
        Payoffs if the talks fail, [party].
    scale
        A typical size of each party's payoff, [party]: what they can differ by over the
        levers. It conditions the programmes and sets their tolerances; results in the
        parties' own units do not depend on it.
    curvature
        Hessians for the programmes' models where payoffs are dear to evaluate
        (:mod:`parley.bargaining.model`); None to evaluate the payoffs themselves.
    """

    payoffs: Payoffs
    lower: Array
    upper: Array
    start: Array
    disagreement: Array
    scale: Array = field(default_factory=lambda: np.zeros(0))
    curvature: Curvature | None = None
    memory: _Memory = field(default_factory=lambda: _Memory(), repr=False)

    def __post_init__(self) -> None:
        if not self.scale.size:
            self.scale = _scale(self)

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return self.payoffs.parties

    @property
    def free(self) -> NDArray[np.bool_]:
        """Levers whose bounds leave a choice, [lever]."""
        found: NDArray[np.bool_] = self.upper > self.lower
        return found

    @property
    def solves(self) -> int:
        """How many points were evaluated so far."""
        return len(self.memory.figures)

    @property
    def archive(self) -> list[Outcome]:
        """Every point evaluated so far, without state."""
        return list(self.memory.figures.values())

    def at(self, levers: Array) -> Outcome:
        """Return where levers lead, from memory where they were tried before."""
        z = np.clip(np.asarray(levers, dtype=np.float64), self.lower, self.upper)
        m, key = self.memory, z.tobytes()
        found = m.whole.get(key)
        if found is None:
            found = self.payoffs.evaluate(z, m.last)
            m.keep(key, found)
        return found

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives of payoffs and slack in the levers, [party or floor, lever]."""
        key = outcome.levers.tobytes()
        if key not in self.memory.slopes:
            self.memory.slopes[key] = self.payoffs.gradients(outcome)
        return self.memory.slopes[key]

    def surplus(self, outcome: Outcome) -> Array:
        """Return payoffs over the disagreement point, [party]."""
        found: Array = outcome.payoffs - self.disagreement
        return found

    def against(self, disagreement: Sequence[float] | Array) -> Bargain:
        """Return the same problem with another disagreement point; memory is shared."""
        return replace(self, disagreement=np.asarray(disagreement, dtype=np.float64))

    def modelled(self, progress: Callable[[int, int], None] | None = None) -> Bargain:
        """Return the same problem with Hessians, at one gradient for each lever."""
        return replace(self, curvature=curvature_of(self, progress))

    def modelled_by(self, payoffs: Payoffs) -> Bargain:
        """Return the same problem with other payoffs, without memory or Hessians."""
        return replace(self, payoffs=payoffs, curvature=None, memory=_Memory())

    def within(self, lower: Array, upper: Array) -> Bargain:
        """Return the same problem with other bounds; memory is shared."""
        start = np.clip(self.start, lower, upper)
        return replace(self, lower=lower, upper=upper, start=start)


class _Memory:
    """Points tried: figures and derivatives of all, the whole outcome of the latest."""

    def __init__(self) -> None:
        self.whole: OrderedDict[bytes, Outcome] = OrderedDict()
        self.figures: dict[bytes, Outcome] = {}
        self.slopes: dict[bytes, tuple[Array, Array]] = {}
        self.last: Outcome | None = None

    def keep(self, key: bytes, found: Outcome) -> None:
        """Remember a point."""
        self.whole[key] = found
        self.figures[key] = replace(found, state=None)
        if len(self.whole) > WHOLE:
            self.whole.popitem(last=False)
        if found.ok:
            self.last = found


def _scale(problem: Bargain) -> Array:
    """Return what each party's payoff can differ by over the levers.

    The largest of first-order ranges and of payoff differences, seen from the status quo, the
    ends away from it and the middle: near a party's own optimum its slope alone says nothing.
    """
    away = problem.start - problem.lower > problem.upper - problem.start
    far = np.where(away, problem.lower, problem.upper)
    points = [problem.start, far, 0.5 * (problem.lower + problem.upper)]
    outcomes = [o for o in map(problem.at, points) if o.ok]
    width = problem.upper - problem.lower
    ranges = [np.abs(problem.gradients(o)[0] * width).sum(axis=1) for o in outcomes]
    payoffs = np.stack([o.payoffs for o in outcomes])
    found: Array = np.maximum(np.max(ranges, axis=0), np.ptp(payoffs, axis=0))
    largest = float(found.max())
    return np.where(found > 1e-9 * largest, found, largest if largest > 0 else 1.0)
