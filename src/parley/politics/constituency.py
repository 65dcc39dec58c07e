r"""What a constituency gets: the real income of its sectors.

With mobile labour and no profits (Caliendo-Parro) the income of sector s in region j is

.. math:: X_{js} = VA_{js} + \frac{VA_{js}}{\sum_s VA_{js}} (R_j + D_j)

with R revenue from trade taxes and D the deficit; in general wages and profits of the sector
and a share in R + D by employment. A constituency's result is the change of
:math:`\sum_{s} X_{js} / P_j` over its sectors. Where labour moves freely between sectors
this shows where activity goes, not what a worker earns; with employment fixed by sector
(specific-labour) it is the income of those who work there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.result import Equilibrium

__all__ = ["constituency_income", "sector_income"]

Array = NDArray[np.float64]


def sector_income(at: Equilibrium) -> Array:
    """Return X[region, sector] in the world's unit at the equilibrium's prices."""
    return at.sector_income


def constituency_income(at: Equilibrium, region: int, sectors: list[int]) -> float:
    """Return the real income of a constituency, its sectors' X over the price index.

    Parameters
    ----------
    at
        An equilibrium.
    region
        Position of the region.
    sectors
        Positions of the constituency's sectors.
    """
    return float(sector_income(at)[region, sectors].sum() / at.consumer_price_hat[region])
