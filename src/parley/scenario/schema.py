"""The language described: JSON Schema for programs, a field dictionary for people.

Both follow from the classes that read the file, so they cannot say anything else.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from parley.scenario.base import Ref
from parley.scenario.document import Heading, Scenario
from parley.scenario.names import UNIVERSAL
from parley.scenario.packages import FORMS
from parley.scenario.pledges import STATES
from parley.scenario.values import Number, RateTable, WeightTable

__all__ = ["field_dictionary", "json_schema"]

HELD = {
    "commitment": "`value_usd_bn` and `no_faster_than`",
    "instrument": "`safeguard`, `specific_duty` and the kinds `quota`, `tariff-rate-quota`",
    "package": "`path` and `staging.from`",
}
"""What is read and checked, but not yet computed with."""

SECTIONS = (
    "source",
    "group",
    "party",
    "talks",
    "measure",
    "instrument",
    "commitment",
    "threat",
    "red_line",
    "event",
    "balance",
    "claim",
    "outside_option",
    "package",
)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    It describes what each table holds; that names name something and that dates stand in
    order is checked by :func:`parley.scenario.parse.parse` only.
    """
    schema = Scenario.model_json_schema(by_alias=True, schema_generator=_Schema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


class _Schema(GenerateJsonSchema):
    """As pydantic writes it, with no titles made up from field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def field_dictionary() -> str:
    """Return the field dictionary as Markdown: every section and field, type and rule."""
    lines = [
        "# Scenario fields",
        "",
        (
            "A scenario is one TOML file: a few lines at the top, then sections. `[[party]]`, with "
            "double brackets, can stand several times; `[model]` stands once. Dates are written "
            "2019-07-18, without quotes; duties, shares and rates are fractions (0.25 for 25 %). "
            "Unknown fields are refused. `parley scenario show toy-talks` prints a small example "
            "with remarks."
        ),
        "",
        "## Top of the file",
        "",
        *_table(Heading),
        "",
        *_inner("", Heading),
    ]
    for section in SECTIONS:
        info = _info(Scenario, section)
        model = _model(info.annotation)
        if model is None:
            continue
        lines += ["", f"## `[[{section}]]`", "", _doc(model), ""]
        if section in HELD:
            lines += [f"Read and checked, but not yet computed with: {HELD[section]}.", ""]
        lines += _table(model)
        lines += ["", *_inner(section, model)]
    lines += ["", *_forms(), "", *_states(), "", *_tables()]
    return "\n".join(_squeezed(lines)) + "\n"


def _squeezed(lines: list[str]) -> Iterator[str]:
    blank = False
    for line in lines:
        if line or not blank:
            yield line
        blank = not line


def _info(model: type[BaseModel], name: str) -> FieldInfo:
    return next(f for key, f in model.model_fields.items() if name == (f.alias or key))


def _doc(model: type[BaseModel]) -> str:
    paragraphs = (model.__doc__ or "").strip().split("\n\n")
    return "\n\n".join(" ".join(p.split()) for p in paragraphs)


def _table(model: type[BaseModel]) -> list[str]:
    rows = ["| field | what it is | value |", "|---|---|---|"]
    for key, info in model.model_fields.items():
        name = info.alias or key
        mark = " **needed**" if info.is_required() else ""
        text = (info.description or "").replace("|", "\\|")
        rows.append(f"| `{name}`{mark} | {text} | {_value(info)} |")
    return rows


def _inner(path: str, model: type[BaseModel]) -> list[str]:
    """Return the tables inside a table, each under its path."""
    lines: list[str] = []
    for key, info in model.model_fields.items():
        inside = _model(info.annotation)
        if inside is None or inside in (WeightTable, RateTable):
            continue
        name = info.alias or key
        here = f"{path}.{name}" if path else name
        lines += [f"### `{here}`", "", _doc(inside), "", *_table(inside), ""]
        lines += _inner(here, inside)
    return lines


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model(part)
        if found is not None:
            return found
    return None


def _value(info: FieldInfo) -> str:
    text = _type(info.annotation, list(info.metadata))
    default = info.default
    if info.is_required() or default is None or default in ((), {}):
        return text
    if isinstance(default, BaseModel | dict):
        return text
    if isinstance(default, tuple):
        default = ", ".join(str(d) for d in default)
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return f"{text}; `{shown}` if not given"


def _type(annotation: Any, metadata: list[Any]) -> str:
    for mark in metadata:
        if isinstance(mark, Number):
            return mark.rule
        if isinstance(mark, Ref):
            return _reference(mark)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(args[0], list(args[1:]))
    if origin in (Union, types.UnionType):
        return _type(next(a for a in args if a is not type(None)), metadata)
    if origin is Literal:
        return " \\| ".join(f"`{a}`" for a in args)
    if origin is tuple:
        item = _type(args[0], [])
        if args[-1] is Ellipsis:
            return "list of tables, see below" if _model(args[0]) else f"{item}; one or a list"
        return f"list of {len(args)}: {item}"
    if origin is dict and UNIVERSAL in str(get_args(args[0])):
        return f"{_type(args[1], [])}; or one for each exporter, `{{ JPN = ..., EU = ... }}`"
    if origin is dict:
        return f"table {{ name = value }}: {_type(args[1], [])}, by {_type(args[0], [])}"
    if annotation in (WeightTable, RateTable):
        return "number, or `{ value, low, high }`"
    if _model(annotation):
        return "table, see below"
    names = {str: "text", int: "whole number", bool: "`true` \\| `false`"}
    return names.get(annotation, "day" if "date" in str(annotation) else "text")


def _reference(ref: Ref) -> str:
    if ref.typed:
        return "kind and id, such as `package:mini`"
    nouns = {
        "region": "region",
        "group": "group of regions",
        "sector": "sector",
        "sector-group": "group of sectors",
        "family": "model family",
        "closure": "name of a deficit closure",
        "elasticity": "name of a set of trade elasticities",
        "talks": "id of talks",
    }
    kinds = [
        nouns.get(k, f"id of {'an' if k[0] in 'aeiou' else 'a'} {k}".replace("_", " "))
        for k in ref.kinds
    ]
    words = [f"`{w}`" for w in ref.words if w != "*"]
    return " or ".join([*kinds, *words])


def _forms() -> list[str]:
    lines = [
        "## The forms of a change",
        "",
        "A change in a package is a table in braces. Its first word says what is changed:",
        "",
        "| form | says one of |",
        "|---|---|",
    ]
    return lines + [
        f"| `{{ {word} = ... }}` | {', '.join(f'`{w}`' for w in words)} |"
        for word, words in FORMS.items()
    ]


def _states() -> list[str]:
    lines = [
        "## The states a condition may name",
        "",
        "| of | states |",
        "|---|---|",
    ]
    return lines + [
        f"| `{kind}` | {', '.join(f'`{s}`' for s in states)} |" for kind, states in STATES.items()
    ]


def _tables() -> list[str]:
    return [
        "## CSV tables",
        "",
        (
            "A measure or a threat can name a CSV file beside the scenario. Columns: `importer`, "
            "`exporter`, `sector`, `kind`, `value`; optional `share_of_flow` (the whole flow if "
            "empty), `note`, `source`, `hs`. Kinds: `tariff` (the new ordinary duty), "
            "`additional-tariff` (points on top of it), `tariff-change` (points by which the "
            "ordinary duty moves), `export-tax`, `cost` (a factor). Several lines on one flow "
            "stand for different parts of it."
        ),
    ]
