"""The calendar solver against extensive forms written out and solved by brute force.

A government judges all later ends with the flows of its own day, so where flows move each day's
government is a player of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from parley.calendar import Deadline, End, Exit, Game, Round, Solved, solve_game
from tests.oracle import calendar_game as oracle
from tests.oracle.calendar_game import Bids, Decision, Leaf, Lottery
from tests.oracle.calendar_random import FAMILIES, moving, random_deadline, random_game

CLOSE = 1e-9
PER_FAMILY = 60


def games_of(family: str) -> list[Game]:
    rng = np.random.default_rng([7, FAMILIES.index(family)])
    return [random_game(rng, family) for _ in range(PER_FAMILY)]


def signature(end: Leaf | End) -> tuple[object, ...]:
    """What happens on a path, and when.

    Not when or where it was settled: a threat that can take effect only later may be put off
    before, a deal of one day may come in either of two rounds, and it is the same to all.
    """
    if isinstance(end, Leaf):
        since, until = end.window or (end.force, inf)
        return end.kind, end.state, since, until, tuple(sorted(end.costs))
    # Breakdown before the first day of effect counts from that day, whenever it comes.
    until = inf if end.kind == "hazard" and end.in_force >= end.until else end.until
    return end.kind, end.state, end.in_force, until, tuple(sorted(end.costs))


def chances(ends: Iterable[tuple[float, Leaf | End]]) -> dict[tuple[object, ...], float]:
    found: defaultdict[tuple[object, ...], float] = defaultdict(float)
    for p, end in ends:
        found[signature(end)] += p
    return found


def same_ends(solved: Solved, expected: Lottery) -> None:
    assert chances(solved.ends) == pytest.approx(chances(expected), abs=1e-12)


def values(game: Game, lottery: Lottery, day: float) -> np.ndarray:
    return np.array([oracle.worth(game, lottery, i, day) for i in range(len(game.parties))])


def leads_to(
    where: str, day: float, ends: Iterable[tuple[float, Leaf | End]]
) -> tuple[object, ...]:
    """What a node is, on and off the path: where, when, the ends, bar reputation lost before."""
    after = sorted((*map(str, key[:-1]), round(p, 9)) for key, p in chances(ends).items())
    return where, day, tuple(after)


# --- the best move at every node -----------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_the_explicit_tree_comes_to_the_same_values_and_ends(family: str) -> None:
    kinds: Counter[str] = Counter()
    moves: Counter[str] = Counter()
    for game in games_of(family):
        solved = solve_game(game)
        expected = oracle.by_recursion(game, oracle.tree_of(game))
        np.testing.assert_allclose(solved.worth, values(game, expected, 0.0), rtol=0, atol=CLOSE)
        same_ends(solved, expected)
        kinds.update(end.kind for _, end in solved.ends)
        moves.update(node.move for node in solved.path)
    if family == "threats":
        assert min(moves[m] for m in ("carry out", "put off", "let lapse")) >= 5, moves
    assert kinds["deal"] >= 10, kinds
    assert kinds.total() - kinds["deal"] >= 10, kinds


@pytest.mark.parametrize("family", FAMILIES)
def test_every_subgame_is_played_alike(family: str) -> None:
    # The tree has a node for every history, the solver one for all histories after which the
    # same rounds and deadlines are left: both lead to the same ends everywhere.
    for game in games_of(family)[::2]:
        ids = {r.id for r in game.rounds} | {d.id for d in game.deadlines}
        written: set[tuple[object, ...]] = set()

        def seen(
            node: Decision | Bids, after: Lottery, into: set[tuple[object, ...]] = written
        ) -> None:
            into.add(leads_to(node.what, node.day, after))

        oracle.by_recursion(game, oracle.tree_of(game), seen)
        solved = {leads_to(n.id, n.day, n.ends) for n in solve_game(game).nodes}
        assert solved == {node for node in written if node[0] in ids}


# --- every profile of strategies -----------------------------------------------------------------


def tiny_game(rng: np.random.Generator, still: bool) -> Game:
    """A game whose profiles of pure strategies can all be tried."""
    n = int(rng.integers(2, 4))
    meetings = int(rng.integers(1, 3))
    base = rng.normal(size=(6, n))
    base[:2] += 0.5
    drift = 0.0 if still else 0.7
    packages = int(rng.integers(1, 3))
    threats = int(rng.integers(0, 2))
    return Game(
        parties=tuple("ABC"[:n]),
        states=tuple(f"s{k}" for k in range(6)),
        packages=packages,
        flows=moving(base, drift * rng.normal(size=base.shape), drift * rng.normal(size=n)),
        inside=2,
        delta=rng.uniform(0.3, 0.97, n),
        rounds=tuple(
            Round(f"r{j}", float(day), (True,) * packages)
            for j, day in enumerate(rng.uniform(0.0, 2.0, meetings))
        ),
        deadlines=tuple(
            random_deadline(rng, k, n, 4, float(rng.uniform(0.2, 2.0))) for k in range(threats)
        ),
        exits=tuple(Exit(int(rng.integers(n)), 5) for _ in range(int(rng.integers(0, 2)))),
        hazard=float(rng.uniform(0.05, 0.8)) if rng.random() < 0.3 else 0.0,
        hazard_state=3,
    ).with_first(int(rng.integers(n)))


@pytest.mark.parametrize("still", [True, False], ids=["still", "moving"])
def test_it_is_the_only_subgame_perfect_outcome_of_all_profiles(still: bool) -> None:
    rng = np.random.default_rng(int(still))
    sizes: Counter[int] = Counter()
    while sizes.total() < 40:
        game = tiny_game(rng, still)
        tree = oracle.tree_of(game)
        nodes = len(list(oracle.decisions(tree)))
        if not 3 <= nodes <= 12 or oracle.count_profiles(tree) > 1500:
            continue
        sizes[nodes] += 1
        perfect = [
            oracle.played(tree, profile)
            for profile in oracle.profiles(tree)
            if oracle.is_subgame_perfect(game, tree, profile, selves=not still)
        ]
        assert perfect, "a finite game of perfect information has an equilibrium"
        solved = solve_game(game)
        for expected in perfect:  # several profiles, where a vote decides nothing: one outcome
            same_ends(solved, expected)
            np.testing.assert_allclose(solved.worth, values(game, expected, 0.0), atol=CLOSE)
    assert max(sizes) >= 9


def test_a_wrong_move_is_not_subgame_perfect() -> None:
    # The check has teeth: a threat never to accept less than all is a Nash equilibrium of
    # this game, with waiting as its outcome, but not a subgame perfect one.
    flows = np.array([[1.0, 1.0], [0.0, 0.0]])
    game = Game(
        ("A", "B"), ("deal", "talks"), 1, lambda day: flows, 1, np.array([0.9, 0.9]),
        (Round("r", 0.0, (True,), 0),),
    )  # fmt: skip
    tree = oracle.tree_of(game)
    names = [
        (tuple(profile.values()), oracle.is_subgame_perfect(game, tree, profile, selves=False))
        for profile in oracle.profiles(tree)
    ]
    assert [moves for moves, perfect in names if perfect] == [("yes", "offer 0")]
    assert len(names) == 4


# --- side payments -------------------------------------------------------------------------------


def paying_game(rng: np.random.Generator, cap: float) -> Game:
    n, packages, meetings = (int(x) for x in rng.integers((2, 1, 1), (4, 4, 5)))
    base = rng.normal(size=(packages + 2, n))
    base[:packages] += 0.3
    drift = 0.5 * float(rng.random() < 0.5)
    gates = rng.random((meetings, packages)) < 0.8
    return Game(
        parties=tuple("ABC"[:n]),
        states=tuple(f"s{k}" for k in range(packages + 2)),
        packages=packages,
        flows=moving(base, drift * rng.normal(size=base.shape), drift * rng.normal(size=n)),
        inside=packages,
        delta=rng.uniform(0.3, 0.97, n),
        rounds=tuple(
            Round(f"r{j}", float(day), tuple(bool(g) for g in gates[j]))
            for j, day in enumerate(np.sort(rng.uniform(0.0, 3.0, meetings)))
        ),
        deadlines=(Deadline("d", float(rng.uniform(1.0, 3.0)), packages + 1, 0, earliest=2.0),)
        if rng.random() < 0.7
        else (),
        lag=tuple(rng.uniform(0.0, 0.5, packages)) if rng.random() < 0.5 else (),
        transfer_cap=cap,
    ).with_first(int(rng.integers(n)))


@pytest.mark.parametrize("cap", [0.3, 2.0, inf])
def test_side_payments_are_those_of_a_linear_program(cap: float) -> None:
    rng = np.random.default_rng(11)
    agreed = 0
    for _ in range(40):
        game = paying_game(rng, cap)
        solved = solve_game(game)
        agreed += any(end.kind == "deal" for _, end in solved.ends)
        np.testing.assert_allclose(solved.worth, oracle.with_payments(game), rtol=0, atol=1e-7)
    assert agreed >= 10


def test_side_payments_are_the_limit_of_many_packages() -> None:
    # The same game with payments in steps, each payment a package of its own, as a tree.
    rng, steps = np.random.default_rng(12), np.linspace(-1.0, 1.0, 41)
    step, agreed = float(steps[1] - steps[0]), 0
    for first in (0, 1) * 4:
        states = rng.normal(size=(3, 2)) + np.array([[0.6], [0.0], [0.0]])
        paid = np.stack([steps, -steps], axis=1)
        grid = np.concatenate([states[0] + paid, states[1:]])
        many = Game(
            ("A", "B"), tuple(f"s{k}" for k in range(len(grid))), len(steps),
            lambda day, grid=grid: grid, len(steps), rng.uniform(0.5, 0.95, 2),
            (Round("r", 0.2, (True,) * len(steps)), Round("s", 0.9, (True,) * len(steps))),
            (Deadline("d", 1.0, len(steps) + 1, 0),),
        ).with_first(first)  # fmt: skip
        one = replace(
            many, states=("deal", "talks", "war"), packages=1, inside=1, transfer_cap=1.0,
            flows=lambda day, states=states: states, deadlines=(Deadline("d", 1.0, 2, 0),),
            rounds=tuple(replace(r, open=(True,)) for r in many.rounds),
        )  # fmt: skip
        tree = oracle.by_recursion(many, oracle.tree_of(many))
        solved = solve_game(one)
        agreed += solved.ends[0][1].kind == "deal"
        np.testing.assert_allclose(solved.worth, values(many, tree, 0.0), atol=2.0 * step)
    assert agreed >= 4


@pytest.mark.parametrize("cap", [0.2, 3.0])
def test_no_payment_on_a_fine_grid_has_a_larger_nash_product(cap: float) -> None:
    rng, agreed = np.random.default_rng(13), 0
    for _ in range(40):
        states = rng.normal(size=(3, 3)) + np.array([[1.5], [0.0], [0.0]])
        delta = rng.uniform(0.4, 0.95, 3)
        game = Game(
            ("A", "B", "C"), ("deal", "talks", "war"), 1, lambda day, s=states: s, 1, delta,
            (Round("r", 0.0, (True,)),), (Deadline("d", 0.7, 2),),
            offers="simultaneous", lag=(0.4,), transfer_cap=cap,
        )  # fmt: skip
        node = solve_game(game).nodes[0]
        a, b = (g.ravel() for g in np.meshgrid(*[np.linspace(-cap, cap, 401)] * 2))
        paid = np.stack([a, b, -a - b], axis=1)[np.abs(a + b) <= cap]
        worth = states[1] * (1 - delta**0.4) + (states[0] + paid) * delta**0.4
        gains = worth - node.waiting
        fit = gains.min(axis=1) >= 0.0
        if node.agreed is None:
            assert not fit.any()
            continue
        agreed += 1
        best = gains[fit].prod(axis=1).max() if fit.any() else 0.0
        found = node.agreed.worth - node.waiting
        assert abs(sum(node.agreed.end.transfer)) < 1e-12
        assert max(map(abs, node.agreed.end.transfer)) <= cap + 1e-12
        assert best - 1e-12 <= found.prod() <= best + 0.03
    assert agreed >= 10
