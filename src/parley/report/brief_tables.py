"""The tables of the brief's page, each made from its part of the document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.calendar_text import day_words
from parley.report.figures import Money, pct
from parley.report.html_page import Cell, html_table
from parley.report.odds_figure import percent
from parley.report.timeline_text import days_words, window_words

__all__ = [
    "changes_table",
    "claims_table",
    "commitments_table",
    "odds_table",
    "packages_table",
    "timeline_table",
    "updates_table",
]

Part = Mapping[str, Any]
SORT = {"on-record": "on record", "second-hand": "second hand"}
SHOWN_CHANGES = 8
FLIPS = "± where other settings disagree on the sign"


def odds_table(forecast: Part) -> str:
    """Return the odds of every outcome before and after the claims, and why."""
    columns = ("Outcome", "Prior", "Now", "Why")
    rows = [
        ((o["label"], o["id"]), percent(o["prior"]), percent(o["probability"]), o["why"])
        for o in forecast["outcomes"]
    ]
    return html_table("The odds and why", columns, rows, numbers=(1, 2))


def updates_table(forecast: Part) -> str:
    """Return how every claim moved the odds, step by step, in the order of the file."""
    columns = ("Claim", "Outcome", "Likelihood ratio", "Weight", "Before", "After", "Why")
    labels = {o["id"]: o["label"] for o in forecast["outcomes"]}
    rows = [
        (
            u["claim"],
            (labels.get(u["outcome"], u["outcome"]), u["outcome"]),
            f"{u['likelihood_ratio']:.3g}" + ("" if u["direction"] > 0 else ", against"),
            f"{u['weight']:.2f}",
            percent(u["before"]),
            percent(u["after"]),
            u["why"],
        )
        for u in forecast["updates"]
    ]
    return html_table("How each claim moved the odds", columns, rows, numbers=(2, 3, 4, 5))


def changes_table(forecast: Part) -> str:
    """Return what would change the odds most, and the outcome that it would move most."""
    columns = ("What", "Outcome", "Now", "Then")
    labels = {o["id"]: o["label"] for o in forecast["outcomes"]}
    rows = [
        (
            (x["what"], x["kind"]),
            (labels.get(x["outcome"], x["outcome"]), x["outcome"]),
            percent(x["before"]),
            percent(x["after"]),
        )
        for x in forecast["would_change"][:SHOWN_CHANGES]
    ]
    return html_table("What would change the odds most", columns, rows, numbers=(2, 3))


def timeline_table(part: Part) -> str:
    """Return the timeline by date, with a row across for as_of."""
    rows: list[Sequence[Cell]] = [_entry(e) for e in part["entries"] if e["past"]]
    ahead = sorted(
        (e for e in part["entries"] if not e["past"]), key=lambda e: max(e["date"], part["as_of"])
    )
    what = "what is below is still to come" if ahead else "nothing dated is still to come"
    rows.append((f"As of {day_words(part['as_of'])}: {what}",))
    rows += [_entry(e) for e in ahead]
    columns = ("Day", "What", "Who", "Lane", "What came of it, what hangs on it")
    return html_table("Everything dated, by day", columns, rows)


def _entry(entry: Part) -> Sequence[Cell]:
    days = days_words(entry)
    wait = f"in {days}" if not entry["past"] and entry["days"] > 0 else days
    source = f"source: {entry['source']}" if entry["source"] else ""
    return (
        (window_words(entry), "" if entry["past"] else wait),
        entry["label"],
        ", ".join(entry["parties"]),
        entry["lane"],
        (entry["note"], source),
    )


def claims_table(ledger: Part) -> str:
    """Return the ledger of claims: one row a claim, in the order of the file."""
    columns = (
        "Claim",
        "Who",
        "On record",
        "Outlet and day",
        "Stance",
        "About",
        "For, against",
        "Weight",
    )
    rows = [_claim(c, ledger) for c in ledger["claims"]]
    return html_table("The claims, every one kept", columns, rows, numbers=(7,))


def _claim(claim: Part, ledger: Part) -> Sequence[Cell]:
    name = claim["id"]
    pairs = [(p["first"], p["second"]) for p in ledger["contradictions"]]
    against = [b if a == name else a for a, b in pairs if name in (a, b)]
    figures = [
        *([] if claim["value_usd_bn"] is None else [f"US${claim['value_usd_bn']:,g}bn"]),
        *([] if claim["value"] is None else [f"{100 * claim['value']:g} %"]),
    ]
    said = claim["says"] or claim["stance"]
    day = claim["date"] and day_words(claim["date"])
    if day and claim["date_of"] == "source":
        day = f"published {day}"
    who = claim["name"] or claim["role"]
    return (
        (
            said + (f" [{', '.join(figures)}]" if figures else ""),
            name,
            f"contradicted by {', '.join(against)}" if against else "",
        ),
        (who, claim["role"] if claim["name"] else "", claim["party"] or ""),
        (_on_record(claim), str(SORT.get(claim["sort"], claim["sort"]))),
        (claim["outlet"] or claim["source"], day or ""),
        claim["stance"],
        list(claim["about"]),
        _sides(name, ledger),
        f"{claim['reliability']:g}",
    )


def _on_record(claim: Part) -> str:
    return {True: "yes", False: "no", None: "not said"}[claim["on_record"]]


def _sides(name: str, ledger: Part) -> Cell:
    """Return what a claim speaks for and against: what it is about, and outcomes."""
    found: dict[str, list[str]] = {"for": [], "against": []}
    for s in ledger["subjects"]:
        for side in found:
            if name in s[f"claims_{side}"]:
                found[side].append(s["subject"])
    bearings = ledger["bearings"]
    for b in () if bearings is None else bearings["claims"]:
        if b["claim"] == name and b["effect"]:
            found["for" if b["effect"] > 0 else "against"].append(f"package:{b['outcome']}")
    told = [f"{side} {n}" for side, names in found.items() for n in dict.fromkeys(names)]
    return told or "neither"


def packages_table(document: Part, money: Money) -> str:
    """Return what every package is worth to each party's regions, and to the world."""
    places = [(p, r) for p in document["parties"] for r in p["regions"]]
    heads = [p["label"] or r if len(p["regions"]) == 1 else r for p, r in places]
    rows: list[Sequence[Cell]] = []
    for package in document["packages"]:
        flips = {f["region"] for f in package["sign_flips"]}
        cells: list[Cell] = [
            _worth(package["regions"][r], money, r in flips) if r in package["regions"] else "-"
            for _, r in places
        ]
        kind = package["kind"]
        first = (package["label"], package["id"] + ("" if kind == "deal" else f" ({kind})"))
        rows.append((first, *cells, _worth(package["world"], money, False)))
        lasting = package["lasting"]
        if lasting is not None:
            figures = [lasting["regions"].get(r) for _, r in places]
            told = [_worth(f, money, False) if f else "-" for f in figures]
            since = f"after {lasting['since_years']:g} years"
            rows.append((("for good", since), *told, money.change(lasting["world_ev_usd_bn"])))
    columns = ("Package", *heads, "World")
    caption = f"Real income against the status quo: %, and {money.unit} a year; {FLIPS}"
    return html_table(caption, columns, rows, numbers=range(1, len(columns)))


