"""Model families in scenarios, studies and briefs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import parley
from parley import studies
from parley.cli.render import json_text
from parley.equilibrium import models
from parley.equilibrium.models import Model
from parley.errors import InputError, NotConvergedError
from parley.files.scenarios import open_scenario
from parley.report.brief import brief_lines
from parley.report.csv_tables import csv_tables
from parley.report.document import brief_document
from parley.report.limits import SHOWS, constituencies_show, lacks_inputs, left_out
from parley.report.schema import report_schema
from parley.scenario import document
from parley.studies import STATUS_QUO, Setting, Study

TOY = Path(studies.__file__).parent / "data/scenarios/toy-talks/scenario.toml"
LINE = 'alternatives = { closure = ["zero", "own-share"], elasticity = ["mixed"] }'
CLOSURES = ["world-share", "zero", "own-share"]


def toy_talks(folder: Path, families: str, main: str = "caliendo-parro") -> Path:
    """The toy talks with a main family and others, as a file of one's own."""
    text = TOY.read_text(encoding="utf-8")
    assert text.count(LINE) == 1
    text = text.replace(LINE, LINE.replace(" }", f", family = {families} }}"))
    text = text.replace('family = "caliendo-parro"', f'family = "{main}"')
    path = folder / "talks.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shown(study: Study, *packages: str) -> tuple[dict[str, Any], str]:
    """The document of a study, checked against the schema, and its brief on one line."""
    found = json.loads(json_text(brief_document(study, packages)))
    Draft202012Validator(report_schema()).validate(found)
    return found, " ".join(" ".join(line for _, line in brief_lines(found)).split())


# --- names --------------------------------------------------------------------------------


def test_the_scenario_knows_the_families_of_the_models() -> None:
    assert tuple(models.FAMILIES) == document.FAMILIES
    assert models.MODEL_OPTIONS == document.MODEL_OPTIONS
    assert tuple(SHOWS) == document.FAMILIES


@pytest.mark.parametrize(
    "text",
    ["ossa", "ossa:one-sector", "caliendo-parro:no-inputs,one-sector", "krugman : no-inputs"],
)
def test_a_scenario_takes_what_a_model_takes(tmp_path: Path, text: str) -> None:
    scenario = open_scenario(toy_talks(tmp_path, f'["{text}"]', text))
    assert scenario.model.family == text
    assert scenario.model.alternatives.family == (text,)
    assert scenario.warnings == open_scenario(TOY).warnings
    assert Model.parse(text).family in document.FAMILIES


@pytest.mark.parametrize("text", ["ossi", "ossa:all-sectors", ":no-inputs"])
def test_a_scenario_refuses_what_a_model_refuses(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        Model.parse(text)
    with pytest.raises(InputError) as caught:
        open_scenario(toy_talks(tmp_path, '["ossa"]', text))
    (problem,) = caught.value.problems
    assert problem.where.endswith("model.family")


# --- settings -----------------------------------------------------------------------------


def test_other_families_are_crossed_with_the_closures_only(tmp_path: Path) -> None:
    study = parley.study(toy_talks(tmp_path, '["ossa", "caliendo-parro", "specific-labour"]'))
    assert study.setting == Setting("world-share", "uniform-4", "caliendo-parro")
    main = [s for s in study.alternatives if s.model == "caliendo-parro"]
    assert study.alternatives[0] == study.setting
    assert study.alternatives[: len(main)] == tuple(main)
    assert len(set(main)) == len(main) == 3 * len({s.elasticity for s in main})
    assert study.alternatives[len(main) :] == tuple(
        Setting(c, "uniform-4", f) for f in ("ossa", "specific-labour") for c in CLOSURES
    )


def test_a_named_model_comes_first_and_the_file_s_is_kept_beside_it(tmp_path: Path) -> None:
    study = parley.study(toy_talks(tmp_path, '["ossa"]'), model="ossa:no-inputs", closure="zero")
    assert study.setting == Setting("zero", "uniform-4", "ossa")
    assert {s.model for s in study.alternatives} == {"ossa", "caliendo-parro"}


def test_the_flagship_stays_within_its_solves() -> None:
    study = parley.study("us-japan-2019")
    assert {s.model for s in study.alternatives} == {"caliendo-parro", "ossa"}
    assert len(study.jobs(study.package_ids)) <= 100


def test_comparisons_stay_within_one_setting(tmp_path: Path) -> None:
    study = parley.study(toy_talks(tmp_path, '["ossa"]'))
    for setting, change in study.package("small-deal").sensitivity():
        for at in (change.base, change.new):
            assert at.closure == setting.closure
            assert at.elasticity.name == setting.elasticity
            assert at.model == setting.model


# --- what is printed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "has", "lacks", "measure"),
    [
        ("caliendo-parro", (), ("profits ", "variety "), "(activity, not wages)"),
        ("ossa", ("profits ",), ("variety ",), "(activity and profits, not wages)"),
        ("krugman", ("variety ",), ("profits ",), "(activity, not wages)"),
        ("specific-labour", (), ("profits ", "variety "), "(incomes of those employed there)"),
    ],
)
def test_a_brief_of_every_family(
    family: str, has: tuple[str, ...], lacks: tuple[str, ...], measure: str
) -> None:
    study = parley.study("toy-talks", model=family, elasticity="mixed")
    found, text = shown(study, "small-deal")
    assert found["model"]["family"] == family
    assert f"model {family}; trade deficits" in text
    assert found["constituencies_show"] == SHOWS[family]
    assert measure in text
    first = text.partition("first order ")[2].partition("(% of income)")[0]
    assert all(word in first for word in has)
    assert not any(word in first for word in lacks)
    for region in found["packages"][0]["regions"].values():
        assert (region["profit_shifting_pct"] != 0) == (family == "ossa")
        assert (region["variety_pct"] != 0) == (family == "krugman")


