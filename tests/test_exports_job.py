"""Exported lists reach whoever asked, as a file, once: whatever Slack, the network or a process does meanwhile."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Row, insert, select, update
from structlog.testing import capture_logs

from bot import launch, manifest
from bot.jobs import delivery
from bot.jobs import exports as job
from bot.playground import faults
from bot.playground import people as cast
from bot.playground.faults import Fault
from bot.playground.files import share
from bot.playground.manifest import Manifest
from bot.playground.model import Message
from bot.playground.server import Playground
from bot.playground.web_api import files
from bot.settings import Settings
from storage import exports, people, schema
from storage.catalog import Catalogs
from storage.database import Database
from storage.exports import LEASE
from tests.bots import CATALOG, Bot
from tests.conftest import NOW

COMPLETE = "files.completeUploadExternal"
STEPS = ("files.getUploadURLExternal", "upload", "conversations.open", COMPLETE)
ALL = {"Acme AS", "Acme Eiendom AS", "Globex Corporation", "Wayne Bygg AS", "Wonka Norge AS", "Twin GmbH", "Twin AS"}
ANNAS = {"Acme AS", "Wonka Norge AS", "Twin GmbH"}


class KilledError(BaseException):
    """As if the process had ended."""


@dataclass
class World:
    """A base of a few clients, the Slack that files go to, and a clock that is moved by hand."""

    slack: Playground
    database: Database
    number: int
    now: datetime = NOW

    @property
    def job(self) -> job.Exports:
        """The job as another process has it: nothing is kept between two."""
        token = SecretStr(self.slack.bot_token)
        settings = Settings(_env_file=None, slack_bot_token=token, slack_api_url=self.slack.api_url)  # type: ignore[call-arg]
        catalogs = Catalogs(self.database, CATALOG)
        return job.Exports(self.database, launch.posting(settings), catalogs, self.number, lambda: self.now)

    def ask(self, text: str = "", who: str = cast.ANNA) -> None:
        with self.database.write() as connection:
            asker = people.find(connection, cast.TEAM.id, who)
            assert asker is not None
            assert exports.ask(connection, asker, text, self.now)

    def run(self, after: timedelta = timedelta()) -> None:
        self.now += after
        self.job.run()

    def messages(self, who: str = cast.ANNA) -> list[Message]:
        with self.slack.slack.lock:  # else a message may be there, and its file not yet
            return list(self.slack.slack.messages[cast.direct_message(who).id])

    def sent(self, number: int = 1, who: str = cast.ANNA) -> list[Message]:
        """The direct messages, once there are as many: Slack shows a file a moment after it took it."""
        return Bot.wait(lambda: found if len(found := self.messages(who)) >= number else None)

    def request(self) -> Row[Any]:
        with self.database.read() as connection:
            return connection.execute(select(schema.export_request)).one()

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


@contextmanager
def made(base: Path, folder: Path, without: str = "") -> Iterator[World]:
    shutil.copy(base, folder / "bot.db")
    database = Database(f"sqlite:///{folder}/bot.db")
    read = Manifest.read(manifest.FILE)
    with Playground(manifest=replace(read, scopes=read.scopes - {without})) as slack:
        world = World(slack, database, 1)
        users = world.job.slack.users_list()["members"]
        with database.write() as connection:
            for user in users:
                people.keep(connection, world.number, user, NOW)
        yield world
    database.close()


@pytest.fixture
def world(small_base: Path, tmp_path: Path) -> Iterator[World]:
    with made(small_base, tmp_path) as one:
        yield one


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits between two looks; what Slack shows late is waited for where it matters."""
    monkeypatch.setattr(job, "APART", 0.0)


def names(message: Message) -> list[str]:
    (file,) = message.files
    assert file.content is not None
    text = file.content.decode("utf-8-sig")
    return [row["Name"] for row in csv.DictReader(StringIO(text, newline=""))]


def test_the_file_comes_as_a_direct_message_that_says_what_it_is(world: World) -> None:
    world.ask("sort:name")
    world.run()
    (message,) = world.sent()
    assert message.text == "3 clients · your clients · data to Fri 20 Nov · Showing: `sort:name`"
    assert message.files[0].name == "clients-2026-11-20.csv"
    assert names(message) == ["Acme AS", "Twin GmbH", "Wonka Norge AS"]
    assert message.files[0].content is not None
    assert message.files[0].content.startswith(b"\xef\xbb\xbfClient ID,Name,Domain,Score,")
    assert world.request().state == "sent"
    world.run(LEASE)
    assert len(world.messages()) == 1


def test_each_gets_what_they_may_see_whoever_asked_for_the_same(world: World) -> None:
    expected = {cast.ANNA: ANNAS, cast.BO: {"Acme Eiendom AS", "Twin AS"}, cast.DINA: ALL}
    for who in expected:
        world.ask(who=who)
    world.run()
    for who, clients in expected.items():
        (message,) = world.sent(who=who)
        assert set(names(message)) == clients


