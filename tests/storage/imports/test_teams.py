"""Teams from CSV: who is in which team and leads it, the whole truth of each team named, and whose clients follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage import team_settings
from storage.imports.report import Facts, Reason, Report
from storage.schema import person, record, source, standing, team, team_member
from tests.conftest import NOW
from tests.storage.imports.conftest import Desk

HEADER = "team,email,primary,lead,country,time_zone\n"
NORDIC = "CS Nordic,anna@example.com,,yes,NO,Europe/Oslo\nCS Nordic,bo@example.com,,,,\n"
CENTRAL = "CS Central,cleo@example.com,yes,,de,europe/berlin\nCS Central,anna@example.com,no,,,\n"
BOTH = HEADER + NORDIC + CENTRAL
CLIENTS = "id,name,csm_email\nA,Acme,anna@example.com\nB,Globex,bo@example.com\nC,Hooli,\n"


def members(desk: Desk) -> dict[str, list[str]]:
    """Who is in each team: `*` marks their primary team, `!` who leads it."""
    query = (
        select(team.c.name, person.c.email, team_member.c.is_primary, team_member.c.is_lead)
        .join(team, team.c.id == team_member.c.team_id)
        .join(person, person.c.id == team_member.c.person_id)
        .order_by(team.c.id, person.c.email)
    )
    found: dict[str, list[str]] = {}
    for name, email, is_primary, is_lead in desk.rows(query):
        mark = "*" * is_primary + "!" * is_lead
        found.setdefault(name, []).append(email.removesuffix("@example.com") + mark)
    return found


def load(desk: Desk, text: str) -> Report:
    return desk.load({"teams.csv": text})


def counted(report: Report) -> tuple[Facts, Facts]:
    return report.facts["teams"], report.facts["members"]


def test_people_are_in_teams_that_may_have_a_lead_a_country_and_a_time_zone(desk: Desk) -> None:
    report = load(desk, BOTH)
    assert members(desk) == {"CS Nordic": ["anna*!", "bo*"], "CS Central": ["anna", "cleo*"]}
    assert desk.rows(select(team.c.name, team.c.country, team.c.time_zone).order_by(team.c.id)) == [
        ("CS Nordic", "NO", "Europe/Oslo"),
        ("CS Central", "DE", "Europe/Berlin"),
    ]
    assert counted(report) == (Facts(added=2), Facts(added=4))
    assert [(one.name, one.object, one.read, one.refused) for one in report.files] == [("teams.csv", "teams", 4, 0)]


def test_importing_teams_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    load(desk, BOTH)
    before = stored(desk)
    report = load(desk, BOTH)
    assert stored(desk) == before
    assert counted(report) == (Facts(unchanged=2), Facts(unchanged=4))


def test_a_team_that_was_made_in_slack_is_the_files_once_a_file_names_it(desk: Desk) -> None:
    load(desk, HEADER + NORDIC)
    with desk.database.write() as connection:
        connection.execute(update(team).values(source_id=None))
    teams, _ = counted(load(desk, BOTH))
    assert teams == Facts(added=1, changed=1)
    assert None not in [source_id for (source_id,) in desk.rows(select(team.c.source_id))]
    assert counted(load(desk, BOTH))[0] == Facts(unchanged=2)


def stored(desk: Desk) -> list[list[tuple[object, ...]]]:
    return [sorted(desk.rows(select(table)), key=repr) for table in (team, team_member, person)]


def test_a_dry_run_counts_and_writes_nothing(desk: Desk) -> None:
    files = {"clients.csv": CLIENTS, "teams.csv": HEADER + NORDIC}
    assert counted(desk.load(files, dry_run=True)) == (Facts(added=1), Facts(added=2))
    assert stored(desk) == [[], [], []]
    desk.load(files)
    before = stored(desk)
    changed = HEADER + "CS Nordic,anna@example.com,,no,SE,\nCS Central,bo@example.com,,,,\n"
    tried = desk.load({"teams.csv": changed}, dry_run=True)
    assert stored(desk) == before
    assert counted(tried) == (Facts(added=1, changed=1), Facts(added=1, changed=1, removed=1))
    assert counted(load(desk, changed)) == counted(tried)


BAD_ROWS = [
    (",dan@example.com,,,,", "team", Reason.MISSING),
    (" - ,dan@example.com,,,,", "team", Reason.MISSING),
    (f"{'x' * 256},dan@example.com,,,,", "team", Reason.TOO_LONG),
    ("CS\0Nordic,dan@example.com,,,,", "team", Reason.CONTROL),
    ("CS Nordic,,,,,", "email", Reason.MISSING),
    ("CS Nordic,Dan Doe,,,,", "email", Reason.NOT_AN_EMAIL),
    ("CS Nordic,dan@example.com,first,,,", "primary", Reason.NOT_A_BOOLEAN),
    ("CS Nordic,dan@example.com,,boss,,", "lead", Reason.NOT_A_BOOLEAN),
    ("CS Nordic,dan@example.com,,,NOR,", "country", Reason.NOT_A_COUNTRY),
    ("CS Nordic,dan@example.com,,,UK,", "country", Reason.NOT_A_COUNTRY),
    ("CS Nordic,dan@example.com,,,,Oslo", "time_zone", Reason.NOT_A_TIME_ZONE),
    ("CS Nordic,dan@example.com,,,,localtime", "time_zone", Reason.NOT_A_TIME_ZONE),
    ("CS Nordic,dan@example.com,,,,../etc/passwd", "time_zone", Reason.NOT_A_TIME_ZONE),
    ("CS Nordic,dan@example.com,,,FI,", "country", Reason.OTHER_OF_TEAM),
    ("cs-nordic,dan@example.com,,,,Europe/Helsinki", "time_zone", Reason.OTHER_OF_TEAM),
    ("CS Nordic,anna@example.com,,,,", "email", Reason.TWICE),
    ("CS Central,bo@example.com,yes,,,", "primary", Reason.SECOND_PRIMARY),
    ("CS Nordic,dan@example.com,,,", "", Reason.CELLS),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_by_line_column_and_reason(one_desk: Desk, row: str, column: str, reason: Reason) -> None:
    good = "CS Nordic,anna@example.com,,yes,NO,Europe/Oslo\nCS Nordic,bo@example.com,yes,,,\n"
    report = load(one_desk, f"{HEADER}{good}{row}\nCS Central,cleo@example.com,,,DE,\n")
    assert [(one.line, one.column, one.reason) for one in report.files[0].refusals] == [(4, column, reason)]
    assert members(one_desk) == {"CS Nordic": ["anna*!", "bo*"], "CS Central": ["cleo*"]}


GOOD_ROWS = [
    ("cs nordic,Bo@Example.COM,,,no,EUROPE/oslo", ["anna*", "bo*"]),
    ("CS_Nordic,bo@example.com,1,x,,", ["anna*", "bo*!"]),
    ("CS Nordic,bo@example.com,no,no,,", ["anna*", "bo"]),
    ("CS Nordic,anna@example.com,,,NO,", ["anna*"]),
]


@pytest.mark.parametrize(("row", "expected"), GOOD_ROWS)
def test_a_good_row_is_taken_however_it_is_written(one_desk: Desk, row: str, expected: list[str]) -> None:
    report = load(one_desk, f"{HEADER}CS Nordic,anna@example.com,,,NO,\n{row}\n")
    assert report.refused == 0
    assert members(one_desk) == {"CS Nordic": expected}


def test_an_identical_row_is_only_counted(one_desk: Desk) -> None:
    report = load(one_desk, HEADER + NORDIC + NORDIC)
    assert (report.files[0].refused, report.files[0].repeated) == (0, 2)


def test_a_team_cell_of_the_longest_kind_is_kept_on_each_database(desk: Desk) -> None:
    assert load(desk, HEADER + f"{'ß' * 255},anna@example.com,,,,\n").refused == 0
    assert list(members(desk)) == ["ß" * 255]
    desk.load({"clients.csv": f"id,name,team\nA,Acme,{'ß' * 255}\nB,Globex,{'x' * 300}\n"})
    assert [number for (number,) in desk.rows(select(standing.c.team_id).order_by(standing.c.client_id))] == [1, 2]


# ------------------------------------------------------------------ the whole truth


def test_whoever_a_team_no_longer_names_leaves_it_and_other_teams_stay(desk: Desk) -> None:
    load(desk, BOTH)
    report = load(desk, HEADER + "CS Nordic,bo@example.com,,,,\nCS Nordic,dan@example.com,,,,\n")
    assert members(desk) == {"CS Nordic": ["bo*", "dan*"], "CS Central": ["anna", "cleo*"]}
    assert counted(report) == (Facts(changed=2), Facts(added=1, unchanged=1, removed=1))


def of_the_file(desk: Desk) -> list[str]:
    return [name for (name,) in desk.rows(select(team.c.name).where(team.c.source_id.is_not(None)).order_by("name"))]


def test_a_team_that_the_file_no_longer_names_is_slacks_to_remove_until_it_does_again(desk: Desk) -> None:
    """Removed there for good: the next import of the same file does not bring it back."""
    load(desk, BOTH)
    assert desk.load({"teams.csv": HEADER + NORDIC}, dry_run=True).facts["teams"] == Facts(changed=1, unchanged=1)
    assert of_the_file(desk) == ["CS Central", "CS Nordic"]
    assert counted(load(desk, HEADER + NORDIC))[0] == Facts(changed=1, unchanged=1)
    assert of_the_file(desk) == ["CS Nordic"]
    with desk.database.write() as connection:
        found = next(one for one in team_settings.every(connection, desk.installation_id) if one.name == "CS Central")
        by = desk.rows(select(person.c.id).limit(1))[0][0]
        team_settings.remove(connection, desk.installation_id, found.id, found.version, by=by, now=NOW)
    load(desk, HEADER + NORDIC)
    assert desk.rows(select(team.c.name)) == [("CS Nordic",)]
    load(desk, BOTH)
    assert of_the_file(desk) == ["CS Central", "CS Nordic"]


@pytest.mark.parametrize(
    "rows",
    [NORDIC + "x\n", NORDIC + ",cleo@example.com,,,,\n", NORDIC + "CS Central,cleo@@example.com,,,,\n"],
)
def test_a_file_of_which_a_row_is_refused_lets_no_team_go_that_this_may_be_of(one_desk: Desk, rows: str) -> None:
    load(one_desk, BOTH)
    assert load(one_desk, HEADER + rows).refused == 1
    assert of_the_file(one_desk) == ["CS Central", "CS Nordic"]


def test_the_rest_of_a_file_and_another_source_and_clients_let_no_team_go(one_desk: Desk) -> None:
    report = load(one_desk, BOTH + "CS Nordic,dan@@example.com,,,,\n")
    path = report.files[0].rejects
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8").replace("dan@@", "dan@"), encoding="utf-8")
    one_desk.run([path])
    one_desk.load({"teams.csv": HEADER + "CS South,eve@example.com,,,,\n"}, "source = 'other'")
    one_desk.load({"clients.csv": CLIENTS})
    assert of_the_file(one_desk) == ["CS Central", "CS Nordic", "CS South"]


def test_of_a_team_with_a_refused_row_nobody_leaves(desk: Desk) -> None:
    load(desk, BOTH)
    rows = "CS Nordic,anna@@example.com,,,,\nCS Nordic,dan@example.com,,,,\nCS Central,cleo@example.com,,,,\n"
    report = load(desk, "team,email,primary,lead,country,time_zone\n" + rows)
    assert report.refused == 1
    assert members(desk) == {"CS Nordic": ["anna*!", "bo*", "dan*"], "CS Central": ["cleo*"]}


@pytest.mark.parametrize("row", ["x", ",cleo@example.com,,,,", 'CS Central,"anna@example.com,,,,'])
def test_a_refused_row_of_no_known_team_lets_nobody_leave(one_desk: Desk, row: str) -> None:
    load(one_desk, BOTH)
    assert load(one_desk, f"{HEADER}CS Nordic,bo@example.com,,,,\n{row}\n").refused == 1
    assert members(one_desk) == {"CS Nordic": ["anna*!", "bo*"], "CS Central": ["anna", "cleo*"]}


def test_a_mended_rejects_file_adds_to_its_teams(desk: Desk) -> None:
    report = load(desk, BOTH.replace("bo@", "bo@@"))
    path = report.files[0].rejects
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8").replace("bo@@", "bo@"), encoding="utf-8")
    again = desk.run([path])
    assert counted(again) == (Facts(unchanged=1), Facts(added=1))
    assert members(desk) == {"CS Nordic": ["anna*!", "bo*"], "CS Central": ["anna", "cleo*"]}


def test_a_column_that_a_file_lacks_leaves_what_was_there(desk: Desk) -> None:
    load(desk, HEADER + NORDIC)
    report = load(desk, "team,email\nCS Nordic,anna@example.com\nCS Nordic,bo@example.com\n")
    assert counted(report) == (Facts(unchanged=1), Facts(unchanged=2))
    report = load(desk, "team,email,lead,country\nCS Nordic,anna@example.com,,\nCS Nordic,bo@example.com,yes,\n")
    assert counted(report) == (Facts(changed=1), Facts(changed=2))
    assert members(desk) == {"CS Nordic": ["anna*", "bo*!"]}
    assert desk.rows(select(team.c.country, team.c.time_zone)) == [(None, "Europe/Oslo")]


def test_several_files_are_taken_together(one_desk: Desk) -> None:
    files = {"teams-no.csv": HEADER + NORDIC, "teams-de.csv": HEADER + CENTRAL.replace("no", "yes")}
    report = one_desk.load(files, "[[files]]\nobject = 'teams'\nnames = ['teams-*.csv']\n")
    assert [one.refused for one in report.files] == [0, 0]
    assert members(one_desk) == {"CS Central": ["anna*", "cleo*"], "CS Nordic": ["anna!", "bo*"]}


# ---------------------------------------------------------------- one primary team


def two_teams(first: str, second: str) -> str:
    return f"team,email,primary\nOne,anna@example.com,{first}\nTwo,anna@example.com,{second}\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", ["anna*", "anna"]),
        ("no", "", ["anna", "anna*"]),
        ("", "yes", ["anna", "anna*"]),
        ("yes", "no", ["anna*", "anna"]),
        ("no", "no", ["anna", "anna"]),
    ],
)
def test_the_first_team_is_primary_where_nobody_says_so(
    one_desk: Desk, first: str, second: str, expected: list[str]
) -> None:
    load(one_desk, two_teams("yes", ""))
    assert load(one_desk, two_teams(first, second)).refused == 0
    assert [one for (one,) in members(one_desk).values()] == expected


def test_a_primary_team_that_the_file_does_not_name_stays_unless_another_is_called_so(desk: Desk) -> None:
    load(desk, "team,email\nOne,anna@example.com\n")
    load(desk, "team,email\nTwo,anna@example.com\n")
    assert members(desk) == {"One": ["anna*"], "Two": ["anna"]}
    report = load(desk, "team,email,primary\nTwo,anna@example.com,yes\n")
    assert members(desk) == {"One": ["anna"], "Two": ["anna*"]}
    assert counted(report) == (Facts(unchanged=1), Facts(changed=2))


def test_no_table_holds_a_second_primary_team(desk: Desk) -> None:
    load(desk, two_teams("yes", "no"))
    values = {"installation_id": desk.installation_id, "person_id": 1, "team_id": 3, "is_primary": True}
    with desk.database.write() as connection:
        connection.execute(
            insert(team).values(installation_id=desk.installation_id, id=3, name="Three", name_key="three")
        )
    with pytest.raises(IntegrityError), desk.database.write() as connection:
        connection.execute(insert(team_member).values(values))


# ------------------------------------------------------------------- whose clients


def teams_of_clients(desk: Desk) -> dict[str, str | None]:
    query = (
        select(record.c.external_id, team.c.name)
        .join(standing, standing.c.client_id == record.c.id)
        .outerjoin(team, team.c.id == standing.c.team_id)
    )
    return dict(desk.rows(query))


def test_a_client_is_of_its_csms_primary_team_and_moves_with_them(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS})
    assert teams_of_clients(desk) == {"A": None, "B": None, "C": None}
    load(desk, BOTH)
    assert teams_of_clients(desk) == {"A": "CS Nordic", "B": "CS Nordic", "C": None}
    load(desk, HEADER + "CS Central,anna@example.com,yes,,,\n")
    assert teams_of_clients(desk) == {"A": "CS Central", "B": "CS Nordic", "C": None}
    load(desk, HEADER + "CS Nordic,cleo@example.com,,,,\n")
    assert teams_of_clients(desk) == {"A": "CS Central", "B": None, "C": None}


def test_a_client_that_names_its_team_is_of_that_one(desk: Desk) -> None:
    clients = "id,name,csm_email,team\nA,Acme,anna@example.com,cs central\nB,Globex,bo@example.com,\n"
    desk.load({"clients.csv": clients, "teams.csv": BOTH})
    assert teams_of_clients(desk) == {"A": "CS Central", "B": "CS Nordic"}
    assert list(members(desk)) == ["CS Nordic", "CS Central"]


def test_teams_that_did_not_change_cost_no_scores_and_no_writing(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "teams.csv": BOTH})
    done: list[str] = []
    with writes(desk) as statements:
        desk.load({"teams.csv": BOTH}, progress=lambda what, *_: done.append(what))
    assert "scores" not in done
    assert not [one for one in statements if "team" in one or "standing" in one or "person" in one]
    desk.load({"teams.csv": BOTH.replace("bo@", "dan@")}, progress=lambda what, *_: done.append(what))
    assert "scores" in done


@contextmanager
def writes(desk: Desk) -> Iterator[list[str]]:
    """The statements that write while this is open."""
    found: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", look)
    yield found
    event.remove(desk.database.engine, "before_cursor_execute", look)


def test_a_person_whom_the_clients_named_is_the_one_in_the_team(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS})
    load(desk, HEADER + "CS Nordic,ANNA@example.com,,,,\nCS Nordic,dan@example.com,,,,\n")
    emails = [email for (email,) in desk.rows(select(person.c.email).order_by(person.c.email))]
    assert emails == ["anna@example.com", "bo@example.com", "dan@example.com"]


def test_the_samples_teams_leave_with_the_sample(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "teams.csv": BOTH}, kind="sample")
    real = {"clients.csv": CLIENTS, "teams.csv": HEADER + "CS Nordic,anna@example.com,,,,\n"}
    assert counted(desk.load(real, dry_run=True)) == (Facts(added=1), Facts(added=1))
    assert counted(desk.load(real)) == (Facts(added=1), Facts(added=1))
    assert members(desk) == {"CS Nordic": ["anna*"]}
    assert desk.rows(select(source.c.kind)) == [("csv",)]
