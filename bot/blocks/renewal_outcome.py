"""What became of a renewal: the form that asks for it, and how it is told in a list and on the client's card."""

from __future__ import annotations

from datetime import date

from bot.blocks import ids, kit
from bot.blocks.forms import FormState, Values, entered, modal
from bot.blocks.kit import Block, Element, Modal
from bot.blocks.words import Words
from bot.domain.engagement import Engagement
from bot.domain.renewals import REASON, Outcome, Said
from bot.errors import FieldError

OUTCOME, WHY = "outcome", "reason"  # fields of the form
LABELS = {
    Outcome.RENEWED: "Renewed",
    Outcome.SMALLER: "Renewed, smaller",
    Outcome.LEAVING: "Leaving",
    Outcome.TOO_EARLY: "Too early to say",
}


def form(name: str, day: date, today: date, state: FormState, words: Words) -> Modal:
    """*Outcome…*: what became of it, and why; to leave takes a reason."""
    options = [(words(label), one.value) for one, label in LABELS.items()]
    about = words("Renewal of {day}", day=words.day(day, today))
    blocks = [
        kit.section(f"*{kit.name(name)}*", about),
        kit.field(words("What became of it?"), kit.radios(OUTCOME, options, Outcome.RENEWED.value), optional=False),
        kit.field(words("Why?"), kit.lines(WHY, None, REASON), words("Needed where they leave.")),
        kit.context(words("It leaves the list until its date changes.")),
    ]
    return modal(words("Outcome"), blocks, ids.GIVE_OUTCOME, state, words)


def read(values: Values) -> tuple[Outcome, str | None]:
    """What was entered. Raises FieldError."""
    fields = entered(values)
    if fields.get(OUTCOME) not in set(Outcome):
        raise FieldError("renewal_no_outcome", OUTCOME)
    outcome, reason = Outcome(fields[OUTCOME]), fields.get(WHY)
    if outcome is Outcome.LEAVING and reason is None:
        raise FieldError("renewal_no_reason", WHY)
    return outcome, reason


def told(one: Said, words: Words) -> str:
    return sentence(one.outcome, one.reason or "", words)


def sentence(outcome: Outcome, reason: str, words: Words) -> str:
    """Renewed, smaller (fewer seats)"""
    label = words(LABELS[outcome])
    return words("{outcome} ({reason})", outcome=label, reason=kit.name(reason, REASON)) if reason else label


def of_card(one: Engagement, words: Words) -> list[str]:
    """At most one line; none where nobody said anything of the renewal that the card names."""
    said = one.client.outcome
    if said is None:
        return []
    by = words("{person}, {day}", person=kit.name(said.person, 40), day=words.day(said.at.date(), one.day))
    return [words("Renewal: {outcome} · {by}", outcome=told(said, words), by=by)]


def line(one: Engagement, words: Words) -> list[Block]:
    """The same with the button that takes it back."""
    said = one.client.outcome
    if said is None:
        return []
    return [kit.section(*of_card(one, words), accessory=undo(one.client.id, said, "", words))]


def undo(client_id: int, said: Said, listed: str, words: Words) -> Element:
    """The button that takes back what is shown, and nothing that is said later. `listed`: the list around it."""
    value = f"{client_id} {said.renews_on.isoformat()} {said.person_id} {listed}".strip()
    return kit.button(words("Undo"), ids.TAKE_OUTCOME_BACK, value)
