"""From validation errors to plain words, each with its path in the file.

A path names entries by id where they have one:
``package[mini].changes[0].instrument``, ``party[USA].constituency[us-farmers].sectors[1]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from parley.errors import Problem
from parley.labels import allowed_text
from parley.scenario.base import shown
from parley.scenario.names import UNIVERSAL

__all__ = ["entry_model", "field_names", "path_text", "plain_problems"]

PAIRS = {
    "window": (
        "a window has a first and a last day",
        "write [first day, last day]; for one day, write date = ... instead",
    ),
    "bounds": ("bounds have a lowest and a highest level", "write [lowest, highest]"),
}
"""What the two values of a pair are, by field, and how to write them."""


def field_names(model: type[BaseModel]) -> list[str]:
    """Return the names of a table's fields as written in the file."""
    return [info.alias or name for name, info in model.model_fields.items()]


def path_text(raw: Any, steps: Iterable[str | int], prefix: str = "") -> str:
    """Return the path of a value inside a raw table, entries named by id where they have one."""
    path, here = prefix, raw
    for step in steps:
        if isinstance(step, int):
            inside = here[step] if isinstance(here, list) and step < len(here) else None
            name = inside.get("id") if isinstance(inside, dict) else None
            path += f"[{name}]" if isinstance(name, str) and name else f"[{step}]"
            here = inside
        else:
            path += f".{step}" if path else step
            here = here.get(step) if isinstance(here, dict) else None
    return path


def plain_problems(
    error: ValidationError, model: type[BaseModel], raw: Any, prefix: str, filename: str
) -> list[Problem]:
    """Return every validation error of one table as a problem in plain words.

    Parameters
    ----------
    error
        What the validation raised.
    model
        The table's class, for the names that are allowed.
    raw
        The table as read from the file.
    prefix, filename
        Path of the table in the file, and the file's name.
    """
    found = (
        _plain(details, model, raw, prefix, filename) for details in error.errors(include_url=False)
    )
    return list(dict.fromkeys(found))


def _plain(
    details: ErrorDetails, model: type[BaseModel], raw: Any, prefix: str, filename: str
) -> Problem:
    steps = [s for s in details["loc"] if s not in ("[key]", UNIVERSAL)]
    where = f"{filename}: {path_text(raw, steps, prefix)}"
    kind, found, context = details["type"], details["input"], details.get("ctx", {})
    last = str(steps[-1]) if steps else prefix
    if kind == "parley":
        return Problem(context["what"], where, context["why"], context["do"])
    if kind == "missing" and isinstance(steps[-1], int):
        name = str(steps[-2]) if len(steps) > 1 else ""
        why, do = PAIRS.get(name, ("", "add what is missing"))
        size = len(found) if isinstance(found, Sequence) else 0
        at = f"{filename}: {path_text(raw, steps[:-1], prefix)}"
        return Problem(f"{size} given, 2 needed", at, why, do)
    if kind == "missing":
        owner = entry_model(model, steps[:-1])
        hint = _description(owner, last)
        inside = path_text(raw, steps[:-1], prefix)
        return Problem(
            f"field '{last}' is missing",
            f"{filename}: {inside}" if inside else filename,
            f"it is needed: {hint}" if hint else "it is needed",
            f"add {last} = ...",
        )
    if kind == "extra_forbidden":
        return _unknown_field(entry_model(model, steps[:-1]), last, where)
    if kind == "literal_error":
        return Problem(
            f"{shown(found)} is not allowed here",
            where,
            "only certain words are",
            allowed_text(str(found), _words(context.get("expected", ""))),
        )
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return Problem(
            f"{shown(found)} is not a table",
            where,
            "this field holds named values",
            "write { name = value, ... }",
        )
    if kind in ("tuple_type", "list_type"):
        return Problem(
            f"{shown(found)} is not a list", where, do="put the values between brackets: [a, b]"
        )
    if kind in ("too_short", "too_long"):
        return _count(kind, found, context, where)
    return Problem(f"{shown(found)} does not fit this field", where, details["msg"])


def _count(kind: str, found: Any, context: dict[str, Any], where: str) -> Problem:
    size = context.get("actual_length", len(found) if isinstance(found, Sequence) else 0)
    if kind == "too_short":
        need = context.get("min_length", 1)
        return Problem(f"{size} given, at least {need} needed", where, do="add what is missing")
    need = context.get("max_length", 2)
    return Problem(f"{size} given, at most {need} allowed", where, do="remove what is too many")


def _unknown_field(owner: type[BaseModel] | None, name: str, where: str) -> Problem:
    if owner is None:
        return Problem(f"unknown field '{name}'", where)
    allowed = field_names(owner)
    return Problem(
        f"unknown field '{name}'",
        where,
        f"{_article(owner)} has no such field",
        allowed_text(name, allowed),
    )


def _article(owner: type[BaseModel]) -> str:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in owner.__name__).strip()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _words(expected: str) -> list[str]:
    return expected.replace("' or '", "', '").strip("'").split("', '")


def _description(owner: type[BaseModel] | None, name: str) -> str:
    if owner is None:
        return ""
    for key, info in owner.model_fields.items():
        if name in (key, info.alias):
            return info.description or ""
    return ""


def entry_model(model: type[BaseModel], steps: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the class of the table found by following a path from another table."""
    here: type[BaseModel] | None = model
    for step in steps:
        if isinstance(step, int) or here is None:
            continue
        info = next((f for key, f in here.model_fields.items() if step in (key, f.alias)), None)
        here = None if info is None else _model_in(info.annotation)
    return here


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
