"""A negotiation as one JSON document: ``parley deal``, ``parley frontier``, and in the brief.

Payoffs are in billions a year over the status quo at its prices: ``payoff_usd_bn`` by the
party's own objective (political weights average one), ``ev_usd_bn`` in real income. Names and
units are otherwise those of :mod:`parley.report.document`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from parley.bargaining.certificate import DealCertificate
from parley.bargaining.frontier import Frontier
from parley.bargaining.problem import Outcome
from parley.deals.assess import Bargained, DealAssessment
from parley.deals.endings import Ending
from parley.deals.linkage import Blocking, ScopeDeal
from parley.deals.order import LineChoice, Step
from parley.deals.places import PackagePlace
from parley.deals.table import DealTable
from parley.policy.levers import Lever
from parley.politics.objective import Floor
from parley.report.document import counted_notes, document_head
from parley.report.limits import constituencies_show, left_out

__all__ = ["MAXIMISES", "common_ground", "deal_csv_tables", "deal_document"]

Row = dict[str, Any]
MAXIMISES = {
    "nash": "the product of surpluses to the bargaining powers",
    "kalai-smorodinsky": "equal parts of the most that each could get",
    "egalitarian": "equal surpluses in US$",
    "utilitarian": "the sum of surpluses in US$",
}


def deal_document(found: DealAssessment, kind: str) -> Row:
    """Return an assessed negotiation as a JSON-ready document; ``kind`` is deal or frontier."""
    table = found.table
    study = table.study
    solved = [table.base]
    if study is not None:
        solved += [e for e in study.solutions() if e.model == table.base.model]
    against = table.arena.title
    scenario = None if study is None else study.scenario
    ground = common_ground(found)
    if study is not None:
        told = [n["text"] for p in found.packages for n in counted_notes(study, p.id)]
        ground["notes"] += told
    return {
        **document_head(table.arena.world, table.base, solved, against, kind),
        "scenario": None if scenario is None else scenario.id or scenario.filename,
        "title": None if scenario is None else scenario.title,
        "as_of": None if scenario is None else scenario.as_of.isoformat(),
        **ground,
        "constituencies_show": constituencies_show(table.base.model),
        "left_out": left_out(table.base.model),
    }


def common_ground(found: DealAssessment) -> Row:
    """Return what is known of a negotiation, without the document's head."""
    table = found.table
    names = table.parties
    d = found.endings.disagreement
    return {
        "talks": None if table.talks is None else table.talks.id,
        "scope": table.scope,
        "authority": table.authority,
        "objective": table.rules.describe_weights(),
        "floors": list(table.payoffs.floors),
        "equilibria": found.solves,
        "parties": _parties(found),
        "levers": [_lever(v) for v in table.board.levers],
        "disagreement": {
            "breakdown": found.endings.chosen.kind,
            "package": found.endings.chosen.package or None,
            "way": found.endings.chosen.way,
            "hazard_per_year": found.endings.hazard,
            "point_usd_bn": _by(names, d.point),
            "at_least_usd_bn": _by(names, d.at_least),
            "outside_option_binds": dict(zip(names, d.binding, strict=True)),
            "endings": [_ending(e, names, e is found.endings.chosen) for e in found.endings.all],
        },
        "zone": _zone(found),
        "packages": [_package(p, found) for p in found.packages],
        "deals": [_deal(b, found) for b in found.deals],
        "main_deal": found.main if found.deal is not None else None,
        "frontier": None if found.frontier is None else _frontier(found.frontier, table),
        "whole_lines": None if found.lines is None else _lines(found.lines, table),
        "linkage": [_scope(s, names) for s in found.scopes],
        "blocking": [_blocking(b) for b in found.blocking],
        "pairs": None if found.pairs is None else _pairs(found),
        "certified": found.certified,
        "notes": _notes(found),
    }


def _by(names: Sequence[str], values: Any) -> Row:
    return {name: float(v) for name, v in zip(names, values, strict=True)}


def _parties(found: DealAssessment) -> list[Row]:
    table = found.table
    labels = {} if table.study is None else {p.id: p.label for p in table.study.scenario.parties}
    return [
        {
            "id": side.id,
            "label": labels.get(side.id) or side.id,
            "regions": list(side.regions),
            "income_usd_bn": float(income),
            "objective_usd_bn": float(level),
            "bargaining_power": float(power),
            "discount_per_year": float(rate),
        }
        for side, income, level, power, rate in zip(
            table.sides.sides,
            table.income_level(),
            table.payoffs.level,
            found.powers,
            found.endings.discounts,
            strict=True,
        )
    ]


