"""US Section 232 duties on steel and aluminium, and the EU's and India's answers.

Definition of the products: steel 7206.10-7216.50, 7216.99-7301.10, 7302.10, 7302.40-7302.90
and 7304.10-7306.90; aluminium 7601, 7604-7609 and castings and forgings of 7616.99 (which lie
in another sector and are left out). On 18 July 2019 Canada and Mexico (since 20 May 2019) and
Australia were exempt from both, Korea, Brazil and Argentina from the steel duty against quotas,
Argentina from the aluminium duty against a quota.
"""

from __future__ import annotations

from pathlib import Path

from parley.files.build.hs import HsSectors, spread
from parley.files.build.measures_china import goods_flow, line_lists, read_weights
from parley.files.build.measures_fit import coverage
from parley.files.build.measures_rows import Flows, MeasureRow
from parley.files.build.measures_sources import read_us_lines

__all__ = ["eu_retaliation", "india_retaliation", "metal", "overlap", "us_s232"]

STEEL, ALUMINIUM = "C24A", "C24B"
RATES = {STEEL: 0.25, ALUMINIUM: 0.10}
STEEL_EXEMPT = ("CAN", "MEX", "AUS", "KOR", "BRA", "ARG")
ALUMINIUM_EXEMPT = ("CAN", "MEX", "AUS", "ARG")
# What is not covered in C24A: pig iron, ferro-alloys, scrap and tube fittings. They matter
# most in the imports from the rest of the world (Russia, Ukraine, South Africa).
STEEL_REST_OF_WORLD = 0.65
# Covered aluminium as a part of US customs imports of non-ferrous and precious metals, 2017,
# from rounded values (US$bn): EU 1.2 of 5.0 (precious metals); Japan 0.25 of
# 1.0; rest of the world 4.9 of 16 (Russia, Emirates, Bahrain, South Africa against Swiss,
# Peruvian and Colombian gold and Chilean copper); others likewise. +-0.15.
ALUMINIUM_SHARE = {
    "JPN": 0.25,
    "KOR": 0.30,
    "TWN": 0.50,
    "NZL": 0.50,
    "BRA": 0.10,
    "IND": 0.60,
    "GBR": 0.15,
    "ASEAN": 0.40,
    "EU27": 0.25,
    "ROW": 0.31,
}
# The EU's list of 22 June 2018: 25 % on US goods worth EUR 2.8bn. US$bn by sector: metals about
# 1.0, farm and food about 1.1, other goods about 1.2 (motorcycles, boats, clothing, make-up).
EU_LIST = {
    "A01": (0.45, "maize, rice, beans, cranberries"),
    "C10T12": (0.65, "whiskey, tobacco, orange juice, peanut butter"),
    "C13T15": (0.25, "jeans, shirts, shoes, bed linen"),
    "C20": (0.25, "make-up"),
    "C24A": (0.70, "steel"),
    "C25": (0.30, "steel and aluminium structures and articles"),
    "C301": (0.15, "yachts and boats"),
    "C302T309": (0.45, "motorcycles"),
    "C31T33": (0.10, "playing cards"),
}
EU_IMPORTS = 268.0  # EU28 goods imports from the US, 2018, EUR bn, about
EU_RATE = 0.25
USD_PER_EUR = 1.18
# India, 16 June 2019, 28 products, extra duty on US goods of about US$0.22bn a year.
INDIA_LIST = (
    ("A01", 0.85, 0.10, "almonds (specific duty up by a fifth), apples +20, walnuts +20, pulses"),
    ("C20", 0.05, 0.10, "phosphoric and boric acid +10 points"),
    ("C21", 0.15, 0.10, "diagnostic reagents +10 points"),
    ("C24A", 0.10, 0.125, "flat steel and fittings"),
)
MOST = 0.9  # of a flow may be covered where values of different kinds are compared
STEEL_RANGES = (
    (720610, 721650),
    (721699, 730110),
    (730210, 730210),
    (730240, 730290),
    (730410, 730690),
)
ALUMINIUM_HEADINGS = (7601, 7604, 7605, 7606, 7607, 7608, 7609)


