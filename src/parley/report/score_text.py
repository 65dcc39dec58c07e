"""Scored forecasts as text, made from their JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parley.report.figures import hanging

__all__ = ["score_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
HEAD, PLAIN, WARN = "bold", "", "yellow"
INDENT = 16
LATE, HINDSIGHT = " !", " *"
WHO = {"forecast": "forecast", "prior": "its prior", "even": "even spread"}
KEY = (
    "Brier: 0 sure and right, 2 sure and wrong; log: 0 sure and right, in nats; skill: how much "
    "lower the forecast's Brier score is than the other's, 1 at most, below 0 worse"
)
COLUMNS = ("Brier", "log", "skill of forecast")


def score_lines(document: Document) -> list[Line]:
    """Return the page as (style, text) lines; styles are Rich's, "" for none.

    One forecast is told in full; several in a line each, then together.
    """
    forecasts = document["forecasts"]
    if document["together"] is None:
        lines = [line for f in forecasts for line in _forecast(f)]
    else:
        lines = [*_list(forecasts), (PLAIN, ""), *_together(document["together"])]
    lines.append((PLAIN, ""))
    for said in document["cautions"]:
        lines += [(WARN, line) for line in hanging("caution", [said], indent=INDENT)]
    lines += _plain(hanging("scores", [KEY], indent=INDENT))
    return lines + _plain(hanging("left out", document["left_out"], indent=INDENT))


def _plain(lines: Iterable[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _forecast(f: Mapping[str, Any]) -> list[Line]:
    happened = f["happened"]
    lines = [(HEAD, line) for line in hanging("happened", _happened(f), indent=INDENT)]
    plain: list[str] = []
    for key in ("source", "note"):
        if happened[key]:
            plain += hanging(key, [" ".join(happened[key].split())], indent=INDENT)
    made = [f"as of {f['as_of']}, for {f['by']}", f"made {f['made']} with {f['made_with']}"]
    if f["reference_class"]:
        made.append(f"reference class: {f['reference_class']}")
    plain += [*hanging("forecast", [*made, f["file"]], indent=INDENT), ""]
    stated = [
        (
            f"{o['label']} [{o['id']}]",
            (_pct(o["probability"]), _pct(o["prior"]), _tick(o["id"] == happened["outcome"])),
        )
        for o in f["outcomes"]
    ]
    rows = [(WHO[w], (_pct(s["probability"]), *_scores(w, s))) for w, s in f["scores"].items()]
    return [
        (HEAD, f"{f['title']}  [{f['scenario']}, {f['talks']}]"),
        *lines,
        *_plain(plain),
        *_plain(_table(("stated", "prior", "happened"), stated)),
        (PLAIN, ""),
        *_plain(_table(("gave it", *COLUMNS), rows)),
    ]


def _list(forecasts: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return a row per forecast, then what the outcome files say, each entry once."""
    rows = []
    for f in forecasts:
        scores = f["scores"]
        own = _scores("forecast", scores["forecast"])[:2]
        skills = (_scores(who, scores[who])[2] for who in ("prior", "even"))
        happened = f["happened"]["outcome"] + (LATE if f["happened"]["late"] else "")
        after = HINDSIGHT if f["hindsight"] else ""
        gave = _pct(scores["forecast"]["probability"])
        rows.append((f["file"] + after, (happened, gave, *own, *skills)))
    lines = _plain(_table(("happened", "gave it", *COLUMNS[:2], "vs prior", "vs even"), rows))
    marks = [f"{LATE.strip()} another outcome came later than the day that counts"] * any(
        f["happened"]["late"] for f in forecasts
    ) + [f"{HINDSIGHT.strip()} made when the outcome could be known"] * any(
        f["hindsight"] for f in forecasts
    )
    if marks:
        lines += _plain(hanging("marks", marks, indent=INDENT))
    for happened in {f["happened"]["where"]: f["happened"] for f in forecasts}.values():
        told = [f"{happened['reported']} on {happened['date']}", happened["source"] or ""]
        told.append(" ".join((happened["note"] or "").split()))
        lines += _plain(hanging("what happened", told, indent=INDENT))
    return [(HEAD, f"{len(forecasts)} forecasts, scores and skill"), *lines]


def _tick(here: bool) -> str:
    return "yes" if here else ""


def _happened(f: Mapping[str, Any]) -> list[str]:
    happened = f["happened"]
    counts = f"{happened['label']} [{happened['outcome']}]"
    if happened["late"]:
        return [
            f"{counts} by {f['by']}",
            f"{happened['reported']} came on {happened['date']}, after the day that counts",
        ]
    return [f"{counts}, {happened['date']}"]


def _together(t: Mapping[str, Any]) -> list[Line]:
    stories = f"{t['stories']} {'story' if t['stories'] == 1 else 'stories'}"
    rows = [(WHO[w], _scores(w, s)) for w, s in t["means"].items()]
    found = t["calibration"]
    heads = ("stated", "outcomes", "mean stated", "came true", "observed", "interval")
    bins = [("", _bin(b, last=b is found["bins"][-1])) for b in found["bins"]]
    calibration = (
        f"Calibration: {found['statements']} stated probabilities, observed frequency with its "
        f"{found['confidence_pct']:g} % interval ({found['interval']})"
    )
    return [
        (HEAD, f"{t['forecasts']} forecasts of {stories}, mean scores"),
        *_plain(_table(COLUMNS, rows)),
        (PLAIN, ""),
        (HEAD, calibration),
        *_plain(_table(heads, bins)),
    ]


def _bin(b: Mapping[str, Any], *, last: bool) -> tuple[str, ...]:
    bounds = f"{_pct(b['low'])} to {'' if last else 'under '}{_pct(b['high'])}"
    if b["count"] == 0:
        return (bounds, "0", "-", "-", "-", "-")
    interval = f"{_pct(b['interval_low'])} to {_pct(b['interval_high'])}"
    came = (str(b["came_true"]), _pct(b["observed"]), interval)
    return (bounds, str(b["count"]), _pct(b["mean_stated"]), *came)


def _scores(who: str, s: Mapping[str, Any]) -> tuple[str, ...]:
    log = "infinite" if s["log"] is None else f"{s['log']:.3f}"
    if who == "forecast":
        against = ""
    else:
        found = s["skill_of_forecast"]
        against = "-" if found is None else f"{found:+.2f}"
    return (f"{s['brier']:.3f}", log, against)


def _table(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Return a heading and rows, labels left and figures right under their headings."""
    left = max(len(label) for label, _ in rows)
    widths = [max(len(h), *(len(cells[k]) for _, cells in rows)) for k, h in enumerate(heads)]
    lines = []
    for label, cells in (("", heads), *rows):
        figures = "".join(f"  {c:>{w}}" for c, w in zip(cells, widths, strict=True))
        lines.append(f"  {label:<{left}}{figures}".rstrip())
    return lines


def _pct(value: float) -> str:
    """Return a probability in per cent; digits are kept where it is near 0 or 1."""
    near = min(value, 1 - value)
    if near == 0 or near >= 0.0095:
        return f"{100 * value:.0f} %"
    if near < 0.00005:
        return "under 0.01 %" if value < 0.5 else "over 99.99 %"
    return f"{100 * value:.2f} %"
