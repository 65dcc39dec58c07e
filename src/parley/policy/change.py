"""A change of one instrument on one bilateral sector flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["CHANGE_KINDS", "Change", "ChangeKind"]

ChangeKind = Literal["tariff", "additional-tariff", "export-tax", "cost"]
CHANGE_KINDS: tuple[str, ...] = get_args(ChangeKind)


@dataclass(frozen=True)
class Change:
    """One instrument set to one level on one flow, or on a slice of it.

    Attributes
    ----------
    importer, exporter, sector
        The cell of the flow, by label.
    kind
        ``tariff``: ``value`` is the new ordinary duty, ad valorem, a fraction.
        ``additional-tariff``: ``value`` comes on top of the ordinary duty, a
        fraction; it replaces what the same instrument put there before
        (0 switches it off); different instruments add up.
        ``export-tax``: ``value`` is the exporter's tax on the basic price.
        ``cost``: ``value`` is the iceberg factor against the world's year
        (1 = none, 1.05 = five per cent more must be shipped).
    value
        Level in the unit of the kind.
    instrument
        Id of the instrument or measure that sets it.
    slice
        Name of the part of the flow that is touched; "" is the whole flow,
        every slice of it included.
    share_of_flow
        The slice's share of the flow's customs value in the world's year, in (0, 1].
    now
        The slice's own ordinary duty in the world's year (fraction) where it is
        known to differ from the cell's average; the rest of the cell is then
        given the duty that keeps the cell's trade-weighted average.
    """

    importer: str
    exporter: str
    sector: str
    kind: ChangeKind
    value: float
    instrument: str = ""
    slice: str = ""
    share_of_flow: float = 1.0
    now: float | None = None
