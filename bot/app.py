"""wire(): what every listener is given, who answers errors, and which listeners exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Any, Protocol

import structlog
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot import home as at_home
from bot import metrics
from bot.blocks import home as homes
from bot.blocks import kit, notices, seats
from bot.blocks.wording import UNEXPECTED, explain
from bot.blocks.words import Words, speak
from bot.domain.access import Person, Refusal, Right
from bot.domain.catalog import Catalog
from bot.errors import UserError
from bot.jobs import digest_content
from bot.looking import Looking, LookingAck, LookingClient
from bot.recent import Recent
from bot.reply import replier
from bot.settings import Settings
from commands import (
    activity,
    digest_menu,
    digest_news,
    digests,
    engagement,
    home,
    members,
    morning,
    opportunities,
    renewals,
    share,
    snoozes,
    workspace,
)
from commands.arguments import Turn, refusal
from storage import people, rights
from storage.audience import Audience
from storage.catalog import Catalogs
from storage.database import Database

AGAIN = "again"  # in the context of a request that waited until Slack had said who asks
LISTENER_THREADS = 32  # Bolt's own five are shared by everything: a few slow answers would hold up every click
# Kind, id, function, what it asks of the person. Of kind "entry" is one entry of a menu, as `menu:word`: the entries of
# a menu belong to several modules.
Listener = tuple[str, Any, Callable[..., Any], Right]

# Each listener before the one that fits costs microseconds: the frequent modules come first.
MODULES: tuple[Any, ...] = (
    engagement,
    opportunities,
    activity,
    renewals,
    digest_menu,
    snoozes,
    home,
    morning,
    digest_news,
    share,
    digests,
    workspace,
    members,
)

log = structlog.get_logger()


class Authorize(Protocol):
    def __call__(self, **kwargs: Any) -> AuthorizeResult: ...


def listeners(modules: Sequence[Any] = MODULES) -> list[Listener]:
    """All listeners, as the modules in `commands/` declare them."""
    return [listener for module in modules for listener in module.LISTENERS]


def wire(
    *,
    database: Database,
    catalog: Catalog,
    now: Callable[[], datetime],
    slack: WebClient,
    settings: Settings,
    authorize: Authorize | None = None,
    scopes: frozenset[str] = frozenset(),
) -> App:
    """The Bolt app. `slack` is the client that posts: it must not repeat a request blindly.

    `catalog` is what is answered with until an import brings another, or always where CATALOG names it.
    """
    secret = settings.slack_signing_secret
    app = App(
        client=slack,
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else None,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    catalogs = Catalogs(database, catalog, fixed=settings.catalog is not None)
    given = {
        "db": database,
        "catalogs": catalogs,
        "compose": lambda connection, one, moment: digest_content.compose(connection, catalogs, one, moment),
        "slack": slack,
        "now": now,
        "audience": Audience(database, slack, now),
        "scopes": scopes,  # that the bot was granted
        "first_admins": settings.first_admins,
        "command_name": f"/{settings.command_prefix}engagement",
    }
    door = Door(app, given)
    for kind, identity, function, right in listeners():
        measured = metrics.measure(kind, identity, function)
        if kind == "entry":
            menu, _, word = identity.partition(":")
            app.action(menu, matchers=[_choosing(word)], middleware=[door.before(Right(right))])(measured)
            continue
        named = f"/{settings.command_prefix}{identity}" if kind == "command" else identity
        getattr(app, kind)(named, middleware=[door.before(Right(right))])(measured)
    app.error(answer_error)
    return app


def _choosing(word: str) -> Callable[..., bool]:
    """Whether this entry of a menu was chosen: its value begins with the word, before a space or a colon."""

    def is_chosen(action: Mapping[str, Any]) -> bool:
        return bool(action["selected_option"]["value"].replace(":", " ").partition(" ")[0] == word)

    return is_chosen


class Door:
    """Stands before every listener: hands it what it needs, lets full members in, and says to others why not.

    One middleware for all of it, since Bolt takes as long over calling one as the database over a person.
    """

    def __init__(self, app: App, given: Mapping[str, Any]) -> None:
        self._app = app
        self._given = given
        self._recent = Recent()

    def before(self, right: Right) -> Callable[..., BoltResponse | None]:
        """The middleware of a listener that asks for this right."""

        def enter(context: BoltContext, req: BoltRequest, next: Callable[[], None]) -> BoltResponse | None:
            event_id = req.body.get("event_id")
            if event_id is not None and AGAIN not in context and not self._recent.is_new(event_id):
                return BoltResponse(status=200, body="")
            context.update(self._given)
            _give_reply(context, req.body)
            if right is not Right.SLACK and not self._let_in(context, req, right):
                return BoltResponse(status=200, body="")
            next()
            return None

        return enter

    def _let_in(self, context: BoltContext, req: BoltRequest, right: Right) -> bool:
        """Whether the person is known; else the request is answered once Slack was asked. Raises for the refused."""
        found = _find(context)
        if found is None:
            introduced = self._app.listener_runner.listener_executor.submit(_introduce, self._app, req)
            introduced.add_done_callback(partial(_answer_failed, req))
            return False
        refused = found.lacks(right)
        if refused is not None:
            context["refused"] = found
            raise refusal(_turn(context, found), refused)
        context["turn"] = _turn(context, found)
        if found.looks_as is not None:
            _say_as_whom(context, found)
        return True


def _give_reply(context: BoltContext, body: Mapping[str, Any]) -> None:
    """The way in which a click or a late command is answered: where Slack says, or in the Home tab."""
    if context.response_url:
        context["reply"] = context["bare_reply"] = replier(context.response_url)
    elif (body.get("view") or {}).get("type") == "home":
        context["reply"] = context["bare_reply"] = at_home.replier(
            context["slack"], context.user_id or "", body["view"]
        )


def _say_as_whom(context: BoltContext, person: Person) -> None:
    """Let all answers say so while somebody looks as another person."""
    looking = Looking(person.looks_as_name, speak(person.locale))
    context["ack"], context["slack"] = LookingAck(looking), LookingClient(context["slack"], looking)
    if "reply" in context:
        context["reply"] = looking.replier(context["reply"])


def _find(context: BoltContext) -> Person | None:
    with context["db"].read() as connection:
        who = context.actor_user_id or context.user_id or ""
        return people.find(connection, _home(context), who, context["now"](), context.channel_id)


def _home(context: BoltContext) -> str:
    """The Slack workspace that installed the bot. A payload's own may be that of somebody from another company."""
    installed = context.authorize_result
    return (installed.team_id if installed else None) or context.team_id or ""


