"""A small invented story with many kinds of promises, for tests."""

from __future__ import annotations

from pathlib import Path

import parley
from parley.studies import Study

TEXT = """
format = 1
id = "promises"
title = "Home and Foreign promise much"
as_of = 2020-03-01
world = "toy"

[model]
elasticity = "uniform-4"

[[source]]
id = "gazette"
published = 2020-02-28

[[party]]
id = "HOM"
label = "Home"
discount_per_year = 0.20

[[party.constituency]]
id = "home-farmers"
sectors = ["FOOD"]
weight = 1.5

[[party]]
id = "FOR"
label = "Foreign"

[[talks]]
id = "talks"
parties = ["HOM", "FOR"]
state = "open"
breakdown = "levy-on"

[[measure]]
id = "car-cut"
label = "Home's cars duty-free"
by = "HOM"
on = "FOR"
changes = [{ sectors = "CARS", kind = "tariff", value = 0.0 }]
since = 2019-01-01

[[instrument]]
id = "food-duty"
by = "FOR"
on = "HOM"
sectors = "FOOD"
kind = "tariff"
now = 0.20
bounds = [0.0, 0.20]
bound_rate = 0.50

[[instrument]]
id = "car-duty"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "tariff"
now = 0.0
bounds = [0.0, 0.20]

[[instrument]]
id = "car-levy"
by = "HOM"
on = "FOR"
sectors = "CARS"
kind = "additional-tariff"
share_of_flow = 0.8
rate = 0.25

[[instrument]]
id = "food-levy"
by = "FOR"
on = "HOM"
sectors = "FOOD"
kind = "additional-tariff"

[[instrument]]
id = "food-quota"
by = "FOR"
on = "HOM"
sectors = "FOOD"
kind = "quota"
bounds = [0.0, 1.0]

[[threat]]
id = "levy"
by = "HOM"
instrument = "car-levy"
earliest = 2020-06-30
base_usd_bn = { claims = ["c-200", "c-150", "c-200-too"] }

[[threat]]
id = "counter"
by = "FOR"
on = "HOM"
sectors = "FOOD"
rate = 0.25

[[event]]
id = "summit"
window = [2020-02-28, 2020-03-05]
kind = "meeting"
talks = "talks"

[[event]]
id = "round"
date = 2020-02-01
kind = "meeting"
talks = "talks"

[[claim]]
id = "c-200"
speaker = { role = "minister", party = "HOM", named = false }
source = "gazette"
about = "threat:levy"
value_usd_bn = 0.2

[[claim]]
id = "c-200-too"
speaker = { role = "another minister", party = "HOM", named = false }
source = "gazette"
about = "threat:levy"
value_usd_bn = 0.2

[[claim]]
id = "c-150"
speaker = { role = "the paper", named = false }
source = "gazette"
about = "threat:levy"
value_usd_bn = 0.15

[[commitment]]
id = "truce"
label = "Neither strikes first"
by = "HOM"
to = "FOR"
mutual = true
kind = "truce"
threats = ["levy", "counter"]
when = { talks = "talks", is = "open" }
on_breach = { detection_days = 30 }

[[commitment]]
id = "food-standstill"
by = "FOR"
to = "HOM"
kind = "standstill"
instruments = ["food-duty"]
on_breach = { package = "levy-on" }

[[commitment]]
id = "car-ceiling"
by = "HOM"
to = "FOR"
kind = "ceiling"
not_above = { car-duty = 0.05 }
when = { talks = "talks", is = "open" }

[[commitment]]
id = "to-all"
by = "HOM"
kind = "standstill"
instruments = ["car-levy"]

[[commitment]]
id = "food-purchase"
by = "FOR"
to = "HOM"
kind = "purchase"
on_breach = { threats = ["levy"], detection_days = 365 }

[commitment.purchase]
usd_bn_total = 0.06
years = 2
sectors = "FOOD"
supply_cap_usd_bn = 0.08
compliance = 0.5
financing = "subsidy"

[[commitment]]
id = "car-purchase"
by = "HOM"
to = "FOR"
kind = "purchase"
purchase = { usd_bn_per_year = 0.005, sectors = "CARS", above_year = 2017 }

[[commitment]]
id = "huge-purchase"
by = "FOR"
to = "HOM"
kind = "purchase"
purchase = { usd_bn_per_year = 50, sectors = "CARS" }

[[commitment]]
id = "some-purchase"
by = "FOR"
to = "HOM"
kind = "purchase"
mutual = true
purchase = { sectors = "CARS" }

[[commitment]]
id = "in-words"
by = "FOR"
to = "HOM"
kind = "ceiling"
no_faster_than = "the old schedule"

[[commitment]]
id = "quota-standstill"
by = "FOR"
to = "HOM"
kind = "standstill"
instruments = ["food-quota", "food-levy"]

[[package]]
id = "levy-on"
kind = "threat"
talks = "talks"
changes = [{ threat = "levy" }]
"""


def study(folder: Path, *changes: tuple[str, str]) -> Study:
    """Return the study of the story with parts of its text replaced."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "promises.toml"
    path.write_text(text, encoding="utf-8")
    return parley.study(path)
