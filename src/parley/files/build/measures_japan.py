"""Japan's tariff cuts under CPTPP and the agreement with the EU, and its partners' cuts.

Both agreements made Japan's second annual cut on 1 April 2019, so on 18 July 2019 both
stand in their year 2 for Japan's duties (beef 26.6 %, seasoned ground pork 13.3 % under
either). Partners that count by calendar year stand in year 2 of CPTPP (Canada) or in year 1
of the agreement with Japan (EU: 10 to 8.8 % on cars).

Method. Goods with published 2019 rates (beef, pork, cheese, wine) move by these, weighed by
the partner's trade with Japan in customs statistics of 2018. The rest of the sector moves by
the share of the duty that Japan's schedule implies was gone by then: the schedule shows
the rates of April 2026 (year 9); a duty above zero then was cut evenly, a duty at zero then
was, for want of the staging, half removed at once and half cut over eight years.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from parley.files.build.measures_rows import Flows, MeasureRow
from parley.files.build.measures_sources import read_japan_lines, read_japan_trade

__all__ = ["cptpp", "customs_food", "eu_agreement", "gone_by_2019"]

YEAR_IN_2019, YEAR_IN_2026 = 2, 9
AT_ONCE, EVEN_YEARS = 0.5, 8
FREED = AT_ONCE + (1 - AT_ONCE) * YEAR_IN_2019 / EVEN_YEARS
FOOD_CHAPTERS = ("04", "11", "16", "20", "22")
CPTPP_COLUMN, EU_COLUMN = "EPA_CPTPP", "EPA_欧州連合"
APPLIED = ("暫定", "WTO協定", "基本")
FARM_AT_ONCE = 0.5  # about half of Japan's farm lines were freed at entry into force
LEAST = 0.0005
MOST = 0.95  # of a cell's duty may be cut

# Customs groups of Japan's statistics -> part that is processed food (C10T12).
PROCESSED = {
    "Meat And Meat Preparation": 1.0,
    "Fish And Fish Preparation": 0.8,
    "Fruits": 0.4,
    "Vegetables": 0.6,
    "Cereals, Cereal Preparation": 0.15,
    "rest": 0.9,
}
CUSTOMS_NAME = {
    "USA": "USA",
    "AUS": "Austral",
    "CAN": "Canada",
    "NZL": "Newzeld",
    "MEX": "Mexico",
    "EU27": "EU",
    "GBR": "U King",
}


@dataclass(frozen=True)
class Good:
    """A good with published rates: share of a customs group, duty before and in 2019."""

    name: str
    group: str
    share: float
    before: float
    after: float


BEEF_AFTER, PORK_AFTER, GROUND_AFTER = 0.266, 0.0195, 0.1333
PORK, GROUND, CHEESE, WINE = 0.043, 0.20, 0.298, 0.15
CHEESE_AFTER = CHEESE * (1 - YEAR_IN_2019 / 16)
WINE_AFTER = WINE * (1 - YEAR_IN_2019 / 8)
MEAT, REST = "Meat And Meat Preparation", "rest"
# Composition of each partner's meat and other food; shares from trade statistics, rounded.
GOODS: dict[str, tuple[Good, ...]] = {
    "AUS": (
        Good("beef (agreement of 2015: 28.6 %)", MEAT, 0.95, 0.286, BEEF_AFTER),
        Good("cheese", REST, 0.35, CHEESE, CHEESE_AFTER),
    ),
    "NZL": (
        Good("beef", MEAT, 0.55, 0.385, BEEF_AFTER),
        Good("cheese", REST, 0.45, CHEESE, CHEESE_AFTER),
        Good("wine", REST, 0.04, WINE, WINE_AFTER),
    ),
    "CAN": (
        Good("beef", MEAT, 0.10, 0.385, BEEF_AFTER),
        Good("pork", MEAT, 0.75, PORK, PORK_AFTER),
        Good("ground pork", MEAT, 0.10, GROUND, GROUND_AFTER),
    ),
    "MEX": (
        Good("beef (quota: 32 %)", MEAT, 0.15, 0.32, BEEF_AFTER),
        Good("pork (quota: 2.2 %)", MEAT, 0.75, 0.022, PORK_AFTER),
    ),
    "EU27": (
        Good("pork", MEAT, 0.75, PORK, PORK_AFTER),
        Good("pork preparations", MEAT, 0.15, 0.10, 0.0667),
        Good("beef", MEAT, 0.01, 0.385, BEEF_AFTER),
        Good("cheese", REST, 0.06, CHEESE, CHEESE_AFTER),
        Good("wine", REST, 0.18, 0.10, 0.0),
    ),
    "GBR": (
        Good("spirits", REST, 0.75, 0.0, 0.0),
        Good("cheese", REST, 0.02, CHEESE, CHEESE_AFTER),
    ),
}
# Share of Japan's duty on other goods gone by 2019: almost all industrial lines at once;
# leather, shoes, plywood over 8 to 16 years.
INDUSTRIAL = 0.95
SLOW = {"C13T15": 0.6, "C16": 0.5, "C19": 0.5, "A03": 0.6}
FARM_AND_FOREST = ("A01", "A02")
NEW_PARTNERS = ("CAN", "NZL")  # no agreement with Japan before CPTPP
OLD_PARTNERS = ("AUS", "MEX")  # what their own agreements left
# Of ASEAN's four signatories Singapore and Viet Nam had ratified; both, like all ASEAN
# partners, had agreements with Japan before.
ASEAN_FOOD = ("Vietnam", "Sngapor")
ASEAN_ALL = ("Vietnam", "Sngapor", "Thailnd", "Indnsia", "Malysia", "Philpin", "Brunei")
CAR_CANADA, CAR_CANADA_AFTER = 0.061, 0.05
CAR_EU, CAR_EU_AFTER = 0.10, 0.0875


def customs_food(sources: Path, partner: str) -> dict[str, float]:
    """Return customs group -> Japan's imports of processed food from a partner, bn yen, 2018.

    ``rest`` is food other than the five groups the statistics name.
    """
    trade = read_japan_trade(sources)

    def value(goods: str) -> float:
        return trade.get(("import", partner, goods), 0.0)

    named = [g for g in PROCESSED if g != "rest"]
    values = {g: value(g) for g in named}
    values["rest"] = max(value("Foodstuff") - sum(values.values()), 0.0)
    return {g: v * PROCESSED[g] for g, v in values.items()}


def gone_by_2019(sources: Path, column: str) -> float:
    """Return the mean part of the duty gone in year 2, over dutiable ad valorem food lines."""
    parts = []
    for before, late in _food_lines(sources, column):
        cut = 1 - min(late / before, 1.0)
        parts.append(FREED if late == 0 else cut * YEAR_IN_2019 / YEAR_IN_2026)
    return sum(parts) / len(parts)


def _food_lines(sources: Path, column: str) -> list[tuple[float, float]]:
    """Return (applied duty, rate of April 2026) of dutiable ad valorem food lines."""
    pairs = []
    for line in read_japan_lines(sources):
        before, late = line.ad_valorem(*APPLIED), line.ad_valorem(column)
        if line.code[:2] in FOOD_CHAPTERS and before and late is not None:
            pairs.append((before, late))
    return pairs


def other_food_duty(sources: Path, column: str) -> float:
    """Return the mean applied duty of the lines of :func:`gone_by_2019`."""
    pairs = _food_lines(sources, column)
    return sum(before for before, _ in pairs) / len(pairs)


def food_cut(
    sources: Path, world: Flows, exporter: str, column: str, rest: float
) -> tuple[float, str]:
    """Return the change of Japan's duty on a partner's processed food, and how it came.

    ``rest`` scales the cut of goods without published rates (below one where an older
    agreement had cut them before).
    """
    groups = customs_food(sources, CUSTOMS_NAME[exporter])
    total = sum(groups.values())
    cell = _duty(world, "JPN", exporter, "C10T12")
    known = covered = borne = 0.0
    names = []
    for good in GOODS[exporter]:
        weight = good.share * groups[good.group] / total
        known += weight * (good.after - good.before)
        borne += weight * good.before
        covered += weight
        names.append(f"{good.name} {weight:.0%} {100 * good.before:.3g}->{100 * good.after:.3g} %")
    schedule = (1 - covered) * other_food_duty(sources, column)
    other_duty = min(max(cell - borne, 0.0), schedule)
    other = -rest * gone_by_2019(sources, column) * other_duty
    note = "; ".join(names) + f"; other food {100 * other:.2f} points"
    return max(known + other, -MOST * cell), note


def _duty(world: Flows, importer: str, exporter: str, sector: str) -> float:
    n, i = list(world.regions).index(importer), list(world.regions).index(exporter)
    return float(world.tariffs[n, i, list(world.sectors).index(sector)])


def _goods(world: Flows) -> list[str]:
    return [s for s in world.sectors if s != "SERV"]


def _row(
    importer: str, exporter: str, sector: str, value: float, note: str, share: float = 1.0
) -> list[MeasureRow]:
    if value > -LEAST:
        return []
    return [MeasureRow(importer, exporter, sector, share, "tariff-change", value, note)]


def _japan_others(world: Flows, exporter: str) -> list[MeasureRow]:
    """Return Japan's cuts on everything but processed food, for a partner new to them."""
    rows = []
    for sector in _goods(world):
        if sector == "C10T12":
            continue
        part = FARM_AT_ONCE if sector in FARM_AND_FOREST else SLOW.get(sector, INDUSTRIAL)
        value = -part * _duty(world, "JPN", exporter, sector)
        note = f"{part:.0%} of the duty gone; lines freed at entry, the slower ones staged"
        rows += _row("JPN", exporter, sector, value, note)
    return rows


