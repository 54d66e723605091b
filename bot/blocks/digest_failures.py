"""What the maker of a digest is told where it could not be posted: why, and what mends it."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.digests import Digest, Pause


def paused(one: Digest, words: Words) -> Message | None:
    """None where it runs again, or somebody paused it."""
    if one.paused in {None, Pause.PERSON, Pause.DRAFT}:
        return None
    why, how = _why(one.paused, _channel(one, words), words)
    return _message(words("*{name}* rests: {why}", name=kit.name(one.name), why=why), how, one, words)


def failed(one: Digest, words: Words) -> Message:
    said = words("*{name}* could not be posted this time.", name=kit.name(one.name))
    return _message(said, words("What it had to say, the next one says."), one, words)


def unsure(one: Digest, words: Words) -> Message:
    where = _channel(one, words)
    said = words("*{name}* may be missing in {channel}: Slack did not answer.", name=kit.name(one.name), channel=where)
    how = words("I may not look there whether it arrived, so I did not send it again: else it might stand there twice.")
    return _message(said, how, one, words)


def _message(said: str, how: str, one: Digest, words: Words) -> Message:
    mend = kit.button(words("Edit the digest"), ids.EDIT_DIGEST, str(one.id))
    return kit.message(f"{said} {how}", [kit.section(said, how), kit.actions(mend)])


def why_it_rests(why: Pause, one: Digest, words: Words) -> str:
    return _why(why, _channel(one, words), words)[0]


def _channel(one: Digest, words: Words) -> str:
    return f"<#{one.channel_id}>" if one.channel_id else words("its channel")


def _why(why: Pause | None, channel: str, words: Words) -> tuple[str, str]:
    """Why it rests, and what mends that."""
    match why:
        case Pause.ARCHIVED:
            return words("{channel} is archived.", channel=channel), words("Choose another channel.")
        case Pause.NOT_IN_CHANNEL:
            how = words("Type `/invite @engagement` there, and then resume it.")
            return words("I am not in {channel}.", channel=channel), how
        case Pause.RESTRICTED:
            why_not = words("not everybody may post in {channel}, and I may not.", channel=channel)
            return why_not, words("Let me post there, or choose another channel.")
        case Pause.SHARED:
            shared = words(
                "people who may not see clients read {channel}: guests, or another company.", channel=channel
            )
            return shared, words("Choose another channel, or ask whoever runs the bot to allow this one by its name.")
        case Pause.GONE:
            return words("what it tells of, or its channel, is gone."), words("Choose anew, and it runs again.")
        case _:
            return words("Slack refuses it."), words("Look at its settings, and then resume it.")
