"""The document of ``parley threat``: what carrying a threat out does, and the verdict on it.

Names that hold ``_pct`` are in per cent, those in ``_usd_bn`` in billions a year at the
prices of what the threat is held against, tariffs are fractions. A figure without proof is
null, and its case says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from parley.games.certificate import Certificate
from parley.report.document import document_head
from parley.report.limits import constituencies_show
from parley.studies import STATUS_QUO
from parley.threats import CaseResult, ThreatAssessment
from parley.threats.figures import SideFigures
from parley.threats.retaliation import RetaliationRate
from parley.threats.verdict import ABOUT_ZERO_PCT, Verdict

__all__ = ["BEST", "LIMITS", "threat_csv_tables", "threat_document"]

Row = dict[str, Any]
BEST = (
    "each target's tariffs on the threatener's goods that are best for its real income, none "
    "below the one in force, the threat carried out and all other tariffs as they are"
)
JOINT = "; the targets retaliate together: a Nash equilibrium among them"
WAGES = (
    "wages where labour is mobile (caliendo-parro, ossa, krugman): there constituencies show the "
    "activity and profits of their sectors, only specific-labour shows what is earned in them"
)
LIMITS = (
    "one year's incomes with long-run elasticities: nothing of the path there, nor of uncertainty",
    WAGES,
    "the reputation cost and the political weights are judgements, not estimates",
    "retaliation by other means than tariffs on goods, and an answer to the answer",
    "rules of origin, transplant factories, exchange rates, unemployment",
)


def threat_document(found: ThreatAssessment) -> Row:
    """Return an assessed threat as a JSON-ready document."""
    case, study = found.case, found.case.study
    scenario, threat = study.scenario, found.case.threat
    main = found.main
    held = f"status quo of {scenario.as_of.isoformat()}"
    if case.base != STATUS_QUO:
        held += f" with the threat it answers carried out ({case.base.partition(':')[2]})"
    base = next(e for r, e in found.bases if r == main)
    packages = [study.resolved.packages[key] for key in (case.alone, case.announced) if key]
    notes = [n for package in packages for n in package.notes]
    dates = {k: _iso(getattr(threat, k)) for k in ("announced", "earliest", "deadline")}
    return {
        **document_head(study.world, base, found.equilibria, held, "threat"),
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "threat": {
            "id": threat.id,
            "label": threat.label or threat.id,
            "by": case.by,
            "targets": list(case.targets),
            "sectors": list(case.sectors),
            "trade_usd_bn": case.trade_usd_bn,
            "answered_by": list(threat.answered_by),
            **dates,
            "legal_ground": threat.legal_ground,
            "legal_basis": threat.legal_basis,
        },
        "parties": [
            {
                "id": p,
                "label": next((q.label for q in scenario.parties if q.id == p), None),
                "regions": list(case.regions[p]),
                "income_usd_bn": _income(base, case.regions[p]),
            }
            for p in case.parties
        ],
        "breakdown": {"id": case.breakdown, "is": case.breakdown_is or None},
        "reputation_cost_pct": found.reputation_cost_pct,
        "verdict": {
            **_judged(found.verdict),
            "about_zero_pct": ABOUT_ZERO_PCT,
            "objectives": {
                w: None if found.verdicts.get(w) is None else _judged(found.verdicts[w])
                for w in ("none", "scenario")
            },
        },
        "settings": [
            {
                "family": r.setting.model,
                "closure": r.setting.closure,
                "elasticity": r.setting.elasticity,
                "main": r.setting == main,
                "constituencies_show": constituencies_show(r.setting.model),
                "cases": [_case(c) for c in r.cases],
            }
            for r in found.results
        ],
        "weights": [{**asdict(r), "sectors": list(r.sectors)} for r in found.ranges],
        "answers": [asdict(a) for a in found.answers],
        "retaliation": {
            "what": BEST + (JOINT if found.joint else ""),
            "rates": [asdict(x) for c in found.result().cases for x in c.rates],
        },
        "left_out": list(LIMITS),
        "notes": [{"text": n.text, "where": n.where} for n in dict.fromkeys(notes)],
    }


def _judged(found: Verdict) -> Row:
    return {
        **asdict(found),
        "flips": [asdict(f) for f in found.flips],
        "depends_on": list(found.depends_on),
    }


def _case(c: CaseResult) -> Row:
    return {
        "case": c.case,
        "status": c.status,
        "reason": c.reason or None,
        "parties": _sides(c.sides),
        "third_parties_ev_usd_bn": c.third_parties_ev_usd_bn,
        "constituencies": [asdict(x) for x in c.constituencies],
        "against_breakdown": _sides(c.against_breakdown),
        "credible": dict(c.credible or {"none": None, "scenario": None}),
        "margin_pct": dict(c.margin_pct or {"none": None, "scenario": None}),
        "against_silence": None
        if c.against_silence is None
        else {p: asdict(w) for p, w in c.against_silence.items()},
        "switch_weights": [asdict(s) for s in c.switches],
        "retaliation": _means(c.rates),
        "certificate": _certificate(c.certificate),
    }


def _sides(sides: Mapping[str, SideFigures] | None) -> Row | None:
    return None if sides is None else {p: asdict(s) for p, s in sides.items()}


def _certificate(found: Certificate | None) -> Row | None:
    if found is None:
        return None
    return {
        "certified": found.ok,
        "residual": found.residual,
        "parties": [asdict(p) for p in found.parties],
    }


def _means(rates: Sequence[RetaliationRate]) -> list[Row]:
    """Return each target's mean tariff, weighted by imports before the retaliation."""
    rows = []
    for party in dict.fromkeys(r.party for r in rates):
        own = [r for r in rates if r.party == party]
        total = sum(r.imports_usd_bn for r in own)
        rows.append(
            {
                "party": party,
                "mean_before": sum(r.before * r.imports_usd_bn for r in own) / total,
                "mean_after": sum(r.after * r.imports_usd_bn for r in own) / total,
                "highest_after": max(r.after for r in own),
                "imports_usd_bn": total,
            }
        )
    return rows


