"""Talks on a calendar written out as an extensive form, every history a node of its own.

Shares only the dataclasses of ``parley.calendar.game`` with the solver. A path is worth the
discounted flow along it, integrated numerically. A tree is solved in two ways: by trying every
profile of pure strategies and keeping those from which nobody gains by deviating in any
subgame, and by taking at every node what is best for whoever decides there.

==========  ==================================================================================
round       the proposer offers an open package or waits; each other party, in the order of
            turns, says yes or no; one no ends the round; on a day for leaving only all wait
leaving     after a round without agreement each party in the same order stays or takes what
            it has elsewhere; the proposer comes last, after the last meeting only
deadline    its owner carries it out, puts it off or lets it lapse; one without an owner is
            put off if each party in turn says yes
chance      between two events talks break down or not
==========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from math import exp, inf, log

import numpy as np
from scipy.optimize import linprog

from parley.calendar.game import Game, Round

GAUSS, WEIGHTS = np.polynomial.legendre.leggauss(48)
TIE = 1e-11
HORIZON = 4096.0  # years; nothing later counts at the discount factors tried here


@dataclass(frozen=True)
class Leaf:
    """A path to its end: they talk until ``force``, then ``state``; a hazard comes in ``window``.

    ``costs`` are (party, day, flow) from a day on for good.
    """

    kind: str
    state: int
    decided: float
    force: float
    by: str = ""
    window: tuple[float, float] | None = None
    costs: tuple[tuple[int, float, float], ...] = ()


@dataclass(eq=False)
class Decision:
    """A node at which ``player`` takes one of several moves, the mildest first."""

    day: float
    player: int
    moves: dict[str, Tree]
    what: str


@dataclass(eq=False)
class Bids:
    """A round at which all bid at once: what follows without agreement, and the deals open."""

    day: float
    waiting: Tree
    deals: tuple[Leaf, ...]
    what: str


@dataclass(eq=False)
class Chance:
    """Either breakdown or what comes next."""

    branches: tuple[tuple[float, Tree], ...]


Tree = Leaf | Decision | Bids | Chance
Lottery = tuple[tuple[float, Leaf], ...]


@cache
def mass(rate: float, start: float, end: float, hazard: float = 0.0) -> float:
    r"""Integrate :math:`r e^{-rs} e^{-h(s-start)}` from ``start`` to ``end``."""
    end = min(end, HORIZON)
    total, low, length = 0.0, start, 1.0
    while low < end:
        high = min(low + length, end)
        s = 0.5 * (high - low) * (GAUSS + 1.0) + low
        flow = rate * np.exp(-rate * s - hazard * (s - start))
        total += 0.5 * (high - low) * float(WEIGHTS @ flow)
        low, length = high, 2.0 * length
    return total


def value(game: Game, leaf: Leaf, party: int, day: float) -> float:
    """Return the discounted average flow of a path from ``day`` on, seen with its weights."""
    seen = game.flows(day)[:, party]
    u, g = float(seen[game.inside]), float(seen[leaf.state])
    rate = -log(float(game.delta[party]))
    if leaf.window is None:
        force = max(leaf.force - day, 0.0)
        found = u * mass(rate, 0.0, force) + (g * mass(rate, force, inf) if force < inf else 0.0)
    else:
        start, end, h = leaf.window[0] - day, leaf.window[1] - day, game.hazard
        never = exp(-h * (end - start)) if end < inf else 0.0
        # Given that it breaks down in the window: still talking at s with chance
        # (e^{-h(s - start)} - never) / (1 - never).
        whole = mass(rate, start, end)
        talking = (mass(rate, start, end, h) - never * whole) / (1.0 - never)
        found = u * (mass(rate, 0.0, start) + talking)
        found += g * (whole - talking + mass(rate, end, inf))
    for payer, since, flow in leaf.costs:
        if payer == party:
            found -= flow * mass(rate, max(since - day, 0.0), inf)
    return found


def worth(game: Game, lottery: Lottery, party: int, day: float) -> float:
    return sum(p * value(game, leaf, party, day) for p, leaf in lottery)


# --- the tree --------------------------------------------------------------------------------


@dataclass
class Story:
    """What matters of a history: rounds met, deadlines that run with days and extensions."""

    now: float
    met: int
    running: dict[int, tuple[float, int]]
    costs: tuple[tuple[int, float, float], ...] = ()


@dataclass
class Writer:
    """Writes a game's tree."""

    game: Game
    rounds: list[Round] = field(init=False)

    def __post_init__(self) -> None:
        self.rounds = sorted(self.game.rounds, key=lambda r: r.day)

    def begin(self) -> Tree:
        running = {k: (d.day, d.extensions) for k, d in enumerate(self.game.deadlines)}
        return self.onwards(Story(0.0, 0, running))

    def onwards(self, s: Story) -> Tree:
        events = [(r.day, 0, j) for j, r in enumerate(self.rounds) if j >= s.met]
        events += [(day, 1, k) for k, (day, _) in s.running.items()]
        h = self.game.hazard
        if not events:
            if h > 0.0:
                return self.hazard(s, inf)
            return Leaf("no-deal", self.game.inside, s.now, inf, costs=s.costs)
        day, is_deadline, which = sorted(events)[0]
        write = self.deadline if is_deadline else self.round
        comes = write(Story(day, s.met, s.running, s.costs), which)
        if h == 0.0 or day == s.now:
            return comes
        lives = exp(-h * (day - s.now))
        return Chance(((1.0 - lives, self.hazard(s, day)), (lives, comes)))

    def hazard(self, s: Story, until: float) -> Tree:
        state, h = self.game.hazard_state, self.game.hazard
        e = self.first_day(state)
        if e <= s.now:
            return Leaf("hazard", state, s.now, s.now, "", (s.now, until), s.costs)
        early = Leaf("hazard", state, s.now, e, "", None, s.costs)
        if until <= e:
            return early
        share = (1.0 - exp(-h * (e - s.now))) / (1.0 - exp(-h * (until - s.now)))
        late = Leaf("hazard", state, e, e, "", (e, until), s.costs)
        return Chance(((share, early), (1.0 - share, late)))

    def round(self, s: Story, which: int) -> Tree:
        here, n = self.rounds[which], len(self.game.parties)
        s = Story(s.now, which + 1, s.running, s.costs)
        open_ = [k for k in range(self.game.packages) if here.open[k]]
        if self.game.offers == "simultaneous":
            deals = tuple(self.deal(s, k, here.id) for k in open_)
            return Bids(s.now, self.leave(s, here.id, list(range(n))), deals, here.id)
        p = here.proposer
        assert p is not None
        order = [(p + step) % n for step in range(1, n + 1)]
        again = any(not r.exit_only for r in self.rounds[which + 1 :]) and not here.exit_only
        free = order[:-1] if again else order
        moves = {
            f"offer {k}": self.answer(
                s, k, here.id, free, [q for q in order[:-1] if q in self.asked(k)]
            )
            for k in open_
        }
        moves["wait"] = self.leave(s, here.id, free)
        return Decision(s.now, p, moves, here.id)

    def asked(self, k: int) -> tuple[int, ...]:
        named = self.game.consent[k] if self.game.consent else ()
        return named or tuple(range(len(self.game.parties)))

    def first_day(self, state: int) -> float:
        return self.game.earliest[state] if self.game.earliest else 0.0

    def deal(self, s: Story, k: int, by: str) -> Leaf:
        lag = self.game.lag[k] if self.game.lag else 0.0
        return Leaf("deal", k, s.now, s.now + lag, by, costs=s.costs)

    def answer(self, s: Story, k: int, by: str, order: list[int], left: list[int]) -> Tree:
        if not left:
            return self.deal(s, k, by)
        moves = {"yes": self.answer(s, k, by, order, left[1:]), "no": self.leave(s, by, order)}
        return Decision(s.now, left[0], moves, "answer")

    def leave(self, s: Story, by: str, order: list[int]) -> Tree:
        if not order:
            return self.onwards(s)
        moves = {"stay": self.leave(s, by, order[1:])}
        for option in self.game.exits:
            if option.party == order[0] and option.since <= s.now:
                force = max(s.now, self.first_day(option.state))
                leaf = Leaf("exit", option.state, s.now, force, by, costs=s.costs)
                moves[f"exit {option.state}"] = leaf
        return Decision(s.now, order[0], moves, "leave") if len(moves) > 1 else moves["stay"]

    def deadline(self, s: Story, which: int) -> Tree:
        d = self.game.deadlines[which]
        day, left = s.running[which]
        assert day == s.now
        force = max(day, d.earliest, self.first_day(d.state))
        done: Tree = Leaf("breakdown", d.state, day, force, d.id, costs=s.costs)
        others = {k: v for k, v in s.running.items() if k != which}
        later = Story(day, s.met, {**others, which: (day + d.extends, left - 1)}, s.costs)
        moves: dict[str, Tree] = {}
        if d.together and d.owner is not None:
            if d.may_lapse:
                costs = (*s.costs, (d.owner, day, d.cost))
                moves["let lapse"] = self.onwards(Story(day, s.met, others, costs))
            moves["carry out"] = done
            if not left:
                return Decision(day, d.owner, moves, d.id)
            alone = Decision(day, d.owner, moves, "alone")
            everybody = list(range(len(self.game.parties)))
            first = self.vote(later, alone, everybody)
            assert isinstance(first, Decision)
            return Decision(first.day, first.player, first.moves, d.id)
        if left and d.owner is None:
            moves["put off"] = self.vote(later, done, list(range(1, len(self.game.parties))))
        elif left:
            moves["put off"] = self.onwards(later)
        if d.may_lapse and d.owner is not None:
            costs = (*s.costs, (d.owner, day, d.cost))
            moves["let lapse"] = self.onwards(Story(day, s.met, others, costs))
        moves["carry out"] = done
        return Decision(day, d.owner or 0, moves, d.id)

    def vote(self, later: Story, done: Tree, left: list[int]) -> Tree:
        if not left:
            return self.onwards(later)
        moves = {"yes": self.vote(later, done, left[1:]), "no": done}
        return Decision(later.now, left[0], moves, "vote")