def _worth(figures: Part, money: Money, flips: bool) -> Cell:
    mark = " ±" if flips else ""
    return (pct(figures["real_income_pct"]) + mark, money.change(figures["ev_usd_bn"]))


def commitments_table(part: Part | Sequence[Part], money: Money) -> str:
    """Return the promises: whether they stand, what keeping them is worth, what keeps them.

    ``part`` is the document of ``parley commitments``, or its list of commitments.
    """
    listed = part["commitments"] if isinstance(part, Mapping) else part
    columns = (
        "Promise",
        "By, to",
        "Stands",
        f"Worth of its being kept, {money.unit} a year",
        "What keeps it",
    )
    rows = [
        (
            (c["label"], f"{c['id']}, {c['kind']}"),
            " to ".join(filter(None, (c["by"], c["to"]))) + (", mutual" if c["mutual"] else ""),
            (c["stands"], c["why"]),
            _kept(c, money),
            _keeps(c),
        )
        for c in listed
    ]
    return html_table("What each promise is worth, and what keeps it", columns, rows)


def _kept(commitment: Part, money: Money) -> Cell:
    said: list[str] = []
    for case in commitment["cases"]:
        how = f"if {case['breaker']} breaks it"
        if case["financing"]:
            how = f"financed by {case['financing']}"
        for when in ("unanswered", "answered"):
            worth = [
                f"{w['party']} {money.change(w[when]['ev_usd_bn'])}"
                for w in case["worth"]
                if w[when] is not None
            ]
            if worth:
                answer = " and it is answered" if when == "answered" else ""
                said.append(f"{', '.join(worth)} ({how}{answer})")
    return [*said, *commitment["reasons"]] or commitment["status"]


def _keeps(commitment: Part) -> Cell:
    by: dict[str, list[str]] = {}
    for case in commitment["cases"]:
        for e in case["enforcement"]:
            by.setdefault(e["verdict"], []).append(e["objective"])
    return [f"{v} ({', '.join(dict.fromkeys(o))})" for v, o in by.items()] or "-"
