"""What goes wrong on the way to Slack, as one kind of error: it may be tried again, or never will be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk.errors import SlackApiError

from bot.errors import DeliveryError

OK, TOO_MANY, SICK = 200, 429, 500  # of HTTP; from SICK on it is the server's fault
PATIENCE = 60  # seconds in which Slack must take or give some of the bytes
TEMPORARY = {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}


@contextmanager
def delivering(*, posts: bool = False) -> Iterator[None]:
    """Turns what Slack's client raises into a DeliveryError.

    posts  what is called writes: where its answer says nothing of whether it was taken, it may have arrived
    """
    try:
        yield
    except SlackApiError as error:
        status = error.response.status_code
        code = error.response["error"] if status == OK else f"http_{status}"
        after = _wait(error.response.headers) if status == TOO_MANY else None
        is_unsure = status >= SICK or code in TEMPORARY - {"ratelimited"}
        temporary = _may_pass(status) or code in TEMPORARY
        raise DeliveryError(code, temporary=temporary, after=after, may_have_arrived=posts and is_unsure) from error
    except HTTPError as error:
        error.close()
        raise DeliveryError(f"http_{error.code}", temporary=_may_pass(error.code)) from error
    except URLError as error:  # there was no connection, or the request never was whole
        raise DeliveryError(type(error.reason).__name__, temporary=True) from error
    except (OSError, HTTPException) as error:
        raise DeliveryError(type(error).__name__, temporary=True, may_have_arrived=posts) from error


def send_bytes(url: str, path: Path) -> None:
    """Upload a file to the address that Slack gave for it."""
    length = str(path.stat().st_size)
    headers = {"Content-Type": "application/octet-stream", "Content-Length": length}
    with path.open("rb") as file, urlopen(Request(url, file, headers, method="POST"), timeout=PATIENCE) as answer:  # noqa: S310  (an address from Slack)
        answer.read()


def _wait(headers: Mapping[str, str]) -> int:
    """Seconds, by the header Retry-After, whose letters servers write as they like."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return int(said) if said.isdecimal() else 1


def _may_pass(status: int) -> bool:
    return status == TOO_MANY or status >= SICK
