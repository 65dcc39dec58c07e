"""Worlds by name: those that ship with Parley, NetCDF files, and tidy folders."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from parley.economy.world import World
from parley.errors import InputError
from parley.files.netcdf import read_netcdf
from parley.labels import allowed_text

__all__ = ["EMBEDDED", "load_embedded", "open_world"]

EMBEDDED: dict[str, str] = {
    "world-2017": "16 regions x 28 sectors, 2017, with inputs",
    "world-2017-lite": "7 regions x 28 sectors, 2017, with inputs",
    "toy": "3 regions x 2 sectors, invented numbers",
}


def load_embedded(name: str) -> World:
    """Return an embedded world by name.

    Raises
    ------
    InputError
        If no embedded world has that name.
    """
    if name not in EMBEDDED:
        raise InputError.one(
            f"unknown world '{name}'",
            "world",
            "it is neither the name of an embedded world nor an existing file or folder",
            allowed_text(name, list(EMBEDDED)),
        )
    with as_file(files("parley") / "data" / "worlds" / f"{name}.nc") as path:
        return read_netcdf(path)


def open_world(reference: str | Path) -> World:
    """Return the world a reference points to.

    Parameters
    ----------
    reference
        Name of an embedded world, path of a NetCDF file written by Parley, or path of
        a folder of tidy tables. A name wins over a file of the same name; write
        ``./toy`` to mean the folder.

    Raises
    ------
    InputError
        If there is no such world, or what is there cannot be read as one.
    """
    text = str(reference)
    if text in EMBEDDED:
        return load_embedded(text)
    if not text.strip():
        return load_embedded(text)  # raises: no name given
    path = Path(reference)
    if path.is_dir():
        from parley.files.tidy import read_tidy

        return read_tidy(path)
    if path.is_file():
        if path.name == "world.toml":
            from parley.files.tidy import read_tidy

            return read_tidy(path.parent)
        return read_netcdf(path)
    if "/" in text or "\\" in text or path.suffix:
        raise InputError.one(
            f"no such file or folder: {text}",
            "world",
            "a path was given but nothing is there",
            "check the path, or name an embedded world: " + ", ".join(EMBEDDED),
        )
    return load_embedded(text)
