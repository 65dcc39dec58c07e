r"""A costless shift of taste towards one seller, realised with iceberg wedges.

Let :math:`\pi_i` be the share of source i in what a buyer spends on a sector in the status
quo, and :math:`\pi_S` that of the seller. Taste shifters :math:`b_i` multiply the pull of
each source, which is what iceberg factors :math:`d_i = b_i^{-1/\theta}` do:

.. math::
   \pi'_i = \frac{\pi_i b_i (\hat\kappa_i \hat c_i)^{-\theta}}
                 {\sum_j \pi_j b_j (\hat\kappa_j \hat c_j)^{-\theta}}, \qquad
   b_S = 1 + z, \qquad b_O = \frac{1 - \pi_S (1 + z)}{1 - \pi_S}

for all other sources O, home among them. Then :math:`\sum_i \pi_i d_i^{-\theta} = 1`: at
unchanged prices the price index does not move, so nobody gains from the taste itself, and the
share bought from the seller grows by z in every sector alike. Values and prices are those of
changed tastes exactly; only physical quantities are counted otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "joint_wedges", "largest_shift", "taste_wedges"]

Array = NDArray[np.float64]
LEAST = 0.05
"""The largest shift leaves all other sources with this part of their pull."""


def largest_shift(
    share: Array, buyers: Sequence[int], sellers: Sequence[int], sectors: Sequence[int]
) -> float:
    """Return the largest z at which all other sources keep :data:`LEAST` of their pull.

    Parameters
    ----------
    share
        Expenditure shares of the status quo, [importer, exporter, sector], tariff-inclusive.
    buyers, sellers, sectors
        Positions; cells without trade are left out.
    """
    own = _seller_share(share, buyers, sellers, sectors)
    own = own[own > 0]
    if own.size == 0:
        return 0.0
    return float(((1.0 - LEAST * (1.0 - own)) / own - 1.0).min())


def taste_wedges(
    share: Array,
    buyers: Sequence[int],
    sellers: Sequence[int],
    sectors: Sequence[int],
    theta: Array,
    shift: float,
) -> Array:
    """Return the iceberg factors d of a shift z, [importer, exporter, sector].

    ``theta`` are the trade elasticities [sector]; the other parameters are those of
    :func:`largest_shift`. At z = 0, and off the buyers' sectors, all are exactly one.
    """
    pull = np.ones_like(share)
    own = _seller_share(share, buyers, sellers, sectors)
    for a, n in enumerate(buyers):
        for b, s in enumerate(sectors):
            if own[a, b] <= 0 or shift == 0.0:
                continue
            pull[n, :, s] = (1.0 - own[a, b] * (1.0 + shift)) / (1.0 - own[a, b])
            pull[n, list(sellers), s] = 1.0 + shift
    factor: Array = pull ** (-1.0 / theta)
    return factor


def joint_wedges(share: Array, shifters: Array, theta: Array) -> Array | None:
    r"""Return the iceberg factors d of several shifts at once, [importer, exporter, sector].

    Where sources S are favoured by :math:`b_i > 1`, all others of that importer and sector
    have :math:`b_O = (1 - \sum_S \pi_i b_i) / (1 - \sum_S \pi_i)`, so that the price index does
    not move at unchanged prices. None where others would keep less than :data:`LEAST` of
    their pull.

    Parameters
    ----------
    share
        Expenditure shares at which nothing is gained from the taste itself.
    shifters
        b of every source, one where it is not favoured; both [importer, exporter, sector].
    theta
        Trade elasticities, [sector].
    """
    favoured = shifters != 1.0
    own = np.where(favoured, share, 0.0).sum(axis=1)
    pulled = np.where(favoured, share * shifters, 0.0).sum(axis=1)
    shifted = favoured.any(axis=1) & (own < 1.0 - 1e-12)
    rest = np.divide(1.0 - pulled, 1.0 - own, out=np.ones_like(own), where=shifted)
    if rest.min() < LEAST * (1.0 - 1e-9):
        return None
    pull = np.where(shifted[:, None, :], np.where(favoured, shifters, rest[:, None, :]), 1.0)
    factor: Array = pull ** (-1.0 / theta)
    return factor


def _seller_share(
    share: Array, buyers: Sequence[int], sellers: Sequence[int], sectors: Sequence[int]
) -> Array:
    """Return the seller's share, [buyer, sector]; zero where it sells nothing or all."""
    found: Array = share[np.ix_(buyers, sellers, sectors)].sum(axis=1)
    return np.where(found < 1.0 - 1e-12, found, 0.0)
