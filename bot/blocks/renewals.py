"""Renewals in the order of what is to be done: two lines for each, why, and what is known of those without a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.blocks import ids, kit, undated
from bot.blocks import listing as lists
from bot.blocks.kit import Block, Element, Message
from bot.blocks.renewal_outcome import told as told_outcome
from bot.blocks.renewal_outcome import undo
from bot.blocks.scopes import buttons as to_others
from bot.blocks.scopes import whose
from bot.blocks.states import ListState, write
from bot.blocks.undated import Chooser
from bot.blocks.words import Words
from bot.domain.catalog import Tier
from bot.domain.filter_text import write as write_filter
from bot.domain.filters import NO_DATE, PASSED
from bot.domain.listing import Choice, Listing, Whose
from bot.domain.renewal_windows import USUAL
from bot.domain.renewals import Base, Dated, Due, Renewals, Said

PAGE, SHOWN_PASSED = 10, 3
DATES = 4  # of a client's subscriptions and services
FORGOTTEN = 14  # days without a touch that are told as such
NOTABLE = 0.01  # portion of the MRR that is told
WINDOWS = {
    USUAL: "30 days",
    "90d": "90 days",
    "this month": "This month",
    "next month": "Next month",
    "this quarter": "This quarter",
    "next quarter": "Next quarter",
}

Dates = Mapping[int, Sequence[Dated]]  # by client


def page(
    listing: Listing,
    found: Renewals,
    state: ListState,
    window: str,
    chooser: Chooser,
    words: Words,
    *,
    dates: Dates = MappingProxyType({}),
    scopes: Sequence[Choice] = (),
    said: tuple[str, Said] | None = None,
) -> Message:
    """The answer to `/renewals`, and what its buttons put in its place.

    window: as it is typed, "" where the filter says it; chooser: who says which property has the date;
    said: the client and the outcome that was just kept
    """
    shown, passed = on_page(found, state)
    told = {one: _lines(one, listing, found.base, dates.get(one.client_id, ()), words) for one in (*shown, *passed)}
    missing = [] if state.before else undated.told(found.base, chooser, words)
    late = [kit.section(f"*{_passed(found, words)}*")] if passed else []
    rows = [[_row(one, told[one], state, words) for one in part] for part in (shown, passed)]
    blocks = [*_kept(said, state, words), _head(listing, found, state, window, words), *rows[0], *late, *rows[1]]
    blocks += [*map(kit.section, missing), *(undated.ways(found.base, chooser, words) if missing else [])]
    ways = (_paging(found, state, words), _ways(listing, found, state, scopes, window, words))
    blocks += [kit.actions(*part) for part in ways if part]
    text = _spoken(_title(listing, found, state, window, words)[0], [told[one] for one in shown])
    if passed:
        text = f"{text} {_passed(found, words)}: {'; '.join('. '.join(told[one]) for one in passed)}."
    text = " ".join([text, *(f"{one}." for one in missing), lists.as_of(listing, words)])
    return kit.message(text.replace("*", "").replace("`", ""), [*blocks, kit.context(_foot(listing, words))])


def _spoken(title: str, lines: Sequence[Sequence[str]]) -> str:
    """The first client within what a locked phone shows; whose they are comes behind."""
    head, _, owners = title.partition(" · ")
    told = ". ".join(". ".join(one) for one in lines)
    return f"{head}: {told}. {owners[:1].upper()}{owners[1:]}." if told else f"{head}, {owners}."


def on_page(found: Renewals, state: ListState) -> tuple[Sequence[Due], Sequence[Due]]:
    """The clients that a page shows; those whose day has passed stand on the first one."""
    return found.ahead[state.before : state.before + PAGE], () if state.before else found.passed[:SHOWN_PASSED]


def _title(listing: Listing, found: Renewals, state: ListState, window: str, words: Words) -> list[str]:
    """How many renew, when and whose; where none does, that."""
    number, first, last = len(found.ahead), *_days(listing, words)
    when = words("{first} to {last}", first=first, last=last)
    if window.endswith("d") and window[:-1].isdigit():
        when = words("in {n} days", n=window[:-1])
    told = words.count("{n} renewal {when}", "{n} renewals {when}", number, when=when)
    if found.has_more:
        told = words("more than {n} renewals {when}", n=words.number(number), when=when)
    if not number:
        told = words("No renewal {when}", when=when)
    second = words("those that renew first") if found.has_more else ""
    if number > PAGE:
        span = words("{first} to {last}", first=state.before + 1, last=min(state.before + PAGE, number))
        second = " · ".join(filter(None, [span, second]))
    return [f"*{told}* · {whose(listing.scope, words)}", *filter(None, [second])]


def _days(listing: Listing, words: Words) -> list[str]:
    ends = listing.wanted.renews.dates(listing.today) if listing.wanted.renews else ()
    return [words.day(one, listing.today) for one in ends if one is not None]


def _head(listing: Listing, found: Renewals, state: ListState, window: str, words: Words) -> Block:
    options = [(words(label), value) for value, label in WINDOWS.items()]
    if window and window not in WINDOWS:
        options.append((window, window))
    menu = kit.select(ids.RENEWAL_WINDOW, options, window or None)
    section = kit.section(*_title(listing, found, state, window, words), accessory=menu)
    return kit.carrying("window", write_filter(replace(listing.wanted, renews=None)), section)


def _kept(said: tuple[str, Said] | None, state: ListState, words: Words) -> list[Block]:
    if said is None:
        return []
    about, one = said
    client, _, name = about.partition(" ")
    text = words(
        "*{name}*: {outcome}. It is off the list until its date changes.",
        name=kit.name(name),
        outcome=told_outcome(one, words),
    )
    return [kit.section(text, accessory=undo(int(client), one, write(state), words))]


def _row(one: Due, lines: Sequence[str], state: ListState, words: Words) -> Block:
    """A client with its menu, which carries the list where that is short enough; else its answer comes below."""
    client = str(one.client_id)
    options = [
        (words("Outcome…"), f"{ids.GIVE_OUTCOME} {client} {one.day.isoformat()}"),
        (words("Open card"), f"{ids.OPEN_LISTED} {client}"),
        (words("Log task"), f"{ids.LOG_TASK} {client}"),
    ]
    section = kit.section(*lines, accessory=kit.overflow(ids.MORE_OF_RENEWAL, options))
    carrying = kit.carrying(client, write(state), section)
    return carrying if "accessory" in carrying else section


def _lines(one: Due, listing: Listing, base: Base, dates: Sequence[Dated], words: Words) -> list[str]:
    """Who, when and how it stands; why it comes here; and each day where there are several."""
    csm = kit.name(one.csm, 40) if one.csm and listing.scope.whose is not Whose.MINE else ""
    first = " · ".join(
        filter(None, [f"*{kit.name(one.client)}* {_when(one, listing, words)}", _stands(one, words), csm])
    )
    why = " · ".join(_why(one, listing, base, words))
    return [first, why[:1].upper() + why[1:], *_dates(one, dates, listing, words)]


def _when(one: Due, listing: Listing, words: Words) -> str:
    days = (one.day - listing.today).days
    if days < 0:
        return words("was {day}", day=words.day(one.day, listing.today))
    return words.count("in {n} day", "in {n} days", days) if days else words("today")


def _stands(one: Due, words: Words) -> str:
    tier = words(lists.TIERS[one.tier])
    if one.score is None or one.tier in {Tier.ONBOARDING, Tier.UNKNOWN, Tier.FORMER}:
        return words("score not known") if one.tier is Tier.UNKNOWN else tier
    return words("{score}, {tier}", score=one.score, tier=tier)


def _why(one: Due, listing: Listing, base: Base, words: Words) -> Iterator[str]:
    if one.cancels_on is not None:
        yield words("*Cancelled to {day}*", day=words.day(one.cancels_on, listing.today))
    if one.left is not None:
        reason = f": {kit.name(one.left.reason, 60)}" if one.left.reason else ""
        yield words("*Said to be leaving*{reason}", reason=reason)
    if one.change is not None and (shown := lists.tenths_of(one.change)):
        arrow = "▲" if shown > 0 else "▼"
        yield words("{arrow} {n} in 7 days", arrow=arrow, n=words.decimal(abs(shown) / 10))
    yield _touch(one, listing, words)
    if one.mrr:
        money = words("{amount}/month", amount=words.money(one.mrr, one.currency))
        yield " · ".join(filter(None, [money, _portion(one, listing, base, words)]))


def _touch(one: Due, listing: Listing, words: Words) -> str:
    """What is only logged elsewhere, and in no data, the bot does not know of: "here"."""
    if one.last_touch is None:
        return words("nothing logged here yet")
    days = max((listing.today - one.last_touch).days, 0)
    if days < FORGOTTEN:
        return (
            words.count("last touch {n} day ago", "last touch {n} days ago", days)
            if days
            else words("last touch today")
        )
    if one.touched_on is None:
        return words("nothing logged here for {n} days", n=days)
    return words("no touch for {n} days", n=days)


def _portion(one: Due, listing: Listing, base: Base, words: Words) -> str:
    """Of what the clients of the scope pay; of several currencies, in the client's own."""
    portion = base.portion(one)
    if portion is None or portion < NOTABLE:
        return ""
    share = words.percent(portion)
    if len(base.payers) > 1:
        return words("{share} of MRR in {currency}", share=share, currency=kit.escape(one.currency))
    match listing.scope.whose:
        case Whose.MINE:
            return words("{share} of your MRR", share=share)
        case Whose.TEAM:
            return words("{share} of the team's MRR", share=share)
        case _:
            return words("{share} of MRR", share=share)


