"""The document of ``parley commitments``: what promises are worth, and what keeps them.

Names that hold ``_pct`` are in per cent, those in ``_usd_bn`` in billions a year. Worth is
what a side loses when the promise is broken: positive where it gains by its being kept. What
cannot be computed has a reason instead of figures; figures are never without proof.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from parley.commitments.answers import ANSWERS
from parley.commitments.assess import CommitmentResult, CommitmentsAssessment
from parley.commitments.numbers import AmountClaimed, NumbersResult
from parley.commitments.purchases import PurchaseResult
from parley.commitments.push import PurchaseOutcome
from parley.commitments.worth import DETECTION_DAYS, YEAR_DAYS, CaseWorth, Enforcement
from parley.deals.endings import DISCOUNT
from parley.purchases.amounts import ILLUSTRATIVE_USD_BN
from parley.purchases.pushes import FINANCINGS
from parley.report.document import document_head
from parley.scenario.pledges import Breach
from parley.studies import Study
from parley.threats.figures import SideFigures
from parley.threats.verdict import ABOUT_ZERO_PCT

__all__ = ["LIMITS", "SCALED", "commitments_document"]

Row = dict[str, Any]
LIMITS = (
    "one year's incomes with long-run elasticities; a breach is answered for ever",
    "an answer is what the file says follows, whether or not it pays those who give it",
    "what a broken word costs elsewhere: reputation, alliances, other talks",
    "the doubt that a breach or a threat spreads before anything happens",
    "how a promise to buy is carried out: state trading, quality, stocks, who delivers",
)
SCALED = (
    "the largest figure stands for the threat as the file has it; for another one the covered part "
    "of every flow is scaled by the ratio of the two"
)


def commitments_document(found: CommitmentsAssessment) -> Row:
    """Return assessed commitments as a JSON-ready document."""
    study = found.study
    scenario = study.scenario
    against = f"status quo of {scenario.as_of.isoformat()}"
    return {
        **document_head(study.world, found.base, found.equilibria, against, "commitments"),
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "parties": [_party(found, name) for name in _parties(found)],
        "assumed": {
            "discount_per_year": DISCOUNT,
            "detection_days": DETECTION_DAYS,
            "illustrative_usd_bn": ILLUSTRATIVE_USD_BN,
            "about_zero_pct": ABOUT_ZERO_PCT,
        },
        "commitments": [_commitment(c) for c in found.commitments],
        "numbers": [_numbers(n) for n in found.numbers],
        "left_out": list(LIMITS),
        "notes": _notes(study, found),
    }


def _parties(found: CommitmentsAssessment) -> list[str]:
    names = list(found.study.resolved.parties)
    for c in found.commitments:
        for case in c.cases:
            names += case.case.sides
        for p in c.purchases:
            names += [n for n in (p.buyer, p.seller) if n]
    for n in found.numbers:
        for amount in n.amounts:
            names += amount.alone or {}
    return list(dict.fromkeys(names))


def _party(found: CommitmentsAssessment, name: str) -> Row:
    regions = found.study.resolved.parties.get(name, (name,))
    rows = [found.base.world.region_index(r) for r in regions]
    label = next((p.label for p in found.study.scenario.parties if p.id == name), None)
    return {
        "id": name,
        "label": label,
        "regions": list(regions),
        "income_usd_bn": float(found.base.income[rows].sum() * found.base.world.usd_bn),
    }


def _notes(study: Study, found: CommitmentsAssessment) -> list[Row]:
    """Return what was assumed when the packages behind the cases were put into the world."""
    keys = {
        s.key
        for c in found.commitments
        for w in c.cases
        for s in (w.case.comply, w.case.deviate, w.case.punished)
        if s is not None and s.key in study.resolved.packages
    }
    notes = [n for key in sorted(keys) for n in study.resolved.packages[key].notes]
    return [{"text": n.text, "where": n.where} for n in dict.fromkeys(notes)]


def _commitment(found: CommitmentResult) -> Row:
    c, standing = found.commitment, found.standing
    return {
        "id": c.id,
        "label": c.label or c.id,
        "by": c.by,
        "to": c.to,
        "mutual": c.mutual,
        "kind": c.kind,
        "since": None if c.since is None else c.since.isoformat(),
        "until": None if c.until is None else c.until.isoformat(),
        "no_faster_than": c.no_faster_than,
        "stated_value_usd_bn": c.value_usd_bn,
        "disputed": c.disputed,
        "stands": standing.stands,
        "why": standing.why,
        "condition": None if standing.condition is None else asdict(standing.condition),
        "claims": {
            "for": list(found.said.for_it),
            "against": list(found.said.against_it),
            "other": list(found.said.other),
        },
        "on_breach": None if c.on_breach is None else _on_breach(c.on_breach),
        "status": found.status,
        "reasons": list(found.reasons),
        "cases": [_case(w) for w in found.cases],
        "purchases": [_purchase(p, found) for p in found.purchases],
    }


def _on_breach(breach: Breach) -> Row:
    return {
        "talks": breach.talks,
        "package": breach.package,
        "threats": list(breach.threats),
        "detection_days": breach.detection_days,
    }


def _case(found: CaseWorth) -> Row:
    case = found.case
    return {
        "form": case.form,
        "financing": case.financing or None,
        "breaker": case.breaker,
        "tempted": list(case.tempted),
        "comply": case.comply.what,
        "deviate": case.deviate.what,
        "punished": None if case.punished is None else case.punished.what,
        "answer": case.answer,
        "answer_means": ANSWERS[case.answer],
        "worth": [
            {
                "party": w.party,
                "unanswered": asdict(w.unanswered),
                "answered": None if w.answered is None else asdict(w.answered),
            }
            for w in found.sides
        ],
        "third_parties_unanswered_usd_bn": found.third_parties_unanswered_usd_bn,
        "third_parties_answered_usd_bn": found.third_parties_answered_usd_bn,
        "enforcement": [_enforcement(e) for e in found.enforcement],
        "notes": list(case.notes),
    }


def _enforcement(e: Enforcement) -> Row:
    at = e.found
    lag = at.longest_lag_years
    finite = lag is not None and math.isfinite(lag)
    return {
        "party": e.party,
        "objective": e.objective,
        "status": at.status,
        "verdict": e.verdict,
        "about_zero": e.about_zero,
        "answered": e.answered,
        "comply_usd_bn": at.comply,
        "deviate_usd_bn": at.deviate,
        "punished_usd_bn": at.punished,
        "temptation_usd_bn": at.temptation,
        "punishment_usd_bn": at.punishment,
        "discount_per_year": e.discount_per_year,
        "discount_assumed": e.discount_assumed,
        "patience": at.patience,
        "lag_days": e.lag_days,
        "lag_assumed": e.lag_assumed,
        "ratio": at.ratio,
        "threshold": at.threshold,
        "bound": at.bound,
        "longest_lag_days": lag * YEAR_DAYS if lag is not None and finite else None,
    }


def _purchase(found: PurchaseResult, of: CommitmentResult) -> Row:
    return {
        "buyer": found.buyer,
        "seller": found.seller or None,
        "sectors": list(found.sectors),
        "financing_named": found.named,
        "duty_now": found.duty_now,
        "amount": None if found.amount is None else asdict(found.amount),
        "reason": found.reason or None,
        "outcomes": [_outcome(o) for o in found.outcomes],
        "worlds": _worlds(found, of) if of.commitment.disputed and found.outcomes else [],
        "notes": list(found.notes),
    }


def _outcome(o: PurchaseOutcome) -> Row:
    return {
        "financing": o.financing,
        "means": FINANCINGS[o.financing],
        "status": o.status,
        "reason": o.reason or None,
        "size": o.size,
        "binds": o.binds,
        "rise_usd_bn": o.rise_usd_bn,
        "subsidy_usd_bn": o.subsidy_usd_bn,
        "revenue_change_usd_bn": o.revenue_change_usd_bn,
        "parties": _sides(o.sides),
        "regions": None
        if o.regions is None
        else {
            r: {"real_income_pct": s.real_income_pct, "ev_usd_bn": s.ev_usd_bn}
            for r, s in o.regions.items()
        },
        "third_parties_usd_bn": o.third_parties_usd_bn,
        "diversion": [asdict(d) for d in o.diversion],
    }


def _worlds(found: PurchaseResult, of: CommitmentResult) -> list[Row]:
    """Return the world in which the purchase was promised and the one in which it was not."""
    rows = [
        {
            "world": "promised",
            "claims": list(of.said.for_it),
            "financing": o.financing,
            "rise_usd_bn": o.rise_usd_bn,
            "parties": _sides(o.sides),
        }
        for o in found.outcomes
    ]
    known = next((o.sides for o in found.outcomes if o.sides is not None), None)
    nothing = {
        p: asdict(SideFigures(0.0, 0.0, *((None, None) if s.political_pct is None else (0.0, 0.0))))
        for p, s in (known or {}).items()
    }
    return [
        *rows,
        {
            "world": "not promised",
            "claims": list(of.said.against_it),
            "financing": None,
            "rise_usd_bn": 0.0,
            "parties": nothing,
        },
    ]


def _numbers(n: NumbersResult) -> Row:
    return {
        "threat": n.threat,
        "label": n.label,
        "world_usd_bn": n.world_usd_bn,
        "world_year": n.world_year,
        "how": SCALED,
        "reason": n.reason or None,
        "amounts": [_amount(a) for a in n.amounts],
    }


def _amount(a: AmountClaimed) -> Row:
    return {
        "usd_bn": a.usd_bn,
        "claims": list(a.claims),
        "ratio": a.ratio,
        "reason": a.reason or None,
        "alone": _sides(a.alone),
        "answered": _sides(a.answered),
    }


def _sides(sides: Mapping[str, SideFigures] | None) -> Row | None:
    return None if sides is None else {p: asdict(s) for p, s in sides.items()}
