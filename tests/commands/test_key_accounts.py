"""Key accounts and channels tied to a client, through Slack: said on the card, and taken back there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import delete, insert, select

from bot.blocks import forms, ids
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage.schema import channel_tie, key_account, note, record, team, team_member
from tests.admins import begin_anew, id_of, said
from tests.bots import Bot, texts

NORDIC = 900
CREW = (cast.ANNA, cast.BO)


@pytest.fixture(autouse=True)
def crew(bot: Bot) -> Iterator[None]:
    """Anna and Bo are one team; nothing is said yet of any client or channel."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(team).values(**here, id=NORDIC, name="CS Nordic", name_key="csnordic"))
        members = [here | {"person_id": id_of(bot, who), "team_id": NORDIC, "is_primary": True} for who in CREW]
        connection.execute(insert(team_member), members)
    yield
    for who in (*CREW, cast.CLEO):
        bot.slack.actions.reload(who)
    with bot.database.write() as connection:
        for table in (key_account, channel_tie, note):
            connection.execute(delete(table))
    begin_anew(bot)


def opened(bot: Bot, card: Message, who: str = cast.ANNA) -> View:
    bot.choose(card, ids.MORE_OF_CARD, ids.KEY_ACCOUNT, who)
    return bot.modal(lambda view: view.callback_id == ids.KEY_ACCOUNT, who=who)


def follow(bot: Bot, name: str, *owners: str, who: str = cast.ANNA) -> Message:
    """Say in a client's card for whom it is a key account; gives the card as it was."""
    card = bot.ask(f"/engagement {name}", who)
    assert bot.submit(opened(bot, card, who), who, key=list(owners)) == {}
    return card


def tie(bot: Bot, name: str, channel: str = cast.CS_NORDIC, who: str = cast.ANNA) -> None:
    view = opened(bot, bot.ask(f"/engagement {name}", who, channel), who)
    assert bot.submit(view, who, tie=["tied"]) == {}


def tied(bot: Bot) -> dict[str, str]:
    """The names of clients, by channel."""
    with bot.database.read() as connection:
        query = select(channel_tie.c.channel_id, record.c.name).join(record, record.c.id == channel_tie.c.client_id)
        return dict(connection.execute(query).all())


def fields(view: View) -> set[str]:
    return {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        (["me"], "Key account of yours ·"),
        (["team"], "Key account of CS Nordic ·"),
        (["me", "team"], "Key account of yours and of CS Nordic ·"),
    ],
)
def test_a_card_says_for_whom_it_is_a_key_account_and_takes_it_back(bot: Bot, owners: Sequence[str], told: str) -> None:
    bot.replaced(follow(bot, "acme as", *owners), told)
    view = opened(bot, bot.ask("/engagement acme as"))
    assert forms.opened(view.payload["blocks"])["key"] == ",".join(owners)
    assert bot.submit(view, key=[]) == {}
    assert "Key account" not in texts(bot.ask("/engagement acme as").blocks)


def test_what_one_says_for_the_team_all_of_it_sees_and_may_take_back(bot: Bot) -> None:
    follow(bot, "acme as", "me", "team")
    assert "Key account of CS Nordic ·" in texts(bot.ask("/engagement acme as", cast.BO).blocks)
    assert "Key account" not in texts(bot.ask("/engagement acme as", cast.CLEO, cast.GENERAL).blocks)
    follow(bot, "acme as", who=cast.BO)
    assert "Key account of yours ·" in texts(bot.ask("/engagement acme as").blocks)


def test_who_is_in_no_team_follows_for_themselves(bot: Bot) -> None:
    view = opened(bot, bot.ask("/engagement globex", cast.CLEO, cast.GENERAL), cast.CLEO)
    (boxes,) = [one["element"]["options"] for one in view.payload["blocks"] if one.get("block_id") == "key"]
    assert [option["value"] for option in boxes] == ["me"]


def test_key_accounts_are_listed_and_what_happened_to_them_is_a_button_away(bot: Bot) -> None:
    follow(bot, "acme as", "me")
    follow(bot, "globex", "team")
    bot.slack.actions.command(cast.ANNA, cast.CS_NORDIC, "/note acme as They move to Oslo")
    assert bot.submit(bot.modal(lambda view: view.callback_id == ids.LEAVE_NOTE)) == {}
    listed = bot.ask("/engagement key:any")
    assert listed.text.startswith("Key accounts of yours and of CS Nordic, 1 to 2, 2 clients: ")
    bot.press(listed, f"{ids.SHOW_FEED}:open")
    told = texts(bot.replaced(listed, "Activity in 14 days: key accounts of yours and of CS Nordic").blocks)
    assert "*Acme AS* · note by Anna: They move to Oslo · Fri 20 Nov" in told


def test_the_overview_leads_to_what_happened_to_key_accounts(bot: Bot) -> None:
    overview = bot.ask("/engagement")
    bot.press(overview, f"{ids.SHOW_FEED}:open")
    bot.replaced(overview, "Nothing happened.")


