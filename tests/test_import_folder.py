"""The folder: what lies in it is imported once, by one process, and put away with what is wrong with it."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.jobs import import_folder, importing
from bot.jobs.import_folder import QUIET, Folder
from storage import import_runs, imports, schema, standing
from storage.database import Database
from storage.import_runs import LEASE
from storage.installations import Installation, create
from tests.bots import CATALOG
from tests.conftest import NOW, TODAY, Fresh
from tests.processes import die_at, in_a_child
from tests.storage.imports.conftest import dump

CLIENTS = "id,name\nA,Acme\nB,Globex\n"
USAGE = "client_id,tool,used_on,count\nA,forms,2026-11-19,3\nB,forms,2026-11-19,1\n"
LATER = 10 * QUIET  # seconds by which the files have lain there


@dataclass
class Desk:
    """A folder that is looked at, and the database that it is imported into."""

    database: Database
    number: int
    folder: Path
    now: datetime = NOW
    after: float = LATER

    @property
    def job(self) -> Folder:
        """The job as another process has it: nothing is kept between two."""
        return Folder(self.database, self.number, self.folder, None, lambda: self.now, self._clock)

    def _clock(self) -> float:
        return max(one.stat().st_ctime for one in self.folder.rglob("*")) + self.after

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, after: timedelta = timedelta(minutes=5)) -> None:
        self.now += after
        self.job.run()

    def tree(self) -> set[str]:
        """All files, by their place in the folder."""
        return {str(one.relative_to(self.folder)) for one in self.folder.rglob("*") if one.is_file()}

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def runs(self) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(schema.import_run).order_by(schema.import_run.c.id)))

    def uses(self) -> int:
        with self.database.read() as connection:
            return sum(connection.scalars(select(schema.usage.c.count)))

    def names(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.scalars(select(schema.record.c.name)))


@pytest.fixture
def desk(database: Database, installation: Installation, tmp_path: Path) -> Desk:
    """A folder on each database."""
    return _desk(database, installation, tmp_path)


@pytest.fixture
def one_desk(sqlite: Database, tmp_path: Path) -> Desk:
    """A folder on SQLite only, for rules that have nothing to do with the database."""
    with sqlite.write() as connection:
        made = create(connection, NOW)
    return _desk(sqlite, made, tmp_path)


def _desk(database: Database, installation: Installation, tmp_path: Path) -> Desk:
    folder = tmp_path / "in"
    folder.mkdir()
    return Desk(database, installation.id, folder)


def test_what_lies_in_the_folder_is_imported_together_and_put_away(desk: Desk) -> None:
    desk.write("usage.csv", USAGE)
    desk.write("clients.csv", CLIENTS)
    desk.run()
    assert (desk.names(), desk.uses()) == ({"Acme", "Globex"}, 4)
    assert desk.tree() == {"done/clients.csv", "done/usage.csv"}
    (run,) = desk.runs()
    assert (run.origin, run.state, run.rows_read, run.rows_refused, run.error) == ("folder", "done", 4, 0, None)
    assert [one["name"] for one in run.files] == ["clients.csv", "usage.csv"]
    desk.run()
    assert len(desk.runs()) == 1


def test_an_empty_folder_is_no_import(one_desk: Desk) -> None:
    one_desk.run()
    assert (one_desk.runs(), one_desk.tree()) == ([], set())


@pytest.mark.parametrize("name", ["clients.csv", "usage.csv"])
def test_while_one_file_is_being_written_all_wait(one_desk: Desk, name: str) -> None:
    one_desk.write("clients.csv", CLIENTS)
    one_desk.write("usage.csv", USAGE)
    before = one_desk.job.clock()
    os.utime(one_desk.folder / name, (before - QUIET + 1, before - QUIET + 1))
    one_desk.run()
    assert one_desk.runs() == []
    os.utime(one_desk.folder / name, (0, 0))
    one_desk.run()
    assert one_desk.tree() == {"done/clients.csv", "done/usage.csv"}


def test_a_copy_with_an_old_time_waits_too(one_desk: Desk) -> None:
    os.utime(one_desk.write("clients.csv", CLIENTS), (0, 0))
    one_desk.after = QUIET - 1
    one_desk.run()
    assert one_desk.runs() == []


def test_what_is_named_as_half_written_waits(one_desk: Desk) -> None:
    one_desk.write("clients.csv.part", CLIENTS)
    one_desk.run()
    assert one_desk.tree() == {"clients.csv.part"}


def test_a_file_that_is_written_to_while_it_is_read_stays_and_is_read_again(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_desk.write("clients.csv", CLIENTS)
    original = imports.run

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        report = original(*args, **kwargs)
        one_desk.write("clients.csv", CLIENTS + "C,Initech\n")
        return report

    monkeypatch.setattr(imports, "run", meanwhile)
    one_desk.run()
    assert one_desk.tree() == {"clients.csv"}
    monkeypatch.undo()
    one_desk.run()
    assert one_desk.tree() == {"done/clients.csv"}
    assert "Initech" in one_desk.names()


def test_a_file_with_refused_rows_goes_to_rejected_with_them_and_the_reasons(desk: Desk) -> None:
    desk.write("clients.csv", CLIENTS)
    desk.write("usage.csv", USAGE + "X,forms,2026-11-19,1\n")
    desk.run()
    assert desk.uses() == 4
    assert desk.tree() == {
        "done/clients.csv", "rejected/usage.csv", "rejected/usage.csv.rejects.csv", "rejected/usage.csv.reasons.txt",
    }  # fmt: skip
    assert desk.read("rejected/usage.csv.rejects.csv").splitlines()[1].startswith("X,forms,2026-11-19,1,4,")
    assert "line 4: client_id, unknown client" in desk.read("rejected/usage.csv.reasons.txt")
    assert [(one.state, one.rows_refused) for one in desk.runs()] == [("done", 1)]


def test_mended_rows_are_imported_from_the_folder_too(one_desk: Desk) -> None:
    one_desk.write("clients.csv", CLIENTS)
    one_desk.write("usage.csv", USAGE + "X,forms,2026-11-18,1\nY,forms,2026-11-18,1\n")
    one_desk.run()
    rejects = one_desk.read("rejected/usage.csv.rejects.csv")
    one_desk.write("usage.csv.rejects.csv", rejects.replace("X,", "A,"))
    one_desk.run()
    assert one_desk.uses() == 5
    assert one_desk.tree() >= {"rejected/usage-2.csv.mended.csv", "rejected/usage-2.csv.rejects.csv"}
    assert "Y," in one_desk.read("rejected/usage-2.csv.rejects.csv")
    one_desk.write("usage.csv.rejects.csv", one_desk.read("rejected/usage-2.csv.rejects.csv").replace("Y,", "B,"))
    one_desk.run()
    assert one_desk.uses() == 6
    assert "done/usage.csv.rejects.csv" in one_desk.tree()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("clients.csv", "", "it is empty"),
        ("clients.csv", b"\xff\xfe\x00", "it is not UTF-8"),
        ("clients.csv", "name,town\nAcme,Oslo\n", "column id is missing"),
        ("people.csv", CLIENTS, "neither its name nor the mapping says what it is"),
        ("clients.xlsx", b"PK\x03\x04", "neither its name nor the mapping says what it is"),
        ("clients.csv", "id,name\n" + "x" * 200_000, "refused"),
    ],
)
def test_a_file_that_cannot_be_read_is_rejected_with_the_reason_and_the_others_land(
    one_desk: Desk, name: str, content: str | bytes, reason: str
) -> None:
    one_desk.write(name, content)
    one_desk.write("deals.csv", "id,client_id,name\n")
    one_desk.run()
    assert reason in one_desk.read(f"rejected/{name}.reasons.txt")
    assert one_desk.tree() >= {f"rejected/{name}", "done/deals.csv"}


def test_a_file_that_may_not_be_opened_is_rejected_with_the_reason(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_desk.write("clients.csv", CLIENTS)

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(imports.files, "_not_utf8", refuse)
    one_desk.run()
    assert "the bot may not open it" in one_desk.read("rejected/clients.csv.reasons.txt")


def test_the_mapping_beside_the_files_says_what_they_are_and_stays(one_desk: Desk) -> None:
    one_desk.write("mapping.toml", "[[files]]\nobject = 'clients'\nnames = ['accounts.csv']\n")
    one_desk.write("accounts.csv", CLIENTS)
    one_desk.run()
    assert one_desk.names() == {"Acme", "Globex"}
    assert one_desk.tree() == {"mapping.toml", "done/accounts.csv"}


def test_the_catalog_beside_the_files_is_scored_with_and_stays(one_desk: Desk) -> None:
    text = Path("storage/catalog.toml").read_text(encoding="utf-8").replace('name = "Tools in use"', 'name = "Ours"', 1)
    one_desk.write("catalog.toml", text)
    one_desk.write("clients.csv", CLIENTS)
    one_desk.run()
    with one_desk.database.read() as connection:
        kept = connection.scalar(select(schema.catalog.c.text))
    assert kept == text
    assert one_desk.tree() == {"catalog.toml", "done/clients.csv"}


@pytest.mark.parametrize(
    ("name", "text", "error", "reason"),
    [
        ("mapping.toml", "sorce = 'x'", "mapping_refused", "line 1: sorce is not known; is source meant?"),
        ("catalog.toml", "version = ", "catalog_refused", "The catalog cannot be used"),
    ],
)
def test_where_the_mapping_or_the_catalog_is_wrong_nothing_lands_and_each_file_says_why(
    one_desk: Desk, name: str, text: str, error: str, reason: str
) -> None:
    one_desk.write(name, text)
    one_desk.write("clients.csv", CLIENTS)
    one_desk.run()
    assert one_desk.names() == set()
    assert one_desk.tree() == {name, "rejected/clients.csv", "rejected/clients.csv.reasons.txt"}
    assert reason in one_desk.read("rejected/clients.csv.reasons.txt")
    assert [(run.state, run.error) for run in one_desk.runs()] == [("failed", error)]


def test_nothing_that_was_put_away_is_overwritten(one_desk: Desk) -> None:
    texts = [f"id,name\nA,Name {number}\n" for number in range(3)]
    for text in texts:
        one_desk.write("clients.csv", text)
        one_desk.run()
    names = ("done/clients.csv", "done/clients-2.csv", "done/clients-3.csv")
    assert [one_desk.read(name) for name in names] == texts


def die(desk: Desk, place: Any, function: str, call: int = 1, *, before: bool = False) -> int:
    """A turn in a process that is killed after (or before) the n-th call of a function."""
    desk.database.engine.dispose()
    url = desk.database.url.render_as_string(hide_password=False)

    def work() -> None:
        die_at(place, function, call, before=before)
        replace(desk, database=Database(url)).job.run()

    return in_a_child(work)


@pytest.mark.parametrize(
    ("place", "function", "call"),
    [
        (import_runs, "claim_folder", 1),
        (imports.merging, "_merge_slice", 1),
        (standing, "advance", 1),
        (import_folder, "carry_out", 1),
        (import_runs, "land", 1),
        (import_folder, "_move", 1),
        (import_folder, "_move", 2),
    ],
)
def test_what_a_killed_process_left_is_done_over_with_the_result_of_one_import(
    desk: Desk, place: Any, function: str, call: int, fresh: Fresh, tmp_path: Path
) -> None:
    files = {
        "clients.csv": CLIENTS,
        "usage.csv": USAGE,
        "more.csv": USAGE + "X,forms,2026-11-19,1\n",  # days of which both have rows: they add up
        "mapping.toml": "[[files]]\nobject = 'clients'\nnames = ['clients.csv']\n"
        "[[files]]\nobject = 'usage'\nnames = ['usage.csv', 'more.csv']\n",
    }
    for name, text in files.items():
        desk.write(name, text)
    assert die(desk, place, function, call) == -signal.SIGKILL
    desk.run(timedelta(seconds=1))
    assert [run.ended_at for run in desk.runs()] == [None], "its lease has not run out"
    desk.run(LEASE)
    assert desk.tree() == {
        "mapping.toml", "done/clients.csv", "done/usage.csv", "rejected/more.csv", "rejected/more.csv.rejects.csv",
        "rejected/more.csv.reasons.txt",
    }  # fmt: skip
    assert [(run.state, run.rows_read, run.rows_refused) for run in desk.runs()] == [("done", 7, 1)]
    assert dump(desk.database) == imported_once(files, fresh, tmp_path)


def imported_once(files: dict[str, str], fresh: Fresh, tmp_path: Path) -> dict[str, Any]:
    """The facts that one import of these files gives."""
    database, folder = Database(fresh("sqlite")), tmp_path / "once"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with database.write() as connection:
        number = create(connection, NOW).id
    imports.run(database, number, [folder], catalog=CATALOG, today=TODAY, now=NOW, rejects_folder=tmp_path)
    found = dump(database)
    database.close()
    return found


def test_a_file_that_came_after_the_import_is_not_put_away_unread(one_desk: Desk) -> None:
    one_desk.write("clients.csv", CLIENTS)
    assert die(one_desk, import_folder, "_move", before=True) == -signal.SIGKILL
    one_desk.write("clients.csv", CLIENTS + "C,Initech\n")
    one_desk.run(LEASE)
    assert one_desk.tree() == {"clients.csv"}
    one_desk.run()
    assert one_desk.tree() == {"done/clients.csv"}
    assert "Initech" in one_desk.names()


def test_what_kills_every_process_is_given_up_and_rejected(one_desk: Desk) -> None:
    one_desk.write("clients.csv", CLIENTS)
    for _ in range(importing.ATTEMPTS):
        assert die(one_desk, imports.merging, "_merge_slice") == -signal.SIGKILL
        one_desk.now += LEASE
    one_desk.run()
    assert "in several attempts" in one_desk.read("rejected/clients.csv.reasons.txt")
    assert [(run.state, run.error) for run in one_desk.runs()] == [("failed", "import_given_up")]


def test_of_two_processes_at_once_exactly_one_imports(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("clients.csv", CLIENTS)
    imported, begin = [], threading.Barrier(4)
    original = imports.run

    def counted(*args: Any, **kwargs: Any) -> Any:
        imported.append(args)
        return original(*args, **kwargs)

    monkeypatch.setattr(imports, "run", counted)

    def turn() -> None:
        job = desk.job
        begin.wait()
        job.run()

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(imported) == len(desk.runs()) == 1
    assert desk.tree() == {"done/clients.csv"}


def test_what_another_process_has_imported_between_look_and_claim_is_left_alone(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_desk.write("clients.csv", CLIENTS)
    original, other = import_runs.claim_folder, one_desk.job

    def late(*args: Any) -> Any:
        monkeypatch.undo()
        other.run()
        return original(*args)

    monkeypatch.setattr(import_runs, "claim_folder", late)
    one_desk.run()
    assert [run.state for run in one_desk.runs()] == ["done"]
    assert one_desk.tree() == {"done/clients.csv"}


def test_a_folder_that_is_not_there_is_no_failure(one_desk: Desk) -> None:
    one_desk.folder.rmdir()
    one_desk.run()
    assert one_desk.runs() == []


def test_a_long_import_keeps_its_claim_and_stops_once_it_is_lost(desk: Desk) -> None:
    run = import_runs.claim_folder(desk.database, desk.number, ["clients.csv"], desk.now)
    assert run is not None
    lease = importing.Lease(desk.database, run, lambda: desk.now)
    for _ in range(3):
        desk.now += LEASE / 2
        lease.progress("merge", 1, 2)
        assert import_runs.claim_folder(desk.database, desk.number, ["clients.csv"], desk.now) is None
    desk.now += LEASE
    assert import_runs.claim_folder(desk.database, desk.number, ["clients.csv"], desk.now) is not None
    with pytest.raises(importing.LostError):
        lease.progress("merge", 2, 2)


def test_an_import_renews_its_claim_while_it_reads_merges_and_scores(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    original = importing.Lease.progress

    def noted(self: importing.Lease, what: str, done: int, total: int) -> None:
        steps.append(what)
        original(self, what, done, total)

    monkeypatch.setattr(importing, "RENEW", timedelta(0))
    monkeypatch.setattr(importing.Lease, "progress", noted)
    desk.write("clients.csv", CLIENTS)
    desk.write("usage.csv", USAGE)
    desk.run()
    assert set(steps) == {"clients.csv", "usage.csv", "merge", "scores"}
    assert desk.tree() == {"done/clients.csv", "done/usage.csv"}


def test_files_that_are_gone_end_what_was_begun_with_them(one_desk: Desk) -> None:
    one_desk.write("clients.csv", CLIENTS)
    assert die(one_desk, import_runs, "claim_folder") == -signal.SIGKILL
    (one_desk.folder / "clients.csv").unlink()
    one_desk.run(LEASE)
    assert [(run.state, run.error) for run in one_desk.runs()] == [("failed", "import_gone")]
