"""Answers to an opportunity: *Offered*, *Not now* until a day, *Not for them* with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import ids, kit
from bot.blocks import opportunities as show
from bot.blocks.notices import notice
from bot.blocks.offers import sentence
from bot.domain.answers import Answer
from bot.domain.answers import Reply as Kind
from bot.domain.engagement import Engagement
from bot.domain.opportunities import Opportunity
from bot.errors import UserError
from bot.reply import Reply, replier
from commands.arguments import Turn, carried_client
from storage import covering, opportunities, standing

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]
LONGEST = timedelta(days=3 * 365)  # that something may be put off


def on_answer(ack: Ack, action: Payload, body: Payload, slack: WebClient, reply: Reply, turn: Turn, now: Clock) -> None:
    """An entry of an opportunity's menu. *Offered* is kept at once, the others ask in a modal."""
    ack()
    chosen, carried = Kind(action["selected_option"]["value"]), kit.carried(action["block_id"]) or ""
    one, found = _carried(carried, turn)
    if chosen is Kind.OFFERED:
        _keep(one, found, Answer(chosen, None, found.evidence, found.size), None, turn, now)
        reply(**show.of_client(turn.catalog, carried_client(turn, str(one.client.id)), turn.words))
        return
    metadata = f"{carried} {body.get('response_url', '')}"
    evidence = sentence(turn.catalog, found, turn.words)
    modal = (
        show.not_now(one.client.name, evidence, turn.today, metadata, turn.words)
        if chosen is Kind.NOT_NOW
        else show.not_for_them(one.client.name, evidence, metadata, turn.words)
    )
    slack.views_open(trigger_id=body["trigger_id"], view=modal)


def on_not_now(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    until = date.fromisoformat(view["state"]["values"][ids.NOT_NOW][ids.NOT_NOW]["selected_date"])
    if not turn.today < until <= turn.today + LONGEST:
        ack(
            response_action="errors", errors={ids.NOT_NOW: turn.words("Choose a day from tomorrow on, within 3 years.")}
        )
        return
    _submit(ack, view, Kind.NOT_NOW, until, None, turn, now)


def on_not_for_them(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    reason = view["state"]["values"][ids.NOT_FOR_THEM][ids.NOT_FOR_THEM]["value"]
    _submit(ack, view, Kind.NOT_FOR_THEM, None, reason, turn, now)


def _submit(
    ack: Ack, view: Payload, kind: Kind, until: date | None, reason: str | None, turn: Turn, now: Clock
) -> None:
    """Kept in one transaction, then acknowledged; sent twice, it is kept once. The list shows it in place."""
    carried, _, response_url = view["private_metadata"].partition(" ")
    one, found = _carried(carried, turn)
    _keep(one, found, Answer(kind, until, found.evidence, found.size), reason, turn, now)
    if not response_url:  # opened from the Home tab
        ack(response_action="update", view=notice(turn.words("It is kept."), turn.words))
        return
    ack()
    replier(response_url)(**show.of_client(turn.catalog, carried_client(turn, str(one.client.id)), turn.words))


def _carried(text: str, turn: Turn) -> tuple[Engagement, Opportunity]:
    """The opportunity that a menu or modal carries; UserError where it has gone."""
    client, _, key = text.partition("/")
    one = carried_client(turn, client)
    found = next((each for each in one.opportunities() if each.key == key), None)
    if found is None:
        raise UserError("opportunity_gone", command=f"{turn.command.removesuffix('engagement')}opportunities")
    return one, found


def _keep(one: Engagement, found: Opportunity, given: Answer, reason: str | None, turn: Turn, now: Clock) -> None:
    person, key = turn.person, (one.client.id, found.key)
    with turn.db.write() as connection:
        opportunities.answer(
            connection, person.installation_id, key, given, reason=reason, person_id=person.id, now=now()
        )
        covering.acted(connection, person, one.client.covered, "opportunity.answered", now())
        answers = {**one.client.answers, found.key: given}
        standing.notice_again(connection, person.installation_id, one, answers)
