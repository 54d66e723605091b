"""The playground's sample: made once as rows, once through the real import."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.catalog import Catalog, Tier, since
from bot.domain.names import key
from bot.domain.scoring import Facts, Use, Verdict, judge, used_tools
from bot.domain.subscriptions import Subscription
from bot.playground import people, sample
from bot.playground.sample.accounts import TEAMS, YEAR
from bot.playground.sample.base import SEED, Base, generate, is_holiday
from storage import catalog as catalogs
from storage import facts, imports
from storage.database import Database
from storage.imports.mapping import COLUMNS
from storage.imports.report import Report
from storage.installations import Installation, create
from storage.schema import (
    field,
    person,
    record,
    record_date,
    record_person,
    standing,
    subscription,
    team,
    team_member,
    usage,
)
from tests.conftest import NOW, TODAY, Fresh

CATALOG: Catalog = catalogs.load()
PLACES = {tool.key: i for i, tool in enumerate(CATALOG.tools)}
WEEK = timedelta(days=7)
# Every day of the week, both sides of the new year, the summer holidays, a leap day, and a window's length after each.
DAYS = [
    date(2026, 11, 20), date(2026, 12, 27), date(2027, 1, 2), date(2027, 1, 4), date(2027, 3, 27), date(2027, 4, 1),
    date(2027, 7, 6), date(2027, 7, 28), date(2027, 10, 12), date(2027, 10, 24), date(2028, 2, 29), date(2028, 5, 29),
]  # fmt: skip
# The named clients: tier today, score a week ago, score today.
NAMED: Mapping[str, tuple[Tier, int | None, int | None]] = {
    "Acme AS": (Tier.MEDIUM, 6, 4),
    "Globex Oy": (Tier.LOW, 4, 3),
    "Initech AB": (Tier.MEDIUM, 3, 5),
    "Tyrell Oy": (Tier.MEDIUM, 3, 5),
    "Vandelay Oy": (Tier.HIGH, 8, 8),
    "Hooli Nord AB": (Tier.HIGH, 8, 8),
    "Umbrella Hage AS": (Tier.LOW, 3, 3),
    "Oceanic Oy": (Tier.MEDIUM, 5, 5),
    "Acme Eiendom AS": (Tier.MEDIUM, 6, 6),
    "Fiktiv AS": (Tier.HIGH, 8, 8),
    "Fiktiv AB": (Tier.MEDIUM, 5, 5),
    "Wonka Norge AS": (Tier.ONBOARDING, 3, 3),
    "Wayne Bygg AS": (Tier.UNKNOWN, None, None),
    "Soylent Oy": (Tier.FORMER, None, None),
}


@cache
def base(today: date = TODAY) -> Base:
    return generate(CATALOG, today)


@cache
def judged(today: date, day: date) -> Mapping[str, Verdict]:
    """The score on a day of each client of today's base, by name, made from the rows with the rules alone."""
    made = base(today)
    uses: dict[str, dict[int, Use]] = defaultdict(dict)
    for row in made.usage:
        place = PLACES[row.tool]
        if since(day, CATALOG.tools[place].within) <= row.used_on <= day:
            times = uses[row.client_id].get(place, Use()).times + row.times
            uses[row.client_id][place] = Use(times, row.used_on)
    bought = defaultdict(list)
    for one in made.subscriptions:
        bought[one.client_id].append(Subscription(one.product, one.edition, one.started_on, one.ended_on))
    measured = CATALOG.bits({row.tool for row in made.usage})
    covered = {row.client_id for row in made.usage}
    return {
        one.name: judge(
            CATALOG,
            Facts(bought[one.id], True, one.id in covered, measured, used_tools(CATALOG, uses[one.id])),
            day,
        )
        for one in made.clients
    }


def written(made: Base, folder: Path) -> bytes:
    folder.mkdir()
    return b"".join(path.read_bytes() for path in made.write(folder))


