"""The clients that digests named: their messages are brought up to date once something is answered to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, FromClause, Insert, case, insert, literal, select, true, union_all, update

from bot.domain.digest_news import FALLS, Rule
from bot.domain.digests import Digest
from storage import lists
from storage.schema import UtcDateTime, delivery, named_client
from storage.together import Write

KEPT_TRUE = timedelta(days=14)  # after that a digest stays as it was

_one, _sent = named_client.c, delivery.c
_WRITTEN = ("installation_id", "digest_id", "named_on", "delivery_id", "client_id", "rule", "escalates_at")
# Clients that are bound by their rule, so that the statement is the same whomever a digest names:
_RULED = union_all(
    *(select(lists.numbers(rule).c.value.label("client_id"), literal(rule.value).label("rule")) for rule in Rule)
).subquery("ruled")


def adding(one: Digest, named: Mapping[int, str], day: date, now: datetime) -> Write:
    """What remembers whom the new delivery of a digest names: by client, the rule.

    Of those that are newly low, where the digest wants it, it is looked at later whether somebody took them.
    """
    clients = {rule.value: [client for client, its in named.items() if its == rule] for rule in Rule}
    about = (literal(one.installation_id), literal(one.id), literal(day))
    looked_at = None if one.escalates is None else now
    look_at = case((_RULED.c.rule.in_(FALLS), literal(looked_at, UtcDateTime)))

    def write(made: FromClause) -> Insert:
        rows = select(*about, made.c.id, *_RULED.c, look_at).select_from(made.join(_RULED, true()))
        return insert(named_client).from_select(_WRITTEN, rows.params(clients))

    return write


def mark(connection: Connection, installation_id: int, clients: Collection[int], day: date) -> None:
    """Let the digests that name clients be drawn again, in the transaction that changed what they say of them.

    Those that are still to be sent, too: what they say was settled before. Of no client it is no statement.
    """
    if not clients:
        return
    mine = (_one.installation_id == installation_id, _one.client_id.in_(select(lists.numbers("ids").c.value)))
    naming = select(_one.delivery_id).where(*mine, _one.named_on >= day - KEPT_TRUE)
    those = (_sent.installation_id == installation_id, _sent.id.in_(naming), _sent.facts.is_not(None))
    values = {"changes": _sent.changes + 1}
    connection.execute(update(delivery).where(*those).values(values), {"ids": list(clients)})
