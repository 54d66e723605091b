"""The message to a new CSM: a card for each client that an import handed over to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import NamedTuple

from bot.blocks import absences, engagement, ids, kit
from bot.blocks.kit import Block, Element, Message
from bot.blocks.offers import sentence
from bot.blocks.words import Words
from bot.domain.activity import Entry
from bot.domain.catalog import Catalog
from bot.domain.handovers import TASKS, Card, Handed
from bot.domain.tasks import Given

REASONS = 3  # lines of why a score moved
NAME, TEXT = 60, 120  # characters of a name, and of a title or a note
ENDED = 3  # opportunities that are named
ROOM = 11_000  # characters of all cards: Slack refuses a message of much more


class Reader(NamedTuple):
    """For whom it is shown."""

    today: date
    zone: tzinfo
    words: Words


def message(catalog: Catalog, handed: Handed, cards: Sequence[Card], to: Reader) -> Message:
    """The cards that there is room for, and how many more clients there are."""
    words, shown = to.words, _fitting([(card, _lines(catalog, card, to)) for card in cards])
    title = _title(handed, words)
    blocks = [kit.section(f"*{title}*"), *_move_all(handed, words)]
    for place, (card, lines) in enumerate(shown, start=1):
        blocks += [kit.section(*lines), kit.actions(*_buttons(card, handed, place, words))]
    more = handed.number - len(shown)
    rest = [words("and {n} more", n=words.number(more))] if more else []
    blocks += [kit.section(one) if handed.covered else _list(one, words) for one in rest]
    text = ". ".join([title, *(_spoken(catalog, card, to) for card, _ in shown), *rest])
    made = kit.message(text.replace("*", "").replace("• ", ""), blocks)
    return absences.marked(made, handed.covered, to.today, words)


def _title(handed: Handed, words: Words) -> str:
    """Who covers for their new CSM may look at them; what was the old one's is moved by the new one."""
    if handed.covered is not None:
        return words.count("{n} client is theirs now", "{n} clients are theirs now", handed.number)
    return words.count("{n} client is yours now", "{n} clients are yours now", handed.number)


def moved(number: int, words: Words) -> Message:
    """What a click on *Move the tasks to me* did."""
    text = words.count("{n} task is yours now.", "{n} tasks are yours now.", number)
    if not number:
        text = words("No open task was left to move: they were done, given on or moved already.")
    return kit.message(text, [kit.section(text)])


def _fitting(cards: Sequence[tuple[Card, list[str]]]) -> Sequence[tuple[Card, list[str]]]:
    room = ROOM
    for place, (_, lines) in enumerate(cards):
        room -= sum(len(line) + 1 for line in lines)
        if room < 0:
            return cards[:place]
    return cards


def _lines(catalog: Catalog, card: Card, to: Reader) -> list[str]:
    words = to.words
    return [
        *engagement.headline(catalog, card.one, words),
        *engagement.reasons(catalog, card.one, words, REASONS),
        *_tasks(card.handover.tasks, to),
        *_notes(card.handover.notes, to),
        *_ended(catalog, card, to),
        words("Handed over by {person}", person=kit.name(card.handover.before, NAME)),
    ]


def _spoken(catalog: Catalog, card: Card, to: Reader) -> str:
    tasks, notes = _tasks(card.handover.tasks, to), _notes(card.handover.notes, to)
    return ", ".join([engagement.brief(catalog, card.one, to.words), *tasks, *notes])


def _tasks(tasks: Sequence[Given], to: Reader) -> list[str]:
    if not tasks:
        return []
    more = len(tasks) - TASKS
    rest = [to.words("and {n} more", n=to.words.number(more))] if more > 0 else []
    return [to.words("*Open tasks*"), *(_task(one, to) for one in tasks[:TASKS]), *rest]


def _task(one: Given, to: Reader) -> str:
    due = to.words("due {day}", day=to.words.weekday(one.due_on, to.today))
    return f"• {kit.name(one.title, TEXT)} · {due} · {kit.name(one.assignee, NAME)}"


def _notes(notes: Sequence[Entry], to: Reader) -> list[str]:
    if not notes:
        return []
    return [to.words("*Last notes*"), *(_note(one, to) for one in notes)]


def _note(one: Entry, to: Reader) -> str:
    day = to.words.day(one.made_at.astimezone(to.zone).date(), to.today)
    return f"• {day}, {kit.name(one.author, NAME)}: {kit.name(one.body, TEXT)}"


def _ended(catalog: Catalog, card: Card, to: Reader) -> list[str]:
    """What the old CSM had put off and is there still: it is open again."""
    found = {one.key: one for one in card.one.opportunities()}
    return [
        to.words(
            "Open again, as the CSM changed; was put off until {day}: {offer}",
            day=to.words.day(until, to.today),
            offer=sentence(catalog, found[key], to.words),
        )
        for key, until in card.handover.ended[:ENDED]
        if key in found
    ]


def _buttons(card: Card, handed: Handed, place: int, words: Words) -> list[Element]:
    open_card = kit.button(words("Card"), ids.OPEN_LISTED, str(card.one.client.id))
    number = card.handover.movable
    if not number or handed.covered is not None:
        return [open_card]
    label = words.count("Move the task to me", "Move the {n} tasks to me", number)
    return [kit.button(label, f"{ids.MOVE_TASKS}:{place}", f"{handed.key} {card.handover.id}"), open_card]


def _move_all(handed: Handed, words: Words) -> list[Block]:
    """Of all clients, those that are not shown among them."""
    if handed.number < 2 or not handed.movable or handed.covered is not None:
        return []
    label = words.count("Move the one open task to me", "Move all {n} open tasks to me", handed.movable)
    return [kit.actions(kit.button(label, f"{ids.MOVE_TASKS}:0", handed.key))]


def _list(said: str, words: Words) -> Block:
    return kit.section(said, accessory=kit.button(words("My clients"), ids.LIST_BELOW, "csm:me"))
