"""Random talks on a calendar, by family, small enough to be written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from parley.calendar.game import Deadline, Exit, Game, Round

FAMILIES = ("two", "three", "moving", "threats", "exits", "same-day", "bids", "rules")
LARGEST = 5000  # continuations of a tree, roughly


def moving(base: np.ndarray, slope: np.ndarray, wave: np.ndarray) -> Callable[[float], np.ndarray]:
    return lambda day: base + slope * day + wave * np.sin(3.0 * day)


def random_deadline(rng: np.random.Generator, k: int, n: int, state: int, day: float) -> Deadline:
    owner = None if rng.random() < 0.25 else int(rng.integers(n))
    return Deadline(
        f"d{k}",
        day,
        state,
        owner,
        extends=float(rng.uniform(0.2, 1.2)),
        extensions=int(rng.integers(0, 3)),
        may_lapse=bool(rng.random() < 0.6),
        cost=float(rng.uniform(0.0, 0.3)),
        earliest=float(rng.uniform(0.0, 3.0)),
    )


def with_rules(rng: np.random.Generator, game: Game) -> Game:
    """Consent of some, first days of effect, deadlines put off by all together."""
    n = len(game.parties)
    asked = [tuple(int(i) for i in range(n) if rng.random() < 0.7) for _ in range(game.packages)]
    days = [0.0] * game.packages + [
        float(rng.uniform(0.0, 4.0)) if rng.random() < 0.6 else 0.0
        for _ in range(len(game.states) - game.packages)
    ]
    deadlines = tuple(replace(d, together=bool(rng.random() < 0.7)) for d in game.deadlines)
    return replace(game, consent=tuple(asked), earliest=tuple(days), deadlines=deadlines)


def random_game(rng: np.random.Generator, family: str) -> Game:
    """A game of the family; its states are the packages, talks, breakdown, threats, exits."""
    n = {"two": 2, "three": 3}.get(family) or int(rng.integers(2, 4))
    packages, meetings = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    threats = {"threats": 2, "rules": 2, "two": 0}.get(family, int(rng.integers(0, 2)))
    leavers = n if family == "exits" else int(rng.integers(0, 2))
    if (packages * (n - 1) + 1) ** meetings * 3**threats > LARGEST:
        return random_game(rng, family)
    inside, hazard_state = packages, packages + 1
    first_threat = packages + 2
    states = first_threat + threats + leavers
    base = rng.normal(size=(states, n))
    base[:packages] += 0.5
    base[first_threat + threats :] -= 0.4
    still = family not in ("moving", "bids") and rng.random() < 0.5
    drift = 0.0 if still else 0.5
    days = np.sort(rng.uniform(0.0, 3.0, meetings))
    if family == "same-day":
        days = np.floor(days)
    due = rng.choice(days, threats) if family == "same-day" else rng.uniform(0.2, 3.0, threats)
    gates = rng.random((meetings, packages)) < 0.8
    gates[-1, 0] = True
    leaving = rng.random(meetings) < (0.3 if family == "exits" else 0.0)
    gates[leaving] = False
    game = Game(
        parties=tuple("ABC"[:n]),
        states=tuple(f"s{k}" for k in range(states)),
        packages=packages,
        flows=moving(base, drift * rng.normal(size=base.shape), drift * rng.normal(size=n)),
        inside=inside,
        delta=rng.uniform(0.3, 0.97, n),
        rounds=tuple(
            Round(f"r{j}", float(day), tuple(map(bool, gates[j])), exit_only=bool(leaving[j]))
            for j, day in enumerate(days)
        ),
        deadlines=tuple(
            random_deadline(rng, k, n, first_threat + k, float(due[k])) for k in range(threats)
        ),
        exits=tuple(
            Exit(
                k if family == "exits" else int(rng.integers(n)),
                first_threat + threats + k,
                float(rng.uniform(0.0, 2.0)),
            )
            for k in range(leavers)
        ),
        offers="simultaneous" if family == "bids" else "alternating",
        hazard=float(rng.uniform(0.05, 0.8)) if rng.random() < 0.5 else 0.0,
        hazard_state=hazard_state,
        lag=tuple(rng.uniform(0.0, 0.5, packages)) if rng.random() < 0.5 else (),
    )
    if family == "rules":
        game = with_rules(rng, game)
    if family == "bids":
        return game
    return game.with_first(int(rng.integers(n)))
