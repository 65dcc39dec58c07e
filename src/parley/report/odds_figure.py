"""The odds of a forecast as an interactive figure: each outcome before and after the claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.plane_figure import BLACK, BLUE, GREY, GRID, SKY, wrapped_text

__all__ = ["odds_figure", "percent"]

Figure = dict[str, Any]
PRIOR, NOW = "prior, before what is said", "now, with what is said"
LABEL_WIDTH, HOVER_WIDTH = 26, 60
ROW, ABOVE = 62, 120


def odds_figure(outcomes: Sequence[Mapping[str, Any]]) -> Figure:
    """Return the odds as a Plotly figure of plain values, without loading Plotly.

    Parameters
    ----------
    outcomes
        Each with ``id``, ``label``, ``prior`` and ``probability`` (fractions) and ``why``, a
        sentence or "".
    """
    rows = list(range(len(outcomes)))
    highest = max([v for o in outcomes for v in (o["prior"], o["probability"])], default=1.0)
    return {
        "data": [
            _bars(PRIOR, "prior", outcomes, rows, SKY, GREY),
            _bars(NOW, "probability", outcomes, rows, BLUE, BLACK),
        ],
        "layout": {
            "title": {"text": "Odds", "x": 0.01, "xanchor": "left"},
            "xaxis": {
                "range": [0, min(115.0, max(100 * highest * 1.15, 10.0))],
                "ticksuffix": " %",
                "gridcolor": GRID,
                "linecolor": GREY,
                "fixedrange": True,
            },
            "yaxis": {
                "range": [max(len(outcomes), 1) - 0.5, -0.5],
                "tickmode": "array",
                "tickvals": rows,
                "ticktext": [wrapped_text(o["label"], LABEL_WIDTH) for o in outcomes],
                "ticks": "outside",
                "ticklen": 6,
                "tickcolor": "white",
                "fixedrange": True,
                "automargin": True,
                "showgrid": False,
                "zeroline": False,
            },
            "barmode": "group",
            "bargap": 0.3,
            "bargroupgap": 0.05,
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
            "height": ABOVE + ROW * max(len(outcomes), 1),
            "paper_bgcolor": "white",
            "plot_bgcolor": "white",
            "font": {"family": "system-ui, sans-serif", "size": 14, "color": "#1a1a1a"},
            "hovermode": "closest",
            "hoverlabel": {"align": "left", "bgcolor": "white"},
            "margin": {"l": 20, "r": 20, "t": 60, "b": 40},
            "autosize": True,
        },
    }


def _bars(
    name: str,
    field: str,
    outcomes: Sequence[Mapping[str, Any]],
    rows: Sequence[int],
    colour: str,
    line: str,
) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "meta": field,
        "x": [100 * o[field] for o in outcomes],
        "y": list(rows),
        "text": [percent(o[field]) for o in outcomes],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colour, "line": {"color": line, "width": 1}},
        "customdata": [[o["id"]] for o in outcomes],
        "hovertext": [_hover(o) for o in outcomes],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _hover(outcome: Mapping[str, Any]) -> str:
    moved = f"prior {percent(outcome['prior'])}, now {percent(outcome['probability'])}"
    lines = [f"<b>{wrapped_text(outcome['label'], HOVER_WIDTH)}</b>", moved]
    if outcome["why"]:
        lines.append(wrapped_text(outcome["why"], HOVER_WIDTH))
    return "<br>".join(lines)


def percent(share: float) -> str:
    """Return a probability in per cent, to a tenth below ten.

    What is neither 0 nor 1 is never shown as such.
    """
    if 0 < share < 0.0005:
        return "below 0.1 %"
    if 0.995 <= share < 1:
        return "above 99 %"
    digits = 1 if 0 < share < 0.0995 else 0
    return f"{100 * share:.{digits}f} %"
