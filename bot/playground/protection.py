"""What guards the pages: posts come from the pages themselves, and no foreign code runs in them."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The names under which the playground is served; the server's gate refuses every other.
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # `no-referrer` would make browsers send `Origin: null` with our own forms
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Protection:
    """Refuses posts that another site makes a visitor's browser send; puts the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        own = scope["method"] in ("GET", "HEAD") or is_own(Headers(scope=scope))
        refusal = PlainTextResponse("This did not come from the playground's own page.", status_code=403)
        await (self.app if own else refusal)(scope, receive, send_protected)


def is_own(headers: Headers) -> bool:
    """Whether a post comes from one of our pages.

    Browsers put `Origin` on every post and current ones `Sec-Fetch-Site`; no page can forge either. The port counts:
    another server on this computer is another site, though its pages would be sent our cookie. That the host
    itself is this computer, the server has checked before.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return origin == f"http://{headers.get('host')}"
