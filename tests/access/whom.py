"""Who may, by right and by what a payload carries; and what a row of the access matrix says."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from tests.access.payloads import Send

# Who may: by what a listener asks for, and by what its payload carries.
MEMBER = frozenset({
    "of another workspace", "cover", "of another team of the workspace", "csm", "lead", "manager without seat",
    "manager with seat", "super admin with seat", "super admin without seat",
})  # fmt: skip
SEAT = MEMBER - {"manager without seat", "super admin without seat"}
SETTINGS = frozenset({"manager with seat", "super admin with seat", "super admin without seat"})
READ = SEAT | SETTINGS  # digests: settings of who sets them up, and read by who has a seat
SUPER = SETTINGS - {"manager with seat"}
CREW = frozenset({"csm", "lead"})  # see their team's saved views
SEE = CREW | {"cover", "of another team of the workspace", "super admin with seat"}  # a client of the CSM's
DINA = frozenset({"super admin with seat"})  # also the one owner of the Slack workspace


class Whom(NamedTuple):
    """Who may: by the right that a listener takes, and those of them to whom what it carries means anything."""

    may: frozenset[str]
    only: frozenset[str] = MEMBER
    otherwise: str = ""  # what the others are told: the key of a sentence, or a text


MEMBERS, SEATED, MANAGERS, SUPERS = Whom(MEMBER), Whom(SEAT), Whom(SETTINGS), Whom(SUPER)
ACME, NAMED = Whom(SEAT, SEE, "client_gone"), Whom(SEAT, SEE, "No client")
SHARED = Whom(SEAT, CREW, "view_gone")


@dataclass(frozen=True)
class Row:
    kind: str
    id: str
    send: Send
    whom: Whom
    shows: str = ""  # what is said then, among others
    writes: Collection[str] = ()  # the tables
    already: frozenset[str] = frozenset()  # for whom it is so at first: nothing is written
    acts: Collection[str] = ()  # the tables that are written besides by who covers; without them, and where any is: …
    names: bool = False  # who sees the clients of the CSM's workspace is shown one
    public: bool = False  # others are told on purpose
    first: Callable[[Connection], None] | None = None  # what is otherwise in the database before

    def written_by(self, asker: str) -> set[str]:
        """… the audit says who acted for whom."""
        if asker in self.already:
            return set()
        audited = {"audit_entry"} if self.writes and self.whom.only <= SEE else set()
        return {*self.writes, *(self.acts or audited)} if asker == "cover" else set(self.writes)
