"""The calendar of some talks as text, made from its document and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.figures import Money, hanging, money_for

__all__ = ["amounts", "calendar_lines", "calendar_page", "day_words", "likely_ends"]

Part = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 20
SHOWN_MOVES = 6
SHOWN_ENDS = 6
LEAVING = "open to leave"
THREAT = {"sure": "threat sure", "free": "threat may lapse", "none": "equilibrium"}


def calendar_page(document: Mapping[str, Any]) -> list[Line]:
    """Return the page of ``parley calendar`` as (style, text) lines."""
    part = document["calendar"]
    money = money_for(document["income_usd_bn"].values(), document["world"]["currency"])
    m = document["model"]
    lines: list[Line] = [
        (HEAD, f"{document['title']}: when    (as of {document['as_of']})"),
        *_plain(hanging("talks", [f"{part['label']}  [{part['talks']}]"], indent=INDENT)),
        *_plain(
            hanging(
                "model",
                [
                    f"{m['family']}; trade deficits: {m['closure']}",
                    f"elasticities: {m['elasticity']['name']}",
                    f"against the status quo of {document['as_of']}",
                ],
                indent=INDENT,
            )
        ),
        *_plain(_rules(part)),
        (PLAIN, ""),
        (
            HEAD,
            f"At stake on {document['as_of']}, {money.unit} a year: objective (real income)",
        ),
        *_plain(hanging("objective", [part["objective"]], indent=INDENT)),
        *_plain(_states(part, money)),
        (PLAIN, ""),
        *calendar_lines(part, money, steps=True, moves=None),
    ]
    return lines


def calendar_lines(
    part: Part, money: Money, *, steps: bool = False, moves: int | None = SHOWN_MOVES
) -> list[Line]:
    """Return the equilibria, who waits, and dates moved, as (style, text) lines.

    Parameters
    ----------
    part
        The calendar's part of a document.
    money
        How amounts are written.
    steps
        Whether every step is told; else the likeliest ends only.
    moves
        How many moved dates are told, None for all.
    """
    lines: list[Line] = [
        (HEAD, f"How the talks end, and what they are worth from now on ({money.unit} a year)")
    ]
    for e in part["equilibria"]:
        lines += _plain(_equilibrium(part, e, money))
    lines += _plain(_spread(part))
    if part["hangs_on_belief"]:
        lines.append((WARN, "  it hangs on whether the threat is believed"))
    if steps:
        for e in part["equilibria"]:
            lines += [(PLAIN, ""), (HEAD, f"Step by step, {THREAT[e['threat']]}")]
            lines += _plain(_steps(part, e, money))
    else:
        lines += _plain(_waiting(part, part["equilibria"][0], money))
    if part["holdout"] is not None:
        lines += _plain(_holdout(part["holdout"]))
    shown = [m for m in part["date_moves"] if _matters(m, money)]
    shown.sort(key=lambda m: (not m["changes_outcome"], -_size(m)))
    if moves is not None:
        shown = shown[:moves]
    if part["date_moves"]:
        under = part["equilibria"][0]["threat"]
        what = f"If a date moves ({THREAT[under]})"
        lines += [(PLAIN, ""), (HEAD, what)] if steps else []
        head = "" if steps else "if a date moves"
        said = [_move(m, money) for m in shown] or ["nothing that shows"]
        if steps:
            for text in said:
                lines += _plain(hanging("", [text], indent=4))
        else:
            lines += _plain(hanging(head, said, indent=INDENT))
    if part["notes"]:
        lines += [(PLAIN, "")] if steps else []
        lines += _plain(hanging("notes", part["notes"], indent=INDENT))
    return lines


def likely_ends(part: Part | None) -> list[tuple[str, str, str, float]]:
    """Return (threat, day, state, probability) of each equilibrium's likeliest dated end."""
    found = []
    for e in part["equilibria"] if part is not None else ():
        chances: dict[tuple[str, str], float] = {}
        for x in e["ends"]:
            if x["date"] is not None:
                key = (x["date"], x["state"])
                chances[key] = chances.get(key, 0.0) + x["probability"]
        if chances:
            day, state = max(chances, key=lambda key: chances[key])
            found.append((e["threat"], day, state, chances[day, state]))
    return found


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def day_words(date: str, window: Sequence[str] | None = None) -> str:
    """Return a day, or a window, in words: "22-30 Sep 2019"."""
    day = dt.date.fromisoformat(date)
    if window is None:
        return f"{day.day} {day:%b %Y}"
    first, last = (dt.date.fromisoformat(w) for w in window)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"


