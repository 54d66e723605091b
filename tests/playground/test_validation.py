"""Block Kit's rules: good samples pass, each bad one is refused with a pointer to what is wrong."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.model import Json
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.validation import block_problems, check_blocks, check_metadata, check_view, view_problems


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "t") -> Json:
    return {"text": plain(text), "value": value}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "go"} | more


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [option()]} | more


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn()} | more


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def with_input(**element: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"} | element}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"} | more


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def visual(chart: Json, **more: Any) -> Json:
    return {"type": "data_visualization", "title": "Chart", "chart": chart} | more


def pie(*values: float, label: str = "s") -> Json:
    return {"type": "pie", "segments": [{"label": f"{label}{n}", "value": value} for n, value in enumerate(values)]}


def plot(kind: str, series: int = 1, points: int = 2, **axes: Any) -> Json:
    """A bar, line or area chart whose series all have the value 1."""
    categories = [f"c{n}" for n in range(points)]
    data = [{"label": name, "value": 1} for name in categories]
    named = [{"name": f"n{n}", "data": data} for n in range(series)]
    return {"type": kind, "series": named, "axis_config": {"categories": categories} | axes}


GOOD_IN_MESSAGES = [
    section(text=mrkdwn("x" * 3000), expand=True),
    section(fields=[mrkdwn("x" * 2000)] * 10),
    {"type": "section", "fields": [plain()]},
    section(accessory=button(style="danger", value="x" * 2000, url="https://example.com")),
    section(accessory=image()),
    section(accessory={"type": "overflow", "options": [option(str(n)) for n in range(5)]}),
    section(accessory={"type": "multi_users_select", "max_selected_items": 3}),
    {"type": "header", "text": plain("x" * 150), "level": 2},
    {"type": "divider", "block_id": "x" * 255},
    context(mrkdwn(), plain(), image()),
    actions(*[button(action_id=str(n)) for n in range(25)]),
    actions(select(options=[option(str(n)) for n in range(100)], initial_option=option("7"))),
    actions(select(options=None, option_groups=[{"label": plain(), "options": [option()]}])),
    actions({"type": "conversations_select", "filter": {"include": ["public"]}, "placeholder": plain()}),
    actions({"type": "datepicker", "initial_date": "2026-11-22"}, {"type": "timepicker", "initial_time": "09:30"}),
    with_input(min_length=1, max_length=3000),
    image(title=plain()),
    {"type": "markdown", "text": "x" * 12_000},
    rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}),
    visual(pie(*[0.5] * 12, label="x" * 18), title="x" * 50, block_id="chart"),
    visual(plot("bar", series=12, points=20, x_label="x" * 50, y_label="y" * 50)),
    visual(plot("line")),
    visual(plot("area") | {"series": [{"name": "n", "data": [{"label": c, "value": -1.5} for c in ("c1", "c0")]}]}),
]

BAD_IN_MESSAGES = [
    ("not a list of objects", "x", "/blocks/0"),
    ("no type", {"text": mrkdwn()}, "/blocks/0"),
    ("a made-up type", {"type": "nonsense"}, "/blocks/0"),
    ("a modal's block", {"type": "alert", "text": plain()}, "/blocks/0"),
    ("an empty section", {"type": "section"}, "/blocks/0"),
    ("text too long", section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text"),
    ("empty text", section(text=mrkdwn("")), "/blocks/0/text/text"),
    ("text as a string", section(text="x"), "/blocks/0/text"),
    ("eleven fields", section(fields=[mrkdwn()] * 11), "/blocks/0/fields"),
    ("a long field", section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text"),
    ("emoji in mrkdwn", section(text=mrkdwn() | {"emoji": True}), "/blocks/0/text"),
    ("an unknown field", section(colour="red"), "/blocks/0"),
    ("a block id too long", section(block_id="x" * 256), "/blocks/0/block_id"),
    ("an input as accessory", section(accessory={"type": "plain_text_input"}), "/blocks/0/accessory"),
    ("mrkdwn in a header", {"type": "header", "text": mrkdwn()}, "/blocks/0/text"),
    ("a long header", {"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ("an empty context", context(), "/blocks/0/elements"),
    ("eleven in a context", context(*[mrkdwn()] * 11), "/blocks/0/elements"),
    ("a button in a context", context(button()), "/blocks/0/elements/0"),
    ("empty actions", actions(), "/blocks/0/elements"),
    ("26 actions", actions(*[button(action_id=str(n)) for n in range(26)]), "/blocks/0/elements"),
    ("a multi-select in actions", actions({"type": "multi_users_select"}), "/blocks/0/elements/0"),
    ("an image in actions", actions(image()), "/blocks/0/elements/0"),
    ("a double action id", actions(button(), button()), "/blocks/0/elements"),
    ("button text too long", actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    ("mrkdwn on a button", actions(button(text=mrkdwn())), "/blocks/0/elements/0/text"),
    ("button value too long", actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    ("a button of another style", actions(button(style="default")), "/blocks/0/elements/0/style"),
    ("no address", actions(button(url="nowhere")), "/blocks/0/elements/0/url"),
    ("an action id too long", actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    ("a select without options", actions(select(options=None)), "/blocks/0/elements/0"),
    ("no options", actions(select(options=[])), "/blocks/0/elements/0/options"),
    (
        "101 options",
        actions(select(options=[option(str(n)) for n in range(101)])),
        "/blocks/0/elements/0/options",
    ),
    (
        "options and groups",
        actions(select(option_groups=[{"label": plain(), "options": [option()]}])),
        "/blocks/0/elements/0",
    ),
    (
        "an option's value too long",
        actions(select(options=[option("x" * 151)])),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "an option's text too long",
        actions(select(options=[option(text="x" * 76)])),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    ("a type in an option", actions(select(options=[option() | {"type": "option"}])), "/blocks/0/elements/0/options/0"),
    ("a double value", actions(select(options=[option("a"), option("a")])), "/blocks/0/elements/0"),
    (
        "an initial option that is not offered",
        actions(select(initial_option=option("other"))),
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "a long placeholder",
        actions(select(placeholder=plain("x" * 151))),
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "six in an overflow",
        section(accessory={"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
        "/blocks/0/accessory/options",
    ),
    (
        "eleven boxes",
        actions({"type": "checkboxes", "options": [option(str(n)) for n in range(11)]}),
        "/blocks/0/elements/0/options",
    ),
    (
        "a long confirm",
        actions(button(confirm={"title": plain("x" * 101), "text": plain(), "confirm": plain(), "deny": plain()})),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "a date that is none",
        actions({"type": "datepicker", "initial_date": "22.11.2026"}),
        "/blocks/0/elements/0/initial_date",
    ),
    (
        "a time that is none",
        actions({"type": "timepicker", "initial_time": "9:30"}),
        "/blocks/0/elements/0/initial_time",
    ),
    ("an input without label", {"type": "input", "element": {"type": "plain_text_input"}}, "/blocks/0"),
    ("a button as input", {"type": "input", "label": plain(), "element": button()}, "/blocks/0/element"),
    ("min above max", with_input(min_length=5, max_length=4), "/blocks/0/element/min_length"),
    ("max above 3000", with_input(max_length=3001), "/blocks/0/element/max_length"),
    ("a prefilled text too long", with_input(initial_value="abcd", max_length=3), "/blocks/0/element/initial_value"),
    ("an image without alt text", {"type": "image", "image_url": "https://example.com/a.png"}, "/blocks/0"),
    ("an image without address", {"type": "image", "alt_text": "a"}, "/blocks/0"),
    ("markdown too long", {"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ("an unknown rich element", rich({"type": "nonsense"}), "/blocks/0/elements/0/elements/0"),
    ("a true that is a one", section(expand=1), "/blocks/0/expand"),
    ("a chart without title", {"type": "data_visualization", "chart": pie(1)}, "/blocks/0"),
    ("a chart's title too long", visual(pie(1), title="x" * 51), "/blocks/0/title"),
    ("a chart's title as an object", visual(pie(1), title=plain()), "/blocks/0/title"),
    ("a chart of another kind", visual({"type": "donut", "segments": []}), "/blocks/0/chart"),
    ("a pie without segments", visual(pie()), "/blocks/0/chart/segments"),
    ("13 segments", visual(pie(*[1] * 13)), "/blocks/0/chart/segments"),
    ("an empty segment", visual(pie(0)), "/blocks/0/chart/segments/0/value"),
    ("a segment that is true", visual(pie(True)), "/blocks/0/chart/segments/0/value"),
    ("a segment of no number", visual(pie(float("nan"))), "/blocks/0/chart/segments/0/value"),
    ("a label too long", visual(pie(1, label="x" * 20)), "/blocks/0/chart/segments/0/label"),
    ("a pie with axes", visual(pie(1) | {"axis_config": {"categories": ["a"]}}), "/blocks/0/chart"),
    ("a plot without axes", visual({"type": "bar", "series": plot("bar")["series"]}), "/blocks/0/chart"),
    ("13 series", visual(plot("line", series=13)), "/blocks/0/chart/series"),
    ("21 points", visual(plot("area", points=21)), "/blocks/0/chart/axis_config/categories"),
    ("an axis label too long", visual(plot("bar", x_label="x" * 51)), "/blocks/0/chart/axis_config/x_label"),
    ("categories twice", visual(plot("bar", categories=["c0", "c0"])), "/blocks/0/chart/axis_config/categories"),
    ("series twice", visual(plot("bar") | {"series": plot("bar")["series"] * 2}), "/blocks/0/chart/series"),
    ("a point too few", visual(plot("bar", categories=["c0", "c1", "c2"])), "/blocks/0/chart/series/0/data"),
    ("a point elsewhere", visual(plot("bar", categories=["c0", "c9"])), "/blocks/0/chart/series/0/data"),
]


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES, ids=lambda block: str(block["type"]))
def test_good_blocks_pass(block: Json) -> None:
    assert block_problems([block], "message") == []


@pytest.mark.parametrize(
    ("block", "pointer"), [case[1:] for case in BAD_IN_MESSAGES], ids=[c[0] for c in BAD_IN_MESSAGES]
)
def test_bad_blocks_are_pointed_at(block: Any, pointer: str) -> None:
    assert pointer in [problem.pointer for problem in block_problems([block], "message")]


def test_fifty_blocks_in_a_message_and_a_hundred_in_a_modal() -> None:
    divider = {"type": "divider"}
    assert block_problems([divider] * 50, "message") == []
    assert [p.pointer for p in block_problems([divider] * 51, "message")] == ["/blocks"]
    assert block_problems([divider] * 100, "modal") == []
    assert block_problems([divider] * 101, "modal")


def test_what_must_differ_within_a_message() -> None:
    twice = [{"type": "divider", "block_id": "same"}] * 2
    assert [p.pointer for p in block_problems(twice, "message")] == ["/blocks/0/block_id", "/blocks/1/block_id"]
    focused = [with_input(focus_on_load=True), with_input(focus_on_load=True)]
    assert [p.pointer for p in block_problems(focused, "message")] == ["/blocks/1"]
    # The same action id in two blocks is allowed.
    assert block_problems([actions(button()), actions(button())], "message") == []


def test_markdown_is_counted_together() -> None:
    assert block_problems([{"type": "markdown", "text": "x" * 6001}] * 2, "message")


@pytest.mark.parametrize("kind", ["table", "data_table", "card", "container", "video"])
def test_real_blocks_that_are_not_modelled_are_never_a_silent_success(kind: str) -> None:
    with pytest.raises(NotModelledError, match=kind):
        block_problems([{"type": kind}], "message")


@pytest.mark.parametrize("kind", ["rich_text_input", "workflow_button"])
def test_real_elements_that_are_not_modelled_are_never_a_silent_success(kind: str) -> None:
    with pytest.raises(NotModelledError, match=kind):
        block_problems([section(accessory={"type": kind})], "message")


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}},
        section(accessory={"type": "conversations_select", "response_url_enabled": True}),
        actions(button(visible_to_user_ids=["U1"])),
    ],
)
def test_real_fields_that_are_not_modelled_are_never_a_silent_success(block: Json) -> None:
    with pytest.raises(NotModelledError, match="/blocks/0"):
        block_problems([block], "message")


def test_two_charts_in_a_message_and_none_in_a_modal() -> None:
    assert block_problems([visual(pie(1)), visual(plot("bar"))], "message") == []
    assert [p.pointer for p in block_problems([visual(pie(1))] * 3, "message")] == ["/blocks"]
    assert [p.pointer for p in block_problems([visual(pie(1))], "modal")] == ["/blocks/0"]


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks)} | more


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(with_input(), submit=plain("Save"), close=plain("No"), private_metadata="x" * 3000),
        modal({"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}),
        modal(section(), notify_on_close=True, clear_on_close=False, callback_id="c", external_id="e"),
    ],
)
def test_good_modals_pass(view: Json) -> None:
    assert view_problems(view) == []


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({"type": "modal", "blocks": []}, "/view"),
        ({"type": "modal", "title": plain()}, "/view"),
        ({"title": plain(), "blocks": []}, "/view"),
        ({"type": "home", "blocks": []}, "/view/type"),
        (modal(title=plain("x" * 25)), "/view/title/text"),
        (modal(title=mrkdwn()), "/view/title"),
        (modal(submit=plain("x" * 25)), "/view/submit/text"),
        (modal(close=plain("x" * 25)), "/view/close/text"),
        (modal(with_input()), "/view"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(callback_id="x" * 256), "/view/callback_id"),
        (modal({"type": "markdown", "text": "x"}), "/view/blocks/0"),
        (modal({"type": "table", "rows": []}), "/view/blocks/0"),
        (modal({"type": "card"}), "/view/blocks/0"),
        (modal({"type": "alert", "text": plain("x" * 201)}), "/view/blocks/0/text/text"),
        (modal(section(block_id="b"), section(block_id="b")), "/view/blocks/1/block_id"),
        (modal(emoji=True), "/view"),
    ],
)
def test_bad_modals_are_pointed_at(view: Json, pointer: str) -> None:
    assert pointer in [problem.pointer for problem in view_problems(view)]


def test_a_modal_of_more_than_250_kilobytes_is_refused() -> None:
    big = modal(*[section(text=plain("x" * 3000)) for _ in range(90)])
    with pytest.raises(RefusalError, match="view_too_large"):
        check_view(big)


def test_all_blocks_together_have_a_limit_too() -> None:
    check_blocks([section(text=plain("x" * 3000))] * 4, "message")
    with pytest.raises(RefusalError, match="msg_blocks_too_long"):
        check_blocks([section(text=plain("x" * 3000))] * 5, "message")


def test_a_refusal_names_every_problem_with_its_pointer() -> None:
    with pytest.raises(RefusalError) as caught:
        check_blocks([section(text=mrkdwn("")), {"type": "nonsense"}], "message")
    lines = caught.value.answer()["response_metadata"]["messages"]
    assert lines == [
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        "[ERROR] unsupported type: nonsense [json-pointer:/blocks/1]",
    ]


@pytest.mark.parametrize("metadata", ["x", {"event_type": "t"}, {"event_type": 1, "event_payload": {}}, [1]])
def test_metadata_has_a_type_and_a_payload(metadata: Any) -> None:
    with pytest.raises(RefusalError):
        check_metadata(metadata)
    assert check_metadata({"event_type": "t", "event_payload": {"id": 1}})
    assert check_metadata({}) == {}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as the path to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, each in inner for place in places(each, (*at, name)))]


def with_other(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy of the value with something else in one place."""
    if not path:
        return other
    if isinstance(value, dict):
        return {name: with_other(each, path[1:], other) if name == path[0] else each for name, each in value.items()}
    return [with_other(each, path[1:], other) if n == path[0] else each for n, each in enumerate(value)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block=st.sampled_from(GOOD_IN_MESSAGES), data=st.data())
def test_whatever_stands_in_a_block_is_judged_and_never_a_crash(block: Json, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(block)))
    broken = with_other(block, path, data.draw(ANY_JSON))
    for surface in ("message", "modal"):
        problems = block_problems([broken], surface)
        assert all(problem.pointer.startswith("/blocks") for problem in problems)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_JSON)
def test_whatever_is_sent_as_blocks_or_view_is_judged_and_never_a_crash(anything: Any) -> None:
    assert view_problems(anything)
    if anything != []:
        assert block_problems(anything, "message")
