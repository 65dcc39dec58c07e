from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from parley.cli.app import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process and return its exit code and output."""

    def call(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["parley", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return Outcome(int(end.value.code or 0), printed.out, printed.err)

    return call
