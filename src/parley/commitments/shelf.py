"""The packages that a study's commitments come to, each solved once.

A policy that the file has as a package already is known by that package's id, so that its
solution is the study's own; others get a key of their own (no id of a file has a colon).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parley.policy.change import Change
from parley.scenario.build import Builder
from parley.scenario.packages import Package, PackageChange
from parley.scenario.resolve import begin, resolve_package
from parley.scenario.resolved import ResolvedPackage
from parley.scenario.story import Story
from parley.studies import STATUS_QUO, Study

__all__ = ["Shelf"]


@dataclass
class Shelf:
    """Packages made while a study's commitments are read; equal ones are kept once."""

    study: Study
    story: Story
    builder: Builder
    _own: dict[str, ResolvedPackage] = field(default_factory=dict)
    _keys: dict[tuple[Change, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> Shelf:
        """Return the shelf of a study, with the packages of its file on it."""
        story, builder = begin(study.scenario, study.world)
        shelf = cls(study, story, builder)
        shelf._keys[()] = STATUS_QUO
        for name, package in study.resolved.packages.items():
            shelf._keys.setdefault(package.changes, name)
        return shelf

    @property
    def all(self) -> Study:
        """The study with everything on the shelf; it shares the first one's solutions."""
        packages = {**self.study.resolved.packages, **self._own}
        return replace(self.study, resolved=replace(self.study.resolved, packages=packages))

    def put(self, name: str, changes: Sequence[PackageChange]) -> tuple[str, ResolvedPackage]:
        """Return the key of the package of some changes, and the package.

        Raises
        ------
        InputError
            If its parts do not fit the flows of the world.
        """
        package = Package(id="breach", kind="threat", changes=tuple(changes))
        found = resolve_package(self.study.scenario, self.study.world, package)
        key = self._keys.setdefault(found.changes, f"commitment:{name}")
        if key.startswith("commitment:"):
            self._own.setdefault(key, found)
        return key, found
