"""The pages of the playground: what a browser asks for and sends, with everybody's identity in a cookie."""

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground.actions import Actions
from bot.playground.ids import interactive_elements
from bot.playground.manifest import Manifest
from bot.playground.model import Channel, Json, MessageRef, Person, Values, View
from bot.playground.protection import Protection
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.rendering import SEVERAL, TICKS
from bot.playground.screen import STEPS, Screen
from bot.playground.socket_mode import NotAcknowledgedError
from bot.playground.state import Slack
from bot.playground.values import STATELESS, chosen_field, find_element

STATIC = Path(__file__).parent / "static"
COOKIE = "playground_person"

# How long a browser's question for news stays open, and how soon it notices that nobody waits for the answer any more.
HOLD_SECONDS, LOOK_SECONDS = 25.0, 1.0

Handler = Callable[[Request], Awaitable[Response]]


def routes(slack: Slack, actions: Actions, manifest: Manifest) -> list[BaseRoute]:
    """The pages and their style, script and icon, for the server that also carries the Web API."""
    pages = Pages(slack, actions, manifest)
    gets: dict[str, Handler] = {
        "/": pages.home,
        "/c/{channel}": pages.channel,
        "/home": pages.home_tab,
        "/files/{file}/{name:path}": pages.download,
    }
    posts: dict[str, Handler] = {
        "/person": pages.switch_person,
        "/clock": pages.move_clock,
        "/c/{channel}/messages": pages.write,
        "/c/{channel}/invite": pages.invite,
        "/c/{channel}/messages/{ts}/press": pages.press_in_message,
        "/c/{channel}/messages/{ts}/dismiss": pages.dismiss,
        "/c/{channel}/messages/{ts}/shortcut": pages.message_shortcut,
        "/shortcut": pages.shortcut,
        "/views/{view}/press": pages.press_in_modal,
        "/views/{view}/suggest": pages.suggest,
        "/views/{view}/attach": pages.attach,
        "/views/{view}/submit": pages.submit,
        "/views/{view}/close": pages.close,
    }
    guard = [Middleware(Protection)]
    made: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC), middleware=guard)]
    made += [Route(path, _refusing(handler), methods=["GET"], middleware=guard) for path, handler in gets.items()]
    made += [Route(path, _refusing(handler), methods=["POST"], middleware=guard) for path, handler in posts.items()]
    return made


