"""The table of a negotiation: who sits there, the levers, and what each of them gets.

A :class:`DealTable` is made from an arena (a scenario's status quo or a world alone), and
everything else about deals starts from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, Rules
from parley.bargaining.problem import Bargain
from parley.deals.limits import limit_levers, limits_of
from parley.deals.payoffs import DealPayoffs, Government
from parley.deals.purchases import purchase_levers
from parley.deals.scope import (
    ALL,
    TABLE,
    Side,
    Sides,
    package_levers,
    payment_levers,
    table_levers,
)
from parley.equilibrium.policies import PolicySimulator
from parley.equilibrium.result import Equilibrium
from parley.errors import InputError
from parley.labels import allowed_text
from parley.policy.ledger import Ledger
from parley.policy.levers import Lever, LeverBoard, Touch
from parley.policy.wedges import ledger_of_changes
from parley.politics.objective import party_regions
from parley.scenario.pledges import Talks
from parley.scenario.resolve import begin
from parley.studies import STATUS_QUO, Study

__all__ = ["DealTable", "packages_of", "scopes_of", "table_of_study", "table_of_world", "talks_of"]

Array = NDArray[np.float64]
MOST_LEVERS = 300


@dataclass(frozen=True, eq=False)
class DealTable:
    """Parties, levers and payoffs of a negotiation.

    Attributes
    ----------
    arena
        The setting, and the base that everything is held against.
    sides
        The parties and their regions.
    rules
        What governments want (``weights``), and bounds on a world alone.
    scope
        Which levers: "table", "all", or a package.
    authority
        "alone" or "approved" (:data:`parley.deals.limits.AUTHORITIES`).
    board, problem
        The levers, and the bargaining problem over them; its disagreement is the status quo.
    base
        The equilibrium of the status quo.
    talks
        The talks of the scenario; None on a world alone.
    notes
        What could not be a lever, and why.
    """

    arena: Arena
    sides: Sides
    rules: Rules
    scope: str
    authority: str
    board: LeverBoard
    problem: Bargain
    base: Equilibrium
    talks: Talks | None
    notes: tuple[str, ...] = ()
    _known: dict[str, Equilibrium] = field(default_factory=dict, repr=False)

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return self.sides.ids

    @property
    def payoffs(self) -> DealPayoffs:
        """Payoffs of the governments."""
        found = self.problem.payoffs
        assert isinstance(found, DealPayoffs)
        return found

    @property
    def study(self) -> Study | None:
        """The scenario's study; None on a world alone."""
        return self.arena.study

    def equilibrium(self, package: str) -> Equilibrium:
        """Return the proven equilibrium of a package, or of "status-quo"."""
        if package == STATUS_QUO:
            return self.base
        assert self.study is not None
        return self.study.equilibrium(package, self.arena.setting)

    def payoffs_of(self, found: Equilibrium) -> tuple[Array, Array]:
        """Return payoffs [party] and floors' slack [floor] of an equilibrium."""
        return self.payoffs.of_income(real_income(found))

    def ev_of(self, income: Array) -> Array:
        """Return each party's equivalent variation, US$bn a year, of incomes [region, sector]."""
        price = self.base.consumer_price_hat
        moved = (income - self.payoffs.base.real_income) * price[:, None]
        rows = [[self.base.world.region_index(r) for r in s.regions] for s in self.sides.sides]
        return np.array([moved[r].sum() for r in rows]) * self.board.world.usd_bn

    def income_level(self) -> Array:
        """Return each party's income in the status quo, US$bn a year."""
        income = self.base.income * self.base.world.usd_bn
        return np.array(
            [
                sum(income[self.base.world.region_index(r)] for r in s.regions)
                for s in self.sides.sides
            ]
        )


def real_income(found: Equilibrium) -> Array:
    """Return the real income of every sector at the world year's prices, [region, sector]."""
    x: Array = found.sector_income / found.consumer_price_hat[:, None]
    return x


def talks_of(study: Study, name: str | None) -> Talks:
    """Return the talks named, or the first with a deal on the table; "all" for all in one.

    All talks in one have every party of any, the status quo if they fail, and every deal on
    their table: for bargaining pair by pair.

    Raises
    ------
    InputError
        If there are none, or none of that name.
    """
    talks = {t.id: t for t in study.scenario.talks}
    where = study.scenario.filename or "talks"
    if name == ALL and ALL not in talks and talks:
        return _all_talks(tuple(talks.values()))
    if name is not None:
        if name not in talks:
            raise InputError.one(
                f"unknown talks '{name}'", "--talks", f"{where} has no such talks",
                allowed_text(name, tuple(talks)) if talks else "the scenario has no talks",
            )  # fmt: skip
        return talks[name]
    deals = [p.talks for p in study.resolved.packages.values() if p.kind == "deal"]
    for entry in talks.values():
        if entry.id in deals or entry.agenda:
            return entry
    if not talks:
        raise InputError.one(
            "the scenario has no talks", where, "a deal is between the parties of some talks",
            "add a [[talks]] section",
        )  # fmt: skip
    return next(iter(talks.values()))


