"""The language describes itself: JSON Schema and field dictionary follow from the classes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from parley.scenario.document import Scenario
from parley.scenario.schema import field_dictionary, json_schema
from parley.scenario.values import RateTable, WeightTable


def tables(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield a table of the language and every table inside it."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for info in model.model_fields.values():
        for inner in inside(info.annotation):
            yield from tables(inner, seen)


def inside(annotation: Any) -> list[type[BaseModel]]:
    """Return the tables named in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in inside(part)]


ALL = list(tables(Scenario, set()))


def test_every_field_is_described() -> None:
    assert len(ALL) > 25
    for model in ALL:
        assert (model.__doc__ or "").strip(), model.__name__
        for name, info in model.model_fields.items():
            assert info.description, f"{model.__name__}.{name}"


def test_dictionary_names_every_field() -> None:
    text = field_dictionary()
    spelled_out = {Scenario, WeightTable, RateTable}
    for model in ALL:
        for name, info in model.model_fields.items():
            assert f"`{info.alias or name}`" in text or model in spelled_out, name
    for section in ("party", "talks", "instrument", "claim", "package"):
        assert f"## `[[{section}]]`" in text


def test_schema_is_json_and_closed() -> None:
    schema = json.loads(json.dumps(json_schema()))
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["required"]) == {"format", "title", "as_of", "world", "party"}
    closed = [s for s in schema["$defs"].values() if s.get("type") == "object"]
    assert all(s["additionalProperties"] is False for s in closed)
    assert schema["properties"]["as_of"] == {
        "description": "the day on which the story stands; nothing later may enter",
        "format": "date",
        "type": "string",
    }


def test_schema_has_no_reference_without_target() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    for name in schema["$defs"]:
        assert f"#/$defs/{name}" in text
