"""What tests of posts in channels stand on: everybody of the playground, digests, and a content that is made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Connection, select

from bot.domain.digests import Content, Digest
from bot.jobs.composing import Composed
from bot.jobs.deliveries import Deliveries
from bot.jobs.digests import Digests
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import digests, installations, people
from storage.database import Database
from storage.schema import delivery, named_client
from tests.storage import bases

NOW = datetime.fromisoformat("2026-11-23T08:00:00+00:00")  # a Monday: 9:00 in Oslo
AS_OF = date(2026, 11, 22)
Say = Callable[[Digest, datetime], Composed]


def client(slack: Playground) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def settle_in(connection: Connection, installation_id: int, users: list[dict[str, Any]]) -> None:
    """Everybody of the playground, and a client."""
    installations.bind(connection, installation_id, cast.TEAM.id)
    for user in users:
        people.keep(connection, installation_id, user, NOW)
    bases.add_source(connection, installation_id, 1, "all")
    bases.add_clients(connection, installation_id, 1)


def add_digest(database: Database, number: int = 7, channel: str = cast.CS_NORDIC, **more: Any) -> Digest:
    """A digest that is due now: on weekdays at 9:00 in Oslo, made by Anna."""
    (made,) = add_digests(database, {number: channel}, **more)
    return made


def add_digests(database: Database, channels: Mapping[int, str], **more: Any) -> list[Digest]:
    """The same for several: their numbers, and where each goes."""
    with database.write() as connection:
        (here,) = installations.every(connection)
        anna = people.in_slack(connection, here.id, cast.ANNA)
        assert anna is not None
        usual: dict[str, Any] = {"content": Content.BOTH, "time_zone": "Europe/Oslo", "made_by": anna, "next_at": NOW}
        made = [
            Digest(
                here.id, number, here.workspace_id, **{"name": f"Digest {number}", "channel_id": to, **usual, **more}
            )
            for number, to in channels.items()
        ]
        for one in made:
            digests.add(connection, one, NOW)
    return made


def get(database: Database, one: Digest) -> Digest:
    with database.read() as connection:
        found = digests.get(connection, one.installation_id, one.id)
    assert found is not None
    return found


def news(one: Digest, now: datetime) -> Composed:
    return Composed({"text": f"{one.name} of {now:%d %b}"}, AS_OF, {"clients": [1]}, {1: "fell"})


def nothing(_one: Digest, _now: datetime) -> Composed:
    return Composed(None, AS_OF)


def run(database: Database, installation_id: int, now: datetime = NOW, say: Say = news) -> None:
    Digests(database, lambda _, one, moment, _head: say(one, moment), installation_id, lambda: now).run()


def deliver(database: Database, slack: Playground, installation_id: int, now: datetime = NOW) -> None:
    Deliveries(database, client(slack), installation_id, lambda: now, pace=0, apart=0, hands=1).run()


def said(slack: Playground, channel: str = cast.CS_NORDIC) -> list[str]:
    """What the bot said in a channel."""
    return [one.text for one in slack.slack.messages[channel] if one.author == cast.APP.user_id]


def told(slack: Playground, user: str = cast.ANNA) -> list[str]:
    return said(slack, "D" + user[1:])


def states(database: Database) -> list[tuple[str, str, str | None]]:
    """Key, state and reason of all that was to be posted, in the order of keys."""
    with database.read() as connection:
        which = (delivery.c.key, delivery.c.state, delivery.c.reason)
        rows = connection.execute(select(*which).where(delivery.c.kind == "digest").order_by(delivery.c.key))
        return [(row.key, row.state, row.reason) for row in rows]


def named(database: Database) -> list[tuple[int, str, date]]:
    with database.read() as connection:
        which = (named_client.c.client_id, named_client.c.rule, named_client.c.named_on)
        return [tuple(row) for row in connection.execute(select(*which))]
