"""What a package comes to for good, who can block it, and what a sample can tell."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from parley.arena import arena_of_study
from parley.deals.assess import assess_deal
from parley.files.studies import open_study
from parley.forecasts.levers import _tells
from parley.report.brief import brief_lines
from parley.report.brief_page import brief_page
from parley.report.calendar import calendar_csv_tables, calendar_part
from parley.report.csv_tables import csv_tables
from parley.report.document import brief_document
from parley.stages import lasting_of
from parley.studies import Study
from parley.timing.assess import assess_calendar
from parley.timing.game import calendar_of
from tests.oracle.test_packages_in_time import BEEF, buys, pack, told
from tests.oracle.toy_deals import table_of
from tests.unit.test_deal_findings import STORY, written

FREE_CARS = '{ by = "HOM", from = "FOR", sectors = "CARS", to = 0.0 }'
SLOWLY = FREE_CARS.replace(" }", ", staging = { years = 3 } }")
TWO_YEARS = "usd_bn_per_year = 0.03, years = 2"


def bare(found: Study) -> Study:
    """Return the study with package "bare": the changes of "p" alone."""
    own = dataclasses.replace(found.resolved_package("p"), id="bare", purchases=(), payments=())
    packages = {**found.resolved.packages, "bare": own}
    return dataclasses.replace(
        found, resolved=dataclasses.replace(found.resolved, packages=packages)
    )


@pytest.mark.parametrize(
    ("changes", "since", "occurs"), [(FREE_CARS, 2.0, True), (SLOWLY, 3.0, False)]
)
def test_for_good_is_what_stays_once_purchases_are_over(
    changes: str, since: float, occurs: bool
) -> None:
    found = told(BEEF + buys(TWO_YEARS) + pack(changes))
    lasting = lasting_of(found, "p")
    assert lasting is not None
    assert (lasting.since, lasting.occurs) == (since, occurs)
    alone = bare(found).compare("bare")
    np.testing.assert_allclose(
        lasting.comparison.equivalent_variation, alone.equivalent_variation, atol=1e-6
    )


def test_what_does_not_end_is_its_own_for_good() -> None:
    for fields, amount in (("", TWO_YEARS), ('purchases = ["food"]', "usd_bn_per_year = 0.03")):
        assert lasting_of(told(buys(amount) + pack(SLOWLY, fields=fields)), "p") is None


def test_brief_page_and_tables_tell_it() -> None:
    found = told(BEEF + buys(TWO_YEARS) + pack(SLOWLY))
    document = brief_document(found, ["p"])
    (package,) = document["packages"]
    assert package["lasting"]["since_years"] == 3.0
    assert package["lasting"]["world_ev_usd_bn"] == pytest.approx(
        sum(r["ev_usd_bn"] for r in package["lasting"]["regions"].values())
    )
    text = " ".join(" ".join(line for _, line in brief_lines(document)).split())
    assert "for good, after 3 years; in no year is all of the line above in force" in text
    assert "after 3 years" in brief_page(document)
    tables = csv_tables(document)
    assert {row["region"] for row in tables["lasting"]} == set(found.world.regions)
    (bought,) = tables["purchases"]
    assert (bought["package"], bought["status"], bought["years"]) == ("p", "made", 2.0)


def test_a_calendar_tells_every_stage() -> None:
    found = told(BEEF + buys(TWO_YEARS) + pack(SLOWLY))
    part = calendar_part(assess_calendar(calendar_of(found), moves=False))
    (state,) = (s for s in part["states"] if s["id"] == "p")
    stages = state["in_full"]["stages"]
    assert [s["since_years"] for s in stages] == [0.0, 1.0, 2.0, 3.0]
    rows = calendar_csv_tables(part)["calendar_stages"]
    assert len(rows) == 4 * 2
    # Home and Foreign discount at 10 and 5 % a year.
    for party, delta in (("HOM", 0.9), ("FOR", 0.95)):
        flows = [s["worth_usd_bn"][party] for s in stages]
        steady = sum((delta**k - delta ** (k + 1)) * flows[k] for k in range(3))
        steady += delta**3 * flows[3]
        assert state["worth_usd_bn"][party] == pytest.approx(steady, rel=1e-12)


@pytest.mark.parametrize(("consent", "blocks"), [("", True), ('consent = ["HOM"]', False)])
def test_only_those_who_must_agree_can_block(tmp_path: Path, consent: str, blocks: bool) -> None:
    hurts = f'\n[[package]]\nid = "hurts"\ntalks = "hf"\n{consent}\nchanges = [\n'
    hurts += '  { by = "FOR", from = "HOM", sectors = "FOOD", to = 0.0 },\n]\n'
    study = open_study(
        written(tmp_path, STORY.replace('"war"\nagenda', '"status-quo"\nagenda') + hurts)
    )
    found = assess_deal(table_of(arena_of_study(study), scope="all"), points=0)
    place = next(p for p in found.packages if p.id == "hurts")
    assert place.payoffs[1] < 0.0
    assert all(("FOR" in s.short) == blocks for s in place.standings if s.surplus[1] < -1e-6)


def test_a_sample_tells_what_goes_beyond_chance() -> None:
    rng = np.random.default_rng(1)
    half = np.arange(128) < 64
    noise = rng.integers(0, 2, (128, 1)).astype(float)
    noise = np.hstack([noise, 1.0 - noise])
    balanced = np.sort(noise, axis=0)[rng.permutation(128)]
    balanced[half] = balanced[~half]
    assert not _tells(balanced, half)
    clear = np.where(half[:, None], [0.9, 0.1], [0.2, 0.8])
    assert _tells(clear, half)
    assert not _tells(np.ones((128, 2)), half)
    assert not _tells(clear[:2], np.array([True, False]))
