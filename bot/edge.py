"""The edge of work that nobody waits for: what goes wrong there, whatever it is, is logged and ends nothing else."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex
from typing import TypeVar

import structlog

Result = TypeVar("Result")

log = structlog.get_logger()


def attempt(
    what: str, work: Callable[[], Result], *, raises: tuple[type[Exception], ...] = (), **ids: object
) -> Result | None:
    """What the work gives. None where it failed: `what` did, of these `ids`. It fails on with what it `raises`."""
    try:
        return work()
    except raises:
        raise
    except Exception:  # the only one: what is expected is caught by its name, and Bolt catches for the listeners
        log.exception(what, reference=token_hex(4), **ids)
        return None
