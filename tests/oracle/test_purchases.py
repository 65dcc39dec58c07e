"""Purchases by two routes: the taste shift against changed tastes, the subsidy against changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parley.arena import Arena
from parley.commitments.purchases import PurchaseResult, assess_purchase
from parley.commitments.push import PurchaseOutcome, PurchaseWork
from parley.equilibrium import solve
from parley.policy import Change, apply_changes
from parley.policy.wedges import ledger_of_changes
from parley.purchases.amounts import amount_named, trade_of
from parley.purchases.preference import LEAST, largest_shift, taste_wedges
from parley.purchases.pushes import size_for
from parley.scenario.bought import purchase_cells
from parley.scenario.pledges import Purchase
from parley.scenario.resolve import begin
from parley.studies import STATUS_QUO, Study
from tests.oracle import levels, package, reference
from tests.oracle.toy_deals import edited, table_of

AMOUNT = 0.03  # US$bn a year
PURCHASE = f"""
[[commitment]]
id = "food"
by = "FOR"
to = "HOM"
kind = "purchase"
purchase = {{ usd_bn_per_year = {AMOUNT}, sectors = "FOOD" }}

[[commitment]]
id = "all-goods"
by = "HOM"
to = "FOR"
kind = "purchase"
purchase = {{ usd_bn_per_year = 0.02 }}
"""


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """The toy talks, in which nothing is in force beside the world's own duties."""
    return edited(tmp_path_factory.mktemp("purchases"), more=PURCHASE)


@pytest.fixture(scope="module")
def food(arena: Arena) -> PurchaseResult:
    return bought(arena, "food")


def study_of(arena: Arena) -> Study:
    assert arena.study is not None
    return arena.study


def bought(arena: Arena, name: str) -> PurchaseResult:
    study = study_of(arena)
    story, _ = begin(study.scenario, study.world)
    c = study.scenario.commitment(name)
    return assess_purchase(study, story, arena, c, c.by, c.to, None)


def work_of(arena: Arena, name: str) -> tuple[PurchaseWork, Study]:
    study = study_of(arena)
    story, _ = begin(study.scenario, study.world)
    c = study.scenario.commitment(name)
    assert c.purchase is not None
    ledger = ledger_of_changes(study.world, study.changes(STATUS_QUO))
    cells = purchase_cells(story, ledger, (c.by,), (str(c.to),), c.purchase)
    return PurchaseWork(study, arena, cells, c.by, str(c.to), None), study


def by_name(found: PurchaseResult, financing: str) -> PurchaseOutcome:
    return next(o for o in found.outcomes if o.financing == financing)


# --- the shift of taste -----------------------------------------------------------------


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.5])
def test_taste_wedges_leave_the_price_index_alone(shift: float) -> None:
    rng = np.random.default_rng(3)
    share = rng.dirichlet(np.ones(5), (5, 4)).transpose(0, 2, 1)  # [importer, exporter, sector]
    share[1:3, 0] *= 0.3  # the seller's part of it must leave room for the shift
    share /= share.sum(axis=1, keepdims=True)
    theta = rng.uniform(1.5, 9, 4)
    buyers, sellers, sectors = [1, 2], [0, 4], [0, 3]
    shift = min(shift, largest_shift(share, buyers, sellers, sectors))
    d = taste_wedges(share, buyers, sellers, sectors, theta, shift)
    shifted = share * d**-theta
    np.testing.assert_allclose(shifted.sum(axis=1), 1.0, rtol=0, atol=1e-14)
    where = np.ix_(buyers, sellers, sectors)
    np.testing.assert_allclose(shifted[where], (1 + shift) * share[where], rtol=1e-12)
    touched = np.zeros(d.shape, dtype=bool)
    touched[np.ix_(buyers, range(5), sectors)] = True
    assert (d[~touched] == 1.0).all()
    others = [i for i in range(5) if i not in sellers]
    if shift == 0.0:
        assert (d == 1.0).all()
    else:
        assert (d[where] < 1).all()
        assert (d[np.ix_(buyers, others, sectors)] > 1).all()


def test_the_largest_shift_leaves_others_a_little() -> None:
    share = np.array([[[0.5], [0.3], [0.2]]] * 3)
    most = largest_shift(share, [0], [1], [0])
    pull = taste_wedges(share, [0], [1], [0], np.array([4.0]), most) ** -4.0
    assert pull[0, 0, 0] == pytest.approx(LEAST)
    nothing = np.zeros_like(share)
    assert largest_shift(nothing, [0], [1], [0]) == 0.0