# ------------------------------------------------------------------ the same again


def test_the_same_seed_and_day_give_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path; from storage import catalog;"
        "from bot.playground.sample.base import generate;"
        "generate(catalog.load(), date.fromisoformat(sys.argv[1])).write(Path(sys.argv[2]))"
    )
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(
        [sys.executable, "-c", script, TODAY.isoformat(), str(other)],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        check=True,
    )
    mine = written(base(), tmp_path / "mine")
    names = ("clients", "subscriptions", "usage", "teams")
    assert mine == b"".join((other / f"{name}.csv").read_bytes() for name in names)


def test_another_seed_gives_another_crowd_and_the_same_named_clients() -> None:
    other = generate(CATALOG, TODAY, SEED + 1)
    assert {one.name for one in other.clients} != {one.name for one in base().clients}
    assert other.clients[: len(NAMED)] == base().clients[: len(NAMED)]
    assert other.subscriptions[: len(NAMED)] == base().subscriptions[: len(NAMED)]


# --------------------------------------------------------------------------- rows


def test_there_are_two_hundred_clients_of_four_teams() -> None:
    clients = base().clients
    assert len(clients) == 200
    assert {one.team for one in clients} == set(TEAMS)
    assert min(Counter(one.team for one in clients).values()) >= 12
    assert all(one.csm_email is None or one.csm_email in TEAMS[one.team] for one in clients)
    assert 2 <= sum(one.csm_email is None for one in clients) <= 12
    assert 5 <= sum(one.renewal_date is None for one in clients) <= 35
    assert {one.currency for one in clients} == {"EUR", "NOK", "PLN"}


def test_the_csms_of_two_teams_are_in_the_playgrounds_slack_and_the_others_are_not() -> None:
    titles = {one.email: one.title for one in people.cast()}
    for name, csms in TEAMS.items():
        known = [titles.get(csm) for csm in csms]
        assert known == ([f"CSM, {name}"] * 2 if name in {"CS Nordic", "CS Central"} else [None, None])


def test_names_are_distinct_plainly_made_up_and_of_many_scripts() -> None:
    clients = base().clients
    assert len({one.name for one in clients}) == len({one.domain for one in clients}) == len(clients)
    assert all(one.domain.endswith(".example") and one.domain.isascii() for one in clients)
    letters = "".join(one.name for one in clients)
    for sign in "ØÆøåäöüßŁżęñõΠά株ねشم&\"'«„”<%(":
        assert sign in letters, sign
    assert {one.country for one in clients} == {"NO", "SE", "FI", "DE", "PL", "ES", "EE", "GR", "JP", "AE"}


def test_two_clients_differ_only_in_their_legal_form_and_no_other_two_do() -> None:
    keys = Counter(key(one.name) for one in base().clients)
    assert [name for name, times in keys.items() if times > 1] == ["fiktiv"]
    assert keys["acme"] == keys["acme eiendom"] == 1


@pytest.mark.parametrize("today", DAYS)
def test_usage_fills_a_year_up_to_today(today: date) -> None:
    rows = base(today).usage
    assert 30_000 <= len(rows) <= 50_000
    assert min(row.used_on for row in rows) >= today - timedelta(days=YEAR)
    assert today - timedelta(days=4) <= max(row.used_on for row in rows) <= today
    assert min(row.times for row in rows) >= 1
    assert len({row[:3] for row in rows}) == len(rows)
    assert {row.tool for row in rows} <= set(PLACES)


def test_offices_do_not_work_at_weekends_and_friday_is_a_day_like_others() -> None:
    days = Counter(row.used_on.weekday() for row in base().usage)
    assert max(days[day] for day in range(5)) < 1.1 * min(days[day] for day in range(5))
    weekend = [row for row in base().usage if row.used_on.weekday() >= 5]
    assert weekend
    assert not {row.tool for row in weekend} & {"contacts", "activities", "marketing_email", "deals", "dashboards"}


