"""Worlds by name: what ships loads, balances, and is what the notes say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parley.economy.world import World
from parley.errors import InputError
from parley.files.audit import audit_summary
from parley.files.build import build_lite, build_toy
from parley.files.embedded import EMBEDDED, load_embedded, open_world
from parley.files.netcdf import write_netcdf
from parley.files.tidy import write_tidy


@pytest.fixture(scope="module")
def world() -> World:
    return load_embedded("world-2017")


def test_toy_is_what_its_code_makes() -> None:
    toy = load_embedded("toy")
    assert toy.content_hash == build_toy().content_hash
    assert toy.accounts.deficit.tolist() == [120.0, -100.0, -20.0]


def test_lite_is_the_aggregate_of_the_world(world: World) -> None:
    assert load_embedded("world-2017-lite").content_hash == build_lite(world).content_hash


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_identities_hold(name: str) -> None:
    loaded = load_embedded(name)
    assert loaded.name == name
    for check in loaded.check_identities():
        assert check.ok, check
        assert check.max_error <= 1e-13
    assert (loaded.accounts.final_demand >= 0).all()


def test_axes_of_the_world(world: World) -> None:
    assert len(world.regions) == 16
    assert len(world.sectors) == 28
    assert world.sectors[-1] == "SERV"
    assert set(world.sectors) - set(world.goods) == {"SERV"}
    assert world.elasticities[0].name == "bagwell-staiger-yurukoglu"
    assert all(e.source for e in world.elasticities)


def test_sizes_an_economist_would_expect(world: World) -> None:
    """Value added against GDP of 2017 at market prices (IMF WEO), within 12 %."""
    gdp_tn = {"USA": 19.5, "JPN": 4.9, "CHN": 12.7, "CAN": 1.65, "MEX": 1.16, "AUS": 1.38}
    for region, gdp in gdp_tn.items():
        made = world.accounts.value_added[world.region_index(region)] * world.usd_bn / 1e3
        assert made == pytest.approx(gdp, rel=0.12), region
    deficit = world.accounts.deficit * world.usd_bn
    assert deficit[world.region_index("USA")] == pytest.approx(546.4, abs=0.1)
    assert deficit[world.region_index("JPN")] == pytest.approx(-22.6, abs=0.1)


def test_tariffs_of_2017(world: World) -> None:
    def rate(importer: str, exporter: str, sector: str) -> float:
        n, i = world.region_index(importer), world.region_index(exporter)
        return float(world.tariffs[n, i, world.sector_index(sector)])

    services = world.sector_index("SERV")
    assert (world.tariffs[:, :, services] == 0).all()
    for exporter in ("JPN", "EU27", "GBR", "CHN"):
        assert rate("USA", exporter, "C29") == 0.025
    assert rate("USA", "KOR", "C29") == 0.0
    japan = world.region_index("JPN")
    assert (world.tariffs[japan, :, world.sector_index("C29")] == 0).all()
    assert 0.10 < rate("JPN", "USA", "C10T12") < 0.20
    assert rate("JPN", "AUS", "C10T12") < rate("JPN", "USA", "C10T12")
    assert rate("USA", "JPN", "C10T12") < 0.10
    assert world.tariffs.max() < 0.31


@pytest.mark.parametrize(
    ("importer", "exporter", "most"),
    [
        ("USA", "MEX", 0.001),
        ("USA", "CAN", 0.001),
        ("MEX", "USA", 0.001),
        ("CAN", "USA", 0.002),
        ("EU27", "GBR", 0.0),
        ("GBR", "EU27", 0.0),
        ("AUS", "NZL", 0.001),
        ("AUS", "USA", 0.001),
        ("BRA", "ARG", 0.001),
        ("EU27", "KOR", 0.005),
    ],
)
def test_free_trade_areas_are_kept(world: World, importer: str, exporter: str, most: float) -> None:
    n, i = world.region_index(importer), world.region_index(exporter)
    goods = world.goods_mask
    flow = world.flows[n, i, goods]
    assert (flow * world.tariffs[n, i, goods]).sum() / flow.sum() <= most


def test_no_preference_costs_more_than_none(world: World) -> None:
    """Japan's partners with agreements never pay more than its partners without."""
    japan = world.region_index("JPN")
    without = world.tariffs[japan, world.region_index("USA")]
    for partner in ("AUS", "MEX"):
        assert (world.tariffs[japan, world.region_index(partner)] <= without + 0.005).all()


def test_audit_names_what_was_repaired(world: World) -> None:
    steps = {s.step: s for s in audit_summary(world)}
    assert sum(s.count for s in steps.values()) == len(world.audit)
    for step in ("tariff-outlier", "tariff-services", "tariff-schedule", "final-demand"):
        assert steps[step].count > 0
    outliers = [e for e in world.audit if e.step == "tariff-outlier"]
    assert any(e.where.startswith("USA") and e.found == "91.53%" for e in outliers)
    assert all(e.reason and e.found and e.changed_to for e in world.audit)


def test_numbers_are_rounded(world: World) -> None:
    assert world.input_share is not None
    np.testing.assert_array_equal(world.flows, world.flows.round(3))
    np.testing.assert_array_equal(world.tariffs, world.tariffs.round(6))
    np.testing.assert_array_equal(world.input_share, world.input_share.round(9))


def test_open_world_takes_names_files_and_folders(tmp_path: Path) -> None:
    toy = build_toy()
    write_netcdf(toy, tmp_path / "w.nc")
    write_tidy(toy, tmp_path / "folder")
    for reference in (
        "toy",
        str(tmp_path / "w.nc"),
        tmp_path / "w.nc",
        tmp_path / "folder",
        tmp_path / "folder" / "world.toml",
    ):
        assert open_world(reference).content_hash == toy.content_hash


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("world-2071", "did you mean 'world-2017'"),
        ("World-2017", "did you mean 'world-2017'"),
        ("./nothing", "no such file or folder"),
        ("missing.nc", "no such file or folder"),
        ("", "world"),
    ],
)
def test_unknown_worlds(reference: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        open_world(reference)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1
