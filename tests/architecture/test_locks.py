"""The locks name versions and hashes, and nothing about the machine that wrote them."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest

from .source_tree import ROOT, modules

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)
LOCKS = ("runtime", "dev")
NOT_PERMISSIVE = re.compile(r"\b(A?GPL|LGPL|MPL|EUPL|SSPL|BUSL)", re.IGNORECASE)


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    return {m["name"]: m["version"] for m in PIN.finditer(text(lock))}


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    names = {re.split(r"[<>=!~;\[ ]", want, maxsplit=1)[0] for want in wanted}
    return names - {project["name"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_and_no_path(lock: str) -> None:
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|@ ", text(lock))
    assert not re.search(r"(?<![\w.-])/(home|root|tmp|usr|work|Users)\b", text(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", text(lock))
    pinned = [block for block in blocks if PIN.match(block)]
    assert len(pinned) == len(pins(lock))
    assert all("--hash=sha256:" in block for block in pinned)


def test_locks_cover_what_is_declared() -> None:
    assert declared() <= set(pins("runtime"))
    assert declared("build", "dev") <= set(pins("dev"))


def test_every_import_is_declared() -> None:
    imported = {i.module.split(".")[0] for module in modules() for i in module.imports()}
    foreign = imported - set(sys.stdlib_module_names) - {"parley", "pydantic_core"}
    assert foreign <= declared("build"), "imported, but not among the dependencies"


def test_dev_lock_extends_the_runtime_lock() -> None:
    dev = pins("dev")
    assert {name: dev.get(name) for name in pins("runtime")} == pins("runtime")


def test_runtime_licences_are_permissive() -> None:
    from importlib.metadata import PackageNotFoundError, metadata

    bad = {}
    for name in pins("runtime"):
        try:
            found = metadata(name)
        except PackageNotFoundError:  # another platform's
            continue
        stated = [found.get("License-Expression", ""), *found.get_all("Classifier", [])]
        licences = [s for s in stated if s and ("License ::" in s or "::" not in s)]
        if any(NOT_PERMISSIVE.search(s) for s in licences):
            bad[name] = licences
    assert not bad
