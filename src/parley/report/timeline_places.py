"""Where the entries of a timeline's figure stand: the range it opens on, rows, sides of labels.

Plotly does not keep labels apart. Here every lane has as many rows as it takes that no label
runs into another while the figure is at least ``PLOT_WIDTH`` pixels wide and shows the range on
which it opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parley.report.plane_figure import wrapped_text

__all__ = [
    "FONT",
    "PLOT_WIDTH",
    "Opening",
    "Place",
    "days_of",
    "label_of",
    "moved",
    "opening",
    "placed",
]

Entry = Mapping[str, Any]

BACK_DAYS = 400
"""Days before as_of on which the figure opens, where anything happened then."""
ROOM, LABEL_ROOM = 0.04, 0.28
"""Share of the time from the first to the last day left free at the ends; left, for labels."""
PLOT_WIDTH = 820
"""Pixels between the axes for which labels are kept apart."""
FONT, CHARACTER = 11, 6.4
"""Size of the labels' letters, and about how wide one is, in pixels."""
MARK, GAP = 9, 10
LABEL_WIDTH, LABEL_LINES = 26, 2


@dataclass(frozen=True)
class Place:
    """Where an entry stands: its row, from the top, and on which side its label is."""

    entry: Entry
    row: int
    left: bool


@dataclass(frozen=True)
class Opening:
    """The days between which the figure opens, and pixels a day."""

    low: dt.date
    high: dt.date
    scale: float
    as_of: dt.date

    def at(self, day: dt.date) -> float:
        """Return how many pixels a day lies right of the low end."""
        return (day - self.low).days * self.scale

    def span(self, entry: Entry) -> tuple[float, float, bool]:
        """Return where an entry with its label begins and ends, and if the label is on the left.

        It is where it would run out of the figure, and where that of a past entry would run
        across as_of.
        """
        start, end, text = self._extent(entry)
        across = entry["past"] and end + text > self.at(self.as_of) and start - text > 0
        if end < 0 or end + text > PLOT_WIDTH or across:
            return start - text, end, True
        return start, end + text, False

    def crosses(self, entry: Entry) -> bool:
        """Return whether the label of an entry runs across as_of, on the right of the entry."""
        _, end, left = self.span(entry)
        return not left and end > self.at(self.as_of)

    def _extent(self, entry: Entry) -> tuple[float, float, float]:
        first, last = days_of(entry)
        start, end = self.at(first), self.at(moved(last, 1) if entry["until"] else last)
        text = max(map(len, label_of(entry).split("<br>"))) * CHARACTER
        return start - MARK, end + MARK, text


def opening(part: Mapping[str, Any]) -> Opening:
    """Return the time the figure opens on: about a year back, to the last day to come.

    Where labels need it there is more room on the left, so that those of the past stay on
    their side of as_of.
    """
    as_of = dt.date.fromisoformat(part["as_of"])
    back = moved(as_of, -BACK_DAYS)
    days = [d for e in part["entries"] for d in days_of(e) if d >= back]
    first, last = min([*days, as_of]), max([*days, as_of])
    length = max((last - first).days, 1)
    end = moved(last, max(ROOM * length, 7))

    def opened(room: float) -> Opening:
        start = moved(first, -max(room * length, 7))
        return Opening(start, end, PLOT_WIDTH / (end - start).days, as_of)

    line = opened(ROOM)
    past = [e for e in part["entries"] if e["past"]]
    return opened(LABEL_ROOM) if any(line.crosses(e) for e in past) else line


def days_of(entry: Entry) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of an entry."""
    first = dt.date.fromisoformat(entry["date"])
    return first, dt.date.fromisoformat(entry["until"]) if entry["until"] else first


def moved(day: dt.date, days: float) -> dt.date:
    """Return the day so many days later, as far as the calendar of dates goes."""
    number = day.toordinal() + round(days)
    return dt.date.fromordinal(min(max(number, 1), dt.date.max.toordinal()))


def placed(entries: Sequence[Entry], line: Opening, first_row: int) -> list[Place]:
    """Return the entries of a lane in rows in which no label runs into another."""
    spans = [(*line.span(entry), entry) for entry in entries]
    taken: list[float] = []
    places = []
    for start, end, left, entry in sorted(spans, key=lambda s: s[:2]):
        row = next((k for k, used in enumerate(taken) if used + GAP <= start), len(taken))
        taken[row : row + 1] = [end]
        places.append(Place(entry, first_row + row, left))
    return places


def label_of(entry: Entry) -> str:
    """Return the label of an entry in a line or two, cut where it is longer."""
    if entry["kind"] == "forecast":
        return ""
    lines = wrapped_text(entry["label"], LABEL_WIDTH).split("<br>")
    if len(lines) > LABEL_LINES:
        lines = [*lines[:LABEL_LINES]]
        lines[-1] += " …"
    return "<br>".join(lines)
