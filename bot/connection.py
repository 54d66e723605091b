"""Socket Mode: one websocket to Slack, which counts what is in flight so that it can be drained."""

from __future__ import annotations

import threading
import time
from functools import partial

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot import metrics

PING = 10  # seconds between the pings that Slack answers
PONG = PING / 2  # seconds that an answer to a ping may take
SILENT = 3 * PING  # seconds without an answer after which the connection is made anew


class Connection(SocketModeHandler):
    """Takes envelopes, hands each to Bolt and sends its acknowledgement. Slack keeps up to 10 of these per app."""

    def __init__(self, app: App, app_token: str, concurrency: int) -> None:
        super().__init__(app, app_token, ping_interval=PING, concurrency=concurrency)
        self.client.on_open_listeners.append(lambda _: self._hear())
        self._connect = self.client.connect
        self.client.connect = self._connect_awake  # type: ignore[method-assign]
        self._running = 0
        self._lock = threading.Lock()
        self._heard = time.monotonic()

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        started = time.perf_counter()
        with self._lock:
            self._running += 1
        try:
            super().handle(client, req)
        finally:
            with self._lock:
                self._running -= 1
            metrics.ACKNOWLEDGED.labels("socket_mode").observe(time.perf_counter() - started)

    @property
    def is_open(self) -> bool:
        return self.client.is_connected()

    @property
    def silent_for(self) -> float:
        """Seconds since Slack was last heard: since the connection opened or a ping was answered."""
        session = self.client.current_session
        answered = getattr(session, "last_pong_tm", 0.0) if session is not None and session.sock is not None else 0.0
        if answered:
            self._heard = max(self._heard, time.monotonic() - (time.time() - answered))
        return time.monotonic() - self._heard

    def _connect_awake(self) -> None:
        """Connect as the SDK does, with a reader that wakes twice as often.

        A connection that Slack replaces is closed under the thread that reads it, and that thread may sleep on until
        its time-out (10 s if the SDK has its way); only then does the SDK read from the new one.
        """
        self._connect()
        session = self.client.current_session
        if session is not None:
            session.run_forever = partial(session.run_forever, ping_timeout=PONG)  # type: ignore[method-assign]

    def _hear(self) -> None:
        self._heard = time.monotonic()

    def renew_if_silent(self) -> None:
        """End a connection whose other side is gone without a word; the client then opens another.

        The kernel alone would need a quarter of an hour to notice.
        """
        if self.is_open and self.silent_for > SILENT:
            self.client.disconnect()

    def drain(self, seconds: float) -> None:
        """Wait until everything taken is acknowledged, at most as long as Slack waits, then hang up.

        Closing first would lose the acknowledgements of work that is done all the same.
        """
        deadline = time.monotonic() + seconds
        idle = 0
        while idle < 2 and time.monotonic() < deadline:  # twice: between queue and worker a request is in neither
            idle = idle + 1 if self._running == 0 and self.client.message_queue.empty() else 0
            time.sleep(0.02)
        closing = threading.Thread(target=self.close, daemon=True)  # called plainly it may take 10 s to return
        closing.start()
        closing.join(1)
