"""What a modelled Web API method declares (token, scopes, arguments), and the arguments as it is given them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from slack_sdk import WebClient

from bot.playground.manifest import Manifest
from bot.playground.model import Json
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.state import Slack


@dataclass(frozen=True)
class Given:
    """One call's arguments, as strings (form, query) or as JSON gives them, and what the call may use."""

    slack: Slack
    scopes: frozenset[str]
    manifest: Manifest
    socket_url: Callable[[], str]
    values: Json = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The argument as text; empty where it is not given."""
        value = self.values.get(name, "")
        if isinstance(value, dict | list):
            raise RefusalError("invalid_arguments", [f"must provide a string [json-pointer:/{name}]"])
        return str(value)

    def required(self, name: str) -> str:
        """The argument as text, or Slack's refusal where it is missing or empty."""
        if not (value := self.text(name)):
            raise RefusalError("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return self.values[name] in (True, "1", "true", "True", 1) if name in self.values else default

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`; Slack refuses others with `invalid_limit`."""
        raw = self.text(name) or str(default)
        if not raw.isdecimal() or not 1 <= int(raw) <= most:
            raise RefusalError("invalid_limit")
        return int(raw)

    def document(self, name: str, broken: str = "invalid_arguments") -> Any:
        """A complex argument: JSON as it is, or the JSON in a string; None where it is not given."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise RefusalError(broken) from None

    def need(self, scope: str) -> None:
        """Refuses the call where the installation was not granted the scope."""
        if scope not in self.scopes:
            raise RefusalError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def only(self, name: str, *allowed: Any) -> None:
        """Refuses to pretend: the argument is modelled for these values (and for being left out) only."""
        if name in self.values and self.values[name] not in allowed:
            raise NotModelledError(f"{name}={self.values[name]!r}")


@dataclass(frozen=True)
class Method:
    """One modelled method: `token` is "bot", "app" or "none"; `takes` names every argument that means something."""

    name: str
    function: Callable[[Given], Json]
    takes: frozenset[str]
    scope: str
    token: str


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    takes: str = "",
    scope: str = "",
    token: str = "bot",  # noqa: S107 - a kind of token
) -> Callable[[Callable[[Given], Json]], Callable[[Given], Json]]:
    """Registers a function as a Web API method."""

    def register(function: Callable[[Given], Json]) -> Callable[[Given], Json]:
        METHODS[name] = Method(name, function, frozenset(takes.split()), scope, token)
        return function

    return register


@cache
def known_to_slack() -> frozenset[str]:
    """The names of all methods that slack_sdk's client can call: what real Slack has."""
    return frozenset(re.findall(r'self\.api_call\(\s*"([A-Za-z0-9.]+)"', inspect.getsource(WebClient)))
