"""Opportunities: of a whole base by kind and product, of one client with their evidence, and the answers to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from bot.blocks import absences, ids, kit
from bot.blocks import listing as lists
from bot.blocks.kit import Block, Element, Message, Modal
from bot.blocks.offers import KINDS, sentence, why_held
from bot.blocks.scopes import buttons as to_others
from bot.blocks.scopes import whose
from bot.blocks.states import ListState, write
from bot.blocks.words import Words
from bot.domain.answers import Reply
from bot.domain.catalog import Catalog, Kind
from bot.domain.engagement import Engagement
from bot.domain.filter_text import write as write_filter
from bot.domain.listing import Choice, Line, Listing, Offers
from bot.domain.opportunities import Opportunity

ORDER = (Kind.UPSELL, Kind.CROSS_SELL, Kind.ACTIVATION)  # of one client's
PRODUCTS = 8  # lines of who subscribes to what
SHOWN = 8  # opportunities of one client
REASON = 300  # characters
WAIT = 30  # days: what *Not now* proposes


def overview(
    catalog: Catalog,
    listing: Listing,
    found: Offers,
    first: Sequence[tuple[Line, str]],
    owner: int,
    words: Words,
    scopes: Sequence[Choice] = (),
) -> Message:
    """The answer to `/opportunities`.

    first: clients to begin with, each with a sentence of evidence; scopes: whose clients could be looked at instead
    """
    if not found.clients:
        return _nobody(listing, scopes, words)
    parts, three = [_has(catalog, found, words), _kinds(found, words)], _first(first, words)
    blocks = [kit.section(*part) for part in parts]
    blocks += [kit.section(*lines, accessory=_opens(one, words)) for lines, (one, _) in zip(three, first, strict=True)]
    blocks += [*_by_kind(listing, found, owner, words), _elsewhere(listing, scopes, words)]
    blocks.append(kit.context(_foot(listing, words)))
    spoken = [*parts, [line for lines in three for line in lines]] if three else parts
    told = ". ".join(f"{head}: {'; '.join(rest)}" for head, *rest in spoken)
    return kit.message(f"{told}. {_shown(listing, words)}.".replace("*", "").replace("`", ""), blocks)


def _nobody(listing: Listing, scopes: Sequence[Choice], words: Words) -> Message:
    text = words("Nobody matches: {whose}.", whose=whose(listing.scope, words))
    return kit.message(
        text, [kit.section(text), _elsewhere(listing, scopes, words), kit.context(_foot(listing, words))]
    )


def _elsewhere(listing: Listing, scopes: Sequence[Choice], words: Words) -> Block:
    """The same of others' clients, and the overview of these."""
    return kit.actions(*to_others(listing, scopes, ids.SHOW_BASE, words), lists.overview(listing, words))


def _foot(listing: Listing, words: Words) -> str:
    return " · ".join([_shown(listing, words), words("only you see this")])


def _shown(listing: Listing, words: Words) -> str:
    """Whose clients, which of them, as of when."""
    owners = words("Showing: {whose}", whose=whose(listing.scope, words))
    return " · ".join(filter(None, [owners, lists.filtered(listing), lists.data_day(listing, words)]))


def _first(first: Sequence[tuple[Line, str]], words: Words) -> list[list[str]]:
    """The lines of each client to begin with; those of the first have the heading."""
    lines = [[f"*{kit.name(one.name, 60)}* · {evidence}"] for one, evidence in first]
    head = words("*First three*") if len(lines) > 2 else words("*Look at first*")
    return [[head, *lines[0]], *lines[1:]] if lines else []


def _opens(one: Line, words: Words) -> Element:
    return kit.button(words("Open"), ids.SHOW_OPPORTUNITIES, str(one.id))


def _has(catalog: Catalog, found: Offers, words: Words) -> list[str]:
    """Who subscribes to what: each product with the clients of each edition, and those without."""
    head = words.count("*What {n} client has*", "*What {n} clients have*", found.clients)
    if not found.owned:
        return [head, words("No subscriptions are loaded")]
    return [head, *(_editions(catalog, found, key, words) for key in list(found.owned)[:PRODUCTS])]