def _lever(v: Lever) -> Row:
    return {
        "id": v.id,
        "label": v.label,
        "giver": v.giver,
        "receiver": v.receiver,
        "unit": v.unit,
        "now": v.now,
        "low": v.low,
        "high": v.high,
        "low_is": v.limits[0],
        "high_is": v.limits[1],
        "trade_usd_bn": v.trade_usd_bn,
        "sectors": list(v.sectors),
    }


def _ending(e: Ending, names: Sequence[str], chosen: bool) -> Row:
    return {
        "breakdown": e.kind,
        "package": e.package or None,
        "way": e.way,
        "in_force": chosen,
        "breakdown_usd_bn": _by(names, e.breakdown),
        "breakdown_ev_usd_bn": _by(names, e.ev),
        "point_usd_bn": None if e.found is None else _by(names, e.found.point),
        "at_least_usd_bn": None if e.found is None else _by(names, e.found.at_least),
        "reason": e.reason or None,
    }


def _zone(found: DealAssessment) -> Row:
    zone, names, least = found.zone, found.table.parties, found.endings.disagreement.at_least
    return {
        "open": zone.open,
        "width_usd_bn": _by(names, zone.width(least)),
        "ideal_usd_bn": _by(names, zone.ideal),
        "shortfall_usd_bn": _by(names, zone.shortfall(least)),
        "binding": {} if not zone.open else {
            p: _binding(found, o, k) for k, (p, o) in enumerate(zip(names, zone.best, strict=True))
        },
        "openings": [asdict(o) for o in found.openings],
    }  # fmt: skip


def _binding(found: DealAssessment, o: Outcome, own: int) -> list[str]:
    """Return what stops a party's best deal: others' no-deal payoffs, floors, bounds."""
    table, least = found.table, found.endings.disagreement.at_least
    scale = found.problem.scale
    close = np.abs(o.payoffs - least) <= 1e-5 * scale
    said = [
        f"{p} would rather have no deal"
        for k, p in enumerate(table.parties)
        if close[k] and k != own
    ]
    said += [
        f"veto of {name}"
        for name, left in zip(table.payoffs.floors, o.slack, strict=True)
        if left <= 1e-5
    ]
    width = np.maximum(found.problem.upper - found.problem.lower, 1e-12)
    for k, lever in enumerate(table.board.levers):
        for side, end in enumerate((found.problem.lower[k], found.problem.upper[k])):
            away = abs(end - lever.now) > 1e-9
            if away and abs(o.levers[k] - end) <= 1e-6 * width[k]:
                said.append(f"{lever.id} at {end:.4g} ({lever.limits[side]})")
    return said


def _package(p: PackagePlace, found: DealAssessment) -> Row:
    names = found.table.parties
    chosen = found.endings.chosen
    return {
        "id": p.id,
        "label": p.label,
        "kind": p.kind,
        "payoff_usd_bn": _by(names, p.payoffs),
        "ev_usd_bn": _by(names, p.ev),
        "surplus_usd_bn": _by(names, p.against(chosen).surplus),
        "in_zone": p.kind == "deal" and not p.blockers(chosen),
        "blocked_by": list(p.blockers(chosen)),
        "vetoes": [
            {"constituency": name, "loses_pct": loss, "accepts_pct": may}
            for name, loss, may in p.vetoes
        ],
        "red_lines": list(p.refused),
        "breaks": list(p.breaks),
        "needs_approval": list(p.approval),
        "still_to_gain_usd_bn": None if p.missed is None else _by(names, p.missed),
        "standings": [
            {
                "breakdown": s.ending.kind,
                "package": s.ending.package or None,
                "way": s.ending.way,
                "surplus_usd_bn": _by(names, s.surplus),
                "all_gain": s.in_zone,
                "short": list(s.short),
            }
            for s in p.standings
        ],
    }


def _certificate(c: DealCertificate) -> Row:
    return {"certified": c.ok, **asdict(c)}


def _deal(b: Bargained, found: DealAssessment) -> Row:
    names, s = found.table.parties, b.solution
    return {
        "solution": s.name,
        "maximises": MAXIMISES[s.name],
        "payoff_usd_bn": _by(names, s.outcome.payoffs),
        "surplus_usd_bn": _by(names, s.surplus),
        "ev_usd_bn": _by(names, b.ev),
        "others_ev_usd_bn": b.others,
        "levers": {
            v.id: float(z) for v, z in zip(found.table.board.levers, s.outcome.levers, strict=True)
        },
        "needs_approval": _approval(found, s.outcome),
        "vetoes": [
            {
                "constituency": f.id,
                "loses_pct": 100.0 * f.may_lose - float(left),
                "accepts_pct": 100.0 * f.may_lose,
            }
            for f, left in zip(_floors(found.table), s.outcome.slack, strict=True)
        ],
        "concessions": [_step(c, names) for c in b.steps],
        "recomputed_difference_usd_bn": b.recomputed,
        "certificate": _certificate(s.certificate),
    }


