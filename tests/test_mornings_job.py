"""The morning job: it tells each person once a working day what is news to them, and nothing where nothing is."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_sdk import WebClient
from sqlalchemy import event, insert, select, update

from bot.domain.morning import Choice, Topic, Way, following
from bot.jobs.deliveries import SPACING, Deliveries
from bot.jobs.mornings import Mornings
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground.faults import killed_after, killed_before, rate_limited
from bot.playground.server import Playground
from storage import deliveries, installations, mornings, people, tasks
from storage.catalog import Catalogs
from storage.database import Database
from storage.installations import Installation
from storage.schema import absence, change, delivery, morning, person, standing, task, team, team_member, workspace
from storage.schema import installation as installations_table
from tests.processes import die_at, in_a_child, let_go
from tests.storage import bases

OSLO = ZoneInfo("Europe/Oslo")
ANNA, BO, LEFT, GUEST = 1, 2, 3, 4
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
TOLD, AS_OF = date(2026, 11, 19), date(2026, 11, 22)  # the days that the scores spoke of, and speak of
CATALOG = bases.small()
BEFORE, AFTER = "*|7|7", "*|7|1"  # all three tools in use; only contacts


def at(day: date, hour: int = 8, minute: int = 30) -> datetime:
    """By Anna's clock."""
    return datetime.combine(day, time(hour, minute), OSLO).astimezone(UTC)


@pytest.fixture
def base(database: Database, installation: Installation) -> int:
    """Anna, who was told on Friday; Bo and others, of whom nothing is kept; and four clients, three of them hers."""
    here: dict[str, Any] = {"installation_id": installation.id}
    people_ = [
        {"id": ANNA, "slack_user_id": cast.ANNA, "name": "Anna", "seat": "on", "time_zone": "Europe/Oslo"},
        {"id": BO, "slack_user_id": cast.BO, "name": "Bo", "seat": "on", "time_zone": "Australia/Adelaide"},
        {"id": LEFT, "slack_user_id": cast.CLEO, "name": "Cleo", "seat": "on", "is_deleted": True},
        {"id": GUEST, "slack_user_id": cast.GUS, "name": "Gus", "seat": "on", "is_guest": True},
    ]
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
        connection.execute(update(installations_table).values(as_of=AS_OF, catalog_hash=CATALOG.hash))
        for one in people_:
            connection.execute(insert(person).values(**here, slack_team_id=cast.TEAM.id, **one))
        bases.add_source(connection, installation.id, 1, "all", ())
        bases.add_tools(connection, installation.id, "contacts", "form", "campaigns")
        bases.add_clients(connection, installation.id, 1, 2, 3, 4)
        for client, whose in ((1, ANNA), (2, ANNA), (3, ANNA), (4, BO)):
            stands = {"client_id": client, "workspace_id": installation.workspace_id, "person_id": whose}
            connection.execute(insert(standing).values(**here, **stands, tier="medium"))
            _score(connection, installation.id, client, date(2026, 11, 1), BEFORE)
        anna = people.in_installation(connection, installation.id, cast.ANNA)
        assert anna is not None
        mornings.begin(connection, anna, Choice(), at(MONDAY), FRIDAY)
        connection.execute(update(morning).values(told_as_of=TOLD))
    return installation.id


def _score(connection: Any, here: int, client: int, day: date, ground: str) -> None:
    points = {"tier": "medium", "score": 5, "earned": 1, "possible": 2, "catalog_hash": CATALOG.hash, "ground": ground}
    values = {"installation_id": here, "client_id": client, "day": day, "from_import": False, **points}
    connection.execute(insert(change).values(values))


def job(database: Database, here: int, now: datetime) -> Mornings:
    return Mornings(database, Catalogs(database, CATALOG, fixed=True), here, lambda: now)


def told(database: Database) -> list[str]:
    """What is to be sent, or was."""
    with database.read() as connection:
        found = connection.execute(select(delivery.c.payload).order_by(delivery.c.made_at))
        return [row.payload["text"] for row in found]


def kept(database: Database, who: int = ANNA) -> Any:
    with database.read() as connection:
        return connection.execute(select(morning).where(morning.c.person_id == who)).one()


def write(database: Database, statement: Any) -> None:
    with database.write() as connection:
        connection.execute(statement)


