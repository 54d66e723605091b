"""Who looks after a client, beyond who took it: on its card, that it is put off, and which digest named it."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.kit import Block
from bot.blocks.words import Words
from bot.domain.digest_news import Rule
from bot.domain.engagement import Engagement

RULES = {
    Rule.LOW: "newly low",
    Rule.FELL: "fell",
    Rule.RECOVERED: "recovered",
    Rule.QUIET: "going quiet",
    Rule.MOVED: "renewal moved",
    Rule.RENEWAL: "renewal near",
    Rule.START: "low at its start",
}
_REASON = 200  # characters


def told(one: Engagement, words: Words) -> list[str]:
    """At most two lines."""
    return [*_snoozed(one, words), *_named(one, words)]


def lines(one: Engagement, words: Words) -> list[Block]:
    """The same: the first with its button."""
    end = kit.button(words("End snooze"), ids.END_SNOOZE, str(one.client.id))
    snoozed = [kit.section(said, accessory=end) for said in _snoozed(one, words)]
    return [*snoozed, *map(kit.context, _named(one, words))]


def _snoozed(one: Engagement, words: Words) -> list[str]:
    snooze = one.snoozed
    if snooze is None:
        return []
    day = words.weekday(snooze.until, one.day)
    said = words("Snoozed until {day} by {person}", day=day, person=kit.name(snooze.name, 40))
    return [f"{said}: {kit.name(snooze.reason, _REASON)}"]


def _named(one: Engagement, words: Words) -> list[str]:
    named = one.client.named
    if named is None or not named.is_recent(one.day):
        return []
    day = words.weekday(named.on, one.day)
    said = [words("In the digest of {day}: {rule}", day=day, rule=words(RULES[named.rule]))]
    if named.leads_at is not None:
        said.append(words("leads told {day}", day=words.weekday(named.leads_at.date(), one.day)))
    if named.useless:
        said.append(words("not useful to {n}", n=words.number(named.useless)))
    return [" · ".join(said)]