def test_me_is_whoever_asked(world: World) -> None:
    world.ask("csm:me", who=cast.BO)
    world.run()
    assert set(names(world.sent(who=cast.BO)[0])) == {"Acme Eiendom AS", "Twin AS"}
    assert world.messages() == []


def test_the_filter_means_what_it_means_when_the_file_is_made(world: World) -> None:
    world.ask()
    with world.database.write() as connection:
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == 1).values(person_id=None))
    world.run()
    assert set(names(world.sent()[0])) == ANNAS - {"Acme AS"}


@pytest.mark.parametrize(
    "change", [{"is_deleted": True}, {"is_guest": True}, {"slack_team_id": "T0OTHER"}, {"seat": "off"}]
)
def test_whoever_was_locked_out_meanwhile_gets_nothing(world: World, change: dict[str, Any]) -> None:
    world.ask()
    with world.database.write() as connection:
        mine = schema.person.c.slack_user_id == cast.ANNA
        connection.execute(update(schema.person).where(mine).values(change))
    world.run()
    assert (world.request().state, world.request().error) == ("failed", "refused")
    assert [call.method for call in world.slack.calls if call.method != "users.list"] == []


def test_a_list_of_another_workspace_is_not_sent(world: World) -> None:
    world.ask()
    other = {"installation_id": 1, "id": 2, "name": "Other", "is_primary": False, "csm_property": "csm_email"}
    with world.database.write() as connection:
        connection.execute(insert(schema.workspace).values(other))
        connection.execute(update(schema.export_request).values(workspace_id=2))
    world.run()
    (message,) = world.messages()
    assert message.text.startswith("The list that you exported is no longer yours to see.")
    assert world.request().error == "export_gone"


def test_a_filter_that_no_longer_is_one_is_told_in_words(world: World) -> None:
    world.ask("csm:gone@example.com")
    world.run()
    (message,) = world.messages()
    assert message.text.startswith("Nobody with the address gone@example.com is known.")
    assert world.request().state == "failed"


@pytest.mark.parametrize(("wanted", "clients"), [("client:zzz", 0), ("client:globex", 1), ("team:all", 7)])
def test_a_file_has_all_clients_of_the_list(world: World, wanted: str, clients: int) -> None:
    world.ask(wanted, who=cast.DINA)
    world.run()
    (message,) = world.sent(who=cast.DINA)
    assert len(names(message)) == clients
    assert message.text.startswith(f"{clients} client")
    assert "engagement-bot export" not in message.text


@pytest.mark.parametrize(("most", "rows", "is_cut"), [(6, 6, True), (7, 7, False)])
def test_a_list_that_is_too_long_says_how_to_get_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int, rows: int, is_cut: bool
) -> None:
    monkeypatch.setattr(job, "MOST", most)
    world.ask("team:all")
    world.run()
    (message,) = world.sent()
    assert len(names(message)) == rows
    assert ("`engagement-bot export team:all --out clients.csv`" in message.text) is is_cut


FAULTS = {"503": faults.unavailable(), "lost": faults.killed_before(), "answer lost": faults.killed_after()}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_what_goes_wrong_on_the_way_is_done_again_and_the_file_comes_once(
    world: World, step: str, fault: Fault
) -> None:
    world.slack.faults.add(step, fault)
    world.ask()
    world.run()
    assert world.request().state == "waiting"
    if step == COMPLETE and fault.processed:
        world.sent()
    world.run(timedelta(seconds=29))
    assert world.request().state == "waiting"
    world.run(timedelta(seconds=1))
    assert world.request().state == "sent"
    (message,) = world.sent()
    assert set(names(message)) == ANNAS


def test_a_file_that_arrived_although_the_answer_was_lost_is_not_sent_again(world: World) -> None:
    world.slack.faults.add(COMPLETE, faults.killed_after())
    world.ask()
    world.run()
    world.sent()
    world.run(timedelta(seconds=30))
    assert world.request().state == "sent"
    assert (world.calls(COMPLETE), world.calls("files.getUploadURLExternal")) == (1, 1)


def test_a_file_that_slack_shows_late_is_seen_by_the_second_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[Any] = []

    def wait(seconds: float) -> None:
        if seconds:
            share(*late.pop())

    monkeypatch.setattr(files, "share_soon", lambda *given: late.append(given))
    monkeypatch.setattr(job, "APART", 5.0)
    monkeypatch.setattr(job, "time", SimpleNamespace(sleep=wait))
    world.slack.faults.add(COMPLETE, faults.killed_after())
    world.ask()
    world.run()
    world.run(timedelta(seconds=30))
    assert (late, world.request().state) == ([], "sent")
    assert (len(world.messages()), world.calls(COMPLETE)) == (1, 1)


def test_too_many_requests_are_waited_for(world: World) -> None:
    world.slack.faults.add(COMPLETE, faults.rate_limited(0))
    world.ask()
    world.run()
    assert world.request().state == "sent"
    assert len(world.sent()) == 1


