"""*Share here*: a preview, a check of who reads the channel, and a post by the app."""

from __future__ import annotations

import json

import pytest
from prometheus_client import REGISTRY
from slack_bolt import BoltRequest
from sqlalchemy import select

from bot.blocks import ids
from bot.domain.digests import Pause
from bot.playground import faults
from bot.playground import people as cast
from bot.playground.model import Message, View
from commands import share
from storage import allowed_channels, channels
from storage.schema import delivery
from tests import posting
from tests.bots import Bot, texts


def preview(bot: Bot, channel: str, who: str = cast.ANNA) -> View:
    """The preview that *Share here* opens from a card in this channel."""
    bot.press(bot.ask("/engagement acme", who=who, channel=channel), ids.PREVIEW_SHARE, who=who)
    return bot.modal(lambda view: "submit" in view.payload, who=who)


def send(bot: Bot, view: View, channel: str, who: str = cast.ANNA) -> dict[str, str]:
    chosen = {ids.SHARE_CHANNEL: {ids.SHARE_CHANNEL: channel}}
    return bot.slack.actions.submit(who, view.id, chosen)


def posted(bot: Bot, channel: str, who: str = cast.ANNA) -> list[Message]:
    """What lasts in a channel and is from the bot."""
    seen = bot.slack.actions.visible_messages(who, channel)
    return [message for message in seen if message.ephemeral_to is None and message.author == cast.APP.user_id]


def somebody_joined(bot: Bot, channel: str) -> None:
    """As the process keeps it that hears of it."""
    with bot.database.write() as connection:
        channels.changed(connection, bot.installation.id, channel)


def test_a_card_is_shown_first_and_posted_by_the_app_under_the_sharer_s_name(bot: Bot) -> None:
    view = preview(bot, cast.CS_NORDIC)
    assert "Everybody in #cs-nordic will see this:" in texts(view.payload["blocks"])
    assert "*Acme AS* · 5 of 10 · Medium" in texts(view.payload["blocks"])
    assert posted(bot, cast.CS_NORDIC) == []
    assert send(bot, view, cast.CS_NORDIC) == {}
    bot.modal(lambda view: "Sharing in #cs-nordic" in texts(view.payload["blocks"]))
    (message,) = bot.wait(lambda: posted(bot, cast.CS_NORDIC))
    assert texts(message.blocks).startswith(f"Shared by <@{cast.ANNA}>")
    assert message.text.startswith("Acme AS: 5 of 10")
    bot.slack.actions.close(cast.ANNA, bot.modal().id)


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (cast.CUSTOMER_SHARED, "is shared with another company"),
        (cast.PILOT, "has guests, or people I don't know yet"),
        (cast.CS_LEADS, "I can't post here yet. Type `/invite @engagement`"),
        (cast.direct_message(cast.ANNA).id, "This is a conversation between people."),
    ],
)
def test_a_channel_with_others_in_it_is_refused_and_another_one_offered(bot: Bot, channel: str, why: str) -> None:
    view = preview(bot, channel)
    assert why in texts(view.payload["blocks"])
    assert "initial_conversation" not in view.payload["blocks"][1]["element"]
    bot.slack.actions.close(cast.ANNA, view.id)


@pytest.mark.parametrize(
    "channel", [cast.CUSTOMER_SHARED, cast.PILOT, cast.CS_LEADS, cast.direct_message(cast.ANNA).id]
)
def test_a_submission_for_such_a_channel_is_refused_even_if_it_was_never_offered(bot: Bot, channel: str) -> None:
    before = posted(bot, channel)
    value = {"type": "conversations_select", "selected_conversation": channel}
    view = {
        "type": "modal",
        "id": "V1",
        "callback_id": ids.SHARE_CLIENT,
        "private_metadata": "1",
        "state": {"values": {ids.SHARE_CHANNEL: {ids.SHARE_CHANNEL: value}}},
    }
    user = {"id": cast.ANNA, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": view}
    answer = json.loads(bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).body)
    assert answer["response_action"] == "errors"
    assert posted(bot, channel) == before


def test_a_channel_is_judged_again_when_the_card_is_sent(bot: Bot) -> None:
    view = preview(bot, cast.GENERAL)
    bot.slack.slack.join(bot.slack.slack.channels[cast.GENERAL], cast.GUS)
    bot.wait(lambda: "has guests" in send(bot, view, cast.GENERAL).get(ids.SHARE_CHANNEL, ""))
    assert posted(bot, cast.GENERAL) == []
    bot.slack.actions.close(cast.ANNA, view.id)


