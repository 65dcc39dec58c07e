"""The unlabelled baseline of a world: what the compiled kernels take.

Kernel layout is [sector, importer, exporter], so that the sums over exporters and over
importers are one batched matrix-vector product per sector; everything outside the
kernels stays in [importer, exporter, sector].
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from parley.economy.world import World

__all__ = ["Baseline", "baseline_from_world"]

# float64 is switched on here, before any array of the package is made, and nowhere else.
jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]


class Baseline(eqx.Module):
    """Arrays of an exact baseline, n regions and s sectors.

    ``share`` [s, n, i] tariff-inclusive expenditure shares; ``theta`` [s];
    ``value_added_share`` [n, s]; ``input_share`` [n, k, s] or None without inputs;
    ``final_share`` [n, s]; ``value_added`` [n]; ``sector_value_added``, ``output``,
    ``expenditure`` [n, s]; ``income`` [n], final expenditure; ``profit_share`` [s], pure
    profit's share of sales, zero under perfect competition and free entry; ``wage_step``
    [n, s], how far a sector's wage moves per unit of its excess demand for labour, and
    ``mean_wage_step`` [n] where labour is mobile.
    """

    share: Float[Array, "s n n"]
    theta: Float[Array, " s"]
    value_added_share: Float[Array, "n s"]
    input_share: Float[Array, "n s s"] | None
    final_share: Float[Array, "n s"]
    value_added: Float[Array, " n"]
    sector_value_added: Float[Array, "n s"]
    output: Float[Array, "n s"]
    expenditure: Float[Array, "n s"]
    income: Float[Array, " n"]
    profit_share: Float[Array, " s"]
    wage_step: Float[Array, "n s"]
    mean_wage_step: Float[Array, " n"]


def baseline_from_world(
    world: World, theta: NDArray[np.float64], *, profits: bool = False
) -> Baseline:
    """Return the baseline of a world under one set of trade elasticities [sector].

    With ``profits`` the share 1/sigma of sales, sigma = theta + 1, is profit (Ossa 2014).
    """
    a = world.accounts
    shape = (len(world.regions), len(world.sectors))
    gamma = np.ones(shape) if world.value_added_share is None else world.value_added_share
    step, mean_step = _wage_steps(world, theta, gamma)
    return Baseline(
        share=jnp.asarray(np.ascontiguousarray(a.expenditure_share.transpose(2, 0, 1))),
        theta=jnp.asarray(theta),
        value_added_share=jnp.asarray(gamma),
        input_share=None if world.input_share is None else jnp.asarray(world.input_share),
        final_share=jnp.asarray(a.final_share),
        value_added=jnp.asarray(a.value_added),
        sector_value_added=jnp.asarray(a.sector_value_added),
        output=jnp.asarray(a.output),
        expenditure=jnp.asarray(a.expenditure),
        income=jnp.asarray(a.income),
        profit_share=jnp.asarray(1.0 / (theta + 1.0) if profits else np.zeros_like(theta)),
        wage_step=jnp.asarray(step),
        mean_wage_step=jnp.asarray(mean_step),
    )


def _wage_steps(
    world: World, theta: NDArray[np.float64], gamma: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return 1 / (1 + elasticity of the demand for labour to its wage), by sector and mean.

    The elasticity is theta (1 - share sold at home): cheaper labour wins foreign markets,
    not its own. Where labour is mobile it is the value-added-weighted mean; within a
    sector the wage moves cost by the value-added share only.
    """
    a = world.accounts
    home = np.einsum("nns->ns", world.flows)
    with np.errstate(divide="ignore", invalid="ignore"):
        abroad = np.where(a.output > 0, 1.0 - home / a.output, 0.0)
    own = np.einsum("nns->ns", a.expenditure_share)
    reach = abroad + (1.0 - abroad) * (1.0 - own)
    weight = a.sector_value_added / a.value_added[:, None]
    mean_step: NDArray[np.float64] = 1.0 / (1.0 + (weight * theta * reach).sum(axis=1))
    step: NDArray[np.float64] = 1.0 / (1.0 + theta * reach * gamma)
    return step, mean_step
