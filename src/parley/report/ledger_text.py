"""A ledger of claims as text, made from its JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parley.report.figures import hanging

__all__ = ["ledger_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 17
SIGN = {1: "+", -1: "-", 0: "."}
VOICE = "a voice is one person, or unnamed speakers whose sources are not known to be independent"
SORT = {"on-record": "on record", "second-hand": "second hand"}


def ledger_lines(document: Document) -> list[Line]:
    """Return the page as (style, text) lines; styles are Rich's, "" for none."""
    only = f": {document['about']}" if document["about"] else ""
    lines: list[Line] = [
        (HEAD, f"{document['title']}, who says what{only}    (as of {document['as_of']})"),
        *_plain(_counts(document)),
        *_class(document),
    ]
    for head, body in (
        ("By subject (+ for it, - against it, . neither)", _subjects(document)),
        ("Figures that differ, side by side", _numbers(document)),
        ("Contradictions", _contradictions(document)),
        ("Disputed promises", _disputed(document)),
        ("No comment (it never counts)", _no_comments(document)),
        (_bearing_head(document), _bearings(document)),
        ("What is left out", hanging("", document["left_out"], indent=2)),
    ):
        if body:
            lines += [(PLAIN, ""), (HEAD, head), *_plain(body)]
    return lines


def _plain(lines: Iterable[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _counts(document: Document) -> list[str]:
    claims = document["claims"]
    words = document["reference_class"]["reliability"]
    sorts = {s: sum(c["sort"] == s for c in claims) for s in words}
    independent = sum(c["independent"] for c in document["corroborations"])
    pairs = document["corroborations"]
    parts = [
        f"{_number(len(claims), 'claim')} on {_number(len(document['subjects']), 'thing')}",
        ", ".join(f"{n} {SORT.get(s, s)}" for s, n in sorts.items() if n),
        _agreeing(len(pairs), independent) if pairs else "",
        f"{_number(len(document['contradictions']), 'contradiction')}",
    ]
    return hanging("claims", parts if claims else ["none"], indent=INDENT)


def _agreeing(pairs: int, independent: int) -> str:
    if pairs == 1:
        return (
            f"1 pair agrees{', independently' if independent else ', not known to be independent'}"
        )
    return f"{pairs} pairs agree, {independent} of them independent"


def _class(document: Document) -> list[Line]:
    found = document["reference_class"]
    weights = ", ".join(f"{SORT.get(s, s)} {w:g}" for s, w in found["reliability"].items())
    lines = _plain(hanging("weights", [f"class '{found['id']}'", weights], indent=INDENT))
    if found["known"]:
        return lines
    asked = found["asked"]
    said = "no reference class is named" if asked is None else f"the class '{asked}' is not known"
    return lines + [
        (WARN, line)
        for line in hanging("note", [f"{said}: '{found['id']}' stands in"], indent=INDENT)
    ]


def _claim(document: Document, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next((c for c in document["claims"] if c["id"] == name), {})
    return found


def _speaker(claim: Mapping[str, Any]) -> str:
    """Return who speaks, with office and party as far as the file gives them."""
    who = f"{claim['name']}, {claim['role']}" if claim["name"] else claim["role"]
    return who + (f" ({claim['party']})" if claim["party"] else "")


def _where(claim: Mapping[str, Any]) -> str:
    """Return outlet and day; a day taken from the source is marked as published."""
    day = claim["date"]
    if day and claim["date_of"] == "source":
        day = f"published {day}"
    return ", ".join(part for part in (claim["outlet"] or claim["source"], day) if part)


def _subjects(document: Document) -> list[str]:
    told: dict[str, str] = {}
    lines = hanging("", [VOICE], indent=2) if document["subjects"] else []
    for subject in document["subjects"]:
        silent = set(document["no_comments"])
        spoken = [c for c in subject["claims"] if c not in silent]
        head = f"{subject['subject']}  {subject['label']}{_standing(subject)}"
        lines += hanging("", [head], indent=2)
        for name in spoken:
            claim = _claim(document, name)
            sign = SIGN[_side(subject, name)]
            head = f"  {sign} {claim['stance']}"
            if name in told:
                lines += hanging(head, [f"{name}: see {told[name]}"], indent=INDENT)
                continue
            told[name] = subject["subject"]
            lines += hanging(head, [_told(claim), *_marks(document, name)], indent=INDENT)
        if len(spoken) < len(subject["claims"]):
            count = _number(len(subject["claims"]) - len(spoken), "no-comment")
            lines += hanging("", [f"{count}, listed below"], indent=INDENT)
    return lines


def _side(subject: Mapping[str, Any], name: str) -> int:
    return (name in subject["claims_for"]) - (name in subject["claims_against"])


def _standing(subject: Mapping[str, Any]) -> str:
    """Return how many claims are for and against, where there are several that count."""
    both = []
    for side in ("for", "against"):
        claims, voices = len(subject[f"claims_{side}"]), subject[f"groups_{side}"]
        if claims:
            told = f" ({_number(voices, 'voice')})" if claims > 1 else ""
            both.append(f"{claims} {side}{told}")
    count = len(subject["claims_for"]) + len(subject["claims_against"])
    return f":  {', '.join(both)}" if count > 1 else ""


def _told(claim: Mapping[str, Any]) -> str:
    said = f"{claim['id']}: {_speaker(claim)}, {SORT.get(claim['sort'], claim['sort'])}"
    said += f" ({_where(claim)}; weight {claim['reliability']:g})"
    figures = [_figure(claim[q], q) for q in ("value_usd_bn", "value") if claim[q] is not None]
    return ": ".join(filter(None, [said, claim["says"]])) + "".join(f" [{f}]" for f in figures)


def _marks(document: Document, name: str) -> list[str]:
    """Return with which claims one agrees, and which contradict it."""
    pairs = [(_other(p, name), p["independent"]) for p in document["corroborations"]]
    alone = [other for other, apart in pairs if other and apart]
    tied = [other for other, apart in pairs if other and not apart]
    against = [o for p in document["contradictions"] if (o := _other(p, name))]
    return [
        f"corroborated independently by {', '.join(alone)}" if alone else "",
        f"agrees with {', '.join(tied)}, not known to be independent" if tied else "",
        f"contradicted by {', '.join(against)}" if against else "",
    ]


def _other(pair: Mapping[str, Any], name: str) -> str:
    """Return the other claim of a pair, "" if this one is not of it."""
    first, second = pair["first"], pair["second"]
    return str({first: second, second: first}.get(name, ""))


def _figure(value: float, quantity: str) -> str:
    return f"US${value:,g}bn" if quantity == "value_usd_bn" else f"{100 * value:g} %"


def _numbers(document: Document) -> list[str]:
    lines: list[str] = []
    for n in document["numbers"]:
        parts = [
            f"{_figure(f['value'], n['quantity'])} {f['speaker']}, "
            f"{SORT.get(f['sort'], f['sort'])} ({f['claim']})"
            for f in n["figures"]
        ]
        lines += hanging(n["subject"], parts, indent=_room(n["subject"]), join="  |  ")
    return lines


def _contradictions(document: Document) -> list[str]:
    lines: list[str] = []
    for pair in document["contradictions"]:
        said = f"{pair['first']} against {pair['second']}"
        about = ", ".join(pair["about"])
        why = [f"{about}: {pair['why']}" if about else pair["why"]]
        why.append("declared in the file" if pair["declared"] else "found, not declared")
        lines += hanging("", [said, *why], indent=2)
    return lines


def _disputed(document: Document) -> list[str]:
    lines: list[str] = []
    for d in document["disputed"]:
        to = f" to {d['to']}" if d["to"] else ""
        parts = [f"{d['label']} ({d['kind']}, {d['by']}{to})"]
        parts += [
            f"{word} {', '.join(_named(document, c) for c in d[key]) or 'nobody'}"
            for word, key in (("said by", "said_by"), ("denied by", "denied_by"))
        ]
        parts.append("" if d["marked"] else "not marked as disputed in the file")
        lines += hanging(d["commitment"], parts, indent=_room(d["commitment"]))
    return lines


def _named(document: Document, name: str) -> str:
    claim = _claim(document, name)
    return f"{_speaker(claim)} [{name}]" if claim else name


def _no_comments(document: Document) -> list[str]:
    lines: list[str] = []
    for name in document["no_comments"]:
        claim = _claim(document, name)
        about = f"on {', '.join(claim['about'])}"
        lines += hanging("", [f"{_told(claim)}; {about}"], indent=2)
    return lines


def _bearing_head(document: Document) -> str:
    talks = "" if document["bearings"] is None else document["bearings"]["talks"]
    return f"What the claims speak for: outcomes of the talks {talks}"


def _bearings(document: Document) -> list[str]:
    """Return, for each outcome of the forecast, the claims for and against it."""
    found = document["bearings"]
    if found is None:
        return []
    lines: list[str] = []
    room = max((_room(o["id"]) for o in found["outcomes"]), default=2)
    for outcome in found["outcomes"]:
        own = [b for b in found["claims"] if b["outcome"] == outcome["id"]]
        parts = [
            f"{word} {', '.join(names)}"
            for word, effect in (("for:", 1), ("against:", -1))
            if (names := [b["claim"] for b in own if b["effect"] == effect])
        ]
        lines += hanging(outcome["id"], parts or ["no claim bears on it"], indent=room)
    silent = [
        c["id"]
        for c in document["claims"]
        if not any(b["effect"] for b in found["claims"] if b["claim"] == c["id"])
    ]
    return lines + (hanging("", [f"on none: {', '.join(silent)}"], indent=2) if silent else [])


def _room(name: str) -> int:
    return len(name) + 4
