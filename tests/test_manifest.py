"""The manifest asks for exactly what the code uses: commands, events and scopes, within Slack's limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import manifest
from bot.app import listeners
from bot.domain.access import Right
from bot.playground.manifest import Manifest, parse

ROOT = Path(__file__).parents[1]
TEXT = manifest.FILE.read_text(encoding="utf-8")
MANIFEST = Manifest.read(manifest.FILE)

# What Slack asks for (docs.slack.dev, reference of methods and events).
METHODS = {
    "auth.test": set(),
    "apps.connections.open": set(),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"im:history", "channels:history", "groups:history"},
    "conversations.replies": {"im:history", "channels:history", "groups:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "users.conversations": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "users.info": {"users:read", "users:read.email"},
    "users.list": {"users:read", "users:read.email"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
EVENTS = {
    "app_home_opened": set(),
    "channel_shared": {"channels:read", "groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.im": {"im:history"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}


def called() -> set[str]:
    """The Web API methods that the code calls: `slack.users_info(…)` is users.info."""
    found = set()
    for package in ("bot", "commands", "storage"):
        for path in (ROOT / package).rglob("*.py"):
            if "playground" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found |= set(re.findall(r"\.((?:auth|apps|chat|conversations|files|users|views)_\w+)\(", text))
    return {name.replace("_", ".") if name.startswith("apps") else name.replace("_", ".", 1) for name in found}


def heard() -> set[str]:
    """The events that the code listens to, as a manifest names them."""
    names = set()
    for kind, identity, _, _ in listeners():
        if kind == "event":
            names.add("message.im" if isinstance(identity, dict) else identity)
    return names


def test_its_commands_are_those_registered() -> None:
    registered = {f"/{identity}" for kind, identity, _, _ in listeners() if kind == "command"}
    assert {command.command for command in MANIFEST.commands} == registered


def test_its_shortcuts_are_those_registered() -> None:
    registered = {(kind, identity) for kind, identity, _, _ in listeners() if kind.endswith("_shortcut")}
    assert {(f"{one.kind}_shortcut", one.callback_id) for one in MANIFEST.shortcuts} == registered
    assert len(MANIFEST.shortcuts) <= 10
    assert all(len(one.name) <= 24 and len(one.description) <= 150 for one in MANIFEST.shortcuts)


def test_its_events_are_those_heard() -> None:
    assert MANIFEST.events == heard()


def test_its_scopes_are_those_needed() -> None:
    needed = {"commands"}.union(*(METHODS[name] for name in called()), *(EVENTS[name] for name in heard()))
    assert MANIFEST.scopes == needed
    optional = {"channels:history", "groups:history"}
    assert set(manifest.scopes(TEXT)) == MANIFEST.scopes - optional
    assert set(manifest.scopes(TEXT, "bot_optional")) == optional


def test_every_listener_says_what_it_asks_of_the_person() -> None:
    for kind, identity, function, right in listeners():
        assert isinstance(right, Right), (kind, identity)
        assert callable(function)


def test_no_listener_stands_in_front_of_another() -> None:
    """Bolt takes the first that fits, silently."""
    names = [(kind, str(identity)) for kind, identity, _, _ in listeners()]
    assert len(names) == len(set(names))


def test_slack_takes_it() -> None:
    information = MANIFEST.raw["display_information"]
    assert len(information["name"]) <= 35
    assert len(information["description"]) <= 140
    assert len(MANIFEST.commands) <= 50
    assert MANIFEST.raw["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST.raw["settings"]["token_rotation_enabled"] is False  # once on, it cannot be turned off


def test_a_prefix_stands_before_every_command_and_changes_nothing_else() -> None:
    prefixed = Manifest.of(parse(manifest.render(TEXT, "acme-")))
    assert [command.command for command in prefixed.commands] == [
        command.command.replace("/", "/acme-") for command in MANIFEST.commands
    ]
    assert manifest.render(TEXT, "acme-").replace("/acme-", "/") == TEXT
    assert manifest.render(TEXT) == TEXT


@pytest.mark.parametrize("url", ["https://bot.example.com", "https://bot.example.com/"])
def test_for_http_every_address_is_named(url: str) -> None:
    raw = parse(manifest.render(TEXT, url=url))
    address = "https://bot.example.com/slack/events"
    assert [command["url"] for command in raw["features"]["slash_commands"]] == [address] * len(MANIFEST.commands)
    assert raw["settings"]["event_subscriptions"]["request_url"] == address
    assert raw["settings"]["interactivity"]["request_url"] == address
    assert raw["settings"]["interactivity"]["message_menu_options_url"] == address
    assert raw["settings"]["socket_mode_enabled"] is False