def _rules(part: Part) -> list[str]:
    taken = {r["id"]: "" if r["window"] is None else f", {day_words(r['date'])} taken"
             for r in part["rounds"]}  # fmt: skip
    lines = hanging(
        "rounds",
        [
            f"{r['id']} {day_words(r['date'], r['window'])}{taken[r['id']]}"
            + (f" ({r['proposer']} proposes)" if r["proposer"] else "")
            for r in part["rounds"]
        ]
        or ["none"],
        indent=INDENT,
    )
    lines += hanging(
        "deadlines", [_deadline(d) for d in part["deadlines"]] or ["none"], indent=INDENT
    )
    exits = [
        f"{e['party']} may leave for {e['option'] or e['state']}"
        + (f" from {day_words(e['from'])}" if e["option"] else "")
        for e in part["exits"]
    ]
    lines += hanging("exits", exits, indent=INDENT) if exits else []
    lines += hanging(
        "elections, gates",
        [
            *(
                f"{g['concessions_by']} concedes nothing"
                + (f" of {g['constituency']}" if g["constituency"] else "")
                + f" before {g['id']}, {day_words(g['date'])}"
                for g in part["gates"]
            ),
            *(
                f"{r['constituency']} count {r['factor']:g} times just before {r['id']}, "
                f"{day_words(r['date'])}"
                for r in part["reweights"]
            ),
        ]
        or ["none"],
        indent=INDENT,
    )
    first = part["first_proposer"]
    offers = {
        "alternating": "in turns; "
        + (f"{first} proposes first" if first else "who proposes first is not known: all alike"),
        "simultaneous": "all at once",
    }[part["offers"]]
    rates = ", ".join(
        f"{p} {100 * d['value']:.0f} %{' (assumed)' if d['assumed'] else ''}"
        for p, d in part["discount_per_year"].items()
    )
    lines += hanging("offers", [offers], indent=INDENT)
    said = [f"a gain a year later counts less by {rates}"]
    if part["hazard_per_year"]:
        said.append(f"talks break down at {part['hazard_per_year']:g} a year")
    if part["ratification_days"]:
        said.append(
            f"in force {part['ratification_days']} days after signature "
            f"({part['ratification_of']} ratifies)"
        )
    if part["side_payment_usd_bn"]:
        said.append(f"side payments up to US${part['side_payment_usd_bn']:g}bn a year")
    return lines + hanging("time", said, indent=INDENT)


def _deadline(d: Mapping[str, Any]) -> str:
    what = f"'{d['threat']}' is carried out" if d["threat"] else f"{d['brings']} follows"
    said = f"{d['id']} {day_words(d['date'], d['window'])}: {what}"
    if d["extensions"]:
        who = "all together put" if d["together"] else f"{d['owner']} puts"
        often = "once" if d["extensions"] == 1 else f"{d['extensions']} times"
        said += f" unless {who} it off by {d['extends_days']} days"
        said += f", {often}"
    return said


def amounts(values: Mapping[str, float], money: Money) -> str:
    """Return an amount for each party: "USA +0.37, JPN +0.01"."""
    return ", ".join(f"{p} {money.change(v)}" for p, v in values.items())


def _states(part: Part, money: Money) -> list[str]:
    lines = []
    for s in part["states"]:
        own = f"{amounts(s['worth_usd_bn'], money)}  ({amounts(s['real_income_usd_bn'], money)})"
        said = [own]
        if s["in_full"]:
            whole = s["in_full"]
            worth, real = (
                amounts(whole[name], money) for name in ("worth_usd_bn", "real_income_usd_bn")
            )
            said.append(f"with all of it in force {worth}  ({real})")
            first, last = whole["stages"][0], whole["stages"][-1]
            said.append(f"in its first year {amounts(first['worth_usd_bn'], money)}")
            since = f"after {last['since_years']:g} years"
            said.append(f"{since} {amounts(last['worth_usd_bn'], money)}")
        said += [f"never agreed: {why}" for why in s["closed_by"]]
        wide = max(INDENT, 4 + max(len(x["id"]) for x in part["states"]))
        lines += hanging(s["id"], said, indent=wide)
    return lines