def _floors(table: DealTable) -> list[Floor]:
    return [f for g in table.payoffs.governments for f in g.floors]


def _approval(found: DealAssessment, o: Outcome) -> list[str]:
    """Return the parties whose ratifier is not the executive and whose duties a deal lowers."""
    study, board = found.table.study, found.table.board
    if study is None:
        return []
    asks = {
        p.id
        for p in study.scenario.parties
        if p.ratifier is not None and p.ratifier.kind not in ("executive", "proclamation")
    }
    moved = [
        v.giver
        for v, z in zip(board.levers, o.levers, strict=True)
        if abs(z - v.now) > 1e-6 * max(v.high - v.low, 1e-12)
    ]
    return [p for p in found.table.parties if p in asks and p in moved]


def _notes(found: DealAssessment) -> list[str]:
    """Return all notes, and whether the target of a threat would rather answer it."""
    said = [*found.table.notes, *found.endings.notes]
    chosen, war = found.endings.chosen, found.endings.war
    if war is not None and not war.certificate.ok:
        said.append(f"no trade war is shown: it is not certified ({war.certificate.describe()})")
    for p in found.packages:
        if p.kind != "threat" or p.id == chosen.package or chosen.kind != "threat":
            continue
        better = [
            f"{n} {v:+.3g} instead of {d:+.3g}"
            for n, v, d in zip(found.table.parties, p.payoffs, chosen.breakdown, strict=True)
            if v > d + 1e-6 * abs(d)
        ]
        if better:
            said.append(
                f"'{chosen.package}' is what the file says follows; '{p.id}' would be better for "
                f"{', '.join(better)} (US$bn a year): try parley deal --breakdown {p.id}"
            )
    return said


def _step(s: Step, names: Sequence[str]) -> Row:
    return {
        "lever": s.lever.id,
        "label": s.lever.label,
        "giver": s.lever.giver,
        "receiver": s.lever.receiver,
        "unit": s.lever.unit,
        "before": s.before,
        "after": s.after,
        "trade_usd_bn": s.lever.trade_usd_bn,
        "alone_usd_bn": _by(names, s.alone),
        "last_usd_bn": _by(names, s.last),
        "cost_to_giver_usd_bn": s.cost,
        "gain_to_others_usd_bn": s.gain,
        "cost_per_gain": s.ratio,
        "held_by": s.bound or None,
    }


def _frontier(f: Frontier, table: DealTable) -> Row:
    return {
        "asked": f.asked,
        "left_out": f.left_out,
        "spacing": f.spacing,
        "certified": f.certified,
        "points": [
            {
                "payoff_usd_bn": _by(table.parties, p.outcome.payoffs),
                "levers": {
                    v.id: float(z)
                    for v, z in zip(table.board.levers, p.outcome.levers, strict=True)
                },
                "certificate": _certificate(p.certificate),
            }
            for p in f.points
        ],
    }


def _lines(c: LineChoice, table: DealTable) -> Row:
    return {
        "lines": list(c.lines),
        "most": c.most,
        "combinations": c.combinations,
        "every_combination": c.exact,
        "payoff_usd_bn": _by(table.parties, c.outcome.payoffs),
        "surplus_usd_bn": _by(table.parties, c.surplus),
    }


def _scope(s: ScopeDeal, names: Sequence[str]) -> Row:
    def solved(which: Any) -> Row | None:
        if which is None:
            return None
        return {
            "payoff_usd_bn": _by(names, which.outcome.payoffs),
            "surplus_usd_bn": _by(names, which.surplus),
            "joint_surplus_usd_bn": float(which.surplus.sum()),
            "certificate": _certificate(which.certificate),
        }

    return {
        "scope": s.scope,
        "levers": s.levers,
        "open": s.zone.open,
        "largest_joint": solved(s.joint),
        "nash": solved(s.nash),
        "reason": s.reason or None,
    }


