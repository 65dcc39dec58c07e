"""Packages with purchases, payments and stages by other routes: duties by hand, integrals."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad

from parley.arena import arena_of_study
from parley.commitments.purchases import assess_purchase
from parley.equilibrium import Equilibrium, solve
from parley.policy import Change, apply_changes
from parley.purchases.made import PurchaseMade
from parley.scenario.resolve import begin
from parley.studies import STATUS_QUO, WORLD_YEAR, Study
from parley.timing.assess import assess_calendar
from parley.timing.game import TalksCalendar, calendar_of
from tests.unit.toy_calendar import study

Array = np.ndarray
HEAD = """
format = 1
id = "in-time"
title = "Packages in time"
as_of = 2020-01-01
world = "toy"
model = { closure = "world-share", elasticity = "uniform-4" }

[[party]]
id = "HOM"
discount_per_year = 0.10
[[party]]
id = "FOR"
discount_per_year = 0.05

[[talks]]
id = "main"
parties = ["HOM", "FOR"]
state = "open"
agenda = ["p"]
breakdown = "BREAKDOWN"

[[event]]
id = "spring"
date = 2020-04-01
kind = "meeting"
talks = "main"
"""
FREE_CARS = 'by = "HOM", from = "FOR", sectors = "CARS", to = 0.0'
FREE_FOOD = '{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.0 }'
LESS_FOOD = '{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.17 }'
BEEF = """
[[instrument]]
id = "beef"
by = "FOR"
on = "HOM"
sectors = "FOOD"
kind = "tariff"
share_of_flow = 0.3
now = 0.40
"""
SURCHARGE = """
[[measure]]
id = "surcharge"
by = "FOR"
on = "HOM"
since = 2019-01-01
changes = [{ sectors = "FOOD", kind = "additional-tariff", value = 0.10 }]
"""
AMOUNT = "usd_bn_per_year = 0.03"
FOOD = ("FOR", "HOM", "FOOD")


def buys(given: str = AMOUNT, name: str = "food", sectors: str = '"FOOD"', more: str = "") -> str:
    """Return Foreign's promise to buy from Home as text."""
    goods = f", sectors = {sectors}" if sectors else ""
    return (
        f'\n[[commitment]]\nid = "{name}"\nby = "FOR"\nto = "HOM"\nkind = "purchase"\n{more}\n'
        f"purchase = {{ {given}{goods} }}\n"
    )


def pack(changes: str = "", fields: str = 'purchases = ["food"]', name: str = "p") -> str:
    return f'\n[[package]]\nid = "{name}"\ntalks = "main"\n{fields}\nchanges = [{changes}]\n'


@cache
def told(text: str, breakdown: str = STATUS_QUO) -> Study:
    """Return the study of a text below the head."""
    return study(HEAD.replace("BREAKDOWN", breakdown) + text)


def rise(found: Study, at: Equilibrium, *cells: tuple[str, str, str]) -> float:
    """Return how much more is bought than in the status quo, US$bn at its consumer prices."""
    base, world = found.equilibrium(STATUS_QUO), found.world
    total = 0.0
    for importer, exporter, sector in cells:
        n, i = world.region_index(importer), world.region_index(exporter)
        s = world.sector_index(sector)
        price = at.consumer_price_hat[n] / base.consumer_price_hat[n]
        total += at.customs_value[n, i, s] / price - base.customs_value[n, i, s]
    return total * world.usd_bn


def by_hand(found: Study, *pushes: tuple[str, str, str, float]) -> Equilibrium:
    """Solve a package afresh with negative duties on whole flows in place of its purchases."""
    changes = [Change(n, i, s, "additional-tariff", -z, "push") for n, i, s, z in pushes]
    world, name = found.world, found.setting.elasticity
    policy = apply_changes(
        world,
        (*found.changes("p"), *changes),
        world.elasticity(name).theta,
        partition=found.resolved.partition,
    )
    paid = found.payment("p")
    how = found.setting.closure
    return solve(world, policy, elasticity=name, closure=how, payment=paid).require()


