"""Parts of sectors that the packages of the United States-Japan talks touch.

Shares are of the sector's *customs* trade between the two countries, not of its flow in
input-output accounts (US food to Japan: about US$8.7bn in Japan's customs, 4.5bn in the
accounts). A cell's duty in the world is the mean of its slices and the rest, so the duties
of the slices together must leave the rest a duty of zero or more; :func:`rest_duty` tells.
"""

from __future__ import annotations

from pathlib import Path

from parley.errors import InputError
from parley.files.build.measures_japan import customs_food
from parley.files.build.measures_rows import Flows, SliceRow
from parley.files.build.measures_sources import read_japan_lines, read_japan_trade, read_us_lines

__all__ = ["build_slices", "rest_duty"]

YEN_PER_USD = 110.4  # mean of 2018
# US exports to Japan, 2018, US$bn.
BEEF, BEEF_OFFAL, PORK_CUTS, GROUND_PORK = 1.7, 0.4, 1.3, 0.3
CHEESE, WINE, WHEAT = 0.16, 0.09, 0.70
BEEF_DUTY, PORK_DUTY, GROUND_DUTY, CHEESE_DUTY, WINE_DUTY = 0.385, 0.043, 0.20, 0.298, 0.15
MARK_UP, WHEAT_PRICE = 17.0, 29.0  # yen/kg
ENGINES = 0.25  # of Japan's exports of power-generating machines are vehicle engines (C29)
CAR_DUTY = 0.025
FARM_GROUPS = {
    "Fruits": 0.6,
    "Vegetables": 0.4,
    "Cereals, Cereal Preparation": 0.85,
    "Soy Beans": 1.0,
    "rest": 0.1,
}
# Vehicles and parts in US imports of C29, 2018: rounded Census values (US$bn).
EUROPE = {"EU27": (36.0, 10.0, 3.0), "GBR": (9.0, 0.7, 0.5)}  # vehicles, parts, other C29
CUSTOMS, CENSUS = "Japan customs 2018; US export values 2018", "US Census 2018, rounded"


def _farm_total(sources: Path) -> float:
    """Return Japan's customs imports of farm products (A01) from the US, US$bn, 2018."""
    trade = read_japan_trade(sources)
    rest = customs_food(sources, "USA")["rest"] / 0.9
    total = sum(
        part * (rest if goods == "rest" else trade.get(("import", "USA", goods), 0.0))
        for goods, part in FARM_GROUPS.items()
    )
    return total / YEN_PER_USD


def _offal_duty(sources: Path) -> float:
    """Return Japan's WTO duty on beef tongue (0206.21), fraction."""
    rates = [
        rate
        for line in read_japan_lines(sources)
        if line.code.startswith("020621") and (rate := line.ad_valorem("WTO協定")) is not None
    ]
    return min(rates)


def _parts_duty(sources: Path) -> float:
    """Return the mean US duty over the dutiable lines of heading 8708, fraction.

    The free lines are parts of tractors and other vehicles that Japan hardly ships.
    """
    rates = [x.rate for x in read_us_lines(sources) if x.code.startswith("8708") and x.rate]
    return sum(rates) / len(rates)


