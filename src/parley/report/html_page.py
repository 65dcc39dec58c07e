"""A page of HTML that needs nothing else: its style, Plotly's JavaScript, and what it may do."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["CONFIG", "Cell", "html_page", "html_table", "script_json"]

Cell = str | list[str] | tuple[str, ...]
"""What a cell holds: a text; a list of texts, one a line; or a text and what is said of it in
small letters. Empty ones leave no line, but the first of a tuple stays the first."""

# Plotly's own settings would offer a button that hands the chart to a service of its maker.
CONFIG: dict[str, Any] = {
    "responsive": True,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d"],
}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>
{style}</style>
<script>{library}</script>
</head>
<body>
{body}</body>
</html>
"""

STYLE = """:root { color-scheme: light; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: white; color: #1a1a1a;
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; line-height: 1.3; }
h2 { font-size: 1.1rem; line-height: 1.3; font-weight: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin-top: 1.5rem; }
caption { text-align: left; font-weight: bold; padding-bottom: 0.4rem; }
th, td { padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid #d0d0d0; text-align: left;
  vertical-align: top; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
"""


def html_page(title: str, body: str, style: str = "") -> str:
    """Return a page around a body of HTML, its title escaped here.

    The page holds Plotly's own JavaScript (MIT licence) from the installed package, about
    5 MB. It loads nothing, which its content security policy enforces, and sends nothing.
    """
    from plotly.offline import get_plotlyjs

    return PAGE.format(
        title=html.escape(title), style=STYLE + style, library=get_plotlyjs(), body=body
    )


def script_json(value: Any) -> str:
    """Return a value as JSON in which no string can end the script."""
    text = json.dumps(value, allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def html_table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    numbers: Sequence[int] = (),
    heading: int = 0,
) -> str:
    """Return a table that scrolls sideways where it is too wide; every text is escaped here.

    Parameters
    ----------
    caption
        What it shows; also its name for those who hear the page.
    columns
        Headings.
    rows
        Cells; a row of one cell goes right across.
    numbers
        Positions of the columns that hold numbers.
    heading
        Position of the cell that names its row.
    """
    names = [f"<th{_is_number(k, numbers)}" for k in range(len(columns))]
    head = "".join(
        f'{tag} scope="col">{html.escape(c)}</th>' for tag, c in zip(names, columns, strict=True)
    )
    body = "".join(f"{_row(row, len(columns), numbers, heading)}\n" for row in rows)
    name = html.escape(caption)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}">\n<table>\n'
        f"<caption>{name}</caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )


def _is_number(column: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if column in numbers else ""


def _row(row: Sequence[Cell], width: int, numbers: Sequence[int], heading: int) -> str:
    if len(row) == 1:
        across = f'<th scope="row" colspan="{width}">{_cell(row[0])}</th>'
        return f'<tr class="across">{across}</tr>'
    cells = []
    for k, cell in enumerate(row):
        tag, scope = ("th", ' scope="row"') if k == heading else ("td", "")
        cells.append(f"<{tag}{scope}{_is_number(k, numbers)}>{_cell(cell)}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return html.escape(cell)
    if isinstance(cell, list):
        return "<br>".join(html.escape(text) for text in cell if text)
    first, *rest = (html.escape(text) for text in cell)
    return first + "".join(f'<div class="small">{text}</div>' for text in rest if text)
