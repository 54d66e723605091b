"""Renewals of the coming months as a chart with the same in words; and what `/renewals help` says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import ids, kit
from bot.blocks import listing as lists
from bot.blocks.kit import Message
from bot.blocks.scopes import whose
from bot.blocks.words import Words
from bot.domain.listing import Listing
from bot.domain.renewals import Month


def chart(listing: Listing, found: Sequence[Month], text: str, words: Words) -> Message:
    """A bar a month that Slack draws; below it, and in `text`, each month with what is paid. `text`: the list's."""
    title = words("Renewals by month")
    points = [(_name(one.first, listing.today, words), float(one.clients)) for one in found]
    lines = [_month(one, listing.today, words) for one in found if one.clients]
    head = f"*{title}* · {whose(listing.scope, words)}"
    back = kit.actions(kit.button(words("Renewals"), f"{ids.SHOW_RENEWALS}:list", text))
    foot = f"{lists.data_day(listing, words)} · {words('only you see this')}"
    said = lines or [words("None in these months")]
    blocks = [kit.section(head), kit.chart(title, "bar", points, words("Clients")), kit.section(*said), back]
    return kit.message(f"{head}: {'; '.join(said)}.".replace("*", ""), [*blocks, kit.context(foot)])


def _name(first: date, today: date, words: Words) -> str:
    """Nov; of another year, Jan 2027."""
    return words.month(first, is_of_year=first.year == today.year)


def _month(one: Month, today: date, words: Words) -> str:
    paid = " + ".join(words.money(amount, currency) for currency, amount in sorted(one.mrr.items()))
    told = words("{month}: {n}", month=_name(one.first, today, words), n=words.number(one.clients))
    return words("{month} · {amount}/month", month=told, amount=paid) if paid else told


def usage(command: str, words: Words) -> Message:
    lines = [
        words("`{command}` says which renewals come in 30 days, those with most to do first", command=command),
        words("`{command} 90d`, `next month`, `december` or `Q1 2027` says it of other days", command=command),
        words(
            "`{command} next quarter tier:low csm:me` looks at some; filters are as with /engagement", command=command
        ),
        words("First come those known to leave; then what is near, little used, falling, long untouched and large"),
        words("*Outcome…*, in a line's ⋯, takes a renewal off the list until its date changes"),
    ]
    return kit.message(". ".join(lines).replace("*", "").replace("`", ""), [kit.section(*lines)])
