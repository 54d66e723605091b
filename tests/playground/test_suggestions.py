"""External selects: what is asked while something is typed, what may be answered, and what can then be chosen."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground import people
from bot.playground.model import Json, View
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from tests.playground.conftest import World
from tests.playground.test_actions import modal, plain


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def opened(world: World, kind: str = "external_select", **more: Any) -> View:
    element = {"type": kind, "action_id": "pick", "min_query_length": 0} | more
    block = {"type": "input", "block_id": "team", "label": plain("Team"), "element": element, "optional": True}
    return world.slack.open_view(people.ANNA, modal(block))


def suggest(world: World, view: View, typed: str = "") -> list[Json]:
    return world.actions.suggest(people.ANNA, view.id, "team", "pick", typed)


def chosen(world: World, view: View, raw: Any) -> Json:
    """What a submission says of the field."""
    world.bot.answer = None
    assert world.actions.submit(people.ANNA, view.id, {"team": {"pick": raw}}) == {}
    value: Json = world.bot.last["view"]["state"]["values"]["team"]["pick"]
    return value


def test_what_is_typed_goes_to_the_app_with_the_modal_and_no_trigger(world: World) -> None:
    view = opened(world)
    world.bot.answer = {"options": [option("nordic")]}
    assert suggest(world, view, "nor") == [option("nordic")]
    payload = world.bot.last
    assert (payload["type"], payload["value"]) == ("block_suggestion", "nor")
    assert (payload["block_id"], payload["action_id"]) == ("team", "pick")
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["id"] == view.id
    assert not {"trigger_id", "response_url"} & payload.keys()


def test_what_was_offered_can_be_chosen_and_nothing_else(world: World) -> None:
    view = opened(world)
    world.bot.answer = {"options": [option("nordic"), option("central")]}
    with pytest.raises(ImpossibleError):
        chosen(world, view, "nordic")
    world.bot.answer = {"options": [option("nordic"), option("central")]}
    suggest(world, view)
    with pytest.raises(ImpossibleError):
        chosen(world, view, "south")
    assert chosen(world, view, "central") == {"type": "external_select", "selected_option": option("central")}


def test_several_are_chosen_from_what_was_offered_for_different_words(world: World) -> None:
    view = opened(world, "multi_external_select", initial_options=[option("south")])
    for name in ("nordic", "central"):
        world.bot.answer = {"option_groups": [{"label": plain("Teams"), "options": [option(name)]}]}
        suggest(world, view, name)
    found = chosen(world, view, ["south", "central", "nordic"])
    assert found["selected_options"] == [option("south"), option("central"), option("nordic")]


def test_what_stood_there_from_the_start_stays_chosen_without_asking(world: World) -> None:
    view = opened(world, initial_option=option("south"))
    assert world.actions.submit(people.ANNA, view.id, {}) == {}
    assert world.bot.last["view"]["state"]["values"]["team"]["pick"]["selected_option"] == option("south")


@pytest.mark.parametrize(("least", "typed"), [(None, "no"), (1, "")])
def test_too_few_letters_ask_for_nothing(world: World, least: int | None, typed: str) -> None:
    view = opened(world)
    element = view.payload["blocks"][0]["element"]
    del element["min_query_length"]
    element |= {} if least is None else {"min_query_length": least}
    with pytest.raises(ImpossibleError, match="characters are typed"):
        suggest(world, view, typed)
    assert world.bot.heard == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [],
        {"options": [option("a")] * 101},
        {"options": [{"text": plain("x" * 76), "value": "x"}]},
        {"options": [{"text": plain("x"), "value": "x" * 151}]},
        {"options": [{"text": plain("x")}]},
        {"options": [option("a")], "option_groups": []},
        {"option_groups": [{"label": plain("Empty"), "options": []}]},
        {"options": [], "response_action": "clear"},
    ],
)
def test_an_answer_that_slack_does_not_take_offers_nothing(world: World, answer: Any) -> None:
    view = opened(world)
    world.bot.answer = answer
    with pytest.raises(RefusalError):
        suggest(world, view)
    assert view.loaded == {}


def test_no_options_are_an_answer(world: World) -> None:
    view = opened(world)
    world.bot.answer = {"options": []}
    assert suggest(world, view, "zzz") == []


def test_other_elements_load_nothing(world: World) -> None:
    view = opened(world, "users_select", min_query_length=None)
    with pytest.raises(ImpossibleError, match="loads no options"):
        suggest(world, view)


def test_one_in_a_message_is_not_modelled(world: World) -> None:
    element = {"type": "external_select", "action_id": "pick"}
    blocks = [{"type": "section", "block_id": "row", "text": plain("x"), "accessory": element}]
    message = world.slack.post(people.GENERAL, people.APP.user_id, "x", blocks)
    with pytest.raises(NotModelledError):
        world.actions.press(people.ANNA, message.ref, "row", "pick", selected_option="a")
