"""What a claim says of one thing it is about: for it (+1), against it (-1), or nothing (0).

=========== ====================================================================
stance      says of the thing
=========== ====================================================================
supports    for
denies      against
asserts     for a package, threat, measure, balance or promise to buy: it is so, or it
            comes; nothing of talks, events, instruments, people, and promises to hold
            back, whose state it describes
demands     for a package, and for moving an instrument; nothing of other things: to
            want a threat gone, or a promise kept, does not make it so
no-comment  nothing
=========== ====================================================================

A demand or an assertion that cannot stand with a claim for the same thing speaks against it:
"all items or nothing" contradicts "a small deal is reasonable". Where two claims only differ
in a figure, neither speaks against the thing. An assertion about a threat that states an amount
of trade says how large the threat is, and nothing of whether it comes.
"""

from __future__ import annotations

from collections.abc import Iterable

from parley.scenario import Scenario
from parley.scenario.evidence import Claim

__all__ = [
    "QUANTITIES",
    "differing_figures",
    "opposed_claim",
    "says_of",
    "shared_subjects",
    "tells_size",
]

QUANTITIES = ("value_usd_bn", "value")
"""Fields of a claim that hold a figure: US$bn, and a fraction."""

ASSERTED = ("package", "threat", "measure", "balance")
MADE = ("purchase", "other")  # promises of which it is told whether they were made
DEMANDED = ("package", "instrument")
REVERSED = ("package", "threat")
TOLERANCE = 1e-9


def says_of(claim: Claim, subject: str, scenario: Scenario) -> int:
    """Return +1 if a claim is for a thing, -1 if against it, 0 if it says nothing of it.

    Parameters
    ----------
    claim
        The claim.
    subject
        What it is about, with its kind ("package:ID"); 0 if it is not about that.
    scenario
        The scenario, with the claims it contradicts.
    """
    if subject not in claim.about:
        return 0
    kind, _, name = subject.partition(":")
    if claim.stance == "asserts" and kind == "commitment":
        return int(any(c.id == name and c.kind in MADE for c in scenario.commitments))
    plain = _plain(claim, kind)
    if plain > 0 and opposed_claim(claim, subject, scenario.claims):
        return -1
    return 0 if tells_size(claim, subject) else plain


def tells_size(claim: Claim, subject: str) -> bool:
    """Return whether a claim only states how much trade a threat would hit, not that it comes."""
    return (
        claim.stance == "asserts"
        and claim.value_usd_bn is not None
        and subject.partition(":")[0] == "threat"
    )


def opposed_claim(claim: Claim, subject: str, claims: Iterable[Claim]) -> Claim | None:
    """Return the claim for a thing that a demand or an assertion cannot stand with, if any.

    That is one it is declared to contradict, or one that supports the thing and is declared to
    contradict it.
    """
    if claim.stance not in ("demands", "asserts") or subject.partition(":")[0] not in REVERSED:
        return None
    for other in claims:
        said = other.id in claim.contradicts
        told = claim.id in other.contradicts and other.stance == "supports"
        if not (said or told) or subject not in other.about:
            continue
        if _plain(other, subject.partition(":")[0]) > 0 and not differing_figures(claim, other):
            return other
    return None


def shared_subjects(first: Claim, second: Claim) -> tuple[str, ...]:
    """Return what both claims are about, in the order of the first."""
    return tuple(s for s in first.about if s in second.about)


def differing_figures(first: Claim, second: Claim) -> tuple[str, ...]:
    """Return the quantities for which two claims about one thing state different figures."""
    if not shared_subjects(first, second):
        return ()
    found = []
    for quantity in QUANTITIES:
        a, b = getattr(first, quantity), getattr(second, quantity)
        if a is not None and b is not None and abs(a - b) > TOLERANCE:
            found.append(quantity)
    return tuple(found)


def _plain(claim: Claim, kind: str) -> int:
    if claim.stance == "supports":
        return 1
    if claim.stance == "denies":
        return -1
    if claim.stance == "asserts":
        return 1 if kind in ASSERTED else 0
    if claim.stance == "demands":
        return 1 if kind in DEMANDED else 0
    return 0
