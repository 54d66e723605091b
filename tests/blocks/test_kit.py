"""Cutting, escaping and Slack's limits, at their edges."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks import ActionsBlock, Button, ContextBlock, PlainText, SectionBlock, Text

from bot.blocks import kit
from bot.playground.mrkdwn import Scene, mrkdwn
from bot.playground.validation import block_problems, view_problems


@given(st.text(), st.integers(1, 100))
def test_a_cut_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(kit.cut(text, limit)) <= limit


@given(st.text(max_size=50))
def test_a_short_text_is_not_cut(text: str) -> None:
    assert kit.cut(text, 50) == text


def test_a_long_text_is_cut_at_a_word() -> None:
    assert kit.cut("one two three four five", 20) == "one two three four…"


@given(st.text(max_size=300))
def test_text_of_the_data_keeps_no_control_character_of_slack(text: str) -> None:
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", kit.plain(text))


@given(st.text("*_~`>＞a1é .", max_size=20).filter(str.strip))
def test_text_of_the_data_formats_nothing_wherever_it_stands(text: str) -> None:
    """At the beginning of a line and beside itself, within what is bold, and in a link."""
    made = kit.plain(text)
    assert mrkdwn(f"{made} {made}", Scene()) == f"{made} {made}"
    assert mrkdwn(f"*{made}*", Scene()) == f"<b>{made}</b>"
    assert mrkdwn(f"*<https://x.example|{made}>*", Scene()).endswith(f">{made}</a></b>")


@given(st.text(max_size=300))
def test_text_without_marks_of_formatting_is_shown_as_it_is(text: str) -> None:
    text = re.sub("[*＊_~`｀>＞\u202a-\u202e\u2066-\u2069]", "", text)
    assert html.unescape(kit.plain(text)).strip("\u2068\u2069") == " ".join(text.split())


def test_what_is_written_from_the_right_turns_nothing_round_that_stands_behind_it() -> None:
    assert kit.name("حدائق النخلة") == "\u2068حدائق النخلة\u2069"
    assert kit.name("Acme \u202e\u2069 AS") == "Acme AS"
    assert kit.name("Ærfugl & Co") == "Ærfugl &amp; Co"


@pytest.mark.parametrize("sign", ["e\u0301", "👩\u200d👩\u200d👧", "👍🏽", "कि"])
@pytest.mark.parametrize("limit", range(2, 14))
def test_a_cut_text_has_whole_signs_only(sign: str, limit: int) -> None:
    whole = kit.cut(sign * 10, limit).removesuffix("…")
    assert whole == sign * (len(whole) // len(sign))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("csm_email", "csm_email"),
        ("_so_ a__b", "ˍsoˍ aˍˍb"),
        ("a _b", "a ˍb"),
        ("a*b ~c~ `d`", "a∗b ∼c∼ ˋdˋ"),
        ("> a > b", "› a &gt; b"),
    ],
)
def test_marks_of_formatting_become_what_looks_like_them_but_for_underscores_inside_words(
    text: str, written: str
) -> None:
    assert kit.plain(text) == written


def test_two_names_with_underscores_are_shown_as_they_are() -> None:
    shown = mrkdwn(f"{kit.name('csm_email')} → {kit.name('account_owner')}", Scene())
    assert shown == "csm_email → account_owner"


@given(st.text(alphabet="<>&ab ", max_size=300))
def test_a_cut_name_never_ends_inside_an_entity(text: str) -> None:
    assert not re.search(r"&(?!amp;|lt;|gt;)", kit.name(text, 40))


@pytest.mark.parametrize(
    ("earned", "possible", "cells"),
    [(0, 10, 0), (1, 100, 1), (5, 10, 2), (6, 10, 3), (99, 100, 4), (10, 10, 5), (0, 0, 0)],
)
def test_a_bar_of_five_cells_is_full_or_empty_only_when_it_is_so(earned: int, possible: int, cells: int) -> None:
    assert kit.bar(earned, possible) == "▰" * cells + "▱" * (5 - cells)


def test_lines_are_spread_over_as_many_sections_as_they_need() -> None:
    blocks = kit.message("x", kit.sections(["a" * 1_000] * 7))["blocks"]
    assert [len(block["text"]["text"]) for block in blocks] == [2_001, 2_001, 2_001, 1_000]


@given(st.lists(st.text(alphabet="a", min_size=1, max_size=1_500), min_size=1, max_size=6))
def test_a_section_shows_all_lines_or_ends_in_an_ellipsis(lines: list[str]) -> None:
    text = kit.message("x", [kit.section(*lines)])["blocks"][0]["text"]["text"]
    assert len(text) <= kit.SECTION
    shown = text.split("\n")
    assert shown == lines or (shown[-1] == "…" and shown[:-1] == lines[: len(shown) - 1])


@pytest.mark.parametrize("length", [2_999, 3_000, 3_001, 10_000])
def test_a_section_holds_at_most_3000_characters(length: int) -> None:
    blocks = kit.message("x", [kit.section("a", "b" * (length - 2))])["blocks"]
    assert not block_problems(blocks, "message")
    assert len(blocks[0]["text"]["text"]) == (length if length <= kit.SECTION else len("a\n…"))


def _blocks(number: int) -> list[kit.Block]:
    return [kit.section("x") for _ in range(number)]


def test_a_message_takes_50_blocks_and_not_one_more() -> None:
    assert not block_problems(kit.message("x", _blocks(50))["blocks"], "message")
    with pytest.raises(ValueError, match="51 blocks"):
        kit.message("x", _blocks(51))


@pytest.mark.parametrize("length", [4_000, 4_001])
def test_the_text_of_a_message_is_at_most_4000_characters(length: int) -> None:
    assert len(kit.message("x" * length, _blocks(1))["text"]) == 4_000


@pytest.mark.parametrize("length", [24, 25, 200])
def test_a_modal_s_title_is_at_most_24_characters(length: int) -> None:
    assert not view_problems(kit.modal("t" * length, _blocks(1), close="Close"))


@pytest.mark.parametrize("number", [1, 100, 101])
def test_a_menu_has_at_most_100_options(number: int) -> None:
    menu = kit.select("menu", [(f"label {n}" * 20, str(n)) for n in range(number)], "0")
    blocks = kit.message("x", [kit.section("x", accessory=menu)])["blocks"]
    assert not block_problems(blocks, "message")
    assert len(blocks[0]["accessory"]["options"]) == min(number, 100)


@pytest.mark.parametrize("state", ["", "tier:low", "b0", 'team:"a: b"', "x" * 250])
def test_a_block_carries_any_state_for_its_menus(state: str) -> None:
    blocks = kit.message("x", [kit.carrying("sort", state, kit.section("x")), kit.section("y")])["blocks"]
    assert not block_problems(blocks, "message")
    assert kit.carried(blocks[0]["block_id"]) == state
    assert kit.carried(blocks[1]["block_id"]) is None


def test_a_block_whose_state_is_too_long_comes_without_menus() -> None:
    menu, pressed = kit.select("menu", [("a", "a")]), kit.button("a", "press", "a")
    assert kit.carrying("sort", "x" * 251, kit.section("x", accessory=menu)) == kit.section("x")
    assert kit.carrying("sort", "x" * 251, kit.actions(pressed, menu)) == kit.actions(pressed)


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_what_is_written_down_by_hand_is_what_the_library_builds(text: str) -> None:
    def theirs(kind: type, *parts: object) -> dict[str, object]:
        return {name: value for name, value in kind(*parts)._resolve().items() if name != "block_id"}

    said = Text(text, verbatim=True)
    pressed = Button(PlainText(text), action_id="press", value="7")
    mine = kit.button(text, "press", "7")
    assert kit.section(text, accessory=mine) == {**theirs(SectionBlock, said, None, None, pressed), "expand": True}
    assert kit.context(text) == theirs(ContextBlock, [said])
    assert kit.actions(mine, mine) == theirs(ActionsBlock, [pressed, pressed])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "", None, "//x", "https://x.example/" + "a" * 2_000])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert kit.link(url, "label") == "label"


def test_an_address_cannot_end_its_own_link() -> None:
    assert kit.link("https://x.example/a|b>c d", "label") == "<https://x.example/a%7Cb%3Ec%20d|label>"
