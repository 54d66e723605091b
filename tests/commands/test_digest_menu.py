"""The ⋯ menu of a digest's line: whoever presses is answered alone, and the digest changes in place for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, insert, select

from bot.blocks import ids
from bot.domain.digests import Content, Digest
from bot.jobs.digest_content import compose
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground.model import Message
from storage import digests, schema
from storage.catalog import Catalogs
from tests.admins import id_of, said
from tests.bots import CATALOG, TODAY, Bot, texts

LOW = "Globex Corporation"  # what the first digest names
DIGEST, POST = 7, 70
SNOOZE = {"until": "2026-12-04", "reason": "They move house"}


@dataclass
class Posted:
    """A digest in the team's channel."""

    bot: Bot
    ts: str

    @property
    def message(self) -> Message:
        seen = self.bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)
        return next(one for one in seen if one.ts == self.ts)

    @property
    def line(self) -> dict[str, Any]:
        return next(one for one in self.message.blocks if LOW in one.get("text", {}).get("text", ""))

    @property
    def says(self) -> str:
        return str(self.line["text"]["text"])

    def choose(self, word: str, who: str = cast.ANNA) -> None:
        values = [one["value"] for one in self.line["accessory"]["options"]]
        value = next(one for one in values if one.split(":")[0] == word)
        press = self.bot.slack.actions.press
        press(who, self.message.ref, self.line["block_id"], ids.DIGEST_MENU, selected_option=value)

    def answer(self, says: str, who: str = cast.ANNA) -> Message:
        """What only that person sees."""

        def look() -> Message | None:
            seen = self.bot.slack.actions.visible_messages(who, cast.CS_NORDIC)
            return next((one for one in seen if one.ts != self.ts and says in texts(one.blocks)), None)

        return self.bot.wait(look)

    def drawn(self) -> str:
        """The line after a turn of the job that draws digests again."""
        Updates(self.bot.database, client(self.bot), catalogs(self.bot), self.bot.installation.id,
                lambda: self.bot.now, pace=0).run()  # fmt: skip
        return self.says


def client(bot: Bot) -> WebClient:
    return WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])


def catalogs(bot: Bot) -> Catalogs:
    return Catalogs(bot.database, CATALOG)


@pytest.fixture
def posted(bot: Bot) -> Iterator[Posted]:
    here, anna = bot.installation, id_of(bot, cast.ANNA)
    digest = Digest(here.id, DIGEST, here.workspace_id, "CS Nordic", Content.BOTH, "Europe/Oslo", made_by=anna)
    with bot.database.write() as connection:
        digests.add(connection, digest, bot.now)
        made = compose(connection, catalogs(bot), digest, bot.now)
    assert made.message is not None
    ts = str(client(bot).chat_postMessage(channel=cast.CS_NORDIC, **made.message)["ts"])
    with bot.database.write() as connection:
        one = {"installation_id": here.id, "id": POST, "digest_id": DIGEST, "kind": "digest", "key": "1"}
        at = {"channel": cast.CS_NORDIC, "ts": ts, "due_at": bot.now, "made_at": bot.now, "state": "sent"}
        connection.execute(insert(schema.delivery).values(**one, **at, facts=dict(made.facts)))
        about = {"installation_id": here.id, "delivery_id": POST, "digest_id": DIGEST, "named_on": TODAY}
        rows = [{**about, "client_id": number, "rule": rule} for number, rule in made.named.items()]
        connection.execute(insert(schema.named_client), rows)
    yield Posted(bot, ts)
    for who in (cast.ANNA, cast.BO):
        bot.slack.actions.reload(who)
    with bot.database.write() as connection:
        for table in (schema.claim, schema.snooze, schema.not_useful, schema.delivery, schema.digest):
            connection.execute(delete(table))


