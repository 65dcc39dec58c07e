"""How far an instrument goes when a promise about it is kept to the limit, or broken.

A move never crosses what is in force: "up" leaves flows whose level is higher already, "down"
those whose level is lower. What cannot be moved is kept as a reason in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from parley.policy.ledger import REST
from parley.scenario.build import Builder
from parley.scenario.flows import WHOLE
from parley.scenario.instruments import COMPUTED_KINDS, Instrument
from parley.scenario.packages import PackageChange
from parley.scenario.promises import flat_changes
from parley.scenario.story import Story

__all__ = ["Moved", "flat", "furthest", "raised", "set_to"]

ROUNDING = 1e-9


@dataclass
class Moved:
    """Changes, what they are in words, and why others are missing."""

    changes: list[PackageChange] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, change: PackageChange, words: str) -> None:
        """Keep a change."""
        self.changes.append(change)
        self.words.append(words)


def furthest(instrument: Instrument) -> float | None:
    """Return the highest level the file gives an instrument; None if it gives none.

    Additional tariffs and export taxes: ``rate``, else the upper end of ``bounds``. Ordinary
    duties: the higher of that end and ``bound_rate``. Costs: that end.
    """
    top = instrument.bounds[1] if instrument.bounds else None
    if instrument.kind in ("additional-tariff", "export-tax"):
        return top if instrument.rate is None else instrument.rate
    if instrument.kind != "tariff":
        return top
    given = [level for level in (top, instrument.bound_rate) if level is not None]
    return max(given, default=None)


def raised(
    builder: Builder, instrument: Instrument, into: Moved, above: float | None = None
) -> None:
    """Add to ``into`` an instrument switched on or raised as far as the file goes.

    ``above`` is a level it must pass to count, if any.
    """
    level = furthest(instrument)
    if level is None:
        into.reasons.append(f"the file gives '{instrument.id}' no rate, bounds or bound_rate")
    elif above is not None and level <= above + ROUNDING:
        into.reasons.append(
            f"the file gives '{instrument.id}' no level above the promised {above:.4g}"
        )
    else:
        set_to(builder, instrument, level, "up", into)


def set_to(
    builder: Builder,
    instrument: Instrument,
    level: float,
    way: Literal["up", "down"],
    into: Moved,
) -> None:
    """Add to ``into`` an instrument set to a level, on flows where that is a move this way."""
    if instrument.kind not in COMPUTED_KINDS:
        into.reasons.append(f"'{instrument.id}' is a {instrument.kind}: kept, but not computed")
        return
    flows = builder.flows.of_instrument(instrument)
    if not flows:
        into.reasons.append(f"there is no trade that '{instrument.id}' could touch")
        return
    sign = 1.0 if way == "up" else -1.0
    steps: dict[str, list[float]] = {}
    for cell, share, _ in flows:
        part = REST if share >= WHOLE else instrument.slice_name
        other = cell[0] if instrument.kind == "export-tax" else cell[1]
        step = sign * (level - builder.current(instrument, cell, part))
        steps.setdefault(other, []).append(step)
    free = [r for r, found in steps.items() if min(found) >= -ROUNDING and max(found) > ROUNDING]
    shown = f"{level:.4g}" if instrument.kind == "cost" else f"{100 * level:.4g} %"
    if not free:
        into.reasons.append(f"'{instrument.id}' stands at {shown} or beyond it already")
        return
    only = () if len(free) == len(steps) else tuple(free)
    on = f" on {', '.join(only)}" if only else ""
    change = PackageChange(instrument=instrument.id, to=level, only=only)
    into.add(change, f"'{instrument.id}' at {shown}{on}")


def flat(story: Story, name: str) -> tuple[PackageChange, ...]:
    """Return all changes of a package of the file, those of included packages first."""
    package = story.package(name)
    if package is None:
        return ()
    return tuple(change for _, _, change in flat_changes(story, package))
