"""Cells of a CSV file: read strictly, remembered, and refused with a reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from bot.domain import names
from storage.imports.report import Reason

ID_LENGTH = 255
_REMEMBERED = 50_000  # cells a column; then it starts anew, so that memory does not grow with the file
_LONG = 64  # longer cells are not remembered
_EARLIEST = "1900-01-01"  # a day before it is a typing error, or a spreadsheet's zero

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,+Zz -]*)?")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ODD_WORD = re.compile(rf"{_CONTROL.pattern}|^(?:true|false)$", re.IGNORECASE | re.MULTILINE)
_PLAIN_HOSTS = re.compile(r"(?:(?!www\.)(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}\n|\n)*")  # a line each; also none
_URL = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)

YES = ("true", "yes", "y", "1", "t", "x")
NO = ("false", "no", "n", "0", "f", "")


class Bad(NamedTuple):
    """A cell that could not be read."""

    reason: Reason


TEXT_LENGTH = 10_000
Read = Callable[[str], Any]  # a stripped cell, never empty -> its value, or Bad


class Cells(dict[str, Any]):
    """Cell -> value for one column. Days, counts and tools recur, and a look-up costs a tenth of reading."""

    def __init__(self, read: Read, *, required: bool = False) -> None:
        super().__init__()
        self._read = read
        self._empty = Bad(Reason.MISSING) if required else None

    def __missing__(self, cell: str) -> Any:
        stripped = cell.strip()
        value = self._read(stripped) if stripped else self._empty
        if len(cell) <= _LONG:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[cell] = value
        return value

    def all(self, column: Sequence[str]) -> list[Any]:
        """The values of a column's cells."""
        return list(map(self.__getitem__, column))


class Texts(Cells):
    """The same for texts, most of which seldom recur: looked through a column at a time where all are in order."""

    def __init__(self, longest: int = ID_LENGTH, *, required: bool = False, small: bool = False) -> None:
        super().__init__(words if small else text(longest), required=required)
        self._longest = longest
        self._odd = _ODD_WORD if small else _CONTROL

    def all(self, column: Sequence[str]) -> list[Any]:
        """The values of a column's cells."""
        found: list[Any] = list(map(str.strip, column))
        if max(map(len, found), default=0) > self._longest or self._odd.search("\n".join(found)):
            return super().all(column)
        return found if all(found) else [cell or self._empty for cell in found]


class Hosts(Cells):
    """The same for domains, nearly all of which are written plainly: such a column is looked through at once."""

    def __init__(self) -> None:
        super().__init__(lambda cell: names.domain(cell) or Bad(Reason.NOT_A_DOMAIN))

    def all(self, column: Sequence[str]) -> list[Any]:
        """The values of a column's cells."""
        lines = "\n".join([*column, ""])
        is_plain = lines.count("\n") == len(column) and _PLAIN_HOSTS.fullmatch(lines) is not None
        if not is_plain or max(map(len, column), default=0) > names.KEY_LENGTH:
            return super().all(column)
        return [cell or None for cell in column]


def text(longest: int = ID_LENGTH) -> Read:
    """Text of at most so many characters, without control characters (PostgreSQL keeps no NUL)."""

    def read(cell: str) -> str | Bad:
        if len(cell) > longest:
            return Bad(Reason.TOO_LONG)
        return Bad(Reason.CONTROL) if _CONTROL.search(cell) else cell

    return read


def words(cell: str) -> str | Bad:
    """Text of a property. Spreadsheets write true and false in letters of their own choice: they are kept small."""
    low = cell.lower()
    return low if low in {"true", "false"} else text(TEXT_LENGTH)(cell)


