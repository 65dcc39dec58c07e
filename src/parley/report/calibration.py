"""Calibration of several forecasts: how often outcomes came about, by what had been stated.

For a bin with k of n stated outcomes that came about, the interval of Wilson ("Probable inference,
the law of succession, and statistical inference", JASA 22, 1927) with z = 1.96 (95 %):

    (k + z^2/2 -+ z sqrt(k (n - k) / n + z^2/4)) / (n + z^2)

It takes the n statements for independent. Outcomes of one forecast are not (exactly one comes
about), nor are forecasts of the same talks, so the true interval is wider.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from parley.evidence.scores import calibration_table

__all__ = ["CONFIDENCE_PCT", "calibration_rows", "wilson_interval"]

CONFIDENCE_PCT = 95.0
Z = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


def wilson_interval(came_true: int, stated: int) -> tuple[float, float]:
    """Return the 95 % interval of a frequency, two fractions.

    Parameters
    ----------
    came_true, stated
        How many of how many statements came true.

    Raises
    ------
    ValueError
        Unless 0 <= came_true <= stated and stated >= 1.
    """
    if not 0 <= came_true <= stated or stated < 1:
        raise ValueError(f"{came_true} of {stated} is no frequency")
    middle = came_true + Z**2 / 2
    half = Z * math.sqrt(came_true * (stated - came_true) / stated + Z**2 / 4)
    whole = stated + Z**2
    low = 0.0 if came_true == 0 else (middle - half) / whole
    high = 1.0 if came_true == stated else (middle + half) / whole
    return low, high


def calibration_rows(
    pairs: Sequence[tuple[Mapping[str, float], str]], bins: int
) -> list[dict[str, Any]]:
    """Return one row per bin of stated probability; figures are fractions.

    ``low``, ``high`` (its bounds), ``count`` (statements in it), ``came_true``, ``mean_stated``,
    ``observed``, ``interval_low``, ``interval_high``; the last four are None in an empty bin.

    Parameters
    ----------
    pairs
        (outcome -> probability, what happened), one or more.
    bins
        Number of bins of equal width.
    """
    rows = []
    for b in calibration_table(pairs, bins).bins:
        came_true = 0 if b.observed is None else round(b.observed * b.count)
        low, high = (None, None) if b.count == 0 else wilson_interval(came_true, b.count)
        rows.append(
            {
                "low": b.low,
                "high": b.high,
                "count": b.count,
                "came_true": came_true,
                "mean_stated": b.mean_stated,
                "observed": b.observed,
                "interval_low": low,
                "interval_high": high,
            }
        )
    return rows