def _equilibrium(part: Part, e: Mapping[str, Any], money: Money) -> list[str]:
    ends = [f"{_end(x)} {100 * x['probability']:.0f} %" for x in e["ends"]]
    said = [", ".join(ends), f"worth {amounts(e['worth_usd_bn'], money)}"]
    orders = e["by_first_proposer"]
    told = [amounts(o["worth_usd_bn"], money) for o in orders]
    if len(set(told)) > 1:
        said.append(
            "; ".join(f"{o['first']} first: {t}" for o, t in zip(orders, told, strict=True))
        )
    elif len(orders) > 1:
        names = " or ".join(str(o["first"]) for o in orders)
        said.append(f"the same whether {names} proposes first")
    for c in e["close_calls"]:
        more, verb = money.level(abs(c["gain_usd_bn"]), digits=3), "signs"
        if c["gain_usd_bn"] < 0.0:
            verb = "refuses"
        said.append(
            f"a close call: {c['party']} {verb} {c['package']} for {more} {money.unit} a year"
        )
    return hanging(THREAT[e["threat"]], said, indent=INDENT)


def _spread(part: Part) -> list[str]:
    """Return when the talks end, and how, under uncertain weights and patience."""
    spread = part["spread"]
    if spread is None:
        return []
    ends = sorted(spread["ends"], key=lambda e: -e["probability"])
    said = [f"{_end(e)} {100 * e['probability']:.0f} %" for e in ends[:SHOWN_ENDS]]
    rest = sum(e["probability"] for e in ends[SHOWN_ENDS:])
    said += [f"other ends {100 * rest:.0f} %"] if rest >= 0.005 else []
    what = "weights and patience" if part["weighted"] else "patience"
    how = f"{spread['draws']} draws of {what}"
    if spread["threat_is_sure"] is not None:
        how += f", the threat sure in {100 * spread['threat_is_sure']:.0f} %"
    return hanging("if unsure", [", ".join(said), how], indent=INDENT)


def _end(end: Mapping[str, Any]) -> str:
    if end["kind"] == "no-deal":
        return "no deal"
    if end["kind"] == "hazard":
        return f"breakdown ({end['state']}) from {day_words(end['date'])} on"
    word = "exit to " if end["kind"] == "exit" else ""
    said = f"{word}{end['state'].removeprefix('exit:')} on {day_words(end['date'])}"
    if end["in_force"] != end["date"]:
        said += f" (in force {day_words(end['in_force'])})"
    paid = end["side_payments_usd_bn"] or {}
    gets = [f"{p} gets US${v:.3g}bn a year" for p, v in paid.items() if v > 1e-9]
    return said + (f" with a payment: {', '.join(gets)}" if gets else "")


def _steps(part: Part, e: Mapping[str, Any], money: Money) -> list[str]:
    """Return one entry for each step; equal ones of several orders are told once."""
    told: dict[tuple[str, ...], list[str]] = {}
    for s in e["steps"]:
        told.setdefault(tuple(_step(s, money, bool(part["side_payment_usd_bn"]))), []).append(
            str(s["first_proposer"])
        )
    orders = {str(o["first"]) for o in e["by_first_proposer"]}
    lines = []
    for (head, *said), firsts in told.items():
        only = f" ({' or '.join(firsts)} first)" if set(firsts) != orders else ""
        lines += hanging("", [head + only + ": " + "; ".join(said)], indent=4)
    return lines or ["  no round and no deadline"]


