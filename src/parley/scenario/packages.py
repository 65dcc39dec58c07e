"""What might be agreed or done: packages and the changes they are made of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from parley.scenario.base import Entry
from parley.scenario.names import (
    CommitmentRef,
    InstrumentRef,
    InstrumentRefs,
    MeasureRef,
    PackageRefs,
    PartyRef,
    PartyRefs,
    PlaceRef,
    Places,
    PlacesOrAll,
    Sectors,
    ShareByExporter,
    SourceRef,
    TalksRef,
    ThreatRef,
)
from parley.scenario.pledges import Condition
from parley.scenario.values import (
    Amount,
    Date,
    Duty,
    Factor,
    HsLine,
    Id,
    Level,
    Points,
    Probability,
    Quantity,
    Text,
    WholeNumber,
    YesNo,
)

__all__ = ["FORMS", "LegalForm", "Package", "PackageChange", "SidePayment", "Staging"]

FORMS: dict[str, tuple[str, ...]] = {
    "instrument": ("to", "add", "cut_by", "on"),
    "threat": ("retaliation", "rate"),
    "measure": ("on", "to", "cut_by"),
    "commitment": ("broken",),
    "between": ("to", "add", "cut_by", "cost"),
    "by": ("to", "add", "cut_by", "cost"),
}
"""The forms of a change: the word that names it, and the words that say what is done."""


GattGround = Literal["mfn", "article-xxiv", "enabling-clause", "waiver", "exception", "none"]


class Staging(Entry):
    """How a change is phased in."""

    years: WholeNumber = Field(description="years until it is complete")
    from_: Date | None = Field(
        default=None,
        alias="from",
        description="first step, where it has a date; counted from entry into force all the same",
    )
    at_once: Probability | None = Field(
        default=None,
        description="part that comes on entry into force, the rest in equal yearly steps; if not "
        "given, the first step is as large as the others",
    )
    steps: tuple[Level, ...] = Field(
        default=(),
        description="level in each year before the last step, the first that of the year that "
        "begins with entry into force",
    )


class PackageChange(Entry):
    """One change. Its first word says what is changed; there are six forms.

    `{ instrument = "jp-beef", to = 0.09 }` sets, cuts (`cut_by`), raises (`add`) or switches
    (`on = true`) an instrument; `{ between = ["USA", "JPN"], sectors = "all goods", to = 0.0 }`
    changes duties both ways; `{ by = "USA", from = "JPN", sectors = "C29", to = 0.1 }` changes
    duties one way; `{ threat = "autos", retaliation = true }` carries a threat out;
    `{ measure = "metals", on = false }` takes back a measure in force;
    `{ commitment = "truce", broken = true }` says that a promise is broken.
    """

    instrument: InstrumentRef | None = Field(default=None, description="instrument to be set")
    threat: ThreatRef | None = Field(default=None, description="threat to be carried out")
    measure: MeasureRef | None = Field(default=None, description="measure in force to be changed")
    commitment: CommitmentRef | None = Field(default=None, description="commitment to be broken")
    between: Places = Field(
        default=(), description="places whose duties on each other change, both ways"
    )
    by: PlaceRef | None = Field(default=None, description="place that changes its duties")
    from_: PlacesOrAll = Field(
        default=(), alias="from", description='with `by`: whose goods, or "all"'
    )
    only: Places = Field(
        default=(), description="of the places an instrument or threat falls on, only these"
    )
    sectors: Sectors = Field(default=(), description="with `between` or `by`: sectors")
    lines: tuple[HsLine, ...] = Field(default=(), description="tariff lines (HS), as text")
    except_sectors: Sectors = Field(default=(), description="sectors left out")
    except_instruments: InstrumentRefs = Field(
        default=(), description="instruments whose goods are left out"
    )
    except_lines: tuple[HsLine, ...] = Field(
        default=(),
        description="tariff lines left out; the world must know them through an instrument with "
        "these lines, else the loss is reported",
    )
    share_of_flow: ShareByExporter | None = Field(
        default=None, description="with `between` or `by`: part of the flow that changes"
    )
    kind: Literal["tariff", "additional-tariff", "export-tax"] | None = Field(
        default=None, description="with `between` or `by`: what is changed; the duty if not given"
    )
    to: Level | None = Field(default=None, description="new level, a fraction")
    add: Points | None = Field(default=None, description="change of the level, in fractions")
    cut_by: Probability | None = Field(
        default=None, description="part by which the level is cut (0.5 = halved)"
    )
    cost: Factor | None = Field(
        default=None, description="trade-cost factor of rules and procedures (1 = as now)"
    )
    on: YesNo | None = Field(default=None, description="true: switched on; false: taken off")
    rate: Duty | None = Field(default=None, description="rate at which a threat is carried out")
    retaliation: YesNo | None = Field(
        default=None, description="true: the threats that answer it are carried out as well"
    )
    broken: YesNo | None = Field(default=None, description="true: the commitment is broken")
    path: Text | None = Field(default=None, description="schedule it follows, in words")
    staging: Staging | None = Field(default=None, description="how it is phased in")
    note: Text | None = Field(default=None, description="remark")

    @property
    def form(self) -> str:
        """The word of :data:`FORMS` that names the change ("" if there is none)."""
        named = [word for word in FORMS if getattr(self, word)]
        return named[0] if named else ""


class SidePayment(Entry):
    """Money that goes with a deal."""

    by: PartyRef = Field(description="who pays")
    to: PartyRef = Field(description="who receives")
    usd_bn: Amount = Field(description="amount in all, US$bn")
    years: Quantity | None = Field(
        default=None,
        description="spread over how many years from entry into force; one if not given",
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class LegalForm(Entry):
    """The legal dress of a package."""

    form: Literal["treaty", "executive-agreement", "proclamation", "unilateral", "unknown"] = Field(
        default="unknown", description="instrument by which it takes effect"
    )
    gatt: GattGround | None = Field(
        default=None, description="how it is squared with most-favoured-nation treatment"
    )
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")


class Package(Entry):
    """A set of changes to instruments, measured against the status quo of as_of."""

    id: Id = Field(description="short name")
    label: Text | None = Field(default=None, description="name to print")
    talks: TalksRef | None = Field(default=None, description="talks it belongs to")
    kind: Literal["deal", "threat", "other"] = Field(
        default="deal", description="deal: needs consent; threat: imposed by one side"
    )
    consent: PartyRefs = Field(
        default=(), description="parties that must agree; those at the table if not given"
    )
    include: PackageRefs = Field(default=(), description="packages whose changes it contains")
    changes: tuple[PackageChange, ...] = Field(default=(), description="its changes")
    assumes: tuple[Condition, ...] = Field(
        default=(),
        description="what has happened when it comes about, such as "
        '`[{ talks = "us-japan", is = "failed" }]`; promises that hold only otherwise then lapse',
    )
    keeps_commitments: YesNo = Field(
        default=False,
        description="true: declared to keep every commitment; a broken one is then an error",
    )
    purchases: tuple[CommitmentRef, ...] = Field(
        default=(), description="purchase commitments that are part of it"
    )
    side_payments: tuple[SidePayment, ...] = Field(
        default=(), alias="side_payment", description="money that goes with it"
    )
    legal: LegalForm | None = Field(default=None, description="its legal dress")
    note: Text | None = Field(default=None, description="remark")
    source: SourceRef | None = Field(default=None, description="where this is known from")
