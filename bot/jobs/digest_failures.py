"""What becomes of a digest whose post failed, and what its maker is told of it, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.blocks import digest_failures as show
from bot.blocks.kit import Message
from bot.blocks.words import Words, speak
from bot.domain.access import Person
from bot.domain.digests import Digest, Pause
from bot.errors import DeliveryError
from storage import deliveries, digest_runs, digests
from storage.alerts import NEWS
from storage.deliveries import Delivery

FAILED, UNSURE = "digest_failed", "digest_unsure"  # kinds of delivery, to its maker
UNSEEN = "unseen"  # why a delivery failed: it may have arrived, and nobody may look
# By Slack's code or the verdict on the channel, why the digest rests from then on:
PAUSES: Mapping[str, Pause] = {
    "is_archived": Pause.ARCHIVED,
    "archived": Pause.ARCHIVED,
    "not_in_channel": Pause.NOT_IN_CHANNEL,
    "channel_not_found": Pause.GONE,
    "external": Pause.SHARED,
    "guests": Pause.SHARED,
}
# What is wrong with the app and not with the digest, which goes on:
OF_THE_APP = {"account_inactive", "invalid_auth", "missing_scope", "not_authed", "token_expired", "token_revoked"}
# What is wrong with the message under which it was to be told:
OF_THE_THREAD = {"cannot_reply_to_message", "message_not_found", "thread_not_found"}


def is_stopped(connection: Connection, one: Delivery) -> bool:
    """Whether its digest was stopped since, by what will not pass. One that a person paused may be sent by hand."""
    found = digests.get(connection, one.installation_id, one.digest_id or 0)
    return found is None or found.paused not in {None, Pause.PERSON}


def answer(
    connection: Connection, one: Delivery, error: DeliveryError, now: datetime, *, may_have_arrived: bool
) -> None:
    """What surely did not arrive is told by the next run; what will not pass stops the digest."""
    if one.kind == NEWS and error.code in OF_THE_THREAD:
        return  # the alert's message is found to be gone once it is to be changed
    if not may_have_arrived and one.kind == digest_runs.KIND:
        digest_runs.take_back(connection, one.installation_id, one.id)
    if error.code == UNSEEN or error.temporary or error.code in OF_THE_APP:
        _tell(connection, one, UNSURE if error.code == UNSEEN else FAILED, now)
    else:
        digest_runs.stop(connection, one.installation_id, one.digest_id or 0, _why(error.code), str(one.id), now)


def _why(code: str) -> Pause:
    return Pause.RESTRICTED if code.startswith("restricted_action") else PAUSES.get(code, Pause.REFUSED)


def _tell(connection: Connection, one: Delivery, kind: str, now: datetime) -> None:
    found = digests.get(connection, one.installation_id, one.digest_id or 0)
    if found is not None:
        deliveries.add(connection, one.installation_id, found.made_by, kind, f"{found.id}/{one.id}", now)


Draw = Callable[[Digest, Words], Message | None]


def _message(draw: Draw, connection: Connection, person: Person, key: str, _now: datetime) -> Message | None:
    """None where the digest is gone, or was mended by then."""
    found = digests.get(connection, person.installation_id, int(key.partition("/")[0]))
    return None if found is None else draw(found, speak(person.locale))


MAKERS = {
    digest_runs.PAUSED: partial(_message, show.paused),
    FAILED: partial(_message, show.failed),
    UNSURE: partial(_message, show.unsure),
}
