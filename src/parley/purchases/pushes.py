r"""Pushes behind a purchase: a subsidy on flows or a shift of taste, of the size that is needed.

A push maps its size to a policy. Imports rise with the size, so the size that brings an amount
is found by bracketing it and false position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.equilibrium.policies import PolicyPoint
from parley.policy.ledger import Cell, Ledger
from parley.policy.levers import Lever, Touch
from parley.policy.wedges import Policy

__all__ = ["DEEPEST", "FINANCINGS", "Push", "Pushed", "imports_of", "size_for", "subsidy_lever"]

Array = NDArray[np.float64]
Pushed = Callable[[float], Policy]
FINANCINGS: dict[str, str] = {
    "subsidy": "an import subsidy paid by the buyer's taxpayers",
    "preference-shift": "a costless shift of the buyer's taste",
}
DEEPEST = 0.9
"""The deepest subsidy tried, a fraction of the customs value."""
FIRST = 0.1
STEPS = 60
CLOSE = 1e-6


@dataclass(frozen=True)
class Push:
    """A push: size -> policy, whether it costs the budget, and the largest size tried."""

    policy: Pushed
    subsidy: bool
    most: float


def subsidy_lever(
    name: str, world: World, ledger: Ledger, cells: Sequence[Cell], ends: tuple[str, str]
) -> Lever:
    """Return the lever of a subsidy on flows, minus its rate, from nothing to :data:`DEEPEST`.

    ``ends`` are buyer and seller; ``name`` is the instrument that the subsidy is put on as.
    """
    return Lever(
        id=name,
        label=name,
        giver=ends[0],
        receiver=ends[1],
        low=-DEEPEST,
        high=0.0,
        now=0.0,
        unit="duty",
        touches=tuple(
            Touch(cell, part, "additional-tariff", 0.0, 1.0, name)
            for cell in cells
            for part in ledger.parts(cell)
        ),
        trade_usd_bn=sum(ledger.trade_usd_bn(cell) for cell in cells),
        sectors=tuple(s for s in world.sectors if any(s == cell[2] for cell in cells)),
    )


def imports_of(
    world: World, cells: Sequence[Cell], price_hat: Array
) -> Callable[[PolicyPoint], float]:
    """Return what reads the imports of some flows off a point, US$bn.

    Customs values at the importers' consumer prices of the status quo, ``price_hat`` [region].
    """
    at = (
        np.array([world.region_index(c[0]) for c in cells]),
        np.array([world.region_index(c[1]) for c in cells]),
        np.array([world.sector_index(c[2]) for c in cells]),
    )
    unit = world.usd_bn * price_hat[at[0]]
    return lambda point: float((unit * point.imports[at]).sum())


def size_for(
    rise: Callable[[float], float],
    amount: float,
    most: float = DEEPEST,
    start: float | None = None,
) -> tuple[float, float]:
    """Return the size in [0, most] at which something rises by an amount, and the rise there.

    Sizes grow until the amount is passed; then false position with the weights of Illinois,
    with bisection where there is no proof.

    Parameters
    ----------
    rise
        Grows with the size, from nothing at zero; infinite where there is no proven
        equilibrium. Where the amount is out of reach, the largest size with a proof is returned.
    amount, most
        What is to be reached, and the largest size.
    start
        The size tried first.
    """
    low, below = 0.0, 0.0
    high = min(FIRST if start is None else start, most)
    above = rise(high)
    while above < amount and high < most:
        reach = (amount - below) / (above - below) if above > below else 2.0
        low, below, high = high, above, min(most, max(low + 1.2 * reach * (high - low), 1.1 * high))
        above = rise(high)
    if above < amount or abs(above - amount) <= CLOSE * amount:
        return high, above
    left, right, last = below - amount, above - amount, 0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        if np.isfinite(above):
            middle = (low * right - high * left) / (right - left)
        got = rise(middle)
        if abs(got - amount) <= CLOSE * amount:
            return middle, got
        if got < amount:
            low, below, left = middle, got, got - amount
            right = 0.5 * right if last < 0 else right
            last = -1
        else:
            high, above, right = middle, got, got - amount
            left = 0.5 * left if last > 0 else left
            last = 1
    return (high, above) if np.isfinite(above) else (low, below)
