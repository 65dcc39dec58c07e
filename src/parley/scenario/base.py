"""Foundations of the scenario language: entries, faults, references.

An :class:`Entry` is one table of the file. A :class:`Ref` marks a text as the name
of something else in the file or in the world; the cross-checks, the field
dictionary and the JSON Schema all read that mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

__all__ = ["Entry", "Ref", "fault", "shown"]


class Entry(BaseModel):
    """A table of the scenario file: unknown fields are refused, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True)
class Ref:
    """Marks a text as the name of something: which kinds, which plain words besides.

    Attributes
    ----------
    kinds
        Kinds of thing it may name: "region", "group", "sector", "sector-group",
        or a section of the file ("package", "talks", "claim", ...).
    words
        Words allowed instead of a name ("all", "status-quo").
    typed
        True where the text carries its kind itself ("package:mini").
    """

    kinds: tuple[str, ...]
    words: tuple[str, ...] = ()
    typed: bool = False


def fault(what: str, why: str = "", do: str = "") -> PydanticCustomError:
    """Return a validation error whose text is already written for the reader."""
    return PydanticCustomError("parley", "{what}", {"what": what, "why": why, "do": do})


def shown(value: Any) -> str:
    """Return a value found in the file as short text."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "a very large number"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
