"""Charts on the page: shapes that fit their numbers, and the same again in words."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks import (
    AreaChart,
    AxisConfig,
    BarChart,
    ChartSegment,
    DataPoint,
    DataSeries,
    DataVisualizationBlock,
    LineChart,
    PieChart,
)

from bot.playground.charts import HEIGHT, WIDTH, Drawing, draw, shown, steps
from bot.playground.model import Json
from bot.playground.validation import block_problems
from tests.playground.test_rendering import shown_block
from tests.playground.test_validation import pie, plot, visual

NUMBERS = st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12)


def series(kind: str, **values: list[float]) -> Json:
    """A chart with these series over the categories a, b, c …"""
    categories = [chr(ord("a") + n) for n in range(len(next(iter(values.values()))))]
    return {
        "type": kind,
        "series": [
            {"name": name, "data": [{"label": c, "value": v} for c, v in zip(categories, row, strict=True)]}
            for name, row in values.items()
        ],
        "axis_config": {"categories": categories},
    }


def numbers(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", path)]


def test_bars_stand_on_zero_and_are_as_high_as_their_values() -> None:
    drawing = draw(series("bar", up=[5, 10], down=[-10, 0]))
    assert drawing.scale == ["10", "5", "0", "-5", "-10"]
    grounds = {numbers(mark.path)[1] for mark in drawing.marks}
    assert grounds == {HEIGHT / 2}
    assert [numbers(mark.path)[2] for mark in drawing.marks] == [100, 0, 400, 200]


def test_bars_of_a_category_stand_side_by_side_within_it() -> None:
    marks = draw(series("bar", one=[1, 1], two=[1, 1])).marks
    edges = sorted((numbers(mark.path)[0], numbers(mark.path)[3]) for mark in marks)
    assert [right <= left for (_, right), (left, _) in itertools.pairwise(edges)] == [True] * 3
    assert edges[1][1] < WIDTH / 2 < edges[2][0]


@pytest.mark.parametrize(
    ("kind", "marks"), [("line", ["line", "dot", "dot"]), ("area", ["area", "line", "dot", "dot"])]
)
def test_lines_and_areas_go_through_every_point(kind: str, marks: list[str]) -> None:
    drawing = draw(series(kind, only=[0, 2]))
    assert [mark.kind for mark in drawing.marks] == marks
    line = next(mark for mark in drawing.marks if mark.kind == "line")
    assert numbers(line.path) == [250, 400, 750, 0]
    assert [mark.words for mark in drawing.marks if mark.kind == "dot"] == ["only, a: 0", "only, b: 2"]


def test_points_in_another_order_than_the_categories_stand_at_their_category() -> None:
    chart = series("line", only=[1, 2, 3])
    chart["series"][0]["data"].reverse()
    assert draw(chart) == draw(series("line", only=[1, 2, 3]))


def test_a_pie_says_values_and_shares_and_goes_round_once() -> None:
    drawing = draw(pie(1, 3))
    assert drawing.legend == [("s0", "1 · 25 %"), ("s1", "3 · 75 %")]
    (first, second) = (numbers(mark.path) for mark in drawing.marks)
    assert first[2:4] == [0, -1]  # from the top
    assert first[-2:] == second[2:4] == [1, 0]  # a quarter, clockwise
    assert second[-2:] == [0, -1]  # and back


def test_a_pie_of_one_segment_is_a_whole_circle() -> None:
    (mark,) = draw(pie(7)).marks
    assert "Z" in mark.path
    assert numbers(mark.path)[-2:] == [0, -1]


def test_what_the_bots_own_library_builds_is_taken() -> None:
    points = [DataPoint("a", 1), DataPoint("b", -2.5)]
    plots = [DataSeries("one", points)], AxisConfig(["b", "a"], x_label="x")
    for made in (PieChart([ChartSegment("Low", 1)]), BarChart(*plots), LineChart(*plots), AreaChart(*plots)):
        block = json.loads(repr(DataVisualizationBlock("Title", made)))
        assert block_problems([block], "message") == []
        assert draw(block["chart"]).rows


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_the_axis_holds_zero_and_every_value_in_few_equal_steps(values: list[float]) -> None:
    scale = steps(values)
    step = scale[0] - scale[1]
    assert scale[-1] <= min(0, *values) + step * 1e-6
    assert scale[0] >= max(0, *values) - step * 1e-6
    assert 0 in scale
    assert 2 <= len(scale) <= 7
    assert all(abs(above - below - step) <= abs(step) * 1e-6 for above, below in itertools.pairwise(scale))


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (1234567, "1,234,567"), (2.50, "2.5"), (1 / 3, "0.33"), (-7.0, "-7"), (0.00012, "0.00012")],
)
def test_numbers_are_written_as_people_read_them(value: float, words: str) -> None:
    assert shown(value) == words


@pytest.mark.parametrize("kind", ["pie", "bar", "line", "area"])
def test_the_whole_chart_is_there_in_words(kind: str) -> None:
    chart = pie(1, 2, 3) if kind == "pie" else series(kind, first=[1, 2.5], second=[3, -4])
    words = shown_block(visual(chart, title="Clients <by> tier")).text
    drawing: Drawing = draw(chart)
    for cell in (*drawing.head, *(cell for row in drawing.rows for cell in row), *(name for name, _ in drawing.legend)):
        assert cell in words
    assert "Clients <by> tier" in words
    assert f"{kind.title()} chart" in drawing.label


def test_each_series_keeps_its_colour_in_shapes_and_legend() -> None:
    drawing = draw(plot("line", series=12, points=20))
    assert {mark.colour for mark in drawing.marks} == set(range(12))
    assert [name for name, _ in drawing.legend] == [f"n{n}" for n in range(12)]


@pytest.mark.parametrize(
    ("categories", "upright"),
    [
        (["a long name"] * 6, ""),
        (["Q1"] * 7, ""),
        (["Jan"] * 12, "phones"),
        (["2026-11-22"] * 14, "everywhere"),
    ],
)
def test_categories_without_room_side_by_side_stand_upright(categories: list[str], upright: str) -> None:
    names = [f"{name}{n:x}"[-len(name) :] for n, name in enumerate(categories)]
    points = [{"label": name, "value": 1} for name in names]
    chart = {"type": "bar", "series": [{"name": "n", "data": points}], "axis_config": {"categories": names}}
    assert draw(chart).upright == upright
