r"""Purchase commitments as a lever: a subsidy on the buyer's imports from the seller.

A promise to buy Q more is met here by an import subsidy: a negative duty on the named goods
from the seller, paid by the buyer's taxpayers. The lever is the rate, from nothing to the one
at which imports rise by Q, found by bisection on the equilibrium. What is diverted from other
sources and what it costs the buyer then follow. Amounts are customs values at the buyer's
consumer prices of the status quo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from parley.deals.scope import Sides
from parley.economy.world import World
from parley.equilibrium.policies import PolicySimulator
from parley.policy.ledger import Ledger
from parley.policy.levers import Lever, LeverBoard, Touch
from parley.scenario.pledges import Commitment, Purchase
from parley.scenario.story import Story

__all__ = ["amount_of", "purchase_levers"]

Array = NDArray[np.float64]
DEEPEST = 0.9
STEPS = 40
CLOSE = 1e-6


def amount_of(purchase: Purchase) -> float | None:
    """Return what is to be bought a year on top of today, US$bn; None if nobody says.

    The amount a year, else the total over its years; no more than the seller can deliver, and
    no more than the part expected to be met.
    """
    amount = purchase.usd_bn_per_year
    if amount is None and purchase.usd_bn_total is not None and purchase.years:
        amount = purchase.usd_bn_total / purchase.years
    if amount is None:
        return None
    if purchase.supply_cap_usd_bn is not None:
        amount = min(amount, purchase.supply_cap_usd_bn)
    return amount * (1.0 if purchase.compliance is None else purchase.compliance)


def purchase_levers(
    story: Story,
    world: World,
    ledger: Ledger,
    sides: Sides,
    simulator: PolicySimulator,
    theta: Array,
    price_hat: Array,
) -> tuple[list[Lever], list[tuple[str, str]]]:
    """Return a lever for every purchase that one party promised another with an amount.

    Also returned are the commitments that are no levers, each with the reason.
    """
    found: list[Lever] = []
    dropped: list[tuple[str, str]] = []
    for c in story.commitments:
        if c.kind != "purchase" or c.by not in sides.ids or c.to not in sides.ids:
            continue
        amount = amount_of(c.purchase) if c.purchase else None
        cells = _cells(story, ledger, sides, c)
        if not amount or not cells:
            dropped.append((c.id, "no amount is named" if not amount else "it names no trade"))
            continue
        lever = _lever(c, world, ledger, cells, amount)
        board = LeverBoard(world, ledger, [lever], theta)
        rate, reached = _rate_for(board, simulator, cells, amount, price_hat)
        if reached < amount * (1.0 - 1e-3):
            why = (
                f"a subsidy of {DEEPEST:.0%} buys US${reached:.3g}bn more, not the "
                f"{amount:.3g}bn promised; the lever goes no further"
            )
            dropped.append((c.id, why))
        limits = (f"US${reached:.3g}bn a year more", "no subsidy")
        found.append(replace(lever, low=-rate, limits=limits))
    return found, dropped


def _cells(story: Story, ledger: Ledger, sides: Sides, c: Commitment) -> list[tuple[str, str, str]]:
    if c.purchase is None or c.to is None:
        return []
    sectors = story.places.sectors(c.purchase.sectors) or story.places.goods
    return [
        (n, i, s)
        for n in sides.regions(c.by)
        for i in sides.regions(c.to)
        for s in sectors
        if ledger.trade_usd_bn((n, i, s)) > 0
    ]


def _lever(
    c: Commitment,
    world: World,
    ledger: Ledger,
    cells: Sequence[tuple[str, str, str]],
    amount: float,
) -> Lever:
    return Lever(
        id=c.id,
        label=(c.label or c.id) + f" (subsidy for up to US${amount:.3g}bn a year)",
        giver=c.by,
        receiver=str(c.to),
        low=-DEEPEST,
        high=0.0,
        now=0.0,
        unit="duty",
        touches=tuple(
            Touch(cell, name, "additional-tariff", 0.0, 1.0, c.id)
            for cell in cells
            for name in ledger.parts(cell)
        ),
        trade_usd_bn=sum(ledger.trade_usd_bn(cell) for cell in cells),
        sectors=tuple(s for s in world.sectors if any(s == cell[2] for cell in cells)),
    )


def _rate_for(
    board: LeverBoard,
    simulator: PolicySimulator,
    cells: Sequence[tuple[str, str, str]],
    amount: float,
    price_hat: Array,
) -> tuple[float, float]:
    """Return the subsidy at which imports rise by ``amount`` US$bn, and the rise reached."""
    world = board.world
    at = (
        np.array([world.region_index(c[0]) for c in cells]),
        np.array([world.region_index(c[1]) for c in cells]),
        np.array([world.sector_index(c[2]) for c in cells]),
    )
    unit = world.usd_bn * price_hat[at[0]]
    base = simulator.at(board.base)
    before = float((unit * base.imports[at]).sum())

    def rise(rate: float) -> float:
        point = simulator.at(board.policy(np.array([-rate])), near=base)
        return float((unit * point.imports[at]).sum()) - before if point.ok else float("inf")

    most = rise(DEEPEST)
    if most < amount:
        return DEEPEST, most
    low, high = 0.0, DEEPEST
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        got = rise(middle)
        if abs(got - amount) <= CLOSE * amount:
            return middle, got
        low, high = (middle, high) if got < amount else (low, middle)
    return high, rise(high)
