"""The payoff plane of two parties, and its drawing as plain text.

Each point is what the two parties get from one outcome. Right of and above the
disagreement point, both get more than without a deal: the zone of agreement (Muthoo,
*Bargaining Theory with Applications*, 1999, section 2.2).
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.report.plane_axes import Axis

__all__ = ["KINDS", "Plane", "PlanePoint", "Window", "plane_axes", "plane_lines"]

Window = tuple[float, float, float, float]
"""The part of a plane that is shown: xmin, xmax, ymin, ymax, in the payoffs' units."""

KINDS = ("frontier", "status-quo", "disagreement", "package", "deal")
"""What a point can be; of those on one spot of a chart, the last in this order is seen."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnpqrstuvwyz"  # o and x mean something else
DIGITS = "123456789"
FURTHER = "#"
FIXED = {"frontier": "o", "status-quo": "x", "disagreement": "+"}
LEGEND = ("package", "deal", "disagreement", "status-quo")
NARROWEST, LOWEST = 40, 8


@dataclass(frozen=True)
class PlanePoint:
    """What the two parties get from one outcome, each in its own unit.

    ``kind`` is one of ``KINDS``; ``label`` is how a legend names the point.
    """

    x: float
    y: float
    kind: str
    label: str


@dataclass(frozen=True)
class Plane:
    """A payoff plane as plain data; both axis labels name the party, the measure and the unit.

    Frontier points come sorted by x. ``disagreement`` is what each party gets without a
    deal, in the units of the axes; its two lines bound the zone of agreement.
    """

    title: str
    x_label: str
    y_label: str
    points: tuple[PlanePoint, ...]
    disagreement: tuple[float, float] | None

    def __post_init__(self) -> None:
        unknown = sorted({p.kind for p in self.points} - set(KINDS))
        if unknown:
            raise ValueError(f"a point of a plane cannot be {unknown}; kinds are {list(KINDS)}")
        numbers = [n for p in self.points for n in (p.x, p.y)]
        if not all(map(math.isfinite, (*numbers, *(self.disagreement or ())))):
            raise ValueError("a payoff plane holds finite numbers only")

    def marked_points(self) -> tuple[tuple[str, PlanePoint], ...]:
        """Return every point with its mark: A, B, C for packages, 1, 2, 3 for deals.

        The disagreement point comes last where no point stands for it.
        """
        points = list(self.points)
        stated = [(p.x, p.y) for p in points if p.kind == "disagreement"]
        if self.disagreement is not None and self.disagreement not in stated:
            points.append(PlanePoint(*self.disagreement, "disagreement", "no deal"))
        letters, digits = iter(LETTERS), iter(DIGITS)
        marks = {"package": lambda: next(letters, FURTHER), "deal": lambda: next(digits, FURTHER)}
        return tuple((FIXED.get(p.kind) or marks[p.kind](), p) for p in points)


def plane_axes(plane: Plane, window: Window | None = None) -> tuple[Axis, Axis]:
    """Return the two axes that show a window, or else every point of the plane."""
    if window is None:
        points = [point for _, point in plane.marked_points()]
        return Axis.around(p.x for p in points), Axis.around(p.y for p in points)
    if not (window[0] < window[1] and window[2] < window[3]):
        raise ValueError(f"a window is (xmin, xmax, ymin, ymax), not {window}")
    return Axis(window[0], window[1]), Axis(window[2], window[3])


def plane_lines(
    plane: Plane, width: int = 72, height: int = 20, window: Window | None = None
) -> list[str]:
    """Return the plane as lines of plain ASCII (labels apart), with a legend below.

    Parameters
    ----------
    plane
        What to draw.
    width
        Characters that no line exceeds, at least 40.
    height
        Rows between the axes, at least 8.
    window
        Draw this part only, in the payoffs' units; the legend lists the points outside it.
    """
    if width < NARROWEST or height < LOWEST:
        raise ValueError(f"a chart needs {NARROWEST} by {LOWEST} characters or more")
    x, y = plane_axes(plane, window)
    labels = [label for _, label in y.ticks()]
    margin = max(map(len, labels))
    chart = _Chart(x, y, width - margin - 2, height)
    marked = plane.marked_points()
    seen = chart.draw(plane, marked)
    ticks = {chart.row(value): label for value, label in y.ticks()}
    body = [
        f"{ticks.get(row, ''):>{margin}} |{''.join(cells)}".rstrip()
        for row, cells in enumerate(chart.cells)
    ]
    return [
        *_wrapped(plane.title, width),
        "",
        *_wrapped(plane.y_label, width),
        *body,
        *_below(chart, margin + 2, width),
        *(f"{line:>{width}}" for line in _wrapped(plane.x_label, width)),
        "",
        *(line for text in _legend(chart, marked, seen) for line in _wrapped(text, width)),
    ]


Seen = dict[tuple[int, int], int]


@dataclass
class _Chart:
    """The cells between the axes; row 0 is the top."""

    x: Axis
    y: Axis
    width: int
    height: int

    def __post_init__(self) -> None:
        self.cells = [[" "] * self.width for _ in range(self.height)]
        self.lines = False

    def column(self, value: float) -> int:
        return round(self.x.share(value) * (self.width - 1))

    def row(self, value: float) -> int:
        return round((1 - self.y.share(value)) * (self.height - 1))

    def cell(self, point: PlanePoint) -> tuple[int, int] | None:
        if not (self.x.holds(point.x) and self.y.holds(point.y)):
            return None
        return self.row(point.y), self.column(point.x)

    def draw(self, plane: Plane, marked: Sequence[tuple[str, PlanePoint]]) -> Seen:
        """Draw lines, then points; return which point is seen in each cell that shows one."""
        if plane.disagreement is not None:
            right, up = plane.disagreement
            self.lines = self.x.holds(right) or self.y.holds(up)
            if self.y.holds(up):
                self.cells[self.row(up)] = ["-"] * self.width
            if self.x.holds(right):
                for cells in self.cells:
                    cells[self.column(right)] = ":"
        frontier = [p for p in plane.points if p.kind == "frontier"]
        for start, end in itertools.pairwise(frontier):
            for row, column in self._between(start, end):
                self.cells[row][column] = "."
        seen: Seen = {}
        for index in sorted(range(len(marked)), key=lambda i: KINDS.index(marked[i][1].kind)):
            mark, point = marked[index]
            if (cell := self.cell(point)) is not None:
                self.cells[cell[0]][cell[1]] = mark
                seen[cell] = index
        return seen

    def _between(self, start: PlanePoint, end: PlanePoint) -> Iterator[tuple[int, int]]:
        """Yield the cells along the part of a segment that is on the chart."""
        a = (self.x.share(start.x), self.y.share(start.y))
        b = (self.x.share(end.x), self.y.share(end.y))
        first, last = _clipped(a, b)
        if first > last:
            return
        reach = [abs(q - p) * (last - first) for p, q in zip(a, b, strict=True)]
        steps = math.ceil(max(reach[0] * self.width, reach[1] * self.height, 1))
        for step in range(steps + 1):
            t = first + (last - first) * step / steps
            across, up = (min(max(p + t * (q - p), 0.0), 1.0) for p, q in zip(a, b, strict=True))
            yield round((1 - up) * (self.height - 1)), round(across * (self.width - 1))


def _clipped(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Return where a segment enters and leaves the unit square, as shares of its way.

    It never enters where the first exceeds the second (Liang and Barsky, 1984).
    """
    first, last = 0.0, 1.0
    for p, q in zip(a, b, strict=True):
        if p == q:
            if not 0 <= p <= 1:
                return 1.0, 0.0
            continue
        low, high = sorted((-p / (q - p), (1 - p) / (q - p)))
        first, last = max(first, low), min(last, high)
    return first, last


