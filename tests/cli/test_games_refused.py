"""Games refused: wrong input is one clear error, an uncertified answer shows no tariff."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import parley.games.certificate as certificates
import parley.games.cooperation_certificate as cooperation_certificates
from parley.arena import Rules
from parley.errors import InputError
from parley.files.arenas import open_arena

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
    "bounds exclude below": (("optimum", *TOY, "--party", "FOR", "--bounds", "0.05:0.1"), "0:0.2"),
    "war of one": (("nash", *TOY, "--parties", "HOM"), "parley optimum --party HOM"),
    "model without option": (("nash", *TOY, "--model", "ossa:"), "no-inputs"),
    "taxing itself": (("optimum", *TOY, "--party", "HOM", "--against", "HOM"), "name other"),
    "no weights named": (("optimum", *TOY, "--party", "HOM", "--weights", ""), "inferred"),
    "within another": (("nash", "toy-talks", "--parties", "HOM,FOR,RST,Home"), "did you mean"),
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


OPTIONS: dict[str, tuple[str, ...]] = {
    "--model": ("nash", *TOY, "--model", "osa"),
    "--closure": ("nash", "toy-talks", "--closure", "zer"),
    "--closure:": ("nash", "--world", "toy", "--closure", "fixed:JPN"),
    "--elasticity": ("nash", *TOY, "--elasticity", "mixd"),
    "--elasticity:": ("nash", "toy-talks", "--elasticity", "mixd"),
    "--party": ("optimum", *TOY, "--party", "HOMM"),
    "--parties": ("nash", *TOY, "--parties", "HOM,FRO"),
    "--parties:": ("cooperate", *TOY, "--parties", "HOM,FRO"),
    "--against": ("optimum", *TOY, "--party", "HOM", "--against", "FRO"),
    "--against:": ("nash", *TOY, "--against", "FRO"),
    "--weights": ("optimum", *TOY, "--party", "HOM", "--weights", ""),
}


@pytest.mark.parametrize(("option", "words"), OPTIONS.items(), ids=OPTIONS)
def test_an_error_names_the_option_typed(run: Run, option: str, words: tuple[str, ...]) -> None:
    outcome = run(*words)
    one_error(outcome, f"error: {option.rstrip(':')}: ", "    do:  ")


def test_bounds_that_exclude_tariffs_are_one_problem(run: Run) -> None:
    words = ("optimum", *TOY, "--party", "FOR", "--bounds", "0.05:0.1")
    err = run(*words).err
    assert err.count("--bounds: ") == 1
    assert "on 3 flows: the highest 0.2 on FOR <- HOM, FOOD; the lowest 0 on FOR <- " in err
    assert run(*words[:-1], "0:0.2").code == 0


def test_weights_that_do_not_exist_are_not_advised(run: Run) -> None:
    words = ("--party", "HOM", "--weights", "world")
    assert "scenario" not in run("optimum", *TOY, *words).err
    assert "scenario" in run("optimum", "toy-talks", *words).err


def test_regions_of_two_players_are_told_apart(run: Run, tmp_path: Path) -> None:
    arena = open_arena(world="toy")
    arena = replace(arena, groups={"BOTH": ("HOM", "FOR")})
    with pytest.raises(InputError, match="name one of 'BOTH' and 'FOR'"):
        arena.players(["BOTH", "FOR"], Rules())


@pytest.mark.parametrize("verb", ["optimum", "nash", "cooperate", "brief", "solve"])
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_a_folder_that_cannot_be_written_is_found_first(
    run: Run, tmp_path: Path, verb: str, force: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for opener in ("arenas.open_arena", "studies.open_study"):  # nothing is even opened
        monkeypatch.setattr(f"parley.files.{opener}", None)
    (tmp_path / "file").touch()
    words = {"brief": ("toy-talks",), "solve": ("toy-talks", "--package", "small-deal")}
    for folder in (tmp_path / "file/below/it", tmp_path / "file"):
        outcome = run(verb, *words.get(verb, TOY), "--csv", folder, *force)
        one_error(outcome, str(folder), "    do:  ")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


HEADER = "region,sector,weight\n"
WEIGHTS: dict[str, tuple[str, str]] = {
    "too short": (HEADER + "HOM,FOOD,1\n", "line 2"),
    "of others": (HEADER + "FOR,FOOD,1.2\nFOR,CARS,0.8\n", "no weights for HOM"),
    "mean": (HEADER + "HOM,FOOD,1.5\nHOM,CARS,1.5\n", "average 1.5"),
    "unknown region": (HEADER + "HOME,FOOD,1\nHOM,CARS,1\n", "did you mean 'HOM'?"),
    "unknown sector": (HEADER + "HOM,FOD,1\nHOM,CARS,1\n", "did you mean 'FOOD'?"),
    "twice": (HEADER + "HOM,FOOD,1\nHOM,FOOD,1\n", "line 3"),
    "twice, advice": (HEADER + "HOM,FOOD,1\nHOM,FOOD,1\n", "do:  keep one\n"),
    "not a number, advice": (HEADER + "HOM,FOOD,nan\nHOM,CARS,1\n", "do:  give a number of zero"),
    "no weight, advice": (HEADER + "HOM,FOOD,\nHOM,CARS,1\n", "do:  give a number of zero"),
    "no rows": (HEADER, "the file has no weights"),
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
    assert "floors short by" not in outcome.err


def test_an_uncertified_answer_says_how_far_floors_fail(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "DEVIATION_TOLERANCE", -1e9)
    outcome = run(*CASES["floor"])
    assert outcome.code == 3
    assert "floors short by" in outcome.err


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
