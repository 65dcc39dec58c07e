"""How figures are written in text: signs, digits, and lists that fit a line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["WIDTH", "Money", "duty", "hanging", "money_for", "money_of", "pct", "points"]

WIDTH = 108


def pct(value: float, *, unit: bool = True) -> str:
    """Return a signed percentage with two digits from 0.1 up, then three, then four."""
    size = abs(value)
    text = _signed(value, 2 if size >= 0.0995 else 3 if size >= 0.00995 else 4)
    return f"{text} %" if unit else text


@dataclass(frozen=True)
class Money:
    """Amounts given in billions, written in the unit that suits the world's size."""

    scale: float
    unit: str

    def change(self, billions: float) -> str:
        """Return a signed amount with two digits ("+0.25")."""
        return _signed(billions * self.scale, 2)

    def level(self, billions: float, sign: str = "", digits: int = 1) -> str:
        """Return an amount with thousands separators ("19,464.0")."""
        return format(billions * self.scale, f"{sign},.{digits}f")


def money_of(document: Mapping[str, Any]) -> Money:
    """Return the unit for a document's amounts: billions unless its incomes are tiny."""
    incomes = [
        region["income_usd_bn"]
        for package in document["packages"]
        for region in package["regions"].values()
    ]
    return money_for(incomes, document["world"]["currency"])


def money_for(incomes_usd_bn: Iterable[float], currency: str) -> Money:
    """Return the unit for amounts in a world of these incomes, billions of its currency."""
    largest = max(incomes_usd_bn, default=1e3)
    name = "US$" if currency == "USD" else f"{currency} "
    units = ((1.0, "bn"), (1e3, "mn"), (1e6, "thousand"), (1e9, ""))
    scale, unit = next((u for u in units if largest * u[0] >= 10), units[-1])
    return Money(scale, f"{name}{unit}".strip())


def duty(value: float | None) -> str:
    """Return a duty given as a fraction in per cent ("38.5 %"), "-" where unknown."""
    return "-" if value is None else f"{100 * value:.1f} %"


def points(value: float | None) -> str:
    """Return a difference of duties, a fraction, in percentage points ("+3.2")."""
    return "-" if value is None else _signed(100 * value, 1)


def _signed(value: float, digits: int) -> str:
    text = f"{value:+.{digits}f}"
    return text if float(text) != 0 else f"{0:.{digits}f}"


def hanging(head: str, parts: Iterable[str], *, indent: int = 18, join: str = "; ") -> list[str]:
    """Return a heading and its text wrapped beside it, later lines indented."""
    body = join.join(p for p in parts if p)
    if len(head) > indent - 3:
        indent = len(head) + 4
    wrapped = textwrap.wrap(
        body, WIDTH - indent, break_long_words=False, break_on_hyphens=False
    ) or [""]
    first = f"  {head:<{indent - 2}}{wrapped[0]}"
    return [first.rstrip(), *(" " * indent + line for line in wrapped[1:])]
