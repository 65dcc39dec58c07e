"""What makes a set of arrays a world: shapes, signs, shares, and a baseline that adds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from parley.errors import Problem
from parley.labels import duplicates
from parley.units import UNITS

if TYPE_CHECKING:
    from parley.economy.world import World

__all__ = ["world_problems"]

# Final demand may miss zero by this much of a cell's expenditure (rounding of inputs).
FINAL_DEMAND_TOLERANCE = 1e-9
# Value-added plus input shares may miss one by this much.
SHARE_TOLERANCE = 1e-12
SHOWN_CELLS = 5
LARGEST_FLOW = 1e30
# Trade elasticities outside this range are taken for a slip.
THETA_RANGE = (0.01, 500.0)


def world_problems(world: World) -> list[Problem]:
    """Return every reason why these primitives are not an exact world (empty if none)."""
    problems = _label_problems(world)
    if problems:
        return problems
    problems = _shape_problems(world)
    if problems:
        return problems
    problems = _value_problems(world) + _elasticity_problems(world)
    return problems or _account_problems(world)


def _label_problems(world: World) -> list[Problem]:
    where = f"world '{world.name}'"
    found: list[Problem] = []
    for kind, labels in (("region", world.regions), ("sector", world.sectors)):
        if not labels:
            found.append(Problem(f"no {kind}s", where, f"a world needs at least one {kind}"))
        for label in duplicates(labels):
            found.append(Problem(f"{kind} '{label}' appears twice", where, "labels must be unique"))
    if len(world.regions) == 1:
        found.append(Problem("only one region", where, "trade needs at least two regions"))
    for good in world.goods:
        if good not in world.sectors:
            found.append(Problem(f"goods names unknown sector '{good}'", where))
    if world.unit not in UNITS:
        found.append(
            Problem(
                f"unknown unit '{world.unit}'",
                f"{where}: unit",
                "values must be turned into billions for the reports",
                f"use one of: {', '.join(UNITS)}",
            )
        )
    return found


def _shape_problems(world: World) -> list[Problem]:
    n, s = len(world.regions), len(world.sectors)
    wanted: dict[str, tuple[int, ...]] = {
        "flows": (n, n, s),
        "tariffs": (n, n, s),
        "export_tax": (n, n, s),
        "value_added_share": (n, s),
        "input_share": (n, s, s),
        "political_weight": (n, s),
    }
    found = []
    for name, shape in wanted.items():
        value = getattr(world, name)
        if value is not None and value.shape != shape:
            found.append(
                Problem(
                    f"{name} has shape {value.shape}",
                    f"world '{world.name}': {name}",
                    f"{n} regions and {s} sectors ask for {shape}",
                )
            )
    if (world.value_added_share is None) != (world.input_share is None):
        present, absent = (
            ("input_share", "value_added_share")
            if world.value_added_share is None
            else ("value_added_share", "input_share")
        )
        found.append(
            Problem(
                f"{present} is given but {absent} is not",
                f"world '{world.name}': {absent}",
                "inputs need both: what a sector buys and what is left as value added",
                f"give both, or leave both out for a world without inputs; missing: {absent}",
            )
        )
    return found


def _value_problems(world: World) -> list[Problem]:
    cells = _CellProblems(world)
    flow, region_sector = ("importer", "exporter", "sector"), ("region", "sector")
    cells.add("flows", flow, lambda a: ~np.isfinite(a), "not a finite number")
    cells.add("flows", flow, lambda a: a < 0, "negative", "a flow of goods cannot be negative")
    cells.add("flows", flow, lambda a: a > LARGEST_FLOW, "absurdly large", "sums would overflow")
    cells.add("tariffs", flow, lambda a: ~np.isfinite(a), "not a finite number")
    cells.add(
        "tariffs", flow, lambda a: a <= -1, "-100 % or lower", "the price would be zero or less"
    )
    cells.add("export_tax", flow, lambda a: ~np.isfinite(a) | (a <= -1), "not above -100 %")
    for name, axes in (
        ("value_added_share", region_sector),
        ("input_share", ("region", "input", "using sector")),
    ):
        cells.add(name, axes, lambda a: ~np.isfinite(a), "not a finite number")
        cells.add(name, axes, lambda a: (a < 0) | (a > 1), "outside 0 to 1")
    cells.add(
        "political_weight", region_sector, lambda a: ~np.isfinite(a) | (a < 0), "negative or NaN"
    )
    if cells.found:
        return cells.found
    n = np.arange(len(world.regions))
    own = np.zeros_like(world.tariffs)
    own[n, n, :] = world.tariffs[n, n, :]
    cells.add_array("tariffs", own, flow, own != 0, "a tariff on domestic sales")
    if world.value_added_share is not None and world.input_share is not None:
        total = world.value_added_share + world.input_share.sum(axis=1)
        cells.add_array(
            "value_added_share",
            total,
            region_sector,
            np.abs(total - 1) > SHARE_TOLERANCE,
            "plus the input shares is not one",
            "value-added share plus input shares must add to one",
        )
    return cells.found


def _elasticity_problems(world: World) -> list[Problem]:
    where = f"world '{world.name}': elasticities"
    if not world.elasticities:
        return [Problem("no trade elasticities", where, "every equilibrium needs them")]
    found = [
        Problem(f"elasticity set '{name}' appears twice", where, "names must be unique")
        for name in duplicates(e.name for e in world.elasticities)
    ]
    for entry in world.elasticities:
        if entry.theta.shape != (len(world.sectors),):
            found.append(
                Problem(
                    f"set '{entry.name}' has {entry.theta.size} values",
                    where,
                    f"the world has {len(world.sectors)} sectors",
                )
            )
            continue
        low, high = THETA_RANGE
        for s in np.flatnonzero(~((entry.theta >= low) & (entry.theta <= high))):
            found.append(
                Problem(
                    f"set '{entry.name}' has theta = {entry.theta[s]:g} in {world.sectors[s]}",
                    where,
                    f"trade elasticities are taken from {low:g} to {high:g}",
                    "check whether it is sigma (theta = sigma - 1) or has the wrong sign",
                )
            )
    return found


def _account_problems(world: World) -> list[Problem]:
    where = f"world '{world.name}'"
    a = world.accounts
    found: list[Problem] = []
    for n, region in enumerate(world.regions):
        if not a.value_added[n] > 0:
            found.append(
                Problem(
                    f"region '{region}' has no value added",
                    where,
                    "it sells nothing, so it could not pay for anything",
                    "give its domestic sales and exports, or leave the region out",
                )
            )
        elif not a.income[n] > 0:
            found.append(
                Problem(
                    f"region '{region}' has income {a.income[n]:.6g}",
                    where,
                    "value added, tariff revenue and deficit must leave something to spend",
                    "check the region's exports, imports and their valuation",
                )
            )
    floor = -FINAL_DEMAND_TOLERANCE * np.maximum(a.expenditure, 0)
    bad = np.argwhere(a.final_demand < np.minimum(floor, -1e-12 * a.income.max()))
    if len(bad) and not found:
        worst = sorted(bad, key=lambda c: a.final_demand[tuple(c)])[:SHOWN_CELLS]
        cells = "; ".join(
            f"{world.regions[n]} {world.sectors[s]}: {a.final_demand[n, s]:.6g} of an "
            f"expenditure of {a.expenditure[n, s]:.6g}"
            for n, s in worst
        )
        found.append(
            Problem(
                f"implied final demand is negative in {len(bad)} cell(s): {cells}",
                f"{where}: input_share",
                "a region's sectors buy more of a product than the region spends on it",
                "lower those input shares or raise the flows, or fit the shares to the flows "
                "with parley.economy.balancing",
            )
        )
    return found


class _CellProblems:
    """Collects problems of array cells, naming the first few by their labels."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: list[Problem] = []

    def add(
        self,
        name: str,
        axes: tuple[str, ...],
        test: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
        what: str,
        why: str = "",
    ) -> None:
        array = getattr(self.world, name)
        if array is not None:
            with np.errstate(invalid="ignore"):
                self.add_array(name, array, axes, test(array), what, why)

    def add_array(
        self,
        name: str,
        array: NDArray[np.float64],
        axes: tuple[str, ...],
        bad: NDArray[np.bool_],
        what: str,
        why: str = "",
    ) -> None:
        where = np.argwhere(bad)
        if not len(where):
            return
        shown = []
        for cell in where[:SHOWN_CELLS]:
            labels = [
                (self.world.sectors if axis in _SECTOR_AXES else self.world.regions)[i]
                for axis, i in zip(axes, cell, strict=True)
            ]
            shown.append(f"{', '.join(labels)} = {array[tuple(cell)]:g}")
        more = f" and {len(where) - SHOWN_CELLS} more" if len(where) > SHOWN_CELLS else ""
        self.found.append(
            Problem(
                f"{name} {what}: {'; '.join(shown)}{more}",
                f"world '{self.world.name}': {name} [{', '.join(axes)}]",
                why,
            )
        )


_SECTOR_AXES = ("sector", "input", "using sector")
