r"""Seeded samples of what is not known: a Latin hypercube, and distributions drawn from it.

In a Latin hypercube of n draws (McKay, Beckman and Conover 1979) every unknown has exactly one
draw in each n-th of its range, at random within it and in random order, so that a small sample
is even in every unknown. The seed is always passed in; the same seed gives the same sample.

=================  =====================================================================
``split_uniform``  half of the draws lie evenly between low and middle, half evenly between
                   middle and high, so the middle is the median
``log_uniform``    even in the logarithm between low and high
=================  =====================================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_uniform", "split_uniform", "unit_draws"]

Array = NDArray[np.float64]


def unit_draws(draws: int, dimensions: int, seed: int) -> Array:
    """Return a Latin hypercube in the open unit cube, [draw, dimension].

    Parameters
    ----------
    draws
        Number of draws.
    dimensions
        Number of unknowns; with none the result has no columns.
    seed
        Of the places and their order.

    Raises
    ------
    ValueError
        If the number of draws is not positive.
    """
    if draws < 1:
        raise ValueError(f"{draws} draws: at least one is needed")
    random = np.random.default_rng(seed)
    order = random.permuted(np.tile(np.arange(draws), (dimensions, 1)), axis=1)
    found: Array = ((order + random.random((dimensions, draws))) / draws).T
    tiny = np.finfo(np.float64).tiny
    return np.clip(found, tiny, 1.0 - np.finfo(np.float64).epsneg)


def split_uniform(unit: Array, low: float, middle: float, high: float) -> Array:
    """Return draws whose median is ``middle``, within [``low``, ``high``].

    Raises
    ------
    ValueError
        If the three are not in order.
    """
    if not low <= middle <= high:
        raise ValueError(f"{low:g}, {middle:g}, {high:g} are not in order")
    below = low + 2.0 * unit * (middle - low)
    above = middle + (2.0 * unit - 1.0) * (high - middle)
    return np.where(unit < 0.5, below, above)


def log_uniform(unit: Array, low: float, high: float) -> Array:
    """Return draws that are even in the logarithm between ``low`` and ``high``.

    Raises
    ------
    ValueError
        If the limits are not positive and in order.
    """
    if not 0.0 < low <= high:
        raise ValueError(f"{low:g} and {high:g} are not positive and in order")
    found: Array = low * (high / low) ** unit
    return found
