"""What stands above the CS workspaces until all is set up: who sets up, and what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import ids, kit, seats
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words
from bot.domain.access import Person
from bot.domain.first_steps import Steps


def above(message: Message, *parts: Message) -> Message:
    """Several messages as one, the first one last."""
    whole = [*parts, message]
    blocks = [block for part in whole for block in part["blocks"]]
    return kit.message("\n".join(part["text"] for part in whole), bare(blocks))


def bare(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of a message for another one: without the places that they had."""
    return [{name: value for name, value in one.items() if not _is_numbered(name, value)} for one in blocks]


def _is_numbered(name: str, value: object) -> bool:
    """Whether it is the place of a block in its message, which is another one now."""
    return name == "block_id" and isinstance(value, str) and value[:1] == "b" and value[1:].isdigit()


def offer_first(words: Words) -> Message:
    """To an owner or admin of Slack while nobody is super admin."""
    text = words(
        "Nobody is super admin here yet. Super admins set up CS workspaces, teams and people, and say who may do what; "
        "you can be the first, as an admin of this Slack workspace."
    )
    return kit.message(text, [kit.section(text), kit.actions(kit.button(words("Become one"), ids.BECOME_FIRST, ""))])


def steps(one: Steps, asker: Person, today: date, command: str, words: Words) -> Message:
    """To super admins, until all is done that can be done by now."""
    done = sum(one.done)
    title = words("Set up customer success")
    lines = [_ticked(is_done, line) for is_done, line in zip(one.done, _lines(one, today, words), strict=True)]
    said = words("{n} of {all} done", n=done, all=len(lines))
    blocks = [kit.section(f"*{title}* {said}", *lines), *_buttons(one, words)]
    if asker.has_seat:
        blocks.append(kit.context(words("Try it meanwhile: `{command}` and a client's name", command=command)))
    return kit.message(f"{title}: {said}. {' '.join(f'{line}.' for line in lines)}", blocks)


def _ticked(is_done: bool, line: str) -> str:
    return f"{'✓' if is_done else '▢'} {line}"


def _lines(one: Steps, today: date, words: Words) -> list[str]:
    none = words("none yet")
    day = f" · {words('data to {day}', day=words.weekday(one.as_of, today))}" if one.as_of else ""
    clients = f"{words.number(one.clients)}{day}" if one.clients else none
    csms = words("{n} of {all} CSMs found in Slack", n=one.found, all=one.csms)
    return [
        words("Clients: {clients}", clients=clients),
        words("Tools measured: {n} of {all}", n=one.measured, all=one.tools),
        words("People: {csms}", csms=csms if one.csms else words("no client names a CSM yet")),
        words("Teams: {teams}", teams=words.number(one.teams) if one.teams else _no_team(one, words)),
        words("First digest: {digests}", digests=_digests(one, words)),
    ]


def _digests(one: Steps, words: Words) -> str:
    if one.digests:
        return words.count("{n} runs", "{n} run", one.digests)
    if one.drafts:
        return words.count("{n} draft waits for a channel", "{n} drafts wait for a channel", one.drafts)
    return words("none yet")


def _no_team(one: Steps, words: Words) -> str:
    if one.seats_by_hand:
        return words("none yet")
    return words("none yet, so every full member of this Slack workspace has a seat")


def _buttons(one: Steps, words: Words) -> list[Block]:
    missing = one.csms - one.found
    buttons = []
    if not one.clients:
        buttons.append(kit.button(words("Load clients"), f"{ids.SHOW_DATA}:steps", ""))
    if missing:
        label = words.count("Find {n} CSM", "Find {n} CSMs", missing)
        buttons.append(kit.button(label, f"{ids.SHOW_PEOPLE}:steps", "0"))
    if not one.teams:
        buttons.append(kit.button(words("Make teams"), f"{ids.SHOW_TEAMS}:steps", "0"))
    if not one.digests:
        buttons.append(kit.button(words("Set up digests"), f"{ids.SHOW_DIGESTS}:steps", "0"))
    return [kit.actions(*buttons)] if buttons else []


def no_seat(asker: Person, admin: str | None, words: Words) -> Message:
    """To who sees no client, with the way to a seat."""
    text = words("You have no seat, so you see no client here.")
    if asker.is_super_admin:
        text = words("You have no seat: you see settings, and no client.")
    return kit.message(text, [kit.section(text), *seats.ways_in(asker, admin, words, seats.LIST)])
