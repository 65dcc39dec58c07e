"""A negotiation as text, made from its JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.figures import Money, hanging, money_for
from parley.report.plane import Plane, PlanePoint, plane_lines

__all__ = ["deal_lines", "frontier_lines", "ground_lines", "page_notes", "plane_of"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 16
SHOWN_STEPS = 14
SHOWN_OTHERS = 4
WORDS = {"always": "signs at every weight", "never": "signs at no weight", "unknown": "not known"}
SOLUTION = {
    "nash": "Nash",
    "kalai-smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}


def deal_lines(document: Document) -> list[Line]:
    """Return the page of ``parley deal`` as (style, text) lines; styles are Rich's."""
    return [
        *_head(document, "Common ground"),
        *ground_lines(document),
        *_tail(document),
    ]


def frontier_lines(document: Document) -> list[Line]:
    """Return the page of ``parley frontier`` as (style, text) lines."""
    money = _money(document)
    lines = [*_head(document, "Pareto frontier"), *_zone(document, money), (PLAIN, "")]
    lines += _chart(document)
    names = [p["id"] for p in document["parties"]]
    if document["frontier"]:
        f = document["frontier"]
        lines += [
            (PLAIN, ""),
            (
                HEAD,
                f"{len(f['points'])} points: payoffs, {money.unit} a year, and levers that move",
            ),
        ]
        now = {v["id"]: v for v in document["levers"]}
        for k, point in enumerate(f["points"], start=1):
            said = "  ".join(f"{p} {money.change(point['payoff_usd_bn'][p])}" for p in names)
            moved = [
                f"{name} {_level(now[name]['unit'], z)}"
                for name, z in point["levers"].items()
                if abs(z - now[name]["now"]) > 1e-6 * _range(now[name])
            ]
            mark = "" if point["certificate"]["certified"] else "  NOT CERTIFIED"
            shown = moved if len(moved) <= 12 else [*moved[:12], f"and {len(moved) - 12} more"]
            lines += _plain(hanging(f"{k}", [said + mark, ", ".join(shown) or "as now"], indent=6))
        lines += _plain(
            hanging(
                "proof",
                [
                    "every point certified: no feasible small move helps all, none met dominates"
                    if f["certified"]
                    else "points marked so are not certified",
                    f"largest step between neighbours {f['spacing']:.2f} times the mean",
                ],
                indent=INDENT,
            )
        )
    lines += [(PLAIN, ""), (HEAD, "Packages against it")]
    lines += _plain(_packages(document, money))
    return [*lines, *_notes(document), *_tail(document)]


def ground_lines(document: Document) -> list[Line]:
    """Return the section on common ground, as the brief shows it."""
    money = _money(document)
    lines = [*_zone(document, money)]
    if document["packages"]:
        lines += _plain(_packages(document, money))
    lines += [(PLAIN, ""), (HEAD, f"Bargained deals, {money.unit} a year over the status quo")]
    lines += _deals(document, money)
    return [*lines, (PLAIN, ""), *_chart(document), *_linkage(document), *_notes(document)]


def page_notes(document: Document) -> list[str]:
    """Return what stands under the payoff plane on a page of its own, a sentence each."""
    m, money = document["model"], _money(document)
    state = "open" if document["zone"]["open"] else "empty"
    proof = "" if document["certified"] else "not "
    return [
        (
            f"Model {m['family']}; trade deficits: {m['closure']}; elasticities: "
            f"{m['elasticity']['name']}; base: {m['base']}."
        ),
        (
            f"Governments want {document['objective']}; amounts are {money.unit} a year over the "
            "status quo, at its prices."
        ),
        f"Without a deal: {_ending_name(document)}. Zone of agreement: {state}.",
        f"Deals and frontier are {proof}certified.",
    ]


