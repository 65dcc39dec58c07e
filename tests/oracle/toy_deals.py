"""The embedded toy talks at the table, copies of them with changes, and the toy world."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from parley.arena import Arena, Rules
from parley.deals.assess import DealAssessment, assess_deal
from parley.deals.table import DealTable, table_of_study, talks_of
from parley.files.arenas import open_arena

TOY = (files("parley") / "data/scenarios/toy-talks/scenario.toml").read_text(encoding="utf-8")
# Home's duty on parts where more is to be cut than its government may cut alone.
HIGHER = ("now = 0.025\nbounds = [0.0, 0.025]", "now = 0.08\nbounds = [0.0, 0.08]")
PAYMENT = ('ends_by = "deadline"', 'ends_by = "deadline"\nside_payment_usd_bn = 0.02')
LEVY = ("rate = 0.25                     # its level", "bounds = [0.0, 0.25]\nrate = 0.25  # level")


@cache
def toy() -> Arena:
    return open_arena("toy-talks")


@cache
def world() -> Arena:
    return open_arena(world="toy")


def edited(folder: Path, *changes: tuple[str, str], more: str = "") -> Arena:
    """Return the arena of a copy of toy-talks with parts of its text replaced."""
    text = TOY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "scenario.toml"
    path.write_text(text + more, encoding="utf-8")
    return open_arena(path)


def table_of(arena: Arena, weights: str = "none", floors: bool = False, **how: str) -> DealTable:
    assert arena.study is not None
    rules = Rules(weights=weights, floors=floors)
    return table_of_study(arena, talks_of(arena.study, None), rules, **how)


@cache
def assessed(weights: str, breakdown: str | None = None, scope: str = "table") -> DealAssessment:
    return assess_deal(table_of(toy(), weights, scope=scope), breakdown=breakdown, points=5)
