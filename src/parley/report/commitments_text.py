"""Assessed commitments as text, made from their JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.figures import Money, duty, hanging, money_for, pct

__all__ = ["commitments_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 14
NEAR = "~"
SHOWN_PLACES = 5
SHOWN_SECTORS = 6
KINDS = {
    "standstill": "standstill",
    "truce": "truce",
    "ceiling": "limit on concessions",
    "purchase": "promise to buy",
    "other": "promise",
}
FORM = {
    "act": "broken",
    "ceiling": "passed",
    "floor": "passed",
    "purchase": "not bought",
}
WORTH = (
    "worth: what a side loses by a breach, in {unit} a year, unanswered and answered; positive "
    "where it gains by the promise; in brackets with the scenario's political weights"
)


def commitments_lines(document: Document) -> list[Line]:
    """Return the page as (style, text) lines; styles are Rich's, "" for none."""
    money = money_for(
        [p["income_usd_bn"] for p in document["parties"]], document["world"]["currency"]
    )
    lines: list[Line] = [
        (HEAD, f"Commitments: {document['title']}    (as of {document['as_of']})"),
        *_plain(_setting(document)),
        *_plain(hanging("", [WORTH.format(unit=money.unit)], indent=2)),
    ]
    if not document["commitments"]:
        lines += [(PLAIN, ""), (PLAIN, "  the scenario has no commitments")]
    for c in document["commitments"]:
        lines += [(PLAIN, ""), *_commitment(document, c, money)]
    for n in document["numbers"]:
        lines += [(PLAIN, ""), *_numbers(n, money)]
    lines += [(PLAIN, ""), (HEAD, "What is left out")]
    lines += _plain(hanging("", document["left_out"], indent=2))
    if document["notes"]:
        notes = dict.fromkeys(f"{n['text']} ({n['where']})" for n in document["notes"])
        lines += _plain(hanging("notes", notes, indent=9))
    return lines


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _setting(document: Document) -> list[str]:
    model, assumed = document["model"], document["assumed"]
    worst = max(document["residuals"].values())
    lines = hanging(
        "setting",
        [
            f"model {model['family']}, deficits {model['closure']}",
            f"elasticities {model['elasticity']['name']}",
            f"held against: {model['base']}",
            f"largest residual of {document['solutions']} solutions {worst:.0e}",
        ],
        indent=INDENT,
    )
    silent = (
        f"where the file says nothing: discount rate {100 * assumed['discount_per_year']:g} % a "
        f"year, a breach noticed and answered after {_days(assumed['detection_days'])}"
    )
    near = f"{NEAR} about zero: within {assumed['about_zero_pct']:g} % of the objective"
    return lines + hanging("assumed", [silent, near], indent=INDENT)


def _commitment(document: Document, c: Mapping[str, Any], money: Money) -> list[Line]:
    ends = f"{c['by']} to {c['to'] or 'nobody named'}"
    if c["mutual"]:
        ends = f"{c['by']} and {c['to']} to each other"
    lines: list[Line] = [(HEAD, f"{c['label']}  [{c['id']}]    {KINDS[c['kind']]}, {ends}")]
    said = [f"{c['stands']}: {c['why']}"]
    said += [f"{k} {c[k]}" for k in ("since", "until") if c[k]]
    if c["condition"] is not None and c["condition"]["why"] != c["why"]:
        said.append(f"its condition {c['condition']['holds']}: {c['condition']['why']}")
    if c["no_faster_than"]:
        said.append(f"no faster than {c['no_faster_than']} (kept in words)")
    if c["stated_value_usd_bn"] is not None:
        said.append(f"stated to be worth US${c['stated_value_usd_bn']:g}bn")
    lines += _plain(hanging("stands", said, indent=INDENT))
    lines += _plain(_claims(c))
    lines += _plain(hanging("on breach", [_on_breach(c["on_breach"])], indent=INDENT))
    for case in c["cases"]:
        lines += _plain(_case(case, money))
    for p in c["purchases"]:
        lines += _plain(_purchase(p, money))
    style = WARN if c["status"] != "computed" else PLAIN
    for reason in c["reasons"]:
        lines += [(style, x) for x in hanging("not computed", [reason], indent=INDENT + 2)]
    return lines


def _claims(c: Mapping[str, Any]) -> list[str]:
    found = c["claims"]
    said = [
        f"{word} {', '.join(found[k])}"
        for k, word in (("for", "for it"), ("against", "denied by"), ("other", "others"))
        if found[k]
    ]
    return hanging("claims", said, indent=INDENT) if said else []


