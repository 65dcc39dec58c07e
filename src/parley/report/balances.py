"""Checks of bilateral balances: what was claimed, what other records and the world say.

A figure is never "confirmed" on its own: every comparable figure is listed with its
basis, because customs, census and input-output values of one trade differ by design.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parley.equilibrium.welfare import bilateral_balance
from parley.scenario.evidence import Balance, BalanceShare
from parley.scenario.places import Places, WorldLabels
from parley.studies import STATUS_QUO, WORLD_YEAR, Study

__all__ = ["check_balances"]

CLOSE = 0.05
"""Relative difference up to which a figure counts as the same."""


def check_balances(study: Study) -> list[dict[str, Any]]:
    """Return one check per claimed figure: claimed, every figure found, and the nearest.

    A balance or a share counts as claimed when a claim states it or the file says so;
    the other balances between the same two places are the records it is held against,
    together with the world's own flows in its year and in the status quo.
    """
    rows = []
    for stated in study.scenario.balances:
        if stated.claims and stated.balance_usd_bn is not None:
            found = _recorded_balances(study, stated) + _world_balances(study, stated)
            label = stated.label or stated.id
            rows.append(_row(stated, label, "usd_bn", stated.balance_usd_bn, found))
        for share in stated.shares:
            if share.claimed:
                found = _recorded_shares(study, stated, share) + _world_shares(study, stated, share)
                label = share.label or f"{', '.join(share.sectors)} in the {share.of}"
                rows.append(_row(stated, label, "share", share.value, found))
    return rows


def _row(
    stated: Balance, label: str, unit: str, claimed: float, found: list[dict[str, Any]]
) -> dict[str, Any]:
    nearest = min(found, key=lambda f: abs(f["value"] - claimed), default=None)
    verdict = "nothing to hold it against"
    if nearest is not None:
        off = abs(nearest["value"] - claimed) / max(abs(claimed), 1e-12)
        verdict = "matches" if off <= CLOSE else "fits no record"
    return {
        "id": stated.id,
        "label": label,
        "between": list(stated.between),
        "year": stated.year,
        "unit": unit,
        "claimed": claimed,
        "found": found,
        "nearest": nearest,
        "verdict": verdict,
    }


def _same_pair(a: Balance, b: Balance) -> float:
    """Return 1 for the same pair, -1 for the pair the other way round, 0 otherwise."""
    if tuple(a.between) == tuple(b.between):
        return 1.0
    return -1.0 if tuple(a.between) == tuple(b.between)[::-1] else 0.0


def _recorded_balances(study: Study, stated: Balance) -> list[dict[str, Any]]:
    found = []
    for other in study.scenario.balances:
        sign = _same_pair(stated, other)
        if other is stated or not sign or other.claims or other.sectors != stated.sectors:
            continue
        value = other.balance_usd_bn
        if value is None and None not in (other.exports_usd_bn, other.imports_usd_bn):
            value = float(other.exports_usd_bn or 0) - float(other.imports_usd_bn or 0)
        if value is not None:
            found.append(_figure(sign * value, other.basis, other.year, other.label or other.id))
    return found


def _recorded_shares(study: Study, stated: Balance, share: BalanceShare) -> list[dict[str, Any]]:
    found = []
    for other in study.scenario.balances:
        if not _same_pair(stated, other):
            continue
        for record in other.shares:
            if record.claimed or not set(record.sectors) & set(share.sectors):
                continue
            label = record.label or f"{', '.join(record.sectors)} in the {record.of}"
            found.append(_figure(record.value, record.basis or other.basis, other.year, label))
    return found


def _places(study: Study) -> Places:
    return Places(WorldLabels.of(study.world), study.resolved.groups, {})


def _ends(study: Study, stated: Balance) -> tuple[list[int], list[int]]:
    places = _places(study)
    first, second = (
        [study.world.region_index(r) for r in places.regions((side,))] for side in stated.between
    )
    return first, second


def _mask(study: Study, names: tuple[str, ...]) -> list[int]:
    labels = WorldLabels.of(study.world)
    groups = {g.id: g.sectors for g in study.scenario.groups if g.sectors}
    sectors = Places(labels, study.resolved.groups, groups).sectors(names)
    return [study.world.sector_index(s) for s in sectors]


def _world_balances(study: Study, stated: Balance) -> list[dict[str, Any]]:
    first, second = _ends(study, stated)
    mask = np.zeros(len(study.world.sectors), dtype=bool)
    mask[_mask(study, stated.sectors)] = True
    found = []
    for name, label in ((WORLD_YEAR, "flows of the world"), (STATUS_QUO, "status quo, computed")):
        at = study.equilibrium(name)
        if len(at.world.sectors) != len(mask):  # merged: only the whole can be compared
            if not mask.all():
                continue
            mask = np.ones(len(at.world.sectors), dtype=bool)
        balance = bilateral_balance(at, mask)
        value = float(balance[np.ix_(first, second)].sum() * study.world.usd_bn)
        found.append(_figure(value, "input-output, basic prices", study.world.year, label))
    return found


def _world_shares(study: Study, stated: Balance, share: BalanceShare) -> list[dict[str, Any]]:
    first, second = _ends(study, stated)
    part, whole = _mask(study, share.sectors), _mask(study, stated.sectors)
    trade = study.world.accounts.customs_value

    def total(sectors: list[int]) -> float:
        exports = float(trade[second][:, first][:, :, sectors].sum())
        imports = float(trade[first][:, second][:, :, sectors].sum())
        return {"exports": exports, "imports": imports, "balance": exports - imports}[share.of]

    denominator = total(whole)
    if denominator == 0:
        return []
    label = f"flows of the world: {', '.join(share.sectors)} in the {share.of}"
    value = total(part) / denominator
    return [_figure(value, "input-output, basic prices", study.world.year, label)]


def _figure(value: float, basis: str, year: int, label: str) -> dict[str, Any]:
    return {"value": value, "basis": basis, "year": year, "label": label}
