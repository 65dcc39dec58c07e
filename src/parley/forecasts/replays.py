"""The whole forecast again: with a date moved, or under another model.

Each is played in a small sample and held against the same sample without the change, so that
only the change differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parley.errors import NotConvergedError
from parley.evidence.odds import Odds, update_odds
from parley.evidence.testimony import Testimony
from parley.forecasts.levers import Lever, lever
from parley.forecasts.outcomes import NO_DEAL
from parley.forecasts.prior import Prior, prior_of
from parley.studies import Setting, Study
from parley.timing.draws import draw_games
from parley.timing.game import TalksCalendar, calendar_of
from parley.timing.moves import shifted_plans
from parley.timing.plan import Plan

__all__ = ["REPLAYS", "date_levers", "other_settings", "setting_levers"]

REPLAYS = 32
"""Draws for each replay."""
MOST_EVENTS = 12
"""Dates that are moved: the first ones."""
LEAST = 1e-4
"""Least probability that an outcome is left with."""


def date_levers(
    calendar: TalksCalendar,
    prior: Prior,
    base: Odds,
    testimonies: Sequence[Testimony],
    ratios: Mapping[str, float],
) -> list[Lever]:
    """Return the levers of the calendar: each of the first dates earlier, later, or away."""
    here = _sample(calendar, prior, None, testimonies, ratios)
    found = []
    first = {e.id for e in calendar.plan.events[:MOST_EVENTS]}
    for event, how, plan in shifted_plans(calendar.plan):
        if event.id not in first:
            continue
        moved = _sample(calendar, prior, plan, testimonies, ratios)
        found.append(lever("date", f"'{event.id}' {how}", base, _shifted(base, here, moved)))
    return found


def setting_levers(
    study: Study,
    calendar: TalksCalendar,
    prior: Prior,
    base: Odds,
    testimonies: Sequence[Testimony],
    ratios: Mapping[str, float],
) -> list[Lever]:
    """Return the levers of the model: each other family, closure and elasticity set.

    Settings in which an equilibrium is not proven are left out.
    """
    here = _sample(calendar, prior, None, testimonies, ratios)
    found = []
    for what, setting in other_settings(study):
        try:
            other = calendar_of(replace(study, setting=setting), calendar.talks.id)
        except NotConvergedError:
            continue
        moved = _sample(other, prior, None, testimonies, ratios)
        found.append(lever("model", what, base, _shifted(base, here, moved)))
    return found


def other_settings(study: Study) -> list[tuple[str, Setting]]:
    """Return settings that differ in one choice, each with its name.

    Other closures and elasticity sets of the study's alternatives, and each other family at
    the main closure if it is tried there, else at its first.
    """
    main = study.setting
    found: dict[Setting, str] = {}
    for s in study.alternatives:
        if s.model != main.model:
            continue
        if s.elasticity == main.elasticity and s.closure != main.closure:
            found[s] = f"closure {s.closure}"
        elif s.closure == main.closure and s.elasticity != main.elasticity:
            found[s] = f"elasticities {s.elasticity}"
    for family in dict.fromkeys(s.model for s in study.alternatives if s.model != main.model):
        own = [s for s in study.alternatives if s.model == family]
        best = next((s for s in own if s.closure == main.closure), own[0])
        found[best] = f"model {family}" + (
            f" (closure {best.closure})" if best.closure != main.closure else ""
        )
    return [(what, setting) for setting, what in found.items()]


def _sample(
    calendar: TalksCalendar,
    prior: Prior,
    plan: Plan | None,
    testimonies: Sequence[Testimony],
    ratios: Mapping[str, float],
) -> Mapping[str, float]:
    size = min(REPLAYS, len(prior.by_draw))
    draws = draw_games(calendar, draws=size, seed=prior.draws.seed, plan=plan)
    own = prior_of(
        calendar,
        prior.outcomes,
        draws,
        threat_is_sure=prior.threat_is_sure,
        game_share=prior.game_share,
    )
    return update_odds(own.prior, NO_DEAL, testimonies, ratios).posterior


def _shifted(base: Odds, here: Mapping[str, float], moved: Mapping[str, float]) -> dict[str, float]:
    """Return the base's odds with the change between two small samples, each kept above nothing."""
    raw = {o: max(LEAST, base.posterior[o] + moved[o] - here[o]) for o in base.posterior}
    total = sum(raw.values())
    return {o: p / total for o, p in raw.items()}
