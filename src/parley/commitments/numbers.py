r"""Conflicting figures where they matter: a threat at each amount that somebody claims.

Reports differ on how much trade a threat would hit. The largest claimed figure is taken for
the threat as it stands in the file; for a smaller one the part of every flow that it covers is
scaled by the ratio r of the two. On a flow cut into parts that is exact: a part of share
:math:`\varphi` that the threat moves falls into :math:`r\varphi`, moved, and
:math:`(1-r)\varphi`, as in the status quo, so that parts never add to more than the flow. Only
the ratio is scaled, not the amounts: the world's own trade under the threat is stated beside
the claims. Export taxes are held per flow and cannot be scaled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium import Equilibrium, solve
from parley.errors import InputError, NotConvergedError
from parley.policy.change import Change
from parley.policy.ledger import REST, Cell, Ledger, Part
from parley.policy.wedges import ledger_of_changes, policy_of_ledger
from parley.scenario.pledges import Threat
from parley.studies import Study
from parley.threats.case import ThreatCase, threat_case
from parley.threats.figures import SideFigures, outcome

__all__ = ["AmountClaimed", "NumbersResult", "conflicting_numbers", "scaled_ledger"]

Array = NDArray[np.float64]
SEP = "~"  # no id of a file has one


@dataclass(frozen=True, eq=False)
class AmountClaimed:
    """A claimed figure, and what the threat does to each party at that figure.

    ``claims`` state it; ``ratio`` is to the largest. ``alone`` and ``answered`` (with the
    announced answer, itself unscaled): party -> figures against the status quo; None where
    there is no answer, or no proof, and then ``reason`` says so.
    """

    usd_bn: float
    claims: tuple[str, ...]
    ratio: float
    alone: Mapping[str, SideFigures] | None
    answered: Mapping[str, SideFigures] | None
    reason: str = ""
    equilibria: tuple[Equilibrium, ...] = ()


@dataclass(frozen=True, eq=False)
class NumbersResult:
    """A threat at each figure, the largest first; ``reason`` says why it could not be scaled.

    ``world_usd_bn`` is the trade that the threat falls on in the world's year.
    """

    threat: str
    label: str
    world_usd_bn: float
    world_year: int
    amounts: tuple[AmountClaimed, ...]
    reason: str = ""


def conflicting_numbers(
    study: Study, threat: Threat, weights: Array | None
) -> NumbersResult | None:
    """Return a threat at each amount that is claimed; None where no two claims differ.

    Parameters
    ----------
    study, threat
        The scenario's study, and one of its threats.
    weights
        The scenario's political weights [region, sector]; None if it has none.
    """
    named = threat.base_usd_bn.claims if threat.base_usd_bn is not None else ()
    figures: dict[float, list[str]] = {}
    for claim in study.scenario.claims:
        if claim.id in named and claim.value_usd_bn:
            figures.setdefault(float(claim.value_usd_bn), []).append(claim.id)
    if len(figures) < 2:
        return None
    label = threat.label or threat.id
    try:
        case = threat_case(study, threat.id)
    except InputError as error:
        why = "; ".join(p.what for p in error.problems)
        return NumbersResult(threat.id, label, 0.0, study.world.year, (), why)
    largest = max(figures)
    taxes = [c for c in _own(case, case.alone) if c.kind == "export-tax"]
    reason = ""
    if taxes:
        reason = "it moves export taxes, which are held per flow: a part cannot be scaled"
    return NumbersResult(
        threat=threat.id,
        label=label,
        world_usd_bn=case.trade_usd_bn,
        world_year=study.world.year,
        amounts=tuple(
            AmountClaimed(value, tuple(figures[value]), value / largest, None, None, reason)
            if reason
            else _at(case, value, tuple(figures[value]), value / largest, weights)
            for value in sorted(figures, reverse=True)
        ),
        reason=reason,
    )


def _own(case: ThreatCase, key: str) -> tuple[Change, ...]:
    """Return the changes of a package on top of what the threat is held against."""
    before = case.study.changes(case.base)
    return case.study.changes(key)[len(before) :]


def _at(
    case: ThreatCase, value: float, claims: tuple[str, ...], ratio: float, weights: Array | None
) -> AmountClaimed:
    study = case.study
    found: dict[str, Mapping[str, SideFigures] | None] = {"alone": None, "answered": None}
    solved: list[Equilibrium] = []
    try:
        base = study.equilibrium(case.base)
        keys = {"alone": case.alone, "answered": case.announced}
        for name, key in keys.items():
            if key is None:
                continue
            new = study.equilibrium(key) if ratio >= 1.0 else _scaled(case, key, ratio)
            solved.append(new)
            found[name] = _sides(case, base, new, weights)
    except NotConvergedError as error:
        reason = f"{error.message}; {error.advice}"
        return AmountClaimed(value, claims, ratio, None, None, reason, tuple(solved))
    return AmountClaimed(
        value, claims, ratio, found["alone"], found["answered"], "", (base, *solved)
    )


def _sides(
    case: ThreatCase, base: Equilibrium, new: Equilibrium, weights: Array | None
) -> dict[str, SideFigures]:
    at = outcome(base, new)
    weighted = {c.party for c in case.study.resolved.constituencies}
    return {p: at.side(case.regions[p], weights if p in weighted else None) for p in case.parties}


def _scaled(case: ThreatCase, key: str, ratio: float) -> Equilibrium:
    """Return the equilibrium with the threat on part of its goods, the answer in full."""
    study, use = case.study, case.study.setting
    cells = {(c.importer, c.exporter, c.sector) for c in _own(case, case.alone)}
    before, after = (_ledger(study, study.changes(k)) for k in (case.base, key))
    theta = study.world.elasticity(use.elasticity).theta
    found = solve(
        study.world,
        policy_of_ledger(study.world, theta, scaled_ledger(before, after, ratio, cells)),
        elasticity=use.elasticity,
        closure=use.closure,
        model=use.model,
    )
    return found.require(f"'{case.threat.id}' on {ratio:.1%} of its goods")


def _ledger(study: Study, changes: tuple[Change, ...]) -> Ledger:
    return ledger_of_changes(study.world, changes, partition=study.resolved.partition)


def scaled_ledger(before: Ledger, after: Ledger, ratio: float, cells: Iterable[Cell]) -> Ledger:
    """Return a ledger in which only a part of what moved has moved.

    Parameters
    ----------
    before, after
        Duties without and with the moves; neither is changed.
    ratio
        Part of the goods of every moved part that keeps the move, in (0, 1].
    cells
        Flows that are scaled; on all others everything stays moved.

    Returns
    -------
    Ledger
        Every part that differs is cut in two: ``ratio`` of its share as in ``after``, the
        rest as in ``before``.
    """
    old, found = before.copy(), after.copy()
    for cell in cells:
        first, moved = old.parts(cell), found.parts(cell)
        for name, part in list(moved.items()):
            was = first.get(name, first[REST])
            if part.share <= 0 or _same(part, was):
                continue
            kept = replace(was.copy(), share=part.share * (1.0 - ratio), base=part.base)
            part.share *= ratio
            moved[f"{name}{SEP}rest"] = kept
    return found


def _same(a: Part, b: Part) -> bool:
    """Return whether nothing is levied on one part that is not on the other."""
    here, there = ({k: v for k, v in p.additional.items() if v} for p in (a, b))
    return (a.ordinary, a.cost, here) == (b.ordinary, b.cost, there)
