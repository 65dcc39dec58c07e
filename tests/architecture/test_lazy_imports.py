"""What must start fast stays light: each case runs in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .source_tree import modules

HEAVY = {"jax", "jaxlib", "equinox", "optimistix", "lineax", "pandas", "xarray", "plotly"}
LIGHT_PARTS = ("errors", "labels", "units", "economy", "policy", "scenario", "ledger")
LIGHT_MODULES = [m.name for m in modules() if m.part in LIGHT_PARTS]

COMMANDS = [
    ("--help",),
    ("--version",),
    ("world", "--help"),
    ("nash", "--help"),
    ("scenario", "check", "--help"),
    ("scenario", "check", "toy-talks"),
    ("scenario", "check", "us-japan-2019"),
    ("claims", "--help"),
    ("claims", "toy-talks"),
    ("claims", "us-japan-2019"),
]


def loaded_after(code: str) -> set[str]:
    """Return the top-level modules loaded once ``code`` has run."""
    script = f"""
import contextlib, io, json, sys
try:
    with contextlib.redirect_stdout(io.StringIO()):
        {code}
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_importing_parley_is_light() -> None:
    assert not loaded_after("import parley") & (HEAVY | {"numpy", "scipy", "pydantic", "typer"})


def test_labelled_floors_are_light() -> None:
    code = "import importlib; " + "; ".join(
        f"importlib.import_module({name!r})" for name in LIGHT_MODULES
    )
    assert not loaded_after(code) & HEAVY


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_light_commands(command: tuple[str, ...]) -> None:
    code = f"sys.argv = ['parley', *{command!r}]; import parley.cli.app as c; c.main()"
    assert not loaded_after(code) & HEAVY


@pytest.mark.parametrize("command", [("--help",), ("world", "--help")], ids=" ".join)
def test_help_needs_no_numerics(command: tuple[str, ...]) -> None:
    code = f"sys.argv = ['parley', *{command!r}]; import parley.cli.app as c; c.main()"
    assert not loaded_after(code) & {"numpy", "scipy"}
