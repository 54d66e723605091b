"""The modals *Log task*, *Change task* and *Leave a note*: their fields, and what was entered in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words
from bot.domain.activity import BODY, TITLE, Note, Priority, Task
from bot.errors import FieldError

# The fields, by which what stands in them is given and read: block and action id alike.
CLIENT, CATEGORY, NAME, DETAILS = ids.FIND_CLIENT, "category", "title", "details"
DUE, ASSIGNEE, PRIORITY, BODY_FIELD = "due", "assignee", "priority", "body"
PRIORITIES = {Priority.LOW: "Low", Priority.MEDIUM: "Medium", Priority.HIGH: "High"}

Fields = Mapping[str, str]
Names = Mapping[str, str]  # of the catalog's categories, by their keys


def task(fields: Fields, client: str | None, categories: Names, state: FormState, words: Words) -> Modal:
    """*Log task*, with what is known already. `client`: the name of the one whose id stands in the fields."""
    blocks = [_client_field(fields, client, words), *_task(fields, categories, words)]
    return _modal(words("Log task"), ids.LOG_TASK, blocks, state, words)


def change(client: str, fields: Fields, categories: Names, state: FormState, words: Words) -> Modal:
    """*Change…*: the same fields of a task, whose client stays."""
    blocks = [kit.section(f"*{kit.name(client)}*"), *_task(fields, categories, words)]
    return _modal(words("Change task"), ids.CHANGE_TASK, blocks, state, words)


def _task(fields: Fields, categories: Names, words: Words) -> list[Block]:
    day = kit.day_picker(words("Due"), DUE, date.fromisoformat(fields[DUE]))
    options = [(words(label), one.value) for one, label in PRIORITIES.items()]
    return [
        _category_field(fields, categories, words),
        kit.field(words("Task"), kit.line(NAME, kit.cut(fields.get(NAME, ""), TITLE), TITLE), optional=False),
        kit.field(words("Details"), kit.lines(DETAILS, fields.get(DETAILS), BODY)),
        day,
        kit.field(words("Who does it"), kit.person(ASSIGNEE, fields.get(ASSIGNEE)), optional=False),
        kit.field(words("Priority"), kit.select(PRIORITY, options, fields[PRIORITY]), optional=False),
    ]


def past(asked: Modal, day: date, today: date, words: Words) -> Modal:
    """The same modal with a question: a day that has passed is kept where it is meant."""
    is_new = asked["callback_id"] == ids.LOG_TASK
    meant = (
        "{day} has passed. Press Log again to keep it." if is_new else "{day} has passed. Press Save again to keep it."
    )
    question = words(meant, day=words.weekday(day, today))
    return {**asked, "blocks": [{**kit.section(f":warning: {question}"), "block_id": "past"}, *asked["blocks"]]}


def moved(opened: Modal, off: date, due: date, today: date, words: Words) -> Modal:
    """The modal with the reason why another day stands in it than was asked for."""
    said = words(
        "{off} is a day off, so it is due {day}.", off=words.weekday(off, today), day=words.weekday(due, today)
    )
    blocks: list[Block] = opened["blocks"]
    below = next(at for at, block in enumerate(blocks, start=1) if block.get("block_id") == DUE)
    return {**opened, "blocks": [*blocks[:below], {**kit.context(said), "block_id": "moved"}, *blocks[below:]]}


def note(fields: Fields, client: str | None, categories: Names, state: FormState, words: Words) -> Modal:
    """*Leave a note*, with what is known already."""
    body = kit.field(words("Note"), kit.lines(BODY_FIELD, fields.get(BODY_FIELD), BODY), optional=False)
    blocks = [_client_field(fields, client, words), _category_field(fields, categories, words), body]
    return _modal(words("Leave a note"), ids.LEAVE_NOTE, blocks, state, words)


def quoted(text: str, link: str) -> str:
    """A message and its address below, in what a task's details or a note may hold."""
    return "\n\n".join(filter(None, [kit.cut(text, BODY - len(link) - 2), link]))


def _client_field(fields: Fields, client: str | None, words: Words) -> Block:
    known = (client, fields[CLIENT]) if client and CLIENT in fields else None
    return kit.field(words("Client"), kit.search(CLIENT, known), optional=False)


def _category_field(fields: Fields, categories: Names, words: Words) -> Block:
    options = [(name, key) for key, name in categories.items()]
    return kit.field(words("Category"), kit.select(CATEGORY, options, fields.get(CATEGORY)))


def _modal(title: str, callback: str, blocks: list[Block], state: FormState, words: Words) -> Modal:
    buttons = {"close": words("Cancel"), "submit": words("Save") if callback == ids.CHANGE_TASK else words("Log")}
    return kit.modal(title, blocks, callback=callback, metadata=forms.write(state), **buttons)


def read_task(client_id: int | None, fields: Fields, categories: Names) -> Task:
    """Raises FieldError."""
    try:
        day = date.fromisoformat(fields.get(DUE, ""))
    except ValueError as error:
        raise FieldError("task_no_day", DUE) from error
    if not (title := " ".join(fields.get(NAME, "").split())):
        raise FieldError("task_no_title", NAME)
    if not fields.get(ASSIGNEE):
        raise FieldError("task_no_assignee", ASSIGNEE)
    return Task(
        client_id=_client(client_id),
        category=_category(fields, categories),
        title=title,
        details=fields.get(DETAILS, ""),
        due_on=day,
        priority=Priority(fields.get(PRIORITY, Priority.MEDIUM)),
        assignee=fields[ASSIGNEE],
    )


def read_note(client_id: int | None, fields: Fields, categories: Names) -> Note:
    """Raises FieldError."""
    if not fields.get(BODY_FIELD):
        raise FieldError("note_empty", BODY_FIELD)
    return Note(_client(client_id), _category(fields, categories), fields[BODY_FIELD])


def _client(client_id: int | None) -> int:
    if client_id is None:
        raise FieldError("activity_no_client", CLIENT)
    return client_id


def _category(fields: Fields, categories: Names) -> str | None:
    """None also for one that has left the catalog since."""
    key = fields.get(CATEGORY)
    return key if key in categories else None
