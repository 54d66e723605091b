"""What Slack would send for a click, a submission or a command, whoever it was drawn for; and what came of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.blocks import forms
from bot.blocks.forms import FormState
from bot.blocks.wording import SENTENCES
from bot.playground import events
from bot.playground import people as cast
from bot.playground.interactions import Interactions
from bot.playground.model import Call, Json, View
from bot.playground.submissions import answer_submission
from bot.playground.values import action_json
from tests.access.world import Waitable, World, asker_of
from tests.bots import Bot

CHANNEL = cast.CS_NORDIC
Send = Callable[[World, str], Any]  # the world, and the Slack id of who sends; gives the acknowledgement's body
UNSEEN = {"conversations.open", "conversations.info", "conversations.members", "users.info", "auth.test"}  # by people
PRIVATE = {"views.open", "views.push", "views.update"} | UNSEEN  # a Home tab is private to the one it is published for


@dataclass(frozen=True)
class Outcome:
    """What the bot said, and which tables of the CSM's installation are other than before."""

    who: str
    acknowledged: Any
    calls: list[Call]
    changed: frozenset[str]

    @property
    def said(self) -> str:
        seen = (one.given for one in self.calls if one.method not in UNSEEN)
        return "\n".join([*_texts(self.acknowledged), *(text for given in seen for text in _texts(given))])

    @property
    def failed(self) -> list[Call]:
        """Calls that Slack refused."""
        return [one for one in self.calls if one.status != 200 or not one.answer.get("ok")]

    @property
    def is_private(self) -> bool:
        public = self.acknowledged is not None and "in_channel" in _texts(self.acknowledged)
        return not public and all(self._is_private(one) for one in self.calls)

    def _is_private(self, one: Call) -> bool:
        if one.method == "response_url":
            return bool(one.given.get("response_type", "ephemeral") == "ephemeral")
        if one.method == "views.publish":
            return bool(one.given["user_id"] == self.who)
        if one.method == "chat.postMessage":
            return bool(one.given["channel"] == cast.direct_message(self.who).id)
        return one.method in PRIVATE

    def tells(self, key: str) -> bool:
        """Whether the sentence of an error's key is said, whatever its values."""
        parts = re.split(r"\{\w+\}", SENTENCES[key])
        return re.search(".+".join(map(re.escape, parts)), self.said) is not None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str() if value[:1] in "[{":
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                yield value
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


def sent(world: World, who: str, send: Send) -> Outcome:
    """Let somebody send something, and wait until all is done that comes of it."""
    bot = world.bot_of(who)
    slack = bot.slack.slack
    slack.clear_views(who)
    asker = asker_of(world, who)
    token = slack.new_response_url(who, CHANNEL).token
    here = replace(world, asker=asker.id if asker else 0, reply_to=f"{bot.slack.url}/response/{token}")
    before, heard = world.tables(), len(bot.slack.calls)
    acknowledged = send(here, who)
    executor = bot.app.listener_runner.listener_executor
    assert isinstance(executor, Waitable)
    executor.wait()
    after = world.tables()
    changed = frozenset(name for name in after if after[name] != before[name])
    return Outcome(who, acknowledged, bot.slack.calls[heard:], changed)


def _payloads(bot: Bot) -> Interactions:
    return Interactions(bot.slack.slack, bot.slack.url)


def typed(name: str, text: str) -> Send:
    """A slash command."""

    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        channel = bot.slack.slack.channels[CHANNEL]
        return bot.slack.deliveries.command(_payloads(bot).command(who, channel, f"/{name}", text))

    return send


def wrote(text: str) -> Send:
    """A direct message to the bot."""

    def send(world: World, who: str) -> None:
        bot = world.bot_of(who)
        slack = bot.slack.slack
        events.message_posted(slack, slack.post(cast.direct_message(who).id, who, text))
        bot.slack.deliveries.settle()

    return send


def opened_home() -> Send:
    """The Home tab, opened."""

    def send(world: World, who: str) -> None:
        bot = world.bot_of(who)
        bot.slack.slack.homes.pop(who, None)
        bot.slack.actions.open_home(who)
        bot.slack.deliveries.settle()

    return send


Of = Callable[[World], str]  # what a button or a menu carries


def pressed(action: str, value: Of = lambda _: "") -> Send:
    """A button of a message that was never drawn for who presses it."""
    return _in_message(action, lambda world: {"type": "button", "text": _plain("Press"), "value": value(world)}, {})


def chose(action: str, value: Of, block: Of = lambda _: "block") -> Send:
    """An entry of a menu."""

    def menu(world: World) -> Json:
        return {"type": "overflow", "options": [{"text": _plain("Entry"), "value": value(world)}]}

    return _in_message(action, menu, {"selected_option": value}, block)


def chose_person(action: str, who: str) -> Send:
    menu = {"type": "users_select", "placeholder": _plain("Who")}
    return _in_message(action, lambda _: menu, {"selected_user": lambda _: who})


