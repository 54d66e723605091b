"""The overview of a base and lists of clients: by filters typed, and page by page in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from sqlalchemy import Connection

from bot.blocks import export, ids, kit, no_card, states
from bot.blocks import listing as show
from bot.blocks import overview as shown
from bot.blocks.states import ListState
from bot.domain.filter_text import write
from bot.domain.filters import Filter
from bot.domain.listing import Listing, Page, Whose
from bot.domain.opportunities import Opportunity
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, listing_of, read_filter, unowned
from storage import clients, exports, installations, leads, listing, opportunities, scopes
from storage import overview as overviews

Payload = Mapping[str, Any]


def overview(text: str, turn: Turn) -> kit.Message:
    """Clients by tier, what moved, what to look at first. Four statements with those of the person and the channel."""
    person = turn.person
    with turn.db.read() as connection:
        asked = _whole(listing_of(connection, read_filter(text, turn), turn))
        if (told := unowned(connection, asked, turn)) is not None:
            return told
        by_csm = asked.scope.whose is Whose.TEAM and leads.may_lead(connection, person, asked.scope.team_id)
        found = overviews.read(connection, turn.catalog, turn.catalogs, asked, by_csm=by_csm)
        here = (person.installation_id, person.workspace_id, person.covered)
        if not found.clients and not clients.count(connection, *here):
            return no_card.no_clients(f"{turn.called('workspace')} data", turn.words)
    return shown.overview(turn.catalog, asked, found, person.id, scopes.possible(person), turn.words)


def _whole(asked: Listing) -> Listing:
    """All clients of a list's scope."""
    return replace(asked, wanted=asked.wanted.whose)


def page(text: str, turn: Turn, state: ListState | None = None) -> kit.Message:
    """A page of the clients that a filter keeps, or what to drop where it keeps nobody."""
    with turn.db.read() as connection:
        asked = listing_of(connection, read_filter(text, turn), turn)
        if (told := unowned(connection, asked, turn)) is not None:
            return told
        state = state or ListState(write(asked.wanted), turn.person.id)
        found = listing.page(
            connection,
            turn.catalog,
            turn.catalogs,
            asked,
            beside=state.beside,
            backwards=state.backwards,
            limit=show.PAGE,
        )
        if not found.lines and state.beside is None:
            return show.nobody(asked, _nearest(connection, asked, turn), turn.person.id, turn.words)
        offers = _offers(connection, asked, found)
    return show.page(turn.catalog, asked, found, state, turn.words, offers, scopes.possible(turn.person))


def _offers(connection: Connection, asked: Listing, found: Page) -> Mapping[int, Sequence[Opportunity]]:
    """The evidence that a list of opportunities shows."""
    if asked.wanted.opportunity is None:
        return {}
    return opportunities.read(connection, asked.installation_id, [line.id for line in found.lines])


def _nearest(connection: Connection, asked: Listing, turn: Turn) -> tuple[str, int] | None:
    """The filter without which most clients match, and how many; None where none helps."""
    names = [name for name in asked.wanted.texts() if name != "sort"]
    counted = []
    for name in names:
        wanted = asked.wanted.without(name)
        wider = replace(asked, wanted=wanted, scope=scopes.resolve(connection, turn.person, wanted))
        counted.append((listing.count(connection, turn.catalog, wider), name))
    number, name = max(counted, default=(0, ""))
    return (name, number) if number else None


def on_overview(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another scope, or back to the overview: in place."""
    ack()
    reply(**overview(action.get("value") or "", turn))


def on_chart(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Chart*: the tiers as Slack draws them, in the overview's place."""
    ack()
    with turn.db.read() as connection:
        asked = _whole(listing_of(connection, read_filter(action.get("value") or "", turn), turn))
        found = overviews.read(connection, turn.catalog, turn.catalogs, asked, by_csm=False)
    reply(**shown.chart(asked, found, turn.words))


def on_page(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another page, or another list: in place, or below a message that is no list."""
    ack()
    state = states.read(action["value"])
    if state is None or state.owner != turn.person.id:
        raise UserError("list_gone", command=turn.command)
    in_place = not action["action_id"].endswith(ids.BELOW)
    reply(replace_original=in_place, **page(state.filter, turn, state))


def on_below(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """A list below the message that leads to it, which stays."""
    ack()
    reply(replace_original=False, **page(action["value"], turn))


def on_sort(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another order, from the first page."""
    ack()
    chosen = read_filter(f"sort:{action['selected_option']['value']}", turn)
    reply(**page(write(carried(action, turn).narrowed(chosen)), turn))


def on_narrow(ack: Ack, reply: Reply, turn: Turn, wanted: Filter) -> None:
    """The clients of the overview that a further filter keeps: in place."""
    ack()
    reply(**page(write(wanted), turn))


def carried(action: Payload, turn: Turn) -> Filter:
    """The filter of the list that a menu stands in."""
    text = kit.carried(action["block_id"])
    if text is None:
        raise UserError("list_gone", command=turn.command)
    return read_filter(text, turn)


def on_export(ack: Ack, reply: Reply, turn: Turn, wanted: Filter, now: datetime) -> None:
    """*Export CSV*: a job makes the file and sends it (`bot.jobs.exports`)."""
    ack()
    with turn.db.write() as connection:
        installations.lock(connection, turn.person.installation_id)
        is_new = exports.ask(connection, turn.known_in(connection), write(wanted), now)
    reply(replace_original=False, **export.accepted(turn.words, is_new=is_new))
