"""The dates of some talks, and what every state is worth to whom on which day."""

from __future__ import annotations

import datetime as dt
from math import exp

import numpy as np
import pytest

from parley.errors import InputError
from parley.timing.game import TalksCalendar
from parley.timing.plan import EXTENSION_DAYS, RoundAhead
from tests.unit.toy_calendar import (
    AS_OF,
    DEADLINE,
    LEVY_DAY,
    calendar,
    event,
    plan,
    years,
)

MAIN = 'talks = "main"'
EXIT = (DEADLINE, 'ends_by = "exit"\n')
QUIET = ('breakdown = "hit"\n', "")


@pytest.fixture(scope="module")
def small() -> TalksCalendar:
    return calendar()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --- rounds --------------------------------------------------------------------------------------


def test_a_window_is_taken_in_its_middle_as_far_as_it_is_still_to_come() -> None:
    found = plan(
        more=event("wide", "[2020-03-01, 2020-03-11]", "meeting", MAIN)
        + event("begun", "[2019-12-01, 2020-01-21]", "meeting", MAIN)
        + event("over", "[2019-11-01, 2019-11-20]", "meeting", MAIN)
        + event("told", "[2019-12-20, 2020-01-10]", "meeting", MAIN, 'status = "past"')
        + event("today", "2020-01-01", "meeting", MAIN)
    )
    assert {r.id: r.date for r in found.rounds} == {
        "today": AS_OF,
        "begun": day("2020-01-11"),
        "wide": day("2020-03-06"),
        "spring": day("2020-04-01"),
    }
    assert [r.id for r in found.rounds] == ["today", "begun", "wide", "spring"]
    windows = {r.id: r.window for r in found.rounds}
    assert windows["wide"] == (day("2020-03-01"), day("2020-03-11"))
    assert windows["spring"] is None


def test_days_are_years_of_365_and_a_quarter_days() -> None:
    found = plan()
    assert found.years(AS_OF) == 0.0
    assert found.years(day("2020-04-01")) == 91 / 365.25 == years("2020-04-01")
    for ahead in (0, 1, 91, 182, 1000):
        date = AS_OF + dt.timedelta(days=ahead)
        assert found.date(found.years(date)) == date


def test_nothing_is_agreed_where_a_party_is_missing() -> None:
    found = plan(
        more=event("one", "2020-02-01", "meeting", MAIN, 'parties = ["HOM"]')
        + event("both", "2020-02-02", "meeting", MAIN, 'parties = ["FOR", "HOM"]')
        + event("three", "2020-02-03", "meeting", 'parties = ["HOM", "FOR", "RST"]')
        + event("lone", "2020-02-04", "meeting", 'parties = ["HOM", "RST"]')
        + event("nobody", "2020-02-05")
        + event("other", "2020-02-06", "meeting", 'talks = "side"', 'parties = ["HOM", "FOR"]')
    )
    assert [r.id for r in found.rounds] == ["both", "three", "spring"]
    assert found.notes == ("nothing can be agreed at 'one': FOR not there",)


def test_the_file_says_what_a_round_is_and_who_proposes() -> None:
    found = plan(
        more=event("talked", "2020-02-01", "meeting", MAIN, "round = false")
        + event("letter", "2020-02-02", "statement", MAIN, "round = true", 'proposer = "FOR"')
        + event("speech", "2020-02-03", "statement", MAIN)
    )
    assert [(r.id, r.proposer) for r in found.rounds] == [("letter", "FOR"), ("spring", None)]


def test_talks_without_a_meeting_say_so() -> None:
    found = plan(talks="side")
    assert (found.talks, found.rounds) == ("side", ())
    assert found.notes == ("no meeting of these talks is on the calendar: nothing can be agreed",)


# --- deadlines -----------------------------------------------------------------------------------


