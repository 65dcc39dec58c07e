"""The payoff plane, drawn as text and as a figure: nothing is lost, nothing is loaded."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.report.plane import Plane, PlanePoint, Window, plane_axes, plane_lines
from parley.report.plane_axes import Axis
from parley.report.plane_figure import figure_html, plane_figure

EVIL = "<script>alert(1)</script> & %{x} <b>mini</b>"


def point(x: float, y: float, kind: str = "package", label: str = "a deal") -> PlanePoint:
    return PlanePoint(x, y, kind, label)


def plane_of(*points: PlanePoint, disagreement: tuple[float, float] | None = None) -> Plane:
    return Plane(
        "Talks", "USA: real income, US$bn", "Japan: real income, US$bn", points, disagreement
    )


FRONTIER = tuple(
    point(0.6 * math.sin(a), 0.9 * math.cos(a), "frontier", f"weight {a:.2f}")
    for a in (i * math.pi / 20 for i in range(11))
)
TALKS = plane_of(
    *FRONTIER,
    point(0.07, 0.42, label="mini"),
    point(0.3, 0.5, label="midi"),
    point(0.45, 0.55, "deal", "Nash"),
    point(-0.1, -0.2, "disagreement", "threat-carried-out"),
    point(0, 0, "status-quo", "status quo"),
    disagreement=(-0.1, -0.2),
)


def drawn(lines: list[str]) -> list[str]:
    """Return the rows between the axes, without the tick labels."""
    return [line.split("|", 1)[1] for line in lines if re.match(r"^ *[-0-9.,e]* \|", line)]


def legend(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines[len(lines) - lines[::-1].index("") :])


def test_every_point_has_its_mark_and_its_line() -> None:
    lines = plane_lines(TALKS)
    chart = "".join(drawn(lines))
    assert len(drawn(lines)) == 20
    for mark in "AB1x+":
        assert chart.count(mark) == 1
    assert chart.count("o") == len(FRONTIER)
    assert chart.count(".") > 20
    text = legend(lines)
    for line in (
        "A mini (+0.070, +0.420)",
        "B midi (+0.300, +0.500)",
        "1 Nash (+0.450, +0.550)",
        "+ threat-carried-out (-0.100, -0.200)",
        "x status quo (0.000, 0.000)",
        "o frontier, 11 points: (0.000, +0.900) to (+0.600, 0.000)",
        "Right of : and above - both get more than without a deal.",
    ):
        assert line in text
    assert "under" not in text
    assert "outside" not in text


def test_lines_cross_at_the_disagreement_point() -> None:
    rows = drawn(plane_lines(TALKS))
    (row,) = [r for r in rows if "+" in r]
    column = row.index("+")
    assert set(row) == {"-", "+"}
    assert all(r[column] == ":" for r in rows if r is not row)


def test_marks_stand_where_the_payoffs_are() -> None:
    rows = drawn(plane_lines(TALKS))
    at = {m: (r.index(m), i) for i, r in enumerate(rows) for m in "AB1x+" if m in r}
    assert [at[m][0] for m in "+xAB1"] == sorted(at[m][0] for m in "+xAB1")
    assert [at[m][1] for m in "1BAx+"] == sorted(at[m][1] for m in "1BAx+")


def test_the_last_kind_wins_and_the_others_are_named() -> None:
    kinds = ("deal", "package", "disagreement", "status-quo", "frontier")
    lines = plane_lines(plane_of(*(point(1, 2, k, k) for k in kinds)))
    assert "".join(drawn(lines)).split() == ["1"]
    text = legend(lines)
    for mark in ("A package", "+ disagreement", "x status-quo"):
        assert re.search(re.escape(mark) + r" \([^)]*\) \(under 1\)", text)
    assert "o frontier, 1 point:" in text
    assert "1 under other marks" in text


def test_without_a_point_for_it_the_disagreement_is_drawn() -> None:
    lines = plane_lines(plane_of(point(1, 1), disagreement=(0.0, 0.0)))
    assert "".join(drawn(lines)).count("+") == 1
    assert "+ no deal (0.000, 0.000)" in legend(lines)


def test_a_window_lists_what_is_outside() -> None:
    far = plane_of(*TALKS.points, point(-5, 9, label="absurd"), disagreement=(-5.0, -5.0))
    window: Window = (-0.01, 0.35, -0.01, 1.0)
    lines = plane_lines(far, window=window)
    text, chart = legend(lines), "".join(drawn(lines))
    assert re.search(r"C absurd \(\S+ \S+\) outside the chart", text)
    assert re.search(r"1 Nash \(\S+ \S+\) outside the chart", text)
    assert re.search(r"\+ no deal \(\S+ \S+\) outside the chart", text)
    assert "Right of :" not in text
    assert not {"C", "1", "+", ":", "-"} & set(chart)
    outside = sum(p.x > 0.35 for p in FRONTIER)
    assert f"{outside} outside the chart" in text
    assert chart.count("o") == len(FRONTIER) - outside
    assert drawn(plane_lines(far))[0].strip()  # without a window, all is drawn


def test_a_frontier_only_crossing_the_window_is_drawn() -> None:
    crossing = plane_of(point(-10, 10, "frontier"), point(10, -10, "frontier"))
    chart = drawn(plane_lines(crossing, window=(-1, 1, -1, 1)))
    assert all("." in row for row in chart)
    beside = plane_of(point(-10, 10, "frontier"), point(10, 11, "frontier"))
    assert not "".join(drawn(plane_lines(beside, window=(-1, 1, -1, 1)))).strip()


@pytest.mark.parametrize("window", [(1, 1, 0, 1), (0, 1, 1, 0)])
def test_a_window_is_not_empty(window: Window) -> None:
    with pytest.raises(ValueError, match="window"):
        plane_lines(TALKS, window=window)


def test_what_a_plane_refuses() -> None:
    with pytest.raises(ValueError, match="kind"):
        plane_of(point(0, 0, "threat"))
    with pytest.raises(ValueError, match="finite"):
        plane_of(point(math.inf, 0))
    with pytest.raises(ValueError, match="40 by 8"):
        plane_lines(TALKS, width=39)


def test_more_packages_than_letters() -> None:
    many = plane_of(*(point(i, i * i, label=f"p{i}") for i in range(60)))
    text = legend(plane_lines(many, 72, 20))
    assert all(re.search(rf"\S p{i} \(", text) for i in range(60))
    marks = [mark for mark, _ in many.marked_points()]
    assert len(set(marks)) == 51  # 50 letters without o and x, then #
    assert not {"o", "x"} & set(marks)


amounts = st.one_of(
    st.floats(-1e7, 1e7).filter(lambda v: v == 0 or abs(v) > 1e-12),
    st.floats(-1e-6, 1e-6).filter(lambda v: v == 0 or abs(v) > 1e-15),
    st.sampled_from([0.0, 1e6, 1e-6, -5.0]),
)
kinds = st.sampled_from(["package", "deal", "disagreement", "status-quo"])
planes = st.builds(
    lambda frontier, others, disagreement: plane_of(
        *(point(x, y, "frontier") for x, y in sorted(frontier)),
        *(point(x, y, k, f"p{i};") for i, (x, y, k) in enumerate(others)),
        disagreement=disagreement,
    ),
    st.lists(st.tuples(amounts, amounts), max_size=6),
    st.lists(st.tuples(amounts, amounts, kinds), max_size=6),
    st.none() | st.tuples(amounts, amounts),
)


@given(planes, st.integers(40, 110), st.integers(8, 30))
def test_any_plane_fits_and_accounts_for_every_point(plane: Plane, width: int, height: int) -> None:
    lines = plane_lines(plane, width, height)
    assert max(map(len, lines)) <= width
    assert "\n".join(lines).isascii()
    chart, text = "".join(drawn(lines)), legend(lines)
    assert len(drawn(lines)) == height
    for mark, p in plane.marked_points():
        if p.kind in ("package", "deal"):
            assert text.count(f"{mark} {p.label} (") == 1
            entry = text.split(f"{mark} {p.label} (")[1].split(")", 1)[1]
            assert mark in chart or entry.startswith(" (under ")
    assert "outside" not in text
    json.dumps(plane_figure(plane), allow_nan=False)


@given(amounts, amounts)
def test_ticks_are_three_to_five_and_tell_apart(a: float, b: float) -> None:
    axis = Axis.around([a, b])
    ticks = axis.ticks()
    assert 3 <= len(ticks) <= 5
    assert len({label for _, label in ticks}) == len(ticks)
    for value, label in ticks:
        assert axis.low - 1e-6 * axis.span <= value <= axis.high + 1e-6 * axis.span
        assert float(label.replace(",", "")) == pytest.approx(value, abs=1e-6 * axis.span)


@pytest.mark.parametrize(
    ("ends", "value", "text"),
    [
        ((-5, 0.1), 0.07, "+0.07"),
        ((-5, 0.1), 0.0042, "+0.0042"),
        ((-5, 0.1), -1e-14, "0.00"),
        ((0, 3e6), 1234567.0, "+1,234,567"),
        ((0, 1e-6), 4.2e-7, "+4.2e-07"),
        ((0, 1e-6), 0.0, "0"),
    ],
)
def test_amounts(ends: tuple[float, float], value: float, text: str) -> None:
    assert Axis.around(ends).amount(value) == text


def test_long_labels_are_wrapped_not_cut() -> None:
    long = Plane(
        "T" * 99, "word " * 40, "word " * 40, (point(0, 0, label="w " * 90 + "end"),), None
    )
    lines = plane_lines(long, 50, 10)
    assert max(map(len, lines)) <= 50
    assert "end (0.00, 0.00)" in legend(lines)


def test_the_figure_has_each_point_in_its_trace() -> None:
    figure = json.loads(json.dumps(plane_figure(TALKS), allow_nan=False))
    traces = {trace["meta"]: trace for trace in figure["data"]}
    assert set(traces) == {p.kind for p in TALKS.points}
    for kind, trace in traces.items():
        expected = [p for p in TALKS.points if p.kind == kind]
        assert trace["x"] == [p.x for p in expected]
        assert trace["y"] == [p.y for p in expected]
        assert [row[1] for row in trace["customdata"]] == [p.label for p in expected]
        hover = zip(trace["customdata"], trace["hovertext"], strict=True)
        assert all(
            text == f"<b>{label}</b><br>{TALKS.x_label}: {right}<br>{TALKS.y_label}: {up}"
            for (_, label, right, up), text in hover
        )
    assert traces["package"]["text"] == ["A", "B"]
    assert traces["deal"]["text"] == ["1"]
    assert traces["frontier"]["mode"] == "lines+markers"
    layout = figure["layout"]
    assert layout["xaxis"]["title"]["text"] == TALKS.x_label
    assert layout["yaxis"]["title"]["text"] == TALKS.y_label
    zone, upward, across = layout["shapes"]
    assert (zone["x0"], zone["y0"]) == (upward["x0"], across["y0"]) == TALKS.disagreement
    assert zone["x1"] > layout["xaxis"]["range"][1]
    assert upward["line"]["dash"] == across["line"]["dash"] == "dash"
    assert not plane_figure(plane_of(point(0, 0)))["layout"]["shapes"]


def test_a_figure_opens_on_its_window_and_keeps_every_point() -> None:
    figure = plane_figure(TALKS, (0, 1, 0.5, 2))
    assert figure["layout"]["xaxis"]["range"] == [0, 1]
    assert figure["layout"]["yaxis"]["range"] == [0.5, 2]
    assert sum(len(trace["x"]) for trace in figure["data"]) == len(TALKS.points)
    x, _ = plane_axes(TALKS)
    assert plane_figure(TALKS)["layout"]["xaxis"]["range"] == [x.low, x.high]


@pytest.mark.parametrize(
    "plane", [TALKS, plane_of(), plane_of(point(1e6, 1e-6), disagreement=(0.0, 0.0))]
)
def test_plotly_knows_every_property(plane: Plane) -> None:
    import plotly.graph_objects as go

    go.Figure(plane_figure(plane))


class Page(HTMLParser):
    """Collects what a browser would see: tags with attributes, cells, and script texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        if self.tags:
            self.texts[self.tags[-1][0]][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    evil = Plane(EVIL, EVIL, EVIL, (*TALKS.points, point(0.2, 0.2, "package", EVIL)), (-0.1, -0.2))
    return figure_html(plane_figure(evil), f"Talks {EVIL}", [f"A note {EVIL}", "Another"])


def own_text(page: str) -> str:
    """Return the page without the embedded library."""
    from plotly.offline import get_plotlyjs

    assert page.count(get_plotlyjs()) == 1
    return page.replace(get_plotlyjs(), "")


def test_the_page_loads_and_sends_nothing(page: str) -> None:
    own = own_text(page)
    assert not re.search(r"https?:|//\w", own)
    assert not re.search(r"\b(src|href|action)\s*=", own)
    assert "default-src 'none'" in own
    config = json.loads(re.findall(r"figure\.layout, (\{.*\})\);", own)[0])
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""


def test_nothing_in_a_label_becomes_markup(page: str) -> None:
    own = own_text(page)
    assert EVIL not in own
    assert "<script>alert" not in own
    parsed = Page(own)
    assert len(parsed.named("script")) == 2
    assert not parsed.named("b")
    assert parsed.texts["title"] == parsed.texts["h1"]
    assert parsed.texts["h1"][0].strip() == f"Talks {EVIL}"
    shown = json.loads(re.findall(r"const figure = (\{.*\});", own)[0])
    assert "<script" not in json.dumps(shown)
    assert "%{x}" not in json.dumps(shown)


def test_the_page_is_accessible(page: str) -> None:
    parsed = Page(own_text(page))
    assert parsed.named("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in parsed.named("meta")
    assert "viewport" in [meta.get("name") for meta in parsed.named("meta")]
    (chart,) = [d for d in parsed.named("div") if d.get("role") == "img"]
    assert chart["aria-label"] == f"Chart: Talks {EVIL}. The numbers are in the table below."
    assert parsed.texts["caption"][0].strip() == "The numbers of the chart"
    assert all(th["scope"] in ("row", "col") for th in parsed.named("th"))
    assert [t.strip() for t in parsed.texts["li"]] == [f"A note {EVIL}", "Another"]


def test_the_table_has_every_number(page: str) -> None:
    parsed = Page(own_text(page))
    assert [t.strip() for t in parsed.texts["th"][3:5]] == [EVIL, EVIL]
    cells = iter(t.strip() for t in parsed.texts["td"])
    rows = list(zip(parsed.texts["th"][5:], zip(*[cells] * 4, strict=True), strict=True))
    assert len(rows) == len(TALKS.points) + 1
    assert [label.strip() for label, _ in rows[:4]] == ["mini", "midi", EVIL, "Nash"]
    assert rows[0][1] == ("A", "package", "+0.070", "+0.420")
    assert rows[3][1] == ("1", "bargained deal", "+0.450", "+0.550")
