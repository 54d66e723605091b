"""Writes what names are looked up by: the words of each client, and each distinct word's forms and suffixes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import BindParameter, Column, Connection, Table, bindparam, delete, select, update

from bot.domain import names
from storage import lists
from storage.schema import client_word, installation, new_word, word, word_form, word_suffix

_words = lists.texts("words")
_here: BindParameter[int] = bindparam("here")

# Two writers at once would both find a word new. (SQLite has one writer anyway, and leaves FOR UPDATE out.)
_LOCK = select(installation.c.id).where(installation.c.id == _here).with_for_update()
_REMOVE = delete(client_word).where(
    client_word.c.installation_id == _here,
    client_word.c.word == bindparam("text"),
    client_word.c.client_id == bindparam("client"),
)
_in_words = (word.c.installation_id == _here, word.c.word.in_(select(_words.c.value)))
_KNOWN = select(word.c.word).where(*_in_words)
_UNUSED = select(word.c.word).where(*_in_words, word.c.clients <= 0)
_COUNT = update(word).where(*_in_words).values(clients=word.c.clients + bindparam("more"))
_FORGET = tuple(
    delete(table).where(table.c.installation_id == _here, table.c.word.in_(select(_words.c.value)))
    for table in (word, new_word)
)
_NEW = (
    select(new_word.c.word)
    .where(new_word.c.installation_id == _here)
    .order_by(new_word.c.word)
    .limit(bindparam("most"))
)
_WRITTEN = delete(new_word).where(new_word.c.installation_id == _here, new_word.c.word <= bindparam("last"))

# What is kept of each distinct word: the table, its column, and what stands there.
_KEPT: tuple[tuple[Table, Column[Any], Callable[[str], set[str]]], ...] = (
    (word_form, word_form.c.form, names.forms),
    (word_suffix, word_suffix.c.suffix, names.suffixes),
)


def add(connection: Connection, installation_id: int, rows: Sequence[tuple[int, str]]) -> None:
    """Make clients, given as (id, key of the name), findable, with typos once `write_parts` has been called.

    Best called with thousands at a time, in the caller's writing transaction. Clients that stand in the index already
    must be removed first.
    """
    connection.execute(_LOCK, {"here": installation_id})
    found = _words_of(rows)
    _insert(connection, client_word, installation_id, found)
    counts = Counter(text for text, _ in found)
    known = set(connection.scalars(_KNOWN, {"here": installation_id, "words": list(counts)}))
    _count(connection, installation_id, {text: counts[text] for text in known})
    new = [text for text in counts if text not in known]
    _insert(connection, word, installation_id, [(text, counts[text]) for text in new])
    _insert(connection, new_word, installation_id, [(text,) for text in new])


def write_parts(connection: Connection, installation_id: int, most: int) -> int:
    """Write the forms and suffixes of some words that are new, without which no typo finds them; how many these were.

    Called until it gives 0. Runs in the caller's writing transaction.
    """
    connection.execute(_LOCK, {"here": installation_id})
    new = connection.scalars(_NEW, {"here": installation_id, "most": most}).all()
    if new:
        for table, _, kept in _KEPT:
            parts = sorted([(part, text) for text in new for part in kept(text)])
            _insert(connection, table, installation_id, parts)
        connection.execute(_WRITTEN, {"here": installation_id, "last": new[-1]})
    return len(new)


def remove(connection: Connection, installation_id: int, rows: Sequence[tuple[int, str]]) -> None:
    """Take clients, given as they were added, out of the index, and the words that stand in no other name."""
    connection.execute(_LOCK, {"here": installation_id})
    found = _words_of(rows)
    if not found:
        return
    connection.execute(_REMOVE, [{"here": installation_id, "text": text, "client": client} for text, client in found])
    removed = Counter(text for text, _ in found)
    _count(connection, installation_id, {text: -count for text, count in removed.items()})
    unused = connection.scalars(_UNUSED, {"here": installation_id, "words": list(removed)}).all()
    if unused:
        _forget(connection, installation_id, unused)


def _words_of(rows: Sequence[tuple[int, str]]) -> list[tuple[str, int]]:
    """In the order of the tables' keys: rows that go side by side are written several times as fast."""
    return sorted([(text, client) for client, key in rows for text in names.words(key)])


def _count(connection: Connection, installation_id: int, more: Mapping[str, int]) -> None:
    """Note in how many more names each of the words stands now: a statement for each number, of which there are few."""
    by_number: dict[int, list[str]] = defaultdict(list)
    for text, number in more.items():
        by_number[number].append(text)
    for number, texts in by_number.items():
        connection.execute(_COUNT, {"here": installation_id, "words": texts, "more": number})


def _forget(connection: Connection, installation_id: int, texts: Sequence[str]) -> None:
    for forget in _FORGET:
        connection.execute(forget, {"here": installation_id, "words": texts})
    for table, column, kept in _KEPT:
        # The whole key, because only that is indexed: from the part to the word, never back.
        statement = delete(table).where(
            table.c.installation_id == _here, column == bindparam("part"), table.c.word == bindparam("of")
        )
        rows = [{"here": installation_id, "part": part, "of": text} for text in texts for part in kept(text)]
        connection.execute(statement, rows)


def _insert(connection: Connection, table: Table, here: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of an installation the quickest way each database has; SQLAlchemy's own costs several times that."""
    if not rows:
        return
    columns = ", ".join(column.name for column in table.columns)
    if connection.dialect.name == "postgresql":
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((here, *row))
    else:
        marks = ", ?" * len(rows[0])
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({here:d}{marks})", list(rows))  # noqa: S608