def test_a_threat_ends_on_the_day_of_its_event() -> None:
    dated = ('date = 2020-07-01\nkind = "deadline"', 'date = 2020-06-01\nkind = "deadline"')
    found = plan(EXIT, dated)
    (d,) = found.deadlines
    assert (d.id, d.date, d.threat, d.owner) == ("levy-day", day("2020-06-01"), "levy", "HOM")
    assert (d.extends_days, d.extensions, d.earliest) == (0, 0, None)


def test_or_on_its_own_day_or_on_that_of_the_talks() -> None:
    without = (LEVY_DAY, "")
    instrument = ('instrument = "cars"\n', 'instrument = "cars"\ndeadline = 2020-05-01\n')
    earliest = ('instrument = "cars"\n', 'instrument = "cars"\nearliest = 2020-08-01\n')
    (own,) = plan(EXIT, without, instrument).deadlines
    assert (own.id, own.date, own.window) == ("levy-deadline", day("2020-05-01"), None)
    (talks,) = plan(without, earliest).deadlines
    assert (talks.id, talks.date, talks.threat) == ("levy-deadline", day("2020-07-01"), "levy")
    assert talks.earliest == day("2020-08-01")
    assert plan(EXIT, without).deadlines == ()


def test_how_long_a_threat_is_put_off_is_assumed_where_nobody_says() -> None:
    extendable = ('instrument = "cars"\n', 'instrument = "cars"\nextendable = true\n')
    found = plan(extendable)
    (d,) = found.deadlines
    assert (d.extends_days, d.extensions) == (EXTENSION_DAYS, 1)
    assert any("'levy' can be put off" in n and "90 days assumed" in n for n in found.notes)
    said = ('threat = "levy"\n\n[[p', 'threat = "levy"\nextends_days = 60\nextensions = 2\n\n[[p')
    found = plan(said)
    assert [(d.extends_days, d.extensions) for d in found.deadlines] == [(60, 2)]
    assert [n for n in found.notes if "moves with it" not in n] == []
    never = ('threat = "levy"\n\n[[p', 'threat = "levy"\nextends_days = 60\nextensions = 0\n\n[[p')
    assert [d.extensions for d in plan(never).deadlines] == [0]


def test_the_talks_own_deadline_falls_together_with_a_threat_of_the_day() -> None:
    assert [(d.id, d.threat) for d in plan().deadlines] == [("levy-day", "levy")]
    later = ("deadline = 2020-07-01", "deadline = 2020-09-01")
    assert [(d.id, d.threat, d.owner) for d in plan(later).deadlines] == [
        ("levy-day", "levy", "HOM"),
        ("main-deadline", "", "HOM"),
    ]


def test_a_deadline_may_be_an_event_of_the_talks() -> None:
    stop = event("stop", "2020-09-01", "deadline", MAIN, "extends_days = 30", "extensions = 2")
    other = event("other", "2020-10-01", "deadline", 'talks = "side"')
    d = plan(EXIT, more=stop + other).deadlines[-1]
    assert (d.id, d.date, d.threat, d.owner) == ("stop", day("2020-09-01"), "", "HOM")
    assert (d.extends_days, d.extensions) == (30, 2)
    later = ("deadline = 2020-07-01", "deadline = 2020-09-01")
    assert [d.id for d in plan(later, more=stop).deadlines] == ["levy-day", "stop"]
    begun = event("begun", "[2019-10-01, 2020-01-21]", "deadline", MAIN)
    assert plan(EXIT, more=begun).deadlines[0].date == day("2020-01-11")
    span = event("span", "[2020-08-01, 2020-09-21]", "deadline", MAIN)
    assert plan(later, more=span).deadlines[-1].date == day("2020-09-01")
    past = event("past", "2019-11-01", "deadline", MAIN)
    assert [d.id for d in plan(EXIT, more=past).deadlines] == ["levy-day"]


