"""Sources: how far their data goes, what a snapshot replaces, and how the sample leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from storage.imports import DayError
from storage.imports.report import ReachReason
from storage.schema import change, client_word, record, source, source_tool, standing, subscription, usage
from tests.conftest import TODAY
from tests.storage import bases
from tests.storage.imports.conftest import Desk, dump

CLIENTS = "id,name\n" + "".join(f"{c},Client {c}\n" for c in "ABCDEFGH")
USAGE = "client_id,tool,used_on,count\n"


def uses(*rows: tuple[str, str]) -> str:
    return USAGE + "".join(f"{client},forms,{day},1\n" for client, day in rows)


def first(*days: str) -> str:
    return uses(*((client, day) for client in "ABCDEFGH" for day in days))


@pytest.mark.parametrize(
    ("then", "reach", "reason"),
    [
        (uses(*((c, "2026-11-10") for c in "ABCD")), "2026-11-10", ReachReason.USAGE),
        (uses(*((c, "2026-11-10") for c in "ABC")), "2026-11-01", ReachReason.FEW_CLIENTS),
        (uses(*((c, "2026-10-10") for c in "ABCDEFGH")), "2026-11-01", ReachReason.NOT_NEWER),
        (USAGE, "2026-11-01", ReachReason.NO_USAGE),
    ],
)
def test_usage_moves_the_reach_if_it_names_half_of_the_active_clients(
    desk: Desk, then: str, reach: str, reason: ReachReason
) -> None:
    desk.load({"clients.csv": CLIENTS, "usage.csv": first("2026-11-01")})
    assert desk.reach() == date(2026, 11, 1)
    found = desk.load({"usage.csv": then}).reach
    assert (found.old, found.new, found.reason) == (date(2026, 11, 1), date.fromisoformat(reach), reason)
    assert desk.reach() == date.fromisoformat(reach)


def test_one_row_with_a_far_date_does_not_move_the_reach_there(desk: Desk) -> None:
    text = first("2026-08-01", "2026-08-02") + "A,forms,2026-11-19,1\n"
    assert desk.load({"clients.csv": CLIENTS, "usage.csv": text}).reach.new == date(2026, 8, 2)
    later = first("2026-08-09") + "B,forms,2026-11-18,1\n"
    assert desk.load({"usage.csv": later}).reach.new == date(2026, 8, 9)


def test_clients_who_left_long_ago_do_not_hold_the_first_reach_back(one_desk: Desk) -> None:
    old = uses(*((c, "2024-01-01") for c in "ABCDEF"))
    new = "".join(f"{c},forms,{date(2026, 6, 1) + timedelta(days=i)},1\n" for c in "GH" for i in range(120))
    assert one_desk.load({"clients.csv": CLIENTS, "usage.csv": old + new}).reach.new == date(2026, 9, 28)


def test_as_of_moves_the_reach_forward_only(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS}, as_of=date(2026, 11, 5))
    assert desk.reach() == date(2026, 11, 5)
    found = desk.load({"clients.csv": CLIENTS}, as_of=date(2026, 11, 1)).reach
    assert (found.new, found.reason) == (date(2026, 11, 5), ReachReason.NOT_NEWER)
    assert desk.reach() == date(2026, 11, 5)


def test_data_cannot_go_to_a_day_after_today(one_desk: Desk) -> None:
    with pytest.raises(DayError, match="today"):
        one_desk.load({"clients.csv": CLIENTS}, as_of=TODAY + timedelta(days=1))


SNAPSHOT = "form = 'snapshot'\ncovers = 'all'\nsource = 'CRM'"
BOUGHT = "client_id,product,id\n"


def test_a_snapshot_replaces_what_its_source_said(desk: Desk) -> None:
    before = {
        "clients.csv": "id,name\nA,Acme\nB,Globex\n",
        "subscriptions.csv": BOUGHT + "A,Sales Hub,s1\nB,Sales Hub,s2\n",
        "usage.csv": uses(("A", "2026-10-01"), ("B", "2026-10-01")),
    }
    after = {
        "clients.csv": "id,name\nA,Acme\nC,Hooli\n",
        "subscriptions.csv": BOUGHT + "A,Sales Hub,s1\n",
        "usage.csv": uses(("A", "2026-11-01")),
    }
    desk.load(before, SNAPSHOT, as_of=date(2026, 10, 1))
    report = desk.load(after, SNAPSHOT, as_of=date(2026, 11, 1))
    company, bought, used = (report.facts[name] for name in ("company", "subscriptions", "usage"))
    assert (company.added, company.unchanged, company.archived) == (1, 1, 1)
    assert (bought.unchanged, bought.archived) == (1, 1)
    assert (used.added, used.removed) == (1, 2)
    assert desk.uses() == {("A", "forms", "2026-11-01"): 1}
    assert desk.reach("CRM") == date(2026, 11, 1)
    gone = desk.rows(select(record.c.external_id, record.c.archived_at.is_not(None)).order_by(record.c.external_id))
    assert gone == [("A", 0), ("B", 1), ("C", 0)]
    assert desk.rows(select(func.count()).select_from(subscription)) == [(2,)]
    assert sorted(desk.rows(select(client_word.c.word))) == [("acme",), ("hooli",)]


def test_what_was_archived_comes_back_when_it_is_named_again(desk: Desk) -> None:
    two, one = {"clients.csv": "id,name\nA,Acme\nB,Globex\n"}, {"clients.csv": "id,name\nA,Acme\n"}
    for files in (two, one, two):
        report = desk.load(files, SNAPSHOT)
    assert (report.facts["company"].changed, report.facts["company"].unchanged) == (1, 1)
    assert desk.names() == ["Acme", "Globex"]
    assert sorted(desk.rows(select(client_word.c.word))) == [("acme",), ("globex",)]


def test_a_snapshot_archives_only_what_its_own_source_named(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name\nX,Umbrella\n"}, "source = 'billing'")
    desk.load({"clients.csv": "id,name\nA,Acme\n", "usage.csv": uses(("A", "2026-11-01"))}, SNAPSHOT)
    desk.load({"clients.csv": "id,name\nB,Globex\n"}, SNAPSHOT)
    assert desk.names() == ["Umbrella", "Globex"]
    assert desk.uses() != {}, "the second snapshot brought no usage, so it says nothing about it"


def test_events_archive_nothing(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name\nA,Acme\nB,Globex\n"})
    desk.load({"clients.csv": "id,name\nA,Acme\n"})
    assert desk.names() == ["Acme", "Globex"]


def test_a_snapshot_older_than_what_its_source_said_is_refused(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name\nA,Acme\n"}, SNAPSHOT, as_of=date(2026, 11, 10))
    before = dump(desk.database)
    with pytest.raises(DayError, match="2026-11-10"):
        desk.load({"clients.csv": "id,name\nB,Globex\n"}, SNAPSHOT, as_of=date(2026, 11, 9))
    assert dump(desk.database) == before


def test_the_mapping_decides_form_and_cover_of_the_source_and_the_tools_it_covers(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "usage.csv": first("2026-11-01")}, "tools = ['Blog']")
    assert desk.rows(select(source.c.form, source.c.covers, source.c.kind)) == [("events", "listed", "csv")]
    report = desk.load({"clients.csv": CLIENTS}, "covers = 'all'\ntools = ['Ads', 'no such tool']")
    assert desk.rows(select(source.c.form, source.c.covers)) == [("events", "all")]
    assert desk.rows(select(func.count()).select_from(source_tool)) == [(4,)]
    assert (report.measured, report.unknown_tools) == (3, ("nosuchtool",))
    assert "Blog" not in report.not_measured


def test_the_first_real_import_removes_the_sample(desk: Desk) -> None:
    sample = {
        "clients.csv": CLIENTS,
        "usage.csv": first("2026-11-01"),
        "subscriptions.csv": BOUGHT + "A,Sales Hub,s1\n",
    }
    desk.load(sample, kind="sample")
    assert desk.rows(select(source.c.name, source.c.kind)) == [("sample", "sample")]
    real = {"clients.csv": "id,name\nA,Real Acme\n", "usage.csv": uses(("A", "2026-10-01"))}
    before = dump(desk.database)
    tried = desk.load(real, dry_run=True)
    assert tried.sample_clients == 8
    assert dump(desk.database) == before
    report = desk.load(real)
    assert (report.sample_clients, report.facts["company"].added) == (8, 1)
    assert desk.names() == ["Real Acme"]
    assert desk.uses() == {("A", "forms", "2026-10-01"): 1}
    for table in (subscription, change):
        known = select(record.c.id)
        assert desk.rows(select(table.c.client_id).where(table.c.client_id.not_in(known))) == []
    assert desk.rows(select(func.count()).select_from(standing)) == [(1,)]
    bases.check_areas(desk.database, desk.installation_id)
    assert desk.rows(select(source.c.kind)) == [("csv",)]
    assert sorted(desk.rows(select(client_word.c.word))) == [("acme",), ("real",)]
    assert desk.load(real).sample_clients == 0


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"accounts.csv": CLIENTS},
        {"clients.csv": "number,name\nA,Acme\n"},
        {"clients.csv": "id,name\n,Acme\n"},
    ],
    ids=["no file", "no name that says what it is", "no id", "only rows that are refused"],
)
def test_of_which_nothing_can_be_read_changes_nothing_and_the_sample_stays(
    one_desk: Desk, nothing: dict[str, str]
) -> None:
    one_desk.load({"clients.csv": CLIENTS}, kind="sample")
    before = dump(one_desk.database)
    report = one_desk.load(nothing, "form = 'snapshot'")
    assert (report.has_any, report.sample_clients) == (False, 0)
    assert dump(one_desk.database) == before


def test_another_installation_keeps_its_own(desk: Desk) -> None:
    from storage.installations import create
    from tests.conftest import NOW

    with desk.database.write() as connection:
        other = create(connection, NOW)
    mine = desk.installation_id
    desk.load({"clients.csv": CLIENTS, "usage.csv": first("2026-11-01")})
    desk.installation_id = other.id
    desk.load({"clients.csv": "id,name\nA,Other\n", "usage.csv": uses(("A", "2026-11-02"))}, SNAPSHOT)
    assert desk.rows(select(func.count()).where(usage.c.installation_id == mine)) == [(8,)]
    assert desk.rows(select(record.c.name).where(record.c.installation_id == other.id)) == [("Other",)]
