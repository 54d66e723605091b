"""What a team's leads are told of a low client that nobody takes."""

from __future__ import annotations

from datetime import date

from bot.blocks import ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.escalation import Told


def message(one: Told, today: date, words: Words) -> Message:
    """The buttons are those of the card and of lists: the card takes the message's place, or stands below it."""
    score = "" if one.score is None else words(", {score} of 10", score=one.score)
    head = words("*{client}*{score} · Low: nobody has taken it", client=kit.name(one.name), score=score)
    why = words.count(
        "The digest {digest} named it {day}; {n} working hour has passed since.",
        "The digest {digest} named it {day}; {n} working hours have passed since.",
        one.hours,
        digest=kit.name(one.digest),
        day=words.weekday(one.on, today),
    )
    value = str(one.client_id)
    take = kit.button(words("I'll take it"), ids.TAKE_CLIENT, value)
    buttons = kit.actions(take, kit.button(words("Open card"), ids.OPEN_LISTED, value))
    return kit.message(f"{head}. {why}".replace("*", ""), [kit.section(head, why), buttons])
