"""The full tables of one counterfactual as text, made from its JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.report.figures import bn, hanging, pct

__all__ = ["solve_tables"]

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


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
    regions = list(package["regions"].values())
    return head, [_welfare(regions), _money(regions), _sectors(regions), _bilateral(package)]


def _welfare(regions: list[Mapping[str, Any]]) -> Table:
    columns = (
        "region",
        "real income %",
        "EV bn",
        "EV % GDP",
        "wage %",
        "real wage %",
        "prices %",
        "ToT %",
        "VoT %",
        "dD %",
        "residual %",
    )
    rows = [
        (
            r["region"],
            _p(r["real_income_pct"]),
            bn(r["ev_usd_bn"]),
            _p(r["ev_pct_of_gdp"]),
            _p(r["wage_pct"]),
            _p(r["real_wage_pct"]),
            _p(r["price_index_pct"]),
            _p(r["terms_of_trade_pct"]),
            _p(r["volume_of_trade_pct"]),
            _p(r["deficit_term_pct"]),
            _p(r["first_order_residual_pct"]),
        )
        for r in regions
    ]
    title = (
        "Welfare: exact real income and equivalent variation; ToT, VoT and dD are the "
        "first-order indices, residual is exact less their sum"
    )
    return title, columns, rows


def _money(regions: list[Mapping[str, Any]]) -> Table:
    columns = (
        "region",
        "income bn",
        "GDP bn",
        "revenue bn",
        "change bn",
        "exports bn",
        "imports bn",
        "goods balance bn",
        "change bn",
    )
    rows = [
        (
            r["region"],
            f"{r['income_usd_bn']:,.1f}",
            f"{r['gdp_usd_bn']:,.1f}",
            f"{r['government_revenue_usd_bn']:,.2f}",
            bn(r["government_revenue_change_usd_bn"]),
            bn(r["exports_change_usd_bn"]),
            bn(r["imports_change_usd_bn"]),
            f"{r['goods_balance_usd_bn']:+,.1f}",
            bn(r["goods_balance_change_usd_bn"]),
        )
        for r in regions
    ]
    title = "Income before; trade-tax revenue and its change; changes of exports and imports"
    return title, columns, rows


def _sectors(regions: list[Mapping[str, Any]]) -> Table:
    columns = (
        "region",
        "sector",
        "output bn",
        "change bn",
        "quantity %",
        "value added bn",
        "exports bn",
        "imports bn",
        "price %",
    )
    rows = [
        (
            r["region"],
            s["sector"],
            f"{s['output_usd_bn']:,.1f}",
            bn(s["output_change_usd_bn"]),
            _p(s["real_output_pct"]),
            bn(s["value_added_change_usd_bn"]),
            bn(s["exports_change_usd_bn"]),
            bn(s["imports_change_usd_bn"]),
            _p(s["price_pct"]),
        )
        for r in regions
        for s in r["sectors"]
    ]
    return "Sectors: output before, and changes", columns, rows


def _bilateral(package: Mapping[str, Any]) -> Table:
    columns = (
        "region",
        "partner",
        "goods exports bn",
        "change bn",
        "goods balance bn",
        "change bn",
    )
    rows = [
        (
            p["region"],
            p["partner"],
            f"{p['exports_usd_bn']:,.2f}",
            bn(p["exports_change_usd_bn"]),
            f"{p['goods_balance_usd_bn']:+,.2f}",
            bn(p["goods_balance_change_usd_bn"]),
        )
        for p in package["bilateral"]
    ]
    return "Goods trade between regions at customs value, after the change", columns, rows


def _p(value: float) -> str:
    return pct(value, unit=False)
