"""What people do, what the bot is sent for it, and what its acknowledgement does."""

from typing import Any

import pytest

from bot.playground import people
from bot.playground.elements import IN_INPUT
from bot.playground.model import Json, Message, MessageRef, Person, View
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.socket_mode import NotAcknowledgedError
from bot.playground.validation import view_problems
from tests.playground.conftest import World
from tests.playground.test_values import EMPTY

TIMED_OUT = NotAcknowledgedError("operation_timeout", "timeout")
BUTTON = {"type": "button", "action_id": "go", "value": "7", "text": {"type": "plain_text", "text": "Go"}}
BUTTONS = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def text_input(block_id: str = "note", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text"} | more.pop("element", {})
    return {"type": "input", "block_id": block_id, "label": plain("Note"), "element": element} | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "submit": plain("Save"), "blocks": list(blocks)} | more


def opened(world: World, *blocks: Json, **more: Any) -> View:
    return world.slack.open_view(people.ANNA, modal(*blocks, **more))


def seen(world: World, person: str = people.ANNA, channel: str = people.GENERAL) -> list[Message]:
    return world.actions.visible_messages(person, channel)


# Commands


def test_a_command_carries_what_slack_says_of_it(world: World) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/engagement  acme  corp ")
    payload = world.bot.last
    assert payload["command"] == "/engagement"
    assert payload["text"] == "acme  corp"
    assert (payload["user_id"], payload["user_name"]) == (people.ANNA, "anna")
    assert (payload["channel_id"], payload["channel_name"]) == (people.GENERAL, "general")
    assert payload["team_id"] == people.TEAM.id
    assert payload["response_url"].startswith("http://127.0.0.1:1/response/")
    assert world.slack.take_trigger(payload["trigger_id"]).person == people.ANNA


@pytest.mark.parametrize(("channel", "name"), [(people.CS_LEADS, "privategroup"), ("D0ANNACSM", "directmessage")])
def test_private_places_are_not_named(world: World, channel: str, name: str) -> None:
    world.actions.command(people.ANNA, channel, "/engagement")
    assert world.bot.last["channel_name"] == name
    assert world.bot.last["text"] == ""


def test_a_stranger_comes_with_the_id_of_their_own_team(world: World) -> None:
    world.actions.command(people.SAM, people.CUSTOMER_SHARED, "/engagement")
    assert world.bot.last["team_id"] == people.CUSTOMER_TEAM.id


def test_the_answer_in_the_acknowledgement_is_private(world: World) -> None:
    world.bot.answer = {"text": "4 of 10", "blocks": BUTTONS}
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    (message,) = seen(world)
    assert (message.text, message.ephemeral_to, message.author) == ("4 of 10", people.ANNA, people.APP.user_id)
    assert seen(world, people.BO) == []
    world.actions.reload(people.ANNA)
    assert seen(world) == []


def test_in_channel_shows_what_was_typed_and_the_answer_to_all(world: World) -> None:
    world.bot.answer = {"text": "4 of 10", "response_type": "in_channel"}
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    assert [(m.author, m.text) for m in seen(world, people.BO)] == [
        (people.ANNA, "/engagement acme"),
        (people.APP.user_id, "4 of 10"),
    ]


@pytest.mark.parametrize("answer", [None, "", {}, {"text": ""}])
def test_an_empty_acknowledgement_shows_nothing(world: World, answer: Any) -> None:
    world.bot.answer = answer
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    assert seen(world) == []


def test_a_command_that_nobody_acknowledges_fails_before_the_person(world: World) -> None:
    world.bot.answer = TIMED_OUT
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    (message,) = seen(world)
    assert message.author == people.SLACKBOT
    assert "operation_timeout" in message.text
    assert message.ephemeral_to == people.ANNA


def test_wrong_blocks_in_an_acknowledgement_show_an_error_and_nothing_else(world: World) -> None:
    world.bot.answer = {"text": "x", "blocks": [{"type": "nonsense"}]}
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    (message,) = seen(world)
    assert message.author == people.SLACKBOT
    assert "invalid_blocks" in message.text


@pytest.mark.parametrize("answer", [["x"], 7, {"text": 7}, {"response_type": "in_channel"}])
def test_an_answer_that_is_none_shows_an_error(world: World, answer: Any) -> None:
    world.bot.answer = answer
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    (message,) = seen(world)
    assert message.author == people.SLACKBOT
    assert "failed with the error" in message.text


