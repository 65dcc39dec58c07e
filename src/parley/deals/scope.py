"""The levers at the table: what the parties of some talks may offer each other.

A *scope* says what the talks are about: the instruments at the table, one package's changes
(each a lever from now to where the package would take it), or everything. Instruments are
continuous duties; what a package changes beside them becomes one depth for each giver and
sector, from 0 (as now) to 1 (all the way).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parley.policy.ledger import REST, Cell
from parley.policy.levers import Lever, Payment, Touch
from parley.scenario.build import Builder
from parley.scenario.flows import NUMBERED, WHOLE
from parley.scenario.instruments import Instrument
from parley.scenario.pledges import Talks
from parley.scenario.resolved import Concession, ResolvedPackage
from parley.scenario.story import Story

__all__ = ["ALL", "TABLE", "Side", "Sides", "package_levers", "payment_levers", "table_levers"]

TABLE, ALL = "table", "all"
SAME = 1e-12
KINDS = ("tariff", "additional-tariff", "cost")


@dataclass(frozen=True)
class Side:
    """A party of the talks and its regions."""

    id: str
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """The parties of the talks."""

    sides: tuple[Side, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the parties."""
        return tuple(s.id for s in self.sides)

    def of(self, region: str) -> str | None:
        """Return the party that a region belongs to, None for outsiders."""
        return next((s.id for s in self.sides if region in s.regions), None)

    def regions(self, party: str) -> tuple[str, ...]:
        """Return a party's regions."""
        return next(s.regions for s in self.sides if s.id == party)


def table_levers(
    story: Story, builder: Builder, sides: Sides
) -> tuple[list[Lever], list[tuple[str, str]]]:
    """Return a lever for every instrument that one party sets on another's goods.

    Also returned are the instruments that are no levers, each with the reason.
    """
    found: list[Lever] = []
    dropped: list[tuple[str, str]] = []
    for instrument in story.instruments:
        givers = {sides.of(r) for r in story.places.regions((instrument.by,))} - {None}
        if len(givers) != 1:
            continue
        lever, why = _instrument_lever(story, builder, sides, instrument, str(givers.pop()))
        if lever is not None:
            found.append(lever)
        elif why:
            dropped.append((instrument.id, why))
    return found, dropped


def _instrument_lever(
    story: Story, builder: Builder, sides: Sides, instrument: Instrument, giver: str
) -> tuple[Lever | None, str]:
    everyone = instrument.on == ("all",)
    flows = []
    for cell, share, _ in builder.flows.of_instrument(instrument):
        other = cell[0] if instrument.kind == "export-tax" else cell[1]
        side = sides.of(other)
        if side == giver or (side is None and not everyone):
            continue
        flows.append((cell, share))
    receivers = {sides.of(c[1]) for c, _ in flows} - {None}
    if not receivers:
        return None, ""
    if instrument.kind not in KINDS:
        return None, f"a {instrument.kind} is not computed as a lever"
    touches = [t for cell, share in flows for t in _touches(builder, instrument, cell, share)]
    levels = {t.intercept for t in touches}
    trade = sum(
        builder.ledger.trade_usd_bn(c) * min(s, 1.0) for c, s in flows if sides.of(c[1]) is not None
    )
    factor = instrument.kind == "cost"
    lever = Lever(
        id=instrument.id,
        label=instrument.label or instrument.id,
        giver=giver,
        receiver=", ".join(sorted(str(r) for r in receivers)),
        low=0.0,
        high=1.0,
        now=0.0,
        unit="depth",
        trade_usd_bn=trade,
        sectors=tuple(dict.fromkeys(c[2] for c, _ in flows)),
    )
    free = 1.0 if factor else 0.0
    if max(levels) - min(levels) > SAME:  # no common level: a depth towards the lowest one
        target = instrument.bounds[0] if instrument.bounds else free
        steps = tuple(replace(t, slope=min(target - t.intercept, 0.0)) for t in touches)
        said = "its bounds" if instrument.bounds else "free trade"
        return replace(lever, touches=steps, limits=("as now", said)), ""
    now = max(levels)
    low, high = instrument.bounds or (min(now, free), max(now, free) if factor else now)
    if not low - SAME <= now <= high + SAME:
        return None, f"its level now, {now:g}, is outside its bounds {low:g} to {high:g}"
    said = "its bounds" if instrument.bounds else "free trade"
    moved = replace(
        lever,
        low=low,
        high=high,
        now=now,
        unit="factor" if factor else "duty",
        touches=tuple(replace(t, intercept=0.0, slope=1.0) for t in touches),
        limits=(said, "its bounds" if instrument.bounds else "as now"),
    )
    return moved, ""


