"""Why a score moved, in words: one line for each tool and cause on the card, a few words in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from bot.blocks import kit
from bot.blocks.words import Words
from bot.domain.catalog import Catalog
from bot.domain.moves import Cause, Part, Said, Shown, in_tenths
from bot.domain.scoring import Use

MOST = 4  # lines
SAID = {
    Said.USED: "{tool}: marked as used",
    Said.UNUSED: "{tool}: marked as not used",
    Said.GONE: "{tool}: no longer marked",
}


def lines(
    catalog: Catalog, parts: Sequence[Part], uses: Mapping[int, Use], today: date, words: Words, most: int = MOST
) -> list[str]:
    """The parts in tenths of a point, largest first; those beyond the last line are added up in it."""
    shown = list(_by_line(in_tenths(parts)))
    if len(shown) > most:
        rest = sum(one.tenths for one in shown[most - 1 :])
        shown = shown[: most - 1]
        tail = [f"{points(rest, words)}  {words('in smaller parts')}"] if rest else []
    else:
        tail = []
    told = [f"{points(one.tenths, words)}  {_told(catalog, one, uses, today, words)}" for one in shown]
    return told + tail


def _by_line(shown: Sequence[Shown]) -> list[Shown]:
    """A line for each tool whose use changed, and one for each other cause."""
    others: dict[Cause, list[Shown]] = {}
    found = []
    for one in shown:
        if one.cause is Cause.USAGE:
            found.append(one)
        else:
            others.setdefault(one.cause, []).append(one)
    for cause, same in others.items():
        tools = ",".join(one.tool for one in same)
        found.append(Shown(cause, tools, sum(one.tenths for one in same)))
    return sorted((one for one in found if one.tenths), key=lambda one: -abs(one.tenths))


def points(tenths: int, words: Words) -> str:
    """−0.9, +0.3: points of the score."""
    sign = "−" if tenths < 0 else "+"
    return f"{sign}{words.decimal(abs(tenths) / 10)}"


def _told(catalog: Catalog, one: Shown, uses: Mapping[int, Use], today: date, words: Words) -> str:
    names = [_name(catalog, key) for key in one.tool.split(",")]
    tools = ", ".join(names[:2]) + (" …" if len(names) > 2 else "")
    match one.cause:
        case Cause.SUBSCRIPTION:
            return words("Subscription: {tools}", tools=tools)
        case Cause.CATALOG:
            return words("Tool list version {version}: {tools}", version=catalog.version, tools=tools)
        case Cause.REACH:
            return words("What is measured: {tools}", tools=tools)
        case _ if one.said is not None:
            return words(SAID[one.said], tool=tools)
        case _ if one.tenths > 0:
            return words("{tool}: in use now", tool=tools)
    place = catalog.tool_names.get(one.tool.replace("_", ""))
    use = uses.get(place, Use()) if place is not None else Use()
    if use.last_on is None:
        return words("{tool}: no longer used", tool=tools)
    day = words.day(use.last_on, today)
    return words("{tool}: less, last {day}", tool=tools, day=day) if use.times else (
        words("{tool}: none since {day}", tool=tools, day=day)
    )  # fmt: skip


@lru_cache(maxsize=4_096)
def _name(catalog: Catalog, key: str) -> str:
    return next((kit.name(tool.name, 40) for tool in catalog.tools if tool.key == key), kit.name(key, 40))


def short(catalog: Catalog, parts: Sequence[Part], words: Words, *, is_again: bool = False) -> str:
    """The largest part that went the way of the whole, in a few words: "no marketing email". Empty where none did.

    is_again  a tool that is in use now was so before, too
    """
    rises = sum([part.moved for part in parts]) > 0
    part = next((one for one in parts if (one.moved > 0) is rises), None)
    if part is None:
        return ""
    name = _name(catalog, part.tool)
    match part.cause:
        case Cause.SUBSCRIPTION:
            return words("subscription changed")
        case Cause.CATALOG:
            return words("tool list changed")
        case Cause.REACH:
            return words("other tools measured")
    if part.said is not None:
        return words(SAID[part.said], tool=name)
    small = name if name[:2].isupper() else name[:1].lower() + name[1:]
    if part.moved < 0:
        return words("no {tool}", tool=small)
    return words("{tool} on again", tool=small) if is_again else words("{tool} now", tool=small)
