"""The deficit closures as functions of wages, written from their definitions.

Wages are normalised so that world value added is unchanged, so a deficit that keeps its share of
world value added keeps its level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.oracle.reference import Deficits, Economy

Array = NDArray[np.float64]


def zero(economy: Economy) -> Deficits:
    """Balanced trade; the baseline must have been purged for hats to mean what they say."""
    return lambda wage: np.zeros_like(wage)


def world_share(economy: Economy) -> Deficits:
    """A constant share of world value added (Dekle, Eaton and Kortum 2008)."""
    return lambda wage: economy.deficit * (wage @ economy.value_added) / economy.value_added.sum()


def fixed(economy: Economy, numeraire: int | None = None) -> Deficits:
    """Constant in units of one country's wage, by default the largest economy's."""
    at = int(np.argmax(economy.value_added)) if numeraire is None else numeraire
    return lambda wage: economy.deficit * wage[at]


def own_share(economy: Economy) -> Deficits:
    """A constant share of own value added, deficits and surpluses then scaled to their mean."""

    def deficits(wage: Array) -> Array:
        wanted = economy.deficit * wage
        positive, negative = wanted[wanted > 0].sum(), -wanted[wanted < 0].sum()
        if positive == 0 or negative == 0:
            return np.zeros_like(wanted)
        middle = (positive + negative) / 2
        return np.where(wanted > 0, wanted * middle / positive, wanted * middle / negative)

    return deficits


CLOSURES = {"world-share": world_share, "fixed": fixed, "own-share": own_share}
