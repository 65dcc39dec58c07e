"""The brief's page: well-formed, self-contained, escaped, and honest about what is missing."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from parley.files.scenarios import open_scenario
from parley.ledger.ledger import claims_ledger
from parley.report.brief_page import brief_page
from parley.report.html_page import html_table
from parley.report.ledger import ledger_document
from parley.report.odds_figure import odds_figure, percent
from parley.report.timeline import timeline

EVIL = "<script>alert(1)</script> & \"'%{x} <b>bold</b> </td>"
VOID = {"meta", "br"}
FORECAST: dict[str, Any] = {
    "talks": "home-foreign",
    "by": "2020-12-31",
    "outcomes": [
        {
            "id": "small-deal",
            "label": "Food access for car parts",
            "kind": "deal",
            "prior": 0.4,
            "probability": 0.55,
            "why": "the game comes to it in half of the draws",
        },
        {
            "id": "cars-hit",
            "label": "The levy is put on",
            "kind": "threat",
            "prior": 0.35,
            "probability": 0.2,
            "why": "claims lower it",
        },
        {
            "id": "no-deal",
            "label": "no deal by the date",
            "kind": "no-deal",
            "prior": 0.25,
            "probability": 0.25,
            "why": "it is what is left",
        },
    ],
    "updates": [
        {
            "claim": "c-deal-near",
            "outcome": "small-deal",
            "direction": 1,
            "likelihood_ratio": 1.8,
            "weight": 0.8,
            "before": 0.4,
            "after": 0.55,
            "why": "it supports this package itself",
        },
        {
            "claim": "c-not-yet",
            "outcome": "cars-hit",
            "direction": -1,
            "likelihood_ratio": 1.4,
            "weight": 0.36,
            "before": 0.25,
            "after": 0.2,
            "why": "it speaks against the threat",
        },
    ],
    "would_change": [
        {"kind": "claim", "what": f"change {k}", "outcome": "small-deal", "before": 0.55,
         "after": 0.4}
        for k in range(9)
    ],
}  # fmt: skip
CALENDAR = {
    "equilibria": [
        {
            "threat": "sure",
            "likeliest": "small-deal on 15 May 2020",
            "agreement_probability": 1.0,
            "ends": [
                {"date": "2020-05-15", "state": "small-deal", "probability": 0.4},
                {"date": None, "state": "status-quo", "probability": 0.3},
                {"date": "2020-05-15", "state": "small-deal", "probability": 0.3},
            ],
        },
        {"threat": "free", "likeliest": "no deal", "agreement_probability": 0.0, "ends": []},
    ]
}
FIGURES = {"real_income_pct": 0.5, "ev_usd_bn": 0.02, "political_pct": None}
COMMITMENTS = {
    "commitments": [
        {
            "id": "no-levy",
            "label": "No levy while the talks go on",
            "by": "HOM",
            "to": "FOR",
            "mutual": False,
            "kind": "standstill",
            "stands": "in force",
            "why": "talks are open",
            "status": "computed",
            "reasons": [],
            "cases": [
                {
                    "breaker": "HOM",
                    "financing": None,
                    "worth": [{"party": "FOR", "unanswered": FIGURES, "answered": None}],
                    "enforcement": [{"verdict": "it keeps itself", "objective": "real income"}],
                }
            ],
        },
        {
            "id": "words",
            "label": "Words",
            "by": "FOR",
            "to": None,
            "mutual": False,
            "kind": "other",
            "stands": "not known",
            "why": "the file does not say",
            "status": "not computed",
            "reasons": ["nothing says what a breach would be"],
            "cases": [],
        },
    ]
}


@cache
def toy() -> str:
    """Return the toy's brief, with every part a page can have, as JSON."""
    from parley.deals.ground import common_ground_of
    from parley.files.studies import open_study
    from parley.report.deal import common_ground
    from parley.report.document import brief_document

    study = open_study("toy-talks")
    found, reason = common_ground_of(study)
    assert found is not None, reason
    scenario = open_scenario("toy-talks")
    document = brief_document(study, study.package_ids, common_ground(found)) | {
        "timeline": timeline(scenario),
        "forecast": FORECAST,
        "claims": ledger_document(claims_ledger(scenario), scenario),
        "calendar": CALENDAR,
        "commitments": COMMITMENTS,
    }
    return json.dumps(document)


