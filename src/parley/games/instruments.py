"""The tariffs a player sets: which flows, one rate per source or one for all, and bounds.

Tariffs are [importer, exporter, sector] fractions. Instruments are a vector: one entry per
flow when tariffs may discriminate, one per importer and sector under most-favoured-nation
treatment, where the rate applies to every source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError

__all__ = ["DEFAULT_BOUNDS", "Instruments", "check_bounds", "make_instruments"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
# No import subsidies, and no more than 1,000 per cent.
DEFAULT_BOUNDS = (0.0, 10.0)


@dataclass(frozen=True, eq=False)
class Instruments:
    """The tariffs of one player.

    ``cells`` are the positions (importer, exporter, sector) of every flow it sets;
    ``group`` [cell] the instrument each belongs to, ``block`` [cell] its importer and
    sector; ``lower``, ``upper`` [instrument].
    """

    cells: tuple[Index, Index, Index]
    group: Index
    block: Index
    lower: Array
    upper: Array
    mfn: bool

    @property
    def size(self) -> int:
        """Number of instruments."""
        return len(self.lower)

    def read(self, tariff: Array, weight: Array) -> Array:
        """Return the instruments of a tariff array; groups by their weighted mean.

        ``weight`` [importer, exporter, sector] are import values.
        """
        rate: Array = tariff[self.cells]
        if not self.mfn:
            return rate
        mass = weight[self.cells]
        total = np.bincount(self.group, mass, self.size)
        mean: Array = np.bincount(self.group, mass * rate, self.size) / total
        return mean

    def write(self, tariff: Array, rates: Array) -> Array:
        """Return a copy of a tariff array with the instruments set."""
        result = np.array(tariff)
        result[self.cells] = rates[self.group]
        return result

    def pull(self, gradient: Array) -> Array:
        """Return the derivative in the instruments of one in all tariffs."""
        summed = np.bincount(self.group, gradient[self.cells], self.size)
        return np.asarray(summed, dtype=np.float64)

    def clip(self, rates: Array) -> Array:
        """Return the rates brought within the bounds."""
        return np.clip(rates, self.lower, self.upper)


def make_instruments(
    regions: Sequence[int],
    imports: Array,
    sectors: NDArray[np.bool_],
    *,
    mfn: bool = False,
    bounds: tuple[float, float] | tuple[Array, Array] = DEFAULT_BOUNDS,
    sources: Sequence[int] | None = None,
) -> Instruments:
    """Return the instruments of a player on its imports.

    Parameters
    ----------
    regions
        Positions of the player's regions; flows among them are not its tariffs.
    imports
        [importer, exporter, sector], values at the base; flows of zero are left out.
    sectors
        [sector], True where the player may set tariffs (goods).
    mfn
        One rate for all sources of an importer's sector.
    bounds
        Lowest and highest rate, or two arrays [importer, exporter, sector].
    sources
        Positions of the exporters whose goods may be taxed; None for all.
    """
    mask = np.zeros(imports.shape, dtype=bool)
    mask[list(regions)] = (imports[list(regions)] > 0) & sectors
    mask[:, list(regions)] = False
    if sources is not None:
        other = [i for i in range(imports.shape[0]) if i not in set(sources)]
        mask[:, other] = False
    importer, exporter, sector = np.nonzero(mask)
    cells = (importer, exporter, sector)
    _, block = np.unique(cells[0] * imports.shape[2] + cells[2], return_inverse=True)
    group = block if mfn else np.arange(len(block))
    low, high = (np.broadcast_to(np.asarray(b, dtype=np.float64), imports.shape) for b in bounds)
    size = int(group.max()) + 1 if len(group) else 0
    lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
    np.maximum.at(lower, group, low[cells])
    np.minimum.at(upper, group, high[cells])
    return Instruments(cells, group, block, lower, upper, mfn)


def check_bounds(
    tariff: Array,
    instruments: Instruments,
    labels: tuple[Sequence[str], Sequence[str]],
    where: str,
) -> None:
    """Refuse bounds that leave out a tariff in force, or that leave nothing to choose.

    Raises
    ------
    InputError
        One problem with the number of flows and the worst of them.
    """
    regions, sectors = labels

    def flow(k: int) -> str:
        n, i, s = (c[k] for c in instruments.cells)
        return f"{regions[n]} <- {regions[i]}, {sectors[s]}"

    rate = tariff[instruments.cells]
    low, high = instruments.lower[instruments.group], instruments.upper[instruments.group]
    slack = 1e-9
    crossed = np.flatnonzero(low > high)
    if len(crossed):
        k = int(crossed[0])
        raise InputError.one(
            f"the lower bound {low[k]:.4g} is above the upper bound {high[k]:.4g} on {flow(k)}"
            + (f", and on {len(crossed) - 1} more flows" if len(crossed) > 1 else ""),
            where,
            "bounds leave something to choose",
            "give a lower bound below the upper one",
        )
    below, above = rate < low - slack, rate > high + slack
    count = int((below | above).sum())
    if not count:
        return
    said, wide = [], [float(low.min()), float(high.max())]
    if above.any():
        k = int(np.argmax(np.where(above, rate, -np.inf)))
        said.append(f"the highest {rate[k]:.4g} on {flow(k)}")
        wide[1] = max(wide[1], float(np.ceil(100.0 * rate[k] - slack) / 100.0))
    if below.any():
        k = int(np.argmin(np.where(below, rate, np.inf)))
        said.append(f"the lowest {rate[k]:.4g} on {flow(k)}")
        wide[0] = min(wide[0], float(np.floor(100.0 * rate[k] + slack) / 100.0))
    raise InputError.one(
        f"the bounds exclude the tariffs in force on {count} flow{'s' if count > 1 else ''}: "
        + "; ".join(said),
        where,
        "without the applied tariffs there is no status quo to compare with",
        f"widen them, to {wide[0]:g}:{wide[1]:g} for one; tariffs are fractions (0.25 is 25 %)",
    )
