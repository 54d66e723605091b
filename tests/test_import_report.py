"""The report of an import in words: everything that a person needs to mend their files, and no value of theirs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.import_report import lines
from storage.imports.report import (
    Facts,
    FileProblem,
    FileReport,
    Reach,
    ReachReason,
    Reason,
    Refusal,
    Refused,
    Report,
)

DAY, LATER = date(2026, 11, 1), date(2026, 11, 9)
READ = [FileReport("clients.csv", "clients", read=1)]


def test_a_whole_report() -> None:
    clients = FileReport("clients.csv", "clients", read=1_500, repeated=2, misfits=Counter({("Staff", "number"): 1}))
    usage = FileReport(
        "usage.csv", "usage", read=25_000, refused=22, colliding=21, rejects=Path("usage.csv.rejects.csv")
    )
    usage.refusals = [Refusal(7, "count", "number", Reason.NEGATIVE), Refusal(9, "", "empty", Reason.CELLS)]
    report = Report(
        "CRM",
        dry_run=False,
        files=[clients, usage],
        facts={
            "company": Facts(3, 2, 1_495, archived=4),
            "deal": Facts(2),
            "usage": Facts(1, removed=5),
            "teams": Facts(unchanged=2),
            "members": Facts(1, removed=2),
        },
        reach=Reach(DAY, LATER, ReachReason.USAGE),
        sample_clients=200,
        unknown_tools=("oldforms",),
        measured=2,
        tools=4,
        not_measured=("Ads", "Blog"),
    )
    assert lines(report) == [
        "Import of CRM",
        "200 sample clients left: real data takes their place.",
        "clients.csv (clients): 1,500 rows read, 0 refused, 2 identical to an earlier one",
        "  Staff: 1 cell not a number, left empty",
        "usage.csv (usage): 25,000 rows read, 22 refused",
        "  21 ids on several different rows; all of them count",
        "  line 7: count, negative (number)",
        "  line 9: not as many cells as the header (a quote that is not closed?)",
        "  and 20 more",
        "  To mend and import again: usage.csv.rejects.csv",
        "clients: 3 added, 2 changed, 1,495 unchanged, 4 archived (no longer named)",
        "deals: 2 added, 0 changed, 0 unchanged",
        "usage: 1 added, 0 changed, 0 unchanged, 5 removed (no longer said)",
        "teams: 0 added, 0 changed, 2 unchanged",
        "team members: 1 added, 0 changed, 0 unchanged, 2 removed (no longer said)",
        "Data goes to 2026-11-09 (before: 2026-11-01): the newest day of usage.",
        "Not in the catalog: oldforms",
        "measures 2 of 4 tools; not measured: Ads, Blog",
    ]


def test_clients_that_are_none_here_are_said_to_be_so_and_where_that_is_chosen() -> None:
    report = Report("people", dry_run=False, files=READ, clients_are="company")
    said = [one for one in lines(report) if "/workspace objects" in one]
    assert said == [
        "Not shown as clients: clients here are records of company, and the mapping's `record` is another object. "
        "/workspace objects chooses."
    ]


def test_a_dry_run_says_so_first() -> None:
    found = lines(Report("csv", dry_run=True, sample_clients=1))
    assert found[:2] == [
        "Dry run of csv: nothing is written.",
        "1 sample client would leave: real data takes their place.",
    ]


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (Refused(FileProblem.NOT_UTF8, at=10), "it is not UTF-8 (byte 10)"),
        (Refused(FileProblem.NOT_TEXT), "no CSV file"),
        (Refused(FileProblem.EMPTY), "it is empty"),
        (Refused(FileProblem.COLUMN_TWICE, ("name",)), "column name stands twice"),
        (Refused(FileProblem.NO_OBJECT), "neither its name nor the mapping"),
        (
            Refused(FileProblem.MISSING_COLUMN, ("id", "name"), ("nr", "title"), ("", "title")),
            "column id is missing; column name is missing (is title meant?). Its columns: nr, title.",
        ),
    ],
)
def test_a_file_that_was_left_out_says_why(refused: Refused, words: str) -> None:
    (line,) = [
        one
        for one in lines(Report("csv", dry_run=False, files=[FileReport("x.csv", left_out=refused)]))
        if "x.csv" in one
    ]
    assert line.startswith("x.csv: not read")
    assert words in line


def test_where_nothing_was_read_nothing_is_said_but_why() -> None:
    nothing = [FileReport("x.csv", left_out=Refused(FileProblem.EMPTY)), FileReport("y.csv", "clients", 1, 1)]
    assert lines(Report("csv", dry_run=False, files=nothing)) == [
        "Import of csv",
        "x.csv: not read: it is empty.",
        "y.csv (clients): 1 row read, 1 refused",
        "  and 1 more",
    ]


@pytest.mark.parametrize("reason", ReachReason)
def test_every_reach_names_its_day_and_reason(reason: ReachReason) -> None:
    found = lines(Report("csv", dry_run=False, files=READ, reach=Reach(DAY, DAY, reason, 3, 8)))
    assert [one for one in found if "2026-11-01" in one]


def test_no_reach_is_said_too() -> None:
    found = lines(Report("csv", dry_run=False, files=READ))
    assert "Data goes to no day yet: no usage was read." in found
