"""The timeline: all that is dated, each thing once, in text and as a figure."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from parley.files.scenarios import open_scenario, open_scenario_text
from parley.report.timeline import LANES, timeline
from parley.report.timeline_figure import timeline_figure
from parley.report.timeline_text import MARKS, timeline_lines
from parley.scenario import Scenario

SHIPPED = ("toy-talks", "us-japan-2019")

STORY = """
format = 1
title = "Talks"
as_of = 2020-03-01
world = "toy"

[[party]]
id = "HOM"
label = "Home"

[[party]]
id = "FOR"
label = "Foreign"

[[package]]
id = "hit"
kind = "threat"
talks = "main"
changes = [{ threat = "cars" }]
"""
TALKS = """
[[talks]]
id = "main"
parties = ["HOM", "FOR"]
state = "open"
breakdown = "hit"
"""
THREAT = """
[[threat]]
id = "cars"
label = "25 % on cars"
by = "HOM"
on = "FOR"
sectors = "CARS"
rate = 0.25
"""
MEASURE = """
[[measure]]
id = "duty"
label = "A duty"
by = "HOM"
on = "FOR"
changes = [{ sectors = "CARS", kind = "additional-tariff", value = 0.1 }]
"""
PROMISE = """
[[commitment]]
id = "truce"
label = "No duty"
by = "HOM"
to = "FOR"
kind = "truce"
threats = ["cars"]
"""


def read(*parts: str) -> Scenario:
    return open_scenario_text(STORY + "".join(parts))


def event(name: str, *lines: str) -> str:
    return f"\n[[event]]\nid = '{name}'\n" + "\n".join(lines) + "\n"


def entries(*parts: str) -> dict[str, dict[str, Any]]:
    found = timeline(read(*parts))["entries"]
    assert len({e["id"] for e in found}) == len(found)
    return {e["id"]: e for e in found}


def undated(*parts: str) -> tuple[str, ...]:
    return (TALKS, THREAT, *parts)


# --- the shipped scenarios -------------------------------------------------------------------

OWN = {
    "us-japan-2019": {
        "measure:us-232-metals.since",
        "measure:eu-retaliation-232.since",
        "measure:in-retaliation-232.since",
        "measure:cn-retaliation.since",
        "measure:cn-mfn-cuts.since",
        "commitment:farm-ceiling.since",
        "commitment:cn-farm-purchases.since",
        "threat:list-4.announced",
    },
    "toy-talks": {
        "commitment:no-levy.since",
        "threat:levy.announced",
        "talks:home-foreign.since",
    },
}
TOLD = {
    "us-japan-2019": {
        "list-1": "US duties on China, lists 1 to 3",
        "cptpp-in-force": "CPTPP, year 2",
        "epa-in-force": "Japan-EU agreement, year 1",
        "new-york-2018": "No further duties on Japan's cars",
        "osaka-china": "No further US duties on China",
        "auto-proclamation": "threat made: 25 % on cars",
        "auto-deadline": "deadline of the talks us-japan; deadline of the talks us-eu",
    },
    "toy-talks": {"levy-deadline": "deadline of the talks home-foreign"},
}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_date_of_a_shipped_scenario_is_told_once(name: str) -> None:
    scenario = open_scenario(name)
    part = json.loads(json.dumps(timeline(scenario), allow_nan=False))
    ids = Counter(e["id"] for e in part["entries"])
    assert set(ids.values()) == {1}
    forecast = {"forecast.by"} if scenario.forecast else set()
    assert set(ids) == {e.id for e in scenario.events} | OWN[name] | forecast
    by = {e["id"]: e for e in part["entries"]}
    for host, said in TOLD[name].items():
        assert said in by[host]["note"]
    days = dated(scenario)
    for day, label in days:
        telling = [e for e in part["entries"] if e["date"] <= day <= (e["until"] or e["date"])]
        assert telling, f"nothing on {day}: {label}"
    assert {e["date"] for e in part["entries"]} <= {day for day, _ in days}


def dated(scenario: Scenario) -> list[tuple[str, str]]:
    """Return every day of the file that is to be on the timeline."""
    found: list[tuple[dt.date | None, str]] = []
    for e in scenario.events:
        found += [(d, e.id) for d in (e.window or (e.date,))]
    found += [(d, m.id) for m in scenario.measures for d in (m.since, m.until)]
    found += [(d, c.id) for c in scenario.commitments for d in (c.since, c.until)]
    found += [(d, t.id) for t in scenario.threats for d in (t.announced, t.earliest, t.deadline)]
    found += [(d, t.id) for t in scenario.talks for d in (t.since, t.deadline)]
    found += [(p.next_election, p.id) for p in scenario.parties]
    if scenario.forecast is not None:
        found.append((scenario.forecast.by, "forecast"))
    return [(day.isoformat(), label) for day, label in found if day is not None]


@pytest.mark.parametrize("name", SHIPPED)
def test_entries_are_in_order_and_counted_from_as_of(name: str) -> None:
    part = timeline(open_scenario(name))
    as_of = dt.date.fromisoformat(part["as_of"])
    assert [e["date"] for e in part["entries"]] == sorted(e["date"] for e in part["entries"])
    for e in part["entries"]:
        assert e["days"] == (dt.date.fromisoformat(e["date"]) - as_of).days
        assert e["past"] == ((e["until"] or e["date"]) < part["as_of"])
        assert e["lane"] in LANES


@pytest.mark.parametrize("name", SHIPPED)
def test_it_agrees_with_the_calendar_game(name: str) -> None:
    from parley.timing.plan import day_of, plan_of

    scenario = open_scenario(name)
    by = {e["id"]: e for e in timeline(scenario)["entries"]}
    for e in scenario.events:
        assert by[e.id]["past"] == (day_of(e, scenario.as_of) is None)
    for talks in scenario.talks:
        plan = plan_of(scenario, talks)
        rounds = {i for i, e in by.items() if f"round of {talks.id}" in e["note"].split("; ")}
        assert rounds == {r.id for r in plan.rounds}
        for d in plan.deadlines:
            assert "unless put off" in by[d.id]["note"]
            if talks.deadline == d.date:
                assert f"deadline of the talks {talks.id}" in by[d.id]["note"]


def test_what_hangs_on_the_flagship_s_dates() -> None:
    part = timeline(open_scenario("us-japan-2019"))
    by = {e["id"]: e for e in part["entries"]}
    assert part["by"] == "2019-12-31"
    assert by["upper-house"]["note"] == "gates JPN's concessions (jp-farmers)"
    assert by["us-election"]["note"] == "us-farmers count 1.5 times just before"
    assert "round of us-japan; mini is hoped for then" in by["new-york"]["note"]
    assert (
        "25 % on cars from Japan and the EU unless put off (by 180 days)"
        in (by["auto-deadline"]["note"])
    )
    assert by["osaka-japan"]["note"] == "no details were given"
    assert by["auto-deadline"]["parties"] == ["USA", "JPN", "EU"]
    assert (by["new-york"]["date"], by["new-york"]["until"]) == ("2019-09-22", "2019-09-30")
    lanes = {
        "new-york": "meetings",
        "us-election": "elections",
        "auto-deadline": "threats and deadlines",
        "osaka-china": "promises",
        "cptpp-in-force": "measures",
        "auto-report": "law and reports",
        "leaks": "other",
    }
    assert {i: by[i]["lane"] for i in lanes} == lanes


# --- one thing told once ---------------------------------------------------------------------


def test_nothing_dated_but_as_of() -> None:
    part = timeline(read(*undated()))
    assert part == {"as_of": "2020-03-01", "by": None, "entries": []}
    assert timeline_lines(part) == [
        ("bold", "--- as of 1 Mar 2020: nothing dated is still to come ---")
    ]
    assert timeline_figure(part)["data"] == []


def test_a_measure_is_told_by_the_event_of_its_first_day() -> None:
    measure = MEASURE + "since = 2020-02-01\nuntil = 2020-09-01\n"
    kind = "kind = 'measure'\nmeasure = 'duty'"
    alone = entries(*undated(measure))
    assert set(alone) == {"measure:duty.since", "measure:duty.until"}
    assert [alone[f"measure:duty.{f}"]["past"] for f in ("since", "until")] == [True, False]
    told = entries(*undated(measure, event("on", "date = 2020-02-01", kind)))
    assert set(told) == {"on", "measure:duty.until"}
    assert told["on"]["note"] == "in force from then: A duty"
    assert told["on"]["parties"] == ["HOM", "FOR"]
    later = entries(*undated(measure, event("raised", "date = 2020-02-10", kind)))
    assert set(later) == {"raised", "measure:duty.since", "measure:duty.until"}


def test_a_promise_is_told_by_the_event_that_makes_or_ends_it() -> None:
    promise = PROMISE + "since = 2020-01-10\nuntil = 2020-04-01\n"
    about = "commitment = 'truce'"
    told = entries(
        *undated(promise),
        event("made", "window = [2020-01-09, 2020-01-11]", "kind = 'meeting'", about),
        event("ends", "date = 2020-04-01", "kind = 'other'", about),
        event("other", "date = 2020-01-10", "kind = 'statement'"),
    )
    assert set(told) == {"made", "ends", "other"}
    assert told["made"]["note"] == "promise made: No duty (10 Jan 2020)"
    assert told["ends"]["note"] == "promise ends: No duty"
    assert told["ends"]["lane"] == "promises"
    assert set(entries(*undated(promise))) == {"commitment:truce.since", "commitment:truce.until"}


def test_a_threat_and_the_talks_it_hangs_over_share_a_deadline() -> None:
    threat = THREAT + (
        "announced = 2020-01-05\ndeadline = 2020-06-30\nearliest = 2020-06-30\nextendable = true\n"
    )
    talks = TALKS + "since = 2020-01-05\nends_by = 'deadline'\ndeadline = 2020-06-30\n"
    found = entries(talks, threat)
    assert set(found) == {"threat:cars.announced", "talks:main.since", "threat:cars.deadline"}
    note = found["threat:cars.deadline"]["note"].split("; ")
    assert note == [
        "unless put off (for how long is not said)",
        "first day of effect: 25 % on cars",
        "deadline of the talks main",
    ]
    end = event(
        "end", "date = 2020-06-30", "kind = 'deadline'", "threat = 'cars'", "extends_days = 60",
        "extensions = 2",
    )  # fmt: skip
    told = entries(talks, threat, end)
    assert set(told) == {"threat:cars.announced", "talks:main.since", "end"}
    assert told["end"]["note"].startswith("25 % on cars unless put off (by 60 days, up to 2 times)")
    apart = talks.replace("breakdown = 'hit'", "").replace('breakdown = "hit"', "")
    # A dated threat without a condition hangs over the talks of those whom it is between.
    assert "talks:main.deadline" not in entries(apart, threat, end)
    elsewhere = threat + "when = { event = 'end', is = 'happened' }\n"
    assert "talks:main.deadline" in entries(apart, elsewhere, end)


def test_deadlines_of_talks_and_of_promises() -> None:
    found = entries(
        *undated(PROMISE),
        event("talks-end", "date = 2020-06-30", "kind = 'deadline'", "talks = 'main'",
              "extends_days = 30"),
        event("truce-end", "date = 2020-06-30", "kind = 'deadline'", "commitment = 'truce'"),
        event("threat-end", "date = 2020-06-30", "kind = 'deadline'", "threat = 'cars'"),
    )  # fmt: skip
    assert found["talks-end"]["note"] == "if the talks main fail: hit, can be put off by 30 days"
    assert found["truce-end"]["note"] == "decides on the promise truce"
    assert found["threat-end"]["note"] == "25 % on cars unless it is called off"


def test_an_election_is_told_once() -> None:
    dated_ = STORY.replace('label = "Home"', 'label = "Home"\nnext_election = 2020-11-03')

    def found(*parts: str) -> dict[str, Any]:
        part = timeline(open_scenario_text(dated_ + "".join(undated(*parts))))
        return {e["id"]: e for e in part["entries"]}

    vote = ("kind = 'election'", "party = 'HOM'")
    assert set(found()) == {"party:HOM.next_election"}
    assert set(found(event("vote", "date = 2020-11-03", *vote))) == {"vote"}
    window = found(event("vote", "window = [2020-11-01, 2020-11-05]", *vote))
    assert set(window) == {"vote"}
    assert window["vote"]["note"] == "Election: Home (3 Nov 2020)"
    others = event("vote", "date = 2020-11-03", "kind = 'election'", "party = 'FOR'")
    assert set(found(others)) == {"vote", "party:HOM.next_election"}


def test_what_is_over_and_what_is_under_way() -> None:
    kind = "kind = 'meeting'\ntalks = 'main'"
    found = entries(
        *undated(),
        event("now", "window = [2020-02-20, 2020-03-10]", kind),
        event("over", "window = [2020-02-20, 2020-02-29]", kind),
        event("today", "date = 2020-03-01", kind),
        event("done", "date = 2020-03-01", kind, "outcome = 'nothing'"),
    )
    assert {i: e["past"] for i, e in found.items()} == {
        "now": False,
        "over": True,
        "today": False,
        "done": True,
    }
    text = [line for _, line in timeline_lines(timeline(read(*undated(), event(
        "now", "window = [2020-02-20, 2020-03-10]", kind,
    ))))]  # fmt: skip
    assert text[0].startswith("--- as of")
    assert "under way" in text[1]
    assert "20 Feb 2020 to 10 Mar 2020" in text[1]


def test_meetings_that_are_no_rounds() -> None:
    found = entries(
        *undated(),
        event("lone", "date = 2020-04-01", "kind = 'meeting'", "talks = 'main'",
              "parties = ['HOM']"),
        event("show", "date = 2020-04-02", "kind = 'meeting'", "round = false"),
        event("both", "date = 2020-04-03", "kind = 'meeting'", "parties = ['HOM', 'FOR']",
              "proposer = 'HOM'"),
    )  # fmt: skip
    assert found["lone"]["note"] == "no round of main: FOR not there"
    assert found["show"]["note"] == "nothing can be agreed at it"
    assert found["both"]["note"] == "round of main; HOM makes the offer"


# --- text ------------------------------------------------------------------------------------


def lines_of(name: str, **options: Any) -> list[str]:
    return [line for _, line in timeline_lines(timeline(open_scenario(name)), **options)]


def at(lines: list[str], text: str) -> int:
    (found,) = [k for k, line in enumerate(lines) if text in line]
    return found


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("width", [40, 60, 108, 200])
def test_text_has_every_entry_once_and_fits(name: str, width: int) -> None:
    part = timeline(open_scenario(name))
    lines = lines_of(name, width=width)
    assert max(map(len, lines)) <= width
    assert "\n".join(lines).isascii()
    marks = [MARKS[e["lane"]] if e["kind"] != "forecast" else "?" for e in part["entries"]]
    if width < 108:
        return
    (today,) = [k for k, line in enumerate(lines) if line.startswith("---")]
    rows = [line for line in lines if re.match(r"  \d", line)]
    assert len(rows) == len(part["entries"])
    for row, mark, e in zip(rows, marks, part["entries"], strict=True):
        assert f"  {mark}  " in row
        assert e["label"][:20] in row
        assert (lines.index(row) < today) == e["past"]


def test_text_names_windows_days_to_go_and_as_of() -> None:
    lines = lines_of("us-japan-2019")
    today = at(lines, "--- as of 18 Jul 2019: what is below is still to come ---")
    assert at(lines, "16 Jul 2019") < today < at(lines, "21 Jul 2019")
    assert "  22-30 Sep 2019   66 days  M  Leaders in New York" in lines[at(lines, "22-30 Sep")]
    assert "28-29 Jun 2019" in lines[at(lines, "Leaders talk trade")]
    assert "days" not in "".join(lines[:today]).replace("180 days of talks", "")
    assert "M meetings" in lines[-2] + lines[-1]


def test_text_can_be_cut_to_the_last_past_entries() -> None:
    part = timeline(open_scenario("us-japan-2019"))
    past = [e for e in part["entries"] if e["past"]]
    lines = lines_of("us-japan-2019", past=3)
    assert lines[0] == f"  ({len(past) - 3} earlier entries left out)"
    assert not any(past[-4]["label"] in line for line in lines)
    assert all(any(e["label"][:30] in line for line in lines) for e in past[-3:])
    assert "left out" not in "".join(lines_of("us-japan-2019", past=len(past)))
    assert lines_of("us-japan-2019", past=0)[0].endswith("left out)")


def test_likely_ends_are_put_in_place() -> None:
    text = "deal 'mini' likeliest here (52 %)"
    for day in ("2019-10-01", dt.date(2019, 10, 1)):
        lines = lines_of("us-japan-2019", ends=[(day, text)])
        k = at(lines, text)
        assert at(lines, "22-30 Sep") < k < at(lines, "13 Nov 2019")
        assert lines[k].startswith("  1 Oct 2019       75 days  >  ")
        assert "> likely ends" in lines[-1] + lines[-2]


def test_a_width_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="40"):
        lines_of("toy-talks", width=39)


def test_the_timeline_is_light() -> None:
    code = (
        "import sys; import parley.report.timeline, parley.report.timeline_text, "
        "parley.report.timeline_figure, parley.report.odds_figure, parley.report.brief_page; "
        "from parley.files.scenarios import open_scenario; "
        "parley.report.timeline.timeline(open_scenario('us-japan-2019')); "
        "print([m for m in ('jax', 'pandas', 'plotly', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
