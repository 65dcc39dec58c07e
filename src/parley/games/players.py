"""A player: a party, what it wants, and the tariffs it sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.games.instruments import Instruments
from parley.politics.objective import Objective

__all__ = ["Player"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Player:
    """A party with its objective and its instruments."""

    objective: Objective
    instruments: Instruments

    @property
    def name(self) -> str:
        """Name of the party."""
        return self.objective.party
