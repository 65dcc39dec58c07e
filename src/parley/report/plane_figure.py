"""The payoff plane as an interactive figure: Plotly's JSON, and a page that needs nothing else."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.html_page import CONFIG, html_page, html_table, script_json
from parley.report.plane import Plane, PlanePoint, Window, plane_axes
from parley.report.plane_axes import Axis

__all__ = ["figure_html", "plain_text", "plane_figure", "plane_table", "wrapped_text"]

Figure = dict[str, Any]

# Okabe and Ito's colours, which the colour-blind tell apart; each kind has its own shape too.
BLUE, ORANGE, SKY, GREEN = "#0072B2", "#E69F00", "#56B4E9", "#009E73"
VERMILLION, PURPLE = "#D55E00", "#CC79A7"
BLACK, GREY = "#000000", "#767676"
GRID = "#e5e5e5"
LEGEND_NAMES = 12
"""Packages or deals that the legend names; the table below the figure names all."""
LEGEND_WIDTH = 34
BEYOND = 10
"""Axis lengths by which the zone of agreement goes on outside the view, for zooming out."""

STYLES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "frontier": (
        "frontier",
        {"mode": "lines+markers", "line": {"color": BLUE, "width": 2}, "marker": {"size": 6}},
    ),
    "status-quo": (
        "status quo",
        {"mode": "markers", "marker": {"symbol": "x", "size": 11, "color": GREY}},
    ),
    "disagreement": (
        "no deal",
        {"mode": "markers", "marker": {"symbol": "cross", "size": 13, "color": BLACK}},
    ),
    "package": (
        "packages",
        {"mode": "markers+text", "marker": {"symbol": "square", "size": 19, "color": ORANGE}},
    ),
    "deal": (
        "bargained deals",
        {"mode": "markers+text", "marker": {"symbol": "circle", "size": 17, "color": SKY}},
    ),
}
OUTLINE = {"color": BLACK, "width": 1}


def plane_figure(plane: Plane, window: Window | None = None) -> Figure:
    """Return the plane as a Plotly figure of plain values, without loading Plotly.

    There is one trace for each kind of point present; ``customdata`` holds the mark, the
    label and both payoffs as written. With a window, in the payoffs' units, the figure
    opens on it and still holds every point.
    """
    x, y = plane_axes(plane, window)
    marked = plane.marked_points()
    traces = []
    for kind in STYLES:
        chosen = [(mark, point) for mark, point in marked if point.kind == kind]
        if chosen:
            traces.append(_trace(plane, kind, chosen, x, y))
    layout = {
        "title": {"text": wrapped_text(plane.title, 80), "x": 0.01, "xanchor": "left"},
        "xaxis": _axis(plane.x_label, x),
        "yaxis": _axis(plane.y_label, y),
        "shapes": _zone(plane.disagreement, x, y),
        "legend": {
            "orientation": "v",
            "x": 1.02,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "itemsizing": "trace",
        },
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "font": {"family": "system-ui, sans-serif", "size": 14, "color": "#1a1a1a"},
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "bgcolor": "white"},
        "margin": {"l": 20, "r": 20, "t": 60, "b": 20},
        "autosize": True,
    }
    return {"data": traces, "layout": layout}


def _trace(
    plane: Plane, kind: str, chosen: Sequence[tuple[str, PlanePoint]], x: Axis, y: Axis
) -> Figure:
    name, style = STYLES[kind]
    rows = [[m, plain_text(p.label), x.amount(p.x), y.amount(p.y)] for m, p in chosen]
    across, upward = plain_text(plane.x_label), plain_text(plane.y_label)
    hover = [
        f"<b>{label}</b><br>{across}: {right}<br>{upward}: {up}" for _, label, right, up in rows
    ]
    lettered = kind in ("package", "deal")
    trace: Figure = {
        "type": "scatter",
        "name": _legend_name(name, chosen) if lettered else name,
        "x": [p.x for _, p in chosen],
        "y": [p.y for _, p in chosen],
        "customdata": rows,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": not lettered,
        "meta": kind,
        **style,
    }
    if lettered:
        trace["text"] = [mark for mark, _ in chosen]
        trace["textfont"] = {"size": 12, "color": BLACK}
        trace["marker"] = {**style["marker"], "line": OUTLINE}
    return trace


def _legend_name(name: str, chosen: Sequence[tuple[str, PlanePoint]]) -> str:
    """Return what the legend says of lettered points: each mark with its label."""
    named = [wrapped_text(f"{mark} {p.label}", LEGEND_WIDTH) for mark, p in chosen[:LEGEND_NAMES]]
    further = len(chosen) - len(named)
    return "<br>".join([name, *named, *([f"and {further} more"] if further else [])])


def _axis(label: str, axis: Axis) -> Figure:
    return {
        "title": {"text": wrapped_text(label, 50)},
        "range": [axis.low, axis.high],
        "automargin": True,
        "gridcolor": GRID,
        "zeroline": True,
        "zerolinecolor": GREY,
        "zerolinewidth": 1,
        "linecolor": GREY,
        "exponentformat": "power",
    }


def _zone(disagreement: tuple[float, float] | None, x: Axis, y: Axis) -> list[Figure]:
    """Return the zone of agreement and its two bounds: what each gets without a deal."""
    if disagreement is None:
        return []
    right, up = disagreement
    zone: Figure = {
        "type": "rect",
        "xref": "x",
        "yref": "y",
        "x0": right,
        "x1": max(right, x.high) + BEYOND * x.span,
        "y0": up,
        "y1": max(up, y.high) + BEYOND * y.span,
        "fillcolor": GREEN,
        "opacity": 0.1,
        "line": {"width": 0},
        "layer": "below",
        "name": "zone of agreement",
        "showlegend": True,
    }
    line: Figure = {"type": "line", "line": {"color": BLACK, "width": 1.5, "dash": "dash"}}
    across: Figure = {"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": up, "y1": up}
    upward: Figure = {"xref": "x", "x0": right, "x1": right, "yref": "paper", "y0": 0, "y1": 1}
    return [zone, {**line, **upward, "layer": "below"}, {**line, **across, "layer": "below"}]


def plain_text(text: str) -> str:
    """Return a text that Plotly shows as it is; it reads some HTML and %{...} otherwise."""
    return html.escape(" ".join(text.split()), quote=False).replace("%{", "%&#123;")


def wrapped_text(text: str, width: int) -> str:
    """Return a text for Plotly in lines of at most so many characters, long words apart."""
    return "<br>".join(map(plain_text, textwrap.wrap(text, width, break_on_hyphens=False)))


BODY = """<h1>{title}</h1>
<h2>{heading}</h2>
<div id="chart" role="img" aria-label="{aria}"></div>
<noscript><p>The chart needs JavaScript; the table has all its numbers.</p></noscript>
{notes}{numbers}<script>
const figure = {figure};
delete figure.layout.title;
figure.layout.margin.t = 36;
if (window.innerWidth < 700) {{
  figure.layout.legend = {{orientation: "v", x: 0, xanchor: "left", y: -0.3, yanchor: "top"}};
}}
Plotly.newPlot("chart", figure.data, figure.layout, {config});
</script>
"""
PAGE_STYLE = """#chart { height: 36rem; }
@media (max-width: 699px) { #chart { height: 46rem; } }
"""
TABLE = {
    "package": "package",
    "deal": "bargained deal",
    "disagreement": "no deal",
    "status-quo": "status quo",
    "frontier": "frontier",
}
"""The kinds of points in the table's order, by name."""


def figure_html(figure: Mapping[str, Any], title: str, notes: Sequence[str]) -> str:
    """Return a page with a figure of ``plane_figure``, its notes and its numbers as a table."""
    listed = "".join(f"<li>{html.escape(note)}</li>\n" for note in notes)
    aria = f"Chart: {title}. The numbers are in the table below."
    body = BODY.format(
        title=html.escape(title),
        heading=html.escape(_page_text(figure["layout"]["title"]["text"])),
        aria=html.escape(aria),
        notes=f"<ul>\n{listed}</ul>\n" if notes else "",
        numbers=plane_table(figure),
        figure=script_json(figure),
        config=script_json(CONFIG),
    )
    return html_page(title, body, PAGE_STYLE)


def plane_table(figure: Mapping[str, Any]) -> str:
    """Return the numbers of a figure of ``plane_figure`` as an HTML table."""
    axes = [_page_text(figure["layout"][a]["title"]["text"]) for a in ("xaxis", "yaxis")]
    traces = sorted(figure["data"], key=lambda trace: list(TABLE).index(trace["meta"]))
    rows = [
        (mark, _page_text(label), TABLE[t["meta"]], right, up)
        for t in traces
        for mark, label, right, up in t["customdata"]
    ]
    columns = ("Mark", "Point", "Kind", *axes)
    return html_table("The numbers of the chart", columns, rows, numbers=(3, 4), heading=1)


def _page_text(shown: str) -> str:
    """Return a text made for Plotly as it was, its line breaks as spaces."""
    return html.unescape(shown.replace("<br>", " "))
