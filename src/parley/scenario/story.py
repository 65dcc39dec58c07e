"""The parts of a scenario that are sound, held together while they are checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parley.errors import Problem
from parley.scenario.document import Scenario
from parley.scenario.events import Event
from parley.scenario.evidence import Balance, Claim, Source
from parley.scenario.instruments import Instrument, Measure
from parley.scenario.packages import Package
from parley.scenario.people import Group, OutsideOption, Party
from parley.scenario.places import Places, WorldLabels
from parley.scenario.pledges import Commitment, Talks, Threat
from parley.scenario.red_lines import RedLine
from parley.scenario.tables import TableRow

__all__ = ["Story"]


@dataclass
class Story:
    """Entries that could be read, the world's labels, and the problems found so far.

    ``as_of`` and ``labels`` are None where the file does not say them soundly; checks
    that need them are then left out.
    """

    filename: str
    sound: Mapping[str, Any]
    tables: Mapping[str, tuple[TableRow, ...]]
    labels: WorldLabels | None
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Scenario, labels: WorldLabels) -> Story:
        """Return the story of a scenario already checked."""
        sound = {
            info.alias or key: getattr(scenario, key) for key, info in Scenario.model_fields.items()
        }
        return cls(scenario.filename, sound, scenario.tables, labels)

    def add(self, what: str, path: str, why: str = "", do: str = "") -> None:
        """Note a problem at a path of the file."""
        self.problems.append(Problem(what, f"{self.filename}: {path}", why, do))

    @property
    def as_of(self) -> dt.date | None:
        """The day on which the story stands."""
        return self.sound.get("as_of")

    @property
    def places(self) -> Places:
        """Expansion of names; without a world, every name stands for itself."""
        groups = {g.id: g.members for g in self.groups if g.members}
        sector_groups = {g.id: g.sectors for g in self.groups if g.sectors}
        return Places(self.labels or WorldLabels("", (), ()), groups, sector_groups)

    def _section(self, name: str) -> list[Any]:
        return list(self.sound.get(name, ()))

    @property
    def sources(self) -> list[Source]:
        """Sources."""
        return self._section("source")

    @property
    def groups(self) -> list[Group]:
        """Groups."""
        return self._section("group")

    @property
    def parties(self) -> list[Party]:
        """Parties."""
        return self._section("party")

    @property
    def talks(self) -> list[Talks]:
        """Talks."""
        return self._section("talks")

    @property
    def measures(self) -> list[Measure]:
        """Measures in force."""
        return self._section("measure")

    @property
    def instruments(self) -> list[Instrument]:
        """Instruments."""
        return self._section("instrument")

    @property
    def commitments(self) -> list[Commitment]:
        """Commitments."""
        return self._section("commitment")

    @property
    def threats(self) -> list[Threat]:
        """Threats."""
        return self._section("threat")

    @property
    def red_lines(self) -> list[RedLine]:
        """Red lines."""
        return self._section("red_line")

    @property
    def events(self) -> list[Event]:
        """Events."""
        return self._section("event")

    @property
    def balances(self) -> list[Balance]:
        """Balance facts."""
        return self._section("balance")

    @property
    def claims(self) -> list[Claim]:
        """Claims."""
        return self._section("claim")

    @property
    def outside_options(self) -> list[OutsideOption]:
        """Outside options."""
        return self._section("outside_option")

    @property
    def packages(self) -> list[Package]:
        """Packages."""
        return self._section("package")

    def instrument(self, name: str | None) -> Instrument | None:
        """Return an instrument by id, None if there is none that is sound."""
        return next((i for i in self.instruments if i.id == name), None)

    def measure(self, name: str | None) -> Measure | None:
        """Return a measure by id, None if there is none that is sound."""
        return next((m for m in self.measures if m.id == name), None)

    def threat(self, name: str | None) -> Threat | None:
        """Return a threat by id, None if there is none that is sound."""
        return next((t for t in self.threats if t.id == name), None)

    def commitment(self, name: str | None) -> Commitment | None:
        """Return a commitment by id, None if there is none that is sound."""
        return next((c for c in self.commitments if c.id == name), None)

    def package(self, name: str | None) -> Package | None:
        """Return a package by id, None if there is none that is sound."""
        return next((p for p in self.packages if p.id == name), None)
