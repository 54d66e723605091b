"""The Home tab through the front door: opened, switched, pressed, and published anew only where it changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from bot.blocks import ids
from bot.domain.access import Person
from bot.domain.activity import Priority, Task
from bot.domain.answers import Reply
from bot.domain.filters import Filter, Sort
from bot.domain.home import Place
from bot.domain.key_accounts import Owner
from bot.playground import people as cast
from bot.playground.faults import rate_limited
from bot.playground.model import View
from storage import activity, homes, key_accounts, people, rights, views
from storage.schema import (
    absence,
    audit_entry,
    home,
    installation,
    key_account,
    opportunity_answer,
    person,
    record,
    saved_view,
    task,
    workspace_tab,
)
from tests.access.world import Waitable
from tests.admins import id_of, make_super_admin
from tests.bots import NOW, TODAY, Bot, texts


@pytest.fixture(autouse=True)
def anew(bot: Bot) -> Iterator[None]:
    """Nobody has opened theirs; no task, no view, no service."""
    bot.app.listener_runner.listener_executor = Waitable()
    yield
    settle(bot)
    bot.slack.slack.homes.clear()
    with bot.database.write() as connection:
        for table in (home, key_account, task, saved_view, workspace_tab, audit_entry):
            connection.execute(delete(table))
        connection.execute(delete(record).where(record.c.object.in_(["service", "deal"])))
        connection.execute(update(installation).values(service_object=None, revenue_objects=[]))
        connection.execute(update(person).values(is_super_admin=False, seat=None, looks_as=None))


def settle(bot: Bot) -> None:
    """Wait until all is done that comes of what was sent so far."""
    bot.slack.deliveries.settle()
    executor = bot.app.listener_runner.listener_executor
    assert isinstance(executor, Waitable)
    executor.wait()


def opened(bot: Bot, says: str = "", who: str = cast.ANNA) -> View:
    bot.slack.actions.open_home(who)
    settle(bot)
    return bot.home(says, who)


def shown(view: View) -> str:
    return texts(view.payload["blocks"])


def published(bot: Bot) -> int:
    return sum(one.method == "views.publish" for one in bot.slack.calls)


def asker(bot: Bot, who: str = cast.ANNA) -> Person:
    with bot.database.read() as connection:
        found = people.find(connection, cast.TEAM.id, who)
    assert found is not None
    return found


def log(bot: Bot, title: str, view: str = "V1", to: str = cast.ANNA) -> None:
    with bot.database.write() as connection:
        client = connection.scalar(select(record.c.id).where(record.c.name == "Acme AS"))
        assert client is not None
        made = Task(client, None, title, "", TODAY, Priority.MEDIUM, to)
        assert activity.log_task(connection, asker(bot), made, view, NOW)


def services(bot: Bot, number: int = 3) -> None:
    """Of Acme AS: some in Onboarding, by stage, and one in Support."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        acme = connection.execute(
            select(record.c.external_id, record.c.source_id).where(record.c.name == "Acme AS")
        ).one()
        for at in range(number + 1):
            pipeline, stage = ("Onboarding", f"Step {at % 2}") if at < number else ("Support", "Open")
            said = {"client_id": acme.external_id, "pipeline": pipeline, "stage": stage, "amount": 100.0}
            values = {"id": 9000 + at, "object": "service", "external_id": f"s{at}", "name": f"Service {at}"}
            rest = {"name_key": "", "properties": said, "source_id": acme.source_id}
            rest["client_key"] = acme.external_id
            connection.execute(insert(record).values(**here, **values, **rest))
        connection.execute(update(installation).values(service_object="service"))


def settle_tab(bot: Bot, **values: Any) -> None:
    one = {"installation_id": bot.installation.id, "workspace_id": bot.installation.workspace_id, "object": "service"}
    with bot.database.write() as connection:
        connection.execute(insert(workspace_tab).values(**one, **{"pipelines": [], **values}))


def test_a_csm_finds_their_day_and_their_clients(bot: Bot) -> None:
    log(bot, "Call about forms")
    said = shown(opened(bot, "Call about forms"))
    assert "Customer success" in said
    assert "*Acme AS*: Call about forms\ntoday" in said
    assert "*Your 3 clients*" in said
    assert "*Fell in 7 days*\n*Acme AS*" in said
    assert "*Renewals in the next 90 days*\n*Acme AS*" in said


