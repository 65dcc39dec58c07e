"""What the 44-sector tables know about tariffs, addressed by the cube's economies.

They hold simple means of applied rates between Brazil, China, the EU, India, Japan, the
United States and the rest of the world, at a finer sector detail than the cube's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import AuditEntry
from parley.files.build.concordance import Concordance
from parley.files.build.sources import Cube, Tables44

__all__ = ["CUSTOMS_UNION", "FREE", "NO_PREFERENCE", "REST", "Known"]

Array = NDArray[np.float64]
NO_PREFERENCE = 0.99  # of the level: a supplier at or above pays the full rate
FREE = 5e-4  # a level below this can only come from duties of zero
CUSTOMS_UNION = "EU"  # the United Kingdom belonged to it in 2017
REST = "ROW"


class Known:
    """What the 44-sector tables know, addressed by economies and sectors of the cube."""

    def __init__(self, cube: Cube, tables: Tables44, concordance: Concordance) -> None:
        at = {e: i for i, e in enumerate(tables.economies)}
        self.names = tables.economies
        self.union = at[CUSTOMS_UNION]
        member = [concordance.tariff44_of[e] for e in cube.economies]
        self.table = np.array([at[m] if m else -1 for m in member])
        number = {s: k for k, group in concordance.icio44.items() for s in group}
        self.column = np.array([number[s] - 1 for s in concordance.sectors])
        self.rates = tables.tariffs[:, :, self.column]
        self.cube = cube
        self.sectors = concordance.sectors
        self.rest = at[REST]

    def importers(self) -> NDArray[np.intp]:
        """Return the importers the tables know (not the rest of the world)."""
        return np.flatnonzero((self.table >= 0) & (self.table != self.rest))

    def levels(
        self, new: Array, cube_level: Array, preference: Array
    ) -> tuple[Array, list[AuditEntry]]:
        """Return levels with those of known importers taken from the 44-sector tables."""
        entries = []
        out = new.copy()
        done: set[int] = set()
        for n in self.importers():
            row = int(self.table[n])
            partners = [
                i for i in self.importers() if self.table[i] != row and self.cube.economies[i]
            ]
            for s, sector in enumerate(self.sectors):
                if cube_level[n, s] <= FREE:
                    out[n, s] = 0.0
                    continue
                full = {
                    int(self.table[i]) for i in partners if preference[n, i, s] >= NO_PREFERENCE
                }
                if not full:
                    continue
                out[n, s] = np.mean([self.rates[row, p, s] for p in sorted(full)])
                if row in done:
                    continue
                entries.append(
                    AuditEntry(
                        "tariff-level",
                        f"{self.names[row]} <- suppliers without preference, {sector}",
                        f"{cube_level[n, s]:.2%}",
                        f"{out[n, s]:.2%}",
                        "simple mean of applied rates in the 44-sector tables over "
                        + ", ".join(self.names[p] for p in sorted(full)),
                    )
                )
            done.add(row)
        return out, entries

    def pairs(self, values: Array, cube_level: Array) -> Array:
        """Return rates with those of known pairs taken from the 44-sector tables."""
        out = values.copy()
        known = np.flatnonzero(self.table >= 0)
        for n in self.importers():
            for i in known:
                if self.table[i] == self.table[n]:
                    continue
                keep = cube_level[n] > FREE
                out[n, i, keep] = self.rates[self.table[n], self.table[i], keep]
        return out

    def inside_union_free(self, values: Array) -> Array:
        """Return rates with those inside the customs union set to zero."""
        inside = self.table == self.union
        out = values.copy()
        out[np.ix_(inside, inside)] = 0.0
        return out

    def rest_rate(self, exporter: int) -> Array:
        """Return what the tables' rest of the world charges an exporter [sector]."""
        row = self.rates[self.rest]
        if self.table[exporter] >= 0 and self.table[exporter] != self.rest:
            rate: Array = row[self.table[exporter]]
            return rate
        others = [p for p in range(len(self.names)) if p != self.rest]
        mean: Array = row[others].mean(axis=0)
        return mean
