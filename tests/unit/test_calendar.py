"""Talks on a calendar in closed form: the textbook games."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, inf, nan

import numpy as np
import pytest

from parley.calendar import Deadline, Exit, Game, Node, Round, play, solve_game
from parley.calendar.attrition import rubinstein_share
from parley.calendar.offers import Offer


def talks(
    deals: Sequence[Sequence[float]],
    days: Sequence[float] = (0.0,),
    delta: Sequence[float] = (0.9, 0.9),
    inside: Sequence[float] | None = None,
    others: Sequence[Sequence[float]] = (),
    first: int | None = 0,
    **more: object,
) -> Game:
    """Packages with flows ``deals`` [package, party], then talks, then ``others``."""
    n, k = len(delta), len(deals)
    flows = np.array([*deals, inside or [0.0] * n, *others], dtype=float)
    game = Game(
        parties=tuple("ABCD"[:n]),
        states=tuple(f"s{i}" for i in range(len(flows))),
        packages=k,
        flows=lambda day: flows,
        inside=k,
        delta=np.array(delta),
        rounds=tuple(Round(f"r{j}", day, (True,) * k) for j, day in enumerate(days)),
        **more,  # type: ignore[arg-type]
    )
    if first is None or game.offers == "simultaneous":
        return game
    return game.with_first(first)


def node(game: Game) -> Node:
    return solve_game(game).nodes[0]


def agreed(game: Game) -> Offer:
    offer = node(game).agreed
    assert offer is not None
    return offer


def close(found: object, expected: object, within: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=within)


# --- alternating offers --------------------------------------------------------------------------


@pytest.mark.parametrize("package", [(1.0, 0.0), (0.3, 0.7), (5.0, -4.0)])
def test_in_one_round_the_proposer_takes_all(package: tuple[float, float]) -> None:
    for first, share in ((0, (1.0, 0.0)), (1, (0.0, 1.0))):
        close(solve_game(talks([package], first=first, transfer_cap=inf)).worth, share)


@pytest.mark.parametrize("period", [1.0, 0.25, 0.02])
def test_many_rounds_come_to_rubinstein(period: float) -> None:
    delta = np.array([0.9, 0.8])
    days = period * np.arange(int(120 / period) + 1)
    game = talks([(0.5, 0.5)], days, delta, transfer_cap=inf)
    share = rubinstein_share(*delta**period)
    assert share == pytest.approx((1 - 0.8**period) / (1 - 0.72**period))
    close(solve_game(game).worth, (share, 1 - share), 1e-9)


def test_unequal_spacing_is_counted_in_days() -> None:
    game = talks([(0.2, 0.8)], [0.0, 0.3, 1.0, 3.5], [0.9, 0.7], transfer_cap=inf)
    last = 1.0  # B's, who proposes last
    b = 1 - 0.9**0.7 * (1 - 0.7**2.5 * last)
    close(node(game).waiting[1], 0.7**0.3 * b)
    close(solve_game(game).worth, (1 - 0.7**0.3 * b, 0.7**0.3 * b))


def test_the_payment_is_what_the_other_accepts_and_no_more_than_the_cap() -> None:
    found = solve_game(talks([(0.2, 0.8)], transfer_cap=0.5))
    assert found.ends[0][1].transfer == (0.5, -0.5)
    close(found.worth, (0.7, 0.3))
    found = solve_game(talks([(1.5, -0.5)], transfer_cap=0.5))
    assert found.ends[0][1].transfer == (-0.5, 0.5)
    assert node(talks([(1.5, -0.6)], transfer_cap=0.5)).agreed is None


# --- deadlines -----------------------------------------------------------------------------------


def test_the_last_proposer_takes_all_over_the_deadline() -> None:
    war, inside, delta = np.array([-2.0, -1.0]), np.array([0.1, 0.2]), np.array([0.9, 0.6])
    game = talks(
        [(1.0, 2.0)], [0.4], delta, list(inside), [war],
        deadlines=(Deadline("d", 1.0, 2),), transfer_cap=inf,
    )  # fmt: skip
    waiting = inside * (1 - delta**0.6) + war * delta**0.6
    close(node(game).waiting, waiting)
    close(agreed(game).worth, (3.0 - waiting[1], waiting[1]))


def test_two_rounds_before_a_deadline() -> None:
    war, delta = np.array([-2.0, -1.0]), np.array([0.9, 0.6])
    game = talks(
        [(1.0, 2.0)], [0.0, 0.5], delta, None, [war],
        deadlines=(Deadline("d", 1.0, 2),), transfer_cap=inf,
    )  # fmt: skip
    a = -2.0 * 0.9**0.5  # what A accepts from B on day 0.5
    b = 0.6**0.5 * (3.0 - a)
    close(solve_game(game).worth, (3.0 - b, b))


def test_meetings_of_the_day_come_before_deadlines_of_the_day_in_their_order() -> None:
    war, peace = [-1.0, -1.0], [0.5, 0.5]
    threats = (Deadline("first", 1.0, 2), Deadline("second", 1.0, 3))
    game = talks([(1.0, 0.0)], [1.0], others=[war, peace], deadlines=threats)
    assert [n.id for n in solve_game(game).nodes] == ["r0", "first"]
    close(node(game).waiting, war)


def test_a_threat_takes_effect_no_earlier_than_its_day() -> None:
    game = talks(
        [], [], inside=[1.0, 1.0], others=[[0.0, -3.0]],
        deadlines=(Deadline("d", 0.5, 1, earliest=2.0),),
    )  # fmt: skip
    close(solve_game(game).worth, (1 - 0.81, 1 - 4 * 0.81))
    assert (end := solve_game(game).ends[0][1]).in_force == 2.0
    assert (end.kind, end.decided, end.by) == ("breakdown", 0.5, "d")


@pytest.mark.parametrize(("war", "move"), [(-0.1, "put off"), (0.1, "carry out"), (0.0, "put off")])
def test_it_is_put_off_iff_that_is_no_worse_for_its_owner(war: float, move: str) -> None:
    threat = Deadline("d", 1.0, 1, owner=0, extends=0.5, extensions=2)
    found = solve_game(talks([], [], others=[[war, -9.0]], deadlines=(threat,)))
    assert found.nodes[0].move == move
    assert [n.put_off for n in found.nodes] == [0, 1, 2]
    close([n.day for n in found.nodes], [1.0, 1.5, 2.0])
    years = 2.0 if move == "put off" else 1.0
    close(found.worth, np.array([war, -9.0]) * 0.9**years)


def test_the_talks_own_deadline_is_put_off_by_all_together() -> None:
    for war, move in (([-1, -1], "put off"), ([-1, 1], "carry out"), ([-1, 0], "put off")):
        threat = Deadline("d", 1.0, 1, extends=1.0, extensions=1)
        found = solve_game(talks([], [], others=[war], deadlines=(threat,)))
        assert found.nodes[0].move == move


def test_it_is_put_off_where_a_deal_may_still_come() -> None:
    threat = Deadline("d", 0.5, 2, owner=0, extends=1.0, extensions=1)
    for gain, move, path in ((1.0, "put off", ["d", "r0"]), (0.2, "carry out", ["d"])):
        game = talks([(gain, 0.1)], [1.0], others=[[0.3, -1.0]], deadlines=(threat,))
        assert node(game).move == move
        assert [n.id for n in solve_game(game).path] == path


@pytest.mark.parametrize("cost", [0.0, 0.99, 1.0, 1.01])
def test_a_threat_lapses_iff_carrying_it_out_costs_more_than_reputation(cost: float) -> None:
    threat = Deadline("d", 2.0, 1, owner=1, may_lapse=True, cost=cost)
    found = solve_game(talks([], [], others=[[-5.0, -1.0]], deadlines=(threat,)))
    if cost > 1.0:
        assert found.nodes[0].move == "carry out"
        close(found.worth, (-5 * 0.81, -0.81))
        return
    assert found.nodes[0].move == "let lapse"
    assert found.ends[0][1].costs == ((1, 2.0, cost),)
    close(found.worth, (0.0, -cost * 0.81))


def test_ties_at_a_deadline_go_to_the_mildest() -> None:
    both = Deadline("d", 1.0, 1, owner=0, extends=1.0, extensions=1, may_lapse=True)
    found = solve_game(talks([], [], others=[[0.0, -1.0]], deadlines=(both,)))
    assert [n.move for n in found.nodes] == ["put off", "let lapse"]
    assert [c.move for c in found.nodes[0].choices] == ["carry out", "put off", "let lapse"]


# --- exits ---------------------------------------------------------------------------------------


def test_an_exit_that_is_worse_than_bargaining_on_changes_nothing() -> None:
    # Binmore, Rubinstein and Wolinsky (1986): not even the terms.
    days, delta = np.arange(401.0), [0.9, 0.85]
    plain = talks([(0.5, 0.5)], days, delta, others=[[0.0, 0.3]], transfer_cap=inf)
    share = rubinstein_share(*delta)
    assert 1 - share > 0.3
    for game in (plain, replace(plain, exits=(Exit(1, 2),))):
        close(solve_game(game).worth, (share, 1 - share), 1e-9)


@pytest.mark.parametrize("worth", [0.91, 0.95, 1.0])
def test_an_exit_that_is_better_than_bargaining_on_binds_exactly(worth: float) -> None:
    days = np.arange(41.0)
    game = talks([(0.5, 0.5)], days, others=[[0.0, worth]], exits=(Exit(1, 2),), transfer_cap=inf)
    close(solve_game(game).worth, (1 - worth, worth))
    assert all(n.exited is None for n in solve_game(game).nodes)
    assert node(replace(game, transfer_cap=0.0)).exited == 1  # nothing to keep it with


@pytest.mark.parametrize("rounds", [40, 41, 60, 61])
@pytest.mark.parametrize("exit_worth", [0.2, 0.4, 0.6, 0.7, 0.85])
def test_outside_option_principle_in_closed_form(rounds: int, exit_worth: float) -> None:
    # B answers first: it has the larger of what bargaining on brings it and its outside option.
    delta = [0.8, 0.8]
    base = talks([(0.5, 0.5)], np.arange(float(rounds)), delta, transfer_cap=inf)
    without = solve_game(base).worth
    game = talks([(0.5, 0.5)], np.arange(float(rounds)), delta, others=[[0.0, exit_worth]],
                 exits=(Exit(1, 2),), transfer_cap=inf)  # fmt: skip
    has = max(float(without[1]), exit_worth)
    close(solve_game(game).worth, (1.0 - has, has), 1e-3)


def test_one_that_only_answers_has_its_exit_and_not_a_penny_more() -> None:
    rounds = tuple(Round(f"r{j}", float(j), (True,), proposer=0) for j in range(30))
    for worth in (0.0, 0.2, 0.8):
        game = talks([(0.5, 0.5)], others=[[0, worth]], exits=(Exit(1, 2),), transfer_cap=inf)
        close(solve_game(replace(game, rounds=rounds)).worth, (1 - worth, worth))


def test_an_exit_opens_on_its_day_and_the_best_one_is_taken() -> None:
    exits = (Exit(0, 1, since=1.0), Exit(0, 2, since=1.0), Exit(1, 3))
    others = [[0.2, 0.0], [0.4, 0.0], [0.0, 0.0]]
    found = solve_game(talks([], [0.0, 1.0], others=others, exits=exits))
    assert [n.exited for n in found.nodes] == [None, 0]  # B is indifferent and stays
    end = found.ends[0][1]
    assert (end.kind, end.state, end.decided, end.by) == ("exit", 2, 1.0, "r1")
    close(found.worth, (0.36, 0.0))
    assert [n.chance for n in found.nodes] == [1.0, 1.0]


def test_who_may_leave_foresees_who_leaves_next() -> None:
    # A proposes, then B may leave, then C. Alone B would stay at 0 rather than take -1, but
    # C will leave for 1; and B stays where C's leaving is worth more to it than its own.
    exits = Exit(1, 1), Exit(2, 2)
    for own, left, exited in ((-1.0, -2.0, 1), (1.0, 2.0, 2)):
        others = [[-5.0, own, 0.5], [3.0, left, 1.0]]
        found = solve_game(talks([], [0.0], [0.9] * 3, others=others, exits=exits))
        assert found.nodes[0].exited == exited
        close(found.worth, others[exited - 1])


# --- breakdown at a rate -------------------------------------------------------------------------


def test_endless_talks_are_worth_the_disagreement_point_of_the_hazard() -> None:
    u, b, delta, h = np.array([1.0, -0.5]), np.array([-2.0, 3.0]), np.array([0.9, 0.6]), 0.3
    r = -np.log(delta)
    point = (r * u + h * b) / (r + h)
    for days in ([], [0.0], [0.4, 1.0, 1.1, 5.0]):  # rounds at which nothing can be agreed
        game = talks([], days, delta, list(u), [b], hazard=h, hazard_state=1)
        found = solve_game(game)
        close(found.worth, point)
        assert sum(p for p, _ in found.ends) == pytest.approx(1.0)
        close([n.chance for n in found.nodes], [exp(-h * day) for day in days])


def test_offers_under_a_hazard_split_the_surplus_over_it_with_weights_r_plus_h() -> None:
    u, b, delta, h = np.array([0.2, 0.1]), np.array([-1.0, -0.4]), np.array([0.9, 0.7]), 0.5
    r = -np.log(delta)
    point = (r * u + h * b) / (r + h)
    surplus = 2.0 - point.sum()
    weights = (r + h)[::-1] / (r + h).sum()
    shares = []
    for period in (0.4, 0.04):
        game = talks(
            [(1.5, 0.5)], np.arange(0.0, 30.0, period), delta, list(u), [b],
            hazard=h, hazard_state=2, transfer_cap=inf,
        )  # fmt: skip
        found = solve_game(game).worth
        share = rubinstein_share(*np.exp(-(r + h) * period))
        close(found, point + surplus * np.array([share, 1 - share]), 1e-9)
        shares.append((found - point)[0] / surplus)
    assert abs(shares[1] - weights[0]) < 0.01 < abs(shares[0] - weights[0])
    close(shares[1] - (shares[0] - shares[1]) / 9.0, weights[0], 1e-3)  # to a period of nothing


# --- packages and ties ---------------------------------------------------------------------------


def test_the_proposer_takes_its_best_among_what_the_other_accepts() -> None:
    deals = [(9.0, -1.0), (2.0, 1.0), (3.0, 0.1), (-1.0, 9.0)]
    for first, package in ((0, 2), (1, 1)):
        found = node(talks(deals, first=first))
        assert agreed(talks(deals, first=first)).package == package
        assert [o.against for o in found.offers] == [(1,), (), (), (0,)]
        assert [o.accepted for o in found.offers] == [False, True, True, False]
    assert node(talks([deals[0], deals[3]])).agreed is None


def test_a_closed_package_cannot_be_agreed() -> None:
    game = talks([(3.0, 1.0), (2.0, 1.0)], [0.0, 1.0])
    rounds = Round("r0", 0.0, (False, True), 0), Round("r1", 1.0, (True, True), 0)
    found = solve_game(replace(game, rounds=rounds))
    assert [o.package for o in found.nodes[0].offers] == [1]
    assert found.nodes[0].agreed is None  # 0.9 * 3 > 2: better to wait for the gate
    close(found.worth, (2.7, 0.9))


def test_ties_go_to_agreement_then_to_the_others_then_to_the_first() -> None:
    one, more = (1.0, 0.5), (1.0, 0.5 + 1e-15)
    cases = ([(0.0, 0.0)], 0), ([(1.0, 0.0), one], 1), ([one, one], 0), ([one, more], 0)
    assert all(agreed(talks(deals)).package == package for deals, package in cases)


def test_a_lag_delays_the_deal_and_may_bring_it_down() -> None:
    game = talks([(1.0, 1.0), (2.0, 2.0)], inside=[0.0, 0.5], lag=(0.0, 12.0))
    found = solve_game(game)
    assert found.ends[0][1].state == 0  # 2 * 0.9^12 < 1
    late = 0.5 * (1 - 0.9**12) + 2 * 0.9**12
    close(found.nodes[0].offers[1].worth, (2 * 0.9**12, late))
    found = solve_game(replace(game, lag=(12.0, 0.5)))
    assert (found.ends[0][1].state, found.ends[0][1].in_force) == (1, 0.5)


def test_a_payment_that_comes_late_counts_late() -> None:
    game = talks([(0.0, 1.0)], [0.0], [0.9, 0.5], lag=(2.0,), transfer_cap=inf)
    close(solve_game(game).ends[0][1].transfer, (1.0, -1.0))
    close(solve_game(game).worth, (0.81, 0.0))


def test_a_government_judges_with_the_weights_of_its_day() -> None:
    # From day 1 on A's government wants the deal that today's does not: it will be made.
    early, late = np.array([[-1.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])
    game = replace(talks([(0, 0)], [0.0, 1.0]), flows=lambda day: early if day < 1 else late)
    found = solve_game(game)
    assert [n.agreed is not None for n in found.nodes] == [False, True]
    assert found.nodes[1].agreed is not None
    close(found.nodes[1].agreed.worth, (1.0, 1.0))
    close(found.nodes[0].waiting, (-0.9, 0.9))
    close(found.worth, (-0.9, 0.9))


# --- all bid at once -----------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [1e-5, 1e-3, 1.0, 1e4])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_simultaneous_offers_have_the_largest_nash_product(unit: float, offset: float) -> None:
    # 0.4 * 0.1 * 0.1 < 0.3 * 0.2 * 0.1 although the first has the larger sum
    deals = np.array([(0.4, 0.1, 0.1), (0.3, 0.2, 0.1), (9.0, 9.0, -0.1)])
    game = talks(unit * (deals + offset), delta=[0.9] * 3, inside=[unit * offset] * 3, first=None)
    assert agreed(replace(game, offers="simultaneous")).package == 1


def test_where_somebody_gains_nothing_the_sum_decides() -> None:
    game = talks([(0.1, 0.0), (0.0, 0.3), (0.0, 0.2)], offers="simultaneous")
    assert agreed(game).package == 1


def test_side_payments_equalise_gains_per_unit_received() -> None:
    war, delta = np.array([-1.0, -0.2, 0.1]), np.array([0.9, 0.8, 0.5])
    game = talks(
        [(2.0, -1.0, 1.0)], [0.0], delta, None, [war], offers="simultaneous",
        deadlines=(Deadline("d", 1.0, 2),), lag=(0.5,), transfer_cap=inf,
    )  # fmt: skip
    factor = delta**0.5
    gains = np.array([2.0, -1.0, 1.0]) * factor - war * delta
    paid = (gains / factor).mean() - gains / factor
    close(agreed(game).end.transfer, paid)
    close((agreed(game).worth - node(game).waiting) / factor, np.full(3, (gains / factor).mean()))
    capped = talks([(1, 0)], offers="simultaneous", transfer_cap=0.2)
    close(agreed(capped).end.transfer, (-0.2, 0.2))


# --- extreme patience, orders, refusals ----------------------------------------------------------


def test_who_does_not_discount_only_counts_the_end() -> None:
    game = talks([(0.5, 0.5)], [1.0, 2.0, 3.0], [1.0, 1.0], [-9.0, -9.0], transfer_cap=inf)
    close(solve_game(game).worth, (10.0, -9.0))  # the last proposer takes all
    waiting = talks([], [], [1.0, 1.0], [1.0, 1.0], [[0.0, 2.0]], hazard=0.1, hazard_state=1)
    close(solve_game(waiting).worth, (0.0, 2.0))
    threat = Deadline("d", 9.0, 1, owner=0, may_lapse=True, cost=0.5)
    lapsed = talks([], [], [1.0, 1.0], [1.0, 1.0], [[0.0, 2.0]], deadlines=(threat,))
    close(solve_game(lapsed).worth, (0.5, 1.0))


def test_who_sees_only_today_takes_what_today_brings() -> None:
    game = talks([(0.5, 0.5)], [0.0, 1.0], [0.0, 0.0], transfer_cap=inf)
    close(solve_game(game).worth, (1.0, 0.0))
    for more in ({"hazard": 0.5, "hazard_state": 1}, {"deadlines": (Deadline("d", 1.0, 1),)}):
        game = talks([], [0.5], [0.0, 0.9], [1.0, 1.0], [[-5.0, -5.0]], **more)  # type: ignore[arg-type]
        with np.errstate(all="raise"):
            assert solve_game(game).worth[0] == 1.0
    assert solve_game(talks([(2, 2)], [0.0], [0.0, 0.0], [1, 1], lag=(1.0,))).worth[0] == 1.0


def test_every_order_is_played_and_averaged() -> None:
    game = talks([(0.4, 0.6)], [0.0, 1.0], first=None, transfer_cap=inf)
    found = play(game)
    assert [(o.first, o.chance) for o in found.orders] == [(0, 0.5), (1, 0.5)]
    close(found.orders[0].solved.worth, (0.1, 0.9))
    close(found.worth, (0.5, 0.5))
    assert sum(p for p, _ in found.ends) == pytest.approx(1.0)
    close(play(game, 1).worth, (0.9, 0.1))
    assert [o.first for o in play(replace(game, offers="simultaneous")).orders] == [None]


def test_turns_go_by_days_and_settled_proposers_are_one_order() -> None:
    day = Round("leave", 1.5, (False,), exit_only=True)  # nobody's turn
    rounds = Round("r0", 2.0, (True,)), Round("r1", 1.0, (True,)), day, Round("r2", 3.0, (True,))
    game = replace(talks([(1, 1, 1)], delta=[0.9] * 3), rounds=rounds)
    for own, turns in ((None, [1, 2, 2, 0]), (2, [2, 0, 0, 1])):
        found = replace(game, rounds=(rounds[0], replace(rounds[1], proposer=own), *rounds[2:]))
        found = found.with_first(1)
        assert [r.id for r in found.rounds] == ["r1", "leave", "r0", "r2"]
        assert [r.proposer for r in found.rounds] == turns
        settled = [replace(r, proposer=None) if r.exit_only else r for r in found.rounds]
        shuffled = replace(game, rounds=tuple(settled[::-1]))
        assert [(o.first, o.chance) for o in play(shuffled).orders] == [(turns[0], 1.0)]
    with pytest.raises(ValueError, match="with_first"):
        solve_game(game)


# fmt: off
WRONG: list[dict[str, object]] = [
    {"parties": ("A",)}, {"packages": 4}, {"inside": 3}, {"flows": lambda day: np.zeros((2, 2))},
    {"delta": np.array([0.9])}, {"delta": np.array([0.9, 1.1])}, {"delta": np.array([-0.1, 1.0])},
    {"delta": np.array([nan, 1.0])}, {"lag": (0.1, 0.1)}, {"lag": (-0.1,)},
    {"rounds": (Round("r", -0.1, (True,), 0),)}, {"rounds": (Round("r", nan, (True,), 0),)},
    {"rounds": (Round("r", 0.0, (True, True), 0),)}, {"rounds": (Round("r", 0.0, (True,), 2),)},
    {"rounds": (Round("r", 0.0, (True,), exit_only=True),)},
    {"deadlines": (Deadline("d", -1.0, 2),)}, {"deadlines": (Deadline("d", inf, 2),)},
    {"deadlines": (Deadline("d", 1.0, 2, extensions=-1),)}, {"deadlines": (Deadline("d", 1.0, 3),)},
    {"deadlines": (Deadline("d", 1.0, 2, extends=0.0, extensions=1),)},
    {"deadlines": (Deadline("d", 1.0, 2, owner=-1),)},
    {"exits": (Exit(2, 2),)}, {"exits": (Exit(0, -1),)},
    {"hazard": -0.1}, {"hazard": nan}, {"hazard": inf}, {"hazard_state": 3}, {"transfer_cap": -1.0},
]
# fmt: on


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "-".join(wrong))
def test_a_game_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    game = talks([(1.0, 1.0)], others=[(0.0, 0.0)])
    with pytest.raises(ValueError):
        replace(game, **wrong)  # type: ignore[arg-type]
