"""The overview and lists of clients, typed and pressed through Slack's own transport."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage import imports, schema
from storage.database import Database
from storage.installations import every
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

CLIENTS = 34


@pytest.fixture(scope="module")
def bot(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot on a base of which Anna has more clients than a page shows."""
    folder = tmp_path_factory.mktemp("many")
    path = folder / "bot.db"
    shutil.copy(small_base, path)
    rows = [f"m{n},Many {n:02} AS,many{n}.example,anna@example.com,{100 + n},EUR" for n in range(CLIENTS)]
    (folder / "clients.csv").write_text("\n".join(["id,name,domain,csm_email,mrr,currency", *rows]))
    bought = [f"ms{n},m{n},Marketing Hub,Starter,2024-01-01" for n in range(CLIENTS)]
    (folder / "subscriptions.csv").write_text("\n".join(["id,client_id,product,edition,started_on", *bought]))
    used = [f"m{n},forms,2026-11-01,{n}" for n in range(CLIENTS)]
    (folder / "usage.csv").write_text("\n".join(["client_id,tool,used_on,count", *used]))
    database = Database(f"sqlite:///{path}")
    with database.read() as connection:
        installation = every(connection)[0]
    imports.run(database, installation.id, [folder], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    database.close()
    with bots.running(path) as one:
        yield one


def seen(bot: Bot, who: str = cast.ANNA) -> list[Message]:
    return bot.slack.actions.visible_messages(who, cast.CS_NORDIC)


def pressed(bot: Bot, message: Message, action: str, **chosen: Any) -> Message:
    """What stands in a message's place after something in it was pressed."""
    before = message.text
    bot.press(message, action, **chosen)
    return bot.wait(lambda: next((m for m in seen(bot) if m.ts == message.ts and m.text != before), None))


def names(message: Message) -> list[str]:
    lines = [b["text"]["text"] for b in message.blocks if b.get("accessory", {}).get("action_id") == ids.OPEN_LISTED]
    return [line.split("*")[1] for line in lines]


def test_the_overview_is_of_my_clients_where_i_own_some(bot: Bot) -> None:
    answer = bot.ask("/engagement")
    assert answer.text.startswith("Your 37 clients")
    assert "Showing: your clients" in texts(answer.blocks)
    assert answer.ephemeral_to == cast.ANNA


def test_the_overview_is_of_all_clients_where_i_own_none_and_am_in_no_team(bot: Bot) -> None:
    answer = bot.ask("/engagement", who=cast.DINA)
    assert "all clients" in answer.text


def test_another_scope_is_a_button_away_and_takes_the_overviews_place(bot: Bot) -> None:
    every_client = pressed(bot, bot.ask("/engagement"), f"{ids.SHOW_OVERVIEW}:all")
    assert "all clients" in every_client.text
    mine = pressed(bot, every_client, f"{ids.SHOW_OVERVIEW}:mine")
    assert mine.text.startswith("Your 37 clients")


def test_a_tier_opens_its_clients_and_a_client_its_card_below(bot: Bot) -> None:
    low = pressed(bot, bot.ask("/engagement"), f"{ids.SHOW_LIST}:low")
    assert low.text.startswith("Low, your clients, 1 to 10, ")
    client = names(low)[0]
    block = next(b for b in low.blocks if b.get("accessory", {}).get("action_id") == ids.OPEN_LISTED)
    bot.slack.actions.press(cast.ANNA, low.ref, block["block_id"], ids.OPEN_LISTED)
    card = bot.wait(lambda: next((m for m in seen(bot) if m.text.startswith(f"{client}:")), None))
    assert card.ts != low.ts
    assert any(m.ts == low.ts and m.text == low.text for m in seen(bot))


def test_pages_follow_one_another_in_place_and_back(bot: Bot) -> None:
    first = bot.ask("/engagement sort:name client:many")
    assert names(first) == [f"Many {n:02} AS" for n in range(10)]
    assert button(first, "back") is None
    second = pressed(bot, first, f"{ids.SHOW_LIST}:next")
    assert names(second) == [f"Many {n:02} AS" for n in range(10, 20)]
    assert "11 to 20" in second.text
    last = pressed(bot, pressed(bot, second, f"{ids.SHOW_LIST}:next"), f"{ids.SHOW_LIST}:next")
    assert names(last) == [f"Many {n:02} AS" for n in range(30, 34)]
    back = pressed(bot, last, f"{ids.SHOW_LIST}:back")
    assert names(back) == [f"Many {n:02} AS" for n in range(20, 30)]
    assert "21 to 30" in back.text


def test_a_page_is_turned_on_and_back_by_a_bot_that_was_started_since(bot: Bot) -> None:
    first = bot.ask("/engagement sort:name client:many")
    bot.restart()
    second = pressed(bot, first, f"{ids.SHOW_LIST}:next")
    assert names(second) == [f"Many {n:02} AS" for n in range(10, 20)]
    bot.restart()
    assert names(pressed(bot, second, f"{ids.SHOW_LIST}:back")) == [f"Many {n:02} AS" for n in range(10)]


def test_the_menu_sorts_anew_from_the_first_page(bot: Bot) -> None:
    first = bot.ask("/engagement client:many")
    head = first.blocks[0]
    bot.slack.actions.press(cast.ANNA, first.ref, head["block_id"], ids.SORT_LIST, selected_option="mrr")
    sorted_ = bot.wait(lambda: next((m for m in seen(bot) if m.ts == first.ts and "sort:mrr" in texts(m.blocks)), None))
    assert names(sorted_)[:2] == ["Many 33 AS", "Many 32 AS"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("tier:lo", "tier:lo → tier:low"),
        ("teir:low", "teir:low → tier:low"),
        ("score:0-30", "score goes from 0 to 10"),
        ("csm:zoe@example.com", "Nobody with the address zoe@example.com"),
        ("team:mine", "You are in no team yet"),
        ("team:Nowhere", "No team is called Nowhere"),
        ("category:markting", "category:marketing"),
    ],
)
def test_a_wrong_filter_says_which_word_and_what_was_meant(bot: Bot, typed: str, says: str) -> None:
    assert says in bot.ask(f"/engagement {typed}").text