def _below(chart: _Chart, left: int, width: int) -> list[str]:
    """Return the x axis and, below it, the labels of all its ticks or of every second."""
    axis = ["-"] * chart.width
    ticks = [(chart.column(value), label) for value, label in chart.x.ticks()]
    for column, _ in ticks:
        axis[column] = "|"
    lines = (_spread(ticks[::every], left, width) for every in (1, 2, len(ticks)))
    text = next(filter(None, lines), "")
    return [" " * (left - 1) + "+" + "".join(axis), text]


def _spread(ticks: Sequence[tuple[int, str]], left: int, width: int) -> str:
    """Return one line with the labels under their columns, empty where two would touch."""
    text = ""
    for column, label in ticks:
        start = min(max(left + column - len(label) // 2, 0), width - len(label))
        if text and start <= len(text):
            return ""
        text = f"{text:<{start}}{label}"
    return text


def _legend(chart: _Chart, marked: Sequence[tuple[str, PlanePoint]], seen: Seen) -> Iterator[str]:
    """Yield one text per mark, saying which points cannot be seen and why."""
    for kind in LEGEND:
        for index, (mark, point) in enumerate(marked):
            if point.kind != kind:
                continue
            cell = chart.cell(point)
            hidden = " outside the chart"
            if cell is not None:
                hidden = "" if seen[cell] == index else f" (under {marked[seen[cell]][0]})"
            yield f"{mark} {point.label} {_amounts(chart, point)}{hidden}"
    frontier = [point for _, point in marked if point.kind == "frontier"]
    if frontier:
        ends = [_amounts(chart, p) for p in (frontier[0], frontier[-1])]
        cells = [chart.cell(p) for p in frontier]
        under = sum(c is not None and marked[seen[c]][1].kind != "frontier" for c in cells)
        text = f"o frontier, {len(frontier)} points: {ends[0]} to {ends[1]}"
        if len(frontier) == 1:
            text = f"o frontier, 1 point: {ends[0]}"
        text += f", {under} under other marks" if under else ""
        yield text + (f", {cells.count(None)} outside the chart" if None in cells else "")
    if chart.lines:
        yield "Right of : and above - both get more than without a deal."


def _amounts(chart: _Chart, point: PlanePoint) -> str:
    return f"({chart.x.amount(point.x)}, {chart.y.amount(point.y)})"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
