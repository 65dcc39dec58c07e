"""An assessed threat as text, made from its JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.brief import SHOWN_AS
from parley.report.figures import Money, duty, hanging, money_for, pct

__all__ = ["threat_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 16
NEAR = "~"
SHOWN_TARGETS = 3
SHOWN_SECTORS = 6
ANSWER = {"alone": "unanswered", "announced": "announced answer", "best": "best retaliation"}
KEY = "* main; c credible, r real income only, w weighted only; ~ about zero"
OBJECTIVE = {"none": "real income", "scenario": "with weights"}
SEVERAL = {
    "model": "models",
    "closure": "deficits",
    "elasticity": "elasticities",
    "answer": "answers",
}
DIMENSION = {
    "model": "the model",
    "closure": "the deficit closure",
    "elasticity": "the elasticity source",
    "answer": "the answer",
    "weights": "the political weights",
}
FLAGS = {  # credible in real income, and with the scenario's weights
    (True, True): "c",
    (True, None): "c",
    (True, False): "r",
    (False, True): "w",
    (False, False): " ",
    (False, None): " ",
}
WORDS = {"always": "at every weight", "never": "at no weight", "unknown": "not known"}


def threat_lines(document: Document) -> list[Line]:
    """Return the page as (style, text) lines; styles are Rich's, "" for none."""
    money = money_for(
        [p["income_usd_bn"] for p in document["parties"]], document["world"]["currency"]
    )
    threat, main = document["threat"], _main(document)
    lines: list[Line] = [
        (HEAD, f"{threat['label']}  [{threat['id']}]    (as of {document['as_of']})"),
        *((HEAD, line) for line in hanging("verdict", [_verdict(document)], indent=INDENT)),
        *_plain(_flips(document)),
        *_unproven(document),
        *_plain(_about(document, money)),
        (PLAIN, ""),
        (HEAD, f"Gains and losses, EV in {money.unit} a year ({KEY})"),
        *_plain(_settings(document, money)),
        (PLAIN, ""),
        (HEAD, "The political weights at which it is credible, all other sectors at one"),
        *_plain(_weights(document)),
        (PLAIN, ""),
        *_answers(document, money),
        (HEAD, "In the main setting"),
        *_plain(_sides(document, main, money)),
        *_plain(_constituencies(main)),
        *_plain(_retaliation(document, main, money)),
        (PLAIN, ""),
        (HEAD, "What is left out"),
        *_plain(hanging("", document["left_out"], indent=2)),
    ]
    if document["notes"]:
        notes = dict.fromkeys(f"{n['text']} ({n['where']})" for n in document["notes"])
        lines += _plain(hanging("notes", notes, indent=9))
    return lines


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _main(document: Document) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(s for s in document["settings"] if s["main"])
    return found


def _name(document: Document, party: str) -> str:
    return next((p["label"] for p in document["parties"] if p["id"] == party), None) or party


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _verdict(document: Document) -> str:
    """Return the verdict in real income, then the one with the scenario's weights."""
    found = document["verdict"]["objectives"]
    plain, weighted = found["none"], found["scenario"]
    said = f"over settings and answers, in real income {_judged(document, plain)}"
    if weighted is not None:
        said += f"; with the scenario's political weights {_judged(document, weighted)}"
    limit = document["verdict"]["about_zero_pct"]
    near = any(v and v["about_zero_credible"] + v["about_zero_not"] for v in found.values())
    return said + (f" (about zero, ~: within {limit:g} % of the objective)" if near else "")


def _judged(document: Document, found: Mapping[str, Any]) -> str:
    by = _name(document, document["threat"]["by"])
    known = found["cells"] - found["unproven"]
    cost = document["reputation_cost_pct"]
    loss = "anything" if cost == 0 else f"more than the reputation cost, {cost:g} % of real income"
    if found["verdict"] == "unknown":
        return "unknown: nothing could be proven"
    if found["verdict"] == "not credible":
        said = f"not credible: it leaves {by} worse off{_by(cost)} in all {known} combinations"
    elif found["verdict"] == "credible":
        said = f"credible in all {known} combinations: it never costs {by} {loss}"
    else:
        said = f"credible in {found['credible']} of {known} combinations"
    rest = "the others" if found["credible"] else "these"
    near = [f"{found['about_zero_credible']} of these"] if found["about_zero_credible"] else []
    near += [f"{found['about_zero_not']} of {rest}"] if found["about_zero_not"] else []
    return said + (f", about zero in {_joined(near)}" if near else "")


