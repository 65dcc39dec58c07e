"""Reference classes, testimony, odds and scores, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from parley.evidence.odds import normalised, update_odds
from parley.evidence.reference_classes import (
    GENERAL,
    REFERENCE_CLASSES,
    SORTS,
    STANCES,
    ReferenceClass,
    reference_class,
)
from parley.evidence.scores import (
    brier_score,
    calibration_table,
    log_score,
    score_forecast,
    skill,
)
from parley.evidence.testimony import Testimony as Heard
from parley.evidence.testimony import dependence_factors, full_step

RATIOS = {"supports": 2.0, "denies": 0.5, "demands": 1.2, "asserts": 1.5, "no-comment": 1.0}
PRIOR = {"small": 0.3, "large": 0.2, "none": 0.5}


def said(
    name: str,
    stance: str = "supports",
    weight: float = 0.5,
    group: str = "g",
    **bearing: int,
) -> Heard:
    why = {o: f"about {o}" for o in bearing}
    return Heard(name, stance, "anonymous", weight, group, bearing, why)


# --- reference classes ---------------------------------------------------------------------


@pytest.mark.parametrize("found", REFERENCE_CLASSES.values(), ids=lambda c: c.id)
def test_classes_are_sound(found: ReferenceClass) -> None:
    assert set(found.likelihood_ratios) == set(STANCES)
    assert set(found.reliability) == set(SORTS)
    assert found.likelihood_ratios["no-comment"] == 1.0
    assert found.likelihood_ratios["denies"] < 1 < found.likelihood_ratios["demands"]
    assert found.likelihood_ratios["demands"] < found.likelihood_ratios["asserts"]
    assert found.likelihood_ratios["asserts"] < found.likelihood_ratios["supports"]
    weights = [found.reliability[s] for s in SORTS]
    assert weights == sorted(weights, reverse=True)
    assert 0 < min(weights) <= max(weights) < 1
    assert 0 < found.game_share < 1
    assert found.note


def test_classes_by_name() -> None:
    assert {
        "general",
        "leaks before a summit",
        "public statements",
        "threats before a deadline",
        "talks after a truce",
    } <= set(REFERENCE_CLASSES)
    assert reference_class("  Leaks before a  Summit ")[0].id == "leaks before a summit"
    assert reference_class("general") == (REFERENCE_CLASSES[GENERAL], True)
    for name in (None, "", "talks about talks"):
        assert reference_class(name) == (REFERENCE_CLASSES[GENERAL], False)


@pytest.mark.parametrize(
    ("stance", "ratio"),
    [("no-comment", 1.1), ("denies", 1.5), ("denies", 0.0), ("supports", 0.9), ("demands", -1.0)],
)
def test_ratios_must_fit_their_stance(stance: str, ratio: float) -> None:
    with pytest.raises(ValueError, match=stance):
        update_odds(PRIOR, "none", [], RATIOS | {stance: ratio})


def test_every_stance_needs_a_ratio() -> None:
    with pytest.raises(ValueError, match="each of"):
        update_odds(PRIOR, "none", [], {"supports": 2.0})


# --- testimony -----------------------------------------------------------------------------


def test_the_sign_of_the_thing_and_the_stance_are_kept_apart() -> None:
    half = 0.5 * math.log(2)
    assert full_step(said("c", "supports", small=1), "small", RATIOS) == pytest.approx(half)
    assert full_step(said("c", "denies", small=1), "small", RATIOS) == pytest.approx(-half)
    assert full_step(said("c", "supports", small=-1), "small", RATIOS) == pytest.approx(-half)
    assert full_step(said("c", "denies", small=-1), "small", RATIOS) == pytest.approx(half)
    assert full_step(said("c", "supports", small=0), "small", RATIOS) == 0
    assert full_step(said("c", "no-comment", small=1), "small", RATIOS) == 0


def test_dependence_halves_from_the_strongest() -> None:
    told = [
        said("weak", "asserts", 0.3, small=1),
        said("strong", "supports", 0.8, small=1, large=1),
        said("middle", "supports", 0.5, small=1),
        said("against", "denies", 0.1, small=1),
        said("elsewhere", "supports", 0.1, group="h", small=1),
        said("silent", "no-comment", 0.9, small=1),
    ]
    assert dependence_factors(told, RATIOS) == {
        ("strong", "small"): 1.0,
        ("middle", "small"): 0.5,
        ("weak", "small"): 0.25,
        ("against", "small"): 1.0,
        ("elsewhere", "small"): 1.0,
        ("strong", "large"): 1.0,
    }


def test_equal_claims_stand_in_the_order_of_their_ids() -> None:
    told = [said("b", small=1), said("a", small=1)]
    assert dependence_factors(told, RATIOS)["a", "small"] == 1.0


def test_testimony_is_checked() -> None:
    with pytest.raises(ValueError, match="stance"):
        said("c", "hints")
    with pytest.raises(ValueError, match="reliability"):
        said("c", weight=1.5)
    with pytest.raises(ValueError, match="bearing"):
        said("c", small=2)
    with pytest.raises(ValueError, match="twice"):
        dependence_factors([said("c"), said("c")], RATIOS)


# --- odds ----------------------------------------------------------------------------------


def test_odds_by_hand() -> None:
    """Full weight: prior odds times likelihood ratios, then normalised (Bayes)."""
    told = [
        said("a", "supports", 1.0, "g", small=1),
        said("b", "denies", 1.0, "h", large=1),
        said("c", "supports", 0.5, "k", small=-1),
    ]
    odds = update_odds(PRIOR, "none", told, RATIOS)
    raw = {"small": 0.3 * 2 / 2**0.5, "large": 0.2 / 2, "none": 0.5}
    total = sum(raw.values())
    assert odds.posterior == pytest.approx({o: v / total for o, v in raw.items()}, abs=1e-14)
    assert [(u.claim, u.outcome, u.direction) for u in odds.updates] == [
        ("a", "small", 1),
        ("b", "large", 1),
        ("c", "small", -1),
    ]
    first = odds.updates[0]
    assert first.before == pytest.approx(PRIOR)
    assert first.after["small"] == pytest.approx(0.6 / 1.3)
    assert (first.likelihood_ratio, first.weight, first.why) == (2.0, 1.0, "about small")
    assert odds.updates[2].log_odds_step == pytest.approx(-0.5 * math.log(2))


def test_without_claims_the_prior_stands() -> None:
    odds = update_odds(PRIOR, "none", [], RATIOS)
    assert odds.updates == ()
    assert odds.posterior == pytest.approx(PRIOR, abs=1e-15)


def test_a_very_long_story_stays_finite() -> None:
    told = [said(f"c{k}", weight=1.0, group=f"g{k}", small=1) for k in range(3000)]
    odds = update_odds(PRIOR, "none", told, RATIOS)
    assert odds.posterior["small"] == pytest.approx(1.0)
    assert math.fsum(odds.posterior.values()) == pytest.approx(1.0, abs=1e-12)
    assert normalised({"a": 1e6, "b": 0.0}) == {"a": 1.0, "b": 0.0}


@pytest.mark.parametrize(
    ("prior", "match"),
    [
        ({"small": 0.5, "none": 0.6}, "sums to"),
        ({"small": 0.0, "none": 1.0}, "not between"),
        ({"small": math.nan, "none": 0.5}, "not between"),
        ({"small": 1.2, "none": -0.2}, "not between"),
        ({"none": 1.0}, "two outcomes"),
        ({"small": 0.5, "large": 0.5}, "reference"),
    ],
)
def test_priors_are_checked(prior: dict[str, float], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        update_odds(prior, "none", [], RATIOS)


def test_claims_bear_on_outcomes_only() -> None:
    with pytest.raises(ValueError, match="no outcome"):
        update_odds(PRIOR, "none", [said("c", other=1)], RATIOS)
    with pytest.raises(ValueError, match="the reference"):
        update_odds(PRIOR, "none", [said("c", none=1)], RATIOS)
    assert update_odds(PRIOR, "none", [said("c", other=0, none=0)], RATIOS).updates == ()


# --- scores --------------------------------------------------------------------------------


def test_scores_by_hand() -> None:
    stated = {"a": 0.7, "b": 0.2, "c": 0.1}
    assert brier_score(stated, "a") == pytest.approx(0.09 + 0.04 + 0.01)
    assert brier_score({"a": 1.0, "b": 0.0}, "a") == 0
    assert brier_score({"a": 1.0, "b": 0.0}, "b") == 2
    assert log_score(stated, "b") == pytest.approx(math.log(5))
    assert log_score({"a": 1.0, "b": 0.0}, "a") == 0
    assert log_score({"a": 1.0, "b": 0.0}, "b") == math.inf


def test_skill_against_an_even_forecast_and_the_prior() -> None:
    found = score_forecast(
        {"a": 0.7, "b": 0.2, "c": 0.1}, "a", prior={"a": 0.5, "b": 0.25, "c": 0.25}
    )
    assert found.brier_even == pytest.approx(2 / 3)
    assert found.log_even == pytest.approx(math.log(3))
    assert found.brier_prior == pytest.approx(0.375)
    assert found.skill_even == pytest.approx(1 - 0.14 / (2 / 3))
    assert found.skill_prior == pytest.approx(1 - 0.14 / 0.375)
    alone = score_forecast({"a": 0.7, "b": 0.3}, "b")
    assert (alone.brier_prior, alone.log_prior, alone.skill_prior) == (None, None, None)
    assert alone.skill_even is not None
    assert alone.skill_even < 0
    assert skill(0.3, 0.0) is None


def test_calibration_by_hand() -> None:
    pairs = [
        ({"a": 0.8, "b": 0.2}, "a"),
        ({"a": 0.9, "b": 0.1}, "a"),
        ({"a": 0.8, "b": 0.2}, "b"),
        ({"a": 0.0, "b": 1.0}, "b"),
    ]
    found = calibration_table(pairs, bins=4)
    assert [b.count for b in found.bins] == [4, 0, 0, 4]
    low, high = found.bins[0], found.bins[3]
    assert (low.low, low.high, high.high) == (0.0, 0.25, 1.0)
    assert low.mean_stated == pytest.approx((0.2 + 0.1 + 0.2 + 0.0) / 4)
    assert low.observed == pytest.approx(0.25)
    assert high.observed == pytest.approx(0.75)
    assert found.bins[1].mean_stated is None
    assert found.forecasts == 4
    assert found.mean_brier == pytest.approx((0.08 + 0.02 + 1.28 + 0.0) / 4)
    logs = [math.log(0.8), math.log(0.9), math.log(0.2), 0.0]
    assert found.mean_log == pytest.approx(-sum(logs) / 4)


def test_bounds_belong_to_the_upper_bin() -> None:
    found = calibration_table([({"a": 0.5, "b": 0.5}, "a")], bins=2)
    assert [b.count for b in found.bins] == [0, 2]


@pytest.mark.parametrize(
    ("stated", "happened", "match"),
    [
        ({"a": 0.5, "b": 0.4}, "a", "sum to"),
        ({"a": 1.5, "b": -0.5}, "a", "not between"),
        ({"a": math.nan, "b": 0.5}, "a", "not between"),
        ({"a": 0.5, "b": 0.5}, "c", "not among"),
        ({"a": 1.0}, "a", "two outcomes"),
    ],
)
def test_forecasts_are_checked(stated: dict[str, float], happened: str, match: str) -> None:
    for score in (brier_score, log_score, score_forecast):
        with pytest.raises(ValueError, match=match):
            score(stated, happened)


def test_other_input_is_checked() -> None:
    with pytest.raises(ValueError, match="different outcomes"):
        score_forecast({"a": 0.5, "b": 0.5}, "a", {"a": 0.5, "c": 0.5})
    with pytest.raises(ValueError, match="one forecast or more"):
        calibration_table([])
    with pytest.raises(ValueError, match="bins"):
        calibration_table([({"a": 0.5, "b": 0.5}, "a")], bins=0)
    with pytest.raises(ValueError, match="skill"):
        skill(math.inf, 1.0)