@pytest.mark.parametrize("answer", [{"text": "x", "attachments": []}, {"text": "x", "blocks": [{"type": "table"}]}])
def test_an_answer_that_is_not_modelled_is_never_a_silent_success(world: World, answer: Any) -> None:
    world.bot.answer = answer
    with pytest.raises(NotModelledError):
        world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")


def test_an_unknown_command_never_reaches_the_bot(world: World) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/nonsense acme")
    assert world.bot.heard == []
    (message,) = seen(world)
    assert message.author == people.SLACKBOT
    assert "/nonsense is not a valid command" in message.text


@pytest.mark.parametrize("text", ["", "engagement", " hello /engagement"])
def test_a_command_starts_with_a_slash(world: World, text: str) -> None:
    with pytest.raises(ImpossibleError):
        world.actions.command(people.ANNA, people.GENERAL, text)


@pytest.mark.parametrize(
    ("person", "channel"),
    [
        (people.BO, people.CS_LEADS),  # private, not a member
        (people.BO, people.CS_CENTRAL),  # public, not a member
        (people.GUS, people.GENERAL),  # a guest elsewhere
        (people.SAM, people.CS_NORDIC),  # a stranger elsewhere
        (people.ANNA, "D0BOCSM00"),  # somebody else's direct messages
        (people.ANNA, "C0NOWHERE"),
    ],
)
def test_nobody_writes_where_they_are_not(world: World, person: str, channel: str) -> None:
    with pytest.raises(ImpossibleError):
        world.actions.command(person, channel, "/engagement")
    with pytest.raises(ImpossibleError):
        world.actions.say(person, channel, "hello")


def test_nobody_writes_in_an_archived_channel_or_after_leaving(world: World) -> None:
    world.slack.channels[people.GENERAL].is_archived = True
    with pytest.raises(ImpossibleError):
        world.actions.say(people.ANNA, people.GENERAL, "hello")
    world.actions.change_person(people.BO, deleted=True)
    with pytest.raises(ImpossibleError):
        world.actions.say(people.BO, people.CS_NORDIC, "hello")


# Invitations, messages, people


def test_an_invitation_makes_the_bot_a_member_and_tells_it(world: World) -> None:
    world.actions.command(people.CLEO, people.CS_CENTRAL, "/invite @engagement")
    assert world.slack.is_member(world.slack.channels[people.CS_CENTRAL])
    (event,) = world.events
    assert (event["type"], event["channel"], event["user"]) == (
        "member_joined_channel",
        people.CS_CENTRAL,
        people.APP.user_id,
    )
    assert event["inviter"] == people.CLEO
    world.actions.command(people.CLEO, people.CS_CENTRAL, "/invite @engagement")
    assert len(world.events) == 1


def test_the_page_can_invite_the_bot(world: World) -> None:
    world.actions.invite_bot(people.CS_LEADS)
    assert world.events[0]["channel_type"] == "G"


def test_only_invitations_of_the_bot_are_modelled(world: World) -> None:
    with pytest.raises(NotModelledError):
        world.actions.command(people.CLEO, people.CS_CENTRAL, "/invite @bo")


def test_a_direct_message_reaches_the_bot_escaped(world: World) -> None:
    message = world.actions.say(people.ANNA, "D0ANNACSM", "acme <b> & co")
    (event,) = world.events
    assert event["text"] == "acme &lt;b&gt; &amp; co"
    assert event["blocks"][0]["elements"][0]["elements"][0]["text"] == "acme <b> & co"
    assert (event["type"], event["channel_type"], event["ts"]) == ("message", "im", message.ts)
    assert "bot_id" not in event


def test_the_bot_hears_its_own_messages_and_none_where_it_is_not(world: World) -> None:
    world.call("chat.postMessage", channel="D0ANNACSM", text="hello")
    assert world.events[-1]["bot_id"] == people.APP.bot_id
    heard = len(world.events)
    world.actions.say(people.CLEO, people.CS_CENTRAL, "hello")
    assert len(world.events) == heard


def test_messages_to_the_bot_need_the_messages_tab(world: World) -> None:
    object.__setattr__(world.manifest, "messages_tab", False)
    with pytest.raises(ImpossibleError, match="turned off"):
        world.actions.say(people.ANNA, "D0ANNACSM", "hello")
    with pytest.raises(RefusalError, match="messages_tab_disabled"):
        world.call("chat.postMessage", channel="D0ANNACSM", text="hello")


