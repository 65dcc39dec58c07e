"""A game's document as text: heading lines, tables with units, notes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.figures import WIDTH, Money, duty, hanging, money_for, pct
from parley.report.game_weights import inferred_table

__all__ = ["game_tables"]

Row = Mapping[str, Any]
Table = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]
INDENT = 12
# Up to this many players their tariffs stand below one another with all columns.
IN_FULL = 3
TERMS = {
    "terms of trade": "terms_of_trade",
    "volume of trade": "volume_of_trade",
    "profits": "profit_shifting",
    "variety": "variety",
    "deficit": "deficit",
}
ORIGIN = {"nash": "Nash tariffs", "applied": "applied tariffs", "free-trade": "free trade"}
FIRST_ORDER = {"deficit": "deficit_term_pct"}


def game_tables(document: Mapping[str, Any]) -> tuple[list[str], list[Table], list[str]]:
    """Return (heading lines, tables, notes) of a game's document.

    A table is (title, headings with units, rows of text): players, welfare and where it
    comes from, tariffs by sector and by partner, floors.
    """
    regions = list(document["regions"].values())
    money = money_for((r["income_usd_bn"] for r in regions), document["world"]["currency"])
    tables = [_players(document), _welfare(document, regions, money)]
    tables += [_first_order(regions)]
    for kind, title in (("sector", "sector"), ("partner", "source")):
        rows = document[f"tariffs_by_{kind}"]
        if len(document["players"]) <= IN_FULL:
            tables.append(_tariffs(rows, kind, title, money))
        else:
            tables.append(_tariff_matrix(document, rows, kind, title))
    weighed = document["rules"]["weights"] != "none"
    if len(document["players"]) <= IN_FULL and (weighed or document["kind"] == "optimum"):
        tables.append(_sectors(document["sectors"], money, weighed=weighed))
    if document["inferred"]:
        tables.append(inferred_table(document["inferred"]))
    if document["floors"]:
        tables.append(_floors(document))
    notes = [line for text in document["notes"] for line in hanging("note", [text], indent=INDENT)]
    return _heading(document), tables, notes


def _heading(document: Row) -> list[str]:
    model, rules = document["model"], document["rules"]
    names = ", ".join(p["party"] for p in document["players"])
    title = {
        "optimum": f"Optimal tariffs of {names}",
        "nash": f"Trade war of {names}",
        "cooperate": f"Cooperation of {names}, from {ORIGIN[rules['origin']]}",
    }[document["kind"]]
    story = f"{document['title']}, as of {document['as_of']}" if document["title"] else ""
    treatment = "one rate for all sources (MFN)" if rules["mfn"] else "rates may differ by source"
    whose = {"all": "from all sources", "players": "of the other players only"}
    against = rules["against"]
    treatment += f", on goods {whose.get(against, f'of {against} only')}"
    elasticity = model["elasticity"]
    world = f"{document['world']['name']} ({document['world']['year']})"
    lines = {
        "scenario": story,
        "model": f"{model['family']}; trade deficits: {model['closure']}; numeraire: "
        f"{model['numeraire']}; elasticities: {elasticity['name']} ({elasticity['source']})",
        "base": model["base"] + (f"; world {world}" if document["scenario"] else ""),
        "rules": f"{treatment}, between {100 * rules['lowest']:g} and {100 * rules['highest']:g} "
        f"%; maximised: {rules['objective']}"
        + ("; the scenario's vetoes bind" if rules["floors"] else ""),
        "certified": _certificate(document),
        "starts": _starts(document["starts"]),
        "war from": _starts(document["war"]["starts"]) if document["war"] else "",
    }
    return [
        *textwrap.wrap(title, WIDTH),
        *(line for k, v in lines.items() if v for line in hanging(k, [v], indent=INDENT)),
    ]


def _certificate(document: Row) -> str:
    found = document["certificate"]
    if document["kind"] == "cooperate":
        return (
            f"equilibrium residual {found['residual']:.0e}; gains equal to "
            f"{found['imbalance_pp']:.0e} points; common gain still promised at first order "
            f"{found['first_order_gain_pp']:.0e} points; best of {found['tried']} other tariffs "
            f"tried {found['best_improvement_pp']:+.1e} points"
        )
    parties = found["parties"]
    gap = max(p["rate_gap_pp"] for p in parties)
    gradient = max(p["projected_gradient_pct"] for p in parties)
    best = max(parties, key=lambda p: p["best_deviation_pp"])
    tried = sum(p["tried"] for p in parties)
    return (
        f"equilibrium residual {found['residual']:.0e}; every rate within {gap:.0e} points of "
        f"its first-order condition (projected gradient {gradient:.0e}); best of {tried} "
        f"deviations tried {best['best_deviation_pp']:+.1e} points of welfare ({best['party']}: "
        f"{best['best_deviation']})"
    )


def _starts(starts: Sequence[Row]) -> str:
    parts = []
    for s in starts:
        gains = ", ".join(f"{p} {pct(g)}" for p, g in s["gains_pct"].items())
        end = "no certified end" if not s["converged"] else "the same" if s["same"] else gains
        parts.append(f"{s['start']}: {end}")
    return "; ".join(parts)


def _players(document: Row) -> Table:
    columns: tuple[str, ...] = (
        "player",
        "gain %",
        "mean before",
        "mean after",
        "median",
        "lowest",
        "highest",
        "rates set",
        "at lowest",
        "at highest",
    )
    weighed = document["kind"] == "cooperate"
    rows = []
    for p in document["players"]:
        t = p["tariffs"]
        row = (
            p["party"],
            _p(p["gain_pct"]),
            duty(t["mean_before"]),
            duty(t["mean_after"]),
            duty(t["median_after"]),
            duty(t["lowest_after"]),
            duty(t["highest_after"]),
            str(p["rates"]),
            _at_bound(document, p["party"], "lowest"),
            _at_bound(document, p["party"], "highest"),
        )
        rows.append((*row, f"{p['cooperation_weight']:.3f}") if weighed else row)
    aim = "real income" if document["rules"]["weights"] == "none" else "political welfare"
    title = f"Players: gain of {aim}; tariffs, means weighted by imports before; rates at a bound"
    return title, (*columns, "weight") if weighed else columns, rows


def _at_bound(document: Row, party: str, bound: str) -> str:
    """Return how many of a player's rates stand at a bound; under MFN one is of many flows."""
    keys = ["importer", "sector"] + ([] if document["rules"]["mfn"] else ["exporter"])
    rows = (t for t in document["tariffs"] if (t["party"], t["at_bound"]) == (party, bound))
    return str(len({tuple(t[k] for k in keys) for t in rows}))


