r"""The calendar game under uncertain weights and patience: a small seeded sample.

Every constituency's political weight is drawn from its range in the file (half of the draws
between low and value, half between value and high; a weight without a range stays), every
party's discount rate from half to twice what it is, evenly in the logarithm. Each draw is
played under every order of proposals, once with a threat that is sure and once with one that
its owner may let lapse; nothing of that is sampled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import End
from parley.sampling import log_uniform, split_uniform, unit_draws
from parley.timing.game import TalksCalendar
from parley.timing.plan import Plan

__all__ = ["DRAWS", "HIGHEST_DISCOUNT", "PATIENCE", "Draws", "Ends", "draw_games"]

Array = NDArray[np.float64]
Ends = tuple[tuple[float, End], ...]
DRAWS = 128
"""Draws of weights and patience."""
PATIENCE = 2.0
"""Factor by which a discount rate is divided and multiplied at most."""
HIGHEST_DISCOUNT = 0.95


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the game, played.

    Attributes
    ----------
    names
        Unknowns: "weight of ID", "discount of PARTY".
    values
        What was drawn, [draw, unknown].
    sure, free
        Ends of every draw with their probabilities, the threat sure or not; ``free`` is
        ``sure`` itself where no party owns a threat.
    seed
        Of the sample.
    """

    names: tuple[str, ...]
    values: Array
    sure: tuple[Ends, ...]
    free: tuple[Ends, ...]
    seed: int

    def mixed(self, threat_is_sure: float) -> Ends:
        """Return all ends over the sample, the threat sure with this probability."""
        share = 1.0 / len(self.sure)
        found = []
        for weight, every in ((threat_is_sure, self.sure), (1.0 - threat_is_sure, self.free)):
            found += [(share * weight * p, end) for ends in every for p, end in ends if weight > 0]
        return tuple(found)


def draw_games(
    calendar: TalksCalendar,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    plan: Plan | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Draws:
    """Return the game played under a sample of weights and patience.

    Parameters
    ----------
    calendar
        The talks.
    draws, seed
        Size of the sample and its seed.
    plan
        Other dates than the scenario's.
    told
        Told (done, total) on the way.
    """
    stakes = calendar.stakes
    parties = set(calendar.parties)
    free_weights = [
        c
        for c in stakes.study.resolved.constituencies
        if c.party in parties and c.low < c.high and stakes.weighted
    ]
    rates = stakes.discount
    unit = unit_draws(draws, len(free_weights) + len(rates), seed)
    weights = [
        split_uniform(unit[:, k], c.low, c.weight, c.high) for k, c in enumerate(free_weights)
    ]
    discounts = []
    for k, rate in enumerate(rates):
        column = unit[:, len(free_weights) + k]
        if rate > 0.0:
            drawn = log_uniform(column, rate / PATIENCE, rate * PATIENCE)
            discounts.append(np.minimum(drawn, max(HIGHEST_DISCOUNT, rate)))
        else:
            discounts.append(np.zeros(draws))
    owned = any(d.owner is not None for d in calendar.plan.deadlines)
    sure: list[Ends] = []
    free: list[Ends] = []
    for n in range(draws):
        given = stakes.weights | {c.id: float(weights[k][n]) for k, c in enumerate(free_weights)}
        patience = np.array([d[n] for d in discounts])
        for certain, into in ((True, sure), (False, free)):
            if certain or owned:
                game = calendar.game(sure=certain, plan=plan, weights=given, discount=patience)
                into.append(calendar.play(game).ends)
        if told is not None:
            told(n + 1, draws)
    names = (
        *(f"weight of {c.id}" for c in free_weights),
        *(f"discount of {p}" for p in calendar.parties),
    )
    values = np.stack([*weights, *discounts], axis=1)
    played = tuple(sure)
    return Draws(names, values, played, tuple(free) if owned else played, seed)