def test_an_empty_message_is_not_sent(world: World) -> None:
    with pytest.raises(ImpossibleError):
        world.actions.say(people.ANNA, "D0ANNACSM", " \n")


def test_what_happens_in_slack_is_told_as_events(world: World) -> None:
    world.actions.share_channel(people.CS_NORDIC)
    world.actions.change_person(people.BO, guest="single")
    world.actions.join_team(Person("U0EVANEW0", "eva", "Eva New", "eva@example.com", people.TEAM.id))
    assert [event["type"] for event in world.events] == ["channel_shared", "user_change", "team_join"]
    assert world.slack.channels[people.CS_NORDIC].is_ext_shared
    assert world.events[1]["user"]["is_ultra_restricted"]
    assert world.events[2]["user"]["profile"]["email"] == "eva@example.com"


# Pressing


def answered(world: World) -> Message:
    world.bot.answer = {"text": "4 of 10", "blocks": BUTTONS}
    world.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    world.bot.answer = None
    return seen(world)[-1]


def test_a_shortcut_from_anywhere_says_neither_where_nor_how_to_answer(world: World) -> None:
    world.actions.shortcut(people.ANNA, "log_task")
    payload = world.bot.last
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "log_task")
    assert payload["user"] == {"id": people.ANNA, "username": "anna", "team_id": people.TEAM.id}
    assert payload["team"] == {"id": people.TEAM.id, "domain": people.TEAM.domain}
    assert {"channel", "message", "response_url", "container"}.isdisjoint(payload)
    assert world.slack.take_trigger(payload["trigger_id"]).person == people.ANNA


def test_a_shortcut_of_a_message_carries_it(world: World) -> None:
    message = world.slack.post(people.GENERAL, people.BO, "They called")
    world.actions.message_shortcut(people.ANNA, message.ref, "log_as_note")
    payload = world.bot.last
    assert (payload["type"], payload["callback_id"]) == ("message_action", "log_as_note")
    assert payload["channel"] == {"id": people.GENERAL, "name": "general"}
    assert (payload["message_ts"], payload["message"]["ts"]) == (message.ts, message.ts)
    assert (payload["message"]["user"], payload["message"]["text"]) == (people.BO, "They called")
    token = payload["response_url"].rpartition("/")[2]
    assert world.slack.take_response_url(token).source is None  # what is answered does not replace the message


def test_shortcuts_are_chosen_only_where_slack_offers_them(world: World) -> None:
    private = world.slack.post(people.GENERAL, people.APP.user_id, "x", ephemeral_to=people.ANNA)
    hidden = world.slack.post(people.CS_LEADS, people.ANNA, "x")
    lasting = world.slack.post(people.GENERAL, people.BO, "x")
    for person, message, chosen in (
        (people.ANNA, private, "log_as_note"),
        (people.BO, hidden, "log_as_note"),
        (people.ANNA, lasting, "log_task"),
        (people.ANNA, lasting, "nothing"),
    ):
        with pytest.raises(ImpossibleError):
            world.actions.message_shortcut(person, message.ref, chosen)
    with pytest.raises(ImpossibleError):
        world.actions.shortcut(people.ANNA, "log_as_note")
    assert world.bot.heard == []


def test_a_shortcut_that_nobody_acknowledges_fails_before_the_person(world: World) -> None:
    message = world.slack.post(people.GENERAL, people.BO, "x")
    world.bot.answer = TIMED_OUT
    world.actions.message_shortcut(people.ANNA, message.ref, "log_as_note")
    assert seen(world)[-1].text == 'This action failed with the error "operation_timeout"'
    with pytest.raises(ImpossibleError, match="operation_timeout"):
        world.actions.shortcut(people.ANNA, "log_task")


def test_a_press_in_a_private_answer_carries_no_message(world: World) -> None:
    message = answered(world)
    world.actions.press(people.ANNA, message.ref, "row", "go")
    payload = world.bot.last
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": people.GENERAL,
        "is_ephemeral": True,
    }
    assert "message" not in payload
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "row", "7")
    assert payload["channel"] == {"id": people.GENERAL, "name": "general"}
    assert payload["state"] == {"values": {}}


def test_a_press_in_a_lasting_message_carries_the_message(world: World) -> None:
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x", blocks=BUTTONS)["ts"]
    world.actions.press(people.BO, MessageRef(people.GENERAL, ts), "row", "go")
    assert world.bot.last["message"]["ts"] == ts
    assert world.bot.last["message"]["blocks"] == BUTTONS
    assert world.bot.last["user"]["id"] == people.BO


