"""Open the arena of a game: a scenario's status quo, or a world's own tariffs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from parley.arena import Arena, arena_of_study, arena_of_world
from parley.economy.world import World
from parley.equilibrium.closures import Closure
from parley.equilibrium.models import Model
from parley.errors import InputError, Problem
from parley.files.compile_cache import use_compile_cache
from parley.files.embedded import open_world
from parley.files.studies import open_study
from parley.studies import Setting, settings_of

__all__ = ["open_arena"]

# A deficit held fixed is a transfer that no tariff can end: games purge it (decision 0010).
CLOSURE = "zero"


def open_arena(
    scenario: str | Path | None = None,
    world: str | Path | None = None,
    model: str | None = None,
    closure: str | None = None,
    elasticity: str | None = None,
) -> Arena:
    """Return the arena of a scenario or of a world; exactly one of them is needed.

    Parameters
    ----------
    scenario
        Name of an embedded scenario, a TOML file, or its folder.
    world
        Name of an embedded world, a NetCDF file, or a folder of tidy tables.
    model
        Model family with options; the scenario's, or caliendo-parro, if None.
    closure
        Deficit closure; the scenario's, or zero, if None.
    elasticity
        Elasticity set; the scenario's, or the world's first, if None.

    Raises
    ------
    InputError
        If both or neither are given, or anything in them is wrong.
    """
    if (scenario is None) == (world is None):
        raise InputError.one(
            "give either a scenario or --world",
            "SCENARIO, --world",
            "the first starts from a scenario's status quo, the second from a world's own tariffs",
            "us-japan-2019, or --world world-2017",
        )
    with _option("--model"):
        kind = None if model is None else Model.parse(model)
    with _option("--closure"):
        rule = None if closure is None else Closure.parse(closure)
    if scenario is not None:
        label = None if kind is None else kind.label()
        study = open_study(scenario, closure=closure, model=label)
        _check_names(study.world, rule, elasticity)
        if elasticity is not None:
            setting, others = settings_of(study.scenario, study.world, closure, elasticity, label)
            study = replace(study, setting=setting, alternatives=others)
        return arena_of_study(study)
    use_compile_cache()
    opened = open_world(str(world))
    _check_names(opened, rule, elasticity)
    setting = Setting(
        (rule or Closure(CLOSURE)).label(),
        opened.elasticity(elasticity).name,
        (kind or Model()).label(),
    )
    return arena_of_world(opened, setting)


def _check_names(world: World, closure: Closure | None, elasticity: str | None) -> None:
    """Refuse a numeraire or an elasticity set that the world does not have."""
    with _option("--closure"):
        if closure is not None and closure.numeraire:
            world.region_index(closure.numeraire)
    with _option("--elasticity"):
        world.elasticity(elasticity)


@contextmanager
def _option(name: str) -> Iterator[None]:
    """Let errors inside name the option that they come from."""
    try:
        yield
    except InputError as error:
        found = (Problem(p.what, name, p.why, p.do) for p in error.problems)
        raise InputError(found) from None
