"""What happens when: events, the gates they open, and the forecast asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    CommitmentRef,
    ConstituencyRef,
    MeasureRef,
    PackageRef,
    PackageRefs,
    PartyRef,
    PartyRefs,
    SourceRef,
    TalksRef,
    ThreatRef,
)
from parley.scenario.values import Date, Id, Probability, Rate, Text, Weight, WholeNumber, YesNo

__all__ = ["Event", "Forecast", "Gate", "Reweight"]


class Gate(Entry):
    """Concessions that wait for the event."""

    concessions_by: PartyRef = Field(description="party that concedes nothing before it")
    constituency: ConstituencyRef | None = Field(
        default=None, description="whose interests it spares until then"
    )


class Reweight(Entry):
    """A constituency that counts for more as the event draws near."""

    constituency: ConstituencyRef = Field(description="whose weight moves")
    factor: Weight = Field(description="weight just before the event, relative to the usual one")
    fades_per_year: Rate | None = Field(
        default=None, description="how fast the effect fades with the distance to the event"
    )


class Event(Entry):
    """Something dated: it has happened, or it is known to be coming."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    date: Date | None = Field(default=None, description="the day; or else `window`")
    window: tuple[Date, Date] | None = Field(
        default=None, description="first and last day between which it falls"
    )
    kind: Literal[
        "meeting",
        "election",
        "deadline",
        "statement",
        "hearing",
        "report",
        "signature",
        "ratification",
        "entry-into-force",
        "measure",
        "truce",
        "other",
    ] = Field(description="what sort of event; meetings are the rounds of the bargaining")
    status: Literal["past", "future"] | None = Field(
        default=None, description="said outright, it is checked against as_of"
    )
    party: PartyRef | None = Field(default=None, description="party it belongs to (an election)")
    parties: PartyRefs = Field(default=(), description="parties that take part")
    talks: TalksRef | None = Field(default=None, description="talks it belongs to")
    threat: ThreatRef | None = Field(default=None, description="threat it decides (a deadline)")
    commitment: CommitmentRef | None = Field(
        default=None, description="commitment it makes or ends"
    )
    measure: MeasureRef | None = Field(default=None, description="measure it brings into force")
    target: PackageRef | None = Field(default=None, description="package that is hoped for then")
    gates: Gate | None = Field(default=None, description="concessions that wait for it")
    reweights: tuple[Reweight, ...] = Field(
        default=(), description="constituencies that count for more before it"
    )
    proposer: PartyRef | None = Field(
        default=None, description="who makes the offer, where it is a round"
    )
    round: YesNo | None = Field(
        default=None, description="false for a meeting at which nothing can be agreed"
    )
    extends_days: WholeNumber | None = Field(
        default=None, description="days by which a deadline can be put off"
    )
    extensions: WholeNumber | None = Field(
        default=None, description="how often it can be put off by so many days; once if not given"
    )
    outcome: Text | None = Field(default=None, description="what came of it; past events only")
    announced: Date | None = Field(default=None, description="day it became known")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Forecast(Entry):
    """What odds are wanted for, and how far claims move them."""

    talks: TalksRef = Field(description="talks whose outcome is forecast")
    by: Date = Field(description="day by which an outcome counts")
    outcomes: PackageRefs = Field(
        default=(), description="packages that are the outcomes; no deal by the date is added"
    )
    reference_class: Text | None = Field(
        default=None, description="class of cases that gives the default likelihood ratios"
    )
    likelihood_ratios: dict[
        Literal["supports", "denies", "demands", "asserts", "no-comment"], Weight
    ] = Field(default={}, description="overrides of the defaults, by stance")
    reliability: dict[Literal["named", "on-record", "anonymous", "second-hand"], Probability] = (
        Field(default={}, description="overrides of the weight given to each sort of source")
    )
    game_share: Probability | None = Field(
        default=None,
        description="how far the prior is taken from the calendar game, the rest being spread "
        "evenly over the outcomes; that of the reference class if not given",
    )
    threat_is_sure: Probability | None = Field(
        default=None,
        description="probability that a threat which is not put off any more is carried out even "
        "at a loss; one half if not given",
    )
    note: Text | None = Field(default=None, description="remark")
