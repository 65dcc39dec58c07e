"""Parts of a JSON Schema: objects, lists, texts, and schemas of dataclasses."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = [
    "Schema",
    "closed_object",
    "described",
    "listed",
    "mapped",
    "record",
    "reference",
    "text",
    "texts",
    "type_schema",
    "typed",
    "words",
]

Schema = dict[str, Any]
SIMPLE: dict[object, str] = {str: "string", float: "number", int: "integer", bool: "boolean"}


def record(
    said: str, of: type, wanted: Mapping[str, str], elsewhere: tuple[str, ...] = ()
) -> Schema:
    """Return the schema of a dataclass, from its fields and a description of each.

    Parameters
    ----------
    said
        Description of the whole.
    of
        The dataclass.
    wanted
        Field -> description, with its unit.
    elsewhere
        Fields described elsewhere.

    Raises
    ------
    ValueError
        If a field has no description, or a description no field.
    """
    hints = get_type_hints(of)
    names = [f.name for f in fields(of) if f.name not in elsewhere]
    if set(names) != set(wanted):
        differ = ", ".join(sorted(set(names) ^ set(wanted)))
        raise ValueError(f"{of.__name__}: field and description do not match: {differ}")
    return closed_object(said, {n: described(wanted[n], type_schema(hints[n])) for n in names})


def type_schema(hint: Any) -> Schema:
    """Return the schema of a type as it stands in JSON."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inside)}
    if origin in (Union, types.UnionType):
        plain = [SIMPLE[a] for a in inside if a is not type(None)]
        return {"type": [*plain, "null"] if type(None) in inside else plain}
    if origin is tuple:
        items = {"type": SIMPLE.get(inside[0], "object")}
        if Ellipsis in inside:
            return {"type": "array", "items": items}
        return {"type": "array", "items": items, "minItems": len(inside), "maxItems": len(inside)}
    return {"type": SIMPLE[hint]}


def words(model: Any, name: str) -> Schema:
    """Return the words that a field of the scenario language allows."""
    return type_schema(model.model_fields[name].annotation)


def described(said: str, schema: Schema) -> Schema:
    """Return a schema with its description."""
    return {"description": said, **schema}


def typed(kind: str | list[str], said: str) -> Schema:
    """Return the schema of a plain JSON type, or of one of several."""
    return {"description": said, "type": kind}


def text(said: str, *, null: bool = False) -> Schema:
    """Return the schema of a text, or of a text that may be null."""
    return {"description": said, "type": ["string", "null"] if null else "string"}


def texts(said: str) -> Schema:
    """Return the schema of a list of texts."""
    return listed(said, {"type": "string"})


def listed(said: str, items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"description": said, "type": "array", "items": items}


def mapped(said: str, values: Schema) -> Schema:
    """Return the schema of a mapping from labels to values of one kind."""
    return {"description": said, "type": "object", "additionalProperties": values}


def reference(name: str) -> Schema:
    """Return a reference to a definition of the schema."""
    return {"$ref": f"#/$defs/{name}"}


def closed_object(said: str, properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of an object that has these properties, all of them and no others."""
    return {
        "description": said,
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
