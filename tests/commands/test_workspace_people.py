"""`/workspace people` through Slack: who the data's CSMs are, and what each may do."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, update

from bot.blocks import ids, people
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import audit, rights, welcomes
from storage.schema import person, person_address, record, record_person, team
from tests.admins import begin_anew, id_of, make_super_admin, pick, said
from tests.bots import Bot, texts

LOST = 900  # whom only the data names


@pytest.fixture(autouse=True)
def dina(bot: Bot) -> Iterator[None]:
    make_super_admin(bot, cast.DINA)
    yield
    begin_anew(bot)


def lose(bot: Bot, client: str, email: str = "a.aas@example.com") -> None:
    """Let the data name somebody as the CSM of a client who is not in Slack."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(person_address.delete())
        connection.execute(insert(person).values(**here, id=LOST, email=email, name=email))
        client_id = connection.scalar(select(record.c.id).where(record.c.name == client))
        this = record_person.c.record_id == client_id
        connection.execute(update(record_person).where(this).values(person_id=LOST))
        connection.execute(update(record).where(record.c.id == client_id).values(properties={"csm_email": email}))


def listed(bot: Bot, who: str = cast.DINA) -> Message:
    return bot.ask("/workspace people", who=who)


def rights_of(bot: Bot, who: str) -> View:
    """The modal of somebody's rights; one that is still open is closed, so that it is not taken for this one."""
    if (before := bot.slack.actions.open_view(cast.DINA)) is not None:
        bot.slack.actions.close(cast.DINA, before.id)
    pick(bot, listed(bot), ids.CHOOSE_PERSON, selected_user=who)
    return bot.modal(lambda view: view.callback_id == ids.SET_RIGHTS, who=cast.DINA)


def test_everybody_whom_clients_name_is_listed(bot: Bot) -> None:
    shown = texts(listed(bot).blocks)
    assert "*3 of 3 CSMs that clients name are found in Slack.*" in shown
    assert "*Anna* · 3 clients · anna@example.com" in shown
    assert "There is no team yet, so every full member of this Slack workspace has a seat." in shown
    with bot.database.write() as connection:
        connection.execute(insert(team).values(installation_id=bot.installation.id, id=1, name="A", name_key="a"))
    assert "Whoever is CSM of a client, in a team, or was given a seat has one." in texts(listed(bot).blocks)


def test_who_is_not_found_comes_first_and_is_bound_by_choosing_them(bot: Bot) -> None:
    lose(bot, "Acme AS")
    page = listed(bot)
    assert "3 of 4 CSMs" in page.text
    assert "*a.aas@example.com* · 1 client · not found in Slack" in texts([page.blocks[1]])
    pick(bot, page, ids.BIND_ADDRESS, selected_user=cast.CLEO)
    found = texts(bot.replaced(page, "3 of 3 CSMs", who=cast.DINA).blocks)
    assert "*Cleo* · 2 clients" in found
    bot.wait(lambda: "Acme AS" in bot.ask("/engagement csm:me", who=cast.CLEO, channel=cast.GENERAL).text)
    with bot.database.write() as connection:
        connection.execute(person_address.delete())
        anna = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.ANNA))
        acme = connection.scalar(select(record.c.id).where(record.c.name == "Acme AS"))
        connection.execute(update(record_person).where(record_person.c.record_id == acme).values(person_id=anna))


def test_an_address_that_was_bound_to_the_wrong_person_is_unbound_in_the_same_place(bot: Bot) -> None:
    """Their clients, and the seat that they had by these, go again."""
    lose(bot, "Acme AS")
    with bot.database.write() as connection:
        connection.execute(insert(team).values(installation_id=bot.installation.id, id=1, name="A", name_key="a"))
    assert "You need a seat" in bot.ask("/engagement", who=cast.DINA, channel=cast.GENERAL).text
    page = listed(bot)
    pick(bot, page, ids.BIND_ADDRESS, selected_user=cast.DINA)
    page = bot.replaced(page, "also a.aas@example.com", who=cast.DINA)
    bot.wait(lambda: "Acme AS" in bot.ask("/engagement csm:me", who=cast.DINA, channel=cast.GENERAL).text)
    bot.press(page, f"{ids.UNBIND_ADDRESS}:{id_of(bot, cast.DINA)}:0", who=cast.DINA)
    page = bot.replaced(page, "3 of 4 CSMs", who=cast.DINA)
    assert "*a.aas@example.com* · 1 client · not found in Slack" in texts([page.blocks[1]])
    bot.wait(lambda: "You need a seat" in bot.ask("/engagement", who=cast.DINA, channel=cast.GENERAL).text)
    found = bot.ask("/workspace history", who=cast.DINA)
    assert "said that an address is not that of Dina\nAddress: was a.aas@example.com" in texts(found.blocks)
    pick(bot, page, ids.BIND_ADDRESS, selected_user=cast.ANNA)
    bot.replaced(page, "3 of 3 CSMs", who=cast.DINA)
    with bot.database.write() as connection:
        connection.execute(person_address.delete())


