"""`/renewals` through Slack's own transport: a list, its outcomes and its chart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage import imports
from storage.database import Database
from storage.installations import every
from storage.schema import standing
from tests import bots
from tests.admins import begin_anew, make_super_admin
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

CLIENTS = "\n".join([
    "id,name,csm_email,renewal_date,mrr,currency,last_touch_on",
    "v,Vandelay Oy,anna@example.com,2026-12-10,2000,EUR,2026-11-19",
    "h,Hooli AB,anna@example.com,2026-12-12,500,EUR,2026-09-01",
    "u,Umbrella AS,anna@example.com,2026-12-14,500,EUR,",
    "p,Passed AS,anna@example.com,2026-11-01,500,EUR,",
    "n,Never AS,anna@example.com,,500,EUR,",
    *(f"m{n},Many {n:02} AS,bo@example.com,2026-12-{n + 1:02},100,EUR," for n in range(1, 13)),
])  # fmt: skip
SUBSCRIPTIONS = "\n".join([
    "id,client_id,product,edition,started_on,renews_on,cancels_on",
    "vs,v,Marketing Hub,Starter,2024-01-01,2026-12-10,",
    "vt,v,Sales Hub,Starter,2024-01-01,2027-02-01,",
    "us,u,Marketing Hub,Starter,2024-01-01,,2026-12-14",
])  # fmt: skip


@pytest.fixture(scope="module")
def bot(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("renewals")
    shutil.copy(small_base, folder / "bot.db")
    for name, text in (("clients", CLIENTS), ("subscriptions", SUBSCRIPTIONS)):
        (folder / f"{name}.csv").write_text(text)
    database = Database(f"sqlite:///{folder / 'bot.db'}")
    with database.read() as connection:
        installation = every(connection)[0]
    imports.run(database, installation.id, [folder], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    database.close()
    with bots.running(folder / "bot.db") as one:
        yield one


def listed(message: Message) -> list[str]:
    """The clients of a page, in their order."""
    rows = [b for b in message.blocks if b.get("accessory", {}).get("action_id") == ids.MORE_OF_RENEWAL]
    return [row["text"]["text"].split("*")[1] for row in rows]


def choose(bot: Bot, message: Message, client: str, word: str) -> None:
    """An entry of a client's menu."""
    row = next(b for b in message.blocks if f"*{client}*" in b.get("text", {}).get("text", ""))
    value = next(one["value"] for one in row["accessory"]["options"] if one["value"].startswith(word))
    bot.slack.actions.press(cast.ANNA, message.ref, row["block_id"], ids.MORE_OF_RENEWAL, selected_option=value)


def test_who_leaves_comes_first_then_most_work_and_those_without_a_day_apart(bot: Bot) -> None:
    answer = bot.ask("/renewals")
    assert listed(answer) == ["Umbrella AS", "Hooli AB", "Vandelay Oy", "Passed AS"]
    said = texts(answer.blocks)
    assert "*Umbrella AS* in 24 days" in said
    assert "*Cancelled to 14 Dec* · nothing logged here yet · €500/month · 9 % of your MRR" in said
    assert "No touch for 80 days" in said
    assert "Marketing Hub 10 Dec, Sales Hub 1 Feb" in said
    assert "Passed, not updated: 1" in said
    assert "3 clients without a renewal date" in said
    assert answer.text.startswith("3 renewals in 30 days: Umbrella AS in 24 days")


def test_pages_windows_and_scopes_take_the_place_of_the_list(bot: Bot) -> None:
    answer = bot.ask("/renewals team:all")
    assert len(listed(answer)) == 10 + 1
    bot.press(answer, f"{ids.SHOW_RENEWALS}:next")
    second = bot.replaced(answer, "11 to 15")
    assert len(listed(second)) == 5
    bot.press(second, f"{ids.SHOW_RENEWALS}:back")
    bot.press(bot.replaced(answer, "1 to 10"), ids.RENEWAL_WINDOW, selected_option="next month")
    month = bot.replaced(answer, "1 Dec to 31 Dec")
    bot.press(month, f"{ids.SHOW_RENEWALS}:mine")
    mine = bot.replaced(month, "your clients")
    assert "*3 renewals 1 Dec to 31 Dec*" in texts(mine.blocks)
    bot.press(mine, f"{ids.SHOW_LIST}:undated-{ids.BELOW}")
    undated = "Showing: `csm:me renews:none`"
    bot.wait(lambda: any(undated in texts(one.blocks) for one in seen(bot)))


