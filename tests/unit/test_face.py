"""``import parley``: what it offers, and that nothing else answers to it."""

from __future__ import annotations

import pytest

import parley


@pytest.mark.parametrize("name", parley.__all__)
def test_every_name_resolves(name: str) -> None:
    assert getattr(parley, name) is getattr(parley, name)
    assert name in dir(parley)


def test_unknown_names_raise() -> None:
    with pytest.raises(AttributeError, match="no attribute 'studdy'"):
        parley.studdy  # noqa: B018


def test_names_survive_the_import_of_submodules() -> None:
    import parley.files.studies
    import parley.studies

    assert callable(parley.study)
    assert parley.study is parley.files.studies.open_study