def same(a: Equilibrium, b: Equilibrium, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(a.w_hat, b.w_hat, rtol=rtol)
    np.testing.assert_allclose(a.real_income_hat, b.real_income_hat, rtol=rtol)
    np.testing.assert_allclose(a.customs_value, b.customs_value, rtol=10 * rtol, atol=1e-8)


def only(found: Study) -> PurchaseMade:
    (made,) = found.purchases_made("p")
    return made


# --- purchases of packages -------------------------------------------------------------------


@pytest.mark.parametrize("changes", ["", LESS_FOOD, "{ " + FREE_CARS + " }"])
@pytest.mark.parametrize("parts", ["", BEEF])
def test_imports_rise_by_the_amount_on_top_of_everything_else(changes: str, parts: str) -> None:
    """By a subsidy that is a negative duty on every part of the flow."""
    found = told(parts + buys() + pack(changes))
    made, at = only(found), found.equilibrium("p")
    assert (made.status, made.financing, made.assumed) == ("made", "subsidy", True)
    assert made.wanted_usd_bn == pytest.approx(0.03)
    assert rise(found, at, FOOD) == pytest.approx(0.03, rel=1e-5)
    assert made.rise_usd_bn == pytest.approx(rise(found, at, FOOD), rel=1e-9)
    same(at, by_hand(found, (*FOOD, made.size)))


def test_a_payment_of_the_package_counts_too() -> None:
    pays = 'purchases = ["food"]\nside_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.05 }]'
    found = told(buys() + pack(fields=pays))
    made, at = only(found), found.equilibrium("p")
    assert rise(found, at, FOOD) == pytest.approx(0.03, rel=1e-5)
    assert made.size > only(told(buys() + pack())).size  # the poorer buyer must be pushed more
    np.testing.assert_allclose(at.deficit[:2], [170.0, -150.0], rtol=1e-9)
    same(at, by_hand(found, (*FOOD, made.size)))


@pytest.mark.parametrize("closure", ["zero", "fixed"])
def test_imports_rise_by_the_amount_under_every_closure(closure: str) -> None:
    text = buys() + pack(LESS_FOOD)
    head = HEAD.replace("BREAKDOWN", STATUS_QUO).replace("world-share", closure)
    found = study(head + text)
    assert rise(found, found.equilibrium("p"), FOOD) == pytest.approx(0.03, rel=1e-5)
    same(found.equilibrium("p"), by_hand(found, (*FOOD, only(found).size)))


def test_lower_duties_bring_part_of_a_purchase_and_less_of_a_push_the_rest() -> None:
    alone, helped = only(told(buys() + pack())), only(told(buys() + pack(LESS_FOOD)))
    assert 0.0 < helped.size < alone.size
    # Of a subsidy on a duty that comes down by three points, those three are not needed.
    assert helped.size == pytest.approx(alone.size - 0.03, abs=1e-4)


def test_no_push_where_a_package_brings_the_amount_by_itself() -> None:
    found = told(buys("usd_bn_per_year = 0.01") + pack(FREE_FOOD))
    made, at = only(found), found.equilibrium("p")
    plain = told(pack(FREE_FOOD, "")).equilibrium("p")
    assert (made.status, made.size, made.wanted_usd_bn) == ("not needed", 0.0, 0.01)
    assert made.rise_usd_bn == pytest.approx(rise(found, plain, FOOD), rel=1e-9)
    assert made.rise_usd_bn > 0.05
    same(at, plain, rtol=1e-12)


@pytest.mark.parametrize("financing", ["subsidy", "preference-shift"])
def test_a_package_of_one_purchase_is_that_purchase(financing: str) -> None:
    found = told(buys(f'{AMOUNT}, financing = "{financing}"') + pack())
    story, _ = begin(found.scenario, found.world)
    c = found.scenario.commitment("food")
    assessed = assess_purchase(found, story, arena_of_study(found), c, "FOR", "HOM", None)
    theirs = next(o for o in assessed.outcomes if o.financing == financing)
    made = only(found)
    assert (made.financing, made.assumed) == (financing, False)
    assert theirs.equilibrium is not None
    assert made.size == pytest.approx(theirs.size, rel=1e-5)
    same(found.equilibrium("p"), theirs.equilibrium, rtol=1e-6)


def test_a_shift_of_taste_costs_the_buyer_less_than_a_subsidy() -> None:
    taste = told(buys(f'{AMOUNT}, financing = "preference-shift"') + pack()).equilibrium("p")
    subsidy = told(buys() + pack()).equilibrium("p")
    assert taste.real_income_hat[1] > subsidy.real_income_hat[1]


def test_two_purchases_at_once_are_both_made() -> None:
    """Of other goods one draws from what the other needs; of the same goods both count."""
    both = 'purchases = ["food", "more"]'
    goods = [("FOR", "HOM", s) for s in ("FOOD", "CARS")]
    apart = told(buys() + buys("usd_bn_per_year = 0.02", "more", '"CARS"') + pack(fields=both))
    food, cars = apart.purchases_made("p")
    at = apart.equilibrium("p")
    assert rise(apart, at, goods[0]) == pytest.approx(0.03, rel=1e-4)
    assert rise(apart, at, goods[1]) == pytest.approx(0.02, rel=1e-4)
    same(at, by_hand(apart, (*goods[0], food.size), (*goods[1], cars.size)))
    nested = told(buys() + buys("usd_bn_per_year = 0.05", "more", "") + pack(fields=both))
    food, more = nested.purchases_made("p")
    at = nested.equilibrium("p")
    assert rise(nested, at, goods[0]) == pytest.approx(0.03, rel=1e-4)
    assert rise(nested, at, *goods) == pytest.approx(0.05, rel=1e-4)
    same(at, by_hand(nested, (*goods[0], food.size + more.size), (*goods[1], more.size)))


def test_of_two_purchases_one_may_need_no_push() -> None:
    """Cars alone are to rise by more than all goods together are to."""
    cars = buys("usd_bn_per_year = 0.05", "more", '"CARS"')
    found = told(
        buys("usd_bn_per_year = 0.01", sectors="")
        + cars
        + pack(fields='purchases = ["food", "more"]')
    )
    everything, these = found.purchases_made("p")
    at = found.equilibrium("p")
    assert (everything.status, everything.size, these.status) == ("not needed", 0.0, "made")
    assert everything.rise_usd_bn > 0.01
    same(at, by_hand(found, ("FOR", "HOM", "CARS", these.size)))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("usd_bn_total = 0.06, years = 3", 0.02),
        ("usd_bn_per_year = 0.03, compliance = 0.4", 0.012),
        # 60 million are bought already: under a cap of 75 there is room for 15.
        ("usd_bn_per_year = 0.03, supply_cap_usd_bn = 0.075", 0.015),
        ("usd_bn_per_year = 0.03, supply_cap_usd_bn = 0.075, compliance = 0.4", 0.006),
        ("usd_bn_per_year = 0.03, supply_cap_usd_bn = 0.05", 0.0),
        ("usd_bn_per_year = 0.02, above_year = 2017", 0.02),
        ("usd_bn_per_year = 0.02, above_year = 2012", 0.02),  # no year that the world knows
    ],
)
def test_what_imports_are_to_rise_by(given: str, wanted: float) -> None:
    found = told(buys(given) + pack())
    assert only(found).wanted_usd_bn == pytest.approx(wanted, abs=1e-12)
    assert rise(found, found.equilibrium("p"), FOOD) == pytest.approx(wanted, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("amount", "cap"), [(0.02, None), (0.02, 0.07)])
