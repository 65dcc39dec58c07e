"""Which talks are on the table, and all of them in one."""

from __future__ import annotations

import pytest

from parley.deals.table import packages_of, scopes_of, talks_of
from parley.errors import InputError
from parley.files.studies import open_study


def test_all_talks_in_one() -> None:
    study = open_study("us-japan-2019")
    every = talks_of(study, "all")
    assert every.parties == ("USA", "JPN", "CHN", "EU")
    assert every.breakdown == "status-quo"
    assert packages_of(study, every) == study.package_ids
    assert scopes_of(study, every) == ("table", "mini", "all-items", "all")


def test_the_first_talks_with_a_deal() -> None:
    study = open_study("us-japan-2019")
    talks = talks_of(study, None)
    assert talks.id == "us-japan"
    assert "us-china-truce-broken" not in packages_of(study, talks)


def test_unknown_talks() -> None:
    with pytest.raises(InputError, match="unknown talks"):
        talks_of(open_study("toy-talks"), "nowhere")