def tree_of(game: Game) -> Tree:
    """Return the extensive form of a game."""
    return Writer(game).begin()


# --- the best move at every node -------------------------------------------------------------


def by_recursion(
    game: Game, tree: Tree, seen: Callable[[Decision | Bids, Lottery], None] | None = None
) -> Lottery:
    """Return what optimal play leads to; ``seen`` is told each node and what it leads to."""
    if isinstance(tree, Leaf):
        return ((1.0, tree),)
    if isinstance(tree, Chance):
        parts = [(p, by_recursion(game, branch, seen)) for p, branch in tree.branches]
        return tuple((p * q, leaf) for p, lottery in parts for q, leaf in lottery)
    if isinstance(tree, Bids):
        found = _bid(game, tree, by_recursion(game, tree.waiting, seen))
    else:
        after = {m: by_recursion(game, t, seen) for m, t in tree.moves.items()}
        had = {m: worth(game, lottery, tree.player, tree.day) for m, lottery in after.items()}
        # A threat that takes effect only later may be put off at no cost to its owner, but not
        # to others: so ties count, and go to the mildest move.
        found = next(after[m] for m in after if had[m] >= max(had.values()) - TIE)
    if seen is not None:
        seen(tree, found)
    return found


def _bid(game: Game, tree: Bids, waiting: Lottery) -> Lottery:
    parties = range(len(game.parties))
    floor = np.array([worth(game, waiting, i, tree.day) for i in parties])
    best, found = -1.0, waiting
    for leaf in tree.deals:
        gains = np.array([value(game, leaf, i, tree.day) for i in parties]) - floor
        if gains.min() >= 0.0 and gains.prod() > best:
            best, found = float(gains.prod()), ((1.0, leaf),)
    return found


