"""The ledger of claims: who agrees, who contradicts, what bears on which outcome."""

from __future__ import annotations

from functools import cache

import pytest

from parley.errors import InputError
from parley.evidence.odds import update_odds
from parley.files.scenarios import open_scenario, open_scenario_text
from parley.ledger.bearing import claim_bearings
from parley.ledger.ledger import Ledger, claims_ledger
from parley.ledger.sources import (
    claim_standings,
    forecast_class,
    likelihood_ratios,
    reliabilities,
    source_groups,
)
from parley.ledger.testimonies import claim_testimony, forecast_outcomes
from parley.scenario import Scenario

STORY = """
format = 1
title = "t"
as_of = 2020-03-01
world = "toy"
party = [{ id = "HOM" }, { id = "FOR" }]
forecast = { talks = "main", by = 2020-12-31 }
talks = [
  { id = "main", parties = ["HOM", "FOR"], state = "open", agenda = ["part", "all"] },
  { id = "side", parties = ["HOM", "FOR"], state = "open" },
]
commitment = [
  { id = "calm", by = "HOM", kind = "standstill", instruments = ["levy"] },
  { id = "floor", by = "FOR", kind = "ceiling", not_below = { food = 0.05 } },
  { id = "buy", by = "FOR", kind = "purchase", purchase = { sectors = "FOOD" } },
]
threat = [
  { id = "cars", by = "HOM", instrument = "levy", answered_by = ["answer"] },
  { id = "answer", by = "FOR", on = "HOM", sectors = "FOOD", rate = 0.25 },
]
event = [
  { id = "summit", date = 2020-05-10, kind = "meeting", talks = "main", target = "part" },
  { id = "vote", date = 2020-06-10, kind = "election", party = "HOM" },
]

[[instrument]]
id = "food"
by = "FOR"
on = "HOM"
sectors = "FOOD"
lines = ["0201"]
kind = "tariff"
now = 0.2

[[instrument]]
id = "parts"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "tariff"
share_of_flow = 0.3
now = 0.025

[[instrument]]
id = "levy"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "additional-tariff"
share_of_flow = 0.5
rate = 0.25

[[package]]
id = "part"
talks = "main"
changes = [{ instrument = "food", cut_by = 0.5 }, { instrument = "parts", to = 0.0 }]

[[package]]
id = "all"
talks = "main"
changes = [{ between = ["HOM", "FOR"], sectors = "all goods", to = 0.0 }]

[[package]]
id = "hit"
kind = "threat"
talks = "main"
changes = [{ threat = "cars", retaliation = true }]

[[package]]
id = "other"
talks = "side"
changes = []

[[source]]
id = "paper"
published = 2020-02-20
outlet = "Paper"
"""

OUTCOMES = ("part", "all", "hit")


def claim(name: str, about: str, stance: str, *more: str, speaker: str = "") -> str:
    who = speaker or f"role = '{name}', named = false"
    lines = [f"id = '{name}'", f"speaker = {{ {who} }}", f"about = {about}", f"stance = '{stance}'"]
    if not any(m.startswith("source") for m in more):
        lines.append("source = 'paper'")
    return "\n[[claim]]\n" + "\n".join([*lines, *more]) + "\n"


def read(*parts: str) -> Scenario:
    return open_scenario_text(STORY + "".join(parts))


def bears(about: str, stance: str, *others: str) -> tuple[tuple[int, int], ...]:
    """Return (direction, effect) of a claim "c" on part, all and hit."""
    found = claim_bearings(read(claim("c", about, stance), *others), "main", OUTCOMES)
    assert all(b.why for b in found)
    return tuple((b.direction, b.effect) for b in found if b.claim == "c")


NOTHING = ((0, 0), (0, 0), (0, 0))


