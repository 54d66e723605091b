"""Fetch a file that somebody uploaded in Slack: from Slack alone, with the bot's token, and never a login page."""

from __future__ import annotations

from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from bot.domain.data import MOST_BYTES
from bot.errors import DeliveryError, UserError
from bot.jobs.delivery import PATIENCE, delivering

SLACK = ".slack.com"
_LOGIN = range(300, 400)  # where one is sent to log in


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to Slack's own address, and to no other that it may name."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def fetch(slack: WebClient, file_id: str, name: str, folder: Path) -> Path:
    """The file in a folder under its own name. Raises UserError, or DeliveryError where it may be tried again."""
    try:
        with delivering():
            found: dict[str, Any] = slack.files_info(file=file_id)["file"]
            content = _read(slack, found, name)
    except DeliveryError as error:
        if error.temporary:
            raise
        if error.code == "missing_scope":
            raise UserError("upload_login", file=name) from error
        raise UserError("upload_not_got", file=name, code=error.code) from error
    path = folder / Path(name).name
    path.write_bytes(content)
    return path


def _read(slack: WebClient, found: dict[str, Any], name: str) -> bytes:
    address = str(found.get("url_private_download", ""))
    if not is_at_slack(address, slack.base_url):
        raise UserError("upload_elsewhere", file=name)
    request = Request(address, headers={"Authorization": f"Bearer {slack.token}"})  # noqa: S310  (Slack's)
    try:
        with build_opener(_NoRedirect).open(request, timeout=PATIENCE) as answer:
            is_page = answer.headers.get_content_type() == "text/html"
            content: bytes = answer.read(MOST_BYTES + 1)
    except HTTPError as error:
        if error.code in _LOGIN:
            error.close()
            raise UserError("upload_login", file=name) from None
        raise
    if is_page or content.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise UserError("upload_login", file=name)
    if len(content) > MOST_BYTES:
        raise UserError("upload_too_large", file=name, limit=MOST_BYTES // 1024 // 1024)
    return content


def is_at_slack(address: str, api: str) -> bool:
    """Slack's own hosts; and that of SLACK_API_URL and those below it, where that is another."""
    at, home = urlsplit(address), urlsplit(api)
    if (at.scheme, at.netloc) == (home.scheme, home.netloc):
        return True
    return at.scheme == "https" and (at.hostname or "").endswith((SLACK, f".{home.hostname}"))
