"""Findings of users on time: ladders of threats, the talks' own day, meetings over, relays."""

from __future__ import annotations

import pytest

from parley.commitments.conditions import standing_of
from parley.errors import InputError
from parley.files.scenarios import open_scenario_text
from parley.forecasts.outcomes import outcomes_of
from parley.ledger.bearing import claim_bearings
from parley.ledger.ledger import claims_ledger
from parley.timing.reading import read_play
from tests.unit.test_ledger import claim, read
from tests.unit.toy_calendar import LEVY_DAY, calendar, edited, event, plan, planted

LADDER = """
[[threat]]
id = "first-step"
by = "HOM"
instrument = "cars"
rate = 0.05
when = { talks = "main", is = "failed" }
deadline = 2020-05-01
"""
STEP = """
[[package]]
id = "step"
kind = "threat"
talks = "main"
changes = [{ threat = "first-step" }]
"""


# --- several threats on one instrument -----------------------------------------------------------


@pytest.mark.parametrize("packaged", [False, True])
def test_each_step_of_a_ladder_is_carried_out_on_its_own_day(packaged: bool) -> None:
    found = calendar(more=LADDER + (STEP if packaged else ""))
    states = found.stakes.states
    own = "step" if packaged else "threat:first-step"
    assert states.keys[states.falls] == "hit"
    brought = {d.id: states.keys[d.state] for d in found.game().deadlines}
    assert brought == {"first-step-deadline": own, "levy-day": "hit"}
    # A duty of 5 % and one of 25 % are not the same.
    worth = found.stakes.values(None)
    small, large = (worth[states.keys.index(k)] for k in (own, "hit"))
    assert abs(large[1]) > 2 * abs(small[1]) > 0
    assert any("brings" in n and "alone" in n for n in found.notes)
    told = outcomes_of(found.stakes.study.scenario, found, (), 1.0)
    assert sorted(told.ids) == sorted(["part", "whole", "hit", own, "no-deal"])


def test_threats_on_other_instruments_come_together() -> None:
    more = LADDER.replace('instrument = "cars"', 'on = "FOR"\nsectors = "FOOD"')
    states = calendar(more=more).stakes.states
    assert states.own == {}
    assert states.keys[states.falls] == "threat:first-step"


# --- the talks' own day --------------------------------------------------------------------------


def test_a_threat_without_a_day_has_the_talks_event_and_its_extensions() -> None:
    own = event(
        "end", "2020-07-01", "deadline", 'talks = "main"', "extends_days = 90", "extensions = 2"
    )
    (deadline,) = plan((LEVY_DAY, own)).deadlines
    assert (deadline.id, deadline.threat, deadline.owner) == ("end", "levy", "HOM")
    assert (deadline.extends_days, deadline.extensions, deadline.together) == (90, 2, True)


def test_several_threats_without_a_day_are_put_off_alike() -> None:
    own = event("end", "2020-07-01", "deadline", 'talks = "main"', "extends_days = 90")
    other = '\n[[threat]]\nid = "food"\nby = "HOM"\non = "FOR"\nsectors = "FOOD"\nrate = 0.1\n'
    other += 'when = { talks = "main", is = "failed" }\n'
    found = plan((LEVY_DAY, own), more=other).deadlines
    assert [(d.id, d.threat) for d in found] == [("end", "levy"), ("food-deadline", "food")]
    assert {(d.extends_days, d.extensions, d.together) for d in found} == {(90, 1, True)}


def test_a_deadline_that_is_put_off_belongs_to_an_extendable_threat() -> None:
    longer = LEVY_DAY + "extends_days = 45\n"
    when = 'when = { talks = "main", is = "failed" }'
    with pytest.raises(InputError, match="not extendable") as caught:
        plan((LEVY_DAY, longer), (when, f"{when}\nextendable = false"))
    assert "event[levy-day].extends_days" in caught.value.problems[0].where
    assert plan((LEVY_DAY, longer)).deadlines[0].extends_days == 45


def test_a_meeting_with_an_outcome_is_over() -> None:
    today = event("today", "2020-01-01", "meeting", 'talks = "main"')
    over = today + 'outcome = "no deal"\n'
    assert [r.id for r in plan(more=today).rounds] == ["today", "spring"]
    assert [r.id for r in plan(more=over).rounds] == ["spring"]
    promise = (
        '[[commitment]]\nid = "calm"\nby = "HOM"\nkind = "standstill"\ninstruments = ["cars"]\n'
        'when = { event = "today", is = "happened" }\n'
    )
    for text, stands in ((over, "in force"), (today, "not known")):
        scenario = open_scenario_text(edited(more=text + promise))
        assert standing_of(scenario, scenario.commitments[0]).stands == stands