def plane_of(document: Document) -> Plane | None:
    """Return the payoff plane of two parties; None for more."""
    money = _money(document)
    names = [p["id"] for p in document["parties"]]
    if len(names) != 2:
        return None

    def at(row: Mapping[str, float]) -> tuple[float, float]:
        return row[names[0]] * money.scale, row[names[1]] * money.scale

    points = [
        PlanePoint(*at(p["payoff_usd_bn"]), "frontier", f"frontier {k}")
        for k, p in enumerate((document["frontier"] or {"points": ()})["points"], start=1)
    ]
    points.append(PlanePoint(0.0, 0.0, "status-quo", "status quo"))
    d = at(document["disagreement"]["at_least_usd_bn"])
    points.append(PlanePoint(*d, "disagreement", f"no deal: {_ending_name(document)}"))
    points += [
        PlanePoint(*at(p["payoff_usd_bn"]), "package", p["id"]) for p in document["packages"]
    ]
    points += [
        PlanePoint(*at(b["payoff_usd_bn"]), "deal", SOLUTION[b["solution"]])
        for b in document["deals"]
    ]
    measure = "real income" if document["objective"] == "real income" else "political welfare"
    return Plane(
        f"Payoffs of {names[0]} and {names[1]}, scope {document['scope']}",
        f"{names[0]}: {measure}, {money.unit} a year",
        f"{names[1]}: {measure}, {money.unit} a year",
        tuple(points),
        d,
    )


def _money(document: Document) -> Money:
    incomes = [p["income_usd_bn"] for p in document["parties"]]
    return money_for(incomes, document["world"]["currency"])


def _range(lever: Mapping[str, Any]) -> float:
    return max(float(lever["high"] - lever["low"]), 1e-12)


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _head(document: Document, what: str) -> list[Line]:
    m = document["model"]
    names = [p["label"] for p in document["parties"]]
    dated = f"    (as of {document['as_of']})" if document["as_of"] else ""
    head: list[Line] = [(HEAD, f"{what}: {' and '.join(names)}{dated}")]
    said = [
        f"{m['family']}; trade deficits: {m['closure']}; elasticities: {m['elasticity']['name']}",
        f"base: {m['base']}",
    ]
    powers = ", ".join(f"{p['id']} {p['bargaining_power']:g}" for p in document["parties"])
    wants = [document["objective"], f"bargaining powers {powers}"]
    if document["floors"]:
        wants.append(f"ratification floors: {', '.join(document['floors'])}")
    allowed = (
        "executives that may proclaim stay within their limits"
        if document["authority"] == "alone"
        else "beyond what executives may proclaim, with approval"
    )
    about = [f"{document['scope']}: {len(document['levers'])} levers", allowed]
    return [
        *head,
        *_plain(hanging("model", said, indent=INDENT)),
        *_plain(hanging("governments want", wants, indent=INDENT + 4)),
        *_plain(hanging("scope", about, indent=INDENT)),
    ]


def _ending_name(document: Document) -> str:
    d = document["disagreement"]
    what = {"nothing": "nothing changes", "nash-war": "trade war"}.get(d["breakdown"], d["package"])
    return f"{what}, by {d['way']}"


