"""Duties in force on each flow, part by part, while measures and packages are applied.

A flow (importer, exporter, sector) is cut into named parts and the rest. Parts have their
share of the flow's customs value in the world's year; a part with its own duty leaves the
rest with the duty that keeps the flow's average.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from parley.economy.world import World
from parley.errors import Problem
from parley.policy.change import Change

__all__ = ["REST", "Cell", "Ledger", "Part"]

Cell = tuple[str, str, str]
REST = ""
TOLERANCE = 1e-9


@dataclass
class Part:
    """One part of a flow: its share, its duties, its trade-cost factor.

    ``base`` is its ordinary duty in the world's year.
    """

    share: float
    base: float
    ordinary: float
    cost: float = 1.0
    additional: dict[str, float] = field(default_factory=dict)

    @property
    def duty(self) -> float:
        """Ordinary duty plus all additional tariffs."""
        return self.ordinary + sum(self.additional.values())

    def copy(self) -> Part:
        """Return an independent copy."""
        return Part(self.share, self.base, self.ordinary, self.cost, dict(self.additional))


class Ledger:
    """Levels of every flow that something touches; other flows are as in the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.index = (
            {r: k for k, r in enumerate(world.regions)},
            {s: k for k, s in enumerate(world.sectors)},
        )
        self.cells: dict[Cell, dict[str, Part]] = {}
        self.export_tax: dict[Cell, float] = {}

    def position(self, cell: Cell) -> tuple[int, int, int]:
        """Return the positions of importer, exporter and sector."""
        regions, sectors = self.index
        return regions[cell[0]], regions[cell[1]], sectors[cell[2]]

    def world_tariff(self, cell: Cell) -> float:
        """Return the flow's average ordinary duty in the world's year, a fraction."""
        return float(self.world.tariffs[self.position(cell)])

    def trade_usd_bn(self, cell: Cell) -> float:
        """Return the flow in the world's year, US$bn, net of tariff."""
        return float(self.world.flows[self.position(cell)]) * self.world.usd_bn

    def world_export_tax(self, cell: Cell) -> float:
        """Return the exporter's tax in the world's year, a fraction."""
        tax = self.world.export_tax
        return 0.0 if tax is None else float(tax[self.position(cell)])

    def cut(self, parts: Iterable[tuple[Cell, str, float, float | None, str]]) -> list[Problem]:
        """Cut flows into parts, given (flow, name, share, own duty or None, path).

        Parts without a duty of their own have that of the rest. Returns problems where
        the parts do not fit the flow or its average duty.
        """
        wanted: dict[Cell, dict[str, tuple[float, float | None, str]]] = {}
        for cell, name, share, now, path in parts:
            at = wanted.setdefault(cell, {})
            if name not in at or at[name][1] is None:
                at[name] = (share, now, path)
        return [p for cell, at in wanted.items() for p in self._cut_one(cell, at)]

    def _cut_one(self, cell: Cell, at: dict[str, tuple[float, float | None, str]]) -> list[Problem]:
        tariff = self.world_tariff(cell)
        flow = f"{cell[0]} imports of {cell[2]} from {cell[1]}"
        own = [(share, now, path) for share, now, path in at.values() if now is not None]
        total = sum(share for share, _, _ in at.values())
        path = own[0][2] if own else next(path for _, _, path in at.values())
        if total > 1 + TOLERANCE:
            what = f"parts of one flow add to {total:.4g} of it"
            listed = ", ".join(f"{name} {part[0]:g}" for name, part in at.items())
            return [Problem(what, path, f"{flow}: {listed}", "lower share_of_flow")]
        left = 1.0 - sum(share for share, _, _ in own)
        covered = sum(share * now for share, now, _ in own)
        if left > TOLERANCE:
            rest = (tariff - covered) / left if covered != (1 - left) * tariff else tariff
        else:
            rest = tariff
            if abs(covered - tariff) > TOLERANCE:
                return [
                    Problem(
                        f"the duties now average {covered:.2%}",
                        path,
                        f"{flow}: the parts cover all of it, and the world has {tariff:.2%}",
                        "correct now, or leave part of the flow to other goods",
                    )
                ]
        if abs(rest - tariff) < TOLERANCE:
            rest = tariff
        if rest < min(tariff, 0.0) - TOLERANCE:
            return [
                Problem(
                    f"goods with a duty of their own bear duty worth {covered:.2%} of the flow",
                    path,
                    f"{flow}: the world's average duty is {tariff:.2%}, which would leave all "
                    f"other goods with {rest:.2%}",
                    "lower now or share_of_flow, or leave now out to take the world's duty",
                )
            ]
        levels = {name: rest if now is None else now for name, (_, now, _) in at.items()}
        self.cells[cell] = {
            name: Part(share, levels[name], levels[name]) for name, (share, _, _) in at.items()
        }
        self.cells[cell][REST] = Part(max(1.0 - total, 0.0), rest, rest)
        return []

    def carve(self, cell: Cell, name: str, share: float) -> bool:
        """Cut one more part out of the rest of a flow; False where the rest is too small."""
        at = self.parts(cell)
        rest = at[REST]
        if name in at:
            return True
        if share > rest.share + TOLERANCE:
            return False
        part = rest.copy()
        part.share = share
        rest.share = max(rest.share - share, 0.0)
        at[name] = part
        return True

    def own_base(self, cell: Cell, name: str) -> float | None:
        """Return a part's ordinary duty in the world's year where it is not the average."""
        base = self.parts(cell)[name].base
        return None if base == self.world_tariff(cell) else base

    def parts(self, cell: Cell) -> dict[str, Part]:
        """Return the parts of a flow, the rest under ""; the whole flow if it is not cut."""
        if cell not in self.cells:
            tariff = self.world_tariff(cell)
            self.cells[cell] = {REST: Part(1.0, tariff, tariff)}
        return self.cells[cell]

    def tax(self, cell: Cell) -> float:
        """Return the exporter's tax on a flow."""
        return self.export_tax.get(cell, self.world_export_tax(cell))

    def apply(self, change: Change, part: str | None = None) -> None:
        """Put one change into force, on another part than it names if one is given."""
        chosen = change.slice if part is None else part
        cell = (change.importer, change.exporter, change.sector)
        if change.kind == "export-tax":
            self.export_tax[cell] = change.value
            return
        at = self.parts(cell)
        for name, level in at.items():
            if chosen not in (REST, name):
                continue
            if change.kind == "tariff":
                level.ordinary = change.value
            elif change.kind == "additional-tariff":
                level.additional[change.instrument] = change.value
            else:
                level.cost = change.value

    def copy(self) -> Ledger:
        """Return an independent copy."""
        other = Ledger(self.world)
        other.cells = {c: {n: p.copy() for n, p in at.items()} for c, at in self.cells.items()}
        other.export_tax = dict(self.export_tax)
        return other