@pytest.mark.parametrize(
    ("when", "hangs"),
    [
        ('when = { talks = "main", is = "failed" }', True),
        ("", True),
        ('when = { event = "spring", is = "happened" }', False),
        ('when = { talks = "side", is = "failed" }', True),
    ],
)
def test_a_threat_hangs_over_talks_whose_failure_brings_it(when: str, hangs: bool) -> None:
    said = ('when = { talks = "main", is = "failed" }', when)
    assert bool([d for d in plan(said).deadlines if d.threat]) == hangs
    nowhere = plan(said, QUIET).deadlines
    # Without a condition it hangs over the talks of those whom it is between.
    assert bool([d for d in nowhere if d.threat]) == ("main" in when or not when)


def test_who_is_not_at_the_table_decides_nothing() -> None:
    home = 'id = "levy"\nby = "HOM"\ninstrument = "cars"'
    rest = 'id = "levy"\nby = "RST"\non = "FOR"\nsectors = "CARS"\nrate = 0.25'
    (d,) = plan((home, rest)).deadlines
    assert (d.threat, d.owner) == ("levy", None)


# --- gates and elections -------------------------------------------------------------------------


def test_gates_and_elections_of_strangers_are_left_out() -> None:
    found = plan(
        more=event("vote", "2020-03-01", "election", 'party = "FOR"',
                   'gates = { concessions_by = "FOR", constituency = "for-food" }',
                   'reweights = [{ constituency = "for-food", factor = 2.0 },'
                   ' { constituency = "rst-food", factor = 3.0 }]')
        + event("far", "2020-03-02", "election", 'party = "RST"',
                'gates = { concessions_by = "RST" }',
                'reweights = [{ constituency = "rst-food", factor = 2.0 }]')
        + event("late", "2019-03-02", "report", 'gates = { concessions_by = "FOR" }')
    )  # fmt: skip
    assert [(g.id, g.party, g.constituency) for g in found.gates] == [("vote", "FOR", "for-food")]
    assert [(r.constituency, r.factor, r.fades_per_year) for r in found.reweights] == [
        ("for-food", 2.0, 0.0)
    ]


def test_moving_a_date_leaves_the_plan_as_it_was() -> None:
    vote = event("vote", "2020-03-01", "report", 'gates = { concessions_by = "FOR" }',
                 'reweights = [{ constituency = "for-food", factor = 2.0 }]')  # fmt: skip
    found, same = plan(more=vote), plan(more=vote)
    assert [e.id for e in found.events] == ["vote", "spring", "levy-day"]
    moved = found.moved("vote", day("2020-02-01"))
    assert {moved.gates[0].date, moved.reweights[0].date} == {day("2020-02-01")}
    assert found.moved("spring", day("2019-02-01")).rounds[0].date == AS_OF
    gone = found.without("vote")
    assert (gone.gates, gone.reweights, gone.rounds) == ((), (), found.rounds)
    assert found == same


def test_a_moved_date_has_no_window_any_more() -> None:
    wide = event("wide", "[2020-03-01, 2020-03-11]", "meeting", MAIN)
    found = plan(more=wide)
    moved = found.moved("wide", day("2020-05-01"))
    assert RoundAhead("wide", "wide", day("2020-05-01"), None, None) in moved.rounds


# --- what states are worth -----------------------------------------------------------------------


def test_worth_is_the_change_of_real_income(small: TalksCalendar) -> None:
    stakes = small.stakes
    real = stakes.values(None)
    for k, key in enumerate(stakes.states.keys):
        if key == "status-quo":
            np.testing.assert_array_equal(real[k], 0.0)
            continue
        figures = stakes.study.package(key).figures
        wanted = [figures.region(p).ev_usd_bn for p in ("HOM", "FOR")]
        np.testing.assert_allclose(real[k], wanted, rtol=0, atol=1e-12)


