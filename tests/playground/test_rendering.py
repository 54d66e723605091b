"""Block Kit becomes HTML that says everything and harms nobody."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.emoji import GLYPHS, with_glyphs
from bot.playground.markdown import markdown
from bot.playground.model import Channel, Json, Person
from bot.playground.mrkdwn import Scene, mrkdwn, plain_text
from bot.playground.rendering import FOLD_CHARACTERS, FOLD_LINES, Place, initials, render_blocks
from bot.playground.rich_text import NotRenderedError, rich_text

SCENE = Scene(
    people={"U1": "Anna <Aas>"},
    channels={"C1": "cs-nordic"},
    now=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    zone=ZoneInfo("Europe/Oslo"),
)
HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<javascript:alert(1)|click>",
    "<JaVaScRiPt:alert(1)>",
    "<data:text/html,<script>alert(1)</script>|x>",
    '<https://example.com/" onclick="alert(1)|x>',
    '<@U1"><b>|x>',
    "<!date^0^{date}^javascript:alert(1)|x>",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u202c שלום عليكم",
    "\x00\x07\ufeff",
    "</textarea></style></title><svg onload=alert(1)>",
]
TAGS = frozenset(
    {
        "a",
        "b",
        "i",
        "s",
        "u",
        "br",
        "p",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "span",
        "time",
        "hr",
        "div",
        "table",
        "tr",
        "th",
        "td",
        "button",
        "input",
        "textarea",
        "select",
        "option",
        "optgroup",
        "label",
        "fieldset",
        "legend",
        "h2",
        "h3",
        "small",
        "dialog",
        "figure",
        "figcaption",
        "img",
        "svg",
        "path",
        "title",
        "details",
        "summary",
    }
)


class Audit(HTMLParser):
    """Reads markup as a browser would; keeps its words, tags and links, and refuses what we never write."""

    VOID = frozenset({"br", "hr", "img", "input"})

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert not name.startswith("on"), (name, value)
            assert name != "style"
            if name in ("href", "src", "data-url"):
                assert str(value).lower().startswith(("http://", "https://", "mailto:", "tel:")), value
                self.links.append(str(value))
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"),
        ("*a _b_ c*", "<b>a <i>b</i> c</b>"),
        ("(*bold*), *bold*.", "(<b>bold</b>), <b>bold</b>."),
        ("2*3*4 and snake_case_name and a~b~c", "2*3*4 and snake_case_name and a~b~c"),
        ("* not bold * and *not\nbold*", "* not bold * and *not<br>bold*"),
        ("`*as it is*`", "<code>*as it is*</code>"),
        ("```\nx = 1 &lt; 2\n```after", "<pre>x = 1 &lt; 2</pre>after"),
        ("> one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("• one\n• two", "• one<br>• two"),
        ("&amp;lt; is &lt;", "&amp;lt; is &lt;"),
        (":white_check_mark: :unheard_of: 10:30:45", "✅ :unheard_of: 10:30:45"),
        ("<@U1> <#C1> <@U9|bo> <#C9>", None),
        ("<!here> <!subteam^S1|@leads>", '<span class="mention">@here</span> <span class="mention">@leads</span>'),
    ],
)
def test_mrkdwn_reads_as_in_slack(written: str, shown: str | None) -> None:
    made = mrkdwn(written, SCENE)
    Audit(made)
    if shown is None:
        assert Audit(made).text == "@Anna <Aas> #cs-nordic @bo #C9"
    else:
        assert made == shown


@pytest.mark.parametrize(
    ("written", "href", "label"),
    [
        ("<https://example.com/?a=1&amp;b=2|Acme &amp; Co>", "https://example.com/?a=1&b=2", "Acme & Co"),
        ("<https://example.com>", "https://example.com", "https://example.com"),
        ("<mailto:anna@example.com|Anna>", "mailto:anna@example.com", "Anna"),
        ("see https://example.com/a.", "https://example.com/a", "see https://example.com/a."),
        ("*<https://example.com|*Acme*>*", "https://example.com", "*Acme*"),
    ],
)
def test_links_lead_where_they_say(written: str, href: str, label: str) -> None:
    audit = Audit(mrkdwn(written, SCENE))
    assert audit.links == [href]
    assert audit.text == label


def test_verbatim_text_links_nothing_that_was_not_marked() -> None:
    assert Audit(mrkdwn("see https://example.com", SCENE, verbatim=True)).links == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str) -> None:
    for made in (mrkdwn(text, SCENE), plain_text(text), markdown(text), *_everywhere(text)):
        audit = Audit(made)
        assert not any("javascript" in link.lower() or "data:" in link.lower() for link in audit.links)


@given(st.text(alphabet=st.sampled_from("*_~`<>&|@#!:[]()^-\"' \nab1:/\u202e"), max_size=60))
def test_no_text_whatever_breaks_out(text: str) -> None:
    for made in (mrkdwn(text, SCENE), plain_text(text), markdown(text)):
        Audit(made)


@given(st.text(alphabet=st.characters(exclude_characters="*_~`<>&:\n", exclude_categories=["Cs"]), max_size=80))
def test_text_without_marks_is_shown_letter_by_letter(text: str) -> None:
    assert Audit(mrkdwn(text, SCENE)).text == with_glyphs(text)


@pytest.mark.parametrize(
    ("layout", "shown"),
    [
        ("{date_num} {time}", "2026-11-22 12:30"),
        ("{date_pretty}", "yesterday"),
        ("{date}", "November 22nd, 2026"),
        ("{date_short}", "Nov 22, 2026"),
        ("{date_long}", "Sunday, November 22nd, 2026"),
        ("{ago}", "20 hours ago"),
        ("{nonsense}", "the fallback"),
    ],
)
def test_dates_stand_in_the_zone_of_who_reads(layout: str, shown: str) -> None:
    seconds = int(datetime(2026, 11, 22, 11, 30, tzinfo=UTC).timestamp())
    assert Audit(mrkdwn(f"<!date^{seconds}^{layout}|the fallback>", SCENE)).text == shown


def test_a_date_out_of_range_shows_its_fallback() -> None:
    assert Audit(mrkdwn("<!date^999999999999999^{date}|one day>", SCENE)).text == "one day"


def test_each_emoji_of_the_table_is_a_character_not_a_word() -> None:
    assert len(GLYPHS) > 150
    assert [name for name, glyph in GLYPHS.items() if glyph.isascii() or ":" in name] == []


def test_markdown_blocks_read_as_markdown() -> None:
    lines = ["# Title", "**b** *i* ~~s~~ `c` [l](https://example.com)", "- [x] done", "- [ ] open", "", "1. one"]
    assert markdown("\n".join([*lines, "> q", "---", "```", "code", "```"])) == (
        '<p class="heading">Title</p><p><b>b</b> <i>i</i> <s>s</s> <code>c</code> '
        '<a href="https://example.com" target="_blank" rel="noopener noreferrer">l</a></p>'
        '<ul><li>☑ done</li><li>☐ open</li></ul><ol start="1"><li>one</li></ol><blockquote>q</blockquote><hr>'
        "<pre>code</pre>"
    )


def test_markdown_tables_have_a_head_and_rows() -> None:
    audit = Audit(markdown("| a | b |\n|---|:-:|\n| 1 | **2** |"))
    assert [tag for tag in audit.tags if tag in ("th", "td")] == ["th", "th", "td", "td"]


def test_rich_text_keeps_styles_and_structure() -> None:
    bold = {"type": "text", "text": "now", "style": {"bold": True, "italic": True}}
    listed = {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [_line(bold)]}
    assert rich_text([_line({"type": "user", "user_id": "U1"}), listed], SCENE) == (
        '<p><span class="mention">@Anna &lt;Aas&gt;</span></p>'
        '<ol class="indent-1" start="1"><li><i><b>now</b></i></li></ol>'
    )


def test_an_unknown_part_of_a_rich_text_is_not_left_out() -> None:
    with pytest.raises(NotRenderedError, match="team"):
        rich_text([_line({"type": "team", "team_id": "T1"})], SCENE)
    assert "does not render: team" in shown_block({"type": "rich_text", "elements": [_line({"type": "team"})]}).text


@pytest.mark.parametrize(
    "block",
    [
        {"type": "table", "rows": []},
        {"type": "actions", "elements": [{"type": "workflow_button", "action_id": "a"}]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": {"type": "feedback_buttons"}},
        {
            "type": "input",
            "label": {"type": "plain_text", "text": "x"},
            "element": {"type": "rich_text_input", "action_id": "a"},
        },
        {"type": "context", "elements": [{"type": "icon_button"}]},
        {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}},
    ],
)
def test_what_is_not_rendered_is_said_loudly(block: Json) -> None:
    assert "This playground does not render:" in shown_block(block).text


def test_a_button_never_leads_to_a_script() -> None:
    audit = shown_block(_actions({"type": "button", "text": _plain("Go"), "url": "javascript:alert(1)"}))
    assert audit.links == []
    assert "does not render" in audit.text


def test_long_sections_fold_unless_they_are_sent_expanded() -> None:
    long = "x" * (FOLD_CHARACTERS + 1)
    lines = "\n".join("x" * (FOLD_LINES + 1))
    for text, expand, folds in [
        (long, False, True),
        (lines, False, True),
        (long, True, False),
        ("short", False, False),
    ]:
        shown = shown_block({"type": "section", "text": {"type": "mrkdwn", "text": text}, "expand": expand})
        assert ("See more" in shown.text) is folds


@pytest.mark.parametrize(
    ("element", "offered"),
    [
        ({"type": "conversations_select"}, ["# general", "# leads", "# shared (external)", "engagement"]),
        (
            {"type": "conversations_select", "filter": {"include": ["public", "private"]}},
            ["# general", "# leads", "# shared (external)"],
        ),
        (
            {
                "type": "conversations_select",
                "filter": {"include": ["public"], "exclude_external_shared_channels": True},
            },
            ["# general"],
        ),
        (
            {"type": "conversations_select", "filter": {"exclude_bot_users": True}},
            ["# general", "# leads", "# shared (external)"],
        ),
        ({"type": "channels_select"}, ["# general", "# shared (external)"]),
        ({"type": "users_select"}, ["Anna Aas"]),
    ],
)
def test_pickers_offer_what_their_filter_lets_through(element: Json, offered: list[str]) -> None:
    markup = render_blocks([_with_ids(_actions(element))], _place())
    labels = [part.split("</span>")[0] for part in markup.split('role="option"')[1:]]
    assert [label.split("<span>")[1] for label in labels] == offered


GROUPS: list[Json] = [
    {
        "label": {"type": "plain_text", "text": label},
        "options": [{"text": {"type": "plain_text", "text": text}, "value": text}],
    }
    for label, text in [("Zone", "first"), ("Area", "second"), ("Zone", "third")]
]


@pytest.mark.parametrize("kind", ["static_select", "multi_static_select"])
def test_groups_stand_in_the_apps_own_order(kind: str) -> None:
    element = {"type": kind, "action_id": "a", "option_groups": GROUPS}
    block = {"type": "input", "block_id": "b", "label": _plain("Pick"), "element": element}
    section = {"type": "section", "block_id": "b", "text": _plain("Pick"), "accessory": element}
    for markup in (render_blocks([block], _place()), render_blocks([section], _place())):
        Audit(markup)
        assert re.findall(r'label="(Zone|Area)"', markup) == ["Zone", "Area", "Zone"]
        places = [markup.rindex(text) for text in ("first", "second", "third")]
        assert places == sorted(places)


def test_a_multi_select_shows_what_is_chosen_on_its_button() -> None:
    element = {"type": "multi_static_select", "action_id": "a", "option_groups": GROUPS, "max_selected_items": 2}
    element["initial_options"] = [GROUPS[1]["options"][0]]
    block = {"type": "input", "block_id": "b", "label": _plain("Pick"), "element": element}
    typed = {"b": {"a": {"type": "multi_static_select", "selected_options": GROUPS[2]["options"]}}}
    for place, text in [(_place(), "second"), (_place(values=typed), "third")]:
        markup = render_blocks([block], place)
        assert re.findall("<b>([^<]*)</b>", markup) == [text]
        assert re.findall(r'value="(\w+)" checked', markup) == [text]
        assert 'data-most="2"' in markup


def test_a_multi_select_acts_only_where_slack_would_tell_the_app() -> None:
    element = {"type": "multi_users_select", "action_id": "a"}
    block = {"type": "input", "block_id": "b", "label": _plain("Who"), "element": element}
    section = {"type": "section", "block_id": "b", "text": _plain("Who"), "accessory": element}
    assert "data-closed" not in render_blocks([block], _place())
    assert "data-closed" in render_blocks([block | {"dispatch_action": True}], _place())
    assert "data-closed" in render_blocks([section], _place())


def test_inputs_show_what_was_typed_before_what_the_app_proposed() -> None:
    element = {"type": "plain_text_input", "action_id": "a", "initial_value": "proposed"}
    block = {"type": "input", "block_id": "b", "label": _plain("Note"), "element": element}
    typed = {"b": {"a": {"type": "plain_text_input", "value": 'my "words"'}}}
    assert 'value="proposed"' in render_blocks([block], _place())
    assert 'value="my &#34;words&#34;"' in render_blocks([block], _place(values=typed))


def test_an_error_stands_beside_its_field_and_is_tied_to_it() -> None:
    element = {"type": "plain_text_input", "action_id": "a"}
    block = {"type": "input", "block_id": "b", "label": _plain("Note"), "element": element}
    markup = render_blocks([block], _place(errors={"b": "Too <short>"}))
    field = markup.split('<label for="')[1].split('"')[0]
    assert f'id="{field}-error">Too &lt;short&gt;</p>' in markup
    assert 'aria-invalid="true"' in markup
    assert f"{field}-error" in markup.split("aria-describedby=")[1].split(">")[0]


def test_ids_differ_between_messages_and_stay_within_one() -> None:
    assert _place("one").id_of("press", "b", "a") == _place("one").id_of("press", "b", "a")
    assert _place("one").id_of("press", "b", "a") != _place("two").id_of("press", "b", "a")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Anna Aas", "AA"), ("engagement", "E"), ("Åse-Marie Øst", "ÅØ"), ("", "?"), ("(x) 李", "李")],
)
def test_avatars_carry_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _actions(element: Json) -> Json:
    return {"type": "actions", "elements": [element]}


def _with_ids(block: Json) -> Json:
    """The block as the state of the local Slack hands it out: with made-up ids."""
    elements = [
        each | {"action_id": each.get("action_id", f"a{n}")} for n, each in enumerate(block.get("elements", []))
    ]
    return {"block_id": "b"} | block | ({"elements": elements} if elements else {})


def _place(key: str = "m1", **given: Any) -> Place:
    people = (Person("U1", "anna", "Anna Aas", "anna@example.com", "T1"),)
    channels = (
        Channel("C1", "general", "public", {"U1"}),
        Channel("C2", "leads", "private", {"U1"}),
        Channel("C3", "shared", "public", {"U1"}, is_ext_shared=True),
        Channel("C4", "old", "public", {"U1"}, is_archived=True),
        Channel("D1", "", "im", {"U1"}, partner="U1"),
    )
    scene = Scene({"U1": "Anna Aas"}, {"D1": "engagement"} | {each.id: each.name for each in channels if each.name})
    return Place(key, scene, people=people, channels=channels, **given)


def shown_block(block: Json) -> Audit:
    return Audit(render_blocks([_with_ids(block)], _place()))


def _everywhere(text: str) -> list[str]:
    """The text in every corner of every block."""
    words, said = _plain(text), {"type": "mrkdwn", "text": text}
    option = {"text": words, "value": text, "description": words}
    confirm = {"title": words, "text": said, "confirm": words, "deny": words}
    image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": text, "title": words}
    elements: list[Json] = [
        {"type": "button", "text": words, "value": text, "confirm": confirm, "accessibility_label": text, "url": text},
        {"type": "overflow", "options": [option | {"url": text}]},
        {"type": "static_select", "placeholder": words, "option_groups": [{"label": words, "options": [option]}]},
        {"type": "checkboxes", "options": [option]},
        {"type": "datepicker", "placeholder": words},
    ]
    inputs: list[Json] = [
        {"type": "plain_text_input", "initial_value": text, "placeholder": words},
        {"type": "plain_text_input", "initial_value": text, "multiline": True},
        {"type": "static_select", "options": [option], "placeholder": words},
        {"type": "radio_buttons", "options": [option]},
        {"type": "multi_static_select", "placeholder": words, "option_groups": [{"label": words, "options": [option]}]},
    ]
    point = {"label": text, "value": 1}
    axes = {"categories": [text], "x_label": text, "y_label": text}
    bars = {"type": "bar", "series": [{"name": text, "data": [point]}], "axis_config": axes}
    blocks: list[Json] = [
        {"type": "section", "text": said, "fields": [said, words]},
        {"type": "header", "text": words},
        {"type": "context", "elements": [said, words, image]},
        {"type": "alert", "text": said, "level": text},
        {"type": "card", "title": said, "subtitle": said, "body": said, "subtext": said},
        {"type": "data_visualization", "title": text, "chart": {"type": "pie", "segments": [point]}},
        {"type": "data_visualization", "title": text, "chart": bars},
        {"type": text},
        image,
        *(_actions(element | {"action_id": text}) for element in elements),
        *({"type": "input", "label": words, "hint": words, "element": each | {"action_id": text}} for each in inputs),
    ]
    return [
        render_blocks([{"block_id": text} | _with_ids(block)], _place(text, errors={text: text})) for block in blocks
    ]