def _by(cost: float) -> str:
    return "" if cost == 0 else f" by more than its reputation cost, {cost:g} % of real income,"


def _flips(document: Document) -> list[str]:
    """Return one line per dimension that flips a verdict, each objective for itself."""
    lines = []
    for objective, found in document["verdict"]["objectives"].items():
        if found is None or not found["depends_on"]:
            continue
        on = _joined([DIMENSION[d] for d in found["depends_on"]])
        lines += hanging(OBJECTIVE[objective], [f"depends on {on}"], indent=INDENT)
        flips = {f["dimension"]: f for f in found["flips"]}
        for name in found["depends_on"]:
            lines += _flip(flips[name])
    both = next(f for f in document["verdict"]["flips"] if f["dimension"] == "weights")
    if both["flipped"]:
        lines += hanging("the weights", [_flipped(both)], indent=INDENT)
    return lines


def _flip(f: Mapping[str, Any]) -> list[str]:
    name = f["dimension"]
    shares = ", ".join(
        f"{ANSWER.get(s['value'], s['value'])} {s['credible']}/{s['cells']}" for s in f["shares"]
    )
    text = f"{DIMENSION[name]} {_flipped(f)}; credible with {SEVERAL[name]}: {shares}"
    return hanging("", [text], indent=INDENT)


def _flipped(f: Mapping[str, Any]) -> str:
    said = f"alone flips it in {f['flipped']} of {f['compared']} comparisons"
    return said + ("" if f["clear"] == f["flipped"] else f" ({f['clear']} not about zero)")


def _unproven(document: Document) -> list[Line]:
    lines: list[Line] = []
    for s in document["settings"]:
        for c in s["cases"]:
            if c["parties"] is None:
                where = (
                    f"model {s['family']}, deficits {s['closure']}, elasticities "
                    f"{s['elasticity']}, {ANSWER[c['case']]}"
                )
                said = hanging("not proven", [f"{where}: {c['reason']}"], indent=INDENT)
                lines += [(WARN, line) for line in said]
    return lines


def _about(document: Document, money: Money) -> list[str]:
    threat, model, fall = document["threat"], document["model"], document["breakdown"]
    sectors = threat["sectors"]
    shown = ", ".join(sectors[:SHOWN_SECTORS])
    if len(sectors) > SHOWN_SECTORS:
        shown += f" and {len(sectors) - SHOWN_SECTORS} more sectors"
    trade = f"{money.level(threat['trade_usd_bn'])} {money.unit} of trade"
    said = [f"{threat['by']} on {_joined(threat['targets'])}: {shown}", trade]
    said += [f"{k} {threat[k]}" for k in ("announced", "earliest", "deadline") if threat[k]]
    if threat["legal_ground"]:
        said.append(f"ground: {threat['legal_ground']}")
    if threat["answered_by"]:
        said.append(f"announced answer: {', '.join(threat['answered_by'])}")
    lines = hanging("threat", said, indent=INDENT)
    talks = fall["id"]
    if fall["is"] == "base" and talks != "status-quo":
        talks += ", which is that"
    elif fall["is"] in ANSWER:
        talks += f", which is this threat, {ANSWER[fall['is']]}"
    lines += hanging("held against", [model["base"], f"if the talks fail: {talks}"], indent=INDENT)
    worst = max(document["residuals"].values())
    return lines + hanging(
        "main setting",
        [
            f"model {model['family']}, deficits {model['closure']}",
            f"elasticities {model['elasticity']['name']}",
            f"reputation cost {document['reputation_cost_pct']:g} % of real income",
            f"largest residual of {document['solutions']} solutions {worst:.0e}",
        ],
        indent=INDENT,
    )