def test_weights_have_a_mean_of_one_over_a_partys_sectors(small: TalksCalendar) -> None:
    stakes, world = small.stakes, small.stakes.study.world
    food, cars = world.sector_index("FOOD"), world.sector_index("CARS")
    worth = stakes.values({"hom-food": 1.5, "for-food": 4.0, "rst-food": 9.0})
    for k in range(len(stakes.states.keys)):
        home, away = (stakes.stages[k, world.region_index(p)] for p in ("HOM", "FOR"))
        by_hand = [
            1.2 * home[food] + 0.8 * home[cars],  # 1.5 and 1 over 1.25
            1.6 * away[food] + 0.4 * away[cars],  # 4 and 1 over 2.5
        ]
        np.testing.assert_allclose(worth[k], by_hand, rtol=0, atol=1e-14)
    level = stakes.level[world.region_index("HOM")]
    income = stakes.income({"hom-food": 1.5})
    assert income[0] == pytest.approx(1.2 * level[food] + 0.8 * level[cars])
    even = stakes.values({"hom-food": 1.0, "for-food": 1.0})
    np.testing.assert_allclose(even, stakes.values(None), atol=1e-15)


def test_an_election_weighs_more_as_it_draws_near(small: TalksCalendar) -> None:
    vote = event("vote", "2021-01-01", "election", 'party = "FOR"',
                 'reweights = [{ constituency = "for-food", factor = 2.5, fades_per_year = 0.8 }]'
                 )  # fmt: skip
    found = calendar(more=vote)
    stakes, dates = found.stakes, found.plan
    usual, end = stakes.weights, years("2021-01-01")
    for ahead in (1.0, 0.25, 0.0):
        weights = stakes.weights_on(end - ahead, dates, usual)
        # 1 + phi e^(-rho (T - t)) with phi = factor - 1
        assert weights["for-food"] == pytest.approx(2.0 * (1.0 + 1.5 * exp(-0.8 * ahead)))
        assert weights["hom-food"] == 1.5
    assert stakes.weights_on(end + 1e-9, dates, usual) == usual
    assert usual["for-food"] == 2.0
    flows = stakes.flows(dates, usual)
    np.testing.assert_array_equal(flows(0.5), stakes.values(stakes.weights_on(0.5, dates, usual)))
    np.testing.assert_allclose(flows(end + 1.0), small.stakes.values(usual), atol=1e-15)
    np.testing.assert_allclose(stakes.flows(dates, None)(0.5), stakes.values(None), atol=0)


def test_states_are_the_table_then_what_else_may_hold(small: TalksCalendar) -> None:
    states = small.stakes.states
    assert states.keys == ("part", "whole", "status-quo", "hit")
    assert (states.packages, states.inside, states.falls) == (2, 2, 3)
    assert states.exits == ()


def test_a_threat_that_failure_does_not_bring_is_a_state_of_its_own(small: TalksCalendar) -> None:
    found = calendar(EXIT, QUIET).stakes
    assert found.states.keys == ("part", "whole", "status-quo", "threat:levy")
    assert found.states.labels[3] == "levy"
    np.testing.assert_allclose(found.values(None)[3], small.stakes.values(None)[3], atol=1e-12)


def test_the_table_is_the_agenda_else_every_deal_of_the_talks() -> None:
    short = calendar(('agenda = ["part", "whole"]', 'agenda = ["whole"]')).stakes.states
    assert short.keys[: short.packages] == ("whole",)
    every = calendar(('agenda = ["part", "whole"]\n', "")).stakes.states
    assert every.keys[: every.packages] == ("part", "whole")


def test_sums_from_elsewhere_are_worth_what_the_file_says() -> None:
    more = '\n[[outside_option]]\nid = "own"\nparty = "FOR"\nvalue_usd_bn = 0.25\n'
    found = calendar(EXIT, more=more).stakes
    keys = found.states.keys
    assert keys[-1] == "exit:own"
    left = found.values(None)[found.states.falls]  # what Home has when Foreign leaves
    np.testing.assert_allclose(found.values(None)[-1], (left[0], 0.25), rtol=1e-12)
    # Home names nothing, so it may leave for what follows if the talks fail.
    assert found.states.exits == (
        (0, found.states.falls, "", 0.0),
        (1, len(keys) - 1, "own", 0.0),
    )


