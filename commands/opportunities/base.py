"""`/opportunities` of a whole base: who has what, what could come next, and the clients to begin with."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.blocks import kit
from bot.blocks import opportunities as show
from bot.blocks.offers import of_line
from bot.domain.catalog import Kind
from bot.domain.filters import Filter, Sort
from bot.domain.listing import Line, Listing
from commands.arguments import Turn, listing_of, read_filter, unowned
from storage import listing, offers, opportunities, scopes

FIRST = 3  # clients that are named


def overview(text: str, turn: Turn) -> kit.Message:
    """Four statements with that of the person, however many clients."""
    with turn.db.read() as connection:
        asked = listing_of(connection, read_filter(text, turn), turn)
        if (told := unowned(connection, asked, turn)) is not None:
            return told
        found = offers.count(connection, turn.catalog, asked)
        lines = _first(connection, asked, turn)
        evidence = opportunities.read(connection, asked.installation_id, [one.id for one in lines])
    first = [(one, of_line(turn.catalog, one, evidence.get(one.id, ()), None, turn.words)) for one in lines]
    possible = scopes.possible(turn.person)
    return show.overview(turn.catalog, asked, found, first, turn.person.id, turn.words, possible)


def _first(connection: Connection, asked: Listing, turn: Turn) -> list[Line]:
    """Who could buy most, then who pays for most without using it; each once."""
    kinds = (Kind.CROSS_SELL, Kind.UPSELL, Kind.ACTIVATION)
    lists = [replace(asked, wanted=_narrowed(asked.wanted, kind)) for kind in kinds]
    tops = listing.tops(connection, turn.catalog, turn.catalogs, lists, FIRST)
    each = {one.id: one for top in tops for one in top[:1]} | {one.id: one for top in tops for one in top}
    return list(each.values())[:FIRST]


def _narrowed(wanted: Filter, kind: Kind) -> Filter:
    return wanted if wanted.opportunity not in {None, kind} else replace(wanted, opportunity=kind, sort=Sort.MRR)
