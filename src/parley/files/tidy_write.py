"""Writing a world as a folder of tidy tables (read back by :mod:`parley.files.tidy`)."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.errors import InputError
from parley.files.world_toml import Header, dump_header

__all__ = ["TABLE_NAMES", "write_tidy"]

Array = NDArray[np.float64]
TABLE_NAMES = (
    "flows.csv",
    "elasticity.csv",
    "value_added_share.csv",
    "input_share.csv",
    "political_weight.csv",
    "deficit.csv",
    "audit.csv",
)


def write_tidy(world: World, folder: Path) -> None:
    """Write a world as tidy tables; the folder appears complete or not at all.

    Numbers are written so that reading them back gives the same bits. An older tidy
    folder in the same place is replaced whole, so that tables of two worlds never mix.

    Raises
    ------
    InputError
        If something else stands in that place, or it cannot be written to.
    """
    folder = Path(folder)
    if folder.exists() and not _replaceable(folder):
        raise InputError.one(
            f"{folder} exists and is not a folder of tidy tables",
            str(folder),
            "writing would mix the world with other files",
            "name a new folder",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        _write_tables(world, temporary)
        temporary.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replaceable(folder: Path) -> bool:
    """Return whether a folder is empty or holds a tidy world and nothing else."""
    if not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    return not names or ("world.toml" in names and names <= {"world.toml", *TABLE_NAMES})


def _write_tables(world: World, folder: Path) -> None:
    header = Header(
        path=folder / "world.toml",
        name=world.name,
        year=world.year,
        valuation="net",
        unit=world.unit,
        currency=world.currency,
        sources=world.sources,
        licence=world.licence,
        notes=world.notes,
        regions=world.regions,
        sectors=world.sectors,
        goods=world.goods,
        region_names=world.region_names,
        sector_names=world.sector_names,
        elasticity_sources={e.name: e.source for e in world.elasticities},
        elasticity_notes={e.name: e.note for e in world.elasticities if e.note},
    )
    header.path.write_text(dump_header(header), encoding="utf-8")
    r, s = world.regions, world.sectors
    columns = ["exporter", "importer", "sector", "value", "tariff"]
    arrays = [world.flows, world.tariffs]
    if world.export_tax is not None:
        columns.append("export_tax")
        arrays.append(world.export_tax)
    _write(
        folder / "flows.csv",
        columns,
        (
            (r[i], r[n], s[k], *(_text(float(a[n, i, k])) for a in arrays))
            for n, i, k in np.ndindex(world.flows.shape)
        ),
    )
    _write(
        folder / "elasticity.csv",
        ("sector", "theta", "source"),
        (
            (x, _text(v), e.name)
            for e in world.elasticities
            for x, v in zip(s, e.theta, strict=True)
        ),
    )
    if world.value_added_share is not None and world.input_share is not None:
        _region_sector(folder / "value_added_share.csv", "share", world, world.value_added_share)
        _write(
            folder / "input_share.csv",
            ("region", "sector", "input", "share"),
            (
                (r[n], s[user], s[product], _text(world.input_share[n, product, user]))
                for n, product, user in np.argwhere(world.input_share != 0)
            ),
        )
    if world.political_weight is not None:
        _region_sector(folder / "political_weight.csv", "weight", world, world.political_weight)
    _write(
        folder / "deficit.csv",
        ("region", "value"),
        ((x, _text(v)) for x, v in zip(r, world.accounts.deficit, strict=True)),
    )
    if world.audit:
        _write(
            folder / "audit.csv",
            ("step", "where", "found", "changed_to", "reason"),
            ((e.step, e.where, e.found, e.changed_to, e.reason) for e in world.audit),
        )


def _region_sector(path: Path, column: str, world: World, values: Array) -> None:
    _write(
        path,
        ("region", "sector", column),
        (
            (world.regions[n], world.sectors[k], _text(float(values[n, k])))
            for n, k in np.ndindex(values.shape)
        ),
    )


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _text(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError.one(
        f"cannot write {folder}: {error.strerror or error}",
        str(folder),
        do="choose a folder you may write to, with room on the disk",
    )
