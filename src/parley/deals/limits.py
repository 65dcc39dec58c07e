"""What narrows the levers: commitments, the law, bound rates, red lines.

Each limit is put on a lever with its name, so that the answer can say what binds. Limits that
leave a lever no value at all contradict each other, and are refused with the smallest change
that would reconcile them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parley.deals.scope import ALL
from parley.errors import InputError, Problem
from parley.policy.levers import Lever
from parley.scenario.people import Party, Ratifier
from parley.scenario.pledges import Commitment
from parley.scenario.story import Story

__all__ = ["AUTHORITIES", "Limit", "limit_levers", "limits_of"]

AUTHORITIES = ("alone", "approved")
"""Whether executives act within what they may do alone, or with their ratifiers' approval."""

SLACK = 1e-9


@dataclass(frozen=True)
class Limit:
    """A bound on the levels of one lever's parts, and who says so.

    ``low``, ``high``: levels (fractions; factors for costs) of one touched part, or of all
    if ``part`` is None; None for no bound on that side.
    """

    lever: str
    low: float | None
    high: float | None
    why: str
    part: int | None = None
    where: str = ""


def limits_of(
    story: Story,
    levers: Sequence[Lever],
    talks: str,
    parties: Sequence[str],
    authority: str,
    as_of: dt.date,
) -> list[Limit]:
    """Return everything that limits the levers in some talks among the parties."""
    found: list[Limit] = []
    for commitment in story.commitments:
        if commitment.until is None or commitment.until >= as_of:
            found += _promised(story, commitment, levers)
    for red in story.red_lines:
        if red.party in parties and (red.talks in (None, talks) or talks == ALL):
            path = f"{story.filename}: red_line[{red.id}]"
            why = f"red line '{red.id}' of {red.party}"
            found += [
                Limit(name, low, None, why, where=path) for name, low in red.not_below.items()
            ]
            found += [
                Limit(name, None, high, why, where=path) for name, high in red.not_above.items()
            ]
    known = {p.id: p for p in story.parties}
    for lever in levers:
        found += _lawful(story, lever, known.get(lever.giver), authority)
    return found


def _promised(story: Story, c: Commitment, levers: Sequence[Lever]) -> Iterator[Limit]:
    path = f"{story.filename}: commitment[{c.id}]"
    why = f"commitment '{c.id}'" + (" (disputed)" if c.disputed else "")
    for name, low in c.not_below.items():
        yield Limit(name, low, None, why, where=path)
    for name, high in c.not_above.items():
        yield Limit(name, None, high, why, where=path)
    if c.kind in ("standstill", "truce"):
        for lever in levers:
            if lever.id in c.instruments:
                yield Limit(lever.id, None, max(lever.levels(lever.now)), why, where=path)


def _lawful(story: Story, lever: Lever, party: Party | None, authority: str) -> Iterator[Limit]:
    instrument = story.instrument(lever.id)
    ground = instrument.legal_ground if instrument else None
    if instrument is not None and instrument.bound_rate is not None and ground is None:
        now = max(lever.levels(lever.now), default=0.0)
        yield Limit(lever.id, None, max(instrument.bound_rate, now), "bound rate")
    ratifier = party.ratifier if party else None
    if ratifier is None or authority != "alone" or ratifier.kind in ("executive",):
        return
    may_raise = ground is not None and ground in ratifier.may_raise_on
    for k, touch in enumerate(lever.touches):
        now = touch.intercept + touch.slope * lever.now
        if not may_raise:
            yield Limit(lever.id, None, now, f"{lever.giver} may not raise it without approval", k)
        if ratifier.kind == "proclamation" and touch.kind == "tariff":
            lowest = _proclaimable(story, ratifier, lever, touch.cell[2], now)
            why = f"what {lever.giver} may proclaim alone"
            yield Limit(lever.id, min(lowest, now), None, why, k)


def _proclaimable(story: Story, ratifier: Ratifier, lever: Lever, sector: str, now: float) -> float:
    """Return the lowest duty that the executive may set without its legislature."""
    instrument = story.instrument(lever.id)
    lines = instrument.lines if instrument else ()
    if sector in story.places.sectors(ratifier.except_sectors):
        return now
    if any(line.startswith(out) for line in lines for out in ratifier.except_lines):
        return now
    limit, cut = ratifier.may_remove_duties_up_to, ratifier.may_cut_others_by
    if limit is not None and now <= limit + SLACK:
        return 0.0
    return now if cut is None else now * (1.0 - cut)


def limit_levers(levers: Sequence[Lever], limits: Sequence[Limit], filename: str) -> list[Lever]:
    """Return the levers within their limits.

    Raises
    ------
    InputError
        Where limits leave a lever no level: each with the two that contradict each other and
        the smallest relaxation.
    """
    found, problems = [], []
    for lever in levers:
        moved = lever
        for limit in limits:
            if limit.lever == lever.id:
                moved = _limited(moved, limit)
        if moved.low > moved.high + SLACK:
            problems.append(_contradiction(moved, filename))
        found.append(replace(moved, low=min(moved.low, moved.high)))
    if problems:
        raise InputError(problems)
    return found


def _limited(lever: Lever, limit: Limit) -> Lever:
    """Return a lever narrowed by one limit on the levels of its parts."""
    low, high, (why_low, why_high) = lever.low, lever.high, lever.limits
    for k, touch in enumerate(lever.touches):
        if limit.part not in (None, k) or not touch.slope:
            continue
        for level, is_floor in ((limit.low, True), (limit.high, False)):
            if level is None:
                continue
            z = (level - touch.intercept) / touch.slope
            if is_floor == (touch.slope > 0):
                if z > low + SLACK:
                    low, why_low = z, limit.why
                elif z > low - SLACK and limit.why not in why_low:
                    why_low += f" and {limit.why}"
            elif z < high - SLACK:
                high, why_high = z, limit.why
            elif z < high + SLACK and limit.why not in why_high:
                why_high += f" and {limit.why}"
    return replace(lever, low=low, high=high, limits=(why_low, why_high))


def _contradiction(lever: Lever, filename: str) -> Problem:
    low, high = lever.low, lever.high
    shown = (f"{low:.4g}", f"{high:.4g}")
    unit = {"duty": "points of duty", "depth": "of the way", "factor": "of cost"}.get(
        lever.unit, "US$bn"
    )
    gap = (low - high) * (100.0 if lever.unit == "duty" else 1.0)
    return Problem(
        f"no level of '{lever.id}' is allowed: {lever.limits[0]} asks for at least {shown[0]}, "
        f"{lever.limits[1]} for at most {shown[1]}",
        f"{filename}: instrument[{lever.id}]",
        "limits that contradict each other leave nothing to agree on",
        f"the smallest relaxation is {gap:.4g} {unit}, by one of the two",
    )
