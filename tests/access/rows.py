"""The access matrix: of every listener, what is sent to it, who may, and what comes of it.

A new listener needs a row here, or more where what it carries means different things:

    Row("view", ids.RENAME_VIEW, submitted(ids.RENAME_VIEW, VIEW_ID, name=text("Rising")), SHARED, "Rising",
        {"saved_view", "submission"}),

Kind and id as its module declares them (a pattern by its text), a payload of `tests.access.payloads` that carries ids
of the CSM's workspace, who may send it, what is said then, and exactly which tables are written then. Whoever may not
is told so by the sentence of their case, and nothing is written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, literal, null, select, update

from bot.blocks import digest_form as form_of
from bot.blocks import ids, states
from bot.blocks.forms import FormState
from bot.blocks.states import ListState
from bot.blocks.tasks import PUT_OFF
from bot.blocks.workspace_form import GENERAL, EditState
from bot.domain.answers import Reply as Answer
from bot.domain.digest_news import Named, Rule
from bot.domain.digest_told import Held, Told, of_all, write
from bot.domain.digests import Content, Digest
from bot.domain.home import Place
from bot.domain.workspace_settings import digests
from bot.playground import people as cast
from bot.playground.model import Json
from storage import digests as kept_digests
from storage.schema import (
    UtcDateTime,
    channel_tie,
    claim,
    delivery,
    digest,
    handover,
    installation,
    key_account,
    note,
    outbox,
    person,
    record,
    record_person,
    renewal_outcome,
    snooze,
    standing,
    team_member,
)
from storage.schema import task as stored_task
from storage.schema import team as team_of
from storage.schema import workspace as workspace_
from tests.access import payloads
from tests.access.payloads import (
    Of,
    Send,
    chose,
    chose_in_modal,
    chose_person,
    day,
    form,
    looked_for,
    message_shortcut,
    opened_home,
    option,
    pressed,
    pressed_in_modal,
    shortcut,
    submitted,
    text,
    ticked,
    typed,
    wrote,
)
from tests.access.whom import (
    ACME,
    CREW,
    DINA,
    MANAGERS,
    MEMBER,
    MEMBERS,
    NAMED,
    READ,
    SEAT,
    SEATED,
    SEE,
    SETTINGS,
    SHARED,
    SUPER,
    SUPERS,
    Row,
    Whom,
)
from tests.access.world import BOUND, CAM, CLIENTS, LOST, TEAM, VIEW, WORKSPACE, World, away
from tests.conftest import NOW, TODAY


def client(world: World) -> str:
    return str(world.client)


def team(world: World) -> str:
    return str(world.team)


def workspace(world: World) -> str:
    return str(world.workspace)


def taken_by_csm(world: World) -> str:
    return f"{world.client} {world.csm}"


def csm(world: World) -> str:
    return str(world.csm)


def says(text: str) -> Of:
    return lambda _: text


def acme(world: World) -> Json:
    return option(client(world))


def menu_of_it(world: World) -> str:
    """An opportunity's menu, and the modal that it opens."""
    return f"offer:{world.client}/{world.opportunity}"


def asked_of_it(world: World) -> str:
    return f"{world.client}/{world.opportunity} {world.reply_to}"


def of_a_view(what: str) -> Of:
    return lambda world: f"{what}:{world.view}"


def of_the_team(what: str) -> Of:
    return lambda world: f"{what}:{world.team}"


def of_the_card(word: str) -> Send:
    return chose(ids.MORE_OF_CARD, lambda world: f"{word} {world.client}")


def of_a_digest_s_line(word: str) -> Send:
    return chose(ids.DIGEST_MENU, lambda world: f"{word}:{world.client}:low:7")


def put_off_from(place: str) -> Of:
    return form(lambda world: f"{world.client} {place}")


def of_the_opportunity(word: str) -> Send:
    return chose(ids.ANSWER_OPPORTUNITY, says(word), menu_of_it)


def oneself(world: World) -> Json:
    """Who asks, so that nobody else is told of it; to who covers for the CSM it is the CSM's."""
    with world.bot.database.read() as connection:
        mine = (person.c.installation_id == world.bot.installation.id, person.c.id == world.asker)
        found = connection.scalar(select(person.c.slack_user_id).where(*mine))
    return payloads.user(cast.ANNA if found in {None, CAM} else found)


def task(world: World) -> str:
    return f"{world.task} mine"


def task_of_it(world: World) -> str:
    """The task, on the page of its client's activity."""
    return f"task {world.task} {world.client}"


def of_the_task(word: str) -> Send:
    return chose(ids.MORE_OF_TASK, lambda world: f"{word} {task(world)}")


def page_of(owner: Callable[[World], int]) -> Of:
    return lambda world: states.write(ListState("team:all sort:name", owner(world)))


def settings_of_it(world: World) -> str:
    listed = FormState(world.reply_to, int(time.time()))
    return EditState(world.workspace, 1, GENERAL, digests({"name": WORKSPACE}), {}, listed).write()


def task_is_done(connection: Connection) -> None:
    connection.execute(update(stored_task).values(done_at=NOW, done_by=stored_task.c.assignee_id))


def nobody_leads(connection: Connection) -> None:
    connection.execute(update(team_member).values(is_lead=False))


def task_was_given_up(connection: Connection) -> None:
    one = stored_task.c
    values = {"kind": "task", "version": 1, "state": "given_up", "lease_until": NOW}
    for row in connection.execute(select(one.installation_id, one.id)).all():
        connection.execute(insert(outbox).values(installation_id=row.installation_id, subject_id=row.id, **values))


def handed_over(connection: Connection) -> None:
    """The task's client to the CSM, from somebody whose the task is."""
    task, named = stored_task.c, record_person.c
    it = connection.execute(select(task.installation_id, task.client_id, task.assignee_id)).one()
    here = {"installation_id": it.installation_id}
    old = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.CLEO))
    mine = (named.record_id == it.client_id, named.person_id == it.assignee_id)
    of = connection.scalar(select(named.property_id).where(*mine))
    post = {"person_id": it.assignee_id, "kind": "handover", "key": "1", "state": "sent", "due_at": NOW, "made_at": NOW}
    connection.execute(insert(delivery).values(**here, id=1, **post))
    said = {"client_id": it.client_id, "property_id": of, "from_id": old, "to_id": it.assignee_id, "delivery_id": 1}
    connection.execute(insert(handover).values(**here, id=1, **said))
    connection.execute(update(stored_task).values(assignee_id=old))


