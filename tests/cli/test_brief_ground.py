"""The common ground in the brief, its search under --full, and its page."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_the_brief_tells_the_common_ground(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "plane.html"
    found = run("brief", "toy-talks", "--html", page, "--csv", tmp_path / "tables")
    assert found.code == 0
    assert "Common ground  [home-foreign]" in found.out
    assert "Zone of agreement: open" in found.out
    assert "Issue linkage" not in found.out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "tables" / "ground_deals.csv").exists()


def test_full_adds_whole_lines_and_linkage(run: Run) -> None:
    found = json.loads(run("brief", "toy-talks", "--full", "--json").out)["common_ground"]
    assert found["whole_lines"]["every_combination"]
    assert [s["scope"] for s in found["linkage"]][:2] == ["table", "small-deal"]
    assert found["certified"]
    assert len(found["frontier"]["points"]) <= 12


def test_a_page_of_single_packages_says_what_it_lacks(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "brief.html"
    found = run("brief", "toy-talks", "--package", "small-deal", "--html", page)
    assert found.code == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "plane-chart" not in text.partition("</style>")[2].partition("<script>")[0]
