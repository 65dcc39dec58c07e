"""The observed world: regions, sectors, flows, tariffs, shares and elasticities.

A :class:`World` holds labels and read-only arrays. Only primitives are stored;
outputs, expenditures, final demand, deficits and incomes are derived from them
(:mod:`parley.economy.accounts`), so a no-change counterfactual is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.economy.accounts import Accounts, IdentityCheck, derive_accounts, identity_checks
from parley.economy.elasticity import ElasticitySet
from parley.economy.validation import world_problems
from parley.errors import InputError
from parley.labels import allowed_text
from parley.units import per_billion

__all__ = ["AuditEntry", "World"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class AuditEntry:
    """One repair made while a world was built: what was found, what it became, why."""

    step: str
    where: str
    found: str
    changed_to: str
    reason: str


@dataclass(frozen=True, eq=False)
class World:
    """An observed world economy; axis order [importer, exporter, sector] throughout.

    Parameters
    ----------
    name, year
        Name and year of the data.
    regions, sectors
        Unique labels, N regions and S sectors.
    flows
        [N, N, S], in ``unit`` of ``currency``, at basic prices: net of tariff and of
        export tax; the diagonal holds domestic sales.
    tariffs
        [N, N, S], ad valorem on the customs value, a fraction above -1; 0 on the diagonal.
    elasticities
        At least one :class:`ElasticitySet`; the first is the default.
    value_added_share
        [N, S] share of gross output, or None for a world without inputs.
    input_share
        [N, S, S] = [region, input, using sector], share of gross output at purchasers'
        prices; value-added share plus input shares are one. None for no inputs.
    political_weight
        [N, S] weights a government puts on a sector, or None.
    export_tax
        [N, N, S] ad valorem on the basic price, or None for none.
    goods
        Sectors that are goods; the rest are services. Empty means all are goods.

    Raises
    ------
    InputError
        With every problem found, if the primitives do not make an exact baseline.
    """

    name: str
    year: int
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    tariffs: Array
    elasticities: tuple[ElasticitySet, ...]
    value_added_share: Array | None = None
    input_share: Array | None = None
    political_weight: Array | None = None
    export_tax: Array | None = None
    region_names: Mapping[str, str] = field(default_factory=dict)
    sector_names: Mapping[str, str] = field(default_factory=dict)
    goods: tuple[str, ...] = ()
    currency: str = "USD"
    unit: str = "million"
    sources: tuple[str, ...] = ()
    licence: str = ""
    notes: tuple[str, ...] = ()
    audit: tuple[AuditEntry, ...] = ()

    def __post_init__(self) -> None:
        for label in ("regions", "sectors", "elasticities", "goods", "sources", "notes", "audit"):
            object.__setattr__(self, label, tuple(getattr(self, label)))
        for label in (
            "flows",
            "tariffs",
            "value_added_share",
            "input_share",
            "political_weight",
            "export_tax",
        ):
            value = getattr(self, label)
            if value is not None:
                object.__setattr__(self, label, _frozen(value))
        problems = world_problems(self)
        if problems:
            raise InputError(problems)

    # -- labels -----------------------------------------------------------------

    def region_index(self, region: str) -> int:
        """Return the position of a region; InputError with the nearest match if unknown."""
        return _position(region, self.regions, "region", self.name)

    def sector_index(self, sector: str) -> int:
        """Return the position of a sector; InputError with the nearest match if unknown."""
        return _position(sector, self.sectors, "sector", self.name)

    def elasticity(self, name: str | None = None) -> ElasticitySet:
        """Return the elasticity set of that name (the first one for None)."""
        if name is None:
            return self.elasticities[0]
        names = [e.name for e in self.elasticities]
        return self.elasticities[_position(name, names, "elasticity set", self.name)]

    @property
    def goods_mask(self) -> NDArray[np.bool_]:
        """True for each sector that is a good, shape [sector]."""
        if not self.goods:
            return np.ones(len(self.sectors), dtype=bool)
        return np.array([s in self.goods for s in self.sectors])

    @property
    def has_inputs(self) -> bool:
        """Whether sectors use inputs (input-output links)."""
        return self.input_share is not None

    @property
    def usd_bn(self) -> float:
        """Billions of currency per unit of the world's values."""
        return per_billion(self.unit)

    # -- accounts ---------------------------------------------------------------

    @cached_property
    def accounts(self) -> Accounts:
        """Output, expenditure, final demand, revenue, deficit and income of the world."""
        return derive_accounts(
            self.flows, self.tariffs, self.value_added_share, self.input_share, self.export_tax
        )

    def check_identities(self) -> list[IdentityCheck]:
        """Return the identities of an exact baseline, each with its largest error."""
        return identity_checks(self.flows, self.tariffs, self.input_share, self.accounts)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over labels and numbers: two worlds with the same hash solve alike."""
        digest = hashlib.sha256()
        digest.update(repr((self.regions, self.sectors, self.unit, self.goods)).encode())
        for array in (
            self.flows,
            self.tariffs,
            self.value_added_share,
            self.input_share,
            self.political_weight,
            self.export_tax,
        ):
            digest.update(b"-" if array is None else array.tobytes())
        for entry in self.elasticities:
            digest.update(entry.name.encode() + entry.theta.tobytes())
        return digest.hexdigest()

    def with_changes(self, **changes: Any) -> World:
        """Return a copy with some fields replaced (validated like any other world)."""
        unknown = set(changes) - {f.name for f in fields(self)}
        if unknown:
            raise TypeError(f"World has no field {sorted(unknown)}")
        return replace(self, **changes)


def _frozen(value: Array) -> Array:
    array = np.array(value, dtype=np.float64, order="C")
    array.setflags(write=False)
    return array


def _position(label: str, labels: tuple[str, ...] | list[str], kind: str, world: str) -> int:
    try:
        return labels.index(label)
    except ValueError:
        raise InputError.one(
            f"unknown {kind} '{label}'",
            f"world '{world}'",
            f"the world has {len(labels)} of them and this is not one",
            allowed_text(str(label), labels),
        ) from None
