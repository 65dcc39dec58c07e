"""An axis of the payoff plane: its range, its round ticks and how its amounts are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Axis"]

PADDING = 0.04
"""Share of the values' spread left free beyond the outermost ones, on each side."""
NEGLIGIBLE = 1e-9
"""Spread relative to the values, or value relative to the spread, that counts as none."""
MOST_TICKS, FEWEST_TICKS = 5, 3
MOST_DECIMALS, PLAIN_BELOW = 7, 1e9
ROUND = ((1.0, 0), (2.0, 0), (5.0, 0), (2.5, 1))
"""Leading digits of a tick step in the order they are tried, with the decimals they need."""


@dataclass(frozen=True)
class Axis:
    """A stretch of payoffs, in the payoff's unit, that a chart shows; low is below high.

    Both drawings of the plane use it, so that text and figure write every amount alike.
    """

    low: float
    high: float

    @classmethod
    def around(cls, values: Iterable[float]) -> Axis:
        """Return the axis that shows all the values, in the payoff's unit, with room around."""
        found = list(values) or [0.0]
        low, high = min(found), max(found)
        largest = max(abs(low), abs(high))
        spread = high - low
        if spread <= NEGLIGIBLE * largest or spread == 0:
            room = largest / 2 or 1.0
        else:
            room = PADDING * spread
        return cls(low - room, high + room)

    @property
    def span(self) -> float:
        """Its length, in the payoff's unit."""
        return self.high - self.low

    def holds(self, value: float) -> bool:
        """Return whether a payoff lies on the stretch shown, ends included."""
        return self.low <= value <= self.high

    def share(self, value: float) -> float:
        """Return where a payoff lies: 0 at the low end, 1 at the high end."""
        return (value - self.low) / self.span

    def amount(self, value: float) -> str:
        """Return a payoff with its sign, to about half a per cent of the axis ("+0.07").

        What would round to zero without being zero keeps two significant digits.
        """
        decimals = max(0, 2 - math.floor(math.log10(self.span / 2)))
        if abs(value) <= NEGLIGIBLE * self.span:
            return f"{0:.{decimals}f}" if decimals <= MOST_DECIMALS else "0"
        if abs(value) >= PLAIN_BELOW or decimals > MOST_DECIMALS:
            return f"{value:+.3g}"
        text = f"{value:+,.{decimals}f}"
        return text if float(text.replace(",", "")) != 0 else f"{value:+.2g}"

    def ticks(self) -> list[tuple[float, str]]:
        """Return three to five round payoffs on the axis, in its unit, and how to write them."""
        power = math.floor(math.log10(self.span))
        tried = [
            (digit * 10.0**exponent, max(0, extra - exponent), self._multiples(digit, exponent))
            for digit, extra in ROUND
            for exponent in range(power - 2, power + 1)
        ]
        fitting = [t for t in tried if FEWEST_TICKS <= len(t[2]) <= MOST_TICKS]
        step, decimals, values = max(fitting or tried, key=lambda t: _merit(len(t[2])))
        return [(value, _written(value, step, decimals, max(map(abs, values)))) for value in values]

    def _multiples(self, digit: float, exponent: int) -> list[float]:
        """Return the multiples of a step on the axis, free of accumulated rounding."""
        step = digit * 10.0**exponent
        first, last = (
            math.ceil(self.low / step - NEGLIGIBLE),
            math.floor(self.high / step + NEGLIGIBLE),
        )
        return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def _merit(count: int) -> float:
    """Return how well a number of ticks suits an axis; the more within the limit the better."""
    return count if count <= MOST_TICKS else -count


def _written(value: float, step: float, decimals: int, largest: float) -> str:
    if largest >= PLAIN_BELOW or decimals > MOST_DECIMALS - 1:
        digits = max(1, math.ceil(math.log10(largest / step)) + 2) if largest else 1
        return f"{value:.{digits}g}"
    return f"{value:,.{decimals}f}"
