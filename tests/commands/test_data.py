"""`/workspace data`: from the upload in a modal to the database and the direct message."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, delete, select, update

from bot.playground import faults
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import import_runs, rights, schema
from storage.database import Database
from storage.import_runs import LEASE
from tests.bots import Bot, texts

CLIENTS = b"id,name\nN1,Nordlys AS\nN2,Fjord Oy\n"
USAGE = b"client_id,tool,used_on,count\nN1,forms,2026-11-19,3\n"


@pytest.fixture(autouse=True)
def dina_manages(bot: Bot) -> Iterator[None]:
    with bot.database.write() as connection:
        person = schema.person.c
        dina = connection.scalar(select(person.id).where(person.slack_user_id == cast.DINA))
        assert dina is not None
        rights.set_super_admin(connection, bot.installation.id, dina, True, by=None, now=bot.now)
    yield
    with bot.database.write() as connection:
        connection.execute(delete(schema.import_run))
        connection.execute(update(schema.person).values(is_super_admin=False))
        connection.execute(delete(schema.audit_entry))
    bot.slack.slack.clear_views(cast.DINA)
    bot.slack.slack.messages[cast.direct_message(cast.DINA).id].clear()


def opened(bot: Bot) -> tuple[Message, View]:
    page = bot.ask("/workspace data", who=cast.DINA)
    bot.press(page, "upload_data", who=cast.DINA)
    return page, bot.modal(who=cast.DINA)


def upload(bot: Bot, *files: tuple[str, bytes]) -> tuple[Message, dict[str, str]]:
    page, view = opened(bot)
    bot.slack.actions.attach(cast.DINA, view.id, "upload_data", "upload_data", *files)
    return page, bot.submit(view, who=cast.DINA)


def told(bot: Bot, number: int = 1) -> list[Message]:
    channel = cast.direct_message(cast.DINA).id

    def look() -> list[Message] | None:
        found = list(bot.slack.slack.messages[channel])
        return found if len(found) >= number else None

    return bot.wait(look)


def runs(bot: Bot) -> list[Row[Any]]:
    with bot.database.read() as connection:
        return list(connection.execute(select(schema.import_run).order_by(schema.import_run.c.id)))


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(select(schema.record.c.name)))


def test_an_upload_is_imported_and_its_uploader_told(bot: Bot) -> None:
    page, errors = upload(bot, ("clients.csv", CLIENTS), ("usage.csv", USAGE))
    assert errors == {}
    waiting = bot.replaced(page, "Waiting: clients.csv, usage.csv from Dina", who=cast.DINA)
    assert "Waiting" in waiting.text
    assert {"Nordlys AS", "Fjord Oy"}.isdisjoint(names(bot.database)), "the listener imports nothing"
    bot.uploads().run()
    assert names(bot.database) >= {"Nordlys AS", "Fjord Oy"}
    assert [one.text for one in told(bot)] == ["Imported clients.csv, usage.csv: 3 rows read, 0 refused."]
    found = bot.ask("/workspace data", who=cast.DINA)
    assert "clients.csv, usage.csv from Dina" in found.text
    assert "3 rows read, 0 refused" in found.text
    bot.uploads(LEASE * 2).run()
    assert [(run.state, run.rows_read) for run in runs(bot)] == [("done", 3)]
    assert bot.ask("/engagement Nordlys", who=cast.DINA).text.startswith("Nordlys AS")


def test_an_upload_is_audited(bot: Bot) -> None:
    upload(bot, ("clients.csv", CLIENTS))
    assert "uploaded clients.csv" in bot.ask("/workspace history", who=cast.DINA).text


def test_refused_rows_come_back_as_a_file_that_can_be_mended_and_uploaded(bot: Bot) -> None:
    upload(bot, ("usage.csv", USAGE + b"N9,forms,2026-11-19,1\n"), ("clients.csv", CLIENTS))
    bot.uploads().run()
    (message,) = told(bot)
    assert message.text.startswith("Imported usage.csv, clients.csv: 4 rows read, 1 refused. ")
    (file,) = message.files
    assert file.name == "usage.csv.rejects.csv"
    assert file.content is not None
    (row,) = csv.DictReader(StringIO(file.content.decode()))
    assert row["client_id"] == "N9"
    assert row["rejected_because"] == "client_id: unknown client"
    upload(bot, (file.name, file.content.replace(b"N9", b"N2")))
    bot.uploads().run()
    assert told(bot, 2)[1].text == "Imported usage.csv.rejects.csv: 1 row read, 0 refused."


def test_a_mapping_that_comes_along_says_what_the_files_are(bot: Bot) -> None:
    mapping = b"source = 'CRM'\n[[files]]\nobject = 'clients'\nnames = ['accounts.csv']\ncolumns = { id = 'No' }\n"
    upload(bot, ("accounts.csv", b"No,name\n77,Mapped AS\n"), ("crm.toml", mapping))
    bot.uploads().run()
    assert "Mapped AS" in names(bot.database)
    assert "*CRM* (CSV files) · no usage yet" in texts(bot.ask("/workspace data", who=cast.DINA).blocks)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("clients.xlsx", b"PK")], "clients.xlsx is no CSV file"),
        ([("people.csv", b"id\n")], "people.csv says nothing to the bot"),
        ([("clients.csv", b"")], "clients.csv is empty"),
        ([("clients.csv", CLIENTS), ("clients.csv", CLIENTS)], "clients.csv is there twice"),
    ],
)
def test_what_is_plainly_wrong_is_said_beside_the_field(bot: Bot, files: list[tuple[str, bytes]], says: str) -> None:
    _, errors = upload(bot, *files)
    assert says in errors["upload_data"]
    assert runs(bot) == []


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (("usage.csv", b"client,tool\nN1,forms\n"), "usage.csv: not read: column used_on is missing"),
        (("usage.csv", b"\xff\xfe"), "usage.csv: not read: it is not UTF-8"),
        (("usage.csv", b"\n\n"), "usage.csv: not read: it is empty"),
        (("map.toml", b"sorce = 'x'"), "map.toml, line 1: sorce is not known; is source meant?"),
    ],
)
def test_where_one_file_cannot_be_read_none_is_imported_and_the_uploader_told_why(
    bot: Bot, bad: tuple[str, bytes], says: str
) -> None:
    upload(bot, ("clients.csv", b"id,name\nZ1,Never AS\n"), bad)
    bot.uploads().run()
    (message,) = told(bot)
    assert message.text.startswith(f"Nothing was imported of clients.csv, {bad[0]}. ")
    assert says in message.text
    assert "Never AS" not in names(bot.database)
    assert [run.state for run in runs(bot)] == ["failed"]
    assert "nothing was imported" in bot.ask("/workspace data", who=cast.DINA).text


def test_who_may_not_set_up_neither_sees_the_data_nor_uploads(bot: Bot) -> None:
    assert bot.ask("/workspace data").text.startswith("That takes the right to manage customer success settings")
    opened(bot)
    with bot.database.write() as connection:
        connection.execute(update(schema.person).values(is_super_admin=False))
    view = bot.modal(who=cast.DINA)
    bot.slack.actions.attach(cast.DINA, view.id, "upload_data", "upload_data", ("clients.csv", CLIENTS))
    bot.submit(view, who=cast.DINA)
    assert runs(bot) == []


def test_who_lost_the_right_meanwhile_has_nothing_imported(bot: Bot) -> None:
    upload(bot, ("clients.csv", b"id,name\nZ1,Never AS\n"))
    with bot.database.write() as connection:
        connection.execute(update(schema.person).values(is_super_admin=False))
    bot.uploads().run()
    assert "Never AS" not in names(bot.database)
    assert [run.error for run in runs(bot)] == ["refused"]


def test_a_download_that_fails_for_now_is_tried_again(bot: Bot) -> None:
    upload(bot, ("clients.csv", b"id,name\nR1,Again AS\n"))
    bot.slack.faults.add("download", faults.killed_before())
    bot.uploads().run()
    assert [run.state for run in runs(bot)] == ["waiting"]
    bot.uploads(timedelta(minutes=1)).run()
    assert "Again AS" in names(bot.database)
    assert len(told(bot)) == 1


def test_without_the_right_to_read_files_the_uploader_is_told_what_is_missing(bot: Bot) -> None:
    upload(bot, ("clients.csv", CLIENTS))
    bot.slack.web_api.scopes.discard("files:read")
    try:
        bot.uploads().run()
    finally:
        bot.slack.web_api.scopes.add("files:read")
    assert "files:read" in told(bot)[0].text
    assert [run.error for run in runs(bot)] == ["upload_login"]


def test_a_login_page_is_not_imported(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(bot, ("clients.csv", b"<!DOCTYPE html>\n<html></html>"))
    bot.uploads().run()
    assert "a login page in place of clients.csv" in told(bot)[0].text


class _Thief(BaseHTTPRequestHandler):
    asked: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("Authorization"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_the_token_goes_to_slack_alone(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(bot, ("clients.csv", CLIENTS))
    with HTTPServer(("127.0.0.1", 0), _Thief) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        real = bot.slack.slack.address
        monkeypatch.setattr(bot.slack.slack, "address", f"http://127.0.0.1:{server.server_port}")
        bot.uploads().run()
        monkeypatch.setattr(bot.slack.slack, "address", real)
        server.shutdown()
    assert _Thief.asked == []
    assert "does not lie at Slack" in told(bot)[0].text


def test_a_process_killed_over_an_upload_leaves_it_to_the_next(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        """As if the process had ended."""

    def die(*_: Any, **__: Any) -> None:
        raise KilledError

    upload(bot, ("clients.csv", b"id,name\nK1,Killed AS\n"))
    one = bot.uploads()
    with monkeypatch.context() as dying:
        dying.setattr(import_runs, "end", die)
        with pytest.raises(KilledError):
            one.run()
    bot.uploads().run()
    assert [run.state for run in runs(bot)] == ["running"]
    bot.uploads(LEASE * 2).run()
    assert "Killed AS" in names(bot.database)
    assert [one.text for one in told(bot)] == ["Imported clients.csv: 1 row read, 0 refused."]


def test_an_upload_that_is_sent_twice_is_imported_once(bot: Bot) -> None:
    _, view = opened(bot)
    bot.slack.actions.attach(cast.DINA, view.id, "upload_data", "upload_data", ("clients.csv", CLIENTS))
    twice = replace(view)
    payload = bot.slack.actions._interactions.submission(twice)
    for _ in range(2):
        bot.slack.deliveries.interaction(payload)
    assert len(runs(bot)) == 1


def test_names_of_files_lead_out_of_no_folder(bot: Bot, tmp_path: Path) -> None:
    upload(bot, ("../clients.csv", CLIENTS))
    assert runs(bot) == []
