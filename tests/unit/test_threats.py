"""Threats: packages behind them, best retaliation, the verdict, and switching weights."""

from __future__ import annotations

import dataclasses
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import parley
from parley.errors import InputError, NotConvergedError
from parley.studies import STATUS_QUO, Setting, Study
from parley.threats import ThreatAssessment, assess_threat, threat_case, threat_settings
from parley.threats.figures import Outcome
from parley.threats.verdict import Cell, judge
from parley.threats.weights import Group, groups_of, switch, switch_range

MAIN = Setting("world-share", "uniform-4", "caliendo-parro")


@pytest.fixture(scope="module")
def toy() -> Study:
    return parley.study("toy-talks")


@pytest.fixture(scope="module")
def levy(toy: Study) -> ThreatAssessment:
    return assess_threat(toy, "levy")


@pytest.fixture(scope="module")
def flagship() -> Study:
    return parley.study("us-japan-2019")


# --- the policies -------------------------------------------------------------------------


def test_a_threat_is_the_package_that_carries_it_out(flagship: Study) -> None:
    case = threat_case(flagship, "autos")
    pairs = {case.alone: "threat-carried-out", case.announced: "threat-with-retaliation"}
    for key, package in pairs.items():
        assert key is not None
        assert case.study.changes(key) == flagship.changes(package)
        ours = case.study.compare(key).equivalent_variation
        np.testing.assert_allclose(
            ours, flagship.compare(package).equivalent_variation, rtol=0, atol=1e-12
        )
    assert (case.by, case.targets, case.sectors) == ("USA", ("JPN", "EU"), ("C29",))
    assert case.breakdown == "threat-carried-out"
    assert case.breakdown_is == "alone"


def test_figures_are_those_of_the_package(toy: Study, levy: ThreatAssessment) -> None:
    study = toy.package("cars-hit-food-answered")
    announced = next(c for c in levy.result(MAIN).cases if c.case == "announced")
    assert announced.sides is not None
    for party in ("HOM", "FOR"):
        region = study.figures.region(party)
        assert announced.sides[party].ev_usd_bn == pytest.approx(region.ev_usd_bn, abs=1e-12)
        assert announced.sides[party].real_income_pct == pytest.approx(
            region.real_income_pct, abs=1e-10
        )
    wanted = {c.id: c.real_income_pct for c in study.constituencies()}
    found = {c.id: c.real_income_pct for c in announced.constituencies}
    assert found == pytest.approx(wanted, abs=1e-10)
    everybody = sum(r.ev_usd_bn for r in study.figures.regions)
    own = sum(s.ev_usd_bn for s in announced.sides.values())
    assert announced.third_parties_ev_usd_bn == pytest.approx(everybody - own, abs=1e-12)


def test_an_answer_is_held_against_the_threat_it_answers(flagship: Study) -> None:
    case = threat_case(flagship, "jp-retaliation")
    changes = [c.instrument for c in case.study.changes(case.base)]
    assert case.study.changes(case.base) == flagship.changes("threat-carried-out")
    assert "us-auto-232" in changes
    assert len(case.study.changes(case.alone)) > len(changes)
    assert (case.by, case.targets) == ("JPN", ("USA",))
    assert case.breakdown_is == "base"


def test_unknown_threat_names_the_nearest(toy: Study) -> None:
    with pytest.raises(InputError, match="did you mean 'levy'"):
        threat_case(toy, "levi")


def test_a_threat_without_trade_is_refused(toy: Study) -> None:
    threats = tuple(
        t.model_copy(update={"rate": None, "on": ()}) if t.id == "food-answer" else t
        for t in toy.scenario.threats
    )
    scenario = toy.scenario.model_copy(update={"threats": threats})
    with pytest.raises(InputError, match="raises no duty"):
        threat_case(dataclasses.replace(toy, scenario=scenario), "food-answer")


def test_settings_cross_models_closures_and_elasticities(flagship: Study) -> None:
    settings = threat_settings(flagship)
    for name in ("model", "closure", "elasticity"):
        assert len({getattr(s, name) for s in settings}) >= 3
    assert {"caliendo-parro", "ossa", "specific-labour"} <= {s.model for s in settings}
    assert len(set(settings)) == len(settings) >= 27
    assert settings[0] == flagship.setting
    one = threat_settings(flagship, closure="zero", elasticity="uniform-4", model="ossa")
    assert one == (Setting("zero", "uniform-4", "ossa"),)


# --- the best retaliation ------------------------------------------------------------------


