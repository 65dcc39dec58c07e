"""The tables of the flagship scenario: measures in force, answers, slices, legal facts.

:func:`build_measures` derives every table from the source tables and a world's flows and
duties; :func:`write_measures` writes them where the scenario reads them. The results ship
with Parley, the source tables do not. To rebuild::

    python -m parley.files.build.measures SOURCES
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from parley.errors import InputError, Problem
from parley.files.atomic import write_text
from parley.files.build.measures_answers import (
    EU_PART,
    JAPAN_PART,
    auto_answer,
    china_list_4_answer,
)
from parley.files.build.measures_china import china_cuts, china_retaliation, us_s301
from parley.files.build.measures_japan import cptpp, eu_agreement
from parley.files.build.measures_law import build_bindings
from parley.files.build.measures_metals import (
    eu_retaliation,
    india_retaliation,
    overlap,
    us_s232,
)
from parley.files.build.measures_rows import BindingRow, Flows, MeasureRow, SliceRow, csv_text
from parley.files.build.measures_slices import build_slices

__all__ = [
    "IN_FORCE",
    "NOT_MEASURES",
    "average_duty",
    "build_measures",
    "measure_problems",
    "write_measures",
]

Row = MeasureRow | SliceRow | BindingRow
IN_FORCE = (
    "us-301-2019-07",
    "cn-retaliation-2019-07",
    "cn-mfn-cuts-2018",
    "us-232-metals-2019-07",
    "eu-retaliation-232",
    "in-retaliation-232",
    "cptpp-year-2",
    "jp-eu-epa-year-1",
)
NOT_MEASURES = ("slices", "tariff-bindings")


def build_measures(sources: Path, world: Flows) -> dict[str, list[Row]]:
    """Return table name (without ``.csv``) -> rows.

    Parameters
    ----------
    sources
        Folder of the source tables (section-301, us-tariff, japan-tariff, japan-trade).
    world
        Flows weigh sectors against each other; duties bound the cuts. Axis order
        [importer, exporter, sector], million USD and fractions.

    Raises
    ------
    InputError
        If a source is missing, or the slices of a cell bear more than its duty, or parts
        of one flow add to more than one.
    """
    lists_1_3 = us_s301(sources, world, ("1", "2", "3"), 0.25, "lists 1 to 3")
    listed = {r.sector: r.share_of_flow for r in lists_1_3}
    under_metals = overlap(sources, ("4A", "4B"))
    answer = china_retaliation(sources, world)
    eu_232 = eu_retaliation(world)
    slices = build_slices(sources, world)
    tables: dict[str, list[Row]] = {
        "us-301-2019-07": [*lists_1_3],
        "cn-retaliation-2019-07": [*answer],
        "cn-mfn-cuts-2018": [*china_cuts(sources, world)],
        "us-232-metals-2019-07": [*us_s232(sources, world, listed)],
        "eu-retaliation-232": [*eu_232],
        "in-retaliation-232": [*india_retaliation()],
        "cptpp-year-2": [*cptpp(sources, world)],
        "jp-eu-epa-year-1": [*eu_agreement(sources, world)],
        "slices": [*slices],
        "tariff-bindings": [*build_bindings(sources, tuple(world.sectors))],
    }
    for name, rate in (("list-4", 0.10), ("list-4-25", 0.25)):
        tables[f"us-301-{name}"] = [
            *us_s301(sources, world, ("4A", "4B"), rate, "list 4", under_metals)
        ]
        tables[f"cn-retaliation-{name}"] = [*china_list_4_answer(world, answer, rate)]
    taken = _shares(slices, "JPN", "USA")
    tables["jp-retaliation-autos"] = [*auto_answer(world, "JPN", JAPAN_PART, taken)]
    tables["eu-retaliation-autos"] = [
        row
        for importer in ("EU27", "GBR")
        for row in auto_answer(world, importer, EU_PART, _shares(eu_232, importer, "USA"))
    ]
    problems = measure_problems(tables, world)
    if problems:
        raise InputError(problems)
    return tables


def _shares(
    rows: Iterable[MeasureRow | SliceRow], importer: str, exporter: str
) -> dict[str, float]:
    out: dict[str, float] = defaultdict(float)
    for row in rows:
        if (row.importer, row.exporter) == (importer, exporter):
            out[row.sector] += row.share_of_flow
    return dict(out)


def measure_problems(tables: Mapping[str, Sequence[Row]], world: Flows) -> list[Problem]:
    """Return what is wrong with tables: labels, shares, parts of a flow above one.

    A change of the ordinary duty of a whole flow (share 1) is no part of it; all other rows
    of the same cell must add to at most one over the tables of measures and the slices,
    answers to list 4 and to vehicle duties included.
    """
    problems = []
    parts: dict[tuple[str, str, str], float] = defaultdict(float)
    goods = set(world.sectors)
    for name, rows in tables.items():
        if name == "tariff-bindings" or name.endswith("-25"):
            continue
        for k, row in enumerate(rows, start=2):
            if isinstance(row, BindingRow):
                continue
            where = f"{name}.csv: line {k}"
            labels = (row.importer, row.exporter)
            if not set(labels) <= set(world.regions) or row.sector not in goods:
                problems.append(Problem(f"unknown label in {labels} {row.sector}", where))
            if not 0.0 < row.share_of_flow <= 1.0:
                problems.append(Problem(f"share of flow {row.share_of_flow}", where))
            whole = isinstance(row, MeasureRow) and row.share_of_flow == 1.0
            if not (whole and isinstance(row, MeasureRow) and row.kind == "tariff-change"):
                parts[(*labels, row.sector)] += row.share_of_flow
    for cell, total in sorted(parts.items()):
        if total > 1.0 + 1e-3:
            problems.append(Problem(f"parts of the flow add to {total:.4f}", " ".join(cell)))
    return problems


def average_duty(
    world: Flows,
    importer: str,
    exporter: str,
    measures: Iterable[MeasureRow] = (),
    weights: str = "bilateral",
) -> float:
    """Return the mean duty on goods, fraction, with the given measures on top.

    Parameters
    ----------
    world
        Flows and ordinary duties.
    importer, exporter
        The flow.
    measures
        Rows of any tables; those of other flows are ignored.
    weights
        "bilateral": the flow itself; "world": the exporter's exports to all regions, the
        weights of the published averages for the United States and China.
    """
    regions, sectors = list(world.regions), list(world.sectors)
    n, i = regions.index(importer), regions.index(exporter)
    flow = world.flows[n, i] if weights == "bilateral" else world.flows[:, i].sum(axis=0)
    if weights != "bilateral":
        flow = flow - world.flows[i, i]
    duty = world.tariffs[n, i].copy()
    for row in measures:
        if (row.importer, row.exporter) == (importer, exporter):
            k = sectors.index(row.sector)
            points = row.value - duty[k] if row.kind == "tariff" else row.value
            duty[k] += row.share_of_flow * points
    goods = [k for k, s in enumerate(sectors) if s != "SERV"]
    return float((flow[goods] * duty[goods]).sum() / flow[goods].sum())


def write_measures(folder: Path, tables: Mapping[str, Sequence[Row]]) -> list[Path]:
    """Write each table to ``folder/name.csv`` (through a temporary file) and list the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        write_text(path, csv_text(rows))
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> None:
    """Rebuild the shipped tables from the folder of source tables given as argument."""
    from parley.files.embedded import load_embedded

    folder = Path(__file__).parents[2] / "data" / "scenarios" / "us-japan-2019"
    tables = build_measures(Path(arguments[0]), load_embedded("world-2017"))
    write_measures(folder, tables)


if __name__ == "__main__":
    main(sys.argv[1:])
