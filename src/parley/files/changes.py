"""Read a table of policy changes: one row per importer, exporter and sector.

Columns ``exporter, importer, sector`` and at least one of ``tariff`` (the new ad valorem
level, a fraction), ``cost`` (iceberg factor, 1 = none) and ``export_tax`` (the exporter's
ad valorem tax, a fraction). An empty cell leaves that instrument as it is.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from parley.economy.world import World
from parley.files.csv_tables import Faults, Number, Table, read_csv_table
from parley.labels import allowed_text
from parley.policy import Change, ChangeKind

__all__ = ["read_changes"]

BLANK = math.nan
RATE = Number(
    above=-1,
    at_most=10,
    blank=BLANK,
    hint="rates are fractions: 25 % is 0.25; at -100 % the price would be zero, and rates above "
    "10 (1,000 %) are taken for a slip",
)
FACTOR = Number(
    at_least=0.01, at_most=100, blank=BLANK, hint="an iceberg factor: 1 means no change, 1.05 5 %"
)
COLUMNS: dict[str, tuple[ChangeKind, Number]] = {
    "tariff": ("tariff", RATE),
    "cost": ("cost", FACTOR),
    "export_tax": ("export-tax", RATE),
}


def read_changes(path: Path, world: World) -> tuple[Change, ...]:
    """Return the changes of a table, checked against a world; a header alone changes nothing.

    Raises
    ------
    InputError
        With every fault and its line: unknown labels, importer equal to exporter, a row
        given twice, a tariff of -100 % or less, cells that are not numbers.
    """
    table = read_csv_table(
        path,
        ("exporter", "importer", "sector"),
        {},
        optional={name: rule for name, (_, rule) in COLUMNS.items()},
        may_be_empty=True,
    )
    faults = Faults(path)
    if not table.numbers:
        faults.add(1, "no column says what changes", do=f"add one or more of: {', '.join(COLUMNS)}")
        faults.check()
    changes: list[Change] = []
    seen: dict[tuple[str, str, str], int] = {}
    for k, line in enumerate(int(n) for n in table.lines):
        cell = tuple(table.labels[name][k] for name in ("importer", "exporter", "sector"))
        importer, exporter, sector = cell
        _check_labels(world, line, importer, exporter, sector, faults)
        key = (importer, exporter, sector)
        if key in seen:
            faults.add(
                line,
                f"{importer} <- {exporter}, {sector} is given twice",
                f"it is on line {seen[key]} already",
                "keep one of the two rows",
            )
        seen.setdefault(key, line)
        found = _row(table, k, key)
        if not found:
            faults.add(line, "the row changes nothing", do="fill one of its cells or drop it")
        changes += found
    faults.check()
    return tuple(changes)


def _check_labels(
    world: World, line: int, importer: str, exporter: str, sector: str, faults: Faults
) -> None:
    for name, label, known in (
        ("importer", importer, world.regions),
        ("exporter", exporter, world.regions),
        ("sector", sector, world.sectors),
    ):
        if label not in known:
            kind = "sector" if name == "sector" else "region"
            faults.add(
                line,
                f"unknown {name} '{label}'",
                f"the world '{world.name}' has no such {kind}",
                allowed_text(label, known),
            )
    if importer == exporter:
        faults.add(line, f"importer and exporter are both '{importer}'", "domestic sales are free")


def _row(table: Table, k: int, cell: tuple[str, str, str]) -> list[Change]:
    found = []
    for name, (kind, _) in COLUMNS.items():
        if name in table.numbers and np.isfinite(table.numbers[name][k]):
            found.append(Change(*cell, kind, float(table.numbers[name][k]), instrument="changes"))
    return found
