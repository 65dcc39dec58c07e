"""Pages in a real browser: the charts are drawn, nothing fails, tables stand without scripts.

The system's Chromium is run headless and its document read back. Where there is none the tests
are skipped; ``.ci/run`` installs it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["run"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def opened(page: Path, profile: Path, *flags: str) -> tuple[str, str]:
    """Return the document that a browser makes of a page, and what it logs."""
    assert BROWSER is not None
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        f"--user-data-dir={profile}", "--virtual-time-budget=20000", "--window-size=1280,1600",
        *flags, "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    return done.stdout, done.stderr


def console_errors(log: str) -> list[str]:
    return [line for line in log.splitlines() if "CONSOLE" in line and "rror" in line]


def test_the_brief_draws_its_charts(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "brief.html"
    assert run("brief", "toy-talks", "--html", page).code == 0
    document, log = opened(page, tmp_path / "profile")
    assert not console_errors(log)
    for name in ("plane-chart", "odds-chart", "timeline-chart"):
        assert re.search(rf'id="{name}"[^>]*class="[^"]*js-plotly-plot', document) or re.search(
            rf'class="[^"]*js-plotly-plot[^"]*"[^>]*id="{name}"', document
        ), name
    assert document.count('class="main-svg"') >= 3
    assert "small-deal" in document
    assert "c-deal-near" in document


def test_the_payoff_plane_is_drawn(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "plane.html"
    assert run("frontier", "toy-talks", "--points", 4, "--html", page).code == 0
    document, log = opened(page, tmp_path / "profile")
    assert not console_errors(log)
    assert 'class="main-svg"' in document


def test_tables_stand_without_scripts(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "brief.html"
    assert run("brief", "toy-talks", "--html", page).code == 0
    plain = tmp_path / "plain.html"
    text = re.sub(r"<script.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    plain.write_text(text, encoding="utf-8")
    document, _ = opened(plain, tmp_path / "profile")
    assert document.count("<table") >= 4
    assert "js-plotly-plot" not in document
