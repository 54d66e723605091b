"""The payloads of commands and interactions, field for field as Slack sends them."""

from __future__ import annotations

from bot.playground.model import Channel, Json, Message, MessageRef, View
from bot.playground.shapes import message_json, view_json
from bot.playground.state import Slack
from bot.playground.values import state_values

VERIFICATION_TOKEN = "verification"  # noqa: S105 - the legacy field that every payload still has; apps ignore it


class Interactions:
    """Builds payloads; each makes its own trigger and, where Slack gives one, its own response_url."""

    def __init__(self, slack: Slack, base_url: str) -> None:
        self._slack = slack
        self._base_url = base_url

    def command(self, person_id: str, channel: Channel, name: str, text: str) -> Json:
        slack = self._slack
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": slack.people[person_id].team_id,
            "team_domain": slack.team.domain,
            "channel_id": channel.id,
            "channel_name": shown_name(channel),
            "user_id": person_id,
            "user_name": slack.people[person_id].name,
            "command": name,
            "text": text,
            "api_app_id": slack.app.id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(person_id, channel.id),
            "trigger_id": slack.new_trigger(person_id, channel=channel.id).id,
        }

    def block_actions(self, person_id: str, source: Message | View, action: Json) -> Json:
        if isinstance(source, View):
            view = view_json(self._slack, source)
            container: Json = {"type": "view", "view_id": source.id}
            inside = None if source.is_home else source.id  # a trigger from the Home tab opens a modal, and pushes none
            payload = self._interaction("block_actions", person_id, inside, source.channel) | {
                "container": container,
                "view": view,
            }
        else:
            payload = self._interaction("block_actions", person_id, channel=source.channel)
            payload |= self._from_message(person_id, source)
        return payload | {"actions": [action]}

    def _from_message(self, person_id: str, message: Message) -> Json:
        channel = self._slack.channels[message.channel]
        private = message.ephemeral_to is not None
        container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": private}
        values = state_values(message.blocks, message.inputs.get(person_id, {}), channel.id)
        payload: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": shown_name(channel)},
            "state": {"values": values},
            "response_url": self._response_url(person_id, channel.id, message.ref),
        }
        return payload if private else payload | {"message": message_json(self._slack, message)}

    def shortcut(self, person_id: str, callback_id: str) -> Json:
        """From anywhere: Slack says neither where the person is nor gives a response_url."""
        return self._shortcut("shortcut", person_id, callback_id)

    def message_shortcut(self, person_id: str, callback_id: str, message: Message) -> Json:
        channel = self._slack.channels[message.channel]
        payload = self._shortcut("message_action", person_id, callback_id, channel.id)
        payload["user"]["name"] = self._slack.people[person_id].name
        return payload | {
            "response_url": self._response_url(person_id, channel.id),
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": shown_name(channel)},
            "message": message_json(self._slack, message),
        }

    def _shortcut(self, kind: str, person_id: str, callback_id: str, channel: str | None = None) -> Json:
        slack, person = self._slack, self._slack.people[person_id]
        return {
            "type": kind,
            "token": VERIFICATION_TOKEN,
            "action_ts": slack.next_ts(),
            "team": {"id": slack.team.id, "domain": slack.team.domain},
            "user": {"id": person.id, "username": person.name, "team_id": person.team_id},
            "is_enterprise_install": False,
            "enterprise": None,
            "callback_id": callback_id,
            "trigger_id": slack.new_trigger(person_id, channel=channel).id,
        }

    def suggestion(self, view: View, block_id: str, action_id: str, typed: str) -> Json:
        payload = self._interaction("block_suggestion", view.person, view.id)
        del payload["trigger_id"]
        container = {"type": "view", "view_id": view.id}
        asked = {"container": container, "action_id": action_id, "block_id": block_id, "value": typed}
        return payload | asked | {"view": view_json(self._slack, view)}

    def submission(self, view: View) -> Json:
        payload = self._interaction("view_submission", view.person, view.id, view.channel)
        return payload | {"view": view_json(self._slack, view), "response_urls": []}

    def closed(self, view: View, *, is_cleared: bool) -> Json:
        payload = self._interaction("view_closed", view.person, view.id)
        del payload["trigger_id"]
        return payload | {"view": view_json(self._slack, view), "is_cleared": is_cleared}

    def _interaction(self, kind: str, person_id: str, view: str | None = None, channel: str | None = None) -> Json:
        slack, person = self._slack, self._slack.people[person_id]
        user = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id}
        return {
            "type": kind,
            "team": {"id": slack.team.id, "domain": slack.team.domain},
            "user": user,
            "api_app_id": slack.app.id,
            "token": VERIFICATION_TOKEN,
            "trigger_id": slack.new_trigger(person_id, view, channel).id,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _response_url(self, person_id: str, channel_id: str, source: MessageRef | None = None) -> str:
        return f"{self._base_url}/response/{self._slack.new_response_url(person_id, channel_id, source).token}"


def shown_name(channel: Channel) -> str:
    """A channel's name as payloads give it: private ones are not named."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
