"""The app's manifest as Slack reads it: commands, scopes, events, switches, out of the project's own manifest.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PAIR = re.compile(r"^([A-Za-z_][\w-]*):(?:\s+(.*))?$")


@dataclass(frozen=True)
class SlashCommand:
    """One slash command: its name with the slash, and what Slack shows while it is typed."""

    command: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """One shortcut: of kind "global" or "message", its name in Slack's menus, and the id that the app is sent."""

    name: str
    kind: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """What the installation may do: everything that the playground grants stands here, and nothing else is granted."""

    bot_name: str
    commands: tuple[SlashCommand, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    messages_tab: bool = False
    home_tab: bool = False
    shortcuts: tuple[Shortcut, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Reads a manifest file; a ValueError names the line that is not understood."""
        return cls.of(parse(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Manifest:
        features = raw.get("features", {})
        scopes = raw.get("oauth_config", {}).get("scopes", {})
        events = raw.get("settings", {}).get("event_subscriptions", {})
        return cls(
            bot_name=str(features.get("bot_user", {}).get("display_name", "bot")),
            commands=tuple(
                SlashCommand(
                    entry["command"],
                    entry["description"],
                    entry.get("usage_hint", ""),
                    entry.get("should_escape", False),
                )
                for entry in features.get("slash_commands", [])
            ),
            scopes=frozenset(scopes.get("bot", [])) | frozenset(scopes.get("bot_optional", [])),
            events=frozenset(events.get("bot_events", [])),
            messages_tab=features.get("app_home", {}).get("messages_tab_enabled") is True,
            home_tab=features.get("app_home", {}).get("home_tab_enabled") is True,
            shortcuts=tuple(
                Shortcut(entry["name"], entry["type"], entry["callback_id"], entry["description"])
                for entry in features.get("shortcuts", [])
            ),
            raw=raw,
        )

    def command(self, name: str) -> SlashCommand | None:
        return next((known for known in self.commands if known.command == name), None)

    def shortcuts_of(self, kind: str) -> list[Shortcut]:
        return [known for known in self.shortcuts if known.kind == kind]


def parse(text: str) -> dict[str, Any]:
    """Reads the part of YAML that manifests use: nested maps, lists of words or of maps, quotes, comments.

    Anything else is a ValueError with its line number, never a guess.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            lines.append((number, len(line) - len(line.lstrip(" ")), bare))
    value, rest = _block(lines, lines[0][1] if lines else 0)
    if rest or not isinstance(value, dict):
        raise ValueError(f"line {rest[0][0] if rest else 1}: not a manifest")
    return value


_Lines = list[tuple[int, int, str]]


def _block(lines: _Lines, indent: int) -> tuple[Any, _Lines]:
    if lines and lines[0][2].startswith("- "):
        return _list(lines, indent)
    return _map(lines, indent)


def _map(lines: _Lines, indent: int) -> tuple[dict[str, Any], _Lines]:
    found: dict[str, Any] = {}
    while lines and lines[0][1] == indent and not lines[0][2].startswith("- "):
        number, _, bare = lines[0]
        pair = _PAIR.match(bare)
        if pair is None:
            raise ValueError(f"line {number}: expected a key and a colon")
        key, inline = pair[1], pair[2]
        if key in found:
            raise ValueError(f"line {number}: {key} stands there twice")
        lines = lines[1:]
        if inline:
            found[key] = _scalar(inline, number)
        elif lines and (lines[0][1] > indent or lines[0][2].startswith("- ")):
            found[key], lines = _block(lines, lines[0][1])
        else:
            found[key] = None
    return found, lines


def _list(lines: _Lines, indent: int) -> tuple[list[Any], _Lines]:
    found: list[Any] = []
    while lines and lines[0][1] == indent and lines[0][2].startswith("- "):
        number, _, bare = lines[0]
        entry = bare[2:].lstrip()
        if _PAIR.match(entry):
            inner = indent + len(bare) - len(entry)
            value, lines = _map([(number, inner, entry), *lines[1:]], inner)
            found.append(value)
        else:
            found.append(_scalar(entry, number))
            lines = lines[1:]
    return found, lines


def _scalar(text: str, number: int) -> Any:
    if text[0] in "\"'":
        end = text.find(text[0], 1)
        after = text[end + 1 :].strip()
        if end < 1 or "\\" in text[:end] or (after and not after.startswith("#")):
            raise ValueError(f"line {number}: quotes that are not understood")
        return text[1:end]
    plain = re.split(r"\s#", text, maxsplit=1)[0].strip()
    if plain[0] in "[{&*!|>%@`":
        raise ValueError(f"line {number}: {plain[0]} is not understood here")
    if plain in ("true", "false"):
        return plain == "true"
    return int(plain) if plain.isdecimal() else plain
