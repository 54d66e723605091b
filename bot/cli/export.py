"""The command that writes clients, or the audit, as CSV, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import typer
from sqlalchemy import Connection

from bot.blocks.audit import fill as fill_audit
from bot.blocks.export import fill
from bot.blocks.words import speak
from bot.cli.frame import Show, progress
from bot.domain import names
from bot.domain.access import Person
from bot.domain.catalog import Catalog
from bot.domain.filter_text import parse
from bot.domain.filters import Filter, FilterError
from bot.domain.listing import Entry, Listing
from bot.launch import catalog_of
from bot.settings import Settings
from storage import audit, everything, export_rows, installations, scopes, standing
from storage import listing as lists
from storage.database import Database

ANY = 2**62  # clients are counted
# What depends on who asks, and what to write instead.
ASKERS = {
    "csm:me": "csm:anna@example.com",
    "team:mine": 'team:"CS Nordic"',
    "key": "tier:low",
    "view": "tier:low sort:drop",
}


def export(database: Database, number: int, settings: Settings, text: str, out: Path) -> None:
    """Write the clients that a filter keeps. What is wrong with the filter is said before the file is touched."""
    catalog = catalog_of(settings, database, number)
    wanted = _read(text, catalog)
    standing.catch_up(database, number)  # where settings have just changed, clients are on their way
    with database.snapshot() as connection, progress() as show:
        listing = _listing(connection, number, wanted)
        entries = _told(
            export_rows.entries(connection, catalog, listing), lists.count(connection, catalog, listing, ANY), show
        )
        with _opened(out) as file:
            fill(file, catalog, listing, entries, speak())


def export_audit(database: Database, number: int, out: Path) -> None:
    """Write who changed which setting, the newest first."""
    with database.snapshot() as connection, _opened(out) as file:
        fill_audit(file, audit.every(connection, number), speak())


def _read(text: str, catalog: Catalog) -> Filter:
    wanted = parse(names.typed(text), {key: one.name for key, one in catalog.categories.items()})
    for part in wanted.parts():
        name = part.partition(":")[0]
        if meant := ASKERS.get(part) or ASKERS.get(name):
            raise FilterError("filter_no_asker", name=name, word=part, meant=meant)
    return wanted


def _listing(connection: Connection, number: int, wanted: Filter) -> Listing:
    here = next(one for one in installations.every(connection) if one.id == number)
    every = everything.widest(connection, number)
    nobody = Person(0, here.id, every, slack_user_id="", name="", time_zone="UTC", locale="en-US")
    scope = scopes.resolve(connection, nobody, wanted)
    return Listing(here.id, every, scope, wanted, datetime.now(UTC).date(), here.as_of, here.every)


def _told(entries: Iterator[Entry], total: int, show: Show) -> Iterator[Entry]:
    """The same entries, with a word on how far they are before each slice."""
    for done, entry in enumerate(entries):
        if done % export_rows.SLICE == 0:
            show("clients", done, total)
        yield entry


@contextmanager
def _opened(out: Path) -> Iterator[TextIO]:
    if out != Path("-"):
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    file = TextIOWrapper(typer.get_binary_stream("stdout"), encoding="utf-8", newline="")
    yield file
    file.detach()  # flushed, and left open: it is not ours
