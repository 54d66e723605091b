"""`/digest`: the list of digests, and the modals that ask before one is sent or deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from bot.blocks import forms, ids, kit
from bot.blocks.digest_failures import why_it_rests
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Element, Message, Modal
from bot.blocks.notices import notice
from bot.blocks.words import Words
from bot.domain import digest_settings as rules
from bot.domain.access import Person, zone
from bot.domain.digest_settings import UNFINISHED, Listed, Outcome, Run
from bot.domain.digests import Content, Digest, Pause

PAGE = 8  # digests of a message
CONTENTS = {
    Content.LOW: "Low engagement",
    Content.RENEWALS: "Upcoming renewals",
    Content.BOTH: "Low engagement and renewals",
}
OUTCOMES = {
    Outcome.POSTED: "posted",
    Outcome.QUIET: "ran, nothing new",
    Outcome.LATE: "skipped, it would have come too late",
    Outcome.RUNNING: "being posted",
}


def usage(command: str, words: Words) -> Message:
    """The answer to `/digest help`."""
    lines = [
        words("`{command}` what each digest tells which channel, when, and how its last run went", command=command),
        words("`{command} new` a new one", command=command),
        words("A digest tells a channel what changed since it last did, and is silent when nothing did."),
    ]
    return kit.message("\n".join(lines).replace("`", ""), [kit.section(*lines)])


def page(found: Sequence[Listed], first: int, asker: Person, now: datetime, words: Words) -> Message:
    """The digests that somebody sees, from the one at this place on."""
    new = [kit.button(words("New digest"), ids.NEW_DIGEST, "")] if rules.may_set_up(asker) else []
    if not found:
        text = words("No digests yet. A digest tells a channel which clients fell, recovered or renew soon.")
        rest = [kit.actions(*new)] if new else [kit.context(_who(words))]
        return kit.message(f"{text} {'' if new else _who(words)}".strip(), [kit.section(text), *rest])
    title = words.count("{n} digest", "{n} digests", len(found))
    shown = [(one, _lines(one, now, words)) for one in found[first : first + PAGE]]
    parts = [kit.section(*lines, accessory=_menu(one.digest, asker, words)) for one, lines in shown]
    buttons = [*_turning(len(found), first, words), *new]
    below = [kit.actions(*buttons)] if buttons else []
    told = (f"{line.removesuffix('.')}." for _, lines in shown for line in lines)
    text = f"{title}. {' '.join(told)} {_who(words)}"
    head = kit.section(f"*{title}*")
    return kit.message(text.replace("*", ""), [head, *parts, *below, kit.context(_who(words))])


def _who(words: Words) -> str:
    return words("Who manages customer success settings changes them, and who leads a team those of the team.")


def _menu(one: Digest, asker: Person, words: Words) -> Element | None:
    """What they may do with it: five at most, as Slack has it."""
    entries = list(_entries(one, asker, words))
    if not entries:
        return None
    return kit.overflow(f"{ids.MORE_OF_DIGEST}:{one.id}", [(label, f"{word} {one.id}") for word, label in entries])


def _entries(one: Digest, asker: Person, words: Words) -> Iterator[tuple[str, str]]:
    if rules.may_preview(asker, one):
        yield ids.PREVIEW_DIGEST, words("Preview")
    if not rules.may_change(asker, one):
        return
    yield ids.EDIT_DIGEST, words("Edit")
    if rules.may_send(one):
        yield ids.SEND_DIGEST, words("Send now")
    if one.paused is None:
        yield ids.PAUSE_DIGEST, words("Pause")
    elif one.paused not in UNFINISHED:
        yield ids.RESUME_DIGEST, words("Resume")
    yield ids.DELETE_DIGEST, words("Delete")


def _lines(one: Listed, now: datetime, words: Words) -> list[str]:
    it = one.digest
    channel = f"<#{it.channel_id}>" if it.channel_id else words("no channel yet")
    of = kit.name(one.team, 60) if one.team else words("all of {workspace}", workspace=kit.name(one.workspace, 60))
    lines = [
        f"*{kit.name(it.name, 60)}* · {what(one, words)} · {of} · {channel}",
        f"{times(it, words)} · {_next(it, now, words)}",
    ]
    return [*lines, _last(one.last, it, now, words)] if one.last else lines


def what(one: Listed, words: Words) -> str:
    if one.digest.content is not Content.VIEW:
        return words(CONTENTS[one.digest.content])
    return words("view {name}", name=kit.name(one.view, 60)) if one.view else words("a view that is gone")


def times(one: Digest, words: Words) -> str:
    """The days and the time, where it is."""
    return f"{days(one.days, words)} {words.clock(one.at)}, {kit.escape(one.time_zone)}"


def days(chosen: Collection[int], words: Words) -> str:
    """Mon-Fri, every day, or each by its name."""
    names = [words.day_of_week(day) for day in rules.weekdays()]
    found = sorted(chosen)
    if len(found) == len(names):
        return words("Every day")
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f"{names[found[0]]}–{names[found[-1]]}"
    return ", ".join(names[day] for day in found)


def _next(one: Digest, now: datetime, words: Words) -> str:
    match one.paused:
        case None:
            return words("next {when}", when=when(one, one.next_at, now, words))
        case Pause.DRAFT:
            return words("draft: choose a channel")
        case Pause.PERSON:
            return words("paused")
        case why:
            return words("rests: {why}", why=why_it_rests(why, one, words))


def _last(run: Run, one: Digest, now: datetime, words: Words) -> str:
    outcome = words(OUTCOMES[run.outcome]) if run.outcome in OUTCOMES else _failed(run, words)
    return words("Last run {when}: {outcome}", when=when(one, run.at, now, words), outcome=outcome)


def _failed(run: Run, words: Words) -> str:
    return words("failed ({why})", why=kit.escape(run.reason)) if run.reason else words("failed")


def when(one: Digest, at: datetime | None, now: datetime, words: Words) -> str:
    """A moment where the digest is."""
    if at is None:
        return words("soon")
    there, today = at.astimezone(zone(one.time_zone)), _today(one, now)
    return f"{words.weekday(there.date(), today)} {words.clock(there.time())}"


def _today(one: Digest, now: datetime) -> date:
    return now.astimezone(zone(one.time_zone)).date()


def _turning(total: int, first: int, words: Words) -> Iterator[Element]:
    if first > 0:
        yield kit.button(words("◀ Back"), f"{ids.SHOW_DIGESTS}:back", str(max(0, first - PAGE)))
    if first + PAGE < total:
        yield kit.button(words("Next ▶"), f"{ids.SHOW_DIGESTS}:next", str(first + PAGE))


def preview(one: Digest, made: Message | None, words: Words) -> Message:
    """What it would say now, to who asked alone."""
    name = kit.name(one.name, 60)
    if made is None:
        text = words("Preview of {name}: nothing is new, so it would post nothing now.", name=name)
        return kit.message(text, [kit.section(text)])
    head = words("Preview of {name}, as it would be now. Only you see it.", name=name)
    return kit.message(f"{head} {made['text']}", [kit.context(head), *_bare(made["blocks"])])


def _bare(blocks: Sequence[Block]) -> list[Block]:
    """Without its buttons: they act on a message in the channel, which this is not."""
    kept = [block for block in blocks if block["type"] != "actions"]
    return [{name: value for name, value in block.items() if name not in {"accessory", "block_id"}} for block in kept]


def send(one: Digest, state: FormState, words: Words) -> Modal:
    said = words("Post *{name}* in {channel} now?", name=kit.name(one.name), channel=f"<#{one.channel_id}>")
    rest = words("It says what changed since it last did. What it says now, its next run does not say again.")
    return forms.modal(words("Send now"), [kit.section(said, rest)], ids.SEND_DIGEST, state, words, words("Send"))


def sent(one: Digest, *, is_new: bool, words: Words) -> Modal:
    channel = f"<#{one.channel_id}>"
    said = words("It is being posted in {channel}.", channel=channel)
    quiet = words("Nothing is new, so nothing is posted in {channel}.", channel=channel)
    return notice(said if is_new else quiet, words, words("Send now"))


def delete(one: Digest, state: FormState, words: Words) -> Modal:
    lines = [
        words("Delete *{name}*?", name=kit.name(one.name)),
        words("It posts no more, and what is kept of its runs goes. What it posted stays in the channel."),
    ]
    return forms.modal(words("Delete digest"), [kit.section(*lines)], ids.DELETE_DIGEST, state, words, words("Delete"))


def deleted(name: str, words: Words) -> Modal:
    return notice(words("{name} is deleted.", name=kit.name(name)), words, words("Digest"))


def checking(words: Words) -> Modal:
    """Shown at once: who reads the channel is asked of Slack meanwhile."""
    return notice(words("Looking who reads the channel …"), words, words("Digest"))


def saved(one: Digest, now: datetime, words: Words) -> Modal:
    """What becomes of it now."""
    name = kit.name(one.name)
    match one.paused:
        case None:
            said = words("*{name}* runs next {when}.", name=name, when=when(one, one.next_at, now, words))
        case Pause.DRAFT:
            said = words("*{name}* is a draft: it runs once a channel is chosen.", name=name)
        case _:
            said = words("*{name}* is saved, and rests until it is resumed.", name=name)
    return notice(said, words, words("Digest"))
