"""Lists of 0, 1, 50, 51 and 10,000 clients, of names in any script, through Slack's own transport."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.blocks import ids, states
from bot.domain.listing import Position
from bot.playground import people as cast
from bot.playground.model import Message
from bot.playground.validation import block_problems
from storage import imports, schema
from storage.database import Database
from storage.installations import every
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

SIZES = (0, 1, 50, 51, 10_000)
NEXT = f"{ids.SHOW_LIST}:next"
NAMES = (
    "W" * 255,
    "Æ" * 255,
    "مؤسسة الاختبار للحدائق",
    "בית קפה (הגן)",
    "👩‍👩‍👧 Familien 👍🏽",
    "Zoë",
    "株式会社ねこのて",
    "<!channel> <@U0ANNACSM> <https://evil.example|click>",
    "*bold* _it_ ~no~ `code` & > more",
    "Turned \u202eround",
)


def address(size: int) -> str:
    return f"of{size}@example.com"


def name(size: int, number: int) -> str:
    """Each client's own: in the list of 51 in every script."""
    if size != 51:
        return f"Client {size} {number:05}"
    return f"{number:02} {NAMES[number % len(NAMES)]}"[:255]


def rows(size: int, head: str) -> Iterator[list[Any]]:
    for number in range(size):
        key = f"{size}-{number}"
        of: dict[str, list[Any]] = {
            "clients": [key, name(size, number), address(size), number, "EUR"],
            "subscriptions": [key, key, "Marketing Hub", "Professional", "2024-01-01"],
            "usage": [key, "forms", "2026-11-01", number % 3],
        }
        yield of[head]


HEADS = {
    "clients": ["id", "name", "csm_email", "mrr", "currency"],
    "subscriptions": ["id", "client_id", "product", "edition", "started_on"],
    "usage": ["client_id", "tool", "used_on", "count"],
}


@pytest.fixture(scope="module")
def bot(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot on a base where each size is the list of one CSM's clients."""
    folder = tmp_path_factory.mktemp("sizes")
    path = folder / "bot.db"
    shutil.copy(small_base, path)
    for head, columns in HEADS.items():
        with (folder / f"{head}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *(row for size in SIZES for row in rows(size, head))])
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        installation = every(connection)[0]
        nobody = {"installation_id": installation.id, "id": 900, "email": address(0), "name": "Nobody's"}
        connection.execute(insert(schema.person).values(**nobody))
    imports.run(database, installation.id, [folder], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    database.close()
    with bots.running(path) as one:
        yield one


def listed(message: Message) -> list[str]:
    """The first line of each client of a page."""
    lines = [b["text"]["text"] for b in message.blocks if b.get("accessory", {}).get("action_id") == ids.OPEN_LISTED]
    return [line.split("\n")[0] for line in lines]


def has(message: Message, action: str) -> bool:
    return any(one.get("action_id") == action for block in message.blocks for one in block.get("elements", []))


def turned(bot: Bot, message: Message, which: str) -> Message:
    """The page that stands in this one's place once it was turned."""
    before = listed(message)
    bot.press(message, f"{ids.SHOW_LIST}:{which}")

    def look() -> Message | None:
        seen = bot.slack.actions.visible_messages(cast.ANNA, message.channel)
        return next((one for one in seen if one.ts == message.ts and listed(one) != before), None)

    return bot.wait(look)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "Nobody matches: clients of Nobody's."),
        (1, "1 client"),
        (50, "50 clients"),
        (51, "51 clients"),
        (10_000, "more than 1,000"),
    ],
)
def test_a_list_says_how_many_clients_it_has(bot: Bot, size: int, said: str) -> None:
    answer = bot.ask(f"/engagement csm:{address(size)}")
    assert said in texts(answer.blocks)
    assert said in answer.text
    assert len(listed(answer)) == min(size, 10)


