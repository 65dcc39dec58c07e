"""A package in stages: packages of their own for each stretch of time, and what lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from parley.equilibrium.welfare import Comparison
from parley.scenario.packages import Package
from parley.scenario.phases import phases_of
from parley.scenario.resolved import ResolvedPackage
from parley.studies import Study

__all__ = ["Lasting", "lasting_of", "stages_of"]


@dataclass(frozen=True, eq=False)
class Lasting:
    """What a package comes to for good, once its purchases and payments are over.

    ``since``: years after entry into force. ``comparison`` against the status quo. ``occurs``:
    whether there is a stage in which all of the package is in force.
    """

    since: float
    comparison: Comparison
    occurs: bool


def stages_of(
    study: Study, key: str, whole: ResolvedPackage, given: Package | None = None
) -> dict[str, tuple[float, ResolvedPackage]]:
    """Return a package's stages by name, each with the years after which it begins.

    None for a package that is all in force at once and for good. ``given`` is the package as
    written where the file does not hold it.
    """
    return {
        f"{key}@{phase.since:g}": (
            phase.since,
            replace(
                whole, changes=phase.changes, purchases=phase.purchases, payments=phase.payments
            ),
        )
        for phase in phases_of(study.scenario, study.world, whole, given)
    }


def lasting_of(study: Study, package: str) -> Lasting | None:
    """Return what a package comes to for good; None where that is the package itself.

    Raises
    ------
    NotConvergedError
        If its last stage has no proven equilibrium.
    """
    whole = study.resolved_package(package)
    if not whole.payments and all(p.years is None for p in whole.purchases):
        return None
    stages = stages_of(study, package, whole)
    if not stages:
        return None
    name, (since, last) = max(stages.items(), key=lambda item: item[1][0])
    if last.holds == whole.holds:
        return None
    packages = {**study.resolved.packages, name: last}
    own = replace(study, resolved=replace(study.resolved, packages=packages))
    occurs = any(stage.holds == whole.holds for _, stage in stages.values())
    return Lasting(since, own.compare(name), occurs)
