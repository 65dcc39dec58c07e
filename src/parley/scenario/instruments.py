"""What governments set at the border: instruments, and measures already in force."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    UNIVERSAL,
    LevelByExporter,
    MeasureRef,
    PlaceRef,
    Places,
    PlacesOrAll,
    Sectors,
    ShareByExporter,
    SourceRef,
)
from parley.scenario.values import (
    Date,
    Duty,
    HsLine,
    Id,
    Level,
    Points,
    Probability,
    Quantity,
    Share,
    Text,
)

__all__ = ["ChangeRow", "Instrument", "InstrumentKind", "Measure", "Safeguard", "SpecificDuty"]

InstrumentKind = Literal[
    "tariff", "additional-tariff", "export-tax", "cost", "quota", "tariff-rate-quota"
]

COMPUTED_KINDS = ("tariff", "additional-tariff", "export-tax", "cost")
"""Kinds the equilibrium computes; quotas are kept and reported, not computed."""


class Safeguard(Entry):
    """A duty that snaps back when imports pass a trigger."""

    product: Text | None = Field(default=None, description="product it applies to")
    trigger: Text = Field(description="what sets it off, in words")
    trigger_tonnes: Quantity | None = Field(default=None, description="quantity in thousand tonnes")
    trigger_ratio: Quantity | None = Field(
        default=None, description="ratio to the year before that sets it off (1.17)"
    )
    snap_back: Duty = Field(description="duty while it is on, as a fraction")
    until: Text | None = Field(default=None, description="how long it stays on, in words")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class SpecificDuty(Entry):
    """A duty per unit of quantity, as the schedule states it."""

    amount: Quantity = Field(description="amount per unit")
    currency: Text = Field(description="currency of the amount, such as JPY")
    unit: Text = Field(description="unit of quantity, such as kg")
    rule: Text | None = Field(default=None, description="how it combines with other duties")


class Instrument(Entry):
    """One lever: what one government can set on some goods from some countries."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    by: PlaceRef = Field(
        description="who sets it: the importer for tariffs and costs, the exporter for export taxes"
    )
    on: PlacesOrAll = Field(
        min_length=1, description='whose goods it falls on; "all" for every partner alike (MFN)'
    )
    sectors: Sectors = Field(min_length=1, description="sectors of the world it belongs to")
    lines: tuple[HsLine, ...] = Field(default=(), description="tariff lines (HS), as text")
    kind: InstrumentKind = Field(
        description="tariff: the ordinary duty; additional-tariff: points on top of it; "
        "export-tax; cost: a trade-cost factor (1 = none) for rules and procedures; "
        "quota and tariff-rate-quota are kept but not computed"
    )
    share_of_flow: ShareByExporter = Field(
        default={UNIVERSAL: 1.0},
        description="part of the sector's bilateral trade, by customs value, that it covers: one "
        "number, or one per exporter `{ JPN = 0.7, EU27 = 0.8 }`",
    )
    same_goods_as: Text | None = Field(
        default=None,
        description="id of an instrument or measure on the very same goods, so that both are "
        "known to touch one part of the flow",
    )
    now: LevelByExporter | None = Field(
        default=None,
        description="level in force: a fraction (for a cost, a factor); one number or one per "
        "exporter; where missing, the world's own duty",
    )
    bounds: tuple[Level, Level] | None = Field(
        default=None, description="lowest and highest level it can take in any deal or threat"
    )
    rate: Duty | None = Field(
        default=None, description="level of an additional tariff or export tax when switched on"
    )
    rivals: dict[PlaceRef, Duty] = Field(
        default={}, description="duty that competitors from other places pay on the same goods"
    )
    bound_rate: Duty | None = Field(
        default=None, description="the WTO bound rate, above which a duty breaks a binding"
    )
    specific_duty: SpecificDuty | None = Field(
        default=None, description="the duty per quantity behind an ad valorem equivalent"
    )
    safeguard: Safeguard | None = Field(default=None, description="snap-back of the duty")
    legal_ground: Text | None = Field(
        default=None, description="ground it rests on, such as national security"
    )
    legal_basis: Text | None = Field(default=None, description="statute or agreement")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")

    def share_on(self, exporter: str) -> float:
        """Return the part of this exporter's flow the instrument covers (0 if not named)."""
        return self.share_of_flow.get(exporter, self.share_of_flow.get(UNIVERSAL, 0.0))

    def now_on(self, exporter: str) -> float | None:
        """Return the level in force on this exporter, None where the file gives none."""
        if self.now is None:
            return None
        return self.now.get(exporter, self.now.get(UNIVERSAL))

    @property
    def slice_name(self) -> str:
        """Name of the part of the flow that the instrument touches."""
        return self.same_goods_as or self.id


class ChangeRow(Entry):
    """One line of a measure, written in the file instead of in a table."""

    on: PlacesOrAll = Field(
        default=(), description="whose goods; where missing, those of the measure"
    )
    sectors: Sectors = Field(min_length=1, description="sectors it touches")
    lines: tuple[HsLine, ...] = Field(default=(), description="tariff lines (HS), as text")
    kind: Literal["tariff", "additional-tariff", "tariff-change", "export-tax", "cost"] = Field(
        description="tariff: the new duty; additional-tariff: points on top; tariff-change: points "
        "by which the ordinary duty moves; export-tax; cost: a factor"
    )
    value: Points = Field(description="level or change, as a fraction (for a cost, a factor)")
    share_of_flow: Share = Field(default=1.0, description="part of the flow it touches")
    note: Text | None = Field(default=None, description="remark")


class Measure(Entry):
    """A policy in force on `as_of` though not in the world's year: part of the status quo."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    by: Places = Field(
        default=(), description="who applies it (with `on`); for agreements use `between`"
    )
    on: PlacesOrAll = Field(default=(), description='whose goods it falls on, or "all"')
    between: Places = Field(
        default=(), description="members of an agreement that change duties among each other"
    )
    table: Text | None = Field(
        default=None,
        description="CSV file beside the scenario with columns importer, exporter, sector, "
        "share_of_flow, kind, value, note",
    )
    changes: tuple[ChangeRow, ...] = Field(
        default=(), description="the same in the file itself, for short measures"
    )
    since: Date = Field(description="first day in force")
    until: Date | None = Field(default=None, description="last day in force, where known")
    in_response_to: MeasureRef | None = Field(
        default=None, description="measure it retaliates against"
    )
    legal_ground: Text | None = Field(default=None, description="ground it rests on")
    legal_basis: Text | None = Field(default=None, description="statute or agreement")
    coverage_usd_bn: Quantity | None = Field(
        default=None, description="imports covered, in US$bn, as announced"
    )
    suspended_share: Probability | None = Field(
        default=None, description="part exempted or suspended, as a fraction"
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
