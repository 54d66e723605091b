"""The pages over real HTTP: who sees what, who may post, what a form sends on."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot.playground.model import Json, Message, View
from bot.playground.people import ANNA, APP, BO, CS_CENTRAL, CS_LEADS, CS_NORDIC, CUSTOMER_SHARED, DINA, GUS, PILOT
from bot.playground.protection import HEADERS
from bot.playground.screen import SHOWN_MESSAGES
from bot.playground.server import Playground

ANNAS = "D" + ANNA[1:]


@pytest.fixture(scope="module")
def running() -> Iterator[Playground]:
    with Playground() as playground:
        yield playground


@pytest.fixture
def playground(running: Playground) -> Playground:
    """A server shared by all tests, with nothing written and nothing open."""
    for messages in running.slack.messages.values():
        messages.clear()
    for person in (ANNA, BO, DINA):
        running.slack.clear_views(person)
    return running


@pytest.fixture
def anna(playground: Playground) -> Iterator[httpx.Client]:
    """Anna's browser."""
    with _browser(playground, ANNA) as client:
        yield client


def _browser(playground: Playground, person: str) -> httpx.Client:
    headers = {"origin": playground.url, "sec-fetch-site": "same-origin"}
    cookies = {"playground_person": person}
    return httpx.Client(base_url=playground.url, headers=headers, cookies=cookies, trust_env=False)


def test_a_first_visit_leads_to_the_bots_direct_messages_with_a_hint(playground: Playground) -> None:
    with httpx.Client(base_url=playground.url, follow_redirects=True, trust_env=False) as client:
        page = client.get("/")
    assert page.url.path == f"/c/{ANNAS}"
    assert 'data-fill="/engagement acme"' in page.text


def test_the_sidebar_shows_only_what_the_person_sees(playground: Playground) -> None:
    with _browser(playground, GUS) as gus, _browser(playground, BO) as bo:
        guests, colleagues = gus.get(f"/c/{PILOT}").text, bo.get(f"/c/{PILOT}").text
    assert 'id="room-C0CSCENTRAL"' not in guests
    assert 'id="room-C0CSCENTRAL"' in colleagues
    assert 'id="room-C0CSLEADS"' not in colleagues


def test_a_channel_that_the_person_does_not_see_leads_home(playground: Playground) -> None:
    with _browser(playground, BO) as bo:
        answer = bo.get(f"/c/{CS_LEADS}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/D" + BO[1:])


def test_a_private_answer_is_on_one_persons_page_only(playground: Playground, anna: httpx.Client) -> None:
    _post(playground, "for Anna alone", to=ANNA)
    with _browser(playground, BO) as bo:
        assert "for Anna alone" not in bo.get(f"/c/{CS_NORDIC}").text
    page = anna.get(f"/c/{CS_NORDIC}").text
    assert "for Anna alone" in page
    assert "Only visible to you" in page


def test_only_its_reader_dismisses_a_private_answer(playground: Playground, anna: httpx.Client) -> None:
    message = _post(playground, "for Anna alone", to=ANNA)
    path = f"/c/{CS_NORDIC}/messages/{message.ts}/dismiss"
    with _browser(playground, BO) as bo:
        assert bo.post(path).status_code == 422
    assert playground.slack.find(message.ref) is not None
    assert anna.post(path).status_code == 204
    assert playground.slack.find(message.ref) is None


