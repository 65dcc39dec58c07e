"""The full tables of one counterfactual as text, made from its JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.elasticities import interval_tables
from parley.report.figures import Money, hanging, money_of, pct
from parley.report.limits import own_effects

__all__ = ["solve_tables"]

Table = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]


def solve_tables(document: Mapping[str, Any]) -> tuple[list[str], list[Table]]:
    """Return (heading lines, tables) of a document with one package.

    A table is (title, headings with units, rows of text): regions, sectors of every
    region, and goods trade between every two regions.
    """
    package = document["packages"][0]
    model = document["model"]
    worst = max(package["residuals"].values())
    head = [
        f"{package['label']}  [{package['id']}]",
        *hanging(
            "model",
            [
                (
                    f"{model['family']}; deficits {model['closure']}; numeraire "
                    f"{model['numeraire']}; elasticities {model['elasticity']['name']}: "
                    f"{model['elasticity']['source']}"
                )
            ],
            indent=12,
        ),
        f"  base      {model['base']}; world {document['world']['name']}",
        (
            f"  solution  {package['status']} in {package['iterations']} evaluations, largest "
            f"residual {worst:.0e}"
        ),
    ]
    for note in package.get("notes", ()):
        head += hanging("note", [note["text"]], indent=12)
    regions: list[Mapping[str, Any]] = list(package["regions"].values())
    money = money_of(document)
    record = document.get("elasticity_interval")
    interval = [] if record is None else interval_tables(record)
    return head, [
        _welfare(regions, money),
        _first_order(regions, model["family"]),
        _accounts(regions, money),
        _sectors(regions, money),
        _bilateral(package, money),
        *interval,
    ]


def _welfare(regions: list[Mapping[str, Any]], money: Money) -> Table:
    columns = (
        "region",
        "real income %",
        f"EV {money.unit}",
        "EV % of GDP",
        "wage %",
        "real wage %",
        "price index %",
    )
    rows = [
        (
            r["region"],
            _p(r["real_income_pct"]),
            money.change(r["ev_usd_bn"]),
            _p(r["ev_pct_of_gdp"]),
            _p(r["wage_pct"]),
            _p(r["real_wage_pct"]),
            _p(r["price_index_pct"]),
        )
        for r in regions
    ]
    return "Welfare: exact real income and equivalent variation (EV)", columns, rows


def _first_order(regions: list[Mapping[str, Any]], family: str) -> Table:
    fields = {
        "terms of trade": "terms_of_trade_pct",
        "volume of trade": "volume_of_trade_pct",
        "deficit": "deficit_term_pct",
        **own_effects(family),
        "sum": "first_order_total_pct",
        "exact": "real_income_pct",
        "residual": "first_order_residual_pct",
    }
    columns = ("region", *fields)
    rows = [(r["region"], *(_p(r[name]) for name in fields.values())) for r in regions]
    title = "First-order welfare indices beside exact real income, % of income"
    return title, columns, rows


def _accounts(regions: list[Mapping[str, Any]], money: Money) -> Table:
    columns = (
        "region",
        "income",
        "GDP",
        "trade taxes",
        "change",
        "exports",
        "imports",
        "goods balance",
        "change",
    )
    rows = [
        (
            r["region"],
            money.level(r["income_usd_bn"]),
            money.level(r["gdp_usd_bn"]),
            money.level(r["government_revenue_usd_bn"], digits=2),
            money.change(r["government_revenue_change_usd_bn"]),
            money.change(r["exports_change_usd_bn"]),
            money.change(r["imports_change_usd_bn"]),
            money.level(r["goods_balance_usd_bn"], "+"),
            money.change(r["goods_balance_change_usd_bn"]),
        )
        for r in regions
    ]
    title = (
        f"Accounts, {money.unit}: income and GDP before; revenue from trade taxes and goods "
        "balance after; changes of exports and imports"
    )
    return title, columns, rows


def _sectors(regions: list[Mapping[str, Any]], money: Money) -> Table:
    columns = (
        "region",
        "sector",
        "output",
        "change",
        "quantity %",
        "value added",
        "exports",
        "imports",
        "price %",
    )
    rows = [
        (
            r["region"],
            s["sector"],
            money.level(s["output_usd_bn"]),
            money.change(s["output_change_usd_bn"]),
            _p(s["real_output_pct"]),
            money.change(s["value_added_change_usd_bn"]),
            money.change(s["exports_change_usd_bn"]),
            money.change(s["imports_change_usd_bn"]),
            _p(s["price_pct"]),
        )
        for r in regions
        for s in r["sectors"]
    ]
    title = f"Sectors, {money.unit}: output before, then changes; price at purchasers' prices"
    return title, columns, rows


def _bilateral(package: Mapping[str, Any], money: Money) -> Table:
    columns = ("region", "partner", "exports", "change", "balance", "change")
    rows = [
        (
            p["region"],
            p["partner"],
            money.level(p["exports_usd_bn"], digits=2),
            money.change(p["exports_change_usd_bn"]),
            money.level(p["goods_balance_usd_bn"], "+", 2),
            money.change(p["goods_balance_change_usd_bn"]),
        )
        for p in package["bilateral"]
    ]
    title = f"Goods trade between regions at customs value after the change, {money.unit}"
    return title, columns, rows


def _p(value: float) -> str:
    return pct(value, unit=False)
