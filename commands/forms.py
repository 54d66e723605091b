"""What the listeners of modals have in common: where an answer goes, and what stands beside a field."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import Ack

from bot.blocks import forms, kit
from bot.blocks.forms import FormState
from bot.blocks.wording import explain
from bot.errors import DeliveryError, UserError
from bot.looking import LookingAck
from bot.reply import replier
from commands.arguments import Turn

Payload = Mapping[str, Any]

log = structlog.get_logger()

_TOO_LATE = ("expired_url", "used_url")


def carrying(body: Payload, about: str = "", version: int = 0) -> FormState:
    """What a modal carries that is opened by this click."""
    return FormState(body.get("response_url") or "", int(time.time()), about, version)


def carried(view: Payload) -> FormState:
    state = forms.read(view["private_metadata"])
    if state is None:
        raise UserError("form_gone")
    return state


def refuse(ack: Ack, field: str, error: UserError, turn: Turn) -> None:
    """The modal stays, with what is wrong beside the field."""
    ack(response_action="errors", errors={field: explain(error, turn.words)})


def replace(ack: Ack, state: FormState, message: kit.Message, too_late: UserError) -> None:
    """Close the modal, and put the message in the place of the one that it was opened from.

    Slack takes that for 30 minutes: later, `too_late` says so in the modal; if only Slack knows, by direct message.
    """
    _answer(ack, state, message, too_late, in_place=True)


def below(ack: Ack, state: FormState, message: kit.Message, too_late: UserError) -> None:
    """The same, with the message below the one that it was opened from, which stays."""
    _answer(ack, state, message, too_late, in_place=False)


def _answer(ack: Ack, state: FormState, message: kit.Message, too_late: UserError, *, in_place: bool) -> None:
    if not state.can_reply(time.time()):
        raise too_late
    ack()
    try:
        _tell(ack, state, message, in_place=in_place)
    except DeliveryError as error:
        if any(code in error.code for code in _TOO_LATE):
            raise too_late from error
        raise


def refresh(ack: Ack, state: FormState, message: kit.Message) -> None:
    """Put the message in the place of the one that a modal was opened from. What was done is said in the modal.

    Where there is none, because a command opened it, and where Slack no longer takes it, nothing is missing.
    """
    if not state.can_reply(time.time()):
        return
    try:
        _tell(ack, state, message)
    except DeliveryError as error:
        log.warning("a list stays as it was", error=error.code)


def _tell(ack: Ack, state: FormState, message: kit.Message, *, in_place: bool = True) -> None:
    told = ack.looking.message(message) if isinstance(ack, LookingAck) else message
    replier(state.reply_to)(replace_original=in_place, **told)