# --- what is closed ------------------------------------------------------------------------------


def test_a_veto_closes_a_package() -> None:
    veto = ('weight = { value = 2.0, low = 1.0, high = 4.0 }',
            'weight = { value = 2.0, low = 1.0, high = 4.0 }\nveto = { loses_more_than = 0.08 }'
            )  # fmt: skip
    found = calendar(veto)
    stakes = found.stakes
    lost = {
        name: -next(
            c.real_income_pct
            for c in stakes.study.package(name).constituencies()
            if c.id == "for-food"
        )
        for name in ("part", "whole")
    }
    assert lost["part"] < 8.0 < lost["whole"]
    assert set(stakes.closed) == {"whole"}
    assert stakes.closed["whole"] == (
        f"for-food (FOR) veto it: {lost['whole']:.2f} % lost, 8.00 % at most",
    )
    assert set(found.shut_at(day("2020-04-01"))) == {"whole"}
    assert found.game().rounds[0].open == (True, False)


def test_red_lines_close_packages_however_the_level_comes_about() -> None:
    more = """
[[package]]
id = "added"
talks = "main"
changes = [{ instrument = "food", add = -0.15 }]
[[package]]
id = "little"
talks = "main"
changes = [{ instrument = "food", cut_by = 0.1 }]
[[package]]
id = "silent"
talks = "main"
changes = [{ instrument = "parts", to = 0.0 }]
[[red_line]]
id = "floor"
party = "FOR"
not_below = { food = 0.12 }
[[red_line]]
id = "access"
party = "HOM"
not_above = { food = 0.19 }
[[red_line]]
id = "stranger"
party = "RST"
not_below = { food = 0.195 }
"""
    found = calendar(('agenda = ["part", "whole"]\n', ""), more=more).stakes
    assert found.closed == {
        "part": ("FOR's red line 'floor': 'food' goes to 0.1, below 0.12",),
        "whole": ("FOR's red line 'floor': 'food' goes to 0, below 0.12",),
        "added": ("FOR's red line 'floor': 'food' goes to 0.05, below 0.12",),
        "silent": ("HOM's red line 'access': 'food' stays at 0.2, above 0.19",),
    }


def test_a_gate_closes_what_its_party_would_concede_until_its_day() -> None:
    one = event("vote", "2020-03-01", "report", 'gates = { concessions_by = "FOR" }')
    found = calendar(more=one)
    shut = found.shut_at(day("2020-02-29"))
    assert set(shut) == {"part", "whole"}
    assert shut["part"] == "FOR concedes nothing before 'vote' (2020-03-01)"
    assert found.shut_at(day("2020-03-01")) == {}
    other = event("vote", "2020-05-01", "report",
                  'gates = { concessions_by = "HOM", constituency = "hom-food" }')  # fmt: skip
    assert calendar(more=other).shut_at(AS_OF) == {}  # Home concedes on cars only
    any_of = event("vote", "2020-05-01", "report", 'gates = { concessions_by = "HOM" }')
    assert set(calendar(more=any_of).shut_at(AS_OF)) == {"part", "whole"}


# --- which talks ---------------------------------------------------------------------------------


def test_the_talks_asked_for_else_those_of_the_forecast_else_the_first_with_a_deal() -> None:
    assert calendar().talks.id == "main"
    assert calendar(talks="side").talks.id == "side"
    forecast = '\n[forecast]\ntalks = "side"\nby = 2020-12-31\n'
    assert calendar(more=forecast).talks.id == "side"
    with pytest.raises(InputError, match="did you mean 'main'"):
        calendar(talks="mian")
    with pytest.raises(InputError, match="no single negotiation"):
        calendar(talks="all")
