"""A digest in its channel: what is new, two lines a client, each with its menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.blocks import ids, kit, moves
from bot.blocks.kit import Block, Element, Message
from bot.blocks.listing import TIERS
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import SECTIONS, Named, Rule
from bot.domain.digest_told import Client, Told
from bot.domain.digests import MOST_LINES, Digest
from bot.domain.moves import Part
from bot.domain.recoveries import followed, recovery

Clients = Mapping[int, Client]  # those that are there and seen, by their ids

MENU = {"take": "I'll take it", "card": "Open card", "task": "Log task", "snooze": "Snooze…", "useless": "Not useful"}
HEADS = ("*Fell*", "*Going quiet*", "*Recovered*", "*Renewals*")  # of the sections, in their order
BIG, _SMALL = 48, 30  # characters of a client's name, and of a person's: of 25 lines all must fit


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


def row(catalog: Catalog, digest: Digest, told: Told, one: Named, client: Client, words: Words) -> Block:
    """A client in two lines, with its menu."""
    menu = [(words(label), f"{word}:{one.client_id}:{one.rule}:{digest.id}") for word, label in MENU.items()]
    return kit.section(*in_two(catalog, told, one, client, words), accessory=kit.overflow(ids.DIGEST_MENU, menu))


def in_two(catalog: Catalog, told: Told, one: Named, client: Client, words: Words) -> list[str]:
    name = f"*{_name(client.name, BIG)}*"
    first = [f"{name} {_what(told, one, words)}".strip(), _stands(one, client, words), _who(told, client, words)]
    second = _why(catalog, told, one, client, words)
    return list(filter(None, [" · ".join(filter(None, first)), second]))


def _what(told: Told, one: Named, words: Words) -> str:
    """What became of it, behind its name."""
    match one.rule:
        case Rule.MOVED if one.renewed_on is not None and one.renews_on is not None:
            days = {"before": words.day(one.renewed_on, told.day), "after": words.day(one.renews_on, told.day)}
            return words("moved from {before} to {after}", **days)
        case Rule.RENEWAL if one.renews_on is not None:
            return _days(one.renews_on, told.day, words)
        case Rule.QUIET | Rule.START:
            return "" if one.score is None else str(one.score)
    return words("{before} → {after}", before=_score(one.before, words), after=_score(one.score, words))


def _days(day: date, today: date, words: Words) -> str:
    days = (day - today).days
    return words.count("in {n} day", "in {n} days", days) if days else words("today")


def _score(score: int | None, words: Words) -> str:
    return words("not known") if score is None else str(score)


def _stands(one: Named, client: Client, words: Words) -> str:
    tier = words(TIERS[client.tier])
    match one.rule:
        case Rule.LOW if client.tier is Tier.LOW:
            return words("now {tier}", tier=tier)
        case Rule.START:
            return ""
        case Rule.RENEWAL | Rule.MOVED if one.score is not None:
            return f"{one.score}, {tier}"
    return tier


def _who(told: Told, client: Client, words: Words) -> str:
    """Who acts: who has taken it, or its CSM, or who covers for them."""
    if client.taker is not None and client.taken_at is not None:
        at, taker = client.taken_at, _name(client.taker, _SMALL)
        since = words.clock(at.time()) if at.date() == told.day else words.weekday(at.date(), told.day)
        return words("{person} has it ({since})", person=taker, since=since)
    if client.csm is None:
        return words("nobody's")
    csm = _name(client.csm, _SMALL)
    return csm if client.cover is None else words("{cover} for {csm}", cover=_name(client.cover, _SMALL), csm=csm)


def _why(catalog: Catalog, told: Told, one: Named, client: Client, words: Words) -> str:
    """The one reason, and the renewal."""
    said = [_reason(catalog, told, one, client, words)]
    if one.renews_on is not None and one.rule not in {Rule.RENEWAL, Rule.MOVED}:
        days = (one.renews_on - told.day).days
        said += [words.count("Renews in {n} day", "Renews in {n} days", days)] if 0 <= days <= 120 else []
    if client.snoozed_to is not None and client.snoozed_to > told.day:
        by, day = _name(client.snoozer or "", _SMALL), words.day(client.snoozed_to, told.day)
        said.append(words("Snoozed to {day} by {person}", day=day, person=by))
    if client.leads_on is not None and client.taker is None:
        said.append(words("Leads told {day}", day=words.weekday(client.leads_on, told.day)))
    if client.useless:
        said.append(words("Not useful to {n}", n=words.number(client.useless)))
    return ". ".join(filter(None, said))


def _reason(catalog: Catalog, told: Told, one: Named, client: Client, words: Words) -> str:
    if one.rule is Rule.QUIET:
        names = [kit.name(tool.name, 40) for tool in catalog.tools if tool.key in one.tools]
        return words("Going quiet: {tools}", tools=words.some(names[:2], len(names)))
    if one.rule is Rule.RENEWAL:
        money = words("{amount}/month", amount=words.money(client.mrr, client.currency)) if client.mrr else ""
        return " · ".join(filter(None, [_touched(told, client, words), money]))
    if one.part is None:
        return ""
    how = _again if one.rule is Rule.RECOVERED else _moved
    said = how(catalog, told, one.part, client, words)
    return said[:1].upper() + said[1:]


def _moved(catalog: Catalog, told: Told, part: Part, client: Client, words: Words) -> str:
    """What the client did, or for how long it did not; drawn again after it did once more, no longer for how long."""
    said, uses = moves.short(catalog, (part,), words), client.uses(catalog, part.tool)
    if part.moved >= 0 or part.said is not None or uses is None or uses[1] >= told.day:
        return said
    return words("{said} since {day}", said=said, day=words.day(uses[1], told.day))


def _again(catalog: Catalog, told: Told, part: Part, client: Client, words: Words) -> str:
    """What the client does, whether it did so before it fell, and after which task."""
    up, uses = recovery(client.scores, told.low, told.as_of or told.day), client.uses(catalog, part.tool)
    was_used = up is not None and uses is not None and uses[0] < up.fell_on
    said = moves.short(catalog, (part,), words, is_again=was_used)
    category = next((tool.category for tool in catalog.tools if tool.key == part.tool), "")
    day = None if up is None else followed(client.tasks, category, up)
    return said if day is None else words("{said}, after the task of {day}", said=said, day=words.day(day, told.day))


def _touched(told: Told, client: Client, words: Words) -> str:
    if client.logged_on is None:
        return words("Nothing logged yet")
    days = (told.day - client.logged_on).days
    return words.count("Nothing logged for {n} day", "Nothing logged for {n} days", days) if days > 0 else ""


def _alerted(told: Told, clients: Clients, words: Words) -> list[str]:
    """Of whom the channel heard since the last digest: news then, and no news now."""
    names = sorted(_name(clients[one].name, _SMALL) for one in told.alerted if one in clients)
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


def _name(text: str, most: int) -> str:
    """A name; where escaping makes it more than twice as long, less of it."""
    shown = kit.name(text, most)
    return shown if len(shown) <= 2 * most else kit.name(text, most // 3)


def plain(text: str) -> str:
    """For `text`, which is shown as it is."""
    return text.replace("*", "")
