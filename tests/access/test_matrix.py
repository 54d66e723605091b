"""The access matrix: every listener, asked by everybody, whoever its button or modal was drawn for."""

from __future__ import annotations

import pytest

from bot.app import listeners
from bot.blocks.wording import SENTENCES
from bot.domain.access import Right
from bot.metrics import label
from tests.access.payloads import Outcome, sent
from tests.access.rows import ROWS
from tests.access.whom import MEMBER, READ, SEAT, SEATED, SEE, SETTINGS, SUPER, Row
from tests.access.world import ASKERS, CLIENTS, TEAM, VIEW, WORKSPACE, World, away

SECRETS = (*CLIENTS, TEAM, VIEW, WORKSPACE)
LACKS = {SEAT: "no_seat", READ: "no_seat", SETTINGS: "no_settings", SUPER: "no_super_admin"}


def refusal(row: Row, asker: str) -> str:
    """What an asker is told instead; empty where they may."""
    if asker == "guest":
        return "guest"
    if asker not in MEMBER:
        return "outsider"
    may, only, otherwise = row.whom
    if asker not in may:
        helps_themselves = may is SEAT and asker == "super admin without seat"
        return "no_seat_admin" if helps_themselves else LACKS[may]
    return "" if asker in only else otherwise


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind} {row.id}")
def test_access(world: World, row: Row, asker: str) -> None:
    if row.first is not None:
        with world.bot.database.write() as connection:
            row.first(connection)
    if asker == "cover":
        with world.bot.database.write() as connection:
            away(connection, -1, 1)
    audited = world.audited()
    outcome = sent(world, ASKERS[asker], row.send)
    assert world.audited()[: len(audited)] == audited  # whatever is sent, what was changed before stays written down
    assert outcome.failed == []
    assert "gone wrong" not in outcome.said
    if asker == "of another installation":
        assert_untouched(outcome)
    elif key := refusal(row, asker):
        assert_refused(row, outcome, key)
    else:
        assert_allowed(row, outcome, asker)


def assert_untouched(outcome: Outcome) -> None:
    assert outcome.changed == frozenset()
    assert [name for name in SECRETS if name in outcome.said] == []


def assert_refused(row: Row, outcome: Outcome, key: str) -> None:
    assert_untouched(outcome)
    assert outcome.is_private
    if row.kind == "options":  # a menu has no place for a sentence: it offers nothing
        assert outcome.said == ""
    else:
        assert outcome.tells(key) if key in SENTENCES else key in outcome.said


def assert_allowed(row: Row, outcome: Outcome, asker: str) -> None:
    assert outcome.changed == row.written_by(asker)
    assert row.shows in outcome.said
    assert outcome.is_private or row.public
    if asker not in SEE:
        assert [name for name in CLIENTS if name in outcome.said] == []
    elif row.names and not (asker == "cover" and row.whom is SEATED):  # theirs stand apart in lists
        assert CLIENTS[0] in outcome.said


@pytest.mark.parametrize(("first", "last"), [(1, 3), (-3, -1)], ids=["before", "after"])
@pytest.mark.parametrize(
    "row", [row for row in ROWS if "cover" in row.whom.only < MEMBER], ids=lambda row: f"{row.kind} {row.id}"
)
def test_who_covers_may_nothing_before_and_after(world: World, row: Row, first: int, last: int) -> None:
    with world.bot.database.write() as connection:
        if row.first is not None:
            row.first(connection)
        away(connection, first, last)
    outcome = sent(world, ASKERS["cover"], row.send)
    assert_refused(row, outcome, row.whom.otherwise)


def test_every_listener_has_a_row() -> None:
    """But those by which Slack itself tells something: nobody asks."""
    declared = {(kind, label(identity)) for kind, identity, _, right in listeners() if right is not Right.SLACK}
    assert {(row.kind, row.id) for row in ROWS} == declared


WITHOUT_SEAT = ("commands.home", "commands.digests", "commands.workspace")


def test_whoever_works_with_clients_needs_a_seat() -> None:
    """All that /engagement and its buttons lead to, but settings, and what tells somebody how to begin."""
    others = {function.__module__ for *_, function, right in listeners() if right not in {Right.SEAT, Right.SLACK}}
    assert {name for name in others if not name.startswith(WITHOUT_SEAT)} == set()
    seated = {(kind, label(identity)) for kind, identity, _, right in listeners() if right is Right.SEAT}
    assert {row.whom.may for row in ROWS if (row.kind, row.id) in seated} == {SEAT}
