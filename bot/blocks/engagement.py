"""The client card. Made for a phone: facts first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.blocks import absences, attention, claims, ids, kit, moves, renewal_outcome
from bot.blocks.key_accounts import key_account
from bot.blocks.kit import Block, Message
from bot.blocks.offers import sentence, why_held
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Category, Tier
from bot.domain.engagement import Engagement
from bot.domain.moves import OWN, change, tenths
from bot.domain.scoring import Area, Reason

QUIET = 2  # tools that are named
TIERS = {Tier.LOW: "Low", Tier.MEDIUM: "Medium", Tier.HIGH: "High"}


def card(catalog: Catalog, one: Engagement, words: Words) -> Message:
    """The answer to `/engagement acme`."""
    offer, key = _offer(catalog, one, words), key_account(one, words)
    foot = kit.context(" · ".join([*key, _freshness(one, words)]))
    said = [*renewal_outcome.line(one, words), *claims.line(one, words), *attention.lines(one, words)]
    more = [*map(kit.section, offer), *said, _buttons(one, words), foot]
    taken = [*claims.taken(one, words), *attention.told(one, words)]
    told = summary(catalog, one, words, [*offer, *renewal_outcome.of_card(one, words), *taken, *key])
    made = kit.message(told, [*body(catalog, one, words), *more])
    return absences.marked(made, one.client.covered, one.day, words)


def shared(catalog: Catalog, one: Engagement, words: Words, sharer: str) -> Message:
    """The card as a channel sees it: who shared it, and nothing to press. `sharer` is a Slack user id."""
    head = kit.context(words("Shared by {person}", person=f"<@{sharer}>"))
    blocks = [head, *body(catalog, one, words), *map(kit.context, _data_day(one, words))]
    return kit.message(summary(catalog, one, words), blocks)


def body(catalog: Catalog, one: Engagement, words: Words) -> list[Block]:
    """What the card and the shared card have in common."""
    blocks = [kit.section(*part) for part in (headline(catalog, one, words), reasons(catalog, one, words)) if part]
    if one.verdict.tier not in {Tier.UNKNOWN, Tier.FORMER}:
        blocks.append(kit.section(*_in_use(one, words)))
        if one.quiet:
            blocks.append(kit.section(*_quiet(one, words)))
        if one.step is not None:
            blocks.append(kit.section(words("*Next:* {step}", step=kit.name(one.step.step, 300))))
    return blocks


def _quiet(one: Engagement, words: Words) -> list[str]:
    """Tools that were in steady use: the score alone would say so only when their window has passed."""
    told = [
        words("{tool}, last used {day}", tool=kit.name(tool.name, 40), day=words.day(use.last_on, one.day))
        if use.last_on is not None
        else kit.name(tool.name, 40)
        for tool, use in one.quiet
    ]
    return [words("*Going quiet:* {tools}", tools="; ".join(told[:QUIET]))]


def _offer(catalog: Catalog, one: Engagement, words: Words) -> list[str]:
    """What the client could buy next, with its evidence; or what is held back, and why."""
    offers = one.offers()
    open_ = [found for found in offers if found.held is None]
    if open_:
        return [words("*Could come next:* {offer}", offer=sentence(catalog, open_[0], words))]
    if not offers or offers[0].held is None:
        return []
    why = why_held(catalog, offers[0].held, words)
    return [words.count("Held back: {n} offer, {why}", "Held back: {n} offers, {why}", len(offers), why=why)]


def headline(catalog: Catalog, one: Engagement, words: Words) -> list[str]:
    """Whose card it is, the score, what changed, and the business that there is."""
    title = kit.link(one.client.url, f"*{kit.name(one.client.name)}*")
    lines = [f"{title} · {_score(catalog, one, words)}", *_news(catalog, one, words)]
    return [*lines, *filter(None, [_business(one, words)])]


def _score(catalog: Catalog, one: Engagement, words: Words) -> str:
    verdict = one.verdict
    match verdict.tier:
        case Tier.ONBOARDING:
            return words("onboarding, day {n} of {all}", n=verdict.onboarding_day, all=catalog.onboarding)
        case Tier.UNKNOWN:
            return words("score not known")
        case Tier.FORMER:
            if one.ended_on is None:
                return words("former client")
            return words("former client since {day}", day=words.day(one.ended_on, one.day))
        case tier:
            return words("{score} of 10 · {tier}", score=verdict.score, tier=words(TIERS[tier]))


def _news(catalog: Catalog, one: Engagement, words: Words) -> list[str]:
    """The second line: what changed, or why nothing can be said of it."""
    verdict, client = one.verdict, one.client
    if verdict.tier is Tier.UNKNOWN:
        return [_unknown(verdict.reason, words)]
    if verdict.tier is Tier.FORMER:
        return [] if client.last_score is None else [words("Last score {n} of 10", n=client.last_score)]
    if verdict.tier is Tier.ONBOARDING and verdict.first_on is not None:
        judged = words.day(verdict.first_on + timedelta(days=catalog.onboarding), one.day)
        return [words("{score} of 10 so far; judged from {day}", score=verdict.score, day=judged)]
    if one.is_late:
        return [words("Data is {n} days old: no change is reported", n=one.age)]
    return [*_idle(one, words), *_change(one, words)]


def _idle(one: Engagement, words: Words) -> list[str]:
    if not one.is_idle:
        return []
    last = one.client.last_used_on
    return [words("Nothing in use since {day}", day=words.day(last, one.day)) if last else words("Nothing used yet")]


def _change(one: Engagement, words: Words) -> list[str]:
    """In whole points; where they are the same, in tenths."""
    if one.change is None:
        return []
    moved = tenths(change(one.moves))
    if not one.change and not moved:
        return [words("No change in 7 days")]
    if not any(part.cause in OWN for part in one.moves):
        return [words("Was {was} of 10 a week ago, measured otherwise", was=one.score_before)]
    sign = "▲" if (one.change or moved) > 0 else "▼"
    if not one.change:
        return [words("{sign} {n} in 7 days", sign=sign, n=words.decimal(abs(moved) / 10))]
    return [words("{sign} {n} in 7 days (was {was})", sign=sign, n=abs(one.change), was=one.score_before)]


def reasons(catalog: Catalog, one: Engagement, words: Words, most: int = moves.MOST) -> list[str]:
    """What moved the score, in tenths of a point that add up to what it moved by."""
    if one.change is None or one.verdict.tier is Tier.ONBOARDING or not (moved := tenths(change(one.moves))):
        return []
    lines = moves.lines(catalog, one.moves, one.client.uses, one.day, words, most)
    title = words("*Why it rose*") if moved > 0 else words("*Why it fell*")
    if not any(part.cause in OWN for part in one.moves):
        title = words("*Why it is another*")
    return [f"{title} ({moves.points(moved, words)})", *lines]


def _unknown(reason: Reason | None, words: Words) -> str:
    match reason:
        case Reason.NO_SUBSCRIPTION:
            return words("No subscription is known for this client.")
        case Reason.NOTHING_POSSIBLE:
            return words("Nothing that this client has is measured.")
        case _:
            return words("No usage data yet.")


def _business(one: Engagement, words: Words) -> str:
    client = one.client
    money = None
    if client.mrr is not None and one.verdict.tier is not Tier.FORMER:
        money = words("{amount}/month", amount=words.money(client.mrr, client.currency))
    return " · ".join(filter(None, [_renewal(one, words), money, kit.name(client.csm_name or "", 40)]))


def _renewal(one: Engagement, words: Words) -> str:
    if one.client.renews_on is None or one.renews_in is None or one.verdict.tier is Tier.FORMER:
        return ""
    day = words.day(one.client.renews_on, one.day)
    if one.renews_in == 0:
        return words("Renews today")
    if one.renews_in < 0:
        return words("Renewal was {day}", day=day)
    return words.count("Renews {day}, in {n} day", "Renews {day}, in {n} days", one.renews_in, day=day)


def _in_use(one: Engagement, words: Words) -> list[str]:
    points = one.verdict.points
    lines = [words("*In use* {earned} of {possible} points", earned=points.earned, possible=points.possible)]
    lines += [_area(one, category, area, words) for category, area in one.areas.items() if area.possible]
    if not one.client.facts.subscribing:
        lines.append(words("No subscriptions are loaded: everything measured counts as bought"))
    return [*lines, *_left_out(one, words)]


def _area(one: Engagement, category: Category, area: Area, words: Words) -> str:
    """Points of a category; where its sources are late, the day that they go to."""
    told = words(
        "{bar} {name} {earned} of {possible}",
        bar=kit.bar(area.earned, area.possible),
        name=kit.name(category.name, 40),
        earned=area.earned,
        possible=area.possible,
    )
    day = one.late.get(category.key)
    return told if day is None else words("{area} · data to {day}", area=told, day=words.day(day, one.day))


def _left_out(one: Engagement, words: Words) -> list[str]:
    """Categories with no points to reach, by why."""
    empty = [(category, area) for category, area in one.areas.items() if not area.possible]
    lines = []
    for label, names in (
        (words("Not bought:"), [c for c, area in empty if not area.included]),
        (words("Not measured:"), [c for c, area in empty if area.included and not area.measured]),
        (words("New, not counted yet:"), [c for c, area in empty if area.included and area.measured]),
    ):
        if names:
            lines.append(f"{label} {', '.join(kit.name(one.name, 40) for one in names)}")
    return lines


def _buttons(one: Engagement, words: Words) -> Block:
    """At most three buttons, for a phone; the rest in a menu."""
    value = str(one.client.id)
    task = kit.button(words("Log task"), ids.LOG_TASK, value)
    menu = {ids.NOTE: words("Leave a note"), ids.ACTIVITY: words("Activity")}
    if one.verdict.tier is Tier.UNKNOWN:
        known = [kit.button(words("What is missing?"), ids.SHOW_MISSING, value)]
    else:
        known = [kit.button(words("Details"), ids.SHOW_DETAILS, value)]
        known.append(kit.button(words("Share here"), ids.PREVIEW_SHARE, value))
        menu |= {ids.HISTORY: words("History"), **_fourth(one, words)}
    menu |= {ids.KEY_ACCOUNT: words("Key account, channel…")}
    more = kit.overflow(ids.MORE_OF_CARD, [(label, f"{word} {value}") for word, label in menu.items()])
    return kit.actions(task, *known, more)


def _fourth(one: Engagement, words: Words) -> dict[str, str]:
    """A low client's opportunities to buy are held back: in their place it can be put off."""
    if one.verdict.tier is Tier.LOW:
        return {ids.SNOOZE: words("Snooze…")}
    return {ids.OPPORTUNITIES: words("Opportunities")}


