"""What is loaded, and what may be uploaded: sources, tools that are measured, imports, files and their names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.freshness import Reach
from bot.errors import UserError

MOST_FILES = 10  # of an upload
MOST_BYTES = 10 * 1024 * 1024  # of a file: what Slack takes in a form
REJECTS = ".rejects.csv"  # the end of a file of refused rows, which counts as that file
TABLES, MAPPING = (".csv", ".tsv"), ".toml"


class Source(NamedTuple):
    """Where data comes from."""

    name: str
    kind: str
    reach: Reach | None  # None: it brought no usage yet


class Import(NamedTuple):
    """An import as people are told of it."""

    origin: str  # folder, upload, command
    who: str | None
    files: tuple[str, ...]
    state: str
    read: int
    refused: int
    error: str | None
    at: datetime  # when it ended; of one that is going, when it was asked for


@dataclass(frozen=True)
class Loaded:
    """What an installation has."""

    clients: int
    subscriptions: int
    sources: tuple[Source, ...]
    measured: int  # tools of the catalog
    not_measured: tuple[str, ...]  # their names
    going: tuple[Import, ...]
    last: Import | None


class Upload(NamedTuple):
    """A file as somebody chose it."""

    id: str
    name: str
    size: int


def check(files: Sequence[Upload], known: Collection[str]) -> None:
    """Raise UserError for an upload of which it is plain that nothing good comes.

    known  names that mean something by themselves; with a mapping, that says what the files are
    """
    if not 0 < len(files) <= MOST_FILES:
        raise UserError("upload_files", limit=MOST_FILES)
    names = [one.name.casefold() for one in files]
    mapped = sum(name.endswith(MAPPING) for name in names)
    if mapped > 1:
        raise UserError("upload_mappings")
    if mapped == len(names):
        raise UserError("upload_only_mapping")
    for one, name in zip(files, names, strict=True):
        _check_one(one, name, None if mapped else known)
        if names.count(name) > 1:
            raise UserError("upload_twice", file=one.name)


def _check_one(one: Upload, name: str, known: Collection[str] | None) -> None:
    if not name.endswith((*TABLES, MAPPING)):
        raise UserError("upload_no_csv", file=one.name)
    if one.size > MOST_BYTES:
        raise UserError("upload_too_large", file=one.name, limit=MOST_BYTES // 1024 // 1024)
    if one.size == 0:
        raise UserError("upload_empty", file=one.name)
    if known is not None and name.removesuffix(REJECTS) not in known:
        raise UserError("upload_unknown", file=one.name, known=", ".join(known))
