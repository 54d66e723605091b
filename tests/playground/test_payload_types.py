"""What the playground sends and answers, checked by the TypeScript compiler against Slack's own published types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.playground import people
from bot.playground.deliveries import Deliveries
from bot.playground.files import receive, share
from bot.playground.model import Json, MessageRef
from bot.playground.socket_mode import SocketMode
from tests.playground.conftest import World
from tests.playground.test_actions import BUTTONS, modal, plain, text_input

PACKAGES = {"@slack/bolt": "5.1.0", "typescript": "7.0.2", "@types/node": "24.0.0"}
IMPORTS = """
import type { SlashCommand, BlockAction, ViewSubmitAction, ViewClosedAction, EnvelopedEvent } from "@slack/bolt";
import type { ButtonAction, StaticSelectAction, ConversationsSelectAction, OverflowAction } from "@slack/bolt";
import type { UsersSelectAction, RadioButtonsAction, CheckboxesAction, DatepickerAction } from "@slack/bolt";
import type { GlobalShortcut, MessageShortcut } from "@slack/bolt";
import type { BlockSuggestion, MultiStaticSelectAction, MultiUsersSelectAction } from "@slack/bolt";
import type { GenericMessageEvent, MessageChangedEvent, MessageDeletedEvent } from "@slack/types";
import type { FileShareMessageEvent, MemberJoinedChannelEvent, ChannelSharedEvent } from "@slack/types";
import type { TeamJoinEvent, UserChangeEvent } from "@slack/types";
import type * as api from "@slack/web-api";

// A plain message has no subtype; the types ask for one that is undefined, which JSON cannot say.
type PlainMessageEvent = Omit<GenericMessageEvent, "subtype">;
type Changed = Omit<MessageChangedEvent, "message" | "previous_message">;
type Deleted = Omit<MessageDeletedEvent, "previous_message">;
// A press in a modal has no response_url; the type is of presses in messages.
type PressInModal = Omit<BlockAction<ButtonAction>, "response_url">;
// The types of answers are generated from samples: enums of what was seen, and no null where Slack says null.
type Answer<T> = T extends string ? string : T extends object ? { [K in keyof T]: Answer<T[K]> | null } : T;
// Through a function, because Slack sends more than its types know, and that is no error.
const check = <T>() => <U extends T>(value: U): U => value;
"""


def skip(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI skips nothing")
    pytest.skip(f"{reason}: payloads are not checked against Slack's TypeScript types")


@pytest.fixture(scope="module")
def compiler() -> Path:
    """The folder with the TypeScript compiler and Slack's types; made once per environment."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip("Node and npm are not there")
    folder = Path(sys.prefix) / "slack-types"
    wanted = json.dumps({"private": True, "dependencies": PACKAGES})
    done = folder / "installed.json"
    if not done.exists() or done.read_text() != wanted:
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text(wanted)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        if subprocess.run(install, cwd=folder, capture_output=True, timeout=300).returncode:
            skip("npm cannot install Slack's types here")
        done.write_text(wanted)
    return folder


