r"""Anderson mixing of a map on the host, one call per evaluation.

The compiled solver (:mod:`parley.numerics.anderson`) iterates a JAX function. Here the map
is expensive Python (an equilibrium and its gradients), so the caller evaluates it and asks
for the next point: with residuals :math:`r_k = T(z_k) - z_k`,

.. math:: z_{k+1} = z_k + r_k - \sum_j \gamma_j (\Delta z_j + \Delta r_j), \qquad
          \gamma = \arg\min \lVert r_k - \sum_j \gamma_j \Delta r_j \rVert_W

(Walker & Ni 2011) in a weighted norm.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mixer"]

Array = NDArray[np.float64]


class Mixer:
    """Keeps the last ``depth`` differences of a fixed-point iteration.

    Parameters
    ----------
    depth
        Differences kept.
    weight
        Weights of the least-squares norm, shape of the point; None for equal ones.
    """

    def __init__(self, depth: int = 8, weight: Array | None = None) -> None:
        self._dz: deque[Array] = deque(maxlen=depth)
        self._dr: deque[Array] = deque(maxlen=depth)
        self._last: tuple[Array, Array] | None = None
        self._weight = weight

    def next(self, z: Array, r: Array) -> Array:
        """Return the next point after evaluating the residual ``r`` at ``z``."""
        if not np.all(np.isfinite(r)):
            self.forget()
            return z
        if self._last is not None:
            self._dz.append(z - self._last[0])
            self._dr.append(r - self._last[1])
        self._last = (z, r)
        if not self._dr:
            return z + r
        rows = np.stack(self._dr)
        weighted = rows if self._weight is None else rows * self._weight
        goal = r if self._weight is None else r * self._weight
        gram = weighted @ weighted.T
        ridge = 1e-12 * np.trace(gram) / len(gram)
        gamma = np.linalg.lstsq(gram + ridge * np.eye(len(gram)), weighted @ goal, rcond=None)[0]
        found: Array = z + r - gamma @ (np.stack(self._dz) + rows)
        return found

    def forget(self) -> None:
        """Drop the history, after a step that was not the one returned."""
        self._dz.clear()
        self._dr.clear()
        self._last = None
