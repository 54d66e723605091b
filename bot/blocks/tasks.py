"""Open tasks by when they are due, each with what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from bot.blocks import absences, ids, kit
from bot.blocks.activity_form import PRIORITIES
from bot.blocks.kit import Block, Element, Message
from bot.blocks.words import Words
from bot.domain.absences import Covered
from bot.domain.activity import Priority
from bot.domain.due import When
from bot.domain.tasks import Given, Led, Place

PAGE = 8  # tasks: two blocks each
TITLE, DETAILS = 120, 600  # characters
BLOCK = "task"  # begins the ids of blocks of one task, before its number
HEADS = {When.OVERDUE: "Overdue", When.TODAY: "Today", When.WEEK: "This week", When.LATER: "Later"}
BOTH = "Open tasks of your team, and of teams without a lead"
NOBODY = Led()
PUT_OFF = {"tomorrow": "Due tomorrow", "+3d": "Due in 3 days", "mon": "Due next week"}  # by what would be typed


class Did(StrEnum):
    """What a click did to a task."""

    DONE = "done"
    DONE_BEFORE = "done_before"  # by somebody else, or by an earlier click
    PUT_OFF = "put_off"
    REOPENED = "reopened"
    CHANGED = "changed"


def page(
    found: Sequence[Given],
    place: Place,
    today: date,
    words: Words,
    *,
    led: Led = NOBODY,
    plans: bool = False,
    covers: Sequence[Covered] = (),
    did: tuple[Did, Given] | None = None,
) -> Message:
    """A page of tasks, and one more where there are later ones; above it what was just done with one.

    led     whose tasks they see beside their own
    plans   whether they have said that they are away, now or later
    covers  whom they cover now
    """
    shown = sorted(found[:PAGE], key=lambda one: (one.waits_until, one.due_on, one.id))
    title = _title(place, led, covers, today, words)
    above = [] if did is None else _above(*did, place, today, words)
    if not shown:
        none = words("No open tasks.") if place.day is None else words("There is nothing later.")
        parts = [kit.section(f"*{title}*", none)]
    else:
        none, parts = "", [kit.section(f"*{title}*"), *_tasks(shown, place, today, words)]
    away = absences.every(words) if led.own or plans else absences.away(words)
    said = [] if did is None else [told(*did, today, words)]
    text = ". ".join([*said, title, *filter(None, [none]), *(_spoken(one, place, today, words) for one in shown)])
    when = kit.button(words("When do I get messages?"), ids.SET_MORNING, "")
    return kit.message(
        text.replace("*", ""),
        [*above, *parts, kit.actions(*_turning(found, place, led, covers, words), away, when)],
    )


def _title(place: Place, led: Led, covers: Sequence[Covered], today: date, words: Words) -> str:
    if place.is_covered:
        marks = ", ".join(absences.mark(one, today, words) for one in covers)
        return marks or words("You cover for nobody now")
    if not place.is_team:
        return words("Your open tasks")
    if not led.others:
        return words("Your team's open tasks")
    return words(BOTH) if led.own else words("Open tasks of teams without a lead")


def given(one: Given, today: date, words: Words, covered: Covered | None = None) -> Message:
    """The direct message to whom a task was given, or to who covers for them."""
    due = words("due {day}", day=words.weekday(one.due_on, today))
    by = words("logged by {person}", person=kit.name(one.author, 60)) if one.author else ""
    when = " · ".join(filter(None, [due, by]))
    lines = [words("*A task for you*"), named(one), when, *filter(None, [kit.name(one.details, DETAILS)])]
    blocks = [kit.section(*lines), kit.actions(kit.button(words("Done"), ids.FINISH_GIVEN, str(one.id)))]
    return absences.marked(kit.message(" · ".join(lines).replace("*", ""), blocks), covered, today, words)


def given_done(one: Given, today: date, words: Words, *, is_first: bool) -> Message:
    """The same message once the task is done."""
    text = told(Did.DONE if is_first else Did.DONE_BEFORE, one, today, words)
    return kit.message(text.replace("*", ""), [kit.section(text)])


def given_since(one: Given, reader: str, today: date, words: Words, covered: Covered | None = None) -> Message:
    """The same message after the task was changed, by whomever. `reader`: the Slack user who got it."""
    if one.done_by is not None:
        text = words("✓ Done by {person}: {task}", person=kit.name(one.done_by, 60), task=named(one))
    elif one.assignee_slack_id != reader and covered is None:
        text = words("{person} has it now: {task}", person=kit.name(one.assignee, 60), task=named(one))
    else:
        return given(one, today, words, covered)
    return kit.message(text.replace("*", ""), [kit.section(text)])


def given_unseen(words: Words) -> Message:
    """The same message where its task's client is no longer theirs to see."""
    text = words("This task is no longer there, or no longer yours to see.")
    return kit.message(text, [kit.section(text)])


def in_place(one: Given, place: Place, today: date, words: Words) -> list[Block]:
    """A task in a message that is no list: its blocks say whose they are."""
    return _marked(one.id, [kit.section(*_lines(one, place, today, words)), kit.actions(*_answers(one, place, words))])


