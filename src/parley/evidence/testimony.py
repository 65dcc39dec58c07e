r"""Testimony: what a claim says of each outcome, and how claims that may be one are weighed.

A claim is about a thing (a package, a threat, a promise). Two signs must be kept apart:

    LR(stance)   what the speaker does with the thing: above one if supported, asserted or
                 demanded, below one if denied, one if the speaker says nothing;
    b            what the thing itself speaks for: +1 if it is, or leads to, the outcome,
                 -1 if it stands against it, 0 if it says nothing of it.

The claim's full step in the log-odds of the outcome is s = w b ln LR, with w the reliability of
its source. A denial (LR < 1) of a thing that stands against an outcome (b = -1) therefore speaks
for that outcome: b = -1 is the same as using 1/LR.

**Dependence.** Claims in one group (one person, or unnamed speakers whose sources may share
their informants) may be one voice heard several times. Among the claims of a group that move an
outcome the same way, sorted by \|s\| from the strongest, the k-th (k = 0, 1, ...) counts 2^-k.

**Adding a claim never lowers the sum.** Let s_0 >= s_1 >= ... >= s_(n-1) >= 0 be the strengths of
a group, and let a claim of strength s enter at place j, so that s >= s_k for all k >= j. Those
after it are each pushed back by one place and lose half of what they counted. The sum changes by

    2^-j s - sum_(k>=j) (2^-k - 2^-(k+1)) s_k  >=  s (2^-j - sum_(k=j..n-1) 2^-(k+1))
                                                =  s (2^-j - (2^-j - 2^-n))  =  2^-n s  >=  0.

So another claim for an outcome never lowers the odds of that outcome, and n equal claims of one
group together count less than twice one of them. Groups are taken as given: a claim that changes
which group the others belong to is outside this proof.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parley.evidence.reference_classes import NO_COMMENT, STANCES

__all__ = ["Testimony", "dependence_factors", "full_step"]


@dataclass(frozen=True)
class Testimony:
    """What one claim says of every outcome.

    Attributes
    ----------
    claim
        Id of the claim.
    stance
        What the speaker does: a word of ``STANCES``.
    sort
        Sort of source, for the record; its weight is ``reliability``.
    reliability
        Weight w of the claim before dependence, between 0 and 1.
    group
        Name of the dependence group.
    bearing
        Outcome -> b: +1 if what the claim is about speaks for it, -1 against, 0 if neither.
        Outcomes not named have 0.
    why
        Outcome -> the reason for its b, in one sentence.

    Raises
    ------
    ValueError
        For an unknown stance, a weight outside 0 to 1, or a b that is none of -1, 0, +1.
    """

    claim: str
    stance: str
    sort: str
    reliability: float
    group: str
    bearing: Mapping[str, int]
    why: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.stance not in STANCES:
            raise ValueError(f"{self.claim}: '{self.stance}' is no stance")
        if not 0.0 <= self.reliability <= 1.0:
            raise ValueError(f"{self.claim}: reliability {self.reliability:g} is not in [0, 1]")
        for outcome, direction in self.bearing.items():
            if direction not in (-1, 0, 1):
                raise ValueError(f"{self.claim}: bearing {direction} on '{outcome}'")

    def bears_on(self, outcome: str) -> bool:
        """Whether the claim says anything of the outcome; a no-comment never does."""
        return self.stance != NO_COMMENT and self.bearing.get(outcome, 0) != 0


def full_step(testimony: Testimony, outcome: str, likelihood_ratios: Mapping[str, float]) -> float:
    """Return w b ln LR: the step in the outcome's log-odds before dependence (nats)."""
    if not testimony.bears_on(outcome):
        return 0.0
    ratio = likelihood_ratios[testimony.stance]
    return testimony.reliability * testimony.bearing[outcome] * math.log(ratio)


def dependence_factors(
    testimonies: Iterable[Testimony], likelihood_ratios: Mapping[str, float]
) -> dict[tuple[str, str], float]:
    """Return (claim, outcome) -> 2^-k for every outcome a claim bears on.

    k is the place of the claim among those of its group that move the outcome the same way,
    the strongest first; equal ones stand in the order of their ids, so that the order in which
    claims are given does not matter.

    Raises
    ------
    ValueError
        If two testimonies have the same claim.
    """
    queues: dict[tuple[str, str, bool], list[tuple[float, str]]] = defaultdict(list)
    seen: set[str] = set()
    for t in testimonies:
        if t.claim in seen:
            raise ValueError(f"the claim '{t.claim}' is given twice")
        seen.add(t.claim)
        for outcome in t.bearing:
            if t.bears_on(outcome):
                step = full_step(t, outcome, likelihood_ratios)
                queues[t.group, outcome, step >= 0].append((-abs(step), t.claim))
    return {
        (claim, outcome): 2.0**-place
        for (_, outcome, _), queue in queues.items()
        for place, (_, claim) in enumerate(sorted(queue))
    }
