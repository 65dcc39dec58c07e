"""The labels of a world, and what names in a scenario stand for in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Places", "WorldLabels", "WorldLike"]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class WorldLike(Protocol):
    """Anything with a world's labels; :class:`parley.economy.world.World` is one."""

    @property
    def name(self) -> str:
        """Name."""
        ...

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions."""
        ...

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors."""
        ...

    @property
    def goods(self) -> tuple[str, ...]:
        """Sectors that are goods."""
        ...

    @property
    def elasticities(self) -> tuple[_Named, ...]:
        """Elasticity sets."""
        ...


@dataclass(frozen=True)
class WorldLabels:
    """The names a scenario may use: regions, sectors, goods, elasticity sets.

    ``goods`` empty means that every sector is a good.
    """

    name: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    goods: tuple[str, ...] = ()
    elasticity_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, world: WorldLike | WorldLabels) -> WorldLabels:
        """Return the labels of a world (labels are returned as they are)."""
        if isinstance(world, WorldLabels):
            return world
        names = tuple(e.name for e in world.elasticities)
        return cls(world.name, world.regions, world.sectors, world.goods, names)


@dataclass(frozen=True)
class Places:
    """Expands names into regions and sectors of a world, keeping the world's order."""

    labels: WorldLabels
    groups: Mapping[str, tuple[str, ...]]
    sector_groups: Mapping[str, tuple[str, ...]]

    @property
    def goods(self) -> tuple[str, ...]:
        """Sectors that are goods."""
        return self.labels.goods or self.labels.sectors

    def regions(self, names: Iterable[str], apart_from: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the regions behind names of regions and groups, or behind "all".

        Names the world does not have stand for nothing.
        """
        wanted: set[str] = set()
        for name in names:
            if name == "all":
                wanted |= set(self.labels.regions)
            else:
                wanted |= set(self.groups.get(name, (name,)))
        wanted -= set(apart_from)
        return tuple(r for r in self.labels.regions if r in wanted)

    def sectors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the sectors behind names of sectors and groups, or behind a plain word."""
        wanted: set[str] = set()
        for name in names:
            if name == "all":
                wanted |= set(self.labels.sectors)
            elif name == "all goods":
                wanted |= set(self.goods)
            elif name == "services":
                wanted |= set(self.labels.sectors) - set(self.goods)
            elif name in self.sector_groups:
                wanted |= set(self.sectors(self.sector_groups[name]))
            else:
                wanted.add(name)
        return tuple(s for s in self.labels.sectors if s in wanted)

    def by_place(self, table: Mapping[str, float], region: str) -> float | None:
        """Return the figure that holds for a region: its own, its group's, or the general one."""
        if region in table:
            return table[region]
        for name, value in table.items():
            if region in self.groups.get(name, ()):
                return value
        return table.get("*")
