"""``parley calendar``: its text, its JSON, its tables, what it refuses, and the flagship."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.report.schema_calendar import calendar_part_schema, calendar_schema

from .conftest import Run

SHIPPED = ("toy-talks", "us-japan-2019")


def document(run: Run, *words: object) -> dict[str, Any]:
    outcome = run("calendar", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any], schema: dict[str, Any] | None = None) -> list[str]:
    used = calendar_schema() if schema is None else schema
    Draft202012Validator.check_schema(used)
    checker = Draft202012Validator(used, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


def own(tmp_path: Path, *pairs: tuple[str, str], more: str = "") -> Path:
    """A copy of the toy talks with each first text replaced by the second."""
    shipped = files("parley") / "data/scenarios/toy-talks/scenario.toml"
    text = shipped.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "scenario.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


# --- the flagship --------------------------------------------------------------------------------


def test_the_flagship_in_july_2019(run: Run) -> None:
    found = document(run, "us-japan-2019")["calendar"]
    sure, free = found["equilibria"]
    assert (sure["threat"], free["threat"]) == ("sure", "free")
    # A threat that is sure: both orders of proposals lead to the mini deal at New York.
    assert [o["first"] for o in sure["by_first_proposer"]] == ["USA", "JPN"]
    (end,) = sure["ends"]
    assert (end["kind"], end["state"], end["by"]) == ("deal", "mini", "new-york")
    assert (end["date"], end["probability"]) == ("2019-09-26", 1.0)
    signed = [s for s in sure["steps"] if s["id"] == "new-york"]
    assert [(s["first_proposer"], s["agreed"]) for s in signed] == [
        ("USA", "mini"),
        ("JPN", "mini"),
    ]
    # One that may lapse: phased in, the deal leaves Japan about even, and it signs all the same.
    assert [(e["kind"], e["probability"]) for e in free["ends"]] == [("deal", 1.0)]
    assert not found["hangs_on_belief"]
    # All items: closed by Japan's farmers, whoever believes what.
    states = {s["id"]: s for s in found["states"]}
    assert states["mini"]["closed_by"] == []
    # Its farmers lose later than its car makers gain: in full it would be a loss to Japan.
    mini = states["mini"]
    assert mini["in_full"]["worth_usd_bn"]["JPN"] < 0.0 < mini["worth_usd_bn"]["JPN"] < 0.1
    stages = mini["in_full"]["stages"]
    assert [s["since_years"] for s in stages] == [float(year) for year in range(15)]
    assert stages[-1]["worth_usd_bn"] == mini["in_full"]["worth_usd_bn"]
    assert states["all-items"]["in_full"] is None
    (why,) = states["all-items"]["closed_by"]
    assert why.startswith("Japanese farmers (JPN) veto it")
    # Without New York there is no agreement.
    gone = next(
        m for m in found["date_moves"]
        if (m["event"], m["how"]) == ("new-york", "does not take place")
    )  # fmt: skip
    assert (gone["agreement_probability"], gone["changes_outcome"]) == (0.0, True)
    assert gone["likeliest"].startswith("threat-carried-out")


def test_the_flagships_dates_are_those_of_the_file(run: Run) -> None:
    found = document(run, "us-japan-2019")["calendar"]
    (new_york,) = found["rounds"]
    assert new_york["window"] == ["2019-09-22", "2019-09-30"]
    (deadline,) = found["deadlines"]
    assert (deadline["owner"], deadline["extends_days"], deadline["extensions"]) == ("USA", 180, 1)
    assert (deadline["threat"], deadline["brings"]) == ("autos", "threat-carried-out")
    (gate,) = found["gates"]
    assert (gate["concessions_by"], gate["constituency"]) == ("JPN", "jp-farmers")
    assert {e["id"] for e in (*found["rounds"], *found["deadlines"])} == {
        "new-york",
        "auto-deadline",
    }


# --- text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_tells_what_the_document_holds(run: Run, name: str) -> None:
    outcome = run("calendar", name)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    found = document(run, name)
    part = found["calendar"]
    assert found["title"] in text
    for entry in (*part["rounds"], *part["deadlines"], *part["gates"], *part["reweights"]):
        assert entry["id"] in text
    for state in part["states"]:
        for why in state["closed_by"]:
            assert why in text
    for note in part["notes"]:
        assert note in text
    assert ("it hangs on whether the threat is believed" in text) == part["hangs_on_belief"]
    assert found["model"]["elasticity"]["name"] in text
    assert all(len(line) <= 110 for line in outcome.out.splitlines())
    assert "nan" not in text.lower().split()


def test_other_sorts_of_talks_have_a_page(run: Run, tmp_path: Path) -> None:
    ends = 'ends_by = "deadline"\ndeadline = 2020-06-30\n'
    option = '\n[[outside_option]]\nid = "own"\nparty = "FOR"\nvalue_usd_bn = 1.0\n'
    cases = (
        ('ends_by = "exit"\n', option, "exit to own on 1 Mar 2020 100 %"),
        ('ends_by = "hazard"\nhazard_per_year = 0.5\n', "", "talks break down at 0.5 a year"),
    )
    for how, more, said in cases:
        path = own(tmp_path, (ends, how), more=more)
        outcome = run("calendar", path)
        assert (outcome.code, outcome.err) == (0, "")
        text = " ".join(outcome.out.split())
        assert said in text
        assert "closed: not open" not in text
        assert faults(document(run, path)) == []
    text = " ".join(run("calendar", "us-japan-2019", "--talks", "us-china").out.split())
    assert "rounds none" in text
    assert "USA may leave for us-china-truce-broken" in text


# --- json ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_json_is_as_the_schema_says(run: Run, name: str) -> None:
    found = document(run, name)
    assert faults(found) == []
    assert found["kind"] == "calendar"
    part = found["calendar"]
    assert faults(part, calendar_part_schema()) == []
    states = {s["id"] for s in part["states"]}
    assert sum(end["probability"] for end in part["spread"]["ends"]) == pytest.approx(1.0)
    assert (part["spread"]["draws"], part["spread"]["threat_is_sure"]) == (128, 0.5)
    for e in part["equilibria"]:
        assert sum(end["probability"] for end in e["ends"]) == pytest.approx(1.0)
        assert {end["state"] for end in e["ends"]} <= states
        assert sum(o["probability"] for o in e["by_first_proposer"]) == pytest.approx(1.0)
        deals = [end["probability"] for end in e["ends"] if end["kind"] == "deal"]
        assert e["agreement_probability"] == pytest.approx(sum(deals))
    assert faults(found | {"new_field": 1}) != []
    del part["equilibria"][0]["steps"][0]["waits"]
    assert faults(found) != []
    assert faults(part, calendar_part_schema()) != []


def test_talks_without_a_threat_are_played_once(run: Run) -> None:
    found = document(run, "us-japan-2019", "--talks", "us-china")
    assert faults(found) == []
    assert [e["threat"] for e in found["calendar"]["equilibria"]] == ["none"]
    assert not found["calendar"]["hangs_on_belief"]


def test_settings_are_taken(run: Run) -> None:
    found = document(run, "toy-talks", "--closure", "zero", "--model", "ossa")
    assert faults(found) == []
    assert (found["model"]["closure"], found["model"]["family"]) == ("zero", "ossa")
    other = document(run, "toy-talks")["calendar"]["states"]
    assert found["calendar"]["states"] != other


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/calendar.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == calendar_schema()


def test_every_field_is_described_with_its_unit() -> None:
    seen = 0

    def walk(schema: Any) -> None:
        nonlocal seen
        if isinstance(schema, list):
            for inner in schema:
                walk(inner)
        if not isinstance(schema, dict):
            return
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            for name, field in schema["properties"].items():
                seen += 1
                said = field.get("description", "")
                assert said or "const" in field, name
                if name.endswith("_usd_bn"):
                    assert "billions" in said, name
        for inner in schema.values():
            walk(inner)

    walk(calendar_schema())
    assert seen > 100


# --- tables --------------------------------------------------------------------------------------


def test_csv_holds_the_figures_of_the_document(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("calendar", "toy-talks", "--csv", folder).code == 0
    part = document(run, "toy-talks")["calendar"]
    rows = {}
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            rows[path.stem] = list(csv.DictReader(file))
    assert set(rows) == {
        "calendar_states",
        "calendar_ends",
        "calendar_spread",
        "calendar_steps",
        "calendar_date_moves",
    }
    worth = {(r["state"], r["party"]): float(r["worth_usd_bn"]) for r in rows["calendar_states"]}
    assert worth == {(s["id"], p): v for s in part["states"] for p, v in s["worth_usd_bn"].items()}
    assert len(rows["calendar_ends"]) == sum(len(e["ends"]) for e in part["equilibria"])
    steps = sum(len(e["steps"]) for e in part["equilibria"])
    assert len(rows["calendar_steps"]) == steps * len(part["parties"])
    moved = [float(r["change_usd_bn"]) for r in rows["calendar_date_moves"]]
    assert moved == [v for m in part["date_moves"] for v in m["change_usd_bn"].values()]
    again = run("calendar", "toy-talks", "--csv", folder)
    assert (again.code, again.out) == (2, "")
    assert "--force" in again.err
    assert run("calendar", "toy-talks", "--csv", folder, "--force").code == 0


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("toy-talks", "--talks", "home-foregn"), "did you mean 'home-foreign'?"),
        (("us-japan-2019", "--talks", "all"), "use one of: us-japan, us-china, us-eu"),
        (("toy-takls",), "did you mean 'toy-talks'?"),
        (("toy-talks", "--model", "osa"), "did you mean 'ossa'?"),
        (("toy-talks", "--closure", "zerro"), "did you mean 'zero'?"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_2_with_what_was_meant(run: Run, words: tuple[str, ...], meant: str) -> None:
    outcome = run("calendar", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert meant in outcome.err
    assert outcome.err.count("error") == 1


def test_a_scenario_without_talks_has_no_calendar(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "silent.toml"
    path.write_text(
        "format = 1\ntitle = 't'\nas_of = 2020-03-01\nworld = 'toy'\n"
        "party = [{ id = 'HOM' }]\npackage = [{ id = 'p' }]\n",
        encoding="utf-8",
    )
    outcome = run("calendar", path)
    assert (outcome.code, outcome.out) == (2, "")
    assert "the scenario has no talks" in outcome.err
