r"""From changes of instruments to the two wedges a model needs on every bilateral flow.

A cell (importer, exporter, sector) may be cut into slices l with different duties. One
ad valorem rate cannot match both the price and the revenue of such a cell, so a policy
carries two wedges, exact when slices are varieties of the sector's own CES:

.. math::
   \hat\kappa = \Big[\sum_l \varphi_l \hat\kappa_l^{-\theta}\Big]^{-1/\theta}, \qquad
   s'_l = \varphi_l (\hat\kappa_l / \hat\kappa)^{-\theta}, \qquad
   \frac{1}{1+\tau'} = \sum_l \frac{s'_l}{1+\tau'_l}

with :math:`\varphi_l` the tariff-inclusive share of slice l in the cell and
:math:`\hat\kappa_l = (1+\tau'_l)/(1+\tau_l) \times \hat d_l`. A slice's share is given on
customs values; its own duty ``now`` may differ from the cell's average, the rest of the
cell then bears the duty that keeps the customs-value-weighted average.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.errors import InputError, Problem
from parley.policy.change import CHANGE_KINDS, Change
from parley.policy.ledger import REST, Cell, Ledger

__all__ = [
    "Policy",
    "SliceLevel",
    "apply_changes",
    "ledger_of_changes",
    "ledger_with",
    "no_change",
    "policy_of_ledger",
]

Array = NDArray[np.float64]
ROUNDING = 1e-12


@dataclass(frozen=True)
class SliceLevel:
    """One slice of a flow under a policy.

    ``share`` is its share of the flow's customs value in the world's year,
    ``share_prime`` under the policy; ``tariff`` and ``tariff_prime`` are its total
    duties (ordinary plus additional) in the world's year and under the policy.
    """

    importer: str
    exporter: str
    sector: str
    name: str
    share: float
    share_prime: float
    tariff: float
    tariff_prime: float


@dataclass(frozen=True, eq=False)
class Policy:
    """The wedges of a policy against the world's year, each [importer, exporter, sector].

    ``cost_hat``: change in the cost of reaching the market, kappa hat. ``tariff_prime``:
    ad valorem rate at which tariff revenue is raised. ``export_tax_prime``: likewise for
    export taxes, None where there are none. ``slices``: the cells that are cut up.
    """

    cost_hat: Array
    tariff_prime: Array
    export_tax_prime: Array | None = None
    slices: tuple[SliceLevel, ...] = ()


def no_change(world: World) -> Policy:
    """Return the world's own policy: all cost changes one, tariffs as observed."""
    return Policy(np.ones_like(world.tariffs), world.tariffs, world.export_tax)


def apply_changes(
    world: World,
    changes: Iterable[Change],
    theta: Array,
    *,
    partition: Iterable[Change] | None = None,
) -> Policy:
    """Return the policy that follows when changes are applied in order to a world.

    Parameters
    ----------
    world
        The world whose tariffs are the starting point.
    changes
        Applied in order; a later change of the same instrument replaces the earlier.
    theta
        Trade elasticities, shape [sector]; they aggregate slices into a cell.
    partition
        Changes whose slices cut up the flows; default: the changes themselves. With the
        same partition, two policies can be compared slice by slice.

    Raises
    ------
    InputError
        Unknown labels, a duty of -100 % or less, slices that add to more than the flow
        or contradict each other, or a slice duty the cell's average cannot hold.
    """
    return policy_of_ledger(world, theta, ledger_of_changes(world, changes, partition=partition))


def ledger_of_changes(
    world: World, changes: Iterable[Change], *, partition: Iterable[Change] | None = None
) -> Ledger:
    """Return the duties on every touched flow, part by part, once changes are applied in order.

    Parameters and errors are those of :func:`apply_changes`.
    """
    steps = tuple(changes)
    cuts = steps if partition is None else (*partition, *steps)
    problems = [p for c in cuts for p in _check(world, c)]
    if problems:
        raise InputError(_unique(problems))
    ledger = Ledger(world)
    problems = _cut(ledger, cuts)
    if problems:
        raise InputError(_unique(problems))
    for change in steps:
        _apply(ledger, change)
    return ledger


def ledger_with(ledger: Ledger, changes: Iterable[Change]) -> Ledger | None:
    """Return a copy of a ledger with changes applied in order.

    None where they cut flows otherwise than the ledger does: :func:`ledger_of_changes` then
    has to cut them anew, with all that was applied before.

    Raises
    ------
    InputError
        As :func:`apply_changes` does.
    """
    steps = tuple(changes)
    problems = [p for c in steps for p in _check(ledger.world, c)]
    if problems:
        raise InputError(_unique(problems))
    for c in steps:
        name = _slice_name(c)
        if name == REST:
            continue
        part = ledger.cells.get(_cell(c), {}).get(name)
        if part is None or abs(part.share - c.share_of_flow) > ROUNDING:
            return None
        if c.now is not None and abs(part.base - c.now) > ROUNDING:
            return None
    found = ledger.copy()
    for c in steps:
        _apply(found, c)
    return found