def test_the_body_of_a_press_acknowledgement_is_ignored(world: World) -> None:
    message = answered(world)
    world.bot.answer = {"text": "this is dropped"}
    world.actions.press(people.ANNA, message.ref, "row", "go")
    assert seen(world) == [message]


def test_a_press_that_nobody_acknowledges_fails_before_the_person(world: World) -> None:
    message = answered(world)
    world.bot.answer = TIMED_OUT
    world.actions.press(people.ANNA, message.ref, "row", "go")
    assert "operation_timeout" in seen(world)[-1].text
    view = opened(world, *BUTTONS)
    world.actions.press(people.ANNA, view.id, "row", "go")
    assert "operation_timeout" in view.notice


def test_nobody_presses_what_they_do_not_see(world: World) -> None:
    message = answered(world)
    with pytest.raises(ImpossibleError):
        world.actions.press(people.BO, message.ref, "row", "go")
    with pytest.raises(ImpossibleError):
        world.actions.press(people.ANNA, message.ref, "row", "gone")
    world.actions.say(people.ANNA, people.GENERAL, "mine")
    with pytest.raises(ImpossibleError):
        world.actions.press(people.ANNA, seen(world)[-1].ref, "row", "go")


def test_what_was_chosen_in_a_message_travels_with_the_next_press_of_the_same_person(world: World) -> None:
    options = [{"text": plain(name), "value": name} for name in ("one", "two")]
    select = {"type": "static_select", "action_id": "pick", "options": options}
    blocks = [{"type": "actions", "block_id": "row", "elements": [select, BUTTON]}]
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x", blocks=blocks)["ts"]
    ref = MessageRef(people.GENERAL, ts)
    world.actions.press(people.ANNA, ref, "row", "pick", selected_option="two")
    assert world.bot.last["actions"][0]["selected_option"] == options[1]
    world.actions.press(people.ANNA, ref, "row", "go")
    assert world.bot.last["state"]["values"]["row"]["pick"]["selected_option"] == options[1]
    world.actions.press(people.BO, ref, "row", "go")
    assert world.bot.last["state"]["values"]["row"]["pick"]["selected_option"] is None


