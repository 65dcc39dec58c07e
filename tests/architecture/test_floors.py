"""Imports go strictly downward, and each module says one thing at readable length."""

from __future__ import annotations

import pytest

from .source_tree import PARTS, ROOT, Module, modules, part_of

MAX_LINES = 500
MODULES = modules()


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_imports_go_downward(module: Module) -> None:
    assert module.part in PARTS, f"{module.name} has no floor: name it in FLOORS"
    own = PARTS.index(module.part)
    upward = [
        f"line {i.line}: {i.module}"
        for i in module.imports()
        if (part := part_of(i.module)) is not None
        and part != module.part
        and i.module != "parley.__version__"
        and PARTS.index(part) >= own
    ]
    assert not upward, f"{module.name} imports from its own floor or above: {upward}"


def test_modules_stay_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("src", "tests", "bench", "docs")
        for path in (ROOT / folder).rglob("*.py")
    }
    long = {name: lines for name, lines in lengths.items() if lines > MAX_LINES}
    assert not long, f"more than {MAX_LINES} lines; split by concept: {long}"
