"""The tables of a tidy folder beside its flows: elasticities, shares, weights, deficits.

Each reader takes the labels that ``flows.csv`` established and raises an InputError
with every fault of its file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry, World
from parley.files.csv_tables import Faults, Number, Table, read_csv_table
from parley.files.world_toml import Header
from parley.labels import allowed_text, did_you_mean

__all__ = [
    "Labels",
    "check_deficits",
    "check_unique",
    "read_audit",
    "read_elasticities",
    "read_shares",
    "read_weights",
]

Array = NDArray[np.float64]
SHARE_SLACK = 1e-4  # what shares may miss of one, as rounding
DEFICIT_SLACK = 1e-6  # of imports plus exports

SHARE = Number(at_least=0.0, at_most=1.0, hint="a share of gross output lies between 0 and 1")
THETA = Number(
    at_least=0.01,
    at_most=500.0,
    hint="a trade elasticity is a positive number (theta = sigma - 1), mostly 1 to 15",
)


@dataclass(frozen=True)
class Labels:
    """Regions and sectors of a world, in order."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]

    def region(self) -> dict[str, int]:
        """Return region -> position."""
        return {r: i for i, r in enumerate(self.regions)}

    def sector(self) -> dict[str, int]:
        """Return sector -> position."""
        return {s: i for i, s in enumerate(self.sectors)}


def check_unique(
    table: Table,
    columns: Sequence[str],
    faults: Faults,
    do: str = "keep one, or add the two up",
) -> None:
    """Note each row whose labels already stand in an earlier row; ``do`` is what to do."""
    first: dict[tuple[str, ...], int] = {}
    for line, key in zip(
        table.lines, zip(*(table.labels[c] for c in columns), strict=True), strict=True
    ):
        earlier = first.setdefault(key, int(line))
        if earlier != line:
            named = ", ".join(f"{c} {x}" for c, x in zip(columns, key, strict=True))
            faults.add(
                int(line),
                f"duplicate row: {named}",
                f"it already stands in line {earlier}",
                do,
            )


def _positions(
    table: Table, column: str, labels: tuple[str, ...], kind: str, faults: Faults
) -> NDArray[np.intp]:
    at = {x: i for i, x in enumerate(labels)}
    for line, label in zip(table.lines, table.labels[column], strict=True):
        if label not in at:
            faults.add(
                int(line),
                f"unknown {kind} '{label}'",
                f"flows.csv has no such {kind}",
                allowed_text(label, labels),
            )
    return np.array([at.get(x, 0) for x in table.labels[column]], dtype=np.intp)


def read_elasticities(path: Path, header: Header, labels: Labels) -> tuple[ElasticitySet, ...]:
    """Return the elasticity sets of ``elasticity.csv``, one per source."""
    table = read_csv_table(path, ("sector", "source"), {"theta": THETA})
    faults = Faults(path)
    sector = _positions(table, "sector", labels.sectors, "sector", faults)
    check_unique(table, ("sector", "source"), faults)
    sources = tuple(dict.fromkeys(table.labels["source"]))
    of_row = np.array([sources.index(x) for x in table.labels["source"]])
    theta = np.full((len(sources), len(labels.sectors)), np.nan)
    theta[of_row, sector] = table.numbers["theta"]
    for k, source in enumerate(sources):
        missing = [x for x, v in zip(labels.sectors, theta[k], strict=True) if np.isnan(v)]
        if missing and not faults.count:
            faults.add(
                None,
                f"source '{source}' has no elasticity for {', '.join(missing[:8])}"
                + (f" and {len(missing) - 8} more" if len(missing) > 8 else ""),
                "every sector needs one from every source",
                "add the rows"
                + (f" (did you mean source '{near}'?)" if (near := _near(source, sources)) else ""),
            )
    faults.check()
    return tuple(
        ElasticitySet(
            source,
            theta[k],
            header.elasticity_sources.get(source, source),
            header.elasticity_notes.get(source, ""),
        )
        for k, source in enumerate(sources)
    )


def _near(source: str, sources: Sequence[str]) -> str | None:
    return did_you_mean(source, [s for s in sources if s != source])


