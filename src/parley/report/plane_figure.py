"""The payoff plane as an interactive figure: Plotly's JSON, and a page that needs nothing else."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.plane import Plane, PlanePoint, Window, plane_axes
from parley.report.plane_axes import Axis

__all__ = ["figure_html", "plane_figure"]

Figure = dict[str, Any]

# Okabe and Ito's colours, which the colour-blind tell apart; each kind has its own shape too.
BLUE, ORANGE, SKY, GREEN = "#0072B2", "#E69F00", "#56B4E9", "#009E73"
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
        "title": {"text": _wrapped(plane.title, 80), "x": 0.01, "xanchor": "left"},
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
    rows = [[m, _plain(p.label), x.amount(p.x), y.amount(p.y)] for m, p in chosen]
    hover = [
        f"<b>{label}</b><br>{_plain(plane.x_label)}: {right}<br>{_plain(plane.y_label)}: {up}"
        for _, label, right, up in rows
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
    named = [_wrapped(f"{mark} {p.label}", LEGEND_WIDTH) for mark, p in chosen[:LEGEND_NAMES]]
    further = len(chosen) - len(named)
    return "<br>".join([name, *named, *([f"and {further} more"] if further else [])])


def _axis(label: str, axis: Axis) -> Figure:
    return {
        "title": {"text": _wrapped(label, 50)},
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


def _plain(text: str) -> str:
    """Return a text that Plotly shows as it is; it reads some HTML and %{...} otherwise."""
    return html.escape(" ".join(text.split()), quote=False).replace("%{", "%&#123;")


def _wrapped(text: str, width: int) -> str:
    return "<br>".join(map(_plain, textwrap.wrap(text, width, break_on_hyphens=False)))


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ margin: 0 auto; padding: 1rem; max-width: 70rem; background: white; color: #1a1a1a;
  font: 1rem/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 1.4rem; line-height: 1.3; }}
h2 {{ font-size: 1.1rem; line-height: 1.3; font-weight: normal; }}
#chart {{ height: 36rem; }}
@media (max-width: 699px) {{ #chart {{ height: 46rem; }} }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin-top: 1.5rem; }}
caption {{ text-align: left; font-weight: bold; padding-bottom: 0.4rem; }}
th, td {{ padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid #d0d0d0; text-align: left;
  vertical-align: top; }}
th.number, td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>
<script>{library}</script>
</head>
<body>
<h1>{title}</h1>
<h2>{heading}</h2>
<div id="chart" role="img" aria-label="{aria}"></div>
<noscript><p>The chart needs JavaScript; the table has all its numbers.</p></noscript>
{notes}<div class="wide" tabindex="0" role="region" aria-label="The numbers">
<table>
<caption>The numbers of the chart</caption>
<thead>
<tr><th scope="col">Mark</th><th scope="col">Point</th><th scope="col">Kind</th>\
<th scope="col" class="number">{x_label}</th><th scope="col" class="number">{y_label}</th></tr>
</thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<script>
const figure = {figure};
delete figure.layout.title;
figure.layout.margin.t = 36;
if (window.innerWidth < 700) {{
  figure.layout.legend = {{orientation: "v", x: 0, xanchor: "left", y: -0.3, yanchor: "top"}};
}}
Plotly.newPlot("chart", figure.data, figure.layout, {config});
</script>
</body>
</html>
"""


# Plotly's own settings would offer a button that hands the chart to a service of its maker.
CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d"],
}
TABLE = {
    "package": "package",
    "deal": "bargained deal",
    "disagreement": "no deal",
    "status-quo": "status quo",
    "frontier": "frontier",
}
"""The kinds of points in the table's order, by name."""


def figure_html(figure: Mapping[str, Any], title: str, notes: Sequence[str]) -> str:
    """Return a page with a figure of ``plane_figure``, its notes and its numbers as a table.

    The page holds Plotly's own JavaScript (MIT licence) from the installed package, about
    5 MB. It loads nothing, which its content security policy enforces, and sends nothing.
    """
    from plotly.offline import get_plotlyjs

    x_label, y_label = (
        _page_text(figure["layout"][axis]["title"]["text"]) for axis in ("xaxis", "yaxis")
    )
    listed = "".join(f"<li>{html.escape(note)}</li>\n" for note in notes)
    traces = sorted(figure["data"], key=lambda trace: list(TABLE).index(trace["meta"]))
    aria = f"Chart: {title}. The numbers are in the table below."
    return PAGE.format(
        title=html.escape(title),
        heading=_page_text(figure["layout"]["title"]["text"]),
        aria=html.escape(aria),
        library=get_plotlyjs(),
        notes=f"<ul>\n{listed}</ul>\n" if notes else "",
        x_label=x_label,
        y_label=y_label,
        rows="\n".join(_row(TABLE[t["meta"]], row) for t in traces for row in t["customdata"]),
        figure=_script(figure),
        config=_script(CONFIG),
    )


def _script(value: Mapping[str, Any]) -> str:
    """Return a value as JSON in which no string can end the script."""
    text = json.dumps(value, allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _row(kind: str, row: Sequence[str]) -> str:
    mark, label, right, up = row
    return (
        f'<tr><td>{html.escape(mark)}</td><th scope="row">{_page_text(label)}</th>'
        f'<td>{html.escape(kind)}</td><td class="number">{right}</td>'
        f'<td class="number">{up}</td></tr>'
    )


def _page_text(shown: str) -> str:
    """Return a text made for Plotly as HTML of the page, its line breaks as spaces."""
    return html.escape(html.unescape(shown.replace("<br>", " ")))
