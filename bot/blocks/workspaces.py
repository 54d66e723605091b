"""Customer success workspaces: the list of them, and the modal that deletes one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Element, Message, Modal
from bot.blocks.notices import notice
from bot.blocks.words import Words
from bot.domain.access import Person, Right
from bot.domain.workspace_settings import Settings
from bot.domain.workspaces import MOST, Workspace

TEAMS = 20  # teams of a workspace that are named
VIEWS = 10  # saved views that are named
UNDERSTOOD = "understood"  # the field


def usage(command: str, words: Words) -> Message:
    """The answer to `/workspace help`."""
    lines = [
        words("`{command}` the CS workspaces and their settings", command=command),
        words("`{command} teams` who works together, who leads, and where", command=command),
        words(
            "`{command} people` the CSMs that clients name, who they are in Slack, and what each may do",
            command=command,
        ),
        words("`{command} create` a new one", command=command),
        words("`{command} objects` which objects are clients, services and revenue", command=command),
        words("`{command} data` what is loaded and how old it is; upload CSV files", command=command),
        words("`{command} history` who changed which setting, when", command=command),
    ]
    return kit.message("\n".join(lines).replace("`", ""), [kit.section(*lines)])


def listed(found: Sequence[Workspace], asker: Person, admins: Sequence[str], words: Words) -> Message:
    """The answer to `/workspace`: all of them to who may set them up, to others their own and whom to ask."""
    if asker.lacks(Right.SETTINGS) is not None:
        return _mine(next((one for one in found if one.id == asker.workspace_id), found[0]), admins, words)
    title = words("{n} of {most} CS workspaces beside the primary one", n=len(found) - 1, most=MOST)
    told = "; ".join(" · ".join(_one(one, words)) for one in found)
    blocks = [block for one in found for block in _block(one, words)]
    create = [kit.button(words("Create"), ids.CREATE_WORKSPACE, "")] if len(found) <= MOST else []
    rest = [
        kit.button(words("Teams"), f"{ids.SHOW_TEAMS}:list", "0"),
        kit.button(words("People"), f"{ids.SHOW_PEOPLE}:list", "0"),
        kit.button(words("Objects"), ids.SET_OBJECTS, ""),
        kit.button(words("Data"), f"{ids.SHOW_DATA}:list", ""),
        kit.button(words("History"), f"{ids.SHOW_AUDIT}:new", ""),
    ]
    text = f"{title}: {told}."
    return kit.message(text.replace("*", ""), [kit.section(f"*{title}*"), *blocks, kit.actions(*create, *rest)])


def back(words: Words) -> Element:
    """The way back to the list, from what took its place."""
    return kit.button(words("◀ CS workspaces"), ids.SHOW_WORKSPACES, "")


def _block(one: Workspace, words: Words) -> Iterator[Block]:
    yield kit.section(*_one(one, words))
    buttons = [kit.button(words("Edit"), f"{ids.EDIT_WORKSPACE}:{one.id}", str(one.id))]
    if not one.is_primary:
        buttons.append(kit.button(words("Delete"), f"{ids.DELETE_WORKSPACE}:{one.id}", str(one.id)))
    yield kit.actions(*buttons)


def _one(one: Workspace, words: Words) -> list[str]:
    primary = f" · {words('primary')}" if one.is_primary else ""
    described = [kit.name(one.description, 300)] if one.description else []
    teams = _named(list(one.teams.values()), len(one.teams), TEAMS, words) or words("none yet")
    return [f"*{kit.name(one.name)}*{primary}", *described, words("Teams: {teams}", teams=teams)]


def _named(names: Sequence[str], total: int, most: int, words: Words) -> str:
    return words.some([kit.name(name, 60) for name in names[:most]], total)


def _mine(mine: Workspace, admins: Sequence[str], words: Words) -> Message:
    told = words("Your CS workspace is {name}.", name=kit.name(mine.name))
    who = ", ".join(kit.name(name, 60) for name in admins)
    ask = words("{who} can change its settings.", who=who) if who else words("Nobody sets up CS workspaces yet.")
    return kit.message(f"{told} {ask}", [kit.section(told, ask)])


def delete(one: Settings, views: Sequence[str], number: int, digests: int, state: FormState, words: Words) -> Modal:
    """What goes with it, what stays, and the box to be ticked. `views`: the first of so many saved views."""
    blocks = [
        kit.section(words("Delete *{name}*?", name=kit.name(one.name))),
        kit.section(*_gone(one, views, number, digests, words)),
        kit.section(words("*Stays:* clients, tasks and notes.")),
        kit.field(
            words("Are you sure?"),
            kit.box(
                UNDERSTOOD,
                words("I understand that deleting this workspace cannot be undone"),
                "yes",
                ticked=False,
            ),
            optional=False,
        ),
    ]
    return forms.modal(words("Delete CS workspace"), blocks, ids.DELETE_WORKSPACE, state, words, words("Delete"))


def _gone(one: Settings, views: Sequence[str], number: int, digests: int, words: Words) -> Iterator[str]:
    if number:
        saved = _named(views, number, VIEWS, words)
        yield words(
            "*Gone with it:* its settings, and views that people saved there for themselves: {views}", views=saved
        )
    else:
        yield words("*Gone with it:* its settings")
    if digests:
        yield words.count(
            "*Gone, too:* {n} digest, with its runs", "*Gone, too:* {n} digests, with their runs", digests
        )
    if one.teams:
        teams = _named(list(one.teams.values()), len(one.teams), TEAMS, words)
        yield words("*Return to the primary CS workspace:* teams, with the views saved for them: {teams}", teams=teams)


def deleted(name: str, words: Words) -> Modal:
    told = words("{name} is deleted. Who worked there works in the primary CS workspace now.", name=kit.name(name))
    return notice(told, words, words("CS workspace"))


def full(words: Words) -> Modal:
    """Instead of the form, where there are as many as there can be."""
    told = words("There are {most} CS workspaces beside the primary one, and more there cannot be.", most=MOST)
    return notice(told, words, words("CS workspace"))