def test_a_picker_without_external_channels_offers_none(world: World) -> None:
    picker = {
        "type": "conversations_select",
        "action_id": "where",
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    view = opened(world, {"type": "section", "block_id": "s", "text": plain("To"), "accessory": picker})
    world.slack.channels[people.PILOT].is_pending_ext_shared = True
    for channel in (people.CUSTOMER_SHARED, people.PILOT, "D0ANNACSM", "C0NOWHERE"):
        with pytest.raises(ImpossibleError, match="not offered"):
            world.actions.press(people.ANNA, view.id, "s", "where", selected_conversation=channel)
    world.actions.press(people.ANNA, view.id, "s", "where", selected_conversation=people.CS_LEADS)
    assert world.bot.last["actions"][0]["selected_conversation"] == people.CS_LEADS


def test_an_input_is_silent_unless_it_dispatches(world: World) -> None:
    view = opened(world, text_input(), text_input("loud", dispatch_action=True))
    with pytest.raises(ImpossibleError):
        world.actions.press(people.ANNA, view.id, "note", "text", value="x")
    world.actions.press(people.ANNA, view.id, "loud", "text", value="x")
    assert world.bot.last["actions"][0]["value"] == "x"


# Modals


def test_a_press_in_a_modal_carries_the_view_and_what_was_typed(world: World) -> None:
    view = opened(world, text_input(), *BUTTONS)
    world.actions.fill(people.ANNA, view.id, {"note": {"text": "half a sen"}})
    world.actions.press(people.ANNA, view.id, "row", "go")
    payload = world.bot.last
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["state"]["values"]["note"]["text"]["value"] == "half a sen"
    assert payload["view"]["hash"] == view.hash
    assert "channel" not in payload
    assert "response_url" not in payload


def test_a_trigger_from_inside_a_modal_pushes_and_cannot_open(world: World) -> None:
    view = opened(world, *BUTTONS)
    world.actions.press(people.ANNA, view.id, "row", "go")
    pushed = world.call("views.push", trigger_id=world.bot.last["trigger_id"], view=modal())["view"]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (view.id, view.id)
    world.actions.close(people.ANNA, pushed["id"])
    world.actions.press(people.ANNA, view.id, "row", "go")
    with pytest.raises(NotModelledError):
        world.call("views.open", trigger_id=world.bot.last["trigger_id"], view=modal())


def test_a_submission_carries_every_value(world: World) -> None:
    people_select = {"type": "users_select", "action_id": "who"}
    who = {"type": "input", "block_id": "who", "optional": True, "label": plain("Who"), "element": people_select}
    view = opened(world, text_input(), who, callback_id="log", private_metadata="client 7")
    assert world.actions.submit(people.ANNA, view.id, {"note": {"text": "called"}}) == {}
    sent = world.bot.last["view"]
    assert world.bot.last["type"] == "view_submission"
    assert sent["state"]["values"] == {
        "note": {"text": {"type": "plain_text_input", "value": "called"}},
        "who": {"who": {"type": "users_select", "selected_user": None}},
    }
    assert (sent["callback_id"], sent["private_metadata"], sent["id"]) == ("log", "client 7", view.id)
    assert world.actions.open_view(people.ANNA) is None


def test_a_required_input_left_empty_is_not_sent(world: World) -> None:
    view = opened(world, text_input(), text_input("free", optional=True))
    assert list(world.actions.submit(people.ANNA, view.id, {})) == ["note"]
    assert world.bot.heard == []
    assert world.actions.open_view(people.ANNA) is view


def every_input(**more: Any) -> list[Json]:
    """An input block for each kind of element that one may hold."""
    options = [{"text": plain("One"), "value": "1"}]
    needs: Json = {"number_input": {"is_decimal_allowed": False}}
    for kind in ("static_select", "multi_static_select", "radio_buttons", "checkboxes"):
        needs[kind] = {"options": options}
    return [
        {"type": "input", "block_id": kind, "label": plain(kind), "element": {"type": kind, "action_id": "a"} | fields}
        | more
        for kind in IN_INPUT
        for fields in [needs.get(kind, {})]
    ]


def test_every_empty_input_is_sent_with_the_empty_value_of_its_kind(world: World) -> None:
    blocks = every_input(optional=True)
    assert view_problems(modal(*blocks)) == []
    view = opened(world, *blocks)
    assert world.actions.submit(people.ANNA, view.id, {}) == {}
    values = world.bot.last["view"]["state"]["values"]
    assert values == {kind: {"a": {"type": kind} | empty} for kind, empty in EMPTY.items()}


def test_every_kind_of_required_input_left_empty_is_not_sent(world: World) -> None:
    view = opened(world, *every_input())
    assert set(world.actions.submit(people.ANNA, view.id, {})) == set(EMPTY)
    assert world.bot.heard == []


def test_an_over_long_input_is_not_sent(world: World) -> None:
    view = opened(world, text_input(element={"max_length": 5}))
    assert "no more than 5" in world.actions.submit(people.ANNA, view.id, {"note": {"text": "123456"}})["note"]
    assert world.bot.heard == []


def submit(world: World, view: View, answer: Any) -> dict[str, str]:
    world.bot.answer = answer
    return world.actions.submit(people.ANNA, view.id, {"note": {"text": "x"}})


def test_errors_stand_beside_their_inputs_and_what_was_typed_stays(world: World) -> None:
    view = opened(world, text_input())
    assert submit(world, view, {"response_action": "errors", "errors": {"note": "Too late"}}) == {"note": "Too late"}
    assert view.inputs["note"]["text"]["value"] == "x"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"row": "not an input"}},
        {"response_action": "errors", "errors": {"nowhere": "no block"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"note": 7}},
        {"response_action": "errors", "errors": {"note": ""}},
        {"response_action": "errors"},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"text": "no response_action"},
        "words",
        TIMED_OUT,
    ],
)
def test_a_wrong_answer_to_a_submission_shows_one_error_and_keeps_the_modal(world: World, answer: Any) -> None:
    view = opened(world, text_input(), *BUTTONS)
    errors = submit(world, view, answer)
    assert list(errors) == [""]
    assert world.actions.open_view(people.ANNA) is view


def test_an_answer_may_update_push_or_clear(world: World) -> None:
    view = opened(world, text_input())
    before = view.hash
    assert submit(world, view, {"response_action": "update", "view": modal(text_input(), callback_id="two")}) == {}
    assert (view.callback_id, view.hash != before) == ("two", True)
    submit(world, view, {"response_action": "push", "view": modal(text_input(), callback_id="three")})
    top = world.actions.open_view(people.ANNA)
    assert top is not None
    assert (top.callback_id, top.previous) == ("three", view.id)
    submit(world, top, {"response_action": "clear"})
    assert world.actions.open_view(people.ANNA) is None


