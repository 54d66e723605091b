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

from bot.domain.catalog import Tool, since, third_days
from bot.domain.rules import thresholds
from bot.domain.scoring import Use
from storage.basis import Basis
from storage.schema import usage

Chosen = Callable[[ColumnElement[int]], ColumnElement[bool]]  # which clients, by the column of their id

WORD = 62  # tools in a number of 64 bits


def statement(basis: Basis, chosen: Chosen) -> Select[Any]:
    """A row for each client with usage, which is read once, as it is most of what a base holds. `reading` reads it.

    A tool is going quiet that was used in each of the first two thirds of its window and not once in the last.
    """
    tools, named = _by_tool(basis, chosen).subquery(), _named(basis)
    one = tools.c
    quiet = and_(one.first_third == 0, one.last_third == 1)
    asked = case((one.times >= _asked(basis, one.tool_id), cast(one.tool_id, Text) + ":" + cast(one.times, Text)))
    return select(
        one.client_id,
        sum((func.max(one[column.name]) for column in named), literal(0, BigInteger)),
        func.aggregate_strings(asked, ","),
        *_sets(basis, one.tool_id, lambda tool: one.times >= tool.at_least),
        *_sets(basis, one.tool_id, lambda _: quiet),
    ).group_by(one.client_id)


def _by_tool(basis: Basis, chosen: Chosen) -> Select[Any]:
    one, tool = usage.c, _tool(basis)
    used = case((one.count > 0, _of_sources(basis, _third)))
    return (
        select(
            one.client_id,
            tool.label("tool_id"),
            func.sum(_of_sources(basis, _counted)).label("times"),
            func.min(used).label("first_third"),
            func.max(used).label("last_third"),
            *_named(basis),
        )
        .where(one.installation_id == basis.installation_id, chosen(one.client_id))
        .group_by(one.client_id, tool)
    )


def _sets(
    basis: Basis, tool_id: ColumnElement[int], holds: Callable[[Tool], ColumnElement[bool]]
) -> Iterator[ColumnElement[int]]:
    """The set of the tools of which it holds, as one number for each `WORD` of the catalog's tools."""
    for first in range(0, len(basis.catalog.tools), WORD):
        bits = {
            one: case((holds(basis.catalog.tools[position]), literal(1 << position - first, BigInteger)), else_=0)
            for one, position in basis.positions.items()
            if first <= position < first + WORD
        }
        yield cast(func.sum(case(bits, value=tool_id, else_=0) if bits else 0), BigInteger)


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
    """The third of its tool's window in which a row lies, 0 to 2, or none."""
    withins = _withins(basis)
    (usual, _), *others = Counter(withins.values()).most_common() or [(1, 0)]
    of_others = [
        (usage.c.tool_id.in_([tool_id for tool_id, within in withins.items() if within == other]), _of(other, reach))
        for other, _ in others
    ]
    return _case(of_others, _of(usual, reach))


def _of(within: int, reach: date) -> ColumnElement[int]:
    day, (first, second, last) = usage.c.day, third_days(reach, within)
    return _case([(day >= last, case((day <= reach, 2))), (day >= second, literal(1)), (day >= first, literal(0))])


def _withins(basis: Basis) -> dict[int, int]:
    """The length of each tool's window in days, by the tool's id."""
    return {tool_id: basis.catalog.tools[position].within for tool_id, position in basis.positions.items()}


def _case(whens: Sequence[tuple[Any, Any]], otherwise: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    last = cast(null(), Integer) if otherwise is None else otherwise
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