@pytest.mark.parametrize("closure", ["world-share", "zero"])
def test_the_taste_shift_is_one_of_tastes(arena: Arena, closure: str) -> None:
    """The package's icebergs against a reference in which expenditure shares themselves move."""
    arena = replace(arena, setting=replace(arena.setting, closure=closure))
    study = replace(study_of(arena), setting=arena.setting)
    found = bought(replace(arena, study=study), "food")
    o = by_name(found, "preference-shift")
    assert o.equilibrium is not None
    assert o.size is not None
    ours = o.equilibrium
    world = ours.world
    economy = package.economy_of(world.with_changes(elasticities=(ours.elasticity,)))
    tastes = np.ones((3, 3, 2))
    tastes[1, :, 0] = (1 - economy.expenditure_share[1, 0, 0] * (1 + o.size)) / (
        1 - economy.expenditure_share[1, 0, 0]
    )
    tastes[1, 0, 0] = 1 + o.size
    moved = replace(economy, expenditure_share=economy.expenditure_share * tastes)
    np.testing.assert_allclose(moved.expenditure_share.sum(axis=1), 1, atol=1e-14)
    deficit = economy.deficit if closure == "world-share" else np.zeros(3)
    theirs = reference.solve_brute(moved, deficit_prime=deficit)
    assert theirs.converged
    np.testing.assert_allclose(ours.w_hat, theirs.wage_hat, rtol=1e-9)
    np.testing.assert_allclose(ours.price_hat, theirs.price_hat, rtol=1e-9)
    np.testing.assert_allclose(ours.expenditure, theirs.expenditure_prime, rtol=1e-8)
    np.testing.assert_allclose(ours.customs_value, theirs.flows_prime, rtol=1e-8, atol=1e-9)
    income = theirs.income_prime / world.accounts.income
    price = np.exp((world.accounts.final_share * np.log(theirs.price_hat)).sum(axis=1))
    np.testing.assert_allclose(ours.real_income_hat, income / price, rtol=1e-9)
    ev = (income / price - 1) * world.accounts.income * world.usd_bn
    assert o.sides is not None
    for k, party in enumerate(("HOM", "FOR")):
        assert o.sides[party].ev_usd_bn == pytest.approx(ev[k], abs=1e-9)


def test_every_equation_holds_in_levels(arena: Arena) -> None:
    for name in ("food", "all-goods"):
        for o in bought(arena, name).outcomes:
            assert o.equilibrium is not None
            gaps = levels.errors(o.equilibrium, "world-share")
            assert max(gaps.values()) < 1e-9, gaps


def test_no_push_is_the_status_quo(arena: Arena) -> None:
    """Exactly, for both financings."""
    work, study = work_of(arena, "all-goods")
    ledger = ledger_of_changes(
        study.world, study.changes(STATUS_QUO), partition=study.resolved.partition
    )
    policy, base = study.policy(STATUS_QUO), study.equilibrium(STATUS_QUO)
    taste, subsidy = work.taste().policy(0.0), work.subsidy("x", ledger).policy(0.0)
    assert (taste.cost_hat == policy.cost_hat).all()
    for found in (taste, subsidy):
        np.testing.assert_allclose(found.cost_hat, policy.cost_hat, rtol=1e-15)
        np.testing.assert_allclose(found.tariff_prime, policy.tariff_prime, rtol=0, atol=1e-15)
        at = solve(study.world, found, elasticity="uniform-4").require()
        np.testing.assert_allclose(at.real_income_hat, base.real_income_hat, rtol=1e-13)
        np.testing.assert_allclose(at.customs_value, base.customs_value, rtol=1e-12)
    o = work.outcome("preference-shift", work.taste(), 0.0)
    assert (o.size, o.binds, o.rise_usd_bn) == (0.0, False, 0.0)
    assert o.equilibrium is base


def test_no_push_is_the_status_quo_under_many_measures() -> None:
    """The flagship: flows cut into parts, duties on duties."""
    from parley.files.arenas import open_arena

    work, study = work_of(open_arena("us-japan-2019"), "cn-farm-purchases")
    ledger = ledger_of_changes(
        study.world, study.changes(STATUS_QUO), partition=study.resolved.partition
    )
    policy = study.policy(STATUS_QUO)
    for push in (work.taste(), work.subsidy("x", ledger)):
        found = push.policy(0.0)
        np.testing.assert_allclose(found.cost_hat, policy.cost_hat, rtol=1e-14)
        np.testing.assert_allclose(found.tariff_prime, policy.tariff_prime, rtol=0, atol=1e-14)


