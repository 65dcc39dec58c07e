"""Findings of users about deals: what counts, what is said of what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.counted import counted
from parley.deals.assess import assess_deal
from parley.deals.endings import endings_of
from parley.deals.ground import common_ground_of
from parley.errors import InputError, NotConvergedError
from parley.files.studies import open_study
from parley.report.deal import common_ground, deal_document
from parley.report.deal_text import ground_lines
from parley.report.document import counted_notes
from tests.oracle.toy_deals import PAYMENT, edited, table_of

STORY = """
format = 1
id = "bids"
title = "Two packages and a payment"
as_of = 2020-03-01
world = "toy"

[model]
elasticity = "uniform-4"

[[party]]
id = "HOM"
[[party]]
id = "FOR"

[[talks]]
id = "hf"
parties = ["HOM", "FOR"]
state = "open"
ends_by = "exit"
breakdown = "war"
agenda = ["small"]
side_payment_usd_bn = 0.001

[[outside_option]]
id = "other-market"
party = "FOR"
talks = "hf"
value_usd_bn = 0.0035
available_from = 2020-06-01

[[package]]
id = "small"
talks = "hf"
changes = [
  { by = "FOR", from = "HOM", sectors = "FOOD", to = 0.10 },
  { by = "HOM", from = "FOR", sectors = "CARS", to = 0.0 },
]
[[package]]
id = "war"
kind = "threat"
talks = "hf"
changes = [{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.45 }]
"""
BUYS = """
[[commitment]]
id = "food"
by = "FOR"
to = "HOM"
kind = "purchase"
purchase = { usd_bn_per_year = 0.03, sectors = "FOOD"CAP }
"""
HOLDS = """
[[commitment]]
id = "food"
by = "FOR"
to = "HOM"
kind = "purchase"
purchase = { usd_bn_per_year = 0.03, sectors = "FOOD" }