def _touches(builder: Builder, instrument: Instrument, cell: Cell, share: float) -> list[Touch]:
    """Return what an instrument moves on a flow; the intercept is the level now."""
    kind = instrument.kind
    assert kind in ("tariff", "additional-tariff", "cost")
    parts = builder.ledger.parts(cell)
    owner = instrument.id if kind == "additional-tariff" else ""
    if share < WHOLE:
        part = instrument.slice_name
        return [Touch(cell, part, kind, builder.current(instrument, cell, part), 1.0, owner)]
    claimed = {
        i.slice_name for i in builder.story.instruments if i.id != instrument.id and i.kind == kind
    }
    return [
        Touch(cell, name, kind, builder.current(instrument, cell, name), 1.0, owner)
        for name in parts
        if name == REST or name not in claimed
    ]


def package_levers(
    package: ResolvedPackage,
    builder: Builder,
    sides: Sides,
    table: Sequence[Lever],
) -> tuple[list[Lever], list[tuple[str, str]]]:
    """Return the levers of a package: instruments of the table it moves, and depths.

    ``table`` are the instruments' levers. A depth is for one giver, receiver and sector, and
    moves whatever the package moves there beside the instruments.
    """
    owner = {(t.cell, t.part, t.kind): lever.id for lever in table for t in lever.touches}
    used: dict[str, None] = {}
    grouped: dict[tuple[str, str, str], list[tuple[Touch, float]]] = {}
    left: dict[str, None] = {}
    for c in package.concessions:
        cell = (c.importer, c.exporter, c.sector)
        giver, receiver = sides.of(c.importer), sides.of(c.exporter)
        if giver is None or receiver is None or giver == receiver:
            left[c.instrument or "a change"] = None
            continue
        touches = _moved(c, builder, cell)
        if not touches:
            left[c.instrument or "a change"] = None
        for touch in touches:
            name = owner.get((cell, touch.part, touch.kind))
            if name is not None:
                used[name] = None
            else:
                grouped.setdefault((giver, receiver, c.sector), []).append((touch, c.trade_usd_bn))
    levers = [lever for lever in table if lever.id in used]
    for (giver, receiver, sector), moved in grouped.items():
        levers.append(
            Lever(
                id=f"{giver.lower()}-{sector.lower()}-on-{receiver.lower()}",
                label=f"{giver}: other duties on {receiver}'s {sector}",
                giver=giver,
                receiver=receiver,
                low=0.0,
                high=1.0,
                now=0.0,
                unit="depth",
                touches=tuple(t for t, _ in moved),
                trade_usd_bn=sum(v for _, v in moved),
                sectors=(sector,),
                limits=("as now", f"package {package.id}"),
            )
        )
    why = f"moved by package '{package.id}', but not a duty between the parties"
    return levers, [(name, why) for name in left]


def _moved(c: Concession, builder: Builder, cell: Cell) -> list[Touch]:
    """Return the moves of a concession, from the level now to that of the package."""
    if c.kind == "cost":
        return [Touch(cell, c.part, "cost", c.before, c.after - c.before)]
    if c.kind != "duty":
        return []
    found = []
    step = c.ordinary_after - c.ordinary_before
    if abs(step) > SAME:
        found.append(Touch(cell, c.part, "tariff", c.ordinary_before, step))
    extra = (c.after - c.ordinary_after) - (c.before - c.ordinary_before)
    if abs(extra) > SAME:
        parts = builder.ledger.parts(cell)
        part = parts.get(c.part, parts[REST])
        own = {
            name: level
            for name, level in part.additional.items()
            if name.partition(NUMBERED)[0] == c.instrument
        }
        total = sum(own.values())
        for name, level in own.items():
            share = level / total if total else 1.0 / len(own)
            found.append(Touch(cell, c.part, "additional-tariff", level, extra * share, name))
    return found


def payment_levers(talks: Talks, sides: Sides, income: dict[str, float]) -> list[Lever]:
    """Return a lever for a payment between each two parties, if the talks allow any.

    ``income`` of every region shares a payment among a party's regions. A positive number is
    paid by the first party of the pair, a negative one by the second.
    """
    most = talks.side_payment_usd_bn
    if not most:
        return []
    found = []
    for k, payer in enumerate(sides.sides):
        for receiver in sides.sides[k + 1 :]:
            found.append(
                Lever(
                    id=f"payment-{payer.id.lower()}-{receiver.id.lower()}",
                    label=f"payment {payer.id} to {receiver.id}",
                    giver=payer.id,
                    receiver=receiver.id,
                    low=-most,
                    high=most,
                    now=0.0,
                    unit="payment",
                    payment=Payment(
                        tuple((r, income[r]) for r in payer.regions),
                        tuple((r, income[r]) for r in receiver.regions),
                    ),
                    limits=("side_payment_usd_bn", "side_payment_usd_bn"),
                )
            )
    return found
