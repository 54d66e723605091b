"""What happened to key accounts: a line for each, on a page of them and wherever the first ones are shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from bot.blocks import ids, kit, moves
from bot.blocks.kit import Block, Element, Message
from bot.blocks.renewal_outcome import sentence
from bot.blocks.scopes import whose
from bot.blocks.states import ListState
from bot.blocks.states import write as write_list
from bot.blocks.words import Words
from bot.domain.catalog import Catalog
from bot.domain.feed import DAYS, Happening, Position, Turned, What
from bot.domain.filter_text import write as write_filter
from bot.domain.filters import Filter
from bot.domain.key_accounts import Key
from bot.domain.listing import Listing
from bot.domain.moves import change, tenths
from bot.domain.renewals import Outcome

PAGE = 8  # lines
SHOWN = 120  # characters of a task's title and of a note: five times as many where each must be escaped


def button(wanted: Filter, words: Words) -> Element:
    """To what happened to the key accounts of a list; elsewhere to one's own and one's team's."""
    key = wanted.whose if wanted.key is not None else Filter(key=Key.ANY)
    return kit.button(words("Activity of key accounts"), f"{ids.SHOW_FEED}:open", write(write_filter(key)))


def write(text: str, beside: Position | None = None) -> str:
    return json.dumps([text, beside], ensure_ascii=False, separators=(",", ":"))


def read(value: str) -> tuple[str, Position | None] | None:
    """The filter and the place that a button carries; None where it is none, as of another release."""
    try:
        text, beside = json.loads(value)
        if beside is None:
            return str(text), None
        at, rank, client_id, subject = beside
        return str(text), Position(str(at), int(rank), int(client_id), str(subject))
    except (ValueError, TypeError):
        return None


def page(
    catalog: Catalog,
    listing: Listing,
    found: Sequence[Happening],
    following: Position | None,
    owner: int,
    zone: tzinfo,
    words: Words,
    *,
    is_first: bool,
) -> Message:
    """What happened, newest first. `following`: where the next page begins, if there is one."""
    title = words("Activity in {n} days: {whose}", n=DAYS, whose=whose(listing.scope, words))
    end = _turning(listing, following, owner, words, is_first=is_first)
    foot = kit.context(words("Only you see this"))
    if not found:
        none = words("Nothing happened. *Key account, channel…* in a card's menu makes a client a key account.")
        none = none if is_first else words("There is nothing older.")
        return kit.message(f"{title}. {none}".replace("*", ""), [kit.section(f"*{title}*", none), end, foot])
    lines = [line(catalog, one, listing, zone, words) for one in found]
    rows = [_row(one, told, words) for one, told in zip(found, lines, strict=True)]
    text = f"{title}: {'; '.join(lines)}."
    return kit.message(text.replace("*", ""), [kit.section(f"*{title}*"), *rows, end, foot])


def _row(one: Happening, told: str, words: Words) -> Block:
    return kit.section(told, accessory=kit.button(words("Open"), ids.OPEN_LISTED, str(one.client_id)))


def _turning(listing: Listing, following: Position | None, owner: int, words: Words, *, is_first: bool) -> Block:
    text = write_filter(listing.wanted)
    buttons = [kit.button(words("List"), f"{ids.SHOW_LIST}:key", write_list(ListState(text, owner)))]
    if not is_first:
        buttons.append(kit.button(words("◀ Newest"), f"{ids.SHOW_FEED}:new", write(text)))
    if following is not None:
        buttons.append(kit.button(words("Older ▶"), f"{ids.SHOW_FEED}:old", write(text, following)))
    return kit.actions(*buttons, kit.button(words("Overview"), ids.SHOW_OVERVIEW, ""))


def line(catalog: Catalog, one: Happening, listing: Listing, zone: tzinfo, words: Words) -> str:
    """Which client, what happened to it, and when."""
    day = one.at.astimezone(zone).date() if isinstance(one.at, datetime) else one.at
    told = "; ".join(_told(catalog, one, listing, words))
    return f"*{kit.name(one.client, 60)}* · {told} · {words.weekday(day, listing.today)}"


def _told(catalog: Catalog, one: Happening, listing: Listing, words: Words) -> Iterator[str]:
    text = kit.name(one.text, SHOWN)
    match one.what:
        case What.SCORE:
            if one.parts:
                yield _moved(catalog, one, words)
            yield from (_turned(catalog, each, words) for each in one.subscriptions)
        case What.FIRST_USED:
            yield words("{tool} used for the first time", tool=text)
        case What.QUIET:
            yield words("{tool} is going quiet", tool=text)
        case What.RENEWAL:
            yield _renewal(one, listing, words)
        case What.TASK:
            yield words("task done by {person}: {title}", person=kit.name(one.person, 60), title=text)
        case What.NOTE:
            yield words("note by {person}: {body}", person=kit.name(one.person, 60), body=text)
        case What.OUTCOME:
            outcome, _, reason = one.text.partition(" ")
            said = sentence(Outcome(outcome), kit.cut(reason, SHOWN), words)
            yield words("renewal, by {person}: {outcome}", person=kit.name(one.person, 60), outcome=said)


def _moved(catalog: Catalog, one: Happening, words: Words) -> str:
    """In whole points; where they are the same, in tenths."""
    moved = tenths(change(one.parts))
    arrow, cause = "▲" if moved > 0 else "▼", moves.short(catalog, one.parts, words)
    before, after = one.scores or (0, 0)
    how = words.decimal(abs(moved) / 10) if before == after else f"{before} → {after}"
    return f"{arrow} {how}: {cause}" if cause else f"{arrow} {how}"


def _turned(catalog: Catalog, one: Turned, words: Words) -> str:
    product = catalog.products.get(one.product)
    name = kit.name(product.name if product is not None else one.product, 60)
    before, after = (kit.name((edition or "").capitalize(), 40) for edition in (one.before, one.after))
    if one.before is None:
        return words("{product} {edition} started", product=name, edition=after)
    if one.after is None:
        return words("{product} {edition} ended", product=name, edition=before)
    return words("{product}: {before} → {after}", product=name, before=before, after=after)


def _renewal(one: Happening, listing: Listing, words: Words) -> str:
    """One whose day has passed did not move: the next one is known."""
    before, after = one.days
    told = {name: words.day(day, listing.today) for name, day in (("before", before), ("after", after)) if day}
    day = one.at.date() if isinstance(one.at, datetime) else one.at
    if after is None:
        return words("no renewal date any more, it was {before}", **told)
    if before is None or before <= day:
        return words("renews next on {after}", **told)
    return words("renewal moved from {before} to {after}", **told)
