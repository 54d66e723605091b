"""`/workspace`: customer success workspaces, teams, people and data, set up in modals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import ids
from bot.blocks import workspaces as show
from bot.blocks.kit import Message
from bot.domain.access import Right
from bot.errors import UserError
from commands.arguments import Turn, require, typed
from commands.workspace import (
    addresses,
    create,
    data,
    delete,
    edit,
    first,
    history,
    looking,
    objects,
    people,
    seats,
    teams,
)

Payload = Mapping[str, Any]
PAGES: Mapping[str, Callable[[Turn], Message]] = {
    "teams": teams.page,
    "people": people.page,
    "data": data.page,
    "history": history.page,
}
FORMS = {"create": create.open_form, "objects": objects.open_form}


def on_command(ack: Ack, command: Payload, slack: WebClient, turn: Turn) -> None:
    """`/workspace [word]`. Anybody may ask; what they may not see says so, and whom to ask."""
    match typed(command.get("text")).casefold():
        case "":
            ack(**first.page(turn))
        case "help" | "?":
            ack(**show.usage(command["command"], turn.words))
        case word if word in PAGES:
            require(turn, Right.SETTINGS)
            ack(**PAGES[word](turn))
        case word if word in FORMS:
            require(turn, Right.SETTINGS)
            ack()
            FORMS[word]({"trigger_id": command["trigger_id"]}, slack, turn)
        case word:
            raise _unknown(word, command["command"])


def _unknown(word: str, command: str) -> UserError:
    near = get_close_matches(word, [*PAGES, *FORMS, "help"], n=1)
    if near:
        return UserError("workspace_meant", word=word, command=command, meant=near[0])
    return UserError("workspace_word", word=word, command=command)


LISTENERS = [
    ("command", "workspace", on_command, Right.MEMBER),
    ("action", ids.BECOME_FIRST, first.on_become, Right.MEMBER),
    ("action", re.compile(rf"^{ids.SHOW_TEAMS}"), teams.on_list, Right.SETTINGS),
    ("action", ids.NEW_TEAM, teams.on_new, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.CHANGE_TEAM}:"), teams.on_change, Right.SETTINGS),
    ("view", ids.NEW_TEAM, teams.on_created, Right.SETTINGS),
    ("view", ids.EDIT_TEAM, teams.on_edited, Right.SETTINGS),
    ("view", ids.REMOVE_TEAM, teams.on_removed, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.SHOW_PEOPLE}"), people.on_list, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.BIND_ADDRESS}:"), people.on_bind, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.UNBIND_ADDRESS}:"), people.on_unbind, Right.SETTINGS),
    ("action", ids.SEATS_BY_HAND, people.on_by_hand, Right.SUPER_ADMIN),
    ("action", ids.WELCOME_HELD, people.on_welcome, Right.SUPER_ADMIN),
    ("action", re.compile(rf"^{ids.SHOW_RIGHTS}:"), people.on_rights, Right.SUPER_ADMIN),
    ("action", ids.CHOOSE_PERSON, people.on_rights, Right.SUPER_ADMIN),
    ("view", ids.SET_RIGHTS, people.on_saved, Right.SUPER_ADMIN),
    ("action", ids.GIVE_ME_A_SEAT, seats.on_mine, Right.SUPER_ADMIN),
    ("action", ids.ASK_FOR_SEAT, seats.on_ask, Right.MEMBER),
    ("action", ids.NOT_MY_ADDRESS, addresses.on_not_mine, Right.SEAT),
    ("action", ids.GIVE_SEAT, seats.on_give, Right.SUPER_ADMIN),
    ("action", ids.LOOK_AS, looking.on_look, Right.SUPER_ADMIN),
    ("action", ids.LOOK_AS_MYSELF, looking.on_stop, Right.MEMBER),
    ("action", ids.SHOW_WORKSPACES, first.on_list, Right.MEMBER),
    ("action", ids.CREATE_WORKSPACE, create.on_open, Right.SETTINGS),
    ("view", ids.CREATE_WORKSPACE, create.on_submit, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.EDIT_WORKSPACE}:\d+$"), edit.on_open, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.SHOW_TAB}:\d$"), edit.on_tab, Right.SETTINGS),
    ("options", re.compile(rf"^{ids.OF_WORKSPACE}.+:\d+$"), edit.on_options, Right.SETTINGS),
    ("view", ids.EDIT_WORKSPACE, edit.on_submit, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.DELETE_WORKSPACE}:\d+$"), delete.on_open, Right.SETTINGS),
    ("view", ids.DELETE_WORKSPACE, delete.on_submit, Right.SETTINGS),
    ("action", ids.SET_OBJECTS, objects.on_open, Right.SETTINGS),
    ("view", ids.SET_OBJECTS, objects.on_chosen, Right.SETTINGS),
    ("view", ids.CONFIRM_OBJECTS, objects.on_confirmed, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.SHOW_DATA}:[a-z]+$"), data.on_show, Right.SETTINGS),
    ("action", ids.UPLOAD_DATA, data.on_open, Right.SETTINGS),
    ("view", ids.UPLOAD_DATA, data.on_uploaded, Right.SETTINGS),
    ("action", re.compile(rf"^{ids.SHOW_AUDIT}:[a-z]+$"), history.on_turn, Right.SETTINGS),
]
