"""What an equilibrium of the calendar game says: ends with dates, steps, who waits for what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import End
from parley.calendar.induction import Node, Solved
from parley.calendar.play import Play
from parley.timing.game import EXIT_DAY, TalksCalendar
from parley.timing.plan import Plan

__all__ = [
    "CloseCall",
    "EndChance",
    "Reading",
    "Step",
    "StepOffer",
    "Wait",
    "close_calls",
    "end_words",
    "merged_ends",
    "read_play",
]

Array = NDArray[np.float64]
CLOSE_CALL = 0.005
"""A gain below this part of what is at stake for a party is a close call."""


@dataclass(frozen=True)
class EndChance:
    """One way in which the talks end, with its probability.

    ``kind`` is deal, breakdown, exit, hazard or no-deal; ``state`` the package or state that
    then holds; ``date`` the day of it (for a hazard the first day of the span), None where
    they never agree; ``in_force`` the day from which a deal holds; ``transfer`` side payments
    received, US$bn a year, [party].
    """

    kind: str
    state: str
    label: str
    by: str
    date: dt.date | None
    in_force: dt.date | None
    transfer: tuple[float, ...]
    probability: float


@dataclass(frozen=True, eq=False)
class StepOffer:
    """A package in a round: its worth that day [party], who would rather wait, or why shut."""

    package: str
    worth: Array | None
    against: tuple[str, ...]
    shut: str


@dataclass(frozen=True)
class CloseCall:
    """A party that hardly minds whether a package is signed, on which the outcome hangs.

    ``gain`` is what it has by the package over waiting, US$bn a year: negative where it
    refuses it, and nobody else does.
    """

    party: str
    step: str
    package: str
    gain: float


@dataclass(frozen=True)
class Wait:
    """A party that gains by waiting past a step: for what, and how much, US$bn a year.

    ``gain`` is what it has by waiting over the best it could sign that day; None where
    nothing could be signed.
    """

    party: str
    waits_for: str
    gain: float | None


@dataclass(frozen=True, eq=False)
class Step:
    """A round or a deadline under one order of proposals.

    ``waiting`` [party] is what each has if nothing is agreed that day (at a deadline: by the
    move taken); ``agreed`` the package signed, "" for none; ``worth`` [party] what it is
    worth that day; ``put_off`` and ``lapsed`` count deadlines on the way; ``move`` and
    ``choices`` are a deadline's.
    """

    id: str
    label: str
    kind: str
    date: dt.date
    first: str
    proposer: str
    chance: float
    put_off: int
    lapsed: int
    waiting: Array
    agreed: str
    worth: Array | None
    offers: tuple[StepOffer, ...]
    move: str
    owner: str
    choices: tuple[tuple[str, Array], ...]
    exited: str
    waits: tuple[Wait, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """A game read: what the talks are worth from as_of on, how they end, step by step.

    ``worth`` [party] is the average over orders, ``by_first`` one row for each first
    proposer ("" where all bid at once).
    """

    play: Play
    worth: Array
    by_first: tuple[tuple[str, float, Array], ...]
    ends: tuple[EndChance, ...]
    steps: tuple[Step, ...]

    @property
    def likely(self) -> EndChance:
        """The likeliest end; of equally likely ones the first in time."""
        return max(self.ends, key=lambda e: e.probability)

    @property
    def agreement(self) -> float:
        """Probability that they ever agree."""
        return sum(e.probability for e in self.ends if e.kind == "deal")


def close_calls(calendar: TalksCalendar, reading: Reading, values: Array) -> tuple[CloseCall, ...]:
    """Return on whose hair's breadth an equilibrium hangs.

    Offers with side payments are left out: payments leave the other party just willing.

    Parameters
    ----------
    calendar, reading
        The talks, and their equilibrium.
    values
        What every state is worth, [state, party]: what is at stake is their range.
    """
    limit = CLOSE_CALL * (values.max(axis=0) - values.min(axis=0))
    found: dict[tuple[str, str, str], CloseCall] = {}
    for step in reading.steps:
        if step.chance <= 0.0 or calendar.transfer_cap > 0.0:
            continue
        for offer in step.offers:
            if offer.worth is None:
                continue
            signed = step.agreed == offer.package
            asked = calendar.consent_to(offer.package)
            gain = offer.worth - step.waiting
            for i, party in enumerate(calendar.parties):
                alone = not step.agreed and offer.against == (party,)
                if i in asked and abs(gain[i]) < limit[i] and (signed or alone):
                    call = CloseCall(party, step.id, offer.package, float(gain[i]))
                    found.setdefault((party, step.id, offer.package), call)
    return tuple(found.values())


def read_play(calendar: TalksCalendar, played: Play, plan: Plan | None = None) -> Reading:
    """Return a played game in the scenario's words."""
    use = plan or calendar.plan
    names = calendar.parties
    by_first = tuple(
        ("" if o.first is None else names[o.first], o.chance, o.solved.worth) for o in played.orders
    )
    steps = []
    for order, (first, _, _) in zip(played.orders, by_first, strict=True):
        for node in order.solved.nodes:
            steps.append(_step(calendar, order.solved, node, first, use))
    return Reading(
        played, played.worth, by_first, merged_ends(calendar, played.ends, use), tuple(steps)
    )