def _refusing(handler: Handler) -> Handler:
    """What a person cannot do is answered in words for them, not with a traceback."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except ImpossibleError as refused:
            return PlainTextResponse(f"This cannot be done: {refused}.", status_code=422)
        except NotModelledError as unknown:
            return PlainTextResponse(f"This playground does not know: {unknown}.", status_code=501)

    return answer


class Pages:
    """The handlers. A post answers 204 when it is done: the page hears of the change by the question it keeps open."""

    def __init__(self, slack: Slack, actions: Actions, manifest: Manifest) -> None:
        self._slack = slack
        self._actions = actions
        self._manifest = manifest
        self._screen = Screen(slack, actions, manifest)
        self._run = secrets.token_hex(4)

    # Looking

    async def home(self, request: Request) -> Response:
        return RedirectResponse(self._start(self._person(request)), status_code=303)

    async def channel(self, request: Request) -> Response:
        """A channel's page; with `since`, only once something is newer than that version, or after a while."""
        person = self._person(request)
        await self._wait(request, person, request.query_params.get("since", ""))
        channel = self._find_channel(person, request.path_params["channel"])
        if channel is None:
            return RedirectResponse(self._start(person), status_code=303)
        version = f"{self._run}-{person.id}.{self._slack.version}"
        return HTMLResponse(await run_in_threadpool(self._screen.page, person, channel, version))

    async def home_tab(self, request: Request) -> Response:
        """The app's Home tab, likewise. Without `since` somebody opens it, and the app hears of it."""
        person, since = self._person(request), request.query_params.get("since", "")
        channel = self._slack.direct_message(person.id)
        if channel is None or not self._manifest.home_tab:
            return RedirectResponse(self._start(person), status_code=303)
        if not since:
            self._actions.open_home(person.id)
        await self._wait(request, person, since)
        version = f"{self._run}-{person.id}.{self._slack.version}"
        draw = partial(self._screen.page, person, channel, version, is_home=True)
        return HTMLResponse(await run_in_threadpool(draw))

    async def download(self, request: Request) -> Response:
        if "authorization" in request.headers:
            raise NotModelledError("downloading a file with a token")
        file = self._actions.file(self._person(request).id, request.path_params["file"])
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(
            file.content, headers={"content-disposition": disposition}, media_type="application/octet-stream"
        )

    async def _wait(self, request: Request, person: Person, since: str) -> None:
        seen, _, number = since.partition(".")
        if seen != f"{self._run}-{person.id}" or not number.isdecimal():
            return
        end = time.monotonic() + HOLD_SECONDS
        while self._slack.version <= int(number) and time.monotonic() < end:
            if self._slack.closed or await request.is_disconnected():
                return
            await run_in_threadpool(self._slack.wait_for_change, int(number), LOOK_SECONDS)

    # Who, and when

    async def switch_person(self, request: Request) -> Response:
        form = await request.form()
        person = next((each for each in self._screen.personas() if each.id == form.get("person")), None)
        if person is None:
            raise ImpossibleError("nobody of that id is here")
        channel = self._find_channel(person, str(form.get("channel", "")))
        stays = channel is not None and channel.kind != "im"
        answer = RedirectResponse(f"/c/{channel.id}" if channel and stays else self._start(person), status_code=303)
        answer.set_cookie(COOKIE, person.id, httponly=True, samesite="strict")
        self._slack.changed()  # the other tabs ask again, and learn whom they belong to now
        return answer

    async def move_clock(self, request: Request) -> Response:
        step = STEPS.get(str((await request.form()).get("by")))
        if step is None:
            raise ImpossibleError("the clock moves by an hour, a day or a week")
        self._slack.advance(step)
        return _done()

    def _person(self, request: Request) -> Person:
        """Whom the cookie names; a first visitor is the first colleague who is no admin."""
        personas = self._screen.personas()
        known = next((each for each in personas if each.id == request.cookies.get(COOKIE)), None)
        return known or next((each for each in personas if not each.is_admin and not each.guest), personas[0])

    def _start(self, person: Person) -> str:
        channel = self._slack.direct_message(person.id) or self._slack.channels_of(person.id)[0]
        return f"/c/{channel.id}"

    def _find_channel(self, person: Person, channel_id: str) -> Channel | None:
        return next((each for each in self._slack.channels_of(person.id) if each.id == channel_id), None)

    # Writing

    async def write(self, request: Request) -> Response:
        text = _text((await request.form()).get("text")).strip()
        act = self._actions.command if text.startswith("/") else self._actions.say
        await run_in_threadpool(act, self._person(request).id, request.path_params["channel"], text)
        return _done()

    async def invite(self, request: Request) -> Response:
        channel = self._find_channel(self._person(request), request.path_params["channel"])
        if channel is None or self._person(request).id not in channel.members:
            raise ImpossibleError("only members of a channel can invite to it")
        await run_in_threadpool(self._actions.invite_bot, channel.id)
        return _done()

    async def dismiss(self, request: Request) -> Response:
        """Takes a private answer off the page of the person it was for."""
        ref = MessageRef(request.path_params["channel"], request.path_params["ts"])
        message = self._slack.find(ref)
        if message is None or message.ephemeral_to != self._person(request).id:
            raise ImpossibleError("this message is not there any more")
        self._slack.remove(message)
        return _done()

    # Shortcuts

    async def shortcut(self, request: Request) -> Response:
        chosen = _text((await request.form()).get("shortcut"))
        await run_in_threadpool(self._actions.shortcut, self._person(request).id, chosen)
        return _done()

    async def message_shortcut(self, request: Request) -> Response:
        chosen = _text((await request.form()).get("shortcut"))
        ref = MessageRef(request.path_params["channel"], request.path_params["ts"])
        await run_in_threadpool(self._actions.message_shortcut, self._person(request).id, ref, chosen)
        return _done()

    # Blocks

    async def press_in_message(self, request: Request) -> Response:
        ref = MessageRef(request.path_params["channel"], request.path_params["ts"])
        message = self._slack.find(ref)
        if message is None:
            raise ImpossibleError("this message is not there any more")
        return await self._press(request, ref, message.blocks)

    async def press_in_modal(self, request: Request) -> Response:
        view = self._slack.homes.get(self._person(request).id)
        if view is None or view.id != request.path_params["view"]:
            view = self._view(request)
        return await self._press(request, view.id, view.payload["blocks"])

    async def _press(self, request: Request, source: MessageRef | str, blocks: list[Json]) -> Response:
        form = await request.form()
        person = self._person(request)
        block_id, action_id, *value = _pressed(form)
        _, element = find_element(blocks, block_id, action_id)
        entered = _entered(blocks, form)
        raw = value[0] if value else entered.get(block_id, {}).get(action_id)
        chosen = {} if element["type"] == "button" else {chosen_field(element): raw}
        self._actions.fill(person.id, source, entered)
        await run_in_threadpool(lambda: self._actions.press(person.id, source, block_id, action_id, **chosen))
        if element["type"] not in STATELESS:
            self._slack.changed()  # what was chosen shows, whatever the bot makes of it
        return _done()

    async def suggest(self, request: Request) -> Response:
        """What the bot offers for what is typed into an external select: pairs of value and label."""
        form = await request.form()
        person, view = self._person(request), self._view(request)
        block_id, action_id, *_ = _pressed(form)
        typed = _text(form.get("typed"))
        try:
            found = await run_in_threadpool(self._actions.suggest, person.id, view.id, block_id, action_id, typed)
        except (NotAcknowledgedError, RefusalError) as failure:
            raise ImpossibleError("the app offered nothing that could be shown") from failure
        return JSONResponse([[one["value"], one["text"]["text"]] for one in found])

    async def attach(self, request: Request) -> Response:
        """Files that were chosen in a modal, or one that is taken out again; gives the modal with what it holds now."""
        person, view = self._person(request), self._view(request)
        async with request.form() as form:
            chosen = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
            files = [(one.filename or "file", await one.read()) for one in chosen]
        block_id, action_id, *taken = _pressed(form)
        self._actions.fill(person.id, view.id, _entered(view.payload["blocks"], form))
        for file_id in taken:
            self._actions.detach(person.id, view.id, block_id, action_id, file_id)
        self._actions.attach(person.id, view.id, block_id, action_id, *files)
        return HTMLResponse(self._screen.modal(person, view, {}))

    async def submit(self, request: Request) -> Response:
        view = self._view(request)
        person = self._person(request)
        values = _entered(view.payload["blocks"], await request.form())
        errors = await run_in_threadpool(self._actions.submit, person.id, view.id, values)
        if not errors:
            return _done()
        return HTMLResponse(self._screen.modal(person, view, errors), status_code=422)

    async def close(self, request: Request) -> Response:
        everything = (await request.form()).get("all") == "yes"
        person, view = self._person(request), self._view(request)
        await run_in_threadpool(lambda: self._actions.close(person.id, view.id, everything=everything))
        return _done()

    def _view(self, request: Request) -> View:
        view = self._actions.open_view(self._person(request).id)
        if view is None or view.id != request.path_params["view"]:
            raise ImpossibleError("this dialog is not open any more")
        return view


def _done() -> Response:
    return Response(status_code=204)


def _text(raw: object) -> str:
    """A field's text. Browsers send line ends as CR LF."""
    return str(raw or "").replace("\r\n", "\n")


def _pressed(form: FormData) -> Sequence[str]:
    """Block id, action id and, for a menu, the value of the entry that was chosen."""
    try:
        pressed = json.loads(str(form.get("press")))
    except ValueError:
        pressed = None
    if not isinstance(pressed, list) or len(pressed) not in (2, 3) or not all(isinstance(it, str) for it in pressed):
        raise ImpossibleError("nothing is named that could be pressed")
    return pressed


def _entered(blocks: list[Json], form: FormData) -> Values:
    """What stands in the inputs of a message or modal, raw. Boxes send nothing when none is ticked."""
    values: Values = {}
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] == "file_input":
                continue  # its files came when they were chosen
            name = json.dumps([block["block_id"], element["action_id"]], separators=(",", ":"))
            if element["type"] in TICKS | SEVERAL or name in form:
                raw: Any = [_text(each) for each in form.getlist(name)]
                if not chosen_field(element).endswith("s"):
                    raw = raw[0] if raw else None
                values.setdefault(block["block_id"], {})[element["action_id"]] = raw
    return values