def digest_is_told(connection: Connection) -> None:
    """A digest of the CSM's CS workspace, and its message: it names the client, or would, were names not held back."""
    its = select(record.c.id).where(record.c.name == CLIENTS[0]).limit(1)
    client, here = (
        connection.scalar(its),
        connection.execute(
            select(workspace_.c.installation_id, workspace_.c.id).where(workspace_.c.name == WORKSPACE)
        ).one(),
    )
    csm = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.ANNA))
    one = Digest(here.installation_id, 7, here.id, "Fjord news", Content.BOTH, "UTC", csm or 0, told_on=NOW.date())
    kept_digests.add(connection, one, NOW)
    held = Held(12, 20, NOW.date())
    told = of_all(Told(NOW.date(), NOW.date(), "team:all", held=held), [Named(client or 0, Rule.LOW, 5, 3)])
    post = {"digest_id": 7, "kind": "digest", "key": "7", "state": "sent", "due_at": NOW, "made_at": NOW, "ts": "7.7"}
    connection.execute(insert(delivery).values(installation_id=here.installation_id, id=7, **post, facts=write(told)))


def nobody_is_super(connection: Connection) -> None:
    connection.execute(update(person).values(is_super_admin=False))


def channel_is_tied(connection: Connection) -> None:
    """The channel where everything is typed, to the client of the matrix."""
    same = person.c.installation_id == record.c.installation_id
    values = (record.c.installation_id, literal(payloads.CHANNEL), record.c.id, person.c.id, literal(NOW, UtcDateTime))
    made = select(*values).select_from(record.join(person, same))
    made = made.where(record.c.name == CLIENTS[0], person.c.slack_user_id == cast.ANNA)
    connection.execute(insert(channel_tie).from_select(list(channel_tie.c), made))


def it_is_low(connection: Connection) -> None:
    """The client of the matrix."""
    acme = select(record.c.id).where(record.c.name == CLIENTS[0])
    connection.execute(update(standing).where(standing.c.client_id.in_(acme)).values(tier="low"))


def its_csm_has_it(connection: Connection) -> None:
    same = person.c.installation_id == record.c.installation_id
    values = (record.c.installation_id, record.c.id, person.c.id, literal(NOW, UtcDateTime))
    made = select(*values).select_from(record.join(person, same))
    made = made.where(record.c.name == CLIENTS[0], person.c.slack_user_id == cast.ANNA)
    connection.execute(insert(claim).from_select(list(claim.c), made))


def it_renews(connection: Connection) -> None:
    """The client of the matrix, in some days."""
    acme = select(record.c.id).where(record.c.name == CLIENTS[0])
    connection.execute(update(standing).where(standing.c.client_id.in_(acme)).values(renews_on=RENEWAL))


def it_is_renewed(connection: Connection) -> None:
    """The same, and its CSM said so."""
    it_renews(connection)
    same = person.c.installation_id == record.c.installation_id
    here = (record.c.installation_id, record.c.id, literal(RENEWAL), literal("renewed"))
    made = select(*here, person.c.id, literal(NOW, UtcDateTime)).select_from(record.join(person, same))
    made = made.where(record.c.name == CLIENTS[0], person.c.slack_user_id == cast.ANNA)
    names = ["installation_id", "client_id", "renews_on", "outcome", "person_id", "answered_at"]
    connection.execute(insert(renewal_outcome).from_select(names, made))


def of_the_renewal(word: str) -> Send:
    return chose(ids.MORE_OF_RENEWAL, lambda world: f"{word} {renewal(world)}")


def renewals_of_csm(world: World) -> str:
    return states.write(ListState("90d team:all", world.csm))


def renewal(world: World) -> str:
    return f"{world.client} {RENEWAL.isoformat()}"


def said_of_it(world: World) -> str:
    """By the CSM."""
    return f"{renewal(world)} {world.csm}"


def it_is_put_off(connection: Connection) -> None:
    """The client of the matrix, by its CSM."""
    same = person.c.installation_id == record.c.installation_id
    until, at = literal(TODAY + timedelta(days=9)), literal(NOW, UtcDateTime)
    values = (record.c.installation_id, record.c.id, person.c.id, until, literal("They move house"), at)
    made = select(*values).select_from(record.join(person, same))
    made = made.where(record.c.name == CLIENTS[0], person.c.slack_user_id == cast.ANNA)
    names = ["installation_id", "client_id", "person_id", "until", "reason", "made_at"]
    connection.execute(insert(snooze).from_select(names, made))


def everybody_follows(connection: Connection) -> None:
    """The client of the matrix, of which somebody left a note: also who does not see it, from when they did."""
    same = person.c.installation_id == record.c.installation_id
    both = record.join(person, same)
    acme = (record.c.name == CLIENTS[0], person.c.slack_user_id.is_not(None))
    at, who, here = literal(NOW, UtcDateTime), person.c.id, record.c.installation_id
    made = select(here, who, record.c.id, who, null(), who, at).select_from(both).where(*acme)
    connection.execute(insert(key_account).from_select(list(key_account.c), made))
    left = select(here, who, person.c.slack_user_id, record.c.id, literal("They called"), who, at).select_from(both)
    names = ["installation_id", "id", "slack_view_id", "client_id", "body", "author_id", "made_at"]
    connection.execute(insert(note).from_select(names, left.where(*acme)))


def of_the_channel(world: World) -> str:
    return f"{world.client} {payloads.CHANNEL}"


def more(entry: str) -> Send:
    """An entry of a list's menu."""
    return chose(ids.MORE_OF_LIST, says(entry), OF_ALL)


LIST = "team:all sort:name"
RENEWAL = NOW.date() + timedelta(days=20)
ALL, OF_ALL = says("team:all"), says("list:team:all")
VIEW_ID = form(lambda world: str(world.view), lambda _: 1)
TEAM_ID = form(team, lambda world: world.team_version)
SPACE = form(workspace, lambda _: 1)
BEFORE_AND_AFTER = says(json.dumps([["company", None, []], ["company", "service", []]]))
AS_IT_IS = says(json.dumps([["company", None, []]] * 2))


