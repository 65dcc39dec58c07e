r"""Odds over exclusive outcomes, moved by testimony.

One outcome is the reference r (no deal by the date). With prior p and testimonies k,

    ln(q_o / q_r) = ln(p_o / p_r) + sum_k f_ko w_k b_ko ln LR_k ,      sum_o q_o = 1,

where LR_k is the likelihood ratio of the claim's stance, w_k <= 1 the reliability of its source,
f_ko the dependence factor and b_ko in {-1, 0, +1} whether what it is about speaks for the outcome
(:mod:`parley.evidence.testimony`). This is Bayes' rule in log-odds with likelihoods raised to the
power f w: a claim of weight zero says nothing, one of weight one counts in full. Steps add up, so
their order does not matter.

A claim for one outcome raises its odds against every other outcome, hence its probability. One
claim may speak for several outcomes at once: it then raises the odds of each against the
reference, and their probabilities together, while one of them may lose to another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley.evidence.reference_classes import check_ratios
from parley.evidence.testimony import Testimony, dependence_factors, full_step

__all__ = ["Odds", "Update", "normalised", "update_odds"]

SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Update:
    """One step: one claim, one outcome.

    Attributes
    ----------
    claim, outcome
        Which claim moves which outcome.
    direction
        +1 if what the claim is about speaks for the outcome, -1 if against.
    likelihood_ratio
        That of the claim's stance; below one for a denial.
    reliability
        Weight of the source.
    dependence
        Factor 2^-k for claims that may be one voice.
    weight
        reliability * dependence.
    log_odds_step
        weight * direction * ln(likelihood_ratio), nats.
    before, after
        Outcome -> probability, all outcomes.
    why
        The reason for the direction.
    """

    claim: str
    outcome: str
    direction: int
    likelihood_ratio: float
    reliability: float
    dependence: float
    weight: float
    log_odds_step: float
    before: Mapping[str, float]
    after: Mapping[str, float]
    why: str


@dataclass(frozen=True)
class Odds:
    """Odds before and after the testimony, and every step between.

    Attributes
    ----------
    reference
        The outcome against which log-odds are taken.
    prior, posterior
        Outcome -> probability; each sums to one.
    updates
        Steps in the order of the claims given, then of the outcomes.
    """

    reference: str
    prior: Mapping[str, float]
    updates: tuple[Update, ...]
    posterior: Mapping[str, float]

    def log_odds(self, outcome: str) -> float:
        """Return ln(q_o / q_r) after all steps (nats)."""
        return math.log(self.prior[outcome] / self.prior[self.reference]) + math.fsum(
            u.log_odds_step for u in self.updates if u.outcome == outcome
        )


def normalised(log_odds: Mapping[str, float]) -> dict[str, float]:
    """Return the probabilities of outcomes whose log-odds against one of them are given."""
    top = max(log_odds.values())
    raw = {outcome: math.exp(value - top) for outcome, value in log_odds.items()}
    total = math.fsum(raw.values())
    return {outcome: value / total for outcome, value in raw.items()}


def update_odds(
    prior: Mapping[str, float],
    reference: str,
    testimonies: Sequence[Testimony],
    likelihood_ratios: Mapping[str, float],
) -> Odds:
    """Return the odds after the testimony, with every step.

    Parameters
    ----------
    prior
        Outcome -> probability, each above zero, summing to one.
    reference
        The outcome of ``prior`` against which log-odds are taken; no claim bears on it.
    testimonies
        In the order in which their steps are to be told; it does not matter for the result.
    likelihood_ratios
        Stance -> likelihood ratio, all stances.

    Raises
    ------
    ValueError
        If the prior is no distribution over two or more outcomes with the reference among
        them, a ratio does not fit its stance, a claim is given twice, or a claim bears on the
        reference or on no outcome of the prior.
    """
    _check(prior, reference, testimonies)
    check_ratios(likelihood_ratios)
    factors = dependence_factors(testimonies, likelihood_ratios)
    log_odds = {o: math.log(p) - math.log(prior[reference]) for o, p in prior.items()}
    now = normalised(log_odds)
    updates = []
    for t in testimonies:
        for outcome in prior:
            if not t.bears_on(outcome):
                continue
            factor = factors[t.claim, outcome]
            step = factor * full_step(t, outcome, likelihood_ratios)
            log_odds[outcome] += step
            before, now = now, normalised(log_odds)
            updates.append(
                Update(
                    claim=t.claim,
                    outcome=outcome,
                    direction=t.bearing[outcome],
                    likelihood_ratio=likelihood_ratios[t.stance],
                    reliability=t.reliability,
                    dependence=factor,
                    weight=t.reliability * factor,
                    log_odds_step=step,
                    before=before,
                    after=now,
                    why=t.why.get(outcome, ""),
                )
            )
    return Odds(reference, dict(prior), tuple(updates), now)


def _check(prior: Mapping[str, float], reference: str, testimonies: Sequence[Testimony]) -> None:
    if len(prior) < 2:
        raise ValueError("odds need two outcomes or more")
    if reference not in prior:
        raise ValueError(f"the reference '{reference}' is not among the outcomes")
    for outcome, p in prior.items():
        if not 0.0 < p < 1.0:
            raise ValueError(f"the prior of '{outcome}' is {p:g}, not between 0 and 1")
    total = math.fsum(prior.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise ValueError(f"the prior sums to {total:.12g}, not to one")
    for t in testimonies:
        for outcome, direction in t.bearing.items():
            if direction and outcome not in prior:
                raise ValueError(f"{t.claim}: bears on '{outcome}', which is no outcome")
            if direction and outcome == reference:
                raise ValueError(f"{t.claim}: bears on the reference '{reference}'")