def test_best_retaliation_is_at_least_as_good_as_no_answer(levy: ThreatAssessment) -> None:
    for result in levy.results:
        cases = {c.case: c for c in result.cases}
        alone, best = cases["alone"], cases["best"]
        assert best.status == "certified"
        assert alone.sides is not None
        assert best.sides is not None
        assert best.sides["FOR"].ev_usd_bn >= alone.sides["FOR"].ev_usd_bn
        assert best.certificate is not None
        assert best.certificate.ok
        assert best.rates
        for rate in best.rates:
            assert (rate.importer, rate.exporter) == ("FOR", "HOM")
            assert rate.after >= rate.before - 1e-12


def test_best_retaliation_beats_every_rate_tried(toy: Study, levy: ThreatAssessment) -> None:
    """By another route: packages with the same levy and a grid of Foreign's duties."""
    from parley.equilibrium import solve
    from parley.equilibrium.welfare import compare
    from parley.policy import Change, apply_changes

    case = levy.case
    best = next(c for c in levy.result(MAIN).cases if c.case == "best")
    assert best.sides is not None
    goods = [r.sector for r in best.rates]
    base = toy.equilibrium(STATUS_QUO)
    found = []
    for rate in (0.1, 0.15, 0.2, 0.25, 0.3):
        for sector in goods:
            changes = (
                *case.study.changes(case.alone),
                Change("FOR", "HOM", sector, "tariff", rate),
            )
            policy = apply_changes(
                toy.world, changes, base.elasticity.theta, partition=toy.resolved.partition
            )
            at = solve(toy.world, policy, elasticity=MAIN.elasticity, closure=MAIN.closure)
            ev = compare(base, at).equivalent_variation[toy.world.region_index("FOR")]
            found.append(float(ev) * toy.world.usd_bn)
    assert max(found) < best.sides["FOR"].ev_usd_bn


def test_several_targets_play_a_certified_game(flagship: Study) -> None:
    one = (Setting("zero", "uniform-4", "ossa"),)
    found = assess_threat(flagship, "autos", settings=one)
    assert found.joint
    best = next(c for c in found.result().cases if c.case == "best")
    assert best.certificate is not None
    assert best.certificate.ok
    assert [p.party for p in best.certificate.parties] == ["JPN", "EU"]
    assert {r.exporter for r in best.rates} == {"USA"}
    assert {r.importer for r in best.rates} == {"JPN", *flagship.resolved.parties["EU"]}


