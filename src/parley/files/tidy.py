"""A world as a folder of tidy tables: the door through which any data comes in.

========================  =============================================================
file                      columns
========================  =============================================================
world.toml                name, year, unit, valuation ("net" or "gross" of tariffs);
                          optional: currency, sources, licence, notes, regions, sectors
                          (lists that fix the order), goods, region_names, sector_names,
                          elasticity_sources, elasticity_notes
flows.csv                 exporter, importer, sector, value, tariff [, export_tax];
                          domestic sales included; tariff as a fraction
elasticity.csv            sector, theta, source: one set per source, the first the default
value_added_share.csv     region, sector, share of gross output
input_share.csv           region, sector (the user), input, share of gross output
political_weight.csv      region, sector, weight (optional)
deficit.csv               region, value; imports less exports (optional; only checked)
audit.csv                 step, where, found, changed_to, reason (optional)
========================  =============================================================

Without value_added_share.csv and input_share.csv the world has no inputs. Values keep
the unit given. A flow without a row is zero; how many there are is noted. Two numbers
are adjusted, within rounding, and noted: value-added shares absorb what shares miss of
one (up to 0.0001). Everything else that does not fit is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.errors import InputError, Problem
from parley.files.csv_tables import Faults, Number, Table, read_csv_table
from parley.files.tidy_tables import (
    Labels,
    check_deficits,
    check_unique,
    read_audit,
    read_elasticities,
    read_shares,
    read_weights,
)
from parley.files.tidy_write import TABLE_NAMES, write_tidy
from parley.files.world_toml import Header, read_header
from parley.labels import allowed_text

__all__ = ["FILES", "read_tidy", "write_tidy"]

Array = NDArray[np.float64]
FILES = TABLE_NAMES
CELL_LIMIT = 60_000_000  # regions squared times sectors
HIGHEST_TARIFF = 10.0  # above this a tariff was surely given in percent
NOTED_TARIFF = 2.0

TARIFF = Number(
    above=-1.0,
    at_most=HIGHEST_TARIFF,
    hint="a tariff is a fraction: 25 % is 0.25; at -1 the price would be zero",
)
VALUE = Number(at_least=0.0, hint="a flow of goods cannot be negative")


def read_tidy(folder: Path) -> World:
    """Read a world from a folder of tidy tables (see the module's table of files).

    Raises
    ------
    InputError
        With every problem of the first file that has any, each with file and line; or
        with the problems of the world as a whole.
    """
    folder = Path(folder)
    _check_folder(folder)
    header = read_header(folder / "world.toml")
    flows = read_csv_table(
        folder / "flows.csv",
        ("exporter", "importer", "sector"),
        {"value": VALUE, "tariff": TARIFF},
        optional={"export_tax": replace(TARIFF, blank=0.0)},
    )
    labels = _labels(header, flows)
    arrays, notes = _flow_arrays(header, flows, labels)
    elasticities = read_elasticities(folder / "elasticity.csv", header, labels)
    va, inputs, share_notes = read_shares(folder, labels, arrays["flows"].sum(axis=0))
    weight, weight_notes = read_weights(folder / "political_weight.csv", labels)
    goods = header.goods
    for sector in goods:
        if sector not in labels.sectors:
            raise InputError.one(
                f"goods names unknown sector '{sector}'",
                f"{header.path}: goods",
                do=allowed_text(sector, labels.sectors),
            )
    try:
        world = World(
            name=header.name,
            year=header.year,
            regions=labels.regions,
            sectors=labels.sectors,
            elasticities=elasticities,
            value_added_share=va,
            input_share=inputs,
            political_weight=weight,
            region_names=header.region_names,
            sector_names=header.sector_names,
            goods=goods,
            currency=header.currency,
            unit=header.unit,
            sources=header.sources,
            licence=header.licence,
            notes=tuple(dict.fromkeys((*header.notes, *notes, *share_notes, *weight_notes))),
            audit=read_audit(folder / "audit.csv"),
            **arrays,
        )
    except InputError as error:
        raise InputError(
            replace(p, where=f"{folder}: {p.where}" if p.where else str(folder))
            for p in error.problems
        ) from None
    check_deficits(folder / "deficit.csv", world)
    return world


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError.one(f"no such folder: {folder}", "world", do="check the path")
    problems = [
        Problem(f"missing file {name}", str(folder), "a world needs it")
        for name in ("world.toml", "flows.csv", "elasticity.csv")
        if not (folder / name).is_file()
    ]
    for path in sorted(folder.glob("*.csv")):
        if path.name not in FILES:
            problems.append(
                Problem(
                    f"unknown table {path.name}",
                    str(path),
                    "a table under another name would be left out in silence",
                    allowed_text(path.name, FILES),
                )
            )
    va, inputs = (folder / n for n in ("value_added_share.csv", "input_share.csv"))
    if va.is_file() != inputs.is_file():
        given, missing = (va, inputs) if va.is_file() else (inputs, va)
        problems.append(
            Problem(
                f"{given.name} is given but {missing.name} is not",
                str(folder),
                "inputs need both: what a sector buys and what is left as value added",
                "give both, or leave both out for a world without inputs",
            )
        )
    if problems:
        raise InputError(problems)


def _labels(header: Header, flows: Table) -> Labels:
    faults = Faults(flows.path)
    regions = _axis(header.regions, flows, ("exporter", "importer"), "region", faults)
    sectors = _axis(header.sectors, flows, ("sector",), "sector", faults)
    faults.check()
    if len(regions) < 2:
        raise InputError.one("only one region", str(flows.path), "trade needs at least two regions")
    cells = len(regions) ** 2 * len(sectors)
    if cells > CELL_LIMIT:
        raise InputError.one(
            f"{len(regions)} regions and {len(sectors)} sectors make {cells:,} flows",
            str(flows.path),
            f"the limit is {CELL_LIMIT:,}",
            "check the label columns, or aggregate regions or sectors",
        )
    return Labels(regions, sectors)


def _axis(
    declared: tuple[str, ...], flows: Table, columns: Sequence[str], kind: str, faults: Faults
) -> tuple[str, ...]:
    """Return the labels of an axis: as declared, else in order of first appearance."""
    if declared:
        known = set(declared)
        for column in columns:
            for line, label in zip(flows.lines, flows.labels[column], strict=True):
                if label not in known:
                    faults.add(
                        int(line),
                        f"unknown {kind} '{label}'",
                        f"world.toml lists the {kind}s and this is not one",
                        allowed_text(label, declared),
                    )
        return declared
    found: dict[str, None] = {}
    for cells in zip(*(flows.labels[c] for c in columns), strict=True):
        for cell in cells:
            found.setdefault(cell)
    folded: dict[str, str] = {}
    for label in found:
        other = folded.setdefault(label.casefold(), label)
        if other != label:
            faults.add(
                None,
                f"{kind}s '{other}' and '{label}' differ only in case",
                "they would count as two",
                f"spell it one way, or list both in world.toml under {kind}s",
            )
    return tuple(found)


def _flow_arrays(
    header: Header, flows: Table, labels: Labels
) -> tuple[dict[str, Array], list[str]]:
    n, s = len(labels.regions), len(labels.sectors)
    region, sector = labels.region(), labels.sector()
    importer = np.array([region[x] for x in flows.labels["importer"]])
    exporter = np.array([region[x] for x in flows.labels["exporter"]])
    product = np.array([sector[x] for x in flows.labels["sector"]])
    faults = Faults(flows.path)
    check_unique(flows, ("exporter", "importer", "sector"), faults)
    own = importer == exporter
    tariff = flows.numbers["tariff"]
    tax = flows.numbers.get("export_tax")
    for i in np.flatnonzero(own & (tariff != 0)):
        faults.add(
            int(flows.lines[i]),
            f"a tariff of {flows.raw['tariff'][i]} on domestic sales",
            "goods sold at home cross no border",
            "set it to 0; put a domestic tax into the value",
        )
    for i in np.flatnonzero(own & (tax != 0)) if tax is not None else ():
        faults.add(int(flows.lines[i]), "an export tax on domestic sales", do="set it to 0")
    if not own.any():
        faults.add(
            None,
            "no domestic sales",
            "every region sells to itself: rows with exporter = importer",
            "add them (with value 0 where a region truly sells nothing at home)",
        )
    faults.check()
    value = flows.numbers["value"]
    if header.valuation == "gross":
        value = value / ((1.0 + tariff) * (1.0 if tax is None else 1.0 + tax))
    arrays = {"flows": np.zeros((n, n, s)), "tariffs": np.zeros((n, n, s))}
    arrays["flows"][importer, exporter, product] = value
    arrays["tariffs"][importer, exporter, product] = tariff
    if tax is not None and tax.any():
        arrays["export_tax"] = np.zeros((n, n, s))
        arrays["export_tax"][importer, exporter, product] = tax
    notes = []
    if absent := n * n * s - len(flows):
        notes.append(f"{absent} of {n * n * s} flows have no row in flows.csv and count as zero.")
    if tariff.max() > NOTED_TARIFF:
        top = int(tariff.argmax())
        notes.append(
            f"The highest tariff is {tariff[top]:.0%}, in line {flows.lines[top]} of flows.csv; "
            "tariffs are fractions."
        )
    return arrays, notes
