r"""Newton-Krylov with a line search: the second, independent solver of a root problem.

Solves F(y) = 0 by Newton steps whose linear systems are solved with restarted GMRES on
exact Jacobian-vector products (Knoll & Keyes, J. Comput. Phys. 2004), backtracking until
the residual falls. Slower than the fixed point, but it does not need the map to contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, gmres

__all__ = ["NewtonResult", "newton_krylov"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NewtonResult:
    """Where Newton stopped: the point, its largest residual, and the path to it."""

    y: Array
    residual: float
    converged: bool
    path: tuple[float, ...]


def newton_krylov(
    residual: Callable[[Array], Array],
    jvp: Callable[[Array, Array], Array],
    y0: Array,
    *,
    tolerance: float = 1e-11,
    max_steps: int = 30,
    krylov: int = 60,
) -> NewtonResult:
    """Solve ``residual(y) = 0`` from ``y0``.

    Parameters
    ----------
    residual
        Returns F(y), shape [unknowns]; non-finite values mean "outside the domain".
    jvp
        ``jvp(y, v)`` returns the Jacobian of F at y times v.
    tolerance
        On the largest absolute residual.
    max_steps
        Newton steps at most.
    krylov
        Dimension of the Krylov space; GMRES restarts up to three times.
    """
    y = np.array(y0, dtype=np.float64)
    f = np.asarray(residual(y))
    size = _size(f)
    path = [size]
    for _ in range(max_steps):
        if size <= tolerance or not np.isfinite(size):
            break
        here = y

        def product(v: Array, here: Array = here) -> Array:
            return np.asarray(jvp(here, v.ravel()))

        operator = LinearOperator((y.size, y.size), matvec=product, dtype=np.float64)
        forcing = min(1e-2, np.sqrt(size))
        step, _info = gmres(operator, -f, rtol=max(forcing, 1e-12), restart=krylov, maxiter=3)
        if not np.all(np.isfinite(step)):
            break
        norm, moved = float(np.linalg.norm(f)), False
        for halving in range(12):
            t = 0.5**halving
            trial = y + t * step
            f_trial = np.asarray(residual(trial))
            if np.all(np.isfinite(f_trial)) and np.linalg.norm(f_trial) < (1 - 1e-4 * t) * norm:
                y, f, moved = trial, f_trial, True
                break
        size = _size(f)
        path.append(size)
        if not moved:
            break
    return NewtonResult(y, size, bool(size <= tolerance), tuple(path))


def _size(f: Array) -> float:
    return float(np.max(np.abs(f))) if np.all(np.isfinite(f)) else float("inf")
