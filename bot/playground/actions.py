"""What a person does in Slack's client: type a command or a message, press, choose, submit, close."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Protocol

from bot.playground import events, home, people, slackbot
from bot.playground import files as files_of
from bot.playground.choices import check_offered
from bot.playground.interactions import Interactions
from bot.playground.manifest import Manifest
from bot.playground.model import Channel, File, Json, Message, MessageRef, Person, Values, View
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.response_urls import check_content, write
from bot.playground.socket_mode import NotAcknowledgedError
from bot.playground.state import Slack
from bot.playground.submissions import answer_submission, own_complaints
from bot.playground.suggestions import check_suggestions, least, with_options
from bot.playground.values import STATELESS, action_json, chosen_field, entered, find_element

__all__ = ["Actions", "MessageRef"]

Source = MessageRef | str
log = logging.getLogger(__name__)


class Bot(Protocol):
    """The way to the bot: both give the body of its acknowledgement, NotAcknowledgedError where there is none."""

    def command(self, payload: Json) -> Any: ...

    def interaction(self, payload: Json) -> Any: ...


class Actions:
    """Everything a person can do; each waits until the bot has acknowledged, three seconds at most.

    ImpossibleError is raised for what Slack's client would not let them do, NotModelledError for what is unknown here.
    """

    def __init__(self, slack: Slack, bot: Bot, manifest: Manifest, base_url: str) -> None:
        self.slack = slack
        self.manifest = manifest
        self._bot = bot
        self._interactions = Interactions(slack, base_url)

    # Reading

    def visible_messages(self, person_id: str, channel_id: str) -> list[Message]:
        """What the person sees in the channel, oldest first: lasting messages and private ones to them."""
        self._seen(person_id, channel_id)
        with self.slack.lock:
            return [m for m in self.slack.messages[channel_id] if m.ephemeral_to in (None, person_id)]

    def file(self, person_id: str, file_id: str) -> File:
        """A file that stands in a message which the person sees; nobody else can have it."""
        with self.slack.lock:
            for channel in self.slack.channels_of(person_id):
                for message in self.visible_messages(person_id, channel.id):
                    for file in message.files:
                        if file.id == file_id:
                            return file
        raise ImpossibleError("there is no such file where you are")

    def open_view(self, person_id: str) -> View | None:
        """The modal on top of the person's stack."""
        stack = self.slack.stack(person_id)
        return stack[-1] if stack else None

    def reload(self, person_id: str) -> None:
        """Reloads the person's client: private answers and open modals are gone."""
        with self.slack.lock:
            for messages in self.slack.messages.values():
                messages[:] = [m for m in messages if m.ephemeral_to != person_id]
            self.slack.clear_views(person_id)

    # Writing

    def command(self, person_id: str, channel_id: str, text: str) -> None:
        """Sends a slash command, or `/invite @bot`. The answer in the acknowledgement appears in the channel."""
        channel = self._written(person_id, channel_id)
        name, rest = split_command(text)
        if name == "/invite":
            self._invite(person_id, channel, rest)
        elif (known := self.manifest.command(name)) is None:
            self._tell(person_id, channel, slackbot.unknown_command(name))
        elif known.should_escape:
            raise NotModelledError(f"{name} with should_escape")
        else:
            self._send_command(person_id, channel, name, rest, text)

    def _send_command(self, person_id: str, channel: Channel, name: str, rest: str, typed: str) -> None:
        payload = self._interactions.command(person_id, channel, name, rest)
        try:
            self._show_answer(person_id, channel, self._bot.command(payload), typed)
        except NotAcknowledgedError as failure:
            self._tell(person_id, channel, slackbot.command_failed(name, failure.code))
        except RefusalError as refusal:
            # Slack shows the person an error and tells the app nothing; the log line is for whoever writes the app.
            log.warning("the acknowledgement of %s was refused: %s", name, refusal)
            self._tell(person_id, channel, slackbot.command_failed(name, refusal.code))

    def _show_answer(self, person_id: str, channel: Channel, answer: Any, typed: str) -> None:
        if not answer or answer == {"text": ""}:
            return
        check_content(answer)
        if answer.get("response_type") == "in_channel":
            events.message_posted(self.slack, self.slack.post(channel.id, person_id, escape(typed)))
        write(self.slack, person_id, channel.id, answer)

    def _tell(self, person_id: str, channel: Channel, text: str) -> None:
        slackbot.tell(self.slack, person_id, channel.id, text)

    def _invite(self, person_id: str, channel: Channel, who: str) -> None:
        name = self.manifest.bot_name
        if who.removeprefix("@") != name or channel.kind == "im":
            raise NotModelledError(f"/invite {who}")
        if self.slack.is_member(channel):
            return self._tell(person_id, channel, slackbot.already_here(name))
        self.slack.join(channel, self.slack.app.user_id, inviter=person_id)
        return self._tell(person_id, channel, slackbot.invited(name))

    def open_home(self, person_id: str, tab: str = "home") -> None:
        """Opens the app's Home tab, or its messages: `app_home_opened`."""
        if tab == "home" and not self.manifest.home_tab:
            raise ImpossibleError("this app has no Home tab")
        self.slack.on_event(home.opened(self.slack, person_id, tab))

    def invite_bot(self, channel_id: str) -> None:
        """Makes the bot a member of the channel, which it hears of as `member_joined_channel`."""
        self.slack.join(self.slack.channels[channel_id], self.slack.app.user_id)

    def say(self, person_id: str, channel_id: str, text: str) -> Message:
        """Writes a message; the bot hears it where it is a member and its manifest subscribes."""
        channel = self._written(person_id, channel_id)
        if not text.strip():
            raise ImpossibleError("an empty message cannot be sent")
        if channel.kind == "im" and not self.manifest.messages_tab:
            raise ImpossibleError("sending messages to this app has been turned off")
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = [{"type": "rich_text", "elements": [section]}]
        message = self.slack.post(channel_id, person_id, escape(text), blocks)
        events.message_posted(self.slack, message)
        return message

    # What happens in Slack without the bot

    def share_channel(self, channel_id: str) -> None:
        """Shares a channel with another Slack team: `channel_shared`."""
        channel = self.slack.channels[channel_id]
        channel.is_ext_shared = True
        self.slack.changed()
        event = {"type": "channel_shared", "channel": channel_id, "event_ts": self.slack.next_ts()}
        self.slack.on_event(event | {"connected_team_id": people.CUSTOMER_TEAM.id})

    def join_team(self, person: Person) -> None:
        """Somebody new in the team: `team_join`."""
        self.slack.set_person(person)
        events.person_changed(self.slack, "team_join", person)

    def change_person(self, person_id: str, **fields: Any) -> None:
        """Changes what Slack knows of somebody (`guest="single"`, `deleted=True`, `tz=…`): `user_change`."""
        person = replace(self.slack.people[person_id], **fields)
        self.slack.set_person(person)
        events.person_changed(self.slack, "user_change", person)

    # Interacting

    def fill(self, person_id: str, source: Source, values: Values) -> None:
        """Enters raw values into inputs without sending anything, as typing does."""
        found = self._source(person_id, source)
        blocks, inputs = self._shown(person_id, found)
        with self.slack.lock:
            for block_id, actions in values.items():
                for action_id, raw in actions.items():
                    _, element = find_element(blocks, block_id, action_id)
                    element = with_options(element, found, block_id)
                    check_offered(self.slack, person_id, element, raw)
                    inputs.setdefault(block_id, {})[action_id] = entered(element, raw)

    def press(self, person_id: str, source: Source, block_id: str, action_id: str, **chosen: Any) -> None:
        """Presses a button or chooses in a select, radio group, picker or overflow menu.

        `chosen` is what the element gives: nothing for a button, selected_option=value, selected_conversation=id …
        """
        found = self._source(person_id, source)
        blocks, inputs = self._shown(person_id, found)
        block, element = find_element(blocks, block_id, action_id)
        element = with_options(element, found, block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise ImpossibleError("an input without dispatch_action tells the app nothing before it is submitted")
        action = action_json(block, element, chosen, self.slack.next_ts())
        if element["type"] != "button":
            check_offered(self.slack, person_id, element, chosen[chosen_field(element)])
        if element["type"] not in STATELESS:
            with self.slack.lock:
                value = {"type": element["type"], chosen_field(element): action[chosen_field(element)]}
                inputs.setdefault(block_id, {})[action_id] = value
        try:
            self._bot.interaction(self._interactions.block_actions(person_id, found, action))
        except NotAcknowledgedError as failure:
            self._press_failed(person_id, found, slackbot.press_failed(failure.code))

    def shortcut(self, person_id: str, callback_id: str) -> None:
        """Chooses one of the app's shortcuts from anywhere in Slack."""
        self._offered("global", callback_id)
        try:
            self._bot.interaction(self._interactions.shortcut(person_id, callback_id))
        except NotAcknowledgedError as failure:
            raise ImpossibleError(slackbot.press_failed(failure.code)) from failure

    def message_shortcut(self, person_id: str, ref: MessageRef, callback_id: str) -> None:
        """Chooses one in a message's menu. Private answers have none."""
        self._offered("message", callback_id)
        message = self._source(person_id, ref)
        if not isinstance(message, Message) or message.ephemeral_to is not None:
            raise ImpossibleError("only messages that last have shortcuts")
        try:
            self._bot.interaction(self._interactions.message_shortcut(person_id, callback_id, message))
        except NotAcknowledgedError as failure:
            self._press_failed(person_id, message, slackbot.press_failed(failure.code))

    def _offered(self, kind: str, callback_id: str) -> None:
        if all(each.callback_id != callback_id for each in self.manifest.shortcuts_of(kind)):
            raise ImpossibleError(f"the app has no {kind} shortcut {callback_id}")

    def _press_failed(self, person_id: str, found: Message | View, text: str) -> None:
        if isinstance(found, View):
            found.notice = text
            self.slack.changed()
        else:
            slackbot.tell(self.slack, person_id, found.channel, text)

    def suggest(self, person_id: str, view_id: str, block_id: str, action_id: str, typed: str) -> list[Json]:
        """Types into an external select of the modal on top; gives the options that the bot offers for that.

        RefusalError or NotAcknowledgedError where Slack's client could show none. What is offered can be chosen.
        """
        view = self._top(person_id, view_id)
        _, element = find_element(view.payload["blocks"], block_id, action_id)
        if len(typed) < least(element):
            raise ImpossibleError(f"nothing is asked before {least(element)} characters are typed")
        answer = self._bot.interaction(self._interactions.suggestion(view, block_id, action_id, typed))
        offered = check_suggestions(answer)
        with self.slack.lock:
            view.loaded.setdefault((block_id, action_id), {}).update({one["value"]: one for one in offered})
        return offered

    def attach(self, person_id: str, view_id: str, block_id: str, action_id: str, *files: tuple[str, bytes]) -> None:
        """Chooses files, each a name and its bytes, in a file input of the modal on top."""
        view = self._top(person_id, view_id)
        files_of.attach(self.slack, view, self._file_input(view, block_id, action_id), block_id, files)

    def detach(self, person_id: str, view_id: str, block_id: str, action_id: str, file_id: str) -> None:
        """Takes one of them out again."""
        view = self._top(person_id, view_id)
        files_of.detach(self.slack, view, self._file_input(view, block_id, action_id), block_id, file_id)

    def _file_input(self, view: View, block_id: str, action_id: str) -> Json:
        _, element = find_element(view.payload["blocks"], block_id, action_id)
        if element["type"] != "file_input":
            raise ImpossibleError(f"{action_id} takes no files")
        return element

    def submit(self, person_id: str, view_id: str, values: Values) -> dict[str, str]:
        """Submits the modal on top with these raw values; gives the errors by block id, nothing when it was accepted.

        Errors of Slack's own client come first and are not sent. A submission that nobody acknowledged in time gives
        one error under the empty key: it belongs to the modal as a whole.
        """
        view = self._top(person_id, view_id)
        self.fill(person_id, view_id, values)
        if complaints := own_complaints(view):
            return complaints
        try:
            answer = self._bot.interaction(self._interactions.submission(view))
            return answer_submission(self.slack, view, answer)
        except (NotAcknowledgedError, RefusalError) as failure:
            log.warning("the submission of the modal %r failed: %s", view.callback_id, failure)
            return {"": slackbot.SUBMIT_FAILED}

    def close(self, person_id: str, view_id: str, *, everything: bool = False) -> None:
        """Goes back from the modal on top, or closes all that are open; the app hears of it where the modal asks."""
        view = self._top(person_id, view_id)
        below = self.slack.stack(person_id)[:-1]
        cleared = bool(view.payload.get("clear_on_close")) or (everything and bool(below))
        if cleared and any(each.payload.get("notify_on_close") for each in below):
            raise NotModelledError("closing a modal below that asks to be told of it")
        payload = self._interactions.closed(view, is_cleared=cleared)
        if cleared:
            self.slack.clear_views(person_id)
        else:
            self.slack.close_view(view)
        if view.payload.get("notify_on_close"):
            try:
                self._bot.interaction(payload)
            except NotAcknowledgedError:
                return  # Slack tells nobody either: the modal is gone already

    # What a person may see and touch

    def _seen(self, person_id: str, channel_id: str) -> Channel:
        for channel in self.slack.channels_of(person_id):
            if channel.id == channel_id and not self.slack.people[person_id].deleted:
                return channel
        raise ImpossibleError(f"{person_id} does not see {channel_id}")

    def _written(self, person_id: str, channel_id: str) -> Channel:
        channel = self._seen(person_id, channel_id)
        if person_id not in channel.members or channel.is_archived:
            raise ImpossibleError(f"{person_id} cannot write in {channel_id}")
        return channel

    def _top(self, person_id: str, view_id: str) -> View:
        view = self.open_view(person_id)
        if view is None or view.id != view_id:
            raise ImpossibleError(f"{view_id} is not the modal on top")
        return view

    def _source(self, person_id: str, source: Source) -> Message | View:
        if isinstance(source, str):
            at_home = self.slack.homes.get(person_id)
            return at_home if at_home is not None and at_home.id == source else self._top(person_id, source)
        for message in self.visible_messages(person_id, source.channel_id):
            if message.ts == source.ts:
                return message
        raise ImpossibleError(f"{person_id} does not see the message {source.ts}")

    def _shown(self, person_id: str, found: Message | View) -> tuple[list[Json], Values]:
        """The blocks, and what this person has entered in them."""
        if isinstance(found, View):
            return found.payload["blocks"], found.inputs
        if found.author != self.slack.app.user_id:
            raise ImpossibleError("only the app's messages can be pressed")
        return found.blocks, found.inputs.setdefault(person_id, {})


def split_command(text: str) -> tuple[str, str]:
    """The command and the rest of the line, as Slack splits them."""
    parts = text.split(maxsplit=1)
    if not parts or not parts[0].startswith("/"):
        raise ImpossibleError("a command starts with a slash")
    return parts[0], parts[1].strip() if len(parts) > 1 else ""


def escape(text: str) -> str:
    """What was typed as message `text` carries it: Slack's three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
