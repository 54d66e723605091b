"""What every step of one import is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, literal, select

from bot.domain.catalog import Catalog
from storage.imports.mapping import Mapping
from storage.imports.report import Facts, Report
from storage.imports.roster import Roster
from storage.imports.staging import Stage
from storage.schema import source

Progress = Callable[[str, int, int], None]  # what, how far, of how much


@dataclass
class Work:
    """One import of one source into one installation."""

    stage: Stage
    installation_id: int
    mapping: Mapping
    catalog: Catalog
    today: date
    now: datetime
    as_of: date | None
    dry_run: bool
    kind: str
    report: Report
    progress: Progress
    source_id: int | None  # None until the first merge of a new source
    highest: int = 0  # number given to a record; numbers of new ones follow on the highest id
    properties: dict[str, dict[str, str]] = field(default_factory=dict)  # object -> property -> type
    tools: dict[str, int] = field(default_factory=dict)  # folded name -> number in this import
    covered: set[int] = field(default_factory=set)  # tools that it measures: those of its rows, and of its mapping
    days: set[str] = field(default_factory=set)  # with usage in this import
    is_moved: bool = False  # some new records got other ids than their numbers
    objects: set[str] = field(default_factory=set)  # kinds of record, and the other objects, that were read
    roster: Roster = field(default_factory=Roster)

    @property
    def is_snapshot(self) -> bool:
        return self.mapping.form == "snapshot"

    @property
    def day(self) -> date:
        """The day of a snapshot, and of wide rows that carry no date."""
        return self.as_of or self.mapping.day or self.today

    @property
    def samples(self) -> Select[tuple[int]]:
        """Sources whose clients this import removes: a real one removes the sample's."""
        mine = source.c.installation_id == self.installation_id
        return select(source.c.id).where(mine, source.c.kind == "sample", literal(self.kind) != "sample")

    def next_number(self) -> int:
        """A number for a record that is not known yet."""
        self.highest += 1
        return self.highest

    def facts(self, name: str) -> Facts:
        return self.report.facts.setdefault(name, Facts())