def _data_day(one: Engagement, words: Words) -> list[str]:
    """How far the data goes, where there is any."""
    return [] if one.data_to is None else [words("Data to {day}", day=words.weekday(one.data_to, one.day))]


def _freshness(one: Engagement, words: Words) -> str:
    days = _data_day(one, words)
    return words("{data} · only you see this", data=days[0]) if days else words("Only you see this")


def summary(catalog: Catalog, one: Engagement, words: Words, offer: Sequence[str] = ()) -> str:
    """The card in sentences, for phones and screen readers; its first 90 characters carry the news."""
    name = kit.spoken(one.client.name, 60)
    spoken = _spoken_change(one, words)
    head = ", ".join([_score(catalog, one, words).replace(" · ", ", "), *spoken])
    first = [f"{name}: {head}", *([] if spoken else _news(catalog, one, words))]
    why = [" ".join(line.split()) for line in reasons(catalog, one, words)[1:]]
    renewal = list(filter(None, [_renewal(one, words)]))
    rest = map(kit.escape, _spoken_rest(one, words))  # `text` is mrkdwn too
    last = [*_spoken_quiet(one, words), *offer, *_data_day(one, words)]
    told = [*map(kit.escape, first), *why[:1], *renewal, *why[1:], *rest, *last]
    return " ".join(sentence if sentence[-1] in ".…" else f"{sentence}." for sentence in told).replace("*", "")


