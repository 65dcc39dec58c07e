"""Worlds whose answers are known in closed form, and the closed forms.

Two countries, one sector, labour only: writing lambda for shares of expenditure at purchasers'
prices, x for net-of-tariff flows and w = w_2 / w_1, balanced trade is one equation in w, solved
here by bisection without any of the machinery under test (`two_countries`).

Sources: the optimal tariff t = 1 / (theta lambda*) with lambda* the partner's home share at
net-of-tariff values, Gros (Journal of International Economics, 1987); gains from domestic shares,
Arkolakis, Costinot and Rodriguez-Clare (American Economic Review, 2012); real wages with
input-output links, Caliendo and Parro (2015), equation 15; Lerner (Economica, 1936).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from parley.economy import ElasticitySet, World

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TariffPoint:
    """Tariffs of two countries on each other and the welfare changes they bring, fractions."""

    label: str
    flows: Array  # [importer, exporter]
    theta: float
    tariff: tuple[float, float]
    welfare: tuple[float, float] | None  # None where only the tariff is published
    optimal_for: tuple[int, ...]  # countries whose tariff is their best reply at this point


SYMMETRIC = np.array([[80.0, 20.0], [20.0, 80.0]])
BIG_SMALL = np.array([[900.0, 50.0], [50.0, 50.0]])
TARIFF_POINTS = (
    TariffPoint("symmetric, unilateral", SYMMETRIC, 4, (0.28603, 0), (0.01199, -0.02189), (0,)),
    TariffPoint(
        "symmetric, Nash", SYMMETRIC, 4, (0.26899, 0.26899), (-0.013865, -0.013865), (0, 1)
    ),
    TariffPoint("big alone", BIG_SMALL, 4, (0.36041, 0), None, (0,)),
    TariffPoint("small alone", BIG_SMALL, 4, (0, 0.25949), None, (1,)),
    TariffPoint(
        "big and small, Nash", BIG_SMALL, 4, (0.30998, 0.25482), (-0.00142, -0.05764), (0, 1)
    ),
)


def two_countries(flows: Array, theta: float, tariff: tuple[float, float]) -> Array:
    """Welfare changes [2] of moving from free trade to these tariffs, by bisection on one wage.

    `flows` [importer, exporter] is balanced and free of tariffs; labour is the only input.
    """
    size = flows.sum(axis=0)
    share = flows / flows.sum(axis=1, keepdims=True)
    kappa = 1 + np.array([[0.0, tariff[0]], [tariff[1], 0.0]])

    def outcome(log_w: float) -> tuple[Array, Array, Array]:
        wage = np.array([1.0, np.exp(log_w)])
        power = share * (kappa * wage) ** -theta
        price = power.sum(axis=1) ** (-1 / theta)
        new_share = power / power.sum(axis=1, keepdims=True)
        # Income = wages + t/(1+t) of what is spent abroad.
        revenue_share = (new_share * (1 - 1 / kappa)).sum(axis=1)
        income = wage * size / (1 - revenue_share)
        net = new_share * income[:, None] / kappa
        return net, income, price

    def imbalance(log_w: float) -> float:
        net, _, _ = outcome(log_w)
        return float(net[0, 1] - net[1, 0])

    _, income, price = outcome(brentq(imbalance, -5, 5, xtol=1e-14, rtol=1e-14))
    return income / size / price


def one_sector_world(flows: Array, theta: float, tariffs: Array | None = None) -> World:
    """A world of one sector and labour only from flows [importer, exporter]."""
    n = len(flows)
    return World(
        name="one-sector",
        year=2000,
        regions=tuple(f"R{i}" for i in range(n)),
        sectors=("goods",),
        flows=flows[:, :, None],
        tariffs=np.zeros((n, n, 1)) if tariffs is None else tariffs[:, :, None],
        elasticities=(ElasticitySet("given", np.array([theta]), "chosen for the test"),),
    )


def random_world(
    seed: int,
    regions: int = 3,
    sectors: int = 2,
    *,
    inputs: bool = True,
    tariffs: bool = True,
    balanced: bool = False,
) -> World:
    """A small exact world with random flows, tariffs, input shares and elasticities.

    `balanced` makes every bilateral total equal to its mirror, so no country has a deficit.
    """
    rng = np.random.default_rng(seed)
    n, s = regions, sectors
    diagonal = np.arange(n)
    flows = rng.uniform(1, 10, (n, n, s))
    flows[diagonal, diagonal] *= rng.uniform(4, 10, (n, s))
    if balanced:
        total = flows.sum(axis=2)
        flows *= (np.sqrt(total * total.T) / total)[:, :, None]
    duty = rng.uniform(0, 0.3, (n, n, s)) if tariffs else np.zeros((n, n, s))
    duty[diagonal, diagonal] = 0
    if inputs:
        expenditure = (flows * (1 + duty)).sum(axis=1)
        raw = expenditure[:, :, None] * rng.uniform(0.5, 1.5, (n, s, s))
        use = rng.uniform(0.3, 0.6, (n, 1, s)) * raw / raw.sum(axis=1, keepdims=True)
        demand = np.einsum("nks,ns->nk", use, flows.sum(axis=0))
        use *= np.minimum(1, 0.9 * expenditure / demand)[:, :, None]
        va_share = 1 - use.sum(axis=1)
    else:
        use = va_share = None
    theta = rng.uniform(2, 9, s)
    return World(
        name=f"random-{seed}",
        year=2000,
        regions=tuple(f"R{i}" for i in range(n)),
        sectors=tuple(f"S{k}" for k in range(s)),
        flows=flows,
        tariffs=duty,
        elasticities=(ElasticitySet("drawn", theta, "drawn for the test"),),
        value_added_share=va_share,
        input_share=use,
    )


def permuted(world: World, regions: Array, sectors: Array) -> World:
    """The same world with its labels in another order."""
    cell = np.ix_(regions, regions, sectors)
    va = world.value_added_share
    use = world.input_share
    return world.with_changes(
        regions=tuple(world.regions[i] for i in regions),
        sectors=tuple(world.sectors[k] for k in sectors),
        flows=world.flows[cell],
        tariffs=world.tariffs[cell],
        elasticities=tuple(
            ElasticitySet(e.name, e.theta[sectors], e.source) for e in world.elasticities
        ),
        value_added_share=None if va is None else va[np.ix_(regions, sectors)],
        input_share=None if use is None else use[np.ix_(regions, sectors, sectors)],
    )


def split(world: World, region: int, share: float) -> World:
    """The world with one country cut in two of sizes share and 1 - share, otherwise alike.

    Both parts buy from each source, themselves included, in the proportions of the whole; trade
    between them is free, as it was inside. The new part stands last.
    """
    n = len(world.regions)
    source = np.append(np.arange(n), region)
    part = np.ones(n + 1)
    part[region], part[n] = share, 1 - share
    flows = world.flows[np.ix_(source, source)] * part[:, None, None] * part[None, :, None]
    return world.with_changes(
        regions=(*world.regions, f"{world.regions[region]}-b"),
        flows=flows,
        tariffs=world.tariffs[np.ix_(source, source)],
        value_added_share=None
        if world.value_added_share is None
        else world.value_added_share[source],
        input_share=None if world.input_share is None else world.input_share[source],
    )


def split_tariff(tariff: Array, region: int) -> Array:
    """Tariffs [n,i,s] of a world, carried over to the world in which `region` is split."""
    source = np.append(np.arange(len(tariff)), region)
    return tariff[np.ix_(source, source)]


def real_wage_from_domestic_shares(world: World, domestic_share_hat: Array) -> Array:
    """Real wage changes [n] that changes of domestic shares [n,s] imply, tariffs or not.

    From P_hat = c_hat * domestic_share_hat^(1/theta), since nobody taxes his own sales: with
    input-output links the price changes solve a linear system in logs (Caliendo and Parro 2015,
    equation 15). Without inputs it is the formula of Arkolakis and others.
    """
    accounts = world.accounts
    n, s = accounts.output.shape
    theta = world.elasticity().theta
    use = np.zeros((n, s, s)) if world.input_share is None else world.input_share
    logs = np.log(domestic_share_hat) / theta
    result = np.empty(n)
    for c in range(n):
        # ln(P/w) = use' ln(P/w) + ln(domestic_share_hat)/theta, for value-added share 1 - sum use
        relative_price = np.linalg.solve(np.eye(s) - use[c].T, logs[c])
        result[c] = np.exp(-accounts.final_share[c] @ relative_price)
    return result
