r"""The step a government's own first-order conditions imply.

Let M be imports at customs value and s their expenditure shares. Raising tariff k moves
imports of the same sector by :math:`d\ln M_l = -\sigma\,\delta_{kl}\,d\ln\tau_k +
(\sigma-1)\,s_k\,d\ln\tau_k`, and a tariff is worth what it exceeds or falls short of the
optimum, so near it the objective has the curvature

.. math:: -\frac{\partial^2 G}{\partial t_k \partial t_l} \approx
          \frac{\sigma M_k}{1+t_k} \Big(\delta_{kl} - \frac{\sigma-1}{\sigma} s_l\Big)

within a sector of one importer, and little across. Its inverse is closed-form (Sherman and
Morrison), so :math:`\Delta t = H^{-1} \partial G/\partial t` is a Newton step up to the few
directions in which wages move, which Anderson mixing takes care of. Because M scales both
gradient and curvature, flows of any size converge alike. Constraints on other objectives
enter through a small dual problem. Multipliers depend on the curvature only through the
metric: at rest the first-order conditions hold whatever it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from parley.equilibrium.simulator import Point
from parley.games.instruments import Instruments

__all__ = ["Curvature", "constrained_step"]

Array = NDArray[np.float64]


class Curvature:
    """The approximate curvature H of a player's objective in its instruments at a point.

    ``scale`` multiplies H: the weight of the player in a joint objective.
    """

    def __init__(
        self, point: Point, instruments: Instruments, theta: Array, scale: float = 1.0
    ) -> None:
        cells, block = instruments.cells, instruments.block
        sigma = theta[cells[2]] + 1.0
        self._group, self._block = instruments.group, block
        self._mfn, self._size = instruments.mfn, instruments.size
        weight = scale * sigma * point.imports[cells] / (1.0 + point.tariff[cells])
        share = point.share[cells]
        pull = theta[cells[2]] / sigma
        inside = np.bincount(block, pull * share)
        if self._mfn:
            self._weight = np.bincount(self._group, weight, self._size) * (1.0 - inside)
        else:
            self._weight, self._share = weight, share
            self._spread = (pull / (1.0 - inside[block])) if len(block) else pull

    def solve(self, gradient: Array) -> Array:
        """Return H^-1 times a gradient in the instruments, shape [..., instrument]."""
        # A flow that has dried up (its sector closed abroad) has neither slope nor curvature.
        live = np.broadcast_to(self._weight > 0, np.shape(gradient))
        step: Array = np.divide(gradient, self._weight, out=np.zeros_like(gradient), where=live)
        if self._mfn:
            return step
        flat = step.reshape(-1, self._size)
        moved = np.stack([np.bincount(self._block, self._share * row) for row in flat])
        result: Array = (flat + self._spread * moved[:, self._block]).reshape(step.shape)
        return result


def constrained_step(
    step: Array, slack: Array, gradients: Array, inverse_gradients: Array
) -> tuple[Array, Array]:
    r"""Return the step and multipliers of a quadratic model under linear inequalities.

    Maximises :math:`g \cdot \Delta - \tfrac12 \Delta H \Delta` subject to
    ``slack + gradients @ step >= 0``.

    Parameters
    ----------
    step
        The unconstrained step H^-1 g, [instrument].
    slack
        How far each constraint holds now, [constraint]; negative if it fails.
    gradients, inverse_gradients
        The constraints' gradients a and H^-1 a, [constraint, instrument].
    """
    matrix = gradients @ inverse_gradients.T
    matrix = 0.5 * (matrix + matrix.T)
    matrix += 1e-14 * np.trace(matrix) * np.eye(len(slack))
    factor = np.linalg.cholesky(matrix)
    shortfall = slack + gradients @ step
    multipliers, _ = nnls(factor.T, -np.linalg.solve(factor, shortfall))
    return step + multipliers @ inverse_gradients, multipliers