# --- what a claim bears on -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "stance", "wanted"),
    [
        ("'package:part'", "supports", ((1, 1), (0, 0), (0, 0))),
        ("'package:part'", "asserts", ((1, 1), (0, 0), (0, 0))),
        ("'package:part'", "demands", ((1, 1), (0, 0), (0, 0))),
        ("'package:part'", "denies", ((1, -1), (0, 0), (0, 0))),
        ("'package:part'", "no-comment", NOTHING),
        ("'package:other'", "supports", NOTHING),
        ("'talks:main'", "supports", ((1, 1), (1, 1), (0, 0))),
        ("'talks:main'", "denies", ((1, -1), (1, -1), (0, 0))),
        ("'talks:main'", "asserts", NOTHING),
        ("'talks:main'", "demands", NOTHING),
        ("'talks:side'", "supports", NOTHING),
        ("'event:summit'", "supports", ((1, 1), (0, 0), (0, 0))),
        ("'event:summit'", "denies", ((1, -1), (0, 0), (0, 0))),
        ("'event:summit'", "asserts", NOTHING),
        ("['package:part', 'event:summit']", "supports", ((1, 1), (0, 0), (0, 0))),
        ("'event:vote'", "supports", NOTHING),
        ("'threat:cars'", "asserts", ((0, 0), (0, 0), (1, 1))),
        ("'threat:cars'", "supports", ((0, 0), (0, 0), (1, 1))),
        ("'threat:cars'", "denies", ((0, 0), (0, 0), (1, -1))),
        ("'threat:cars'", "demands", NOTHING),
        ("'threat:answer'", "asserts", ((0, 0), (0, 0), (1, 1))),
        ("'commitment:calm'", "supports", ((0, 0), (0, 0), (-1, -1))),
        ("'commitment:calm'", "denies", ((0, 0), (0, 0), (-1, 1))),
        ("'commitment:calm'", "asserts", NOTHING),
        ("'commitment:floor'", "supports", ((0, 0), (-1, -1), (0, 0))),
        ("'commitment:floor'", "denies", ((0, 0), (-1, 1), (0, 0))),
        ("'commitment:buy'", "supports", NOTHING),
        ("'instrument:food'", "demands", ((1, 1), (1, 1), (0, 0))),
        ("['instrument:food', 'instrument:parts']", "demands", ((1, 1), (1, 1), (0, 0))),
        ("'instrument:levy'", "demands", NOTHING),
        ("'instrument:food'", "asserts", NOTHING),
        ("'party:HOM'", "supports", NOTHING),
    ],
)
def test_bearings(about: str, stance: str, wanted: tuple[tuple[int, int], ...]) -> None:
    assert bears(about, stance) == wanted


def test_a_threat_package_that_uses_the_instrument_carries_the_threat_out() -> None:
    scenario = open_scenario_text(
        STORY.replace(
            'changes = [{ threat = "cars", retaliation = true }]',
            'changes = [{ instrument = "levy", on = true }]',
        )
        + claim("c", "'threat:cars'", "asserts")
        + claim("d", "'commitment:calm'", "supports")
    )
    found = {b.claim: b.direction for b in claim_bearings(scenario, "main", ("hit",))}
    assert found == {"c": 1, "d": -1}


def test_a_demand_against_a_claim_for_the_thing_speaks_against_it() -> None:
    reasonable = claim("r", "'package:part'", "supports")
    about = "['package:all', 'package:part']"
    contra = claim("c", about, "demands", "contradicts = ['r']")
    against = ((-1, -1), (1, 1), (0, 0))
    found = claim_bearings(read(reasonable, contra), "main", OUTCOMES)
    assert tuple((b.direction, b.effect) for b in found if b.claim == "c") == against
    told = claim("r", "'package:part'", "supports", "contradicts = ['c']")
    assert bears(about, "demands", told) == against
    assert bears(about, "supports", told) == ((1, 1), (1, 1), (0, 0))


def test_differing_figures_do_not_speak_against_the_thing() -> None:
    one = claim("r", "'threat:cars'", "asserts", "value_usd_bn = 300")
    two = claim("c", "'threat:cars'", "asserts", "value_usd_bn = 325", "contradicts = ['r']")
    found = claim_bearings(read(one, two), "main", ("hit",))
    assert [b.direction for b in found] == [0, 0]
    it_comes = claim("r", "'threat:cars'", "asserts")
    bluff = claim("c", "'threat:cars'", "asserts", "contradicts = ['r']")
    found = claim_bearings(read(it_comes, bluff), "main", ("hit",))
    assert [b.direction for b in found] == [1, -1]


def test_lines_left_out_are_not_moved() -> None:
    scenario = open_scenario_text(
        STORY.replace('to = 0.0 }]\n\n[[package]]\nid = "hit"',
                      'to = 0.0, except_lines = ["02"] }]\n\n[[package]]\nid = "hit"')
        + claim("c", "'instrument:food'", "demands")
    )  # fmt: skip
    assert [b.direction for b in claim_bearings(scenario, "main", OUTCOMES)] == [1, 0, 0]


