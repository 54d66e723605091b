"""The Slack app's manifest: manifest.yml with the names and addresses of this deployment."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).with_name("manifest.yml")  # a link to the one at the top, so that an installed bot has it, too


def render(text: str, prefix: str = "", url: str | None = None) -> str:
    """The manifest with a prefix before each command; with the bot's public address, for HTTP in place of Socket Mode.

    Lines are changed and nothing is parsed, so that comments stay and no YAML library is needed.
    """
    text = re.sub(r"(?m)^( *- command: /)", rf"\g<1>{prefix}", text)
    if url is None:
        return text
    address = f"{url.rstrip('/')}/slack/events"
    text = re.sub(r"(?m)^( *)- command: .*$", rf"\g<0>\n\g<1>  url: {address}", text)
    text = re.sub(r"(?m)^( *)(event_subscriptions|interactivity):$", rf"\g<0>\n\g<1>  request_url: {address}", text)
    text = re.sub(r"(?m)^( *)interactivity:$", rf"\g<0>\n\g<1>  message_menu_options_url: {address}", text)
    return text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")


def scopes(text: str, kind: str = "bot") -> list[str]:
    """The bot scopes that the manifest asks for; those that may be left out are of the kind "bot_optional"."""
    listed = re.search(rf"(?m)^ +{kind}:\n((?: +- .*\n)+)", text)
    return re.findall(r"- ([\w.:]+)", listed[1]) if listed else []
