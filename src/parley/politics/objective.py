r"""What a government wants: real income, or political welfare, subject to ratification.

With :math:`x_{js} = X_{js} / P_j` the real income of sector s in region j,

.. math:: G = \sum_{j \in party} \sum_s \lambda_{js} x_{js}

is real income for :math:`\lambda = 1` and Ossa's (2014, equation 4) political welfare
otherwise, :math:`\lambda` averaging one over the sectors of each region. A floor is a
ratification constraint: the real income of a constituency may not fall below a level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from parley.errors import InputError, Problem
from parley.labels import allowed_text

__all__ = ["Floor", "Objective", "check_weights", "objective_of", "party_regions"]

Array = NDArray[np.float64]
MEAN_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Floor:
    """A constituency whose real income may not fall by more than ``may_lose``.

    ``members`` [region, sector] is one for its sectors, else zero; ``may_lose`` is a
    fraction of its real income at the base.
    """

    id: str
    members: Array
    may_lose: float

    def value(self, real_income: Array) -> float:
        """Return the constituency's real income."""
        return float((self.members * real_income).sum())


@dataclass(frozen=True, eq=False)
class Objective:
    """A party's objective: ``weight`` [region, sector] on real incomes, zero elsewhere.

    ``label`` says in words what is maximised; ``floors`` must hold.
    """

    party: str
    weight: Array
    label: str = "real income"
    floors: tuple[Floor, ...] = field(default=())

    def value(self, real_income: Array) -> float:
        """Return G, in money of the baseline."""
        return float((self.weight * real_income).sum())

    @property
    def regions(self) -> tuple[int, ...]:
        """Positions of the party's regions."""
        return tuple(int(r) for r in np.flatnonzero(self.weight.any(axis=1)))


def party_regions(
    name: str, regions: Sequence[str], groups: Mapping[str, Sequence[str]], where: str
) -> tuple[int, ...]:
    """Return the positions of a party's regions: a region of the world, or a named group.

    Raises
    ------
    InputError
        If the world has no such region and no group is called so.
    """
    members = groups.get(name, (name,))
    missing = [m for m in members if m not in regions]
    if missing:
        raise InputError.one(
            f"unknown party '{name}'",
            where,
            "a party is a region of the world, or a party of the scenario",
            allowed_text(name, (*groups, *(r for r in regions if r not in groups))),
        )
    return tuple(regions.index(m) for m in members)


def objective_of(
    name: str,
    positions: Sequence[int],
    shape: tuple[int, int],
    weights: Array | None = None,
    *,
    label: str = "real income",
    floors: Sequence[Floor] = (),
) -> Objective:
    """Return the objective of a party; ``weights`` [region, sector], None for real income."""
    weight = np.zeros(shape)
    rows = list(positions)
    weight[rows] = 1.0 if weights is None else weights[rows]
    return Objective(name, weight, label, tuple(floors))


def check_weights(
    weights: Array, regions: Sequence[str], sectors: Sequence[str], where: str
) -> Array:
    """Return political weights [region, sector] that are complete, positive, of mean one.

    Means within 0.1 % of one are rescaled to be exact.

    Raises
    ------
    InputError
        Wrong length, a missing or negative weight, or a region's mean that is not one.
    """
    array = np.asarray(weights, dtype=np.float64)
    if array.shape != (len(regions), len(sectors)):
        raise InputError.one(
            f"political weights of shape {array.shape}",
            where,
            f"one weight per region and sector is needed: {len(regions)} x {len(sectors)}",
        )
    problems = []
    for r, region in enumerate(regions):
        bad = [sectors[int(s)] for s in np.flatnonzero(~np.isfinite(array[r]) | (array[r] < 0))]
        if bad:
            problems.append(
                Problem(
                    f"weights of {region} in {', '.join(bad[:5])} are missing or negative",
                    where,
                    "a political weight is zero or more",
                )
            )
        elif abs(array[r].mean() - 1.0) > MEAN_TOLERANCE:
            problems.append(
                Problem(
                    f"weights of {region} average {array[r].mean():.4g}",
                    where,
                    "weights are relative: they average one over a region's sectors",
                    f"divide them by {array[r].mean():.6g}",
                )
            )
    if problems:
        raise InputError(problems)
    scaled: Array = array / array.mean(axis=1, keepdims=True)
    return scaled
