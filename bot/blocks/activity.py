"""What was logged on a client: said once it is, and a page of a client's tasks and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from bot.blocks import ids, kit
from bot.blocks.activity_form import PRIORITIES
from bot.blocks.kit import Block, Element, Message
from bot.blocks.words import Words
from bot.domain.activity import Entry, Kind, Logged, Note, Position, Priority, Push, Task

PAGE = 4  # entries, each of one section at most: Slack takes little more than 13,000 characters
SHOWN = 400  # characters of an entry's text
Names = Mapping[str, str]


def task_logged(on: Logged, task: Task, crm: str | None, today: date, words: Words) -> Message:
    """The task is on the client."""
    head = words("Logged on *{client}*: {title}", client=kit.name(on.client), title=kit.name(task.title, SHOWN))
    due = words("due {day}", day=words.weekday(task.due_on, today))
    return _logged(task.client_id, head, f"{due} · <@{task.assignee}>", _where(on, crm, words), words)


def note_left(on: Logged, note: Note, crm: str | None, words: Words) -> Message:
    """The note is on the client."""
    head = words("Noted on *{client}*", client=kit.name(on.client))
    return _logged(note.client_id, head, kit.name(note.body, SHOWN), _where(on, crm, words), words)


def _logged(client_id: int, head: str, rest: str, where: Sequence[str], words: Words) -> Message:
    activity = kit.button(words("Activity"), f"{ids.SHOW_ACTIVITY}:new", str(client_id))
    said = kit.escape(" · ".join(where))
    below = [kit.context(said)] if where else []
    text = " · ".join(filter(None, [f"{head}: {rest}".replace("*", ""), said]))
    return kit.message(text, [kit.section(head, rest), *below, kit.actions(activity)])


def _where(on: Logged, crm: str | None, words: Words) -> list[str]:
    """Where it stands beside the client, where that goes without saying not."""
    said = []
    if on.company is not None:
        said.append(words("also on {company}", company=kit.cut(on.company, 80)))
    elif not on.is_company:
        said.append(words("on the client alone: no company of it is known"))
    return said if crm else [*said, words("kept here only")]


def called(on: Logged, crm: str | None, words: Words) -> str:
    """The client, and the same in brackets: for a sentence."""
    where = _where(on, crm, words)
    return f"{on.client} ({', '.join(where)})" if where else on.client


def page(
    client_id: int,
    name: str,
    entries: Sequence[Entry],
    categories: Names,
    zone: tzinfo,
    today: date,
    words: Words,
    *,
    crm: str | None = None,
    before: Position | None = None,
) -> Message:
    """A page of entries, those before a position, and one more where there are older ones."""
    shown = entries[:PAGE]
    title = words("{client}: tasks and notes, newest first", client=kit.name(name))
    end = _turning(client_id, entries, words, is_first=before is None)
    if not shown:
        none = words("Nothing was logged yet.") if before is None else words("There is nothing older.")
        return kit.message(f"{title}. {none}", [kit.section(f"*{title}*", none), end])
    lines = [[*_lines(one, categories, zone, today, words), *_pushed(one, crm, words)] for one in shown]
    kept = [] if crm else [words("Kept here only")]
    text = ". ".join([f"{title}: {'; '.join(', '.join(one) for one in lines)}", *kept])
    sections = [
        kit.section(*said, accessory=_again(client_id, one, before, crm, words))
        for one, said in zip(shown, lines, strict=True)
    ]
    blocks = [kit.section(f"*{title}*"), *sections, end, kit.context(" · ".join([words("Only you see this"), *kept]))]
    return kit.message(text.replace("*", ""), blocks)


def _lines(one: Entry, categories: Names, zone: tzinfo, today: date, words: Words) -> list[str]:
    when = words.moment(one.made_at.astimezone(zone))
    about = [kit.name(name, 40)] if (name := categories.get(one.category or "")) else []
    whose = [words("on {client}", client=kit.name(one.client, 60))] if one.client else []
    by = " · ".join([when, kit.name(one.author, 60), *whose, *about])
    if one.kind is Kind.NOTE:
        return [f"*{words('Note')}* · {by}", kit.name(one.body, SHOWN)]
    head = f"*{words('Task')}* · {kit.name(one.title, SHOWN)}"
    return [head, _state(one, today, words), *filter(None, [kit.name(one.body, SHOWN)]), by]


def _pushed(one: Entry, crm: str | None, words: Words) -> list[str]:
    """How far it has come on its way to the CRM; without one all are kept here, which is said once."""
    if crm is None:
        return []
    match one.push:
        case Push.WAITING:
            return [words("waiting for the CRM")]
        case Push.SENT:
            return [words("in the CRM")]
        case Push.REFUSED:
            return [words("refused by the CRM: {reason}", reason=kit.name(one.reason or "", 120))]
        case Push.GIVEN_UP:
            return [words("did not reach the CRM, in several attempts")]
        case _:
            return [words("kept here only")]


def _again(client_id: int, one: Entry, before: Position | None, crm: str | None, words: Words) -> Element | None:
    """*Try again*, whose click shows the same page again."""
    if crm is None or not one.push.can_be_tried_again:
        return None
    value = f"{one.kind} {one.id} {_place(client_id, before)}"
    return kit.button(words("Try again"), f"{ids.PUSH_AGAIN}:{one.id}", value)


def _place(client_id: int, before: Position | None) -> str:
    return str(client_id) if before is None else f"{client_id} {before.made_at.isoformat()} {before.id}"


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
        place = _place(client_id, entries[PAGE - 1].position)
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
            words("`{command} away` shows who is away, and lets you say when you are", command=command),
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
