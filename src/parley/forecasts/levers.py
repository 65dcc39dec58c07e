"""What would change the odds most: each assumption and claim altered, one at a time.

Every entry is the same computation with one thing different: a claim withdrawn, an unnamed
source gone on record, a new statement on record, the threat sure or free, an unknown in the
lower or the upper half of its draws. They are ranked by the largest change of any outcome's
probability. Dates moved and other models are in :mod:`parley.forecasts.replays`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.evidence.odds import Odds, update_odds
from parley.evidence.testimony import Testimony
from parley.forecasts.prior import Prior, mixed_prior, prior_of
from parley.timing.game import TalksCalendar

__all__ = ["Lever", "claim_levers", "lever", "prior_levers", "ranked"]

Array = NDArray[np.float64]
ON_RECORD = "on-record"
CHANCE = 2.5
"""Standard errors by which the halves of a sample must differ to tell anything."""


@dataclass(frozen=True)
class Lever:
    """One thing altered: what, the odds after it, and the outcome that it moves most.

    ``kind`` is claim, statement, threat, unknown, date or model; ``before`` and ``after`` are that
    outcome's probabilities.
    """

    kind: str
    what: str
    outcome: str
    before: float
    after: float
    odds: Mapping[str, float]

    @property
    def change(self) -> float:
        """Change of the probability."""
        return self.after - self.before


def ranked(levers: Sequence[Lever]) -> tuple[Lever, ...]:
    """Return levers with an effect, the largest first."""
    moving = [x for x in levers if abs(x.change) > 5e-4]
    return tuple(sorted(moving, key=lambda x: (-abs(x.change), x.what)))


def lever(kind: str, what: str, base: Odds, odds: Mapping[str, float]) -> Lever:
    """Return the lever of odds that differ from the base's."""
    most = max(base.posterior, key=lambda o: abs(odds[o] - base.posterior[o]))
    return Lever(kind, what, most, base.posterior[most], odds[most], odds)


def claim_levers(
    base: Odds,
    testimonies: Sequence[Testimony],
    ratios: Mapping[str, float],
    reliability: Mapping[str, float],
    outcomes: Sequence[str],
) -> list[Lever]:
    """Return the levers of what is said: claims withdrawn, on record, and new statements.

    Parameters
    ----------
    base
        The odds as they are.
    testimonies, ratios, reliability
        What they were made from: ratios by stance, weights by sort of source.
    outcomes
        Outcomes of which somebody could say on record that they will come.
    """

    def again(changed: Sequence[Testimony]) -> Mapping[str, float]:
        return update_odds(base.prior, base.reference, changed, ratios).posterior

    found = []
    speaking = [t for t in testimonies if any(t.bears_on(o) for o in base.prior)]
    sure = reliability[ON_RECORD]
    for t in speaking:
        rest = [x for x in testimonies if x is not t]
        found.append(lever("claim", f"'{t.claim}' is withdrawn", base, again(rest)))
        if t.sort != ON_RECORD and t.reliability < sure:
            open_ = replace(t, sort=ON_RECORD, reliability=sure, group=f"on record: {t.claim}")
            what = f"who says '{t.claim}' goes on record"
            found.append(lever("claim", what, base, again([*rest, open_])))
    for outcome in outcomes:
        for stance, word in (("supports", "confirms"), ("denies", "denies")):
            new = Testimony(
                "new", stance, ON_RECORD, sure, "new", {outcome: 1}, {outcome: "on record"}
            )
            what = f"a party {word} '{outcome}' on record"
            found.append(lever("statement", what, base, again([*testimonies, new])))
    return found


def prior_levers(
    calendar: TalksCalendar,
    prior: Prior,
    base: Odds,
    testimonies: Sequence[Testimony],
    ratios: Mapping[str, float],
) -> list[Lever]:
    """Return the levers of the prior: the threat's resolve, and each unknown of the sample.

    An unknown of which both halves give the same odds but for sampling is no lever.
    """

    def after(p: Mapping[str, float]) -> Mapping[str, float]:
        return update_odds(p, base.reference, testimonies, ratios).posterior

    found = []
    if prior.draws.free is not prior.draws.sure:
        for sigma, what in (
            (1.0, "the threat is sure to be carried out if nobody puts it off"),
            (0.0, "the threat is known to lapse where it would cost its author"),
        ):
            other = prior_of(
                calendar,
                prior.outcomes,
                prior.draws,
                threat_is_sure=sigma,
                game_share=prior.game_share,
            )
            found.append(lever("threat", what, base, after(other.prior)))
    for k, name in enumerate(prior.draws.names):
        column = prior.draws.values[:, k]
        if np.ptp(column) <= 0.0:
            continue
        middle = float(np.median(column))
        if not _tells(prior.by_draw, column <= middle):
            continue
        for half, word in ((column <= middle, "at most"), (column > middle, "above")):
            if not half.any():
                continue
            # Smoothed as the whole sample is, so that only the unknown differs.
            mean = prior.by_draw[half].mean(axis=0)
            row = mixed_prior(mean, len(column), prior.game_share)
            p = {o: float(x) for o, x in zip(prior.outcomes.ids, row, strict=True)}
            found.append(lever("unknown", f"{name} is {word} {middle:.3g}", base, after(p)))
    return found


def _tells(by_draw: Array, half: NDArray[np.bool_]) -> bool:
    """Return whether two halves of a sample [draw, outcome] differ by more than chance.

    That is by more than :data:`CHANCE` standard errors of the difference of their means.
    """
    parts = (by_draw[half], by_draw[~half])
    if min(len(p) for p in parts) < 2:
        return False
    gap = np.abs(parts[0].mean(axis=0) - parts[1].mean(axis=0))
    error = np.sqrt(sum(p.var(axis=0, ddof=1) / len(p) for p in parts))
    return bool(np.any(gap > CHANCE * error + 1e-12))
