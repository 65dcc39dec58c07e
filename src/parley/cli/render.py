"""How results reach the terminal: tables, JSON, CSV, and files that are never half-written.

Colour and box lines adapt to the terminal; away from one (a pipe, a file, ``NO_COLOR``)
the output is plain text of a fixed width.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from parley.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = [
    "WIDTH_OFF_TERMINAL",
    "csv_text",
    "json_text",
    "listing",
    "put",
    "show_page",
    "styled",
    "table",
    "writable",
]

WIDTH_OFF_TERMINAL = 110
SHORT_TEXT = 14  # texts up to this length are never broken


def styled(line: str, style: str) -> Text:
    """Return a line of text in one of Rich's styles ("" for none)."""
    from rich.text import Text

    return Text(line, style=style)


def show_page(*parts: str | Text | Table) -> None:
    """Print texts and tables, one below the other, to stdout."""
    from rich.measure import Measurement

    out = _console()
    with out.capture() as captured:
        for part in parts:
            # A table that cannot be narrowed any further is printed wide, never cut.
            needed = Measurement.get(out, out.options, part).minimum
            out.print(part, width=max(out.width, needed), crop=False)
    put("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    text_columns: Sequence[int] = (0,),
) -> Table:
    """Return a table of ready-made cells.

    Parameters
    ----------
    columns
        Headings, units included.
    rows
        Cells as text, one per column.
    text_columns
        Positions set flush left; all others hold figures, set flush right and never
        broken: where room is short, headings and long texts take several lines.
    """
    from rich import box
    from rich.table import Table

    cells = [[str(cell) for cell in row] for row in rows]
    made = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for position, heading in enumerate(columns):
        is_text = position in text_columns
        word = max((len(word) for word in heading.split()), default=0)
        longest = max((len(row[position]) for row in cells), default=0)
        made.add_column(
            heading,
            justify="left" if is_text else "right",
            min_width=max(word, min(longest, SHORT_TEXT) if is_text else longest),
            overflow="fold",
        )
    for row in cells:
        made.add_row(*(_plain(cell) for cell in row))
    return made


def listing(rows: Iterable[Sequence[str]]) -> Table:
    """Return indented rows without heading; long last cells hang under themselves."""
    from rich.table import Table

    made = Table.grid(padding=(0, 0, 0, 2), pad_edge=True)
    for row in rows:
        made.add_row(*(_plain(cell) for cell in row))
    for column in made.columns[:-1]:
        column.no_wrap = True
    return made


def json_text(document: Mapping[str, Any]) -> str:
    """Return a JSON document; a figure that is not finite becomes null."""
    return json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV text with a heading line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()


def put(text: str) -> None:
    """Write text and a line end to stdout, as it stands."""
    typer.echo(text.rstrip("\n"))


def writable(path: Path, *, force: bool, folder: bool = False, file: bool = False) -> Path:
    """Return ``path`` if it may and can be written; nothing is left behind by the try.

    An empty folder counts as nothing; ``force`` allows the rest. ``folder`` says that a
    folder of files is to be written, ``file`` that one file is, where no folder may be.

    Raises
    ------
    InputError
        If something is there unasked or of the other kind, or the system does not let one
        write there.
    """
    try:
        if file and path.is_dir():
            raise InputError.one(
                "it is a folder", str(path), "a file is to be written", "name a file in it"
            )
        empty = path.is_dir() and not any(path.iterdir())
        if path.exists() and not empty and not force:
            raise InputError.one(
                "it exists already",
                str(path),
                "Parley does not overwrite what it was not told to",
                "choose another name, or add --force",
            )
        if folder and path.is_file():
            raise InputError.one(
                "it is a file", str(path), "a folder of tables is to be written", "name a folder"
            )
        _try_writing(path)
    except OSError as error:
        raise InputError.one(
            f"cannot write there: {error.strerror or error}",
            str(path),
            do="choose a folder you may write to, with room on the disk",
        ) from None
    return path


def _try_writing(path: Path) -> None:
    """Write a file without a name where ``path`` is to be, and take everything away again."""
    if path.exists():
        with tempfile.TemporaryFile(dir=path if path.is_dir() else path.parent):
            return
    made: list[Path] = []
    try:
        for step in (*reversed(path.parents), path):
            if not step.exists():
                step.mkdir()
                made.append(step)
        with tempfile.TemporaryFile(dir=path):
            return
    finally:
        for step in reversed(made):
            step.rmdir()


def _console() -> Console:
    from rich.console import Console

    width = None
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        width = WIDTH_OFF_TERMINAL
    return Console(width=width, highlight=False, emoji=False, markup=False)


def _plain(cell: str) -> Any:
    from rich.text import Text

    return Text(cell)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