def cptpp(sources: Path, world: Flows) -> list[MeasureRow]:
    """Return CPTPP's cuts: Japan's in year 2, Canada's and New Zealand's on Japan."""
    rows = []
    for exporter in ("AUS", "NZL", "CAN", "MEX"):
        rest = 1.0 if exporter in NEW_PARTNERS else 0.5
        value, note = food_cut(sources, world, exporter, CPTPP_COLUMN, rest)
        rows += _row("JPN", exporter, "C10T12", value, note)
        if exporter in NEW_PARTNERS:
            rows += _japan_others(world, exporter)
        else:
            value = -FARM_AT_ONCE / 2 * _duty(world, "JPN", exporter, "A01")
            rows += _row("JPN", exporter, "A01", value, "a quarter of what the older pact left")
    rows += _asean(sources, world)
    rows += _partner_cuts(
        sources, world, "CAN", "Canada", (CAR_CANADA, CAR_CANADA_AFTER), 0.9, "year 2"
    )
    for sector in _goods(world):
        value = -0.9 * _duty(world, "NZL", "JPN", sector)
        rows += _row("NZL", "JPN", sector, value, "nearly all industrial duties gone at entry")
    return rows


def _asean(sources: Path, world: Flows) -> list[MeasureRow]:
    food = {a: sum(customs_food(sources, a).values()) for a in ASEAN_ALL}
    share = sum(food[a] for a in ASEAN_FOOD) / sum(food.values())
    duty = _duty(world, "JPN", "ASEAN", "C10T12")
    value = -0.25 * gone_by_2019(sources, CPTPP_COLUMN) * duty
    note = "Viet Nam and Singapore; a quarter of the cut: older agreements had most of it"
    return _row("JPN", "ASEAN", "C10T12", value, note, share)


