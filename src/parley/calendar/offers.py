r"""How a round is resolved, given what every party has by waiting.

Let :math:`W_i` be what party i has if nothing is agreed today and :math:`V_i(k, s)` what
package k with side payments s is worth to it today.

*Alternating*: the proposer p picks k and s to maximise :math:`V_p` subject to
:math:`V_j \ge W_j` for all others, who accept what leaves them no worse; it waits if even
that is below :math:`W_p`. Each other party j pays it the most that j accepts, within the cap.

*Simultaneous*: all bid at once and agree where the bids fit. Of the many equilibria the one
that survives a little noise in the bids maximises :math:`\prod_i (V_i - W_i)` (Nash 1953).

Only those must agree whose consent a package needs; a proposer that is not among them still
prefers it to waiting, or does not propose it.

Ties: a party that is indifferent agrees rather than waits; between equal packages the
proposer takes the one that is better for the others, then the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import End, Game, Round
from parley.calendar.worth import arrival, value_of

__all__ = ["Offer", "resolve_round"]

Array = NDArray[np.float64]
TOLERANCE = 1e-12
STEPS = 200


@dataclass(frozen=True, eq=False)
class Offer:
    """A package as it could be agreed in a round.

    ``end`` is what agreement leads to and ``worth`` [party] its value that day; ``accepted``
    whether all would agree to it, and ``against`` who would rather wait.
    """

    package: int
    end: End
    worth: Array
    accepted: bool
    against: tuple[int, ...]


def resolve_round(
    game: Game, at: Round, waiting: Array, flows: Array
) -> tuple[Offer | None, tuple[Offer, ...]]:
    """Return the offer that is made and agreed, if any, and every open package's offer.

    Parameters
    ----------
    game, at
        The game and the round.
    waiting
        What each party has if nothing is agreed, [party].
    flows
        Flows of the day, [state, party].
    """
    offers = tuple(_offer(game, at, k, waiting, flows) for k in range(game.packages) if at.open[k])
    fit = [o for o in offers if o.accepted and _wanted(at, o, waiting)]
    if not fit:
        return None, offers
    scale = max(1.0, float(np.abs(waiting).max()))
    if at.proposer is None:
        rank = _by_product(game, waiting, scale)
    else:
        rank = _by_proposer(at.proposer, scale)
    return max(fit, key=lambda o: (*rank(o), -o.package)), offers


def _wanted(at: Round, offer: Offer, waiting: Array) -> bool:
    """Return whether who proposes would rather have an offer than wait."""
    if at.proposer is None:
        return True
    mine, rest = float(offer.worth[at.proposer]), float(waiting[at.proposer])
    return mine >= rest - TOLERANCE * max(1.0, abs(rest), abs(mine))


def _by_proposer(proposer: int, scale: float) -> Callable[[Offer], tuple[float, ...]]:
    def rank(o: Offer) -> tuple[float, ...]:
        others = float(np.delete(o.worth, proposer).sum())
        return (_rounded(float(o.worth[proposer]), scale), _rounded(others, scale))

    return rank


def _by_product(game: Game, waiting: Array, scale: float) -> Callable[[Offer], tuple[float, ...]]:
    # Logarithms keep all digits whatever the unit: a product of three small surpluses does not.
    def rank(o: Offer) -> tuple[float, ...]:
        who = list(game.consent_of(o.package))
        surplus = np.maximum(o.worth - waiting, 0.0)[who]
        gain = bool(surplus.min() > TOLERANCE * scale)
        product = _rounded(float(np.log(surplus).sum()), 1.0) if gain else -np.inf
        return (product, _rounded(float(surplus.sum()), scale))

    return rank


def _rounded(value: float, scale: float) -> float:
    """Return a value in which differences of rounding are no differences."""
    return round(value / scale, 11)


def _offer(game: Game, at: Round, k: int, waiting: Array, flows: Array) -> Offer:
    day = at.day
    end = End("deal", k, day, day + game.lag_of(k), at.id)
    worth = value_of(game, end, day, flows)
    who = game.consent_of(k)
    if game.transfer_cap > 0.0:
        factor = arrival(game, end, day)
        slack = worth - waiting
        if at.proposer is None:
            paid = np.zeros_like(slack)
            paid[list(who)] = _split(slack[list(who)], factor[list(who)], game.transfer_cap)
        else:
            paid = _asked(at.proposer, who, slack, factor, game.transfer_cap)
        end = End("deal", k, day, end.in_force, at.id, transfer=tuple(float(p) for p in paid))
        worth = worth + paid * factor
    limit = TOLERANCE * max(1.0, float(np.abs(waiting).max()), float(np.abs(worth).max()))
    against = tuple(int(i) for i in np.flatnonzero(worth < waiting - limit) if int(i) in who)
    return Offer(k, end, worth, not against, against)


def _asked(proposer: int, who: tuple[int, ...], slack: Array, factor: Array, cap: float) -> Array:
    """Return the payments [party] at which all others who must agree are as well off as waiting."""
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(factor > 0.0, slack / factor, 0.0)
    asked = np.zeros_like(slack)
    for party in who:
        if party != proposer:
            asked[party] = np.clip(most[party], -cap, cap)
    paid: Array = -asked
    paid[proposer] = asked.sum()
    return paid


def _split(slack: Array, factor: Array, cap: float) -> Array:
    """Return the payments [party] that maximise the product of surpluses.

    With surplus :math:`x_i + D_i s_i` the condition is :math:`s_i = m - x_i / D_i` within
    the cap, for the m at which all payments add to nothing.
    """
    if np.any(factor <= 0.0):
        return np.zeros_like(slack)
    level = slack / factor

    def paid(m: float) -> Array:
        return np.clip(m - level, -cap, cap)

    low, high = float(level.min()), float(level.max())
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if paid(middle).sum() < 0.0 else (low, middle)
    found = paid(0.5 * (low + high))
    balanced: Array = found - found.mean()
    return balanced