def test_nobody_dismisses_what_all_can_read(playground: Playground, anna: httpx.Client) -> None:
    message = _post(playground, "for all")
    assert anna.post(f"/c/{CS_NORDIC}/messages/{message.ts}/dismiss").status_code == 422
    assert playground.slack.find(message.ref) is not None


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "שלום &lt;b&gt;", '"><img src=x>'])
def test_what_people_write_is_harmless(playground: Playground, anna: httpx.Client, text: str) -> None:
    assert anna.post(f"/c/{CS_NORDIC}/messages", data={"text": text}).status_code == 204
    page = anna.get(f"/c/{CS_NORDIC}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>" not in page


def test_a_message_keeps_its_lines(playground: Playground, anna: httpx.Client) -> None:
    anna.post(f"/c/{CS_NORDIC}/messages", data={"text": "one\r\ntwo"})
    assert playground.slack.messages[CS_NORDIC][-1].text == "one\ntwo"


@pytest.mark.parametrize("channel", [CS_CENTRAL, CS_LEADS + "X"])
def test_nobody_writes_where_they_are_not(anna: httpx.Client, playground: Playground, channel: str) -> None:
    with _browser(playground, BO) as bo:
        answer = bo.post(f"/c/{channel}/messages", data={"text": "hello"})
    assert answer.status_code == 422
    assert answer.text


def test_who_is_not_a_member_reads_and_has_no_message_field(playground: Playground, anna: httpx.Client) -> None:
    page = anna.get(f"/c/{CS_CENTRAL}").text
    assert 'id="composer"' not in page
    assert "can only read it" in page


def test_inviting_the_bot_makes_it_a_member(playground: Playground) -> None:
    with _browser(playground, DINA) as dina:
        assert 'id="invite"' in dina.get(f"/c/{CS_LEADS}").text
        assert dina.post(f"/c/{CS_LEADS}/invite").status_code == 204
        assert 'id="invite"' not in dina.get(f"/c/{CS_LEADS}").text
    with _browser(playground, BO) as bo:
        assert bo.post(f"/c/{CS_LEADS}/invite").status_code == 422
    assert APP.user_id in playground.slack.channels[CS_LEADS].members


def test_the_composer_knows_the_manifests_commands(playground: Playground, anna: httpx.Client) -> None:
    page = anna.get(f"/c/{ANNAS}").text
    for command in playground.manifest.commands:
        assert f'data-command="{command.command}"' in page
    assert 'data-command="/invite"' not in page
    assert 'data-command="/invite"' in anna.get(f"/c/{CS_NORDIC}").text


def test_the_clock_moves_by_a_step_and_never_back(playground: Playground, anna: httpx.Client) -> None:
    before = playground.slack.now()
    assert anna.post("/clock", data={"by": "week"}).status_code == 204
    moved = playground.slack.now() - before
    assert timedelta(weeks=1) <= moved < timedelta(weeks=1, minutes=1)
    assert anna.post("/clock", data={"by": "-1"}).status_code == 422


def test_one_person_becomes_another_and_stays_where_both_may_be(playground: Playground, anna: httpx.Client) -> None:
    for channel, person, leads_to in [
        (CS_NORDIC, BO, CS_NORDIC),
        (CS_LEADS, BO, "D" + BO[1:]),
        (ANNAS, DINA, "D" + DINA[1:]),
    ]:
        answer = anna.post("/person", data={"person": person, "channel": channel})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{leads_to}")
        cookie = answer.headers["set-cookie"]
        assert f"playground_person={person}" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


@pytest.mark.parametrize("person", [APP.user_id, "USLACKBOT", "U0OLALEFT", "nobody", ""])
def test_bots_and_people_who_left_are_nobody_to_be(anna: httpx.Client, person: str) -> None:
    assert anna.post("/person", data={"person": person}).status_code == 422


def test_a_cookie_of_nobody_is_a_first_visit(playground: Playground) -> None:
    with _browser(playground, "U0OLALEFT") as client:
        assert client.get("/").headers["location"] == f"/c/{ANNAS}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:1", "sec-fetch-site": "same-origin"},
    ],
)
def test_posts_of_other_sites_change_nothing(playground: Playground, headers: dict[str, str]) -> None:
    before = playground.slack.version
    with httpx.Client(base_url=playground.url, headers=headers, trust_env=False) as foreign:
        for path in ("/person", "/clock", f"/c/{CS_NORDIC}/messages", "/views/V1/submit"):
            answer = foreign.post(path, data={"by": "day", "person": DINA, "text": "hello"})
            assert answer.status_code in (403, 421), path
            assert "set-cookie" not in answer.headers
    assert playground.slack.version == before


def test_a_foreign_name_for_this_computer_is_not_served(playground: Playground) -> None:
    with httpx.Client(base_url=playground.url, headers={"host": "evil.example"}, trust_env=False) as foreign:
        assert foreign.get(f"/c/{ANNAS}").status_code == 421


@pytest.mark.parametrize("path", ["/", f"/c/{ANNAS}", "/c/nowhere", "/static/playground.js"])
def test_every_answer_forbids_foreign_code(anna: httpx.Client, path: str) -> None:
    headers = anna.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_the_page_has_neither_inline_script_nor_inline_style(playground: Playground, anna: httpx.Client) -> None:
    _post(playground, "x", [_section("x")])
    page = anna.get(f"/c/{CS_NORDIC}").text
    assert page.count("<script") == page.count("<script src=") == 1
    assert "<style" not in page
    assert " style=" not in page


def test_a_page_waits_for_news_and_answers_at_once_when_there_are_some(
    playground: Playground, anna: httpx.Client
) -> None:
    version = _version(anna.get(f"/c/{CS_NORDIC}").text)
    writer = threading.Timer(0.15, _post, [playground, "news"])
    writer.start()
    started = time.monotonic()
    page = anna.get(f"/c/{CS_NORDIC}", params={"since": version}).text
    assert 0.1 < time.monotonic() - started < 5
    assert "news" in page
    assert _version(page) != version
    writer.join()