def done_in_place(did: Did, one: Given, place: Place, today: date, words: Words) -> list[Block]:
    """The same with what was just done to it."""
    answers = [kit.actions(*_answers(one, place, words))] if one.done_by is None else []
    return _marked(one.id, [*_above(did, one, place, today, words), *answers])


def since_in_place(number: int, one: Given | None, reader: str, place: Place, today: date, words: Words) -> list[Block]:
    """The same after the task was changed, by whomever."""
    if one is None:
        return _marked(number, given_unseen(words)["blocks"])
    if one.done_by is None and one.assignee_slack_id == reader:
        return in_place(one, place, today, words)
    said = given_since(one, reader, today, words)["blocks"][0]
    if one.done_by is not None:
        said = {**said, "accessory": kit.button(words("Reopen"), ids.REOPEN_TASK, f"{one.id} {place}")}
    return _marked(number, [said])


def number_of(block: Mapping[str, Any]) -> int | None:
    """The task that a block of such a message is of."""
    name, _, rest = str(block.get("block_id", "")).partition(":")
    number = rest.partition(":")[0]
    return int(number) if name == BLOCK and number.isdecimal() else None


def _marked(number: int, blocks: Sequence[Block]) -> list[Block]:
    return [{**block, "block_id": f"{BLOCK}:{number}:{at}"} for at, block in enumerate(blocks)]


def _tasks(shown: Sequence[Given], place: Place, today: date, words: Words) -> Iterator[Block]:
    head = None
    for one in shown:
        lines = _lines(one, place, today, words)
        if (group := one.when(today)) is not head:
            lines, head = [f"*{words(HEADS[group])}*", *lines], group
        yield kit.section(*lines)
        yield kit.actions(*_answers(one, place, words))


def _lines(one: Given, place: Place, today: date, words: Words) -> list[str]:
    parts = [words.weekday(one.due_on, today)]
    if one.priority is not Priority.MEDIUM:
        parts.append(words("{priority} priority", priority=words(PRIORITIES[one.priority])))
    if place.is_team or place.is_covered:
        parts.append(kit.name(one.assignee, 60))
    return [named(one), " · ".join(parts)]


def named(one: Given) -> str:
    return f"*{kit.name(one.client, 60)}*: {kit.name(one.title, TITLE)}"


def _spoken(one: Given, place: Place, today: date, words: Words) -> str:
    return ", ".join([words(HEADS[one.when(today)]), *_lines(one, place, today, words)])


def _answers(one: Given, place: Place, words: Words) -> list[Element]:
    """The numbers in ids keep those of a message apart."""
    about = f"{one.id} {place}"
    options = [(words(label), f"{word} {about}") for word, label in PUT_OFF.items()]
    options.append((words("Change…"), f"{ids.CHANGE_TASK} {about}"))
    done = kit.button(words("Done"), f"{ids.FINISH_TASK}:{one.id}", about)
    return [done, kit.overflow(ids.MORE_OF_TASK, options)]


def _above(did: Did, one: Given, place: Place, today: date, words: Words) -> list[Block]:
    said = kit.section(told(did, one, today, words))
    if one.done_by is None:
        return [said]
    return [{**said, "accessory": kit.button(words("Reopen"), ids.REOPEN_TASK, f"{one.id} {place}")}]


def told(did: Did, one: Given, today: date, words: Words) -> str:
    match did:
        case Did.DONE:
            return words("✓ Done: {task}", task=named(one))
        case Did.DONE_BEFORE:
            return words("✓ {person} did it already: {task}", person=kit.name(one.done_by or "", 60), task=named(one))
        case Did.PUT_OFF if one.asked is not None:
            day, off = words.weekday(one.due_on, today), words.weekday(one.asked, today)
            return words("Now due {day}, since {off} is a day off: {task}", day=day, off=off, task=named(one))
        case Did.PUT_OFF:
            return words("Now due {day}: {task}", day=words.weekday(one.due_on, today), task=named(one))
        case Did.CHANGED:
            day, who = words.weekday(one.due_on, today), kit.name(one.assignee, 60)
            return words("Changed: {task}, due {day}, for {person}", task=named(one), day=day, person=who)
        case _:
            return words("Open again: {task}", task=named(one))


def _turning(found: Sequence[Given], place: Place, led: Led, covers: Sequence[Covered], words: Words) -> list[Element]:
    buttons: list[Element] = []
    if place.day is not None:
        buttons.append(kit.button(words("◀ First"), f"{ids.SHOW_TASKS}:first", str(place.first)))
    if len(found) > PAGE:
        last = found[PAGE - 1]
        later = place._replace(day=last.due_on, id=last.id)
        buttons.append(kit.button(words("Later ▶"), f"{ids.SHOW_TASKS}:later", str(later)))
    if any(led) or place.is_covered:
        other = Place(is_team=any(led) and not (place.is_team or place.is_covered))
        theirs = words("My team's") if led.own else words("Teams without a lead")
        label = theirs if other.is_team else words("Mine")
        buttons.append(kit.button(label, f"{ids.SHOW_TASKS}:whose", str(other)))
    if covers and not place.is_covered:
        label = words("For {people}", people=", ".join(one.name for one in covers))
        buttons.append(kit.button(label, f"{ids.SHOW_TASKS}:covered", str(Place(is_covered=True))))
    return buttons
