"""Scenarios by name or by path: those that ship with Parley, and one's own files."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from parley.economy.world import World
from parley.errors import InputError
from parley.files.embedded import EMBEDDED, open_world
from parley.labels import allowed_text
from parley.scenario import Scenario, WorldLabels, parse

__all__ = [
    "LARGEST_BYTES",
    "embedded_scenarios",
    "open_scenario",
    "open_scenario_text",
    "open_world_of",
]

LARGEST_BYTES = 4_000_000
"""Largest scenario or table file that is read."""


def embedded_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that ship with Parley."""
    folder = files("parley") / "data" / "scenarios"
    return tuple(sorted(e.name for e in folder.iterdir() if (e / "scenario.toml").is_file()))


def open_scenario(reference: str | Path, world: World | WorldLabels | None = None) -> Scenario:
    """Return a checked scenario.

    Parameters
    ----------
    reference
        Name of an embedded scenario, path of a TOML file, or path of a folder with a
        ``scenario.toml``. A name wins over a file of the same name.
    world
        World to check it against; the one the file names if None. A world given by path
        in the file is looked for from the file's folder.

    Raises
    ------
    InputError
        If there is no such scenario, or with everything that is wrong in it.
    """
    name = str(reference)
    if name in embedded_scenarios():
        folder = files("parley") / "data" / "scenarios" / name
        return _read(folder / "scenario.toml", folder, name, None, world)
    path = Path(reference)
    if path.is_dir():
        path = path / "scenario.toml"
    if not path.is_file():
        raise InputError.one(
            f"no such scenario: {name}",
            "scenario",
            "it is neither the name of a shipped scenario nor an existing file",
            allowed_text(name, embedded_scenarios()) + ", or the path of a .toml file",
        )
    return _read(path, path.parent, path.name, path.parent, world)


def open_world_of(scenario: Scenario, reference: str | Path) -> World:
    """Return the world of a scenario; a path is looked for from the scenario's own folder."""
    path = Path(reference)
    folder = path if path.is_dir() else path.parent
    nearby = folder / scenario.world
    found = nearby if scenario.world not in EMBEDDED and nearby.exists() else scenario.world
    return open_world(found)


def open_scenario_text(
    text: str | bytes, filename: str = "scenario.toml", world: World | WorldLabels | None = None
) -> Scenario:
    """Return a checked scenario from its text; it cannot refer to tables.

    Raises
    ------
    InputError
        With everything that is wrong in it.
    """

    def no_table(name: str) -> str:
        raise InputError.one(
            f"the table '{name}' cannot be read",
            name,
            "a scenario given as text has no folder to find tables in",
            "write the changes in the file: changes = [...]",
        )

    return parse(
        text, filename=filename, read_table=no_table, as_world=world or (lambda n: open_world(n))
    )


def _read(
    source: Traversable,
    folder: Traversable,
    filename: str,
    base: Path | None,
    world: World | WorldLabels | None,
) -> Scenario:
    def find_world(name: str) -> World:
        nearby = base / name if base is not None else None
        if name not in EMBEDDED and nearby is not None and nearby.exists():
            return open_world(nearby)
        return open_world(name)

    return parse(
        _bytes(source, filename),
        filename=filename,
        read_table=lambda name: _table(folder, name),
        as_world=world if world is not None else find_world,
    )


def _bytes(source: Traversable, filename: str) -> bytes:
    try:
        if isinstance(source, Path) and source.stat().st_size > LARGEST_BYTES:
            raise InputError.one(
                f"the file has {source.stat().st_size:,} bytes",
                filename,
                f"at most {LARGEST_BYTES:,} are read",
                "put long lists of duties into CSV tables beside the scenario (table = ...)",
            )
        return source.read_bytes()
    except OSError as error:
        raise InputError.one(
            f"the file cannot be read: {error.strerror or error}", filename
        ) from None


def _table(folder: Traversable, name: str) -> str:
    if Path(name).is_absolute() or ".." in Path(name).parts or "\\" in name:
        raise InputError.one(
            f"the table '{name}' lies outside the scenario's folder",
            name,
            "tables are read from the folder of the scenario only",
            "put the table beside the scenario and give its file name",
        )
    source = folder / name
    if not source.is_file():
        there = sorted(e.name for e in folder.iterdir() if e.name.endswith(".csv"))
        raise InputError.one(
            f"there is no table '{name}'",
            name,
            "tables are read from the folder of the scenario",
            allowed_text(name, there) if there else "put the CSV file beside the scenario",
        )
    try:
        return _bytes(source, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError.one(
            f"byte {error.start} of the table '{name}' is not UTF-8 text",
            name,
            "tables are UTF-8 text files",
            "save it as UTF-8",
        ) from None
