"""Laws of odds and scores on random testimony."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hypothesis import assume, given
from hypothesis import strategies as st

from parley.evidence.odds import Odds, update_odds
from parley.evidence.reference_classes import (
    NO_COMMENT,
    REFERENCE_CLASSES,
    SORTS,
    STANCES,
    ReferenceClass,
)
from parley.evidence.scores import brier_score, log_score
from parley.evidence.testimony import Testimony as Heard

DEALS = ("A", "B", "C")
REFERENCE = "no-deal"
OUTCOMES = (*DEALS, REFERENCE)
TINY = 1e-12

CLASSES = st.sampled_from(list(REFERENCE_CLASSES.values()))
SHARES = st.lists(st.floats(1e-3, 1.0), min_size=4, max_size=4)


def spread(shares: list[float]) -> dict[str, float]:
    total = math.fsum(shares)
    return {o: s / total for o, s in zip(OUTCOMES, shares, strict=True)}


PRIORS = SHARES.map(spread)


@st.composite
def heard(draw: st.DrawFn, name: str = "c", stance: str | None = None) -> Heard:
    bearing = draw(st.fixed_dictionaries({o: st.sampled_from((-1, 0, 1)) for o in DEALS}))
    return Heard(
        claim=name,
        stance=stance or draw(st.sampled_from(STANCES)),
        sort=draw(st.sampled_from(SORTS)),
        reliability=draw(st.floats(0.0, 1.0)),
        group=draw(st.sampled_from(("g", "h"))),
        bearing=bearing,
        why=dict.fromkeys(DEALS, "drawn"),
    )


@st.composite
def many(draw: st.DrawFn) -> list[Heard]:
    return [draw(heard(f"c{k}")) for k in range(draw(st.integers(0, 6)))]


def moved(prior: Mapping[str, float], told: list[Heard], of: ReferenceClass) -> Odds:
    return update_odds(prior, REFERENCE, told, of.likelihood_ratios)


def one_sided(name: str, outcome: str, sign: int, weight: float, group: str) -> Heard:
    """A claim that speaks for (+1) or against (-1) one outcome and says nothing else."""
    stance = "supports" if sign > 0 else "denies"
    return Heard(name, stance, "named", weight, group, {outcome: 1}, {outcome: "drawn"})


@given(PRIORS, many(), CLASSES)
def test_odds_sum_to_one_and_steps_add_up(
    prior: dict[str, float], told: list[Heard], of: ReferenceClass
) -> None:
    odds = moved(prior, told, of)
    states = [odds.prior, *(u.after for u in odds.updates), odds.posterior]
    assert all(abs(math.fsum(s.values()) - 1) < TINY for s in states)
    assert all(0 < p < 1 for s in states for p in s.values())
    for before, after in zip(odds.updates, odds.updates[1:], strict=False):
        assert before.after == after.before
    if odds.updates:
        assert odds.updates[-1].after == odds.posterior
    for outcome in DEALS:
        found = math.log(odds.posterior[outcome] / odds.posterior[REFERENCE])
        assert abs(odds.log_odds(outcome) - found) < 1e-9


@given(PRIORS, many(), CLASSES, st.randoms(use_true_random=False))
def test_the_order_of_claims_is_irrelevant(
    prior: dict[str, float], told: list[Heard], of: ReferenceClass, random: object
) -> None:
    mixed = list(told)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = moved(prior, told, of), moved(prior, mixed, of)
    assert all(abs(one.posterior[o] - other.posterior[o]) < TINY for o in OUTCOMES)
    steps = [{(u.claim, u.outcome): u.log_odds_step for u in x.updates} for x in (one, other)]
    assert steps[0] == steps[1]


@given(
    PRIORS,
    many(),
    CLASSES,
    st.sampled_from(DEALS),
    st.floats(0, 1),
    st.sampled_from(("g", "h", "new")),
)
def test_corroboration_never_lowers_the_odds(
    prior: dict[str, float],
    told: list[Heard],
    of: ReferenceClass,
    outcome: str,
    weight: float,
    group: str,
) -> None:
    before = moved(prior, told, of).posterior
    for sign in (1, -1):
        after = moved(prior, [*told, one_sided("new", outcome, sign, weight, group)], of).posterior
        odds = [s[outcome] / s[REFERENCE] for s in (before, after)]
        assert sign * (math.log(odds[1]) - math.log(odds[0])) >= -1e-9
        assert sign * (after[outcome] - before[outcome]) >= -TINY


@given(PRIORS, many(), CLASSES, heard("new", "supports"))
def test_a_claim_for_several_outcomes_raises_them_together(
    prior: dict[str, float], told: list[Heard], of: ReferenceClass, new: Heard
) -> None:
    raised = [o for o in DEALS if new.bearing[o] > 0]
    assume(raised)
    before, after = (moved(prior, x, of).posterior for x in (told, [*told, new]))
    assert sum(after[o] for o in raised) - sum(before[o] for o in raised) >= -TINY
    for o in raised:
        assert after[o] / after[REFERENCE] >= before[o] / before[REFERENCE] * (1 - 1e-9)


@given(PRIORS, many(), CLASSES, heard("new", NO_COMMENT))
def test_a_no_comment_changes_nothing(
    prior: dict[str, float], told: list[Heard], of: ReferenceClass, new: Heard
) -> None:
    without, with_it = moved(prior, told, of), moved(prior, [new, *told], of)
    assert with_it.posterior == without.posterior
    assert with_it.updates == without.updates


@given(CLASSES, st.integers(2, 12), st.floats(0.05, 1))
def test_one_voice_told_many_times_counts_less_than_twice(
    of: ReferenceClass, times: int, weight: float
) -> None:
    prior = dict.fromkeys(OUTCOMES, 0.25)

    def step(group_of: list[str]) -> float:
        told = [one_sided(f"c{k}", "A", 1, weight, g) for k, g in enumerate(group_of)]
        return moved(prior, told, of).log_odds("A")

    once = step(["g"])
    assert once < step(["g"] * times) < 2 * once
    apart = step([f"g{k}" for k in range(times)])
    assert math.isclose(apart, times * once, rel_tol=1e-9)


@given(PRIORS, PRIORS)
def test_scores_are_proper(truth: dict[str, float], stated: dict[str, float]) -> None:
    for score in (brier_score, log_score):
        honest = sum(truth[h] * score(truth, h) for h in OUTCOMES)
        other = sum(truth[h] * score(stated, h) for h in OUTCOMES)
        assert honest <= other + 1e-12