def field(name: str, version: int) -> str:
    return f"{ids.OF_WORKSPACE}{name}:{version}"


ENGAGEMENT = [
    Row("command", "engagement", typed("engagement", "acme as"), NAMED, names=True),
    Row("command", "engagement", typed("engagement", "acme as history"), NAMED, names=True),
    Row("command", "engagement", typed("engagement", LIST), SEATED, "client", names=True),
    Row("command", "engagement", typed("engagement", "team:all"), SEATED, "client", names=True),
    Row("command", "engagement", typed("engagement", ""), SEATED, "client"),
    Row("command", "engagement", typed("engagement", "help"), SEATED, "can be looked up"),
    Row("command", "engagement", typed("engagement", f'team:"{TEAM.lower()}"'),
        Whom(SEAT, SEE - {"cover"}, "filter_unknown_team"), "client", names=True),
    Row("command", "engagement", typed("engagement", "csm:anna@example.com"), SEATED, "client", names=True),
    Row("command", "engagement", typed("engagement", 'view:"falling stars"'),
        Whom(SEAT, CREW, "filter_unknown_view"), names=True),
    Row("command", "engagement", typed("engagement", "views"), SEATED, "view"),
    Row("event", "message", wrote("acme as"), NAMED, names=True),
    Row("action", ids.SHOW_DETAILS, pressed(ids.SHOW_DETAILS, client), ACME, "Forms"),
    Row("action", f"^{ids.SHOW_LIST}:[a-z-]+$", pressed(f"{ids.SHOW_LIST}:next", page_of(lambda world: world.csm)),
        Whom(SEAT, frozenset({"csm"}), "list_gone"), names=True),
    Row("action", f"^{ids.SHOW_LIST}:[a-z-]+$", pressed(f"{ids.SHOW_LIST}:next", page_of(lambda world: world.asker)),
        SEATED, "client", names=True),
    Row("action", rf"^{ids.LIST_BELOW}(:[a-z]+)?$", pressed(ids.LIST_BELOW, says(LIST)), SEATED, "client", names=True),
    Row("action", f"^{ids.DIGEST_NAMES}:[a-z]+$", pressed(f"{ids.DIGEST_NAMES}:held", says("7:7.7:0")),
        Whom(SEAT, SEE, "None of these clients"), names=True, first=digest_is_told),
    Row("action", ids.ABOUT_DIGEST, pressed(ids.ABOUT_DIGEST, says("7")),
        Whom(SEAT, SEE - {"cover"}, "digest_not_yours"), "Fjord news", first=digest_is_told),
    Row("action", ids.GO_ON, pressed(ids.GO_ON, says("7:7.7")),
        Whom(SEAT, SEE - {"cover"}, "digest_not_yours"), "in the next digest", {"delivery"}, first=digest_is_told),
    Row("action", ids.OPEN_LISTED, pressed(ids.OPEN_LISTED, client), ACME, names=True),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.HISTORY}", of_the_card(ids.HISTORY), ACME, names=True),
    Row("command", "engagement", typed("engagement", ""), SEATED, "client", names=True, first=channel_is_tied),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.KEY_ACCOUNT}", of_the_card(ids.KEY_ACCOUNT), ACME, "Tie this channel",
        names=True),
    Row("view", ids.KEY_ACCOUNT,
        submitted(ids.KEY_ACCOUNT, form(of_the_channel), key=ticked("me"), tie=ticked("tied")), ACME,
        "Key account of yours", {"key_account", "channel_tie"}, names=True),
    Row("action", ids.SHOW_USAGE, pressed(ids.SHOW_USAGE), SEATED, "can be looked up"),
    Row("action", f"^{ids.SHOW_FEED}:[a-z]+$", pressed(f"{ids.SHOW_FEED}:old", says('["key:any",null]')), SEATED,
        "key accounts", names=True, first=everybody_follows),
    Row("command", "engagement", typed("engagement", "key:me"), SEATED, "key accounts", names=True,
        first=everybody_follows),
    Row("action", ids.UNTIE, pressed(ids.UNTIE, client), ACME, "tied to no client", {"channel_tie"},
        first=channel_is_tied),
    Row("action", ids.TAKE_CLIENT, pressed(ids.TAKE_CLIENT, client), ACME, "Taken by", {"claim"}, names=True,
        first=it_is_low),
    Row("action", ids.GIVE_BACK, pressed(ids.GIVE_BACK, taken_by_csm),
        Whom(SEAT, CREW | DINA, "This client is"), "5 of 10", {"claim"}, names=True, first=its_csm_has_it),
    Row("action", ids.SHOW_CHART, pressed(ids.SHOW_CHART, ALL), SEATED, "client"),
    Row("action", ids.CHOOSE_CATEGORY, chose_in_modal(ids.CHOOSE_CATEGORY, says("sales"), client), ACME, "Sales"),
    Row("action", ids.MARK_TOOL, chose_in_modal(ids.MARK_TOOL, says("used"), client, block="tool:campaigns"), ACME,
        "Campaigns", {"tool_mark", "standing", "standing_area", "change"}),
    Row("action", rf"^{ids.OPEN_CLIENT}:\d+$", pressed(f"{ids.OPEN_CLIENT}:0", client), ACME, names=True),
    Row("action", ids.SHOW_MISSING, pressed(ids.SHOW_MISSING, client), ACME, "Forms"),
    Row("action", f"^{ids.SHOW_OVERVIEW}(:[a-z]+)?$", pressed(ids.SHOW_OVERVIEW, ALL), SEATED, "client"),
    Row("action", ids.SORT_LIST, chose(ids.SORT_LIST, says("name"), OF_ALL), SEATED, "client", names=True),
    Row("action", ids.MORE_OF_LIST, more("tier:low,medium,high"), SEATED, "client",
        names=True),
    Row("action", ids.MORE_OF_LIST, more(ids.SAVE_VIEW), SEATED, "Save"),
    Row("action", ids.MORE_OF_LIST, more(ids.SAVED_VIEWS), SEATED, "view"),
    Row("action", ids.MORE_OF_LIST, more(ids.EXPORT), SEATED, "file",
        {"export_request"}),
    Row("action", ids.FILTER_LIST, pressed(ids.FILTER_LIST, ALL), SEATED, "Show"),
    Row("view", ids.FILTER_FORM, submitted(ids.FILTER_FORM, form(), team=option("all"), sort=option("name")), SEATED,
        "client", names=True),
    Row("view", ids.SAVE_VIEW, submitted(ids.SAVE_VIEW, form(says(LIST)), name=text("Mine")), SEATED, "Mine",
        {"saved_view", "submission"}),
    Row("action", rf"^{ids.SHOW_VIEW}(:\d+)?$", pressed(ids.SHOW_VIEW, lambda world: str(world.view)), SHARED,
        names=True),
    Row("action", ids.CHANGE_VIEW, chose(ids.CHANGE_VIEW, of_a_view(ids.RENAME_VIEW)), SHARED, VIEW),
    Row("action", ids.CHANGE_VIEW, chose(ids.CHANGE_VIEW, of_a_view(ids.DELETE_VIEW)), SHARED, VIEW),
    Row("action", f"^{ids.TURN_VIEWS}:[a-z]+$", pressed(f"{ids.TURN_VIEWS}:next", says("0")), SEATED, "view"),
    Row("view", ids.RENAME_VIEW, submitted(ids.RENAME_VIEW, VIEW_ID, name=text("Rising")), SHARED, "Rising",
        {"saved_view", "submission"}),
    Row("view", ids.DELETE_VIEW, submitted(ids.DELETE_VIEW, VIEW_ID), SHARED, "view", {"saved_view", "submission"}),
]  # fmt: skip

