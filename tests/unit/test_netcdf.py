"""Worlds as NetCDF-3: lossless, readable by other programs, and never half-read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import netcdf_file

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry, World
from parley.errors import InputError
from parley.files.build import build_toy
from parley.files.netcdf import read_netcdf, write_netcdf
from parley.files.netcdf3 import parse_classic

TEXTS = (
    "name",
    "year",
    "regions",
    "sectors",
    "region_names",
    "sector_names",
    "goods",
    "currency",
    "unit",
    "sources",
    "licence",
    "notes",
    "audit",
)
ARRAYS = (
    "flows",
    "tariffs",
    "value_added_share",
    "input_share",
    "political_weight",
    "export_tax",
)


def full_world() -> World:
    """A world that uses every field, with labels that are not ASCII."""
    toy = build_toy()
    rng = np.random.default_rng(5)
    tax = np.zeros_like(toy.flows)
    tax[0, 1, 0] = 0.1
    return World(
        name="häufig",
        year=1999,
        regions=("Österreich", "B", "日本"),
        sectors=("food", "cars & parts"),
        flows=toy.flows * rng.lognormal(sigma=0.01, size=toy.flows.shape),
        tariffs=toy.tariffs,
        elasticities=(
            ElasticitySet("one", np.array([1.1, 2.2]), "source of one", "a note"),
            ElasticitySet("two", np.array([np.pi, np.e]), "", ""),
        ),
        value_added_share=toy.value_added_share,
        input_share=toy.input_share,
        political_weight=rng.random((3, 2)),
        export_tax=tax,
        region_names={"B": "Bee"},
        sector_names={"food": "Food"},
        goods=("food",),
        currency="EUR",
        unit="thousand",
        sources=("s1", 's2 "quoted"\nline'),
        licence="CC0",
        notes=("n1",),
        audit=(AuditEntry("a", "b", "c", "d", "é"),),
    )


def bare_world() -> World:
    toy = build_toy()
    return World(
        name="bare",
        year=2000,
        regions=toy.regions,
        sectors=toy.sectors,
        flows=toy.flows,
        tariffs=toy.tariffs,
        elasticities=toy.elasticities,
    )


def assert_same(a: World, b: World) -> None:
    for name in TEXTS:
        assert getattr(a, name) == getattr(b, name), name
    for name in ARRAYS:
        x, y = getattr(a, name), getattr(b, name)
        assert (x is None) == (y is None), name
        if x is not None:
            np.testing.assert_array_equal(x, y)
            assert y.dtype == np.float64
            assert not y.flags.writeable
    for e, f in zip(a.elasticities, b.elasticities, strict=True):
        assert (e.name, e.source, e.note) == (f.name, f.source, f.note)
        np.testing.assert_array_equal(e.theta, f.theta)
    assert a.content_hash == b.content_hash


@pytest.mark.parametrize("make", [build_toy, full_world, bare_world])
def test_round_trip_is_lossless(make: type, tmp_path: Path) -> None:
    world = make()
    write_netcdf(world, tmp_path / "w.nc")
    assert_same(world, read_netcdf(tmp_path / "w.nc"))


def test_the_same_world_makes_the_same_bytes(tmp_path: Path) -> None:
    write_netcdf(build_toy(), tmp_path / "a.nc")
    write_netcdf(build_toy(), tmp_path / "b.nc")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def test_scipy_reads_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    world = full_world()
    write_netcdf(world, path)
    ours = parse_classic(path.read_bytes())
    with netcdf_file(str(path), mmap=False) as theirs:
        assert set(theirs.variables) == set(ours.variables)
        for name, variable in theirs.variables.items():
            np.testing.assert_array_equal(variable.data, ours.variables[name])
        assert theirs.variables["flows"].dimensions == ("importer", "exporter", "sector")
        assert theirs.variables["flows"].units == b"thousand EUR"
        labels = theirs.variables["region_label"].data
        assert labels[2].tobytes().rstrip(b"\0").decode() == "日本"
    for text in (world.name, "content_hash", "parley_format"):
        assert any(text in str(v) for v in (*ours.attributes, *ours.attributes.values()))


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    write_netcdf(build_toy(), path)
    data = path.read_bytes()
    cut = tmp_path / "cut.nc"
    for size in range(0, len(data) - 4, 37):
        cut.write_bytes(data[:size])
        with pytest.raises(InputError):
            read_netcdf(cut)


def test_every_flipped_number_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    write_netcdf(build_toy(), path)
    data = bytearray(path.read_bytes())
    broken = tmp_path / "broken.nc"
    rng = np.random.default_rng(1)
    flows = parse_classic(bytes(data)).variables["flows"].tobytes()
    start = bytes(data).index(flows)
    for offset in rng.integers(start, start + len(flows), size=40):
        copy = bytearray(data)
        copy[offset] ^= 0x10
        broken.write_bytes(copy)
        with pytest.raises(InputError) as caught:
            read_netcdf(broken)
        assert str(broken) in str(caught.value)


def test_noise_never_ends_in_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    write_netcdf(build_toy(), path)
    data = path.read_bytes()
    broken = tmp_path / "broken.nc"
    rng = np.random.default_rng(2)
    for _ in range(300):
        copy = bytearray(data)
        for offset in rng.integers(4, 700, size=3):
            copy[offset] = rng.integers(256)
        broken.write_bytes(copy)
        try:
            world = read_netcdf(broken)
        except InputError:
            continue
        assert world.content_hash == build_toy().content_hash


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a NetCDF-3 file"),
        (b"hello", "not a NetCDF-3 file"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 64, "HDF5"),
        (b"CDF\x01", "damaged"),
        (b"CDF\x05" + b"\0" * 64, "damaged"),
    ],
)
def test_other_files_are_named_for_what_they_are(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.nc"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_netcdf(path)
    assert str(path) in str(caught.value)


def test_netcdf_of_someone_else(tmp_path: Path) -> None:
    path = tmp_path / "other.nc"
    with netcdf_file(str(path), "w") as file:
        file.createDimension("x", 2)
        file.createVariable("y", "d", ("x",))[:] = [1.0, 2.0]
    with pytest.raises(InputError, match="not a Parley world"):
        read_netcdf(path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    write_netcdf(build_toy(), path)
    data = path.read_bytes()
    at = data.index(b"parley_format") + 16 + 8
    path.write_bytes(data[:at] + (99).to_bytes(4, "big") + data[at + 4 :])
    with pytest.raises(InputError, match="newer"):
        read_netcdf(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_netcdf(tmp_path / "none.nc")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "w.nc"
    write_netcdf(build_toy(), path)
    before = path.read_bytes()
    broken = build_toy()
    object.__setattr__(broken, "notes", (object(),))
    with pytest.raises(TypeError):
        write_netcdf(broken, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["w.nc"]


def test_unwritable_targets(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_netcdf(build_toy(), tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        write_netcdf(build_toy(), tmp_path / "file" / "w.nc")
