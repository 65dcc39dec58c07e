r"""Backward induction: the subgame-perfect equilibrium of talks on a calendar, exactly.

A node is what happens next: a round or a deadline, given which deadlines still run and how
often each was put off. The nodes are finite and each leads to later ones only, so the last is
solved first. What follows a node is kept as a lottery over ends, not as a number, since a
government of an earlier day judges it with the weights of that day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, inf

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import Deadline, End, Game, Round
from parley.calendar.offers import Offer, resolve_round
from parley.calendar.worth import Lottery, value_of, values_of

__all__ = ["Choice", "Node", "Solved", "solve_game"]

Array = NDArray[np.float64]
TOLERANCE = 1e-12

Running = tuple[tuple[int, float, int], ...]
Key = tuple[int, Running]
_Flows = Callable[[float], Array]


@dataclass(frozen=True, eq=False)
class Choice:
    """One move at a deadline: its name, the ends it leads to, its worth that day [party]."""

    move: str
    ends: tuple[tuple[float, End], ...]
    worth: Array


@dataclass(frozen=True, eq=False)
class Node:
    """A round or a deadline, solved.

    Attributes
    ----------
    kind, id, day
        "round" or "deadline", its name and its day (years).
    proposer
        Position of the party that proposes; None at a deadline or where all bid at once.
    waiting
        What each party has if nothing is agreed here, [party]; at a deadline what the move
        taken is worth.
    agreed
        The offer that is made and accepted, None where they wait.
    offers
        Every open package, as it could be agreed.
    choices, move
        At a deadline: the moves open, and the one taken.
    ends
        What follows, with probabilities.
    later
        Position of the node that follows if nothing is agreed or the threat is put off or
        lapses; None for none.
    chance
        Probability that the talks get here.
    exited
        The party that leaves after a round without agreement, None for none.
    put_off, lapsed
        How often the deadlines that still run were put off on the way here, and how many
        others lapsed.
    """

    kind: str
    id: str
    day: float
    proposer: int | None
    waiting: Array
    agreed: Offer | None
    offers: tuple[Offer, ...]
    choices: tuple[Choice, ...]
    move: str
    ends: tuple[tuple[float, End], ...]
    later: int | None
    chance: float = 0.0
    exited: int | None = None
    put_off: int = 0
    lapsed: int = 0


@dataclass(frozen=True, eq=False)
class Solved:
    """A game solved: its nodes in order of time, and what it comes to from day 0 on."""

    game: Game
    nodes: tuple[Node, ...]
    ends: tuple[tuple[float, End], ...]

    @property
    def worth(self) -> Array:
        """What the talks are worth on day 0 to every party, [party], a flow a year."""
        return values_of(self.game, self.ends, 0.0)

    @property
    def path(self) -> tuple[Node, ...]:
        """The nodes that are reached with positive probability, in order of time."""
        return tuple(n for n in self.nodes if n.chance > 0.0)


def solve_game(game: Game) -> Solved:
    """Return the subgame-perfect equilibrium of a game.

    Under alternating offers every round must have its proposer (:meth:`Game.with_first`).

    Raises
    ------
    ValueError
        If a round of alternating offers has no proposer.
    """
    if game.offers == "alternating" and any(r.proposer is None for r in game.rounds):
        raise ValueError("say who proposes: Game.with_first")
    rounds = sorted(game.rounds, key=lambda r: r.day)
    start: Key = (0, tuple((k, d.day, d.extensions) for k, d in enumerate(game.deadlines)))
    keys = _reached(game, rounds, start)
    solved: _Solved = {}
    cache: dict[float, Array] = {}

    def flows(day: float) -> Array:
        if day not in cache:
            cache[day] = game.flows(day)
        return cache[day]

    for key in reversed(keys):
        solved[key] = _solve_node(game, rounds, key, solved, flows)
    order = {key: position for position, key in enumerate(keys)}
    chances = _chances(game, keys, solved)
    nodes = tuple(
        replace(node, chance=chances[key], later=None if after is None else order.get(after))
        for key in keys
        for node, after in (solved[key],)
    )
    ends = _onwards(game, rounds, 0.0, start, solved)
    return Solved(game, nodes, tuple(ends))


_Solved = dict[Key, tuple[Node, Key | None]]
"""Nodes solved so far, with the key that comes next if the talks go on."""


def _event(game: Game, rounds: list[Round], key: Key) -> tuple[float, int, int] | None:
    """Return (day, 0 for a round or 1 for a deadline, position) of what comes next."""
    at, running = key
    found = [(day, 1, k) for k, day, _ in running]
    if at < len(rounds):
        found.append((rounds[at].day, 0, at))
    return min(found) if found else None


def _put_off(running: Running, k: int, game: Game) -> Running:
    by = game.deadlines[k].extends
    return tuple(sorted((j, d + by if j == k else d, n - (j == k)) for j, d, n in running))


def _dropped(running: Running, k: int) -> Running:
    return tuple(entry for entry in running if entry[0] != k)


def _followers(game: Game, rounds: list[Round], key: Key) -> list[Key]:
    event = _event(game, rounds, key)
    if event is None:
        return []
    at, running = key
    _, kind, k = event
    if kind == 0:
        return [(at + 1, running)]
    found = []
    left = next(n for j, _, n in running if j == k)
    if left > 0:
        found.append((at, _put_off(running, k, game)))
    if game.deadlines[k].may_lapse and game.deadlines[k].owner is not None:
        found.append((at, _dropped(running, k)))
    return found


def _reached(game: Game, rounds: list[Round], start: Key) -> list[Key]:
    """Return every key that some play reaches and at which something happens, by time."""
    seen: dict[Key, tuple[float, int, int]] = {}
    open_: list[Key] = [start]
    while open_:
        key = open_.pop()
        event = _event(game, rounds, key)
        if key in seen or event is None:
            continue
        seen[key] = event
        open_ += _followers(game, rounds, key)
    # A follower that falls on the same day, as where two threats end together, comes later.
    return sorted(seen, key=lambda key: (seen[key], -len(key[1]), -sum(n for *_, n in key[1])))


def _onwards(
    game: Game, rounds: list[Round], day: float, key: Key, solved: _Solved
) -> list[tuple[float, End]]:
    """Return what follows from ``day`` on when ``key`` is next: breakdown on the way counted."""
    event = _event(game, rounds, key)
    h = game.hazard
    until = inf if event is None else event[0]
    if event is None and h == 0.0:
        return [(1.0, End("no-deal", game.inside, day, inf))]
    survive = 1.0 if h == 0.0 else exp(-h * (until - day))
    found: list[tuple[float, End]] = []
    if survive < 1.0:
        state = game.hazard_state
        begins = min(game.begins(state, day), until)
        early = 1.0 - exp(-h * (begins - day))
        if begins > day:
            force = game.begins(state, day)
            found.append((early, End("hazard", state, day, force, "", begins)))
        if until > begins:
            late = 1.0 - early - survive
            found.append((late, End("hazard", state, begins, begins, "", until)))
    if event is not None:
        found += [(survive * p, end) for p, end in solved[key][0].ends]
    return found


def _solve_node(
    game: Game,
    rounds: list[Round],
    key: Key,
    solved: _Solved,
    flows: _Flows,
) -> tuple[Node, Key | None]:
    event = _event(game, rounds, key)
    assert event is not None
    day, kind, k = event
    used = sum(game.deadlines[j].extensions - n for j, _, n in key[1])
    if kind == 0:
        return _solve_round(game, rounds, key, solved, flows, used)
    return _solve_deadline(game, rounds, key, k, day, solved, flows, used)


def _solve_round(
    game: Game,
    rounds: list[Round],
    key: Key,
    solved: _Solved,
    flows: _Flows,
    used: int,
) -> tuple[Node, Key | None]:
    at, running = key
    here = rounds[at]
    follow: Key = (at + 1, running)
    seen = flows(here.day)
    ends = _onwards(game, rounds, here.day, follow, solved)
    waiting = values_of(game, ends, here.day, seen)
    again = any(not r.exit_only for r in rounds[at + 1 :])
    ends, waiting, exited = _leave(game, here, again, ends, waiting, seen)
    agreed, offers = resolve_round(game, here, waiting, seen)
    after = [(1.0, agreed.end)] if agreed is not None else ends
    node = Node(
        "round", here.id, here.day, here.proposer, waiting, agreed, offers, (), "", tuple(after),
        None, 0.0, exited if agreed is None else None, used, len(game.deadlines) - len(running),
    )  # fmt: skip
    return node, follow if follow in solved else None


def _leave(
    game: Game,
    here: Round,
    again: bool,
    ends: list[tuple[float, End]],
    waiting: Array,
    seen: Array,
) -> tuple[list[tuple[float, End]], Array, int | None]:
    """Return what follows when parties in turn may leave, those who answer first.

    Who has made an offer may not leave because it was refused, as long as they meet
    ``again``: else leaving would be a threat of its own, and an outside option would count
    though it is worse than bargaining on (Binmore, Rubinstein and Wolinsky 1986). Each
    compares what it has elsewhere with what follows if it stays, where those after it may
    leave in their turn; so the last is asked first.
    """
    n = len(game.parties)
    last = n - 1 if here.proposer is None else here.proposer
    bound = again and not here.exit_only and here.proposer is not None
    exited = None
    for party in [(last - step) % n for step in range(int(bound), n)]:
        best = None
        for option in game.exits:
            if option.party != party or option.since > here.day + TOLERANCE:
                continue
            force = game.begins(option.state, here.day)
            end = End("exit", option.state, here.day, force, here.id)
            worth = value_of(game, end, here.day, seen)
            limit = TOLERANCE * max(1.0, abs(float(waiting[party])))
            if worth[party] > waiting[party] + limit and (
                best is None or worth[party] > best[1][party]
            ):
                best = (end, worth)
        if best is not None:
            ends, waiting, exited = [(1.0, best[0])], best[1], party
    return ends, waiting, exited


def _solve_deadline(
    game: Game,
    rounds: list[Round],
    key: Key,
    k: int,
    day: float,
    solved: _Solved,
    flows: _Flows,
    used: int,
) -> tuple[Node, Key | None]:
    at, running = key
    deadline = game.deadlines[k]
    left = next(n for j, _, n in running if j == k)
    seen = flows(day)

    def choice(move: str, ends: Lottery) -> Choice:
        return Choice(move, tuple(ends), values_of(game, ends, day, seen))

    force = max(game.begins(deadline.state, day), deadline.earliest)
    done = choice("carry out", [(1.0, End("breakdown", deadline.state, day, force, deadline.id))])
    choices = [done]
    targets: dict[str, Key | None] = {done.move: None}
    if left > 0:
        later: Key = (at, _put_off(running, k, game))
        choices.append(choice("put off", _onwards(game, rounds, day, later, solved)))
        targets["put off"] = later
    if deadline.may_lapse and deadline.owner is not None:
        gone: Key = (at, _dropped(running, k))
        ends = _onwards(game, rounds, day, gone, solved)
        owner, cost = deadline.owner, deadline.cost
        choices.append(choice("let lapse", [(p, e.and_cost(owner, day, cost)) for p, e in ends]))
        targets["let lapse"] = gone
    taken = _move(deadline, choices)
    target = targets[taken.move]
    node = Node(
        "deadline", deadline.id, day, None, taken.worth, None, (), tuple(choices), taken.move,
        taken.ends, None, 0.0, None, used, len(game.deadlines) - len(running),
    )  # fmt: skip
    return node, target if target in solved else None


def _move(deadline: Deadline, choices: list[Choice]) -> Choice:
    """Return the move taken: the mildest of those that are best for who decides."""
    done = choices[0]
    off = next((c for c in choices if c.move == "put off"), None)
    if deadline.owner is None or deadline.together:
        rest = [c for c in choices if c.move != "put off"]
        alone = done if deadline.owner is None else _best(deadline.owner, rest)
        limit = TOLERANCE * max(1.0, float(np.abs(alone.worth).max()))
        return off if off is not None and np.all(off.worth >= alone.worth - limit) else alone
    return _best(deadline.owner, choices)


def _best(owner: int, choices: list[Choice]) -> Choice:
    mine = [float(c.worth[owner]) for c in choices]
    limit = TOLERANCE * max(1.0, max(abs(m) for m in mine))
    best = max(mine)
    for name in ("put off", "let lapse", "carry out"):
        for c, m in zip(choices, mine, strict=True):
            if c.move == name and m >= best - limit:
                return c
    return choices[0]


def _chances(game: Game, keys: list[Key], solved: _Solved) -> dict[Key, float]:
    """Return the probability that equilibrium play reaches each node."""
    found = dict.fromkeys(keys, 0.0)
    if not keys:
        return found
    first = keys[0]
    found[first] = exp(-game.hazard * solved[first][0].day)
    for key in keys:
        node, after = solved[key]
        stops = node.agreed is not None or node.exited is not None or after is None
        if found[key] > 0.0 and not stops and after is not None:
            gap = solved[after][0].day - node.day
            found[after] += found[key] * exp(-game.hazard * gap)
    return found
