"""What would open an empty zone of agreement, and at what price.

At the nearest miss, where the smallest surplus is largest, each way of opening the zone is
measured: what parties would have to fear more (or be paid), how much more a vetoing
constituency would have to accept, how far a bound would have to give.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.bargaining.problem import Bargain, Outcome
from parley.bargaining.program import along_ray, starts_of, weighted
from parley.bargaining.solutions import Zone
from parley.deals.table import DealTable

__all__ = ["Opening", "openings"]

Array = NDArray[np.float64]
FAVOURS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 32.0)


@dataclass(frozen=True)
class Opening:
    """One change that would open the zone.

    ``size`` in ``unit``; ``cost_usd_bn`` what it is worth to whoever bears it, US$bn a year,
    the measure by which openings are compared; ``exact`` whether it was solved again with the
    change made, or is a first-order figure.
    """

    kind: Literal["payment", "veto", "bound", "disagreement"]
    what: str
    size: float
    unit: str
    cost_usd_bn: float
    exact: bool


@dataclass(frozen=True, eq=False)
class _WithoutFloors:
    """The same payoffs without ratification floors."""

    inner: Bargain

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return self.inner.parties

    floors: tuple[str, ...] = ()

    def evaluate(self, levers: Array, near: Outcome | None = None) -> Outcome:
        """Return payoffs alone."""
        return replace(self.inner.at(levers), slack=np.zeros(0))

    def gradients(self, outcome: Outcome) -> tuple[Array, Array]:
        """Return derivatives of payoffs alone."""
        payoffs, _ = self.inner.gradients(self.inner.at(outcome.levers))
        return payoffs, np.zeros((0, payoffs.shape[1]))


def openings(table: DealTable, problem: Bargain, zone: Zone) -> tuple[Opening, ...]:
    """Return the changes that would open an empty zone, the cheapest first."""
    d = problem.disagreement
    short = zone.shortfall(d)
    found = [
        Opening(
            "disagreement",
            f"no deal is worth less to {p} by this much (or it is paid as much from outside)",
            float(s),
            "US$bn a year",
            float(s),
            True,
        )
        for p, s in zip(problem.parties, short, strict=True)
        if s > 0 and (short > 0).sum() == 1
    ]
    if (short > 0).sum() > 1:
        names = " and ".join(p for p, s in zip(problem.parties, short, strict=True) if s > 0)
        found.append(
            Opening(
                "disagreement",
                f"no deal is worth less to {names}, to each by what it misses",
                float(short.sum()),
                "US$bn a year together",
                float(short.sum()),
                True,
            )
        )
    found += _payment(problem)
    found += _vetoes(table, problem)
    found += _bounds(table, problem, zone)
    return tuple(sorted(found, key=lambda o: o.cost_usd_bn))


def _payment(problem: Bargain) -> list[Opening]:
    """Return the smallest payment found that opens the zone.

    A payment does where the surpluses of a deal add up to something: of the deals that
    favour each party more and more, the one that leaves it the least to be paid.
    """
    best: tuple[float, int, Array] | None = None
    for taker in range(len(problem.parties)):
        for favour in FAVOURS:
            weights = np.ones(len(problem.parties))
            weights[taker] += favour
            found = weighted(problem, weights, starts=starts_of(problem)).outcome
            surplus = problem.surplus(found)
            size = float(-np.minimum(surplus, 0.0).sum())
            if surplus.sum() >= 0 and size > 0 and (best is None or size < best[0]):
                best = (size, taker, surplus)
    if best is None:
        return []
    size, _, surplus = best
    payers = [p for p, s in zip(problem.parties, surplus, strict=True) if s > 0]
    takers = [p for p, s in zip(problem.parties, surplus, strict=True) if s < 0]
    what = f"{' and '.join(payers)} pay {' and '.join(takers)} (weights of one a dollar)"
    return [Opening("payment", what, size, "US$bn a year", size, False)]


def _vetoes(table: DealTable, problem: Bargain) -> list[Opening]:
    if not problem.payoffs.floors:
        return []
    plain = problem.modelled_by(_WithoutFloors(problem))
    if problem.curvature is not None:
        curved = replace(problem.curvature, slack=problem.curvature.slack[:0])
        plain = replace(plain, curvature=curved)
    free = along_ray(plain, problem.disagreement, problem.scale, starts=starts_of(problem))
    if free.value <= 0:
        return []
    slack = problem.at(free.outcome.levers).slack
    members = {c.id: c for c in table.arena.constituencies}
    found = []
    for name, left in zip(problem.payoffs.floors, slack, strict=True):
        if left < 0:
            c = members[name]
            seen, base = table.arena.seen, table.payoffs.base.real_income
            income = table.board.world.usd_bn * sum(
                float(base[seen.region_index(r), seen.sector_index(s)])
                for r in c.regions
                for s in c.sectors
            )
            found.append(
                Opening(
                    "veto",
                    f"{name} accepts a loss of {100.0 * (c.veto or 0.0) - left:.2f} % "
                    f"instead of {100.0 * (c.veto or 0.0):.2f} %",
                    float(-left),
                    "points of its real income",
                    float(-left / 100.0 * income),
                    True,
                )
            )
    return found


def _bounds(table: DealTable, problem: Bargain, zone: Zone) -> list[Opening]:
    """How far one bound would have to give, at first order, for the nearest miss to do."""
    short = zone.shortfall(problem.disagreement)
    needy = short > 0
    slopes, _ = problem.gradients(zone.middle)
    found = []
    for k, lever in enumerate(table.board.levers):
        for side, end in enumerate((problem.lower[k], problem.upper[k])):
            if abs(zone.middle.levers[k] - end) > 1e-9 * max(
                problem.upper[k] - problem.lower[k], 1e-12
            ):
                continue  # fmt: skip
            sign = -1.0 if side == 0 else 1.0
            gain = sign * slopes[:, k]
            spare = problem.surplus(zone.middle)
            if not needy.any() or np.any(gain[needy] <= 0):
                continue
            move = float((short[needy] / gain[needy]).max())
            if np.any(spare[~needy] + move * gain[~needy] < 0):
                continue
            unit = {"duty": "points of duty", "depth": "of the way", "factor": "of cost"}
            size = move * (100.0 if lever.unit == "duty" else 1.0)
            if lever.unit == "duty" and end + sign * move <= -1.0:
                continue
            limit, beyond = f"{end:.4g}", f"{end + sign * move:.4g}"
            if lever.unit == "payment":
                limit, beyond = f"US${limit}bn", f"US${beyond}bn"
            found.append(
                Opening(
                    "bound",
                    f"{lever.id} goes beyond {limit} ({lever.limits[side]}) to {beyond}",
                    size,
                    unit.get(lever.unit, "US$bn a year"),
                    float(np.abs(move * slopes[:, k]).max()),
                    False,
                )
            )
    return found
