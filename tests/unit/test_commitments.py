"""Commitments: the three policies of each, their worth, what keeps them, figures at odds."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from parley.commitments import (
    CaseWorth,
    CommitmentResult,
    CommitmentsAssessment,
    assess_commitments,
    standing_of,
)
from parley.commitments.numbers import scaled_ledger
from parley.commitments.worth import DETECTION_DAYS
from parley.deals.endings import DISCOUNT
from parley.errors import InputError, NotConvergedError
from parley.policy import Change
from parley.policy.wedges import ledger_of_changes
from parley.scenario.pledges import Commitment, Condition
from parley.studies import STATUS_QUO, Study
from tests.unit.promises import study as story


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> CommitmentsAssessment:
    return assess_commitments(story(tmp_path_factory.mktemp("promises")))


def one(found: CommitmentsAssessment, name: str) -> CommitmentResult:
    return next(c for c in found.commitments if c.commitment.id == name)


def case_of(found: CommitmentsAssessment, name: str, breaker: str | None = None) -> CaseWorth:
    cases = [c for c in one(found, name).cases if breaker in (None, c.case.breaker)]
    assert len(cases) == 1
    return cases[0]


def changes_of(found: CommitmentsAssessment, key: str) -> tuple[Change, ...]:
    """What a state changes against the status quo."""
    study = found.study
    return study.changes(key)[len(study.changes(STATUS_QUO)) :]


def levels_of(found: CommitmentsAssessment, key: str) -> dict[str, float]:
    return {c.instrument: c.value for c in changes_of(found, key)}


# --- the policies -------------------------------------------------------------------------


def test_a_mutual_truce_is_broken_by_either_side(told: CommitmentsAssessment) -> None:
    first, second = one(told, "truce").cases
    assert (first.case.breaker, first.case.sides) == ("HOM", ("HOM", "FOR"))
    assert (second.case.breaker, second.case.sides) == ("FOR", ("FOR", "HOM"))
    assert first.case.tempted == ("HOM",)
    assert second.case.tempted == ("FOR",)
    assert first.case.deviate.key == "levy-on"  # the file's own package, solved once
    assert levels_of(told, first.case.deviate.key) == {"car-levy": 0.25}
    assert levels_of(told, second.case.deviate.key) == {"counter": 0.25}
    for c in (first, second):
        assert c.case.comply.key == STATUS_QUO
        assert c.case.answer == "other side"
        assert c.case.punished is not None
        assert levels_of(told, c.case.punished.key) == {"car-levy": 0.25, "counter": 0.25}
    # Once both have struck, it does not matter who began.
    worth = [{w.party: w.answered for w in c.sides} for c in (first, second)]
    for party in ("HOM", "FOR"):
        a, b = (w[party] for w in worth)
        assert a is not None
        assert b is not None
        assert a.ev_usd_bn == pytest.approx(b.ev_usd_bn, abs=1e-10)


def test_an_ordinary_duty_is_raised_to_its_bound_rate(told: CommitmentsAssessment) -> None:
    c = case_of(told, "food-standstill").case
    assert levels_of(told, c.deviate.key) == {"food-duty": 0.5}
    assert c.answer == "on_breach.package"
    assert c.punished is not None
    assert levels_of(told, c.punished.key) == {"food-duty": 0.5, "car-levy": 0.25}


def test_a_ceiling_is_kept_at_its_limit_and_passed_to_the_upper_bound(
    told: CommitmentsAssessment,
) -> None:
    c = case_of(told, "car-ceiling").case
    assert (c.form, c.tempted) == ("ceiling", ("HOM",))
    assert levels_of(told, c.comply.key) == {"car-duty": 0.05}
    assert levels_of(told, c.deviate.key) == {"car-duty": 0.20}
    assert c.answer == "breakdown"
    assert c.punished is not None
    assert levels_of(told, c.punished.key) == {"car-duty": 0.20, "car-levy": 0.25}


def test_a_floor_is_passed_by_giving_more_and_the_answer_takes_it_back(tmp_path: Path) -> None:
    floor = (
        'kind = "standstill"\ninstruments = ["food-duty"]',
        'kind = "ceiling"\nnot_below = { food-duty = 0.10 }',
    )
    found = assess_commitments(story(tmp_path, floor), names=["food-standstill"])
    c = case_of(found, "food-standstill")
    assert (c.case.form, c.case.breaker, c.case.tempted) == ("floor", "FOR", ("HOM",))
    assert levels_of(found, c.case.comply.key) == {"food-duty": 0.10}
    assert levels_of(found, c.case.deviate.key) == {"food-duty": 0.0}
    assert c.case.punished is not None
    assert c.case.punished.key == "levy-on"  # nothing is left of the concession
    assert {e.party for e in c.enforcement} == {"HOM"}
    assert next(w for w in c.sides if w.party == "HOM").unanswered.ev_usd_bn < 0


def test_a_promise_to_nobody_is_worth_something_to_those_it_spares(
    told: CommitmentsAssessment,
) -> None:
    c = case_of(told, "to-all").case
    assert c.sides == ("HOM", "FOR")
    assert (c.answer, c.punished) == ("none", None)


def test_what_cannot_be_computed_has_a_reason(told: CommitmentsAssessment) -> None:
    for name, meant in (
        ("in-words", "kept in words only"),
        ("quota-standstill", "is a quota"),
        ("quota-standstill", "no rate, bounds or bound_rate"),
        ("huge-purchase", "goes no further"),
    ):
        found = one(told, name)
        assert found.cases == ()
        assert any(meant in r for r in found.reasons), found.reasons
        assert found.unproven == 0
    assert one(told, "in-words").status == "not computed"
    assert one(told, "truce").status == "computed"
    assert told.unproven == 0


@pytest.mark.parametrize(
    ("change", "name", "meant"),
    [
        (('instruments = ["food-duty"]', 'instruments = ["car-duty"]'), "food-standstill", "own"),
        (
            ("not_above = { car-duty = 0.05 }", "not_above = { car-duty = 0.20 }"),
            "car-ceiling",
            "no level above",
        ),
        (
            (
                "now = 0.20\nbounds = [0.0, 0.20]\nbound_rate = 0.50",
                "now = 0.20\nbounds = [0, 0.2]",
            ),
            "food-standstill",
            "stands at 20 % or beyond",
        ),
    ],
    ids=["not its own", "no higher level", "nothing to raise"],
)
def test_other_reasons(change: tuple[str, str], name: str, meant: str, tmp_path: Path) -> None:
    found = one(assess_commitments(story(tmp_path, change), names=[name]), name)
    assert found.status == "not computed"
    assert any(meant in r for r in found.reasons), found.reasons


def test_threats_named_by_their_instrument_are_answered_too(tmp_path: Path) -> None:
    answered = ("earliest = 2020-06-30", 'earliest = 2020-06-30\nanswered_by = ["counter"]')
    found = assess_commitments(story(tmp_path, answered), names=["to-all"])
    c = case_of(found, "to-all").case
    assert (c.deviate.key, c.answer) == ("levy-on", "answered_by")
    assert c.punished is not None
    assert levels_of(found, c.punished.key) == {"car-levy": 0.25, "counter": 0.25}


# --- worth and what keeps it -------------------------------------------------------------


def test_worth_is_what_the_packages_cost(told: CommitmentsAssessment) -> None:
    c = case_of(told, "to-all")
    figures = told.study.package("levy-on").figures
    for w in c.sides:
        region = figures.region(w.party)
        assert w.unanswered.ev_usd_bn == pytest.approx(-region.ev_usd_bn, abs=1e-12)
        assert w.unanswered.real_income_pct == pytest.approx(-region.real_income_pct, abs=1e-10)
        assert (w.unanswered.political_pct is None) is (w.party == "FOR")
    everybody = sum(w.unanswered.ev_usd_bn for w in c.sides) + c.third_parties_unanswered_usd_bn
    assert everybody == pytest.approx(-figures.world_ev_usd_bn, abs=1e-12)


def test_the_threshold_follows_from_the_three_flows(told: CommitmentsAssessment) -> None:
    c = case_of(told, "truce", "HOM")
    e = c.enforcement[0]
    worth = next(w for w in c.sides if w.party == "HOM")
    assert worth.answered is not None
    gain, loss = -worth.unanswered.ev_usd_bn, worth.answered.ev_usd_bn
    assert gain > 0
    assert e.found.temptation == pytest.approx(gain)
    assert e.found.punishment == pytest.approx(loss)
    ratio = gain / (gain + loss)
    lag = 30 / 365.25
    assert e.found.threshold == pytest.approx(ratio ** (1 / lag))
    assert e.found.longest_lag_years == pytest.approx(math.log(ratio) / math.log(0.8))
    assert (e.found.status, e.objective, e.found.patience) == ("sustained", "real income", 0.8)
    assert "self-enforcing" in e.verdict
    kept = told.study.equilibrium(STATUS_QUO)
    home = kept.income[0] * kept.world.usd_bn
    assert e.found.comply == pytest.approx(home)


def test_what_the_file_does_not_say_is_assumed_and_marked(told: CommitmentsAssessment) -> None:
    home = case_of(told, "truce", "HOM").enforcement[0]
    assert (home.discount_per_year, home.discount_assumed) == (0.20, False)
    assert (home.lag_days, home.lag_assumed) == (30, False)
    foreign = case_of(told, "food-standstill").enforcement[0]
    assert (foreign.discount_per_year, foreign.discount_assumed) == (DISCOUNT, True)
    assert (foreign.lag_days, foreign.lag_assumed) == (DETECTION_DAYS, True)


def test_without_an_answer_a_temptation_is_never_resisted(told: CommitmentsAssessment) -> None:
    plain, weighted = case_of(told, "to-all").enforcement
    assert (plain.found.status, plain.answered) == ("never", False)
    assert plain.found.punished == plain.found.deviate
    assert "names nothing in answer" in plain.verdict
    assert (weighted.objective, weighted.found.status) == ("political welfare", "no temptation")


def test_patience_that_does_not_suffice(tmp_path: Path) -> None:
    impatient = ("discount_per_year = 0.20", "discount_per_year = 0.95")
    slow = ("detection_days = 30", "detection_days = 300")
    found = assess_commitments(story(tmp_path, impatient, slow), names=["truce"])
    e = case_of(found, "truce", "HOM").enforcement[0]
    assert e.found.status == "not sustained"
    assert e.found.threshold is not None
    assert e.found.threshold > 0.05
    assert "not self-enforcing" in e.verdict


def test_not_proven_has_a_reason_and_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = story(tmp_path)
    solved = Study.equilibrium

    def fails(self: Study, package: str, setting: object = None) -> object:
        if package == "levy-on":
            raise NotConvergedError("not found", advice="try a smaller change")
        return solved(self, package, setting)  # type: ignore[arg-type]

    monkeypatch.setattr(Study, "equilibrium", fails)
    found = assess_commitments(study, names=["to-all", "car-ceiling"])
    lost = one(found, "to-all")
    assert (lost.status, lost.unproven, lost.cases) == ("not computed", 1, ())
    assert "try a smaller change" in lost.reasons[0]
    assert one(found, "car-ceiling").status == "computed"


# --- whether it stands ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "stands"),
    [
        ({"talks": "talks", "is": "open"}, "in force"),
        ({"talks": "talks", "is": "truce"}, "not in force"),
        ({"event": "round", "is": "happened"}, "in force"),
        ({"event": "round", "is": "not-happened"}, "not in force"),
        ({"event": "summit", "is": "happened"}, "not known"),  # it is going on
        ({"measure": "car-cut", "is": "in-force"}, "in force"),
        ({"measure": "car-cut", "is": "ended"}, "not in force"),
        ({"threat": "levy", "is": "pending"}, "in force"),
        ({"threat": "levy", "is": "carried-out"}, "not in force"),  # not before June
        ({"threat": "counter", "is": "carried-out"}, "not known"),
        ({"commitment": "truce", "is": "kept"}, "not known"),
        (None, "in force"),
    ],
    ids=str,
)
def test_conditions_on_the_day(
    told: CommitmentsAssessment, when: dict[str, str] | None, stands: str
) -> None:
    scenario = told.study.scenario
    condition = None if when is None else Condition(**when)
    c = scenario.commitment("to-all").model_copy(update={"when": condition})
    found = standing_of(scenario, c)
    assert found.stands == stands
    assert found.why


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        ({"until": "2020-02-29"}, "not in force"),
        ({"until": "2020-03-01"}, "in force"),
        ({"since": "2020-03-02"}, "not in force"),
        ({"disputed": True}, "disputed"),
    ],
    ids=str,
)
def test_dates_and_disputes(
    told: CommitmentsAssessment, given: dict[str, object], stands: str
) -> None:
    base = {"id": "x", "by": "HOM", "kind": "other"}
    days = {k: dt.date.fromisoformat(v) if isinstance(v, str) else v for k, v in given.items()}
    assert standing_of(told.study.scenario, Commitment(**base, **days)).stands == stands


# --- purchases ------------------------------------------------------------------------------


def test_a_purchase_with_cap_and_compliance(told: CommitmentsAssessment) -> None:
    found = one(told, "food-purchase")
    (p,) = found.purchases
    assert p.amount is not None
    assert p.amount.promised_usd_bn == pytest.approx(0.03)
    assert (p.amount.supply_cap_usd_bn, p.amount.compliance) == (0.08, 0.5)
    left = 0.08 - p.amount.imports_usd_bn  # the cap is on all that is delivered
    assert 0 < left < 0.03
    assert p.amount.expected_usd_bn == p.amount.rise_usd_bn == pytest.approx(0.5 * left)
    assert p.duty_now == pytest.approx(0.20)
    assert [c.case.financing for c in found.cases] == ["subsidy", "preference-shift"]
    for c, o in zip(found.cases, p.outcomes, strict=True):
        assert o.rise_usd_bn == pytest.approx(0.5 * left, rel=1e-5)
        assert c.case.deviate.key == STATUS_QUO
        assert c.case.punished is not None
        assert c.case.punished.key == "levy-on"
        assert c.case.answer == "on_breach.threats"
        # What the purchase brings against the status quo is lost again, at its own prices.
        assert o.sides is not None
        lost = next(w for w in c.sides if w.party == "HOM").unanswered.ev_usd_bn
        assert lost == pytest.approx(o.sides["HOM"].ev_usd_bn, rel=0.01)


def test_a_purchase_that_is_met_already_asks_for_nothing(told: CommitmentsAssessment) -> None:
    found = one(told, "car-purchase")
    (p,) = found.purchases
    assert (found.status, found.cases) == ("computed", ())
    assert p.amount is not None
    assert p.amount.on_top_of == "2017"
    assert p.amount.above_usd_bn is not None
    assert p.amount.above_usd_bn + 0.005 < p.amount.imports_usd_bn
    assert [(o.size, o.binds) for o in p.outcomes] == [(0.0, False)] * 2
    assert any("asks for nothing" in n for n in p.notes)


def test_an_illustrative_purchase_of_either_side(told: CommitmentsAssessment) -> None:
    found = one(told, "some-purchase")
    assert [(p.buyer, p.seller) for p in found.purchases] == [("FOR", "HOM"), ("HOM", "FOR")]
    for p in found.purchases:
        assert p.amount is not None
        assert p.amount.illustrative
        assert p.amount.rise_usd_bn <= p.amount.imports_usd_bn
    assert len(found.cases) == 4


# --- figures at odds ------------------------------------------------------------------------


def test_claims_are_grouped_by_figure(told: CommitmentsAssessment) -> None:
    (n,) = told.numbers
    assert [(a.usd_bn, a.claims, a.ratio) for a in n.amounts] == [
        (0.2, ("c-200", "c-200-too"), 1.0),
        (0.15, ("c-150",), pytest.approx(0.75)),
    ]
    assert n.world_usd_bn == pytest.approx(0.8 * 0.2)
    whole = told.study.package("levy-on").figures
    first = n.amounts[0].alone
    assert first is not None
    for party in ("HOM", "FOR"):
        assert first[party].ev_usd_bn == pytest.approx(whole.region(party).ev_usd_bn, abs=1e-12)


def test_a_smaller_figure_is_a_smaller_share_of_the_flow(
    told: CommitmentsAssessment, tmp_path: Path
) -> None:
    """By another route: a file whose instrument covers three quarters as much."""
    other = story(tmp_path, ("share_of_flow = 0.8", "share_of_flow = 0.6"))
    figures = other.package("levy-on").figures
    smaller = told.numbers[0].amounts[1].alone
    assert smaller is not None
    for party in ("HOM", "FOR"):
        assert smaller[party].ev_usd_bn == pytest.approx(figures.region(party).ev_usd_bn, abs=1e-10)


def test_scaled_parts_never_add_to_more_than_the_flow(told: CommitmentsAssessment) -> None:
    study = told.study
    before, after = (
        ledger_of_changes(study.world, study.changes(k), partition=study.resolved.partition)
        for k in (STATUS_QUO, "levy-on")
    )
    cell = ("HOM", "FOR", "CARS")
    half = scaled_ledger(before, after, 0.5, [cell])
    parts = half.parts(cell)
    assert sum(p.share for p in parts.values()) == pytest.approx(1.0)
    duties = sorted((round(p.share, 9), p.duty) for p in parts.values())
    assert duties == [(0.2, 0.0), (0.4, 0.0), (0.4, 0.25)]
    assert after.parts(cell)["car-levy"].share == pytest.approx(0.8)  # left as it was
    unscaled = scaled_ledger(before, after, 0.5, [])
    assert unscaled.parts(cell)["car-levy"].share == pytest.approx(0.8)


def test_an_export_tax_cannot_be_scaled(tmp_path: Path) -> None:
    tax = (
        'kind = "additional-tariff"\nshare_of_flow = 0.8\nrate = 0.25',
        'kind = "export-tax"\nrate = 0.25',
    )
    swapped = ('id = "car-levy"\nby = "HOM"\non = "FOR"', 'id = "car-levy"\nby = "HOM"\non = "RST"')
    (n,) = assess_commitments(story(tmp_path, tax, swapped)).numbers
    assert "export taxes" in n.reason
    assert all(a.alone is None for a in n.amounts)


# --- the call ------------------------------------------------------------------------------


def test_names_and_progress(told: CommitmentsAssessment) -> None:
    study, seen = told.study, []
    found = assess_commitments(
        study, names=["truce", "to-all"], told=lambda done, total: seen.append((done, total))
    )
    assert [c.commitment.id for c in found.commitments] == ["truce", "to-all"]
    assert [n.threat for n in found.numbers] == ["levy"]  # the truce holds it back
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert assess_commitments(study, names=["in-words"]).numbers == ()
    with pytest.raises(InputError, match="did you mean 'truce'"):
        assess_commitments(study, names=["trucee"])


def test_every_equilibrium_is_proven(told: CommitmentsAssessment) -> None:
    assert all(e.report.ok for e in told.equilibria)
    assert max(e.report.worst_residual for e in told.equilibria) < 1e-9
