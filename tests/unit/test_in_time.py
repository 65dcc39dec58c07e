"""Packages in time: payments between governments, levels year by year, and what is said of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from parley.counted import counted, purchase_words
from parley.economy import World
from parley.equilibrium import Closure, Equilibrium, solve
from parley.equilibrium.models import Model
from parley.equilibrium.policies import PolicySimulator
from parley.equilibrium.solve import prepare
from parley.errors import InputError
from parley.files.embedded import open_world
from parley.files.scenarios import open_scenario_text
from parley.policy import Policy
from parley.policy.wedges import ledger_of_changes
from parley.purchases.made import PurchaseMade
from parley.scenario.packages import PackageChange
from parley.scenario.phases import phases_of
from parley.scenario.resolve import begin
from parley.scenario.staging import stage_years, way_in_year
from parley.studies import STATUS_QUO, WORLD_YEAR, Study
from tests.oracle import closures, levels, package, reference
from tests.unit.toy_calendar import study

Array = np.ndarray
CLOSURES = ("world-share", "zero", "fixed", "fixed:RST", "own-share")
PAID = np.array([-20.0, 15.0, 5.0])  # million a year; Home pays
HEAD = """
format = 1
id = "in-time"
title = "Packages in time"
as_of = 2020-01-01
world = "toy"
model = { closure = "world-share", elasticity = "uniform-4" }

[[party]]
id = "HOM"
[[party]]
id = "FOR"

[[talks]]
id = "main"
parties = ["HOM", "FOR"]
state = "open"
"""


def entry(section: str, name: str, by: str, on: str, **fields: object) -> str:
    """Return an entry of the file as text; its changes stand as they are written."""
    known = {"id": name, "by": by, "on": on, **fields}
    lines = (f"{k} = {v if k == 'changes' else json.dumps(v)}" for k, v in known.items())
    return "\n".join(["", f"[[{section}]]", *lines, ""])


DUTY = {"sectors": "FOOD", "kind": "tariff", "share_of_flow": 0.3, "now": 0.4}
EXTRA = {"sectors": "CARS", "kind": "additional-tariff", "share_of_flow": 0.7}
SOLD_AT = {"sectors": "FOOD", "kind": "export-tax", "now": 0.1}
ROWS = """[{ sectors = "FOOD", kind = "additional-tariff", value = 0.12, share_of_flow = 0.25 },
  { sectors = "CARS", kind = "tariff-change", value = 0.08 }]"""
BEEF = entry("instrument", "beef", "FOR", "HOM", **DUTY)
LEVY = entry("instrument", "levy", "HOM", "FOR", now=0.1, rate=0.25, **EXTRA)
TAX = entry("instrument", "tax", "HOM", "FOR", **SOLD_AT)
THREAT = entry(
    "threat", "hit", "FOR", "HOM", sectors=["FOOD", "CARS"], rate=0.24, share_of_flow=0.5,
    answered_by=["answer"],
) + entry("threat", "answer", "HOM", "FOR", sectors="FOOD", rate=0.12)  # fmt: skip
METALS = entry("measure", "metals", "FOR", "HOM", changes=ROWS).replace(
    "changes", "since = 2019-01-01\nchanges"
)
PAYS = 'side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.03, years = 1.5 }]\n'
FREE = '{ by = "HOM", from = "FOR", sectors = "CARS", to = 0.0'


def written(more: str, changes: str = "", fields: str = "", name: str = "p") -> str:
    """Return the text of a package with such changes."""
    return f'{more}\n[[package]]\nid = "{name}"\ntalks = "main"\n{fields}\nchanges = [{changes}]\n'


def with_package(more: str, changes: str = "", fields: str = "") -> Study:
    return study(HEAD + written(more, changes, fields))


def promise(amount: str, fields: str = "") -> str:
    bought = f'{fields}\npurchase = {{ {amount}, sectors = "FOOD" }}\n'
    promised = entry("commitment", "food", "FOR", "HOM", kind="purchase")
    return promised.replace("on = ", "to = ") + bought


# --- lump-sum payments between governments ---------------------------------------------------


@cache
def toy() -> World:
    return open_world("toy")


@cache
def free_food() -> Policy:
    """Foreign lets Home's food in free of duty."""
    world = toy()
    tariff = np.array(world.tariffs)
    tariff[1, 0, 0] = 0.0
    return package.policy_of(world, tariff)