def test_without_a_certificate_there_is_no_figure(
    toy: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.games.certificate.Certificate.ok", property(lambda _: False))
    found = assess_threat(toy, "levy", settings=(MAIN,))
    best = next(c for c in found.result().cases if c.case == "best")
    assert best.status == "not certified"
    assert "not certified" in best.reason
    assert (best.sides, best.third_parties_ev_usd_bn, best.rates) == (None, None, ())
    assert best.credible == {"none": None, "scenario": None}
    assert {s.direction for s in best.switches} == {"unknown"}
    assert found.verdict.unproven == 1
    assert [c.case for _, c in found.unproven] == ["best"]


def test_a_base_without_proof_is_an_error(toy: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise NotConvergedError("no equilibrium was found", (), "try another setting")

    monkeypatch.setattr(Study, "equilibrium", fail)
    with pytest.raises(NotConvergedError, match="no equilibrium was found"):
        assess_threat(toy, "levy", settings=(MAIN,))


# --- credibility -------------------------------------------------------------------------------


def test_a_switching_weight_makes_the_change_exactly_the_reputation_cost(toy: Study) -> None:
    found = assess_threat(toy, "levy", reputation_cost_pct=0.05)
    seen = set()
    for result, (setting, base) in zip(found.results, found.bases, strict=True):
        assert result.setting == setting
        income = float(base.income[base.world.region_index("HOM")]) * base.world.usd_bn
        for c in result.cases:
            assert c.sides is not None
            for s in c.switches:
                assert s.gain_usd_bn is not None
                assert s.rest_usd_bn is not None
                total = s.gain_usd_bn + s.rest_usd_bn
                assert total == pytest.approx(c.sides["HOM"].ev_usd_bn, abs=1e-12)
                if s.direction in ("from", "up to"):
                    assert s.weight is not None
                    seen.add(s.direction)
                    change = s.weight * s.gain_usd_bn + s.rest_usd_bn
                    assert s.weight >= 0
                    assert change == pytest.approx(-0.0005 * income, abs=1e-12)
                    assert (s.gain_usd_bn > 0) == (s.direction == "from")
                    assert s.at_one == ((s.weight <= 1) == (s.direction == "from"))
                else:
                    assert s.weight is None
                    assert s.at_one == (s.direction == "always")
                assert s.at_one == (total >= -0.0005 * income)
    assert seen == {"from", "up to"}


@pytest.mark.parametrize(
    ("gain", "rest", "direction", "weight", "at_one", "inside"),
    [
        (2.0, -3.0, "from", 1.5, False, True),
        (2.0, -1.0, "from", 0.5, True, True),
        (2.0, 1.0, "always", None, True, True),
        (-2.0, 2.5, "up to", 1.25, True, False),
        (-2.0, 1.0, "up to", 0.5, False, False),
        (-2.0, -1.0, "never", None, False, False),
        (0.0, 1.0, "always", None, True, True),
        (0.0, -1.0, "never", None, False, False),
    ],
)
def test_a_group_that_loses_has_a_highest_weight(
    gain: float, rest: float, direction: str, weight: float | None, at_one: bool, inside: bool
) -> None:
    before = np.array([[10.0, 10.0]])
    at = Outcome(before, before + np.array([[gain, rest]]), ("A",), ("S", "R"))
    group = Group("g", "g", ("S",), 1.5)
    found = switch(group, at, ("A",), 0.0)
    assert (found.direction, found.weight) == (direction, weight)
    assert (found.at_one, found.own_inside) == (at_one, inside)
    total = switch_range(group, "alone", [found])
    ends = {"from": total.from_lowest, "up to": total.up_to_highest}
    assert {k for k, v in ends.items() if v is not None} == ({direction} & set(ends))
    assert (total.at_one, total.own_inside) == (at_one, inside)
    assert switch(Group("g", "g", ("S",), None), at, ("A",), 0.0).own_inside is None


def test_farmers_lose_so_their_weight_is_a_ceiling(levy: ThreatAssessment) -> None:
    alone = levy.result(MAIN).cases[0]
    farmers = next(s for s in alone.switches if s.group == "home-farmers")
    assert alone.credible == {"none": True, "scenario": False}
    assert (farmers.direction, farmers.at_one, farmers.own_inside) == ("up to", True, False)
    assert farmers.weight is not None
    assert 1 < farmers.weight < 1.5


def test_an_answer_is_held_against_silence(levy: ThreatAssessment) -> None:
    cases = {c.case: c for c in levy.result(MAIN).cases}
    assert cases["alone"].against_silence is None
    for name in ("announced", "best"):
        worth, sides, silent = (
            cases[name].against_silence,
            cases[name].sides,
            cases["alone"].sides,
        )
        assert worth is not None
        assert sides is not None
        assert silent is not None
        assert set(worth) == {"FOR"}
        wanted = sides["FOR"].ev_usd_bn - silent["FOR"].ev_usd_bn
        assert worth["FOR"].ev_usd_bn == pytest.approx(wanted, abs=1e-12)
        row = next(a for a in levy.answers if a.case == name)
        assert row.main_usd_bn == worth["FOR"].ev_usd_bn
        assert row.settings == len(levy.results)
        assert row.costs == (len(levy.results) if name == "announced" else 0)


def test_each_objective_has_its_own_verdict(levy: ThreatAssessment) -> None:
    plain, weighted = levy.verdicts["none"], levy.verdicts["scenario"]
    assert plain.credible + weighted.credible == levy.verdict.credible
    assert plain.cells == weighted.cells == 3 * len(levy.results)
    assert "weights" not in (*plain.depends_on, *weighted.depends_on)
    for r in levy.results:
        for c in r.cases:
            assert c.margin_pct is not None
            assert c.credible is not None
            for key, margin in c.margin_pct.items():
                assert margin is not None
                assert c.credible[key] == (margin >= 0)


def test_a_higher_reputation_cost_makes_it_credible(toy: Study, levy: ThreatAssessment) -> None:
    found = assess_threat(toy, "levy", reputation_cost_pct=50.0)
    assert found.verdict.verdict == "credible"
    assert found.verdict.depends_on == ()
    assert {r.at_one for r in found.ranges} == {len(found.results)}
    assert levy.verdict.verdict == "depends"


def test_the_scenarios_reputation_cost_is_the_default(toy: Study) -> None:
    parties = tuple(
        p.model_copy(update={"reputation_cost": 0.002}) if p.id == "HOM" else p
        for p in toy.scenario.parties
    )
    other = dataclasses.replace(toy, scenario=toy.scenario.model_copy(update={"parties": parties}))
    assert assess_threat(other, "levy", settings=(MAIN,)).reputation_cost_pct == pytest.approx(0.2)


@pytest.mark.parametrize("cost", [-0.1, float("nan"), 100.0])
def test_an_impossible_reputation_cost_is_refused(toy: Study, cost: float) -> None:
    with pytest.raises(InputError, match="reputation cost"):
        assess_threat(toy, "levy", settings=(MAIN,), reputation_cost_pct=cost)


def test_political_welfare_counts_the_scenarios_weights(levy: ThreatAssessment) -> None:
    alone = levy.result(MAIN).cases[0]
    assert alone.sides is not None
    side = alone.sides["HOM"]
    farmers = next(s for s in alone.switches if s.group == "home-farmers")
    assert farmers.gain_usd_bn is not None
    assert farmers.rest_usd_bn is not None
    # Two sectors: weights 1.5 and 1 over their mean of 1.25.
    wanted = (1.5 * farmers.gain_usd_bn + farmers.rest_usd_bn) / 1.25
    assert side.political_usd_bn == pytest.approx(wanted, abs=1e-12)
    assert alone.credible == {"none": side.ev_usd_bn >= 0, "scenario": wanted >= 0}


def test_merged_sectors_have_no_groups(toy: Study) -> None:
    one = Setting("zero", "uniform-4", "caliendo-parro:one-sector")
    found = assess_threat(toy, "levy", settings=(one,))
    for c in found.result().cases:
        assert c.sides is not None
        assert c.constituencies == ()
        assert {s.direction for s in c.switches} == {"unknown"}


# --- the verdict --------------------------------------------------------------------------------


def cells(table: dict[tuple[str, str], bool | None]) -> list[Cell]:
    return [Cell(m, "zero", "one", a, "none", yes) for (m, a), yes in table.items()]


def test_the_verdict_names_what_flips_it() -> None:
    found = judge(cells({("a", "x"): True, ("a", "y"): True, ("b", "x"): False, ("b", "y"): False}))
    assert (found.verdict, found.credible, found.cells) == ("depends", 2, 4)
    assert found.depends_on == ("model",)
    model = next(f for f in found.flips if f.dimension == "model")
    assert (model.compared, model.flipped) == (2, 2)
    assert [(s.value, s.credible, s.cells) for s in model.shares] == [("a", 2, 2), ("b", 0, 2)]


def test_what_is_not_proven_counts_for_neither_side() -> None:
    found = judge(cells({("a", "x"): True, ("b", "x"): None}))
    assert (found.verdict, found.unproven) == ("credible", 1)
    assert judge(cells({("a", "x"): None})).verdict == "unknown"
    assert judge(cells({("a", "x"): False})).verdict == "not credible"


def test_a_margin_of_about_zero_does_not_flip_clearly() -> None:
    rows = [("a", True, 0.004), ("b", False, -0.3)]
    found = judge([Cell(m, "zero", "one", "x", "none", yes, gap) for m, yes, gap in rows])
    assert (found.credible, found.about_zero_credible, found.about_zero_not) == (1, 1, 0)
    model = next(f for f in found.flips if f.dimension == "model")
    assert (model.flipped, model.clear) == (1, 0)


def test_ranges_count_every_setting(levy: ThreatAssessment) -> None:
    for r in levy.ranges:
        counts = (r.from_settings, r.up_to_settings, r.always, r.never, r.unknown)
        assert sum(counts) == len(levy.results)
        assert (r.from_lowest is None) == (r.from_settings == 0)
        assert (r.up_to_lowest is None) == (r.up_to_settings == 0)


def test_groups_take_the_scenarios_weight(toy: Study) -> None:
    found = groups_of("HOM", ("FOOD",), toy.resolved.constituencies)
    assert [(g.id, g.own_weight) for g in found] == [("protected", 1.5), ("home-farmers", 1.5)]
    mixed = groups_of("HOM", ("FOOD", "CARS"), toy.resolved.constituencies)
    assert mixed[0].own_weight is None
    assert switch_range(found[0], "alone", []).from_lowest is None
    nothing = switch(Group("g", "g", ("FOOD",), None), None, ("HOM",), 0.0)
    assert nothing.direction == "unknown"


def test_a_file_of_ones_own_is_assessed(levy: ThreatAssessment, tmp_path: Path) -> None:
    shipped = files("parley") / "data/scenarios/toy-talks/scenario.toml"
    text = shipped.read_text(encoding="utf-8")
    folder = tmp_path / "mine"
    folder.mkdir()
    halved = text.replace("rate = 0.25                     # its", "rate = 0.125  # its")
    assert halved != text
    (folder / "scenario.toml").write_text(halved, encoding="utf-8")
    ours = assess_threat(parley.study(folder / "scenario.toml"), "levy", settings=(MAIN,))
    losses = []
    for found in (levy, ours):
        alone = found.result(MAIN).cases[0]
        assert alone.sides is not None
        losses.append(alone.sides["FOR"].ev_usd_bn)
    assert losses[0] < losses[1] < 0
