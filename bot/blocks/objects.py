"""What objects are called, and the modals that choose which of them stands for what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.blocks import ids, kit
from bot.blocks.forms import Values, entered
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words
from bot.domain.workspace_settings import Objects
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
    there = _there(objects)
    clients = [one for one in there if one not in {"service", "deal"}]
    yield kit.field(
        words("Clients are"),
        kit.select(CLIENT, _options(clients, words), objects.client),
        words("What one record of clients.csv is."),
        optional=False,
    )
    services = [one for one in there if one not in {*PEOPLE, "deal", objects.client}]
    if services:
        yield kit.field(words("Services are"), kit.select(SERVICE, _options(services, words), objects.service))
    else:
        yield kit.context(words("No services are loaded: services.csv brings them. Then they can be chosen here."))
    revenue = [one for one in there if one not in {*PEOPLE, "service", objects.client}]
    if revenue:
        chosen = kit.selects(REVENUE, _options(revenue, words), objects.revenue)
        chosen["max_selected_items"] = MOST
        yield kit.field(words("Revenue is in"), chosen, words("Up to two objects."))
    else:
        yield kit.context(words("No deals are loaded: deals.csv brings them. Then they can be chosen here."))


def _there(objects: Objects) -> list[str]:
    """What has records, and what is chosen."""
    return list(dict.fromkeys([objects.client, *objects.beside, *objects.loaded]))


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
        if not set(chosen) <= set(_there(before)):
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
        looks = words(
            "Each CS workspace looks for CSM and renewal date by the same names there: see its tab Customers."
        )
        told = words("Lists, scores and cards are then of the new clients. Nothing is deleted.")
        yield [_change(words("Clients"), [before.client], [after.client], words), f"{told} {looks}"]
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
