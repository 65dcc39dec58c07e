"""What a party does that drops its promise, and what follows as far as the file tells.

The answer adds to the breach, and is the first of these that the file gives: the package or
the threats of ``on_breach``; the threats that answer what was carried out (named in
``answered_by``, or those of a threat that uses the instrument); for a mutual promise, the
other side's part dropped too; the breakdown of the talks on which the promise depends.
"""

from __future__ import annotations

from collections.abc import Sequence

from parley.commitments.moves import Moved, flat, raised
from parley.commitments.shelf import Shelf
from parley.scenario.packages import PackageChange
from parley.scenario.pledges import Commitment, Threat
from parley.scenario.story import Story
from parley.studies import STATUS_QUO

__all__ = ["ANSWERS", "act", "answer_of", "answering_package"]

ANSWERS: dict[str, str] = {
    "on_breach.package": "the package that the file names for a breach",
    "on_breach.threats": "the threats that the file names for a breach",
    "answered_by": "the threats that answer what was carried out",
    "other side": "the other side drops its part of the promise too",
    "breakdown": "the breakdown of the talks on which the promise depends",
    "none": "nothing: the file names no answer",
}


def act(shelf: Shelf, c: Commitment, by: str) -> Moved:
    """Return what a party does that drops a standstill or truce."""
    found = Moved()
    own = set(shelf.story.places.regions((by,)))
    threats = [t for name in c.threats if (t := shelf.story.threat(name)) and t.by == by]
    for threat in threats:
        found.add(PackageChange(threat=threat.id), f"{by} carries out '{threat.id}'")
    used = {t.instrument for t in threats}
    held = {*c.not_below, *c.not_above}
    for name in c.instruments:
        instrument = shelf.story.instrument(name)
        if instrument is None or name in used or name in held:
            continue
        if own.intersection(shelf.story.places.regions((instrument.by,))):
            raised(shelf.builder, instrument, found)
    if not found.changes and not found.reasons:
        found.reasons.append("none of the instruments and threats it binds is its own")
    return found


def answer_of(
    shelf: Shelf, c: Commitment, breaker: str, broken: Moved
) -> tuple[str, tuple[PackageChange, ...], str]:
    """Return how a breach is answered: a word of :data:`ANSWERS`, the changes, and in words.

    What else a package brings that is an answer is that of :func:`answering_package`.
    """
    story, breach = shelf.story, c.on_breach
    if breach is not None and breach.package is not None:
        changes = flat(story, breach.package)
        return "on_breach.package", changes, f"package '{breach.package}'"
    threats = [t for name in (breach.threats if breach else ()) if (t := story.threat(name))]
    if c.mutual:
        threats = [t for t in threats if t.by != breaker]
    if threats:
        return "on_breach.threats", *_carried(threats)
    threats = [t for name in _replies(story, breaker, broken) if (t := story.threat(name))]
    if threats:
        return "answered_by", *_carried(threats)
    if c.mutual and c.to is not None and broken.changes:
        other = act(shelf, c, c.by if breaker == c.to else c.to)
        if other.changes:
            return "other side", tuple(other.changes), "; ".join(other.words)
    named = c.when.talks if c.when is not None else None
    talks = next((t for t in story.talks if t.id == named), None)
    if talks is not None and talks.breakdown != STATUS_QUO:
        words = f"talks '{talks.id}' fail: package '{talks.breakdown}'"
        return "breakdown", flat(story, talks.breakdown), words
    return "none", (), ""


def answering_package(shelf: Shelf, c: Commitment, answer: str) -> str | None:
    """Return the package of the file that a breach is answered by, None if it is no package."""
    if answer == "on_breach.package" and c.on_breach is not None:
        return c.on_breach.package
    if answer != "breakdown" or c.when is None:
        return None
    return next(t.breakdown for t in shelf.story.talks if t.id == c.when.talks)


def _carried(threats: Sequence[Threat]) -> tuple[tuple[PackageChange, ...], str]:
    words = "; ".join(f"{t.by} carries out '{t.id}'" for t in threats)
    return tuple(PackageChange(threat=t.id) for t in threats), words


def _replies(story: Story, breaker: str, broken: Moved) -> list[str]:
    """Return threats that answer what was carried out, whether named or by its instrument."""
    done = {x.threat for x in broken.changes if x.threat}
    moved = {x.instrument for x in broken.changes if x.instrument}
    first = [
        t for t in story.threats if t.id in done or (t.by == breaker and t.instrument in moved)
    ]
    return list(dict.fromkeys(name for t in first for name in t.answered_by))