def test_incomes_are_wages_with_specific_labour() -> None:
    """A group bound to one sector gets that sector's wage, and its share of the transfer."""
    study = parley.study("toy-talks", model="specific-labour")
    change = study.compare("free-trade")
    world = change.base.world
    for c in study.resolved.constituencies:
        if len(c.regions) != 1 or len(c.sectors) != 1:
            continue
        r, s = world.region_index(c.regions[0]), world.sector_index(c.sectors[0])
        real = []
        for at in (change.base, change.new):
            workers = world.accounts.sector_value_added[r, s]
            share = workers / world.accounts.value_added[r]
            income = at.wage_hat[r, s] * workers + share * at.transfer[r]
            real.append(income / at.consumer_price_hat[r])
        result = next(x for x in study.package("free-trade").constituencies() if x.id == c.id)
        assert result.real_income_pct == pytest.approx(100 * (real[1] / real[0] - 1), abs=1e-9)


def test_the_sensitivity_names_the_family_of_every_row(tmp_path: Path) -> None:
    study = parley.study(toy_talks(tmp_path, '["ossa", "specific-labour"]'))
    found, text = shown(study, *study.package_ids)
    rows = [r for p in found["packages"] for r in p["sensitivity"]]
    assert {r["family"] for r in rows} == {"caliendo-parro", "ossa", "specific-labour"}
    table = [r["family"] for r in csv_tables(found)["sensitivity"]]
    assert sorted(set(table)) == sorted({r["family"] for r in rows})
    part = text.partition("Sensitivity:")[2]
    at = [part.index(f" {name} world-share x uniform-4") for name in ("ossa", "specific-labour")]
    assert at == sorted(at)
    assert "ossa: no inputs, so income is gross output" in part
    flips = [f for p in found["packages"] for f in p["sign_flips"]]
    for flip in flips:
        for place in (flip["lowest_at"], flip["highest_at"]):
            assert list(place) == ["family", "closure", "elasticity"]


def test_with_one_sector_there_are_no_constituencies() -> None:
    study = parley.study("toy-talks", model="krugman:one-sector")
    found, text = shown(study, "small-deal")
    assert found["world"]["sectors"] == ["ALL"]
    assert found["packages"][0]["constituencies"] == []
    assert "constituencies are not computed" in text


def test_what_is_left_out_follows_the_family() -> None:
    for family in document.FAMILIES:
        assert any("constituencies show" in line for line in left_out(family))
        assert constituencies_show(f"{family}:one-sector") == SHOWS[family]
    bare = ("ossa", "krugman", "caliendo-parro:no-inputs", "specific-labour without inputs")
    assert all(lacks_inputs(m) and "gross output" in " ".join(left_out(m)) for m in bare)
    for full in ("caliendo-parro", "specific-labour:one-sector"):
        assert not lacks_inputs(full)


# --- settings without a proven equilibrium ------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, closure: str, model: str) -> list[str]:
    """Let one setting fail; returns a list that grows with every attempt."""
    attempts: list[str] = []
    real = studies.solve

    def solve(*given: Any, **settings: Any) -> Any:
        if (settings["closure"], settings["model"]) == (closure, model):
            attempts.append(settings["elasticity"])
            raise NotConvergedError("no equilibrium was found")
        return real(*given, **settings)

    monkeypatch.setattr(studies, "solve", solve)
    return attempts


def test_a_setting_that_fails_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = failing(monkeypatch, "zero", "ossa")
    study = parley.study(toy_talks(tmp_path, '["ossa"]'))
    packages = ("small-deal", "cars-hit")
    study.run(study.jobs(packages))
    found, text = shown(study, *packages)
    for package in found["packages"]:
        at = [r["closure"] for r in package["sensitivity"] if r["family"] == "ossa"]
        assert at == ["world-share", "own-share"]
    assert "no equilibrium proven at zero x uniform-4 (model ossa): left out for small-deal" in text
    assert attempts == ["uniform-4"]  # the status quo failed; packages are not tried


def test_a_package_that_fails_in_a_setting_shows_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = parley.study(toy_talks(tmp_path, '["ossa"]'))
    lost = (study._key("cars-hit"), Setting("zero", "uniform-4", "ossa"))
    study._unproven.add(lost)
    found, _ = shown(study, "small-deal", "cars-hit")
    lines = [line for _, line in brief_lines(found)]
    start = next(k for k, line in enumerate(lines) if line == "  ossa")
    cells = next(line for line in lines[start:] if line.startswith("    zero")).split()
    assert cells[3:] == [c for c in cells[3:5] if c != "-"] + ["-", "-"]
    assert len(cells) == 7
    assert len(found["packages"][0]["sensitivity"]) == 1 + len(found["packages"][1]["sensitivity"])


def test_the_main_setting_may_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "world-share", "caliendo-parro")
    study = parley.study("toy-talks")
    with pytest.raises(NotConvergedError):
        study.run([(STATUS_QUO, study.setting)])
    with pytest.raises(NotConvergedError):
        brief_document(study, ["small-deal"])


def test_settings_of_one_family_agree_with_a_study_of_that_family(tmp_path: Path) -> None:
    """A row of another family is that family's own result under the same closure."""
    rows = dict(parley.study(toy_talks(tmp_path, '["ossa"]')).package("cars-hit").sensitivity())
    own = parley.study("toy-talks", model="ossa").compare("cars-hit")
    there = rows[Setting("world-share", "uniform-4", "ossa")]
    np.testing.assert_allclose(there.real_income_hat, own.real_income_hat, rtol=0, atol=1e-12)