def _editions(catalog: Catalog, found: Offers, key: str, words: Words) -> str:
    """Marketing Hub: 14 Starter, 11 Professional · 25 without"""
    product, editions = catalog.products[key], found.owned[key]
    known = [one for one in product.editions if one in editions]
    told = [f"{words.number(editions[one])} {kit.name(one.capitalize(), 30)}" for one in known]
    without = found.clients - sum(editions.values())
    line = words("{product}: {editions}", product=kit.name(product.name, 40), editions=", ".join(told))
    return " · ".join(filter(None, [line, words("{n} without", n=words.number(without)) if without else ""]))


def _kinds(found: Offers, words: Words) -> list[str]:
    lines = [words("*What could come next*")]
    for kind, label in KINDS.items():
        if group := found.kinds.get(kind):
            number = words.count("{kind}: {n} client", "{kind}: {n} clients", group.clients, kind=words(label))
            lines.append(" · ".join(filter(None, [number, _money(group.mrr, kind, words)])))
    if found.held:
        lines.append(
            words.count(
                "Held back: {n} client with a low score, or none yet",
                "Held back: {n} clients with a low score, or none yet",
                found.held,
            )
        )
    return lines if len(lines) > 1 else [*lines, words("Nothing for now")]


def _money(mrr: Mapping[str, float], kind: Kind, words: Words) -> str:
    """What those clients pay now, a currency at a time; nothing where nothing would be sold."""
    if kind is Kind.ACTIVATION:
        return ""
    told = [words.money(amount, currency) for currency, amount in sorted(mrr.items()) if amount]
    return words("{amount} MRR now", amount=" + ".join(told[:3])) if told else ""


def _by_kind(listing: Listing, found: Offers, owner: int, words: Words) -> list[Block]:
    labels = {Kind.ACTIVATION: "Not used {n}", Kind.UPSELL: "Bigger {n}", Kind.CROSS_SELL: "Another {n}"}
    buttons = [
        kit.button(
            words(label, n=words.number(found.kinds[kind].clients)),
            f"{ids.SHOW_LIST}:{kind.value}",
            write(ListState(write_filter(replace(listing.wanted, opportunity=kind)), owner)),
        )
        for kind, label in labels.items()
        if kind in found.kinds and found.kinds[kind].clients
    ]
    return [kit.actions(*buttons)] if buttons else []


def of_client(catalog: Catalog, one: Engagement, words: Words) -> Message:
    """The answer to `/opportunities acme`: each with its evidence, and a menu to answer it."""
    found = one.opportunities()
    open_ = [each for each in found if each.held is None]
    held = [each for each in found if each.held is not None]
    name = kit.name(one.client.name)
    if not found:
        text = words("*{name}*: nothing to offer now.", name=name)
        blocks = [kit.section(text), _card(one, words), kit.context(_end(one, (), words))]
        return absences.marked(kit.message(text.replace("*", ""), blocks), one.client.covered, one.day, words)
    shown = sorted(open_, key=lambda each: ORDER.index(each.kind))[:SHOWN]
    head = kit.section(words("*{name}* · what could come next", name=name))
    waiting = _held(catalog, held, words)
    blocks = [head, *_answerable(catalog, one, shown, words), *map(kit.section, waiting)]
    if len(open_) > len(shown):
        blocks.append(kit.context(words("and {n} more that are paid for and not used", n=len(open_) - len(shown))))
    text = f"{name}: {'. '.join(_spoken(catalog, shown, words)) or words('all is held back for now')}."
    text = " ".join([text, *(f"{line.replace('*', '')}." for line in waiting)])
    made = kit.message(text, [*blocks, _card(one, words), kit.context(_end(one, shown, words))])
    return absences.marked(made, one.client.covered, one.day, words)


