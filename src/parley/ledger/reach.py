"""What a package does that claims speak of: threats carried out, instruments moved."""

from __future__ import annotations

from parley.scenario.instruments import Instrument
from parley.scenario.packages import Package, PackageChange
from parley.scenario.promises import flat_changes
from parley.scenario.story import Story

__all__ = ["broken_in_words", "carries_out", "moves", "uses"]


def carries_out(story: Story, package: Package) -> frozenset[str]:
    """Return the threats a package carries out, the announced answers it brings included."""
    found: set[str] = set()
    for change in _changes(story, package):
        threat = story.threat(change.threat)
        if threat is None:
            continue
        found.add(threat.id)
        if change.retaliation:
            found |= set(threat.answered_by)
    return frozenset(found)


def uses(story: Story, package: Package) -> frozenset[str]:
    """Return the instruments that a package of kind threat switches on or raises.

    Those of the threats it carries out, and those its changes name.
    """
    threats = carries_out(story, package)
    found = {t.instrument for t in story.threats if t.id in threats and t.instrument}
    if package.kind == "threat":
        found |= {
            c.instrument
            for c in _changes(story, package)
            if c.instrument and c.on is not False and c.cut_by is None
        }
    return frozenset(found)


def moves(story: Story, package: Package, instrument: Instrument) -> bool:
    """Whether a package changes an instrument, by name or along with whole sectors."""
    return any(
        change.instrument == instrument.id or _sweeps(story, change, instrument)
        for change in _changes(story, package)
    )


def broken_in_words(story: Story, package: Package, commitment: str) -> bool:
    """Whether a package says outright that it breaks a commitment."""
    return any(
        c.commitment == commitment and c.broken is not False for c in _changes(story, package)
    )


def _changes(story: Story, package: Package) -> list[PackageChange]:
    return [change for _, _, change in flat_changes(story, package)]


def _sweeps(story: Story, change: PackageChange, instrument: Instrument) -> bool:
    """Whether a change of whole sectors (``between`` or ``by``) reaches an instrument's goods."""
    if not (change.between or change.by):
        return False
    kind = "cost" if change.cost is not None else change.kind or "tariff"
    if kind != instrument.kind or instrument.id in change.except_instruments:
        return False
    places = story.places
    setters = set(places.regions(change.between or (change.by or "",)))
    owners = set(places.regions(change.between or change.from_))
    sectors = set(places.sectors(change.sectors)) - set(places.sectors(change.except_sectors))
    if not (
        setters.intersection(places.regions((instrument.by,)))
        and owners.intersection(places.regions(instrument.on))
        and sectors.intersection(places.sectors(instrument.sectors))
    ):
        return False
    if change.lines and instrument.lines:
        return any(_overlap(a, b) for a in change.lines for b in instrument.lines)
    spared = instrument.lines and all(
        any(_digits(line).startswith(_digits(out)) for out in change.except_lines)
        for line in instrument.lines
    )
    return not spared


def _overlap(first: str, second: str) -> bool:
    a, b = _digits(first), _digits(second)
    return a.startswith(b) or b.startswith(a)


def _digits(line: str) -> str:
    return line.replace(".", "")
