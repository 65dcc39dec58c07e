"""From a scenario to changes in a world, on a small world whose duties are known."""

from __future__ import annotations

import numpy as np
import pytest

from parley.economy import ElasticitySet, World
from parley.errors import InputError
from parley.files.embedded import open_world
from parley.files.scenarios import open_scenario
from parley.policy import Change, apply_changes
from parley.scenario import Resolved, ResolvedPackage, parse, resolve

REGIONS = ("A", "B", "C")
SECTORS = ("FOOD", "CARS", "SERV")

HEAD = """
format = 1
title = "t"
as_of = 2020-03-01
world = "small"

[[party]]
id = "A"
[party.ratifier]
kind = "proclamation"
may_remove_duties_up_to = 0.05
may_cut_others_by = 0.5
may_raise_on = ["security"]

[[party]]
id = "B"

[[group]]
id = "BC"
members = ["B", "C"]

[[talks]]
id = "ab"
parties = ["A", "B"]
state = "open"

[[instrument]]
id = "beef"
by = "B"
on = "A"
sectors = "FOOD"
lines = ["0201"]
kind = "tariff"
share_of_flow = 0.2
now = 0.40
rivals = { C = 0.26 }
bound_rate = 0.5

[[instrument]]
id = "levy"
by = "A"
on = "BC"
sectors = "CARS"
kind = "additional-tariff"
share_of_flow = { B = 0.7, C = 0.5 }
rate = 0.25
bound_rate = 0.03
legal_ground = "security"

[[threat]]
id = "cars"
by = "A"
instrument = "levy"
answered_by = ["answer"]

[[threat]]
id = "answer"
by = "B"
on = "A"
sectors = ["FOOD"]
rate = 0.1

[[commitment]]
id = "standstill"
by = "A"
to = "B"
kind = "standstill"
instruments = ["levy"]
when = { talks = "ab", is = "open" }

[[commitment]]
id = "floor"
by = "B"
kind = "ceiling"
not_below = { beef = 0.1 }
"""


def small_world(**changes: object) -> World:
    """Return a world of three regions; B's duty on A's food is 15 %, A's on cars 2 %."""
    flows = np.full((3, 3, 3), 100.0)
    flows[np.arange(3), np.arange(3)] = 1000.0
    tariffs = np.zeros((3, 3, 3))
    tariffs[1, 0, 0] = 0.15
    tariffs[1, 2, 0] = 0.20
    tariffs[0, 1:, 1] = 0.02
    world = World(
        name="small",
        year=2018,
        regions=REGIONS,
        sectors=SECTORS,
        flows=flows,
        tariffs=tariffs,
        elasticities=(ElasticitySet("drawn", np.array([4.0, 5.0, 6.0]), "assumed"),),
        goods=("FOOD", "CARS"),
    )
    return world.with_changes(**changes) if changes else world


def resolved(
    text: str, world: World | None = None, tables: dict[str, str] | None = None
) -> Resolved:
    """Return a scenario made of the head and a text, in the small world."""
    world = world or small_world()
    scenario = parse(
        HEAD + text, filename="f.toml", read_table=lambda n: (tables or {})[n], as_world=world
    )
    return resolve(scenario, world)


def package(changes: str, before: str = "", **more: str) -> ResolvedPackage:
    """Return one package with the given changes."""
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    text = f"{before}\n[[package]]\nid = 'p'\n{lines}changes = [{changes}]\n"
    return resolved(text).packages["p"]


def duties(found: ResolvedPackage | Resolved) -> dict[tuple[str, str, str, str], float]:
    """Return the level of each flow and part that a package sets."""
    changes = found.changes if isinstance(found, ResolvedPackage) else found.status_quo
    return {(c.importer, c.exporter, c.sector, c.slice): c.value for c in changes}


def test_instrument_on_part_of_a_flow() -> None:
    found = package("{ instrument = 'beef', to = 0.1 }")
    assert found.changes == (Change("B", "A", "FOOD", "tariff", 0.1, "beef", "beef", 0.2, 0.40),)
    (beef,) = found.concessions
    assert (beef.giver, beef.receiver, beef.before, beef.after) == ("B", "A", 0.40, 0.1)
    assert beef.trade_usd_bn == pytest.approx(0.02)
    assert beef.duty_saved_usd_bn == pytest.approx(0.02 * 0.3)
    assert beef.rival_average == pytest.approx(0.26)
    assert found.gives("B") == found.gets("A") == (beef,)


