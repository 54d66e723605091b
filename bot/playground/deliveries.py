"""How payloads reach the bot: Socket Mode or signed HTTP requests; three seconds to acknowledge; events are retried."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

from bot.playground.events import subscription
from bot.playground.ids import new_id
from bot.playground.interactions import VERIFICATION_TOKEN
from bot.playground.manifest import Manifest
from bot.playground.model import Json
from bot.playground.socket_mode import NotAcknowledgedError, SocketMode
from bot.playground.state import Slack

ACKNOWLEDGE_SECONDS = 3.0
RETRY_WAITS = (0.0, 60.0, 300.0)


class SignedRequests:
    """HTTP deliveries to one request URL on loopback, signed with the real time as Slack signs them."""

    def __init__(self, url: str, signing_secret: str, slack: Slack) -> None:
        parts = urlsplit(url)
        if parts.hostname not in ("127.0.0.1", "localhost") or parts.scheme != "http":
            raise ValueError("the request URL must be http:// on loopback")
        self._address = (parts.hostname, parts.port or 80)
        self._path = parts.path or "/"
        self._signer = SignatureVerifier(signing_secret)
        self._slack = slack

    def send(self, body: str, content_type: str, timeout: float, headers: Json) -> Any:
        """Posts and gives what the answer says: JSON, the text in it as {"text": …}, or None."""
        timestamp = str(int(self._slack.real_time()))
        signature = self._signer.generate_signature(timestamp=timestamp, body=body) or ""
        headers = headers | {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        connection = http.client.HTTPConnection(*self._address, timeout=timeout)
        try:
            connection.request("POST", self._path, body.encode(), headers)
            response = connection.getresponse()
            said = response.read().decode("utf-8", "replace")
        except TimeoutError:
            raise NotAcknowledgedError("operation_timeout", "http_timeout") from None
        except (OSError, http.client.HTTPException):
            raise NotAcknowledgedError("dispatch_failed", "connection_failed") from None
        finally:
            connection.close()
        if response.status != 200:
            code = "http_service_error" if response.status >= 500 else "http_client_error"
            raise NotAcknowledgedError(code, "http_error", retry=response.headers.get("X-Slack-No-Retry") != "1")
        return _read(said, response.headers.get_content_type())


def _read(said: str, content_type: str) -> Any:
    if not said:
        return None
    if content_type != "application/json":
        return {"text": said}
    try:
        return json.loads(said)
    except ValueError:
        raise NotAcknowledgedError("invalid_json", "http_error") from None


class Deliveries:
    """One installation's way to the bot. Interactions wait for the acknowledgement; events go in the background.

    Tests set `acknowledge_seconds`, `retry_waits` (seconds before each of the three retries) and `doubled` (every event
    is delivered twice, as it happens with Slack).
    """

    def __init__(self, slack: Slack, manifest: Manifest, sockets: SocketMode, requests: SignedRequests | None) -> None:
        self.acknowledge_seconds = ACKNOWLEDGE_SECONDS
        self.retry_waits: Sequence[float] = RETRY_WAITS
        self.doubled = False
        self._slack = slack
        self._manifest = manifest
        self._sockets = sockets
        self._requests = requests
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._running: list[threading.Thread] = []
        self._held: list[Json] | None = None

    def command(self, payload: Json) -> Any:
        """Delivers a slash command; gives the acknowledgement's body, NotAcknowledgedError where none comes in time."""
        if self._requests:
            form = "application/x-www-form-urlencoded"
            return self._requests.send(urlencode(payload), form, self.acknowledge_seconds, {})
        return self._sockets.send("slash_commands", payload, self.acknowledge_seconds, answers=True)

    def interaction(self, payload: Json) -> Any:
        """Delivers an interaction, once; only answers to submissions and with options count, Slack drops all others."""
        answers = payload["type"] in ("view_submission", "block_suggestion")
        if self._requests:
            form, body = "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)})
            said = self._requests.send(body, form, self.acknowledge_seconds, {})
            return said if answers else None
        return self._sockets.send("interactive", payload, self.acknowledge_seconds, answers=answers)

    def event(self, event: Json) -> None:
        """Delivers an event in the background, if the manifest subscribes to it; three retries if need be."""
        if subscription(event) not in self._manifest.events or self._stop.is_set():
            return
        callback = self.callback(event)
        if self._held is not None:
            self._held.append(callback)
            return
        for _ in range(2 if self.doubled else 1):
            self._start(callback)

    def _start(self, callback: Json) -> threading.Thread:
        thread = threading.Thread(target=self._deliver, args=(callback,), daemon=True)
        with self._lock:
            thread.start()
            self._running = [each for each in self._running if each.is_alive()] + [thread]
        return thread

    @contextmanager
    def newest_first(self) -> Iterator[None]:
        """Holds the events of the block back and delivers them at its end in the wrong order, one after the other."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for callback in reversed(held):
                self._start(callback).join()

    def callback(self, event: Json) -> Json:
        """The envelope round an event, with an id of its own that its retries share."""
        slack = self._slack
        bot = {"enterprise_id": None, "team_id": slack.team.id, "user_id": slack.app.user_id}
        channel = slack.channels.get(str(event.get("channel")))
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": slack.team.id,
            "api_app_id": slack.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(slack.now().timestamp()),
            "authorizations": [bot | {"is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": new_id("EC"),
        }

    def _deliver(self, callback: Json) -> None:
        attempt, reason = 0, ""
        while True:
            try:
                return self._send_event(callback, attempt, reason)
            except NotAcknowledgedError as failure:
                if attempt >= len(self.retry_waits) or not failure.retry:
                    return None
                reason = failure.reason
            if self._stop.wait(self.retry_waits[attempt]):
                return None
            attempt += 1

    def _send_event(self, callback: Json, attempt: int, reason: str) -> None:
        if self._requests:
            retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
            self._requests.send(json.dumps(callback), "application/json", self.acknowledge_seconds, retry)
        else:
            told: Json = {"retry_attempt": attempt, "retry_reason": reason}
            self._sockets.send("events_api", callback, self.acknowledge_seconds, answers=False, retry=told)

    def settle(self, timeout: float = 10.0) -> None:
        """Waits until every event so far is acknowledged or given up."""
        with self._lock:
            running = list(self._running)
        for thread in running:
            thread.join(timeout)

    def stop(self) -> None:
        """Ends all waiting for retries."""
        self._stop.set()
        self.settle()
