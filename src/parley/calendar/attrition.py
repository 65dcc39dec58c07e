r"""Waiting for the other to give in: the war of attrition and the alternating-offers split.

Two parties each want another package. Whoever gives in gets :math:`V^{lose}`, the other
:math:`V^{win}`; while both hold out each pays c a year. In the symmetric-information
equilibrium with both holding out, party i gives in at the rate that just keeps j waiting,

.. math:: h_i = \frac{c_j}{V_j^{win} - V_j^{lose}},

and the standoff lasts :math:`1/(h_1 + h_2)` years on average. Rubinstein (1982): in the
infinite game of alternating offers the first proposer has
:math:`(1 - \delta_2)/(1 - \delta_1 \delta_2)` of a surplus of one.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Standoff", "rubinstein_share", "standoff"]


@dataclass(frozen=True)
class Standoff:
    """Rates a year at which each of two parties gives in, and the mean length in years."""

    gives_in: tuple[float, float]
    mean_years: float


def standoff(
    win: tuple[float, float], lose: tuple[float, float], cost: tuple[float, float]
) -> Standoff:
    """Return the war of attrition of two parties.

    Parameters
    ----------
    win, lose
        Worth of having one's way and of giving in, for each party.
    cost
        Cost of a year of holding out, in the same unit, for each party.

    Raises
    ------
    ValueError
        If somebody does not lose by giving in, or holding out costs nobody anything.
    """
    prize = (win[0] - lose[0], win[1] - lose[1])
    if min(prize) <= 0.0:
        raise ValueError("a party that loses nothing by giving in does not hold out")
    if min(cost) < 0.0 or max(cost) <= 0.0:
        raise ValueError("holding out must cost somebody something")
    rates = (cost[1] / prize[1], cost[0] / prize[0])
    return Standoff(rates, 1.0 / sum(rates))


def rubinstein_share(delta_first: float, delta_second: float) -> float:
    """Return the first proposer's share of a surplus in the infinite game.

    Parameters
    ----------
    delta_first, delta_second
        Discount factors per period, in [0, 1], not both one.
    """
    return (1.0 - delta_second) / (1.0 - delta_first * delta_second)
