r"""The game that a calendar sets: who may agree on what, on which day, and what else may happen.

Parties i talk about packages k. They meet in rounds on known days, and nothing can be agreed
between them. Time t is in years from the day the story stands on. A *state* of the world
(while they talk, each package in force, each way of failing) gives every party a flow
:math:`g_i(\text{state}; t)` a year as the government of day t sees it: political weights may
move with the calendar. A party counts a gain that comes a year later :math:`\delta_i` times.

==========  ==============================================================================
round       one party proposes a package, with a side payment where one is allowed, and all
            others accept or not (Rubinstein 1982); or all bid at once
deadline    its owner carries a threat out, which ends the talks, or puts it off; where it
            may, it lets the threat lapse at the cost of its reputation
hazard      talks break down at a rate h a year
exit        after a round without agreement a party may take what it has elsewhere
==========  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Deadline", "End", "EndKind", "Exit", "Game", "Offers", "Round"]

Array = NDArray[np.float64]
Offers = Literal["alternating", "simultaneous"]
EndKind = Literal["deal", "breakdown", "hazard", "exit", "no-deal"]


@dataclass(frozen=True)
class Round:
    """A meeting on day ``day`` (years) at which the packages marked ``open`` may be agreed.

    ``proposer`` is the position of the party that makes the offer, None for all at once or
    where it is not settled yet. A day that is ``exit_only`` is no meeting: nobody has the
    turn, but parties may leave.
    """

    id: str
    day: float
    open: tuple[bool, ...]
    proposer: int | None = None
    exit_only: bool = False
    present: tuple[int, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """A day on which a threat is carried out unless it is put off.

    Attributes
    ----------
    id, day
        Its name and its day (years).
    state
        The state of the world once it is carried out.
    owner
        Position of the party that decides; None where nobody carries anything out: what
        follows is put off by all together or comes.
    together
        Whether even with an owner it is put off only if nobody loses by that.
    extends, extensions
        By how much it can be put off (years), and how often.
    may_lapse, cost
        Whether its owner may let it lapse, and what that costs it, a flow a year for good.
    earliest
        First day on which it can take effect (years).
    """

    id: str
    day: float
    state: int
    owner: int | None = None
    extends: float = 0.0
    extensions: int = 0
    may_lapse: bool = False
    cost: float = 0.0
    earliest: float = 0.0
    together: bool = False


@dataclass(frozen=True)
class Exit:
    """What a party can take instead: a state of the world, from day ``since`` on (years)."""

    party: int
    state: int
    since: float = 0.0


@dataclass(frozen=True)
class End:
    """One way in which the talks end.

    Attributes
    ----------
    kind
        deal, breakdown (a deadline carried out), hazard (breakdown at any time between
        ``decided`` and ``until``), exit, or no-deal (they never agree).
    state
        The state of the world from ``in_force`` on; while they talk before.
    decided, in_force, until
        Days (years); ``until`` is infinite but for a hazard.
    by
        Round or deadline that brings it about, "" for none.
    transfer
        Side payments from ``in_force`` on, [party], a flow a year; what is received.
    costs
        (party, day, flow a year) of threats that were let lapse.
    """

    kind: EndKind
    state: int
    decided: float
    in_force: float
    by: str = ""
    until: float = np.inf
    transfer: tuple[float, ...] = ()
    costs: tuple[tuple[int, float, float], ...] = ()

    def and_cost(self, party: int, day: float, flow: float) -> End:
        """Return the same end with a reputation lost on the way."""
        return replace(self, costs=(*self.costs, (party, day, flow)))


@dataclass(frozen=True, eq=False)
class Game:
    """Talks on a calendar.

    Attributes
    ----------
    parties, states
        Names; the first states are the packages, in the order of ``Round.open``.
    packages
        Number of packages.
    flows
        Day t (years) -> flows a year [state, party] as the governments of that day see them.
    inside
        The state that holds while they talk.
    delta
        What a gain a year later counts, [party], from 0 to 1.
    rounds, deadlines
        In any order; on one day rounds come before deadlines.
    exits
        What parties can take instead, where talks end by exit.
    offers
        One proposes and the others answer, or all bid at once.
    hazard, hazard_state
        Rate of breakdown a year, and the state that follows.
    lag
        Years from agreement to entry into force, [package].
    transfer_cap
        Most that one party may pay another a year; 0 for none, infinite for no limit.
    consent
        Positions of those who must agree, [package]; all where empty.
    earliest
        First day (years) on which a state can be in force other than by agreement, [state].
    """

    parties: tuple[str, ...]
    states: tuple[str, ...]
    packages: int
    flows: Callable[[float], Array]
    inside: int
    delta: Array
    rounds: tuple[Round, ...]
    deadlines: tuple[Deadline, ...] = ()
    exits: tuple[Exit, ...] = ()
    offers: Offers = "alternating"
    hazard: float = 0.0
    hazard_state: int = 0
    lag: tuple[float, ...] = ()
    transfer_cap: float = 0.0
    consent: tuple[tuple[int, ...], ...] = ()
    earliest: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a game that is none.

        Raises
        ------
        ValueError
            Wrong shapes, days before the start, discount factors outside [0, 1], a
            deadline that could be put off for ever, a party or a state that is not there,
            a figure that is no number.
        """
        n, k = len(self.parties), self.packages
        if n < 2 or not 0 <= k <= len(self.states):
            raise ValueError(f"{n} parties and {k} packages make no game")
        if np.shape(self.delta) != (n,) or not np.all((self.delta >= 0) & (self.delta <= 1)):
            raise ValueError(f"discount factors {self.delta} of {n} parties")
        if self.lag and (len(self.lag) != k or not all(lag >= 0 for lag in self.lag)):
            raise ValueError(f"lags {self.lag} of {k} packages")
        if any(len(r.open) != k or not 0 <= r.day < np.inf for r in self.rounds):
            raise ValueError("a round before the start, or one that does not know the packages")
        if any(r.exit_only and any(r.open) for r in self.rounds):
            raise ValueError("a package that may be agreed on a day for leaving only")
        for d in self.deadlines:
            put_off = d.extensions == 0 or (d.extensions > 0 and 0 < d.extends < np.inf)
            if not 0 <= d.day < np.inf or not put_off:
                raise ValueError(f"deadline {d.id} lies before the start or is put off by nothing")
        if not (0 <= self.hazard < np.inf and self.transfer_cap >= 0):
            raise ValueError("a negative hazard or a negative side payment")
        states = [self.inside, self.hazard_state, *(d.state for d in self.deadlines)]
        states += [e.state for e in self.exits]
        named = [*(r.proposer for r in self.rounds), *(d.owner for d in self.deadlines)]
        named += [e.party for e in self.exits]
        if not all(0 <= s < len(self.states) for s in states):
            raise ValueError(f"states {states} among {len(self.states)}")
        if not all(p is None or 0 <= p < n for p in named):
            raise ValueError(f"parties {named} among {n}")
        if self.consent and len(self.consent) != k:
            raise ValueError(f"consent to {len(self.consent)} of {k} packages")
        if self.earliest and len(self.earliest) != len(self.states):
            raise ValueError(f"first days of {len(self.earliest)} of {len(self.states)} states")
        if self.flows(0.0).shape != (len(self.states), n):
            raise ValueError(f"flows are needed for {len(self.states)} states and {n} parties")

    def lag_of(self, package: int) -> float:
        """Return the years from agreement on a package to its entry into force."""
        return self.lag[package] if self.lag else 0.0

    def consent_of(self, package: int) -> tuple[int, ...]:
        """Return the positions of those who must agree to a package."""
        found = self.consent[package] if self.consent else ()
        return found or tuple(range(len(self.parties)))

    def begins(self, state: int, day: float) -> float:
        """Return from which day a state holds that comes about on a day, but by agreement."""
        return max(day, self.earliest[state]) if self.earliest else day

    def with_first(self, first: int) -> Game:
        """Return the game in which party ``first`` proposes first and they take turns.

        A round with its own proposer keeps it, and the turn goes on from there.
        """
        turn, rounds, n = first, [], len(self.parties)
        for r in sorted(self.rounds, key=lambda r: r.day):
            here = r.present or tuple(range(n))
            whose = next(p for step in range(n) if (p := (turn + step) % n) in here)
            proposer = whose if r.proposer is None else r.proposer
            rounds.append(replace(r, proposer=proposer))
            if r.exit_only:
                continue
            turn = (proposer + 1) % n
        return replace(self, rounds=tuple(rounds))
