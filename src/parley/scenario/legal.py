"""Legal facts of a package: treatment, coverage, who may set it, bound rates.

What is printed is what the file and the data say, not an opinion: a cut for some
partners only departs from most-favoured-nation treatment unless it is part of an
agreement that frees substantially all the trade (GATT Article XXIV:8), which practice
has never fixed at a number; 90 % of the trade is the figure most often put forward.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from parley.policy.ledger import REST, Ledger
from parley.scenario.packages import Package
from parley.scenario.people import Ratifier
from parley.scenario.resolved import Authority, Concession, Coverage, LegalFacts
from parley.scenario.story import Story

__all__ = ["SUBSTANTIALLY_ALL", "legal_facts"]

SUBSTANTIALLY_ALL = 0.9
"""Share of goods trade freed from which an agreement is called arguable here."""

FREE = 5e-4
"""Average duty below which a flow counts as free: 0.05 %."""

ROUNDING = 1e-9


def legal_facts(
    story: Story,
    package: Package,
    concessions: tuple[Concession, ...],
    before: Ledger,
    after: Ledger,
    threats: Iterable[str],
) -> LegalFacts:
    """Return the legal facts of a package.

    Parameters
    ----------
    story, package
        The scenario and one of its packages.
    concessions
        Everything the package moves.
    before, after
        Levels in the status quo and in the package.
    threats
        Ids of the threats it carries out.
    """
    cuts = [c for c in concessions if c.kind == "duty" and c.ordinary_after < c.ordinary_before]
    for_some = _preferential(story, cuts)
    coverage = tuple(
        _coverage(story, pair, before, after) for pair in sorted({_pair(c) for c in for_some})
    )
    treatment: Literal["none", "mfn", "preferential"] = "none"
    if cuts:
        treatment = "preferential" if for_some else "mfn"
    xxiv: Literal["not needed", "fails", "arguable"] = "not needed"
    if for_some:
        enough = all(c.free >= SUBSTANTIALLY_ALL for c in coverage)
        xxiv = "arguable" if enough else "fails"
    return LegalFacts(
        treatment=treatment,
        article_xxiv=xxiv,
        coverage=coverage,
        authority=tuple(_authorities(story, concessions)),
        grounds=tuple(_grounds(story, concessions, threats)),
        over_bound=tuple(_over_bound(story, concessions)),
        form=package.legal.form if package.legal else "unknown",
        gatt=(package.legal.gatt or "") if package.legal else "",
    )


def _pair(c: Concession) -> tuple[str, str]:
    return (c.importer, c.exporter) if c.importer < c.exporter else (c.exporter, c.importer)


def _preferential(story: Story, cuts: list[Concession]) -> list[Concession]:
    """Return the cuts that some suppliers of the same goods do not get."""
    regions = story.labels.regions if story.labels else ()
    reached: dict[tuple[str, str, str, float], set[str]] = {}
    for c in cuts:
        key = (c.importer, c.sector, c.part, round(c.ordinary_after, 9))
        reached.setdefault(key, set()).add(c.exporter)
    everyone = len(regions) - 1
    return [
        c
        for c in cuts
        if len(reached[(c.importer, c.sector, c.part, round(c.ordinary_after, 9))]) < everyone
        and not _for_all(story, c.instrument)
    ]


def _for_all(story: Story, name: str) -> bool:
    instrument = story.instrument(name)
    return instrument is not None and instrument.on == ("all",)


def _coverage(story: Story, pair: tuple[str, str], before: Ledger, after: Ledger) -> Coverage:
    trade = freed = already = 0.0
    for importer, exporter in (pair, pair[::-1]):
        for sector in story.places.goods:
            cell = (importer, exporter, sector)
            value = after.trade_usd_bn(cell)
            trade += value
            old = before.parts(cell)
            for name, part in after.parts(cell).items():
                was = old.get(name, old[REST])
                if part.ordinary > FREE:
                    continue
                if was.ordinary <= FREE:
                    already += value * part.share
                else:
                    freed += value * part.share
    whole = trade if trade > 0 else 1.0
    return Coverage(pair, trade, freed / whole, already / whole)


def _authorities(story: Story, concessions: tuple[Concession, ...]) -> Iterable[Authority]:
    ratifiers = {p.id: p.ratifier for p in story.parties}
    for giver in dict.fromkeys(c.giver for c in concessions):
        own = [c for c in concessions if c.giver == giver]
        ratifier = ratifiers.get(giver)
        if ratifier is None:
            yield Authority(giver, "unknown", "the file does not say who must approve")
            continue
        yield _authority(story, giver, ratifier, own)


def _authority(story: Story, party: str, ratifier: Ratifier, own: list[Concession]) -> Authority:
    basis = f" ({ratifier.legal_basis})" if ratifier.legal_basis else ""
    raised = [c for c in own if c.after > c.before]
    lowered = [c for c in own if c.ordinary_after < c.ordinary_before or c.kind != "duty"]
    lowered = [c for c in lowered if c not in raised]
    for c in raised:
        ground = _ground(story, c.instrument)
        if ground not in ratifier.may_raise_on and ratifier.kind != "executive":
            said = f"on the ground of {ground}" if ground else "no legal ground is given"
            return Authority(
                party, "unknown", f"a rise of '{c.instrument}', {said}, is not listed as its power"
            )
    if not lowered:
        return Authority(party, "alone", "it may raise these duties on the grounds given")
    if ratifier.kind == "executive":
        return Authority(party, "alone", "the executive decides" + basis)
    if ratifier.kind != "proclamation":
        who = {
            "legislature": "the legislature",
            "referendum": "the voters",
            "member-states": "the member states",
        }[ratifier.kind]
        return Authority(party, "needs approval", f"{who} must approve" + basis)
    means = "" if all(c.lines for c in lowered) else ", judged on means of whole sectors"
    beyond = [c for c in lowered if not _within(story, ratifier, c)]
    if beyond:
        worst = max(beyond, key=lambda c: c.trade_usd_bn)
        return Authority(
            party,
            "needs approval",
            f"{len(beyond)} of {len(lowered)} cuts go beyond what it may proclaim alone, the "
            f"largest by trade in {worst.sector}: {worst.ordinary_before:.1%} to "
            f"{worst.ordinary_after:.1%}" + means + basis,
        )
    return Authority(
        party, "alone", "every cut is within what it may proclaim alone" + means + basis
    )


def _within(story: Story, ratifier: Ratifier, c: Concession) -> bool:
    if c.kind != "duty" or c.sector in story.places.sectors(ratifier.except_sectors):
        return False
    if any(line.startswith(out) for line in c.lines for out in ratifier.except_lines):
        return False
    limit, cut = ratifier.may_remove_duties_up_to, ratifier.may_cut_others_by
    if limit is not None and c.ordinary_before <= limit + ROUNDING:
        return True
    return cut is not None and c.ordinary_after >= c.ordinary_before * (1 - cut) - ROUNDING


def _ground(story: Story, name: str) -> str:
    for thing in (story.instrument(name), story.threat(name), story.measure(name)):
        if thing is not None and thing.legal_ground:
            return thing.legal_ground
    return next(
        (t.legal_ground for t in story.threats if t.instrument == name and t.legal_ground), ""
    )


def _grounds(
    story: Story, concessions: tuple[Concession, ...], threats: Iterable[str]
) -> Iterable[str]:
    found: dict[str, None] = {}
    for name in dict.fromkeys(c.instrument for c in concessions if c.after > c.before):
        ground = _ground(story, name)
        found[f"{name}: {ground}" if ground else f"{name}: no ground given"] = None
    return found


def _over_bound(story: Story, concessions: tuple[Concession, ...]) -> Iterable[str]:
    return {
        f"{c.instrument}: {c.after:.1%} against a bound rate of {i.bound_rate:.1%}": None
        for c in concessions
        for i in [story.instrument(c.instrument)]
        if i is not None and i.bound_rate is not None and c.after > i.bound_rate + ROUNDING
    }