def test_after_three_attempts_the_asker_is_told_once(world: World) -> None:
    world.slack.faults.add(COMPLETE, *[faults.unavailable()] * 3)
    world.ask()
    for _ in range(5):
        world.run(timedelta(minutes=5))
    (message,) = world.messages()
    assert message.text.startswith("Your file could not be sent, in several attempts.")
    assert (world.calls(COMPLETE), world.request().error) == (3, "export_failed")


def test_the_last_attempt_is_looked_up_too(world: World) -> None:
    world.slack.faults.add(COMPLETE, faults.unavailable(), faults.unavailable(), faults.killed_after())
    world.ask()
    for _ in range(3):
        world.run(timedelta(minutes=5))
    world.sent()
    world.run(timedelta(minutes=5))
    assert world.request().state == "sent"
    assert len(world.messages()) == 1


def test_where_even_the_last_look_fails_the_asker_is_told_that_it_is_not_known(world: World) -> None:
    world.slack.faults.add(COMPLETE, *[faults.unavailable()] * 3)
    world.ask()
    for _ in range(3):
        world.run(timedelta(minutes=5))
    world.slack.faults.add("conversations.history", faults.unavailable())
    world.run(timedelta(minutes=5))
    (message,) = world.messages()
    assert message.text.startswith("It is not known whether your file was sent.")
    assert world.request().error == "export_doubtful"


def test_without_the_right_to_send_files_the_asker_is_told_in_words(small_base: Path, tmp_path: Path) -> None:
    with made(small_base, tmp_path, without="files:write") as world:
        world.ask()
        world.run()
        world.run(LEASE)
        (message,) = world.messages()
        assert message.text.startswith("Your file could not be sent: Slack refused it (missing_scope).")
        assert world.request().error == "export_refused"


def test_where_it_cannot_be_looked_up_it_is_not_sent_again_and_the_asker_is_told(
    small_base: Path, tmp_path: Path
) -> None:
    with made(small_base, tmp_path, without="im:history") as world:
        world.slack.faults.add(COMPLETE, faults.killed_before())
        world.ask()
        world.run()
        world.run(timedelta(seconds=30))
        (message,) = world.messages()
        assert message.text.startswith("It is not known whether your file was sent.")
        assert (world.calls(COMPLETE), world.request().error) == (1, "export_doubtful")


def test_an_asker_who_cannot_be_told_is_left_alone(world: World) -> None:
    world.slack.slack.people[cast.ANNA].deleted = True  # before the bot heard of it
    world.ask()
    world.run()
    assert world.request().error == "export_refused"
    assert world.messages() == []


def test_a_process_killed_after_the_file_was_sent_leaves_no_second_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> bool:
        raise KilledError

    world.ask()
    with monkeypatch.context() as dying, suppress(KilledError):
        dying.setattr(exports, "end", die)
        world.run()
    world.sent()
    world.run(LEASE - timedelta(seconds=1))
    assert world.request().state == "sending"
    world.run(timedelta(seconds=1))
    assert world.request().state == "sent"
    assert (len(world.messages()), world.calls(COMPLETE)) == (1, 1)


@pytest.mark.parametrize("step", ["announce", "put_off"])
def test_a_process_killed_before_the_file_was_sent_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_: object) -> bool:
        raise KilledError

    world.slack.faults.add(COMPLETE, *[faults.killed_before()] * (step == "put_off"))
    world.ask()
    with monkeypatch.context() as dying, suppress(KilledError):
        dying.setattr(exports, step, die)
        world.run()
    world.run(LEASE)
    assert world.request().state == "sent"
    assert len(world.sent()) == 1


def test_a_process_that_took_longer_than_its_lease_posts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload, turns = delivery.send_bytes, []

    def slow(*given: Any) -> None:
        upload(*given)
        turns.append(given)
        if len(turns) == 1:
            world.run(LEASE)

    monkeypatch.setattr(job, "send_bytes", slow)
    world.ask()
    world.run()
    world.sent()
    assert (len(turns), world.calls(COMPLETE), world.request().state) == (2, 1, "sent")


@pytest.mark.parametrize("fault", [(), (faults.killed_before(),)])
def test_no_file_stays_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: tuple[Fault, ...]
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    world.slack.faults.add("upload", *fault)
    world.ask()
    world.run()
    assert list(folder.iterdir()) == []


def test_the_log_names_no_client_and_no_filter(world: World) -> None:
    world.slack.faults.add(COMPLETE, faults.unavailable())
    with capture_logs() as written:
        world.ask("client:acme")
        world.run()
        world.run(timedelta(seconds=30))
        world.ask("csm:gone@example.com", who=cast.BO)
        world.run()
    assert [line["event"] for line in written] == ["export put off", "export sent", "export failed"]
    assert not any(word in str(written).casefold() for word in ("acme", "gone", "anna"))
