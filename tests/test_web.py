"""The HTTP routes: only what Slack signed, lately and with our secret, reaches Bolt."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.web import LARGEST_BODY, Front, Signed

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b"command=%2Fengagement&text=Umbrella"


class Inner:
    """Stands where Bolt stands and notes what it is given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start_response("200 OK", [("content-type", "text/plain")])
        return [b"heard"]


def sign(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def ask(app: Any, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Status and body of one request. Header names as CGI has them; None's are left out."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "x",
        "SERVER_PORT": "1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(), "wsgi.multithread": True, "wsgi.multiprocess": False,
        "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)), **headers,
    }  # fmt: skip
    seen: list[int] = []
    answer = app(environ, lambda status, _headers, _error=None: seen.append(int(status[:3])))
    return seen[0], b"".join(answer)


def send(inner: Inner, body: bytes = BODY, **changes: str) -> int:
    """Send a request as Slack signs it, with some of its headers changed."""
    timestamp = changes.pop("timestamp", str(int(time.time())))
    headers = {
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": timestamp,
        "HTTP_X_SLACK_SIGNATURE": changes.pop("signature", sign(BODY, timestamp)),
        **changes,
    }
    front = Front(lambda: None, lambda: None, Signed(inner, SECRET))
    return ask(front, "/slack/events", "POST", body, **headers)[0]


def test_what_slack_signed_reaches_bolt_whole() -> None:
    inner = Inner()
    assert send(inner) == 200
    assert inner.bodies == [BODY]


@pytest.mark.parametrize(
    ("status", "body", "changes"),
    [
        (401, BODY, {"timestamp": "abc"}),
        (401, BODY, {"timestamp": ""}),
        (401, BODY, {"timestamp": "-5"}),
        (401, BODY, {"timestamp": "1e9"}),
        (401, BODY, {"timestamp": "٣٣٣"}),
        (401, BODY, {"timestamp": "9" * 5000}),
        (401, BODY, {"timestamp": str(int(time.time()) - 301)}),
        (401, BODY, {"timestamp": str(int(time.time()) + 40_000)}),
        (401, BODY, {"signature": ""}),
        (401, BODY, {"signature": "v0="}),
        (401, BODY, {"signature": "v0=ÿÿ"}),
        (401, BODY, {"signature": sign(BODY, str(int(time.time())), "another secret")}),
        (401, BODY.replace(b"Umbrella", b"Vandelay"), {}),  # a replay with a changed body
        (401, BODY + b"&ssl_check=1", {}),
        (401, b"\xff\xfe", {}),
        (413, b"x" * (LARGEST_BODY + 1), {}),
        (411, BODY, {"CONTENT_LENGTH": ""}),
        (411, BODY, {"CONTENT_LENGTH": "-1"}),
    ],
)
def test_anything_else_is_refused_and_not_logged(
    status: int, body: bytes, changes: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    inner = Inner()
    with caplog.at_level(logging.DEBUG):
        assert send(inner, body, **changes) == status
    assert inner.bodies == []
    assert "Umbrella" not in caplog.text
    assert "Vandelay" not in caplog.text


@pytest.mark.parametrize(("age", "status"), [(300, 200), (301, 401), (-300, 200), (-301, 401)])
def test_the_age_of_a_request_is_our_own_check(monkeypatch: pytest.MonkeyPatch, age: int, status: int) -> None:
    """The library that looks at the signature looks at the age, too: here it lets everything pass."""
    monkeypatch.setattr(SignatureVerifier, "is_valid", lambda *_: True)
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    inner = Inner()
    assert send(inner, timestamp=str(1_800_000_000 - age)) == status
    assert len(inner.bodies) == (status == 200)


def test_the_largest_body_is_taken() -> None:
    body = b"x" * LARGEST_BODY
    timestamp = str(int(time.time()))
    assert send(Inner(), body, timestamp=timestamp, signature=sign(body, timestamp)) == 200


@given(timestamp=st.text(max_size=30), signature=st.text(max_size=80), body=st.binary(max_size=200))
def test_no_header_or_body_makes_it_fail(timestamp: str, signature: str, body: bytes) -> None:
    inner = Inner()
    assert send(inner, body, timestamp=timestamp, signature=signature) == 401
    assert inner.bodies == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/slack/events", 405),
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 405),
        ("POST", "/readyz", 405),
        ("GET", "/metrics", 200),
        ("GET", "/", 404),
        ("GET", "/slack/events/", 404),
        ("POST", "/healthz/../slack/events", 404),
    ],
)
def test_each_route_takes_its_own_methods(method: str, path: str, status: int) -> None:
    assert ask(Front(lambda: None, lambda: None, Signed(Inner(), SECRET)), path, method)[0] == status


def test_a_check_that_fails_says_why() -> None:
    front = Front(lambda: None, lambda: "the database does not answer")
    assert ask(front, "/readyz") == (503, b"the database does not answer\n")
    assert ask(front, "/healthz") == (200, b"ok\n")


def test_without_http_there_is_no_way_in() -> None:
    assert ask(Front(lambda: None, lambda: None), "/slack/events", "POST", BODY)[0] == 404


def test_the_front_keeps_to_wsgi() -> None:
    front = validator(Front(lambda: None, lambda: None))
    for path in ("/healthz", "/metrics", "/nothing"):
        environ = {"PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
        setup_testing_defaults(environ)
        answer = front(environ, lambda *_: lambda _body: None)
        assert b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