RENEWALS = [
    Row("command", "renewals", typed("renewals", "90d team:all"), SEATED, "in 90 days", names=True, first=it_renews),
    Row("command", "renewals", typed("renewals", ""), SEATED, "in 30 days"),
    Row("command", "renewals", typed("renewals", "help"), SEATED, "/renewals"),
    Row("action", f"^{ids.SHOW_RENEWALS}:[a-z]+$", pressed(f"{ids.SHOW_RENEWALS}:all", says("90d team:all")), SEATED,
        "in 90 days", names=True, first=it_renews),
    Row("action", f"^{ids.SHOW_RENEWALS}:[a-z]+$", pressed(f"{ids.SHOW_RENEWALS}:next", renewals_of_csm),
        Whom(SEAT, frozenset({"csm"}), "list_gone"), names=True, first=it_renews),
    Row("action", ids.RENEWAL_WINDOW, chose(ids.RENEWAL_WINDOW, says("90d"), says("window:team:all")), SEATED,
        "in 90 days", names=True, first=it_renews),
    Row("action", ids.CHART_RENEWALS, pressed(ids.CHART_RENEWALS, says("30d team:all")), SEATED, "by month"),
    Row("entry", f"{ids.MORE_OF_RENEWAL}:{ids.OPEN_LISTED}",
        chose(ids.MORE_OF_RENEWAL, lambda world: f"{ids.OPEN_LISTED} {world.client}"), ACME, names=True),
    Row("entry", f"{ids.MORE_OF_RENEWAL}:{ids.LOG_TASK}",
        chose(ids.MORE_OF_RENEWAL, lambda world: f"{ids.LOG_TASK} {world.client}"), ACME, "Log", names=True),
    Row("entry", f"{ids.MORE_OF_RENEWAL}:{ids.GIVE_OUTCOME}", of_the_renewal(ids.GIVE_OUTCOME), ACME,
        "What became of it?", names=True, first=it_renews),
    Row("view", ids.GIVE_OUTCOME,
        submitted(ids.GIVE_OUTCOME, form(lambda world: f"{renewal(world)} "), outcome=option("leaving"),
                  reason=text("Too dear")),
        ACME, "Leaving (Too dear)", {"renewal_outcome"}, names=True, first=it_renews),
    Row("action", ids.TAKE_OUTCOME_BACK, pressed(ids.TAKE_OUTCOME_BACK, said_of_it), ACME, "5 of 10",
        {"renewal_outcome"}, names=True, first=it_is_renewed),
]  # fmt: skip

OPPORTUNITIES = [
    Row("command", "opportunities", typed("opportunities", "acme as"), NAMED, names=True),
    Row("command", "opportunities", typed("opportunities", "team:all"), SEATED, "client"),
    Row("command", "opportunities", typed("opportunities", ""), SEATED, "client"),
    Row("command", "opportunities", typed("opportunities", "help"), SEATED, "/opportunities"),
    Row("action", ids.SHOW_OPPORTUNITIES, pressed(ids.SHOW_OPPORTUNITIES, client), ACME, names=True),
    Row("action", f"^{ids.SHOW_BASE}:[a-z]+$", pressed(f"{ids.SHOW_BASE}:all", ALL), SEATED, "client", names=True),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.OPPORTUNITIES}", of_the_card(ids.OPPORTUNITIES), ACME, names=True),
    Row("entry", f"{ids.ANSWER_OPPORTUNITY}:{Answer.OFFERED}", of_the_opportunity(Answer.OFFERED), ACME,
        writes={"opportunity_answer"}, names=True),
    Row("entry", f"{ids.ANSWER_OPPORTUNITY}:{Answer.NOT_NOW}", of_the_opportunity(Answer.NOT_NOW), ACME, names=True),
    Row("entry", f"{ids.ANSWER_OPPORTUNITY}:{Answer.NOT_FOR_THEM}", of_the_opportunity(Answer.NOT_FOR_THEM), ACME,
        names=True),
    Row("view", ids.NOT_NOW, submitted(ids.NOT_NOW, asked_of_it, not_now=payloads.day("2026-12-24")), ACME,
        writes={"opportunity_answer"}, names=True),
    Row("view", ids.NOT_FOR_THEM, submitted(ids.NOT_FOR_THEM, asked_of_it, not_for_them=text("No")), ACME,
        writes={"opportunity_answer"}, names=True),
    Row("action", ids.PREVIEW_SHARE, pressed(ids.PREVIEW_SHARE, client), ACME, names=True),
    Row("view", ids.SHARE_CLIENT,
        submitted(ids.SHARE_CLIENT, client, share_channel=payloads.channel(cast.CS_NORDIC)), ACME, names=True,
        acts={"audit_entry"}, public=True),
]  # fmt: skip