@pytest.mark.parametrize("size", [1, 50, 51])
def test_pages_forwards_have_every_client_once_and_the_way_back_the_same_pages(bot: Bot, size: int) -> None:
    page = bot.ask(f"/engagement csm:{address(size)} sort:name")
    pages = [listed(page)]
    assert not has(page, f"{ids.SHOW_LIST}:back")
    while has(page, NEXT):
        page = turned(bot, page, "next")
        pages.append(listed(page))
        assert not block_problems(page.blocks, "message")
    clients = [line for lines in pages for line in lines]
    assert len(clients) == len(set(clients)) == size
    back = [listed(page)]
    while has(page, f"{ids.SHOW_LIST}:back"):
        page = turned(bot, page, "back")
        back.append(listed(page))
    assert back[::-1] == pages


def test_the_last_page_of_ten_thousand_is_read_from_its_end(bot: Bot) -> None:
    page = bot.ask(f"/engagement csm:{address(10_000)} sort:name")
    assert numbers(page) == list(range(10))
    page = turned(bot, page, "next")
    assert numbers(page) == list(range(10, 20))
    on = next(one for block in page.blocks for one in block.get("elements", []) if one["action_id"] == NEXT)
    here = states.read(on["value"])
    assert here is not None
    on["value"] = states.write(replace(here, beside=Position(99, ("",), 0), backwards=True))  # behind all clients
    page = turned(bot, page, "next")
    assert numbers(page) == list(range(9_990, 10_000))
    assert numbers(turned(bot, page, "back")) == list(range(9_980, 9_990))


def numbers(page: Message) -> list[int]:
    return [int(line.split("*")[1].split(" ")[-1]) for line in listed(page)]


@pytest.mark.parametrize("size", SIZES)
def test_opportunities_and_the_overview_count_every_client(bot: Bot, size: int) -> None:
    base = bot.ask(f"/opportunities csm:{address(size)}")
    told = texts(base.blocks)
    if size:
        assert f"*What {size:,} client{'s' if size > 1 else ''} ha{'ve' if size > 1 else 's'}*" in told
        assert f"Marketing Hub: {size:,} Professional" in told
        assert f"Paid for, not used: {size:,} client" in told
        bot.press(base, f"{ids.SHOW_LIST}:activation")
        base = bot.replaced(base, "Showing: `opportunity:activation")
        assert len(listed(base)) == min(size, 10)
    else:
        assert "Nobody matches: clients of Nobody's." in told
    bot.press(base, ids.SHOW_OVERVIEW)
    overview = bot.replaced(base, f"*{size:,} client{'' if size == 1 else 's'} · clients of ")
    counted = [line.split(" · ")[0].rsplit(" ", 1)[1] for line in tiers(overview)]
    assert sum(int(number.replace(",", "")) for number in counted) == size


def tiers(overview: Message) -> list[str]:
    lines = texts(overview.blocks).split("\n")
    return [line for line in lines if line.startswith(("▰", "▱", "Onboarding ", "Not known "))]


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_file_has_every_client_once(bot: Bot, size: int) -> None:
    shown = bot.ask(f"/engagement csm:{address(size)} sort:name")
    sent = len(files(bot))
    bot.press(shown, ids.MORE_OF_LIST, selected_option=ids.EXPORT)
    bot.wait(lambda: bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)[-1].ts != shown.ts)
    bot.send_exports()
    content = bot.wait(lambda: files(bot)[sent:])[0]
    found = [row["Name"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))]
    assert len(found) == len(set(found)) == size


def files(bot: Bot) -> list[bytes]:
    messages = bot.slack.slack.messages[cast.direct_message(cast.ANNA).id]
    return [file.content for one in messages for file in one.files if file.content is not None]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_name_in_any_script_opens_its_card_and_can_neither_ping_nor_link(bot: Bot, number: int) -> None:
    page = bot.ask(f"/engagement csm:{address(51)} client:{number:02} sort:name")
    block = next(b for b in page.blocks if b.get("accessory", {}).get("action_id") == ids.OPEN_LISTED)
    before = len(bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC))
    bot.slack.actions.press(cast.ANNA, page.ref, block["block_id"], ids.OPEN_LISTED)
    card = bot.wait(lambda: bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)[before:])[-1]
    assert card.text.startswith(f"{number:02} ")
    for message in (page, card):
        assert not block_problems(message.blocks, "message")
        assert 0 < len(message.text) <= 4_000
        for text in (message.text, texts(message.blocks)):
            assert [sign for sign in ("<!", "<@", "<http", "\u202e") if sign in text] == []
