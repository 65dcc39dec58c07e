"""What is promised and what is threatened: talks, commitments, threats."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    ClaimRefs,
    CommitmentRef,
    EventRef,
    InstrumentRef,
    InstrumentRefs,
    LevelByInstrument,
    MeasureRef,
    PackageOrStatusQuo,
    PackageRef,
    PackageRefs,
    PartyRef,
    PartyRefs,
    PlacesOrAll,
    Sectors,
    ShareByExporter,
    SourceRef,
    TalksRef,
    ThreatRef,
    ThreatRefs,
)
from parley.scenario.values import (
    Amount,
    Date,
    HsLine,
    Id,
    Probability,
    Quantity,
    Rate,
    RateRange,
    Text,
    WholeNumber,
    YesNo,
)

__all__ = ["BaseAmount", "Breach", "Commitment", "Condition", "Purchase", "Talks", "Threat"]

STATES: dict[str, tuple[str, ...]] = {
    "talks": ("open", "truce", "suspended", "failed", "concluded", "not-started"),
    "event": ("happened", "not-happened"),
    "commitment": ("kept", "broken"),
    "threat": ("pending", "carried-out", "withdrawn"),
    "measure": ("in-force", "ended"),
}
"""What a condition may say of each kind of thing."""


class Talks(Entry):
    """A negotiation: who sits there, how it can end, what holds meanwhile."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    parties: PartyRefs = Field(min_length=2, description="parties at the table")
    state: Literal["open", "truce", "suspended", "failed", "concluded", "not-started"] = Field(
        description="where the talks stand on as_of"
    )
    since: Date | None = Field(default=None, description="day they opened")
    ends_by: Literal["deadline", "exit", "hazard"] = Field(
        default="exit",
        description="how they can fail: an executed deadline, a party walking out, or breakdown "
        "at a rate per year",
    )
    deadline: Date | None = Field(default=None, description="the deadline, for `ends_by` deadline")
    hazard_per_year: Rate | None = Field(
        default=None, description="rate of breakdown per year, for `ends_by` hazard"
    )
    while_talking: PackageOrStatusQuo = Field(
        default="status-quo", description="what holds while they talk: `status-quo` or a package"
    )
    breakdown: PackageOrStatusQuo = Field(
        default="status-quo", description="what follows if they fail: `status-quo` or a package"
    )
    agenda: PackageRefs = Field(default=(), description="packages on the table")
    offers: Literal["alternating", "simultaneous"] | None = Field(
        default=None, description="who may propose in a round"
    )
    first_proposer: PartyRef | None = Field(
        default=None, description="who proposes first, where known"
    )
    side_payment_usd_bn: Quantity | None = Field(
        default=None,
        description="most that either party may pay the other a year as part of a deal, US$bn; "
        "none if not given",
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Condition(Entry):
    """A condition: the state of one thing, `{ talks = "us-japan", is = "open" }`."""

    talks: TalksRef | None = Field(default=None, description="talks the condition is about")
    event: EventRef | None = Field(default=None, description="event the condition is about")
    commitment: CommitmentRef | None = Field(default=None, description="or a commitment")
    threat: ThreatRef | None = Field(default=None, description="or a threat")
    measure: MeasureRef | None = Field(default=None, description="or a measure in force")
    is_: Text = Field(
        alias="is",
        description="its state; talks: open, truce, suspended, failed, concluded, not-started; "
        "event: happened, not-happened; commitment: kept, broken; threat: pending, carried-out, "
        "withdrawn; measure: in-force, ended",
    )


class Purchase(Entry):
    """A promise to buy."""

    usd_bn_per_year: Quantity | None = Field(default=None, description="amount a year, US$bn")
    usd_bn_total: Quantity | None = Field(default=None, description="amount in all, US$bn")
    years: Quantity | None = Field(default=None, description="over how many years")
    sectors: Sectors = Field(default=(), description="goods to be bought")
    above_year: WholeNumber | None = Field(
        default=None, description="year on top of whose purchases the amount comes"
    )
    financing: Literal["subsidy", "preference-shift", "unknown"] = Field(
        default="unknown", description="paid by a subsidy, or by a costless shift of preference"
    )
    supply_cap_usd_bn: Quantity | None = Field(
        default=None, description="most the seller can deliver a year, US$bn"
    )
    compliance: Probability | None = Field(
        default=None, description="part expected to be met, as a fraction"
    )


class Breach(Entry):
    """What follows when a commitment is broken."""

    package: PackageRef | None = Field(default=None, description="package that comes into force")
    threats: ThreatRefs = Field(default=(), description="threats that are then carried out")
    talks: Literal["suspended", "failed"] | None = Field(
        default=None, description="what becomes of the talks"
    )
    detection_days: WholeNumber | None = Field(
        default=None, description="days before a breach is noticed and answered"
    )


class Commitment(Entry):
    """A promise: not to act, a truce, a ceiling on concessions, or to buy."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    by: PartyRef = Field(description="who promised")
    to: PartyRef | None = Field(default=None, description="to whom")
    mutual: YesNo = Field(default=False, description="true where both promised the same")
    kind: Literal["standstill", "truce", "ceiling", "purchase", "other"] = Field(
        description="standstill: the instruments stay where they are; truce: the threats are "
        "held back; ceiling: concessions go no further than stated; purchase: to buy"
    )
    instruments: InstrumentRefs = Field(default=(), description="instruments it binds")
    threats: ThreatRefs = Field(default=(), description="threats it holds back")
    not_below: LevelByInstrument = Field(
        default={}, description="lowest level each instrument may take, `{ jp-beef = 0.09 }`"
    )
    not_above: LevelByInstrument = Field(
        default={}, description="highest level each instrument may take"
    )
    no_faster_than: Text | None = Field(
        default=None, description="schedule that staging may not outrun, in words"
    )
    since: Date | None = Field(default=None, description="day it was made")
    until: Date | None = Field(default=None, description="day it ends, where it has one")
    when: Condition | None = Field(default=None, description="holds only while this is so")
    purchase: Purchase | None = Field(default=None, description="what is to be bought")
    value_usd_bn: Amount | None = Field(default=None, description="its worth, where stated")
    disputed: YesNo = Field(
        default=False, description="true where one side says it was promised and the other not"
    )
    claims: ClaimRefs = Field(default=(), description="who says so, and who denies it")
    on_breach: Breach | None = Field(default=None, description="what follows when it is broken")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class BaseAmount(Entry):
    """How much trade a threat would hit, where reports differ."""

    value: Quantity | None = Field(default=None, description="US$bn, where one figure is used")
    claims: ClaimRefs = Field(default=(), description="claims that carry the differing figures")


class Threat(Entry):
    """What a party says it will do."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    by: PartyRef = Field(description="who threatens")
    instrument: InstrumentRef | None = Field(
        default=None, description="instrument it would use; or else `on` with `rate`, or a `table`"
    )
    on: PlacesOrAll = Field(default=(), description="whose goods it would fall on")
    sectors: Sectors = Field(default=(), description="sectors it would fall on")
    lines: tuple[HsLine, ...] = Field(default=(), description="tariff lines (HS), as text")
    share_of_flow: ShareByExporter | None = Field(
        default=None, description="part of the flows it would cover"
    )
    rate: RateRange | None = Field(
        default=None,
        description="additional duty it would bring: one number, or `{ value, low, high }`",
    )
    table: Text | None = Field(
        default=None, description="CSV file beside the scenario with the lines it would bring"
    )
    when: Condition | None = Field(default=None, description="carried out when this is so")
    announced: Date | None = Field(default=None, description="day it was made")
    earliest: Date | None = Field(default=None, description="first day it could take effect")
    deadline: Date | None = Field(default=None, description="day by which it is decided")
    extendable: YesNo = Field(default=False, description="true where the deadline can be put off")
    answered_by: ThreatRefs = Field(
        default=(), description="threats of others that would be carried out in reply"
    )
    base_usd_bn: BaseAmount | None = Field(
        default=None, description="trade it would hit: `{ value }` or `{ claims }`"
    )
    legal_ground: Text | None = Field(default=None, description="ground it rests on")
    legal_basis: Text | None = Field(default=None, description="statute or agreement")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
