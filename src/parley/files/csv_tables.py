"""Reading one CSV table strictly: every fault with its line, none repaired in silence.

A table has a header line, then one row per line: label columns (text), number columns
(decimal point, no thousands separators). Faults are collected for the whole file and
raised together.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError, Problem
from parley.labels import allowed_text

__all__ = ["SIZE_LIMIT_MB", "Faults", "Number", "Table", "read_csv_table", "read_utf8"]

SIZE_LIMIT_MB = 500
SHOWN_FAULTS = 20
LONGEST_LABEL = 100


@dataclass(frozen=True)
class Number:
    """What a number column may hold.

    ``at_least`` / ``above`` / ``at_most`` bound it; ``blank`` is the value of an empty
    cell (None: an empty cell is a fault); ``hint`` says what a value out of bounds
    usually means; ``needed`` what to write into a cell that is empty or no number.
    """

    at_least: float = -math.inf
    above: float = -math.inf
    at_most: float = math.inf
    blank: float | None = None
    hint: str = ""
    needed: str = ""


@dataclass
class Faults:
    """Collects the problems of one file and raises them together."""

    path: Path
    shown: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, line: int | None, what: str, why: str = "", do: str = "") -> None:
        """Note a problem at a line (None: the file as a whole)."""
        self.count += 1
        if len(self.shown) < SHOWN_FAULTS:
            where = str(self.path) if line is None else f"{self.path}, line {line}"
            self.shown.append(Problem(what, where, why, do))

    def problems(self) -> list[Problem]:
        """Return the problems, the last one counting those not shown."""
        more = self.count - len(self.shown)
        tail = [Problem(f"and {more} more problems in this file", str(self.path))] if more else []
        return [*self.shown, *tail]

    def check(self) -> None:
        """Raise InputError if there is any problem."""
        if self.count:
            raise InputError(self.problems())


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a CSV file: line numbers, label columns, number columns."""

    path: Path
    lines: NDArray[np.int64]
    labels: Mapping[str, list[str]]
    numbers: Mapping[str, NDArray[np.float64]]
    raw: Mapping[str, list[str]]

    def __len__(self) -> int:
        return len(self.lines)


