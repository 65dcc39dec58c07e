"""A forecast as a document: outcomes, prior, every update, and what would change it most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.forecasts.assess import ForecastAssessment
from parley.forecasts.levers import Lever
from parley.report.document import document_head
from parley.studies import STATUS_QUO

__all__ = ["forecast_csv_tables", "forecast_document", "forecast_part"]

Row = dict[str, Any]


def forecast_document(found: ForecastAssessment) -> dict[str, Any]:
    """Return a forecast as a JSON-ready document."""
    study = found.calendar.stakes.study
    scenario = study.scenario
    against = f"status quo of {scenario.as_of.isoformat()}"
    base = study.equilibrium(STATUS_QUO)
    return {
        **document_head(study.world, base, list(study.solutions()), against, "forecast"),
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        **forecast_part(found),
    }


def forecast_part(found: ForecastAssessment) -> dict[str, Any]:
    """Return what a forecast says, for a document of its own or a brief."""
    prior, odds = found.prior, found.odds
    return {
        "talks": found.calendar.talks.id,
        "by": found.by.isoformat(),
        "reference_class": found.reference.id,
        "reference": {
            "label": found.reference.label,
            "named_in_file": found.known,
            "note": found.reference.note,
            "likelihood_ratios": dict(found.ratios),
            "reliability": dict(found.reliability),
            "overridden": list(found.overridden),
        },
        "threat_is_sure": (None if prior.draws.free is prior.draws.sure else prior.threat_is_sure),
        "game_share": prior.game_share,
        "sample": {
            "draws": len(prior.by_draw),
            "seed": prior.draws.seed,
            "unknowns": list(prior.draws.names),
        },
        "outcomes": [
            {
                "id": o.id,
                "label": o.label,
                "kind": o.kind,
                "game_if_threat_sure": prior.sure[o.id],
                "game_if_threat_may_lapse": prior.free[o.id],
                "game": prior.game[o.id],
                "prior": odds.prior[o.id],
                "probability": odds.posterior[o.id],
                "why": found.reasons[o.id],
            }
            for o in found.outcomes.all
        ],
        "updates": [
            {
                "claim": u.claim,
                "outcome": u.outcome,
                "direction": u.direction,
                "likelihood_ratio": u.likelihood_ratio,
                "reliability": u.reliability,
                "dependence": u.dependence,
                "weight": u.weight,
                "log_odds_step": u.log_odds_step,
                "before": u.before[u.outcome],
                "after": u.after[u.outcome],
                "odds_after": dict(u.after),
                "why": u.why,
            }
            for u in odds.updates
        ],
        "silent_claims": [
            t.claim
            for t in found.testimonies
            if not any(t.bears_on(o.id) for o in found.outcomes.all)
        ],
        "would_change": [_lever(x) for x in found.levers],
        "notes": list(found.notes),
    }


def _lever(lever: Lever) -> Row:
    return {
        "kind": lever.kind,
        "what": lever.what,
        "outcome": lever.outcome,
        "before": lever.before,
        "after": lever.after,
        "odds": dict(lever.odds),
    }


def forecast_csv_tables(part: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return tidy tables of a forecast: odds, updates, and what would change them."""
    tables: dict[str, list[Row]] = {
        "forecast_odds": [dict(o) for o in part["outcomes"]],
        "forecast_updates": [
            {k: v for k, v in u.items() if k != "odds_after"} for u in part["updates"]
        ],
        "forecast_would_change": [
            {k: v for k, v in x.items() if k != "odds"} for x in part["would_change"]
        ],
    }
    return {name: rows for name, rows in tables.items() if rows}