def test_what_a_party_has_elsewhere_counts_only_where_talks_end_by_exit() -> None:
    option = '[[outside_option]]\nid = "own"\nparty = "FOR"\nvalue_usd_bn = 1.0\n'
    assert any("'own' is not used" in n for n in calendar(more=option).notes)
    assert not any("is not used" in n for n in calendar().notes)


def test_a_gate_is_named_only_by_who_waits_for_what_it_opens() -> None:
    gate = event(
        "vote", "2020-05-01", "election", 'party = "FOR"',
        'gates = { concessions_by = "FOR", constituency = "for-food" }',
    )  # fmt: skip
    june = event("june", "2020-06-01", "meeting", 'talks = "main"')
    found = planted(calendar(more=gate + june), part=(2.0, 1.0), hit=(-1.0, -9.0))
    reading = read_play(found, found.play(found.game()))
    waits = {w.party: w.waits_for for s in reading.steps if s.id == "spring" for w in s.waits}
    assert waits.get("FOR") == "vote"
    # Where nothing comes of it, nobody waits for it.
    none = planted(calendar(more=gate + june), hit=(5.0, 5.0))
    reading = read_play(none, none.play(none.game()))
    waits = {w.party: w.waits_for for s in reading.steps if s.id == "spring" for w in s.waits}
    assert "vote" not in waits.values()


# --- what is said --------------------------------------------------------------------------------


def test_a_relay_is_the_same_voice() -> None:
    relay = "\n[[source]]\nid = 'relay'\npublished = 2020-02-21\nrelies_on = 'paper'\n"
    one = claim(
        "a", "'package:part'", "supports", speaker="name = 'A', role = 'minister', named = true"
    )
    two = claim("b", "'package:part'", "supports", "source = 'relay'",
                speaker="name = 'B', role = 'envoy', named = true")  # fmt: skip
    (pair,) = claims_ledger(read(relay, one, two)).corroborations
    assert not pair.independent
    assert "tells again" in pair.why
    direct = two.replace("source = 'relay'", "source = 'paper'")
    (apart,) = claims_ledger(read(one, direct)).corroborations
    assert apart.independent


def test_how_much_trade_a_threat_would_hit_does_not_contradict_who_denies_it() -> None:
    size = claim("size", "'threat:cars'", "asserts", "value_usd_bn = 50")
    ledger = claims_ledger(read(size, claim("no", "'threat:cars'", "denies")))
    assert ledger.contradictions == ()


def test_a_purchase_bears_on_the_package_that_holds_it() -> None:
    text = edited(
        ('id = "part"\ntalks = "main"', 'id = "part"\ntalks = "main"\npurchases = ["buy"]'),
        more=(
            '[[commitment]]\nid = "buy"\nby = "FOR"\nto = "HOM"\nkind = "purchase"\n'
            'purchase = { usd_bn_per_year = 0.01, sectors = "FOOD" }\n'
            "[[source]]\nid = 'paper'\npublished = 2019-12-20\n"
            + claim("yes", "'commitment:buy'", "asserts")
            + claim("no", "'commitment:buy'", "denies")
            + claim("ask", "'commitment:buy'", "demands")
        ),
    )
    found = claim_bearings(open_scenario_text(text), "main", ("part", "whole"))
    effects = {(b.claim, b.outcome): b.effect for b in found}
    assert effects == {
        ("yes", "part"): 1, ("yes", "whole"): 0, ("no", "part"): -1, ("no", "whole"): 0,
        ("ask", "part"): 0, ("ask", "whole"): 0,
    }  # fmt: skip


def source(name: str, *fields: str) -> str:
    return "\n".join(["", "[[source]]", f"id = '{name}'", "published = 2020-02-01", *fields, ""])


CIRCLE = source("a", "relies_on = 'b'") + source("b", "relies_on = 'a'")
BOTH = source("a", "relies_on = 'paper'", "independent_of = 'paper'")


@pytest.mark.parametrize(
    ("sources", "says", "where"),
    [
        (CIRCLE, "relies on itself", "source[a].relies_on"),
        (BOTH, "and is independent of it", "source[a].independent_of"),
    ],
)
def test_sources_that_cannot_be_are_refused(sources: str, says: str, where: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(sources)
    (problem,) = caught.value.problems
    assert where in problem.where
