"""What all tests share: the source tables, a fixed random course, a clean terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source tables; the test is skipped where there is none."""
    named = os.environ.get("PARLEY_SOURCES")
    if not named:
        pytest.skip("PARLEY_SOURCES is unset: it names the folder of source tables")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"PARLEY_SOURCES names no folder: {folder}")
    return folder


@pytest.fixture(autouse=True, scope="session")
def plain_terminal() -> Iterator[None]:
    """No colour, no tracebacks, no inherited width, whatever terminal the tests run in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "FORCE_COLOR", "CLICOLOR_FORCE", "PARLEY_DEBUG"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_COLOR", "1")
        yield