def test_the_chart_has_the_months_also_in_words(bot: Bot) -> None:
    answer = bot.ask("/renewals next month team:all")
    bot.press(answer, ids.CHART_RENEWALS)
    chart = bot.replaced(answer, "Renewals by month")
    assert [one["type"] for one in chart.blocks].count("data_visualization") == 1
    assert "Dec: 15 · €4,200/month; Jan 2027: 1 · €1,090/month" in chart.text
    bot.press(chart, f"{ids.SHOW_RENEWALS}:list")
    bot.replaced(chart, "1 Dec to 31 Dec")


def test_an_outcome_takes_a_client_off_the_list_and_is_undone_there_or_on_its_card(bot: Bot) -> None:
    answer = bot.ask("/renewals")
    choose(bot, answer, "Hooli AB", ids.GIVE_OUTCOME)
    form = bot.modal()
    refused = bot.submit(form, outcome="leaving")
    assert refused == {"reason": "Say in a few words why they leave."}
    assert bot.submit(form, outcome="leaving", reason="Too *dear*") == {}
    kept = bot.replaced(answer, "is off the list")
    assert listed(kept) == ["Umbrella AS", "Vandelay Oy", "Passed AS"]
    assert "*Hooli AB*: Leaving (Too" in texts(kept.blocks)
    assert "Renewal: Leaving (Too" in texts(bot.ask("/engagement hooli").blocks)
    bot.press(kept, ids.TAKE_OUTCOME_BACK)
    back = bot.replaced(answer, "*Hooli AB* in 22 days")
    choose(bot, back, "Hooli AB", ids.GIVE_OUTCOME)
    bot.submit(bot.modal(), outcome="renewed")
    bot.replaced(answer, "is off the list")
    card = bot.ask("/engagement hooli")
    bot.press(card, ids.TAKE_OUTCOME_BACK)
    bot.wait(lambda: "Renewal: Renewed" not in texts(bot.ask("/engagement hooli").blocks))
    assert listed(bot.ask("/renewals"))[1] == "Hooli AB"


def seen(bot: Bot) -> list[Message]:
    return bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nxt month", "Not understood: nxt month → next month?"),
        ("30x", "Not understood: 30x. A window is, for example:"),
        ("q1 2020", "q1 2020 has passed."),
        ("30d teir:low", "Not understood: teir:low → tier:low?"),
        ("30d renews:60", "renews is there twice: 30d and renews:60."),
        ("sort:mrr", "Renewals come in the order of what is to be done"),
    ],
)
def test_what_is_not_understood_is_said(bot: Bot, typed: str, said: str) -> None:
    assert said in bot.ask(f"/renewals {typed}").text


def test_where_nobody_has_a_date_who_may_chooses_the_property_and_others_are_told_whom_to_ask(bot: Bot) -> None:
    make_super_admin(bot, cast.DINA)
    with bot.database.write() as connection:
        dates = connection.execute(select(standing.c.client_id, standing.c.renews_on)).all()
        connection.execute(update(standing).values(renews_on=None))
    try:
        why = "No renewal dates: your CS workspace has not chosen the property"
        assert f"{why}. Ask Dina." in bot.ask("/renewals team:all").text
        answer = bot.ask("/renewals team:all", who=cast.DINA)
        assert f"{why}. Data" in answer.text
        bot.press(answer, f"{ids.EDIT_WORKSPACE}:{bot.installation.workspace_id}", who=cast.DINA)
        assert "Renewal date" in str(bot.modal(who=cast.DINA).payload["blocks"])
    finally:
        with bot.database.write() as connection:
            for client, day in dates:
                connection.execute(update(standing).where(standing.c.client_id == client).values(renews_on=day))
        begin_anew(bot)
