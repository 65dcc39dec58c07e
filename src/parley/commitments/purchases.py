r"""Purchase commitments in general equilibrium, under two financings.

Imports of the named goods from the seller, M, are to come to Q by a push of size z,

.. math:: 0 \le z \;\perp\; M(z) - Q \ge 0,

so z is zero where they come to Q by themselves. The push is (i) an import subsidy that the
buyer's taxpayers pay (:mod:`parley.purchases.pushes`), or (ii) a costless shift of taste
(:mod:`parley.purchases.preference`). Q is the amount on top of the status quo; with
``above_year`` equal to the world's year, on top of that year's purchases. It is the amount
promised a year, no more than the seller can still deliver, times the part expected to be met;
and Q never exceeds what the seller can deliver. All trade is at customs value and at each
importer's consumer prices of the status quo. What a push draws from other sources, and what
the seller sells less elsewhere, is diversion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena
from parley.commitments.push import PurchaseOutcome, PurchaseWork
from parley.policy.wedges import ledger_of_changes
from parley.purchases.amounts import Amount, amount_named, promised_a_year, room_for, trade_of
from parley.scenario.bought import purchase_cells
from parley.scenario.pledges import Commitment
from parley.scenario.story import Story
from parley.studies import STATUS_QUO, WORLD_YEAR, Study

__all__ = ["PurchaseResult", "assess_purchase", "key_of"]

Array = NDArray[np.float64]
NOTABLE = 0.05
"""A mean duty from which on it is said that the push works against it."""


@dataclass(frozen=True, eq=False)
class PurchaseResult:
    """One side's promise to buy from the other.

    ``named`` is the financing that the file names; ``sectors`` the goods; ``duty_now`` what the
    buyer levies on them in the status quo, a fraction of their value; ``outcomes`` one for each
    of :data:`parley.commitments.push.FINANCINGS`, none where ``reason`` says why.
    """

    commitment: str
    buyer: str
    seller: str
    sectors: tuple[str, ...]
    named: str
    duty_now: float | None
    amount: Amount | None
    outcomes: tuple[PurchaseOutcome, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()


def key_of(commitment: str, buyer: str, financing: str) -> str:
    """Return the key under which the purchase made is known to the commitment's cases."""
    return f"purchase:{commitment}:{buyer}:{financing}"


def assess_purchase(
    study: Study,
    story: Story,
    arena: Arena,
    commitment: Commitment,
    buyer: str,
    seller: str | None,
    weights: Array | None,
) -> PurchaseResult:
    """Return what a promise to buy does to everybody, under both financings.

    Parameters
    ----------
    study, story, arena
        The scenario's study, its story in the world, and its arena in the main setting.
    commitment
        The promise; ``buyer`` and ``seller`` are the sides (for a mutual one, either way).
    weights
        The scenario's political weights [region, sector]; None if it has none.
    """
    purchase = commitment.purchase
    assert purchase is not None
    nothing = PurchaseResult(
        commitment.id, buyer, seller or "", (), purchase.financing, None, None, ()
    )
    if seller is None:
        return replace(nothing, reason="it names nobody to buy from")
    if arena.simulator.base.model.one_sector and len(study.world.sectors) > 1:
        return replace(nothing, reason="the model merges all sectors: goods cannot be told apart")
    ledger = ledger_of_changes(
        study.world, study.changes(STATUS_QUO), partition=study.resolved.partition
    )
    parties = study.resolved.parties
    buyers, sellers = parties.get(buyer, (buyer,)), parties.get(seller, (seller,))
    cells = purchase_cells(story, ledger, buyers, sellers, purchase)
    if not cells:
        return replace(nothing, reason=f"{buyer} buys none of these goods from {seller}")
    work = PurchaseWork(study, arena, cells, buyer, seller, weights)
    ways = {"subsidy": work.subsidy(commitment.id, ledger), "preference-shift": work.taste()}
    before = trade_of(work.base, work.base)[work.at].sum()
    year = None
    if purchase.above_year == study.world.year:
        year = float(trade_of(work.base, study.equilibrium(WORLD_YEAR))[work.at].sum())
    reach = float("inf")
    if promised_a_year(purchase) is None:
        reach = min(work.rise(p.policy)(p.most) for p in ways.values())
    amount, assumed = amount_named(purchase, float(before), year, study.world.year, reach)
    notes = [*assumed]
    if work.duty >= NOTABLE and amount.rise_usd_bn > 0:
        notes.append(
            f"{buyer} levies {100 * work.duty:.1f} % on these goods, which holds imports down: the "
            "push takes part of that back"
        )
    if amount.rise_usd_bn == 0 and room_for(purchase, float(before)) == 0:
        notes.append("the seller can deliver no more than is bought already: nothing is to rise")
    elif amount.rise_usd_bn == 0:
        notes.append("imports come to the amount by themselves: the promise asks for nothing")
    elif arena.seen.has_inputs:
        notes.append(
            "purchases count inputs: what is made less at home also buys less of the same goods"
        )
    return PurchaseResult(
        commitment.id,
        buyer,
        seller,
        tuple(s for s in study.world.sectors if any(s == c[2] for c in cells)),
        purchase.financing,
        work.duty,
        amount,
        tuple(work.outcome(name, push, amount.rise_usd_bn) for name, push in ways.items()),
        notes=tuple(notes),
    )
