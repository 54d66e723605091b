"""`/engagement` from the words typed to the answer read, through Slack's own transport."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import event, update

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage import catalog as catalogs
from storage import standing
from storage.schema import record
from tests.bots import NOW, Bot, texts


@pytest.mark.parametrize(
    "typed",
    ["Acme AS", "acme", "ACME as", "acme.example", "https://www.acme.example/x", "anna@acme.example", "  acme   as "],
)
def test_a_client_named_exactly_is_answered_with_its_card(bot: Bot, typed: str) -> None:
    answer = bot.ask(f"/engagement {typed}")
    assert answer.ephemeral_to == cast.ANNA
    assert answer.text.startswith("Acme AS: 5 of 10, Medium, down 2 in 7 days")
    assert "Marketing 5 of 11" in texts(answer.blocks)


def test_the_answer_rides_on_the_acknowledgement(bot: Bot) -> None:
    before = len(bot.slack.calls)
    bot.ask("/engagement acme")
    assert bot.slack.calls[before:] == []


@pytest.mark.parametrize("typed", ["/engagement acme", "/opportunities acme"])
def test_a_card_takes_two_statements_and_a_client_s_opportunities_no_more(bot: Bot, typed: str) -> None:
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    event.listen(bot.database.engine, "before_cursor_execute", count)
    try:
        bot.ask(typed)
    finally:
        event.remove(bot.database.engine, "before_cursor_execute", count)
    assert len(statements) == 2, statements


@pytest.mark.parametrize("typed", ["globx corp", "globex", "glob", "glo bex", "gloebx"])
def test_a_typo_or_a_part_of_the_name_finds_the_client(bot: Bot, typed: str) -> None:
    assert bot.ask(f"/engagement {typed}").text.startswith("Globex Corporation")


def test_two_clients_of_one_name_are_offered_and_one_is_opened_in_place(bot: Bot) -> None:
    answer = bot.ask("/engagement twin")
    labels = [element["text"]["text"] for element in answer.blocks[1]["elements"]]
    assert sorted(labels) == ["Twin AS", "Twin GmbH"]
    bot.press(answer, f"{ids.OPEN_CLIENT}:{labels.index('Twin GmbH')}")
    card = bot.wait(lambda: next((m for m in _seen(bot) if m.text.startswith("Twin GmbH:")), None))
    assert card.ts == answer.ts


def _button(card: Message, action: str) -> dict[str, Any]:
    elements = (one for block in card.blocks for one in block.get("elements", []))
    return next(one for one in elements if one.get("action_id") == action)


def _seen(bot: Bot) -> list[Message]:
    return bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)


def test_a_name_that_fits_nobody_offers_the_nearest(bot: Bot) -> None:
    answer = bot.ask("/engagement zzzzzz")
    assert answer.text.startswith("No client “zzzzzz”.")


@pytest.mark.parametrize(
    "typed",
    [
        "'; DROP TABLE record; --",
        "“acme”",
        "%",
        "_",
        "<!channel> <@U0ANNACSM>",
        "💥" * 50,
        "مؤسسة",
        "x" * 10_000,
        "a\x00b\u202e",
        "{name} {0}",
        '"acme" OR 1=1',
    ],
)
def test_any_text_is_answered_and_harmless(bot: Bot, typed: str) -> None:
    answer = bot.ask(f"/engagement {typed}")
    assert answer.ephemeral_to == cast.ANNA
    assert "gone wrong" not in answer.text
    assert "went wrong" not in answer.text
    assert "<!" not in answer.text


@pytest.mark.parametrize("typed", ["help", "?", "HELP"])
def test_no_name_says_how_to_ask(bot: Bot, typed: str) -> None:
    answer = bot.ask(f"/engagement {typed}")
    assert "7 clients can be looked up." in answer.text
    assert "/engagement acme" in answer.text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wayne bygg", "Wayne Bygg AS: score not known. No usage data yet."),
        ("soylent", "Soylent Oy: former client since 31 Aug."),
        ("wonka norge", "Wonka Norge AS: onboarding, day 34 of 90. 5 of 10 so far; judged from 16 Jan."),
    ],
)
def test_a_client_without_a_tier_says_why(bot: Bot, name: str, says: str) -> None:
    assert bot.ask(f"/engagement {name}").text.startswith(says)


def test_what_is_missing_opens_from_an_unknown_client(bot: Bot) -> None:
    bot.press(bot.ask("/engagement wayne bygg"), ids.SHOW_MISSING)
    assert "No usage of this client was ever imported." in texts(bot.modal().payload["blocks"])
    bot.slack.actions.close(cast.ANNA, bot.modal().id)


def test_details_open_where_most_is_missing_and_another_category_can_be_chosen(bot: Bot) -> None:
    bot.press(bot.ask("/engagement acme"), ids.SHOW_DETAILS)
    view = bot.modal()
    assert view.payload["title"]["text"] == "Marketing: 5 of 11"
    assert "*Forms* 3 of 3\n61 uses, last 19 Oct" in texts(view.payload["blocks"])
    menu = view.payload["blocks"][0]
    bot.slack.actions.press(cast.ANNA, view.id, menu["block_id"], ids.CHOOSE_CATEGORY, selected_option="sales")
    sales = bot.modal(lambda view: view.payload["title"]["text"].startswith("Sales"))
    assert "*Deals* 3 of 3" in texts(sales.payload["blocks"])
    bot.slack.actions.close(cast.ANNA, sales.id)


def test_a_choice_made_before_the_last_one_was_drawn_is_drawn_too(bot: Bot) -> None:
    bot.press(bot.ask("/engagement acme"), ids.SHOW_DETAILS)
    view = bot.modal()
    chosen = {"action_id": ids.CHOOSE_CATEGORY, "block_id": "b0", "type": "static_select"}
    body = {
        "type": "block_actions",
        "team": {"id": cast.TEAM.id},
        "user": {"id": cast.ANNA, "team_id": cast.TEAM.id},
        "trigger_id": "1.2.3",
        "container": {"type": "view", "view_id": view.id},
        "view": {"id": view.id, "hash": "1.before", "private_metadata": view.payload["private_metadata"]},
        "actions": [{**chosen, "selected_option": {"value": "sales"}}],
    }
    assert bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    sales = bot.modal(lambda view: view.payload["title"]["text"].startswith("Sales"))
    bot.slack.actions.close(cast.ANNA, sales.id)


def test_a_direct_message_is_answered_like_the_command(bot: Bot) -> None:
    direct = cast.direct_message(cast.ANNA).id
    for number, text in enumerate(["acme", "/engagement acme"]):
        bot.slack.actions.say(cast.ANNA, direct, text)
        wanted = 2 * (number + 1)
        messages = bot.wait(
            lambda wanted=wanted: (
                found  # type: ignore[misc]
                if len(found := bot.slack.actions.visible_messages(cast.ANNA, direct)) == wanted
                else None
            )
        )
        assert messages[-1].text.startswith("Acme AS: 5 of 10, Medium, down 2 in 7 days")
        assert messages[-1].author == cast.APP.user_id


@pytest.mark.parametrize("subtype", ["message_changed", "message_deleted", "file_share"])
def test_an_edit_or_a_file_in_a_direct_message_is_acknowledged_and_not_answered(bot: Bot, subtype: str) -> None:
    direct = cast.direct_message(cast.CLEO).id  # nobody else's: an answer to an earlier test may still be on its way
    event = {"type": "message", "subtype": subtype, "channel": direct, "user": cast.CLEO, "text": "acme", "ts": "1.1"}
    body = {"type": "event_callback", "team_id": cast.TEAM.id, "event": event}
    assert bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    assert [call for call in bot.slack.calls if direct in str(call)] == []


def test_a_client_that_is_gone_says_so(bot: Bot) -> None:
    answer = bot.ask("/engagement eiendom.example")
    with bot.database.write() as connection:
        connection.execute(update(record).where(record.c.external_id == "2").values(archived_at=bot.now))
    try:
        before = len(_seen(bot))
        bot.press(answer, ids.SHOW_DETAILS)
        told = bot.wait(lambda: _seen(bot)[before:])[-1]
        assert "This client is no longer there." in told.text
    finally:
        with bot.database.write() as connection:
            connection.execute(update(record).where(record.c.external_id == "2").values(archived_at=None))


def test_after_an_import_with_another_catalog_the_running_bot_answers_by_that_one(bot: Bot, tmp_path: Path) -> None:
    text = catalogs.read().replace('name = "Marketing"', 'name = "Marketing & more"')
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    other = catalogs.load(path)
    with bot.database.write() as connection:
        catalogs.remember(connection, bot.installation.id, other, text, NOW)
    standing.rescore(bot.database, bot.installation.id, other)
    assert "Marketing &amp; more 5 of 11" in bot.ask("/engagement acme").text


@pytest.mark.parametrize("value", ["", "x", "1 OR 1=1", "-1", "²", "9" * 19, "9" * 2_000, "1e3"])
def test_a_button_that_carries_no_id_of_a_client_says_that_it_is_gone(bot: Bot, value: str) -> None:
    before = len(_seen(bot))
    card = bot.ask("/engagement acme")
    _button(card, ids.SHOW_DETAILS)["value"] = value
    bot.press(card, ids.SHOW_DETAILS)
    told = bot.wait(lambda: _seen(bot)[before + 1 :])[-1]
    assert "This client is no longer there." in told.text


def test_what_was_missing_is_no_longer_said_to_be_once_a_score_is_known(bot: Bot) -> None:
    unknown, known = bot.ask("/engagement wayne bygg"), bot.ask("/engagement acme")
    _button(unknown, ids.SHOW_MISSING)["value"] = _button(known, ids.SHOW_DETAILS)["value"]
    bot.press(unknown, ids.SHOW_MISSING)
    view = bot.modal()
    assert view.payload["title"]["text"].endswith(": 5 of 11")
    bot.slack.actions.close(cast.ANNA, view.id)


def test_an_event_that_slack_sends_again_is_answered_once(bot: Bot) -> None:
    direct = cast.direct_message(cast.BO).id
    bot.slack.deliveries.doubled = True
    try:
        bot.slack.actions.say(cast.BO, direct, "acme")
        bot.wait(lambda: bot.slack.actions.visible_messages(cast.BO, direct)[1:])
        bot.slack.deliveries.settle()
        bot.slack.deliveries.doubled = False
        bot.slack.actions.say(cast.BO, direct, "globex")
        bot.wait(lambda: "Globex" in bot.slack.actions.visible_messages(cast.BO, direct)[-1].text)
    finally:
        bot.slack.deliveries.doubled = False
    answers = [one.text.split(":")[0] for one in bot.slack.actions.visible_messages(cast.BO, direct)]
    assert answers == ["acme", "Acme AS", "globex", "Globex Corporation"]