def test_cut_and_add_start_from_the_parts_own_duty() -> None:
    assert duties(package("{ instrument = 'beef', cut_by = 0.5 }")) == {
        ("B", "A", "FOOD", "beef"): pytest.approx(0.2)
    }
    assert duties(package("{ instrument = 'beef', add = -0.1 }")) == {
        ("B", "A", "FOOD", "beef"): pytest.approx(0.3)
    }


def test_a_flow_cut_by_half_halves_every_part() -> None:
    found = package("{ by = 'B', from = 'A', sectors = 'FOOD', cut_by = 0.5 }")
    rest = (0.15 - 0.2 * 0.40) / 0.8
    assert duties(found) == {
        ("B", "A", "FOOD", ""): pytest.approx(rest / 2),
        ("B", "A", "FOOD", "beef"): pytest.approx(0.2),
    }
    policy = apply_changes(small_world(), found.changes, np.array([4.0, 5.0, 6.0]))
    mean = sum(s.share * s.tariff_prime for s in policy.slices)
    assert mean == pytest.approx(0.075)


def test_between_goes_both_ways_over_goods_only() -> None:
    found = package("{ between = ['A', 'B'], sectors = 'all goods', to = 0.0 }")
    assert set(duties(found)) == {("A", "B", "CARS", ""), ("B", "A", "FOOD", "")}
    assert found.legal.treatment == "preferential"
    assert found.legal.article_xxiv == "arguable"
    assert found.legal.coverage[0].free == pytest.approx(1.0)


def test_what_is_left_out_keeps_its_level() -> None:
    for left_out in ("except_instruments = ['beef']", "except_lines = ['0201']"):
        found = package(f"{{ between = ['A', 'B'], sectors = 'FOOD', to = 0.0, {left_out} }}")
        assert duties(found)["B", "A", "FOOD", "beef"] == pytest.approx(0.40)
        assert duties(found)["B", "A", "FOOD", ""] == 0.0
        assert not found.notes
    found = package("{ between = ['A', 'B'], sectors = 'FOOD', to = 0.0, except_lines = ['1006'] }")
    assert "1006" in found.notes[0].text


def test_specific_beats_general_in_any_order() -> None:
    general = "{ between = ['A', 'B'], sectors = 'all goods', to = 0.0 }"
    special = "{ instrument = 'beef', to = 0.3 }"
    one, other = package(f"{general}, {special}"), package(f"{special}, {general}")
    assert duties(one) == duties(other)
    assert {c.part: c.after for c in one.concessions if c.sector == "FOOD"} == {
        "": 0.0,
        "beef": 0.3,
    }


def test_threat_with_and_without_answer() -> None:
    alone = package("{ threat = 'cars' }")
    assert duties(alone) == {("A", "B", "CARS", "levy"): 0.25, ("A", "C", "CARS", "levy"): 0.25}
    assert alone.threats == ("cars",)
    assert alone.legal.over_bound == ("levy: 27.0% against a bound rate of 3.0%",)
    answered = package("{ threat = 'cars', retaliation = true }")
    assert duties(answered)["B", "A", "FOOD", ""] == 0.1
    assert answered.threats == ("cars", "answer")
    assert {c.giver for c in answered.penalises("A")} == {"B"}
    assert duties(package("{ threat = 'cars', only = 'B', rate = 0.1 }")) == {
        ("A", "B", "CARS", "levy"): 0.1
    }


def test_promises_are_broken_or_lapse() -> None:
    verdicts = package("{ threat = 'cars' }").promises
    assert [(v.commitment, v.verdict) for v in verdicts] == [("standstill", "broken")]
    lapsed = package("{ threat = 'cars' }", assumes="[{ talks = 'ab', is = 'failed' }]").promises
    assert [(v.commitment, v.verdict) for v in lapsed] == [("standstill", "lapsed")]
    swept = package("{ between = ['A', 'B'], sectors = 'all goods', to = 0.0 }").promises
    assert [(v.commitment, v.verdict) for v in swept] == [("floor", "broken")]
    assert not package("{ instrument = 'beef', to = 0.1 }").promises


