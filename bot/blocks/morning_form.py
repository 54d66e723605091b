"""The modal *When do I get messages?*: the time of the morning message, and what becomes of each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Modal
from bot.blocks.notices import notice
from bot.blocks.words import Words
from bot.domain.morning import Choice, Topic, Way
from bot.errors import FieldError

AT = "at"
TOPICS = {
    Topic.TASKS: "Tasks that are overdue or due",
    Topic.CLIENTS: "Clients of mine that fell, recovered or went quiet",
    Topic.RENEWALS: "Renewals that come near",
    Topic.COVER: "Tasks of those for whom I cover",
}
WAYS = {
    Way.DIRECT: "In my morning message",
    Way.CHANNEL: "Only in our channel's digest",
    Way.OFF: "Not at all",
}


def form(chosen: Choice, state: FormState, words: Words) -> Modal:
    said = words(
        "One direct message each working day, where there is something to tell. "
        "What you leave to the channel's digest is not in it."
    )
    at = kit.time_picker(words("Time, where you are"), AT, chosen.at)
    parts = [_part(topic, chosen.ways[topic], words) for topic in Topic]
    return forms.modal(words("Morning message"), [kit.section(said), at, *parts], ids.SET_MORNING, state, words)


def _part(topic: Topic, chosen: Way, words: Words) -> Block:
    options = [(words(label), way.value) for way, label in WAYS.items()]
    return kit.field(words(TOPICS[topic]), kit.select(topic.value, options, chosen.value), optional=False)


def read(fields: Mapping[str, str]) -> Choice:
    """Raises FieldError."""
    try:
        at = time.fromisoformat(fields.get(AT, ""))
    except ValueError as error:
        raise FieldError("morning_no_time", AT) from error
    return Choice(at, {topic: Way(fields.get(topic.value, Way.DIRECT)) for topic in Topic})


def saved(chosen: Choice, words: Words) -> Modal:
    """What stands in the modal's place then."""
    if not any(chosen.wants(topic) for topic in Topic):
        said = words("Saved. You get no morning message.")
    else:
        said = words("Saved. Your morning message comes at {time}, where you are.", time=words.clock(chosen.at))
    return notice(said, words, words("Morning message"))
