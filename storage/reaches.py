"""How far each source goes and which tools it measures: a column of statements whose answer says how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, func, select

from bot.domain.catalog import Catalog
from bot.domain.freshness import Reach
from storage.basis import Source
from storage.schema import installation, source, source_tool, tool
from storage.sqljson import items, rows


def column() -> ScalarSelect[Any]:
    """(id, covers, reach, rhythm, names of the tools that it measures) of each source of the installation."""
    names = select(items(tool.c.name)).where(
        source_tool.c.installation_id == source.c.installation_id,
        source_tool.c.source_id == source.c.id,
        tool.c.installation_id == source_tool.c.installation_id,
        tool.c.id == source_tool.c.tool_id,
    )
    one = rows(source.c.id, source.c.covers, source.c.reach, source.c.every, names.correlate(source).scalar_subquery())
    return select(one).where(source.c.installation_id == bindparam("installation")).scalar_subquery()


def rhythm() -> ScalarSelect[int | None]:
    """The rhythm of the source that an installation's as-of day comes from: of several, the slowest known one."""
    newest = (source.c.installation_id == installation.c.id, source.c.reach == installation.c.as_of)
    return select(func.max(source.c.every)).where(*newest).correlate(installation).scalar_subquery()


def sources(catalog: Catalog, found: Sequence[Sequence[Any]] | None) -> tuple[Source, ...]:
    """The sources of a column."""
    return tuple(_source(catalog, one) for one in found or ())


def _source(catalog: Catalog, values: Sequence[Any]) -> Source:
    number, covers, reach, every, names = values
    day = None if reach is None else date.fromisoformat(reach)
    return Source(number, covers, day, _tools(catalog, tuple(names or ())), every=every)


@lru_cache(maxsize=256)  # the same few for every client
def _tools(catalog: Catalog, names: tuple[str, ...]) -> int:
    return catalog.bits(names)


def reaches(among: Sequence[Source]) -> tuple[Reach, ...]:
    """Of the sources that brought usage of tools that are known."""
    return tuple(Reach(one.tools, one.reach, one.every) for one in among if one.tools and one.reach is not None)
