"""The rows of the tables of measures: what each column means, how they are written."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["BindingRow", "Flows", "MeasureRow", "SliceRow", "csv_text"]

SHARE_DIGITS = 4
VALUE_DIGITS = 4
Kind = Literal["tariff", "additional-tariff", "tariff-change"]


class Flows(Protocol):
    """What the tables need of a world: labels, net flows and ordinary duties."""

    @property
    def regions(self) -> Sequence[str]:
        """Region labels."""
        ...

    @property
    def sectors(self) -> Sequence[str]:
        """Sector labels."""
        ...

    @property
    def flows(self) -> NDArray[np.float64]:
        """Flows net of tariff [importer, exporter, sector], million USD."""
        ...

    @property
    def tariffs(self) -> NDArray[np.float64]:
        """Ordinary duties [importer, exporter, sector], fraction."""
        ...


@dataclass(frozen=True)
class MeasureRow:
    """One measure on a part of one flow.

    ``share_of_flow`` is the part of the flow's customs value in the world's year;
    ``value`` a fraction: the new ordinary duty ("tariff"), points on top of it
    ("additional-tariff") or points added to it ("tariff-change", negative for cuts).
    """

    importer: str
    exporter: str
    sector: str
    share_of_flow: float
    kind: Kind
    value: float
    note: str


@dataclass(frozen=True)
class SliceRow:
    """A part of a sector's flow that an instrument touches, with its own ordinary duty."""

    instrument: str
    importer: str
    exporter: str
    sector: str
    share_of_flow: float
    now: float
    hs: str
    source: str
    note: str


@dataclass(frozen=True)
class BindingRow:
    """Bound and applied duties of a sector and how many lines stand at 5 % or below.

    Means are simple means over ad valorem lines, as fractions; ``lines`` counts these
    lines. ``bound_mean`` or ``mfn_mean`` is empty where the tables do not say.
    """

    importer: str
    sector: str
    bound_mean: float | None
    mfn_mean: float | None
    lines: int
    lines_at_or_below_5pct: int
    note: str


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "share_of_flow" and isinstance(value, float):
        # Down, so that the printed parts of a flow never add to more than one.
        scale = 10**SHARE_DIGITS
        value = math.floor(value * scale + 1e-6) / scale
    if isinstance(value, float):
        return f"{value:.{VALUE_DIGITS}f}".rstrip("0").rstrip(".") or "0"
    return str(value)


def csv_text(rows: Iterable[MeasureRow | SliceRow | BindingRow]) -> str:
    """Return rows of one kind as CSV text with a line of column names."""
    rows = list(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f.name for f in fields(rows[0])]
    writer.writerow(names)
    writer.writerows([_text(n, v) for n, v in zip(names, astuple(r), strict=True)] for r in rows)
    return out.getvalue()
