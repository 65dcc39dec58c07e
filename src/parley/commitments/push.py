"""A purchase while it is worked on: pushes of any size, and the figures of one.

A push maps its size to a policy: a subsidy its rate, a shift of taste the rise of the
seller's share at unchanged prices. Size zero is the status quo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena
from parley.equilibrium import Equilibrium, solve
from parley.equilibrium.policies import PolicySimulator
from parley.errors import NotConvergedError
from parley.policy.ledger import Cell, Ledger
from parley.policy.levers import LeverBoard
from parley.policy.wedges import Policy
from parley.purchases.amounts import Diversion, diversion, trade_of
from parley.purchases.preference import largest_shift, taste_wedges
from parley.purchases.pushes import (
    DEEPEST,
    FINANCINGS,
    Push,
    Pushed,
    imports_of,
    size_for,
    subsidy_lever,
)
from parley.studies import STATUS_QUO, Study
from parley.threats.figures import SideFigures, outcome, third_parties

__all__ = ["FINANCINGS", "PurchaseOutcome", "PurchaseWork"]

Array = NDArray[np.float64]
SHORT = 1e-3
"""An amount is reached if no more than this part of it is missing."""


@dataclass(frozen=True, eq=False)
class PurchaseOutcome:
    """A purchase under one financing; without proof all figures are empty.

    Attributes
    ----------
    financing, status, reason
        A word of :data:`FINANCINGS`; "proven", "out of reach" (the largest push falls short;
        figures are of that push) or "not proven"; why, if it is not proven or falls short.
    size
        Subsidy rate, a fraction of the customs value; or the rise of the seller's share at
        unchanged prices, a fraction of it.
    binds
        Whether a push is needed at all.
    rise_usd_bn
        What imports from the seller rise by, against the status quo.
    subsidy_usd_bn, revenue_change_usd_bn
        What the subsidy pays out a year, and the change of the buyer's net trade-tax revenue.
    sides, regions
        Party, and region, -> figures against the status quo.
    third_parties_usd_bn
        Sum of the equivalent variations of all regions but buyer's and seller's.
    diversion
        Where the buyer buys, and the seller sells, more or less of the goods.
    """

    financing: str
    status: str
    reason: str = ""
    size: float | None = None
    binds: bool | None = None
    rise_usd_bn: float | None = None
    subsidy_usd_bn: float | None = None
    revenue_change_usd_bn: float | None = None
    sides: Mapping[str, SideFigures] | None = None
    regions: Mapping[str, SideFigures] | None = None
    third_parties_usd_bn: float | None = None
    diversion: tuple[Diversion, ...] = ()
    equilibrium: Equilibrium | None = None

    @property
    def ok(self) -> bool:
        """Whether there are figures."""
        return self.equilibrium is not None


class PurchaseWork:
    """One purchase while it is worked on: the status quo, and pushes of any size."""

    def __init__(
        self,
        study: Study,
        arena: Arena,
        cells: Sequence[Cell],
        buyer: str,
        seller: str,
        weights: Array | None,
    ) -> None:
        self.study, self.cells, self.weights = study, cells, weights
        self.buyer, self.seller = buyer, seller
        world = study.world
        self.base = study.equilibrium(STATUS_QUO)
        self.policy = study.policy(STATUS_QUO)
        self.theta = world.elasticity(study.setting.elasticity).theta
        self.at = (
            np.array([world.region_index(c[0]) for c in cells]),
            np.array([world.region_index(c[1]) for c in cells]),
            np.array([world.sector_index(c[2]) for c in cells]),
        )
        self.simulator = PolicySimulator(arena.simulator.base)
        self.start = self.simulator.at(self.policy)
        self.bought = imports_of(world, cells, self.base.consumer_price_hat)

    @property
    def duty(self) -> float:
        """Mean duty that the buyer levies on the goods in the status quo, a fraction."""
        value = self.base.customs_value[self.at]
        return float((self.base.policy.tariff_prime[self.at] * value).sum() / value.sum())

    def subsidy(self, name: str, ledger: Ledger) -> Push:
        """Return subsidies by their rate; ``ledger`` holds the duties of the status quo."""
        world = self.study.world
        lever = subsidy_lever(name, world, ledger, self.cells, (self.buyer, self.seller))
        board = LeverBoard(world, ledger, [lever], self.theta)

        def pushed(rate: float) -> Policy:
            return board.policy(np.array([-rate]))

        return Push(pushed, True, DEEPEST)

    def taste(self) -> Push:
        """Return shifts of taste by their size."""
        n, i, s = (sorted({int(k) for k in axis}) for axis in self.at)
        share, policy = self.base.expenditure_share, self.policy

        def pushed(shift: float) -> Policy:
            wedges = taste_wedges(share, n, i, s, self.theta, shift)
            return replace(policy, cost_hat=policy.cost_hat * wedges)

        return Push(pushed, False, largest_shift(share, n, i, s))

    def rise(self, pushed: Pushed) -> Callable[[float], float]:
        """Return by how much a push of a size raises imports, infinite without a proof."""
        before = self.bought(self.start)

        def of(size: float) -> float:
            point = self.simulator.at(pushed(size), near=self.start)
            return self.bought(point) - before if point.ok else float("inf")

        return of

    def outcome(self, name: str, push: Push, wanted: float) -> PurchaseOutcome:
        """Return the figures of the push that brings the wanted rise."""
        size = 0.0
        if wanted > 0:
            size, _ = size_for(self.rise(push.policy), wanted, push.most)
        try:
            new = self._solved(name, push.policy(size)) if size > 0 else self.base
        except NotConvergedError as error:
            return PurchaseOutcome(name, "not proven", f"{error.message}; {error.advice}")
        before, after = trade_of(self.base, self.base), trade_of(self.base, new)
        rise = float((after - before)[self.at].sum())
        short = rise < wanted * (1.0 - SHORT)
        at = outcome(self.base, new)
        parties = self.study.resolved.parties
        ends = {p: parties.get(p, (p,)) for p in (self.buyer, self.seller)}
        weighted = {c.party for c in self.study.resolved.constituencies}
        deflator = (self.base.consumer_price_hat / new.consumer_price_hat) * self.base.world.usd_bn
        rows = at.rows(ends[self.buyer])
        revenue = (new.tariff_revenue + new.export_tax_revenue) * deflator
        first = (self.base.tariff_revenue + self.base.export_tax_revenue) * self.base.world.usd_bn
        return PurchaseOutcome(
            financing=name,
            status="out of reach" if short else "proven",
            reason=self._falls_short(push, size, rise, wanted) if short else "",
            size=size,
            binds=size > 0,
            rise_usd_bn=rise,
            subsidy_usd_bn=size * float(after[self.at].sum()) if push.subsidy else 0.0,
            revenue_change_usd_bn=float((revenue - first)[rows].sum()),
            sides={
                p: at.side(regions, self.weights if p in weighted else None)
                for p, regions in {**parties, **ends}.items()
            },
            regions={r: at.side((r,), None) for r in at.regions},
            third_parties_usd_bn=third_parties(at, ends),
            diversion=diversion(
                self.base.world, before, after, ends[self.buyer], ends[self.seller], self.cells
            ),
            equilibrium=new,
        )

    def _solved(self, name: str, policy: Policy) -> Equilibrium:
        use = self.study.setting
        found = solve(
            self.study.world,
            policy,
            elasticity=use.elasticity,
            closure=use.closure,
            model=use.model,
        )
        return found.require(f"the purchase by {self.buyer} ({name})")

    def _falls_short(self, push: Push, size: float, rise: float, wanted: float) -> str:
        what = f"a subsidy of {100 * size:.0f} %" if push.subsidy else f"a shift of {size:.3g}"
        return f"{what} brings US${rise:.3g}bn more, not {wanted:.3g}bn; it goes no further"