def test_an_accepted_submission_closes_only_its_own_modal(world: World) -> None:
    below = opened(world, text_input())
    top = world.slack.push_view(people.ANNA, modal(text_input()))
    assert submit(world, top, None) == {}
    assert world.actions.open_view(people.ANNA) is below


def test_only_the_modal_on_top_can_be_used(world: World) -> None:
    below = opened(world, text_input())
    world.slack.push_view(people.ANNA, modal(text_input()))
    with pytest.raises(ImpossibleError):
        world.actions.submit(people.ANNA, below.id, {})
    with pytest.raises(ImpossibleError):
        world.actions.close(people.BO, below.id)


def test_closing_is_told_only_where_the_modal_asks_for_it(world: World) -> None:
    world.actions.close(people.ANNA, opened(world).id)
    assert world.bot.heard == []
    view = opened(world, notify_on_close=True, callback_id="log")
    world.actions.close(people.ANNA, view.id)
    assert (world.bot.last["type"], world.bot.last["is_cleared"]) == ("view_closed", False)
    assert world.bot.last["view"]["callback_id"] == "log"
    assert world.actions.open_view(people.ANNA) is None


def test_clear_on_close_takes_the_whole_stack(world: World) -> None:
    opened(world)
    top = world.slack.push_view(people.ANNA, modal(clear_on_close=True, notify_on_close=True))
    world.actions.close(people.ANNA, top.id)
    assert world.bot.last["is_cleared"] is True
    assert world.slack.stack(people.ANNA) == []


def test_a_stack_of_three_goes_back_one_by_one_or_closes_as_a_whole(world: World) -> None:
    bottom = opened(world, text_input(), private_metadata="client 7")
    world.actions.fill(people.ANNA, bottom.id, {"note": {"text": "half a sen"}})
    for _ in range(2):
        top = world.slack.push_view(people.ANNA, modal(text_input(), notify_on_close=True))
    with pytest.raises(RefusalError, match="push_limit_reached"):
        world.slack.push_view(people.ANNA, modal())
    assert submit(world, top, {"response_action": "push", "view": modal()}) != {}
    world.actions.close(people.ANNA, top.id)
    assert (world.bot.last["type"], world.bot.last["is_cleared"]) == ("view_closed", False)
    middle = world.actions.open_view(people.ANNA)
    assert middle is not None
    assert middle.previous == bottom.id
    world.actions.close(people.ANNA, middle.id)
    assert world.actions.open_view(people.ANNA) is bottom
    assert bottom.inputs["note"]["text"]["value"] == "half a sen"  # what was typed below is still there
    top = world.slack.push_view(people.ANNA, modal(notify_on_close=True))
    world.actions.close(people.ANNA, top.id, everything=True)
    assert world.bot.last["is_cleared"] is True
    assert world.slack.stack(people.ANNA) == []


def test_closing_all_where_one_below_asks_to_be_told_is_not_modelled(world: World) -> None:
    opened(world, notify_on_close=True)
    top = world.slack.push_view(people.ANNA, modal())
    with pytest.raises(NotModelledError):
        world.actions.close(people.ANNA, top.id, everything=True)


def test_closing_all_of_one_modal_is_closing_it(world: World) -> None:
    view = opened(world, notify_on_close=True)
    world.actions.close(people.ANNA, view.id, everything=True)
    assert world.bot.last["is_cleared"] is False


def test_a_button_pressed_twice_is_two_presses(world: World) -> None:
    message = answered(world)
    for _ in range(2):
        world.actions.press(people.ANNA, message.ref, "row", "go")
    (first, second) = world.bot.heard[-2:]
    assert first["trigger_id"] != second["trigger_id"]
    assert first["response_url"] != second["response_url"]


def test_the_current_conversation_is_where_the_modal_was_asked_for(world: World) -> None:
    element = {"type": "conversations_select", "action_id": "where", "default_to_current_conversation": True}
    where = {"type": "input", "block_id": "where", "label": plain("Where"), "element": element}
    world.actions.command(people.ANNA, people.CS_NORDIC, "/engagement")
    shown = world.call("views.open", trigger_id=world.bot.last["trigger_id"], view=modal(where))["view"]
    assert shown["state"]["values"]["where"]["where"]["selected_conversation"] == people.CS_NORDIC
