"""Aggregation of regions and sectors by a mapping from each new label to its members.

Values add up. Tariffs become customs-value-weighted means, so revenue is kept; the
tariffs inside a new region vanish into domestic sales, and that region's use of the
product is scaled down by the revenue lost, so that every identity still holds.
Elasticities become import-weighted means, political weights value-added-weighted ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry, World
from parley.errors import InputError, Problem
from parley.labels import allowed_text

__all__ = ["aggregate"]

Array = NDArray[np.float64]
Groups = Mapping[str, Sequence[str]]


def aggregate(
    world: World,
    regions: Groups | None = None,
    sectors: Groups | None = None,
    *,
    name: str | None = None,
    region_names: Mapping[str, str] | None = None,
    sector_names: Mapping[str, str] | None = None,
) -> World:
    """Return the world with regions and sectors merged.

    Parameters
    ----------
    world
        The world to aggregate.
    regions, sectors
        New label -> old labels. Every old label must appear exactly once; None keeps all.
    name
        Name of the new world; default: the old name with "-aggregate".
    region_names, sector_names
        Long names of the new labels.

    Raises
    ------
    InputError
        If an old label is missing, unknown or used twice.
    """
    r, new_regions = _membership(world.regions, regions, "region")
    s, new_sectors = _membership(world.sectors, sectors, "sector")
    flows = _sum3(world.flows, r, s)
    customs = _sum3(world.accounts.customs_value, r, s)
    revenue = _sum3(world.accounts.customs_value * world.tariffs, r, s)
    own = np.arange(len(new_regions))
    lost = revenue[own, own, :].copy()
    revenue[own, own, :] = 0.0
    tariffs = np.divide(revenue, customs, out=np.zeros_like(customs), where=customs > 0)
    export_tax = None
    if world.export_tax is not None:
        customs[own, own, :] = flows[own, own, :]
        export_tax = np.divide(customs - flows, flows, out=np.zeros_like(flows), where=flows > 0)
    value_added_share, input_share = _shares(world, r, s, lost)
    weight = None
    if world.political_weight is not None:
        va = world.accounts.sector_value_added
        total = r @ va @ s.T
        weight = np.divide(
            r @ (world.political_weight * va) @ s.T, total, out=np.ones_like(total), where=total > 0
        )
    imports = world.accounts.customs_value.sum(axis=0).sum(axis=0)
    imports = imports - np.einsum("nns->s", world.accounts.customs_value)
    mass = s @ imports
    elasticities = tuple(
        ElasticitySet(
            e.name,
            np.where(
                mass > 0,
                (s @ (imports * e.theta)) / np.where(mass > 0, mass, 1.0),
                (s @ e.theta) / s.sum(axis=1),
            ),
            e.source,
            e.note,
        )
        for e in world.elasticities
    )
    audit = world.audit
    if lost.sum() > 0:
        audit = (
            *audit,
            AuditEntry(
                "aggregation",
                "tariffs inside new regions",
                f"{lost.sum():.6g} {world.unit} of revenue",
                "0",
                "flows inside a region are domestic sales, which bear no tariff; the region's "
                "use of the product is scaled down by the same amount",
            ),
        )
    goods = tuple(
        new
        for j, new in enumerate(new_sectors)
        if all(world.goods_mask[k] for k in np.flatnonzero(s[j]))
    )
    return World(
        name=name or f"{world.name}-aggregate",
        year=world.year,
        regions=new_regions,
        sectors=new_sectors,
        flows=flows,
        tariffs=tariffs,
        elasticities=elasticities,
        value_added_share=value_added_share,
        input_share=input_share,
        political_weight=weight,
        export_tax=export_tax,
        region_names=_long_names(new_regions, world.region_names, region_names),
        sector_names=_long_names(new_sectors, world.sector_names, sector_names),
        goods=goods,
        currency=world.currency,
        unit=world.unit,
        sources=world.sources,
        licence=world.licence,
        notes=world.notes,
        audit=audit,
    )


def _shares(world: World, r: Array, s: Array, lost: Array) -> tuple[Array | None, Array | None]:
    """Return value-added and input shares of the merged world.

    ``lost`` [new region, new sector] is the internal tariff revenue by which the
    region's spending on the product shrinks.
    """
    if world.input_share is None:
        return None, None
    a = world.accounts
    use = np.einsum(
        "rn,ak,nks,bs->rab", r, s, world.input_share * a.output[:, None, :], s, optimize=True
    )
    spending = r @ a.expenditure @ s.T
    keep = np.divide(spending - lost, spending, out=np.ones_like(spending), where=spending > 0)
    use *= keep[:, :, None]
    output = r @ a.output @ s.T
    shares = np.divide(
        use, output[:, None, :], out=np.zeros_like(use), where=output[:, None, :] > 0
    )
    return np.clip(1.0 - shares.sum(axis=1), 0.0, 1.0), shares


def _membership(
    old: tuple[str, ...], groups: Groups | None, kind: str
) -> tuple[Array, tuple[str, ...]]:
    """Return the [new, old] 0/1 matrix of a grouping and the new labels."""
    if groups is None:
        return np.eye(len(old)), old
    problems: list[Problem] = []
    owner: dict[str, str] = {}
    for new, members in groups.items():
        if not members:
            problems.append(Problem(f"{kind} group '{new}' is empty", f"{kind}s['{new}']"))
        for member in members:
            if member not in old:
                problems.append(
                    Problem(
                        f"unknown {kind} '{member}'",
                        f"{kind}s['{new}']",
                        f"the world has no such {kind}",
                        allowed_text(member, old),
                    )
                )
            elif member in owner:
                problems.append(
                    Problem(
                        f"{kind} '{member}' is in both '{owner[member]}' and '{new}'",
                        f"{kind}s['{new}']",
                        "each must go to exactly one group",
                    )
                )
            else:
                owner[member] = new
    missing = [label for label in old if label not in owner]
    if missing and not problems:
        problems.append(
            Problem(
                f"{kind}s left out: {', '.join(missing)}",
                f"{kind}s",
                "each must go to exactly one group, or the world no longer adds up",
            )
        )
    if problems:
        raise InputError(problems)
    labels = tuple(groups)
    matrix = np.array([[float(owner[o] == new) for o in old] for new in labels])
    return matrix, labels


def _sum3(values: Array, r: Array, s: Array) -> Array:
    total: Array = np.einsum("an,bi,cs,nis->abc", r, r, s, values, optimize=True)
    return total


def _long_names(
    labels: tuple[str, ...], old: Mapping[str, str], new: Mapping[str, str] | None
) -> dict[str, str]:
    names = {**old, **(new or {})}
    return {label: names[label] for label in labels if label in names}
