"""A digest in its channel: what is new, two lines a client, each with its menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.blocks import ids, kit
from bot.blocks.digest_lines import BIG, SMALL, fitted, in_two, row
from bot.blocks.kit import Block, Element, Message
from bot.blocks.listing import TIERS
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import SECTIONS, Named, Rule
from bot.domain.digest_told import Client, Told
from bot.domain.digests import MOST_LINES, Digest

Clients = Mapping[int, Client]  # those that are there and seen, by their ids

HEADS = ("*Fell*", "*Going quiet*", "*Recovered*", "*Renewals*")  # of the sections, in their order


def message(catalog: Catalog, digest: Digest, told: Told, clients: Clients, words: Words) -> Message:
    """What a run tells its channel."""
    if told.held is not None:
        return _held(catalog, digest, told, words)
    if told.start is not None:
        return _start(catalog, digest, told, clients, words)
    title, counted = f"*{kit.name(digest.name, BIG)}* · {words.weekday(told.day, told.day)}", _counted(told, words)
    rows = list(_sections(catalog, digest, told, clients, words))
    foot = [*_alerted(told, clients, words), *_still(told, words), *_shifted(told, words), *_unjudged(told, words)]
    buttons = kit.actions(*_buttons(digest, told, words))
    blocks = [kit.section(title, " · ".join(counted)), *rows, *([kit.section(*foot)] if foot else []), buttons]
    return kit.message(_text(catalog, digest, told, clients, foot, words), blocks)


def _counted(told: Told, words: Words) -> list[str]:
    """How many of each there are."""
    of = told.counts
    fell = of.get(Rule.LOW, 0) + of.get(Rule.FELL, 0)
    return list(
        filter(
            None,
            [
                words.count("{n} fell", "{n} fell", fell) if fell else "",
                words.count("{n} going quiet", "{n} going quiet", of[Rule.QUIET]) if of.get(Rule.QUIET) else "",
                words.count("{n} recovered", "{n} recovered", of[Rule.RECOVERED]) if of.get(Rule.RECOVERED) else "",
                words.count("{n} renewal nearer", "{n} renewals nearer", of[Rule.RENEWAL])
                if of.get(Rule.RENEWAL)
                else "",
                words.count("{n} renewal moved", "{n} renewals moved", of[Rule.MOVED]) if of.get(Rule.MOVED) else "",
            ],
        )
    )


def _sections(catalog: Catalog, digest: Digest, told: Told, clients: Clients, words: Words) -> Iterator[Block]:
    for head, rules in zip(HEADS, SECTIONS, strict=False):
        those = [one for one in told.shown if one.rule in rules and one.client_id in clients]
        if those:
            yield kit.section(words(head))
        yield from (row(catalog, digest, told, one, clients[one.client_id], words) for one in those)


def _alerted(told: Told, clients: Clients, words: Words) -> list[str]:
    """Of whom the channel heard since the last digest: news then, and no news now."""
    names = sorted(fitted(clients[one].name, SMALL) for one in told.alerted if one in clients)
    return [words("Alerts since the last one: {names}", names=words.some(names[:3], len(names)))] if names else []


def _still(told: Told, words: Words) -> list[str]:
    if told.still is None or not told.still.low:
        return []
    taken = words("{n} taken", n=words.number(told.still.taken))
    snoozed = words("{n} snoozed", n=words.number(told.still.snoozed))
    return [words("Still low {n}: {taken}, {snoozed}", n=words.number(told.still.low), taken=taken, snoozed=snoozed)]


def _shifted(told: Told, words: Words) -> list[str]:
    said = "{n} renewal dates moved at once: that is usually the data"
    return [words(said, n=words.number(told.shifted))] if told.shifted else []


def _unjudged(told: Told, words: Words) -> list[str]:
    """Late data raises no alarm."""
    return [words("Not judged {n}: their data is late", n=words.number(told.unjudged))] if told.unjudged else []


def _buttons(digest: Digest, told: Told, words: Words) -> Iterator[Element]:
    if told.rest:
        label = words("{n} more", n=words.number(told.rest))
        yield kit.button(label, f"{ids.DIGEST_NAMES}:rest", f"{digest.id}::{MOST_LINES}")
    if told.still is not None and told.still.low:
        yield _list(words("Still low"), "low", f"tier:low {told.whose}")
    if told.counts.get(Rule.RENEWAL, 0) + told.counts.get(Rule.MOVED, 0):
        ahead = max(digest.thresholds.ahead, default=90)
        yield _list(words("Renewals"), "renewals", f"renews:0-{ahead} sort:renewal {told.whose}")
    yield about_button(digest, words)


def _list(label: str, name: str, text: str) -> Element:
    return kit.button(label, f"{ids.LIST_BELOW}:{name}", text.strip())


def about_button(digest: Digest, words: Words) -> Element:
    return kit.button(words("About this digest"), ids.ABOUT_DIGEST, str(digest.id))


def _start(catalog: Catalog, digest: Digest, told: Told, clients: Clients, words: Words) -> Message:
    """The first delivery: how things stand. Nothing in it is new."""
    tiers, those = told.start or {}, [one for one in told.shown if one.client_id in clients]
    counted = ", ".join(_in_tier(tier, number, words) for tier, number in tiers.items() if number)
    every = words.count("{n} client", "{n} clients", sum(tiers.values()))
    title = words("*{name}* · first digest", name=kit.name(digest.name, BIG))
    heard = words("From the next one on, this channel hears only what changes.")
    first = words.count(
        "Start with this one: low, and its renewal comes first.",
        "Start with these {n}: low, and their renewals come first.",
        len(those),
    )
    lines = [f"{every}: {counted}" if counted else every, heard, *([first] if those else [])]
    rows = [row(catalog, digest, told, one, clients[one.client_id], words) for one in those]
    low = tiers.get(Tier.LOW, 0)
    all_ = [_list(words("All {n} low", n=words.number(low)), "low", f"tier:low {told.whose}")] if low else []
    said = [". ".join(in_two(catalog, told, one, clients[one.client_id], words)) for one in those]
    text = ". ".join(line.rstrip(".") for line in [title, *lines, *said])
    blocks = [kit.section(title, lines[0]), kit.section(*lines[1:]), *rows]
    return kit.message(plain(f"{text}."), [*blocks, kit.actions(*all_, about_button(digest, words))])


def _in_tier(tier: Tier, number: int, words: Words) -> str:
    label = words(TIERS[tier])
    return f"{words.number(number)} {label if tier in {Tier.LOW, Tier.MEDIUM, Tier.HIGH} else label.lower()}"


def _held(catalog: Catalog, digest: Digest, told: Told, words: Words) -> Message:
    """Too many at once: nobody is named."""
    held = told.held
    assert held is not None
    title = f"*{kit.name(digest.name, BIG)}* · {words.weekday(told.day, told.day)}"
    day = words.weekday(held.since, told.day)
    number, of = words.number(held.turned), words.number(held.of or 0)
    if held.of is None:
        said = words("More than {n} clients changed since {day}", n=number, day=day)
    else:
        said = words("{n} of {of} clients changed tier since {day}", n=number, of=of, day=day)
    if held.is_formula:
        said += f" ({words('tool list version {version}', version=catalog.version)})"
    lines = [f"{said}.", words("That is usually the data, not the clients, so no names today.")]
    if held.go_on is not None:
        lines.append(words("It is right: the names come in the next digest."))
    see = kit.button(words("See them"), f"{ids.DIGEST_NAMES}:held", f"{digest.id}::0")
    right = kit.button(words("It is right, go on"), ids.GO_ON, str(digest.id))
    buttons = [*([see] if told.named else []), *([right] if held.go_on is None else [])]
    text = f"{kit.name(digest.name, BIG)}: {' '.join(lines)}"
    blocks = [kit.section(title, *lines), kit.actions(*buttons, about_button(digest, words))]
    return kit.message(plain(text), blocks)


def _text(catalog: Catalog, digest: Digest, told: Told, clients: Clients, foot: list[str], words: Words) -> str:
    """The news first, since a locked phone shows no more, and then the lines in sentences."""
    head = ", ".join(_headline(told, clients, words))
    name = kit.name(digest.name, 30)
    lines = [". ".join(in_two(catalog, told, one, clients[one.client_id], words)) for one in told.shown
             if one.client_id in clients]  # fmt: skip
    return plain(f"{name}: {head}. {'. '.join([*lines, *foot])}.")


def _headline(told: Told, clients: Clients, words: Words) -> list[str]:
    """The numbers; the first with the names of two."""
    counted = _counted(told, words)
    first = told.shown[0] if told.shown else None
    rules = next((rules for rules in SECTIONS if first is not None and first.rule in rules), ())
    those = [one for one in told.shown if one.rule in rules and one.client_id in clients][:2]
    names = [_short(one, clients[one.client_id]) for one in those]
    return [f"{counted[0]} ({', '.join(names)})", *counted[1:]] if counted and names else counted


def _short(one: Named, client: Client) -> str:
    name = kit.name(client.name, 20)
    return name if one.before is None else f"{name} {one.before}→{one.score}"


def plain(text: str) -> str:
    """For `text`, which is shown as it is."""
    return text.replace("*", "")
