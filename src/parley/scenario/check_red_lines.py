"""Checks of red lines: each says something, can be met, and leaves the status quo alone.

Red lines of different parties may exclude each other: that is a story with nothing to agree
on, not a fault of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from parley.scenario.instruments import Instrument
from parley.scenario.names import UNIVERSAL
from parley.scenario.packages import Package
from parley.scenario.red_lines import RedLine
from parley.scenario.story import Story

__all__ = ["check_red_lines"]

ROUNDING = 1e-9


@dataclass(frozen=True)
class _Limit:
    """One level of one red line; ``word`` is the field it stands in."""

    line: RedLine
    word: str
    instrument: str
    level: float

    @property
    def path(self) -> str:
        return f"red_line[{self.line.id}].{self.word}.{self.instrument}"

    @property
    def text(self) -> str:
        least = "least" if self.word == "not_below" else "most"
        return f"'{self.line.id}' asks for at {least} {self.level:g}"

    def met_by(self, level: float) -> bool:
        """Return whether a level is on the right side of the line."""
        if self.word == "not_below":
            return level >= self.level - ROUNDING
        return level <= self.level + ROUNDING


def check_red_lines(story: Story) -> None:
    """Note what is wrong with red lines."""
    for line in story.red_lines:
        _says_something(story, line)
        _at_the_table(story, line)
        for position, name in enumerate(line.refuses):
            package = story.package(name)
            if package is not None:
                _refused(story, line, package, f"red_line[{line.id}].refuses[{position}]")
    limits = [limit for line in story.red_lines for limit in _limits(line)]
    contradictory = _contradictions(story, limits)
    for limit in limits:
        instrument = story.instrument(limit.instrument)
        if instrument is not None and limit not in contradictory:
            _level(story, limit, instrument)


def _limits(line: RedLine) -> Iterator[_Limit]:
    for word, table in (("not_below", line.not_below), ("not_above", line.not_above)):
        for name, level in table.items():
            yield _Limit(line, word, name, level)


def _says_something(story: Story, line: RedLine) -> None:
    if not (line.not_below or line.not_above or line.refuses):
        story.add(
            "the red line says nothing",
            f"red_line[{line.id}]",
            "a red line is a level that is not crossed, or a package that is refused",
            "add not_below = { instrument = level }, not_above, or refuses = [...]",
        )


def _at_the_table(story: Story, line: RedLine) -> None:
    talks = next((t for t in story.talks if t.id == line.talks), None)
    if talks is not None and line.party not in talks.parties:
        story.add(
            f"'{line.party}' is not at the table",
            f"red_line[{line.id}].talks",
            f"'{talks.id}' is between {' and '.join(talks.parties)}",
            "name talks in which the party sits, or remove the red line",
        )


def _refused(story: Story, line: RedLine, package: Package, path: str) -> None:
    if package.kind == "threat":
        story.add(
            f"'{package.id}' is a threat, which nobody signs",
            path,
            "only what needs consent can be refused",
            "remove it; an answer to a threat is answered_by in the threat",
        )
        return
    talks = next((t for t in story.talks if t.id == package.talks), None)
    signers = package.consent or (talks.parties if talks else ())
    if signers and line.party not in signers:
        story.add(
            f"'{line.party}' is not asked to sign '{package.id}'",
            path,
            f"it needs the consent of {' and '.join(signers)} only",
            f"remove it, or add '{line.party}' to the consent of the package",
        )
    elif line.talks and package.talks and line.talks != package.talks:
        story.add(
            f"'{package.id}' belongs to other talks, '{package.talks}'",
            path,
            f"the red line holds only in '{line.talks}'",
            "remove it, or leave out talks so that the red line holds everywhere",
        )


def _contradictions(story: Story, limits: list[_Limit]) -> list[_Limit]:
    """Note where a party's red lines exclude each other; return the levels concerned."""
    found = []
    floors = [limit for limit in limits if limit.word == "not_below"]
    ceilings = [limit for limit in limits if limit.word == "not_above"]
    for low, high in product(floors, ceilings):
        same_talks = None in (low.line.talks, high.line.talks) or low.line.talks == high.line.talks
        if (
            low.line.party != high.line.party
            or low.instrument != high.instrument
            or not same_talks
            or high.met_by(low.level)
        ):
            continue
        found += [low, high]
        story.add(
            f"no level of '{low.instrument}' is left: {low.text}, {high.text}",
            high.path,
            f"both are red lines of {low.line.party}",
            "lower not_below, raise not_above, or remove one of them",
        )
    return found


def _level(story: Story, limit: _Limit, instrument: Instrument) -> None:
    """Note a level that the party's own policy, or every level within bounds, falls foul of."""
    if _owns(story, limit.line.party, instrument):
        for exporter, now in (instrument.now or {}).items():
            if not limit.met_by(now):
                which = "" if exporter == UNIVERSAL else f" (on {exporter})"
                story.add(
                    f"the level now of '{instrument.id}', {now:g}{which}, is across the red line "
                    f"of {limit.level:g}",
                    limit.path,
                    f"{limit.line.party} sets it itself, and would refuse things as they are",
                    f"write {now:g}, or a level {_side(limit)} it; or correct now",
                )
                return
    bounds = instrument.bounds
    if bounds is not None and bounds[0] <= bounds[1] and not any(map(limit.met_by, bounds)):
        story.add(
            f"no level of '{instrument.id}' is left: {limit.text}",
            limit.path,
            f"its bounds are [{bounds[0]:g}, {bounds[1]:g}]",
            "stay within the bounds, or widen them",
        )


def _side(limit: _Limit) -> str:
    return "below" if limit.word == "not_below" else "above"


def _owns(story: Story, party: str, instrument: Instrument) -> bool:
    """Return whether a party alone sets an instrument."""
    groups = story.places.groups
    return set(groups.get(instrument.by, (instrument.by,))) <= set(groups.get(party, (party,)))
