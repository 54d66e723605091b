"""The playground as a whole: state, Web API, Socket Mode and pages behind one server on loopback, in its own thread."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import ASGIApp

from bot.playground import pages, people
from bot.playground.actions import Actions
from bot.playground.api import WebApi
from bot.playground.deliveries import Deliveries, SignedRequests
from bot.playground.faults import Faults
from bot.playground.gate import Gate
from bot.playground.ids import new_secret
from bot.playground.manifest import Manifest
from bot.playground.model import Call
from bot.playground.socket_mode import SocketMode
from bot.playground.state import Slack

LONGEST_REQUEST = 1 << 20


class Playground:
    """A local Slack with one installed app, running between `with` and its end.

    Give the bot `api_url`, `bot_token` and `app_token` (Socket Mode) or `signing_secret` and a `request_url` (HTTP).
    """

    def __init__(
        self, port: int = 0, manifest: Path | Manifest = Path("manifest.yml"), request_url: str | None = None
    ) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
            read = Manifest.read(manifest) if isinstance(manifest, Path) else manifest
            self._build(read, request_url)
        except BaseException:
            self._socket.close()
            raise

    def _build(self, manifest: Manifest, request_url: str | None) -> None:
        address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{address}"
        self.api_url = f"{self.url}/api/"
        self.bot_token = f"xoxb-{new_secret()}"
        self.app_token = f"xapp-{new_secret()}"
        self.signing_secret = new_secret()
        self.manifest = manifest
        self.slack = Slack(people.TEAM, people.APP, people.cast(manifest.bot_name), people.channels())
        self.slack.address = self.url
        self.sockets = SocketMode(people.APP.id)
        self.sockets.address = f"ws://{address}/socket"
        requests = SignedRequests(request_url, self.signing_secret, self.slack) if request_url else None
        self.deliveries = Deliveries(self.slack, manifest, self.sockets, requests)
        self.slack.on_event = self.deliveries.event
        self.faults = Faults()
        self.web_api = WebApi(self.slack, manifest, self.sockets, self.faults, self.bot_token, self.app_token)
        self.actions = Actions(self.slack, self.deliveries, manifest, self.url)
        self._server = uvicorn.Server(server_config(Gate(Starlette(routes=self._routes()))))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True, name="playground")

    def _routes(self) -> list[BaseRoute]:
        return [
            *self.web_api.routes(),
            WebSocketRoute("/socket", self.sockets.endpoint),
            *pages.routes(self.slack, self.actions, self.manifest),
        ]

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot so far: Web API calls, and "response_url" and "upload" for posts to those."""
        with self.slack.lock:
            return list(self.slack.calls)

    def wait_for_bot(self, timeout: float = 10.0) -> bool:
        """Waits until the bot has one Socket Mode connection open."""
        return self.sockets.wait_for(1, timeout)

    def __enter__(self) -> Playground:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the playground's server did not start")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slack.close()
        self.deliveries.stop()
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def server_config(app: ASGIApp) -> uvicorn.Config:
    """How the server runs: quiet, and ended soon even where a browser still waits for news."""
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        http="h11",
        lifespan="off",
        log_config=None,  # the process has its own logging; the default would take its handlers away
        log_level="warning",
        access_log=False,
        h11_max_incomplete_event_size=LONGEST_REQUEST,
        timeout_graceful_shutdown=1,
    )