def add_task(database: Database, here: int, number: int, due_on: date, **more: Any) -> None:
    values = {"id": number, "slack_view_id": str(number), "client_id": 1, "title": f"Call {number}", "due_on": due_on}
    values |= {"priority": "medium", "assignee_id": ANNA, "author_id": BO, "made_at": at(FRIDAY), **more}
    write(database, insert(task).values(installation_id=here, **values))


def fall(database: Database, here: int, client: int = 1, day: date = AS_OF) -> None:
    with database.write() as connection:
        _score(connection, here, client, day, AFTER)


def renew(database: Database, client: int, days: int) -> None:
    write(database, update(standing).where(standing.c.client_id == client).values(renews_on=MONDAY + timedelta(days)))


def test_all_that_is_news_is_told_once(database: Database, base: int) -> None:
    add_task(database, base, 1, MONDAY)
    add_task(database, base, 2, FRIDAY)
    add_task(database, base, 3, MONDAY + timedelta(days=1))
    add_task(database, base, 4, FRIDAY, done_at=at(FRIDAY), done_by=ANNA)
    add_task(database, base, 5, FRIDAY, assignee_id=BO)
    fall(database, base)
    fall(database, base, 4)  # Bo's
    renew(database, 2, 30)
    renew(database, 3, 28)  # came near on Saturday
    renew(database, 4, 30)
    for later in (0, 1, 24 * 60):
        job(database, base, at(MONDAY) + timedelta(minutes=later)).run()
    assert told(database) == [
        "Mon 23 Nov. Overdue. Client 1: Call 2. Fri 20 Nov. Today. Client 1: Call 1. Mon 23 Nov. "
        "Your clients since Fri 20 Nov. ▼ Client 1 10 → 3 · no forms. Client 3 renews in 28 days, Mon 21 Dec. "
        "Client 2 renews in 30 days, Wed 23 Dec",
        "Tue 24 Nov. Overdue. Client 1: Call 2. Fri 20 Nov. Client 1: Call 1. Mon 23 Nov. Today. Client 1: Call 3. "
        "Tue 24 Nov",
    ]


def test_where_there_is_nothing_nothing_is_sent_and_the_day_is_done(database: Database, base: int) -> None:
    job(database, base, at(MONDAY)).run()
    assert told(database) == []
    assert (kept(database).told_on, kept(database).told_as_of) == (MONDAY, AS_OF)
    assert kept(database).next_at == at(MONDAY + timedelta(days=1))


def test_on_a_day_off_and_when_it_is_late_nothing_is_told_and_the_next_day_loses_none(
    database: Database, base: int
) -> None:
    fall(database, base)
    renew(database, 2, 58)
    write(database, update(morning).values(next_at=at(MONDAY - timedelta(days=2))))
    for day in (MONDAY - timedelta(days=2), MONDAY - timedelta(days=1)):
        job(database, base, at(day)).run()
    job(database, base, at(MONDAY, 11, 31)).run()  # the bot was down
    assert (told(database), kept(database).told_on) == ([], FRIDAY)
    tuesday = MONDAY + timedelta(days=1)
    job(database, base, at(tuesday, 11, 30)).run()
    assert told(database) == [
        "Tue 24 Nov. Your clients since Fri 20 Nov. ▼ Client 1 10 → 3 · no forms. "
        "Client 2 renews in 57 days, Wed 20 Jan"
    ]


def test_after_some_days_without_the_bot_today_is_told_while_it_is_not_too_late(database: Database, base: int) -> None:
    add_task(database, base, 1, MONDAY)
    write(database, update(morning).values(next_at=at(FRIDAY)))
    for minutes in (150, 151):
        job(database, base, at(MONDAY) + timedelta(minutes=minutes)).run()
    assert told(database) == ["Mon 23 Nov. Today. Client 1: Call 1. Mon 23 Nov"]


