"""The Home tab: its tabs, the Summary, the ranked list, and the answer to a button that was pressed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.blocks import absences, feed, first_steps, ids, kit, overview, scopes
from bot.blocks import listing as lists
from bot.blocks import tasks as of_tasks
from bot.blocks.kit import Block, Element, Home, Message
from bot.blocks.objects import called
from bot.blocks.states import ListState, write
from bot.blocks.words import Words
from bot.domain.access import Person, Right
from bot.domain.catalog import Catalog, Tier
from bot.domain.due import When
from bot.domain.filter_text import write as write_filter
from bot.domain.filters import Filter, Renews, Sort
from bot.domain.home import CUSTOMERS, SUMMARY, Place, Space, Summary
from bot.domain.listing import Line, Listing, Overview, Scope, Whose
from bot.domain.tasks import Given
from bot.domain.tasks import Place as TaskPlace

TABS = "tabs"  # the id of the first block
SAID = "said"  # the ids of blocks that stand above what was there before begin so
VIEWS = 10  # buttons
SOON = Filter(renews=Renews(0, 60), sort=Sort.RENEWAL)
QUICK = (*(Filter(tiers=(tier,)) for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH)), Filter(sort=Sort.DROP), SOON)
# What has no place in it: charts are for messages, and a card is shared where a message stands.
NOT_HERE = {ids.SHOW_CHART, ids.PREVIEW_SHARE}
ONLY_MESSAGES = {"data_visualization", "markdown"}


def home(space: Space, asker: Person, at: Place, blocks: Sequence[Block], words: Words) -> Home:
    """A tab, below the buttons to all of them."""
    return kit.home([_tabs(space, asker, at, words), *fitting(blocks)])


def refusal(text: str, blocks: Sequence[Block]) -> Home:
    """To whom nothing is shown, and why."""
    return kit.home([kit.section(text), *blocks])


def _tabs(space: Space, asker: Person, at: Place, words: Words) -> Block:
    buttons = [
        kit.button(title(space, tab, words), f"{ids.SHOW_HOME}:tab{number}", str(Place(tab)), stands_out=tab == at.tab)
        for number, tab in enumerate(space.shown(asker))
    ]
    return {**kit.actions(*buttons), "block_id": TABS}


def title(space: Space, tab: str, words: Words) -> str:
    """What a tab is called. Revenue by its objects, where there are two of them."""
    titles = {SUMMARY: words("Summary"), CUSTOMERS: words("Customers"), space.service: words("Services")}
    if tab in titles:
        return titles[tab]
    return called(tab, words) if len(space.revenue) > 1 else words("Revenue")


def answered(before: Sequence[Block], message: Message, *, in_place: bool) -> Home:
    """The answer to a button of a Home tab, below its tabs: in the place of the rest, or above it."""
    head = [one for one in before if one["block_id"] == TABS]
    blocks = message.get("blocks") or [kit.section(message["text"])]
    if any(one["type"] in ONLY_MESSAGES for one in blocks):
        blocks = [*blocks, kit.section(message["text"])]  # it has all that a chart shows
    said = fitting(blocks)
    if in_place:
        return kit.home([*head, *said][: kit.HOME_BLOCKS])
    above = [one if "block_id" in one else {**one, "block_id": f"{SAID}{at}"} for at, one in enumerate(said)]
    taken = {TABS, *(one["block_id"] for one in above)}
    rest = [one for one in before if one["block_id"] not in taken and not one["block_id"].startswith((SAID, "looking"))]
    return kit.home([*head, *above, {"type": "divider", "block_id": f"{SAID}-end"}, *rest][: kit.HOME_BLOCKS])


def fitting(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a message without their places, and without what a Home tab cannot have."""
    shown = (one for one in first_steps.bare(blocks) if one["type"] not in ONLY_MESSAGES)
    return [one for one in map(_pressable, shown) if one.get("elements", True)]


def _pressable(block: Block) -> Block:
    if block["type"] != "actions":
        return block
    return {**block, "elements": [one for one in block["elements"] if one["action_id"] not in NOT_HERE]}


def settings_button(space: Space, asker: Person, words: Words) -> list[Element]:
    """For those who may, the way to the settings."""
    if asker.lacks(Right.SETTINGS) is not None:
        return []
    return [kit.button(words("Settings"), f"{ids.EDIT_WORKSPACE}:{space.id}", str(space.id))]


def head(space: Space, asker: Person, lines: Sequence[str], words: Words) -> Block:
    accessory = next(iter(settings_button(space, asker, words)), None)
    return kit.section(*lines, accessory=accessory)


def summary(
    catalog: Catalog, space: Space, asker: Person, listing: Listing, found: Summary, command: str, words: Words
) -> list[Block]:
    """The first tab. Whoever has no seat is shown no client."""
    name = f"*{kit.name(space.name)}*"
    setup = (
        [] if found.steps is None else first_steps.steps(found.steps, asker, listing.today, command, words)["blocks"]
    )
    if not asker.has_seat:
        return [head(space, asker, [name], words), *setup]
    return [
        head(space, asker, [name], words),
        *setup,
        *_due(found, listing, words),
        *_covered(listing, asker, words),
        *_clients(listing, found, asker, words),
        *_lines(words("*Fell in 7 days*"), catalog, listing, found.fell, words),
        *_lines(words("*Renewals in the next 90 days*"), catalog, _by_renewal(listing), found.renewals, words),
        *_followed(catalog, listing, found.followed, words),
        *_views(space, words),
    ]


def _by_renewal(listing: Listing) -> Listing:
    return replace(listing, wanted=Filter(sort=Sort.RENEWAL))


