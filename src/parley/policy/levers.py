r"""Levers of a negotiation: continuous levels that move parts of flows, with derivatives.

A lever k has one number z_k within bounds, and moves the duty (or the trade-cost factor) of
every part l of a flow that it touches to :math:`a_{kl} + b_{kl} z_k`: a common duty
(a = 0, b = 1), or a common depth between two sets of duties (a the duties now, b the
way to go). On a touched flow the wedges are those of :mod:`parley.policy.wedges`, and with
:math:`s'_l` the tariff-inclusive share of a part,

.. math::
   \frac{\partial \ln\hat\kappa}{\partial \ln\hat\kappa_l} = s'_l, \qquad
   \frac{\partial s'_m}{\partial \ln\hat\kappa_l} = -\theta s'_m (\delta_{ml} - s'_l), \qquad
   d\tau' = -(1+\tau')^2 \, d\sum_l \frac{s'_l}{1+\tau'_l} .
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.errors import InputError
from parley.policy.change import Change
from parley.policy.ledger import REST, Cell, Ledger
from parley.policy.wedges import Policy, policy_of_ledger

__all__ = ["Lever", "LeverBoard", "Payment", "Touch"]

Array = NDArray[np.float64]
TouchKind = Literal["tariff", "additional-tariff", "cost"]


@dataclass(frozen=True)
class Touch:
    """One part of one flow that a lever moves, to ``intercept + slope * z``.

    ``kind`` as in :class:`~parley.policy.change.Change`; ``instrument`` is whose additional
    tariff it is.
    """

    cell: Cell
    part: str
    kind: TouchKind
    intercept: float = 0.0
    slope: float = 1.0
    instrument: str = ""


@dataclass(frozen=True)
class Payment:
    """A lump-sum payment that a lever makes: z US$bn a year from one party's regions to
    another's, shared among a party's regions by the weights given.
    """

    payer: tuple[tuple[str, float], ...]
    receiver: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Lever:
    """One number that a negotiation may choose.

    Attributes
    ----------
    id, label
        Name, and name to print.
    giver, receiver
        Party that sets it, and parties whose goods it falls on, joined by commas.
    low, high
        Bounds; ``now`` is its value in the status quo, within them or at one of them.
    now
        Value in the status quo.
    unit
        "duty" (a fraction), "depth" (0 as now, 1 all the way), "factor" (trade cost) or
        "payment" (US$bn a year).
    touches
        The parts of flows that it moves.
    payment
        The payment it makes, None for all but payments.
    trade_usd_bn
        Customs value that it touches in the world's year, US$bn.
    sectors
        Sectors that it touches.
    limits
        What sets each bound, in words: (of the low end, of the high end).
    """

    id: str
    label: str
    giver: str
    receiver: str
    low: float
    high: float
    now: float
    unit: Literal["duty", "depth", "factor", "payment"]
    touches: tuple[Touch, ...] = ()
    payment: Payment | None = None
    trade_usd_bn: float = 0.0
    sectors: tuple[str, ...] = ()
    limits: tuple[str, str] = ("", "")

    def levels(self, z: float) -> tuple[float, ...]:
        """Return the level of every touched part, a fraction (a factor for costs)."""
        return tuple(t.intercept + t.slope * z for t in self.touches)

    @property
    def eases_downward(self) -> bool:
        """Whether a smaller number means freer trade."""
        return self.unit in ("duty", "factor")


@dataclass(frozen=True)
class _Flow:
    """A touched flow: its parts, which lever moves which, and its export tax's change."""

    at: tuple[int, int, int]
    phi: Array
    base: Array
    duty: Array
    cost: Array
    theta: float
    moves: tuple[tuple[int, int, str, float, float], ...]
    tax_hat: float