def _welfare(document: Row, regions: Sequence[Row], money: Money) -> Table:
    shown = {k: f"path_{v}_pct" for k, v in TERMS.items()}
    known = document["path"]["status"] == "converged"
    for name in ("profits", "variety", "deficit"):
        if not known or all(abs(r[shown[name]]) < 5e-7 for r in regions):
            del shown[name]
    if not known:
        shown = {}
    columns = ("region", "real income %", f"EV {money.unit}", "real wage %", *shown)
    rows = [
        (
            r["region"],
            _p(r["real_income_pct"]),
            money.change(r["ev_usd_bn"]),
            _p(r["real_wage_pct"]),
            *(_p(r[name]) for name in shown.values()),
        )
        for r in regions
    ]
    total = document["world_total"]
    blank = ("",) * (1 + len(shown))
    rows.append(("world", _p(total["real_income_pct"]), money.change(total["ev_usd_bn"]), *blank))
    title = "Welfare: exact real income, equivalent variation (EV), real wage"
    if known:
        title += "; sources along the path, log points"
    return title, columns, rows


def _first_order(regions: Sequence[Row]) -> Table:
    fields = {k: FIRST_ORDER.get(k, f"{v}_pct") for k, v in TERMS.items()}
    for name in ("profits", "variety", "deficit"):
        if all(abs(r[fields[name]]) < 5e-7 for r in regions):
            del fields[name]
    fields |= {"sum": "first_order_total_pct", "exact": "real_income_pct"}
    fields |= {"residual": "first_order_residual_pct"}
    rows = [(r["region"], *(_p(r[name]) for name in fields.values())) for r in regions]
    title = "First-order welfare indices, % of income; large tariffs leave a large residual"
    return title, ("region", *fields), rows


