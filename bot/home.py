"""The Home tab of one person: made of what they see, published when it is other than before; and answers in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import first_steps
from bot.blocks import home as show
from bot.blocks import listing as lists
from bot.blocks import pipelines as of_records
from bot.blocks.kit import Block, Home, Message
from bot.blocks.scopes import FILTERS
from bot.blocks.states import ListState
from bot.blocks.words import Words
from bot.domain.access import Person
from bot.domain.catalog import Catalog
from bot.domain.filter_text import write
from bot.domain.filters import Filter
from bot.domain.home import CUSTOMERS, SUMMARY, Place, Space, digest
from bot.domain.listing import Whose
from bot.reply import Reply
from storage import homes, listing, pipelines, rights, scopes, spaces, summary
from storage.database import Database


@dataclass(frozen=True)
class Looker:
    """Who looks at their Home tab, on which day where they are, and what it is made from."""

    person: Person
    today: date
    words: Words
    db: Database
    catalog: Catalog
    catalogs: Callable[[str], Catalog | None]
    command: str  # "/engagement" as it is called here


def publish(
    one: Looker,
    slack: WebClient,
    wanted: Place | None = None,
    *,
    there: str | None = None,
    told: Sequence[Block] = (),
    only_over: bool = False,
) -> None:
    """Publish a place, or the one where they are.

    there      Slack's hash of what they look at, if known: where that is the same as this would be, nothing is sent
    told       what stands above it
    only_over  not where something else was published meanwhile: Slack refuses it then
    """
    with one.db.read() as connection:
        space = spaces.of(connection, one.person)
        at = space.at(wanted or (space.kept.place if space.kept else Place()), one.person)
        view = show.home(space, one.person, at, [*told, *_blocks(connection, one, space, at)], one.words)
    made = digest({"view": view, "as": one.person.looks_as})
    if space.kept is not None and (space.kept.hash, space.kept.slack_hash) == (made, there):
        return
    over = {"hash": there} if only_over else {}
    sent = slack.views_publish(user_id=one.person.slack_user_id, view=view, **over)
    with one.db.write() as connection:
        homes.keep(connection, one.person, at, made, sent["view"]["hash"])


def _blocks(connection: Connection, one: Looker, space: Space, at: Place) -> list[Block]:
    if at.tab == SUMMARY:
        return _summary(connection, one, space)
    if at.tab == CUSTOMERS:
        return _customers(connection, one)
    return _records(connection, one, space, at)


def _summary(connection: Connection, one: Looker, space: Space) -> list[Block]:
    found = summary.read(connection, one.person, one.catalog, one.catalogs, one.today)
    asked = summary.listing_of(one.person, one.today)
    blocks = show.summary(one.catalog, space, one.person, asked, found, one.command, one.words)
    return [blocks[0], *_ways_in(connection, one), *blocks[1:]]


def _ways_in(connection: Connection, one: Looker) -> list[Block]:
    """To a seat for who has none, and for an admin of Slack to be the first super admin."""
    me = one.person
    if me.has_seat and (me.is_super_admin or not me.is_slack_admin):
        return []
    admins = rights.super_admins(connection, me.installation_id)
    offer = first_steps.offer_first(one.words)["blocks"] if me.is_slack_admin and not admins else []
    seat = first_steps.no_seat(me, next(iter(admins.values()), None), one.words)["blocks"] if not me.has_seat else []
    return [*offer, *seat]


def _customers(connection: Connection, one: Looker) -> list[Block]:
    asked = summary.listing_of(one.person, one.today)
    asked = replace(asked, wanted=FILTERS.get(asked.scope.whose, Filter()))
    found = listing.page(connection, one.catalog, one.catalogs, asked, limit=lists.PAGE)
    if not found.lines:
        return show.nobody(one.person, one.words)
    state = ListState(write(asked.wanted), one.person.id)
    page = lists.page(one.catalog, asked, found, state, one.words, scopes=scopes.possible(one.person))
    return show.customers(asked, page, one.person, one.words)


def _records(connection: Connection, one: Looker, space: Space, at: Place) -> list[Block]:
    possible = [each for each in scopes.possible(one.person) if isinstance(each, Whose)]
    whose = next((each for each in possible if each.value == at.whose), scopes.default(one.person).whose)
    asked = replace(
        summary.listing_of(one.person, one.today), scope=scopes.resolve(connection, one.person, FILTERS[whose])
    )
    found = pipelines.read(connection, one.catalog, asked, space, at)
    if found is None:
        return of_records.nothing(space, one.person, at, whose, one.words)
    return of_records.tab(space, one.person, at, whose, possible, found, one.today, one.words)


def answer(one: Looker, slack: WebClient, message: Message) -> None:
    """What a modal answers that was opened from the list in the Home tab: a list in its place."""
    with one.db.read() as connection:
        space = spaces.of(connection, one.person)
    view = show.home(space, one.person, Place(CUSTOMERS), message["blocks"], one.words)
    slack.views_publish(user_id=one.person.slack_user_id, view=view)


def replier(slack: WebClient, user_id: str, view: Mapping[str, Any]) -> Reply:
    """What answers to a button of a Home tab: there, below its tabs. Left and opened again, the tab is as it was."""

    def reply(*, replace_original: bool = True, **message: Any) -> None:
        answer: Home = show.answered(view["blocks"], message, in_place=replace_original)
        slack.views_publish(user_id=user_id, view=answer)

    return reply
