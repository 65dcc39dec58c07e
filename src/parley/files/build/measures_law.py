"""Bound and applied duties by sector, and the lines a US proclamation may free.

Under section 103(a) of the Trade Priorities Act of 2015 the President may remove duties of
5 % or less and halve others without Congress. The US schedule's most-favoured-nation column
stands for the bound rate too (the table has no rates of its own for bindings, and US applied
and bound rates coincide on almost all lines). Japan's schedule is at hand for eight chapters.
"""

from __future__ import annotations

from pathlib import Path

from parley.files.build.hs import HsSectors
from parley.files.build.measures_rows import BindingRow
from parley.files.build.measures_sources import read_japan_lines, read_us_lines

__all__ = ["build_bindings"]

PROCLAMATION = 0.05
JAPAN_APPLIED = ("暫定", "WTO協定", "基本")
FEW = 5  # lines below which no mean is given


def build_bindings(sources: Path, sectors: tuple[str, ...]) -> list[BindingRow]:
    """Return one row per importer (USA, JPN) and sector with at least five lines."""
    return _united_states(sources, sectors) + _japan(sources, sectors)


def _united_states(sources: Path, sectors: tuple[str, ...]) -> list[BindingRow]:
    hs = HsSectors()
    rates: dict[str, list[float]] = {}
    specific: dict[str, int] = {}
    for line in read_us_lines(sources):
        sector = hs.sector(line.code)
        if line.rate is None:
            specific[sector] = specific.get(sector, 0) + 1
        else:
            rates.setdefault(sector, []).append(line.rate)
    rows = []
    for sector in sectors:
        found = rates.get(sector, [])
        if len(found) < FEW:
            continue
        mean = sum(found) / len(found)
        low = sum(rate <= PROCLAMATION for rate in found)
        note = "most-favoured-nation column stands for the binding"
        if specific.get(sector):
            note += f"; {specific[sector]} lines with specific duties left out"
        rows.append(BindingRow("USA", sector, mean, mean, len(found), low, note))
    return rows


def _japan(sources: Path, sectors: tuple[str, ...]) -> list[BindingRow]:
    hs = HsSectors()
    pairs: dict[str, list[tuple[float, float]]] = {}
    chapters: dict[str, set[str]] = {}
    for line in read_japan_lines(sources):
        bound, applied = line.ad_valorem("WTO協定"), line.ad_valorem(*JAPAN_APPLIED)
        if bound is not None and applied is not None:
            sector = hs.sector(line.code)
            pairs.setdefault(sector, []).append((bound, applied))
            chapters.setdefault(sector, set()).add(line.code[:2])
    rows = []
    for sector in sectors:
        found = pairs.get(sector, [])
        if len(found) < FEW:
            continue
        rows.append(
            BindingRow(
                "JPN",
                sector,
                sum(b for b, _ in found) / len(found),
                sum(a for _, a in found) / len(found),
                len(found),
                sum(a <= PROCLAMATION for _, a in found),
                f"ad valorem lines of chapters {' '.join(sorted(chapters[sector]))} only",
            )
        )
    return rows
