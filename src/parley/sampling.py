r"""Seeded samples of what is not known: a Sobol sequence, and the distributions drawn from it.

A scrambled Sobol sequence (Owen 1998) fills the unit cube more evenly than independent
draws; the seed is always passed in, and the same seed gives the same sample.

=================  =====================================================================
``split_uniform``  half of the draws lie evenly between low and middle, half evenly between
                   middle and high, so the middle is the median
``log_uniform``    even in the logarithm between low and high
=================  =====================================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

__all__ = ["log_uniform", "split_uniform", "unit_draws"]

Array = NDArray[np.float64]


def unit_draws(draws: int, dimensions: int, seed: int) -> Array:
    """Return a scrambled Sobol sample in the open unit cube, [draw, dimension].

    Parameters
    ----------
    draws
        Number of draws; a power of two keeps the sequence balanced.
    dimensions
        Number of unknowns; with none the result has no columns.
    seed
        Of the scrambling.

    Raises
    ------
    ValueError
        If the number of draws is not positive.
    """
    if draws < 1:
        raise ValueError(f"{draws} draws: at least one is needed")
    if dimensions == 0:
        return np.empty((draws, 0))
    engine = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    found: Array = engine.random_base2(int(np.ceil(np.log2(draws))))[:draws]
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