@cache
def paid(closure: str, size: float = 1.0) -> Equilibrium:
    payment = None if size == 0.0 else size * PAID
    return solve(toy(), free_food(), closure=closure, payment=payment).require()


@pytest.mark.parametrize("closure", CLOSURES)
def test_a_payment_adds_to_the_deficits_in_the_closures_numeraire(closure: str) -> None:
    """D' = (D + payment) (omega . v_hat), with omega as the closures' definitions have it."""
    found = paid(closure)
    va = found.world.accounts.value_added
    v_hat = found.sector_value_added.sum(axis=1) / va
    name, _, numeraire = closure.partition(":")
    omega = va / va.sum()
    if name == "fixed":
        largest = int(np.argmax(va))
        omega = np.eye(3)[toy().region_index(numeraire) if numeraire else largest]
    moved = (omega @ v_hat) * PAID
    if name == "own-share":
        expected = closures.own_share(package.economy_of(toy()))(v_hat) + moved
    else:
        deficit = np.zeros(3) if name == "zero" else found.world.accounts.deficit
        expected = (omega @ v_hat) * deficit + moved
    np.testing.assert_allclose(found.deficit, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("closure", CLOSURES)
def test_every_other_equation_holds_with_a_payment(closure: str) -> None:
    found = paid(closure)
    assert found.report.worst_residual < 1e-9
    trade = found.customs_value
    balance = trade.sum(axis=(1, 2)) - trade.sum(axis=(0, 2))
    np.testing.assert_allclose(balance, found.deficit, rtol=0, atol=1e-6)
    budget = found.sector_value_added.sum(axis=1) + found.tariff_revenue + found.deficit
    np.testing.assert_allclose(found.income, budget, rtol=1e-10)
    gaps = levels.errors(found, closure.partition(":")[0])
    assert max(v for k, v in gaps.items() if k != "closure") < 1e-9, gaps


def test_a_payment_is_the_references_other_deficit() -> None:
    """World value added is the numeraire, so the deficits simply grow by the payment."""
    found = paid("world-share")
    economy = package.economy_of(toy())
    theirs = reference.solve_brute(
        economy, free_food().tariff_prime, deficit_prime=economy.deficit + PAID
    )
    assert theirs.converged
    np.testing.assert_allclose(found.w_hat, theirs.wage_hat, rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, theirs.price_hat, rtol=1e-9)
    np.testing.assert_allclose(found.customs_value, theirs.flows_prime, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("closure", CLOSURES)
def test_no_money_is_no_payment_to_the_last_bit(closure: str) -> None:
    nothing = solve(toy(), free_food(), closure=closure, payment=np.zeros(3))
    plain = paid(closure, 0.0)
    for name in ("w_hat", "price_hat", "flows", "deficit", "income", "real_income_hat"):
        assert np.array_equal(getattr(nothing, name), getattr(plain, name)), name


@pytest.mark.parametrize("closure", CLOSURES)
def test_who_is_paid_gains_and_who_pays_loses_more_than_it_pays(closure: str) -> None:
    """The secondary burden: all spend most at home, so the payer's terms of trade worsen."""
    before, after = paid(closure, 0.0), paid(closure)
    change = (after.real_income_hat / before.real_income_hat - 1) * before.income
    assert change[0] < PAID[0]
    assert (change[1:] > PAID[1:]).all()
    assert abs(change.sum()) < 0.05 * abs(PAID[0])


@pytest.mark.parametrize("closure", ["world-share", "fixed"])
def test_the_solver_agrees_with_the_one_of_deals(closure: str) -> None:
    base = prepare(toy(), toy().elasticity(), Closure.parse(closure), Model())
    point = PolicySimulator(base).at(free_food(), PAID)
    found = paid(closure)
    assert point.ok
    real = found.sector_income / found.consumer_price_hat[:, None]
    np.testing.assert_allclose(point.real_income, real, rtol=1e-10)
    bought = found.customs_value / found.consumer_price_hat[:, None, None]
    np.testing.assert_allclose(point.imports, bought, rtol=1e-9, atol=1e-9)


# --- payments of packages --------------------------------------------------------------------

GROUP = HEAD.replace('id = "FOR"', 'id = "ABROAD"').replace('"FOR"]', '"ABROAD"]') + (
    '\n[[group]]\nid = "ABROAD"\nmembers = ["FOR", "RST"]\n'
)


def test_a_groups_regions_share_a_payment_by_their_incomes() -> None:
    fields = 'side_payment = [{ by = "ABROAD", to = "HOM", usd_bn = 0.06, years = 3 }]'
    told = study(GROUP + written("", fields=fields))
    earned = told.equilibrium(STATUS_QUO).income
    share = earned[1:] / earned[1:].sum()
    np.testing.assert_allclose(told.payment("p"), [20.0, *(-20.0 * share)], rtol=1e-12)


def test_payments_are_amounts_over_years_and_add_up() -> None:
    own = """include = ["first"]
      side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.03, years = 1.5 },
                      { by = "HOM", to = "FOR", usd_bn = 0.005 }]"""
    first = 'side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.04, years = 4 }]'
    text = written("", fields=first, name="first") + written("", fields=own)
    found = study(HEAD + text)
    np.testing.assert_allclose(found.payment("p"), [20 + 10 - 5, -25.0, 0.0], rtol=1e-12)
    np.testing.assert_allclose(found.payment("first"), [10.0, -10.0, 0.0], rtol=1e-12)
    assert [x.years for x in found.resolved_package("p").payments] == [4.0, 1.5, 1.0]


def test_a_packages_equilibrium_holds_its_payments() -> None:
    found = with_package("", fields=PAYS)
    by_hand = solve(toy(), elasticity="uniform-4", payment=np.array([20.0, -20.0, 0.0]))
    assert (found.payment(STATUS_QUO), found.payment(WORLD_YEAR)) == (None, None)
    at = found.equilibrium("p")
    np.testing.assert_allclose(at.deficit, (140.0, -120.0, -20.0), rtol=1e-9)
    np.testing.assert_allclose(at.real_income_hat, by_hand.real_income_hat, rtol=1e-10)


# --- the part of the way ---------------------------------------------------------------------


def staged(**how: object) -> PackageChange:
    return PackageChange.model_validate(
        {"instrument": "beef", "to": 0.1, "staging": how} if how else {"instrument": "beef"}
    )


@pytest.mark.parametrize(
    ("how", "parts"),
    [
        ({"years": 4}, (1 / 5, 2 / 5, 3 / 5, 4 / 5, 1.0, 1.0)),
        ({"years": 1}, (1 / 2, 1.0)),
        ({"years": 0}, (1.0,)),
        ({"years": 3, "at_once": 0.4}, (0.4, 0.6, 0.8, 1.0, 1.0)),
        ({"years": 2, "at_once": 0.0}, (0.0, 0.5, 1.0)),
        ({"years": 2, "at_once": 1.0}, (1.0, 1.0, 1.0)),
    ],
)
def test_equal_steps_and_the_part_that_comes_at_once(
    how: dict[str, float], parts: tuple[float, ...]
) -> None:
    staging = staged(**how).staging
    assert staging is not None
    for year, part in enumerate(parts):
        way = way_in_year(staging, year)
        assert way.part == pytest.approx(part, abs=1e-15)
        assert way.level(0.4, 0.1) == pytest.approx(0.4 - 0.3 * part)


def test_steps_are_levels_and_then_comes_the_change_itself() -> None:
    staging = staged(years=3, steps=[0.3, 0.25, 0.2]).staging
    assert staging is not None
    for year, level in enumerate((0.3, 0.25, 0.2, 0.1)):
        assert way_in_year(staging, year).level(0.4, 0.1) == level
    # Never further than the change goes, nor the other way.
    assert way_in_year(staging, 0).level(0.05, 0.0) == 0.05
    assert way_in_year(staging, 2).level(0.4, 0.25) == 0.25


def test_years_in_which_something_moves() -> None:
    slow, quick = staged(years=4), staged(years=2, at_once=0.5)
    assert stage_years([quick, staged(), slow]) == (1, 2, 3, 4)
    assert stage_years([staged(), staged(years=0)]) == ()


# --- levels in each year ---------------------------------------------------------------------


def read(found: Study, year: int | None = None, name: str | None = "p") -> Mapping[str, Array]:
    """Return (ordinary, additional, cost factor) of each part of a flow, and export taxes."""
    _, status_quo = begin(found.scenario, found.world)
    changes = tuple(status_quo.changes)
    if name is not None:
        changes += tuple(status_quo.package(found.scenario.package(name), year).changes)
    ledger = ledger_of_changes(found.world, changes, partition=found.resolved.partition)
    parts = {
        "/".join((*cell, name)): np.array([p.ordinary, sum(p.additional.values()), p.cost])
        for cell, at in ledger.cells.items()
        for name, p in at.items()
    }
    taxes = {"/".join(("tax", *cell)): np.array(rate) for cell, rate in ledger.export_tax.items()}
    return {**parts, **taxes}


def before_of(status_quo: Mapping[str, Array], key: str, found: Study) -> Array:
    """Return where a part starts: as the rest of its flow, or as the world has it."""
    if key in status_quo:
        return status_quo[key]
    if key.startswith("tax/"):
        return np.array(0.0)
    *cell, _ = key.split("/")
    n, i = (found.world.region_index(r) for r in cell[:2])
    world = np.array([found.world.tariffs[n, i, found.world.sector_index(cell[2])], 0.0, 1.0])
    return status_quo.get("/".join((*cell, "")), world)


HOW = "staging = { years = 3 } }"
FOOD = 'by = "FOR", from = "HOM", sectors = "FOOD"'
BOTH = 'between = ["HOM", "FOR"], sectors'
SOLD = 'by = "HOM", from = "FOR", sectors = "FOOD", kind = "export-tax"'
CHANGES = {
    "part of a flow set": (BEEF, '{ instrument = "beef", to = 0.1, '),
    "part of a flow cut": (BEEF, '{ instrument = "beef", cut_by = 0.5, '),
    "part of a flow raised": (BEEF, '{ instrument = "beef", add = 0.2, '),
    "whole sectors set": (BEEF, f'{{ {BOTH} = "all goods", to = 0.02, '),
    "whole sectors cut": (BEEF, f'{{ {BOTH} = "FOOD", cut_by = 0.8, '),
    "whole sectors raised": (BEEF, f"{{ {FOOD}, add = 0.3, "),
    "a cut of more than there is": (BEEF, f"{{ {FOOD}, add = -0.3, "),
    "some goods spared": (BEEF, f'{{ {FOOD}, to = 0.0, except_instruments = ["beef"], '),
    "a part that nothing else knows": (BEEF, f"{{ {FOOD}, to = 0.0, share_of_flow = 0.4, "),
    "costs of trade": (BEEF, f'{{ {BOTH} = "FOOD", cost = 0.9, '),
    "a levy lifted": (LEVY, '{ instrument = "levy", on = false, '),
    "a levy raised": (LEVY, '{ instrument = "levy", on = true, '),
    "an export tax": (TAX, '{ instrument = "tax", to = 0.3, '),
    "export taxes of sectors": ("", f"{{ {SOLD}, to = 0.2, "),
    "more duty on all food": (BEEF, f'{{ {FOOD}, kind = "additional-tariff", to = 0.15, '),
    "a threat carried out": (THREAT, '{ threat = "hit", '),
    "a threat and its answer": (THREAT, '{ threat = "hit", retaliation = true, rate = 0.4, '),
    "a measure taken back": (METALS, '{ measure = "metals", on = false, '),
    "half of a measure taken back": (METALS, '{ measure = "metals", cut_by = 0.5, '),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_part_of_every_flow_goes_its_way_in_equal_steps(name: str) -> None:
    more, change = CHANGES[name]
    found = with_package(more, change + HOW)
    start, end = read(found, name=None), read(found)
    moved = 0
    for year in range(4):
        now = read(found, year)
        assert set(now) == set(end)
        for key, level in now.items():
            before = before_of(start, key, found)
            np.testing.assert_allclose(
                level, before + (year + 1) / 4 * (end[key] - before), rtol=0, atol=1e-12
            )
            moved += bool(np.abs(end[key] - before).max() > 1e-6)
    assert moved


@pytest.mark.parametrize("name", CHANGES)
def test_after_its_years_a_package_is_itself(name: str) -> None:
    more, change = CHANGES[name]
    for staging in ("{ years = 3 }", "{ years = 3, at_once = 0.5 }", "{ years = 0 }"):
        found = with_package(more, f"{change}staging = {staging} }}")
        _, status_quo = begin(found.scenario, found.world)
        given = found.scenario.package("p")
        for year in (3, 4, 60):
            assert status_quo.package(given, year).changes == status_quo.package(given).changes
        assert tuple(status_quo.package(given).changes) == found.resolved_package("p").changes


def test_parts_that_start_apart_stay_apart_half_way() -> None:
    """Food pays 20 % on average: beef, three tenths of it, 40 %, the rest what that leaves."""
    change = '{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.0, staging = { years = 1 } }'
    now = read(with_package(BEEF, change), 0)
    assert now["FOR/HOM/FOOD/beef"][0] == pytest.approx(0.20)
    assert now["FOR/HOM/FOOD/"][0] == pytest.approx((0.20 - 0.3 * 0.40) / 0.7 / 2)


def test_each_change_goes_at_its_own_pace() -> None:
    """Those of included packages too; what is not phased in is there from the first day."""
    base = written(BEEF, '{ instrument = "beef", to = 0.1, staging = { years = 2 } }', name="base")
    steps = "staging = { years = 2, steps = [0.05, 0.2] }"
    changes = f"""{FREE}, staging = {{ years = 1, at_once = 0.2 }} }},
      {{ by = "HOM", from = "FOR", sectors = "FOOD", to = 0.01 }},
      {{ by = "FOR", from = "HOM", sectors = "CARS", to = 0.3, {steps} }}"""
    found = study(HEAD + written(base, changes, 'include = ["base"]'))
    rows = {
        "FOR/HOM/FOOD/beef": (0.30, 0.20, 0.10, 0.10),
        "HOM/FOR/CARS/": (0.02, 0.0, 0.0, 0.0),
        "HOM/FOR/FOOD/": (0.01, 0.01, 0.01, 0.01),
        "FOR/HOM/CARS/": (0.05, 0.20, 0.30, 0.30),
    }
    for year in range(4):
        now = read(found, year)
        for key, expected in rows.items():
            assert now[key][0] == pytest.approx(expected[year], abs=1e-12), (key, year)


# --- stretches of time -----------------------------------------------------------------------


def phases(found: Study, name: str = "p") -> list[tuple[float, int, int]]:
    seen = phases_of(found.scenario, found.world, found.resolved_package(name))
    return [(p.since, len(p.purchases), len(p.payments)) for p in seen]


def test_a_stretch_begins_where_something_moves_or_ends() -> None:
    buys = promise("usd_bn_per_year = 0.03, years = 2.25")
    how = 'purchases = ["food"]\n' + PAYS
    found = with_package(buys, FREE + ", staging = { years = 3 } }", how)
    assert phases(found) == [
        (0.0, 1, 1), (1.0, 1, 1), (1.5, 1, 0), (2.0, 1, 0), (2.25, 0, 0), (3.0, 0, 0),
    ]  # fmt: skip
    seen = phases_of(found.scenario, found.world, found.resolved_package("p"))
    left = [p.changes[0].value / 0.025 for p in seen]
    np.testing.assert_allclose(left, [3 / 4, 1 / 2, 1 / 2, 1 / 4, 1 / 4, 0], atol=1e-12)
    assert seen[-1].changes == found.resolved_package("p").changes


def test_a_package_all_in_force_at_once_and_for_good_has_no_stretches() -> None:
    lasting = promise("usd_bn_per_year = 0.03")
    assert phases(with_package(lasting, FREE + " }", 'purchases = ["food"]')) == []
    slow = written("", FREE + ", staging = { years = 3 } }", name="slow")
    found = study(HEAD + written(slow, FREE + " }"))
    assert phases(found) == []
    assert [since for since, *_ in phases(found, "slow")] == [0.0, 1.0, 2.0, 3.0]


def test_a_promise_with_a_last_day_ends_then() -> None:
    buys = promise("usd_bn_per_year = 0.03", "until = 2022-01-01")
    found = with_package(buys, fields='purchases = ["food"]')
    assert phases(found) == [(0.0, 1, 0), (pytest.approx(731 / 365.25), 0, 0)]


# --- what is said ----------------------------------------------------------------------------


def test_what_a_package_counts_is_said() -> None:
    staging = "staging = { years = 3 } }"
    found = with_package("", FREE + f", {staging}", PAYS)
    pays = "package 'p': FOR pays HOM US$0.02bn a year for 1.5 years"
    slow = "package 'p' is phased in (duties of HOM after 3 years): "
    shown = "shown with all of it in force; the calendar and the odds count it year by year"
    assert counted(found, "p") == (pays, slow + shown)
    assert counted(found, "p", yearly=True) == (pays, slow + "counted year by year")
    at_once = with_package("", FREE + " }", PAYS)
    assert counted(at_once, "p", yearly=True) == (pays,)
    assert "a year in which its purchases and payments run" in counted(at_once, "p")[1]
    assert counted(with_package("", FREE + " }"), "p") == ()


def test_what_included_packages_phase_in_is_said_and_words_are_not_counted() -> None:
    base = written(BEEF, '{ instrument = "beef", to = 0.1, staging = { years = 1 } }', name="base")
    change = '{ between = ["HOM", "FOR"], sectors = "CARS", to = 0.0, path = "as others do" }'
    slow, words = counted(study(HEAD + written(base, change, 'include = ["base"]')), "p")
    assert "(beef after one year)" in slow
    assert words.startswith("package 'p': a schedule in words cannot be counted")
    assert words.endswith("duties between HOM and FOR ('as others do')")


MADE = PurchaseMade("food", "FOR", "HOM", "subsidy", False, "made", 0.125, 30.0, 30.0, None)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({}, "US$30bn a year more than in the status quo, without end, by a subsidy of 12.5 %"),
        ({"years": 2.0}, "in the status quo, for 2 years, by a subsidy"),
        ({"years": 1.0}, "in the status quo, for one year, by a subsidy"),
        ({"assumed": True}, "(the file does not say how it is paid for: a subsidy is taken)"),
        ({"financing": "preference-shift"}, "by a shift of taste (12.5 % at unchanged prices)"),
        ({"status": "not needed", "rise_usd_bn": 40.0}, "US$40bn a year more than in the status"),
        ({"status": "not needed"}, "without any push"),
        ({"status": "out of reach", "rise_usd_bn": 9.0}, "US$9bn a year more"),
        ({"status": "no amount"}, "is not counted, as no amount a year is named"),
    ],
)
def test_what_became_of_a_purchase_is_said(how: dict[str, object], said: str) -> None:
    words = purchase_words(replace(MADE, **how))  # type: ignore[arg-type]
    assert said in words
    assert "FOR buys from HOM ('food')" in words


@pytest.mark.parametrize(
    ("staging", "where", "what"),
    [
        ("years = 51", "staging.years", "takes 51 years"),
        ("years = 1, steps = [0.02, 0.01]", "staging.steps", "levels of 2 years, and it takes 1"),
        ("years = 2, steps = [0.02, 0.01], at_once = 0.5", "staging.at_once", "both the level"),
        ("years = 2.5", "staging.years", "2.5 is not a whole number"),
        ("years = 2, at_once = 1.5", "staging.at_once", "out of range"),
    ],
)
def test_schedules_that_cannot_be_are_refused_with_their_place(
    staging: str, where: str, what: str
) -> None:
    with pytest.raises(InputError) as error:
        open_scenario_text(HEAD + written("", FREE + f", staging = {{ {staging} }} }}"))
    (problem,) = error.value.problems
    assert problem.where == f"scenario.toml: package[p].changes[0].{where}"
    assert what in problem.what
    # Fifty years are a schedule.
    open_scenario_text(HEAD + written("", FREE + ", staging = { years = 50 } }"))