def _on_breach(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "the file does not say what follows"
    said = [f"talks {found['talks']}"] if found["talks"] else []
    said += [f"package {found['package']}"] if found["package"] else []
    said += [f"threats {', '.join(found['threats'])}"] if found["threats"] else []
    days = found["detection_days"]
    said += [f"noticed after {_days(days)}"] if days is not None else []
    return "; ".join(said) or "the file does not say what follows"


def _case(case: Mapping[str, Any], money: Money) -> list[str]:
    name = FORM[case["form"]]
    if case["form"] == "purchase":
        said = [f"by {case['breaker']}, against the purchase made ({case['financing']})"]
    else:
        said = [f"by {case['breaker']}: {case['deviate']}"]
        if case["comply"] != "status quo":
            said.append(f"against {case['comply']}")
    if case["punished"] is None:
        said.append("answered by nothing that the file names")
    else:
        said.append(f"answered: {case['punished']} ({case['answer_means']})")
    lines = hanging(name, [*said, *case["notes"]], indent=INDENT)
    worth = []
    for w in case["worth"]:
        text = f"{w['party']} {_worth(w['unanswered'], money)}"
        if w["answered"] is not None:
            text += f", answered {_worth(w['answered'], money)}"
        worth.append(text)
    third = f"third parties {money.change(case['third_parties_unanswered_usd_bn'])}"
    if case["third_parties_answered_usd_bn"] is not None:
        third += f", answered {money.change(case['third_parties_answered_usd_bn'])}"
    lines += hanging("  worth", [*worth, third], indent=INDENT)
    for e in case["enforcement"]:
        lines += hanging("  keeps", [_enforcement(e, money)], indent=INDENT)
    return lines


def _worth(s: Mapping[str, Any], money: Money) -> str:
    text = f"{money.change(s['ev_usd_bn'])} ({pct(s['real_income_pct'])})"
    if s["political_usd_bn"] is not None:
        text += f" [{money.change(s['political_usd_bn'])}]"
    return text


def _enforcement(e: Mapping[str, Any], money: Money) -> str:
    near = NEAR if e["about_zero"] else ""
    said = f"{e['party']} in {e['objective']}: {e['verdict']}"
    said += f" (temptation {near}{money.change(e['temptation_usd_bn'])}"
    if e["answered"]:
        said += f", punishment {money.change(e['punishment_usd_bn'])}"
    said += f"; noticed after {_days(e['lag_days'])}{', assumed' if e['lag_assumed'] else ''}"
    rate = f"discount {100 * e['discount_per_year']:g} %"
    return said + f"; {rate}{', assumed' if e['discount_assumed'] else ''})"


def _days(count: float) -> str:
    return f"{count:g} day{'' if count == 1 else 's'}"


def _purchase(p: Mapping[str, Any], money: Money) -> list[str]:
    if p["amount"] is None:
        return []
    a = p["amount"]
    sectors = ", ".join(p["sectors"][:SHOWN_SECTORS])
    if len(p["sectors"]) > SHOWN_SECTORS:
        sectors += f" and {len(p['sectors']) - SHOWN_SECTORS} more"
    now = f"{money.level(a['imports_usd_bn'], digits=2)} {money.unit}"
    said = [
        f"{p['buyer']} from {p['seller']}: {sectors}",
        f"now {now} a year, at a duty of {duty(p['duty_now'])}",
        *_amount(a, money),
    ]
    lines = hanging("purchase", said, indent=INDENT)
    if p["notes"]:
        lines += hanging("", p["notes"], indent=INDENT)
    for o in p["outcomes"]:
        lines += _outcome(p, o, money)
    if p["worlds"]:
        lines += _worlds(p["worlds"], money)
    return lines


def _amount(a: Mapping[str, Any], money: Money) -> list[str]:
    level = {k: money.level(v, digits=2) for k, v in a.items() if k.endswith("usd_bn") and v}
    said = []
    if a["promised_usd_bn"] is not None:
        said.append(f"promised {level['promised_usd_bn']} a year")
    if a["supply_cap_usd_bn"] is not None:
        said.append(f"the seller can deliver {level['supply_cap_usd_bn']}")
    if a["compliance"] is not None:
        said.append(f"expected to be met: {100 * a['compliance']:g} %")
    word = "illustrative" if a["illustrative"] else "expected"
    more = f"{word} {level.get('expected_usd_bn', '0')} on top of "
    if a["above_usd_bn"] is None:
        more += f"the {a['on_top_of']}"
    else:
        more += f"what was bought in {a['on_top_of']} ({level.get('above_usd_bn', '0')})"
    return [*said, more, f"to rise by {level.get('rise_usd_bn', '0')}"]


def _outcome(p: Mapping[str, Any], o: Mapping[str, Any], money: Money) -> list[str]:
    if o["parties"] is None or not o["binds"]:
        return []
    head = "by subsidy" if o["financing"] == "subsidy" else "by taste"
    revenue = f"net trade-tax revenue {money.change(o['revenue_change_usd_bn'])}"
    if o["financing"] == "subsidy":
        cost = money.level(o["subsidy_usd_bn"], digits=2)
        said = [f"{duty(o['size'])} of the value, {cost} a year; {revenue}"]
    else:
        said = [f"share at unchanged prices {pct(100 * o['size'])}, costless; {revenue}"]
    if o["financing"] == p["financing_named"]:
        said.append("as the file has it")
    if o["reason"]:
        said.append(o["reason"])
    for name in (p["buyer"], p["seller"]):
        said.append(f"{name} {_worth(o['parties'][name], money)}")
    said.append(f"third parties {money.change(o['third_parties_usd_bn'])}")
    lines = hanging(head, said, indent=INDENT)
    return lines + hanging("", [_diverted(p, o, money)], indent=INDENT)


def _diverted(p: Mapping[str, Any], o: Mapping[str, Any], money: Money) -> str:
    def listed(side: str, kind: str) -> str:
        rows = [d for d in o["diversion"] if d["side"] == side and d["kind"] == kind]
        total = money.change(sum(d["change_usd_bn"] for d in rows))
        if kind != "third country":
            return total
        rows.sort(key=lambda d: -abs(d["change_usd_bn"]))
        shown = [d for d in rows[:SHOWN_PLACES] if money.change(d["change_usd_bn"]) != "0.00"]
        named = ", ".join(f"{d['place']} {money.change(d['change_usd_bn'])}" for d in shown)
        return f"{total} ({named})" if named else total

    third = "third country"
    return (
        f"{p['buyer']} buys from {p['seller']} {listed('buys from', 'seller')}, at home "
        f"{listed('buys from', 'home')}, from third countries {listed('buys from', third)}; "
        f"{p['seller']} sells at home {listed('sells to', 'home')}, to third countries "
        f"{listed('sells to', third)}"
    )


def _worlds(worlds: Sequence[Mapping[str, Any]], money: Money) -> list[str]:
    lines: list[str] = []
    for k, w in enumerate(worlds):
        what = f"{w['world']} ({', '.join(w['claims']) or 'no claim'})"
        what += f", {w['financing']}" if w["financing"] else ""
        sides = ", ".join(
            f"{p} {money.change(s['ev_usd_bn'])}"
            for p, s in (w["parties"] or {}).items()
            if s["ev_usd_bn"] or w["world"] != "promised"
        )
        text = f"{what}: {sides or 'not proven'}"
        lines += hanging("" if k else "two worlds", [text], indent=INDENT)
    return lines


def _numbers(n: Mapping[str, Any], money: Money) -> list[Line]:
    head = f"Figures at odds: {n['label']}  [{n['threat']}]"
    trade = f"{money.level(n['world_usd_bn'])} {money.unit} of trade in {n['world_year']}"
    said = [f"the world shows {trade} under it", n["how"]]
    lines: list[Line] = [(HEAD, head), *_plain(hanging("trade", said, indent=INDENT))]
    if n["reason"]:
        lines += [(WARN, x) for x in hanging("not computed", [n["reason"]], indent=INDENT + 2)]
    for a in n["amounts"]:
        name = f"{a['usd_bn']:g}bn"
        what = f"{', '.join(a['claims'])}, {100 * a['ratio']:.1f} % of the goods"
        if a["alone"] is None:
            lines += [(WARN, x) for x in hanging(name, [what, a["reason"]], indent=INDENT)]
            continue
        parts = [what, _side_list(a["alone"], money)]
        if a["answered"] is not None:
            parts.append(f"answered: {_side_list(a['answered'], money)}")
        lines += _plain(hanging(name, parts, indent=INDENT))
    return lines


def _side_list(sides: Mapping[str, Any], money: Money) -> str:
    return ", ".join(f"{p} {_worth(s, money)}" for p, s in sides.items())