def _in_message(
    action: str, element: Callable[[World], Json], chosen: Mapping[str, Of], block_id: Of = lambda _: "block"
) -> Send:
    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        slack, made = bot.slack.slack, element(world) | {"action_id": action}
        block = {"type": "actions", "block_id": block_id(world), "elements": [made]}
        message = slack.post(CHANNEL, slack.app.user_id, "Drawn for another", [block], ephemeral_to=who)
        what = action_json(block, made, {name: of(world) for name, of in chosen.items()}, slack.next_ts())
        return bot.slack.deliveries.interaction(_payloads(bot).block_actions(who, message, what))

    return send


def shortcut(callback: str) -> Send:
    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        return bot.slack.deliveries.interaction(_payloads(bot).shortcut(who, callback))

    return send


def message_shortcut(callback: str, text: str) -> Send:
    """A shortcut of a message that somebody wrote."""

    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        message = bot.slack.slack.post(CHANNEL, who, text)
        return bot.slack.deliveries.interaction(_payloads(bot).message_shortcut(who, callback, message))

    return send


def pressed_in_modal(action: str, value: Of, carries: Of, callback: str = "") -> Send:
    """A button of a modal."""
    return _in_modal(action, lambda world: {"type": "button", "text": _plain("Press"), "value": value(world)}, {},
                     carries, callback)  # fmt: skip


def chose_in_modal(action: str, value: Of, carries: Of, callback: str = "", block: str = "block") -> Send:
    def menu(world: World) -> Json:
        return {"type": "static_select", "options": [{"text": _plain("Entry"), "value": value(world)}]}

    return _in_modal(action, menu, {"selected_option": value}, carries, callback, block)


def _in_modal(
    action: str,
    element: Callable[[World], Json],
    chosen: Mapping[str, Of],
    carries: Of,
    callback: str,
    block_id: str = "block",
) -> Send:
    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        made = element(world) | {"action_id": action}
        block = {"type": "actions", "block_id": block_id, "elements": [made]}
        view = _opened(bot, who, callback, carries(world), [block])
        slack = bot.slack.slack
        what = action_json(block, made, {name: of(world) for name, of in chosen.items()}, slack.next_ts())
        return bot.slack.deliveries.interaction(_payloads(bot).block_actions(who, view, what))

    return send


def looked_for(field: str, carries: Of, typed: str = "") -> Send:
    """What a menu offers that is filled while one types."""

    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        element = {"type": "external_select", "action_id": field, "placeholder": _plain("Search")}
        block = {"type": "input", "block_id": field, "label": _plain("Field"), "element": element}
        view = _opened(bot, who, "", carries(world), [block])
        return bot.slack.deliveries.interaction(_payloads(bot).suggestion(view, field, field, typed))

    return send


def submitted(callback: str, carries: Of, **fields: Json | Callable[[World], Json]) -> Send:
    """A modal that was never opened for who submits it. A field's value as Slack writes it, without its type's name."""

    def send(world: World, who: str) -> Any:
        bot = world.bot_of(who)
        filled = {name: one(world) if callable(one) else one for name, one in fields.items()}
        view = _opened(bot, who, callback, carries(world), [_input(name, one) for name, one in filled.items()])
        view.inputs = {name: {name: value} for name, value in filled.items()}
        answer = bot.slack.deliveries.interaction(_payloads(bot).submission(view))
        answer_submission(bot.slack.slack, view, answer)  # raises for what Slack would not take
        return answer

    return send


def _opened(bot: Bot, who: str, callback: str, carries: str, blocks: list[Json]) -> View:
    shown = {"type": "modal", "title": _plain("Drawn"), "callback_id": callback, "private_metadata": carries}
    return bot.slack.slack.open_view(who, {**shown, "submit": _plain("Send"), "blocks": blocks}, CHANNEL)


def _input(name: str, value: Json) -> Json:
    element = {"type": value["type"], "action_id": name}
    return {"type": "input", "block_id": name, "label": _plain("Field"), "element": element}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def text(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def day(value: str) -> Json:
    return {"type": "datepicker", "selected_date": value}


def option(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"text": _plain("Entry"), "value": value}}


def ticked(*values: str) -> Json:
    chosen = [{"text": _plain("Entry"), "value": one} for one in values]
    return {"type": "checkboxes", "selected_options": chosen}


def user(value: str) -> Json:
    return {"type": "users_select", "selected_user": value}


def channel(value: str) -> Json:
    return {"type": "conversations_select", "selected_conversation": value}


def file(name: str) -> Json:
    return {"type": "file_input", "files": [{"id": "F0FILE", "name": name, "size": 10}]}


def form(about: Of = lambda _: "", version: Callable[[World], int] = lambda _: 0) -> Of:
    """What most modals carry."""
    return lambda world: forms.write(FormState(world.reply_to, int(time.time()), about(world), version(world)))
