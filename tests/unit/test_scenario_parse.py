"""Reading scenarios: the file as such, finding it, and what the shipped ones hold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from parley.errors import InputError
from parley.files.scenarios import embedded_scenarios, open_scenario, open_scenario_text
from parley.scenario import Scenario, WorldLabels, parse

LABELS = WorldLabels("toy", ("HOM", "FOR", "RST"), ("FOOD", "CARS"), (), ("uniform-4",))
SMALL = """
format = 1
title = "t"
as_of = 2020-03-01
world = "toy"
party = [{ id = "HOM" }]
package = [{ id = "p" }]
"""


def read(text: str | bytes) -> Scenario:
    """Read a text without tables."""
    return parse(text, filename="f.toml", read_table=lambda name: "", as_world=LABELS)


def refused(text: str | bytes) -> str:
    """Return the error text of a scenario that must be refused."""
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.render()


def test_smallest_scenario() -> None:
    scenario = read(SMALL)
    assert scenario.as_of == dt.date(2020, 3, 1)
    assert scenario.model.closure == "world-share"
    assert scenario.packages[0].changes == ()
    assert scenario.warnings == ()


def test_bytes_and_byte_order_mark() -> None:
    assert read(b"\xef\xbb\xbf" + SMALL.encode()).title == "t"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("  \n\t", "the file is empty"),
        (b"title = '\xff'", "is not UTF-8 text"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x" * 3_000_000, "characters"),
        ("year = " + "9" * 5000, "not valid TOML"),
        ("d = 2020-02-30", "not valid TOML"),
    ],
    ids=["empty", "blank", "latin-1", "deep", "huge", "long number", "no such day"],
)
def test_files_that_are_none(text: str | bytes, said: str) -> None:
    assert said in refused(text)


def test_numbers_beyond_all_bounds() -> None:
    text = SMALL + "[[balance]]\nid = 'b'\nbetween = ['HOM', 'FOR']\nyear = 2019\n"
    assert "inf is not a finite number" in refused(text + f"balance_usd_bn = {'9' * 400}\n")


def test_dates_may_be_quoted_if_plain() -> None:
    assert read(SMALL.replace("2020-03-01", '"2020-03-01"')).as_of == dt.date(2020, 3, 1)


def test_a_small_file_with_everything_wrong() -> None:
    said = refused("format = 2\nworld = 5\nas_of = 1\ntalk = []\n")
    for part in ("format 2", "'title' is missing", "5 is not a text", "1 is not a date", "'talk'"):
        assert part in said
    assert "no party" in said


def test_without_a_known_world_the_rest_is_checked() -> None:
    def no_world(name: str) -> WorldLabels:
        raise InputError.one(f"unknown world '{name}'", "world")

    text = (
        SMALL
        + "[[claim]]\nid = 'c'\nsource = 's'\nabout = 'package:q'\nspeaker = {role='r', named=true}"
    )
    with pytest.raises(InputError) as caught:
        parse(text, filename="f", read_table=lambda n: "", as_world=no_world)
    assert [p.where for p in caught.value.problems] == [
        "f: world",
        "f: claim[c].source",
        "f: claim[c].about",
    ]


def test_unusual_duties_are_pointed_out() -> None:
    text = SMALL + (
        "[[instrument]]\nid = 'i'\nby = 'HOM'\non = 'FOR'\nsectors = 'FOOD'\n"
        "kind = 'tariff'\nnow = 2.5\n"
    )
    assert "duties above 100 % are rare" in read(text).warnings[0].why


# --- finding scenarios --------------------------------------------------------------------


def test_shipped_scenarios() -> None:
    assert set(embedded_scenarios()) >= {"toy-talks", "us-japan-2019"}
    for name in embedded_scenarios():
        assert open_scenario(name).id == name


def test_unknown_name_has_a_nearest_match() -> None:
    with pytest.raises(InputError) as caught:
        open_scenario("us-japan-2018")
    assert "did you mean 'us-japan-2019'?" in caught.value.render()


def test_by_path_and_by_folder(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert open_scenario(path) == open_scenario(tmp_path)
    assert open_scenario(path).filename == "scenario.toml"


def test_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    path.write_text("#" * 4_100_000, encoding="utf-8")
    with pytest.raises(InputError, match="bytes"):
        open_scenario(path)


def test_text_without_a_folder_cannot_name_tables() -> None:
    assert open_scenario_text(SMALL).title == "t"
    text = (
        SMALL + "[[measure]]\nid = 'm'\nby = 'HOM'\non = 'FOR'\nsince = 2019-01-01\ntable = 'x.csv'"
    )
    with pytest.raises(InputError, match="no folder"):
        open_scenario_text(text)


# --- the flagship: every row of the story can be said -----------------------------------------


@pytest.fixture(scope="module")
def flagship() -> Scenario:
    """The shipped scenario of July 2019."""
    return open_scenario("us-japan-2019")


def test_flagship_packages(flagship: Scenario) -> None:
    assert {p.id for p in flagship.packages} == {
        "mini",
        "all-items",
        "threat-carried-out",
        "threat-with-retaliation",
        "us-china-truce-broken",
    }
    mini = {c.instrument for c in flagship.package("mini").changes}
    assert {"jp-beef", "jp-pork", "us-parts"} <= mini


def test_flagship_threat_and_promises(flagship: Scenario) -> None:
    threat = flagship.threat("autos")
    assert threat.deadline == dt.date(2019, 11, 13)
    assert threat.extendable
    assert set(flagship.instrument("us-auto-232").on) == {"JPN", "EU"}
    standstill = flagship.commitment("standstill-2018")
    assert standstill.when is not None
    assert (standstill.when.talks, standstill.when.is_) == ("us-japan", "open")
    purchases = flagship.commitment("cn-farm-purchases")
    assert purchases.disputed
    assert set(purchases.claims) == {"c-purchases-promised", "c-purchases-denied"}


def test_flagship_calendar(flagship: Scenario) -> None:
    events = {e.id: e for e in flagship.events}
    assert events["upper-house"].date == dt.date(2019, 7, 21)
    assert events["upper-house"].gates is not None
    assert events["new-york"].window == (dt.date(2019, 9, 22), dt.date(2019, 9, 30))
    assert events["auto-deadline"].threat == "autos"
    assert events["us-election"].date == dt.date(2020, 11, 3)
    assert all(e.outcome is None for e in flagship.events if e.status == "future")


def test_flagship_claims(flagship: Scenario) -> None:
    claims = {c.id: c for c in flagship.claims}
    assert {claims["c-325"].value_usd_bn, claims["c-300"].value_usd_bn} == {325.0, 300.0}
    assert "c-mini-reasonable" in claims["c-all-items"].contradicts
    assert claims["c-declined"].stance == "no-comment"
    assert {c.source for c in flagship.claims} == {"story", "politico"}


def test_flagship_figures(flagship: Scenario) -> None:
    told = next(b for b in flagship.balances if b.id == "surplus-as-told")
    assert told.balance_usd_bn == 67.6
    assert told.shares[0].claimed
    assert {b.basis for b in flagship.balances} >= {"census", "customs-first"}


def test_flagship_holds_nothing_later(flagship: Scenario) -> None:
    assert flagship.as_of == dt.date(2019, 7, 18)
    days = [m.since for m in flagship.measures] + [c.date for c in flagship.claims if c.date]
    assert max(days) <= flagship.as_of
