r"""What a commitment is worth to each side, and whether it keeps itself.

The worth of a commitment to a side is what that side loses when it is broken, against its
being kept: unanswered, :math:`G^C - G^D`, and answered, :math:`G^C - G^N`. G is real income,
and political welfare where the scenario gives the party weights; all is a flow a year at the
prices of the world in which the promise is kept. Patience is one less the party's discount
rate per year; the lag is the time until a breach is noticed and answered. Where the file
gives neither, :data:`parley.deals.endings.DISCOUNT` and :data:`DETECTION_DAYS` are assumed,
and the result says so. Without an answer in the file, :math:`G^N = G^D`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.commitments.breach import BreachCase
from parley.deals.endings import DISCOUNT
from parley.equilibrium.result import Equilibrium
from parley.games.self_enforcement import SelfEnforcement, self_enforcement
from parley.scenario.pledges import Commitment
from parley.studies import Study
from parley.threats.figures import Outcome, SideFigures, outcome, third_parties
from parley.threats.setting import SLACK
from parley.threats.verdict import ABOUT_ZERO_PCT

__all__ = ["DETECTION_DAYS", "OBJECTIVES", "CaseWorth", "Enforcement", "SideWorth", "worth_of"]

Array = NDArray[np.float64]
DETECTION_DAYS = 90
"""Days until a breach is noticed and answered where the file does not say: a quarter."""
YEAR_DAYS = 365.25
OBJECTIVES = ("real income", "political welfare")


@dataclass(frozen=True)
class SideWorth:
    """What a commitment is worth to a party: positive where the party loses by a breach.

    US$bn a year and per cent of the party's level; ``answered`` is None where the file names
    no answer, the political figures where the party has no weights.
    """

    party: str
    unanswered: SideFigures
    answered: SideFigures | None


@dataclass(frozen=True)
class Enforcement:
    """Whether a commitment keeps itself for one party and one objective.

    ``discount_per_year`` and ``lag_days`` are assumed where the flags beside them say so.
    ``about_zero``: the temptation is at most :data:`ABOUT_ZERO_PCT` per cent of the objective.
    ``found`` holds flows in US$bn a year; ``verdict`` is the sentence on it.
    """

    party: str
    objective: str
    discount_per_year: float
    discount_assumed: bool
    lag_days: float
    lag_assumed: bool
    answered: bool
    about_zero: bool
    found: SelfEnforcement
    verdict: str


@dataclass(frozen=True, eq=False)
class CaseWorth:
    """One way of breaking a commitment, with its worth and what keeps it."""

    case: BreachCase
    sides: tuple[SideWorth, ...]
    third_parties_unanswered_usd_bn: float
    third_parties_answered_usd_bn: float | None
    enforcement: tuple[Enforcement, ...]
    equilibria: tuple[Equilibrium, ...]


def worth_of(
    study: Study,
    commitment: Commitment,
    case: BreachCase,
    solution: Callable[[str], Equilibrium],
    weights: Array | None,
) -> CaseWorth:
    """Return what a commitment is worth in one case.

    Parameters
    ----------
    study
        The study, with the case's packages.
    commitment, case
        What is promised, and how it is broken.
    solution
        Key of a state -> its proven equilibrium.
    weights
        The scenario's political weights [region, sector]; None if it has none.

    Raises
    ------
    NotConvergedError
        If one of the equilibria cannot be proven.
    """
    kept, broken = solution(case.comply.key), solution(case.deviate.key)
    after = None if case.punished is None else solution(case.punished.key)
    first = outcome(kept, broken)
    second = None if after is None else outcome(kept, after)
    regions = {p: tuple(study.resolved.parties.get(p, (p,))) for p in case.sides}
    weighted = {p: _weights_of(study, p, weights) for p in case.sides}

    def worth(at: Outcome, party: str) -> SideFigures:
        return _lost(at.side(regions[party], weighted[party]))

    return CaseWorth(
        case=case,
        sides=tuple(
            SideWorth(p, worth(first, p), None if second is None else worth(second, p))
            for p in case.sides
        ),
        third_parties_unanswered_usd_bn=-third_parties(first, regions),
        third_parties_answered_usd_bn=None if second is None else -third_parties(second, regions),
        enforcement=tuple(
            found
            for p in case.tempted
            for found in _enforcement(
                study, commitment, case, p, regions[p], weighted[p], (first, second)
            )
        ),
        equilibria=tuple(e for e in (kept, broken, after) if e is not None),
    )


def _weights_of(study: Study, party: str, weights: Array | None) -> Array | None:
    return weights if any(c.party == party for c in study.resolved.constituencies) else None


def _lost(gain: SideFigures) -> SideFigures:
    """Return what a change takes from a party: its figures with the other sign."""
    return SideFigures(
        -gain.real_income_pct,
        -gain.ev_usd_bn,
        None if gain.political_pct is None else -gain.political_pct,
        None if gain.political_usd_bn is None else -gain.political_usd_bn,
    )


def _enforcement(
    study: Study,
    commitment: Commitment,
    case: BreachCase,
    party: str,
    own: tuple[str, ...],
    weights: Array | None,
    outcomes: tuple[Outcome, Outcome | None],
) -> list[Enforcement]:
    rates = {p.id: p.discount_per_year for p in study.scenario.parties}
    discount = rates.get(party)
    days = commitment.on_breach.detection_days if commitment.on_breach is not None else None
    first, second = outcomes
    gains = [first.side(own, weights), (second or first).side(own, weights)]
    flows = {"real income": (first.income(own), [g.ev_usd_bn for g in gains])}
    political = [g.political_usd_bn for g in gains if g.political_usd_bn is not None]
    if weights is not None and len(political) == len(gains):
        flows["political welfare"] = (first.level(own, weights), political)
    found = []
    breach = "going beyond it" if case.form == "floor" else "a breach"
    for objective, (level, (gain, gain_answered)) in flows.items():
        rate = DISCOUNT if discount is None else discount
        at = self_enforcement(
            level,
            level + gain,
            level + gain_answered,
            patience=_patience(rate),
            lag_years=(DETECTION_DAYS if days is None else days) / YEAR_DAYS,
            slack=SLACK * first.income(own),
        )
        found.append(
            Enforcement(
                party=party,
                objective=objective,
                discount_per_year=rate,
                discount_assumed=discount is None,
                lag_days=float(DETECTION_DAYS if days is None else days),
                lag_assumed=days is None,
                answered=second is not None,
                about_zero=100.0 * abs(at.temptation) <= ABOUT_ZERO_PCT * level,
                found=at,
                verdict=_verdict(party, at, breach, answered=second is not None),
            )
        )
    return found


def _patience(discount: float) -> float:
    """Return one less the discount rate, kept inside (0, 1) for rates of zero and one."""
    return min(max(1.0 - discount, 1e-9), 1.0 - 1e-9)


def _verdict(party: str, at: SelfEnforcement, breach: str, *, answered: bool) -> str:
    """Return in one sentence whether the commitment keeps itself; ``breach`` in words."""
    if at.status == "no temptation":
        return (
            f"no temptation: {breach} brings {party} nothing even before it is answered, so it is "
            "kept at any patience"
        )
    if at.status == "never":
        if answered:
            return f"never: even answered, {breach} leaves {party} no worse off, at any patience"
        return (
            f"never, as far as the file tells: {breach} leaves {party} better off, and the file "
            "names nothing in answer"
        )
    assert at.threshold is not None
    assert at.longest_lag_years is not None
    turn = f"{at.threshold:.3g}" if at.threshold >= 1e-3 else "less than 0.001"
    own = f"{party}'s is {at.patience:.3g}"
    lag = _lag(at.longest_lag_years)
    if at.bound == "up to":
        how = "kept" if at.status == "sustained" else "not kept"
        return (
            f"{how}: {breach} costs {party} at first but its answer is welcome, so it holds only "
            f"up to a yearly discount factor of {turn}, and {own}"
        )
    if at.status == "sustained":
        return (
            f"self-enforcing: kept from a yearly discount factor of {turn} on, and {own}; it holds "
            f"while {breach} is answered within {lag}"
        )
    return (
        f"not self-enforcing: it takes a yearly discount factor of {turn}, and {own}; {breach} "
        f"would have to be answered within {lag}"
    )


def _lag(years: float) -> str:
    days = years * YEAR_DAYS
    return f"{days:.0f} days" if days < 2 * YEAR_DAYS else f"{years:.1f} years"
