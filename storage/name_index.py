"""Writes what names are looked up by: the words of each client, and each distinct word's forms and endings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import BindParameter, Column, Connection, Table, bindparam, delete, select

from bot.domain import names
from storage import lists
from storage.schema import client_word, installation, word, word_ending, word_form

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
_its = select(client_word.c.client_id).where(client_word.c.installation_id == _here, client_word.c.word == word.c.word)
_KNOWN = select(word.c.word).where(*_in_words)
_UNUSED = select(word.c.word).where(*_in_words, ~_its.exists())
_FORGET = delete(word).where(*_in_words)

# What is kept of each distinct word: the table, its column, and what stands there.
_KEPT: tuple[tuple[Table, Column[Any], Callable[[str], Collection[str]]], ...] = (
    (word_form, word_form.c.form, names.forms),
    (word_ending, word_ending.c.ending, names.endings),
)


def add(connection: Connection, installation_id: int, rows: Sequence[tuple[int, str]]) -> None:
    """Make clients, given as (id, key of the name), findable.

    Best called with thousands at a time, in the caller's writing transaction. Clients that stand in the index already
    must be removed first.
    """
    connection.execute(_LOCK, {"here": installation_id})
    found = _words_of(rows)
    its = [(text, client) for text, clients in found.items() for client in clients]
    _insert(connection, client_word, installation_id, its)
    known = set(connection.scalars(_KNOWN, {"here": installation_id, "words": list(found)}).all())
    new = [text for text in found if text not in known]
    _insert(connection, word, installation_id, [(text,) for text in new])
    for table, _, kept in _KEPT:
        _insert(connection, table, installation_id, sorted([(part, text) for text in new for part in kept(text)]))


def remove(connection: Connection, installation_id: int, rows: Sequence[tuple[int, str]]) -> None:
    """Take clients, given as they were added, out of the index, and the words that stand in no other name."""
    connection.execute(_LOCK, {"here": installation_id})
    found = _words_of(rows)
    if not found:
        return
    its = [{"here": installation_id, "text": text, "client": one} for text, clients in found.items() for one in clients]
    connection.execute(_REMOVE, its)
    unused = connection.scalars(_UNUSED, {"here": installation_id, "words": list(found)}).all()
    if unused:
        _forget(connection, installation_id, unused)


def _words_of(rows: Sequence[tuple[int, str]]) -> dict[str, list[int]]:
    """Each word's clients, in the order of the tables' keys: rows that go side by side are written quicker."""
    found: dict[str, list[int]] = defaultdict(list)
    for client, key in rows:
        for text in names.words(key):
            found[text].append(client)
    return dict(sorted(found.items()))


def _forget(connection: Connection, installation_id: int, texts: Sequence[str]) -> None:
    connection.execute(_FORGET, {"here": installation_id, "words": texts})
    for table, column, kept in _KEPT:
        # The whole key, because only that is indexed: from the part to the word, never back.
        statement = delete(table).where(
            table.c.installation_id == _here, column == bindparam("part"), table.c.word == bindparam("of")
        )
        rows = [{"here": installation_id, "part": part, "of": text} for text in texts for part in kept(text)]
        if rows:
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