def test_it_is_published_again_only_where_it_is_other_than_before(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    before = published(bot)
    opened(bot)
    assert published(bot) == before
    log(bot, "Call about forms")
    opened(bot, "Call about forms")
    assert published(bot) == before + 1


def test_what_slack_has_lost_is_published_again(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    bot.slack.slack.homes.clear()
    opened(bot, "Nothing due today")


def test_the_messages_tab_publishes_nothing(bot: Bot) -> None:
    before = published(bot)
    bot.slack.actions.open_home(cast.ANNA, "messages")
    opened(bot, who=cast.BO)
    assert published(bot) == before + 1
    assert cast.ANNA not in bot.slack.slack.homes


def test_a_task_is_done_in_place_and_opened_again(bot: Bot) -> None:
    log(bot, "Call about forms")
    opened(bot, "Call about forms")
    bot.press_at_home(ids.FINISH_AT_HOME)
    assert "Nothing due today" in shown(bot.home("✓ Done: *Acme AS*: Call about forms"))
    bot.press_at_home(ids.REOPEN_AT_HOME)
    assert "Call about forms\ntoday" in shown(bot.home("Open again: *Acme AS*"))


def test_a_task_that_is_gone_is_told_over_the_tab(bot: Bot) -> None:
    log(bot, "Call about forms")
    opened(bot, "Call about forms")
    with bot.database.write() as connection:
        connection.execute(delete(task))
    bot.press_at_home(ids.FINISH_AT_HOME)
    told = bot.modal(lambda view: "no longer there" in texts(view.payload["blocks"]))
    bot.slack.actions.close(cast.ANNA, told.id)


def test_the_tab_is_kept_over_a_restart(bot: Bot) -> None:
    opened(bot)
    bot.press_at_home(f"{ids.SHOW_HOME}:tab1")
    bot.home("Renews in 60 days")
    settle(bot)
    bot.restart()
    bot.app.listener_runner.listener_executor = Waitable()
    with bot.database.write() as connection:
        connection.execute(update(home).values(hash="of an earlier release"))
    assert "Renews in 60 days" in shown(opened(bot, "*Your clients*"))


def test_a_client_is_opened_above_the_list_which_is_filtered_in_place(bot: Bot) -> None:
    opened(bot)
    bot.press_at_home(f"{ids.SHOW_HOME}:tab1")
    bot.home("Renews in 60 days")
    bot.press_at_home(ids.OPEN_LISTED)
    assert "*Your clients*" in shown(bot.home("*In use*"))
    bot.press_at_home(f"{ids.SHOW_LIST}:quick-a")
    low = shown(bot.home("`tier:low csm:me`"))
    assert "Twin GmbH" in low
    assert "Acme AS" not in low


def test_the_form_of_the_filter_answers_there(bot: Bot) -> None:
    opened(bot)
    bot.press_at_home(f"{ids.SHOW_HOME}:tab1")
    bot.home("Renews in 60 days")
    bot.press_at_home(ids.FILTER_LIST)
    view = bot.modal(lambda view: view.callback_id == ids.FILTER_FORM)
    assert bot.submit(view, sort="name") == {}
    assert "*Your clients*" in shown(bot.home("sort:name`"))
    assert bot.slack.actions.open_view(cast.ANNA) is None


def test_a_task_can_be_logged_from_a_card_there(bot: Bot) -> None:
    opened(bot)
    bot.press_at_home(ids.OPEN_LISTED)
    bot.home("*In use*")
    bot.press_at_home(ids.LOG_TASK)
    view = bot.modal(lambda view: view.callback_id == ids.LOG_TASK)
    assert bot.submit(view, title="Call about forms", due="2026-11-20") == {}
    told = bot.modal(lambda view: view.callback_id != ids.LOG_TASK)
    assert "Logged on Acme AS" in texts(told.payload["blocks"])
    bot.slack.actions.close(cast.ANNA, told.id)
    opened(bot, "Call about forms")


def test_services_stand_by_pipeline_and_stage(bot: Bot) -> None:
    services(bot)
    opened(bot, "Services")
    bot.press_at_home(f"{ids.SHOW_HOME}:tab2")
    said = shown(bot.home("*Services · Onboarding*"))
    assert "3 records · €300 · yours" in said
    bot.press_at_home(f"{ids.SHOW_HOME}:layout")
    bot.home("*Step 0* · 2 · €200")
    view = bot.home()
    block = next(
        one for one in view.payload["blocks"] if one.get("accessory", {}).get("action_id") == ids.CHOOSE_PIPELINE
    )
    support = next(one["value"] for one in block["accessory"]["options"] if one["text"]["text"] == "Support")
    bot.press_at_home(ids.CHOOSE_PIPELINE, selected_option=support)
    assert "*Open* · 1 · €100" in shown(bot.home("*Services · Support*"))


def test_only_chosen_pipelines_and_the_layout_of_the_settings(bot: Bot) -> None:
    services(bot)
    settle_tab(bot, pipelines=["Support"], layout="board")
    opened(bot, "Services")
    bot.press_at_home(f"{ids.SHOW_HOME}:tab2")
    said = shown(bot.home("*Services · Support*"))
    assert "*Open* · 1 · €100" in said
    assert "Onboarding" not in said


def test_pages_of_records(bot: Bot) -> None:
    services(bot, 25)
    settle_tab(bot, default_pipeline="Onboarding")
    opened(bot, "Services")
    bot.press_at_home(f"{ids.SHOW_HOME}:tab2")
    bot.home("25 records")
    bot.press_at_home(f"{ids.SHOW_HOME}:next")
    bot.home("◀ Back")
    bot.press_at_home(f"{ids.SHOW_HOME}:next")
    last = bot.home("Service 9")
    assert "Next ▶" not in shown(last)
    assert shown(last).count("Step") == 5


def test_a_hidden_tab_is_not_there_however_it_is_asked_for(bot: Bot) -> None:
    services(bot)
    opened(bot, "Services")
    settle_tab(bot, is_shown=False)
    bot.press_at_home(f"{ids.SHOW_HOME}:tab2")
    settle(bot)
    assert "*My day*" in (said := shown(bot.home()))
    assert "Services" not in said


def test_saved_views_are_buttons(bot: Bot) -> None:
    with bot.database.write() as connection:
        views.save(connection, asker(bot), "Falling", Filter(team="all", sort=Sort.DROP), None, NOW)
    opened(bot, "Falling")
    bot.press_at_home(f"{ids.SHOW_VIEW}:0")
    bot.home("`team:all sort:drop`")


def test_key_accounts_stand_there_with_what_happened_to_them(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    with bot.database.write() as connection:
        globex = connection.scalar(select(record.c.id).where(record.c.name == "Globex Corporation")) or 0
        key_accounts.keep(connection, asker(bot), globex, {Owner.ME}, NOW)
    bot.publish_homes()
    assert "*Key accounts*\n*Globex Corporation*" in shown(bot.home("*Key accounts*"))
    bot.press_at_home(f"{ids.SHOW_FEED}:open")
    bot.wait(lambda: "Nothing due today" not in shown(bot.home()) or None)


def test_who_has_no_seat_sees_no_client(bot: Bot) -> None:
    make_super_admin(bot, cast.DINA)
    with bot.database.write() as connection:
        rights.set_seat(connection, bot.installation.id, id_of(bot, cast.DINA), "off", by=None, now=NOW)
    said = shown(opened(bot, "You have no seat: you see settings, and no client.", cast.DINA))
    assert "Set up customer success" in said
    assert "Settings" in [
        one["accessory"]["text"]["text"] for one in bot.home(who=cast.DINA).payload["blocks"] if "accessory" in one
    ]
    assert "Customers" not in said
    assert "Acme" not in said
    bot.press_at_home(ids.GIVE_ME_A_SEAT, cast.DINA)
    bot.home("You have a seat now", cast.DINA)
    bot.press_at_home(f"{ids.SHOW_HOME}:tab0", cast.DINA)
    bot.home("*7 clients", cast.DINA)


def test_settings_are_opened_from_it(bot: Bot) -> None:
    make_super_admin(bot, cast.DINA)
    opened(bot, "Set up customer success", cast.DINA)
    bot.press_at_home(f"{ids.EDIT_WORKSPACE}:1", cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.EDIT_WORKSPACE, cast.DINA)
    bot.slack.actions.close(cast.DINA, view.id)
    bot.press_at_home(f"{ids.SHOW_TEAMS}:steps", cast.DINA)
    bot.home("No teams yet", cast.DINA)


def test_it_says_as_whom_somebody_looks(bot: Bot) -> None:
    make_super_admin(bot, cast.DINA)
    with bot.database.write() as connection:
        rights.look_as(connection, bot.installation.id, id_of(bot, cast.DINA), id_of(bot, cast.ANNA), NOW)
    said = shown(opened(bot, "You look as", cast.DINA))
    assert "*Your 3 clients*" in said
    log(bot, "Call about forms")
    with bot.database.write() as connection:
        homes.mark(connection, bot.installation.id)
    bot.publish_homes()  # no answer to anything: it would not say so
    assert "You look as" in shown(bot.home(who=cast.DINA))
    assert "Call about forms" not in shown(bot.home(who=cast.DINA))
    bot.press_at_home(ids.LOOK_AS_MYSELF, cast.DINA)
    bot.home("You see your own CS workspace again", cast.DINA)
    assert "*7 clients" in shown(opened(bot, "Set up customer success", cast.DINA))


def test_guests_and_strangers_are_told_why_nothing_is_there(bot: Bot) -> None:
    opened(bot, "Guests have no access", cast.GUS)
    opened(bot, "People of other companies", cast.SAM)


def test_what_changes_elsewhere_is_published_by_the_job_for_who_has_opened_theirs(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    log(bot, "Call about forms")
    log(bot, "Write to them", "V2", cast.BO)
    with bot.database.write() as connection:
        homes.mark(connection, bot.installation.id)
    bot.publish_homes()
    bot.home("Call about forms")
    assert set(bot.slack.slack.homes) == {cast.ANNA}
    before = published(bot)
    bot.publish_homes()
    assert published(bot) == before


def test_what_slack_did_not_take_is_published_once_it_does(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    log(bot, "Call about forms")
    bot.slack.faults.add("views.publish", rate_limited(30))
    bot.publish_homes()
    bot.publish_homes()  # not before Slack said
    assert "Call about forms" not in shown(bot.home())
    with bot.database.write() as connection:
        connection.execute(update(home).values(lease_until=NOW))  # 30 seconds later
    bot.publish_homes()
    bot.home("Call about forms")


def test_the_job_knows_for_whom_somebody_covers(bot: Bot) -> None:
    with bot.database.write() as connection:
        days = {"from_on": TODAY, "to_on": TODAY, "cover_id": id_of(bot, cast.ANNA), "made_at": NOW}
        bo = {"person_id": id_of(bot, cast.BO), "made_by": id_of(bot, cast.BO)}
        connection.execute(insert(absence).values(installation_id=bot.installation.id, id=1, **bo, **days))
    try:
        opened(bot)
        bot.press_at_home(f"{ids.SHOW_HOME}:tab1")
        settle(bot)
        before = published(bot)
        with bot.database.write() as connection:
            homes.mark(connection, bot.installation.id)
        bot.publish_homes()
        assert published(bot) == before
    finally:
        with bot.database.write() as connection:
            connection.execute(delete(absence))


def test_the_job_takes_no_page_away_that_somebody_looks_at(bot: Bot) -> None:
    opened(bot, "Nothing due today")
    bot.press_at_home(ids.OPEN_LISTED)
    bot.home("*In use*")
    log(bot, "Call about forms")
    with bot.database.write() as connection:
        homes.mark(connection, bot.installation.id)
    bot.publish_homes()
    assert [one.answer.get("error") for one in bot.slack.calls][-1] == "hash_conflict"
    assert "*In use*" in shown(bot.home())
    opened(bot, "Call about forms")


@contextmanager
def counting(bot: Bot) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(args[2])

    event.listen(bot.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(bot.database.engine, "before_cursor_execute", note)
    statements[:] = [one for one in statements if not one.startswith(("BEGIN", "PRAGMA"))]


@pytest.mark.parametrize("tab", ["summary", "customers", "service"])
@pytest.mark.parametrize("who", [cast.ANNA, cast.DINA])
def test_eight_statements_do_from_the_event_to_the_published_view(bot: Bot, tab: str, who: str) -> None:
    """Also to whom it says what is still to be set up, with everything that it can have."""
    services(bot)
    log(bot, "Call", to=who)
    make_super_admin(bot, cast.DINA)
    at = {"place": str(Place(tab)), "hash": "", "slack_hash": ""}
    with bot.database.write() as connection:
        connection.execute(insert(home).values(installation_id=bot.installation.id, person_id=id_of(bot, who), **at))
    with counting(bot) as statements:
        opened(bot, "Summary", who)
    assert 0 < len(statements) <= 8, statements


def choose(bot: Bot, action: str, word: str) -> None:
    """The entry of a "⋯" menu of the Home tab whose value begins with this word."""
    blocks = bot.home().payload["blocks"]
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory", {}))]
    menu = next(one for one in elements if one.get("action_id") == action)
    value = next(one["value"] for one in menu["options"] if one["value"].split()[0] == word)
    bot.press_at_home(action, selected_option=value)


def test_an_opportunity_is_put_away_from_there(bot: Bot) -> None:
    opened(bot)
    bot.press_at_home(ids.OPEN_LISTED)
    bot.home("*In use*")
    choose(bot, ids.MORE_OF_CARD, ids.OPPORTUNITIES)
    bot.wait(lambda: ids.ANSWER_OPPORTUNITY in str(bot.home().payload) or None)
    choose(bot, ids.ANSWER_OPPORTUNITY, Reply.NOT_NOW)
    view = bot.modal(lambda view: view.callback_id == ids.NOT_NOW)
    assert bot.submit(view, not_now="2026-12-24") == {}
    told = bot.modal(lambda view: "It is kept." in texts(view.payload["blocks"]))
    bot.slack.actions.close(cast.ANNA, told.id)
    with bot.database.write() as connection:
        assert connection.execute(delete(opportunity_answer)).rowcount == 1