def _all_talks(talks: Sequence[Talks]) -> Talks:
    paid = [t.side_payment_usd_bn for t in talks if t.side_payment_usd_bn is not None]
    return talks[0].model_copy(
        update={
            "id": ALL,
            "label": "all talks",
            "parties": tuple(dict.fromkeys(p for t in talks for p in t.parties)),
            "ends_by": "deadline",
            "while_talking": STATUS_QUO,
            "breakdown": STATUS_QUO,
            "agenda": (),
            "side_payment_usd_bn": max(paid, default=None),
        }
    )


def packages_of(study: Study, talks: Talks) -> tuple[str, ...]:
    """Return the packages that belong to some talks, all of them for all talks in one."""
    packages = study.resolved.packages.values()
    return tuple(p.id for p in packages if talks.id in (p.talks, ALL))


def scopes_of(study: Study, talks: Talks) -> tuple[str, ...]:
    """Return what the talks may be about: the table, each deal on it, and all of these."""
    packages = study.resolved.packages
    deals = [p for p in packages_of(study, talks) if packages[p].kind == "deal"]
    return (TABLE, *deals, ALL)


def table_of_study(
    arena: Arena,
    talks: Talks,
    rules: Rules,
    *,
    scope: str = TABLE,
    authority: str = "alone",
) -> DealTable:
    """Return the table of a scenario's talks.

    Parameters
    ----------
    arena
        Of the study (:func:`parley.arena.arena_of_study`).
    talks
        Which talks.
    rules
        Political weights and floors.
    scope
        "table", "all", or a deal on the table.
    authority
        Whether executives stay within what they may do alone.

    Raises
    ------
    InputError
        Unknown scope, contradicting limits, or no lever at all but payments.
    """
    study = arena.study
    assert study is not None
    _refuse_merged(arena)
    known = scopes_of(study, talks)
    if scope not in known:
        raise InputError.one(
            f"unknown scope '{scope}'", "--scope",
            "a scope is the instruments at the table, a deal on it, or all",
            allowed_text(scope, known),
        )  # fmt: skip
    story, builder = begin(study.scenario, study.world)
    sides = Sides(tuple(Side(p, study.resolved.parties.get(p, (p,))) for p in talks.parties))
    table, dropped = table_levers(story, builder, sides)
    packages = [study.resolved.packages[p] for p in known[1:-1] if scope in (p, ALL)]
    levers = list(table) if scope in (TABLE, ALL) else []
    for package in packages:
        own, left = package_levers(package, builder, sides, table)
        have = {lever.id for lever in levers}
        levers += [lever for lever in own if lever.id not in have]
        dropped += left
    theta = study.world.elasticity(arena.setting.elasticity).theta
    ledger = ledger_of_changes(
        study.world, study.changes(STATUS_QUO), partition=study.resolved.partition
    )
    simulator = PolicySimulator(arena.simulator.base)
    price = arena.equilibrium(arena.base).consumer_price_hat
    if scope in (TABLE, ALL):
        bought, lost = purchase_levers(story, study.world, ledger, sides, simulator, theta, price)
        levers += bought
        dropped += lost
    income = arena.equilibrium(arena.base).income
    levers += payment_levers(
        talks, sides, {r: float(income[k]) for k, r in enumerate(arena.seen.regions)}
    )
    limits = limits_of(story, levers, talks.id, talks.parties, authority, study.scenario.as_of)
    levers = limit_levers(levers, limits, study.scenario.filename)
    notes = [f"{name} is no lever: {why}" for name, why in dict(dropped).items()]
    return _table(arena, sides, rules, scope, authority, ledger, levers, theta, talks, notes)


def table_of_world(arena: Arena, parties: Sequence[str], rules: Rules) -> DealTable:
    """Return the table of parties of a world alone: their tariffs on each other's goods.

    With ``rules.mfn`` one rate falls on every source, outsiders included.

    Raises
    ------
    InputError
        Unknown or overlapping parties, bounds that exclude the tariffs in force, too many
        tariffs for bargaining one by one.
    """
    _refuse_merged(arena)
    players = arena.players(parties, replace(rules, against="all" if rules.mfn else "players"))
    world = arena.world
    ledger = Ledger(world)
    regions = arena.seen.regions

    def side(party: str) -> Side:
        rows = party_regions(party, regions, arena.groups, "--parties")
        return Side(party, tuple(regions[r] for r in rows))

    sides = Sides(tuple(side(p) for p in parties))
    levers: list[Lever] = []
    for player in players:
        tools = player.instruments
        cells = [
            (arena.seen.regions[n], arena.seen.regions[i], arena.seen.sectors[s])
            for n, i, s in zip(*tools.cells, strict=True)
        ]
        groups: dict[int, list[int]] = {}
        for k, g in enumerate(tools.group):
            groups.setdefault(int(g), []).append(k)
        for g, members in groups.items():
            own = [cells[k] for k in members]
            levers += _world_lever(arena, sides, player.name, own, tools.lower[g], tools.upper[g])
    if len(levers) > MOST_LEVERS:
        raise InputError.one(
            f"{len(levers)} tariffs are too many to bargain over one by one",
            "--parties",
            f"the programmes take up to {MOST_LEVERS} levers",
            "name fewer parties, add --mfn, or use parley cooperate, which takes thousands",
        )
    theta = world.elasticity(arena.setting.elasticity).theta
    return _table(arena, sides, rules, TABLE, "approved", ledger, levers, theta, None, [])