def test_who_sets_up_workspaces_may_unbind_and_nobody_else(bot: Bot) -> None:
    here = bot.installation.id
    with bot.database.write() as connection:
        values = {"installation_id": here, "email": "x@y.example", "person_id": id_of(bot, cast.BO)}
        connection.execute(insert(person_address).values(values))
    page = listed(bot)
    forged = f"{ids.UNBIND_ADDRESS}:{id_of(bot, cast.BO)}:0"
    with bot.database.write() as connection:
        rights.set_super_admin(connection, here, id_of(bot, cast.BO), True, by=None, now=bot.now)
        rights.set_super_admin(connection, here, id_of(bot, cast.DINA), False, by=None, now=bot.now)
    bot.press(page, forged, who=cast.DINA)
    said(bot, "That takes the right to manage customer success settings")
    with bot.database.write() as connection:
        assert connection.execute(person_address.delete().where(person_address.c.email == "x@y.example")).rowcount == 1


def test_a_guest_is_not_taken_as_a_csm(bot: Bot) -> None:
    lose(bot, "Soylent Oy")
    pick(bot, listed(bot), ids.BIND_ADDRESS, selected_user=cast.GUS)
    said(bot, "Only a full member of this Slack workspace can be a CSM.")
    with bot.database.write() as connection:
        bo = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.BO))
        connection.execute(update(record_person).where(record_person.c.person_id == LOST).values(person_id=bo))
        connection.execute(person.delete().where(person.c.id == LOST))


def test_who_left_is_listed_with_the_clients_that_are_left(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.CLEO).values(is_deleted=True))
    assert "*Cleo* · left Slack · 1 client left" in texts([listed(bot).blocks[1]])
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.CLEO).values(is_deleted=False))


def test_rights_are_given_and_taken(bot: Bot) -> None:
    view = rights_of(bot, cast.BO)
    assert "*Bo*\nHas a seat now · CSM of 3 clients" in texts(view.payload["blocks"])
    assert bot.submit(view, who=cast.DINA, super_admin=["yes"], manages=["yes"], seat="off") == {}
    shown = said(bot, "Whose seat was taken away")
    assert "*Super admins:* Bo, Dina\n*Manage customer success settings:* Bo\n*Whose seat was taken away:* Bo" in texts(
        shown.blocks
    )
    view = rights_of(bot, cast.BO)
    assert "Has no seat now" in texts(view.payload["blocks"])
    with bot.database.read() as connection:
        assert set(rights.super_admins(connection, bot.installation.id).values()) == {"Dina", "Bo"}
        whats = [entry.after for entry in audit.read(connection, bot.installation.id)]
    assert {"seat": "off"} in whats
    assert {"manages": True} in whats
    assert bot.submit(view, who=cast.DINA, super_admin=[], seat="rule") == {}
    said(bot, "3 of 3 CSMs")
    with bot.database.read() as connection:
        assert list(rights.super_admins(connection, bot.installation.id).values()) == ["Dina"]


def test_the_last_super_admin_stays_and_the_form_says_so(bot: Bot) -> None:
    view = rights_of(bot, cast.DINA)
    assert bot.submit(view, who=cast.DINA, super_admin=[]) == {
        people.SUPER_ADMIN: "Somebody must be super admin: make another one first."
    }


def test_a_form_that_was_open_for_long_takes_nothing_back(bot: Bot) -> None:
    view = rights_of(bot, cast.BO)
    with bot.database.write() as connection:
        rights.set_manages(connection, bot.installation.id, id_of(bot, cast.BO), True, by=None, now=bot.now)
    assert bot.submit(view, who=cast.DINA, seat="on") == {}
    with bot.database.read() as connection:
        row = connection.execute(select(person.c.manages, person.c.seat).where(person.c.slack_user_id == cast.BO)).one()
    assert row == (True, "on")


def test_a_guest_has_no_rights_to_be_given(bot: Bot) -> None:
    pick(bot, listed(bot), ids.CHOOSE_PERSON, selected_user=cast.GUS)
    said(bot, "This person is not a full member of this Slack workspace.")


def test_a_manager_with_a_seat_sees_the_people_and_no_rights(bot: Bot) -> None:
    with bot.database.write() as connection:
        rights.set_manages(connection, bot.installation.id, id_of(bot, cast.BO), True, by=None, now=bot.now)
    page = listed(bot, cast.BO)
    assert "3 of 3 CSMs" in page.text
    for hidden in (ids.SHOW_RIGHTS, ids.CHOOSE_PERSON, ids.SEATS_BY_HAND):
        assert hidden not in json.dumps(page.blocks)


def test_seats_by_hand_are_switched_on_and_off(bot: Bot) -> None:
    page = listed(bot)
    bot.press(page, ids.SEATS_BY_HAND, who=cast.DINA)
    bot.replaced(page, "Seats by hand: only who was given a seat has one.", who=cast.DINA)
    assert "You need a seat" in bot.ask("/engagement", who=cast.ANNA).text
    bot.press(page, ids.SEATS_BY_HAND, who=cast.DINA)
    bot.replaced(page, "There is no team yet", who=cast.DINA)
    assert "You need a seat" not in bot.ask("/engagement", who=cast.ANNA).text


def test_who_may_not_set_up_is_told_whom_to_ask(bot: Bot) -> None:
    assert listed(bot, cast.ANNA).text.endswith("Ask Dina.")


def test_those_who_had_a_seat_before_are_welcomed_where_a_super_admin_says_so(bot: Bot) -> None:
    with bot.database.write() as connection:
        welcomes.begin(connection, bot.installation.id, bot.now)
    page = listed(bot)
    assert "Welcome 3 people" in json.dumps(page.blocks)
    bot.press(page, ids.WELCOME_HELD, who=cast.DINA)
    assert bot.wait(lambda: held(bot) == 0)


def held(bot: Bot) -> int:
    with bot.database.read() as connection:
        return welcomes.held(connection, bot.installation.id)
