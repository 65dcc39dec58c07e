"""A game's document as tidy CSV tables: one row per observation, units in the headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["game_csv_tables"]

Row = dict[str, Any]
# Fields of a certificate or a war that do not stand in the table of certificates.
NOT_PROOF = ("parties", "starts", "solutions_found")


def game_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of a game's document; a table without rows is left out.

    ``model`` (one row: setting, rules, world total), ``players``, ``regions``, ``sectors``
    (of players), ``tariffs`` (every flow), ``tariffs_by_sector``, ``tariffs_by_partner``,
    ``certificate``, ``starts``, ``floors``, ``inferred``.
    """
    tables: dict[str, list[Row]] = {
        "model": [_model(document)],
        "players": [_player(p) for p in document["players"]],
        "regions": [dict(r) for r in document["regions"].values()],
        "certificate": _certificate(document),
        "starts": _starts(document),
    }
    for name in ("sectors", "tariffs", "tariffs_by_sector", "tariffs_by_partner", "floors"):
        tables[name] = [dict(row) for row in document[name]]
    tables["inferred"] = [
        {"region": row["region"]} | dict(sector)
        for row in document["inferred"]
        for sector in row["sectors"]
    ]
    return {name: rows for name, rows in tables.items() if rows}


def _model(document: Mapping[str, Any]) -> Row:
    model = document["model"]
    return {
        "kind": document["kind"],
        "scenario": document["scenario"],
        "as_of": document["as_of"],
        "world": document["world"]["name"],
        "world_year": document["world"]["year"],
        "family": model["family"],
        "closure": model["closure"],
        "numeraire": model["numeraire"],
        "elasticity": model["elasticity"]["name"],
        "elasticity_source": model["elasticity"]["source"],
        "base": model["base"],
        **document["rules"],
        **{f"world_{name}": value for name, value in document["world_total"].items()},
        **{f"residual_{name}": value for name, value in document["residuals"].items()},
    }


def _player(player: Mapping[str, Any]) -> Row:
    plain = {k: v for k, v in player.items() if k != "tariffs"}
    return plain | {"regions": ";".join(player["regions"])} | dict(player["tariffs"])


def _starts(document: Mapping[str, Any]) -> list[Row]:
    of_war = document["war"]["starts"] if document["war"] else []
    return [
        {"of": of}
        | {k: v for k, v in start.items() if k != "gains_pct"}
        | {"party": party, "gain_pct": gain}
        for of, starts in (("result", document["starts"]), ("war", of_war))
        for start in starts
        for party, gain in start["gains_pct"].items()
    ]


def _certificate(document: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for of, found in (("result", document["certificate"]), ("war", document["war"])):
        if found is None:
            continue
        plain = {k: v for k, v in found.items() if k not in NOT_PROOF}
        parties = found.get("parties") or [{}]
        rows += [{"of": of} | plain | dict(p) for p in parties]
    return rows
