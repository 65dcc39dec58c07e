"""One sentence on every outcome: why its odds are what they are."""

from __future__ import annotations

from math import exp, expm1

from parley.evidence.odds import Odds
from parley.forecasts.outcomes import NO_DEAL, OTHER_DEAL
from parley.forecasts.prior import Prior
from parley.timing.game import TalksCalendar

__all__ = ["reasons_of"]

HARDLY = 0.02
"""Claims that together move the odds by less than this share hardly move them."""


def reasons_of(calendar: TalksCalendar, prior: Prior, odds: Odds) -> dict[str, str]:
    """Return outcome -> one sentence on why."""
    return {o.id: _reason(calendar, prior, odds, o.id) for o in prior.outcomes.all}


def _reason(calendar: TalksCalendar, prior: Prior, odds: Odds, outcome: str) -> str:
    shut = calendar.stakes.closed.get(outcome)
    why = shut[0] if shut else _never(calendar, prior, outcome)
    if why:
        said = f"the game never comes to it, as {why}"
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
    ups = sum(u.log_odds_step > 0 for u in steps)
    downs = sum(u.log_odds_step < 0 for u in steps)
    both = f"{_claims(ups)} for and {downs} against"
    if abs(expm1(total)) < HARDLY:
        return f"{said}; claims hardly move it: {both}"
    word = "raise" if total > 0 else "lower"
    strongest = max(steps, key=lambda u: u.log_odds_step * total)
    return (
        f"{said}; {both} {word} its odds against no deal by a "
        f"factor of {_factor(total)}, '{strongest.claim}' most"
    )


def _never(calendar: TalksCalendar, prior: Prior, outcome: str) -> str:
    """Return why the dates keep a deal from being signed by the day, "" if they do not."""
    plan, states, day = calendar.plan, calendar.stakes.states, prior.outcomes.day + 1e-9
    if prior.game[outcome] or outcome not in states.keys[: states.packages]:
        return ""
    signers = {calendar.parties[k] for k in calendar.consent_to(outcome)}
    meetings = [
        r.date
        for r in plan.rounds
        if plan.years(r.date) <= day and (not r.present or signers <= set(r.present))
    ]
    shut = [calendar.shut_at(date).get(outcome, "") for date in meetings]
    if not shut:
        return "no meeting that could sign it falls by the date"
    if not all(shut):
        return ""
    return f"{shut[-1]}, and no meeting that could sign it follows by the date"


def _claims(count: int) -> str:
    return "1 claim" if count == 1 else f"{count} claims"


def _pct(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _factor(log_odds: float) -> str:
    times = exp(abs(log_odds))
    return f"{times:.3g}" if times < 1.1 else f"{times:.2g}"