def document(**changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(toy())
    return whole | changed


class Page(HTMLParser):
    """Reads a page and holds it to what a browser would not have to repair."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in VOID:
            return
        if tag == "tr":
            assert self.open[-1] in ("thead", "tbody")
        if tag in ("td", "th"):
            assert self.open[-1] == "tr"
        if tag in ("p", "li", "section"):
            assert "p" not in self.open
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts[-1] += data
        elif "style" not in self.open:
            self.texts.append(data)
            if "td" in self.open or "th" in self.open:
                self.tables[-1][-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def parsed(page: str) -> Page:
    """Return the page read, without the embedded library, which must be there at most once."""
    from plotly.offline import get_plotlyjs

    assert page.count(get_plotlyjs()) == 1
    return Page(page.replace(get_plotlyjs(), ""))


def figures(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        re.findall(r"const figures = (\{.*\});\n", page.scripts[-1])[0]
    )
    return found


@pytest.fixture(scope="module")
def page() -> Page:
    return parsed(brief_page(document()))


def test_the_page_is_well_formed_and_accessible(page: Page) -> None:
    assert page.named("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.named("meta")
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(set(ids)) == len(ids)
    links = [a["href"] for a in page.named("a")]
    assert [link for link in links if link and link[1:] not in ids] == []
    charts = [a for a in page.named("div") if a.get("role") == "img"]
    assert {a["id"] for a in charts} == set(figures(page))
    assert all(a["aria-label"] for a in charts)
    assert all(a["scope"] in ("row", "col") for a in page.named("th"))
    assert len(page.named("caption")) == len(page.tables) == 8
    for table in page.tables:
        widths = {len(row) for row in table}
        assert widths <= {1, len(table[0])}
    assert len(page.named("noscript")) == 1


def test_the_page_loads_and_sends_nothing() -> None:
    from plotly.offline import get_plotlyjs

    own = brief_page(document()).replace(get_plotlyjs(), "")
    assert "default-src 'none'" in own
    assert not re.search(r"https?:|//\w", own)
    assert not re.search(r"\b(src|action)\s*=", own)
    assert not re.search(r'href="(?!#)', own)
    assert '"showSendToCloud": false' in own


def test_the_figures_are_plotly_s(page: Page) -> None:
    import plotly.graph_objects as go

    found = figures(page)
    assert list(found) == ["plane-chart", "odds-chart", "timeline-chart"]
    for figure in found.values():
        go.Figure(figure)
        assert "title" not in figure["layout"]


def test_the_tables_have_what_the_charts_have(page: Page) -> None:
    whole = document()
    plane, odds, changes, updates, dates, claims, packages, promises = page.tables
    assert [row[1] for row in plane[1:4]] == [p["id"] for p in whole["common_ground"]["packages"]][
        :3
    ]
    assert odds[1] == [
        "Food access for car partssmall-deal",
        "40 %",
        "55 %",
        "the game comes to it in half of the draws",
    ]
    assert [row[0] for row in changes[1:]] == [f"change {k}claim" for k in range(8)]
    assert changes[1][1:] == ["Food access for car partssmall-deal", "55 %", "40 %"]
    assert [row[0] for row in updates[1:]] == ["c-deal-near", "c-not-yet"]
    assert updates[1][2:6] == ["1.8", "0.80", "40 %", "55 %"]
    assert updates[2][2] == "1.4, against"
    entries = whole["timeline"]["entries"]
    assert len(dates) == len(entries) + 2
    assert [row[1] for row in dates[1:] if len(row) > 1] == [e["label"] for e in entries]
    (today,) = [row for row in dates if len(row) == 1]
    assert today == ["As of 1 Mar 2020: what is below is still to come"]
    assert dates.index(today) == 1 + sum(e["past"] for e in entries)
    minister, official = claims[1:]
    assert minister[0].endswith("a small deal is within reachc-deal-nearcontradicted by c-not-yet")
    assert minister[1:3] == ["Home's trade ministerHOM", "yeson record"]
    assert minister[4:7] == ["supports", "package:small-deal", "for package:small-deal"]
    assert official[4:7] == ["denies", "package:small-deal", "against package:small-deal"]
    assert [row[0] for row in packages[1:]] == [
        p["label"] + p["id"] + ("" if p["kind"] == "deal" else " (threat)")
        for p in whole["packages"]
    ]
    assert packages[0] == ["Package", "Home", "Foreign", "World"]
    assert promises[1][3].startswith("FOR +")
    assert promises[1][3].endswith("(if HOM breaks it)")
    assert promises[2][3:] == ["nothing says what a breach would be", "-"]


def test_head_and_sentences(page: Page) -> None:
    text = page.text
    assert "Home and Foreign talk about food and cars" in text
    assert "As of 1 Mar 2020" in text
    assert "Model caliendo-parro; trade deficits: world-share; elasticities: uniform-4" in text
    assert "If the threat is sure: likeliest small-deal on 15 May 2020" in text
    assert "What the model leaves out:" in text
    assert "There is no" not in text


@pytest.mark.parametrize(
    ("changed", "said", "charts"),
    [
        ({"common_ground": None}, "There is no payoff plane", ["odds-chart", "timeline-chart"]),
        ({"forecast": None}, "There are no odds", ["plane-chart", "timeline-chart"]),
        ({"timeline": None}, "There is no timeline", ["plane-chart", "odds-chart"]),
        ({"claims": None}, "There is no ledger", ["plane-chart", "odds-chart", "timeline-chart"]),
        ({"commitments": None}, "No promises", ["plane-chart", "odds-chart", "timeline-chart"]),
        (
            {"calendar": None},
            "Everything dated",
            ["plane-chart", "odds-chart", "timeline-chart"],
        ),
    ],
)
def test_what_is_missing_is_said(changed: dict[str, Any], said: str, charts: list[str]) -> None:
    found = parsed(brief_page(document(**changed)))
    assert said in found.text
    assert list(figures(found)) == charts


def test_why_there_is_no_plane_is_what_the_notes_say() -> None:
    note = {"text": "no common ground: the levers are held, because they are", "where": "talks"}
    found = parsed(brief_page(document(common_ground=None, notes=[note])))
    assert "There is no payoff plane: the levers are held, because they are." in found.text
    bare = parsed(brief_page(document(common_ground=None, notes=[])))
    assert "no talks with a deal on the table were told" in bare.text


def test_the_likeliest_ends_of_the_game_are_on_the_timeline(page: Page) -> None:
    figure = figures(page)["timeline-chart"]
    (ends,) = [t for t in figure["data"] if t["name"] == "likeliest end"]
    assert ends["x"] == ["2020-05-15"]
    assert "If the threat is sure: small-deal, 70 %" in ends["hovertext"][0].replace("<br>", " ")
    assert figure["layout"]["yaxis"]["ticktext"][-1] == "likeliest end"
    assert figure["layout"]["margin"]["t"] >= 76  # Plotly's buttons stand above the labels
    bare = figures(parsed(brief_page(document(calendar=None))))["timeline-chart"]
    assert "likeliest end" not in bare["layout"]["yaxis"]["ticktext"]


def test_a_brief_of_today_has_a_page() -> None:
    whole = document()
    for name in ("timeline", "forecast", "claims", "calendar", "commitments"):
        del whole[name]
    whole["common_ground"] = None
    found = parsed(brief_page(whole))
    assert len(found.tables) == 1
    assert len(found.scripts) == 1
    assert not found.named("noscript")


def test_three_parties_have_no_plane() -> None:
    whole = document()
    ground = whole["common_ground"]
    ground["parties"].append({**ground["parties"][0], "id": "RST"})
    found = parsed(brief_page(whole))
    assert "it has two axes, and the talks have 3 parties" in found.text


def test_commitments_can_be_a_list() -> None:
    listed = parsed(brief_page(document(commitments=COMMITMENTS["commitments"])))
    assert listed.tables[-1][1][0] == "No levy while the talks go onno-levy, standstill"
    assert "No promises" in parsed(brief_page(document(commitments={"commitments": []}))).text


def test_nothing_in_a_text_becomes_markup() -> None:
    whole = document()
    words = ("label", "title", "note", "why", "says", "role", "outlet", "text", "where", "verdict")
    words += ("reasons", "left_out", "notes", "source", "about", "name", "likeliest", "objective")

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: walk(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, key) for v in value]
        return f"{value} {EVIL}" if isinstance(value, str) and key in words else value

    text = brief_page(walk(copy.deepcopy(whole)))
    found = parsed(text)
    assert found.text.count("<script>alert(1)</script>") > 50
    assert len(found.scripts) == 2
    assert not found.named("b")
    assert "<script" not in json.dumps(figures(found))
    assert "%{x}" not in json.dumps(figures(found))
    assert len(found.tables) == len(parsed(brief_page(whole)).tables)


# --- odds and tables -------------------------------------------------------------------------


def test_odds_are_drawn_before_and_now() -> None:
    import plotly.graph_objects as go

    figure = json.loads(json.dumps(odds_figure(FORECAST["outcomes"]), allow_nan=False))
    go.Figure(figure)
    prior, now = figure["data"]
    assert prior["x"] == pytest.approx([40, 35, 25])
    assert now["x"] == pytest.approx([55, 20, 25])
    assert now["text"] == ["55 %", "20 %", "25 %"]
    assert now["marker"]["color"] != prior["marker"]["color"]
    assert "claims lower it" in now["hovertext"][1]
    assert figure["layout"]["yaxis"]["ticktext"][0] == "Food access for car parts"
    go.Figure(odds_figure([]))


def test_odds_never_claim_to_be_sure() -> None:
    said = {0.0: "0 %", 1e-9: "below 0.1 %", 0.004: "0.4 %", 0.0994: "9.9 %", 0.0996: "10 %"}
    said |= {0.5: "50 %", 0.994: "99 %", 0.9999: "above 99 %", 1.0: "100 %"}
    assert {share: percent(share) for share in said} == said


def test_cells_of_a_table() -> None:
    rows = [("a", ["b", "", "c"], ("d", "", "e")), ("across",), ("f", [], ("", "g"))]
    found = Page(html_table("T <x>", ("A", "B", "C"), rows, numbers=(1,)))
    assert found.tables == [[["A", "B", "C"], ["a", "bc", "de"], ["across"], ["f", "", "g"]]]
    assert [a.get("class") for a in found.named("div")] == ["wide", "small", "small"]
    assert [a.get("class") for a in found.named("td")] == ["number", None, "number", None]