def _zone(document: Document, money: Money) -> list[Line]:
    names = [p["id"] for p in document["parties"]]
    d, zone = document["disagreement"], document["zone"]
    lines: list[Line] = [
        (PLAIN, ""),
        (HEAD, f"Without a deal, {money.unit} a year over the status quo"),
    ]
    for e in d["endings"]:
        point = e["at_least_usd_bn"]
        what = {"nothing": "nothing changes", "nash-war": "trade war"}.get(
            e["breakdown"], e["package"]
        )
        said = e["reason"] or "  ".join(f"{p} {money.change(point[p])}" for p in names)
        if point is not None and e["way"] == "deadline":
            ev = "  ".join(f"{p} {money.change(e['breakdown_ev_usd_bn'][p])}" for p in names)
            said += f"   (real income {ev})"
        mark = "*" if e["in_force"] else " "
        first, *rest = hanging(f"{what}, by {e['way']}", [said], indent=40)
        lines += [(PLAIN, mark + first[1:]), *_plain(rest)]
    binds = [p for p, b in d["outside_option_binds"].items() if b]
    lines.append(
        (
            PLAIN,
            "  * in force" + (f"; outside option binds for {', '.join(binds)}" if binds else ""),
        )
    )
    lines.append((PLAIN, ""))
    if zone["open"]:
        width = ", ".join(f"{p} up to {money.change(zone['width_usd_bn'][p])}" for p in names)
        lines.append((HEAD, f"Zone of agreement: open; over no deal {width} {money.unit} a year"))
        if all(v < 0 for v in d["at_least_usd_bn"].values()):
            lines.append((PLAIN, "  the status quo lies in it: failed talks leave all worse off"))
        for p, stops in zone["binding"].items():
            shown = stops if len(stops) <= 5 else [*stops[:5], f"and {len(stops) - 5} more"]
            lines += _plain(
                hanging(
                    f"best for {p}",
                    [f"stopped by {', '.join(shown) or 'nothing'}"],
                    indent=INDENT + 2,
                )
            )
        return lines
    short = ", ".join(
        f"{p} {money.change(-zone['shortfall_usd_bn'][p])}"
        for p in names
        if zone["shortfall_usd_bn"][p] > 0
    )
    lines.append(
        (WARN, f"Zone of agreement: EMPTY; at the nearest miss {short} {money.unit} a year")
    )
    for k, o in enumerate(zone["openings"][:6]):
        exact = "" if o["exact"] else ", at first order"
        size = o["size"]
        unit = o["unit"]
        if unit.startswith("US$bn"):
            size, unit = size * money.scale, unit.replace("US$bn", money.unit)
        said = f"{o['what']}: {size:.3g} {unit}{exact}"
        lines += _plain(hanging("cheapest" if k == 0 else "or", [said], indent=INDENT))
    return lines


def _packages(document: Document, money: Money) -> list[str]:
    names = [p["id"] for p in document["parties"]]
    width = max((len(p["id"]) for p in document["packages"]), default=0) + 2
    lines = []
    for p in document["packages"]:
        figures = "  ".join(
            f"{n} {money.change(p['payoff_usd_bn'][n])} "
            f"({money.change(p['surplus_usd_bn'][n])} over no deal)"
            for n in names
        )
        said = [figures]
        if p["kind"] == "deal":
            said.append(
                "in the zone" if p["in_zone"] else "blocked by " + ", ".join(p["blocked_by"])
            )
            said += [
                f"{v['constituency']} loses {v['loses_pct']:.2f} % and accepts "
                f"{v['accepts_pct']:.2f} %"
                for v in p["vetoes"]
            ]
            if p["breaks"]:
                said.append(f"breaks {', '.join(p['breaks'])}")
            if p["needs_approval"]:
                said.append(f"needs approval in {', '.join(p['needs_approval'])}")
            missed = p["still_to_gain_usd_bn"]
            if missed is not None:
                left = ", ".join(f"{n} {money.change(missed[n])}" for n in names)
                efficient = all(abs(missed[n]) * money.scale < 0.005 for n in names)
                said.append("efficient" if efficient else f"all could still gain: {left}")
            else:
                said.append("beyond what the levers in scope reach")
        lines += hanging(p["id"], said, indent=max(width + 2, INDENT))
    return lines


