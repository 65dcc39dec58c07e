"""Self-enforcement: closed forms, and discounted sums written out year by year."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from parley.errors import InputError
from parley.games.self_enforcement import SelfEnforcement, self_enforcement


def dilemma(patience: float, lag: float = 1.0) -> SelfEnforcement:
    """The repeated prisoners' dilemma: reward 3, temptation 5, punishment 1."""
    return self_enforcement(3.0, 5.0, 1.0, patience=patience, lag_years=lag)


def test_the_repeated_prisoners_dilemma() -> None:
    found = dilemma(0.6)
    assert (found.temptation, found.punishment) == (2.0, 2.0)
    assert found.ratio == found.threshold == pytest.approx((5 - 3) / (5 - 1))
    assert (found.status, found.bound, found.kept) == ("sustained", "from", True)
    assert dilemma(0.5).status == "sustained"  # the threshold itself sustains it
    assert dilemma(0.499).status == "not sustained"
    assert not dilemma(0.499).kept


def test_the_lag_is_the_power_of_the_patience() -> None:
    found = dilemma(0.9, lag=0.25)
    assert found.threshold == pytest.approx(0.5**4)
    assert found.longest_lag_years == pytest.approx(math.log(0.5) / math.log(0.9))
    assert found.longest_lag_years is not None
    at = found.longest_lag_years
    assert dilemma(0.9, lag=at * (1 - 1e-9)).status == "sustained"
    assert dilemma(0.9, lag=at * (1 + 1e-9)).status == "not sustained"
    assert dilemma(0.9, lag=at).threshold == pytest.approx(0.9)


def test_a_breach_that_is_answered_at_once_tempts_nobody_to_wait() -> None:
    found = dilemma(0.01, lag=0.0)
    assert (found.status, found.threshold) == ("sustained", 0.0)


@pytest.mark.parametrize(
    ("deviate", "punished", "status"),
    [
        (2.0, 1.0, "no temptation"),
        (3.0, 1.0, "no temptation"),
        (3.0, 3.0, "no temptation"),
        (2.0, 3.0, "no temptation"),
        (5.0, 3.0, "never"),  # the answer takes nothing back
        (5.0, 4.0, "never"),
        (5.0, 6.0, "never"),  # the answer is even better than the breach
        (3.0, 4.0, "never"),  # breaking costs nothing, its answer is welcome
    ],
)
@pytest.mark.parametrize("patience", [0.01, 0.5, 0.99])
def test_cases_that_do_not_turn(
    deviate: float, punished: float, status: str, patience: float
) -> None:
    found = self_enforcement(3.0, deviate, punished, patience=patience)
    assert found.status == status
    assert (found.ratio, found.threshold, found.bound) == (None, None, "none")
    assert found.longest_lag_years == (math.inf if status == "no temptation" else None)


def test_a_welcome_answer_is_provoked_by_the_patient() -> None:
    """Breaking costs 1 a year at first and brings 3 a year once it is answered."""
    low, high = (self_enforcement(3.0, 2.0, 6.0, patience=d) for d in (0.2, 0.3))
    assert low.threshold == pytest.approx(1 / 4)
    assert (low.status, low.bound) == ("sustained", "up to")
    assert high.status == "not sustained"


def test_differences_within_the_slack_are_none() -> None:
    noise = 1e-10
    assert self_enforcement(3.0, 3.0 + noise, 1.0, patience=0.1).status == "sustained"
    assert (
        self_enforcement(3.0, 3.0 + noise, 1.0, patience=0.1, slack=1e-9).status == "no temptation"
    )
    assert self_enforcement(3.0, 5.0, 3.0 - noise, patience=0.9, slack=1e-9).status == "never"


def test_units_and_levels_do_not_matter() -> None:
    one = dilemma(0.7, 0.4)
    two = self_enforcement(1003.0, 1005.0, 1001.0, patience=0.7, lag_years=0.4)
    tenfold = self_enforcement(30.0, 50.0, 10.0, patience=0.7, lag_years=0.4)
    for other in (two, tenfold):
        assert other.threshold == pytest.approx(one.threshold)
        assert other.longest_lag_years == pytest.approx(one.longest_lag_years)
        assert other.status == one.status


def discounted(flow_before: float, flow_after: float, patience: float, lag: float) -> float:
    """The present value of two flows, summed step by step over a fine grid of time."""
    step = lag / 40.0
    steps = int(np.ceil(np.log(1e-12) / (np.log(patience) * step)))
    start = np.arange(steps) * step
    # Within a step the flow is worth the integral of patience^t: sum it in ten slices.
    inner = np.arange(10)[:, None] * step / 10
    weight = (patience ** (start[None, :] + inner)).sum(axis=0) * step / 10
    flow = np.where(np.arange(steps) < 40, flow_before, flow_after)
    return float((flow * weight).sum())


def test_simulated_sums_agree_with_the_threshold() -> None:
    """For every order of the three flows, the sums decide as the closed form does."""
    decided = 0
    for comply, deviate, punished in itertools.permutations((1.0, 3.0, 4.0)):
        for lag in (0.3, 1.0, 2.5):
            for patience in (0.2, 0.45, 0.7, 0.85, 0.95):
                found = self_enforcement(
                    comply, deviate, punished, patience=patience, lag_years=lag
                )
                keep = discounted(comply, comply, patience, lag)
                leave = discounted(deviate, punished, patience, lag)
                if abs(keep - leave) > 1e-9 * keep:
                    assert (keep > leave) == found.kept, found
                    decided += 1
    assert decided == 6 * 3 * 5


def test_the_sums_turn_where_the_threshold_says() -> None:
    for lag in (0.25, 1.0, 3.0):
        at = dilemma(0.9, lag).threshold
        assert at is not None
        for patience, kept in ((at * 1.01, True), (at * 0.99, False)):
            keep = discounted(3.0, 3.0, patience, lag)
            assert (keep > discounted(5.0, 1.0, patience, lag)) is kept


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        ({"patience": 1.0}, "between 0 and 1"),
        ({"patience": 0.0}, "between 0 and 1"),
        ({"lag_years": -0.1}, "from 0 up"),
        ({"lag_years": math.inf}, "from 0 up"),
        ({"slack": -1.0}, "from 0 up"),
    ],
    ids=str,
)
def test_wrong_input_is_refused(change: dict[str, float], meant: str) -> None:
    with pytest.raises(InputError, match=meant):
        self_enforcement(3.0, 5.0, 1.0, **{"patience": 0.9, **change})
    with pytest.raises(InputError, match="finite"):
        self_enforcement(math.nan, 5.0, 1.0, patience=0.9)