def test_offices_close_for_holidays() -> None:
    norwegian = {one.id for one in base().clients if one.country == "NO"} - {one.id for one in base().clients[:14]}
    days = Counter(row.used_on for row in base().usage if row.client_id in norwegian)
    closed = [day for at in range(YEAR) if is_holiday("NO", day := TODAY - timedelta(days=at))]
    assert len(closed) >= 28
    assert sum(days[day] for day in closed) == 0


def test_a_tool_is_not_used_before_it_was_bought() -> None:
    """An upgrade brings the bigger edition's tools; nobody used them the day before."""
    started = {
        (one.client_id, one.product): one.started_on for one in base().subscriptions if one.edition == "Professional"
    }
    upgraded = {
        one.client_id: started[one.client_id, "Marketing Hub"]
        for one in base().subscriptions
        if one.ended_on is not None and started.get((one.client_id, "Marketing Hub")) == one.ended_on
    }
    assert len(upgraded) >= 5
    campaigns = [row for row in base().usage if row.tool == "campaigns" and row.client_id in upgraded]
    assert campaigns
    assert all(row.used_on >= upgraded[row.client_id] for row in campaigns)


def test_some_subscriptions_ended_and_only_running_ones_renew() -> None:
    rows = base().subscriptions
    assert all(one.renews_on is None or one.renews_on > TODAY for one in rows)
    assert all(one.ended_on is None or (one.renews_on is None and one.started_on < one.ended_on) for one in rows)
    assert all(0 <= one.seats_used <= one.seats for one in rows)
    assert 20 <= sum(one.ended_on is not None for one in rows) <= 60
    assert any(one.seats_used >= 0.9 * one.seats for one in rows)


def test_a_catalog_without_a_tool_gives_no_usage_of_it() -> None:
    text = catalogs.read()
    start = text.index("[tools.meetings]")
    other = catalogs.parse(text[:start] + text[text.index("[tools.templates]") :], "edited.toml")
    tools = {row.tool for row in generate(other, TODAY).usage}
    assert "meetings" not in tools
    assert "templates" in tools


# -------------------------------------------------------------------- what they mean


@pytest.mark.parametrize("today", DAYS)
def test_named_clients_have_their_state_on_whatever_day_the_playground_starts(today: date) -> None:
    now, before = judged(today, today), judged(today, today - WEEK)
    states = {name: (now[name].tier, before[name].score, now[name].score) for name in NAMED}
    assert states == NAMED
    assert now["Wonka Norge AS"].onboarding_day == 34


@pytest.mark.parametrize("today", DAYS)
def test_tiers_spread_as_in_a_real_base(today: date) -> None:
    assert_spread(Counter(one.tier for one in judged(today, today).values()))


def assert_spread(tiers: Mapping[str, int]) -> None:
    expected = {
        Tier.HIGH: (60, 80), Tier.MEDIUM: (68, 88), Tier.LOW: (28, 42),
        Tier.ONBOARDING: (6, 9), Tier.UNKNOWN: (4, 8), Tier.FORMER: (6, 8),
    }  # fmt: skip
    for tier, (least, most) in expected.items():
        assert least <= tiers[tier] <= most, (tier, dict(tiers))
    assert sum(tiers.values()) == 200


def test_acmes_card_has_the_figures_of_its_story() -> None:
    verdict = judged(TODAY, TODAY)["Acme AS"]
    areas = dict(zip(CATALOG.categories, verdict.points.areas, strict=True))
    assert (verdict.points.earned, verdict.points.possible) == (14, 34)
    assert {name: (area.earned, area.possible) for name, area in areas.items() if area.possible} == {
        "marketing": (5, 14), "sales": (4, 6), "content": (0, 3), "data": (1, 4), "crm": (4, 7),
    }  # fmt: skip
    acme = base().clients[0]
    assert (acme.mrr, acme.currency, acme.csm_email) == (1090, "EUR", "anna@example.com")
    assert acme.renewal_date == TODAY + timedelta(days=47)
    last = {row.tool: row.used_on for row in base().usage if row.client_id == acme.id}
    window = since(TODAY, 90)
    for tool in ("marketing_email", "workflows", "social"):
        assert since(window - timedelta(days=1), 7) <= last[tool] < window
    assert last["forms"] == TODAY - timedelta(days=32)


