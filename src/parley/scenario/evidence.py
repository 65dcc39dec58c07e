"""What people say and where it stands: sources, claims, balance facts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    About,
    ClaimRefs,
    PartyRef,
    PlaceRef,
    Places,
    Sectors,
    SourceRef,
    SourceRefs,
)
from parley.scenario.values import (
    Amount,
    Date,
    Id,
    Level,
    Probability,
    Text,
    Url,
    WholeNumber,
    YesNo,
)

__all__ = ["Balance", "BalanceShare", "Claim", "Source", "Speaker"]

Basis = Literal[
    "census",
    "balance-of-payments",
    "customs-first",
    "customs-second",
    "national-accounts",
    "unknown",
]


class Source(Entry):
    """Where something is known from."""

    id: Id = Field(description="short name")
    title: Text | None = Field(default=None, description="title")
    outlet: Text | None = Field(default=None, description="newspaper, agency, office")
    kind: Literal["news", "official", "statistics", "law", "research", "other"] = Field(
        default="other", description="what sort of source"
    )
    published: Date | None = Field(default=None, description="day of publication")
    records: Date | None = Field(
        default=None,
        description="last day whose facts it records, for tables compiled later; it may then "
        "have been published after as_of",
    )
    independent_of: SourceRefs = Field(
        default=(), description="sources known not to share its informants"
    )
    relies_on: SourceRefs = Field(default=(), description="sources it repeats")
    url: Url | None = Field(default=None, description="web address")
    note: Text | None = Field(default=None, description="remark")


class Speaker(Entry):
    """Who says it."""

    role: Text = Field(description="office or position, in words")
    named: YesNo = Field(description="true where the person is named")
    name: Text | None = Field(default=None, description="name, where the story gives it")
    party: PartyRef | None = Field(default=None, description="party they speak for or belong to")


class Claim(Entry):
    """What one speaker says about one thing; contradicting claims are both kept."""

    id: Id = Field(description="short name")
    speaker: Speaker = Field(description="who says it: `{ role, named, name, party }`")
    on_record: YesNo | None = Field(
        default=None, description="true where the speaker may be quoted by name"
    )
    source: SourceRef = Field(description="source that carries it")
    date: Date | None = Field(
        default=None, description="day it was said; where missing, the source's day"
    )
    about: About = Field(
        min_length=1,
        description='what it is about, with its kind: "package:mini", "threat:autos", '
        '"commitment:truce", "talks:us-japan"',
    )
    stance: Literal["supports", "denies", "demands", "no-comment", "asserts"] = Field(
        default="asserts", description="what the speaker does"
    )
    says: Text | None = Field(default=None, description="the claim, in your own words")
    value_usd_bn: Amount | None = Field(default=None, description="amount claimed, US$bn")
    value: Level | None = Field(default=None, description="level or share claimed, a fraction")
    contradicts: ClaimRefs = Field(default=(), description="claims it cannot stand with")
    corroborates: ClaimRefs = Field(default=(), description="claims it agrees with")
    reliability: Probability | None = Field(
        default=None, description="weight of this claim, where the default is not wanted"
    )
    note: Text | None = Field(default=None, description="remark")


class BalanceShare(Entry):
    """A part of a bilateral flow or balance."""

    label: Text | None = Field(default=None, description="name to print")
    sectors: Sectors = Field(min_length=1, description="sectors it is about")
    of: Literal["balance", "exports", "imports"] = Field(
        default="balance", description="whole of which it is a part"
    )
    value: Level = Field(description="part, as a fraction (0.8 for 80 %)")
    basis: Basis | None = Field(default=None, description="statistics it is taken from")
    claimed: YesNo = Field(default=False, description="true for a statement, not a statistic")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Balance(Entry):
    """A bilateral trade figure as stated, to be checked against the data."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    between: Places = Field(
        min_length=2, max_length=2, description="the two places, the reporting one first"
    )
    year: WholeNumber = Field(description="calendar year of the figure")
    sectors: Sectors = Field(default=("all goods",), description="goods it counts")
    exports_usd_bn: Amount | None = Field(
        default=None, description="exports of the first to the second, US$bn"
    )
    imports_usd_bn: Amount | None = Field(
        default=None, description="imports of the first from the second, US$bn"
    )
    balance_usd_bn: Amount | None = Field(
        default=None, description="balance of the first with the second, US$bn; surplus positive"
    )
    basis: Basis = Field(
        default="unknown",
        description="statistics: US census; balance of payments; customs of the first or of the "
        "second place; national accounts",
    )
    shares: tuple[BalanceShare, ...] = Field(
        default=(), alias="share", description="parts of it that are stated"
    )
    claims: ClaimRefs = Field(default=(), description="claims that state it")
    reported_by: PlaceRef | None = Field(default=None, description="whose statistics")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