DUE, HIGH = payloads.day("2026-12-24"), option("high")
CALL = {"title": text("Call"), "due": DUE, "assignee": payloads.user(cast.ANNA), "priority": HIGH}
TASKS = Whom(SEAT, CREW | {"cover"}, "not yours to change")  # who does it, who covers for them, who leads the team
UNLED = Whom(SEAT, CREW - {"lead"} | {"cover"} | DINA, "not yours to change")  # the same where nobody leads it

ABSENCES = Whom(SEAT, CREW | DINA, "absence_gone")  # who is away, who leads their team, and super admins
WHOSE = Whom(SEAT, CREW | DINA, "absence_not_yours")
DECEMBER = {"from": payloads.day("2026-12-01"), "to": payloads.day("2026-12-04")}
AWAY = 5  # the absence's id
ABSENCE = says(str(AWAY))


def csm_will_be_away(connection: Connection) -> None:
    away(connection, 7, 7, AWAY)


ACTIVITY = [
    Row("action", ids.LOG_TASK, pressed(ids.LOG_TASK, client), ACME, "Log task", names=True),
    Row("action", ids.LEAVE_NOTE, pressed(ids.LEAVE_NOTE, client), ACME, "Leave a note", names=True),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.NOTE}", of_the_card(ids.NOTE), ACME, "Leave a note", names=True),
    Row("entry", f"{ids.ANSWER_OPPORTUNITY}:{ids.LOG_TASK}", of_the_opportunity(ids.LOG_TASK), ACME, "Log task",
        names=True),
    Row("global_shortcut", ids.LOG_TASK, shortcut(ids.LOG_TASK), SEATED, "Log task"),
    Row("global_shortcut", ids.LEAVE_NOTE, shortcut(ids.LEAVE_NOTE), SEATED, "Leave a note"),
    Row("message_shortcut", ids.LOG_AS_TASK, message_shortcut(ids.LOG_AS_TASK, "kari@acme.example called"),
        SEATED, "Log task", names=True),
    Row("message_shortcut", ids.LOG_AS_NOTE, message_shortcut(ids.LOG_AS_NOTE, "From a client"), SEATED,
        "Leave a note"),
    Row("command", "task", typed("task", "acme as call them"), SEATED, "Log task", names=True),
    Row("command", "task", typed("task", ""), SEATED, "task"),
    Row("command", "task", typed("task", "help"), SEATED, "/task"),
    Row("command", "note", typed("note", "acme as they called"), SEATED, "Leave a note", names=True),
    Row("command", "note", typed("note", "they called"), SEATED, "Leave a note", names=True, first=channel_is_tied),
    Row("options", ids.FIND_CLIENT, looked_for(ids.FIND_CLIENT, form(), "acme as"), SEATED, names=True),
    Row("view", ids.LOG_TASK, submitted(ids.LOG_TASK, form(), **CALL | {"assignee": oneself}, client=acme),
        Whom(SEAT, SEE, "client"), "Logged", {"task"}, acts={"audit_entry", "delivery"}, names=True),
    Row("view", ids.LEAVE_NOTE, submitted(ids.LEAVE_NOTE, form(), body=text("They called"), client=acme),
        Whom(SEAT, SEE, "client"), "Noted", {"note"}, names=True),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.ACTIVITY}", of_the_card(ids.ACTIVITY), ACME, "Call them", names=True),
    Row("action", f"^{ids.SHOW_ACTIVITY}:[a-z]+$", pressed(f"{ids.SHOW_ACTIVITY}:next", client), ACME, "Call them",
        names=True),
    Row("action", rf"^{ids.PUSH_AGAIN}:\d+$", pressed(f"{ids.PUSH_AGAIN}:1", task_of_it), ACME, "Call them",
        {"outbox"}, acts={"outbox", "audit_entry"}, names=True, first=task_was_given_up),
    Row("action", f"^{ids.SHOW_TASKS}:[a-z]+$", pressed(f"{ids.SHOW_TASKS}:next", says("team")), SEATED, "task"),
    Row("action", rf"^{ids.FINISH_TASK}:\d+$", pressed(f"{ids.FINISH_TASK}:1", task), TASKS, "Call them", {"task"}),
    Row("action", rf"^{ids.FINISH_TASK}:\d+$", pressed(f"{ids.FINISH_TASK}:1", task), UNLED, "Call them", {"task"},
        first=nobody_leads),
    Row("action", ids.FINISH_GIVEN, pressed(ids.FINISH_GIVEN, lambda world: str(world.task)), TASKS, "Call them",
        {"task"}),
    Row("action", ids.REOPEN_TASK, pressed(ids.REOPEN_TASK, task), TASKS, "Call them", {"task"}, first=task_is_done),
    *(Row("entry", f"{ids.MORE_OF_TASK}:{word}", of_the_task(word), TASKS, "Call them", {"task"}) for word in PUT_OFF),
    Row("entry", f"{ids.MORE_OF_TASK}:{ids.CHANGE_TASK}", of_the_task(ids.CHANGE_TASK), TASKS, "Call them"),
    Row("view", ids.CHANGE_TASK, submitted(ids.CHANGE_TASK, form(task, lambda _: 1), **CALL), TASKS, "Call", {"task"}),
    Row("command", "task", typed("task", "away"), SEATED, "Who is away"),
    Row("action", f"^{ids.SHOW_ABSENCES}:[a-z]+$", pressed(f"{ids.SHOW_ABSENCES}:all"), SEATED, "Who is away"),
    Row("action", ids.SET_ABSENCE, pressed(ids.SET_ABSENCE), SEATED, "First day"),
    Row("view", ids.SET_ABSENCE, submitted(ids.SET_ABSENCE, form(), **DECEMBER), SEATED, "Tue 1 Dec",
        {"absence", "audit_entry", "delivery"}),
    Row("view", ids.SET_ABSENCE, submitted(ids.SET_ABSENCE, form(), **DECEMBER, of=payloads.user(cast.ANNA)), WHOSE,
        "Tue 1 Dec", {"absence", "audit_entry", "delivery"}),
    Row("action", rf"^{ids.CHANGE_ABSENCE}:\d+$", pressed(f"{ids.CHANGE_ABSENCE}:5", ABSENCE), ABSENCES,
        "Change absence", first=csm_will_be_away),
    Row("view", ids.CHANGE_ABSENCE, submitted(ids.CHANGE_ABSENCE, form(ABSENCE, lambda _: 1), **DECEMBER), ABSENCES,
        "Tue 1 Dec", {"absence", "audit_entry", "delivery"}, first=csm_will_be_away),
    Row("action", rf"^{ids.END_ABSENCE}:\d+$", pressed(f"{ids.END_ABSENCE}:5", ABSENCE), ABSENCES, "stays",
        {"absence", "audit_entry", "delivery"}, first=csm_will_be_away),
    *(Row("action", rf"^{ids.MOVE_TASKS}:\d+$", pressed(f"{ids.MOVE_TASKS}:1", says(which)),
        Whom(SEAT, frozenset({"csm"}), "left to move"), "yours now", {"task"}, names=True, first=handed_over)
      for which in ("1", "1 1")),
]  # fmt: skip

