"""The commitments of the shipped flagship: what comes out, read with an economist's eyes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import parley
from parley.commitments import (
    CaseWorth,
    CommitmentResult,
    CommitmentsAssessment,
    assess_commitments,
)
from parley.equilibrium import solve
from parley.equilibrium.welfare import compare
from parley.policy import Change, apply_changes
from parley.studies import STATUS_QUO


@pytest.fixture(scope="module")
def flagship() -> CommitmentsAssessment:
    return assess_commitments(parley.study("us-japan-2019"))


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


def test_every_equilibrium_is_proven(flagship: CommitmentsAssessment) -> None:
    assert all(e.report.ok for e in flagship.equilibria)
    assert max(e.report.worst_residual for e in flagship.equilibria) < 1e-9


def test_the_flagship_standstill(flagship: CommitmentsAssessment) -> None:
    found = one(flagship, "standstill-2018")
    assert (found.standing.stands, found.status) == ("in force", "computed")
    assert found.said.for_it == ("c-standstill",)
    c = case_of(flagship, "standstill-2018")
    assert (c.case.deviate.key, c.case.answer) == ("threat-carried-out", "on_breach.threats")
    assert c.case.notes == ("the breach falls on goods of EU as well",)
    worth = {w.party: w for w in c.sides}
    assert worth["USA"].unanswered.political_usd_bn == pytest.approx(0.82, abs=0.01)
    assert worth["JPN"].unanswered.political_usd_bn == pytest.approx(8.35, abs=0.01)
    assert worth["USA"].answered is not None
    assert worth["USA"].answered.ev_usd_bn > worth["USA"].unanswered.ev_usd_bn > 0
    plain, weighted = c.enforcement
    assert plain.found.status == weighted.found.status == "no temptation"
    assert weighted.about_zero
    assert plain.discount_per_year == 0.10


def test_the_flagship_ceiling(flagship: CommitmentsAssessment) -> None:
    c = case_of(flagship, "farm-ceiling")
    assert (c.case.form, c.case.breaker, c.case.tempted) == ("floor", "JPN", ("USA",))
    assert levels_of(flagship, c.case.comply.key) == {"jp-beef": 0.09, "jp-wheat": 0.1267}
    assert levels_of(flagship, c.case.deviate.key) == {"jp-beef": 0.0, "jp-wheat": 0.0}
    worth = {w.party: w.unanswered for w in c.sides}
    assert worth["JPN"].ev_usd_bn > 0 > worth["USA"].ev_usd_bn
    assert worth["JPN"].political_usd_bn is not None
    assert worth["JPN"].political_usd_bn > worth["JPN"].ev_usd_bn  # farmers count for more
    assert {e.party for e in c.enforcement} == {"USA"}
    assert any("the temptation is that of USA" in n for n in c.case.notes)


def test_the_flagship_truce(flagship: CommitmentsAssessment) -> None:
    c = case_of(flagship, "osaka-truce")
    assert c.case.punished is not None
    assert c.case.punished.key == "us-china-truce-broken"
    answered = {w.party: w.answered for w in c.sides}
    assert answered["USA"] is not None
    assert answered["CHN"] is not None
    assert answered["USA"].political_usd_bn == pytest.approx(10.9, abs=0.05)
    assert answered["CHN"].ev_usd_bn == pytest.approx(13.4, abs=0.05)
    assert c.third_parties_answered_usd_bn is not None
    assert c.third_parties_answered_usd_bn < 0  # others sell what China does not


def test_the_flagship_purchases(flagship: CommitmentsAssessment) -> None:
    found = one(flagship, "cn-farm-purchases")
    assert found.standing.stands == "disputed"
    assert found.said.for_it == ("c-purchases-promised",)
    assert found.said.against_it == ("c-purchases-denied",)
    (p,) = found.purchases
    assert p.sectors == ("A01", "C10T12")
    assert p.amount is not None
    assert p.amount.illustrative
    assert p.amount.rise_usd_bn == 10.0
    for o in p.outcomes:
        assert o.status == "proven"
        assert o.sides is not None
        assert o.sides["USA"].ev_usd_bn > 0
        assert o.sides["USA"].political_usd_bn is not None
        assert o.sides["USA"].political_usd_bn > o.sides["USA"].ev_usd_bn
        thirds = [d for d in o.diversion if d.kind == "third country"]
        assert sum(d.change_usd_bn for d in thirds if d.side == "buys from") < 0
        assert sum(d.change_usd_bn for d in thirds if d.side == "sells to") < 0


def test_the_flagship_figures_at_odds(flagship: CommitmentsAssessment) -> None:
    (n,) = flagship.numbers
    assert [(a.usd_bn, a.claims) for a in n.amounts] == [(325.0, ("c-325",)), (300.0, ("c-300",))]
    assert n.world_usd_bn == pytest.approx(183.0, abs=1)
    for party in ("USA", "CHN"):
        for answer in ("alone", "answered"):
            large, small = (getattr(a, answer)[party].ev_usd_bn for a in n.amounts)
            assert large < small < 0
            # Roughly in proportion: less is lost on fewer goods.
            assert small / large == pytest.approx(n.amounts[1].ratio, abs=0.03)


def test_scaling_list_4_is_scaling_its_share_of_flow(flagship: CommitmentsAssessment) -> None:
    """By another route: the package's own changes with smaller shares, solved afresh."""
    study = flagship.study
    key = case_of(flagship, "osaka-truce").case.deviate.key
    smaller = [
        replace(c, share_of_flow=c.share_of_flow * 300 / 325) for c in changes_of(flagship, key)
    ]
    base = study.equilibrium(STATUS_QUO)
    policy = apply_changes(
        study.world,
        (*study.changes(STATUS_QUO), *smaller),
        base.elasticity.theta,
        partition=study.resolved.partition,
    )
    use = study.setting
    at = solve(study.world, policy, elasticity=use.elasticity, closure=use.closure)
    theirs = compare(base, at).equivalent_variation * study.world.usd_bn
    ours = flagship.numbers[0].amounts[1].alone
    assert ours is not None
    for party in ("USA", "CHN"):
        k = study.world.region_index(party)
        np.testing.assert_allclose(ours[party].ev_usd_bn, theirs[k], rtol=1e-7)
