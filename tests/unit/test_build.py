"""The build: what ships is what the code makes of the sources, and each rule does its work."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from parley.economy.world import World
from parley.errors import InputError
from parley.files.build import build_named, build_toy, build_world
from parley.files.build.concordance import Concordance, read_table
from parley.files.build.sources import read_cube, read_tables44, read_wiod
from parley.files.build.tariffs import CAP, NO_INFORMATION, applied_tariffs
from parley.files.build.use_tables import from_44, from_wiod, pool
from parley.files.embedded import load_embedded
from tests.unit.test_netcdf import assert_same


@pytest.fixture(scope="module")
def built(sources: Path) -> World:
    return build_world(sources)


def test_what_ships_is_what_the_code_makes(built: World) -> None:
    """Shares may differ by their last digit where another machine rounds a fit otherwise."""
    shipped = load_embedded("world-2017")
    assert shipped.value_added_share is not None
    assert built.value_added_share is not None
    np.testing.assert_allclose(built.input_share, shipped.input_share, rtol=0, atol=1.5e-9)
    np.testing.assert_allclose(
        built.value_added_share, shipped.value_added_share, rtol=0, atol=3e-8
    )
    assert [(e.step, e.where) for e in built.audit] == [(e.step, e.where) for e in shipped.audit]
    same = {name: getattr(shipped, name) for name in ("value_added_share", "input_share", "audit")}
    assert_same(shipped, built.with_changes(**same))


def test_building_twice_gives_the_same(built: World, sources: Path) -> None:
    assert build_world(sources).content_hash == built.content_hash


def test_flows_add_up_to_the_cube(built: World, sources: Path) -> None:
    cube = read_cube(sources)
    np.testing.assert_allclose(built.flows.sum(axis=(0, 1)), cube.flows.sum(axis=(0, 1)), rtol=1e-7)
    i, j = cube.economies.index("USA"), cube.economies.index("JPN")
    a, b = built.region_index("USA"), built.region_index("JPN")
    np.testing.assert_allclose(built.flows[a, b], cube.flows[i, j], atol=5e-4)


def test_tariff_rules_on_the_cube(sources: Path) -> None:
    c = Concordance()
    cube, tables = read_cube(sources), read_tables44(sources)
    made = applied_tariffs(cube, tables, c)
    food = c.sectors.index("C10T12")
    raw = cube.tariffs[cube.economies.index("USA"), cube.economies.index("JPN"), food]
    assert raw > NO_INFORMATION
    usa, japan = c.regions.index("USA"), c.regions.index("JPN")
    table = tables.tariffs[tables.economies.index("USA"), tables.economies.index("JPN"), 5]
    assert made.values[usa, japan, food] == pytest.approx(table)
    assert made.values.max() < CAP + 0.01
    assert (made.values >= 0).all()
    own = np.arange(len(c.regions))
    assert (made.values[own, own] == 0).all()
    listed = {e.where for e in made.audit if e.step == "tariff-cell"}
    assert "USA <- JPN, C10T12" in listed


def test_priors_keep_what_their_tables_say(sources: Path, built: World) -> None:
    """Splitting sectors neither creates nor loses purchases."""
    c = Concordance()
    tables, wiod = read_tables44(sources), read_wiod(sources)
    y, x = built.accounts.output, built.accounts.expenditure
    n = c.regions.index("JPN")
    prior = from_44(tables, "JPN", y[n], x[n], c)
    e = tables.economies.index("JPN")
    cars = c.sectors.index("C29")
    assert prior.coefficient[:, cars].sum() == pytest.approx(1 - tables.value_added_share[e, 19])
    assert prior.coefficient[cars, cars] == pytest.approx(tables.input_share[e, 19, 19])
    crude_and_coal = prior.coefficient[[3, 4]][:, cars].sum()
    assert crude_and_coal == pytest.approx(tables.input_share[e, 2, 19], abs=1e-12)
    pooled = pool([prior], [y[n]], [x[n]])
    np.testing.assert_allclose(pooled.coefficient, prior.coefficient, rtol=1e-12)
    k = c.regions.index("KOR")
    korea = from_wiod(wiod, "KOR", pooled, y[k], x[k], c)
    w = wiod.economies.index("KOR")
    food = c.sectors.index("C10T12")
    said = wiod.use[w, :, 2].sum() / wiod.output[w, 2]
    assert korea.coefficient[:, food].sum() == pytest.approx(said, rel=1e-9)
    assert (korea.coefficient.sum(axis=0) < 1).all()


def test_final_demand_stays_near_the_own_table(built: World, sources: Path) -> None:
    share = built.accounts.final_demand / np.maximum(built.accounts.expenditure, 1e-9)
    traded = built.accounts.expenditure > 0
    assert (share[traded] >= 0.001 - 1e-6).all()


def test_concordances_cover_every_sector() -> None:
    c = Concordance()
    assert len(c.sectors) == 28
    for groups in (c.icio44, c.wiod35):
        assert {s for g in groups.values() for s in g} == set(c.sectors)
    assert set(range(1, 45)) == set(c.icio44)
    assert [f"c{i}" for i in range(1, 36)] == list(c.wiod35)
    for table, key in (("gtap33", "sector"), ("hs2017_to_icio28", "sector")):
        assert {r[key] for r in read_table(table)} <= set(c.sectors)
    assert set(c.region_of.values()) == set(c.regions)
    assert {r for g in c.lite_groups.values() for r in g} == set(c.regions)
    assert len(c.lite_groups) == 7


def test_recipes_by_name() -> None:
    assert build_named("toy", None).content_hash == build_toy().content_hash
    with pytest.raises(InputError, match="did you mean 'world-2017'"):
        build_named("world-2071", None)
    with pytest.raises(InputError, match="--sources"):
        build_named("world-2017", None)


def test_missing_sources_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such source"):
        build_world(tmp_path)


def test_missing_packages_are_named(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r"parley-trade\[build\]"):
        read_cube(sources)


def test_a_broken_source_is_named(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    (tmp_path / "oecd-icio-cubes").mkdir()
    (tmp_path / "oecd-icio-cubes" / "ICIO2017.mat").write_bytes(b"not a cube")
    with pytest.raises(InputError, match="cannot read the ICIO cube"):
        read_cube(tmp_path)