def _check(world: World, c: Change) -> list[Problem]:
    where = f"change of {c.importer} <- {c.exporter}, {c.sector}" + (
        f" ({c.instrument})" if c.instrument else ""
    )
    for label, kind in ((c.importer, "region"), (c.exporter, "region")):
        if label not in world.regions:
            return [Problem(f"unknown {kind} '{label}'", where)]
    if c.sector not in world.sectors:
        return [Problem(f"unknown sector '{c.sector}'", where)]
    found = []
    if c.kind not in CHANGE_KINDS:
        found.append(Problem(f"unknown kind '{c.kind}'", where, "", ", ".join(CHANGE_KINDS)))
    if c.importer == c.exporter:
        found.append(Problem("importer and exporter are the same", where))
    if not np.isfinite(c.value):
        found.append(Problem(f"value {c.value} is not a finite number", where))
    elif c.kind in ("tariff", "export-tax") and c.value <= -1:
        found.append(
            Problem(f"{c.kind} of {c.value:.1%}", where, "at -100 % the price would be zero")
        )
    elif c.kind == "cost" and c.value <= 0:
        found.append(Problem(f"cost factor {c.value:g} is not positive", where))
    if not 0 < c.share_of_flow <= 1:
        found.append(Problem(f"share_of_flow {c.share_of_flow:g} is outside (0, 1]", where))
    return found


def _unique(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _cell(c: Change) -> Cell:
    return (c.importer, c.exporter, c.sector)


def _slice_name(c: Change) -> str:
    if c.share_of_flow >= 1.0:
        return REST
    return c.slice or c.instrument or "slice"


def _cut(ledger: Ledger, steps: Sequence[Change]) -> list[Problem]:
    """Cut every touched flow into its slices; return what does not fit or agree."""
    problems: list[Problem] = []
    known: dict[tuple[Cell, str], Change] = {}
    parts: list[tuple[Cell, str, float, float | None, str]] = []
    for c in steps:
        cell, name = _cell(c), _slice_name(c)
        if name == REST:
            continue
        where = f"slice '{name}' of {c.importer} <- {c.exporter}, {c.sector}"
        first = known.setdefault((cell, name), c)
        if abs(first.share_of_flow - c.share_of_flow) > ROUNDING:
            problems.append(
                Problem(
                    f"share_of_flow is {first.share_of_flow:g} and {c.share_of_flow:g}",
                    where,
                    "one slice has one share of its flow",
                )
            )
        elif None not in (first.now, c.now) and abs(first.now - c.now) > ROUNDING:  # type: ignore[operator]
            problems.append(
                Problem(f"its duty now is {first.now:g} and {c.now:g}", where, "one of them")
            )
        parts.append((cell, name, c.share_of_flow, c.now, where))
    return problems or ledger.cut(parts)


def _apply(ledger: Ledger, c: Change) -> None:
    name = _slice_name(c)
    if c.kind == "export-tax" and name != REST:
        raise InputError.one(
            "an export tax on part of a flow",
            f"{c.importer} <- {c.exporter}, {c.sector}",
            "export taxes are held per flow",
            "scale the rate to the whole flow",
        )
    ledger.apply(c, name)


def policy_of_ledger(world: World, theta: Array, ledger: Ledger) -> Policy:
    """Return the wedges of the duties in a ledger; ``theta`` [sector] aggregates parts."""
    cost_hat = np.ones_like(world.tariffs)
    tariff_prime = np.array(world.tariffs)
    levels: list[SliceLevel] = []
    problems: list[Problem] = []
    for cell, parts in ledger.cells.items():
        n, i, s = ledger.position(cell)
        where = f"{cell[0]} <- {cell[1]}, {cell[2]}"
        for part in parts.values():
            if part.duty <= -1:
                problems.append(
                    Problem(f"the duties add to {part.duty:.1%}", where, "-100 % or less")
                )
        if problems:
            continue
        base = 1.0 + world.tariffs[n, i, s]
        if len(parts) == 1:
            part = parts[REST]
            cost_hat[n, i, s] = (1.0 + part.duty) / base * part.cost
            tariff_prime[n, i, s] = part.duty
            continue
        t0 = np.array([p.base for p in parts.values()])
        t1 = np.array([p.duty for p in parts.values()])
        d = np.array([p.cost for p in parts.values()])
        share = np.array([p.share for p in parts.values()])
        phi = share * (1.0 + t0)
        phi = phi / phi.sum()
        kappa = (1.0 + t1) / (1.0 + t0) * d
        pull = phi * kappa ** -theta[s]
        cost_hat[n, i, s] = pull.sum() ** (-1.0 / theta[s])
        share_prime = pull / pull.sum()
        keep = share_prime / (1.0 + t1)
        tariff_prime[n, i, s] = 1.0 / keep.sum() - 1.0
        levels += [
            SliceLevel(
                world.regions[n],
                world.regions[i],
                world.sectors[s],
                name,
                float(share[k]),
                float(keep[k] / keep.sum()),
                float(t0[k]),
                float(t1[k]),
            )
            for k, name in enumerate(parts)
        ]
    if problems:
        raise InputError(_unique(problems))
    tax_prime = world.export_tax
    if ledger.export_tax:
        before = np.zeros_like(world.tariffs) if world.export_tax is None else world.export_tax
        after = np.array(before)
        for cell, rate in ledger.export_tax.items():
            after[ledger.position(cell)] = rate
        cost_hat *= (1.0 + after) / (1.0 + before)
        tax_prime = after
    return Policy(cost_hat, tariff_prime, tax_prime, tuple(levels))
