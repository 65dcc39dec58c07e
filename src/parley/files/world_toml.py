"""``world.toml``: what a folder of tidy tables says about itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parley.errors import InputError, Problem
from parley.files.csv_tables import read_utf8
from parley.labels import allowed_text, duplicates
from parley.units import UNITS

__all__ = ["Header", "dump_header", "read_header"]

VALUATIONS = ("net", "gross")
ALIASES = {
    "mn": "million",
    "m": "million",
    "mio": "million",
    "millions": "million",
    "bn": "billion",
    "billions": "billion",
    "k": "thousand",
    "thousands": "thousand",
    "1000": "thousand",
    "1000000": "million",
    "1000000000": "billion",
}


CURRENCY_WORDS = ("of", "usd", "us$", "$", "dollar", "dollars", "eur", "euro", "euros", "€")


@dataclass(frozen=True)
class Header:
    """The contents of ``world.toml``."""

    path: Path
    name: str
    year: int
    valuation: str
    unit: str
    currency: str = "USD"
    sources: tuple[str, ...] = ()
    licence: str = ""
    notes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    region_names: Mapping[str, str] = field(default_factory=dict)
    sector_names: Mapping[str, str] = field(default_factory=dict)
    elasticity_sources: Mapping[str, str] = field(default_factory=dict)
    elasticity_notes: Mapping[str, str] = field(default_factory=dict)


REQUIRED = ("name", "year", "unit", "valuation")
LISTS = ("sources", "notes", "regions", "sectors", "goods")
TABLES = ("region_names", "sector_names", "elasticity_sources", "elasticity_notes")
KEYS = (*REQUIRED, "currency", "licence", *LISTS, *TABLES)


def read_header(path: Path) -> Header:
    """Return the contents of ``world.toml``.

    Raises
    ------
    InputError
        With every key that is missing, unknown, or holds the wrong kind of value.
    """
    text = read_utf8(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError.one(f"not valid TOML: {error}", str(path)) from None
    problems = [
        Problem(f"unknown key '{key}'", f"{path}: {key}", do=allowed_text(key, KEYS))
        for key in data
        if key not in KEYS
    ]
    problems += [
        Problem(f"missing key '{key}'", str(path), _WHY.get(key, ""), _DO[key])
        for key in REQUIRED
        if key not in data
    ]
    values: dict[str, Any] = {}
    for key in (k for k in KEYS if k in data):
        try:
            values[key] = _value(key, data[key])
        except ValueError as error:
            what, _, do = str(error).partition("; ")
            problems.append(Problem(what, f"{path}: {key}", do=do))
    if problems:
        raise InputError(problems)
    return Header(path=path, **values)


_DO = {
    "name": 'add name = "my-world"',
    "year": "add year = 2017",
    "unit": f"add unit, one of: {', '.join(UNITS)}",
    "valuation": 'add valuation = "net" or "gross"',
}
_WHY = {
    "valuation": "whether the values in flows.csv include the tariff cannot be guessed",
    "unit": "what one stands for in flows.csv cannot be guessed",
}


def _value(key: str, value: Any) -> Any:
    """Return a checked value; ValueError("what; what to do") if it is of the wrong kind."""
    if key == "year":
        if not isinstance(value, int) or isinstance(value, bool) or not 1000 <= value <= 3000:
            raise ValueError(f"year = {value!r} is not a year; write year = 2017")
        return value
    if key == "unit":
        return _unit(value)
    if key == "valuation":
        if value not in VALUATIONS:
            allowed = allowed_text(str(value), VALUATIONS)
            raise ValueError(f"unknown valuation {value!r}; {allowed} of tariffs")
        return value
    if key in LISTS:
        items = [value] if isinstance(value, str) and key in ("sources", "notes") else value
        if not isinstance(items, list) or not all(isinstance(x, str) and x for x in items):
            raise ValueError(f'{key} is not a list of texts; write {key} = ["..."]')
        if key in ("regions", "sectors", "goods") and duplicates(items):
            raise ValueError(f"{key} lists {', '.join(duplicates(items))} twice; keep one")
        return tuple(items)
    if key in TABLES:
        if not isinstance(value, dict) or not all(isinstance(x, str) for x in value.values()):
            raise ValueError(f'{key} is not a table of texts; write [{key}] and LABEL = "text"')
        return value
    if not isinstance(value, str) or (key == "name" and not value.strip()):
        raise ValueError(f'{key} = {value!r} is not a text; write {key} = "..."')
    return value


def _unit(value: Any) -> str:
    text = str(value).strip().casefold()
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    text = " ".join(word for word in text.split() if word not in CURRENCY_WORDS)
    text = ALIASES.get(text, text)
    if text not in UNITS or isinstance(value, bool):
        raise ValueError(f"unknown unit {value!r}; {allowed_text(text, list(UNITS))}")
    return text


def dump_header(header: Header) -> str:
    """Return the text of ``world.toml`` for a header."""
    lines = [
        f"{key} = {_toml(getattr(header, key))}"
        for key in (*REQUIRED, "currency", "licence", *LISTS)
    ]
    for key in TABLES:
        table = getattr(header, key)
        if table:
            lines += ["", f"[{key}]"]
            lines += [f"{_toml(name)} = {_toml(text)}" for name, text in table.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        if sum(len(x) for x in value) < 80:
            return "[" + ", ".join(_toml(x) for x in value) + "]"
        return "[\n" + "".join(f"    {_toml(x)},\n" for x in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