def _dates(one: Due, dates: Sequence[Dated], listing: Listing, words: Words) -> list[str]:
    """Each day of a client that has several; where all are that of its renewal, nothing is left to say."""
    if len(dates) < 2 or {(each.day, each.ends) for each in dates} == {(one.day, False)}:
        return []
    return [words.some([_dated(each, listing, words) for each in dates[:DATES]], len(dates))]


def _dated(one: Dated, listing: Listing, words: Words) -> str:
    told = {"name": kit.name(one.name, 30), "day": words.day(one.day, listing.today)}
    return words("{name} ends {day}", **told) if one.ends else words("{name} {day}", **told)


def _passed(found: Renewals, words: Words) -> str:
    number = words.number(len(found.passed))
    told = words("more than {n}", n=number) if found.has_more_passed else number
    return words("Passed, not updated: {n}", n=told)


def _paging(found: Renewals, state: ListState, words: Words) -> list[Element]:
    buttons = []
    if state.before:
        back = replace(state, before=max(0, state.before - PAGE))
        buttons.append(kit.button(words("◀ Back"), f"{ids.SHOW_RENEWALS}:back", write(back)))
    if state.before + PAGE < len(found.ahead):
        buttons.append(
            kit.button(words("Next ▶"), f"{ids.SHOW_RENEWALS}:next", write(replace(state, before=state.before + PAGE)))
        )
    return buttons


