r"""What a constituency gets: the real income of its sectors.

With mobile labour and no profits (Caliendo-Parro) the income of sector s in region j is

.. math:: X_{js} = VA_{js} + \frac{VA_{js}}{\sum_s VA_{js}} (R_j + D_j)

with R revenue from trade taxes and D the deficit; a constituency's result is the change
of :math:`\sum_{s} X_{js} / P_j` over its sectors. Labour moves freely between sectors, so
this shows where activity goes, not what a worker earns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.result import Equilibrium

__all__ = ["constituency_income", "sector_income"]

Array = NDArray[np.float64]


def sector_income(at: Equilibrium) -> Array:
    """Return X[region, sector] in the world's unit at the equilibrium's prices."""
    value_added = at.value_added
    total = value_added.sum(axis=1)
    transfer = at.tariff_revenue + at.export_tax_revenue + at.deficit
    income: Array = value_added * (1.0 + transfer / total)[:, None]
    return income


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