def test_an_amount_above_the_worlds_year_makes_up_for_what_was_lost_since(
    amount: float, cap: float | None
) -> None:
    """A surcharge came in 2019: imports are to be those of 2017 and the amount."""
    limit = "" if cap is None else f", supply_cap_usd_bn = {cap}"
    given = f"usd_bn_per_year = {amount}, above_year = 2017{limit}"
    found = told(SURCHARGE + buys(given) + pack())
    base, then = found.equilibrium(STATUS_QUO), found.equilibrium(WORLD_YEAR)
    now = base.customs_value[1, 0, 0] * found.world.usd_bn
    lost = rise(found, then, FOOD)
    assert lost > 0.0
    wanted = min(lost + amount, (cap or np.inf) - now)
    assert only(found).wanted_usd_bn == pytest.approx(wanted, rel=1e-6)
    assert rise(found, found.equilibrium("p"), FOOD) == pytest.approx(wanted, rel=1e-5)


def test_what_nobody_puts_a_number_on_is_not_counted() -> None:
    found = told(buys('financing = "subsidy"') + pack(LESS_FOOD))
    made = only(found)
    assert (made.status, made.size, made.rise_usd_bn) == ("no amount", 0.0, 0.0)
    same(found.equilibrium("p"), told(pack(LESS_FOOD, "")).equilibrium("p"), rtol=1e-12)


