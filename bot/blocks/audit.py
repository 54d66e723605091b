"""The audit as people read it: who changed what, when, from what to what."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol, TextIO

from bot.blocks import ids, kit
from bot.blocks.export import BOM, harmless
from bot.blocks.kit import Message
from bot.blocks.settings_words import label, value
from bot.blocks.words import Words
from bot.blocks.workspaces import back

PAGE = 10  # entries
LINES = 8  # settings of an entry that are named
ACTIONS = {
    "workspace.created": "created CS workspace {subject}",
    "workspace.changed": "changed CS workspace {subject}",
    "workspace.deleted": "deleted CS workspace {subject}",
    "objects.changed": "changed which objects are clients, services and revenue",
    "team.created": "created team {subject}",
    "team.changed": "changed team {subject}",
    "team.removed": "removed team {subject}",
    "digest.created": "created digest {subject}",
    "digest.changed": "changed digest {subject}",
    "digest.paused": "paused digest {subject}",
    "digest.resumed": "resumed digest {subject}",
    "digest.deleted": "deleted digest {subject}",
    "address.bound": "said that an address is that of {subject}",
    "address.unbound": "said that an address is not that of {subject}",
    "seats.changed": "changed how seats are given",
    "channel.allowed": "allowed clients in the channel {subject}, whoever reads it",
    "channel.forbidden": "allows clients in the channel {subject} no more where others read it",
    "right.changed": "changed what {subject} may do",
    "absence.set": "set when {subject} is away",
    "absence.changed": "changed when {subject} is away",
    "absence.ended": "said that {subject} is back, or stays",
    "cover.acted": "acted for {subject}, who is away",
    "data.uploaded": "uploaded {subject}",
    "right.looked": "looked as {subject}",
}
STOPPED = "stopped looking as {subject}"


class Entry(Protocol):
    """As `storage.audit` keeps it."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str | None: ...
    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def before(self) -> Mapping[str, Any]: ...
    @property
    def after(self) -> Mapping[str, Any]: ...


def page(entries: Sequence[Entry], before: int | None, zone: tzinfo, words: Words) -> Message:
    """A page of entries, and one more where there are older ones; those before this entry, or the newest."""
    shown = entries[:PAGE]
    if not shown:
        text = words("Nothing was changed yet.") if before is None else words("There is nothing older.")
        return kit.message(text, [kit.section(text), *_turning(entries, before, words)])
    told = [lines(one, zone, words) for one in shown]
    text = f"{words('Changes of settings, newest first')}: {'; '.join(', '.join(one) for one in told)}."
    head = kit.section(f"*{words('Changes of settings, newest first')}*")
    blocks = [head, *(kit.section(*one) for one in told), *_turning(entries, before, words)]
    return kit.message(text.replace("*", ""), blocks)


def _turning(entries: Sequence[Entry], before: int | None, words: Words) -> list[kit.Block]:
    buttons = [back(words)]
    if before is not None:
        buttons.append(kit.button(words("◀ Newest"), f"{ids.SHOW_AUDIT}:new", ""))
    if len(entries) > PAGE:
        buttons.append(kit.button(words("Older ▶"), f"{ids.SHOW_AUDIT}:old", str(entries[PAGE - 1].id)))
    return [kit.actions(*buttons)]


def lines(one: Entry, zone: tzinfo, words: Words) -> list[str]:
    """Who did it, when and to what; then each setting, from what to what."""
    who = kit.name(one.who, 60) if one.who else words("The command line")
    when = words.moment(one.at.astimezone(zone))
    head = f"{when} · *{who}* {_did(one, words)}"
    names = [name for name in dict.fromkeys([*one.before, *one.after]) if _tells(name, one)]
    told = [_change(name, one.before, one.after, words) for name in names[:LINES]]
    more = len(names) - LINES
    return [head, *told, *([words("and {n} more", n=words.number(more))] if more > 0 else [])]


def _tells(name: str, one: Entry) -> bool:
    """Not what was empty where something is made or goes, and not again as whom somebody looked."""
    is_both = name in one.before and name in one.after
    return name != "looks_as" and (is_both or {**one.before, **one.after}[name] not in (None, "", []))


def _did(one: Entry, words: Words) -> str:
    named = kit.name(one.subject)
    if one.action == "right.looked" and not any(one.after.values()):
        return words(STOPPED, subject=named)
    if one.action in ACTIONS:
        return words(ACTIONS[one.action], subject=named)
    return f"{kit.name(one.action.replace('.', ' '))} {named}".rstrip()


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any], words: Words) -> str:
    told = label(name, words)
    if name not in before:
        return f"{told}: {value(name, after[name], words)}"
    if name not in after:
        return f"{told}: {words('was {value}', value=value(name, before[name], words))}"
    return f"{told}: {value(name, before[name], words)} → {value(name, after[name], words)}"


def fill(file: TextIO, entries: Iterable[Entry], words: Words) -> int:
    """Write entries to a file that was opened with newline="" as UTF-8, a row for each setting; how many rows."""
    file.write(BOM)
    rows = csv.writer(file)
    rows.writerow([words(name) for name in ("When (UTC)", "Who", "Action", "Subject", "Setting", "Before", "After")])
    written = 0
    for one in entries:
        for name in dict.fromkeys([*one.before, *one.after]) or [""]:
            when = one.at.astimezone(UTC).isoformat(timespec="seconds")
            cells = [when, one.who or "", one.action, one.subject, name]
            rows.writerow([harmless(cell) for cell in [*cells, _cell(one.before, name), _cell(one.after, name)]])
            written += 1
    return written


def _cell(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    match found:
        case None:
            return ""
        case list():
            return "; ".join(map(str, found))
        case bool():
            return "yes" if found else "no"
    return str(found)
