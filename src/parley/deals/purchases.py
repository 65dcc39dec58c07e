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
from parley.equilibrium.policies import PolicyPoint, PolicySimulator
from parley.policy.ledger import Cell, Ledger
from parley.policy.levers import Lever, LeverBoard
from parley.purchases.amounts import amount_of, promised_a_year
from parley.purchases.pushes import DEEPEST, imports_of, size_for, subsidy_lever
from parley.scenario.bought import purchase_cells
from parley.scenario.pledges import Commitment, Purchase
from parley.scenario.story import Story

__all__ = ["purchase_levers"]

Array = NDArray[np.float64]
NO_AMOUNT = "no amount is named"


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
