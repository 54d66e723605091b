"""The Home tab of the local Slack: what is published, who hears of its opening, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.playground.home import publish
from bot.playground.model import Json
from bot.playground.people import ANNA, APP, BO
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.server import Playground
from tests.playground.conftest import World

TEXT = {"type": "mrkdwn", "text": "Hello"}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
PICKER = {"type": "users_select", "action_id": "who"}
SECTION = {"type": "section", "block_id": "s", "text": TEXT}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [SECTION], **more}


def test_a_view_is_published_for_one_person_and_keeps_its_id(world: World) -> None:
    first = world.call("views.publish", user_id=ANNA, view=home(private_metadata="kept"))["view"]
    second = world.call("views.publish", user_id=ANNA, view=home())["view"]
    assert (first["type"], first["private_metadata"], second["private_metadata"]) == ("home", "kept", "")
    assert first["id"] == second["id"]
    assert first["hash"] != second["hash"]
    assert set(world.slack.homes) == {ANNA}


def test_a_view_that_is_not_the_newest_any_more_takes_no_other(world: World) -> None:
    old = world.call("views.publish", user_id=ANNA, view=home())["view"]["hash"]
    new = world.call("views.publish", user_id=ANNA, view=home(), hash=old)["view"]["hash"]
    with pytest.raises(RefusalError, match="hash_conflict"):
        world.call("views.publish", user_id=ANNA, view=home(), hash=old)
    with pytest.raises(RefusalError, match="hash_conflict"):
        world.call("views.publish", user_id=BO, view=home(), hash=new)


def test_nothing_is_published_where_the_tab_is_off(world: World) -> None:
    world.manifest = replace(world.manifest, home_tab=False)
    with pytest.raises(RefusalError, match="not_enabled"):
        world.call("views.publish", user_id=ANNA, view=home())
    world.actions.manifest = world.manifest
    with pytest.raises(ImpossibleError):
        world.actions.open_home(ANNA)


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (home(*[{"type": "divider"}] * 101), "invalid_arguments"),
        (home({"type": "markdown", "text": "x"}), "invalid_arguments"),
        (home({"type": "alert", "text": TEXT}), "invalid_arguments"),
        (home({"type": "data_visualization", "title": "x", "chart": {}}), "invalid_arguments"),
        (home({"type": "table", "rows": []}), "invalid_arguments"),
        (home({**SECTION}, {**SECTION}), "invalid_arguments"),  # the same id
        (home(title={"type": "plain_text", "text": "x"}), "invalid_arguments"),
        ({**home(), "type": "modal"}, "invalid_arguments"),
        (home(*[{"type": "section", "text": {**TEXT, "text": "ø" * 3_000}}] * 50), "view_too_large"),
    ],
)
def test_what_a_home_tab_cannot_show_is_refused(world: World, view: Json, code: str) -> None:
    with pytest.raises(RefusalError, match=code):
        world.call("views.publish", user_id=ANNA, view=view)
    assert world.slack.homes == {}


def test_it_is_published_for_people_alone(world: World) -> None:
    for who in (APP.user_id, "U0NOBODY"):
        with pytest.raises(RefusalError, match="invalid_arguments"):
            world.call("views.publish", user_id=who, view=home())
    with pytest.raises(NotModelledError):
        world.call("views.publish", user_id=ANNA, view=home({"type": "card"}))


def test_the_app_hears_who_opens_which_tab_and_what_stands_there(world: World) -> None:
    world.actions.open_home(ANNA)
    shown = world.call("views.publish", user_id=ANNA, view=home())["view"]
    world.actions.open_home(ANNA)
    world.actions.open_home(ANNA, "messages")
    first, second, messages = world.events
    assert (first["type"], first["user"], first["tab"], first["channel"]) == (
        "app_home_opened", ANNA, "home", "D" + ANNA[1:],
    )  # fmt: skip
    assert "view" not in first
    assert second["view"]["hash"] == shown["hash"]
    assert messages["tab"] == "messages"
    assert "view" not in messages


def test_a_press_carries_the_view_and_a_trigger_that_opens_a_modal(world: World) -> None:
    shown = world.call("views.publish", user_id=ANNA, view=home({"type": "actions", "elements": [BUTTON, PICKER]}))
    view = world.slack.homes[ANNA]
    block = view.payload["blocks"][0]["block_id"]
    world.actions.press(ANNA, view.id, block, "who", selected_user=BO)
    world.actions.press(ANNA, view.id, block, "go")
    sent = world.bot.last
    assert sent["container"] == {"type": "view", "view_id": view.id}
    assert (sent["view"]["type"], sent["view"]["hash"]) == ("home", shown["view"]["hash"])
    assert sent["view"]["state"]["values"][block]["who"]["selected_user"] == BO
    assert "response_url" not in sent
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [SECTION]}
    opened = world.call("views.open", trigger_id=sent["trigger_id"], view=modal)["view"]
    assert opened["previous_view_id"] is None


def test_another_person_cannot_press_it(world: World) -> None:
    world.call("views.publish", user_id=ANNA, view=home({"type": "actions", "block_id": "a", "elements": [BUTTON]}))
    with pytest.raises(ImpossibleError):
        world.actions.press(BO, world.slack.homes[ANNA].id, "a", "go")


def test_the_page_has_what_is_published_and_opening_it_is_heard_of(quiet_playground: Playground) -> None:
    heard: list[Json] = []
    quiet_playground.slack.on_event = heard.append
    cookies = {"playground_person": ANNA}
    with httpx.Client(base_url=quiet_playground.url, cookies=cookies, trust_env=False) as client:
        assert "empty until the app fills it" in client.get("/home").text
        quiet_playground.slack.homes.clear()
        made = home({"type": "actions", "block_id": "a", "elements": [BUTTON]})
        view = publish(quiet_playground.slack, ANNA, made, "")
        page = client.get("/home").text
    assert [(one["type"], one["tab"]) for one in heard] == [("app_home_opened", "home")] * 2
    assert f"/views/{view.id}/press" in page
    assert 'id="tab-messages"' in page
    assert 'id="composer"' not in page
