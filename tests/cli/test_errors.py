"""Every way to fail has one message on stderr and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from parley.cli.errors import exit_on_error
from parley.errors import InputError, NotConvergedError, Problem

from .conftest import Run


def leave_with(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    with pytest.raises(SystemExit) as end, exit_on_error():
        raise error
    printed = capsys.readouterr()
    assert printed.out == ""
    return end.value.code, printed.err


def test_wrong_input_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    error = InputError.one("unknown region 'JAP'", "a.toml: party[0].id", "no such", "use JPN")
    code, err = leave_with(error, capsys)
    assert code == 2
    assert err.startswith("error: a.toml: party[0].id: unknown region 'JAP'")
    assert "use JPN" in err
    assert "Traceback" not in err


def test_several_problems_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = leave_with(InputError([Problem("a", "x"), Problem("b", "y")]), capsys)
    assert code == 2
    assert err.splitlines() == ["2 errors:", "x: a", "y: b"]


def test_not_converged_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = leave_with(NotConvergedError("no equilibrium", [1.0, 1e-3], "try less"), capsys)
    assert code == 3
    assert "1.0e+00 -> 1.0e-03" in err


def test_a_bug_is_1_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = leave_with(ZeroDivisionError("division by zero"), capsys)
    assert code == 1
    assert "This is a bug in Parley" in err
    assert "Traceback" not in err


def test_a_bug_shows_its_traceback_on_demand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_DEBUG", "1")
    assert "Traceback" in leave_with(ZeroDivisionError(), capsys)[1]


def test_a_file_that_cannot_be_written_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = leave_with(PermissionError(13, "Permission denied", "/x/y.nc"), capsys)
    assert (code, err) == (2, "error: /x/y.nc: Permission denied\n")


def test_interrupted_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave_with(KeyboardInterrupt(), capsys) == (130, "")


def test_a_reader_that_left_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "parley", "world", "show", "toy"],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("words", [("wrld",), ("world", "shw"), ("world", "show")], ids=" ".join)
def test_wrong_usage_is_2(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words)
    assert outcome.code == 2
    assert "Error: " in outcome.err
    assert "Traceback" not in outcome.err


def test_version_and_help(run: Run) -> None:
    from parley import __version__

    assert run("--version").out == f"parley {__version__}\n"
    helped = run("--help")
    assert helped.code == 0
    assert "Exit codes" in helped.out
