"""What every request passes first: only loopback names are served, and handlers learn how to drop the connection."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class Gate:
    """Refuses other names in Host (a page of another site could point its name here: DNS rebinding) and in Origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_local(scope):
            return await refuse(scope, send)
        # The server's own `send` is bound to the exchange that knows the transport; what wraps it later hides that.
        exchange = getattr(send, "__self__", None)
        if scope["type"] == "http" and exchange is not None:
            scope["hang_up"] = exchange.transport.abort
        return await self._app(scope, receive, send)


def is_local(scope: Scope) -> bool:
    """Whether Host, and Origin where there is one, name this machine."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin")
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    return host in LOOPBACK and (origin is None or urlsplit(origin).hostname in LOOPBACK)


async def refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": b"Only loopback names are served."})