def _settings(document: Document, money: Money) -> list[str]:
    """Return a line per setting: for each answer the threatener and its targets."""
    by = document["threat"]["by"]
    targets = document["threat"]["targets"]
    several = len(targets) > SHOWN_TARGETS
    zero = document["verdict"]["about_zero_pct"]
    columns = [by, "targets"] if several else [by, *targets]
    cases = list(dict.fromkeys(c["case"] for s in document["settings"] for c in s["cases"]))
    labels = [
        f"    elasticities {s['elasticity']}{' *' if s['main'] else ''}"
        for s in document["settings"]
    ]
    rows: list[list[str]] = []
    for s in document["settings"]:
        found = {c["case"]: c for c in s["cases"]}
        row: list[str] = []
        for name in cases:
            row += _cells(found.get(name), by, targets, several=several, money=money, zero=zero)
        rows.append(row)
    heads = columns * len(cases)
    widths = [
        max(len(h), *(len(r[k]) for r in rows)) + (3 if k % len(columns) == 0 else 1)
        for k, h in enumerate(heads)
    ]
    left = max(map(len, labels)) + 2
    above = " " * left
    for k, name in enumerate(cases):
        first = k * len(columns)
        span = sum(widths[first : first + len(columns)])
        widths[first] += max(0, len(ANSWER[name]) + 2 - span)
        above += f"{ANSWER[name]:>{sum(widths[first : first + len(columns)])}}"
    lines = [above, _line("", heads, left, widths)]
    group = ""
    for s, label, row in zip(document["settings"], labels, rows, strict=True):
        here = f"  model {s['family']}, deficits {s['closure']}"
        if here != group:
            group = here
            lines.append(here)
        lines.append(_line(label, row, left, widths))
    return [line.rstrip() for line in lines]


def _line(label: str, cells: Sequence[str], left: int, widths: Sequence[int]) -> str:
    body = "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))
    return f"{'  ' + label:<{left}}{body}"


def _cells(
    case: Mapping[str, Any] | None,
    by: str,
    targets: Sequence[str],
    *,
    several: bool,
    money: Money,
    zero: float,
) -> list[str]:
    count = 2 if several else 1 + len(targets)
    if case is None or case["parties"] is None:
        return ["-  "] + ["-"] * (count - 1)
    sides = case["parties"]
    flag = FLAGS[case["credible"]["none"], case["credible"]["scenario"]]
    near = {k: m is not None and abs(m) <= zero for k, m in case["margin_pct"].items()}
    own = (NEAR if near["none"] else "") + money.change(sides[by]["ev_usd_bn"]) + flag
    own += NEAR if near["scenario"] else " "
    values = [sides[t]["ev_usd_bn"] for t in targets]
    return [own, *map(money.change, [sum(values)] if several else values)]


def _weights(document: Document) -> list[str]:
    lines = []
    main = _main(document)
    groups = dict.fromkeys(w["group"] for w in document["weights"])
    for group in groups:
        rows = [w for w in document["weights"] if w["group"] == group]
        own = rows[0]["own_weight"]
        sectors = rows[0]["sectors"]
        shown = ", ".join(sectors[:SHOWN_SECTORS]) + (
            " ..." if len(sectors) > SHOWN_SECTORS else ""
        )
        gives = "of several weights in the scenario" if own is None else f"the scenario's: {own:g}"
        lines.append(f"  {rows[0]['label']} ({shown}); {gives}")
        for w in rows:
            said = [f"{ANSWER[w['case']] + ':':<18}{_range(w)}"]
            if len(document["settings"]) > 1:
                said.append(f"main setting: {_here(main, w)}")
            lines += hanging("", said, indent=6)
    return lines


