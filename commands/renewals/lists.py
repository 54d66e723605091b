"""A page of renewals, and their chart, by what is typed: a window, filters, or both."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.blocks import kit
from bot.blocks import renewal_months as over_time
from bot.blocks import renewals as show
from bot.blocks.states import ListState
from bot.blocks.undated import Chooser
from bot.domain.access import Right
from bot.domain.filter_text import write
from bot.domain.filters import Renews
from bot.domain.listing import Listing
from bot.domain.renewal_windows import check, split, within
from bot.domain.renewals import Base, Said
from commands.arguments import Turn, listing_of, read_filter, unowned
from storage import renewal_dates, renewals, rights, scopes, workspaces

YEAR = 366  # days


def page(text: str, turn: Turn, *, before: int = 0, said: tuple[str, Said] | None = None) -> kit.Message:
    """Four statements with that of the person, however many clients. `said`: the outcome that was just kept."""
    with turn.db.read() as connection:
        window, asked = _asked(connection, text, turn)
        if (told := unowned(connection, asked, turn)) is not None:
            return told
        found = renewals.read(connection, turn.catalog, asked)
        before = before if before < len(found.ahead) else 0  # what came there may have left
        state = ListState(_typed(window, asked), turn.person.id, before=before)
        shown = [one.client_id for part in show.on_page(found, state) for one in part]
        here = (turn.person.installation_id, turn.person.home)
        dates = renewal_dates.of(connection, *here, shown, turn.today) if shown else {}
        chooser = _chooser(connection, found.base, turn)
    possible = scopes.possible(turn.person)
    return show.page(asked, found, state, window, chooser, turn.words, dates=dates, scopes=possible, said=said)


def _chooser(connection: Connection, base: Base, turn: Turn) -> Chooser:
    """Asked only where nobody has a date."""
    person = turn.person
    if not base.undated or base.undated < base.clients:
        return Chooser(person.workspace_id)
    runs, may = rights.who_runs(connection, person), person.lacks(Right.SETTINGS) is None
    is_chosen = workspaces.has_renewal_property(connection, person)
    return Chooser(person.workspace_id, is_chosen, may, runs[0] if runs else None)


def chart(text: str, turn: Turn) -> kit.Message:
    """Of the same clients, whatever the window."""
    with turn.db.read() as connection:
        window, asked = _asked(connection, text, turn)
        year = replace(asked, wanted=replace(asked.wanted, renews=Renews(0, YEAR)))
        found = renewals.by_month(connection, turn.catalog, year)
    return over_time.chart(asked, found, _typed(window, asked), turn.words)


def _asked(connection: Connection, text: str, turn: Turn) -> tuple[str, Listing]:
    """The window as it is typed, "" where the filter has one; and the list with it. Raises FilterError."""
    window, rest = split(text, turn.today)
    typed = read_filter(rest, turn)
    check(window, typed)
    asked = listing_of(connection, typed, turn)
    named, wanted = within(window, asked.wanted, turn.today)
    return named, replace(asked, wanted=wanted)


def _typed(window: str, asked: Listing) -> str:
    filters = replace(asked.wanted, renews=None) if window else asked.wanted
    return " ".join(filter(None, [window, write(filters)]))
