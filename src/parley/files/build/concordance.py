"""Readable correspondence tables between the classifications of the source tables.

They ship as CSV in ``parley/data/concordances``: economies to regions, sectors of the
44-sector tables and of WIOD to the 28 sectors, which input table serves which region,
what users a product hardly has, and the tariff rules taken from national schedules.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

__all__ = ["Concordance", "TariffRule", "read_table"]


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of an embedded concordance (``name`` without ``.csv``)."""
    path = files("parley") / "data" / "concordances" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@dataclass(frozen=True)
class TariffRule:
    """One rate taken from a national schedule; see ``tariff_rules.csv``.

    ``rule`` is "level" (the rate of suppliers without preference; preferences keep
    their proportion), "set" (the rate itself) or "cube" (keep the cube's rates).
    """

    importer: str
    exporter: str
    sector: str
    rule: str
    rate: float
    reason: str
    source: str


class Concordance:
    """The correspondence tables in the order of the built world's labels."""

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """The 28 sectors; services last."""
        return tuple(r["sector"] for r in read_table("sectors"))

    @cached_property
    def goods(self) -> tuple[str, ...]:
        """The sectors that are goods."""
        return tuple(r["sector"] for r in read_table("sectors") if r["kind"] == "good")

    @cached_property
    def sector_names(self) -> dict[str, str]:
        """Sector -> long name."""
        return {r["sector"]: r["name"] for r in read_table("sectors")}

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The 16 regions."""
        return tuple(r["region"] for r in read_table("regions"))

    @cached_property
    def region_names(self) -> dict[str, str]:
        """Region -> long name."""
        return {r["region"]: r["name"] for r in read_table("regions")}

    @cached_property
    def region_of(self) -> dict[str, str]:
        """Economy of the cubes -> region."""
        return {r["economy"]: r["region"] for r in read_table("economies")}

    @cached_property
    def tariff44_of(self) -> dict[str, str]:
        """Economy of the cubes -> economy of the 44-sector tariff table ("" if none)."""
        return {r["economy"]: r["tariff44"] for r in read_table("economies")}

    @cached_property
    def input_table(self) -> dict[str, tuple[str, str]]:
        """Region -> (input table, economy in it)."""
        return {r["region"]: (r["input_table"], r["input_economy"]) for r in read_table("regions")}

    @cached_property
    def icio44(self) -> dict[int, tuple[str, ...]]:
        """Sector number of the 44-sector tables -> sectors."""
        return _groups("icio44", "icio44", int)

    @cached_property
    def wiod35(self) -> dict[str, tuple[str, ...]]:
        """WIOD sector -> sectors."""
        return _groups("wiod35", "wiod35", str)

    @cached_property
    def use_affinity(self) -> dict[tuple[str, str], float]:
        """(input, using sector) -> weight when a product group is split (default 1)."""
        return {(r["input"], r["user"]): float(r["weight"]) for r in read_table("use_affinity")}

    @cached_property
    def lite_groups(self) -> dict[str, tuple[str, ...]]:
        """Region of the small world -> regions."""
        groups: dict[str, list[str]] = {r["lite_region"]: [] for r in read_table("lite_regions")}
        for row in read_table("regions"):
            groups[row["lite_region"]].append(row["region"])
        return {k: tuple(v) for k, v in groups.items()}

    @cached_property
    def lite_names(self) -> dict[str, str]:
        """Region of the small world -> long name."""
        return {r["lite_region"]: r["name"] for r in read_table("lite_regions")}

    @cached_property
    def tariff_rules(self) -> tuple[TariffRule, ...]:
        """Rates from national schedules, in the order in which they apply."""
        return tuple(
            TariffRule(
                r["importer"],
                r["exporter"],
                r["sector"],
                r["rule"],
                float(r["rate"] or 0.0),
                r["reason"],
                r["source"],
            )
            for r in read_table("tariff_rules")
        )


def _groups(table: str, key: str, convert: type) -> dict:  # type: ignore[type-arg]
    groups: dict[object, list[str]] = {}
    for row in read_table(table):
        groups.setdefault(convert(row[key]), []).append(row["sector"])
    return {k: tuple(dict.fromkeys(v)) for k, v in groups.items()}
