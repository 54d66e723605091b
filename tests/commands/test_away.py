"""*I am away* through Slack: set, changed and ended, for oneself and by who leads somebody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, insert, select

from bot.blocks import ids
from bot.playground import people as cast
from storage import schema
from tests.admins import begin_anew, id_of, make_super_admin, said
from tests.bots import Bot, texts


@pytest.fixture(autouse=True)
def nobody_away(bot: Bot) -> Iterator[None]:
    yield
    begin_anew(bot)
    with bot.database.write() as connection:
        connection.execute(delete(schema.absence))
        connection.execute(delete(schema.delivery))


def kept(bot: Bot) -> list[tuple[str, str, int | None]]:
    with bot.database.read() as connection:
        found = connection.execute(select(schema.absence)).all()
    return [(row.from_on.isoformat(), row.to_on.isoformat(), row.cover_id) for row in found]


def test_somebody_says_when_they_are_away_and_who_covers_and_is_back_early(bot: Bot) -> None:
    tasks = bot.ask("/task")
    bot.press(tasks, ids.SET_ABSENCE)
    wrong = {"from": "2026-12-04", "to": "2026-12-01", "cover": cast.BO}
    assert bot.submit(bot.modal(), **wrong) == {"to": "The last day comes before the first one."}
    assert bot.submit(bot.modal(), **{"from": "2026-11-20", "to": "2026-12-04", "cover": cast.BO}) == {}
    listed = said(bot, "Bo covers", cast.ANNA)
    assert "*You* · Fri 20 Nov to Fri 4 Dec" in texts(listed.blocks)
    assert kept(bot) == [("2026-11-20", "2026-12-04", id_of(bot, cast.BO))]
    change = f"{ids.CHANGE_ABSENCE}:{number(bot)}"
    bot.press(listed, change)
    assert bot.submit(bot.modal(), to="2026-12-01", cover="") == {}
    assert "Nobody covers" in texts(bot.replaced(listed, "to Tue 1 Dec").blocks)
    bot.press(bot.ask("/task away"), f"{ids.END_ABSENCE}:{number(bot)}")
    said(bot, "Nobody, and nobody is about to be.", cast.ANNA)
    assert kept(bot) == []


def number(bot: Bot) -> int:
    with bot.database.read() as connection:
        return int(connection.execute(select(schema.absence.c.id)).scalar_one())


def test_who_has_said_that_they_are_away_is_a_click_from_the_list(bot: Bot) -> None:
    with bot.database.write() as connection:
        anna, days = id_of(bot, cast.ANNA), {"from_on": bot.now.date(), "to_on": bot.now.date()}
        made = {"installation_id": bot.installation.id, "made_by": anna, "made_at": bot.now}
        connection.execute(insert(schema.absence).values(id=1, person_id=anna, **days, **made))
    tasks = bot.ask("/task")
    bot.press(tasks, f"{ids.SHOW_ABSENCES}:all")
    bot.replaced(tasks, "*You* · Fri 20 Nov")


def test_only_who_leads_a_team_and_super_admins_choose_whose_absence_it_is(bot: Bot) -> None:
    bot.press(bot.ask("/task away"), ids.SET_ABSENCE)
    assert "of" not in [block.get("block_id") for block in bot.modal().payload["blocks"]]
    make_super_admin(bot, cast.DINA)
    bot.press(bot.ask("/task away", cast.DINA), ids.SET_ABSENCE, cast.DINA)
    assert bot.submit(bot.modal(who=cast.DINA), cast.DINA, of=cast.ANNA, cover=cast.BO) == {}
    said(bot, "*Anna* · Fri 20 Nov to Fri 27 Nov", cast.DINA)


def told(bot: Bot, who: str) -> list[str]:
    """What somebody is to hear as a cover."""
    one = schema.delivery.c
    mine = (one.person_id == id_of(bot, who), one.kind == "cover")
    with bot.database.read() as connection:
        found = connection.scalars(select(one.payload).where(*mine).order_by(one.made_at, one.key))
        return [payload["text"].partition(".")[0] for payload in found]


def test_who_covers_hears_it_and_when_they_do_no_longer(bot: Bot) -> None:
    bot.press(bot.ask("/task away"), ids.SET_ABSENCE)
    assert bot.submit(bot.modal(), **{"from": "2026-11-23", "to": "2026-11-27", "cover": cast.BO}) == {}
    listed = said(bot, "Bo covers", cast.ANNA)
    assert told(bot, cast.BO) == ["You cover for Anna: Mon 23 Nov to Fri 27 Nov"]
    bot.press(listed, f"{ids.CHANGE_ABSENCE}:{number(bot)}")
    assert bot.submit(bot.modal(), cover=cast.CLEO) == {}
    listed = bot.replaced(listed, "Cleo covers")
    assert told(bot, cast.BO) == ["You no longer cover for Anna: Mon 23 Nov to Fri 27 Nov"]
    bot.press(listed, f"{ids.CHANGE_ABSENCE}:{number(bot)}")
    assert bot.submit(bot.modal(), to="2026-11-25") == {}
    bot.replaced(listed, "to Wed 25 Nov")
    assert told(bot, cast.CLEO) == ["You cover for Anna: Mon 23 Nov to Wed 25 Nov"]
    bot.press(bot.ask("/task away"), f"{ids.END_ABSENCE}:{number(bot)}")
    said(bot, "Nobody, and nobody is about to be.", cast.ANNA)
    assert told(bot, cast.CLEO) == ["You no longer cover for Anna: Mon 23 Nov to Wed 25 Nov"]
