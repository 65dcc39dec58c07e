"""The timeline as an interactive figure: lanes, bars for windows, points for days, as_of across.

Plotly does not keep labels apart. Here every lane has as many rows as it takes that no label
runs into another while the figure is at least ``PLOT_WIDTH`` pixels wide and shows the range on
which it opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parley.report.calendar_text import day_words
from parley.report.plane_figure import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    GRID,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    plain_text,
    wrapped_text,
)
from parley.report.timeline_facts import LANES
from parley.report.timeline_text import days_words, window_words

__all__ = ["timeline_figure"]

Figure = dict[str, Any]
Entry = Mapping[str, Any]

STYLES: dict[str, tuple[str, str]] = dict(
    zip(
        LANES,
        (
            (BLUE, "circle"),
            (PURPLE, "diamond"),
            (VERMILLION, "triangle-up"),
            (GREEN, "square"),
            (ORANGE, "pentagon"),
            (SKY, "triangle-down"),
            (GREY, "hexagram"),
        ),
        strict=True,
    )
)
"""Colour and shape of each lane."""

DAY_MS = 86_400_000
ONE_DAY = dt.timedelta(days=1)
BACK_DAYS = 400
"""Days before as_of on which the figure opens, where anything happened then."""
ROOM = 0.04
"""Share of the range left free at both ends."""
PLOT_WIDTH = 820
"""Pixels between the axes for which labels are kept apart."""
FONT, CHARACTER = 11, 6.4
"""Size of the labels' letters, and about how wide one is, in pixels."""
MARK, GAP = 9, 10
ROW, ABOVE = 34, 110
LABEL_WIDTH, LABEL_LINES = 26, 2
HOVER_WIDTH = 60
LANE_WIDTH = 14


@dataclass(frozen=True)
class _Place:
    """Where an entry stands: its row, from the top, and on which side its label is."""

    entry: Entry
    row: int
    left: bool


@dataclass(frozen=True)
class _Line:
    """The range on which the figure opens, in pixels from ``low``: ``scale`` of them a day."""

    low: dt.date
    scale: float
    as_of: str

    def at(self, day: dt.date) -> float:
        return (day - self.low).days * self.scale

    def span(self, entry: Entry) -> tuple[float, float, bool]:
        """Return where an entry with its label begins and ends, and if the label is on the left.

        It is where it would run out of the figure, and where that of a past entry would run
        across as_of.
        """
        first, last = _days(entry)
        start, end = self.at(first), self.at(last + ONE_DAY if entry["until"] else last)
        text = max(map(len, _label(entry).split("<br>"))) * CHARACTER
        today = self.at(dt.date.fromisoformat(self.as_of))
        across = entry["past"] and end + MARK + text > today and start - MARK - text > 0
        if end < 0 or end + MARK + text > PLOT_WIDTH or across:
            return start - MARK - text, end + MARK, True
        return start - MARK, end + MARK + text, False


def timeline_figure(part: Mapping[str, Any]) -> Figure:
    """Return a timeline as a Plotly figure of plain values, without loading Plotly.

    Parameters
    ----------
    part
        The document of :func:`parley.report.timeline.timeline`.
    """
    low, high = _range(part)
    line = _Line(low.date(), PLOT_WIDTH / ((high - low) / ONE_DAY), part["as_of"])
    lanes = [lane for lane in LANES if any(e["lane"] == lane for e in part["entries"])]
    data: list[Figure] = []
    shapes: list[Figure] = []
    ticks: list[float] = []
    rows = 0
    for k, lane in enumerate(lanes):
        places = _placed([e for e in part["entries"] if e["lane"] == lane], line, rows)
        end = max(p.row for p in places) + 1
        ticks.append(-(rows + end - 1) / 2)
        if k % 2 == 0:
            shapes.append(_band(rows, end))
        data += _lane(lane, places, part["as_of"])
        rows = end
    return {"data": data, "layout": _layout(part, (low, high), rows, lanes, ticks, shapes)}


