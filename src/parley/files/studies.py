"""Open a scenario and its world as one study."""

from __future__ import annotations

from pathlib import Path

from parley.files.compile_cache import use_compile_cache
from parley.files.scenarios import open_scenario, open_world_of
from parley.scenario.resolve import resolve
from parley.studies import Study, settings_of

__all__ = ["open_study"]


def open_study(
    reference: str | Path,
    *,
    closure: str | None = None,
    elasticity: str | None = None,
    model: str | None = None,
) -> Study:
    """Return the study of a scenario.

    Parameters
    ----------
    reference
        Name of an embedded scenario ("us-japan-2019"), a TOML file, or its folder.
    closure
        Deficit closure instead of the scenario's: "zero", "fixed", "fixed:REGION",
        "world-share" or "own-share".
    elasticity
        Name of one of the world's elasticity sets instead of the scenario's.
    model
        Model family instead of the scenario's: "caliendo-parro", "ossa", "krugman" or
        "specific-labour", with options (:class:`parley.equilibrium.models.Model`).

    Raises
    ------
    InputError
        With everything that is wrong in the scenario, its tables or its world.
    """
    use_compile_cache()
    scenario = open_scenario(reference)
    world = open_world_of(scenario, reference)
    resolved = resolve(scenario, world)
    setting, alternatives = settings_of(scenario, world, closure, elasticity, model)
    return Study(scenario, resolved, world, setting, alternatives)
