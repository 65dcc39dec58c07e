"""How far each claim is trusted, and which claims may go back to one voice.

**Sort**: second-hand where the claim's source relies on others; else on-record where the speaker
may be quoted; else named; else anonymous. **Reliability**: the claim's own; else the forecast's for
that sort; else that of the reference class.

**Dependence.** All claims of a person who is named are one group. Unnamed speakers may be the same
ones told twice, so they are grouped by source: a source that relies on another belongs to the
group of the first it relies on; any other joins the first group none of whose members is declared
independent of it, or opens one. Hence two sources are told apart only where the file says that
they are independent, and a third source of which nothing is known does not tie them together. A
source added at the end of the file leaves the groups of the others as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from parley.evidence.reference_classes import ReferenceClass, reference_class
from parley.scenario import Scenario
from parley.scenario.evidence import Claim, Source

__all__ = [
    "Standing",
    "claim_standings",
    "forecast_class",
    "likelihood_ratios",
    "reliabilities",
    "sort_of",
    "source_groups",
]


@dataclass(frozen=True)
class Standing:
    """How a claim counts.

    Attributes
    ----------
    claim
        Its id.
    speaker
        Who speaks, as far as the file tells people apart.
    sort
        second-hand, on-record, named or anonymous.
    reliability
        Weight between 0 and 1, before dependence.
    reliability_from
        What sets it: "claim", "forecast" or "reference class".
    group
        Name of the dependence group.
    """

    claim: str
    speaker: str
    sort: str
    reliability: float
    reliability_from: str
    group: str


def forecast_class(scenario: Scenario) -> tuple[ReferenceClass, bool]:
    """Return the reference class of the forecast, and whether the file names a known one."""
    forecast = scenario.forecast
    return reference_class(None if forecast is None else forecast.reference_class)


def likelihood_ratios(scenario: Scenario) -> dict[str, float]:
    """Return stance -> likelihood ratio: those of the class, the forecast's own before them."""
    found, _ = forecast_class(scenario)
    own = scenario.forecast.likelihood_ratios if scenario.forecast else {}
    return dict(found.likelihood_ratios) | {str(stance): ratio for stance, ratio in own.items()}


def reliabilities(scenario: Scenario) -> dict[str, float]:
    """Return sort of source -> weight: those of the class, the forecast's own before them."""
    found, _ = forecast_class(scenario)
    own = scenario.forecast.reliability if scenario.forecast else {}
    return dict(found.reliability) | {str(sort): weight for sort, weight in own.items()}


def claim_standings(scenario: Scenario) -> dict[str, Standing]:
    """Return claim id -> how it counts, in file order."""
    sources = {s.id: s for s in scenario.sources}
    groups = source_groups(scenario)
    unnamed = {c.source for c in scenario.claims if not c.speaker.named}
    leaders: dict[str, str] = {}
    for name, group in groups.items():
        if name in unnamed:
            leaders.setdefault(group, name)
    weights = reliabilities(scenario)
    own = scenario.forecast.reliability if scenario.forecast else {}
    persons = _persons(scenario)
    found = {}
    for claim in scenario.claims:
        sort = sort_of(claim, sources)
        if claim.reliability is not None:
            weight, origin = claim.reliability, "claim"
        else:
            weight, origin = weights[sort], "forecast" if sort in own else "reference class"
        if claim.speaker.named:
            group = speaker = persons[claim.id]
        else:
            group = f"unnamed, {leaders[groups[claim.source]]}"
            parts = (claim.speaker.party, claim.speaker.role, claim.source)
            speaker = "unnamed, " + ", ".join(p for p in parts if p)
        found[claim.id] = Standing(claim.id, speaker, sort, weight, origin, group)
    for claim in scenario.claims:
        first = _relayed(claim, scenario, sources)
        if first is not None:
            found[claim.id] = replace(found[claim.id], group=found[first.id].group)
    return found


def _relayed(claim: Claim, scenario: Scenario, sources: Mapping[str, Source]) -> Claim | None:
    """Return the claim that another one tells again: of a source it relies on, of one thing."""
    chain, name = [], claim.source
    while sources[name].relies_on:
        name = sources[name].relies_on[0]
        chain.append(name)
    return next(
        (
            other
            for other in scenario.claims
            if other.source in chain and other is not claim and set(other.about) & set(claim.about)
        ),
        None,
    )


def sort_of(claim: Claim, sources: Mapping[str, Source]) -> str:
    """Return the sort of source of a claim: a word of ``parley.evidence`` SORTS."""
    source = sources.get(claim.source)
    if source is not None and source.relies_on:
        return "second-hand"
    if claim.on_record:
        return "on-record"
    return "named" if claim.speaker.named else "anonymous"


def source_groups(scenario: Scenario) -> dict[str, str]:
    """Return source id -> id of the source that opened its group, in file order."""
    sources = {s.id: s for s in scenario.sources}
    apart = {frozenset((s.id, other)) for s in scenario.sources for other in s.independent_of}
    roots = {name: _root(name, sources) for name in sources}
    members: dict[str, list[str]] = {}
    group: dict[str, str] = {}
    for name in sources:
        if roots[name] != name:
            continue
        leader = next(
            (
                first
                for first, inside in members.items()
                if not any(frozenset((name, other)) in apart for other in inside)
            ),
            name,
        )
        members.setdefault(leader, []).append(name)
        group[name] = leader
    return {name: group[roots[name]] for name in sources}


def _root(name: str, sources: Mapping[str, Source]) -> str:
    """Return the first source of the chain a source relies on; itself if it relies on none."""
    while sources[name].relies_on:
        name = sources[name].relies_on[0]
    return name


def _persons(scenario: Scenario) -> dict[str, str]:
    """Return claim id -> the person who speaks, for named speakers.

    By name; a speaker of the same party and role as one with a name is taken for that one;
    else party and role; else role and source.
    """
    by_role: dict[tuple[str, str], set[str]] = {}
    shown: dict[str, str] = {}
    for claim in scenario.claims:
        who = claim.speaker
        if who.name:
            key = " ".join(who.name.split()).casefold()
            shown.setdefault(key, who.name)
            by_role.setdefault((who.party or "", who.role.casefold()), set()).add(key)
    found = {}
    for claim in scenario.claims:
        who = claim.speaker
        if not who.named:
            continue
        known = by_role.get((who.party or "", who.role.casefold()), set()) if who.party else set()
        if who.name:
            found[claim.id] = shown[" ".join(who.name.split()).casefold()]
        elif len(known) == 1:
            found[claim.id] = shown[next(iter(known))]
        else:
            found[claim.id] = f"{who.role}, {who.party or claim.source}"
    return found