@pytest.mark.parametrize("since", ["", "0", "another-run.999999", "x.y"])
def test_a_version_of_another_run_is_answered_at_once(anna: httpx.Client, since: str) -> None:
    started = time.monotonic()
    assert anna.get(f"/c/{CS_NORDIC}", params={"since": since}).status_code == 200
    assert time.monotonic() - started < 1


def test_a_long_channel_shows_its_end_and_says_so(playground: Playground, anna: httpx.Client) -> None:
    for number in range(SHOWN_MESSAGES + 3):
        _post(playground, f"message {number}.")
    page = anna.get(f"/c/{CS_NORDIC}").text
    assert "3 earlier messages are not shown here." in page
    assert "message 2." not in page
    assert "message 3." in page


def test_a_channel_is_unread_until_it_was_looked_at(playground: Playground, anna: httpx.Client) -> None:
    anna.get(f"/c/{CUSTOMER_SHARED}")
    _post(playground, "news", channel=CUSTOMER_SHARED)
    assert _unread(anna.get(f"/c/{ANNAS}").text, CUSTOMER_SHARED)
    assert not _unread(anna.get(f"/c/{CUSTOMER_SHARED}").text, CUSTOMER_SHARED)
    assert not _unread(anna.get(f"/c/{ANNAS}").text, CUSTOMER_SHARED)