def metal(code: str) -> str:
    """Return the sector of a line under Section 232 (steel or aluminium), or ""."""
    six = int(code[:6])
    if any(low <= six <= high for low, high in STEEL_RANGES):
        return STEEL
    return ALUMINIUM if six // 100 in ALUMINIUM_HEADINGS else ""


def steel_share(sources: Path) -> float:
    """Return the share of the US schedule's lines of C24A that Section 232 covers."""
    hs = HsSectors()
    lines = [x.code for x in read_us_lines(sources) if hs.sector(x.code) == STEEL]
    return sum(metal(c) == STEEL for c in lines) / len(lines)


def overlap(sources: Path, lists: tuple[str, ...]) -> dict[str, float]:
    """Return sector -> part of the lists' trade (US from China) that s.232 covers too."""
    on = line_lists(sources)
    weight = spread(read_weights("weights-us-imports-from-china-2018"), on)
    group = {c: "both" if metal(c) else "only" for c, name in on.items() if name in lists}
    out = {}
    for sector, share in coverage(weight, group, ("both", "only"), HsSectors()).items():
        if share["both"] > 0:
            out[sector] = share["both"] / (share["both"] + share["only"])
    return out


def share_in_imports_from_china(sources: Path) -> dict[str, float]:
    """Return sector -> share of US imports from China under s.232, by weighed lines."""
    on = line_lists(sources)
    weight = spread(read_weights("weights-us-imports-from-china-2018"), on)
    parts = coverage(weight, {c: metal(c) for c in on}, RATES, HsSectors())
    return {sector: parts[sector][sector] for sector in RATES}


def us_s232(sources: Path, world: Flows, listed: dict[str, float]) -> list[MeasureRow]:
    """Return the metal duties in force, by supplier.

    ``listed`` gives, by sector, the share of the flow from China under lists 1 to 3 of
    Section 301. No line is under both, so the two shares together stay below one.
    """
    lines, china = steel_share(sources), share_in_imports_from_china(sources)
    rows = []
    for exporter in world.regions:
        for sector, exempt in ((STEEL, STEEL_EXEMPT), (ALUMINIUM, ALUMINIUM_EXEMPT)):
            if exporter == "USA" or exporter in exempt:
                continue
            if exporter == "CHN":
                share = min(china[sector], 1.0 - listed.get(sector, 0.0))
                note = "share of lines, weighed by chapters; no line is under Section 301 as well"
            elif sector == STEEL and exporter == "ROW":
                share, note = STEEL_REST_OF_WORLD, "lowered for pig iron, ferro-alloys and scrap"
            elif sector == STEEL:
                share, note = lines, "share of tariff lines"
            else:
                share, note = ALUMINIUM_SHARE[exporter], "rounded customs values, +-0.15"
            what = "steel" if sector == STEEL else "aluminium"
            rows.append(
                MeasureRow(
                    "USA",
                    exporter,
                    sector,
                    share,
                    "additional-tariff",
                    RATES[sector],
                    f"{what}; {note}",
                )
            )
    return rows


def eu_retaliation(world: Flows) -> list[MeasureRow]:
    """Return the EU's additional duties of 2018 on US goods (the United Kingdom included).

    The value of each group is set against the sector's flow in the world, scaled to
    customs imports of the EU with 28 members.
    """
    parts = [goods_flow(world, eu, "USA") for eu in ("EU27", "GBR")]
    flow = {s: sum(p[s] for p in parts) for s in parts[0]}
    scale = EU_IMPORTS * USD_PER_EUR * 1000 / sum(flow.values())
    rows = []
    for importer in ("EU27", "GBR"):
        for sector, (value, what) in EU_LIST.items():
            share = min(value * 1000 / (flow[sector] * scale), MOST)
            note = f"{what}; about US${value:.2f}bn of imports"
            rows.append(
                MeasureRow(importer, "USA", sector, share, "additional-tariff", EU_RATE, note)
            )
    return rows


def india_retaliation() -> list[MeasureRow]:
    """Return India's additional duties of June 2019 on US goods (rough)."""
    return [
        MeasureRow("IND", "USA", sector, share, "additional-tariff", rate, f"{what}; rough")
        for sector, share, rate, what in INDIA_LIST
    ]
