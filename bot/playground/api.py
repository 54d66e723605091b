"""The Web API over HTTP: reads a call however it is encoded, checks token, scope and arguments, answers like Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.playground.faults import Faults
from bot.playground.files import MOST_BYTES, receive
from bot.playground.manifest import Manifest
from bot.playground.model import Json
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.response_urls import answer_url
from bot.playground.socket_mode import SocketMode
from bot.playground.state import Slack
from bot.playground.web_api import METHODS
from bot.playground.web_api.method import Given, Method, known_to_slack

Outcome = tuple[int, Json]
"""The HTTP status and the JSON of an answer."""


class WebApi:
    """All methods of one installation.

    `scopes` is what was granted; `refused_tokens` gives tokens that are no longer good their refusal: "token_revoked",
    "account_inactive".
    """

    def __init__(
        self,
        slack: Slack,
        manifest: Manifest,
        sockets: SocketMode,
        faults: Faults,
        bot_token: str,
        app_token: str,
    ) -> None:
        self.slack = slack
        self.scopes = set(manifest.scopes)
        self.refused_tokens: dict[str, str] = {}
        self._manifest = manifest
        self._sockets = sockets
        self._faults = faults
        self._tokens = {bot_token: "bot", app_token: "app"}

    def routes(self) -> list[Route]:
        return [
            Route("/api/{method:path}", self.call, methods=["GET", "POST"]),
            Route("/response/{token}", self.respond, methods=["POST"]),
            Route("/upload/v1/{token}", self.upload, methods=["POST"]),
            Route("/files-pri/{file}/download/{name:path}", self.download, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        """One Web API call, with whatever fault was asked for."""
        name = request.path_params["method"]
        try:
            values = await read_values(request)
        except RefusalError as refusal:
            return JSONResponse(refusal.answer())
        sent = str(values.pop("token", ""))
        token = bearer(request) or sent
        response = await self._recorded(request, name, values, lambda: self._answer(name, token, values))
        if self._tokens.get(token) == "bot":
            response.headers["x-oauth-scopes"] = ",".join(sorted(self.scopes))
        return response

    async def respond(self, request: Request) -> Response:
        """One post to a response_url: "ok", or Slack's refusal."""
        try:
            values = await read_values(request)
        except RefusalError as refusal:
            return JSONResponse(refusal.answer(), 400)
        token = request.path_params["token"]
        return await self._recorded(
            request, "response_url", values, lambda: answer_url(self.slack, token, values), "ok"
        )

    async def upload(self, request: Request) -> Response:
        """The bytes of one file, raw; forms with a file in them are what Slack takes, too."""
        token = request.path_params["token"]
        if request.headers.get("content-type", "").startswith("multipart/"):
            missing = {"ok": False, "error": "not_modelled", "method": "upload", "missing": "multipart"}
            return await self._recorded(request, "upload", {}, lambda: (501, missing))
        content = await read_bytes(request)
        run = partial(receive, self.slack, token, content)
        return await self._recorded(request, "upload", {"bytes": len(content)}, run, f"OK - {len(content)}")

    async def download(self, request: Request) -> Response:
        """The bytes of a file, for a bot that may read files; everybody else is sent to where one logs in."""
        file = self.slack.files.get(request.path_params["file"])
        token = bearer(request)
        may_read = self._tokens.get(token) == "bot" and token not in self.refused_tokens and "files:read" in self.scopes
        response: Response = RedirectResponse(f"/?redir={quote(request.url.path)}", 302)
        if may_read:
            is_there = file is not None and file.content is not None
            response = Response(file.content, media_type="text/csv") if file and is_there else Response("", 404)
        fault = self._faults.take("download")
        self.slack.record("download", {"file": request.path_params["file"]}, response.status_code, {})
        return await fault.spoil(request, response) if fault else response

    async def _recorded(
        self, request: Request, name: str, values: Json, run: Callable[[], Outcome], plain: str = ""
    ) -> Response:
        fault = self._faults.take(name)
        if fault and not fault.processed:
            self.slack.record(name, values, fault.status, {})
            return await fault.spoil(request, Response())
        status, answer = run()
        self.slack.record(name, values, status, answer)
        response = Response(plain) if plain and answer["ok"] else JSONResponse(answer, status)
        return await fault.spoil(request, response) if fault else response

    def _answer(self, name: str, token: str, values: Json) -> Outcome:
        known = METHODS.get(name)
        try:
            if known is None:
                if name in known_to_slack():
                    raise NotModelledError(name)
                raise RefusalError("unknown_method", req_method=name)
            return 200, {"ok": True, **self._run(known, token, values)}
        except RefusalError as refusal:
            return 200, refusal.answer()
        except NotModelledError as missing:
            return 501, {"ok": False, "error": "not_modelled", "method": name, "missing": str(missing)}

    def _run(self, known: Method, token: str, values: Json) -> Json:
        self._authorize(known, token)
        given = Given(self.slack, frozenset(self.scopes), self._manifest, self._sockets.ticket_url, values)
        if known.scope:
            given.need(known.scope)
        unknown = set(values) - known.takes - {"team_id"}  # Bolt's clients name the team on every call
        if unknown:
            raise NotModelledError(f"argument {', '.join(sorted(unknown))}")
        return known.function(given)

    def _authorize(self, known: Method, token: str) -> None:
        if known.token == "none":  # noqa: S105 - a kind of token
            return
        if not token:
            raise RefusalError("not_authed")
        if token not in self._tokens:
            raise RefusalError("invalid_auth")
        if token in self.refused_tokens:
            raise RefusalError(self.refused_tokens[token])
        if self._tokens[token] != known.token:
            raise RefusalError("not_allowed_token_type")


def bearer(request: Request) -> str:
    """The token of the Authorization header."""
    found = re.fullmatch(r"Bearer (\S+)", request.headers.get("authorization", ""))
    return found[1] if found else ""


async def read_bytes(request: Request) -> bytes:
    """The body as it is; of one that is too long only enough to see that it is."""
    content = bytearray()
    async for chunk in request.stream():
        if len(content) <= MOST_BYTES:
            content += chunk
    return bytes(content)


async def read_values(request: Request) -> Json:
    """The arguments of a call: query string, form, multipart or JSON; the body wins."""
    values: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        return values | read_json(await request.body())
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form()
        values |= {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
    return values


def read_json(body: bytes) -> Json:
    """The object in a JSON body, without a token: that one counts in the header only; refusals for anything else."""
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        raise RefusalError("invalid_json") from None
    if not isinstance(sent, dict):
        raise RefusalError("json_not_object")
    return {name: value for name, value in sent.items() if name != "token"}
