"""Socket Mode: tickets, websockets, envelopes to one of the open connections, acknowledgements by envelope id."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.playground.ids import new_id, new_secret
from bot.playground.model import Json

MOST_SOCKETS = 10
WARNING_SECONDS = 10.0
GRACE_SECONDS = 3.0


class NotAcknowledgedError(Exception):
    """The app did not take a delivery. `code` is what Slack shows to the person, `reason` what it says on a retry."""

    def __init__(self, code: str, reason: str, *, retry: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.retry = retry


@dataclass(eq=False)
class Connection:
    """One open websocket of the app and the envelopes that it has not acknowledged."""

    websocket: WebSocket
    loop: asyncio.AbstractEventLoop
    waiting: dict[str, Future[Json]] = field(default_factory=dict)

    def write(self, message: Json) -> None:
        """Sends from any thread; the event loop does the writing."""
        asyncio.run_coroutine_threadsafe(self.websocket.send_text(json.dumps(message)), self.loop)


class SocketMode:
    """All open connections of one app. `address` is the ws:// address, filled in once the server knows its port."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.address = ""
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._changed = threading.Condition()
        self.warning_seconds = WARNING_SECONDS

    def ticket_url(self) -> str:
        """A fresh address with a ticket that opens one websocket once."""
        ticket = new_secret()
        with self._changed:
            self._tickets.add(ticket)
        return f"{self.address}?ticket={ticket}&app_id={self.app_id}"

    @property
    def count(self) -> int:
        """How many connections are open."""
        with self._changed:
            return len(self._connections)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Waits until at least that many connections are open."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._connections) >= count, timeout)

    async def endpoint(self, websocket: WebSocket) -> None:
        """One websocket from its ticket to its end."""
        ticket = websocket.query_params.get("ticket", "")
        with self._changed:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
        if not known:
            await websocket.close(4401)
            return
        await websocket.accept()
        connection = Connection(websocket, asyncio.get_running_loop())
        if self.count >= MOST_SOCKETS:
            await websocket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await websocket.close()
            return
        await websocket.send_text(json.dumps(self._hello()))
        self._add(connection)
        try:
            while True:
                self._acknowledge(connection, await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._drop(connection)

    def _hello(self) -> Json:
        debug = {"host": "playground", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": self.count + 1,
            "debug_info": debug,
            "connection_info": {"app_id": self.app_id},
        }

    def _add(self, connection: Connection) -> None:
        with self._changed:
            self._connections.append(connection)
            self._changed.notify_all()

    def _drop(self, connection: Connection) -> None:
        with self._changed:
            if connection in self._connections:
                self._connections.remove(connection)
            self._changed.notify_all()
        for future in list(connection.waiting.values()):
            if not future.done():
                future.set_exception(NotAcknowledgedError("operation_timeout", "connection_failed"))

    def _acknowledge(self, connection: Connection, message: str) -> None:
        try:
            answer = json.loads(message)
        except ValueError:
            return
        future = connection.waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
        if future is not None and not future.done():
            future.set_result(answer)

    def send(self, kind: str, payload: Json, timeout: float, *, answers: bool, retry: Json | None = None) -> Any:
        """Delivers to one connection, waits for the acknowledgement, gives its payload (None without one).

        `answers` is `accepts_response_payload`: where it is false, an acknowledgement's payload is dropped.
        """
        with self._changed:
            if not self._connections:
                raise NotAcknowledgedError("dispatch_failed", "connection_failed")
            connection = random.choice(self._connections)  # noqa: S311 - which of the equal sockets
            envelope_id, future = new_id("E"), Future[Json]()
            connection.waiting[envelope_id] = future
        envelope: Json = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        connection.write(envelope | {"accepts_response_payload": answers} | (retry or {}))
        try:
            answer = future.result(timeout)
        except NotInTime:
            raise NotAcknowledgedError("operation_timeout", "timeout") from None
        finally:
            connection.waiting.pop(envelope_id, None)
        return answer.get("payload") if answers else None

    def disconnect(self, reason: str) -> None:
        """Ends every connection: "warning" (after `warning_seconds`), "refresh_requested" or "link_disabled" (at once).

        A connection that is to go gets nothing new, but may still acknowledge what it has.
        """
        with self._changed:
            going = list(self._connections)
            if reason != "warning":
                self._retire(going)
        for connection in going:
            asyncio.run_coroutine_threadsafe(self._end(connection, reason), connection.loop)

    def _retire(self, going: list[Connection]) -> None:
        with self._changed:
            self._connections = [each for each in self._connections if each not in going]
            self._changed.notify_all()

    async def _end(self, connection: Connection, reason: str) -> None:
        goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
        await connection.websocket.send_text(json.dumps(goodbye))
        if reason == "warning":
            await asyncio.sleep(self.warning_seconds)
            self._retire([connection])
        patience = time.monotonic() + GRACE_SECONDS
        while connection.waiting and time.monotonic() < patience:
            await asyncio.sleep(0.01)
        if connection.websocket.client_state is WebSocketState.CONNECTED:
            await connection.websocket.close()
