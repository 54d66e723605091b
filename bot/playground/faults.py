"""Faults on demand, per method: too many requests, a sick server, a dead connection, an answer that comes too late."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from dataclasses import dataclass

from starlette.responses import HTMLResponse, JSONResponse, Response


class ConnectionKilledError(Exception):
    """The server drops the connection without an answer."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call. Use the functions below to make them."""

    kind: str
    seconds: float = 0.0


def rate_limited(retry_after: int = 1) -> Fault:
    """HTTP 429 with Retry-After in whole seconds; the call is not processed."""
    return Fault("rate_limited", retry_after)


def unavailable() -> Fault:
    """HTTP 503 with a page of HTML; the call is not processed."""
    return Fault("unavailable")


def killed_before() -> Fault:
    """The connection dies and the call is not processed."""
    return Fault("killed_before")


def killed_after() -> Fault:
    """The connection dies although the call was processed."""
    return Fault("killed_after")


def late(seconds: float) -> Fault:
    """The call is processed at once and answered after that many seconds."""
    return Fault("late", seconds)


class Faults:
    """What is to go wrong: each fault hits one call of its method, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[str, deque[Fault]] = defaultdict(deque)
        self._after: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, *faults: Fault) -> None:
        """Lets the next calls of that method (or "response_url") go wrong, one after the other."""
        with self._lock:
            self._due[method].extend(faults)

    async def before(self, method: str) -> Response | None:
        """The faulty answer to a call that is not processed, or None where it is to be processed."""
        with self._lock:
            fault = self._due[method].popleft() if self._due[method] else None
            if fault and fault.kind in ("killed_after", "late"):
                self._after[method].append(fault)
                return None
        if fault is None:
            return None
        if fault.kind == "killed_before":
            raise ConnectionKilledError
        if fault.kind == "unavailable":
            return HTMLResponse("<html><body>Service unavailable</body></html>", 503)
        headers = {"Retry-After": str(int(fault.seconds))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)

    async def after(self, method: str) -> None:
        """What happens to the answer of a call that was processed."""
        with self._lock:
            fault = self._after[method].popleft() if self._after[method] else None
        if fault is None:
            return
        if fault.kind == "killed_after":
            raise ConnectionKilledError
        await asyncio.sleep(fault.seconds)
