"""The files methods: an address for the bytes, and the end of an upload. The bytes themselves come in between."""

from __future__ import annotations

import re

from bot.playground.files import MOST_BYTES, complete, promise, share_soon
from bot.playground.model import Channel, Json
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.shapes import file_json
from bot.playground.web_api.chat import visible_channel
from bot.playground.web_api.method import Given, method

ALT_TEXT = 1000
MOST_CHANNELS = 100
CHANNEL_ID = "^[CGDZ][A-Z0-9]{8,}$"


@method("files.getUploadURLExternal", scope="files:write", takes="filename length alt_txt snippet_type")
def get_upload_url(given: Given) -> Json:
    given.only("snippet_type", "")
    name, length = given.required("filename"), given.required("length")
    if not length.isdecimal():
        raise RefusalError("invalid_arguments", ["must provide an integer [json-pointer:/length]"])
    if int(length) == 0:
        raise RefusalError("missing_argument")
    if int(length) > MOST_BYTES:
        raise NotModelledError(f"a file of more than {MOST_BYTES} bytes")
    if len(given.text("alt_txt")) > ALT_TEXT:
        raise RefusalError("alt_txt_too_large")
    file, address = promise(given.slack, name, int(length))
    return {"upload_url": address, "file_id": file.id}


@method(
    "files.completeUploadExternal",
    scope="files:write",
    takes="files channel_id channels initial_comment thread_ts blocks",
)
def complete_upload(given: Given) -> Json:
    for name in ("thread_ts", "blocks"):
        given.only(name, "")
    channels = [_open_to_the_bot(given, channel_id) for channel_id in _channel_ids(given)]
    files = complete(given.slack, _titles(given))
    answer: Json = {"files": [file_json(given.slack, file, processed=False) for file in files]}
    share_soon(given.slack, files, channels, given.text("initial_comment"))
    return answer


@method("files.info", scope="files:read", takes="file count cursor limit page")
def info(given: Given) -> Json:
    """A file of the bot's, or one that somebody put into a form of the bot's."""
    for name in ("count", "cursor", "limit", "page"):
        given.only(name, "")
    file = given.slack.files.get(given.required("file"))
    if file is None or not file.title:
        raise RefusalError("file_not_found")
    return {"file": file_json(given.slack, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _channel_ids(given: Given) -> list[str]:
    """Where the file goes; nowhere is allowed, it stays private then."""
    one, several = given.text("channel_id"), given.text("channels")
    if one and several:
        raise NotModelledError("channel_id and channels together")
    if one and not re.fullmatch(CHANNEL_ID, one):
        raise RefusalError(
            "invalid_arguments", [f"input must match regex pattern: {CHANNEL_ID} [json-pointer:/channel_id]"]
        )
    ids = [one] if one else [each for each in several.split(",") if each]
    if len(ids) > MOST_CHANNELS:
        raise RefusalError("channels_limit_exceeded")
    if any(each.startswith(("U", "W")) for each in ids):
        raise NotModelledError("ids of people in channels: Slack's pages disagree about them")
    return ids


def _open_to_the_bot(given: Given, channel_id: str) -> Channel:
    """A file needs real membership: `chat:write.public`, which is enough for messages, is not enough here."""
    channel = visible_channel(given.slack, channel_id)
    if not given.slack.is_member(channel):
        raise RefusalError("not_in_channel")
    if channel.is_archived or (channel.kind == "im" and not given.manifest.messages_tab):
        raise NotModelledError("a file where nothing can be written")
    return channel


def _titles(given: Given) -> dict[str, str]:
    """The files' ids, and the titles that the call gives them."""
    files = given.document("files")
    if not isinstance(files, list) or not files:
        raise RefusalError("invalid_arguments", ["missing required field: files"])
    for index, file in enumerate(files):
        if not isinstance(file, dict) or not all(isinstance(value, str) for value in file.values()) or "id" not in file:
            raise RefusalError("invalid_arguments", [f"must provide an id and a title [json-pointer:/files/{index}]"])
        if unknown := set(file) - {"id", "title"}:
            raise NotModelledError(f"{', '.join(sorted(unknown))} of a file")
    return {file["id"]: file.get("title", "") for file in files}
