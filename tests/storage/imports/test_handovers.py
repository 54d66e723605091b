"""Clients that an import gives to another CSM: noted once each, from the first CSM to the last."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, insert, select, update

from storage import standing
from storage.schema import claim, handover, opportunity_answer, person, record, snooze
from storage.schema import workspace as workspaces
from tests.conftest import NOW
from tests.storage.imports.conftest import Desk

ANNA, BO, CLEO = "anna@example.com", "bo@example.com", "cleo@example.com"


def load(desk: Desk, *emails: str, column: str = "csm_email", dry_run: bool = False) -> None:
    """Clients 0, 1, 2 … of these CSMs."""
    rows = "".join(f"{number},Client {number},{email}\n" for number, email in enumerate(emails))
    desk.load({"clients.csv": f"id,name,{column}\n{rows}"}, dry_run=dry_run)


def noted(desk: Desk) -> list[tuple[str, str, str]]:
    """(client, from, to) of what is whole."""
    old, new = person.alias(), person.alias()
    query = (
        select(record.c.name, old.c.email, new.c.email)
        .join(handover, handover.c.client_id == record.c.id)
        .join(old, old.c.id == handover.c.from_id)
        .join(new, new.c.id == handover.c.to_id)
        .where(handover.c.is_whole, handover.c.delivery_id.is_(None))
    )
    return sorted(desk.rows(query))


def put_off(desk: Desk, number: int, whose: str, reply: str, key: str) -> None:
    """What somebody answered to an opportunity of client 0, 1, 2 …"""
    client = select(record.c.id).where(record.c.external_id == str(number)).scalar_subquery()
    who = select(person.c.id).where(person.c.email == whose).scalar_subquery()
    values = {"client_id": client, "key": key, "reply": reply, "person_id": who, "answered_at": NOW}
    values |= {"until": date(2027, 1, 1) if reply == "not_now" else None}
    with desk.database.write() as connection:
        connection.execute(insert(opportunity_answer).values(installation_id=desk.installation_id, **values))


def test_each_client_of_another_csm_is_noted_once(desk: Desk) -> None:
    load(desk, ANNA, ANNA, ANNA)
    assert noted(desk) == []  # nobody was CSM before
    for _ in range(2):
        load(desk, BO, BO, ANNA)
    assert noted(desk) == [("Client 0", ANNA, BO), ("Client 1", ANNA, BO)]


@pytest.mark.parametrize(
    ("csms", "expected"),
    [
        ((ANNA, BO, CLEO), [("Client 0", ANNA, CLEO)]),
        ((ANNA, BO, ANNA), []),
        ((ANNA, BO, ""), []),
        ((ANNA, "", BO), []),
        (("", BO), []),
    ],
)
def test_several_changes_before_anybody_was_told_are_one(
    desk: Desk, csms: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    for one in csms:
        load(desk, one, ANNA)
    assert noted(desk) == expected


def test_only_the_property_that_a_workspace_chose_is_its_csm(desk: Desk) -> None:
    for one in (ANNA, BO):
        load(desk, one, column="partner_email")
    assert noted(desk) == []
    with desk.database.write() as connection:
        connection.execute(update(workspaces).values(csm_property="partner_email"))
        standing.resettle(connection, desk.installation_id)
    assert noted(desk) == []  # settings hand nothing over
    load(desk, CLEO, column="partner_email")
    assert noted(desk) == [("Client 0", BO, CLEO)]


def test_a_dry_run_hands_nothing_over(desk: Desk) -> None:
    load(desk, ANNA)
    load(desk, BO, dry_run=True)
    assert desk.rows(select(func.count()).select_from(handover)) == [(0,)]


def test_what_the_old_csm_put_off_is_open_again(desk: Desk) -> None:
    load(desk, ANNA, ANNA, CLEO)
    put_off(desk, 0, ANNA, "not_now", "a")
    put_off(desk, 0, ANNA, "not_for_them", "b")
    put_off(desk, 0, CLEO, "not_now", "c")
    put_off(desk, 1, ANNA, "not_now", "d")
    load(desk, BO, ANNA, CLEO)
    assert sorted(desk.rows(select(opportunity_answer.c.key))) == [("b",), ("c",), ("d",)]
    assert desk.rows(select(handover.c.ended)) == [([["a", "2027-01-01"]],)]


def test_a_client_of_another_csm_is_nobody_s_to_act_on_and_no_longer_snoozed(desk: Desk) -> None:
    load(desk, ANNA, ANNA, ANNA)
    here, who = {"installation_id": desk.installation_id}, desk.rows(select(func.min(person.c.id)))[0][0]
    clients = [client for (client,) in desk.rows(select(record.c.id).order_by(record.c.external_id))]
    with desk.database.write() as connection:
        rows = [here | {"client_id": client, "person_id": who, "taken_at": NOW} for client in clients]
        connection.execute(insert(claim), rows)
        put_off_to = {"person_id": who, "until": date(2027, 1, 1), "reason": "They move house", "made_at": NOW}
        connection.execute(insert(snooze), [here | {"client_id": client, **put_off_to} for client in clients])
    load(desk, BO, ANNA, "")
    assert desk.rows(select(claim.c.client_id)) == [(clients[1],)]
    assert desk.rows(select(snooze.c.client_id)) == [(clients[1],)]


def test_what_an_import_left_that_was_cut_off_is_whole_after_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(desk, ANNA)
    with monkeypatch.context() as patched:
        patched.setattr(standing, "advance", None)
        with pytest.raises(TypeError):
            load(desk, BO)
    assert noted(desk) == []
    load(desk, BO)
    assert noted(desk) == [("Client 0", ANNA, BO)]