def brief(catalog: Catalog, one: Engagement, words: Words) -> str:
    """The client, its score and its renewal, as a part of a sentence."""
    score = f"{kit.name(one.client.name, 60)}: {_score(catalog, one, words).replace(' · ', ', ')}"
    return ", ".join([score, *_spoken_change(one, words), *filter(None, [_renewal(one, words)])])


def _spoken_quiet(one: Engagement, words: Words) -> list[str]:
    return _quiet(one, words) if one.quiet and one.verdict.tier not in {Tier.UNKNOWN, Tier.FORMER} else []


def _spoken_change(one: Engagement, words: Words) -> list[str]:
    if one.change is None or one.verdict.tier not in TIERS:
        return []
    if one.change == 0 or not any(part.cause in OWN for part in one.moves):
        return [] if tenths(change(one.moves)) else [words("no change in 7 days")]
    way = words("up {n} in 7 days") if one.change > 0 else words("down {n} in 7 days")
    return [way.format(n=abs(one.change))]


def _spoken_rest(one: Engagement, words: Words) -> list[str]:
    client, sentences = one.client, []
    if client.mrr is not None and one.verdict.tier is not Tier.FORMER:
        sentences.append(words("{amount} a month", amount=words.money(client.mrr, client.currency)))
    if client.csm_name:
        sentences.append(words("CSM: {name}", name=kit.spoken(client.csm_name, 40)))
    if one.verdict.tier not in {Tier.UNKNOWN, Tier.FORMER}:
        sentences += [_spoken_area(one, category, area, words) for category, area in one.areas.items() if area.possible]
        if one.step is not None:
            sentences.append(words("Next: {step}", step=one.step.step))
    return sentences


def _spoken_area(one: Engagement, category: Category, area: Area, words: Words) -> str:
    told = words("{name} {earned} of {possible}", name=category.name, earned=area.earned, possible=area.possible)
    day = one.late.get(category.key)
    return told if day is None else words("{area}, data to {day}", area=told, day=words.day(day, one.day))
