"""A client in a digest or an alert: two lines with its menu, what became of it and why."""

from __future__ import annotations

from datetime import date

from bot.blocks import ids, kit, moves
from bot.blocks.kit import Block
from bot.blocks.listing import TIERS
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import Named, Rule
from bot.domain.digest_told import Client, Told
from bot.domain.digests import Digest
from bot.domain.moves import Part
from bot.domain.recoveries import followed, recovery

MENU = {"take": "I'll take it", "card": "Open card", "task": "Log task", "snooze": "Snooze…", "useless": "Not useful"}
BIG, SMALL = 48, 30  # characters of a client's name, and of a person's: of 25 lines all must fit


def row(catalog: Catalog, digest: Digest, told: Told, one: Named, client: Client, words: Words) -> Block:
    """A client in two lines, with its menu."""
    menu = [(words(label), f"{word}:{one.client_id}:{one.rule}:{digest.id}") for word, label in MENU.items()]
    return kit.section(*in_two(catalog, told, one, client, words), accessory=kit.overflow(ids.DIGEST_MENU, menu))


def in_two(catalog: Catalog, told: Told, one: Named, client: Client, words: Words) -> list[str]:
    name = f"*{fitted(client.name, BIG)}*"
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
        at, taker = client.taken_at, fitted(client.taker, SMALL)
        since = words.clock(at.time()) if at.date() == told.day else words.weekday(at.date(), told.day)
        return words("{person} has it ({since})", person=taker, since=since)
    if client.csm is None:
        return words("nobody's")
    csm = fitted(client.csm, SMALL)
    return csm if client.cover is None else words("{cover} for {csm}", cover=fitted(client.cover, SMALL), csm=csm)


def _why(catalog: Catalog, told: Told, one: Named, client: Client, words: Words) -> str:
    """The one reason, and the renewal."""
    said = [_reason(catalog, told, one, client, words)]
    if one.renews_on is not None and one.rule not in {Rule.RENEWAL, Rule.MOVED}:
        days = (one.renews_on - told.day).days
        said += [words.count("Renews in {n} day", "Renews in {n} days", days)] if 0 <= days <= 120 else []
    if client.snoozed_to is not None and client.snoozed_to > told.day:
        by, day = fitted(client.snoozer or "", SMALL), words.day(client.snoozed_to, told.day)
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


def fitted(text: str, most: int) -> str:
    """A name; where escaping makes it more than twice as long, less of it."""
    shown = kit.name(text, most)
    return shown if len(shown) <= 2 * most else kit.name(text, most // 3)
