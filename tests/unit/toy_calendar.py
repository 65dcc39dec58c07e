"""Small talks on the toy world, as text to be edited, and calendars with planted values."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from parley.files.embedded import open_world
from parley.files.scenarios import open_scenario_text
from parley.scenario.resolve import resolve
from parley.studies import Study, settings_of
from parley.timing.game import TalksCalendar, calendar_of
from parley.timing.plan import Plan, plan_of

AS_OF = dt.date(2020, 1, 1)
UNWANTED = -9.0
STORY = """
format = 1
id = "small"
title = "Small talks"
as_of = 2020-01-01
world = "toy"
model = { closure = "world-share", elasticity = "uniform-4" }

[[party]]
id = "HOM"
discount_per_year = 0.10
[[party.constituency]]
id = "hom-food"
sectors = "FOOD"
weight = { value = 1.5, low = 1.0, high = 2.5 }

[[party]]
id = "FOR"
discount_per_year = 0.05
[[party.constituency]]
id = "for-food"
sectors = "FOOD"
weight = { value = 2.0, low = 1.0, high = 4.0 }

[[party]]
id = "RST"
[[party.constituency]]
id = "rst-food"
sectors = "FOOD"

[[talks]]
id = "main"
parties = ["HOM", "FOR"]
state = "open"
ends_by = "deadline"
deadline = 2020-07-01
breakdown = "hit"
agenda = ["part", "whole"]

[[talks]]
id = "side"
parties = ["HOM", "RST"]
state = "open"

[[instrument]]
id = "food"
by = "FOR"
on = "HOM"
sectors = "FOOD"
kind = "tariff"
now = 0.20

[[instrument]]
id = "parts"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "tariff"
share_of_flow = 0.3
now = 0.025

[[instrument]]
id = "cars"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "additional-tariff"
share_of_flow = 0.7
rate = 0.25

[[threat]]
id = "levy"
by = "HOM"
instrument = "cars"
when = { talks = "main", is = "failed" }

[[event]]
id = "spring"
date = 2020-04-01
kind = "meeting"
talks = "main"

[[event]]
id = "levy-day"
date = 2020-07-01
kind = "deadline"
threat = "levy"

[[package]]
id = "part"
talks = "main"
changes = [{ instrument = "food", cut_by = 0.5 }, { instrument = "parts", to = 0.0 }]

[[package]]
id = "whole"
talks = "main"
changes = [{ instrument = "food", to = 0.0 }, { instrument = "parts", to = 0.0 }]

[[package]]
id = "hit"
kind = "threat"
talks = "main"
changes = [{ threat = "levy" }]
"""
DEADLINE = 'ends_by = "deadline"\ndeadline = 2020-07-01\n'
LEVY_DAY = '[[event]]\nid = "levy-day"\ndate = 2020-07-01\nkind = "deadline"\nthreat = "levy"\n'


def edited(*pairs: tuple[str, str], more: str = "") -> str:
    """Return the story with each first text replaced by the second, and more at its end."""
    text = STORY
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text + more


def event(name: str, date: str, kind: str = "meeting", *fields: str) -> str:
    """Return an event as text; ``date`` is a day or a window in brackets."""
    when = f"window = {date}" if date.startswith("[") else f"date = {date}"
    return "\n".join(["", "[[event]]", f'id = "{name}"', when, f'kind = "{kind}"', *fields, ""])


def study(text: str = STORY) -> Study:
    """Return the study of a text."""
    scenario, world = open_scenario_text(text), open_world("toy")
    setting, alternatives = settings_of(scenario, world, None, None, None)
    return Study(scenario, resolve(scenario, world), world, setting, alternatives)


def calendar(*pairs: tuple[str, str], more: str = "", talks: str | None = None) -> TalksCalendar:
    """Return the calendar of the edited story."""
    return calendar_of(study(edited(*pairs, more=more)), talks)


def plan(*pairs: tuple[str, str], more: str = "", talks: str = "main") -> Plan:
    """Return the dates of the edited story; nothing is solved."""
    scenario = open_scenario_text(edited(*pairs, more=more))
    return plan_of(scenario, next(t for t in scenario.talks if t.id == talks))


def planted(found: TalksCalendar, **worth: tuple[float, ...]) -> TalksCalendar:
    """Return a calendar in which states are worth so much to the parties, and no weights count.

    Underscores in names stand for hyphens and colons. Nobody wants a package on the table that
    is not named; other states that are not named are worth nothing.
    """
    stakes = found.stakes
    keys = [k.replace("-", "_").replace(":", "_") for k in stakes.states.keys]
    assert set(worth) <= set(keys), (set(worth), keys)
    moved = np.zeros((len(keys), *stakes.stages.shape[1:]))
    for k, key in enumerate(keys):
        other = UNWANTED if k < stakes.states.packages else 0.0
        for party, value in enumerate(worth.get(key, (other,) * len(found.parties))):
            moved[k, stakes.rows[party][0], 0] = value
    own = replace(
        stakes,
        stages=moved,
        courses=tuple(((0.0, k),) for k in range(len(keys))),
        fixed=np.zeros_like(stakes.fixed),
        weighted=False,
        closed={},
    )
    return replace(found, stakes=own)


def years(day: str, since: dt.date = AS_OF) -> float:
    """Return a day in years from as_of."""
    return (dt.date.fromisoformat(day) - since).days / 365.25
