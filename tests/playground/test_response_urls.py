"""What a response_url does and refuses."""

from typing import Any

import pytest

from bot.playground import people
from bot.playground.model import MessageRef
from bot.playground.response_urls import answer_url
from tests.playground.conftest import World
from tests.playground.test_actions import BUTTONS, answered, seen


def url_of(world: World) -> str:
    return str(world.bot.last["response_url"]).rpartition("/")[2]


def post(world: World, **values: Any) -> tuple[int, str]:
    status, answer = answer_url(world.slack, url_of(world), values)
    return status, "ok" if answer["ok"] else answer["error"]


def pressed_in_private(world: World) -> None:
    world.actions.press(people.ANNA, answered(world).ref, "row", "go")


def pressed_in_public(world: World) -> MessageRef:
    ts = world.call("chat.postMessage", channel=people.GENERAL, text="x", blocks=BUTTONS)["ts"]
    world.actions.press(people.ANNA, MessageRef(people.GENERAL, ts), "row", "go")
    return MessageRef(people.GENERAL, ts)


def test_an_answer_is_private_unless_it_says_in_channel(world: World) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/engagement")
    assert post(world, text="for you") == (200, "ok")
    assert post(world, text="for all", response_type="in_channel") == (200, "ok")
    assert [m.text for m in seen(world)] == ["for you", "for all"]
    assert [m.text for m in seen(world, people.BO)] == ["for all"]


def test_it_works_where_the_bot_is_not_a_member(world: World) -> None:
    world.actions.command(people.CLEO, people.CS_CENTRAL, "/engagement")
    assert post(world, text="x") == (200, "ok")
    assert seen(world, people.CLEO, people.CS_CENTRAL)[0].text == "x"


def test_replacing_and_removing_what_was_pressed(world: World) -> None:
    pressed_in_private(world)
    assert post(world, text="new", replace_original=True) == (200, "ok")
    (message,) = seen(world)
    assert (message.text, message.blocks, message.ephemeral_to) == ("new", [], people.ANNA)
    assert post(world, delete_original=True) == (200, "ok")
    assert seen(world) == []


def test_replacing_a_lasting_message_replaces_it_for_all(world: World) -> None:
    ref = pressed_in_public(world)
    post(world, text="new", replace_original=True)
    message = world.slack.find(ref)
    assert message is not None
    assert (message.text, message.ephemeral_to) == ("new", None)
    assert message.edited_ts


def test_an_older_press_still_replaces_the_message_after_it_was_replaced(world: World) -> None:
    ref = pressed_in_public(world)
    first = url_of(world)
    world.actions.press(people.BO, ref, "row", "go")
    post(world, text="second", replace_original=True)
    assert answer_url(world.slack, first, {"text": "first, late", "replace_original": True})[0] == 200
    (message,) = seen(world)
    assert (message.ts, message.text) == (ref.ts, "first, late")


def test_what_a_command_typed_cannot_be_replaced_so_a_new_answer_appears(world: World) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/engagement")
    post(world, text="new", replace_original=True)
    assert [m.text for m in seen(world)] == ["new"]


def test_five_uses_in_thirty_minutes(world: World) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/engagement")
    assert [post(world, text="x")[0] for _ in range(6)] == [200] * 5 + [404]
    assert post(world, text="x") == (404, "used_url")
    world.actions.command(people.ANNA, people.GENERAL, "/engagement")
    world.clock.seconds += 1801
    assert post(world, text="x") == (404, "expired_url")


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({}, 400, "no_text"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, 400, "invalid_blocks"),
        ({"text": "x", "blocks": "[]"}, 400, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, 400, "invalid_arguments"),
        ({"text": "x", "thread_ts": "1.2"}, 501, "not_modelled"),
    ],
)
def test_what_it_refuses_is_not_shown(world: World, values: dict[str, Any], status: int, code: str) -> None:
    world.actions.command(people.ANNA, people.GENERAL, "/engagement")
    assert post(world, **values) == (status, code)
    assert seen(world) == []


def test_a_made_up_address_leads_nowhere(world: World) -> None:
    assert answer_url(world.slack, "made-up", {"text": "x"})[0] == 404