@pytest.mark.parametrize("way", [Way.CHANNEL, Way.OFF])
@pytest.mark.parametrize(
    ("topic", "left"),
    [(Topic.TASKS, "Call 1"), (Topic.CLIENTS, "▼ Client 1"), (Topic.RENEWALS, "renews in 30 days")],
)
def test_what_is_left_to_the_channel_or_off_is_not_in_it(
    database: Database, base: int, topic: Topic, left: str, way: Way
) -> None:
    add_task(database, base, 1, MONDAY)
    fall(database, base)
    renew(database, 2, 30)
    write(database, update(morning).values({topic.value: way.value}))
    job(database, base, at(MONDAY)).run()
    (one,) = told(database)
    parts = ("Call 1", "▼ Client 1", "renews in 30 days")
    assert [part for part in parts if part not in one] == [left]


def test_late_data_tells_no_change_until_it_is_fresh_again(database: Database, base: int) -> None:
    fall(database, base, day=date(2026, 11, 20))
    write(database, update(installations_table).values(as_of=date(2026, 11, 20)))
    late = date(2026, 12, 1)
    write(database, update(morning).values(next_at=at(late)))
    job(database, base, at(late)).run()
    assert (told(database), kept(database).told_as_of) == ([], TOLD)
    write(database, update(installations_table).values(as_of=late))
    job(database, base, at(late + timedelta(days=1))).run()
    assert told(database) == ["Wed 2 Dec. Your clients since Tue 1 Dec. ▼ Client 1 10 → 3 · no forms"]


def test_a_tool_that_went_quiet_since_is_told(database: Database, base: int) -> None:
    write(database, update(standing).where(standing.c.client_id.in_((1, 2, 3))).values(quiet="forms"))
    with database.write() as connection:
        for client, day in ((1, date(2026, 11, 10)), (2, date(2026, 11, 9)), (3, date(2026, 11, 15))):
            bases.add_usage(connection, base, client, 2, day)
            bases.add_usage(connection, base, client, 1, AS_OF)
    job(database, base, at(MONDAY)).run()
    assert told(database) == ["Mon 23 Nov. Your clients since Fri 20 Nov. Client 1 10 · going quiet: Forms"]


def be_away(database: Database, here: int, who: int, first: date, last: date, cover: int | None = None) -> None:
    values = {"id": who, "person_id": who, "from_on": first, "to_on": last, "cover_id": cover, "made_by": who}
    write(database, insert(absence).values(installation_id=here, **values, made_at=at(FRIDAY)))


def test_on_leave_nothing_is_told_and_who_covers_is_told_how_much_there_is_to_do(database: Database, base: int) -> None:
    for number, day in enumerate((FRIDAY, MONDAY, MONDAY, MONDAY + timedelta(days=1)), 1):
        add_task(database, base, number, day, assignee_id=BO, client_id=4)
    be_away(database, base, BO, FRIDAY, date(2026, 12, 4), ANNA)
    job(database, base, at(FRIDAY)).run()
    for hours in range(72):
        job(database, base, at(FRIDAY) + timedelta(hours=hours)).run()
    assert told(database) == []  # but for Bo it was Monday
    job(database, base, at(MONDAY)).run()
    assert told(database) == ["Mon 23 Nov. For Bo, away to 4 Dec. 1 task overdue, 2 tasks today"]


def test_who_covers_is_told_only_of_tasks_that_they_see(database: Database, base: int) -> None:
    """Bo has one of a client that is another's in a workspace where only Bo works."""
    with database.write() as connection:
        connection.execute(insert(workspace).values(installation_id=base, id=2, name="Bo's", is_primary=False))
        connection.execute(insert(team).values(installation_id=base, id=1, name="T", name_key="t", workspace_id=2))
        member = {"team_id": 1, "person_id": BO, "is_primary": True}
        connection.execute(insert(team_member).values(installation_id=base, **member))
        bases.add_clients(connection, base, 5)
        stands = {"client_id": 5, "workspace_id": 2, "person_id": LEFT, "tier": "medium"}
        connection.execute(insert(standing).values(installation_id=base, **stands))
    for number, client in ((1, 4), (2, 4), (3, 5)):
        add_task(database, base, number, MONDAY, assignee_id=BO, client_id=client)
    be_away(database, base, BO, FRIDAY, date(2026, 12, 4), ANNA)
    job(database, base, at(MONDAY)).run()
    assert told(database) == ["Mon 23 Nov. For Bo, away to 4 Dec. 2 tasks today"]