def _step(s: Mapping[str, Any], money: Money, paid: bool) -> list[str]:
    head = f"{day_words(s['date'])} {s['id']}"
    way = [f"put off {s['put_off']} times" if s["put_off"] > 1 else "put off"]
    way = (way if s["put_off"] else []) + (["threat lapsed"] if s["lapsed"] else [])
    if s["reached_probability"] <= 0:
        head += f" ({', '.join(['not reached', *way])})"
    elif s["reached_probability"] < 1 - 1e-9:
        head += f" (reached with {100 * s['reached_probability']:.0f} %)"
    if s["kind"] == "deadline":
        moves = "; ".join(f"{c['move']}: {amounts(c['worth_usd_bn'], money)}"
                          for c in s["choices"])  # fmt: skip
        verb = {"carry out": "carried out", "put off": "put off", "let lapse": "let lapse"}
        who = f" by {s['owner']}" if s["owner"] else ""
        return [head, f"{verb[s['move']]}{who} ({moves})"]
    said = [head]
    if s["agreed"]:
        said.append(f"{s['agreed']} is signed: {amounts(s['agreed_usd_bn'], money)}")
    elif s["exited"]:
        said.append(f"{s['exited']} leaves")
    else:
        said.append("nobody leaves" if s["id"] == LEAVING else "nothing is signed")
    said.append(f"without agreement: {amounts(s['waiting_usd_bn'], money)}")
    if s["value_of_waiting_usd_bn"]:
        said.append(f"waiting is worth {amounts(s['value_of_waiting_usd_bn'], money)}")
    for w in s["waits"]:
        gain = "" if w["gain_usd_bn"] is None else f" ({money.change(w['gain_usd_bn'])})"
        said.append(f"{w['party']} waits for {w['for']}{gain}")
    for o in s["offers"]:
        if o["closed_by"]:
            said.append(f"{o['package']} closed: {o['closed_by']}")
        elif o["refused_by"] and not s["agreed"]:
            even = ", whatever is paid" if paid else ""
            said.append(f"{o['package']} refused by {' and '.join(o['refused_by'])}{even}")
    return said


def _waiting(part: Part, e: Mapping[str, Any], money: Money) -> list[str]:
    """Return the value of waiting past each round that is reached, for a brief."""
    said = []
    for s in e["steps"]:
        worth = s["value_of_waiting_usd_bn"]
        if worth is None or s["reached_probability"] <= 0:
            continue
        orders = {o["first"] for o in e["by_first_proposer"]}
        mine = [x for x in e["steps"] if x["id"] == s["id"] and x["put_off"] == s["put_off"]]
        same = len({amounts(x["value_of_waiting_usd_bn"] or {}, money) for x in mine}) == 1
        only = "" if same or len(orders) < 2 else f", {s['first_proposer']} first"
        text = f"past {s['id']} ({day_words(s['date'])}{only}) {amounts(worth, money)}"
        waits = [f"{w['party']} waits for {w['for']}" for w in s["waits"]]
        said.append("; ".join([text, *waits]))
    return hanging("waiting is worth", list(dict.fromkeys(said)), indent=INDENT) if said else []


def _holdout(h: Mapping[str, Any]) -> list[str]:
    wants = ", ".join(f"{p} wants {x}" for p, x in h["wants"].items())
    rates = ", ".join(
        f"{p} gives in after {_span(1.0 / x) if x > 0 else 'for ever'} on average"
        for p, x in h["gives_in_per_year"].items()
    )
    return hanging(
        "if both held out",
        [
            wants,
            rates,
            f"somebody after {_span(h['mean_years'])}",
            "war of attrition: each at the rate that keeps the other waiting",
        ],
        indent=INDENT,
    )


def _span(years: float) -> str:
    return f"{years:.2g} years" if years >= 1.0 else f"{365.25 * years:.0f} days"


def _size(move: Mapping[str, Any]) -> float:
    return max(abs(float(v)) for v in move["change_usd_bn"].values())


def _matters(move: Mapping[str, Any], money: Money) -> bool:
    return bool(move["changes_outcome"]) or _size(move) * money.scale >= 0.005


def _move(move: Mapping[str, Any], money: Money) -> str:
    on = f" ({day_words(move['date'])})" if move["date"] else ""
    said = f"{move['event']} {move['how']}{on}: {amounts(move['change_usd_bn'], money)}"
    return said + (f", then {move['likeliest']}" if move["changes_outcome"] else "")