def _due(found: Summary, listing: Listing, words: Words) -> Iterator[Block]:
    """Tasks that are overdue or due today, each done with one click."""
    every = kit.button(words("All my tasks"), f"{ids.SHOW_TASKS}:first", str(TaskPlace()))
    if not found.due:
        yield kit.section(words("*My day*"), _nothing(found.next, listing, words), accessory=every)
        return
    number = words("more than {n} tasks", n=len(found.due)) if found.has_more else ""
    yield kit.section(" · ".join(filter(None, [words("*My day*"), number])), accessory=every)
    for one in found.due:
        done = kit.button(words("Done"), ids.FINISH_AT_HOME, str(one.id))
        late = one.when(listing.today) is When.OVERDUE
        day = words("overdue, {day}", day=words.weekday(one.due_on, listing.today)) if late else words("today")
        yield kit.section(of_tasks.named(one), day, accessory=done)


def _covered(listing: Listing, asker: Person, words: Words) -> Iterator[Block]:
    """Whom they cover now, with the tasks of all and the clients of each."""
    if asker.covers:
        tasks = kit.button(words("Their tasks"), f"{ids.SHOW_TASKS}:covered", str(TaskPlace(is_covered=True)))
        found = [one for one in asker.covers if one.email][:5]  # without an address no filter means their clients
        yield kit.section(*(f"*{absences.mark(one, listing.today, words)}*" for one in asker.covers), accessory=tasks)
        yield from [kit.actions(*those)] if (those := scopes.buttons(listing, found, ids.SHOW_OVERVIEW, words)) else []


def _nothing(coming: Given | None, listing: Listing, words: Words) -> str:
    if coming is None:
        return words("Nothing due today.")
    day, client = words.weekday(coming.due_on, listing.today), kit.name(coming.client, 60)
    return words("Nothing due today. Next: {day}, {client}", day=day, client=client)


def done(did: of_tasks.Did, one: Given, listing: Listing, words: Words) -> Block:
    """What was just done with a task, and the way back."""
    text = of_tasks.told(did, one, listing.today, words)
    back = kit.button(words("Reopen"), ids.REOPEN_AT_HOME, str(one.id)) if one.done_by is not None else None
    return kit.section(text, accessory=back)


def _clients(listing: Listing, found: Summary, asker: Person, words: Words) -> Iterator[Block]:
    """Clients by tier, as the overview has them."""
    if not found.tiers:
        yield from nobody(asker, words)
        return
    whole = Overview(listing.scope, listing.as_of, found.tiers, (), (), ())
    yield kit.section(*overview.tiers(listing, whole, words))
    yield overview.by_tier(listing, whole, asker.id, words)


def nobody(asker: Person, words: Words) -> list[Block]:
    """Where there is no client: why, and the way on."""
    text = words("No clients yet.")
    if asker.lacks(Right.SETTINGS) is not None:
        look = kit.button(words("Look again"), f"{ids.SHOW_HOME}:again", str(Place()))
        return [kit.section(text, words("An admin can load them.")), kit.actions(look)]
    return [kit.section(text), kit.actions(kit.button(words("Load clients"), f"{ids.SHOW_DATA}:home", ""))]


def _followed(catalog: Catalog, listing: Listing, found: Sequence[Line], words: Words) -> Iterator[Block]:
    """Key accounts, whosever clients they are, and the way to what happened to them."""
    of_all = replace(listing, scope=Scope(Whose.ALL))
    ways = feed.button(Filter(), words)
    yield from _lines(words("*Key accounts*"), catalog, of_all, found, words, ways)


def _lines(
    name: str, catalog: Catalog, listing: Listing, found: Sequence[Line], words: Words, ways: Element | None = None
) -> Iterator[Block]:
    if not found:
        return
    yield kit.section(name, accessory=ways)
    for one in found:
        open_ = kit.button(words("Open"), ids.OPEN_LISTED, str(one.id))
        yield kit.section(*lists.line(catalog, listing, one, words), accessory=open_)


def _views(space: Space, words: Words) -> Iterator[Block]:
    """Saved views as buttons: the first ones, and the way to the rest."""
    if not space.views:
        return
    buttons = [
        kit.button(name, f"{ids.SHOW_VIEW}:{at}", str(number)) for at, (number, name) in enumerate(space.views[:VIEWS])
    ]
    if len(space.views) > VIEWS:
        buttons.append(kit.button(words("All saved views"), f"{ids.TURN_VIEWS}:all", "0"))
    yield kit.section(words("*Saved views*"))
    yield kit.actions(*buttons)


def customers(listing: Listing, page: Message, asker: Person, words: Words) -> list[Block]:
    """The ranked list, with buttons to the filters that are asked for most."""
    labels = [*(words(lists.TIERS[tier]) for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH)), words(lists.SORTS[Sort.DROP])]
    labels.append(words("Renews in 60 days"))
    buttons = [
        kit.button(label, f"{ids.SHOW_LIST}:quick-{'abcde'[at]}", _state(listing, wanted, asker))
        for at, (label, wanted) in enumerate(zip(labels, QUICK, strict=True))
    ]
    return [{**kit.actions(*buttons), "block_id": "quick"}, *page["blocks"]]


def _state(listing: Listing, wanted: Filter, asker: Person) -> str:
    return write(ListState(write_filter(listing.wanted.narrowed(wanted)), asker.id))


def looked_at(made: dict[str, Any], line: Block) -> Home:
    """The same with a line below its tabs."""
    first, *rest = made["blocks"]
    blocks = [first, line, *rest] if first["block_id"] == TABS else [line, first, *rest]
    return {**made, "blocks": blocks[: kit.HOME_BLOCKS]}
