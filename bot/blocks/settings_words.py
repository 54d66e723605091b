"""Settings as people read them: what each is called, and what it is, in the audit and after saving."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.objects import called
from bot.blocks.words import Words
from bot.domain.workspace_settings import BOARD, TABLE

LABELS = {
    "name": "Name",
    "description": "Description",
    "teams": "Teams",
    "csm": "CSM",
    "renewal": "Renewal date",
    "shown": "Tab shown",
    "pipelines": "Pipelines",
    "default": "Pipeline to begin with",
    "layout": "Layout",
    "client": "Clients",
    "service": "Services",
    "revenue": "Revenue",
    "what": "What it tells",
    "at": "Time",
    "time_zone": "Time zone",
    "grace": "At most so many minutes late",
    "low": "Low up to",
    "fall": "A big fall, as a share",
    "ahead": "Days before renewals",
    "alerts_keys": "Alerts of key accounts",
    "alerts_mrr": "Alerts from MRR",
    "escalates": "Escalates after working hours",
    "paused": "Rests",
    "is_super_admin": "Super admin",
    "manages": "Manages customer success settings",
    "seat": "Seat",
    "from": "First day",
    "to": "Last day",
    "cover": "Cover",
    "did": "Did",
}
OBJECTS = {"client", "service", "revenue"}  # their values are objects
WORDS = {
    TABLE: "table",
    BOARD: "board",
    "task.logged": "logged a task",
    "task.done": "did a task",
    "task.reopened": "opened a task again",
    "task.put_off": "put off a task",
    "task.changed": "changed a task",
    "note.left": "left a note",
    "push.again": "had a task or note sent to the CRM again",
    "opportunity.answered": "answered an opportunity",
    "tool.marked": "marked a tool",
    "client.shared": "shared a client",
    "client.taken": "took a client",
    "client.given_back": "gave a client back",
    "client.snoozed": "snoozed a client",
    "client.told_again": "ended a client's snooze",
    "client.not_useful": "found a digest's line not useful",
    "client.followed": "changed who follows a client, or its channel",
    "renewal.answered": "said what became of a renewal",
    "renewal.reopened": "opened a renewal again",
    "channel.untied": "untied a channel from a client",
}
SEATS = {"on": "given", "off": "taken away", None: "by the rule"}
LONGEST = 200  # characters of a value
SEVERAL = 10  # of a list


def label(setting: str, words: Words) -> str:
    """What a setting is called; one of a tab with its object before it."""
    object_, dot, name = setting.rpartition(".")
    told = words(LABELS[name]) if name in LABELS else kit.name(name.replace("_", " ").capitalize())
    return f"{kit.name(called(object_, words))}: {told}" if dot else told


def value(setting: str, found: object, words: Words) -> str:
    """What it is, or was, as mrkdwn."""
    if setting in OBJECTS and found:
        several = [found] if isinstance(found, str) else found
        return ", ".join(kit.name(called(str(one), words)) for one in several) if isinstance(several, list) else ""
    if setting == "seat" and found in SEATS:
        return words(SEATS[found])
    match found:
        case None | "" | [] | ():
            return words("none")
        case True:
            return words("yes")
        case False:
            return words("no")
        case str():
            return words(WORDS[found]) if found in WORDS else kit.name(found, LONGEST)
        case Sequence():
            return words.some([kit.name(str(one), 60) for one in found[:SEVERAL]], len(found))
        case _:
            return kit.name(str(found), LONGEST)
