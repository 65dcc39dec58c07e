"""Tariffs of the United States and China on each other since 2018, by sector.

Method. The tables say which product lines bear which additional duty, not how much is
traded in them. Lines are weighed by rounded trade values of chapters and large headings
(``weights-*.csv``); within such a group every line counts the same. The coverage of the
sectors is then scaled so that, at the world's flows, the US lists cover what was published:
34, 16 and 200 of US$539.5bn of imports in 2018. China's side needs no scaling.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import numpy as np

from parley.files.build.hs import HsSectors, by_longest_prefix, spread
from parley.files.build.measures_fit import coverage, fit_margins
from parley.files.build.measures_rows import Flows, MeasureRow
from parley.files.build.measures_sources import (
    S301_LISTS,
    read_china_history,
    read_s301_lists,
    read_us_history,
    read_us_lines,
)

__all__ = [
    "china_cuts",
    "china_retaliation",
    "line_lists",
    "read_weights",
    "us_coverage",
    "us_s301",
]

SCENARIO = "us-japan-2019"
IMPORTS_2018 = 539.5  # US imports from China, US$bn, Census basis
EXPORTS_2017 = 129.9  # US exports to China, US$bn, Census basis
# US$bn of the 2018 imports: lists 1-3 as announced; 4A and 4B as tabulated from customs data
# (110 and 160, of the 300 announced); the rest is on no list.
LIST_VALUE = {"1": 34.0, "2": 16.0, "3": 200.0, "4A": 110.0, "4B": 160.0}
IN_FORCE = ("1", "2", "3")
RATE = 0.25
BEFORE = "2018-01-01"
AS_OF = "2019-07-18"
STEPS = {"1": "2018-07-06", "2": "2018-08-23", "3": "2018-09-24"}
RETALIATION = (
    ("2018-01-01", "2018-04-02"),
    ("2018-07-01", "2018-07-06"),
    ("2018-07-06", "2018-08-23"),
    ("2018-08-23", "2018-09-24"),
    ("2019-01-02", "2019-06-01"),
)
GENERAL_CUTS = (
    ("2018-04-02", "2018-05-01"),
    ("2018-05-01", "2018-07-01"),
    ("2018-09-24", "2018-11-01"),
    ("2018-11-01", "2019-01-02"),
)
SUSPENDED = ("2018-11-01", "2019-01-02")  # cars and parts: suspended, not cut
VEHICLES = "87"
SMALL = 0.002  # a change of less than 0.2 points is rounding of the source
UNNAMED_FLOOR = 0.15  # of a sector's exports, for the lines no weight names
NO_AGREEMENT = ("USA", "JPN", "TWN", "CAN", "MEX", "BRA", "ARG", "IND", "GBR", "EU27", "ROW")
LEAST = 0.0005


def read_weights(name: str) -> dict[str, float]:
    """Return HS prefix -> US$bn of a shipped table of trade weights."""
    path = files("parley") / "data" / "scenarios" / SCENARIO / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    return {row["hs"]: float(row["usd_bn"]) for row in csv.DictReader(lines)}


def line_lists(sources: Path) -> dict[str, str]:
    """Return HTS8 line -> Section 301 list ("" = none), over the schedule's lines.

    The lists use the codes of 2018 to 2025, the schedule those of 2017. A line of 2017
    that no list names takes the list by which its six-digit tariff rose; if that did not
    rise and the lists name new codes under the same six digits, these replace it.
    """
    lists = read_s301_lists(sources)
    history = read_us_history(sources)
    schedule = {line.code for line in read_us_lines(sources)}
    new = {c for c in lists if c not in schedule and HsSectors.is_goods(c)}
    replaced = {c[:6] for c in new}
    out = {}
    for code in sorted(schedule | new):
        name = lists.get(code) or _list_by_rate(history.get(code[:6], {}))
        if name or code[:6] not in replaced:
            out[code] = name
    return out


def _list_by_rate(rates: Mapping[str, float]) -> str:
    if not rates or BEFORE not in rates:
        return ""
    before = rates[BEFORE]
    for name, date in STEPS.items():
        if rates[date] - before > SMALL:
            return name
    return "4A" if rates["2019-09-01"] - before > SMALL else ""


def us_coverage(sources: Path, world: Flows, fitted: bool = True) -> dict[str, dict[str, float]]:
    """Return sector -> list -> share of US imports from China that the list covers.

    With ``fitted`` the shares are scaled so that the lists' parts of all goods imports, at
    the world's flows, are those of ``LIST_VALUE`` in ``IMPORTS_2018``.
    """
    lists = line_lists(sources)
    weight = spread(read_weights("weights-us-imports-from-china-2018"), lists)
    raw = coverage(weight, lists, S301_LISTS, HsSectors())
    if not fitted:
        return raw
    flow = goods_flow(world, "USA", "CHN")
    sectors = [s for s in raw if flow.get(s, 0.0) > 0]
    rows = np.array([flow[s] for s in sectors])
    rows = rows / rows.sum()
    share = np.array([[raw[s][g] for g in S301_LISTS] for s in sectors])
    share = np.column_stack([share, 1.0 - share.sum(axis=1)]).clip(0.0)
    columns = np.array([LIST_VALUE[g] for g in S301_LISTS]) / IMPORTS_2018
    columns = np.append(columns, 1.0 - columns.sum())
    fit = fit_margins(rows[:, None] * share, rows, columns) / rows[:, None]
    return {
        s: dict(zip(S301_LISTS, map(float, fit[k]), strict=False)) for k, s in enumerate(sectors)
    }


def goods_flow(world: Flows, importer: str, exporter: str) -> dict[str, float]:
    """Return sector -> net flow, million USD, of the sectors that HS codes lead to."""
    n, i = list(world.regions).index(importer), list(world.regions).index(exporter)
    reached = HsSectors().sectors - {"SERV"}
    return {s: float(world.flows[n, i, k]) for k, s in enumerate(world.sectors) if s in reached}


def us_s301(
    sources: Path,
    world: Flows,
    lists: tuple[str, ...],
    rate: float,
    why: str,
    metals: Mapping[str, float] | None = None,
) -> list[MeasureRow]:
    """Return one row per sector: the given lists' share of US imports from China.

    ``metals`` gives, by sector, the part of the lists' trade that already bears Section 232;
    it is left out, because parts of a flow may not overlap.
    """
    under = metals or {}
    fitted, raw = us_coverage(sources, world), us_coverage(sources, world, fitted=False)
    rows = []
    for sector in (s for s in world.sectors if s in fitted):
        share = sum(fitted[sector][g] for g in lists) * (1.0 - under.get(sector, 0.0))
        before = sum(raw[sector][g] for g in lists)
        if share >= LEAST:
            note = f"{why}; {before:.3f} before the fit to published totals"
            rows.append(
                MeasureRow("USA", "CHN", sector, min(share, 1.0), "additional-tariff", rate, note)
            )
    return rows


def china_weights(sources: Path, world: Flows) -> dict[str, float]:
    """Return HS6 line -> weight in US exports to China, US$bn.

    Fifty large headings carry their own value. The rest of a sector (its flow in the world,
    scaled to the customs total, less the headings named) is shared evenly by its other lines.
    """
    hs = HsSectors()
    lines = [c for c in read_china_history(sources) if HsSectors.is_goods(c)]
    named = read_weights("weights-us-exports-to-china-2017")
    weight = spread(named, lines)
    owner = by_longest_prefix(lines, named)
    flow = goods_flow(world, "CHN", "USA")
    scale = EXPORTS_2017 / sum(flow.values())
    taken: dict[str, float] = {}
    others: dict[str, list[str]] = {}
    for code in lines:
        sector = hs.sector(code)
        taken[sector] = taken.get(sector, 0.0) + weight[code]
        if code not in owner:
            others.setdefault(sector, []).append(code)
    for sector, codes in others.items():
        total = flow.get(sector, 0.0) * scale
        rest = max(total - taken[sector], UNNAMED_FLOOR * total)
        for code in codes:
            weight[code] = rest / len(codes)
    return weight


def _moved(rates: Mapping[str, float], pairs: tuple[tuple[str, str], ...], code: str) -> float:
    """Return the sum of a line's changes at the given pairs of dates."""
    total = 0.0
    for first, second in pairs:
        if first not in rates or second not in rates:
            continue
        change = rates[second] - rates[first]
        suspended = (first, second) == SUSPENDED and code.startswith(VEHICLES)
        if abs(change) > SMALL and not suspended:
            total += change
    return total


