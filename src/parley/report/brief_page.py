"""The brief as a page of its own: payoff plane, odds, timeline, claims, packages, promises.

All is made from the brief's document. What the document does not hold is left out with a
sentence that says so.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.brief_tables import (
    changes_table,
    claims_table,
    commitments_table,
    odds_table,
    packages_table,
    timeline_table,
    updates_table,
)
from parley.report.calendar_text import day_words, likely_ends
from parley.report.deal_text import page_notes, plane_of
from parley.report.figures import money_of
from parley.report.html_page import CONFIG, html_page, script_json
from parley.report.odds_figure import odds_figure, percent
from parley.report.plane_figure import plane_figure, plane_table
from parley.report.timeline_figure import timeline_figure

__all__ = ["brief_page"]

Document = Mapping[str, Any]
Figure = Mapping[str, Any]
THREAT = {
    "sure": "If the threat is sure",
    "free": "If the threat may lapse",
    "none": "In equilibrium",
}
NO_GROUND = "no common ground: "
STYLE = """h2 { font-size: 1.2rem; font-weight: bold; margin: 2.2rem 0 0.4rem; }
p, ul { max-width: 60rem; }
.lead { font-size: 1.05rem; margin: 0.2rem 0; }
.small { font-size: 0.85em; color: #4a4a4a; font-weight: normal; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; }
a { color: #0072B2; }
table { font-size: 0.92em; margin-top: 0.8rem; }
caption { padding-top: 0.4rem; }
th { font-weight: 600; }
tbody th { min-width: 8rem; }
#claims tbody th { font-weight: normal; min-width: 12rem; }
#timeline tbody th { white-space: nowrap; }
tr.across th { background: #1a1a1a; color: white; padding: 0.3rem 0.6rem; }
.number { white-space: nowrap; }
.chart { margin-top: 0.6rem; }
#timeline-chart { min-width: 60rem; }
#plane-chart { height: 36rem; }
@media (max-width: 699px) { #plane-chart { height: 46rem; } }
@page { size: A4; margin: 12mm; }
@media print {
  html { font-size: 9pt; }
  body { max-width: none; padding: 0; }
  .chart { zoom: 0.68; }
  #claims table, #promises table { font-size: 0.8em; }
  #claims tbody th, tbody th { min-width: 0; }
  nav, .modebar { display: none; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, .chart { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
SCRIPT = """<script>
const figures = {figures};
const narrow = window.innerWidth < 700;
const draw = (name, figure) => {{
  if (narrow && name === "plane-chart") {{
    figure.layout.legend = {{orientation: "v", x: 0, xanchor: "left", y: -0.3, yanchor: "top"}};
  }}
  Plotly.newPlot(name, figure.data, figure.layout, {config});
}};
const names = Object.keys(figures);
for (const name of names) draw(name, figures[name]);
window.addEventListener("beforeprint", () => {{
  for (const name of names) Plotly.relayout(name, {{width: 1000}});
}});
window.addEventListener("afterprint", () => {{
  for (const name of names) Plotly.relayout(name, {{width: null, autosize: true}});
}});
</script>
"""


def brief_page(document: Document) -> str:
    """Return the brief's page: self-contained HTML, with the figures as far as there are any.

    Parameters
    ----------
    document
        A brief's document, with or without ``timeline``, ``forecast``, ``claims``,
        ``calendar`` and ``commitments``.
    """
    figures: dict[str, Figure] = {}
    sections = (
        ("plane", "Payoff plane", _plane(document, figures)),
        ("odds", "Odds", _odds(document, figures)),
        ("timeline", "Timeline", _timeline(document, figures)),
        ("claims", "Who says what", _claims(document)),
        ("packages", "What each package is worth", _packages(document)),
        ("promises", "Promises", _promises(document)),
        ("notes", "Notes", _notes(document)),
    )
    links = "".join(f'<li><a href="#{name}">{head}</a></li>\n' for name, head, _ in sections)
    body = [
        f"<h1>{_text(document['title'])}</h1>\n",
        f'<p class="lead">As of {day_words(document["as_of"])}</p>\n',
        _paragraph(_model(document), "small"),
        f'<nav aria-label="Parts of the page">\n<ul>\n{links}</ul>\n</nav>\n',
    ]
    if figures:
        needs = "The charts need JavaScript; the tables have all their numbers."
        body.append(f"<noscript><p>{needs}</p></noscript>\n")
    for name, head, content in sections:
        body.append(f'<section id="{name}">\n<h2>{head}</h2>\n{content}</section>\n')
    if figures:
        body.append(SCRIPT.format(figures=script_json(figures), config=script_json(CONFIG)))
    return html_page(document["title"], "".join(body), STYLE)


def _text(text: str) -> str:
    return html.escape(text)


def _paragraph(text: str, kind: str = "") -> str:
    attributes = f' class="{kind}"' if kind else ""
    return f"<p{attributes}>{_text(text)}</p>\n"


def _list(texts: Sequence[str]) -> str:
    items = "".join(f"<li>{_text(text)}</li>\n" for text in texts)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _chart(name: str, about: str, figure: Figure, figures: dict[str, Figure]) -> str:
    """Keep a figure for the script, its title left to the heading; return its place."""
    layout = {k: v for k, v in figure["layout"].items() if k != "title"}
    layout["margin"] = {**layout["margin"], "t": 76 if layout.get("annotations") else 36}
    figures[name] = {"data": figure["data"], "layout": layout}
    aria = _text(f"Chart: {about}. The numbers are in the table below.")
    return f'<div class="chart" id="{name}" role="img" aria-label="{aria}"></div>\n'


def _model(document: Document) -> str:
    m, world, engine = document["model"], document["world"], document["engine"]
    return (
        f"Model {m['family']}; trade deficits: {m['closure']}; elasticities: "
        f"{m['elasticity']['name']} ({m['elasticity']['source']}); world {world['name']} of "
        f"{world['year']}; base: {m['base']}; {engine['name']} {engine['version']}."
    )


def _plane(document: Document, figures: dict[str, Figure]) -> str:
    ground = document.get("common_ground")
    if ground is None:
        return _paragraph(f"There is no payoff plane: {_no_ground(document)}.")
    whole = {**document, **ground}
    plane = plane_of(whole)
    if plane is None:
        count = len(ground["parties"])
        said = f"There is no payoff plane: it has two axes, and the talks have {count} parties."
        return _paragraph(said)
    figure = plane_figure(plane)
    chart = _chart("plane-chart", plane.title, figure, figures)
    return _paragraph(plane.title) + chart + _list(page_notes(whole)) + plane_table(figure)


def _no_ground(document: Document) -> str:
    """Return why there is no common ground, as the brief's notes have it."""
    for note in document["notes"]:
        if note["text"].startswith(NO_GROUND):
            return str(note["text"]).removeprefix(NO_GROUND)
    return "no talks with a deal on the table were told"


def _odds(document: Document, figures: dict[str, Figure]) -> str:
    forecast = document.get("forecast")
    if forecast is None or not forecast["outcomes"]:
        return _paragraph("There are no odds: the document holds no forecast.")
    said = (
        f"What comes of the talks {forecast['talks']} by {day_words(forecast['by'])}: the prior "
        "comes from the game over the calendar, and the claims move it."
    )
    figure = odds_figure(forecast["outcomes"])
    parts = [_paragraph(said), _chart("odds-chart", said, figure, figures), odds_table(forecast)]
    parts += [changes_table(forecast)] if forecast["would_change"] else []
    parts += [updates_table(forecast)] if forecast["updates"] else []
    return "".join(parts)


def _timeline(document: Document, figures: dict[str, Figure]) -> str:
    part = document.get("timeline")
    game = _list(_game(document))
    if part is None:
        return game + _paragraph("There is no timeline: the document holds none.")
    if not part["entries"]:
        return game + _paragraph("There is no timeline: nothing in the file is dated.")
    figure = timeline_figure(part, _ends(document))
    chart = _chart("timeline-chart", "the timeline", figure, figures)
    wide = (
        f'<div class="wide" tabindex="0" role="region" aria-label="The timeline">\n{chart}</div>\n'
    )
    return wide + game + timeline_table(part)


def _game(document: Document) -> list[str]:
    """Return what the game over the calendar comes to, a sentence for each belief."""
    part = document.get("calendar")
    return [
        f"{THREAT.get(e['threat'], e['threat'])}: likeliest {e['likeliest']}; an agreement has "
        f"a probability of {percent(e['agreement_probability'])}."
        for e in (part or {"equilibria": ()})["equilibria"]
    ]


def _ends(document: Document) -> list[tuple[str, str]]:
    """Return the likeliest dated end of each equilibrium of the calendar game: day, what."""
    return [
        (day, f"{THREAT.get(threat, threat)}: {state}, {percent(chance)}")
        for threat, day, state, chance in likely_ends(document.get("calendar"))
    ]


def _claims(document: Document) -> str:
    ledger = document.get("claims")
    if ledger is None or not ledger["claims"]:
        return _paragraph("There is no ledger: the document holds no claims.")
    said = "Every claim is kept. None is merged with another, and contradictions stand."
    return _paragraph(said) + claims_table(ledger)


def _packages(document: Document) -> str:
    if not document["packages"]:
        return _paragraph("No package is told.")
    return packages_table(document, money_of(document))


def _promises(document: Document) -> str:
    part = document.get("commitments")
    listed = part["commitments"] if isinstance(part, Mapping) else part
    if not listed:
        return _paragraph("No promises are told: the document holds none.")
    return commitments_table(listed, money_of(document))


def _notes(document: Document) -> str:
    notes = [f"{n['text']} ({n['where']})" for n in document["notes"]]
    on_packages = [n["text"] for p in document["packages"] for n in p["notes"]]
    notes = [*dict.fromkeys(on_packages), *notes]
    left_out = document["left_out"]
    told = _list(notes) or _paragraph("There are no notes.")
    if left_out:
        told += _paragraph("What the model leaves out:") + _list(left_out)
    return told