def test_outcomes_are_packages() -> None:
    with pytest.raises(InputError, match="no package"):
        claim_bearings(read(claim("c", "'package:part'", "supports")), "main", ("no-deal",))


# --- sources -----------------------------------------------------------------------------------


def test_sorts_and_whose_weight_counts() -> None:
    scenario = open_scenario_text(
        STORY.replace(
            "by = 2020-12-31",
            "by = 2020-12-31, reference_class = 'public statements', "
            "reliability = { anonymous = 0.1 }, likelihood_ratios = { supports = 3 }",
        )
        + "\n[[source]]\nid = 'echo'\npublished = 2020-02-21\nrelies_on = 'paper'\n"
        + claim("a", "'talks:main'", "supports")
        + claim("b", "'talks:main'", "supports", speaker="role = 'r', named = true")
        + claim("c", "'talks:main'", "supports", "on_record = true", "reliability = 0.9")
        + claim("d", "'talks:main'", "supports", "on_record = true", "source = 'echo'")
    )
    found = claim_standings(scenario)
    assert [s.sort for s in found.values()] == ["anonymous", "named", "on-record", "second-hand"]
    assert [s.reliability_from for s in found.values()] == [
        "forecast",
        "reference class",
        "claim",
        "reference class",
    ]
    assert [s.reliability for s in found.values()] == [0.1, 0.6, 0.9, 0.3]
    assert forecast_class(scenario)[0].id == "public statements"
    assert likelihood_ratios(scenario)["supports"] == 3
    assert likelihood_ratios(scenario)["denies"] == 0.65
    assert reliabilities(scenario)["on-record"] == 0.75
    assert (found["d"].group, found["a"].group) == ("unnamed, paper",) * 2


def grouped(*more: str) -> dict[str, str]:
    return source_groups(read(*(f"\n[[source]]\n{m}\n" for m in more)))


def test_sources_are_dependent_unless_declared_independent() -> None:
    assert grouped("id = 'b'") == {"paper": "paper", "b": "paper"}
    assert grouped("id = 'b'\nindependent_of = 'paper'") == {"paper": "paper", "b": "b"}


def test_a_third_source_does_not_tie_independent_ones_together() -> None:
    apart = ("id = 'b'\nindependent_of = 'paper'", "id = 'c'")
    assert grouped(*apart) == {"paper": "paper", "b": "b", "c": "paper"}
    assert grouped("id = 'c'", apart[0]) == {"paper": "paper", "c": "paper", "b": "b"}


def test_what_relies_on_another_belongs_to_it() -> None:
    apart = "id = 'b'\nindependent_of = 'paper'"
    echo = "id = 'c'\nrelies_on = 'b'\nindependent_of = 'paper'"
    assert grouped(apart, echo)["c"] == "b"
    again = "id = 'd'\nrelies_on = 'c'"
    assert grouped(apart, echo, again)["d"] == "b"


def test_persons_are_one_voice_and_unnamed_speakers_go_by_source() -> None:
    apart = "\n[[source]]\nid = 'b'\npublished = 2020-02-21\nindependent_of = 'paper'\n"
    about = "'package:part'"
    name = "role = 'President', named = true, name = 'Ann  Lee', party = 'HOM'"
    scenario = read(
        apart,
        claim("a", about, "supports", speaker=name),
        claim("b", about, "supports", "source = 'b'", speaker=name.replace("Ann  Lee", "ann lee")),
        claim("c", about, "supports", speaker="role = 'president', named = true, party = 'HOM'"),
        claim("d", about, "supports", speaker="role = 'minister', named = true, party = 'HOM'"),
        claim("e", about, "supports"),
        claim("f", about, "supports", "source = 'b'"),
        claim("g", about, "supports"),
    )
    groups = {name: s.group for name, s in claim_standings(scenario).items()}
    assert groups["a"] == groups["b"] == groups["c"] == "Ann  Lee"
    assert groups["e"] == groups["g"] != groups["f"]
    assert len(set(groups.values())) == 4


# --- who agrees, who contradicts ----------------------------------------------------------------


def pairs(ledger: Ledger, name: str) -> dict[tuple[str, str], object]:
    return {(p.first, p.second): p for p in getattr(ledger, name)}


