r"""The smallest political weight at which carrying out a threat becomes credible.

With weight :math:`\lambda` on a group of the threatener's sectors and one on all others its
objective changes by :math:`\lambda\,\Delta_S + \Delta_R`, changes of real income of the group
and of the rest. It may fall by the reputation cost :math:`\rho`, so

.. math:: \lambda^* = -(\Delta_R + \rho) / \Delta_S

where the group gains. At a weight of one this is real income.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from parley.scenario.resolved import ResolvedConstituency
from parley.threats.figures import Outcome

__all__ = ["PROTECTED", "Group", "Switch", "SwitchRange", "groups_of", "switch", "switch_range"]

PROTECTED = "protected"


@dataclass(frozen=True)
class Group:
    """Sectors of the threatener whose weight is varied.

    ``own_weight`` is the scenario's; None where its sectors differ in it, or it has none.
    """

    id: str
    label: str
    sectors: tuple[str, ...]
    own_weight: float | None


@dataclass(frozen=True)
class Switch:
    """The weight from which a threat is credible.

    ``verdict``: "already" (at weights of one), "weight" (from ``weight`` on), "never" (no
    weight does), "unknown" (not proven, or the model has merged the sectors). ``gain_usd_bn``
    and ``rest_usd_bn`` are the changes of real income of the group and of the rest.
    """

    group: str
    verdict: Literal["already", "weight", "never", "unknown"]
    weight: float | None
    gain_usd_bn: float | None
    rest_usd_bn: float | None


@dataclass(frozen=True)
class SwitchRange:
    """A group's switching weights over all settings, for one case.

    ``lowest`` and ``highest`` are None where no setting has a switching weight; the counts
    are numbers of settings.
    """

    group: str
    label: str
    sectors: tuple[str, ...]
    own_weight: float | None
    case: str
    lowest: float | None
    highest: float | None
    already: int
    weight: int
    never: int
    unknown: int


def groups_of(
    by: str, sectors: Sequence[str], constituencies: Sequence[ResolvedConstituency]
) -> tuple[Group, ...]:
    """Return the sectors a threat protects, then every constituency of the threatener."""
    protected = tuple(sectors)
    own = [c for c in constituencies if c.party == by]
    # A sector of two constituencies carries the larger weight, one of none a weight of one.
    found = {max((c.weight for c in own if s in c.sectors), default=1.0) for s in protected}
    same = found.pop() if own and len(found) == 1 else None
    first = Group(PROTECTED, "the sectors it protects", protected, same)
    return (first, *(Group(c.id, c.label, c.sectors, c.weight) for c in own))


def switch(group: Group, at: Outcome | None, regions: Sequence[str], cost: float) -> Switch:
    """Return the switching weight of a group; ``cost`` the reputation cost, US$bn."""
    gain = None if at is None else at.change(regions, group.sectors)
    if at is None or gain is None:
        return Switch(group.id, "unknown", None, None, None)
    rest = (at.change(regions) or 0.0) - gain
    if gain + rest + cost >= 0:
        return Switch(group.id, "already", None, gain, rest)
    if gain <= 0:
        return Switch(group.id, "never", None, gain, rest)
    return Switch(group.id, "weight", -(rest + cost) / gain, gain, rest)


def switch_range(group: Group, case: str, found: Sequence[Switch]) -> SwitchRange:
    """Return the range of a group's switching weights over settings."""
    weights = [s.weight for s in found if s.weight is not None]
    count = {v: sum(s.verdict == v for s in found) for v in ("already", "weight", "never")}
    return SwitchRange(
        group.id,
        group.label,
        group.sectors,
        group.own_weight,
        case,
        min(weights, default=None),
        max(weights, default=None),
        **count,
        unknown=len(found) - sum(count.values()),
    )
