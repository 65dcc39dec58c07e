"""Red lines: what is read, what is a legitimate story, what is refused."""

from __future__ import annotations

import pytest

from parley.errors import InputError
from parley.files.scenarios import open_scenario
from parley.scenario import Scenario, WorldLabels, parse
from parley.scenario.story import Story

LABELS = WorldLabels("toy", ("HOM", "FOR", "RST"), ("FOOD", "CARS"), (), ("uniform-4",))
SMALL = """
format = 1
title = "t"
as_of = 2020-03-01
world = "toy"

[[group]]
id = "BOTH"
members = ["FOR", "RST"]

[[party]]
id = "HOM"

[[party]]
id = "BOTH"

[[talks]]
id = "main"
parties = ["HOM", "BOTH"]
state = "open"

[[talks]]
id = "side"
parties = ["HOM", "BOTH"]
state = "open"

[[instrument]]
id = "duty"
by = "BOTH"
on = "HOM"
sectors = "FOOD"
kind = "tariff"
now = 0.2
bounds = [0.0, 0.3]

[[instrument]]
id = "levy"
by = "HOM"
on = ["FOR", "RST"]
sectors = "CARS"
kind = "additional-tariff"
now = { FOR = 0.25, RST = 0.10 }

[[package]]
id = "deal"
talks = "main"
changes = [{ instrument = "duty", to = 0.0 }]
"""


def line(name: str, party: str, *fields: str) -> str:
    """Return a red line as text."""
    return "\n".join(["[[red_line]]", f"id = '{name}'", f"party = '{party}'", *fields, ""])


def read(text: str) -> Scenario:
    """Read a text without tables."""
    return parse(text, filename="f.toml", read_table=lambda name: "", as_world=LABELS)


def refused(text: str) -> list[tuple[str, str]]:
    """Return (path, what) of every problem of a scenario that must be refused."""
    with pytest.raises(InputError) as caught:
        read(text)
    return [(p.where.removeprefix("f.toml: "), p.what) for p in caught.value.problems]


def test_every_field_is_read() -> None:
    text = SMALL + line(
        "floor",
        "BOTH",
        "label = 'A floor'",
        "talks = 'main'",
        "not_below = { duty = 0.05 }",
        "not_above = { levy = 0.1 }",
        "refuses = 'deal'",
        "why = 'farmers'",
        "claims = 'said'",
        "source = 's'",
        "note = 'n'",
    )
    text += "[[source]]\nid = 's'\npublished = 2020-01-01\n"
    text += "[[claim]]\nid = 'said'\nsource = 's'\nabout = 'instrument:duty'\n"
    text += "speaker = { role = 'minister', named = true }\nstance = 'supports'\n"
    scenario = read(text)
    (red,) = scenario.red_lines
    assert (red.id, red.label, red.party, red.talks) == ("floor", "A floor", "BOTH", "main")
    assert red.not_below == {"duty": 0.05}
    assert red.not_above == {"levy": 0.1}
    assert red.refuses == ("deal",)
    assert (red.why, red.claims, red.source, red.note) == ("farmers", ("said",), "s", "n")
    assert Story.of(scenario, LABELS).red_lines == [red]


def test_none_is_the_default() -> None:
    scenario = read(SMALL)
    assert scenario.red_lines == ()
    assert [t.side_payment_usd_bn for t in scenario.talks] == [None, None]


@pytest.mark.parametrize(
    "lines",
    [
        line("a", "BOTH", "not_below = { duty = 0.15 }")
        + line("b", "HOM", "not_above = { duty = 0.05 }"),
        line("a", "HOM", "talks = 'main'", "not_above = { duty = 0.05 }")
        + line("b", "HOM", "talks = 'side'", "not_below = { duty = 0.1 }"),
        line("a", "BOTH", "not_below = { duty = 0.2 }", "not_above = { duty = 0.2 }"),
        line("a", "HOM", "not_above = { duty = 0.0 }"),
        line("a", "HOM", "not_below = { duty = -0.5 }", "not_above = { duty = 5.0 }"),
        line("a", "BOTH", "not_below = { duty = 0.05 }"),
        line("a", "BOTH", "not_above = { levy = 0.0 }"),
        line("a", "BOTH", "refuses = ['deal']"),
    ],
    ids=[
        "different parties exclude each other",
        "different talks",
        "as now and nothing else",
        "at the bound",
        "wider than the bounds",
        "crossed by a package",
        "another's level now",
        "refuses",
    ],
)
def test_legitimate_stories(lines: str) -> None:
    assert read(SMALL + lines).warnings == ()


def test_contradiction_within_one_red_line_is_said_once() -> None:
    lines = line("a", "BOTH", "not_below = { duty = 0.15 }", "not_above = { duty = 0.1 }")
    ((where, what),) = refused(SMALL + lines)
    assert where == "red_line[a].not_above.duty"
    assert "'a' asks for at least 0.15, 'a' asks for at most 0.1" in what


def test_contradiction_where_one_holds_in_all_talks() -> None:
    lines = line("a", "HOM", "not_below = { duty = 0.15 }") + line(
        "b", "HOM", "talks = 'side'", "not_above = { duty = 0.1 }"
    )
    ((where, what),) = refused(SMALL + lines)
    assert where == "red_line[b].not_above.duty"
    assert "'a'" in what
    assert "'b'" in what


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("not_below = { levy = 0.2 }", "0.1 (on RST), is across the red line of 0.2"),
        ("not_above = { levy = 0.2 }", "0.25 (on FOR), is across the red line of 0.2"),
    ],
)
def test_own_levels_are_looked_at_for_each_exporter(fields: str, said: str) -> None:
    ((_, what),) = refused(SMALL + line("a", "HOM", fields))
    assert said in what


def test_a_level_is_found_fault_with_once() -> None:
    """Above the level now and above the bounds: one problem, not two."""
    ((where, what),) = refused(SMALL + line("a", "BOTH", "not_below = { duty = 0.4 }"))
    assert where == "red_line[a].not_below.duty"
    assert "the level now" in what


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ("kind = 'threat'", "nobody signs"),
        ("consent = ['BOTH']", "'HOM' is not asked to sign 'other'"),
    ],
)
def test_refusals_that_mean_nothing(package: str, said: str) -> None:
    lines = line("a", "HOM", "refuses = ['deal', 'other']")
    ((where, what),) = refused(SMALL + f"[[package]]\nid = 'other'\n{package}\n" + lines)
    assert where == "red_line[a].refuses[1]"
    assert said in what


def test_names_are_checked() -> None:
    lines = line("a", "USA", "talks = 'x'", "not_above = { y = 0.1 }", "refuses = 'z'")
    assert [where for where, _ in refused(SMALL + lines)] == [
        "red_line[a].party",
        "red_line[a].talks",
        "red_line[a].not_above.y",
        "red_line[a].refuses",
    ]


@pytest.mark.parametrize(("value", "fine"), [("0.5", True), ("0", False), ("-1", False)])
def test_side_payments_are_above_zero(value: str, fine: bool) -> None:
    text = SMALL.replace('id = "main"', f'id = "main"\nside_payment_usd_bn = {value}')
    if fine:
        assert read(text).talks[0].side_payment_usd_bn == float(value)
    else:
        assert [where for where, _ in refused(text)] == ["talks[main].side_payment_usd_bn"]


def test_shipped_scenarios() -> None:
    (red,) = open_scenario("toy-talks").red_lines
    assert (red.party, red.not_below) == ("FOR", {"food-duty": 0.05})
    assert open_scenario("us-japan-2019").red_lines == ()
