"""The merge: cut off at any point, whatever others write meanwhile, and the same for any size of slice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from bot.domain import names
from storage import name_index, standing
from storage.database import Database
from storage.imports import merging, record_merge, run, sample, subscription_merge, usage_merge
from storage.installations import create
from storage.schema import change, client_word, record, stale, usage, word, word_ending, word_form
from storage.schema import standing as standing_table
from tests.conftest import NOW, TODAY, Fresh
from tests.processes import die_at, in_a_child
from tests.storage.imports.conftest import Desk, dump

CLIENTS = 12


def files(version: int) -> dict[str, str]:
    """Clients, subscriptions and usage of which everything differs from version to version."""
    clients, bought, used = ["id,name,csm_email"], ["id,client_id,product,seats"], ["client_id,tool,used_on,count"]
    for i in range(CLIENTS):
        clients.append(f"C{i},Name{version} {i},csm{version}@example.com")
        bought += [f"S{i}-{n},C{i},Sales Hub,{version}" for n in range(2)]
        used += [f"C{i},{tool},2026-11-{version:02},{version}" for tool in ("forms", "deals", "ads")]
        used += [f"C{i},forms,2026-10-01,{version}"]
    return {"clients.csv": "\n".join(clients), "subscriptions.csv": "\n".join(bought), "usage.csv": "\n".join(used)}


def scores(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows(select(standing_table).order_by(standing_table.c.client_id)) + desk.rows(
        select(change.c.client_id, change.c.day, change.c.earned, change.c.possible).order_by(
            change.c.client_id, change.c.day
        )
    )


def import_and_die(desk: Desk, place: Any, function: str, call: int, *, before: bool) -> None:
    """Import in a process that is killed at the n-th call of a function, before or after it."""
    die_at(place, function, call, before=before)
    database = Database(desk.database.url.render_as_string(hide_password=False))
    run(database, desk.installation_id, [desk.folder], catalog=desk.catalog, today=TODAY, now=NOW)


def per_client(database: Database) -> dict[str, tuple[Any, ...]]:
    """Everything that is known of each client."""
    found = dump(database)
    return {
        row[1]: (
            row,
            [one for one in found["subscriptions"] if one[0] == row[1]],
            [one for one in found["usage"] if one[0] == row[1]],
        )
        for row in found["records"]
    }


def index(desk: Desk) -> list[set[tuple[Any, ...]]]:
    """What clients are found by."""
    tables = (client_word, word, word_form, word_ending)
    return [set(desk.rows(select(*table.c[1:]))) for table in tables]


def index_of_names(desk: Desk) -> list[set[tuple[Any, ...]]]:
    """What they should be found by."""
    stands = {(text, number) for number, key in desk.rows(_KEYS) for text in names.words(key)}
    words = {text for text, _ in stands}
    return [
        stands,
        {(text,) for text in words},
        {(form, text) for text in words for form in names.forms(text)},
        {(ending, text) for text in words for ending in names.endings(text)},
    ]


_KEYS = select(record.c.id, record.c.name_key).where(record.c.archived_at.is_(None), record.c.name_key != "")
DEATHS = [
    (merging, "_prepare", 1, True),
    (merging, "_merge_slice", 1, True),
    (merging, "_merge_slice", 1, False),
    (record_merge, "apply", 3, False),
    (subscription_merge, "apply", 5, False),
    (usage_merge, "apply", 2, False),
    (merging, "_mark", 7, False),
    (merging, "_merge_slice", CLIENTS, False),
    (name_index, "remove", 4, False),
    (name_index, "add", 6, False),
    (merging, "_finish", 1, False),
    (standing, "advance", 1, True),
]


@pytest.mark.parametrize("database", ["sqlite", "postgres-debian"], indirect=True)  # two releases die alike
@pytest.mark.parametrize(("place", "function", "call", "before"), DEATHS)
def test_killed_anywhere_each_client_is_old_or_new_and_another_run_finishes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: Any, function: str, call: int, before: bool
) -> None:
    for limit in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(merging, limit, 1)  # one client a slice
    desk.load(files(1))
    old = per_client(desk.database)
    desk.load(files(2), dry_run=True)  # leaves the files there
    desk.database.engine.dispose()
    died = in_a_child(lambda: import_and_die(desk, place, function, call, before=before))
    assert died == -signal.SIGKILL
    between = per_client(desk.database)
    reach = desk.reach()
    assert index(desk) == index_of_names(desk)
    desk.run([desk.folder])
    assert index(desk) == index_of_names(desk)
    new = per_client(desk.database)
    assert all(between[client] in (old[client], new[client]) for client in old)
    assert str(reach) == "2026-11-01"
    assert str(desk.reach()) == "2026-11-02"
    assert old.keys() == new.keys()
    assert not any(old[client] == new[client] for client in old)
    after = scores(desk)
    standing.rescore(desk.database, desk.installation_id, desk.catalog)
    assert [row for row in scores(desk) if row not in after] == []
    assert desk.rows(select(stale)) == []


def test_a_sample_that_was_removed_half_way_is_removed_by_the_next_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "_SLICE", 5)
    desk.load(files(1), kind="sample")
    desk.load({"clients.csv": "id,name\nC1,Real\n"}, dry_run=True)
    desk.database.engine.dispose()
    assert in_a_child(lambda: import_and_die(desk, sample, "_remove", 2, before=True)) == -signal.SIGKILL
    assert len(desk.names()) == CLIENTS - 5
    assert desk.run([desk.folder]).sample_clients == CLIENTS - 5
    assert desk.names() == ["Real"]


def test_marks_stand_with_the_facts_until_scores_are_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "advance", lambda *_: None)
    monkeypatch.setattr(standing, "settle", lambda *_: 0)
    desk.load(files(1))
    assert len(desk.rows(select(stale.c.client_id))) == CLIENTS
    with desk.database.write() as connection:
        connection.execute(stale.delete())
    desk.load({"usage.csv": "client_id,tool,used_on,count\nC3,forms,2026-11-01,9\nC4,forms,2026-11-01,1\n"})
    assert len(desk.rows(select(stale.c.client_id))) == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 400), st.randoms(use_true_random=False))
def test_neither_the_size_of_slices_nor_the_order_of_rows_matters(
    fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, one_desk: Desk, weight: int, random: Random
) -> None:
    shuffled = {}
    for name, text in files(3).items():
        header, *rows = text.splitlines()
        random.shuffle(rows)
        shuffled[name] = "\n".join([header, *rows])
    one_desk.database = Database(fresh("sqlite"))
    with one_desk.database.write() as connection:
        one_desk.installation_id = create(connection, NOW).id
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("FIRST", "LEAST", "MOST"):
            patch.setattr(merging, limit, weight)
        one_desk.load(shuffled)
    found = dump(one_desk.database)
    one_desk.database.close()
    assert [row[2] for row in found["records"]] == sorted(f"Name3 {i}" for i in range(CLIENTS))
    assert len(found["subscriptions"]) == 2 * CLIENTS
    assert len(found["usage"]) == 4 * CLIENTS
    assert {row[4] for row in found["usage"]} == {3}


def test_ids_that_somebody_else_took_meanwhile_do_no_harm(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another import adds clients between this one's staging and its merge; one of them is the same client."""
    original = merging.merge

    def late(work: Any) -> None:
        monkeypatch.setattr(merging, "merge", original)
        folder = desk.folder.parent / "other"
        folder.mkdir(exist_ok=True)
        (folder / "clients.csv").write_text("id,name\nX1,Other\nC1,Mine\nX2,Another\n", encoding="utf-8")
        (folder / "mapping.toml").write_text("source = 'other'", encoding="utf-8")
        desk.run([folder])
        original(work)

    monkeypatch.setattr(merging, "merge", late)
    report = desk.load(files(1))
    facts = report.facts["company"]
    assert (facts.added, facts.changed) == (CLIENTS - 1, 1)
    assert sorted(desk.names()) == sorted(["Other", "Another", *(f"Name1 {i}" for i in range(CLIENTS))])
    assert {client for client, _, _ in desk.uses()} == {f"C{i}" for i in range(CLIENTS)}
    assert desk.load(files(1)).facts["company"].unchanged == CLIENTS


