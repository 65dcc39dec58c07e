"""Cross-references: every name used in a scenario must name something.

The check walks the file as it was read, beside the classes that describe it, so that
wrong names are found even in a table that has other faults.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from parley.errors import Problem
from parley.labels import allowed_text, did_you_mean
from parley.scenario.base import Ref, shown
from parley.scenario.document import CLOSURES, FAMILIES, MODEL_OPTIONS, Scenario
from parley.scenario.places import WorldLabels

__all__ = ["Index", "build_index", "reference_problems"]

NOUNS = {
    "group": "group of regions",
    "sector-group": "group of sectors",
    "family": "model family",
    "closure": "deficit closure",
    "elasticity": "set of trade elasticities",
    "balance": "balance fact",
}


@dataclass
class Index:
    """Names that exist, by kind; kinds in ``unknown`` cannot be checked."""

    names: dict[str, list[str]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    world: str = ""

    def allowed(self, kinds: tuple[str, ...]) -> list[str]:
        """Return every name of the given kinds."""
        return [name for kind in kinds for name in self.names.get(kind, [])]


def _entries(raw: dict[str, Any], section: str) -> list[dict[str, Any]]:
    value = raw.get(section)
    entries = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [e for e in entries if isinstance(e, dict)]


def _ids(entries: list[dict[str, Any]]) -> list[str]:
    return [e["id"] for e in entries if isinstance(e.get("id"), str)]


def build_index(raw: dict[str, Any], labels: WorldLabels | None) -> Index:
    """Return the names that exist in the file and, where it is known, in the world."""
    index = Index()
    sections = [info.alias or key for key, info in Scenario.model_fields.items()]
    for section in sections:
        entries = _entries(raw, section)
        index.names[section] = _ids(entries)
        if len(index.names[section]) < len(entries):
            index.unknown.add(section)
    for name in raw:
        near = did_you_mean(name, sections)
        if near is not None and name not in sections:
            index.unknown.add(near)
    groups = _entries(raw, "group")
    index.names["group"] = _ids([g for g in groups if "sectors" not in g])
    index.names["sector-group"] = _ids([g for g in groups if "sectors" in g])
    index.names["constituency"] = [
        name for p in _entries(raw, "party") for name in _ids(_entries(p, "constituency"))
    ]
    index.names["family"] = list(FAMILIES)
    if labels is None:
        index.unknown |= {"region", "sector", "elasticity", "closure"}
    else:
        index.world = labels.name
        index.names["region"] = list(labels.regions)
        index.names["sector"] = list(labels.sectors)
        index.names["elasticity"] = list(labels.elasticity_names)
        index.names["closure"] = [*CLOSURES, *(f"fixed:{r}" for r in labels.regions)]
        if not labels.elasticity_names:
            index.unknown.add("elasticity")
    return index


def reference_problems(raw: dict[str, Any], index: Index, filename: str) -> list[Problem]:
    """Return a problem for every name in the file that names nothing."""
    problems = []
    for ref, name, path, owner in _walk(Scenario, raw, ""):
        problem = _judge(ref, name, f"{filename}: {path}", index, owner)
        if problem is not None:
            problems.append(problem)
    return problems


def _walk(model: type[BaseModel], raw: Any, path: str) -> Iterator[tuple[Ref, str, str, str]]:
    if not isinstance(raw, dict):
        return
    for key, info in model.model_fields.items():
        name = info.alias or key
        if name not in raw:
            continue
        refs = [m for m in info.metadata if isinstance(m, Ref)]
        here = f"{path}.{name}" if path else name
        yield from _walk_value(info.annotation, refs, raw[name], here, model.__name__)


def _walk_value(
    annotation: Any, refs: list[Ref], value: Any, path: str, owner: str
) -> Iterator[tuple[Ref, str, str, str]]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        more = [m for m in args[1:] if isinstance(m, Ref)]
        yield from _walk_value(args[0], refs + more, value, path, owner)
    elif origin in (Union, types.UnionType):
        for part in args:
            if part is not type(None):
                yield from _walk_value(part, refs, value, path, owner)
    elif origin is tuple:
        yield from _walk_items(args, value, path, owner)
    elif origin is dict and isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk_value(args[0], [], key, f"{path}.{key}", owner)
            yield from _walk_value(args[1], [], inner, f"{path}.{key}", owner)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _walk(annotation, value, path)
    elif isinstance(value, str) and value.strip():
        for ref in refs:
            yield ref, value.strip(), path, owner


def _walk_items(
    args: tuple[Any, ...], value: Any, path: str, owner: str
) -> Iterator[tuple[Ref, str, str, str]]:
    single = isinstance(value, str)
    items = [value] if single else value if isinstance(value, list) else []
    for position, item in enumerate(items):
        kind = args[0] if len(args) == 2 and args[1] is Ellipsis else args[position % len(args)]
        name = item.get("id") if isinstance(item, dict) else None
        mark = name if isinstance(name, str) and name else position
        yield from _walk_value(kind, [], item, path if single else f"{path}[{mark}]", owner)


def _noun(kind: str) -> str:
    return NOUNS.get(kind, kind)


def _judge(ref: Ref, name: str, where: str, index: Index, owner: str) -> Problem | None:
    if ref.typed:
        return _judge_typed(ref, name, where, index)
    if name in ref.words or any(kind in index.unknown for kind in ref.kinds):
        return None
    if ref.kinds == ("family",):
        name, _, options = (part.strip() for part in name.partition(":"))
        problem = _judge_options(options, where)
        if problem is not None and name in FAMILIES:
            return problem
    allowed = index.allowed(ref.kinds)
    if name in allowed:
        return None
    noun = " or ".join(_noun(kind) for kind in ref.kinds if kind != "sector-group")
    if owner == "Party" and where.endswith("].id"):
        noun = "party"
        why = "a party's id is a region of the world, or a [[group]] of regions"
    elif "region" in ref.kinds or "sector" in ref.kinds:
        why = f"neither the world '{index.world}' nor a [[group]] of the file has this name"
    elif ref.kinds[0] in ("family", "closure", "elasticity"):
        why = f"it is no {_noun(ref.kinds[0])}" + (
            f" of the world '{index.world}'" if ref.kinds[0] == "elasticity" else ""
        )
    else:
        why = (
            f"the file has no [[{ref.kinds[0]}]] with this id"
            if ref.kinds[0] != "constituency"
            else "no party of the file has a constituency with this id"
        )
    shown_names = [*ref.words, *allowed]
    if ref.kinds[0] == "closure":
        shown_names = [n for n in shown_names if ":" not in n]
    if not shown_names:
        do = f"add [[{ref.kinds[0]}]] with id = {shown(name)}, or correct the name"
    else:
        do = allowed_text(name, shown_names)
    return Problem(f"unknown {noun} '{name}'", where, why, do)


def _judge_options(options: str, where: str) -> Problem | None:
    for option in options.replace("+", ",").split(","):
        if option.strip() and option.strip() not in MODEL_OPTIONS:
            return Problem(
                f"unknown model option '{option.strip()}'",
                where,
                "it is no option of a model family",
                allowed_text(option, MODEL_OPTIONS),
            )
    return None


def _judge_typed(ref: Ref, name: str, where: str, index: Index) -> Problem | None:
    kind, colon, target = name.partition(":")
    if not colon:
        near = next((k for k in ref.kinds if name in index.names.get(k, [])), None)
        return Problem(
            f"'{name}' does not say what kind of thing it is",
            where,
            "a claim is about something with its kind, such as package:mini",
            f"write '{near}:{name}'" if near else f"begin with one of: {', '.join(ref.kinds)}",
        )
    if kind not in ref.kinds:
        return Problem(
            f"unknown kind '{kind}' in '{name}'",
            where,
            "a claim is about something with its kind, such as package:mini",
            allowed_text(kind, ref.kinds),
        )
    allowed = index.names.get(kind, [])
    if target in allowed or kind in index.unknown:
        return None
    if not allowed:
        return Problem(
            f"unknown {_noun(kind)} '{target}'",
            where,
            f"the file has no {_noun(kind)} at all",
            f"add one with id = '{target}', or correct the name",
        )
    near_name = did_you_mean(target, allowed)
    return Problem(
        f"unknown {_noun(kind)} '{target}'",
        where,
        f"the file has no {_noun(kind)} with this id",
        f"use one of: {', '.join(f'{kind}:{a}' for a in allowed)}"
        + (f" (did you mean '{kind}:{near_name}'?)" if near_name else ""),
    )