def test_who_may_do_it_alone() -> None:
    def verdict(changes: str) -> dict[str, str]:
        return {a.party: a.verdict for a in package(changes).legal.authority}

    assert verdict("{ by = 'A', from = 'B', sectors = 'CARS', to = 0.0 }") == {"A": "alone"}
    assert verdict("{ threat = 'cars' }") == {"A": "alone"}
    assert verdict("{ instrument = 'beef', to = 0.1 }") == {"B": "unknown"}
    assert verdict("{ by = 'A', from = 'B', sectors = 'FOOD', to = 0.1 }") == {"A": "unknown"}


def test_most_favoured_nation_cut() -> None:
    found = package("{ by = 'A', from = 'all', sectors = 'CARS', to = 0.0 }")
    assert found.legal.treatment == "mfn"
    assert found.legal.article_xxiv == "not needed"


MEASURES = """
[[measure]]
id = "steel"
by = "A"
on = "all"
since = 2018-01-01
changes = [{ sectors = "CARS", kind = "additional-tariff", value = 0.1, share_of_flow = 0.2 }]

[[measure]]
id = "pact"
between = ["B", "C"]
since = 2019-01-01
changes = [{ sectors = "FOOD", kind = "tariff-change", value = -0.05 }]
"""


def test_measures_make_the_status_quo() -> None:
    found = resolved(MEASURES + "\n[[package]]\nid = 'p'\n")
    assert duties(found) == {
        ("A", "B", "CARS", "steel"): 0.1,
        ("A", "C", "CARS", "steel"): 0.1,
        ("B", "C", "FOOD", ""): pytest.approx(0.15),
        ("C", "B", "FOOD", ""): 0.0,
    }
    assert "stops at zero" in found.notes[0].text
    assert found.packages["p"].changes == ()


def test_a_measure_taken_back() -> None:
    found = package(
        "{ measure = 'pact', on = false }, { measure = 'steel', cut_by = 0.5 }", MEASURES
    )
    assert duties(found) == {
        ("A", "B", "CARS", "steel"): pytest.approx(0.05),
        ("A", "C", "CARS", "steel"): pytest.approx(0.05),
        ("B", "C", "FOOD", ""): pytest.approx(0.20),
        ("C", "B", "FOOD", ""): 0.0,
    }


def test_tables_may_cut_one_flow_into_several_parts() -> None:
    table = (
        "importer,exporter,sector,share_of_flow,kind,value,note\n"
        "A,B,CARS,0.1,additional-tariff,0.05,one\n"
        "A,B,CARS,0.2,additional-tariff,0.25,two\n"
    )
    text = (
        "[[measure]]\nid = 'm'\nby = 'A'\non = 'B'\nsince = 2019-01-01\ntable = 'm.csv'\n"
        "[[package]]\nid = 'p'\nchanges = [{ measure = 'm', on = false }]\n"
    )
    found = resolved(text, tables={"m.csv": table})
    assert duties(found) == {("A", "B", "CARS", "m"): 0.05, ("A", "B", "CARS", "m#2"): 0.25}
    assert duties(found.packages["p"]) == {
        ("A", "B", "CARS", "m"): 0.0,
        ("A", "B", "CARS", "m#2"): 0.0,
    }
    assert {c.instrument for c in found.packages["p"].concessions} == {"m"}


def test_inline_part_of_a_flow_and_costs_and_export_taxes() -> None:
    found = package("{ by = 'A', from = 'B', sectors = 'CARS', to = 0.0, share_of_flow = 0.1 }")
    assert found.changes[0].share_of_flow == 0.1
    assert found.concessions[0].trade_usd_bn == pytest.approx(0.01)
    cost = package("{ between = ['A', 'B'], sectors = 'SERV', cost = 0.97 }")
    assert {c.kind for c in cost.concessions} == {"cost"}
    tax = package("{ by = 'C', from = 'A', sectors = 'FOOD', to = 0.1, kind = 'export-tax' }")
    (rise,) = tax.concessions
    assert (rise.kind, rise.giver, rise.importer, rise.exporter) == ("export-tax", "C", "A", "C")