def _deals(document: Document, money: Money) -> list[Line]:
    if not document["deals"]:
        return [(WARN, "  none: without a zone of agreement there is no deal")]
    names = [p["id"] for p in document["parties"]]
    lines: list[Line] = []
    for b in document["deals"]:
        figures = "  ".join(
            f"{n} {money.change(b['payoff_usd_bn'][n])} "
            f"({money.change(b['surplus_usd_bn'][n])} over no deal; "
            f"real income {money.change(b['ev_usd_bn'][n])})"
            for n in names
        )
        mark = "" if b["certificate"]["certified"] else "  NOT CERTIFIED"
        lines += _plain(
            hanging(SOLUTION[b["solution"]], [figures + mark, b["maximises"]], indent=22)
        )
    main = next((b for b in document["deals"] if b["solution"] == document["main_deal"]), None)
    if main is None:
        return lines
    lines += [
        (PLAIN, ""),
        (HEAD, f"The {SOLUTION[main['solution']]} deal in words, cheapest concessions first"),
    ]
    wide = max(10, *(4 + len(s["giver"]) for s in main["concessions"]), 0)
    for s in main["concessions"][:SHOWN_STEPS]:
        ratio = s["cost_per_gain"]
        price = (
            "its giver gains, the others do not"
            if ratio is None and s["cost_to_giver_usd_bn"] < 0
            else "costs its giver and brings the others nothing"
            if ratio is None
            else "its giver gains too"
            if ratio <= 0
            else f"costs {s['giver']} {ratio:.2f} for each 1.00 that the others gain"
        )
        held = f"; stopped by {s['held_by']}" if s["held_by"] else ""
        moved = f"{_level(s['unit'], s['before'])} to {_level(s['unit'], s['after'])}"
        alone = f"{price} (alone {_pair(s['alone_usd_bn'], names, money)}){held}"
        lines += _plain(hanging(s["giver"], [f"{s['label']}: {moved}", alone], indent=wide))
    left = len(main["concessions"]) - SHOWN_STEPS
    if left > 0:
        lines.append((PLAIN, f"  and {left} more: --json or --csv has all"))
    idle = [
        v for v in document["levers"] if v["id"] not in {s["lever"] for s in main["concessions"]}
    ]
    if idle and len(idle) <= 8:
        lines += _plain(hanging("as now", [", ".join(v["id"] for v in idle)], indent=10))
    others = sorted(main["others_ev_usd_bn"].items(), key=lambda kv: -abs(kv[1]))[:SHOWN_OTHERS]
    if others:
        said = ", ".join(f"{r} {money.change(v)}" for r, v in others)
        lines += _plain(hanging("others", [f"{said} {money.unit} real income"], indent=10))
    if main["needs_approval"]:
        who = f"{', '.join(main['needs_approval'])} must have it approved"
        lines += _plain(hanging("law", [who], indent=10))
    if main["vetoes"]:
        losses = [
            f"{v['constituency']} loses {v['loses_pct']:.2f} %, accepts {v['accepts_pct']:.2f} %"
            if v["loses_pct"] > 0
            else f"{v['constituency']} gains {-v['loses_pct']:.2f} %"
            for v in main["vetoes"]
        ]
        lines += _plain(hanging("vetoes", losses, indent=10))
    corner = [
        n
        for n in names
        if document["zone"]["ideal_usd_bn"][n] - main["payoff_usd_bn"][n]
        <= 1e-4 * max(document["zone"]["width_usd_bn"][n], 1e-12)
    ]
    if corner:
        said = f"{' and '.join(corner)} can get no more in the zone: the deal is at its corner"
        lines += _plain(hanging("corner", [said], indent=10))
    c = main["certificate"]
    proof = [
        f"equilibrium residual {c['residual']:.0e}",
        f"common gain left at first order {c['first_order_gain']:.0e} of what is at stake",
        f"best of {c['tried']} other deals {c['best_improvement']:+.0e}",
        f"imbalance {c['imbalance']:.0e}",
    ]
    if main["recomputed_difference_usd_bn"] is not None:
        apart = main["recomputed_difference_usd_bn"]
        proof.append(f"solved again as a list of duties: US${apart:.0e}bn apart")
    lines += _plain(hanging("proof", proof, indent=10))
    whole = document["whole_lines"]
    if whole:
        how = "every combination" if whole["every_combination"] else "searched"
        most = f", at most {whole['most']}" if whole["most"] is not None else ""
        lines += _plain(
            hanging(
                "in whole lines" + most,
                [
                    ", ".join(whole["lines"]) or "no line: as now",
                    _pair(whole["payoff_usd_bn"], names, money),
                    f"{how}: {whole['combinations']}",
                ],
                indent=22,
            )
        )
    return lines


