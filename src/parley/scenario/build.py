"""Builds a policy step by step: status quo first, then one package on top of it.

Specific beats general whatever the order in the file: measures taken back come first,
then changes of whole sectors, then instruments and threats.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from parley.economy.world import World
from parley.errors import InputError
from parley.policy.change import Change, ChangeKind
from parley.policy.ledger import REST, Cell, Ledger, Part
from parley.scenario.check_policy import flow_ends
from parley.scenario.flows import WHOLE, Flows, Row
from parley.scenario.instruments import COMPUTED_KINDS, Instrument, Measure
from parley.scenario.packages import Package, PackageChange
from parley.scenario.pledges import Threat
from parley.scenario.promises import flat_changes
from parley.scenario.resolved import Note
from parley.scenario.staging import Way, way_in_year
from parley.scenario.story import Story

__all__ = ["Builder"]

ROUNDING = 1e-9


@dataclass
class Builder:
    """Collects changes while the ledger keeps the levels they lead to."""

    world: World
    story: Story
    ledger: Ledger
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    carried_out: list[str] = field(default_factory=list)
    put_by: dict[tuple[str, Cell, str], float] = field(default_factory=dict)

    @property
    def flows(self) -> Flows:
        """Flows behind names, those without trade left out."""
        return Flows(self.story, lambda cell: self.ledger.trade_usd_bn(cell) > 0)

    # -- status quo -----------------------------------------------------------------

    @classmethod
    def status_quo(cls, world: World, story: Story) -> Builder:
        """Return the world with the measures in force on as_of.

        Raises
        ------
        InputError
            Where the parts of a flow do not fit its average duty.
        """
        builder = cls(world, story, Ledger(world))
        builder._cut()
        for measure in sorted(story.measures, key=lambda m: m.since):
            for row in builder.flows.of_measure(measure):
                builder._row(row, measure.id)
        for instrument in story.instruments:
            builder._in_force(instrument)
        return builder

    def _cut(self) -> None:
        parts: list[tuple[Cell, str, float, float | None, str]] = []
        for instrument in self.story.instruments:
            path = f"{self.story.filename}: instrument[{instrument.id}].now"
            for cell, share, now in self.flows.of_instrument(instrument):
                if share < WHOLE and instrument.kind != "export-tax":
                    own = now if instrument.kind == "tariff" else None
                    parts.append((cell, instrument.slice_name, share, own, path))
        for measure in self.story.measures:
            path = f"{self.story.filename}: measure[{measure.id}]"
            for row in self.flows.of_measure(measure):
                if row.part != REST and row.kind != "export-tax":
                    parts.append((row.cell, row.part, row.share, None, path))
        problems = self.ledger.cut(parts)
        if problems:
            raise InputError(dict.fromkeys(problems))

    def partition(self) -> tuple[Change, ...]:
        """Return changes that only say how flows are cut into parts, at the world's duties."""
        return tuple(
            Change(
                *cell,
                kind="tariff",
                value=part.base,
                instrument=name,
                slice=name,
                share_of_flow=part.share,
                now=part.base,
            )
            for cell, at in self.ledger.cells.items()
            for name, part in at.items()
            if name != REST
        )

    def _in_force(self, instrument: Instrument) -> None:
        """Put every instrument at the level that the file says it has on as_of."""
        if instrument.kind not in COMPUTED_KINDS:
            return
        for cell, share, now in self.flows.of_instrument(instrument):
            part = REST if share >= WHOLE else instrument.slice_name
            if now is None or abs(now - self.current(instrument, cell, part)) <= ROUNDING:
                continue
            if instrument.kind == "tariff" and part == REST:
                self.note(
                    f"{cell[0]} on {cell[2]} from {cell[1]}: the file's duty of {now:.1%} is "
                    f"taken instead of the world's {self.ledger.world_tariff(cell):.1%}",
                    f"instrument[{instrument.id}].now",
                )
            self._set(cell, instrument.kind, now, instrument.id, part, share)

    def current(self, instrument: Instrument, cell: Cell, part: str) -> float:
        """Return the level an instrument has in the ledger."""
        return _level_in(self.ledger, cell, instrument.kind, instrument.id, part)

    # -- one change -----------------------------------------------------------------

    def _set(
        self, cell: Cell, kind: str, value: float, instrument: str, part: str, share: float
    ) -> None:
        whole = share >= WHOLE or part == REST
        if kind == "export-tax" and share < WHOLE:
            value, whole = value * share, True
            self.note("an export tax on part of a flow is spread over the whole flow", instrument)
        if not whole and not self.ledger.carve(cell, part, share):
            left = self.ledger.parts(cell)[REST].share
            raise InputError.one(
                f"'{instrument}' covers {share:g} of a flow of which {left:.4g} is left",
                f"{self.story.filename}: {instrument}",
                f"{cell[0]} imports of {cell[2]} from {cell[1]}: other instruments and measures "
                "cover the rest",
                "lower its share_of_flow, or give instruments on the same goods same_goods_as",
            )
        self._put(cell, kind, value, instrument, REST if whole else part, share)

    def _put(
        self, cell: Cell, kind: str, value: float, instrument: str, part: str, share: float
    ) -> None:
        whole = part == REST
        change = Change(
            *cell,
            kind=_kind(kind),
            value=value,
            instrument=instrument,
            slice=REST if whole else part,
            share_of_flow=1.0 if whole else share,
            now=None if whole else self.ledger.own_base(cell, part),
        )
        self.changes.append(change)
        self.ledger.apply(change)

    def _move_whole(self, cell: Cell, instrument: str, delta: float, factor: float) -> None:
        """Move the ordinary duty of every part of a flow to level * factor + delta."""
        at = self.ledger.parts(cell)
        levels = {name: part.ordinary * factor + delta for name, part in at.items()}
        levels = {k: self._floor(v, at[k].ordinary, instrument) for k, v in levels.items()}
        self._set(cell, "tariff", levels[REST], instrument, REST, 1.0)
        for name, level in levels.items():
            if name != REST:
                self._set(cell, "tariff", level, instrument, name, at[name].share)

    def _floor(self, level: float, before: float, owner: str) -> float:
        """Return a moved duty; a cut of more than the duty in force stops at zero, and says so."""
        if abs(level) < 1e-12:
            return 0.0
        if level > 0 or level >= before:
            return level
        if level < -1e-9:
            owner = owner.partition("#")[0]
            self.note("a cut of more than the duty in force stops at zero", owner)
        return min(before, 0.0)

    def note(self, text: str, where: str) -> None:
        """Keep a note, once."""
        note = Note(text, where)
        if note not in self.notes:
            self.notes.append(note)

    # -- measures, threats --------------------------------------------------------------

    def _row(self, row: Row, owner: str) -> None:
        if row.part != REST:
            self.ledger.carve(row.cell, row.part, row.share)
        before = {name: p.ordinary for name, p in self.ledger.parts(row.cell).items()}
        if row.kind != "tariff-change":
            self._set(row.cell, row.kind, row.value, row.name, row.part, row.share)
        elif row.part == REST:
            self._move_whole(row.cell, row.name, row.value, 1.0)
        else:
            level = self._floor(before[row.part] + row.value, before[row.part], owner)
            self._set(row.cell, "tariff", level, row.name, row.part, row.share)
        if row.kind in ("tariff", "tariff-change"):
            self._remember(row.cell, owner, before)

    def _remember(self, cell: Cell, owner: str, before: dict[str, float]) -> None:
        for name, part in self.ledger.parts(cell).items():
            moved = part.ordinary - before[name]
            if moved:
                key = (owner, cell, name)
                self.put_by[key] = self.put_by.get(key, 0.0) + moved

    def _take_back(self, change: PackageChange, measure: Measure) -> None:
        done: set[tuple[Cell, str]] = set()
        for row in self.flows.of_measure(measure):
            if row.kind in ("additional-tariff", "export-tax", "cost"):
                value = self._scaled(change, row)
                self._set(row.cell, row.kind, value, row.name, row.part, row.share)
                continue
            at = self.ledger.parts(row.cell)
            for name in sorted(n for n in at if row.part in (REST, n)):
                if (row.cell, name) in done:
                    continue
                done.add((row.cell, name))
                own = self.put_by.get((measure.id, row.cell, name), 0.0)
                back = 1.0 if change.cut_by is None else change.cut_by
                value = at[name].ordinary - own * back if change.to is None else change.to
                self._set(row.cell, "tariff", value, measure.id, name, at[name].share)

    def _scaled(self, change: PackageChange, row: Row) -> float:
        if change.to is not None:
            return change.to
        neutral = 1.0 if row.kind == "cost" else 0.0
        if row.kind == "export-tax":
            neutral = self.ledger.world_export_tax(row.cell)
        part = 1.0 if change.cut_by is None else change.cut_by
        return row.value + (neutral - row.value) * part

    def _carry_out(
        self, threat: Threat, rate: float | None, only: tuple[str, ...], retaliation: bool
    ) -> None:
        if threat.id in self.carried_out:
            return
        self.carried_out.append(threat.id)
        instrument = self.story.instrument(threat.instrument)
        if instrument is not None:
            level = rate if rate is not None else threat.rate.value if threat.rate else None
            level = instrument.rate if level is None else level
            self._instrument(instrument, PackageChange(instrument=instrument.id, to=level), only)
        for row in self.flows.of_threat(threat, rate):
            if not only or row.cell[1] in self.story.places.regions(only):
                self._row(row, threat.id)
        if retaliation:
            for name in threat.answered_by:
                answer = self.story.threat(name)
                if answer is not None:
                    self._carry_out(answer, None, (), False)

    # -- instruments ----------------------------------------------------------------------

    def _instrument(
        self, instrument: Instrument, change: PackageChange, only: tuple[str, ...]
    ) -> None:
        if instrument.kind not in COMPUTED_KINDS:
            self.note(
                f"'{instrument.id}' is a {instrument.kind}: kept, but not computed",
                f"instrument[{instrument.id}]",
            )
            return
        flows = self.flows.of_instrument(instrument, only)
        if not flows:
            self.note("there is no trade it could touch", f"instrument[{instrument.id}]")
        for cell, share, _ in flows:
            level = self._level(instrument, change, cell, share)
            part = instrument.slice_name
            self._set(cell, instrument.kind, level, instrument.id, part, share)

    def _level(
        self,
        instrument: Instrument,
        change: PackageChange,
        cell: Cell,
        share: float,
    ) -> float:
        if change.to is not None:
            return change.to
        if change.on is not None:
            return (instrument.rate or 0.0) if change.on else 0.0
        level = self.current(instrument, cell, REST if share >= WHOLE else instrument.slice_name)
        if instrument.kind == "export-tax":
            level /= share  # it is spread over the flow, and is spread again
        return level + change.add if change.add is not None else level * (1 - (change.cut_by or 0))

    # -- whole sectors ----------------------------------------------------------------------

    def _duties(self, change: PackageChange, name: str) -> None:
        places = self.story.places
        by = places.regions(change.between or (change.by or "",))
        on = places.regions(change.between or change.from_)
        out = set(places.sectors(change.except_sectors))
        kind = "cost" if change.cost is not None else change.kind or "tariff"
        spared = self._spared(change, name)
        for importer, exporter in flow_ends(kind, by, on):
            other = importer if kind == "export-tax" else exporter
            share = places.by_place(change.share_of_flow or {}, other)
            for sector in places.sectors(change.sectors):
                cell = (importer, exporter, sector)
                if sector in out or self.ledger.trade_usd_bn(cell) <= 0:
                    continue
                kept = {n: p.copy() for n, p in self.ledger.parts(cell).items() if n in spared}
                self._duty(change, kind, cell, name, 1.0 if share is None else share)
                for part, level in kept.items():
                    if kind != "export-tax":
                        value = _level_of(level, kind, name)
                        self._set(cell, kind, value, name, part, level.share)

    def _spared(self, change: PackageChange, name: str) -> set[str]:
        """Return the parts of flows that a general change leaves as they are."""
        spared = {i.slice_name for i in self.story.instruments if i.id in change.except_instruments}
        for line in change.except_lines:
            plain = line.replace(".", "")
            known = [
                i.slice_name
                for i in self.story.instruments
                if any(plain.startswith(x.replace(".", "")) for x in i.lines)
            ]
            if not known:
                self.note(
                    f"tariff line {line} cannot be left out: no instrument of the file stands "
                    "for it, so its goods are treated like the rest of their sector",
                    name,
                )
            spared |= set(known)
        return spared

    def _duty(self, change: PackageChange, kind: str, cell: Cell, name: str, share: float) -> None:
        if share < WHOLE and kind != "export-tax" and not self.ledger.carve(cell, name, share):
            left = self.ledger.parts(cell)[REST].share
            raise InputError.one(
                f"share_of_flow {share:g} is more than the {left:.4g} other instruments leave",
                f"{self.story.filename}: package {name}",
                f"{cell[0]} imports of {cell[2]} from {cell[1]}",
                "lower share_of_flow, or change the instruments themselves",
            )
        at = self.ledger.parts(cell)
        level = at[name if name in at else REST]
        if kind == "export-tax":
            tax = self.ledger.tax(cell)
            self._set(cell, kind, _moved(change, tax), name, name, share)
        elif kind == "cost":
            self._set(cell, kind, level.cost * (change.cost or 1.0), name, name, share)
        elif kind == "additional-tariff":
            now = level.additional.get(name, 0.0)
            self._set(cell, kind, _moved(change, now), name, name, share)
        elif change.to is not None or share < WHOLE:
            value = _moved(change, level.ordinary)
            if share < WHOLE or any(p.ordinary != value for p in at.values()):
                self._set(cell, kind, value, name, name, share)
        else:
            factor = 1.0 if change.cut_by is None else 1.0 - change.cut_by
            self._move_whole(cell, name, change.add or 0.0, factor)

    # -- packages -----------------------------------------------------------------------------

    def package(self, package: Package, year: int | None = None) -> Builder:
        """Return a new builder: this status quo with a package on top; changes are its own.

        With a ``year`` (from 0) the package is as far phased in as it is by then.
        """
        other = replace(
            self,
            ledger=self.ledger.copy(),
            changes=[],
            notes=[],
            carried_out=[],
            put_by=dict(self.put_by),
        )
        steps = flat_changes(self.story, package)
        for rank in (("measure",), ("between", "by"), ("instrument", "threat")):
            for owner, position, change in steps:
                if change.form in rank:
                    name = f"{owner}[{position}]"
                    if year is None or change.staging is None or year >= change.staging.years:
                        other._step(change, name)
                    else:
                        # What is set to a level comes from the status quo, whatever general
                        # change covers its goods meanwhile.
                        absolute = change.to is not None or change.on is not None
                        start = self.ledger if absolute else other.ledger.copy()
                        other._staged(change, name, start, way_in_year(change.staging, year))
        return other

    def _staged(self, change: PackageChange, name: str, start: Ledger, way: Way) -> None:
        """Take a step part of the way: every part of a flow from its own level to its own."""
        whole = replace(self, ledger=self.ledger.copy(), changes=[])
        whole._step(change, name)
        moved: dict[tuple[Cell, str, str], dict[str, None]] = {}
        for c in whole.changes:
            cell = (c.importer, c.exporter, c.sector)
            key = (cell, c.kind, c.instrument)
            every = c.slice == REST and c.kind != "export-tax"
            moved.setdefault(key, {}).update(
                dict.fromkeys([REST, *whole.ledger.parts(cell)] if every else [c.slice])
            )
        for (cell, kind, instrument), parts in moved.items():
            for part in sorted(parts):  # the rest first: what is set on it is set on all
                share = 1.0 if part == REST else whole.ledger.parts(cell)[part].share
                if part != REST:
                    self.ledger.carve(cell, part, share)
                before = _level_in(start, cell, kind, instrument, part)
                after = _level_in(whole.ledger, cell, kind, instrument, part)
                self._put(cell, kind, way.level(before, after), instrument, part, share)

    def _step(self, change: PackageChange, name: str) -> None:
        if change.measure:
            measure = self.story.measure(change.measure)
            if measure is not None:
                self._take_back(change, measure)
        elif change.between or change.by:
            self._duties(change, name)
        elif change.instrument:
            instrument = self.story.instrument(change.instrument)
            if instrument is not None:
                self._instrument(instrument, change, change.only)
        elif change.threat:
            threat = self.story.threat(change.threat)
            if threat is not None:
                self._carry_out(threat, change.rate, change.only, bool(change.retaliation))


def _level_in(ledger: Ledger, cell: Cell, kind: str, instrument: str, part: str) -> float:
    """Return what an instrument of a kind has on a part of a flow, on the rest if it is new."""
    if kind == "export-tax":
        return ledger.tax(cell)
    at = ledger.parts(cell)
    return _level_of(at.get(part, at[REST]), kind, instrument)


def _level_of(part: Part, kind: str, instrument: str) -> float:
    if kind == "tariff":
        return part.ordinary
    return part.cost if kind == "cost" else part.additional.get(instrument, 0.0)


def _moved(change: PackageChange, level: float) -> float:
    if change.to is not None:
        return change.to
    if change.add is not None:
        return level + change.add
    return level * (1.0 - (change.cut_by or 0.0))


def _kind(kind: str) -> ChangeKind:
    kinds: dict[str, ChangeKind] = {
        "tariff": "tariff",
        "additional-tariff": "additional-tariff",
        "export-tax": "export-tax",
        "cost": "cost",
    }
    return kinds[kind]
