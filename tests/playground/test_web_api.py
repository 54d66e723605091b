"""The Web API over slack_sdk's own client: encodings, tokens, scopes, and each refusal with Slack's code."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import people
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.server import Playground
from tests.playground.conftest import World, client_of
from tests.playground.test_actions import BUTTONS, modal, text_input

SECTION = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]


@pytest.fixture(autouse=True)
def whole(quiet_playground: Playground) -> Iterator[None]:
    """Gives the shared server back as it was."""
    api = quiet_playground.web_api
    yield
    api.scopes = set(quiet_playground.manifest.scopes)
    api.refused_tokens.clear()


def refused(client: WebClient, method: str, **values: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, params=values)
    response = caught.value.response
    assert not isinstance(response, str)
    assert response.status_code == 200
    data: dict[str, Any] = response.data
    return data


def raw(playground: Playground, body: bytes, content_type: str, method: str = "auth.test", token: bool = True) -> Any:
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"Bearer {playground.bot_token}"
    request = urllib.request.Request(playground.api_url + method, body, headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_form_json_multipart_and_query_string_are_all_read(quiet_playground: Playground) -> None:
    channel, blocks = people.GENERAL, json.dumps(SECTION)
    form = urlencode({"channel": channel, "blocks": blocks, "text": "x"}).encode()
    assert raw(quiet_playground, form, "application/x-www-form-urlencoded", "chat.postMessage")["ok"]
    body = json.dumps({"channel": channel, "blocks": SECTION, "text": "x"}).encode()
    assert raw(quiet_playground, body, "application/json; charset=utf-8", "chat.postMessage")["ok"]
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    multipart = (part.format("channel", channel) + part.format("text", "x") + "--b--\r\n").encode()
    assert raw(quiet_playground, multipart, "multipart/form-data; boundary=b", "chat.postMessage")["ok"]
    query = "conversations.info?" + urlencode({"channel": channel})
    assert raw(quiet_playground, b"", "application/x-www-form-urlencoded", query)["channel"]["id"] == channel


def test_a_token_may_stand_in_a_form_but_not_in_json(quiet_playground: Playground) -> None:
    token = {"token": quiet_playground.bot_token}
    form = urlencode(token).encode()
    assert raw(quiet_playground, form, "application/x-www-form-urlencoded", token=False)["ok"]
    said = raw(quiet_playground, json.dumps(token).encode(), "application/json", token=False)
    assert said["error"] == "not_authed"
    assert all("token" not in call.given for call in quiet_playground.calls)


BROKEN = [(b"{", "invalid_json"), (b"[1]", "json_not_object"), (b"\xff", "invalid_json")]


@pytest.mark.parametrize(("body", "code"), BROKEN)
def test_broken_json_is_refused(quiet_playground: Playground, body: bytes, code: str) -> None:
    assert raw(quiet_playground, body, "application/json")["error"] == code


def test_who_am_i(quiet_playground: Playground) -> None:
    said = client_of(quiet_playground).auth_test()
    assert (said["user_id"], said["bot_id"], said["team_id"]) == (people.APP.user_id, people.APP.bot_id, people.TEAM.id)


def test_tokens_are_checked(quiet_playground: Playground) -> None:
    assert refused(client_of(quiet_playground, ""), "auth.test")["error"] == "not_authed"
    assert refused(client_of(quiet_playground, "xoxb-other"), "auth.test")["error"] == "invalid_auth"
    bot, app = client_of(quiet_playground), client_of(quiet_playground, quiet_playground.app_token)
    assert refused(app, "auth.test")["error"] == "not_allowed_token_type"
    assert refused(bot, "apps.connections.open")["error"] == "not_allowed_token_type"
    for code in ("token_revoked", "account_inactive"):
        quiet_playground.web_api.refused_tokens[quiet_playground.bot_token] = code
        assert refused(bot, "auth.test")["error"] == code


@pytest.mark.parametrize(
    ("method", "values", "scope"),
    [
        ("chat.postMessage", {"channel": people.GENERAL, "text": "x"}, "chat:write"),
        ("chat.postEphemeral", {"channel": people.GENERAL, "user": people.ANNA, "text": "x"}, "chat:write"),
        ("chat.update", {"channel": people.GENERAL, "ts": "1.2", "text": "x"}, "chat:write"),
        ("chat.delete", {"channel": people.GENERAL, "ts": "1.2"}, "chat:write"),
        ("users.info", {"user": people.ANNA}, "users:read"),
        ("users.list", {}, "users:read"),
        ("users.lookupByEmail", {"email": "anna@example.com"}, "users:read.email"),
        ("conversations.open", {"users": people.ANNA}, "im:write"),
        ("conversations.info", {"channel": people.GENERAL}, "channels:read"),
        ("conversations.info", {"channel": "D0ANNACSM"}, "im:read"),
        ("conversations.members", {"channel": people.GENERAL}, "channels:read"),
        ("conversations.history", {"channel": people.GENERAL}, "channels:history"),
        ("conversations.history", {"channel": "D0ANNACSM"}, "im:history"),
        ("conversations.list", {"types": "public_channel,private_channel"}, "groups:read"),
        ("users.conversations", {"types": "im"}, "im:read"),
    ],
)
def test_a_scope_that_was_not_granted_is_named(
    quiet_playground: Playground, method: str, values: dict[str, Any], scope: str
) -> None:
    quiet_playground.web_api.scopes.discard(scope)
    said = refused(client_of(quiet_playground), method, **values)
    assert (said["error"], said["needed"]) == ("missing_scope", scope)
    assert scope not in said["provided"].split(",")


@pytest.mark.parametrize(
    ("method", "values", "code"),
    [
        ("nonsense.method", {}, "unknown_method"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "#general", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": people.CS_LEADS, "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": people.CS_CENTRAL, "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": people.OLA, "text": "x"}, "user_disabled"),
        ("chat.postMessage", {"channel": people.APP.user_id, "text": "x"}, "cannot_dm_bot"),
        ("chat.postMessage", {"channel": "U0NOBODY0", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": people.GENERAL}, "no_text"),
        ("chat.postMessage", {"channel": people.GENERAL, "blocks": "[]"}, "no_text"),
        ("chat.postMessage", {"channel": people.GENERAL, "blocks": "{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": people.GENERAL, "blocks": "{}"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": people.GENERAL, "blocks": '[{"type": "x"}]'}, "invalid_blocks"),
        ("chat.postMessage", {"channel": people.GENERAL, "text": "x", "metadata": "["}, "invalid_metadata_format"),
        ("chat.postEphemeral", {"channel": people.GENERAL, "user": people.GUS, "text": "x"}, "user_not_in_channel"),
        ("chat.postEphemeral", {"channel": people.CS_CENTRAL, "user": people.DAN, "text": "x"}, "not_in_channel"),
        ("chat.postEphemeral", {"channel": people.GENERAL, "text": "x"}, "invalid_arguments"),
        ("chat.update", {"channel": people.GENERAL, "ts": "1.2", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": people.GENERAL, "ts": "1.2"}, "message_not_found"),
        ("chat.getPermalink", {"channel": people.GENERAL, "message_ts": "1.2"}, "message_not_found"),
        ("conversations.info", {"channel": people.CS_LEADS}, "channel_not_found"),
        ("conversations.info", {"channel": "general"}, "channel_not_found"),
        ("conversations.members", {"channel": people.CS_LEADS}, "channel_not_found"),
        ("conversations.members", {"channel": people.GENERAL, "cursor": "?"}, "invalid_cursor"),
        ("conversations.members", {"channel": people.GENERAL, "limit": "0"}, "invalid_limit"),
        ("conversations.list", {"types": "nonsense"}, "invalid_types"),
        ("conversations.open", {"users": ""}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY0"}, "user_not_found"),
        ("conversations.open", {"users": people.APP.user_id}, "cannot_dm_bot"),
        ("conversations.open", {"users": people.OLA}, "user_disabled"),
        ("users.info", {"user": "U0NOBODY0"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@example.com"}, "users_not_found"),
        ("users.lookupByEmail", {"email": "ola@example.com"}, "users_not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": json.dumps(modal())}, "invalid_trigger_id"),
        ("views.open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.3", "view": json.dumps({"type": "modal"})}, "invalid_arguments"),
        ("views.update", {"view_id": "V1", "view": json.dumps(modal())}, "not_found"),
        ("views.update", {"external_id": "e", "view": json.dumps(modal())}, "not_found"),
        ("blocks.validate", {"blocks": '[{"type": "x"}]'}, "invalid_blocks"),
        ("blocks.validate", {}, "invalid_arguments"),
    ],
)
def test_refusals_have_slacks_own_codes(
    quiet_playground: Playground, method: str, values: dict[str, Any], code: str
) -> None:
    assert refused(client_of(quiet_playground), method, **values)["error"] == code


@pytest.mark.parametrize(
    ("method", "values"),
    [
        ("files.list", {}),
        ("conversations.join", {"channel": people.GENERAL}),
        ("chat.postMessage", {"channel": people.GENERAL, "text": "x", "thread_ts": "1.2"}),
        ("chat.postMessage", {"channel": people.GENERAL, "text": "x", "unfurl_links": "1"}),
        ("chat.postMessage", {"channel": people.GENERAL, "blocks": '[{"type": "table"}]'}),
        ("conversations.open", {"users": f"{people.ANNA},{people.BO}"}),
        ("conversations.list", {"types": "mpim"}),
        ("users.info", {"user": people.ANNA, "nonsense": "1"}),
    ],
)
def test_what_is_not_modelled_is_a_501(quiet_playground: Playground, method: str, values: dict[str, Any]) -> None:
    with pytest.raises(SlackApiError) as caught:
        client_of(quiet_playground).api_call(method, params=values)
    response = caught.value.response
    assert not isinstance(response, str)
    assert (response.status_code, response.data["error"]) == (501, "not_modelled")


def test_pointers_come_with_invalid_blocks(quiet_playground: Playground) -> None:
    blocks = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}])
    said = refused(client_of(quiet_playground), "chat.postMessage", channel=people.GENERAL, blocks=blocks)
    assert said["errors"] == ["must be more than 0 characters [json-pointer:/blocks/0/text/text]"]
    assert said["response_metadata"]["messages"][0].startswith("[ERROR] must be more")


def test_blocks_can_be_validated_without_a_token(quiet_playground: Playground) -> None:
    client = client_of(quiet_playground, "")
    assert client.blocks_validate(blocks=SECTION)["ok"]
    assert client.blocks_validate(message={"blocks": SECTION})["ok"]
    assert client.blocks_validate(view=modal(text_input()))["ok"]


def test_a_message_that_cannot_be_unfurled_says_so_truly(quiet_playground: Playground) -> None:
    said = client_of(quiet_playground).chat_postMessage(
        channel=people.GENERAL, text="x", unfurl_links=False, unfurl_media=False
    )
    assert said["message"]["bot_id"] == people.APP.bot_id


def test_every_call_is_recorded_as_it_came(playground: Playground) -> None:
    client = client_of(playground)
    client.users_info(user=people.ANNA)
    refused(client, "users.info", user="U0NOBODY0")
    assert [(call.method, call.given["user"], call.status, call.answer["ok"]) for call in playground.calls] == [
        ("users.info", people.ANNA, 200, True),
        ("users.info", "U0NOBODY0", 200, False),
    ]


# The rest needs no network: the same functions on the state alone.


def code(world: World, method: str, **values: Any) -> str:
    with pytest.raises(RefusalError) as caught:
        world.call(method, **values)
    return caught.value.code


def test_posting_without_being_a_member_needs_its_own_scope_and_a_public_channel(world: World) -> None:
    world.scopes.add("chat:write.public")
    assert world.call("chat.postMessage", channel=people.CS_CENTRAL, text="x")["ts"]
    assert code(world, "chat.postMessage", channel=people.CS_LEADS, text="x") == "channel_not_found"


def test_nothing_is_posted_in_an_archived_channel(world: World) -> None:
    world.slack.channels[people.GENERAL].is_read_only = True
    said = code(world, "chat.postMessage", channel=people.GENERAL, text="x")
    assert said == "restricted_action_read_only_channel"
    world.slack.channels[people.GENERAL].is_archived = True
    assert code(world, "chat.postMessage", channel=people.GENERAL, text="x") == "is_archived"
    assert code(world, "chat.postEphemeral", channel=people.GENERAL, user=people.ANNA, text="x") == "is_archived"


def test_a_persons_id_means_the_direct_messages_with_them(world: World) -> None:
    assert world.call("chat.postMessage", channel=people.ANNA, text="x")["channel"] == "D0ANNACSM"
    assert world.call("conversations.open", users=[people.ANNA])["channel"] == {"id": "D0ANNACSM"}
    del world.slack.channels["D0ANNACSM"]
    assert world.call("conversations.open", users=people.ANNA, return_im=True)["channel"]["user"] == people.ANNA


def test_text_above_forty_thousand_characters_is_cut_with_a_warning(world: World) -> None:
    said = world.call("chat.postMessage", channel=people.GENERAL, text="x" * 40_001)
    assert len(said["message"]["text"]) == 40_000
    assert said["warning"] == "message_truncated"
    assert "warning" not in world.call("chat.postMessage", channel=people.GENERAL, text="x" * 40_000)


def test_an_update_takes_four_thousand_characters(world: World) -> None:
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x")["ts"]
    assert world.call("chat.update", channel=people.GENERAL, ts=ts, text="y" * 4000)["text"] == "y" * 4000
    assert code(world, "chat.update", channel=people.GENERAL, ts=ts, text="y" * 4001) == "msg_too_long"


def test_an_update_keeps_what_it_does_not_name(world: World) -> None:
    note = {"event_type": "delivery", "event_payload": {"id": 7}}
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x", blocks=BUTTONS, metadata=note)["ts"]
    kept = world.call("chat.update", channel=people.GENERAL, ts=ts, text="y")["message"]
    assert (kept["text"], kept["blocks"], kept["metadata"]) == ("y", BUTTONS, note)
    bare = world.call("chat.update", channel=people.GENERAL, ts=ts, text="z", blocks=[], metadata={})["message"]
    assert "blocks" not in bare
    assert "metadata" not in bare
    assert bare["edited"]["user"] == people.APP.user_id


def test_only_the_bots_own_lasting_messages_can_be_changed(world: World) -> None:
    ts = world.actions.say(people.ANNA, people.GENERAL, "mine").ts
    assert code(world, "chat.update", channel=people.GENERAL, ts=ts, text="x") == "cant_update_message"
    assert code(world, "chat.delete", channel=people.GENERAL, ts=ts) == "cant_delete_message"
    private = world.call("chat.postEphemeral", channel=people.GENERAL, user=people.ANNA, text="x")["message_ts"]
    assert code(world, "chat.update", channel=people.GENERAL, ts=private, text="y") == "message_not_found"
    assert code(world, "chat.getPermalink", channel=people.GENERAL, message_ts=private) == "message_not_found"


def test_a_deleted_message_is_gone(world: World) -> None:
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x")["ts"]
    link = world.call("chat.getPermalink", channel=people.GENERAL, message_ts=ts)["permalink"]
    assert link == f"https://playground.slack.com/archives/{people.GENERAL}/p{ts.replace('.', '')}"
    world.call("chat.delete", channel=people.GENERAL, ts=ts)
    assert code(world, "chat.delete", channel=people.GENERAL, ts=ts) == "message_not_found"
    assert world.events[-1]["subtype"] == "message_deleted"


def test_history_gives_lasting_messages_newest_first_and_metadata_on_request(world: World) -> None:
    channel = "D0ANNACSM"
    note = {"event_type": "delivery", "event_payload": {"id": 7}}
    first = world.call("chat.postMessage", channel=channel, text="one", metadata=note)["ts"]
    world.call("chat.postEphemeral", channel=channel, user=people.ANNA, text="private")
    second = world.call("chat.postMessage", channel=channel, text="two")["ts"]
    plain = world.call("conversations.history", channel=channel)["messages"]
    assert [message["ts"] for message in plain] == [second, first]
    assert "metadata" not in plain[1]
    full = world.call("conversations.history", channel=channel, include_all_metadata=True)["messages"]
    assert full[1]["metadata"] == note

    def between(**values: Any) -> list[str]:
        return [m["text"] for m in world.call("conversations.history", channel=channel, **values)["messages"]]

    assert between(oldest=first) == ["two"]
    assert between(oldest=first, inclusive=True) == ["two", "one"]
    assert between(latest=second) == ["one"]
    page = world.call("conversations.history", channel=channel, limit=1)
    assert (page["has_more"], page["messages"][0]["text"]) == (True, "two")
    cursor = page["response_metadata"]["next_cursor"]
    assert between(limit=1, cursor=cursor) == ["one"]
    assert code(world, "conversations.history", channel=channel, oldest="yesterday") == "invalid_ts_oldest"


def test_answers_stand_in_their_thread_and_not_in_the_history_of_the_channel(world: World) -> None:
    channel = "D0ANNACSM"
    first = world.call("chat.postMessage", channel=channel, text="one")["ts"]
    answer = world.call("chat.postMessage", channel=channel, text="two", thread_ts=first)["ts"]
    other = world.call("chat.postMessage", channel=channel, text="three")["ts"]
    history = world.call("conversations.history", channel=channel)["messages"]
    assert [message["ts"] for message in history] == [other, first]
    replies = world.call("conversations.replies", channel=channel, ts=first)["messages"]
    assert [(message["ts"], message.get("thread_ts")) for message in replies] == [(first, None), (answer, first)]
    assert code(world, "conversations.replies", channel=channel, ts="1.000000") == "thread_not_found"
    for missing in (answer, "1.000000"):
        with pytest.raises(NotModelledError):
            world.call("chat.postMessage", channel=channel, text="x", thread_ts=missing)


def test_history_needs_membership(world: World) -> None:
    world.scopes.add("channels:history")
    assert code(world, "conversations.history", channel=people.CS_CENTRAL) == "not_in_channel"


@pytest.mark.parametrize("longest", [None, 2, 1])
def test_lists_come_in_pages_that_may_be_short(world: World, longest: int | None) -> None:
    world.slack.longest_page = longest
    found, cursor, pages = [], "", 0
    while True:
        said = world.call("users.list", limit=4, cursor=cursor)
        found += [user["id"] for user in said["members"]]
        pages, cursor = pages + 1, said["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == list(world.slack.people)
    assert pages == -(-len(found) // (longest or 4))


def test_lists_hold_bots_deleted_people_guests_and_strangers(world: World) -> None:
    users = {user["id"]: user for user in world.call("users.list")["members"]}
    assert users[people.APP.user_id]["is_bot"]
    assert users[people.OLA]["deleted"]
    assert users[people.GUS]["is_ultra_restricted"]
    assert users[people.SAM]["team_id"] == people.CUSTOMER_TEAM.id
    assert users[people.DINA]["is_admin"]
    assert users[people.DINA]["is_owner"]


def test_email_needs_its_scope_and_locale_needs_asking(world: World) -> None:
    user = world.call("users.info", user=people.BO, include_locale=True)["user"]
    assert (user["profile"]["email"], user["locale"], user["tz"]) == ("bo@example.com", "fi-FI", "Europe/Helsinki")
    world.scopes.discard("users:read.email")
    user = world.call("users.info", user=people.BO)["user"]
    assert "email" not in user["profile"]
    assert "locale" not in user


def test_people_are_found_by_email_whatever_its_case(world: World) -> None:
    assert world.call("users.lookupByEmail", email="ANNA@example.com")["user"]["id"] == people.ANNA
    assert code(world, "users.lookupByEmail", email="sam@customer.example") == "users_not_found"


def test_the_bot_sees_private_channels_only_from_inside(world: World) -> None:
    def listed(method: str, **values: Any) -> set[str]:
        said = world.call(method, types="public_channel,private_channel", **values)
        return {channel["name"] for channel in said["channels"]}

    assert "cs-leads" not in listed("conversations.list")
    assert "cs-central" in listed("conversations.list")
    assert "cs-central" not in listed("users.conversations")
    assert all("is_member" not in one for one in world.call("users.conversations")["channels"])
    assert all("is_member" in one for one in world.call("conversations.list")["channels"])
    world.actions.invite_bot(people.CS_LEADS)
    assert "cs-leads" in listed("conversations.list")
    assert listed("users.conversations", user=people.DAN) == {"general", "cs-central"} - {""}
    world.slack.channels[people.CS_CENTRAL].is_archived = True
    assert "cs-central" not in listed("conversations.list", exclude_archived=True)


def test_a_channel_says_whether_outsiders_are_there(world: World) -> None:
    def info(channel: str) -> dict[str, Any]:
        said: dict[str, Any] = world.call("conversations.info", channel=channel, include_num_members=True)["channel"]
        return said

    shared = info(people.CUSTOMER_SHARED)
    assert (shared["is_ext_shared"], shared["is_member"], shared["num_members"]) == (True, True, 3)
    assert not info(people.CS_CENTRAL)["is_member"]
    members = world.call("conversations.members", channel=people.PILOT)["members"]
    assert people.GUS in members


def test_a_modal_is_opened_updated_and_guarded_by_its_hash(world: World) -> None:
    trigger = world.slack.new_trigger(people.ANNA)
    view = world.call("views.open", trigger_id=trigger.id, view=modal(text_input(), external_id="log-7"))["view"]
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert view["state"]["values"]["note"]["text"] == {"type": "plain_text_input", "value": None}
    changed = world.call("views.update", view_id=view["id"], hash=view["hash"], view=modal(external_id="log-7"))["view"]
    assert changed["hash"] != view["hash"]
    assert code(world, "views.update", view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    assert world.call("views.update", external_id="log-7", view=modal())["view"]["id"] == view["id"]
    assert code(world, "views.open", trigger_id=trigger.id, view=modal()) == "exchanged_trigger_id"


def test_an_external_id_belongs_to_one_open_modal(world: World) -> None:
    world.slack.open_view(people.BO, modal(external_id="log-7"))
    trigger = world.slack.new_trigger(people.ANNA)
    assert code(world, "views.open", trigger_id=trigger.id, view=modal(external_id="log-7")) == "duplicate_external_id"


def test_a_fourth_modal_is_refused_and_a_push_needs_a_modal_below(world: World) -> None:
    view = world.slack.open_view(people.ANNA, modal())
    for _ in range(2):
        trigger = world.slack.new_trigger(people.ANNA, view.id)
        world.call("views.push", trigger_id=trigger.id, view=modal())
    trigger = world.slack.new_trigger(people.ANNA, view.id)
    assert code(world, "views.push", trigger_id=trigger.id, view=modal()) == "push_limit_reached"
    with pytest.raises(NotModelledError):
        world.call("views.push", trigger_id=world.slack.new_trigger(people.BO).id, view=modal())
