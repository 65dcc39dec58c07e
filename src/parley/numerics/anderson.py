r"""Anderson-accelerated fixed-point iteration as an optimistix solver.

For a map :math:`g` the residual is :math:`r_k = g(y_k) - y_k`. With the last ``depth``
differences :math:`\Delta y_j, \Delta r_j` the next iterate is

.. math:: y_{k+1} = y_k + r_k - \sum_j \gamma_j (\Delta y_j + \Delta r_j), \qquad
          \gamma = \arg\min \lVert r_k - \sum_j \gamma_j \Delta r_j \rVert_2

(type II; Walker & Ni, SIAM J. Numer. Anal. 2011). The small least-squares problem is
solved through its normal equations with a relative ridge. When the residual is not
finite or has grown far beyond the best one, the iteration goes back to the best point,
forgets its history and takes shorter steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optimistix as optx
from jaxtyping import Array, Bool, Float, Int, PyTree

__all__ = ["Anderson"]

GROWTH_BEFORE_RESTART = 1e2


class AndersonState(eqx.Module):
    """History of the iteration; vectors of n unknowns, ``depth`` of them."""

    step: Int[Array, ""]
    filled: Int[Array, ""]
    dy: Float[Array, "depth n"]
    dr: Float[Array, "depth n"]
    y_last: Float[Array, " n"]
    r_last: Float[Array, " n"]
    y_best: Float[Array, " n"]
    r_best: Float[Array, " n"]
    error: Float[Array, ""]
    error_best: Float[Array, ""]
    mixing: Float[Array, ""]
    path: Float[Array, " steps"]


class Anderson(optx.AbstractFixedPointSolver[Array, Any, AndersonState]):
    """Anderson acceleration of depth ``depth`` for maps of one flat vector.

    Parameters
    ----------
    rtol, atol
        Converged when ``max|g(y) - y| <= atol`` (``rtol`` is there for the interface of
        optimistix and adds ``rtol * max|y|``).
    depth
        Number of past differences kept.
    ridge
        Ridge of the normal equations, relative to each difference's own size.
    path_length
        How many residuals are recorded (the last entry is overwritten beyond that).
    """

    rtol: float
    atol: float
    norm: Callable[[PyTree], Array] = optx.max_norm
    depth: int = 8
    ridge: float = 1e-12
    path_length: int = 400

    def init(
        self,
        fn: Any,
        y: Array,
        args: Any,
        options: dict[str, Any],
        f_struct: Any,
        aux_struct: Any,
        tags: frozenset[object],
    ) -> AndersonState:
        """Return the empty history."""
        del fn, args, options, f_struct, aux_struct, tags
        n = y.size
        inf = jnp.array(jnp.inf, dtype=y.dtype)
        return AndersonState(
            step=jnp.array(0),
            filled=jnp.array(0),
            dy=jnp.zeros((self.depth, n), y.dtype),
            dr=jnp.zeros((self.depth, n), y.dtype),
            y_last=y,
            r_last=jnp.zeros_like(y),
            y_best=y,
            r_best=jnp.zeros_like(y),
            error=inf,
            error_best=inf,
            mixing=jnp.array(1.0, y.dtype),
            path=jnp.full((self.path_length,), jnp.nan, y.dtype),
        )

    def step(
        self,
        fn: Any,
        y: Array,
        args: Any,
        options: dict[str, Any],
        state: AndersonState,
        tags: frozenset[object],
    ) -> tuple[Array, AndersonState, Any]:
        """Evaluate the map once and return the next iterate."""
        del options, tags
        value, aux = fn(y, args)
        r = value - y
        error = jnp.max(jnp.abs(r))
        finite = jnp.isfinite(error)
        lost = ~finite | (error > GROWTH_BEFORE_RESTART * state.error_best)
        better = finite & (error < state.error_best)

        slot = jnp.where(state.filled > 0, (state.filled - 1) % self.depth, 0)
        usable = (state.filled > 0) & ~lost
        dy = jnp.where(usable, state.dy.at[slot].set(y - state.y_last), state.dy)
        dr = jnp.where(usable, state.dr.at[slot].set(r - state.r_last), state.dr)
        held = jnp.arange(self.depth) < jnp.where(usable, state.filled, 0)

        rows = jnp.where(held[:, None], dr, 0.0)
        gram = rows @ rows.T
        size = jnp.where(held, jnp.diagonal(gram), 1.0)
        size = jnp.where(size > 0, size, 1.0)
        scale = 1.0 / jnp.sqrt(size)
        gram = gram * scale[:, None] * scale[None, :]
        gram = gram + jnp.diag(jnp.where(held, self.ridge, 1.0))
        factor = jax.scipy.linalg.cho_factor(gram)
        gamma = scale * jax.scipy.linalg.cho_solve(factor, scale * (rows @ r))
        gamma = jnp.where(held & jnp.isfinite(gamma), gamma, 0.0)
        step = state.mixing * r - gamma @ (jnp.where(held[:, None], dy, 0.0) + state.mixing * rows)

        mixing = jnp.where(lost, 0.5 * state.mixing, state.mixing)
        back = state.y_best + mixing * state.r_best
        done = error <= self.atol
        y_next = jnp.where(done, y, jnp.where(lost, back, y + step))
        new = AndersonState(
            step=state.step + 1,
            filled=jnp.where(lost, 0, state.filled + 1),
            dy=dy,
            dr=dr,
            y_last=y,
            r_last=r,
            y_best=jnp.where(better, y, state.y_best),
            r_best=jnp.where(better, r, state.r_best),
            error=jnp.where(finite, error, jnp.inf),
            error_best=jnp.where(better, error, state.error_best),
            mixing=mixing,
            path=state.path.at[jnp.minimum(state.step, self.path_length - 1)].set(error),
        )
        return y_next, new, aux

    def terminate(
        self,
        fn: Any,
        y: Array,
        args: Any,
        options: dict[str, Any],
        state: AndersonState,
        tags: frozenset[object],
    ) -> tuple[Bool[Array, ""], optx.RESULTS]:
        """Stop when converged, or when even tiny steps lead nowhere."""
        del fn, args, options, tags
        tolerance = self.atol + self.rtol * jnp.max(jnp.abs(y))
        done = state.error <= tolerance
        hopeless = state.mixing < 1e-3
        result = optx.RESULTS.where(
            done | ~hopeless, optx.RESULTS.successful, optx.RESULTS.nonlinear_divergence
        )
        return done | hopeless, result

    def postprocess(
        self,
        fn: Any,
        y: Array,
        aux: Any,
        args: Any,
        options: dict[str, Any],
        state: AndersonState,
        tags: frozenset[object],
        result: optx.RESULTS,
    ) -> tuple[Array, Any, dict[str, Any]]:
        """Return the best point found with the recorded residual path."""
        del fn, args, options, tags
        found = result == optx.RESULTS.successful
        y = jnp.where(found & (state.error <= state.error_best), y, state.y_best)
        return y, aux, {"path": state.path, "error": state.error_best}
