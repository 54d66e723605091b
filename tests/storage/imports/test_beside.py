"""People work on while an import runs: commands are answered and writes are made, and none waits long."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import text

from bot.app import wire
from bot.settings import Settings
from storage import installations, people, standing
from storage.database import Database
from storage.imports import merging, run
from tests.conftest import NOW, TODAY
from tests.storage.imports.conftest import PAUSES, Desk

ROWS, CLIENTS = 1_000_000, 2_000
LONGEST = 0.25  # seconds that anybody may wait
TEAM, USER = "T1", "U1"
ANNA = {"id": USER, "team_id": TEAM, "name": "anna"}


def write_many(folder: Path) -> None:
    """Usage of all clients, in random order."""
    random, many = Random(1), ROWS // 20
    tools = ("forms", "ads", "deals", "blog", "tickets", "workflows", "email", "calls")
    cells = [f"{tool},{TODAY - timedelta(days)},1\n" for tool in tools for days in range(300)]
    ids = [f"C{i}," for i in range(CLIENTS)]
    (folder / "clients.csv").write_text("id,name\n" + "".join(f"{one}Client {one[1:-1]}\n" for one in ids))
    with (folder / "usage.csv").open("w") as uses:
        uses.write("client_id,tool,used_on,count\n")
        for _ in range(20):
            rows = zip(random.choices(ids, k=many), random.choices(cells, k=many), strict=True)
            uses.write("".join(map("".join, rows)))


class Importing(NamedTuple):
    """An import in a process of its own."""

    desk: Desk
    process: int

    def turns(self) -> Iterator[None]:
        """Again and again until it has ended well."""
        while (ended := os.waitpid(self.process, os.WNOHANG)) == (0, 0):
            yield
            time.sleep(0.01)
        assert os.waitstatus_to_exitcode(ended[1]) == 0

    def wait_for(self, work: Callable[[], None]) -> float:
        """Seconds that some work beside it took, without those that nobody could do anything about.

        In these the import or we were ready to run, and the kernel had other work for the processors. Of both only
        the longer counts, as they may be the same seconds: a lock held for long is never explained away.
        """
        sides = self._sides()
        before = [[held_up(one) for one in side] for side in sides]
        begun = time.monotonic()
        work()
        seconds = time.monotonic() - begun
        return seconds - max(
            sum(max(0.0, held_up(one) - late) for one, late in zip(side, then, strict=True))
            for side, then in zip(sides, before, strict=True)
        )

    def _sides(self) -> tuple[list[Path], list[Path]]:
        """Those who work for the import, and those who work for us, as the kernel knows them."""
        theirs, ours = [Path(f"/proc/{self.process}")], list(Path("/proc/self/task").glob("*"))
        if not self.desk.database.is_sqlite:
            found = "SELECT pid, application_name = 'import' FROM pg_stat_activity WHERE datname = current_database()"
            for process, is_theirs in self.desk.rows(text(found)):
                (theirs if is_theirs else ours).append(Path(f"/proc/{process}"))
        return theirs, ours


def held_up(one: Path) -> float:
    """Seconds for which it was ready and did not run; none where the kernel does not say so, or it has ended."""
    try:
        return int((one / "schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def start(desk: Desk) -> Importing:
    """Forked, as this process is warm already."""
    url = desk.database.url
    if not desk.database.is_sqlite:
        url = url.update_query_dict({"application_name": "import"})
    desk.database.engine.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads that other tests left
        process = os.fork()
    if process == 0:
        try:
            merging.PAUSE, standing.PAUSE = PAUSES
            database = Database(url.render_as_string(hide_password=False))
            run(database, desk.installation_id, [desk.folder], catalog=desk.catalog, today=TODAY, now=NOW)
            os._exit(0)
        finally:
            os._exit(1)
    return Importing(desk, process)


@pytest.fixture
def app(desk: Desk) -> Iterator[App]:
    """The bot, with somebody who asks. Nobody listens where its Slack is: commands need none."""
    with desk.database.write() as connection:
        installations.bind(connection, desk.installation_id, TEAM)
        people.keep(connection, desk.installation_id, ANNA, NOW)
    answer = AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-1", bot_user_id="UB")
    made = wire(
        database=desk.database,
        catalog=desk.catalog,
        now=lambda: NOW,
        slack=WebClient("xoxb-1", base_url="http://127.0.0.1:9/"),
        settings=Settings(_env_file=None),  # type: ignore[call-arg]
        authorize=lambda **_: answer,
    )
    yield made
    made.listener_runner.listener_executor.shutdown()


def ask(app: App, typed: str) -> str:
    body = {"command": "/engagement", "text": typed, "team_id": TEAM, "user_id": USER, "trigger_id": "1"}
    response = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert response.status == 200
    return str(response.body)


@pytest.mark.alone
@pytest.mark.parametrize("database", ["sqlite", "postgres-debian"], indirect=True)
def test_during_an_import_of_a_million_rows_nothing_waits_a_quarter_of_a_second(desk: Desk, app: App) -> None:
    write_many(desk.folder)

    def command() -> None:
        assert "logged as" not in ask(app, "Client 7")

    def write() -> None:
        with desk.database.write() as connection:
            people.keep(connection, desk.installation_id, ANNA, NOW)

    importing = start(desk)
    waits = [importing.wait_for(work) for _ in importing.turns() for work in (command, write)]
    assert len(waits) > 100
    assert max(waits) < LONGEST
    assert "Client 7" in ask(app, "Client 7")
    assert desk.reach() == TODAY
