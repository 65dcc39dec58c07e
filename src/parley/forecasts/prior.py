r"""The prior: how often the calendar game ends in each outcome, and how far that is trusted.

.. math:: p_o = \gamma\, \hat p_o + (1 - \gamma) / K, \qquad
          \hat p_o = \frac{\sum_n [\sigma\, q^{sure}_{no} + (1-\sigma)\, q^{free}_{no}] + 1/2}
                          {N + K/2}

over K outcomes and N draws: :math:`\sigma` is the probability that the threat is sure,
:math:`\gamma` the share of the game, which leaves out much; the halves keep what no draw brought
about possible (Jeffreys' prior).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.forecasts.outcomes import Outcomes
from parley.timing.draws import Draws, Ends
from parley.timing.game import TalksCalendar

__all__ = ["Prior", "mixed_prior", "prior_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prior:
    """The prior and what it is made of.

    Attributes
    ----------
    outcomes
        The outcomes.
    sure, free
        Frequencies over draws with the threat sure, or free to lapse, by outcome.
    game
        Frequencies of both together.
    prior
        The prior, by outcome; sums to one.
    by_draw
        Probabilities in every draw, both together, [draw, outcome].
    draws
        The sample.
    threat_is_sure, game_share
        sigma and gamma.
    """

    outcomes: Outcomes
    sure: dict[str, float]
    free: dict[str, float]
    game: dict[str, float]
    prior: dict[str, float]
    by_draw: Array
    draws: Draws
    threat_is_sure: float
    game_share: float


def mixed_prior(frequency: Array, count: int, game_share: float) -> Array:
    """Return the prior, [outcome].

    Parameters
    ----------
    frequency
        Mean probability over draws, [outcome].
    count
        Number of draws for which the halves are added.
    game_share
        In [0, 1].
    """
    size = len(frequency)
    smooth = (count * frequency + 0.5) / (count + 0.5 * size)
    mixed: Array = game_share * smooth + (1.0 - game_share) / size
    total = float(mixed.sum())
    scaled: Array = mixed / total
    return scaled


def prior_of(
    calendar: TalksCalendar,
    outcomes: Outcomes,
    draws: Draws,
    *,
    threat_is_sure: float,
    game_share: float,
) -> Prior:
    """Return the prior of a sample of games.

    Parameters
    ----------
    calendar, outcomes, draws
        The talks, their outcomes, the sample.
    threat_is_sure, game_share
        Both in [0, 1].
    """
    ids = outcomes.ids

    def table(every: tuple[Ends, ...]) -> Array:
        rows = [outcomes.chances(calendar, ends) for ends in every]
        return np.array([[row[i] for i in ids] for row in rows])

    sure, free = table(draws.sure), table(draws.free)
    both = threat_is_sure * sure + (1.0 - threat_is_sure) * free
    mixed = mixed_prior(both.mean(axis=0), len(both), game_share)

    def named(row: Array) -> dict[str, float]:
        return {i: float(p) for i, p in zip(ids, row, strict=True)}

    return Prior(
        outcomes,
        named(sure.mean(axis=0)),
        named(free.mean(axis=0)),
        named(both.mean(axis=0)),
        named(mixed),
        both,
        draws,
        threat_is_sure,
        game_share,
    )
