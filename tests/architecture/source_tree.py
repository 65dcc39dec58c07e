"""The house as data: which module stands on which floor, and what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "parley"

# Bottom to top. Within a floor, a part may import those named before it.
FLOORS: dict[str, tuple[str, ...]] = {
    "L0": ("errors", "labels", "units", "solution", "numerics", "sampling"),
    "L1": ("economy", "policy"),
    "L2": ("equilibrium", "markets"),
    "L3": ("politics", "games"),
    "L4": ("bargaining", "calendar", "evidence"),
    "L5": (
        "scenario",
        "ledger",
        "results",
        "purchases",
        "studies",
        "stages",
        "counted",
        "arena",
        "threats",
        "deals",
        "commitments",
        "timing",
        "forecasts",
        "uncertainty",
    ),
    "L6": ("files", "report"),
    "L7": ("cli", "web", "__init__", "__main__"),
}
PARTS = tuple(part for parts in FLOORS.values() for part in parts)
PURE = tuple(part for floor in ("L0", "L1", "L2", "L3", "L4") for part in FLOORS[floor])


@dataclass(frozen=True)
class Import:
    """One imported module, where it stands and whether it runs at module level."""

    module: str
    line: int
    at_module_level: bool


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def part(self) -> str:
        """The part of the house it belongs to: the name right under ``parley``."""
        return self.path.relative_to(PACKAGE).with_suffix("").parts[0]

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def imports(self) -> Iterator[Import]:
        """Yield every import, those inside functions and type-checking blocks included."""
        lazy = {id(n) for f in ast.walk(self.tree) if _defers(f) for n in ast.walk(f)}
        for node in ast.walk(self.tree):
            level = id(node) not in lazy
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno, level)
            elif isinstance(node, ast.ImportFrom):
                base = self._resolved(node)
                if base == "parley":
                    for alias in node.names:
                        yield Import(f"parley.{alias.name}", node.lineno, level)
                else:
                    yield Import(base, node.lineno, level)

    def _resolved(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


def modules() -> list[Module]:
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def part_of(imported: str) -> str | None:
    """Return the part of the house an imported ``parley`` name belongs to."""
    names = imported.split(".")
    if names[0] != "parley":
        return None
    return names[1] if len(names) > 1 and names[1] in PARTS else "__init__"


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _defers(node: ast.AST) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return True
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
