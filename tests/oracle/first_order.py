"""Caliendo and Parro's first-order terms of trade and volume of trade (2015, equation 17).

    ToT_n = (1/I_n) sum_s sum_i (E[n,i,s] dc[n,s] - M[n,i,s] dc[i,s])
    VoT_n = (1/I_n) sum_s sum_i tau[n,i,s] M[n,i,s] (dM[n,i,s] - dc[i,s])

E[n,i,s] are n's exports to i and M[n,i,s] its imports from i, net of tariff; c is the cost of
the input bundle, specific to a sector; d is a hat minus one, not a logarithm. With iceberg
changes dc[i,s] becomes dc[i,s] + ln(d_hat[n,i,s]) in both M terms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def first_order(
    flows: Array,
    flows_prime: Array,
    tariff: Array,
    cost_hat: Array,
    income: Array,
    iceberg_hat: Array | None = None,
) -> tuple[Array, Array]:
    """Terms of trade and volume of trade [n], as fractions of income.

    `flows`, `flows_prime` and the base `tariff` are [importer, exporter, sector], `cost_hat` is
    [n,s], `income` [n] is the base's final expenditure. Domestic sales drop out.
    """
    own = np.arange(len(flows))
    imports = flows.copy()
    imports[own, own] = 0
    dc = cost_hat - 1
    paid = np.broadcast_to(dc[None, :, :], flows.shape)
    if iceberg_hat is not None:
        paid = paid + np.log(iceberg_hat)
    growth = np.divide(flows_prime, flows, out=np.ones_like(flows), where=flows > 0) - 1
    exports = imports.sum(axis=0)
    terms = ((exports * dc).sum(axis=1) - (imports * paid).sum(axis=(1, 2))) / income
    volume = (tariff * imports * (growth - paid)).sum(axis=(1, 2)) / income
    return terms, volume
