"""Worlds as NetCDF-3 files (classic format, 64-bit offsets).

Dimensions ``importer``, ``exporter``, ``region`` (all N), ``sector``, ``input`` (both S)
and ``elasticity_set``. Numbers are stored as variables with their unit; labels as
character arrays, so that other programs can read them; texts (names, sources, notes,
audit) as one JSON document in ``metadata_json``. Checksums over the numbers and the
texts guard against damaged files. Reading back gives the same world, bit for bit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry, World
from parley.errors import InputError
from parley.files.atomic import atomic_path
from parley.files.netcdf3 import parse_classic

__all__ = ["read_netcdf", "write_netcdf"]

FORMAT = 1
MAGIC = b"CDF"
SIZE_LIMIT = 2_000_000_000  # bytes; a world of 196 regions and 133 sectors takes 110 MB

VARIABLES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "flows": (("importer", "exporter", "sector"), "value", "trade flow net of tariff"),
    "tariffs": (("importer", "exporter", "sector"), "1", "applied ad valorem tariff"),
    "value_added_share": (("region", "sector"), "1", "value added in gross output"),
    "input_share": (
        ("region", "input", "sector"),
        "1",
        "share of an input (second axis) in the output of its user (third), purchasers' prices",
    ),
    "political_weight": (("region", "sector"), "1", "weight a government puts on a sector"),
    "export_tax": (("importer", "exporter", "sector"), "1", "ad valorem export tax"),
}
OPTIONAL = ("value_added_share", "input_share", "political_weight", "export_tax")


def write_netcdf(world: World, path: Path) -> None:
    """Write a world to ``path``; the file appears complete or not at all.

    Raises
    ------
    InputError
        If the path cannot be written to.
    """
    from scipy.io import netcdf_file

    with atomic_path(path) as temporary, netcdf_file(str(temporary), "w", version=2) as file:
        file.title = f"Parley world '{world.name}'".encode()
        file.parley_format = np.int32(FORMAT)
        file.content_hash = world.content_hash.encode()
        texts = json.dumps(_metadata(world), ensure_ascii=False)
        file.metadata_hash = _digest(texts.encode()).encode()
        n, s = len(world.regions), len(world.sectors)
        for name, size in (
            ("importer", n),
            ("exporter", n),
            ("region", n),
            ("sector", s),
            ("input", s),
            ("elasticity_set", len(world.elasticities)),
        ):
            file.createDimension(name, size)
        _write_labels(file, "region", "region", world.regions)
        _write_labels(file, "sector", "sector", world.sectors)
        names = tuple(e.name for e in world.elasticities)
        _write_labels(file, "elasticity_set", "elasticity_set", names)
        for name, (dimensions, unit, text) in VARIABLES.items():
            value = getattr(world, name)
            if value is not None:
                if unit == "value":
                    unit = f"{world.unit} {world.currency}"
                _write_array(file, name, dimensions, value, unit, text)
        theta = np.array([e.theta for e in world.elasticities])
        _write_array(
            file,
            "trade_elasticity",
            ("elasticity_set", "sector"),
            theta,
            "1",
            "trade elasticity theta = sigma - 1",
        )
        _write_text(file, "metadata_json", texts)


def read_netcdf(path: Path) -> World:
    """Read a world written by :func:`write_netcdf`.

    Raises
    ------
    InputError
        If the file is missing, not NetCDF-3, not a Parley world, of a newer format,
        damaged or truncated.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise InputError.one(
                f"the file has {size / 1e9:.1f} GB",
                str(path),
                f"the limit is {SIZE_LIMIT / 1e9:g} GB",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError.one(
            f"cannot read {path}: {error.strerror or error}", str(path), do="check the path"
        ) from None
    if data[: len(MAGIC)] != MAGIC:
        kind = "an HDF5 or NetCDF-4 file" if data[1:4] == b"HDF" else "not a NetCDF-3 file"
        raise InputError.one(
            f"this is {kind}",
            str(path),
            "Parley reads worlds that it wrote itself, in classic NetCDF-3",
            "turn the data into a folder of tidy tables and import that",
        )
    fields = _read_fields(path, data)
    digest = fields.pop("content_hash")
    world = _at(path, fields)
    if world.content_hash != digest:
        raise _damaged(path, "the checksum does not match the numbers")
    return world


def _read_fields(path: Path, data: bytes) -> dict[str, Any]:
    try:
        file = parse_classic(data)
    except (ValueError, IndexError, OverflowError) as error:
        raise _damaged(path, str(error)) from None
    if "parley_format" not in file.attributes:
        raise InputError.one(
            "this NetCDF file is not a Parley world",
            str(path),
            "it has no attribute 'parley_format'",
            "turn the data into a folder of tidy tables and import that",
        )
    try:
        version = int(file.attributes["parley_format"][0])
        if version > FORMAT:
            raise InputError.one(
                f"file format {version} is newer than this Parley reads ({FORMAT})",
                str(path),
                do="update Parley",
            )
        text = file.variables["metadata_json"].tobytes()
        if _digest(text) != file.attributes["metadata_hash"]:
            raise ValueError("the checksum does not match the texts")
        meta = json.loads(text)
        theta = _native(file.variables["trade_elasticity"])
        arrays = {
            name: _native(file.variables[name])
            for name in VARIABLES
            if name in file.variables or name not in OPTIONAL
        }
        return _fields(meta, arrays, theta) | {"content_hash": file.attributes["content_hash"]}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from None


def _fields(
    meta: Mapping[str, Any], arrays: dict[str, Any], theta: NDArray[np.float64]
) -> dict[str, Any]:
    elasticities = tuple(
        ElasticitySet(e["name"], row, e["source"], e["note"])
        for e, row in zip(meta["elasticities"], theta, strict=True)
    )
    return {
        "name": str(meta["name"]),
        "year": int(meta["year"]),
        "regions": tuple(meta["regions"]),
        "sectors": tuple(meta["sectors"]),
        "elasticities": elasticities,
        "region_names": dict(meta["region_names"]),
        "sector_names": dict(meta["sector_names"]),
        "goods": tuple(meta["goods"]),
        "currency": str(meta["currency"]),
        "unit": str(meta["unit"]),
        "sources": tuple(meta["sources"]),
        "licence": str(meta["licence"]),
        "notes": tuple(meta["notes"]),
        "audit": tuple(AuditEntry(*row) for row in meta["audit"]),
        **arrays,
    }


def _metadata(world: World) -> dict[str, Any]:
    return {
        "name": world.name,
        "year": world.year,
        "currency": world.currency,
        "unit": world.unit,
        "regions": world.regions,
        "sectors": world.sectors,
        "goods": world.goods,
        "region_names": dict(world.region_names),
        "sector_names": dict(world.sector_names),
        "elasticities": [
            {"name": e.name, "source": e.source, "note": e.note} for e in world.elasticities
        ],
        "sources": world.sources,
        "licence": world.licence,
        "notes": world.notes,
        "audit": [[e.step, e.where, e.found, e.changed_to, e.reason] for e in world.audit],
    }


def _at(path: Path, fields: dict[str, Any]) -> World:
    """Return the world, with the file's path in front of every problem."""
    try:
        return World(**fields)
    except InputError as error:
        raise InputError(
            replace(p, where=f"{path}: {p.where}" if p.where else str(path)) for p in error.problems
        ) from None


def _damaged(path: Path, what: str) -> InputError:
    return InputError.one(
        f"the file is damaged or incomplete ({what})",
        str(path),
        "it does not hold a whole Parley world",
        "write or download it again",
    )


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _native(data: Any) -> NDArray[np.float64]:
    return np.array(data, dtype=np.float64)


def _write_array(
    file: Any, name: str, dimensions: tuple[str, ...], value: Any, unit: str, text: str
) -> None:
    variable = file.createVariable(name, "d", dimensions)
    variable[:] = value
    variable.units = unit.encode()
    variable.long_name = text.encode()


def _write_labels(file: Any, name: str, dimension: str, labels: tuple[str, ...]) -> None:
    encoded = [label.encode("utf-8") for label in labels]
    width = max(len(e) for e in encoded)
    file.createDimension(f"{name}_length", width)
    variable = file.createVariable(f"{name}_label", "c", (dimension, f"{name}_length"))
    for i, label in enumerate(encoded):
        padded = label.ljust(width, b"\0")
        variable[i] = np.frombuffer(padded, dtype="S1")


def _write_text(file: Any, name: str, text: str) -> None:
    data = text.encode("utf-8")
    file.createDimension(f"{name}_length", len(data))
    variable = file.createVariable(name, "c", (f"{name}_length",))
    variable[:] = np.frombuffer(data, dtype="S1")