def _world_lever(
    arena: Arena,
    sides: Sides,
    giver: str,
    cells: Sequence[tuple[str, str, str]],
    low: float,
    high: float,
) -> list[Lever]:
    seen, world = arena.seen, arena.world
    index = [
        (world.region_index(n), world.region_index(i), world.sector_index(s)) for n, i, s in cells
    ]
    rates = np.array([world.tariffs[k] for k in index])
    trade = np.array([float(arena.imports[k]) for k in index]) * seen.usd_bn
    receivers = dict.fromkeys(r for c in cells if (r := sides.of(c[1])) not in (None, giver))
    others = ", ".join(str(r) for r in receivers) or "outsiders"
    first = cells[0]
    on = first[1] if len(cells) == 1 else "all"
    lever = Lever(
        id=f"{first[0]}-{first[2]}-on-{on}".lower(),
        label=f"{first[0]} on {first[2]} from {on}",
        giver=giver,
        receiver=others,
        low=float(low),
        high=float(high),
        now=float(rates[0]),
        unit="duty",
        touches=tuple(Touch(c, "", "tariff") for c in cells),
        trade_usd_bn=float(trade.sum()),
        sectors=(first[2],),
        limits=("--bounds", "--bounds"),
    )
    if len(cells) == 1 or np.ptp(rates) <= 1e-12:
        return [lever]
    # One depth from the rates in force towards the lower bound, as no single rate is in force.
    touches = tuple(
        Touch(c, "", "tariff", float(t), float(low - t)) for c, t in zip(cells, rates, strict=True)
    )
    return [
        replace(
            lever,
            low=0.0,
            high=1.0,
            now=0.0,
            unit="depth",
            touches=touches,
            limits=("as now", "--bounds"),
        )
    ]


def _refuse_merged(arena: Arena) -> None:
    if arena.simulator.base.model.one_sector:
        raise InputError.one(
            f"model {arena.setting.model} merges all sectors",
            "--model",
            "what is offered at the table are duties of sectors and lines",
            "leave out the option one-sector",
        )


def _table(
    arena: Arena,
    sides: Sides,
    rules: Rules,
    scope: str,
    authority: str,
    ledger: Ledger,
    levers: Sequence[Lever],
    theta: Array,
    talks: Talks | None,
    notes: Sequence[str],
) -> DealTable:
    held = [v for v in levers if v.high - v.low <= 1e-12]
    moving = [v for v in levers if v.high - v.low > 1e-12 or abs(v.now - v.low) > 1e-12]
    said = list(notes)
    said += [f"{v.id} stays as it is: {_holder(v)}" for v in held if v not in moving]
    if not any(v.unit != "payment" for v in moving):
        raise InputError.one(
            "nothing at the table can move" + (" but payments" if moving else ""),
            "instruments at the table" if talks is not None else "--bounds",
            "; ".join(said) or "no instrument is set by one party on another's goods",
            "give instruments with bounds, name another --scope, or --authority approved",
        )
    board = LeverBoard(arena.world, ledger, moving, theta)
    base = arena.equilibrium(arena.base)
    payoffs = DealPayoffs(
        PolicySimulator(arena.simulator.base),
        board,
        governments(arena, sides, rules),
        base.consumer_price_hat,
    )
    low, high = board.bounds
    problem = Bargain(payoffs, low, high, np.clip(board.now, low, high), np.zeros(len(sides.ids)))
    return DealTable(
        arena, sides, rules, scope, authority, board, problem, base, talks, tuple(said)
    )


def _holder(lever: Lever) -> str:
    names = dict.fromkeys(w for w in lever.limits if w not in ("as now", ""))
    return " and ".join(names) or "its bounds"


def governments(arena: Arena, sides: Sides, rules: Rules) -> tuple[Government, ...]:
    """Return the parties with their weights and floors."""
    shape = arena.base.real_income.shape
    found = []
    for side in sides.sides:
        rows = [arena.seen.region_index(r) for r in side.regions]
        table = arena.weights(rules, rows)
        weight = np.zeros(shape)
        weight[rows] = 1.0 if table is None else table[rows]
        found.append(Government(side.id, weight, arena.floors(side.id) if rules.floors else ()))
    return tuple(found)


def weights_by_party(table: DealTable) -> Mapping[str, Array]:
    """Return each party's weights [region, sector]."""
    return {g.id: g.weight for g in table.payoffs.governments}
