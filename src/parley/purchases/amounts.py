"""How much is to be bought, and where trade goes: the accounts of a purchase commitment.

Expected is the amount promised a year, no more than the seller can still deliver (its cap less
what is bought), times the compliance; imports never rise beyond the cap.
Where nobody names an amount, :data:`ILLUSTRATIVE_USD_BN` is taken, marked as illustrative, and
reduced where no push reaches it. Trade is at customs value and at each importer's consumer
prices of the status quo, so that amounts are dollars of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.equilibrium.result import Equilibrium
from parley.policy.ledger import Cell
from parley.scenario.pledges import Purchase

__all__ = [
    "ILLUSTRATIVE_USD_BN",
    "Amount",
    "Diversion",
    "amount_named",
    "amount_of",
    "diversion",
    "promised_a_year",
    "room_for",
    "trade_of",
]

Array = NDArray[np.float64]
ILLUSTRATIVE_USD_BN = 10.0
"""US$bn a year on top of the status quo, taken where nobody names an amount."""
PART_OF_REACH = 0.5


@dataclass(frozen=True)
class Amount:
    """What is to be bought a year, US$bn.

    Attributes
    ----------
    promised_usd_bn, supply_cap_usd_bn, compliance
        As the file gives them; None where it does not.
    expected_usd_bn
        What is counted with: capped, times the compliance; or the illustrative amount.
    illustrative
        Whether nobody named an amount.
    on_top_of
        "status quo", or the year (the world's) on top of whose purchases the amount comes.
    imports_usd_bn
        What the buyer buys of these goods from the seller in the status quo.
    above_usd_bn
        What it buys in that year; None for the status quo.
    rise_usd_bn
        What imports must rise by against the status quo, zero if they suffice already; no
        more than the cap less what is bought.
    """

    promised_usd_bn: float | None
    supply_cap_usd_bn: float | None
    compliance: float | None
    expected_usd_bn: float
    illustrative: bool
    on_top_of: str
    imports_usd_bn: float
    above_usd_bn: float | None
    rise_usd_bn: float


@dataclass(frozen=True)
class Diversion:
    """Trade of the named goods on one route, US$bn a year: in the status quo, and its change.

    ``side``: "buys from" (the buyer's purchases) or "sells to" (the seller's sales elsewhere).
    ``kind`` of the place: "seller", "home" (the buyer's own goods, or the seller's own market)
    or "third country".
    """

    side: Literal["buys from", "sells to"]
    place: str
    kind: Literal["seller", "home", "third country"]
    before_usd_bn: float
    change_usd_bn: float


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


def amount_named(
    purchase: Purchase, imports: float, year: float | None, world_year: int, reach: float
) -> tuple[Amount, tuple[str, ...]]:
    """Return what is to be bought, and what was assumed about it.

    Parameters
    ----------
    purchase
        The promise.
    imports, year
        Imports in the status quo, and in the world's year where the amount comes on top of
        that, US$bn.
    world_year
        The world's year.
    reach
        The largest rise that every financing brings, US$bn; needed where no amount is named.
    """
    notes = []
    start = imports if year is None else year
    left, room = room_for(purchase, start), room_for(purchase, imports)
    expected, illustrative = amount_of(purchase, start), False
    if expected is None:
        illustrative = True
        expected = min(ILLUSTRATIVE_USD_BN, left)
        if expected > reach:
            expected = min(imports, PART_OF_REACH * reach)
            notes.append(
                f"no amount is named, and US${ILLUSTRATIVE_USD_BN:g}bn is out of reach: reduced"
            )
        else:
            notes.append(f"no amount is named: US${expected:.4g}bn a year is illustrative")
    if purchase.above_year is not None and year is None:
        notes.append(
            f"the world holds no purchases of {purchase.above_year}: the amount is taken on top "
            "of the status quo"
        )
    if left < (promised_a_year(purchase) or ILLUSTRATIVE_USD_BN):
        notes.append(
            f"the seller can deliver US${purchase.supply_cap_usd_bn:g}bn a year in all: no more "
            f"than {left:.3g}bn on top of {start:.3g}bn"
        )
    rise = expected if year is None else max(year + expected - imports, 0.0)
    rise = min(rise, room)
    amount = Amount(
        promised_usd_bn=promised_a_year(purchase),
        supply_cap_usd_bn=purchase.supply_cap_usd_bn,
        compliance=purchase.compliance,
        expected_usd_bn=expected,
        illustrative=illustrative,
        on_top_of="status quo" if year is None else str(world_year),
        imports_usd_bn=imports,
        above_usd_bn=year,
        rise_usd_bn=rise,
    )
    return amount, tuple(notes)


def trade_of(base: Equilibrium, at: Equilibrium) -> Array:
    """Return trade at customs value and at each importer's consumer prices of ``base``, US$bn.

    [importer, exporter, sector], domestic sales included.
    """
    deflator = base.consumer_price_hat / at.consumer_price_hat
    value: Array = base.world.usd_bn * at.customs_value * deflator[:, None, None]
    return value


def diversion(
    world: World,
    before: Array,
    after: Array,
    buyers: Sequence[str],
    sellers: Sequence[str],
    cells: Sequence[Cell],
) -> tuple[Diversion, ...]:
    """Return where the buyer buys, and the seller sells, more or less of the goods.

    ``before`` and ``after`` [importer, exporter, sector], US$bn; ``cells`` name the goods.
    """
    rows = [world.region_index(r) for r in buyers]
    columns = [world.region_index(r) for r in sellers]
    goods = sorted({world.sector_index(c[2]) for c in cells})
    found = []
    for k, region in enumerate(world.regions):
        kind: Literal["seller", "home", "third country"] = "third country"
        if region in sellers:
            kind = "seller"
        elif region in buyers:
            kind = "home"
        found.append(_route("buys from", region, kind, before, after, np.ix_(rows, [k], goods)))
    for k, region in enumerate(world.regions):
        if region not in buyers:
            kind = "home" if region in sellers else "third country"
            where = np.ix_([k], columns, goods)
            found.append(_route("sells to", region, kind, before, after, where))
    return tuple(found)


def _route(
    side: Literal["buys from", "sells to"],
    place: str,
    kind: Literal["seller", "home", "third country"],
    before: Array,
    after: Array,
    where: tuple[NDArray[np.intp], ...],
) -> Diversion:
    first = float(before[where].sum())
    return Diversion(side, place, kind, first, float(after[where].sum()) - first)
