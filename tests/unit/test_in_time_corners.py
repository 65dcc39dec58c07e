"""Corners of packages in time: stages on top of stages, promises over, shared solutions."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from parley.equilibrium import solve
from parley.equilibrium.welfare import compare, first_order
from parley.errors import InputError
from parley.files.scenarios import open_scenario_text
from parley.files.studies import open_study
from parley.policy import Change, apply_changes
from parley.purchases.preference import joint_wedges
from parley.purchases.pushes import size_for
from parley.studies import STATUS_QUO
from parley.threats.case import threat_case
from parley.timing.game import calendar_of
from tests.oracle.test_packages_in_time import BEEF, buys, pack, told
from tests.unit.test_in_time import DUTY, HEAD, PAYS, SOLD_AT, entry, read, with_package, written

BEEF_NOW = entry("instrument", "beef", "FOR", "HOM", **DUTY)
FOOD = 'by = "FOR", from = "HOM", sectors = "FOOD"'
OWN = "FOR/HOM/FOOD/beef"


def beef(changes: str, more: str = "") -> list[float]:
    """Return the duty on beef in years 0 to 3, per cent."""
    found = with_package(BEEF_NOW + more, changes)
    return [round(100 * float(read(found, year)[OWN][0]), 6) for year in range(4)]


# --- stages --------------------------------------------------------------------------------------


def test_what_is_set_to_a_level_comes_from_today_whatever_covers_it_meanwhile() -> None:
    own = '{ instrument = "beef", to = 0.1, staging = { years = 3 } }'
    for general in (
        f"{{ {FOOD}, to = 0.0 }}",
        f"{{ {FOOD}, to = 0.0, staging = {{ years = 1 }} }}",
    ):
        assert beef(f"{general}, {own}") == [32.5, 25.0, 17.5, 10.0]


def test_a_cut_of_what_a_general_cut_leaves_comes_on_top_of_it() -> None:
    own = '{ instrument = "beef", cut_by = 0.5, staging = { years = 1 } }'
    assert beef(f"{{ {FOOD}, cut_by = 0.5 }}, {own}") == [15.0, 10.0, 10.0, 10.0]


def test_levels_of_years_never_go_past_the_change_nor_the_other_way() -> None:
    steps = "staging = { years = 2, steps = [0.3, 0.15] } }"
    assert beef(f"{{ {FOOD}, to = 0.05, {steps}") == [30.0, 15.0, 5.0, 5.0]
    found = with_package(BEEF_NOW, f"{{ {FOOD}, to = 0.05, {steps}")
    rest = [float(read(found, year)["FOR/HOM/FOOD/"][0]) for year in range(3)]
    now = float(read(found, name=None)["FOR/HOM/FOOD/"][0])
    assert rest == pytest.approx([min(now, 0.3), min(now, 0.15), 0.05])


def test_two_moves_in_one_step_are_scaled_once(tmp_path: Path) -> None:
    """A list that raises the whole flow by ten points, and half of it by twenty more."""
    threat = entry("threat", "list", "FOR", "HOM", table="list.csv")
    rows = ["importer,exporter,sector,share_of_flow,kind,value"]
    rows += ["FOR,HOM,FOOD,1,tariff-change,0.1", "FOR,HOM,FOOD,0.5,tariff-change,0.2"]
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    change = '{ threat = "list", staging = { years = 1 } }'
    (tmp_path / "scenario.toml").write_text(HEAD + written(threat, change), encoding="utf-8")
    found = open_study(tmp_path / "scenario.toml")
    half, end = read(found, 0), read(found, 1)
    now = float(found.world.tariffs[1, 0, found.world.sector_index("FOOD")])
    rises = {key: float(level[0]) - now for key, level in end.items() if key.startswith("FOR/HOM")}
    assert sorted(rises.values()) == pytest.approx([0.1, 0.3])
    for key, rise in rises.items():
        assert float(half[key][0]) == pytest.approx(now + 0.5 * rise)


STEPS = '{ instrument = "beef", to = 0.1, staging = { years = 2, steps = [LEVELS] } }'


@pytest.mark.parametrize(
    ("changes", "fields", "where", "says"),
    [
        (STEPS.replace("LEVELS", "0.2"), "", "changes[0].staging.steps", "levels of 1 years"),
        (STEPS.replace("LEVELS", "0.3, 0.2, 0.15"), "", "changes[0].staging.steps", "of 3 years"),
        (
            f"{{ {FOOD}, cost = 0.9, staging = {{ years = 1, steps = [0.95] }} }}",
            "",
            "changes[0].staging.steps",
            "no one duty",
        ),
        ("", PAYS.replace("0.03", "-0.03"), "side_payment[0].usd_bn", "US$-0.03bn"),
        ("", PAYS.replace("years = 1.5", "years = 0"), "side_payment[0].years", "no years"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    changes: str, fields: str, where: str, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        open_scenario_text(HEAD + written(BEEF_NOW, changes, fields))
    (problem,) = caught.value.problems
    assert where in problem.where
    assert says in problem.what


def test_levels_of_years_keep_within_bounds() -> None:
    bound = entry("instrument", "beef", "FOR", "HOM", bounds=[0.0, 0.4], **DUTY)
    with pytest.raises(InputError, match=re.escape("would go to 0.9")):
        open_scenario_text(HEAD + written(bound, STEPS.replace("LEVELS", "0.9, 0.2")))


def test_a_promise_that_has_run_out_is_no_part_of_a_package() -> None:
    text = buys(more="until = 2019-06-01")
    with pytest.raises(InputError, match="has run out") as caught:
        told(text + pack())
    assert "package[p].purchases[0]" in caught.value.problems[0].where


def test_an_export_tax_on_part_of_a_flow_is_cut_from_where_it_is() -> None:
    tax = entry("instrument", "tax", "HOM", "FOR", share_of_flow=0.5, **SOLD_AT)
    at = "tax/FOR/HOM/FOOD"
    for how, after in (("cut_by = 0.0", 0.05), ("cut_by = 0.5", 0.025), ("add = 0.1", 0.1)):
        found = with_package(tax, f'{{ instrument = "tax", {how} }}')
        levels = read(found)
        key = at if at in levels else "tax/HOM/FOR/FOOD"
        assert float(levels[key]) == pytest.approx(after)


def test_spared_goods_pay_no_surcharge_either() -> None:
    extra = f'{{ {FOOD}, kind = "additional-tariff", to = 0.15, except_instruments = ["beef"] }}'
    levels = read(with_package(BEEF_NOW, extra))
    assert levels[OWN][1] == 0.0
    assert levels["FOR/HOM/FOOD/"][1] == 0.15


# --- purchases -----------------------------------------------------------------------------------


def test_the_split_of_welfare_sees_the_subsidy_on_every_part_of_a_flow() -> None:
    found = told(BEEF + buys() + pack())
    (made,) = found.purchases_made("p")
    world, name = found.world, found.setting.elasticity
    policy = apply_changes(
        world,
        (*found.changes("p"), Change("FOR", "HOM", "FOOD", "additional-tariff", -made.size, "x")),
        world.elasticity(name).theta,
        partition=found.resolved.partition,
    )
    hand = compare(
        found.equilibrium(STATUS_QUO),
        solve(world, policy, elasticity=name, closure=found.setting.closure).require(),
    )
    here, there = first_order(found.compare("p")), first_order(hand)
    for part in ("terms_of_trade", "volume_of_trade"):
        np.testing.assert_allclose(getattr(here, part), getattr(there, part), rtol=1e-6)


def test_shifts_of_taste_gain_nothing_together_at_unchanged_prices() -> None:
    rng = np.random.default_rng(3)
    share = rng.uniform(0.1, 1.0, (3, 4, 2))
    share /= share.sum(axis=1, keepdims=True)
    pull = np.ones_like(share)
    pull[0, 1, :] *= 1.3
    pull[0, 2, 0] *= 1.2
    pull[0, 1, 0] *= 1.1
    theta = np.array([3.0, 6.0])
    wedges = joint_wedges(share, pull, theta)
    assert wedges is not None
    shifted = share * wedges**-theta
    np.testing.assert_allclose(shifted.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(shifted[0, 1:3, 0], (share * pull)[0, 1:3, 0], rtol=1e-12)
    assert (wedges[1:] == 1.0).all()
    pull[0, 1, 0] = 1.0 / share[0, 1, 0]
    assert joint_wedges(share, pull, theta) is None


def test_taste_is_neutral_at_the_prices_of_the_package() -> None:
    cut = '{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.0 }'
    found = told(buys('usd_bn_per_year = 0.09, financing = "preference-shift"') + pack(cut))
    (made,) = found.purchases_made("p")
    assert made.status == "made"
    bare = replace(found.resolved_package("p"), id="bare", purchases=())
    own = replace(
        found,
        resolved=replace(found.resolved, packages={**found.resolved.packages, "bare": bare}),
    )
    plain, whole = own.equilibrium("bare"), own.equilibrium("p")
    wedges = whole.policy.cost_hat / own.policy("p").cost_hat
    theta = found.world.elasticity(found.setting.elasticity).theta
    pulled = plain.expenditure_share * wedges**-theta
    np.testing.assert_allclose(pulled.sum(axis=1), 1.0, atol=1e-9)


def test_subsidies_on_the_same_goods_never_make_them_free() -> None:
    many = "".join(buys("usd_bn_per_year = 5.0", name=f"food-{k}") for k in "ab")
    with np.errstate(all="raise"):
        found = told(many + pack(fields='purchases = ["food-a", "food-b"]'))
        made = found.purchases_made("p")
    assert [m.status for m in made] == ["out of reach"] * 2
    assert 0.5 < sum(m.size for m in made) < 1.0


@pytest.mark.parametrize("power", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("amount", [1e-3, 0.2, 0.5])
def test_sizes_are_found_whatever_the_curve(power: float, amount: float) -> None:
    asked = []

    def rise(size: float) -> float:
        asked.append(size)
        return float("inf") if size > 0.85 else size**power

    size, got = size_for(rise, amount)
    assert got == pytest.approx(amount, rel=1e-6)
    assert size == pytest.approx(amount ** (1.0 / power), rel=1e-5)
    assert len(asked) < 40
    size, got = size_for(rise, 0.99)
    assert (size, got) == pytest.approx((0.85, 0.85**power), rel=1e-6)


# --- solutions that several studies share --------------------------------------------------------


def test_a_state_with_a_payment_is_not_taken_for_the_bare_threat() -> None:
    text = """