# --- every profile of strategies ---------------------------------------------------------------


def decisions(tree: Tree) -> Iterator[Decision]:
    """Yield every decision node, those nearest to the ends first."""
    if isinstance(tree, Chance):
        for _, branch in tree.branches:
            yield from decisions(branch)
    elif isinstance(tree, Decision):
        for branch in tree.moves.values():
            yield from decisions(branch)
        yield tree


Profile = dict[Decision, str]


def played(tree: Tree, profile: Profile) -> Lottery:
    """Return what a profile of pure strategies leads to."""
    if isinstance(tree, Decision):
        return played(tree.moves[profile[tree]], profile)
    if isinstance(tree, Chance):
        parts = [(p, played(branch, profile)) for p, branch in tree.branches]
        return tuple((p * q, leaf) for p, lottery in parts for q, leaf in lottery)
    assert isinstance(tree, Leaf)
    return ((1.0, tree),)


def profiles(tree: Tree) -> Iterator[Profile]:
    """Yield every profile of pure strategies."""
    nodes = list(decisions(tree))
    for moves in product(*(node.moves for node in nodes)):
        yield dict(zip(nodes, moves, strict=True))


def count_profiles(tree: Tree) -> int:
    total = 1
    for node in decisions(tree):
        total *= len(node.moves)
    return total


