"""Dates, money and plurals, and who gets which language."""

from __future__ import annotations

import re
from datetime import date
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_currency, get_currency_symbol
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.wording import SENTENCES, say
from bot.blocks.words import Words, speak
from bot.domain.access import Refusal

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("locale", ["en-US", "fi-FI", "xx-YY", "", "nonsense", "nb-NO"])
def test_a_locale_without_a_translation_gets_english_whole(locale: str) -> None:
    words = speak(locale)
    assert words("Details") == "Details"
    assert words.day(date(2027, 1, 6), TODAY) in {"Jan 6", "6 Jan"}


@pytest.mark.parametrize(
    ("day", "shown"), [(date(2027, 1, 6), "6 Jan"), (date(2024, 8, 2), "2 Aug 2024"), (date(2028, 1, 1), "1 Jan 2028")]
)
def test_a_day_far_away_has_its_year(day: date, shown: str) -> None:
    assert speak().day(day, TODAY) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(1090.4, "EUR", "€1,090"), (0, "EUR", "€0"), (2500000, "NOK", "NOK\xa02,500,000"), (12, "JPY", "¥12")],
)
def test_money_has_its_currency_and_no_cents(amount: float, currency: str, shown: str) -> None:
    assert speak().money(amount, currency) == shown


@given(
    st.floats(-1e12, 1e12),
    st.sampled_from(["EUR", "NOK", "JPY", "XXX"]),
    st.sampled_from(["en_US", "nb_NO", "de_CH", "fr_FR", "hi_IN", "ar_EG", "ja_JP"]),
)
def test_money_reads_as_babel_would_write_it(amount: float, currency: str, name: str) -> None:
    locale = Locale.parse(name)
    apart = "\u00a0" if get_currency_symbol(currency, locale)[-1:].isalpha() else ""
    pattern = f"¤{apart}#,##0"
    written = format_currency(round(amount), currency, pattern, locale=locale, currency_digits=False)
    assert Words(locale, NullTranslations()).money(amount, currency) == written


@pytest.mark.parametrize(("n", "shown"), [(1, "1 day"), (0, "0 days"), (1_234, "1,234 days")])
def test_numbers_have_their_plural(n: int, shown: str) -> None:
    assert speak().count("{n} day", "{n} days", n) == shown


def test_values_are_never_read_as_a_template() -> None:
    assert speak()("{name}!", name="{0} {x}") == "{0} {x}!"


def test_every_expected_error_has_its_words_and_no_words_are_left_over() -> None:
    """Keys are literals where the errors are made; those of refusals are their values."""
    sources = [path.read_text() for folder in ("bot", "commands", "storage") for path in (ROOT / folder).rglob("*.py")]
    made = {
        key for text in sources for key in re.findall(r'(?:User|Filter|ViewName|Field|Changed)Error\(\s*"(\w+)"', text)
    }
    made |= {key for text in sources for key in re.findall(r'super\(\).__init__\(\s*"(\w+)", (?:file|problem)=', text)}
    assert made | {refusal.value for refusal in Refusal} == SENTENCES.keys()


@pytest.mark.parametrize("key", SENTENCES)
def test_the_words_of_an_error_take_its_values(key: str) -> None:
    values = {"command": "/engagement", "file": "catalog.toml", "line": 3, "problem": "no such tool"}
    values |= {"name": "tier", "word": "tier:lo", "meant": "tier:low", "options": "low, high", "limit": 100}
    values |= {"low": 0, "high": 10, "first": "score:3", "second": "score:4", "code": "missing_scope"}
    values |= {
        "filter": "tier:low",
        "view": "Falling",
        "person": "Anna",
        "who": "Dina",
        "team": "CS Nordic",
        "at": "9:00",
    }
    values |= {
        "source": "teams.csv",
        "workspace": "Nordic",
        "pipeline": "Support",
        "length": 300,
        "known": "clients.csv",
        "tool": "Forms",
        "client": "Acme AS",
        "title": "Call them",
        "digest": "CS Nordic",
        "why": "its channel is archived",
        "at": "9:14 AM",
    }
    said = say(key, **values)
    assert "{" not in said
    assert len(said) > 20
