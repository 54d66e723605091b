"""What a digest says on a day: the message, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.blocks.kit import Message
from bot.domain.digests import Digest
from storage.digest_facts import Head


@dataclass(frozen=True)
class Composed:
    message: Message | None  # None: nothing is new, and nothing is posted
    as_of: date | None  # the day that the scores speak of: what comes after it is told next time
    facts: Mapping[str, Any] = field(default_factory=dict)  # ids and numbers, from which it is drawn again
    named: Mapping[int, str] = field(default_factory=dict)  # by client, the rule that names it


Compose = Callable[[Connection, Digest, datetime, Head], Composed]
