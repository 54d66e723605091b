"""Who has taken a low client: a line of its card, with the button that takes it or gives it back."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.kit import Block
from bot.blocks.words import Words
from bot.domain.catalog import Tier
from bot.domain.engagement import Engagement


def taken(one: Engagement, words: Words) -> list[str]:
    """At most one line; none of a client that nobody need take."""
    claim = one.client.claim
    if claim is not None:
        since = words.weekday(claim.at.date(), one.day)
        return [words("Taken by {person} since {day}", person=kit.name(claim.name, 40), day=since)]
    return [words("Nobody has taken it")] if one.verdict.tier is Tier.LOW else []


def line(one: Engagement, words: Words) -> list[Block]:
    """The same with its button."""
    value, claim = str(one.client.id), one.client.claim
    button = kit.button(words("I'll take it"), ids.TAKE_CLIENT, value)
    if claim is not None:
        button = kit.button(words("Give back"), ids.GIVE_BACK, f"{value} {claim.person_id}")
    may_press = claim is None or claim.may_end
    return [kit.section(told, accessory=button if may_press else None) for told in taken(one, words)]