def test_a_check_that_took_long_posts_nothing_and_the_next_press_is_quick(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack has told of a failure by then, and whoever presses again must not share twice."""
    view = preview(bot, cast.CS_NORDIC)
    before = len(posted(bot, cast.CS_NORDIC))
    bot.slack.faults.add("conversations.info", faults.late(0.5))
    somebody_joined(bot, cast.CS_NORDIC)
    with monkeypatch.context() as hurried:
        hurried.setattr(share, "LATE", 0.4)
        said = send(bot, view, cast.CS_NORDIC)
    assert said == {ids.SHARE_CHANNEL: "It took long to see who reads this channel. Press again."}
    assert len(posted(bot, cast.CS_NORDIC)) == before
    assert send(bot, view, cast.CS_NORDIC) == {}
    bot.wait(lambda: len(posted(bot, cast.CS_NORDIC)) == before + 1)
    bot.slack.actions.close(cast.ANNA, bot.modal().id)


def test_a_preview_that_is_closed_before_it_is_drawn_is_no_failure(bot: Bot) -> None:
    labels = {"kind": "action", "id": ids.PREVIEW_SHARE, "outcome": "ok"}
    before = REGISTRY.get_sample_value("engagement_bot_listeners_total", labels) or 0
    card = bot.ask("/engagement acme", channel=cast.CS_LEADS)
    bot.slack.faults.add("conversations.info", faults.late(0.3))
    bot.press(card, ids.PREVIEW_SHARE)
    bot.slack.actions.close(cast.ANNA, bot.modal().id)
    bot.wait(lambda: REGISTRY.get_sample_value("engagement_bot_listeners_total", labels) == before + 1)


def test_once_invited_the_bot_can_share(bot: Bot) -> None:
    view = preview(bot, cast.CS_CENTRAL, who=cast.CLEO)
    assert "I can't post here yet." in texts(view.payload["blocks"])
    assert "Type /invite" in send(bot, view, cast.CS_CENTRAL, who=cast.CLEO)[ids.SHARE_CHANNEL]
    bot.slack.actions.close(cast.CLEO, view.id)
    bot.slack.actions.command(cast.CLEO, cast.CS_CENTRAL, "/invite @engagement")
    again = preview(bot, cast.CS_CENTRAL, who=cast.CLEO)
    assert send(bot, again, cast.CS_CENTRAL, who=cast.CLEO) == {}
    bot.wait(lambda: posted(bot, cast.CS_CENTRAL, who=cast.CLEO))
    bot.slack.actions.close(cast.CLEO, bot.modal(who=cast.CLEO).id)


def test_a_post_that_fails_is_told_to_the_sharer(bot: Bot) -> None:
    view = preview(bot, cast.CS_NORDIC)
    bot.slack.faults.add("chat.postMessage", faults.killed_before())
    before = posted(bot, cast.CS_NORDIC)
    direct = cast.direct_message(cast.ANNA).id
    assert send(bot, view, cast.CS_NORDIC) == {}
    told = bot.wait(lambda: posted(bot, direct))
    assert "Something went wrong" in told[-1].text
    assert posted(bot, cast.CS_NORDIC) == before
    bot.slack.actions.close(cast.ANNA, bot.modal().id)


def test_what_another_process_heard_of_is_asked_before_a_card_is_sent(bot: Bot) -> None:
    view = preview(bot, cast.CS_NORDIC)
    before = posted(bot, cast.CS_NORDIC)
    members = bot.slack.slack.channels[cast.CS_NORDIC].members
    members.add(cast.GUS)  # without a word to this process
    somebody_joined(bot, cast.CS_NORDIC)
    try:
        assert "has guests" in send(bot, view, cast.CS_NORDIC)[ids.SHARE_CHANNEL]
    finally:
        members.discard(cast.GUS)
        somebody_joined(bot, cast.CS_NORDIC)
    assert posted(bot, cast.CS_NORDIC) == before
    bot.slack.actions.close(cast.ANNA, view.id)


def test_a_channel_that_becomes_shared_stops_its_digests_before_their_next_post(bot: Bot) -> None:
    stopped = posting.add_digest(bot.database, 1, cast.GENERAL)
    other = posting.add_digest(bot.database, 2, cast.CS_NORDIC)
    bot.slack.actions.share_channel(cast.GENERAL)
    try:
        bot.wait(lambda: posting.get(bot.database, stopped).paused is Pause.SHARED)
    finally:
        bot.slack.slack.channels[cast.GENERAL].is_ext_shared = False
    assert posting.get(bot.database, other).paused is None
    with bot.database.read() as connection:
        kinds = connection.scalars(select(delivery.c.kind).where(delivery.c.kind.startswith("digest"))).all()
    assert kinds == ["digest_paused"]


def test_a_channel_that_an_admin_allowed_is_stopped_by_nothing(bot: Bot) -> None:
    one = posting.add_digest(bot.database, 3, cast.PILOT)
    with bot.database.write() as connection:
        allowed_channels.allow(connection, bot.installation.id, "pilot-with-guest", bot.now)
    view = preview(bot, cast.PILOT)
    assert "Everybody in #pilot-with-guest will see this:" in texts(view.payload["blocks"])
    bot.slack.actions.close(cast.ANNA, view.id)
    bot.slack.actions.share_channel(cast.PILOT)
    bot.slack.deliveries.settle()
    assert posting.get(bot.database, one).paused is None
