"""Values a person can write in a scenario: numbers with a meaning, dates, texts.

Each type knows its own rule in the reader's words, so that a wrong value is
explained by what it should have been, never by the machinery that refused it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import core_schema

from parley.scenario.base import Entry, fault, shown

__all__ = [
    "Amount",
    "Date",
    "Duty",
    "Factor",
    "HsLine",
    "Id",
    "Level",
    "Number",
    "Points",
    "Probability",
    "Quantity",
    "Rate",
    "RateRange",
    "Share",
    "Text",
    "Url",
    "Weight",
    "WeightRange",
    "WholeNumber",
    "YesNo",
]

LARGEST_DUTY = 10.0


@dataclass(frozen=True)
class Number:
    """A number with a rule: a test, the rule in words, how to write it."""

    test: Callable[[float], bool]
    rule: str
    do: str
    schema: tuple[tuple[str, float], ...]

    def check(self, value: Any) -> float:
        """Return the value as a float, or raise a fault in plain words."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise fault(f"{shown(value)} is not a number", f"this field is {self.rule}", self.do)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise fault(f"{number} is not a finite number", f"this field is {self.rule}", self.do)
        if not self.test(number):
            raise fault(f"{number:g} is out of range", f"this field is {self.rule}", self.do)
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Tell pydantic to use :meth:`check`."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Return the JSON Schema of the number."""
        return {"type": "number", **dict(self.schema)}


Share = Annotated[
    float,
    Number(
        lambda x: 0.0 < x <= 1.0,
        "a share of a flow, above 0 and at most 1",
        "write a fraction: 0.3 for 30 % of the flow",
        (("exclusiveMinimum", 0), ("maximum", 1)),
    ),
]
Probability = Annotated[
    float,
    Number(
        lambda x: 0.0 <= x <= 1.0,
        "a fraction between 0 and 1",
        "write a fraction: 0.05 for 5 %",
        (("minimum", 0), ("maximum", 1)),
    ),
]
Duty = Annotated[
    float,
    Number(
        lambda x: -1.0 < x <= LARGEST_DUTY,
        "a duty as a fraction, above -1 (-100 %) and at most 10 (1,000 %)",
        "write a fraction of the customs value: 0.25 for 25 %",
        (("exclusiveMinimum", -1), ("maximum", LARGEST_DUTY)),
    ),
]
Points = Annotated[
    float,
    Number(
        lambda x: -LARGEST_DUTY <= x <= LARGEST_DUTY,
        "a change of a duty as a fraction, between -10 and 10",
        "write a fraction: 0.05 for five percentage points more, -0.05 for five fewer",
        (("minimum", -LARGEST_DUTY), ("maximum", LARGEST_DUTY)),
    ),
]
Factor = Annotated[
    float,
    Number(
        lambda x: 0.01 <= x <= 100.0,
        "a trade-cost factor between 0.01 and 100 (1 = no cost)",
        "write a factor: 1.05 where goods become five per cent dearer to trade",
        (("minimum", 0.01), ("maximum", 100)),
    ),
]
Level = Annotated[
    float,
    Number(
        lambda x: -1.0 < x <= LARGEST_DUTY,
        "the level of an instrument: a duty as a fraction above -1 (-100 %), or a cost factor",
        "write 0.25 for a duty of 25 %, or 1.05 for a trade cost of 5 %",
        (("exclusiveMinimum", -1), ("maximum", LARGEST_DUTY)),
    ),
]
Weight = Annotated[
    float,
    Number(
        lambda x: 0.0 <= x <= 1000.0,
        "a weight between 0 and 1,000 (1 = counts as much as anyone else)",
        "write a number such as 1.5",
        (("minimum", 0), ("maximum", 1000)),
    ),
]
Rate = Annotated[
    float,
    Number(
        lambda x: 0.0 <= x <= 100.0,
        "a rate per year between 0 and 100",
        "write a number such as 0.2",
        (("minimum", 0), ("maximum", 100)),
    ),
]
Quantity = Annotated[
    float,
    Number(
        lambda x: 0.0 <= x <= 1e9,
        "an amount between 0 and a billion",
        "write a number such as 50",
        (("minimum", 0), ("maximum", 1e9)),
    ),
]
Amount = Annotated[
    float,
    Number(
        lambda x: abs(x) <= 1e6,
        "an amount in billions of US dollars, at most a million either way",
        "write billions: 67.6 for US$67.6 billion",
        (("minimum", -1e6), ("maximum", 1e6)),
    ),
]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise fault(f"{shown(value)} is not a whole number", do="write a whole number such as 5")
    if not 0 <= value <= 10_000:
        raise fault(f"{shown(value)} is out of range", "whole numbers here run from 0 to 10,000")
    return value


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise fault(f"{shown(value)} is not a yes or no", do="write true or false, without quotes")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise fault(f"{shown(value)} is not a text", do='put it between quotes: "like this"')
    if not value.strip():
        raise fault("the text is empty", do="write something, or leave the field out")
    if len(value) > 4000:
        raise fault(f"the text has {len(value)} characters", "a text has at most 4,000")
    return value.strip()


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise fault(
            f"{shown(value)} cannot be an id",
            "an id has up to 64 letters, digits, '-', '_', '.' and starts with a letter or digit",
            "write an id such as 'jp-beef'",
        )
    return value


def _hs(value: str) -> str:
    plain = value.replace(".", "")
    if not (plain.isdigit() and 2 <= len(plain) <= 10):
        raise fault(
            f"{shown(value)} is not a tariff line",
            "a line is an HS heading or tariff item of 2 to 10 digits",
            'write it as text, such as "0201" or "8703.23"',
        )
    return value


def _url(value: str) -> str:
    if not re.match(r"https?://\S+$", value):
        raise fault(f"{shown(value)} is not a web address", do="write one beginning with https://")
    return value


def _date(value: Any) -> dt.date:
    do = "write the day as 2019-07-18 (year-month-day), without quotes"
    if isinstance(value, dt.datetime):
        raise fault(f"{value.isoformat()} has a time of day", "dates here are whole days", do)
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise fault(f"{value!r} is no day of the calendar", do=do) from None
    raise fault(f"{shown(value)} is not a date", do=do)


WholeNumber = Annotated[
    int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0})
]
YesNo = Annotated[bool, BeforeValidator(_yes_no), WithJsonSchema({"type": "boolean"})]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
Id = Annotated[
    str,
    AfterValidator(_id),
    BeforeValidator(_text),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"}),
]
HsLine = Annotated[
    str,
    AfterValidator(_hs),
    BeforeValidator(_text),
    WithJsonSchema({"type": "string", "pattern": "^[0-9.]{2,13}$"}),
]
Url = Annotated[
    str,
    AfterValidator(_url),
    BeforeValidator(_text),
    WithJsonSchema({"type": "string", "format": "uri"}),
]
Date = Annotated[
    dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})
]


class WeightTable(Entry):
    """A weight with the limits within which it may lie."""

    value: Weight = Field(description="the weight used")
    low: Weight | None = Field(default=None, description="the lowest it may be")
    high: Weight | None = Field(default=None, description="the highest it may be")


class RateTable(Entry):
    """A duty with the limits within which it may lie."""

    value: Duty = Field(description="the rate used")
    low: Duty | None = Field(default=None, description="the lowest it may be")
    high: Duty | None = Field(default=None, description="the highest it may be")


def _as_table(value: Any) -> Any:
    return value if isinstance(value, dict | Entry) else {"value": value}


WeightRange = Annotated[WeightTable, BeforeValidator(_as_table)]
RateRange = Annotated[RateTable, BeforeValidator(_as_table)]
