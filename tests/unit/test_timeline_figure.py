"""The timeline as a figure: every entry, the right range, labels that can be read."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from parley.files.scenarios import open_scenario, open_scenario_text
from parley.report.timeline import LANES, timeline
from parley.report.timeline_figure import timeline_figure

from .test_timeline import SHIPPED, STORY, event, read, undated


@pytest.mark.parametrize("name", SHIPPED)
def test_the_figure_has_every_entry_once(name: str) -> None:
    import plotly.graph_objects as go

    part = timeline(open_scenario(name))
    figure = json.loads(json.dumps(timeline_figure(part), allow_nan=False))
    go.Figure(figure)
    shown = [row[0] for t in figure["data"] for row in t.get("customdata", ())]
    assert sorted(shown) == sorted(e["id"] for e in part["entries"])
    windows = [t for t in figure["data"] if t["type"] == "bar"]
    assert sum(len(t["x"]) for t in windows) == sum(e["until"] is not None for e in part["entries"])
    styles = {(t["marker"]["color"], t["marker"]["symbol"]) for t in figure["data"]
              if t["meta"] == "day"}  # fmt: skip
    assert len({c for c, _ in styles}) == len({s for _, s in styles}) == len(styles)
    dashes = {s["x0"]: s["line"]["dash"] for s in figure["layout"]["shapes"] if s["type"] == "line"}
    expected = {part["as_of"]: "solid"} | ({part["by"]: "dot"} if part["by"] else {})
    assert dashes == expected
    lanes = figure["layout"]["yaxis"]["ticktext"]
    assert [lane.replace("<br>", " ") for lane in lanes] == [
        lane for lane in LANES if any(e["lane"] == lane for e in part["entries"])
    ]


def test_the_figure_opens_on_a_year_back_to_the_last_date() -> None:
    part = timeline(open_scenario("us-japan-2019"))
    axis = timeline_figure(part)["layout"]["xaxis"]
    low, high = axis["range"]
    assert "2018-03-23" < low < "2018-07-18"
    assert "2020-11-03" < high < "2021-01-31"
    assert axis["title"]["text"].startswith("1 earlier")
    assert not timeline_figure(timeline(open_scenario("toy-talks")))["layout"]["xaxis"]["title"][
        "text"
    ]


def test_what_stands_above_the_lines_is_not_cut_off() -> None:
    def above(day: str) -> list[tuple[str, bool]]:
        forecast = f"[forecast]\ntalks = 'main'\nby = {day}\n"
        past = event("e", "date = 2019-10-01", "kind = 'other'")
        later = event("f", "date = 2020-12-01", "kind = 'other'")
        story = STORY.replace("[[party]]", f"{forecast}\n[[party]]", 1)
        scenario = open_scenario_text("".join((story, *undated(past, later))))
        found = timeline_figure(timeline(scenario))["layout"]["annotations"]
        return [(a["xanchor"], a.get("yshift", 0) > 0) for a in found]

    assert above("2020-06-01") == [("right", False), ("left", False)]
    assert above("2020-12-01") == [("right", False), ("right", False)]
    assert above("2021-12-01") == [("right", False), ("right", False)]
    part = timeline(read(*undated(event("e", "date = 2019-06-01", "kind = 'other'"))))
    near = timeline_figure({**part, "by": "2020-03-05"})["layout"]["annotations"]
    assert [(a["xanchor"], a.get("yshift", 0) > 0) for a in near] == [
        ("right", False),
        ("right", True),
    ]


def test_labels_of_a_lane_stand_apart() -> None:
    many = [
        event(f"e{k}", f"date = 2020-0{1 + k // 20}-{1 + k % 20:02}", "kind = 'report'",
              f"label = 'A report with quite a long label, the one of number {k}'")
        for k in range(40)
    ]  # fmt: skip
    figure = timeline_figure(timeline(read(*undated(*many))))
    low, high = (dt.datetime.fromisoformat(t) for t in figure["layout"]["xaxis"]["range"])
    (trace,) = figure["data"]
    boxes: dict[float, list[tuple[float, float]]] = {}
    for day, row, text, side in zip(
        trace["x"], trace["y"], trace["text"], trace["textposition"], strict=True
    ):
        at_ = (dt.datetime.fromisoformat(day) - low) / (high - low) * 820
        wide = 6 * max(map(len, text.split("<br>")))
        box = (at_ - wide, at_) if side == "middle left" else (at_, at_ + wide)
        assert text.count("<br>") <= 1
        for left, right in boxes.setdefault(row, []):
            assert box[1] <= left or right <= box[0]
        boxes[row].append(box)
    assert figure["layout"]["height"] > 34 * len(boxes)


def test_nothing_in_a_label_becomes_markup() -> None:
    evil = "<script>alert(1)</script> & %{x} <b>bold</b>"
    part = timeline(
        read(*undated(event("e", "date = 2020-04-01", "kind = 'other'", f"label = '{evil}'",
                            f"note = '{evil}'")))
    )  # fmt: skip
    assert part["entries"][0]["label"] == evil
    shown = json.dumps(timeline_figure(part))
    assert "<script" not in shown
    assert "<b>bold" not in shown
    assert "%{x}" not in shown


def test_the_end_of_all_dates_can_be_shown() -> None:
    window = event("never", "window = [9999-12-01, 9999-12-31]", "kind = 'report'")
    layout = timeline_figure(timeline(read(*undated(window))))["layout"]
    assert layout["xaxis"]["range"][1] == "9999-12-31"
