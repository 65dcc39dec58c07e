"""Games refused: wrong input is one clear error, an uncertified answer shows no tariff."""

from __future__ import annotations

from pathlib import Path

import pytest

import parley.games.certificate as certificates
import parley.games.cooperation_certificate as cooperation_certificates

from .conftest import Outcome, Run
from .test_games import CASES, TOY
from .test_solve import one_error

# --- wrong input --------------------------------------------------------------------------

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "neither": (("optimum", "--party", "HOM"), "--world"),
    "both": (("nash", "toy-talks", "--world", "toy"), "--world"),
    "no party": (("optimum", *TOY), "HOM, FOR, RST"),
    "unknown party": (("optimum", *TOY, "--party", "HOMM"), "did you mean 'HOM'?"),
    "unknown player": (("nash", *TOY, "--parties", "HOM,FRO"), "did you mean 'FOR'?"),
    "player twice": (("nash", *TOY, "--parties", "HOM,HOM"), "twice"),
    "empty player": (("nash", *TOY, "--parties", "HOM,,FOR"), "empty"),
    "one cooperates": (("cooperate", *TOY, "--parties", "HOM"), "takes two"),
    "origin": (("cooperate", *TOY, "--from", "nahs"), "did you mean 'nash'?"),
    "model": (("optimum", *TOY, "--party", "HOM", "--model", "osa"), "did you mean 'ossa'?"),
    "option": (("optimum", *TOY, "--party", "HOM", "--model", "ossa:one-secter"), "one-sector"),
    "closure": (("nash", "toy-talks", "--closure", "zer"), "did you mean 'zero'?"),
    "elasticity": (("nash", *TOY, "--elasticity", "mixd"), "did you mean 'mixed'?"),
    "world": (("nash", "--world", "toyy"), "toy"),
    "bounds exclude": (("optimum", *TOY, "--party", "FOR", "--bounds", "0:0.1"), "excl"),
    "bounds no numbers": (("optimum", *TOY, "--party", "HOM", "--bounds", "0-2"), "LOW:HIGH"),
    "bounds per cent": (("optimum", *TOY, "--party", "HOM", "--bounds", "0:20%"), "0.25"),
    "bounds unit": (("optimum", *TOY, "--party", "HOM", "--bounds", "0:25"), "slip"),
    "bounds order": (("optimum", *TOY, "--party", "HOM", "--bounds", "2:0"), "not below"),
    "bounds nan": (("optimum", *TOY, "--party", "HOM", "--bounds", "nan:2"), "two numbers"),
    "bounds subsidy": (("optimum", *TOY, "--party", "HOM", "--bounds", "-1:2"), "-100 %"),
    "weights word": (("optimum", *TOY, "--party", "HOM", "--weights", "wrld"), "'world'"),
    "weights of the world": (("optimum", *TOY, "--party", "HOM", "--weights", "world"), "none"),
    "weights of no scenario": (("nash", *TOY, "--weights", "scenario"), "constituencies"),
    "floors of no scenario": (("nash", *TOY, "--floors"), "veto"),
    "floors of a player without": (("optimum", "toy-talks", "--party", "HOM", "--floors"), "FOR"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "hint"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_one_clear_error(
    run: Run, words: tuple[str, ...], hint: str, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    one_error(run(*words, "--csv", folder), "", hint)
    assert not folder.exists()


HEADER = "region,sector,weight\n"
WEIGHTS: dict[str, tuple[str, str]] = {
    "too short": (HEADER + "HOM,FOOD,1\n", "line 2"),
    "of others": (HEADER + "FOR,FOOD,1.2\nFOR,CARS,0.8\n", "no weights for HOM"),
    "mean": (HEADER + "HOM,FOOD,1.5\nHOM,CARS,1.5\n", "average 1.5"),
    "unknown region": (HEADER + "HOME,FOOD,1\nHOM,CARS,1\n", "did you mean 'HOM'?"),
    "unknown sector": (HEADER + "HOM,FOD,1\nHOM,CARS,1\n", "did you mean 'FOOD'?"),
    "twice": (HEADER + "HOM,FOOD,1\nHOM,FOOD,1\n", "line 3"),
    "not a number": (HEADER + "HOM,FOOD,nan\nHOM,CARS,1\n", "finite"),
    "negative": (HEADER + "HOM,FOOD,-1\nHOM,CARS,3\n", "zero or more"),
    "no weight": (HEADER + "HOM,FOOD,\nHOM,CARS,1\n", "weight is empty"),
    "no column": ("region,sector\nHOM,FOOD\n", "weight"),
    "empty": ("", "empty"),
}


@pytest.mark.parametrize(("text", "hint"), WEIGHTS.values(), ids=WEIGHTS)
def test_broken_weights_are_one_clear_error(run: Run, tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(text, encoding="utf-8")
    one_error(run("optimum", *TOY, "--party", "HOM", "--weights", path), str(path), hint)


def test_missing_weights_are_one_clear_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    one_error(run("nash", *TOY, "--weights", path), str(path), "check the path")


# --- not certified ------------------------------------------------------------------------


def refused(outcome: Outcome, folder: Path) -> None:
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("not converged: ")
    assert "last certificate: " in outcome.err
    assert "largest gap to a first-order rate" in outcome.err
    assert "    do:  try " in outcome.err
    assert "no tariff is shown" in outcome.err
    assert "Traceback" not in outcome.err
    assert not folder.exists()


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("case", ["optimum", "nash"])
def test_an_uncertified_answer_is_3_and_shows_no_tariff(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str, form: tuple[str, ...]
) -> None:
    monkeypatch.setattr(certificates, "DEVIATION_TOLERANCE", -1e9)
    folder = tmp_path / "tables"
    outcome = run(*CASES[case], "--csv", folder, *form)
    refused(outcome, folder)
    assert ("optimal tariffs of HOM" if case == "optimum" else "trade war") in outcome.err


def test_an_uncertified_cooperation_is_3(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cooperation_certificates, "IMPROVEMENT_TOLERANCE", -1e9)
    folder = tmp_path / "tables"
    refused(run(*CASES["applied"], "--csv", folder), folder)


def test_cooperation_from_an_uncertified_war_is_3(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(certificates, "DEVIATION_TOLERANCE", -1e9)
    folder = tmp_path / "tables"
    outcome = run(*CASES["from nash"], "--csv", folder)
    assert (outcome.code, outcome.out) == (3, "")
    assert "trade war" in outcome.err
    assert not folder.exists()
