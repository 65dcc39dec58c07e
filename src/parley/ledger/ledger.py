"""The ledger of a scenario's claims: every one kept, with what stands for and against it.

Nothing is merged: claims that agree stay two claims, and figures that differ stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from parley.ledger.agreement import (
    Contradiction,
    Corroboration,
    Numbers,
    conflicting_numbers,
    contradictions,
    corroborations,
)
from parley.ledger.bearing import Bearing, claim_bearings
from parley.ledger.sources import Standing, claim_standings
from parley.ledger.stance import says_of
from parley.ledger.testimonies import forecast_outcomes
from parley.scenario import Scenario
from parley.scenario.evidence import Claim, Source
from parley.scenario.pledges import Commitment

__all__ = ["ClaimRecord", "Disputed", "Ledger", "Subject", "claims_ledger"]


@dataclass(frozen=True)
class ClaimRecord:
    """One claim, with its source and how it counts.

    Attributes
    ----------
    id, role, named, name, party, on_record, about, stance, says, value, value_usd_bn, note
        As in the scenario; ``value`` is a fraction, ``value_usd_bn`` in US$bn; ``on_record``
        is None where the file does not say.
    source, outlet
        Id of the source, and its outlet (else its title).
    date
        Day it was said, ISO; else the day its source was published; None where unknown.
    date_of
        "claim" or "source": whose day that is; None without a day.
    sort, reliability, reliability_from, group
        See :class:`parley.ledger.sources.Standing`.
    """

    id: str
    role: str
    named: bool
    name: str | None
    party: str | None
    on_record: bool | None
    source: str
    outlet: str | None
    date: str | None
    date_of: str | None
    stance: str
    about: tuple[str, ...]
    says: str | None
    value_usd_bn: float | None
    value: float | None
    sort: str
    reliability: float
    reliability_from: str
    group: str
    note: str | None


@dataclass(frozen=True)
class Subject:
    """One thing that claims are about, and how the claims on it stand.

    Attributes
    ----------
    subject, kind, label
        "package:ID", its kind, and its name to print.
    claims
        Ids of the claims about it, in file order.
    claims_for, claims_against
        Those that are for it, and against it; the rest say nothing either way.
    groups_for, groups_against
        Number of dependence groups among each.
    """

    subject: str
    kind: str
    label: str
    claims: tuple[str, ...]
    claims_for: tuple[str, ...]
    claims_against: tuple[str, ...]
    groups_for: int
    groups_against: int


@dataclass(frozen=True)
class Disputed:
    """A promise that one side says was made and another says was not.

    Attributes
    ----------
    commitment, label, kind, by, to
        As in the scenario.
    marked
        Whether the scenario marks it as disputed; else the claims alone show it.
    said_by, denied_by
        Ids of the claims for it, and against it.
    """

    commitment: str
    label: str
    kind: str
    by: str
    to: str | None
    marked: bool
    said_by: tuple[str, ...]
    denied_by: tuple[str, ...]


@dataclass(frozen=True)
class Ledger:
    """All claims of a scenario and how they stand to each other.

    Attributes
    ----------
    claims
        Every claim, in file order.
    subjects
        What they are about, in the order of first mention.
    corroborations, contradictions
        Pairs of claims, declared or found.
    numbers
        Different figures for one thing.
    no_comments
        Ids of the claims in which a speaker would not comment.
    disputed
        Promises said and denied.
    talks, outcomes
        Talks and packages of the forecast; None and none without a forecast.
    bearings
        What each claim says of each outcome.
    """

    claims: tuple[ClaimRecord, ...]
    subjects: tuple[Subject, ...]
    corroborations: tuple[Corroboration, ...]
    contradictions: tuple[Contradiction, ...]
    numbers: tuple[Numbers, ...]
    no_comments: tuple[str, ...]
    disputed: tuple[Disputed, ...]
    talks: str | None
    outcomes: tuple[str, ...]
    bearings: tuple[Bearing, ...]

    def only_about(self, subject: str) -> Ledger:
        """Return the part of the ledger that is about one thing ("package:ID")."""
        kept = {c.id for c in self.claims if subject in c.about}
        return replace(
            self,
            claims=tuple(c for c in self.claims if c.id in kept),
            subjects=tuple(s for s in self.subjects if s.subject == subject),
            corroborations=tuple(p for p in self.corroborations if _touches(p, subject, kept)),
            contradictions=tuple(p for p in self.contradictions if _touches(p, subject, kept)),
            numbers=tuple(n for n in self.numbers if n.subject == subject),
            no_comments=tuple(name for name in self.no_comments if name in kept),
            disputed=tuple(d for d in self.disputed if f"commitment:{d.commitment}" == subject),
            bearings=tuple(b for b in self.bearings if b.claim in kept),
        )


def _touches(pair: Corroboration | Contradiction, subject: str, kept: set[str]) -> bool:
    if pair.about:
        return subject in pair.about
    return pair.first in kept or pair.second in kept


def claims_ledger(scenario: Scenario) -> Ledger:
    """Return the ledger of a scenario's claims."""
    standings = claim_standings(scenario)
    sources = {s.id: s for s in scenario.sources}
    talks = scenario.forecast.talks if scenario.forecast else None
    outcomes = forecast_outcomes(scenario)
    return Ledger(
        claims=tuple(_record(c, sources[c.source], standings[c.id]) for c in scenario.claims),
        subjects=tuple(
            _subject(scenario, name, standings)
            for name in dict.fromkeys(s for c in scenario.claims for s in c.about)
        ),
        corroborations=corroborations(scenario, standings),
        contradictions=contradictions(scenario),
        numbers=conflicting_numbers(scenario, standings),
        no_comments=tuple(c.id for c in scenario.claims if c.stance == "no-comment"),
        disputed=tuple(d for c in scenario.commitments if (d := _disputed(scenario, c))),
        talks=talks,
        outcomes=outcomes,
        bearings=() if talks is None else claim_bearings(scenario, talks, outcomes),
    )