def test_agreement_is_found_and_judged() -> None:
    about = "'package:part'"
    ledger = claims_ledger(
        read(
            "\n[[source]]\nid = 'b'\npublished = 2020-02-21\nindependent_of = 'paper'\n",
            claim("a", about, "supports"),
            claim("b", about, "asserts"),
            claim("c", about, "supports", "source = 'b'"),
            claim("d", about, "no-comment"),
            claim("e", about, "denies"),
            claim("f", about, "supports", speaker="role = 'a', named = false"),
            claim("g", "'talks:main'", "asserts", "corroborates = ['a']"),
        )
    )
    found = {k: (p.declared, p.independent) for k, p in pairs(ledger, "corroborations").items()}
    assert found == {
        ("a", "b"): (False, False),
        ("a", "c"): (False, True),
        ("a", "g"): (True, False),
        ("b", "c"): (False, True),
        ("b", "f"): (False, False),
        ("c", "f"): (False, True),
    }
    against = pairs(ledger, "contradictions")
    assert set(against) == {("a", "e"), ("b", "e"), ("c", "e"), ("e", "f")}
    subject = next(s for s in ledger.subjects if s.subject == "package:part")
    assert (subject.claims_for, subject.claims_against) == (("a", "b", "c", "f"), ("e",))
    assert (subject.groups_for, subject.groups_against) == (2, 1)
    assert ledger.no_comments == ("d",)


def test_figures_are_kept_side_by_side() -> None:
    about = "'threat:cars'"
    ledger = claims_ledger(
        read(
            claim("a", about, "asserts", "value_usd_bn = 325"),
            claim("b", about, "asserts", "value_usd_bn = 300"),
            claim("c", about, "asserts", "value_usd_bn = 300"),
            claim("d", about, "asserts", "value = 0.25"),
        )
    )
    (numbers,) = ledger.numbers
    assert [(f.claim, f.value) for f in numbers.figures] == [("a", 325), ("b", 300), ("c", 300)]
    assert (numbers.quantity, numbers.lowest, numbers.highest) == ("value_usd_bn", 300, 325)
    kinds = {k: (p.kind, p.declared) for k, p in pairs(ledger, "contradictions").items()}
    assert kinds == {("a", "b"): ("figures", False), ("a", "c"): ("figures", False)}
    assert ("b", "c") in pairs(ledger, "corroborations")


def test_disputes_are_found_and_one_sided_ones_are_warned_of() -> None:
    said = claim("s", "'commitment:buy'", "asserts")
    denied = claim("d", "'commitment:buy'", "denies")
    (dispute,) = claims_ledger(read(said, denied)).disputed
    assert (dispute.marked, dispute.said_by, dispute.denied_by) == (False, ("s",), ("d",))
    assert claims_ledger(read(said)).disputed == ()
    marked = STORY.replace('kind = "purchase"', 'kind = "purchase", disputed = true')
    warned = {
        name: [w.what for w in open_scenario_text(marked + text).warnings if "disputed" in w.what]
        for name, text in (("both", said + denied), ("said", said), ("none", ""))
    }
    assert warned["both"] == []
    assert [w.endswith("but no claim denies it") for w in warned["said"]] == [True]
    (neither,) = warned["none"]
    assert neither.endswith("no claim supports or asserts it and none denies it")


def test_only_about_one_thing() -> None:
    ledger = claims_ledger(
        read(
            claim("a", "['package:part', 'talks:main']", "supports"),
            claim("b", "'talks:main'", "denies"),
            claim("c", "'package:part'", "denies"),
        )
    )
    part = ledger.only_about("package:part")
    assert [c.id for c in part.claims] == ["a", "c"]
    assert [s.subject for s in part.subjects] == ["package:part"]
    assert list(pairs(part, "contradictions")) == [("a", "c")]
    assert {b.claim for b in part.bearings} == {"a", "c"}


def test_a_story_without_claims_or_forecast() -> None:
    text = STORY.replace('forecast = { talks = "main", by = 2020-12-31 }', "")
    ledger = claims_ledger(open_scenario_text(text))
    assert (ledger.claims, ledger.bearings, ledger.talks, ledger.outcomes) == ((), (), None, ())


def test_outcomes_default_to_the_agenda() -> None:
    assert forecast_outcomes(read()) == ("part", "all")
    text = STORY.replace(', agenda = ["part", "all"]', "")
    assert forecast_outcomes(open_scenario_text(text)) == OUTCOMES


