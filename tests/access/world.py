"""Who is where in the access matrix: two CS workspaces beside the primary one, and a second installation.

Anna and Bo are one team of the first, Dan is of another team there; Cleo is of the second, and Max of the primary one.
Cam, of the second, covers for Anna where a test has her away.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.domain.access import Person as Asker
from bot.domain.activity import Priority, Task
from bot.domain.engagement import assess
from bot.domain.filters import Filter, Sort
from bot.domain.teams import Entered
from bot.domain.workspaces import EVERYTHING
from bot.playground import people as cast
from bot.playground.model import Channel, Person, Team
from bot.playground.server import Playground
from bot.playground.shapes import user_json
from storage import (
    activity,
    facts,
    imports,
    installations,
    people,
    rights,
    standing,
    team_settings,
    views,
    welcomes,
    workspace_changes,
)
from storage.schema import absence, metadata, person, person_address, record
from storage.schema import task as stored_task
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot

MIA, MAX, SUE, ZOE, CAM = "U0MIAMANAGER", "U0MAXMANAGER", "U0SUESUPER00", "U0ZOEOTHER00", "U0CAMCOVER00"
ELSEWHERE = Team("T0ELSEWHERE0", "elsewhere", "Elsewhere")
LOST = 900  # whom only the data names
BOUND = "a.aas@example.com"  # a second address of the CSM's

# What nobody else may read: the clients of Anna and Bo, their team, its saved view, their CS workspace.
CLIENTS = ("Acme AS", "Acme Eiendom AS", "Wonka Norge AS", "Twin GmbH", "Twin AS", "Soylent Oy")
TEAM, VIEW, WORKSPACE = "Fjord Crew", "Falling Stars", "Fjordland"

ASKERS: Mapping[str, str] = {
    "guest": cast.GUS,
    "of another Slack team": cast.SAM,
    "deleted": cast.OLA,
    "of another workspace": cast.CLEO,
    "cover": CAM,
    "of another team of the workspace": cast.DAN,
    "csm": cast.ANNA,
    "lead": cast.BO,
    "manager without seat": MIA,
    "manager with seat": MAX,
    "super admin with seat": cast.DINA,
    "super admin without seat": SUE,
    "of another installation": ZOE,
}


OF_SLACK = "channel"  # what Slack says of channels, kept whoever asks


@dataclass(frozen=True)
class World:
    """The bot, and the ids of what belongs to the CSM's workspace."""

    bot: Bot
    elsewhere: Bot  # the other installation's, on the same database
    live: sqlite3.Connection = field(repr=False)  # to the same database, beside the bots
    template: sqlite3.Connection = field(repr=False)
    client: int = 0
    opportunity: str = ""
    team: int = 0
    team_version: int = 0
    workspace: int = 0
    view: int = 0
    task: int = 0  # the CSM's, about the client
    csm: int = 0
    asker: int = 0  # the person id of who asks, in their installation
    reply_to: str = ""  # an address at which the asker can be answered

    def bot_of(self, who: str) -> Bot:
        return self.elsewhere if who == ZOE else self.bot

    def restore(self) -> None:
        """Everything in the database as it was at first."""
        self.template.backup(self.live)

    def tables(self) -> dict[str, int]:
        """What stands in each table of the CSM's installation, as numbers to be compared."""
        here = self.bot.installation.id
        found = {}
        for table in metadata.sorted_tables:
            if table.name == OF_SLACK:
                continue
            owner = "id" if table.name == "installation" else "installation_id"
            rows = self.live.execute(f'SELECT * FROM "{table.name}" WHERE {owner} = {here}')
            found[table.name] = hash(frozenset(rows.fetchall()))
        return found

    def audited(self) -> list[tuple[Any, ...]]:
        """The audit of the CSM's installation, the oldest first."""
        query = "SELECT * FROM audit_entry WHERE installation_id = ? ORDER BY id"
        return self.live.execute(query, [self.bot.installation.id]).fetchall()


class Waitable(ThreadPoolExecutor):
    """Bolt's threads, which can be waited for: what follows an acknowledgement is done by them."""

    def __init__(self) -> None:
        super().__init__(8)
        self._begun: list[Future[Any]] = []

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        begun = super().submit(*args, **kwargs)
        self._begun.append(begun)
        return begun

    def wait(self) -> None:
        while self._begun:  # not its result: Bolt ends with an assertion after an error that was answered late
            self._begun.pop().exception(timeout=30)


@contextmanager
def built(base: Path, folder: Path) -> Iterator[World]:
    path = folder / "bot.db"
    shutil.copy(base, path)
    with ExitStack() as stack:
        bot = stack.enter_context(bots.running(path))
        elsewhere = stack.enter_context(_elsewhere(bot, folder))
        for one in (bot, elsewhere):
            one.app.listener_runner.listener_executor = Waitable()
        live = stack.enter_context(closing(sqlite3.connect(path)))
        template = stack.enter_context(closing(sqlite3.connect(":memory:")))
        world = _settled(World(bot, elsewhere, live, template))
        live.backup(template)
        yield world


