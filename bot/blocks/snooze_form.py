"""*Snooze…*: until when a client is left out of digests, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Modal
from bot.blocks.words import Words
from bot.domain.snoozes import LONGEST
from bot.errors import FieldError

UNTIL, REASON = "until", "reason"  # the fields
_LONG = 300  # characters


def form(client: str, day: date, state: FormState, words: Words) -> Modal:
    """`day`: what is proposed."""
    hint = words("Sooner, if it falls again or its renewal comes within 30 days.")
    blocks = [
        kit.section(f"*{kit.name(client)}*"),
        kit.day_picker(words("Leave it out of digests until"), UNTIL, day),
        kit.context(hint),
        kit.text_input(words("Why?"), REASON, _LONG),
    ]
    return forms.modal(words("Snooze"), blocks, ids.SNOOZE, state, words)


def read(fields: Mapping[str, str], today: date) -> tuple[date, str]:
    """The day and the reason. Raises FieldError."""
    if UNTIL not in fields:
        raise FieldError("snooze_no_day", UNTIL)
    if REASON not in fields:
        raise FieldError("snooze_no_reason", REASON)
    until = date.fromisoformat(fields[UNTIL])
    if not today < until <= today + LONGEST:
        raise FieldError("snooze_day", UNTIL)
    return until, fields[REASON]
