"""Faults on demand, per method: too many requests, a sick server, a dead connection, an answer that comes too late."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call, made by the functions below. `processed`: the call did its work."""

    kind: str
    processed: bool
    seconds: float = 0.0

    @property
    def status(self) -> int:
        """The HTTP status that the bot sees; 0 where the connection dies."""
        return {"rate_limited": 429, "unavailable": 503}.get(self.kind, 0)

    async def spoil(self, request: Request, answer: Response) -> Response:
        """What the bot gets instead of the answer."""
        if self.kind == "rate_limited":
            headers = {"Retry-After": str(int(self.seconds))}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        if self.kind == "unavailable":
            return HTMLResponse("<html><body>Service unavailable</body></html>", 503)
        if self.kind == "late":
            await asyncio.sleep(self.seconds)
        else:
            request.scope["hang_up"]()
        return answer


def rate_limited(retry_after: int = 1) -> Fault:
    """HTTP 429 with Retry-After in whole seconds; the call is not processed."""
    return Fault("rate_limited", processed=False, seconds=retry_after)


def unavailable() -> Fault:
    """HTTP 503 with a page of HTML; the call is not processed."""
    return Fault("unavailable", processed=False)


def killed_before() -> Fault:
    """The connection dies and the call is not processed."""
    return Fault("killed", processed=False)


def killed_after() -> Fault:
    """The connection dies although the call was processed."""
    return Fault("killed", processed=True)


def late(seconds: float) -> Fault:
    """The call is processed at once and answered after that many seconds."""
    return Fault("late", processed=True, seconds=seconds)


class Faults:
    """What is to go wrong: each fault hits one call of its method, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, *faults: Fault) -> None:
        """Lets the next calls of that method (or "response_url", "upload") go wrong, one after the other."""
        with self._lock:
            self._due[method].extend(faults)

    def take(self, method: str) -> Fault | None:
        """The fault for this call of the method, if one is due."""
        with self._lock:
            return self._due[method].popleft() if self._due[method] else None
