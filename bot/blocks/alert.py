"""An alert in its channel: one client, who acts and what is new; red while it goes on, green once it is up again."""

from __future__ import annotations

from datetime import date

from bot.blocks import digest as digests
from bot.blocks import digest_lines, kit
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words
from bot.domain.alerts import End, Episode, line
from bot.domain.catalog import Catalog
from bot.domain.digest_news import Named, Rule
from bot.domain.digest_told import Client, Told
from bot.domain.digests import Digest

# Never colour without the word:
HEADS = {
    None: "🔴 *Alert* · {name}",
    End.UP: "🟢 *Up again* · {name}",
    End.OLD: "⚪ *Closed* · {name}",
    End.GONE: "⚪ *Closed* · {name}",
    End.OFF: "⚪ *Closed* · {name}",
    End.MOVED: "⚪ *Closed* · {name}",
}
WHY = {
    End.UP: "Closed {day}: up on two days in a row.",
    End.OLD: "Closed {day}: nothing new for a month. Digests go on with it.",
    End.GONE: "Closed {day}: it is not among the clients of this digest any more.",
    End.OFF: "Closed {day}: this digest is paused, or its alerts are off.",
    End.MOVED: "Closed {day}: this digest goes to another channel now.",
}
NEWS = {
    Rule.LOW: "*Fell further*",
    Rule.FELL: "*Fell further*",
    Rule.QUIET: "*Going quiet*",
    Rule.RENEWAL: "*Renewal nearer*",
    Rule.MOVED: "*Renewal moved*",
}
_LONG = 48  # characters of a digest's name


def message(
    catalog: Catalog, digest: Digest, episode: Episode, client: Client | None, today: date, words: Words
) -> Message:
    """As it is by now. A client that is gone is not named any more."""
    name = kit.name(digest.name, _LONG)
    is_there = client is not None and episode.end is not End.GONE
    end = episode.end if is_there else End.GONE
    head = words(HEADS[end], name=name)
    foot = " ".join(_foot(episode, client if is_there else None, end, today, words))
    told, named, rows, said = Told(today, None, ""), line(episode), list[Block](), list[str]()
    if client is not None and is_there:
        rows = [digest_lines.row(catalog, digest, told, named, client, words)]
        said = digest_lines.in_two(catalog, told, named, client, words)
    text = ". ".join(filter(None, [*said, f"{head}. {foot}" if foot else head]))
    return kit.message(digests.plain(text), [kit.section(head), *rows, *([kit.context(foot)] if foot else [])])


def _foot(episode: Episode, client: Client | None, end: End | None, today: date, words: Words) -> list[str]:
    if end is not None:
        return [words(WHY[end], day=words.weekday(episode.ended_on or today, today))]
    since = words("Since {day}, news in the thread.", day=words.weekday(episode.since, today))
    if client is None or not client.mrr:
        return [since]
    return [words("{amount}/month", amount=words.money(client.mrr, client.currency)), "·", since]


def news(catalog: Catalog, named: Named, client: Client, today: date, words: Words) -> Message:
    """What is new, in the alert's thread."""
    said = digest_lines.in_two(catalog, Told(today, None, ""), named, client, words)
    head = words(NEWS[named.rule])
    return kit.message(digests.plain(f"{head}: {'. '.join(said)}"), [kit.section(head, *said)])


def left(name: str, words: Words) -> Message:
    """Of a digest that was deleted: nobody goes on with it, and no client is named any more."""
    said = [words(HEADS[End.GONE], name=kit.name(name, _LONG)), words("Its digest was deleted.")]
    return kit.message(digests.plain(". ".join(said)), [kit.section(*said)])


def taken(client: Client, words: Words) -> Message:
    """Who acts, in the thread."""
    said = words("{person} has it", person=kit.name(client.taker or "", _LONG))
    return kit.message(f"{kit.name(client.name, _LONG)}: {said}", [kit.section(said)])


def ended(catalog: Catalog, episode: Episode, end: End, client: Client | None, today: date, words: Words) -> Message:
    """Why it is over, in the thread."""
    why = words(WHY[end], day=words.weekday(today, today))
    if client is None or end is End.GONE:
        return kit.message(why, [kit.section(why)])
    said = digest_lines.in_two(catalog, Told(today, None, ""), line(episode), client, words)
    mark = "🟢" if end is End.UP else "⚪"
    return kit.message(digests.plain(f"{mark} {'. '.join(said)}. {why}"), [kit.section(f"{mark} {said[0]}", why)])
