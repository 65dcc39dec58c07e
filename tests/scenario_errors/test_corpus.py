"""A corpus of broken scenarios: each has one fault and gets one clear error.

A file begins with what is expected: ``where`` (the end of the path), ``what`` and ``do``
(parts of the texts).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.errors import InputError, Problem
from parley.files.embedded import open_world
from parley.files.scenarios import open_scenario
from parley.scenario import resolve

FILES = sorted((Path(__file__).parent / "files").glob("*.toml"))
JARGON = (
    "Input should",
    "pydantic",
    "alidation error",
    "Field required",
    "Traceback",
    "valid dictionary",
    "None",
    "tuple",
)


def expected(path: Path) -> dict[str, str]:
    """Return what the head of a file says is expected."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            break
        key, _, text = line[2:].partition(": ")
        found[key] = text
    return found


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Return the problems of a scenario that must have some."""
    with pytest.raises(InputError) as caught:
        resolve(open_scenario(path), open_world("toy"))
    assert caught.value.exit_code == 2
    return caught.value.problems


def test_corpus_is_large() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_one_clear_error(path: Path) -> None:
    want = expected(path)
    problems = problems_of(path)
    assert len(problems) == 1, "\n".join(p.render() for p in problems)
    problem = problems[0]
    if ".csv" in want["where"] or want["where"].startswith("line"):
        assert want["where"] in problem.where
    else:
        assert problem.where.removeprefix(f"{path.name}").removeprefix(": ") == want["where"]
    assert want["what"] in problem.what
    assert want.get("do", "") in problem.do
    text = problem.render()
    assert not [word for word in JARGON if word in text]


def test_all_errors_at_once(tmp_path: Path) -> None:
    """Faults of many files put together are all reported, in one go."""
    base = (FILES[0].parent / "region-unknown.toml").read_text(encoding="utf-8")
    for old, new in (
        ("published = 2020-02-28", "published = 2020-03-05"),
        ('kind = "meeting"', 'kind = "meetin"'),
        ('about = "package:small"', 'about = "package:large"'),
        ("rate = 0.25", "rate = 25"),
        ("cut_by = 0.5", "cut_by = 0.5, to = 0.1"),
    ):
        assert old in base
        base = base.replace(old, new, 1)
    path = tmp_path / "many.toml"
    path.write_text(base, encoding="utf-8")
    places = {p.where.removeprefix("many.toml: ") for p in problems_of(path)}
    assert {
        "instrument[food-duty].on",
        "source[gazette].published",
        "event[summit].kind",
        "claim[near].about",
        "instrument[car-levy].rate",
        "package[small].changes[0]",
    } <= places
