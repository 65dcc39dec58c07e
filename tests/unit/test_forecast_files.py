"""Saved forecasts and outcome files: what is read, what is refused, and who may look."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parley.errors import InputError
from parley.files.forecasts import (
    LARGEST_BYTES,
    read_forecast,
    read_forecasts,
    scenario_digest,
    scenario_files,
    seal,
    write_forecast,
)
from parley.files.outcomes import embedded_outcomes, read_outcomes, what_happened
from parley.files.scenario_text import copy_scenario

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "parley"
Record = dict[str, Any]


def forecast(**changed: Any) -> Record:
    """Return a forecast made by hand, not sealed."""
    outcomes = [("mini", 0.5, 0.25), ("all-items", 0.1, 0.25), ("no-deal", 0.4, 0.5)]
    return {
        "schema_version": "1.0",
        "kind": "forecast",
        "scenario": "us-japan-2019",
        "title": "Talks – 交渉",
        "as_of": "2019-07-18",
        "by": "2019-12-31",
        "made": "2019-07-18T12:00:00Z",
        "engine": {"name": "parley", "version": "0.1.0"},
        "scenario_sha256": "0" * 64,
        "talks": "us-japan",
        "reference_class": None,
        "outcomes": [
            {"id": i, "label": i.title(), "probability": p, "prior": q} for i, p, q in outcomes
        ],
        "steps": [{"claim": "c-1", "log_odds_step": 0.1 + 0.2}],
        **changed,
    }


def odds(*probabilities: Any, prior: Any = None, ids: str = "abcdefgh") -> list[Record]:
    return [
        {"id": i, "label": i, "probability": p, "prior": 1 / len(probabilities)}
        | ({} if prior is None else {"prior": prior})
        for i, p in zip(ids, probabilities, strict=False)
    ]


def saved(folder: Path, document: Record) -> Path:
    """Write a sealed record as it stands, faults and all."""
    path = folder / "forecast.json"
    path.write_text(json.dumps(seal(document), ensure_ascii=False), encoding="utf-8")
    return path


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    for problem in caught.value.problems:
        assert problem.where
    return str(caught.value)


def test_the_hash_is_that_of_the_canonical_json() -> None:
    document = forecast()
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sealed = seal(document)
    assert sealed["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert seal(sealed) == sealed
    assert seal(dict(reversed(document.items())))["sha256"] == sealed["sha256"]
    assert list(sealed) == [*document, "sha256"]
    assert list(sealed["outcomes"][0]) == ["id", "label", "probability", "prior"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "forecast.json"
    record = write_forecast(forecast(), path)
    assert read_forecast(path) == record == seal(forecast())
    assert [p.name for p in path.parent.iterdir()] == ["forecast.json"]
    assert write_forecast(record, path) == record
    path.write_text(json.dumps(record, indent=7, sort_keys=True), encoding="utf-8-sig")
    assert read_forecast(path) == record  # how it is set out does not matter


def test_tuples_and_whole_keys_survive_sealing(tmp_path: Path) -> None:
    document = forecast(steps=(1, 2), by_round={10: "b", 9: "a"})
    assert read_forecast(saved(tmp_path, document)) == seal(document)


def test_nothing_wrong_is_written(tmp_path: Path) -> None:
    path = tmp_path / "forecast.json"
    assert "sum to" in refusal(lambda: write_forecast(forecast(outcomes=odds(0.5, 0.4)), path))
    said = refusal(lambda: write_forecast(forecast(sha256="0" * 64), path))
    assert "does not fit its hash" in said
    assert "not finite" in refusal(lambda: write_forecast(forecast(steps=float("nan")), path))
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"parley", "not valid JSON"),
        (b"[1, 2]", "no JSON object"),
        (b'{"kind": "forecast", "title": "US', "cut off"),
        (b'{"kind": "forecast",', "cut off"),
        (b'{"kind": "forecast", "made": NaN}', "NaN"),
        (b'{"kind": "forecast", "made": -Infinity}', "-Infinity"),
        (b'{"kind": "forecast", "kind": "forecast"}', "'kind' appears twice"),
        (b'{"kind": "forecast", "made": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b'{"kind": "\xff"}', "not UTF-8"),
        (b'{"kind": "brief"}', "some other document"),
        (b'{"kind": ["forecast"]}', "some other document"),
        (b'{"kind": "forecast", "schema_version": "2.0"}', "versions 1.x"),
        (b'{"kind": "forecast", "schema_version": 1}', "versions 1.x"),
        (b'{"kind": "forecast", "schema_version": "1.7"}', "missing field 'sha256'"),
        (b"{}", "missing field 'kind'"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "forecast.json"
    path.write_bytes(text)
    assert said in refusal(lambda: read_forecast(path))


def test_no_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(lambda: read_forecast(tmp_path / "none.json"))
    assert "folder" in refusal(lambda: read_forecast(tmp_path))
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    assert "at most 4,000,000" in refusal(lambda: read_forecast(path))


def test_every_cut_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path, forecast()).read_bytes()
    path = tmp_path / "cut.json"
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        refusal(lambda: read_forecast(path))


@pytest.mark.parametrize("field", sorted(seal(forecast()).keys() - {"steps"}))
def test_every_field_is_needed(tmp_path: Path, field: str) -> None:
    record = seal(forecast())
    del record[field]
    path = tmp_path / "forecast.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert f"missing field '{field}'" in refusal(lambda: read_forecast(path))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "title: ' ' is not a text"),
        ({"talks": None}, "talks: None is not a text"),
        ({"reference_class": 3}, "a text or null"),
        ({"scenario_sha256": "A" * 64}, "64 hex digits"),
        ({"engine": {"name": "parley"}}, "name and version"),
        ({"as_of": "2019-02-30"}, "as_of: '2019-02-30' is not a day"),
        ({"by": "20191231"}, "by: '20191231' is not a day"),
        ({"made": "2019-07-18T12:00:00"}, "in UTC"),
        ({"made": "2019-07-18T12:00:00+09:00"}, "in UTC"),
        ({"made": "2019-07-18T25:00:00Z"}, "in UTC"),
        ({"made": "2019-07-18"}, "in UTC"),
        ({"by": "2019-07-17"}, "by (2019-07-17) is before as_of"),
        ({"made": "2019-07-16T12:00:00Z"}, "cannot be made before the day its story stands on"),
        ({"made": "2019-07-17T09:59:59Z"}, "cannot be made before the day its story stands on"),
        ({"outcomes": {}}, "list of two or more"),
        ({"outcomes": odds(1.0)}, "list of two or more"),
        ({"outcomes": [1, 2]}, "outcomes[1]: 2 is not an object"),
        ({"outcomes": [{"id": "a"}, {}]}, "outcomes[0].prior"),
        ({"outcomes": odds(1.1, -0.1)}, "outcomes[1].probability"),
        ({"outcomes": odds("0.5", 0.5)}, "'0.5' is not a fraction"),
        ({"outcomes": odds(True, False)}, "True is not a fraction"),
        ({"outcomes": odds(None, 1.0)}, "None is not a fraction"),
        ({"outcomes": odds(10**400, 0)}, "is not a fraction"),
        ({"outcomes": odds(0.5, 0.499)}, "the probabilities sum to 0.999"),
        ({"outcomes": odds(0.5, 0.500002)}, "the probabilities sum to 1.000002"),
        ({"outcomes": odds(0.5, 0.5, prior=0.4)}, "the priors sum to 0.8"),
        ({"outcomes": odds(0.5, 0.5, ids="aa")}, "outcome 'a' appears twice"),
    ],
)
def test_faults_are_refused(tmp_path: Path, changed: Record, said: str) -> None:
    path = saved(tmp_path, forecast(**changed))
    assert said in refusal(lambda: read_forecast(path))


def test_small_differences_from_one_pass(tmp_path: Path) -> None:
    read_forecast(saved(tmp_path, forecast(outcomes=odds(0.3333333, 0.3333333, 0.3333333))))
    read_forecast(saved(tmp_path, forecast(outcomes=odds(1, 0), by="2019-07-18")))


def test_in_tokyo_the_day_has_begun_before_it_has_in_greenwich(tmp_path: Path) -> None:
    read_forecast(saved(tmp_path, forecast(made="2019-07-17T23:30:00Z")))
    edges = forecast(as_of="9999-12-31", by="9999-12-31", made="9999-12-31T23:59:59.5+00:00")
    read_forecast(saved(tmp_path, edges))


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["outcomes"].sort(key=lambda o: o["probability"]),
        lambda r: r["outcomes"][0].update(probability=0.5000001),
        lambda r: r.update(by="2020-12-31"),
        lambda r: r.update(steps=[]),
        lambda r: r.update(added=1),
        lambda r: r.update(title=r["title"] + " "),
        lambda r: r["outcomes"].reverse(),
        lambda r: r.update(sha256="f" * 64),
    ],
)
def test_a_changed_record_is_refused(tmp_path: Path, change: Callable[[Record], Any]) -> None:
    record = seal(forecast())
    change(record)
    path = tmp_path / "forecast.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert "changed after it was made" in refusal(lambda: read_forecast(path))


def test_all_faults_of_all_records_at_once(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    write_forecast(forecast(), good)
    twin = tmp_path / "twin.json"
    twin.write_bytes(good.read_bytes())
    bad = saved(tmp_path, forecast(talks="", by="never"))
    with pytest.raises(InputError) as caught:
        read_forecasts([good, bad, twin, tmp_path / "none.json"])
    said = str(caught.value)
    for part in ("talks: ''", "'never'", f"the same forecast as {good}", "no such file"):
        assert part in said
    assert list(read_forecasts([good])) == [str(good)]


def test_the_digest_of_a_scenario(tmp_path: Path) -> None:
    copy_scenario("us-japan-2019", tmp_path)
    own, shipped = scenario_files(tmp_path), scenario_files("us-japan-2019")
    assert own == shipped
    assert "scenario.toml" in own
    assert "us-232-metals-2019-07.csv" in own
    digest = scenario_digest(own)
    assert scenario_digest(dict(reversed(own.items()))) == digest
    windows = {name: text.replace(b"\n", b"\r\n") for name, text in own.items()}
    assert scenario_digest(windows) == digest
    for name in own:
        assert scenario_digest(own | {name: own[name] + b"#"}) != digest
    assert scenario_digest({"a": b"bc"}) != scenario_digest({"ab": b"c"})
    (tmp_path / "us-232-metals-2019-07.csv").unlink()
    assert "cannot be read" in refusal(lambda: scenario_files(tmp_path))
    assert "cannot be read" in refusal(lambda: scenario_files(tmp_path / "none.toml"))


# --- outcome files -----------------------------------------------------------------------


def outcome_file(folder: Path, text: str, name: str = "outcome.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


ENTRY = """format = 1
[[outcome]]
scenario = "us-japan-2019"
talks = "us-japan"
happened = "mini"
date = 2019-09-25
"""


def test_what_ships_is_read_by_name() -> None:
    assert embedded_outcomes() == ("us-japan-2019",)
    (entry,) = read_outcomes(["us-japan-2019"])
    assert (entry.happened, entry.date) == ("mini", dt.date(2019, 9, 25))
    for word in ("car parts", "nearest", "illustrative"):
        assert word in entry.note
    found = what_happened(forecast(), [entry])
    assert (found.outcome, found.known, found.late) == ("mini", entry.date, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no format"),
        ("format = 1", "there is no [[outcome]]"),
        ("format = 2\n[[outcome]]", "format = 2"),
        ("format = true\n[[outcome]]", "format = True"),
        ('format = 1\noutcome = "mini"', "there is no [[outcome]]"),
        ("format = 1\noutcome = [1]", "outcome[0]: 1 is not a table"),
        (ENTRY + "odds = 1", "outcome[0].odds: unknown field 'odds'"),
        ("scenarios = 1\n" + ENTRY, "scenarios: unknown field"),
        ("format = 1\n[[outcome]]", "missing field 'happened'"),
        (ENTRY.replace('"mini"', "1"), "happened = 1 is not a text"),
        (ENTRY.replace('"mini"', '" "'), "is not a text"),
        (ENTRY.replace("2019-09-25", '"25 September"'), "'25 September' is not a day"),
        (ENTRY.replace("2019-09-25", "2019-09-25T10:00:00"), "is not a day"),
        (ENTRY.replace("2019-09-25", "20190925"), "20190925 is not a day"),
        (ENTRY.replace("2019-09-25", "2019-09-31"), "not valid TOML"),
        (ENTRY + 'note = "' + "x" * 4001 + '"', "4,001 characters"),
        (ENTRY + ENTRY.removeprefix("format = 1\n"), "a second outcome"),
        ("format = 1\noutcome = " + "[" * 100_000, "not valid TOML"),
    ],
)
def test_faulty_outcome_files_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = outcome_file(tmp_path, text)
    assert said in refusal(lambda: read_outcomes([path]))


def test_outcome_files_are_read_together(tmp_path: Path) -> None:
    path = outcome_file(tmp_path, ENTRY)
    assert "a second outcome" in refusal(lambda: read_outcomes([path, "us-japan-2019"]))
    assert len(read_outcomes([path, path])) == 1  # the same file named twice
    other = outcome_file(tmp_path, ENTRY.replace('"us-japan"', '"us-china"'), "other.toml")
    assert len(read_outcomes([path, other])) == 2
    said = refusal(lambda: read_outcomes(["us-japan-2020"]))
    assert "did you mean 'us-japan-2019'" in said
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in refusal(lambda: read_outcomes([binary]))


def test_what_is_still_to_come_has_not_happened(tmp_path: Path) -> None:
    path = outcome_file(tmp_path, ENTRY)
    said = refusal(lambda: read_outcomes([path], known_by=dt.date(2019, 9, 24)))
    assert "still to come" in said
    assert read_outcomes([path], known_by=dt.date(2019, 9, 25))


def happened(folder: Path, text: str, **changed: Any) -> Any:
    return what_happened(forecast(**changed), read_outcomes([outcome_file(folder, text)]))


def test_after_the_day_no_deal_counts(tmp_path: Path) -> None:
    found = happened(tmp_path, ENTRY, by="2019-09-24")
    assert (found.outcome, found.late, found.known) == ("no-deal", True, dt.date(2019, 9, 24))
    assert happened(tmp_path, ENTRY, by="2019-09-25").outcome == "mini"
    late = {"by": "2019-09-24", "outcomes": odds(0.5, 0.5)}
    assert "counts as no deal" in refusal(lambda: happened(tmp_path, ENTRY, **late))


def test_no_deal_is_known_on_the_last_day(tmp_path: Path) -> None:
    text = ENTRY.replace("mini", "no-deal")
    assert "is open" in refusal(lambda: happened(tmp_path, text))
    found = happened(tmp_path, text.replace("2019-09-25", "2020-02-01"))
    assert (found.outcome, found.late, found.known) == ("no-deal", False, dt.date(2019, 12, 31))


@pytest.mark.parametrize("day", ["2019-07-18", "2019-07-01"])
def test_what_was_known_before_is_refused(tmp_path: Path, day: str) -> None:
    text = ENTRY.replace("2019-09-25", day)
    assert "known already" in refusal(lambda: happened(tmp_path, text))


def test_an_outcome_that_was_not_listed_is_refused(tmp_path: Path) -> None:
    text = ENTRY.replace('"mini"', '"minni"')
    said = refusal(lambda: happened(tmp_path, text))
    assert "use one of: mini, all-items, no-deal (did you mean 'mini'?)" in said


def test_other_stories_are_ignored_and_the_nearest_entry_counts(tmp_path: Path) -> None:
    other = ENTRY.replace("us-japan-2019", "toy-talks")
    said = refusal(lambda: happened(tmp_path, other))
    assert "no outcome of the scenario 'us-japan-2019'" in said
    assert "tell of: toy-talks" in said
    talks = ENTRY.replace('"us-japan"', '"us-china"')
    assert "other talks of it: us-china" in refusal(lambda: happened(tmp_path, talks))
    whole = ENTRY.replace('talks = "us-japan"\n', "").replace("mini", "all-items")
    assert happened(tmp_path, whole).outcome == "all-items"
    both = whole + ENTRY.removeprefix("format = 1\n")
    assert happened(tmp_path, both).outcome == "mini"


# --- who may look at what happened later -------------------------------------------------

LOOKS = {"parley.files.outcomes", "parley.cli.score", "parley.report.score"}


def test_only_scoring_knows_of_the_outcomes_that_ship() -> None:
    """No other module names the folder or imports its reader."""
    looked = set()
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "parley.files.outcomes":
                looked.add(name)
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                if isinstance(node.right, ast.Constant) and node.right.value == "outcomes":
                    looked.add(name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if "data/outcomes" in node.value or "data.outcomes" in node.value:
                    looked.add(name)
            elif isinstance(node, ast.Import):
                looked |= {name for a in node.names if a.name == "parley.files.outcomes"}
    assert looked == LOOKS


@pytest.mark.parametrize(
    "command", [("scenario", "check", "us-japan-2019"), ("scenario", "show", "us-japan-2019")]
)
def test_reading_a_scenario_opens_no_outcome(command: tuple[str, ...]) -> None:
    script = f"""
import sys
seen = []
def watch(event, args):
    if event in ("open", "os.listdir", "os.scandir"):
        seen.append(str(args[0]).replace(chr(92), "/"))
sys.addaudithook(watch)
sys.argv = ["parley", *{command!r}]
from parley.cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code
assert any("data/scenarios" in name for name in seen)
assert not any("data/outcomes" in name for name in seen), seen
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_the_build_ships_the_outcomes() -> None:
    import tomllib

    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["setuptools"]["package-data"]["parley"]
    files = {path for pattern in shipped for path in PACKAGE.glob(pattern)}
    assert PACKAGE / "data" / "outcomes" / "us-japan-2019.toml" in files
