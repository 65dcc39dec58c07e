"""The timeline as an interactive figure: lanes, bars for windows, points for days, as_of across."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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
from parley.report.timeline_places import (
    FONT,
    PLOT_WIDTH,
    Opening,
    Place,
    days_of,
    label_of,
    moved,
    opening,
    placed,
)
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
ENDS = "likeliest end"
"""Name of the lane of a game's ends."""

DAY_MS = 86_400_000
ROW, ABOVE = 34, 130
SAID = 170
"""Pixels for what stands above a line."""
HOVER_WIDTH = 60
LANE_WIDTH = 14


def timeline_figure(part: Mapping[str, Any], ends: Sequence[tuple[str, str]] = ()) -> Figure:
    """Return a timeline as a Plotly figure of plain values, without loading Plotly.

    Parameters
    ----------
    part
        The document of :func:`parley.report.timeline.timeline`.
    ends
        Likeliest ends of a game over it, each a day and what it is; they have a lane of their
        own.
    """
    part = {**part, "entries": [*part["entries"], *_ends(ends, part["as_of"])]}
    line = opening(part)
    lanes = [x for x in (*LANES, ENDS) if any(e["lane"] == x for e in part["entries"])]
    data: list[Figure] = []
    shapes: list[Figure] = []
    ticks: list[float] = []
    rows = 0
    for k, lane in enumerate(lanes):
        places = placed([e for e in part["entries"] if e["lane"] == lane], line, rows)
        end = max(p.row for p in places) + 1
        ticks.append(-(rows + end - 1) / 2)
        if k % 2 == 0:
            shapes.append(_band(rows, end))
        data += _lane(lane, places, part["as_of"])
        rows = end
    return {"data": data, "layout": _layout(part, line, rows, lanes, ticks, shapes)}


def _ends(ends: Sequence[tuple[str, str]], as_of: str) -> list[Figure]:
    """Return ends of a game as entries of a lane of their own."""
    today = dt.date.fromisoformat(as_of)
    return [
        {
            "id": f"end-{k}",
            "kind": "end",
            "lane": ENDS,
            "label": said,
            "date": day,
            "until": None,
            "past": False,
            "days": (dt.date.fromisoformat(day) - today).days,
            "parties": (),
            "note": "",
            "source": "",
        }
        for k, (day, said) in enumerate(ends, start=1)
    ]


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


def _lane(lane: str, places: Sequence[Place], as_of: str) -> list[Figure]:
    """Return the traces of a lane: its windows as bars with their labels, its days as points."""
    colour, symbol = STYLES.get(lane, (BLACK, "star"))
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
                "x": [((b - a).days + 1) * DAY_MS for a, b in (days_of(p.entry) for p in windows)],
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


def _end(place: Place) -> str:
    """Return the day at which the label of a window begins, or ends where it is on the left."""
    first, last = days_of(place.entry)
    return (first if place.left else moved(last, 1)).isoformat()


def _about(places: Sequence[Place]) -> Figure:
    return {
        "customdata": [[p.entry["id"], plain_text(p.entry["label"])] for p in places],
        "hovertext": [_hover(p.entry) for p in places],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _texts(places: Sequence[Place]) -> Figure:
    pad = "\N{NO-BREAK SPACE}"
    texts = []
    for p in places:
        lines = label_of(p.entry).split("<br>")
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
        "layer": "above",
    }


def _above(part: Mapping[str, Any], line: Opening) -> list[Figure]:
    """Return what stands above as_of, on its left, and above the forecast's day, on its right.

    Where the right has no room it is on the left, and higher where the two could meet. The
    margin leaves room for Plotly's buttons above both.
    """
    as_of, by = part["as_of"], part["by"]
    said: Figure = {
        "xref": "x",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
    }
    found = [{**said, "x": as_of, "xanchor": "right", "text": f"<b>as of {day_words(as_of)}</b>"}]
    if by:
        place = line.at(dt.date.fromisoformat(by))
        right = place + SAID > PLOT_WIDTH
        meets = right and place - line.at(line.as_of) < SAID
        found.append(
            {
                **said,
                "x": by,
                "xanchor": "right" if right else "left",
                "yshift": 15 if meets else 0,
                "text": f"forecast to {day_words(by)}",
            }
        )
    return found


def _layout(
    part: Mapping[str, Any],
    line: Opening,
    rows: int,
    lanes: Sequence[str],
    ticks: Sequence[float],
    shapes: Sequence[Figure],
) -> Figure:
    shapes = [*shapes, _line(part["as_of"], "solid", 2)]
    if part["by"]:
        shapes.append(_line(part["by"], "dot", 1.5))
    hidden = sum(days_of(e)[1] < line.low for e in part["entries"])
    earlier = f"{hidden} earlier: drag to the right to see" if hidden else ""
    return {
        "title": {"text": "Timeline", "x": 0.01, "xanchor": "left"},
        "xaxis": {
            "type": "date",
            "range": [line.low.isoformat(), line.high.isoformat()],
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
        "shapes": list(shapes),
        "annotations": _above(part, line),
        "showlegend": False,
        "dragmode": "pan",
        "height": ABOVE + ROW * max(rows, 1),
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "font": {"family": "system-ui, sans-serif", "size": 14, "color": "#1a1a1a"},
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "bgcolor": "white"},
        "margin": {"l": 20, "r": 20, "t": 80, "b": 50},
        "autosize": True,
    }
