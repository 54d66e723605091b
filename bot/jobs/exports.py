"""Send the lists that people exported: each as a CSV file, by direct message to whoever asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import structlog
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import export as show
from bot.blocks import kit
from bot.blocks.wording import explain
from bot.blocks.words import speak
from bot.domain.access import Person, Right
from bot.domain.catalog import Catalog
from bot.domain.filter_text import parse
from bot.domain.listing import Listing
from bot.errors import DeliveryError, UserError
from bot.jobs.delivery import delivering, send_bytes
from storage import export_rows, exports, people, scopes, standing
from storage.catalog import Catalogs
from storage.database import Database
from storage.exports import Request

MOST = 50_000  # clients in a file; beyond that there is the command line
ATTEMPTS = 3  # to send a file; one turn more looks whether the last of them arrived
PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))  # after each
APART = 5.0  # seconds between two looks: Slack shows a file some time after it took it
LATEST = 100  # messages that are looked at

log = structlog.get_logger()


class _Made(NamedTuple):
    path: Path
    comment: str
    clients: int


@dataclass(frozen=True)
class Exports:
    """The job, for one installation. Any number of processes may run it at a time."""

    database: Database
    slack: WebClient  # it must not repeat a request blindly
    catalogs: Catalogs
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: whatever is due by now."""
        while (request := exports.claim(self.database, self.installation_id, self.now())) is not None:
            self._serve(request)

    def _serve(self, request: Request) -> None:
        asker = self._asker(request)
        if asker is None or asker.lacks(Right.SEAT) is not None:  # gone or locked out meanwhile: not even a word
            self._end(request, "refused")
            return
        try:
            self._deliver(asker, request)
        except UserError as error:
            self._refuse(asker, request, error)
        except DeliveryError as error:
            if not error.temporary:
                self._refuse(asker, request, UserError("export_refused", code=error.code))
            elif request.attempts > ATTEMPTS:
                self._refuse(asker, request, UserError("export_doubtful"))
            else:
                self._put_off(request, error)

    def _asker(self, request: Request) -> Person | None:
        with self.database.read() as connection:
            return people.by_id(connection, request.installation_id, request.person_id, self.now())

    def _deliver(self, asker: Person, request: Request) -> None:
        """Send the file, unless an earlier attempt of which nothing more was heard did."""
        if request.file_id is None or not self._has_arrived(asker, request.file_id):
            if request.attempts > ATTEMPTS:
                raise UserError("export_failed")
            with TemporaryDirectory() as folder:
                self._post(asker, request, self._make(asker, request, Path(folder)))
        self._end(request)

    def _make(self, asker: Person, request: Request, folder: Path) -> _Made:
        """The file of what the asker may see now, all of it as it was at one moment."""
        catalog = self.catalogs.of(asker.installation_id, asker.catalog_hash)
        words = speak(asker.locale)
        standing.catch_up(self.database, asker.installation_id)  # where settings have just changed
        with self.database.snapshot() as connection:
            listing = self._listing(connection, catalog, asker, request)
            path = folder / show.file_name(listing)
            entries = export_rows.entries(connection, catalog, listing)
            with path.open("w", encoding="utf-8", newline="") as file:
                clients = show.fill(file, catalog, listing, islice(entries, MOST), words)
            has_more = next(entries, None) is not None
        return _Made(path, show.comment(listing, clients, words, has_more=has_more), clients)

    def _listing(self, connection: Connection, catalog: Catalog, asker: Person, request: Request) -> Listing:
        if asker.workspace_id != request.workspace_id:
            raise UserError("export_gone")
        wanted = parse(request.filter, {key: one.name for key, one in catalog.categories.items()})
        scope = scopes.resolve(connection, asker, wanted)
        today = asker.day(self.now())
        return Listing(asker.installation_id, asker.workspace_id, scope, wanted, today, asker.as_of, asker.every)

    def _post(self, asker: Person, request: Request, made: _Made) -> None:
        """In three steps and not by `files_upload_v2`, which tells the file's id only when all went well.

        Until the last step nobody sees anything, so whatever goes wrong may be done again.
        """
        name, length = made.path.name, made.path.stat().st_size
        with delivering():
            place = self.slack.files_getUploadURLExternal(filename=name, length=length)
            send_bytes(place["upload_url"], made.path)
            channel = self._channel(asker)
        with self.database.write() as connection:
            is_ours = exports.announce(connection, request, place["file_id"])
        if is_ours:
            files = [{"id": place["file_id"], "title": name}]
            with delivering():
                self.slack.files_completeUploadExternal(files=files, channel_id=channel, initial_comment=made.comment)
            log.info("export sent", installation=request.installation_id, request=request.id, clients=made.clients)

    def _has_arrived(self, asker: Person, file_id: str) -> bool:
        """Whether a file stands in the direct messages. Where we may not look, it is not sent again either."""
        try:
            return any(self._is_there(asker, file_id, after) for after in (0.0, APART))
        except DeliveryError as error:
            if error.temporary:
                raise
            raise UserError("export_doubtful") from error

    def _is_there(self, asker: Person, file_id: str, after: float) -> bool:
        time.sleep(after)
        with delivering():
            found = self.slack.conversations_history(channel=self._channel(asker), limit=LATEST)
        return any(file["id"] == file_id for message in found["messages"] for file in message.get("files", ()))

    def _channel(self, asker: Person) -> str:
        """The direct messages with somebody: a file is not sent to a person's id."""
        return str(self.slack.conversations_open(users=asker.slack_user_id)["channel"]["id"])

    def _put_off(self, request: Request, error: DeliveryError) -> None:
        log.warning("export put off", installation=request.installation_id, request=request.id, error=error.code)
        with self.database.write() as connection:
            exports.put_off(connection, request, self.now() + PAUSES[request.attempts - 1])

    def _refuse(self, asker: Person, request: Request, error: UserError) -> None:
        """Nothing will come, and the asker is told so: once, hence after it was written down."""
        if not self._end(request, error.key):
            return
        text = explain(error, speak(asker.locale))
        try:
            with delivering():
                self.slack.chat_postMessage(channel=self._channel(asker), **kit.message(text, [kit.section(text)]))
        except DeliveryError as untold:
            log.warning("asker not told", installation=request.installation_id, request=request.id, error=untold.code)

    def _end(self, request: Request, error: str | None = None) -> bool:
        if error is not None:
            log.warning("export failed", installation=request.installation_id, request=request.id, error=error)
        with self.database.write() as connection:
            return exports.end(connection, request, error)
