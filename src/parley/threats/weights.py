r"""The political weights at which carrying out a threat is credible.

With weight :math:`\lambda \ge 0` on a group of the threatener's sectors and one on all others
its objective changes by :math:`\lambda\,\Delta_S + \Delta_R`, changes of real income of the
group and of the rest. It may fall by the reputation cost :math:`\rho`, so that the threat is
credible on one side of

.. math:: \lambda^* = -(\Delta_R + \rho) / \Delta_S :

from it on where the group gains, up to it where the group loses. At a weight of one this is
real income.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from parley.scenario.resolved import ResolvedConstituency
from parley.threats.figures import Outcome

__all__ = ["PROTECTED", "Group", "Switch", "SwitchRange", "groups_of", "switch", "switch_range"]

PROTECTED = "protected"
Direction = Literal["from", "up to", "always", "never", "unknown"]


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
    """The weights at which a threat is credible: one side of the switching weight.

    ``direction``: "from" (``weight`` on: the group gains), "up to" (``weight``: the group
    loses), "always" (at every weight from zero up), "never", "unknown" (not proven, or the
    model has merged the sectors). ``at_one`` and ``own_inside``: whether a weight of one, and
    the scenario's own, is among them; None where unknown or where there is none.
    ``gain_usd_bn`` and ``rest_usd_bn`` are the changes of real income of the group and of the
    rest.
    """

    group: str
    direction: Direction
    weight: float | None
    at_one: bool | None
    own_inside: bool | None
    gain_usd_bn: float | None
    rest_usd_bn: float | None


@dataclass(frozen=True)
class SwitchRange:
    """A group's switching weights over all settings, for one case.

    The weights "from" which it is credible and those "up to" which it is are kept apart; they
    are None where no setting has one. The counts are numbers of settings; ``own_inside``, of
    those where the scenario's own weight makes it credible, is None without such a weight.
    """

    group: str
    label: str
    sectors: tuple[str, ...]
    own_weight: float | None
    case: str
    from_settings: int
    from_lowest: float | None
    from_highest: float | None
    up_to_settings: int
    up_to_lowest: float | None
    up_to_highest: float | None
    always: int
    never: int
    unknown: int
    at_one: int
    own_inside: int | None


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
        return Switch(group.id, "unknown", None, None, None, None, None)
    rest = (at.change(regions) or 0.0) - gain
    spare = rest + cost  # what is left at a weight of zero
    direction: Direction
    if gain >= 0 and spare >= 0:
        direction = "always"
    elif gain <= 0 and spare < 0:
        direction = "never"
    else:
        direction = "from" if gain > 0 else "up to"
    weight = -spare / gain if direction in ("from", "up to") else None
    own = None if group.own_weight is None else group.own_weight * gain + spare >= 0
    return Switch(group.id, direction, weight, gain + spare >= 0, own, gain, rest)


def switch_range(group: Group, case: str, found: Sequence[Switch]) -> SwitchRange:
    """Return the range of a group's switching weights over settings."""
    lower = [s.weight for s in found if s.direction == "from" and s.weight is not None]
    upper = [s.weight for s in found if s.direction == "up to" and s.weight is not None]
    own = sum(bool(s.own_inside) for s in found)
    return SwitchRange(
        group=group.id,
        label=group.label,
        sectors=group.sectors,
        own_weight=group.own_weight,
        case=case,
        from_settings=len(lower),
        from_lowest=min(lower, default=None),
        from_highest=max(lower, default=None),
        up_to_settings=len(upper),
        up_to_lowest=min(upper, default=None),
        up_to_highest=max(upper, default=None),
        always=sum(s.direction == "always" for s in found),
        never=sum(s.direction == "never" for s in found),
        unknown=sum(s.direction == "unknown" for s in found),
        at_one=sum(bool(s.at_one) for s in found),
        own_inside=None if group.own_weight is None else own,
    )