def test_the_largest_shift_of_taste_leaves_others_a_twentieth_of_their_pull() -> None:
    found = told(buys('usd_bn_per_year = 3, financing = "preference-shift"') + pack())
    made, world = only(found), found.world
    paid = world.flows[1, :, 0] * (1 + world.tariffs[1, :, 0])
    own = paid[0] / paid.sum()
    assert made.status == "out of reach"
    assert made.size == pytest.approx((1 - 0.05 * (1 - own)) / own - 1, rel=1e-9)
    assert made.rise_usd_bn == pytest.approx(rise(found, found.equilibrium("p"), FOOD), rel=1e-8)
    assert made.rise_usd_bn < made.wanted_usd_bn == 3.0


def test_a_mutual_promise_is_one_each_way() -> None:
    found = told(buys("usd_bn_per_year = 0.01", sectors="", more="mutual = true") + pack())
    theirs, ours = found.purchases_made("p")
    assert [(m.buyer, m.seller) for m in (theirs, ours)] == [("FOR", "HOM"), ("HOM", "FOR")]
    at = found.equilibrium("p")
    for buyer, seller in (("FOR", "HOM"), ("HOM", "FOR")):
        cells = [(buyer, seller, s) for s in ("FOOD", "CARS")]
        assert rise(found, at, *cells) == pytest.approx(0.01, rel=1e-4)


def test_purchases_of_included_packages_are_made_once() -> None:
    first = pack(LESS_FOOD, name="first")
    found = told(buys() + first + pack(fields='include = ["first"]\npurchases = ["food"]'))
    assert only(found) == only(told(buys() + pack(LESS_FOOD)))
    same(found.equilibrium("p"), found.equilibrium("first"), rtol=1e-12)


def test_a_model_that_merges_all_sectors_makes_none() -> None:
    head = HEAD.replace("BREAKDOWN", STATUS_QUO)
    merged = head.replace('"uniform-4"', '"uniform-4", family = "caliendo-parro:one-sector"')
    found = study(merged + buys() + pack(LESS_FOOD) + pack(LESS_FOOD, "", "plain"))
    assert found.purchases_made("p") == ()
    assert np.array_equal(found.equilibrium("p").flows, found.equilibrium("plain").flows)


# --- stages and what they are worth ----------------------------------------------------------

PAYS = 'side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.03, years = 1.5 }]'
MOVES = buys("usd_bn_per_year = 0.03, years = 2") + pack(
    "{ " + FREE_CARS + ", staging = { years = 3 } }", f'purchases = ["food"]\n{PAYS}'
)
ENDS = (0.0, 1.0, 1.5, 2.0, 3.0, np.inf)
DUTY = 0.025  # Home's duty on Foreign's cars, which goes in four equal steps


def stage(years: float) -> str:
    """Return the package as it stands so many years after entry into force, by hand."""
    step = min(int(years) + 1, 4)
    change = FREE_CARS.replace("to = 0.0", f"to = {DUTY * (1 - step / 4)!r}")
    fields = [
        'purchases = ["food"]' if years < 2 else "",
        'side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.02 }]' if years < 1.5 else "",
    ]
    return buys() + pack("{ " + change + " }", "\n".join(fields))