def test_whose_team_has_a_holiday_is_told_on_the_next_working_day(database: Database, base: int) -> None:
    christmas, monday = date(2026, 12, 25), date(2026, 12, 28)
    with database.write() as connection:
        connection.execute(insert(team).values(installation_id=base, id=1, name="T", name_key="t", country="NO"))
        member = {"team_id": 1, "person_id": ANNA, "is_primary": True}
        connection.execute(insert(team_member).values(installation_id=base, **member))
        connection.execute(update(morning).values(next_at=at(christmas)))
    add_task(database, base, 1, christmas)
    for day in (25, 26, 27, 28):
        job(database, base, at(date(2026, 12, day))).run()
    assert told(database) == ["Mon 28 Dec. Today. Client 1: Call 1. Fri 25 Dec"]
    assert kept(database).told_on == monday


def test_whoever_is_new_is_written_down_and_told_from_the_next_day_on(database: Database, base: int) -> None:
    add_task(database, base, 1, MONDAY, assignee_id=BO, client_id=4)
    job(database, base, at(FRIDAY)).run()  # in Adelaide it is Friday evening
    assert (kept(database, BO).told_on, kept(database, BO).version) == (FRIDAY, 1)
    assert kept(database, BO).next_at == datetime(2026, 11, 20, 22, 0, tzinfo=UTC)  # on Saturday
    with database.read() as connection:
        assert sorted(connection.scalars(select(morning.c.person_id))) == [ANNA, BO]
    for hours in range(72):
        job(database, base, at(FRIDAY) + timedelta(hours=hours)).run()
    assert told(database) == ["Mon 23 Nov. Today. Client 4: Call 1. Mon 23 Nov"]


def test_whose_clocks_change_is_told_by_the_new_ones_and_who_has_no_seat_not_at_all(
    database: Database, base: int
) -> None:
    add_task(database, base, 1, MONDAY)
    sydney = ZoneInfo("Australia/Sydney")
    write(database, update(person).where(person.c.id == ANNA).values(time_zone="Australia/Sydney"))
    job(database, base, at(FRIDAY)).run()
    assert kept(database).next_at == following(at(FRIDAY), time(8, 30), sydney, FRIDAY)
    write(database, update(person).where(person.c.id == ANNA).values(seat="off"))
    write(database, update(morning).values(next_at=at(MONDAY)))
    job(database, base, at(MONDAY)).run()
    assert (told(database), kept(database).told_on) == ([], FRIDAY)


def test_of_many_processes_one_tells(database: Database, base: int) -> None:
    add_task(database, base, 1, MONDAY)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: job(database, base, at(MONDAY)).run(), range(6)))
    assert len(told(database)) == 1


def test_where_nobody_is_due_one_statement_says_so(database: Database, base: int) -> None:
    job(database, base, at(FRIDAY)).run()
    statements = []

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(database.engine, "before_cursor_execute", count)
    job(database, base, at(FRIDAY, 8, 31)).run()
    event.remove(database.engine, "before_cursor_execute", count)
    assert len(statements) == 1


def test_clients_that_somebody_no_longer_sees_are_no_news_to_them(database: Database, base: int) -> None:
    fall(database, base)
    add_task(database, base, 1, MONDAY)
    write(database, update(standing).where(standing.c.client_id == 1).values(workspace_id=2))
    job(database, base, at(MONDAY)).run()
    assert told(database) == []


def test_what_is_chosen_meanwhile_wins(database: Database, base: int) -> None:
    anna = _anna(database, base)
    with database.write() as connection:
        found = mornings.of(connection, anna)
        assert found is not None
        later = Choice(time(9, 0))
        assert mornings.choose(connection, anna, later, 1, at(MONDAY, 9, 0))
        assert not mornings.choose(connection, anna, later, 1, at(MONDAY, 9, 0))
        assert not mornings.told(connection, anna, found, at(MONDAY), MONDAY, AS_OF)
        assert not mornings.begin(connection, anna, later, at(MONDAY), MONDAY)
        assert mornings.of(connection, anna) is not None


def test_of_two_that_tell_of_the_same_day_the_second_does_not(database: Database, base: int) -> None:
    """Else it would take the first one's message out of what is brought up to date."""
    anna = _anna(database, base)
    with database.write() as connection:
        found = mornings.of(connection, anna)
        assert found is not None
        for is_first in (True, False):
            assert mornings.told(connection, anna, found, at(MONDAY + timedelta(days=1)), MONDAY, AS_OF) is is_first
            assert not mornings.put_off(connection, anna, found, at(MONDAY))


