"""One sentence on every outcome: why its odds are what they are."""

from __future__ import annotations

from math import exp

from parley.evidence.odds import Odds
from parley.forecasts.outcomes import NO_DEAL, OTHER_DEAL
from parley.forecasts.prior import Prior
from parley.timing.game import TalksCalendar

__all__ = ["reasons_of"]


def reasons_of(calendar: TalksCalendar, prior: Prior, odds: Odds) -> dict[str, str]:
    """Return outcome -> one sentence on why."""
    return {o.id: _reason(calendar, prior, odds, o.id) for o in prior.outcomes.all}


def _reason(calendar: TalksCalendar, prior: Prior, odds: Odds, outcome: str) -> str:
    shut = calendar.stakes.closed.get(outcome)
    if shut:
        said = f"the game never comes to it, as {shut[0]}"
    else:
        said = f"the game comes to it in {_pct(prior.game[outcome])} of draws"
        owned = prior.draws.free is not prior.draws.sure
        if owned and abs(prior.sure[outcome] - prior.free[outcome]) > 0.02:
            said += (
                f" ({_pct(prior.sure[outcome])} if the threat is sure, "
                f"{_pct(prior.free[outcome])} if it may lapse)"
            )
    if outcome in (NO_DEAL, OTHER_DEAL):
        before, after = odds.prior[outcome], odds.posterior[outcome]
        moved = "lower" if after < before - 5e-3 else "raise" if after > before + 5e-3 else ""
        tail = f"claims on the others {moved} it" if moved else "claims hardly move it"
        return f"{said}; {tail}"
    steps = [u for u in odds.updates if u.outcome == outcome]
    if not steps:
        return f"{said}; no claim bears on it"
    total = sum(u.log_odds_step for u in steps)
    strongest = max(steps, key=lambda u: abs(u.log_odds_step))
    ups = sum(u.log_odds_step > 0 for u in steps)
    downs = sum(u.log_odds_step < 0 for u in steps)
    word = "raise" if total > 0 else "lower"
    return (
        f"{said}; {_claims(ups)} for and {downs} against {word} its odds against no deal by a "
        f"factor of {_factor(total)}, '{strongest.claim}' most"
    )


def _claims(count: int) -> str:
    return "1 claim" if count == 1 else f"{count} claims"


def _pct(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _factor(log_odds: float) -> str:
    return f"{exp(abs(log_odds)):.2g}"
