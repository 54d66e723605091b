"""Files on their way into Slack: promised, uploaded once, completed once, and shown in a message a moment later."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from bot.playground import events
from bot.playground.ids import new_id, new_secret
from bot.playground.model import Channel, File, Json, View
from bot.playground.refusals import ImpossibleError, RefusalError
from bot.playground.shapes import file_json
from bot.playground.state import Slack

MOST_BYTES = 64 * 1024 * 1024  # what this playground keeps in memory; Slack takes 1 GB

MOST_FILES = 10  # of a file input
MOST_IN_FORM = 10 * 1024 * 1024


def promise(slack: Slack, name: str, length: int) -> tuple[File, str]:
    """A file that has no bytes yet, and the address that takes them."""
    file = File(new_id("F"), name, length, int(slack.now().timestamp()))
    token = new_secret()
    with slack.lock:
        slack.files[file.id] = file
        slack.uploads[token] = file.id
    return file, f"{slack.address}/upload/v1/{token}"


def receive(slack: Slack, token: str, content: bytes) -> tuple[int, Json]:
    """Takes the bytes; gives the HTTP status and what went wrong. Slack says only that it is not 200 then."""
    with slack.lock:
        file = slack.files.get(slack.uploads.get(token, ""))
        if file is None:
            return 404, {"ok": False, "error": "unknown_upload_url"}
        if file.content is not None:
            return 400, {"ok": False, "error": "already_uploaded"}
        if len(content) != file.length:
            return 400, {"ok": False, "error": f"{file.length} bytes were announced"}
        file.content = content
        return 200, {"ok": True}


def attach(slack: Slack, view: View, element: Json, block_id: str, files: Sequence[tuple[str, bytes]]) -> None:
    """Puts files into an input of a modal, as Slack's client does: it uploads them as soon as they are chosen.

    ImpossibleError for what the client would not take.
    """
    with slack.lock:
        at = view.inputs.setdefault(block_id, {})
        held = list(at.get(element["action_id"], {}).get("files", []))
        if len(held) + len(files) > element.get("max_files", MOST_FILES):
            raise ImpossibleError(f"at most {element.get('max_files', MOST_FILES)} files can be chosen")
        for name, content in files:
            file = File(new_id("F"), name, len(content), int(slack.now().timestamp()), content, name, view.person)
            kinds = element.get("filetypes")
            if kinds is not None and file.extension not in kinds:
                raise ImpossibleError(f"{name} is none of {', '.join(kinds)}")
            if len(content) > MOST_IN_FORM:
                raise ImpossibleError(f"{name} is larger than 10 MB")
            slack.files[file.id] = file
            held.append(file_json(slack, file))
        at[element["action_id"]] = {"type": "file_input", "files": held}
        slack.changed()


def detach(slack: Slack, view: View, element: Json, block_id: str, file_id: str) -> None:
    """Takes a file out of the input again."""
    with slack.lock:
        value = view.inputs.get(block_id, {}).get(element["action_id"], {"files": []})
        value["files"] = [one for one in value["files"] if one["id"] != file_id]
        slack.changed()


def complete(slack: Slack, titles: dict[str, str]) -> list[File]:
    """Ends the uploads, all of them or none: each file has its bytes, and this is done once."""
    with slack.lock:
        files = [slack.files.get(file_id) for file_id in titles]
        found = [file for file in files if file and file.content is not None and not file.title]
        if len(found) < len(files):
            raise RefusalError("file_not_found")
        for file in found:
            file.title = titles[file.id] or file.name
        return found


def share_soon(slack: Slack, files: Sequence[File], channels: Sequence[Channel], comment: str) -> None:
    """Slack answers first: whoever looks at once does not find the file in the conversation yet."""
    timer = threading.Timer(slack.processing_seconds, share, [slack, files, channels, comment])
    timer.daemon = True
    timer.start()


def share(slack: Slack, files: Sequence[File], channels: Sequence[Channel], comment: str) -> None:
    for channel in channels:
        with slack.lock:
            message = slack.post(channel.id, slack.app.user_id, comment)
            message.files = list(files)
        events.message_posted(slack, message)
