"""Findings of users on claims: pairs, what they bear on, days, and the reasons of odds."""

from __future__ import annotations

import pytest

from parley.errors import InputError
from parley.files.scenarios import open_scenario, open_scenario_text
from parley.forecasts import ForecastAssessment, assess_forecast
from parley.forecasts.outcomes import NO_DEAL
from parley.ledger.bearing import Bearing, claim_bearings
from parley.ledger.ledger import Ledger, claims_ledger
from parley.report.brief_when import when_lines
from parley.report.figures import Money
from parley.report.ledger import ledger_document
from tests.unit import test_forecasts as odds
from tests.unit.test_ledger import STORY, claim, read
from tests.unit.toy_calendar import edited, event, study

PART = "'package:part'"
OTHER = "\n[[source]]\nid = 'b'\npublished = 2020-02-21\nindependent_of = 'paper'\n"


def pairs(ledger: Ledger) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the pairs that agree, and those that contradict each other."""
    return (
        {(p.first, p.second) for p in ledger.corroborations},
        {(p.first, p.second) for p in ledger.contradictions},
    )


def bearing(name: str, talks: str, outcome: str) -> Bearing:
    """Return what a claim of the flagship says of an outcome."""
    found = claim_bearings(open_scenario("us-japan-2019"), talks, (outcome,))
    return next(b for b in found if b.claim == name)


# --- pairs ---------------------------------------------------------------------------------------


def test_an_assertion_turned_round_agrees_with_a_denial_and_does_not_contradict_it() -> None:
    posts = claim("posts", PART, "asserts")
    leader = claim("leader", PART, "supports", "contradicts = ['posts']")
    envoy = claim("envoy", PART, "denies")
    agree, contradict = pairs(claims_ledger(read(posts, leader, envoy)))
    assert agree == {("posts", "envoy")}
    assert contradict == {("posts", "leader"), ("leader", "envoy")}


def test_a_denial_contradicts_what_is_asserted_of_an_event() -> None:
    ledger = claims_ledger(
        read(claim("a", "'event:vote'", "asserts"), claim("b", "'event:vote'", "denies"))
    )
    (pair,) = ledger.contradictions
    assert (pair.kind, pair.why) == ("stance", "'a' asserts, 'b' denies")
    assert ledger.corroborations == ()


def test_who_is_opposed_on_one_thing_does_not_agree_on_another() -> None:
    both = "['package:all', 'package:part']"
    small = claim("small", PART, "supports")
    whole = claim("whole", both, "demands", "contradicts = ['small']")
    ledger = claims_ledger(read(small, whole, claim("all", both, "supports")))
    agree, contradict = pairs(ledger)
    assert ("whole", "all") in contradict
    assert not agree & contradict


def test_what_the_file_declares_of_a_pair_goes_before_what_is_found() -> None:
    for_it, against = claim("a", PART, "supports"), claim("b", PART, "denies")
    assert pairs(claims_ledger(read(for_it, against))) == (set(), {("a", "b")})
    friends = claim("b", PART, "denies", "corroborates = ['a']")
    assert pairs(claims_ledger(read(for_it, friends))) == ({("a", "b")}, set())
    foes = claim("b", PART, "supports", "contradicts = ['a']")
    assert pairs(claims_ledger(read(for_it, foes))) == (set(), {("a", "b")})
    figures = [claim(n, PART, "supports", f"value_usd_bn = {v}") for n, v in (("a", 1), ("b", 2))]
    assert pairs(claims_ledger(read(*figures))) == (set(), {("a", "b")})
    figures[1] += "corroborates = ['a']\n"
    assert pairs(claims_ledger(read(*figures))) == ({("a", "b")}, set())


# --- what bears on what --------------------------------------------------------------------------


def test_how_much_a_threat_would_hit_says_nothing_of_whether_it_comes() -> None:
    for name in ("c-325", "c-300"):
        found = bearing(name, "us-china", "us-china-truce-broken")
        assert (found.direction, found.effect) == (0, 0)
        assert "how much trade the threat 'list-4' would hit, not whether it comes" in found.why
    (subject,) = claims_ledger(open_scenario("us-japan-2019")).only_about("threat:list-4").subjects
    assert (subject.claims_for, subject.claims_against) == ((), ())


def test_a_rate_asserts_the_threat_itself() -> None:
    assert bearing("c-auto-threat", "us-japan", "threat-carried-out").direction == 1


def test_other_stances_with_an_amount_bear_as_before() -> None:
    found = claim_bearings(
        read(
            claim("for", "'threat:cars'", "supports", "value_usd_bn = 5"),
            claim("not", "'threat:cars'", "denies", "value_usd_bn = 5"),
        ),
        "main",
        ("hit",),
    )
    assert [b.effect for b in found] == [1, -1]


def test_equal_amounts_agree_and_do_not_agree_with_who_says_it_comes() -> None:
    about = "'threat:cars'"
    ledger = claims_ledger(
        read(
            claim("a", about, "asserts", "value_usd_bn = 5"),
            claim("b", about, "asserts", "value_usd_bn = 5"),
            claim("c", about, "asserts"),
        )
    )
    assert pairs(ledger) == ({("a", "b")}, set())


def test_a_promise_bears_on_no_talks_of_others() -> None:
    assert bearing("c-standstill", "us-japan", "threat-carried-out").direction == -1
    found = bearing("c-standstill", "us-eu", "threat-carried-out")
    assert (found.direction, found.effect) == (0, 0)
    assert "is of USA to JPN, and JPN does not sit in these talks" in found.why
    assert bearing("c-truce", "us-china", "us-china-truce-broken").direction == -1


@pytest.mark.parametrize(
    ("made", "direction", "said"),
    [
        ('by = "HOM"', -1, "holds back"),
        ('by = "HOM", to = "FOR"', -1, "holds back"),
        ('by = "HOM", to = "RST"', 0, "is of HOM to RST, and RST does not sit"),
        ('by = "RST"', 0, "is of RST, and RST does not sit"),
    ],
)
def test_both_ends_of_a_promise_sit_in_the_talks(made: str, direction: int, said: str) -> None:
    text = STORY.replace('{ id = "FOR" }]', '{ id = "FOR" }, { id = "RST" }]', 1)
    old = '{ id = "calm", by = "HOM"'
    assert old in text
    text = text.replace(old, '{ id = "calm", ' + made) + claim("c", "'commitment:calm'", "supports")
    (found,) = claim_bearings(open_scenario_text(text), "main", ("hit",))
    assert found.direction == direction
    assert said in found.why


# --- days ----------------------------------------------------------------------------------------


def test_a_claim_needs_a_day_of_its_own_or_of_its_source() -> None:
    undated = "\n[[source]]\nid = 'b'\n"
    with pytest.raises(InputError) as caught:
        read(undated, claim("c", PART, "supports", "source = 'b'"))
    (problem,) = caught.value.problems
    assert problem.where.endswith("claim[c].date")
    assert "made by as_of" in problem.why
    assert "give the claim a date, or the source a day of publication" in problem.do
    read(undated, claim("c", PART, "supports", "source = 'b'", "date = 2020-02-01"))
    table = "\n[[source]]\nid = 'b'\nrecords = 2019-12-31\n"
    read(table, claim("c", PART, "supports", "source = 'b'"))
    read(undated)


# --- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (claim("b", PART, "supports", "source = 'b'"), "1 pair agrees, independently"),
        (claim("b", PART, "supports"), "1 pair agrees, not known to be independent"),
        (
            claim("b", PART, "supports") + claim("c", PART, "supports", "source = 'b'"),
            "3 pairs agree, 2 of them independent",
        ),
    ],
)
def test_a_brief_counts_pairs_in_words_that_fit(more: str, said: str) -> None:
    scenario = read(OTHER, claim("a", PART, "supports"), more)
    document = {
        "timeline": None,
        "calendar": None,
        "forecast": None,
        "commitments": None,
        "claims": ledger_document(claims_ledger(scenario), scenario),
    }
    lines = [text for _, text in when_lines(document, Money(1.0, "US$bn"))]
    assert [x for x in lines if said in x]


def told(*claims: str, more: str = "", by: str = "2020-12-31") -> ForecastAssessment:
    """Return a forecast in which what supports and what denies weigh the same."""
    heading = odds.FORECAST.replace("2020-12-31", by)
    heading += "likelihood_ratios = { supports = 2.0, denies = 0.5 }\n"
    text = edited(more=heading + odds.SOURCE + "".join(claims) + more)
    return assess_forecast(study(text), draws=4, deep=False)


def test_claims_that_offset_each_other_hardly_move_the_odds() -> None:
    found = told(
        odds.claim("near", "package:part", "supports"),
        odds.claim("far", "package:part", "denies"),
    )
    said = found.reasons["part"]
    assert said.endswith("claims hardly move it: 1 claim for and 1 against")
    assert "factor" not in said


def test_the_claim_named_moves_the_odds_the_way_that_is_told() -> None:
    found = told(
        odds.claim("near", "package:part", "supports"),
        odds.claim("soon", "package:part", "supports", "reliability = 0.5"),
        odds.claim("far", "package:part", "denies", "reliability = 0.9"),
    )
    said = found.reasons["part"]
    assert "2 claims for and 1 against raise its odds" in said
    assert "'near' most" in said


def test_a_small_factor_is_not_written_as_one() -> None:
    found = told(
        odds.claim("near", "package:part", "supports", "reliability = 0.66"),
        odds.claim("far", "package:part", "denies"),
    )
    assert "by a factor of 1.04, 'near' most" in found.reasons["part"]


def test_a_gate_past_every_meeting_is_the_reason() -> None:
    gate = event("vote", "2020-06-01", "election", 'party = "FOR"',
                 'gates = { concessions_by = "FOR" }')  # fmt: skip
    shut = told(more=gate)
    why = "the game never comes to it, as FOR concedes nothing before 'vote' (2020-06-01)"
    for name in ("part", "whole"):
        assert shut.prior.game[name] == 0.0
        assert why in shut.reasons[name]
    assert why not in shut.reasons["hit"]
    assert why not in shut.reasons[NO_DEAL]
    later = event("june", "2020-06-15", "meeting", 'talks = "main"')
    assert why not in told(more=gate + later).reasons["part"]
    assert why in told(more=gate + later, by="2020-06-10").reasons["part"]


def test_no_meeting_by_the_date_is_a_reason_as_well() -> None:
    found = told(by="2020-03-01")
    assert "no meeting that could sign it falls by the date" in found.reasons["part"]
