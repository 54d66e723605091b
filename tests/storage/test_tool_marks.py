"""What people say of tools: it counts at once, in every way in which scores are made, until it fades."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.domain.clients import Client
from bot.domain.engagement import assess
from bot.domain.listing import Sign
from bot.domain.marks import Mark, Marked
from bot.domain.moves import Cause, Ground, Said, explain
from bot.domain.scoring import Facts, judge
from storage import grounds, schema, stale
from storage.database import Database
from tests.conftest import NOW
from tests.storage.bases import small
from tests.storage.test_standing import DANA, START, Base, _card

DAY = 30  # that the data goes to
CONTACTS, FORMS, CAMPAIGNS = 1, 2, 4  # sets of tools


@pytest.fixture
def base(database: Database) -> Base:
    """Client 1 has Mail Professional; contacts and forms are measured, and it uses contacts."""
    made = Base(database)
    made.subscribe(1, "mail", "professional", None, 300)
    made.use(1, 1, DAY - 1, 3, 1)
    made.reach(1, DAY)
    made.settle()
    return made


def card(base: Base, client: int = 1) -> Client:
    (found,) = _card(base, client)
    assert isinstance(found, Client)
    return found


def points(base: Base) -> tuple[float | None, float | None]:
    """The share of client 1 as it is stored, and as its card has it."""
    one = card(base)
    assert one.as_of is not None
    return next(row.share for row in base.rows() if row.client_id == 1), judge(base.rules, one.facts, one.as_of).share


def as_of(base: Base) -> date | None:
    with base.database.read() as connection:
        return connection.scalar(select(schema.installation.c.as_of).where(schema.installation.c.id == base.id))


def kept(base: Base) -> list[Any]:
    one = schema.tool_mark.c
    query = select(one.client_id, one.tool, one.is_used, one.said_on, one.person_id)
    with base.database.read() as connection:
        return [tuple(row) for row in connection.execute(query.where(one.installation_id == base.id))]


@pytest.mark.parametrize(
    ("tool", "is_used", "share"),
    [
        pytest.param("forms", True, 5 / 5, id="used, not used by data"),
        pytest.param("campaigns", True, 3 / 6, id="used, measured by nobody"),
        pytest.param("campaigns", False, 2 / 6, id="not used, measured by nobody"),
        pytest.param("contacts", False, 2 / 5, id="not used, used by data"),
        pytest.param("forms", False, 2 / 5, id="not used, as data says"),
    ],
)
@pytest.mark.parametrize("day", [DAY - 1, DAY, DAY + 5])
def test_a_mark_counts_at_once_whatever_day_the_data_goes_to(
    base: Base, tool: str, is_used: bool, share: float, day: int
) -> None:
    assert points(base) == (2 / 5, 2 / 5)
    before, others = card(base), [row for row in base.rows() if row.client_id != 1]
    base.say(1, tool, day, is_used)
    assert points(base) == (share, share)
    assert (as_of(base), card(base).reaches) == (START + timedelta(DAY), before.reaches)
    assert assess(base.rules, card(base), START + timedelta(day)).late == {}
    assert [row for row in base.rows() if row.client_id != 1] == others


def test_a_mark_measures_a_tool_for_its_client_alone(base: Base) -> None:
    base.say(1, "campaigns", DAY, False)
    assert card(base).facts.counted[0] == CONTACTS | FORMS | CAMPAIGNS
    assert card(base, 2).facts.counted[0] == CONTACTS | FORMS


def test_a_mark_is_kept_under_the_name_of_who_said_it(base: Base) -> None:
    base.say(1, "forms", DAY, True)
    assert card(base).marks == {1: Mark(True, START + timedelta(DAY), "Dana")}
    assert kept(base) == [(1, "forms", True, START + timedelta(DAY), DANA)]


def test_said_again_it_is_renewed_and_said_otherwise_replaced(base: Base) -> None:
    base.say(1, "campaigns", DAY, True)
    base.say(1, "campaigns", DAY + 1, True)
    assert kept(base) == [(1, "campaigns", True, START + timedelta(DAY + 1), DANA)]
    base.say(1, "campaigns", DAY + 1, False)
    assert kept(base) == [(1, "campaigns", False, START + timedelta(DAY + 1), DANA)]
    assert points(base) == (2 / 6, 2 / 6)


def test_taken_back_it_leaves_the_score_as_it_was(base: Base) -> None:
    rows = base.rows()
    base.say(1, "forms", DAY, True)
    assert base.rows() != rows
    base.take_back(1, "forms")
    assert base.rows() == rows
    base.take_back(1, "forms")  # once more: nothing
    assert (base.rows(), kept(base)) == (rows, [])


def test_a_mark_kept_under_another_name_of_the_tool_is_replaced_and_taken_back(base: Base) -> None:
    older = {"client_id": 1, "tool": "form", "is_used": False, "said_on": START, "person_id": DANA}
    with base.database.write() as connection:
        connection.execute(insert(schema.tool_mark).values(installation_id=base.id, **older))
    assert card(base).facts.marked == Marked(unused=FORMS)
    base.say(1, "forms", DAY, True)
    assert [row[1] for row in kept(base)] == ["forms"]
    with base.database.write() as connection:
        connection.execute(insert(schema.tool_mark).values(installation_id=base.id, **older))
    base.take_back(1, "forms")
    assert kept(base) == []


@pytest.mark.parametrize(("days", "share"), [(89, 3 / 6), (90, 2 / 5), (91, 2 / 5)])
def test_a_mark_fades_as_the_data_goes_on(base: Base, days: int, share: float) -> None:
    base.say(1, "campaigns", DAY, True)
    base.use(1, 1, DAY + days, 3, 1)  # so that contacts stay in use
    base.reach(1, DAY + days)
    base.settle()
    assert points(base) == (share, share)
    assert card(base).marks.keys() == ({2} if days < 90 else set())


def test_the_day_on_which_a_mark_fades_scores_its_client_again_and_no_other(base: Base) -> None:
    base.say(1, "campaigns", DAY, True)
    base.reach(1, DAY + 88)
    base.settle()
    base.reach(1, DAY + 89)
    assert base.settle() == 0
    base.reach(1, DAY + 90)
    assert base.settle() == 1
    assert points(base) == (0, 0)
    assert base.rows()[0].change_7 == -3 / 6  # since the day on which it was said, the last that was scored


def test_data_that_stops_fades_no_mark(base: Base) -> None:
    base.say(1, "campaigns", DAY, True)
    base.settle()
    assert points(base) == (3 / 6, 3 / 6)


def test_data_that_comes_to_measure_use_makes_a_mark_matter_no_longer(base: Base) -> None:
    base.say(1, "forms", DAY, False)
    base.use(1, 2, DAY + 1, 2, 1)
    base.reach(1, DAY + 1)
    base.settle()
    assert points(base) == (5 / 5, 5 / 5)


def test_it_moves_the_score_by_the_client_s_own_doing_and_the_history_says_why(base: Base) -> None:
    base.reach(1, DAY + 7)
    base.settle()
    base.say(1, "campaigns", DAY + 7, True)
    (row,) = [row for row in base.rows() if row.client_id == 1]
    assert row.change_7 == pytest.approx(3 / 6 - 2 / 5)
    change = [row for row in base.changes() if row.client_id == 1][-1]
    assert (change.day, change.ground.split("|", 1)[1]) == (START + timedelta(DAY + 7), "3|1|4|0")
    (part,) = assess(base.rules, card(base), START + timedelta(DAY + 7)).moves
    assert (part.cause, part.tool, part.said) == (Cause.USAGE, "campaigns", Said.USED)


def test_what_a_score_was_made_from_is_read_as_it_was_written() -> None:
    rules = small()
    for marked in (Marked(), Marked(used=FORMS), Marked(FORMS, CAMPAIGNS)):
        facts = Facts([], subscribing=False, covered=True, measured=CONTACTS, used=CONTACTS, marked=marked)
        text = grounds.write(rules, None, facts)
        assert grounds.read(rules, text) == Ground(rules, None, CONTACTS, CONTACTS, marked)
        assert ("|0" in text) is (marked == Marked(used=FORMS))
    assert explain(grounds.read(rules, "*|1|1"), grounds.read(rules, "*|1|1|0|2"))[0].said is Said.UNUSED


def test_a_mark_makes_no_tool_quiet_and_takes_its_opportunity_away(base: Base) -> None:
    base.use(1, 2, DAY - 25, 1, 1)  # too few to be in use, in the first two thirds of the window
    base.use(1, 3, DAY - 15, 0, 1)
    base.use(1, 3, DAY - 16, 0, 1)
    base.settle()
    assert Sign(base.rows()[0].signs) == Sign.ACTIVATION
    base.say(1, "forms", DAY, True)
    assert (Sign(base.rows()[0].signs), base.rows()[0].quiet) == (Sign(0), None)


def test_who_left_slack_still_has_said_it(base: Base) -> None:
    base.say(1, "forms", DAY, True)
    with base.database.write() as connection:
        dana = (schema.person.c.installation_id == base.id, schema.person.c.id == DANA)
        connection.execute(update(schema.person).where(*dana).values(is_deleted=True))
    assert card(base).marks[1].person == "Dana"


def test_a_mark_goes_with_its_client(base: Base) -> None:
    base.say(1, "forms", DAY, True)
    with base.database.write() as connection:
        connection.execute(
            delete(schema.record).where(schema.record.c.installation_id == base.id, schema.record.c.id == 1)
        )
    assert kept(base) == []


def test_a_client_that_has_gone_gets_none(base: Base) -> None:
    base.archive(2)
    base.say(2, "forms", DAY, True)
    base.say(77, "forms", DAY, True)
    assert kept(base) == []


def test_a_client_of_another_installation_is_left_alone(base: Base) -> None:
    other = Base(base.database)
    other.subscribe(1, "mail", "professional", None, 300)
    other.reach(1, DAY)
    other.settle()
    rows = other.rows()
    base.say(1, "forms", DAY, True)
    other.settle()
    assert (other.rows(), card(other).marks) == (rows, {})


def test_before_the_first_scores_a_mark_waits_for_them(database: Database) -> None:
    base = Base(database)
    base.subscribe(1, "mail", "professional", None, 300)
    base.say(1, "campaigns", DAY, True)
    assert base.rows() == []
    base.reach(1, DAY)
    base.settle()
    assert points(base) == (1 / 6, 1 / 6)


def test_a_client_that_waits_for_its_score_waits_still(base: Base) -> None:
    """The import that marked it may not be done with it."""
    with base.database.write() as connection:
        stale.mark(connection, base.id, [1])
    base.say(1, "forms", DAY, True)
    assert (points(base), base.marks()) == ((1, 1), 1)


def test_a_score_known_by_a_mark_alone_has_no_reach(database: Database) -> None:
    base = Base(database)
    base.subscribe(1, "mail", "starter", None, 300)
    base.settle()
    base.say(1, "forms", (NOW.date() - START).days, True)
    one = card(base)
    assert (one.as_of, one.reaches) == (None, ())
    assert judge(base.rules, one.facts, NOW.date()).share == base.rows()[0].share == 1
