"""A report's document as tidy CSV tables: one row per observation, units in the headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parley.report.deal import deal_csv_tables
from parley.report.elasticities import interval_csv
from parley.report.when import when_csv_tables

__all__ = ["csv_tables"]

Row = dict[str, Any]


def csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of a brief's or a solve's document.

    ``model`` (one row: what everything was computed with), ``regions``, ``sectors``,
    ``bilateral``; for a scenario also ``constituencies``, ``concessions``, ``terms``,
    ``purchases``, ``payments``, ``lasting``, ``breakdown``, ``sensitivity`` and ``balances``. Every
    row names its package. With an elasticity interval also ``elasticities``, with a common ground
    those of :func:`parley.report.deal.deal_csv_tables`, their names after ``ground_``;
    with a timeline those of :func:`parley.report.when.when_csv_tables`.
    """
    tables: dict[str, list[Row]] = {"model": [_model(document)]}
    for package in document["packages"]:
        key = {"package": package["id"]}
        for region in package["regions"].values():
            plain = {k: v for k, v in region.items() if k != "sectors"}
            _add(tables, "regions", key | plain)
            for sector in region["sectors"]:
                _add(tables, "sectors", key | {"region": region["region"]} | sector)
        for pair in package["bilateral"]:
            _add(tables, "bilateral", key | pair)
        for name in ("constituencies", "concessions", "terms", "purchases", "payments"):
            for row in package.get(name, ()):
                _add(tables, name, key | _flat(row))
        if package.get("lasting"):
            for region, figures in package["lasting"]["regions"].items():
                since = {"since_years": package["lasting"]["since_years"], "region": region}
                _add(tables, "lasting", key | since | figures)
        for region, figures in package.get("against_breakdown", {}).get("regions", {}).items():
            fall = {"breakdown": package["against_breakdown"]["breakdown"], "region": region}
            _add(tables, "breakdown", key | fall | figures)
        for row in package.get("sensitivity", ()):
            setting = {k: row[k] for k in ("family", "closure", "elasticity")}
            for region, figures in row["regions"].items():
                _add(tables, "sensitivity", key | setting | {"region": region} | figures)
    for check in document.get("balances", ()):
        head = {k: check[k] for k in ("id", "label", "year", "unit", "claimed", "verdict")}
        none: list[Row] = [{}]
        for found in check["found"] or none:
            figures = {f"found_{k}": v for k, v in found.items()}
            _add(tables, "balances", head | figures)
    ground = document.get("common_ground")
    if ground:
        found = deal_csv_tables({**document, **ground})
        tables |= {f"ground_{name}": rows for name, rows in found.items()}
    if document.get("timeline"):
        tables |= when_csv_tables(document)
    if document.get("elasticity_interval"):
        tables["elasticities"] = interval_csv(document["elasticity_interval"])
    return tables


def _add(tables: dict[str, list[Row]], name: str, row: Row) -> None:
    tables.setdefault(name, []).append(row)


def _model(document: Mapping[str, Any]) -> Row:
    model = document["model"]
    return {
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
        **{f"residual_{name}": value for name, value in document["residuals"].items()},
    }


def _flat(row: Mapping[str, Any]) -> Row:
    """Return a row whose lists and mappings are written as text."""
    flat: Row = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat[key] = _joined(f"{k}={v}" for k, v in value.items())
        elif isinstance(value, (list, tuple)):
            flat[key] = _joined(map(str, value))
        else:
            flat[key] = value
    return flat


def _joined(parts: Iterable[str]) -> str:
    return ";".join(parts)