@contextmanager
def _elsewhere(bot: Bot, folder: Path) -> Iterator[Bot]:
    """Another Slack workspace with a bot of its own: Zoe is super admin there and has a seat."""
    (folder / "other").mkdir()
    (folder / "other" / "clients.csv").write_text("id,name,csm_email\n1,Elsewhere Ltd,zoe@other.example\n")
    with bot.database.write() as connection:
        here = installations.create(connection, NOW)
        installations.bind(connection, here.id, ELSEWHERE.id)
    imports.run(bot.database, here.id, [folder / "other"], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    with Playground() as slack:
        slack.slack.team = ELSEWHERE
        zoe = Person(ZOE, "zoe", "Zoe Other", "zoe@other.example", ELSEWHERE.id, is_admin=True)
        _add(slack, zoe)
        app, socket = bots.connected(slack, bot.database)
        with bot.database.write() as connection:
            known = people.keep(connection, here.id, _user(slack, zoe), NOW)
            rights.set_super_admin(connection, here.id, known, True, by=None, now=NOW)
        yield Bot(slack, bot.database, here, app, socket)
        socket.drain(3)


def _add(slack: Playground, who: Person) -> None:
    slack.slack.set_person(who)
    _direct(slack, who.id)


def _direct(slack: Playground, who: str) -> Channel:
    made = cast.direct_message(who)
    slack.slack.messages.setdefault(made.id, [])
    return slack.slack.channels.setdefault(made.id, made)


def _user(slack: Playground, who: Person) -> dict[str, Any]:
    return user_json(slack.slack, who, email=True, locale=True)


def _settled(world: World) -> World:
    """The teams, workspaces and rights of the CSM's installation; the world with the ids of what was made."""
    bot, here = world.bot, world.bot.installation.id
    _direct(bot.slack, cast.OLA)
    with bot.database.write() as connection:
        for who, name in ((MIA, "Mia"), (MAX, "Max"), (SUE, "Sue"), (CAM, "Cam")):
            one = Person(who, name.lower(), f"{name} Made", f"{name.lower()}@example.com", cast.TEAM.id)
            _add(bot.slack, one)
            people.keep(connection, here, _user(bot.slack, one), NOW)
        known = dict(connection.execute(select(person.c.slack_user_id, person.c.id)).all())
        dina = known[cast.DINA]
        for who in (cast.DINA, SUE):
            rights.set_super_admin(connection, here, known[who], True, by=None, now=NOW)
        for who in (MIA, MAX):
            rights.set_manages(connection, here, known[who], True, by=dina, now=NOW)
        for who in (cast.DINA, MAX):
            rights.set_seat(connection, here, known[who], "on", by=dina, now=NOW)
        crew = Entered(TEAM, people=frozenset({cast.ANNA, cast.BO}), leads=frozenset({cast.BO}))
        made = team_settings.create(connection, here, crew, by=dina, now=NOW)
        others = [
            team_settings.create(connection, here, Entered(name, people=frozenset(those)), by=dina, now=NOW)
            for name, those in (("Inlet Crew", {cast.DAN}), ("Alps Crew", {cast.CLEO, CAM}))
        ]
        spaces = [
            workspace_changes.create(connection, here, dina, name, "", teams, NOW)
            for name, teams in ((WORKSPACE, [made, others[0]]), ("Alpland", [others[1]]))
        ]
        connection.execute(insert(person).values(installation_id=here, id=LOST, email="lost@example.com", name="lost"))
        connection.execute(insert(person_address).values(installation_id=here, email=BOUND, person_id=known[cast.ANNA]))
        welcomes.begin(connection, here, NOW)
        version = team_settings.get(connection, here, made).version
    standing.catch_up(bot.database, here)
    with bot.database.write() as connection:
        anna = people.find(connection, cast.TEAM.id, cast.ANNA)
        assert anna is not None
        views.save(connection, anna, VIEW, Filter(team="all", sort=Sort.DROP), anna.team_id, NOW)
        (view,) = views.every(connection, anna)
        first = connection.execute(select(record.c.id, record.c.source_id).where(record.c.name == CLIENTS[0])).one()
        client = first.id
        service = {"id": 900, "object": "service", "external_id": "s", "name": "Service", "name_key": "service"}
        values = service | {"properties": {"pipeline": "Onboarding"}, "source_id": first.source_id}
        connection.execute(insert(record).values(installation_id=here, **values))
        connection.execute(update(person).where(person.c.id == dina).values(welcome_held=True, welcomed_at=None))
        opportunity = _opportunity(connection, here, client)
        call = Task(client, None, "Call them", "", TODAY, Priority.MEDIUM, cast.ANNA)
        assert activity.log_task(connection, anna, call, "V1", NOW)
        task = connection.execute(select(stored_task.c.id)).scalar_one()
    return replace(world, client=client, opportunity=opportunity, team=made, team_version=version,
                   workspace=spaces[0], view=view.id, csm=anna.id, task=task)  # fmt: skip


def _opportunity(connection: Any, here: int, client: int) -> str:
    (found,) = facts.client(connection, here, EVERYTHING, CATALOG, lambda _: None, facts.BY_ID, {"client": client})
    return assess(CATALOG, found, TODAY).opportunities()[0].key


def away(connection: Connection, first: int, last: int, number: int = 1) -> None:
    """The CSM is away from so many days after today to so many, and Cam covers for them."""
    rows = connection.execute(select(person.c.slack_user_id, person.c.id, person.c.installation_id))
    known = {who: (number, here) for who, number, here in rows}
    (anna, here), (cam, _) = known[cast.ANNA], known[CAM]
    days = {"from_on": TODAY + timedelta(days=first), "to_on": TODAY + timedelta(days=last)}
    made = {"id": number, "person_id": anna, "cover_id": cam, "made_by": anna, "made_at": NOW}
    connection.execute(insert(absence).values(installation_id=here, **days, **made))


def asker_of(world: World, who: str) -> Asker | None:
    bot = world.bot_of(who)
    with bot.database.read() as connection:
        return people.find(connection, bot.slack.slack.team.id, who)
