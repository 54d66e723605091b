"""What a person of another team is not told of clients that are not theirs: not their names, and not how many."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO

import pytest

from bot.blocks import ids
from bot.domain.home import Place
from bot.playground import people as cast
from bot.playground.model import Message
from tests.access.payloads import Outcome, Send, chose, form, opened_home, option, pressed, sent, submitted, typed
from tests.access.rows import ALL, OF_ALL, ROWS, channel_is_tied, everybody_follows, more, says, services_are_chosen
from tests.access.world import CLIENTS, MAX, VIEW, World

HERS = "Globex Corporation"  # the one client of Cleo's workspace; Anna's has five, and two stand in the primary one
LISTED = r"(?:^|\D)(\d+) clients?\b"

COUNTS = {
    "help": (typed("engagement", "help"), r"(\d+) clients? can be looked up"),
    "overview": (typed("engagement", ""), LISTED),
    "list": (typed("engagement", "team:all"), LISTED),
    "list without hits": (typed("engagement", "tier:onboarding team:all"), r"there (?:is|are) (\d+)"),
    "list of a colleague": (typed("engagement", "csm:anna@example.com"), r"there (?:is|are) (\d+)"),
    "opportunities": (typed("opportunities", "team:all"), r"What (\d+) client"),
    "opportunities by kind": (typed("opportunities", "team:all"), r"not used: (\d+) client"),
    "filter form": (submitted(ids.FILTER_FORM, form(), team=option("all")), LISTED),
    "home": (opened_home(), LISTED),
    "home, ranked list": (pressed(ids.SHOW_HOME, says(str(Place("customers")))), LISTED),
    "order": (chose(ids.SORT_LIST, says("mrr"), OF_ALL), LISTED),
}


@pytest.mark.parametrize(("send", "counted"), COUNTS.values(), ids=COUNTS)
def test_a_count_is_of_what_the_asker_sees(world: World, send: Send, counted: str) -> None:
    said = sent(world, cast.CLEO, send).said
    assert set(re.findall(counted, said)) == {"1"}, said


def test_a_chart_adds_up_to_what_the_asker_sees(world: World) -> None:
    said = sent(world, cast.CLEO, pressed(ids.SHOW_CHART, ALL))
    assert sum(map(int, re.findall(r"(?:Low|Medium|High|Onboarding|Not known) (\d+)", said.said))) == 1
    (chart,) = [one for one in said.calls[0].given["blocks"] if one["type"] == "data_visualization"]
    assert sum(point["value"] for series in chart["chart"]["series"] for point in series["data"]) == 1


@pytest.mark.parametrize(
    "asked", ["acme as", "acme", "acmee", "acme.example", "wnoka norge", "twin", "as", "oylen", "Wonka Norge AS"]
)
@pytest.mark.parametrize("command", ["engagement", "opportunities"])
def test_no_text_comes_near_a_client_of_others(world: World, command: str, asked: str) -> None:
    """Neither as a hit nor as "did you mean": what is said is what would be said if they were not there."""
    outcome = sent(world, cast.CLEO, typed(command, asked))
    assert outcome.said.startswith(("ephemeral\nNo client", "No client"))
    assert [name for name in CLIENTS if name in outcome.said.replace(f"“{asked}”", "")] == []
    assert "button" not in outcome.said


@pytest.mark.parametrize("asked", ['view:"falling stars"', "view:falling", "view:fallen", "views"])
def test_no_view_of_others_is_named(world: World, asked: str) -> None:
    assert VIEW not in sent(world, cast.CLEO, typed("engagement", asked)).said


def of_team(world: World, word: str) -> str:
    """What a filter by a team says, but for the word itself."""
    return sent(world, cast.CLEO, typed("engagement", f'team:"{word}"')).said.replace(word, "…")


@pytest.mark.parametrize("word", ["Fjord Crew", "Fjord Cre", "fjord", "Inlet Crew"])
def test_no_team_of_another_workspace_is_named(world: World, word: str) -> None:
    said = of_team(world, word)
    assert "…" in said
    assert "Fjord" not in said
    assert "Inlet" not in said


def test_a_team_of_another_workspace_is_answered_as_one_that_never_was(world: World) -> None:
    assert of_team(world, "Fjord Crew") == of_team(world, "Lagoon Crew")


@pytest.mark.parametrize(
    ("who", "offered"),
    [(cast.CLEO, {"Alps Crew"}), (cast.ANNA, {"Fjord Crew", "Inlet Crew"}), (MAX, set())],
)
def test_the_filter_modal_offers_the_teams_of_one_s_own_workspace(world: World, who: str, offered: set[str]) -> None:
    said = sent(world, who, pressed(ids.FILTER_LIST, ALL)).said
    assert {name for name in ("Fjord Crew", "Inlet Crew", "Alps Crew") if name in said} == offered


def test_a_list_has_what_the_asker_sees_and_nothing_else(world: World) -> None:
    """So that what is not shown to Cleo is not left out for another reason."""
    assert HERS in sent(world, cast.CLEO, typed("engagement", "team:all")).said
    said = sent(world, cast.ANNA, typed("engagement", "team:all")).said
    assert [name for name in CLIENTS if name not in said] == ["Soylent Oy"]  # former: in no list
    assert HERS not in said


def delivered(world: World, who: str) -> Message:
    """What the job that sends files has for somebody."""
    messages = world.bot.slack.slack.messages[cast.direct_message(who).id]
    before = len(messages)
    world.bot.send_exports()
    (message,) = world.bot.wait(lambda: messages[before:])
    return message


def exported(world: World, who: str, send: Send | None = None) -> set[str]:
    """The clients in the file that somebody gets who presses *Export CSV*."""
    assert sent(world, who, send or more(ids.EXPORT)).changed == {"export_request"}
    content = delivered(world, who).files[0].content
    assert content is not None
    return {row["Name"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))}


def test_an_exported_file_has_what_the_asker_sees(world: World) -> None:
    assert exported(world, cast.CLEO) == {HERS}
    assert exported(world, cast.ANNA) == set(CLIENTS) - {"Soylent Oy"}


def test_who_waits_for_a_file_of_a_workspace_that_is_deleted_is_told(world: World) -> None:
    assert sent(world, cast.ANNA, more(ids.EXPORT)).changed == {"export_request"}
    (deleting,) = [row for row in ROWS if (row.kind, row.id) == ("view", ids.DELETE_WORKSPACE)]
    assert "is deleted" in sent(world, cast.DINA, deleting.send).said
    told = delivered(world, cast.ANNA)
    assert told.text.startswith("The list that you exported is no longer yours to see.")
    assert told.files == []


def test_services_are_of_clients_that_the_asker_sees(world: World) -> None:
    with world.bot.database.write() as connection:
        services_are_chosen(connection)
    shown = pressed(ids.SHOW_HOME, says(str(Place("service", "all"))))
    assert "1 record" in sent(world, cast.ANNA, shown).said
    hers = sent(world, cast.CLEO, shown).said
    assert "There are none yet" in hers
    assert "Onboarding" not in hers  # not even the pipeline


def test_a_picker_of_clients_offers_what_the_asker_sees(world: World) -> None:
    """A name that fits several opens buttons: of those that the asker sees."""

    def offered(outcome: Outcome) -> set[str]:
        blocks = outcome.acknowledged["blocks"]
        shown = [one for block in blocks for one in block.get("elements", ()) if "action_id" in one]
        return {one["text"]["text"] for one in shown if one["action_id"].startswith(ids.OPEN_CLIENT)}

    assert offered(sent(world, cast.ANNA, typed("engagement", "twin"))) == {"Twin GmbH", "Twin AS"}
    assert offered(sent(world, cast.CLEO, typed("engagement", "twin"))) == set()


def test_a_tied_channel_is_to_others_as_one_that_is_not(world: World) -> None:
    """Its client is another workspace's: what Cleo is told there is what she would be told anywhere."""
    asked = [typed("engagement", ""), typed("note", "they called")]
    before = [modal_or_answer(world, send) for send in asked]
    with world.bot.database.write() as connection:
        channel_is_tied(connection)
    assert [modal_or_answer(world, send) for send in asked] == before


def modal_or_answer(world: World, send: Send) -> object:
    """What Cleo gets, but for what is new each time."""
    outcome = sent(world, cast.CLEO, send)
    opened = [one.given["view"]["blocks"] for one in outcome.calls if one.method == "views.open"]
    answered = [one.given["text"] for one in outcome.calls if one.method == "response_url"]
    return outcome.acknowledged, opened, answered


def test_a_key_account_that_went_to_others_is_as_one_that_is_none(world: World) -> None:
    asked = [typed("engagement", "key:any"), typed("engagement", "key:me sort:name"), FEED]
    before = [modal_or_answer(world, send) for send in asked]
    with world.bot.database.write() as connection:
        everybody_follows(connection)
    assert [modal_or_answer(world, send) for send in asked] == before
    assert "They called" in sent(world, cast.ANNA, FEED).said


FEED = pressed(f"{ids.SHOW_FEED}:new", says('["key:any",null]'))


def test_a_filter_form_names_no_client(world: World) -> None:
    outcome = sent(world, cast.CLEO, pressed(ids.FILTER_LIST, ALL))
    (opened,) = [one for one in outcome.calls if one.method == "views.open"]
    assert [name for name in CLIENTS if name in json.dumps(opened.given)] == []
