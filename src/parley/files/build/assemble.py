"""The embedded worlds, assembled from their source tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parley.economy.aggregation import aggregate
from parley.economy.world import AuditEntry, World
from parley.errors import InputError
from parley.files.build.concordance import Concordance
from parley.files.build.elasticities import elasticity_sets
from parley.files.build.inputs import fitted_inputs
from parley.files.build.sources import Cube, read_cube, read_tables44, read_wiod
from parley.files.build.tariffs import applied_tariffs
from parley.files.build.toy import build_toy
from parley.labels import allowed_text

__all__ = ["BUILDABLE", "build_lite", "build_named", "build_world"]

Array = NDArray[np.float64]
FLOW_DIGITS = 3  # flows to 0.001 million
SHARE_DIGITS = 9
TARIFF_DIGITS = 6

SOURCES = (
    (
        "OECD Inter-Country Input-Output tables, 2023 edition, year 2017: trade flows of 81 "
        "economies and 27 goods sectors with services aggregated"
    ),
    "F. Teti, Global Tariff Database: applied tariffs 2017 (as merged with the ICIO tables)",
    (
        "OECD Inter-Country Input-Output tables, 2021 edition, year 2017: input and value-added "
        "shares of seven economies and 44 sectors, with simple means of applied tariffs (WITS)"
    ),
    (
        "World Input-Output Database, 2013 release, year 2011: input shares of seven economies "
        "(Timmer, Dietzenbacher, Los, Stehrer and de Vries 2015)"
    ),
    "USITC tariff database 2017; Japan Customs tariff schedule",
)
LICENCE = (
    "Aggregated, repaired and re-balanced by Parley from the public tables named under "
    "sources, which remain under their own terms of use; Parley's part: Apache-2.0"
)
NOTES = (
    (
        "Values are those of input-output accounts (basic prices, national accounts concepts), "
        "not of customs: the balances between two countries differ from customs balances."
    ),
    "Flows are net of tariff; expenditure and input shares include tariffs.",
    "China includes Hong Kong. The United Kingdom was in the European Union's customs union.",
    (
        "Input shares of Australia, Canada, Korea, Mexico, Chinese Taipei and the United Kingdom "
        "are those of 2011; ASEAN's are Indonesia's; Argentina's and New Zealand's are those of "
        "the rest of the world."
    ),
    "The European Union's car tariff of 10 % is averaged with parts in C29.",
)


def build_world(sources: Path) -> World:
    """Build ``world-2017``: 16 regions, 28 sectors, with every repair in its audit.

    Parameters
    ----------
    sources
        Folder with the source tables (see :mod:`parley.files.build.sources`).

    Raises
    ------
    InputError
        If a source is missing or unreadable, or a package of the extra ``[build]`` is.
    """
    c = Concordance()
    cube, tables, wiod = read_cube(sources), read_tables44(sources), read_wiod(sources)
    _check_labels(cube, c)
    audit: list[AuditEntry] = []
    flows, entries = _regional_flows(cube, c)
    audit += entries
    tariffs = applied_tariffs(cube, tables, c)
    rates = tariffs.values.round(TARIFF_DIGITS)
    audit += tariffs.audit
    output = flows.sum(axis=0)
    expenditure = (flows * (1.0 + rates)).sum(axis=1)
    inputs = fitted_inputs(output, expenditure, tables, wiod, c)
    audit += inputs.audit
    share = inputs.input_share.round(SHARE_DIGITS)
    value_added = (1.0 - share.sum(axis=1)).round(SHARE_DIGITS)
    sets, entries = elasticity_sets(cube, tables, c)
    audit += entries
    return World(
        name="world-2017",
        year=cube.year,
        regions=c.regions,
        sectors=c.sectors,
        flows=flows,
        tariffs=rates,
        elasticities=sets,
        value_added_share=value_added,
        input_share=share,
        region_names=c.region_names,
        sector_names=c.sector_names,
        goods=c.goods,
        sources=SOURCES,
        licence=LICENCE,
        notes=(*NOTES, _against_customs(flows, c), *inputs.notes),
        audit=tuple(audit),
    )


def _against_customs(flows: Array, c: Concordance) -> str:
    """Return a note that sets one balance of the accounts beside that of customs."""
    goods = [c.sectors.index(s) for s in c.goods]
    usa, japan = c.regions.index("USA"), c.regions.index("JPN")
    bought, sold = (flows[n, i, goods].sum() / 1e3 for n, i in ((usa, japan), (japan, usa)))
    surplus = (flows[:, japan].sum() - flows[japan].sum()) / 1e3
    return (
        f"Of goods, the United States buys {bought:.1f} bn from Japan here and sells it "
        f"{sold:.1f} bn, a gap of {bought - sold:.1f} bn; its customs showed about 69 bn for "
        f"2017. Japan's surplus with all partners, services included, is {surplus:.1f} bn."
    )


def build_lite(world: World) -> World:
    """Return ``world-2017-lite``, the aggregate of ``world-2017`` to seven regions."""
    c = Concordance()
    small = aggregate(
        world.with_changes(audit=()),
        c.lite_groups,
        name="world-2017-lite",
        region_names=c.lite_names,
    )
    origin = AuditEntry(
        "aggregated",
        "world-2017-lite",
        f"world-2017 with {len(world.regions)} regions",
        f"{len(small.regions)} regions: "
        + "; ".join(f"{k} = {', '.join(v)}" for k, v in c.lite_groups.items() if len(v) > 1),
        f"every repair listed in the audit of world-2017 ({len(world.audit)} entries) is in it",
    )
    return _rounded(small.with_changes(audit=(origin, *small.audit)))


def _rounded(world: World) -> World:
    """Return the world with rounded primitives; value added absorbs what shares lose."""
    assert world.input_share is not None
    share = world.input_share.round(SHARE_DIGITS)
    return world.with_changes(
        flows=world.flows.round(FLOW_DIGITS),
        tariffs=world.tariffs.round(TARIFF_DIGITS),
        input_share=share,
        value_added_share=(1.0 - share.sum(axis=1)).round(SHARE_DIGITS),
        elasticities=tuple(
            type(e)(e.name, e.theta.round(6), e.source, e.note) for e in world.elasticities
        ),
    )


BUILDABLE: Mapping[str, Callable[[Path | None], World]] = {
    "world-2017": lambda sources: build_world(_given(sources)),
    "world-2017-lite": lambda sources: build_lite(build_world(_given(sources))),
    "toy": lambda sources: build_toy(),
}


def build_named(name: str, sources: Path | None) -> World:
    """Build an embedded world by name.

    Raises
    ------
    InputError
        If the name is unknown or the world needs sources and none are given.
    """
    if name not in BUILDABLE:
        raise InputError.one(
            f"no recipe for a world '{name}'",
            "parley world build",
            "only the embedded worlds are built from source tables",
            allowed_text(name, list(BUILDABLE)),
        )
    return BUILDABLE[name](sources)


def _given(sources: Path | None) -> Path:
    if sources is None:
        raise InputError.one(
            "no folder of source tables given",
            "parley world build: sources",
            "this world is built from tables that do not ship with Parley",
            "give it with --sources DIR",
        )
    return sources


def _check_labels(cube: Cube, c: Concordance) -> None:
    if set(cube.economies) != set(c.region_of):
        odd = sorted(set(cube.economies) ^ set(c.region_of))
        raise InputError.one(
            f"the cube's economies differ from the concordance: {', '.join(odd)}",
            "concordances/economies.csv",
        )
    if cube.sectors[:-1] != c.sectors[:-1]:
        raise InputError.one(
            "the cube's goods sectors differ from the concordance", "concordances/sectors.csv"
        )


def _regional_flows(cube: Cube, c: Concordance) -> tuple[Array, list[AuditEntry]]:
    member = np.array([[float(c.region_of[e] == r) for e in cube.economies] for r in c.regions])
    exact = np.einsum("an,bi,nis->abs", member, member, cube.flows, optimize=True)
    flows = exact.round(FLOW_DIGITS)
    lost = int(((exact > 0) & (flows == 0)).sum())
    zeros = int((flows == 0).sum())
    entries = [
        AuditEntry(
            "flow-rounding",
            "all flows",
            f"{exact.sum():,.3f} million",
            f"{flows.sum():,.3f} million",
            f"rounded to 0.001 million; {lost} positive flows below half of that become zero",
        ),
        AuditEntry(
            "flow-zero",
            "all flows",
            f"{zeros} of {flows.size} flows are zero",
            f"{zeros} of {flows.size} flows are zero",
            "kept: zero flows stay zero in every counterfactual",
        ),
    ]
    for a, region in enumerate(c.regions):
        members = np.flatnonzero(member[a])
        if len(members) > 1:
            block = cube.flows[np.ix_(members, members)]
            inside = block.sum() - block[np.arange(len(members)), np.arange(len(members))].sum()
            entries.append(
                AuditEntry(
                    "region-merged",
                    region,
                    f"{len(members)} economies with {inside:,.0f} million of mutual trade",
                    "one region; mutual trade counts as domestic sales",
                    ", ".join(cube.economies[i] for i in members),
                )
            )
    return flows, entries