EIGHT = {"at": {"type": "timepicker", "selected_time": "08:00"}, "tasks": option("off")}

DIGESTS = [
    Row("entry", f"{ids.DIGEST_MENU}:take", of_a_digest_s_line("take"), ACME, "You have taken", {"claim"}, names=True),
    Row("entry", f"{ids.DIGEST_MENU}:card", of_a_digest_s_line("card"), ACME, "of 10", names=True),
    Row("entry", f"{ids.DIGEST_MENU}:task", of_a_digest_s_line("task"), ACME, "Log task", names=True),
    Row("entry", f"{ids.DIGEST_MENU}:{ids.SNOOZE}", of_a_digest_s_line(ids.SNOOZE), ACME, "Leave it out", names=True),
    Row("entry", f"{ids.DIGEST_MENU}:useless", of_a_digest_s_line("useless"), ACME, "Not useful", {"not_useful"},
        names=True),
    Row("entry", f"{ids.MORE_OF_CARD}:{ids.SNOOZE}", of_the_card(ids.SNOOZE), ACME, "Leave it out", names=True),
    Row("view", ids.SNOOZE,
        submitted(ids.SNOOZE, put_off_from("digest"), until=day("2026-12-04"), reason=text("They move house")), ACME,
        "snoozed until", {"snooze"}, names=True),
    Row("view", ids.SNOOZE,
        submitted(ids.SNOOZE, put_off_from(""), until=day("2026-12-04"), reason=text("They move house")), ACME,
        "Snoozed until", {"snooze"}, names=True),
    Row("action", ids.END_SNOOZE, pressed(ids.END_SNOOZE, client), ACME, "of 10", {"snooze"}, names=True,
        first=it_is_put_off),
]  # fmt: skip

MORNING = [
    Row("action", ids.SET_MORNING, pressed(ids.SET_MORNING), SEATED, "Morning message"),
    Row("view", ids.SET_MORNING, submitted(ids.SET_MORNING, form(), **EIGHT), SEATED, "8:00", {"morning"}),
]  # fmt: skip


def at(tab: str = "summary", whose: str = "") -> Of:
    return says(str(Place(tab, whose)))


def of_that_pipeline(_: World) -> str:
    return f"pipeline:{Place('service', whose='all')}"


def services_are_chosen(connection: Connection) -> None:
    """With one of the client's, and its settings."""
    here = connection.execute(select(record.c.installation_id, record.c.source_id).where(record.c.id == 900)).one()
    acme = select(record.c.external_id).where(record.c.name == CLIENTS[0])
    values = {"pipeline": "Onboarding", "client_id": connection.execute(acme).scalar_one()}
    mine = (record.c.installation_id == here.installation_id, record.c.id == 900)
    connection.execute(update(record).where(*mine).values(properties=values, client_key=values["client_id"]))
    chosen = update(installation).where(installation.c.id == here.installation_id)
    connection.execute(chosen.values(service_object="service"))


HOME = [
    Row("event", "app_home_opened", opened_home(), MEMBERS, "Summary", {"home"}),
    Row("action", f"^{ids.SHOW_HOME}(:[a-z0-9]+)?$", pressed(f"{ids.SHOW_HOME}:tab0", at()), MEMBERS, "Summary",
        {"home"}),
    Row("action", f"^{ids.SHOW_HOME}(:[a-z0-9]+)?$", pressed(f"{ids.SHOW_HOME}:tab1", at(tab="customers")), MEMBERS,
        "Summary", {"home"}),
    Row("action", f"^{ids.SHOW_HOME}(:[a-z0-9]+)?$",
        pressed(f"{ids.SHOW_HOME}:tab2", at(tab="service", whose="all")), MEMBERS, "Summary", {"home"},
        first=services_are_chosen),
    Row("action", ids.CHOOSE_PIPELINE, chose(ids.CHOOSE_PIPELINE, says("x"), of_that_pipeline), SEATED, "Services",
        {"home"}, names=True, first=services_are_chosen),
    Row("action", ids.FINISH_AT_HOME, pressed(ids.FINISH_AT_HOME, lambda world: str(world.task)), TASKS, "Call them",
        {"task", "home"}),
    Row("action", ids.REOPEN_AT_HOME, pressed(ids.REOPEN_AT_HOME, lambda world: str(world.task)), TASKS, "Call them",
        {"task", "home"}, first=task_is_done),
]  # fmt: skip

