"""Customer success workspaces: the list of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.access import Person, Right
from bot.domain.workspaces import MOST, Workspace


def usage(command: str, words: Words) -> Message:
    """The answer to `/workspace help`."""
    lines = [
        words("`{command}` the CS workspaces and their settings", command=command),
        words("`{command} teams` who works together, who leads, and where", command=command),
        words(
            "`{command} people` the CSMs that clients name, who they are in Slack, and what each may do",
            command=command,
        ),
    ]
    return kit.message("\n".join(lines).replace("`", ""), [kit.section(*lines)])


def listed(found: Sequence[Workspace], asker: Person, admins: Sequence[str], words: Words) -> Message:
    """The answer to `/workspace`: all of them to who may set them up, to others their own and whom to ask."""
    if asker.lacks(Right.SETTINGS) is not None:
        return _mine(next(one for one in found if one.id == asker.workspace_id), admins, words)
    title = words("{n} of {most} CS workspaces beside the primary one", n=len(found) - 1, most=MOST)
    parts = [_one(one, words) for one in found]
    text = f"{title}: {'; '.join(' · '.join(part) for part in parts)}."
    return kit.message(text.replace("*", ""), [kit.section(f"*{title}*"), *(kit.section(*part) for part in parts)])


def _one(one: Workspace, words: Words) -> list[str]:
    teams = ", ".join(kit.name(name, 60) for name in one.teams.values()) or words("no teams")
    primary = f" · {words('primary')}" if one.is_primary else ""
    described = [kit.escape(kit.cut(one.description, 300))] if one.description else []
    return [f"*{kit.name(one.name)}*{primary}", *described, words("Teams: {teams}", teams=teams)]


def _mine(mine: Workspace, admins: Sequence[str], words: Words) -> Message:
    told = words("You work in the CS workspace {name}.", name=kit.name(mine.name))
    who = ", ".join(kit.name(name, 60) for name in admins)
    ask = words("Its settings are made by {who}.", who=who) if who else words("Nobody sets up CS workspaces yet.")
    return kit.message(f"{told} {ask}", [kit.section(told, ask)])