def _range(part: Mapping[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    """Return the time the figure opens on: about a year back, to the last day to come."""
    as_of = dt.date.fromisoformat(part["as_of"])
    back = as_of - dt.timedelta(days=BACK_DAYS)
    days = [d for e in part["entries"] for d in _days(e) if d >= back]
    first, last = min([*days, as_of]), max([*days, as_of])
    room = dt.timedelta(days=max(ROOM * (last - first).days, 7))
    start = dt.datetime.combine(first, dt.time())
    end = dt.datetime.combine(last, dt.time())
    return start - room, end + room


def _days(entry: Entry) -> tuple[dt.date, dt.date]:
    first = dt.date.fromisoformat(entry["date"])
    return first, dt.date.fromisoformat(entry["until"]) if entry["until"] else first


def _placed(entries: Sequence[Entry], line: _Line, first_row: int) -> list[_Place]:
    """Return the entries of a lane in rows in which no label runs into another."""
    spans = [(*line.span(entry), entry) for entry in entries]
    taken: list[float] = []
    places = []
    for start, end, left, entry in sorted(spans, key=lambda s: s[:2]):
        row = next((k for k, used in enumerate(taken) if used + GAP <= start), len(taken))
        taken[row : row + 1] = [end]
        places.append(_Place(entry, first_row + row, left))
    return places


def _label(entry: Entry) -> str:
    """Return the label of an entry in a line or two, cut where it is longer."""
    if entry["kind"] == "forecast":
        return ""
    lines = wrapped_text(entry["label"], LABEL_WIDTH).split("<br>")
    if len(lines) > LABEL_LINES:
        lines = [*lines[:LABEL_LINES]]
        lines[-1] += " …"
    return "<br>".join(lines)


def _hover(entry: Entry) -> str:
    when = f"{window_words(entry)}, {days_words(entry)}"
    if not entry["past"] and entry["days"] > 0:
        when = f"{window_words(entry)}, in {days_words(entry)}"
    lines = [f"<b>{wrapped_text(entry['label'], HOVER_WIDTH)}</b>", when]
    if entry["parties"]:
        lines.append(wrapped_text(", ".join(entry["parties"]), HOVER_WIDTH))
    if entry["note"]:
        lines.append(wrapped_text(entry["note"], HOVER_WIDTH))
    if entry["source"]:
        lines.append(plain_text(f"source: {entry['source']}"))
    return "<br>".join(lines)


def _lane(lane: str, places: Sequence[_Place], as_of: str) -> list[Figure]:
    """Return the traces of a lane: its windows as bars with their labels, its days as points."""
    colour, symbol = STYLES[lane]
    days = [p for p in places if not p.entry["until"]]
    windows = [p for p in places if p.entry["until"]]
    traces: list[Figure] = []
    if windows:
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": lane,
                "meta": "window",
                "base": [p.entry["date"] for p in windows],
                "x": [((b - a).days + 1) * DAY_MS for a, b in (_days(p.entry) for p in windows)],
                "y": [-p.row for p in windows],
                "width": 0.4,
                "marker": {
                    "color": colour,
                    "opacity": [_opacity(p.entry) for p in windows],
                    "line": {"color": colour, "width": 3},
                },
                **_about(windows),
            }
        )
        traces.append(
            {
                "type": "scatter",
                "name": lane,
                "meta": "label",
                "mode": "text",
                "x": [_end(p) for p in windows],
                "y": [-p.row for p in windows],
                "hoverinfo": "skip",
                **_texts(windows),
            }
        )
    if days:
        traces.append(
            {
                "type": "scatter",
                "name": lane,
                "meta": "day",
                "mode": "markers+text",
                "x": [p.entry["date"] for p in days],
                "y": [-p.row for p in days],
                "marker": {
                    "color": colour,
                    "symbol": symbol,
                    "size": 11,
                    "opacity": [_opacity(p.entry) for p in days],
                    "line": {"color": BLACK, "width": 0.8},
                },
                **_about(days),
                **_texts(days),
            }
        )
    return traces


