r"""The purchases of a package, made together with everything else that it brings.

Purchase p is to raise imports of its goods to :math:`Q_p`, on top of the package's duties and
of the other purchases. Its push :math:`z_p` solves

.. math:: 0 \le z_p \;\perp\; M_p(z) - Q_p \ge 0 \quad \text{for all } p,

one after the other until all hold. A shift of taste gains nothing at the prices that the package
brings without its purchases. Q counts from imports in the status quo (or in the world's
year, where the promise does), so a package that raises imports by itself needs a smaller push,
and where imports come to Q by themselves none. Amounts are at customs value and at each
importer's consumer prices of the status quo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.policies import PolicyPoint, PolicySimulator
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.solve import Prepared
from parley.errors import NotConvergedError
from parley.policy.ledger import Cell, Ledger
from parley.policy.levers import LeverBoard
from parley.policy.wedges import Policy, policy_of_ledger
from parley.purchases.amounts import amount_named, amount_of, trade_of
from parley.purchases.preference import joint_wedges, largest_shift
from parley.purchases.pushes import CLOSE, DEEPEST, size_for, subsidy_lever
from parley.scenario.bought import ResolvedPurchase

__all__ = ["PurchaseMade", "make_purchases"]

Array = NDArray[np.float64]
At = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]
ROUNDS = 40
LOWEST = -0.95
"""The lowest duty, subsidies counted, a fraction: at -1 goods would cost nothing."""
REACHED = 1e-4
"""An amount is reached if no more than this part of it is missing."""
STILL = 1e-7
NOTHING = 1e-6
"""A push of no more than this is none."""


@dataclass(frozen=True)
class PurchaseMade:
    """A purchase as a package makes it.

    Attributes
    ----------
    commitment, buyer, seller
        The promise and its sides.
    financing, assumed
        How it is paid for, and whether the file leaves that open (a subsidy is then taken).
    status
        "made"; "not needed" where imports come to the amount by themselves, or the seller can
        deliver no more; "out of reach" where the largest push with a proven equilibrium falls
        short; "no amount" where none follows from the file, and nothing is counted.
    size
        Subsidy rate, a fraction of the customs value; or the rise of the seller's share at
        unchanged prices, a fraction of it.
    wanted_usd_bn, rise_usd_bn
        What imports are to rise by against the status quo, and do rise by in the package, US$bn.
    years
        How long it runs from entry into force on; None for as long as the package.
    """

    commitment: str
    buyer: str
    seller: str
    financing: Literal["subsidy", "preference-shift"]
    assumed: bool
    status: Literal["made", "not needed", "out of reach", "no amount"]
    size: float
    wanted_usd_bn: float
    rise_usd_bn: float
    years: float | None


def make_purchases(
    prepared: Prepared,
    purchases: Sequence[ResolvedPurchase],
    ledger: Ledger,
    theta: Array,
    base: Equilibrium,
    year: Equilibrium | None,
    share: Array,
    payment: Array | None,
) -> tuple[Policy, tuple[PurchaseMade, ...]]:
    """Return a package's policy with its purchases made, and what became of each.

    Parameters
    ----------
    prepared
        The model on the world.
    purchases
        What is to be bought.
    ledger
        The duties of the package.
    theta
        Trade elasticities, [sector].
    base, year
        Equilibria of the status quo, and of the world's year where a promise counts from it.
    share
        Expenditure shares of the package without its purchases, [importer, exporter, sector].
    payment
        What each region receives of other governments, [region], million; None for nothing.

    Raises
    ------
    NotConvergedError
        If the package has no proven equilibrium without them, or they do not settle together.
    """
    world, ledger = ledger.world, ledger.copy()  # flows that are looked up are entered
    named = [p for p in purchases if _wanted(p, base, year) is not None]
    levers = [
        subsidy_lever(_name(p, k), world, ledger, p.cells, (p.buyer, p.seller))
        for k, p in enumerate(named)
    ]
    board = LeverBoard(world, ledger, levers, theta)
    work = _Work(prepared, named, board, ledger, theta, base, share, payment)
    sizes = work.solve([_wanted(p, base, year) or 0.0 for p in named])
    point = work.point(sizes)
    found = []
    for p in purchases:
        if p not in named:
            found.append(_made(p, "no amount", 0.0, 0.0, 0.0))
            continue
        k = named.index(p)
        wanted = _wanted(p, base, year) or 0.0
        rise = work.rise(k, point)
        status: Literal["made", "not needed", "out of reach"] = "made"
        if rise < wanted * (1.0 - REACHED):
            status = "out of reach"
        elif sizes[k] <= NOTHING:
            status = "not needed"
        found.append(_made(p, status, float(sizes[k]), wanted, rise))
    return work.final(sizes), tuple(found)


def _name(purchase: ResolvedPurchase, position: int) -> str:
    return f"purchase:{purchase.commitment}:{position}"


def _made(
    p: ResolvedPurchase,
    status: Literal["made", "not needed", "out of reach", "no amount"],
    size: float,
    wanted: float,
    rise: float,
) -> PurchaseMade:
    return PurchaseMade(
        p.commitment,
        p.buyer,
        p.seller,
        _financing(p),
        p.promise.financing == "unknown",
        status,
        size,
        wanted,
        rise,
        p.years,
    )


def _financing(p: ResolvedPurchase) -> Literal["subsidy", "preference-shift"]:
    return "preference-shift" if p.promise.financing == "preference-shift" else "subsidy"


def _positions(base: Equilibrium, cells: Sequence[Cell]) -> At:
    world = base.world
    return (
        np.array([world.region_index(c[0]) for c in cells]),
        np.array([world.region_index(c[1]) for c in cells]),
        np.array([world.sector_index(c[2]) for c in cells]),
    )


def _wanted(p: ResolvedPurchase, base: Equilibrium, year: Equilibrium | None) -> float | None:
    """Return what imports are to rise by against the status quo; None if nobody names an amount."""
    at = _positions(base, p.cells)
    before = float(trade_of(base, base)[at].sum())
    if amount_of(p.promise, before) is None:
        return None
    start = None
    if year is not None and p.promise.above_year == base.world.year:
        start = float(trade_of(base, year)[at].sum())
    amount, _ = amount_named(p.promise, before, start, base.world.year, np.inf)
    return amount.rise_usd_bn


class _Work:
    """The purchases of a package while their pushes are sought."""

    def __init__(
        self,
        prepared: Prepared,
        purchases: Sequence[ResolvedPurchase],
        board: LeverBoard,
        ledger: Ledger,
        theta: Array,
        base: Equilibrium,
        share: Array,
        payment: Array | None,
    ) -> None:
        self.board, self.ledger, self.theta, self.payment = board, ledger, theta, payment
        self.share, self.purchases = share, purchases
        self.at = [_positions(base, p.cells) for p in purchases]
        self.subsidy = [_financing(p) == "subsidy" for p in purchases]
        self.simulator = PolicySimulator(prepared)
        self.near: PolicyPoint | None = None
        price = base.consumer_price_hat
        self.unit = [base.world.usd_bn * price[at[0]] for at in self.at]
        before = trade_of(base, base)
        self.before = [float(before[at].sum()) for at in self.at]
        self.most = [
            DEEPEST if paid else largest_shift(share, *self._axes(k))
            for k, paid in enumerate(self.subsidy)
        ]
        self.duty = {
            cell: min(part.duty for part in ledger.parts(cell).values())
            for p in purchases
            for cell in p.cells
        }

    def _axes(self, k: int) -> tuple[list[int], list[int], list[int]]:
        n, i, s = (sorted({int(x) for x in axis}) for axis in self.at[k])
        return n, i, s

    def _taste(self, sizes: Array) -> Array | None:
        """Return the wedges of all shifts of taste, None where others would be left too little."""
        shifters = np.ones_like(self.share)
        for k, paid in enumerate(self.subsidy):
            if not paid and sizes[k] > 0.0:
                shifters[self.at[k]] *= 1.0 + sizes[k]
        return joint_wedges(self.share, shifters, self.theta)

    def _fits(self, sizes: Array) -> bool:
        """Return whether no duty falls so far that goods would cost next to nothing."""
        duty = dict(self.duty)
        for p, paid, size in zip(self.purchases, self.subsidy, sizes, strict=True):
            for cell in p.cells if paid else ():
                duty[cell] -= float(size)
        return min(duty.values(), default=0.0) > LOWEST

    def final(self, sizes: Array) -> Policy:
        """Return the package's policy with pushes of these sizes, every part at its own level."""
        ledger = self.ledger.copy()
        for k, p in enumerate(self.purchases):
            for cell in p.cells if self.subsidy[k] else ():
                for part in ledger.parts(cell).values():
                    part.additional[_name(p, k)] = -float(sizes[k])
        taste = self._taste(sizes)
        assert taste is not None
        found = policy_of_ledger(ledger.world, self.theta, ledger)
        return replace(found, cost_hat=found.cost_hat * taste)

    def point(self, sizes: Array) -> PolicyPoint | None:
        """Return where pushes of these sizes lead, None if that cannot be or is not proven."""
        taste = self._taste(sizes)
        if taste is None or not self._fits(sizes):
            return None
        policy = self.board.policy(np.where(self.subsidy, -sizes, 0.0))
        policy = replace(policy, cost_hat=policy.cost_hat * taste)
        found = self.simulator.at(policy, self.payment, near=self.near)
        if not found.ok:
            return None
        self.near = found
        return found

    def rise(self, k: int, point: PolicyPoint | None) -> float:
        """Return by how much imports rise against the status quo, infinite without a proof."""
        if point is None:
            return np.inf
        return float((self.unit[k] * point.imports[self.at[k]]).sum()) - self.before[k]

    def solve(self, wanted: Sequence[float]) -> Array:
        """Return the pushes, one purchase after the other until none moves any more."""
        sizes = np.zeros(len(wanted))
        if self.point(sizes) is None:
            raise NotConvergedError(
                "no equilibrium of a package was found without its purchases",
                advice="try another closure, model or set of elasticities, or smaller payments",
            )
        for _ in range(ROUNDS):
            moved = 0.0
            for k, amount in enumerate(wanted):
                new = self._size(sizes, k, amount)
                moved = max(moved, abs(new - sizes[k]))
                sizes[k] = new
            if moved <= STILL or len(wanted) == 1:
                return sizes
        names = ", ".join(dict.fromkeys(p.commitment for p in self.purchases))
        raise NotConvergedError(
            f"the purchases of a package do not settle together: {names}",
            advice="give them goods of their own, or smaller amounts",
        )

    def _size(self, sizes: Array, k: int, amount: float) -> float:
        def at(size: float) -> float:
            trial = sizes.copy()
            trial[k] = size
            return self.rise(k, self.point(trial))

        if amount <= 0.0:
            return 0.0
        had = float(sizes[k])
        if had > 0.0 and abs(at(had) - amount) <= CLOSE * amount:
            return had
        first = at(0.0)
        if first >= amount or self.most[k] == 0.0:
            return 0.0
        start = had if had > 0.0 else None
        return size_for(lambda size: at(size) - first, amount - first, self.most[k], start)[0]
