"""Optimal tariffs, trade wars and cooperation as JSON-ready documents.

A document is made only of a certified answer: anything else is a
:class:`~parley.errors.NotConvergedError` that shows the last certificate, never a tariff.
Names and units are those of :mod:`parley.report.document`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from parley.arena import Arena, Rules
from parley.equilibrium.decomposition import decompose
from parley.errors import NotConvergedError
from parley.games.certificate import STARTS, Certificate
from parley.games.cooperation import Cooperation
from parley.games.nash import Nash
from parley.games.optimum import Optimum
from parley.report.document import document_head
from parley.report.game_certificate import certificate_record, require_certified
from parley.report.game_notes import notes
from parley.report.game_records import (
    Game,
    Key,
    floor_rows,
    labelled,
    sector_incomes,
    summaries,
    tariff_rows,
)
from parley.report.game_weights import inferred_rows

__all__ = ["PATH_FIELDS", "cooperate_document", "nash_document", "optimum_document"]

PATH_FIELDS = (
    "terms_of_trade",
    "volume_of_trade",
    "profit_shifting",
    "variety",
    "deficit",
    "total",
    "residual",
)
# Local optima whose gains differ by less, in percentage points, count as one.
SAME_GAIN = 1e-4


def optimum_document(
    arena: Arena, rules: Rules, found: Optimum, *, seed: int = 0
) -> dict[str, Any]:
    """Return a party's optimal tariffs as a document.

    Raises
    ------
    NotConvergedError
        If they are not certified.
    """
    party = found.player.name
    what = f"the optimal tariffs of {party}"
    require_certified(what, arena, found.certificate, found.path, floors=rules.floors)
    game = Game(arena, rules, (found.player,), found.base, found.point, arena.title)
    starts = [
        {
            "start": start_name(o.start, rules.bounds),
            "converged": o.converged,
            "same": o.same_as_best,
            "gains_pct": {party: o.gain_pct},
        }
        for o in found.optima
    ]
    distinct = 1 + _distinct([o.gain_pct for o in found.optima if _other(o)])
    return _document(game, "optimum", seed) | {
        "certificate": _proof(found.certificate, rules),
        "starts": starts,
        "solutions_found": distinct,
        "war": None,
        "notes": notes(game, "optimum", distinct=distinct),
    }


def nash_document(
    arena: Arena, rules: Rules, found: Nash, *, seed: int = 0, told: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a trade war as a document; ``told`` are notes to put first.

    Raises
    ------
    NotConvergedError
        If it is not certified.
    """
    what = f"the trade war of {_named(found)}"
    require_certified(what, arena, found.certificate, found.path, floors=rules.floors)
    game = Game(arena, rules, found.players, found.base, found.point, arena.title)
    return _document(game, "nash", seed) | {
        "certificate": _proof(found.certificate, rules),
        "starts": _wars(found, rules),
        "solutions_found": found.equilibria,
        "war": None,
        "notes": [*told, *notes(game, "nash", distinct=found.equilibria)],
    }


