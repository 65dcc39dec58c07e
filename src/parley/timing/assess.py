r"""A calendar assessed: the equilibrium, who waits, what a date is worth, how sure threats are.

Every game is played twice. *Sure*: a threat whose deadline is not put off any more is carried
out, whatever it costs (``sure``). *Free*: its owner may let it lapse at the cost of its
reputation (``free``). Where both agree the threat needs no resolve; where they part, all
hangs on whether it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.calendar.attrition import Standoff, standoff
from parley.timing.draws import Draws
from parley.timing.game import TalksCalendar
from parley.timing.moves import DateMove, date_moves
from parley.timing.reading import EndChance, Reading, merged_ends, read_play

__all__ = ["THREAT_IS_SURE", "CalendarAssessment", "Holdout", "Spread", "assess_calendar"]

Array = NDArray[np.float64]
THREAT_IS_SURE = 0.5
"""Probability that a threat not put off any more is carried out even at a loss, where the
file gives none: nothing is known."""


@dataclass(frozen=True)
class Holdout:
    """Two parties that each want another package: how long each would hold out.

    ``wants`` and ``worth`` are for each party its package and, US$bn a year, what it has by
    winning and by giving in; ``standoff`` the war of attrition.
    """

    wants: tuple[str, str]
    win: tuple[float, float]
    lose: tuple[float, float]
    standoff: Standoff


@dataclass(frozen=True, eq=False)
class Spread:
    """Ends by date under uncertain weights and patience, the threat sure with a probability."""

    ends: tuple[EndChance, ...]
    draws: int
    seed: int
    threat_is_sure: float


@dataclass(frozen=True, eq=False)
class CalendarAssessment:
    """A calendar assessed.

    ``values`` [state, party] are flows a year over the status quo on as_of, in the parties'
    objective; ``real`` the same in real income; ``full`` both with all of a state in force
    (phased in, with all purchases and payments running), ``staged`` both in every stage
    [stage, party]; ``free`` is None where no party owns a
    threat; ``moves`` are of the sure game; ``spread`` is None without a sample.
    """

    calendar: TalksCalendar
    values: Array
    real: Array
    full: tuple[Array, Array]
    staged: tuple[Array, Array]
    sure: Reading
    free: Reading | None
    moves: tuple[DateMove, ...]
    holdout: Holdout | None
    spread: Spread | None = None

    @property
    def hangs_on_belief(self) -> bool:
        """Whether the likeliest end depends on the threat being believed."""
        if self.free is None:
            return False
        a, b = self.sure.likely, self.free.likely
        return (a.kind, a.state) != (b.kind, b.state)


def assess_calendar(
    calendar: TalksCalendar, *, moves: bool = True, draws: Draws | None = None
) -> CalendarAssessment:
    """Return a calendar assessed.

    Parameters
    ----------
    calendar
        The talks.
    moves
        Whether every date is also moved.
    draws
        A sample of games, for the distribution of dates and packages.
    """
    stakes = calendar.stakes
    sure = read_play(calendar, calendar.play(calendar.game(sure=True)))
    free = None
    if any(d.owner is not None for d in calendar.plan.deadlines):
        free = read_play(calendar, calendar.play(calendar.game(sure=False)))
    values = calendar.game().flows(0.0)
    today = stakes.weights_on(0.0, calendar.plan, stakes.weights)
    return CalendarAssessment(
        calendar,
        values,
        stakes.values(None),
        (stakes.values(today, full=True), stakes.values(None, full=True)),
        (stakes.staged(today), stakes.staged(None)),
        sure,
        free,
        date_moves(calendar) if moves else (),
        _holdout(calendar, values),
        None if draws is None else _spread(calendar, draws),
    )


def _spread(calendar: TalksCalendar, draws: Draws) -> Spread:
    said = calendar.stakes.study.scenario.forecast
    known = said.threat_is_sure if said is not None else None
    sigma = THREAT_IS_SURE if known is None else known
    # Side payments differ from draw to draw; dates and packages are what is told.
    plain = tuple((p, replace(end, transfer=())) for p, end in draws.mixed(sigma))
    ends = merged_ends(calendar, plain, calendar.plan)
    return Spread(ends, len(draws.sure), draws.seed, sigma)


def _holdout(calendar: TalksCalendar, values: Array) -> Holdout | None:
    """Return the war of attrition of two parties over two packages that both gain from."""
    if len(calendar.parties) != 2:
        return None
    states = calendar.stakes.states
    gain = values - values[states.inside]
    shut = calendar.stakes.closed
    good = [
        k for k in range(states.packages) if states.keys[k] not in shut and gain[k].min() > 1e-9
    ]
    if len(good) < 2:
        return None
    best = [good[int(np.argmax(gain[good, i]))] for i in (0, 1)]
    if best[0] == best[1]:
        return None
    win = (float(gain[best[0], 0]), float(gain[best[1], 1]))
    lose = (float(gain[best[1], 0]), float(gain[best[0], 1]))
    with np.errstate(divide="ignore"):
        rate = -np.log(1.0 - calendar.stakes.discount)
    cost = (float(rate[0]) * lose[0], float(rate[1]) * lose[1])
    prize = min(win[0] - lose[0], win[1] - lose[1])
    if prize <= 1e-12 or not 0.0 < max(cost) < np.inf:
        return None
    names = (states.keys[best[0]], states.keys[best[1]])
    return Holdout(names, win, lose, standoff(win, lose, cost))
