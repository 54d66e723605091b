"""What objects are called, and the modals that choose which of them stands for what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.blocks import ids, kit
from bot.blocks.forms import Values, entered
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words
from bot.domain.workspace_settings import BESIDE, Objects
from bot.errors import FieldError

NAMES = {"company": "Companies", "contact": "Contacts", "service": "Services", "deal": "Deals"}
CLIENT, SERVICE, REVENUE = "client", "service", "revenue"  # the fields
PEOPLE = ("company", "contact")  # stand for nothing but clients
MOST = 2  # revenue objects


def called(object_: str, words: Words) -> str:
    """An object as people read it; a custom one by its own name."""
    return words(NAMES[object_]) if object_ in NAMES else object_


def form(objects: Objects, words: Words) -> Modal:
    """The first step: which object stands for what."""
    return kit.modal(
        words("Objects"),
        list(_fields(objects, words)),
        close=words("Cancel"),
        submit=words("Next"),
        callback=ids.SET_OBJECTS,
        metadata=write(objects, objects),
    )


def _fields(objects: Objects, words: Words) -> Iterator[Block]:
    there = _offered(objects)
    yield kit.field(
        words("Clients are"),
        kit.select(CLIENT, _options(there[CLIENT], words), objects.client),
        words("Rows of clients.csv are companies, unless the mapping says otherwise."),
        optional=False,
    )
    if there[SERVICE]:
        yield kit.field(words("Services are"), kit.select(SERVICE, _options(there[SERVICE], words), objects.service))
    else:
        yield kit.context(words("No services are loaded: services.csv brings them. Then they can be chosen here."))
    if there[REVENUE]:
        chosen = kit.selects(REVENUE, _options(there[REVENUE], words), objects.revenue)
        chosen["max_selected_items"] = MOST
        yield kit.field(words("Revenue is in"), chosen, words("Up to two objects."))
    else:
        yield kit.context(words("No deals are loaded: deals.csv brings them. Then they can be chosen here."))


def _offered(objects: Objects) -> dict[str, list[str]]:
    """Of what has records or is chosen, what can stand for what."""
    there = list(dict.fromkeys([objects.client, *objects.beside, *objects.loaded]))
    return {
        CLIENT: [one for one in there if one not in BESIDE],
        SERVICE: [one for one in there if one not in {*PEOPLE, "deal", objects.client}],
        REVENUE: [one for one in there if one not in {*PEOPLE, "service", objects.client}],
    }


def _options(objects: Sequence[str], words: Words) -> list[tuple[str, str]]:
    return [(called(one, words), one) for one in objects]


def read(values: Values, before: Objects) -> Objects:
    """What was chosen. Raises FieldError where one object would stand for two things, or is none."""
    fields = entered(values)
    client, service = fields.get(CLIENT, before.client), fields.get(SERVICE)
    revenue = tuple(one for one in fields.get(REVENUE, "").split(",") if one)
    if service == client:
        raise FieldError("objects_twice", SERVICE)
    if {client, service} & set(revenue):
        raise FieldError("objects_twice", REVENUE)
    if len(revenue) > MOST:
        raise FieldError("objects_too_many", REVENUE, limit=MOST)
    for name, chosen in ((CLIENT, [client]), (SERVICE, [service] if service else []), (REVENUE, revenue)):
        if not set(chosen) <= set(_offered(before)[name]):
            raise FieldError("object_gone", name)
    return Objects(client, service, revenue, before.loaded)


def confirm(before: Objects, after: Objects, words: Words) -> Modal:
    """The second step, above the first: what will change, and the way back."""
    return kit.modal(
        words("Change objects?"),
        [kit.section(*lines) for lines in _consequences(before, after, words)],
        close=words("Back"),
        submit=words("Change"),
        callback=ids.CONFIRM_OBJECTS,
        metadata=write(before, after),
    )


def _consequences(before: Objects, after: Objects, words: Words) -> Iterator[list[str]]:
    """What changes, each with what follows from it."""
    kept, set_up = words("What was set for the others is kept."), words("Set it up in each: *Edit*, below its name.")
    if before.client != after.client:
        yield [_change(words("Clients"), [before.client], [after.client], words), *_of_clients(after.client, words)]
    if before.service != after.service:
        told = words("The tab Services of every CS workspace shows these then.")
        told = told if after.service else words("The tab Services of every CS workspace is empty then.")
        after_it = kept if before.service else set_up
        yield [_change(words("Services"), [before.service], [after.service], words), f"{told} {after_it}"]
    if set(before.revenue) != set(after.revenue):
        told = words("Every CS workspace has a tab for each of them then.")
        told = told if after.revenue else words("No CS workspace has a tab for revenue then.")
        after_it = kept if before.revenue else set_up
        yield [_change(words("Revenue"), before.revenue, after.revenue, words), f"{told} {after_it}"]


def _of_clients(object_: str, words: Words) -> Iterator[str]:
    yield words("Lists, counts, scores, cards and the look-up are then of these alone. Very many take minutes.")
    yield words("Nothing is deleted: changed back, the others return with their history and what was answered.")
    yield words("Each CS workspace looks for CSM and renewal date by the same names there: see its tab Customers.")
    yield words("Whoever has a seat only as CSM of the old ones loses it.")
    yield words("Subscriptions and usage stay with the records they were imported for: of the rest no score is known.")
    yield words(
        'Rows of clients.csv are these where its mapping says `record = "{object}"`; without one they are companies.',
        object=kit.escape(object_).replace("`", ""),
    )


def _change(title: str, before: Sequence[str | None], after: Sequence[str | None], words: Words) -> str:
    return f"*{title}: {_named(before, words)} → {_named(after, words)}*"


def _named(objects: Sequence[str | None], words: Words) -> str:
    return ", ".join(kit.name(called(one, words)) for one in objects if one) or words("none")


def is_same(before: Objects, after: Objects) -> bool:
    return (before.client, before.service, set(before.revenue)) == (after.client, after.service, set(after.revenue))


def write(before: Objects, after: Objects) -> str:
    """What the second step carries."""
    return json.dumps([[one.client, one.service, list(one.revenue)] for one in (before, after)], separators=(",", ":"))


def carried(text: str) -> tuple[Objects, Objects] | None:
    """Before and after; None where it is none, as of another release."""
    try:
        before, after = (Objects(str(client), service, tuple(revenue)) for client, service, revenue in json.loads(text))
    except (ValueError, TypeError):
        return None
    return before, after
