"""Writing a report's tables as CSV files, and a progress bar on what takes long."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from parley.cli.render import csv_text, writable

__all__ = ["Progress", "progress", "write_csv_folder"]


class Progress(Protocol):
    """Is told how many of how many steps are done."""

    def __call__(self, done: int, total: int) -> None:
        """Take note of the steps done so far."""


def write_csv_folder(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path, *, force: bool
) -> list[Path]:
    """Write each table as NAME.csv in a folder, whole files or none, and return the paths.

    Raises
    ------
    InputError
        If the folder holds something and ``force`` is not given, or cannot be written.
    """
    from parley.files.atomic import write_text

    writable(folder, force=force, folder=True)
    written = []
    for name, rows in tables.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        text = csv_text(columns, ([_cell(row.get(c)) for c in columns] for row in rows))
        path = folder / f"{name}.csv"
        write_text(path, text)
        written.append(path)
    return written


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Yield a callback that draws a bar on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _cell(value: object) -> object:
    return "" if value is None else value