def read_shares(
    folder: Path, labels: Labels, output: Array
) -> tuple[Array | None, Array | None, list[str]]:
    """Return value-added and input shares with notes (None for a world without inputs)."""
    va_path, input_path = folder / "value_added_share.csv", folder / "input_share.csv"
    if not va_path.is_file():
        return None, None, []
    n, s = len(labels.regions), len(labels.sectors)
    table = read_csv_table(input_path, ("region", "sector", "input"), {"share": SHARE})
    faults = Faults(input_path)
    region = _positions(table, "region", labels.regions, "region", faults)
    user = _positions(table, "sector", labels.sectors, "sector", faults)
    product = _positions(table, "input", labels.sectors, "sector", faults)
    check_unique(table, ("region", "sector", "input"), faults)
    faults.check()
    inputs = np.zeros((n, s, s))
    inputs[region, product, user] = table.numbers["share"]
    table = read_csv_table(va_path, ("region", "sector"), {"share": SHARE})
    faults = Faults(va_path)
    region = _positions(table, "region", labels.regions, "region", faults)
    user = _positions(table, "sector", labels.sectors, "sector", faults)
    check_unique(table, ("region", "sector"), faults)
    faults.check()
    va = np.full((n, s), np.nan)
    line = np.zeros((n, s), dtype=np.int64)
    va[region, user] = table.numbers["share"]
    line[region, user] = table.lines
    rest = 1.0 - inputs.sum(axis=1)
    for i, k in np.argwhere(np.isnan(va)):
        if output[i, k] > 0 or rest[i, k] < 0:
            faults.add(
                None,
                f"no value-added share for {labels.regions[i]}, {labels.sectors[k]}",
                "the sector has output",
                f"add the row; one minus its input shares is {rest[i, k]:.6g}",
            )
    va = np.where(np.isnan(va), np.maximum(rest, 0.0), va)
    off = va - rest
    for i, k in np.argwhere(np.abs(off) > SHARE_SLACK):
        faults.add(
            int(line[i, k]) or None,
            f"shares of {labels.regions[i]}, {labels.sectors[k]} add to {1.0 + off[i, k]:.9g}",
            "value-added share plus input shares must be one",
            f"the value-added share would have to be {rest[i, k]:.9g}",
        )
    faults.check()
    rounded = (np.abs(off) > 1e-12) & (np.abs(off) <= SHARE_SLACK)
    notes = []
    if rounded.any():
        va = np.where(rounded, np.clip(rest, 0.0, 1.0), va)
        notes.append(
            f"{int(rounded.sum())} value-added shares were adjusted by rounding "
            f"(at most {np.abs(off[rounded]).max():.1e}) so that shares add to one."
        )
    return va, inputs, notes


def read_weights(path: Path, labels: Labels) -> tuple[Array | None, list[str]]:
    """Return political weights with notes (None if there is no such table)."""
    if not path.is_file():
        return None, []
    table = read_csv_table(
        path,
        ("region", "sector"),
        {"weight": Number(at_least=0.0, hint="a political weight cannot be negative")},
    )
    faults = Faults(path)
    region = _positions(table, "region", labels.regions, "region", faults)
    sector = _positions(table, "sector", labels.sectors, "sector", faults)
    check_unique(table, ("region", "sector"), faults)
    faults.check()
    weight = np.ones((len(labels.regions), len(labels.sectors)))
    weight[region, sector] = table.numbers["weight"]
    absent = weight.size - len(table)
    return weight, ([f"{absent} political weights have no row and count as one."] if absent else [])


def read_audit(path: Path) -> tuple[AuditEntry, ...]:
    """Return the repairs listed in ``audit.csv``."""
    if not path.is_file():
        return ()
    columns = ("step", "where", "found", "changed_to", "reason")
    table = read_csv_table(path, (), {}, texts=columns)
    return tuple(AuditEntry(*row) for row in zip(*(table.labels[c] for c in columns), strict=True))


def check_deficits(path: Path, world: World) -> None:
    """Compare given deficits with those that the flows imply."""
    if not path.is_file():
        return
    table = read_csv_table(path, ("region",), {"value": Number()})
    faults = Faults(path)
    region = _positions(table, "region", world.regions, "region", faults)
    check_unique(table, ("region",), faults)
    faults.check()
    customs = world.accounts.customs_value
    trade = customs.sum(axis=(1, 2)) + customs.sum(axis=(0, 2))
    trade -= 2.0 * np.einsum("nns->n", customs)
    for i, n in enumerate(region):
        given, implied = table.numbers["value"][i], world.accounts.deficit[n]
        slack = DEFICIT_SLACK * trade[n] + _half_last_digit(table.raw["value"][i])
        if abs(given - implied) > slack:
            hint = (
                "the sign seems reversed: positive means that imports exceed exports"
                if abs(given + implied) <= slack
                else "correct flows.csv (are services missing? is it net of tariff?), "
                "or leave deficit.csv out: the deficit follows from the flows"
            )
            faults.add(
                int(table.lines[i]),
                f"deficit of {world.regions[n]} is given as {given:.9g}, but the flows imply "
                f"{implied:.9g} ({given - implied:+.6g})",
                "imports less exports, net of tariff, are fixed by flows.csv",
                hint,
            )
    faults.check()


def _half_last_digit(text: str) -> float:
    """Return half a unit of the last digit of a decimal number as written."""
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals) * (1.0 + 1e-9)