def additional_by_line(sources: Path, until: str = AS_OF) -> dict[str, float]:
    """Return HS6 -> points China adds on US goods at a date of 2019, as a fraction.

    General cuts of 2018 are kept apart (:func:`china_cuts`). The duties on cars and parts
    were suspended from January 2019 and are out.
    """
    steps = tuple(pair for pair in RETALIATION if pair[1] <= until)
    out = {}
    for code, rates in read_china_history(sources).items():
        added = _moved(rates, steps, code)
        if code.startswith(VEHICLES) and SUSPENDED[0] in rates:
            change = rates.get(SUSPENDED[1], 0.0) - rates[SUSPENDED[0]]
            added += change if change < -SMALL else 0.0
        out[code] = max(added, 0.0)
    return out


def china_retaliation(sources: Path, world: Flows, until: str = AS_OF) -> list[MeasureRow]:
    """Return China's additional duties on US goods: per sector the covered share, its mean rate.

    The mean hides a range (most lines bear 5, 10, 20 or 25 points), which the note states.
    """
    added = additional_by_line(sources, until)
    weight = china_weights(sources, world)
    hs = HsSectors()
    rows = []
    for sector in world.sectors:
        codes = [c for c in weight if hs.sector(c) == sector]
        inside = [c for c in codes if added[c] > 0]
        total, value = sum(weight[c] for c in codes), sum(weight[c] for c in inside)
        if total <= 0 or value / total < LEAST:
            continue
        rate = sum(weight[c] * added[c] for c in inside) / value
        points = sorted({round(100 * added[c]) for c in inside})
        note = (
            f"{len(inside)} six-digit lines at {points[0]} to {points[-1]} points; weighed by "
            "US exports 2017"
        )
        rows.append(
            MeasureRow("CHN", "USA", sector, value / total, "additional-tariff", rate, note)
        )
    return rows