def _blocking(b: Blocking) -> Row:
    return {
        "package": b.package,
        "party": b.party,
        "constituency": b.constituency,
        "own_weight": b.own_weight,
        "direction": b.switch.direction,
        "weight": b.switch.weight,
        "signs_at_own_weight": b.switch.own_inside,
        "gain_usd_bn": b.switch.gain_usd_bn,
        "rest_usd_bn": b.switch.rest_usd_bn,
    }


def _pairs(found: DealAssessment) -> Row:
    n, names = found.pairs, found.table.parties
    assert n is not None
    return {
        "rests": n.ok,
        "rounds": n.rounds,
        "moved": n.moved,
        "payoff_usd_bn": _by(names, n.outcome.payoffs),
        "levers": {
            v.id: float(z) for v, z in zip(found.table.board.levers, n.outcome.levers, strict=True)
        },
        "pairs": [
            {
                "parties": [names[k] for k in p.pair.parties],
                "levers": len(p.pair.levers),
                "agreed": p.agreed,
                "surplus_usd_bn": [float(x) for x in p.surplus],
                "deviation": p.deviation,
            }
            for p in n.pairs
        ],
    }


def deal_csv_tables(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return table name -> rows of a document of a negotiation.

    ``negotiation`` (one row), ``parties``, ``levers``, ``endings``, ``packages``,
    ``standings``, ``deals`` (solution, party), ``deal_levers``, ``concessions``,
    ``frontier`` (point, party), ``linkage``, ``blocking``, ``openings``.
    """
    model = document["model"]
    head = {
        **{k: document[k] for k in ("scenario", "talks", "scope", "authority", "objective")},
        "family": model["family"],
        "closure": model["closure"],
        "elasticity": model["elasticity"]["name"],
        "base": model["base"],
        "zone_open": document["zone"]["open"],
        "certified": document["certified"],
    }
    names = [p["id"] for p in document["parties"]]
    tables: dict[str, list[Row]] = {
        "negotiation": [head],
        "parties": [p | {"regions": ";".join(p["regions"])} for p in document["parties"]],
        "levers": [v | {"sectors": ";".join(v["sectors"])} for v in document["levers"]],
    }

    def add(name: str, row: Row) -> None:
        tables.setdefault(name, []).append(row)

    for e in document["disagreement"]["endings"]:
        key = {k: e[k] for k in ("breakdown", "package", "way", "in_force", "reason")}
        for p in names:
            own = {k: None if e[k] is None else e[k][p] for k in e if k.endswith("_usd_bn")}
            add("endings", key | {"party": p} | own)
    for package in document["packages"]:
        for p in names:
            money = [k for k in package if k.endswith("_usd_bn")]
            own = {k: None if package[k] is None else package[k][p] for k in money}
            key = {"package": package["id"], "kind": package["kind"], "party": p}
            blocked = {"in_zone": package["in_zone"], "blocked_by": ";".join(package["blocked_by"])}
            add("packages", key | own | blocked)
            for s in package["standings"]:
                where = {k: s[k] for k in ("breakdown", "way", "all_gain")}
                add("standings", key | where | {"surplus_usd_bn": s["surplus_usd_bn"][p]})
    for deal in document["deals"]:
        proof = {"certified": deal["certificate"]["certified"]}
        for p in names:
            own = {k: deal[k][p] for k in ("payoff_usd_bn", "surplus_usd_bn", "ev_usd_bn")}
            add("deals", {"solution": deal["solution"], "party": p} | own | proof)
        for lever, value in deal["levers"].items():
            add("deal_levers", {"solution": deal["solution"], "lever": lever, "value": value})
        for step in deal["concessions"]:
            flat = {k: v for k, v in step.items() if not isinstance(v, dict)}
            alone = {f"alone_{p}_usd_bn": step["alone_usd_bn"][p] for p in names}
            add("concessions", {"solution": deal["solution"]} | flat | alone)
    for k, point in enumerate((document["frontier"] or {"points": ()})["points"], start=1):
        for p in names:
            proof = {"certified": point["certificate"]["certified"]}
            own = {"payoff_usd_bn": point["payoff_usd_bn"][p]}
            add("frontier", {"point": k, "party": p} | own | proof)
    for s in document["linkage"]:
        for which in ("largest_joint", "nash"):
            for p in names if s[which] else ():
                own = {k: s[which][k][p] for k in ("payoff_usd_bn", "surplus_usd_bn")}
                add("linkage", {"scope": s["scope"], "deal": which, "party": p} | own)
    for row in document["blocking"]:
        add("blocking", dict(row))
    for row in document["zone"]["openings"]:
        add("openings", dict(row))
    return tables