WORKSPACES = [
    Row("command", "workspace", typed("workspace", ""), MEMBERS, "CS workspace"),
    Row("command", "workspace", typed("workspace", "help"), MEMBERS, "/workspace"),
    Row("command", "workspace", typed("workspace", "teams"), MANAGERS, TEAM),
    Row("command", "workspace", typed("workspace", "people"), MANAGERS, "Anna"),
    Row("command", "workspace", typed("workspace", "create"), MANAGERS, "New CS workspace"),
    Row("command", "workspace", typed("workspace", "objects"), MANAGERS, "Clients are"),
    Row("command", "workspace", typed("workspace", "history"), MANAGERS, WORKSPACE),
    Row("action", ids.BECOME_FIRST, pressed(ids.BECOME_FIRST), Whom(MEMBER, frozenset(), "super_admin_taken")),
    Row("action", ids.BECOME_FIRST, pressed(ids.BECOME_FIRST), Whom(MEMBER, DINA, "no_slack_admin"), "CS workspaces",
        {"person", "audit_entry"}, first=nobody_is_super),
    Row("action", f"^{ids.SHOW_TEAMS}", pressed(f"{ids.SHOW_TEAMS}:next", says("0")), MANAGERS, TEAM),
    Row("action", ids.NEW_TEAM, pressed(ids.NEW_TEAM), MANAGERS, "New team"),
    Row("action", f"^{ids.CHANGE_TEAM}:", chose(f"{ids.CHANGE_TEAM}:1", of_the_team(ids.EDIT_TEAM)), MANAGERS, TEAM),
    Row("action", f"^{ids.CHANGE_TEAM}:", chose(f"{ids.CHANGE_TEAM}:1", of_the_team(ids.REMOVE_TEAM)), MANAGERS, TEAM),
    Row("view", ids.NEW_TEAM, submitted(ids.NEW_TEAM, form(), name=text("New Crew")), MANAGERS, "New Crew",
        {"team", "audit_entry", "submission"}),
    Row("view", ids.EDIT_TEAM, submitted(ids.EDIT_TEAM, TEAM_ID, name=text("Old Crew")), MANAGERS, "Old Crew",
        {"team", "team_member", "audit_entry", "submission", "installation", "standing", "standing_area"}),
    Row("view", ids.REMOVE_TEAM, submitted(ids.REMOVE_TEAM, TEAM_ID), MANAGERS, "2 teams",
        {"team", "team_member", "saved_view", "audit_entry", "submission", "installation", "standing",
         "standing_area"}),
    Row("action", f"^{ids.SHOW_PEOPLE}", pressed(f"{ids.SHOW_PEOPLE}:next", says("0")), MANAGERS, "Anna"),
    Row("action", f"^{ids.BIND_ADDRESS}:", chose_person(f"{ids.BIND_ADDRESS}:{LOST}", cast.ANNA), MANAGERS, "Anna",
        {"person", "person_address", "audit_entry"}),
    Row("action", f"^{ids.UNBIND_ADDRESS}:", pressed(f"{ids.UNBIND_ADDRESS}:1:0", says(BOUND)), MANAGERS, "3 of 3",
        {"person", "person_address", "audit_entry"}),
    Row("action", ids.SEATS_BY_HAND, pressed(ids.SEATS_BY_HAND, says("on")), SUPERS, "Seats by hand",
        {"installation", "audit_entry"}),
    Row("action", ids.WELCOME_HELD, pressed(ids.WELCOME_HELD), SUPERS, "Anna", {"person"}),
    Row("action", f"^{ids.SHOW_RIGHTS}:", pressed(f"{ids.SHOW_RIGHTS}:1", csm), SUPERS, "Rights and seat"),
    Row("action", ids.CHOOSE_PERSON, chose_person(ids.CHOOSE_PERSON, cast.ANNA), SUPERS, "Rights and seat"),
    Row("view", ids.SET_RIGHTS, submitted(ids.SET_RIGHTS, form(csm), manages=ticked("yes")), SUPERS, "Anna",
        {"person", "audit_entry", "submission"}),
    Row("action", ids.GIVE_ME_A_SEAT, pressed(ids.GIVE_ME_A_SEAT), SUPERS, "You have a seat now",
        {"person", "audit_entry"}, already=SEAT),
    Row("action", ids.ASK_FOR_SEAT, pressed(ids.ASK_FOR_SEAT), MEMBERS, "seat", {"person"}, already=SEAT,
        public=True),
    Row("action", ids.NOT_MY_ADDRESS, pressed(ids.NOT_MY_ADDRESS), SEATED, "is told", {"submission"}, public=True),
    Row("action", ids.GIVE_SEAT, pressed(ids.GIVE_SEAT, csm), SUPERS, "Anna has a seat now", {"person", "audit_entry"}),
    Row("action", ids.LOOK_AS, pressed_in_modal(ids.LOOK_AS, csm, form(csm)), Whom(SUPER, DINA, "look_no_seat"), "Anna",
        {"person", "audit_entry"}),
    Row("action", ids.LOOK_AS_MYSELF, pressed(ids.LOOK_AS_MYSELF), MEMBERS, "You see your own CS workspace again"),
    Row("action", ids.SHOW_WORKSPACES, pressed(ids.SHOW_WORKSPACES), MEMBERS, "CS workspace"),
    Row("action", ids.CREATE_WORKSPACE, pressed(ids.CREATE_WORKSPACE), MANAGERS, "New CS workspace"),
    Row("view", ids.CREATE_WORKSPACE, submitted(ids.CREATE_WORKSPACE, form(), **{field("name", 0): text("Sixth")}),
        MANAGERS, "Sixth", {"workspace", "digest", "audit_entry", "submission", "installation"}),
    Row("action", rf"^{ids.EDIT_WORKSPACE}:\d+$", pressed(f"{ids.EDIT_WORKSPACE}:1", workspace), MANAGERS, WORKSPACE),
    Row("action", rf"^{ids.SHOW_TAB}:\d$", pressed_in_modal(f"{ids.SHOW_TAB}:1", says("customers"), settings_of_it),
        MANAGERS, WORKSPACE),
    Row("options", rf"^{ids.OF_WORKSPACE}.+:\d+$", looked_for(field("teams", 1), settings_of_it), MANAGERS, TEAM),
    Row("view", ids.EDIT_WORKSPACE,
        submitted(ids.EDIT_WORKSPACE, settings_of_it, **{field("name", 1): text("Renamed")}), MANAGERS, "Renamed",
        {"workspace", "audit_entry", "submission"}),
    Row("action", rf"^{ids.DELETE_WORKSPACE}:\d+$", pressed(f"{ids.DELETE_WORKSPACE}:1", workspace), MANAGERS,
        WORKSPACE),
    Row("view", ids.DELETE_WORKSPACE, submitted(ids.DELETE_WORKSPACE, SPACE, understood=ticked("yes")), MANAGERS,
        "is deleted",
        {"workspace", "team", "saved_view", "digest", "audit_entry", "submission", "installation", "standing",
         "standing_area"}),
    Row("action", ids.SET_OBJECTS, pressed(ids.SET_OBJECTS), MANAGERS, "Clients are"),
    Row("view", ids.SET_OBJECTS,
        submitted(ids.SET_OBJECTS, AS_IT_IS, client=option("company"), service=option("service")), MANAGERS,
        "Change objects?"),
    Row("view", ids.CONFIRM_OBJECTS, submitted(ids.CONFIRM_OBJECTS, BEFORE_AND_AFTER), MANAGERS,
        "The objects are changed", {"installation", "workspace", "audit_entry", "submission"}),
    Row("command", "workspace", typed("workspace", "data"), MANAGERS, "7 clients"),
    Row("action", f"^{ids.SHOW_DATA}:[a-z]+$", pressed(f"{ids.SHOW_DATA}:again"), MANAGERS, "7 clients"),
    Row("action", ids.UPLOAD_DATA, pressed(ids.UPLOAD_DATA), MANAGERS, "Upload CSV"),
    Row("view", ids.UPLOAD_DATA, submitted(ids.UPLOAD_DATA, form(), upload_data=payloads.file("clients.csv")), MANAGERS,
        "clients.csv", {"import_run", "audit_entry", "submission"}),
    Row("action", f"^{ids.SHOW_AUDIT}:[a-z]+$", pressed(f"{ids.SHOW_AUDIT}:new"), MANAGERS, WORKSPACE),
]  # fmt: skip

