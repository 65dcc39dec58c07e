"""What a date is worth: the game again with one event moved, or without it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.timing.game import TalksCalendar
from parley.timing.plan import Ahead, DeadlineAhead, Plan, RoundAhead
from parley.timing.reading import EndChance, read_play

__all__ = ["SHIFT_DAYS", "DateMove", "date_moves", "shifted_plans"]

Array = NDArray[np.float64]
SHIFT_DAYS = 30
"""Days by which every date is tried earlier and later."""


@dataclass(frozen=True, eq=False)
class DateMove:
    """One event on another day (None: it does not take place).

    ``change`` [party] is what the move is worth, US$bn a year; ``likely`` the likeliest end,
    ``agreement`` the probability that they ever agree, ``shifts`` whether either changes.
    """

    event: str
    label: str
    how: str
    date: dt.date | None
    change: Array
    likely: EndChance
    agreement: float
    shifts: bool


def date_moves(calendar: TalksCalendar, *, sure: bool = True) -> tuple[DateMove, ...]:
    """Return every event of the calendar moved earlier, later, and away.

    Events whose day is not known are also tried on the first and the last day of their window.
    """
    base = read_play(calendar, calendar.play(calendar.game(sure=sure)))
    found = []
    for event, how, moved in shifted_plans(calendar.plan):
        played = calendar.play(calendar.game(sure=sure, plan=moved))
        read = read_play(calendar, played, moved)
        shifts = abs(read.agreement - base.agreement) > 1e-9 or (
            (read.likely.kind, read.likely.state) != (base.likely.kind, base.likely.state)
        )
        date = next((e.date for e in moved.events if e.id == event.id), None)
        found.append(
            DateMove(
                event.id,
                event.label,
                how,
                date,
                read.worth - base.worth,
                read.likely,
                read.agreement,
                shifts,
            )
        )
    return tuple(found)


def shifted_plans(plan: Plan) -> list[tuple[Ahead, str, Plan]]:
    """Return every event with how it is moved and the plan that results."""
    return [
        (event, how, plan.without(event.id) if date is None else plan.moved(event.id, date))
        for event in plan.events
        for how, date in _days(event, plan)
    ]


def _days(event: Ahead, plan: Plan) -> list[tuple[str, dt.date | None]]:
    by = dt.timedelta(days=SHIFT_DAYS)
    found: list[tuple[str, dt.date | None]] = []
    if event.window is not None:
        first, last = event.window
        found.append(("on the first day", max(first, plan.as_of)))
        found.append(("on the last day", last))
    if event.date - by >= plan.as_of:
        found.append((f"{SHIFT_DAYS} days earlier", event.date - by))
    found.append((f"{SHIFT_DAYS} days later", event.date + by))
    gone = "is dropped" if isinstance(event, DeadlineAhead) else "does not take place"
    if isinstance(event, (RoundAhead, DeadlineAhead)):
        found.append((gone, None))
    return found
