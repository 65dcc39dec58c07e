r"""Self-enforcement: does a promise hold without a court, because breaking it is answered?

A party keeps a promise in every period, or breaks it and is answered from then on for ever.
With yearly flows :math:`G^C` (comply), :math:`G^D` (deviate, until the breach is noticed) and
:math:`G^N` (answered), a yearly discount factor :math:`\delta` and a detection lag of
:math:`\ell` years, keeping is worth :math:`G^C` a year on average and breaking
:math:`(1-\delta^\ell) G^D + \delta^\ell G^N`, so the promise is kept if and only if

.. math::
   (1-\delta^\ell)(G^D - G^C) \le \delta^\ell (G^C - G^N).

Left stands the temptation :math:`T = G^D - G^C`, right the punishment :math:`G^C - G^N`. Both
sides are linear in :math:`x = \delta^\ell \in (0, 1)`, which leaves four cases.

=====================  =====================================================================
T <= 0, G^N <= G^C     no temptation: kept at any patience and any lag
T > 0, G^N < G^C       kept from a patience on: :math:`\delta^\ell \ge T / (G^D - G^N)`, so
                       :math:`\delta^* = ratio^{1/\ell}`; a given :math:`\delta` sustains lags
                       up to :math:`\ell^* = \ln ratio / \ln \delta`
T > 0, G^N >= G^C      never: breaking pays, and its answer takes nothing back (``G^N > G^D``
                       among them: the answer is even welcome); likewise T = 0, G^N > G^C
T < 0, G^N > G^C       breaking costs until it is answered, and the answer is welcome: kept only
                       *up to* a patience, :math:`\delta^\ell \le -T / (G^N - G^D)`, and only
                       for lags from :math:`\ell^*` on
=====================  =====================================================================

With a lag of one year :math:`\delta^*` is the textbook's :math:`(G^D-G^C)/(G^D-G^N)` of the
repeated prisoners' dilemma under grim punishment (Friedman, REStud 1971; for trade agreements
Bagwell & Staiger, 2002, chapter 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from parley.errors import InputError

__all__ = ["SelfEnforcement", "self_enforcement"]

Status = Literal["no temptation", "sustained", "not sustained", "never"]


@dataclass(frozen=True)
class SelfEnforcement:
    """Whether a promise keeps itself, and how far it is from not doing so.

    Attributes
    ----------
    comply, deviate, punished
        Flows a year, in any one unit.
    patience
        The party's yearly discount factor, in (0, 1).
    lag_years
        Years until a breach is answered.
    temptation, punishment
        What breaking brings a year until it is answered, and what the answer costs a year
        against keeping.
    ratio
        Where the promise turns, as a value of patience to the power of the lag; None where
        it does not turn. It is the yearly discount factor that turns it at a lag of one year.
    threshold
        The yearly discount factor at which it turns at this lag: the smallest that sustains
        it, or the largest where ``bound`` is "up to"; None where it does not turn.
    longest_lag_years
        The longest lag that this patience sustains (the shortest where ``bound`` is "up to");
        infinity where every lag does, None where none does.
    bound
        "from": kept from the threshold on; "up to": kept up to it; "none": it does not turn.
    status
        "no temptation", "sustained", "not sustained", "never".
    """

    comply: float
    deviate: float
    punished: float
    patience: float
    lag_years: float
    temptation: float
    punishment: float
    ratio: float | None
    threshold: float | None
    longest_lag_years: float | None
    bound: Literal["from", "up to", "none"]
    status: Status

    @property
    def kept(self) -> bool:
        """Whether it is kept at this patience and lag."""
        return self.status in ("no temptation", "sustained")


def self_enforcement(
    comply: float,
    deviate: float,
    punished: float,
    *,
    patience: float,
    lag_years: float = 1.0,
    slack: float = 0.0,
) -> SelfEnforcement:
    """Return whether a promise is self-enforcing.

    Parameters
    ----------
    comply, deviate, punished
        The party's flow a year while it complies, while its breach is unanswered, and once
        it is answered; any one unit.
    patience
        Yearly discount factor, in (0, 1): one less the discount rate.
    lag_years
        Years until a breach is answered, from zero up.
    slack
        Differences up to this count as none; the unit of the flows.

    Raises
    ------
    InputError
        A flow that is not finite, a patience outside (0, 1), a negative lag or slack.
    """
    _check(comply, deviate, punished, patience, lag_years, slack)
    temptation, punishment = deviate - comply, comply - punished
    tempts, answer_pays = temptation > slack, punishment < -slack

    def found(
        status: Status,
        ratio: float | None = None,
        longest: float | None = None,
        bound: Literal["from", "up to", "none"] = "none",
    ) -> SelfEnforcement:
        threshold = None
        if ratio is not None:
            threshold = ratio ** (1.0 / lag_years) if lag_years > 0 else 0.0 if ratio < 1 else 1.0
        return SelfEnforcement(
            comply=comply,
            deviate=deviate,
            punished=punished,
            patience=patience,
            lag_years=lag_years,
            temptation=temptation,
            punishment=punishment,
            ratio=ratio,
            threshold=threshold,
            longest_lag_years=longest,
            bound=bound,
            status=status,
        )

    if not tempts and not answer_pays:
        return found("no temptation", longest=math.inf)
    if tempts and punishment <= slack:
        return found("never")
    if not tempts and temptation >= -slack:
        return found("never")  # breaking costs nothing, and its answer is welcome
    ratio = temptation / (temptation + punishment)
    lag = math.log(ratio) / math.log(patience)
    reached = patience**lag_years
    if tempts:
        status: Status = "sustained" if reached >= ratio else "not sustained"
        return found(status, ratio, lag, "from")
    return found("sustained" if reached <= ratio else "not sustained", ratio, lag, "up to")


def _check(
    comply: float, deviate: float, punished: float, patience: float, lag: float, slack: float
) -> None:
    flows = {"comply": comply, "deviate": deviate, "punished": punished}
    for name, value in flows.items():
        if not math.isfinite(value):
            raise InputError.one(
                f"a flow of {value}", name, "payoffs a year are finite numbers", "give a number"
            )
    if not 0.0 < patience < 1.0:
        raise InputError.one(
            f"a yearly discount factor of {patience:g}",
            "patience",
            "a gain a year later counts less than one today, and more than nothing",
            "give a number between 0 and 1, such as 0.95",
        )
    if not (math.isfinite(lag) and lag >= 0.0):
        raise InputError.one(
            f"a detection lag of {lag:g} years",
            "lag_years",
            "a breach cannot be answered before it happens",
            "give a number from 0 up, such as 0.25",
        )
    if not (math.isfinite(slack) and slack >= 0.0):
        raise InputError.one(f"a slack of {slack:g}", "slack", "", "give a number from 0 up")
