"""The modals of *Share here*: what a channel would see, and why it may not see it."""

from __future__ import annotations

from bot.blocks import engagement as cards
from bot.blocks import ids, kit
from bot.blocks.kit import Modal
from bot.blocks.notices import notice
from bot.blocks.words import Words
from bot.domain.audience import Audience, Channel
from bot.domain.catalog import Catalog
from bot.domain.engagement import Engagement


def checking(words: Words) -> Modal:
    """Shown at once: who reads the channel is asked of Slack meanwhile."""
    return notice(words("Looking who reads this channel …"), words, words("Share"))


def preview(
    catalog: Catalog, one: Engagement, audience: Audience, channel: Channel | None, words: Words, sharer: str
) -> Modal:
    """What the channel would see, with the choice of another one."""
    chosen = channel.id if channel is not None and audience is Audience.FINE else None
    said = _says(audience, channel, words)
    picker = kit.channel_picker(
        words("Share to"), ids.SHARE_CHANNEL, ids.SHARE_CHANNEL, chosen, words("Channels with guests are refused.")
    )
    quoted = [kit.context(words("Shared by {person}", person=f"<@{sharer}>")), *cards.body(catalog, one, words)]
    return kit.modal(
        words("Share"),
        [kit.section(said), picker, *quoted],
        close=words("Cancel"),
        submit=words("Share"),
        callback=ids.SHARE_CLIENT,
        metadata=str(one.client.id),
    )


def _says(audience: Audience, channel: Channel | None, words: Words) -> str:
    name = f"#{kit.plain(channel.name)}" if channel is not None and channel.name else words("this channel")
    match audience:
        case Audience.FINE:
            return words("Everybody in {channel} will see this:", channel=name)
        case Audience.NOT_IN_CHANNEL:
            return words("I can't post here yet. Type `/invite @engagement` in the channel, or share to another one.")
        case _:
            return words("{why} Share to another channel:", why=refused(audience, channel, words))


def refused(audience: Audience, channel: Channel | None, words: Words) -> str:
    """Why a channel may not see client data. Goes beside the field, so it is plain text."""
    name = f"#{channel.name}" if channel is not None and channel.name else words("This channel")
    match audience:
        case Audience.NOT_A_CHANNEL:
            return words("This is a conversation between people.")
        case Audience.NOT_IN_CHANNEL:
            return words("I can't post there yet. Type /invite @engagement in that channel, then press again.")
        case Audience.ARCHIVED:
            return words("{channel} is archived.", channel=name)
        case Audience.EXTERNAL:
            return words("{channel} is shared with another company: client data stays out.", channel=name)
        case _:
            return words("{channel} has guests, or people I don't know yet: client data stays out.", channel=name)


def slow(words: Words) -> str:
    """Beside the field: who reads the channel took too long to ask."""
    return words("It took long to see who reads this channel. Press again.")


def sharing(channel: Channel, words: Words) -> Modal:
    """The last words: they come before the post, so that a slow one is not sent twice."""
    text = words("Sharing in #{channel}: you will see it there in a moment.", channel=kit.plain(channel.name))
    return notice(text, words, words("Share"))