def test_what_is_neither_a_client_nor_a_filter_is_said_to_be_neither(bot: Bot) -> None:
    answer = bot.ask("/engagement status:low")
    assert answer.text.startswith("No client “status:low”. status: is not a filter either. There are: tier, score, ")
    assert "not a filter" not in bot.ask("/engagement zzz: the company").text


def test_nobody_matching_names_the_filter_to_drop(bot: Bot) -> None:
    answer = bot.ask("/engagement client:many going:quiet")
    assert "Nobody matches: your clients. Without going:quiet there are 34." in answer.text
    wider = pressed(bot, answer, f"{ids.SHOW_LIST}:drop")
    assert names(wider)


def test_an_answer_takes_three_statements_at_most_with_the_persons(bot: Bot) -> None:
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    for typed, most in (("/engagement tier:low", 2), ("/engagement opportunity:activation", 3), ("/engagement", 3)):
        statements.clear()
        event.listen(bot.database.engine, "before_cursor_execute", count)
        try:
            bot.ask(typed)
        finally:
            event.remove(bot.database.engine, "before_cursor_execute", count)
        assert len(statements) == most, (typed, statements)


def test_a_button_pressed_twice_shows_the_same_page_twice(bot: Bot) -> None:
    first = bot.ask("/engagement sort:name client:many")
    second = pressed(bot, first, f"{ids.SHOW_LIST}:next")
    on = button(first, "next")
    assert on is not None
    again = press_with(bot, second, on["value"])
    bot.slack.deliveries.settle()
    assert names(again) == names(second)


def button(message: Message, which: str) -> dict[str, Any] | None:
    """The button to another page, `back` or `next`."""
    elements = [element for block in message.blocks for element in block.get("elements", [])]
    return next((one for one in elements if one.get("action_id") == f"{ids.SHOW_LIST}:{which}"), None)


