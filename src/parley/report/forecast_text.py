"""A forecast as text, made from its document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from parley.report.calendar_text import day_words
from parley.report.figures import hanging

__all__ = ["forecast_lines", "forecast_page"]

Part = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN = "bold", ""
SHOWN_LEVERS = 5
PAGE_LEVERS = 16
INDENT = 20
NO_BEARING = "no bearing"


def forecast_page(document: Mapping[str, Any]) -> list[Line]:
    """Return the page of ``parley forecast`` as (style, text) lines."""
    m = document["model"]
    reference = document["reference"]
    lines: list[Line] = [
        (HEAD, f"{document['title']}: odds    (as of {document['as_of']})"),
        *_plain(
            hanging(
                "model",
                [
                    f"{m['family']}; trade deficits: {m['closure']}",
                    f"elasticities: {m['elasticity']['name']}",
                ],
                indent=INDENT,
            )
        ),
        *_plain(
            hanging(
                "prior",
                [
                    _sample(document),
                    f"the game is trusted {_pct(document['game_share'])}, the rest spread evenly",
                    *(
                        []
                        if document["threat_is_sure"] is None
                        else [f"the threat is sure with {_pct(document['threat_is_sure'])}"]
                    ),
                ],
                indent=INDENT,
            )
        ),
        *_plain(
            hanging(
                "reference class",
                [
                    f"{document['reference_class']}: likelihood ratios "
                    + _listed(reference["likelihood_ratios"]),
                    f"weights of sources {_listed(reference['reliability'])}",
                    *(
                        [f"set by the file: {', '.join(reference['overridden'])}"]
                        if reference["overridden"]
                        else []
                    ),
                ],
                indent=INDENT,
            )
        ),
        (PLAIN, ""),
        *forecast_lines(document, levers=0),
        (PLAIN, ""),
        (HEAD, "Every update: claim, likelihood ratio, weight (source x dependence), odds after"),
        *_plain(_updates(document)),
        (PLAIN, ""),
        (HEAD, "What would change the odds most"),
        *_plain(_levers(document, PAGE_LEVERS)),
        (PLAIN, ""),
        *_plain(hanging("notes", document["notes"], indent=INDENT)),
    ]
    return lines


def forecast_lines(
    part: Part, *, levers: int = SHOWN_LEVERS, told: Sequence[str] | None = None
) -> list[Line]:
    """Return the odds with a sentence each, as (style, text) lines.

    Parameters
    ----------
    part
        The forecast's part of a document.
    levers
        How many things that would change the odds are told.
    told
        Notes that stand elsewhere already; all notes do if None.
    """
    lines: list[Line] = [
        (HEAD, f"Odds by {day_words(part['by'])}: prior, then with what is said (judgement)")
    ]
    wide = max(INDENT, 4 + max(len(o["id"]) for o in part["outcomes"]))
    for o in sorted(part["outcomes"], key=lambda o: -o["probability"]):
        said = f"{_pct(o['prior']):>5} -> {_pct(o['probability']):>5}  {o['why']}"
        lines += _plain(hanging(o["id"], [said], indent=wide))
    if levers and part["would_change"]:
        said_most = [_lever(x) for x in part["would_change"][:levers]]
        lines += _plain(hanging("would change most", said_most, indent=wide))
    notes = [n for n in part["notes"] if told is not None and n not in told]
    return lines + (_plain(hanging("notes", notes, indent=wide)) if notes else [])


def _sample(document: Mapping[str, Any]) -> str:
    sample = document["sample"]
    return (
        f"calendar game of talks '{document['talks']}' in {sample['draws']} draws of weights and "
        f"patience (seed {sample['seed']})"
    )


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _pct(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _listed(table: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in table.items())


def _updates(part: Part) -> list[str]:
    if not part["updates"]:
        return ["  no claim bears on any outcome"]
    lines = []
    wide = 4 + max(len(name) for name in (*(u["claim"] for u in part["updates"]), NO_BEARING))
    for u in part["updates"]:
        side = "for" if u["log_odds_step"] > 0 else "against"
        said = (
            f"{side} {u['outcome']}: ratio {u['likelihood_ratio']:g}"
            f"{' turned round' if u['direction'] < 0 else ''}, weight {u['reliability']:g} x "
            f"{u['dependence']:g}, odds times {exp(u['log_odds_step']):.2f}: "
            f"{100 * u['before']:.1f} -> {100 * u['after']:.1f} %; {u['why']}"
        )
        lines += hanging(u["claim"], [said], indent=wide)
    if part["silent_claims"]:
        lines += hanging(NO_BEARING, [", ".join(part["silent_claims"])], indent=wide)
    return lines


def _levers(part: Part, count: int) -> list[str]:
    if not part["would_change"]:
        return ["  nothing that was tried"]
    lines = []
    for x in part["would_change"][:count]:
        lines += hanging("", [_lever(x)], indent=4)
    more = len(part["would_change"]) - count
    return lines + ([f"  and {more} more (--json, --csv)"] if more > 0 else [])


def _lever(x: Mapping[str, Any]) -> str:
    return f"{x['what']}: {x['outcome']} {_pct(x['before'])} -> {_pct(x['after'])}"