# ----------------------------------------------------------------- through the import


@pytest.fixture(scope="module")
def loaded(fresh: Fresh) -> Iterator[tuple[Database, Report]]:
    """The sample in an SQLite database, to be read only."""
    database = Database(fresh("sqlite"))
    with database.write() as connection:
        number = create(connection, NOW).id
    yield database, sample.load(database, number, CATALOG, NOW)
    database.close()


def test_the_import_takes_every_row(loaded: tuple[Database, Report]) -> None:
    _, report = loaded
    made = base()
    assert report.refused == 0
    assert {one.name: one.read for one in report.files} == {
        "clients.csv": len(made.clients),
        "subscriptions.csv": len(made.subscriptions),
        "usage.csv": len(made.usage),
        "teams.csv": len(made.teams),
    }
    assert all(one.left_out is None and not one.misfits and not one.repeated for one in report.files)
    assert report.facts["usage"].added == len(made.usage)
    assert report.unknown_tools == ()
    assert report.measured >= 34
    assert report.reach.new == TODAY


def test_every_name_survives_the_round_trip(loaded: tuple[Database, Report]) -> None:
    with loaded[0].read() as connection:
        kept = {row.external_id: row.name for row in connection.execute(select(record.c.external_id, record.c.name))}
    assert kept == {one.id: one.name for one in base().clients}


def test_further_columns_become_properties_of_their_type(loaded: tuple[Database, Report], tmp_path: Path) -> None:
    with loaded[0].read() as connection:
        types = {row.name: row.type for row in connection.execute(select(field.c.name, field.c.type))}
    assert types == {
        "csm_email": "user", "team": "text", "renewal_date": "date", "last_touch_on": "date", "industry": "text",
        "country": "text", "background": "text", "marketing_contacts_used": "number",
        "marketing_contacts_limit": "number",
    }  # fmt: skip
    with base().write(tmp_path)[0].open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert set(header) - set(COLUMNS["clients"]) <= set(types)


def test_csms_and_renewal_days_are_found(loaded: tuple[Database, Report]) -> None:
    query = (
        select(func.count())
        .select_from(record_person)
        .join(person, person.c.id == record_person.c.person_id)
        .where(person.c.email == "anna@example.com")
    )
    with loaded[0].read() as connection:
        annas = connection.scalar(query)
        dates = connection.scalar(select(func.count()).select_from(record_date))
    assert annas == sum(one.csm_email == "anna@example.com" for one in base().clients)
    assert dates == sum((one.renewal_date is not None) + (one.last_touch_on is not None) for one in base().clients)


def test_every_csm_is_in_their_team_and_one_of_the_leads_room_leads_each_known_team(
    loaded: tuple[Database, Report],
) -> None:
    same = (team_member.c.installation_id == team.c.installation_id) & (team_member.c.team_id == team.c.id)
    query = select(team.c.name, person.c.email, team_member.c.is_primary, team_member.c.is_lead).select_from(
        team.join(team_member, same).join(person, person.c.id == team_member.c.person_id)
    )
    with loaded[0].read() as connection:
        rows = connection.execute(query).all()
        places = connection.execute(select(team.c.country, team.c.time_zone)).all()
    assert {(row.name, row.email) for row in rows} == {(name, one) for name, some in TEAMS.items() for one in some}
    assert all(row.is_primary for row in rows)
    leads = {row.name: row.email for row in rows if row.is_lead}
    assert leads.keys() == TEAMS.keys()
    room = next(one.members for one in people.channels() if one.id == people.CS_LEADS)
    assert {one.email for one in people.cast() if one.id in room} >= {leads["CS Nordic"], leads["CS Central"]}
    assert all(country and zone for country, zone in places)


