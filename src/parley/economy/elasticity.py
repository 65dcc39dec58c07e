"""Trade elasticities: one number per sector, with the source it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["ElasticitySet"]


@dataclass(frozen=True, eq=False)
class ElasticitySet:
    """A named set of trade elasticities.

    Attributes
    ----------
    name
        Short name used in settings ("caliendo-parro", "uniform-4").
    theta
        Trade elasticity by sector, shape [sector], positive: the elasticity of
        relative imports to relative cost. It is sigma - 1 of an Armington reading
        and the Frechet dispersion of an Eaton-Kortum reading of the same model.
    source
        Where the figures come from (paper, table).
    """

    name: str
    theta: NDArray[np.float64]
    source: str = ""
    note: str = field(default="")

    def __post_init__(self) -> None:
        values = np.array(self.theta, dtype=np.float64)
        values.setflags(write=False)
        object.__setattr__(self, "theta", values)