def is_subgame_perfect(game: Game, tree: Tree, profile: Profile, selves: bool) -> bool:
    """Whether nobody gains in any subgame by any other strategy, however many moves it changes.

    With ``selves`` the government of each day is a player of its own: its flows are not
    those of later ones, whose moves it takes as given.
    """
    nodes = list(decisions(tree))
    for root in nodes:
        inside = list(decisions(root))
        players = {(n.player, n.day if selves else 0.0) for n in inside}
        for player, day in players:
            if selves and day != root.day:
                continue  # it has the same alternatives in a subgame of its own day
            own = [n for n in inside if n.player == player and (not selves or n.day == day)]
            held = worth(game, played(root, profile), player, root.day)
            for moves in product(*(n.moves for n in own)):
                other = {**profile, **dict(zip(own, moves, strict=True))}
                if worth(game, played(root, other), player, root.day) > held + 1e-10:
                    return False
    return True


# --- side payments -----------------------------------------------------------------------------


def with_payments(game: Game) -> np.ndarray:
    """Return day-0 values [party] of a game of rounds with side payments, by linear programs.

    No hazard, no exits, no deadline that can be put off. The proposer picks a package and what
    each other party pays it, so that all others have what waiting gives them.
    """
    rounds = sorted(game.rounds, key=lambda r: r.day)
    n = len(game.parties)
    last = min((d.day for d in game.deadlines), default=inf)
    end = [d for d in game.deadlines if d.day == last]

    def paid_value(found: tuple[Leaf, np.ndarray], party: int, day: float) -> float:
        leaf, paid = found
        rate = -log(float(game.delta[party]))
        factor = mass(rate, leaf.force - day, inf) if leaf.force < inf else 0.0
        return value(game, leaf, party, day) + float(paid[party]) * factor

    def solve(at: int) -> tuple[Leaf, np.ndarray]:
        if at == len(rounds) or rounds[at].day > last:
            if not end:
                return Leaf("no-deal", game.inside, 0.0, inf), np.zeros(n)
            force = max(last, end[0].earliest)
            return Leaf("breakdown", end[0].state, last, force, end[0].id), np.zeros(n)
        here, later = rounds[at], solve(at + 1)
        day, p = here.day, here.proposer
        assert p is not None
        waiting = [paid_value(later, i, day) for i in range(n)]
        best, found = waiting[p], later
        others = [j for j in range(n) if j != p]
        for k in range(game.packages):
            if not here.open[k]:
                continue
            lag = game.lag[k] if game.lag else 0.0
            leaf = Leaf("deal", k, day, day + lag, here.id)
            factor = [mass(-log(float(game.delta[i])), lag, inf) for i in range(n)]
            slack = [value(game, leaf, i, day) - waiting[i] for i in range(n)]
            cap = game.transfer_cap if game.transfer_cap < inf else None
            program = linprog(
                [-factor[p]] * (n - 1),
                A_ub=np.diag([factor[j] for j in others]),
                b_ub=[slack[j] for j in others],
                bounds=[(None if cap is None else -cap, cap)] * (n - 1),
            )
            if program.status == 0 and waiting[p] + slack[p] - program.fun > best:
                best = waiting[p] + slack[p] - program.fun
                paid = np.zeros(n)
                paid[others], paid[p] = -program.x, program.x.sum()
                found = leaf, paid
        return found

    found = solve(0)
    return np.array([paid_value(found, i, 0.0) for i in range(n)])
