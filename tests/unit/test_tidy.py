"""Worlds as tidy folders: lossless both ways, and the same world from any honest table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from parley.economy.world import World
from parley.errors import InputError
from parley.files.build import build_toy
from parley.files.embedded import load_embedded
from parley.files.tidy import read_tidy, write_tidy
from tests.unit.test_netcdf import assert_same, bare_world, full_world


@pytest.mark.parametrize("make", [build_toy, full_world, bare_world])
def test_round_trip_is_lossless(make: type, tmp_path: Path) -> None:
    world = make()
    write_tidy(world, tmp_path / "w")
    again = read_tidy(tmp_path / "w")
    for name in ("flows", "tariffs", "value_added_share", "input_share"):
        x, y = getattr(world, name), getattr(again, name)
        assert (x is None and y is None) or (x == y).all()
    if world.political_weight is not None:
        np.testing.assert_array_equal(world.political_weight, again.political_weight)
    assert world.notes == again.notes
    assert world.audit == again.audit
    assert [e.name for e in world.elasticities] == [e.name for e in again.elasticities]


@pytest.mark.parametrize("name", ["toy", "world-2017-lite", "world-2017"])
def test_embedded_worlds_survive_the_round_trip(name: str, tmp_path: Path) -> None:
    world = load_embedded(name)
    write_tidy(world, tmp_path / "w")
    assert_same(world, read_tidy(tmp_path / "w"))


def tidy(folder: Path, world: World | None = None) -> Path:
    write_tidy(world or build_toy(), folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def rewrite(path: Path, content: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(content[0]))
        writer.writeheader()
        writer.writerows(content)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    for name in ("flows.csv", "input_share.csv", "value_added_share.csv"):
        rewrite(folder / name, rows(folder / name)[::-1])
    assert read_tidy(folder).content_hash == build_toy().content_hash


def test_labels_come_in_order_of_first_appearance(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    edit(folder / "world.toml", 'regions = ["HOM", "FOR", "RST"]\n', "")
    edit(folder / "world.toml", 'sectors = ["FOOD", "CARS"]\n', "")
    rewrite(folder / "flows.csv", rows(folder / "flows.csv")[::-1])
    world = read_tidy(folder)
    assert world.regions == ("RST", "FOR", "HOM")
    assert world.sectors == ("CARS", "FOOD")
    toy = build_toy()
    assert world.accounts.income.sum() == pytest.approx(toy.accounts.income.sum())


def test_byte_order_mark_spaces_and_line_ends(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    path = folder / "flows.csv"
    text = path.read_text(encoding="utf-8").replace(",", " , ").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n\r\n")
    assert read_tidy(folder).content_hash == build_toy().content_hash


def test_gross_values_are_taken_net(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    edit(folder / "world.toml", 'valuation = "net"', 'valuation = "gross"')
    content = rows(folder / "flows.csv")
    for row in content:
        row["value"] = repr(float(row["value"]) * (1.0 + float(row["tariff"])))
    rewrite(folder / "flows.csv", content)
    np.testing.assert_allclose(read_tidy(folder).flows, build_toy().flows, rtol=1e-15)


def test_absent_flows_are_zeros_and_counted(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w", bare_world())
    (folder / "deficit.csv").unlink()
    content = [
        r for r in rows(folder / "flows.csv") if r["exporter"] != "RST" or r["importer"] == "RST"
    ]
    rewrite(folder / "flows.csv", content)
    world = read_tidy(folder)
    assert world.notes[-1] == "4 of 18 flows have no row in flows.csv and count as zero."
    assert (world.flows[:2, 2] == 0).all()
    write_tidy(world, tmp_path / "again")
    assert read_tidy(tmp_path / "again").notes == world.notes


def test_no_share_tables_means_no_inputs(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    (folder / "input_share.csv").unlink()
    (folder / "value_added_share.csv").unlink()
    world = read_tidy(folder)
    assert not world.has_inputs
    np.testing.assert_allclose(world.accounts.value_added, world.flows.sum(axis=(0, 2)))


def test_value_added_absorbs_rounding_and_says_so(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    content = rows(folder / "value_added_share.csv")
    content[0]["share"] = repr(float(content[0]["share"]) + 4e-7)
    rewrite(folder / "value_added_share.csv", content)
    world = read_tidy(folder)
    assert "1 value-added shares were adjusted" in world.notes[-1]
    assert world.content_hash == build_toy().content_hash


def test_several_elasticity_sets_stand_side_by_side(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    with (folder / "elasticity.csv").open("a") as handle:
        handle.write("FOOD,2,third\nCARS,3,third\n")
    world = read_tidy(folder)
    assert [e.name for e in world.elasticities] == ["uniform-4", "mixed", "third"]
    assert world.elasticity("third").theta.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("written", "unit"),
    [('"USD million"', "million"), ('"bn"', "billion"), ("1", "1"), ('"Thousand"', "thousand")],
)
def test_units(written: str, unit: str, tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    edit(folder / "world.toml", 'unit = "million"', f"unit = {written}")
    world = read_tidy(folder)
    assert world.unit == unit
    np.testing.assert_array_equal(world.flows, build_toy().flows)


def test_a_deficit_may_be_rounded_as_written(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w", full_world())
    content = rows(folder / "deficit.csv")
    for row in content:
        row["value"] = f"{float(row['value']):.1f}"
    rewrite(folder / "deficit.csv", content[:2])
    read_tidy(folder)


def test_non_traded_sectors_are_welcome(tmp_path: Path) -> None:
    toy = build_toy()
    flows = toy.flows.copy()
    for n in range(3):
        keep = flows[n, n, 0]
        flows[n, :, 0] = 0.0
        flows[n, n, 0] = keep
    world = toy.with_changes(flows=flows)
    write_tidy(world, tmp_path / "w")
    assert read_tidy(tmp_path / "w").content_hash == world.content_hash


def test_writing_replaces_a_tidy_folder_whole(tmp_path: Path) -> None:
    folder = tidy(tmp_path / "w")
    write_tidy(bare_world(), folder)
    assert not (folder / "input_share.csv").exists()
    assert not read_tidy(folder).has_inputs


def test_writing_never_touches_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not a folder of tidy tables"):
        write_tidy(build_toy(), folder)
    assert (folder / "thesis.txt").read_text() == "years of work"
    with pytest.raises(InputError):
        write_tidy(build_toy(), folder / "thesis.txt" / "w")
