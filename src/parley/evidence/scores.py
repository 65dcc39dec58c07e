"""How good a forecast was: Brier and logarithmic scores, skill, calibration.

For probabilities p over exclusive outcomes of which h happened (Brier, "Verification of forecasts
expressed in terms of probability", Monthly Weather Review 78, 1950; Good, "Rational decisions",
JRSS B 14, 1952):

    Brier   B = sum_o (p_o - [o = h])^2     0 (sure and right) to 2 (sure and wrong)
    log     L = -ln p_h                     0 upwards, in nats; infinite where p_h = 0
    skill   1 - B / B'                      against another forecast p'; above zero is better

Both scores are proper: whoever believes q does best, in expectation under q, to state q.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "Calibration",
    "CalibrationBin",
    "Score",
    "brier_score",
    "calibration_table",
    "log_score",
    "score_forecast",
    "skill",
]

SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Score:
    """Scores of one forecast, and of two others held against it.

    Attributes
    ----------
    happened
        The outcome that came about.
    brier, log
        Scores of the forecast; ``log`` in nats, infinite where what happened had been ruled out.
    brier_even, log_even
        Those of a forecast that spreads its odds evenly.
    brier_prior, log_prior
        Those of the odds before any claim; None without one.
    skill_even, skill_prior
        1 - brier / brier of the other; None where the other scores zero or there is none.
    """

    happened: str
    brier: float
    log: float
    brier_even: float
    log_even: float
    brier_prior: float | None
    log_prior: float | None
    skill_even: float | None
    skill_prior: float | None


@dataclass(frozen=True)
class CalibrationBin:
    """Stated probabilities within two bounds, and how often those outcomes came about.

    ``mean_stated`` and ``observed`` are None where no probability fell between the bounds; the
    upper bound belongs to the next bin, except in the last.
    """

    low: float
    high: float
    count: int
    mean_stated: float | None
    observed: float | None


@dataclass(frozen=True)
class Calibration:
    """Several forecasts together: bins of stated probability, and mean scores.

    ``mean_log`` is infinite where one forecast ruled out what happened.
    """

    forecasts: int
    bins: tuple[CalibrationBin, ...]
    mean_brier: float
    mean_log: float


def brier_score(forecast: Mapping[str, float], happened: str) -> float:
    """Return the Brier score of probabilities over exclusive outcomes, 0 to 2.

    Raises
    ------
    ValueError
        If the forecast is no distribution, or what happened is not among its outcomes.
    """
    _check(forecast, happened)
    return math.fsum((p - (outcome == happened)) ** 2 for outcome, p in forecast.items())


def log_score(forecast: Mapping[str, float], happened: str) -> float:
    """Return -ln of the probability given to what happened (nats); infinite where it was zero.

    Raises
    ------
    ValueError
        As for :func:`brier_score`.
    """
    _check(forecast, happened)
    p = forecast[happened]
    return abs(math.log(p)) if p > 0 else math.inf


def skill(score: float, other: float) -> float | None:
    """Return 1 - score / other, None where the other forecast scores zero.

    Raises
    ------
    ValueError
        If a score is negative or not finite.
    """
    if not (0.0 <= score < math.inf and 0.0 <= other < math.inf):
        raise ValueError("skill is for scores that are finite and not negative")
    return None if other == 0 else 1.0 - score / other


def score_forecast(
    forecast: Mapping[str, float], happened: str, prior: Mapping[str, float] | None = None
) -> Score:
    """Return the scores of one forecast, against an even one and against its prior.

    Parameters
    ----------
    forecast
        Outcome -> probability; sums to one.
    happened
        The outcome that came about.
    prior
        The odds before any claim, over the same outcomes, if they are to be compared.

    Raises
    ------
    ValueError
        If one of them is no distribution, they have different outcomes, or what happened is
        not among them.
    """
    brier = brier_score(forecast, happened)
    even = dict.fromkeys(forecast, 1.0 / len(forecast))
    brier_even = brier_score(even, happened)
    if prior is not None and set(prior) != set(forecast):
        raise ValueError("forecast and prior have different outcomes")
    brier_prior = None if prior is None else brier_score(prior, happened)
    return Score(
        happened=happened,
        brier=brier,
        log=log_score(forecast, happened),
        brier_even=brier_even,
        log_even=log_score(even, happened),
        brier_prior=brier_prior,
        log_prior=None if prior is None else log_score(prior, happened),
        skill_even=skill(brier, brier_even),
        skill_prior=None if brier_prior is None else skill(brier, brier_prior),
    )


def calibration_table(
    pairs: Sequence[tuple[Mapping[str, float], str]], bins: int = 10
) -> Calibration:
    """Return how often outcomes came about, by the probability they had been given.

    Every outcome of every forecast is one statement "this has probability p"; a calibrated
    forecaster sees the outcomes of a bin come about as often as stated.

    Parameters
    ----------
    pairs
        (forecast, what happened), one or more.
    bins
        Number of bins of equal width between 0 and 1.

    Raises
    ------
    ValueError
        If there is no pair or no bin, a forecast is no distribution, or what happened is not
        among its outcomes.
    """
    if not pairs:
        raise ValueError("calibration needs one forecast or more")
    if bins < 1:
        raise ValueError(f"{bins} bins; one or more are needed")
    briers = [brier_score(forecast, happened) for forecast, happened in pairs]
    logs = [log_score(forecast, happened) for forecast, happened in pairs]
    stated: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    edges = [k / bins for k in range(bins + 1)]
    for forecast, happened in pairs:
        for outcome, p in forecast.items():
            place = sum(p >= edge for edge in edges[1:-1])
            stated[place].append((p, outcome == happened))
    return Calibration(
        forecasts=len(pairs),
        bins=tuple(_bin(edges[k], edges[k + 1], inside) for k, inside in enumerate(stated)),
        mean_brier=math.fsum(briers) / len(pairs),
        mean_log=math.fsum(logs) / len(pairs),
    )


def _bin(low: float, high: float, inside: Sequence[tuple[float, bool]]) -> CalibrationBin:
    count = len(inside)
    if count == 0:
        return CalibrationBin(low, high, 0, None, None)
    mean = math.fsum(p for p, _ in inside) / count
    return CalibrationBin(low, high, count, mean, sum(came for _, came in inside) / count)


def _check(forecast: Mapping[str, float], happened: str) -> None:
    if len(forecast) < 2:
        raise ValueError("a forecast has two outcomes or more")
    for outcome, p in forecast.items():
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"the probability of '{outcome}' is {p:g}, not between 0 and 1")
    total = math.fsum(forecast.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise ValueError(f"the probabilities sum to {total:.12g}, not to one")
    if happened not in forecast:
        raise ValueError(f"'{happened}' is not among the outcomes of the forecast")
