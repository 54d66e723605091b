"""Slack's JSON for people, channels, messages and modals, as methods, events and interactions give it."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.playground.model import Channel, File, Json, Message, Person, View
from bot.playground.people import SLACKBOT
from bot.playground.state import Slack
from bot.playground.values import state_values


def user_json(slack: Slack, person: Person, *, email: bool, locale: bool) -> Json:
    """A user as `users.info` gives it; the e-mail only with its scope, the locale only where it is asked for."""
    offset = datetime.now(person.zone).utcoffset()
    profile = _profile(person) | ({"email": person.email} if email and not person.is_bot else {})
    user: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot and person.id != SLACKBOT,
        "updated": 0,
    }
    if person.deleted:
        return user
    user |= {
        "real_name": person.real_name,
        "color": "9f69e7",
        "tz": person.tz,
        "tz_label": person.tz.rpartition("/")[2].replace("_", " "),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": person.is_owner,
        "is_restricted": person.guest is not None,
        "is_ultra_restricted": person.guest == "single",
        "is_app_user": False,
        "is_email_confirmed": not person.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    if person.team_id != slack.team.id:
        user["is_stranger"] = False
    return user | ({"locale": person.locale} if locale else {})


def _profile(person: Person) -> Json:
    """Names and what else Slack keeps of a person; nobody here has a picture, a phone or a status."""
    empty = ("phone", "skype", "status_text", "status_text_canonical", "status_emoji", "avatar_hash")
    pictures = (f"image_{size}" for size in (24, 32, 48, 72, 192, 512))
    first, _, last = person.real_name.partition(" ")
    return dict.fromkeys((*empty, *pictures), "") | {
        "first_name": first,
        "last_name": last,
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.real_name.split()[0],
        "display_name_normalized": person.real_name.split()[0],
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "team": person.team_id,
        "fields": None,
    }


def channel_json(slack: Slack, channel: Channel, locale: bool = False) -> Json:
    """A conversation as `conversations.info` gives it to the bot."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": 0,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": False,
            "user": channel.partner,
            "context_team_id": slack.team.id,
            "is_open": True,
        } | ({"locale": "en-US"} if locale else {})
    private = channel.kind == "private"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_general": channel.is_general,
        "is_archived": channel.is_archived,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "is_member": slack.is_member(channel),
        "created": 0,
        "creator": next(iter(slack.people)),
        "context_team_id": slack.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    } | ({"locale": "en-US"} if locale else {})


def message_json(slack: Slack, message: Message, metadata: bool = True) -> Json:
    """A message as methods, events and interactions carry it; private answers never travel this way."""
    shown: Json = {"type": "message", "user": message.author, "ts": message.ts, "text": message.text}
    shown["team"] = slack.people[message.author].team_id
    if message.author == slack.app.user_id:
        shown |= {"bot_id": slack.app.bot_id, "app_id": slack.app.id}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.metadata and metadata:
        shown["metadata"] = message.metadata
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shown["edited"] = {"user": message.author, "ts": message.edited_ts}
    if message.files:
        files = [file_json(slack, file) for file in message.files]
        shown |= {"files": files, "upload": True, "display_as_bot": False}
    return shown


def file_json(slack: Slack, file: File, *, processed: bool = True) -> Json:
    """A file as methods and messages carry it; the answer that ends an upload knows neither its kind nor its place."""
    name = quote(file.name, safe="")
    address = f"{slack.address}/files/{file.id}/{name}"
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    where = {"public": "channels", "private": "groups", "im": "ims"}
    places: dict[str, list[str]] = {name: [] for name in where.values()}
    for channel in slack.channels.values() if processed else ():
        if any(each.id == file.id for message in slack.messages[channel.id] for each in message.files):
            places[where[channel.kind]].append(channel.id)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": kind if processed else "",
        "filetype": (file.extension or "binary") if processed else "",
        "pretty_type": (file.extension.upper() or "Binary") if processed else "",
        "user": file.user or slack.app.user_id,
        "user_team": slack.team.id,
        "editable": False,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(places["channels"]),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": f"{slack.address}/files-pri/{file.id}/download/{name}",
        "permalink": address,
        "has_rich_preview": False,
        "file_access": "visible",
    } | places


_VIEW_DEFAULTS: dict[str, Any] = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
}


def view_json(slack: Slack, view: View) -> Json:
    """A modal or Home tab as `views.*` answer it and as interactions carry it."""
    payload = _VIEW_DEFAULTS | ({"title": {"type": "plain_text", "text": "View Title"}} if view.is_home else {})
    return (
        payload
        | view.payload
        | {
            "id": view.id,
            "team_id": slack.team.id,
            "app_id": slack.app.id,
            "app_installed_team_id": slack.team.id,
            "bot_id": slack.app.bot_id,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous,
            "state": {"values": state_values(view.payload["blocks"], view.inputs, view.channel)},
        }
    )
