"""Talks of a scenario as a game: rules, readings, dates moved, draws, other sorts of talks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from parley.calendar.game import Exit
from parley.timing.assess import assess_calendar
from parley.timing.draws import HIGHEST_DISCOUNT, Draws, draw_games
from parley.timing.game import EXIT_DAY, TalksCalendar
from parley.timing.moves import DateMove, date_moves, shifted_plans
from parley.timing.reading import Reading, Wait, close_calls, end_words, read_play
from tests.unit.toy_calendar import AS_OF, DEADLINE, calendar, event, planted, years

MAIN = 'talks = "main"'
SPRING, SUMMER = years("2020-04-01"), years("2020-07-01")
DELTA = np.array([0.9, 0.95])
DEAL, HIT = np.array([2.0, -1.0]), np.array([-3.0, -2.0])
NO_THREAT = (
    'when = { talks = "main", is = "failed" }',
    'when = { event = "spring", is = "happened" }',
)
EXIT = (DEADLINE, 'ends_by = "exit"\n')
HAZARD = (DEADLINE, 'ends_by = "hazard"\nhazard_per_year = 0.5\n')
OFFERS = 'agenda = ["part", "whole"]\n'
ALL_THREE = ('parties = ["HOM", "FOR"]\nstate', 'parties = ["HOM", "FOR", "RST"]\nstate')
OPTION = '\n[[outside_option]]\nid = "own"\nparty = "FOR"\nvalue_usd_bn = 1.0\n'


@pytest.fixture(scope="module")
def small() -> TalksCalendar:
    return calendar()


@pytest.fixture(scope="module")
def plain(small: TalksCalendar) -> TalksCalendar:
    """Home gains by part, Foreign loses by it, but less than by the levy."""
    return planted(small, part=(2.0, -1.0), hit=(-3.0, -2.0))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def read(found: TalksCalendar, *, sure: bool = True) -> Reading:
    return read_play(found, found.play(found.game(sure=sure)))


def close(found: object, expected: object, within: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=within)


def party(name: str, fields: str) -> tuple[str, str]:
    return f'id = "{name}"\ndiscount', f'id = "{name}"\n{fields}\ndiscount'


# --- the rules of the game -----------------------------------------------------------------------


def test_a_game_has_the_days_of_the_plan(small: TalksCalendar) -> None:
    game = small.game()
    assert [(r.id, r.day) for r in game.rounds] == [("spring", SPRING)]
    (d,) = game.deadlines
    assert (d.id, d.day, d.state, d.owner, d.may_lapse) == ("levy-day", SUMMER, 3, 0, False)
    assert (d.extends, d.extensions, d.earliest, d.cost) == (0.0, 0, 0.0, 0.0)
    assert small.game(sure=False).deadlines[0].may_lapse
    close(game.delta, DELTA)
    assert (game.hazard, game.transfer_cap, game.exits) == (0.0, 0.0, ())
    close(game.flows(0.0), small.stakes.values(small.stakes.weights))
    close(small.game(discount=np.array([0.5, 0.0])).delta, (0.5, 1.0))
    other = {"hom-food": 1.0, "for-food": 1.0}
    close(small.game(weights=other).flows(0.0), small.stakes.values(None))


def test_a_deadline_is_put_off_by_days_and_takes_effect_no_earlier_than_said() -> None:
    longer = ('threat = "levy"\n\n[[p', 'threat = "levy"\nextends_days = 60\nextensions = 2\n\n[[p')
    earliest = ('instrument = "cars"\n', 'instrument = "cars"\nearliest = 2020-08-01\n')
    (d,) = calendar(longer, earliest).game().deadlines
    assert (d.extends, d.extensions, d.earliest) == (60 / 365.25, 2, years("2020-08-01"))


def test_a_deal_is_in_force_after_the_longest_ratification(plain: TalksCalendar) -> None:
    slow = party("FOR", 'ratifier = { kind = "legislature", lag_days = 73 }')
    quick = party("HOM", 'ratifier = { kind = "executive", lag_days = 10 }')
    found = planted(calendar(slow, quick), part=(2.0, -1.0), hit=(-3.0, -2.0))
    assert (found.lag_days, found.lag_party) == (73, "FOR")
    assert not any("lag_days" in n for n in found.notes)
    seen = read(found)
    close(seen.worth, DEAL * DELTA ** (SPRING + 73 / 365.25))
    assert seen.likely.date == day("2020-04-01")
    assert seen.likely.in_force == day("2020-06-13")
    assert (plain.lag_days, plain.lag_party) == (0, "")
    assert any("no lag_days is given" in n for n in plain.notes)


def test_a_lapsed_threat_costs_its_owner_part_of_its_income() -> None:
    found = calendar(party("HOM", "reputation_cost = 0.02"))
    income = found.stakes.income(found.stakes.weights)
    (d,) = found.game(sure=False).deadlines
    assert d.cost == pytest.approx(0.02 * income[0])
    for loss, move in ((1.01, "let lapse"), (0.99, "carry out")):
        real = 0.02 * found.stakes.income(None)[0]
        lost = planted(found, hit=(-loss * real, -9.0))
        at = next(s for s in read(lost, sure=False).steps if s.kind == "deadline")
        assert (at.move, at.owner) == (move, "HOM")


def test_side_payments_are_what_the_other_accepts_up_to_the_cap() -> None:
    paid = (OFFERS, OFFERS + "side_payment_usd_bn = 0.5\n")
    seen = read(planted(calendar(paid), part=(2.0, -1.0), hit=(-3.0, -2.0)))
    shift = np.array([0.5, -0.5])
    by_first = {name: worth for name, _, worth in seen.by_first}
    close(by_first["HOM"], (DEAL + shift) * DELTA**SPRING)
    close(by_first["FOR"], (DEAL - shift) * DELTA**SPRING)
    close(seen.worth, DEAL * DELTA**SPRING)
    assert [(e.state, e.transfer, e.probability) for e in seen.ends] == [
        ("part", (0.5, -0.5), 0.5),
        ("part", (-0.5, 0.5), 0.5),
    ]


def test_who_proposes_is_averaged_unless_the_file_says(small: TalksCalendar) -> None:
    worth = {"part": (2.0, 1.0), "whole": (1.0, 2.0)}
    seen = read(planted(small, **worth))
    assert [(name, chance) for name, chance, _ in seen.by_first] == [("HOM", 0.5), ("FOR", 0.5)]
    assert {(e.state, e.probability) for e in seen.ends} == {("part", 0.5), ("whole", 0.5)}
    close(seen.worth, 1.5 * DELTA**SPRING)
    first = calendar((OFFERS, OFFERS + 'first_proposer = "FOR"\n'))
    host = calendar(('id = "spring"\n', 'id = "spring"\nproposer = "FOR"\n'))
    for found in (first, host):
        seen = read(planted(found, **worth))
        assert [name for name, *_ in seen.by_first] == ["FOR"]
        assert [(e.state, e.probability) for e in seen.ends] == [("whole", 1.0)]
        assert seen.steps[0].proposer == "FOR"


def test_they_take_turns_from_round_to_round() -> None:
    found = planted(calendar(more=event("may", "2020-05-01", "meeting", MAIN)), hit=(-3.0, -2.0))
    steps = [(s.first, s.id, s.proposer) for s in read(found).steps if s.kind == "round"]
    assert steps == [
        ("HOM", "spring", "HOM"),
        ("HOM", "may", "FOR"),
        ("FOR", "spring", "FOR"),
        ("FOR", "may", "HOM"),
    ]


# --- an equilibrium read -------------------------------------------------------------------------


def test_a_sure_threat_brings_the_deal(plain: TalksCalendar) -> None:
    seen = read(plain)
    (end,) = seen.ends
    assert (end.kind, end.state, end.by, end.date) == ("deal", "part", "spring", day("2020-04-01"))
    assert (end.probability, seen.agreement, seen.likely) == (1.0, 1.0, end)
    assert end_words(end) == "part on 1 Apr 2020"
    close(seen.worth, DEAL * DELTA**SPRING)
    rounds = [s for s in seen.steps if s.kind == "round"]
    assert [s.first for s in rounds] == ["HOM", "FOR"]
    for s in rounds:
        close(s.waiting, HIT * DELTA ** (SUMMER - SPRING))
        assert (s.agreed, s.chance, s.waits, s.move) == ("part", 1.0, (), "")
        assert s.worth is not None
        close(s.worth, DEAL)
        assert [o.package for o in s.offers] == ["part", "whole"]
    deadlines = [s for s in seen.steps if s.kind == "deadline"]
    assert {(s.id, s.move, s.owner, s.chance) for s in deadlines} == {
        ("levy-day", "carry out", "HOM", 0.0)
    }


def test_one_that_may_lapse_does_not(plain: TalksCalendar) -> None:
    seen = read(plain, sure=False)
    assert [(e.kind, e.probability) for e in seen.ends] == [("no-deal", 1.0)]
    assert (seen.agreement, end_words(seen.likely)) == (0.0, "no deal")
    assert (seen.likely.date, seen.likely.in_force) == (None, None)
    close(seen.worth, (0.0, 0.0))
    spring, at = (next(s for s in seen.steps if s.kind == k) for k in ("round", "deadline"))
    assert spring.waits == (Wait("FOR", "no deal", 1.0),)
    assert [o.against for o in spring.offers] == [("FOR",), ("HOM", "FOR")]
    assert (spring.agreed, spring.worth) == ("", None)
    assert [c for c, _ in at.choices] == ["carry out", "let lapse"]
    close(at.choices[0][1], HIT)


def test_a_gate_is_waited_for() -> None:
    vote = event("vote", "2020-05-01", "report", 'gates = { concessions_by = "FOR" }')
    june = event("june", "2020-06-01", "meeting", MAIN)
    found = planted(calendar(more=vote + june), part=(2.0, -1.0), hit=(-3.0, -2.0))
    seen = read(found)
    assert (seen.likely.state, seen.likely.by, seen.agreement) == ("part", "june", 1.0)
    spring = seen.steps[0]
    assert spring.waits == (Wait("FOR", "vote", None),)
    assert [o.worth for o in spring.offers] == [None, None]
    assert spring.offers[0].shut == "FOR concedes nothing before 'vote' (2020-05-01)"


def test_values_and_verdict_of_an_assessment(plain: TalksCalendar) -> None:
    found = assess_calendar(plain, moves=False)
    assert found.moves == ()
    assert found.hangs_on_belief
    assert found.free is not None
    close(found.values, plain.game().flows(0.0))
    sure = assess_calendar(planted(plain, part=(2.0, -1.0), hit=(1.0, -2.0)), moves=False)
    assert not sure.hangs_on_belief
    assert sure.sure.likely.state == "part"  # Home would carry it out: no resolve is needed


def test_a_close_call_is_told(plain: TalksCalendar) -> None:
    def calls(**worth: tuple[float, float]) -> list[tuple[str, str, str]]:
        found = assess_calendar(planted(plain, **worth), moves=False)
        assert found.free is not None
        told = close_calls(found.calendar, found.free, found.values)
        return [(c.party, c.step, c.package) for c in told]

    # Of ten at stake for Foreign, it gains or loses a hundredth by the deal.
    assert calls(part=(2.0, 0.01), hit=(-1.0, -10.0)) == [("FOR", "spring", "part")]
    assert calls(part=(2.0, -0.01), hit=(-1.0, -10.0)) == [("FOR", "spring", "part")]
    assert calls(part=(2.0, 1.0), hit=(-1.0, -10.0)) == []
    # Where Home would rather wait as well, nothing hangs on Foreign.
    assert calls(part=(-2.0, -0.01), hit=(-3.0, -10.0)) == []


def test_two_that_want_different_packages_could_hold_out(small: TalksCalendar) -> None:
    found = assess_calendar(planted(small, part=(2.0, 1.0), whole=(1.0, 4.0)), moves=False)
    held = found.holdout
    assert held is not None
    assert (held.wants, held.win, held.lose) == (("part", "whole"), (2.0, 4.0), (1.0, 1.0))
    # h_i = c_j / (win_j - lose_j), c_j the interest on what giving in brings
    rates = (-log(0.95) * 1.0 / 3.0, -log(0.9) * 1.0 / 1.0)
    close(held.standoff.gives_in, rates)
    assert held.standoff.mean_years == pytest.approx(1.0 / sum(rates))
    for worth in ({"part": (2.0, 1.0)}, {"part": (2.0, 4.0), "whole": (1.0, 3.0)}):
        assert assess_calendar(planted(small, **worth), moves=False).holdout is None
    hasty = replace(small, stakes=replace(small.stakes, discount=np.array([1.0, 0.05])))
    worth = {"part": (2.0, 1.0), "whole": (1.0, 4.0)}
    assert assess_calendar(planted(hasty, **worth), moves=False).holdout is None


# --- dates moved ---------------------------------------------------------------------------------


def move_of(moves: tuple[DateMove, ...], name: str, how: str) -> DateMove:
    return next(m for m in moves if (m.event, m.how) == (name, how))


def test_without_its_only_meeting_there_is_no_agreement(plain: TalksCalendar) -> None:
    before = plain.plan
    moves = date_moves(plain)
    gone = move_of(moves, "spring", "does not take place")
    assert (gone.agreement, gone.shifts, gone.date) == (0.0, True, None)
    assert end_words(gone.likely) == "hit on 1 Jul 2020"
    close(gone.change, HIT * DELTA**SUMMER - DEAL * DELTA**SPRING)
    assert plain.plan is before
    assert [r.id for r in before.rounds] == ["spring"]


def test_what_a_date_is_worth(plain: TalksCalendar) -> None:
    moves = date_moves(plain)
    peace = move_of(moves, "levy-day", "is dropped")
    assert (end_words(peace.likely), peace.agreement, peace.shifts) == ("no deal", 0.0, True)
    close(peace.change, -DEAL * DELTA**SPRING)
    for how, date in (("30 days earlier", "2020-03-02"), ("30 days later", "2020-05-01")):
        m = move_of(moves, "spring", how)
        assert (m.date, m.shifts, m.agreement) == (day(date), False, 1.0)
        close(m.change, DEAL * (DELTA ** years(date) - DELTA**SPRING))
    close(move_of(moves, "levy-day", "30 days later").change, (0.0, 0.0))
    free = date_moves(plain, sure=False)
    close(move_of(free, "spring", "does not take place").change, (0.0, 0.0))


def test_an_event_of_unknown_day_is_tried_on_its_first_and_last() -> None:
    window = (
        'date = 2020-04-01\nkind = "meeting"',
        'window = [2019-12-20, 2020-02-01]\nkind = "meeting"',
    )
    vote = event("vote", "2020-05-01", "report", 'gates = { concessions_by = "RST" }')
    gate = event("gate", "2020-05-01", "report", 'gates = { concessions_by = "FOR" }')
    shifts = shifted_plans(calendar(window, more=vote + gate).plan)
    tried = {}
    for e, how, moved in shifts:
        here = next((x.date for x in moved.events if x.id == e.id), None)
        tried.setdefault(e.id, []).append((how, here))
    assert tried["spring"] == [
        ("on the first day", AS_OF),
        ("on the last day", day("2020-02-01")),
        ("30 days later", day("2020-02-15")),
        ("does not take place", None),
    ]
    assert [how for how, _ in tried["gate"]] == ["30 days earlier", "30 days later"]
    assert "vote" not in tried


# --- draws ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(small: TalksCalendar) -> Draws:
    return draw_games(small, draws=64, seed=3)


def test_a_seed_gives_the_same_draws(small: TalksCalendar, drawn: Draws) -> None:
    told: list[tuple[int, int]] = []
    again = draw_games(small, draws=64, seed=3, told=lambda *done: told.append(done))
    np.testing.assert_array_equal(again.values, drawn.values)
    assert (again.sure, again.free, again.seed) == (drawn.sure, drawn.free, 3)
    assert told == [(n, 64) for n in range(1, 65)]
    other = draw_games(small, draws=64, seed=4)
    assert not np.array_equal(other.values, drawn.values)


def test_draws_lie_around_the_files_values(drawn: Draws) -> None:
    assert drawn.names == (
        "weight of hom-food",
        "weight of for-food",
        "discount of HOM",
        "discount of FOR",
    )
    limits = ((1.0, 1.5, 2.5), (1.0, 2.0, 4.0), (0.05, 0.1, 0.2), (0.025, 0.05, 0.1))
    for column, (low, middle, high) in zip(drawn.values.T, limits, strict=True):
        assert low <= column.min() < column.max() <= high
        assert (column < middle).sum() == 32
        assert column.max() > middle + 0.8 * (high - middle)
        assert column.min() < low + 0.2 * (middle - low)


def test_every_draw_is_the_game_at_its_values(small: TalksCalendar, drawn: Draws) -> None:
    kinds = set()
    for n in range(0, 64, 7):
        home, away, *rates = drawn.values[n]
        weights = small.stakes.weights | {"hom-food": home, "for-food": away}
        for sure, ends in ((True, drawn.sure[n]), (False, drawn.free[n])):
            game = small.game(sure=sure, weights=weights, discount=np.array(rates))
            assert small.play(game).ends == ends
            assert sum(p for p, _ in ends) == pytest.approx(1.0)
            kinds |= {(sure, e.kind) for _, e in ends}
    assert len(kinds) >= 3


def test_without_a_threat_of_a_party_free_is_sure_itself() -> None:
    found = draw_games(calendar(NO_THREAT, ('breakdown = "hit"\n', "")), draws=4)
    assert found.free is found.sure
    assert draw_games(calendar(), draws=4).free is not found.sure


def test_what_has_no_range_is_not_drawn() -> None:
    fixed = (
        ("weight = { value = 1.5, low = 1.0, high = 2.5 }", "weight = 1.5"),
        ("discount_per_year = 0.10", "discount_per_year = 0.0"),
        ("discount_per_year = 0.05", "discount_per_year = 0.9"),
    )
    found = draw_games(calendar(*fixed), draws=16)
    assert found.names == ("weight of for-food", "discount of HOM", "discount of FOR")
    assert set(found.values[:, 1]) == {0.0}
    assert found.values[:, 2].max() == HIGHEST_DISCOUNT
    assert found.values[:, 2].min() >= 0.45


def test_draws_of_other_dates(plain: TalksCalendar) -> None:
    found = draw_games(plain, draws=4, plan=plain.plan.without("spring"))
    assert {e.kind for ends in found.sure for _, e in ends} == {"breakdown"}
    assert {e.kind for ends in draw_games(plain, draws=4).sure for _, e in ends} == {"deal"}


def test_the_spread_adds_up_ends_by_date_and_package() -> None:
    paid = calendar((OFFERS, OFFERS + "side_payment_usd_bn = 0.002\n"))
    draws = draw_games(paid, draws=32, seed=2)
    mixed = draws.mixed(0.25)
    assert sum(p for p, _ in mixed) == pytest.approx(1.0)
    assert draws.mixed(1.0) == tuple((p / 32, e) for ends in draws.sure for p, e in ends)
    assert assess_calendar(paid, moves=False).spread is None
    spread = assess_calendar(paid, moves=False, draws=draws).spread
    assert spread is not None
    assert (spread.draws, spread.seed, spread.threat_is_sure) == (32, 2, 0.5)
    seen = [(e.kind, e.state, e.date) for e in spread.ends]
    assert len(set(seen)) == len(seen) > 2
    by_hand = sum(p for p, e in draws.mixed(0.5) if (e.kind, e.state) == ("deal", 0))
    part = [e.probability for e in spread.ends if (e.kind, e.state) == ("deal", "part")]
    assert sum(part) == pytest.approx(by_hand)
    sigma = '\n[forecast]\ntalks = "main"\nby = 2020-12-31\nthreat_is_sure = 0.9\n'
    told = assess_calendar(calendar(more=sigma), moves=False, draws=draws).spread
    assert told is not None
    assert told.threat_is_sure == 0.9


# --- other sorts of talks ------------------------------------------------------------------------


def test_where_all_bid_at_once_the_largest_product_is_agreed(small: TalksCalendar) -> None:
    worth = {"part": (2.0, 1.0), "whole": (3.0, 0.5)}
    both = planted(calendar((OFFERS, OFFERS + 'offers = "simultaneous"\n')), **worth)
    seen = read(both)
    assert [(name, chance) for name, chance, _ in seen.by_first] == [("", 1.0)]
    assert [(e.state, e.probability) for e in seen.ends] == [("part", 1.0)]
    assert {(s.first, s.proposer) for s in seen.steps} == {("", "")}
    in_turns = read(planted(small, **worth))
    assert {(e.state, e.probability) for e in in_turns.ends} == {("part", 0.5), ("whole", 0.5)}


def test_talks_that_may_break_down_at_any_time() -> None:
    hazard = calendar(HAZARD, NO_THREAT)
    assert (hazard.hazard, hazard.game().deadlines) == (0.5, ())
    assert calendar(NO_THREAT).hazard == 0.0
    found = planted(hazard, part=(2.0, -1.0), hit=(-3.0, -2.0))
    seen = read(found)
    r = -np.log(DELTA)
    point = 0.5 * HIT / (r + 0.5)  # the disagreement point of endless talks
    spring = seen.steps[0]
    close(spring.waiting, point)
    reached = exp(-0.5 * SPRING)
    assert spring.chance == pytest.approx(reached)
    ends = {e.kind: e for e in seen.ends}
    assert ends["deal"].probability == pytest.approx(reached)
    assert ends["hazard"].probability == pytest.approx(1.0 - reached)
    assert (ends["hazard"].date, ends["hazard"].state) == (AS_OF, "hit")
    assert end_words(ends["hazard"]) == "breakdown (hit) some time after 1 Jan 2020"
    close(seen.worth, (DEAL - point) * (DELTA * exp(-0.5)) ** SPRING + point)


def test_breakdown_at_any_time_is_one_end() -> None:
    seen = read(planted(calendar(HAZARD, NO_THREAT), part=(2.0, -5.0), hit=(-3.0, -2.0)))
    (end,) = seen.ends
    assert (end.kind, end.state, end.date) == ("hazard", "hit", AS_OF)
    assert end.probability == pytest.approx(1.0)


def test_a_party_with_something_better_elsewhere_leaves_at_once() -> None:
    found = calendar(EXIT, NO_THREAT, more=OPTION)
    assert found.game().exits == (Exit(0, 3), Exit(1, 4))
    seen = read(found)
    (end,) = seen.ends
    assert (end.kind, end.state, end.date, end.by) == ("exit", "exit:own", AS_OF, EXIT_DAY)
    assert end_words(end) == "exit to own on 1 Jan 2020"
    left = found.stakes.values(found.stakes.weights)[found.stakes.states.falls]
    close(seen.worth, (left[0], 1.0))
    step = seen.steps[0]
    assert (step.id, step.exited, step.offers, step.agreed) == (EXIT_DAY, "FOR", (), "")


def test_but_only_from_the_day_on_which_it_may() -> None:
    for since in ("2020-03-01", "2020-06-01"):
        found = calendar(EXIT, NO_THREAT, more=OPTION + f"available_from = {since}\n")
        seen = read(found)
        (end,) = seen.ends
        assert (end.kind, end.date) == ("exit", day(since))
        left = found.stakes.values(found.stakes.weights)[found.stakes.states.falls]
        close(seen.worth, (left[0] * 0.9 ** years(since), 0.95 ** years(since)))
    past = calendar(EXIT, NO_THREAT, more=OPTION + "available_from = 2019-06-01\n")
    assert read(past).likely.date == AS_OF


@pytest.mark.parametrize(("own", "kind"), [(0.9, "deal"), (1.1, "exit")])
def test_it_stays_for_a_deal_that_is_better(own: float, kind: str) -> None:
    found = calendar(EXIT, NO_THREAT, more=OPTION)
    deal = 0.95**SPRING
    seen = read(planted(found, part=(2.0, 1.0), exit_own=(0.0, own * deal)))
    assert {e.kind for e in seen.ends} == {kind}


def test_a_party_without_an_option_may_leave_for_what_follows_if_talks_fail() -> None:
    found = planted(calendar(EXIT, NO_THREAT), part=(2.0, -1.0), hit=(0.5, -2.0))
    assert [(e.party, e.state) for e in found.game().exits] == [(0, 3), (1, 3)]
    seen = read(found)
    # Home would leave after the meeting, so Foreign signs; but leaving at once is no better.
    assert {(e.kind, e.state) for e in seen.ends} == {("deal", "part")}


def test_three_parties_must_all_agree() -> None:
    worth = {"part": (1.0, 1.0, -0.1), "whole": (-1.0, -1.0, -1.0), "hit": (-1.0, -1.0, 0.0)}
    found = planted(calendar(ALL_THREE), **worth)
    assert found.parties == ("HOM", "FOR", "RST")
    seen = read(found)
    assert [name for name, *_ in seen.by_first] == ["HOM", "FOR", "RST"]
    close([chance for _, chance, _ in seen.by_first], [1 / 3] * 3)
    assert [(e.kind, e.state) for e in seen.ends] == [("breakdown", "hit")]
    assert seen.steps[0].offers[0].against == ("RST",)
    assert "no discount_per_year is given for RST: 0.05 assumed" in found.notes
    paid = calendar(ALL_THREE, (OFFERS, OFFERS + "side_payment_usd_bn = 0.25\n"))
    seen = read(planted(paid, **worth))
    assert {(e.kind, e.state) for e in seen.ends} == {("deal", "part")}
    assert seen.agreement == pytest.approx(1.0)
    for e in seen.ends:
        assert sum(e.transfer) == pytest.approx(0.0)
        assert e.transfer[2] >= 0.1 - 1e-12
    assert assess_calendar(found, moves=False).holdout is None
