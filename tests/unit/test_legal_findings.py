"""What the brief says of law, costs and powers, on the small world whose duties are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.commitments.conditions import standing_of
from parley.files.embedded import open_world
from parley.files.scenarios import embedded_scenarios, open_scenario
from parley.report.brief import _law, _terms
from parley.report.commitments_text import _on_breach
from parley.report.document import _legal, terms_summary
from parley.report.figures import Money, money_for
from parley.report.ledger_text import _agreeing
from parley.scenario import ResolvedPackage, resolve
from parley.scenario.pledges import Commitment

from .test_scenario_resolve import package, resolved

BORDER = """
[[instrument]]
id = "border"
by = "A"
on = "B"
sectors = "all goods"
kind = "cost"
now = {now}
[[instrument]]
id = "bound"
by = "A"
on = "B"
sectors = "CARS"
kind = "tariff"
bound_rate = 0.10
"""
COSTS = BORDER.format(now="1.0")
STEEL = """
[[measure]]
id = "steel"
by = "A"
on = "B"
since = 2018-01-01
{ground}
changes = [{{ sectors = "CARS", kind = "additional-tariff", value = 0.1 }}]
"""


def money() -> Money:
    return money_for([1000.0], "USD")


def authority(found: ResolvedPackage, party: str = "A") -> tuple[str, str]:
    """Return the verdict on a party's power and its reason."""
    (one,) = (a for a in found.legal.authority if a.party == party)
    return one.verdict, one.why


def terms(found: ResolvedPackage) -> list[str]:
    """Return the terms as the brief tells them."""
    return [_terms(row, money()) for row in terms_summary(found.concessions)]


# --- bound rates and costs --------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1])
def test_a_cost_factor_is_no_duty_above_the_bound_rate(order: int) -> None:
    moves = ["{ instrument = 'border', to = 1.1 }", "{ instrument = 'bound', to = 0.1 }"]
    found = package(", ".join(moves[::order]), COSTS, kind="'other'")
    assert found.legal.over_bound == ()
    movers = {(c.sector, c.kind): c.instrument for c in found.concessions}
    assert movers["CARS", "duty"] == "bound"
    assert movers["CARS", "cost"] == movers["FOOD", "cost"] == "border"
    above = package(moves[0] + ", { instrument = 'bound', to = 0.2 }", COSTS)
    assert above.legal.over_bound == ("bound: 20.0% against a bound rate of 10.0%",)


def test_costs_are_terms_with_their_factors() -> None:
    worse = package("{ instrument = 'border', to = 1.05 }", COSTS)
    (row,) = terms_summary(worse.concessions)
    assert (row["kind"], row["giver"], row["receiver"], row["eases"]) == ("cost", "A", "B", False)
    assert row["cost_after"] == pytest.approx(1.05)
    assert row["duty_after"] is None
    (said,) = terms(worse)
    assert said.startswith("A to B: trade cost factor 1.00 to 1.05 on ")
    assert "duty" not in said
    better = package("{ instrument = 'border', to = 1.045 }", BORDER.format(now="1.1"))
    assert terms_summary(better.concessions)[0]["eases"]
    assert terms(better)[0].startswith("A to B: trade cost factor 1.10 to 1.045 on ")


def test_export_taxes_are_terms_of_their_own() -> None:
    found = package("{ by = 'A', from = 'B', sectors = 'FOOD', kind = 'export-tax', to = 0.05 }")
    (row,) = terms_summary(found.concessions)
    assert (row["kind"], row["giver"], row["eases"]) == ("export-tax", "A", False)
    assert terms(found)[0].startswith("A to B: export tax 0.0 % to 5.0 % on ")
    assert "new tax" in terms(found)[0]


def test_costs_are_not_rises_of_duties() -> None:
    rise = "{ instrument = 'border', to = 1.05 }"
    verdict, why = authority(package(rise, COSTS))
    assert (verdict, why) == (
        "needs approval",
        "trade costs change, and it may proclaim duties only",
    )
    verdict, why = authority(package(rise, COSTS, kind="'other'"))
    assert verdict == "unknown"
    assert "trade costs rise" in why
    fall = package("{ instrument = 'border', to = 1.0 }", BORDER.format(now="1.1"), kind="'other'")
    assert authority(fall)[0] == "needs approval"
    assert package(rise, COSTS).legal.grounds == ()
    law = {"legal": _legal(fall.legal), "commitments": []}
    assert not any("ground" in said for said in _law(law))