def _income(base: Any, regions: Sequence[str]) -> float:
    rows = [base.world.region_index(r) for r in regions]
    return float(base.income[rows].sum() * base.world.usd_bn)


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def threat_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of an assessed threat's document.

    ``threat`` (one row), ``outcomes`` (setting, case, party), ``constituencies``,
    ``weights`` (setting, case, group), ``weight_ranges``, ``answers`` (case, target),
    ``flips`` (objective, dimension, value), ``certificates`` and
    ``retaliation`` (every tariff of the main setting's best retaliation).
    """
    tables: dict[str, list[Row]] = {"threat": [_head(document)]}

    def add(name: str, row: Row) -> None:
        tables.setdefault(name, []).append(row)

    for setting in document["settings"]:
        for c in setting["cases"]:
            key = {k: setting[k] for k in ("family", "closure", "elasticity")}
            key |= {"case": c["case"], "status": c["status"]}
            for party, figures in (c["parties"] or {None: {}}).items():
                fallen = (c["against_breakdown"] or {}).get(party, {})
                add(
                    "outcomes",
                    key
                    | {"party": party}
                    | figures
                    | {f"{k}_against_breakdown": v for k, v in fallen.items()}
                    | {f"credible_weights_{k}": v for k, v in c["credible"].items()}
                    | {f"margin_pct_weights_{k}": v for k, v in c["margin_pct"].items()}
                    | {f"{k}_against_silence": v for k, v in _worth(c, party).items()}
                    | {"third_parties_ev_usd_bn": c["third_parties_ev_usd_bn"]},
                )
            for row in c["constituencies"]:
                add("constituencies", key | row)
            for row in c["switch_weights"]:
                add("weights", key | row)
            proof = c["certificate"] or {"parties": ()}
            for row in proof["parties"]:
                add("certificates", key | {"certified": proof["certified"]} | row)
    for row in document["weights"]:
        add("weight_ranges", row | {"sectors": ";".join(row["sectors"])})
    for row in document["answers"]:
        add("answers", row)
    verdict = document["verdict"]
    for objective, found in {"all": verdict, **verdict["objectives"]}.items():
        for flip in () if found is None else found["flips"]:
            counts = {k: flip[k] for k in ("dimension", "compared", "flipped", "clear")}
            for share in flip["shares"]:
                add("flips", {"objective": objective} | counts | share)
    for row in document["retaliation"]["rates"]:
        add("retaliation", row)
    return tables


def _worth(c: Row, party: str | None) -> Row:
    """Return what answering is worth to a party, empty for the threatener."""
    none = {"ev_usd_bn": None, "political_usd_bn": None}
    found: Row = (c["against_silence"] or {}).get(party, none)
    return found


def _counts(found: Row | None, name: str) -> Row:
    keys = ("verdict", "cells", "credible", "unproven", "about_zero_credible", "about_zero_not")
    return {f"{k}_{name}": None if found is None else found[k] for k in keys}


def _head(document: Mapping[str, Any]) -> Row:
    threat, verdict, model = document["threat"], document["verdict"], document["model"]
    return {
        "scenario": document["scenario"],
        "as_of": document["as_of"],
        "world": document["world"]["name"],
        "threat": threat["id"],
        "by": threat["by"],
        "targets": ";".join(threat["targets"]),
        "sectors": ";".join(threat["sectors"]),
        "trade_usd_bn": threat["trade_usd_bn"],
        "verdict": verdict["verdict"],
        "depends_on": ";".join(verdict["depends_on"]),
        "cells": verdict["cells"],
        "credible": verdict["credible"],
        "unproven": verdict["unproven"],
        **_counts(verdict["objectives"]["none"], "real_income"),
        **_counts(verdict["objectives"]["scenario"], "scenario_weights"),
        "reputation_cost_pct": document["reputation_cost_pct"],
        "breakdown": document["breakdown"]["id"],
        "family": model["family"],
        "closure": model["closure"],
        "elasticity": model["elasticity"]["name"],
        "base": model["base"],
    }