def test_a_part_too_large_for_what_is_left() -> None:
    with pytest.raises(InputError, match=r"more than the 0\.3 other instruments leave"):
        package("{ by = 'A', from = 'B', sectors = 'CARS', to = 0.0, share_of_flow = 0.4 }")


def test_own_duty_must_fit_the_average() -> None:
    with pytest.raises(InputError) as caught:
        resolved(
            "[[package]]\nid = 'p'\n",
            small_world(tariffs=small_world().tariffs * 0.4),
        )
    (problem,) = caught.value.problems
    assert problem.where == "f.toml: instrument[beef].now"
    assert "6.00%" in problem.why


def test_quotas_are_kept_and_said_not_to_be_computed() -> None:
    quota = (
        "[[instrument]]\nid = 'q'\nby = 'B'\non = 'A'\nsectors = 'FOOD'\nkind = 'quota'\n"
        "share_of_flow = 0.1"
    )
    found = package("{ instrument = 'q', on = true }", quota)
    assert found.changes == ()
    assert "not computed" in found.notes[0].text


def test_include_adds_the_changes_of_another() -> None:
    text = (
        "[[package]]\nid = 'a'\nchanges = [{ instrument = 'beef', to = 0.1 }]\n"
        "[[package]]\nid = 'b'\ninclude = ['a']\n"
        "changes = [{ by = 'A', from = 'B', sectors = 'CARS', to = 0.0 }]\n"
    )
    found = resolved(text).packages
    assert set(duties(found["b"])) > set(duties(found["a"]))


def test_another_world_is_refused() -> None:
    scenario = parse(
        HEAD + "[[package]]\nid = 'p'\n",
        filename="f.toml",
        read_table=lambda n: "",
        as_world=small_world(),
    )
    with pytest.raises(InputError, match="different regions or sectors"):
        resolve(scenario, open_world("toy"))


@pytest.mark.parametrize("name", ["toy-talks", "us-japan-2019"])
def test_shipped_packages_apply(name: str) -> None:
    scenario = open_scenario(name)
    world = open_world(scenario.world)
    found = resolve(scenario, world)
    theta = world.elasticities[0].theta
    nothing = apply_changes(world, (), theta, partition=found.partition)
    assert np.abs(nothing.cost_hat - 1).max() < 1e-12
    assert np.abs(nothing.tariff_prime - world.tariffs).max() < 1e-12
    for entry in found.packages.values():
        policy = apply_changes(
            world, found.status_quo + entry.changes, theta, partition=found.partition
        )
        assert np.isfinite(policy.cost_hat).all()
        assert all(c.trade_usd_bn > 0 for c in entry.concessions)


def test_flagship_in_numbers() -> None:
    scenario = open_scenario("us-japan-2019")
    found = resolve(scenario, open_world("world-2017"))
    assert found.parties["EU"] == ("GBR", "EU27")
    threat = found.packages["threat-carried-out"]
    assert {c.exporter for c in threat.concessions} == {"JPN", "EU27", "GBR"}
    assert all(c.after == pytest.approx(0.275) for c in threat.concessions)
    mini = found.packages["mini"]
    assert mini.legal.article_xxiv == "fails"
    beef = next(c for c in mini.gives("JPN") if c.instrument == "jp-beef")
    assert (beef.before, beef.after) == (0.385, 0.09)
    assert {a.party: a.verdict for a in mini.legal.authority} == {
        "USA": "alone",
        "JPN": "needs approval",
    }
    truce = found.packages["us-china-truce-broken"]
    assert [(p.commitment, p.verdict) for p in truce.promises] == [("osaka-truce", "broken")]


def test_a_cut_beyond_the_duty_in_force_stops_at_zero_and_says_so() -> None:
    found = package("{ by = 'B', from = 'A', sectors = 'FOOD', add = -0.9 }")
    assert {level for (*_, part), level in duties(found).items() if part == ""} == {0.0}
    assert [note.text for note in found.notes] == [
        "a cut of more than the duty in force stops at zero"
    ]
