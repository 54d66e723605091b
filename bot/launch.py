"""What a running bot is put together from: settings in, one process's parts out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot import metrics
from bot.app import wire
from bot.domain.catalog import Catalog
from bot.domain.crm import Crm
from bot.domain.promises import Promise, promise
from bot.identity import Identity, authorizer
from bot.jobs import (
    answers,
    digest_content,
    digests,
    exports,
    handovers,
    homes,
    import_folder,
    outbox,
    people,
    scores,
    uploads,
    welcomes,
)
from bot.jobs.alerts import Alerts
from bot.jobs.audiences import Audiences
from bot.jobs.composing import Compose
from bot.jobs.deliveries import Deliveries
from bot.jobs.escalations import Escalations
from bot.jobs.mornings import Mornings
from bot.jobs.updates import Updates
from bot.metrics import CountErrors
from bot.schedule import Job, Schedule
from bot.serve import Bot
from bot.settings import Settings
from storage import catalog as catalogs
from storage import channels, deliveries, digest_runs, installations, mornings
from storage.catalog import Catalogs
from storage.database import Database

Clock = Callable[[], datetime]


def real_time() -> datetime:
    return datetime.now(UTC)


def posting(settings: Settings) -> WebClient:
    """The client that posts. A 429 was not taken and is sent again; a dropped connection may have been, and is not."""
    return WebClient(
        _token(settings),
        base_url=settings.slack_api_url,
        timeout=10,
        retry_handlers=[CountErrors(), RateLimitErrorRetryHandler(max_retry_count=3)],
    )


def pacing(settings: Settings) -> WebClient:
    """The client of what keeps to Slack's pace: of a 429 it hears itself, and holds back what else is of its kind."""
    return WebClient(_token(settings), base_url=settings.slack_api_url, timeout=10, retry_handlers=[CountErrors()])


def reading(settings: Settings) -> WebClient:
    """The client that only reads: it may ask again whatever happened."""
    return WebClient(
        _token(settings),
        base_url=settings.slack_api_url,
        timeout=30,
        retry_handlers=[
            CountErrors(),
            RateLimitErrorRetryHandler(max_retry_count=10),
            ConnectionErrorRetryHandler(max_retry_count=2),
            ServerErrorRetryHandler(max_retry_count=2),
        ],
    )


def _token(settings: Settings) -> str:
    return settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""


def catalog_of(settings: Settings, database: Database, installation_id: int) -> Catalog:
    """The catalog that CATALOG names; without it, the one of the last import; before that, the one that ships."""
    if settings.catalog is not None:
        return catalogs.load(settings.catalog)
    with database.read() as connection:
        return catalogs.current(connection, installation_id)


def _composing(known: Catalogs) -> Compose:
    return lambda connection, one, moment, head: digest_content.compose(connection, known, one, moment, head)


def _count_promises(identity: Identity) -> None:
    for channel, is_private in (("public", False), ("private", True)):
        holds = promise(identity.scopes, is_private=is_private) is Promise.EXACTLY_ONCE
        metrics.EXACTLY_ONCE.labels(channel).set(holds)


def assemble(
    settings: Settings, identity: Identity, installation_id: int, now: Clock = real_time, crm: Crm | None = None
) -> Bot:
    """The parts of one process. The database has been migrated and the installation bound."""
    database = Database(settings.database)
    with database.write() as connection:
        installations.set_crm(connection, installation_id, crm.name if crm else None)
        digest_runs.plan_again(connection, installation_id)
        channels.forget(connection, installation_id)  # who joined while no bot ran was heard of by none
        mornings.plan_again(connection, installation_id)
    catalog, slack = catalog_of(settings, database, installation_id), posting(settings)
    app = wire(
        database=database,
        catalog=catalog,
        now=now,
        slack=slack,
        settings=settings,
        authorize=authorizer(identity, _token(settings)),
        scopes=identity.scopes,
    )
    _count_promises(identity)
    known = Catalogs(database, catalog, fixed=settings.catalog is not None)
    work = _Work(settings, database, slack, known, installation_id, now)
    return Bot(app, database, Schedule([*work.telling(), *work.keeping(), *work.outside(crm)]))


@dataclass(frozen=True)
class _Work:
    """What one process does unasked."""

    settings: Settings
    database: Database
    slack: WebClient
    known: Catalogs
    installation_id: int
    now: Clock

    def telling(self) -> list[Job]:
        """What people hear and see."""
        mine, command = (self.installation_id, self.now), f"/{self.settings.command_prefix}engagement"
        shown = (self.database, self.slack, self.known)
        compose, paced = _composing(self.known), pacing(self.settings)
        return [
            Job("digests", timedelta(seconds=10), digests.Digests(self.database, compose, *mine).run),
            Job("audiences", timedelta(seconds=5), Audiences(self.database, paced, *mine).run),
            Job("deliveries", timedelta(seconds=1), Deliveries(self.database, paced, *mine).run),
            Job("updates", timedelta(seconds=5), Updates(*shown, *mine).run),
            Job("homes", timedelta(seconds=10), homes.Homes(*shown, self.installation_id, command, self.now).run),
            Job("exports", timedelta(seconds=15), exports.Exports(*shown, *mine).run),
            Job("handovers", timedelta(seconds=15), partial(handovers.tell, self.database, *mine)),
            Job("alerts", timedelta(seconds=5), Alerts(self.database, self.known, *mine).run),
            Job("mornings", timedelta(minutes=1), Mornings(self.database, self.known, *mine).run),
            Job("welcomes", timedelta(minutes=1), self._welcomes(command).run),
            Job("escalations", timedelta(minutes=1), Escalations(self.database, *mine).run),
        ]

    def _welcomes(self, command: str) -> welcomes.Welcomes:
        return welcomes.Welcomes(self.database, self.installation_id, command, self.now)

    def keeping(self) -> list[Job]:
        """What is kept true."""
        here, upload = (self.database, self.installation_id), (self.settings.catalog, self.now)
        keep_people = partial(people.keep, self.database, reading(self.settings), self.installation_id, self.now)
        return [
            Job("people", timedelta(days=1), partial(keep_people, self.settings.first_admins)),
            Job(
                "uploads",
                timedelta(seconds=10),
                uploads.Uploads(self.database, self.slack, self.installation_id, *upload).run,
            ),
            Job("scores", timedelta(seconds=5), scores.Scores(self.database).run),
            Job("answers", timedelta(minutes=1), partial(answers.reopen, self.database, self.now)),
            Job("old deliveries", timedelta(days=1), lambda: deliveries.forget(*here, self.now())),
            Job("old channels", timedelta(days=1), self._forget_channels),
        ]

    def _forget_channels(self) -> None:
        with self.database.write() as connection:
            channels.forget(connection, self.installation_id, self.now() - timedelta(days=1))

    def outside(self, crm: Crm | None) -> Iterator[Job]:
        """What is there where it is set up: a CRM, a folder of imports."""
        mine = (self.installation_id, self.now)
        if crm is not None:
            yield Job("outbox", timedelta(seconds=15), outbox.Outbox(self.database, crm, *mine).run)
        if (place := self.settings.import_dir) is not None:
            folder = import_folder.Folder(self.database, self.installation_id, place, self.settings.catalog, self.now)
            yield Job("import folder", timedelta(minutes=5), folder.run)
