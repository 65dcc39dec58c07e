"""What a party will not sign: levels it will not cross, packages it refuses."""

from __future__ import annotations

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    ClaimRefs,
    LevelByInstrument,
    PackageRefs,
    PartyRef,
    SourceRef,
    TalksRef,
)
from parley.scenario.values import Id, Text

__all__ = ["RedLine"]


class RedLine(Entry):
    """What a party will not sign, whatever it is offered.

    Red lines of different parties may exclude each other: there is then nothing to agree on.
    """

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    party: PartyRef = Field(description="whose red line it is")
    talks: TalksRef | None = Field(
        default=None, description="only in these talks; in all if not given"
    )
    not_below: LevelByInstrument = Field(
        default={},
        description="no deal in which an instrument ends below this level, `{ jp-beef = 0.09 }`: "
        "what the party will not give",
    )
    not_above: LevelByInstrument = Field(
        default={},
        description="no deal in which an instrument ends above this level: what the party insists "
        "on, mostly of another's instrument",
    )
    refuses: PackageRefs = Field(default=(), description="packages it will never sign")
    why: Text | None = Field(default=None, description="why it will not move")
    claims: ClaimRefs = Field(default=(), description="who says so, and who denies it")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
