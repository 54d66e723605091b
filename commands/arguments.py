"""What a listener is given: who asks, what is typed, and the client that a button or a modal carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.blocks import no_card
from bot.blocks import unowned as empty
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain import views as saved_views
from bot.domain.access import Person, Refusal, Right
from bot.domain.catalog import Catalog
from bot.domain.clients import Client
from bot.domain.engagement import Engagement, assess
from bot.domain.filter_text import parse
from bot.domain.filters import Filter
from bot.domain.listing import Listing, Whose
from bot.errors import UserError
from bot.home import Looker
from storage import addresses, facts, followers, lookup, people, rights, scopes, views
from storage.database import Database

LONGEST = 2_000  # characters that are looked at; Slack lets people type 10,000
LARGEST_ID = 2**63 - 1  # that both databases keep


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation: who asks, on which day where they are, and what it is answered from.

    One argument rather than six, because nearly every listener passes all of it on.
    """

    person: Person
    today: date
    words: Words
    db: Database
    catalog: Catalog
    catalogs: Callable[[str], Catalog | None]  # earlier ones, by their hash
    command: str  # "/engagement" as it is called here
    now: datetime

    def called(self, command: str) -> str:
        """Another command as it is called here."""
        return f"{self.command.removesuffix('engagement')}{command}"

    @property
    def looker(self) -> Looker:
        """Who looks at their Home tab."""
        return Looker(self.person, self.today, self.words, self.db, self.catalog, self.catalogs, self.command)

    def known_again(self) -> Turn:
        """The same turn with the person as they are now: what they just did may have changed their rights."""
        with self.db.read() as connection:
            return replace(self, person=self.known_in(connection))

    def known_in(self, connection: Connection) -> Person:
        """The person as a transaction sees them that holds the installation's row: their team may have moved since."""
        return people.by_id(connection, self.person.installation_id, self.person.id, self.now) or self.person


def require(turn: Turn, right: Right) -> None:
    """Raise UserError where who asks lacks a right that only a part of a command asks for."""
    refused = turn.person.lacks(right)
    if refused is not None:
        raise refusal(turn, refused)


def refusal(turn: Turn, refused: Refusal) -> UserError:
    """Why, and whom to ask: the super admins by name; without one, who may become the first."""
    asker = turn.person
    if refused is Refusal.NO_SEAT and asker.is_super_admin:
        return UserError("no_seat_admin")
    with turn.db.read() as connection:
        admins = rights.super_admins(connection, asker.installation_id)
    if not admins and asker.is_slack_admin and asker.refusal is None:
        return UserError("no_super_admin_yet", command=turn.called("workspace"))
    who = ", ".join(admins.values()) or turn.words("an admin of this Slack workspace")
    return UserError(refused.value, who=who, admin=next(iter(admins.values()), None))


def typed(text: str | None) -> str:
    """The words after a command, with single spaces and without control characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in (text or "")[: LONGEST * 4])
    return " ".join(printable.split())[:LONGEST]


def carried_client(turn: Turn, value: str) -> Engagement:
    """The client whose id a button or modal carries, judged.

    It may have gone since that was drawn, not be this person's to see, or never have been an id: UserError.
    """
    person, identity = turn.person, carried_id(value)
    found = []
    if identity is not None:
        with turn.db.read() as connection:
            found = facts.client(
                connection,
                person.installation_id,
                person.workspace_id,
                turn.catalog,
                turn.catalogs,
                facts.BY_ID,
                {"client": identity, **followers.owners(person)},
                person.covered,
            )
    if not found:
        raise UserError("client_gone", command=turn.command)
    return judged(found[0], turn)


def judged(client: Client, turn: Turn) -> Engagement:
    """The client as it stands today, as who asks reads it: whom they cover, and what they may give back."""
    claim = client.claim and client.claim.read_by(turn.person)
    mine = replace(client, covered=turn.person.covering(client.csm_id), claim=claim)
    return assess(turn.catalog, mine, turn.today)


def named_by(connection: Connection, text: str, turn: Turn) -> lookup.Found:
    """The clients that somebody sees and may mean."""
    person = turn.person
    return lookup.find(connection, person.installation_id, person.workspace_id, text, covered=person.covered)


def carried_id(value: str) -> int | None:
    """The id that a button or a modal carries; None where it is none."""
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        return None
    return number if (number := int(value)) <= LARGEST_ID else None


def chosen(action: Mapping[str, Any]) -> str:
    """What a button carries, or an entry of a menu behind its word."""
    if "selected_option" in action:
        return str(action["selected_option"]["value"]).partition(" ")[2]
    return str(action.get("value") or "")


def find_client(text: str, turn: Turn, show: Callable[[Engagement], Message]) -> Message:
    """What is shown of the client that a text means, or what to do instead. One statement where it is named exactly."""
    installation, workspace = turn.person.installation_id, turn.person.workspace_id
    with turn.db.read() as connection:
        bound = {**lookup.exact_parameters(text), **followers.owners(turn.person)}
        named = (lookup.IS_EXACT, bound, turn.person.covered)
        found = facts.client(connection, installation, workspace, turn.catalog, turn.catalogs, *named)
        hits = lookup.Found() if len(found) == 1 else named_by(connection, text, turn)
        is_nobody = len(found) != 1 and hits.clear is None and not hits.hits
        runs = rights.who_runs(connection, turn.person) if is_nobody and not hits.nearest else None
    if len(found) == 1:
        return show(judged(found[0], turn))
    if hits.clear is not None:
        return show(carried_client(turn, str(hits.clear)))
    if hits.hits:
        return no_card.several(text, hits.hits, turn.words)
    return no_card.nobody(text, hits.nearest, turn.words, runs)


def read_filter(text: str, turn: Turn) -> Filter:
    """The filter that was typed, or that a button carries. Raises FilterError."""
    return parse(text, categories(turn))


def categories(turn: Turn) -> dict[str, str]:
    """The names of the catalog's categories by their keys."""
    return {key: one.name for key, one in turn.catalog.categories.items()}


def listing_of(connection: Connection, wanted: Filter, turn: Turn) -> Listing:
    """The list that a filter means to this person, with a saved view written out. Raises FilterError."""
    person, wanted = turn.person, _expanded(connection, wanted, turn)
    scope = scopes.resolve(connection, person, wanted)
    return Listing(person.installation_id, person.workspace_id, scope, wanted, turn.today, person.as_of, person.every)


def unowned(connection: Connection, asked: Listing, turn: Turn) -> Message | None:
    """What somebody is told who asks for their clients, and whom no client names as CSM. None: they have some."""
    person = turn.person
    if asked.scope.whose is not Whose.MINE or person.owns:
        return None
    return empty.nothing(addresses.of(connection, person.installation_id, person.seen_as), person, turn.words)


def _expanded(connection: Connection, wanted: Filter, turn: Turn) -> Filter:
    """The filter with that of the saved view which it names in the view's place, narrowed by the rest."""
    if wanted.view is None:
        return wanted
    view = saved_views.called(views.every(connection, turn.person), wanted.view)
    return saved_views.wanted(view, categories(turn)).narrowed(wanted.without("view"))
