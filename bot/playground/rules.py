"""The small language in which Block Kit's rules are written: each rule looks at a JSON value and names its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.playground.refusals import NotModelledError


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: a JSON pointer into what was sent."""

    pointer: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Problem]]


def string(most: int, least: int = 1) -> Rule:
    """A string of that many characters."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) < least:
            yield Problem(at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            yield Problem(at, f"must be less than {most + 1} characters")

    return rule


def whole(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(at, "must provide an integer")
        elif not least <= value <= most:
            yield Problem(at, f"must be between {least} and {most}")

    return rule


def number(above: float | None = None) -> Rule:
    """A number, whole or not, greater than `above`; what JSON has no word for (NaN, infinity) is none."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 < value < 1e300:
            yield Problem(at, "must provide a number")
        elif above is not None and value <= above:
            yield Problem(at, f"must be more than {above:g}")

    return rule


def flag(value: Any, at: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem(at, "must provide a boolean")


def one_of(*allowed: Any) -> Rule:
    """One of these values and no other."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or value not in allowed:
            yield Problem(at, f"must be one of: {', '.join(map(str, allowed))}")

    return rule


def many(item: Rule, least: int, most: int) -> Rule:
    """A list of that many items, each under the rule."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) < least:
            yield Problem(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        for index, each in enumerate(value):
            yield from item(each, f"{at}/{index}")

    return rule


def fields(required: dict[str, Rule], optional: dict[str, Rule] | None = None, *also: Rule) -> Rule:
    """An object with these fields and no others; `also` looks at the whole of one whose fields are right."""
    known = required | (optional or {})

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        problems = [Problem(at, f"missing required field: {name}") for name in required if value.get(name) is None]
        for name, each in value.items():
            if name not in known:
                problems.append(Problem(at, f"invalid additional property: {name}"))
            elif each is not None:
                problems += known[name](each, f"{at}/{name}")
        yield from problems
        for check in also if not problems else ():
            yield from check(value, at)

    return rule


def typed(table: dict[str, Rule], elsewhere: frozenset[str] = frozenset(), real: frozenset[str] = frozenset()) -> Rule:
    """An object whose `type` chooses the rule.

    `elsewhere` are types that exist but have no place here; `real` are types that Slack takes here, not modelled.
    """

    def rule(value: Any, at: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield Problem(at, "missing required field: type" if isinstance(value, dict) else "must provide an object")
        elif kind in table:
            yield from table[kind]({name: each for name, each in value.items() if name != "type"}, at)
        elif kind in real:
            raise NotModelledError(f"{kind} at {at}")
        else:
            yield Problem(at, f"unsupported {'element' if kind in elsewhere else 'type'}: {kind}")

    return rule


def real(value: Any, at: str) -> Iterator[Problem]:
    """A field that Slack takes here and that is not modelled: a loud 501, whatever stands in it."""
    yield from ()
    raise NotModelledError(f"{value!r} at {at}")


def exactly_one(*names: str) -> Rule:
    """Of these fields, one is given and only one."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            yield Problem(at, f"exactly one of these fields must be provided: {', '.join(names)}")

    return rule


def any_of(*names: str) -> Rule:
    """Of these fields, at least one is given."""

    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not any(value.get(name) for name in names):
            yield Problem(at, f"at least one of these fields must be provided: {', '.join(names)}")

    return rule