[[threat]]
id = "levy"
by = "HOM"
on = "FOR"
sectors = "CARS"
rate = 0.1
when = { talks = "main", is = "failed" }
deadline = 2020-07-01
[[event]]
id = "levy-day"
date = 2020-07-01
kind = "deadline"
threat = "levy"
"""
    fields = 'kind = "other"\nside_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.2, years = 90 }]'
    failed = pack(name="hit", fields=fields)
    first = told(text + pack("{ " + FOOD + ", to = 0.1 }", fields="") + failed, "hit")
    alone = calendar_of(first).game().flows(0.0)
    other = replace(first, _solved={}, _made={}, _ledgers={}, _policies={}, _unproven=set())
    case = threat_case(other, "levy")
    case.study.equilibrium(case.alone)
    np.testing.assert_array_equal(calendar_of(other).game().flows(0.0), alone)


def test_who_leaves_for_a_sum_leaves_the_others_with_the_stages_of_failure() -> None:
    text = """
[[outside_option]]
id = "own"
party = "FOR"
talks = "main"
value_usd_bn = 0.01
"""
    failed = (
        '\n[[package]]\nid = "hit"\nkind = "threat"\ntalks = "main"\nchanges = '
        f"[{{ {FOOD}, to = 0.4, staging = {{ years = 4 }} }}]\n"
    )
    found = told(text + pack("{ " + FOOD + ", to = 0.1 }", fields="") + failed, "hit")
    exits = found.scenario.talks[0].model_copy(update={"ends_by": "exit"})
    found = replace(found, scenario=found.scenario.model_copy(update={"talks": (exits,)}))
    stakes = calendar_of(found).stakes
    keys = stakes.states.keys
    worth = stakes.values(None)
    left, fails = worth[keys.index("exit:own")], worth[keys.index("hit")]
    assert left[0] == pytest.approx(fails[0], rel=1e-12)
    assert left[1] == pytest.approx(0.01)
