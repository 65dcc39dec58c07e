"""Units of value: how many units of currency one recorded unit stands for."""

from __future__ import annotations

__all__ = ["UNITS", "per_billion"]

UNITS: dict[str, float] = {
    "1": 1.0,
    "unit": 1.0,
    "units": 1.0,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}


def per_billion(unit: str) -> float:
    """Return billions of currency per recorded unit ("million" -> 0.001)."""
    return UNITS[unit] / 1e9
