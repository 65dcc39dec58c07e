r"""What an end of the talks is worth to a party on a day: an average flow a year.

With flow u while they talk, flow g in force from day f on and :math:`\delta` a year,

.. math:: V_i(t) = u_i(t) (1 - \delta_i^{f - t}) + (g_i(t) + s_i) \delta_i^{f - t},

in the unit of the flows (the discounted sum of all flows from t on, over that of one unit a
year). Reputation lost on day d takes :math:`c\,\delta^{d-t}` away. Breakdown at rate h in the
interval :math:`[a, a+\Delta]` has, given that it comes,

.. math:: E\,\delta^{f-t} = \delta^{a-t} \frac{h}{r+h}
          \frac{1 - e^{-(r+h)\Delta}}{1 - e^{-h\Delta}}, \qquad r = -\ln \delta,

so that for :math:`\Delta = \infty` the value is
:math:`(r u + h b)/(r + h)`, the disagreement point of Binmore, Rubinstein and Wolinsky (1986).

Where the state after breakdown cannot begin before a day, breakdown before that day counts from
it. A government judges everything that is still to come with the weights of the day on which it
decides; what later governments will do is foreseen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import End, Game

__all__ = ["Lottery", "arrival", "value_of", "values_of"]

Array = NDArray[np.float64]
Lottery = Sequence[tuple[float, End]]
"""Ends with their probabilities."""


def arrival(game: Game, end: End, day: float) -> Array:
    """Return the expected discount factor at which an end's state begins, [party]."""
    begun = max(end.in_force - day, 0.0)
    factor: Array = game.delta**begun
    if end.kind == "hazard" and end.in_force < end.until:
        h = game.hazard
        with np.errstate(divide="ignore"):
            r = -np.log(game.delta)
        span = end.until - end.decided
        share = np.where(np.isinf(r), 0.0, h / (r + h))
        if np.isfinite(span):
            with np.errstate(invalid="ignore"):
                gone = -np.expm1(-(r + h) * span) / -np.expm1(-h * span)
            share = share * np.where(np.isinf(r), 0.0, gone)
        factor = factor * share
    return factor


def value_of(game: Game, end: End, day: float, flows: Array | None = None) -> Array:
    """Return what an end is worth on a day to every party, [party].

    ``flows`` [state, party] are those of the day, where they are at hand already.
    """
    seen = game.flows(day) if flows is None else flows
    inside = seen[game.inside]
    found = np.array(inside, dtype=np.float64)
    if end.kind != "no-deal":
        factor = arrival(game, end, day)
        given = seen[end.state] + np.array(end.transfer) if end.transfer else seen[end.state]
        found = inside * (1.0 - factor) + given * factor
    for party, lost, flow in end.costs:
        found[party] -= flow * game.delta[party] ** max(lost - day, 0.0)
    return found


def values_of(game: Game, lottery: Lottery, day: float, flows: Array | None = None) -> Array:
    """Return what a lottery over ends is worth on a day to every party, [party]."""
    seen = game.flows(day) if flows is None else flows
    found = np.zeros(len(game.parties))
    for chance, end in lottery:
        found += chance * value_of(game, end, day, seen)
    return found