@cache
def gain(text: str, name: str = "p", breakdown: str = STATUS_QUO) -> tuple[float, ...]:
    """Return the equivalent variations of Home and Foreign in a package, US$bn a year."""
    found = told(text, breakdown)
    base, at = found.equilibrium(STATUS_QUO), found.equilibrium(name)
    price = at.consumer_price_hat / base.consumer_price_hat
    change = (at.income / price - base.income) * found.world.usd_bn
    return tuple(change[:2])


def integral(discount: float, flows: list[float], ends: tuple[float, ...] = ENDS) -> float:
    """Return rho times the integral of exp(-rho t) g(t), numerically, stage by stage."""
    rho = -np.log1p(-discount)
    return sum(
        quad(lambda t, g=g: rho * np.exp(-rho * t) * g, a, b, epsabs=0, epsrel=1e-11)[0]
        for g, a, b in zip(flows, ends[:-1], ends[1:], strict=True)
    )


@cache
def moving() -> TalksCalendar:
    return calendar_of(told(MOVES))


@cache
def flows_by_hand() -> Array:
    """Return what each stage is worth a year, [stage, party]."""
    return np.array([gain(stage(t)) for t in ENDS[:-1]])


def test_stages_are_equilibria_of_their_own() -> None:
    stakes = moving().stakes
    course = stakes.courses[0]
    assert tuple(since for since, _ in course) == ENDS[:-1]
    for (_, k), expected in zip(course, flows_by_hand(), strict=True):
        worth = [float(stakes.stages[k, list(rows)].sum()) for rows in stakes.rows]
        np.testing.assert_allclose(worth, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    "discount", [(0.10, 0.05), (0.02, 0.30), (0.5, 0.001), (0.95, 0.25)], ids=str
)
def test_the_steady_flow_has_the_present_value_of_the_stages(discount: tuple[float, ...]) -> None:
    stakes = moving().stakes
    shares = stakes.shares(np.array(discount))
    np.testing.assert_allclose(shares.sum(axis=2), 1.0, rtol=0, atol=1e-12)
    assert (shares >= 0).all()
    worth = stakes.values(None, shares)[0]
    for party, rate in enumerate(discount):
        expected = integral(rate, list(flows_by_hand()[:, party]))
        assert worth[party] == pytest.approx(expected, abs=1e-8)


def test_to_the_patient_only_the_last_stage_counts_and_to_others_only_the_first() -> None:
    stakes = moving().stakes
    shares = stakes.shares(np.array([0.0, 1.0]))
    worth = stakes.values(None, shares)[0]
    by_stage = flows_by_hand()
    np.testing.assert_allclose(worth, (by_stage[-1, 0], by_stage[0, 1]), rtol=0, atol=1e-8)


def test_the_files_discounts_are_taken() -> None:
    stakes = moving().stakes
    np.testing.assert_array_equal(stakes.shares(), stakes.shares(np.array([0.10, 0.05])))
    np.testing.assert_array_equal(stakes.values(None), stakes.values(None, stakes.shares()))


def test_in_full_is_the_package_of_the_brief() -> None:
    full = moving().stakes.values(None, full=True)
    np.testing.assert_allclose(full[0], gain(MOVES), rtol=0, atol=1e-12)
    np.testing.assert_allclose(full[1], 0.0, rtol=0, atol=1e-15)  # the status quo
    (_, real) = assess_calendar(moving(), moves=False).full
    np.testing.assert_array_equal(real, full)


def test_the_game_is_played_with_the_steady_flows() -> None:
    found = moving()
    game = found.game()
    expected = [integral(r, list(flows_by_hand()[:, k])) for k, r in enumerate((0.10, 0.05))]
    for day in (0.0, 0.25, 7.0):
        np.testing.assert_allclose(game.flows(day)[0], expected, rtol=0, atol=1e-8)
    other = found.game(discount=np.array([0.4, 0.2]))
    expected = [integral(r, list(flows_by_hand()[:, k])) for k, r in enumerate((0.4, 0.2))]
    np.testing.assert_allclose(other.flows(0.0)[0], expected, rtol=0, atol=1e-8)
    np.testing.assert_allclose(other.delta, (0.6, 0.8))