def _record(claim: Claim, source: Source, standing: Standing) -> ClaimRecord:
    day = claim.date or source.published
    return ClaimRecord(
        id=claim.id,
        role=claim.speaker.role,
        named=claim.speaker.named,
        name=claim.speaker.name,
        party=claim.speaker.party,
        on_record=claim.on_record,
        source=source.id,
        outlet=source.outlet or source.title,
        date=day.isoformat() if day else None,
        date_of=None if day is None else "claim" if claim.date else "source",
        stance=claim.stance,
        about=claim.about,
        says=claim.says,
        value_usd_bn=claim.value_usd_bn,
        value=claim.value,
        sort=standing.sort,
        reliability=standing.reliability,
        reliability_from=standing.reliability_from,
        group=standing.group,
        note=claim.note,
    )


def _subject(scenario: Scenario, subject: str, standings: dict[str, Standing]) -> Subject:
    kind, _, name = subject.partition(":")
    about = [c for c in scenario.claims if subject in c.about]
    said = {c.id: says_of(c, subject, scenario) for c in about}
    sides = {d: tuple(name for name, found in said.items() if found == d) for d in (1, -1)}
    return Subject(
        subject=subject,
        kind=kind,
        label=_label(scenario, kind, name),
        claims=tuple(said),
        claims_for=sides[1],
        claims_against=sides[-1],
        groups_for=len({standings[c].group for c in sides[1]}),
        groups_against=len({standings[c].group for c in sides[-1]}),
    )


def _label(scenario: Scenario, kind: str, name: str) -> str:
    """Return the name to print of the thing of this kind and id; its id where it has none."""
    entries: Iterable[object] = {
        "package": scenario.packages,
        "instrument": scenario.instruments,
        "measure": scenario.measures,
        "threat": scenario.threats,
        "commitment": scenario.commitments,
        "talks": scenario.talks,
        "event": scenario.events,
        "balance": scenario.balances,
        "party": scenario.parties,
        "constituency": [c for p in scenario.parties for c in p.constituencies],
    }.get(kind, ())
    found = next((e for e in entries if getattr(e, "id", None) == name), None)
    return getattr(found, "label", None) or name


def _disputed(scenario: Scenario, commitment: Commitment) -> Disputed | None:
    """Return who says a promise was made and who denies it; None where nobody disputes it."""
    subject = f"commitment:{commitment.id}"
    on_it = [c for c in scenario.claims if subject in c.about or c.id in commitment.claims]
    said = tuple(c.id for c in on_it if c.stance in ("supports", "asserts"))
    denied = tuple(c.id for c in on_it if c.stance == "denies")
    if not commitment.disputed and not (said and denied):
        return None
    return Disputed(
        commitment=commitment.id,
        label=commitment.label or commitment.id,
        kind=commitment.kind,
        by=commitment.by,
        to=commitment.to,
        marked=commitment.disputed,
        said_by=said,
        denied_by=denied,
    )
