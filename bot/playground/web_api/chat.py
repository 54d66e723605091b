"""The chat methods: posting, private posts, rewriting, removing, links."""

from __future__ import annotations

from typing import Any

from bot.playground import events
from bot.playground.model import Channel, Json, Message, MessageRef
from bot.playground.people import direct_message
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.shapes import message_json
from bot.playground.state import Slack
from bot.playground.validation import check_blocks, check_metadata
from bot.playground.web_api.method import Given, method

CUT_ABOVE = 40_000
UPDATE_MOST = 4_000


def content(given: Given) -> tuple[str, list[Json] | None]:
    """Text and blocks of a call, checked; blocks are None where they are not given."""
    blocks = given.document("blocks", "invalid_blocks_format")
    if blocks is not None:
        if not isinstance(blocks, list):
            raise RefusalError("invalid_blocks_format")
        check_blocks(blocks, "message")
    return given.text("text"), blocks


def visible_channel(slack: Slack, channel_id: str) -> Channel:
    """The channel by its id: `#name` and private channels without the bot do not exist for the app."""
    channel = slack.channels.get(channel_id)
    if channel is None or (channel.kind != "public" and not slack.is_member(channel)):
        raise RefusalError("channel_not_found")
    return channel


def target(given: Given) -> Channel:
    """The channel to post to: a channel's id, or a user's id for the direct messages with them."""
    slack, channel_id = given.slack, given.required("channel")
    if channel_id.startswith("U"):
        return open_direct_message(slack, channel_id)
    channel = visible_channel(slack, channel_id)
    if not slack.is_member(channel) and "chat:write.public" not in given.scopes:
        raise RefusalError("not_in_channel")
    if channel.is_archived:
        raise RefusalError("is_archived")
    if channel.is_read_only:
        raise RefusalError("restricted_action_read_only_channel")
    return channel


def thread(given: Given, channel: Channel) -> str | None:
    """The message that the call answers. What Slack does where there is none, its pages do not say."""
    if not (ts := given.text("thread_ts")):
        return None
    parent = given.slack.find(MessageRef(channel.id, ts))
    if parent is None or parent.ephemeral_to is not None or parent.thread_ts is not None:
        raise NotModelledError("thread_ts of what is not a message of the channel itself")
    return ts


def open_direct_message(slack: Slack, person_id: str) -> Channel:
    """The direct messages of the bot with that person, opened where they were not."""
    person = slack.people.get(person_id)
    if person is None:
        raise RefusalError("channel_not_found")
    if person.is_bot:
        raise RefusalError("cannot_dm_bot")
    if person.deleted:
        raise RefusalError("user_disabled")
    with slack.lock:
        channel = slack.direct_message(person_id)
        if channel is None:
            channel = direct_message(person_id)
            slack.channels[channel.id] = channel
            slack.messages[channel.id] = []
        return channel


@method(
    "chat.postMessage",
    scope="chat:write",
    takes="channel text blocks metadata thread_ts unfurl_links unfurl_media client_msg_id mrkdwn",
)
def post_message(given: Given) -> Json:
    slack = given.slack
    for name in ("unfurl_links", "unfurl_media"):
        given.only(name, False, "0", "false")
    given.only("mrkdwn", True, "1", "true")
    text, blocks = content(given)
    channel = target(given)
    if channel.kind == "im" and not given.manifest.messages_tab:
        raise RefusalError("messages_tab_disabled")
    if not text and not blocks:
        raise RefusalError("no_text")
    metadata = check_metadata(given.document("metadata", "invalid_metadata_format"))
    thread_ts = thread(given, channel)
    message = slack.post(channel.id, slack.app.user_id, text[:CUT_ABOVE], blocks, metadata or None, thread_ts=thread_ts)
    events.message_posted(slack, message)
    answer: Json = {"channel": channel.id, "ts": message.ts, "message": message_json(slack, message)}
    if len(text) > CUT_ABOVE:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


@method("chat.postEphemeral", scope="chat:write", takes="channel user text blocks")
def post_ephemeral(given: Given) -> Json:
    slack, person_id = given.slack, given.required("user")
    text, blocks = content(given)
    channel = visible_channel(slack, given.required("channel"))
    if not slack.is_member(channel):
        raise RefusalError("not_in_channel")
    if channel.is_archived:
        raise RefusalError("is_archived")
    if not text and not blocks:
        raise RefusalError("no_text")
    if person_id not in channel.members or person_id not in slack.people or slack.people[person_id].deleted:
        raise RefusalError("user_not_in_channel")
    message = slack.post(channel.id, slack.app.user_id, text[:CUT_ABOVE], blocks, ephemeral_to=person_id)
    return {"message_ts": message.ts}


def own_message(given: Given, refusal: str) -> Message:
    """A lasting message of the bot itself; private answers cannot be found."""
    slack = given.slack
    channel = visible_channel(slack, given.required("channel"))
    message = slack.find(MessageRef(channel.id, given.required("ts")))
    if message is None or message.ephemeral_to is not None:
        raise RefusalError("message_not_found")
    if message.author != slack.app.user_id:
        raise RefusalError(refusal)
    return message


@method("chat.update", scope="chat:write", takes="channel ts text blocks metadata")
def update(given: Given) -> Json:
    slack = given.slack
    text, blocks = content(given)
    message = own_message(given, "cant_update_message")
    if len(text) > UPDATE_MOST:
        raise RefusalError("msg_too_long")
    if not text and not blocks:
        raise RefusalError("no_text")
    metadata: Any = check_metadata(given.document("metadata", "invalid_metadata_format"))
    before = message_json(slack, message)
    # Blocks and metadata that are not sent stay; an empty list or {} removes them.
    kept_blocks = message.blocks if blocks is None else blocks
    kept_metadata = message.metadata if metadata is None else metadata or None
    slack.replace(message, text or message.text, kept_blocks, kept_metadata)
    events.message_changed(slack, message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(slack, message),
    }


@method("chat.delete", scope="chat:write", takes="channel ts")
def delete(given: Given) -> Json:
    message = own_message(given, "cant_delete_message")
    before = message_json(given.slack, message)
    given.slack.remove(message)
    events.message_deleted(given.slack, message, before)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink", takes="channel message_ts")
def permalink(given: Given) -> Json:
    slack = given.slack
    channel = visible_channel(slack, given.required("channel"))
    message = slack.find(MessageRef(channel.id, given.required("message_ts")))
    if message is None or message.ephemeral_to is not None:
        raise RefusalError("message_not_found")
    link = f"https://{slack.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}