@pytest.mark.parametrize("value", ["", "x", '["key:me",["a"]]'])
def test_a_button_of_another_release_says_so(bot: Bot, value: str) -> None:
    overview = bot.ask("/engagement")
    found = [one for block in overview.blocks for one in block.get("elements", [])]
    next(one for one in found if one.get("action_id") == f"{ids.SHOW_FEED}:open")["value"] = value
    bot.press(overview, f"{ids.SHOW_FEED}:open")
    said(bot, "This list is no longer yours to page.", cast.ANNA)


def test_a_tied_channel_shows_its_client_and_leads_to_the_overview(bot: Bot) -> None:
    tie(bot, "acme as")
    card = bot.ask("/engagement")
    assert card.text.startswith("Acme AS: ")
    assert card.text.endswith("This channel is tied to this client.")
    assert card.ephemeral_to == cast.ANNA
    bot.press(card, ids.SHOW_OVERVIEW)
    bot.replaced(card, "Your 3 clients")
    assert "Your 3 clients" in bot.ask("/engagement", channel=cast.GENERAL).text


def test_untied_it_shows_the_overview_again(bot: Bot) -> None:
    tie(bot, "acme as")
    card = bot.ask("/engagement")
    bot.press(card, ids.UNTIE)
    bot.replaced(card, "This channel is tied to no client any more.")
    assert tied(bot) == {}
    assert "Your 3 clients" in bot.ask("/engagement").text


def test_unticked_in_the_modal_it_is_untied_as_well(bot: Bot) -> None:
    tie(bot, "acme as")
    view = opened(bot, bot.ask("/engagement acme as"))
    assert forms.opened(view.payload["blocks"])["tie"] == "tied"
    assert bot.submit(view, tie=[]) == {}
    assert tied(bot) == {}


def test_another_client_s_channel_is_asked_about_once(bot: Bot) -> None:
    tie(bot, "globex")
    view = opened(bot, bot.ask("/engagement acme as"))
    assert bot.submit(view, tie=["tied"], key=["me"]) == {}
    asked = bot.modal(lambda view: "tied to *Globex Corporation*" in texts(view.payload["blocks"]))
    assert (tied(bot), forms.opened(asked.payload["blocks"])) == (
        {cast.CS_NORDIC: "Globex Corporation"},
        {"key": "me", "tie": "tied"},
    )
    assert bot.submit(asked) == {}
    assert tied(bot) == {cast.CS_NORDIC: "Acme AS"}


def test_no_direct_message_can_be_tied(bot: Bot) -> None:
    direct = cast.direct_message(cast.ANNA).id
    assert fields(opened(bot, bot.ask("/engagement acme as", channel=direct))) == {"key"}


def test_a_channel_shared_with_a_customer_can_be_tied_since_every_answer_is_private(bot: Bot) -> None:
    tie(bot, "acme as", cast.CUSTOMER_SHARED)
    card = bot.ask("/engagement", channel=cast.CUSTOMER_SHARED)
    assert (card.text.partition(":")[0], card.ephemeral_to) == ("Acme AS", cast.ANNA)
    refused = bot.ask("/engagement", cast.SAM, cast.CUSTOMER_SHARED)
    assert refused.text.startswith("This is for members of this Slack workspace.")


@pytest.mark.parametrize(
    ("typed", "name", "filled"),
    [
        ("/task call them about forms", "Acme AS", {"title": "call them about forms"}),
        ("/task wonka norge call them", "Wonka Norge AS", {"title": "call them"}),
        ("/note", "Acme AS", {}),
        ("/note they moved to Oslo", "Acme AS", {"body": "they moved to Oslo"}),
    ],
)
def test_tasks_and_notes_begin_with_the_channel_s_client_where_none_is_named(
    bot: Bot, typed: str, name: str, filled: dict[str, str]
) -> None:
    tie(bot, "acme as")
    bot.slack.actions.command(cast.ANNA, cast.CS_NORDIC, typed)
    callback = ids.LOG_TASK if typed.startswith("/task") else ids.LEAVE_NOTE
    shown = forms.opened(bot.modal(lambda view: view.callback_id == callback).payload["blocks"])
    with bot.database.read() as connection:
        assert connection.scalar(select(record.c.name).where(record.c.id == int(shown["client"]))) == name
    assert filled.items() <= shown.items()


def test_a_client_that_is_gone_is_said_in_the_modal(bot: Bot) -> None:
    view = opened(bot, bot.ask("/engagement acme as"))
    with bot.database.write() as connection:
        connection.execute(record.update().where(record.c.name == "Acme AS").values(archived_at=bot.now))
    try:
        bot.submit(view, key=["me"])
        bot.modal(lambda view: "This client is no longer there." in texts(view.payload["blocks"]))
    finally:
        with bot.database.write() as connection:
            connection.execute(record.update().values(archived_at=None))
