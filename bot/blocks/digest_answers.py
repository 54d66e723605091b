"""What the buttons of a digest answer to who presses: the clients that it did not name, and what it is."""

from __future__ import annotations

from bot.blocks import digest as show
from bot.blocks import digest_lines, ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.access import zone
from bot.domain.catalog import Catalog
from bot.domain.digest_told import Told
from bot.domain.digests import MOST_LINES, Content, Digest


def names(
    catalog: Catalog, digest: Digest, told: Told, clients: show.Clients, first: int, ts: str, words: Words
) -> Message:
    """A page of the clients that a message did not name, to somebody alone: those that they see."""
    page = told.named[first : first + MOST_LINES]
    those = [one for one in page if one.client_id in clients]
    lines = [digest_lines.in_two(catalog, told, one, clients[one.client_id], words) for one in those]
    rows = [
        kit.section(*each, accessory=kit.button(words("Open"), ids.OPEN_LISTED, str(one.client_id)))
        for one, each in zip(those, lines, strict=True)
    ]
    last = first + len(page)
    title = f"*{kit.name(digest.name, digest_lines.BIG)}* · {words.weekday(told.day, told.day)}"
    which = words("{first} to {last}", first=first + 1, last=last) if page else ""
    none = [] if those else [words("None of these clients is one that you see.")]
    unseen = len(page) - len(those)
    hidden = words.count("{n} more is not yours to see", "{n} more are not yours to see", unseen)
    foot = [hidden] if those and unseen else []
    foot += [words("only you see this")]
    on = kit.button(words("Next ▶"), f"{ids.DIGEST_NAMES}:next", f"{digest.id}:{ts}:{last}")
    buttons = [kit.actions(on)] if last < len(told.named) else []
    head = " · ".join(filter(None, [title, which]))
    blocks = [kit.section(head, *none), *rows, *buttons, kit.context(" · ".join(foot))]
    return kit.message(show.plain(". ".join([head, *none, *[". ".join(each) for each in lines]])), blocks)


def about(digest: Digest, command: str, words: Words) -> Message:
    """What a digest tells, and when."""
    ahead = ", ".join(str(days) for days in sorted(digest.thresholds.ahead, reverse=True))
    fall = words.decimal(digest.thresholds.fall * 10)
    next_at = digest.next_at and digest.next_at.astimezone(zone(digest.time_zone))
    runs = words("Next: {at}", at=words.moment(next_at)) if next_at else words("It rests.")
    lines = [
        f"*{kit.name(digest.name, digest_lines.BIG)}*",
        f"{runs} ({kit.name(digest.time_zone, 60)})" if next_at else runs,
        words("It says what changed since the last one, and is silent when nothing did."),
    ]
    if digest.content is not Content.RENEWALS:
        low = digest.thresholds.low
        lines.append(words("Fell: to {low} or below on two days, or by {fall} points at once.", low=low, fall=fall))
        lines.append(words("Recovered: {high} or more on two days.", high=low + 1))
        lines.append(words("What a subscription, the tool list or the data moved is never called a fall."))
    if digest.content is not Content.LOW:
        lines.append(words("Renewals: {days} days ahead, and when a date moves.", days=ahead))
    lines.append(words("Change or pause it with {command}.", command=f"`{kit.escape(command)}`"))
    blocks = [kit.section(*lines), kit.context(words("Only you see this"))]
    return kit.message(show.plain(" ".join(lines)).replace("`", ""), blocks)