[[package]]
id = "base"
talks = "hf"
purchases = ["food"]
side_payment = [{ by = "FOR", to = "HOM", usd_bn = 0.004, years = 2 }]
changes = [{ by = "HOM", from = "FOR", sectors = "CARS", to = 0.0, staging = { years = 5 } }]
[[package]]
id = "more"
talks = "hf"
include = ["base"]
changes = [{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.10 }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


# --- payments are no scope ------------------------------------------------------------------


def test_payments_alone_are_no_scope(tmp_path: Path) -> None:
    study = open_study(written(tmp_path, STORY))
    found, reason = common_ground_of(study)
    assert found is not None, reason
    assert found.table.scope == "all"
    assert {v.unit for v in found.table.board.levers} == {"depth", "payment"}
    assert found.zone.open
    from parley.arena import arena_of_study

    with pytest.raises(InputError, match="nothing at the table can move but payments"):
        table_of(arena_of_study(study))


def test_a_table_with_instruments_keeps_its_payments(tmp_path: Path) -> None:
    units = [v.unit for v in table_of(edited(tmp_path, PAYMENT)).board.levers]
    assert "payment" in units
    assert "duty" in units


# --- outside options ------------------------------------------------------------------------


@pytest.mark.parametrize(("opens", "worth"), [("2020-06-01", 0.0), ("2020-03-01", 0.0035)])
def test_an_outside_option_counts_from_its_first_day(
    tmp_path: Path, opens: str, worth: float
) -> None:
    from parley.arena import arena_of_study

    study = open_study(written(tmp_path, STORY.replace("2020-06-01", opens)))
    table = table_of(arena_of_study(study), scope="all")
    found = endings_of(table)
    assert found.disagreement.at_least[1] == pytest.approx(worth)
    assert bool(found.notes) is (worth == 0.0)
    ground = common_ground(assess_deal(table, points=0))
    told = [n for n in ground["notes"] if "outside option 'other-market' opens on 2020-06-01" in n]
    assert len(told) == len(found.notes)


def test_the_brief_prints_the_notes_on_its_common_ground(tmp_path: Path) -> None:
    found, _ = common_ground_of(open_study(written(tmp_path, STORY)))
    assert found is not None
    text = " ".join(line for _, line in ground_lines(deal_document(found, "deal")))
    assert "opens on 2020-06-01" in " ".join(text.split())


# --- what a package's worth counts ----------------------------------------------------------


def test_what_a_packages_worth_counts_is_said(tmp_path: Path) -> None:
    study = open_study(written(tmp_path, STORY + HOLDS))
    bought, paid, staged = counted(study, "more")
    assert bought.startswith(
        "package 'more': FOR buys from HOM ('food') US$0.03bn a year more than in the status quo, "
        "without end, by a subsidy of "
    )
    assert bought.endswith("(the file does not say how it is paid for: a subsidy is taken)")
    assert paid == "package 'more': FOR pays HOM US$0.002bn a year for 2 years"
    assert staged == (
        "package 'more' is phased in (duties of HOM after 5 years): shown with all of it in "
        "force; the calendar and the odds count it year by year"
    )
    assert counted(study, "more", yearly=True)[2].endswith(": counted year by year")
    assert counted(study, "small") == ()


def test_documents_carry_the_note(tmp_path: Path) -> None:
    from parley.arena import arena_of_study
    from parley.report.document import brief_document

    study = open_study(written(tmp_path, STORY + HOLDS))
    (brief,) = brief_document(study, ["base"])["packages"]
    assert brief["notes"][-3:] == counted_notes(study, "base")
    assert "package[base]" in brief["notes"][-1]["where"]
    found = assess_deal(table_of(arena_of_study(study), scope="all"), points=0)
    notes = deal_document(found, "deal")["notes"]
    assert set(counted(study, "base")) <= set(notes)


# --- the seller's cap -----------------------------------------------------------------------


def test_the_cap_is_on_deliveries_not_on_their_rise(tmp_path: Path) -> None:
    """60 US$mn are bought already: under a cap of 80, 20 more; under one of 50, none."""
    table = table_of(edited(tmp_path, more=BUYS.replace("CAP", ", supply_cap_usd_bn = 0.08")))
    lever = next(v for v in table.board.levers if v.id == "food")
    assert "US$0.02bn" in lever.label
    assert lever.limits[0] == "US$0.02bn a year more"
    free = table_of(edited(tmp_path, more=BUYS.replace("CAP", "")))
    assert next(v for v in free.board.levers if v.id == "food").low < lever.low < 0
    shut = table_of(edited(tmp_path, more=BUYS.replace("CAP", ", supply_cap_usd_bn = 0.05")))
    assert "food" not in [v.id for v in shut.board.levers]
    assert any("0.06bn is bought already" in n for n in shut.notes)


# --- units, and reasons ---------------------------------------------------------------------


def test_openings_hold_no_amounts_without_a_unit(tmp_path: Path) -> None:
    early = STORY.replace("2020-06-01", "2020-01-01").replace("0.0035", "0.02")
    found, _ = common_ground_of(open_study(written(tmp_path, early)))
    assert found is not None
    assert not found.zone.open
    for o in found.openings:
        if o.kind == "disagreement":
            assert not any(c.isdigit() for c in o.what), o.what
        if o.what.startswith("payment-"):
            assert o.what.count("US$") == 2, o.what


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            InputError.one("nothing can move", "instruments", "x stays as it is", "widen it"),
            "nothing can move (instruments), because x stays as it is (for parley deal: widen it)",
        ),
        (InputError.one("nothing can move"), "nothing can move"),
        (NotConvergedError("no proof", (1.0,), "try another"), "no proof; try another"),
    ],
)
def test_why_there_is_no_common_ground_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("parley.deals.ground.table_of_study", fails)
    assert common_ground_of(open_study(written(tmp_path, STORY))) == (None, said)
