"""What all commands share: errors as one line, the database, the installation, progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError

import typer
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import UserError
from bot.identity import OtherWorkspaceError
from bot.settings import SettingsError
from storage import installations, migrate
from storage.database import Database

NOTHING = "There is nothing here yet. Start with: engagement-bot import PATH"

Show = Callable[[str, int, int], None]  # what is done, how far it is, of how much


class FailureError(Exception):
    """A command cannot do its work. The message is the one line that is printed."""


@contextmanager
def failures() -> Iterator[None]:
    """Turns an expected error into one line on standard error and exit status 1; Ctrl-C ends quietly."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise  # whoever read our output has seen enough: Typer ends quietly
    except _EXPECTED as error:
        if isinstance(error, DatabaseError) and not _is_unusable(error):
            raise
        typer.echo(explain(error), err=True)
        raise typer.Exit(1) from None


_EXPECTED = (
    FailureError, SettingsError, OtherWorkspaceError, UserError, SlackApiError, DatabaseError, OSError,
)  # fmt: skip


def _is_unusable(error: DatabaseError) -> bool:
    """Whether the database is at fault (it is away, full, or no database at all) and not a statement of ours."""
    return isinstance(error, OperationalError) or type(error) is DatabaseError


def explain(error: BaseException) -> str:
    """An expected error in one line. Never shows the URL of a database: it may hold a password."""
    match error:
        case UserError(key="catalog_refused" | "mapping_refused"):  # one line with its file, as text already
            return str(error)
        case UserError():
            from bot.blocks.wording import explain as words

            return words(error)
        case OtherWorkspaceError():
            return (
                "This database belongs to another Slack workspace than the token. "
                "Set DATABASE_URL to another database, or use the other token."
            )
        case SlackApiError():
            return f"Slack refused: {error.response.get('error', 'no reason given')}. Try: engagement-bot doctor"
        case URLError():
            return f"Slack cannot be reached: {error.reason}"
        case DatabaseError():
            return f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}"
        case OSError(filename=str(name), strerror=str(reason)):
            return f"{name}: {reason}"
    return str(error)


@contextmanager
def opened(url: str, *, creates: bool = False, migrates: bool = False) -> Iterator[Database]:
    """The database, closed afterwards. Tables that are not of this version are refused.

    `creates`: an empty database gets its tables. `migrates`: older tables are brought to this version, too.
    """
    database = Database(url)
    if database.is_sqlite and not (creates or migrates) and not Path(database.url.database or "").exists():
        raise FailureError(NOTHING)
    try:
        found = migrate.version(database)
        if found == "newer":
            raise FailureError("The database was migrated by a newer release of engagement-bot.")
        if migrates or (creates and found == "empty"):
            migrate.upgrade(database)
        elif found == "empty":
            raise FailureError(NOTHING)
        elif found == "outdated":
            raise FailureError("The database's tables are of an older version. Run: engagement-bot migrate")
        yield database
    finally:
        database.close()


def is_begun(url: str) -> bool:
    """Whether something is in the database; looking creates none."""
    database = Database(url)
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return False
    try:
        found = migrate.version(database)
        if found != "current":
            return found != "empty"
        with database.read() as connection:
            return bool(installations.every(connection))
    finally:
        database.close()


def installation_of(database: Database, number: int | None) -> int:
    """The id of the installation that is meant: the only one, or `number`."""
    with database.read() as connection:
        known = [one.id for one in installations.every(connection)]
    if number is None and len(known) == 1:
        return known[0]
    if number in known:
        return number
    if not known:
        raise FailureError(NOTHING)
    raise FailureError(f"Say which installation is meant with --installation: {', '.join(map(str, known))}")


def first_installation(database: Database, currency: str) -> None:
    """Make the installation of a database that has none; the first token binds it."""
    with database.write() as connection:
        if not installations.every(connection):
            installations.create(connection, datetime.now(UTC), currency)


@contextmanager
def progress() -> Iterator[Show]:
    """A function that shows how far long work is: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show
