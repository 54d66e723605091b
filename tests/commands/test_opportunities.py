"""`/opportunities`: of a base, of one client, and the answers to it, through Slack's own transport."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks import ids
from bot.domain.listing import Sign
from bot.jobs import answers
from bot.playground import people as cast
from bot.playground.model import Message
from storage import imports, schema
from storage.database import Database
from storage.installations import every
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

CLIENTS = "\n".join([
    "id,name,domain,csm_email,mrr,currency,marketing_contacts_used,marketing_contacts_limit",
    "v,Vandelay Oy,vandelay.example,anna@example.com,2000,EUR,9300,10000",
    "h,Hooli AB,hooli.example,anna@example.com,500,EUR,100,10000",
])  # fmt: skip
SUBSCRIPTIONS = "\n".join([
    "id,client_id,product,edition,started_on,seats,seats_used",
    "vs,v,Marketing Hub,Starter,2024-01-01,10,5",
    "hs,h,Marketing Hub,Professional,2024-01-01,10,5",
])  # fmt: skip
USED = ("contacts", "forms", "marketing_email", "activities", "integrations", "segments", "dashboards")
STEADY = ("2026-09-01", "2026-09-20", "2026-10-05")  # and then no more
USAGE = "\n".join([
    "client_id,tool,used_on,count",
    *(f"v,{tool},2026-11-01,12" for tool in USED),
    "v,tickets,2026-11-02,88",
    "h,contacts,2026-11-01,40",
    "h,tickets,2026-11-02,88",
    *(f"h,forms,{day},4" for day in STEADY),
])  # fmt: skip


@pytest.fixture
def bot(small_base: Path, tmp_path: Path) -> Iterator[Bot]:
    """A bot of its own for each test: answers last."""
    path = tmp_path / "bot.db"
    shutil.copy(small_base, path)
    for name, text in (("clients", CLIENTS), ("subscriptions", SUBSCRIPTIONS), ("usage", USAGE)):
        (tmp_path / f"{name}.csv").write_text(text)
    database = Database(f"sqlite:///{path}")
    with database.read() as connection:
        installation = every(connection)[0]
    imports.run(database, installation.id, [tmp_path], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    database.close()
    with bots.running(path) as one:
        yield one


def seen(bot: Bot) -> list[Message]:
    return bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)


def signs(bot: Bot, name: str) -> Sign:
    mine = schema.standing.c.client_id == schema.record.c.id
    with bot.database.read() as connection:
        found = connection.scalar(
            select(schema.standing.c.signs).join(schema.record, mine).where(schema.record.c.name == name)
        )
    return Sign(found or 0)


def choose(bot: Bot, message: Message, about: str, reply: str) -> None:
    """Answer the opportunity whose evidence has these words."""
    block = next(b for b in message.blocks if about in b.get("text", {}).get("text", ""))
    bot.slack.actions.press(cast.ANNA, message.ref, block["block_id"], ids.ANSWER_OPPORTUNITY, selected_option=reply)


def changed(bot: Bot, ts: str, before: str) -> Message:
    """What stands in the place of a message that said something else before."""
    return bot.wait(lambda: next((m for m in seen(bot) if m.ts == ts and m.text != before), None))


def test_the_overview_says_who_has_what_and_what_could_come_next(bot: Bot) -> None:
    answer = bot.ask("/opportunities team:all")
    told = texts(answer.blocks)
    assert "Marketing Hub: " in told
    assert "Another product: 1 client · €2,000 MRR now" in told
    assert "Bigger edition or seats: 1 client · €2,000 MRR now" in told
    assert "Held back: " in told
    assert "*First three*\n*Vandelay Oy* · " in told
    assert answer.ephemeral_to == cast.ANNA


def test_one_of_the_first_three_opens_its_opportunities_below(bot: Bot) -> None:
    answer = bot.ask("/opportunities")
    bot.press(answer, ids.SHOW_OPPORTUNITIES)
    opened = bot.wait(lambda: next((m for m in seen(bot) if "what could come next" in texts(m.blocks)), None))
    assert opened.ts != answer.ts
    assert "*Vandelay Oy*" in texts(opened.blocks)
    assert "Data to Fri 20 Nov · ⋯ puts one away: offered, not now, not for them" in texts(opened.blocks)


def test_a_kind_opens_its_clients_with_the_evidence_of_each(bot: Bot) -> None:
    answer = bot.ask("/opportunities")
    before = answer.text
    bot.press(answer, f"{ids.SHOW_LIST}:upsell")
    listed = changed(bot, answer.ts, before)
    assert "marketing contacts at 93 % of 10,000" in texts(listed.blocks)
    assert "Hooli" not in listed.text


def test_a_client_s_opportunities_name_their_evidence_and_what_is_held_back(bot: Bot) -> None:
    vandelay = texts(bot.ask("/opportunities vandelay").blocks)
    assert "*Another product*\n88 tickets in 90 days, no Service Hub" in vandelay
    assert "*Paid for, not used*\n" in vandelay
    hooli = bot.ask("/opportunities hooli")
    assert "Held back while the score is below 4:* 88 tickets in 90 days, no Service Hub" in texts(hooli.blocks)
    assert "Held back: " in texts(bot.ask("/engagement hooli").blocks)
    assert "Could come next:* " in texts(bot.ask("/engagement vandelay").blocks)


def test_an_offered_one_leaves_list_counts_and_card(bot: Bot) -> None:
    message = bot.ask("/opportunities vandelay")
    before = message.text
    assert Sign.CROSS_SELL in signs(bot, "Vandelay Oy")
    choose(bot, message, "88 tickets", "offered")
    assert "88 tickets" not in texts(changed(bot, message.ts, before).blocks)
    assert Sign.CROSS_SELL not in signs(bot, "Vandelay Oy")
    assert Sign.UPSELL in signs(bot, "Vandelay Oy")
    assert "Another product" not in texts(bot.ask("/opportunities").blocks)
    assert "Nobody matches" in bot.ask("/engagement opportunity:cross-sell").text


def test_not_now_asks_for_a_day_and_it_is_back_on_that_day(bot: Bot) -> None:
    message = bot.ask("/opportunities vandelay")
    before = message.text
    choose(bot, message, "88 tickets", "not_now")
    view = bot.modal()
    late = (TODAY - timedelta(1)).isoformat()
    errors = bot.slack.actions.submit(cast.ANNA, view.id, {ids.NOT_NOW: {ids.NOT_NOW: late}})
    assert "from tomorrow on" in errors[ids.NOT_NOW]
    until = TODAY + timedelta(30)
    assert bot.slack.actions.submit(cast.ANNA, view.id, {ids.NOT_NOW: {ids.NOT_NOW: until.isoformat()}}) == {}
    assert "88 tickets" not in texts(changed(bot, message.ts, before).blocks)
    assert answers.reopen(bot.database, lambda: NOW + timedelta(29)) == 0
    assert Sign.CROSS_SELL not in signs(bot, "Vandelay Oy")
    assert answers.reopen(bot.database, lambda: NOW + timedelta(30)) == 1
    assert Sign.CROSS_SELL in signs(bot, "Vandelay Oy")
    assert "88 tickets" in texts(bot.ask("/opportunities vandelay").blocks)


def test_not_for_them_asks_why_and_comes_back_only_with_half_as_much_evidence_again(bot: Bot, tmp_path: Path) -> None:
    message = bot.ask("/opportunities vandelay")
    before = message.text
    choose(bot, message, "88 tickets", "not_for_them")
    values: dict[str, Any] = {ids.NOT_FOR_THEM: {ids.NOT_FOR_THEM: "They have a help desk of their own"}}
    assert bot.slack.actions.submit(cast.ANNA, bot.modal().id, values) == {}
    changed(bot, message.ts, before)
    with bot.database.read() as connection:
        row = connection.execute(select(schema.opportunity_answer)).one()
    assert (row.reply, row.reason, row.size) == ("not_for_them", "They have a help desk of their own", 88)
    for day, count, is_back in (("2026-11-03", 40, False), ("2026-11-04", 4, True)):
        more = tmp_path / "more" / day
        more.mkdir(parents=True)
        (more / "usage.csv").write_text(f"client_id,tool,used_on,count\nv,tickets,{day},{count}\n")
        imports.run(bot.database, bot.installation.id, [more], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
        assert (Sign.CROSS_SELL in signs(bot, "Vandelay Oy")) is is_back


def test_an_answer_to_what_is_no_longer_there_says_so(bot: Bot) -> None:
    first, second = bot.ask("/opportunities vandelay"), bot.ask("/opportunities vandelay")
    said = first.text
    choose(bot, first, "88 tickets", "offered")
    changed(bot, first.ts, said)
    before = len(seen(bot))
    choose(bot, second, "88 tickets", "not_now")
    assert "no longer there, or was answered meanwhile" in bot.wait(lambda: seen(bot)[before:])[-1].text


def test_the_card_opens_them_and_they_open_the_card(bot: Bot) -> None:
    card = bot.ask("/engagement vandelay")
    said = card.text
    bot.choose(card, ids.MORE_OF_CARD, ids.OPPORTUNITIES)
    shown = changed(bot, card.ts, said)
    assert "what could come next" in texts(shown.blocks)
    bot.press(shown, f"{ids.OPEN_CLIENT}:0")
    assert bot.wait(lambda: next((m for m in seen(bot) if m.ts == card.ts and m.text == said), None))


def test_a_tool_going_quiet_is_named_on_the_card_and_in_lists_and_the_score_stays(bot: Bot) -> None:
    card = bot.ask("/engagement hooli")
    assert "*Going quiet:* Forms, last used 5 Oct" in texts(card.blocks)
    listed = bot.ask("/engagement going:quiet")
    assert "going quiet: Forms" in texts(listed.blocks)
    assert "Vandelay" not in listed.text


def test_nobody_by_that_name_is_answered_as_with_the_card(bot: Bot) -> None:
    assert bot.ask("/opportunities zzzzzz").text.startswith("No client “zzzzzz”.")


def test_help_says_how_to_ask(bot: Bot) -> None:
    assert "/opportunities acme shows one client's" in bot.ask("/opportunities help").text


def test_whose_and_which_clients_is_said_and_others_are_a_button_away(bot: Bot) -> None:
    answer = bot.ask("/opportunities tier:medium,high")
    assert "Showing: your clients · `tier:medium,high` · data to Fri 20 Nov · only you see this" in texts(answer.blocks)
    assert "Showing: your clients · tier:medium,high · data to Fri 20 Nov" in answer.text
    bot.press(answer, f"{ids.SHOW_BASE}:all")
    every = bot.replaced(answer, "Showing: all clients · `tier:medium,high team:all`")
    bot.press(every, f"{ids.SHOW_BASE}:mine")
    bot.replaced(every, "Showing: your clients · `tier:medium,high csm:me`")


def test_the_overview_behind_them_is_of_all_clients_of_the_scope(bot: Bot) -> None:
    answer = bot.ask("/opportunities score:9-10 team:all")
    assert "Nobody matches: all clients." in answer.text
    bot.press(answer, ids.SHOW_OVERVIEW)
    overview = bot.replaced(answer, "clients · all clients*")
    bot.press(overview, f"{ids.SHOW_LIST}:low")
    bot.replaced(overview, "Showing: `tier:low team:all`")