# --- powers -----------------------------------------------------------------------------------


def test_a_duty_raised_on_a_ground_may_be_lowered_on_it() -> None:
    ground = STEEL.format(ground='legal_ground = "security"')
    for change in ("{ measure = 'steel', cut_by = 0.5 }", "{ measure = 'steel', on = false }"):
        verdict, why = authority(package(change, ground))
        assert verdict == "alone"
        assert why.startswith("it lowers what was raised on the ground of security")
        assert "may raise" not in why


@pytest.mark.parametrize(
    ("ground", "said"),
    [("", "no ground is given"), ('legal_ground = "safety"', "not listed as its power")],
)
def test_lowering_what_has_no_known_ground_is_not_known(ground: str, said: str) -> None:
    verdict, why = authority(
        package("{ measure = 'steel', on = false }", STEEL.format(ground=ground))
    )
    assert verdict == "unknown"
    assert said in why


def test_a_raise_rests_on_a_ground_only_where_one_is_given(tmp_path: Path) -> None:
    assert authority(package("{ threat = 'cars' }")) == (
        "alone",
        "it may raise duties on the ground of security",
    )
    verdict, why = authority(package("{ by = 'A', from = 'B', sectors = 'FOOD', to = 0.1 }"))
    assert verdict == "unknown"
    assert "no legal ground is given" in why
    path = tmp_path / "s.toml"
    text = (Path(__file__).parent / "../scenario_errors/files/region-unknown.toml").read_text()
    text = text.replace('"HOMM"', '"HOM"').replace(
        'ratifier = { kind = "proclamation", may_cut_others_by = 0.5 }',
        'ratifier = { kind = "executive", legal_basis = "Act 1" }',
    )
    path.write_text(text, encoding="utf-8")
    hit = resolve(open_scenario(path), open_world("toy")).packages["hit"]
    verdict, why = authority(hit, "HOM")
    assert verdict == "alone"
    assert (
        why == "the executive decides (Act 1); no legal ground is given for the rise of 'car-levy'"
    )


def test_the_hardest_part_decides_and_all_parts_are_said() -> None:
    found = package(
        "{ measure = 'steel', on = false }, { by = 'A', from = 'B', sectors = 'CARS', to = 0.0 },"
        "{ by = 'A', from = 'C', sectors = 'FOOD', to = 0.1 }",
        STEEL.format(ground='legal_ground = "security"'),
    )
    verdict, why = authority(found)
    assert verdict == "unknown"
    assert "every cut is within what it may proclaim alone" in why
    assert "a rise of 'p[2]'" in why


# --- the shipped scenarios and small texts ------------------------------------------------------


@pytest.mark.parametrize("name", embedded_scenarios())
def test_every_authority_of_a_shipped_scenario_has_a_reason(name: str) -> None:
    scenario = open_scenario(name)
    for found in resolve(scenario, open_world(scenario.world)).packages.values():
        assert all(a.why for a in found.legal.authority)
        assert len(found.legal.authority) == len({c.giver for c in found.concessions})


def test_talks_under_a_truce_are_said_to_be() -> None:
    read = open_scenario("toy-talks")
    truce = read.model_copy(
        update={"talks": tuple(t.model_copy(update={"state": "truce"}) for t in read.talks)}
    )
    promise = Commitment.model_validate(
        {"id": "x", "by": "HOM", "kind": "other", "when": {"talks": "home-foreign", "is": "truce"}}
    )
    why = standing_of(truce, promise).why
    assert why == "talks 'home-foreign' are under a truce on 2020-03-01"


def test_one_day_and_one_pair_are_singular() -> None:
    breach = {"talks": None, "package": None, "threats": (), "detection_days": 1}
    assert _on_breach(breach) == "noticed after 1 day"
    assert _on_breach({**breach, "detection_days": 2}) == "noticed after 2 days"
    assert _agreeing(1, 0) == "1 pair agrees, not known to be independent"
    assert _agreeing(2, 1) == "2 pairs agree, 1 of them independent"


def test_a_package_of_nothing_asks_for_no_power() -> None:
    assert resolved("\n[[package]]\nid = 'p'\n").packages["p"].legal.authority == ()
