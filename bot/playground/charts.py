"""Slack's charts as shapes: what a data_visualization block says, laid out for the SVG on the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.playground.model import Json

WIDTH, HEIGHT = 1000, 400  # of the plot's view box, which is stretched to whatever room there is
BARS = 0.72  # how much of a category's width its bars take
INTERVALS = 4  # of the vertical axis, about
FEW_CATEGORIES = 6  # so many have room for words that go on in a second line
WIDE_CHARACTERS, NARROW_CHARACTERS = 80, 32  # that stand side by side on a desktop, and on a phone


@dataclass(frozen=True)
class Mark:
    """One thing that is drawn: how, in which of the twelve colours, its path, and what it says under the pointer."""

    kind: str
    colour: int
    path: str
    words: str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart as the template needs it. `scale` is the vertical axis, top first; head and rows say it all in words."""

    label: str
    marks: Sequence[Mark]
    legend: Sequence[tuple[str, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    scale: Sequence[str] = ()
    grid: str = ""
    upright: str = ""
    """Where the categories stand upright, because they have no room side by side: "everywhere", on "phones"."""


def draw(chart: Json) -> Drawing:
    """Lays out the `chart` of a block that Slack would take."""
    return _pie(chart["segments"]) if chart["type"] == "pie" else Plot.of(chart).drawing(chart["type"])


def shown(value: float) -> str:
    """A number as people read it: thousands apart, two decimals unless it is smaller than those."""
    if 0 < abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _pie(segments: Sequence[Json]) -> Drawing:
    total = sum(segment["value"] for segment in segments)
    rows, marks, start = [], [], 0.0
    for colour, segment in enumerate(segments):
        share = segment["value"] / total
        row = (segment["label"], shown(segment["value"]), f"{100 * share:.0f} %")
        rows.append(row)
        marks.append(Mark("slice", colour, _slice(start, start + share), f"{row[0]}: {row[1]} ({row[2]})"))
        start += share
    legend = [(label, f"{value} · {share}") for label, value, share in rows]
    return Drawing(f"Pie chart of {len(rows)} segments", marks, legend, ("Segment", "Value", "Share"), rows)


def _slice(start: float, end: float) -> str:
    """The part of a circle of radius 1 between two shares of it, clockwise from the top."""
    if end - start > 0.9999:
        return "M0 -1A1 1 0 0 1 0 1A1 1 0 0 1 0 -1Z"
    (x0, y0), (x1, y1) = ((math.sin(2 * math.pi * at), -math.cos(2 * math.pi * at)) for at in (start, end))
    return f"M0 0L{x0:.4f} {y0:.4f}A1 1 0 {int(end - start > 0.5)} 1 {x1:.4f} {y1:.4f}Z"


@dataclass(frozen=True)
class Plot:
    """Series of values over categories, with the steps of the vertical axis, top first."""

    categories: Sequence[str]
    names: Sequence[str]
    values: Sequence[Sequence[float]]
    scale: Sequence[float]

    @classmethod
    def of(cls, chart: Json) -> Plot:
        categories = chart["axis_config"]["categories"]
        points = [{point["label"]: point["value"] for point in series["data"]} for series in chart["series"]]
        values = [[each[category] for category in categories] for each in points]
        names = [series["name"] for series in chart["series"]]
        return cls(categories, names, values, steps([value for row in values for value in row]))

    def drawing(self, kind: str) -> Drawing:
        marks = {"bar": self._bars, "line": self._lines, "area": self._areas}[kind]
        rows = zip(self.categories, zip(*self.values, strict=True), strict=True)
        return Drawing(
            f"{kind.title()} chart of {len(self.names)} series over {len(self.categories)} categories",
            list(marks()),
            [(name, "") for name in self.names],
            ("Category", *self.names),
            [(category, *map(shown, row)) for category, row in rows],
            [shown(step) for step in self.scale],
            "".join(f"M0 {self._y(step):.1f}H{WIDTH}" for step in self.scale),
            self._upright(),
        )

    def _upright(self) -> str:
        characters = len(self.categories) * max(map(len, self.categories))
        if len(self.categories) <= FEW_CATEGORIES or characters <= NARROW_CHARACTERS:
            return ""
        return "phones" if characters <= WIDE_CHARACTERS else "everywhere"

    def _x(self, category: float) -> float:
        return WIDTH * category / len(self.categories)

    def _y(self, value: float) -> float:
        return HEIGHT * (self.scale[0] - value) / (self.scale[0] - self.scale[-1])

    def _words(self, series: int, category: int) -> str:
        return f"{self.names[series]}, {self.categories[category]}: {shown(self.values[series][category])}"

    def _bars(self) -> Iterator[Mark]:
        width = BARS / len(self.names)
        for series, row in enumerate(self.values):
            for category, value in enumerate(row):
                left = self._x(category + (1 - BARS) / 2 + series * width)
                right = left + self._x(width)
                path = f"M{left:.1f} {self._y(0):.1f}V{self._y(value):.1f}H{right:.1f}V{self._y(0):.1f}Z"
                yield Mark("bar", series, path, self._words(series, category))

    def _lines(self) -> Iterator[Mark]:
        for series in range(len(self.names)):
            yield Mark("line", series, f"M{self._through(series)}")
            yield from self._dots(series)

    def _areas(self) -> Iterator[Mark]:
        """One behind the other, the first at the back, as in Slack."""
        for series in range(len(self.names)):
            last = self._x(len(self.categories) - 0.5)
            ground = f"{self._y(0):.1f}"
            yield Mark("area", series, f"M{self._x(0.5):.1f} {ground}L{self._through(series)}L{last:.1f} {ground}Z")
            yield Mark("line", series, f"M{self._through(series)}")
            yield from self._dots(series)

    def _through(self, series: int) -> str:
        points = enumerate(self.values[series])
        return "L".join(f"{self._x(category + 0.5):.1f} {self._y(value):.1f}" for category, value in points)

    def _dots(self, series: int) -> Iterator[Mark]:
        """Lines of no length with round ends: unlike circles they stay round when the plot is stretched."""
        for category, value in enumerate(self.values[series]):
            path = f"M{self._x(category + 0.5):.1f} {self._y(value):.1f}h0"
            yield Mark("dot", series, path, self._words(series, category))


def steps(values: Sequence[float]) -> list[float]:
    """Round numbers, equally far apart, from above all values and zero to below them."""
    low, high = min(0, *values), max(0, *values)
    rough = (high - low if high - low > 1e-12 else 1) / INTERVALS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(size * magnitude for size in (1, 2, 5, 10) if size * magnitude >= rough * 0.999)
    if all(isinstance(value, int) for value in values):
        step = max(1, int(step))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{step * number:.12g}") for number in range(max(last, first + 1), first - 1, -1)]