def samples(world: World) -> list[tuple[str, Any]]:
    """Each kind of payload and answer with the type that Slack publishes for it."""
    heard, events = world.bot.heard, world.events
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    private = world.slack.post(people.GENERAL, people.APP.user_id, "x", BUTTONS, ephemeral_to=people.ANNA)
    world.actions.press(people.ANNA, private.ref, "row", "go")
    options = [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}]
    elements = [
        {"type": "static_select", "action_id": "pick", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "conversations_select", "action_id": "where"},
        {"type": "users_select", "action_id": "who"},
        {"type": "radio_buttons", "action_id": "one", "options": options},
        {"type": "checkboxes", "action_id": "some", "options": options},
        {"type": "datepicker", "action_id": "day"},
    ]
    several: list[Json] = [
        {"type": "multi_static_select", "action_id": "a", "options": options},
        {"type": "multi_users_select", "action_id": "a"},
    ]
    sections = [
        {"type": "section", "block_id": each["type"], "text": {"type": "mrkdwn", "text": "x"}, "accessory": each}
        for each in several
    ]
    blocks = [{"type": "actions", "block_id": "row", "elements": elements}, *sections]
    posted = world.call("chat.postMessage", channel="D0ANNACSM", text="x", blocks=blocks)
    ref = MessageRef("D0ANNACSM", posted["ts"])
    world.actions.press(people.ANNA, ref, "row", "pick", selected_option="1")
    world.actions.press(people.ANNA, ref, "row", "more", selected_option="1")
    world.actions.press(people.ANNA, ref, "row", "where", selected_conversation=people.GENERAL)
    world.actions.press(people.ANNA, ref, "row", "who", selected_user=people.BO)
    world.actions.press(people.ANNA, ref, "row", "one", selected_option="1")
    world.actions.press(people.ANNA, ref, "row", "some", selected_options=["1"])
    world.actions.press(people.ANNA, ref, "row", "day", selected_date="2026-11-22")
    world.actions.press(people.ANNA, ref, "multi_static_select", "a", selected_options=["1"])
    world.actions.press(people.ANNA, ref, "multi_users_select", "a", selected_users=[people.BO])
    trigger = heard[-1]["trigger_id"]
    search = {"type": "external_select", "action_id": "search"}
    asked = {"type": "input", "block_id": "client", "label": plain("Client"), "element": search, "optional": True}
    taken = {"type": "file_input", "action_id": "files"}
    given = {"type": "input", "block_id": "given", "label": plain("Files"), "element": taken, "optional": True}
    blocks = [text_input(), *BUTTONS, asked, given]
    opened = world.call("views.open", trigger_id=trigger, view=modal(*blocks, notify_on_close=True))
    view_id = opened["view"]["id"]
    world.actions.press(people.ANNA, view_id, "row", "go")
    world.bot.answer = {"options": options}
    world.actions.suggest(people.ANNA, view_id, "client", "search", "acm")
    world.actions.attach(people.ANNA, view_id, "given", "files", ("clients.csv", b"id,name\n"))
    (attached,) = world.slack.files
    world.bot.answer = {"response_action": "errors", "errors": {"note": "no"}}
    world.actions.submit(people.ANNA, view_id, {"note": {"text": "x"}})
    world.actions.close(people.ANNA, view_id)
    world.actions.shortcut(people.ANNA, "log_task")
    world.actions.message_shortcut(people.ANNA, ref, "log_as_note")
    updated = world.call("chat.update", channel="D0ANNACSM", ts=posted["ts"], text="y")
    history = world.call("conversations.history", channel="D0ANNACSM", include_all_metadata=True)
    world.call("chat.delete", channel="D0ANNACSM", ts=posted["ts"])
    world.actions.say(people.ANNA, "D0ANNACSM", "acme")
    address = world.call("files.getUploadURLExternal", filename="a.csv", length=1)
    receive(world.slack, address["upload_url"].rpartition("/")[2], b"x")
    completed = world.call("files.completeUploadExternal", files=[{"id": address["file_id"]}])
    share(world.slack, [world.slack.files[address["file_id"]]], [world.slack.channels["D0ANNACSM"]], "Here")
    world.actions.invite_bot(people.CS_LEADS)
    world.actions.share_channel(people.CS_NORDIC)
    world.actions.join_team(world.slack.people[people.BO])
    world.actions.change_person(people.BO, guest="single")
    interactions = ["SlashCommand", "BlockAction<ButtonAction>", "BlockAction<StaticSelectAction>"]
    interactions += ["BlockAction<OverflowAction>", "BlockAction<ConversationsSelectAction>"]
    chosen = ["UsersSelect", "RadioButtons", "Checkboxes", "Datepicker", "MultiStaticSelect", "MultiUsersSelect"]
    interactions += [f"BlockAction<{kind}Action>" for kind in chosen]
    interactions += ["PressInModal", "BlockSuggestion", "ViewSubmitAction", "ViewClosedAction"]
    interactions += ["GlobalShortcut", "MessageShortcut"]
    told = ["PlainMessageEvent", "Changed", "Deleted", "PlainMessageEvent", "FileShareMessageEvent"]
    told += ["MemberJoinedChannelEvent", "ChannelSharedEvent", "TeamJoinEvent", "UserChangeEvent"]
    enveloped = [(f"EnvelopedEvent<{kind}>", envelope(world, event)) for kind, event in zip(told, events, strict=True)]
    answers = [
        ("api.ChatPostMessageResponse", posted),
        ("api.ChatUpdateResponse", updated),
        ("api.ConversationsHistoryResponse", history),
        ("api.ViewsOpenResponse", opened),
        ("api.UsersInfoResponse", world.call("users.info", user=people.ANNA, include_locale=True)),
        ("api.UsersListResponse", world.call("users.list")),
        ("api.ConversationsInfoResponse", world.call("conversations.info", channel=people.GENERAL)),
        ("api.ConversationsListResponse", world.call("conversations.list")),
        ("api.ConversationsMembersResponse", world.call("conversations.members", channel=people.GENERAL)),
        ("api.ConversationsOpenResponse", world.call("conversations.open", users=people.ANNA, return_im=True)),
        ("api.AuthTestResponse", world.call("auth.test")),
        ("api.FilesGetUploadURLExternalResponse", address),
        ("api.FilesCompleteUploadExternalResponse", completed),
        ("api.FilesInfoResponse", world.call("files.info", file=attached)),
    ]
    return [
        *zip(interactions, heard, strict=True),
        *enveloped,
        *((f"Answer<{kind}>", {"ok": True} | answer) for kind, answer in answers),
    ]


def envelope(world: World, event: Json) -> Json:
    deliveries = Deliveries(world.slack, world.manifest, SocketMode(people.APP.id), None)
    return deliveries.callback(event)


def without_enterprise(payload: Any) -> Any:
    """Slack sends `"enterprise": null` outside of Enterprise Grid; its types know the field only as absent."""
    return {name: value for name, value in payload.items() if (name, value) != ("enterprise", None)}


def test_payloads_and_answers_have_slacks_types(compiler: Path, world: World, tmp_path: Path) -> None:
    lines = [IMPORTS]
    for number, (kind, payload) in enumerate(samples(world)):
        lines.append(f"export const p{number} = check<{kind}>()({json.dumps(without_enterprise(payload))});")
    source = tmp_path / "payloads.ts"
    source.write_text("\n".join(lines))
    (tmp_path / "node_modules").symlink_to(compiler / "node_modules")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", "node"]
    tsc = compiler / "node_modules" / ".bin" / "tsc"
    run = subprocess.run([tsc, *options, source], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.stdout + run.stderr == ""
