"""``parley commitments``: its text, its JSON, its tables, and what it refuses."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley.commitments.push import PurchaseWork
from parley.errors import NotConvergedError
from parley.report.schema_commitments import commitments_schema
from tests.unit.promises import TEXT

from .conftest import Run


@pytest.fixture(scope="module")
def promises(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("promises") / "promises.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def document(run: Run, *words: object) -> dict[str, Any]:
    outcome = run("commitments", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def faults(found: dict[str, Any]) -> list[str]:
    schema = commitments_schema()
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(e.absolute_path)}: {e.message}" for e in checker.iter_errors(found)]


def test_the_flagship_in_words(run: Run) -> None:
    outcome = run("commitments", "us-japan-2019")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    text = " ".join(outcome.out.split())
    found = document(run, "us-japan-2019")
    assert all(len(line) <= 110 for line in lines)
    assert "nan" not in text.lower().split()
    for key in ("family", "closure", "base"):
        assert found["model"][key] in text
    assert found["model"]["elasticity"]["name"] in text
    for c in found["commitments"]:
        assert f"[{c['id']}]" in text
        assert c["why"] in text
        for case in c["cases"]:
            assert case["deviate"] in text or case["form"] == "purchase"
            for e in case["enforcement"]:
                assert f"{e['party']} in {e['objective']}: {e['verdict']}" in text
    for sentence in found["left_out"]:
        assert sentence in text
    assert "noticed after 90 days, assumed" in text
    assert "illustrative 10.00 on top of the status quo" in text
    assert "not promised (c-purchases-denied): USA 0.00" in text
    assert "325bn c-325, 100.0 % of the goods" in text
    assert "300bn c-300, 92.3 % of the goods" in text
    assert "183.0 US$bn of trade in 2017" in text


@pytest.mark.parametrize("name", ["us-japan-2019", "toy-talks", "promises"])
def test_json_is_as_the_schema_says(run: Run, promises: Path, name: str) -> None:
    found = document(run, promises if name == "promises" else name)
    assert faults(found) == []
    assert found["kind"] == "commitments"
    assert max(found["residuals"].values()) < 1e-9
    assert faults(found | {"new_field": 1}) != []
    del found["commitments"][0]["stands"]
    assert faults(found) != []


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    shipped = files("parley") / "data/schema/commitments.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == commitments_schema()


def test_a_disputed_promise_has_two_worlds(run: Run) -> None:
    found = document(run, "us-japan-2019", "--commitment", "cn-farm-purchases")
    (c,) = found["commitments"]
    assert found["numbers"] == []
    assert (c["stands"], c["disputed"]) == ("disputed", True)
    (p,) = c["purchases"]
    rows = [(w["world"], w["financing"], w["claims"]) for w in p["worlds"]]
    assert rows == [
        ("promised", "subsidy", ["c-purchases-promised"]),
        ("promised", "preference-shift", ["c-purchases-promised"]),
        ("not promised", None, ["c-purchases-denied"]),
    ]
    assert {s["ev_usd_bn"] for s in p["worlds"][-1]["parties"].values()} == {0.0}
    for w, o in zip(p["worlds"], p["outcomes"], strict=False):
        assert w["parties"] == o["parties"]
    assert p["financing_named"] == "unknown"
    assert set(p["outcomes"][0]["regions"]) == set(found["world"]["regions"])


def test_text_names_what_is_not_computed(run: Run, promises: Path) -> None:
    outcome = run("commitments", promises)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.split())
    assert "not computed it binds no instrument" in text
    assert "Neither strikes first [truce] truce, HOM and FOR to each other" in text
    assert "promised 30.00 a year; the seller can deliver 80.00; expected to be met: 50 %" in text
    assert "on top of what was bought in 2017" in text
    assert "it holds while a breach is answered within 358 days" in text


def test_settings_are_those_asked_for(run: Run) -> None:
    words = ("--model", "ossa", "--closure", "zero", "--elasticity", "mixed")
    found = document(run, "toy-talks", *words)
    model = found["model"]
    assert (model["family"], model["closure"]) == ("ossa", "zero")
    assert model["elasticity"]["name"] == "mixed"
    assert "deficits purged" in model["base"]


def test_csv_holds_the_figures_of_the_document(run: Run, promises: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("commitments", promises, "--csv", folder).code == 0
    assert {path.stem for path in folder.iterdir()} == {
        "model",
        "commitments",
        "worth",
        "enforcement",
        "purchases",
        "purchase_parties",
        "purchase_regions",
        "diversion",
        "numbers",
    }

    def table(name: str) -> list[dict[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    found = document(run, promises)
    assert [r["id"] for r in table("commitments")] == [c["id"] for c in found["commitments"]]
    worth = {
        (r["commitment"], r["breaker"], r["financing"], r["party"], r["breach"]): r
        for r in table("worth")
    }
    count = 0
    for c in found["commitments"]:
        for case in c["cases"]:
            for w in case["worth"]:
                for how in ("unanswered", "answered"):
                    if w[how] is None:
                        continue
                    financing = case["financing"] or ""
                    row = worth[c["id"], case["breaker"], financing, w["party"], how]
                    assert float(row["ev_usd_bn"]) == w[how]["ev_usd_bn"]
                    count += 1
    assert count == len(table("worth"))
    for row in table("model"):
        assert (row["family"], row["closure"]) == ("caliendo-parro", "world-share")
    assert run("commitments", promises, "--csv", folder).code == 2
    assert run("commitments", promises, "--csv", folder, "--force").code == 0


def test_unknown_commitment_is_2_with_what_was_meant(run: Run) -> None:
    outcome = run("commitments", "toy-talks", "--commitment", "no-levi")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'no-levy'?" in outcome.err


def test_what_is_not_proven_is_3_and_shows_no_figure(
    run: Run, promises: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise NotConvergedError("nothing was found", advice="try another closure")

    monkeypatch.setattr(PurchaseWork, "_solved", fail)
    outcome = run("commitments", promises, "--commitment", "food-purchase", "--json")
    assert outcome.code == 3
    assert "not proven: 2 results" in outcome.err
    found = json.loads(outcome.out)
    assert faults(found) == []
    (c,) = found["commitments"]
    assert (c["status"], c["cases"]) == ("not computed", [])
    for o in c["purchases"][0]["outcomes"]:
        assert (o["status"], o["parties"], o["size"]) == ("not proven", None, None)
    text = run("commitments", promises, "--commitment", "food-purchase")
    assert text.code == 3
    assert "try another closure" in " ".join(text.out.split())
