"""When, and who says so, in a brief: timeline, calendar, odds, promises and claims in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.calendar_text import amounts, calendar_lines, day_words, likely_ends
from parley.report.figures import Money, hanging
from parley.report.forecast_text import forecast_lines
from parley.report.timeline_text import timeline_lines

__all__ = ["odds_row", "when_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN = "bold", ""
SHOWN_PAST = 3
INDENT = 20
SORTS = {"on-record": "on record", "second-hand": "second hand"}


def odds_row(document: Document) -> list[str]:
    """Return the odds in one line, for the head of a brief; nothing without a forecast."""
    part = document["forecast"]
    if part is None:
        return []
    ranked = sorted(part["outcomes"], key=lambda o: -o["probability"])
    odds = ", ".join(f"{o['id']} {100 * o['probability']:.0f} %" for o in ranked)
    return [f"by {day_words(part['by'])}: {odds} (judgement; see below)"]


def when_lines(document: Document, money: Money) -> list[Line]:
    """Return these sections of a brief as (style, text) lines."""
    lines: list[Line] = []
    calendar, forecast = document["calendar"], document["forecast"]
    if document["timeline"] is not None and document["timeline"]["entries"]:
        lines += [(PLAIN, ""), (HEAD, "Timeline")]
        lines += timeline_lines(document["timeline"], past=SHOWN_PAST, ends=_ends(document))
    if calendar is not None:
        lines += [(PLAIN, ""), (HEAD, f"Calendar game  [{calendar['talks']}]")]
        lines += _plain(hanging("objective", [calendar["objective"]], indent=INDENT))
        lines += _plain(_in_time(calendar, money))
        said = {n["text"] for package in document["packages"] for n in package["notes"]}
        rest = [n for n in calendar["notes"] if n not in said]
        lines += calendar_lines({**calendar, "notes": rest}, money)
    if forecast is not None:
        told = [] if calendar is None else calendar["notes"]
        lines += [(PLAIN, ""), *forecast_lines(forecast, told=told)]
    if document["commitments"] is not None:
        what = f"Promises: worth to each side of their being kept, {money.unit} a year"
        how = "real income [political welfare]; breach unanswered / answered"
        lines += [(PLAIN, ""), (HEAD, f"{what} ({how})")]
        for c in document["commitments"]["commitments"]:
            lines += _plain(_commitment(c, money))
        for n in document["commitments"]["numbers"]:
            lines += _plain(_numbers(n, money))
    if document["claims"] is not None:
        lines += [(PLAIN, ""), (HEAD, _claims_head(document))]
        lines += _plain(_claims(document))
    return lines


def _in_time(calendar: Document, money: Money) -> list[str]:
    """Return what packages that run through stages are worth, counted year by year."""
    staged = [s for s in calendar["states"] if s["in_full"]]
    if not staged:
        return []
    said = [f"{s['id']} {amounts(s['worth_usd_bn'], money)}" for s in staged]
    return hanging("year by year", [*said, "steady flows of equal present value"], indent=INDENT)


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _ends(document: Document) -> list[tuple[str, str]]:
    """Return the likeliest dated end of each equilibrium of the calendar game."""
    found: dict[str, list[str]] = {}
    for threat, day, state, chance in likely_ends(document["calendar"]):
        under = {"sure": "the threat is sure", "free": "the threat may lapse"}.get(threat, "")
        said = f"{state}: {100 * chance:.0f} %"
        found.setdefault(day, []).append(said + (f" if {under}" if under else ""))
    return [(day, f"equilibrium {'; '.join(texts)}") for day, texts in found.items()]


def _commitment(c: Mapping[str, Any], money: Money) -> list[str]:
    way = "and" if c["mutual"] else "to"
    said = [f"{c['kind']}, {c['by']} {way} {c['to'] or 'nobody named'}, {c['stands']}"]
    for case in c["cases"][:1]:
        worth = []
        for w in case["worth"]:
            both = [x for x in (w["unanswered"], w["answered"]) if x is not None]
            real = " / ".join(money.change(x["ev_usd_bn"]) for x in both)
            weighted = [x["political_usd_bn"] for x in both if x["political_usd_bn"] is not None]
            felt = f" [{' / '.join(map(money.change, weighted))}]" if weighted else ""
            worth.append(f"{w['party']} {real}{felt}")
        said.append(", ".join(worth))
        judged = {e["objective"]: e for e in case["enforcement"]}
        best = judged.get("political welfare") or next(iter(judged.values()), None)
        if best is not None:
            said.append(f"{best['party']}: {best['verdict']}")
    for p in c["purchases"]:
        if p["worlds"]:
            said += [_world(w, money) for w in p["worlds"]]
    if not c["cases"]:
        said += c["reasons"]
    return hanging(c["id"], said, indent=max(INDENT, len(c["id"]) + 4))


def _world(world: Mapping[str, Any], money: Money) -> str:
    how = f" ({world['financing']})" if world["financing"] else ""
    head = f"if {world['world']}{how}"
    if world["parties"] is None:
        return f"{head}: not proven"
    amounts = ", ".join(f"{p} {money.change(s['ev_usd_bn'])}" for p, s in world["parties"].items())
    return f"{head}: {amounts}"


def _numbers(n: Mapping[str, Any], money: Money) -> list[str]:
    said = []
    for a in n["amounts"]:
        if a["alone"] is None:
            said.append(f"{a['usd_bn']:g}bn: {a['reason']}")
            continue
        sides = ", ".join(f"{p} {money.change(s['ev_usd_bn'])}" for p, s in a["alone"].items())
        said.append(f"{a['usd_bn']:g}bn ({', '.join(a['claims'])}): {sides}")
    return hanging(n["threat"], ["figures at odds, both computed", *said], indent=INDENT)


def _claims_head(document: Document) -> str:
    talks = document["forecast"]["talks"] if document["forecast"] is not None else None
    what = f" (+ for a deal or threat of {talks}, - against, . neither)" if talks else ""
    return f"Who says what: {len(document['claims']['claims'])} claims{what}"


def _claims(document: Document) -> list[str]:
    ledger = document["claims"]
    effects = _effects(document)
    wide = 6 + max(len(c["id"]) for c in ledger["claims"])
    lines = []
    for c in ledger["claims"]:
        sort = SORTS.get(c["sort"], c["sort"])
        who = c["name"] or c["role"]
        about = ", ".join(c["about"])
        mark = effects.get(c["id"], ".")
        amount = "" if c["value_usd_bn"] is None else f" (US${c['value_usd_bn']:g}bn)"
        where = f"{c['outlet'] or c['source']} {c['date']}"
        said = f"{c['stance']} {about}{amount}; {who}, {sort}, {where}"
        lines += hanging(f"{mark} {c['id']}", [said], indent=wide)
    if ledger["contradictions"]:
        pairs = [f"{c['first']} against {c['second']}" for c in ledger["contradictions"]]
        lines += hanging("contradictions", pairs, indent=INDENT)
    if ledger["corroborations"]:
        alone = sum(1 for c in ledger["corroborations"] if c["independent"])
        count = len(ledger["corroborations"])
        said = f"{count} pairs agree, {alone} of them independent"
        if count == 1:
            said = f"1 pair agrees, {'independently' if alone else 'not known to be independent'}"
        lines += hanging("corroboration", [said], indent=INDENT)
    if ledger["no_comments"]:
        lines += hanging("no comment", ledger["no_comments"], indent=INDENT)
    return lines


def _effects(document: Document) -> dict[str, str]:
    """Return claim -> "+", "-" or "+-" by its steps in the odds."""
    if document["forecast"] is None:
        return {}
    found: dict[str, set[str]] = {}
    for u in document["forecast"]["updates"]:
        found.setdefault(u["claim"], set()).add("+" if u["log_odds_step"] >= 0 else "-")
    return {claim: "".join(sorted(signs)) for claim, signs in found.items()}
