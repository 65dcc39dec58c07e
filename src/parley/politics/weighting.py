"""Political weights from constituencies: what a dollar earned in each sector counts for.

A sector counts 1 unless a constituency earns there; where several do, the largest of their
weights counts. Weights are then scaled to a mean of one over each region's sectors (Ossa
2014), so only their ratios matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["constituency_weights"]

Array = NDArray[np.float64]


def constituency_weights(
    shape: tuple[int, int],
    constituencies: Iterable[tuple[Sequence[int], Sequence[int], float]],
) -> Array:
    """Return political weights of mean one, [region, sector].

    Parameters
    ----------
    shape
        Numbers of regions and sectors.
    constituencies
        Positions of regions, positions of sectors, and the weight of each.
    """
    found = np.ones(shape)
    named = np.zeros(shape, dtype=bool)
    for regions, sectors, weight in constituencies:
        at = np.ix_(list(regions), list(sectors))
        found[at] = np.where(named[at], np.maximum(found[at], weight), weight)
        named[at] = True
    mean: Array = found / found.mean(axis=1, keepdims=True)
    return mean