def read_utf8(path: Path) -> str:
    """Return the text of a UTF-8 file (a byte-order mark is dropped).

    Raises
    ------
    InputError
        If the file is missing, above the size limit, binary, or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT_MB * 1_000_000:
            raise InputError.one(
                f"the file has {size / 1e6:,.0f} MB",
                str(path),
                f"tables above {SIZE_LIMIT_MB} MB are refused before they are read",
                "aggregate regions or sectors first",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError.one(
            f"cannot read the file: {error.strerror or error}", str(path), do="check the path"
        ) from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError.one(
            "the file is in UTF-16", str(path), "tables must be in UTF-8", "save it as UTF-8 CSV"
        )
    if b"\0" in data:
        raise InputError.one(
            "the file holds zero bytes", str(path), "it is not a text table", "save it as UTF-8 CSV"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError.one(
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            f"{path}, line {line}",
            "tables must be in UTF-8",
            "save it as UTF-8 (it may be in Latin-1 or Windows-1252)",
        ) from None


def read_csv_table(
    path: Path,
    labels: Sequence[str],
    numbers: Mapping[str, Number],
    *,
    optional: Mapping[str, Number] | None = None,
    texts: Sequence[str] = (),
    may_be_empty: bool = False,
) -> Table:
    """Return the rows of a table whose columns are known.

    Parameters
    ----------
    labels
        Label columns; a cell may not be empty.
    numbers, optional
        Number columns with their bounds; the optional ones may be absent.
    texts
        Columns of free text (may be empty).
    may_be_empty
        Whether a header without rows is a table like any other.

    Raises
    ------
    InputError
        With every fault of the file: columns missing or unknown, rows too short or too
        long, empty labels, cells that are not numbers or out of bounds.
    """
    text = read_utf8(path)
    faults = Faults(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = _rows(reader, faults)
    first = next(rows, None)
    faults.check()
    if first is None:
        raise InputError.one("the file is empty", str(path), do="it needs a header line")
    allowed = {**numbers, **(optional or {})}
    known = [*labels, *numbers, *(optional or {}), *texts]
    header = [cell.strip() for cell in first[1]]
    _check_header(header, known, [*labels, *numbers, *texts], faults)
    faults.check()
    at = {name: i for i, name in enumerate(header)}
    present = [name for name in known if name in at]
    lines: list[int] = []
    label_cells: dict[str, list[str]] = {n: [] for n in present if n not in allowed}
    values: dict[str, list[float]] = {n: [] for n in present if n in allowed}
    raw: dict[str, list[str]] = {n: [] for n in values}
    for line, row in rows:
        if len(row) != len(header):
            _wrong_length(line, row, header, faults)
            continue
        lines.append(line)
        for name, column in label_cells.items():
            cell = row[at[name]].strip()
            if name in labels:
                _check_label(line, name, cell, faults)
            column.append(cell)
        for name, numbers_column in values.items():
            cell = row[at[name]].strip()
            raw[name].append(cell)
            numbers_column.append(_number(line, name, cell, allowed[name], faults))
    faults.check()
    if not lines and not may_be_empty:
        raise InputError.one(
            "the file has a header but no rows",
            str(path),
            "the world has nothing without them",
            "add the rows; the file may be cut off",
        )
    return Table(
        path,
        np.array(lines),
        label_cells,
        {n: np.array(v, dtype=np.float64) for n, v in values.items()},
        raw,
    )


def _rows(reader: object, faults: Faults):  # type: ignore[no-untyped-def]
    """Yield (line, cells) of the rows that are not blank; a broken quote ends the file."""
    while True:
        try:
            row = next(reader)  # type: ignore[call-overload]
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(
                reader.line_num,  # type: ignore[attr-defined]
                f"not a CSV row: {error}",
                do="check the quotes; the file may be cut off",
            )
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, row  # type: ignore[attr-defined]


def _check_header(
    header: list[str], known: Sequence[str], required: Sequence[str], faults: Faults
) -> None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        mark = next(m for m in ";\t|" if m in header[0])
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        faults.add(
            1, f"columns are separated by {name}", "tables are separated by commas", "use commas"
        )
        return
    for name in dict.fromkeys(n for n in header if header.count(n) > 1):
        faults.add(1, f"column '{name}' appears twice")
    for name in header:
        if name not in known:
            faults.add(1, f"unknown column '{name}'", do=allowed_text(name, list(known)))
    missing = [name for name in required if name not in header]
    if missing:
        faults.add(
            1,
            f"missing column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            do=f"the header needs: {', '.join(required)}",
        )


def _wrong_length(line: int, row: list[str], header: list[str], faults: Faults) -> None:
    if len(row) < len(header):
        hint = "the file may be cut off here"
    else:
        hint = "write numbers with a decimal point and without thousands separators; quote labels"
    faults.add(line, f"{len(row)} cells where the header has {len(header)}", do=hint)


def _check_label(line: int, name: str, cell: str, faults: Faults) -> None:
    if not cell:
        faults.add(line, f"{name} is empty", do="give a label")
    elif len(cell) > LONGEST_LABEL:
        faults.add(line, f"{name} has {len(cell)} characters", f"the limit is {LONGEST_LABEL}")


def _number(line: int, name: str, cell: str, rule: Number, faults: Faults) -> float:
    if not cell:
        if rule.blank is None:
            do = rule.needed or "give a number, or leave the row out"
            faults.add(line, f"{name} is empty", do=do)
            return 0.0
        return rule.blank
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if "_" in cell or not math.isfinite(value):
        faults.add(line, f"{name} = '{cell}' is not a finite number", do=_advice(cell, rule.needed))
        return 0.0
    if value < rule.at_least:
        faults.add(line, f"{name} = {cell} is below {rule.at_least:g}", rule.hint)
    elif value <= rule.above:
        faults.add(line, f"{name} = {cell} is not above {rule.above:g}", rule.hint)
    elif value > rule.at_most:
        faults.add(line, f"{name} = {cell} is above {rule.at_most:g}", rule.hint)
    return value


def _advice(cell: str, needed: str = "") -> str:
    if cell.endswith("%"):
        return "write a fraction: 25 % is 0.25"
    if "," in cell or "_" in cell or " " in cell:
        return "write numbers with a decimal point and without thousands separators"
    return needed or "write a plain number, or leave the row out if there is none"
