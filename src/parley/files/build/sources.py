"""The source tables on disk: the OECD ICIO cube, the 44-sector tables, WIOD 2011.

Each reader returns labelled arrays in Parley's axis order and changes no number.
h5py and rdata are needed only here (extra ``[build]``) and are imported on use.
"""

from __future__ import annotations

import csv
import importlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError

__all__ = ["Cube", "Tables44", "Wiod", "read_cube", "read_tables44", "read_wiod"]

Array = NDArray[np.float64]
CUBE = "oecd-icio-cubes/ICIO2017.mat"
TABLES44 = "econ7115-2017"
WIOD = "wiod-2013-release/wiot_2011.RData"
SECTORS_44 = 44


@dataclass(frozen=True, eq=False)
class Cube:
    """The OECD ICIO cube of a year: flows, applied tariffs, elasticities."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int
    flows: Array  # [importer, exporter, sector], million USD, basic prices
    tariffs: Array  # [importer, exporter, sector], fraction
    theta: dict[str, tuple[Array, str]]  # set -> (theta by sector, source text)


@dataclass(frozen=True, eq=False)
class Tables44:
    """The 2017 tables of seven economies and 44 sectors."""

    economies: tuple[str, ...]
    flows: Array  # [importer, exporter, sector 44], million USD
    value_added_share: Array  # [economy, sector], share of gross output
    input_share: Array  # [economy, input, using sector], share of gross output
    tariffs: Array  # [importer, exporter, sector], simple mean of applied rates, fraction
    theta: Array  # [sector]


@dataclass(frozen=True, eq=False)
class Wiod:
    """The 2011 world input-output table: domestic technology by economy, 35 sectors."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    output: Array  # [economy, sector], million USD, basic prices
    use: Array  # [economy, input, using sector], million USD, all origins together
    final_use: Array  # [economy, product], million USD, all origins and all five categories


def _path(sources: Path, name: str) -> Path:
    path = sources / name
    if not path.exists():
        raise InputError.one(
            f"no such source: {path}",
            "parley world build: sources",
            "the world is built from source tables that do not ship with Parley",
            f"give a folder that holds {CUBE}, {TABLES44}/ and {WIOD}",
        )
    return path


def _need(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise InputError.one(
            f"the package '{module}' is not installed",
            "parley world build",
            "it reads one of the source tables",
            "install the extra: pip install 'parley-trade[build]'",
        ) from None


def read_cube(sources: Path) -> Cube:
    """Return the ICIO cube of 2017 (MATLAB 7.3 file).

    Raises
    ------
    InputError
        If the file is missing, unreadable, or h5py is not installed.
    """
    path = _path(sources, CUBE)
    h5py = _need("h5py")
    try:
        with h5py.File(path) as file:
            data = file["data"]

            def text(reference: Any) -> str:
                return "".join(chr(int(c)) for c in np.asarray(file[reference]).ravel())

            theta = {}
            for name in sorted(data["sigma"]):
                group = data["sigma"][name]
                source = "".join(chr(int(c)) for c in np.asarray(group["source"]).ravel())
                theta[name] = (np.asarray(group["epsilon_S"]).ravel(), source)
            return Cube(
                economies=tuple(text(r) for r in data["countries"][0]),
                sectors=tuple(text(r) for r in data["sectors"][0]),
                year=int(data["year"][()].item()),
                # stored [sector, importer, exporter]
                flows=np.asarray(data["Xjik_3D"]).transpose(1, 2, 0),
                tariffs=np.asarray(data["tjik_3D"]).transpose(1, 2, 0),
                theta=theta,
            )
    except (OSError, KeyError) as error:
        raise InputError.one(
            f"cannot read the ICIO cube: {error}", str(path), "not the expected MATLAB 7.3 file"
        ) from None


def read_tables44(sources: Path) -> Tables44:
    """Return the 44-sector tables; input shares turned from materials into output.

    Raises
    ------
    InputError
        If a table is missing or lacks a cell.
    """
    folder = _path(sources, TABLES44)
    economies = ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA")
    n, s = len(economies), SECTORS_44
    at = {e: i for i, e in enumerate(economies)}
    flows = np.full((n, n, s), np.nan)
    for r in _rows(folder, "TradeFlow2017.csv"):
        flows[at[r["iso_d"]], at[r["iso_o"]], int(r["indcode"]) - 1] = float(r["tradevalue"])
    va = np.full((n, s), np.nan)
    for r in _rows(folder, "vashare.csv"):
        va[at[r["iso_o"]], int(r["indcode"]) - 1] = float(r["vashare"])
    materials = np.full((n, s, s), np.nan)
    for r in _rows(folder, "IOshare.csv"):
        cell = at[r["iso_o"]], int(r["input_ind"]) - 1, int(r["output_ind"]) - 1
        materials[cell] = float(r["valueshare"])
    tariffs = np.full((n, n, s), np.nan)
    for r in _rows(folder, "tariff_prewar2017.csv"):
        tariffs[at[r["iso_d"]], at[r["iso_o"]], int(r["indcode"]) - 1] = float(r["AHS_simple"])
    theta = np.full(s, np.nan)
    for r in _rows(folder, "cal_elasticities.csv"):
        if (r.get("industry") or "").strip():
            theta[int(r["industry"]) - 1] = float(r[r"\theta"])
    for name, array in (
        ("TradeFlow2017.csv", flows),
        ("vashare.csv", va),
        ("IOshare.csv", materials),
        ("tariff_prewar2017.csv", tariffs),
        ("cal_elasticities.csv", theta),
    ):
        if np.isnan(array).any():
            raise InputError.one(
                f"{int(np.isnan(array).sum())} cells are missing", str(folder / name)
            )
    materials /= materials.sum(axis=1, keepdims=True)
    return Tables44(economies, flows, va, materials * (1.0 - va)[:, None, :], tariffs, theta)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = _path(folder, name)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def read_wiod(sources: Path) -> Wiod:
    """Return each economy's use of products (all origins together) from WIOD 2011.

    Raises
    ------
    InputError
        If the file is missing, unreadable, or rdata is not installed.
    """
    path = _path(sources, WIOD)
    rdata = _need("rdata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = rdata.read_rda(str(path))["wiot_2011"]
    economies = tuple(str(c) for c in table["countries"])
    sectors = tuple(str(c) for c in table["industries"])
    n, s = len(economies), len(sectors)
    inter = np.asarray(table["inter"], dtype=np.float64).reshape(n, s, n, s)
    output = np.asarray(table["output"], dtype=np.float64).reshape(n, s)
    final = np.asarray(table["final"], dtype=np.float64).reshape(n, s, n, -1)
    return Wiod(
        economies,
        sectors,
        output,
        inter.sum(axis=0).transpose(1, 0, 2),
        final.sum(axis=(0, 3)).T,
    )
