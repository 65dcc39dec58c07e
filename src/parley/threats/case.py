"""A threat in its world: whom it hits, what it changes, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parley.equilibrium.closures import Closure
from parley.equilibrium.models import Model
from parley.errors import InputError
from parley.labels import allowed_text
from parley.scenario.packages import Package, PackageChange
from parley.scenario.pledges import Threat
from parley.scenario.resolve import resolve_package
from parley.scenario.resolved import ResolvedPackage
from parley.studies import STATUS_QUO, Setting, Study

__all__ = ["FAMILIES_TRIED", "ThreatCase", "threat_case", "threat_settings"]

# Tried beside the scenario's own: the sign of a threat's worth often hangs on these.
FAMILIES_TRIED = ("caliendo-parro", "ossa", "specific-labour")


@dataclass(frozen=True, eq=False)
class ThreatCase:
    """A threat with the packages it comes to.

    Attributes
    ----------
    study
        The scenario's study, to which the packages below are added.
    threat
        The threat as it stands in the file.
    by, targets
        Parties (else regions): who carries it out, and on whose goods it falls.
    regions
        Party -> regions of the world.
    sectors
        Sectors in which it raises a duty, in the world's order: those it protects.
    base, alone
        Keys of the study: what it is held against, and the threat carried out on top.
    announced
        The same with the announced answer; None where none is announced.
    breakdown
        What the scenario says follows if the talks fail: a package, or the status quo.
    trade_usd_bn
        Customs value of the goods it falls on in the world's year, US$bn.
    """

    study: Study
    threat: Threat
    by: str
    targets: tuple[str, ...]
    regions: dict[str, tuple[str, ...]]
    sectors: tuple[str, ...]
    base: str
    alone: str
    announced: str | None
    breakdown: str
    trade_usd_bn: float

    @property
    def parties(self) -> tuple[str, ...]:
        """The threatener, then the targets."""
        return (self.by, *self.targets)

    @property
    def breakdown_is(self) -> str:
        """What the breakdown is: "base", "alone", "announced", or "" for something else."""
        changes = self.study.changes(self.breakdown)
        if self.breakdown != STATUS_QUO and any(
            self.study.resolved_package(self.breakdown).holds[1:]
        ):
            return ""
        keys = {"base": self.base, "alone": self.alone, "announced": self.announced}
        for name, key in keys.items():
            if key is not None and self.study.changes(key) == changes:
                return name
        return ""


def threat_case(study: Study, name: str) -> ThreatCase:
    """Return a threat of a scenario with the packages it comes to.

    A threat that answers another one is held against that other one carried out.

    Raises
    ------
    InputError
        If there is no such threat, or it touches no trade of the world.
    """
    threats = {t.id: t for t in study.scenario.threats}
    threat = threats.get(name)
    if threat is None:
        raise InputError.one(
            f"unknown threat '{name}'",
            study.scenario.filename or "threat",
            "the scenario has no such threat",
            allowed_text(name, tuple(threats)) if threats else "the scenario has no threats",
        )
    before = _answered(threat, threats)
    packages: dict[str, ResolvedPackage] = {}

    def add(changes: Sequence[PackageChange]) -> str:
        words = [f"{c.threat}+answer" if c.retaliation else str(c.threat) for c in changes]
        key = "threat:" + "+".join(words)  # no id of a file has a colon
        package = Package(id="carried-out", kind="threat", changes=tuple(changes))
        packages[key] = resolve_package(study.scenario, study.world, package)
        return key

    first = [PackageChange(threat=t.id) for t in before]
    base = add(first) if first else STATUS_QUO
    alone = add([*first, PackageChange(threat=name)])
    announced = None
    if threat.answered_by:
        announced = add([*first, PackageChange(threat=name, retaliation=True)])
    own = replace(
        study,
        resolved=replace(study.resolved, packages={**study.resolved.packages, **packages}),
    )
    return _case(own, threat, base, alone, announced)


def _case(study: Study, threat: Threat, base: str, alone: str, announced: str | None) -> ThreatCase:
    parties = study.resolved.parties
    own = parties.get(threat.by, (threat.by,))
    names = (threat.id, threat.instrument)
    moved = [
        c
        for c in study.resolved.packages[alone].concessions
        if c.instrument in names
        and not c.eases
        and (c.exporter if c.kind == "export-tax" else c.importer) in own
    ]
    if not moved:
        raise InputError.one(
            f"threat '{threat.id}' raises no duty on any trade of the world",
            f"{study.scenario.filename}: threat[{threat.id}]",
            "there is nothing to compute",
            "give it an instrument, goods with a rate, or a table that the world shows",
        )
    targets = tuple(dict.fromkeys(c.receiver for c in moved))
    hit = {c.sector for c in moved}
    return ThreatCase(
        study=study,
        threat=threat,
        by=threat.by,
        targets=targets,
        regions={p: tuple(parties.get(p, (p,))) for p in (threat.by, *targets)},
        sectors=tuple(s for s in study.world.sectors if s in hit),
        base=base,
        alone=alone,
        announced=announced,
        breakdown=_breakdown(study, threat, targets),
        trade_usd_bn=sum(c.trade_usd_bn for c in moved),
    )


def _answered(threat: Threat, threats: Mapping[str, Threat]) -> list[Threat]:
    """Return the threats that must be carried out before this one, the first one first."""
    found: list[Threat] = []
    here = threat
    while here.when is not None and here.when.threat and here.when.is_ == "carried-out":
        earlier = threats.get(here.when.threat)
        if earlier is None or earlier in found or earlier is threat:
            break
        found.insert(0, earlier)
        here = earlier
    return found


def _breakdown(study: Study, threat: Threat, targets: Sequence[str]) -> str:
    """Return what follows if the talks fail that the threat belongs to."""
    talks = study.scenario.talks
    if threat.when is not None and threat.when.talks:
        named = [t for t in talks if t.id == threat.when.talks]
    else:
        named = [t for t in talks if threat.by in t.parties and set(targets) & set(t.parties)]
    return named[0].breakdown if named else STATUS_QUO


def threat_settings(
    study: Study,
    *,
    closure: str | None = None,
    elasticity: str | None = None,
    model: str | None = None,
) -> tuple[Setting, ...]:
    """Return the settings of an assessment: every model with every closure and elasticity set.

    Closures and elasticity sets are those of the study's sensitivity lines, models its own
    and :data:`FAMILIES_TRIED`. A name given here restricts its dimension to it.

    Raises
    ------
    InputError
        Unknown closure, elasticity set or model.
    """
    tried = (study.setting, *study.alternatives)
    closures = [Closure.parse(closure).label()] if closure else [s.closure for s in tried]
    sets = [s.elasticity for s in tried]
    if elasticity:
        sets = [study.world.elasticity(elasticity).name]
    models = [Model.parse(model)] if model else [Model.parse(s.model) for s in tried]
    if not model:
        models += [Model(name) for name in FAMILIES_TRIED]
    return tuple(
        Setting(c, e, m)
        for m in dict.fromkeys(m.label() for m in models)
        for c in dict.fromkeys(closures)
        for e in dict.fromkeys(sets)
    )
