"""Parts of a list of a category over a whole base: each goes along `standing_area`, a phase at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal, literal_column, select, tuple_

from bot.domain.filters import Sort
from bot.domain.listing import GROUPS, Whose
from storage import conditions, lists
from storage.conditions import Shape
from storage.schema import standing, standing_area

_one = standing_area.c
_HERE: BindParameter[int] = bindparam("installation")
_KEYS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.SCORE: (_one.level, _one.share),
    Sort.DROP: (_one.change_7,),
    Sort.RISE: (_one.change_7,),
}


def has(shape: Shape, sort: Sort = Sort.SCORE) -> bool:
    """Whether there is an index for such a list: of a whole base, not of somebody's few clients or those of a name."""
    whole = shape.scope is Whose.ALL and not shape.is_of_followers and not shape.named
    return shape.area is not None and whole and sort in _KEYS


def counting(shape: Shape) -> list[Select[Any]]:
    """A row for each client of the list."""
    phases = [2 * number + unknown for number in _groups(shape) for unknown in (0, 1)]
    return [select(literal(1)).where(*_clauses(shape, phase)) for phase in phases]


def parts(shape: Shape, sort: Sort, descends: bool, beside: int | None, backwards: bool) -> Iterator[Select[Any]]:
    """Clients with their phase and keys, behind the position in the phase `beside`."""
    for number in _groups(shape):
        for missing in (0, 1):
            phase = 2 * number + missing
            if beside is not None and (phase > beside if backwards else phase < beside):
                continue
            # Of who has no score no change is known either.
            for stored in [phase] if sort is Sort.SCORE or not missing else [phase - 1, phase]:
                yield _part(shape, sort, stored, phase, descends, bounded=phase == beside)


def _part(shape: Shape, sort: Sort, stored: int, phase: int, descends: bool, *, bounded: bool) -> Select[Any]:
    keys = _KEYS[sort]
    labels = [key.label(f"key_{i}") for i, key in enumerate(keys)]
    query = select(_one.client_id, literal_column(str(phase)).label("phase"), *labels).where(*_clauses(shape, stored))
    if sort is not Sort.SCORE:
        missing = bool(phase % 2)
        query = query.where(keys[0].is_(None) if missing else keys[0].is_not(None))
        keys = () if missing else keys
    along = [*keys, _one.client_id]
    if bounded:
        bound = [bindparam(f"key_{place}", type_=key.type) for place, key in enumerate(keys)]
        here, there = tuple_(*along), tuple_(*bound, bindparam("beside"))
        query = query.where(here < there if descends else here > there)
    return query.order_by(*(key.desc() if descends else key.asc() for key in along)).limit(bindparam("limit"))


def _groups(shape: Shape) -> Sequence[int]:
    return [number for number, group in enumerate(GROUPS) if set(group) & set(shape.tiers)]


def _clauses(shape: Shape, phase: int) -> Iterator[ColumnElement[bool]]:
    """What `conditions.clauses` says of the tiers of a phase. All three of the first are in the list, or none."""
    yield from (_one.installation_id == _HERE, _one.workspace_id == bindparam("workspace"))
    yield from (_one.area == literal_column(str(shape.area)), _one.phase == literal_column(str(phase)))
    if shape.all_levels or (shape.judged_levels and phase < 2):
        yield _one.level.between(bindparam("lowest"), bindparam("highest"))
        yield _one.level.in_(select(lists.numbers("levels").c.value))
    if further := list(conditions.further(shape)):
        same = (standing.c.workspace_id == bindparam("workspace"), standing.c.client_id == _one.client_id)
        its = select(standing.c.client_id).where(standing.c.installation_id == _HERE, *same, *further)
        yield its.correlate(standing_area).exists()