def test_of_two_imports_of_a_new_source_at_once_the_later_to_reach_a_client_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one lands as a whole when this one has half of its clients merged, and knows of nothing stored."""
    original, half = merging._slices, CLIENTS // 2
    other = desk.folder.parent / "other"
    other.mkdir(exist_ok=True)
    for name, text in files(2).items():
        (other / name).write_text(text, encoding="utf-8")

    def slices(work: Any, pace: merging.Pace) -> Iterator[tuple[int, int, int]]:
        monkeypatch.setattr(merging, "_slices", original)
        for place, one in enumerate(original(work, pace)):
            if place == half:
                desk.run([other])
            yield one

    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(merging, name, 1)  # so each client has a slice of its own
    monkeypatch.setattr(merging, "_slices", slices)
    facts = desk.load(files(1)).facts["usage"]
    assert (facts.added, facts.changed, facts.unchanged) == (4 * half + 3 * half, half, 0)
    counts = dict(desk.rows(select(usage.c.client_id, usage.c.count).where(usage.c.day == date(2026, 10, 1))))
    assert sorted(counts.values()) == [1] * half + [2] * half
    assert len(desk.uses()) == 7 * CLIENTS


def test_a_dry_run_writes_nothing_at_all(desk: Desk) -> None:
    desk.load(files(1))
    facts, made = dump(desk.database), scores(desk)
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        verb, *rest = statement.split(maxsplit=3)
        if verb in {"INSERT", "UPDATE", "DELETE"} and not any("staged_" in word for word in rest):
            written.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    report = desk.load(files(2), dry_run=True)
    event.remove(desk.database.engine, "before_cursor_execute", note)
    assert written == []
    assert (dump(desk.database), scores(desk)) == (facts, made)
    counted = {name: (one.added, one.changed, one.unchanged) for name, one in report.facts.items()}
    assert counted == {"company": (0, 12, 0), "subscriptions": (0, 24, 0), "usage": (36, 12, 0)}
    real = desk.load(files(2))
    assert {name: (one.added, one.changed, one.unchanged) for name, one in real.facts.items()} == counted


def test_progress_goes_by_bytes_and_then_by_clients(one_desk: Desk) -> None:
    seen: list[tuple[str, int, int]] = []
    one_desk.load(files(1), progress=lambda *step: seen.append(step))
    sizes = {path.name: path.stat().st_size for path in one_desk.folder.iterdir()}
    for name, size in sizes.items():
        assert (name, size, size) in seen
    assert ("merge", CLIENTS, CLIENTS) in seen
    assert seen[-1] == ("scores", CLIENTS, CLIENTS)


def test_the_connection_with_the_staged_rows_is_never_used_again(one_desk: Desk) -> None:
    one_desk.load(files(1))
    with pytest.raises(RuntimeError, match="stop"):
        one_desk.load(files(2), progress=stop)
    assert one_desk.load(files(2)).facts["company"].changed == CLIENTS


def stop(*_: object) -> None:
    raise RuntimeError("stop")


def test_an_import_that_fails_leaves_no_rejects_behind(one_desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        one_desk.load({"clients.csv": "id,name\n,Acme\n"}, progress=stop)
    assert list(one_desk.rejects.iterdir()) == []