def cooperate_document(
    arena: Arena,
    rules: Rules,
    found: Cooperation,
    origin: str,
    *,
    war: Nash | None = None,
    seed: int = 0,
    told: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the largest common gain from ``origin`` as a document.

    ``war`` is the trade war that cooperation starts from, if it does; ``told`` are notes to
    put first.

    Raises
    ------
    NotConvergedError
        If the war or the cooperation is not certified.
    """
    if war is not None:
        require_certified(f"the trade war of {_named(war)}", arena, war.certificate, war.path)
    what = f"cooperation of {_named(found)} from {ORIGIN[origin]}"
    require_certified(what, arena, found.certificate, found.path)
    before = arena.title if origin == "applied" else f"{ORIGIN[origin]}, from {arena.title}"
    game = Game(arena, rules, found.players, found.base, found.point, before)
    document = _document(game, "cooperate", seed)
    for player, weight in zip(document["players"], found.multipliers, strict=True):
        player["cooperation_weight"] = weight
    document["rules"]["origin"] = origin
    return document | {
        "certificate": {"certified": True, **asdict(found.certificate)},
        "starts": [],
        "solutions_found": None,
        "war": None if war is None else _war(war, rules),
        "notes": [*told, *_of_war(war), *notes(game, "cooperate", distinct=1)],
    }


ORIGIN = {
    "nash": "Nash tariffs",
    "applied": "the tariffs in force",
    "free-trade": "free trade in goods",
}


def _other(found: Any) -> bool:
    return bool(found.converged and not found.same_as_best)


def _distinct(gains: Sequence[float]) -> int:
    """Return how many different gains there are."""
    steps = np.diff(np.sort(np.asarray(gains)))
    return int((steps > SAME_GAIN).sum()) + 1 if len(gains) else 0


def _named(found: Nash | Cooperation) -> str:
    return ", ".join(p.name for p in found.players)


def start_name(name: str, bounds: tuple[float, float]) -> str:
    """Return the name of a start with its rates as they are within the bounds."""
    for word, rate in STARTS:
        used = min(max(rate, bounds[0]), bounds[1])
        if used != rate and word in name:
            bound = "upper" if used < rate else "lower"
            return name.replace(word, f"tariffs of {100 * used:g} % (the {bound} bound)")
    return name


def _proof(found: Certificate, rules: Rules) -> dict[str, Any]:
    record = certificate_record(found)
    for party in record["parties"]:
        party["best_deviation"] = start_name(party["best_deviation"], rules.bounds)
    return record


def _war(war: Nash, rules: Rules) -> dict[str, Any]:
    """Return the war that cooperation starts from: certificate, starts, how many there are."""
    record = _proof(war.certificate, rules)
    return record | {"starts": _wars(war, rules), "solutions_found": war.equilibria}


def _of_war(war: Nash | None) -> list[str]:
    others = 0 if war is None else war.equilibria - 1
    if others < 1:
        return []
    count = "another war exists" if others == 1 else f"{others} other wars exist"
    said = f"gains are measured from the war reached from the tariffs in force; {count}"
    return [f"{said}, from which they would differ"]


def _wars(found: Nash, rules: Rules) -> list[dict[str, Any]]:
    names = [p.name for p in found.players]
    return [
        {
            "start": start_name(w.start, rules.bounds),
            "converged": w.equilibrium > 0,
            "same": w.equilibrium == 1,
            "gains_pct": dict(zip(names, w.gains_pct, strict=True)),
        }
        for w in found.wars
    ]


def _document(game: Game, kind: str, seed: int) -> dict[str, Any]:
    arena, rules = game.arena, game.rules
    base, new = game.equilibria
    scenario = None if arena.study is None else arena.study.scenario
    rows = tariff_rows(game)
    whole = summaries(rows, lambda r: (r.party,))
    by_sector = summaries(rows, lambda r: (r.party, r.sector))
    by_partner = summaries(rows, lambda r: (r.party, r.exporter))
    theta = dict(zip(arena.seen.sectors, map(float, arena.simulator.theta), strict=True))
    order: list[Key] = [(p.name, s) for p in game.players for s in arena.seen.sectors]
    sectors = {key: by_sector[key] for key in order if key in by_sector}
    path_status, path = _along_path(game)
    return {
        **document_head(arena.world, base, [base, new], game.before, kind),
        "scenario": None if scenario is None else scenario.id or scenario.filename,
        "title": None if scenario is None else scenario.title,
        "as_of": None if scenario is None else scenario.as_of.isoformat(),
        "rules": {
            "origin": "applied",
            "mfn": rules.mfn,
            "against": rules.against,
            "weights": rules.weights,
            "objective": rules.describe_weights(),
            "lowest": float(rules.bounds[0]),
            "highest": float(rules.bounds[1]),
            "floors": rules.floors,
            "seed": seed,
        },
        "players": [
            {
                "party": p.name,
                "regions": game.regions(p),
                "rates": p.instruments.size,
                "gain_pct": game.gain_pct(p),
                "cooperation_weight": None,
                "tariffs": asdict(whole[(p.name,)]),
            }
            for p in game.players
        ],
        "regions": {
            r.region: {k: v for k, v in asdict(r).items() if k != "sectors"} | path[r.region]
            for r in game.figures.regions
        },
        "path": path_status,
        "world_total": {
            "real_income_pct": game.figures.world_real_income_pct,
            "ev_usd_bn": game.figures.world_ev_usd_bn,
        },
        "sectors": _sectors(game),
        "tariffs_by_sector": [
            {**row, "trade_elasticity": theta[row["sector"]]}
            for row in labelled(("party", "sector"), sectors)
        ],
        "tariffs_by_partner": labelled(("party", "partner"), by_partner),
        "tariffs": [asdict(r) for r in rows],
        "floors": [asdict(r) for r in floor_rows(game)],
        "inferred": inferred_rows(game),
    }


def _sectors(game: Game) -> list[dict[str, Any]]:
    rows = []
    for player in game.players:
        for region in game.regions(player):
            plain = game.figures.region(region).sectors
            for figures, income in zip(plain, sector_incomes(game, player, region), strict=True):
                key = {"party": player.name, "region": region}
                rows.append(key | asdict(figures) | asdict(income))
    return rows


def _along_path(game: Game) -> tuple[dict[str, Any], dict[str, dict[str, float | None]]]:
    """Return how the path decomposition went, and its terms by region, per cent."""
    labels = game.arena.seen.regions
    try:
        found = decompose(game.figures.comparison)
    except NotConvergedError:
        nothing: dict[str, float | None] = {f"path_{name}_pct": None for name in PATH_FIELDS}
        return {"status": "not converged", "equilibria": None}, dict.fromkeys(labels, nothing)
    terms: dict[str, dict[str, float | None]] = {
        region: {f"path_{name}_pct": float(100 * getattr(found, name)[n]) for name in PATH_FIELDS}
        for n, region in enumerate(labels)
    }
    return {"status": "converged", "equilibria": found.nodes}, terms
