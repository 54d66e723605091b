"""A list of clients as a CSV file: its rows, and what is said beside it."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TextIO

from bot.blocks import kit
from bot.blocks import listing as lists
from bot.blocks.kit import Message
from bot.blocks.scopes import whose
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.filter_text import write as write_filter
from bot.domain.listing import Entry, Line, Listing, Sign, Whose

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding
OFFERS = {
    Sign.ACTIVATION: "Paid for, not used",
    Sign.UPSELL: "Bigger edition or seats",
    Sign.CROSS_SELL: "Another product",
}
Cell = str | int | float | None

# What a spreadsheet takes for a formula, at the beginning of a cell; or of what becomes one, since a spreadsheet set to
# a country that writes decimals with a comma parts cells at semicolons, whatever stands in quotation marks.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r])")


def fill(file: TextIO, catalog: Catalog, listing: Listing, entries: Iterable[Entry], words: Words) -> int:
    """Write clients to a file that was opened with newline="" as UTF-8; how many there were."""
    file.write(BOM)
    rows = csv.writer(file)
    rows.writerow([harmless(one) for one in _names(catalog, listing, words)])
    written = 0
    for entry in entries:
        rows.writerow(
            [harmless(cell) if isinstance(cell, str) else cell for cell in _cells(catalog, listing, entry, words)]
        )
        written += 1
    return written


def harmless(text: str) -> str:
    """A text that no spreadsheet calculates: an apostrophe stands before what would make it a formula."""
    return _FORMULA.sub(r"\1'", text)


def _names(catalog: Catalog, listing: Listing, words: Words) -> list[str]:
    """Of the columns. In a list of a category, score, tier and change are that category's, and say so."""
    score, tier, change = words("Score"), words("Tier"), words("Change in 7 days")
    category = catalog.categories.get(listing.wanted.category or "")
    if category is not None:
        score = words("Score in {category}", category=category.name)
        tier = words("Tier in {category}", category=category.name)
        change = words("Change in {category} in 7 days", category=category.name)
    return [
        words("Client ID"), words("Name"), words("Domain"), score, tier, change, words("MRR"),
        words("Currency"), words("Renewal date"), words("CSM"), words("Team"), words("Going quiet"),
        words("Opportunities"), words("Data to"),
    ]  # fmt: skip


def _cells(catalog: Catalog, listing: Listing, entry: Entry, words: Words) -> list[Cell]:
    """In the order of the names. What is not known is left empty: it is never 0."""
    one = entry.line
    score = _score(one)
    tier = _tier(catalog, listing, one, score)
    return [
        entry.external_id,
        one.name,
        entry.domain,
        score,
        None if tier is None else words(lists.TIERS[tier]),
        None if one.change is None or listing.is_late else lists.tenths_of(one.change) / 10,
        _amount(one.mrr),
        one.currency,
        _day(one.renews_on),
        one.csm,
        entry.team,
        words("yes") if Sign.QUIET in one.signs else None,
        "; ".join(words(label) for sign, label in OFFERS.items() if sign in one.signs),
        _day(entry.data_to),
    ]


def _score(one: Line) -> int | None:
    """From 0 to 10; a category that is not bought, or has no points to reach, has none."""
    return None if one.tier is Tier.UNKNOWN or one.score is None or one.score > 10 else one.score


def _tier(catalog: Catalog, listing: Listing, one: Line, score: int | None) -> Tier | None:
    if listing.wanted.category is None or one.tier not in catalog.bands:
        return one.tier
    return None if score is None else catalog.tier(score)


def _amount(value: float | None) -> int | float | None:
    return int(value) if value is not None and value.is_integer() else value


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def file_name(listing: Listing) -> str:
    return f"clients-{_day(listing.as_of or listing.today)}.csv"


def comment(listing: Listing, written: int, words: Words, *, has_more: bool) -> str:
    """What stands above the file: how many clients, whose, of which day, by which filter; and how to get the rest."""
    number = words.count("{n} client", "{n} clients", written)
    told = [number, whose(listing.scope, words), lists.data_day(listing, words)]
    shown = write_filter(listing.wanted)
    if shown:
        told.append(words("Showing: {filter}", filter=_code(shown)))
    first = " · ".join(told)
    if not has_more:
        return first
    command = _code(f"engagement-bot export {shlex.quote(_for_command_line(listing))} --out clients.csv")
    rest = words(
        "There are more than a file from here may have. Whoever runs the bot has all of them with {command}",
        command=command,
    )
    return f"{first}\n{rest}"


def _for_command_line(listing: Listing) -> str:
    """The filter where nobody asks: a team by its name, and "me" as an address to be filled in."""
    wanted, scope = listing.wanted, listing.scope
    if scope.is_of_both:
        wanted = replace(wanted, team=scope.team)
    match scope.whose:
        case Whose.MINE:
            wanted = replace(wanted, csm="me@example.com")
        case Whose.TEAM:
            wanted = replace(wanted, team=scope.name)
    return write_filter(wanted) or "team:all"


def _code(text: str) -> str:
    return f"`{kit.escape(text).replace('`', '')}`"


def accepted(words: Words, *, is_new: bool) -> Message:
    """The answer to *Export CSV*."""
    coming = words("Your file comes as a direct message in a minute.")
    text = coming if is_new else words("That file is on its way to you already.")
    return kit.message(text, [kit.section(text)])
