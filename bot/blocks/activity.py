"""What was logged on a client: said once it is, and a page of a client's tasks and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from bot.blocks import ids, kit
from bot.blocks.activity_form import PRIORITIES
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words
from bot.domain.activity import Entry, Kind, Note, Priority, Task

PAGE = 5  # entries
SHOWN = 400  # characters of an entry's text: five times as many where each must be escaped
Names = Mapping[str, str]


def task_logged(name: str, task: Task, today: date, words: Words) -> Message:
    """The task is on the client."""
    head = words("Logged on *{client}*: {title}", client=kit.name(name), title=kit.name(task.title, SHOWN))
    due = words("due {day}", day=words.weekday(task.due_on, today))
    return _logged(task.client_id, head, f"{due} · <@{task.assignee}>", words)


def note_left(name: str, note: Note, words: Words) -> Message:
    """The note is on the client."""
    head = words("Noted on *{client}*", client=kit.name(name))
    return _logged(note.client_id, head, kit.name(note.body, SHOWN), words)


def _logged(client_id: int, head: str, rest: str, words: Words) -> Message:
    activity = kit.button(words("Activity"), f"{ids.SHOW_ACTIVITY}:new", str(client_id))
    return kit.message(f"{head}: {rest}".replace("*", ""), [kit.section(head, rest), kit.actions(activity)])


def page(
    client_id: int,
    name: str,
    entries: Sequence[Entry],
    categories: Names,
    zone: tzinfo,
    today: date,
    words: Words,
    *,
    is_first: bool = True,
) -> Message:
    """A page of entries, and one more where there are older ones."""
    shown = entries[:PAGE]
    title = words("{client}: tasks and notes, newest first", client=kit.name(name))
    end = _turning(client_id, entries, words, is_first=is_first)
    if not shown:
        none = words("Nothing was logged yet.") if is_first else words("There is nothing older.")
        return kit.message(f"{title}. {none}", [kit.section(f"*{title}*", none), end])
    lines = [_lines(one, categories, zone, today, words) for one in shown]
    text = f"{title}: {'; '.join(', '.join(one) for one in lines)}"
    blocks = [kit.section(f"*{title}*"), *(kit.section(*one) for one in lines), end]
    return kit.message(text.replace("*", ""), [*blocks, kit.context(words("Only you see this"))])


def _lines(one: Entry, categories: Names, zone: tzinfo, today: date, words: Words) -> list[str]:
    when = words.moment(one.made_at.astimezone(zone))
    about = [kit.name(name, 40)] if (name := categories.get(one.category or "")) else []
    by = " · ".join([when, kit.name(one.author, 60), *about])
    if one.kind is Kind.NOTE:
        return [f"*{words('Note')}* · {by}", kit.name(one.body, SHOWN)]
    head = f"*{words('Task')}* · {kit.name(one.title, SHOWN)}"
    return [head, _state(one, today, words), *filter(None, [kit.name(one.body, SHOWN)]), by]


def _state(one: Entry, today: date, words: Words) -> str:
    """Whose it is and when it is due; its priority where that is none of the usual."""
    parts = [] if one.due_on is None else [words("due {day}", day=words.weekday(one.due_on, today))]
    if one.done_at is not None:
        parts.append(words("done"))
    if one.priority is not None and one.priority is not Priority.MEDIUM:
        parts.append(words("{priority} priority", priority=words(PRIORITIES[one.priority])))
    return " · ".join([*parts, words("for {person}", person=kit.name(one.assignee or "", 60))])


def _turning(client_id: int, entries: Sequence[Entry], words: Words, *, is_first: bool) -> Block:
    buttons = [kit.button(words("Card"), f"{ids.OPEN_CLIENT}:0", str(client_id))]
    if not is_first:
        buttons.append(kit.button(words("◀ Newest"), f"{ids.SHOW_ACTIVITY}:new", str(client_id)))
    if len(entries) > PAGE:
        last = entries[PAGE - 1].position
        place = f"{client_id} {last.made_at.isoformat()} {last.id}"
        buttons.append(kit.button(words("Older ▶"), f"{ids.SHOW_ACTIVITY}:old", place))
    return kit.actions(*buttons)


def task_usage(command: str, words: Words) -> Message:
    """What `/task help` says."""
    return _usage(
        [
            words("`{command}` alone shows your open tasks by when they are due", command=command),
            words("`{command} acme call them about forms fri` logs a task on a client", command=command),
            words("It opens a form with what was understood; nothing is logged before you press *Log*."),
            words("The last word may be the due day: today, tomorrow, fri, +3d, +2w, eow, eom, or 2026-12-31"),
            words("Without one it is due in three working days."),
        ]
    )


def note_usage(command: str, words: Words) -> Message:
    """What `/note help` says."""
    return _usage(
        [
            words("`{command} acme they moved to a new office` leaves a note on a client", command=command),
            words("It opens a form with what was understood; nothing is logged before you press *Log*."),
        ]
    )


def _usage(lines: list[str]) -> Message:
    return kit.message(" ".join(lines).replace("*", "").replace("`", ""), [kit.section(*lines)])
