"""What is refused, by name, and what is not: rows are checked one by one and never spoil the others."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import select

from storage.imports.report import FileProblem, Reason
from storage.schema import record, subscription
from tests.storage.imports.conftest import Desk

CLIENTS = "id,name\nA,Acme AS\nB,Globex\n"
USAGE = "client_id,tool,used_on,count\n"
SUBSCRIPTIONS = "client_id,product,id,seats,mrr,started_on,ended_on,auto_renews\n"

BAD_USES = [
    (",forms,2026-11-01,1", "client_id", Reason.MISSING),
    ("Z,forms,2026-11-01,1", "client_id", Reason.UNKNOWN_CLIENT),
    ("A,,2026-11-01,1", "tool", Reason.MISSING),
    ("A,forms,,1", "used_on", Reason.MISSING),
    ("A,forms,2026-02-30,1", "used_on", Reason.IMPOSSIBLE_DATE),
    ("A,forms,01/02/2026,1", "used_on", Reason.IMPOSSIBLE_DATE),
    ("A,forms,0026-02-03,1", "used_on", Reason.IMPOSSIBLE_DATE),
    ("A,forms,yesterday,1", "used_on", Reason.NOT_A_DATE),
    ("A,forms,2026-11-21,1", "used_on", Reason.FUTURE),
    ("A,forms,2026-11-01,", "count", Reason.MISSING),
    ("A,forms,2026-11-01,-1", "count", Reason.NEGATIVE),
    ("A,forms,2026-11-01,1.5", "count", Reason.NOT_WHOLE),
    ("A,forms,2026-11-01,many", "count", Reason.NOT_A_NUMBER),
    ("A,forms,2026-11-01,nan", "count", Reason.NOT_A_NUMBER),
    ("A,forms,2026-11-01,1_000", "count", Reason.NOT_A_NUMBER),
    ("A,forms,2026-11-01,٣", "count", Reason.NOT_A_NUMBER),
    ("A,forms,2026-11-01,9999999999999999999999", "count", Reason.TOO_LARGE),
    (f"A,{'x' * 256},2026-11-01,1", "tool", Reason.TOO_LONG),
    ("A,for\0ms,2026-11-01,1", "tool", Reason.CONTROL),
    ("A,forms,2026-11-01", "", Reason.CELLS),
    ("A,forms,2026-11-01,1,2", "", Reason.CELLS),
    ('A,forms,2026-11-01,1,"' + "x" * 140_000, "", Reason.UNREADABLE),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD_USES)
def test_a_bad_usage_row_is_refused_by_line_column_and_reason(
    one_desk: Desk, row: str, column: str, reason: Reason
) -> None:
    good = "A,forms,2026-11-01,2\n"
    report = one_desk.load({"clients.csv": CLIENTS, "usage.csv": f"{USAGE}{good}{row}\n"})
    found = report.files[-1]
    assert [(one.line, one.column, one.reason) for one in found.refusals] == [(3, column, reason)]
    assert (found.read, found.refused) == (2, 1)
    assert one_desk.uses() == {("A", "forms", "2026-11-01"): 2}


BAD_SUBSCRIPTIONS = [
    ("Z,Marketing Hub,s,1,1,,,", "client_id", Reason.UNKNOWN_CLIENT),
    ("A,,s,1,1,,,", "product", Reason.MISSING),
    ("A,Marketing Hub,,1,1,,,", "id", Reason.MISSING),
    ("A,Marketing Hub,s,-4,1,,,", "seats", Reason.NEGATIVE),
    ("A,Marketing Hub,s,2.5,1,,,", "seats", Reason.NOT_WHOLE),
    ("A,Marketing Hub,s,1,€ 5,,,", "mrr", Reason.NOT_A_NUMBER),
    ("A,Marketing Hub,s,1,-5,,,", "mrr", Reason.NEGATIVE),
    ("A,Marketing Hub,s,1,1,2026-13-01,,", "started_on", Reason.IMPOSSIBLE_DATE),
    ("A,Marketing Hub,s,1,1,2026-03-01,2026-02-01,", "ended_on", Reason.ENDS_BEFORE_START),
    ("A,Marketing Hub,s,1,1,,,perhaps", "auto_renews", Reason.NOT_A_BOOLEAN),
    ("A,Sales Hub,good,1,1,,,", "id", Reason.TWICE),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD_SUBSCRIPTIONS)
def test_a_bad_subscription_is_refused(one_desk: Desk, row: str, column: str, reason: Reason) -> None:
    good = "A,Marketing Hub,good,5,99.50,2026-01-01,2027-06-30,yes\n"
    report = one_desk.load({"clients.csv": CLIENTS, "subscriptions.csv": f"{SUBSCRIPTIONS}{good}{row}\n"})
    assert [(one.line, one.column, one.reason) for one in report.files[-1].refusals] == [(3, column, reason)]
    assert one_desk.rows(select(subscription.c.external_id, subscription.c.mrr, subscription.c.auto_renews)) == [
        ("good", 99.5, True)
    ]


BAD_CLIENTS = [
    (",Hooli,1,EUR", "id", Reason.MISSING),
    ("C,,1,EUR", "name", Reason.MISSING),
    ("C,Hooli,x,EUR", "mrr", Reason.NOT_A_NUMBER),
    ("C,Hooli,1,euros", "currency", Reason.NOT_A_CURRENCY),
    ("A,Hooli,1,EUR", "id", Reason.TWICE),
    (f"C,{'x' * 256},1,EUR", "name", Reason.TOO_LONG),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD_CLIENTS)
def test_a_bad_client_is_refused(one_desk: Desk, row: str, column: str, reason: Reason) -> None:
    report = one_desk.load({"clients.csv": f"id,name,mrr,currency\nA,Acme AS,1,EUR\n{row}\nB,Globex,2,usd\n"})
    assert [(one.line, one.column, one.reason) for one in report.files[-1].refusals] == [(3, column, reason)]
    assert one_desk.rows(select(record.c.name, record.c.currency).order_by(record.c.id)) == [
        ("Acme AS", "EUR"),
        ("Globex", "USD"),
    ]


def test_an_identical_client_or_subscription_is_only_counted(one_desk: Desk) -> None:
    row = "A,Marketing Hub,s,5,99.50,2026-01-01,,yes\n"
    report = one_desk.load(
        {"clients.csv": CLIENTS + "A,Acme AS\n", "subscriptions.csv": SUBSCRIPTIONS + row + row, "usage.csv": USAGE}
    )
    assert [(one.refused, one.repeated) for one in report.files] == [(0, 1), (0, 1), (0, 0)]
    assert len(one_desk.rows(select(subscription.c.id))) == 1


def test_a_report_names_kinds_of_values_and_never_a_value(one_desk: Desk) -> None:
    report = one_desk.load({"clients.csv": "id,name,currency\nA,Secret Client,secret money\n"})
    assert [one.kind for one in report.files[0].refusals] == ["text of 12 characters"]
    assert "secret" not in repr(report).lower()


def test_rows_for_the_same_client_tool_and_day_add_up(desk: Desk) -> None:
    rows = "A,forms,2026-11-01,2\nA,Forms ,2026-11-01,3\nB,forms,2026-11-01,1\nA,forms,2026-11-02,0\n"
    desk.load({"clients.csv": CLIENTS, "usage.csv": USAGE + rows})
    assert desk.uses() == {
        ("A", "forms", "2026-11-01"): 5,
        ("A", "forms", "2026-11-02"): 0,
        ("B", "forms", "2026-11-01"): 1,
    }


def test_an_import_states_the_whole_truth_for_each_client_tool_and_day_that_it_names(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "usage.csv": USAGE + "A,forms,2026-11-01,2\nA,forms,2026-11-02,7\n"})
    report = desk.load({"usage.csv": USAGE + "A,forms,2026-11-01,4\nA,forms,2026-11-03,1\nB,ads,2026-11-03,1\n"})
    facts = report.facts["usage"]
    assert (facts.added, facts.changed, facts.unchanged) == (2, 1, 0)
    assert desk.uses() == {
        ("A", "forms", "2026-11-01"): 4,
        ("A", "forms", "2026-11-02"): 7,
        ("A", "forms", "2026-11-03"): 1,
        ("B", "ads", "2026-11-03"): 1,
    }


def test_usage_ids_may_collide_and_identical_rows_count_once(desk: Desk) -> None:
    rows = ["u1,A,forms,2026-11-01,1", "u1,B,forms,2026-11-01,2", "u2,A,ads,2026-11-01,3", "u2,A,ads,2026-11-01,3",
            ",A,ads,2026-11-01,1", ",A,ads,2026-11-01,1"]  # fmt: skip
    report = desk.load({"clients.csv": CLIENTS, "usage.csv": "id," + USAGE + "\n".join(rows)})
    found = report.files[-1]
    assert (found.read, found.refused, found.colliding, found.repeated) == (6, 0, 1, 1)
    assert desk.uses() == {
        ("A", "forms", "2026-11-01"): 1,
        ("B", "forms", "2026-11-01"): 2,
        ("A", "ads", "2026-11-01"): 5,
    }


def test_usage_finds_its_client_through_a_subscription(desk: Desk) -> None:
    subscriptions = "client_id,product,id\nA,Marketing Hub,s1\nB,Marketing Hub,s2\n"
    usage = "subscription_id,client_id,tool,used_on,count\n"
    desk.load({"clients.csv": CLIENTS, "subscriptions.csv": subscriptions})
    rows = ["s1,,forms,2026-11-01,1", "s2,B,forms,2026-11-01,2", ",A,ads,2026-11-01,3", "s3,,forms,2026-11-01,4",
            "s1,B,forms,2026-11-01,5", ",,forms,2026-11-01,6"]  # fmt: skip
    report = desk.load({"usage.csv": usage + "\n".join(rows)})
    assert [(one.line, one.reason) for one in report.files[0].refusals] == [
        (5, Reason.UNKNOWN_SUBSCRIPTION),
        (6, Reason.OTHER_CLIENT),
        (7, Reason.MISSING),
    ]
    assert sorted(desk.uses().values()) == [1, 2, 3]


def test_subscriptions_without_ids_stay_the_same_ones(desk: Desk) -> None:
    text = "client_id,product,edition,started_on,seats\nA,Sales Hub,Pro,2026-01-01,5\nA,Sales Hub,Pro,2026-02-01,6\n"
    desk.load({"clients.csv": CLIENTS, "subscriptions.csv": text})
    facts = desk.load({"subscriptions.csv": text.replace(",6", ",7")}).facts["subscriptions"]
    assert (facts.added, facts.changed, facts.unchanged) == (0, 1, 1)
    assert desk.rows(select(subscription.c.seats).order_by(subscription.c.id)) == [(5,), (7,)]


def test_a_subscription_may_move_to_another_client(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "subscriptions.csv": "client_id,product,id\nA,Sales Hub,s\n"})
    facts = desk.load({"subscriptions.csv": "client_id,product,id\nB,Sales Hub,s\n"}).facts["subscriptions"]
    assert facts.changed == 1
    assert desk.rows(select(record.c.external_id).join(subscription, subscription.c.client_id == record.c.id)) == [
        ("B",)
    ]


def test_a_rejects_file_can_be_mended_and_imported_again(desk: Desk) -> None:
    rows = 'A;"forms; all";2026-11-01;1\nB;forms;2026-02-30;2\nA;ads;2026-11-01\n'
    report = desk.load({"clients.csv": CLIENTS, "usage.csv": USAGE.replace(",", ";") + rows})
    path = report.files[-1].rejects
    assert path == desk.rejects / "usage.csv.rejects.csv"
    with path.open(encoding="utf-8", newline="") as text:
        found = list(csv.reader(text, delimiter=";"))
    assert found == [
        ["client_id", "tool", "used_on", "count", "rejected_line", "rejected_because"],
        ["B", "forms", "2026-02-30", "2", "3", "used_on: impossible date"],
        ["A", "ads", "2026-11-01", "", "4", str(Reason.CELLS)],
    ]
    path.write_text(path.read_text(encoding="utf-8").replace("2026-02-30", "2026-02-28"), encoding="utf-8")
    again = desk.run([path])
    assert (again.files[0].read, again.files[0].refused, again.files[0].rejects) == (2, 1, path)
    assert ("B", "forms", "2026-02-28") in desk.uses()
    left = path.read_text(encoding="utf-8").splitlines()
    assert left[1:] == ["A;ads;2026-11-01;;4;count: missing"]


def test_rejects_land_in_the_current_folder_and_folders_leave_them_out(one_desk: Desk, elsewhere: object) -> None:
    report = one_desk.load({"clients.csv": "id,name\n,Acme\n"}, rejects_folder=None)
    path = report.files[0].rejects
    assert path is not None
    assert path.resolve().parent == elsewhere
    path.rename(one_desk.folder / path.name)
    assert [one.name for one in one_desk.run([one_desk.folder]).files] == ["clients.csv"]


def test_nothing_refused_leaves_no_rejects_file(one_desk: Desk) -> None:
    assert one_desk.load({"clients.csv": CLIENTS}).files[0].rejects is None
    assert list(one_desk.rejects.iterdir()) == []


def test_only_the_first_refusals_are_named_and_all_are_counted(one_desk: Desk) -> None:
    report = one_desk.load({"clients.csv": "id,name\n" + ",Nobody\n" * 50})
    found = report.files[0]
    assert (found.refused, len(found.refusals), found.reasons) == (50, 20, {("id", Reason.MISSING): 50})
    assert found.rejects is not None
    assert len(found.rejects.read_text(encoding="utf-8").splitlines()) == 51


def test_a_refused_file_does_not_stop_the_others(one_desk: Desk) -> None:
    report = one_desk.load({"clients.csv": CLIENTS, "usage.csv": "who,what\nA,forms\n"})
    assert one_desk.names() == ["Acme AS", "Globex"]
    left_out = report.files[-1].left_out
    assert left_out is not None
    assert left_out.problem is FileProblem.MISSING_COLUMN
