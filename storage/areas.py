"""What standings say of categories, as rows that lists of a category over a whole base read in their order.

They follow from the standing alone, and are written with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select

from bot.domain.catalog import Tier
from bot.domain.listing import group, unpack
from storage import bulk, lists
from storage.schema import standing, standing_area

_one = standing.c
_FROM = (
    _one.installation_id, _one.workspace_id, _one.client_id, _one.tier, _one.share, _one.change_7, _one.areas,
    _one.area_changes,
)  # fmt: skip
_pick = itemgetter(*(list(_one).index(column) for column in _FROM))
_WIDTH = len(standing_area.primary_key)
Row = tuple[Any, ...]  # of `standing_area`, with its columns in their order


def of(standings: Iterable[Row]) -> set[Row]:
    """The rows of standings, which have all their columns in order."""
    return {row for one in standings for row in _of(*_pick(one))}


def _of(
    here: int, workspace: int, client: int, tier: str, share: float | None, change: float | None, areas: int,
    changes: str | None,
) -> Iterator[Row]:  # fmt: skip
    moved = json.loads(changes) if changes else {}
    phase = 2 * group(Tier(tier)) + (share is None)
    for place, level in unpack(areas):
        its = None if change is None else moved.get(str(place), 0.0)
        yield (here, workspace, place, phase, level, share or 0.0, client, its)


def write(connection: Connection, before: set[Row], after: set[Row]) -> None:
    """Let these rows stand where those stood."""
    if before:
        kept = {row[:_WIDTH] for row in after}
        bulk.remove(connection, standing_area, sorted({row[:_WIDTH] for row in before} - kept))
        after = after - before
    bulk.upsert(connection, standing_area, sorted(after))  # rows that go side by side are written quicker


def stored(connection: Connection, installation_id: int, ids: Sequence[int], *where: ColumnElement[bool]) -> set[Row]:
    """The rows of standings as these are in the database."""
    chosen = _one.client_id.in_(select(lists.numbers("ids").c.value))
    query = select(*_FROM).where(_one.installation_id == bindparam("here"), chosen, *where)
    found = bulk.rows(connection, query, {"here": installation_id, "ids": ids})
    return {row for one in found for row in _of(*one)}
