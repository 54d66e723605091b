"""Who is away and who covers for them: the list, the modal *I am away*, and what marks what somebody covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Element, Message, Modal
from bot.blocks.words import Words
from bot.domain.absences import COVER, FROM, TO, WHO, Absence, Covered, Meanwhile, Said
from bot.domain.working_days import Span
from bot.errors import FieldError

PAGE = 12  # absences: two blocks each
NAME = 60
TEXT, TOLD = 120, 8  # characters of a note, and lines of each kind, that who is back is told
DAYS_OFF = timedelta(days=7)  # what the modal proposes


def page(found: Sequence[Absence], asker_id: int, today: date, words: Words, did: str = "") -> Message:
    """Absences, one's own and those of one's team, and one more where there are more. `did`: what was just done."""
    shown, title = found[:PAGE], words("Who is away")
    none = [] if shown else [words("Nobody, and nobody is about to be.")]
    more = [words("More are set for later.")] if len(found) > PAGE else []
    told = [_lines(one, asker_id, today, words) for one in shown]
    pairs = zip(shown, told, strict=True)
    parts = [block for one, said in pairs for block in _absence(one, said, asker_id, today, words)]
    end = kit.actions(away(words), kit.button(words("◀ Tasks"), f"{ids.SHOW_TASKS}:mine", "mine"))
    above = [kit.section(did)] if did else []
    text = ". ".join([*filter(None, [did]), title, *none, *(", ".join(one) for one in told), *more])
    head = kit.section(f"*{title}*", *none)
    return kit.message(text.replace("*", ""), [*above, head, *parts, *map(kit.context, more), end])


def away(words: Words) -> Element:
    """*I am away*."""
    return kit.button(words("I am away"), ids.SET_ABSENCE, "new")


def every(words: Words) -> Element:
    """*Away…*: the list, to who leads a team, and who has said that they are away."""
    return kit.button(words("Away…"), f"{ids.SHOW_ABSENCES}:all", "all")


def _absence(one: Absence, lines: Sequence[str], asker_id: int, today: date, words: Words) -> Iterator[Block]:
    own = one.person_id == asker_id
    back = words("I am back") if own else words("Is back")
    if one.first > today:
        back = words("I stay") if own else words("Stays")
    change = kit.button(words("Change"), f"{ids.CHANGE_ABSENCE}:{one.id}", str(one.id))
    yield kit.section(*lines)
    yield kit.actions(kit.button(back, f"{ids.END_ABSENCE}:{one.id}", str(one.id)), change)


def _lines(one: Absence, asker_id: int, today: date, words: Words) -> list[str]:
    who = words("You") if one.person_id == asker_id else kit.name(one.person, NAME)
    days = span(one.span, today, words)
    return [f"*{who}* · {days}", _cover(one, words)]


def _cover(one: Absence, words: Words) -> str:
    return words("{person} covers", person=kit.name(one.cover, NAME)) if one.cover_id else words("Nobody covers")


def span(of: Span, today: date, words: Words) -> str:
    first, last = words.weekday(of.first, today), words.weekday(of.last, today)
    return first if of.first == of.last else words("{first} to {last}", first=first, last=last)


def ended(one: Absence, today: date, words: Words) -> str:
    """What is said once somebody is back."""
    who = kit.name(one.person, NAME)
    if one.first < today:
        return words("✓ *{person}* is back; nobody covers any more.", person=who)
    return words("✓ *{person}* stays.", person=who)


def covers(one: Absence, today: date, words: Words, *, is_cover: bool) -> Message:
    """The direct message to who covers for somebody, or does no longer."""
    who, days = kit.name(one.person, NAME), span(one.span, today, words)
    if not is_cover:
        text = words("You no longer cover for *{person}*: {days}", person=who, days=days)
        return kit.message(text.replace("*", ""), [kit.section(text)])
    lines = [
        words("You cover for *{person}*: {days}", person=who, days=days),
        words("On these days you see their clients, do their tasks, and get their messages."),
    ]
    return kit.message(". ".join(lines).replace("*", ""), [kit.section(*lines)])


def proposed(today: date) -> dict[str, str]:
    """What the fields hold at first."""
    return {FROM: today.isoformat(), TO: (today + DAYS_OFF).isoformat()}


def fields_of(one: Absence) -> dict[str, str]:
    return {FROM: one.first.isoformat(), TO: one.last.isoformat(), COVER: one.cover_slack_id}


def form(fields: Mapping[str, str], state: FormState, words: Words, *, for_others: bool) -> Modal:
    """*I am away*. `for_others`: who leads a team, and super admins, choose whose absence it is."""
    who = [kit.field(words("Who"), kit.person(WHO, fields.get(WHO)), optional=False)] if for_others else []
    title = words("Set absence") if for_others else words("I am away")
    return _form(title, [*who, *_fields(fields, words)], ids.SET_ABSENCE, state, words)


def change(one: Absence, fields: Mapping[str, str], state: FormState, words: Words) -> Modal:
    """The same fields of somebody whose absence is set."""
    blocks = [kit.section(f"*{kit.name(one.person, NAME)}*"), *_fields(fields, words)]
    return _form(words("Change absence"), blocks, ids.CHANGE_ABSENCE, state, words)


def _form(title: str, blocks: Sequence[Block], callback: str, state: FormState, words: Words) -> Modal:
    return forms.modal(title, blocks, callback, state, words)


def _fields(fields: Mapping[str, str], words: Words) -> list[Block]:
    hint = words("Sees the clients on these days, does the tasks, and gets the messages.")
    return [
        kit.day_picker(words("First day"), FROM, date.fromisoformat(fields[FROM])),
        kit.day_picker(words("Last day"), TO, date.fromisoformat(fields[TO])),
        kit.field(words("Who covers"), kit.person(COVER, fields.get(COVER) or None), hint),
    ]


def read(fields: Mapping[str, str]) -> Span:
    """Raises FieldError."""
    return Span(_day(fields, FROM), _day(fields, TO))


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(fields.get(name, ""))
    except ValueError as error:
        raise FieldError("absence_no_day", name) from error


def meanwhile(found: Meanwhile, today: date, words: Words) -> Message:
    """The one message to who is back."""
    days = span(Span(found.first, found.last), today, words)
    covered = [words("{person} covered", person=kit.name(found.cover, NAME))] if found.cover else []
    parts = [
        (words("Tasks done"), [_said(one, words) for one in found.done]),
        (words("Notes"), [_said(one, words) for one in found.notes]),
        (words("Scores"), [f"{kit.name(one.client, NAME)}: {one.before} → {one.now}" for one in found.moves]),
    ]
    told = [[head, *_first(lines, words)] for head, lines in parts if lines]
    head = [words("Welcome back. In your clients, {days}", days=days), *covered]
    blocks = [kit.section(f"*{head[0]}*", *covered), *(kit.section(f"*{one[0]}*", *one[1:]) for one in told)]
    text = ". ".join([*head, *(f"{title}: {'; '.join(lines)}" for title, *lines in told)])
    return kit.message(text.replace("*", ""), blocks)


def _said(one: Said, words: Words) -> str:
    text = kit.name(one.text, TEXT)
    return words(
        "{client}: {text} · {person}", client=kit.name(one.client, NAME), text=text, person=kit.name(one.who, NAME)
    )


def _first(lines: Sequence[str], words: Words) -> list[str]:
    return [*lines[:TOLD], words("and more")] if len(lines) > TOLD else list(lines)


def marked(made: dict[str, Any], covered: Covered | None, today: date, words: Words) -> dict[str, Any]:
    """A message or a modal with that above it, where it is about whom somebody covers."""
    if covered is None:
        return made
    said = mark(covered, today, words)
    text = {"text": kit.cut(f"{said}. {made['text']}", kit.TEXT)} if "text" in made else {}
    return {**made, **text, "blocks": [{**kit.context(said), "block_id": "covered"}, *made["blocks"]]}


def mark(one: Covered, today: date, words: Words) -> str:
    """Over what somebody sees or does in another's place."""
    return words("For {person}, away to {day}", person=kit.name(one.name, NAME), day=words.day(one.last, today))
