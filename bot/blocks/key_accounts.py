"""Who follows a client, and the channel that is about it: on its card, and in the modal where both are said."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Message, Modal
from bot.blocks.words import Words
from bot.domain.engagement import Engagement
from bot.domain.key_accounts import Owner

KEY, TIE = "key", "tie"  # the fields
TIED = "tied"  # what the second one says where it is ticked


@dataclass(frozen=True)
class Place:
    """The channel where a card stands, and the client that it is tied to: another one's name, "" if it is not seen."""

    channel: str
    is_tied: bool = False  # to the client of the card, or it is to be
    other: str | None = None


def key_account(one: Engagement, words: Words) -> list[str]:
    """For whom a client is followed, of those whom the reader knows by it."""
    team = kit.name(one.client.key_of_team or "", 60)
    match one.client.key_of_me, one.client.key_of_team:
        case True, str():
            return [words("Key account of yours and of {team}", team=team)]
        case True, None:
            return [words("Key account of yours")]
        case False, str():
            return [words("Key account of {team}", team=team)]
    return []


def chosen(one: Engagement) -> set[Owner]:
    """For whom a client is followed now."""
    by_owner = {Owner.ME: one.client.key_of_me, Owner.TEAM: one.client.key_of_team is not None}
    return {owner for owner, is_key in by_owner.items() if is_key}


def form(
    one: Engagement, team: str | None, owners: Set[Owner], at: Place | None, state: FormState, words: Words
) -> Modal:
    """*Key account, channel…* of a card, with the owners ticked.

    team  for which the asker may say it
    at    none in a direct message
    """
    options = [(words("Mine"), Owner.ME.value)]
    options += [(words("Of {team}", team=team), Owner.TEAM.value)] if team is not None else []
    hint = words("Key accounts have a list of their own, and what happens to them is told there.")
    boxes = kit.boxes(KEY, options, [owner.value for owner in Owner if owner in owners])
    blocks = [kit.section(f"*{kit.name(one.client.name)}*"), kit.field(words("Key account"), boxes, hint)]
    if at is not None:
        blocks.append(_tie(one, at, words))
    return forms.modal(words("Key account"), blocks, ids.KEY_ACCOUNT, state, words)


def _tie(one: Engagement, at: Place, words: Words) -> Block:
    label = words("Tie this channel to {client}", client=one.client.name)
    box = kit.box(TIE, label, TIED, ticked=at.is_tied)
    hint = words("What is typed here without a client's name is then about this one. Answers stay private.")
    return kit.field(words("This channel"), box, hint)


def replacing(view: Modal, at: Place, words: Words) -> Modal:
    """The same modal with a question: a channel is about one client."""
    question = (
        words(
            "This channel is tied to *{client}*. Save again to tie it to this client instead.",
            client=kit.name(at.other),
        )
        if at.other
        else words("This channel is tied to another client. Save again to tie it to this one instead.")
    )
    return {**view, "blocks": [{**kit.section(f":warning: {question}"), "block_id": "other"}, *view["blocks"]]}


def ticked(fields: dict[str, str]) -> tuple[Set[Owner], bool]:
    """For whom the client is to be followed, and whether the channel is to be tied to it."""
    return {Owner(one) for one in fields.get(KEY, "").split(",") if one}, fields.get(TIE) == TIED


def tied_card(card: Message, client_id: int, words: Words) -> Message:
    """The card where nothing but the command was typed, and the way to what it says elsewhere."""
    untie = kit.button(words("Untie"), ids.UNTIE, str(client_id))
    told = words("This channel is tied to this client.")
    more = [kit.context(told), kit.actions(_overview(words), untie)]
    blocks = [*card["blocks"], *({**block, "block_id": f"tied{at}"} for at, block in enumerate(more))]
    return kit.message(f"{card['text']} {told}", blocks)


def untied(words: Words) -> Message:
    text = words("This channel is tied to no client any more.")
    return kit.message(text, [kit.section(text), kit.actions(_overview(words))])


def _overview(words: Words) -> kit.Element:
    return kit.button(words("Overview"), ids.SHOW_OVERVIEW, "")
