"""The Home tab: each of its tabs word for word and at its limits, and answers to buttons in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import home as show
from bot.blocks import ids, kit, looking, pipelines
from bot.blocks import listing as lists
from bot.blocks.states import ListState
from bot.blocks.tasks import Did
from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.domain.activity import Priority
from bot.domain.catalog import Tier
from bot.domain.filters import Filter
from bot.domain.first_steps import Steps
from bot.domain.home import CUSTOMERS, Place, Space, Summary, place
from bot.domain.listing import Group, Page, Whose
from bot.domain.pipelines import Board, Item, Stage
from bot.domain.tasks import Given
from bot.domain.workspace_settings import BOARD, Tab, key
from bot.playground.validation import home_problems
from tests.base import CATALOG, TODAY
from tests.blocks.conftest import Golden
from tests.blocks.test_engagement import HOSTILE
from tests.blocks.test_listing import WORDS, asked, line

ANNA = Person(2, 1, 1, "U0ANNACSM", "Anna", "UTC", "en-US")
DINA = replace(ANNA, id=1, has_seat=False, is_super_admin=True)
SPACE = Space(1, "Nordic & co", "EUR", "company", "service", ("deal",), views=((7, "Falling"), (8, "Large ones")))
SERVICES, DEALS = Place("service"), Place("deal", "all", first=10)
CALL = Given(1, 7, "Acme <AS>", "Call *them*", TODAY.replace(day=18), Priority.HIGH, "Anna")
NEXT = replace(CALL, due_on=TODAY.replace(day=26))
TIERS = {Tier.LOW: Group(9, {"EUR": 900.0}), Tier.HIGH: Group(14, {"EUR": 100.0}), Tier.UNKNOWN: Group(1)}
DUE = [CALL, replace(CALL, id=2, due_on=TODAY)]
FOUND = Summary(DUE, False, None, TIERS, [line(1)], [line(2), line(3)], [line(4)])


def summary(found: Summary, asker: Person = ANNA, space: Space = SPACE, told: Any = ()) -> kit.Home:
    blocks = show.summary(CATALOG, space, asker, asked(), found, "/engagement", WORDS)
    return show.home(space, asker, Place(), [*told, *blocks], WORDS)


def test_who_covers_is_led_to_what_there_is_to_do(golden: Golden) -> None:
    cleo = Covered(9, "Cleo <c>", "U0CLEOCSM", "cleo@example.com", 1, TODAY.replace(day=27))
    golden("home_covering", summary(FOUND, replace(ANNA, covers=(cleo,))))


def item(number: int, **changes: Any) -> Item:
    made = Item(
        number, f"Service {number}", "https://crm.example/1", 7, "Acme AS", "New", 1_200.0, "EUR", "Anna", TODAY
    )
    return made._replace(**changes)


def board(**changes: Any) -> Board:
    stages = (Stage("Done", 1, {}), Stage("New", 12, {"EUR": 12_000.0, "NOK": 5.0}))
    items = (item(1, stage="Done", amount=None, url=None, csm=None), item(2), item(3, renews_on=None))
    return replace(Board(("Setup", ""), "Setup", stages, items), **changes)


def records(at: Place, found: Board, space: Space = SPACE, asker: Person = ANNA, whose: Whose = Whose.MINE) -> kit.Home:
    scopes = (Whose.MINE, Whose.ALL)
    blocks = pipelines.tab(space, asker, at, whose, scopes, found, TODAY, WORDS)
    return show.home(space, asker, at, blocks, WORDS)


def test_the_summary(golden: Golden) -> None:
    golden("home_summary", summary(FOUND))
    done = show.done(Did.DONE, replace(CALL, done_by="Anna"), asked(), WORDS)
    golden("home_task_done", summary(Summary(next=NEXT, tiers=TIERS), told=[done]))


def test_the_summary_of_who_sets_up(golden: Golden) -> None:
    steps = Steps(600, TODAY, 22, 36, 9, 12, 0, False)
    golden("home_without_seat", summary(Summary(steps=steps), DINA))
    golden("home_setting_up", summary(replace(FOUND, steps=steps), replace(DINA, has_seat=True)))


def test_where_there_is_no_client_the_summary_says_so(golden: Golden) -> None:
    golden("home_empty", summary(Summary(), space=replace(SPACE, views=())))
    golden("home_empty_to_admins", summary(Summary(), replace(ANNA, is_super_admin=True)))


def test_the_ranked_list(golden: Golden) -> None:
    listing = asked(Filter(csm="me"))
    found = Page(tuple(line(number) for number in range(10)), False, True, 34)
    page = lists.page(CATALOG, listing, found, ListState("csm:me", 2), WORDS)
    made = show.home(SPACE, ANNA, Place(CUSTOMERS), show.customers(listing, page, ANNA, WORDS), WORDS)
    golden("home_customers", made)


def test_services_and_revenue(golden: Golden) -> None:
    golden("home_services_table", records(SERVICES, board(has_more=True)))
    golden("home_services_stage", records(replace(SERVICES, stage=key("New"), first=10), board()))
    two = replace(SPACE, revenue=("deal", "2-upsell"), tabs={"deal": Tab(layout=BOARD)})
    admin = replace(ANNA, is_super_admin=True)
    golden("home_deals_board", records(DEALS, board(), two, admin, Whose.ALL))


def test_where_there_are_no_records_the_tab_says_why(golden: Golden) -> None:
    for name, whose in (("mine", Whose.MINE), ("all", Whose.ALL)):
        blocks = pipelines.nothing(SPACE, ANNA, SERVICES, whose, WORDS)
        golden(f"home_no_services_{name}", show.home(SPACE, ANNA, SERVICES, blocks, WORDS))


def test_a_tab_that_is_hidden_or_needs_a_seat_is_the_summary() -> None:
    hidden = replace(SPACE, tabs={"service": Tab(is_shown=False)})
    assert hidden.shown(ANNA) == ["summary", "customers", "deal"]
    assert hidden.at(SERVICES, ANNA) == Place()
    assert SPACE.at(SERVICES, ANNA) == SERVICES
    assert SPACE.at(Place(CUSTOMERS), DINA) == Place()
    assert replace(SPACE, service=None).at(SERVICES, ANNA) == Place()


@pytest.mark.parametrize("text", ["", "x", "[]", '["service"]', '["service","","","","x",""]', "7", "null"])
def test_a_button_of_another_release_leads_to_the_summary(text: str) -> None:
    assert place(text) == Place()
    assert place(str(DEALS)) == DEALS


def test_a_home_tab_at_its_limits_is_taken() -> None:
    name = "&" * 300
    views = tuple((number, name) for number in range(11))
    space = replace(SPACE, name=name, views=views, service=name[:64], revenue=("<" * 64, ">" * 64))
    tasks = [replace(CALL, id=number, title=name, client=name) for number in range(8)]
    lines = [line(number, name=name, csm=name) for number in range(5)]
    steps = Steps(0, TODAY, 22, 36, 9, 12, 0, False)
    made = summary(
        Summary(tasks, True, None, TIERS, lines, lines, lines, steps), replace(ANNA, is_super_admin=True), space
    )
    assert home_problems(made) == []
    money = {f"C{number}": 1e12 for number in range(9)}
    stages = [Stage(f"{number:02}{name}", 1_000_000, money) for number in range(200)]
    items = [item(n, name=name, client=name, csm=name, stage=one.name) for one in stages for n in range(3)]
    large = Board([f"{number}{name}" for number in range(150)], f"7{name}", stages, items)
    at = Place("<" * 64, "all", key("x"), "", 0, BOARD)
    full = records(at, large, space)
    assert home_problems(full) == []
    assert len(full["blocks"]) < kit.HOME_BLOCKS
    assert "160 further stages are not shown" in str(full)


def marked(value: Any) -> Iterator[str]:
    """All texts that can format, link or ping."""
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            yield text
        case dict():
            for one in value.values():
                yield from marked(one)
        case list():
            for one in value:
                yield from marked(one)


@given(text=st.sampled_from(HOSTILE) | st.text(max_size=80))
def test_no_name_formats_pings_or_breaks_a_home_tab(text: str) -> None:
    space = replace(SPACE, name=text, views=((1, text or "x"),))
    hostile = [item(1, name=text, client=text, stage=text, csm=text)]
    found = Board((text, "b"), text, [Stage(text, 1, {})], hostile)
    for made in (
        summary(Summary([replace(CALL, client=text, title=text)], fell=[line(1, name=text)]), space=space),
        records(replace(SERVICES, layout=BOARD), found, space),
        records(SERVICES, found, space),
    ):
        assert home_problems(made) == []
        assert not any(sign in said for said in marked(made) for sign in ("<!", "<@", "<#", "<https://evil"))


def before() -> list[dict[str, Any]]:
    return list(summary(FOUND)["blocks"])


def test_an_answer_stands_below_the_tabs_in_place_of_the_rest() -> None:
    message = kit.message("Listed", [kit.section("Listed"), kit.actions(kit.button("Chart", ids.SHOW_CHART, ""))])
    made = show.answered(before(), message, in_place=True)
    assert home_problems(made) == []
    assert [one["block_id"] for one in made["blocks"]] == ["tabs", "b1"]  # a chart is for messages


def test_an_answer_below_a_message_stands_above_it_and_the_next_takes_its_place() -> None:
    first = show.answered(before(), kit.message("One", [kit.section("One")]), in_place=False)
    second = show.answered(first["blocks"], kit.message("Two", [kit.section("Two")]), in_place=False)
    assert home_problems(second) == []
    said = [one["text"]["text"] for one in second["blocks"] if one["block_id"].startswith("said0")]
    assert (said, len(second["blocks"])) == (["Two"], len(before()) + 2)


def test_what_only_a_message_can_show_is_told() -> None:
    chart = kit.chart("Tiers", "bar", [("Low", 2.0)], "Clients")
    made = show.answered(before(), kit.message("Tiers: Low 2.", [chart]), in_place=True)
    assert home_problems(made) == []
    assert made["blocks"][1]["text"]["text"] == "Tiers: Low 2."


def test_an_answer_is_cut_to_what_a_home_tab_holds() -> None:
    large = [{**kit.section("x"), "block_id": f"x{number}"} for number in range(99)]
    made = show.answered([before()[0], *large], kit.message("x", [kit.section("x")] * 50), in_place=False)
    assert home_problems(made) == []


def test_a_home_tab_says_as_whom_somebody_looks() -> None:
    made = looking.home(summary(FOUND), "Anna <b>", WORDS)
    assert home_problems(made) == []
    assert made["blocks"][0]["block_id"] == "tabs"
    assert "You look as Anna" in made["blocks"][1]["text"]["text"]
