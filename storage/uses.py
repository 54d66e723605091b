"""What clients of a slice did with the tools, one row each: in use, going quiet, used often enough for a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Label,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from bot.domain.catalog import THIRDS, Tool, since, third_days
from bot.domain.rules import thresholds
from bot.domain.scoring import Use
from storage.basis import Basis
from storage.schema import usage

Chosen = Callable[[ColumnElement[int]], ColumnElement[bool]]  # which clients, by the column of their id

WORD = 62  # tools in a number of 64 bits
THIRD_BITS = 20  # for the rows of one third of a window, all three in one number: a row for each day and source
FIRST, SECOND, LAST = (1 << THIRD_BITS * third for third in range(THIRDS))


def statement(basis: Basis, chosen: Chosen) -> Select[Any]:
    """A row for each client with usage, which is read once, as it is most of what a base holds. `reading` reads it.

    A tool is going quiet that was used in each of the first two thirds of its window and not once in the last.
    """
    tools, named = _by_tool(basis, chosen).subquery(), _named(basis)
    one = tools.c
    quiet = and_(one.thirds.between(SECOND, LAST - 1), one.thirds % SECOND >= FIRST)
    asked = case((one.times >= _asked(basis, one.tool_id), cast(one.tool_id, Text) + ":" + cast(one.times, Text)))
    return select(
        one.client_id,
        sum((func.max(one[column.name]) for column in named), literal(0, BigInteger)),
        func.aggregate_strings(asked, ","),
        *map(_sum, _sets(basis, one.tool_id, lambda tool, bit: case((one.times >= tool.at_least, bit), else_=0))),
        # Few are: only those go through the long list of tools.
        *(_sum(case((quiet, bits), else_=0)) for bits in _sets(basis, one.tool_id, lambda _, bit: bit)),
    ).group_by(one.client_id)


def _by_tool(basis: Basis, chosen: Chosen) -> Select[Any]:
    one, tool = usage.c, _tool(basis)
    third = case((one.count > 0, _of_sources(basis, _third)))
    return (
        select(
            one.client_id,
            tool.label("tool_id"),
            func.sum(_of_sources(basis, _counted)).label("times"),
            _sum(third).label("thirds"),
            *_named(basis),
        )
        .where(one.installation_id == basis.installation_id, chosen(one.client_id))
        .group_by(one.client_id, tool)
    )


def _sets(
    basis: Basis, tool_id: ColumnElement[int], made: Callable[[Tool, ColumnElement[int]], ColumnElement[int]]
) -> Iterator[ColumnElement[int]]:
    """What is made of the bit of a row's tool, in one number for each `WORD` of the catalog's tools."""
    for first in range(0, len(basis.catalog.tools), WORD):
        bits = {
            one: made(basis.catalog.tools[position], literal(1 << position - first, BigInteger))
            for one, position in basis.positions.items()
            if first <= position < first + WORD
        }
        yield case(bits, value=tool_id, else_=0) if bits else literal(0, BigInteger)


def _sum(one: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.sum(one), BigInteger)  # PostgreSQL's is numeric


def _tool(basis: Basis) -> ColumnElement[int]:
    """One id for each tool: the catalog may take several that the data names for the same."""
    first: dict[int, int] = {}
    others = {i: first[p] for i, p in sorted(basis.positions.items()) if first.setdefault(p, i) != i}
    return case(others, value=usage.c.tool_id, else_=usage.c.tool_id) if others else usage.c.tool_id


def _asked(basis: Basis, tool_id: ColumnElement[int]) -> ColumnElement[int]:
    """The least count of a tool that a rule asks for; nothing where none does."""
    least = thresholds(basis.catalog)
    numbers = {one: least[position] for one, position in basis.positions.items() if position in least}
    return case(numbers, value=tool_id) if numbers else cast(null(), Integer)


def _of_sources(basis: Basis, made: Callable[[Basis, date], ColumnElement[int]]) -> ColumnElement[int]:
    """What is made of a row by the reach of its source; nothing where that has none."""
    reached = [(one.id, one.reach) for one in basis.sources if one.reach is not None]
    if len(basis.sources) == 1 == len(reached):
        return made(basis, reached[0][1])
    return _case([(usage.c.source_id == i, made(basis, reach)) for i, reach in reached])


def _counted(basis: Basis, reach: date) -> ColumnElement[int]:
    """The uses of a row that lies in its tool's window, which ends on the reach."""
    shortest, *longer = sorted(set(_withins(basis).values())) or [1]
    within: list[ColumnElement[bool]] = [usage.c.day.between(since(reach, shortest), reach)]
    for days in longer:  # looked at only by the few rows that lie before the shortest
        tools = [tool_id for tool_id, window in _withins(basis).items() if window >= days]
        within.append(and_(usage.c.day.between(since(reach, days), reach), usage.c.tool_id.in_(tools)))
    return case((or_(*within), usage.c.count), else_=0)


def _third(basis: Basis, reach: date) -> ColumnElement[int]:
    """What stands for the third of its tool's window in which a row lies, or nothing."""
    withins = _withins(basis)
    (usual, _), *others = Counter(withins.values()).most_common() or [(1, 0)]
    of_others = [
        (usage.c.tool_id.in_([tool_id for tool_id, within in withins.items() if within == other]), _of(other, reach))
        for other, _ in others
    ]
    return _case(of_others, _of(usual, reach))


def _of(within: int, reach: date) -> ColumnElement[int]:
    day, (first, second, last) = usage.c.day, third_days(reach, within)
    marks = [literal(mark, BigInteger) for mark in (FIRST, SECOND, LAST)]
    return _case([(day >= last, case((day <= reach, marks[2]))), (day >= second, marks[1]), (day >= first, marks[0])])


def _withins(basis: Basis) -> dict[int, int]:
    """The length of each tool's window in days, by the tool's id."""
    return {tool_id: basis.catalog.tools[position].within for tool_id, position in basis.positions.items()}


def _case(whens: Sequence[tuple[Any, Any]], otherwise: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    last = cast(null(), BigInteger) if otherwise is None else otherwise
    return case(*whens, else_=last) if whens else last


def _named(basis: Basis) -> list[Label[int]]:
    """For each source where it matters whether it names a client: its bit (`measured`), or 0."""
    named = [(one.id, literal(1 << i, BigInteger)) for i, one in enumerate(basis.sources) if one.covers == "listed"]
    if len(basis.sources) == 1:
        return [bit.label("named") for _, bit in named]
    return [func.max(case((usage.c.source_id == i, bit), else_=0)).label(f"named_{i}") for i, bit in named]


class Reading(NamedTuple):
    """Of one client, in terms of the catalog's tools; those that it does not know are in none."""

    used: int  # the set of tools in use
    quiet: int  # the set of tools going quiet
    uses: Mapping[int, Use]  # by position in the catalog, where a rule could ask for them
    listed: int  # the sources that name the client (`basis.measured`)


NOTHING = Reading(0, 0, {}, 0)


def reading(basis: Basis, listed: int, asked: str | None, words: Sequence[int]) -> Reading:
    """A row of `statement` but for its client."""
    pairs = (one.split(":") for one in asked.split(",")) if asked else ()
    uses = {basis.positions[int(tool_id)]: Use(int(times)) for tool_id, times in pairs}
    half = len(words) // 2
    return Reading(_joined(words[:half]), _joined(words[half:]), uses, listed)


def _joined(words: Sequence[int]) -> int:
    return sum([one << place * WORD for place, one in enumerate(words)])