def day(formats: Sequence[str], latest: date | None = None) -> Read:
    """A day as `YYYY-MM-DD`, from the first of the formats (strptime's, and "iso") that fits.

    ISO days may carry a time, which is dropped. `latest`: later days are refused.
    """
    last = None if latest is None else latest.isoformat()

    def read(cell: str) -> str | Bad:
        found = next((day for form in formats if (day := _in_format(cell, form)) is not None), None)
        if found is None:
            return Bad(Reason.IMPOSSIBLE_DATE if _looks_like_a_date(cell) else Reason.NOT_A_DATE)
        if found < _EARLIEST:
            return Bad(Reason.IMPOSSIBLE_DATE)
        return Bad(Reason.FUTURE) if last is not None and found > last else found

    return read


def _in_format(cell: str, form: str) -> str | None:
    try:
        if form == "iso":
            return date.fromisoformat(cell[:10]).isoformat() if _ISO.fullmatch(cell) else None
        return datetime.strptime(cell, form).date().isoformat()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


def _looks_like_a_date(cell: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}.*", cell, re.DOTALL) is not None


def whole(most: int) -> Read:
    """A whole number from 0 to `most`. "9.0", as spreadsheets write it, is whole."""

    def read(cell: str) -> int | Bad:
        if not _NUMBER.fullmatch(cell):
            return Bad(Reason.NOT_A_NUMBER)
        digits, _, rest = cell.partition(".")
        if cell[0] == "-":
            return Bad(Reason.NEGATIVE)
        if rest.strip("0"):
            return Bad(Reason.NOT_WHOLE)
        value = int(digits) if len(digits) <= 20 else most + 1
        return value if value <= most else Bad(Reason.TOO_LARGE)

    return read


def number(decimal: str = ".", *, least: float | None = None, most: float = 1e12) -> Read:
    """A number without thousands separators. `least`: smaller ones are refused."""

    def read(cell: str) -> float | Bad:
        plain = cell.replace(decimal, ".") if decimal != "." and "." not in cell else cell
        if (decimal != "." and "." in cell) or not _NUMBER.fullmatch(plain):
            return Bad(Reason.NOT_A_NUMBER)
        value = float(plain) if len(plain) <= 40 else float("inf")
        if abs(value) >= most:
            return Bad(Reason.TOO_LARGE)
        return Bad(Reason.NEGATIVE) if least is not None and value < least else value

    return read


def money(decimal: str = ".") -> Read:
    """An amount of at least 0, to the hundredth."""
    amount = number(decimal, least=0)

    def read(cell: str) -> float | Bad:
        value = amount(cell)
        return value if type(value) is Bad else round(value, 2)

    return read


def boolean(yes: Collection[str] = YES, no: Collection[str] = NO) -> Read:
    """A yes or no, in the words given. Case does not matter."""
    values = {word.casefold(): value for words, value in ((no, False), (yes, True)) for word in words}

    def read(cell: str) -> bool | Bad:
        return values.get(cell.casefold(), Bad(Reason.NOT_A_BOOLEAN))

    return read


def email(cell: str) -> str | Bad:
    """An e-mail address, in lower case."""
    if len(cell) > 320 or _CONTROL.search(cell):
        return Bad(Reason.TOO_LONG if len(cell) > 320 else Reason.CONTROL)
    return cell.lower() if _EMAIL.fullmatch(cell) else Bad(Reason.NOT_AN_EMAIL)


def currency(cell: str) -> str | Bad:
    """A currency code of three letters, in upper case."""
    return cell.upper() if len(cell) == 3 and cell.isascii() and cell.isalpha() else Bad(Reason.NOT_A_CURRENCY)


def link(cell: str) -> str | Bad:
    """A web address. Anything else could hide what a click does."""
    return cell if len(cell) <= 2000 and _URL.fullmatch(cell) else Bad(Reason.NOT_A_LINK)


def kind(cell: str) -> str:
    """What sort of value a cell holds, for reports that must not show the value."""
    stripped = cell.strip()
    if not stripped:
        return "empty"
    if _NUMBER.fullmatch(stripped):
        return "number"
    if _looks_like_a_date(stripped):
        return "date"
    return f"text of {len(stripped)} characters"


def digest(text: str) -> str:
    """A short text that stands for a long one."""
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
