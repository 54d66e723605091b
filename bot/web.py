"""The HTTP routes: what is not from Slack is refused before Bolt sees it; health, readiness and metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.signature import SignatureVerifier

from bot import metrics

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1 << 20  # bytes; a view of 250 kB, the largest thing Slack sends, is a third of it when form-encoded

SLACK = "/slack/events"
ROUTES = {SLACK: "POST", "/healthz": "GET", "/readyz": "GET", "/metrics": "GET"}

Check = Callable[[], str | None]  # None: well; otherwise what is wrong, in one line

log = structlog.get_logger()


class RefusalError(Exception):
    """A request that is not passed on. The reason is a metric's label: nothing of the request is in it."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Front:
    """The WSGI application. Without `slack` (Socket Mode) it serves only health, readiness and metrics."""

    def __init__(self, alive: Check, ready: Check, slack: WSGIApplication | None = None) -> None:
        self._checks = {"/healthz": alive, "/readyz": ready}
        self._slack = slack

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in ROUTES or (path == SLACK and self._slack is None):
            return _answer(start_response, HTTPStatus.NOT_FOUND)
        if environ["REQUEST_METHOD"] != ROUTES[path]:
            return _answer(start_response, HTTPStatus.METHOD_NOT_ALLOWED, allow=ROUTES[path])
        if path == SLACK and self._slack is not None:
            return self._slack(environ, start_response)
        if path == "/metrics":
            kind, body = metrics.exposition()
            return _answer(start_response, HTTPStatus.OK, body, kind)
        problem = self._checks[path]()
        status = HTTPStatus.OK if problem is None else HTTPStatus.SERVICE_UNAVAILABLE
        return _answer(start_response, status, (problem or "ok").encode() + b"\n")


class Signed:
    """Hands on what Slack signed with our secret in the last 5 minutes (docs: verifying-requests-from-slack).

    Bolt looks too, but fails on a timestamp that is no number, and logs the body of what it refuses.
    """

    def __init__(self, slack: WSGIApplication, secret: str) -> None:
        self._slack = slack
        self._verifier = SignatureVerifier(secret)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        try:
            body = _read(environ)
            self._verify(environ, body)
        except RefusalError as refusal:
            metrics.REFUSED.labels(refusal.reason).inc()
            log.warning("request refused", reason=refusal.reason)
            return _answer(start_response, refusal.status)
        answer = self._slack({**environ, "wsgi.input": BytesIO(body)}, start_response)
        metrics.ACKNOWLEDGED.labels("http").observe(time.perf_counter() - started)
        return answer

    def _verify(self, environ: WSGIEnvironment, body: bytes) -> None:
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise RefusalError(HTTPStatus.UNAUTHORIZED, "timestamp")
        if abs(time.time() - int(timestamp)) > 300:
            raise RefusalError(HTTPStatus.UNAUTHORIZED, "too_old")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise RefusalError(HTTPStatus.UNAUTHORIZED, "encoding") from None
        if not signature.isascii() or not self._verifier.is_valid(text, timestamp, signature):
            raise RefusalError(HTTPStatus.UNAUTHORIZED, "signature")


def _read(environ: dict[str, Any]) -> bytes:
    """The whole body. Slack names its length; what does not, or is longer than anything of Slack's, is not read."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise RefusalError(HTTPStatus.LENGTH_REQUIRED, "no_length")
    if int(length) > LARGEST_BODY:
        raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _answer(
    start_response: StartResponse,
    status: HTTPStatus,
    body: bytes | None = None,
    kind: str = "text/plain; charset=utf-8",
    **headers: str,
) -> list[bytes]:
    body = f"{status.phrase}\n".encode() if body is None else body
    listed = [("content-type", kind), ("content-length", str(len(body))), *headers.items()]
    start_response(f"{status.value} {status.phrase}", listed)
    return [body]
