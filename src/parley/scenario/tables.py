"""CSV tables beside a scenario: the lines of a measure or of a threat.

Columns: importer, exporter, sector, kind, value; optional share_of_flow (1 if empty)
and note. `kind` is ``tariff`` (the new ordinary duty), ``additional-tariff`` (points on
top of it), ``tariff-change`` (points by which the ordinary duty moves), ``export-tax``
or ``cost``; values are fractions.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection
from dataclasses import dataclass

from parley.errors import Problem
from parley.labels import allowed_text

__all__ = ["ROW_KINDS", "TableRow", "parse_table"]

ROW_KINDS = ("tariff", "additional-tariff", "tariff-change", "export-tax", "cost")
REQUIRED = ("importer", "exporter", "sector", "kind", "value")
OPTIONAL = ("share_of_flow", "note", "source", "hs")
LARGEST_DUTY = 10.0


@dataclass(frozen=True)
class TableRow:
    """One line of a table: one change on one flow. ``line`` is its line in the file."""

    importer: str
    exporter: str
    sector: str
    kind: str
    value: float
    share_of_flow: float
    note: str
    line: int


def parse_table(
    text: str,
    filename: str,
    regions: Collection[str] | None,
    sectors: Collection[str] | None,
) -> tuple[tuple[TableRow, ...], list[Problem]]:
    """Return the rows of a table and every problem found in it, each with its line.

    Parameters
    ----------
    text
        The CSV text.
    filename
        Name used in messages.
    regions, sectors
        Labels of the world; None skips that check (the world itself is unknown).
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    problems: list[Problem] = []
    rows: list[TableRow] = []
    seen: dict[tuple[str | float, ...], int] = {}
    try:
        header = [name.strip() for name in next(reader, [])]
        problems += _header_problems(header, filename)
        if problems:
            return (), problems
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            row, found = _row(header, cells, f"{filename} line {line}", line, regions, sectors)
            problems += found
            if row is None:
                continue
            key = _identity(row)
            if key in seen:
                problems.append(
                    Problem(
                        f"a second {row.kind} for {row.importer} <- {row.exporter}, {row.sector}",
                        f"{filename} line {line}",
                        f"line {seen[key]} already gives it",
                        "keep one of the two lines",
                    )
                )
            seen.setdefault(key, line)
            rows.append(row)
    except csv.Error as error:
        where = f"{filename} line {reader.line_num}"
        return (), [Problem(f"the table cannot be read: {error}", where)]
    if not rows and not problems:
        problems.append(
            Problem("the table has no rows", filename, do="add rows, or drop the table")
        )
    return tuple(rows), problems


def _identity(row: TableRow) -> tuple[str | float, ...]:
    """What a second line must not repeat; parts of one flow may differ in share and value."""
    flow = (row.importer, row.exporter, row.sector, row.kind)
    return flow if row.share_of_flow >= 1.0 else (*flow, row.share_of_flow, row.value)


def _header_problems(header: list[str], filename: str) -> list[Problem]:
    where = f"{filename} line 1"
    if not header:
        return [Problem("the table is empty", where, do=f"begin with: {','.join(REQUIRED)}")]
    problems = [
        Problem(
            f"column '{name}' is missing",
            where,
            "a table needs " + ", ".join(REQUIRED),
            f"begin the file with: {','.join(REQUIRED)}",
        )
        for name in REQUIRED
        if name not in header
    ]
    if problems:
        return problems
    problems += [
        Problem(f"unknown column '{name}'", where, "", allowed_text(name, REQUIRED + OPTIONAL))
        for name in header
        if name not in REQUIRED + OPTIONAL
    ]
    problems += [
        Problem(f"column '{name}' occurs twice", where)
        for name in sorted({n for n in header if header.count(n) > 1})
    ]
    return problems


def _row(
    header: list[str],
    cells: list[str],
    where: str,
    line: int,
    regions: Collection[str] | None,
    sectors: Collection[str] | None,
) -> tuple[TableRow | None, list[Problem]]:
    if len(cells) != len(header):
        what = f"the line has {len(cells)} columns, the header {len(header)}"
        return None, [Problem(what, where, do="quote texts that contain a comma")]
    value = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    problems: list[Problem] = []
    for column in ("importer", "exporter"):
        if regions is not None and value[column] not in regions:
            what = f"unknown region '{value[column]}' in column {column}"
            problems.append(Problem(what, where, "", allowed_text(value[column], sorted(regions))))
    if value["importer"] == value["exporter"]:
        problems.append(
            Problem(
                f"importer and exporter are both '{value['importer']}'",
                where,
                "no duty is levied on domestic sales",
            )
        )
    if sectors is not None and value["sector"] not in sectors:
        what = f"unknown sector '{value['sector']}'"
        problems.append(Problem(what, where, "", allowed_text(value["sector"], sorted(sectors))))
    if value["kind"] not in ROW_KINDS:
        what = f"unknown kind '{value['kind']}'"
        problems.append(Problem(what, where, "", allowed_text(value["kind"], ROW_KINDS)))
    level = _figure(value["value"], "value", where, problems)
    text = value.get("share_of_flow", "")
    share = _figure(text, "share_of_flow", where, problems) if text else 1.0
    if level is not None and value["kind"] in ROW_KINDS:
        problems += _level_problems(level, value["kind"], where)
    if share is not None and not 0.0 < share <= 1.0:
        problems.append(
            Problem(
                f"share_of_flow {share:g} is out of range",
                where,
                "it is a share of the flow, above 0 and at most 1",
                "write a fraction: 0.3 for 30 %",
            )
        )
    if problems or level is None or share is None:
        return None, problems
    return (
        TableRow(
            value["importer"],
            value["exporter"],
            value["sector"],
            value["kind"],
            level,
            share,
            value.get("note", ""),
            line,
        ),
        [],
    )


def _figure(text: str, column: str, where: str, problems: list[Problem]) -> float | None:
    try:
        number = float(text)
    except ValueError:
        problems.append(
            Problem(f"'{text}' in column {column} is not a number", where, do="write 0.25 for 25 %")
        )
        return None
    if not math.isfinite(number):
        problems.append(Problem(f"{text} in column {column} is not a finite number", where))
        return None
    return number


def _level_problems(level: float, kind: str, where: str) -> list[Problem]:
    if kind == "cost":
        allowed, rule = 0.01 <= level <= 100, "a cost factor lies between 0.01 and 100 (1 = none)"
    elif kind in ("tariff", "export-tax"):
        allowed = -1 < level <= LARGEST_DUTY
        rule = "a duty is a fraction above -1 (-100 %) and at most 10"
    else:
        allowed = abs(level) <= LARGEST_DUTY
        rule = "points are a fraction between -10 and 10"
    if allowed:
        return []
    return [Problem(f"{kind} of {level:g} is out of range", where, rule, "write 0.25 for 25 %")]