# --- the subsidy -------------------------------------------------------------------------


def test_the_subsidy_is_an_additional_duty(arena: Arena, food: PurchaseResult) -> None:
    """By another route: a negative duty among the study's changes, solved afresh."""
    o = by_name(food, "subsidy")
    study = study_of(arena)
    assert o.size is not None
    change = Change("FOR", "HOM", "FOOD", "additional-tariff", -o.size, "purchase")
    theta = study.world.elasticity("uniform-4").theta
    policy = apply_changes(
        study.world,
        (*study.changes(STATUS_QUO), change),
        theta,
        partition=study.resolved.partition,
    )
    base, at = study.equilibrium(STATUS_QUO), solve(study.world, policy, elasticity="uniform-4")
    at.require()
    value = at.customs_value[1, 0, 0] * study.world.usd_bn
    deflated = value * base.consumer_price_hat[1] / at.consumer_price_hat[1]
    before = base.customs_value[1, 0, 0] * study.world.usd_bn
    assert deflated - before == pytest.approx(AMOUNT, rel=1e-5)
    assert o.rise_usd_bn == pytest.approx(AMOUNT, rel=1e-5)
    assert o.subsidy_usd_bn == pytest.approx(o.size * deflated, rel=1e-9)
    assert o.sides is not None
    ev = (at.real_income_hat / base.real_income_hat - 1) * base.income * study.world.usd_bn
    assert o.sides["FOR"].ev_usd_bn == pytest.approx(ev[1], abs=1e-9)
    assert o.third_parties_usd_bn == pytest.approx(ev[2], abs=1e-9)
    revenue = at.tariff_revenue[1] * base.consumer_price_hat[1] / at.consumer_price_hat[1]
    change_of = (revenue - base.tariff_revenue[1]) * study.world.usd_bn
    assert o.revenue_change_usd_bn == pytest.approx(change_of, abs=1e-9)


def test_the_lever_of_a_deal_goes_as_far(arena: Arena) -> None:
    """The same promise as a lever of the talks: its bound is the subsidy found here."""
    lever = next(x for x in table_of(arena).board.levers if x.id == "all-goods")
    size = by_name(bought(arena, "all-goods"), "subsidy").size
    assert lever.low == pytest.approx(-(size or 0.0), rel=1e-4)


# --- amounts, diversion, complementarity ---------------------------------------------------


def test_imports_rise_by_the_amount_and_trade_is_diverted(
    arena: Arena, food: PurchaseResult
) -> None:
    base = study_of(arena).equilibrium(STATUS_QUO)
    for o in food.outcomes:
        assert (o.status, o.binds) == ("proven", True)
        assert o.rise_usd_bn == pytest.approx(AMOUNT, rel=1e-5)
        rows = {(d.side, d.place): d for d in o.diversion}
        assert len(rows) == 5
        assert rows["buys from", "HOM"].kind == "seller"
        assert rows["buys from", "HOM"].change_usd_bn == pytest.approx(o.rise_usd_bn, abs=1e-12)
        assert rows["buys from", "FOR"].kind == "home"
        assert rows["buys from", "FOR"].change_usd_bn < 0
        assert rows["buys from", "RST"].kind == "third country"
        assert rows["buys from", "RST"].change_usd_bn < 0
        assert rows["sells to", "RST"].change_usd_bn < 0
        assert rows["sells to", "HOM"].kind == "home"
        assert o.equilibrium is not None
        moved = trade_of(base, o.equilibrium) - trade_of(base, base)
        bought_now = sum(d.change_usd_bn for d in o.diversion if d.side == "buys from")
        assert bought_now == pytest.approx(moved[1, :, 0].sum(), abs=1e-12)
        sold = sum(d.change_usd_bn for d in o.diversion if d.side == "sells to")
        assert sold == pytest.approx(moved[[0, 2], 0, 0].sum(), abs=1e-12)


