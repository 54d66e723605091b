"""People: whom the data names as CSM, whether they are in Slack, and what each may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Element, Message, Modal
from bot.blocks.words import Words
from bot.blocks.workspaces import back
from bot.domain.access import Person
from bot.domain.csms import ByHand, Csm, Found, Rights

PAGE = 10  # people of a message
NAMED = 10  # people who have the same right, and are named
ADDRESSES = 2  # of a person that are shown: as many as a message of ten people holds
# The fields, and what the boxes and radio buttons of a person say:
SUPER_ADMIN, MANAGES, SEAT = "super_admin", "manages", "seat"
FIELDS = (SUPER_ADMIN, MANAGES, SEAT)
YES, RULE = "yes", "rule"


class Seats(NamedTuple):
    by_hand: bool
    everybody: bool = False  # has one, as there is no team yet
    held: int = 0  # people who had one before there were welcomes, and are sent none unless asked
    given: Sequence[ByHand] = ()


def page(found: Sequence[Csm], first: int, asker: Person, seats: Seats, words: Words) -> Message:
    """The answer to `/workspace people`, from the person at this place on."""
    shown = found[first : first + PAGE]
    title = _title(found, words)
    given = list(_given(seats.given, words))
    told = " ".join(f"{line}." for line in [*(_line(one, words) for one in shown), *given])
    text = f"{title} {told} {_seats(seats, words)}"
    parts = [
        *(block for one in shown for block in (_csm(one, asker, words), *_addresses(one, words))),
        *_whose(asker, words),
        *([kit.section(*given)] if given else []),
    ]
    last = [kit.context(_seats(seats, words)), *_turning(found, first, asker, seats, words)]
    return kit.message(text.replace("*", ""), [kit.section(f"*{title}*"), *parts, *last])


def _title(found: Sequence[Csm], words: Words) -> str:
    named = [one for one in found if one.clients]
    if not named:
        return words("No client names anybody as CSM yet.")
    here = sum(one.found is Found.HERE for one in named)
    return words("{n} of {all} CSMs that clients name are found in Slack.", n=here, all=len(named))


def _line(one: Csm, words: Words) -> str:
    name = f"*{kit.name(one.email or one.name, 60) if one.found is Found.NOWHERE else kit.name(one.name, 60)}*"
    clients = words.count("{n} client", "{n} clients", one.clients)
    match one.found:
        case Found.NOWHERE:
            return f"{name} · {clients} · {words('not found in Slack')}"
        case Found.LEFT:
            return f"{name} · {words('left Slack')} · {words.count('{n} client left', '{n} clients left', one.clients)}"
    bound = [words("also {address}", address=kit.name(email, 40)) for email in one.addresses[:ADDRESSES]]
    return " · ".join([name, clients, kit.name(one.email or "", 60), *bound])


def _csm(one: Csm, asker: Person, words: Words) -> Block:
    if one.found is Found.NOWHERE:
        question = words("From now on that address means whom you chose, in what is here and in every later import.")
        menu = kit.one_person(f"{ids.BIND_ADDRESS}:{one.id}", words("Who is it?"))
        asking = kit.asking(menu, words("Is that them?"), question, words("Yes"), words("Cancel"))
        return kit.section(_line(one, words), accessory=asking)
    rights = kit.button(words("Rights"), f"{ids.SHOW_RIGHTS}:{one.id}", str(one.id))
    show = asker.is_super_admin and one.found is Found.HERE
    return kit.section(_line(one, words), accessory=rights if show else None)


def _addresses(one: Csm, words: Words) -> Iterator[Block]:
    """The addresses that were bound to somebody, to be unbound again."""
    buttons = []
    for number, email in enumerate(one.addresses[:ADDRESSES]):
        label = words("Not theirs: {address}", address=email)
        button = kit.button(label, f"{ids.UNBIND_ADDRESS}:{one.id}:{number}", email)
        text = words("Its clients and teams have nobody in Slack then, until you say whose it is.")
        buttons.append(kit.asking(button, words("Not theirs?"), text, words("Yes"), words("Cancel")))
    if buttons:
        yield kit.actions(*buttons)


def _whose(asker: Person, words: Words) -> Iterator[Block]:
    """Anybody's rights, also of who is no CSM."""
    if asker.is_super_admin:
        menu = kit.one_person(ids.CHOOSE_PERSON, words("Choose somebody"))
        yield kit.section(words("Rights and seat of anybody"), accessory=menu)


