"""Inferred political weights beside a game: how well they fit and what they rest on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from parley.arena import Arena
from parley.report.figures import duty
from parley.report.game_records import Game
from parley.report.schema_parts import Schema, closed_object, listed, text, typed

__all__ = [
    "PROXY",
    "inferred_row",
    "inferred_rows",
    "inferred_schema",
    "inferred_table",
    "inferred_warnings",
]

CERTAIN = "identified"
PROXY = (
    "the weights are inferred from how applied tariffs differ between sectors: a proxy for "
    "politics, as applied tariffs are themselves negotiated"
)


def inferred_rows(game: Game) -> list[dict[str, Any]]:
    """Return the inferred weights of every player's regions; none if they are not inferred."""
    if game.rules.weights != "inferred":
        return []
    return [
        inferred_row(game.arena, region)
        for player in game.players
        for region in player.objective.regions
    ]


def inferred_row(arena: Arena, region: int, pattern: str = "shift") -> dict[str, Any]:
    """Return the inferred weights of one region, by position; figures that do not exist are None.

    Raises
    ------
    InputError
        If its tariffs do not differ between sectors, or there is no such pattern.
    """
    found = arena.inferred(region, pattern)
    return {
        "region": arena.seen.regions[region],
        "pattern": found.pattern,
        "certified": bool(found.certified),
        "correlation": _finite(found.correlation),
        "misfit_pp": _finite(found.misfit_pp),
        "condition": _finite(found.condition),
        "minima": [
            {"mean_rate": float(m.mean_rate), "misfit": float(m.misfit)} for m in found.minima
        ],
        "sectors": [
            {
                "sector": sector,
                "weight": float(found.weight[s]),
                "status": found.status[s],
                "applied": _finite(found.applied[s]),
                "target": _finite(found.target[s]),
                "optimal": _finite(found.optimal[s]),
            }
            for s, sector in enumerate(arena.seen.sectors)
        ],
    }


def inferred_table(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """Return (title, headings, rows of text): one row per region."""
    columns = (
        "region",
        "sectors identified",
        "weights from",
        "to",
        "mean of pattern",
        "misfit, points",
        "correlation",
        "condition",
        "other means",
    )
    found: list[tuple[str, ...]] = []
    for row in rows:
        weights = [s["weight"] for s in row["sectors"]]
        found.append(
            (
                row["region"],
                f"{_identified(row)} of {len(weights)}",
                f"{min(weights):.2f}",
                f"{max(weights):.2f}",
                duty(row["minima"][0]["mean_rate"]) if row["minima"] else "-",
                f"{row['misfit_pp']:.2g}" if row["misfit_pp"] is not None else "-",
                f"{row['correlation']:.2f}" if row["correlation"] is not None else "-",
                f"{row['condition']:.1e}" if row["condition"] is not None else "-",
                str(max(len(row["minima"]) - 1, 0)),
            )
        )
    title = (
        "Weights inferred from applied tariffs, a proxy: fit of the optimal MFN tariffs to their "
        "pattern"
    )
    return title, columns, found


def inferred_warnings(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return notes on weights that are not unique, not certified or hardly identified."""
    found = []
    several = [r["region"] for r in rows if len(r["minima"]) > 1]
    if several:
        found.append(f"weights that fit about as well exist for {', '.join(several)}")
    doubtful = [r["region"] for r in rows if not r["certified"]]
    if doubtful:
        found.append(
            f"the tariffs by which the fit of weights is judged are not certified for "
            f"{', '.join(doubtful)}"
        )
    bare = [r["region"] for r in rows if _identified(r) <= 1]
    if bare:
        found.append(f"applied tariffs say almost nothing on the weights of {', '.join(bare)}")
    return found


def inferred_schema() -> Schema:
    """Return the JSON Schema of the rows."""
    minimum = {
        "mean_rate": typed("number", "Mean tariff of the pattern, a fraction."),
        "misfit": typed("number", "Root mean square distance to the pattern, a share of it."),
    }
    maybe = ["number", "null"]
    sector = {
        "sector": text("Label of the sector."),
        "weight": typed("number", "Political weight; the weights of a region average one."),
        "status": text("What the data say: identified, upper bound, or no tariff."),
        "applied": typed(maybe, "Import-weighted applied tariff, a fraction; null: no tariff."),
        "target": typed(maybe, "The pattern that the weights are to make optimal, a fraction."),
        "optimal": typed(maybe, "Optimal MFN tariff under the weights, a fraction."),
    }
    region = {
        "region": text("Label of the region."),
        "pattern": text("How applied tariffs are brought to the mean of optimal ones."),
        "certified": typed("boolean", "Whether the optimal tariffs compared are certified."),
        "correlation": typed(maybe, "Of optimal tariffs with the pattern, identified sectors."),
        "misfit_pp": typed(maybe, "Root mean square of optimal less target, percentage points."),
        "condition": typed(maybe, "Condition number; large: weakly identified."),
        "minima": listed(
            "Mean rates that fit about as well, the one used first.",
            closed_object("A mean rate.", minimum),
        ),
        "sectors": listed("By sector.", closed_object("A sector.", sector)),
    }
    return listed(
        "Weights inferred from applied tariffs, a proxy; empty if others are used.",
        closed_object("A region of a player.", region),
    )


def _identified(row: Mapping[str, Any]) -> int:
    return sum(s["status"] == CERTAIN for s in row["sectors"])


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
