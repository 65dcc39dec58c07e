"""Harmonized System codes to the 28 sectors, and trade values spread over lines.

``hs2017_to_icio28.csv`` holds prefixes of two, four or six digits; the longest prefix of
a code decides. It covers chapters 01 to 97: chapters 98 and 99 are national and no goods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from parley.errors import InputError
from parley.files.build.concordance import read_table

__all__ = ["HsSectors", "by_longest_prefix", "spread"]

CONCORDANCE = "hs2017_to_icio28"
LENGTHS = (6, 5, 4, 2)
NATIONAL_CHAPTERS = ("98", "99")


class HsSectors:
    """The sector of an HS code of four or more digits."""

    def __init__(self) -> None:
        self._of = {row["hs"]: row["sector"] for row in read_table(CONCORDANCE)}

    @property
    def sectors(self) -> frozenset[str]:
        """The sectors that any code leads to."""
        return frozenset(self._of.values())

    def sector(self, code: str) -> str:
        """Return the sector of ``code`` (digits only).

        Raises
        ------
        InputError
            If no prefix of the code is in the concordance.
        """
        for n in LENGTHS:
            found = self._of.get(code[:n]) if len(code) >= n else None
            if found:
                return found
        raise InputError.one(
            f"HS code {code!r} belongs to no sector",
            f"{CONCORDANCE}.csv",
            "the concordance covers chapters 01 to 97",
            "add a prefix of the code to the concordance, or leave the line out",
        )

    @staticmethod
    def is_goods(code: str) -> bool:
        """Tell whether the code belongs to chapters 01 to 97."""
        return code[:2] not in NATIONAL_CHAPTERS


def by_longest_prefix(codes: Iterable[str], prefixes: Iterable[str]) -> dict[str, str]:
    """Return for each code the longest of the prefixes it starts with (if any)."""
    by_length = sorted(prefixes, key=len, reverse=True)
    out = {}
    for code in codes:
        for p in by_length:
            if code.startswith(p):
                out[code] = p
                break
    return out


def spread(values: Mapping[str, float], codes: Iterable[str]) -> dict[str, float]:
    """Return the value of each code when prefixes' values are spread evenly over codes.

    A prefix's value includes that of longer prefixes inside it; what remains after taking
    these out is shared evenly by the codes that have no longer prefix.

    Parameters
    ----------
    values
        Prefix -> value (any unit).
    codes
        Codes without repetition; those under no prefix get zero.
    """
    codes = list(codes)
    owner = by_longest_prefix(codes, values)
    parent = {
        p: max((q for q in values if q != p and p.startswith(q)), key=len, default="")
        for p in values
    }
    net = dict(values)
    for p, q in parent.items():
        if q:
            net[q] -= values[p]
    count = Counter(owner.values())
    return {c: max(net[owner[c]], 0.0) / count[owner[c]] if c in owner else 0.0 for c in codes}