def test_claims_become_testimony() -> None:
    scenario = read(
        claim("a", "'package:part'", "supports"),
        claim("b", "'package:part'", "denies"),
        claim("c", "'package:part'", "no-comment"),
    )
    told = claim_testimony(scenario, "main", OUTCOMES)
    assert [(t.claim, t.bearing["part"], t.reliability) for t in told] == [
        ("a", 1, 0.5),
        ("b", 1, 0.5),
        ("c", 0, 0.5),
    ]
    assert all(set(t.why) == set(OUTCOMES) for t in told)
    prior = {"part": 0.3, "all": 0.1, "hit": 0.1, "no-deal": 0.5}
    odds = update_odds(prior, "no-deal", told, likelihood_ratios(scenario))
    assert odds.posterior == pytest.approx(prior, abs=1e-12)
    assert [u.claim for u in odds.updates] == ["a", "b"]


def test_a_further_source_never_lowers_the_odds() -> None:
    """Two independent sources stay two when a third one, of which nothing is known, agrees."""
    about, prior = "'package:part'", {"part": 0.5, "no-deal": 0.5}
    apart = "\n[[source]]\nid = 'b'\npublished = 2020-02-21\nindependent_of = 'paper'\n"
    two = (apart, claim("a", about, "supports"), claim("b", about, "supports", "source = 'b'"))
    third = (
        "\n[[source]]\nid = 'c'\npublished = 2020-02-21\n",
        claim("c", about, "supports", "source = 'c'"),
    )
    found = []
    for parts in (two, (*two, *third)):
        scenario = read(*parts)
        told = claim_testimony(scenario, "main", ("part",))
        odds = update_odds(prior, "no-deal", told, likelihood_ratios(scenario))
        found.append(odds.posterior["part"])
    assert 0.5 < found[0] < found[1]


# --- the flagship -------------------------------------------------------------------------------


@cache
def flagship() -> Ledger:
    return claims_ledger(open_scenario("us-japan-2019"))


def test_flagship_figures_stand_side_by_side() -> None:
    found = {n.subject: n for n in flagship().numbers}["threat:list-4"]
    assert [(f.claim, f.value, f.speaker) for f in found.figures] == [
        ("c-325", 325, "Donald Trump"),
        ("c-300", 300, "the outlet's report"),
    ]
    pair = pairs(flagship(), "contradictions")["c-325", "c-300"]
    assert (pair.kind, pair.declared) == ("figures", True)


def test_flagship_purchases_are_disputed() -> None:
    pair = pairs(flagship(), "contradictions")["c-purchases-promised", "c-purchases-denied"]
    assert (pair.kind, pair.declared) == ("stance", True)
    (dispute,) = flagship().disputed
    assert dispute.commitment == "cn-farm-purchases"
    assert (dispute.said_by, dispute.denied_by) == (
        ("c-purchases-promised",),
        ("c-purchases-denied",),
    )
    assert dispute.marked


def test_flagship_bearings() -> None:
    found = {(b.claim, b.outcome): b.effect for b in flagship().bearings}
    assert (found["c-all-items", "all-items"], found["c-all-items", "mini"]) == (1, -1)
    assert found["c-mini-reasonable", "mini"] == 1
    assert found["c-beef-pork", "mini"] == found["c-beef-pork", "all-items"] == 1
    assert found["c-common-ground", "mini"] == found["c-common-ground", "all-items"] == 1
    assert found["c-auto-threat", "threat-carried-out"] == 1
    assert found["c-standstill", "threat-carried-out"] == -1
    silent = ("c-declined", "c-working-level", "c-abe-wants-it-gone", "c-purchases-denied", "c-325")
    for name in silent:
        assert [found[name, o] for o in flagship().outcomes] == [0, 0, 0]
    assert flagship().no_comments == ("c-declined",)


def test_flagship_leaks_are_one_voice() -> None:
    groups = {c.id: c.group for c in flagship().claims}
    assert groups["c-deal-in-september"] == groups["c-politico"] == groups["c-mini-reasonable"]
    mini = next(s for s in flagship().subjects if s.subject == "package:mini")
    assert (len(mini.claims_for), mini.groups_for) == (4, 1)
    assert not any(p.independent for p in flagship().corroborations)
    declared = {k for k, p in pairs(flagship(), "corroborations").items() if p.declared}
    assert declared == {
        ("c-deal-in-september", "c-parts-for-farms"),
        ("c-deal-in-september", "c-politico"),
    }
