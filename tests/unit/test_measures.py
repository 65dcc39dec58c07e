"""The shipped tables of measures: format, parts of flows, published averages."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import parley
import parley.errors
from parley.economy.world import World
from parley.errors import NotConvergedError
from parley.files.build.hs import HsSectors, spread
from parley.files.build.measures import IN_FORCE, NOT_MEASURES, average_duty
from parley.files.build.measures_china import read_weights
from parley.files.build.measures_fit import coverage, fit_margins
from parley.files.build.measures_rows import MeasureRow, SliceRow
from parley.files.build.measures_slices import rest_duty
from parley.files.embedded import load_embedded

np = pytest.importorskip("numpy")

FOLDER = Path(parley.__file__).parent / "data" / "scenarios" / "us-japan-2019"
COLUMNS = ["importer", "exporter", "sector", "share_of_flow", "kind", "value", "note"]
KINDS = {"tariff", "additional-tariff", "tariff-change"}
WEIGHTS = "weights-"
MEASURES = sorted(
    p.stem
    for p in FOLDER.glob("*.csv")
    if p.stem not in NOT_MEASURES and not p.stem.startswith(WEIGHTS)
)


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def rows(*names: str) -> Iterator[MeasureRow]:
    for name in names:
        for r in read(name):
            yield MeasureRow(
                r["importer"],
                r["exporter"],
                r["sector"],
                float(r["share_of_flow"]),
                r["kind"],  # type: ignore[arg-type]
                float(r["value"]),
                r["note"],
            )


def slices() -> list[SliceRow]:
    return [
        SliceRow(
            r["instrument"],
            r["importer"],
            r["exporter"],
            r["sector"],
            float(r["share_of_flow"]),
            float(r["now"]),
            r["hs"],
            r["source"],
            r["note"],
        )
        for r in read("slices")
    ]


@pytest.fixture(scope="module")
def world() -> World:
    return load_embedded("world-2017")


def test_every_table_in_force_ships() -> None:
    assert set(IN_FORCE) <= set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_table_of_measures_is_well_formed(name: str, world: World) -> None:
    table = read(name)
    assert table
    assert list(table[0]) == COLUMNS
    seen = set()
    for r in table:
        assert r["importer"] in world.regions
        assert r["exporter"] in world.regions
        assert r["importer"] != r["exporter"]
        assert r["sector"] in world.sectors
        assert r["sector"] != "SERV"
        assert 0.0 < float(r["share_of_flow"]) <= 1.0
        assert r["kind"] in KINDS
        assert r["note"]
        assert -1.0 < float(r["value"]) < 1.0
        assert float(r["value"]) != 0.0
        key = (r["importer"], r["exporter"], r["sector"], r["kind"], r["value"])
        assert key not in seen
        seen.add(key)


@pytest.mark.parametrize(
    "extra",
    [
        ("us-301-list-4", "cn-retaliation-list-4"),
        ("us-301-list-4-25", "cn-retaliation-list-4-25"),
        ("jp-retaliation-autos", "eu-retaliation-autos"),
    ],
)
def test_parts_of_a_flow_add_to_at_most_one(extra: tuple[str, ...]) -> None:
    parts: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows(*IN_FORCE, *extra):
        if not (row.kind == "tariff-change" and row.share_of_flow == 1.0):
            parts[row.importer, row.exporter, row.sector] += row.share_of_flow
    for piece in slices():
        parts[piece.importer, piece.exporter, piece.sector] += piece.share_of_flow
    over = {cell: total for cell, total in parts.items() if total > 1.0 + 1e-9}
    assert not over


def test_cuts_never_take_more_than_the_duty(world: World) -> None:
    changes: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows(*IN_FORCE):
        if row.kind == "tariff-change":
            changes[row.importer, row.exporter, row.sector] += row.value
    for (importer, exporter, sector), change in changes.items():
        n, i = world.regions.index(importer), world.regions.index(exporter)
        duty = world.tariffs[n, i, world.sectors.index(sector)]
        assert duty + change > -1e-4, (importer, exporter, sector, duty, change)


def test_slices_leave_the_rest_of_each_cell_a_duty(world: World) -> None:
    pieces = slices()
    assert {p.instrument for p in pieces} >= {"jp-beef", "jp-pork", "us-auto-232", "us-parts"}
    for cell, rest in rest_duty(world, pieces).items():
        assert -1e-4 <= rest < 0.2, (cell, rest)


def test_united_states_on_china_against_published_averages(world: World) -> None:
    """Published: 3.1 % before, 18.3 % in July 2019 at China's exports to the world (Bown).

    25 points on 46.3 % of imports (250 of US$539.5bn, which the table is fitted to) make
    14.7 % at bilateral weights. At China's world exports the table stays 2.5 points below
    the published mean: the lists spare what the United States alone buys from China.
    """
    tables = list(rows("us-301-2019-07", "us-232-metals-2019-07"))
    assert average_duty(world, "USA", "CHN") == pytest.approx(0.031, abs=0.005)
    lists = average_duty(world, "USA", "CHN", rows("us-301-2019-07"))
    expected = average_duty(world, "USA", "CHN") + 0.25 * 250 / 539.5
    assert lists == pytest.approx(expected, abs=0.001)
    at_world = average_duty(world, "USA", "CHN", tables, "world")
    assert at_world == pytest.approx(0.183, abs=0.03)


def test_china_on_united_states_against_published_average(world: World) -> None:
    """Published: 20.7 % from June 2019 at US exports to the world (Bown)."""
    tables = list(rows("cn-retaliation-2019-07", "cn-mfn-cuts-2018"))
    assert average_duty(world, "CHN", "USA", tables, "world") == pytest.approx(0.207, abs=0.015)
    assert average_duty(world, "CHN", "USA", tables) == pytest.approx(0.207, abs=0.015)


def test_one_row_per_flow_and_kind() -> None:
    """A scenario knows a measure's part of a flow by the measure's id: one part each."""
    for name in MEASURES:
        cells = [(r.importer, r.exporter, r.sector) for r in rows(name)]
        assert len(cells) == len(set(cells)), name


def test_exempt_suppliers_bear_no_metal_duty() -> None:
    by = {(r.exporter, r.sector) for r in rows("us-232-metals-2019-07")}
    for exporter in ("CAN", "MEX", "AUS", "ARG"):
        assert not {(exporter, "C24A"), (exporter, "C24B")} & by
    assert ("KOR", "C24A") not in by
    assert ("KOR", "C24B") in by
    assert ("BRA", "C24A") not in by
    assert ("BRA", "C24B") in by
    assert ("JPN", "C24A") in by
    assert ("EU27", "C24A") in by


def test_rivals_gain_a_margin_over_the_united_states_in_japan() -> None:
    food = {
        r.exporter: r.value
        for r in rows("cptpp-year-2", "jp-eu-epa-year-1")
        if r.importer == "JPN" and r.sector == "C10T12"
    }
    assert set(food) == {"AUS", "NZL", "CAN", "MEX", "ASEAN", "EU27", "GBR"}
    assert all(-0.12 < v < 0 for v in food.values())


def test_bindings_cover_both_parties() -> None:
    table = read("tariff-bindings")
    assert {r["importer"] for r in table} == {"USA", "JPN"}
    assert len([r for r in table if r["importer"] == "USA"]) >= 25
    for r in table:
        assert 0 <= int(r["lines_at_or_below_5pct"]) <= int(r["lines"])
        assert 0.0 <= float(r["mfn_mean"]) <= float(r["bound_mean"]) + 1e-9


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("02013010", "C10T12"),
        ("030214", "A03"),
        ("030499", "C10T12"),
        ("040700", "A01"),
        ("100199", "A01"),
        ("270900", "B06"),
        ("271012", "C19"),
        ("390110", "C20"),
        ("392690", "C22"),
        ("440320", "A02"),
        ("720851", "C24A"),
        ("730630", "C24A"),
        ("731815", "C25"),
        ("760612", "C24B"),
        ("847130", "C26"),
        ("840734", "C29"),
        ("870323", "C29"),
        ("871120", "C302T309"),
        ("880240", "C302T309"),
        ("890190", "C301"),
        ("901890", "C31T33"),
        ("940360", "C31T33"),
    ],
)
def test_codes_reach_their_sector(code: str, sector: str) -> None:
    assert HsSectors().sector(code) == sector


def test_concordance_covers_chapters_1_to_97() -> None:
    hs = HsSectors()
    assert all(hs.sector(f"{chapter:02d}9999") for chapter in range(1, 98))
    with pytest.raises(parley.errors.InputError, match="belongs to no sector"):
        hs.sector("980100")


def test_spread_nests_prefixes() -> None:
    values = {"87": 10.0, "8703": 6.0, "870323": 5.0}
    out = spread(values, ["870323", "870324", "870332", "870810", "880240"])
    assert out == {
        "870323": 5.0,
        "870324": 0.5,
        "870332": 0.5,
        "870810": 4.0,
        "880240": 0.0,
    }


def test_coverage_weighs_lines() -> None:
    hs = HsSectors()
    out = coverage({"870323": 3.0, "870810": 1.0}, {"870323": "1"}, ["1"], hs)
    assert out == {"C29": {"1": 0.75}}


def test_fit_meets_margins_or_says_so() -> None:
    start = np.array([[1.0, 1.0], [1.0, 3.0]])
    rows_, columns = np.array([0.4, 0.6]), np.array([0.5, 0.5])
    fit = fit_margins(start, rows_, columns)
    assert fit.sum(axis=0) == pytest.approx(columns)
    assert fit.sum(axis=1) == pytest.approx(rows_)
    with pytest.raises(NotConvergedError):
        fit_margins(np.array([[1.0, 0.0], [1.0, 0.0]]), rows_, columns)


def test_import_weights_add_up_to_the_census_total() -> None:
    values = read_weights("weights-us-imports-from-china-2018")
    assert sum(v for h, v in values.items() if len(h) == 2) == pytest.approx(539.5, rel=0.02)