def merged_ends(
    calendar: TalksCalendar, ends: tuple[tuple[float, End], ...], plan: Plan
) -> tuple[EndChance, ...]:
    """Return ends with equal ones added up, the earliest first.

    Breakdown at a rate is one end, from the first day on which it may come.
    """
    found: dict[tuple[object, ...], EndChance] = {}
    for chance, end in ends:
        if chance <= 0.0:
            continue
        one = _end(calendar, end, chance, plan)
        day = None if one.kind == "hazard" else one.date
        key = (one.kind, one.state, one.by, day, tuple(round(t, 9) for t in one.transfer))
        before = found.get(key)
        if before is not None:
            first = min(before, one, key=lambda e: e.date or dt.date.max)
            one = replace(first, probability=before.probability + chance)
        found[key] = one
    return tuple(sorted(found.values(), key=lambda e: (e.date or dt.date.max, e.kind, e.state)))


def _end(calendar: TalksCalendar, end: End, chance: float, plan: Plan) -> EndChance:
    states = calendar.stakes.states
    never = end.kind == "no-deal"
    return EndChance(
        kind=end.kind,
        state=states.keys[end.state],
        label=states.labels[end.state],
        by=end.by,
        date=None if never else plan.date(end.decided),
        in_force=None if never else plan.date(end.in_force),
        transfer=end.transfer,
        probability=chance,
    )


def end_words(end: EndChance) -> str:
    """Return an end in a few words: "mini on 26 Sep 2019"."""
    if end.kind == "no-deal":
        return "no deal"
    day = f"{end.date.day} {end.date:%b %Y}" if end.date is not None else ""
    if end.kind == "deal":
        return f"{end.state} on {day}"
    if end.kind == "hazard":
        return f"breakdown ({end.state}) some time after {day}"
    if end.kind == "exit":
        return f"exit to {end.state.removeprefix('exit:')} on {day}"
    return f"{end.state} on {day}"


def _step(calendar: TalksCalendar, solved: Solved, node: Node, first: str, plan: Plan) -> Step:
    names, states = calendar.parties, calendar.stakes.states
    date = plan.date(node.day)
    entry = next((e for e in plan.events if e.id == node.id), None)
    offers: list[StepOffer] = []
    if node.kind == "round" and node.id != EXIT_DAY:
        shut = calendar.shut_at(entry.date if entry is not None else date, plan)
        made = {o.package: o for o in node.offers}
        for k, key in enumerate(states.keys[: states.packages]):
            if k in made:
                against = tuple(names[i] for i in made[k].against)
                offers.append(StepOffer(key, made[k].worth, against, ""))
            else:
                offers.append(
                    StepOffer(key, None, (), shut.get(key) or _missing(calendar, k, node))
                )
    owner = next((d.owner or "" for d in plan.deadlines if d.id == node.id), "")
    agreed = node.agreed
    return Step(
        id=node.id,
        label=entry.label if entry is not None else node.id,
        kind=node.kind,
        date=date,
        first=first,
        proposer="" if node.proposer is None else names[node.proposer],
        chance=node.chance,
        put_off=node.put_off,
        lapsed=node.lapsed,
        waiting=node.waiting,
        agreed="" if agreed is None else states.keys[agreed.package],
        worth=None if agreed is None else agreed.worth,
        offers=tuple(offers),
        move=node.move,
        owner=owner,
        choices=tuple((c.move, c.worth) for c in node.choices),
        exited="" if node.exited is None else names[node.exited],
        waits=() if node.kind != "round" or agreed is not None else _waits(
            calendar, node, tuple(offers), plan
        ),
    )  # fmt: skip


def _missing(calendar: TalksCalendar, package: int, node: Node) -> str:
    """Return why a package that nobody shuts cannot be agreed at a meeting."""
    here = next((r for r in calendar.plan.rounds if r.id == node.id), None)
    asked = calendar.consent_to(calendar.stakes.states.keys[package])
    away = [calendar.parties[i] for i in asked if here and calendar.parties[i] not in here.present]
    return f"{' and '.join(away)} not there" if away and here and here.present else "not open"


def _waits(
    calendar: TalksCalendar, node: Node, offers: tuple[StepOffer, ...], plan: Plan
) -> tuple[Wait, ...]:
    """Return who waits past a round without agreement, and for what."""
    ends = merged_ends(calendar, node.ends, plan)
    expected = end_words(max(ends, key=lambda e: e.probability)) if ends else "no deal"
    open_ = [o.worth for o in offers if o.worth is not None]
    found = []
    for i, party in enumerate(calendar.parties):
        best = max((float(w[i]) for w in open_), default=None)
        gain = None if best is None else float(node.waiting[i]) - best
        # A gate is waited for only if what comes then is a package that it shuts now.
        comes = {e.state for e in ends if e.kind == "deal"}
        gates = [
            g.id
            for g in plan.gates
            if g.party == party
            and g.date > plan.date(node.day)
            and any(
                o.shut and o.package in comes and calendar.gives(o.package, g.party, g.constituency)
                for o in offers
            )
        ]
        if gates:
            found.append(Wait(party, gates[0], gain if gain is not None and gain > 0 else None))
        elif gain is not None and gain > 1e-12:
            found.append(Wait(party, expected, gain))
    return tuple(found)
