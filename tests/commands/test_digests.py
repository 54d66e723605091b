"""`/digest` through Slack: made, changed, paused, sent and deleted, by who may, and into channels that may be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.blocks import ids
from bot.blocks.digest_form import OF, WHAT, ZONE
from bot.domain.filters import Filter
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import people, schema, views
from storage.schema import delivery, digest, saved_view, team, team_member
from tests.admins import begin_anew, id_of, make_super_admin, said
from tests.bots import Bot, texts

FIELDS: dict[str, Any] = {"name": "Nordic", WHAT: "both", OF: "1"}


@pytest.fixture(autouse=True)
def dina(bot: Bot) -> Iterator[None]:
    make_super_admin(bot, cast.DINA)
    yield
    for who in (cast.DINA, cast.ANNA, cast.BO):
        while (view := bot.slack.actions.open_view(who)) is not None:
            bot.slack.actions.close(who, view.id)
    with bot.database.write() as connection:
        for table in (delivery, digest, saved_view):
            connection.execute(delete(table))
    begin_anew(bot)


def opened(bot: Bot, callback: str, who: str = cast.DINA) -> View:
    return bot.modal(lambda view: view.callback_id == callback, who=who)


def begin(bot: Bot, who: str = cast.DINA) -> tuple[Message, View]:
    listed = bot.ask("/digest", who=who)
    bot.press(listed, ids.NEW_DIGEST, who=who)
    return listed, opened(bot, ids.NEW_DIGEST, who)


def make(bot: Bot, who: str = cast.DINA, **fields: Any) -> Message:
    """Gives the list."""
    listed, view = begin(bot, who)
    assert bot.submit(view, who=who, **{**FIELDS, **fields}) == {}
    return bot.replaced(listed, "1 digest", who=who)


def row(bot: Bot) -> Any:
    with bot.database.read() as connection:
        return connection.execute(select(digest)).one()


def choose(bot: Bot, listed: Message, word: str, who: str = cast.DINA) -> None:
    bot.choose(listed, f"{ids.MORE_OF_DIGEST}:{row(bot).id}", word, who)


def words_of(bot: Bot, listed: Message) -> list[str]:
    menu = next(block["accessory"] for block in listed.blocks if "accessory" in block)
    return [option["text"]["text"] for option in menu["options"]]


def test_without_any_it_says_what_they_are(bot: Bot) -> None:
    assert "No digests yet." in bot.ask("/digest", who=cast.DINA).text
    assert "/digest new" in bot.ask("/digest help", who=cast.DINA).text


def test_without_a_channel_it_is_a_draft_and_with_one_it_runs(bot: Bot) -> None:
    listed = make(bot)
    assert "draft: choose a channel" in texts(listed.blocks)
    choose(bot, listed, ids.EDIT_DIGEST)
    view = opened(bot, ids.EDIT_DIGEST)
    bot.slack.actions.suggest(cast.DINA, view.id, ZONE, ZONE, "oslo")
    assert (
        bot.submit(opened(bot, ids.EDIT_DIGEST), who=cast.DINA, channel=cast.CS_NORDIC, **{ZONE: "Europe/Oslo"}) == {}
    )
    found = bot.replaced(listed, "next Mon 23 Nov", who=cast.DINA)
    assert (
        f"*Nordic* · Low engagement and renewals · all of Customer success · <#{cast.CS_NORDIC}>\n"
        "Mon–Fri 9:00 AM, Europe/Oslo · next Mon 23 Nov 9:00 AM"
    ) in texts(found.blocks).replace("\u202f", " ")
    assert "runs next Mon 23 Nov" in texts(bot.modal(lambda view: not view.callback_id, cast.DINA).payload["blocks"])


def test_all_that_was_entered_is_kept(bot: Bot) -> None:
    make(bot, channel=cast.CS_NORDIC, days=["0", "6"], at="07:45", grace="30", low="2", fall="0.2", ahead=["14"],
         keys=["yes"], mrr="12,500 nok", escalates="8")  # fmt: skip
    kept = row(bot)
    assert (kept.days, kept.at, kept.grace, kept.escalates, kept.paused) == (65, 465, 30, 8, None)
    assert kept.thresholds == {"low": 2, "fall": 0.2, "ahead": [14]}
    assert kept.alerts == {"keys": True, "mrr": 12500.0, "currency": "NOK"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "!!"}, {"name": "Give it a name of letters or digits."}),
        ({"mrr": "a lot"}, {"mrr": "Write an amount, such as 1000 or 1000 NOK."}),
        ({"channel": cast.CUSTOMER_SHARED}, {"channel": "#"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(bot: Bot, fields: dict[str, Any], says: dict[str, str]) -> None:
    _, view = begin(bot)
    told = bot.submit(view, who=cast.DINA, **{**FIELDS, **fields})
    assert told.keys() == says.keys()
    assert all(told[name].startswith(text) for name, text in says.items())


def test_a_channel_without_the_bot_is_refused_with_what_to_do(bot: Bot) -> None:
    _, view = begin(bot)
    told = bot.submit(view, who=cast.DINA, **FIELDS, channel=elsewhere(bot))
    assert told == {"channel": "I can't post there yet. Type /invite @engagement in that channel, then press again."}


def elsewhere(bot: Bot) -> str:
    """A channel that the bot is not in."""
    bots = bot.slack.slack.app.user_id
    return next(one.id for one in bot.slack.slack.channels.values() if one.id[0] == "C" and bots not in one.members)


def save_view(bot: Bot, name: str, text: Filter, team_id: int | None) -> str:
    with bot.database.write() as connection:
        dina = people.find(connection, cast.TEAM.id, cast.DINA)
        assert dina is not None
        views.save(connection, dina, name, text, team_id, bot.now)
        one = saved_view.c
        return f"view:{connection.execute(select(one.id).where(one.name == name)).scalar_one()}"


def make_team(bot: Bot, *leads: str) -> int:
    with bot.database.write() as connection:
        here = {"installation_id": bot.installation.id}
        connection.execute(insert(team).values(**here, id=7, name="Crew", name_key="crew", channel_id=cast.CS_NORDIC))
        for who in leads:
            member = {"person_id": id_of(bot, who), "team_id": 7, "is_primary": True, "is_lead": True}
            connection.execute(insert(team_member).values(**here, **member))
    return 7


def test_views_that_are_no_channels_are_refused(bot: Bot) -> None:
    number = make_team(bot)
    own, mine = save_view(bot, "Own", Filter(), None), save_view(bot, "Mine", Filter(csm="me"), number)
    _, view = begin(bot)
    found = bot.slack.actions.suggest(cast.DINA, view.id, WHAT, WHAT, "view")
    assert [one["text"]["text"] for one in found] == ["View Mine (Crew)", "View Own (your own)"]
    told = bot.submit(view, who=cast.DINA, **{**FIELDS, WHAT: own})
    assert told == {WHAT: "Own is a view of your own, and no channel's. Save it for your team first."}
    told = bot.submit(view, who=cast.DINA, **{**FIELDS, WHAT: mine})
    assert told == {WHAT: "Mine has csm:me, which depends on who asks, and in a channel nobody does."}


def test_a_lead_sets_up_those_of_the_team_in_its_channel(bot: Bot) -> None:
    make_team(bot, cast.BO)
    listed, view = begin(bot, cast.BO)
    assert bot.submit(view, who=cast.BO, name="Crew") == {}
    found = bot.replaced(listed, "1 digest", who=cast.BO)
    assert f"*Crew* · Low engagement and renewals · Crew · <#{cast.CS_NORDIC}>" in texts(found.blocks)
    assert words_of(bot, found) == ["Preview", "Edit", "Send now", "Pause", "Delete"]
    with bot.database.write() as connection:
        connection.execute(update(digest).values(team_id=None))
    assert words_of(bot, bot.ask("/digest", who=cast.BO)) == ["Preview"]


def test_who_asks_without_rights_sees_and_previews(bot: Bot) -> None:
    make(bot, channel=cast.CS_NORDIC)
    listed = bot.ask("/digest")
    assert words_of(bot, listed) == ["Preview"]
    assert not any(
        one.get("action_id") == ids.NEW_DIGEST for block in listed.blocks for one in block.get("elements", [])
    )
    choose(bot, listed, ids.PREVIEW_DIGEST, cast.ANNA)
    shown = said(bot, "Preview of Nordic", cast.ANNA)
    assert "first digest" in shown.text
    with bot.database.read() as connection:
        assert connection.execute(select(delivery)).all() == []


def test_it_is_paused_resumed_and_deleted(bot: Bot) -> None:
    listed = make(bot, channel=cast.CS_NORDIC)
    choose(bot, listed, ids.PAUSE_DIGEST)
    paused = bot.replaced(listed, "· paused", who=cast.DINA)
    choose(bot, paused, ids.RESUME_DIGEST)
    again = bot.replaced(listed, "next Mon", who=cast.DINA)
    choose(bot, again, ids.DELETE_DIGEST)
    assert bot.submit(opened(bot, ids.DELETE_DIGEST), who=cast.DINA) == {}
    bot.replaced(listed, "No digests yet.", who=cast.DINA)


def test_where_its_channel_may_not_be_told_it_is_not_resumed(bot: Bot) -> None:
    listed = make(bot, channel=cast.CS_NORDIC)
    choose(bot, listed, ids.PAUSE_DIGEST)
    paused = bot.replaced(listed, "· paused", who=cast.DINA)
    with bot.database.write() as connection:
        connection.execute(update(digest).values(channel_id=elsewhere(bot)))
    choose(bot, paused, ids.RESUME_DIGEST)
    said(bot, "Nordic rests on", cast.DINA)
    assert row(bot).paused == "person"


def test_sent_now_it_is_kept_once_to_be_posted(bot: Bot) -> None:
    listed = make(bot, channel=cast.CS_NORDIC)
    choose(bot, listed, ids.SEND_DIGEST)
    asked = opened(bot, ids.SEND_DIGEST)
    assert bot.submit(asked, who=cast.DINA) == {}
    told = bot.modal(lambda view: "being posted" in texts(view.payload["blocks"]), who=cast.DINA)
    assert f"<#{cast.CS_NORDIC}>" in texts(told.payload["blocks"])
    with bot.database.read() as connection:
        (kept,) = connection.execute(select(delivery)).all()
    assert (kept.kind, kept.state, kept.channel, kept.digest_id) == ("digest", "waiting", cast.CS_NORDIC, row(bot).id)
    assert kept.key == f"{row(bot).id}/{asked.id}"  # of which there is one
    assert "Last run Fri 20 Nov" in texts(bot.ask("/digest", who=cast.DINA).blocks)


def test_the_second_of_two_sees_what_the_first_changed_and_keeps_their_input(bot: Bot) -> None:
    listed = make(bot)
    choose(bot, listed, ids.EDIT_DIGEST)
    mine = opened(bot, ids.EDIT_DIGEST)
    with bot.database.write() as connection:
        connection.execute(update(digest).values(version=2, at=600, name="Theirs", name_key="theirs"))
    assert bot.submit(mine, who=cast.DINA, name="Mine") == {}
    again = bot.modal(lambda view: "Somebody else changed" in texts(view.payload["blocks"]), who=cast.DINA)
    assert "Name: Theirs" in texts(again.payload["blocks"])
    assert "Time: 10:00" in texts(again.payload["blocks"])
    assert bot.submit(again, who=cast.DINA) == {}
    assert (row(bot).name, row(bot).at) == ("Mine", 540)


def test_one_that_its_channel_does_not_take_is_mended_by_its_maker(bot: Bot) -> None:
    listed = make(bot, channel=cast.CS_NORDIC)
    with bot.database.write() as connection:
        connection.execute(update(schema.digest).values(paused="archived", next_at=None))
    listed = bot.ask("/digest", who=cast.DINA)
    assert f"rests: <#{cast.CS_NORDIC}> is archived." in texts(listed.blocks)
    choose(bot, listed, ids.EDIT_DIGEST)
    assert bot.submit(opened(bot, ids.EDIT_DIGEST), who=cast.DINA) == {}
    assert row(bot).paused is None


def test_who_has_no_say_makes_none(bot: Bot) -> None:
    bot.slack.actions.command(cast.ANNA, cast.CS_NORDIC, "/digest new")
    said(bot, "That takes the right to manage customer success settings", cast.ANNA)
    assert bot.slack.actions.open_view(cast.ANNA) is None