def _partner_cuts(
    sources: Path,
    world: Flows,
    importer: str,
    customs: str,
    car: tuple[float, float],
    gone: float,
    when: str,
) -> list[MeasureRow]:
    """Return a partner's cuts on Japan's goods; cars by their own staging."""
    trade = read_japan_trade(sources)
    cars = trade[("export", customs, "Motor Vehicles")]
    parts = trade[("export", customs, "Parts Of Motor Vehicles")]
    share = cars / (cars + parts)
    rows = []
    for sector in _goods(world):
        duty = _duty(world, importer, "JPN", sector)
        value, note = -gone * duty, f"{gone:.0%} of the duty gone at entry into force"
        if sector == "C29":
            car_points = share * (car[1] - car[0])
            value = car_points - gone * max(duty - share * car[0], 0.0)
            note = (
                f"cars ({share:.0%} of Japan's exports of vehicles and parts) {100 * car[0]:.3g}->"
                f"{100 * car[1]:.3g} % ({when}); parts mostly free at entry"
            )
        rows += _row(importer, "JPN", sector, max(value, -MOST * duty), note)
    return rows


def eu_agreement(sources: Path, world: Flows) -> list[MeasureRow]:
    """Return the Japan-EU agreement's cuts on both sides, the United Kingdom included."""
    rows = []
    for member, customs in (("EU27", "EU"), ("GBR", "U King")):
        value, note = food_cut(sources, world, member, EU_COLUMN, 1.0)
        rows += _row("JPN", member, "C10T12", value, note + "; Japan's second cut, 1 April 2019")
        rows += _japan_others(world, member)
        rows += _partner_cuts(
            sources, world, member, customs, (CAR_EU, CAR_EU_AFTER), 0.9, "year 1 of 8"
        )
    return rows
