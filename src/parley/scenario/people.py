"""Who is at the table: groups of countries, parties, constituencies, ratification."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parley.scenario.base import Entry, Ref
from parley.scenario.names import (
    PackageOrStatusQuo,
    PartyRef,
    PlainSectors,
    RegionRefs,
    Sectors,
    SourceRef,
    TalksRef,
)
from parley.scenario.values import (
    Amount,
    Date,
    HsLine,
    Id,
    Probability,
    Text,
    Weight,
    WeightRange,
    WeightTable,
    WholeNumber,
    YesNo,
)

__all__ = ["Constituency", "Group", "OutsideOption", "Party", "Ratifier", "Veto"]


class Group(Entry):
    """One name for several countries (`members`) or for several sectors (`sectors`)."""

    id: Id = Field(description="short name by which the group is used")
    label: Text | None = Field(default=None, description="name to print")
    members: RegionRefs = Field(default=(), description="regions of the world that belong to it")
    sectors: PlainSectors = Field(default=(), description="sectors that belong to it")
    unresolved: tuple[Text, ...] = Field(
        default=(),
        description="members the world cannot show apart; the loss is reported with the results",
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Ratifier(Entry):
    """Who must approve a deal, and what the executive may do alone."""

    kind: Literal["legislature", "proclamation", "executive", "referendum", "member-states"] = (
        Field(
            description="who decides: the legislature; the executive by proclamation, within "
            "limits; the executive alone; a referendum; the member states"
        )
    )
    may_remove_duties_up_to: Probability | None = Field(
        default=None, description="ordinary duties up to this level the executive may remove alone"
    )
    may_cut_others_by: Probability | None = Field(
        default=None, description="part of a higher duty the executive may cut alone (0.5 = half)"
    )
    measured_from: Date | None = Field(
        default=None, description="day whose duties are the base of these limits"
    )
    except_sectors: Sectors = Field(
        default=(), description="sectors the executive may not touch alone"
    )
    except_lines: tuple[HsLine, ...] = Field(
        default=(), description="tariff lines the executive may not touch alone"
    )
    may_raise_on: tuple[Text, ...] = Field(
        default=(), description="legal grounds on which the executive may raise duties alone"
    )
    majority: Probability | None = Field(
        default=None, description="share of votes needed, where there is a vote"
    )
    lag_days: WholeNumber | None = Field(
        default=None, description="days from signature to entry into force"
    )
    legal_basis: Text | None = Field(default=None, description="statute or constitutional rule")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Veto(Entry):
    """When a constituency can stop a deal."""

    loses_more_than: Probability = Field(
        description="loss of its real income, as a fraction, beyond which it blocks the deal"
    )


class Constituency(Entry):
    """A group at home whose income counts for more, or less, than its dollars."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    sectors: Sectors = Field(min_length=1, description="sectors in which it earns its income")
    weight: WeightRange = Field(
        default=WeightTable(value=1.0),
        description="political weight of a dollar of its income: one number, or "
        "`{ value, low, high }`",
    )
    why: Text | None = Field(default=None, description="why the weight is what it is")
    veto: Veto | None = Field(default=None, description="the loss at which it blocks a deal")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Party(Entry):
    """A government at the table, or one that is affected."""

    id: Annotated[Id, Ref(("region", "group"))] = Field(
        description="region of the world, or group of regions, that the government speaks for"
    )
    label: Text | None = Field(default=None, description="name to print")
    leader: Text | None = Field(default=None, description="head of government, where it matters")
    next_election: Date | None = Field(default=None, description="day of the next election")
    discount_per_year: Probability | None = Field(
        default=None, description="how much less a gain counts when it comes a year later (0.10)"
    )
    bargaining_power: Weight | None = Field(
        default=None, description="exponent in the Nash product; equal where not given"
    )
    reputation_cost: Probability | None = Field(
        default=None,
        description="what it costs to leave a threat unexecuted, as a fraction of real income",
    )
    ratifier: Ratifier | None = Field(default=None, description="who must approve a deal")
    constituencies: tuple[Constituency, ...] = Field(
        default=(), alias="constituency", description="groups at home that count"
    )
    third_party: YesNo = Field(
        default=False, description="true for a country that is affected but not at the table"
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class OutsideOption(Entry):
    """What a party can have without the deal: another package, or a sum."""

    id: Id = Field(description="short name")
    party: PartyRef = Field(description="whose option it is")
    label: Text | None = Field(default=None, description="name to print")
    talks: TalksRef | None = Field(default=None, description="talks it is an alternative to")
    package: PackageOrStatusQuo | None = Field(
        default=None, description="package that would come about instead, or `status-quo`"
    )
    value_usd_bn: Amount | None = Field(
        default=None, description="its worth a year in US$bn, where it is not a package"
    )
    available_from: Date | None = Field(default=None, description="first day it can be taken")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