def _end(one: Engagement, shown: Sequence[Opportunity], words: Words) -> str:
    """How far the data goes, and what the menus are for."""
    day = words("Data to {day}", day=words.weekday(one.data_to, one.day)) if one.data_to else ""
    hint = words("⋯ puts one away: offered, not now, not for them") if shown else ""
    return " · ".join(filter(None, [day, hint, words("only you see this")]))


def _held(catalog: Catalog, held: Sequence[Opportunity], words: Words) -> list[str]:
    """What waits, and why."""
    if not held or held[0].held is None:
        return []
    told = "; ".join(sentence(catalog, each, words) for each in held[:3])
    why = why_held(catalog, held[0].held, words)
    return [words("*Held back {why}:* {told}", why=why, told=told)]


def _spoken(catalog: Catalog, shown: Sequence[Opportunity], words: Words) -> Iterator[str]:
    for kind, alike in groupby(shown, key=lambda each: each.kind):
        yield f"{words(KINDS[kind])}: {'; '.join(sentence(catalog, each, words) for each in alike)}"


def _answerable(catalog: Catalog, one: Engagement, shown: Sequence[Opportunity], words: Words) -> Iterator[Block]:
    """Each with a menu to answer it; those of a kind stand below one heading."""
    options = [(words(label), reply.value) for reply, label in ANSWERS.items()]
    options.append((words("Log task…"), ids.LOG_TASK))
    menu = kit.overflow(ids.ANSWER_OPPORTUNITY, options)
    for kind, alike in groupby(shown, key=lambda each: each.kind):
        head = [f"*{words(KINDS[kind])}*"]
        for each in alike:
            section = kit.section(*head, sentence(catalog, each, words), accessory=menu)
            yield kit.carrying("answer", f"{one.client.id}/{each.key}", section)
            head = []


ANSWERS = {Reply.OFFERED: "Offered", Reply.NOT_NOW: "Not now…", Reply.NOT_FOR_THEM: "Not for them…"}


def _card(one: Engagement, words: Words) -> Block:
    return kit.actions(kit.button(words("Card"), f"{ids.OPEN_CLIENT}:0", str(one.client.id)))


def usage(command: str, words: Words) -> Message:
    """What `/opportunities help` says."""
    command = command.removesuffix("engagement") + "opportunities"
    lines = [
        words("`{command}` says what your clients have, and what could come next", command=command),
        words("`{command} acme` shows one client's, with the evidence and a menu to answer each", command=command),
        words("`{command} tier:high csm:me` looks at some; filters are as with /engagement", command=command),
        words("*Offered* and *Not for them* come back when the evidence grows by half, *Not now* on its day"),
    ]
    return kit.message(". ".join(lines).replace("*", "").replace("`", ""), [kit.section(*lines)])


def not_now(name: str, evidence: str, today: date, metadata: str, words: Words) -> Modal:
    """*Not now*: until when."""
    day = kit.day_picker(words("Show it again on"), ids.NOT_NOW, today + timedelta(days=WAIT))
    hint = words("Sooner, if its evidence grows by half.")
    return _ask(words("Not now"), ids.NOT_NOW, [_about(name, evidence), day, kit.context(hint)], metadata, words)


def not_for_them(name: str, evidence: str, metadata: str, words: Words) -> Modal:
    """*Not for them*: why."""
    reason = kit.text_input(words("Why not?"), ids.NOT_FOR_THEM, REASON)
    hint = words("It comes back only if its evidence grows by half.")
    blocks = [_about(name, evidence), reason, kit.context(hint)]
    return _ask(words("Not for them"), ids.NOT_FOR_THEM, blocks, metadata, words)


def _about(name: str, evidence: str) -> Block:
    return kit.section(f"*{kit.name(name)}*", evidence)


def _ask(title: str, callback: str, blocks: Sequence[Block], metadata: str, words: Words) -> Modal:
    buttons = {"close": words("Cancel"), "submit": words("Save")}
    return kit.modal(title, blocks, callback=callback, metadata=metadata, **buttons)
