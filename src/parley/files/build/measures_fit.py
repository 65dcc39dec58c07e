"""Coverage of sectors by product lists: line weights, and a fit to published totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from parley.errors import NotConvergedError
from parley.files.build.hs import HsSectors

__all__ = ["coverage", "fit_margins"]

Array = NDArray[np.float64]
TOLERANCE = 1e-12
MAX_STEPS = 5000


def coverage(
    weight: Mapping[str, float], group: Mapping[str, str], groups: Iterable[str], hs: HsSectors
) -> dict[str, dict[str, float]]:
    """Return sector -> group -> share of the sector's line weight.

    Parameters
    ----------
    weight
        Code -> value (any unit).
    group
        Code -> group; codes without one belong to none of ``groups``.
    groups
        The groups to report.
    """
    names = list(groups)
    total: dict[str, float] = {}
    inside: dict[str, dict[str, float]] = {}
    for code, value in weight.items():
        sector = hs.sector(code)
        total[sector] = total.get(sector, 0.0) + value
        here = inside.setdefault(sector, dict.fromkeys(names, 0.0))
        if group.get(code) in here:
            here[group[code]] += value
    return {
        s: {g: v / total[s] for g, v in inside[s].items()} for s in sorted(total) if total[s] > 0
    }


def fit_margins(start: Array, rows: Array, columns: Array) -> Array:
    """Scale rows and columns of ``start`` in turn until both margins are met (RAS).

    Parameters
    ----------
    start
        [R, C], non-negative; zeros stay zero.
    rows, columns
        [R] and [C] targets with the same sum.

    Raises
    ------
    NotConvergedError
        If the zeros of ``start`` do not allow the targets.
    """
    x: Array = start.copy()
    gap = np.inf
    for _ in range(MAX_STEPS):
        total = x.sum(axis=0)
        x = x * np.divide(columns, total, out=np.zeros_like(total), where=total > 0)
        total = x.sum(axis=1)
        x = x * np.divide(rows, total, out=np.zeros_like(total), where=total > 0)[:, None]
        gap = float(np.abs(x.sum(axis=0) - columns).max() / columns.max())
        if gap < TOLERANCE:
            return x
    raise NotConvergedError(
        "the coverage of sectors does not fit the published totals",
        (gap,),
        "look for a list whose sectors have no trade",
    )