def _turn(context: BoltContext, person: Person) -> Turn:
    now = context["now"]()
    words = speak(person.locale)
    catalog = context["catalogs"].of(person.installation_id, person.catalog_hash)
    earlier = context["catalogs"].earlier(person.installation_id)
    return Turn(person, person.day(now), words, context["db"], catalog, earlier, context["command_name"], now)


def _introduce(app: App, req: BoltRequest) -> None:
    """Ask Slack once who somebody unknown is, then answer the request that is already acknowledged."""
    _learn(req.context)
    _answer_late(req.context, app.dispatch(BoltRequest(mode="socket_mode", body=req.body, context={AGAIN: True})))


def _answer_failed(req: BoltRequest, introduced: Future[None]) -> None:
    """What goes wrong in a thread of our own is answered like all else: Bolt hears nothing of it."""
    error = introduced.exception()
    if isinstance(error, Exception):
        body = req.body if isinstance(req.body, dict) else {}
        _answer_late(req.context, answer_error(error=error, context=req.context, body=body))


def _answer_late(context: BoltContext, response: BoltResponse) -> None:
    """What would have been said in the acknowledgement."""
    if response.body and context.response_url:
        context["reply"](replace_original=False, **json.loads(response.body))


def _learn(context: BoltContext) -> None:
    user_id = context.actor_user_id or context.user_id or ""
    user = context["slack"].users_info(user=user_id, include_locale=True)["user"]
    with context["db"].write() as connection:
        installation_id = people.installation_of(connection, _home(context))
        if installation_id is None:
            raise UserError("not_installed")
        people.keep(connection, installation_id, user, context["now"]())
        rights.name_first(connection, installation_id, context["first_admins"], context["now"]())


def answer_error(error: Exception, context: BoltContext, body: dict[str, Any]) -> BoltResponse:
    """The one place that answers errors: expected ones in words, others with a reference to the log's entry.

    Before the acknowledgement the returned response is the answer; after it the answer goes to the response_url.
    """
    words = _words(context)
    if isinstance(error, UserError):
        text = explain(error, words)
        below = _below(error, context, words)
    else:
        reference, below = token_hex(4), []
        log.error("unexpected error", reference=reference, exc_info=error)
        text = words(UNEXPECTED, reference=reference)
    return _tell(text, context, body, below)


def _below(error: UserError, context: BoltContext, words: Words) -> list[kit.Block]:
    """What somebody without a seat can do about it."""
    refused, admin = context.get("refused"), error.values.get("admin")
    if refused is None or error.key not in {Refusal.NO_SEAT.value, "no_seat_admin", "no_super_admin_yet"}:
        return []
    return seats.ways_in(refused, str(admin) if admin else None, words)


def _words(context: BoltContext) -> Words:
    turn = context.get("turn")
    return turn.words if isinstance(turn, Turn) else speak()


def _tell(said: str, context: BoltContext, body: dict[str, Any], below: Sequence[kit.Block] = ()) -> BoltResponse:
    text = kit.escape(said)  # it may repeat what somebody typed
    message = kit.message(text, [kit.section(text), *below])
    match body:
        case {"command": _} if context.ack.response is None:
            return BoltResponse(status=200, body={"response_type": "ephemeral", **message})
        case {"type": "view_submission"} if context.ack.response is not None:
            # Not into the modal: that update and the acknowledgement's could arrive in either order.
            direct = context["slack"].conversations_open(users=context.user_id)["channel"]["id"]
            context["slack"].chat_postMessage(channel=direct, **message)
        case {"type": "view_submission"}:
            view = notices.notice(text, _words(context))
            return BoltResponse(status=200, body={"response_action": "update", "view": view})
        case {"type": "shortcut" | "message_action", "trigger_id": str(trigger)}:
            context["slack"].views_open(trigger_id=trigger, view=notices.notice(text, _words(context)))
        case {"type": "block_actions", "view": {"type": str(kind)}, "trigger_id": str(trigger)}:
            show = context["slack"].views_open if kind == "home" else context["slack"].views_push
            show(trigger_id=trigger, view=notices.notice(text, _words(context)))
        case {"event": {"type": "app_home_opened", "user": str(user), "tab": "home"}}:
            context["slack"].views_publish(user_id=user, view=homes.refusal(text, below))
        case {"event": {"bot_id": _}}:
            pass  # two bots must not answer each other for ever
        case {"event": {"type": "message", "channel": str(channel)}}:
            context["slack"].chat_postMessage(channel=channel, **message)
        case _ if context.response_url:
            replier(context.response_url)(replace_original=False, **message)
    return BoltResponse(status=200, body="")