def _given(given: Sequence[ByHand], words: Words) -> Iterator[str]:
    """Who has which right, and whose seat is not by the rule."""
    yield from _of(words("Super admins"), [one.name for one in given if one.is_super_admin], words)
    yield from _of(words("Manage customer success settings"), [one.name for one in given if one.manages], words)
    yield from _of(words("Were given a seat"), [one.name for one in given if one.seat == "on"], words)
    yield from _of(words("Whose seat was taken away"), [one.name for one in given if one.seat == "off"], words)


def _of(title: str, names: Sequence[str], words: Words) -> Iterator[str]:
    if names:
        yield f"*{title}:* {words.some([kit.name(name, 40) for name in names[:NAMED]], len(names))}"


def _seats(seats: Seats, words: Words) -> str:
    if seats.by_hand:
        return words("Seats by hand: only who was given a seat has one.")
    if seats.everybody:
        return words("There is no team yet, so every full member of this Slack workspace has a seat.")
    return words("Whoever is CSM of a client, in a team, or was given a seat has one.")


def _turning(found: Sequence[Csm], first: int, asker: Person, seats: Seats, words: Words) -> Iterator[Block]:
    buttons = []
    if first > 0:
        buttons.append(kit.button(words("◀ Back"), f"{ids.SHOW_PEOPLE}:back", str(max(0, first - PAGE))))
    if first + PAGE < len(found):
        buttons.append(kit.button(words("Next ▶"), f"{ids.SHOW_PEOPLE}:next", str(first + PAGE)))
    if asker.is_super_admin:
        buttons.append(_switch(seats.by_hand, words))
    if asker.is_super_admin and seats.held:
        label = words.count("Welcome {n} person", "Welcome {n} people", seats.held)
        text = words("They had a seat before there were welcomes. Each gets one direct message.")
        button = kit.button(label, ids.WELCOME_HELD, "")
        buttons.append(kit.asking(button, words("Welcome them?"), text, words("Yes"), words("Cancel")))
    yield kit.actions(*buttons, back(words))


def _switch(by_hand: bool, words: Words) -> Element:
    if by_hand:
        return kit.button(words("Seats by the rule"), ids.SEATS_BY_HAND, "off")
    button = kit.button(words("Seats by hand"), ids.SEATS_BY_HAND, "on")
    text = words("Whoever was not given a seat by hand loses theirs, however many clients they have.")
    return kit.asking(button, words("Seats by hand?"), text, words("Yes"), words("Cancel"))


def rights(one: Rights, asker: Person, seats: Seats, state: FormState, words: Words) -> Modal:
    """What somebody may do, to be changed by a super admin, who can also see what they see."""
    admin = kit.box(SUPER_ADMIN, words("Super admin"), YES, ticked=one.is_super_admin)
    manager = kit.box(MANAGES, words("Manages customer success settings"), YES, ticked=one.manages)
    boxes = [
        kit.field(
            words("Rights"), admin, words("Changes settings, teams, rights and seats. Sees clients only with a seat.")
        ),
        kit.field(words("Settings"), manager, words("Changes settings and teams, as long as they have a seat.")),
    ]
    options = [(words("By the rule"), RULE), (words("Has a seat"), "on"), (words("Has none"), "off")]
    radios = kit.radios(SEAT, options, one.seat or RULE)
    seat = kit.field(words("Seat"), radios, _seats(seats, words), optional=False)
    head = kit.section(f"*{kit.name(one.name)}*", _why(one, words))
    blocks = [head, *_look(one, asker, words), *boxes, seat]
    return forms.modal(words("Rights and seat"), blocks, ids.SET_RIGHTS, state, words)


def _look(one: Rights, asker: Person, words: Words) -> Iterator[Block]:
    if one.id != asker.id:
        label = words("Look as {name}", name=kit.cut(one.name, 40))
        yield kit.actions(kit.button(label, ids.LOOK_AS, str(one.id)))


def _why(one: Rights, words: Words) -> str:
    has = words("Has a seat now") if one.has_seat else words("Has no seat now")
    facts = [words.count("CSM of {n} client", "CSM of {n} clients", one.clients)] if one.clients else []
    facts += [words("in {team}", team=kit.name(one.team, 60))] if one.team else []
    return " · ".join([has, *facts])