DIGEST = 6  # the digest's id: of the CSM's team


def digest_is_there(connection: Connection) -> None:
    at = connection.execute(
        select(person.c.installation_id, person.c.id).where(person.c.slack_user_id == cast.ANNA)
    ).one()
    its = select(team_of.c.id, team_of.c.workspace_id).where(team_of.c.name == TEAM)
    crew = connection.execute(its.where(team_of.c.installation_id == at.installation_id)).one()
    made = Digest(at.installation_id, DIGEST, crew.workspace_id, "Crew News", Content.BOTH, "Europe/Oslo", at.id,
                  team_id=crew.id, channel_id=payloads.CHANNEL, next_at=NOW)  # fmt: skip
    kept_digests.add(connection, made, NOW)


def digest_rests(connection: Connection) -> None:
    digest_is_there(connection)
    connection.execute(update(digest).values(paused="person", next_at=None))


def of_the_digest(word: str) -> Send:
    return chose(f"{ids.MORE_OF_DIGEST}:{DIGEST}", says(f"{word} {DIGEST}"))


def of_the_crew(world: World) -> Json:
    return option(f"{world.workspace}:{world.team}")


MENU = rf"^{ids.MORE_OF_DIGEST}:\d+$"
# Who sees digests has a seat or sets them up; what is another's is not theirs to see or to change.
READERS, SETTERS = Whom(READ), Whom(READ, SETTINGS | {"lead"}, "not yours to")
MAKERS = Whom(READ, SETTINGS | {"lead"}, "no_settings")
PREVIEWERS = Whom(SEAT, CREW | DINA | {"of another team of the workspace"}, "not yours to see")
DIGEST_ID = form(says(str(DIGEST)), lambda _: 1)
NEWS: dict[str, Any] = {"name": text("Crew News"), form_of.WHAT: option("low"), form_of.OF: of_the_crew,
        form_of.DAYS: ticked("0"), form_of.ZONE: option("Europe/Oslo"), form_of.GRACE: option("180"),
        form_of.LOW: option("3"), form_of.FALL: option("0.1"), form_of.AHEAD: ticked("30"),
        form_of.ESCALATES: option("never"), form_of.AT: EIGHT["at"]}  # fmt: skip

SAVED = {"digest", "audit_entry", "submission"}

DIGEST_SETTINGS = [
    Row("command", "digest", typed("digest", ""), READERS, "igest"),
    Row("command", "digest", typed("digest", "help"), READERS, "/digest new"),
    Row("command", "digest", typed("digest", "new"), MAKERS, "New digest"),
    Row("action", f"^{ids.SHOW_DIGESTS}:[a-z]+$", pressed(f"{ids.SHOW_DIGESTS}:next", says("0")), READERS, "igest"),
    Row("action", ids.NEW_DIGEST, pressed(ids.NEW_DIGEST), MAKERS, "New digest"),
    Row("action", ids.EDIT_DIGEST, pressed(ids.EDIT_DIGEST, says(str(DIGEST))), SETTERS, "Crew News",
        first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.PREVIEW_DIGEST), PREVIEWERS, "Preview of Crew News", first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.EDIT_DIGEST), SETTERS, "Crew News", first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.SEND_DIGEST), SETTERS, "Crew News", first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.DELETE_DIGEST), SETTERS, "Crew News", first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.PAUSE_DIGEST), SETTERS, "paused", {"digest", "audit_entry"},
        first=digest_is_there),
    Row("action", MENU, of_the_digest(ids.RESUME_DIGEST), SETTERS, "next", {"digest", "audit_entry"},
        first=digest_rests),
    Row("options", f"^{ids.OF_DIGEST}[a-z]+$", looked_for(form_of.ZONE, form(), "oslo"), SETTERS, "Europe/Oslo"),
    Row("options", f"^{ids.OF_DIGEST}[a-z]+$", looked_for(form_of.OF, form(), "crew"), SETTERS, TEAM),
    Row("view", ids.NEW_DIGEST, submitted(ids.NEW_DIGEST, form(), **NEWS), SETTERS, "is a draft", SAVED),
    Row("view", ids.EDIT_DIGEST, submitted(ids.EDIT_DIGEST, DIGEST_ID, **NEWS), SETTERS, "is a draft", SAVED,
        first=digest_is_there),
    Row("view", ids.SEND_DIGEST, submitted(ids.SEND_DIGEST, DIGEST_ID), SETTERS, "posted",
        {"delivery", "digest", "named_client"}, first=digest_is_there),
    Row("view", ids.DELETE_DIGEST, submitted(ids.DELETE_DIGEST, DIGEST_ID), SETTERS, "is deleted", SAVED,
        first=digest_is_there),
]  # fmt: skip

ROWS = [*ENGAGEMENT, *RENEWALS, *OPPORTUNITIES, *ACTIVITY, *DIGESTS, *DIGEST_SETTINGS, *MORNING, *HOME, *WORKSPACES]