def _anna(database: Database, here: int) -> Any:
    with database.read() as connection:
        return people.in_installation(connection, here, cast.ANNA)


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


def send(database: Database, here: int, slack: Playground, now: datetime) -> None:
    """A turn of both jobs that talk to Slack."""
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    Deliveries(database, client, here, lambda: now, pace=0, apart=0).run()
    Updates(database, client, Catalogs(database, CATALOG), here, lambda: now, pace=0).run()


def stands(slack: Playground) -> list[str]:
    return [one.text for one in slack.actions.visible_messages(cast.ANNA, "D" + cast.ANNA[1:])]


def test_its_tasks_are_brought_up_to_date_until_the_next_one_comes(
    database: Database, base: int, slack: Playground
) -> None:
    add_task(database, base, 1, MONDAY)
    add_task(database, base, 2, MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    job(database, base, at(MONDAY)).run()
    send(database, base, slack, at(MONDAY))
    with database.write() as connection:
        tasks.finish(connection, _anna(database, base), 1, at(MONDAY))
    send(database, base, slack, at(MONDAY))
    first = "Mon 23 Nov. Today. ✓ Done by Anna: Client 1: Call 1. Client 1: Call 2. Mon 23 Nov"
    assert stands(slack) == [first]
    job(database, base, at(tuesday)).run()
    with database.write() as connection:
        tasks.put_off(connection, _anna(database, base), 2, date(2026, 11, 27), at(tuesday))
    for _ in range(2):
        send(database, base, slack, at(tuesday))
    assert stands(slack) == [first, "Tue 24 Nov. Overdue. Client 1: Call 2. Fri 27 Nov"]
    with database.read() as connection:
        said = connection.scalars(select(delivery.c.payload).order_by(delivery.c.made_at))
        assert [one is None for one in said] == [True, False]


@pytest.mark.parametrize("fault", [rate_limited(), killed_before(), killed_after(), None])
def test_whatever_happens_on_the_way_it_arrives_once(
    database: Database, base: int, slack: Playground, fault: Any
) -> None:
    add_task(database, base, 1, MONDAY)
    job(database, base, at(MONDAY)).run()
    if fault is None:
        assert deliveries.claim(database, base, at(MONDAY), SPACING) is not None  # and killed there
    else:
        slack.faults.add("chat.postMessage", fault)
    for minutes in (0, 10, 20):
        now = at(MONDAY) + timedelta(minutes=minutes)
        job(database, base, now).run()
        send(database, base, slack, now)
    assert stands(slack) == ["Mon 23 Nov. Today. Client 1: Call 1. Mon 23 Nov"]


KILLS = [
    (place, function, before)
    for place, function in (
        (mornings, "told"),
        (deliveries, "add"),
        (deliveries, "claim"),
        (WebClient, "conversations_open"),
        (WebClient, "chat_postMessage"),
        (deliveries, "sent"),
    )
    for before in (True, False)
]


def test_wherever_the_process_is_killed_each_day_is_told_once(database: Database, base: int, slack: Playground) -> None:
    days = [MONDAY + timedelta(days=7 * (n // 5) + n % 5) for n in range(len(KILLS))]
    add_task(database, base, 1, MONDAY)
    url = database.url.render_as_string(hide_password=False)
    for told_before, (day, (place, function, before)) in enumerate(zip(days, KILLS, strict=True)):

        def work(place: Any = place, function: str = function, before: bool = before, day: date = day) -> None:
            own = Database(url)
            die_at(place, function, 1, before=before)
            job(own, base, at(day)).run()
            send(own, base, slack, at(day))

        job(database, base, at(day) - timedelta(hours=4)).run()  # over the weekend nothing was to be told
        assert in_a_child(work) == -signal.SIGKILL
        let_go(database)
        for minutes in (10, 20):
            job(database, base, at(day) + timedelta(minutes=minutes)).run()
            send(database, base, slack, at(day) + timedelta(minutes=minutes))
        assert len(stands(slack)) == told_before + 1, (function, before)