def _here(main: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return the weights at which it is credible in the main setting, and the scenario's."""
    for c in main["cases"]:
        for s in c["switch_weights"]:
            if (c["case"], s["group"]) == (wanted["case"], wanted["group"]):
                return _side(s, wanted["own_weight"])
    return WORDS["unknown"]


def _side(s: Mapping[str, Any], own: float | None) -> str:
    if s["weight"] is None:
        said = WORDS[s["direction"]]
    elif s["direction"] == "from":
        said = f"from {_weight(s['weight'])} on"
    else:
        said = f"up to {_weight(s['weight'])}"
    if s["own_inside"] is None or own is None:
        return said
    return f"{said} ({own:g} is {'inside' if s['own_inside'] else 'outside'})"


def _range(w: Mapping[str, Any]) -> str:
    said = []
    for key, before, after in (("from", "from ", " on"), ("up_to", "up to ", "")):
        if w[f"{key}_settings"]:
            low, high = _weight(w[f"{key}_lowest"]), _weight(w[f"{key}_highest"])
            span = low if low == high else f"{low}..{high}"
            said.append(f"{before}{span}{after} in {w[f'{key}_settings']}")
    said += [f"{WORDS[key]} in {w[key]}" for key in WORDS if w[key]]
    count = sum(w[k] for k in ("from_settings", "up_to_settings", *WORDS))
    text = f"{', '.join(said)} of {count} setting{'s' if count > 1 else ''}"
    if w["own_inside"] is not None and count > 1:
        text += f"; {w['own_weight']:g} is inside in {w['own_inside']}"
    return text


def _weight(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _sides(document: Document, main: Mapping[str, Any], money: Money) -> list[str]:
    lines = []
    for c in main["cases"]:
        if c["parties"] is None:
            continue
        said = []
        for party, s in c["parties"].items():
            text = f"{party} {pct(s['real_income_pct'])} ({money.change(s['ev_usd_bn'])})"
            if s["political_pct"] is not None:
                text += f", politically weighted {pct(s['political_pct'])}"
            said.append(text)
        said.append(f"third parties {money.change(c['third_parties_ev_usd_bn'])}")
        fallen = c["against_breakdown"]
        if fallen is not None and document["breakdown"]["is"] != c["case"]:
            sides = ", ".join(f"{p} {money.change(s['ev_usd_bn'])}" for p, s in fallen.items())
            said.append(f"against {document['breakdown']['id']}: {sides}")
        lines += hanging(ANSWER[c["case"]], said, indent=20)
    return lines


def _constituencies(main: Mapping[str, Any]) -> list[str]:
    found: dict[str, list[str]] = {}
    for c in main["cases"]:
        for x in c["constituencies"]:
            key = f"{x['label']} ({x['party']})"
            found.setdefault(key, []).append(f"{ANSWER[c['case']]} {pct(x['real_income_pct'])}")
    lines = []
    shown = SHOWN_AS[main["constituencies_show"]]
    for k, (label, said) in enumerate(found.items()):
        text = f"{label}, {shown}: {', '.join(said)}"
        lines += hanging("" if k else "constituencies", [text], indent=20)
    return lines


def _answers(document: Document, money: Money) -> list[Line]:
    """Return whether the announced answer is worth it to the targets."""
    rows = [a for a in document["answers"] if a["case"] == "announced" and a["settings"]]
    if not rows:
        return []
    lines = []
    for a in rows:
        said = []
        if a["main_usd_bn"] is not None:
            text = f"{money.change(a['main_usd_bn'])} in the main setting"
            if a["main_political_usd_bn"] is not None:
                text += f", politically weighted {money.change(a['main_political_usd_bn'])}"
            said.append(text)
        low, high = money.change(a["lowest_usd_bn"]), money.change(a["highest_usd_bn"])
        said.append(f"{low} to {high} over {a['settings']} settings")
        lines += hanging(a["party"], said, indent=INDENT)
    for key, how in (("costs", ""), ("costs_political", ", politically weighted")):
        worse = [f"{a['party']} in {a[key]} of {a['settings']}" for a in rows if a[key]]
        if worse:
            said = [f"carried out, it costs more than silence{how}: {_joined(worse)} settings"]
            lines += hanging("", said, indent=INDENT)
    head = "What the announced answer is worth to the targets, EV against no answer"
    return [(HEAD, f"{head}, {money.unit} a year"), *_plain(lines), (PLAIN, "")]


def _retaliation(document: Document, main: Mapping[str, Any], money: Money) -> list[str]:
    best = next((c for c in main["cases"] if c["case"] == "best"), None)
    if best is None:
        return ["  the targets buy nothing from the threatener that they could tax"]
    lines = hanging("best retaliation", [document["retaliation"]["what"]], indent=20)
    said = [
        f"{r['party']} {duty(r['mean_before'])} to {duty(r['mean_after'])} on average, at most "
        f"{duty(r['highest_after'])}, on {money.level(r['imports_usd_bn'])} {money.unit}"
        for r in best["retaliation"]
    ]
    lines += hanging("", said, indent=20)
    proof = best["certificate"]
    if proof is not None:
        lines += hanging("certificate", [_proof(proof)], indent=20)
    proofs = [
        c["certificate"] for s in document["settings"] for c in s["cases"] if c["certificate"]
    ]
    if len(proofs) > 1:
        certified = sum(p["certified"] for p in proofs)
        worst = max(_best(p) for p in proofs)
        text = f"{certified} of {len(proofs)} settings certified, best deviation {worst:+.0e} pp"
        lines += hanging("", [text], indent=20)
    return lines


def _proof(proof: Mapping[str, Any]) -> str:
    gap = max((p["rate_gap_pp"] or 0.0) for p in proof["parties"])
    tried = sum(p["tried"] for p in proof["parties"])
    return (
        f"{'certified' if proof['certified'] else 'not certified'}: residual "
        f"{proof['residual']:.0e}, largest gap to a first-order rate {gap:.0e} pp, best of "
        f"{tried} deviations {_best(proof):+.0e} pp of real income"
    )


def _best(proof: Mapping[str, Any]) -> float:
    return max(float(p["best_deviation_pp"] or 0.0) for p in proof["parties"])
