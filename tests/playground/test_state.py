"""Clock, changes, triggers, response_urls and modals, on the state alone."""

import threading
from datetime import timedelta

import pytest

from bot.playground import people
from bot.playground.refusals import RefusalError
from bot.playground.state import MessageRef, Slack
from tests.playground.conftest import World

MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}


def refusal(act: object, *args: object, **values: object) -> str:
    with pytest.raises(RefusalError) as caught:
        act(*args, **values)  # type: ignore[operator]
    return caught.value.code


def test_the_clock_moves_forward_only(world: World) -> None:
    before = world.slack.now()
    world.slack.advance(timedelta(hours=3))
    assert world.slack.now() - before == timedelta(hours=3)
    world.slack.set_day(before.date() + timedelta(days=10))
    assert world.slack.now().date() == before.date() + timedelta(days=10)
    with pytest.raises(ValueError, match="forward"):
        world.slack.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="forward"):
        world.slack.set_day(before.date())


def test_message_stamps_are_unique_and_follow_the_product_clock(world: World) -> None:
    stamps = [world.slack.next_ts() for _ in range(100)]
    assert len(set(stamps)) == 100
    assert stamps == sorted(stamps)
    world.slack.advance(timedelta(days=1))
    assert float(world.slack.next_ts()) - float(stamps[-1]) == pytest.approx(86400, abs=1)


def test_waiting_ends_with_a_change_with_time_or_with_the_end(world: World) -> None:
    slack = world.slack
    assert slack.wait_for_change(slack.version, 0.01) == slack.version
    since = slack.version
    threading.Timer(0.02, lambda: slack.post(people.GENERAL, people.ANNA, "hi")).start()
    assert slack.wait_for_change(since, 5) > since
    threading.Timer(0.02, slack.close).start()
    assert slack.wait_for_change(slack.version, 5) == slack.version


def test_a_trigger_lives_three_real_seconds(world: World) -> None:
    trigger = world.slack.new_trigger(people.ANNA)
    world.slack.advance(timedelta(days=1))  # the product's clock does not age it
    world.clock.seconds += 3.1
    assert refusal(world.slack.take_trigger, trigger.id) == "expired_trigger_id"


def test_a_trigger_is_good_once(world: World) -> None:
    trigger = world.slack.new_trigger(people.ANNA)
    world.slack.take_trigger(trigger.id)
    assert refusal(world.slack.take_trigger, trigger.id) == "exchanged_trigger_id"
    assert refusal(world.slack.take_trigger, "1.2.3") == "invalid_trigger_id"


def test_a_response_url_is_good_five_times_in_thirty_minutes(world: World) -> None:
    slack = world.slack
    right = slack.new_response_url(people.ANNA, people.GENERAL)
    for _ in range(5):
        slack.take_response_url(right.token)
    assert refusal(slack.take_response_url, right.token) == "used_url"
    late = slack.new_response_url(people.ANNA, people.GENERAL)
    world.clock.seconds += 1801
    assert refusal(slack.take_response_url, late.token) == "expired_url"


def test_rights_that_nobody_can_use_any_more_are_forgotten(world: World) -> None:
    for _ in range(50):
        world.slack.new_trigger(people.ANNA)
        world.slack.new_response_url(people.ANNA, people.GENERAL)
    world.clock.seconds += 7200
    world.slack.new_trigger(people.ANNA)
    assert len(world.slack.triggers) == 1
    assert not world.slack.response_urls


def test_three_modals_stand_on_each_other_at_most(world: World) -> None:
    slack = world.slack
    root = slack.open_view(people.ANNA, MODAL)
    second = slack.push_view(people.ANNA, MODAL)
    third = slack.push_view(people.ANNA, MODAL)
    assert (second.previous, third.previous, third.root) == (root.id, second.id, root.id)
    assert refusal(slack.push_view, people.ANNA, MODAL) == "push_limit_reached"
    slack.close_view(third)
    assert slack.stack(people.ANNA) == [root, second]
    slack.close_view(third)  # gone already: nothing happens


def test_nothing_is_pushed_above_a_modal_that_was_closed_meanwhile(world: World) -> None:
    assert refusal(world.slack.push_view, people.ANNA, MODAL) == "not_found"
    world.slack.close_view(world.slack.open_view(people.ANNA, MODAL))
    assert refusal(world.slack.push_view, people.ANNA, MODAL) == "not_found"


def test_what_was_typed_stays_only_where_block_and_action_id_stay(world: World) -> None:
    def modal(block_id: str, action_id: str) -> dict[str, object]:
        element = {"type": "plain_text_input", "action_id": action_id}
        label = {"type": "plain_text", "text": "L"}
        return MODAL | {"blocks": [{"type": "input", "block_id": block_id, "label": label, "element": element}]}

    view = world.slack.open_view(people.ANNA, modal("b", "a"))
    world.actions.fill(people.ANNA, view.id, {"b": {"a": "hello"}})
    world.slack.update_view(view, modal("b", "a"))
    assert view.inputs == {"b": {"a": {"type": "plain_text_input", "value": "hello"}}}
    world.slack.update_view(view, modal("b", "other"))
    world.slack.update_view(view, modal("b", "a"))
    assert view.inputs == {}


def test_ids_are_made_up_where_the_app_left_them_out(slack_button: dict[str, object], world: World) -> None:
    message = world.slack.post(people.GENERAL, people.APP.user_id, "x", [slack_button])
    assert message.blocks[0]["block_id"]
    assert message.blocks[0]["elements"][0]["action_id"]
    assert "block_id" not in slack_button  # what the app sent is left alone


@pytest.fixture
def slack_button() -> dict[str, object]:
    return {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}]}


def test_who_sees_which_channel(world: World) -> None:
    def names(person: str) -> set[str]:
        return {channel.name for channel in world.slack.channels_of(person) if channel.name}

    assert "cs-leads" in names(people.ANNA)
    assert "cs-leads" not in names(people.BO)
    assert "cs-central" in names(people.BO)  # public: seen, though Bo is not a member
    assert names(people.GUS) == {"pilot-with-guest"}
    assert names(people.SAM) == {"customer-shared"}


def test_personas_are_people_who_can_act(world: World) -> None:
    ids = {person.id for person in world.slack.personas()}
    assert people.GUS in ids
    assert not ids & {people.OLA, people.SLACKBOT, people.APP.user_id}


def test_a_message_is_found_by_channel_and_stamp(world: World) -> None:
    message = world.slack.post(people.GENERAL, people.ANNA, "x")
    assert world.slack.find(message.ref) is message
    assert world.slack.find(MessageRef(people.CS_NORDIC, message.ts)) is None


def test_many_threads_never_share_a_stamp(world: World) -> None:
    def write(slack: Slack) -> None:
        for _ in range(50):
            slack.post(people.GENERAL, people.ANNA, "x")

    threads = [threading.Thread(target=write, args=(world.slack,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stamps = [message.ts for message in world.slack.messages[people.GENERAL]]
    assert len(set(stamps)) == 200
    assert stamps == sorted(stamps, key=float)