def test_a_press_enters_what_stands_in_the_form_and_names_the_element(
    playground: Playground, anna: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[Any] = []
    monkeypatch.setattr(playground.actions, "press", lambda *given, **chosen: pressed.append((given, chosen)))
    ticks = {"type": "checkboxes", "action_id": "ticks", "options": [_option("1"), _option("2")]}
    menu = {"type": "static_select", "action_id": "menu", "options": [_option("1"), _option("2")]}
    go = {"type": "button", "action_id": "go", "text": _plain("Go"), "value": "x"}
    message = _post(playground, "x", [{"type": "actions", "block_id": "b", "elements": [ticks, menu, go]}])
    path = f"/c/{CS_NORDIC}/messages/{message.ts}/press"
    for press, boxes in [(["b", "go"], ["2"]), (["b", "menu", "1"], []), (["b", "ticks"], ["1", "2"])]:
        fields = [("press", json.dumps(press)), *((_name("b", "ticks"), box) for box in boxes)]
        assert _send(anna, path, fields).status_code == 204
    assert [(given[2:], chosen) for given, chosen in pressed] == [
        (("b", "go"), {}),
        (("b", "menu"), {"selected_option": "1"}),
        (("b", "ticks"), {"selected_options": ["1", "2"]}),
    ]
    assert {given[:2] for given, _ in pressed} == {(ANNA, message.ref)}
    held = message.inputs[ANNA]["b"]["ticks"]["selected_options"]
    assert [option["value"] for option in held] == ["1", "2"]


@pytest.mark.parametrize("press", ["", "{}", "[1, 2]", '["b"]', '["b","nowhere"]', '["b","go","x","y"]'])
def test_a_press_on_nothing_is_refused_in_words(playground: Playground, anna: httpx.Client, press: str) -> None:
    go = {"type": "button", "action_id": "go", "text": _plain("Go")}
    message = _post(playground, "x", [{"type": "actions", "block_id": "b", "elements": [go]}])
    answer = anna.post(f"/c/{CS_NORDIC}/messages/{message.ts}/press", data={"press": press})
    assert answer.status_code == 422
    assert answer.text.startswith("This cannot be done: ")


def test_a_message_that_is_gone_cannot_be_pressed(anna: httpx.Client) -> None:
    answer = anna.post(f"/c/{CS_NORDIC}/messages/1.000000/press", data={"press": '["b","go"]'})
    assert (answer.status_code, answer.text) == (422, "This cannot be done: this message is not there any more.")


def test_a_modal_shows_errors_beside_its_fields_and_keeps_what_was_typed(
    playground: Playground, anna: httpx.Client
) -> None:
    view = _open(playground)
    fields = [(_name("note", "a"), "first\r\nsecond"), (_name("due", "a"), "")]
    answer = _send(anna, f"/views/{view.id}/submit", fields)
    assert answer.status_code == 422
    assert "Please complete this required field." in answer.text
    assert "first\nsecond</textarea>" in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert view.inputs["note"]["a"]["value"] == "first\nsecond"


def test_a_field_that_searches_is_given_what_the_app_offers(
    playground: Playground, anna: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    element = {"type": "multi_external_select", "action_id": "a", "min_query_length": 0}
    block = {"type": "input", "block_id": "teams", "label": _plain("Teams"), "element": element}
    modal = {"type": "modal", "title": _plain("T"), "submit": _plain("Save"), "blocks": [block]}
    view = playground.slack.open_view(ANNA, modal)
    option = {"text": _plain("CS <Nordic>"), "value": "1"}
    monkeypatch.setattr(playground.actions, "suggest", lambda *given: [option])
    data = {"press": _name("teams", "a"), "typed": "nor"}
    assert anna.post(f"/views/{view.id}/suggest", data=data).json() == [["1", "CS <Nordic>"]]
    assert 'data-least="0"' in anna.get(f"/c/{CS_NORDIC}").text


def test_a_field_that_is_offered_nothing_says_so(playground: Playground, anna: httpx.Client) -> None:
    element = {"type": "external_select", "action_id": "a", "min_query_length": 0}
    block = {"type": "input", "block_id": "teams", "label": _plain("Teams"), "element": element}
    modal = {"type": "modal", "title": _plain("T"), "submit": _plain("Save"), "blocks": [block]}
    view = playground.slack.open_view(ANNA, modal)
    answer = anna.post(f"/views/{view.id}/suggest", data={"press": _name("teams", "a"), "typed": ""})
    assert (answer.status_code, "offered nothing" in answer.text) == (422, True)


def test_a_problem_of_the_whole_modal_stands_at_its_foot(
    playground: Playground, anna: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = _open(playground)
    monkeypatch.setattr(playground.actions, "submit", lambda *given: {"": "We had some trouble connecting."})
    assert "We had some trouble connecting." in anna.post(f"/views/{view.id}/submit").text


def test_only_the_modal_on_top_is_shown_and_answers(playground: Playground, anna: httpx.Client) -> None:
    below = _open(playground)
    above = playground.slack.push_view(ANNA, _modal("Above"))
    page = anna.get(f"/c/{ANNAS}").text
    assert ">Above</h2>" in page
    assert ">Below</h2>" not in page
    assert "2 of 3 open" in page
    assert anna.post(f"/views/{below.id}/close").status_code == 422
    assert anna.post(f"/views/{above.id}/close").status_code == 204
    assert ">Below</h2>" in anna.get(f"/c/{ANNAS}").text


def test_a_pushed_modal_has_a_way_back_and_a_way_out(playground: Playground, anna: httpx.Client) -> None:
    _open(playground)
    assert 'aria-label="Back"' not in anna.get(f"/c/{ANNAS}").text
    above = playground.slack.push_view(ANNA, _modal("Above"))
    page = anna.get(f"/c/{ANNAS}").text
    assert 'aria-label="Back"' in page
    assert 'data-close-modal="all"' in page
    assert anna.post(f"/views/{above.id}/close", data={"all": "yes"}).status_code == 204
    assert playground.slack.stack(ANNA) == []


def test_nobody_answers_somebody_elses_modal(playground: Playground) -> None:
    view = _open(playground)
    with _browser(playground, BO) as bo:
        assert [bo.post(f"/views/{view.id}/{what}").status_code for what in ("press", "submit", "close")] == [422] * 3
    assert playground.actions.open_view(ANNA) is view


def test_names_follow_each_other_only_within_five_minutes(playground: Playground, anna: httpx.Client) -> None:
    _post(playground, "one")
    _post(playground, "two")
    assert anna.get(f"/c/{CS_NORDIC}").text.count("message follows") == 1
    playground.slack.advance(timedelta(minutes=6))
    _post(playground, "three")
    assert anna.get(f"/c/{CS_NORDIC}").text.count("message follows") == 1


def _post(
    playground: Playground, text: str, blocks: list[Json] | None = None, to: str | None = None, channel: str = CS_NORDIC
) -> Message:
    return playground.slack.post(channel, APP.user_id, text, blocks, ephemeral_to=to)


def _open(playground: Playground) -> View:
    return playground.slack.open_view(ANNA, _modal("Below"))


def _modal(title: str) -> Json:
    note = {"type": "plain_text_input", "action_id": "a", "multiline": True}
    due = {"type": "datepicker", "action_id": "a"}
    blocks = [
        {"type": "input", "block_id": "note", "label": _plain("Note"), "element": note},
        {"type": "input", "block_id": "due", "label": _plain("Due"), "element": due},
    ]
    return {"type": "modal", "title": _plain(title), "submit": _plain("Save"), "blocks": blocks}


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _option(value: str) -> Json:
    return {"text": _plain(f"Choice {value}"), "value": value}


def _name(block_id: str, action_id: str) -> str:
    return json.dumps([block_id, action_id], separators=(",", ":"))


def _send(client: httpx.Client, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return client.post(path, content=urlencode(fields), headers=headers)


def _version(page: str) -> str:
    return page.split('data-version="')[1].split('"')[0]


def _unread(page: str, channel: str) -> bool:
    return 'class="unread"' in page.split(f'id="room-{channel}"')[1].split(">")[0]
