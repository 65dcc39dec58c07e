"""Broken tidy folders: one clear error each, with file and line, and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from parley.errors import InputError
from parley.files import csv_tables
from parley.files.build import build_toy
from parley.files.tidy import read_tidy, write_tidy

Break = Callable[[Path], None]
Case = tuple[str, Break, str, tuple[str, ...]]

FLOWS, THETA = "flows.csv", "elasticity.csv"
VA, INPUTS = "value_added_share.csv", "input_share.csv"
ROW = "HOM,HOM,FOOD,800,0\n"  # line 2 of flows.csv


def replaced(name: str, before: str, after: str) -> Break:
    def apply(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text, f"{before!r} not in {name}"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    return apply


def row(cells: str) -> Break:
    """Replace line 2 of flows.csv."""
    return replaced(FLOWS, ROW, cells + "\n")


def appended(name: str, line: str) -> Break:
    def apply(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as handle:
            handle.write(line + "\n")

    return apply


def written(name: str, content: bytes) -> Break:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return apply


def removed(*names: str) -> Break:
    def apply(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return apply


def without_domestic_sales(folder: Path) -> None:
    path = folder / FLOWS
    lines = path.read_text().splitlines()
    kept = [line for line in lines if line.split(",")[0] != line.split(",")[1]]
    path.write_text("\n".join(kept) + "\n")


def with_too_many_inputs(folder: Path) -> None:
    for table, before, after in (
        (INPUTS, "HOM,FOOD,FOOD,0.25", "HOM,FOOD,FOOD,0.9"),
        (VA, "HOM,FOOD,0.65", "HOM,FOOD,0.0"),
        (INPUTS, "HOM,CARS,FOOD,0.05", "HOM,CARS,FOOD,0.6"),
        (VA, "HOM,CARS,0.6", "HOM,CARS,0.05"),
    ):
        replaced(table, before, after)(folder)


# name, what is broken, the file and line named, what is said
FOLDER: list[Case] = [
    ("no toml", removed("world.toml"), "", ("missing file world.toml",)),
    ("no flows", removed(FLOWS), "", ("missing file flows.csv",)),
    ("no elasticities", removed(THETA), "", ("missing file elasticity.csv",)),
    ("only inputs", removed(VA), "", ("value_added_share.csv is not",)),
    ("only value added", removed(INPUTS), "", ("input_share.csv is not",)),
    (
        "misspelt table",
        written("input_shares.csv", b"x\n"),
        "input_shares.csv",
        ("unknown table", "did you mean 'input_share.csv'"),
    ),
]

TOML = "world.toml"
HEADER: list[Case] = [
    ("empty", written(TOML, b""), TOML, ("missing key 'name'", "missing key 'unit'")),
    ("not TOML", written(TOML, b"name = "), TOML, ("not valid TOML",)),
    (
        "unknown key",
        replaced(TOML, "currency", "curency"),
        "world.toml: curency",
        ("did you mean 'currency'",),
    ),
    (
        "unknown unit",
        replaced(TOML, '"million"', '"dozen"'),
        "world.toml: unit",
        ("unknown unit 'dozen'", "thousand"),
    ),
    (
        "unknown valuation",
        replaced(TOML, '"net"', '"nett"'),
        "world.toml: valuation",
        ("'nett'", "did you mean 'net'"),
    ),
    ("bad year", replaced(TOML, "2017", '"MMXVII"'), "world.toml: year", ("not a year",)),
    (
        "labels listed twice",
        replaced(TOML, '"FOR", "RST"]', '"FOR", "FOR"]'),
        "world.toml: regions",
        ("FOR twice",),
    ),
    (
        "unknown good",
        replaced(TOML, 'goods = ["FOOD"', 'goods = ["FOODS"'),
        "world.toml: goods",
        ("unknown sector 'FOODS'", "did you mean 'FOOD'"),
    ),
    (
        "sources not texts",
        replaced(TOML, 'sources = ["made up for tests and teaching"]', "sources = [1]"),
        "world.toml: sources",
        ("not a list of texts",),
    ),
]

LINE_1, LINE_2, LINE_20 = (f"flows.csv, line {n}" for n in (1, 2, 20))
TABLE: list[Case] = [
    ("empty", written(FLOWS, b""), FLOWS, ("the file is empty",)),
    (
        "header only",
        written(FLOWS, b"exporter,importer,sector,value,tariff\n"),
        FLOWS,
        ("no rows",),
    ),
    (
        "missing column",
        replaced(FLOWS, "value,tariff", "value"),
        LINE_1,
        ("missing column tariff",),
    ),
    (
        "unknown column",
        replaced(FLOWS, "tariff\n", "tarif\n"),
        LINE_1,
        ("unknown column 'tarif'", "did you mean 'tariff'"),
    ),
    (
        "column twice",
        replaced(FLOWS, "value,tariff", "value,value"),
        LINE_1,
        ("appears twice",),
    ),
    (
        "semicolons",
        written(FLOWS, b"exporter;importer;sector;value;tariff\nA;A;S;1;0\n"),
        LINE_1,
        ("semicolons",),
    ),
    ("duplicate", appended(FLOWS, ROW.strip()), LINE_20, ("duplicate row", "line 2")),
    (
        "unknown region",
        appended(FLOWS, "HOMM,HOM,FOOD,1,0"),
        LINE_20,
        ("unknown region 'HOMM'", "did you mean 'HOM'"),
    ),
    ("unknown sector", row("HOM,HOM,FOD,800,0"), LINE_2, ("unknown sector 'FOD'",)),
    ("text for a number", row("HOM,HOM,FOOD,n/a,0"), LINE_2, ("value = 'n/a'",)),
    ("NaN", row("HOM,HOM,FOOD,NaN,0"), LINE_2, ("not a finite number",)),
    ("infinity", row("HOM,HOM,FOOD,1e999,0"), LINE_2, ("not a finite number",)),
    ("negative flow", row("HOM,HOM,FOOD,-800,0"), LINE_2, ("below 0",)),
    ("empty value", row("HOM,HOM,FOOD,,0"), LINE_2, ("value is empty",)),
    ("empty label", row(",HOM,FOOD,800,0"), LINE_2, ("exporter is empty",)),
    ("thousands", row('HOM,HOM,FOOD,"1,800",0'), LINE_2, ("without thousands separators",)),
    ("underscores", row("HOM,HOM,FOOD,1_800,0"), LINE_2, ("not a finite number",)),
    ("domestic tariff", row("HOM,HOM,FOOD,800,0.1"), LINE_2, ("domestic sales",)),
    ("too many cells", row("HOM,HOM,FOOD,800,0,7"), LINE_2, ("6 cells",)),
    (
        "percent sign",
        replaced(FLOWS, "20,0.05\n", "20,5%\n"),
        FLOWS,
        ("write a fraction",),
    ),
    (
        "tariff in percent",
        replaced(FLOWS, "20,0.05\n", "20,25\n"),
        FLOWS,
        ("above 10", "25 % is 0.25"),
    ),
    (
        "tariff of -100 %",
        replaced(FLOWS, "20,0.05\n", "20,-1\n"),
        FLOWS,
        ("not above -1",),
    ),
    ("no domestic sales", without_domestic_sales, FLOWS, ("no domestic sales",)),
    (
        "cut off",
        appended(FLOWS, "RST,HOM,CA"),
        LINE_20,
        ("3 cells where the header has 5", "cut off"),
    ),
    ("open quote", appended(FLOWS, '"RST,HOM,CARS,1,0'), LINE_20, ("not a CSV row",)),
    (
        "Latin-1",
        written(THETA, b"sector,theta,source\n\xe9,1,x\n"),
        "elasticity.csv, line 2",
        ("not UTF-8",),
    ),
    ("UTF-16", written(FLOWS, "a,b".encode("utf-16")), FLOWS, ("UTF-16",)),
    ("binary", written(FLOWS, b"a,b\n\0\n"), FLOWS, ("zero bytes",)),
]

OTHER: list[Case] = [
    (
        "elasticity missing",
        written(THETA, b"sector,theta,source\nFOOD,4,x\n"),
        THETA,
        ("source 'x' has no elasticity for CARS",),
    ),
    (
        "source misspelt",
        replaced(THETA, "CARS,4,uniform-4", "CARS,4,unifrom-4"),
        THETA,
        ("has no elasticity for", "did you mean source"),
    ),
    (
        "elasticity zero",
        replaced(THETA, "FOOD,4,", "FOOD,0,"),
        "elasticity.csv, line 2",
        ("is below 0.01",),
    ),
    (
        "elasticity of a stranger",
        appended(THETA, "TOYS,4,uniform-4"),
        "elasticity.csv, line 6",
        ("unknown sector 'TOYS'",),
    ),
    (
        "elasticity without source",
        replaced(THETA, "FOOD,4,uniform-4", "FOOD,4,"),
        "elasticity.csv, line 2",
        ("source is empty",),
    ),
    (
        "shares above one",
        replaced(VA, "HOM,FOOD,0.65", "HOM,FOOD,0.75"),
        "value_added_share.csv, line 2",
        ("add to 1.1", "would have to be 0.65"),
    ),
    (
        "share of 1.5",
        replaced(INPUTS, "HOM,FOOD,FOOD,0.25", "HOM,FOOD,FOOD,1.5"),
        "input_share.csv, line 2",
        ("above 1",),
    ),
    (
        "share missing",
        replaced(VA, "HOM,FOOD,0.65\n", ""),
        VA,
        ("no value-added share for HOM, FOOD",),
    ),
    (
        "share duplicate",
        appended(INPUTS, "HOM,FOOD,FOOD,0.25"),
        INPUTS,
        ("duplicate row: region HOM, sector FOOD, input FOOD",),
    ),
    (
        "share of a stranger",
        appended(INPUTS, "HOM,FOOD,FOODS,0.25"),
        INPUTS,
        ("unknown sector 'FOODS'", "did you mean 'FOOD'"),
    ),
    (
        "weight negative",
        written("political_weight.csv", b"region,sector,weight\nHOM,FOOD,-1\n"),
        "political_weight.csv, line 2",
        ("cannot be negative",),
    ),
    (
        "deficit off",
        replaced("deficit.csv", "HOM,120", "HOM,130"),
        "deficit.csv, line 2",
        ("given as 130, but the flows imply 120 (+10)", "leave deficit.csv out"),
    ),
    (
        "deficit reversed",
        replaced("deficit.csv", "HOM,120", "HOM,-120"),
        "deficit.csv, line 2",
        ("sign seems reversed",),
    ),
    (
        "deficit of a stranger",
        replaced("deficit.csv", "HOM,120", "HUM,120"),
        "deficit.csv, line 2",
        ("unknown region 'HUM'",),
    ),
    (
        "final demand negative",
        with_too_many_inputs,
        "",
        ("final demand is negative", "HOM FOOD"),
    ),
]
CASES = [*FOLDER, *HEADER, *TABLE, *OTHER]


@pytest.mark.parametrize(
    ("breaking", "where", "said"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_each_fault_is_named(
    breaking: Break, where: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "world"
    write_tidy(build_toy(), folder)
    breaking(folder)
    with pytest.raises(InputError) as caught:
        read_tidy(folder)
    message = str(caught.value)
    assert caught.value.exit_code == 2
    assert str(folder) in message
    assert where in message
    for text in said:
        assert text in message, message
    assert len(caught.value.problems) <= 4


def test_all_faults_of_a_file_are_reported_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    write_tidy(build_toy(), folder)
    path = folder / FLOWS
    lines = path.read_text().splitlines()
    bad = [line.rsplit(",", 2)[0] + ",x,0" for line in lines[1:]] * 3
    path.write_text("\n".join([lines[0], *bad]) + "\n")
    with pytest.raises(InputError) as caught:
        read_tidy(folder)
    problems = caught.value.problems
    assert len(problems) == csv_tables.SHOWN_FAULTS + 1
    assert [p.where.rsplit(" ", 1)[1] for p in problems[:3]] == ["2", "3", "4"]
    assert f"and {54 - csv_tables.SHOWN_FAULTS} more problems" in problems[-1].what


def test_case_differences_are_not_two_regions(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    write_tidy(build_toy(), folder)
    replaced(TOML, 'regions = ["HOM", "FOR", "RST"]\n', "")(folder)
    appended(FLOWS, "hom,FOR,FOOD,1,0")(folder)
    with pytest.raises(InputError, match="differ only in case"):
        read_tidy(folder)


def test_a_misspelt_region_sells_nothing(tmp_path: Path) -> None:
    """Without a list of regions a typo makes a region; it cannot pass for one."""
    folder = tmp_path / "world"
    write_tidy(build_toy(), folder)
    removed("deficit.csv", VA, INPUTS)(folder)
    replaced(TOML, 'regions = ["HOM", "FOR", "RST"]\n', "")(folder)
    replaced(FLOWS, "RST,HOM,CARS", "RST,HOMM,CARS")(folder)
    with pytest.raises(InputError, match="region 'HOMM' has no value added"):
        read_tidy(folder)


def test_huge_files_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FLOWS
    with path.open("wb") as handle:
        handle.truncate((csv_tables.SIZE_LIMIT_MB + 1) * 1_000_000)  # sparse
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(InputError) as caught:
        csv_tables.read_utf8(path)
    assert f"{csv_tables.SIZE_LIMIT_MB + 1} MB" in str(caught.value)


def test_too_many_labels_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    write_tidy(build_toy(), folder)
    removed("deficit.csv", INPUTS, VA)(folder)
    lines = ["exporter,importer,sector,value,tariff"]
    lines += [f"r{i},r{i},s{i},1,0" for i in range(2_000)]
    (folder / FLOWS).write_text("\n".join(lines))
    (folder / TOML).write_text('name = "x"\nyear = 2000\nunit = "million"\nvaluation = "net"\n')
    with pytest.raises(InputError, match="the limit is"):
        read_tidy(folder)


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_tidy(tmp_path / "none")
