"""What is noticed of the clients of a slice beside their scores: tools going quiet, and uses that the rules ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select

from bot.domain.catalog import THIRDS, third_days
from bot.domain.rules import thresholds
from bot.domain.scoring import Use
from storage import bulk, lists
from storage.basis import Basis
from storage.schema import usage
from storage.slices import counted, in_window, same_tool


@dataclass(slots=True)
class Signal:
    """Of one client: uses by position in the catalog where a rule could ask for them, and the tools going quiet."""

    uses: dict[int, Use] = field(default_factory=dict)
    quiet: int = 0  # a set; a tool that the client has not bought may be among them


NOTHING = Signal()


class Signals:
    """Reads them for slices on one basis. Only rows that can matter leave the database."""

    def __init__(self, basis: Basis) -> None:
        self._positions = basis.positions
        self._statement = _statement(basis)

    def read(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, Signal]:
        """The clients of whom there is something to notice."""
        found: dict[int, Signal] = {}
        for client_id, tool_id, times, is_quiet in bulk.rows(connection, self._statement, {"ids": ids}):
            signal = found.setdefault(client_id, Signal())
            position = self._positions[tool_id]
            signal.uses[position] = Use(int(times))
            signal.quiet |= bool(is_quiet) << position
        return found


def _statement(basis: Basis) -> Select[Any]:
    """A row for each client and tool that is going quiet, or used often enough for a rule."""
    tool = same_tool(basis)
    known = usage.c.tool_id.in_(list(basis.positions))
    times = func.sum(counted(basis))
    quiet = _quiet(basis, times, tool)
    matters = or_(quiet == 1, times >= _asked(basis, tool))
    return (
        select(usage.c.client_id, tool, times, quiet)
        .where(usage.c.installation_id == basis.installation_id, known, in_window(basis))
        .where(usage.c.client_id.in_(select(lists.numbers("ids").c.value)))
        .group_by(usage.c.client_id, tool)
        .having(matters)
    )


def _asked(basis: Basis, tool: ColumnElement[int]) -> ColumnElement[int | None]:
    """The least count of a tool that a rule asks for; nothing where none does."""
    least = thresholds(basis.catalog)
    asked = {tool_id: least[place] for tool_id, place in basis.positions.items() if place in least}
    return case(asked, value=tool) if asked else literal(None)


def _quiet(basis: Basis, times: ColumnElement[int], tool: ColumnElement[int]) -> ColumnElement[int]:
    """1 for a tool in use that was used in each of the first two thirds of its window and not once in the last."""
    third = _third(basis)
    used = [func.max(case((and_(third == number, usage.c.count > 0), 1), else_=0)) for number in range(THIRDS)]
    least = {tool_id: basis.catalog.tools[place].at_least for tool_id, place in basis.positions.items()}
    enough = times >= (case(least, value=tool) if least else literal(None))
    return case((and_(used[0] == 1, used[1] == 1, used[2] == 0, enough), 1), else_=0)


def _third(basis: Basis) -> ColumnElement[int | None]:
    """Of its tool's window in which a row of usage lies."""
    places: list[tuple[Any, Any]] = []
    for source in basis.sources:
        if source.reach is None:
            continue
        for within in sorted({tool.within for tool in basis.catalog.tools}):
            tools = [i for i, place in basis.positions.items() if basis.catalog.tools[place].within == within]
            mine = and_(usage.c.source_id == source.id, usage.c.tool_id.in_(tools))
            for number, first in reversed(list(enumerate(third_days(source.reach, within)))):
                places.append((and_(mine, usage.c.day >= first), number))
    return case(*places, else_=None) if places else literal(None)