def build_slices(sources: Path, world: Flows) -> list[SliceRow]:
    """Return the slices; the wheat mark-up is lowered to what the world's cell can hold.

    Raises
    ------
    InputError
        If a cell's duty is too low for its slices, naming the duty it would need.
    """
    food = sum(customs_food(sources, "USA").values()) / YEN_PER_USD
    farm = _farm_total(sources)

    def to_japan(
        name: str, value: float, now: float, hs: str, note: str, sector: str = "C10T12"
    ) -> SliceRow:
        total = food if sector == "C10T12" else farm
        text = f"US${value:.2f}bn of {total:.1f}bn; {note}"
        return SliceRow(name, "JPN", "USA", sector, value / total, now, hs, CUSTOMS, text)

    mark_up = MARK_UP / WHEAT_PRICE
    cell = _duty(world, "JPN", "USA", "A01")
    held = min(mark_up, 0.9 * cell / (WHEAT / farm))
    wheat_note = f"state mark-up of 17 yen/kg, about {mark_up:.0%} of the import price"
    if held < mark_up:
        wheat_note += f"; cut to {held:.0%}: the world's duty on the sector holds no more"
    rows = [
        to_japan("jp-beef", BEEF, BEEF_DUTY, "0201;0202", "muscle cuts, chilled and frozen"),
        to_japan("jp-beef-offal", BEEF_OFFAL, _offal_duty(sources), "020621;020629", "tongue"),
        to_japan(
            "jp-pork", PORK_CUTS, PORK_DUTY, "0203", "cuts enter at the gate price: 4.3 % effective"
        ),
        to_japan("jp-ground-pork", GROUND_PORK, GROUND_DUTY, "160249", "seasoned ground pork"),
        to_japan(
            "jp-wine", WINE, WINE_DUTY, "2204", "15 % or 125 yen/l, the less, at least 67 yen/l"
        ),
        to_japan("jp-cheese", CHEESE, CHEESE_DUTY, "0406", "natural cheese outside quota"),
        to_japan("jp-wheat", WHEAT, held, "1001", wheat_note, "A01"),
    ]
    rows += _vehicles(sources)
    _check(world, rows)
    return rows


def _vehicles(sources: Path) -> list[SliceRow]:
    trade = read_japan_trade(sources)
    cars = trade[("export", "USA", "Motor Vehicles")]
    parts = trade[("export", "USA", "Parts Of Motor Vehicles")]
    engines = ENGINES * trade[("export", "USA", "Power Generating Machine")]
    values = {"JPN": (cars, parts, engines), **EUROPE}
    part_duty = _parts_duty(sources)
    rows = []
    for exporter, (vehicle, part, other) in values.items():
        total = vehicle + part + other
        source = CUSTOMS if exporter == "JPN" else CENSUS
        names = {
            "us-auto-232": (vehicle, CAR_DUTY, "8703;8704", "cars; few trucks (25 %) are traded"),
            "us-parts": (part, part_duty, "8708", "parts; mean of the dutiable lines of 8708"),
        }
        for name, (value, now, hs, note) in names.items():
            text = f"{note}; the rest is engines, ignition equipment, trailers"
            rows.append(
                SliceRow(name, "USA", exporter, "C29", value / total, now, hs, source, text)
            )
    return rows


def _duty(world: Flows, importer: str, exporter: str, sector: str) -> float:
    n, i = list(world.regions).index(importer), list(world.regions).index(exporter)
    return float(world.tariffs[n, i, list(world.sectors).index(sector)])


def rest_duty(world: Flows, rows: list[SliceRow]) -> dict[tuple[str, str, str], float]:
    """Return (importer, exporter, sector) -> duty that the rest of the cell must bear.

    From cell = sum of share x now + (1 - sum of shares) x rest.
    """
    out = {}
    for cell in {(r.importer, r.exporter, r.sector) for r in rows}:
        inside = [r for r in rows if (r.importer, r.exporter, r.sector) == cell]
        share = sum(r.share_of_flow for r in inside)
        borne = sum(r.share_of_flow * r.now for r in inside)
        out[cell] = (_duty(world, *cell) - borne) / (1.0 - share)
    return out


def _check(world: Flows, rows: list[SliceRow]) -> None:
    for (importer, exporter, sector), rest in sorted(rest_duty(world, rows).items()):
        if rest < 0:
            cell = (importer, exporter, sector)
            inside = [r for r in rows if (r.importer, r.exporter, r.sector) == cell]
            need = sum(r.share_of_flow * r.now for r in inside)
            raise InputError.one(
                f"the slices of {importer} <- {exporter}, {sector} bear {need:.4f} of its value",
                "build_slices",
                f"the world's duty on that flow is {_duty(world, importer, exporter, sector):.4f}",
                f"raise the world's duty to at least {need:.4f}, or correct the slices",
            )