def test_who_takes_a_client_stands_in_the_digest_and_who_is_second_is_told(bot: Bot, posted: Posted) -> None:
    posted.choose("take", cast.BO)
    posted.answer(f"You have taken *{LOW}", cast.BO)
    posted.choose("take")
    said(bot, "Bo has taken this client already.", cast.ANNA)
    assert "Bo has it (10:00" in posted.drawn()
    posted.choose("card", cast.BO)
    card = posted.answer("Taken by Bo", cast.BO)
    assert "In the digest of Fri 20 Nov" in texts(card.blocks)
    bot.press(card, ids.GIVE_BACK, cast.BO)
    bot.replaced(card, "Nobody has taken it", cast.BO)
    assert "Bo has it" not in posted.drawn()


def test_a_snooze_stands_in_the_digest_and_on_the_card_until_somebody_ends_it(bot: Bot, posted: Posted) -> None:
    posted.choose("snooze")
    view = bot.modal()
    assert bot.submit(view, until="2026-11-20", reason="No") == {
        "until": "Choose a day from tomorrow on, within a year."
    }
    bot.submit(view, **SNOOZE)
    answer = posted.answer(f"*{LOW}* is snoozed until Fri 4 Dec")
    assert "Snoozed to 4 Dec by Anna" in posted.drawn()
    card = bot.ask("/engagement globex", cast.BO)
    assert "Snoozed until Fri 4 Dec by Anna" in texts(card.blocks)
    assert "They move house" in card.text
    bot.press(answer, ids.END_SNOOZE)
    bot.replaced(answer, "In the digest of Fri 20 Nov")
    assert "Snoozed" not in posted.drawn()


def test_a_low_client_is_put_off_from_its_card_too(bot: Bot, posted: Posted) -> None:
    card = bot.ask("/engagement globex")
    bot.choose(card, ids.MORE_OF_CARD, ids.SNOOZE)
    bot.submit(bot.modal(), **SNOOZE)
    bot.replaced(card, "Snoozed until Fri 4 Dec by Anna")
    assert "Snoozed to 4 Dec by Anna" in posted.drawn()


def test_a_task_is_logged_on_the_client_of_the_line_and_the_digest_stays(bot: Bot, posted: Posted) -> None:
    before = posted.says
    posted.choose("task")
    view = bot.modal()
    assert LOW in str(view.payload)
    bot.submit(view, title="Call them")
    posted.answer(f"Logged on *{LOW}")
    assert posted.drawn() == before


def test_what_is_not_useful_is_kept_once_by_rule_and_person(bot: Bot, posted: Posted) -> None:
    for who in (cast.ANNA, cast.ANNA, cast.BO):
        posted.choose("useless", who)
        posted.answer("Not useful: thanks", who)
        bot.slack.actions.reload(who)
    with bot.database.read() as connection:
        one = schema.not_useful.c
        kept = connection.execute(select(one.rule, one.digest_id, one.person_id).order_by(one.person_id)).all()
    people = sorted([id_of(bot, cast.ANNA), id_of(bot, cast.BO)])
    assert [tuple(row) for row in kept] == [("start", DIGEST, person) for person in people]
    assert posted.drawn().endswith("Not useful to 2")
    card = bot.ask("/engagement globex")
    assert "In the digest of Fri 20 Nov: low at its start · not useful to 2" in texts(card.blocks)


def test_a_digest_that_slack_has_lost_is_not_drawn_for_ever(bot: Bot, posted: Posted) -> None:
    client(bot).chat_delete(channel=cast.CS_NORDIC, ts=posted.ts)
    card = bot.ask("/engagement globex")
    bot.press(card, ids.TAKE_CLIENT)
    bot.replaced(card, "Taken by Anna")
    job = Updates(bot.database, client(bot), catalogs(bot), bot.installation.id, lambda: bot.now, pace=0)
    job.run()
    with bot.database.read() as connection:
        one = schema.delivery.c
        state = connection.execute(select(one.state, one.changes, one.lease_until).where(one.id == POST)).one()
    assert tuple(state) == ("sent", 0, None)
