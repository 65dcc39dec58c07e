"""Prior use tables at 28 sectors, from 44-sector tables or from WIOD 2011.

A *coefficient* [input, using sector] is a purchase per unit of the user's output, at
purchasers' prices. Both routes keep what the coarse table says of every block and only
divide it among the finer sectors, each time by RAS (:mod:`parley.economy.balancing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy.balancing import ras
from parley.files.build.concordance import Concordance
from parley.files.build.sources import Tables44, Wiod

__all__ = ["Prior", "from_44", "from_wiod", "pool"]

Array = NDArray[np.float64]
TRACE = 1e-9  # keeps a cell of a prior open where another table has zero


@dataclass(frozen=True, eq=False)
class Prior:
    """What a region's own table says before it is fitted.

    ``coefficient`` [input, user]; ``final_share`` [product]: the part of spending on a
    product that is final demand (negative residuals set to zero).
    """

    coefficient: Array
    final_share: Array


def from_44(
    tables: Tables44, economy: str, output: Array, expenditure: Array, c: Concordance
) -> Prior:
    """Return the prior of an economy of the 44-sector tables.

    ``output`` and ``expenditure`` [sector] of the region say how to divide a sector of
    the table that covers several of the 28: columns alike, rows in proportion to
    expenditure and to ``use_affinity.csv``, so that every part keeps the same share for
    final demand.
    """
    e = tables.economies.index(economy)
    parents = list(dict.fromkeys(c.icio44.values()))
    member = np.array([[float(g == p) for g in c.icio44.values()] for p in parents])
    own_output = (tables.flows[:, e, :] / (1.0 + tables.tariffs[:, e, :])).sum(axis=0)
    use = member @ (tables.input_share[e] * own_output) @ member.T
    spent = member @ tables.flows[e].sum(axis=0)
    final = np.clip(1.0 - use.sum(axis=1) / spent, 0.0, 1.0)
    per_output = use / (member @ own_output)
    affinity = _affinity(c)
    of_user = _index_of_parent(parents, c)
    coefficient = np.zeros((len(c.sectors), len(c.sectors)))
    final_share = np.zeros(len(c.sectors))
    for p, products in enumerate(parents):
        rows = _positions(products, c)
        money = per_output[p, of_user] * output
        weight = affinity[rows] * np.maximum(expenditure[rows], TRACE)[:, None]
        coefficient[rows] = _divide(money, weight, expenditure[rows], output)
        if len(rows) == 1:  # exact even where the sector has no output
            coefficient[rows[0]] = per_output[p, of_user]
        final_share[rows] = final[p]
    return Prior(coefficient, final_share)


def pool(priors: Sequence[Prior], output: Sequence[Array], expenditure: Sequence[Array]) -> Prior:
    """Return the output-weighted mean technology of several regions."""
    total = np.sum(output, axis=0)
    use = np.sum([p.coefficient * y for p, y in zip(priors, output, strict=True)], axis=0)
    spent = np.sum(expenditure, axis=0)
    final = np.sum([p.final_share * x for p, x in zip(priors, expenditure, strict=True)], axis=0)
    return Prior(use / total, final / spent)


def from_wiod(
    wiod: Wiod, economy: str, pooled: Prior, output: Array, expenditure: Array, c: Concordance
) -> Prior:
    """Return the prior of an economy of WIOD.

    WIOD gives the purchases between its 35 sectors. Where one of them covers several of
    the 28, the parts' input-output ratios differ as they do in the pooled tables (a
    common shift of the log-odds of inputs to value added meets WIOD's total), and so do
    their input mixes and the shares they sell to final demand.
    """
    e = wiod.economies.index(economy)
    parents = list(dict.fromkeys(c.wiod35.values()))
    member = np.array([[float(c.wiod35[w] == p) for w in wiod.sectors] for p in parents])
    blocks = member @ wiod.use[e] @ member.T / np.maximum(member @ wiod.output[e], TRACE)
    used = (member @ wiod.use[e]).sum(axis=1)
    final_use = np.maximum(member @ wiod.final_use[e], 0.0)
    in_rows = np.array([[float(s in p) for s in c.sectors] for p in parents])
    by_parent = np.zeros((len(parents), len(c.sectors)))  # [parent product, user]
    scale = np.where(output > 0, output, TRACE)
    for q, users in enumerate(parents):
        columns = _positions(users, c)
        part = scale[columns]
        inputs = _shifted(pooled.coefficient[:, columns].sum(axis=0), part, blocks[:, q].sum())
        prior = (in_rows @ pooled.coefficient[:, columns] + TRACE) * part
        by_parent[:, columns] = ras(prior, blocks[:, q] * part.sum(), inputs * part).values
    coefficient = np.zeros_like(pooled.coefficient)
    final_share = np.zeros(len(c.sectors))
    for p, products in enumerate(parents):
        rows = _positions(products, c)
        key = expenditure[rows] * (1.0 - pooled.final_share[rows])
        weight = pooled.coefficient[rows] * (expenditure[rows] + TRACE)[:, None] + TRACE
        coefficient[rows] = _divide(by_parent[p], weight, key, scale)
        own = final_use[p] / max(final_use[p] + used[p], TRACE)
        mean = np.average(pooled.final_share[rows], weights=expenditure[rows] + TRACE)
        final_share[rows] = np.clip(pooled.final_share[rows] * own / max(mean, TRACE), 0.0, 1.0)
    return Prior(coefficient, final_share)


def _divide(money: Array, weight: Array, key: Array, output: Array) -> Array:
    """Return coefficients [part, user] that divide purchases among the parts of a product.

    ``money`` [user] is what each user buys of all parts; ``weight`` [part, user] what it
    would buy of each at first sight; ``key`` [part] the proportions all users together
    buy in.
    """
    if key.sum() <= 0:
        key = np.ones_like(key)
    share = weight / weight.sum(axis=0)
    result: Array = np.divide(
        ras(share * money, money.sum() * key / key.sum(), money).values,
        output,
        out=np.zeros_like(share),
        where=output > 0,
    )
    return result


def _shifted(inputs: Array, output: Array, mean: float) -> Array:
    """Return input ratios in (0, 1) with the given output-weighted mean.

    All log-odds move by the same amount, found by bisection.
    """
    mean = float(np.clip(mean, 0.01, 0.99))
    odds = np.log(np.clip(inputs, 0.01, 0.99)) - np.log1p(-np.clip(inputs, 0.01, 0.99))
    low, high = -20.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2.0
        ratio = 1.0 / (1.0 + np.exp(-(odds + middle)))
        if (ratio * output).sum() < mean * output.sum():
            low = middle
        else:
            high = middle
    result: Array = ratio * (mean * output.sum() / (ratio * output).sum())
    return result


def _affinity(c: Concordance) -> Array:
    at = {s: i for i, s in enumerate(c.sectors)}
    matrix = np.ones((len(at), len(at)))
    for (product, user), weight in c.use_affinity.items():
        matrix[at[product], at[user]] = weight
    return matrix


def _positions(sectors: Sequence[str], c: Concordance) -> list[int]:
    return [c.sectors.index(s) for s in sectors]


def _index_of_parent(parents: Sequence[tuple[str, ...]], c: Concordance) -> NDArray[np.intp]:
    return np.array([next(p for p, g in enumerate(parents) if s in g) for s in c.sectors])