class LeverBoard:
    """All levers over a status quo: from their numbers to a policy, and back.

    Parameters
    ----------
    world
        The world whose tariffs the wedges are against.
    ledger
        Duties of the status quo; not changed.
    levers
        No part of a flow may be moved by two of them.
    theta
        Trade elasticities [sector].

    Raises
    ------
    InputError
        If two levers move the same duty of the same part of a flow.
    """

    def __init__(self, world: World, ledger: Ledger, levers: Sequence[Lever], theta: Array) -> None:
        self.world, self.levers = world, tuple(levers)
        self._ledger = ledger.copy()
        self._theta = theta
        self.base = policy_of_ledger(world, theta, self._ledger)
        self._flows = self._gather()

    @property
    def size(self) -> int:
        """Number of levers."""
        return len(self.levers)

    @property
    def now(self) -> Array:
        """Their values in the status quo."""
        return np.array([lever.now for lever in self.levers])

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest values, [lever]."""
        low = np.array([lever.low for lever in self.levers])
        return low, np.array([lever.high for lever in self.levers])

    def _gather(self) -> tuple[_Flow, ...]:
        wanted: dict[Cell, list[tuple[int, Touch]]] = {}
        owner: dict[tuple[Cell, str, str, str], str] = {}
        for k, lever in enumerate(self.levers):
            for touch in lever.touches:
                key = (touch.cell, touch.part, touch.kind, touch.instrument)
                if touch.kind == "tariff":
                    key = (touch.cell, touch.part, touch.kind, "")
                if owner.setdefault(key, lever.id) != lever.id:
                    flow = f"{touch.cell[0]} <- {touch.cell[1]}, {touch.cell[2]}"
                    raise InputError.one(
                        f"'{owner[key]}' and '{lever.id}' move the same duty on {flow}",
                        "levers",
                        "each duty is set by one instrument at the table",
                        "give one of them another share_of_flow, or leave it out",
                    )
                wanted.setdefault(touch.cell, []).append((k, touch))
        return tuple(self._flow(cell, touches) for cell, touches in wanted.items())

    def _flow(self, cell: Cell, touches: Sequence[tuple[int, Touch]]) -> _Flow:
        parts = self._ledger.parts(cell)
        names = list(parts)
        share = np.array([p.share for p in parts.values()])
        base = np.array([p.base for p in parts.values()])
        duty = np.array([p.duty for p in parts.values()])
        cost = np.array([p.cost for p in parts.values()])
        moves: list[tuple[int, int, str, float, float]] = []
        for k, t in touches:
            part = parts[t.part]
            at = names.index(t.part)
            moved = {
                "tariff": part.ordinary,
                "additional-tariff": part.additional.get(t.instrument, 0.0),
                "cost": part.cost,
            }[t.kind]
            # What the lever sets is taken out of the level now, so that it can be added back.
            if t.kind == "cost":
                cost[at] = 0.0
            else:
                duty[at] -= moved
            moves.append((k, at, t.kind, t.intercept, t.slope))
        phi = share * (1.0 + base)
        n, i, s = self._ledger.position(cell)
        tax = (1.0 + self._ledger.tax(cell)) / (1.0 + self._ledger.world_export_tax(cell))
        theta = float(self._theta[s])
        return _Flow((n, i, s), phi / phi.sum(), base, duty, cost, theta, tuple(moves), tax)

    def _levels(self, flow: _Flow, z: Array) -> tuple[Array, Array]:
        duty, cost = flow.duty.copy(), flow.cost.copy()
        for k, at, kind, intercept, slope in flow.moves:
            level = intercept + slope * z[k]
            if kind == "cost":
                cost[at] += level
            else:
                duty[at] += level
        return duty, cost

    def policy(self, z: Array) -> Policy:
        """Return the wedges of the status quo with the levers at z, [lever]."""
        cost_hat = np.array(self.base.cost_hat)
        tariff = np.array(self.base.tariff_prime)
        for flow in self._flows:
            duty, cost = self._levels(flow, z)
            pull = flow.phi * ((1.0 + duty) / (1.0 + flow.base) * cost) ** -flow.theta
            total = pull.sum()
            cost_hat[flow.at] = flow.tax_hat * total ** (-1.0 / flow.theta)
            tariff[flow.at] = 1.0 / (pull / total / (1.0 + duty)).sum() - 1.0
        return Policy(cost_hat, tariff, self.base.export_tax_prime, self.base.slices)

    def payment(self, z: Array) -> Array:
        """Return what every region receives net, [region], million of the world's currency."""
        found = np.zeros(len(self.world.regions))
        for k, lever in enumerate(self.levers):
            if lever.payment is not None:
                found += z[k] / self.world.usd_bn * self._paid(lever.payment)
        return found

    def _paid(self, payment: Payment) -> Array:
        found = np.zeros(len(self.world.regions))
        for sign, side in ((-1.0, payment.payer), (1.0, payment.receiver)):
            total = sum(weight for _, weight in side)
            for region, weight in side:
                found[self.world.region_index(region)] += sign * weight / total
        return found

    def pull(self, z: Array, cost_hat: Array, tariff_prime: Array, payment: Array) -> Array:
        """Return derivatives in the levers from those in wedges and payments.

        Parameters
        ----------
        z
            Where, [lever].
        cost_hat, tariff_prime
            Derivatives of objectives, [objective, importer, exporter, sector].
        payment
            Likewise, [objective, region].
        """
        found = np.zeros((len(cost_hat), self.size))
        for flow in self._flows:
            duty, cost = self._levels(flow, z)
            pull = flow.phi * ((1.0 + duty) / (1.0 + flow.base) * cost) ** -flow.theta
            total = pull.sum()
            share = pull / total
            keep = share / (1.0 + duty)
            kappa = flow.tax_hat * total ** (-1.0 / flow.theta)
            mean = keep.sum()
            by_cost = cost_hat[(slice(None), *flow.at)]
            by_tariff = tariff_prime[(slice(None), *flow.at)]
            for k, at, kind, _, slope in flow.moves:
                log_kappa = slope / (cost[at] if kind == "cost" else 1.0 + duty[at])
                # d keep: shares move, and the duty of the part itself.
                moved = -flow.theta * (keep[at] - share[at] * mean) * log_kappa
                if kind != "cost":
                    moved -= keep[at] / (1.0 + duty[at]) * slope
                found[:, k] += by_cost * kappa * share[at] * log_kappa - by_tariff * moved / mean**2
        for k, lever in enumerate(self.levers):
            if lever.payment is not None:
                found[:, k] += payment @ self._paid(lever.payment) / self.world.usd_bn
        return found

    def changes(self, z: Array) -> tuple[Change, ...]:
        """Return the levers at z as changes to the status quo, without payments.

        A change of the rest of a flow falls on all its parts, so the parts that keep their
        level are set again after it.
        """
        wanted: dict[tuple[Cell, TouchKind, str], dict[str, float]] = {}
        for k, lever in enumerate(self.levers):
            for touch in lever.touches:
                key = (touch.cell, touch.kind, touch.instrument or lever.id)
                if touch.kind == "tariff":
                    key = (touch.cell, touch.kind, "")
                level = float(touch.intercept + touch.slope * z[k])
                wanted.setdefault(key, {})[touch.part] = level
        found = []
        for (cell, kind, owner), levels in wanted.items():
            parts = self._ledger.parts(cell)
            names = list(levels) if REST not in levels else [REST, *(n for n in parts if n)]
            for name in names:
                part = parts[name]
                held = {"tariff": part.ordinary, "cost": part.cost}.get(
                    kind, part.additional.get(owner, 0.0)
                )
                found.append(
                    Change(
                        *cell,
                        kind=kind,
                        value=levels.get(name, held),
                        instrument=owner or "deal",
                        slice=name,
                        share_of_flow=1.0 if name == REST else part.share,
                        now=None if name == REST else self._ledger.own_base(cell, name),
                    )
                )
        return tuple(found)
