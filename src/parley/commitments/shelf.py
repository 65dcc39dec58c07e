"""The packages that a study's commitments come to, each solved once.

A policy that the file has as a package already is known by that package's id, so that its
solution is the study's own; others get a key of their own (no id of a file has a colon).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parley.scenario.build import Builder
from parley.scenario.packages import Package, PackageChange
from parley.scenario.promises import flat_packages
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
    _keys: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> Shelf:
        """Return the shelf of a study, with the packages of its file on it."""
        story, builder = begin(study.scenario, study.world)
        shelf = cls(study, story, builder)
        shelf._keys[(), (), ()] = STATUS_QUO
        for name, package in study.resolved.packages.items():
            shelf._keys.setdefault(package.holds, name)
        return shelf

    @property
    def all(self) -> Study:
        """The study with everything on the shelf; it shares the first one's solutions."""
        packages = {**self.study.resolved.packages, **self._own}
        return replace(self.study, resolved=replace(self.study.resolved, packages=packages))

    def put(
        self, name: str, changes: Sequence[PackageChange], bringing: str | None = None
    ) -> tuple[str, ResolvedPackage]:
        """Return the key of the package of some changes, and the package.

        ``bringing`` is a package of the file whose purchases and payments come with them.

        Raises
        ------
        InputError
            If its parts do not fit the flows of the world.
        """
        given = None if bringing is None else self.story.package(bringing)
        parts = [] if given is None else flat_packages(self.story, given)
        package = Package(
            id="breach",
            kind="threat",
            changes=tuple(changes),
            purchases=tuple(dict.fromkeys(c for p in parts for c in p.purchases)),
            side_payments=tuple(x for p in parts for x in p.side_payments),
        )
        found = resolve_package(self.study.scenario, self.study.world, package)
        key = self._keys.setdefault(found.holds, f"commitment:{name}")
        if key.startswith("commitment:"):
            self._own.setdefault(key, found)
        return key, found
