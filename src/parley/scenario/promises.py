"""Which commitments a package breaks, and which have lapsed where it comes about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parley.scenario.packages import Package, PackageChange
from parley.scenario.pledges import Commitment
from parley.scenario.red_lines import RedLine
from parley.scenario.story import Story

__all__ = [
    "PromiseVerdict",
    "flat_changes",
    "flat_packages",
    "promises_touched",
    "red_lines_crossed",
]

ROUNDING = 1e-9


@dataclass(frozen=True)
class PromiseVerdict:
    """What a package does to a commitment: breaks it, or meets it after it has lapsed."""

    commitment: str
    by: str
    verdict: Literal["broken", "lapsed"]
    why: str


def flat_packages(story: Story, package: Package) -> list[Package]:
    """Return the packages that a package includes, each once, and itself last."""
    order: list[Package] = []

    def visit(here: Package, path: tuple[str, ...]) -> None:
        for name in here.include:
            other = story.package(name)
            if other is not None and name not in path:
                visit(other, (*path, name))
        if here not in order:
            order.append(here)

    visit(package, (package.id,))
    return order


def flat_changes(story: Story, package: Package) -> list[tuple[str, int, PackageChange]]:
    """Return (package id, position, change), those of included packages first, each once."""
    return [
        (p.id, k, change)
        for p in flat_packages(story, package)
        for k, change in enumerate(p.changes)
    ]


def promises_touched(story: Story, package: Package) -> list[PromiseVerdict]:
    """Return every commitment the package acts against, with the reason in words."""
    changes = [change for _, _, change in flat_changes(story, package)]
    verdicts = []
    for commitment in story.commitments:
        why = _breach(story, commitment, changes)
        if why:
            said = any(c.commitment == commitment.id and c.broken for c in changes)
            lapsed = "" if said else _lapsed(story, commitment, package)
            verdict: Literal["broken", "lapsed"] = "lapsed" if lapsed else "broken"
            verdicts.append(PromiseVerdict(commitment.id, commitment.by, verdict, lapsed or why))
    return verdicts


def red_lines_crossed(story: Story, package: Package) -> list[tuple[str, str, str]]:
    """Return (red line, party, reason in words) for every red line the package crosses."""
    changes = [change for _, _, change in flat_changes(story, package)]
    found = []
    for line in story.red_lines:
        if line.talks is not None and package.talks is not None and line.talks != package.talks:
            continue
        why = "it refuses this package" if package.id in line.refuses else ""
        if not why and (line.not_below or line.not_above):
            limits = Commitment(
                id=line.id,
                by=line.party,
                kind="ceiling",
                not_below=line.not_below,
                not_above=line.not_above,
            )
            why = _breach(story, limits, changes) or _left_above(story, line, changes)
        if why:
            found.append((line.id, line.party, why))
    return found


def _left_above(story: Story, line: RedLine, changes: list[PackageChange]) -> str:
    """Return why a package that leaves an instrument alone does not meet a line, or ""."""
    touched = {c.instrument for c in changes if c.instrument}
    swept = any(c.between or c.by for c in changes)
    for name, level in line.not_above.items():
        instrument = story.instrument(name)
        now = max((instrument.now or {}).values(), default=None) if instrument else None
        if name not in touched and not swept and now is not None and now > level + ROUNDING:
            return f"'{name}' stays at {now:g}, above {level:g}"
    return ""


def _threats(story: Story, changes: list[PackageChange]) -> set[str]:
    found = {c.threat for c in changes if c.threat}
    for change in changes:
        threat = story.threat(change.threat)
        if threat is not None and change.retaliation:
            found |= set(threat.answered_by)
    return found


def _breach(story: Story, commitment: Commitment, changes: list[PackageChange]) -> str:
    if any(c.commitment == commitment.id and c.broken for c in changes):
        return "the package says that it is broken"
    threats = _threats(story, changes)
    used = {t.instrument for t in story.threats if t.id in threats and t.instrument}
    held = sorted(threats.intersection(commitment.threats))
    if held:
        return f"the threat '{held[0]}' that it holds back is carried out"
    if commitment.kind in ("standstill", "truce"):
        carried = sorted(used.intersection(commitment.instruments))
        if carried:
            return f"the instrument '{carried[0]}' that it binds is used"
    general = _swept_along(story, commitment, changes)
    if general:
        return general
    for change in changes:
        name = change.instrument
        if name is None:
            continue
        holds = commitment.kind in ("standstill", "truce") and name in commitment.instruments
        if holds and _moves_up(story, name, change):
            return f"the instrument '{name}' that it binds is raised"
        floor, ceiling = commitment.not_below.get(name), commitment.not_above.get(name)
        for level in _levels_after(story, name, change):
            if floor is not None and level < floor - ROUNDING:
                return f"'{name}' goes to {level:g}, below {floor:g}"
            if ceiling is not None and level > ceiling + ROUNDING:
                return f"'{name}' goes to {level:g}, above {ceiling:g}"
    return ""


def _levels_after(story: Story, name: str, change: PackageChange) -> list[float]:
    """Return the levels at which a change leaves an instrument, as far as the file tells."""
    if change.to is not None:
        return [change.to]
    instrument = story.instrument(name)
    now = list((instrument.now or {}).values()) if instrument is not None else []
    if change.cut_by is not None:
        return [level * (1.0 - change.cut_by) for level in now]
    if change.add is not None:
        return [level + change.add for level in now]
    return []


def _swept_along(story: Story, commitment: Commitment, changes: list[PackageChange]) -> str:
    """Return why a change of whole sectors takes an instrument past its limit, or ""."""
    places = story.places
    own = {c.instrument for c in changes if c.instrument}
    for name, floor in commitment.not_below.items():
        instrument = story.instrument(name)
        if instrument is None or name in own:
            continue
        for change in changes:
            if change.to is None or change.to >= floor - ROUNDING or change.kind is not None:
                continue
            by = set(places.regions(change.between or (change.by or "",)))
            on = set(places.regions(change.between or change.from_))
            sectors = set(places.sectors(change.sectors)) - set(
                places.sectors(change.except_sectors)
            )
            if (
                by.intersection(places.regions((instrument.by,)))
                and on.intersection(places.regions(instrument.on))
                and sectors.intersection(places.sectors(instrument.sectors))
                and name not in change.except_instruments
            ):
                return f"'{name}' goes to {change.to:g} with its sector, below {floor:g}"
    return ""


def _moves_up(story: Story, name: str, change: PackageChange) -> bool:
    if change.on is True or (change.add is not None and change.add > 0):
        return True
    instrument = story.instrument(name)
    if instrument is None or change.to is None:
        return False
    now = instrument.now or {}
    level = max(now.values()) if now else (0.0 if instrument.kind != "tariff" else change.to)
    return change.to > level + ROUNDING


def _lapsed(story: Story, commitment: Commitment, package: Package) -> str:
    """Return why the commitment no longer holds where the package comes about, or ""."""
    when = commitment.when
    if when is None:
        return ""
    for assumed in package.assumes:
        for kind in ("talks", "event", "commitment", "threat", "measure"):
            name = getattr(when, kind)
            if name is not None and getattr(assumed, kind) == name and assumed.is_ != when.is_:
                return f"it holds only while {kind} '{name}': {when.is_}; here: {assumed.is_}"
    if when.talks is not None and when.is_ != "failed":
        talks = next((t for t in story.talks if t.id == when.talks), None)
        if talks is not None and talks.breakdown == package.id:
            return f"it holds only while talks '{when.talks}': {when.is_}; here: failed"
    return ""
