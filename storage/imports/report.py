"""What an import found and did: pure data. `bot/import_report.py` turns it into words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

NAMED = 20  # refusals of a file that the report names one by one; the rejects file has all


class Reason(StrEnum):
    """Why a cell, and with it the row, was refused. The values stand in rejects files."""

    MISSING = "missing"
    UNKNOWN_CLIENT = "unknown client"
    UNKNOWN_SUBSCRIPTION = "unknown subscription"
    NOT_A_DATE = "not a date"
    IMPOSSIBLE_DATE = "impossible date"
    FUTURE = "after the day of import"
    NEGATIVE = "negative"
    NOT_WHOLE = "not a whole number"
    NOT_A_NUMBER = "not a number"
    NOT_A_BOOLEAN = "not a yes or no"
    NOT_AN_EMAIL = "not an e-mail address"
    NOT_A_CURRENCY = "not a currency code of three letters"
    NOT_A_LINK = "not a web address"
    NOT_A_DOMAIN = "not a domain"
    NOT_A_COUNTRY = "not a country code of two letters"
    NOT_A_TIME_ZONE = "not a time zone"
    TOO_LARGE = "too large"
    TOO_LONG = "too long"
    CONTROL = "has a control character"
    TWICE = "stands twice with other contents"
    OTHER_OF_TEAM = "the team has another in an earlier row"
    SECOND_PRIMARY = "this person's primary team is another in an earlier row"
    OTHER_CLIENT = "the subscription belongs to another client"
    ENDS_BEFORE_START = "before the start"
    TOO_MANY_TOOLS = "one tool name too many: is this the right column?"
    CELLS = "not as many cells as the header (a quote that is not closed?)"
    UNREADABLE = "a cell that does not end (a quote that is not closed?)"


class FileProblem(StrEnum):
    """Why a whole file was left out."""

    NOT_UTF8 = "not_utf8"
    NOT_TEXT = "not_text"
    EMPTY = "empty"
    MISSING_COLUMN = "missing_column"
    COLUMN_TWICE = "column_twice"
    NO_OBJECT = "no_object"  # nothing says what it is
    NO_ACCESS = "no_access"


class Refusal(NamedTuple):
    """One refused row. Names the kind of value, never the value: clients' names do not belong in a log."""

    line: int
    column: str
    kind: str
    reason: Reason


@dataclass(frozen=True)
class Refused:
    """Why a file was left out, and for a missing column which ones it has and which was likely meant."""

    problem: FileProblem
    columns: tuple[str, ...] = ()  # missing, or standing twice
    seen: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    at: int | None = None  # the byte that is not UTF-8


@dataclass
class FileReport:
    """One file, read as one object (a wide file may be read as two)."""

    name: str
    object: str | None = None
    read: int = 0
    refused: int = 0
    repeated: int = 0  # identical rows, counted once
    colliding: int = 0  # ids of usage rows that stand on several different rows
    misfits: Counter[tuple[str, str]] = field(default_factory=Counter)  # (property, type) -> cells left empty
    reasons: Counter[tuple[str, Reason]] = field(default_factory=Counter)  # (column, reason) -> rows
    refusals: list[Refusal] = field(default_factory=list)  # the first few
    rejects: Path | None = None  # every refused row, to be mended and imported again
    left_out: Refused | None = None

    @property
    def has_any(self) -> bool:
        """Whether it says something; a file without rows says that there are none."""
        return self.left_out is None and (self.refused == 0 or self.read > self.refused)


@dataclass
class Facts:
    """What the import means for one object's facts. Of usage: days of a tool and client."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0  # no longer named by a complete source
    removed: int = 0  # usage that a snapshot no longer says; who left a team

    @property
    def moved(self) -> int:
        return self.added + self.changed + self.archived + self.removed


class ReachReason(StrEnum):
    """Why the reach moved, or did not."""

    AS_OF = "as_of"
    SNAPSHOT = "snapshot"
    USAGE = "usage"
    FEW_CLIENTS = "few_clients"  # the usage names fewer than half of the clients active in the last window
    NO_USAGE = "no_usage"
    NOT_NEWER = "not_newer"


@dataclass(frozen=True)
class Reach:
    """The day that the source's data goes to, before and after."""

    old: date | None
    new: date | None
    reason: ReachReason
    named: int = 0  # of the active clients, by this import's usage
    active: int = 0


@dataclass
class Report:
    """Everything that the command line prints."""

    source: str
    dry_run: bool
    files: list[FileReport] = field(default_factory=list)
    facts: dict[str, Facts] = field(default_factory=dict)
    reach: Reach = field(default_factory=lambda: Reach(None, None, ReachReason.NO_USAGE))
    clients_are: str | None = None  # the object whose records are clients, where those of this import are others
    sample_clients: int = 0  # removed (in a dry run: that would be removed) by the first real import
    unknown_tools: tuple[str, ...] = ()  # in the data, not in the catalog
    measured: int = 0  # tools of the catalog that some source measures
    tools: int = 0
    not_measured: tuple[str, ...] = ()

    @property
    def has_any(self) -> bool:
        """Whether something could be imported."""
        return any(one.has_any for one in self.files)

    @property
    def read(self) -> int:
        return sum(one.read for one in self.files)

    @property
    def refused(self) -> int:
        return sum(one.refused for one in self.files)
