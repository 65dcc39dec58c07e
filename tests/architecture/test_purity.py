"""Floors L0 to L4 compute: no files, no printing, no clock, no hidden randomness."""

from __future__ import annotations

import ast
import sys

import pytest

from .source_tree import PURE, Module, modules

LIBRARIES = {"numpy", "scipy", "jax", "jaxtyping", "equinox", "optimistix", "lineax", "parley"}
IMPURE_STDLIB = {
    "asyncio", "builtins", "concurrent", "csv", "fileinput", "glob", "http", "importlib", "io",
    "logging", "multiprocessing", "os", "pathlib", "pickle", "random", "secrets", "shelve",
    "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "tomllib", "urllib", "uuid",
}  # fmt: skip
IMPURE_CALLS = {"print", "open", "input", "exec", "eval", "breakpoint", "__import__"}
IMPURE_METHODS = {
    "today", "now", "utcnow", "read_text", "write_text", "read_bytes", "write_bytes",
    "loadtxt", "savetxt", "genfromtxt", "fromfile", "tofile", "memmap", "savez",
}  # fmt: skip
NUMPY_ONLY = {"errors", "labels", "units", "economy", "policy"}
SEEDED = {"default_rng", "Generator", "PCG64", "SeedSequence", "BitGenerator"}

PURE_MODULES = [m for m in modules() if m.part in PURE]


def top(name: str) -> str:
    return name.split(".")[0]


@pytest.mark.parametrize("module", PURE_MODULES, ids=lambda m: m.name)
def test_imports_are_pure(module: Module) -> None:
    allowed = (set(sys.stdlib_module_names) - IMPURE_STDLIB) | LIBRARIES
    bad = [
        f"line {i.line}: {i.module}"
        for i in module.imports()
        if top(i.module) not in allowed or i.module.startswith("scipy.io")
    ]
    assert not bad, f"{module.name} may not import {bad}"


@pytest.mark.parametrize("module", PURE_MODULES, ids=lambda m: m.name)
def test_no_side_effects(module: Module) -> None:
    bad = [found for node in ast.walk(module.tree) if (found := side_effect(node))]
    assert not bad, f"{module.name}: {bad}"


@pytest.mark.parametrize(
    "module", [m for m in PURE_MODULES if m.part in NUMPY_ONLY], ids=lambda m: m.name
)
def test_labelled_floors_know_numpy_only(module: Module) -> None:
    bad = [
        f"line {i.line}: {i.module}"
        for i in module.imports()
        if top(i.module) in LIBRARIES - {"numpy", "parley"}
    ]
    assert not bad, f"{module.name} may not import {bad}"


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_each_library_keeps_to_its_floor(module: Module) -> None:
    at_home = {
        "pydantic": module.part in ("scenario", "web"),
        "typer": module.part == "cli",
        "rich": module.part in ("cli", "report"),
    }
    always_lazy = {"pandas", "xarray", "plotly", "h5py", "rdata", "openpyxl"}
    bad = [
        f"line {i.line}: {i.module}"
        for i in module.imports()
        if not at_home.get(top(i.module), True)
        or (i.at_module_level and top(i.module) in always_lazy)
    ]
    assert not bad, f"{module.name} may not import {bad} here, or not at module level"


def side_effect(node: ast.AST) -> str | None:
    """Return what is impure about a call, or None."""
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func)
    last = name.rsplit(".", 1)[-1]
    if name in IMPURE_CALLS or (isinstance(node.func, ast.Attribute) and last in IMPURE_METHODS):
        return f"line {node.lineno}: {name}()"
    if name in ("np.load", "np.save", "jax.debug.print", "jnp.load", "jnp.save"):
        return f"line {node.lineno}: {name}()"
    if name.startswith(("np.random.", "numpy.random.")):
        seeded = last in SEEDED and (node.args or node.keywords)
        if not seeded:
            return f"line {node.lineno}: {name}() without an explicit seed"
    return None


@pytest.mark.parametrize(
    ("code", "impure"),
    [
        ("print(1)", True),
        ("open('a')", True),
        ("date.today()", True),
        ("np.random.rand(3)", True),
        ("np.random.default_rng()", True),
        ("np.random.default_rng(7)", False),
        ("x.sum()", False),
    ],
)
def test_the_check_itself(code: str, impure: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert (side_effect(call) is not None) is impure
