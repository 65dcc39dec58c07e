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
        authority=tuple(_authorities(story, package, concessions)),
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


def _authorities(
    story: Story, package: Package, concessions: tuple[Concession, ...]
) -> Iterable[Authority]:
    ratifiers = {p.id: p.ratifier for p in story.parties}
    for giver in dict.fromkeys(c.giver for c in concessions):
        own = [c for c in concessions if c.giver == giver]
        ratifier = ratifiers.get(giver)
        if ratifier is None:
            yield Authority(giver, "unknown", "the file does not say who must approve")
            continue
        yield _authority(story, package, giver, ratifier, own)


Verdict = Literal["needs approval", "unknown", "alone"]
Finding = tuple[Verdict, str]
HARDEST: tuple[Verdict, ...] = ("needs approval", "unknown", "alone")
WHO = {
    "legislature": "the legislature",
    "referendum": "the voters",
    "member-states": "the member states",
}


def _authority(
    story: Story, package: Package, party: str, ratifier: Ratifier, own: list[Concession]
) -> Authority:
    """Return whether a party may do its part alone; the hardest of what it does decides."""
    levied = [c for c in own if c.kind != "cost"]
    raised = [c for c in levied if c.after > c.before + ROUNDING]
    cut = [c for c in levied if c not in raised and _cut(c)]
    eased = [c for c in levied if c not in raised and c not in cut and c.after < c.before]
    found = [
        *_rises(story, ratifier, raised),
        *_eased(story, ratifier, eased),
        *_cuts(story, ratifier, cut),
        *_costs(package, ratifier, [c for c in own if c.kind == "cost"]),
    ] or [("alone", "nothing that it sets moves")]
    verdict = min((v for v, _ in found), key=HARDEST.index)
    return Authority(party, verdict, "; ".join(dict.fromkeys(why for _, why in found)))


def _cut(c: Concession) -> bool:
    return c.kind == "export-tax" or c.ordinary_after < c.ordinary_before - ROUNDING


def _basis(ratifier: Ratifier) -> str:
    return f" ({ratifier.legal_basis})" if ratifier.legal_basis else ""


def _decides(ratifier: Ratifier) -> Finding:
    """Return what holds where no limit is set: the executive alone, or another body."""
    if ratifier.kind == "executive":
        return "alone", "the executive decides" + _basis(ratifier)
    return "needs approval", f"{WHO[ratifier.kind]} must approve" + _basis(ratifier)


def _rises(story: Story, ratifier: Ratifier, raised: list[Concession]) -> Iterable[Finding]:
    """Return what rises of duties rest on: a ground among its powers, or nothing known."""
    for name in dict.fromkeys(c.instrument for c in raised):
        ground = _ground(story, name)
        if ground in ratifier.may_raise_on:
            yield "alone", f"it may raise duties on the ground of {ground}"
        elif ratifier.kind == "executive":
            yield _decides(ratifier)
            if not ground:
                yield "alone", f"no legal ground is given for the rise of '{name}'"
        else:
            said = f"on the ground of {ground}" if ground else "no legal ground is given"
            yield "unknown", f"a rise of '{name}', {said}, is not listed as its power"
            return


def _eased(story: Story, ratifier: Ratifier, eased: list[Concession]) -> Iterable[Finding]:
    """Return what lowers or takes off additional duties: the power that put them there."""
    for name in dict.fromkeys(c.instrument for c in eased):
        ground = _ground(story, name)
        if ground and (ground in ratifier.may_raise_on or ratifier.kind == "executive"):
            said = f"it lowers what was raised on the ground of {ground}"
            yield "alone", f"{said}: the power that raised it covers that"
        elif ratifier.kind == "executive":
            yield _decides(ratifier)
        elif ground:
            said = f"raised on the ground of {ground}, which is not listed as its power"
            yield "unknown", f"'{name}' is lowered, {said}"
        else:
            yield "unknown", f"'{name}' is lowered; no ground is given on which it was raised"


def _cuts(story: Story, ratifier: Ratifier, cut: list[Concession]) -> Iterable[Finding]:
    """Return who must approve cuts of ordinary duties and of export taxes."""
    if not cut:
        return
    if ratifier.kind != "proclamation":
        yield _decides(ratifier)
        return
    basis = _basis(ratifier)
    means = "" if all(c.lines for c in cut) else ", judged on means of whole sectors"
    beyond = [c for c in cut if not _within(story, ratifier, c)]
    if not beyond:
        yield "alone", "every cut is within what it may proclaim alone" + means + basis
        return
    worst = max(beyond, key=lambda c: c.trade_usd_bn)
    yield (
        "needs approval",
        f"{len(beyond)} of {len(cut)} cuts go beyond what it may proclaim alone, the "
        f"largest by trade in {worst.sector}: {worst.ordinary_before:.1%} to "
        f"{worst.ordinary_after:.1%}" + means + basis,
    )


def _costs(package: Package, ratifier: Ratifier, moved: list[Concession]) -> Iterable[Finding]:
    """Return who must approve other trade costs: rules and procedures, not duties."""
    if not moved:
        return
    agreed = package.kind == "deal" or any(c.after < c.before for c in moved)
    if ratifier.kind == "executive" or (agreed and ratifier.kind != "proclamation"):
        yield _decides(ratifier)
    elif agreed:
        said = "trade costs change, and it may proclaim duties only"
        yield "needs approval", said + _basis(ratifier)
    else:
        yield "unknown", "trade costs rise, and powers over duties say nothing of them"


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
    raised = [c for c in concessions if c.kind != "cost" and c.after > c.before]
    for name in dict.fromkeys(c.instrument for c in raised):
        ground = _ground(story, name)
        found[f"{name}: {ground}" if ground else f"{name}: no ground given"] = None
    return found


def _over_bound(story: Story, concessions: tuple[Concession, ...]) -> Iterable[str]:
    return {
        f"{c.instrument}: {c.after:.1%} against a bound rate of {i.bound_rate:.1%}": None
        for c in concessions
        for i in [story.instrument(c.instrument)]
        if c.kind == "duty" and i is not None and i.bound_rate is not None
        if c.after > i.bound_rate + ROUNDING
    }
