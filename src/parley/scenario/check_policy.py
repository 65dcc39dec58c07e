"""Checks of instruments and measures: who, on whom, how much, on which part of a flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from parley.labels import allowed_text, duplicates
from parley.scenario.instruments import ChangeRow, Instrument, Measure
from parley.scenario.names import UNIVERSAL
from parley.scenario.story import Story

__all__ = ["check_policy", "flow_ends"]

ROUNDING = 1e-9


def flow_ends(kind: str, by: Iterable[str], on: Iterable[str]) -> list[tuple[str, str]]:
    """Return (importer, exporter) pairs: export taxes are set by the exporter."""
    if kind == "export-tax":
        return [(n, i) for i in by for n in on if n != i]
    return [(n, i) for n in by for i in on if n != i]


def check_policy(story: Story) -> None:
    """Note what is wrong with instruments, measures and the parts of flows they touch."""
    for instrument in story.instruments:
        path = f"instrument[{instrument.id}]"
        _sides(story, (instrument.by,), instrument.on, path)
        _levels(story, instrument, path)
        _exporters(story, instrument, path)
        _same_goods(story, instrument, path)
    for measure in story.measures:
        _measure(story, measure)
    for threat in story.threats:
        if threat.on:
            _sides(story, (threat.by,), threat.on, f"threat[{threat.id}]")
    _slices(story)


def _sides(story: Story, by: tuple[str, ...], on: tuple[str, ...], path: str) -> None:
    places = story.places
    givers = {r for name in by for r in places.groups.get(name, (name,))}
    listed = [r for name in on if name != "all" for r in places.groups.get(name, (name,))]
    for region in sorted(givers.intersection(listed)):
        story.add(
            f"'{region}' is on both sides",
            f"{path}.on",
            "importer and exporter are the same; no duty is levied on domestic sales",
            "remove it from one side",
        )
    for region in duplicates(listed):
        if on.count(region) < 2:
            story.add(
                f"'{region}' is given twice, by itself or through a group",
                f"{path}.on",
                "each place is given once",
                "remove one of them",
            )
    if "all" in on and len(on) > 1:
        story.add('"all" stands beside other names', f"{path}.on", do='write "all" alone')


def _levels(story: Story, instrument: Instrument, path: str) -> None:
    bounds, now = instrument.bounds, instrument.now or {}
    if bounds is not None and bounds[0] > bounds[1]:
        story.add(
            f"the bounds run from {bounds[0]:g} down to {bounds[1]:g}",
            f"{path}.bounds",
            "the lowest level comes first",
            f"write [{bounds[1]:g}, {bounds[0]:g}]",
        )
        bounds = None
    for exporter, level in now.items():
        which = "" if exporter == UNIVERSAL else f" (on {exporter})"
        if bounds is not None and not bounds[0] - ROUNDING <= level <= bounds[1] + ROUNDING:
            story.add(
                f"the level now, {level:g}{which}, lies outside the bounds "
                f"[{bounds[0]:g}, {bounds[1]:g}]",
                f"{path}.now",
                "bounds are the lowest and highest level the instrument can take",
                "widen the bounds, or correct now",
            )
        if instrument.kind == "cost" and level <= 0:
            story.add(f"a cost factor of {level:g}", f"{path}.now", "1 means no cost")
    if instrument.rate is not None and instrument.kind == "tariff":
        story.add(
            "an ordinary tariff has no rate to be switched on",
            f"{path}.rate",
            "rate belongs to additional tariffs and export taxes; an ordinary duty has a level now",
            'write now = ..., or kind = "additional-tariff"',
        )
    elif (
        instrument.rate is not None
        and bounds is not None
        and not bounds[0] - ROUNDING <= instrument.rate <= bounds[1] + ROUNDING
    ):
        story.add(
            f"the rate {instrument.rate:g} lies outside the bounds",
            f"{path}.rate",
            f"the bounds are [{bounds[0]:g}, {bounds[1]:g}]",
            "widen the bounds, or correct the rate",
        )


def _exporters(story: Story, instrument: Instrument, path: str) -> None:
    if instrument.on == ("all",):
        return
    places = story.places
    covered = {r for name in instrument.on for r in places.groups.get(name, (name,))}
    for field_name, table in (("share_of_flow", instrument.share_of_flow), ("now", instrument.now)):
        for key in table or {}:
            members = set(places.groups.get(key, (key,)))
            if key != UNIVERSAL and not members <= covered:
                story.add(
                    f"'{key}' is not among the places the instrument falls on",
                    f"{path}.{field_name}",
                    "",
                    allowed_text(key, instrument.on),
                )
    shares = instrument.share_of_flow
    if UNIVERSAL not in shares:
        for region in sorted(covered):
            if places.by_place(shares, region) is None:
                story.add(
                    f"no share is given for '{region}'",
                    f"{path}.share_of_flow",
                    "the instrument falls on it",
                    f"add {region} = ..., or write one number for all",
                )


def _same_goods(story: Story, instrument: Instrument, path: str) -> None:
    name = instrument.same_goods_as
    if name is None:
        return
    known = [i.id for i in story.instruments] + [m.id for m in story.measures]
    if name == instrument.id or name not in known:
        story.add(
            f"unknown instrument or measure '{name}'",
            f"{path}.same_goods_as",
            "it names another instrument or measure on the very same goods",
            allowed_text(name, [k for k in known if k != instrument.id]),
        )


def _measure(story: Story, measure: Measure) -> None:
    path = f"measure[{measure.id}]"
    if measure.between:
        if measure.by or measure.on:
            story.add("the measure has both between and by/on", path, "one of them is meant")
        members = [r for name in measure.between for r in story.places.groups.get(name, (name,))]
        if len(set(members)) < 2:
            story.add("an agreement needs two members", f"{path}.between")
    elif not (measure.by and measure.on):
        missing = "by" if not measure.by else "on"
        story.add(
            f"field '{missing}' is missing",
            path,
            "a measure says who applies it and on whose goods",
            f"add {missing} = ..., or between = [...] for an agreement",
        )
    else:
        _sides(story, measure.by, measure.on, path)
    if (measure.table is None) == (not measure.changes):
        found = "neither" if measure.table is None else "both"
        story.add(
            f"the measure has {found} a table and changes",
            path,
            "its duties stand either in a CSV table or in the file",
            "give table = ... or changes = [...]",
        )
    for row in story.tables.get(measure.table or "", ()):
        importers, exporters = _reach(story, measure, row.kind)
        for region, allowed, column in (
            (row.importer, importers, "importer"),
            (row.exporter, exporters, "exporter"),
        ):
            if allowed and region not in allowed:
                story.add(
                    f"line {row.line} of {measure.table} has {column} '{region}'",
                    f"{path}.table",
                    "the measure does not reach it",
                    allowed_text(region, sorted(allowed)),
                )


def _reach(story: Story, measure: Measure, kind: str) -> tuple[set[str], set[str]]:
    if story.labels is None:
        return set(), set()
    places = story.places
    if measure.between:
        members = set(places.regions(measure.between))
        return members, members
    by, on = set(places.regions(measure.by)), set(places.regions(measure.on))
    return (on, by) if kind == "export-tax" else (by, on)


@dataclass(frozen=True)
class _Part:
    share: float
    path: str


def _slices(story: Story) -> None:
    """The parts of one flow must not add to more than the flow."""
    if story.labels is None:
        return
    cells: dict[tuple[str, str, str], dict[str, _Part]] = {}

    def note(cell: tuple[str, str, str], name: str, share: float, path: str) -> None:
        if share >= 1.0:
            return
        at = cells.setdefault(cell, {})
        known = at.get(name)
        if known is not None and abs(known.share - share) > ROUNDING:
            story.add(
                f"the goods of '{name}' are {known.share:g} and {share:g} of one flow",
                path,
                f"{cell[0]} imports of {cell[2]} from {cell[1]}; {known.path} says otherwise",
                "give both the same share_of_flow",
            )
        at.setdefault(name, _Part(share, path))

    places = story.places
    for instrument in story.instruments:
        by, on = places.regions((instrument.by,)), places.regions(instrument.on)
        for importer, exporter in flow_ends(instrument.kind, by, on):
            other = importer if instrument.kind == "export-tax" else exporter
            share = places.by_place(instrument.share_of_flow, other)
            for sector in places.sectors(instrument.sectors):
                path = f"instrument[{instrument.id}].share_of_flow"
                note((importer, exporter, sector), instrument.slice_name, share or 1.0, path)
    for measure in story.measures:
        for cell, name, share in _table_parts(story, measure.table, measure.id):
            note(cell, name, share, f"measure[{measure.id}].table")
        for position, change in enumerate(measure.changes):
            path = f"measure[{measure.id}].changes[{position}].share_of_flow"
            for cell in _cells(story, measure, change):
                note(cell, measure.id, change.share_of_flow, path)
    _too_much(story, cells)
    full = {cell for cell, parts in cells.items() if sum(p.share for p in parts.values()) > 1}
    for threat in story.threats:
        path = f"threat[{threat.id}].table"
        with_threat: dict[tuple[str, str, str], dict[str, _Part]] = {}
        for cell, name, share in _table_parts(story, threat.table, threat.id):
            if cell not in full:
                at = with_threat.setdefault(cell, dict(cells.get(cell, {})))
                at[name] = _Part(share, path)
        _too_much(story, with_threat)


def _table_parts(
    story: Story, table: str | None, owner: str
) -> Iterator[tuple[tuple[str, str, str], str, float]]:
    """Return (flow, part, share) of a table's lines; further lines on a flow are numbered."""
    for number, row in enumerate(story.tables.get(table or "", ())):
        if row.share_of_flow < 1.0:
            cell = (row.importer, row.exporter, row.sector)
            yield cell, f"{owner}#{number + 1}", row.share_of_flow


def _cells(story: Story, measure: Measure, change: ChangeRow) -> list[tuple[str, str, str]]:
    places = story.places
    by = places.regions(measure.by or measure.between)
    on = places.regions(change.on or measure.on or measure.between)
    return [
        (n, i, s) for n, i in flow_ends(change.kind, by, on) for s in places.sectors(change.sectors)
    ]


def _too_much(story: Story, cells: Mapping[tuple[str, str, str], Mapping[str, _Part]]) -> None:
    said: set[tuple[str, ...]] = set()
    for (importer, exporter, sector), parts in cells.items():
        total = sum(part.share for part in parts.values())
        names = tuple(sorted(parts))
        if total <= 1 + 1e-6 or names in said:
            continue
        said.add(names)
        largest = max(parts.values(), key=lambda part: part.share)
        listed = ", ".join(
            f"{name.partition('#')[0]} {part.share:g}" for name, part in parts.items()
        )
        story.add(
            f"parts of one flow add to {total:.4g} of it ({listed})",
            largest.path,
            f"{importer} imports of {sector} from {exporter}: parts cannot exceed the whole",
            "lower share_of_flow; where two cover the same goods, say so with same_goods_as",
        )
