"""States of the world that some talks may lead to, with the packages behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parley.scenario.packages import Package, PackageChange
from parley.scenario.pledges import Talks
from parley.scenario.resolve import resolve_package
from parley.scenario.resolved import ResolvedPackage
from parley.stages import stages_of
from parley.studies import STATUS_QUO, Study
from parley.timing.plan import Plan

__all__ = ["States", "states_of"]


@dataclass(frozen=True)
class States:
    """States of the world by position in the game.

    ``keys`` are packages of the study, "threat:ID" or "exit:ID" for a sum from elsewhere; the
    first ``packages`` of them are on the table. ``inside`` and ``falls`` are positions: while
    they talk, and what every failure of the talks brings, which is what the file says follows
    with every dated threat that hangs over them. ``exits`` are (party, state, option, first
    day in years); who leaves for a sum leaves the others with ``falls``. ``courses`` are each
    state's stages, (years after it begins, package of the study): none where it is all in
    force at once and for good, as the state while they talk is. ``own`` are threats that come
    alone, with the state of each: those that use an instrument which another one that hangs
    over the talks uses as well, such as the steps of a ladder.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    packages: int
    inside: int
    falls: int
    courses: tuple[tuple[tuple[float, str], ...], ...]
    exits: tuple[tuple[int, int, str, float], ...]
    own: Mapping[str, int]


def states_of(study: Study, talks: Talks, plan: Plan) -> tuple[Study, States]:
    """Return the states that some talks may lead to, and the study with their packages."""
    packages = study.resolved.packages
    named = [p for p in talks.agenda if p in packages] or [
        p.id for p in packages.values() if p.talks == talks.id and p.kind == "deal"
    ]
    keys: list[str] = list(dict.fromkeys(named))
    table = len(keys)
    added: dict[str, ResolvedPackage] = {}
    written: dict[str, Package] = {}

    inside = table
    keys.append(talks.while_talking)
    held = packages.get(talks.while_talking)
    # What holds while they talk has no stages, so where it has some it is a state of its own.
    first = table + bool(held is not None and stages_of(study, held.id, held))

    def at(key: str) -> int:
        if key not in keys[first:]:
            keys.append(key)
        return keys.index(key, first)

    fallen = packages.get(talks.breakdown)
    carried = set(fallen.threats) if fallen is not None else set()
    dated = [d.threat for d in plan.deadlines if d.threat]
    # The talks fail once: whichever deadline brings it, the same threats are carried out.
    falls = talks.breakdown
    alone = _alone(study, [t for t in dict.fromkeys(dated) if t not in carried], carried)
    if not set(dated) <= carried | set(alone):
        rest = [t for t in dict.fromkeys(dated) if t not in carried and t not in alone]
        falls = "threat:" + "+".join(rest)
        package = Package(
            id="carried-out",
            kind="threat",
            include=() if fallen is None else (fallen.id,),
            changes=tuple(PackageChange(threat=t) for t in rest),
        )
        added[falls] = resolve_package(study.scenario, study.world, package)
        written[falls] = package
    failed = at(falls)
    own_states = {}
    for threat in alone:
        # The file's own package of it, answers and all, where it has one.
        others = set(_alike(study, threat, {*dated, *carried}))
        known = [
            p.id
            for p in packages.values()
            if p.kind != "deal" and threat in p.threats and not others & set(p.threats)
        ]
        if known:
            own_states[threat] = at(known[0])
            continue
        key = f"threat:{threat}"
        written[key] = Package(
            id="carried-out", kind="threat", changes=(PackageChange(threat=threat),)
        )
        added[key] = resolve_package(study.scenario, study.world, written[key])
        own_states[threat] = at(key)
    exits = []
    if talks.ends_by == "exit":
        for k, party in enumerate(talks.parties):
            own = [
                o
                for o in study.scenario.outside_options
                if o.party == party and o.talks in (None, talks.id)
            ]
            for o in own:
                since = max(0.0, plan.years(o.available_from)) if o.available_from else 0.0
                exits.append((k, at(o.package or f"exit:{o.id}"), o.id, since))
            if not own:
                exits.append((k, failed, "", 0.0))
    courses = []
    for k, key in enumerate(keys):
        whole = None if k == inside else {**packages, **added}.get(key)
        stages = {} if whole is None else stages_of(study, key, whole, written.get(key))
        added |= {name: package for name, (_, package) in stages.items()}
        courses.append(tuple((since, name) for name, (since, _) in stages.items()))
    if added:
        resolved = replace(study.resolved, packages={**packages, **added})
        study = replace(study, resolved=resolved)
    return study, States(
        tuple(keys),
        tuple(_label(study, talks, k, alone) for k in keys),
        table,
        inside,
        failed,
        tuple(courses),
        tuple(exits),
        own_states,
    )


def _alone(study: Study, rest: Sequence[str], carried: set[str]) -> tuple[str, ...]:
    """Return the threats that use an instrument of another one that hangs over the talks."""
    return tuple(t for t in rest if _alike(study, t, {*rest, *carried}))


def _alike(study: Study, threat: str, others: set[str]) -> list[str]:
    """Return which other threats use the instrument of a threat."""
    uses = {t.id: t.instrument for t in study.scenario.threats if t.instrument is not None}
    return [o for o in others if o != threat and threat in uses and uses.get(o) == uses[threat]]


def _label(study: Study, talks: Talks, key: str, alone: Sequence[str] = ()) -> str:
    if key == STATUS_QUO:
        return "status quo"
    kind, _, name = key.partition(":")
    if kind == "exit" and name:
        return next(o.label or o.id for o in study.scenario.outside_options if o.id == name)
    if kind == "threat" and name:
        threats = {t.id: t.label or t.id for t in study.scenario.threats}
        said = [threats[t] for t in name.split("+")]
        more = talks.breakdown != STATUS_QUO and name not in alone
        return " and ".join([*([_label(study, talks, talks.breakdown)] if more else []), *said])
    return study.resolved.packages[key].label
