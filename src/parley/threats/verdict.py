"""The verdict on a threat: credible, not credible, or depends, and on what.

A cell is one setting, one case and one kind of weights. A dimension flips the verdict where
two cells that differ in nothing else disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["ABOUT_ZERO_PCT", "DIMENSIONS", "Cell", "Flip", "Share", "Verdict", "judge"]

DIMENSIONS = ("model", "closure", "elasticity", "answer", "weights")
# A margin this small, in per cent of the threatener's objective, says neither yes nor no.
ABOUT_ZERO_PCT = 0.005


@dataclass(frozen=True)
class Cell:
    """Whether a threat is credible somewhere; None where that could not be proven.

    ``margin_pct`` is by how much, in per cent of the objective; None where unknown.
    """

    model: str
    closure: str
    elasticity: str
    answer: str
    weights: str
    credible: bool | None
    margin_pct: float | None = None

    @property
    def about_zero(self) -> bool:
        """Whether the margin is too small to say."""
        return self.margin_pct is not None and abs(self.margin_pct) <= ABOUT_ZERO_PCT


@dataclass(frozen=True)
class Share:
    """In how many of the cells with one value of a dimension the threat is credible."""

    value: str
    credible: int
    cells: int


@dataclass(frozen=True)
class Flip:
    """How often a dimension alone flips the verdict.

    ``compared`` groups of cells differ in this dimension only; in ``flipped`` of them they
    disagree, in ``clear`` of these even without the cells whose margin is about zero.
    """

    dimension: str
    compared: int
    flipped: int
    clear: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Verdict:
    """The verdict over cells; ``unproven`` ones count for neither side.

    Cells with a margin of about zero count by its sign; ``about_zero_credible`` and
    ``about_zero_not`` say how many of either kind there are.
    """

    verdict: Literal["credible", "not credible", "depends", "unknown"]
    cells: int
    credible: int
    unproven: int
    about_zero_credible: int
    about_zero_not: int
    flips: tuple[Flip, ...]

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Dimensions that flip the verdict, those that do so most often first."""
        found = [f for f in self.flips if f.flipped]
        return tuple(
            f.dimension for f in sorted(found, key=lambda f: -f.flipped / max(f.compared, 1))
        )


def judge(cells: Sequence[Cell]) -> Verdict:
    """Return the verdict over cells."""
    known = [c for c in cells if c.credible is not None]
    yes = sum(bool(c.credible) for c in known)
    word: Literal["credible", "not credible", "depends", "unknown"] = "depends"
    if not known:
        word = "unknown"
    elif yes in (0, len(known)):
        word = "credible" if yes else "not credible"
    flips = tuple(_flip(d, known) for d in DIMENSIONS)
    near = [bool(c.credible) for c in known if c.about_zero]
    return Verdict(
        verdict=word,
        cells=len(cells),
        credible=yes,
        unproven=len(cells) - len(known),
        about_zero_credible=sum(near),
        about_zero_not=len(near) - sum(near),
        flips=flips,
    )


def _flip(dimension: str, cells: Sequence[Cell]) -> Flip:
    groups: dict[tuple[str, ...], list[Cell]] = {}
    shares: dict[str, list[Cell]] = {}
    for cell in cells:
        rest = tuple(getattr(cell, d) for d in DIMENSIONS if d != dimension)
        groups.setdefault(rest, []).append(cell)
        shares.setdefault(getattr(cell, dimension), []).append(cell)
    several = [g for g in groups.values() if len(g) > 1]
    return Flip(
        dimension,
        len(several),
        sum(len({c.credible for c in g}) > 1 for g in several),
        sum(len({c.credible for c in g if not c.about_zero}) > 1 for g in several),
        tuple(Share(v, sum(bool(c.credible) for c in g), len(g)) for v, g in shares.items()),
    )
