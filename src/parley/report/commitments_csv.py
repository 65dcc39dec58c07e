"""A commitments document as tidy CSV tables: one row per observation, units in the headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["commitments_csv_tables"]

Row = dict[str, Any]


def commitments_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of a commitments document.

    ``model`` (one row), ``commitments``, ``worth`` (case, party), ``enforcement`` (case, party,
    objective), ``purchases`` (financing), ``purchase_parties``, ``purchase_regions``,
    ``diversion`` and ``numbers`` (threat, figure, answer, party).
    """
    model = document["model"]
    head = {
        "scenario": document["scenario"],
        "as_of": document["as_of"],
        "world": document["world"]["name"],
        "family": model["family"],
        "closure": model["closure"],
        "elasticity": model["elasticity"]["name"],
        "base": model["base"],
    }
    tables: dict[str, list[Row]] = {"model": [head | document["assumed"]]}

    def add(name: str, row: Row) -> None:
        tables.setdefault(name, []).append(row)

    for c in document["commitments"]:
        add("commitments", _flat_commitment(c))
        for case in c["cases"]:
            key = {"commitment": c["id"]} | {k: case[k] for k in ("form", "financing", "breaker")}
            for w in case["worth"]:
                for how in ("unanswered", "answered"):
                    if w[how] is not None:
                        state = "deviate" if how == "unanswered" else "punished"
                        row = {"party": w["party"], "breach": how, "what": case[state]}
                        add("worth", key | row | w[how])
            for e in case["enforcement"]:
                add("enforcement", key | {"answer": case["answer"]} | e)
        for p in c["purchases"]:
            _add_purchase(add, {"commitment": c["id"], "buyer": p["buyer"]}, p)
    for n in document["numbers"]:
        for a in n["amounts"]:
            key = {"threat": n["threat"], "world_usd_bn": n["world_usd_bn"]}
            key |= {"claimed_usd_bn": a["usd_bn"], "claims": _joined(a["claims"])}
            key |= {"ratio": a["ratio"]}
            for answer in ("alone", "answered"):
                for party, s in (a[answer] or {}).items():
                    add("numbers", key | {"answer": answer, "party": party} | s)
    return tables


def _flat_commitment(c: Mapping[str, Any]) -> Row:
    condition = c["condition"] or dict.fromkeys(("about", "thing", "state", "holds"))
    plain = {
        k: v
        for k, v in c.items()
        if k not in ("condition", "claims", "on_breach", "reasons", "cases", "purchases")
    }
    return (
        plain
        | {f"condition_{k}": condition[k] for k in ("about", "thing", "state", "holds")}
        | {f"claims_{k}": _joined(v) for k, v in c["claims"].items()}
        | {"reasons": _joined(c["reasons"])}
    )


def _add_purchase(add: Callable[[str, Row], None], key: Row, p: Mapping[str, Any]) -> None:
    goods = {"seller": p["seller"], "sectors": _joined(p["sectors"]), "duty_now": p["duty_now"]}
    nested = ("parties", "regions", "diversion", "means")
    for o in p["outcomes"]:
        here = key | {"financing": o["financing"]}
        figures = {k: v for k, v in o.items() if k not in (*nested, "financing")}
        add("purchases", here | goods | (p["amount"] or {}) | figures)
        for name in ("parties", "regions"):
            for place, s in (o[name] or {}).items():
                add(f"purchase_{name}", here | {"place": place} | s)
        for d in o["diversion"]:
            add("diversion", here | d)


def _joined(parts: Sequence[str]) -> str:
    return ";".join(parts)
