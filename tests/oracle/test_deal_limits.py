"""What narrows a deal, and what would open an empty zone of agreement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parley.arena import Arena
from parley.bargaining.solutions import find_zone
from parley.deals.assess import assess_deal
from parley.deals.opening import openings
from parley.errors import InputError
from tests.oracle.toy_deals import HIGHER, LEVY, assessed, edited, table_of, toy

# --- limits


def test_red_lines_that_contradict_are_refused_with_the_smallest_relaxation(
    tmp_path: Path,
) -> None:
    line = '\n[[red_line]]\nid = "open-food"\nparty = "HOM"\nnot_above = { food-duty = 0.02 }\n'
    arena = edited(tmp_path, more=line)
    with pytest.raises(InputError) as caught:
        table_of(arena)
    (problem,) = caught.value.problems
    for text in ("food-duty", "'food-floor' of FOR", "'open-food' of HOM", "0.05", "0.02"):
        assert text in problem.what
    assert "instrument[food-duty]" in problem.where
    assert "3 points of duty" in problem.do
    # With exactly that much less there is one level left.
    line = line.replace("0.02", "0.05")
    levers = {v.id: v for v in table_of(edited(tmp_path, more=line)).board.levers}
    assert levers["food-duty"].low == levers["food-duty"].high == 0.05


def test_a_red_line_binds_its_lever(tmp_path: Path) -> None:
    (lever,) = (v for v in table_of(toy()).board.levers if v.id == "food-duty")
    assert lever.low == 0.05
    assert lever.limits[0] == "red line 'food-floor' of FOR"
    held = assessed("none").deal
    assert held is not None
    step = next(s for s in held.steps if s.lever.id == "food-duty")
    assert step.after == pytest.approx(0.05, abs=1e-9)
    assert step.bound == lever.limits[0]
    lower = edited(tmp_path, ("{ food-duty = 0.05 }", "{ food-duty = 0.01 }"))
    found = assess_deal(table_of(lower), solutions=("nash",), points=0).deal
    assert found is not None
    assert found.solution.outcome.levers[0] < 0.05 - 1e-3


@pytest.mark.parametrize("authority", ["alone", "approved"])
def test_standstill_holds_the_levy(authority: str, tmp_path: Path) -> None:
    table = table_of(edited(tmp_path, LEVY), authority=authority)
    assert "car-levy" not in {v.id for v in table.board.levers}
    assert any("car-levy" in n and "commitment 'no-levy'" in n for n in table.notes)
    lapsed = ('kind = "standstill"\n', 'kind = "standstill"\nuntil = 2020-02-20\n')
    table = table_of(edited(tmp_path, LEVY, lapsed), authority=authority)
    (levy,) = (v for v in table.board.levers if v.id == "car-levy")
    assert (levy.low, levy.high, levy.now) == (0.0, 0.25, 0.0)


def test_what_may_be_proclaimed_alone(tmp_path: Path) -> None:
    arena = edited(tmp_path, HIGHER)

    def low(authority: str, arena: Arena = arena) -> tuple[float, str]:
        levers = table_of(arena, authority=authority).board.levers
        (lever,) = (v for v in levers if v.id == "car-parts-duty")
        return lever.low, lever.limits[0]

    assert low("alone") == (pytest.approx(0.04), "what HOM may proclaim alone")
    assert low("approved")[0] == 0.0
    # A duty of 5 % or less may go altogether.
    assert low("alone", toy())[0] == low("approved", toy())[0] == 0.0
    alone = assess_deal(table_of(arena), breakdown="nothing", solutions=("nash",), points=0)
    both = assess_deal(
        table_of(arena, authority="approved"), breakdown="nothing", solutions=("nash",), points=0
    )
    assert alone.deal is not None
    assert both.deal is not None
    assert np.prod(both.deal.solution.surplus) > np.prod(alone.deal.solution.surplus)


# --- nothing to agree on


# One side alone may give: Foreign, whose farmers count twice, or Home.
ONE_SIDED = {
    "scenario": (
        ("bounds = [0.0, 0.025]", "bounds = [0.025, 0.025]"),
        ('  { instrument = "car-parts-duty", to = 0.0 },\n', ""),
    ),
    "none": (
        ("bounds = [0.0, 0.20]", "bounds = [0.20, 0.20]"),
        ('  { instrument = "food-duty", cut_by = 0.5 },', ""),
    ),
}


@pytest.mark.parametrize("weights", ["none", "scenario"])
def test_an_empty_zone_says_what_would_open_it(weights: str, tmp_path: Path) -> None:
    table = table_of(edited(tmp_path, *ONE_SIDED[weights]), weights)
    assert table.board.size == 1
    found = assess_deal(table, breakdown="nothing", points=5)
    assert not found.zone.open
    assert found.deals == ()
    assert found.deal is None
    assert found.certified
    costs = [o.cost_usd_bn for o in found.openings]
    assert costs == sorted(costs)
    paid = [o for o in found.openings if o.kind == "payment"]
    # If the two together gain, that payment makes a deal of it.
    total = max(table.payoffs.evaluate(z).payoffs.sum() for z in np.linspace(
        table.problem.lower, table.problem.upper, 11))  # fmt: skip
    assert bool(paid) == (total > 1e-9)
    for opening in paid:
        size = f"side_payment_usd_bn = {2 * opening.size:.9f}"
        most = ('ends_by = "deadline"', f'ends_by = "deadline"\n{size}')
        other = table_of(edited(tmp_path, *ONE_SIDED[weights], most), weights)
        assert find_zone(other.problem.modelled()).open


def test_openings_of_a_near_miss() -> None:
    table = table_of(toy())
    whole = table.problem.modelled()
    # More than Home gets from Foreign's lowest duty on food, Foreign resigned to anything.
    best = whole.at(np.array([0.05, 0.025])).payoffs
    problem = whole.against(best + np.array([0.1, -1.0]) * whole.scale)
    zone = find_zone(problem)
    assert not zone.open
    every = openings(table, problem, zone)
    costs = [o.cost_usd_bn for o in every]
    assert costs == sorted(costs)
    found = {o.kind: o for o in every if o.kind != "bound" or o.what.startswith("food-duty")}
    assert set(found) == {"disagreement", "payment", "bound"}
    # A lower disagreement point by so much, and no less, leaves something to agree on.
    for factor, opens in ((0.99, False), (1.01, True)):
        less = np.array([factor * found["disagreement"].size, 0.0])
        assert find_zone(problem.against(problem.disagreement - less)).open == opens
    # The bound is moved at first order: twice as far is enough, half as far is not.
    assert "red line 'food-floor' of FOR" in found["bound"].what
    for factor, opens in ((0.5, False), (2.0, True)):
        lower = problem.lower - np.array([factor * found["bound"].size / 100, 0.0])
        assert find_zone(problem.within(lower, problem.upper)).open == opens
    # Foreign has more than enough to pay.
    assert "FOR pay HOM" in found["payment"].what