def _ways(
    listing: Listing, found: Renewals, state: ListState, scopes: Sequence[Choice], window: str, words: Words
) -> list[Element]:
    """The chart, the lists of those that stand apart, and the same of others' clients."""
    buttons = [kit.button(words("Chart"), ids.CHART_RENEWALS, state.filter)]
    whole = replace(listing.wanted, renews=None)
    if len(found.passed) > SHOWN_PASSED:
        passed = write_filter(replace(whole, renews=PASSED))
        buttons.append(
            kit.button(
                words("All that passed"), f"{ids.SHOW_LIST}:passed-{ids.BELOW}", write(ListState(passed, state.owner))
            )
        )
    if found.base.undated:
        none = write_filter(replace(whole, renews=NO_DATE))
        buttons.append(
            kit.button(
                words("Without a date"), f"{ids.SHOW_LIST}:undated-{ids.BELOW}", write(ListState(none, state.owner))
            )
        )
    return [*buttons, *_others(listing, window, scopes, words)]


def _others(listing: Listing, window: str, scopes: Sequence[Choice], words: Words) -> Iterator[Element]:
    """The same window of others' clients, as it is typed."""
    whole = replace(listing, wanted=replace(listing.wanted, renews=None)) if window else listing
    for button in to_others(whole, scopes, ids.SHOW_RENEWALS, words):
        yield {**button, "value": " ".join(filter(None, [window, button["value"]]))}


def _foot(listing: Listing, words: Words) -> str:
    shown = lists.filtered(replace(listing, wanted=replace(listing.wanted, renews=None)))
    parts = [words("Showing: {filter}", filter=shown) if shown else "", lists.data_day(listing, words)]
    return " · ".join(filter(None, [*parts, words("only you see this")]))