@pytest.mark.parametrize(
    ("text", "years"),
    [(buys(AMOUNT + ", years = 2") + pack(), 2.0), (pack(fields=PAYS), 1.5)],
    ids=["purchase", "payment"],
)
def test_what_ends_is_worth_its_annuity(text: str, years: float) -> None:
    stakes = calendar_of(told(text)).stakes
    assert [since for since, _ in stakes.courses[0]] == [0.0, years]
    counts = 1 - np.array([0.9, 0.95]) ** years
    np.testing.assert_allclose(stakes.values(None)[0], np.array(gain(text)) * counts, rtol=1e-9)


def test_what_follows_a_failure_is_counted_in_stages_too() -> None:
    """A levy that is phased in over one year: half at first."""
    levy = '\n[[threat]]\nid = "levy"\nby = "HOM"\non = "FOR"\nsectors = "CARS"\nrate = RATE\n'
    hit = 'kind = "threat"'
    change = '{ threat = "levy", staging = { years = 1 } }'
    text = (
        levy.replace("RATE", "0.2") + pack("{ " + FREE_CARS + " }", "") + pack(change, hit, "hit")
    )
    stakes = calendar_of(told(text, "hit")).stakes
    half = levy.replace("RATE", "0.1") + pack("", "") + pack('{ threat = "levy" }', hit, "hit")
    first, last = (np.array(gain(t, "hit", "hit")) for t in (half, text))
    delta = np.array([0.9, 0.95])
    worth = stakes.values(None)[stakes.states.falls]
    np.testing.assert_allclose(worth, (1 - delta) * first + delta * last, rtol=0, atol=1e-8)


def test_a_package_all_in_force_at_once_has_one_stage_and_its_own_worth() -> None:
    lasting = buys() + pack("{ " + FREE_CARS + " }")
    for text in (pack("{ " + FREE_CARS + " }", ""), lasting):
        stakes = calendar_of(told(text)).stakes
        assert stakes.courses == (((0.0, 0),), ((0.0, 1),))
        assert stakes.states.courses == ((), ())
        for discount in (None, np.array([0.0, 0.7])):
            worth = stakes.values(None, stakes.shares(discount))
            np.testing.assert_array_equal(worth, stakes.values(None, full=True))
            np.testing.assert_allclose(worth[0], gain(text), rtol=0, atol=1e-12)


VOTERS = """
[[party]]
id = "HOM"
discount_per_year = 0.10
[[party.constituency]]
id = "hom-food"
sectors = "FOOD"
weight = { value = 1.5, low = 1.0, high = 2.5 }
[[party.constituency]]
id = "hom-cars"
sectors = "CARS"
"""
ELECTION = """
[[event]]
id = "vote"
date = 2020-11-01
kind = "election"
party = "HOM"
reweights = [{ constituency = "hom-food", factor = 2.0, fades_per_year = 1.0 }]
"""


def test_stages_are_weighed_as_the_government_of_the_day_does() -> None:
    """Each stage for good in a game of its own: the whole is worth their discounted sum."""
    plain = '\n[[party]]\nid = "HOM"\ndiscount_per_year = 0.10\n'
    head = HEAD.replace("BREAKDOWN", STATUS_QUO).replace(plain, VOTERS) + ELECTION
    whole = calendar_of(study(head + MOVES)).game()
    lasting = [stage(t).replace("usd_bn = 0.02", "usd_bn = 2, years = 100") for t in ENDS[:-1]]
    games = [calendar_of(study(head + text)).stakes for text in lasting]
    for day in (0.0, 0.5, 3.0):
        seen = [g.values(g.weights_on(day, g.plan, g.weights), full=True)[0] for g in games]
        for party, rate in enumerate((0.10, 0.05)):
            expected = integral(rate, [float(v[party]) for v in seen])
            assert whole.flows(day)[0, party] == pytest.approx(expected, abs=1e-8)
    assert whole.flows(0.5)[0, 0] != pytest.approx(whole.flows(3.0)[0, 0], rel=1e-3)
