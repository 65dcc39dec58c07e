"""The verbs of ``parley world`` on the embedded worlds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import parley
from parley.report.world_summary import summarise_world

from .conftest import Run


def test_list(run: Run) -> None:
    listed = json.loads(run("world", "list", "--json").out)["worlds"]
    names = [w["name"] for w in listed]
    assert {"toy", "world-2017", "world-2017-lite"} <= set(names)
    text = run("world", "list").out
    assert all(name in text for name in names)


@pytest.mark.parametrize("name", ["toy", "world-2017"])
def test_show(run: Run, name: str) -> None:
    outcome = run("world", "show", name)
    assert outcome.code == 0
    assert "FAILS" not in outcome.out
    assert "\x1b[" not in outcome.out
    world = parley.load_world(name)
    assert all(region in outcome.out for region in world.regions)


def test_show_as_json_adds_up(run: Run) -> None:
    shown = json.loads(run("world", "show", "world-2017", "--json").out)
    regions = shown["regions"]
    exports = sum(r["exports_bn"] for r in regions)
    assert exports == pytest.approx(sum(r["imports_bn"] for r in regions), rel=1e-12)
    assert sum(s["trade_bn"] for s in shown["sectors"]) == pytest.approx(exports, rel=1e-12)
    assert all(check["ok"] for check in shown["identities"])
    assert shown["elasticity_sets"][0]["default"]


def test_mean_tariff_by_hand() -> None:
    world = parley.load_world("toy")
    row = summarise_world(world).regions[0]
    goods = [s for s in range(len(world.sectors)) if world.goods_mask[s]]
    duty = trade = 0.0
    for i in range(1, len(world.regions)):
        for s in goods:
            value = float(world.accounts.customs_value[0, i, s])
            trade += value
            duty += value * float(world.tariffs[0, i, s])
    assert row.mean_tariff_pct == pytest.approx(100 * duty / trade, rel=1e-12)


def test_audit_lists_every_repair(run: Run) -> None:
    world = parley.load_world("world-2017")
    rows = list(csv.DictReader(io.StringIO(run("world", "audit", "world-2017", "--csv").out)))
    assert len(rows) == len(world.audit) > 0
    assert list(rows[0]) == ["step", "where", "found", "changed_to", "reason"]
    repairs = json.loads(run("world", "audit", "world-2017", "--json").out)["repairs"]
    assert repairs == rows
    assert run("world", "audit", "world-2017").code == 0


def test_export_import_round_trip(run: Run, tmp_path: Path) -> None:
    folder, file = tmp_path / "tidy", tmp_path / "toy.nc"
    assert run("world", "export", "toy", "--output", folder).code == 0
    assert run("world", "import", folder, "--output", file).code == 0
    before = parley.load_world("toy")
    for ref in (folder, file):
        after = parley.load_world(str(ref))
        assert after.regions == before.regions
        assert after.content_hash == before.content_hash


def test_nothing_is_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    folder, file = tmp_path / "tidy", tmp_path / "toy.nc"
    assert run("world", "export", "toy", "--output", folder).code == 0
    assert run("world", "export", "toy", "--output", folder).code == 2
    assert run("world", "export", "toy", "--output", folder, "--force").code == 0
    assert run("world", "import", folder, "--output", file).code == 0
    refused = run("world", "import", folder, "--output", file)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run("world", "import", folder, "--output", file, "--force").code == 0


def test_unknown_world_is_explained(run: Run) -> None:
    outcome = run("world", "show", "world-2071")
    assert outcome.code == 2
    assert "world-2017" in outcome.err


def test_toy_is_built_without_sources(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "toy.nc"
    assert run("world", "build", "toy", "--output", file).code == 0
    assert parley.load_world(str(file)).content_hash == parley.load_world("toy").content_hash
    refused = run("world", "build", "toy", "--output", file)
    assert refused.code == 2
    assert "--force" in refused.err


def test_build_asks_for_sources(run: Run, tmp_path: Path) -> None:
    outcome = run("world", "build", "world-2017", "--output", tmp_path / "w.nc")
    assert outcome.code == 2
    assert "--sources" in outcome.err
