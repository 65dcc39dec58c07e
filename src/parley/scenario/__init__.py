"""The scenario language: a dated story about trade talks, written in TOML."""

from parley.scenario.document import Scenario
from parley.scenario.parse import parse
from parley.scenario.places import WorldLabels
from parley.scenario.resolve import resolve
from parley.scenario.resolved import Resolved, ResolvedPackage

__all__ = [
    "Resolved",
    "ResolvedPackage",
    "Scenario",
    "WorldLabels",
    "parse",
    "resolve",
]
