"""One protocol for every model family: unknowns, one evaluation, one solver, one adjoint.

A :class:`Kernel` names the equations; it is static, so compiled programs depend only on
(regions, sectors, family, inputs yes or no). ``update`` is the fixed-point map whose rest
point is the equilibrium, whatever the family.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optimistix as optx
from jaxtyping import Array, Float

from parley.equilibrium import caliendo_parro, ossa
from parley.equilibrium.baseline import Baseline
from parley.equilibrium.closures import ClosureTerms
from parley.equilibrium.models import Model
from parley.equilibrium.trade import Levels, PolicyTerms
from parley.numerics.anderson import Anderson

__all__ = [
    "Kernel",
    "adjoint",
    "evaluate",
    "fixed_point",
    "initial_guess",
    "kernel_of",
    "tangent",
]

MAX_STEPS = 400
# Up to this many unknowns the Jacobian is formed and factorised; beyond, iterated on.
DENSE_UNKNOWNS = 64
# Columns of a Jacobian formed at once, so that large ones fit into memory.
COLUMNS = 64
ADJOINT_TOLERANCE = 1e-11
# Where a sector is about to close, Newton steps must be cut far back.
SHORTEST_STEP = 1e-8


class Kernel(NamedTuple):
    """Which equations: the explicit ones without inputs, or the general ones."""

    explicit: bool = False
    specific_labour: bool = False
    entry: bool = False

    def dense(self, unknowns: int) -> bool:
        """Whether Newton with a full Jacobian is used; entry does not contract."""
        return self.entry or unknowns <= DENSE_UNKNOWNS


def kernel_of(model: Model, inputs: bool) -> Kernel:
    """Return the equations of a model on a world with or without input-output links."""
    specific = model.family == "specific-labour"
    return Kernel(not inputs and not specific, specific, model.family == "krugman")


def initial_guess(kernel: Kernel, baseline: Baseline) -> Float[Array, " unknowns"]:
    """Return the unknowns of the baseline itself."""
    if kernel.explicit:
        return ossa.initial_guess(baseline, kernel.entry)
    return caliendo_parro.initial_guess(baseline, kernel.specific_labour)


def evaluate(
    kernel: Kernel,
    unknowns: Float[Array, " unknowns"],
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
) -> tuple[Float[Array, " unknowns"], Levels, dict[str, Array]]:
    """Return the fixed-point map, the levels and by how much each condition fails."""
    if kernel.explicit:
        return ossa.evaluate(unknowns, baseline, policy, closure, kernel.entry)
    return caliendo_parro.evaluate(unknowns, baseline, policy, closure, kernel.specific_labour)


def fixed_point(
    kernel: Kernel,
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    start: Float[Array, " unknowns"],
    tolerance: Any,
) -> tuple[Array, Array, Array]:
    """Return unknowns at rest, the residual of every step, and the number of steps.

    Few unknowns: Newton with the exact Jacobian, then Anderson from there. Many:
    Anderson iteration from the start. Free entry: Newton only. Whether it worked is for
    the caller to judge.
    """
    steps = jnp.array(0)
    if kernel.dense(start.size):
        start, error, steps = _newton(kernel, baseline, policy, closure, start, tolerance)
    if kernel.entry:
        return start, error[None], steps
    found: optx.Solution[Any, Any] = optx.fixed_point(
        lambda y, args: evaluate(kernel, y, *args)[0],
        Anderson(rtol=0.0, atol=tolerance),
        start,
        (baseline, policy, closure),
        max_steps=MAX_STEPS,
        throw=False,
    )
    return found.value, found.stats["path"], steps + found.stats["num_steps"]


def _newton(
    kernel: Kernel,
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    start: Array,
    tolerance: Any,
) -> tuple[Array, Array, Array]:
    """Newton steps with a halving line search; the start again if it ends nowhere."""

    def gap(y: Array) -> Array:
        return evaluate(kernel, y, baseline, policy, closure)[0] - y

    def size(f: Array) -> Array:
        return jnp.where(jnp.all(jnp.isfinite(f)), jnp.linalg.norm(f), jnp.inf)

    def one(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        y, f, _, count = state
        step = jnp.linalg.solve(_jacobian(gap, y), -f)

        def worse(trial: tuple[Array, Array]) -> Array:
            return (size(trial[1]) >= size(f)) & (trial[0] > SHORTEST_STEP)

        def halve(trial: tuple[Array, Array]) -> tuple[Array, Array]:
            t = 0.5 * trial[0]
            return t, gap(y + t * step)

        t, new = jax.lax.while_loop(worse, halve, (jnp.array(1.0), gap(y + step)))
        moved = size(new) < size(f)
        return jnp.where(moved, y + t * step, y), jnp.where(moved, new, f), moved, count + 1

    def unfinished(state: tuple[Array, Array, Array, Array]) -> Array:
        _, f, moved, count = state
        more: Array = (size(f) > 0.1 * tolerance) & moved & (count < 30)
        return more

    y, f, _, count = jax.lax.while_loop(
        unfinished, one, (start, gap(start), jnp.array(True), jnp.array(0))
    )
    return jnp.where(jnp.isfinite(size(f)), y, start), size(f), count


def _jacobian(function: Callable[[Array], Array], y: Array) -> Array:
    """Return the Jacobian of a function at y, a block of columns at a time."""
    columns = jax.lax.map(
        lambda v: jax.jvp(function, (y,), (v,))[1], jnp.eye(y.size), batch_size=COLUMNS
    )
    jacobian: Array = columns.T
    return jacobian


def adjoint(
    kernel: Kernel,
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    unknowns: Float[Array, " unknowns"],
    cotangents: Float[Array, "objectives unknowns"],
) -> Float[Array, "objectives unknowns"]:
    r"""Return :math:`(I - \partial g/\partial y)^{-T} b` for each row b of the cotangents.

    g is the fixed-point map at the equilibrium; by the implicit function theorem the
    derivative of an objective with cotangent b in the unknowns, to anything the map
    depends on, is the pull-back of this vector through the map.
    """

    def update(y: Array) -> Array:
        return evaluate(kernel, y, baseline, policy, closure)[0]

    if kernel.dense(unknowns.size):
        matrix = jnp.eye(unknowns.size) - _jacobian(update, unknowns)
        solved: Array = jnp.linalg.solve(matrix.T, cotangents.T).T
        return solved
    _, pull = jax.vjp(update, unknowns)
    return _series(lambda v: pull(v)[0], cotangents)


def tangent(
    kernel: Kernel,
    baseline: Baseline,
    policy: PolicyTerms,
    closure: ClosureTerms,
    unknowns: Float[Array, " unknowns"],
    forcing: Float[Array, "directions unknowns"],
) -> Float[Array, "directions unknowns"]:
    r"""Return :math:`(I - \partial g/\partial y)^{-1} b` for each row b of the forcing.

    g is the fixed-point map at the equilibrium. With b the map's derivative in something
    it depends on, the unknowns held, this is how the unknowns themselves move with it.
    """

    def update(y: Array) -> Array:
        return evaluate(kernel, y, baseline, policy, closure)[0]

    if kernel.dense(unknowns.size):
        matrix = jnp.eye(unknowns.size) - _jacobian(update, unknowns)
        solved: Array = jnp.linalg.solve(matrix, forcing.T).T
        return solved
    _, push = jax.linearize(update, unknowns)
    return _series(push, forcing)


def _series(linear: Callable[[Array], Array], rows: Array) -> Array:
    """Return the rest point of v = linear(v) + b for each row b, by Anderson iteration."""

    def one(b: Array) -> Any:
        size: Any = jnp.max(jnp.abs(b))
        found: optx.Solution[Any, Any] = optx.fixed_point(
            lambda v, _: linear(v) + b,
            Anderson(rtol=0.0, atol=ADJOINT_TOLERANCE * size, depth=20),
            b,
            None,
            max_steps=MAX_STEPS,
            throw=False,
        )
        return found.value

    solved: Array = jax.lax.map(one, rows)
    return solved
