"""The morning message: what is due, and what somebody's clients did. One fact a line; each task with its buttons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from bot.blocks import ids, kit, moves, tasks
from bot.blocks.kit import Block, Element, Message
from bot.blocks.states import ListState, write
from bot.blocks.tasks import Did
from bot.blocks.words import Words
from bot.domain.catalog import Catalog
from bot.domain.due import When
from bot.domain.morning import AHEAD, Cover, Kind, Morning, Move, Renewal
from bot.domain.tasks import Given, Place

NAMED = 5  # clients that moved, and as many that renew
HERE = Place(in_morning=True)
CHANGED, RENEWING = "csm:me sort:drop", f"csm:me renews:0-{max(AHEAD)} sort:renewal"


def message(catalog: Catalog, found: Morning, owner: int, words: Words) -> Message:
    """What there is to tell. `owner`: whose clients the lists behind its buttons show."""
    blocks = [kit.section(f"*{words.weekday(found.day, found.day)}*"), *_tasks(found, words)]
    parts = (_clients(catalog, found, words), *(_cover(one, words) for one in found.covers))
    blocks += [kit.section(*lines) for lines in parts if lines]
    return _whole([*blocks, kit.actions(*_buttons(found, owner, words))])


def after(shown: Sequence[Mapping[str, Any]], did: Did, one: Given, today: date, words: Words) -> Message:
    """The same message with what was done to one of its tasks in that task's place."""
    return _whole(_with(shown, {one.id: tasks.done_in_place(did, one, HERE, today, words)}))


def since(
    shown: Sequence[Mapping[str, Any]], found: Mapping[int, Given | None], reader: str, today: date, words: Words
) -> Message:
    """The same message with its tasks as they are by now. `reader`: the Slack user who got it."""
    made = {number: tasks.since_in_place(number, one, reader, HERE, today, words) for number, one in found.items()}
    return _whole(_with(shown, made))


def shows(shown: Sequence[Mapping[str, Any]]) -> list[int]:
    """The tasks in a message."""
    return list(dict.fromkeys(number for block in shown if (number := tasks.number_of(block)) is not None))


def _with(shown: Sequence[Mapping[str, Any]], made: Mapping[int, list[Block]]) -> list[Block]:
    """A message with other blocks for some of its tasks."""
    blocks: list[Block] = []
    for number, same in groupby(shown, tasks.number_of):
        kept = [dict(block) for block in same]
        blocks += kept if number is None else made.get(number, kept)
    return blocks


def _tasks(found: Morning, words: Words) -> Iterator[Block]:
    """By when they are due, as in the list of all."""
    shown, more = found.tasks[: tasks.PAGE], len(found.tasks) - tasks.PAGE
    heads = {When.OVERDUE: words("Overdue"), When.TODAY: words("Today")}
    for group, head in heads.items():
        those = [one for one in shown if one.when(found.day) is group]
        if those:
            yield kit.section(f"*{head}*")
        for one in those:
            yield from tasks.in_place(one, HERE, found.day, words)
    if more > 0:
        yield kit.section(words("and {n} more", n=more))


def _clients(catalog: Catalog, found: Morning, words: Words) -> list[str]:
    lines = [
        *_some([_move(catalog, one, words) for one in found.moves], words),
        *_some([_renewal(one, found.day, words) for one in found.renewals], words),
    ]
    head = words("*Your clients since {day}*", day=words.weekday(found.told_on, found.day))
    return [head, *lines] if lines else []


def _some(lines: Sequence[str], words: Words) -> list[str]:
    more = len(lines) - NAMED
    return [*lines[:NAMED], *([words("and {n} more", n=more)] if more > 0 else [])]


def _move(catalog: Catalog, one: Move, words: Words) -> str:
    name = f"*{kit.name(one.client, 60)}*"
    if one.kind is Kind.QUIET:
        quiet = words("going quiet: {tools}", tools=kit.name(", ".join(one.tools[:2]), 60))
        return f"{name} {one.score} · {quiet}"
    arrow = "▼" if one.kind is Kind.FELL else "▲"
    why = moves.short(catalog, one.parts, words)
    return " · ".join(filter(None, [f"{arrow} {name} {one.before} → {one.score}", why]))


def _renewal(one: Renewal, day: date, words: Words) -> str:
    left = words.count("renews in {n} day", "renews in {n} days", (one.renews_on - day).days)
    return f"*{kit.name(one.client, 60)}* {left}, {words.weekday(one.renews_on, day)}"


def _cover(one: Cover, words: Words) -> list[str]:
    head = words("*For {name}, away to {day}*", name=kit.name(one.name, 60), day=words.day(one.last, one.last))
    overdue = words.count("{n} task overdue", "{n} tasks overdue", one.overdue) if one.overdue else ""
    today = words.count("{n} task today", "{n} tasks today", one.today) if one.today else ""
    return [head, ", ".join(filter(None, [overdue, today]))]


def _buttons(found: Morning, owner: int, words: Words) -> Iterator[Element]:
    day = Place(is_covered=bool(found.covers) and not found.tasks)
    yield kit.button(words("My day"), f"{ids.SHOW_TASKS}:{ids.BELOW}", str(day))
    if len(found.moves) > NAMED:
        state = write(ListState(CHANGED, owner))
        yield kit.button(words("All changes"), f"{ids.SHOW_LIST}:changes-{ids.BELOW}", state)
    if len(found.renewals) > NAMED:
        state = write(ListState(RENEWING, owner))
        yield kit.button(words("All renewals"), f"{ids.SHOW_LIST}:renewals-{ids.BELOW}", state)
    yield kit.button(words("When do I get this?"), ids.SET_MORNING, "")


def _whole(blocks: Sequence[Block]) -> Message:
    """With all its words once more as text."""
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    lines = [line.replace("*", "") for text in said for line in text.split("\n")]
    return kit.message(". ".join(lines), blocks)
