r"""What each party has if there is no agreement, by how talks can end.

==========  =======================================================================
exit        parties may walk out at will: they bargain over what they have while they
            talk, and an outside option :math:`G_i^{exit}` is a constraint that binds only
            if it is better than bargaining on (Binmore, Rubinstein and Wolinsky 1986)
hazard      talks break down at rate h while parties discount at r_i:
            :math:`d_i = (r_i u_i^{inside} + h\,G_i^{breakdown}) / (r_i + h)`
deadline    breakdown is carried out on a day: the terminal payoff,
            :math:`d_i = G_i^{breakdown}`
==========  =======================================================================

A threat matters through the last two. All payoffs are flows a year over the status quo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["WAYS", "Disagreement", "Way", "by_deadline", "by_exit", "by_hazard"]

Array = NDArray[np.float64]
Way = Literal["exit", "hazard", "deadline"]
WAYS: tuple[Way, ...] = ("exit", "hazard", "deadline")


@dataclass(frozen=True, eq=False)
class Disagreement:
    """A disagreement point.

    ``point`` [party] is what surplus is measured from; ``at_least`` [party] what nobody
    accepts less than, at or above it where there are outside options.
    """

    way: Way
    point: Array
    at_least: Array

    @property
    def binding(self) -> tuple[bool, ...]:
        """For each party, whether its outside option is above the point."""
        return tuple(bool(b) for b in self.at_least > self.point)


def by_exit(inside: Array, outside: Array) -> Disagreement:
    """Return the point of voluntary exit; ``inside``, ``outside`` [party]."""
    return Disagreement("exit", inside, np.maximum(inside, outside))


def by_hazard(inside: Array, breakdown: Array, discount: Array, hazard: float) -> Disagreement:
    """Return the point under exogenous breakdown.

    Parameters
    ----------
    inside, breakdown
        Flows while talking and after breakdown, [party].
    discount
        Discount rates per year, [party].
    hazard
        Rate of breakdown per year, positive.

    Raises
    ------
    ValueError
        If the hazard is not positive or a discount rate is negative.
    """
    if hazard <= 0 or np.any(discount < 0):
        raise ValueError(f"hazard {hazard:g} and discount rates {discount} must be positive")
    point = (discount * inside + hazard * breakdown) / (discount + hazard)
    return Disagreement("hazard", point, point)


def by_deadline(breakdown: Array) -> Disagreement:
    """Return the point of an executed deadline: the terminal payoff, [party]."""
    return Disagreement("deadline", breakdown, breakdown)