def press_with(bot: Bot, message: Message, value: str) -> Message:
    """Presses *Next* as if it carried another value: that of an older message."""
    on = button(message, "next")
    assert on is not None
    on["value"] = value
    before = len(bot.slack.calls)
    bot.press(message, f"{ids.SHOW_LIST}:next")
    bot.wait(lambda: any(call.method == "response_url" for call in bot.slack.calls[before:]) or None)
    return next(m for m in seen(bot) if m.ts == message.ts)


@pytest.mark.parametrize(
    "value", ["", "x", "[]", "[1]", '["tier:low", 1, [0, [0.5], "x"], 0, 0]', '["", 999, null, 0, 0]']
)
def test_a_list_that_is_not_the_pressers_or_no_list_says_how_to_make_one(bot: Bot, value: str) -> None:
    first = bot.ask("/engagement sort:name client:many")
    before = len(seen(bot))
    press_with(bot, first, value or " ")
    told = bot.wait(lambda: seen(bot)[before:])[-1]
    assert "no longer yours to page" in told.text


def test_a_page_after_its_last_client_was_deleted_goes_on_behind_it(bot: Bot) -> None:
    first = bot.ask("/engagement sort:name client:many")
    with bot.database.write() as connection:
        gone = connection.scalar(select(schema.record.c.id).where(schema.record.c.name == names(first)[-1]))
        row = connection.execute(select(schema.standing).where(schema.standing.c.client_id == gone)).one()
        connection.execute(delete(schema.standing).where(schema.standing.c.client_id == gone))
    try:
        assert names(pressed(bot, first, f"{ids.SHOW_LIST}:next"))[0] == "Many 10 AS"
    finally:
        with bot.database.write() as connection:
            connection.execute(schema.standing.insert().values(**row._mapping))


def test_a_page_after_a_rescore_goes_on_behind_the_score_it_ended_with(bot: Bot) -> None:
    first = bot.ask("/engagement client:many sort:score")
    shown = names(first)
    with bot.database.write() as connection:
        moved = connection.scalar(select(schema.record.c.id).where(schema.record.c.name == shown[-1]))
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == moved).values(share=0.999))
    second = pressed(bot, first, f"{ids.SHOW_LIST}:next")
    assert not set(names(second)) & set(shown[:-1])


def test_the_chart_stands_in_the_overviews_place_and_says_its_numbers(bot: Bot) -> None:
    chart = pressed(bot, bot.ask("/engagement"), ids.SHOW_CHART)
    assert any(block["type"] == "data_visualization" for block in chart.blocks)
    assert chart.text.startswith("Clients by tier, your clients: Low ")
    assert pressed(bot, chart, ids.SHOW_OVERVIEW).text.startswith("Your 37 clients")


@pytest.mark.parametrize("typed", ["/engagement acme history", "/engagement ACME as History"])
def test_a_clients_history_is_a_chart_with_its_events_and_the_card_is_a_button_away(bot: Bot, typed: str) -> None:
    answer = bot.ask(typed)
    assert any(block["type"] == "data_visualization" for block in answer.blocks)
    assert answer.text.startswith("Acme AS · score over ")
    assert "What moved it" in answer.text
    card = pressed(bot, answer, f"{ids.OPEN_CLIENT}:0")
    assert card.text.startswith("Acme AS: ")
    bot.choose(card, ids.MORE_OF_CARD, ids.HISTORY)
    assert bot.replaced(card, "score over").text == answer.text


def test_a_client_that_was_never_scored_has_no_history_yet(bot: Bot) -> None:
    assert "no score over time yet" in bot.ask("/engagement wayne bygg history").text


def test_guests_get_no_list(bot: Bot) -> None:
    answer = bot.ask("/engagement tier:low", who=cast.GUS, channel=cast.PILOT)
    assert "Guests have no access" in answer.text
