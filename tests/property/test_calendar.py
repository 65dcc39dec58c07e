"""What must hold of talks on a calendar whatever the flows, days and parties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.calendar import Deadline, Exit, Game, Round, Solved, play, solve_game
from tests.oracle.calendar_random import FAMILIES, random_game

SEEDS = st.integers(0, 100_000)
SOME = settings(max_examples=60, deadline=None)
KINDS = st.sampled_from(FAMILIES)
CAPS = st.sampled_from([0.0, 0.3, inf])
CLOSE = 1e-9


def game_of(seed: int, family: str, cap: float) -> Game:
    game = random_game(np.random.default_rng(seed), family)
    return replace(game, transfer_cap=cap)


def choices(solved: Solved) -> list[tuple[object, ...]]:
    """What is done at every node, on the path and off it."""
    return [
        (n.id, n.day, n.agreed.package if n.agreed else None, n.move, n.exited)
        for n in solved.nodes
    ]


def through(game: Game, of: Callable[[np.ndarray], np.ndarray], unit: float = 1.0) -> Game:
    """The game with flows sent through ``of``, and costs and payments in another unit."""
    return replace(
        game,
        flows=lambda day: of(game.flows(day)),
        deadlines=tuple(replace(d, cost=unit * d.cost) for d in game.deadlines),
        transfer_cap=unit * game.transfer_cap,
    )


def close(found: np.ndarray, expected: np.ndarray, unit: float = 1.0) -> None:
    np.testing.assert_allclose(found / unit, expected / unit, rtol=0, atol=CLOSE)


def ends_of(solved: Solved) -> list[tuple[object, ...]]:
    return [(round(p, 12), e.kind, e.state, e.in_force, e.until, e.by) for p, e in solved.ends]


# --- the path ------------------------------------------------------------------------------------


@SOME
@given(SEEDS, KINDS, CAPS)
def test_probabilities_of_the_ends_add_to_one(seed: int, family: str, cap: float) -> None:
    game = game_of(seed, family, cap)
    for found in (solve_game(game).ends, play(game).ends):
        assert all(0.0 < p <= 1.0 for p, _ in found)
        assert sum(p for p, _ in found) == pytest.approx(1.0, abs=1e-12)
    solved = solve_game(game)
    for node in solved.nodes:
        assert sum(p for p, _ in node.ends) == pytest.approx(1.0, abs=1e-12)
        assert 0.0 <= node.chance <= 1.0
    # The chance of an end is that of the last node before it.
    at_nodes = [p for p, e in solved.ends if e.kind in ("deal", "exit", "breakdown")]
    if at_nodes:
        assert solved.path[-1].chance == pytest.approx(sum(at_nodes), abs=1e-12)


@SOME
@given(SEEDS, KINDS, CAPS)
def test_nothing_that_comes_after_the_talks_have_ended_matters(
    seed: int, family: str, cap: float
) -> None:
    rng = np.random.default_rng(seed)
    game = game_of(seed, family, cap)
    day = float(rng.uniform(0.5, 3.0))
    last = Deadline("last", day, game.hazard_state, owner=0)  # neither put off nor dropped
    before = tuple(r for r in game.rounds if r.day <= day)
    game = replace(game, rounds=before, deadlines=(last,))
    proposer = None if game.offers == "simultaneous" else 1
    more = tuple(
        Round(f"late {j}", float(late), (True,) * game.packages, proposer)
        for j, late in enumerate(day + rng.uniform(1e-6, 2.0, 3))
    )
    threat = Deadline("late", day + 0.1, game.inside, owner=1, may_lapse=True)
    longer = replace(game, rounds=(*more, *before), deadlines=(last, threat))
    one, two = solve_game(game), solve_game(longer)
    assert ends_of(one) == ends_of(two)
    assert (one.worth == two.worth).all()
    assert [n.id for n in one.nodes] == [n.id for n in two.nodes]


@SOME
@given(SEEDS, st.sampled_from([f for f in FAMILIES if f != "same-day"]), CAPS)
def test_rounds_and_deadlines_may_be_given_in_any_order(seed: int, family: str, cap: float) -> None:
    game = game_of(seed, family, cap)
    other = replace(game, rounds=game.rounds[::-1], deadlines=game.deadlines[::-1])
    one, two = solve_game(game), solve_game(other)
    assert choices(one) == choices(two)
    assert (one.worth == two.worth).all()


# --- units and names -----------------------------------------------------------------------------


@SOME
@given(SEEDS, KINDS, CAPS, st.floats(-4.0, 4.0))
def test_the_unit_of_the_flows_changes_no_choice(
    seed: int, family: str, cap: float, power: float
) -> None:
    game, unit = game_of(seed, family, cap), 10.0**power
    one, two = solve_game(game), solve_game(through(game, lambda flows: unit * flows, unit))
    assert choices(one) == choices(two)
    close(two.worth, unit * one.worth, unit)


@SOME
@given(SEEDS, KINDS, CAPS, st.floats(-1e3, 1e3))
def test_a_constant_to_a_party_whatever_happens_changes_no_choice(
    seed: int, family: str, cap: float, gift: float
) -> None:
    game = game_of(seed, family, cap)
    party = seed % len(game.parties)
    added = np.where(np.arange(len(game.parties)) == party, gift, 0.0)
    one, two = solve_game(game), solve_game(through(game, lambda flows: flows + added))
    assert choices(one) == choices(two)
    close(two.worth, one.worth + added, max(1.0, abs(gift)))


@SOME
@given(SEEDS, st.floats(0.01, 100.0))
def test_the_nash_product_knows_no_common_unit(seed: int, unit: float) -> None:
    game = game_of(seed, "bids", 0.0)
    units = np.where(np.arange(len(game.parties)) == seed % len(game.parties), unit, 1.0)
    game = replace(game, deadlines=(), exits=())
    one, two = solve_game(game), solve_game(through(game, lambda flows: flows * units))
    assert choices(one) == choices(two)


@SOME
@given(SEEDS, KINDS, CAPS)
def test_parties_in_another_order_have_the_same(seed: int, family: str, cap: float) -> None:
    game = game_of(seed, family, cap)
    n = len(game.parties)
    # Who leaves first goes by the order of turns, so with exits the turns go with the names.
    if game.offers == "simultaneous":
        game = replace(game, exits=())
    order = np.random.default_rng(seed).permutation(n)
    if game.exits:
        order = np.roll(np.arange(n), seed % n)
    place = {int(old): new for new, old in enumerate(order)}
    other = replace(
        game,
        parties=tuple(game.parties[i] for i in order),
        flows=lambda day: game.flows(day)[:, order],
        delta=game.delta[order],
        rounds=tuple(
            replace(r, proposer=None if r.proposer is None else place[r.proposer])
            for r in game.rounds
        ),
        deadlines=tuple(
            replace(d, owner=None if d.owner is None else place[d.owner]) for d in game.deadlines
        ),
        exits=tuple(Exit(place[e.party], e.state, e.since) for e in game.exits),
        consent=tuple(tuple(sorted(place[i] for i in asked)) for asked in game.consent),
    )
    one, two = solve_game(game), solve_game(other)
    named = [
        (*c[:-1], None if n.exited is None else place[n.exited])
        for c, n in zip(choices(one), one.nodes, strict=True)
    ]
    assert named == choices(two)
    close(two.worth, one.worth[order])


# --- deals ---------------------------------------------------------------------------------------


@SOME
@given(SEEDS, KINDS, CAPS)
def test_every_deal_leaves_who_is_asked_no_worse_than_waiting(
    seed: int, family: str, cap: float
) -> None:
    game = game_of(seed, family, cap)
    for node in solve_game(game).nodes:
        for offer in node.offers:
            asked = {*game.consent_of(offer.package)}
            worse = asked & {*np.flatnonzero(offer.worth < node.waiting - CLOSE)}
            no_better = asked & {*np.flatnonzero(offer.worth < node.waiting + CLOSE)}
            assert worse <= set(offer.against) <= no_better
            assert offer.accepted == (not offer.against)
            assert sum(offer.end.transfer) == pytest.approx(0.0, abs=CLOSE)
        # Who proposes what does not bind it has to want it all the same.
        of = node.proposer
        waits = -inf if of is None else float(node.waiting[of])
        fit = [-inf if of is None else float(o.worth[of]) for o in node.offers if o.accepted]
        if node.agreed is None:
            assert of is not None or not fit
            assert max(fit, default=-inf) <= waits + CLOSE
            continue
        assert node.agreed.accepted
        if of is not None:
            assert node.agreed.worth[of] >= max(*fit, waits) - CLOSE


@SOME
@given(SEEDS, KINDS, CAPS)
def test_at_a_deadline_the_owner_has_its_best(seed: int, family: str, cap: float) -> None:
    game = game_of(seed, family, cap)
    deadlines = {d.id: d for d in game.deadlines}
    for node in solve_game(game).nodes:
        deadline = deadlines.get(node.id)
        if deadline is None or deadline.owner is None:
            continue
        alone = [c.worth for c in node.choices if c.move != "put off" or not deadline.together]
        best = max(float(worth[deadline.owner]) for worth in alone)
        assert node.waiting[deadline.owner] >= best - CLOSE


@SOME
@given(SEEDS, st.integers(2, 4), CAPS)
def test_another_package_never_hurts_who_proposes_in_the_only_round(
    seed: int, parties: int, cap: float
) -> None:
    rng = np.random.default_rng(seed)
    packages = int(rng.integers(1, 5))
    flows = (
        rng.normal(size=(packages + 2, parties))
        + 0.5 * (np.arange(packages + 2) < packages)[:, None]
    )
    game = Game(
        tuple("ABCD"[:parties]),
        tuple(f"s{k}" for k in range(packages + 2)),
        packages,
        lambda day: flows,
        packages,
        rng.uniform(0.0, 1.0, parties),
        (Round("r", 0.3, (False,) * packages, int(rng.integers(parties))),),
        (Deadline("d", 0.9, packages + 1),),
        hazard=0.2,
        hazard_state=packages + 1,
        lag=tuple(rng.uniform(0.0, 1.0, packages)),
        transfer_cap=cap,
    )
    proposer = game.rounds[0].proposer
    had = -inf
    for more in range(packages + 1):
        open_ = tuple(k < more for k in range(packages))
        node = solve_game(replace(game, rounds=(replace(game.rounds[0], open=open_),))).nodes[0]
        worth = node.waiting if node.agreed is None else node.agreed.worth
        assert worth[proposer] >= had - CLOSE
        had = float(worth[proposer])


@SOME
@given(SEEDS, st.integers(0, 1), st.integers(0, 1), st.integers(1, 8), st.booleans())
def test_a_more_patient_party_never_gets_less(
    seed: int, first: int, party: int, meetings: int, risky: bool
) -> None:
    # One surplus, unlimited payments, nothing for anybody without a deal.
    rng = np.random.default_rng(seed)
    flows = np.array([rng.normal(size=2), [0.0, 0.0]])
    flows[0, 0] += rng.uniform(0.1, 2.0) - flows[0].sum()
    days = np.sort(rng.uniform(0.0, 4.0, meetings))
    delta = rng.uniform(0.0, 1.0, 2)
    had, share = -inf, -inf
    for patience in np.sort([*rng.uniform(0.0, 1.0, 4), 0.0, 1.0]):
        delta[party] = patience
        game = Game(
            ("A", "B"), ("deal", "talks"), 1, lambda day: flows, 1, delta.copy(),
            tuple(Round(f"r{j}", float(day), (True,)) for j, day in enumerate(days)),
            hazard=0.5 if risky else 0.0, hazard_state=1, transfer_cap=inf,
        ).with_first(first)  # fmt: skip
        solved = solve_game(game)
        agreed = solved.nodes[0].agreed
        assert agreed is not None
        assert solved.worth[party] >= had - CLOSE
        assert agreed.worth[party] >= share - CLOSE
        assert agreed.worth.sum() == pytest.approx(flows[0].sum(), abs=CLOSE)
        had, share = float(solved.worth[party]), float(agreed.worth[party])
