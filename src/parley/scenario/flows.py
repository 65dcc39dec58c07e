"""The flows behind the names of a scenario: what instruments, measures and threats touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parley.policy.ledger import REST, Cell
from parley.scenario.check_policy import flow_ends
from parley.scenario.instruments import Instrument, Measure
from parley.scenario.pledges import Threat
from parley.scenario.story import Story

__all__ = ["NUMBERED", "WHOLE", "Flows", "Row"]

WHOLE = 1.0 - 1e-12

NUMBERED = "#"
"""Stands between the id of a measure and the number of a further part of one flow."""


@dataclass(frozen=True)
class Row:
    """A line of a measure or threat on one flow, and the part of the flow it touches."""

    cell: Cell
    kind: str
    value: float
    share: float
    name: str

    @property
    def part(self) -> str:
        """Name of the part; "" for the whole flow."""
        return REST if self.share >= WHOLE else self.name


@dataclass(frozen=True)
class Flows:
    """Expands names into flows that exist; ``trades`` says whether a flow does."""

    story: Story
    trades: Callable[[Cell], bool]

    def of_instrument(
        self, instrument: Instrument, only: tuple[str, ...] = ()
    ) -> list[tuple[Cell, float, float | None]]:
        """Return (flow, share, level now) for every flow an instrument falls on."""
        places = self.story.places
        by, on = places.regions((instrument.by,)), places.regions(instrument.on)
        if only:
            on = tuple(r for r in on if r in places.regions(only))
        found: list[tuple[Cell, float, float | None]] = []
        for importer, exporter in flow_ends(instrument.kind, by, on):
            other = importer if instrument.kind == "export-tax" else exporter
            share = places.by_place(instrument.share_of_flow, other)
            now = places.by_place(instrument.now, other) if instrument.now else None
            for sector in places.sectors(instrument.sectors):
                cell = (importer, exporter, sector)
                if self.trades(cell):
                    found.append((cell, 1.0 if share is None else share, now))
        return found

    def of_measure(self, measure: Measure) -> list[Row]:
        """Return the lines of a measure, from its table and from the file."""
        lines = [
            ((r.importer, r.exporter, r.sector), r.kind, r.value, r.share_of_flow)
            for r in self.story.tables.get(measure.table or "", ())
        ]
        places = self.story.places
        by = places.regions(measure.by or measure.between)
        for change in measure.changes:
            on = places.regions(change.on or measure.on or measure.between)
            lines += [
                ((n, i, s), change.kind, change.value, change.share_of_flow)
                for n, i in flow_ends(change.kind, by, on)
                for s in places.sectors(change.sectors)
            ]
        return self._named(lines, measure.id)

    def of_threat(self, threat: Threat, rate: float | None) -> list[Row]:
        """Return the lines of a threat with a table or goods of its own, at a rate if given."""
        if threat.table is not None:
            lines = [
                (
                    (r.importer, r.exporter, r.sector),
                    r.kind,
                    rate if rate is not None and r.kind == "additional-tariff" else r.value,
                    r.share_of_flow,
                )
                for r in self.story.tables.get(threat.table, ())
            ]
            return self._named(lines, threat.id)
        if not threat.on or threat.rate is None:
            return []
        places = self.story.places
        value = threat.rate.value if rate is None else rate
        lines = [
            (
                (n, i, s),
                "additional-tariff",
                value,
                places.by_place(threat.share_of_flow or {}, i) or 1.0,
            )
            for n, i in flow_ends("tariff", places.regions((threat.by,)), places.regions(threat.on))
            for s in places.sectors(threat.sectors)
        ]
        return self._named(lines, threat.id)

    def _named(self, lines: list[tuple[Cell, str, float, float]], owner: str) -> list[Row]:
        """Return rows on flows that exist; further rows on one flow are numbered parts."""
        rows: list[Row] = []
        count: dict[Cell, int] = {}
        for cell, kind, value, share in lines:
            if not self.trades(cell):
                continue
            count[cell] = count.get(cell, 0) + 1
            name = owner if count[cell] == 1 else f"{owner}{NUMBERED}{count[cell]}"
            rows.append(Row(cell, kind, value, share, name))
        return rows

    def party_regions(self, party: str) -> tuple[str, ...]:
        """Return the regions a party speaks for."""
        return self.story.places.regions((party,))
