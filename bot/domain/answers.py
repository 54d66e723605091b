"""What people answered to an opportunity, and until when it stays out of lists and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.opportunities import Opportunity

GROWN = 1.5  # so many times what it was makes evidence new


class Reply(StrEnum):
    OFFERED = "offered"
    NOT_NOW = "not_now"
    NOT_FOR_THEM = "not_for_them"


@dataclass(frozen=True)
class Answer:
    """`evidence` and `size` as the opportunity had them when it was answered."""

    reply: Reply
    until: date | None = None  # the day on which it is open again; None: none was named
    evidence: str | None = None
    size: float | None = None


def is_open(one: Opportunity, answer: Answer | None, today: date) -> bool:
    """Whether an opportunity stands in lists and counts: not answered, or past its date, or grown by half since."""
    if answer is None or (answer.until is not None and today >= answer.until):
        return True
    return _has_grown(one, answer)


def _has_grown(one: Opportunity, answer: Answer) -> bool:
    """Numbers of different evidence say nothing of growth."""
    if one.size is None or answer.size is None or one.evidence != answer.evidence:
        return False
    return one.size > answer.size and one.size >= answer.size * GROWN
