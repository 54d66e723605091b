"""The modal that makes a digest and edits one: its fields, and what was entered in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from bot.blocks import forms, ids, kit
from bot.blocks.digest_list import CONTENTS
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words
from bot.domain.digest_settings import LONGEST, Place, View, weekdays
from bot.domain.digests import Alerts, Content, Digest, Pause, Thresholds
from bot.errors import FieldError

# The fields; those whose choices are found while something is typed begin with ids.OF_DIGEST.
WHAT, OF, ZONE = (f"{ids.OF_DIGEST}{name}" for name in ("what", "of", "zone"))
NAME, CHANNEL, DAYS, AT, GRACE = "name", "channel", "days", "at", "grace"
LOW, FALL, AHEAD, KEYS, MRR, ESCALATES = "low", "fall", "ahead", "keys", "mrr", "escalates"

GRACES = (30, 60, 180, 360, 720)  # minutes
LOWS = range(1, 7)
FALLS = ("0.05", "0.1", "0.2", "0.3")  # of the share
AHEADS = (90, 60, 30, 14, 7)
HOURS = (2, 4, 8, 16, 40)  # of work
NEVER = "never"
_AMOUNT = re.compile(r"(?P<number>\d[\d ,.'\u00a0\u202f]*?)\s*(?P<currency>[A-Za-z]{3})?")
_CENTS = re.compile(r"[.,]\d{1,2}$")


@dataclass(frozen=True)
class Choices:
    """What somebody can choose."""

    places: Sequence[Place]
    views: Sequence[View]
    currency: str  # where none is typed


def fields_of(one: Digest) -> dict[str, str]:
    """What the fields hold at first. What it told of and is gone is to be chosen anew."""
    held = {
        NAME: one.name,
        WHAT: f"{Content.VIEW}:{one.view_id}" if one.content is Content.VIEW else one.content.value,
        OF: "" if one.paused is Pause.GONE else _of(one.workspace_id, one.team_id),
        CHANNEL: one.channel_id or "",
        DAYS: ",".join(str(day) for day in sorted(one.days)),
        AT: one.at.isoformat("minutes"),
        ZONE: one.time_zone,
        GRACE: str(one.grace // timedelta(minutes=1)),
        LOW: str(one.thresholds.low),
        FALL: str(one.thresholds.fall),
        AHEAD: ",".join(map(str, one.thresholds.ahead)),
        KEYS: "yes" if one.alerts and one.alerts.keys else "",
        MRR: f"{one.alerts.mrr:g} {one.alerts.currency}" if one.alerts and one.alerts.mrr is not None else "",
        ESCALATES: str(one.escalates) if one.escalates is not None else NEVER,
    }
    return {name: text for name, text in held.items() if text}


def _of(workspace_id: int, team_id: int | None) -> str:
    return f"{workspace_id}" if team_id is None else f"{workspace_id}:{team_id}"


def whats(choices: Choices, words: Words) -> list[tuple[str, str]]:
    """What a digest can tell, as (label, value)."""
    made = [(words(label), content.value) for content, label in CONTENTS.items()]
    return [*made, *((_view(one, words), f"{Content.VIEW}:{one.id}") for one in choices.views)]


def _view(one: View, words: Words) -> str:
    whose = one.team or words("your own")
    return words("View {name} ({whose})", name=kit.spoken(one.name, 40), whose=kit.spoken(whose, 20))


def ofs(choices: Choices, words: Words) -> list[tuple[str, str]]:
    """Whose clients it can tell of."""
    return [(_place(one, words), _of(one.workspace_id, one.team_id)) for one in choices.places]


def _place(one: Place, words: Words) -> str:
    workspace = kit.spoken(one.workspace, 30)
    if one.team is None:
        return words("All of {workspace}", workspace=workspace)
    return words("{team}, in {workspace}", team=kit.spoken(one.team, 35), workspace=workspace)


def form(
    held: Mapping[str, str], choices: Choices, state: FormState, words: Words, changed: Mapping[str, str] | None = None
) -> Modal:
    """`state.about`: the digest's id, or none. `changed`: what somebody else made of it meanwhile."""
    is_new = not state.about
    blocks = [*_meanwhile(changed or {}, choices, words), *_about(held, choices, words), *_times(held, words)]
    title, callback = (words("New digest"), ids.NEW_DIGEST) if is_new else (words("Edit digest"), ids.EDIT_DIGEST)
    return forms.modal(title, [*blocks, *_thresholds(held, words), *_alerts(held, words)], callback, state, words)


