"""Readers of the tariff tables from which measures in force are derived.

Section 301 lists and the tariff histories of the United States and China (compiled by
Bown, Jung and Zhang), the US tariff schedule of 2017 (USITC), Japan's schedule and
Japan's customs trade. Each reader returns codes as digits and changes no number.
"""

from __future__ import annotations

import csv
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from parley.errors import InputError

__all__ = [
    "JapanLine",
    "UsLine",
    "read_china_history",
    "read_japan_lines",
    "read_japan_trade",
    "read_s301_lists",
    "read_us_history",
    "read_us_lines",
]

S301_LISTS = ("1", "2", "3", "4A", "4B")  # in the order in which they took effect
JAPAN_CHAPTERS = ("02", "04", "10", "11", "16", "20", "22", "87")
AD_VALOREM = re.compile(r"^\*?\(?\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*\)?$")
FREE = ("無税", "(無税)", "*無税")


def source(sources: Path, name: str) -> Path:
    """Return the path of a source table, or raise InputError naming what is missing."""
    path = sources / name
    if not path.exists():
        raise InputError.one(
            f"no such source: {path}",
            "build_measures: sources",
            "the tables of measures are built from source tables that do not ship with Parley",
            f"give a folder that holds {name}",
        )
    return path


@lru_cache(maxsize=4)
def read_s301_lists(sources: Path) -> dict[str, str]:
    """Return HTS8 code -> the first of the lists 1, 2, 3, 4A, 4B that names it.

    A code named on several lists is split below eight digits; the earliest list is
    taken for the whole of it.
    """
    rank = {name: k for k, name in enumerate(S301_LISTS)}
    out: dict[str, str] = {}
    path = source(sources, "section-301/s301_product_lists.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            name, code = row["list"], row["hts8"].zfill(8)
            if name in rank and (code not in out or rank[name] < rank[out[code]]):
                out[code] = name
    return out


def _history(path: Path) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["tariff"] not in ("", "NA"):
                line = out.setdefault(row["hs6"].zfill(6), {})
                line[row["time_of_tariff"]] = float(row["tariff"]) / 100
    return out


@lru_cache(maxsize=4)
def read_us_history(sources: Path) -> dict[str, dict[str, float]]:
    """Return HS6 -> date -> US tariff on China (fraction; s.301 in, s.232 not)."""
    return _history(source(sources, "section-301/us_tariffs_2020.csv"))


@lru_cache(maxsize=4)
def read_china_history(sources: Path) -> dict[str, dict[str, float]]:
    """Return HS6 -> date -> China's tariff on the United States (fraction)."""
    return _history(source(sources, "section-301/new_tariff_list_2020.csv"))


@dataclass(frozen=True)
class UsLine:
    """A line of the US tariff schedule: HTS8 code and most-favoured-nation duty.

    ``rate`` is the ad valorem duty as a fraction, or None where the duty has a specific
    part (it has then no ad valorem equivalent in the table).
    """

    code: str
    rate: float | None


@lru_cache(maxsize=4)
def read_us_lines(sources: Path) -> tuple[UsLine, ...]:
    """Return the lines of chapters 01 to 97 of the US schedule of 2017, once each."""
    import openpyxl

    path = source(sources, "us-tariff/tariff_database_2017.xlsx")
    book = openpyxl.load_workbook(path, read_only=True)
    sheet: Any = book.worksheets[0]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True, max_col=12)
    head = {str(name): k for k, name in enumerate(next(rows))}
    out: dict[str, UsLine] = {}
    for row in rows:
        if not row[0]:
            continue
        code = str(row[head["hts8"]]).zfill(8)
        ad_valorem, specific = row[head["mfn_ad_val_rate"]], row[head["mfn_specific_rate"]]
        kind = str(row[head["mfn_rate_type_code"]])
        pure = kind in ("0", "7") and not specific and ad_valorem is not None
        if code[:2] < "98" and code not in out:
            out[code] = UsLine(code, float(ad_valorem) if pure else None)
    book.close()
    return tuple(out.values())


@dataclass(frozen=True)
class JapanLine:
    """A line of Japan's schedule with the rates of its columns, as printed."""

    code: str
    rates: tuple[tuple[str, str], ...]

    def ad_valorem(self, *columns: str) -> float | None:
        """Return the first given column that is a plain ad valorem rate, as a fraction."""
        rates = dict(self.rates)
        for column in columns:
            text = rates.get(column, "").strip()
            if text in FREE:
                return 0.0
            found = AD_VALOREM.match(text)
            if found:
                return float(found.group(1)) / 100
        return None


@lru_cache(maxsize=4)
def read_japan_lines(sources: Path) -> tuple[JapanLine, ...]:
    """Return the lines of the eight chapters of Japan's schedule at hand (July 2026)."""
    lines: list[JapanLine] = []
    for chapter in JAPAN_CHAPTERS:
        path = source(sources, f"japan-tariff/j_{chapter}_tariff_data.json")
        for node in json.loads(path.read_text(encoding="utf-8")):
            lines += _leaves(node, {})
    return tuple(lines)


def _leaves(node: dict[str, Any], above: dict[str, str]) -> Iterator[JapanLine]:
    """Yield the lowest lines under a node; a blank rate is that of the heading above."""
    own = {k: v for k, v in node.get("rate", {}).items() if v}
    rates = {**above, **own}
    if node.get("children"):
        for child in node["children"]:
            yield from _leaves(child, rates)
    elif rates:
        code = re.sub(r"\D", "", node["stat_code"])
        yield JapanLine(code, tuple(sorted(rates.items())))


@lru_cache(maxsize=4)
def read_japan_trade(sources: Path, year: int = 2018) -> dict[tuple[str, str, str], float]:
    """Return (import or export, partner, goods) -> Japan's customs trade, billion yen."""
    import rdata

    path = source(sources, "japan-trade/trade_year.rda")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = rdata.read_rda(str(path))["trade_year"]
    table = table[table["year"] == year]
    columns = (table[c] for c in ("ex_im", "area", "goods", "value"))
    return {(str(a), str(b), str(c)): float(v) for a, b, c, v in zip(*columns, strict=True)}
