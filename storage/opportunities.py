"""Opportunities by the catalog's rules as they are kept for lists, and what people answered to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.answers import Answer, Reply
from bot.domain.catalog import Kind
from bot.domain.opportunities import Hold, Opportunity
from storage import bulk, lists
from storage.schema import opportunity, opportunity_answer

Key = tuple[int, str]  # a client's id, and an opportunity's key

_MINE = (
    opportunity.c.installation_id == bindparam("installation"),
    opportunity.c.client_id.in_(select(lists.numbers("ids").c.value)),
)
_STORED = select(opportunity).where(*_MINE)
_ANSWERS = select(opportunity_answer).where(
    opportunity_answer.c.installation_id == bindparam("installation"),
    opportunity_answer.c.client_id.in_(select(lists.numbers("ids").c.value)),
)


def keep(
    connection: Connection, installation_id: int, ids: Sequence[int], found: Iterable[tuple[int, Opportunity]]
) -> None:
    """Write what there is for these clients, and take out what there no longer is. Only differences are written."""
    bound = {"installation": installation_id, "ids": ids}
    parse = bulk.document(connection)
    stored = {(row[1], row[2]): (*row[:9], parse(row[9]), row[10]) for row in bulk.rows(connection, _STORED, bound)}
    wanted = {(client, one.key): _row(installation_id, client, one) for client, one in found}
    changed = [row for key, row in wanted.items() if stored.get(key) != row]
    bulk.upsert(connection, opportunity, [(*row[:9], json.dumps(row[9]), row[10]) for row in changed])
    gone = [{"client": client, "old": key} for client, key in stored.keys() - wanted.keys()]
    if gone:
        mine = opportunity.c.installation_id == installation_id
        this = (opportunity.c.client_id == bindparam("client")) & (opportunity.c.key == bindparam("old"))
        connection.execute(delete(opportunity).where(mine, this), gone)


def _row(installation_id: int, client_id: int, one: Opportunity) -> tuple[Any, ...]:
    """With the table's columns in their order."""
    return (
        installation_id,
        client_id,
        one.key,
        one.kind.value,
        one.product,
        one.edition,
        one.rule,
        one.evidence,
        None if one.size is None else float(one.size),  # PostgreSQL's driver takes lists of one type only
        one.values,
        one.held and one.held.value,
    )


def read(connection: Connection, installation_id: int, ids: Sequence[int]) -> dict[int, list[Opportunity]]:
    """What the rules found for these clients."""
    found: dict[int, list[Opportunity]] = {}
    for row in connection.execute(_STORED, {"installation": installation_id, "ids": ids}):
        made = Opportunity(
            kind=Kind(row.kind),
            key=row.key,
            product=row.product,
            edition=row.edition,
            values=row.facts,
            rule=row.rule,
            evidence=row.evidence,
            size=row.size,
            held=None if row.held is None else Hold(row.held),
        )
        found.setdefault(row.client_id, []).append(made)
    return found


def answers(connection: Connection, installation_id: int, ids: Sequence[int]) -> dict[int, dict[str, Answer]]:
    """What was answered to opportunities of these clients, by their keys."""
    found: dict[int, dict[str, Answer]] = {}
    for row in connection.execute(_ANSWERS, {"installation": installation_id, "ids": ids}):
        given = Answer(Reply(row.reply), row.until, row.evidence, row.size)
        found.setdefault(row.client_id, {})[row.key] = given
    return found


def answer(
    connection: Connection,
    installation_id: int,
    key: Key,
    given: Answer,
    *,
    reason: str | None,
    person_id: int,
    now: datetime,
) -> None:
    """Keep an answer in the place of an earlier one."""
    client_id, of = key
    values: dict[str, Any] = {
        "installation_id": installation_id, "client_id": client_id, "key": of, "reply": given.reply.value,
        "until": given.until, "evidence": given.evidence, "size": given.size, "reason": reason,
        "person_id": person_id, "answered_at": now,
    }  # fmt: skip
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(opportunity_answer).values(values)
    keys = ["installation_id", "client_id", "key"]
    changes = {name: value for name, value in values.items() if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changes))


def end(connection: Connection, installation_id: int, today: date) -> list[int]:
    """Take out the answers whose date has come; the clients that they were about."""
    mine = (opportunity_answer.c.installation_id == installation_id, opportunity_answer.c.until <= today)
    ended = delete(opportunity_answer).where(*mine).returning(opportunity_answer.c.client_id)
    return sorted(set(connection.scalars(ended)))


def end_of(
    connection: Connection, installation_id: int, person_id: int, clients: Sequence[int]
) -> list[tuple[int, str, date]]:
    """Take out what somebody put off of these clients: (client, key, until). They are to be scored again."""
    one = opportunity_answer.c
    mine = (one.installation_id == installation_id, one.person_id == person_id, one.reply == Reply.NOT_NOW.value)
    its = (one.client_id.in_(select(lists.numbers("ids").c.value)), one.until.is_not(None))
    ended = delete(opportunity_answer).where(*mine, *its).returning(one.client_id, one.key, one.until)
    return sorted(tuple(row) for row in connection.execute(ended, {"ids": clients}))
