"""Which claims agree, which cannot both be right, and which figures differ.

Beside what the file declares, two claims are found

- to **agree** where different speakers say the same of one thing (:mod:`parley.ledger.stance`);
- to **contradict** each other where one is for what the other is against, where one asserts what
  the other denies, or where they state different figures for one thing.

Both rest on what a claim says of a thing, not on its bare stance. No pair is found to do both: what
the file declares goes before what is found, and a contradiction before an agreement. Only stances
and figures are compared, never the words. Agreement is independent where the claims belong to
different dependence groups (:mod:`parley.ledger.sources`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from parley.ledger.sources import Standing
from parley.ledger.stance import (
    QUANTITIES,
    differing_figures,
    says_of,
    shared_subjects,
    tells_size,
)
from parley.scenario import Scenario
from parley.scenario.evidence import Claim

__all__ = [
    "Contradiction",
    "Corroboration",
    "Figure",
    "Numbers",
    "conflicting_numbers",
    "contradictions",
    "corroborations",
]


@dataclass(frozen=True)
class Corroboration:
    """Two claims that agree.

    Attributes
    ----------
    first, second
        Ids of the claims, in file order.
    about
        What both are about; empty where the file declares agreement on different things.
    declared
        Whether the file says so; else it was found.
    independent
        Whether they come from different dependence groups.
    why
        What makes them agree, and why they are independent or not.
    """

    first: str
    second: str
    about: tuple[str, ...]
    declared: bool
    independent: bool
    why: str


@dataclass(frozen=True)
class Contradiction:
    """Two claims that cannot both be right.

    Attributes
    ----------
    first, second
        Ids of the claims, in file order.
    about
        What both are about.
    declared
        Whether the file says so; else it was found.
    kind
        "stance": one is for what the other is against; "figures": they state different
        figures; "words": the file says so, and neither stance nor figures show it.
    why
        In one sentence.
    """

    first: str
    second: str
    about: tuple[str, ...]
    declared: bool
    kind: Literal["stance", "figures", "words"]
    why: str


@dataclass(frozen=True)
class Figure:
    """A figure and who states it; ``value`` in US$bn, or a fraction, as its table says."""

    claim: str
    value: float
    speaker: str
    sort: str
    source: str


@dataclass(frozen=True)
class Numbers:
    """Different figures for one thing, side by side, in the order of the file.

    ``quantity`` is the field of the claims: "value_usd_bn" (US$bn) or "value" (a fraction).
    """

    subject: str
    quantity: str
    lowest: float
    highest: float
    figures: tuple[Figure, ...]


def corroborations(
    scenario: Scenario, standings: Mapping[str, Standing]
) -> tuple[Corroboration, ...]:
    """Return every pair of claims that agree, declared or found."""
    found = []
    for a, b in combinations(scenario.claims, 2):
        declared = _corroborate(a, b)
        alike = _same(a, b, scenario)
        about = alike or shared_subjects(a, b)
        if not declared and not (alike and _may_agree(a, b, scenario, standings)):
            continue
        one, two = standings[a.id], standings[b.id]
        reason = "declared" if declared else "different speakers say the same of it"
        if one.group != two.group:
            apart = "from different groups of sources"
        elif one.speaker == two.speaker and a.speaker.named:
            apart = f"one person speaks: {one.speaker}"
        elif "second-hand" in (one.sort, two.sort):
            apart = "one of them tells again what the other's source has told"
        else:
            apart = f"not known to be independent: {one.group}"
        found.append(
            Corroboration(a.id, b.id, about, declared, one.group != two.group, f"{reason}; {apart}")
        )
    return tuple(found)


def _same(a: Claim, b: Claim, scenario: Scenario) -> tuple[str, ...]:
    """Return the things of which both claims say the same, or both tell the size."""
    return tuple(
        s
        for s in shared_subjects(a, b)
        if says_of(a, s, scenario) == says_of(b, s, scenario)
        and (says_of(a, s, scenario) or (tells_size(a, s) and tells_size(b, s)))
    )


def _may_agree(a: Claim, b: Claim, scenario: Scenario, standings: Mapping[str, Standing]) -> bool:
    if standings[a.id].speaker == standings[b.id].speaker:
        return False
    return not (_contradict(a, b) or differing_figures(a, b) or _opposed(a, b, scenario))


def _corroborate(a: Claim, b: Claim) -> bool:
    """Return whether the file declares that two claims agree."""
    return b.id in a.corroborates or a.id in b.corroborates


def _contradict(a: Claim, b: Claim) -> bool:
    """Return whether the file declares that two claims contradict each other."""
    return b.id in a.contradicts or a.id in b.contradicts


def contradictions(scenario: Scenario) -> tuple[Contradiction, ...]:
    """Return every pair of claims that cannot both be right, declared or found."""
    found = []
    for a, b in combinations(scenario.claims, 2):
        declared = _contradict(a, b)
        figures = differing_figures(a, b)
        opposed = _opposed(a, b, scenario)
        if not declared and (_corroborate(a, b) or not (figures or opposed)):
            continue
        kind: Literal["stance", "figures", "words"]
        if opposed:
            kind, about = "stance", opposed
            why = f"'{a.id}' {a.stance}, '{b.id}' {b.stance}"
            if not _denied(a, b):
                why += ": one is for it, the other against"
        elif figures:
            kind, about = "figures", shared_subjects(a, b)
            why = "; ".join(
                f"{_figure(getattr(a, q), q)} against {_figure(getattr(b, q), q)}" for q in figures
            )
        else:
            kind, about, why = "words", shared_subjects(a, b), "the file declares it"
        found.append(Contradiction(a.id, b.id, about, declared, kind, why))
    return tuple(found)


def _denied(a: Claim, b: Claim) -> bool:
    """Return whether the two stances alone show that the claims are opposed."""
    stances = {a.stance, b.stance}
    return "denies" in stances and bool(stances & {"supports", "asserts"})


def _opposed(a: Claim, b: Claim, scenario: Scenario) -> tuple[str, ...]:
    """Return the things that one claim is for, or asserts, and the other is against."""
    return tuple(
        s for s in shared_subjects(a, b) if _stated(a, s, scenario) * _stated(b, s, scenario) < 0
    )


def _stated(claim: Claim, subject: str, scenario: Scenario) -> int:
    """Return what a claim says of a thing; an assertion of its state can be denied as well.

    One of its size alone cannot.
    """
    asserted = claim.stance == "asserts" and not tells_size(claim, subject)
    return says_of(claim, subject, scenario) or int(asserted)


def _figure(value: float, quantity: str) -> str:
    return f"US${value:g}bn" if quantity == "value_usd_bn" else f"{100 * value:g} %"


def conflicting_numbers(
    scenario: Scenario, standings: Mapping[str, Standing]
) -> tuple[Numbers, ...]:
    """Return, for each thing with figures that differ, all of its figures side by side."""
    found = []
    for subject in dict.fromkeys(s for c in scenario.claims for s in c.about):
        for quantity in QUANTITIES:
            stated = [
                c
                for c in scenario.claims
                if subject in c.about and getattr(c, quantity) is not None
            ]
            if not any(quantity in differing_figures(a, b) for a, b in combinations(stated, 2)):
                continue
            figures = tuple(
                Figure(
                    claim=c.id,
                    value=getattr(c, quantity),
                    speaker=c.speaker.name or c.speaker.role,
                    sort=standings[c.id].sort,
                    source=c.source,
                )
                for c in stated
            )
            values = [f.value for f in figures]
            found.append(Numbers(subject, quantity, min(values), max(values), figures))
    return tuple(found)
