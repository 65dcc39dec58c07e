"""The timeline as text: a column of dates, a line with a mark for each lane, and as_of across."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.calendar_text import day_words
from parley.report.figures import WIDTH

__all__ = ["MARKS", "days_words", "timeline_lines", "window_words"]

Line = tuple[str, str]
Entry = Mapping[str, Any]
HEAD, PLAIN = "bold", ""
MARKS = {
    "meetings": "M",
    "elections": "E",
    "threats and deadlines": "!",
    "promises": "P",
    "measures": "#",
    "law and reports": "L",
    "other": "o",
}
"""The mark of each lane."""

FORECAST, END = "?", ">"
NARROWEST = 40
TEXT_AT_LEAST = 16


def timeline_lines(
    part: Mapping[str, Any],
    *,
    width: int = WIDTH,
    past: int | None = None,
    ends: Sequence[tuple[dt.date | str, str]] = (),
) -> list[Line]:
    """Return a timeline as (style, text) lines; styles are Rich's, "" for none.

    Parameters
    ----------
    part
        The document of :func:`parley.report.timeline.timeline`.
    width
        Characters that no line exceeds, at least 40.
    past
        Show only so many of the latest past entries, and say how many there are before; all
        if None.
    ends
        Days with a text each ("deal 'mini' likeliest here (52 %)"), put in place.
    """
    if width < NARROWEST:
        raise ValueError(f"a timeline needs {NARROWEST} characters or more")
    as_of = part["as_of"]
    done = [e for e in part["entries"] if e["past"]]
    left_out = 0 if past is None else max(len(done) - past, 0)
    rows = [_row(e, as_of) for e in [*done[left_out:], *_ahead(part)]]
    rows += [_end(day, text, as_of) for day, text in ends]
    dates = max([len(r.day) for r in rows], default=0)
    waits = max([len(r.days) for r in rows], default=0)
    page = _Page(width, dates, waits)
    before = [r for r in rows if r.past]
    after = [r for r in rows if not r.past]
    lines: list[Line] = []
    if left_out:
        plural = "entry" if left_out == 1 else "entries"
        lines += page.wrapped(f"({left_out} earlier {plural} left out)")
    for row in sorted(before, key=lambda r: r.order):
        lines += page.entry(row)
    lines += page.today(day_words(as_of), bool(after))
    for row in sorted(after, key=lambda r: r.order):
        lines += page.entry(row)
    return lines + page.wrapped(_legend(rows))


def _ahead(part: Mapping[str, Any]) -> list[Entry]:
    return [e for e in part["entries"] if not e["past"]]


class _Row:
    """What one entry shows in each column."""

    def __init__(
        self, order: tuple[str, int], day: str, days: str, mark: str, text: str, note: str
    ) -> None:
        self.order, self.day, self.days = order, day, days
        self.mark, self.text, self.note = mark, text, note
        self.past, self.style = False, PLAIN


def _row(entry: Entry, as_of: str) -> _Row:
    mark = FORECAST if entry["kind"] == "forecast" else MARKS[entry["lane"]]
    who = f" ({', '.join(entry['parties'])})" if entry["parties"] else ""
    days = "" if entry["past"] else days_words(entry)
    text = _plain(entry["label"] + who)
    day = entry["date"] if entry["past"] else max(entry["date"], as_of)
    row = _Row((day, 0), window_words(entry), days, mark, text, _plain(entry["note"]))
    row.past = entry["past"]
    return row


def _end(day: dt.date | str, text: str, as_of: str) -> _Row:
    date = day if isinstance(day, str) else day.isoformat()
    ahead = (dt.date.fromisoformat(date) - dt.date.fromisoformat(as_of)).days
    days = "" if ahead < 0 else _days(ahead)
    row = _Row((date, 1), day_words(date), days, END, _plain(text), "")
    row.past, row.style = ahead < 0, HEAD
    return row


def window_words(entry: Entry) -> str:
    """Return the day of an entry, or its window, in words: "22-30 Sep 2019"."""
    window = (entry["date"], entry["until"]) if entry["until"] else None
    return day_words(entry["date"], window)


def days_words(entry: Entry) -> str:
    """Return how long it is from as_of to an entry: "66 days", "today", "under way"."""
    if entry["past"]:
        return f"{-entry['days']} days ago" if entry["days"] != -1 else "1 day ago"
    return "under way" if entry["days"] < 0 else _days(entry["days"])


def _days(count: int) -> str:
    return "today" if count == 0 else "1 day" if count == 1 else f"{count} days"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _legend(rows: Sequence[_Row]) -> str:
    """Return what the marks mean, as far as they are shown."""
    shown = {r.mark for r in rows}
    names = {mark: lane for lane, mark in MARKS.items()}
    names |= {FORECAST: "day of the forecast", END: "likely ends"}
    return ", ".join(f"{mark} {name}" for mark, name in names.items() if mark in shown)


class _Page:
    """Columns: date, days to go, mark on the line, text."""

    def __init__(self, width: int, dates: int, waits: int) -> None:
        self.width, self.waits = width, waits
        self.dates = min(dates, max(width - TEXT_AT_LEAST - waits - 8, 12))

    def entry(self, row: _Row) -> list[Line]:
        """Return the lines of one entry: what it is, then its note beside the line."""
        bar = 2 + self.dates + (2 + self.waits if self.waits else 0)
        room = max(self.width - bar - 5, TEXT_AT_LEAST - 5)
        days = f"  {row.days:>{self.waits}}" if self.waits else ""
        dates = textwrap.wrap(row.day, self.dates) or [""]
        texts = [*self._texts(row.text, room), *self._texts(row.note, room)]
        texts += [""] * (len(dates) - len(texts))
        lines = [f"  {dates[0]:<{self.dates}}{days}  {row.mark}  {texts[0]}"]
        for k, text in enumerate(texts[1:], start=1):
            day = dates[k] if k < len(dates) else ""
            lines.append(f"  {day:<{bar - 2}}  |  {text}")
        return [(row.style, line.rstrip()) for line in lines]

    def today(self, day: str, more: bool) -> list[Line]:
        """Return the line between what is over and what is not."""
        what = "what is below is still to come" if more else "nothing dated is still to come"
        return [(HEAD, line) for line in textwrap.wrap(f"--- as of {day}: {what} ---", self.width)]

    def wrapped(self, text: str) -> list[Line]:
        """Return a remark under the columns."""
        found = textwrap.wrap(text, self.width - 2)
        return [(PLAIN, f"  {line}") for line in found]

    @staticmethod
    def _texts(text: str, room: int) -> list[str]:
        return textwrap.wrap(text, room, break_on_hyphens=False)
