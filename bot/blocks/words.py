"""Words, dates, numbers and money in a person's language. English only at first; gettext and Babel from the start."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_symbol, get_group_symbol

CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True, eq=False)  # one a language (`speak`): what is kept of it is found by what it is, not has
class Words:
    """How to speak to somebody. `locale` as Slack names it (`en-US`)."""

    locale: Locale
    translations: gettext.NullTranslations

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, with its values put in."""
        return self.translations.gettext(text).format(**values) if values else self.translations.gettext(text)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Singular or plural by the language's own rule; `{n}` is the number."""
        return self.translations.ngettext(one, many, n).format(n=_number(n, self), **values)

    def some(self, shown: Sequence[str], all_: int) -> str:
        """The first of so many names, and how many more there are."""
        more, names = all_ - len(shown), ", ".join(shown)
        return self("{shown} and {n} more", shown=names, n=self.number(more)) if more > 0 else names

    def day(self, day: date, today: date) -> str:
        """A day without its year where that is plain: within about half a year of today."""
        near = abs((day - today).days) < 200
        return _date(day, "d MMM" if near else "d MMM y", self)

    def weekday(self, day: date, today: date) -> str:
        """The same with the day of the week, which nobody needs of a day long ago."""
        near = abs((day - today).days) < 200
        return _date(day, "EEE d MMM" if near else "d MMM y", self)

    def month(self, first: date, *, is_of_year: bool) -> str:
        """A month, with its year where that is another one."""
        return _date(first, "LLL" if is_of_year else "LLL y", self)

    def day_of_week(self, day: date) -> str:
        """Mon."""
        return _date(day, "EEE", self)

    def moment(self, moment: datetime) -> str:
        """A day and the time of day, as they are in the moment's own zone."""
        return f"{_date(moment.date(), 'd MMM y', self)}, {format_time(moment, 'short', locale=self.locale)}"

    def clock(self, at: time) -> str:
        """A time of day: 8:30 AM."""
        return format_time(at, "short", locale=self.locale)

    def decimal(self, value: float) -> str:
        """A number with one decimal: 0.9."""
        return _decimal(round(value, 1), self)

    def number(self, number: float) -> str:
        """A number with its thousands apart, and at most two decimals: 10,000."""
        return _number(round(number, 2), self)

    def percent(self, share: float) -> str:
        """A share from 0 to 1. Rounded down: what is not full never reads 100 %."""
        return self("{n} %", n=self.number(int(share * 100 + 1e-9)))

    def money(self, amount: float, currency: str) -> str:
        """An amount without cents: €1,090, NOK 1,090."""
        symbol, comma = _money_marks(currency, self)
        whole = round(amount)
        digits = f"{abs(whole):,}".replace(",", comma)
        return f"{'-' if whole < 0 else ''}{symbol}{digits}"


@lru_cache(maxsize=4_096)  # Babel takes longer over a date than the database over a client
def _date(day: date, pattern: str, words: Words) -> str:
    return format_date(day, pattern, locale=words.locale)


@lru_cache(maxsize=4_096)
def _number(number: float, words: Words) -> str:
    return format_decimal(number, locale=words.locale)


@lru_cache(maxsize=4_096)
def _decimal(value: float, words: Words) -> str:
    return format_decimal(value, "0.0", locale=words.locale)


@lru_cache(maxsize=1_024)  # amounts seldom recur, and Babel takes longer over one than over all else in a line
def _money_marks(currency: str, words: Words) -> tuple[str, str]:
    symbol = get_currency_symbol(currency, words.locale)
    return symbol + ("\u00a0" if symbol[-1:].isalpha() else ""), get_group_symbol(words.locale)


@lru_cache(maxsize=64)
def speak(locale: str = "en-US") -> Words:
    """The words for a locale; English where it is not known or not translated."""
    try:
        known = Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        known = Locale("en", "US")
    found = gettext.translation("engagement", CATALOGUES, languages=[str(known), known.language], fallback=True)
    translated = known if type(found) is not gettext.NullTranslations or known.language == "en" else Locale("en", "US")
    return Words(translated, found)
