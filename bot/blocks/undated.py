"""Clients without a renewal date: how many they are; where nobody has one, why, and who can change that."""

from __future__ import annotations

from typing import NamedTuple

from bot.blocks import ids, kit, usage
from bot.blocks.kit import Block
from bot.blocks.words import Words
from bot.domain.renewals import Base
from bot.domain.workspaces import EVERYTHING


class Chooser(NamedTuple):
    """Who says which property has the renewal date."""

    workspace_id: int  # whose property it is
    is_chosen: bool = False
    may: bool = False  # who asks may choose it
    admin: str | None = None  # whom to ask otherwise


def told(base: Base, chooser: Chooser, words: Words) -> list[str]:
    if not base.undated:
        return []
    if base.undated < base.clients:
        return [words.count("{n} client without a renewal date", "{n} clients without a renewal date", base.undated)]
    why = words("No renewal dates: your CS workspace has not chosen the property")
    if chooser.is_chosen or chooser.workspace_id == EVERYTHING:
        why = words("No renewal dates: none of these clients has one in the property that was chosen")
    if chooser.may or chooser.admin is None:
        return [why]
    return [f"{why}. {words('Ask {name}', name=kit.name(chooser.admin, 60))}"]


def ways(base: Base, chooser: Chooser, words: Words) -> list[Block]:
    """*Choose it*, for who may."""
    if not base.undated or base.undated < base.clients or not chooser.may:
        return []
    if chooser.workspace_id == EVERYTHING:
        return [kit.actions(usage.workspaces(words))]
    number = chooser.workspace_id
    return [kit.actions(kit.button(words("Choose it"), f"{ids.EDIT_WORKSPACE}:{number}", f"{number} customers"))]
