"""On which outcomes a claim bears, and which way.

``direction`` is the b of :mod:`parley.evidence.testimony`: +1 where the thing that a claim is about
speaks for an outcome, -1 where against, 0 where it says nothing of it. A denial keeps the sign
of its thing; its likelihood ratio, below one, turns it round. ``effect`` is what comes of both.

=========================== ===========================================================
the claim is about          and bears on
=========================== ===========================================================
a package                   that package; a demand or assertion that cannot stand with a
                            claim for it speaks against it
an event with a target      that package (supports, denies)
a threat                    outcomes that carry it out, or use its instrument (not demands,
                            nor assertions of how much trade it would hit)
a standstill or a truce     outcomes that carry out what it holds back, of talks in which
                            those sit who made it: against them if it is said to hold, for
                            them if that is denied
a ceiling                   outcomes that break it, likewise
a purchase                  packages that hold it (not demands)
an instrument               deals that move it (demands)
the talks of the forecast   every deal (supports, denies)
anything else               nothing
=========================== ===========================================================

A claim bears on an outcome once: of the things it is about, the uppermost in this table that says
something of the outcome counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parley.errors import InputError
from parley.labels import allowed_text
from parley.ledger.reach import broken_in_words, carries_out, moves, uses
from parley.ledger.stance import opposed_claim, tells_size
from parley.scenario import Scenario, WorldLabels
from parley.scenario.evidence import Claim
from parley.scenario.packages import Package
from parley.scenario.pledges import Commitment
from parley.scenario.promises import flat_packages, promises_touched
from parley.scenario.story import Story

__all__ = ["Bearing", "claim_bearings"]

Found = tuple[int, str]


@dataclass(frozen=True)
class Bearing:
    """What one claim says of one outcome.

    Attributes
    ----------
    claim, outcome
        Id of the claim, and of the package.
    direction
        +1 if what the claim is about speaks for the outcome, -1 if against, 0 if neither.
    effect
        +1 if the claim speaks for the outcome, -1 if against: the direction, turned round by a
        denial.
    why
        The reason, in one sentence.
    """

    claim: str
    outcome: str
    direction: int
    effect: int
    why: str


@dataclass(frozen=True)
class _Case:
    """One claim held against one outcome."""

    story: Story
    claim: Claim
    talks: str
    package: Package


def claim_bearings(scenario: Scenario, talks: str, outcomes: Sequence[str]) -> tuple[Bearing, ...]:
    """Return what every claim says of every outcome, claims in file order.

    Parameters
    ----------
    scenario
        The scenario.
    talks
        Id of the talks whose outcome is asked for.
    outcomes
        Ids of packages; "no deal" is not among them.

    Raises
    ------
    InputError
        If an outcome is no package of the scenario.
    """
    packages = {p.id: p for p in scenario.packages}
    for name in outcomes:
        if name not in packages:
            raise InputError.one(
                f"the outcome '{name}' is no package",
                f"{scenario.filename}: forecast.outcomes",
                "claims bear on outcomes that are packages",
                allowed_text(name, list(packages)),
            )
    story = Story.of(scenario, scenario.labels or WorldLabels("", (), ()))
    return tuple(
        _bearing(_Case(story, claim, talks, packages[name]))
        for claim in scenario.claims
        for name in outcomes
    )


def _bearing(case: _Case) -> Bearing:
    claim, outcome = case.claim, case.package.id
    if claim.stance == "no-comment":
        return Bearing(claim.id, outcome, 0, 0, "a no-comment says nothing either way")
    order = list(RULES)
    subjects = sorted(
        claim.about, key=lambda s: order.index(k) if (k := s.partition(":")[0]) in RULES else 99
    )
    silent = []
    for subject in subjects:
        kind, _, name = subject.partition(":")
        rule = RULES.get(kind)
        if rule is None:
            silent.append(f"what is said of a {kind} is said of no outcome")
            continue
        direction, why = rule(case, name)
        if direction:
            effect = -direction if claim.stance == "denies" else direction
            return Bearing(claim.id, outcome, direction, effect, why)
        silent.append(why)
    return Bearing(claim.id, outcome, 0, 0, "; ".join(dict.fromkeys(silent)))


def _package(case: _Case, name: str) -> Found:
    if name != case.package.id:
        return 0, f"it is about another package, '{name}'"
    other = opposed_claim(case.claim, f"package:{name}", case.story.claims)
    if other is not None:
        return -1, f"it {case.claim.stance} what cannot stand with '{other.id}', which is for it"
    return 1, f"it {case.claim.stance} this package itself"


def _event(case: _Case, name: str) -> Found:
    event = next((e for e in case.story.events if e.id == name), None)
    if event is None or event.target is None:
        return 0, f"the event '{name}' has no package as its target"
    if event.target != case.package.id:
        return 0, f"the event '{name}' is hoped to bring another package, '{event.target}'"
    if case.claim.stance not in ("supports", "denies"):
        return 0, f"it does not say whether the event '{name}' brings the package"
    return 1, f"this package is what the event '{name}' is hoped to bring"


def _threat(case: _Case, name: str) -> Found:
    if case.claim.stance == "demands":
        return 0, "a demand about a threat tells nothing of whether it is carried out"
    threat = case.story.threat(name)
    instrument = threat.instrument if threat else None
    if name in carries_out(case.story, case.package) and case.package.kind != "deal":
        reason = f"this outcome carries out the threat '{name}'"
    elif instrument in uses(case.story, case.package) and case.package.kind != "deal":
        reason = f"this outcome uses '{instrument}', the instrument of the threat '{name}'"
    else:
        return 0, f"this outcome does not carry out the threat '{name}'"
    other = opposed_claim(case.claim, f"threat:{name}", case.story.claims)
    if other is not None:
        return -1, f"{reason}, and it cannot stand with '{other.id}', which says it will come"
    if tells_size(case.claim, f"threat:{name}"):
        return 0, f"it says how much trade the threat '{name}' would hit, not whether it comes"
    return 1, reason


def _commitment(case: _Case, name: str) -> Found:
    commitment = case.story.commitment(name)
    kind = commitment.kind if commitment else "other"
    if kind == "purchase" and name in _bought(case):
        if case.claim.stance in ("supports", "asserts", "denies"):
            return 1, f"the purchase '{name}' is part of this package"
        return 0, f"it does not say whether the purchase '{name}' will be made"
    if commitment is None or kind not in ("standstill", "truce", "ceiling"):
        return 0, f"whether the {_noun(kind)} '{name}' was made says nothing of these outcomes"
    if case.claim.stance not in ("supports", "denies"):
        return 0, f"it does not say whether the {kind} '{name}' will be kept"
    if kind == "ceiling":
        for verdict in promises_touched(case.story, case.package):
            if verdict.commitment == name and verdict.verdict == "broken":
                return -1, f"this outcome breaks the ceiling '{name}': {verdict.why}"
        return 0, f"this outcome stays within the ceiling '{name}'"
    absent = _absent(case, commitment)
    if absent:
        made = f"{commitment.by} to {commitment.to}" if commitment.to else commitment.by
        return 0, f"the {kind} '{name}' is of {made}, and {absent} does not sit in these talks"
    if case.package.kind != "deal":
        for threat in commitment.threats:
            if threat in carries_out(case.story, case.package):
                return -1, f"'{name}' holds back the threat '{threat}', carried out here"
        for instrument in commitment.instruments:
            if instrument in uses(case.story, case.package):
                return -1, f"'{name}' holds back '{instrument}', used here"
        if broken_in_words(case.story, case.package, name):
            return -1, f"this outcome breaks '{name}'"
    return 0, f"this outcome carries out nothing that '{name}' holds back"


def _bought(case: _Case) -> set[str]:
    """Return the purchases that are part of a package, those of included packages too."""
    return {name for p in flat_packages(case.story, case.package) for name in p.purchases}


def _absent(case: _Case, commitment: Commitment) -> str | None:
    """Return who made a promise, or was made it, without a seat in the talks; None if nobody."""
    talks = next((t for t in case.story.talks if t.id == case.talks), None)
    if talks is None:
        return None
    both = (commitment.by, commitment.to)
    return next((p for p in both if p is not None and p not in talks.parties), None)


def _instrument(case: _Case, name: str) -> Found:
    if case.claim.stance != "demands":
        return 0, f"it does not ask that '{name}' be moved"
    instrument = case.story.instrument(name)
    if case.package.kind != "deal":
        return 0, "a demand about an instrument is for a deal, which this outcome is not"
    if instrument is None or not moves(case.story, case.package, instrument):
        return 0, f"this deal does not move '{name}'"
    return 1, f"this deal moves '{name}', as demanded"


def _talks(case: _Case, name: str) -> Found:
    if name != case.talks:
        return 0, f"it is about other talks, '{name}'"
    if case.claim.stance not in ("supports", "denies"):
        return 0, "it says nothing about an outcome of the talks"
    if case.package.kind != "deal":
        return 0, "it is about whether there will be a deal, which this outcome is not"
    return 1, "it is about whether the talks end in a deal, and this is one"


def _noun(kind: str) -> str:
    return "promise" if kind == "other" else kind


RULES: dict[str, Callable[[_Case, str], Found]] = {
    "package": _package,
    "event": _event,
    "threat": _threat,
    "commitment": _commitment,
    "instrument": _instrument,
    "talks": _talks,
}
"""Rules by kind of thing, the most direct first."""
