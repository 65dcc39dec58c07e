"""Labels: unique names of regions and sectors, and the nearest match to a typo."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = ["allowed_text", "did_you_mean", "duplicates"]


def did_you_mean(found: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed label nearest to ``found``, or None if none is near.

    Case is ignored first, then spelling (difflib ratio of at least 0.6).
    """
    names = [str(a) for a in allowed]
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    key = found.strip().casefold()
    if key in folded:
        return folded[key]
    near = difflib.get_close_matches(key, list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def allowed_text(found: str, allowed: Sequence[str], limit: int = 40) -> str:
    """Return "use one of: A, B, C (did you mean 'B'?)" for an unknown label."""
    names = [str(a) for a in allowed]
    shown = ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")
    near = did_you_mean(found, names)
    hint = f" (did you mean '{near}'?)" if near is not None else ""
    return f"use one of: {shown}{hint}"


def duplicates(labels: Iterable[str]) -> list[str]:
    """Return the labels that occur more than once, in order of first repetition."""
    seen: set[str] = set()
    twice: list[str] = []
    for label in labels:
        if label in seen and label not in twice:
            twice.append(label)
        seen.add(label)
    return twice
