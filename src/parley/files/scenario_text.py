"""The files of a shipped scenario, to read or to start one's own from."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from parley.errors import InputError
from parley.files.atomic import write_bytes
from parley.files.scenarios import embedded_scenarios
from parley.labels import allowed_text

__all__ = ["copy_scenario", "scenario_text"]


def scenario_text(name: str) -> str:
    """Return the TOML text of a shipped scenario (InputError if there is none)."""
    return (_folder(name) / "scenario.toml").read_text(encoding="utf-8")


def copy_scenario(name: str, folder: Path) -> list[str]:
    """Copy a shipped scenario and its tables into a folder; return the names written.

    Raises
    ------
    InputError
        If there is no such scenario, or the folder cannot be written to.
    """
    found = sorted(
        (entry for entry in _folder(name).iterdir() if entry.name.endswith((".toml", ".csv"))),
        key=lambda entry: entry.name,
    )
    for entry in found:
        write_bytes(folder / entry.name, entry.read_bytes())
    return [entry.name for entry in found]


def _folder(name: str) -> Traversable:
    if name not in embedded_scenarios():
        raise InputError.one(
            f"no scenario named '{name}' ships with Parley",
            "scenario",
            do=allowed_text(name, embedded_scenarios()),
        )
    return files("parley") / "data" / "scenarios" / name
