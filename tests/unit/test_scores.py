"""Scores of forecasts: closed forms, propriety, calibration and its interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.evidence.scores import (
    brier_score,
    calibration_table,
    log_score,
    score_forecast,
    skill,
)
from parley.report.calibration import calibration_rows, wilson_interval

FORECAST = {"mini": 0.5, "all": 0.2, "no-deal": 0.3}
ODDS = st.lists(st.integers(1, 1000), min_size=3, max_size=3).map(
    lambda raw: {name: n / sum(raw) for name, n in zip("abc", raw, strict=True)}
)


def test_closed_forms() -> None:
    assert brier_score(FORECAST, "mini") == pytest.approx(0.25 + 0.04 + 0.09)
    assert brier_score(FORECAST, "all") == pytest.approx(0.25 + 0.64 + 0.09)
    assert log_score(FORECAST, "mini") == pytest.approx(math.log(2))
    assert log_score(FORECAST, "no-deal") == pytest.approx(-math.log(0.3))


@pytest.mark.parametrize("n", [2, 3, 4, 10])
def test_even_spread(n: int) -> None:
    even = {str(k): 1 / n for k in range(n)}
    assert brier_score(even, "0") == pytest.approx(1 - 1 / n)
    assert log_score(even, "0") == pytest.approx(math.log(n))


def test_sure_and_right_and_sure_and_wrong() -> None:
    sure = {"a": 1.0, "b": 0.0}
    assert (brier_score(sure, "a"), log_score(sure, "a")) == (0, 0)
    assert math.copysign(1, log_score(sure, "a")) == 1
    assert (brier_score(sure, "b"), log_score(sure, "b")) == (2, math.inf)


def test_skill_is_against_another_forecast() -> None:
    assert skill(0.25, 0.5) == 0.5
    assert skill(0.5, 0.5) == 0
    assert skill(1.0, 0.5) == -1
    assert skill(0.5, 0.0) is None
    found = score_forecast(FORECAST, "mini", {"mini": 0.2, "all": 0.2, "no-deal": 0.6})
    assert found.skill_even == pytest.approx(1 - 0.38 / (2 / 3))
    assert found.skill_prior == pytest.approx(1 - 0.38 / (0.64 + 0.04 + 0.36))


@given(belief=ODDS, stated=ODDS)
def test_both_scores_are_proper(belief: dict[str, float], stated: dict[str, float]) -> None:
    """Nobody gains, by their own belief, from stating something else."""
    for score in (brier_score, log_score):
        honest = math.fsum(belief[o] * score(belief, o) for o in belief)
        other = math.fsum(belief[o] * score(stated, o) for o in belief)
        assert honest <= other + 1e-12
    gap = math.fsum((belief[o] - stated[o]) ** 2 for o in belief)
    honest = math.fsum(belief[o] * brier_score(belief, o) for o in belief)
    other = math.fsum(belief[o] * brier_score(stated, o) for o in belief)
    assert other - honest == pytest.approx(gap, abs=1e-12)


@given(ODDS)
def test_order_and_names_do_not_matter(odds: dict[str, float]) -> None:
    turned = dict(reversed(odds.items()))
    assert brier_score(turned, "a") == brier_score(odds, "a")
    named = {name.upper(): p for name, p in odds.items()}
    assert brier_score(named, "A") == brier_score(odds, "a")


@pytest.mark.parametrize(
    ("forecast", "happened"),
    [
        ({"a": 0.5, "b": 0.4}, "a"),
        ({"a": 1.2, "b": -0.2}, "a"),
        ({"a": math.nan, "b": 1.0}, "b"),
        ({"a": 1.0}, "a"),
        ({"a": 0.5, "b": 0.5}, "c"),
    ],
)
def test_what_is_no_forecast_is_refused(forecast: dict[str, float], happened: str) -> None:
    for score in (brier_score, log_score):
        with pytest.raises(ValueError):
            score(forecast, happened)


def test_calibration_puts_every_statement_into_its_bin() -> None:
    pairs = [({"a": 0.2, "b": 0.8}, "b"), ({"a": 0.0, "b": 1.0}, "a"), ({"a": 0.4, "b": 0.6}, "b")]
    found = calibration_table(pairs, 5)
    assert [b.count for b in found.bins] == [1, 1, 1, 1, 2]  # a bound belongs to the bin above
    assert [b.observed for b in found.bins] == [1, 0, 0, 1, 0.5]
    assert found.bins[-1].mean_stated == pytest.approx(0.9)
    assert found.mean_brier == pytest.approx((0.08 + 2 + 0.32) / 3)
    assert found.mean_log == math.inf
    assert sum(b.count for b in found.bins) == 6


def test_a_calibrated_forecaster_is_seen_as_one() -> None:
    pairs = [({"a": 0.25, "b": 0.75}, "a")] * 25 + [({"a": 0.25, "b": 0.75}, "b")] * 75
    filled = [row for row in calibration_rows(pairs, 2) if row["count"]]
    assert [(r["mean_stated"], r["observed"]) for r in filled] == [(0.25, 0.25), (0.75, 0.75)]
    assert all(r["interval_low"] < r["mean_stated"] < r["interval_high"] for r in filled)
    assert [r["came_true"] for r in filled] == [25, 75]


def test_an_empty_bin_has_no_figures() -> None:
    row = calibration_rows([({"a": 0.5, "b": 0.5}, "a")], 3)[0]
    assert row == {"low": 0.0, "high": 1 / 3, "count": 0, "came_true": 0} | dict.fromkeys(
        ("mean_stated", "observed", "interval_low", "interval_high")
    )


@pytest.mark.parametrize("stated", [1, 2, 7, 50])
def test_the_interval_ends_where_its_own_test_does(stated: int) -> None:
    """Wilson: the limits are the p at which |k/n - p| = z sqrt(p (1 - p) / n)."""
    for came_true in range(stated + 1):
        low, high = wilson_interval(came_true, stated)
        share = came_true / stated
        assert 0 <= low <= share <= high <= 1
        for limit in (low, high):
            if 0 < limit < 1:
                z = abs(share - limit) / math.sqrt(limit * (1 - limit) / stated)
                assert z == pytest.approx(1.959963984540054)
        mirrored = wilson_interval(stated - came_true, stated)
        assert mirrored == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize("wrong", [(0, 0), (2, 1), (-1, 3)])
def test_no_interval_of_no_frequency(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        wilson_interval(*wrong)