def test_every_client_is_of_the_team_that_it_names(loaded: tuple[Database, Report]) -> None:
    query = (
        select(record.c.external_id, team.c.name)
        .join(standing, standing.c.client_id == record.c.id)
        .join(team, team.c.id == standing.c.team_id)
    )
    with loaded[0].read() as connection:
        assert dict(connection.execute(query).all()) == {one.id: one.team for one in base().clients}


def test_the_stored_scores_are_those_of_the_rules(loaded: tuple[Database, Report]) -> None:
    query = select(record.c.name, standing.c.tier, standing.c.score, standing.c.change_7).join(
        standing, standing.c.client_id == record.c.id
    )
    with loaded[0].read() as connection:
        rows = connection.execute(query).all()
    verdicts = judged(TODAY, TODAY)
    assert {row.name: row.tier for row in rows} == {name: verdict.tier for name, verdict in verdicts.items()}
    assert_spread(Counter(row.tier for row in rows))
    changes = {row.name: row.change_7 for row in rows}
    assert changes["Acme AS"] == pytest.approx((14 - 21) / 34)
    assert changes["Initech AB"] == pytest.approx(3 / 21)
    assert changes["Vandelay Oy"] == 0
    assert 5 <= sum(bool(change) for change in changes.values()) <= 30


def test_loading_again_on_the_same_day_changes_nothing(database: Database, installation: Installation) -> None:
    first = sample.load(database, installation.id, CATALOG, NOW)
    counted = [select(func.count()).select_from(table) for table in (record, subscription, usage)]
    with database.read() as connection:
        before = [connection.scalar(query) for query in counted]
    again = sample.load(database, installation.id, CATALOG, NOW)
    with database.read() as connection:
        assert [connection.scalar(query) for query in counted] == before
    assert first.refused == again.refused == 0
    assert all(facts.moved == 0 for facts in again.facts.values())


def test_a_sample_of_a_later_day_takes_the_place_of_the_one_before(fresh: Fresh) -> None:
    later, found = NOW + timedelta(days=9), []
    for moments in ((NOW, later), (later,)):
        database = Database(fresh("sqlite"))
        with database.write() as connection:
            number = create(connection, NOW).id
        for moment in moments:
            sample.load(database, number, CATALOG, moment)
        shown = (standing.c.score, standing.c.share, standing.c.change_7, standing.c.change_30, standing.c.renews_on)
        same = (record.c.installation_id == standing.c.installation_id) & (record.c.id == standing.c.client_id)
        told = select(record.c.name, *shown).join(standing, same).order_by(record.c.name)
        with database.read() as connection:
            uses = connection.execute(select(usage.c.day, func.count()).group_by(usage.c.day).order_by(usage.c.day))
            found.append((connection.execute(told).all(), uses.all()))
        database.close()
    assert len(found[0][0]) == 200
    assert found[0] == found[1]


def test_the_first_real_import_takes_the_samples_place(sqlite: Database, tmp_path: Path) -> None:
    with sqlite.write() as connection:
        number = create(connection, NOW).id
    sample.load(sqlite, number, CATALOG, NOW)
    mine = tmp_path / "clients.csv"
    mine.write_text("id,name\n1,Real Example Ltd\n", encoding="utf-8")
    report = imports.run(sqlite, number, [mine], catalog=CATALOG, today=TODAY, now=NOW)
    assert report.sample_clients == 200
    with sqlite.read() as connection:
        assert connection.scalars(select(record.c.name)).all() == ["Real Example Ltd"]
        for table in (usage, team, team_member):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        (client,) = facts.client(
            connection, number, 1, CATALOG, lambda _hash: None, record.c.name == "Real Example Ltd"
        )
    assert client.as_of is None  # no usage was loaded that would say how far the data goes
