"""Import the files that people uploaded in Slack, and tell each what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from slack_sdk import WebClient

from bot.blocks import data as show
from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.wording import explain
from bot.blocks.words import Words, speak
from bot.domain.access import Person, Right
from bot.domain.data import MAPPING
from bot.errors import DeliveryError, UserError
from bot.import_report import file_lines
from bot.jobs.delivery import delivering, send_bytes
from bot.jobs.importing import ATTEMPTS, Clock, LostError, carry_out
from bot.jobs.slack_files import fetch
from storage import import_runs, people
from storage.database import Database
from storage.import_runs import Run
from storage.imports import IncompleteError, MappingError, Report

PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))  # after each attempt

log = structlog.get_logger()


@dataclass(frozen=True)
class Uploads:
    """The job, for one installation. Any number of processes may run it at a time.

    Until the last step nobody sees anything, and importing twice is importing once: so whatever goes wrong before it
    is done over. The last step, what the uploader is told, is taken once.
    """

    database: Database
    slack: WebClient  # it must not repeat a request blindly
    installation_id: int
    catalog: Path | None  # that CATALOG names; else that of the last import
    now: Clock

    def run(self) -> None:
        """One turn: whatever is due by now."""
        while (run := import_runs.claim(self.database, self.installation_id, self.now())) is not None:
            self._serve(run)

    def _serve(self, run: Run) -> None:
        asker = self._asker(run)
        if asker is None or asker.lacks(Right.SETTINGS) is not None:  # gone or locked out meanwhile: not even a word
            self._end(run, "refused")
            return
        words = speak(asker.locale)
        try:
            self._deliver(run, asker, words)
        except IncompleteError as error:
            reasons = [line for one in error.report.files if one.left_out for line in file_lines(one)]
            self._refuse(run, asker, "upload_incomplete", show.not_done(_names(run), reasons, words))
        except UserError as error:
            self._refuse(run, asker, error.key, show.not_done(_names(run), [explain(error, words)], words))
        except DeliveryError as error:
            self._put_off(run, error)
        except LostError:
            log.warning("upload lost", installation=run.installation_id, run=run.id)

    def _asker(self, run: Run) -> Person | None:
        if run.person_id is None:
            return None
        with self.database.read() as connection:
            return people.by_id(connection, run.installation_id, run.person_id)

    def _deliver(self, run: Run, asker: Person, words: Words) -> None:
        if run.attempts > ATTEMPTS:
            raise UserError("import_given_up")
        with TemporaryDirectory() as made:
            folder = Path(made)
            report = self._import(run, folder)
            text = show.done(_names(run), report.read, report.refused, report.sample_clients, words)
            rejects = list(dict.fromkeys(one.rejects for one in report.files if one.rejects))
            sent = [self._send(path) for path in rejects]
            if not self._end(run, None, report):
                return
        self._tell(run, asker, kit.message(text, [kit.section(text)]), sent)

    def _import(self, run: Run, folder: Path) -> Report:
        """All files or none: what cannot be read as a whole is mended, and all are uploaded again."""
        rejects = folder / "rejects"
        rejects.mkdir()
        files = [fetch(self.slack, one["id"], one["name"], folder) for one in run.files]
        mapping = next((one for one in files if one.suffix.casefold() == MAPPING), None)
        tables = [one for one in files if one != mapping]
        try:
            return carry_out(
                self.database, run, tables, self.now, mapping=mapping, catalog=self.catalog, rejects=rejects, whole=True
            )
        except MappingError as error:
            values = error.values | {"file": Path(str(error.values["file"])).name}
            raise UserError(error.key, **values) from None

    def _send(self, path: Path) -> dict[str, str | None]:
        with delivering():
            place = self.slack.files_getUploadURLExternal(filename=path.name, length=path.stat().st_size)
            send_bytes(place["upload_url"], path)
        return {"id": str(place["file_id"]), "title": path.name}

    def _refuse(self, run: Run, asker: Person, error: str, message: Message) -> None:
        if self._end(run, error):
            self._tell(run, asker, message)

    def _tell(self, run: Run, asker: Person, message: Message, files: Sequence[dict[str, str | None]] = ()) -> None:
        """Once, hence after it was written down: what became of the files also stands on `/workspace data`."""
        try:
            with delivering():
                direct = str(self.slack.conversations_open(users=asker.slack_user_id)["channel"]["id"])
                if files:
                    said = message["text"]
                    self.slack.files_completeUploadExternal(files=list(files), channel_id=direct, initial_comment=said)
                else:
                    self.slack.chat_postMessage(channel=direct, **message)
        except DeliveryError as error:
            log.warning("uploader not told", installation=run.installation_id, run=run.id, error=error.code)

    def _put_off(self, run: Run, error: DeliveryError) -> None:
        log.warning("upload put off", installation=run.installation_id, run=run.id, error=error.code)
        with self.database.write() as connection:
            import_runs.put_off(connection, run, self.now() + PAUSES[min(run.attempts, len(PAUSES)) - 1])

    def _end(self, run: Run, error: str | None, report: Report | None = None) -> bool:
        log.info("upload imported", installation=run.installation_id, run=run.id, error=error)
        with self.database.write() as connection:
            return import_runs.end(connection, run, self.now(), error, report)


def _names(run: Run) -> list[str]:
    return [one["name"] for one in run.files]