def _linkage(document: Document) -> list[Line]:
    money = _money(document)
    names = [p["id"] for p in document["parties"]]
    lines: list[Line] = []
    if document["linkage"]:
        lines += [
            (PLAIN, ""),
            (HEAD, f"Issue linkage: what each scope holds, {money.unit} a year over no deal"),
        ]
        for s in document["linkage"]:
            if not s["open"]:
                lines += _plain(
                    hanging(s["scope"], [s["reason"] or "no zone of agreement"], indent=INDENT)
                )
                continue
            joint, nash = s["largest_joint"], s["nash"]
            total = money.change(joint["joint_surplus_usd_bn"])
            parts = [
                f"{s['levers']} levers",
                f"largest joint surplus {total} ({_pair(joint['surplus_usd_bn'], names, money)})",
                f"Nash {_pair(nash['surplus_usd_bn'], names, money)}",
            ]
            if not (joint["certificate"]["certified"] and nash["certificate"]["certified"]):
                parts.append("NOT CERTIFIED")
            lines += _plain(hanging(s["scope"], parts, indent=INDENT))
    if document["blocking"]:
        lines += [
            (PLAIN, ""),
            (
                HEAD,
                "Weights at which each party would sign, against no deal (all other weights one)",
            ),
        ]
        for b in document["blocking"]:
            if b["direction"] in WORDS:
                sign = WORDS[b["direction"]]
            else:
                sign = f"signs {b['direction']} a weight of {b['weight']:.2f}"
            own = f"has {b['own_weight']:g}"
            if b["signs_at_own_weight"] is False:
                own += ": does not sign"
            who = f"{b['party']}, {b['constituency']}: "
            lines += _plain(hanging(b["package"], [who + sign, own], indent=INDENT))
        if any(p["vetoes"] for p in document["packages"]):
            said = "a constituency with a veto may still block what its government would sign"
            lines += _plain(hanging("", [said], indent=INDENT))
    if document["pairs"]:
        n = document["pairs"]
        lines += [(PLAIN, ""), (HEAD, "Nash-in-Nash: every pair bargains, the others' deals given")]
        for p in n["pairs"]:
            sign = (
                "agree; over their own breakdown "
                + "  ".join(
                    f"{q} {money.change(v)}"
                    for q, v in zip(p["parties"], p["surplus_usd_bn"], strict=True)
                )
                if p["agreed"]
                else "find nothing to agree on"
            )
            lines += _plain(
                hanging("-".join(p["parties"]), [f"{p['levers']} levers", sign], indent=INDENT)
            )
        rest = "at rest" if n["rests"] else f"NOT AT REST (a lever still moves by {n['moved']:.1e})"
        lines += _plain(
            hanging(
                "payoffs",
                [_pair(n["payoff_usd_bn"], names, money), f"{rest} after {n['rounds']} rounds"],
                indent=INDENT,
            )
        )
    return lines


def _chart(document: Document) -> list[Line]:
    plane = plane_of(document)
    if plane is None:
        return [(PLAIN, "  (more than two parties: no plane)")]
    return _plain(plane_lines(plane))


def _notes(document: Document) -> list[Line]:
    notes = document["notes"]
    return [(PLAIN, ""), *_plain(hanging("notes", notes, indent=INDENT))] if notes else []


def _tail(document: Document) -> list[Line]:
    said = [*document["left_out"], f"constituencies show {document['constituencies_show']}"]
    return _plain(hanging("left out", said, indent=INDENT))


def _pair(row: Mapping[str, float], names: Sequence[str], money: Money) -> str:
    return "  ".join(f"{n} {money.change(row[n])}" for n in names)


def _level(unit: str, z: float) -> str:
    if unit == "duty":
        return f"{100 * z:.1f} %"
    if unit == "depth":
        return f"{100 * z:.0f} % of the way"
    return f"{z:.3g}" + (" US$bn" if unit == "payment" else "")
