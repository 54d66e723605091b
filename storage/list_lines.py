"""The lines of a list, from the rows that were read for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from bot.domain.catalog import Tier
from bot.domain.listing import Line, Position, Sign
from bot.domain.moves import Ground, explain
from storage import grounds
from storage.grounds import CatalogOf
from storage.prepared import named


def lines(found: Sequence[Row[Any]], catalogs: CatalogOf, category: str | None = None) -> list[Line]:
    if not found:
        return []
    names = found[0]._fields
    keys = slice(names.index("phase") + 1, names.index("place"))  # as `storage.listing` has them
    return [_line(row, row[keys], catalogs, category) for row in named(found)]


def _line(row: Any, keys: Sequence[Any], catalogs: CatalogOf, category: str | None) -> Line:
    now, before = grounds.find(catalogs, row.now), grounds.find(catalogs, row.before)
    return Line(
        id=row.client_id,
        name=row.name,
        tier=Tier(row.tier),
        score=row.level,
        share=row.share,
        change=row.moved,
        mrr=None if row.mrr is None else float(row.mrr),
        currency=row.currency,
        renews_on=row.renews_on,
        csm=row.csm,
        signs=Sign(row.signs),
        onboarding_since=row.first_on,
        ground=now,
        before=before,
        quiet=_quiet(now, row.quiet),
        parts=explain(before, now, category) if now is not None and before is not None else (),
        position=Position(row.phase, tuple(map(_key, keys)), row.client_id),
    )


def _quiet(now: Ground | None, keys: str | None) -> tuple[str, ...]:
    if now is None or not keys:
        return ()
    return tuple(tool.name for tool in now.catalog.tools if tool.key in keys.split(","))


def _key(value: Any) -> float | str | None:
    return value.isoformat() if isinstance(value, date) else value
