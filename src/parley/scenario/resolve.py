"""Puts a scenario into a world: the status quo and each package as lists of changes.

The equilibrium starts from the world's year; the status quo is the world plus the
measures in force on as_of, and a package is the status quo plus its own changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parley.economy.world import World
from parley.errors import InputError
from parley.policy.change import Change
from parley.policy.ledger import REST, Cell, Ledger, Part
from parley.scenario.bought import ResolvedPayment, payments_in, purchases_in
from parley.scenario.build import Builder
from parley.scenario.document import Scenario
from parley.scenario.flows import NUMBERED
from parley.scenario.legal import legal_facts
from parley.scenario.packages import Package
from parley.scenario.places import WorldLabels
from parley.scenario.promises import promises_touched
from parley.scenario.resolved import (
    Concession,
    Note,
    Resolved,
    ResolvedConstituency,
    ResolvedPackage,
    RivalDuty,
)
from parley.scenario.story import Story

__all__ = ["begin", "resolve", "resolve_package"]

ROUNDING = 1e-12
MOST_PAID = 0.25
"""The largest payment a year that is computed with, a part of what the payer earns."""
MOVES = {
    "tariff": "duty",
    "additional-tariff": "duty",
    "cost": "cost",
    "export-tax": "export-tax",
}
"""Which level of a flow each kind of change moves."""


def resolve(scenario: Scenario, world: World) -> Resolved:
    """Return what a scenario comes to in a world.

    Raises
    ------
    InputError
        If the world is not the one the scenario was checked against, if there is no package,
        or if the parts of a flow do not fit the flow's average duty.
    """
    if not scenario.packages:
        raise InputError.one(
            "the scenario has no package",
            scenario.filename,
            "there is nothing to compute: only `parley claims` needs none",
            "add [[package]] with an id",
        )
    story, status_quo = begin(scenario, world)
    owners = _owners(story)
    packages = {
        package.id: _package(story, package, status_quo, owners) for package in story.packages
    }
    return Resolved(
        title=scenario.title,
        as_of=scenario.as_of.isoformat(),
        world=world.name,
        status_quo=tuple(status_quo.changes),
        partition=status_quo.partition(),
        packages=packages,
        parties={p.id: story.places.regions((p.id,)) for p in story.parties},
        constituencies=tuple(_constituencies(story)),
        groups={g.id: story.places.regions((g.id,)) for g in story.groups if g.members},
        notes=(*_losses(story), *status_quo.notes),
    )


def resolve_package(scenario: Scenario, world: World, package: Package) -> ResolvedPackage:
    """Return what a package that need not stand in the file comes to in a world.

    Raises
    ------
    InputError
        As :func:`resolve` does.
    """
    story, status_quo = begin(scenario, world)
    return _package(story, package, status_quo, _owners(story))


def begin(scenario: Scenario, world: World) -> tuple[Story, Builder]:
    """Return a scenario's story in a world, and the builder of its status quo.

    Raises
    ------
    InputError
        As :func:`resolve` does.
    """
    labels = WorldLabels.of(world)
    _same_world(scenario, labels)
    story = Story.of(scenario, labels)
    return story, Builder.status_quo(world, story)


def _owners(story: Story) -> dict[str, str]:
    """Return the party that each region belongs to."""
    return {r: p.id for p in reversed(story.parties) for r in story.places.regions((p.id,))}


def _same_world(scenario: Scenario, labels: WorldLabels) -> None:
    known = scenario.labels
    if known is None or (known.regions, known.sectors) == (labels.regions, labels.sectors):
        return
    raise InputError.one(
        f"the scenario was checked against '{known.name}', not against '{labels.name}'",
        f"{scenario.filename}: world",
        "the two worlds have different regions or sectors",
        f"read the scenario again with world '{labels.name}'",
    )


def _package(
    story: Story, package: Package, status_quo: Builder, owners: dict[str, str]
) -> ResolvedPackage:
    built = status_quo.package(package)
    concessions = tuple(_concessions(story, status_quo.ledger, built, owners))
    talks = next((t for t in story.talks if t.id == package.talks), None)
    consent = package.consent
    if not consent and package.kind == "deal" and talks is not None:
        consent = talks.parties
    purchases, left = purchases_in(story, package, status_quo.ledger)
    payments = payments_in(story, package)
    _affordable(story, package, payments, status_quo.world)
    return ResolvedPackage(
        id=package.id,
        label=package.label or package.id,
        kind=package.kind,
        talks=package.talks or "",
        consent=consent,
        changes=tuple(built.changes),
        concessions=concessions,
        promises=tuple(promises_touched(story, package)),
        legal=legal_facts(
            story, package, concessions, status_quo.ledger, built.ledger, built.carried_out
        ),
        threats=tuple(built.carried_out),
        purchases=tuple(purchases),
        payments=tuple(payments),
        uncounted=tuple(left),
        notes=tuple(built.notes),
    )


def _affordable(
    story: Story, package: Package, payments: Sequence[ResolvedPayment], world: World
) -> None:
    """Refuse payments that add to more than a good part of what the payer earns."""
    for payer in dict.fromkeys(x.payer for x in payments):
        own = [x for x in payments if x.payer == payer]
        rows = [world.region_index(r) for r in own[0].payers]
        earns = float(world.accounts.value_added[rows].sum()) * world.usd_bn
        paid = sum(x.usd_bn_per_year for x in own)
        if paid > MOST_PAID * earns:
            raise InputError.one(
                f"{payer} pays US${paid:,.4g}bn a year",
                f"{story.filename}: package[{package.id}].side_payment",
                f"that is more than {MOST_PAID:.0%} of the US${earns:,.0f}bn that it earns",
                "usd_bn is the amount in all, in billions; correct it, or its years",
            )


def _concessions(
    story: Story, before: Ledger, built: Builder, owners: dict[str, str]
) -> list[Concession]:
    found = []
    last = {
        (_cell(c), c.slice, MOVES[c.kind]): c.instrument.partition(NUMBERED)[0]
        for c in built.changes
    }
    for cell in dict.fromkeys(_cell(c) for c in built.changes):
        old_parts = before.parts(cell)
        average = _rival_average(story, before, cell)
        for name, part in built.ledger.parts(cell).items():
            old = old_parts.get(name, old_parts[REST])
            movers = {
                what: last.get((cell, name, what)) or last.get((cell, REST, what), "")
                for what in ("duty", "cost")
            }
            trade = before.trade_usd_bn(cell) * part.share
            if part.share <= ROUNDING:
                continue
            found += _moved(story, cell, name, movers, old, part, trade, average, owners, before)
        mover = last.get((cell, REST, "export-tax"), "")
        found += _tax(cell, before, built.ledger, mover, owners)
    return found


def _cell(change: Change) -> Cell:
    return (change.importer, change.exporter, change.sector)


def _moved(
    story: Story,
    cell: Cell,
    name: str,
    movers: Mapping[str, str],
    old: Part,
    new: Part,
    trade: float,
    average: float | None,
    owners: dict[str, str],
    ledger: Ledger,
) -> list[Concession]:
    """Return the duty and the trade cost of one part, where they move, with what moves each."""
    importer, exporter, sector = cell
    lever, other = story.instrument(movers["duty"]), story.instrument(movers["cost"])
    rivals = tuple(RivalDuty(k, v) for k, v in lever.rivals.items()) if lever else ()
    if rivals:
        average = _named_average(story, ledger, cell, rivals)
    sides = (owners.get(importer, importer), owners.get(exporter, exporter))
    found = []
    if abs(new.duty - old.duty) > ROUNDING or abs(new.ordinary - old.ordinary) > ROUNDING:
        found.append(
            Concession(
                *sides,
                importer=importer,
                exporter=exporter,
                sector=sector,
                part=name,
                instrument=movers["duty"],
                kind="duty",
                before=old.duty,
                after=new.duty,
                ordinary_before=old.ordinary,
                ordinary_after=new.ordinary,
                trade_usd_bn=trade,
                rivals=rivals,
                rival_average=average,
                lines=lever.lines if lever else (),
            )
        )
    if abs(new.cost - old.cost) > ROUNDING:
        found.append(
            Concession(
                *sides,
                importer=importer,
                exporter=exporter,
                sector=sector,
                part=name,
                instrument=movers["cost"],
                kind="cost",
                before=old.cost,
                after=new.cost,
                ordinary_before=old.ordinary,
                ordinary_after=new.ordinary,
                trade_usd_bn=trade,
                lines=other.lines if other else (),
            )
        )
    return found


def _tax(
    cell: Cell, before: Ledger, after: Ledger, instrument: str, owners: dict[str, str]
) -> list[Concession]:
    old, new = before.tax(cell), after.tax(cell)
    if abs(new - old) <= ROUNDING:
        return []
    importer, exporter, sector = cell
    return [
        Concession(
            giver=owners.get(exporter, exporter),
            receiver=owners.get(importer, importer),
            importer=importer,
            exporter=exporter,
            sector=sector,
            part=REST,
            instrument=instrument,
            kind="export-tax",
            before=old,
            after=new,
            ordinary_before=old,
            ordinary_after=new,
            trade_usd_bn=before.trade_usd_bn(cell),
        )
    ]


def _rival_average(story: Story, ledger: Ledger, cell: Cell) -> float | None:
    """Return the trade-weighted duty on other foreign suppliers in the status quo."""
    importer, exporter, sector = cell
    trade = duty = 0.0
    for other in story.labels.regions if story.labels else ():
        if other in (importer, exporter):
            continue
        flow = (importer, other, sector)
        value = ledger.trade_usd_bn(flow)
        parts = ledger.cells.get(flow)
        if parts is None:
            level = ledger.world_tariff(flow)
        else:
            level = sum(part.share * part.duty for part in parts.values())
        trade += value
        duty += value * level
    return duty / trade if trade > 0 else None


def _named_average(
    story: Story, ledger: Ledger, cell: Cell, rivals: tuple[RivalDuty, ...]
) -> float | None:
    """Return the trade-weighted duty of the competitors that the file names."""
    importer, exporter, sector = cell
    trade = duty = 0.0
    for rival in rivals:
        for other in story.places.regions((rival.place,), apart_from=(importer, exporter)):
            value = ledger.trade_usd_bn((importer, other, sector))
            trade += value
            duty += value * rival.duty
    return duty / trade if trade > 0 else None


def _constituencies(story: Story) -> list[ResolvedConstituency]:
    found = []
    for party in story.parties:
        for c in party.constituencies:
            weight = c.weight
            found.append(
                ResolvedConstituency(
                    id=c.id,
                    party=party.id,
                    regions=story.places.regions((party.id,)),
                    sectors=story.places.sectors(c.sectors),
                    weight=weight.value,
                    low=weight.value if weight.low is None else weight.low,
                    high=weight.value if weight.high is None else weight.high,
                    label=c.label or c.id,
                    veto=c.veto.loses_more_than if c.veto else None,
                )
            )
    return found


def _losses(story: Story) -> list[Note]:
    """Return what the world cannot show: members of groups, lines without a share."""
    notes = [
        Note(
            f"the world does not show apart: {', '.join(group.unresolved)}",
            f"group[{group.id}]",
        )
        for group in story.groups
        if group.unresolved
    ]
    for instrument in story.instruments:
        if instrument.lines and instrument.share_of_flow == {"*": 1.0}:
            notes.append(
                Note(
                    f"lines {', '.join(instrument.lines)} are treated as the whole of "
                    f"{', '.join(instrument.sectors)}: no share_of_flow is given",
                    f"instrument[{instrument.id}]",
                )
            )
    return notes