def _opacity(entry: Entry) -> float:
    return 0.6 if entry["past"] else 1.0


def _end(place: _Place) -> str:
    """Return the day at which the label of a window begins, or ends where it is on the left."""
    first, last = _days(place.entry)
    return (first if place.left else last + ONE_DAY).isoformat()


def _about(places: Sequence[_Place]) -> Figure:
    return {
        "customdata": [[p.entry["id"], plain_text(p.entry["label"])] for p in places],
        "hovertext": [_hover(p.entry) for p in places],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _texts(places: Sequence[_Place]) -> Figure:
    pad = "\N{NO-BREAK SPACE}"
    texts = []
    for p in places:
        lines = _label(p.entry).split("<br>")
        texts.append("<br>".join(f"{t}{pad}" if p.left else f"{pad}{t}" for t in lines))
    return {
        "text": texts,
        "textposition": ["middle left" if p.left else "middle right" for p in places],
        "textfont": {"size": FONT},
    }


def _band(start: int, end: int) -> Figure:
    """Return the ground of every second lane."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "y",
        "y0": 0.5 - start,
        "y1": 0.5 - end,
        "fillcolor": "#f3f3f3",
        "line": {"width": 0},
        "layer": "below",
    }


def _line(day: str, dash: str, width: float) -> Figure:
    return {
        "type": "line",
        "xref": "x",
        "x0": day,
        "x1": day,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": BLACK, "width": width, "dash": dash},
        "layer": "below",
    }


def _said(day: str, text: str, anchor: str) -> Figure:
    """Return what stands above a line, on one side of it so that two never meet."""
    return {
        "x": day,
        "xref": "x",
        "xanchor": anchor,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": 12},
    }


def _layout(
    part: Mapping[str, Any],
    span: tuple[dt.datetime, dt.datetime],
    rows: int,
    lanes: Sequence[str],
    ticks: Sequence[float],
    shapes: Sequence[Figure],
) -> Figure:
    as_of, by = part["as_of"], part["by"]
    lines = [_line(as_of, "solid", 2)]
    said = [_said(as_of, f"<b>as of {day_words(as_of)}</b>", "right" if by else "center")]
    if by:
        lines.append(_line(by, "dot", 1.5))
        said.append(_said(by, f"forecast to {day_words(by)}", "left"))
    hidden = sum(_days(e)[1] < span[0].date() for e in part["entries"])
    earlier = f"{hidden} earlier: drag to the right to see" if hidden else ""
    return {
        "title": {"text": "Timeline", "x": 0.01, "xanchor": "left"},
        "xaxis": {
            "type": "date",
            "range": [t.isoformat(sep=" ", timespec="seconds") for t in span],
            "title": {"text": earlier, "font": {"size": 12}},
            "gridcolor": GRID,
            "linecolor": GREY,
            "hoverformat": "%d %b %Y",
            "tickformatstops": [
                {"dtickrange": [None, "M1"], "value": "%d %b %Y"},
                {"dtickrange": ["M1", None], "value": "%b %Y"},
            ],
        },
        "yaxis": {
            "range": [0.5 - max(rows, 1), 0.5],
            "tickmode": "array",
            "tickvals": list(ticks),
            "ticktext": [wrapped_text(lane, LANE_WIDTH) for lane in lanes],
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": "white",
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
        "barmode": "overlay",
        "shapes": [*shapes, *lines],
        "annotations": said,
        "showlegend": False,
        "dragmode": "pan",
        "height": ABOVE + ROW * max(rows, 1),
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "font": {"family": "system-ui, sans-serif", "size": 14, "color": "#1a1a1a"},
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "bgcolor": "white"},
        "margin": {"l": 20, "r": 20, "t": 60, "b": 50},
        "autosize": True,
    }
