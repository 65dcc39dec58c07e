r"""Purchase commitments as a lever: a subsidy on the buyer's imports from the seller.

A promise to buy Q more is met here by an import subsidy: a negative duty on the named goods
from the seller, paid by the buyer's taxpayers. The lever is the rate, from nothing to the one
at which imports rise by Q, found by bisection on the equilibrium. What is diverted from other
sources and what it costs the buyer then follow. Amounts are customs values at the buyer's
consumer prices of the status quo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from parley.deals.scope import Sides
from parley.economy.world import World
from parley.equilibrium.policies import PolicyPoint, PolicySimulator
from parley.policy.ledger import Cell, Ledger
from parley.policy.levers import Lever, LeverBoard, Touch
from parley.scenario.pledges import Commitment, Purchase
from parley.scenario.story import Story

__all__ = [
    "DEEPEST",
    "amount_of",
    "imports_of",
    "promised_a_year",
    "purchase_cells",
    "purchase_levers",
    "room_for",
    "size_for",
    "subsidy_lever",
]

Array = NDArray[np.float64]
DEEPEST = 0.9
"""The deepest subsidy tried, a fraction of the customs value."""
STEPS = 40
CLOSE = 1e-6
NO_AMOUNT = "no amount is named"


def promised_a_year(purchase: Purchase) -> float | None:
    """Return what was promised a year, US$bn; the total over its years; None if nobody says."""
    amount = purchase.usd_bn_per_year
    if amount is None and purchase.usd_bn_total is not None and purchase.years:
        amount = purchase.usd_bn_total / purchase.years
    return amount


def room_for(purchase: Purchase, bought: float) -> float:
    """Return how much more the seller can deliver a year, US$bn, where ``bought`` is already.

    The cap is on all that it delivers of the goods a year; infinite where none is given.
    """
    cap = purchase.supply_cap_usd_bn
    return float("inf") if cap is None else max(cap - bought, 0.0)


def amount_of(purchase: Purchase, bought: float) -> float | None:
    """Return what is to be bought a year on top of ``bought``, US$bn; None if nobody says.

    The amount promised a year, no more than the seller can still deliver; of that, the part
    expected to be met.
    """
    amount = promised_a_year(purchase)
    if amount is None:
        return None
    amount = min(amount, room_for(purchase, bought))
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
        purchase, cells = c.purchase, _cells(story, ledger, sides, c)
        if purchase is None or not promised_a_year(purchase) or not cells:
            dropped.append((c.id, "it names no trade" if purchase and not cells else NO_AMOUNT))
            continue
        lever = subsidy_lever(c.id, world, ledger, cells, (c.by, str(c.to)))
        board = LeverBoard(world, ledger, [lever], theta)
        base = simulator.at(board.base)
        before = imports_of(world, cells, price_hat)(base)
        amount = amount_of(purchase, before)
        if not amount:
            dropped.append((c.id, _nothing_left(purchase, before)))
            continue
        lever = replace(
            lever, label=(c.label or c.id) + f" (subsidy for up to US${amount:.3g}bn a year)"
        )
        rate, reached = _rate_for(board, simulator, cells, amount, price_hat, base)
        if reached < amount * (1.0 - 1e-3):
            why = (
                f"a subsidy of {DEEPEST:.0%} buys US${reached:.3g}bn more, not the "
                f"{amount:.3g}bn promised; the lever goes no further"
            )
            dropped.append((c.id, why))
        limits = (f"US${reached:.3g}bn a year more", "no subsidy")
        found.append(replace(lever, low=-rate, limits=limits))
    return found, dropped


def _nothing_left(purchase: Purchase, bought: float) -> str:
    cap = purchase.supply_cap_usd_bn
    if cap is None or cap > bought:
        return "none of it is expected to be met"
    return f"the seller can deliver US${cap:.3g}bn a year, and {bought:.3g}bn is bought already"


def _cells(story: Story, ledger: Ledger, sides: Sides, c: Commitment) -> list[Cell]:
    if c.purchase is None or c.to is None:
        return []
    return purchase_cells(story, ledger, sides.regions(c.by), sides.regions(c.to), c.purchase)


def purchase_cells(
    story: Story,
    ledger: Ledger,
    buyers: Sequence[str],
    sellers: Sequence[str],
    purchase: Purchase,
) -> list[Cell]:
    """Return the flows (importer, exporter, sector) that a purchase is about, those with trade."""
    sectors = story.places.sectors(purchase.sectors) or story.places.goods
    return [
        (n, i, s)
        for n in buyers
        for i in sellers
        for s in sectors
        if ledger.trade_usd_bn((n, i, s)) > 0
    ]


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
    rise: Callable[[float], float], amount: float, most: float = DEEPEST
) -> tuple[float, float]:
    """Return the size in [0, most] at which something rises by an amount, and the rise there.

    ``rise`` grows with the size, from nothing at zero; it is infinite where there is no proven
    equilibrium. Where the amount is out of reach, the largest size is returned.
    """
    high, above = most, rise(most)
    if above < amount:
        return high, above
    low, below = 0.0, 0.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        got = rise(middle)
        if abs(got - amount) <= CLOSE * amount:
            return middle, got
        if got < amount:
            low, below = middle, got
        else:
            high, above = middle, got
    return (high, above) if np.isfinite(above) else (low, below)


def _rate_for(
    board: LeverBoard,
    simulator: PolicySimulator,
    cells: Sequence[Cell],
    amount: float,
    price_hat: Array,
    base: PolicyPoint,
) -> tuple[float, float]:
    """Return the subsidy at which imports rise by ``amount`` US$bn, and the rise reached."""
    bought = imports_of(board.world, cells, price_hat)
    before = bought(base)

    def rise(rate: float) -> float:
        point = simulator.at(board.policy(np.array([-rate])), near=base)
        return bought(point) - before if point.ok else float("inf")

    return size_for(rise, amount)
