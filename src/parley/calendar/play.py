"""A game played without knowing who proposes first: every order, and their average.

Under alternating offers each party is as likely as any other to make the first offer, unless
the story says who does; all orders are solved and kept beside their average.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import End, Game
from parley.calendar.induction import Solved, solve_game

__all__ = ["Order", "Play", "play"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Order:
    """The game with one first proposer (None: all bid at once), and its probability."""

    first: int | None
    chance: float
    solved: Solved


@dataclass(frozen=True, eq=False)
class Play:
    """A game under every order of proposals."""

    game: Game
    orders: tuple[Order, ...]

    @property
    def worth(self) -> Array:
        """What the talks are worth on day 0 to every party, [party], a flow a year."""
        found: Array = sum((o.chance * o.solved.worth for o in self.orders), np.zeros(1))
        return found

    @property
    def ends(self) -> tuple[tuple[float, End], ...]:
        """All ends with their probabilities."""
        return tuple((o.chance * p, end) for o in self.orders for p, end in o.solved.ends)


def play(game: Game, first: int | None = None) -> Play:
    """Return a game under every order of proposals.

    Parameters
    ----------
    game
        The game; rounds may have proposers of their own.
    first
        Position of the party known to propose first, None where nobody knows.
    """
    if game.offers == "simultaneous":
        return Play(game, (Order(None, 1.0, solve_game(game)),))
    meetings = [r for r in game.rounds if not r.exit_only]
    settled = bool(meetings) and all(r.proposer is not None for r in meetings)
    if settled and first is None:
        first = min(meetings, key=lambda r: r.day).proposer
    firsts = range(len(game.parties)) if first is None else (first,)
    chance = 1.0 / len(firsts)
    orders = (Order(f, chance, solve_game(game.with_first(f))) for f in firsts)
    return Play(game, tuple(orders))