def test_a_subsidy_costs_more_than_a_change_of_taste(food: PurchaseResult) -> None:
    subsidy, taste = (by_name(food, f) for f in ("subsidy", "preference-shift"))
    assert subsidy.sides is not None
    assert taste.sides is not None
    assert subsidy.sides["FOR"].ev_usd_bn < taste.sides["FOR"].ev_usd_bn
    assert subsidy.subsidy_usd_bn is not None
    assert subsidy.subsidy_usd_bn > 0
    assert taste.subsidy_usd_bn == 0
    for o in (subsidy, taste):
        assert o.sides is not None
        assert o.sides["HOM"].ev_usd_bn > 0  # the seller gains either way


@pytest.mark.parametrize(
    ("given", "imports", "year", "expected", "rise"),
    [
        ({"usd_bn_per_year": 5}, 3.0, None, 5.0, 5.0),
        ({"usd_bn_total": 30, "years": 3}, 3.0, None, 10.0, 10.0),
        ({"usd_bn_per_year": 5, "supply_cap_usd_bn": 7}, 3.0, None, 4.0, 4.0),
        ({"usd_bn_per_year": 5, "supply_cap_usd_bn": 7, "compliance": 0.5}, 3.0, None, 2.0, 2.0),
        ({"usd_bn_per_year": 5, "supply_cap_usd_bn": 2}, 3.0, None, 0.0, 0.0),  # no room
        ({"usd_bn_per_year": 5, "supply_cap_usd_bn": 9, "above_year": 2017}, 3.0, 8.0, 1.0, 6.0),
        ({"usd_bn_per_year": 5, "supply_cap_usd_bn": 7, "above_year": 2017}, 3.0, 8.0, 0.0, 4.0),
        ({"usd_bn_per_year": 5, "above_year": 2017}, 3.0, 8.0, 5.0, 10.0),
        ({"usd_bn_per_year": 5, "above_year": 2017}, 20.0, 8.0, 5.0, 0.0),  # met by itself
        ({"usd_bn_per_year": 5, "above_year": 2012}, 3.0, None, 5.0, 5.0),
        ({}, 3.0, None, 10.0, 10.0),
    ],
)
def test_what_is_to_be_bought(
    given: dict[str, float], imports: float, year: float | None, expected: float, rise: float
) -> None:
    amount, notes = amount_named(Purchase(**given), imports, year, 2017, 100.0)
    assert amount.expected_usd_bn == pytest.approx(expected)
    assert amount.rise_usd_bn == pytest.approx(rise)
    assert amount.illustrative is (not given)
    assert any("illustrative" in n for n in notes) is (not given)
    cap = given.get("supply_cap_usd_bn")
    assert any("in all" in n for n in notes) is (cap is not None)
    assert cap is None or imports + amount.rise_usd_bn <= max(cap, imports)
    assert any("2012" in n for n in notes) is (given.get("above_year") == 2012)


def test_an_illustrative_amount_is_reduced_to_what_can_be_reached() -> None:
    small, notes = amount_named(Purchase(), 3.0, None, 2017, 8.0)
    assert small.expected_usd_bn == 3.0  # no more than as much again
    assert "out of reach" in notes[0]
    smaller, _ = amount_named(Purchase(), 3.0, None, 2017, 4.0)
    assert smaller.expected_usd_bn == 2.0


def test_the_smallest_size_that_does_it_is_found() -> None:
    assert size_for(lambda z: z**2, 0.25, 1.0)[0] == pytest.approx(0.5, abs=1e-6)
    assert size_for(lambda z: z, 3.0, 0.9) == (0.9, 0.9)
    # Without a proven equilibrium above a half, the largest proven size is what there is.
    broken = size_for(lambda z: z if z < 0.5 else float("inf"), 0.7, 0.9)
    assert broken[0] == broken[1] == pytest.approx(0.5, abs=1e-9)


def test_what_is_not_proven_is_not_shown(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.errors import NotConvergedError

    def fail(*_: object) -> None:
        raise NotConvergedError("nothing was found", advice="try another closure")

    monkeypatch.setattr(PurchaseWork, "_solved", fail)
    for o in bought(arena, "food").outcomes:
        assert (o.ok, o.status, o.sides, o.size) == (False, "not proven", None, None)
        assert "try another closure" in o.reason


def test_merged_sectors_are_refused_in_words(arena: Arena) -> None:
    one = replace(arena, setting=replace(arena.setting, model="ossa:one-sector"))
    assert "merges" in bought(one, "food").reason
