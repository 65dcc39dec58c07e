"""What a scenario comes to in a given world: changes, and who gives what to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from parley.policy.change import Change
from parley.scenario.bought import ResolvedPayment, ResolvedPurchase
from parley.scenario.promises import PromiseVerdict

__all__ = [
    "Authority",
    "Concession",
    "Coverage",
    "LegalFacts",
    "Note",
    "Resolved",
    "ResolvedConstituency",
    "ResolvedPackage",
    "RivalDuty",
]


@dataclass(frozen=True)
class Note:
    """Something lost or assumed on the way from the file to the world."""

    text: str
    where: str


@dataclass(frozen=True)
class RivalDuty:
    """Duty that a competitor pays on the same goods, a fraction."""

    place: str
    duty: float


@dataclass(frozen=True)
class Concession:
    """One duty, cost or export tax that a package moves, against the status quo.

    Attributes
    ----------
    giver, receiver
        Party (else region) that sets it, and party whose goods it falls on.
    importer, exporter, sector
        The flow.
    part
        Name of the part of the flow; "" is the whole flow or its rest.
    instrument
        Id of the instrument, threat, measure or change that moves it.
    kind
        "duty", "cost" or "export-tax".
    before, after
        Level in the status quo and in the package; duties include additional tariffs.
    ordinary_before, ordinary_after
        The ordinary duty alone.
    trade_usd_bn
        Customs value of the goods in the world's year, US$bn.
    rivals
        Duty of named competitors, from the file.
    rival_average
        Trade-weighted duty on competitors in the status quo: on those the file names for
        these goods, else on all other foreign suppliers of the sector; None where there
        are none.
    lines
        Tariff lines as given.
    """

    giver: str
    receiver: str
    importer: str
    exporter: str
    sector: str
    part: str
    instrument: str
    kind: Literal["duty", "cost", "export-tax"]
    before: float
    after: float
    ordinary_before: float
    ordinary_after: float
    trade_usd_bn: float
    rivals: tuple[RivalDuty, ...] = ()
    rival_average: float | None = None
    lines: tuple[str, ...] = ()

    @property
    def eases(self) -> bool:
        """True where trade becomes freer: a concession, not a penalty."""
        return self.after < self.before

    @property
    def duty_saved_usd_bn(self) -> float:
        """Duty no longer paid on the trade of the world's year, US$bn (negative: new duty)."""
        if self.kind == "cost":
            return 0.0
        return self.trade_usd_bn * (self.before - self.after)


@dataclass(frozen=True)
class Coverage:
    """How much of the goods trade between two places a package frees of duty.

    Shares of customs value in the world's year: freed by the package, and free before it.
    Averages over a sector hide free lines, so ``already_free`` is a lower bound.
    """

    between: tuple[str, str]
    trade_usd_bn: float
    freed: float
    already_free: float

    @property
    def free(self) -> float:
        """Share free of duty after the package."""
        return self.freed + self.already_free


@dataclass(frozen=True)
class Authority:
    """Whether a party's executive may do its part alone."""

    party: str
    verdict: Literal["alone", "needs approval", "unknown"]
    why: str


@dataclass(frozen=True)
class LegalFacts:
    """What the law says of a package, as far as the file and the data tell.

    ``treatment``: whether cuts are for all partners (mfn), for some (preferential), or
    there are none. ``article_xxiv``: whether a preferential package could pass as a free-
    trade agreement. ``coverage`` is for each pair of parties with a preferential cut.
    """

    treatment: Literal["none", "mfn", "preferential"]
    article_xxiv: Literal["not needed", "fails", "arguable"]
    coverage: tuple[Coverage, ...]
    authority: tuple[Authority, ...]
    grounds: tuple[str, ...]
    over_bound: tuple[str, ...]
    form: str
    gatt: str


@dataclass(frozen=True)
class ResolvedConstituency:
    """A constituency in the world's sectors."""

    id: str
    party: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    weight: float
    low: float
    high: float
    label: str
    veto: float | None


@dataclass(frozen=True)
class ResolvedPackage:
    """A package in a given world.

    ``changes`` come on top of the status quo; equilibrium runs from the world's year with
    ``status_quo + changes``. They are those of the package fully phased in, with
    ``purchases`` and ``payments`` running; :mod:`parley.scenario.phases` has it year by year.
    ``uncounted`` are purchases that cannot be computed, each with the reason.
    """

    id: str
    label: str
    kind: str
    talks: str
    consent: tuple[str, ...]
    changes: tuple[Change, ...]
    concessions: tuple[Concession, ...]
    promises: tuple[PromiseVerdict, ...]
    legal: LegalFacts
    threats: tuple[str, ...]
    purchases: tuple[ResolvedPurchase, ...]
    payments: tuple[ResolvedPayment, ...]
    uncounted: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]

    @property
    def holds(self) -> tuple[object, ...]:
        """What it does: two packages that hold the same are worth the same."""
        return self.changes, self.purchases, self.payments

    def gives(self, party: str) -> tuple[Concession, ...]:
        """Return what a party concedes: its own duties, costs and taxes that come down."""
        return tuple(c for c in self.concessions if c.giver == party and c.eases)

    def gets(self, party: str) -> tuple[Concession, ...]:
        """Return what others concede to a party."""
        return tuple(c for c in self.concessions if c.receiver == party and c.eases)

    def penalises(self, party: str) -> tuple[Concession, ...]:
        """Return what others put on a party's goods."""
        return tuple(c for c in self.concessions if c.receiver == party and not c.eases)


@dataclass(frozen=True)
class Resolved:
    """A scenario in a given world.

    ``status_quo`` are the measures in force on as_of. ``partition`` only says how flows are
    cut into parts, at the duties of the world's year: with it, every package is compared
    part by part. ``parties`` and ``groups`` give the regions behind each name; ``notes``
    what the world cannot show.
    """

    title: str
    as_of: str
    world: str
    status_quo: tuple[Change, ...]
    partition: tuple[Change, ...]
    packages: Mapping[str, ResolvedPackage]
    parties: Mapping[str, tuple[str, ...]]
    constituencies: tuple[ResolvedConstituency, ...]
    groups: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...]