def china_cuts(sources: Path, world: Flows) -> list[MeasureRow]:
    """Return China's general cuts of 2018-19 for suppliers without a trade agreement.

    The mean duty over lines before and after gives the proportion by which the world's
    duty falls (cars 25 to 15 %, many consumer goods by half, some machinery).
    """
    hs = HsSectors()
    before: dict[str, list[float]] = {}
    change: dict[str, list[float]] = {}
    for code, rates in read_china_history(sources).items():
        if BEFORE in rates and HsSectors.is_goods(code):
            before.setdefault(hs.sector(code), []).append(rates[BEFORE])
            change.setdefault(hs.sector(code), []).append(_moved(rates, GENERAL_CUTS, code))
    rows = []
    n = list(world.regions).index("CHN")
    for exporter in NO_AGREEMENT:
        i = list(world.regions).index(exporter)
        for k, sector in enumerate(world.sectors):
            if sector not in before or not sum(before[sector]):
                continue
            part = max(sum(change[sector]) / sum(before[sector]), -1.0)
            value = part * float(world.tariffs[n, i, k])
            if value < -LEAST and world.flows[n, i, k] > 0:
                note = f"general duties fell by {-part:.0%} of themselves on the mean of lines"
                rows.append(MeasureRow("CHN", exporter, sector, 1.0, "tariff-change", value, note))
    return rows