def _tariffs(rows: Sequence[Row], kind: str, title: str, money: Money) -> Table:
    extra = ("elasticity",) if kind == "sector" else ()
    columns = (
        "player",
        title,
        *extra,
        "imports before",
        "after",
        "tariff before",
        "after",
        "lowest",
        "highest",
    )
    found = [
        (
            row["party"],
            row[kind],
            *((f"{row['trade_elasticity']:.2f}",) if extra else ()),
            money.level(row["imports_before_usd_bn"], digits=2),
            money.level(row["imports_after_usd_bn"], digits=2),
            duty(row["mean_before"]),
            duty(row["mean_after"]),
            duty(row["lowest_after"]),
            duty(row["highest_after"]),
        )
        for row in rows
    ]
    heading = (
        f"Tariffs by {title}: imports at customs value, {money.unit}; means weighted by imports "
        "before"
    )
    return heading, (*columns[:-2], "lowest after", "highest after"), found


def _tariff_matrix(document: Row, rows: Sequence[Row], kind: str, title: str) -> Table:
    names = [p["party"] for p in document["players"]]
    cells = {(row[kind], row["party"]): duty(row["mean_after"]) for row in rows}
    labels = list(dict.fromkeys(row[kind] for row in rows))
    order = document["world"]["sectors" if kind == "sector" else "regions"]
    labels = [label for label in order if label in labels]
    found = [(label, *(cells.get((label, n), "-") for n in names)) for label in labels]
    heading = f"Mean tariff of each player (columns) by {title}, after, weighted by imports before"
    return heading, (title, *names), found


def _sectors(rows: Sequence[Row], money: Money, *, weighed: bool) -> Table:
    profits = any(row["profit_usd_bn"] for row in rows)
    columns = (
        "region",
        "sector",
        *(("weight",) if weighed else ()),
        "output",
        "quantity %",
        "value added",
        *(("profits",) if profits else ()),
        "exports",
        "imports",
        "real income %",
    )
    found = [
        (
            row["region"],
            row["sector"],
            *((f"{row['weight']:.3f}",) if weighed else ()),
            money.level(row["output_usd_bn"]),
            _p(row["real_output_pct"]),
            money.change(row["value_added_change_usd_bn"]),
            *((money.change(row["profit_change_usd_bn"]),) if profits else ()),
            money.change(row["exports_change_usd_bn"]),
            money.change(row["imports_change_usd_bn"]),
            "-" if row["real_income_pct"] is None else _p(row["real_income_pct"]),
        )
        for row in rows
    ]
    title = (
        f"Sectors of the players, {money.unit}: output before, then changes; real income earned "
        "in the sector"
    )
    return title, columns, found


def _floors(document: Row) -> Table:
    columns = ("player", "constituency", "may lose %", "real income %", "binds", "multiplier")
    rows = [
        (
            f["party"],
            f["constituency"],
            _p(f["may_lose_pct"]).lstrip("+"),
            _p(f["real_income_pct"]),
            "yes" if f["binds"] else "no",
            f"{f['multiplier']:.3f}",
        )
        for f in document["floors"]
    ]
    heading = (
        "Ratification floors; multiplier: gain of the objective per unit of the constituency's "
        "income given up"
    )
    return heading, columns, rows


def _p(value: float) -> str:
    return pct(value, unit=False)
