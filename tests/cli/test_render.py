"""Tables keep every figure whole, whatever the width; documents hold no NaN."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parley.cli.render import csv_text, json_text, show_page, table, writable
from parley.errors import InputError

COLUMNS = ("region", "what it is about", "value added bn", "tariff %")
ROWS = [("USA", "a long text that may take several lines", "18,886.00", "+1.7")]


@pytest.mark.parametrize("width", ["20", "60", "200"])
def test_nothing_is_cut(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    show_page("heading", table(COLUMNS, ROWS, text_columns=(0, 1)))
    printed = capsys.readouterr().out
    words = printed.split()
    for cell in ("heading", "USA", "several", "18,886.00", "+1.7", "region", "tariff"):
        assert cell in words
    assert all(line == line.rstrip() for line in printed.splitlines())


def test_width_is_fixed_away_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_page(table(COLUMNS, [("USA", "x " * 200, "1", "2")], text_columns=(0, 1)))
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 110


def test_json_has_no_nan() -> None:
    document = {"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": None, "e": True}}
    assert json.loads(json_text(document)) == {
        "a": None,
        "b": [None, 1.5],
        "c": {"d": None, "e": True},
    }


def test_csv_quotes_what_needs_it() -> None:
    assert csv_text(("a", "b"), [("x, y", 1.5)]) == 'a,b\n"x, y",1.5\n'


def test_writable(tmp_path: Path) -> None:
    assert writable(tmp_path, force=False) == tmp_path  # an empty folder
    with pytest.raises(InputError, match="it is a folder"):
        writable(tmp_path, force=True, file=True)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="exists already"):
        writable(tmp_path, force=False)
    assert writable(tmp_path, force=True) == tmp_path
    new = tmp_path / "a/b/c"
    assert writable(new, force=False, folder=True) == new
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    for target in (tmp_path / "file/below", tmp_path / ("long" * 100)):
        with pytest.raises(InputError, match="cannot write there"):
            writable(target, force=False)
    assert writable(tmp_path / "file", force=True) == tmp_path / "file"
    with pytest.raises(InputError, match="it is a file"):
        writable(tmp_path / "file", force=True, folder=True)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