def _about(held: Mapping[str, str], choices: Choices, words: Words) -> Iterator[Block]:
    what = _chosen(held.get(WHAT), whats(choices, words))
    of = _chosen(held.get(OF), ofs(choices, words))
    views = words("A saved view must be a team's, and must not depend on who asks (csm:me).")
    shared = words(
        "I must be in it: type /invite @engagement there first. Without a channel it stays a draft. "
        "One with guests or another company is refused, unless whoever runs the bot allowed it by name."
    )
    yield kit.field(words("Name"), kit.line(NAME, held.get(NAME), LONGEST), optional=False)
    yield kit.field(words("What it tells"), kit.search(WHAT, what), views, optional=False)
    yield kit.field(words("Of whose clients"), kit.search(OF, of), optional=False)
    yield kit.field(words("Channel"), kit.conversation(CHANNEL, held.get(CHANNEL), shared=True), shared)


def _chosen(value: str | None, offered: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    return next((one for one in offered if one[1] == value), None)


def _times(held: Mapping[str, str], words: Words) -> Iterator[Block]:
    names = [(words.day_of_week(day), str(number)) for number, day in enumerate(weekdays())]
    graces = [(_span(minutes, words), str(minutes)) for minutes in GRACES]
    zone = held.get(ZONE)
    also = words("Also on public holidays. Where nothing is new, nothing is posted.")
    yield kit.field(words("Days"), kit.boxes(DAYS, names, held.get(DAYS, "").split(",")), also, optional=False)
    yield kit.time_picker(words("Time"), AT, time.fromisoformat(held.get(AT, "09:00")))
    yield kit.field(words("Time zone"), kit.search(ZONE, (zone, zone) if zone else None), optional=False)
    late = words("As after I was down. A run that is later is left out, and the next one says what it had to say.")
    yield kit.field(words("At most so late"), kit.select(GRACE, graces, held.get(GRACE)), late, optional=False)


def _span(minutes: int, words: Words) -> str:
    if minutes < 60:
        return words.count("{n} minute", "{n} minutes", minutes)
    return words.count("{n} hour", "{n} hours", minutes // 60)


def _thresholds(held: Mapping[str, str], words: Words) -> Iterator[Block]:
    lows = [(words("0 to {n}", n=score), str(score)) for score in LOWS]
    falls = [(words("{n} of 10", n=words.number(float(share) * 10)), share) for share in FALLS]
    aheads = [(words.count("{n} day", "{n} days", days), str(days)) for days in AHEADS]
    yield kit.field(words("Low are scores"), kit.select(LOW, lows, held.get(LOW)), optional=False)
    yield kit.field(words("A big fall is at least"), kit.select(FALL, falls, held.get(FALL)), optional=False)
    ahead = kit.boxes(AHEAD, aheads, held.get(AHEAD, "").split(","))
    yield kit.field(words("Renewals are told before"), ahead, optional=False)


def _alerts(held: Mapping[str, str], words: Words) -> Iterator[Block]:
    hours = [(words.count("{n} working hour", "{n} working hours", one), str(one)) for one in HOURS]
    keys = kit.box(KEYS, words("Key accounts of the team"), "yes", ticked=bool(held.get(KEYS)))
    between = words("One message about one client, when it falls between two digests. Off unless chosen here.")
    above = words("Such as 1000, or 1000 NOK. Empty: none for that reason.")
    after = words("Then a low client that nobody took goes to the team's leads.")
    yield kit.field(words("Alerts between digests"), keys, between)
    yield kit.field(words("Alerts also from this MRR on"), kit.line(MRR, held.get(MRR), 30), above)
    chosen = kit.select(ESCALATES, [(words("Never"), NEVER), *hours], held.get(ESCALATES))
    yield kit.field(words("Escalate after"), chosen, after, optional=False)


def _labels(words: Words) -> dict[str, str]:
    return {
        NAME: words("Name"),
        WHAT: words("What it tells"),
        OF: words("Of whose clients"),
        CHANNEL: words("Channel"),
        DAYS: words("Days"),
        AT: words("Time"),
        ZONE: words("Time zone"),
        GRACE: words("At most so late"),
        LOW: words("Low are scores"),
        FALL: words("A big fall is at least"),
        AHEAD: words("Renewals are told before"),
        KEYS: words("Alerts between digests"),
        MRR: words("Alerts also from this MRR on"),
        ESCALATES: words("Escalate after"),
    }


def _meanwhile(changed: Mapping[str, str], choices: Choices, words: Words) -> Iterator[Block]:
    """What somebody else changed, field by field."""
    if changed:
        labels = _labels(words)
        lines = [f"{labels[name]}: {_shown(name, text, choices, words)}" for name, text in changed.items()]
        head = words("*Somebody else changed this digest meanwhile.* It has now:")
        yield from kit.sections([head, *lines, words("Below is what you entered. Save again, and that counts.")])


def _shown(name: str, text: str, choices: Choices, words: Words) -> str:
    if not text or text == NEVER:
        return words("none")
    if name == CHANNEL:
        return f"<#{kit.escape(text)}>"
    if name in {WHAT, OF}:
        found = _chosen(text, whats(choices, words) if name == WHAT else ofs(choices, words))
        return kit.name(found[0]) if found else words("none")
    if name == DAYS:
        return ", ".join(words.day_of_week(weekdays()[int(day)]) for day in text.split(","))
    return kit.name(text)


def read(fields: Mapping[str, str], before: Digest, choices: Choices) -> Digest:
    """The digest as it was entered. Raises FieldError."""
    place = next((one for one in choices.places if _of(one.workspace_id, one.team_id) == fields.get(OF)), None)
    if place is None:
        raise FieldError("digest_no_place", OF)
    content, view_id = _what(fields.get(WHAT, ""), place, choices)
    days, ahead = _numbers(fields, DAYS), _numbers(fields, AHEAD)
    if not days:
        raise FieldError("digest_no_day", DAYS)
    if not ahead:
        raise FieldError("digest_no_renewal", AHEAD)
    return replace(
        before,
        name=_name(fields),
        content=content,
        view_id=view_id,
        workspace_id=place.workspace_id,
        team_id=place.team_id,
        channel_id=fields.get(CHANNEL) or None,
        days=frozenset(days),
        at=_time(fields),
        time_zone=fields.get(ZONE, ""),
        grace=timedelta(minutes=_number(fields, GRACE)),
        thresholds=Thresholds(
            _number(fields, LOW),
            float(fields.get(FALL, "0.1")),
            tuple(sorted(ahead, reverse=True)),
        ),
        alerts=_alerts_of(fields, choices.currency),
        escalates=None if fields.get(ESCALATES, NEVER) == NEVER else _number(fields, ESCALATES),
    )


def _name(fields: Mapping[str, str]) -> str:
    found = " ".join(fields.get(NAME, "").split())
    if not any(letter.isalnum() for letter in found):
        raise FieldError("digest_no_name", NAME)
    return found


def _what(text: str, place: Place, choices: Choices) -> tuple[Content, int | None]:
    content, _, number = text.partition(":")
    if content != Content.VIEW:
        return Content(content or Content.BOTH), None
    view = next((one for one in choices.views if str(one.id) == number), None)
    if view is None:
        raise FieldError("digest_view_gone", WHAT)
    if view.team is None:
        raise FieldError("digest_view_own", WHAT, view=view.name)
    if view.asks is not None:
        raise FieldError("digest_view_asks", WHAT, view=view.name, word=view.asks)
    if view.workspace_id != place.workspace_id:
        raise FieldError("digest_view_elsewhere", WHAT, view=view.name, workspace=place.workspace)
    return Content.VIEW, view.id


def _time(fields: Mapping[str, str]) -> time:
    try:
        return time.fromisoformat(fields.get(AT, ""))
    except ValueError as error:
        raise FieldError("morning_no_time", AT) from error


def _number(fields: Mapping[str, str], name: str) -> int:
    return int(fields[name])


def _numbers(fields: Mapping[str, str], name: str) -> list[int]:
    return [int(one) for one in fields.get(name, "").split(",") if one]


def _alerts_of(fields: Mapping[str, str], currency: str) -> Alerts | None:
    keys, typed = KEYS in fields, fields.get(MRR, "")
    if not typed:
        return Alerts(keys=True) if keys else None
    found = _AMOUNT.fullmatch(typed)
    if found is None:
        raise FieldError("digest_no_amount", MRR)
    return Alerts(keys, float(_amount(found["number"])), (found["currency"] or currency).upper())


def _amount(typed: str) -> str:
    """Digits, whatever stands between thousands; cents are left out, as in what is shown of an MRR."""
    return re.sub(r"\D", "", _CENTS.sub("", typed))
