"""Political weights from a table of one's own: region, sector, weight."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError
from parley.files.csv_tables import Faults, Number, Table, read_csv_table
from parley.files.tidy_tables import check_unique
from parley.labels import allowed_text
from parley.politics.objective import MEAN_TOLERANCE

__all__ = ["read_political_weights"]

WEIGHT = Number(
    at_least=0.0,
    hint="a political weight is zero or more; 1 is an ordinary dollar",
    needed="give a number of zero or more; 1 is an ordinary dollar",
)
SHOWN = 8


def read_political_weights(
    path: Path, regions: Sequence[str], sectors: Sequence[str], needed: Sequence[str]
) -> NDArray[np.float64]:
    """Return political weights [region, sector]; regions without rows count one throughout.

    Parameters
    ----------
    path
        A table with the columns region, sector, weight.
    regions, sectors
        Labels of the world as the model sees it.
    needed
        Regions that must have weights: those that play.

    Raises
    ------
    InputError
        With every fault and its line: unknown labels, rows given twice, weights that are
        negative or no numbers, no rows, a region without all sectors, a mean that is not one.
    """
    table = read_csv_table(path, ("region", "sector"), {"weight": WEIGHT}, may_be_empty=True)
    if not len(table):
        raise InputError.one(
            "the file has no weights",
            str(path),
            "below its header it needs a row for every sector of every player",
            f"add {len(sectors)} rows each for {', '.join(needed[:SHOWN])}"
            + (", ..." if len(needed) > SHOWN else ""),
        )
    faults = Faults(path)
    for column, allowed in (("region", regions), ("sector", sectors)):
        for line, label in zip(table.lines, table.labels[column], strict=True):
            if label not in allowed:
                why = f"the world has no such {column}"
                faults.add(
                    int(line), f"unknown {column} '{label}'", why, allowed_text(label, allowed)
                )
    check_unique(table, ("region", "sector"), faults, "keep one")
    faults.check()
    weight = np.full((len(regions), len(sectors)), np.nan)
    at = [
        (list(regions).index(r), list(sectors).index(s))
        for r, s in zip(table.labels["region"], table.labels["sector"], strict=True)
    ]
    for (r, s), value in zip(at, table.numbers["weight"], strict=True):
        weight[r, s] = value
    for r, region in enumerate(regions):
        _check_region(region, weight[r], sectors, region in needed, table, faults)
    faults.check()
    return np.where(np.isnan(weight), 1.0, weight)


def _check_region(
    region: str,
    weight: NDArray[np.float64],
    sectors: Sequence[str],
    needed: bool,
    table: Table,
    faults: Faults,
) -> None:
    absent = [s for s, w in zip(sectors, weight, strict=True) if np.isnan(w)]
    if len(absent) == len(sectors):
        if needed:
            faults.add(
                None,
                f"no weights for {region}",
                "a player needs a weight for every sector",
                f"add {len(sectors)} rows",
            )
        return
    line = int(table.lines[table.labels["region"].index(region)])
    if absent:
        faults.add(
            line,
            f"{region} has {len(sectors) - len(absent)} weights, the world {len(sectors)} sectors",
            "weights are for all sectors of a region or for none",
            "add " + ", ".join(absent[:SHOWN]) + (", ..." if len(absent) > SHOWN else ""),
        )
    elif abs(weight.mean() - 1.0) > MEAN_TOLERANCE:
        faults.add(
            line,
            f"weights of {region} average {weight.mean():.4g}",
            "weights are relative: they average one over a region's sectors",
            f"divide them by {weight.mean():.6g}" if weight.mean() > 0 else "some must be positive",
        )
