"""The mapping: which file is which object, how its columns are called, and how its cells are read."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.domain.catalog import fold
from bot.domain.data import REJECTS as REJECTS
from bot.domain.freshness import RHYTHMS
from bot.errors import UserError
from storage.catalog_checks import meant
from storage.catalog_file import find_line
from storage.imports.cells import NO, YES

Object = Literal["clients", "subscriptions", "usage", "services", "deals", "teams"]
PropertyType = Literal["text", "number", "date", "user"]
Rhythm = Literal["day", "week", "month"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "clients": ("id", "name", "domain", "csm_email", "team", "renewal_date", "mrr", "currency", "company_id",
                "last_touch_on", "url"),
    "subscriptions": ("client_id", "product", "id", "edition", "seats", "seats_used", "mrr", "currency", "started_on",
                      "renews_on", "ended_on", "cancels_on", "auto_renews", "status"),
    "usage": ("tool", "used_on", "count", "client_id", "subscription_id", "id"),
    "services": ("id", "client_id", "name", "pipeline", "stage", "amount"),
    "deals": ("id", "client_id", "name", "pipeline", "stage", "amount"),
    "teams": ("team", "email", "primary", "lead", "country", "time_zone"),
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "clients": ("id", "name"),
    "subscriptions": ("client_id", "product"),
    "usage": ("tool", "used_on", "count"),
    "services": ("id", "client_id", "name"),
    "deals": ("id", "client_id", "name"),
    "teams": ("team", "email"),
}


class MappingError(UserError):
    """A mapping that cannot be right. As text it is one line: the file, the line in it, the key, what is wrong."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__("mapping_refused", file=file, line=line, problem=problem)

    def __str__(self) -> str:
        return "{file}, line {line}: {problem}".format(**self.values)


def _check_format(form: str) -> str:
    """A date format that leaves the year, month or day open would read any cell as a wrong day."""
    if form == "iso":
        return form
    if not (re.search("%[Yy]", form) and re.search("%[mbB]", form) and "%d" in form):
        raise ValueError('a date format names year, month and day, such as "%d-%m-%Y" (or is "iso")')
    try:
        datetime.strptime(datetime(2024, 12, 31).strftime(form), form)  # noqa: DTZ001, DTZ007
    except ValueError:
        raise ValueError("not a date format") from None
    return form


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
DateFormat = Annotated[str, AfterValidator(_check_format)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wide(_Form):
    """One column per tool. A cell of `yes` counts as the tool's least uses, one of `no` as none; a number as itself."""

    tools: dict[Name, Name]  # column in the file -> tool
    yes: list[str] = list(YES)
    no: list[str] = list(NO)
    numbers: bool = False  # the cells are counts


class FileMapping(_Form):
    """One kind of file, read as one object."""

    object: Object
    names: list[Name] = Field(min_length=1)  # file names or patterns; any of them
    columns: dict[str, Name] = {}  # our column -> the file's
    constants: dict[str, str] = {}  # our column -> what every row has there; "{line}" is the line's number
    defaults: dict[str, str] = {}  # our column -> what an empty cell means
    dates: list[DateFormat] = []
    id: Literal["line"] | None = None  # no id in the file: its line number
    properties: bool = True  # further columns are kept as properties
    ignore: list[Name] = []  # further columns that are not
    wide: Wide | None = None
    every: Rhythm | None = None  # how often such a file comes; else the source's

    @model_validator(mode="after")
    def _check(self) -> Self:
        known = COLUMNS[self.object]
        for table in (self.columns, self.constants, self.defaults):
            for name in table:
                if name not in known:
                    raise ValueError(f"{self.object} have no column {name}{meant(name, known)}")
        if self.wide is not None and self.object != "usage":
            raise ValueError("only usage can be wide")
        if self.every is not None and self.object != "usage":
            raise ValueError("only usage has a rhythm (every): it is what grows late")
        both = sorted(self.columns.keys() & self.constants.keys())
        if both:
            raise ValueError(f"{both[0]} is a column and a constant")
        return self

    def matches(self, file: str) -> bool:
        """Whether a file of this name is meant. The rejects of a file count as that file."""
        name = file.removesuffix(REJECTS).casefold()
        return any(fnmatchcase(name, pattern.casefold()) for pattern in self.names)


class Mapping(_Form):
    """A whole mapping. The default is the contract: files and columns by their own names."""

    source: Name = "csv"
    form: Literal["events", "snapshot"] = "events"
    covers: Literal["listed", "all"] = "listed"
    tools: list[Name] = []  # tools that the source measures even where no row names them
    record: Name = "company"  # what a client is: company, contact, or a custom object
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    dates: Annotated[list[DateFormat], Field(min_length=1)] = ["iso"]
    day: date | None = None  # of a snapshot, and of wide files that carry no date
    decimal: Literal[".", ","] = "."
    properties: dict[Name, PropertyType] = {}
    rename_tools: dict[Name, Name] = {}  # as the data names it -> as the catalog does
    every: Rhythm | None = None  # how often its usage comes; else it is measured
    files: list[FileMapping] = Field(
        default_factory=lambda: [FileMapping(object=one, names=[f"{one}.csv"]) for one in _OBJECTS], min_length=1
    )

    @property
    def rhythm(self) -> int | None:
        """How often its usage comes, in working days: the quickest that is said of its files. None: nothing is."""
        said = [one.every or self.every for one in self.files if one.object == "usage"]
        return min((RHYTHMS[one] for one in said if one is not None), default=None)

    @property
    def renamed(self) -> dict[str, str]:
        """Folded names of tools as the data has them -> as they are kept."""
        return {fold(old): fold(new) for old, new in self.rename_tools.items()}


_OBJECTS: tuple[Object, ...] = ("clients", "subscriptions", "services", "deals", "usage", "teams")


def load(path: Path | None) -> Mapping:
    """The mapping in a file; the contract without one. Raises MappingError, or OSError where unreadable."""
    if path is None:
        return Mapping()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingError(str(path), 1, f"not UTF-8 (byte {error.start})") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Mapping:
    """The mapping in a text; `file` is its name in errors."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        line = int(place[1]) if place else len(text.splitlines())
        raise MappingError(file, line, re.sub(r" \(at [^)]*\)$", "", str(error))) from None
    except ValidationError as error:
        raise _misfit(text, file, error) from None


def _misfit(text: str, file: str, error: ValidationError) -> MappingError:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    value = first["input"] if isinstance(first["input"], str) else None
    line = find_line(text, first["loc"], value)
    if first["type"] == "extra_forbidden":
        return MappingError(file, line, f"{key} is not known" + meant(str(first["loc"][-1]), _known(first["loc"])))
    if first["type"] == "missing":
        return MappingError(file, line, f"{key} is missing")
    message = first["msg"].removeprefix("Value error, ")
    return MappingError(file, line, f"{key}: {message[0].lower()}{message[1:]}")


def _known(place: tuple[Any, ...]) -> list[str]:
    form: type[_Form] = Wide if "wide" in place[:-1] else FileMapping if "files" in place[:-1] else Mapping
    return list(form.model_fields)
