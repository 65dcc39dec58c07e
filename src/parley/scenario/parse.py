"""From the text of a scenario file to a checked :class:`Scenario`.

All that is wrong is said at once: faults of single tables, names that name nothing,
dates out of order, contradictions, and bad rows in the tables a scenario refers to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from parley.errors import InputError, Problem
from parley.labels import allowed_text
from parley.scenario.checks import story_problems, story_warnings
from parley.scenario.document import FORMAT, Heading, Scenario
from parley.scenario.places import WorldLabels, WorldLike
from parley.scenario.plain import field_names, plain_problems
from parley.scenario.references import build_index, reference_problems
from parley.scenario.tables import TableRow, parse_table

__all__ = ["LARGEST_FILE", "parse"]

LARGEST_FILE = 2_000_000
"""Largest scenario text, in characters; the shipped ones have under 100,000."""

ReadTable = Callable[[str], str]
FindWorld = Callable[[str], WorldLike | WorldLabels]


@dataclass
class Draft:
    """What could be read of a file so far: the raw tables, and those that are sound."""

    filename: str
    raw: dict[str, Any]
    sound: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def parse(
    text: str | bytes,
    *,
    filename: str,
    read_table: ReadTable,
    as_world: WorldLike | WorldLabels | FindWorld,
) -> Scenario:
    """Read a scenario and check all of it.

    Parameters
    ----------
    text
        TOML, as text or as UTF-8 bytes.
    filename
        Name of the file, for messages.
    read_table
        Returns the text of a CSV table beside the scenario, given its name; raises
        InputError where it cannot.
    as_world
        The world, its labels, or a function that finds them by the name in the file
        and raises InputError where there is no such world.

    Raises
    ------
    InputError
        With every problem found.
    """
    draft = Draft(filename, _toml(text, filename))
    _validate_sections(draft)
    labels = _labels(draft, as_world)
    tables = _read_tables(draft, labels, read_table)
    index = build_index(draft.raw, labels)
    draft.problems += reference_problems(draft.raw, index, filename)
    draft.problems += story_problems(draft.raw, draft.sound, tables, labels, filename)
    if draft.problems:
        raise InputError(dict.fromkeys(draft.problems))
    scenario = Scenario.model_validate(draft.sound)
    scenario._tables = tables
    scenario._filename = filename
    scenario._labels = labels
    scenario._warnings = tuple(story_warnings(scenario, labels, filename)) if labels else ()
    return scenario


def _toml(text: str | bytes, filename: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        raise InputError.one(
            f"the file has {len(text):,} characters",
            filename,
            f"a scenario has at most {LARGEST_FILE:,}",
            "put long lists of duties into CSV tables beside it (table = ...)",
        )
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError.one(
                f"byte {error.start} is not UTF-8 text",
                filename,
                "scenarios are UTF-8 text files",
                "save the file as UTF-8",
            ) from None
    if not text.strip():
        raise InputError.one(
            "the file is empty",
            filename,
            "a scenario needs at least format, title, as_of, world, a party and a package",
            "start from the shipped example toy-talks",
        )
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise InputError([_toml_problem(str(error), filename)]) from None
    except RecursionError:
        raise InputError.one("tables are nested too deeply to be read", filename) from None


def _toml_problem(message: str, filename: str) -> Problem:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    said = message[: place.start()] if place else message
    where = filename
    if place:
        line = f"line {place[1]}, column {place[2]}" if place[1] else "end of the file"
        where = f"{filename}: {line}"
    return Problem(
        f"the file is not valid TOML: {said[:1].lower()}{said[1:]}",
        where,
        "",
        "texts stand between quotes, lists between [ ], dates without quotes, "
        "and each name is given once per table",
    )


def _item_model(section: str) -> type[BaseModel] | None:
    for key, info in Scenario.model_fields.items():
        if section == (info.alias or key):
            args = get_args(info.annotation)
            item = args[0] if args else None
            is_list = len(args) == 2 and args[1] is Ellipsis
            return item if is_list and isinstance(item, type) else None
    return None


def _validate_sections(draft: Draft) -> None:
    """Validate the heading as one table and every entry of every section by itself."""
    heading: dict[str, Any] = {}
    for section, value in draft.raw.items():
        model = _item_model(section)
        if model is None:
            heading[section] = value
        else:
            draft.sound[section] = _entries(draft, section, model, value)
    _validate_heading(draft, heading)


def _validate_heading(draft: Draft, heading: dict[str, Any]) -> None:
    unknown = [name for name in heading if name not in field_names(Heading)]
    draft.problems += [
        Problem(
            f"unknown field '{name}'",
            f"{draft.filename}: {name}",
            "a scenario has no such field or section",
            allowed_text(name, field_names(Scenario)),
        )
        for name in unknown
    ]
    known = {name: value for name, value in heading.items() if name not in unknown}
    try:
        Heading.model_validate(known)
    except ValidationError as error:
        draft.problems += plain_problems(error, Heading, draft.raw, "", draft.filename)
        faulty = {str(details["loc"][0]) for details in error.errors() if details["loc"]}
        known = {name: value for name, value in known.items() if name not in faulty}
    filler = {"format": FORMAT, "title": "-", "as_of": "9999-12-31", "world": "-"}
    try:
        sound = Heading.model_validate({**filler, **known})
    except ValidationError:
        return
    draft.sound |= {key: getattr(sound, key) for key in known}
    if not draft.raw.get("party"):
        draft.problems.append(
            Problem(
                "the scenario has no party",
                draft.filename,
                "it needs at least one",
                "add [[party]] with an id",
            )
        )


def _entries(draft: Draft, section: str, model: type[BaseModel], value: Any) -> list[BaseModel]:
    if not isinstance(value, list):
        draft.problems.append(
            Problem(
                f"'{section}' is not a list of tables",
                f"{draft.filename}: {section}",
                "a scenario may have several of them",
                f"write [[{section}]] with double brackets",
            )
        )
        return []
    sound = []
    for position, entry in enumerate(value):
        name = entry.get("id") if isinstance(entry, dict) else None
        mark = name if isinstance(name, str) and name else position
        try:
            sound.append(model.model_validate(entry))
        except ValidationError as error:
            prefix = f"{section}[{mark}]"
            draft.problems += plain_problems(error, model, entry, prefix, draft.filename)
    return sound


def _labels(draft: Draft, as_world: WorldLike | WorldLabels | FindWorld) -> WorldLabels | None:
    if not callable(as_world):
        return WorldLabels.of(as_world)
    name = draft.sound.get("world")
    if not isinstance(name, str):
        return None
    try:
        return WorldLabels.of(as_world(name))
    except InputError as error:
        where = f"{draft.filename}: world"
        draft.problems += [
            Problem(p.what, where, p.why or (p.where if p.where != where else ""), p.do)
            for p in error.problems
        ]
        return None


def _read_tables(
    draft: Draft, labels: WorldLabels | None, read_table: ReadTable
) -> dict[str, tuple[TableRow, ...]]:
    tables: dict[str, tuple[TableRow, ...]] = {}
    for section in ("measure", "threat"):
        for entry in draft.sound.get(section, []):
            name = entry.table
            if name is None or name in tables:
                continue
            try:
                text = read_table(name)
            except InputError as error:
                where = f"{draft.filename}: {section}[{entry.id}].table"
                draft.problems += [Problem(p.what, where, p.why, p.do) for p in error.problems]
                continue
            regions = labels.regions if labels else None
            sectors = labels.sectors if labels else None
            tables[name], found = parse_table(text, name, regions, sectors)
            draft.problems += found
    return tables
