"""The scenario as a whole: a dated story about talks, and how to compute with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema

from parley.errors import Problem
from parley.scenario.base import Entry, Ref, fault, shown
from parley.scenario.events import Event, Forecast
from parley.scenario.evidence import Balance, Claim, Source
from parley.scenario.instruments import Instrument, Measure
from parley.scenario.packages import Package
from parley.scenario.people import Group, OutsideOption, Party
from parley.scenario.places import WorldLabels
from parley.scenario.pledges import Commitment, Talks, Threat
from parley.scenario.red_lines import RedLine
from parley.scenario.tables import TableRow
from parley.scenario.values import Date, Id, Text

__all__ = [
    "CLOSURES",
    "FAMILIES",
    "FORMAT",
    "MODEL_OPTIONS",
    "Alternatives",
    "Heading",
    "ModelSettings",
    "Scenario",
]

FORMAT = 1
"""Version of the scenario language."""

# Those of parley.equilibrium.models, which a scenario must be readable without.
FAMILIES = ("caliendo-parro", "ossa", "krugman", "specific-labour")
"""Model families; options follow a colon, as in "ossa:one-sector"."""

MODEL_OPTIONS = ("no-inputs", "one-sector")
"""Options of a model family, joined by commas."""

CLOSURES = ("zero", "fixed", "world-share", "own-share")
"""Deficit closures; `fixed` may carry a numeraire region, as in "fixed:USA"."""


def _format(value: Any) -> int:
    if value != FORMAT or isinstance(value, bool):
        raise fault(
            f"format {shown(value)} is not known",
            "the format is the version of the scenario language",
            f"write format = {FORMAT}",
        )
    return FORMAT


FormatNumber = Annotated[
    int, BeforeValidator(_format), WithJsonSchema({"type": "integer", "const": FORMAT})
]
Family = Annotated[Text, Ref(("family",))]
ClosureName = Annotated[Text, Ref(("closure",))]
ElasticityName = Annotated[Text, Ref(("elasticity",))]


Named = TypeVar("Named", Package, Party, Instrument, Measure, Threat, Commitment, Source)


class Alternatives(Entry):
    """Other choices, for the sensitivity lines of the brief."""

    family: tuple[Family, ...] = Field(
        default=(), description="other model families, options after a colon likewise"
    )
    closure: tuple[ClosureName, ...] = Field(default=(), description="other deficit closures")
    elasticity: tuple[ElasticityName, ...] = Field(
        default=(), description="other sets of trade elasticities"
    )


class ModelSettings(Entry):
    """What the brief computes with, and what it is tried against."""

    family: Family = Field(
        default="caliendo-parro",
        description="caliendo-parro, ossa, krugman or specific-labour, with options after a "
        "colon: caliendo-parro:no-inputs, ossa:one-sector",
    )
    closure: ClosureName = Field(
        default="world-share",
        description="what trade deficits do: zero, fixed (or fixed:REGION), world-share, own-share",
    )
    elasticity: ElasticityName | None = Field(
        default=None, description="set of trade elasticities; the world's first if not given"
    )
    alternatives: Alternatives = Field(
        default=Alternatives(), description="`{ family = [...], closure = [...], ... }`"
    )


class Heading(Entry):
    """What stands at the top of the file."""

    format: FormatNumber = Field(description="version of the scenario language: 1")
    id: Id | None = Field(default=None, description="short name of the scenario")
    title: Text = Field(description="title")
    summary: Text | None = Field(default=None, description="the story in a few sentences")
    as_of: Date = Field(description="the day on which the story stands; nothing later may enter")
    world: Text = Field(description="name of an embedded world, or path of a world file or folder")
    language: Literal["en"] = Field(default="en", description="language of its texts")
    model: ModelSettings = Field(default=ModelSettings(), description="model settings")
    forecast: Forecast | None = Field(default=None, description="what odds are wanted for")


class Scenario(Heading):
    """A whole story, dated: nothing later than `as_of` may enter."""

    sources: tuple[Source, ...] = Field(default=(), alias="source", description="sources")
    groups: tuple[Group, ...] = Field(default=(), alias="group", description="groups")
    parties: tuple[Party, ...] = Field(min_length=1, alias="party", description="parties")
    talks: tuple[Talks, ...] = Field(default=(), description="talks")
    measures: tuple[Measure, ...] = Field(
        default=(), alias="measure", description="measures in force on as_of"
    )
    instruments: tuple[Instrument, ...] = Field(
        default=(), alias="instrument", description="instruments"
    )
    commitments: tuple[Commitment, ...] = Field(
        default=(), alias="commitment", description="commitments"
    )
    threats: tuple[Threat, ...] = Field(default=(), alias="threat", description="threats")
    red_lines: tuple[RedLine, ...] = Field(
        default=(), alias="red_line", description="what parties will not sign"
    )
    events: tuple[Event, ...] = Field(default=(), alias="event", description="events")
    balances: tuple[Balance, ...] = Field(
        default=(), alias="balance", description="bilateral trade figures as stated"
    )
    claims: tuple[Claim, ...] = Field(default=(), alias="claim", description="claims")
    outside_options: tuple[OutsideOption, ...] = Field(
        default=(), alias="outside_option", description="what parties can have otherwise"
    )
    packages: tuple[Package, ...] = Field(
        default=(),
        alias="package",
        description="packages; every verb needs one, but for `parley claims`",
    )

    _tables: dict[str, tuple[TableRow, ...]] = PrivateAttr(default_factory=dict)
    _filename: str = PrivateAttr(default="")
    _labels: WorldLabels | None = PrivateAttr(default=None)
    _warnings: tuple[Problem, ...] = PrivateAttr(default=())

    @property
    def tables(self) -> dict[str, tuple[TableRow, ...]]:
        """Rows of the CSV tables the scenario refers to, by file name."""
        return self._tables

    @property
    def filename(self) -> str:
        """Name of the file the scenario was read from, as used in messages."""
        return self._filename

    @property
    def labels(self) -> WorldLabels | None:
        """Labels of the world the scenario was checked against."""
        return self._labels

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed but odd, found when the scenario was read."""
        return self._warnings

    def package(self, package_id: str) -> Package:
        """Return a package by id (KeyError if there is none)."""
        return _by_id(self.packages, package_id)

    def party(self, party_id: str) -> Party:
        """Return a party by id (KeyError if there is none)."""
        return _by_id(self.parties, party_id)

    def instrument(self, instrument_id: str) -> Instrument:
        """Return an instrument by id (KeyError if there is none)."""
        return _by_id(self.instruments, instrument_id)

    def measure(self, measure_id: str) -> Measure:
        """Return a measure by id (KeyError if there is none)."""
        return _by_id(self.measures, measure_id)

    def threat(self, threat_id: str) -> Threat:
        """Return a threat by id (KeyError if there is none)."""
        return _by_id(self.threats, threat_id)

    def commitment(self, commitment_id: str) -> Commitment:
        """Return a commitment by id (KeyError if there is none)."""
        return _by_id(self.commitments, commitment_id)

    def source(self, source_id: str) -> Source:
        """Return a source by id (KeyError if there is none)."""
        return _by_id(self.sources, source_id)


def _by_id(entries: tuple[Named, ...], wanted: str) -> Named:
    for entry in entries:
        if entry.id == wanted:
            return entry
    raise KeyError(wanted)
