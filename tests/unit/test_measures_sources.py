"""The tables of measures rebuilt from the source tables (PARLEY_SOURCES)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import parley
from parley.economy.world import World
from parley.errors import InputError
from parley.files.build.hs import HsSectors, spread
from parley.files.build.measures import average_duty, build_measures
from parley.files.build.measures_china import (
    LIST_VALUE,
    china_cuts,
    china_retaliation,
    line_lists,
    read_weights,
    us_coverage,
)
from parley.files.build.measures_japan import gone_by_2019
from parley.files.build.measures_metals import metal, overlap
from parley.files.build.measures_rows import MeasureRow, csv_text
from parley.files.build.measures_sources import (
    read_china_history,
    read_japan_lines,
    read_s301_lists,
    read_us_lines,
)
from parley.files.embedded import load_embedded

pytest.importorskip("openpyxl")
pytest.importorskip("rdata")

FOLDER = Path(parley.__file__).parent / "data" / "scenarios" / "us-japan-2019"


@pytest.fixture(scope="module")
def world() -> World:
    return load_embedded("world-2017")


def test_rebuilding_gives_the_shipped_tables(sources: Path, world: World) -> None:
    for name, table in build_measures(sources, world).items():
        shipped = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
        assert csv_text(table) == shipped, f"{name}.csv differs: rebuild and review it"


def test_every_line_of_the_sources_has_a_sector(sources: Path) -> None:
    hs = HsSectors()
    codes = [x.code for x in read_us_lines(sources)]
    codes += [c for c in read_s301_lists(sources) if hs.is_goods(c)]
    codes += [c for c in read_china_history(sources) if hs.is_goods(c)]
    codes += [x.code for x in read_japan_lines(sources)]
    reached = {hs.sector(c) for c in codes}
    assert len(reached) == 27  # B09, support of mining, trades no goods; electricity is a service


def test_line_weights_alone_come_near_the_value_of_each_list(sources: Path) -> None:
    """No list's value enters the weights, so this checks them from outside."""
    lists = line_lists(sources)
    weight = spread(read_weights("weights-us-imports-from-china-2018"), lists)
    value: Counter[str] = Counter()
    for code, name in lists.items():
        value[name] += weight[code]
    assert value["3"] == pytest.approx(LIST_VALUE["3"], rel=0.10)
    assert value["4A"] == pytest.approx(LIST_VALUE["4A"], rel=0.15)
    assert value["4B"] == pytest.approx(LIST_VALUE["4B"], rel=0.15)
    assert value["2"] == pytest.approx(LIST_VALUE["2"], rel=0.20)


def test_the_published_average_lies_between_two_weightings(sources: Path, world: World) -> None:
    """18.3 %: above the unfitted coverage, below counting every line the same."""
    lists = line_lists(sources)
    weighed = us_coverage(sources, world, fitted=False)
    table = [
        MeasureRow("USA", "CHN", s, sum(v[g] for g in "123"), "additional-tariff", 0.25, "")
        for s, v in weighed.items()
    ]
    low = average_duty(world, "USA", "CHN", table, "world")
    counted: dict[str, list[bool]] = {}
    for code, name in lists.items():
        counted.setdefault(HsSectors().sector(code), []).append(name in ("1", "2", "3"))
    table = [
        MeasureRow("USA", "CHN", s, sum(v) / len(v), "additional-tariff", 0.25, "")
        for s, v in counted.items()
        if any(v)
    ]
    high = average_duty(world, "USA", "CHN", table, "world")
    assert low < 0.183 < high + 0.005


def test_china_before_june_against_published_average(sources: Path, world: World) -> None:
    """Published: 16.5 % from January to May 2019 at US exports to the world."""
    table = china_retaliation(sources, world, until="2019-05-31") + china_cuts(sources, world)
    assert average_duty(world, "CHN", "USA", table, "world") == pytest.approx(0.165, abs=0.015)


def test_lists_1_to_3_and_metals_have_no_line_in_common(sources: Path) -> None:
    assert overlap(sources, ("1", "2", "3")) == {}
    assert metal("72085100") == "C24A"
    assert metal("76061230") == "C24B"
    assert metal("72044100") == ""


def test_staging_read_from_the_schedule(sources: Path) -> None:
    for column in ("EPA_CPTPP", "EPA_欧州連合"):
        assert 0.4 < gone_by_2019(sources, column) < 0.6
    beef = [x for x in read_japan_lines(sources) if x.code == "020110"]
    assert beef[0].ad_valorem("暫定") == 0.385
    assert beef[0].ad_valorem("WTO協定") == 0.5


def test_a_missing_source_is_named(tmp_path: Path, world: World) -> None:
    with pytest.raises(InputError, match="no such source"):
        build_measures(tmp_path, world)
